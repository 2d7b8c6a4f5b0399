"""The lasting traits of debtors, compiled: one pass over their numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.philox_compiled import philox4x64
from kravsim.chance.quantiles import ScoreTables
from kravsim.chance.quantiles_compiled import gamma, uniform
from kravsim.jit_compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Population(NamedTuple):
    """What debtors are drawn from.

    ``key`` of the purpose, two words; ``segments`` (S,), cumulative shares, and ``last``, the last segment with any;
    ``types`` (S, T), cumulative within a segment; ``known`` and ``activity`` (T,), share known at Kronofogden and mean
    activity of a type; ``logs``, those of the activity's spread.
    """

    key: NDArray[np.uint64]
    segments: Floats
    last: int
    types: Floats
    known: Floats
    activity: Floats
    logs: Floats
    tables: ScoreTables


@compiled
def draw_traits(of: Population, segment: Ints, kind: Ints, known: Ints, activity: Floats) -> None:
    """Draw debtors 0, 1, ...: the four words of each one's block are those of ``Draws.bulk``.

    Parameters
    ----------
    of : Population
        What they are drawn from.
    segment, kind, known : int64 array, shape (debtors,)
        Filled: index into SEGMENTS, index into DEBTOR_TYPES, and 1 for a debtor known at Kronofogden.
    activity : float64 array, shape (debtors,)
        Filled: how prone a debtor is to be late, the type's mean times a gamma number of mean 1.
    """
    for debtor in range(len(segment)):
        a, b, c, d = philox4x64(debtor, 0, 0, 0, of.key[0], of.key[1])
        luck, place = uniform(a), 0  # type: ignore[arg-type]
        while place < of.last and luck >= of.segments[place]:
            place += 1
        luck, which = uniform(b), 0  # type: ignore[arg-type]
        for other in range(of.types.shape[1] - 1):
            which += luck >= of.types[place, other]
        segment[debtor], kind[debtor] = place, which
        known[debtor] = uniform(d) < of.known[which]  # type: ignore[arg-type]
        activity[debtor] = gamma(c, of.logs, of.tables) * of.activity[which]  # type: ignore[arg-type]
