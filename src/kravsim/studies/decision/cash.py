"""Money over time: net present value, annuities, and rates with and without inflation.

Flows stand one period apart; the first is not discounted.

Sources: HM Treasury, The Green Book, for discounting real flows at real rates.
"""

from __future__ import annotations

import itertools
import math
from typing import Any, Final

import numpy as np

from kravsim.errors import DataError, Problem, ScenarioError, Words
from kravsim.phrases import phrase
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
