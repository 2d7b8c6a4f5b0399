"""What it cost, and whom: balanced postings in integer öre, checked by a second route in every run."""

from kravsim.ledger.accounts import BUDGET, LINES, PARTIES, Postings
from kravsim.ledger.audit import audit
from kravsim.ledger.booking import Ledger, book
from kravsim.ledger.legal import Legal, LegalCalendar, agreement_of, legal_of
from kravsim.ledger.statement import statement_of, statement_ore

__all__ = [
    "BUDGET",
    "LINES",
    "PARTIES",
    "Ledger",
    "Legal",
    "LegalCalendar",
    "Postings",
    "agreement_of",
    "audit",
    "book",
    "legal_of",
    "statement_of",
    "statement_ore",
]
