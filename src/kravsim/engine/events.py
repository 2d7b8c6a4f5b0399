"""What engines are given besides the plan, and what they return: plain integer arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from kravsim.chance.draws import Draws
from kravsim.chance.philox import Words, halves, philox4x64
from kravsim.engine.contract import COLUMNS
from kravsim.models.process import PROCEEDINGS, WITH_TITLE
from kravsim.stream.stream import NEVER_OPENED, Cases
from kravsim.units import MINUTES_PER_DAY

Ints = NDArray[np.int64]
Uniforms = NDArray[np.uint32]

DRAWS_A_VISIT: Final = 3
"""Uniforms of a visit: answer, delay, quantity."""
OWN, OF_PROCEEDINGS, OF_APPLICATION = range(3)
"""Whose a step's draws are: the case's, the proceedings' that strike it, or those of the claims that it is applied with."""
APPLIED_WITH: Final = ("payment_order", "contested", "district_court", "order", "attachment")
"""Steps that claims in one application go through together."""
SHARED_DAY, SHARED_DEBTOR, SHARED_FIRST, SHARED_SEVERAL_FROM = range(4)
"""Columns of what cases share: SHARED_FIRST is the index of the debtor's first case in one hand-over, SHARED_SEVERAL_FROM
the minute of the debtor's second hand-over (NEVER_OPENED: there is none)."""
SAME_LUCK: Final = 91
"""Days in which what is answered of claims that go together is answered by the same draws: a quarter of a year."""
BY_VISIT, BY_QUARTER = range(2)
"""Last word of a draw's counter: draws of a case by visit, and those of a debtor by quarter."""


PAST_COLUMNS: Final = 5
PAST_KIND, PAST_STEP, PAST_VISIT, PAST_MINUTE, PAST_ANSWER = range(PAST_COLUMNS)
"""Columns of what a case has behind it (§17): DONE or ANSWERED, step and visit, the minute, and the answer or NONE."""


