"""Who is late in which invoice run, compiled: debtor by debtor, each debtor's occasions in order of time."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.philox_compiled import philox4x64
from kravsim.jit_compiled import compiled

Words = NDArray[np.uint64]

OCCASION_DEBTOR, OCCASION_RUN, OCCASION_CLAIMS = range(3)
"""Columns of an occasion: the debtor, the run's index since the first, the number of late claims."""
YEARS_A_BLOCK: Final = 8
"""Calendar years whose first-level draws lie in one block: one 32-bit integer each."""
RUNS_A_BLOCK: Final = 4
"""Late runs whose second-level draws lie in one block: two 32-bit integers each."""

_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)


class Calendar(NamedTuple):
    """Which years and runs are drawn, and by which keys.

    Attributes
    ----------
    first_year, years : int
        Calendar year of day 0, and how many years are drawn.
    runs_a_year : int
        Invoice runs of a year.
    """

    first_year: int
    years: int
    runs_a_year: int
    key_first: Words
    """Key of the purpose that settles how many runs of a year a debtor is late in, two words."""
    key_second: Words
    """Key of the purpose that settles which runs, and with how many claims."""


@compiled
def fill_occasions(
    calendar: Calendar, chance: NDArray[np.float64], more: Words, begin: int, out: NDArray[np.int32], filled: int
) -> tuple[int, int]:
    """Write the occasions of the debtors from `begin` on, until they are done or the room may not do for another.

    The number of late runs in a year is binomial, by inverse: one integer against the integer limits of its cumulative
    probabilities, which arise by multiplication, division and addition alone and so are the same on every machine. The
    runs are the first of a random order of the year's runs: a higher chance adds occasions and moves none.

    Parameters
    ----------
    calendar : Calendar
        Which years and runs, and the keys of their draws.
    chance : float64 array, shape (debtors,)
        Of being late with something in one run.
    more : uint64 array
        Limits of the number of claims beyond the first: as many as there are limits that a 32-bit draw reaches.
    begin : int
        Number of the first debtor.
    out : int32 array, shape (capacity, 3)
        Columns OCCASION_DEBTOR, OCCASION_RUN, OCCASION_CLAIMS; rows in order of debtor and run.
    filled : int
        Rows of `out` that are filled already.

    Returns
    -------
    tuple of two int
        The first debtor not done and the number of rows filled.
    """
    debtor = begin
    while debtor < len(chance) and filled + calendar.years * calendar.runs_a_year <= len(out):
        if chance[debtor] > 0.0:
            filled = _occasions_of(calendar, debtor, chance[debtor], more, out, filled)
        debtor += 1
    return debtor, filled


@compiled
def _occasions_of(
    calendar: Calendar, debtor: int, chance: float, more: Words, out: NDArray[np.int32], filled: int
) -> int:
    """Write all occasions of one debtor."""
    runs = calendar.runs_a_year
    few = chance <= 0.5
    rarer = chance if few else 1.0 - chance
    odds = rarer / (1.0 - rarer)
    none = _power(1.0 - rarer, runs)
    year = 0
    while year < calendar.years:
        epoch = (calendar.first_year + year) // YEARS_A_BLOCK
        block = philox4x64(debtor, epoch, 0, 0, calendar.key_first[0], calendar.key_first[1])
        until = min(calendar.years, (epoch + 1) * YEARS_A_BLOCK - calendar.first_year)
        while year < until:
            column = (calendar.first_year + year) - epoch * YEARS_A_BLOCK
            word = block[0] if column < 2 else block[1] if column < 4 else block[2] if column < 6 else block[3]
            luck = (word >> _HALF) if column & 1 else (word & _LOW)
            rare = _binomial(luck if few else _LOW - luck, runs, odds, none)
            late = rare if few else runs - rare
            if late > 0:
                _choose_runs(calendar, debtor, year, late, more, out, filled)
                filled += late
            year += 1
    return filled


@compiled
def _power(base: float, exponent: int) -> float:
    """Multiply by squaring: the same product on every machine, which a library's power is not."""
    power = 1.0
    while exponent > 0:
        if exponent & 1:
            power *= base
        base *= base
        exponent >>= 1
    return power


@compiled
def _binomial(luck: np.uint64, trials: int, odds: float, none: float) -> int:
    """Count the cumulative probabilities that a 32-bit integer reaches; each is rounded to such an integer first."""
    count, probability, cumulative = 0, none, none
    while count < trials and luck >= np.uint64(cumulative * 4294967296.0 + 0.5):
        probability *= odds * (trials - count) / (count + 1)
        cumulative += probability
        count += 1
    return count


@compiled
def _choose_runs(
    calendar: Calendar, debtor: int, year: int, late: int, more: Words, out: NDArray[np.int32], filled: int
) -> None:
    """Write the late runs of one year in order, each with its number of claims."""
    this_year = calendar.first_year + year
    for first in range(0, late, RUNS_A_BLOCK):
        visit = first // RUNS_A_BLOCK
        block = philox4x64(debtor, this_year, visit, 0, calendar.key_second[0], calendar.key_second[1])
        for k in range(first, min(first + RUNS_A_BLOCK, late)):
            column = k - first
            word = block[0] if column == 0 else block[1] if column == 1 else block[2] if column == 2 else block[3]
            # The drawn number counts the runs not yet taken: each that is taken at or before it moves it on by one.
            left = np.uint64(calendar.runs_a_year - k)
            run = year * calendar.runs_a_year + np.int64(((word & _LOW) * left) >> _HALF)
            at = filled
            while at < filled + k and out[at, OCCASION_RUN] <= run:
                run += 1
                at += 1
            for row in range(filled + k, at, -1):
                out[row, OCCASION_RUN], out[row, OCCASION_CLAIMS] = (
                    out[row - 1, OCCASION_RUN],
                    out[row - 1, OCCASION_CLAIMS],
                )
            claims = 1
            while claims <= len(more) and (word >> _HALF) >= more[claims - 1]:
                claims += 1
            out[filled + k, OCCASION_DEBTOR] = debtor
            out[at, OCCASION_RUN], out[at, OCCASION_CLAIMS] = run, claims
