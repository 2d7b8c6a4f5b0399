"""The loop over bins of cumulative incidence; what it estimates, and how, says :mod:`kravsim.measures.incidence`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.jit_compiled import compiled
from kravsim.settling.curves import CENSORED, ENDED_BY_EVENT, ENDED_OTHERWISE

NONE_LEFT = 1e-12
"""A share that had no end, of those at risk, that is nothing but the rounding of floats."""


@compiled
def estimate(counts: NDArray[np.int64], shares: NDArray[np.float64]) -> None:
    """Fill in shares by the end of each bin.

    Parameters
    ----------
    counts : int array (curves, 3, bins)
        Claims, or öre, by how they end and in which bin.
    shares : float array (curves, 2, bins)
        Filled in: ended by the event, and otherwise.
    """
    bins = counts.shape[2]
    for curve in range(len(counts)):
        at_risk = 0
        for kind in range(CENSORED + 1):
            for place in range(bins):
                at_risk += counts[curve, kind, place]
        open_before, paid, ended = 1.0, 0.0, 0.0
        for place in range(bins):
            events, others = counts[curve, ENDED_BY_EVENT, place], counts[curve, ENDED_OTHERWISE, place]
            exposed = at_risk - counts[curve, CENSORED, place]
            if exposed > 0:
                paid += open_before * events / exposed
                ended += open_before * others / exposed
                open_before *= (exposed - events - others) / exposed
            at_risk -= events + others + counts[curve, CENSORED, place]
            known = exposed > 0 or open_before <= NONE_LEFT or place == bins - 1
            shares[curve, ENDED_BY_EVENT, place] = paid if known else np.nan
            shares[curve, ENDED_OTHERWISE, place] = ended if known else np.nan
