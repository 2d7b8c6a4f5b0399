"""From late occasions to claims and cases in their canonical order, with days and amounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.errors import Problem, RunError, Words
from kravsim.quantiles import binary_spread, score_tables
from kravsim.stream.stream import SEGMENTS, Cases, Claims, Debtors, Ints, Runs, Stream, debtor_class
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.draws import Draws
    from kravsim.scenario.schema import ScenarioData
    from kravsim.stream.claims_compiled import Amounts
    from kravsim.stream.occasions import Occasions

AMOUNT: Final = "amount"
"""Purpose of the draw of a claim's principal: run = the run's day as an ordinal, number = the claim's."""
NUMBERS_AN_OCCASION: Final = 256
"""Numbers kept for the claims of a debtor in one run: more than a 32-bit draw gives (211 at the highest mean allowed, 10)."""
LARGEST_CASE_ORE: Final = 10**12
"""Largest principal of a case: its shares in millionths fit in 64 bits, twice over for rounding, with room for fees."""


@dataclass(frozen=True, eq=False)
class HandOvers:
    """Which runs there are, and when what they leave unpaid is handed over; days since the first day.

    Parameters
    ----------
    first : datetime.date
        Day 0.
    n_days : int
        Days of history and horizon.
    run_day : int64 array, shape (R,)
        Day of each run, rising.
    day : int64 array, shape (H,)
        Hand-over days that any of the runs needs, rising; some may lie beyond the horizon.
    of_run : int64 array, shape (R,)
        Index of the hand-over of each run.
    """

    first: dt.date
    n_days: int
    run_day: Ints
    day: Ints
    of_run: Ints


def hand_overs(data: ScenarioData, first: dt.date) -> HandOvers:
    """Lay out the calendar: each run is handed over on the first hand-over day at or past the minimum age."""
    n_days = (data.horizon.end - first).days
    run_day = _days_of_months(first, data.horizon.end.year, data.invoices.run_days)
    age = half_up(data.invoices.hand_over_min_age_days.value)
    if data.invoices.age_basis == "due_date":
        age += half_up(data.invoices.terms_days.value)
    after = (data.horizon.end + dt.timedelta(age + 31)).year + 1
    day = _days_of_months(first, after, (data.invoices.hand_over_day,))
    position = np.searchsorted(day, run_day + age)
    met, of_run = np.unique(position, return_inverse=True)
    return HandOvers(first, n_days, run_day, day[met], of_run.astype(np.int64))


def lay_out(occasions: Occasions, debtors: Debtors, calendar: HandOvers, data: ScenarioData, draws: Draws) -> Stream:
    """Make the claims and cases of the occasions.

    Parameters
    ----------
    occasions : int32 array, shape (n, 3)
        From :func:`kravsim.stream.occasions.draw_occasions`.

    Raises
    ------
    RunError
        When a run has more late claims than invoices, a claim is for less than 1 öre, or a case for more than
        LARGEST_CASE_ORE.
    """
    from kravsim.stream.claims_compiled import (
        CaseColumns,
        ClaimColumns,
        Dates,
        by_hand_over,
        count_places,
        fill_claims,
        price_claims,
    )

    coordinate = data.debtors.coordinate
    n_places, n_claims, n_cases = np.zeros((3, len(calendar.day)), np.int64)
    late = np.zeros(len(calendar.run_day), np.int64)
    count_places(occasions, calendar.of_run, coordinate, n_places, n_claims, n_cases, late)
    runs = _checked_runs(data, calendar, late)
    at_hand = int(np.searchsorted(calendar.day, calendar.n_days))

    ordered = np.empty_like(occasions)
    by_hand_over(occasions, calendar.of_run, np.cumsum(n_places) - n_places, ordered)
    claims = ClaimColumns(*_columns(len(ClaimColumns._fields), int(n_claims[:at_hand].sum())))
    of_case = _columns(len(CaseColumns._fields), int(n_cases[:at_hand].sum()) + 1)
    cases = CaseColumns(*(column[:-1] for column in of_case))._replace(first_claim=of_case[-1])
    cases.first_claim[-1] = len(claims.case)
    terms, ordinal = half_up(data.invoices.terms_days.value), calendar.first.toordinal()
    dates = Dates(calendar.run_day, calendar.of_run, calendar.day[:at_hand], terms, ordinal)
    key = np.array(draws.key(AMOUNT), np.uint64)
    fill_claims(ordered[: n_places[:at_hand].sum()], dates, key, coordinate, NUMBERS_AN_OCCASION, claims, cases)
    price_claims(_amounts(data, debtors.segment), claims, cases)
    _check_amounts(data, claims.principal_ore, cases.principal_ore)
    return Stream(
        first=calendar.first,
        n_days=calendar.n_days,
        runs=runs,
        debtors=debtors,
        claims=Claims(**claims._asdict()),
        cases=Cases(klass=debtor_class(debtors.segment, debtors.kind, debtors.known)[cases.debtor], **cases._asdict()),
        waiting_claims=int(n_claims[at_hand:].sum()),
    )