class KeyedUniforms:
    """The uniforms of every case and visit as an array (N, columns, 3) that is computed only when somebody looks into it.

    Parameters
    ----------
    run, number : (N,)
        Identity of each case.
    keys : (S, 2), uint64
        Key of each step's draws (:meth:`kravsim.chance.draws.Draws.key`).
    first_column : (S + 1,)
        Which columns are a step's: one a visit.
    shared : (N, 2) or (N, 4)
        What several cases have alike: of the proceedings that strike each case, the day they were opened and the debtor; and,
        where claims are applied for together, the first of the hand-over, and since when there are several.
    whose : (S,)
        OWN, OF_PROCEEDINGS or OF_APPLICATION: which identity keys a step's draws.
    phase : (N,)
        Where claims are applied for together: what a day and it make together tells filing days (§11) and quarters (§4).
    """

    def __init__(
        self, run: Ints, number: Ints, keys: Words, first_column: Ints, shared: Ints, whose: Ints, phase: Ints
    ) -> None:
        self.run, self.number, self.keys, self.first_column = run, number, keys, first_column
        self.shared, self.whose, self.phase = shared, whose, phase

    def first_answers(self, step: int) -> Uniforms:
        """By which each case's first visit to a step is answered, where the step's draws are the case's own: (N,).

        Parameters
        ----------
        step : int
            Code of the step.
        """
        who = (self.number.view(np.uint64), self.run.view(np.uint64))
        low, high = self.keys[step].tolist()
        words = philox4x64((*who, 0, 0), (low, high))
        return np.asarray(halves(np.moveaxis(words, 0, -1))[:, 0])

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cases, columns, and the three draws of a visit."""
        return len(self.run), int(self.first_column[-1]), DRAWS_A_VISIT

    @cached_property
    def _all(self) -> Uniforms:
        uniforms = np.empty(self.shape, np.uint32)
        own = (self.number.view(np.uint64), self.run.view(np.uint64))
        day, debtor = np.ascontiguousarray(self.shared[:, : SHARED_DEBTOR + 1].T)
        theirs = (debtor.view(np.uint64), day.view(np.uint64))
        for step, (low, high) in enumerate(self.keys.tolist()):
            who = theirs if self.whose[step] == OF_PROCEEDINGS else own
            for column in range(int(self.first_column[step]), int(self.first_column[step + 1])):
                words = philox4x64((*who, column - int(self.first_column[step]), BY_VISIT), (low, high))
                uniforms[:, column, :] = halves(np.moveaxis(words, 0, -1))[:, :DRAWS_A_VISIT]
        return uniforms

    def answered_by(self, case: int, step: int, visit: int, minute: int) -> tuple[int, int, int] | None:
        """The draws by which a visit to a step that is done in a minute is answered (§4); None: those of the array.

        Parameters
        ----------
        case : int
            Index of the case.
        step : int
            Code of the step.
        visit : int
            Number of the visit to the step, from 0.
        minute : int
            When the step is done, since midnight of day 0.
        """
        if self.whose[step] != OF_APPLICATION:
            return None
        low, high = self.keys[step].tolist()
        if minute < self.shared[case, SHARED_SEVERAL_FROM]:
            first = int(self.shared[case, SHARED_FIRST])
            counter = (int(self.number[first]), int(self.run[first]), visit, BY_VISIT)
        else:
            quarter = (minute // MINUTES_PER_DAY + int(self.phase[case])) // SAME_LUCK
            counter = (int(self.shared[case, SHARED_DEBTOR]), 0, quarter, BY_QUARTER)
        words = philox4x64(counter, (low, high))
        answer, delay, quantity = halves(np.array(words, np.uint64).reshape(1, -1))[0, :DRAWS_A_VISIT].tolist()
        return answer, delay, quantity

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

    ``enters``, ``first_past`` and ``past`` say what cases have behind them (§17); empty where none has anything.

    ``struck`` is the minute in which proceedings of the debtor are opened that strike the case (NEVER_OPENED: none do), and
    ``proceedings`` their kind (§16); empty where no case is struck. ``phase`` says which days are the filing days of a case's
    debtor (§11); empty where all have the same. ``leaves`` is the minute in which a case is sold (§18), NEVER_OPENED where
    it is not; empty where none is.

    Attributes
    ----------
    start : int64 array, shape (N,)
        Minute of the hand-over, since midnight of day 0.
    klass : int64 array, shape (N,)
        Class of the debtor.
    principal_ore : int64 array, shape (N,)
        Öre.
    enters : int64 array, shape (N,)
        Code of the step that a case with a past enters first; NONE for one without.
    first_past : int64 array, shape (N + 1,)
        Index of the first row of each case's past, then the number of rows.
    past : int64 array, shape (M, 5)
        Rows that a case has behind it, columns PAST_KIND and the following.
    """

    start: Ints
    arose: Ints
    klass: Ints
    principal_ore: Ints
    uniforms: Uniforms | KeyedUniforms
    first_column: Ints
    struck: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    proceedings: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    phase: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    enters: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    first_past: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    past: Ints = field(default_factory=lambda: np.zeros((0, PAST_COLUMNS), np.int64))
    leaves: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        """No case is struck where nothing is said, and all have the same filing days."""
        if not len(self.struck):
            object.__setattr__(self, "struck", np.full(len(self.start), NEVER_OPENED, np.int64))
        if not len(self.phase):
            object.__setattr__(self, "phase", np.zeros(len(self.start), np.int64))
        if not len(self.proceedings):
            object.__setattr__(self, "proceedings", np.zeros(len(self.start), np.int64))

    def __len__(self) -> int:
        return len(self.start)

    def first_answers(self, step: int) -> Uniforms:
        """By which each case's first visit to a step is answered, where the step's draws are the case's own: (N,).

        Parameters
        ----------
        step : int
            Code of the step.
        """
        if isinstance(self.uniforms, KeyedUniforms):
            return self.uniforms.first_answers(step)
        return np.asarray(self.uniforms[:, self.first_column[step], 0])


class Struck(NamedTuple):
    """Proceedings of debtors by case (N,): the day they were opened (NEVER_OPENED: none were), their kind, and the debtor.

    Attributes
    ----------
    day, kind : int64 array, shape (N,)
    who : int64 array, shape (N,), optional
        What identifies the debtor among all; the debtor's number by default.
    """

    day: Ints
    kind: Ints
    who: Ints | None = None

    @classmethod
    def nobody(cls, n_cases: int) -> Struck:
        """No proceedings strike any case.

        Parameters
        ----------
        n_cases : int
            How many cases there are.
        """
        return cls(np.full(n_cases, NEVER_OPENED), np.zeros(n_cases, np.int64))


