"""One case at a time, compiled: the rules of a step, and the rows that a case leaves in the log."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.philox_compiled import philox4x64
from kravsim.engine.arrays_compiled import MASK, SHIFT, WORD, CaseArrays, Ints, PlanArrays
from kravsim.engine.contract import ANSWERED, DONE, ENDED, LEFT, NONE, STARTED, STRUCK
from kravsim.engine.events import (
    BY_QUARTER,
    BY_VISIT,
    OF_APPLICATION,
    OF_PROCEEDINGS,
    PAST_ANSWER,
    PAST_KIND,
    PAST_MINUTE,
    PAST_STEP,
    PAST_VISIT,
    SAME_LUCK,
    SHARED_DAY,
    SHARED_DEBTOR,
    SHARED_FIRST,
    SHARED_SEVERAL_FROM,
)
from kravsim.engine.kept import filled
from kravsim.jit_compiled import compiled
from kravsim.models.plan import (
    LIMITATION_A_YEAR,
    LIMITATION_RENEWS,
    NO_STEP,
    NO_TARGET,
    PART_INSTALMENT,
    PART_NOTHING_DRAWN,
    TABLE_SHIFT,
)
from kravsim.stream.stream import NEVER_OPENED
from kravsim.units import MILLION, MINUTES_PER_DAY

Items = NDArray[np.int32]
Row = tuple[int, int, int, int, int, int, int, int, int, int]

ITEM_COLUMNS = 4
ITEM_TAKEN, ITEM_FINISHED, ITEM_SERVER, ITEM_TURN = range(ITEM_COLUMNS)
"""Columns of an item, what became of one visit to a pool: minutes (NONE: not before the horizon), who (NONE: the system),
and how many items were taken up before it."""
NOBODY, MOVED = -2, -3
"""Who took up an item that was laid aside, and one that moved over to a step without a pool."""


class Served(NamedTuple):
    """What the pools did (N cases, M items): nothing of a case that never reached a server.

    Attributes
    ----------
    items : (M, 4)
        Those of the first case in order of time, then those of the second, and so on.
    first_item : (N + 1,)
        Case ``n`` has the items ``first_item[n]`` up to ``first_item[n + 1]``.
    ended : (N,)
        Minute in which a case ended, the horizon where it has not; empty where there are no pools.
    """

    items: Items
    first_item: Ints
    ended: NDArray[np.int32]


def nobody_served(n_cases: int) -> Served:
    """What pools do where there are none.

    Parameters
    ----------
    n_cases : int
        How many cases there are.
    """
    return Served(np.empty((0, ITEM_COLUMNS), np.int32), np.zeros(n_cases + 1, np.int64), np.empty(0, np.int32))


FAULT_MINUTE, FAULT_KIND, FAULT_STEP, FAULT_VISIT = range(4)
"""What is noted of the earliest fault (the lowest case's, where several share the minute)."""
REFUSED, NO_DRAWS = range(2)

ROWS_A_VISIT, ROWS_A_CASE = 3, 2
"""Most rows of a visit, and of a case beside them: its end, and proceedings that strike it as it arrives."""

_LOW_HALF, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


@compiled
def drawn(cases: CaseArrays, case: int, run: int, number: int, step: int, visit: int) -> tuple[int, int, int]:
    """Answer, delay and quantity uniform of a visit (§4): from the array, or by key of the case's run and number.

    At a step of the debtor's proceedings run and number are those of the proceedings (§16).

    Parameters
    ----------
    cases : CaseArrays
    case : int
        Index of the case.
    run, number : int
        Identity of the case.
    step : int
        Code of the step.
    visit : int
        Number of the visit to the step, from 0.
    """
    if len(cases.uniforms):
        column = cases.first_column[step] + visit
        given = cases.uniforms
        return signed(given[case, column, 0]), signed(given[case, column, 1]), signed(given[case, column, 2])
    if cases.whose[step] == OF_PROCEEDINGS:
        run, number = cases.shared[case, SHARED_DAY], cases.shared[case, SHARED_DEBTOR]
    return _keyed(cases, run, number, step, visit, BY_VISIT)


@compiled
def _keyed(cases: CaseArrays, run: int, number: int, step: int, nth: int, by: int) -> tuple[int, int, int]:
    """Uniforms by key: of a visit, or of a quarter of a year."""
    first, second, _, _ = philox4x64(number, run, nth, by, cases.keys[step, 0], cases.keys[step, 1])
    low, high = np.uint64(first) & _LOW_HALF, np.uint64(first) >> _HALF
    return signed(low), signed(high), signed(np.uint64(second) & _LOW_HALF)


@compiled
def is_applied_with(cases: CaseArrays, step: int) -> bool:
    """Whether claims of a debtor are answered together at a step, by draws of their own (§4).

    Parameters
    ----------
    cases : CaseArrays
    step : int
        Code of the step.
    """
    return bool(len(cases.uniforms) == 0 and cases.whose[step] == OF_APPLICATION)


@compiled
def drawn_together(cases: CaseArrays, case: int, step: int, visit: int, minute: int) -> tuple[int, int, int]:
    """Uniforms by which a visit is answered to a step that claims come to together, done in a minute (§4).

    Parameters
    ----------
    cases : CaseArrays
    case : int
        Index of the case.
    step : int
        Code of the step.
    visit : int
        Number of the visit to the step, from 0.
    minute : int
        When the step is done, since midnight of day 0.
    """
    if minute < cases.shared[case, SHARED_SEVERAL_FROM]:
        first = cases.shared[case, SHARED_FIRST]
        return _keyed(cases, cases.run[first], cases.number[first], step, visit, BY_VISIT)
    quarter = (minute // MINUTES_PER_DAY + cases.phase[case]) // SAME_LUCK
    return _keyed(cases, 0, cases.shared[case, SHARED_DEBTOR], step, quarter, BY_QUARTER)


@compiled
def signed(uniform: np.uint64) -> int:
    """A uniform as thresholds are: numba compares unsigned with signed integers as floats.

    Parameters
    ----------
    uniform : uint64
        Below 2**32.
    """
    return int(np.int64(uniform))


def no_visits(plan: PlanArrays, n_cases: int) -> Ints:
    """Counts of visits to all steps, to begin with.

    Parameters
    ----------
    plan : PlanArrays
    n_cases : int
        How many cases are followed at a time.

    Returns
    -------
    int64 array, shape (n_cases, words)
        Zeros; which bits of which word count a step is in ``plan.counter``.
    """
    return filled("visits", (n_cases, int(plan.counter[:, WORD].max(initial=0)) + 1), np.int64)


@compiled
def visits_to(plan: PlanArrays, visits: Ints, row: int, step: int) -> int:
    """How often a case has been at a step.

    Parameters
    ----------
    plan : PlanArrays
    visits : int64 array, shape (rows, words)
        Counts of visits, packed: from `no_visits`.
    row : int
        The case's row of `visits`.
    step : int
        Code of the step.
    """
    counter = plan.counter
    return int(visits[row, counter[step, WORD]] >> counter[step, SHIFT] & counter[step, MASK])


@compiled
def count_visit(plan: PlanArrays, visits: Ints, row: int, step: int) -> None:
    """Count one more, of at most ``max_visits``.

    Parameters
    ----------
    plan : PlanArrays
    visits : int64 array, shape (rows, words)
        Counts of visits, packed: from `no_visits`.
    row : int
        The case's row of `visits`.
    step : int
        Code of the step.
    """
    visits[row, plan.counter[step, WORD]] += 1 << plan.counter[step, SHIFT]


@compiled
def admitted(plan: PlanArrays, target: int, klass: int, principal: int, visits: Ints, row: int) -> int:
    """The step or end that takes the case (§3); where none does, ``-1 - step`` of the step that refused last.

    Parameters
    ----------
    plan : PlanArrays
    target : int
        Code of a step, or of an end, which takes every case.
    klass : int
        Class of the debtor.
    principal : int
        Principal of the case, öre.
    visits : int64 array, shape (rows, words)
        Counts of visits, packed: from `no_visits`.
    row : int
        The case's row of `visits`.
    """
    n_steps = len(plan.queue)
    while target < n_steps and (
        visits_to(plan, visits, row, target) >= plan.max_visits[target]
        or principal < plan.min_ore[target]
        or (
            plan.opens[target] != NO_STEP
            and visits_to(plan, visits, row, plan.opens[target]) >= plan.max_visits[plan.opens[target]]
        )
    ):
        if plan.otherwise[target, klass] == NO_TARGET:
            return -1 - target
        target = plan.otherwise[target, klass]
    return target


@compiled
def answer_of(plan: PlanArrays, step: int, klass: int, lateness: int, uniform: int) -> int:
    """The debtor's answer (§11) in the band of the case's lateness (§10).

    Parameters
    ----------
    plan : PlanArrays
    step : int
        Code of the step.
    klass : int
        Class of the debtor.
    lateness : int
        Minutes that the case is behind.
    uniform : int
        32 random bits.

    Returns
    -------
    int
        Position among the step's answers.
    """
    band = 0
    while band < len(plan.lateness_edges) and plan.lateness_edges[band] <= lateness:
        band += 1
    answer = 0
    while plan.threshold[step, klass, band, answer] <= uniform:
        answer += 1
    return answer


@compiled
def delay_of(plan: PlanArrays, step: int, klass: int, answer: int, principal: int, uniform: int) -> int:
    """Minutes from a step to its answer (§11): those of the last one where the case is too small for what would follow.

    Parameters
    ----------
    plan : PlanArrays
    step : int
        Code of the step.
    klass : int
        Class of the debtor.
    answer : int
        Position among the step's answers.
    principal : int
        Principal of the case, öre.
    uniform : int
        32 random bits.
    """
    timed, follows = answer, plan.target[step, klass, answer]
    if plan.deadline[step] and follows < len(plan.queue) and principal < plan.min_ore[follows]:
        timed = int(plan.n_answers[step] - 1)
    return int(plan.delay_tables[plan.delay_table[step, klass, timed], uniform >> TABLE_SHIFT])


@compiled
def done_at(plan: PlanArrays, step: int, minute: int) -> int:
    """Minute in which a step without a pool is done that is entered in this one: letters wait for a working day (§5).

    Parameters
    ----------
    plan : PlanArrays
    step : int
        Code of the step.
    minute : int
        Since midnight of day 0.
    """
    if len(plan.letters) == 0 or plan.letters[step] == 0:
        return minute
    return max(minute, int(plan.posted_on[minute // MINUTES_PER_DAY]) * MINUTES_PER_DAY)


@compiled
def barred_from(plan: PlanArrays, klass: int, minute: int) -> int:
    """Minute in which a case is barred whose period begins in a minute (§15).

    Parameters
    ----------
    plan : PlanArrays
    klass : int
        Class of the debtor.
    minute : int
        Since midnight of day 0.
    """
    return int(plan.barred[plan.period[klass], minute // MINUTES_PER_DAY])


@compiled
def barred_after(plan: PlanArrays, klass: int, step: int, answer: int, visit: int, minute: int, limit: int) -> int:
    """Minute in which a case is barred after an answer, ``limit`` being the one before (§15).

    Parameters
    ----------
    plan : PlanArrays
    klass : int
        Class of the debtor.
    step : int
        Code of the step.
    answer : int
        Position among the step's answers.
    visit : int
        Number of the visit to the step, from 0.
    minute : int
        When the answer comes, since midnight of day 0.
    limit : int
        Minute in which the case was barred until then.
    """
    if plan.renews[step, answer] == LIMITATION_RENEWS:
        return barred_from(plan, klass, minute)
    if plan.renews[step, answer] == LIMITATION_A_YEAR and visit == 0:
        return max(limit, int(plan.barred[plan.year, minute // MINUTES_PER_DAY]))
    return limit


@compiled
def in_time(plan: PlanArrays, step: int, answer: int, minute: int, comes: int, limit: int) -> tuple[int, int]:
    """The answer of a step done in a minute, which ``comes`` then, and when it comes as limitation has it (§15).

    The answer is NONE where the case is barred instead.

    Parameters
    ----------
    plan : PlanArrays
    step : int
        Code of the step.
    answer : int
        Position among the step's answers.
    minute : int
        When the step is done, since midnight of day 0.
    comes : int
        Minute in which the answer would come.
    limit : int
        Minute in which the case is barred.
    """
    if plan.watched[step] and comes >= limit - plan.margin:
        answer, comes = int(plan.n_answers[step] - 1), max(minute, limit - plan.margin)
    if comes >= limit and not plan.halts[step]:
        return NONE, limit
    return answer, comes


@compiled
def is_struck(plan: PlanArrays, step: int, kind: int, struck: int, limit: int, minute: int) -> bool:
    """Whether proceedings of a kind that are opened in a minute take a case from a step, now or before (§16).

    Parameters
    ----------
    plan : PlanArrays
    step : int
        Code of the step.
    kind : int
        Kind of the proceedings: a column of ``plan.strikes``.
    struck : int
        Minute in which they are opened.
    limit : int
        Minute in which the case is barred.
    minute : int
        Since midnight of day 0.
    """
    return bool(struck <= minute and struck < limit and plan.strikes[step, kind] != NO_TARGET)


@compiled
def is_sold(plan: PlanArrays, cases: CaseArrays, case: int, step: int, entered: int, minute: int) -> bool:
    """Whether a case is sold at a step, entered in a minute, before what would come in another (§18).

    Parameters
    ----------
    plan : PlanArrays
    cases : CaseArrays
    case : int
        Index of the case.
    step : int
        Code of the step.
    entered : int
        When the case entered it, since midnight of day 0.
    minute : int
        When the next of its events would come.
    """
    return bool(
        len(cases.leaves) > 0 and entered < cases.leaves[case] and cases.leaves[case] <= minute and plan.sold[step]
    )


@compiled
def moved_over(plan: PlanArrays, step: int, since: int, minute: int) -> int:
    """The step that is entered in a minute instead of another, or goes on there, by a case at its last since a minute (§19).

    Parameters
    ----------
    plan : PlanArrays
    step : int
        Code of the step of the arrangement so far, or of an end, which is every arrangement's.
    since : int
        When the case entered where it was, since midnight of day 0.
    minute : int
        When it goes on.
    """
    for change in range(len(plan.moves)):
        if since < plan.moves[change, 0] <= minute and step < len(plan.queue):
            step = step % plan.own_steps + plan.moves[change, 1]
    return int(step)


@compiled
def counted_from(plan: PlanArrays, cases: CaseArrays, case: int, step: int, minute: int) -> int:
    """Minute from which the delay of an answer is counted: when the step was done, or the opening that led there (§11).

    Parameters
    ----------
    plan : PlanArrays
    cases : CaseArrays
    case : int
        Index of the case.
    step : int
        Code of the step.
    minute : int
        When the step was done, since midnight of day 0.
    """
    return min(minute, int(cases.struck[case])) if plan.of_debtor[step] else minute


@compiled
def filed_at(plan: PlanArrays, cases: CaseArrays, case: int, step: int, klass: int, answer: int, comes: int) -> int:
    """Minute in which an answer is acted on that comes in a minute: where claims are gathered, on a filing day (§11).

    Parameters
    ----------
    plan : PlanArrays
    cases : CaseArrays
    case : int
        Index of the case.
    step : int
        Code of the step that is answered.
    klass : int
        Class of the debtor.
    answer : int
        Number of the answer among the step's.
    comes : int
        Minute in which the answer comes.
    """
    every, follows = plan.gathers[step, klass, answer], plan.target[step, klass, answer]
    if every <= 1 or (follows < len(plan.queue) and cases.principal_ore[case] < plan.min_ore[follows]):
        return comes
    return int(comes + -(comes // MINUTES_PER_DAY + cases.phase[case]) % every * MINUTES_PER_DAY)


@compiled
def halted(plan: PlanArrays) -> int:
    """A minute in which a case is barred that matters to nobody: limitation is halted (§15, §16).

    Parameters
    ----------
    plan : PlanArrays
    """
    return int(plan.horizon + plan.margin)


@compiled
def work_of(plan: PlanArrays, step: int, uniform: int) -> int:
    """Minutes of work of a visit to a step with a pool (§6).

    Parameters
    ----------
    plan : PlanArrays
    step : int
        Code of the step.
    uniform : int
        32 random bits.
    """
    return int(plan.work_tables[plan.work_table[step], uniform >> TABLE_SHIFT])


@compiled
def share_paid(plan: PlanArrays, step: int, answer: int, visit: int, uniform: int) -> int:
    """Millionths of the balance that an answer pays (§11).

    Parameters
    ----------
    plan : PlanArrays
    step : int
        Code of the step.
    answer : int
        Position among the step's answers.
    visit : int
        Number of the visit to the step, from 0.
    uniform : int
        32 random bits.
    """
    part = plan.part[step, answer]
    if part == PART_NOTHING_DRAWN:
        return 0
    if part == PART_INSTALMENT:
        return MILLION // int(plan.max_visits[step] - visit)
    return int(plan.part_tables[part, uniform >> TABLE_SHIFT])


@compiled
def begun_at(
    plan: PlanArrays, cases: CaseArrays, visits: Ints, row: int, case: int, klass: int, limit: int
) -> tuple[int, int]:
    """The step that a case enters first, and the minute in which it is barred, after what it has behind it (§17).

    Parameters
    ----------
    plan : PlanArrays
    cases : CaseArrays
    visits : int64 array, shape (rows, words)
        Counts of visits, packed: those of its past are counted.
    row : int
        The case's row of `visits`.
    case : int
        Index of the case.
    klass : int
        Class of the debtor.
    limit : int
        Minute in which the case is barred whose first period has not been renewed.
    """
    if len(cases.enters) == 0 or cases.enters[case] == NONE:
        return int(plan.start[klass]), limit
    for at in range(cases.first_past[case], cases.first_past[case + 1]):
        step, answer, minute = cases.past[at, PAST_STEP], cases.past[at, PAST_ANSWER], cases.past[at, PAST_MINUTE]
        if cases.past[at, PAST_KIND] == DONE:
            count_visit(plan, visits, row, step)
        elif plan.renews[step, answer] == LIMITATION_RENEWS:
            limit = barred_from(plan, klass, minute)
    return int(cases.enters[case]), limit


@compiled
def write_rows(
    plan: PlanArrays,
    cases: CaseArrays,
    served: Served,
    visits: Ints,
    out: Ints,
    n_rows: int,
    case: int,
    fault: Ints,
) -> tuple[int, int]:
    """Write the rows of ``case`` and those after it, in canonical order (§12), until no further case is sure of room.

    Parameters
    ----------
    plan : PlanArrays
    cases : CaseArrays
    served : Served
        What the pools did.
    visits : int64 array, shape (1, words)
        Working space: those of one case.
    out : int64 array, shape (columns, capacity)
        The log; its first ``n_rows`` rows are written.
    n_rows : int
        Rows written so far.
    case : int
        Index of the first case to be followed.
    fault : int64 array, shape (4,)
        The earliest fault so far, updated.

    Returns
    -------
    rows written in all, next case
    """
    last_start = out.shape[1] - ROWS_A_VISIT * cases.first_column[-1] - ROWS_A_CASE
    while case < len(cases.start) and n_rows <= last_start:
        if cases.start[case] < plan.horizon:
            n_rows = follow_case(plan, cases, served, visits, out, n_rows, case, fault)
        case += 1
    return n_rows, case


@compiled
def follow_case(  # noqa: C901, PLR0912, PLR0915 - what may become of a step, in the order of the contract
    plan: PlanArrays,
    cases: CaseArrays,
    served: Served,
    visits: Ints,
    out: Ints,
    row: int,
    case: int,
    fault: Ints,
) -> int:
    """Life of one case, from its first step to its end state, its last row before the horizon or a fault.

    Returns the number of the row after its last. There, in a row that is not counted, stands where a case that has not been
    answered or ended got no further: the step for which it waits at the horizon (for a server, or for the day of a letter),
    with the minute of its release and its work.

    Parameters
    ----------
    plan : PlanArrays
    cases : CaseArrays
    served : Served
        What the pools did.
    visits : int64 array, shape (1, words)
        Working space: those of one case.
    out : int64 array, shape (columns, capacity)
        The log.
    row : int
        Number of the case's first row in it.
    case : int
        Index of the case.
    fault : int64 array, shape (4,)
        The earliest fault so far, updated.
    """
    for word in range(visits.shape[1]):
        visits[0, word] = 0
    klass, principal, run, number = cases.klass[case], cases.principal_ore[case], cases.run[case], cases.number[case]
    items, item, end = served.items, served.first_item[case], served.first_item[case + 1]
    minute = cases.start[case]
    limit = barred_from(plan, klass, cases.arose[case] * MINUTES_PER_DAY)
    struck, theirs = cases.struck[case], cases.proceedings[case]
    seq = lateness = 0
    begins, limit = begun_at(plan, cases, visits, 0, case, klass, limit)
    if len(cases.enters) and cases.enters[case] != NONE:
        for at in range(cases.first_past[case], cases.first_past[case + 1]):
            kind, of, nth, then, said = (
                cases.past[at, PAST_KIND],
                cases.past[at, PAST_STEP],
                cases.past[at, PAST_VISIT],
                cases.past[at, PAST_MINUTE],
                cases.past[at, PAST_ANSWER],
            )
            _put(out, row, (case, seq, kind, of, nth, then, said, NONE, NONE, 0))
            row += 1
            seq += 1
    step = admitted(plan, begins, klass, principal, visits, 0)
    while 0 <= step < len(plan.queue):
        if is_struck(plan, step, theirs, struck, limit, minute):
            row, seq = _strike(out, row, case, seq, step, NONE, minute)
            step = admitted(plan, plan.strikes[step, theirs], klass, principal, visits, 0)
            struck, limit = NEVER_OPENED, halted(plan)
            continue
        visit = visits_to(plan, visits, 0, step)
        if cases.first_column[step] + visit >= cases.first_column[step + 1]:
            _note(fault, minute, NO_DRAWS, step, visit)
            _put(out, row, (case, seq, NONE, step, visit, minute, NONE, minute, NONE, 0))
            return row
        count_visit(plan, visits, 0, step)
        u_answer, u_delay, u_quantity = drawn(cases, case, run, number, step, visit)
        server = release = NONE
        unaided, entered = 0, minute
        if plan.queue[step] != NONE:
            work = work_of(plan, step, u_quantity)
            if item == end:
                if is_sold(plan, cases, case, step, entered, plan.horizon):
                    return _sell(plan, cases, out, row, case, seq)
                if len(plan.moves):
                    step = moved_over(plan, step, entered, plan.horizon)
                    work = work_of(plan, step, u_quantity)
                _put(out, row, (case, seq, NONE, step, visit, minute, NONE, minute, NONE, work))
                return row
            server, release, taken = int(items[item, ITEM_SERVER]), minute, int(items[item, ITEM_TAKEN])
            if len(plan.moves) and moved_over(plan, step, entered, taken) != step:
                step = moved_over(plan, step, entered, taken)
                work = 0 if plan.queue[step] == NONE else work_of(plan, step, u_quantity)
            if server == NOBODY:
                _put(out, row, (case, seq, LEFT, step, visit, taken, NONE, release, NONE, work))
                return row + 1
            if server in (NONE, MOVED):
                unaided = work
                if items[item, ITEM_FINISHED] == NONE:
                    _put(out, row, (case, seq, NONE, step, visit, minute, NONE, minute, NONE, work))
                    return row
            else:
                _put(out, row, (case, seq, STARTED, step, visit, taken, NONE, release, server, work))
                row += 1
                seq += 1
            if items[item, ITEM_FINISHED] == NONE:
                if is_sold(plan, cases, case, step, entered, plan.horizon):
                    return _sell(plan, cases, out, row, case, seq)
                return row
            minute = int(items[item, ITEM_FINISHED])
            lateness += minute - release
            item += 1
            if server == MOVED:
                server = release = NONE
        else:
            release, minute = minute, done_at(plan, step, minute)
            if is_struck(plan, step, theirs, struck, limit, minute):
                minute = struck
            if minute >= plan.horizon and not is_sold(plan, cases, case, step, entered, minute):
                _put(out, row, (case, seq, NONE, step, visit, release, NONE, release, NONE, 0))
                return row
            release = NONE
        if is_sold(plan, cases, case, step, entered, minute):
            return _sell(plan, cases, out, row, case, seq)
        if is_struck(plan, step, theirs, struck, limit, minute):
            row, seq = _strike(out, row, case, seq, step, visit, minute)
            step = moved_over(plan, plan.strikes[step, theirs], entered, minute)
            step = admitted(plan, step, klass, principal, visits, 0)
            struck, limit = NEVER_OPENED, halted(plan)
            continue
        if minute >= limit:
            step = plan.lapsed
            break
        _put(out, row, (case, seq, DONE, step, visit, minute, NONE, release, server, unaided))
        row += 1
        if is_applied_with(cases, step):
            u_answer, u_delay, u_quantity = drawn_together(cases, case, step, visit, minute)
        answer = answer_of(plan, step, klass, lateness, u_answer)
        since = counted_from(plan, cases, case, step, minute)
        comes = max(minute, since + delay_of(plan, step, klass, answer, principal, u_delay))
        comes = filed_at(plan, cases, case, step, klass, answer, comes)
        answer, minute = in_time(plan, step, answer, minute, comes, limit)
        strikes = is_struck(plan, step, theirs, struck, halted(plan) if plan.halts[step] else limit, minute)
        if strikes:
            minute = struck
        if is_sold(plan, cases, case, step, entered, minute):
            return _sell(plan, cases, out, row, case, seq + 1)
        if strikes:
            if minute >= plan.horizon:
                return row
            row, seq = _strike(out, row, case, seq + 1, step, visit, minute)
            step = moved_over(plan, plan.strikes[step, theirs], entered, minute)
            step = admitted(plan, step, klass, principal, visits, 0)
            struck, limit = NEVER_OPENED, halted(plan)
            continue
        if minute >= plan.horizon:
            return row
        if answer == NONE:
            seq += 1
            step = plan.lapsed
            break
        quantity = share_paid(plan, step, answer, visit, u_quantity)
        _put(out, row, (case, seq + 1, ANSWERED, step, visit, minute, answer, NONE, NONE, quantity))
        row += 1
        seq += 2
        limit = barred_after(plan, klass, step, answer, visit, minute, limit)
        step = moved_over(plan, plan.target[step, klass, answer], entered, minute)
        step = admitted(plan, step, klass, principal, visits, 0)
    if step < 0:
        _note(fault, minute, REFUSED, -1 - step, visits_to(plan, visits, 0, -1 - step))
        _put(out, row, (case, seq, NONE, -1 - step, NONE, minute, NONE, minute, NONE, 0))
        return row
    _put(out, row, (case, seq, ENDED, step, NONE, minute, NONE, NONE, NONE, 0))
    return row + 1


@compiled
def _sell(plan: PlanArrays, cases: CaseArrays, out: Ints, row: int, case: int, seq: int) -> int:
    """One ENDED row in the minute of the sale (§18); returns the number of the row after it."""
    _put(out, row, (case, seq, ENDED, plan.sale, NONE, cases.leaves[case], NONE, NONE, NONE, 0))
    return row + 1


@compiled
def _strike(out: Ints, row: int, case: int, seq: int, step: int, visit: int, minute: int) -> tuple[int, int]:
    """One STRUCK row (§16); returns the next row and its number within the case."""
    _put(out, row, (case, seq, STRUCK, step, visit, minute, NONE, NONE, NONE, 0))
    return row + 1, seq + 1


@compiled
def _note(fault: Ints, minute: int, kind: int, step: int, visit: int) -> None:
    if minute < fault[FAULT_MINUTE]:
        fault[FAULT_MINUTE], fault[FAULT_KIND], fault[FAULT_STEP], fault[FAULT_VISIT] = minute, kind, step, visit


@compiled
def _put(out: Ints, row: int, values: Row) -> None:
    """One row, its values in the order of the contract's columns."""
    out[0, row], out[1, row], out[2, row], out[3, row], out[4, row] = values[:5]
    out[5, row], out[6, row], out[7, row], out[8, row], out[9, row] = values[5:]
