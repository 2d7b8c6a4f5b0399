"""``settle``: cases become a tally without a log or a journal. Each case is followed, booked, audited and counted in turn.

What lies in between is kept for one case at a time, in small buffers that stay in the processor's cache. Where staff have
pools, these have run before (:mod:`kravsim.engine.pools_compiled`); their work is checked after. Cases that ended long before
the horizon, most of a long history, touch no result and are passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.arrays_compiled import CaseArrays, PlanArrays, StaffArrays
from kravsim.engine.cases_compiled import ROWS_A_CASE, ROWS_A_VISIT, Items, Served, follow_case, no_visits
from kravsim.engine.contract import COLUMNS, DONE, ENDED, NONE
from kravsim.engine.engine_compiled import no_fault, prepared, raise_fault
from kravsim.engine.events import CaseInput
from kravsim.engine.kept import filled, working
from kravsim.errors import RunError
from kravsim.jit_compiled import compiled, is_compiled
from kravsim.law import LawDays
from kravsim.ledger.accounts import Journal
from kravsim.ledger.audit import purses
from kravsim.ledger.audit_compiled import AuditWorkspace, audit_case, audit_life, audit_workspace, failures, opening_of
from kravsim.ledger.booking import book_whole_years
from kravsim.ledger.legal import Legal
from kravsim.ledger.together import STEP_APPLICATION
from kravsim.models import model_named
from kravsim.models.plan import Plan
from kravsim.scenario import World
from kravsim.scenario.levels import models_by_year
from kravsim.settling.booking_compiled import (
    CLAIM_COLUMNS,
    JOINED,
    OF_INTEREST,
    POSTING_COLUMNS,
    WRITTEN,
    CaseBooks,
    Claims,
    book_case,
    claims_of,
    filings_for,
    most_postings,
)
from kravsim.settling.count_compiled import (
    REFERRED_NOW,
    STILL_OPEN,
    Register,
    add_amounts,
    count_case,
    count_open,
    count_rows,
    count_small,
)
from kravsim.settling.curves import ORIGINS
from kravsim.settling.curves_compiled import count_curves
from kravsim.settling.months import ON_ITS_DAY, months_in
from kravsim.settling.staff_compiled import (
    WORK_COLUMNS,
    note_work,
)
from kravsim.settling.tally import (
    AMOUNTS_SHAPE,
    BUSY_MINUTES,
    JOINED_APPLICATIONS,
    OPEN_DEBTORS,
    REFERRED_DEBTORS,
    Tally,
    add_postings,
    empty_tally,
)
from kravsim.settling.terms import Terms, terms_of
from kravsim.settling.work_done import checked_staff, reserve_of
from kravsim.stream.stream import Stream
from kravsim.units import MINUTES_PER_DAY
from kravsim.workdays import calendar_years, years_of

Ints = NDArray[np.int64]

KIND, STEP, MINUTE, RELEASE, SERVER, QUANTITY = (
    COLUMNS.index(name) for name in ("kind", "step", "minute", "release", "server", "quantity")
)
FIRST_POSTINGS = 1024
"""Room for the postings of a case to begin with."""


class CaseWorkspace(NamedTuple):
    """Working space: visits, rows (columns, most rows), days of steps of a case; all work as it was taken up (items, 4)."""

    visits: Ints
    rows: Ints
    since: Ints
    work: Items


def is_ready() -> bool:
    """Whether the longest of the compiled loops need not be compiled first."""
    return is_compiled(_settle_cases)


def settle(plan: Plan, cases: CaseInput, stream: Stream, world: World, law: LawDays, legal: Legal) -> Tally:
    """Run a plan and book it, straight to a tally.

    Parameters
    ----------
    plan : Plan
        Of one model.
    cases : CaseInput
        Drawn for this plan's steps and visits.
    stream : Stream
        What the cases were made of.
    world : World
        The scenario with its values realised.
    law : LawDays
        The law by day, for the booking.
    legal : Legal
        The law as the audit reads it.

    Raises
    ------
    RunError
        As from the engine; and when the audit finds fault, naming every identity that does not hold.
    """
    data, model = world.data, model_named(world.data, plan.model)
    terms, journal = terms_of(data, model, stream, law), Journal()
    tally, interest_ore, work = settle_cases(plan, cases, stream, terms, legal)
    years = [year for year in calendar_years(stream.first, stream.n_days) if year[0] >= terms.bygone]
    reserve = reserve_of(plan, work, years)
    by_year = models_by_year(data, model, years_of(stream.first, years))
    book_whole_years(
        journal, interest_ore[:, -len(years) :], by_year, plan.pools, data.policy, years, terms.start, reserve
    )
    add_postings(tally, journal.postings(), stream, terms.start, np.zeros(0, np.bool_))
    problems = purses(tally.amounts.sum(axis=(0, 1)))
    if problems:
        raise RunError(problems)
    return tally


def settle_cases(plan: Plan, cases: CaseInput, stream: Stream, terms: Terms, legal: Legal) -> tuple[Tally, Ints, Items]:
    """Everything that belongs to a case.

    Also the interest that natural persons paid by debtor and calendar year (D, Y), and work as it was taken up (items, 4).

    Parameters
    ----------
    plan : Plan
    cases : CaseInput
        Drawn for this plan's steps and visits.
    stream : Stream
        What the cases were made of.
    terms : Terms
        Law, contract, policy and unit costs.
    legal : Legal
        The law as the audit looks it up.

    Raises
    ------
    RunError
        As :func:`settle`.
    """
    prepared_for = prepared(plan, cases)
    settling = Settling(prepared_for, stream, terms, legal)
    tally = empty_tally(len(plan.pools), months_in(terms.month_of_day))
    settling.go_through(plan, prepared_for[0], tally, terms, legal, 0, len(cases))
    settling.close(plan, tally, terms)
    return tally, settling.interest, settling.work


class Settling:
    """Cases while they are settled, one after the other, and what is kept for all of them.

    Parameters
    ----------
    prepared_for : tuple
        Plan, cases and staff as arrays and what the pools did: from :func:`kravsim.engine.engine_compiled.prepared`.
    stream : Stream
        What the cases were made of.
    terms : Terms
        Of any of the cases: days and years are those of all.
    legal : Legal
        Likewise.
    """

    def __init__(
        self,
        prepared_for: tuple[PlanArrays, CaseArrays, StaffArrays, Served],
        stream: Stream,
        terms: Terms,
        legal: Legal,
    ) -> None:
        arrays, self.cases, self.staff, self.served = prepared_for
        self.claims = claims_of(stream)
        most_claims = int(np.diff(self.claims.first_claim).max(initial=0))
        columns = int(self.cases.first_column[-1])
        self.space = CaseWorkspace(
            visits=no_visits(arrays, 1),
            rows=working("rows", (len(COLUMNS), ROWS_A_VISIT * columns + ROWS_A_CASE), np.int64),
            since=np.empty(len(ORIGINS), np.int64),
            work=filled("work", (len(self.served.items), WORK_COLUMNS), np.int32, NONE),
        )
        charges = np.empty((3, len(terms.owner)), np.int64)
        columns_of_claims = CLAIM_COLUMNS + OF_INTEREST * (len(terms.interest_owners) - 1)
        states = np.empty((most_claims, columns_of_claims), np.int64)
        n_debtors, n_years = len(stream.debtors.segment), len(terms.year_end) - 1
        postings, filings = (
            np.empty((FIRST_POSTINGS, POSTING_COLUMNS), np.int64),
            filings_for(terms, n_debtors, FIRST_POSTINGS),
        )
        self.books, self.audit = (
            CaseBooks(charges, states, postings, filings),
            audit_workspace(most_claims, stream.openings, FIRST_POSTINGS * bool(legal.together.any())),
        )
        self.fault = no_fault(arrays)
        self.interest = filled("interest", (n_debtors, n_years), np.int64)
        self.marks = filled("marks", n_debtors, np.uint8)

    @property
    def work(self) -> Items:
        """All work as it was taken up (items, 4)."""
        return self.space.work

    def go_through(
        self, plan: Plan, arrays: PlanArrays, tally: Tally, terms: Terms, legal: Legal, first: int, last: int
    ) -> None:
        """Settle the cases from ``first`` up to ``last``, not counted, and add them to a tally.

        Parameters
        ----------
        plan : Plan
            That they follow; its steps are named in a fault.
        arrays : PlanArrays
            The same as arrays, with the queues of all.
        tally : Tally
        terms : Terms
            That they are booked by.
        legal : Legal
            That they are audited by.
        first, last : int
            Indexes of cases.

        Raises
        ------
        RunError
            As from the engine.
        """
        self.settle_all(
            plan,
            tally,
            first,
            last,
            lambda register, case, stop: _settle_cases(
                *(arrays, self.cases, self.staff, self.served, terms, legal, self.claims, self.space, self.books),
                *(self.audit, tally, register, self.fault, case, stop),
            ),
        )

    def settle_all(
        self, plan: Plan, tally: Tally, first: int, last: int, settle_from: Callable[[Register, int, int], int]
    ) -> None:
        """Settle the cases from ``first`` up to ``last``, making room as it is needed.

        Parameters
        ----------
        plan : Plan
            That they follow; its steps are named in a fault.
        tally : Tally
        first, last : int
            Indexes of cases.
        settle_from : callable
            Takes the register, the first case and the last; returns the first that there was no room for.

        Raises
        ------
        RunError
            As from the engine.
        """
        register = Register(
            self.marks, self.interest, tally.amounts.reshape(*AMOUNTS_SHAPE[:2], -1), tally.months[ON_ITS_DAY]
        )
        case = first
        while True:
            case = settle_from(register, case, last)
            if case >= last:
                break
            books = self.books._replace(postings=np.empty((2 * len(self.books.postings), POSTING_COLUMNS), np.int64))
            self.books = books._replace(filings=books.filings._replace(entries=_twice_as_long(books.filings.entries)))
            self.audit = self.audit._replace(applied=_twice_as_long(self.audit.applied))
        raise_fault(plan, self.fault)

    def close(self, plan: Plan, tally: Tally, terms: Terms) -> None:
        """Count what cases share, and hold staff and cases against what must be true.

        Parameters
        ----------
        plan : Plan
            Whose steps the work is of.
        tally : Tally
            Of all cases.
        terms : Terms

        Raises
        ------
        RunError
            Naming every identity that does not hold.
        """
        tally.counts[JOINED_APPLICATIONS] = self.books.filings.counted[JOINED]
        tally.counts[BUSY_MINUTES], problems = checked_staff(plan, self.staff, self.space.work, terms)
        problems += failures(self.audit)
        if problems:
            raise RunError(problems)
        for count, mark in ((REFERRED_DEBTORS, REFERRED_NOW), (OPEN_DEBTORS, STILL_OPEN)):
            tally.counts[count] = np.count_nonzero(self.marks & mark)


def _twice_as_long(array: Ints) -> Ints:
    """The same with as much room again."""
    return np.concatenate([array, np.empty_like(array)])


@compiled
def _settle_cases(  # noqa: PLR0913, PLR0917 - all that a case meets
    plan: PlanArrays,
    cases: CaseArrays,
    staff: StaffArrays,
    served: Served,
    terms: Terms,
    legal: Legal,
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
    rows = space.rows
    while case < last_case:
        shares = len(books.filings.latest) > 0
        if not shares and len(served.ended) and is_bygone(terms, claims, case, served.ended[case]):
            case += 1
            continue
        n_rows = 0
        if cases.start[case] < plan.horizon:
            n_rows = follow_case(plan, cases, served, space.visits, rows, 0, case, fault)
        ended = n_rows > 0 and rows[KIND, n_rows - 1] == ENDED
        if ended and is_bygone(terms, claims, case, rows[MINUTE, n_rows - 1]):
            keep = shares and _has_applied(rows, n_rows)  # it may carry what another does not
            if not keep:
                case += 1
                continue
        first, last = claims.first_claim[case], claims.first_claim[case + 1]
        if most_postings(n_rows, last - first, len(terms.year_end)) > len(books.postings):
            break
        if len(books.filings.entries) and books.filings.counted[WRITTEN] + n_rows > len(books.filings.entries):
            break
        if len(audit.applied) and audit.n_applied[0] + n_rows > len(audit.applied):
            break
        n_postings, end, end_day = book_case(terms, claims, books, rows, n_rows, case)
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
            claims.hand_over_day[case],
        )
        audit_life(legal, audit, rows, n_rows, claims.run, first, last, case, claims.klass[case], opening)
        add_amounts(terms, claims, register, books.postings, n_postings, case)
        count_case(terms, claims, books, tally, register, case, end, end_day)
        if claims.hand_over_day[case] < terms.oldest_until:
            count_curves(
                terms, claims, tally, space.since, rows, n_rows, books.postings, n_postings, case, end, end_day
            )
        if end == NONE and n_rows:
            count_open(claims, books, tally, case, rows[STEP, n_rows - 1])
        if cases.start[case] < plan.horizon:
            count_rows(terms, plan, staff, tally, rows, n_rows, last - first, end)
        count_small(terms, claims, books, n_postings, tally, rows, n_rows, case)
        if len(served.items):
            note_work(plan, staff, served, space.work, rows, n_rows, case)
        case += 1
    return case


@compiled
def _has_applied(rows: Ints, n_rows: int) -> bool:
    """Whether a case has been applied for."""
    applied = False
    for row in range(n_rows):
        applied |= rows[KIND, row] == DONE and rows[STEP, row] == STEP_APPLICATION
    return applied


@compiled
def is_bygone(terms: Terms, claims: Claims, case: int, ended: int) -> bool:
    """Whether a case that ended in this minute touches no result: of the horizon, the year before it, or the first year.

    Parameters
    ----------
    terms : Terms
    claims : Claims
    case : int
        Index of the case.
    ended : int
        Since midnight of day 0.
    """
    return bool(ended < terms.bygone * MINUTES_PER_DAY and claims.hand_over_day[case] >= terms.oldest_until)
