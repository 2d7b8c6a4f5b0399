"""Which points a sweep visits: every combination of listed values, or a design that fills ranges evenly."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

import numpy as np

from kravsim.equality import key_of
from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.studies.decision.checks import number, whole

DESIGNS: Final = ("grid", "latin", "sobol")
MOST: Final = 100_000

Point = dict[str, Any]
"""Dotted key -> what stands there."""


def points_of(
    values: Mapping[str, Sequence[Any]],
    design: str = "grid",
    *,
    points: int | None = None,
    seed: int = 0,
    whole_keys: Sequence[str] = (),
) -> list[Point]:
    """Lay out points.

    Parameters
    ----------
    values : mapping of key to sequence
        For ``grid`` the values to visit; for the others the two ends of a range.
    design : str
        ``grid``: every combination, the last key running fastest. ``latin``: a Latin hypercube. ``sobol``: scrambled Sobol
        points, a power of two of them.
    points : int, optional
        How many, for ``latin`` and ``sobol``.
    seed : int
        Fixes ``latin`` and ``sobol``.
    whole_keys : sequence of str
        Keys that take whole numbers.

    Raises
    ------
    ScenarioError
        When there is nothing to vary, a value is missing or stands twice, a range is none, or the number of points is not
        allowed.

    Examples
    --------
    >>> points_of({"a": [1, 2], "b": [0, 5]})[1]
    {'a': 1, 'b': 5}
    """
    if not isinstance(design, str) or design not in DESIGNS:
        raise ScenarioError(
            Problem("", "design", design, phrase("one of {names}", names=", ".join(DESIGNS)), "choose one of them")
        )
    if not isinstance(values, Mapping) or not values:
        raise ScenarioError(Problem("", "values", values, "keys with their values", "such as {key: [1, 2, 3]}"))
    listed = {key: _listed(key, content) for key, content in values.items()}
    if design == "grid":
        if points is not None:
            remedy = "leave it out, or choose latin or sobol with ranges"
            raise ScenarioError(Problem("", "points", points, "nothing for a grid: its values say how many", remedy))
        many = math.prod(len(content) for content in listed.values())
        if many > MOST:
            raise ScenarioError(
                Problem(
                    "",
                    "values",
                    Words(phrase("{many} points", many=many)),
                    phrase("at most {most}", most=MOST),
                    "list fewer values",
                )
            )
        return [dict(zip(listed, found, strict=True)) for found in itertools.product(*listed.values())]
    ends = [_ends(key, content) for key, content in listed.items()]
    return [
        {
            key: round(low + u * (high - low)) if key in whole_keys else float(low + u * (high - low))
            for key, u, (low, high) in zip(listed, row, ends, strict=True)
        }
        for row in _unit(design, len(listed), whole(points, "points", 2, MOST), whole(seed, "seed", 0))
    ]


def _unit(design: str, d: int, n: int, seed: int) -> np.ndarray[Any, Any]:
    from scipy.stats import qmc

    rng = np.random.default_rng(seed)
    if design == "latin":
        return np.asarray(qmc.LatinHypercube(d, rng=rng).random(n))
    if n & (n - 1):
        remedy = phrase("take {near}", near=2 ** round(math.log2(n)))
        raise ScenarioError(Problem("", "points", n, "a power of two for sobol", remedy))
    return np.asarray(qmc.Sobol(d, rng=rng).random(n))


def _listed(key: str, content: Any) -> list[Any]:
    allowed, remedy = "a list of different values", "such as [2, 3, 4]"
    unordered = isinstance(content, str | bytes | Mapping | AbstractSet) or not hasattr(content, "__iter__")
    if unordered or getattr(content, "ndim", 1) != 1:
        got = content if unordered else Words(phrase("a table of {ndim} dimensions", ndim=content.ndim))
        raise ScenarioError(Problem("", key, got, allowed, remedy))
    found = [_plain(item) for item in itertools.islice(content, MOST + 1)]
    if not found:
        raise ScenarioError(Problem("", key, Words("no value"), allowed, remedy))
    if len(found) > MOST:
        many = len(content) if hasattr(content, "__len__") else phrase("more than {most}", most=MOST)
        raise ScenarioError(
            Problem(
                "",
                key,
                Words(phrase("{n} values", n=many)),
                phrase("at most {most}", most=MOST),
                "list fewer values",
            )
        )
    nested = next((place for place, item in enumerate(found) if getattr(item, "ndim", 0)), None)
    if nested is not None:
        raise ScenarioError(
            Problem("", key, Words(phrase("an array in place {nested}", nested=nested + 1)), allowed, remedy)
        )
    missing = next((place for place, item in enumerate(found) if _is_missing(item)), None)
    if missing is not None:
        got = Words(phrase("a missing value in place {missing}", missing=missing + 1))
        raise ScenarioError(Problem("", key, got, allowed, "leave it out: nothing is filled in"))
    if len({_alike(item) for item in found}) < len(found):
        raise ScenarioError(Problem("", key, Words("a value twice"), allowed, "list each once"))
    return found


def _plain(item: Any) -> Any:
    return item.item() if isinstance(item, np.generic) else item


def _is_missing(item: Any) -> bool:
    """Whether an item is what arrays and tables keep where nothing is known: NaN, a masked number, pandas' NA and NaT."""
    if item is np.ma.masked:
        return True
    try:
        return bool(item != item)  # noqa: PLR0124 - what is missing is not itself
    except (TypeError, ValueError):
        return True


def _alike(item: Any) -> Hashable:
    """What equal items share; truth values are no numbers."""
    try:
        key = isinstance(item, bool), key_of(item)
        hash(key)
    except TypeError:
        return id(item)
    return key


def _ends(key: str, content: Sequence[Any]) -> tuple[float, float]:
    if len(content) != 2:
        raise ScenarioError(
            Problem("", key, Words(phrase("{n} values", n=len(content))), "two ends", "such as (low, high)")
        )
    low, high = (number(end, key, "a finite number", "give the two ends of the range") for end in content)
    if low >= high:
        raise ScenarioError(Problem("", key, low, phrase("a number below {high:g}", high=high), "swap the ends"))
    return low, high
