"""Parties, books and lines of the ledger, and the postings as arrays.

A posting moves ``amount`` öre from payer to receiver in one of four books: *charge* (what a debtor comes to owe), *cash*
(money that moves), *write-off* (a debt that is given up) and *value* (the region's own valuation: no money moves).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kravsim.ledger.lines import LEDGER, STATEMENT

Ints = NDArray[np.int64]

PARTIES = ("region", "agency", "debtor", "kronofogden", "court", "staff", "supplier", "foreign_agency", "buyer")
REGION, AGENCY, DEBTOR, KRONOFOGDEN, COURT, STAFF, SUPPLIER, FOREIGN_AGENCY, BUYER = range(len(PARTIES))

BOOKS = ("charge", "cash", "write_off", "value")
CHARGE, CASH, WRITE_OFF, VALUE = range(len(BOOKS))

CHARGES = tuple(line.name for line in LEDGER if line.kind != "other")
"""Statutory amounts a debtor may come to owe, in the order they arise.

Names are those of the law tables, but for the supplement (*tilläggsavgift*), which has one amount for small claims and
one for large.
"""
OUTLAYS = tuple(line.name for line in LEDGER if line.kind == "outlay")
"""Charges that are fees of Kronofogden or the court, advanced by the collector."""

LINES = tuple(line.name for line in LEDGER)
LINE = {name: code for code, name in enumerate(LINES)}

GROUNDS = {line.name: line.ground[1] for line in LEDGER}
"""Legal or contractual ground of each line."""

VALUED = tuple(line.name for line in LEDGER if line.book == "value" and line.budget)
"""Lines that are in the statement at the region's own valuation, rather than as money that moves."""
WRITE_DOWNS = tuple(line.name for line in LEDGER if line.book == "value" and not line.budget)
"""Lines of the region's own valuation alone, of which nothing is in the statement."""

NO_CASE = -1

BUDGET: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (line.name, tuple(one.name for one in LEDGER if one.budget == line.name)) for line in STATEMENT
)
"""Lines of the region's yearly statement, and the ledger lines each is made of."""

FEE_LINES = tuple(line.name for line in STATEMENT if line.cause == "fees")
"""Lines of the statement that are fees from debtors."""


@dataclass(frozen=True, eq=False)
class Postings:
    """Postings as columns of equal length: day, case and claim (-1: none), step (-1: none), line, payer, receiver, book.

    Attributes
    ----------
    day : int64 array, shape (n,)
        Since day 0.
    case, claim, step : int64 array, shape (n,)
        Indexes in the stream, and code of the step; NO_CASE for none.
    line, payer, receiver, book : int64 array, shape (n,)
        Positions in LINES, PARTIES (twice) and BOOKS.
    amount_ore : int64 array, shape (n,)
        Öre, above 0.
    """

    day: Ints
    case: Ints
    claim: Ints
    step: Ints
    line: Ints
    payer: Ints
    receiver: Ints
    amount_ore: Ints
    book: Ints

    def __len__(self) -> int:
        return len(self.day)

    def where(self, mask: NDArray[np.bool_]) -> Postings:
        """The postings that the mask picks.

        Parameters
        ----------
        mask : bool array, shape (postings,)
            True for those to be kept.
        """
        return Postings(*(column[mask] for column in self.columns()))

    def columns(self) -> Iterator[Ints]:
        """The columns in the order of the fields."""
        yield from (self.day, self.case, self.claim, self.step, self.line)
        yield from (self.payer, self.receiver, self.amount_ore, self.book)


class Journal:
    """Collects postings while a ledger is being booked. Amounts of 0 leave no posting; negative ones raise."""

    def __init__(self) -> None:
        self._parts: list[Ints] = []

    def post(  # noqa: PLR0913 - the columns of a posting
        self,
        book: int,
        line: str | int,
        *,
        payer: int | Ints,
        receiver: int | Ints,
        day: int | Ints,
        amount: int | Ints,
        case: int | Ints = NO_CASE,
        claim: int | Ints = NO_CASE,
        step: int | Ints = NO_CASE,
    ) -> None:
        """Add postings; scalars are repeated to the length of the arrays (§M1).

        Parameters
        ----------
        book : int
            Position in BOOKS.
        line : str or int
            Name in LINES, or position there.
        payer, receiver : int or int64 array, shape (n,)
            Positions in PARTIES.
        day : int or int64 array, shape (n,)
            Since day 0.
        amount : int or int64 array, shape (n,)
            Öre, 0 or more.
        case, claim : int or int64 array, shape (n,)
            Indexes in the stream, NO_CASE for none.
        step : int or int64 array, shape (n,)
            Code of the step, NO_CASE for none.

        Raises
        ------
        ValueError
            When an amount is below 0.
        """
        code = LINE[line] if isinstance(line, str) else line
        columns = (day, case, claim, step, code, payer, receiver, amount, book)
        flat = np.empty((len(columns), *(np.broadcast(*columns).shape or (1,))), np.int64)
        for row, column in zip(flat, columns, strict=True):
            row[:] = column
        amounts = flat[7]
        if (amounts < 0).any():
            raise ValueError(f"negative posting on {LINES[code]}")
        self._parts.append(flat if amounts.all() else flat[:, amounts != 0])

    def postings(self) -> Postings:
        """All postings so far, in the order they were added."""
        return Postings(*np.concatenate([np.zeros((9, 0), np.int64), *self._parts], axis=1))
