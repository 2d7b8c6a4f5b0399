"""Which share of a measure's variance comes from structure, parameters and chance: the law of total variance.

With Y the measure of one year, s the structure and t the parameters,

    Var(Y) = Var(E[Y | s]) + E[Var(E[Y | s, t] | s)] + E[Var(Y | s, t)]

which are the three layers, outermost first. Each is estimated without bias from worlds with two or more replications:
the variance between means of worlds holds some chance, and that between means of structures some of both, which is taken
away again. An estimate of something near 0 may therefore be below 0. It is kept as it is, in the shares too, which sum to 1:
were it raised to 0, a layer that is hardly there would come out too large on average.

Errors are the jackknife's: each world left out in turn, within its structure. Of the structures' variance, which is a square
of means, the jackknife error is too large by as much as the means' own errors make of it, and that is taken away.

Sources: Searle, Casella and McCulloch, Variance Components, 1992, chapter 3; Efron and Stein, The jackknife estimate of
variance, Annals of Statistics 9 (1981), for its bias.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError

LAYERS: Final = ("structure", "parameters", "chance")
"""Outermost first."""

FEWEST_FOR_ERRORS: Final = 3
"""Worlds of every structure from which a share has an error: leaving out one of two leaves no spread between worlds."""


class Layer(NamedTuple):
    """One layer of the variance.

    Parameters
    ----------
    name : str
        One of ``LAYERS``.
    variance : float
        Unbiased estimate, square of the measure's unit; below 0 when the layer is too small to be seen.
    share : float or None
        Of the total: below 0 where the variance is; None when nothing varies.
    share_se : float or None
        Standard error of the share, by jackknife over worlds; None where a structure has fewer than three worlds.
    """

    name: str
    variance: float
    share: float | None
    share_se: float | None


@dataclass(frozen=True, eq=False)
class Layers(EqualByParts):
    """The three layers of a measure's variance.

    Parameters
    ----------
    layers : tuple of Layer
        In the order of ``LAYERS``.
    """

    layers: tuple[Layer, ...]

    @property
    def total(self) -> float:
        """Variance of one year of one world: the sum of the layers."""
        return max(0.0, sum(layer.variance for layer in self.layers))

    def __getitem__(self, name: str) -> Layer:
        return self.layers[LAYERS.index(name)]

    def to_json(self) -> dict[str, Any]:
        """Plain values, by layer."""
        return {layer.name: {"variance_kr2": layer.variance, **_shares(layer)} for layer in self.layers}


def layers_of(
    values: NDArray[np.float64],
    structure: NDArray[np.int64],
    weights: Sequence[float],
    *,
    parameters_vary: bool = True,
) -> Layers:
    """Split the variance of a measure.

    Parameters
    ----------
    values : float64 array, shape (worlds, replications)
        Two replications or more; worlds of one structure are independent draws of the parameters.
    structure : int64 array, shape (worlds,)
        Number of each world's structure, from 0.
    weights : sequence of float
        Probability of each structure; they sum to 1.
    parameters_vary : bool
        Whether anything but chance can set worlds of one structure apart; if not, all that does is chance.

    Raises
    ------
    RunError
        When there is only one replication a world, or a structure has fewer than two worlds.
    """
    if values.ndim != 2 or values.shape[1] < 2:
        remedy = "chance cannot be told from parameters with a single replication in each world"
        raise RunError(Problem("", "replications_per_draw", values.shape[-1], "2 or more", remedy))
    counts = np.bincount(structure, minlength=len(weights))
    if counts.min() < 2:
        remedy = "draw more worlds, or settle some of the alternatives"
        raise RunError(Problem("", "draws", len(values), "two worlds or more of every structure", remedy))
    scale = float(np.max(np.abs(values - values[0, 0]))) or 1.0  # so that squares neither overflow nor vanish
    centred = (values - values[0, 0]) / scale
    groups = [centred[structure == number] for number in range(len(weights))]
    weighed = np.array(weights, dtype=np.float64)
    whole = _moments(groups)
    raw = _estimate(whole, weighed, parameters_vary=parameters_vary)[:, 0]
    raw[np.abs(raw) < 1e-15] = 0.0
    shares = _as_shares(raw[:, None])[:, 0]
    errors = np.full(3, np.nan)
    if not np.isnan(shares).any() and counts.min() >= FEWEST_FOR_ERRORS:
        errors = _errors(groups, whole, weighed, parameters_vary=parameters_vary)
    return Layers(
        tuple(
            Layer(name, float(raw[place] * scale * scale), _known(shares[place]), _known(errors[place]))
            for place, name in enumerate(LAYERS)
        )
    )


class _Moments(NamedTuple):
    """What the estimates are made of, by structure and, where there are several, resample: shape (structures, resamples).

    The mean over worlds, the variance between means of worlds, the mean variance within worlds, and the number of worlds;
    ``replications`` is that of each world.
    """

    mean: NDArray[np.float64]
    between: NDArray[np.float64]
    within: NDArray[np.float64]
    worlds: NDArray[np.float64]
    replications: int


def _moments(groups: Sequence[NDArray[np.float64]]) -> _Moments:
    of_world = [group.mean(axis=1) for group in groups]
    found = [
        [of.mean() for of in of_world],
        [of.var(ddof=1) for of in of_world],
        [group.var(axis=1, ddof=1).mean() for group in groups],
        [len(group) for group in groups],
    ]
    mean, between, within, worlds = (np.array(part, np.float64)[:, None] for part in found)
    return _Moments(mean, between, within, worlds, groups[0].shape[1])


def _estimate(of: _Moments, weights: NDArray[np.float64], *, parameters_vary: bool) -> NDArray[np.float64]:
    """Estimate the three variances, shape (3, resamples)."""
    weigh, replications = weights[:, None], of.replications
    middle = (weigh * of.mean).sum(axis=0)
    own_error = of.between / of.worlds  # variance of each structure's mean
    structure = (weigh * (of.mean - middle) ** 2).sum(axis=0) - (weigh * (1 - weigh) * own_error).sum(axis=0)
    if not parameters_vary:
        pooled = (weigh * (of.within * (replications - 1) / replications + of.between)).sum(axis=0)
        return np.stack([structure, np.zeros_like(structure), pooled])
    parameters = (weigh * (of.between - of.within / replications)).sum(axis=0)
    return np.stack([structure, parameters, (weigh * of.within).sum(axis=0)])


def _as_shares(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    total = raw.sum(axis=0)
    return np.where(total > 0, raw / np.where(total > 0, total, 1.0), np.nan)


def _errors(
    groups: Sequence[NDArray[np.float64]], whole: _Moments, weights: NDArray[np.float64], *, parameters_vary: bool
) -> NDArray[np.float64]:
    """Standard errors of the shares (3,)."""
    variance = np.zeros(3)
    for place, group in enumerate(groups):
        left = _one_left_out(group, place, whole)
        shares = _as_shares(_estimate(left, weights, parameters_vary=parameters_vary))
        away = shares - shares.mean(axis=1, keepdims=True)
        variance += (len(group) - 1) / len(group) * (away**2).sum(axis=1)
    raw = _estimate(whole, weights, parameters_vary=parameters_vary)[:, 0]
    total, shares = raw.sum(), raw / raw.sum()
    own_error = (whole.between / whole.worlds)[:, 0]
    form = np.diag(weights) - np.outer(weights, weights)  # of the structures' variance, in their means
    of_errors = 2.0 * float((form**2 * np.outer(own_error, own_error)).sum()) / total**2
    slope = np.array([1.0, 0.0, 0.0]) - shares  # of each share in the structures' variance, times the total
    least = of_errors * slope**2
    return np.asarray(np.sqrt(np.maximum(variance - least, least)))


def _one_left_out(group: NDArray[np.float64], place: int, whole: _Moments) -> _Moments:
    """The moments without each world of one structure in turn, shape (structures, its worlds)."""
    n = len(group)
    means, within = group.mean(axis=1), group.var(axis=1, ddof=1)
    away = means - means.mean()
    mean = means.mean() - away / (n - 1)
    between = np.maximum((away**2).sum() - n / (n - 1) * away**2, 0.0) / (n - 2)
    left = whole._replace(
        mean=np.repeat(whole.mean, n, axis=1),
        between=np.repeat(whole.between, n, axis=1),
        within=np.repeat(whole.within, n, axis=1),
        worlds=np.repeat(whole.worlds, n, axis=1),
    )
    left.mean[place], left.between[place], left.worlds[place] = mean, between, n - 1
    left.within[place] = (within.sum() - within) / (n - 1)
    return left


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _shares(layer: Layer) -> dict[str, float | None]:
    return {"share": layer.share, "share_se": layer.share_se}
