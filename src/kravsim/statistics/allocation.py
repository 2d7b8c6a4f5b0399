"""What a sum is made of where it has a given value, such as a percentile: parts that add up to that value, none left over.

The part of a cause is what it is expected to be given that the sum has the value, E[part | sum = q]: the allocation of Euler,
the only one that agrees with what a little more of a part would do to the percentile. It is estimated by local linear
regression of each part on the sum. A local linear fit gives a straight line back as it is, and the parts of every replication
sum to its sum; so the estimates at q sum to q itself, whatever q is and however few replications there are. (A mean over the
replications near q, or the one replication that is the order statistic, would leave a residual, or follow a single year's
luck.)

Sources: Tasche, Capital allocation to business units and sub-portfolios: the Euler principle, 2008; Hallerbach, Decomposing
portfolio value-at-risk, Journal of Risk 5 (2003), for quantiles; Fan and Gijbels, Local polynomial modelling, 1996, chapters
2 and 3, for the weights.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NORMAL: Final = 1.06
"""Bandwidth of a normal sample in standard deviations, times n to the power of -1/5."""
_FLAT: Final = 1e-12


def weights_at(sums: Floats, at: float) -> Floats:
    """Weigh replications so that anything linear in the sum has its value at `at`: local linear regression, normal kernel.

    Parameters
    ----------
    sums : array of float64, shape (n,)
        What each replication came to, in any unit.
    at : float
        Within their range.

    Returns
    -------
    array of float64, shape (n,)
        They sum to 1, and the weighted mean of `sums` is `at`. Some may be below 0 near an end of the range.

    Examples
    --------
    >>> w = weights_at(np.array([1.0, 2.0, 3.0, 10.0]), 2.5)
    >>> round(float(w.sum()), 12), round(float(w @ [1.0, 2.0, 3.0, 10.0]), 12)
    (1.0, 2.5)
    """
    n = len(sums)
    spread = float(sums.std())
    if spread <= _FLAT * max(1.0, abs(at)):
        return np.full(n, 1 / n)
    away = (sums - at) / spread
    wide = _NORMAL * n**-0.2
    while True:
        near = np.exp(-((away / wide) ** 2) / 2)
        mass, lean, turn = float(near.sum()), float((near * away).sum()), float((near * away * away).sum())
        known = mass * turn - lean * lean
        if known > _FLAT * max(mass * turn, _FLAT):
            break
        wide *= 2  # too few replications are near for a slope
    weights = near * (turn - lean * away) / known
    return np.asarray(weights / weights.sum())
