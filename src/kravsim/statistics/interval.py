"""Two bounds that know how they were found, and how many replications a quantile's bounds need."""

from __future__ import annotations

import math
from typing import Final

from kravsim.errors import Problem, RunError
from kravsim.scalars import real_number

ESTIMABLE_LEVEL: Final = 0.95
"""A percentile counts as estimable when an order-statistic interval of this level bounds it on both sides."""


class Interval(tuple[float, float]):
    """Two bounds, with the level they were asked for and how they were found.

    Parameters
    ----------
    bounds : pair of float
        Lower and upper bound; the interval unpacks and compares as this pair.
    level : float
        The level asked for, such as 0.95.
    method : str
        `t`, `t, corrected for skewness`, `identical`, `order statistics`, `exact binomial` or `quantiles`.
    coverage : float or None
        Of order statistics the exact coverage; of a mean the measured one (:mod:`kravsim.statistics.coverage`).
    ranks : pair of int or None
        Ranks of the order statistics, from 1.
    """

    level: float
    method: str
    coverage: float | None
    ranks: tuple[int, int] | None

    def __new__(
        cls,
        bounds: tuple[float, float],
        level: float = ESTIMABLE_LEVEL,
        method: str = "",
        coverage: float | None = None,
        ranks: tuple[int, int] | None = None,
    ) -> Interval:
        """Make the pair; `-0.0` becomes 0."""
        made = super().__new__(cls, (float(bounds[0]) + 0.0, float(bounds[1]) + 0.0))
        made.level, made.method, made.coverage, made.ranks = level, method, coverage, ranks
        return made


def replications_needed(p: float, level: float = ESTIMABLE_LEVEL) -> int:
    """Count the replications from which an order-statistic interval of a quantile has both its bounds.

    Parameters
    ----------
    p : float
        The quantile, strictly between 0 and 1.
    level : float
        Level of the interval, strictly between 0 and 1.

    Returns
    -------
    int
        The smallest n with max(p, 1 - p)**n <= (1 - level) / 2.

    Examples
    --------
    >>> [replications_needed(p) for p in (0.05, 0.1, 0.5, 0.95)]
    [72, 36, 6, 72]
    """
    p, level = between("p", p), between("level", level)
    tail, share = (1 - level) / 2, max(p, 1 - p)
    n = max(1, math.floor(math.log(tail) / math.log(share)) - 1)
    while share**n > tail * (1 + 1e-12):
        n += 1
    return n


def between(name: str, value: object) -> float:
    """Accept a number strictly between 0 and 1, and nothing else.

    Parameters
    ----------
    name : str
        What the number is called in the error.
    value : object
        What a caller gave.

    Raises
    ------
    RunError
        For text, truth values, arrays and numbers outside.
    """
    number = real_number(value)
    if number is None or not 0 < number < 1:
        raise RunError(Problem("", name, value, "a number strictly between 0 and 1", "write 5 per cent as 0.05"))
    return float(number)
