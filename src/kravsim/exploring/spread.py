"""How far the numbers without a slider can move the difference: nine worlds of ten, wherever the sliders stand.

Each world draws those numbers from what is assumed of them before the books are read, at positions of the sliders spread over
their ranges; staff are then as many as the scenario says of drawn worlds. What a world differs by from the scenario's own
numbers, with the same staff rule and the same positions, is taken to move in proportion to the positions
(quantile regression, Koenker and Bassett 1978).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from kravsim.calibration.evaluating import is_of
from kravsim.exploring.basis import Floats, rounded
from kravsim.exploring.closed import Asked
from kravsim.scenario.prior import prior

WORLDS: Final = 256
QUANTILES: Final = (0.05, 0.95)
_SEED: Final = 6
_FEWEST: Final = 60
_DIGITS: Final = 1


@dataclass(frozen=True, eq=False)
class Spread:
    """What is added to the difference at either end of nine worlds of ten.

    Parameters
    ----------
    numbers : int
        How many numbers without a slider are drawn.
    worlds, without : int
        Worlds that were drawn, and those of them without an answer, which are left out.
    weights : float64 array, shape (2, 1 + inputs)
        Of the lower and the upper end: kr a year where every slider is in the middle of its range, and what each adds from
        there to its high end.
    """

    numbers: int
    worlds: int
    without: int
    weights: Floats

    def at(self, x: Floats) -> Floats:
        """Give what is added at both ends, kr a year, shape (points, 2).

        Parameters
        ----------
        x : float64 array, shape (points, inputs)
            From -1 to 1.
        """
        ends = self.weights[:, 0] + x @ self.weights[:, 1:].T
        return np.sort(ends, axis=1)

    def to_json(self) -> dict[str, Any]:
        """Plain values, as the page reads them."""
        return {
            "numbers": self.numbers,
            "worlds": self.worlds,
            "without": self.without,
            "weights": self.weights.tolist(),
        }


def drawn_numbers(asked: Asked, worlds: int) -> dict[str, Floats]:
    """Draw the numbers without a slider, by key, shape (worlds,); the same each time.

    Parameters
    ----------
    asked : Asked
        Whose sliders stand by themselves.
    worlds : int
        How many worlds.
    """
    believed = prior(asked.scenario.data)
    moved = {key for one in asked.sliders for key in (one.key, *one.beside)}
    keys = [key for key in believed.keys if is_of(key, *asked.models) and key not in moved]
    if not keys:
        return {}
    normals = np.random.default_rng(_SEED).standard_normal((worlds, len(believed.columns)))
    drawn = believed.values(normals)
    return {key: drawn[key] for key in keys}


def spread_of(asked: Asked) -> Spread | None:
    """Find how far the numbers without a slider move the difference; None where there are none, or too few worlds answer.

    Parameters
    ----------
    asked : Asked
        The sliders.
    """
    from scipy.stats import qmc

    more = drawn_numbers(asked, WORLDS)
    if not more:
        return None
    x = np.asarray(2 * qmc.Sobol(len(asked.sliders), rng=_SEED).random(WORLDS) - 1)
    moved = _difference(asked, x, more) - _difference(asked, x, {})
    known = np.isfinite(moved)
    if known.sum() < _FEWEST:
        return None
    table = np.column_stack([np.ones(known.sum()), x[known]])
    weights = np.stack([_quantile(table, moved[known], tau) for tau in QUANTILES])
    return Spread(len(more), WORLDS, int((~known).sum()), rounded(weights, _DIGITS))


def _difference(asked: Asked, x: Floats, more: dict[str, Floats]) -> Floats:
    first, second = (asked.at(model, x, more, drawn=True).net for model in asked.models)
    return np.asarray(first - second)


def _quantile(table: Floats, y: Floats, tau: float) -> Floats:
    """Weights with which so large a share of `y` lies below: a linear programme in kr of the largest amount."""
    from scipy.optimize import linprog

    scale = float(np.abs(y).max()) or 1.0
    n, k = table.shape
    price = np.concatenate([np.zeros(k), np.full(n, tau), np.full(n, 1 - tau)])
    equal = np.hstack([table, np.eye(n), -np.eye(n)])
    bounds = [(None, None)] * k + [(0, None)] * (2 * n)
    found = linprog(price, A_eq=equal, b_eq=y / scale, bounds=bounds, method="highs")
    return np.asarray(np.asarray(found.x)[:k] * scale)
