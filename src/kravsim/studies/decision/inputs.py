"""The inputs that net benefits are held against: read, freed of constants and of what is said twice, sorted by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import DataError, Problem
from kravsim.phrases import phrase
from kravsim.studies.decision.checks import Floats, check_finite, floats, names_of, with_gaps

_FEW_LEVELS: Final = 8
"""A number with at most so many different values is a set of levels rather than a scale."""
_ALLOWED: Final = "one value a draw, or one row a draw and one column an input"


@dataclass(frozen=True, eq=False)
class Inputs(EqualByParts):
    """Inputs that say something, one column each.

    Parameters
    ----------
    values : (draws, k) float64 array
        Numbers; codes from 0 where an input is a set of levels.
    levels : tuple of int
        How many levels each column has; 0 for a scale.
    names : tuple of str
        Of the columns.
    constant : tuple of str
        Inputs left out because they never vary.
    repeated : tuple of (str, str)
        Inputs left out because another orders the draws in the same way, and that other.
    """

    values: Floats
    levels: tuple[int, ...]
    names: tuple[str, ...]
    constant: tuple[str, ...]
    repeated: tuple[tuple[str, str], ...]

    @property
    def groups(self) -> NDArray[np.int64]:
        """Number of the group of draws that share every value, shape (draws,)."""
        found = np.unique(self.values, axis=0, return_inverse=True)[1]
        return np.asarray(found, np.int64).reshape(-1)


def read_inputs(given: object, draws: int, names: Sequence[str] | None = None) -> Inputs:
    """Read inputs.

    Parameters
    ----------
    given : array-like, shape (draws,) or (draws, k)
        Numbers, truth values or texts.
    draws : int
        How many there must be.
    names : sequence of str, optional
        Of the columns; a frame's own, or a number each, when left out.

    Raises
    ------
    DataError
        When the shape is another, or a value is missing or not finite; it names the draws.
    """
    columns, labels = columns_of(given, draws, names)
    values: list[Floats] = []
    levels: list[int] = []
    kept: list[str] = []
    ranked: list[NDArray[np.int64]] = []
    constant: list[str] = []
    repeated: list[tuple[str, str]] = []
    for name, column in zip(labels, columns, strict=True):
        different, codes = np.unique(column, return_inverse=True)
        codes = codes.reshape(-1)
        if len(different) == 1:
            constant.append(name)
            continue
        alike = next((k for k, other in enumerate(ranked) if _same_order(codes, other)), None)
        if alike is not None:
            repeated.append((name, kept[alike]))
            continue
        is_level = column.dtype.kind not in "iuf" or len(different) <= min(_FEW_LEVELS, draws // 2)
        values.append(codes.astype(np.float64) if is_level else column.astype(np.float64))
        levels.append(len(different) if is_level else 0)
        kept.append(name)
        ranked.append(codes)
    table = np.column_stack(values) if values else np.empty((draws, 0))
    return Inputs(table, tuple(levels), tuple(kept), tuple(constant), tuple(repeated))


def columns_of(given: object, draws: int, names: Sequence[str] | None) -> tuple[list[NDArray[Any]], tuple[str, ...]]:
    """Read the columns of inputs, numbers or texts, and their names.

    Parameters
    ----------
    given : object
        A frame, or an array of shape (draws,) or (draws, k).
    draws : int
        How many rows there must be.
    names : sequence of str or None
        Names to give the columns; a frame has its own.

    Returns
    -------
    (list of array, tuple of str)
        One array of shape (draws,) a column, and their names.

    Raises
    ------
    DataError
        As :func:`read_inputs`.
    """
    frame = getattr(given, "columns", None)
    if frame is not None:
        table: Any = given
        parts = [_column(with_gaps(table[name]), draws, str(name)) for name in frame]
        return parts, names_of(given, names, len(parts), "input")
    try:
        array = with_gaps(given)
    except ValueError:
        array = np.asarray(floats(given, "parameter", _ALLOWED))
    if array.ndim not in (1, 2) or array.shape[0] != draws or array.size == 0:
        remedy = phrase("net_benefit has {draws} draws: give each the value it was computed from", draws=draws)
        raise DataError(
            Problem(
                "",
                "parameter",
                array.shape,
                phrase("{allowed}; {draws} draws", allowed=phrase(_ALLOWED), draws=draws),
                remedy,
            )
        )
    table = array.reshape(draws, -1)
    labels = names_of(given, names, table.shape[1], "input")
    return [_column(table[:, k], draws, label) for k, label in enumerate(labels)], labels


def _column(column: NDArray[Any], draws: int, name: str) -> NDArray[Any]:
    if len(column) != draws:
        raise DataError(
            Problem("", name, len(column), phrase("{draws} draws", draws=draws), "give each draw its value")
        )
    if column.dtype.kind == "b":
        return column.astype(np.int64)
    if column.dtype.kind in "iuf":
        check_finite(column.astype(np.float64), name, "draw")
        return column
    if all(isinstance(item, str) for item in column):
        return column.astype(str)
    array = floats(column, name, "numbers or texts, one kind a column")
    check_finite(array, name, "draw")
    return array


def _same_order(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    """Whether two inputs tell the draws apart in the same way: one is a rising or falling function of the other."""
    top = int(other.max())
    return int(one.max()) == top and (np.array_equal(one, other) or np.array_equal(one, top - other))
