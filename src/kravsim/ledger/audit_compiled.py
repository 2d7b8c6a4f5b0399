"""One case's audit, compiled: its postings against the rows of its life and the law, by a second route.

Imports nothing from the booking. Statutory amounts are looked up by date, interest is computed rate period by rate period
from the principal still owed, and every case's debt must add up; see :mod:`kravsim.ledger.audit`, which puts the law in
order for this file and names what is found.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, COLUMNS, DONE, ENDED, NONE, STRUCK
from kravsim.engine.events import EventLog
from kravsim.errors import Problem
from kravsim.jit_compiled import compiled
from kravsim.ledger.accounts import (
    CASH,
    CHARGE,
    CHARGES,
    COURT,
    DEBTOR,
    KRONOFOGDEN,
    LINE,
    OUTLAYS,
    WRITE_OFF,
    Postings,
)
from kravsim.ledger.audit_columns import (
    P_AMOUNT,
    P_BOOK,
    P_CLAIM,
    P_DAY,
    P_LINE,
    P_PAYER,
    P_RECEIVER,
    POSTED,
    ROW_ANSWER,
    ROW_KIND,
    ROW_MINUTE,
    ROW_QUANTITY,
    ROW_STEP,
    UNDATED,
)
from kravsim.ledger.audit_contract_compiled import AGREED, FINE, audit_contract
from kravsim.ledger.audit_met_compiled import audit_contracts
from kravsim.ledger.audit_moves_compiled import NOT_AMISS, OF_MOVE, Moving, audit_move
from kravsim.ledger.audit_sale_compiled import NOT_OFF, OF_SALE, audit_sale
from kravsim.ledger.faults import fault
from kravsim.ledger.legal import (
    EMPTY,
    PAYS_ALL,
    PAYS_DIVIDEND,
    PAYS_DIVIDEND_OWING,
    PAYS_NOTHING,
    PAYS_PRINCIPAL,
    PAYS_SHARE,
    PAYS_WAIVER,
    TWO_SIZES,
    Agreement,
    Legal,
)
from kravsim.ledger.rounding_compiled import rounded
from kravsim.models.process import END_CODE, PROCESS, STEP_CODE
from kravsim.phrases import phrase
from kravsim.stream.stream import Openings, Stream
from kravsim.units import MILLION, MINUTES_PER_DAY

Ints = NDArray[np.int64]

N_CHARGES = len(CHARGES)
LARGE = tuple(N_CHARGES + TWO_SIZES.index(name) if name in TWO_SIZES else charge for charge, name in enumerate(CHARGES))
"""Row of a charge's amounts for large claims."""
ENFORCEMENT = CHARGES.index("enforcement_basic_fee")
STEP_APPLICATION = STEP_CODE["payment_order"]
IS_OUTLAY = tuple(name in OUTLAYS for name in CHARGES)
INTEREST_LINE, PRINCIPAL_LINE = LINE["interest"], LINE["principal"]
END_PAID = END_CODE["paid"]
RATE_DENOMINATOR = 365 * 10_000

CHECKS = (
    *CHARGES,
    "interest",
    "outstanding after the end",
    "given up although paid",
    "given up although open",
    "overpaid",
    "principal not as invoiced",
    "outlays not as by the law",
    "paid not as answered",
    "ended twice",
    "goes on after the end",
    "posting of nothing, or not of this case",
    "enforced without a title",
    "goes on although barred",
    "lapsed before it is barred",
    "dividend not pro rata",
    "revived between checks",
    "struck by no proceedings of the debtor",
    "goes on although proceedings strike it",
    "another dividend than the debtor's other claims",
    "asked for the court too late",
    "goes on before the demand's time is out",
    "enforcement's fee not met first",
    *OF_SALE,
    *OF_MOVE,
    *AGREED,
)
(
    BAD_INTEREST,
    OUTSTANDING,
    GIVEN_UP_PAID,
    GIVEN_UP_OPEN,
    OVERPAID,
    BAD_PRINCIPAL,
    BAD_OUTLAYS,
    BAD_PAYMENT,
    ENDED_TWICE,
    GOES_ON,
    BAD_POSTING,
    NO_TITLE,
    BARRED,
    LAPSED_EARLY,
    NOT_PRO_RATA,
    BETWEEN_CHECKS,
    NOT_STRUCK,
    UNSTRUCK,
    UNEQUAL,
    TOO_LATE,
    TOO_SOON,
    NOT_FIRST,
    BAD_SALE,
) = range(N_CHARGES, len(CHECKS) - len(AGREED) - len(OF_MOVE) - len(OF_SALE) + 1)
BAD_MOVE = BAD_SALE + len(OF_SALE)
BAD_CONTRACT = BAD_MOVE + len(OF_MOVE)
FAULT_COLUMNS = 3
FAULT_WHERE, FAULT_FOUND, FAULT_WANTED = range(FAULT_COLUMNS)
"""Of each check, the first case (interest: claim) that fails it (NONE: none does), what is booked and what it should be."""


