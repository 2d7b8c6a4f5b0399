"""What engines are given besides the plan, and what they return: plain integer arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from kravsim.draws import Draws
from kravsim.engine.contract import COLUMNS
from kravsim.philox import Words, halves, philox4x64
from kravsim.stream.stream import Cases

Ints = NDArray[np.int64]
Uniforms = NDArray[np.uint32]

DRAWS_A_VISIT: Final = 3
"""Uniforms of a visit: answer, delay, quantity."""


class KeyedUniforms:
    """The uniforms of every case and visit as an array (N, columns, 3) that is computed only when somebody looks into it.

    Parameters
    ----------
    run, number : (N,)
        Identity of each case.
    keys : (S, 2), uint64
        Key of each step's draws (:meth:`kravsim.draws.Draws.key`).
    first_column : (S + 1,)
        Which columns are a step's: one a visit.
    """

    def __init__(self, run: Ints, number: Ints, keys: Words, first_column: Ints) -> None:
        self.run, self.number, self.keys, self.first_column = run, number, keys, first_column

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cases, columns, and the three draws of a visit."""
        return len(self.run), int(self.first_column[-1]), DRAWS_A_VISIT

    @cached_property
    def _all(self) -> Uniforms:
        uniforms = np.empty(self.shape, np.uint32)
        who = (self.number.view(np.uint64), self.run.view(np.uint64))
        for step, (low, high) in enumerate(self.keys.tolist()):
            for column in range(int(self.first_column[step]), int(self.first_column[step + 1])):
                words = philox4x64((*who, column - int(self.first_column[step]), 0), (low, high))
                uniforms[:, column, :] = halves(np.moveaxis(words, 0, -1))[:, :DRAWS_A_VISIT]
        return uniforms

    def __getitem__(self, where: Any) -> Uniforms:
        """Part of the array."""
        return np.asarray(self._all[where])

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """Compute the array as a whole."""
        return np.array(self._all, dtype=dtype, copy=copy)


@dataclass(frozen=True, eq=False)
class CaseInput:
    """Cases as an engine sees them (length N), with every uniform they may need (contract §4).

    ``arose`` is the day on which the first period of limitation begins (§15).

    ``uniforms`` has shape (N, columns, 3): answer, delay and quantity of each visit; ``first_column`` (S + 1,) says which
    columns are a step's. It is an array, or stands for one that is drawn by key when and where it is needed.
    """

    start: Ints
    arose: Ints
    klass: Ints
    principal_ore: Ints
    uniforms: Uniforms | KeyedUniforms
    first_column: Ints

    def __len__(self) -> int:
        return len(self.start)


def case_input(
    cases: Cases, arose: Ints, steps: tuple[str, ...], visits: Ints, draws: Draws, minutes_per_day: int
) -> CaseInput:
    """Give the cases their luck: everything random about them, keyed by (step, visit, case identity), never by position.

    ``arose`` (N,) is the day on which each case's first period of limitation begins.
    """
    first_column = np.append(0, np.cumsum(visits)).astype(np.int64)
    keys = np.array([draws.key(f"step:{step}") for step in steps], np.uint64).reshape(-1, 2)
    run, number = np.ascontiguousarray(cases.run, np.int64), np.ascontiguousarray(cases.number, np.int64)
    return CaseInput(
        start=cases.hand_over_day * minutes_per_day,
        arose=arose,
        klass=cases.klass,
        principal_ore=cases.principal_ore,
        uniforms=KeyedUniforms(run, number, keys, first_column),
        first_column=first_column,
    )


@dataclass(frozen=True, eq=False)
class EventLog:
    """The event log in canonical order (case, seq); columns as in :data:`kravsim.engine.contract.COLUMNS`."""

    case: Ints
    seq: Ints
    kind: Ints
    step: Ints
    visit: Ints
    minute: Ints
    answer: Ints
    release: Ints
    server: Ints
    quantity: Ints

    @classmethod
    def of(cls, rows: Ints) -> EventLog:
        """Log from rows of shape (n, 10) in any order."""
        table = rows.reshape(-1, len(COLUMNS))
        table = table[np.lexsort((table[:, 1], table[:, 0]))]
        return cls(*np.ascontiguousarray(table.T))

    def __len__(self) -> int:
        return len(self.case)

    def rows(self) -> Ints:
        """The log as one array of shape (n, 10)."""
        return np.stack([getattr(self, name) for name in COLUMNS], axis=1)

    def equals(self, other: EventLog) -> bool:
        """Whether two logs are the same, row for row."""
        return np.array_equal(self.rows(), other.rows())
