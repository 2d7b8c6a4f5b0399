"""What is asked of a user's own numbers before anything is computed from them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import DataError, Problem, ScenarioError, Words
from kravsim.phrases import phrase, together

Floats = NDArray[np.float64]

LARGEST: Final = 1e150
"""Numbers stay below this, so that their squares are numbers."""
_NAMED: Final = 5


_NUMBERED: Final = {
    "draw": ("draw {shown}", "draws {shown}"),
    "period": ("period {shown}", "periods {shown}"),
    "replication": ("replication {shown}", "replications {shown}"),
    "row": ("row {shown}", "rows {shown}"),
    "sample": ("sample {shown}", "samples {shown}"),
    "threshold": ("threshold {shown}", "thresholds {shown}"),
    "value": ("value {shown}", "values {shown}"),
}
"""What is numbered from 0: one of them, and several."""


class StudyWarning(UserWarning):
    """A question can be answered, but the answer deserves a doubt that the user should hear of."""


def warn(text: str) -> None:
    """Say a doubt to the caller of the public function.

    Parameters
    ----------
    text : str
        A whole sentence.
    """
    warnings.warn(text, StudyWarning, stacklevel=4)


def floats(given: object, name: str, allowed: str) -> Floats:
    """Read numbers of any shape.

    Parameters
    ----------
    given : object
        A list, array, Series or frame of numbers.
    name, allowed : str
        What an error calls it, and what it says would have been right.

    Raises
    ------
    DataError
        When something in it is no number, or rows have unequal lengths.
    """
    try:
        array = with_gaps(given)
    except ValueError:
        array = np.empty(0, dtype=object)
    if array.dtype.kind == "O" and array.size:
        array = _unboxed(array)
    if array.dtype.kind not in "iuf" and not (array.size == 0 and array.dtype.kind != "O"):
        got = Words(
            phrase("a {kind} that is not made of numbers, or of rows of unequal length", kind=type(given).__name__)
        )
        raise DataError(Problem("", name, got, allowed, "give numbers alone, as many in every row"))
    return array.astype(np.float64) + 0.0


def with_gaps(given: object) -> NDArray[Any]:
    """Read anything as an array in which a masked number is the gap it stands for: NaN, or None among texts.

    Parameters
    ----------
    given : object
        Whatever a user hands over.
    """
    if not np.ma.is_masked(given):
        return np.asarray(given)
    masked: Any = np.ma.asarray(given)
    numbers = masked.dtype.kind in "iufb"
    kept = np.array(masked.data, np.float64 if numbers else object)
    kept[np.ma.getmaskarray(masked)] = np.nan if numbers else None
    return kept


def _unboxed(array: NDArray[Any]) -> NDArray[Any]:
    """Numbers kept as objects, such as Decimals or a frame's nullable column, as floats; anything else as it is.

    What a frame keeps where nothing is known among numbers is NaN, which is refused by its place.
    """
    from numbers import Number

    gaps = np.array([_is_gap(item) for item in array.flat]).reshape(array.shape)
    known = array[~gaps]
    if not known.size or any(isinstance(item, bool | complex) or not isinstance(item, Number) for item in known.flat):
        return array
    return np.where(gaps, np.nan, array).astype(np.float64)


def _is_gap(item: object) -> bool:
    """Whether an item is None, or what pandas keeps for it."""
    return item is None or type(item).__name__ in ("NAType", "NaTType")


def check_finite(array: Floats, name: str, what: str) -> None:
    """Refuse NaN and infinities, naming where they stand.

    Parameters
    ----------
    array : float64 array
        The first axis counts `what`.
    name : str
        What an error calls the array.
    what : str
        What the axis counts: "draw", "sample" or another of ``_NUMBERED``.

    Raises
    ------
    DataError
        With the numbers, from 0, of the first few that are not finite.
    """
    fine = np.abs(array) < LARGEST
    bad = np.flatnonzero(~fine.reshape(len(array), -1).all(axis=1))
    if bad.size:
        value = float(array.reshape(len(array), -1)[bad[0]][~fine.reshape(len(array), -1)[bad[0]]][0])
        remedy = phrase(
            "{said} of {n}; run or leave out what is missing: nothing is filled in", said=said(bad, what), n=len(array)
        )
        raise DataError(Problem("", name, value, "finite numbers", remedy))


def said(numbers: NDArray[np.int64], what: str) -> str:
    """Name the first few of some numbered things.

    Parameters
    ----------
    numbers : int64 array
        At least one, from 0.
    what : str
        What they number, one of ``_NUMBERED``.

    Examples
    --------
    >>> said(np.array([3]), "draw"), said(np.arange(9), "sample")
    ('draw 3', 'samples 0, 1, 2, 3, 4 and 4 more')
    """
    shown = ", ".join(str(number) for number in numbers[:_NAMED])
    named = phrase(_NUMBERED[what][len(numbers) > 1], shown=shown)
    return together(named, phrase(" and {n} more", n=len(numbers) - _NAMED)) if len(numbers) > _NAMED else named


def number(given: object, name: str, allowed: str, remedy: str) -> float:
    """Read one finite number.

    Parameters
    ----------
    given : object
        What a caller gave.
    name, allowed, remedy : str
        What an error calls it, and what it says would have been right.

    Raises
    ------
    ScenarioError
        When it is anything else, truth values included.
    """
    if isinstance(given, bool | np.bool_) or not isinstance(given, int | float | np.integer | np.floating):
        raise ScenarioError(Problem("", name, given, allowed, remedy))
    value = float(given)
    if not abs(value) < LARGEST:
        raise ScenarioError(Problem("", name, value, allowed, remedy))
    return value + 0.0


def whole(given: object, name: str, least: int, most: int | None = None) -> int:
    """Read one whole number.

    Parameters
    ----------
    given : object
        What a caller gave.
    name : str
        What an error calls it.
    least, most : int
        Bounds that belong to it; no upper one when left out.

    Raises
    ------
    ScenarioError
        When it is anything else, truth values included, or out of bounds.
    """
    fits = isinstance(given, int | np.integer) and not isinstance(given, bool)
    if not fits or int(given) < least or (most is not None and int(given) > most):  # type: ignore[call-overload]
        allowed = phrase("a whole number from {least}", least=least)
        if most is not None:
            allowed = phrase("a whole number from {least} to {most}", least=least, most=most)
        raise ScenarioError(Problem("", name, given, allowed, "write digits only"))
    return int(given)  # type: ignore[call-overload, no-any-return]


def keys_of(given: object) -> list[str]:
    """Read the keys that are asked about: texts, one at least; a text alone is one.

    Parameters
    ----------
    given : object
        What a caller gave.

    Raises
    ------
    ScenarioError
        For anything else.
    """
    keys = [given] if isinstance(given, str) else list(given) if isinstance(given, Iterable) else []
    if not keys or not all(isinstance(key, str) for key in keys):
        remedy = "such as models.in_house.staff.handlers.fte"
        raise ScenarioError(Problem("", "keys", given, "one dotted key or more", remedy))
    return [str(key) for key in keys]


def level_of(given: object) -> float:
    """Read the level of an interval.

    Parameters
    ----------
    given : object
        What a caller gave.

    Raises
    ------
    ScenarioError
        When it is not strictly between 0 and 1.
    """
    value = number(given, "level", "a level strictly between 0 and 1", "write 95 per cent as 0.95")
    if not 0 < value < 1:
        raise ScenarioError(
            Problem("", "level", value, "a level strictly between 0 and 1", "write 95 per cent as 0.95")
        )
    return value


def names_of(given: object, names: Sequence[str] | None, count: int, kind: str) -> tuple[str, ...]:
    """Names of columns: those asked for, a frame's own, or a kind and a number.

    Parameters
    ----------
    given : object
        A frame, a Series or an array.
    names : sequence of str or None
        Those asked for, if any.
    count : int
        Columns.
    kind : str
        What a column without a name is called, before its number.

    Raises
    ------
    ScenarioError
        When there are not as many as columns, or two are the same.
    """
    own = getattr(given, "columns", None)
    if names is None:
        if own is None:
            single = getattr(given, "name", None)
            return (
                (str(single),) if count == 1 and single is not None else tuple(f"{kind} {k + 1}" for k in range(count))
            )
        names = [str(name) for name in own]
    found = tuple(str(name) for name in names)
    if len(found) != count or len(set(found)) != count:
        raise ScenarioError(
            Problem(
                "",
                "names",
                list(found),
                phrase("{n} different names", n=count),
                phrase("name every {kind} once", kind=kind),
            )
        )
    return found
