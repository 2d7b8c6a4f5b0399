"""At which values of one number an answer turns in each of many worlds: looked at along the number, then solved for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kravsim.studies.decision.axis import Axis
from kravsim.studies.decision.checks import Floats

At = Callable[[Floats, NDArray[np.int64]], Floats]
"""Values (worlds, m) of the number and places of the worlds -> the answer there, NaN where there is none."""

_FIRST: Final = 5
"""Values looked at first: where these lie on one line in every world, no others are needed."""
_STRAIGHT: Final = 1e-9
_STEPS: Final = 24
_NEAR: Final = 1e-6
"""Of the range, and of the answer: what is nearer than this is met."""


@dataclass(frozen=True, eq=False)
class Turns:
    """Where an answer turns along a number, world by world.

    Parameters
    ----------
    x : (points,) float64 array
        The values that were looked at.
    y : (worlds, points) float64 array
        The answer there; NaN where there is none.
    at : tuple of tuple of float
        Every value at which each world's answer turns, lowest first; of whole numbers half-way between two of them.
    """

    x: Floats
    y: Floats
    at: tuple[tuple[float, ...], ...]

    @property
    def first(self) -> Floats:
        """The lowest value of every world; NaN of those that have none."""
        return np.array([mine[0] if mine else np.nan for mine in self.at])

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which worlds have an answer anywhere."""
        return np.asarray(np.isfinite(self.y).any(axis=1))

    @property
    def partly(self) -> NDArray[np.bool_]:
        """Which worlds lack an answer on some stretch."""
        return np.asarray(self.answered & np.isnan(self.y).any(axis=1))

    @property
    def nearest(self) -> tuple[Floats, Floats]:
        """Where each world's answer comes nearest to 0 among the values looked at, and the answer there; NaN of none."""
        far = np.where(np.isfinite(self.y), np.abs(self.y), np.inf)
        best = np.argmin(far, axis=1)
        rows = np.arange(len(self.y))
        return np.where(self.answered, self.x[best], np.nan), np.where(self.answered, self.y[rows, best], np.nan)


def turns_in_worlds(at: At, axis: Axis, worlds: int, nodes: int) -> Turns:
    """Find every value between the ends at which each world's answer changes its sign.

    Parameters
    ----------
    at : callable
        The answer: values (worlds, m) and places of the worlds to answers (worlds, m).
    axis : Axis
        The number; all its values are allowed, some are looked at.
    worlds : int
        How many.
    nodes : int
        How many to look at, where the answer is not a straight line in every world.
    """
    everyone = np.arange(worlds)
    x = axis.values[_places(len(axis.values), _FIRST)]
    y = at(np.tile(x, (worlds, 1)), everyone)
    straight = not axis.whole and _on_a_line(x, y)
    if not straight:
        more = axis.values[_places(len(axis.values), nodes)]
        new = np.setdiff1d(more, x)
        if new.size:
            x, y = np.append(x, new), np.hstack([y, at(np.tile(new, (worlds, 1)), everyone)])
            order = np.argsort(x)
            x, y = x[order], y[:, order]
    found: list[list[float]] = [x[row == 0].tolist() for row in y]
    world, place = np.nonzero(y[:, :-1] * y[:, 1:] < 0)
    low, high = x[place], x[place + 1]
    if axis.whole:
        middle = _between_whole(at, world, low, high, y[world, place])
    elif straight:
        middle = _secant(low, high, y[world, place], y[world, place + 1])
    else:
        middle = _solved(at, world, (low, high), (y[world, place], y[world, place + 1]), float(np.ptp(x)))
    for one, value in zip(world.tolist(), middle.tolist(), strict=True):
        found[one].append(value)
    return Turns(x, y, tuple(tuple(sorted(mine)) for mine in found))


def _places(many: int, wanted: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, many - 1, wanted).round().astype(np.int64))


def _on_a_line(x: Floats, y: Floats) -> bool:
    """Whether every world's answers lie on a straight line."""
    if not np.isfinite(y).all():
        return False
    part = (x - x[0]) / (x[-1] - x[0])
    line = y[:, :1] + (y[:, -1:] - y[:, :1]) * part
    return bool((np.abs(y - line) <= _STRAIGHT * np.abs(y).max(axis=1, keepdims=True)).all())


def _secant(low: Floats, high: Floats, y_low: Floats, y_high: Floats) -> Floats:
    return np.asarray(low + (high - low) * y_low / (y_low - y_high))


def _between_whole(at: At, world: NDArray[np.int64], low: Floats, high: Floats, y_low: Floats) -> Floats:
    """Halve until two whole numbers beside each other are left, and give the middle."""
    low, high = low.copy(), high.copy()
    while len(world) and (high - low > 1).any():
        some = np.flatnonzero(high - low > 1)
        middle = np.floor((low[some] + high[some]) / 2)
        value = at(middle[:, None], world[some])[:, 0]
        same = np.sign(value) == np.sign(y_low[some])
        low[some], high[some] = np.where(same, middle, low[some]), np.where(same, high[some], middle)
    return np.asarray((low + high) / 2)


def _solved(at: At, world: NDArray[np.int64], ends: Sequence[Floats], values: Sequence[Floats], width: float) -> Floats:
    """Close in on a change of sign from both sides, by chords and halves in turn; a jump is closed in on as well."""
    (low, high), (y_low, y_high) = (end.copy() for end in ends), (value.copy() for value in values)
    enough = _NEAR * np.maximum(np.abs(y_low), np.abs(y_high))
    best, left = _secant(low, high, y_low, y_high), np.full(len(world), np.inf)
    open_ = np.arange(len(world))
    for step in range(_STEPS):
        open_ = open_[(high[open_] - low[open_] > _NEAR * width) & (left[open_] > enough[open_])]
        if not open_.size:
            break
        a, b = low[open_], high[open_]
        middle = (a + b) / 2 if step % 2 else _secant(a, b, y_low[open_], y_high[open_])
        value = at(middle[:, None], world[open_])[:, 0]
        known = np.isfinite(value)
        open_, middle, value = open_[known], middle[known], value[known]
        nearer = np.abs(value) < left[open_]
        best[open_[nearer]], left[open_[nearer]] = middle[nearer], np.abs(value[nearer])
        same = np.sign(value) == np.sign(y_low[open_])
        low[open_[same]], y_low[open_[same]] = middle[same], value[same]
        high[open_[~same]], y_high[open_[~same]] = middle[~same], value[~same]
    return np.where(left > enough, (low + high) / 2, best)
