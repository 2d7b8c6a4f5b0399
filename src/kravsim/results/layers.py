"""Which share of a measure's variance comes from structure, parameters and chance: the law of total variance.

With Y the measure of one year, s the structure and t the parameters,

    Var(Y) = Var(E[Y | s]) + E[Var(E[Y | s, t] | s)] + E[Var(Y | s, t)]

which are the three layers, outermost first. Each is estimated without bias from worlds with two or more replications:
the variance between means of worlds holds some chance, and that between means of structures some of both, which is taken
away again. An estimate of something near 0 may therefore be below 0; it then counts as 0 and is shown as it is.

Sources: Searle, Casella and McCulloch, Variance Components, 1992, chapter 3; McCarthy and Snowden, The Bootstrap and
Finite Population Sampling, 1985, for resampling one less than there are.
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

_RESAMPLES: Final = 2_000
_SEED: Final = 20_182


class Layer(NamedTuple):
    """One layer of the variance.

    Parameters
    ----------
    name : str
        One of ``LAYERS``.
    variance : float
        Unbiased estimate, square of the measure's unit; below 0 when the layer is too small to be seen.
    share : float or None
        Of the total, an estimate below 0 counting as 0; None when nothing varies.
    share_se : float or None
        Standard error of the share, by bootstrap over worlds.
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
        """Variance of one year of one world: the sum of the layers as they count."""
        return sum(max(0.0, layer.variance) for layer in self.layers)

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
    raw = _estimate(groups, weighed, parameters_vary=parameters_vary)[:, 0]
    raw[np.abs(raw) < 1e-15] = 0.0
    shares = _as_shares(raw[:, None])[:, 0]
    errors = np.full(3, np.nan) if np.isnan(shares).any() else _errors(groups, weighed, parameters_vary=parameters_vary)
    return Layers(
        tuple(
            Layer(name, float(raw[place] * scale * scale), _known(shares[place]), _known(errors[place]))
            for place, name in enumerate(LAYERS)
        )
    )


def _estimate(
    groups: Sequence[NDArray[np.float64]], weights: NDArray[np.float64], *, parameters_vary: bool
) -> NDArray[np.float64]:
    """Estimate the three variances, shape (3, resamples); worlds stand on the last axis but one of each group.

    A group has shape (worlds, replications) or (resamples, worlds, replications).
    """
    means, between, within, worlds = [], [], [], []
    replications = groups[0].shape[-1]
    for group in groups:
        of_world = group.mean(axis=-1)
        means.append(of_world.mean(axis=-1))
        between.append(of_world.var(axis=-1, ddof=1))
        within.append(group.var(axis=-1, ddof=1).mean(axis=-1))
        worlds.append(group.shape[-2])
    mean, spread, chance = (np.atleast_2d(np.array(part).T).T for part in (means, between, within))
    weigh = weights[:, None]
    middle = (weigh * mean).sum(axis=0)
    own_error = spread / np.array(worlds)[:, None]  # variance of each structure's mean
    structure = (weigh * (mean - middle) ** 2).sum(axis=0) - (weigh * (1 - weigh) * own_error).sum(axis=0)
    if not parameters_vary:
        pooled = (weigh * (chance * (replications - 1) / replications + spread)).sum(axis=0)
        return np.stack([structure, np.zeros_like(structure), pooled])
    parameters = (weigh * (spread - chance / replications)).sum(axis=0)
    return np.stack([structure, parameters, (weigh * chance).sum(axis=0)])


def _as_shares(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    counted = np.maximum(raw, 0.0)
    total = counted.sum(axis=0)
    return np.where(total > 0, counted / np.where(total > 0, total, 1.0), np.nan)


def _errors(
    groups: Sequence[NDArray[np.float64]], weights: NDArray[np.float64], *, parameters_vary: bool
) -> NDArray[np.float64]:
    """Bootstrap over worlds within each structure.

    One world less than there are is drawn, so that the error of a mean comes out right in small structures too.
    """
    rng = np.random.default_rng(_SEED)
    found = []
    size = max(1, 2_000_000 // sum(group.size for group in groups))
    for begin in range(0, _RESAMPLES, size):
        many = min(size, _RESAMPLES - begin)
        drawn = [group[rng.integers(0, len(group), (many, max(2, len(group) - 1)))] for group in groups]
        found.append(_as_shares(_estimate(drawn, weights, parameters_vary=parameters_vary)))
    shares = np.concatenate(found, axis=1)
    errors: NDArray[np.float64] = np.nanstd(shares, axis=1, ddof=1)
    return errors


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _shares(layer: Layer) -> dict[str, float | None]:
    return {"share": layer.share, "share_se": layer.share_se}
