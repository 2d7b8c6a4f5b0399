"""Does an uncertain comparison keep its three layers apart, and say plainly what it knows and what it does not?"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim.calibration.designs import open_rules, posterior_design, prior_design
from kravsim.calibration.posterior import Posterior
from kravsim.chance.draws import Draws
from kravsim.errors import DataError, KravsimError, OutputError, Problem, RunError, ScenarioError
from kravsim.papers.save import UNCERTAIN_FILES, save_uncertain
from kravsim.running import blocks
from kravsim.running.blocks import Task, run_replication
from kravsim.scenario import Scenario
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.scenario.schema import ScenarioData
from kravsim.statistics.convergence import convergence
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.layers import LAYERS, layers_of
from kravsim.studies.uncertainty import stored

from .result_makers import make_structures, make_uncertain, renamed

BOUND: dict[str, Any] = {"draws": 4, "replications": 2, "seed": 1}
LATE = "invoices.late_share"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_predictive_distribution_is_one_year_of_each_world() -> None:
    found = make_uncertain(30)
    assert found.difference.samples.tolist() == found.all["fiscal"][:, 0].tolist()
    assert (found.draws, found.replications, found.difference.n) == (30, 2, 30)
    frame = found.to_frame()
    assert list(frame.columns[:5]) == ["draw", "replication", "reading", "difference_kr", "economic_difference_kr"]
    assert frame["difference_kr"].tolist() == found.all["fiscal"].ravel().tolist()
    assert frame["reading"].tolist() == [name for name in "ABC" * 10 for _ in range(2)]
    gap = frame["net_revenue_kr_in_house"] - frame["net_revenue_kr_outsourced"]
    assert gap.tolist() == pytest.approx(frame["difference_kr"].tolist(), abs=0.01)


def test_readings_are_the_worlds_that_share_an_alternative() -> None:
    found = make_uncertain(30)
    assert [(one.name, one.worlds) for one in found.readings] == [("A", 10), ("B", 10), ("C", 10)]
    together = np.concatenate([one.difference.samples for one in found.readings if one.difference])
    assert sorted(together) == sorted(found.difference.samples)
    assert sum(one.weight for one in found.readings) == pytest.approx(1)


def test_a_reading_without_worlds_is_shown_as_such() -> None:
    few = replace(make_structures(2), of_world=(0, 0))
    found = make_uncertain(2, structures=few)
    assert [one.worlds for one in found.readings] == [2, 0, 0]
    assert found.to_json()["readings"][2]["difference_kr"] is None
    assert "C: läsning" in found.table("sv")


def test_layers_of_numbers_done_by_hand() -> None:
    """Two structures of two worlds of two replications: every mean square is easily had."""
    values = np.array([[0.0, 2.0], [4.0, 6.0], [10.0, 14.0], [20.0, 24.0]])
    found = layers_of(values, np.array([0, 0, 1, 1]), (0.5, 0.5))
    chance = (2 + 2 + 8 + 8) / 4
    parameters = 0.5 * (8 - 2 / 2) + 0.5 * (50 - 8 / 2)
    structure = 7.0**2 - 0.25 * (8 + 50) / 2
    assert [layer.variance for layer in found.layers] == pytest.approx([structure, parameters, chance])
    assert sum(layer.share or 0 for layer in found.layers) == pytest.approx(1)
    assert found["chance"].share == pytest.approx(chance / (structure + parameters + chance))


def test_an_estimate_below_nought_is_kept_and_explained() -> None:
    found = layers_of(np.array([[0.0, 9.0], [9.0, 0.0], [1.0, 8.0]]), np.zeros(3, np.int64), (1.0,))
    assert found["parameters"].variance < 0
    assert (found["parameters"].share, found["structure"].share, found["chance"].share) == (-1, 0, 2)
    shown = make_uncertain(12, parameters_kr=0, step_kr=0, chance_kr=50_000)
    assert shown.layers is not None
    below = [layer for layer in shown.layers.layers if layer.variance < 0]
    assert below
    assert "Skattad under 0" in shown.table("sv")
    assert "too small to be told from none" in shown.table("en")
    assert sum(layer.share or 0 for layer in shown.layers.layers) == pytest.approx(1)


def test_layers_that_are_not_there_are_exactly_nought() -> None:
    alone = make_uncertain(20, structures=make_structures(20, ()), uncertain=0, parameters_kr=0)
    assert alone.layers is not None
    assert [layer.variance for layer in alone.layers.layers[:2]] == [0, 0]
    assert alone.layers["chance"].variance == pytest.approx(np.var(alone.all["fiscal"], ddof=1), rel=0.2)
    assert alone.readings == ()
    assert "(underlaget läses på ett enda sätt, inga värden är osäkra)" in plain(alone.sentence("sv"))
    still = make_uncertain(6, step_kr=0, parameters_kr=0, chance_kr=0)
    assert still.layers is not None
    assert [layer.share for layer in still.layers.layers] == [None, None, None]
    assert "ingenting varierar" in still.sentence("sv")


def test_too_few_worlds_for_the_layers_give_none_and_the_number_needed() -> None:
    found = make_uncertain(4)
    assert found.layers is None
    assert found.to_json()["layers"] == {"fiscal": None, "economic": None}
    assert found.to_json()["layers_need_draws"] == 6
    assert "kan skattas först med 6 lägen" in plain(found.sentence("sv"))


def test_one_replication_and_too_few_worlds_are_refused_with_the_reason() -> None:
    with pytest.raises(RunError, match="chance cannot be told from parameters"):
        layers_of(np.zeros((4, 1)), np.zeros(4, np.int64), (1.0,))
    with pytest.raises(RunError, match="two worlds or more of every structure"):
        layers_of(np.zeros((3, 2)), np.array([0, 0, 1]), (0.5, 0.5))
    with pytest.raises(RunError, match="single replication in each world"):
        make_uncertain(4, replications=1)


def test_a_third_model_is_held_against_the_second_in_the_same_worlds() -> None:
    pair = make_uncertain(40)
    third = renamed(pair.first, "own_reminders")
    found = replace(pair, runs=(*pair.runs, third))
    (other,) = found.others
    assert (other.first.model, other.second) == ("own_reminders", pair.second)
    assert other.difference == pair.difference
    rows = {row.cells[0]: row for row in found.tables("sv")[0].rows}
    row = rows["Egna påminnelser före inkassoföretaget mot inkassoföretaget"]
    assert row.ruled
    assert row.cells[1:] == rows["Alla lägen"].cells[1:]
    (told,) = found.to_json()["others"]
    assert (told["first"], told["difference_kr"]) == ("own_reminders", pair.difference.to_json())
    assert "mot inkassoföretaget" not in plain(pair.table("sv"))


def test_the_sentence_states_answer_layers_and_chances() -> None:
    found = make_uncertain(400)
    said = plain(found.sentence("sv"))
    assert said.startswith("Egen regi ger regionen i medeltal 9")
    assert re.search(
        r"kr mindre \(±2\d 000 kr\) i nettointäkt per år än inkassoföretaget över 400 dragna lägen före", said
    )
    assert "av variansen kommer 1" in said
    assert "från läsningen av underlaget" in said
    assert "under 1 % från slumpen" in said or "1 % från slumpen" in said
    assert (
        "sannolikhet att egen regi är bättre: 0 av 400 (0–1 %), med återvunnet kapital inräknat 0 av 400 (0–1 %)."
        in said
    )
    other = plain(make_uncertain(400, kind="posterior").sentence("en"))
    assert "over 400 drawn worlds that agree with the books" in other
    assert "of the variance comes from how the case is read" in other
    assert "chance that in-house collection is better: 0 of 400 (0–1%)" in other
    assert other.count(".") == 1


def test_json_is_strict_and_complete() -> None:
    found = make_uncertain(90)
    said = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert (said["draws"], said["replications"], said["uncertainty"]) == (90, 2, "prior")
    assert set(said["layers"]["fiscal"]) == set(LAYERS)
    assert said["prob_first_better"] == 0
    assert said["prob_first_better_interval"][1] == pytest.approx(1 - 0.025 ** (1 / 90))
    assert [row["n"] for row in said["convergence"]["difference_kr"]["rows"]] == [2, 4, 8, 16, 32, 64, 90]
    assert said["difference_kr"]["p05"] is not None
    assert sum(one["worlds"] for one in said["structures"]) == 90


def test_convergence_says_what_too_few_cannot_tell_and_what_moved() -> None:
    rows = convergence(Distribution(np.array([0.0, 1.0] * 4 + [100.0] * 8), "x", "kr")).rows
    assert [row.p05 for row in rows] == [None] * 4
    assert [row.moved for row in rows] == [False, False, False, True]
    known = Distribution(np.tile([0.0, 1.0], 200), "x", "kr")
    for spread, few, moved in (
        (Distribution(np.array([0.0, 1.0] * 4 + [100.0] * 8), "x", "kr"), True, True),
        (Distribution(np.array([0.0, 1.0] * 4), "x", "kr"), True, False),
    ):
        table = convergence(spread).table("sv")
        assert ("för få värden" in table, "Flyttat: " in table) == (few, moved)
    rows = convergence(known)
    late = replace(rows, rows=tuple(row for row in rows.rows if row.p05 is not None and not row.moved))
    assert late.rows
    assert late.table("en").splitlines()[-1].split()[0] == "400"
    frame = convergence(make_uncertain(90).difference).to_frame()
    assert frame["p05"].tolist()[:-1] == [None] * 6
    assert frame["p05"].iloc[-1] == pytest.approx(make_uncertain(90).difference.quantile(0.05))
    with pytest.raises(RunError, match="n >= 2"):
        convergence(Distribution(np.array([1.0]), "x", "kr"))


def test_files_are_saved_with_a_manifest_and_need_force_to_be_replaced(tmp_path: Path) -> None:
    found = make_uncertain(20)
    paths = save_uncertain(found, tmp_path, lang="en")
    assert {path.name for path in paths} == set(UNCERTAIN_FILES)
    assert json.loads((tmp_path / "uncertainty.json").read_text("utf-8")) == json.loads(json.dumps(found.to_json()))
    assert len((tmp_path / "worlds.csv").read_text("utf-8").splitlines()) == 41
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert (manifest["kind"], manifest["draws"], manifest["language"]) == ("uncertain comparison", 20, "en")
    assert (tmp_path / "layers.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(OutputError, match="--force"):
        save_uncertain(found, tmp_path)
    before = {path.name: path.read_bytes() for path in paths}
    again = {path.name: path.read_bytes() for path in save_uncertain(found, tmp_path, lang="en", force=True)}
    assert again == before


# --- which worlds there are


def test_structures_come_as_often_as_they_weigh_in_every_beginning() -> None:
    design = prior_design(tiny(), draws=2000, replications=2, seed=9)
    seen = np.zeros(len(design.weights))
    weights = np.array([float(weight) for weight in design.weights])
    for count, structure in enumerate(design.structure, 1):
        seen[structure] += 1
        assert np.abs(seen - count * weights).max() < 3
    more = prior_design(tiny(), draws=2100, replications=2, seed=9)
    assert more.structure[:2000] == design.structure
    assert min(design.structure[: design.draws_needed].count(one) for one in range(len(weights))) == 2
    assert min(design.structure[: design.draws_needed - 1].count(one) for one in range(len(weights))) == 1


def test_any_one_world_is_an_exact_draw_of_the_structure() -> None:
    """z = 5 over 6 000 seeds; a half that were 0.55 would be seen at 7.7 standard errors."""
    weights = (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5))
    choices = ((("reading", "A"),), (("reading", "B"),), (("reading", "C"),))
    plain_design = prior_design(tiny(), **BOUND)
    third = [replace(plain_design, choices=choices, weights=weights, seed=seed).structure[2] for seed in range(6000)]
    for structure, weight in enumerate(map(float, weights)):
        z = (third.count(structure) / 6000 - weight) / np.sqrt(weight * (1 - weight) / 6000)
        assert abs(z) < 5
    assert abs(third.count(0) / 6000 - 0.55) / np.sqrt(0.25 / 6000) > 5


def test_parameter_sets_are_taken_once_each_and_put_into_the_scenario() -> None:
    scenario = tiny()
    tables = [
        ParameterSets(
            {"reading": name}, 0.5, (LATE, "policy.instalments"), np.array([[0.05 + k / 100, 3 + k] for k in range(4)])
        )
        for name in ("A", "D")
    ]
    design = posterior_design(scenario, tables, draws=6, replications=2, seed=3)
    assert design.held == {"hand_over": "invoice_age", "instalments": "short_plans", "limitation": "three_years"}
    worlds = [design.scenario_of(draw) for draw in range(1, 7)]
    shares = [world.data.invoices.late_share.value for world in worlds]
    for structure in (0, 1):
        mine = [share for share, own in zip(shares, design.structure, strict=True) if own == structure]
        assert len(set(mine)) == len(mine)
    assert [world.data.debtors.coordinate for world in worlds] == [bool(own) for own in design.structure]
    for share, world in zip(shares, worlds, strict=True):
        assert world.data.policy.instalments.value == 3 + round(100 * share) - 5
        assert world.realise(Draws(3, 1, 0)).data.invoices.late_share.value == share


def test_a_posterior_within_one_reading_takes_its_table_only() -> None:
    tables = [ParameterSets({"reading": n}, w, (LATE,), np.array([[0.05]] * 9)) for n, w in (("A", 0.7), ("D", 0.3))]
    design = posterior_design(tiny().with_alternatives({"reading": "D"}), tables, draws=5, replications=2, seed=3)
    assert (design.choices, design.weights) == (((),), (Fraction(1),))
    assert design.scenario_of(1).data.invoices.late_share.value == 0.05


def test_values_found_at_the_base_never_undo_an_alternative_that_was_settled() -> None:
    tables = [ParameterSets({"reading": "A"}, 1.0, ("invoices.terms_days",), np.array([[20.0]] * 9))]
    other = {"hand_over": "thirty_day_terms"}
    for scenario, structures in ((tiny(), other), (tiny().with_alternatives(other), None)):
        with pytest.raises(ScenarioError, match=r"found with hand_over thirty_day_terms; leave hand_over open"):
            posterior_design(scenario, tables, structures=structures, **BOUND)
    base = posterior_design(tiny(), tables, structures={"hand_over": "invoice_age"}, **BOUND)
    assert base.scenario_of(1).data.invoices.terms_days.value == 20
    weighed = tiny(alternatives__hand_over__due_age__note="another note")
    assert posterior_design(weighed, tables, **BOUND).held["hand_over"] == "invoice_age"
    named = [replace(tables[0], choice={"reading": "A", **other}, values=np.array([[30.0]] * 9))]
    within_other = posterior_design(tiny(), named, structures=other, **BOUND)
    assert within_other.scenario_of(1).data.invoices.terms_days.value == 30


RULES = ("three_years", "ten_years")


@cache
def kept() -> Posterior:
    """All that is stored of the case, read once."""
    return stored(ks.load_scenario("jamtland-harjedalen-2017"))


def kept_of_readings(case: Scenario) -> Posterior:
    """Sets found at the base of the rule of limitation alone, as earlier versions kept them."""
    found = [one for one in kept().calibrations if one.choice["limitation"] == RULES[0]]
    weights = tuple(case.alternatives["reading"].values())
    bare = []
    for one in found:
        choice = {"reading": one.choice["reading"]}
        bare.append(replace(one, choice=choice, scenario=case.with_alternatives(choice)))
    return Posterior(case, tuple(bare), weights)


def test_a_stored_calibration_is_found_for_a_reading_that_is_settled_already() -> None:
    """It is the same table as the one that a study within the reading draws from."""
    case = ks.load_scenario("jamtland-harjedalen-2017")
    inside = posterior_design(case, kept(), structures={"reading": "A"}, **BOUND)
    before = case.with_alternatives({"reading": "A"})
    design = posterior_design(before, stored(before), **BOUND)
    assert design.sets_fingerprint == inside.sets_fingerprint
    rules = tuple((("limitation", rule),) for rule in RULES)
    assert (design.choices, design.weights) == (rules, (Fraction(1, 2),) * 2)
    assert design.scenario_of(1) == inside.scenario_of(1)
    for settled in ({"reading": "A", "limitation": "ten_years"}, {"limitation": "ten_years", "reading": "A"}):
        within_both = case.with_alternatives(settled)
        both = posterior_design(within_both, stored(within_both), **BOUND)
        assert both.choices == ((),)
        one = posterior_design(case, stored(case, settled), structures=settled, **BOUND)
        assert one.sets_fingerprint == both.sets_fingerprint
    other = before.with_alternatives({"hand_over": "due_age"})
    with pytest.raises(DataError, match=r"posterior-A-three_years.csv.xz: scenario: got .made from another scenario"):
        stored(other)


def test_the_stored_sets_of_a_rule_of_limitation_are_drawn_under_it() -> None:
    """Each reading has sets of its own under both rules, by the product of the weights."""
    case = ks.load_scenario("jamtland-harjedalen-2017")
    design = posterior_design(case, kept(), draws=64, replications=2, seed=3)
    choices = [dict(choice) for choice in design.choices]
    weights = {(one["reading"], one["limitation"]): weight for one, weight in zip(choices, design.weights, strict=True)}
    assert {pair: float(weight) for pair, weight in weights.items()} == {
        (reading, rule): pytest.approx(weight / 2, rel=1e-12)
        for reading, weight in (("A", 0.2), ("B", 0.15), ("C", 0.15), ("D", 0.25), ("E", 0.1), ("DE", 0.15))
        for rule in RULES
    }
    assert sum(weights.values()) == 1
    assert design.held == {"hand_over": "invoice_age", "instalments": "short_plans"}
    assert design.rules == {}
    tables = {(one.choice["reading"], one.choice["limitation"]): one for one in kept().parameter_sets()}
    for draw in range(1, 9):
        world, choice = design.scenario_of(draw), dict(design.choices[design.structure[draw - 1]])
        years = {"three_years": 3, "ten_years": 10}[choice["limitation"]]
        assert world.data.debtors.segments["private"].limitation_years.value == years
        table = tables[choice["reading"], choice["limitation"]]
        assert world.data.debtors.activity_shape.value in table.values[:, table.keys.index("debtors.activity_shape")]


def test_sets_of_readings_alone_are_run_under_every_rule_of_limitation_as_they_are() -> None:
    """As earlier versions kept them: no number of the sets depends on the rule, and the result says so."""
    case = ks.load_scenario("jamtland-harjedalen-2017")
    kept = kept_of_readings(case)
    design = posterior_design(case, kept, draws=64, replications=2, seed=3)
    assert [dict(choice) for choice in design.choices] == [
        {"reading": reading, "limitation": rule} for reading in case.alternatives["reading"] for rule in RULES
    ]
    assert design.rules == {"limitation": "three_years"}
    within_ten = posterior_design(case, kept, structures={"limitation": "ten_years"}, **BOUND)
    assert [dict(choice) for choice in within_ten.choices] == [
        {"reading": name} for name in case.alternatives["reading"]
    ]
    assert within_ten.scenario_of(1).data.debtors.segments["private"].limitation_years.value == 10
    bare = posterior_design(case, kept.parameter_sets(), **BOUND)
    assert bare.held["limitation"] == "three_years"
    assert bare.rules == {}


def test_a_rule_that_changes_a_number_of_the_sets_is_held_at_its_base() -> None:
    """As of other dimensions, the values would undo it."""
    case = ks.load_scenario("jamtland-harjedalen-2017")
    (table, *_) = kept_of_readings(case).parameter_sets()
    assert open_rules(case, [table]) == ("limitation",)
    spoken = replace(table, keys=(*table.keys[:-1], "policy.surveillance_spells"))
    assert open_rules(case, [spoken]) == ()
    assert open_rules(case, [replace(table, choice={**table.choice, "limitation": "three_years"})]) == ()


@pytest.mark.parametrize("source", ["prior", "sets"])
def test_a_world_that_fails_says_how_it_is_made_again(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the message says is Python; with the names it explains, it gives the scenario of that very world."""
    base = tiny().with_alternatives({"hand_over": "invoice_age"})
    sets = [ParameterSets({"reading": n}, 0.5, (LATE,), np.array([[0.05 + k / 100] for k in range(9)])) for n in "AD"]
    design = prior_design(base, **BOUND) if source == "prior" else posterior_design(tiny(), sets, **BOUND)
    task = Task(design, ("in_house",), 1, "compiled")
    met: list[ScenarioData] = []

    def fails(scenario: Scenario, draws: Draws, models: tuple[str, ...], **_: bool) -> None:
        assert models == task.models
        met.append(scenario.data)
        raise ValueError("broken") if draws.draw < 3 else ScenarioError(Problem("", "key", 1, "2", "mend it"))

    monkeypatch.setattr(blocks, "setting", fails)
    for number, kind in ((3, RunError), (6, ScenarioError)):
        draw, replication = design.place(number)
        with pytest.raises(kind) as caught:
            run_replication(task, number)
        said = caught.value.problems[-1]
        assert said.key == f"draw {draw}, replication {replication}"
        call = re.search(r"one_run\((.*), model, seed=1, draw=(\d), replication=(\d), engine='compiled'\)", said.remedy)
        assert call
        assert (int(call[2]), int(call[3])) == (draw, replication)
        assert eval(call[1], {"scenario": design.scenario, "sets": sets}).data == met[-1]  # noqa: S307 - our own text
        assert (
            str({"hand_over": "invoice_age"} if source == "prior" else [dict(one.choice) for one in sets])
            in said.remedy
        )


