"""Every internal rate of return of flows: rates at which they are worth nothing, however many there are.

They are found by the construction behind Descartes' rule of signs: between two rates of a flow with c changes of sign lies
one of a derived flow with c - 1, so that none is missed, and one at which the value touches 0 without crossing it is met too.

Sources: Laguerre, Sur la theorie des equations numeriques, 1883.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from kravsim.errors import DataError, Problem, Words
from kravsim.studies.decision.cash import amounts_of
from kravsim.studies.decision.checks import Floats
from kravsim.words.display import share
from kravsim.words.wording import language_index

_EPS: Final = float(np.finfo(np.float64).eps)
_ROUNDING: Final = 8 * _EPS


class InternalRates(tuple[float, ...]):
    """Every rate at which flows are worth nothing, lowest first; an empty tuple where there is none.

    Parameters
    ----------
    rates : sequence of float
        As shares a period: 0.05 is 5 %, lowest first.

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
        """Say how many rates there are, and which.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
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
    amounts = amounts_of(flows)
    there = np.flatnonzero(amounts)
    if not there.size:
        raise DataError(Problem("", "flows", Words("nothing but 0"), "a flow that is not 0", "every rate would do"))
    amounts = amounts[there[0] : there[-1] + 1]
    periods = np.arange(len(amounts), dtype=np.float64)
    kept = amounts != 0
    crossing, touching = _growths(amounts[kept] / np.abs(amounts).max(), periods[kept])
    rates = sorted((_rounded(math.expm1(u)), u in touching) for u in [*crossing, *touching])
    return InternalRates([rate for rate, _ in rates], [rate for rate, touches in rates if touches])


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


def _crossing(value: Callable[[float], float], a: float, b: float) -> float:
    from scipy import optimize

    return float(optimize.brentq(value, a, b, xtol=1e-15, rtol=4 * _EPS, maxiter=500))


def _rounded(rate: float) -> float:
    """The rate without the noise of its last digits, so that 10 per cent is 0.1."""
    return float(f"{rate:.13g}") + 0.0
