"""The floor: drawing the random numbers of a run and writing its event log, and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import COLUMNS, DONE
from kravsim.engine.events import EventLog
from kravsim.jit_compiled import compiled
from kravsim.philox_compiled import philox4x64
from kravsim.stream import Stream

KEY = 0x9E3779B97F4A7C15


def blocks_of(stream: Stream, log: EventLog) -> int:
    """Count the blocks of random bits that a run rests on.

    One a visit that was carried out (answer, delay, quantity), one a claim (amount), one a debtor (traits), one a debtor and
    eight calendar years (in how many runs late), one a debtor and four late runs of a year (which runs, how many claims).
    """
    occasions = np.unique(stream.claims.debtor * stream.n_days + stream.claims.run)
    debtor, day = np.divmod(occasions, stream.n_days)
    years = np.array([(stream.first.toordinal() + d) for d in range(stream.n_days)]) // 365
    _, runs = np.unique(debtor * 10_000 + years[day], return_counts=True)
    visits = int((log.kind == DONE).sum())
    debtors = len(stream.debtors.segment)
    eights = -(-stream.n_days // (8 * 365))
    return visits + len(stream.claims.case) + debtors * (1 + eights) + int((-(-runs // 4)).sum())


def room_for(log: EventLog) -> NDArray[np.int64]:
    """Arrays of the size of a log; they are made anew each time, as a run does."""
    return np.empty((len(COLUMNS), len(log)), np.int64)


@compiled
def draw_and_write(blocks: int, key: int, log: NDArray[np.int64], out: NDArray[np.int64]) -> np.uint64:
    """Draw so many blocks and copy the log; what is drawn is returned, so that no compiler leaves it out."""
    drawn = np.uint64(0)
    for number in range(blocks):
        block = philox4x64(number, 0, 0, 0, key, key)
        drawn ^= block[0] ^ block[1] ^ block[2] ^ block[3]
    for column in range(out.shape[0]):
        for row in range(out.shape[1]):
            out[column, row] = log[column, row]
    return drawn
