"""A tornado of anybody's own function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.checks import number as one_number
from kravsim.studies.decision.functions import of_points
from kravsim.studies.decision.tornado import Tornado, ordered, swing_of

BETWEEN: Final = 3
"""Points between the ends and the base, on either side: enough to see an answer that turns back."""


def tornado(function: object, ranges: Mapping[str, tuple[float, float, float]]) -> Tornado:
    """Move each input of a function from its low end to its high end while the others stay.

    Parameters
    ----------
    function : callable
        As for :func:`kravsim.studies.sobol`: of an array (d, n), of d arguments, of an array (n, d), or of one point.
    ranges : mapping of name to (low, base, high)
        In the order in which the function takes its inputs.

    Returns
    -------
    Tornado

    Raises
    ------
    ScenarioError
        When a low end is above its high end, both are the same, or the base lies outside.
    RunError
        When an answer is missing or no finite number; it names the sample.

    Examples
    --------
    >>> found = tornado(lambda x: 3 * x[0] - x[1], {"price": (0, 1, 2), "share": (0, 1, 2)})
    >>> found.base, [(one.name, one.swing, one.flips) for one in found.swings]
    (2.0, [('price', 6.0, True), ('share', 2.0, False)])
    """
    ends = _checked(ranges)
    names = tuple(ends)
    base = np.array([middle for _, middle, _ in ends.values()])
    scans = [scan(*end) for end in ends.values()]
    points = np.tile(base, (1 + sum(map(len, scans)), 1))
    at = 1
    for column, values in enumerate(scans):
        points[at : at + len(values), column] = values
        at += len(values)
    probe = points[: 2 if len(names) != 2 else 3]
    answers = of_points(function, names, probe)(points)
    swings = []
    at = 1
    for name, values in zip(names, scans, strict=True):
        swings.append(swing_of(name, answers[at : at + len(values)], float(answers[0]), ends[name]))
        at += len(values)
    return Tornado(float(answers[0]), ordered(swings), ("svaret", "the answer"))


def scan(low: float, base: float, high: float) -> Floats:
    """Where an input is put: its ends, and points between them and its base.

    Parameters
    ----------
    low, base, high : float
        Rising; `base` may stand at an end.

    Returns
    -------
    float64 array
        Rising, each value once.
    """
    below = np.linspace(low, base, BETWEEN + 2)
    return np.unique(np.concatenate([below, np.linspace(base, high, BETWEEN + 2)]))


def _checked(ranges: Mapping[str, Any]) -> dict[str, tuple[float, float, float]]:
    if not isinstance(ranges, Mapping) or not ranges:
        remedy = 'such as {"price": (1, 2, 4)}'
        raise ScenarioError(Problem("", "ranges", ranges, "names with (low, base, high)", remedy))
    found = {}
    problems = []
    for name, given in ranges.items():
        try:
            low, base, high = given
        except (TypeError, ValueError):
            problems.append(Problem("", str(name), given, "(low, base, high)", "give three numbers"))
            continue
        try:
            ends = [
                one_number(x, str(name), "finite numbers (low, base, high)", "give three numbers")
                for x in (low, base, high)
            ]
        except ScenarioError as error:
            problems += error.problems
            continue
        shown = Words(
            phrase("low {ends:g}, base {ends2:g}, high {ends3:g}", ends=ends[0], ends2=ends[1], ends3=ends[2])
        )
        if ends[0] > ends[2]:
            problems.append(Problem("", str(name), shown, "low below high", "swap the ends"))
        elif ends[0] == ends[2]:
            problems.append(Problem("", str(name), shown, "ends that differ", "leave out what is not moved"))
        elif not ends[0] <= ends[1] <= ends[2]:
            problems.append(Problem("", str(name), shown, "a base from low to high", "the base lies outside its range"))
        else:
            found[str(name)] = (ends[0], ends[1], ends[2])
    if problems:
        raise ScenarioError(problems)
    return found
