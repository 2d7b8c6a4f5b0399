"""``serve``, compiled: one queue before servers who are always at work, without a plan."""

from __future__ import annotations

import numpy as np

from kravsim.engine.heap_compiled import Ints, pop, push
from kravsim.jit_compiled import compiled


def serve_compiled(release: Ints, work: Ints, priority: Ints, servers: int) -> tuple[Ints, Ints]:
    """Serve items first in first out within a priority, lower priorities first, never preemptively.

    Parameters
    ----------
    release, work, priority : arrays of int64, shape (n,)
        Checked by :func:`kravsim.engine.queue.serve`: releases in order, work at least 0.
    servers : int
        At least 1.

    Returns
    -------
    start, finish : arrays of int64, shape (n,)
    """
    n_items = len(release)
    start, finish = np.empty(n_items, np.int64), np.empty(n_items, np.int64)
    free_from = np.zeros((min(servers, n_items) + 1, 2), np.int64)
    if not n_items:
        return start, finish
    free_from[1:, 0] = release[0]
    free_from[0, 0] = len(free_from) - 1
    waiting = np.zeros((n_items + 1, 2), np.int64)
    releases, works, priorities = (np.ascontiguousarray(values, np.int64) for values in (release, work, priority))
    _serve(releases, works, priorities, free_from, waiting, start, finish)
    return start, finish


@compiled
def _serve(
    release: Ints, work: Ints, priority: Ints, free_from: Ints, waiting: Ints, start: Ints, finish: Ints
) -> None:
    """Give the first item by (priority, release, number) to the server free first, at the minute both are there.

    ``free_from`` is a heap of the minutes at which servers become free, ``waiting`` one of (priority, item).
    """
    released, now = 0, release[0]
    for _ in range(len(release)):
        now = max(now, free_from[1, 0])
        if waiting[0, 0] == 0:
            now = max(now, release[released])
        while released < len(release) and release[released] <= now:
            push(waiting, 0, priority[released], released)
            released += 1
        item = pop(waiting, 0)
        start[item], finish[item] = now, now + work[item]
        pop(free_from, 0)
        push(free_from, 0, now + work[item], 0)