class AuditWorkspace(NamedTuple):
    """Working space of the audit.

    Charges booked and due (2, H); of each claim principal owed, interest booked and due, and the day from which interest
    runs (claims, 4); the faults (checks, 3). Of the debtors' proceedings (O), in order of debtor and day, the day they were
    opened, and the millionths of their first dividend met, 0 for none (NONE: not met yet): (O, 2). Of what was done
    under applications, the debtor, the day of the application, the step, its day, and whether the case was charged for it:
    (at most, 5), of which ``n_applied`` (1,) have been noted.

    Attributes
    ----------
    charges : int64 array, shape (2, charges)
        Öre booked and due.
    claims : int64 array, shape (claims, 4)
        Öre of principal owed, of interest booked and of interest due; day since day 0.
    faults : int64 array, shape (checks, 3)
        Case or claim, what was found and what was wanted.
    openings : int64 array, shape (O, 2)
        Day since day 0, millionths.
    applied : int64 array, shape (at most, 5)
        Debtor, day since day 0, code of the step, day, and 1 where charged.
    n_applied : int64 array, shape (1,)
        How many have been noted.
    first_opening : int64 array
        Of each debtor up to the last who has any, the first of its proceedings, then how many there are in all.
    """

    charges: Ints
    claims: Ints
    faults: Ints
    openings: Ints
    applied: Ints
    n_applied: Ints
    first_opening: Ints


BOOKED, DUE = range(2)
CLAIM_OWED, CLAIM_INTEREST_BOOKED, CLAIM_INTEREST_DUE, CLAIM_RUNS_FROM = range(4)
OPENING_DAY, OPENING_SHARE = range(2)
APPLIED_COLUMNS, WAS_CHARGED = 5, 4


def audit_workspace(most_claims: int, openings: Openings, most_applied: int = 0) -> AuditWorkspace:
    """Working space for cases of at most this many claims, of debtors with these proceedings.

    Parameters
    ----------
    most_claims : int
        Claims of the largest case.
    openings : Openings
        Proceedings, in order of debtor and day.
    most_applied : int
        How much there is room for that is done under applications, where claims are applied for together.
    """
    faults = np.full((len(CHECKS), FAULT_COLUMNS), NONE, np.int64)
    opened = np.full((len(openings), 2), NONE, np.int64)
    opened[:, OPENING_DAY] = openings.day
    applied = np.empty((most_applied, APPLIED_COLUMNS), np.int64)
    of_case = np.empty((2, N_CHARGES), np.int64), np.empty((most_claims, 4), np.int64)
    first_opening = np.append(0, np.cumsum(np.bincount(openings.debtor)))
    return AuditWorkspace(*of_case, faults, opened, applied, np.zeros(1, np.int64), first_opening.astype(np.int64))


def failures(workspace: AuditWorkspace) -> list[Problem]:
    """Every identity that does not hold, with the first case or claim where it fails.

    Parameters
    ----------
    workspace : AuditWorkspace
        After the audit of every case.
    """
    problems = []
    for check, name in enumerate(CHECKS):
        where, found, wanted = workspace.faults[check].tolist()
        if where == NONE:
            continue
        if check <= BAD_INTEREST:
            got = phrase("case {where}: {found} öre", where=where, found=found)
            if check == BAD_INTEREST:
                got = phrase("claim {where}: {found} öre", where=where, found=found)
            problems.append(fault(phrase(name), got, phrase("{wanted} öre by the law", wanted=wanted)))
        elif check >= BAD_CONTRACT:
            problems.append(
                fault(
                    phrase(name),
                    phrase("case {where}: {found} öre", where=where, found=found),
                    phrase("{wanted} öre on its day, by the contract", wanted=wanted),
                )
            )
        else:
            wanted = "charged = paid + given up + outstanding" if check < NO_TITLE else "as the law has it"
            wanted = "as the phase's open_cases say" if check >= BAD_SALE else wanted
            problems.append(fault("debts", phrase("case {where}: {name}", where=where, name=phrase(name)), wanted))
    noted = workspace.applied[: int(workspace.n_applied[0])]
    under, which = np.unique(noted[:, :WAS_CHARGED], axis=0, return_inverse=True)
    fees = np.bincount(which.reshape(-1), noted[:, WAS_CHARGED], len(under)).astype(np.int64)
    for debtor, day, step, _ in under[fees != 1][:1].tolist():
        found = int(fees[fees != 1][0])
        value = phrase(
            "debtor {debtor}: {found} fees at {name} for what was applied for on day {day}",
            debtor=debtor,
            found=found,
            name=PROCESS[step].name,
            day=day,
        )
        problems.append(fault("together", value, "one fee for what is done on a day under one application"))
    return problems


