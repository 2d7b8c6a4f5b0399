"""Late-payment interest on one claim, to the öre, and how the reference rate follows from the policy rate.

Interest is simple, on the principal alone, at the reference rate of each day plus the addition, on the days after the
due date up to and including the day of payment: (due, paid]. Everything is whole numbers until one rounding at the end.

Sources: räntelagen (1975:635) 6 § and 9 §.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final, Literal

from kravsim.errors import LawError, Problem, RunError
from kravsim.law.lawbook import Law, load_law
from kravsim.law.tables import Entry
from kravsim.scalars import scalar
from kravsim.units import BASIS_POINTS_PER_ONE, divide_half_up, whole
from kravsim.workdays import plain_date

DayCount = Literal["actual/365", "actual/actual"]

DAY_COUNTS: Final[tuple[DayCount, ...]] = ("actual/365", "actual/actual")
_COMMON_YEAR: Final = 365
_LEAP_YEAR: Final = 366
_HIGHEST_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class InterestPeriod:
    """Days in a row with one rate and one length of year.

    Parameters
    ----------
    first, last : date
        Both days bear interest.
    rate_bp : int
        Late-payment interest a year, in basis points.
    year_days : int
        The number of days that the rate is for: 365, or 366 in a leap year under actual/actual.
    """

    first: date
    last: date
    rate_bp: int
    year_days: int

    @property
    def days(self) -> int:
        """How many days bear interest."""
        return (self.last - self.first).days + 1


def interest_periods(
    due: date, paid: date, *, law: Law | None = None, day_count: DayCount = "actual/365"
) -> tuple[InterestPeriod, ...]:
    """Split the days (due, paid] into periods with one rate each, as a statement of interest (ränteberäkning) does.

    Parameters
    ----------
    due : date
        The due date (förfallodag); bears no interest itself.
    paid : date
        The day of payment; the last day with interest.
    law : Law, optional
        The law to use; the bundled tables when not given.
    day_count : {"actual/365", "actual/actual"}
        Whether a leap year counts as 365 or as 366 days.

    Returns
    -------
    tuple of InterestPeriod
        In order of date; empty when `paid` is not after `due`.

    Raises
    ------
    LawError
        When the tables do not cover a day with interest.
    RunError
        When a date is not a plain date or `day_count` is unknown.
    """
    where = "law.interest_periods"
    begin, end = plain_date(due, "due", where), plain_date(paid, "paid", where)
    if day_count not in DAY_COUNTS:
        raise RunError(Problem(where, "day_count", day_count, ", ".join(DAY_COUNTS), "choose one of these"))
    return tuple(_periods(begin, end, load_law() if law is None else law, day_count))


def _periods(due: date, paid: date, law: Law, day_count: DayCount) -> Iterator[InterestPeriod]:
    day = due
    while day < paid:
        first = day + timedelta(days=1)
        reference, addition = (_entry(law, name, first) for name in ("reference_rate", "late_interest_addition"))
        ends = [paid, reference.until - timedelta(days=1), addition.until - timedelta(days=1)]
        year_days = _COMMON_YEAR
        if day_count == "actual/actual":
            ends.append(date(first.year, 12, 31))
            year_days = _LEAP_YEAR if isleap(first.year) else _COMMON_YEAR
        day = min(ends)
        yield InterestPeriod(first, day, reference.amount + addition.amount, year_days)


def _entry(law: Law, name: str, day: date) -> Entry:
    """What the law says; where it is silent, the remedy is one that whoever asks for interest alone can take."""
    try:
        return law.entry(name, day)
    except LawError as error:
        remedy = "ask for days that are covered, or give law=load_law(directory) with tables that cover these"
        raise LawError(replace(problem, remedy=remedy) for problem in error.problems) from None


def interest_ore(
    principal_ore: int, due: date, paid: date, *, law: Law | None = None, day_count: DayCount = "actual/365"
) -> int:
    """Compute late-payment interest (dröjsmålsränta) on a principal, in öre.

    Parameters
    ----------
    principal_ore : int
        The claim without fees (kapitalbelopp), in öre, 0 or more.
    due, paid : date
        Interest runs on the days after `due` up to and including `paid`.
    law : Law, optional
        The law to use; the bundled tables when not given.
    day_count : {"actual/365", "actual/actual"}
        Whether a leap year counts as 365 or as 366 days.

    Returns
    -------
    int
        Öre, rounded once, half upwards; 0 when `paid` is not after `due`.

    Raises
    ------
    LawError
        When the tables do not cover a day with interest.
    RunError
        When `principal_ore` is not whole or is below 0, a date is not a plain date, or `day_count` is unknown.

    Examples
    --------
    >>> interest_ore(2_671_200, date(2017, 8, 15), date(2021, 12, 20))
    904695
    """
    principal = whole(principal_ore, "principal_ore", "law.interest_ore", at_least=0)
    periods = interest_periods(due, paid, law=law, day_count=day_count)
    of_one = sum((Fraction(period.rate_bp * period.days, period.year_days) for period in periods), Fraction(0))
    exact = principal * of_one / BASIS_POINTS_PER_ONE
    return divide_half_up(exact.numerator, exact.denominator)


def reference_rate_from_policy(rate_percent: Decimal | int | str | float) -> Decimal:
    """Give the reference rate that follows from a policy rate (styrränta): rounded up to a whole half point.

    Parameters
    ----------
    rate_percent : Decimal, int, str or float
        The Riksbank's policy rate in force at the end of the half-year before, in per cent.

    Returns
    -------
    Decimal
        Per cent with one decimal, a multiple of 0.5; zero has no sign.

    Raises
    ------
    RunError
        When `rate_percent` is a bool, not a number, not finite, or outside -100 to 100 per cent.

    Examples
    --------
    >>> print(reference_rate_from_policy("-0.35"), reference_rate_from_policy("3.75"))
    0.0 4.0
    """
    halves = ceil(_percent(rate_percent) * 2)
    return Decimal(f"{halves * 5}E-1")


def _percent(rate_percent: object) -> Fraction:
    rate: Decimal | None = None
    given = scalar(rate_percent)
    if isinstance(given, Decimal | int | str | float) and not isinstance(given, bool):
        try:
            rate = Decimal(str(given))
        except ArithmeticError:
            rate = None
    if rate is None or not rate.is_finite() or abs(rate) > _HIGHEST_PERCENT:
        where, allowed = "law.reference_rate_from_policy", "a number of per cent from -100 to 100"
        raise RunError(Problem(where, "rate_percent", rate_percent, allowed, "give 3.75 for 3.75 %"))
    return Fraction(rate)
