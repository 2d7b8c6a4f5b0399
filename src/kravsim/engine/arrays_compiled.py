"""What the compiled engine is given: the arrays of a plan, its calendars and the cases, as named tuples that numba reads."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.agenda_compiled import PLACES_BESIDE
from kravsim.engine.contract import ANSWERED, DONE, NONE
from kravsim.engine.events import DRAWS_A_VISIT, PAST_COLUMNS, CaseInput, KeyedUniforms, Uniforms
from kravsim.errors import Problem, RunError
from kravsim.models.plan import Plan
from kravsim.phrases import phrase

Ints = NDArray[np.int64]

WORD, SHIFT, MASK = range(3)
"""Columns of a step's counter."""
KIND_BITS = 32
SKILL_BITS = (1 << KIND_BITS) - 1
"""Groups differ in the skills of their servers, the lower bits, and in their kind, the upper ones."""
BITS = 63
"""Bits of an integer that count: it is never negative."""
_NUMBERS = ("margin", "lapsed", "horizon", "year", "sale", "own_steps")
"""What of a plan is one number."""


class PlanArrays(NamedTuple):
    """The arrays of :class:`kravsim.models.plan.Plan` by their names there, and of each step (S) two more.

    ``queue`` (S,) is the step's queue or -1. ``barred`` and ``delay_tables`` are cut off where it no longer matters: a margin
    after the horizon. Delays are the narrower for it: the tables are looked up at random, and have to stay in the cache. A
    case's visits to all steps are counted in a few integers: to a step in the integer ``counter[step, WORD]``, from bit
    ``counter[step, SHIFT]`` on, under the mask ``counter[step, MASK]``.
    """

    queue: Ints
    work_table: Ints
    work_tables: Ints
    threshold: Ints
    delay_table: Ints
    delay_tables: NDArray[np.int32]
    part: Ints
    part_tables: Ints
    target: Ints
    lateness_edges: Ints
    min_ore: Ints
    max_visits: Ints
    otherwise: Ints
    opens: Ints
    halts: Ints
    watched: Ints
    n_answers: Ints
    renews: Ints
    period: Ints
    barred: Ints
    start: Ints
    letters: Ints
    posted_on: Ints
    relief: Ints
    strikes: Ints
    of_debtor: Ints
    deadline: Ints
    gathers: Ints
    sold: Ints
    moves: Ints
    counter: Ints
    margin: int
    lapsed: int
    horizon: int
    year: int
    sale: int
    own_steps: int


class CaseArrays(NamedTuple):
    """The arrays of :class:`kravsim.engine.events.CaseInput`.

    ``uniforms`` has no case where they are drawn by key: by ``run`` and ``number`` (N,) and ``keys`` (S, 2), at steps that
    are not the case's own by ``whose`` (S,) by one of the identities that are ``shared`` (N, 2 or 4). Where it has, ``run``,
    ``number`` and ``shared`` are 0. ``enters`` is empty where no case has a past.
    """

    start: Ints
    arose: Ints
    klass: Ints
    principal_ore: Ints
    struck: Ints
    proceedings: Ints
    uniforms: NDArray[np.uint32]
    first_column: Ints
    run: Ints
    number: Ints
    keys: NDArray[np.uint64]
    shared: Ints
    whose: Ints
    phase: Ints
    enters: Ints
    first_past: Ints
    past: Ints
    leaves: Ints