class Moved(NamedTuple):
    """What the audit of cases that may move needs beyond the law: arrangements, contracts, the arrangement of each row."""

    moving: Moving
    agreed: tuple[Agreement, ...]
    number: Ints


def audit_cases(
    log: EventLog, stream: Stream, postings: Postings, legal: Legal, moved: Moved | None = None
) -> list[Problem]:
    """Hold every case of a journal against its rows of the log and the law; debts that are no case's are a problem, too.

    Parameters
    ----------
    log : EventLog
        Every case of the stream, in canonical order.
    stream : Stream
        The cases of the log.
    postings : Postings
        The journal as booked, in any order.
    legal : Legal
    moved : Moved, optional
        Where cases move from arrangement to arrangement.
    """
    cases, claims, n_cases = stream.cases, stream.claims, len(stream.cases)
    log_rows, unsorted = (
        np.array([getattr(table, name) for name in columns], np.int64)
        for table, columns in ((log, COLUMNS), (postings, POSTED))
    )
    first_row = np.searchsorted(log.case, np.arange(n_cases + 1))
    place = np.where(postings.case < n_cases, postings.case + 1, 0)  # those of no case come first
    first_posting = np.cumsum(np.bincount(place, minlength=n_cases + 1))
    posted = np.empty(unsorted.shape[::-1], np.int64)
    _sort(unsorted, place, np.append(0, first_posting[:-1]), posted)
    given = (
        *(claims.principal_ore, claims.due_day, claims.run),
        *(cases.first_claim, cases.principal_ore, cases.klass, cases.debtor, cases.hand_over_day),
    )
    arrays = [np.require(array, np.int64, ["C", "W"]) for array in given]
    workspace = audit_workspace(
        int(np.diff(cases.first_claim).max(initial=0)), stream.openings, len(log) * bool(legal.together.any())
    )
    _audit_cases(legal, workspace, log_rows, first_row, posted, first_posting, *arrays)
    if moved is not None:
        by_case = arrays[4], arrays[7]
        number = np.require(moved.number, np.int64, ["C", "W"])
        _audit_moves(
            *(legal, moved.moving, moved.agreed, workspace, log_rows, first_row, number, posted, first_posting),
            *by_case,
        )
    nobodys, problems = posted[: first_posting[0]], failures(workspace)
    debts = np.isin(nobodys[:, P_BOOK], (CHARGE, WRITE_OFF)) | (nobodys[:, P_PAYER] == DEBTOR)
    if debts.any():
        problems.append(fault("debts", phrase("{sum} postings of no case", sum=debts.sum()), "debts of cases alone"))
    return problems


@compiled
def _sort(unsorted: Ints, place: Ints, following: Ints, posted: Ints) -> None:
    """Put postings in order of their place; those of one place, such as payments by day, stay in order."""
    for n in range(len(place)):
        at = following[place[n]]
        following[place[n]] += 1
        for column in range(len(unsorted)):
            posted[at, column] = unsorted[column, n]


@compiled
def _audit_cases(  # noqa: PLR0913, PLR0917 - all cases and everything they are held against
    legal: Legal,
    workspace: AuditWorkspace,
    log: Ints,
    first_row: Ints,
    posted: Ints,
    first_posting: Ints,
    principal: Ints,
    due_day: Ints,
    run: Ints,
    first_claim: Ints,
    case_principal: Ints,
    klass: Ints,
    debtor: Ints,
    handed: Ints,
) -> None:
    for case in range(len(case_principal)):
        rows = log[:, first_row[case] : first_row[case + 1]]
        postings = posted[first_posting[case] : first_posting[case + 1]]
        first, last = first_claim[case], first_claim[case + 1]
        opening = opening_of(workspace, run, first, last, debtor[case])
        audit_case(
            legal,
            workspace,
            rows,
            rows.shape[1],
            postings,
            len(postings),
            principal,
            due_day,
            first,
            last,
            case,
            case_principal[case],
            opening,
            debtor[case],
            handed[case],
        )
        audit_life(legal, workspace, rows, rows.shape[1], run, first, last, case, klass[case], opening)


