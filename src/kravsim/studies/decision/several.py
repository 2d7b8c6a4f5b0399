"""Several options of a user's own, put in order with intervals that hold for all pairs at once."""

from __future__ import annotations

from collections.abc import Sequence

from kravsim.errors import DataError, Problem, Words
from kravsim.phrases import phrase
from kravsim.statistics.all_pairs import AllPairs
from kravsim.statistics.distribution import Distribution
from kravsim.studies.decision.checks import check_finite, floats, level_of, names_of


def all_pairs(values: object, *, level: float = 0.95, names: Sequence[str] | None = None) -> AllPairs:
    """Compare every pair of options that met the same luck.

    Parameters
    ----------
    values : array-like, shape (n, options)
        More is better; value k of every option met the same luck. Two rows or more, two options or more.
    level : float
        With which the intervals of all pairs cover together.
    names : sequence of str, optional
        Of the options; those of a frame's columns when left out.

    Returns
    -------
    AllPairs
        `names` from the best to the worst, `places`, `leaders`, and `pairs` with their intervals.

    Raises
    ------
    DataError
        When the shape is another, or something is no finite number: names the rows.
    ScenarioError
        When the level is not between 0 and 1, or names do not fit.

    Examples
    --------
    >>> found = all_pairs([[1.0, 9.0, 1.2], [2.0, 10.5, 1.7], [3.0, 11.0, 3.1]])
    >>> found.leaders, found.places["option 1"]
    (('option 2',), (2, 3))
    """
    at = level_of(level)
    array = floats(values, "values", "one row a replication, one column an option")
    if array.ndim != 2 or array.shape[0] < 2 or array.shape[1] < 2:
        got, allowed = Words(phrase("shape {shape}", shape=array.shape)), "two rows or more, and two options or more"
        raise DataError(Problem("", "values", got, allowed, "give one row a replication, one column an option"))
    check_finite(array, "values", "row")
    called = names_of(values, names, array.shape[1], "option")
    return AllPairs(tuple(Distribution(array[:, place], name, "count") for place, name in enumerate(called)), at)
