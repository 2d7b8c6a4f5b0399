"""Are the worlds of an uncertain study the same whoever runs them, in one go or several?"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim.calibration.base_world import BaseWorld, Worlds
from kravsim.calibration.designs import posterior_design, prior_design
from kravsim.calibration.further_worlds import further_worlds
from kravsim.errors import DataError, RunError, ScenarioError
from kravsim.figures import save_uncertain
from kravsim.flow import one_run
from kravsim.results.uncertainty import UncertainComparison
from kravsim.scenario import Scenario
from kravsim.scenario.parameter_sets import ParameterSets
from tests.properties.strategies import tiny

SCENARIO = tiny(invoices__per_year=1500, debtors__number=150)
LATE = "invoices.late_share"


def worlds(draws: int | dict[str, int], **how: Any) -> UncertainComparison:
    settings = {"uncertainty": "prior", "seed": 5, "workers": 1, "progress": False} | how
    return ks.compare(SCENARIO, draws=draws, **settings)


def numbers(found: UncertainComparison) -> str:
    return repr([run.outcomes for run in found.runs])


@pytest.fixture(scope="module")
def six() -> UncertainComparison:
    return worlds(6)


def test_two_workers_give_the_same_bits_as_one(six: UncertainComparison) -> None:
    assert numbers(worlds(6, workers=2)) == numbers(six)


def test_a_study_that_goes_on_ends_with_the_same_bits(six: UncertainComparison, tmp_path: Path) -> None:
    first = worlds(3, run_dir=tmp_path / "run")
    assert numbers(first) == repr([run.outcomes[:6] for run in six.runs])
    assert numbers(worlds(6, run_dir=tmp_path / "run", seed=None)) == numbers(six)
    with pytest.raises(RunError, match="replications_per_draw"):
        worlds(3, run_dir=tmp_path / "run", replications=3)
    with pytest.raises(RunError, match="design"):
        ks.compare(SCENARIO, replications=2, seed=5, workers=1, progress=False, run_dir=tmp_path / "run")


def test_each_world_is_a_run_of_its_own_scenario(six: UncertainComparison) -> None:
    design = prior_design(SCENARIO, draws=6, replications=2, seed=5)
    for draw, replication in ((1, 0), (4, 1)):
        alone = one_run(design.scenario_of(draw), "in_house", seed=5, draw=draw, replication=replication).outcome
        mine = six.first.outcomes[design.number(draw, replication)]
        assert (alone.budget_ore, mine.draw, mine.replication) == (mine.budget_ore, draw, replication)


def test_a_case_of_a_drawn_world_is_told_in_that_world(six: UncertainComparison) -> None:
    """Which worlds there are is one protocol, so what is run again need not know whether they were drawn."""
    run = six.first
    found = run.find_cases("paid", draw=4, replication=1, limit=1)
    told = run.explain(int(found["case"].iloc[0]), draw=4, replication=1, lang="en")
    assert (told.draw, told.replication) == (4, 1)
    postings = run.postings("reminder_fees", draw=4, replication=1)
    mine = run.outcomes[run.pairs.index((4, 1))].budget_ore["reminder_fees"]
    assert postings["region_ore"].sum() == mine * (SCENARIO.data.horizon.end.year - SCENARIO.data.horizon.start.year)
    with pytest.raises(RunError, match="a pair of run"):
        run.explain(0, draw=0, replication=0)


def test_the_base_world_is_a_case_of_the_worlds_there_are() -> None:
    design = prior_design(SCENARIO, draws=3, replications=2, seed=5)
    every: list[Worlds] = [design, BaseWorld(SCENARIO, 6)]
    for one in every:
        assert one.count == 6
        places = [one.place(number) for number in range(6)]
        assert [one.number(*place) for place in places] == list(range(6))
        assert len({draw for draw, _ in places}) == one.draws
        assert one.scenario_of(places[-1][0]).name == one.scenario.name == SCENARIO.name
        assert one.recipe(places[-1][0]).startswith("scenario")
    assert (BaseWorld(SCENARIO).count, BaseWorld(SCENARIO).identity(), set(design.identity())) == (None, {}, {"design"})
    assert design.scenario_of(2) is design.scenario_of(2)


def test_chance_differs_between_replications_of_a_world_and_values_do_not(six: UncertainComparison) -> None:
    assert (np.ptp(six.all["fiscal"], axis=1) > 0).all()
    same = worlds(2, uncertainty=[ParameterSets({}, 1.0, (LATE,), np.array([[0.08]] * 2))])
    assert (same.kind, same.readings) == ("posterior", ())
    assert same.uncertain == len({LATE, *SCENARIO.prior.numbers})
    assert set(same.structures.held) == {"reading", "hand_over", "instalments", "limitation"}
    assert "Hålls vid grundfallet" in same.table("sv")


def test_files_of_a_study_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    paths = save_uncertain(worlds(2, structures={"reading": "A"}), tmp_path, lang="sv")
    again = ks.reproduce(paths[-1], workers=1, progress=False)
    assert again.same, again.table("en")


class Stored:
    """What a calibration of two readings would leave beside the scenario."""

    def __init__(self, *shares: float) -> None:
        self.shares = shares

    def parameter_sets(self) -> list[ParameterSets]:
        table = np.array([[share] for share in self.shares])
        return [ParameterSets({"reading": name}, 0.5, (LATE,), table) for name in ("A", "D")]


def test_the_stored_posterior_is_drawn_from_and_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = import_module("kravsim.studies.uncertainty")
    asked = []

    def stored(scenario: Scenario) -> Stored:
        asked.append(scenario.name)
        return Stored(0.07, 0.08)

    monkeypatch.setattr(study, "stored_posterior", stored)
    found = worlds(2, uncertainty="posterior")
    assert len(asked) == 1
    assert (found.kind, found.parameter_sets is None) == ("posterior", False)
    assert {choice["reading"] for choice in found.structures.choices} == {"A", "D"}
    assert "som stämmer med bokföringen" in found.sentence("sv")
    paths = save_uncertain(found, tmp_path, lang="en")
    assert ks.reproduce(paths[-1], workers=1, progress=False).same
    monkeypatch.setattr(study, "stored_posterior", lambda *_, **__: Stored(0.07, 0.09))
    with pytest.raises(DataError, match="other parameter sets"):
        ks.reproduce(paths[-1], workers=1, progress=False)


SETTLED = {"reading": "A", "hand_over": "invoice_age", "instalments": "short_plans", "limitation": "three_years"}


def test_the_control_changes_nothing_that_is_simulated_and_is_made_again(tmp_path: Path) -> None:
    found = worlds(8, structures=SETTLED)
    plain = worlds(8, structures=SETTLED, control="none")
    again = worlds(8, structures=SETTLED, workers=2)
    assert numbers(found) == numbers(plain) == numbers(again)
    assert found.difference == plain.difference
    assert (found.control, plain.control, plain.by_control) == ("closed_form", "none", None)
    assert found.closed_form == again.closed_form
    assert found.by_control is not None
    assert found.by_control.fiscal.further_worlds == 512  # 16 scrambles of 32 points
    assert found.by_control.fiscal.no_answer == 0
    paths = save_uncertain(found, tmp_path, lang="en")
    assert '"control": "closed_form"' in paths[-1].read_text("utf-8")
    assert ks.reproduce(paths[-1], workers=1, progress=False).same


def test_readings_that_are_given_worlds_have_more_of_them_and_all_else_is_as_before(tmp_path: Path) -> None:
    """The beginning is bit for bit that of fewer worlds; what is added counts in means with the closed form and in layers."""
    open_one = {key: name for key, name in SETTLED.items() if key != "reading"}
    asked = dict.fromkeys(SCENARIO.alternatives["reading"], 2) | {"D": 6}
    found = worlds(asked, structures=open_one, run_dir=tmp_path / "run")
    assert found.added is not None
    plain = worlds(found.draws, structures=open_one, control="none")
    assert numbers(found) == numbers(plain)
    assert (found.difference, found.convergence) == (plain.difference, plain.convergence)
    assert [one.difference for one in found.readings] == [one.difference for one in plain.readings]
    assert found.draws + found.added.draws == sum(asked.values())
    assert found.by_control is not None
    assert found.by_control.fiscal.worlds == sum(asked.values())
    (mine,) = (one for one in found.readings if one.name == "D")
    assert mine.by_control is not None
    assert (mine.worlds < 6, mine.by_control.fiscal.worlds) == (True, 6)
    assert found.layers is not None
    assert found.inputs.keys() == found.added.inputs.keys() == plain.inputs.keys()
    assert {len(values) for values in found.added.inputs.values()} == {found.added.draws}

    again = worlds(asked, structures=open_one, run_dir=tmp_path / "run", workers=2, seed=None)
    assert (numbers(again), again.by_control, again.layers) == (numbers(found), found.by_control, found.layers)
    assert again.added is not None
    assert numbers(again.added) == numbers(found.added)
    with pytest.raises(RunError, match="worlds_by_reading"):
        worlds(asked | {"D": 7}, structures=open_one, run_dir=tmp_path / "run")

    paths = save_uncertain(found, tmp_path / "out", lang="sv")
    assert len((tmp_path / "out" / "worlds.csv").read_text("utf-8").splitlines()) == 1 + 2 * sum(asked.values())
    assert ks.reproduce(paths[-1], workers=1, progress=False).same
    alone = found.added.first.explain(0, draw=found.draws + 1, replication=1, lang="en")
    assert (alone.draw, alone.replication) == (found.draws + 1, 1)


def test_numbers_of_worlds_by_weight_give_the_same_bits() -> None:
    rows = np.array([[0.05 + k / 10_000] for k in range(200)])
    tables = [ParameterSets({"reading": name}, weight, (LATE,), rows) for name, weight in (("A", 0.75), ("D", 0.25))]
    plain = worlds(8, uncertainty=tables)
    counts = [plain.structures.of_world.count(place) for place in (0, 1)]
    same = worlds(dict(zip("AD", counts, strict=True)), uncertainty=tables)
    assert same == plain
    assert same.to_json() == plain.to_json()


def test_worlds_that_differ_in_their_alternatives_alone_have_no_control() -> None:
    """No number is uncertain, so that there is nothing for the closed form to be worked out over."""
    settled = {key: value.value for key, (value, _) in SCENARIO.prior.numbers.items()}
    found = ks.compare(
        SCENARIO.with_changes(settled),
        uncertainty=[ParameterSets({"reading": name}, 0.5, (), np.empty((9, 0))) for name in ("A", "D")],
        draws=8,
        replications=2,
        seed=5,
        workers=1,
        progress=False,
    )
    assert found.by_control is None
    assert found.difference.n == 8


def test_fewer_worlds_than_show_whether_it_helps_have_no_control(six: UncertainComparison) -> None:
    assert six.closed_form is None
    assert six.to_json()["difference_by_control_kr"] is None


@pytest.mark.parametrize("how", [{"control": "simulation"}, {"control": "none", "uncertainty": None, "draws": None}])
def test_another_control_and_one_without_worlds_are_refused(how: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError, match="control"):
        worlds(**({"draws": 8} | how))


def test_further_sets_are_such_as_no_simulated_world_has_and_are_shared_by_rules_of_law() -> None:
    rows = np.array([[0.05 + k / 10_000] for k in range(300)] + [[0.05]] * 100)
    tables = [ParameterSets({"reading": name}, weight, (LATE,), rows) for name, weight in (("A", 0.75), ("D", 0.25))]
    design = posterior_design(SCENARIO, tables, draws=8, replications=2, seed=3)
    further, values = further_worlds(design, tables)
    assert np.bincount(further.structure).tolist() == [384, 128]
    for structure, table in enumerate(tables):
        mine = {row for row, one in zip(design.rows, design.structure, strict=True) if one == structure}
        taken = values[structure][LATE]
        assert len(taken) + len(mine) <= len(table)
    # 299 rows stand once, one 101 times: worth 400^2 / (299 + 101^2) draws
    assert [worth for *_, worth in further.tables] == pytest.approx([400**2 / (299 + 101**2)] * 2)
    assert [table for table, *_ in further.tables] == [0, 1]
    assert set(values[0]) == set(design.inputs())