class StaffArrays(NamedTuple):
    """Queues, groups of servers with the same skills, servers and working hours, each numbered through all pools.

    Pool ``p`` has the queues ``first_queue[p]`` up to ``first_queue[p + 1]``, most urgent first: one for each priority,
    set of groups that can do the work, ``takers_of_queue`` (bit k for the pool's group k), and ``relief_of_queue``. It has
    the groups ``first_group[p]`` up to ``first_group[p + 1]``, of ``breadth_of_group`` skills and one ``kind_of_group``, is
    relieved from ``relief_from[p]`` minutes of waiting work (NO_RELIEF: never), and has the servers ``first_server[p]`` up to
    ``first_server[p + 1]``; an agenda of servers of group ``g`` begins at place ``agenda_of_group[g]``. Server ``s`` has the
    intervals ``first_hours[s]`` up to ``first_hours[s + 1]`` of ``opens``, ``closes`` and ``before`` (work done before), and
    is done at the latest in minute ``given_up[s]`` with what it has in hand (the horizon: no sooner than its hours allow).

    Attributes
    ----------
    pool_of_queue, pool_of_server : int64 array, shape (queues,) or (servers,)
        Number of the pool.
    priority_of_queue : int64 array, shape (queues,)
        Lower is served first.
    group_of_server : int64 array, shape (servers,)
        Number of the group, through all pools.
    """

    first_queue: Ints
    pool_of_queue: Ints
    priority_of_queue: Ints
    takers_of_queue: Ints
    relief_of_queue: Ints
    relief_from: Ints
    first_group: Ints
    breadth_of_group: Ints
    kind_of_group: Ints
    agenda_of_group: Ints
    first_server: Ints
    pool_of_server: Ints
    group_of_server: Ints
    first_hours: Ints
    opens: Ints
    closes: Ints
    before: Ints
    given_up: Ints