@compiled
def _audit_moves(  # noqa: PLR0913, PLR0917 - all cases and everything they are held against
    legal: Legal,
    moving: Moving,
    agreed: tuple[Agreement, ...],
    workspace: AuditWorkspace,
    log: Ints,
    first_row: Ints,
    number: Ints,
    posted: Ints,
    first_posting: Ints,
    case_principal: Ints,
    handed: Ints,
) -> None:
    for case in range(len(case_principal)):
        rows = log[:, first_row[case] : first_row[case + 1]]
        postings = posted[first_posting[case] : first_posting[case + 1]]
        audit_moving(
            legal,
            moving,
            agreed,
            workspace,
            rows,
            rows.shape[1],
            number[first_row[case] : first_row[case + 1]],
            postings,
            len(postings),
            handed[case],
            case,
            case_principal[case],
        )


@compiled
def opening_of(workspace: AuditWorkspace, run: Ints, first: int, last: int, debtor: int) -> int:
    """Number of the proceedings that strike a case: the debtor's first after its oldest invoice; NONE where none do.

    Parameters
    ----------
    workspace : AuditWorkspace
        Working space of the audit.
    run : int64 array, shape (C,)
        Day of the invoice of every claim, since day 0.
    first, last : int
        The case's claims are those from ``first`` up to ``last``.
    debtor : int
        Number of the case's debtor.
    """
    if debtor + 1 >= len(workspace.first_opening):
        return NONE
    arose = run[first]
    for claim in range(first + 1, last):
        arose = min(arose, run[claim])
    for opening in range(workspace.first_opening[debtor], workspace.first_opening[debtor + 1]):
        if workspace.openings[opening, OPENING_DAY] > arose:
            return opening
    return NONE


@compiled
def audit_life(  # noqa: C901, PLR0912, PLR0913, PLR0917 - a case's life and the law of it
    legal: Legal,
    workspace: AuditWorkspace,
    rows: Ints,
    n_rows: int,
    run: Ints,
    first: int,
    last: int,
    case: int,
    klass: int,
    opening: int,
) -> None:
    """Hold one case's way against the law: no enforcement without a title, nothing done for a barred claim, no lapse before.

    The debtor has the demand's time, and the creditor asks for the court within the law's. And against the policy: a watched
    claim is found worth another try by a check, on its day, or so many days later as it may wait for others.
    Proceedings of the debtor strike the case on the day on which they are opened, unless it has ended or been barred: nothing
    is done or answered then but in them.

    Parameters
    ----------
    legal : Legal
    workspace : AuditWorkspace
        Working space of the audit.
    rows : int64 array, shape (columns, at least n_rows)
        The case's rows of the log, columns as in ``contract.COLUMNS``.
    n_rows : int
        How many they are.
    run : int64 array, shape (C,)
        Day of the invoice of every claim, since day 0. The case's oldest begins its first period of limitation.
    first, last : int
        The case's claims are those from ``first`` up to ``last``.
    case : int
        Index of the case.
    klass : int
        Class of the debtor.
    opening : int
        Number of the proceedings that strike the case, NONE where none do.
    """
    arose = run[first]
    for claim in range(first + 1, last):
        arose = min(arose, run[claim])
    barred, has_title, prolonged, done = legal.barred[klass, arose], 0, 0, 0
    before, free = barred, NONE
    struck, is_struck = workspace.openings[opening, OPENING_DAY] if opening != NONE else UNDATED, 0
    for row in range(n_rows):
        kind, step, day = rows[ROW_KIND, row], rows[ROW_STEP, row], rows[ROW_MINUTE, row] // MINUTES_PER_DAY
        if kind in (DONE, ANSWERED) and not is_struck and day >= struck and struck < barred:
            _fault(workspace, UNSTRUCK, case, day, struck)
        if kind == DONE and legal.theirs[step] and not is_struck:
            _fault(workspace, NOT_STRUCK, case, day, struck)
        if kind == STRUCK:
            if day < struck or is_struck or struck >= barred:
                _fault(workspace, NOT_STRUCK, case, day, struck)
            is_struck, barred = 1, UNDATED
        elif kind == DONE:
            done = day
            if day >= barred:
                _fault(workspace, BARRED, case, day, barred)
            if legal.title[step] and not has_title:
                _fault(workspace, NO_TITLE, case, step, step)
            if legal.awaits_demand[step] and day < free:
                _fault(workspace, TOO_SOON, case, day, free)
            if legal.demands[step]:
                free = day + legal.demand_days
            if legal.halts[step]:
                before, barred = barred, UNDATED
        elif kind == ANSWERED:
            answer = rows[ROW_ANSWER, row]
            if legal.found[step, answer] and (day - done) % legal.found[step, answer] > legal.waits[step, answer]:
                _fault(workspace, BETWEEN_CHECKS, case, day, done)
            if day >= barred and not legal.halts[step]:
                _fault(workspace, BARRED, case, day, barred)
            if day - done > legal.within[step, answer]:
                _fault(workspace, TOO_LATE, case, day, done + legal.within[step, answer])
            if legal.theirs[step] and is_struck and opening != NONE:
                _check_equal(workspace, opening, rows[ROW_QUANTITY, row], case)
            if legal.unserved[step, answer]:
                barred = before if prolonged else max(before, legal.year[day])
                prolonged = 1
            elif legal.halts[step] or legal.renews[step, answer]:
                barred = legal.barred[klass, day]
            has_title |= legal.titled[step, answer]
        elif kind == ENDED and step == legal.lapsed and day < barred:
            _fault(workspace, LAPSED_EARLY, case, day, barred)


