"""Outcomes as plain arrays and back, without losing a bit: what archives and run directories are made of.

One array a field of `Outcome`. A field that is a table of its own becomes three: its names, its values, and, when some
outcome lacks some name, which values are there. Text is stored as fixed-width characters, so nothing needs pickle.
"""

from __future__ import annotations

import io
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import DataError, Problem, Words
from kravsim.measures.incidence import SIZE
from kravsim.measures.outcome import Outcome
from kravsim.phrases import phrase

Array = NDArray[Any]

TABLES: Final[Mapping[str, tuple[type, Callable[[Any], float | int]]]] = {
    "dict[str, float]": (np.float64, float),
    "dict[str, int]": (np.int64, int),
}
"""Kind of a field that is a table -> how its values are stored and read back."""

SCALARS: Final[Mapping[str, tuple[type, Callable[[Any], str | int]]]] = {"str": (np.str_, str), "int": (np.int64, int)}
"""The same for fields that are one value."""

LATER: Final = ("parts", "wholes")
"""Tables that archives of 0.1.0 lack: read as empty, and shares are then means of years, as they were."""
ROW: Final = "NDArray[np.float64]"
"""Kind of a field that is a row of numbers, as long in every outcome; archives of before 0.3.0 lack it: read as empty."""

MOST_MEMBERS: Final = 10_000
LEAST_UNPACKED: Final = 256 * 2**20
MOST_UNPACKED: Final = 16 * 2**30
MOST_PACKED_IN_ONE: Final = 100
"""What members may say they are together, in bytes: so many times the file, but the first number in any case and never more
than the second. Arrays of replications shrink to a tenth or so; what shrinks to a thousandth was made to fill the memory."""

_HEAD: Final = re.compile(
    rb"\{'descr': '[<|](?P<kind>[biuf]|U)(?P<size>[0-9]{1,9})', 'fortran_order': (?P<order>False|True), "
    rb"'shape': \((?P<shape>[0-9]{0,18}(?:, ?[0-9]{1,18}){0,3}),?\),? *\} *\n"
)
_MAGIC: Final = {b"\x93NUMPY\x01\x00": "<H", b"\x93NUMPY\x02\x00": "<I"}
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_NAMES, _PRESENT = "_names", "_present"
_BYTES_A_LETTER: Final = 4
_LAST_LETTER, _HALVES = 0x10FFFF, 0xD800 >> 11
"""The last number that is a character, and the leading bits of those that are only halves of one."""
_DAMAGED: Final = "the file is damaged"
_ZIP: Final = "a zip file that kravsim wrote"


