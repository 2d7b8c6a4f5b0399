"""The process unrolled: one node for each step and for the visits so far that can still matter.

A case visits a step only so many times. With the number of visits in the node, the process has no loops left, so one pass in
topological order finds every flow exactly. Visits count only where the limit can be reached and the step be met again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kravsim.models.plan import NEVER
from kravsim.models.process import CODE, MAX_ANSWERS, PROCESS

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes in topological order.

    Attributes
    ----------
    step : (N,)
        Step code of each node.
    target : (N, A)
        Node that follows each answer; an end state is ``-1 - its number among the ends``.
    attached : (N,)
        Visits to the attachment that the case is known to have made, this one included.
    titled : (N,)
        Whether the case has been under surveillance with a title or attached before.
    entry : dict of str to int
        Node at which a case without earlier visits enters a step.
    """

    step: Ints
    target: Ints
    attached: Ints
    titled: NDArray[np.bool_]
    entry: dict[str, int]


@cache
def unrolled(entries: tuple[str, ...], limits: tuple[int, ...], otherwise: tuple[int, ...]) -> Graph:
    """Unroll :data:`~kravsim.models.process.PROCESS` from some entries.

    Parameters
    ----------
    entries : tuple of str
        Steps at which cases enter.
    limits : tuple of int
        Visits allowed, by step.
    otherwise : tuple of int
        Where a case goes that a step does not take.
    """
    after = [[CODE[answer.goes_to] for answer in step.answers] for step in PROCESS]
    counted = _counted(after, limits, otherwise)
    found: dict[tuple[int, ...], list[int | tuple[int, ...]]] = {}
    order: list[tuple[int, ...]] = []

    def admitted(target: int, visits: tuple[int, ...]) -> int:
        while target < len(PROCESS) and visits[target] >= limits[target]:
            if otherwise[target] == NEVER:
                raise ValueError(f"{PROCESS[target].name} refuses a case and says not where it goes")
            target = otherwise[target]
        return target

    def meet(target: int, visits: tuple[int, ...]) -> int | tuple[int, ...]:
        """Node or end that takes a case; nodes are entered in order after all that follow them."""
        step = admitted(target, visits)
        if step >= len(PROCESS):
            return len(PROCESS) - 1 - step
        key = (step, *(count if code in counted[step] else 0 for code, count in enumerate(visits)))
        if key not in found:
            found[key] = []
            now = tuple(count + (code == step) for code, count in enumerate(key[1:]))
            found[key] = [meet(goes_to, now) for goes_to in after[step]]
            order.append(key)
        return key

    nothing = (0,) * len(PROCESS)
    first = {name: meet(CODE[name], nothing) for name in entries}
    number = {key: place for place, key in enumerate(reversed(order))}
    target = np.full((len(order), MAX_ANSWERS), -1, np.int64)
    for key, follows in found.items():
        for answer, goes_to in enumerate(follows):
            target[number[key], answer] = number[goes_to] if isinstance(goes_to, tuple) else goes_to
    nodes = np.array([*reversed(order)], np.int64).reshape(len(order), -1)
    step, visits = nodes[:, 0], nodes[:, 1:]
    seized = visits[:, CODE["attachment"]]
    attached = seized + (step == CODE["attachment"])
    titled = (visits[:, CODE["surveillance_with_title"]] + seized) > 0
    return Graph(
        step, target, attached, titled, {name: number[key] for name, key in first.items() if isinstance(key, tuple)}
    )


def _counted(after: list[list[int]], limits: tuple[int, ...], otherwise: tuple[int, ...]) -> list[set[int]]:
    """Steps whose visits matter to a case at each step: those it can meet again, but for followers of a limited one.

    A step that only one other step leads to, once, and that may be visited as often as that one, never refuses.
    """
    n = len(after)
    leads = [{target for target in targets if target < n} for targets in after]
    for code, target in enumerate(otherwise):
        if 0 <= target < n:
            for goes in leads:
                if code in goes:
                    goes.add(target)
    reach = [set(goes) for goes in leads]
    for _ in range(n):
        reach = [here | {far for near in here for far in reach[near]} for here in reach]
    free = set()
    for code in range(n):
        before = [(other, after[other].count(code)) for other in range(n) if code in leads[other]]
        if len(before) == 1 and before[0][0] != code and before[0][1] == 1 and limits[before[0][0]] <= limits[code]:
            free.add(code)
    return [(reach[code] | {code}) - free for code in range(n)]
