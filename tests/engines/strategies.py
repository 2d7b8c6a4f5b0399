"""Small random plans and cases for the engines: valid, and full of coincidences.

Times are a few minutes and values come from short lists, so that cases meet in the same minute, work and delays are often
zero, servers open and close around work in hand, and queues hold ties. hypothesis draws the sizes and the seed that fills
the arrays: were every entry drawn, most plans would be too plain for anybody to queue. It tries the first of a list most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from kravsim.engine.events import CaseInput
from kravsim.models.plan import (
    BY_SYSTEM,
    FULL,
    LAID_ASIDE,
    NO_RELIEF,
    NO_STEP,
    NO_TARGET,
    OVERTIME,
    PART_INSTALMENT,
    PART_NOTHING_DRAWN,
    REGULAR,
    TABLE_SIZE,
    TEMPORARY,
    WAITS,
    Calendar,
    Ints,
    Plan,
    PoolPlan,
)
from kravsim.scenario.schema import SKILLS
from kravsim.stream.stream import NEVER_OPENED
from kravsim.units import MILLION, MINUTES_PER_DAY

Situation = tuple[Plan, CaseInput]

MINUTES = (0, 0, 0, 1, 2, 3, 5, 13)
STARTS = (0, 0, 0, 0, 1, 2, 6, 7, 39, 40, 41)
HORIZONS = (200, 3000, 100, 40, 7, 1)
PRIORITIES = (-1, 0, 0, 7)
ABILITIES = (15, 15, 15, 1, 1, 2, 3, 6)
MAX_VISITS = (0, 1, 2, 2, 4)
FLOORS = (0, 0, 0, 0, 100, 151)
PRINCIPALS = (50, 100, 150)
EDGES = (0, 1, 2, 5, 20)
SHARES = (0, FULL // 4, FULL // 2, FULL)
PERIODS, DAYS = (1, 3, 5, 13, 41, 100_000), 4
GAPS, OPEN_MINUTES = (0, 0, 1, 2, 4, 30), (1, 2, 3, 5, 10, 500)


@dataclass(frozen=True)
class Sizes:
    """How much of everything a plan has."""

    steps: int
    ends: int
    classes: int
    answers: int
    edges: int
    tables: int
    cases: int
    servers: tuple[int, ...]


def sizes() -> st.SearchStrategy[Sizes]:
    """No pool, one or several, of 0 to 3 servers each; from no case to more than the servers can manage."""
    return st.builds(
        Sizes,
        steps=st.sampled_from([3, 4, 5, 2, 1]),
        ends=st.sampled_from([1, 2]),
        classes=st.sampled_from([2, 3, 1]),
        answers=st.sampled_from([2, 3, 1]),
        edges=st.sampled_from([1, 2, 0]),
        tables=st.sampled_from([2, 4]),
        cases=st.sampled_from([12, 24, 16, 8, 4, 1, 0]),
        servers=st.sampled_from([(1, 1), (1, 1, 1), (2, 1), (1,), (3,), (2, 0), ()]),
    )


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A plan that takes every case somewhere, and cases with all the draws they may need."""
    size, rng = draw(sizes()), np.random.default_rng(list(draw(st.binary(min_size=8, max_size=8))))
    by_step, by_answer = (size.steps, size.classes), (size.steps, size.classes, size.answers)
    answers = rng.integers(1, size.answers + 1, size.steps)
    pools = tuple(_pool(rng, servers) for servers in size.servers)
    pool = rng.choice([-1, *3 * [*range(len(size.servers))]], size.steps)
    plan = Plan(
        model="random",
        steps=tuple(f"step_{code}" for code in range(size.steps)),
        ends=tuple(f"end_{code}" for code in range(size.ends)),
        pools=pools,
        pool=pool,
        priority=rng.choice(PRIORITIES, size.steps),
        skill=np.array([_skill(rng, pools, at) for at in pool.tolist()], np.int64),
        work_table=rng.integers(0, size.tables, size.steps),
        work_tables=_tables(rng, size.tables),
        n_answers=answers,
        threshold=_thresholds(rng, answers, (*by_step, size.edges + 1, size.answers)),
        delay_table=rng.integers(0, size.tables, by_answer),
        delay_tables=_tables(rng, size.tables),
        part=rng.choice([PART_NOTHING_DRAWN, PART_INSTALMENT, 0, 1], (size.steps, size.answers)),
        part_tables=np.sort(rng.integers(0, MILLION + 1, (2, TABLE_SIZE))),
        target=rng.choice([*range(size.steps), *range(size.steps + size.ends)], by_answer),
        lateness_edges=np.sort(rng.choice(EDGES, size.edges, replace=False)),
        min_ore=rng.choice(FLOORS, size.steps),
        max_visits=rng.choice(MAX_VISITS, size.steps),
        otherwise=rng.integers(np.arange(size.steps)[:, None] + 1, size.steps + size.ends, by_step),
        opens=np.where(rng.integers(0, 4, size.steps) > 0, NO_STEP, rng.integers(0, size.steps, size.steps)),
        **_limitation(rng, size),
        start=rng.integers(0, size.steps, size.classes),
        horizon=draw(st.sampled_from(HORIZONS)),
        letters=rng.choice([0, 0, 1], size.steps),
        posted_on=np.maximum.accumulate(rng.choice([0, 0, 0, 1, 2, 3], 3) + np.array([0, 1, 2])),
        strikes=np.where(
            rng.integers(0, 3, (size.steps, 2)) > 0, rng.integers(0, size.steps + size.ends, (size.steps, 2)), NO_TARGET
        ),
        of_debtor=rng.choice([0, 0, 1], size.steps),
        deadline=rng.choice([0, 1], size.steps),
        gathers=rng.choice([0, 0, 0, 1, 2, 3], by_answer),
    )
    return plan, _cases(rng, plan, size)