def exact(outcome: Outcome) -> Outcome:
    """Give every value the type its field declares, so that an outcome looks the same before and after storage.

    Parameters
    ----------
    outcome : Outcome
        Of one model in one replication.
    """
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
        if kind == ROW:
            arrays[field.name] = np.array(values, dtype=np.float64).reshape(len(values), -1)
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

    Parameters
    ----------
    arrays : mapping of str to array
        By name of column; all have one row a replication.

    Raises
    ------
    DataError
        When an array is missing or does not fit the others.
    """
    known = {field.name: str(field.type) for field in fields(Outcome)}
    every = {*known, *(name + end for name, kind in known.items() if kind in TABLES for end in (_NAMES, _PRESENT))}
    strange = sorted(set(arrays) - every)
    if strange:
        remedy = "the file is from another version, or was edited"
        raise DataError(
            Problem(
                "", strange[0], Words("an array"), phrase("none but {names}", names=", ".join(sorted(every))), remedy
            )
        )
    n = len(_array(arrays, "replication", np.int64, 1))
    rows: list[dict[str, Any]] = [{} for _ in range(n)]
    for name, kind in known.items():
        for row, value in zip(rows, _values_of(arrays, name, kind, n), strict=True):
            row[name] = value
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
        When it is no zip file, a member is damaged or comes twice, or its members say that they are far larger than it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
            _refuse_swollen(entries, len(body), file)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError, struct.error) as error:
        raise DataError(Problem(file, "", str(error), _ZIP, "it is damaged")) from error
    except MemoryError:
        got = Words("more than there is memory for")
        raise DataError(Problem(file, "", got, _ZIP, "free memory, or raise its limit")) from None


def array_bytes(array: Array) -> bytes:
    """Write an array in numpy's own format; arrays of objects are refused.

    Parameters
    ----------
    array : array
        Of numbers or texts, any shape.

    Raises
    ------
    ValueError
        For an array of objects.
    """
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def array_of(body: bytes, file: str, name: str) -> Array:
    """Read an array from :func:`array_bytes`.

    Parameters
    ----------
    body : bytes
        What :func:`array_bytes` wrote.
    file, name : str
        Where it lay, for the error: the archive, and the array in it.

    Raises
    ------
    DataError
        When it is damaged or would need pickle.
    """
    start = _MAGIC.get(body[:8])
    length = struct.unpack_from(start, body, 8)[0] if start and len(body) >= 8 + struct.calcsize(start) else -1
    begins = 8 + struct.calcsize(start or "") + length
    head = _HEAD.fullmatch(body[:begins], begins - length) if 0 <= length <= len(body) else None
    if head is None or not start:
        got = Words("what is no array of them (Object arrays cannot be loaded, nor records)")
        raise DataError(Problem(file, name, got, "an array of plain numbers or texts", "it is damaged"))
    shape = tuple(int(size) for size in head["shape"].split(b",") if size.strip())
    bytes_an_item = int(head["size"]) * (_BYTES_A_LETTER if head["kind"] == b"U" else 1)
    if math.prod(shape) * bytes_an_item != len(body) - begins or not bytes_an_item > 0:
        got = Words(phrase("{n} bytes for an array of shape {shape}", n=len(body) - begins, shape=shape))
        raise DataError(Problem(file, name, got, "as many as its numbers need", "it is damaged"))
    if head["kind"] == b"U":
        letters = np.frombuffer(body, np.dtype("<u4"), offset=begins)
        if ((letters > _LAST_LETTER) | ((letters >> 11) == _HALVES)).any():
            raise DataError(Problem(file, name, Words("what is no text"), "texts", "it is damaged"))
    try:
        dtype = np.dtype(head[0].split(b"'")[3].decode("ascii"))
        found: Array = np.frombuffer(body, dtype, offset=begins)
        return found.reshape(shape, order="F" if head["order"] == b"True" else "C").copy()
    except (TypeError, ValueError) as error:
        raise DataError(Problem(file, name, str(error), "an array of plain numbers", "it is damaged")) from error


def _refuse_swollen(entries: Sequence[zipfile.ZipInfo], size: int, file: str) -> None:
    """Look at what members say they are before any of them is unpacked."""
    problems = []
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_MEMBERS or len(set(names)) < len(names):
        got = Words("a member twice" if len(entries) <= MOST_MEMBERS else phrase("{n} members", n=len(entries)))
        problems.append(
            Problem(
                file,
                "",
                got,
                phrase("at most {most} members, each once", most=MOST_MEMBERS),
                "kravsim did not write it",
            )
        )
    most = min(MOST_UNPACKED, max(LEAST_UNPACKED, MOST_PACKED_IN_ONE * size))
    total = sum(entry.file_size for entry in entries)
    if total > most:
        got = Words(phrase("members of {total} bytes in a file of {size}", total=total, size=size))
        problems.append(Problem(file, "", got, phrase("at most {most} bytes", most=most), "kravsim did not write it"))
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        got = Words("members packed in another way")
        problems.append(Problem(file, "", got, "members that are stored or deflated", "kravsim did not write it"))
    if problems:
        raise DataError(problems)


def _values_of(arrays: Mapping[str, Array], name: str, kind: str, n: int) -> Sequence[Any]:
    """The values that a field has in each of so many outcomes."""
    if kind in SCALARS:
        stored, read = SCALARS[kind]
        found = _array(arrays, name, stored, 1)
        if len(found) != n:
            raise DataError(Problem("", name, len(found), phrase("{n} rows as in the others", n=n), _DAMAGED))
        return [read(value) for value in found.tolist()]
    if kind == ROW:
        return list(_rows_of(arrays, name, n))
    if name in LATER and not {name, name + _NAMES, name + _PRESENT} & set(arrays):
        return [{} for _ in range(n)]
    values = _array(arrays, name, TABLES[kind][0], 2)
    keys = _array(arrays, name + _NAMES, np.str_, 1).tolist()
    there: Array = np.ones(values.shape, dtype=np.bool_)
    if name + _PRESENT in arrays:
        there = _array(arrays, name + _PRESENT, np.bool_, 2)
    if values.shape != (n, len(keys)) or there.shape != values.shape:
        raise DataError(Problem("", name, values.shape, phrase("shape {shape}", shape=(n, len(keys))), _DAMAGED))
    if len(set(keys)) < len(keys):
        raise DataError(Problem("", name + _NAMES, Words("a name twice"), "each name once", _DAMAGED))
    return [
        {key: number for key, number, yes in zip(keys, numbers, here, strict=True) if yes}
        for numbers, here in zip(values.tolist(), there.tolist(), strict=True)
    ]


def _rows_of(arrays: Mapping[str, Array], name: str, n: int) -> Array:
    """Rows of numbers of so many outcomes, without any numbers where they were not kept."""
    found = _array(arrays, name, np.float64, 2) if name in arrays else np.zeros((n, 0))
    if len(found) != n or found.shape[1] not in (0, SIZE):
        raise DataError(
            Problem("", name, found.shape, phrase("shape {part}, or {part2}", part=(n, SIZE), part2=(n, 0)), _DAMAGED)
        )
    return found


def _array(arrays: Mapping[str, Array], name: str, kind: type, dimensions: int) -> Array:
    if name not in arrays:
        raise DataError(Problem("", name, "nothing", "an array", "the file is from another version, or damaged"))
    found, wanted = arrays[name], np.dtype(kind)
    same = found.dtype.kind == wanted.kind and (wanted.kind == "U" or found.dtype.itemsize == wanted.itemsize)
    if not same or found.ndim != dimensions:
        got = Words(phrase("{kind} in {ndim} dimensions", kind=found.dtype, ndim=found.ndim))
        raise DataError(
            Problem("", name, got, phrase("{name} in {dimensions}", name=wanted.name, dimensions=dimensions), _DAMAGED)
        )
    return found
