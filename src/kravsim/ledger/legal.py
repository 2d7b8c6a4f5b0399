"""The law as the audit reads it: amounts by day and rates by period, looked up date by date in the law's own tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kravsim.law import COURT_REQUEST_DAYS, Entry, Law
from kravsim.ledger.accounts import CHARGES, LINES, Ints
from kravsim.models import agency_steps
from kravsim.models.process import END_CODE, MAX_ANSWERS, PROCESS, REVIVED, SOLD, STEP_CODE, law_tables
from kravsim.models.sales import NO_SALES
from kravsim.scenario.schema import Model, ScenarioData
from kravsim.stream.stream import N_CLASSES, class_parts
from kravsim.units import INT64_MAX, half_up, millionths, ore

EMPTY = -1
NO_LIMIT = 1 << 40
TWO_SIZES = tuple(name for name in CHARGES if len(set(law_tables(name))) > 1)
"""Charges that are another for large claims: those have rows of their own, after those of all charges."""
PAYS_NOTHING, PAYS_ALL, PAYS_PRINCIPAL, PAYS_SHARE, PAYS_DIVIDEND, PAYS_WAIVER, PAYS_DIVIDEND_OWING = range(7)
RATES = ("reference_rate", "late_interest_addition")
PAYS = {
    "none": PAYS_NOTHING,
    "paid": PAYS_ALL,
    "principal": PAYS_PRINCIPAL,
    "part": PAYS_SHARE,
    "instalment": PAYS_SHARE,
} | {
    "dividend": PAYS_DIVIDEND,
    "dividend_owing": PAYS_DIVIDEND_OWING,
    "waive": PAYS_WAIVER,
}


@dataclass(frozen=True)
class LegalCalendar:
    """The law as this run applies it, looked up anew, date by date.

    Each day follows the law of its own date, none later than ``frozen_at``. Before ``start``, in the model's own history, a
    day that lies before a table has the earlier amount that the table keeps for history, or the earliest there is.

    Attributes
    ----------
    law : Law
        All tables.
    first : datetime.date
        Day 0.
    start : datetime.date
        First day of the horizon.
    frozen_at : datetime.date or None
        The day whose law holds for all days after it.
    """

    law: Law
    first: dt.date
    start: dt.date
    frozen_at: dt.date | None

    def day(self, index: int) -> dt.date:
        """The date whose law holds on a day of the run.

        Parameters
        ----------
        index : int
            Days since ``first``.
        """
        day = self.first + dt.timedelta(index)
        return day if self.frozen_at is None or day < self.frozen_at else self.frozen_at

    def entry(self, name: str, index: int) -> Entry:
        """A figure on a day of the run.

        Parameters
        ----------
        name : str
            Name of a table of the law.
        index : int
            Days since ``first``.

        Raises
        ------
        LawError
            When its table does not cover the day.
        """
        day = self.day(index)
        if self._floats(name):
            day = self.first + dt.timedelta(index)
        if self.first + dt.timedelta(index) < self.start:
            table = next(table for table in self.law.tables if table.name == name)
            if day < table.entries[0].since:
                begun = [entry for entry in table.history if entry.since <= day]
                return begun[-1] if begun else (*table.history, *table.entries)[0]
        return self.law.entry(name, day)

    def _floats(self, name: str) -> bool:
        """Whether a figure is not frozen with the rest."""
        return any(table.name == name and table.floats for table in self.law.tables)

    def stretches(self, n_days: int) -> list[tuple[int, int]]:
        """First and last day of every stretch of days within which no figure of the law changes.

        Parameters
        ----------
        n_days : int
            Days of history and horizon.

        Returns
        -------
        list of (int, int)
            Since ``first``, the last day included.
        """
        dates = {self.start} if self.frozen_at is None else {self.start, self.frozen_at}
        for table in self.law.tables:
            dates |= {table.covers_until, *(entry.since for entry in (*table.history, *table.entries))}
        begins = [0, *sorted({(date - self.first).days for date in dates} & set(range(1, n_days)))]
        return list(zip(begins, [*(begin - 1 for begin in begins[1:]), n_days - 1], strict=True)) if n_days else []

    def fee_by_day(self, name: str, n_days: int) -> Ints:
        """A statutory amount on each day of the run, in öre.

        Parameters
        ----------
        name : str
            Name of a table in kronor.
        n_days : int
            Days of history and horizon.

        Returns
        -------
        int64 array, shape (n_days,)
            Öre.
        """
        amounts = np.zeros(n_days, np.int64)
        for first, last in self.stretches(n_days):
            amounts[first : last + 1] = self.entry(name, first).amount
        return amounts

    def rate_periods(self, n_days: int) -> list[tuple[int, int, int]]:
        """(first day, last day, basis points) of every stretch with one rate of late interest.

        Parameters
        ----------
        n_days : int
            Days of history and horizon.

        Returns
        -------
        list of (int, int, int)
            Days since ``first``, the last day included, and basis points a year.
        """
        periods: list[tuple[int, int, int]] = []
        for first, last in self.stretches(n_days):
            rate = sum(self.entry(name, first).amount for name in RATES)
            if periods and periods[-1][2] == rate:
                periods[-1] = (periods[-1][0], last, rate)
            else:
                periods.append((first, last, rate))
        return periods


class Agreement(NamedTuple):
    """What region and agency have agreed for a case, in öre.

    Attributes
    ----------
    taken_by : (S,)
        1 at the steps of the agency's: the first one done makes the case its.
    payment : int
        What the agency pays for a case that is paid.
    year_end : (Y,)
        The day after the last of each calendar year, of whose prices the next are.
    when_taken : int
        1 where a price is due when the agency takes a case.
    price_taken, price_closed, price_paid : (Y,)
        What the region pays for a case that the agency takes, that ends, that is paid.
    counted : (lines,)
        1 where what the region receives of the debtor counts for a commission.
    share, floor, cap : int
        The commission on it: millionths, least and most of a case.
    """

    taken_by: Ints
    payment: int
    year_end: Ints
    when_taken: int
    price_taken: Ints
    price_closed: Ints
    price_paid: Ints
    counted: Ints
    share: int
    floor: int
    cap: int


NOTHING = np.zeros(1, np.int64)
NO_AGENCY = Agreement(
    np.zeros(len(PROCESS), np.int64),
    0,
    np.full(1, INT64_MAX),
    0,
    NOTHING,
    NOTHING,
    NOTHING,
    np.zeros(len(LINES), np.int64),
    0,
    0,
    0,
)
"""Where the region collects itself."""
SEVERAL = NO_AGENCY._replace(year_end=np.zeros(0, np.int64))
"""Where a case may meet several contracts: each is held against by itself."""


def agreement_of(model: Model, by_year: Sequence[tuple[int, Model]] = ()) -> Agreement:
    """Read a model's contract for the audit.

    Parameters
    ----------
    model : Model
    by_year : sequence of (int, Model)
        The day after the last of each calendar year, and the model with its prices; by default these never change.
    """
    contract = model.contract
    if contract is None:
        return NO_AGENCY
    changing = len({id(one) for _, one in by_year}) > 1
    known = by_year if changing else [(INT64_MAX, by_year[0][1] if by_year else model)]
    kr = {name: np.zeros(len(known), np.int64) for name in ("handed_over", "closed", "paid")}
    for year, (_, priced) in enumerate(known):
        terms = priced.contract
        if terms is None:
            continue
        if terms.price_a_case_kr is not None and terms.price_a_case_when is not None:
            kr[terms.price_a_case_when][year] = ore(terms.price_a_case_kr.value)
        if terms.price_a_paid_case_kr is not None:
            kr["paid"][year] = ore(terms.price_a_paid_case_kr.value)
    counted, share, floor, cap = np.zeros(len(LINES), np.int64), 0, 0, INT64_MAX
    if contract.commission is not None:
        agreed = contract.commission
        share = millionths(agreed.share.value)
        floor = ore(agreed.least_kr.value) if agreed.least_kr else 0
        cap = ore(agreed.most_kr.value) if agreed.most_kr else INT64_MAX
        for line, name in enumerate(LINES):
            counted[line] = (name if name in ("principal", "interest") else "costs") in agreed.of and (
                name in ("principal", "interest", *CHARGES)
            )
    return Agreement(
        taken_by=np.array(agency_steps(model), np.int64),
        payment=ore(contract.paid_case_kr.value),
        year_end=np.array([end for end, _ in known], np.int64),
        when_taken=int(kr["handed_over"].any()),
        price_taken=kr["handed_over"],
        price_closed=kr["closed"],
        price_paid=kr["paid"],
        counted=counted,
        share=share,
        floor=floor,
        cap=cap,
    )


class Legal(NamedTuple):
    """What the law and the creditor's policy let be charged (H charges, D days, R periods, S steps, A answers).

    Attributes
    ----------
    fee : (H + those of TWO_SIZES, D)
        Statutory amounts by day; those of large claims come last.
    periods : (R, 3)
        First day, last day and basis points of every stretch with one rate of late interest.
    charges : (S, most charges of a step)
        What a step charges, EMPTY in empty places.
    pays : (S, A)
        What an answer pays: PAYS_NOTHING, PAYS_ALL, the principal alone, the share of the balance that the log says, or that
        share as a dividend of every debt at the opening of the debtor's proceedings (PAYS_DIVIDEND_OWING: interest runs on,
        without a part in it); a waiver takes what the step charged off the debt.
    titled, title : (S, A), (S,)
        1 where an answer gives a title (an order or a judgment), and where a step needs one.
    halts, renews, unserved, barred, year : (S,), (S, A), (S, A), (K, D), (D,)
        Limitation: steps at which it is halted; answers that begin a new period, and those that end proceedings of which the
        debtor has not been told; the first day on which a claim is barred whose period began on a day, by class of debtor,
        and whose period is a year.
    found : (S, A)
        Days from check to check, the first so many after the step, where an answer can only come from one; else 0.
    waits : (S, A)
        Days that a claim which a check has found may wait for others of its debtor, so as to be applied for with them.
    theirs : (S,)
        1 at the steps of the debtor's own proceedings.
    within : (S, A)
        Days within which the law wants an answer of the creditor's, NO_LIMIT where it wants none.
    demands, awaits_demand, demand_days : (S,), (S,), int
        1 at the step that is a demand, and at those that the debtor is spared until the demand's time, so many days, is out.
    together : (S,)
        1 where what a step charges is for all claims that were applied for together; 0 everywhere where each is by itself.
    lapsed : int
        End state of a claim that is barred.
    small_limit, interest_from : int
        Largest principal of a small claim, in öre; step from which interest is claimed.
    agreed : Agreement
        What the model's region and agency have agreed.
    sales, sold_at, end_sold : (Q, 4), (S,), int
        Sales of open cases, as in :mod:`kravsim.models.sales`; 1 at steps that a case is sold from; and its end.
    """

    fee: Ints
    periods: Ints
    charges: Ints
    pays: Ints
    titled: Ints
    title: Ints
    halts: Ints
    renews: Ints
    unserved: Ints
    barred: Ints
    found: Ints
    waits: Ints
    year: Ints
    theirs: Ints
    within: Ints
    demands: Ints
    awaits_demand: Ints
    demand_days: int
    together: Ints
    lapsed: int
    small_limit: int
    interest_from: int
    agreed: Agreement
    sales: Ints
    sold_at: Ints
    end_sold: int


TITLES = {("payment_order", "order"), ("district_court", "won")}
"""Answers that are an order (utslag) or a judgment: without one there is no enforcement (utsökningsbalken 3 kap. 1 §)."""
TITLED = tuple(step.name for step in PROCESS if step.name == "attachment" or step.name.endswith("_with_title"))
"""Steps that need a title."""
INVOKED_AT = (
    "payment_order",
    "contested",
    "district_court",
    "attachment",
    "debt_restructuring",
    "debt_restructuring_with_title",
    "bankruptcy",
    "bankruptcy_with_title",
)
"""Steps before Kronofogden or a court, where the claim is invoked (preskriptionslagen 5 § 3): barred at none of them, and a
new period begins when they end (7 §)."""
UNSERVED = {("payment_order", "dismissed")}
"""Answers that end proceedings without the debtor having been told: nothing is interrupted, but the claim is barred a year
later at the earliest, once (preskriptionslagen 7 § 2 and 3 st)."""
OF_DEBTOR = ("debt_restructuring", "debt_restructuring_with_title", "bankruptcy", "bankruptcy_with_title")
"""Of these, the debtor's own, which strike every claim that arose before they were opened."""
INTERRUPTIONS = {
    ("reminder", "principal_only"),
    ("demand", "principal_only"),
    ("demand", "plan"),
    ("instalment_plan", "accepted"),
    ("instalment", "kept"),
    ("interruption", "reached"),
    ("interruption_with_title", "reached"),
}
"""Answers by which the debtor pays or acknowledges the debt, or a written demand arrives (preskriptionslagen 5 § 1 and 2)."""


