"""Same claims, same luck: models configured alike differ by exactly nothing, and draws depend on identity alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.engine import get_engine
from kravsim.engine.events import Struck, case_input
from kravsim.flow import run_model, setting
from kravsim.models import build_plan, max_visits
from kravsim.scenario import Scenario
from kravsim.scenario.schema import STEPS
from kravsim.stream import generate
from kravsim.stream.occasions import draw_occasions
from kravsim.stream.stream import Cases
from kravsim.stream.synthetic import draw_debtors, late_chance
from kravsim.units import MINUTES_PER_DAY
from tests.properties.strategies import small_scenarios, tiny

quick = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(scenario=small_scenarios(), seed=st.integers(0, 2**64))
@quick
def test_a_setting_that_is_never_met_changes_nothing(scenario: Scenario, seed: int) -> None:
    """A floor of one öre refuses nobody. Each twin must give the same log and ledger."""
    for model in ("outsourced", "in_house"):
        change = {"escalation.min_case_kr": 0.01}
        plain = scenario.with_changes({f"models.{model}.escalation.min_case_kr": 0})
        both = plain.with_model("twin", copy_of=model, changes=change)
        met = setting(both, Draws(seed, 0, 0))
        one, other = run_model(met, model), run_model(met, "twin")
        assert one.log.equals(other.log)
        assert one.outcome.budget_ore == other.outcome.budget_ore


def test_twins_differ_by_exactly_zero_in_every_replication() -> None:
    scenario = tiny().with_model("twin", copy_of="in_house", changes={"escalation.min_case_kr": 100})
    difference = ks.compare(scenario, ("twin", "in_house"), replications=3, seed=5, workers=1).difference
    assert difference.samples.tolist() == [0.0, 0.0, 0.0]


def test_a_setting_that_is_met_does_change_something() -> None:
    """Negative control of the test above."""
    scenario = tiny().with_model("other", copy_of="in_house", changes={"escalation.min_case_kr": 700})
    difference = ks.compare(scenario, ("other", "in_house"), replications=3, seed=5, workers=1).difference
    assert (np.abs(difference.samples) > 0).all()


def test_swapping_the_models_flips_every_sign() -> None:
    one = ks.compare(tiny(), ("in_house", "outsourced"), replications=2, seed=3, workers=1)
    other = ks.compare(tiny(), ("outsourced", "in_house"), replications=2, seed=3, workers=1)
    assert (one.difference.samples == -other.difference.samples).all()


def test_one_more_debtor_changes_no_other_debtor_and_no_other_claim() -> None:
    scenario, draws = tiny(), Draws(11, 0, 0)
    more = scenario.with_changes({"debtors.number": 401})
    few, many = draw_debtors(scenario.data, draws), draw_debtors(more.data, draws)
    for field in dataclasses.fields(few):
        assert np.array_equal(getattr(few, field.name), getattr(many, field.name)[:400])
    chance = late_chance(scenario.data, few)
    before = draw_occasions(chance, 2.0, range(2015, 2018), 48, draws)
    after = draw_occasions(np.append(chance, 1.0), 2.0, range(2015, 2018), 48, draws)
    kept = after[:, 0] < 400
    assert not kept.all()
    assert np.array_equal(before, after[kept])


def test_one_more_year_of_history_changes_no_other_year() -> None:
    """The border of the eight years that share a block lies at 2016."""
    draws, chance = Draws(12, 0, 0), np.linspace(0.0, 1.0, 300)
    few = draw_occasions(chance, 2.0, range(2014, 2019), 12, draws)
    more = draw_occasions(chance, 2.0, range(2013, 2019), 12, draws)
    more[:, 1] -= 12
    assert np.array_equal(few, more[more[:, 1] >= 0])


@given(chance=st.floats(0.0, 1.0), rise=st.floats(0.0, 1.0), seed=st.integers(0, 2**64))
@settings(deadline=None)
def test_a_higher_chance_adds_occasions_and_moves_none(chance: float, rise: float, seed: int) -> None:
    draws = Draws(seed, 0, 0)
    few, more = (
        {tuple(row) for row in draw_occasions(np.full(20, p), 2.0, range(2015, 2018), 24, draws).tolist()}
        for p in (chance, min(1.0, chance + rise))
    )
    assert few <= more


def test_one_more_claim_of_a_debtor_leaves_the_others_numbered_as_they_were() -> None:
    """More claims an occasion: the claims that were there keep number and amount."""
    draws = Draws(12, 0, 0)
    scenario = tiny()
    more = scenario.with_changes({"debtors.claims_per_occasion": 3.0, "invoices.late_share": 0.08 * 3.0 / 2.05})
    few, many = (amounts_by_claim(world, draws) for world in (scenario, more))
    assert few.items() < many.items()


def amounts_by_claim(scenario: Scenario, draws: Draws) -> dict[tuple[int, int], int]:
    claims = generate(scenario.realise(draws), draws).claims
    return dict(
        zip(zip(claims.run.tolist(), claims.number.tolist(), strict=True), claims.principal_ore.tolist(), strict=True)
    )


def test_one_more_case_changes_no_other_cases_life() -> None:
    """Without a queue, a case's rows do not depend on which other cases there are."""
    scenario, draws = tiny(), Draws(13, 0, 0)
    met = setting(scenario, draws)
    plan = build_plan(met.world, "outsourced", draws)
    whole = get_engine("simpy")(plan, met.cases)
    gone = len(met.stream.cases) // 2
    keep = np.arange(len(met.stream.cases)) != gone
    columns = {f.name: getattr(met.stream.cases, f.name) for f in dataclasses.fields(Cases)}
    fewer = Cases(**{name: column if name == "first_claim" else column[keep] for name, column in columns.items()})
    visits, arose = max_visits(met.world.data), met.stream.arose[keep]
    struck = Struck(met.stream.struck_day[keep], met.stream.proceedings[keep])
    part = get_engine("simpy")(plan, case_input(fewer, arose, STEPS, visits, draws, MINUTES_PER_DAY, struck))
    left = whole.rows()[whole.case != gone]
    left[:, 0] -= left[:, 0] > gone
    assert np.array_equal(left, part.rows())


