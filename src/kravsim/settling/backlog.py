"""What waits for staff as the horizon closes, and who else does it, read off an event log.

Released work leaves no row until it is begun, done by the system or laid aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, DONE, NONE, STARTED, STRUCK
from kravsim.engine.events import CaseInput, EventLog
from kravsim.ledger.accounts import Ints
from kravsim.models.plan import REGULAR, TABLE_SHIFT, Plan


def is_by_system(log: EventLog) -> NDArray[np.bool_]:
    """Rows of work that a pool was relieved of, and that was done without a hand (contract §14).

    Parameters
    ----------
    log : EventLog
        Every case of the stream, in canonical order.

    Returns
    -------
    bool array, shape (rows,)
    """
    return np.asarray((log.kind == DONE) & (log.release != NONE) & (log.server == NONE))


def reserve_rows(log: EventLog, plan: Plan) -> Iterator[tuple[int, int, Ints]]:
    """Pool, kind and rows of the work that servers in reserve have begun.

    Parameters
    ----------
    log : EventLog
        Every case of the stream, in canonical order.
    plan : Plan

    Returns
    -------
    iterator of (int, int, int64 array)
        Number of the pool, OVERTIME or TEMPORARY, and indexes of rows in the log.
    """
    started = np.flatnonzero(log.kind == STARTED)
    for number, pool in enumerate(plan.pools):
        rows = started[plan.pool[log.step[started]] == number]
        for kind in sorted(set(pool.kind.tolist()) - {REGULAR}):
            yield number, kind, rows[pool.kind[log.server[rows]] == kind]


class Left(NamedTuple):
    """Work that nobody has begun at the horizon: its step, the minute of its release, and its minutes."""

    step: Ints
    release: Ints
    minutes: Ints


def left_waiting(log: EventLog, plan: Plan, cases: CaseInput) -> Left:
    """Work that waits at the horizon: of a first step, or of the step that a case's last answer led to (contract §3, §6).

    Parameters
    ----------
    log : EventLog
        Every case of the stream, in canonical order.
    plan : Plan
        What the engine was given.
    cases : CaseInput
        Likewise.
    """
    begun = np.zeros(len(cases), bool)
    begun[log.case] = True
    on = np.isin(log.kind, (ANSWERED, STRUCK))
    ends = np.flatnonzero(np.append(log.case[1:] != log.case[:-1], True)[: len(log)] & on)
    at_first = np.flatnonzero((cases.start < plan.horizon) & ~begun)
    found = [(case, int(plan.start[cases.klass[case]]), int(cases.start[case]), 0, 0) for case in at_first.tolist()]
    starts = np.searchsorted(log.case, log.case[ends])
    for first, row in zip(starts.tolist(), ends.tolist(), strict=True):
        case = int(log.case[row])
        target = int(plan.target[log.step[row], cases.klass[case], log.answer[row]])
        if log.kind[row] == STRUCK:
            target = int(plan.strikes[log.step[row], cases.proceedings[case]])
        release = int(log.minute[row])
        if release < cases.start[case]:  # its past alone (contract §17)
            target, release = int(cases.enters[case]), int(cases.start[case])
        found.append((case, target, release, first, row + 1))
    rows = []
    for case, target, release, first, last in found:
        been = log.step[first:last] % (plan.own_steps or len(plan.pool)), log.visit[first:last]
        entered = _moved(plan, target, NONE, release)
        step, visit = _admitted(plan, entered, int(cases.klass[case]), int(cases.principal_ore[case]), *been)
        if plan.pool[step] == NONE:  # a letter that waits for a working day
            continue
        step = _moved(plan, step, release, plan.horizon)
        if plan.pool[step] == NONE:
            continue
        quantity = int(cases.uniforms[case, int(cases.first_column[step]) + visit, 2])
        rows.append((step, release, int(plan.work_tables[plan.work_table[step], quantity >> TABLE_SHIFT])))
    return Left(*np.array(rows, np.int64).reshape(-1, len(Left._fields)).T)


def _moved(plan: Plan, step: int, since: int, upto: int) -> int:
    """The step of the arrangement that a case has moved to between two minutes; what waits for staff moves (contract §19)."""
    for minute, first in plan.moves.tolist():
        if since < minute <= upto and first > step:
            step = step % plan.own_steps + first
            if plan.pool[step] == NONE and since != NONE:
                break
    return step


def _admitted(plan: Plan, target: int, klass: int, principal: int, steps: Ints, numbers: Ints) -> tuple[int, int]:
    """The step that takes a case (contract §3), and how often it has been there."""
    while True:
        visits = int(numbers[steps == target % (plan.own_steps or len(plan.pool))].max(initial=-1)) + 1
        if visits < plan.max_visits[target] and principal >= plan.min_ore[target]:
            return target, visits
        target = int(plan.otherwise[target, klass])
