"""Working arrays that a thread keeps from one replication to the next.

The arrays of a replication are about as large as those of the one before. On two threads they are half of the memory that a
study would get anew from the system, page by page, and threads of one process wait for each other at that.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

MOST_KEPT: Final = 2**26
"""Bytes of the largest array that is kept; of larger ones few are needed at a time, and memory matters more."""
ROOM_TO_GROW: Final = 16
"""An array that is kept has room for this fraction (one in so many) more than was asked for."""


class _Here(threading.local):
    """What the present thread keeps, by name; None where it keeps nothing."""

    arrays: dict[str, NDArray[Any]] | None = None


_here = _Here()


@contextmanager
def keeping() -> Iterator[None]:
    """Keep working arrays of this thread for as long as the block lasts."""
    before = _here.arrays
    _here.arrays = {} if before is None else before
    try:
        yield
    finally:
        _here.arrays = before


def filled(name: str, shape: int | tuple[int, ...], dtype: DTypeLike, value: int = 0) -> NDArray[Any]:
    """Give an array as :func:`working` does, with one value everywhere.

    Parameters
    ----------
    name : str
        What it is for.
    shape : int or tuple of int
        Of the array.
    dtype : dtype
        Of the array.
    value : int
        What stands everywhere.
    """
    array = working(name, shape, dtype)
    array.fill(value)
    return array


def working(name: str, shape: int | tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Give an array with any content at all, for work that is over before the same name is asked for again.

    Parameters
    ----------
    name : str
        What it is for.
    shape : int or tuple of int
        Of the array.
    dtype : dtype
        Of the array.
    """
    kept, count = _here.arrays, math.prod((shape,) if isinstance(shape, int) else shape)
    kind = np.dtype(dtype)
    if kept is None or count * kind.itemsize > MOST_KEPT:
        return np.empty(shape, kind)
    have = kept.get(name)
    if have is None or have.dtype != kind or len(have) < count:
        kept[name] = np.empty(0)  # the shorter one is gone before the longer one comes
        have = kept[name] = np.empty(count + count // ROOM_TO_GROW, kind)
    return have[:count].reshape(shape)
