"""At the largest principal a case may have, every product is exact: held against Python's integers, which have no limit."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.errors import RunError
from kravsim.flow import Setting, run_model, setting
from kravsim.law import interest_ore
from kravsim.ledger import Postings
from kravsim.ledger.accounts import CASH, CHARGE, LINE, VALUE
from kravsim.scenario import Scenario
from kravsim.settling import fits_64_bits
from kravsim.settling.equal_tallies import check_equal
from kravsim.stream.claims import LARGEST_CASE_ORE
from kravsim.units import ore
from tests.properties.strategies import tiny

MILLION = 1_000_000
SHARES = {
    "policy.value_adjustment_share": 0.333333,
    "models.outsourced.contract.demand_fee_agency_share": 0.370001,
}
ABROAD = {
    f"models.outsourced.foreign.{zone}.{key}": value
    for zone in ("nordic", "europe", "overseas")
    for key, value in (("commission_share", 0.999999), ("paid_share", 0.6), ("untraceable_share", 0.1))
}


@pytest.fixture(scope="module")
def met() -> Setting:
    """Every case is as large as a case may be, all of it but some öre in its first claim."""
    given = setting(tiny().with_changes(SHARES | ABROAD), Draws(5, 0, 0))
    claims, cases = given.stream.claims, given.stream.cases
    principal = np.ones(len(claims.case), np.int64)
    principal[cases.first_claim[:-1]] = LARGEST_CASE_ORE + 1 - np.diff(cases.first_claim)
    largest = np.full(len(cases), LARGEST_CASE_ORE)
    stream = replace(
        given.stream,
        claims=replace(claims, principal_ore=principal),
        cases=replace(cases, principal_ore=largest),
    )
    return replace(given, stream=stream, cases=replace(given.cases, principal_ore=largest))


@pytest.fixture(scope="module")
def books(met: Setting) -> Postings:
    assert fits_64_bits(met.stream, met.law_days)
    straight, journal = run_model(met, "outsourced"), run_model(met, "outsourced", "simpy")
    check_equal(straight.tally, journal.tally)
    return journal.ledger.postings


def of(books: Postings, book: int, line: str) -> Postings:
    return books.where((books.book == book) & (books.line == LINE[line]))


def half_up(number: int, denominator: int) -> int:
    return (2 * number + denominator) // (2 * denominator)


def test_value_adjustments(met: Setting, books: Postings) -> None:
    paid, claims = of(books, CASH, "principal"), met.stream.claims
    days = round(met.world.data.policy.value_adjustment_days.value)
    adjusted = of(books, VALUE, "value_adjustment")
    for claim, amount in zip(adjusted.claim.tolist(), adjusted.amount_ore.tolist(), strict=True):
        early = (paid.claim == claim) & (paid.day < claims.due_day[claim] + days)
        owed = int(claims.principal_ore[claim]) - sum(paid.amount_ore[early].tolist())
        assert amount == half_up(owed * 333_333, MILLION)
    assert adjusted.amount_ore.max() == half_up(LARGEST_CASE_ORE * 333_333, MILLION)


def test_commissions_abroad(met: Setting, books: Postings) -> None:
    abroad = of(books, CASH, "foreign_collection").amount_ore.tolist()
    fixed = {ore(zone.fixed_kr.value) for zone in met.world.data.models["outsourced"].foreign.values()}
    commissions = {amount for amount in abroad if amount not in fixed}
    assert half_up(LARGEST_CASE_ORE * 999_999, MILLION) in commissions


def test_interest(met: Setting, books: Postings) -> None:
    """Of claims that came due within the horizon and paid once."""
    charged, first = of(books, CHARGE, "interest"), met.stream.first
    once = np.bincount(charged.claim, minlength=len(met.stream.claims.case)) == 1
    tried = 0
    columns = (column.tolist() for column in (charged.claim, charged.day, charged.amount_ore))
    for claim, day, amount in zip(*columns, strict=True):
        due, principal = int(met.stream.claims.due_day[claim]), int(met.stream.claims.principal_ore[claim])
        if once[claim] and due >= met.start and principal > 1:
            due_date, paid_date = (first + dt.timedelta(index) for index in (due, day))
            assert amount == interest_ore(principal, due_date, paid_date)
            tried += 1
    assert tried > 5


def spread() -> Scenario:
    """Claims of fifty thousand kronor in the middle and ten million on average: some are larger than a case may be."""
    scenario = tiny(invoices__per_year=200_000, debtors__number=40_000)
    amounts = {"median": 50_000, "mean": 10**7}
    names = scenario.data.debtors.segments
    return scenario.with_changes(
        {f"debtors.segments.{name}.amount_{what}_kr": kr for name in names for what, kr in amounts.items()}
    )


def test_a_case_larger_than_that_is_refused() -> None:
    said = (
        r"debtors\.segments: got a case of more than 10000000000 kr; allowed cases of at most 10000000000 kr, which are"
    )
    with pytest.raises(RunError, match=said):
        setting(spread(), Draws(1, 0, 0))