def plan_arrays(plan: Plan) -> tuple[PlanArrays, StaffArrays]:
    """Flatten a plan: steps of one pool, one priority, the same possible servers and one kind of relief share a queue.

    Parameters
    ----------
    plan : Plan
    """
    able = [pool.skills | pool.kind << KIND_BITS for pool in plan.pools]
    groups = [np.unique(each) for each in able]
    first_group = _offsets(np.array([len(group) for group in groups], np.int64))
    takers = np.zeros(len(plan.steps), np.int64)
    pooled = plan.pool != NONE
    for step in np.flatnonzero(pooled).tolist():
        can = groups[plan.pool[step]] >> plan.skill[step] & 1
        takers[step] = (can << np.arange(len(can))).sum()
    columns = (plan.pool, plan.priority, takers, plan.relief)
    keys = np.stack([column[pooled] for column in columns], axis=1).astype(np.int64)
    queues, number = np.unique(keys.reshape(-1, len(columns)), axis=0, return_inverse=True)
    queue = np.full(len(plan.steps), NONE, np.int64)
    queue[pooled] = number.reshape(-1)
    given: dict[str, Any] = {
        name: _ints(getattr(plan, name)) for name in PlanArrays._fields if name not in {"queue", "counter", *_NUMBERS}
    }
    last = plan.horizon + plan.margin
    given["barred"] = np.minimum(given["barred"], last)
    given["delay_tables"] = np.minimum(given["delay_tables"], last).astype(np.int32)
    n_pools = len(plan.pools)
    servers = np.array([len(pool.servers) for pool in plan.pools], np.int64)
    calendars = [calendar for pool in plan.pools for calendar in pool.servers]
    of_pool = [np.searchsorted(group, each) for group, each in zip(groups, able, strict=True)]
    group_of_server = _joined([first_group[pool] + within for pool, within in enumerate(of_pool)])
    in_group = np.bincount(group_of_server, minlength=int(first_group[-1]))
    staff = StaffArrays(
        first_queue=np.searchsorted(queues[:, 0], np.arange(n_pools + 1)).astype(np.int64),
        pool_of_queue=_ints(queues[:, 0]),
        priority_of_queue=_ints(queues[:, 1]),
        takers_of_queue=_ints(queues[:, 2]),
        relief_of_queue=_ints(queues[:, 3]),
        relief_from=np.array([pool.relief_from for pool in plan.pools], np.int64),
        first_group=first_group,
        breadth_of_group=np.array([int(mask & SKILL_BITS).bit_count() for group in groups for mask in group], np.int64),
        kind_of_group=np.array([mask >> KIND_BITS for group in groups for mask in group], np.int64),
        agenda_of_group=_offsets(in_group + PLACES_BESIDE),
        first_server=_offsets(servers),
        pool_of_server=np.repeat(np.arange(n_pools), servers),
        group_of_server=group_of_server,
        first_hours=_offsets(np.array([len(calendar.opens) for calendar in calendars], np.int64)),
        opens=_joined([calendar.opens for calendar in calendars]),
        closes=_joined([calendar.closes for calendar in calendars]),
        before=_joined([calendar.done_before for calendar in calendars]),
        given_up=np.array(
            [one.closes[-1] if one.is_given_up and len(one.closes) else plan.horizon for one in calendars], np.int64
        ),
    )
    counter = _counters(plan.max_visits[: plan.own_steps or None])
    if len(plan.moves):  # steps in the same place count together
        counter = np.tile(counter, (len(plan.steps) // plan.own_steps, 1))
    given |= {name: int(getattr(plan, name)) for name in _NUMBERS}
    return PlanArrays(queue=queue, counter=counter, **given), staff


def _counters(max_visits: Ints) -> Ints:
    """Where visits to each step are counted (S, 3): as many to an integer as find room, each with bits for its limit."""
    counters, word, used = [], 0, 0
    for bits in (int(most).bit_length() for most in max_visits):
        if used + bits > BITS:
            word, used = word + 1, 0
        counters.append((word, used, (1 << bits) - 1))
        used += bits
    return np.array(counters, np.int64).reshape(-1, 3)


def case_arrays(plan: Plan, cases: CaseInput) -> CaseArrays:
    """The cases, checked: compiled code reads past the end of an array without a word.

    Parameters
    ----------
    plan : Plan
    cases : CaseInput
        N cases, with a column of uniforms for every visit to every step of the plan.

    Raises
    ------
    RunError
        When the arrays are of unequal length, a class is not in the plan, or columns and steps do not match.
    """
    n_cases, n_steps, n_classes = len(cases.start), len(plan.steps), len(plan.start)
    arrays = CaseArrays(
        start=_ints(cases.start),
        arose=_ints(cases.arose),
        klass=_ints(cases.klass),
        principal_ore=_ints(cases.principal_ore),
        struck=_ints(cases.struck),
        proceedings=_ints(cases.proceedings),
        first_column=_ints(cases.first_column),
        phase=_ints(cases.phase),
        enters=_ints(cases.enters),
        first_past=_ints(cases.first_past),
        past=_ints(cases.past),
        leaves=_ints(cases.leaves),
        **_luck(cases.uniforms),
    )
    columns = arrays.first_column
    shapes = {
        name: getattr(cases, name).shape
        for name in ("start", "arose", "klass", "principal_ore", "phase", "first_column", "uniforms")
    }
    given = ("start", "arose", "klass", "principal_ore", "phase")
    wanted: dict[str, tuple[int, ...]] = dict.fromkeys(given, (n_cases,))
    wanted |= {"first_column": (n_steps + 1,), "uniforms": (n_cases, int(columns[-1]) if len(columns) else 0, 3)}
    problems = [
        Problem(
            "",
            f"cases.{name}",
            phrase("shape {shape}", shape=shapes[name]),
            phrase("shape {shape}", shape=shape),
            "draw the cases for this plan",
        )
        for name, shape in wanted.items()
        if shapes[name] != shape
    ]
    if not problems and (columns[0] != 0 or (np.diff(columns) < 0).any()):
        problems.append(
            Problem("", "cases.first_column", columns.tolist(), "rising from 0", "number the columns by step")
        )
    if n_cases and not 0 <= int(arrays.klass.min()) <= int(arrays.klass.max()) < n_classes:
        found = phrase("{min} to {max}", min=arrays.klass.min(), max=arrays.klass.max())
        problems.append(
            Problem("", "cases.klass", found, phrase("0 to {n}", n=n_classes - 1), "use the plan's classes")
        )
    if n_cases and not 0 <= int(arrays.proceedings.min()) <= int(arrays.proceedings.max()) < plan.strikes.shape[1]:
        found = phrase("{min} to {max}", min=arrays.proceedings.min(), max=arrays.proceedings.max())
        allowed = phrase("0 to {n}", n=plan.strikes.shape[1] - 1)
        problems.append(Problem("", "cases.proceedings", found, allowed, "use the plan's kinds of proceedings"))
    if n_cases and arrays.start.min() < 0:
        problems.append(
            Problem("", "cases.start", int(arrays.start.min()), "at least 0", "count from the first minute")
        )
    if not problems and len(arrays.enters) and not _past_fits(plan, arrays):
        allowed = phrase("steps and answers of the plan, in rows for {n} cases", n=n_cases)
        problems.append(
            Problem("", "cases.past", len(arrays.past), allowed, "make the past for this plan and these cases")
        )
    days = plan.barred.shape[1]
    if not problems and n_cases and not 0 <= int(arrays.arose.min()) <= int(arrays.arose.max()) < days:
        found = phrase("{min} to {max}", min=arrays.arose.min(), max=arrays.arose.max())
        problems.append(Problem("", "cases.arose", found, phrase("0 to {n}", n=days - 1), "count from the first day"))
    most = np.iinfo(np.int32).max
    if plan.horizon + plan.margin > most:
        mend = "use the engine 'simpy', which has no such limit"
        last = int(plan.horizon + plan.margin)
        problems.append(
            Problem("", "plan.horizon", last, phrase("at most {most} minutes with the margin", most=most), mend)
        )
    if problems:
        raise RunError(problems)
    return arrays


def _past_fits(plan: Plan, cases: CaseArrays) -> bool:
    """Whether what cases have behind them names steps and answers of the plan, before the horizon."""
    steps, n_cases, past = len(plan.steps), len(cases.start), cases.past
    if len(cases.enters) != n_cases or len(cases.first_past) != n_cases + 1 or past.ndim != 2:
        return False
    if past.shape[1] != PAST_COLUMNS or cases.enters.min() < NONE or cases.enters.max() >= steps:
        return False
    first = cases.first_past
    if first[0] != 0 or first[-1] != len(past) or (np.diff(first) < 0).any():
        return False
    kind, step, _, minute, answer = past.T
    of_plan = ((step >= 0) & (step < steps)).all() and np.isin(kind, (DONE, ANSWERED)).all()
    answered = kind == ANSWERED
    known = (answer[answered] >= 0).all() and (answer[answered] < plan.n_answers[step[answered] % steps]).all()
    return bool(of_plan and known and ((minute >= 0) & (minute < plan.horizon)).all())


def _luck(uniforms: Uniforms | KeyedUniforms) -> dict[str, Any]:
    """Uniforms as they are, or what they are drawn by."""
    if isinstance(uniforms, KeyedUniforms):
        nothing = np.empty((0, 0, DRAWS_A_VISIT), np.uint32)
        named = {name: getattr(uniforms, name) for name in ("run", "number", "keys", "shared", "whose")}
        return {"uniforms": nothing, **named}
    given = np.ascontiguousarray(uniforms, np.uint32)
    nobody, steps = np.zeros(len(given), np.int64), np.zeros(0, np.int64)
    nothing_shared = np.zeros((len(given), 4), np.int64)
    keys = np.empty((0, 2), np.uint64)
    return {
        "uniforms": given,
        "run": nobody,
        "number": nobody,
        "keys": keys,
        "shared": nothing_shared,
        "whose": steps,
    }


def _ints(values: Ints) -> Ints:
    """The same numbers as compiled code knows them: in one piece, of 64 bits, writable."""
    array = np.ascontiguousarray(values, np.int64)
    return array if array.flags.writeable else array.copy()


def _offsets(lengths: Ints) -> Ints:
    return np.append(0, np.cumsum(lengths)).astype(np.int64)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.empty(0, np.int64), *parts]).astype(np.int64)
