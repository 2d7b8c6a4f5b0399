"""Shares and delays of a batch: the formulas of :mod:`kravsim.models.answers` with arrays in place of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.distributions import quantile_table
from kravsim.expected.batch import Batch
from kravsim.expected.clock import Clock
from kravsim.models.answers import DELAYS, VOLUNTARY, answer_shares, fixed_days
from kravsim.models.plan import MILLION, TABLE_SIZE
from kravsim.models.process import PROCESS
from kravsim.scenario.rules import TOLERANCE
from kravsim.scenario.values import Spread
from kravsim.shares import at_least_0
from kravsim.stream.stream import N_CLASSES, SEGMENTS, TYPES
from kravsim.units import MINUTES_PER_DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tables:
    """Answers and their times.

    ``retained`` (by step) and ``wait`` (by step, in days) say what a queue costs: both are arrays (B,).
    """

    batch: Batch
    model: Any
    clock: Clock
    retained: dict[str, Floats]
    wait: dict[str, Floats]
    _known: dict[str, Floats] = field(default_factory=dict)

    def shares(self, step: str) -> Floats:
        """Shares of all answers of a step, the last included: (answers, K, B); the rest may come out below 0."""
        if step not in self._known:
            self._known[step] = self._shares(step)
        return self._known[step]

    def _shares(self, step: str) -> Floats:
        given = [answer_shares(self.batch.view, self.model, step, klass) for klass in range(N_CLASSES)]
        table = np.empty((len(given[0]) + 1, N_CLASSES, len(self.batch.which)))
        for place, shares in enumerate(given):
            for answer, share in enumerate(shares):
                table[answer, place] = share
        if step in VOLUNTARY and step in self.retained:
            table[0] *= self.retained[step]
        table[-1] = 1 - table[:-1].sum(axis=0)
        return table

    def by_class(self, step: str) -> Floats:
        """Shares of a step as (answers, segments, types, 2, B)."""
        table = self.shares(step)
        return at_least_0(table.reshape(len(table), len(SEGMENTS), len(TYPES), 2, -1))  # type: ignore[no-any-return]

    def possible(self) -> NDArray[np.bool_]:
        """Whether no step answers more than everybody: (B,)."""
        fine = np.ones(len(self.batch.which), bool)
        for step in PROCESS:
            fine &= (self.shares(step.name)[-1] >= -TOLERANCE).all(axis=0)
        return fine

    def table(self, step: str, answer: int) -> Ints | None:
        """Delay of an answer in minutes by table entry, or None where it is fixed."""
        key = DELAYS[step][answer]
        spread = getattr(self.batch.view.timing, key) if isinstance(key, str) else None
        return _table(spread.low, spread.mode, spread.high) if isinstance(spread, Spread) else None

    def days(self, step: str, answer: int) -> Floats:
        """Mean delay of an answer in days (B,)."""
        table = self.table(step, answer)
        if table is not None:
            return self.batch.array(float(table.mean()) / MINUTES_PER_DAY)
        return np.rint(self.batch.array(fixed_days(self.batch.view.timing, DELAYS[step][answer])))

    def weights(self, step: str, answer: int, age: Floats) -> Floats:
        """Weights of an answer given to a step that was done at an age (B,): shape (W, B)."""
        table = self.table(step, answer)
        if table is None:
            return self.clock.at(age + self.days(step, answer))
        low = np.floor(age).astype(np.int64)
        first = int(low.min())
        among = self.clock.after(table, np.arange(first, int(low.max()) + 2), smooth=False)
        part = (age - low)[:, None]
        return np.asarray(((1 - part) * among[low - first] + part * among[low - first + 1]).T)

    def covered(self, step: str, points: int) -> Floats:
        """Equally likely shares of the balance that a part payment of a step covers: (points,)."""
        name = next(option.covers for option in PROCESS if option.name == step)
        spread = getattr(self.batch.view.behaviour, name)
        table = quantile_table("triangular", TABLE_SIZE, MILLION, low=spread.low, mode=spread.mode, high=spread.high)
        return np.asarray(table.reshape(points, -1).mean(axis=1) / MILLION)

    def waited(self, step: str) -> Floats:
        """Days until a step is done after it is due (B,)."""
        return self.wait.get(step, np.zeros(len(self.batch.which)))


@cache
def _table(low: float, mode: float, high: float) -> Ints:
    return quantile_table("triangular", TABLE_SIZE, low=low, mode=mode, high=high) * MINUTES_PER_DAY
