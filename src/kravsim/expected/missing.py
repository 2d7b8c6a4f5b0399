"""Why the closed form has no number: NaN is never given without its reason, for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts, key_of
from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.scalars import whole_number
from kravsim.scenario import ScenarioWarning
from kravsim.scenario.nearest import did_you_mean

Floats = NDArray[np.float64]

OVERLOAD: Final = "overload"
RELIEF: Final = "relief"
MORE_THAN_ALL_LATE: Final = "more_than_all_late"
TOO_FEW_DEBTORS: Final = "too_few_debtors"
SHARES_ABOVE_ONE: Final = "shares_above_one"
PEOPLE: Final = "people"
NOTHING_TO_SHARE: Final = "nothing_to_share"

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    MORE_THAN_ALL_LATE: (
        "a late_curve by which more than all invoices are unpaid when they are handed over",
        (
            "no world is possible: give late_share as of an earlier day, or a longer halving_days or a larger "
            "lasting_share, or lower late_share"
        ),
    ),
    TOO_FEW_DEBTORS: (
        "too few debtors to be late so often",
        "no world is possible: raise debtors.number, or lower invoices.per_year or invoices.late_share",
    ),
    SHARES_ABOVE_ONE: (
        "shares that belong together, such as the answers of a step, and sum to more than 1",
        "no world is possible: lower one of the shares; they are never renormalised",
    ),
    OVERLOAD: (
        "staff who cannot do the work that arrives",
        "give the pool more fte or hours, or simulate, which says how the queue grows over the horizon",
    ),
    RELIEF: (
        "a backlog from which the team is relieved of some work (when_behind)",
        "simulate: the closed form does not follow what a team does when it is behind",
    ),
    PEOPLE: (
        "posts whose holders the closed form does not follow (post_sizes, hiring_fails_share, no_refill_from or leave)",
        "simulate: the closed form does not follow what becomes of the posts over the years",
    ),
    NOTHING_TO_SHARE: (
        "nothing to take a share or a mean of",
        "there is no such number: no cases, or no work of one's own",
    ),
}
"""Reason -> what it is, and what can be done. The first that holds for a set is its reason."""

_MOST_SHOWN: Final = 8


class MissingNumbersWarning(ScenarioWarning):
    """Some numbers of the closed form are NaN; the words say why, and for which sets.

    Attributes
    ----------
    missing : tuple of Missing
        The same for machines.
    """

    def __init__(self, text: str, missing: tuple[Missing, ...] = ()) -> None:
        super().__init__(text, missing)
        self.missing = missing

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, eq=False)
class Missing(EqualByParts):
    """Numbers that are NaN for one reason.

    Parameters
    ----------
    reason : str
        ``more_than_all_late``, ``too_few_debtors``, ``shares_above_one``, ``overload``, ``relief``,
        ``people`` or ``nothing_to_share``.
    sets : int64 array
        Positions of the parameter sets, ascending.
    names : tuple of str
        The numbers that are NaN in at least one of them for this reason.
    """

    reason: str
    sets: NDArray[np.int64]
    names: tuple[str, ...]

    def text(self) -> str:
        """Say what is missing, why, for which sets, and what can be done."""
        what, remedy = REASONS[self.reason]
        shown = ", ".join(map(str, self.sets[:_MOST_SHOWN].tolist()))
        more = phrase(" and {n} more", n=len(self.sets) - _MOST_SHOWN) if len(self.sets) > _MOST_SHOWN else ""
        got = Words(
            phrase(
                "NaN in {n} numbers of set {shown}{more}: {what}",
                n=len(self.names),
                shown=shown,
                more=more,
                what=phrase(what),
            )
        )
        return str(Problem("expected.numbers", self.reason, got, "", remedy))


class Expected(dict[str, Floats]):
    """Expected numbers by name, one array (B,) each, and what is missing in them.

    Attributes
    ----------
    missing : tuple of Missing
        Every NaN stands in exactly one of them; empty when there is none.
    """

    missing: tuple[Missing, ...] = ()

    def __eq__(self, other: object) -> bool:
        """Whether all numbers are the same, NaN being the same as NaN."""
        return key_of(dict(self)) == key_of(dict(other)) if isinstance(other, Mapping) else NotImplemented

    def __ne__(self, other: object) -> bool:
        """Whether any number differs."""
        same = self.__eq__(other)
        return same if same is NotImplemented else not same

    __hash__ = None

    def why(self, name: str, position: int = 0) -> str:
        """Give the reason why a number of a set is missing; empty when it is there.

        Parameters
        ----------
        name : str
            Of a number.
        position : int
            Place of the set, from 0.

        Raises
        ------
        ScenarioError
            When there is no such number, or no such set.
        """
        if not isinstance(name, str) or name not in self:
            remedy = did_you_mean(name, self) or "look at the keys"
            raise ScenarioError(Problem("expected.numbers", "name", name, "the name of a number", remedy))
        n, which = len(self[name]), whole_number(position)
        if which is None or not 0 <= which < n:
            allowed = phrase("the place of a set, 0 to {n}", n=n - 1) if n else "nothing: there are no sets"
            raise ScenarioError(Problem("expected.numbers", "position", position, allowed, "count the sets from 0"))
        position = which
        if not np.isnan(self[name][position]):
            return ""
        return next(one.reason for one in self.missing if position in one.sets and name in one.names)


def expected_of(numbers: Mapping[str, Floats], reasons: Mapping[str, NDArray[np.bool_]]) -> Expected:
    """Join numbers with the reasons of those that are missing.

    Parameters
    ----------
    numbers : mapping of str to array (B,)
    reasons : mapping of reason to truth values (B,)
        For which sets each holds; where none does, a NaN is a share of nothing.
    """
    found = Expected(numbers)
    gone = {name: np.isnan(array) for name, array in numbers.items()}
    left = np.ones(len(next(iter(gone.values()), ())), bool)
    missing = []
    for reason in REASONS:
        here = left & (np.ones_like(left) if reason == NOTHING_TO_SHARE else reasons.get(reason, np.zeros_like(left)))
        names = tuple(name for name, nan in gone.items() if (nan & here).any())
        if names:
            sets = np.flatnonzero(here & np.any([gone[name] for name in names], axis=0))
            missing.append(Missing(reason, sets.astype(np.int64), names))
        left = left & ~here
    found.missing = tuple(missing)
    return found
