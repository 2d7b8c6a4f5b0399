"""A figure along one number or over two, in worlds in which all other uncertain numbers are drawn.

It is worked out at some of the points alone. Between them the *difference* from the figure as it stands is taken to be
straight, which is near where the figure itself bends; where that has no answer, the figure is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.statistics.interval import Interval
from kravsim.studies.decision.axis import Axis, others_drawn
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.closed_form import Figure

FEWEST: Final = 20
"""Worlds that nine of ten are told of, at least."""


def in_other_worlds(
    figure: Figure, axes: Sequence[Axis], base: Floats, *, worlds: int, nodes: int, seed: int
) -> Floats:
    """Work the figure out in other worlds.

    Parameters
    ----------
    figure : Figure
        What is looked at.
    axes : sequence of Axis
        The numbers that stay under control.
    base : float64 array
        The figure at every combination of their values as everything else stands, one dimension an axis.
    worlds : int
        How many; 0, or nothing else that is uncertain, gives none.
    nodes : int
        At how many values of each axis to work it out.
    seed : int
        Fixes the worlds.

    Returns
    -------
    float64 array, shape (worlds, *base.shape)
        NaN where there is no answer.
    """
    drawn = others_drawn(figure, [axis.key for axis in axes], worlds, seed)
    if not drawn:
        return np.empty((0, *base.shape))
    places = [np.unique(np.linspace(0, len(axis.values) - 1, nodes).round().astype(int)) for axis in axes]
    here = np.meshgrid(*(axis.values[some] for axis, some in zip(axes, places, strict=True)), indexing="ij")
    many = here[0].size
    values = {key: np.repeat(array, many) for key, array in drawn.items()}
    values |= {axis.key: np.tile(x.ravel(), worlds) for axis, x in zip(axes, here, strict=True)}
    found = figure.at(values).reshape(worlds, *here[0].shape)
    moved = found - base[np.ix_(*places)]
    fine = [axis.values for axis in axes]
    coarse = [axis.values[some] for axis, some in zip(axes, places, strict=True)]
    near = base + straight_between(moved, coarse, fine)
    return np.where(np.isfinite(near), near, straight_between(found, coarse, fine))


def straight_between(table: Floats, coarse: Sequence[Floats], fine: Sequence[Floats]) -> Floats:
    """Straight lines between nodes, one axis after another.

    Parameters
    ----------
    table : float64 array, shape (worlds, nodes, ...)
        What is known at the nodes.
    coarse : sequence of float64 array
        The nodes of each axis, rising.
    fine : sequence of float64 array
        The values of each axis that are wanted, between its nodes.

    Returns
    -------
    float64 array, shape (worlds, values, ...)
    """
    for dimension, (nodes, x) in enumerate(zip(coarse, fine, strict=True), 1):
        left = np.clip(np.searchsorted(nodes, x, side="right") - 1, 0, len(nodes) - 2)
        part = (x - nodes[left]) / (nodes[left + 1] - nodes[left])
        shape = [1] * table.ndim
        shape[dimension] = len(x)
        part = part.reshape(shape)
        low, high = np.take(table, left, dimension), np.take(table, left + 1, dimension)
        # a node by itself needs no neighbour
        table = np.where(part == 0, low, np.where(part == 1, high, low + part * (high - low)))
    return table


def turns_along(x: Floats, rows: Floats, *, whole: bool = False) -> list[list[float]]:
    """Every value at which each row changes its sign between two neighbours with answers.

    Parameters
    ----------
    x : (points,) float64 array
        Rising.
    rows : (worlds, points) float64 array
        The figure; NaN where there is no answer.
    whole : bool
        Whether nothing lies between two neighbours: the middle is then given.
    """
    found = []
    for row in rows:
        k = np.flatnonzero(row[:-1] * row[1:] < 0)
        part = 0.5 if whole else row[k] / (row[k] - row[k + 1])
        found.append(sorted((x[k] + (x[k + 1] - x[k]) * part).tolist() + x[row == 0].tolist()))
    return found


class Turned(NamedTuple):
    """Where an answer turns along one number in other worlds.

    Parameters
    ----------
    first : (worlds,) float64 array
        The first value; inf and -inf where the answer is above and below 0 all the way, NaN where there is none.
    intervals : tuple of Interval or None
        Of every value in the case as it stands: where it lies in nine of ten of those worlds that have as many.
    alike : int
        How many worlds have as many.
    """

    first: Floats
    intervals: tuple[Interval | None, ...]
    alike: int


def turned(axis: Axis, rows: Floats, many: int) -> Turned:
    """Gather where the answer turns in other worlds.

    Parameters
    ----------
    axis : Axis
        The number that is moved.
    rows : (worlds, points) float64 array
        What :func:`in_other_worlds` gives.
    many : int
        How often it turns in the case as it stands.
    """
    turns = turns_along(axis.values, rows, whole=axis.whole)
    first = np.full(len(rows), np.nan)
    for world, (row, mine) in enumerate(zip(rows, turns, strict=True)):
        known = row[np.isfinite(row)]
        if known.size:
            first[world] = mine[0] if mine else np.copysign(np.inf, known[0])
    alike = np.array([mine for mine in turns if len(mine) == many]).reshape(-1, max(many, 1))
    intervals = tuple(nine_of_ten(column) for column in alike.T) if many else ()
    return Turned(first, intervals, len(alike) if many else 0)


def nine_of_ten(values: NDArray[np.float64]) -> Interval | None:
    """Where nine of ten values lie; None of fewer than 20.

    Parameters
    ----------
    values : float64 array, shape (worlds,)
        Finite, in any unit.
    """
    if len(values) < FEWEST:
        return None
    low, high = np.quantile(values, [0.05, 0.95])
    return Interval((float(low), float(high)), 0.9, "quantiles")
