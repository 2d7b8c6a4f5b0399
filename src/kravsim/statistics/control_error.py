"""The error of a mean that is made of independent parts, and the interval that follows from them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.statistics.coverage import LEVEL, arms, is_skewed
from kravsim.statistics.interval import Interval

Floats = NDArray[np.float64]


class Part(NamedTuple):
    """An independent part of the error of a mean.

    Parameters
    ----------
    square, third : float
        Its variance and third central moment.
    freedom : float
        Degrees of freedom of the variance.
    """

    square: float
    third: float
    freedom: float


class Estimate(NamedTuple):
    """An estimate with the independent parts of its error.

    Parameters
    ----------
    mean : float
        The estimate.
    worlds, more, sets : tuple of Part
        Of simulated worlds, of further worlds, and of parameter sets being a sample.
    coefficient : float
        By which the twin counts, on average.
    chance, between : float
        Variance of one replication by chance; between worlds, what the twin leaves without it.
    chance_square : float
        What chance makes of the variance of the estimate.
    left : float64 array, shape (n,)
        Of each simulated world, its value less what the twin predicts and plus what it predicts of the further worlds.
    """

    mean: float
    worlds: tuple[Part, ...]
    more: tuple[Part, ...]
    sets: tuple[Part, ...]
    coefficient: float
    chance: float
    between: float
    chance_square: float
    left: Floats

    @property
    def squares(self) -> list[float]:
        """Variances of all parts."""
        return [part.square for part in (*self.worlds, *self.more, *self.sets)]

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Of the squared error, in the order of ``ERROR_PARTS``."""
        whole = math.fsum(self.squares)
        if whole <= 0:
            return 0.0, 0.0, 0.0, 0.0
        simulated, more, sets = (
            math.fsum(part.square for part in parts) / whole for parts in (self.worlds, self.more, self.sets)
        )
        chance = min(self.chance_square / whole, simulated)
        return chance, simulated - chance, more, sets

    def interval(self) -> Interval:
        """The 95 % interval of the mean."""
        from scipy import stats

        parts = [part for part in (*self.worlds, *self.more, *self.sets) if part.square > 0]
        if not parts:
            return Interval((self.mean, self.mean), LEVEL, "identical")
        whole = math.fsum(part.square for part in parts)
        freedom = whole**2 / math.fsum(part.square**2 / part.freedom for part in parts)
        skewness = math.fsum(part.third for part in parts) / whole**1.5 * (freedom + 1) ** 0.5
        half = float(stats.t.ppf((1 + LEVEL) / 2, freedom))
        below, above = (float(arm) * whole**0.5 for arm in arms(skewness, freedom + 1, half))
        method = "t, corrected for skewness" if is_skewed(skewness, freedom + 1) else "t"
        return Interval((self.mean - below, self.mean + above), LEVEL, method)


def part_of(values: Floats, weight: float) -> Part:
    """The error of a weighed mean of independent values; of a single one that of none is known.

    Parameters
    ----------
    values : float64 array, shape (n,)
        The values.
    weight : float
        By which their mean is multiplied.
    """
    n = len(values)
    if n < 2:
        return Part(0.0, 0.0, 1.0)
    away = values - values.mean()
    second, third = float((away**2).mean()), float((away**3).mean())
    return Part(weight**2 * second / (n - 1), weight**3 * third / n**2, n - 1.0)
