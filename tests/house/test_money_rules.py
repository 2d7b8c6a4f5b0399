"""Are the rules of money numbered in a row, and cited by everybody who must know them, and by nobody else than there is?"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
import pytest

import kravsim
from kravsim.ledger import rules
from kravsim.ledger.accounts import CASH, CHARGES, DEBTOR, LINE, LINES, Journal
from kravsim.ledger.by_rule import Happened, book_rules, book_years
from kravsim.ledger.costs import interest_by_debtor, statements_of
from kravsim.models import model_named
from tests.golden.test_hand_rules import (
    BY_YEAR,
    HANDS,
    STAFF,
    Posted,
    case_of,
    posted,
    run_by_year,
    run_of_hires,
)

PACKAGE = Path(kravsim.__file__).parent
TESTS = Path(__file__).parents[1]
CITED = re.compile(r"§M(\d+)(?:-§M(\d+))?")
WRITTEN = [int(number) for number in re.findall(r"^§M(\d+) ", rules.__doc__ or "", re.MULTILINE)]
READABLE = (
    "accounts",
    "agreed",
    "booking",
    "by_rule",
    "costs",
    "debts",
    "moved",
    "ownership",
    "statement",
    "together",
)
COMPILED = ("booking_compiled", "moving_compiled", "terms")
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


def test_every_row_of_the_table_names_the_paragraph_that_says_it() -> None:
    """Those without state or order: from outlays to what is paid by the year, and none of them without a row."""
    assert [rule.paragraph for rule in rules.RULES if not CITED.fullmatch(rule.paragraph)] == []
    assert {int(CITED.fullmatch(rule.paragraph)[1]) for rule in rules.RULES} == set(range(12, 22))


@pytest.mark.parametrize("number", WRITTEN)
def test_every_paragraph_is_cited_by_both_bookings_and_by_a_case_computed_by_hand(number: int) -> None:
    readable = cited(*(PACKAGE / "ledger" / f"{name}.py" for name in READABLE))
    compiled = cited(*(PACKAGE / "settling" / f"{name}.py" for name in COMPILED))
    assert number in readable
    assert (number in compiled) != (number in ONE_ROAD)
    assert number in cited(*(TESTS / "golden").glob("*.py"))


AUDITS = (
    "ledger/audit.py",
    "ledger/audit_compiled.py",
    "ledger/audit_contract_compiled.py",
    "ledger/audit_met_compiled.py",
    "ledger/audit_moves_compiled.py",
    "ledger/audit_sale_compiled.py",
    "settling/audit_lines.py",
    "settling/audit_parties.py",
)
NOT_AUDITED = {
    2: "principal is held against the invoices by the sum of each case (§M1)",
    4: "who keeps what is a choice of the contract, held where cases move (§M29); that both purses add up is §M27",
    23: "valuations move no money",
}
"""Rules that no audit has a second route to, and what is held instead; hand-computed cases hold them."""


@pytest.mark.parametrize("number", WRITTEN)
def test_every_paragraph_is_audited_or_it_is_said_why_not(number: int) -> None:
    assert (number in cited(*(PACKAGE / name for name in AUDITS))) != (number in NOT_AUDITED)


def test_the_closed_form_cites_what_it_has_in_expectation() -> None:
    assert cited(*(PACKAGE / "expected").glob("*.py")) >= {3, 4, 7, 8, 9, *range(12, 23), 24, 25, 27}


# ---- the table of rules: each cell of each row is altered, and found out -----------------------------------------------


class Booked(NamedTuple):
    """A golden run, ready to be booked anew by another table; what is wanted of it, and the lines of that."""

    book: Callable[[], list[Posted]]
    wanted: list[Posted]
    lines: frozenset[str]


def _of_case(name: str) -> Booked:
    hand = HANDS[name]
    met, parts, case = case_of(hand)
    ledger, data = parts.ledger, met.world.data
    books, model = ledger.postings, model_named(data, hand.model)
    cash = books.where((books.book == CASH) & (books.payer == DEBTOR))
    models = (model,) * len(ledger.years)
    given = (met.law_days, ledger.owners, data.policy, models, ledger.debts, cash, list(ledger.years))

    def book() -> list[Posted]:
        journal = Journal()
        book_rules(journal, Happened(parts.log, met.stream, *given))
        found = journal.postings()
        return posted(met, found, found.case == case)

    return Booked(book, hand.booked, frozenset(line for _, line, *_ in hand.booked))


def _of_year(name: str) -> Booked:
    model_name, _, wanted = BY_YEAR[name]
    met, parts = run_by_year(name)
    ledger, model = parts.ledger, model_named(met.world.data, model_name)
    interest = ledger.postings.where((ledger.postings.book == CASH) & (ledger.postings.line == LINE["interest"]))
    years, ku25 = list(ledger.years), ledger.postings.amount_ore[ledger.postings.line == LINE["ku25"]]
    number = statements_of(interest_by_debtor(met.stream, interest, years), met.world.data.policy)
    assert len(number) == len(ku25) == 1

    def book() -> list[Posted]:
        journal = Journal()
        book_years(journal, [model] * len(years), ledger.owners, parts.plan.pools, years, ledger.start, number)
        found = journal.postings()
        known = posted(met, found, ~np.isin(found.line, [LINE[line] for line in STAFF]))
        return [(*one[:-1], one[-1] // int(number[0]) if one[1] == "ku25" else one[-1]) for one in known]

    return Booked(book, wanted, frozenset(line for _, line, *_ in wanted))


def _of_hires() -> Booked:
    met, parts = run_of_hires()
    ledger, model = parts.ledger, model_named(met.world.data, "in_house")
    days = np.concatenate([pool.hire_days for pool in parts.plan.pools]).tolist()
    wanted = sorted(
        (met.stream.first + dt.timedelta(int(day)), "recruitment", "region", "supplier", 6_100_000) for day in days
    )

    def book() -> list[Posted]:
        journal = Journal()
        given = (parts.plan.pools, list(ledger.years), ledger.start, np.zeros(0, np.int64))
        book_years(journal, [model] * len(ledger.years), ledger.owners, *given)
        known = posted(met, journal.postings(), np.ones(len(journal.postings()), bool))
        return [one for one in known if one[1] not in {"system_operation", "system_once"}]

    return Booked(book, wanted, frozenset({"recruitment"}))


@pytest.fixture(scope="module")
def golden() -> list[Booked]:
    """Every run that is computed by hand."""
    return [*(_of_case(name) for name in HANDS), *(_of_year(name) for name in BY_YEAR), _of_hires()]


def test_the_rules_alone_book_what_is_computed_by_hand(golden: list[Booked]) -> None:
    assert all(one.book() == sorted(one.wanted) for one in golden)
    assert {rule.line for rule in rules.RULES} == {line for one in golden for line in one.lines}


PRICED = ("step", "own_step", "own_stay", "taken", "ended", "paid", "year_end", "statement", "start")
"""Triggers that a price can be paid at."""
NO_STEPS = ("taken", "ended", "paid", "year_end", "statement", "start", "hire")
PAYERS: tuple[rules.Who, ...] = get_args(rules.Who)
LATE = ("after_application", "in_court", "at_attachment")
KEYS = {rule.key for rule in rules.RULES}


def other_keys(rule: rules.Rule) -> list[str]:
    """Keys of the same kind: of the law, of late withdrawals, shares by zone or not, prices by zone or pool or not."""
    kind = (rule.key.startswith("law."), ".late_withdrawal." in rule.key, rule.key.endswith("_share"), "*" in rule.key)
    alike = {
        key
        for key in KEYS
        if (key.startswith("law."), ".late_withdrawal." in key, key.endswith("_share"), "*" in key) == kind
    }
    if rule.key.startswith("law."):
        alike |= {f"law.{charge}" for charge in CHARGES}
    if "*" in rule.key:
        alike = {key for key in alike if key.split("*")[0] == rule.key.split("*")[0]}
        alike |= {"staff.*.pay_per_fte_kr"} if rule.key.startswith("staff") else set()
    return sorted(alike - {rule.key})


def alterations(rule: rules.Rule) -> Iterator[tuple[str, rules.Rule]]:
    """Every cell of a row, each with every other content that it could have."""
    for line in LINES:
        if line != rule.line and line not in {*CHARGES, "interest", "principal", *STAFF}:
            yield f"line {line}", rule._replace(line=line)
    for trigger in PRICED if rule.trigger in PRICED else ():
        by_zone = "*" in rule.key and trigger in {"year_end", "statement", "start"}
        if trigger != rule.trigger and (rule.steps or trigger in NO_STEPS) and not by_zone:
            yield f"trigger {trigger}", rule._replace(trigger=trigger)
    for side in ("payer", "receiver"):
        for who in PAYERS:
            if who != getattr(rule, side) and (who != "keeper" or rule.key.startswith("law.")):
                yield f"{side} {who}", rule._replace(**{side: who})
    yield from ((f"key {key}", rule._replace(key=key)) for key in other_keys(rule))
    yield from ((f"of {charge}", rule._replace(of=charge)) for charge in CHARGES if rule.of and charge != rule.of)
    yield from ((f"days {days:+}", rule._replace(days=rule.days + days)) for days in (-1, 1))
    yield from _at_other_steps(rule)
    if rule.only is not None:
        yield "whatever is agreed", rule._replace(only=None)


def _at_other_steps(rule: rules.Rule) -> Iterator[tuple[str, rules.Rule]]:
    """Each step left out; another that is met, where the trigger can come from it."""
    for name in rule.steps:
        yield f"not at {name}", rule._replace(steps=tuple(step for step in rule.steps if step != name))
    met = ("payment_order", "contested", "attachment") if rule.trigger == "withdrawn_late" else MET
    for name in met if rule.steps else ():
        if name not in rule.steps:
            yield f"at {name} too", rule._replace(steps=(*rule.steps, name))


MET = ("reminder", "demand", "solvency_check", "payment_order", "order", "surveillance")


def found_out(golden: list[Booked], place: int, rows: tuple[rules.Rule, ...]) -> bool:
    """Whether some run that is computed by hand comes out otherwise, or not at all, with these rows in a row's place."""
    line = rules.RULES[place].line
    order = sorted(golden, key=lambda one: line not in one.lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "RULES", (*rules.RULES[:place], *rows, *rules.RULES[place + 1 :]))
        try:
            return any(one.book() != sorted(one.wanted) for one in order)
        except (ValueError, KeyError, AttributeError):
            return True  # no rule at all: a step without such an answer, a key that is no number


