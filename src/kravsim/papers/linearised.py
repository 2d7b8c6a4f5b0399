"""The base case as a straight line in the inputs that move it most: what a workbook can carry live, and how far off it is.

Each line of the budget is its expected amount as everything stands, and a slope along each input from end to end, both from
the closed form. At the ends of an input's range the closed form itself is asked, and the distance is told beside the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.calibration.evaluating import closed_form
from kravsim.ledger.lines import STATEMENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kravsim.scenario import Scenario
    from kravsim.studies.decision.tornado import Tornado

Floats = NDArray[np.float64]

MOST_INPUTS: Final = 12
_DIGITS: Final = 9
_NOISE: Final = 1e-9
_NET: Final = "net_revenue_kr"


@dataclass(frozen=True)
class Lever:
    """An input of the straight line.

    Parameters
    ----------
    key : str
        Dotted key.
    base, low, high : float
        Where it stands, and the ends of its range.
    """

    key: str
    base: float
    low: float
    high: float


@dataclass(frozen=True)
class Twin:
    """A straight line through the base case of two models.

    Parameters
    ----------
    models : tuple of str
        Their names.
    lines : tuple of str
        Lines of the budget that either of them has.
    levers : tuple of Lever
        The inputs, those that move the difference most on top.
    base : float64 array, shape (models, lines)
        Expected kr a year as everything stands.
    slopes : float64 array, shape (models, lines, levers)
        Kr a year for one more of the input.
    at_ends : float64 array, shape (models, levers, 2)
        Net revenue in the closed form with the input at its low and its high end; NaN where there is none.
    """

    models: tuple[str, ...]
    lines: tuple[str, ...]
    levers: tuple[Lever, ...]
    base: Floats
    slopes: Floats
    at_ends: Floats


def twin_of(scenario: Scenario, models: Sequence[str], tornado: Tornado) -> Twin:
    """Lay the line.

    Parameters
    ----------
    scenario : Scenario
        As everything stands.
    models : sequence of str
        Two of its models.
    tornado : Tornado
        Of their difference; its widest swings are the inputs.

    Returns
    -------
    Twin
        Rounded to twelve digits, so that the last bits of a processor do not reach a file.
    """
    levers: list[Lever] = []
    for one in tornado.swings:
        ends = (one.base, one.low, one.high)
        if len(levers) < MOST_INPUTS and one.swing > 0 and all(isinstance(end, int | float) for end in ends):
            levers.append(Lever(one.name, *map(float, ends)))
    known = [name for line in STATEMENT if (name := line.name)]
    base = {model: closed_form(scenario, model, {}) for model in models}
    lines = [name for name in known if any(float(base[model][_column(name)][0]) for model in models)]
    values = np.array([[float(base[model][_column(name)][0]) for name in lines] for model in models])
    slopes = np.zeros((len(models), len(lines), len(levers)))
    ends_at = np.full((len(models), len(levers), 2), np.nan)
    for place, lever in enumerate(levers):
        points = np.array([lever.low, lever.high])
        for row, model in enumerate(models):
            found = closed_form(scenario, model, {lever.key: points})
            ends_at[row, place] = found[_NET]
            for at, name in enumerate(lines):
                slopes[row, at, place] = _slope(found[_column(name)], points, values[row, at], lever.base)
    reach = np.array([lever.high - lever.low for lever in levers])
    slopes[abs(slopes * reach) < _NOISE * abs(values).max()] = 0.0  # what only a processor's last bits make
    return Twin(tuple(models), tuple(lines), tuple(levers), _rounded(values), _rounded(slopes), _rounded(ends_at))


def _slope(found: Floats, at: Floats, base: float, middle: float) -> float:
    """Slope between the ends of the range, or between the base and the one that has an answer and is not the base."""
    pairs = [(float(x), float(y)) for x, y in zip(at, found, strict=True) if np.isfinite(y) and x != middle]
    if not pairs:
        return 0.0
    if len(pairs) == 1:
        pairs.append((middle, base))
    (x0, y0), (x1, y1) = pairs
    return (y1 - y0) / (x1 - x0)


def _rounded(values: Floats) -> Floats:
    """Keep nine digits of each number."""
    flat = [float(f"{x:.{_DIGITS}g}") if np.isfinite(x) else float("nan") for x in values.ravel().tolist()]
    return np.array(flat).reshape(values.shape)


def _column(line: str) -> str:
    return f"budget_{line}_kr"
