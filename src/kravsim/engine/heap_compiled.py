"""The binary heap that the files of the compiled engine share.

A heap is an array of shape (capacity + 1, 2): row 0 holds the number of entries, the entries (key, number) follow, the
least first. Several heaps may lie in one array, each from its own ``base`` row.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.jit_compiled import compiled

Ints = NDArray[np.int64]


@compiled
def push(heap: Ints, base: int, key: int, number: int) -> None:
    """Add an entry; entries that come in order are added without a comparison beyond the first.

    Parameters
    ----------
    heap : int64 array, shape (rows, 2)
        One heap or several, changed in place.
    base : int
        Row at which this heap begins.
    key, number : int
        The entry; heaps are ordered by key, then number.
    """
    heap[base, 0] += 1
    at = heap[base, 0]
    while at > 1:
        above = base + (at >> 1)
        if heap[above, 0] < key or (heap[above, 0] == key and heap[above, 1] <= number):
            break
        heap[base + at, 0], heap[base + at, 1] = heap[above, 0], heap[above, 1]
        at >>= 1
    heap[base + at, 0], heap[base + at, 1] = key, number


@compiled
def pop(heap: Ints, base: int) -> int:
    """Remove the least entry and return its number.

    Parameters
    ----------
    heap : int64 array, shape (rows, 2)
        One heap or several, changed in place.
    base : int
        Row at which this heap begins; it must not be empty.
    """
    least = heap[base + 1, 1]
    size = heap[base, 0] - 1
    heap[base, 0] = size
    key, number = heap[base + size + 1, 0], heap[base + size + 1, 1]
    at = 1
    while 2 * at <= size:
        below = base + 2 * at
        if 2 * at < size and (
            heap[below + 1, 0] < heap[below, 0]
            or (heap[below + 1, 0] == heap[below, 0] and heap[below + 1, 1] < heap[below, 1])
        ):
            below += 1
        if key < heap[below, 0] or (key == heap[below, 0] and number <= heap[below, 1]):
            break
        heap[base + at, 0], heap[base + at, 1] = heap[below, 0], heap[below, 1]
        at = below - base
    heap[base + at, 0], heap[base + at, 1] = key, number
    return int(least)
