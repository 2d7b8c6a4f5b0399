"""Truth, computed by hand, for what a contract pays; the same invoice of 500 kr of 1 January 2017.

See ``test_hand_cases.py`` for its dates: reminded on 22 February, demanded on 8 March.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from kravsim.engine.contract import ANSWERED, DONE
from kravsim.flow import RunParts, Setting
from kravsim.ledger.accounts import AGENCY, CASH, LINE, REGION
from kravsim.ledger.statement import statement_ore
from kravsim.models.process import END_CODE, STEP_CODE, answer_code
from tests.golden.test_hand_cases import everyone, first_january
from tests.golden.test_hand_steps import FIXED, all_types, days, end_of, only

CONTRACT = "models.outsourced.contract."
COSTS = {"letter_kr": 9, "check_kr": 15, "recheck_kr": 5, "ku25_statement_kr": 15}
FROM_DEMAND = {
    "models.outsourced.agency_from": "demand",
    "models.outsourced.unit_costs": {name: {"value": kr} | FIXED for name, kr in COSTS.items()},
}
Paid = list[tuple[dt.date, int]]


def agreed(**more: object) -> dict[str, object]:
    """Numbers of a contract, in kr, and its choices."""
    return {
        f"{CONTRACT}{name}": {"value": value} | FIXED if isinstance(value, int | float) else value
        for name, value in more.items()
    }


def commission(share: float, of: list[str], **kr: float) -> dict[str, object]:
    numbers = {"share": share} | {f"{name}_kr": value for name, value in kr.items()}
    return {f"{CONTRACT}commission": {"of": of} | {name: {"value": value} | FIXED for name, value in numbers.items()}}


def paid(met: Setting, parts: RunParts, case: int, line: str, *, to: int = AGENCY) -> Paid:
    """Day and öre of what one of the two pays the other for a case, by day."""
    postings = parts.ledger.postings
    mine = postings.where((postings.case == case) & (postings.book == CASH) & (postings.line == LINE[line]))
    assert set(mine.receiver.tolist()) <= {to}
    assert set(mine.payer.tolist()) <= {REGION + AGENCY - to}
    order = np.argsort(mine.day)
    days = [met.stream.first + dt.timedelta(int(day)) for day in mine.day[order]]
    return list(zip(days, mine.amount_ore[order].tolist(), strict=True))


@pytest.mark.parametrize(
    ("when", "more", "day"),
    [
        ("handed_over", {}, dt.date(2017, 2, 22)),
        ("closed", {}, dt.date(2017, 3, 17)),
        ("handed_over", FROM_DEMAND, dt.date(2017, 3, 8)),
        ("closed", FROM_DEMAND, dt.date(2017, 3, 17)),
    ],
    ids=["reminder", "its end", "demand", "its end after a demand"],
)
def test_a_price_of_each_case(when: str, more: dict[str, object], day: dt.date) -> None:
    """Paid on 17 March, nine days after the demand; the agency takes it with the first step that is its own (§M15)."""
    prices = agreed(price_a_case_kr=119.5, price_a_case_when=when)
    met, parts, case = first_january(everyone(does="demand_paid", **prices, **more), "outsourced")
    assert paid(met, parts, case, "case_price") == [(day, 11_950)]
    mine = parts.ledger.postings.where(parts.ledger.postings.case == case)
    assert statement_ore(mine)["case_prices"] == -11_950


def test_no_price_for_what_the_agency_never_has() -> None:
    """All pay at the region's own reminder; or the claims are too small for one."""
    prices = agreed(price_a_case_kr=120, price_a_case_when="closed", price_a_paid_case_kr=50)
    met, parts, case = first_january(everyone(does="reminder_paid", **prices, **FROM_DEMAND), "outsourced")
    assert end_of(parts, case) == END_CODE["paid"]
    assert paid(met, parts, case, "case_price") == paid(met, parts, case, "paid_case_price") == []
    small = everyone(does="reminder_paid", **prices, **{"policy.smallest_reminder_kr": 501})
    met, parts, case = first_january(small, "outsourced")
    assert end_of(parts, case) == END_CODE["too_small"]
    assert paid(met, parts, case, "case_price") == []


