"""Truth, computed by hand, where open cases move over on a date; the same invoice of 500 kr of 1 January 2017.

See ``test_hand_cases.py`` for its dates: handed over and reminded on 22 February, demanded on 8 March, checked on 22 March,
applied for on 23 March, an order on 26 June, an attachment on 10 August. Who is paid is the rule of §M29.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger.accounts import AGENCY, CASH, KRONOFOGDEN, LINE, REGION
from kravsim.models.process import END_CODE
from kravsim.scenario import Scenario
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.units import ore
from tests.golden.test_hand_cases import everyone, first_january, received
from tests.golden.test_hand_contracts import CONTRACT, Paid, agreed, commission, paid
from tests.golden.test_hand_steps import FIXED, cash, days, end_of
from tests.properties.strategies import moved, sequence

TO_AGENCY, HOME, TO_ANOTHER = ("in_house", "outsourced"), ("outsourced", "in_house"), ("outsourced", "another")
JULY_16, JUNE_26 = dt.date(2017, 7, 16), dt.date(2017, 6, 26)


def moved_on(since: dt.date, way: tuple[str, str], *, does: str, another: object = None, **more: object) -> Scenario:
    """One arrangement until a date, to which open cases move over; nobody is left of the team."""
    no_leave = {"models.in_house.staff.handlers.turnover.leaves_per_year": 0}
    scenario = everyone(does=does, **no_leave, **more)
    if way[1] == "another":
        scenario = scenario.with_model("another", copy_of="outsourced", changes=another or {})
    return scenario.with_changes({"sequences.over": sequence({"then": moved(since, way[1])}, way[0])})


def who_is_paid(met: Setting, parts: RunParts, case: int, *lines: str) -> dict[str, dict[int, tuple[dt.date, int]]]:
    return {line: received(met, parts, case, line) for line in lines}


FEES = ("reminder_fee", "demand_fee", "payment_order_application")


@pytest.mark.parametrize(("since", "demanded_by"), [(dt.date(2017, 3, 8), AGENCY), (dt.date(2017, 3, 9), REGION)])
def test_a_step_that_is_entered_on_the_day_is_the_next_arrangements(since: dt.date, demanded_by: int) -> None:
    """The reminder of 22 February is the region's, and its 60 kr on 17 March too; whose the demand of 8 March is, is said."""
    kept = {f"{CONTRACT}demand_fee_kept_by": "agency", f"{CONTRACT}demand_fee_agency_share": {"value": 0} | FIXED}
    met, parts, case = first_january(moved_on(since, TO_AGENCY, does="demand_paid", **kept), "over")
    day = dt.date(2017, 3, 17)
    assert who_is_paid(met, parts, case, "principal", "reminder_fee", "demand_fee") == {
        "principal": {REGION: (day, 50_000)},
        "reminder_fee": {REGION: (day, 6_000)},
        "demand_fee": {demanded_by: (day, 18_000)},
    }
    assert [amount for _, _, amount in cash(parts, case, "letter")] == [900] * (1 + (demanded_by == REGION))


def test_an_order_paid_at_the_agency_repays_what_the_region_has_advanced() -> None:
    """Handed over on 1 May: the application of 23 March is answered on 26 June, the region's until then.

    The order is the agency's first step: 100 kr for a case taken, that day. On 16 July the debtor pays 60 + 180 + 300 kr to
    the region, which has advanced 300 kr of it, and 500 kr of principal, of which a tenth is commission; 50 kr are due for a
    paid case.
    """
    prices = agreed(price_a_case_kr=100, price_a_case_when="handed_over", price_a_paid_case_kr=50)
    prices |= commission(0.1, ["principal"]) | agreed(outlays_advanced_by="agency")
    met, parts, case = first_january(moved_on(dt.date(2017, 5, 1), TO_AGENCY, does="order_paid", **prices), "over")
    assert cash(parts, case, "kronofogden_outlay") == [(REGION, KRONOFOGDEN, 30_000)]
    assert who_is_paid(met, parts, case, *FEES) == {
        "reminder_fee": {REGION: (JULY_16, 6_000)},
        "demand_fee": {REGION: (JULY_16, 18_000)},
        "payment_order_application": {REGION: (JULY_16, 30_000)},
    }
    assert paid(met, parts, case, "case_price") == [(JUNE_26, 10_000)]
    assert paid(met, parts, case, "paid_case_price") == [(JULY_16, 5_000)]
    assert paid(met, parts, case, "commission") == [(JULY_16, 5_000)]


