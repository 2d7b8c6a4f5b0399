"""Who keeps what a debtor owes, by the rows of a log: one arrangement's keepers, or those of several that a case moves over.

A charge that all arrangements give to one party has one purse. Where they differ there are two: that of whom the first
arrangement gives it to, which payments meet first, and the other party's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kravsim.ledger.accounts import AGENCY, CHARGES, REGION, Ints
from kravsim.ledger.ownership import Ownership


class Purses(NamedTuple):
    """Owners of charges and interest, and which of them a row of the log makes a debt to.

    Attributes
    ----------
    of_charges : tuple of int
        Owner of each column of charges: those of CHARGES, then, where some have two owners, of the others.
    of_interest : tuple of int
        Owner of each column of interest, one or two.
    second : bool array, shape (arrangements, charges)
        Whether an arrangement gives a charge to the owner of the later column.
    number : int64 array, shape (rows,)
        Arrangement of each row.
    of_interest_by_row : int64 array, shape (rows,)
        Column of interest.
    step : int64 array, shape (rows,)
        What postings of a row note as their step: that of the first arrangement's steps, the second's, and so on.
    """

    of_charges: tuple[int, ...]
    of_interest: tuple[int, ...]
    second: Ints
    number: Ints
    of_interest_by_row: Ints
    step: Ints

    def of_rows(self, charge: int, rows: Ints) -> Iterator[tuple[int, Ints]]:
        """Columns that rows charge, with the rows of each.

        Parameters
        ----------
        charge : int
            Position in CHARGES.
        rows : int64 array, shape (n,)
            Rows of the log.
        """
        later = self.second[self.number[rows], charge] > 0
        for column in range(charge, len(self.of_charges), len(CHARGES)):
            yield column, rows[later == (column >= len(CHARGES))]

    def column(self, number: int, name: str) -> int:
        """The column of a charge under an arrangement.

        Parameters
        ----------
        number : int
            Of the arrangement.
        name : str
            Name in CHARGES.
        """
        charge = CHARGES.index(name)
        return charge + len(CHARGES) * int(self.second[number, charge])


def keepers_of(owners: Sequence[Ownership]) -> tuple[tuple[int, ...], tuple[int, ...], Ints, Ints]:
    """Owners of the columns of charges and of interest, and which arrangements have the later ones.

    Parameters
    ----------
    owners : sequence of Ownership
        Of each arrangement.

    Returns
    -------
    of_charges, of_interest : tuple of int
    second : int64 array, shape (arrangements, charges)
    second_of_interest : int64 array, shape (arrangements,)
    """
    keeper = np.array([[one.charge[name] for name in CHARGES] for one in owners], np.int64)
    interest = np.array([one.interest for one in owners], np.int64)
    second, of_interest = (keeper != keeper[0]).astype(np.int64), (interest != interest[0]).astype(np.int64)
    first, both = keeper[0].tolist(), interest[:1].tolist()
    if second.any():
        first += [_other(party) for party in first]
    if of_interest.any():
        both += [_other(party) for party in both]
    return tuple(first), tuple(both), second, of_interest


def _other(party: int) -> int:
    """The other of region and agency."""
    return AGENCY if party == REGION else REGION


def purses_of(owners: Sequence[Ownership], number: Ints, step: Ints) -> Purses:
    """The purses of a log.

    Parameters
    ----------
    owners : sequence of Ownership
        Of each arrangement; of one alone where no case moves.
    number : int64 array, shape (rows,)
        Arrangement of each row.
    step : int64 array, shape (rows,)
        As in :class:`Purses`.
    """
    of_charges, of_interest, second, later = keepers_of(owners)
    return Purses(of_charges, of_interest, second, number, later[number], step)