@pytest.mark.parametrize(("does", "price"), [("demand_paid", [(dt.date(2017, 3, 17), 20_025)]), ("nothing", [])])
def test_a_price_of_each_paid_case(does: str, price: Paid) -> None:
    met, parts, case = first_january(everyone(does=does, **agreed(price_a_paid_case_kr=200.25)), "outsourced")
    assert paid(met, parts, case, "paid_case_price") == price


@pytest.mark.parametrize(("does", "payment"), [("demand_paid", [(dt.date(2017, 3, 17), 25_380)]), ("nothing", [])])
def test_the_agency_pays_for_each_paid_case(does: str, payment: Paid) -> None:
    """253.80 kr, as in the framework agreement of 2014: more than the 240 kr of reminder and demand (§M14)."""
    met, parts, case = first_january(everyone(does=does, **agreed(paid_case_kr=253.80)), "outsourced")
    assert paid(met, parts, case, "contract_payment", to=REGION) == payment


@pytest.mark.parametrize(
    ("of", "bounds", "ore"),
    [
        (["principal"], {}, 5_000),
        (["principal", "interest"], {}, 5_055),
        (["principal", "interest", "costs"], {}, 6_855),
        (["costs"], {}, 1_800),
        (["principal"], {"least": 60.01}, 6_001),
        (["principal"], {"most": 49.99}, 4_999),
        (["principal"], {"least": 40, "most": 60}, 5_000),
        (["interest"], {"least": 7}, 700),
    ],
)
def test_a_commission_of_a_case_that_is_paid_at_once(of: list[str], bounds: dict[str, float], ore: int) -> None:
    """17 March: 500 kr, 5.45 kr of interest and the 180 kr of the demand are the region's; the 60 kr of the reminder are not.

    A tenth of 5.45 kr is 0.545 kr, of 505.45 kr 50.545 kr, which is 50.55 kr: half an öre is rounded upwards.

    §M22, §M26.
    """
    scenario = everyone(does="demand_paid", **commission(0.1, of, **bounds))
    met, parts, case = first_january(scenario, "outsourced")
    assert paid(met, parts, case, "commission") == [(dt.date(2017, 3, 17), ore)]
    mine = parts.ledger.postings.where(parts.ledger.postings.case == case)
    assert statement_ore(mine)["commissions"] == -ore


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (["principal", "interest"], [(dt.date(2017, 6, 25), 3_000), (dt.date(2017, 7, 26), 2_000)]),
        (
            ["costs", "principal", "interest"],
            [(dt.date(2017, 4, 26), 3_000), (dt.date(2017, 6, 25), 983), (dt.date(2017, 7, 26), 1_017)],
        ),
    ],
)
def test_a_commission_of_instalments_has_its_floor_and_its_cap_once_a_case(of: list[str], expected: Paid) -> None:
    """Four instalments, costs first; a tenth, at least 30 kr and at most 50 kr of the case (§M22).

    26 April: 244.88 kr: 60 of the reminder, 180 of the demand, which the region has, 4.88 of the plan.
    26 May: 265.91 kr of plan and notices, the agency's. 25 June: 79.21 of the same, 15.71 of interest, 202.54 of principal.
    26 July: 60 kr of the last notice, 1.89 of interest, 297.46 of principal.

    Of principal and interest the region has 218.25 kr by 25 June: 21.83 kr, so 30 kr. By 26 July 517.60 kr: 51.76, so 50.
    With costs 180 kr by 26 April: 18 kr, so 30. By 25 June 398.25 kr: 39.825, which is 39.83. By 26 July 697.60 kr: 50.
    """
    changes = all_types("instalment_plan_share", 1.0) | all_types("instalment_kept_share", 1.0)
    changes |= {"behaviour.plan_accepted_share": 1.0, "policy.instalments": 4}
    scenario = everyone(does="nothing", **changes, **commission(0.1, of, least=30, most=50))
    met, parts, case = first_january(scenario, "outsourced")
    assert paid(met, parts, case, "commission") == expected


