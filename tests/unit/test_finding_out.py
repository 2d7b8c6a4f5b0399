"""Do inputs stand beside outputs, and does a scenario say what is worth finding out before a model is chosen?"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

import kravsim as ks
from kravsim.calibration.designs import posterior_design, prior_design
from kravsim.calibration.worlds import Design
from kravsim.chance.draws import Draws
from kravsim.cli import main
from kravsim.errors import KravsimError
from kravsim.scenario.describe import number_at
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.scenario.prior import uniform
from kravsim.scenario.values import Value
from kravsim.studies.decision.benefits import as_drawn, read_in
from kravsim.studies.decision.nested import given, is_known_given_others, jackknifed

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
    assert nothing.nested == ()
    assert nothing.curve.at(0) == 0.0
    assert nothing.curve.high[-1] == pytest.approx(1 - 0.025 ** (1 / 32))
    loss = nothing.everything.losses[0]
    over = nothing.to_json()["expected_loss_over_the_years_kr"]["in_house"]
    assert over == pytest.approx(loss * ks.studies.annuity_factor(0.035, 4))
    assert nothing.simulated == 0  # every world has posts enough
    assert "With recovered principal nothing: outsourced collection is best in all 32." in said
    assert "Med återvunnet kapital inget: inkassoföretaget är bäst i alla 32." in nothing.sentence("sv")
    assert nothing.to_json()["other_benefit"]["draws_with_another_best"] == 0
    json.dumps(nothing.to_json(), allow_nan=False)


def test_both_benefits_and_every_reading_are_told_in_one_call(scenario: ks.scenario.Scenario) -> None:
    how: dict[str, Any] = {"draws": 24, "asked": 0, "seed": 2}
    fiscal = ks.studies.value_of_information(scenario, **how)
    economic = ks.studies.value_of_information(scenario, economic=True, **how)
    assert fiscal.other.means == economic.everything.means
    assert economic.other.means == fiscal.everything.means
    assert "Without recovered principal" in economic.sentence("en")
    names = [one.name for one, _ in fiscal.readings]
    assert {"A", "D", "three_years"} <= set(names)
    by_rule = [known for one, known in fiscal.readings if one.dimension == "limitation"]
    assert sum(known.draws for known in by_rule) == 24
    total = sum(known.draws * known.means[0] for known in by_rule) / 24
    assert total == pytest.approx(fiscal.everything.means[0])
    assert "probability at most" in fiscal.table("en")


def test_worlds_that_are_simulated_have_the_posts_of_drawn_worlds(scenario: ks.scenario.Scenario) -> None:
    read, stands = as_drawn(scenario)
    assert read.data.models["in_house"].staff["handlers"].posts.used(drawn=False)
    assert not stands
    _, stands = as_drawn(
        scenario.with_changes({"models.in_house.staff.handlers.posts.drawn_worlds": "as_in_the_base_case"})
    )
    assert stands == {"models.in_house.staff.handlers.fte"}
    free, _ = as_drawn(scenario, ["models.in_house.staff.handlers.fte"])
    assert not free.data.models["in_house"].staff["handlers"].posts.used(drawn=False)


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
    found = ks.studies.value_of_information(near, draws=256, structures=OPEN, asked=3, nested=1)
    assert "too_few_draws" not in {doubt.key for doubt in found.doubts}
    few = ks.studies.value_of_information(near, draws=32, structures=OPEN, asked=60, nested=0)
    alone = {one.inputs.names for one in few.inputs if len(one.inputs.names) == 1}
    (told,) = [doubt for doubt in few.doubts if doubt.key == "too_few_draws"]
    assert len(alone) > 10
    assert any(", " in names for names in told.more)
    assert not set(told.more) & {", ".join(one.inputs.names) for one in few.inputs}
    assert told.en.startswith("32 worlds are too few to say what finding out the following is worth, which needs ")
    none = ks.studies.value_of_information(near, draws=8, structures=OPEN, asked=3, nested=0)
    assert all("." not in name for one in none.inputs for name in one.inputs.names)
    assert "8 worlds are too few" in none.sentence("en")
    assert 0 < found.everything.prob_other_best < 1
    assert found.inputs[0].inputs.names[0] == PAY
    assert found.inputs[0].value > 0.5 * float(found.everything)
    assert all(0 <= one <= found.everything for one in found.inputs)
    assert f"Worth finding out first: {PAY}" in found.sentence("en")
    assert found.over_the_years == pytest.approx(float(found.everything) * ks.studies.annuity_factor(0.035, 4))
    assert len(found.to_frame()) == len(found.inputs)
    (firm,) = found.nested
    assert firm.key == PAY
    by_regression = found.inputs[0]
    assert abs(firm.value - by_regression) < 5 * math.hypot(firm.se, by_regression.se)
    assert found.worth(by_regression) == (firm.value, firm.se)
    told = found.table("sv")
    assert "nästlad sluten form" in told
    assert "över 4 år, kr" in told
    assert "mer än, kr om året" in told
    assert found.curve.at(0) == pytest.approx(1 - found.everything.prob_other_best, abs=1e-9) or found.curve.at(
        0
    ) == pytest.approx(found.everything.prob_other_best, abs=1e-9)
    json.dumps(found.to_json(), allow_nan=False)
    for lang in ("sv", "en"):
        (mark,) = ks.figures.information(found, lang=lang).axes[0].texts
        assert mark.get_text().startswith("bättre i" if lang == "sv" else "better in")


def test_numbers_given_a_companion_are_moved_by_their_correlation(scenario: ks.scenario.Scenario) -> None:
    from scipy.special import ndtri

    design = prior_design(scenario.with_alternatives(OPEN), draws=400, replications=2, seed=3)
    believed = design.scenario.with_alternatives(dict(design.choices[0])).prior
    group = believed.groups[0]
    key, other = group.keys[:2]
    inputs = design.inputs()
    one = np.array([0])
    own = believed.correlated(lambda name: np.array([ndtri(Draws(3, 1, 0).parameters(believed.columns)[name])]))
    same = given(design, 0, one, key, uniform(own[key]))
    for name in group.keys:
        assert same[name][0] == pytest.approx(inputs[name][0], rel=1e-9)  # given what it is, all is as it was
    here = np.flatnonzero(np.array(design.structure) == 0)
    low, high = (given(design, 0, here, key, np.array([u])) for u in (0.05, 0.95))
    assert np.ptp(low[key]) == 0
    assert (high[other] > low[other]).all()  # these are correlated upwards


def test_nested_means_are_freed_of_the_luck_of_their_worlds() -> None:
    rng = np.random.default_rng(4)
    strata = (np.arange(16) + 0.5) / 16
    theta = np.array([float(norm.ppf(u)) for u in strata])
    exact = float(np.maximum(theta, 0).mean())
    scores = []
    for _ in range(40):
        noise = rng.normal(0, 3, (16, 64))  # of its own at every stratum: the worst case
        table = np.stack([np.zeros((16, 64)), theta[:, None] + noise], axis=2)
        value, se = jackknifed(table)
        scores.append((value - exact) / se)
        assert se > 0
    assert abs(np.mean(scores)) < 5 / math.sqrt(40)
    flat, _ = jackknifed(np.stack([np.zeros((16, 64)), np.full((16, 64), -1.0)], axis=2))
    assert flat == 0.0


def test_a_number_that_says_something_of_the_reading_has_no_nested_form(scenario: ks.scenario.Scenario) -> None:
    design = prior_design(scenario, draws=8, replications=2, seed=1)
    assert is_known_given_others(design, PAY)
    laws = {}
    for number in range(len(design.choices)):
        for key, law in read_in(design, number).prior.numbers.items():
            laws.setdefault(key, []).append(law)
    unlike = [key for key, found in laws.items() if any(law != found[0] for law in found)]
    missing = [key for key, found in laws.items() if len(found) < len(design.choices)]
    assert unlike or missing
    assert not any(is_known_given_others(design, key) for key in (*unlike, *missing))


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"draws": 1}, "draws"),
        ({"models": ("in_house",)}, "models"),
        ({"rate": -1}, "above -1"),
        ({"years": 0}, "years: got 0"),
        ({"uncertainty": "guess"}, "allowed prior, posterior"),
    ],
)
def test_a_question_that_cannot_be(scenario: ks.scenario.Scenario, how: dict[str, Any], words: str) -> None:
    with pytest.raises(KravsimError, match=words):
        ks.studies.value_of_information(scenario, **{"structures": OPEN, **how})


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settled = ",".join(f"{dimension}={name}" for dimension, name in OPEN.items())
    asked = ["information", NAME, "--structure", settled, "--draws", "16", "--json"]
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)["everything"]["draws"] == 16
    assert main([*asked, "--largest-gain", "many", "--lang", "en"]) == 2
    assert main([*asked[:-1], "--out", str(tmp_path)]) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        *(f"information.{kind}" for kind in ("csv", "json", "png", "svg")),
        "manifest.json",
    ]
