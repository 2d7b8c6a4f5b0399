"""What a transition costs once, computed by hand: each kind of item, whole and part months, posts, pay and prices."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim.measures.one_off import OneOffRow, one_off_rows, spread_ore
from kravsim.scenario import Scenario

ASSUMED = {"source": "assumption", "status": "assumed"}
CHANGE = 12
"""The change is on 1 January 2018, twelve months after the decision."""


def number(value: float, **more: float) -> dict[str, object]:
    return {"value": value, **more, **ASSUMED}


def leaving(**given: float) -> dict[str, object]:
    usual = {"follow_share": 0, "redeployed_share": 0, "notice_months": 0, "given_before_months": 0}
    usual |= {"redundancy_months": 0, "redeployment_months": 0}
    return {key: number(value) for key, value in (usual | given).items()}


def joining(**given: float) -> dict[str, object]:
    usual = {"follow_share": 0, "recruiting_months": 0, "training_months": 0, "training_kr": 0, "recruitment_kr": 0}
    usual |= {"running_in_months": 0, "running_in_lost_share": 0}
    return {key: number(value) for key, value in (usual | given).items()}


def changing(*, home: bool, posts: float = 2, left: float = 1, **terms: Any) -> Scenario:
    """Jämtland Härjedalen over two years: taken home, or handed over with some posts left, on 1 January 2018.

    A post costs 480 000 kr a year, 40 000 kr a month, and a quarter of it more for premises.
    """
    case = ks.load_scenario("jamtland-harjedalen-2017").with_changes(
        {
            "horizon.end": dt.date(2019, 1, 1),
            "invoices.per_year": 500,
            "debtors.number": 100,
            "horizon.history_years": 1,
            "models.in_house.staff.handlers.pay_per_fte_kr": number(480_000),
            "models.in_house.staff.handlers.overhead_share": number(0.25),
            "models.in_house.staff.handlers.fte": number(posts),
        }
    )
    team = case.sheet.tables["models"]["in_house"]["staff"]["handlers"]
    case = case.with_model("agency", copy_of="outsourced", changes={"staff.handlers": {**team, "fte": number(left)}})
    before, after = ("outsourced", "in_house") if home else ("in_house", "agency")
    phase = {"since": dt.date(2018, 1, 1), "model": after, "open_cases": "stay"}
    sequence = {"title": "a change", "title_sv": "ett byte", "begins_with": before, "phases": {"then": phase}}
    transition = {"title": "A change", "title_sv": "Ett byte", "staying": before, "sequence": "change"}
    transition |= {"decided": dt.date(2017, 1, 1), "discount_rate": number(0.035), **terms}
    return case.with_changes({"sequences.change": sequence, "transitions.change": transition})


def rows_of(scenario: Scenario) -> dict[str, OneOffRow]:
    return {row.kind: row for row in one_off_rows(scenario.data, "change")}


def paid(row: OneOffRow) -> dict[int, float]:
    """Kronor by month after the decision; months without are left out."""
    return {month: amount / 100 for month, amount in enumerate(row.paid_ore.tolist()) if amount}


def item(kind: str, counted_from: str, **more: object) -> dict[str, object]:
    return {"thing": {"kind": kind, "counted_from": counted_from, **more}}


def test_a_stated_amount_is_paid_in_equal_parts_that_sum_to_it() -> None:
    """1 000 kr in three months from the third after the decision: 333.33, 333.34 and 333.33 kr."""
    cost = item("procurement", "decision", month=3, months=3, amount_kr=number(1000))
    row = rows_of(changing(home=True, costs=cost))["procurement"]
    assert paid(row) == {3: -333.33, 4: -333.34, 5: -333.33}
    assert row.paid_ore.sum() == -100_000
    assert len(row.paid_ore) == 24  # every month from the decision to the end of the horizon


def test_a_month_may_be_counted_from_the_change_and_lie_before_it() -> None:
    row = rows_of(changing(home=True, costs=item("integration", "change", month=-2, amount_kr=number(70_000))))
    assert paid(row["integration"]) == {CHANGE - 2: -70_000}


def test_overlap_is_a_twelfth_of_the_price_for_each_month() -> None:
    """The agency's service at 30 000 kr a year for three months after the change: 2 500 kr each."""
    price = "models.outsourced.contract.it_service_per_year_kr"
    row = rows_of(changing(home=True, costs=item("overlap", "change", months=3, yearly_price=price)))["overlap"]
    assert paid(row) == dict.fromkeys((12, 13, 14), -2_500.0)


