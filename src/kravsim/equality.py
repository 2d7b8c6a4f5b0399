"""When two frozen values are equal: their parts are, and a number that is missing in both is no difference.

Python's rule for equal values is that they are one value: equal hashes, equal after a trip through a file, and equal to
themselves. NaN breaks it, being unequal to itself, and so do dicts and arrays, which have no hash.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from kravsim.scalars import scalar

_NOT_A_NUMBER: Final = "a number that is missing"


class EqualByParts:
    """Gives a frozen dataclass equality and hash by its parts; the dataclass itself is declared with ``eq=False``.

    Fields with ``compare=False`` do not count. NaN in equal places is equal, dicts are equal whatever the order of their
    keys, and numbers whatever their kind, as everywhere in Python.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, eq=False)
    ... class Measured(EqualByParts):
    ...     numbers: dict[str, float]
    >>> one, other = Measured({"x": float("nan")}), Measured({"x": float("nan")})
    >>> one == other, hash(one) == hash(other), one == Measured({"x": 1.0})
    (True, True, False)
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not type(self):
            return NotImplemented
        return _parts(self) == _parts(other)

    def __hash__(self) -> int:
        return hash((type(self), _parts(self)))


def key_of(value: object) -> Hashable:
    """Give what is equal, and has an equal hash, exactly when two values are equal by their parts.

    Parameters
    ----------
    value : object
        Numbers, text, dates, mappings, sequences, sets, numpy arrays, frozen dataclasses, and whatever has a hash.

    Examples
    --------
    >>> key_of({"a": [1, float("nan")]}) == key_of({"a": [1.0, float("nan")]}), key_of([1]) == key_of((1,))
    (True, False)
    """
    found: Hashable
    if isinstance(value, EqualByParts):
        found = value
    elif isinstance(value, Mapping):
        found = ("mapping", frozenset((key, key_of(inner)) for key, inner in value.items()))
    elif isinstance(value, list | tuple):
        found = ("list" if isinstance(value, list) else "tuple", tuple(map(key_of, value)))
    elif isinstance(value, set | frozenset):
        found = ("set", frozenset(map(key_of, value)))
    elif isinstance(value, _arrays()):
        array: Any = value
        found = ("array", array.shape, tuple(map(key_of, array.ravel().tolist())))
    elif is_dataclass(value) and not isinstance(value, type) and type(value).__hash__ is None:
        found = (type(value), _parts(value))
    else:
        plain = scalar(value)
        missing = isinstance(plain, float) and math.isnan(plain)
        found = _NOT_A_NUMBER if missing else plain
    return found


def _parts(value: Any) -> tuple[Hashable, ...]:
    return tuple(key_of(getattr(value, one.name)) for one in fields(value) if one.compare)


def _arrays() -> tuple[type, ...]:
    numpy: Any = sys.modules.get("numpy")  # what was never imported made no array
    return () if numpy is None else (numpy.ndarray,)
