"""Where a number comes from, and a fingerprint by which a set of numbers is known again."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum


class Status(StrEnum):
    """How well a number is founded."""

    SOURCED = "sourced"
    """Read from the source as it stands there."""
    DERIVED = "derived"
    """Computed from what the source says; the note says how."""
    ASSUMED = "assumed"
    """Chosen by whoever wrote the scenario."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document, data set or statement that numbers refer to by its id.

    Parameters
    ----------
    id : str
        Short name that values refer to, unique within a scenario or law table.
    title : str
        What it is called.
    where : str
        Publisher, reference number, page or address.
    date : datetime.date or None
        When it was published or read; None when unknown.
    note : str
        Anything a reader should know before trusting it.
    """

    id: str
    title: str
    where: str
    date: datetime.date | None = None
    note: str = ""


def canonical(content: object) -> object:
    """Reduce nested data to what JSON can write, the same way on every machine.

    Mappings need text keys; dataclasses become mappings, enums their value, dates ISO text, tuples lists. Minus zero
    becomes zero, since the two are one number to every reader. An infinite number ("no limit") becomes text.

    Parameters
    ----------
    content : object
        Nested mappings, sequences, dataclasses, texts, numbers, truth values, dates, enums and None.

    Returns
    -------
    object
        Dicts, lists, str, int, float, bool and None only.

    Raises
    ------
    TypeError
        When a key is not text, or something of another type is met.
    ValueError
        When a number is NaN.
    """
    if isinstance(content, Enum):
        return canonical(content.value)
    if content is None or isinstance(content, str | bool | int):
        return content
    if isinstance(content, float):
        return _canonical_float(content)
    if isinstance(content, datetime.date | datetime.time):
        return content.isoformat()
    if dataclasses.is_dataclass(content) and not isinstance(content, type):
        return {field.name: canonical(getattr(content, field.name)) for field in dataclasses.fields(content)}
    if isinstance(content, Mapping):
        return {_text_key(key): canonical(inner) for key, inner in content.items()}
    if isinstance(content, Sequence) and not isinstance(content, bytes | bytearray):
        return [canonical(inner) for inner in content]
    message = f"a {type(content).__name__} has no canonical form"
    raise TypeError(message)


def fingerprint(content: object) -> str:
    """Give the sha256 of the canonical JSON of nested data.

    Keys are sorted and floats written with the fewest digits that read back to the same float, so the order in
    which a table was filled does not matter and every change of a number does.

    Parameters
    ----------
    content : object
        What `canonical` takes.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    TypeError, ValueError
        As `canonical`.

    Examples
    --------
    >>> fingerprint({"a": 1, "b": 0.1}) == fingerprint({"b": 0.1, "a": 1})
    True
    >>> fingerprint({"a": 1})[:12]
    '015abd7f5cc5'
    """
    text = json.dumps(canonical(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _canonical_float(number: float) -> float | str:
    if math.isnan(number):
        message = "NaN has no canonical form: it is not equal to itself"
        raise ValueError(message)
    if math.isinf(number):
        return "inf" if number > 0 else "-inf"
    return float(number) + 0.0


def _text_key(key: object) -> str:
    if not isinstance(key, str):
        message = f"keys must be text, got {type(key).__name__}"
        raise TypeError(message)
    return str(key.value) if isinstance(key, Enum) else key
