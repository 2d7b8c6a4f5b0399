"""Where a function of one number is 0: scanned first, to tell apart no root, one, several, touching ones and borders."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.studies.decision.checks import Floats

_EPS: Final = float(np.finfo(np.float64).eps)
_ZERO: Final = 1e-12
"""A value this small beside the largest of the scan counts as 0 where the function turns, and at the border."""
_NEAR, _NEARER = 1e-6, 1e-11
"""Where on both sides of a change of sign the function is looked at, in widths of the scan's step."""
_SHRINKS: Final = 0.7
"""Near a root the function is smaller the nearer; where it is not, on either side, it jumps."""
_LOOKS, _AT_ONCE, _DEEPER = 4, 33, 0.05
"""How often a dip is looked at more closely, at how many points, and by which share it must become deeper each time."""
_GOLDEN: Final = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, eq=False)
class Roots(EqualByParts):
    """What a scan found.

    Parameters
    ----------
    crossing, touching : tuple of float
        Where the function is 0 and changes its sign, and where it keeps it; those at the border are in `crossing`.
    jumps : tuple of float
        Where it changes its sign without being 0.
    flat : tuple of (float, float)
        Stretches on which it is 0.
    x, y : float64 arrays
        The points of the scan.
    """

    crossing: tuple[float, ...]
    touching: tuple[float, ...]
    jumps: tuple[float, ...]
    flat: tuple[tuple[float, float], ...]
    x: Floats
    y: Floats


def roots_between(
    value: Callable[[float], float], x: Floats, y: Floats, several: Callable[[Floats], Floats] | None = None
) -> Roots:
    """Find the roots of a function from a scan of it.

    Parameters
    ----------
    value : callable
        Takes and gives a float.
    x, y : (points,) float64 arrays
        Where it was scanned, rising, and what it gave.
    several : callable, optional
        The same of many numbers at once, for a function whose single values take long: a dip that stays far from 0 is then
        not followed to its last digits.
    """
    scale = float(np.max(np.abs(y)))
    if scale == 0:
        return Roots((), (), (), ((float(x[0]), float(x[-1])),), x, y)
    nothing = _ZERO * scale
    crossing: list[float] = []
    touching: list[float] = []
    jumps: list[float] = []
    flat = _flats(value, x, y)
    inside = [any(a <= point <= b for a, b in flat) for point in x]
    for k in range(len(x)):
        if y[k] == 0 and not inside[k]:
            edge = k in (0, len(x) - 1)
            turns = not edge and y[k - 1] * y[k + 1] > 0
            (touching if turns else crossing).append(float(x[k]))
    for k in range(len(x) - 1):
        if y[k] * y[k + 1] < 0:
            _crossing(value, (float(x[k]), float(x[k + 1])), (float(y[k]), float(y[k + 1])), crossing, jumps)
    for k in range(1, len(x) - 1):
        if _dips(y[k - 1 : k + 2]) and (several is None or _may_reach(several, x[k - 1 : k + 2], y[k])):
            _dip(value, x[k - 1 : k + 2], y[k - 1 : k + 2], nothing, crossing, touching)
    for k, beside in ((0, 1), (len(x) - 1, len(x) - 2)):
        if 0 < abs(y[k]) <= nothing and abs(y[k]) < abs(y[beside]):
            crossing.append(float(x[k]))
    close = 1e-9 * (x[-1] - x[0])
    return Roots(_once(crossing, close), _once(touching, close), _once(jumps, close), flat, x, y)


def _crossing(
    value: Callable[[float], float],
    ends: tuple[float, float],
    at: tuple[float, float],
    crossing: list[float],
    jumps: list[float],
) -> None:
    from scipy import optimize

    root = float(optimize.brentq(value, *ends, xtol=_EPS * max(map(abs, ends)) + 1e-300, rtol=4 * _EPS, maxiter=1_000))
    least = 1e-9 * max(map(abs, at))
    jumped = value(root) != 0 and all(_stays(value, root, side, ends[1] - ends[0], least) for side in (-1, 1))
    (jumps if jumped else crossing).append(root)