def test_contract_years_that_are_left_are_the_price_up_to_their_end() -> None:
    """A system at 200 000 kr a year whose contract ends on 1 July 2018: six twelfths, 100 000 kr."""
    price = "models.in_house.system.per_year_kr"
    cost = item("contract_years", "change", until=dt.date(2018, 7, 1), yearly_price=price)
    row = rows_of(changing(home=False, costs=cost))["contract_years"]
    assert row.paid_ore.sum() == -10_000_000
    assert sorted(paid(row)) == [12, 13, 14, 15, 16, 17]


@pytest.mark.parametrize("kind", ["stock_run_off", "exit", "other"])
def test_other_kinds_are_stated_amounts(kind: str) -> None:
    row = rows_of(changing(home=False, costs=item(kind, "change", month=6, amount_kr=number(25_000))))[kind]
    assert paid(row) == {CHANGE + 6: -25_000}


def test_recruiting_is_of_whole_persons_as_they_are_employed() -> None:
    """1.5 posts are two persons; employed a month before the change, each costs 60 000 kr in the month before it."""
    terms = joining(recruitment_kr=60_000, training_months=1)
    row = rows_of(changing(home=True, posts=1.5, joining={"handlers": terms}))["recruiting"]
    assert paid(row) == {CHANGE - 1: -120_000}


def test_recruiting_takes_the_teams_own_price_where_none_is_stated() -> None:
    """``turnover.recruitment_kr`` is 60 000 kr: it is not typed in twice."""
    terms = {key: value for key, value in joining().items() if key != "recruitment_kr"}
    row = rows_of(changing(home=True, joining={"handlers": terms}))["recruiting"]
    assert paid(row) == {CHANGE: -120_000}


def test_staff_who_follow_the_work_are_neither_recruited_nor_trained() -> None:
    """Of two posts half are filled by people who follow: one person, at 60 000 kr."""
    terms = joining(recruitment_kr=60_000, follow_share=0.5, training_months=1, training_kr=10_000)
    rows = rows_of(changing(home=True, joining={"handlers": terms}))
    assert paid(rows["recruiting"]) == {CHANGE - 1: -60_000}
    assert paid(rows["training"]) == {CHANGE - 1: -(50_000 + 10_000)}


def test_training_is_pay_and_overhead_before_the_change_and_courses() -> None:
    """Two posts for a month and a half at 50 000 kr: 100 000 kr in December, 50 000 in November; 2 x 10 000 of courses."""
    rows = rows_of(changing(home=True, joining={"handlers": joining(training_months=1.5, training_kr=10_000)}))
    assert paid(rows["training"]) == {CHANGE - 2: -70_000, CHANGE - 1: -100_000}


def test_running_in_costs_the_hours_that_are_lost() -> None:
    """Two posts at 50 000 kr a month lose a fifth for two and a half months: 20 000, 20 000 and 10 000 kr."""
    terms = joining(running_in_months=2.5, running_in_lost_share=0.2)
    row = rows_of(changing(home=True, joining={"handlers": terms}))["running_in"]
    assert paid(row) == {12: -20_000, 13: -20_000, 14: -10_000}


def test_running_in_is_that_of_newcomers_where_it_is_not_stated() -> None:
    """Half a day's work on the first day, whole after 182 days: a quarter is lost over 182 / 30.4375 months."""
    terms = {key: value for key, value in joining().items() if not key.startswith("running_in")}
    row = rows_of(changing(home=True, joining={"handlers": terms}))["running_in"]
    assert row.paid_ore.sum() / 100 == pytest.approx(-2 * 50_000 * 0.25 * 182 / (365.25 / 12), abs=0.1)
    assert sorted(paid(row)) == [12, 13, 14, 15, 16, 17]


def test_notice_is_paid_where_it_runs_beyond_the_change() -> None:
    """3.5 posts become one; 2.5 leave. Six months of notice given four before: two months of 2.5 x 40 000 kr after it."""
    terms = leaving(notice_months=6, given_before_months=4)
    row = rows_of(changing(home=False, posts=3.5, leaving={"handlers": terms}))["notice"]
    assert paid(row) == {12: -100_000, 13: -100_000}


def test_notice_that_has_run_out_costs_nothing_beyond_their_pay() -> None:
    terms = leaving(notice_months=3, given_before_months=3)
    row = rows_of(changing(home=False, posts=3.5, leaving={"handlers": terms}))["notice"]
    assert not row.paid_ore.any()


