"""The floor: drawing the random numbers of a run and writing its event log, and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.philox_compiled import philox4x64
from kravsim.engine.contract import COLUMNS, DONE
from kravsim.engine.events import EventLog
from kravsim.jit_compiled import compiled
from kravsim.stream import Stream

KEY = 0x9E3779B97F4A7C15


def blocks_of(stream: Stream, log: EventLog) -> int:
    """Count the blocks of random bits that a run rests on.

    One a visit that was carried out (answer, delay, quantity), one a claim (amount), one a debtor (traits), one a debtor and
    eight calendar years (in how many runs late), one a debtor and four late runs of a year (which runs, how many claims).
    """
    claims, days = stream.claims, np.datetime64(stream.first) + np.arange(stream.n_days)
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    occasions = np.unique(np.stack((claims.debtor, claims.run)), axis=1)
    _, runs = np.unique(np.stack((occasions[0], year[occasions[1]])), axis=1, return_counts=True)
    visits = int((log.kind == DONE).sum())
    debtors = len(stream.debtors.segment)
    eights = len(np.unique(year // 8))
    return visits + len(claims.case) + debtors * (1 + eights) + int((-(-runs // 4)).sum())


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