def test_numbers_that_the_sets_leave_to_the_prior_are_counted_too() -> None:
    known = tiny().with_alternatives({"reading": "D"}).prior.numbers
    for keys in ((), (LATE,)):
        table = ParameterSets({"reading": "D"}, 1.0, keys, np.full((9, len(keys)), 0.08))
        assert posterior_design(tiny(), [table], **BOUND).uncertain == len({*known, *keys}) > 100
    settled = {key: value.value for key, (value, _) in tiny().prior.numbers.items()}
    sure = [ParameterSets({"reading": name}, 0.5, (), np.empty((9, 0))) for name in ("A", "D")]
    assert posterior_design(tiny().with_changes(settled), sure, **BOUND).uncertain == 0


def test_a_rare_structure_does_not_make_the_usual_number_of_worlds_endless() -> None:
    for rare, usual in ((1e-5, 4096), (0.001, None), (0.25, 256)):
        weights = {"A": 1 - rare, "D": rare}
        tables = [ParameterSets({"reading": n}, w, (LATE,), np.full((4096, 1), 0.08)) for n, w in weights.items()]
        design = posterior_design(tiny(), tables, draws=None, replications=2, seed=1)
        assert design.draws == (usual or design.draws_needed) <= 4096
        assert (design.draws_needed > design.draws) == (rare == 1e-5)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ([({"reading": "A"}, 0.5, [[0.05]])], "weights that sum to 1"),
        ([({"reading": "A"}, 1.0, [[0.05]])], "A has 1 parameter sets and would need 4"),
        ([({"reading": "A"}, 0.5, [[0.05]] * 9), ({}, 0.5, [[0.05]] * 9)], "the same dimensions in every table"),
        ([({"reading": "A"}, 1.0, [[np.nan]] * 9)], "finite numbers"),
        ([({"reading": "A"}, 1.0, [[0.05, 1.0]] * 9)], "one a key"),
        ([({"reading": "A"}, 0.0, [[0.05]] * 9)], "above 0"),
    ],
)
def test_parameter_sets_that_do_not_fit_are_refused(
    tables: list[tuple[dict[str, str], float, list[list[float]]]], said: str
) -> None:
    with pytest.raises(ScenarioError, match=said):
        posterior_design(tiny(), [ParameterSets(c, w, (LATE,), np.array(v)) for c, w, v in tables], **BOUND)


