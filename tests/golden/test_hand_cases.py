"""Truth, computed by hand: one invoice of exactly 500 kr, dated 1 January 2017, followed to the öre.

Due 21 January (20 days), a Saturday, so Monday 23 January; handed over on 22 February (the first 22nd at four weeks of age),
reminded that day; silent
for 14 days, demanded on 8 March; silent for 14 days, checked on 22 March; solvent on 23 March, application that day;
order 95 days later, 26 June; unpaid for 45 days, attachment on 10 August. Late interest in 2017 is 7.5 % a year.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger.accounts import AGENCY, CASH, CHARGE, DEBTOR, LINE, REGION
from kravsim.scenario import Scenario, load_scenario

TYPES = ("forgetful", "slow", "strained", "insolvent")
STEPS = ("reminder_paid", "demand_paid", "payment_order_paid", "order_paid", "attachment_paid", "attachment_part")


def everyone(*, does: str, **more: object) -> Scenario:
    """All debtors alike: they do this one thing and nothing before it, always after the same number of days."""
    days = {
        "reminder_paid_days": 8,
        "demand_paid_days": 9,
        "payment_order_paid_days": 40,
        "order_issued_days": 95,
        "order_paid_days": 20,
        "attachment_paid_days": 60,
        "attachment_part_days": 60,
    }
    fixed = {"source": "assumption", "status": "assumed"}
    changes: dict[str, object] = {
        f"timing.{key}": {"low": value, "mode": value, "high": value} | fixed for key, value in days.items()
    }
    changes |= {
        "invoices.per_year": 1200,
        "debtors.number": 200,
        "debtors.coordinate": False,
        "policy.instalment_plan_fee_share": 1.0,
        "horizon.history_years": 0,
        "behaviour.withdrawn_early_share": 0,
        "behaviour.withdrawn_late_share": 0,
        "behaviour.contested_share": 0,
        "behaviour.dismissed_share": 0,
        "behaviour.bankrupt_business_share": 0,
        "behaviour.not_solvent_if_known_share": 0,
        "behaviour.not_solvent_if_unknown_share": 0,
        **{f"debtors.segments.{name}.share": 0 for name in ("business", "estate", "nordic", "europe", "overseas")},
        "debtors.segments.private.tariff": {},
        "behaviour.attachment_covered_share": {"low": 0.5, "mode": 0.5, "high": 0.5} | fixed,
    }
    for segment in ("private", "business", "estate", "nordic", "europe", "overseas"):
        changes |= {
            f"debtors.segments.{segment}.amount_median_kr": 500,
            f"debtors.segments.{segment}.amount_mean_kr": 500,
        }
    for kind in TYPES:
        changes |= {f"behaviour.{kind}.{step}_share": float(step == does) for step in STEPS}
        changes |= {
            f"behaviour.{kind}.{name}": 0
            for name in (
                "attachment_continued_share",
                "principal_only_share",
                "instalment_plan_share",
                "restructuring_per_year",
            )
        }
    for model in ("outsourced", "in_house"):
        changes |= {f"models.{model}.escalation.rule": "always"}
    task = {"low": 0, "mode": 0, "high": 0} | fixed
    for step in ("reminder", "demand", "solvency_check", "payment_order", "attachment"):
        changes[f"models.in_house.work.{step}.minutes"] = task
    changes |= {"models.in_house.staff.handlers.vacation_days": 0, "models.in_house.staff.handlers.sick_share": 0}
    return load_scenario("jamtland-harjedalen-2017").with_changes(changes | more)


def first_january(scenario: Scenario, model: str) -> tuple[Setting, RunParts, int]:
    """The run, and the number of a case whose invoice is of 1 January 2017."""
    met = setting(scenario, Draws(1, 0, 0))
    parts = run_model(met, model)
    case = int(met.stream.claims.case[met.stream.claims.run == 0][0])
    return met, parts, case


def received(met: Setting, parts: RunParts, case: int, line: str) -> dict[int, tuple[dt.date, int]]:
    """What the debtor of the case paid on a line, by receiver: day and öre."""
    postings = parts.ledger.postings
    mask = (
        (postings.case == case) & (postings.book == CASH) & (postings.payer == DEBTOR) & (postings.line == LINE[line])
    )
    found = np.flatnonzero(mask)
    first = met.stream.first
    return {
        int(postings.receiver[i]): (first + dt.timedelta(int(postings.day[i])), int(postings.amount_ore[i]))
        for i in found
    }


def test_paid_at_the_reminder() -> None:
    """560 kr on 2 March: 500 kr to the region, 60 kr to the agency, no interest before a demand (§M2-§M4)."""
    met, parts, case = first_january(everyone(does="reminder_paid"), "outsourced")
    day = dt.date(2017, 3, 2)
    assert received(met, parts, case, "principal") == {REGION: (day, 50_000)}
    assert received(met, parts, case, "reminder_fee") == {AGENCY: (day, 6_000)}
    assert received(met, parts, case, "interest") == {}


def test_paid_at_the_demand() -> None:
    """17 March: 53 days of interest on 500 kr at 7.5 % are 5.45 kr; the 180 kr and the interest are the region's.

    §M3, §M6.
    """
    met, parts, case = first_january(everyone(does="demand_paid"), "outsourced")
    day = dt.date(2017, 3, 17)
    assert received(met, parts, case, "interest") == {REGION: (day, 545)}
    assert received(met, parts, case, "demand_fee") == {REGION: (day, 18_000)}
    assert received(met, parts, case, "reminder_fee") == {AGENCY: (day, 6_000)}


def test_history_has_the_fees_and_rates_of_its_own_dates() -> None:
    """The first invoice of a history that begins in 2013: reminded on 22 February for 50 kr, demanded on 8 March for 160 kr.

    Paid on 17 March 2013, the day after the fees rose: 55 days at 9.0 % on 500 kr are 6.78 kr.

    §M3, §M6.
    """
    met, parts, case = first_january(everyone(does="demand_paid", **{"horizon.history_years": 4}), "outsourced")
    day = dt.date(2013, 3, 17)
    assert received(met, parts, case, "interest") == {REGION: (day, 678)}
    assert received(met, parts, case, "demand_fee") == {REGION: (day, 16_000)}
    assert received(met, parts, case, "reminder_fee") == {AGENCY: (day, 5_000)}


def test_paid_before_the_order() -> None:
    """2 May, 40 days after the application: 99 days of interest are 10.17 kr; 300 and 380 kr go back to the agency.

    §M4, §M7.
    """
    met, parts, case = first_january(everyone(does="payment_order_paid"), "outsourced")
    day = dt.date(2017, 5, 2)
    assert received(met, parts, case, "interest") == {REGION: (day, 1_017)}
    assert received(met, parts, case, "payment_order_application") == {AGENCY: (day, 30_000)}
    assert received(met, parts, case, "payment_order_own_work") == {AGENCY: (day, 38_000)}


def test_in_house_the_region_keeps_every_fee_and_advances_the_outlay() -> None:
    """The same case in-house: 60 + 180 + 380 kr of fees, 300 kr back, 10.17 kr of interest; the outlay is its own.

    §M4, §M12.
    """
    met, parts, case = first_january(everyone(does="payment_order_paid"), "in_house")
    day = dt.date(2017, 5, 2)
    lines = (
        "reminder_fee",
        "demand_fee",
        "payment_order_own_work",
        "payment_order_application",
        "interest",
        "principal",
    )
    paid = {line: received(met, parts, case, line) for line in lines}
    amounts = (6_000, 18_000, 38_000, 30_000, 1_017, 50_000)
    assert paid == {line: {REGION: (day, amount)} for line, amount in zip(lines, amounts, strict=True)}
    postings = parts.ledger.postings
    outlay = (postings.case == case) & (postings.line == LINE["kronofogden_outlay"])
    assert postings.amount_ore[outlay].tolist() == [30_000]
    assert postings.payer[outlay].tolist() == [REGION]


def test_paid_after_the_order_and_at_the_attachment() -> None:
    """16 July: 174 days, 17.88 kr of interest. 9 October: 259 days, 26.61 kr, and Kronofogden's 600 kr (§M6)."""
    met, parts, case = first_january(everyone(does="order_paid"), "outsourced")
    assert received(met, parts, case, "interest") == {REGION: (dt.date(2017, 7, 16), 1_788)}
    met, parts, case = first_january(everyone(does="attachment_paid"), "outsourced")
    assert received(met, parts, case, "interest") == {REGION: (dt.date(2017, 10, 9), 2_661)}
    assert received(met, parts, case, "enforcement_basic_fee") == {AGENCY: (dt.date(2017, 10, 9), 60_000)}


