"""What engines are given besides the plan, and what they return: plain integer arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kravsim.draws import Draws
from kravsim.engine.contract import COLUMNS, KINDS
from kravsim.stream.stream import Cases

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CaseInput:
    """Cases as an engine sees them (length N), with every uniform they may need (contract §4).

    ``uniforms`` has shape (N, columns, 3): answer, delay and quantity of each visit; ``first_column`` (S + 1,) says which
    columns are a step's.
    """

    start: Ints
    klass: Ints
    principal_ore: Ints
    uniforms: NDArray[np.uint32]
    first_column: Ints

    def __len__(self) -> int:
        return len(self.start)


def case_input(cases: Cases, steps: tuple[str, ...], visits: Ints, draws: Draws, minutes_per_day: int) -> CaseInput:
    """Draw everything random about the cases, keyed by (step, visit, case identity), never by position."""
    first_column = np.append(0, np.cumsum(visits)).astype(np.int64)
    uniforms = np.empty((len(cases), int(first_column[-1]), 3), np.uint32)
    for code, step in enumerate(steps):
        for visit in range(int(visits[code])):
            words = draws.uniforms32(f"step:{step}", cases.run, cases.number, visit)
            uniforms[:, first_column[code] + visit, :] = words[:, :3]
    return CaseInput(
        start=cases.hand_over_day * minutes_per_day,
        klass=cases.klass,
        principal_ore=cases.principal_ore,
        uniforms=uniforms,
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

    def describe_row(self, row: int, names: tuple[str, ...]) -> str:
        """One row in words, for error messages and explanations."""
        what = f"{KINDS[self.kind[row]]} {names[self.step[row]]}"
        return f"case {self.case[row]} minute {self.minute[row]}: {what} (visit {self.visit[row]})"