def case_input(
    cases: Cases,
    arose: Ints,
    steps: tuple[str, ...],
    visits: Ints,
    draws: Draws,
    minutes_per_day: int,
    struck: Struck | None = None,
    joint_from: int | None = None,
) -> CaseInput:
    """Give the cases their luck: everything random about them, keyed by (step, visit, case identity), never by position.

    ``arose`` (N,) is the day on which each case's first period of limitation begins. Draws of steps of the debtor's
    proceedings are keyed by the proceedings: their day and the debtor, with a title or without. Where claims of a debtor go
    in one application, what is answered of it is drawn for all of them (:meth:`KeyedUniforms.answered_by`).

    Parameters
    ----------
    cases : Cases
        N cases of a stream.
    arose : int64 array, shape (N,)
        Day on which the first period of limitation begins, since day 0.
    steps : tuple of str
        Names of the plan's S steps, by code.
    visits : int64 array, shape (S,)
        Most visits to each step.
    draws : Draws
    minutes_per_day : int
        Minutes in one day.
    struck : Struck, optional
        Proceedings of the debtor of each case; none by default.
    joint_from : int, optional
        Ordinal of day 0 where claims of a debtor go in one application; left out where each case has one of its own.
    """
    day, kind, whose_own = struck or Struck.nobody(len(cases))
    first_column = np.append(0, np.cumsum(visits)).astype(np.int64)
    own = [step.removesuffix(WITH_TITLE) in PROCEEDINGS for step in steps]
    names = [step.removesuffix(WITH_TITLE) if theirs else step for step, theirs in zip(steps, own, strict=True)]
    keys = np.array([draws.key(f"step:{name}") for name in names], np.uint64).reshape(-1, 2)
    run, number = np.ascontiguousarray(cases.run, np.int64), np.ascontiguousarray(cases.number, np.int64)
    whose, shared, phase = (
        np.where(own, OF_PROCEEDINGS, OWN),
        [day, cases.debtor if whose_own is None else whose_own],
        np.zeros(0, np.int64),
    )
    if joint_from is not None:
        whose[[steps.index(name) for name in APPLIED_WITH]] = OF_APPLICATION
        shared += _hand_overs(cases, minutes_per_day)
        phase = cases.debtor + joint_from
    identities = np.stack(shared, axis=1).astype(np.int64)
    return CaseInput(
        start=cases.hand_over_day * minutes_per_day,
        arose=arose,
        klass=cases.klass,
        principal_ore=cases.principal_ore,
        uniforms=KeyedUniforms(run, number, keys, first_column, identities, whose, phase),
        first_column=first_column,
        struck=np.minimum(day * minutes_per_day, NEVER_OPENED),
        proceedings=kind,
        phase=phase,
    )


def _hand_overs(cases: Cases, minutes_per_day: int) -> list[Ints]:
    """Of each case (N,): the debtor's first in the same hand-over (they stand together), and when the second hand-over is."""
    begins = np.ones(len(cases), np.bool_)
    begins[1:] = (cases.debtor[1:] != cases.debtor[:-1]) | (cases.hand_over_day[1:] != cases.hand_over_day[:-1])
    first = np.maximum.accumulate(np.where(begins, np.arange(len(cases)), 0))
    opening = np.flatnonzero(begins)
    _, debtor, number = np.unique(cases.debtor[opening], return_inverse=True, return_counts=True)
    order = opening[np.lexsort((cases.hand_over_day[opening], debtor))]
    second = order[np.minimum(np.cumsum(number) - number + 1, len(order) - 1)]
    since = np.where(number > 1, cases.hand_over_day[second] * minutes_per_day, NEVER_OPENED)
    return [first, since[debtor][np.cumsum(begins) - 1]]


@dataclass(frozen=True, eq=False)
class EventLog:
    """The event log in canonical order (case, seq); columns as in :data:`kravsim.engine.contract.COLUMNS`.

    Attributes
    ----------
    case, seq : int64 array, shape (rows,)
        Index of the case, and number of the row within it, from 0.
    kind : int64 array, shape (rows,)
        Position in KINDS.
    step, visit : int64 array, shape (rows,)
        Code of the step, or of the end in an ENDED row, and number of the visit from 0.
    minute : int64 array, shape (rows,)
        Since midnight of day 0.
    answer : int64 array, shape (rows,)
        Position among the step's answers.
    release, server : int64 array, shape (rows,)
        Minute from which the work waited, and number of the server in its pool.
    quantity : int64 array, shape (rows,)
        Minutes of work, or millionths of the balance that an answer pays.
    """

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
        """Log from rows of shape (n, 10) in any order.

        Parameters
        ----------
        rows : int64 array, shape (n, 10)
            Columns in the order of COLUMNS.
        """
        table = rows.reshape(-1, len(COLUMNS))
        table = table[np.lexsort((table[:, 1], table[:, 0]))]
        return cls(*np.ascontiguousarray(table.T))

    def __len__(self) -> int:
        return len(self.case)

    def rows(self) -> Ints:
        """The log as one array of shape (n, 10)."""
        return np.stack([getattr(self, name) for name in COLUMNS], axis=1)

    def equals(self, other: EventLog) -> bool:
        """Whether two logs are the same, row for row.

        Parameters
        ----------
        other : EventLog
        """
        return np.array_equal(self.rows(), other.rows())
