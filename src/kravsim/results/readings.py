"""Parts of an uncertain comparison: the worlds that share an alternative, and means over structures by other weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.results.by_control import Means, as_json
from kravsim.statistics.coverage import longer_arm
from kravsim.statistics.distribution import Distribution


@dataclass(frozen=True, eq=False, repr=False)
class Reading(EqualByParts):
    """The worlds that share one alternative.

    Parameters
    ----------
    dimension, name : str
        Machine names of the dimension and of the alternative.
    titles : pair of str
        Swedish and English.
    weight : float
        Its probability.
    difference, economic_difference : Distribution or None
        First less second over its worlds, kr a calendar year; None when it has none.
    by_control : Means or None
        The mean differences with the closed form as control variate; None without it, and with too few worlds.
    """

    dimension: str
    name: str
    titles: tuple[str, str]
    weight: float
    difference: Distribution | None
    economic_difference: Distribution | None
    by_control: Means | None = None

    @property
    def worlds(self) -> int:
        """How many of the worlds are read in this way."""
        return 0 if self.difference is None else self.difference.n

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        said: dict[str, Any] = {"dimension": self.dimension, "name": self.name, "title": self.titles[1]}
        said |= {"weight": self.weight, "worlds": self.worlds}
        kinds = (("", self.difference), ("_economic", self.economic_difference))
        for suffix, spread in kinds:
            name = "difference_kr" if not suffix else "economic_difference_kr"
            said[name] = None if spread is None else spread.to_json()
            said[f"prob_first_better{suffix}"] = None if spread is None else spread.prob_above(0)
            interval = None if spread is None else list(spread.prob_above_interval(0))
            said[f"prob_first_better{suffix}_interval"] = interval
        return said | as_json(self.by_control, (self.difference, self.economic_difference))


@dataclass(frozen=True)
class Combined:
    """A mean difference over structures, each counted by a weight that is not that of its worlds; kr a calendar year.

    Parameters
    ----------
    mean, error : float
        Mean and its standard error; the error is NaN where a structure has a single world.
    reach : float
        The longer arm of the 95 % interval of the mean, in standard errors; NaN where the error is.
    """

    mean: float
    error: float
    reach: float

    @property
    def arm(self) -> float:
        """Half-width of the 95 % interval of the mean."""
        return self.reach * self.error

    def to_json(self) -> dict[str, float | None]:
        """Plain values, strict JSON."""
        return {"mean": self.mean, "standard_error": None if math.isnan(self.error) else self.error}

    @classmethod
    def of(cls, groups: Sequence[NDArray[np.float64]]) -> Combined:
        """Give every group of worlds the same weight.

        The interval is Student's t with degrees of freedom by Satterthwaite, corrected for skewness as that of a single mean.

        Parameters
        ----------
        groups : sequence of float64 array
            One value a world, kr, of the worlds of each structure; none is empty.
        """
        mean = math.fsum(float(one.mean()) for one in groups) / len(groups)
        if any(len(one) < 2 for one in groups):
            return cls(mean, math.nan, math.nan)
        squares = [float(one.var(ddof=1)) / len(one) for one in groups]
        return cls(mean, math.sqrt(math.fsum(squares)) / len(groups), longer_arm(groups))
