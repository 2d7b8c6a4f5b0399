"""Money over time: net present value, annuities, and rates with and without inflation.

Flows stand one period apart; the first is not discounted.

Sources: HM Treasury, The Green Book, for discounting real flows at real rates.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Mapping
from typing import Any, Final, Literal

import numpy as np

from kravsim.errors import DataError, Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.statistics.payback import paid_back
from kravsim.studies.decision.checks import Floats, check_finite, floats, number, warn, whole

LONG: Final = 150
"""Periods from which a present value hangs on its rate more than on its flows: a warning says so."""
_FLOWS: Final = "flows, one a period, the first undiscounted"


def npv(flows: object, rate: float) -> float:
    """Give the present value of flows.

    Parameters
    ----------
    flows : sequence of float
        One amount a period; the first is not discounted. A pandas Series must be indexed by consecutive whole numbers.
    rate : float
        Discount rate a period, above -1, such as 0.035; real for real flows, nominal for nominal ones.

    Returns
    -------
    float
        In the unit of the flows.

    Raises
    ------
    DataError
        When the flows are empty, not numbers, or not aligned one a period.
    ScenarioError
        When the rate is not a finite number above -1, or the value is too large for a number.

    Warns
    -----
    StudyWarning
        For more than 150 periods.

    Examples
    --------
    >>> round(npv([-40_000, 5_000, 8_000, 12_000, 30_000], 0.08), 4), npv([7], 0.5), npv([-1, 1], 0)
    (3065.2227, 7.0, 0.0)
    """
    amounts, factor = amounts_of(flows), 1 + _rate(rate)
    if len(amounts) > LONG:
        warn(
            phrase(
                "flows of {n} periods: so far ahead the rate decides the value; show it for other rates too",
                n=len(amounts),
            )
        )
    try:
        terms = [float(amount) * factor**-period if amount else 0.0 for period, amount in enumerate(amounts)]
        value = math.fsum(terms)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ScenarioError(
            Problem("", "rate", factor - 1, "a rate at which the value is a number", "take a higher rate")
        )
    return value + 0.0


Timing = Literal["end", "middle", "start"]
TIMINGS: Final[dict[str, float]] = {"end": 1.0, "middle": 0.5, "start": 0.0}
"""When in a month its cash is taken to move, as a share of the month that has passed."""


def month_times(months: int, timing: Timing = "end") -> Floats:
    """Give the years from a date of valuation at which the cash of each month is taken to move.

    Parameters
    ----------
    months : int
        How many, at least 1; the first begins on the date of valuation.
    timing : "end", "middle" or "start"
        When in each month.

    Returns
    -------
    float64 array, shape (months,)

    Raises
    ------
    ScenarioError
        For another number or timing.

    Examples
    --------
    >>> month_times(2, "middle").tolist()
    [0.041666666666666664, 0.125]
    """
    if timing not in TIMINGS:
        remedy = "end is the usual one; the answer says which was used"
        raise ScenarioError(Problem("", "timing", timing, phrase("one of {names}", names=", ".join(TIMINGS)), remedy))
    return (np.arange(whole(months, "months", 1), dtype=np.float64) + TIMINGS[timing]) / 12


def npv_by_month(flows: object, rate: float, *, timing: Timing = "end") -> float:
    """Give the present value of cash by month, on the first day of the first month.

    Every month has a place, an empty one too: a first month without cash moves nothing, since the date of valuation is the
    first day of the first month and not that of the first flow. :func:`in_months` makes such flows of dated amounts.

    Parameters
    ----------
    flows : sequence of float
        One amount a month, in order, 0 where nothing moves.
    rate : float
        Effective rate of discount a year, above -1; real for real flows, nominal for nominal ones.
    timing : "end", "middle" or "start"
        When in each month its cash is taken to move.

    Returns
    -------
    float
        In the unit of the flows.

    Raises
    ------
    DataError
        When the flows are empty, not numbers, or not aligned one a month.
    ScenarioError
        When the rate is not a finite number above -1, or the timing is unknown.

    Examples
    --------
    >>> round(npv_by_month([0] * 11 + [110], 0.10), 9), npv_by_month([0, -5, 3], 0)
    (100.0, -2.0)
    """
    amounts = amounts_of(flows)
    factors = (1 + _rate(rate)) ** -month_times(len(amounts), timing)
    return math.fsum((amounts * factors).tolist()) + 0.0


def in_months(dated: Mapping[dt.date, float], since: dt.date, months: int) -> list[float]:
    """Sum dated amounts by month, every month present, 0 where there is none.

    Parameters
    ----------
    dated : mapping of date to float
        In any order.
    since : date
        The first of the month in which to begin: the date of valuation, whether or not anything moves in it.
    months : int
        How many, at least 1.

    Returns
    -------
    list of float
        One amount a month.

    Raises
    ------
    DataError
        When `since` is not the first of a month, or an amount lies outside the months: none is left out in silence.

    Examples
    --------
    >>> in_months({dt.date(2018, 3, 31): 7.0}, dt.date(2018, 1, 1), 4)
    [0.0, 0.0, 7.0, 0.0]
    """
    if since.day != 1:
        raise DataError(Problem("", "since", since, "the first of a month", "months are counted from it"))
    found = [0.0] * whole(months, "months", 1)
    places = {day: 12 * (day.year - since.year) + day.month - since.month for day in dated}
    outside = [day for day, place in places.items() if not 0 <= place < len(found)]
    if outside:
        allowed = phrase("a day of the {months} months from {since}", months=months, since=since)
        remedy = "begin earlier, or take more months"
        raise DataError(Problem("", "dated", day, allowed, remedy) for day in outside)
    for day, amount in dated.items():
        found[places[day]] += float(amount)
    return found


def payback(flows: object) -> int | None:
    """Give the number of periods after which flows have paid themselves back, and stay so.

    Parameters
    ----------
    flows : sequence of float
        One amount a period.

    Returns
    -------
    int or None
        0 where their sum is never below 0; None where it is below 0 at the end.

    Examples
    --------
    >>> payback([-2, 1, 1, 1]), payback([1, -2, 1, 1]), payback([0, 1]), payback([-1, 0.5]), payback([-1, 2, -2, 0])
    (3, 3, 0, None, None)
    """
    return paid_back(amounts_of(flows))


def annuity_factor(rate: float, periods: int) -> float:
    """Give the present value of 1 at the end of each of some periods.

    Parameters
    ----------
    rate : float
        Discount rate a period, above -1.
    periods : int
        At least 1.

    Raises
    ------
    ScenarioError
        For another rate or number of periods.

    Examples
    --------
    >>> round(annuity_factor(0.035, 5), 9), annuity_factor(0, 7)
    (4.515052375, 7.0)
    """
    at, count = _rate(rate), whole(periods, "periods", 1)
    return float(count) if at == 0 else -math.expm1(-count * math.log1p(at)) / at


def nominal_rate(real: float, inflation: float) -> float:
    """Give the nominal rate that discounts nominal flows as the real rate discounts real ones (Fisher).

    Parameters
    ----------
    real, inflation : float
        Rates a period, above -1.

    Raises
    ------
    ScenarioError
        For another rate.

    Examples
    --------
    >>> round(nominal_rate(0.035, 0.02), 12)
    0.0557
    """
    a, b = _rate(real, "real"), _rate(inflation, "inflation")
    return a + b + a * b


def real_rate(nominal: float, inflation: float) -> float:
    """Give the real rate behind a nominal one; the inverse of :func:`nominal_rate`.

    Parameters
    ----------
    nominal, inflation : float
        Rates a period, above -1.

    Raises
    ------
    ScenarioError
        For another rate.

    Examples
    --------
    >>> round(real_rate(0.0557, 0.02), 12)
    0.035
    """
    a, b = _rate(nominal, "nominal"), _rate(inflation, "inflation")
    return (a - b) / (1 + b)


def _rate(given: object, name: str = "rate") -> float:
    allowed, remedy = "a number above -1", "write 3.5 per cent as 0.035"
    rate = number(given, name, allowed, remedy)
    if rate <= -1:
        raise ScenarioError(Problem("", name, rate, allowed, remedy))
    return rate


def amounts_of(flows: object) -> Floats:
    """Read flows, one amount a period.

    Parameters
    ----------
    flows : object
        A list, array or Series, one amount a period, the first at once.

    Returns
    -------
    float64 array, shape (periods,)
        In the unit of the flows.

    Raises
    ------
    DataError
        When they are empty, not finite numbers, or not aligned one a period.
    """
    _check_index(getattr(flows, "index", None))
    amounts = floats(flows, "flows", _FLOWS)
    if amounts.ndim != 1:
        remedy = "value one series of flows at a time, each with an amount for every period"
        raise DataError(Problem("", "flows", amounts.shape, _FLOWS, remedy))
    if not amounts.size:
        raise DataError(Problem("", "flows", Words("an empty series"), _FLOWS, "give at least one amount"))
    check_finite(amounts, "flows", "period")
    return amounts


def _check_index(index: Any) -> None:
    """Refuse a Series whose index leaves out a period or takes them in another order."""
    if index is None or callable(index):
        return
    labels = [getattr(label, "year", label) for label in index]
    whole = all(isinstance(label, int | np.integer) for label in labels)
    if not whole or any(int(b) - int(a) != 1 for a, b in itertools.pairwise(labels)):
        remedy = "give a plain list, or a Series with a row for every period in order"
        got = Words(phrase("an index {names}", names=", ".join(str(label) for label in labels[:6])))
        raise DataError(Problem("", "flows", got, "periods one apart", remedy))
