"""Truth, computed by hand, where an agency takes over on a date; the same invoice of 500 kr of 1 January 2017.

See ``test_hand_cases.py`` for its dates: handed over and reminded on 22 February, demanded on 8 March, checked on 22 March,
applied for on 23 March, an order on 26 June.
"""

from __future__ import annotations

import datetime as dt

import pytest

from kravsim.chance.draws import Draws
from kravsim.engine.contract import DONE
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger.accounts import AGENCY, BUYER, CASH, KRONOFOGDEN, LINE, LINES, REGION, VALUE, WRITE_OFF
from kravsim.models.process import END_CODE, STEP_CODE
from kravsim.results.notes import doubts_of_scenario
from kravsim.scenario import Scenario
from kravsim.units import ore
from tests.golden.test_hand_cases import everyone, first_january, received
from tests.golden.test_hand_contracts import agreed
from tests.golden.test_hand_steps import FIXED, cash
from tests.properties.strategies import phase, sequence

STAFF = "staff.handlers"


def handed_over(since: dt.date, *, does: str, model: dict[str, object] | None = None, **more: object) -> Scenario:
    """In-house until a date, an agency from then on; one post is left of two, and open cases stay."""
    scenario = everyone(does=does, **{"models.in_house.staff.handlers.turnover.leaves_per_year": 0}, **more)
    handlers = scenario.sheet.tables["models"]["in_house"]["staff"]["handlers"]
    kept = {STAFF: handlers, f"{STAFF}.fte": 1}
    scenario = scenario.with_model("agency", copy_of="outsourced", changes=kept | (model or {}))
    return scenario.with_changes({"sequences.over": sequence({"agency": phase(since, "agency")})})


def sold_on(since: dt.date, *, does: str, price: float, begins_with: str = "in_house", **more: object) -> Scenario:
    """One arrangement until a date, an agency from then on; what is open is sold for a share of the principal."""
    scenario = everyone(does=does, **{"models.in_house.staff.handlers.turnover.leaves_per_year": 0}, **more)
    rule = {"open_cases": "sold", "sale_price_share": {"value": price} | FIXED}
    phases = {"agency": phase(since, "outsourced") | rule}
    return scenario.with_changes({"sequences.over": sequence(phases, begins_with)})


def given_up(parts: RunParts, case: int) -> dict[str, tuple[int, int, int]]:
    """Who gave up what of a case to whom, by line."""
    postings = parts.ledger.postings
    mine = postings.where((postings.case == case) & (postings.book == WRITE_OFF))
    columns = (mine.line, mine.payer, mine.receiver, mine.amount_ore)
    return {LINES[line]: tuple(rest) for line, *rest in zip(*(one.tolist() for one in columns), strict=True)}


def amounts(parts: RunParts, line: str, book: int = CASH) -> list[int]:
    """Öre of the postings of a line, in order of time."""
    postings = parts.ledger.postings
    mine = postings.where((postings.line == LINE[line]) & (postings.book == book))
    return mine.amount_ore[mine.day.argsort(kind="stable")].tolist()


def by_kind(met: Setting, parts: RunParts, case: int) -> dict[str, dict[int, tuple[dt.date, int]]]:
    return {line: received(met, parts, case, line) for line in ("principal", "interest", "reminder_fee", "demand_fee")}


@pytest.mark.parametrize("since", [dt.date(2017, 2, 23), dt.date(2017, 3, 1), dt.date(2017, 3, 10)])
def test_a_case_handed_over_before_the_change_stays_with_the_region(since: dt.date) -> None:
    """Reminded on 22 February, by the region; the demand is the region's too, though an agency sends others' by then.

    On 17 March 500 + 60 + 180 + 5.45 kr are paid, all to the region. The agency is paid nothing for the case.
    """
    prices = agreed(price_a_case_kr=100, price_a_case_when="handed_over", price_a_paid_case_kr=50)
    met, parts, case = first_january(handed_over(since, does="demand_paid", **prices), "over")
    day = dt.date(2017, 3, 17)
    assert by_kind(met, parts, case) == {
        "principal": {REGION: (day, 50_000)},
        "interest": {REGION: (day, 545)},
        "reminder_fee": {REGION: (day, 6_000)},
        "demand_fee": {REGION: (day, 18_000)},
    }
    assert cash(parts, case, "case_price") == cash(parts, case, "paid_case_price") == []
    assert [amount for _, _, amount in cash(parts, case, "letter")] == [900, 900]  # reminder and demand


def test_a_case_handed_over_on_the_day_of_the_change_is_the_agencys() -> None:
    """The 60 kr of the reminder are the agency's, 100 kr for the case on 22 February and 50 kr as it is paid."""
    prices = agreed(price_a_case_kr=100, price_a_case_when="handed_over", price_a_paid_case_kr=50)
    scenario = handed_over(dt.date(2017, 2, 22), does="demand_paid", **prices)
    met, parts, case = first_january(scenario, "over")
    day = dt.date(2017, 3, 17)
    assert by_kind(met, parts, case) == {
        "principal": {REGION: (day, 50_000)},
        "interest": {REGION: (day, 545)},
        "reminder_fee": {AGENCY: (day, 6_000)},
        "demand_fee": {REGION: (day, 18_000)},
    }
    assert cash(parts, case, "case_price") == [(REGION, AGENCY, 10_000)]
    assert cash(parts, case, "paid_case_price") == [(REGION, AGENCY, 5_000)]