@pytest.mark.parametrize(
    ("order", "costs", "interest", "principal"),
    [
        (["costs", "interest", "principal"], [6_000, 18_000, 0, 0, 18_330, 0, 0, 60_000], 0, 0),
        (["principal", "interest", "costs"], [0, 0, 0, 0, 0, 0, 0, 60_000], 0, 42_330),
        (["interest", "principal", "costs"], [0, 0, 0, 0, 0, 0, 0, 60_000], 2_661, 39_669),
    ],
)
def test_part_payment_is_allocated_in_the_agreed_order(
    order: list[str], costs: list[int], interest: int, principal: int
) -> None:
    """On 9 October the debt is 500 + 1 520 + 26.61 = 2 046.61 kr; half of it, 1 023.30 kr, is paid (§M7, §M8).

    Whatever the order, Kronofogden first takes its 600 kr; 423.30 kr are left for the rest.
    """
    scenario = everyone(does="attachment_part", **{"policy.allocation": order})
    met, parts, case = first_january(scenario, "outsourced")
    assert parts.ledger.debts.paid[case].tolist() == costs
    claim = int(met.stream.cases.first_claim[case])
    assert parts.ledger.debts.interest_paid[claim] == interest
    assert parts.ledger.debts.principal_paid[claim] == principal
    assert sum(costs) + interest + principal == 102_330


def test_coordinated_claims_owe_one_fee_and_each_its_own_interest() -> None:
    """Two claims of 500 kr of 1 January in one case: one 60 and one 180 kr, and twice 5.45 kr (§M6, §M8)."""
    scenario = everyone(does="demand_paid", **{"debtors.coordinate": True, "debtors.claims_per_occasion": 2.0})
    met = setting(scenario, Draws(11, 0, 0))
    parts = run_model(met, "outsourced")
    claims, cases = met.stream.claims, met.stream.cases
    size = np.diff(cases.first_claim)
    first = claims.run[cases.first_claim[:-1]] == 0
    only = np.array(
        [(claims.run[a:b] == 0).all() for a, b in zip(cases.first_claim[:-1], cases.first_claim[1:], strict=True)]
    )
    case = int(np.flatnonzero((size == 2) & first & only)[0])
    postings = parts.ledger.postings
    mine = postings.where((postings.case == case) & (postings.book == CHARGE))
    by_line = {
        name: sorted(mine.amount_ore[mine.line == LINE[name]].tolist()) for name in ("reminder_fee", "demand_fee")
    }
    assert by_line == {"reminder_fee": [6_000], "demand_fee": [18_000]}
    assert mine.amount_ore[mine.line == LINE["interest"]].tolist() == [545, 545]
