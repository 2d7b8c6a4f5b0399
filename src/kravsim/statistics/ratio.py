"""A share over many years: all its parts together by all its wholes together, with the error of such a ratio.

The mean of yearly shares would weigh a year of three claims as one of three hundred, and a year without claims has no share
at all. The ratio of totals is the share of all claims of all years. Its error is the jackknife's: each year left out in turn.

Sources: Cochran, Sampling Techniques, 1977, chapter 6 (ratio estimators); Efron and Tibshirani, An Introduction to the
Bootstrap, 1993, chapter 11 (jackknife and pseudo-values).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kravsim.errors import Problem, RunError
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.interval import ESTIMABLE_LEVEL, Interval

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Ratio(Distribution):
    """A share, or a mean of claims, whose `mean` is the ratio of totals and whose samples are of the years that have any.

    Made by :func:`ratio_of`.

    Parameters
    ----------
    parts, wholes : array of float64, shape (replications,)
        Of every year; where the whole is 0 there is no sample.
    """

    parts: NDArray[np.float64]
    wholes: NDArray[np.float64]

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:  # type: ignore[override]
        return ratio_of, (self.parts, self.wholes, self.label, self.unit)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ratio):
            return NotImplemented
        same = np.array_equal(self.parts, other.parts) and np.array_equal(self.wholes, other.wholes)
        return (self.label, self.unit) == (other.label, other.unit) and same

    def __hash__(self) -> int:
        return hash((self.label, self.unit, self.parts.tobytes(), self.wholes.tobytes()))

    @property
    def undefined(self) -> int:
        """How many years had nothing to take a share of."""
        return len(self.wholes) - self.n

    @property
    def mean(self) -> float:
        """The ratio of totals, in `unit`; the same whatever the order of the years."""
        if self.identical:
            return float(self.samples[0])
        return math.fsum(self.parts) / math.fsum(self.wholes) + 0.0

    @property
    def se(self) -> float:
        """Standard error of the ratio of totals, by jackknife over all years.

        Raises
        ------
        RunError
            When only one year has anything to take a share of.
        """
        self._need(2, "standard error")
        return self.pseudo_values.se

    @cached_property
    def pseudo_values(self) -> Distribution:
        """Jackknife pseudo-values, one a year: their mean is the ratio but for its bias, their error that of the ratio."""
        part, whole, years = math.fsum(self.parts), math.fsum(self.wholes), len(self.wholes)
        without = (part - self.parts) / (whole - self.wholes)
        return Distribution(years * (part / whole) - (years - 1) * without, self.label, self.unit)

    def mean_interval(self, level: float = ESTIMABLE_LEVEL) -> Interval:
        """Bound the ratio of totals: what more replications with the same parameters would give.

        As :meth:`Distribution.mean_interval` for the pseudo-values, around the ratio itself.

        Parameters
        ----------
        level : float
            Level of the interval, strictly between 0 and 1.

        Raises
        ------
        RunError
            When `level` is not between 0 and 1, or only one year has anything to take a share of.
        """
        self._need(2, "an interval of the mean")
        found = self.pseudo_values.mean_interval(level)
        moved = self.mean - self.pseudo_values.mean
        return Interval((found[0] + moved, found[1] + moved), found.level, found.method, found.coverage)

    def less(self, other: Ratio) -> Distribution:
        """Give this ratio less another of the same years: its mean is their difference, its error that of a paired one.

        Parameters
        ----------
        other : Ratio
            Of the same measure and the same years, of another model.
        """
        gap = self.mean - other.mean
        if min(self.n, other.n) < 2:
            return Distribution(np.array([gap]), self.label, self.unit)
        apart = self.pseudo_values.samples - other.pseudo_values.samples
        return Distribution(apart - (math.fsum(apart) / len(apart) - gap), self.label, self.unit)

    def to_frame(self) -> pd.DataFrame:
        """Give a table with one row a year that has a share; the index is the number of the replication."""
        import pandas as pd

        index = pd.Index(np.flatnonzero(self.wholes), name="replication")
        return pd.DataFrame({self.label: self.samples.copy()}, index=index)

    def to_json(self) -> dict[str, float | int | None]:
        """Summarise as plain numbers: as :meth:`Distribution.to_json`, with `undefined` where years had no share."""
        answer = super().to_json()
        return answer | ({"undefined": self.undefined} if self.undefined else {})


def ratio_of(parts: ArrayLike, wholes: ArrayLike, label: str, unit: str) -> Ratio:
    """Make the share of totals over years.

    Parameters
    ----------
    parts, wholes : array of float64, shape (replications,)
        Of every year, in one unit; where the whole is 0 there is nothing to take a share of.
    label, unit : str
        As in :class:`Distribution`.

    Raises
    ------
    RunError
        When no year has a whole, or a whole is negative.

    Examples
    --------
    >>> success = ratio_of([1.0, 0.0, 30.0], [2.0, 0.0, 40.0], "success_share", "share")
    >>> round(success.mean, 3), success.samples.tolist(), success.undefined
    (0.738, [0.5, 0.75], 1)
    """
    part, whole = np.array(parts, np.float64), np.array(wholes, np.float64)
    if not (whole >= 0).all() or not whole.any():
        allowed = "wholes of at least 0, one of them above it"
        raise RunError(Problem("", label, whole.tolist()[:5], allowed, "there was nothing to take a share of"))
    there = whole > 0
    return Ratio(part[there] / whole[there], label, unit, part, whole)