def _stays(value: Callable[[float], float], root: float, side: int, width: float, least: float) -> bool:
    """Whether the function comes no nearer to 0 on one side of a change of sign."""
    nearer, near = (abs(value(root + side * max(far * width, 16 * math.ulp(root)))) for far in (_NEARER, _NEAR))
    return nearer > max(least, _SHRINKS * near)


def _dips(y: Floats) -> bool:
    """Whether the middle of three points of one sign is the one nearest to 0."""
    heights = math.copysign(1.0, y[1]) * y
    return bool(heights.min() > 0 and heights[1] <= heights[0] and heights[1] <= heights[2])


def _may_reach(several: Callable[[Floats], Floats], x: Floats, middle: float) -> bool:
    """Whether a dip goes on towards 0 the closer it is looked at."""
    low, high, depth = float(x[0]), float(x[2]), abs(middle)
    for _ in range(_LOOKS):
        at = np.linspace(low, high, _AT_ONCE)
        heights = math.copysign(1.0, middle) * several(at)
        k = int(np.nanargmin(heights)) if np.isfinite(heights).any() else 0
        if not heights[k] < (1 - _DEEPER) * depth:
            return False
        low, high, depth = float(at[max(k - 1, 0)]), float(at[min(k + 1, _AT_ONCE - 1)]), float(heights[k])
        if depth <= 0:
            return True
    return True


def _dip(
    value: Callable[[float], float],
    x: Floats,
    y: Floats,
    nothing: float,
    crossing: list[float],
    touching: list[float],
) -> None:
    """Look between three points of one sign, the middle one nearest to 0, for a root that touches or a pair of roots."""
    sign = math.copysign(1.0, y[1])
    low, high = float(x[0]), float(x[2])
    lowest, depth = _lowest(lambda at: sign * value(at), low, high)
    if depth < -nothing:
        for ends in ((low, lowest), (lowest, high)):
            _crossing(value, ends, (value(ends[0]), value(ends[1])), crossing, [])
    elif depth <= nothing:
        touching.append(_sharpened(value, lowest, low, high, sign))


def _lowest(height: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """The lowest point between two ends, by golden section down to the last digits."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = height(left), height(right)
    while right - left > 4 * math.ulp(max(abs(left), abs(right))) and left < right:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = height(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = height(right)
    return min((at_left, left), (at_right, right))[::-1]


def _sharpened(value: Callable[[float], float], near: float, low: float, high: float, sign: float) -> float:
    """The middle between two points of equal height on either side: known far better than the flat bottom itself."""
    from scipy import optimize

    reach = 0.5 * min(near - low, high - near)
    if reach <= 0 or value(near) == 0:
        return near
    level = sign * value(near + reach)
    if sign * value(low) <= level:
        return near
    try:
        other = float(optimize.brentq(lambda at: sign * value(at) - level, low, near, xtol=1e-15, rtol=4 * _EPS))
    except ValueError:
        return near
    middle = (other + near + reach) / 2
    return middle if abs(value(middle)) <= abs(value(near)) else near


def _flats(value: Callable[[float], float], x: Floats, y: Floats) -> tuple[tuple[float, float], ...]:
    """Stretches of two points or more at which the function is 0, with their ends brought home by halving."""
    found = []
    k = 0
    while k < len(x):
        end = k
        while end + 1 < len(x) and y[k] == 0 and y[end + 1] == 0:
            end += 1
        if end > k:
            low = float(x[k]) if k == 0 else _edge(value, float(x[k - 1]), float(x[k]))
            high = float(x[end]) if end == len(x) - 1 else _edge(value, float(x[end + 1]), float(x[end]))
            found.append((low, high))
        k = end + 1
    return tuple(found)


def _edge(value: Callable[[float], float], outside: float, inside: float) -> float:
    for _ in range(100):
        middle = (outside + inside) / 2
        if middle in (outside, inside):
            break
        if value(middle) == 0:
            inside = middle
        else:
            outside = middle
    return inside


def _once(found: Sequence[float], close: float) -> tuple[float, ...]:
    kept: list[float] = []
    for point in sorted(found):
        if not kept or point - kept[-1] > close:
            kept.append(point)
    return tuple(kept)
