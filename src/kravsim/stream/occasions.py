"""Who is late in which invoice run, and with how many claims: the draws behind the late occasions.

Most debtors are late with nothing in most years, and to ask each of them in each run would cost more than all else does.
So a first draw, keyed by calendar year and debtor, settles in how many of the year's runs the debtor is late: a binomial
number, by inverse. Only then further draws by the same key settle in which runs, each set of them being as likely as any
other, and with how many claims each. So lateness in different runs is independent, as if each had been asked by itself.

One more year, debtor or claim changes nobody else's draws, and a higher chance adds occasions and moves none.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.shares import UNIFORM_RANGE
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.chance.draws import Draws

HOW_MANY: Final = "late"
"""Purpose of the first draws: run = year // 8, number = debtor; column year % 8 of the 32-bit integers."""
WHICH: Final = "late:run"
"""Purpose of the second: run = year, number = debtor, visit k // 4 for late run k; columns 2 (k % 4) and the next."""

STANDARD_ERRORS: Final = 6.0
"""Room beyond the expected number of occasions; more grows."""

Occasions = NDArray[np.int32]
"""Shape (n, 3), in order of debtor and run: the debtor, the run's index since the first, the number of late claims."""


def draw_occasions(
    chance: NDArray[np.float64], claims_per_occasion: float, years: range, runs_a_year: int, draws: Draws
) -> Occasions:
    """Draw every occasion on which a debtor is late.

    Parameters
    ----------
    chance : float64 array, shape (debtors,)
        Of being late with something in one run, 0 to 1.
    claims_per_occasion : float
        Mean of the geometric number of claims, at least 1.
    years : range
        Calendar years.
    runs_a_year : int
        Invoice runs in each.
    draws : Draws

    Returns
    -------
    int32 array, shape (n, 3)
        See :data:`Occasions`.
    """
    from kravsim.stream.occasions_compiled import Calendar, fill_occasions

    keys = (np.array(draws.key(purpose), np.uint64) for purpose in (HOW_MANY, WHICH))
    calendar = Calendar(years.start, len(years), runs_a_year, *keys)
    limits = more_claims(claims_per_occasion)
    expected = float(chance.sum()) * calendar.years * runs_a_year
    of_one_debtor = calendar.years * runs_a_year
    found = np.empty(
        (math.ceil(max(0.0, expected + STANDARD_ERRORS * math.sqrt(expected))) + of_one_debtor, 3), np.int32
    )
    debtor, filled = fill_occasions(calendar, chance, limits, 0, found, 0)
    while debtor < len(chance):
        found = np.concatenate((found, np.empty((filled + of_one_debtor, 3), np.int32)))
        debtor, filled = fill_occasions(calendar, chance, limits, debtor, found, filled)
    return found[:filled]


def more_claims(mean: float) -> NDArray[np.uint64]:
    """Limits of the 32-bit integers from which an occasion has one claim more: a geometric number, by inverse.

    Parameters
    ----------
    mean : float
        Claims an occasion, at least 1.

    Returns
    -------
    uint64 array
        Limit j is that of at least j + 2 claims; those that no draw reaches are left out.

    Examples
    --------
    >>> (more_claims(2.0)[:3] / 2**32).tolist()
    [0.5, 0.75, 0.875]
    """
    limits: list[int] = []
    fewer = 1.0
    while True:
        fewer *= 1.0 - 1.0 / mean
        limit = half_up((1.0 - fewer) * UNIFORM_RANGE)
        if limit >= UNIFORM_RANGE:
            return np.array(limits, np.uint64)
        limits.append(limit)
