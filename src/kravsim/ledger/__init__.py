"""What it cost, and whom: balanced postings in integer öre, checked by a second route in every run."""

from kravsim.ledger.accounts import BUDGET, LINES, PARTIES, Postings
from kravsim.ledger.audit import audit
from kravsim.ledger.audit_lines import audit_lines
from kravsim.ledger.booking import Ledger, book
from kravsim.ledger.legal import Legal, LegalCalendar, legal_of
from kravsim.ledger.statement import statement_of, statement_ore
from kravsim.ledger.tally import Tally, check_equal, tally_of
from kravsim.ledger.terms import fits_64_bits

__all__ = [
    "BUDGET",
    "LINES",
    "PARTIES",
    "Ledger",
    "Legal",
    "LegalCalendar",
    "Postings",
    "Tally",
    "audit",
    "audit_lines",
    "book",
    "check_equal",
    "fits_64_bits",
    "legal_of",
    "statement_of",
    "statement_ore",
    "tally_of",
]
