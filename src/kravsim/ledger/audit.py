"""The second route: what must be true of every ledger, recomputed without the booking.

Runs in every replication. Statutory amounts are recomputed from the event log's dates and the dated law alone, rate period
by rate period; every case's debt must add up; the region's purse must equal its statement; staff must not work twice at
once. This file imports nothing from the booking.
"""

from __future__ import annotations

import numpy as np

from kravsim.engine.contract import ANSWERED, DONE, ENDED, STARTED
from kravsim.engine.events import EventLog
from kravsim.errors import Problem, RunError
from kravsim.ledger.accounts import (
    CASH,
    CHARGE,
    DEBTOR,
    LINE,
    REGION,
    VALUE,
    WRITE_OFF,
    Ints,
    Postings,
)
from kravsim.ledger.legal import NOTHING, SUPPLEMENT, Legal
from kravsim.ledger.statement import amounts_of, statement_of
from kravsim.models.plan import Plan
from kravsim.models.process import CHARGES, END_CODE
from kravsim.stream.stream import Stream
from kravsim.units import MINUTES_PER_DAY

RATE_DENOMINATOR = 365 * 10_000


def audit(log: EventLog, plan: Plan, stream: Stream, postings: Postings, legal: Legal) -> None:
    """Check one run's journal by a second route.

    Raises
    ------
    RunError
        Naming every identity that does not hold, with the first case or line where it fails.
    """
    problems = [
        *_ends(log, len(stream.cases)),
        *_statutory_charges(log, stream, postings, legal),
        *_interest(log, stream, postings, legal),
        *_debts(log, stream, postings),
        *purses(amounts_of(postings)),
        *_staff(log, plan),
    ]
    if problems:
        raise RunError(problems)


def fault(key: str, value: object, allowed: str) -> Problem:
    """An identity that does not hold."""
    return Problem("", f"ledger.{key}", value, allowed, "this is a fault in kravsim: please report it with the seed")


def _ends(log: EventLog, n_cases: int) -> list[Problem]:
    """Every case ends at most once, and nothing follows its end."""
    ended = log.kind == ENDED
    last = np.append(log.case[1:] != log.case[:-1], True) if len(log) else np.zeros(0, bool)
    count = np.bincount(log.case[ended], minlength=n_cases)
    problems = []
    if (count > 1).any():
        problems.append(fault("ends", f"case {int(np.argmax(count > 1))} ended twice", "one end state a case"))
    if (ended & ~last).any():
        problems.append(fault("ends", f"case {int(log.case[ended & ~last][0])} goes on", "nothing after the end"))
    return problems