def test_an_application_that_lies_at_kronofogden_on_the_day_of_the_change_is_the_regions() -> None:
    """Applied for on 23 March, an order on 26 June, paid on 16 July: the region advanced 300 kr, and has all of it back."""
    met, parts, case = first_january(handed_over(dt.date(2017, 5, 1), does="order_paid"), "over")
    assert cash(parts, case, "kronofogden_outlay") == [(REGION, KRONOFOGDEN, 30_000)]
    paid = received(met, parts, case, "payment_order_application")
    assert paid == {REGION: (dt.date(2017, 7, 16), 30_000)}


def test_work_that_stays_is_done_by_whoever_is_left() -> None:
    """Demands of 8 March, after the change, are staff work of the region's one post that is left."""
    _, parts, case = first_january(handed_over(dt.date(2017, 3, 1), does="demand_paid"), "over")
    log = parts.log
    row = (log.case == case) & (log.kind == DONE) & (log.step == STEP_CODE["demand"])
    assert log.server[row].tolist() == [0]


def test_what_belongs_to_no_case_is_of_the_day() -> None:
    """1 March is day 59 of 365; of the 251 working days of 2017, 41 lie before it (21 in January, 20 in February).

    Two posts of 510 000 kr for 41 days; for 210 one, and the tenth of one that minds the contract; a quarter more for
    premises. The system costs 40 000 kr a year until then, and what is left of its 90 000 kr is written off; the agency's
    service costs 3 650 kr a year from then on.
    """
    system = {"once_kr": 90_000, "depreciation_years": 3, "per_year_kr": 40_000}
    scenario = handed_over(
        dt.date(2017, 3, 1),
        does="demand_paid",
        model={"contract.it_service_per_year_kr": 3650},
        **{"models.in_house.system": {name: {"value": value} | FIXED for name, value in system.items()}},
        **{"models.in_house.staff.handlers.pay_per_fte_kr": 510_000},
    )
    _, parts, _ = first_january(scenario, "over")
    assert amounts(parts, "staff_pay") == [
        16_661_355,
        4_266_932,
        42_669_323,
    ]  # 1 020 000 kr x 41/251; 510 000 kr x 210/251
    assert amounts(parts, "staff_overhead") == [4_165_339, 1_066_733, 10_667_331]
    assert amounts(parts, "system_operation") == [646_575]  # 40 000 kr x 59/365
    assert amounts(parts, "agency_charge") == [306_000]  # 3 650 kr x 306/365
    assert amounts(parts, "system_once") == [9_000_000]
    assert amounts(parts, "system_depreciation", VALUE) == [9_000_000]


@pytest.mark.parametrize("draw", [0, 1])
def test_a_system_that_both_arrangements_have_is_bought_once(draw: int) -> None:
    """Two years: a third of 90 000 kr is written off in each, and the change to the same system is none.

    So in a drawn world, whatever is noted of it: what it costs a year is drawn once.
    """
    system = {"once_kr": 90_000, "depreciation_years": 3, "per_year_kr": 40_000}
    table = {name: {"value": value} | FIXED for name, value in system.items()}
    table["per_year_kr"] |= {"low": 30_000, "high": 50_000}
    noted = table | {"once_kr": table["once_kr"] | {"note": "as agreed by phone"}}
    scenario = handed_over(
        dt.date(2017, 3, 1), does="demand_paid", model={"system": noted}, **{"models.in_house.system": table}
    )
    assert "system_written_off" not in {doubt.key for doubt in doubts_of_scenario(scenario, "over")}
    met = setting(scenario, Draws(1, draw, 0))
    parts = run_model(met, "over")
    assert amounts(parts, "system_once") == [9_000_000]
    assert amounts(parts, "system_depreciation", VALUE) == [3_000_000]
    in_house = met.world.data.models["in_house"].system
    assert in_house is not None
    assert sum(amounts(parts, "system_operation")) == ore(in_house.per_year_kr.value)
    assert (in_house.per_year_kr.value == 40_000) == (draw == 0)


def test_a_case_whose_demand_would_be_paid_after_the_sale_is_sold_on_its_day() -> None:
    """Demanded on 8 March, it would be paid on 17 March; sold on 10 March for 12.3456 % of 500 kr, which is 61.73 kr (§M28).

    The buyer has the 60 kr of the reminder and the 180 kr of the demand for nothing; interest has not been charged.
    """
    scenario = sold_on(dt.date(2017, 3, 10), does="demand_paid", price=0.123456)
    met, parts, case = first_january(scenario, "over")
    assert cash(parts, case, "claims_sold") == [(BUYER, REGION, 6_173)]
    assert by_kind(met, parts, case) == {"principal": {}, "interest": {}, "reminder_fee": {}, "demand_fee": {}}
    assert given_up(parts, case) == {
        "reminder_fee": (REGION, BUYER, 6_000),
        "demand_fee": (REGION, BUYER, 18_000),
        "principal": (REGION, BUYER, 50_000),
    }
    rows = parts.log.case == case
    assert parts.log.minute[rows][-1] == (dt.date(2017, 3, 10) - met.stream.first).days * 24 * 60
    assert parts.log.step[rows][-1] == END_CODE["sold"]


