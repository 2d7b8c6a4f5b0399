"""Where a figure over two numbers is 0: the line through a grid, with every crossing of its edges brought home."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final

import numpy as np

from kravsim.studies.decision.checks import Floats

_ROUNDS: Final = 30
_NEAR: Final = 1e-9
"""An edge's crossing is found when the figure is this small beside the edge's ends."""

Many = Callable[[Floats, Floats], Floats]
"""Takes points (n,) and (n,), gives the figure at each."""

Edge = tuple[int, int, int]
"""Axis it runs along (0 or 1), and the place of its lower end."""


def crossings(
    value: Many, x: Floats, y: Floats, z: Floats, whole: tuple[bool, bool] = (False, False)
) -> dict[Edge, tuple[float, float]]:
    """Find where the figure is 0 on the edges of a grid.

    Parameters
    ----------
    value : callable
        The figure at points: arrays of the two numbers, of one length, to an array.
    x, y : float64 arrays
        Rising.
    z : float64 array, shape (len(x), len(y))
        The figure; NaN where there is no answer, and then no edge there is looked at.
    whole : (bool, bool)
        Axes on which nothing lies between two neighbours: the middle is given there.

    Returns
    -------
    dict of edge to (float, float)
        A crossing an edge.
    """
    edges = [*_changing(z, 0), *_changing(z, 1)]
    if not edges:
        return {}
    low = np.array([(x[i], y[j]) for _, i, j in edges])
    high = np.array([(x[i + (axis == 0)], y[j + (axis == 1)]) for axis, i, j in edges])
    at_low = np.array([z[i, j] for _, i, j in edges])
    at_high = np.array([z[i + (axis == 0), j + (axis == 1)] for axis, i, j in edges])
    part = np.full(len(edges), 0.5)
    scale = np.array([not whole[axis] for axis, _, _ in edges])
    part[scale] = _brought_home(value, low[scale], high[scale], at_low[scale], at_high[scale])
    points = low + part[:, None] * (high - low)
    return {edge: (float(a), float(b)) for edge, (a, b) in zip(edges, points, strict=True)}


def _changing(z: Floats, axis: int) -> list[Edge]:
    first, second = (z[:-1], z[1:]) if axis == 0 else (z[:, :-1], z[:, 1:])
    return [
        (axis, int(i), int(j))
        for i, j in np.argwhere((first > 0) != (second > 0))
        if np.isfinite(first[i, j] + second[i, j])
    ]


def _brought_home(value: Many, low: Floats, high: Floats, at_low: Floats, at_high: Floats) -> Floats:
    """How far along each edge the figure is 0, all at once, by the Illinois rule; at a jump where it lies."""
    a, b, fa, fb = np.zeros(len(low)), np.ones(len(low)), at_low.copy(), at_high.copy()
    least = _NEAR * np.maximum(np.abs(at_low), np.abs(at_high))
    found = np.where(fa == 0, 0.0, np.where(fb == 0, 1.0, 0.5))
    left = np.flatnonzero((fa != 0) & (fb != 0))
    side = np.zeros(len(low), np.int64)
    for _ in range(_ROUNDS):
        if not left.size:
            break
        gap = fb[left] - fa[left]
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(gap == 0, 0.5, a[left] - fa[left] * (b[left] - a[left]) / gap)
        part = np.clip(part, a[left], b[left])
        points = low[left] + part[:, None] * (high[left] - low[left])
        here = value(points[:, 0], points[:, 1])
        found[left] = part
        first = (here > 0) == (at_low[left] > 0)
        mine, other = left[first], left[~first]
        a[mine], fa[mine] = part[first], here[first]
        b[other], fb[other] = part[~first], here[~first]
        fb[mine] = np.where(side[mine] == 1, fb[mine] / 2, fb[mine])
        fa[other] = np.where(side[other] == -1, fa[other] / 2, fa[other])
        side[mine], side[other] = 1, -1
        left = left[(np.abs(here) > least[left]) & np.isfinite(here) & (b[left] - a[left] > _NEAR)]
    return found


def segments(
    z: Floats, found: dict[Edge, tuple[float, float]]
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Join the crossings of every cell whose four corners have an answer.

    Parameters
    ----------
    z : float64 array
        The figure, shape (len(x), len(y)); NaN where there is no answer.
    found : dict
        What :func:`crossings` gives.
    """
    joined = []
    for i, j in itertools.product(range(z.shape[0] - 1), range(z.shape[1] - 1)):
        corners = z[i : i + 2, j : j + 2]
        if not np.isfinite(corners).all():
            continue
        edges: list[Edge] = [(0, i, j), (1, i + 1, j), (0, i, j + 1), (1, i, j)]
        here = [found[edge] for edge in edges if edge in found]
        if len(here) == 4 and (corners.mean() > 0) != (corners[0, 0] > 0):
            here = [here[0], here[3], here[1], here[2]]
        joined += [(here[k], here[k + 1]) for k in range(0, len(here) - 1, 2)]
    return joined
