"""How a file of parameter sets is written: its first line says what they were made from, a table follows."""

from __future__ import annotations

import lzma
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kravsim.archives.manifest import known_keys, read_json
from kravsim.calibration.calibration import Diagnosis
from kravsim.calibration.tempering import ROUNDS
from kravsim.errors import show
from kravsim.phrases import phrase

KIND: Final = "kravsim parameter sets 1"
FIRST_VERSION: Final = "0.1.0"
"""The version of sets whose file does not say."""
PLAIN, PACKED = ".csv", ".csv.xz"
"""How the name of a file ends: as text, or as the same text compressed."""
MOST_PLAIN: Final = 500
"""Sets that are kept as text; more are kept compressed, unless a name is given that says otherwise."""
_VERSION: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}")
_LARGEST: Final = 1e300
HEAD: Final = "# "
_KINDS: Final[Mapping[str, type]] = {
    "kind": str,
    "name": str,
    "choice": dict,
    "seed": int,
    "made_from": dict,
    "targets": list,
    "sets": int,
    "diagnosis": dict,
    "slopes": list,
    "moves": int,
    "apart": dict,
}
_LATER: Final[Mapping[str, Any]] = {"sets": 0, "moves": ROUNDS, "apart": {}}
"""What is left out of a first line, and what is read for it: of earlier versions' files how many sets there are, where 0 is
any number; of all files how sets were sampled, where that was as usual."""


class Odd(Exception):  # noqa: N818 - becomes a DataError where the file is known
    """Something in a file that is not as it was written: key, and what is wrong."""


def packed(text: str) -> bytes:
    """Compress the text of a file.

    What the bytes are is the compressor's business; what is promised, byte for byte, is the text.

    Parameters
    ----------
    text : str
        As :func:`kravsim.calibration.stored.calibration_text` writes it.
    """
    return lzma.compress(text.encode("utf-8"), check=lzma.CHECK_CRC64, preset=9)


def unpacked(content: bytes, most: int) -> bytes:
    """Give back what :func:`packed` compressed.

    Parameters
    ----------
    content : bytes
        All of the file.
    most : int
        Bytes that the text may have.

    Raises
    ------
    Odd
        When it is no such file, is cut off or damaged, or would become larger.
    """
    reader = lzma.LZMADecompressor(format=lzma.FORMAT_XZ)
    try:
        text = reader.decompress(content, max_length=most + 1)
    except lzma.LZMAError as error:
        raise Odd("", phrase("{error}, as a compressed file", error=str(error))) from None
    if len(text) > most:
        raise Odd("", phrase("more than {most} bytes when it is unpacked", most=most))
    if not reader.eof or reader.unused_data:
        raise Odd("", phrase("a compressed file that is cut off or goes on after its end"))
    return text


def read_head(line: str) -> dict[str, Any]:
    """Read the line that says what the sets were made from.

    Parameters
    ----------
    line : str
        The first line, without its line break.

    Returns
    -------
    dict of str to object
        Every key of the line, with the parts that older files lack filled in.

    Raises
    ------
    Odd
        With what is not as it should be.
    """
    if not line.startswith(HEAD):
        raise Odd(
            "line 1", phrase("{value}, which does not begin with {begin}", value=show(line[:40]), begin=HEAD.strip())
        )
    said = read_json(line.removeprefix(HEAD).encode("utf-8"), "line 1")
    known = known_keys({**_LATER, **said}, _KINDS, "line 1")
    if known["kind"] != KIND:
        raise Odd("kind", show(known["kind"]))
    for key in ("choice", "made_from"):
        if not all(isinstance(text, str) for text in known[key].values()):
            raise Odd(key, phrase("{known}, which is not all texts", known=show(known[key])))
    version = known["made_from"].get("version", FIRST_VERSION)
    if not _VERSION.fullmatch(version):
        raise Odd("made_from.version", phrase("{version}, which is no version", version=show(version)))
    names = known["targets"]
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise Odd("targets", phrase("{names}, which is not names, each once", names=show(names)))
    if known["seed"] < 0:
        raise Odd("seed", show(known["seed"]))
    _check_diagnosis(known["diagnosis"])
    _check_sampling(known)
    return known


def _check_diagnosis(diagnosis: Mapping[str, Any]) -> None:
    wanted = {one.name: one.type for one in fields(Diagnosis)}
    if set(diagnosis) != set(wanted):
        odd = sorted(set(diagnosis) ^ set(wanted))[0]
        raise Odd(f"diagnosis.{odd}", "a name too many" if odd in diagnosis else "nothing")
    for name, number in diagnosis.items():
        kinds = (int,) if wanted[name] == "int" else (int, float)
        if isinstance(number, bool) or not isinstance(number, kinds) or abs(number) > _LARGEST:
            raise Odd(f"diagnosis.{name}", show(number))
    if min(diagnosis["islands"], diagnosis["particles"], diagnosis["prior_draws"]) < 1:
        raise Odd("diagnosis", "counts below 1")


def _check_sampling(known: Mapping[str, Any]) -> None:
    if known["moves"] < 1:
        raise Odd("moves", show(known["moves"]))
    for key, bounds in known["apart"].items():
        if not isinstance(bounds, list) or not bounds or not all(_finite(one) for one in bounds):
            raise Odd(f"apart.{key}", phrase("{value}, which is not a list of numbers", value=show(bounds)))


def _finite(number: object) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < _LARGEST


def read_table(lines: Sequence[str], width: int) -> npt.NDArray[np.float64]:
    """Read the lines below the head of columns: finite numbers, two rows or more.

    Parameters
    ----------
    lines : sequence of str
        From the third line of the file.
    width : int
        How many numbers a row has.

    Returns
    -------
    float64 array, shape (sets, width)
        As in the file.

    Raises
    ------
    Odd
        With the first line that is not as it should be.
    """
    rows = []
    for place, line in enumerate(lines, 3):
        cells = line.split(",")
        try:
            row = [float(cell) for cell in cells]
        except ValueError:
            row = []
        if len(row) != width or not all(map(math.isfinite, row)):
            raise Odd(
                phrase("line {place}", place=place),
                phrase("{value}, which is not {width} finite numbers", value=show(line[:40]), width=width),
            )
        rows.append(row)
    if len(rows) < 2:
        raise Odd("", phrase("{n} sets, where two or more are wanted", n=len(rows)))
    return np.array(rows, np.float64)


def read_slopes(said: list[Any], rows: int, columns: int) -> npt.NDArray[np.float64]:
    """Read what the first line says of slopes: so many rows and columns of finite numbers.

    Parameters
    ----------
    said : list of object
        What the first line says: a list of rows.
    rows, columns : int
        Targets and keys.

    Returns
    -------
    float64 array, shape (rows, columns)
        Prior sds of a target's figure per prior sd of a number.

    Raises
    ------
    Odd
        When it has another shape, or something in it is no number.
    """
    plain = all(
        isinstance(row, list)
        and len(row) == columns
        and all(isinstance(one, int | float) and not isinstance(one, bool) and abs(one) < _LARGEST for one in row)
        for row in said
    )
    if len(said) != rows or not plain:
        raise Odd("slopes", phrase("what is not {rows} rows of {columns} finite numbers", rows=rows, columns=columns))
    return np.array(said, np.float64)