@compiled
def _fault(workspace: AuditWorkspace, check: int, where: int, found: int, wanted: int) -> None:
    if workspace.faults[check, FAULT_WHERE] == NONE:
        (
            workspace.faults[check, FAULT_WHERE],
            workspace.faults[check, FAULT_FOUND],
            workspace.faults[check, FAULT_WANTED],
        ) = (
            where,
            found,
            wanted,
        )


@compiled
def audit_case(  # noqa: C901, PLR0912, PLR0913, PLR0917 - a case and everything it is held against
    legal: Legal,
    workspace: AuditWorkspace,
    rows: Ints,
    n_rows: int,
    postings: Ints,
    n_postings: int,
    principal: Ints,
    due_day: Ints,
    first: int,
    last: int,
    case: int,
    case_principal: int,
    opening: int,
    debtor: int,
    handed: int,
) -> None:
    """Hold one case's postings against its rows.

    Parameters
    ----------
    legal : Legal
    workspace : AuditWorkspace
        Working space of the audit.
    rows : int64 array, shape (columns, at least n_rows)
        The case's rows of the log, columns as in ``contract.COLUMNS``.
    n_rows : int
        How many they are.
    postings : int64 array, shape (at least n_postings, columns)
        The case's postings, in any order.
    n_postings : int
        How many they are.
    principal, due_day : int64 array, shape (C,)
        Of every claim: öre, and days since day 0.
    first, last : int
        The case's claims are those from ``first`` up to ``last``.
    case : int
        Index of the case.
    case_principal : int
        Principal of the case, öre.
    opening : int
        Number of the proceedings that strike the case, NONE where none do.
    debtor : int
        Number of the case's debtor.
    handed : int
        Day of its hand-over, since day 0.
    """
    for charge in range(N_CHARGES):
        workspace.charges[BOOKED, charge] = workspace.charges[DUE, charge] = 0
    for claim in range(first, last):
        at = claim - first
        workspace.claims[at, CLAIM_OWED], workspace.claims[at, CLAIM_RUNS_FROM] = principal[claim], due_day[claim]
        workspace.claims[at, CLAIM_INTEREST_BOOKED] = workspace.claims[at, CLAIM_INTEREST_DUE] = 0
    invoiced, received, advanced, given_up = _add_up(workspace, postings, n_postings, first, last, case)
    outlays, paid, waived = _retrace(
        legal, workspace, rows, n_rows, postings, n_postings, first, last, case, case_principal, opening, debtor
    )
    if received != paid:
        _fault(workspace, BAD_PAYMENT, case, paid - received, 0)
    if advanced != outlays:
        _fault(workspace, BAD_OUTLAYS, case, outlays - advanced, 0)
    if len(legal.agreed.year_end):  # of several contracts each is held against its rows, in audit_moving
        off, booked, agreed = audit_contract(legal.agreed, rows, n_rows, postings, n_postings)
        if off != FINE:
            _fault(workspace, BAD_CONTRACT + off, case, booked, agreed)
    wrong, found, wanted = audit_sale(legal, rows, n_rows, postings, n_postings, handed, case_principal)
    if wrong != NOT_OFF:
        _fault(workspace, BAD_SALE + wrong, case, found, wanted)
    charged = invoiced
    differing = 0
    for charge in range(N_CHARGES):
        charged += workspace.charges[BOOKED, charge]
        differing |= workspace.charges[BOOKED, charge] ^ workspace.charges[DUE, charge]
    if differing:
        for charge in range(N_CHARGES):
            booked, due = workspace.charges[BOOKED, charge], workspace.charges[DUE, charge]
            if booked != due:
                _fault(workspace, charge, case, booked, due)
    for claim in range(first, last):
        booked, due = (
            workspace.claims[claim - first, CLAIM_INTEREST_BOOKED],
            workspace.claims[claim - first, CLAIM_INTEREST_DUE],
        )
        invoiced -= principal[claim]
        charged += booked
        if booked != due:
            _fault(workspace, BAD_INTEREST, claim, booked, due)
    if invoiced != 0:
        _fault(workspace, BAD_PRINCIPAL, case, invoiced, 0)
    _check_debt(workspace, rows, n_rows, charged - received - given_up, given_up - waived, case)


