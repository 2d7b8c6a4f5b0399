"""When a sum that has been below 0 is so no more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def paid_back(flows: NDArray[np.float64]) -> int | None:
    """Give the number of periods after which flows have paid themselves back, and stay so.

    Parameters
    ----------
    flows : float64 array, shape (periods,)
        One amount a period.

    Returns
    -------
    int or None
        0 where their sum is never below 0; None where it is below 0 at the end.

    Examples
    --------
    >>> [paid_back(np.array(one, float)) for one in ([-2, 1, 1, 1], [1, -2, 1, 1], [0, 1], [-1, 2, -2, 0])]
    [3, 3, 0, None]
    """
    sums = np.cumsum(flows)
    below = np.flatnonzero(sums < 0)
    if not below.size:
        return 0
    last = int(below[-1])
    return None if last == len(sums) - 1 else last + 2
