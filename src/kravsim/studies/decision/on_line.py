"""Where a break-even line crosses one row of its grid, and where it does so in other worlds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from kravsim.statistics.interval import Interval
from kravsim.studies.decision.axis import Axis
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.other_worlds import FEWEST, turns_along
from kravsim.studies.decision.plane import Edge
from kravsim.studies.decision.swept import plain
from kravsim.words.wording import language_index


class OnLine(NamedTuple):
    """Where the line crosses one row of the grid.

    Parameters
    ----------
    at : float
        The second number.
    crossings : tuple of float
        Values of the first number at which the answer turns.
    whole : bool
        Whether the first takes whole numbers, between two of which the crossing stands.
    """

    at: float
    crossings: tuple[float, ...]
    whole: bool


def along(across: Axis, up: Axis, found: Mapping[Edge, tuple[float, float]]) -> tuple[OnLine, ...]:
    """Where the line crosses each row of the grid.

    Parameters
    ----------
    across, up : Axis
        The two numbers.
    found : mapping of edge to (float, float)
        What :func:`kravsim.studies.decision.plane.crossings` gives.
    """
    rows = []
    for j, at in enumerate(up.values):
        here = sorted(point[0] for edge, point in found.items() if edge[0] == 0 and edge[2] == j)
        rows.append(OnLine(float(at), tuple(here), across.whole))
    return tuple(rows)


def nine_of_ten_along(x: Floats, rows: Floats, row: OnLine, *, rising: bool) -> Interval | None:
    """Where the crossing lies in nine of ten worlds; None of fewer than 20.

    Parameters
    ----------
    x : (points,) float64 array
        The first number.
    rows : (worlds, points) float64 array
        The figure in each world along the row.
    row : OnLine
        Where the line crosses it as things stand.
    rising : bool
        Whether the figure rises through 0: in a world that never turns the crossing then lies beyond the lower end where it
        is above 0 all the way.

    Returns
    -------
    Interval or None
        Infinite where it lies beyond an end.
    """
    values = []
    for known, turns in zip(rows, turns_along(x, rows, whole=row.whole), strict=True):
        heights = known[np.isfinite(known)]
        if len(turns) == 1:
            values.append(turns[0])
        elif not turns and heights.size:
            values.append(-math.inf if (heights[0] > 0) == rising else math.inf)
    if len(values) < FEWEST:
        return None
    low, high = np.quantile(values, [0.05, 0.95], method="inverted_cdf")
    return Interval((float(low), float(high)), 0.9, "quantiles")


def span_text(span: tuple[float, float], x: Floats, lang: str) -> str:
    """Write an interval along the row; what lies beyond its ends as such.

    Parameters
    ----------
    span : (float, float)
        In the unit of `x`; infinite beyond its ends.
    x : float64 array, shape (points,)
        The first number along the row, rising.
    lang : str
        `sv` or `en`.
    """
    sv = language_index(lang) == 0

    def end(value: float) -> str:
        if math.isfinite(value):
            return rounded(value, lang)
        return f"{'bortom' if sv else 'beyond'} {rounded(float(x[-1 if value > 0 else 0]), lang)}"

    low, high = span
    return end(low) if low == high else f"{end(low)} {'till' if sv else 'to'} {end(high)}"


def rounded(value: float, lang: str) -> str:
    """Write a value with four digits, from a thousand with six.

    Parameters
    ----------
    value : float
        Finite.
    lang : str
        `sv` or `en`.
    """
    return plain(float(f"{value:.4g}") if abs(value) < 1_000 else float(f"{value:.6g}"), lang)
