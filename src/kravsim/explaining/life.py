"""What a case's life is made of, as plain values: claims, events and postings in order, and the debt after each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kravsim.ledger.accounts import BOOKS, CASH, CHARGE, DEBTOR, PARTIES, WRITE_OFF

OPEN = "open"
"""What a case is that no end state has been reached for."""


@dataclass(frozen=True)
class Debt:
    """What the debtor of a case owes after an event, in öre.

    Parameters
    ----------
    principal_ore, fees_ore, interest_ore : int
        What is left of each, öre.
    """

    principal_ore: int = 0
    fees_ore: int = 0
    interest_ore: int = 0

    @property
    def total_ore(self) -> int:
        """Everything that is owed."""
        return self.principal_ore + self.fees_ore + self.interest_ore


@dataclass(frozen=True)
class InterestPart:
    """Days in a row, both counted, on which a principal bore interest at one rate (basis points a year of 365 days).

    Parameters
    ----------
    first, last : date
        Both counted.
    principal_ore : int
        On which it ran, öre.
    rate_bp : int
        Basis points a year of 365 days.
    """

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

    Parameters
    ----------
    date : date
        Day of the event, or that the posting is of.
    kind : str
        One of ``engine.contract.KINDS`` for an event and of ``ledger.accounts.BOOKS`` for a posting.
    debt : Debt
        What is owed after it.
    step : str
        Machine name of the step that it belongs to.
    visit : int
        Which time the step is entered, from 1.
    answer : str
        Machine name of what was answered.
    end : str
        Machine name of the end state that was reached.
    pool : str
        Machine name of the staff pool that did the work.
    server : int
        Number of the person within the pool, from 0.
    waited_minutes : int
        From when the work was due until it was begun, or given up.
    worked_minutes : int
        Work on the step, minutes of staff.
    claim : int
        Number of the claim in the run, from 0.
    line : str
        Machine name of the ledger's line.
    payer, receiver : str
        Machine names of the parties.
    amount_ore : int
        Of the posting, öre.
    interest : tuple of InterestPart
        What an amount of interest is made of, period by period.
    proceedings : str
        Machine name of the debtor's proceedings that struck the case.
    opened : date or None
        Day on which they were opened.
    carried_by : int
        Number of the case of the debtor that carries the fee of what is done, since it is done for both; -1 where the case
        has its own, or there is none.
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
    carried_by: int = -1

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
    """One invoice of a case.

    Parameters
    ----------
    number : int
        Number of the claim in the run, from 0.
    invoiced, due : date
        Days of the invoice and of its falling due.
    principal_ore : int
        Öre.
    """

    number: int
    invoiced: dt.date
    due: dt.date
    principal_ore: int


@dataclass(frozen=True)
class CaseLife:
    """Everything that a run says of one case.

    ``end`` is an end state or ``open``; ``waiting_for`` is the step whose work had not begun at ``close``, the last day.
    Days before ``start`` follow the law of ``start``.

    Parameters
    ----------
    model : str
        Machine name of the model.
    case, debtor : int
        Numbers in the run, from 0.
    segment, debtor_type : str
        Machine names of the debtor's class.
    known : bool
        Whether the debtor was known to Kronofogden already.
    handed_over : date
        Day on which the case began.
    claims : tuple of ClaimFacts
        In order of number.
    entries : tuple of Entry
        In the order in which they happened.
    end : str
        An end state, or ``open``.
    waiting_for : str
        The step whose work had not begun at `close`; empty where there is none.
    start : date
        First day of the horizon.
    close : date
        Last day that is simulated.
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