def test_no_commission_on_what_an_agent_abroad_brings() -> None:
    """Its own terms hold there: 10 % of 500 kr and 250 kr, and no tenth more (§M19, §M22)."""
    changes = only("nordic") | {"timing.foreign_paid_days": days(100)}
    changes |= {
        "models.outsourced.foreign.nordic.paid_share": 1,
        "models.outsourced.foreign.nordic.untraceable_share": 0,
    }
    scenario = everyone(does="nothing", **changes, **commission(0.1, ["principal"], least=30))
    met, parts, case = first_january(scenario, "outsourced")
    assert end_of(parts, case) == END_CODE["paid"]
    assert paid(met, parts, case, "commission") == []
    assert [ore for _, ore in paid(met, parts, case, "foreign_collection")] == [25_000, 5_000]


def test_no_commission_on_what_comes_before_the_agency() -> None:
    """Paid at the region's own reminder."""
    scenario = everyone(does="reminder_paid", **commission(0.1, ["principal"], least=30), **FROM_DEMAND)
    met, parts, case = first_january(scenario, "outsourced")
    assert paid(met, parts, case, "commission") == []


def test_what_the_agency_is_left_with() -> None:
    """Each case is paid at the demand: 60 kr of the reminder, 100 kr of its price and 50 kr of commission, less 10 kr paid.

    And 30 000 kr of service. The applications that there are none of are for nothing small.

    §M27.
    """
    prices = agreed(price_a_case_kr=100, price_a_case_when="closed", paid_case_kr=10)
    scenario = everyone(does="demand_paid", **prices, **commission(0.1, ["principal"]))
    _, parts, _ = first_january(scenario, "outsourced")
    ended = int((parts.ledger.debts.end == END_CODE["paid"]).sum())
    assert parts.outcome.numbers["agency_margin_kr"] == ended * (60 + 100 + 50 - 10) + 30_000
    assert parts.outcome.numbers["agency_invoices_kr"] == ended * (100 + 50) + 30_000
    assert np.isnan(parts.outcome.numbers["applications_below_200_share"])


def test_what_is_small_at_kronofogden_is_the_principal_that_is_left() -> None:
    """500 kr whole. With the principal first, a third of all that is owed on 26 April leaves 173.49 kr of it.

    (500 + 60 + 180 + 170 + 60 + 9.55) / 3 = 326.51 kr. Half of the plans are broken before that, half of the others after.
    """
    _, parts, _ = first_january(everyone(does="payment_order_paid"), "outsourced")
    found = parts.outcome.numbers
    assert (found["applications_below_200_share"], found["applications_below_1000_share"]) == (0, 1)
    changes = all_types("instalment_plan_share", 1.0) | all_types("instalment_kept_share", 0.5)
    changes |= {"behaviour.plan_accepted_share": 1.0, "policy.instalments": 3}
    changes |= {"policy.allocation": ["principal", "costs", "interest"]}
    _, parts, _ = first_january(everyone(does="payment_order_paid", **changes), "outsourced")
    log, instalment = parts.log, STEP_CODE["instalment"]
    kept = log.case[
        (log.step == instalment) & (log.kind == ANSWERED) & (log.answer == answer_code("instalment", "kept"))
    ]
    applied = log.case[(log.step == STEP_CODE["payment_order"]) & (log.kind == DONE)]
    share = float(np.isin(applied, kept).mean())
    assert 0 < share < 1
    assert parts.outcome.numbers["applications_below_200_share"] == share
    assert parts.outcome.numbers["applications_below_1000_share"] == 1