@compiled
def audit_moving(  # noqa: PLR0913, PLR0917 - a case and everything it is held against
    legal: Legal,
    moving: Moving,
    agreed: tuple[Agreement, ...],
    workspace: AuditWorkspace,
    rows: Ints,
    n_rows: int,
    number: Ints,
    postings: Ints,
    n_postings: int,
    handed: int,
    case: int,
    case_principal: int,
) -> None:
    """Hold one case that may move against the arrangements and contracts that it has met.

    Parameters
    ----------
    legal : Legal
    moving : Moving
    agreed : tuple of Agreement
        Of each arrangement.
    workspace : AuditWorkspace
        Working space of the audit.
    rows, n_rows, postings, n_postings
        As in :func:`audit_case`.
    number : int64 array, shape (at least n_rows,)
        Arrangement of each row, as it was booked.
    handed : int
        Day of the hand-over, since day 0.
    case : int
        Index of the case.
    case_principal : int
        Principal of the case, öre.
    """
    amiss, found, wanted = audit_move(legal, moving, rows, n_rows, number, postings, n_postings, handed, case_principal)
    if amiss != NOT_AMISS:
        _fault(workspace, BAD_MOVE + amiss, case, found, wanted)
    off, booked, due = audit_contracts(legal, moving, agreed, rows, n_rows, number, postings, n_postings)
    if off != FINE:
        _fault(workspace, BAD_CONTRACT + off, case, booked, due)


@compiled
def _add_up(
    workspace: AuditWorkspace, postings: Ints, n_postings: int, first: int, last: int, case: int
) -> tuple[int, int, int, int]:
    """Add up a case's postings: charges by line and interest by claim in the workspace.

    Returns
    -------
    principal invoiced, received from the debtor, advanced to Kronofogden and the court, given up
    """
    invoiced = received = advanced = given_up = 0
    for n in range(n_postings):
        amount, book = postings[n, P_AMOUNT], postings[n, P_BOOK]
        if amount <= 0:
            _fault(workspace, BAD_POSTING, case, amount, 1)
        if book == CASH:
            if postings[n, P_PAYER] == DEBTOR:
                received += amount
            if postings[n, P_RECEIVER] == KRONOFOGDEN or postings[n, P_RECEIVER] == COURT:
                advanced += amount
        elif book == CHARGE:
            line, claim = postings[n, P_LINE], postings[n, P_CLAIM]
            if line < N_CHARGES:
                workspace.charges[BOOKED, line] += amount
            elif line == INTEREST_LINE and first <= claim < last:
                workspace.claims[claim - first, CLAIM_INTEREST_BOOKED] += amount
            elif line == PRINCIPAL_LINE:
                invoiced += amount
            else:
                _fault(workspace, BAD_POSTING, case, amount, 0)
        elif book == WRITE_OFF:
            given_up += amount
    return invoiced, received, advanced, given_up


