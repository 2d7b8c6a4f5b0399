"""Debtors abroad: fewer answer a letter, and old claims are paid more seldom; engines and closed form alike."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.expected import numbers
from kravsim.flow import one_run
from kravsim.law import load_law
from kravsim.models.answers import answer_shares, threshold_array
from kravsim.models.build import build_plan
from kravsim.models.process import STEP_CODE, answer_code
from kravsim.stream.handed_over import mean_age_days
from kravsim.stream.stream import N_CLASSES, ZONES, class_parts
from kravsim.stream.synthetic import first_day
from tests.properties.strategies import tiny

BASE = ks.load_scenario("jamtland-harjedalen-2017")
LETTERS = ("reminder", "demand")
NAMES = ("success_share", "step_demand", "step_foreign_collection", "end_uncollectable", "principal_recovered_kr")
MANY = {f"debtors.segments.{zone}.share": 0.2 for zone in ZONES}
LATE_PAYERS = {f"behaviour.slow.{letter}_late_paid_share": 0.5 for letter in LETTERS}


def answering(share: float) -> dict[str, object]:
    return {f"debtors.segments.{zone}.letters_answered_share": share for zone in ZONES}


def thresholds(changes: dict[str, object], model: str = "outsourced") -> np.ndarray:
    data = BASE.with_changes(changes).data if changes else BASE.data
    return threshold_array(data, data.models[model])


def test_the_base_knows_no_difference() -> None:
    """What it states is what was before there were such keys, to the bit."""
    data = BASE.data
    segments = {
        name: one.model_copy(update={"letters_answered_share": None}) for name, one in data.debtors.segments.items()
    }
    without = data.model_copy(
        update={
            "debtors": data.debtors.model_copy(update={"segments": segments}),
            "behaviour": data.behaviour.model_copy(update={"abroad": None}),
        }
    )
    for model in data.models.values():
        assert (threshold_array(without, model) == threshold_array(data, model)).all()


@given(share=st.floats(0, 1), kind=st.sampled_from(["forgetful", "slow", "strained", "insolvent"]))
def test_fewer_answer_and_nobody_else_differs(share: float, kind: str) -> None:
    here = BASE.with_changes(answering(share) | LATE_PAYERS).data
    there = BASE.with_changes(LATE_PAYERS).data
    model = here.models["outsourced"]
    for klass in range(N_CLASSES):
        segment, name, _ = class_parts(klass)
        for letter in LETTERS if name == kind else ():
            found, all_of_them = (answer_shares(data, model, letter, klass) for data in (here, there))
            part = share if segment in ZONES else 1.0
            assert found[:-1] == pytest.approx([one * part for one in all_of_them[:-1]])
            assert found[-1] == all_of_them[-1], "a withdrawal is not the debtor's"


def test_an_older_claim_is_paid_more_seldom() -> None:
    """By hand: 20.5 days from due date to hand-over on average, 14 and 14 after letters; a year later e times less."""
    assert mean_age_days(BASE.data, first_day(BASE.data)) == 20.5
    changes = {"behaviour.abroad.cooling_per_year": 1.0, "behaviour.abroad.age_days": 50}
    step = STEP_CODE["foreign_collection"]
    for zone, paid in (("nordic", 0.4), ("europe", 0.3), ("overseas", 0.15)):
        klass = next(klass for klass in range(N_CLASSES) if class_parts(klass)[0] == zone)
        expected = paid * math.exp(1.5 / 365)
        found = thresholds(changes)[step, klass, :, 0] / 2**32
        edges = (0, *BASE.data.behaviour.lateness.days)
        assert found == pytest.approx([expected * math.exp(-edge / 365) for edge in edges], abs=1e-9)
    waited = thresholds(changes | {"timing.demand_grace_days": 44})[step, klass, 0, 0] / 2**32
    assert waited == pytest.approx(0.15 * math.exp(-28.5 / 365), abs=1e-9)


def test_no_more_are_paid_than_are_traced() -> None:
    changes = {"behaviour.abroad.cooling_per_year": 40.0, "behaviour.abroad.age_days": 3000}
    klass = next(klass for klass in range(N_CLASSES) if class_parts(klass)[0] == "overseas")
    data = BASE.with_changes(changes).data
    paid, untraceable = answer_shares(data, data.models["outsourced"], "foreign_collection", klass)
    assert (paid, untraceable) == (pytest.approx(0.6), 0.4)


@pytest.mark.parametrize("model", ["outsourced", "in_house"])
def test_both_engines_do_the_same(model: str) -> None:
    scenario = tiny().with_changes(MANY | answering(0.4) | {"behaviour.abroad.cooling_per_year": 2.0})
    parts = [one_run(scenario, model, seed=3, engine=engine) for engine in ("simpy", "compiled")]
    assert parts[0].outcome.numbers == pytest.approx(parts[1].outcome.numbers, nan_ok=True, abs=0)
    assert parts[0].outcome.steps["foreign_collection"] > 0


@pytest.mark.parametrize("model", ["outsourced", "in_house"])
def test_closed_form_as_in_simulation(model: str) -> None:
    changes = {"behaviour.abroad.cooling_per_year": 2.0, "horizon.history_years": 2}
    staff = {"models.in_house.staff.handlers.fte": 6}
    near = 0.004 if model == "outsourced" else 0.02
    scenario, n = BASE.with_changes(MANY | answering(0.5) | LATE_PAYERS | changes | staff), 12
    found = numbers(scenario, model, {})
    frame = ks.simulate(scenario, model=model, replications=n, seed=6, workers=1).to_frame()
    for name in NAMES:
        mean, error = frame[name].mean(), frame[name].std(ddof=1) / n**0.5
        assert abs(float(np.ravel(found[name])[0]) - mean) < 5 * error + near * mean, name


def test_each_set_of_a_batch_has_its_own() -> None:
    key, terms = "behaviour.abroad.cooling_per_year", "invoices.terms_days"
    pairs = [(0.0, 20.0), (1.0, 10.0), (2.0, 30.0)]
    together = numbers(
        BASE, "outsourced", {key: np.array([a for a, _ in pairs]), terms: np.array([b for _, b in pairs])}
    )
    for place, (cooling, days) in enumerate(pairs):
        alone = numbers(BASE, "outsourced", {key: np.array([cooling]), terms: np.array([days])})
        assert together["end_uncollectable"][place] == pytest.approx(alone["end_uncollectable"][0], rel=1e-12)


def test_the_plan_has_the_share_of_each_zone() -> None:
    plan = build_plan(
        BASE.with_changes(answering(0.5)).realise(Draws(1, 0, 0)), "outsourced", Draws(1, 0, 0), load_law()
    )
    code, silent = STEP_CODE["reminder"], answer_code("reminder", "silent")
    of = {class_parts(klass): plan.threshold[code, klass, 0] for klass in range(N_CLASSES)}
    assert of["nordic", "forgetful", False][0] == pytest.approx(of["private", "forgetful", False][0] / 2, abs=2)
    assert of["nordic", "forgetful", False][silent - 1] < of["private", "forgetful", False][silent - 1]
