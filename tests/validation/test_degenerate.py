"""Limits where the answer is known without thinking (validity VE7): nothing to collect, nobody to collect it, no chance."""

from __future__ import annotations

import datetime as dt
import math

import pytest

import kravsim as ks
from kravsim.results.run import Run
from kravsim.scenario import Scenario
from tests.properties.strategies import tiny

TYPES = ("forgetful", "slow", "strained", "insolvent")


def run(scenario: Scenario, model: str = "in_house") -> Run:
    return ks.simulate(scenario, model=model, replications=2, seed=4, workers=1)


@pytest.mark.parametrize("model", ["outsourced", "in_house"])
def test_no_invoices_gives_costs_and_no_shares(model: str) -> None:
    none = run(tiny(invoices__per_year=0), model)
    outcome = none.outcomes[0]
    assert outcome.numbers["claims"] == 0
    assert math.isnan(outcome.numbers["success_share"])
    income = ("reminder_fees", "demand_fees", "own_work_fees", "interest", "letters", "kronofogden_outlays")
    assert all(outcome.budget_ore[line] == 0 for line in income)
    assert outcome.budget_ore["staff_pay"] < 0
    assert none.table("sv")


def test_no_staff_leaves_every_case_open() -> None:
    outcome = run(tiny(models__in_house__staff__handlers__fte=0)).outcomes[0]
    assert outcome.ends["open"] == sum(outcome.ends.values())
    assert outcome.numbers["backlog_cases"] > outcome.numbers["cases"] > 0
    assert outcome.budget_ore["staff_pay"] == 0
    assert outcome.numbers["paid_hours"] == 0


def test_everyone_pays_at_the_reminder() -> None:
    sure: dict[str, object] = {f"behaviour__{kind}__reminder_paid_share": 1.0 for kind in TYPES}
    sure |= {f"behaviour__{kind}__principal_only_share": 0.0 for kind in TYPES} | {
        "behaviour__withdrawn_early_share": 0
    }
    outcome = run(tiny(**sure), "outsourced").outcomes[0]
    assert outcome.budget_ore["demand_fees"] == outcome.budget_ore["interest"] == 0
    assert outcome.ends["lapsed"] == outcome.ends["withdrawn_late"] == 0
    assert outcome.steps["demand"] == 0


def test_nobody_ever_pays() -> None:
    never = {
        f"behaviour__{kind}__{step}": 0.0
        for kind in TYPES
        for step in (
            "reminder_paid_share",
            "demand_paid_share",
            "payment_order_paid_share",
            "order_paid_share",
            "attachment_paid_share",
            "attachment_part_share",
            "surveillance_paid_per_year",
        )
    }
    never |= {
        f"behaviour__{name}": 0.0
        for name in (
            "contested_settled_share",
            "court_paid_share",
            "residue_paid_share",
            "restructuring_granted_share",
            "bankruptcy_dividend_paid_share",
            "estate_paid_share",
            "estate_part_share",
        )
    }
    never |= {
        f"behaviour__{kind}__{name}_share": 0.0 for kind in TYPES for name in ("principal_only", "instalment_kept")
    }
    never |= {f"models__in_house__foreign__{zone}__paid_share": 0.0 for zone in ("nordic", "europe", "overseas")}
    outcome = run(tiny(**never)).outcomes[0]
    assert outcome.numbers["principal_recovered_kr"] == 0
    assert outcome.numbers["success_share"] == 0
    assert outcome.budget_ore["interest"] == outcome.budget_ore["outlays_recovered"] == 0


def test_a_horizon_of_two_years_reports_a_calendar_year() -> None:
    handlers = "models__in_house__staff__handlers__turnover__leaves_per_year"
    two = run(tiny(horizon__end=dt.date(2019, 1, 1), **{handlers: 0}))
    assert two.outcomes[0].numbers["invoices"] == 4000
    assert two.outcomes[0].budget_ore["staff_pay"] == -102_000_000
    assert two.outcomes[0].numbers["paid_hours"] == pytest.approx((251 + 250) * 8, rel=0.01)
    for outcome in two.outcomes:
        assert outcome.steps["payment_order"] == outcome.numbers["kronofogden_applications"] > 0
        ended = sum(outcome.ends.values()) - outcome.ends["open"]
        change = outcome.ends["open"] - outcome.numbers["opening_claims"]
        assert 2 * ended + change == 2 * outcome.numbers["claims"]


def test_a_body_without_some_kinds_of_debtors_weighs_what_pays() -> None:
    kind = {"value": 0.3, "source": "assumption", "status": "assumed"}
    business = {f"{name}_share": kind for name in ("forgetful", "slow", "strained")}
    business |= {"amount_median_kr": kind | {"value": 3000}, "amount_mean_kr": kind | {"value": 6000}}
    scenario = tiny(
        correlations={},
        debtors__segments={"business": business},
        **{f"models__{model}__escalation__rule": "if_it_pays" for model in ("in_house", "outsourced")},
    )
    for model in ("in_house", "outsourced"):
        assert run(scenario, model).outcomes[0].numbers["kronofogden_applications"] > 0


def test_zero_work_keeps_nobody_waiting_beyond_the_next_working_day() -> None:
    nothing = {"low": 0, "mode": 0, "high": 0, "source": "assumption", "status": "assumed"}
    work = tuple(tiny().data.models["in_house"].work)
    idle = run(tiny(**{f"models__in_house__work__{step}__minutes": nothing for step in work}))
    assert idle.outcomes[0].numbers["busy_hours"] == pytest.approx(0, abs=20)
    assert idle.outcomes[0].numbers["waiting_days"] < 4
