"""What it cost, and whom: balanced postings in integer öre, checked by a second route in every run."""

from kravsim.ledger.accounts import BUDGET, LINES, PARTIES, Postings
from kravsim.ledger.audit import LegalCalendar, audit
from kravsim.ledger.booking import Ledger, book
from kravsim.ledger.statement import in_days, statement_ore

__all__ = [
    "BUDGET",
    "LINES",
    "PARTIES",
    "Ledger",
    "LegalCalendar",
    "Postings",
    "audit",
    "book",
    "in_days",
    "statement_ore",
]
