"""What one case adds to a tally, compiled: amounts by who paid whom, what was done, how it stands at the close; and staff.

The same numbers as :func:`kravsim.settling.tally.tally_of` reads off a log and a journal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.arrays_compiled import PlanArrays, StaffArrays
from kravsim.engine.contract import ANSWERED, COLUMNS, DONE, LEFT, NONE, STARTED, STRUCK
from kravsim.jit_compiled import compiled
from kravsim.ledger.accounts import CASH, REGION
from kravsim.models.plan import OVERTIME, REGULAR
from kravsim.models.process import PROCESS
from kravsim.settling.booking_compiled import (
    CLASSES_A_SEGMENT,
    INTEREST_LINE,
    POSTING_ACCOUNT,
    POSTING_AMOUNT,
    POSTING_BOOK,
    POSTING_DAY,
    POSTING_LINE,
    POSTING_PAYER,
    POSTING_RECEIVER,
    PRINCIPAL_LINE,
    PRINCIPAL_PAID,
    CaseBooks,
    Claims,
)
from kravsim.settling.tally import (
    APPLICATIONS_BELOW_200,
    APPLICATIONS_BELOW_1000,
    ARRIVED_MINUTES,
    BY_SYSTEM_MINUTES,
    CLOSING_MINUTES,
    DAYS_LATE,
    DEMANDED_CLAIMS,
    DEMANDED_PAID_CLAIMS,
    GROUP_OLDEST,
    GROUP_OTHERS,
    IN_QUEUE,
    IS_AT_KRONOFOGDEN,
    IS_WATCHED,
    KRONOFOGDEN_PRINCIPAL_ORE,
    LAID_ASIDE_MINUTES,
    LATE_STARTS,
    LONGEST_QUEUED_MINUTES,
    NEW_CASES,
    OLDEST_CASES,
    OLDEST_CLAIMS,
    OLDEST_OPEN,
    OLDEST_PAID,
    OLDEST_PAID_WITHIN_A_YEAR,
    OLDEST_PRINCIPAL_LEFT_ORE,
    OLDEST_PRINCIPAL_ORE,
    OLDEST_PRINCIPAL_PAID_ORE,
    OPEN_CLAIMS,
    OPEN_PRINCIPAL_ORE,
    OPENING_CLAIMS,
    OPENING_MINUTES,
    OPENING_PRINCIPAL_ORE,
    OVERTIME_MINUTES,
    PAID_CASES,
    PERIOD_HISTORY,
    PERIOD_HORIZON,
    QUEUED_MINUTES,
    REFERRED_CLAIMS,
    REFERRED_PRINCIPAL_ORE,
    SMALL_ORE,
    STARTED_WORK,
    STEP_APPLICATION,
    STEP_DEMAND,
    SUCCESS_CODES,
    TEMPORARY_MINUTES,
    WAITED_MINUTES,
    WATCHED_CLAIMS,
    WATCHED_PRINCIPAL_ORE,
    Tally,
)
from kravsim.settling.terms import Terms
from kravsim.units import DAYS_A_YEAR, MINUTES_PER_DAY

Ints = NDArray[np.int64]

KIND, STEP, MINUTE, ANSWER, RELEASE, SERVER, QUANTITY = (
    COLUMNS.index(name) for name in ("kind", "step", "minute", "answer", "release", "server", "quantity")
)
PAID_IN_FULL, RESIDUE_WAIVED = SUCCESS_CODES
SMALL, NOT_LARGE = SMALL_ORE["applications_below_200"], SMALL_ORE["applications_below_1000"]
N_STEPS = len(PROCESS)
REFERRED_NOW, STILL_OPEN = 1, 2
"""Marks of a debtor: claims handed over within the horizon, claims open at its close."""


class Register(NamedTuple):
    """By debtor (D): marks (D,), interest paid by calendar year (D, Y); the tally's amounts by period, group and account.

    And what the region has received less paid, by month of the horizon and line (M, lines).
    """

    marks: NDArray[np.uint8]
    interest: Ints
    amounts: Ints
    months: Ints


@compiled
def add_amounts(terms: Terms, claims: Claims, register: Register, postings: Ints, n_postings: int, case: int) -> None:
    """Add a case's postings to the table of amounts, and what natural persons paid in interest to their years.

    Parameters
    ----------
    terms : Terms
        Law, contract, policy and unit costs.
    claims : Claims
        All cases and claims of the stream.
    register : Register
        Added to.
    postings : int64 array, shape (at least n_postings, columns)
        The case's, columns as in :mod:`kravsim.settling.booking_compiled`.
    n_postings : int
        How many they are.
    case : int
        Index of the case.
    """
    group = GROUP_OLDEST if claims.hand_over_day[case] < terms.oldest_until else GROUP_OTHERS
    natural = terms.natural[claims.klass[case] // CLASSES_A_SEGMENT]
    for n in range(n_postings):
        day, amount = postings[n, POSTING_DAY], postings[n, POSTING_AMOUNT]
        if natural and postings[n, POSTING_BOOK] == CASH and postings[n, POSTING_LINE] == INTEREST_LINE:
            year = 0
            while day >= terms.year_end[year + 1]:
                year += 1
            register.interest[claims.debtor[case], year] += amount
        period = PERIOD_HORIZON if day >= terms.start else PERIOD_HISTORY
        if period == PERIOD_HORIZON or group == GROUP_OLDEST:
            register.amounts[period, group, postings[n, POSTING_ACCOUNT]] += amount
        if period == PERIOD_HORIZON and postings[n, POSTING_BOOK] == CASH:
            month, line = terms.month_of_day[day - terms.start], postings[n, POSTING_LINE]
            if postings[n, POSTING_RECEIVER] == REGION:
                register.months[month, line] += amount
            if postings[n, POSTING_PAYER] == REGION:
                register.months[month, line] -= amount


@compiled
def count_rows(
    terms: Terms,
    plan: PlanArrays,
    staff: StaffArrays,
    tally: Tally,
    rows: Ints,
    n_rows: int,
    number: int,
    end: int,
) -> None:
    """Count what was done and answered within the horizon, how long it waited, and whether the case waits at the close.

    The claims of the case, ``number`` of them, count as demanded in the horizon of a demand, and as paid after one in the
    horizon of the payment. After its rows stands what it waits for, if it does.

    Parameters
    ----------
    terms : Terms
        Law, contract, policy and unit costs.
    plan : PlanArrays
    staff : StaffArrays
    tally : Tally
        Added to.
    rows : int64 array, shape (columns, more than n_rows)
        The case's rows of the log, and what it waits for.
    n_rows : int
        How many rows there are before that.
    number : int
        Claims of the case.
    end : int
        Code of its end, -1 while it is open.
    """
    first, close, counts = terms.start * MINUTES_PER_DAY, terms.n_days * MINUTES_PER_DAY, tally.counts
    late = plan.lateness_edges[0] if len(plan.lateness_edges) else close
    goes_on = n_rows == 0 or rows[KIND, n_rows - 1] == ANSWERED or rows[KIND, n_rows - 1] == STRUCK
    if goes_on and plan.queue[rows[STEP, n_rows]] != NONE:
        queued = close - rows[RELEASE, n_rows]
        counts[IN_QUEUE] += 1
        counts[QUEUED_MINUTES] += queued
        counts[LONGEST_QUEUED_MINUTES] = max(counts[LONGEST_QUEUED_MINUTES], queued)
        pool = staff.pool_of_queue[plan.queue[rows[STEP, n_rows]]]
        tally.work[pool, CLOSING_MINUTES] += rows[QUANTITY, n_rows]
        _arrive(tally, pool, rows[RELEASE, n_rows] >= first, rows[QUANTITY, n_rows])
    if n_rows == 0 or rows[MINUTE, n_rows - 1] < first:
        return
    demanded = demanded_now = started = waited = late_starts = 0
    for row in range(n_rows):
        kind, step, minute = rows[KIND, row], rows[STEP, row], rows[MINUTE, row]
        now = int(minute >= first)
        if kind == DONE:
            if rows[RELEASE, row] != NONE and rows[SERVER, row] == NONE and now:
                pool = staff.pool_of_queue[plan.queue[step]]
                tally.work[pool, BY_SYSTEM_MINUTES] += rows[QUANTITY, row]
                _arrive(tally, pool, rows[RELEASE, row] >= first, rows[QUANTITY, row])
                started += 1
                waited += minute - rows[RELEASE, row]
                late_starts += minute - rows[RELEASE, row] >= late
            tally.done[step % N_STEPS] += now  # of several arrangements each has its own
            demanded |= step % N_STEPS == STEP_DEMAND
            demanded_now |= now & (step % N_STEPS == STEP_DEMAND)
        elif kind == ANSWERED:
            tally.answered[step % N_STEPS, rows[ANSWER, row]] += now
        elif kind == LEFT and now:
            pool = staff.pool_of_queue[plan.queue[step]]
            tally.work[pool, LAID_ASIDE_MINUTES] += rows[QUANTITY, row]
            _arrive(tally, pool, rows[RELEASE, row] >= first, rows[QUANTITY, row])
        elif kind == STARTED and now:
            pool = staff.pool_of_queue[plan.queue[step]]
            server = staff.first_server[pool] + rows[SERVER, row]
            who = staff.kind_of_group[staff.group_of_server[server]]
            if who != REGULAR:
                column = OVERTIME_MINUTES if who == OVERTIME else TEMPORARY_MINUTES
                tally.work[pool, column] += rows[QUANTITY, row]
            _arrive(tally, pool, rows[RELEASE, row] >= first, rows[QUANTITY, row])
            started += 1
            waited += minute - rows[RELEASE, row]
            late_starts += minute - rows[RELEASE, row] >= late
    counts[STARTED_WORK] += started
    counts[WAITED_MINUTES] += waited
    counts[LATE_STARTS] += late_starts
    counts[DEMANDED_CLAIMS] += demanded_now * number
    if end in (PAID_IN_FULL, RESIDUE_WAIVED) and rows[MINUTE, n_rows - 1] >= first:
        counts[DEMANDED_PAID_CLAIMS] += demanded * number


@compiled
def count_small(
    terms: Terms, claims: Claims, books: CaseBooks, n_postings: int, tally: Tally, rows: Ints, n_rows: int, case: int
) -> None:
    """Count applications of the horizon for little principal: what had not been paid before their day.

    Parameters
    ----------
    terms, claims, books
        The case has been booked: ``books`` has its postings.
    n_postings : int
    tally : Tally
        Is added to.
    rows : int64 array, shape (columns, at least n_rows)
        The case's rows of the event log.
    n_rows, case : int
    """
    for row in range(n_rows):
        if (
            rows[KIND, row] != DONE
            or rows[STEP, row] != STEP_APPLICATION
            or rows[MINUTE, row] < terms.start * MINUTES_PER_DAY
        ):
            continue
        left = claims.case_principal[case]
        for n in range(n_postings):
            paid = books.postings[n, POSTING_BOOK] == CASH and books.postings[n, POSTING_LINE] == PRINCIPAL_LINE
            if paid and books.postings[n, POSTING_DAY] < rows[MINUTE, row] // MINUTES_PER_DAY:
                left -= books.postings[n, POSTING_AMOUNT]
        tally.counts[APPLICATIONS_BELOW_200] += left < SMALL
        tally.counts[APPLICATIONS_BELOW_1000] += left < NOT_LARGE


@compiled
def _arrive(tally: Tally, pool: int, within: bool, minutes: int) -> None:
    """Count work that was released within the horizon, or waited as it began."""
    tally.work[pool, ARRIVED_MINUTES if within else OPENING_MINUTES] += minutes


@compiled
def count_case(
    terms: Terms, claims: Claims, books: CaseBooks, tally: Tally, register: Register, case: int, end: int, end_day: int
) -> None:
    """Count how a case and its claims stand at the opening and the close of the horizon.

    Parameters
    ----------
    terms : Terms
        Law, contract, policy and unit costs.
    claims : Claims
        All cases and claims of the stream.
    books : CaseBooks
        As the booking of the case left it.
    tally : Tally
        Added to.
    register : Register
        Added to.
    case : int
        Index of the case.
    end : int
        Code of its end, -1 while it is open.
    end_day : int
        Day of its end, since day 0; NO_DAY while it is open.
    """
    counts, handed, debtor = tally.counts, claims.hand_over_day[case], claims.debtor[case]
    first, last = claims.first_claim[case], claims.first_claim[case + 1]
    success = end in (PAID_IN_FULL, RESIDUE_WAIVED)
    referred, within, old = handed >= terms.start, end_day >= terms.start, handed < terms.oldest_until
    number, principal, paid = last - first, 0, 0
    for claim in range(first, last):
        principal += claims.principal[claim]
        paid += books.claims[claim - first, PRINCIPAL_PAID]
        if success and within:
            counts[DAYS_LATE] += end_day - claims.due_day[claim]
    if referred:
        counts[REFERRED_CLAIMS] += number
        counts[REFERRED_PRINCIPAL_ORE] += principal
        counts[NEW_CASES] += 1
        register.marks[debtor] |= REFERRED_NOW
    elif within:
        counts[OPENING_CLAIMS] += number
        counts[OPENING_PRINCIPAL_ORE] += principal
    if end == NONE:
        counts[OPEN_CLAIMS] += number
        counts[OPEN_PRINCIPAL_ORE] += principal - paid
        register.marks[debtor] |= STILL_OPEN
    elif within:
        tally.ends[end - N_STEPS] += number
        if success:
            counts[PAID_CASES] += 1
    if old:
        counts[OLDEST_CLAIMS] += number
        counts[OLDEST_CASES] += 1
        counts[OLDEST_PRINCIPAL_ORE] += principal
        counts[OLDEST_PRINCIPAL_PAID_ORE] += paid
        if end == NONE:
            counts[OLDEST_OPEN] += number
            counts[OLDEST_PRINCIPAL_LEFT_ORE] += principal - paid
        if success:
            counts[OLDEST_PAID] += number
            if end_day - handed <= DAYS_A_YEAR:
                counts[OLDEST_PAID_WITHIN_A_YEAR] += number


@compiled
def count_open(claims: Claims, books: CaseBooks, tally: Tally, case: int, last_step: int) -> None:
    """Count where an open case stands at the close, by the step of its last event.

    Parameters
    ----------
    claims : Claims
        All cases and claims of the stream.
    books : CaseBooks
        As the booking of the case left it.
    tally : Tally
        Added to.
    case : int
        Index of the case.
    last_step : int
        Code of the step of its last event.
    """
    counts, first, last = tally.counts, claims.first_claim[case], claims.first_claim[case + 1]
    left = 0
    for claim in range(first, last):
        left += claims.principal[claim] - books.claims[claim - first, PRINCIPAL_PAID]
    if IS_WATCHED[last_step]:
        counts[WATCHED_CLAIMS] += last - first
        counts[WATCHED_PRINCIPAL_ORE] += left
    if IS_AT_KRONOFOGDEN[last_step]:
        counts[KRONOFOGDEN_PRINCIPAL_ORE] += left