def _statutory_charges(log: EventLog, stream: Stream, postings: Postings, legal: Legal) -> list[Problem]:
    """Each step's charge by case, from the log's dates and the law, against what was booked."""
    problems, n_cases = [], len(stream.cases)
    for number, name in enumerate(CHARGES):
        codes = np.flatnonzero((legal.charges == number).any(axis=1))
        rows = np.flatnonzero((log.kind == DONE) & np.isin(log.step, codes))
        row_of_fee = np.full(len(rows), number)
        if name == SUPPLEMENT:
            row_of_fee[stream.cases.principal_ore[log.case[rows]] > legal.small_limit] = len(CHARGES)
        due = np.zeros(n_cases, np.int64)
        np.add.at(due, log.case[rows], legal.fee[row_of_fee, log.minute[rows] // MINUTES_PER_DAY])
        booked = _by_case(postings, n_cases, CHARGE, LINE[name])
        if (due != booked).any():
            case = int(np.argmax(due != booked))
            problems.append(fault(name, f"case {case}: {booked[case]} öre", f"{due[case]} öre by the law"))
    return problems


def _by_case(postings: Postings, n_cases: int, book: int, line: int | None = None) -> Ints:
    """Total by case of a book, or of one line in it."""
    mask = (postings.book == book) & (postings.case >= 0)
    if line is not None:
        mask &= postings.line == line
    total = np.zeros(n_cases, np.int64)
    np.add.at(total, postings.case[mask], postings.amount_ore[mask])
    return total


def _interest(log: EventLog, stream: Stream, postings: Postings, legal: Legal) -> list[Problem]:
    """Interest on each payment: principal still owed before it, over the days since the due date or last payment."""
    claims = stream.claims
    rows = _first_of_the_day(log, _payment_rows(log, legal))
    claimed_from = np.full(len(stream.cases), np.iinfo(np.int64).max)
    gates = np.flatnonzero((log.kind == DONE) & (log.step == legal.interest_from))
    np.minimum.at(claimed_from, log.case[gates], gates)
    received = postings.where((postings.book == CASH) & (postings.line == LINE["principal"]))
    due = np.zeros(len(claims.case), np.int64)
    owed, since = claims.principal_ore.copy(), claims.due_day.copy()
    nth = np.arange(len(rows)) - np.searchsorted(log.case[rows], log.case[rows])
    for ordinal in range(int(nth.max()) + 1 if len(nth) else 0):
        row_of_case = np.full(len(stream.cases), -1, np.int64)
        row_of_case[log.case[rows[nth == ordinal]]] = rows[nth == ordinal]
        row = row_of_case[claims.case]
        day = np.where(row >= 0, log.minute[row] // MINUTES_PER_DAY, -1)
        claimed = (row >= 0) & (row > claimed_from[claims.case])
        weight = np.zeros(len(row), np.int64)
        for first, last, rate in legal.periods.tolist():
            weight += rate * np.maximum(0, np.minimum(day, last) - np.maximum(since + 1, first) + 1)
        due += np.where(claimed, (2 * owed * weight + RATE_DENOMINATOR) // (2 * RATE_DENOMINATOR), 0)
        since = np.where(row >= 0, np.maximum(day, since), since)
        now = day[received.claim] == received.day
        np.subtract.at(owed, received.claim[now], received.amount_ore[now])
    charged = postings.where((postings.book == CHARGE) & (postings.line == LINE["interest"]))
    booked = np.zeros(len(claims.case), np.int64)
    np.add.at(booked, charged.claim, charged.amount_ore)
    if (booked != due).any():
        claim = int(np.argmax(booked != due))
        return [fault("interest", f"claim {claim}: {booked[claim]} öre", f"{due[claim]} öre by the law")]
    return []


def _first_of_the_day(log: EventLog, rows: Ints) -> Ints:
    """Keep the first payment of a case on a day: the days since it, which bear interest, are none for the others."""
    case, day = log.case[rows], log.minute[rows] // MINUTES_PER_DAY
    return np.asarray(rows[np.append(True, (case[1:] != case[:-1]) | (day[1:] != day[:-1]))[: len(rows)]])


def _payment_rows(log: EventLog, legal: Legal) -> Ints:
    """Rows of the log at which a debtor pays all or part."""
    rows = np.flatnonzero(log.kind == ANSWERED)
    return np.asarray(rows[legal.pays[log.step[rows], log.answer[rows]] != NOTHING])


def _debts(log: EventLog, stream: Stream, postings: Postings) -> list[Problem]:
    """Charged = paid + given up + outstanding, case by case: nothing outstanding at an end, nothing given up before."""
    n_cases = len(stream.cases)
    charged = _by_case(postings, n_cases, CHARGE)
    debtor_pays = postings.where((postings.book == CASH) & (postings.payer == DEBTOR))
    paid, given_up = _by_case(debtor_pays, n_cases, CASH), _by_case(postings, n_cases, WRITE_OFF)
    outstanding = charged - paid - given_up
    is_end, is_paid = np.zeros(n_cases, bool), np.zeros(n_cases, bool)
    rows = np.flatnonzero(log.kind == ENDED)
    is_end[log.case[rows]] = True
    is_paid[log.case[rows]] = log.step[rows] == END_CODE["paid"]
    invoiced = np.zeros(n_cases, np.int64)
    np.add.at(invoiced, stream.claims.case, stream.claims.principal_ore)
    booked = _by_case(postings, n_cases, CHARGE, LINE["principal"])
    faults = {
        "outstanding after the end": is_end & (outstanding != 0),
        "given up although paid": is_paid & (given_up != 0),
        "given up although open": ~is_end & (given_up != 0),
        "overpaid": outstanding < 0,
        "principal not as invoiced": invoiced != booked,
    }
    return [
        fault("debts", f"case {int(np.argmax(wrong))}: {what}", "charged = paid + given up + outstanding")
        for what, wrong in faults.items()
        if wrong.any()
    ]


def purses(amounts: Ints) -> list[Problem]:
    """The region's cash equals its statement, principal and one-off costs; the parties' cash sums to nothing.

    ``amounts`` is by book, line, payer and receiver.
    """
    cash = amounts[CASH].sum(axis=0)
    balance = cash.sum(axis=0) - cash.sum(axis=1)
    depreciation = int(amounts[VALUE, LINE["system_depreciation"]].sum())
    principal, once = (int(amounts[CASH, LINE[name]].sum()) for name in ("principal", "system_once"))
    expected = sum(statement_of(amounts).values()) + depreciation + principal - once
    problems = []
    if balance[REGION] != expected:
        problems.append(fault("purse", f"region {balance[REGION]} öre", f"{expected} öre by its statement"))
    if balance.sum() != 0:
        problems.append(fault("purse", f"{balance.sum()} öre over all parties", "0 öre"))
    return problems


def _staff(log: EventLog, plan: Plan) -> list[Problem]:
    """Every server works on one item at a time, only when at work, and only on what the server is qualified for."""
    problems = []
    started = np.flatnonzero(log.kind == STARTED)
    for number, pool in enumerate(plan.pools):
        rows = started[plan.pool[log.step[started]] == number]
        for server, calendar in enumerate(pool.servers):
            mine = rows[log.server[rows] == server]
            mine = mine[np.lexsort((log.quantity[mine], log.minute[mine]))]
            worked = calendar.worked_until(log.minute[mine])
            if (worked[1:] < (worked + log.quantity[mine])[:-1]).any():
                problems.append(fault("staff", f"{pool.name} {server} works twice at once", "one item at a time"))
            if not calendar.at_work(log.minute[mine]).all():
                problems.append(fault("staff", f"{pool.name} {server} begins while away", "work within hours"))
            if not (pool.skills[server] >> plan.skill[log.step[mine]] & 1).all():
                problems.append(fault("staff", f"{pool.name} {server} lacks a skill", "work of qualified posts"))
    return problems
