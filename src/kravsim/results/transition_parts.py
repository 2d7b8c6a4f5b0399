"""What a transition is made of, before it is read: the cash of both ways, what is paid once, and how it is valued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kravsim.ledger.accounts import LINE
from kravsim.measures.one_off import spread_ore

if TYPE_CHECKING:
    from kravsim.measures.one_off import OneOffRow

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SYSTEM: Final = "system"
"""Kind of what the simulated arrangements pay once for a system."""
SYSTEM_LINE: Final = "system_once"


class InternalRatesFound(Protocol):
    """Every internal rate of some flows, as :func:`kravsim.studies.irr` finds them."""

    def __iter__(self) -> Iterator[float]:
        """Lowest first, as shares."""
        ...

    def sentence(self, lang: str = "sv") -> str:
        """Say how many there are, and which.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        ...


class CashOf(NamedTuple):
    """Öre received less paid of both ways, shape (replications, months, lines)."""

    staying: Ints
    changing: Ints

    @property
    def difference(self) -> Ints:
        """Changing less staying."""
        return self.changing - self.staying


class Once(NamedTuple):
    """One cost that is paid once: its name and kind, öre by replication and month as cash and over years, and how many."""

    name: str
    kind: str
    paid: Ints
    over: Ints
    years: float

    @classmethod
    def of_system(cls, cash: CashOf, years: Sequence[float]) -> Once:
        """What the simulated arrangements pay once for their systems.

        Parameters
        ----------
        cash : CashOf
        years : sequence of float
            Over which the system of the new arrangement is written off, of each replication.
        """
        paid = cash.difference[:, :, LINE[SYSTEM_LINE]]
        over = np.array([spread_ore(one, of_it) for one, of_it in zip(paid, years, strict=True)])
        return cls(SYSTEM, SYSTEM, paid, over, float(np.mean(years)))

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[OneOffRow]]) -> list[Once]:
        """The costs of the transition, those of every replication together.

        Parameters
        ----------
        rows : sequence of sequence of OneOffRow
            The same ones, in the same order, of every replication.
        """
        return [
            cls(
                each[0].name,
                each[0].kind,
                np.array([one.paid_ore for one in each]),
                np.array([one.over_time_ore for one in each]),
                float(np.mean([one.over_years for one in each])),
            )
            for each in zip(*rows, strict=True)
        ]


class Valued(NamedTuple):
    """How cash is valued: real rate and inflation by replication, when in a month it moves, and in which prices it is."""

    rate: Floats
    inflation: Floats | None
    timing: str
    prices: str
    times: Floats