def test_redundancy_is_of_those_who_neither_follow_nor_are_redeployed() -> None:
    """Of 2.5 posts a fifth follow the work; of the two left half are redeployed. One post, three months' pay: 120 000 kr."""
    terms = leaving(follow_share=0.2, redeployed_share=0.5, redundancy_months=3, redeployment_months=2)
    rows = rows_of(changing(home=False, posts=3.5, leaving={"handlers": terms}))
    assert paid(rows["redundancy"]) == {CHANGE: -120_000}
    assert paid(rows["redeployment"]) == {12: -40_000, 13: -40_000}


def test_nobody_is_redundant_where_all_follow_the_work() -> None:
    terms = leaving(follow_share=1, redundancy_months=6, notice_months=6, redeployment_months=6)
    rows = rows_of(changing(home=False, posts=3.5, leaving={"handlers": terms}))
    assert not any(row.paid_ore.any() for row in rows.values())


def test_over_years_is_straight_line_from_the_month_of_payment() -> None:
    """24 000 kr over two years from the seventh month: 1 000 kr a month, of which 18 are within two years."""
    row = rows_of(
        changing(
            home=True,
            costs=item("procurement", "decision", month=6, amount_kr=number(24_000), over_years=number(2)),
        )
    )["procurement"]
    assert row.over_time_ore.tolist() == [0] * 6 + [-100_000] * 18


def test_over_years_keeps_every_ore() -> None:
    spread = spread_ore(np.array([-1_000, 0, -77] + [0] * 21, np.int64), 1.0)
    assert spread.sum() == -1_077
    assert spread[:2].tolist() == [-83, -84]


def rising(scenario: Scenario) -> Scenario:
    """From 2017 to 2018 pay rises by a tenth, and prices by a fifth, those of the contract too."""
    indices = {
        "pay": {"base_year": 2017, "growth_after_share_per_year": number(0.1)},
        "prices": {"base_year": 2017, "growth_after_share_per_year": number(0.2)},
    }
    return scenario.with_changes({"indices": {**indices, "contract": "prices"}})


def test_pay_of_those_who_leave_is_that_of_the_year_in_which_it_is_paid() -> None:
    """2.5 posts at 44 000 kr a month in 2018: two months of notice beyond the change, and one month's pay."""
    terms = leaving(notice_months=6, given_before_months=4, redundancy_months=1)
    rows = rows_of(rising(changing(home=False, posts=3.5, leaving={"handlers": terms})))
    assert paid(rows["notice"]) == {12: -110_000, 13: -110_000}
    assert paid(rows["redundancy"]) == {12: -110_000}


def test_pay_of_those_who_join_is_that_of_the_year_in_which_it_is_paid() -> None:
    """Two posts at 50 000 kr a month with overhead in 2017, and 55 000 in 2018; what is stated is paid as stated."""
    terms = joining(training_months=1, training_kr=10_000, running_in_months=1, running_in_lost_share=0.2)
    rows = rows_of(rising(changing(home=True, joining={"handlers": terms | {"recruitment_kr": number(60_000)}})))
    assert paid(rows["training"]) == {CHANGE - 1: -120_000}
    assert paid(rows["running_in"]) == {CHANGE: -22_000}
    assert paid(rows["recruiting"]) == {CHANGE - 1: -120_000}


def test_the_teams_own_price_of_recruitment_follows_prices() -> None:
    terms = {key: value for key, value in joining().items() if key != "recruitment_kr"}
    row = rows_of(rising(changing(home=True, joining={"handlers": terms})))["recruiting"]
    assert paid(row) == {CHANGE: -2 * 72_000}


def test_a_yearly_price_is_that_of_the_year_of_each_month() -> None:
    """30 000 kr a year in 2017 and 36 000 in 2018: 2 500 kr the month before the change, and 3 000 after it."""
    price = "models.outsourced.contract.it_service_per_year_kr"
    cost = item("overlap", "change", month=-1, months=3, yearly_price=price)
    assert paid(rows_of(rising(changing(home=True, costs=cost)))["overlap"]) == {11: -2_500, 12: -3_000, 13: -3_000}


def test_a_stated_amount_is_that_of_its_day_whatever_the_indices() -> None:
    cost = item("exit", "change", month=6, amount_kr=number(25_000))
    assert paid(rows_of(rising(changing(home=True, costs=cost)))["exit"]) == {CHANGE + 6: -25_000}


def test_a_yearly_price_is_read_from_the_world() -> None:
    """Where the price is another, the overlap is: nothing is typed in twice."""
    price = "models.outsourced.contract.it_service_per_year_kr"
    dear = changing(home=True, costs=item("overlap", "change", months=2, yearly_price=price))
    dear = dear.with_changes({price: number(120_000)})
    assert paid(rows_of(dear)["overlap"]) == {12: -10_000, 13: -10_000}