def test_a_case_paid_before_the_sale_is_not_sold_and_one_handed_over_on_its_day_is_the_agencys() -> None:
    """Paid on 17 March; and handed over on 22 February."""
    _, parts, case = first_january(sold_on(dt.date(2017, 3, 18), does="demand_paid", price=0.2), "over")
    assert cash(parts, case, "claims_sold") == []
    assert parts.log.step[parts.log.case == case][-1] == END_CODE["paid"]
    met, parts, case = first_january(sold_on(dt.date(2017, 2, 22), does="demand_paid", price=0.2), "over")
    assert cash(parts, case, "claims_sold") == []
    assert received(met, parts, case, "reminder_fee") == {AGENCY: (dt.date(2017, 3, 17), 6_000)}


@pytest.mark.parametrize(("begins_with", "who"), [("in_house", REGION), ("outsourced", AGENCY)])
def test_whoever_has_advanced_an_outlay_bears_it(begins_with: str, who: int) -> None:
    """Applied for on 23 March, an order on 26 June; sold on 1 May for a fifth: 300 kr were advanced, and do not come back.

    The region has 100 kr of the buyer either way. The agency is paid 40 kr for a case that is closed, in whatever way.
    """
    prices = agreed(price_a_case_kr=40, price_a_case_when="closed", outlays_advanced_by="agency")
    scenario = sold_on(dt.date(2017, 5, 1), does="order_paid", price=0.2, begins_with=begins_with, **prices)
    _, parts, case = first_january(scenario, "over")
    assert cash(parts, case, "claims_sold") == [(BUYER, REGION, 10_000)]
    assert cash(parts, case, "kronofogden_outlay") == [(who, KRONOFOGDEN, 30_000)]
    assert given_up(parts, case)["payment_order_application"] == (who, BUYER, 30_000)
    assert cash(parts, case, "case_price") == ([(REGION, AGENCY, 4_000)] if who == AGENCY else [])


def test_what_is_young_and_what_is_old_may_go_different_ways() -> None:
    """Handed over on 22 February, a case is 10 days old on 4 March: younger than 11 days, no younger than 10."""
    for days, is_sold in ((10, True), (11, False)):
        scenario = sold_on(dt.date(2017, 3, 4), does="demand_paid", price=0.2)
        handlers = scenario.sheet.tables["models"]["in_house"]["staff"]["handlers"]
        scenario = scenario.with_model("agency", copy_of="outsourced", changes={STAFF: handlers})
        key = "sequences.over.phases.agency"
        rule = {f"{key}.open_cases": "split", f"{key}.model": "agency", f"{key}.split_age_days": days}
        scenario = scenario.with_changes(rule | {f"{key}.younger": "stay", f"{key}.older": "sold"})
        _, parts, case = first_january(scenario, "over")
        assert cash(parts, case, "claims_sold") == ([(BUYER, REGION, 10_000)] if is_sold else [])


def test_what_is_at_some_steps_may_go_another_way() -> None:
    """On 10 March a case waits for its answer to the demand of 8 March: sold from there, not from surveillance."""
    for steps, is_sold in ((["demand"], True), (["surveillance"], False)):
        scenario = sold_on(dt.date(2017, 3, 10), does="demand_paid", price=0.2)
        handlers = scenario.sheet.tables["models"]["in_house"]["staff"]["handlers"]
        scenario = scenario.with_model("agency", copy_of="outsourced", changes={STAFF: handlers})
        key = "sequences.over.phases.agency"
        rule = {f"{key}.open_cases": "split", f"{key}.model": "agency", f"{key}.split_steps": steps}
        scenario = scenario.with_changes(rule | {f"{key}.at_steps": "sold", f"{key}.elsewhere": "stay"})
        _, parts, case = first_january(scenario, "over")
        assert cash(parts, case, "claims_sold") == ([(BUYER, REGION, 10_000)] if is_sold else [])


def test_the_price_is_no_net_revenue_and_no_principal_recovered() -> None:
    """A dearer buyer changes what net revenue and principal come to together, and nothing else."""
    cheap, dear = (
        run_model(first_january(sold_on(dt.date(2017, 3, 10), does="demand_paid", price=price), "over")[0], "over")
        for price in (0.0, 0.5)
    )
    found = {name for name, value in dear.outcome.numbers.items() if repr(cheap.outcome.numbers[name]) != repr(value)}
    assert found == {"sale_price_kr", "economic_result_kr"}
    numbers, before = dear.outcome.numbers, cheap.outcome.numbers
    gained = numbers["economic_result_kr"] - before["economic_result_kr"]
    assert round(gained, 2) == round(numbers["sale_price_kr"], 2) == round(numbers["sold_principal_kr"] / 2, 2)