WITHIN = {("contested", "dropped"): COURT_REQUEST_DAYS, ("contested", "court"): COURT_REQUEST_DAYS}
"""What the applicant answers when told that the application is contested, in days (lag 1990:746, 34-37 §§)."""
ONE_FEE = ("payment_order", "district_court", "attachment")
"""Steps whose fee is one for an application, or for its order, however many claims are in it (förordning 1992:1094, 1 and
5 §§; lag 1990:746, 48 §; RH 2003:5)."""
AFTER_DEMAND = ("solvency_check", "payment_order", "estate", "foreign_collection")
"""Steps that do not come before the demand's time is out: no legal action is taken then (inkassolagen 5 and 6 §§), and what
prepares one waits with it."""
AT_CHECKS = {(step.name, REVIVED) for step in PROCESS if step.watches}
"""Answers that are what a check of a watched claim finds: they come on the day of a check."""
UNTITLED = ("surveillance", "last_surveillance")
"""Stays of claims without a title: what a check finds there is applied for, and may wait for others of the debtor."""


def legal_of(calendar: LegalCalendar, data: ScenarioData, n_days: int) -> Legal:
    """Lay the law out for the audit of a run of this many days, in which no agency takes part.

    Parameters
    ----------
    calendar : LegalCalendar
        The law date by date, from day 0 on.
    data : ScenarioData
    n_days : int
        Days of history and horizon.
    """
    policy = data.policy
    joint = policy.joint_application_days is not None
    fee, periods = _statutes(calendar, n_days, policy.instalment_notices_charged)
    charges = np.full((len(PROCESS), max(len(step.charges) for step in PROCESS)), EMPTY, np.int64)
    pays = np.zeros((len(PROCESS), MAX_ANSWERS), np.int64)
    titled, renews, unserved, found, waits = (np.zeros_like(pays) for _ in range(5))
    within = np.full_like(pays, NO_LIMIT)
    for code, step in enumerate(PROCESS):
        charges[code, : len(step.charges)] = [CHARGES.index(name) for name in step.charges]
        pays[code, : len(step.answers)] = [PAYS[answer.effect] for answer in step.answers]
        titled[code, : len(step.answers)] = [(step.name, answer.name) in TITLES for answer in step.answers]
        renews[code, : len(step.answers)] = [(step.name, answer.name) in INTERRUPTIONS for answer in step.answers]
        found[code, : len(step.answers)] = [(step.name, answer.name) in AT_CHECKS for answer in step.answers]
        waits[code] = found[code] * (step.name in UNTITLED)
        unserved[code, : len(step.answers)] = [(step.name, answer.name) in UNSERVED for answer in step.answers]
        within[code, : len(step.answers)] = [WITHIN.get((step.name, answer.name), NO_LIMIT) for answer in step.answers]
    years = [data.debtors.segments.get(class_parts(klass)[0]) for klass in range(N_CLASSES)]  # type: ignore[call-overload]
    barred = [_barred(calendar.first, n_days, half_up(one.years_of_limitation()) if one else 1) for one in years]
    return Legal(
        fee=fee,
        periods=periods,
        charges=charges,
        pays=pays,
        titled=titled,
        title=np.array([step.name in TITLED for step in PROCESS], np.int64),
        halts=np.array([step.name in INVOKED_AT for step in PROCESS], np.int64),
        renews=renews,
        unserved=unserved,
        year=np.array(_barred(calendar.first, n_days, 1)),
        barred=np.array(barred, np.int64),
        found=found * half_up(policy.recheck_days.value),
        waits=waits * half_up(policy.joint_application_days.value if policy.joint_application_days else 0),
        theirs=np.array([step.name in OF_DEBTOR for step in PROCESS], np.int64),
        within=within,
        demands=np.array([step.name == "demand" for step in PROCESS], np.int64),
        awaits_demand=np.array([step.name in AFTER_DEMAND for step in PROCESS], np.int64),
        demand_days=half_up(data.timing.demand_grace_days.value),
        together=np.array([joint and step.name in ONE_FEE for step in PROCESS], np.int64),
        lapsed=END_CODE["lapsed"],
        small_limit=ore(policy.small_claim_limit_kr.value),
        interest_from=STEP_CODE[policy.interest_from],
        agreed=NO_AGENCY,
        sales=NO_SALES.rows,
        sold_at=NO_SALES.steps,
        end_sold=END_CODE[SOLD],
    )