@pytest.mark.parametrize("place", range(len(rules.RULES)), ids=lambda place: f"{place} {rules.RULES[place].key}")
def test_a_cell_that_is_altered_is_found_out(golden: list[Booked], place: int) -> None:
    rule = rules.RULES[place]
    assert found_out(golden, place, ())
    assert found_out(golden, place, (rule, rule))
    unseen = {what for what, other in alterations(rule) if not found_out(golden, place, (other,))}

    collects = {what for what in unseen if what.endswith(" collector")}
    assert all(f"{what.split()[0]} agency" not in unseen for what in collects)
    assert (rule.key.startswith("contract.") and "agency" in {rule.payer, rule.receiver}) or not collects
    assert unseen - collects == {*CHANGES_NOTHING.get((rule.key, rule.trigger), ())}


NOBODY_ABROAD = tuple(f"at {name} too" for name in ("solvency_check", "payment_order", "order", "surveillance"))
CHANGES_NOTHING: dict[tuple[str, str], tuple[str, ...]] = {
    ("foreign.*.fixed_kr", "step"): NOBODY_ABROAD,
    ("foreign.*.commission_share", "paid_abroad"): tuple(
        what
        for what in NOBODY_ABROAD
        if what != "at solvency_check too"  # which has no answer that pays
    ),
}
"""Alterations that can change no figure, by key and trigger of the row.

Debtors abroad go to none of these steps (``process.DETOURS``), and terms abroad are of debtors abroad. Besides, whoever
collects abroad is the agency where there is a contract (§M19), so that in rows of the contract the two are one party.
"""
