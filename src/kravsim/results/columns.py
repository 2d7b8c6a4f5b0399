"""Outcomes as plain arrays and back, without losing a bit: what archives and run directories are made of.

One array a field of `Outcome`. A field that is a table of its own becomes three: its names, its values, and, when some
outcome lacks some name, which values are there. Text is stored as fixed-width characters, so nothing needs pickle.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import DataError, Problem
from kravsim.results.outcome import Outcome

Array = NDArray[Any]

TABLES: Final[Mapping[str, tuple[type, Callable[[Any], float | int]]]] = {
    "dict[str, float]": (np.float64, float),
    "dict[str, int]": (np.int64, int),
}
"""Kind of a field that is a table -> how its values are stored and read back."""

SCALARS: Final[Mapping[str, tuple[type, Callable[[Any], str | int]]]] = {"str": (np.str_, str), "int": (np.int64, int)}
"""The same for fields that are one value."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_NAMES, _PRESENT = "_names", "_present"


def exact(outcome: Outcome) -> Outcome:
    """Give every value the type its field declares, so that an outcome looks the same before and after storage."""
    tables = {field.name: TABLES[str(field.type)][1] for field in fields(outcome) if str(field.type) in TABLES}
    parts: dict[str, Any] = {
        name: {key: kind(value) for key, value in getattr(outcome, name).items()} for name, kind in tables.items()
    }
    return replace(outcome, **parts)


def columns(outcomes: Sequence[Outcome]) -> dict[str, Array]:
    """Write outcomes as arrays.

    Parameters
    ----------
    outcomes : sequence of Outcome
        At least one.

    Returns
    -------
    dict of str to array
        `<field>` of shape (n,) or (n, names); for tables also `<field>_names` and perhaps `<field>_present`.

    Raises
    ------
    OverflowError
        When a whole number does not fit into 64 bits.
    """
    arrays: dict[str, Array] = {}
    for field in fields(Outcome):
        values = [getattr(outcome, field.name) for outcome in outcomes]
        kind = str(field.type)
        if kind in SCALARS:
            arrays[field.name] = np.array(values, dtype=SCALARS[kind][0])
            continue
        names = list(dict.fromkeys(name for value in values for name in value))
        there = np.array([[name in value for name in names] for value in values], dtype=np.bool_)
        arrays[field.name + _NAMES] = np.array(names, dtype=np.str_)
        table = [[value.get(name, 0) for name in names] for value in values]
        arrays[field.name] = np.array(table, dtype=TABLES[kind][0]).reshape(len(values), len(names))
        if not there.all():
            arrays[field.name + _PRESENT] = there.reshape(len(values), len(names))
    return arrays


def outcomes(arrays: Mapping[str, Array]) -> tuple[Outcome, ...]:
    """Read outcomes back from :func:`columns`.

    Raises
    ------
    DataError
        When an array is missing or does not fit the others.
    """
    known = {field.name: str(field.type) for field in fields(Outcome)}
    n = len(_array(arrays, "replication"))
    rows: list[dict[str, Any]] = [{} for _ in range(n)]
    for name, kind in known.items():
        values = _array(arrays, name)
        if len(values) != n:
            raise DataError(Problem("", name, len(values), f"{n} rows as in the others", "the file is damaged"))
        if kind in SCALARS:
            _, read = SCALARS[kind]
            for row, value in zip(rows, values.tolist(), strict=True):
                row[name] = read(value)
            continue
        keys = [str(key) for key in _array(arrays, name + _NAMES)]
        there = arrays.get(name + _PRESENT, np.ones(values.shape, dtype=np.bool_))
        if values.shape != (n, len(keys)) or there.shape != values.shape:
            raise DataError(Problem("", name, values.shape, f"shape {(n, len(keys))}", "the file is damaged"))
        for row, numbers, here in zip(rows, values.tolist(), there.tolist(), strict=True):
            row[name] = {key: number for key, number, yes in zip(keys, numbers, here, strict=True) if yes}
    return tuple(Outcome(**row) for row in rows)


def packed(members: Mapping[str, bytes | Array], level: int = 6) -> bytes:
    """Pack texts and arrays into one zip file, the same bytes for the same contents.

    Parameters
    ----------
    members : mapping of str to bytes or array
        An array becomes a member `<name>.npy`, which numpy reads without pickle.
    level : int
        How hard to compress, from 1 (quick) to 9 (small).
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            known = {name: content} if isinstance(content, bytes) else {f"{name}.npy": array_bytes(content)}
            for full, body in known.items():
                entry = zipfile.ZipInfo(full, _EPOCH)
                entry.create_system = 3  # the system of the writer would be another byte on another machine
                archive.writestr(entry, body, zipfile.ZIP_DEFLATED, level)
    return stream.getvalue()


def unpacked(body: bytes, file: str) -> dict[str, bytes]:
    """Read the members of :func:`packed`.

    Parameters
    ----------
    body : bytes
        The whole file.
    file : str
        What problems call it.

    Raises
    ------
    DataError
        When it is no zip file, or a member is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise DataError(Problem(file, "", str(error), "a zip file that kravsim wrote", "it is damaged")) from error


def array_bytes(array: Array) -> bytes:
    """Write an array in numpy's own format; arrays of objects are refused."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def array_of(body: bytes, file: str, name: str) -> Array:
    """Read an array from :func:`array_bytes`.

    Raises
    ------
    DataError
        When it is damaged or would need pickle.
    """
    try:
        found: Array = np.lib.format.read_array(io.BytesIO(body), allow_pickle=False)
    except (ValueError, EOFError, OSError, SyntaxError, MemoryError) as error:
        raise DataError(Problem(file, name, str(error), "an array of plain numbers", "it is damaged")) from error
    return found


def _array(arrays: Mapping[str, Array], name: str) -> Array:
    if name not in arrays:
        raise DataError(Problem("", name, "nothing", "an array", "the file is from another version, or damaged"))
    return arrays[name]
