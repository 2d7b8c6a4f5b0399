"""What a case's life is made of, as plain values: claims, events and postings in order, and the debt after each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kravsim.ledger.accounts import BOOKS, CASH, CHARGE, DEBTOR, PARTIES, WRITE_OFF

OPEN = "open"
"""What a case is that no end state has been reached for."""


@dataclass(frozen=True)
class Debt:
    """What the debtor of a case owes after an event, in öre."""

    principal_ore: int = 0
    fees_ore: int = 0
    interest_ore: int = 0

    @property
    def total_ore(self) -> int:
        """Everything that is owed."""
        return self.principal_ore + self.fees_ore + self.interest_ore


@dataclass(frozen=True)
class InterestPart:
    """Days in a row, both counted, on which a principal bore interest at one rate (basis points a year of 365 days)."""

    first: dt.date
    last: dt.date
    principal_ore: int
    rate_bp: int

    @property
    def days(self) -> int:
        """How many days bear interest."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Entry:
    """One line of a case's life: an event of the log, or a posting of the ledger.

    ``kind`` is one of ``engine.contract.KINDS`` for an event and of ``ledger.accounts.BOOKS`` for a posting. Texts are
    machine names, empty where they do not apply; ``visit`` counts from 1, 0 where a step was not entered; ``claim`` and
    ``server`` are -1 for none. ``proceedings`` of the debtor, ``opened`` on a day, are those that struck the case.
    """

    date: dt.date
    kind: str
    debt: Debt
    step: str = ""
    visit: int = 0
    answer: str = ""
    end: str = ""
    pool: str = ""
    server: int = -1
    waited_minutes: int = 0
    worked_minutes: int = 0
    claim: int = -1
    line: str = ""
    payer: str = ""
    receiver: str = ""
    amount_ore: int = 0
    interest: tuple[InterestPart, ...] = ()
    proceedings: str = ""
    opened: dt.date | None = None

    @property
    def is_posting(self) -> bool:
        """Whether money was booked, rather than something done or answered."""
        return bool(self.line)

    @property
    def change_ore(self) -> int:
        """What a posting does to the debt: charges raise it, payments and debts given up lower it."""
        if self.kind == BOOKS[CHARGE]:
            return self.amount_ore
        lowers = self.kind == BOOKS[WRITE_OFF] or (self.kind == BOOKS[CASH] and self.payer == PARTIES[DEBTOR])
        return -self.amount_ore if lowers else 0


@dataclass(frozen=True)
class ClaimFacts:
    """One invoice of a case."""

    number: int
    invoiced: dt.date
    due: dt.date
    principal_ore: int


@dataclass(frozen=True)
class CaseLife:
    """Everything that a run says of one case.

    ``end`` is an end state or ``open``; ``waiting_for`` is the step whose work had not begun at ``close``, the last day.
    Days before ``start`` follow the law of ``start``.
    """

    model: str
    case: int
    debtor: int
    segment: str
    debtor_type: str
    known: bool
    handed_over: dt.date
    claims: tuple[ClaimFacts, ...]
    entries: tuple[Entry, ...]
    end: str
    waiting_for: str
    start: dt.date
    close: dt.date

    @property
    def debt(self) -> Debt:
        """What is owed at the end, or at the close of the run."""
        return self.entries[-1].debt if self.entries else Debt()


def shares_of(life: CaseLife) -> dict[str, dict[str, int]]:
    """Who has what of a case, in öre: what the debtor paid to each party, by kind, and what else moved.

    Parameters
    ----------
    life : CaseLife
        Of one case.

    Returns
    -------
    dict of str to dict
        Party -> ``principal``, ``fees``, ``interest`` (from the debtor; what the debtor paid, below 0), ``other`` (all
        other cash of the case: outlays, letters, contract) and ``net``. The net of all parties is 0.
    """
    table: dict[str, dict[str, int]] = {}
    for entry in life.entries:
        if entry.kind != BOOKS[CASH]:
            continue
        kind = entry.line if entry.line in ("principal", "interest") else "fees"
        if entry.payer != PARTIES[DEBTOR]:
            kind = "other"
        for party, amount in ((entry.payer, -entry.amount_ore), (entry.receiver, entry.amount_ore)):
            row = table.setdefault(party, {"principal": 0, "fees": 0, "interest": 0, "other": 0, "net": 0})
            row[kind] += amount
            row["net"] += amount
    return {party: table[party] for party in PARTIES if party in table}
