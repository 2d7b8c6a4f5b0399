"""A sequence of arrangements as plans: one for each, with the staff that they share, and one of all for an engine to play.

The plan of all has the steps and the classes of each arrangement after those of the one before: arrangement ``p`` has steps
``S*p`` up to ``S*(p + 1)``, classes ``K*p`` up to ``K*(p + 1)``, and ends come last. A case of class ``k`` that begins under
arrangement ``p`` is of class ``k + K*p`` and starts, and stays, among its steps, unless open cases move over
([decision](docs/decisions/2026-11-29-arrangements-by-date.md)).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.draws import Draws
from kravsim.law import Law
from kravsim.models.build import build_plan
from kravsim.models.plan import NO_TARGET, REGULAR, Calendar, Ints, Plan, PoolPlan
from kravsim.models.process import END_CODE, SOLD
from kravsim.models.sales import NO_SALES, Sales, sales_of
from kravsim.scenario import World
from kravsim.scenario.alike import numbered
from kravsim.scenario.sequences import arrangements_of
from kravsim.stream.synthetic import first_day
from kravsim.units import MINUTES_PER_DAY

HAPPENED = ("hire_days", "failed_days", "substitute_days", "left_days")
BY_DAY = ("paid_minutes", "present_minutes", "learning_minutes", "vacant_minutes")


@dataclass(frozen=True, eq=False)
class Part:
    """One arrangement of a sequence.

    Attributes
    ----------
    model : str
        Name of the model that it follows.
    first, last : int
        First day, and the day after the last, since day 0: cases handed over on these days follow it.
    plan : Plan
        Who does what next. Its pools are those of the whole sequence.
    staff : tuple of PoolPlan
        The model's own, in the model's order, as if it had been there from the first day to the last.
    """

    model: str
    first: int
    last: int
    plan: Plan
    staff: tuple[PoolPlan, ...]


@dataclass(frozen=True, eq=False)
class Arranged:
    """All arrangements of a sequence, in order of time.

    Attributes
    ----------
    name : str
        Of the sequence.
    parts : tuple of Part
    start : int
        Day on which the measured horizon begins, since day 0.
    sales : Sales
        Which open cases leave as arrangements change.
    moves : tuple of int
        Arrangements, by their number, that open cases move over to as they begin.
    contracts, systems : tuple of int
        Number of the contract, and of the system, of each arrangement: one that has the same terms as the one before, as the
        scenario states them, goes on and has its number. For booking and audit alike.
    """

    name: str
    parts: tuple[Part, ...]
    start: int
    contracts: tuple[int, ...]
    systems: tuple[int, ...]
    sales: Sales = NO_SALES
    moves: tuple[int, ...] = ()

    def number_of(self, day: Ints) -> Ints:
        """Number of the arrangement of each day.

        Parameters
        ----------
        day : int64 array, shape (n,)
            Since day 0.

        Returns
        -------
        int64 array, shape (n,)
        """
        return np.searchsorted([part.first for part in self.parts], day, side="right") - 1

    @cached_property
    def outward(self) -> Plan:
        """The first arrangement's steps under the sequence's name: what names and staff are read off."""
        return replace(self.parts[0].plan, model=self.name)

    @cached_property
    def whole(self) -> Plan:
        """The plan of all arrangements."""
        plans = [part.plan for part in self.parts]
        steps, count = len(plans[0].steps), len(plans)

        def moved(name: str) -> list[Ints]:
            """Steps and ends of each plan by their codes in the whole; no step stays none."""
            found = []
            for number, plan in enumerate(plans):
                code = getattr(plan, name)
                by = np.where(code < steps, steps * number, steps * (count - 1))
                found.append(np.where(code < 0, code, code + by))
            return found

        def rows(name: str, tables: str) -> tuple[Ints, Ints]:
            """Rows of a table in the table of all, and that."""
            before = np.append(0, np.cumsum([len(getattr(plan, tables)) for plan in plans]))
            given = [getattr(plan, name) for plan in plans]
            found = [np.where(row < 0, row, row + above) for row, above in zip(given, before[:-1], strict=True)]
            return np.concatenate(found), np.concatenate([getattr(plan, tables) for plan in plans])

        def classes(tables: list[Ints]) -> Any:
            """Tables by step and class, for the classes of all: a step meets those of its own arrangement."""
            return np.concatenate([np.concatenate([table] * count, axis=1) for table in tables])

        def each(name: str) -> list[Any]:
            return [getattr(plan, name) for plan in plans]

        work_table, work_tables = rows("work_table", "work_tables")
        delay_table, delay_tables = rows("delay_table", "delay_tables")
        part, part_tables = rows("part", "part_tables")
        by_step = (
            "pool",
            "priority",
            "skill",
            "n_answers",
            "min_ore",
            "max_visits",
            "halts",
            "watched",
            "renews",
            "sold",
        )
        arrays: dict[str, Any] = {
            **{name: np.concatenate(each(name)) for name in (*by_step, "letters", "relief", "of_debtor", "deadline")},
            **{name: classes(each(name)) for name in ("threshold", "gathers")},
            **{name: classes(moved(name)) for name in ("target", "otherwise")},
            **{name: np.concatenate(moved(name)) for name in ("opens", "strikes", "start")},
        }
        return replace(
            plans[0],
            model=self.name,
            steps=plans[0].steps * count,
            **arrays,
            period=np.tile(plans[0].period, count),
            work_table=work_table,
            work_tables=work_tables,
            delay_table=classes(np.split(delay_table, count)),
            delay_tables=delay_tables,
            part=part,
            part_tables=part_tables,
            lapsed=plans[0].lapsed + steps * (count - 1),
            sale=NO_TARGET if plans[0].sale == NO_TARGET else plans[0].sale + steps * (count - 1),
            moves=np.array(
                [(self.parts[to].first * MINUTES_PER_DAY, steps * to) for to in self.moves], np.int64
            ).reshape(-1, 2),
            own_steps=steps if self.moves else 0,
        )


def build_arranged(world: World, name: str, draws: Draws, law: Law) -> Arranged:
    """Build the plans of a sequence for a world.

    Parameters
    ----------
    world : World
        A scenario whose uncertain values have become numbers, as the sequence meets it.
    name : str
        One of the scenario's sequences.
    draws : Draws
        As for :func:`kravsim.models.build.build_plan`.
    law : Law
        Dated law.
    """
    data, day_0 = world.data, first_day(world.data)
    given = arrangements_of(data.sequences[name])
    days = [0 if one.since is None else (one.since - day_0).days for one in given]
    plans = [build_plan(world, one.model, draws, law) for one in given]
    spans = list(pairwise([*days, (data.horizon.end - day_0).days]))
    start = (data.horizon.start - day_0).days
    phases = [(day, data.sequences[name].phases[one.phase]) for day, one in zip(days[1:], given[1:], strict=True)]
    sales = sales_of(phases, plans[0].steps)
    sale = END_CODE[SOLD] if sales else NO_TARGET
    pools = _shared(plans, spans, start)
    names = [pool.name for pool in pools]
    parts = []
    for one, plan, (first, last) in zip(given, plans, spans, strict=True):
        place = np.array([*(names.index(pool.name) for pool in plan.pools), -1], np.int64)  # nobody's stays so
        shared = replace(plan, pools=pools, pool=place[plan.pool], sold=sales.steps, sale=sale)
        parts.append(Part(one.model, first, last, shared, plan.pools))
    moves = tuple(number for number, (_, phase) in enumerate(phases, 1) if phase.open_cases == "move")
    contracts, systems = (numbered(first, [one.model for one in given]) for first in world.alike)
    return Arranged(name, tuple(parts), start, contracts, systems, sales, moves)


def _shared(plans: list[Plan], spans: list[tuple[int, int]], start: int) -> tuple[PoolPlan, ...]:
    """Pools of all plans, those of one name as one team."""
    names = list(dict.fromkeys(pool.name for plan in plans for pool in plan.pools))
    by_name = [{pool.name: pool for pool in plan.pools} for plan in plans]
    return tuple(_team([pools.get(name) for pools in by_name], spans, start) for name in names)


def _team(pools: list[PoolPlan | None], spans: list[tuple[int, int]], start: int) -> PoolPlan:
    """One team from its state under each arrangement: a post is there as long as one after the other has it."""
    there = [pool for pool in pools if pool is not None]
    stays = [
        (server, run)
        for server in range(max(len(pool.servers) for pool in there))
        for run in _runs([pool is not None and server < len(pool.servers) for pool in pools])
    ]
    kinds = np.array([_one(pools, run).kind[server] for server, run in stays], np.int64)

    def by_day(name: str) -> Ints:
        posts = [stay for stay, kind in zip(stays, kinds.tolist(), strict=True) if kind == REGULAR]
        found = np.zeros((len(posts), spans[-1][1]), np.int64)
        for row, (server, run) in zip(found, posts, strict=True):
            for number in run:
                days = slice(*spans[number])
                row[days] = getattr(_one(pools, [number]), name)[server, days]
        return found

    minutes: dict[str, Any] = {name: by_day(name) for name in BY_DAY}
    events: dict[str, Any] = {
        name: np.concatenate(list(map(partial(_within, name), pools, spans))) for name in HAPPENED
    }
    return replace(
        there[-1],
        servers=tuple(_spliced(pools, spans, server, run) for server, run in stays),
        skills=np.array([_one(pools, run).skills[server] for server, run in stays], np.int64),
        **minutes,
        **events,
        ended_from=np.zeros(0, np.int64),  # premises are paid by each arrangement's own staff
        fte=_mean_posts(pools, spans, start),
        at_ceiling=any(pool.at_ceiling for pool in there),
        kind=kinds,
    )


def _one(pools: list[PoolPlan | None], run: list[int]) -> PoolPlan:
    """The team under the first arrangement of a run, in which it is there."""
    found = pools[run[0]]
    if found is None:
        raise TypeError("no team under this arrangement")
    return found


def _runs(is_there: list[bool]) -> list[list[int]]:
    """Arrangements one after the other under which something is there."""
    found: list[list[int]] = []
    for number, there in enumerate(is_there):
        if there and found and found[-1][-1] == number - 1:
            found[-1].append(number)
        elif there:
            found.append([number])
    return found


def _within(name: str, pool: PoolPlan | None, span: tuple[int, int]) -> Ints:
    """Days of the span on which something happened to the posts."""
    days: Ints = np.zeros(0, np.int64) if pool is None else getattr(pool, name)
    return days[(days >= span[0]) & (days < span[1])]


def _spliced(pools: list[PoolPlan | None], spans: list[tuple[int, int]], server: int, run: list[int]) -> Calendar:
    """Hours of a post, day by day those that it has under the arrangement of the day."""
    opens, closes = [], []
    for number in run:
        calendar, (first, last) = _one(pools, [number]).servers[server], spans[number]
        here = (calendar.opens >= first * MINUTES_PER_DAY) & (calendar.opens < last * MINUTES_PER_DAY)
        opens.append(calendar.opens[here])
        closes.append(calendar.closes[here])
    spliced = Calendar.of(np.concatenate(opens), np.concatenate(closes))
    is_last = run[-1] == len(pools) - 1
    return replace(spliced, is_given_up=not is_last or _one(pools, run[-1:]).servers[server].is_given_up)


def _mean_posts(pools: list[PoolPlan | None], spans: list[tuple[int, int]], start: int) -> float:
    """Posts of a team, the mean over the days of the horizon."""
    posts = [0.0 if pool is None else pool.fte for pool in pools]
    days = [max(last, start) - max(first, start) for first, last in spans]
    of_days = {fte for fte, share in zip(posts, days, strict=True) if share}
    if len(of_days) == 1:
        return of_days.pop()
    return sum(fte * share for fte, share in zip(posts, days, strict=True)) / sum(days)


def parts_of(arranged: Arranged, day: Ints) -> list[tuple[Part, NDArray[np.bool_]]]:
    """The arrangements, and which of these days are theirs.

    Parameters
    ----------
    arranged : Arranged
    day : int64 array, shape (n,)
        Since day 0.
    """
    number = arranged.number_of(day)
    return [(part, number == position) for position, part in enumerate(arranged.parts)]