@lru_cache(maxsize=16)
def _days_of_months(first: dt.date, until_year: int, days: tuple[int, ...]) -> Ints:
    """Give certain days of every month from the year of `first` up to a year, since `first`, rising."""
    dates = product(range(first.year, until_year), range(1, 13), days)
    return np.array([dt.date(*date).toordinal() for date in dates], np.int64) - first.toordinal()


def _columns(number: int, length: int) -> Ints:
    """Room for columns, in one piece: the system hands out large pieces in large pages, many times as fast."""
    return np.empty((number, length), np.int64)


def _checked_runs(data: ScenarioData, calendar: HandOvers, late: Ints) -> Runs:
    """Spread the year's invoices evenly over its runs, the remainder on the first of them."""
    runs_a_year = 12 * len(data.invoices.run_days)
    base, remainder = divmod(half_up(data.invoices.per_year.value), runs_a_year)
    position = np.arange(len(late)) % runs_a_year
    invoices = np.where(position < remainder, base + 1, base).astype(np.int64)
    short = np.flatnonzero(late > invoices)
    if len(short):
        when = calendar.first + dt.timedelta(int(calendar.run_day[short[0]]))
        raise RunError(
            Problem(
                file=data.name,
                key="invoices.late_share",
                value=int(late[short[0]]),
                allowed=f"at most {invoices[short[0]]} late claims in the run of {when}",
                remedy="lower invoices.late_share or raise invoices.per_year",
            )
        )
    return Runs(calendar.run_day, invoices, late)


def _amounts(data: ScenarioData, segment: Ints) -> Amounts:
    """Principal is lognormal within each segment."""
    from kravsim.stream.claims_compiled import Amounts

    specs = [data.debtors.segments.get(name) for name in SEGMENTS]  # type: ignore[call-overload]
    given = [(spec.amount_median_kr.value, spec.amount_mean_kr.value) if spec else (1.0, 1.0) for spec in specs]
    return Amounts(
        segment=segment,
        spread=np.array([binary_spread(median, mean) for median, mean in given]),
        median_ore=np.array([100.0 * median for median, _ in given]),
        most_ore=float(LARGEST_CASE_ORE),
        tables=score_tables(),
    )


def _check_amounts(data: ScenarioData, claims: Ints, cases: Ints) -> None:
    """Refuse claims of nothing, and cases too large for 64 bits."""
    problems = []
    if claims.min(initial=1) < 1:
        problems.append(
            Problem(
                file=data.name,
                key="debtors.segments",
                value=int(claims.min()),
                allowed="claims of at least 1 öre",
                remedy="raise amount_median_kr, or bring it nearer to amount_mean_kr",
            )
        )
    if cases.max(initial=0) > LARGEST_CASE_ORE:
        problems.append(
            Problem(
                file=data.name,
                key="debtors.segments",
                value=Words(f"a case of more than {LARGEST_CASE_ORE // 100} kr"),
                allowed=f"cases of at most {LARGEST_CASE_ORE // 100} kr, which are exact to the öre in 64 bits",
                remedy="lower amount_mean_kr, or bring it nearer to amount_median_kr",
            )
        )
    if problems:
        raise RunError(problems)