def test_an_order_paid_at_home_repays_what_the_agency_has_advanced() -> None:
    """Taken home on 1 May: 60 kr of the reminder and 300 kr of the application stay owed to the agency, and come on 16 July.

    To the agency's contract the case is closed on 26 June, when the region takes up the order: 40 kr. It is not paid under
    it, and there is no commission on what the region then receives.
    """
    prices = agreed(price_a_case_kr=40, price_a_case_when="closed", price_a_paid_case_kr=50)
    prices |= commission(0.1, ["principal"]) | agreed(outlays_advanced_by="agency")
    met, parts, case = first_january(moved_on(dt.date(2017, 5, 1), HOME, does="order_paid", **prices), "over")
    assert cash(parts, case, "kronofogden_outlay") == [(AGENCY, KRONOFOGDEN, 30_000)]
    assert who_is_paid(met, parts, case, "principal", *FEES) == {
        "principal": {REGION: (JULY_16, 50_000)},
        "reminder_fee": {AGENCY: (JULY_16, 6_000)},
        "demand_fee": {REGION: (JULY_16, 18_000)},
        "payment_order_application": {AGENCY: (JULY_16, 30_000)},
    }
    assert paid(met, parts, case, "case_price") == [(JUNE_26, 4_000)]
    assert cash(parts, case, "paid_case_price") == cash(parts, case, "commission") == []


@pytest.mark.parametrize(("way", "first", "then"), [(TO_AGENCY, REGION, AGENCY), (HOME, AGENCY, REGION)])
def test_who_applied_and_who_attaches_each_have_their_fee(way: tuple[str, str], first: int, then: int) -> None:
    """Handed over on 1 July, after the order of 26 June: the attachment of 10 August is the next arrangement's.

    600 kr are advanced then, and come back, with 300 kr of the application to whom they were owed, 60 days later.
    """
    terms = agreed(outlays_advanced_by="agency")
    met, parts, case = first_january(moved_on(dt.date(2017, 7, 1), way, does="attachment_paid", **terms), "over")
    assert cash(parts, case, "kronofogden_outlay") == [(first, KRONOFOGDEN, 30_000), (then, KRONOFOGDEN, 60_000)]
    day = dt.date(2017, 10, 9)
    assert who_is_paid(met, parts, case, "payment_order_application", "enforcement_basic_fee") == {
        "payment_order_application": {first: (day, 30_000)},
        "enforcement_basic_fee": {then: (day, 60_000)},
    }


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("handed_over", [(dt.date(2017, 2, 22), 10_000), (dt.date(2017, 3, 8), 7_000)]),
        ("closed", [(dt.date(2017, 3, 8), 10_000), (dt.date(2017, 3, 17), 7_000)]),
    ],
)
def test_each_of_two_agencies_has_its_price_for_the_case(when: str, expected: Paid) -> None:
    """Reminded by the one at 100 kr a case; demanded on 8 March by the other at 70 kr, and paid on 17 March."""
    prices = agreed(price_a_case_kr=100, price_a_case_when=when)
    other = {"contract.price_a_case_kr": {"value": 70} | FIXED}
    scenario = moved_on(dt.date(2017, 3, 1), TO_ANOTHER, does="demand_paid", another=other, **prices)
    met, parts, case = first_january(scenario, "over")
    assert paid(met, parts, case, "case_price") == expected


@pytest.mark.parametrize(
    "other",
    [
        {"escalation.min_case_kr": {"value": 123} | FIXED},
        {"contract.price_a_case_kr.note": "as agreed by phone"},
        {"contract.price_a_case_kr.favours": "in_house", "contract.paid_case_kr.status": "derived"},
        {"contract.commission.of": ["interest", "principal"]},
    ],
    ids=["escalation", "note", "status", "order"],
)
def test_a_contract_that_goes_on_takes_and_closes_the_case_once(other: dict[str, object]) -> None:
    """A change to an agency on the same terms: 100 kr on 22 February, and no more, whatever else is said of them.

    On 17 March a tenth of 500 kr of principal and 5.45 kr of interest is commission, of which the floor of 60 kr is more.
    """
    prices = agreed(price_a_case_kr=100, price_a_case_when="handed_over", interest_kept_by="region")
    prices |= commission(0.1, ["principal", "interest"], least=60)
    scenario = moved_on(dt.date(2017, 3, 1), TO_ANOTHER, does="demand_paid", another=other, **prices)
    met, parts, case = first_january(scenario, "over")
    assert paid(met, parts, case, "case_price") == [(dt.date(2017, 2, 22), 10_000)]
    assert sum(amount for _, amount in paid(met, parts, case, "commission")) == 6_000


RANGE = {"low": 80, "high": 120} | FIXED


