"""Whether every case of a plan comes to an end: no group of steps without a way out, no loop without a limit."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, Words
from kravsim.models.plan import NO_TARGET, Plan
from kravsim.phrases import phrase

Bools = NDArray[np.bool_]


def unending(plan: Plan) -> list[Problem]:
    """List the groups of steps in which a case would stay for ever, each once.

    Parameters
    ----------
    plan : Plan
        Its tables are sound (``Plan`` checks that itself).

    Returns
    -------
    list of Problem
        A *closed class*: steps that a case can come to and that lead to no end state, whatever is answered. A *loop
        without a limit*: steps that lead back to themselves, none of which sends a case elsewhere when its visits are used
        up; an engine would raise there, and only when a case got that far.
    """
    edges, unlimited = _edges(plan), (plan.otherwise == NO_TARGET).all(axis=1)
    stuck, looping = _caught(edges.tobytes(), edges.shape, unlimited.tobytes(), plan.start.tobytes())
    way_out, limit = "a way from every step to an end state", "a limit that leads on, for a step of the loop"
    return [
        *_problems(plan, stuck, "no end state can be reached", way_out),
        *_problems(plan, looping & ~stuck, "a loop without a limit of visits", limit),
    ]


@lru_cache(maxsize=64)
def _caught(edges: bytes, shape: tuple[int, int, int], unlimited: bytes, start: bytes) -> tuple[Bools, Bools]:
    """In which steps a case is stuck, and in which it goes round: (K, S) each, the same in most worlds."""
    free, first = np.frombuffer(unlimited, bool), np.frombuffer(start, np.int64)
    steps = len(free)
    goes = np.frombuffer(edges, bool).reshape(shape)
    reach = _closure(goes | np.eye(shape[-1], dtype=bool))
    reached = reach[np.arange(len(first)), first][:, :steps]
    stuck = reached & ~reach[:, :steps, steps:].any(axis=-1)
    among_unlimited = goes[:, :steps, :steps] & free[:, None] & free[None, :]
    return stuck, reached & np.diagonal(_closure(among_unlimited), axis1=1, axis2=2)


def _edges(plan: Plan) -> Bools:
    """Say what may follow what, by class: shape (K, S + E, S + E)."""
    size = len(plan.steps) + len(plan.ends)
    # copied band by band: to look over an inner axis takes four times as long
    may_be = np.moveaxis(plan.shares > 0, 2, 0).copy().any(axis=0)
    goes = np.zeros((len(plan.start), size, size), bool)
    step, klass, answer = np.nonzero(may_be)
    goes[klass, step, plan.target[step, klass, answer]] = True
    limited, of_class = np.nonzero(plan.otherwise != NO_TARGET)
    goes[of_class, limited, plan.otherwise[limited, of_class]] = True
    return goes


def _closure(goes: Bools) -> Bools:
    """Extend one move to any number of moves, at least one."""
    reach = goes
    for _ in range(max(1, goes.shape[-1]).bit_length()):
        further = reach.astype(np.float32)
        reach = reach | (further @ further > 0)
    return reach


def _problems(plan: Plan, found: Bools, what: str, allowed: str) -> list[Problem]:
    """Name each group of steps once, however many classes of debtors meet it."""
    groups = {tuple(np.flatnonzero(row).tolist()) for row in found[found.any(axis=1)]}
    return [
        Problem(
            "",
            f"plan.target.{plan.steps[group[0]]}",
            Words(
                phrase(
                    "{what}: {names} (model {model})",
                    what=phrase(what),
                    names=", ".join(plan.steps[step] for step in group),
                    model=plan.model,
                )
            ),
            allowed,
            "let an answer lead to another step or to an end state, or limit the visits",
        )
        for group in sorted(groups)
    ]
