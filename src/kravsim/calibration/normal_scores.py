"""Numbers of parameter sets as normal scores under their priors, in which what the books tie together is straight."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from kravsim.scenario.prior import Prior

Floats = npt.NDArray[np.float64]

POINTS: Final = 4001
"""Quantiles that a prior is known by."""


def normal_scores(prior: Prior, keys: tuple[str, ...], values: Floats) -> tuple[Floats, Floats]:
    """Give normal scores of values under each number's own prior (n, d), and the prior's correlations of them (d, d).

    Parameters
    ----------
    prior : Prior
        Of the numbers.
    keys : tuple of str
        Which.
    values : float64 array, shape (n, d)
        In the units of the keys.
    """
    from scipy.special import ndtri

    grid = (np.arange(POINTS) + 0.5) / POINTS
    scores = np.empty_like(values)
    for place, key in enumerate(keys):
        value, limits = prior.numbers[key]
        points = value.quantiles(grid, limits)
        below = (
            np.searchsorted(points, values[:, place], "left") + np.searchsorted(points, values[:, place], "right")
        ) / 2
        scores[:, place] = ndtri(np.clip(below / POINTS, 0.5 / POINTS, 1 - 0.5 / POINTS))
    return scores, prior.normal_correlations(keys)
