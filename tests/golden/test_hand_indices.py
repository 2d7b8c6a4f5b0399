"""Truth, computed by hand, where pay, prices, volume and claims follow the years, and the reference rate a path.

The invoice of 500 kr of test_hand_cases.py: reminded on 22 February 2017, demanded on 8 March. All indices are of 2016, so
that 2017 has a level of its own.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger.accounts import CASH, DEBTOR, LINE, NO_CASE, VALUE
from tests.golden.test_hand_cases import everyone, first_january
from tests.golden.test_hand_rules import SYSTEM, Changes, contract, kr, own
from tests.golden.test_hand_steps import FIXED

THREE_YEARS = {"horizon.end": dt.date(2020, 1, 1)}
RATE = {"value": 0.1} | FIXED
TENTH = {"base_year": 2016, "growth_after_share_per_year": RATE}
"""10 % a year: 1.1 in 2017, 1.21 in 2018 and 1.331 in 2019."""
STEPS_UP = {
    "base_year": 2016,
    "by_year": {
        year: {"level": {"value": level} | FIXED} for year, level in (("2016", 200), ("2017", 210), ("2018", 260))
    },
    "growth_after_share_per_year": {"value": -0.1} | FIXED,
}
"""1.05 in 2017 and 1.3 in 2018, then 1.17."""
POOL = "models.in_house.staff.handlers"


def indices(**tables: object) -> Changes:
    return {"indices": tables}


def run_of(model: str, does: str = "demand_paid", **changes: object) -> tuple[Setting, RunParts, int]:
    return first_january(everyone(does=does, **changes), model)


def paid(parts: RunParts, line: str, case: int) -> list[int]:
    """Öre of a line in cash for a case, or for none, in order of days."""
    books = parts.ledger.postings
    mine = books.where(
        (books.book == CASH) & (books.payer != DEBTOR) & (books.line == LINE[line]) & (books.case == case)
    )
    return mine.amount_ore[np.argsort(mine.day, kind="stable")].tolist()


def test_letters_and_checks_at_the_prices_of_their_year() -> None:
    """A letter of 9 kr costs 9.90 in 2017; a check of 15 kr 16.50."""
    _, parts, case = run_of("in_house", does="payment_order_paid", **own(), **indices(prices=TENTH))
    assert paid(parts, "letter", case) == [990, 990]
    assert paid(parts, "check", case) == [1_650]


def test_prices_by_the_year_and_once() -> None:
    """Operation of 20 002 kr times 1.05, 1.3 and 1.17; the system is bought in 2017, at 80 003 kr times 1.05."""
    system = SYSTEM | {"depreciation_years": 2}
    table = kr("models.in_house.system", **system)
    _, parts, _ = run_of("in_house", **own(), **table, **THREE_YEARS, **indices(prices=STEPS_UP))
    assert paid(parts, "system_operation", NO_CASE) == [2_100_210, 2_600_260, 2_340_234]
    assert paid(parts, "system_once", NO_CASE) == [8_400_315]
    books = parts.ledger.postings
    assert books.amount_ore[(books.book == VALUE) & (books.line == LINE["system_depreciation"])].tolist() == [
        4_200_158,
        4_200_158,
    ]


def test_pay_and_overhead() -> None:
    """1.5 posts at 400 000 kr are 600 000 kr, then 660 000, 726 000 and 798 600 with a tenth a year; overhead a fifth."""
    pool = kr(POOL, fte=1.5, pay_per_fte_kr=400_000, overhead_share=0.2, other_duties_share=0)
    never = {f"{POOL}.turnover.leaves_per_year": 0}
    _, parts, _ = run_of("in_house", **own(), **pool, **never, **THREE_YEARS, **indices(pay=TENTH))
    assert paid(parts, "staff_pay", NO_CASE) == [66_000_000, 72_600_000, 79_860_000]
    assert paid(parts, "staff_overhead", NO_CASE) == [13_200_000, 14_520_000, 15_972_000]


@pytest.mark.parametrize(("follows", "level"), [("fixed", 1.0), ("prices", 1.1)])
def test_what_the_agency_takes(follows: str, level: float) -> None:
    """101 kr a case and 53 kr a paid one, 30 001 kr a year; what it pays for a paid case is nominal, as fees by law are."""
    table = indices(prices=TENTH, contract=follows)
    _, parts, case = run_of("outsourced", **contract(), **table)
    assert paid(parts, "case_price", case) == [round(10_100 * level)]
    assert paid(parts, "paid_case_price", case) == [round(5_300 * level)]
    assert paid(parts, "contract_payment", case) == [1_100]
    assert paid(parts, "agency_charge", NO_CASE) == [round(3_000_100 * level)]
    books = parts.ledger.postings
    fee = books.where((books.book == CASH) & (books.payer == DEBTOR) & (books.line == LINE["demand_fee"]))
    assert set(fee.amount_ore.tolist()) == {18_000}


def test_a_statement_at_the_price_of_the_year_in_which_it_is_made() -> None:
    """17 kr each; on 31 January 2018 the level is 1.21: 20.57 kr."""
    two = {"horizon.end": dt.date(2019, 1, 1), "policy.ku25_threshold_kr": 5}
    _, parts, _ = run_of("in_house", **own(), **two, **indices(prices=TENTH))
    booked = paid(parts, "ku25", NO_CASE)
    assert len(booked) == 1
    assert booked[0] % 2_057 == 0 < booked[0]


def test_invoices_by_the_year() -> None:
    """1 200 invoices a year are 1 320, 1 452 and 1 597 (1 597.2), spread over the 48 runs of the year."""
    met, _, _ = run_of("in_house", **own(), **THREE_YEARS, **indices(volume=TENTH))
    assert met.stream.runs.invoices.reshape(3, 48).sum(axis=1).tolist() == [1_320, 1_452, 1_597]


def test_claims_by_the_year_of_the_invoice() -> None:
    """500 kr are 525 kr in 2017, 650 kr in 2018 and 585 kr in 2019; the case of one invoice has as much."""
    met, parts, case = run_of("in_house", **own(), **THREE_YEARS, **indices(amounts=STEPS_UP))
    claims, ends = met.stream.claims, [365, 730, 1095]
    year = np.searchsorted(ends, claims.run, side="right")
    assert [set(claims.principal_ore[year == one].tolist()) for one in range(3)] == [{52_500}, {65_000}, {58_500}]
    assert met.stream.cases.principal_ore[case] == 52_500
    books = parts.ledger.postings
    mine = books.where((books.case == case) & (books.book == CASH) & (books.line == LINE["principal"]))
    assert mine.amount_ore.sum() == 52_500


def test_interest_along_a_path() -> None:
    """Law frozen at the end of 2026, the path up by half a point: 2.50 % + 8 % from 1 January 2027 to 30 June.

    An invoice of 500 kr of 22 January 2027 falls due on 11 February, a Thursday; handed over and reminded on the 22nd,
    demanded on 8 March, paid nine days later: 34 days at 10.5 %, 500 * 0.105 * 34 / 365 = 4.89 kr.
    """
    law = {"law.frozen_at": dt.date(2026, 12, 31), "law.reference_rate": {"path": "high"}}
    year = {"horizon.start": dt.date(2027, 1, 1), "horizon.end": dt.date(2028, 1, 1)}
    met = setting(everyone(does="demand_paid", **own(), **law, **year), Draws(1, 0, 0))
    books = run_model(met, "in_house").ledger.postings
    case = met.stream.claims.case[met.stream.claims.run == 21][0]
    mine = books.where((books.case == case) & (books.book == CASH) & (books.line == LINE["interest"]))
    assert mine.amount_ore.tolist() == [489]