@lru_cache(maxsize=8)
def _barred(first: dt.date, n_days: int, years: int) -> Ints:
    """First day on which a claim is barred whose period of some years began on each day of the run."""
    found = []
    for index in range(n_days):
        day = first + dt.timedelta(index)
        try:
            last = day.replace(year=day.year + years)
        except ValueError:  # no 29 February: the last of its month
            last = dt.date(day.year + years, 2, 28)
        found.append((last - first).days + 1)
    shared = np.array(found, np.int64)
    shared.setflags(write=False)
    return shared


@lru_cache(maxsize=4)
def _statutes(calendar: LegalCalendar, n_days: int, notices_charged: bool) -> tuple[Ints, Ints]:
    """Look up amounts and rate periods, as in :class:`Legal`: once for all runs with the same days under the same law."""
    names = [law_tables(name)[0] for name in CHARGES] + [law_tables(name)[1] for name in TWO_SIZES]
    fee = np.zeros((len(names), n_days), np.int64)
    for row, name in enumerate(names):
        if name != "instalment_notice_fee" or notices_charged:
            fee[row] = calendar.fee_by_day(name, n_days)
    periods = np.array(calendar.rate_periods(n_days), np.int64).reshape(-1, 3)
    for shared in (fee, periods):
        shared.setflags(write=False)
    return fee, periods
