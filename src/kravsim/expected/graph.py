"""The process unrolled: one node for each step and for the visits so far that can still matter.

A case visits a step only so many times. With the number of visits in the node, the process has no loops left, so one pass in
topological order finds every flow exactly. Visits count only where the limit can be reached and the step be met again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kravsim.models.plan import NO_STEP, NO_TARGET
from kravsim.models.process import CODE, PROCESS

Ints = NDArray[np.int64]
Numbers = Sequence[int]
Node = tuple[int, ...]
"""Step and earlier visits to each step, where they matter; or an end."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes in topological order.

    Attributes
    ----------
    step : (N,)
        Step code of each node.
    target : (N, A)
        Node that follows each answer; an end state is ``-1 - its number among the ends``.
    visits : (N, S)
        Earlier visits to each step, where they matter.
    entry : (E,)
        Nodes at which cases enter.
    """

    step: Ints
    target: Ints
    visits: Ints
    entry: Ints


@cache
def unrolled_process(
    entries: tuple[str, ...], limits: tuple[int, ...], otherwise: tuple[int, ...], opens: tuple[int, ...]
) -> Graph:
    """Unroll :data:`~kravsim.models.process.PROCESS` from some entries; see :func:`unrolled`.

    Parameters
    ----------
    entries : tuple of str
        Names of the steps at which cases enter.
    limits : tuple of int
        Visits allowed, by step.
    otherwise : tuple of int
        Where a case goes that a step does not take; ``NO_TARGET`` where it takes all.
    opens : tuple of int
        Another step that a step takes a case for, as long as the case may visit it; ``NO_STEP`` where it asks for none.
    """
    after = [[CODE[answer.goes_to] for answer in step.answers] for step in PROCESS]
    return unrolled(after, [CODE[name] for name in entries], limits, otherwise, opens)


def unrolled(
    after: Sequence[Sequence[int]],
    entries: Sequence[int],
    limits: Numbers,
    otherwise: Numbers,
    opens: Numbers | None = None,
) -> Graph:
    """Unroll a process of S steps.

    Parameters
    ----------
    after : sequence of sequences
        What follows each answer of each step: a step, or S and more, an end.
    entries : sequence of int
        Steps at which cases enter.
    limits : sequence of int
        Visits allowed, by step.
    otherwise : sequence of int
        Where a case goes that a step does not take; ``NO_TARGET`` where it takes all.
    opens : sequence of int, optional
        Another step that a step takes a case for, as long as the case may visit it; ``NO_STEP`` where it asks for none.

    Raises
    ------
    ValueError
        When a step refuses a case and does not say where it goes.
    """
    n = len(after)
    opens = [NO_STEP] * n if opens is None else opens
    counted = _counted(after, limits, otherwise)
    counted = [visited | {opens[code] for code in visited if opens[code] != NO_STEP} for visited in counted]

    def refuses(target: int, visits: tuple[int, ...]) -> bool:
        """Whether a step does not take a case that has made so many visits."""
        other = opens[target]
        return visits[target] >= limits[target] or (other != NO_STEP and visits[other] >= limits[other])

    def goes(target: int, visits: tuple[int, ...]) -> Node:
        """Node that takes a case, or an end as ``(-1 - its number,)``."""
        while target < n and refuses(target, visits):
            if otherwise[target] == NO_TARGET:
                raise ValueError(f"step {target} refuses a case and says not where it goes")
            target = otherwise[target]
        if target >= n:
            return (n - 1 - target,)
        return (target, *(count if code in counted[target] else 0 for code, count in enumerate(visits)))

    first = [goes(step, (0,) * n) for step in entries]
    follows: dict[Node, list[Node]] = {}
    order: list[Node] = []
    for start in first:
        stack = [(start, 0)] if start not in follows else []
        while stack:
            node, place = stack.pop()
            if node not in follows:
                now = tuple(count + (code == node[0]) for code, count in enumerate(node[1:]))
                follows[node] = [goes(target, now) for target in after[node[0]]]
            unmet = [
                at
                for at, target in enumerate(follows[node])
                if at >= place and len(target) > 1 and target not in follows
            ]
            if unmet:
                stack += [(node, unmet[0] + 1), (follows[node][unmet[0]], 0)]
            else:
                order.append(node)
    number = {node: place for place, node in enumerate(reversed(order))}
    target = np.full((len(order), max(map(len, after))), -1, np.int64)
    for node, following in follows.items():
        for answer, to in enumerate(following):
            target[number[node], answer] = number[to] if len(to) > 1 else to[0]
    nodes = np.array([*reversed(order)], np.int64).reshape(len(order), -1)
    return Graph(nodes[:, 0], target, nodes[:, 1:], np.array([number[node] for node in first], np.int64))


def _counted(after: Sequence[Sequence[int]], limits: Numbers, otherwise: Numbers) -> list[set[int]]:
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
