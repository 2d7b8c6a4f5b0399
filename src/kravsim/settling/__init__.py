"""Straight to a tally: cases are followed, booked, audited and counted one after another, by engine and ledger at once."""

from kravsim.settling.audit_lines import audit_lines
from kravsim.settling.equal_tallies import check_equal
from kravsim.settling.tally import Tally, tally_of
from kravsim.settling.terms import fits_64_bits

__all__ = [
    "Tally",
    "audit_lines",
    "check_equal",
    "fits_64_bits",
    "tally_of",
]