@pytest.mark.parametrize("draw", [0, 1, 2])
def test_a_drawn_world_decides_as_the_base_world_does_and_draws_a_contract_once(draw: int) -> None:
    """Two models with one range are one contract, paid for once a case; two with two ranges are two, also at 100 kr each."""
    prices = {f"{CONTRACT}price_a_case_kr": {"value": 100} | RANGE, f"{CONTRACT}price_a_case_when": "handed_over"}
    for other, contracts in ((RANGE, (0, 0)), (RANGE | {"high": 121}, (0, 1))):
        another = {"contract.price_a_case_kr": {"value": 100} | other}
        scenario = moved_on(dt.date(2017, 3, 1), TO_ANOTHER, does="demand_paid", another=another, **prices)
        met = setting(scenario, Draws(1, draw, 0))
        parts = run_model(met, "over")
        assert parts.arranged is not None
        assert parts.arranged.contracts == contracts
        booked = parts.ledger.postings
        booked = booked.where((booked.book == CASH) & (booked.line == LINE["case_price"]))
        assert np.bincount(booked.case).max() == 1 + contracts[1]
        first = met.world.data.models["outsourced"].contract
        assert first is not None
        assert first.price_a_case_kr is not None
        price = ore(first.price_a_case_kr.value)
        assert (price == 10_000) == (draw == 0)
        assert (set(booked.amount_ore.tolist()) == {price}) == (draw == 0 or contracts == (0, 0))


def test_numbers_that_a_posterior_settles_leave_the_contracts_as_they_are_stated() -> None:
    prices = {f"{CONTRACT}price_a_case_kr": {"value": 100} | RANGE, f"{CONTRACT}price_a_case_when": "handed_over"}
    scenario = moved_on(dt.date(2017, 3, 1), TO_ANOTHER, does="demand_paid", **prices)
    keys = [f"models.{name}.contract.price_a_case_kr" for name in ("outsourced", "another")]
    settled = ParameterSets({}, 1.0, tuple(keys), np.array([[90.0, 110.0]])).settled(scenario, 0)
    met, parts, case = first_january(settled, "over")
    assert paid(met, parts, case, "case_price") == [(dt.date(2017, 2, 22), 9_000)]


@pytest.mark.parametrize(
    ("way", "since", "first", "then", "charged"),
    [
        (TO_ANOTHER, dt.date(2017, 3, 28), "outlays_and_own_work", "nothing", [30_000, 38_000]),
        (TO_ANOTHER, dt.date(2017, 3, 28), "nothing", "outlays_and_own_work", []),
        (TO_ANOTHER, dt.date(2017, 3, 23), "nothing", "outlays", [30_000]),
        (HOME, dt.date(2017, 3, 28), "outlays", "", [30_000]),
        (TO_AGENCY, dt.date(2017, 3, 28), "outlays_and_own_work", "", []),
    ],
)
def test_a_late_withdrawal_is_passed_on_by_the_contract_of_the_step_withdrawn_from(
    way: tuple[str, str], since: dt.date, first: str, then: str, charged: list[int]
) -> None:
    """Applied for on 23 March, withdrawn ten days later, on 2 April, when the case is another's from the day given."""
    changes = agreed(outlays_advanced_by="agency", own_work_fee_kept_by="agency")
    changes |= {"behaviour.withdrawn_late_share": 1.0, "timing.withdrawal_days": days(10)}
    changes |= {f"{CONTRACT}late_withdrawal.after_application": first}
    other = {"contract.late_withdrawal.after_application": then} if then else None
    scenario = moved_on(since, way, does="nothing", another=other, **changes)
    met, parts, case = first_january(scenario, "over")
    assert end_of(parts, case) == END_CODE["withdrawn_late"]
    assert paid(met, parts, case, "agency_charge") == [(dt.date(2017, 4, 2), amount) for amount in charged]


def test_interest_is_kept_by_whom_the_case_is_with_when_it_is_paid() -> None:
    """53 days on 500 kr at 7.5 % are 5.45 kr on 17 March: the agency's, of days before the change too."""
    terms = agreed(interest_kept_by="agency")
    met, parts, case = first_january(moved_on(dt.date(2017, 3, 8), TO_AGENCY, does="demand_paid", **terms), "over")
    assert received(met, parts, case, "interest") == {AGENCY: (dt.date(2017, 3, 17), 545)}
    met, parts, case = first_january(moved_on(dt.date(2017, 3, 8), HOME, does="demand_paid", **terms), "over")
    assert received(met, parts, case, "interest") == {REGION: (dt.date(2017, 3, 17), 545)}
