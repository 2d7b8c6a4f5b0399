"""Money over time: net present value, internal rates of return, annuities, and rates with and without inflation.

Flows stand one period apart; the first is not discounted. Internal rates are found by the construction behind Descartes'
rule of signs: between two roots of a flow with c changes of sign lies a root of a derived flow with c - 1, so that every
rate is found, however many there are, and a rate at which the value touches 0 without crossing it is met as well.

Sources: Laguerre, Sur la theorie des equations numeriques, 1883, for the derived flow; HM Treasury, The Green Book, for
discounting real flows at real rates.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from kravsim.errors import DataError, Problem, ScenarioError, Words
from kravsim.results.display import share
from kravsim.results.wording import language_index
from kravsim.studies.decision.checks import Floats, check_finite, floats, number, warn

LONG: Final = 150
"""Periods from which a present value hangs on its rate more than on its flows: a warning says so."""
_ROUNDING: Final = 8 * float(np.finfo(np.float64).eps)
_FLOWS: Final = "flows, one a period, the first undiscounted"


class InternalRates(tuple[float, ...]):
    """Every rate at which flows are worth nothing, lowest first; an empty tuple where there is none.

    Attributes
    ----------
    touching : tuple of float
        Those at which the value only touches 0: it has the same sign on both sides.
    """

    touching: tuple[float, ...]

    def __new__(cls, rates: Sequence[float], touching: Sequence[float] = ()) -> InternalRates:
        """Make the tuple."""
        made = super().__new__(cls, rates)
        made.touching = tuple(touching)
        return made

    def sentence(self, lang: str = "sv") -> str:
        """Say how many rates there are, and which."""
        sv = language_index(lang) == 0
        if not self:
            return (
                "Ingen internränta: nuvärdet är aldrig 0." if sv else "No internal rate: the present value is never 0."
            )
        shown = [share(rate, lang, step=0.0001) for rate in self]
        for place, rate in enumerate(self):
            if rate in self.touching:
                shown[place] += " (nuvärdet vänder vid 0)" if sv else " (the value turns at 0)"
        if len(self) == 1:
            return f"Internränta {shown[0]}." if sv else f"Internal rate {shown[0]}."
        listed = ", ".join(shown)
        if sv:
            return f"{len(self)} internräntor: {listed}. Ingen av dem avgör ensam; jämför nuvärden."
        return f"{len(self)} internal rates: {listed}. None of them decides alone; compare present values."


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
    amounts, factor = _amounts(flows), 1 + _rate(rate)
    if len(amounts) > LONG:
        warn(f"flows of {len(amounts)} periods: so far ahead the rate decides the value; show it for other rates too")
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


def irr(flows: object) -> InternalRates:
    """Find every internal rate of return: each rate above -1 at which the present value of flows is 0.

    Parameters
    ----------
    flows : sequence of float
        As for :func:`npv`.

    Returns
    -------
    InternalRates
        A tuple of all rates, lowest first, empty when there is none; a repeated rate stands once and is in `touching`
        where the value does not change its sign there.

    Raises
    ------
    DataError
        When the flows are empty, not numbers or not aligned one a period, or all of them are 0: every rate would do.

    Examples
    --------
    >>> [round(rate, 9) for rate in irr([-1_000, 2_500, -1_540])], irr([1, 2]), irr([-1, 2.2, -1.21]).touching
    ([0.1, 0.4], (), (0.1,))
    """
    amounts = _amounts(flows)
    there = np.flatnonzero(amounts)
    if not there.size:
        raise DataError(Problem("", "flows", Words("nothing but 0"), "a flow that is not 0", "every rate would do"))
    amounts = amounts[there[0] : there[-1] + 1]
    periods = np.arange(len(amounts), dtype=np.float64)
    kept = amounts != 0
    crossing, touching = _growths(amounts[kept] / np.abs(amounts).max(), periods[kept])
    rates = sorted((_rounded(math.expm1(u)), u in touching) for u in [*crossing, *touching])
    return InternalRates([rate for rate, _ in rates], [rate for rate, touches in rates if touches])


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
    from kravsim.studies.decision.checks import whole

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


def _amounts(flows: object) -> Floats:
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
        got = Words(f"an index {', '.join(str(label) for label in labels[:6])}")
        raise DataError(Problem("", "flows", got, "periods one apart", remedy))


def _growths(amounts: Floats, periods: Floats) -> tuple[list[float], list[float]]:
    """Logarithms of 1 + rate at which flows are worth 0: those where the value crosses 0, and those where it touches it."""
    signs = np.sign(amounts)
    turns = np.flatnonzero(signs[1:] != signs[:-1])
    if not turns.size:
        return [], []
    turn = turns[0]
    middle = (periods[turn] + periods[turn + 1]) / 2
    extremes = sorted(x for found in _growths(_scaled(amounts * (middle - periods)), periods) for x in found)
    ratios = np.log(np.abs(amounts))
    reach = (
        1.0
        + float(np.max(np.abs(ratios - ratios[0])) + np.max(np.abs(ratios - ratios[-1])))
        + math.log(len(amounts) + 1)
    )

    def value(u: float) -> tuple[float, float]:
        """The value at a growth, and how far rounding may have moved it, both on a scale of their own."""
        exponents = -periods * u
        terms = amounts * np.exp(exponents - np.max(exponents + ratios))
        return math.fsum(terms), _ROUNDING * float(np.sum(np.abs(terms) * (2 + periods * abs(u))))

    crossing: list[float] = []
    touching: list[float] = []
    ends = [-reach, *extremes, reach]
    known = [_sign(*value(end)) for end in ends]
    known[0], known[-1] = float(signs[-1]), float(signs[0])
    for place, x in enumerate(extremes, 1):
        if known[place] == 0:
            before = next(sign for sign in known[place - 1 :: -1] if sign)
            after = next(sign for sign in known[place + 1 :] if sign)
            (touching if before == after else crossing).append(x)
    for (a, sign_a), (b, sign_b) in zip(
        zip(ends, known, strict=True), zip(ends[1:], known[1:], strict=True), strict=False
    ):
        if sign_a * sign_b < 0:
            crossing.append(_crossing(lambda u: value(u)[0], a, b))
    return crossing, touching


def _scaled(amounts: Floats) -> Floats:
    scaled: Floats = amounts / np.abs(amounts).max()
    return scaled


def _sign(value: float, rounding: float) -> float:
    return 0.0 if abs(value) <= rounding else math.copysign(1.0, value)


def _crossing(value: Any, a: float, b: float) -> float:
    from scipy import optimize

    return float(optimize.brentq(value, a, b, xtol=1e-15, rtol=4 * float(np.finfo(np.float64).eps), maxiter=500))


def _rounded(rate: float) -> float:
    """The rate without the noise of its last digits, so that 10 per cent is 0.1."""
    return float(f"{rate:.13g}") + 0.0
