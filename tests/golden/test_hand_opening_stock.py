"""Truth, computed by hand, for claims of an opening stock: 500 kr of principal, at the beginning of 2017."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.engine.contract import DONE, ENDED
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger.accounts import AGENCY, REGION
from kravsim.models.process import CODE
from kravsim.scenario import Scenario
from tests.golden.test_hand_cases import everyone, received
from tests.unit.test_opening_stock import row

KINDS = ("forgetful", "slow", "strained", "insolvent")
PAID = dt.date(2017, 1, 2)


def watched(stage: str, age: int, *, paid: float, **more: object) -> Scenario:
    """One claim of this age; all that are watched pay at this hazard, or nobody does."""
    hazards = {f"behaviour.{kind}.surveillance_paid_per_year": paid for kind in KINDS}
    hazards |= {f"behaviour.{kind}.surveillance_revived_per_year": 0 for kind in KINDS}
    shares = {f"behaviour.not_solvent_if_{known}_share": 0.5 for known in ("known", "unknown")}
    stock = {"opening_stock": {"rows": {"one": row(stage, (age, age), 1, (500, 500))}}, "horizon.history_years": 6}
    return everyone(does="nothing", **hazards | shares | stock | {"invoices.late_share": 0} | more)


def run(scenario: Scenario, model: str) -> tuple[Setting, RunParts]:
    met = setting(scenario, Draws(1, 0, 0))
    assert len(met.stream.cases) == 1
    return met, run_model(met, model)


def days(met: Setting, parts: RunParts, step: str, kind: int = DONE) -> list[dt.date]:
    rows = np.flatnonzero((parts.log.kind == kind) & (parts.log.step == CODE[step]))
    return [met.stream.first + dt.timedelta(int(parts.log.minute[one]) // 1440) for one in rows]


def test_a_claim_with_an_order_is_paid_with_the_charges_of_its_past() -> None:
    """Due on 7 April 2014, 1 000 days before; handed over on 15 April, demanded on the 29th, applied for on 14 May.

    The order came on 17 August, the basic fee was paid on 1 October. Paid on 2 January 2017: 60 + 180 + 300 + 380 + 600 kr,
    500 kr, and interest: 268 days of 2014 at 9 % (33.04), 365 and 182 days at 8 % (40, 19.95), 186 days at 7.5 % (19.11).
    """
    met, parts = run(watched("watched_with_title", 1000, paid=1000), "in_house")
    assert {
        line: received(met, parts, 0, line) for line in ("principal", "interest", "reminder_fee", "demand_fee")
    } == {
        "principal": {REGION: (PAID, 50_000)},
        "interest": {REGION: (PAID, 11_210)},
        "reminder_fee": {REGION: (PAID, 6_000)},
        "demand_fee": {REGION: (PAID, 18_000)},
    }
    outlays = ("payment_order_application", "payment_order_own_work", "enforcement_basic_fee")
    assert [received(met, parts, 0, line)[REGION][1] for line in outlays] == [30_000, 38_000, 60_000]
    assert days(met, parts, "demand") == [dt.date(2014, 4, 29)]
    assert days(met, parts, "attachment") == [dt.date(2014, 10, 1)]
    assert days(met, parts, "surveillance_with_title") == [dt.date(2017, 1, 1)]
    assert parts.outcome.budget_ore["kronofogden_outlays"] == 0  # advanced before the horizon


def test_a_claim_of_2012_has_the_fees_of_2012_and_was_kept_from_limitation_by_a_letter() -> None:
    """Due on 23 November 2012, 1 500 days before: 50 kr and 160 kr, as before 1 January 2013's 60 and 180.

    Interest: 38 days at 9.5 % (4.95), two years at 9 % (90), a year and 182 days at 8 % (59.95), 186 days at 7.5 % (19.11).
    """
    met, parts = run(watched("watched", 1500, paid=1000), "outsourced")
    assert received(met, parts, 0, "reminder_fee") == {AGENCY: (PAID, 5_000)}
    assert received(met, parts, 0, "demand_fee") == {REGION: (PAID, 16_000)}
    assert received(met, parts, 0, "interest") == {REGION: (PAID, 17_400)}
    assert days(met, parts, "interruption") == [dt.date(2015, 4, 23)]
    assert parts.log.visit[parts.log.minute >= met.start * 1440].tolist() == [1, 1, -1]  # its second stay


def test_a_claim_whose_debtor_no_letter_reaches_is_barred_three_years_after_the_invoice() -> None:
    """Invoiced on 4 October 2014, 20 days before it fell due: the last day of three years is 4 October 2017."""
    met, parts = run(watched("watched", 800, paid=0, **{"behaviour.interruption_reached_share": 0}), "in_house")
    assert days(met, parts, "lapsed", ENDED) == [dt.date(2017, 10, 5)]
    assert parts.outcome.ends["lapsed"] == 1


@pytest.mark.parametrize(
    ("stage", "step"),
    [("reminded", "demand"), ("demanded", "solvency_check"), ("ordered", "attachment"), ("attached", "attachment")],
)
def test_a_claim_goes_on_with_the_step_after_its_stage(stage: str, step: str) -> None:
    scenario = watched(stage, 700, paid=0, **{f"behaviour.{kind}.attachment_continued_share": 0.5 for kind in KINDS})
    met, parts = run(scenario.with_changes({"models.in_house.work": {}}), "in_house")
    first = int(np.flatnonzero(parts.log.minute >= met.start * 1440)[0])
    assert (parts.log.step[first], parts.log.minute[first] // 1440) == (CODE[step], met.start + (stage == "reminded"))
    assert parts.log.visit[first] == (stage == "attached")


def test_value_is_that_of_the_policy_and_apart_from_cash() -> None:
    """At 300 days half of 500 kr has been adjusted (day 180); the other half is written down 65 days into the year."""
    policy = {"policy.value_adjustment_days": 180, "policy.value_adjustment_share": 0.5, "policy.write_down_days": 365}
    met, parts = run(watched("watched", 300, paid=0, **policy), "in_house")
    assert parts.outcome.numbers["write_down_kr"] == 250.0
    assert days(met, parts, "surveillance") == [dt.date(2017, 1, 1)]
    _, kept = run(watched("watched", 300, paid=0, **policy | {"policy.write_down_days": 3000}), "in_house")
    assert kept.outcome.numbers["write_down_kr"] == 0.0
    assert kept.outcome.budget_ore == parts.outcome.budget_ore