def test_sets_of_an_unknown_key_or_a_value_out_of_bounds_are_refused() -> None:
    for key, value, said in (("invoices.nothing", 1.0, "another scenario"), (LATE, 1.5, "0 to 1")):
        design = posterior_design(tiny(), [ParameterSets({}, 1.0, (key,), np.array([[value]] * 4))], **BOUND)
        with pytest.raises(ScenarioError, match=said):
            design.scenario_of(1)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"uncertainty": "prior", "draws": 1}, "one world shows no spread"),
        ({"uncertainty": "prior", "draws": 2.5}, "a whole number"),
        ({"uncertainty": "prior", "draws": 4, "replications": 1}, "one replication cannot show chance"),
        ({"uncertainty": "guess"}, "prior or posterior"),
        ({"uncertainty": "prior", "structures": {"reading": "Q"}}, "reading"),
        ({"uncertainty": "prior", "draws": 4, "journal": "x"}, "no journal with uncertainty"),
        ({"draws": 4}, "nothing without uncertainty"),
    ],
)
def test_choices_that_make_no_sense_are_refused_before_anything_runs(how: dict[str, object], said: str) -> None:
    with pytest.raises(KravsimError, match=said):
        ks.compare(tiny(), seed=1, **how)  # type: ignore[call-overload]


def test_a_scenario_with_nothing_uncertain_is_refused() -> None:
    settled = {row.key: row.value for row in tiny().rows() if row.dist not in ("", "fixed", "chance")}
    choice = {"reading": "D", "hand_over": "invoice_age", "instalments": "short_plans", "limitation": "three_years"}
    sure = tiny().with_alternatives(choice)
    with pytest.raises(ScenarioError, match="nothing uncertain"):
        prior_design(sure.with_changes(settled), **BOUND)
    assert prior_design(tiny().with_changes(settled), **BOUND).uncertain >= 0
