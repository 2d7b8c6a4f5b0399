"""How the engine is compiled, and the binary heap that its files share.

A heap is an array of shape (capacity + 1, 2): row 0 holds the number of entries, the entries (key, number) follow, the
least first. Several heaps may lie in one array, each from its own ``base`` row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
P = ParamSpec("P")
R = TypeVar("R")


OPTIONS: dict[str, Any] = {"cache": True, "forceinline": True, "_nrt": False}
"""Compiled code here never allocates (arrays come from Python and grow there), so numba's reference counting is off
(``_nrt``): counting each array of a named tuple at each use took six sevenths of the time. Inlining saves handing the tuples
on, which took half of the rest."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile with numba at the first call and keep the machine code on disk.

    numba looks at a function's own file to see whether the kept code is out of date, not at the files it calls: after an
    edit here, remove the ``.nbi`` files of the folder.
    """
    return cast("Callable[P, R]", njit(**OPTIONS)(function))


@compiled
def push(heap: Ints, base: int, key: int, number: int) -> None:
    """Add an entry; entries that come in order are added without a comparison beyond the first."""
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
    """Remove the least entry and return its number."""
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
