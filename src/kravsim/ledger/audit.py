"""The second route: what must be true of every ledger, recomputed without the booking.

Runs in every replication. Statutory amounts are recomputed from the event log's dates and the dated law alone, rate period
by rate period; every case's debt must add up; the region's purse must equal its statement; staff must not work twice at
once. This file imports nothing from the booking.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from kravsim.engine.contract import ANSWERED, DONE, ENDED, STARTED
from kravsim.engine.events import EventLog
from kravsim.errors import LawError, Problem, RunError
from kravsim.law import Law
from kravsim.ledger.accounts import (
    CASH,
    CHARGE,
    DEBTOR,
    LINE,
    PARTIES,
    REGION,
    VALUE,
    WRITE_OFF,
    Ints,
    Postings,
)
from kravsim.ledger.statement import statement_ore
from kravsim.models.plan import Plan
from kravsim.models.process import CHARGES, END_CODE, MAX_ANSWERS, PROCESS, STEP_CODE
from kravsim.scenario.schema import Policy
from kravsim.stream.stream import Stream
from kravsim.units import MINUTES_PER_DAY

RATE_DENOMINATOR = 365 * 10_000


@dataclass(frozen=True)
class LegalCalendar:
    """The law as this run applies it, looked up anew: history follows the law of ``start``, the rest its own date."""

    law: Law
    first: dt.date
    start: dt.date
    frozen_at: dt.date | None

    def day(self, index: int) -> dt.date:
        """The date whose law applies on a day of the run; a day beyond the tables has the law of ``frozen_at``."""
        day = max(self.first + dt.timedelta(index), self.start)
        if self.frozen_at is not None:
            try:
                self.law.late_interest_bp(day)
            except LawError:
                return self.frozen_at
        return day

    def fee_ore(self, name: str, days: Ints) -> Ints:
        """A statutory amount on each of these days."""
        unique, inverse = np.unique(days, return_inverse=True)
        amounts = np.array([self.law.fee_ore(name, self.day(day)) for day in unique.tolist()], np.int64)
        return amounts[inverse] if len(unique) else np.zeros(0, np.int64)

    def rate_periods(self, n_days: int) -> list[tuple[int, int, int]]:
        """(first day, last day, basis points) of every stretch with one rate of late interest."""
        periods: list[tuple[int, int, int]] = []
        for day in range(n_days):
            rate = self.law.late_interest_bp(self.day(day))
            if periods and periods[-1][2] == rate:
                periods[-1] = (periods[-1][0], day, rate)
            else:
                periods.append((day, day, rate))
        return periods


def audit(
    log: EventLog, plan: Plan, stream: Stream, postings: Postings, calendar: LegalCalendar, policy: Policy
) -> None:
    """Check one run's ledger by a second route.

    Raises
    ------
    RunError
        Naming every identity that does not hold, with the first case or line where it fails.
    """
    problems = [
        *_ends(log, len(stream.cases)),
        *_statutory_charges(log, stream, postings, calendar, policy),
        *_interest(log, stream, postings, calendar, policy),
        *_debts(log, stream, postings),
        *_purses(postings),
        *_staff(log, plan),
    ]
    if problems:
        raise RunError(problems)


def _fault(key: str, value: object, allowed: str) -> Problem:
    return Problem("", f"ledger.{key}", value, allowed, "this is a fault in kravsim: please report it with the seed")


def _ends(log: EventLog, n_cases: int) -> list[Problem]:
    """Every case ends at most once, and nothing follows its end."""
    ended = log.kind == ENDED
    last = np.append(log.case[1:] != log.case[:-1], True) if len(log) else np.zeros(0, bool)
    count = np.bincount(log.case[ended], minlength=n_cases)
    problems = []
    if (count > 1).any():
        problems.append(_fault("ends", f"case {int(np.argmax(count > 1))} ended twice", "one end state a case"))
    if (ended & ~last).any():
        problems.append(_fault("ends", f"case {int(log.case[ended & ~last][0])} goes on", "nothing after the end"))
    return problems


def _statutory_charges(
    log: EventLog, stream: Stream, postings: Postings, calendar: LegalCalendar, policy: Policy
) -> list[Problem]:
    """Each step's charge by case, from the log's dates and the law, against what was booked."""
    problems, n_cases = [], len(stream.cases)
    for name in CHARGES:
        codes = [STEP_CODE[step.name] for step in PROCESS if name in step.charges]
        rows = np.flatnonzero((log.kind == DONE) & np.isin(log.step, codes))
        if name == "instalment_notice_fee" and not policy.instalment_notices_charged:
            rows = rows[:0]
        days = log.minute[rows] // MINUTES_PER_DAY
        if name == "payment_order_supplement":
            small = stream.cases.principal_ore[log.case[rows]] <= policy.small_claim_limit_kr.value * 100
            amounts = np.zeros(len(rows), np.int64)
            amounts[small] = calendar.fee_ore(f"{name}_small", days[small])
            amounts[~small] = calendar.fee_ore(f"{name}_large", days[~small])
        else:
            amounts = calendar.fee_ore(name, days)
        legal = np.zeros(n_cases, np.int64)
        np.add.at(legal, log.case[rows], amounts)
        booked = _by_case(postings, n_cases, CHARGE, LINE[name])
        if (legal != booked).any():
            case = int(np.argmax(legal != booked))
            problems.append(_fault(name, f"case {case}: {booked[case]} öre", f"{legal[case]} öre by the law"))
    return problems


def _by_case(postings: Postings, n_cases: int, book: int, line: int | None = None) -> Ints:
    """Total by case of a book, or of one line in it."""
    mask = (postings.book == book) & (postings.case >= 0)
    if line is not None:
        mask &= postings.line == line
    total = np.zeros(n_cases, np.int64)
    np.add.at(total, postings.case[mask], postings.amount_ore[mask])
    return total


def _interest(
    log: EventLog, stream: Stream, postings: Postings, calendar: LegalCalendar, policy: Policy
) -> list[Problem]:
    """Interest on each payment: principal still owed before it, over the days since the due date or last payment."""
    claims = stream.claims
    rows = _first_of_the_day(log, _payment_rows(log))
    claimed_from = np.full(len(stream.cases), np.iinfo(np.int64).max)
    gates = np.flatnonzero((log.kind == DONE) & (log.step == STEP_CODE[policy.interest_from]))
    np.minimum.at(claimed_from, log.case[gates], gates)
    received = postings.where((postings.book == CASH) & (postings.line == LINE["principal"]))
    periods = calendar.rate_periods(stream.n_days)
    legal = np.zeros(len(claims.case), np.int64)
    owed, since = claims.principal_ore.copy(), claims.due_day.copy()
    nth = np.arange(len(rows)) - np.searchsorted(log.case[rows], log.case[rows])
    for ordinal in range(int(nth.max()) + 1 if len(nth) else 0):
        row_of_case = np.full(len(stream.cases), -1, np.int64)
        row_of_case[log.case[rows[nth == ordinal]]] = rows[nth == ordinal]
        row = row_of_case[claims.case]
        day = np.where(row >= 0, log.minute[row] // MINUTES_PER_DAY, -1)
        claimed = (row >= 0) & (row > claimed_from[claims.case])
        weight = np.zeros(len(row), np.int64)
        for first, last, rate in periods:
            weight += rate * np.maximum(0, np.minimum(day, last) - np.maximum(since + 1, first) + 1)
        legal += np.where(claimed, (2 * owed * weight + RATE_DENOMINATOR) // (2 * RATE_DENOMINATOR), 0)
        since = np.where(row >= 0, np.maximum(day, since), since)
        now = day[received.claim] == received.day
        np.subtract.at(owed, received.claim[now], received.amount_ore[now])
    charged = postings.where((postings.book == CHARGE) & (postings.line == LINE["interest"]))
    booked = np.zeros(len(claims.case), np.int64)
    np.add.at(booked, charged.claim, charged.amount_ore)
    if (booked != legal).any():
        claim = int(np.argmax(booked != legal))
        return [_fault("interest", f"claim {claim}: {booked[claim]} öre", f"{legal[claim]} öre by the law")]
    return []


def _first_of_the_day(log: EventLog, rows: Ints) -> Ints:
    """Keep the first payment of a case on a day: the days since it, which bear interest, are none for the others."""
    case, day = log.case[rows], log.minute[rows] // MINUTES_PER_DAY
    return rows[np.append(True, (case[1:] != case[:-1]) | (day[1:] != day[:-1]))[: len(rows)]]


def _payment_rows(log: EventLog) -> Ints:
    """Rows of the log at which a debtor pays all or part."""
    pays = np.zeros((len(PROCESS), MAX_ANSWERS), bool)
    for code, step in enumerate(PROCESS):
        pays[code, : len(step.answers)] = [answer.effect != "none" for answer in step.answers]
    rows = np.flatnonzero(log.kind == ANSWERED)
    return rows[pays[log.step[rows], log.answer[rows]]]


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
        _fault("debts", f"case {int(np.argmax(wrong))}: {what}", "charged = paid + given up + outstanding")
        for what, wrong in faults.items()
        if wrong.any()
    ]


def _purses(postings: Postings) -> list[Problem]:
    """The region's cash equals its statement, principal and one-off costs; the parties' cash sums to nothing."""
    cash = postings.where(postings.book == CASH)
    balance = np.zeros(len(PARTIES), np.int64)
    np.add.at(balance, cash.receiver, cash.amount_ore)
    np.subtract.at(balance, cash.payer, cash.amount_ore)
    statement = sum(statement_ore(postings).values())
    depreciation = _total(postings, VALUE, "system_depreciation")
    expected = statement + depreciation + _total(postings, CASH, "principal") - _total(postings, CASH, "system_once")
    problems = []
    if balance[REGION] != expected:
        problems.append(_fault("purse", f"region {balance[REGION]} öre", f"{expected} öre by its statement"))
    if balance.sum() != 0:
        problems.append(_fault("purse", f"{balance.sum()} öre over all parties", "0 öre"))
    return problems


def _total(postings: Postings, book: int, line: str) -> int:
    return int(postings.amount_ore[(postings.book == book) & (postings.line == LINE[line])].sum())


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
                problems.append(_fault("staff", f"{pool.name} {server} works twice at once", "one item at a time"))
            if not calendar.at_work(log.minute[mine]).all():
                problems.append(_fault("staff", f"{pool.name} {server} begins while away", "work within hours"))
            if not (pool.skills[server] >> plan.skill[log.step[mine]] & 1).all():
                problems.append(_fault("staff", f"{pool.name} {server} lacks a skill", "work of qualified posts"))
    return problems
