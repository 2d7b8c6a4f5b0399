"""What the models meet: invoice runs, debtors, claims and the cases they are worked in, as plain arrays.

Days are counted from ``Stream.first`` (day 0). A claim is one late invoice; a case is what is worked as one: all claims of
a debtor in the same hand-over where the scenario coordinates, one claim otherwise.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

SEGMENTS = ("private", "business", "estate", "nordic", "europe", "overseas")
ZONES = ("nordic", "europe", "overseas")
TYPES = ("forgetful", "slow", "strained", "insolvent")
N_CLASSES = len(SEGMENTS) * len(TYPES) * 2


def debtor_class(segment: Ints, kind: Ints, known: Ints) -> Ints:
    """Class of a debtor for the plan's tables: segment x type x known at Kronofogden, in 0 .. N_CLASSES - 1."""
    return (segment * len(TYPES) + kind) * 2 + known


@cache
def class_parts(klass: int) -> tuple[str, str, bool]:
    """Segment, type and known-at-Kronofogden of a class: the inverse of :func:`debtor_class`."""
    rest, known = divmod(klass, 2)
    segment, kind = divmod(rest, len(TYPES))
    return SEGMENTS[segment], TYPES[kind], bool(known)


@dataclass(frozen=True, eq=False)
class Runs:
    """Invoice runs (length R): day, invoices sent, and how many of them were late."""

    day: Ints
    invoices: Ints
    late: Ints


@dataclass(frozen=True, eq=False)
class Debtors:
    """Lasting traits by debtor number (length D): indexes into SEGMENTS and TYPES, known at Kronofogden, activity.

    The first are the places of the population, after them the estates that some of these places are taken by in turn.
    """

    segment: Ints
    kind: Ints
    known: Ints
    activity: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Claims:
    """Late invoices handed over within the horizon (length C), sorted by (case, run day, number)."""

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


@dataclass(frozen=True, eq=False)
class Stream:
    """Everything that arrives, from ``first`` (day 0) to the end of the horizon (day ``n_days``, half open)."""

    first: dt.date
    n_days: int
    runs: Runs
    debtors: Debtors
    claims: Claims
    cases: Cases
    waiting_claims: int
    """Late claims too young at the close to have been handed over: they belong to a later year."""

    @cached_property
    def arose(self) -> Ints:
        """Day of the oldest invoice of each case (N,), from which its limitation is counted."""
        first = self.cases.first_claim[:-1]
        return np.asarray(np.minimum.reduceat(self.claims.run, first)) if len(first) else np.zeros(0, np.int64)
