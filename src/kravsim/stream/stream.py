"""What the models meet: invoice runs, debtors, claims and the cases they are worked in, as plain arrays.

Days are counted from ``Stream.first`` (day 0). A claim is one late invoice; a case is what is worked as one: all claims of
a debtor in the same hand-over where the scenario coordinates, one claim otherwise.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from kravsim.scenario import rules
from kravsim.scenario.schema import SegmentName, Zone

Ints = NDArray[np.int64]

SEGMENTS: tuple[str, ...] = get_args(SegmentName)
ZONES: tuple[str, ...] = get_args(Zone)
DEBTOR_TYPES: tuple[str, ...] = rules.DEBTOR_TYPES
N_CLASSES = len(SEGMENTS) * len(DEBTOR_TYPES) * 2


def debtor_class(segment: Ints, kind: Ints, known: Ints) -> Ints:
    """Class of a debtor for the plan's tables: segment x type x known at Kronofogden, in 0 .. N_CLASSES - 1.

    Parameters
    ----------
    segment : int64 array, shape (n,)
        Index into SEGMENTS.
    kind : int64 array, shape (n,)
        Index into DEBTOR_TYPES.
    known : int64 array, shape (n,)
        1 for a debtor known at Kronofogden, else 0.
    """
    return (segment * len(DEBTOR_TYPES) + kind) * 2 + known


@cache
def class_parts(klass: int) -> tuple[str, str, bool]:
    """Segment, type and known-at-Kronofogden of a class: the inverse of :func:`debtor_class`.

    Parameters
    ----------
    klass : int
        Class of a debtor, in 0 .. N_CLASSES - 1.

    Returns
    -------
    tuple of str, str, bool
        Names of segment and type, and whether known.
    """
    rest, known = divmod(klass, 2)
    segment, kind = divmod(rest, len(DEBTOR_TYPES))
    return SEGMENTS[segment], DEBTOR_TYPES[kind], bool(known)


@dataclass(frozen=True, eq=False)
class Runs:
    """Invoice runs (length R): day, invoices sent, and how many of them were late.

    Attributes
    ----------
    day : int64 array, shape (R,)
        Since day 0, rising.
    invoices, late : int64 array, shape (R,)
        Invoices sent, and those of them that were late, whether or not they have been handed over by the close.
    """

    day: Ints
    invoices: Ints
    late: Ints


@dataclass(frozen=True, eq=False)
class Debtors:
    """Lasting traits by debtor number (length D): indexes into SEGMENTS and DEBTOR_TYPES, known at Kronofogden, activity.

    The first are the places of the population, after them the estates that some of these places are taken by in turn.

    Attributes
    ----------
    segment, kind : int64 array, shape (D,)
        Indexes into SEGMENTS and DEBTOR_TYPES.
    known : int64 array, shape (D,)
        1 where the debtor is known at Kronofogden, else 0.
    activity : float64 array, shape (D,)
        How prone a debtor is to be late, without unit.
    """

    segment: Ints
    kind: Ints
    known: Ints
    activity: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Claims:
    """Late invoices handed over within the horizon (length C), sorted by (case, run day, number).

    Attributes
    ----------
    case, debtor : int64 array, shape (C,)
        Index of the case, and number of the debtor.
    run : int64 array, shape (C,)
        Day of the invoice run, since day 0.
    number : int64 array, shape (C,)
        Number within the run: with it the claim's identity.
    principal_ore : int64 array, shape (C,)
        Öre.
    due_day, hand_over_day : int64 array, shape (C,)
        Since day 0.
    """

    case: Ints
    debtor: Ints
    run: Ints
    number: Ints
    principal_ore: Ints
    due_day: Ints
    hand_over_day: Ints


@dataclass(frozen=True, eq=False)
class Cases:
    """Cases (length N) in order of (hand-over day, debtor, first claim), estates in that of their places.

    ``run`` and ``number`` are the identity that keys a case's draws; ``first_claim`` has N + 1 entries, so that the claims
    of case ``i`` are ``first_claim[i]`` up to ``first_claim[i + 1]``.

    Attributes
    ----------
    debtor, klass : int64 array, shape (N,)
        Number of the debtor, and its class (:func:`debtor_class`).
    hand_over_day : int64 array, shape (N,)
        Since day 0.
    principal_ore : int64 array, shape (N,)
        Öre: the sum of the case's claims.
    run, number : int64 array, shape (N,)
        The identity: a day as a proleptic ordinal (of the hand-over where claims are coordinated, else of the run), and the
        debtor's number or the claim's.
    first_claim : int64 array, shape (N + 1,)
        Index of the first claim of each case, then the number of claims.
    """

    debtor: Ints
    klass: Ints
    hand_over_day: Ints
    principal_ore: Ints
    run: Ints
    number: Ints
    first_claim: Ints

    def __len__(self) -> int:
        return len(self.debtor)


NO_STAGE = -1
"""Of a case that is not of an opening stock."""
MOST_OF_A_ROW = 1 << 20
"""More than the claims of a row of an opening stock."""
RESTRUCTURING, BANKRUPTCY = range(2)
"""Kinds of proceedings; as numbered in :data:`kravsim.models.process.PROCEEDINGS`."""
NEVER_OPENED = 1 << 40
"""Day, or minute, of proceedings that there are none of."""


@dataclass(frozen=True, eq=False)
class Openings:
    """Proceedings that were opened (length O): debtor, day and kind, in order of debtor and day.

    They concern whatever the debtor came to owe before that day: claims that are open, and those handed over later.

    Attributes
    ----------
    debtor : int64 array, shape (O,)
        Number of the debtor.
    day : int64 array, shape (O,)
        Since day 0.
    kind : int64 array, shape (O,)
        RESTRUCTURING or BANKRUPTCY.
    """

    debtor: Ints
    day: Ints
    kind: Ints

    @classmethod
    def none(cls) -> Openings:
        """No proceedings at all."""
        return cls(*np.zeros((3, 0), np.int64))

    def __len__(self) -> int:
        return len(self.debtor)


@dataclass(frozen=True, eq=False)
class Stream:
    """Everything that arrives, from ``first`` (day 0) to the end of the horizon (day ``n_days``, half open).

    Attributes
    ----------
    first : datetime.date
        Day 0 of everything that is counted in days or minutes.
    n_days : int
        Days of history and horizon.
    runs : Runs
        Invoice runs, R.
    debtors : Debtors
        Everybody who may be late, D, and estates.
    claims : Claims
        What is handed over, C.
    cases : Cases
        In which claims are worked, N.
    openings : Openings
        Proceedings of debtors, O.
    """

    first: dt.date
    n_days: int
    runs: Runs
    debtors: Debtors
    claims: Claims
    cases: Cases
    waiting_claims: int
    """Late claims too young at the close to have been handed over: they belong to a later year."""
    openings: Openings = field(default_factory=Openings.none)
    stage: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """How far each case of an opening stock (N,) has come, in STAGES; NO_STAGE for one that is new. Empty without a stock."""

    @cached_property
    def of_stock(self) -> NDArray[np.bool_]:
        """Which cases (N,) are of an opening stock."""
        return self.stage != NO_STAGE if len(self.stage) else np.zeros(len(self.cases), np.bool_)

    @cached_property
    def debtor_identity(self) -> Ints:
        """What identifies the debtor of each case (N,): its number, and in an opening stock the case, whose alone it is."""
        if not len(self.stage):
            return self.cases.debtor
        return np.where(self.of_stock, self.cases.run * MOST_OF_A_ROW - self.cases.number, self.cases.debtor)

    @cached_property
    def arose(self) -> Ints:
        """Day of the oldest invoice of each case (N,), from which its limitation is counted."""
        first = self.cases.first_claim[:-1]
        return np.asarray(np.minimum.reduceat(self.claims.run, first)) if len(first) else np.zeros(0, np.int64)

    @cached_property
    def opening(self) -> Ints:
        """Number of the opening that strikes each case (N,), the debtor's first after its oldest invoice; -1: none does."""
        opened = self.openings
        if not len(opened):
            return np.full(len(self.cases), -1, np.int64)
        is_concerned = np.zeros(len(self.debtors.segment), np.bool_)
        is_concerned[opened.debtor] = True
        concerned = np.flatnonzero(is_concerned[self.cases.debtor])  # few are
        debtor, arose = self.cases.debtor[concerned], self.arose[concerned]
        days = max(self.n_days, int(opened.day.max())) + 2  # an opening is later than a case by debtor, then by day
        at = np.searchsorted(opened.debtor * days + opened.day, debtor * days + arose, side="right")
        struck = np.append(opened.debtor, -1)[at] == debtor  # else none of the debtor's is later
        found = np.full(len(self.cases), -1, np.int64)
        found[concerned[struck]] = at[struck]
        return found

    @cached_property
    def struck_day(self) -> Ints:
        """Day on which proceedings of the debtor strike each case (N,), NEVER_OPENED where none do."""
        opening = self.opening
        return np.where(opening >= 0, np.append(self.openings.day, NEVER_OPENED)[opening], NEVER_OPENED)

    @cached_property
    def proceedings(self) -> Ints:
        """Kind of the proceedings that strike each case (N,); 0 where none do."""
        return np.append(self.openings.kind, 0)[self.opening]