@compiled
def _retrace(  # noqa: C901, PLR0912, PLR0913, PLR0917 - a life and the law
    legal: Legal,
    workspace: AuditWorkspace,
    rows: Ints,
    n_rows: int,
    postings: Ints,
    n_postings: int,
    first: int,
    last: int,
    case: int,
    case_principal: int,
    opening: int,
    debtor: int,
) -> tuple[int, int, int]:
    """What a life makes due by the law, by date (§M3, §M5-§M10).

    Returns the fees of Kronofogden and the court, what its answers pay, and what they take off the debt.

    The principal is paid alone only as a case's first payment, so that what is owed before it needs no order of allocation.
    """
    outlays, posted, paid_on, may_claim, balance, paid, waived = 0, 0, NONE, 0, case_principal, 0, 0
    due, applied = 0, NONE
    opened = workspace.openings[opening, OPENING_DAY] if opening != NONE else NONE
    for row in range(n_rows):
        kind, step, day = rows[ROW_KIND, row], rows[ROW_STEP, row], rows[ROW_MINUTE, row] // MINUTES_PER_DAY
        if kind == DONE:
            may_claim |= step == legal.interest_from
            applied = day if step == STEP_APPLICATION else applied
            due = 0
            if not legal.together[step] or _is_charged(
                legal, workspace, postings, n_postings, step, day, (debtor, applied)
            ):
                due, advanced = _due_for(legal, workspace, step, day, case_principal)
                balance += due
                outlays += advanced
        elif kind == ANSWERED and legal.pays[step, rows[ROW_ANSWER, row]] == PAYS_WAIVER:
            balance -= due
            waived += due
        elif kind == ANSWERED and legal.pays[step, rows[ROW_ANSWER, row]] != PAYS_NOTHING:
            if paid_on != NONE:
                posted = _received(workspace, postings, n_postings, posted, paid_on, first, last)
            owed = 0
            for at in range(last - first):
                owed += workspace.claims[at, CLAIM_OWED]
            what, part = legal.pays[step, rows[ROW_ANSWER, row]], rows[ROW_QUANTITY, row]
            shared = what in (PAYS_DIVIDEND, PAYS_DIVIDEND_OWING)
            if day != paid_on:  # a second payment on a day comes after no days that bear interest
                since = opened if what == PAYS_DIVIDEND_OWING else day
                balance += _accrue(legal, workspace, last - first, opened if shared else day, since, may_claim)
            if shared:
                _check_dividend(workspace, postings, n_postings, first, last, day, part, case)
            paid_on = day
            payment = balance // MILLION * part + balance % MILLION * part // MILLION
            if what == PAYS_ALL:
                payment = balance
            elif what == PAYS_PRINCIPAL:
                payment = owed
            elif what == PAYS_SHARE:
                _check_first(workspace, postings, n_postings, day, payment, case)
            balance -= payment
            paid += payment
            if (
                what == PAYS_DIVIDEND_OWING
            ):  # what has been received is taken off later: the dividend comes at the end of these days
                balance += _accrue(legal, workspace, last - first, day, day, may_claim)
        elif kind == ENDED and row != n_rows - 1:
            _fault(workspace, ENDED_TWICE if rows[ROW_KIND, n_rows - 1] == ENDED else GOES_ON, case, row, n_rows - 1)
    return int(outlays), int(paid), int(waived)


@compiled
def _is_charged(
    legal: Legal, workspace: AuditWorkspace, postings: Ints, n_postings: int, step: int, day: int, of: tuple[int, int]
) -> int:
    """Whether a case was charged for what was done under an application ``of`` a debtor and a day; noted: one must be.

    §M5.
    """
    charged = 0
    for n in range(n_postings):
        is_charge = postings[n, P_BOOK] == CHARGE and postings[n, P_LINE] == legal.charges[step, 0]
        charged |= is_charge and postings[n, P_DAY] == day
    note = workspace.applied[workspace.n_applied[0]]
    note[0], note[1], note[2], note[3], note[WAS_CHARGED] = of[0], of[1], step, day, charged
    workspace.n_applied[0] += 1
    return charged


@compiled
def _check_equal(workspace: AuditWorkspace, opening: int, part: int, case: int) -> None:
    """All that the same proceedings strike has the same share of them."""
    if workspace.openings[opening, OPENING_SHARE] == NONE:
        workspace.openings[opening, OPENING_SHARE] = part
    elif workspace.openings[opening, OPENING_SHARE] != part:
        _fault(workspace, UNEQUAL, case, part, workspace.openings[opening, OPENING_SHARE])


@compiled
def _check_first(workspace: AuditWorkspace, postings: Ints, n_postings: int, day: int, payment: int, case: int) -> None:
    """A payment meets enforcement's fee before anything else: Kronofogden takes it out first (utsökningsbalken 17 kap. 7 §).

    ``workspace.charges`` has what has become due of it so far.

    §M8.
    """
    owed = workspace.charges[DUE, ENFORCEMENT]
    if owed == 0:
        return
    paid_first = 0
    for n in range(n_postings):
        if postings[n, P_BOOK] == CASH and postings[n, P_LINE] == ENFORCEMENT and postings[n, P_PAYER] == DEBTOR:
            if postings[n, P_DAY] == day:
                paid_first += postings[n, P_AMOUNT]
            elif postings[n, P_DAY] < day:
                owed -= postings[n, P_AMOUNT]
    if paid_first < min(owed, payment):
        _fault(workspace, NOT_FIRST, case, paid_first, min(owed, payment))


