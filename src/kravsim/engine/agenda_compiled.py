"""What is to come in the compiled pools: heaps of (minute, number), or of (rank, number), each entry one integer.

An array holds one heap or several, each from its own ``base`` place: the number of entries, the entries in the order of a
binary heap, the least first, and after the last of them one that is `FAR`. So the least of an empty heap is far away, and
nobody need ask whether there is another child.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kravsim.jit_compiled import compiled

Ints = NDArray[np.int64]

KEY_SHIFT: Final = 32
NUMBER_MASK: Final = (1 << KEY_SHIFT) - 1
FAR: Final = (1 << 63) - 1
"""After every entry; its minute is that of the last a plan may have, or later."""
PLACES_BESIDE: Final = 2
"""Places of a heap beside those of its entries."""


def agendas(base: Ints) -> Ints:
    """Room for heaps, all empty.

    Parameters
    ----------
    base : int64 array, shape (heaps + 1,)
        First place of each heap, then the number of all places: each has room for two entries fewer than it has places.
    """
    agenda = np.empty(int(base[-1]), np.int64)
    agenda[base[:-1]], agenda[base[:-1] + 1] = 0, FAR
    return agenda


@compiled
def key_of(agenda: Ints, base: int) -> int:
    """Minute or rank of the least entry, at least that of `FAR` where there is none.

    Parameters
    ----------
    agenda : int64 array
        One heap or several.
    base : int
        First place of this heap.
    """
    return int(agenda[base + 1] >> KEY_SHIFT)


@compiled
def number_of(agenda: Ints, base: int) -> int:
    """Number of the least entry.

    Parameters
    ----------
    agenda : int64 array
        One heap or several.
    base : int
        First place of this heap; it must not be empty.
    """
    return int(agenda[base + 1] & NUMBER_MASK)


@compiled
def push(agenda: Ints, base: int, key: int, number: int) -> None:
    """Add an entry.

    Parameters
    ----------
    agenda : int64 array
        One heap or several, changed in place.
    base : int
        First place of this heap.
    key, number : int
        The entry, key at most that of `FAR`; heaps are ordered by key, then number.
    """
    at = agenda[base] + 1
    agenda[base], agenda[base + at + 1] = at, FAR
    _raise(agenda, base, at, key << KEY_SHIFT | number)


@compiled
def pop(agenda: Ints, base: int) -> int:
    """Remove the least entry and return its number.

    Its place is filled from below down to the last row, without a look at what is to be moved there: the last entry nearly
    always belongs down there.

    Parameters
    ----------
    agenda : int64 array
        One heap or several, changed in place.
    base : int
        First place of this heap; it must not be empty.
    """
    number, size = number_of(agenda, base), agenda[base] - 1
    last = agenda[base + size + 1]
    agenda[base], agenda[base + size + 1] = size, FAR
    at = 1
    while 2 * at <= size:
        below = 2 * at + (agenda[base + 2 * at + 1] < agenda[base + 2 * at])
        agenda[base + at] = agenda[base + below]
        at = below
    if size:
        _raise(agenda, base, at, last)
    return number


@compiled
def _raise(agenda: Ints, base: int, at: int, entry: int) -> None:
    """Put an entry in its place, at ``at`` or above."""
    while at > 1 and agenda[base + (at >> 1)] > entry:
        agenda[base + at] = agenda[base + (at >> 1)]
        at >>= 1
    agenda[base + at] = entry
