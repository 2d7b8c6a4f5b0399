"""The default engine: a plan executed by code compiled with numba, row for row what the reference engine returns.

Two passes. Where steps have pools, the first finds out which server took which visit when, without writing a row
(:mod:`kravsim.engine.pools_compiled`). The second follows each case from its first step to its last and writes its rows in
the log's canonical order, so that nothing is sorted (:mod:`kravsim.engine.cases_compiled`). A plan without pools needs only
the second.
"""

from __future__ import annotations

import numpy as np

from kravsim.engine.arrays_compiled import CaseArrays, Ints, PlanArrays, StaffArrays, case_arrays, plan_arrays
from kravsim.engine.cases_compiled import (
    FAULT_KIND,
    FAULT_STEP,
    FAULT_VISIT,
    REFUSED,
    ROWS_A_CASE,
    ROWS_A_VISIT,
    Served,
    no_visits,
    nobody_served,
    write_rows,
)
from kravsim.engine.contract import COLUMNS, NONE
from kravsim.engine.events import CaseInput, EventLog
from kravsim.engine.faults import no_draws_left, refused
from kravsim.engine.pools_compiled import run_pools
from kravsim.models.plan import Plan

FIRST_SHARE, FIRST_ROWS_A_CASE = 1 / 32, 8
"""The first cases show how much room all will need."""
LEAST_GROWTH = 1.25
MARGIN = 1.05
CELLS_A_CACHE_LINE = 8
"""Integers in a line of the processor's cache."""


def run(plan: Plan, cases: CaseInput) -> EventLog:
    """Execute a plan on the given cases and draws.

    Parameters
    ----------
    plan : Plan
    cases : CaseInput
        Drawn for this plan's steps and visits.

    Raises
    ------
    RunError
        When a case enters a step that refuses it without an alternative, or visits a step more often than it has draws:
        the fault that happens first. Also when the cases were not drawn for this plan.
    """
    arrays, given, _, served = prepared(plan, cases)
    return _write_log(plan, arrays, given, served)


def prepared(plan: Plan, cases: CaseInput) -> tuple[PlanArrays, CaseArrays, StaffArrays, Served]:
    """Everything that a case needs to be followed: the plan, the cases and the staff as arrays, and what the pools did.

    Parameters
    ----------
    plan : Plan
    cases : CaseInput
        Drawn for this plan's steps and visits.

    Raises
    ------
    RunError
        When the cases were not drawn for this plan.
    """
    arrays, staff = plan_arrays(plan)
    given = case_arrays(plan, cases)
    served = run_pools(arrays, given, staff) if len(staff.pool_of_queue) else nobody_served(len(cases))
    return arrays, given, staff, served


def no_fault(arrays: PlanArrays) -> Ints:
    """What has been noted of faults to begin with: nothing before the horizon.

    Parameters
    ----------
    arrays : PlanArrays

    Returns
    -------
    int64 array, shape (4,)
        Minute, kind, step and visit.
    """
    return np.array([arrays.horizon, NONE, NONE, NONE], np.int64)


def raise_fault(plan: Plan, fault: Ints) -> None:
    """Raise the earliest fault, if there is one.

    Parameters
    ----------
    plan : Plan
        Whose steps are named.
    fault : int64 array, shape (4,)
        Minute, kind, step and visit of the earliest fault, NONE where there is none.

    Raises
    ------
    RunError
        When there is one.
    """
    if fault[FAULT_KIND] != NONE:
        step, visit = plan.steps[int(fault[FAULT_STEP])], int(fault[FAULT_VISIT])
        raise refused(step, visit) if fault[FAULT_KIND] == REFUSED else no_draws_left(step, visit)


def _write_log(plan: Plan, arrays: PlanArrays, cases: CaseArrays, served: Served) -> EventLog:
    """Rows of all cases, in a buffer that grows by what the cases so far needed."""
    n_cases = len(cases.start)
    most_rows = ROWS_A_VISIT * int(cases.first_column[-1]) + ROWS_A_CASE
    fault = no_fault(arrays)
    visits = no_visits(arrays, 1)
    out = _buffer(int(FIRST_SHARE * FIRST_ROWS_A_CASE * n_cases) + most_rows)
    rows, case = write_rows(arrays, cases, served, visits, out, 0, 0, fault)
    while case < n_cases:
        expected = MARGIN * rows * n_cases / case
        longer = _buffer(int(max(expected, LEAST_GROWTH * out.shape[1])) + most_rows)
        longer[:, :rows] = out[:, :rows]
        out = longer
        rows, case = write_rows(arrays, cases, served, visits, out, rows, case, fault)
    raise_fault(plan, fault)
    return EventLog(*out[:, :rows])


def _buffer(rows: int) -> Ints:
    """Room for rows, by column: columns an odd number of cache lines apart do not evict each other from the cache."""
    lines = -(-rows // CELLS_A_CACHE_LINE)
    return np.empty((len(COLUMNS), (lines | 1) * CELLS_A_CACHE_LINE), np.int64)