def test_one_more_step_or_visit_changes_no_other_steps_draws() -> None:
    scenario, draws = tiny(), Draws(14, 0, 0)
    met = setting(scenario, draws)
    visits = max_visits(met.world.data)
    steps = ("a_new_first_step", *STEPS, "a_new_last_step")
    struck = Struck(met.stream.struck_day, met.stream.proceedings)
    counts = np.array([2, *visits, 3])
    more = case_input(met.stream.cases, met.stream.arose, steps, counts, draws, MINUTES_PER_DAY, struck)
    assert np.array_equal(more.uniforms[:, 2 : 2 + int(visits.sum())], met.cases.uniforms)


def test_one_more_parameter_changes_no_other_parameters_draw() -> None:
    scenario, draws = tiny(), Draws(15, 4, 0)
    more = scenario.with_model("another", copy_of="outsourced")
    before = {key: value for key, value, *_ in _realised(scenario, draws)}
    after = {key: value for key, value, *_ in _realised(more, draws)}
    assert before.items() <= after.items()
    assert len(after) > len(before)


def _realised(scenario: Scenario, draws: Draws) -> list[tuple[str, float]]:
    """Every drawn value of a scenario by key."""
    world = scenario.realise(draws)
    keys = [row[0] for row in scenario.rows() if not row[0].startswith("alternatives.")]  # a world has chosen
    found = []
    for key in keys:
        node: object = world.data
        for part in key.split("."):
            node = node[part] if isinstance(node, dict) else getattr(node, part)
        if hasattr(node, "value"):
            found.append((key, node.value))
    return found


@pytest.mark.parametrize("engine", ["simpy"])
def test_results_do_not_depend_on_the_number_of_workers(engine: str) -> None:
    scenario = tiny()
    one = ks.compare(scenario, replications=4, seed=2, workers=1, engine=engine)
    two = ks.compare(scenario, replications=4, seed=2, workers=2, engine=engine)
    three = ks.compare(scenario, replications=4, seed=2, workers=3, engine=engine)
    assert one.to_json() == two.to_json() == three.to_json()
    assert repr([run.outcomes for run in one.runs]) == repr([run.outcomes for run in two.runs])  # NaN: no cases


def test_a_replication_does_not_depend_on_how_many_there_are() -> None:
    few = ks.simulate(tiny(), model="in_house", replications=2, seed=2, workers=1)
    more = ks.simulate(tiny(), model="in_house", replications=3, seed=2, workers=1)
    assert repr(few.outcomes) == repr(more.outcomes[:2])
