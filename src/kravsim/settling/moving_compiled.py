"""Cases that may move from arrangement to arrangement, straight to a tally: each row is booked by the terms of its own.

As :mod:`kravsim.settling.settle_compiled` settles those that stay.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.arrays_compiled import CaseArrays, PlanArrays, StaffArrays
from kravsim.engine.cases_compiled import Served, follow_case
from kravsim.engine.contract import DONE, ENDED, NONE
from kravsim.jit_compiled import compiled
from kravsim.ledger.audit_compiled import AuditWorkspace, audit_case, audit_life, audit_moving, opening_of
from kravsim.ledger.audit_moves_compiled import Moving
from kravsim.ledger.debts import NO_DAY
from kravsim.ledger.legal import Agreement, Legal
from kravsim.models.plan import Plan
from kravsim.settling.booking_compiled import (
    CLASSES_A_SEGMENT,
    CaseBooks,
    Claims,
    book_agreed,
    book_rows,
    book_value,
    most_postings,
    open_books,
)
from kravsim.settling.count_compiled import Register, add_amounts, count_case, count_open, count_rows, count_small
from kravsim.settling.curves_compiled import count_curves
from kravsim.settling.settle_compiled import KIND, MINUTE, STEP, CaseWorkspace, Settling, is_bygone
from kravsim.settling.staff_compiled import note_work
from kravsim.settling.tally import Tally
from kravsim.settling.terms import Terms
from kravsim.units import MINUTES_PER_DAY

Ints = NDArray[np.int64]

TO_NEXT_CONTRACT = -2
"""End of a case to a contract that it leaves for another: it is closed, and not paid."""


class Way(NamedTuple):
    """Arrangements one after the other, and where the rows of a case belong.

    Attributes
    ----------
    contract : (P,)
        Number of the contract of each arrangement.
    first : (P,)
        First day of each.
    number : (most rows,)
        Working space: arrangement of each row of a case.
    done : (P, S)
        Times that each step was carried out under each arrangement within the horizon; added to.
    """

    contract: Ints
    first: Ints
    number: Ints
    done: Ints


class MovingSettling(Settling):
    """Cases that may move, while they are settled one after the other."""

    def go_through_all(
        self,
        plan: Plan,
        arrays: PlanArrays,
        tally: Tally,
        terms: tuple[Terms, ...],
        legal: Legal,
        audited: tuple[Moving, tuple[Agreement, ...]],
        way: Way,
    ) -> None:
        """Settle all cases, and add them to a tally.

        Parameters
        ----------
        plan : Plan
            Of all arrangements.
        arrays : PlanArrays
            The same as arrays.
        tally : Tally
        terms : tuple of Terms
            That rows are booked by, of each arrangement.
        legal : Legal
            That cases are audited by.
        audited : tuple of Moving and of tuple of Agreement
            What the audit knows of arrangements and their contracts.
        way : Way

        Raises
        ------
        RunError
            As from the engine.
        """
        self.settle_all(
            plan,
            tally,
            0,
            len(self.claims.debtor),
            lambda register, case, last: _settle_moving(
                *(arrays, self.cases, self.staff, self.served, terms, legal, *audited, way, self.claims, self.space),
                *(self.books, self.audit, tally, register, self.fault, case, last),
            ),
        )


@compiled
def _settle_moving(  # noqa: PLR0913, PLR0917 - all that a case meets
    plan: PlanArrays,
    cases: CaseArrays,
    staff: StaffArrays,
    served: Served,
    terms: tuple[Terms, ...],
    legal: Legal,
    moving: Moving,
    agreed: tuple[Agreement, ...],
    way: Way,
    claims: Claims,
    space: CaseWorkspace,
    books: CaseBooks,
    audit: AuditWorkspace,
    tally: Tally,
    register: Register,
    fault: Ints,
    case: int,
    last_case: int,
) -> int:
    """Settle ``case`` up to ``last_case``, not counted, until one may have more than there is room for; returns that one."""
    rows, any_terms = space.rows, terms[0]
    while case < last_case:
        if len(served.ended) and is_bygone(any_terms, claims, case, served.ended[case]):
            case += 1
            continue
        n_rows = 0
        if cases.start[case] < plan.horizon:
            n_rows = follow_case(plan, cases, served, space.visits, rows, 0, case, fault)
        ended = n_rows > 0 and rows[KIND, n_rows - 1] == ENDED
        if ended and is_bygone(any_terms, claims, case, rows[MINUTE, n_rows - 1]):
            case += 1
            continue
        first, last = claims.first_claim[case], claims.first_claim[case + 1]
        if most_postings(n_rows, last - first, len(any_terms.year_end)) > len(books.postings):
            break
        handed = claims.hand_over_day[case]
        if len(served.items):
            note_work(plan, staff, served, space.work, rows, n_rows, case)
        if cases.start[case] < plan.horizon:
            end = NONE
            if ended:
                end = rows[STEP, n_rows - 1] - (len(plan.queue) - plan.own_steps)
            count_rows(any_terms, plan, staff, tally, rows, n_rows, last - first, end)
        _tell_of_one(plan, any_terms, way, rows, n_rows, handed)
        n_postings, end, end_day = _book_moving(terms, way, claims, books, rows, n_rows, case)
        opening = opening_of(audit, claims.run, first, last, claims.debtor[case])
        audit_case(
            legal,
            audit,
            rows,
            n_rows,
            books.postings,
            n_postings,
            claims.principal,
            claims.due_day,
            first,
            last,
            case,
            claims.case_principal[case],
            opening,
            claims.debtor[case],
            handed,
        )
        audit_life(legal, audit, rows, n_rows, claims.run, first, last, case, claims.klass[case], opening)
        audit_moving(
            legal,
            moving,
            agreed,
            audit,
            rows,
            n_rows,
            way.number,
            books.postings,
            n_postings,
            handed,
            case,
            claims.case_principal[case],
        )
        add_amounts(any_terms, claims, register, books.postings, n_postings, case)
        count_case(any_terms, claims, books, tally, register, case, end, end_day)
        if handed < any_terms.oldest_until:
            count_curves(
                any_terms, claims, tally, space.since, rows, n_rows, books.postings, n_postings, case, end, end_day
            )
        if end == NONE and n_rows:
            count_open(claims, books, tally, case, rows[STEP, n_rows - 1])
        count_small(any_terms, claims, books, n_postings, tally, rows, n_rows, case)
        case += 1
    return case


@compiled
def _tell_of_one(plan: PlanArrays, terms: Terms, way: Way, rows: Ints, n_rows: int, handed: int) -> None:
    """Tell the rows of a case in the steps of one arrangement, note whose each is, and count what each has done."""
    number, own = 0, plan.own_steps
    while number + 1 < len(way.first) and way.first[number + 1] <= handed:
        number += 1
    for row in range(n_rows):
        step = rows[STEP, row]
        if step < len(plan.queue):
            number = step // own
            rows[STEP, row] = step - own * number
            if rows[KIND, row] == DONE and rows[MINUTE, row] >= terms.start * MINUTES_PER_DAY:
                way.done[number, rows[STEP, row]] += 1
        else:  # an end is of the arrangement that it was come to under
            rows[STEP, row] = step - (len(plan.queue) - own)
        way.number[row] = number


@compiled
def _book_moving(
    terms: tuple[Terms, ...], way: Way, claims: Claims, books: CaseBooks, rows: Ints, n_rows: int, case: int
) -> tuple[int, int, int]:
    """Book one case, each stretch of its rows by the terms of its arrangement (§M29).

    Returns the number of postings, the end state (NONE: open) and its day (NO_DAY: open).
    """
    segment = claims.klass[case] // CLASSES_A_SEGMENT
    n = open_books(terms[0], claims, books, case)
    claimed = since = begin = 0
    end, end_day, taken, sent_abroad = NONE, NO_DAY, NO_DAY, NO_DAY
    while begin < n_rows:
        number, stop = way.number[begin], begin + 1
        while stop < n_rows and way.number[stop] == number:
            stop += 1
        n, claimed, end, end_day, taken, sent_abroad = book_rows(
            terms[number], claims, books, rows, begin, stop, n_rows, case, n, claimed, taken, sent_abroad
        )
        goes_on = stop < n_rows
        leaves = goes_on and way.contract[way.number[stop]] != way.contract[number]
        if leaves or not goes_on:
            if taken != NO_DAY:
                how, when = end, end_day
                if leaves:
                    how, when = TO_NEXT_CONTRACT, rows[MINUTE, stop] // MINUTES_PER_DAY
                n = book_agreed(terms[number], books, n, since, taken, sent_abroad, how, when, segment)
            since, taken, sent_abroad = n, NO_DAY, NO_DAY
        begin = stop
    return book_value(terms[0], claims, books, n, case, end_day), end, end_day
