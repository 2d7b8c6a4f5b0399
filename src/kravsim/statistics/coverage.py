"""The interval of a mean where samples are skewed, and how often it was found to cover.

Student's interval misses where the values have a long tail on one side. Where their skewness is beyond its own standard
error, Hall's transformation takes it out of the studentised mean to the order of the sample's size, and is turned back for
the bounds: no resampling, and the same every time. How often the result covers was measured on populations from the normal
to one of skewness 33 (docs/coverage.md); where that is less than it says, the words beside the interval tell it.

Sources: P. Hall, On the removal of skewness by transformation, Journal of the Royal Statistical Society B 54 (1992), 221-228.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from kravsim.words.display import share
from kravsim.words.doubts import Doubt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kravsim.statistics.distribution import Distribution

SIZES: Final = (5, 10, 20, 40, 72, 100, 200)
"""Samples at which the coverage was measured."""
NOTED_BELOW: Final = 0.935
"""Measured coverage of a 95 % interval below which it is told."""
LEVEL: Final = 0.95


def arms(skewness: Any, n: Any, quantile: Any) -> tuple[Any, Any]:
    """How far an interval of the mean reaches below and above it, in standard errors.

    Parameters
    ----------
    skewness : float or array
        Third standardised moment of the sample.
    n : int or array
        Its size.
    quantile : float or array
        Of Student's t, both sides alike.

    Examples
    --------
    >>> [round(float(arm), 3) for arm in arms(0.3, 40, 2.0)]  # no more than chance makes of none
    [2.0, 2.0]
    >>> [round(float(arm), 3) for arm in arms(1.5, 40, 2.0)]
    [1.717, 2.502]
    """
    import numpy as np

    skewed = is_skewed(skewness, n)
    slope = np.where(skewed, skewness, 1.0) / n**0.5

    def back(value: Any) -> Any:
        return np.where(skewed, 3 / slope * (np.cbrt(1 + slope * (value - slope / 6)) - 1), value)

    return back(quantile), -back(-quantile)


def longer_arm(groups: Sequence[NDArray[np.float64]]) -> float:
    """How far the 95 % interval of the mean of several groups' means reaches, in standard errors: the longer of its arms.

    Degrees of freedom by Satterthwaite, skewness of the mean from the third moments of all groups; of a single group it is
    the arm of :meth:`Distribution.mean_interval`.

    Parameters
    ----------
    groups : sequence of float64 array
        Values of each group, two or more.

    Returns
    -------
    float
        0 where no group varies.
    """
    import numpy as np
    from scipy import stats

    n = np.array([len(one) for one in groups], np.float64)
    second, third = (np.array([float(((one - one.mean()) ** order).mean()) for one in groups]) for order in (2, 3))
    parts = second / (n - 1)
    if not parts.any():
        return 0.0
    freedom = float(parts.sum() ** 2 / (parts**2 / (n - 1)).sum())
    skewness = float((third / n**2).sum() / (second / n).sum() ** 1.5) * (freedom + 1) ** 0.5
    half = float(stats.t.ppf((1 + LEVEL) / 2, freedom))
    return float(max(arms(skewness, freedom + 1, half)))


def is_skewed(skewness: Any, n: Any) -> Any:
    """Say whether a sample's skewness is beyond its own standard error in normal samples of its size; none of two is.

    Parameters
    ----------
    skewness : float or array
        Third standardised moment of each sample.
    n : int or array
        Size of each sample; of the shape of `skewness`.

    Returns
    -------
    bool or array of bool
        Of the shape of `skewness`.
    """
    import numpy as np

    size = np.maximum(n, 3)
    own_error = np.sqrt(6.0 * size * (size - 1) / ((size - 2) * (size + 1.0) * (size + 3)))
    return (np.asarray(n) > 2) & (np.abs(skewness) > own_error)


def measured(n: int, skewness: float) -> float | None:
    """Say how often the 95 % interval was found to cover for samples like this; None where there are too few to say.

    A sample is taken to come from the least skewed of the populations that were tried half of whose samples are as skewed.

    Parameters
    ----------
    n : int
        Size of the sample; beyond 200 as at 200, below 5 unknown.
    skewness : float
        Of the sample.
    """
    from kravsim.statistics.coverage_table import COVERED

    if n < SIZES[0]:
        return None
    lowest = 1.0
    for usual, covered in COVERED[bisect_right(SIZES, n) - 1]:
        lowest = min(lowest, covered)
        if usual >= abs(skewness):
            break
    return lowest


def covers_less(spreads: Iterable[Distribution]) -> tuple[Doubt, ...]:
    """Say how often 95 % intervals of such means were measured to cover, where one of them does so too seldom.

    Parameters
    ----------
    spreads : iterable of Distribution
        Measures whose means are told with an interval; a single replication has none and is passed over.

    Returns
    -------
    tuple of Doubt
        One or none.
    """
    known = [spread.mean_interval().coverage for spread in spreads if spread.n > 1]
    lowest = min((covered for covered in known if covered is not None), default=1.0)
    if lowest >= NOTED_BELOW:
        return ()
    sv, en = (share(lowest, lang, step=0.01) for lang in ("sv", "en"))
    level = share(LEVEL, "sv", step=0.01)
    return (
        Doubt(
            "covers_less",
            f"Intervall på {level} för medelvärden täcker i omkring {sv} av fallen när värden är så få och skeva (uppmätt).",
            f"95% intervals of means cover about {en} of the time where values are so few and so skewed (measured).",
        ),
    )
