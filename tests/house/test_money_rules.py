"""Are the rules of money numbered in a row, and cited by everybody who must know them, and by nobody else than there is?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kravsim
from kravsim.ledger import rules

PACKAGE = Path(kravsim.__file__).parent
TESTS = Path(__file__).parents[1]
CITED = re.compile(r"§M(\d+)(?:-§M(\d+))?")
WRITTEN = [int(number) for number in re.findall(r"^§M(\d+) ", rules.__doc__ or "", re.MULTILINE)]
READABLE = ("accounts", "agreed", "booking", "costs", "debts", "ownership", "statement", "together")
COMPILED = ("booking_compiled", "terms")
ONE_ROAD = {
    20: "statements of interest: counted by either road, booked for both by booking.book_whole_years",
    21: "whole years: booked for both by booking.book_whole_years",
    24: "pay: the same",
    25: "the system's yearly parts: the same",
    27: "the statement is made of either road's totals by one function",
}
"""Rules that one program books for both roads, and why: nothing in them depends on how a case is followed."""


def cited(*files: Path) -> set[int]:
    """Numbers that these files cite, ranges in full."""
    found = [match for file in files for match in CITED.findall(file.read_text("utf-8"))]
    return {number for first, last in found for number in range(int(first), int(last or first) + 1)}


def test_paragraphs_are_numbered_in_a_row() -> None:
    assert list(range(1, len(WRITTEN) + 1)) == WRITTEN
    assert len(WRITTEN) > 20


def test_every_paragraph_that_is_cited_exists() -> None:
    files = [file for folder in (PACKAGE, TESTS, *TESTS.parent.glob("docs")) for file in folder.rglob("*.*")]
    texts = [file for file in files if file.suffix in {".py", ".md"}]
    assert cited(*texts) <= set(WRITTEN)


@pytest.mark.parametrize("number", WRITTEN)
def test_every_paragraph_is_cited_by_both_bookings_and_by_a_case_computed_by_hand(number: int) -> None:
    readable = cited(*(PACKAGE / "ledger" / f"{name}.py" for name in READABLE))
    compiled = cited(*(PACKAGE / "settling" / f"{name}.py" for name in COMPILED))
    assert number in readable
    assert (number in compiled) != (number in ONE_ROAD)
    assert number in cited(*(TESTS / "golden").glob("*.py"))


AUDITS = ("ledger/audit.py", "ledger/audit_compiled.py", "ledger/audit_contract_compiled.py", "settling/audit_lines.py")
NOT_AUDITED = {
    2: "principal is held against the invoices by the sum of each case (§M1)",
    4: "who keeps what is a choice of the contract; that the agency's and the region's purses add up is §M27",
    19: "what has been paid abroad by zone is not in the tally",
    20: "statements of interest: who has paid how much is not in the tally",
    23: "valuations move no money",
}
"""Rules that no audit has a second route to, and what is held instead; hand-computed cases hold them."""


@pytest.mark.parametrize("number", WRITTEN)
def test_every_paragraph_is_audited_or_it_is_said_why_not(number: int) -> None:
    assert (number in cited(*(PACKAGE / name for name in AUDITS))) != (number in NOT_AUDITED)


def test_the_closed_form_cites_what_it_has_in_expectation() -> None:
    assert cited(*(PACKAGE / "expected").glob("*.py")) >= {3, 4, 7, 8, 9, *range(12, 23), 24, 25, 27}
