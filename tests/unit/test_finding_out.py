"""Do inputs stand beside outputs, and does a scenario say what is worth finding out before a model is chosen?"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim.cli import main
from kravsim.draws import Draws
from kravsim.errors import KravsimError
from kravsim.scenario.describe import number_at
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.scenario.values import Value
from kravsim.studies.designs import posterior_design, prior_design
from kravsim.studies.worlds import Design

NAME = "jamtland-harjedalen-2017"
PAY = "models.in_house.staff.handlers.pay_per_fte_kr"
OPEN = {"reading": "D", "hand_over": "invoice_age", "instalments": "short_plans"}


@pytest.fixture(scope="module")
def scenario() -> ks.scenario.Scenario:
    return ks.load_scenario(NAME)


def held_against_the_worlds(design: Design) -> None:
    inputs = design.inputs()
    assert inputs
    for draw in range(1, design.draws + 1):
        world = design.scenario_of(draw).realise(Draws(design.seed, draw, 0))
        for key, values in inputs.items():
            there = number_at(world.data, key)
            assert isinstance(there, Value)
            assert values[draw - 1] == there.value, key


def test_inputs_are_those_the_worlds_were_simulated_with(scenario: ks.scenario.Scenario) -> None:
    held_against_the_worlds(prior_design(scenario, draws=6, replications=2, seed=3))


def test_inputs_of_parameter_sets_too(scenario: ks.scenario.Scenario) -> None:
    keys = ("policy.instalments", "behaviour.contested_share", PAY)
    table = np.array([[4.4, 0.05, 500_000.0], [5.6, 0.06, 510_000.0], [3.2, 0.07, 490_000.0]])
    sets = [ParameterSets({"reading": "D"}, 1.0, keys, table)]
    held_against_the_worlds(posterior_design(scenario, sets, draws=3, replications=2, seed=3))


def test_inputs_stand_beside_outputs_in_the_table_of_worlds() -> None:
    from tests.properties.strategies import tiny

    small = tiny().with_changes(
        {
            "invoices.late_share": {
                "value": 0.08,
                "low": 0.06,
                "high": 0.1,
                "dist": "triangular",
                "source": "assumption",
                "status": "assumed",
            }
        }
    )
    found = ks.studies.uncertainty(small, draws=4, seed=2, workers=1, progress=False)
    frame = found.to_frame()
    assert set(found.inputs) <= set(frame.columns)
    assert "invoices.late_share" in frame
    assert frame.groupby("draw")["invoices.late_share"].nunique().tolist() == [1, 1, 1, 1]
    assert frame["invoices.late_share"].nunique() == 4


@pytest.fixture(scope="module")
def nothing(scenario: ks.scenario.Scenario) -> ks.studies.decision.finding_out.FindingOut:
    scenario = scenario.with_changes({"models.in_house.staff.handlers.fte": 1.9})
    return ks.studies.value_of_information(scenario, draws=32, structures=OPEN, largest_gain=100_000)


def test_where_every_world_says_the_same_nothing_is_worth_finding_out(
    nothing: ks.studies.decision.finding_out.FindingOut,
) -> None:
    assert float(nothing.everything) == 0.0
    assert nothing.inputs == ()
    said = nothing.sentence("en").replace("\u00a0", " ")
    assert said.startswith("Nothing is worth finding out first: every world says the same. In none of 32 draws")
    assert nothing.everything.bound == pytest.approx(100_000 * (1 - 0.05 ** (1 / 32)))
    assert "inkassoföretaget" in nothing.table("sv")
    assert nothing.simulated == 0  # every world has posts enough
    json.dumps(nothing.to_json(), allow_nan=False)


def test_worlds_whose_staff_cannot_do_the_work_are_simulated_and_told(scenario: ks.scenario.Scenario) -> None:
    few = scenario.with_changes({"models.in_house.staff.handlers.posts.drawn_worlds": "as_in_the_base_case"})
    few = few.with_changes({"models.in_house.staff.handlers.fte": 0.5, "horizon.history_years": 1})
    found = ks.studies.value_of_information(few, structures={"reading": "D"}, draws=4, seed=3)
    assert found.simulated == 4
    said = found.table("en")
    assert "want of a closed form: 4." in said
    assert "Overloaded in 4 of 4 worlds" in said


def test_where_worlds_differ_it_says_what_to_find_out_first(scenario: ks.scenario.Scenario) -> None:
    near = scenario.with_changes(
        {
            PAY: {
                "value": 100_000,
                "low": 0,
                "high": 200_000,
                "dist": "triangular",
                "source": "assumption",
                "status": "assumed",
            },
            "models.in_house.staff.handlers.fte": 3,
            "models.in_house.system.per_year_kr": 0,
            "models.in_house.system.once_kr": 0,
            "models.outsourced.staff.follow_up.fte": 0.5,
        }
    )
    found = ks.studies.value_of_information(near, draws=256, structures=OPEN, asked=3)
    assert 0 < found.everything.prob_other_best < 1
    assert found.inputs[0].inputs.names[0] == PAY
    assert found.inputs[0].value > 0.5 * float(found.everything)
    assert all(0 <= one <= found.everything for one in found.inputs)
    assert f"Worth finding out first: {PAY}" in found.sentence("en")
    assert found.over_the_years == pytest.approx(float(found.everything) * ks.studies.annuity_factor(0.035, 4))
    assert len(found.to_frame()) == len(found.inputs)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"draws": 1}, "draws"),
        ({"models": ("in_house",)}, "models"),
        ({"rate": -1}, "above -1"),
        ({"years": 0}, "periods"),
        ({"uncertainty": "guess"}, "allowed prior, posterior"),
    ],
)
def test_a_question_that_cannot_be(scenario: ks.scenario.Scenario, how: dict[str, Any], words: str) -> None:
    with pytest.raises(KravsimError, match=words):
        ks.studies.value_of_information(scenario, **{"structures": OPEN, **how})


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    settled = ",".join(f"{dimension}={name}" for dimension, name in OPEN.items())
    given = ["information", NAME, "--structure", settled, "--draws", "16", "--json"]
    assert main(given) == 0
    assert json.loads(capsys.readouterr().out)["everything"]["draws"] == 16
    assert main([*given, "--largest-gain", "many"]) == 2
