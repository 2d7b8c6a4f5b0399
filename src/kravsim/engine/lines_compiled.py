"""Those waiting, compiled: a line for each queue, in order of (release, case) (contract §6).

Time does not go back, so nearly every case joins at the end of its line: a linked list. Only work of 0 minutes can send a
case back within the minute, before others of a higher number that were released in the same minute; such a case stands
aside in a pairing heap (Fredman, Sedgewick, Sleator and Tarjan 1986) of the same queue.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import NONE
from kravsim.engine.heap_compiled import Ints
from kravsim.jit_compiled import compiled

Places = NDArray[np.void]
"""Where each case stands, a record each; lines are made of ``release`` (minute), ``behind`` (the case behind, or the parent's
next child) and ``child`` (the first child of a case that stands aside)."""


class Lines(NamedTuple):
    """The places of the cases, and for each queue (Q,) the ends of its line and the root of its heap; NONE where none is.

    Attributes
    ----------
    place : Places, shape (N,)
        A record for each case.
    first, last : int64 array, shape (Q,)
        Cases at the front and at the end of the line.
    aside : int64 array, shape (Q,)
        Case at the root of the heap.
    """

    place: Places
    first: Ints
    last: Ints
    aside: Ints


def lines_for(place: Places, n_queues: int) -> Lines:
    """Empty lines for cases that have their places here.

    Parameters
    ----------
    place : Places, shape (N,)
        One record a case, any content.
    n_queues : int
        Queues of all pools together.
    """
    first, last, aside = (np.full(n_queues, NONE, np.int64) for _ in range(3))
    return Lines(place, first, last, aside)


@compiled
def is_empty(lines: Lines, queue: int) -> bool:
    """Whether nobody waits in this queue.

    Parameters
    ----------
    lines : Lines
    queue : int
        Number of the queue, through all pools.
    """
    return bool(lines.first[queue] == NONE and lines.aside[queue] == NONE)


@compiled
def enter_line(lines: Lines, queue: int, case: int) -> None:
    """Add a case, at the end of the line where its key allows.

    Parameters
    ----------
    lines : Lines
    queue : int
        Number of the queue, through all pools.
    case : int
        Index of the case, whose release stands in its place.
    """
    last = lines.last[queue]
    if last != NONE and is_before(lines, case, last):
        lines.place[case]["child"] = lines.place[case]["behind"] = NONE
        lines.aside[queue] = _merged(lines, lines.aside[queue], case)
        return
    lines.place[case]["behind"] = NONE
    lines.last[queue] = case
    if last == NONE:
        lines.first[queue] = case
    else:
        lines.place[last]["behind"] = case


@compiled
def head_of_line(lines: Lines, queue: int) -> int:
    """The case whose turn it is; the queue must not be empty.

    Parameters
    ----------
    lines : Lines
    queue : int
        Number of the queue, through all pools.

    Returns
    -------
    int
        Index of the case.
    """
    first, aside = lines.first[queue], lines.aside[queue]
    if first == NONE or (aside != NONE and is_before(lines, aside, first)):
        return int(aside)
    return int(first)


@compiled
def leave_line(lines: Lines, queue: int) -> int:
    """Take out the case whose turn it is; the queue must not be empty.

    Parameters
    ----------
    lines : Lines
    queue : int
        Number of the queue, through all pools.

    Returns
    -------
    int
        Index of the case.
    """
    first, aside = lines.first[queue], lines.aside[queue]
    if first == NONE or (aside != NONE and is_before(lines, aside, first)):
        lines.aside[queue] = _paired(lines, lines.place[aside]["child"])
        return int(aside)
    lines.first[queue] = lines.place[first]["behind"]
    if lines.first[queue] == NONE:
        lines.last[queue] = NONE
    return int(first)


@compiled
def is_before(lines: Lines, case: int, other: int) -> bool:
    """Whether a case has its turn before another of the same priority (§6).

    Parameters
    ----------
    lines : Lines
    case, other : int
        Indexes of two cases.
    """
    return bool(
        lines.place[case]["release"] < lines.place[other]["release"]
        or (lines.place[case]["release"] == lines.place[other]["release"] and case < other)
    )


@compiled
def _merged(lines: Lines, root: int, other: int) -> int:
    """One heap of two: the later root becomes the first child of the earlier one."""
    if root == NONE:
        return other
    if is_before(lines, other, root):
        root, other = other, root
    lines.place[other]["behind"] = lines.place[root]["child"]
    lines.place[root]["child"] = other
    return root


@compiled
def _paired(lines: Lines, children: int) -> int:
    """One heap of a root's children: merged in pairs from left to right, then the pairs from right to left."""
    pairs = NONE
    while children != NONE:
        one, two = children, lines.place[children]["behind"]
        children = lines.place[two]["behind"] if two != NONE else NONE
        lines.place[one]["behind"] = NONE
        if two != NONE:
            lines.place[two]["behind"] = NONE
            one = _merged(lines, one, two)
        lines.place[one]["behind"] = pairs
        pairs = one
    root = NONE
    while pairs != NONE:
        one, pairs = pairs, lines.place[pairs]["behind"]
        lines.place[one]["behind"] = NONE
        root = _merged(lines, root, one)
    return root