@st.composite
def relieved_situations(draw: st.DrawFn, of: st.SearchStrategy[Situation] | None = None) -> Situation:
    """The same with reserves, work that a system can do and work that may be laid aside, from a backlog or from none."""
    plan, cases = draw(situations() if of is None else of)
    rng = np.random.default_rng(list(draw(st.binary(min_size=8, max_size=8))))
    pools = tuple(
        replace(
            pool,
            kind=np.sort(rng.choice([REGULAR, REGULAR, OVERTIME, TEMPORARY], len(pool.servers))).astype(np.int64),
            relief_from=int(rng.choice(BACKLOGS)),
        )
        for pool in plan.pools
    )
    relief = rng.choice([WAITS, BY_SYSTEM, LAID_ASIDE], len(plan.steps)).astype(np.int64)
    return replace(plan, pools=pools, relief=relief), cases


@st.composite
def faulty_situations(draw: st.DrawFn) -> Situation:
    """Plans in which one step takes every case but has no alternative, or lacks draws, and may meet a visit too many."""
    plan, cases = draw(situations())
    step = draw(st.integers(0, len(plan.steps) - 1))
    if draw(st.booleans()):
        otherwise, min_ore = plan.otherwise.copy(), plan.min_ore.copy()
        otherwise[step], min_ore[step] = NO_TARGET, 0
        return replace(plan, otherwise=otherwise, min_ore=min_ore), cases
    max_visits = plan.max_visits.copy()
    max_visits[step] += 1
    return replace(plan, max_visits=max_visits), cases


STRIKES = (0, 1, 3, 10, 60, 61, 300, 1440, 2000, 3000)
"""Minutes in which proceedings of a debtor are opened."""
BACKLOGS = (NO_RELIEF, 0, 1, 10, 60, 300, 2000)
"""Minutes of waiting work from which there is relief."""