@compiled
def _check_dividend(
    workspace: AuditWorkspace, postings: Ints, n_postings: int, first: int, last: int, day: int, part: int, case: int
) -> None:
    """Of a dividend each debt has its millionths, rounded down or up to a whole öre (§M9).

    What was charged and paid of a line and claim up to that day says what was owed; of interest, what was due at the opening.
    """
    for n in range(n_postings):
        if postings[n, P_BOOK] != CASH or postings[n, P_PAYER] != DEBTOR or postings[n, P_DAY] != day:
            continue
        owed, taken = 0, postings[n, P_AMOUNT]
        for m in range(n_postings):
            if postings[m, P_LINE] != postings[n, P_LINE] or postings[m, P_CLAIM] != postings[n, P_CLAIM] or m == n:
                continue
            by_debtor = postings[m, P_BOOK] == CASH and postings[m, P_PAYER] == DEBTOR and postings[m, P_DAY] <= day
            if postings[m, P_BOOK] == CHARGE and postings[m, P_LINE] != INTEREST_LINE and postings[m, P_DAY] <= day:
                owed += postings[m, P_AMOUNT]
            elif by_debtor or (postings[m, P_BOOK] == WRITE_OFF and postings[m, P_DAY] < day):
                owed -= postings[m, P_AMOUNT]
        if postings[n, P_LINE] == INTEREST_LINE and first <= postings[n, P_CLAIM] < last:
            owed += workspace.claims[postings[n, P_CLAIM] - first, CLAIM_INTEREST_DUE]
        share = owed // MILLION * part + owed % MILLION * part // MILLION
        if taken < share or taken > share + 1:
            _fault(workspace, NOT_PRO_RATA, case, taken, share)


@compiled
def _due_for(legal: Legal, workspace: AuditWorkspace, step: int, day: int, case_principal: int) -> tuple[int, int]:
    """What a step makes due by the law of a day: in all, and of it the fees of Kronofogden and the court (§M3, §M12)."""
    due = advanced = 0
    for place in range(legal.charges.shape[1]):
        charge = legal.charges[step, place]
        if charge == EMPTY:
            break
        amount = legal.fee[LARGE[charge] if case_principal > legal.small_limit else charge, day]
        workspace.charges[DUE, charge] += amount
        due += amount
        advanced += amount if IS_OUTLAY[charge] else 0
    return due, advanced


@compiled
def _accrue(legal: Legal, workspace: AuditWorkspace, n_claims: int, until: int, day: int, may_claim: int) -> int:
    """Interest up to a day on what is owed of each claim, where it may be claimed, at a payment; returns the sum (§M6)."""
    total = 0
    for at in range(n_claims):
        if may_claim:
            amount = _interest(legal, workspace.claims[at, CLAIM_OWED], workspace.claims[at, CLAIM_RUNS_FROM], until)
            workspace.claims[at, CLAIM_INTEREST_DUE] += amount
            total += amount
        workspace.claims[at, CLAIM_RUNS_FROM] = max(day, workspace.claims[at, CLAIM_RUNS_FROM])
    return total


@compiled
def _interest(legal: Legal, owed: int, since: int, day: int) -> int:
    """Simple interest on the days (since, day], actual/365, rounded once, half an öre upwards (§M6, §M26)."""
    weight = 0
    for period in range(len(legal.periods) - 1, -1, -1):  # most days are recent ones
        if legal.periods[period, 1] <= since:
            break
        begin, end = max(legal.periods[period, 0], since + 1), min(legal.periods[period, 1], day)
        if end >= begin:
            weight += (end - begin + 1) * legal.periods[period, 2]
    return int(rounded(owed * weight, RATE_DENOMINATOR))


@compiled
def _received(
    workspace: AuditWorkspace, postings: Ints, n_postings: int, posted: int, day: int, first: int, last: int
) -> int:
    """Take the principal received up to a day off what is owed; payments are booked in order of their days."""
    while posted < n_postings:
        is_principal = postings[posted, P_BOOK] == CASH and postings[posted, P_LINE] == PRINCIPAL_LINE
        if is_principal and postings[posted, P_DAY] > day:
            break
        claim = postings[posted, P_CLAIM]
        if is_principal and first <= claim < last:
            workspace.claims[claim - first, CLAIM_OWED] -= postings[posted, P_AMOUNT]
        posted += 1
    return posted


@compiled
def _check_debt(workspace: AuditWorkspace, rows: Ints, n_rows: int, outstanding: int, given_up: int, case: int) -> None:
    """Charged = paid + given up + outstanding: nothing outstanding at an end, nothing given up before (§M1, §M11)."""
    ended = n_rows > 0 and rows[ROW_KIND, n_rows - 1] == ENDED
    if outstanding < 0:
        _fault(workspace, OVERPAID, case, -outstanding, 0)
    if ended and outstanding != 0:
        _fault(workspace, OUTSTANDING, case, outstanding, 0)
    if ended and rows[ROW_STEP, n_rows - 1] == END_PAID and given_up != 0:
        _fault(workspace, GIVEN_UP_PAID, case, given_up, 0)
    if not ended and given_up != 0:
        _fault(workspace, GIVEN_UP_OPEN, case, given_up, 0)
