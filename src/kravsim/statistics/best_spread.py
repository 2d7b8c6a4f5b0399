"""How the same number of worlds is best spread among readings, and how much narrower that would make the interval.

The mean over readings is that of their means by their weights. With W the weight of a reading, n its worlds and S the
standard deviation of what is left in them once the closed form has said its part, the error of the mean is the square root
of the sum of (W S)^2 / n and of what no simulated world can lessen. For a given sum of n it is least where n is in proportion
to W S (Neyman), a world costing the same in every reading.

S is estimated, and a spread that follows its errors looks better in the worlds that it was found in than it is. So what it
would gain is told by *halves*: the spread that one half of the worlds advises is judged by the other half, both ways. Where
readings do not differ that gains nothing, on average a little less. No reading is given less than half of what it has by
weight: percentiles and probabilities are plain counts over worlds that are spread by weight, and keep at least half of them.

Sources: Neyman, On the two different aspects of the representative method, Journal of the Royal Statistical Society 97
(1934), 558-625; Cochran, Sampling Techniques, 1977, sections 5.5 and 5.9 (estimated spreads).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from kravsim.statistics.control_fit import Floats, Whole, centred

LEAST_PART: Final = 0.5
"""Of the worlds that it has by weight, what a reading keeps at least."""
WORTH_SAYING: Final = 0.1
"""By so much must the interval become narrower for it to be told."""
LEAST_OF_STRUCTURE: Final = 3
"""Worlds by weight of which a structure surely gets two: with fewer, a reading whose numbers are given is counted as a whole,
and what its structures differ by is no longer taken away, so that no gain can be promised."""
LEAST_FREEDOM: Final = 4
"""Degrees of freedom that each half of each reading has; with fewer nothing is said."""


@dataclass(frozen=True)
class BestSpread:
    """A better spread of as many worlds among readings.

    Parameters
    ----------
    worlds : tuple of int
        Of each reading.
    narrower : float
        By what part the interval of the mean would be narrower, judged by halves; below 0 where it would be wider.
    by_weight : int
        Of the worlds, about so many would still be spread by weight.
    """

    worlds: tuple[int, ...]
    narrower: float
    by_weight: int

    @property
    def worth_saying(self) -> bool:
        """Whether it helps by as much as is told."""
        return self.narrower >= WORTH_SAYING

    def to_json(self, names: Sequence[str]) -> dict[str, Any]:
        """Plain values, strict JSON.

        Parameters
        ----------
        names : sequence of str
            Of the readings, in order.
        """
        worlds = dict(zip(names, self.worlds, strict=True))
        return {"worlds": worlds, "narrower": self.narrower, "spread_by_weight": self.by_weight}


def best_spread(
    left: Floats, structure: Whole, groups: Sequence[Sequence[int]], weights: Sequence[float], rest: float
) -> BestSpread | None:
    """Find the best spread of as many worlds as there are.

    Parameters
    ----------
    left : float64 array, shape (n,)
        Of each world, its value less what the closed form said of it.
    structure : int64 array, shape (n,)
        Its structure.
    groups : sequence of sequence of int
        Of each reading, its structures; each structure is of one of them.
    weights : sequence of float
        Probability of each structure; they sum to 1.
    rest : float
        The part of the squared error of the mean that simulated worlds do not lessen, square of the unit.

    Returns
    -------
    BestSpread or None
        None with a single reading, where a reading has too few worlds, where nothing is left in them, or where the best
        spread would leave a structure with too few.
    """
    rows = [np.flatnonzero(np.isin(structure, list(group))) for group in groups]
    place = _place(structure)
    halves = [[_square(left, structure, mine[place[mine] % 2 == half]) for mine in rows] for half in (0, 1)]
    if len(groups) < 2 or min(freedom for half in halves for _, freedom in half) < LEAST_FREEDOM:
        return None
    square = np.array([_square(left, structure, mine)[0] for mine in rows])
    of_half = np.array([[one for one, _ in half] for half in halves])
    if of_half.min() <= 0:
        return None
    total = len(structure)
    shares = np.array([math.fsum(weights[one] for one in group) for group in groups])
    shares /= shares.sum()
    now = np.array([len(mine) for mine in rows], np.float64)

    def error(squares: Floats, worlds: Floats) -> float:
        return math.fsum(shares**2 * squares / worlds)

    before = (error(of_half[0], now) + error(of_half[1], now)) / 2 + rest
    after = sum(error(of_half[1 - half], _neyman(total, shares, of_half[half])) for half in (0, 1)) / 2 + rest
    worlds = _whole(_neyman(total, shares, square), total)
    if any(
        many * weights[one] < LEAST_OF_STRUCTURE * math.fsum(weights[other] for other in group)
        for many, group in zip(worlds, groups, strict=True)
        for one in group
    ):
        return None
    by_weight = min(total, *(math.floor(n / share) for n, share in zip(worlds, shares.tolist(), strict=True)))
    return BestSpread(worlds, 1 - math.sqrt(after / before), by_weight)


def _place(structure: Whole) -> Whole:
    """Of each world, how many of its structure come before it."""
    place = np.zeros(len(structure), np.int64)
    for one in np.unique(structure).tolist():
        mine = structure == one
        place[mine] = np.arange(mine.sum())
    return place


def _square(left: Floats, structure: Whole, rows: Whole) -> tuple[float, int]:
    """The variance between worlds of one structure, over those of a reading, and its degrees of freedom."""
    away, level = centred(left[rows], structure[rows])
    freedom = len(rows) - len(level)
    return (float(away @ away) / freedom if freedom else 0.0), freedom


def _neyman(total: int, shares: Floats, squares: Floats) -> Floats:
    """Worlds of each reading in proportion to weight and spread, none below its least."""
    pull, least = shares * np.sqrt(squares), LEAST_PART * total * shares
    held = np.zeros(len(shares), np.bool_)
    while True:
        free = total - least[held].sum()
        found = np.where(held, least, free * pull / pull[~held].sum())
        short = ~held & (found < least)
        if not short.any():
            return np.asarray(found, np.float64)
        held |= short


def _whole(worlds: Floats, total: int) -> tuple[int, ...]:
    """Whole numbers with the same sum: those that lose most by being rounded down are rounded up."""
    down = np.floor(worlds).astype(np.int64)
    up = np.argsort(down - worlds, kind="stable")[: total - int(down.sum())]
    down[up] += 1
    return tuple(down.tolist())
