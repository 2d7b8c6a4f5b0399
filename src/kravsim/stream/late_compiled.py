"""How many debtors are late in a run, compiled: independent debtors, each with a chance of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.jit_compiled import compiled

Floats = NDArray[np.float64]


@compiled
def count_occasions(chance: Floats, number: Floats) -> None:
    """Fill in the probability of 0, 1, ... late debtors; the last entry takes that of as many and more.

    Parameters
    ----------
    chance : float64 array, shape (debtors,)
    number : float64 array, shape (n,)
        Of zeros.
    """
    last = len(number) - 1
    number[0] = 1.0
    reached = 0
    for debtor in range(len(chance)):
        late = chance[debtor]
        if reached < last:
            reached += 1
        if reached == last:
            number[last] += late * number[last - 1]
        for count in range(min(reached, last - 1), 0, -1):
            number[count] = (1.0 - late) * number[count] + late * number[count - 1]
        number[0] *= 1.0 - late