def never_barred(steps: int, answers: int, classes: int, horizon: int, lapsed: int) -> dict[str, ArrayLike]:
    """What a plan says of limitation where nothing is ever barred."""
    return {
        "opens": np.full(steps, NO_STEP),
        "halts": np.zeros(steps, np.int64),
        "watched": np.zeros(steps, np.int64),
        "renews": np.zeros((steps, answers), np.int64),
        "period": np.zeros(classes, np.int64),
        "barred": np.full((1, horizon // MINUTES_PER_DAY + 1), np.iinfo(np.int64).max // 2),
        "margin": 0,
        "lapsed": lapsed,
    }


def bare_pool(name: str, servers: Sequence[Calendar], skills: ArrayLike | None = None) -> PoolPlan:
    """A pool of which only hours and skills matter; everybody can do everything unless told."""
    nothing, everything = np.zeros((len(servers), 0), np.int64), np.full(len(servers), (1 << len(SKILLS)) - 1)
    able = everything if skills is None else np.array(skills, np.int64)
    return PoolPlan(name, tuple(servers), able, nothing, nothing, nothing, nothing, np.zeros(0, np.int64))


def _limitation(rng: np.random.Generator, size: Sizes) -> dict[str, Any]:
    """Periods of some minutes or without end; steps that halt them, are watched or let them run, and answers that renew."""
    halts = rng.integers(0, 2, size.steps)
    periods = rng.choice(PERIODS, (2, 1))
    return {
        "halts": halts,
        "watched": np.where(halts > 0, 0, rng.integers(0, 2, size.steps)),
        "renews": rng.integers(0, 3, (size.steps, size.answers)),
        "year": int(rng.integers(0, 2)),
        "period": rng.integers(0, 2, size.classes),
        "barred": periods + np.arange(DAYS) * MINUTES_PER_DAY,
        "margin": int(rng.choice(MINUTES)),
        "lapsed": size.steps + int(rng.integers(0, size.ends)),
    }


def _pool(rng: np.random.Generator, servers: int) -> PoolPlan:
    """Generalists, specialists and some who can do nothing that anybody asks for."""
    return bare_pool("pool", [_calendar(rng) for _ in range(servers)], rng.choice(ABILITIES, servers))


def _skill(rng: np.random.Generator, pools: tuple[PoolPlan, ...], pool: int) -> int:
    """A skill that somebody in the step's pool has, any where there is nobody or no pool."""
    known = [skill for skill in range(len(SKILLS)) if pool >= 0 and pools[pool].qualified(skill).any()]
    return int(rng.choice(known or range(len(SKILLS))))


def _calendar(rng: np.random.Generator) -> Calendar:
    """Always at work, or hours with gaps (0: adjoining intervals) that may begin late, end early or never begin."""
    if rng.integers(2):
        return Calendar.of(np.array([0]), np.array([1_000_000]))
    intervals = int(rng.integers(0, 12))
    lengths = rng.choice(OPEN_MINUTES, intervals)
    closes = np.cumsum(rng.choice(GAPS, intervals) + lengths)
    return Calendar.of(closes - lengths, closes)


def _tables(rng: np.random.Generator, tables: int) -> Ints:
    """Minutes by table entry: a few values taking turns."""
    return rng.choice(MINUTES, (tables, 4)).repeat(TABLE_SIZE // 4, axis=1)


def _thresholds(rng: np.random.Generator, answers: Ints, shape: tuple[int, ...]) -> Ints:
    """Cumulative thresholds that end at FULL for each step's last answer; some answers have no share."""
    table = np.sort(rng.choice(SHARES, shape), axis=-1)
    for step, count in enumerate(answers):
        table[step, :, :, count - 1 :] = FULL
    return table


def _cases(rng: np.random.Generator, plan: Plan, size: Sizes) -> CaseInput:
    """Cases that arrive within a few minutes, some of them at or after a short horizon."""
    first_column = np.append(0, np.cumsum(plan.max_visits)).astype(np.int64)
    shape = (size.cases, int(first_column[-1]), 3)
    at_threshold = rng.choice(SHARES[:-1], shape)
    uniforms = np.where(rng.integers(0, 4, shape) > 0, rng.integers(0, FULL, shape), at_threshold)
    return CaseInput(
        start=rng.choice(STARTS, size.cases),
        arose=rng.integers(0, 2, size.cases),
        klass=rng.integers(0, size.classes, size.cases),
        principal_ore=rng.choice(PRINCIPALS, size.cases),
        uniforms=uniforms.astype(np.uint32),
        first_column=first_column,
        struck=np.where(rng.integers(0, 2, size.cases) > 0, rng.choice(STRIKES, size.cases), NEVER_OPENED),
        proceedings=rng.integers(0, 2, size.cases),
        phase=rng.integers(0, 4, size.cases),
    )
