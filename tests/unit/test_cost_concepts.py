"""Concepts of cost: what each counts, to the öre, of years that are run once; told in both languages, and asked again."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim import cli
from kravsim.errors import KravsimError, RunError
from kravsim.ledger.lines import CONCEPTS, STATEMENT
from kravsim.ledger.rules import YEARLY, YEARLY_KEYS
from kravsim.results.comparison import Comparison
from kravsim.results.cost_concepts import NAMES, CostConcepts, counted
from kravsim.results.uncertainty import UncertainComparison

FEW = {"replications": 3, "seed": 4, "workers": 1, "progress": False}


@cache
def compared() -> Comparison:
    return ks.compare(tiny(), **FEW)


@cache
def uncertain() -> UncertainComparison:
    drawn = {"uncertainty": "prior", "draws": 3, "structures": {"reading": "D"}}
    return ks.compare(tiny(), seed=4, workers=1, progress=False, **drawn)  # type: ignore[no-any-return, call-overload]


@cache
def found() -> CostConcepts:
    return ks.studies.by_cost_concept(compared())


def test_each_concept_counts_what_the_one_before_it_counts_less_something() -> None:
    """The whole statement, then without overhead and depreciation, then with no cost of one's own but pay."""
    lines = [set(counted(name)) for name in NAMES]
    assert NAMES == ("full", "marginal", "pay_only")
    assert lines[0] == {line.name for line in STATEMENT}
    assert lines[0] - lines[1] == {"staff_overhead", "system_depreciation"}
    assert lines[1] - lines[2] == {"recruitment", "system_operation", "letters", "checks"}
    assert {line.nature for line in STATEMENT} == set(CONCEPTS[0].natures)


def test_prices_by_the_year_are_those_of_the_table_of_rules() -> None:
    assert {"agency_charges", "system_operation", "letters"} == YEARLY
    assert set(YEARLY_KEYS) == {
        "contract.it_service_per_year_kr",
        "system.per_year_kr",
        "own_reminder.per_year_kr",
        "system.once_kr",
    }


def test_a_difference_by_a_concept_is_the_difference_less_the_lines_that_it_leaves_out() -> None:
    cmp = compared()
    assert found().difference("full") == ks.studies.by_cost_concept(cmp).difference("full")
    assert found().difference("full").samples.tolist() == cmp.difference.samples.tolist()
    for name in NAMES:
        ore = [sum(run.line_ore(line) for line in counted(name) if line in run.lines) for run in cmp.runs]
        assert np.rint(found().difference(name).samples * 100).tolist() == (ore[0] - ore[1]).tolist()
        principal = cmp.economic_difference.samples - cmp.difference.samples
        assert found().economic_difference(name).samples == pytest.approx(found().difference(name).samples + principal)
        for run, net in zip(cmp.runs, ore, strict=True):
            assert np.rint(found().net(run.model, name).samples * 100).tolist() == net.tolist()


def test_twins_are_alike_by_every_concept() -> None:
    scenario = tiny().with_model("twin", copy_of="in_house")
    same = ks.studies.cost_concepts(scenario, ("in_house", "twin"), **FEW)
    assert not any(same.difference(name).samples.any() for name in NAMES)
    assert not same.turns


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_what_is_printed_adds_up(lang: str) -> None:
    """Every net is the sum of its printed lines, and every difference that of the printed nets."""
    three = ks.studies.by_cost_concept(compared(), "marginal")
    by_concept, by_line = three.tables(lang)

    def kr(cell: str) -> int:
        return int("".join(sign for sign in cell if sign.isdigit() or sign == "-"))

    for place, row in enumerate(by_concept.rows):
        yes = [line for line in by_line.rows if line.cells[4 + place] in {"ja", "yes"}]
        assert len(yes) < len(by_line.rows) or place == 0
        for column in (1, 2, 3):
            assert kr(row.cells[column]) == sum(kr(line.cells[column]) for line in yes)
        assert kr(row.cells[3]) == kr(row.cells[1]) - kr(row.cells[2])
    said = three.sentence(lang)
    assert said.startswith({"sv": "Räknat med marginalkostnad ger egen regi", "en": "By marginal cost, in-house"}[lang])
    assert {"sv": "full kostnad", "en": "full cost"}[lang] in said
    assert said.split(";")[0].count("kr") >= 1


def test_it_says_when_the_answer_depends_on_what_is_counted() -> None:
    """An agency that takes so much more by the year that overhead and depreciation decide."""
    key = "models.outsourced.contract.it_service_per_year_kr"
    full, marginal = (found().difference(name).mean for name in NAMES[:2])
    assert full < marginal < 0
    price = tiny().data.models["outsourced"].contract.it_service_per_year_kr.value
    dear = tiny().with_changes({key: round(price - (full + marginal) / 2)})
    turned = ks.studies.cost_concepts(dear, **FEW)
    assert turned.difference("full").mean < 0 < turned.difference("marginal").mean
    assert turned.turns
    assert not found().turns
    for lang, text in {"sv": "svaret beror på vilka kostnader", "en": "the answer depends on which costs"}.items():
        assert text in turned.sentence(lang)
        assert text not in found().sentence(lang)


def test_over_worlds_the_first_year_of_each_counts_as_in_the_comparison() -> None:
    drawn = ks.studies.by_cost_concept(uncertain())
    assert (drawn.kind, drawn.n) == ("prior", 3)
    assert drawn.difference("full").samples.tolist() == uncertain().difference.samples.tolist()
    assert "lägen före avstämning mot bokföringen" in drawn.table("sv")
    assert drawn.to_json()["uncertainty"] == "prior"


def test_json_frame_and_doubts() -> None:
    said = found().to_json()
    json.dumps(said, allow_nan=False)
    assert list(said["concepts"]) == list(NAMES)
    assert said["concepts"]["full"]["difference_kr"] == compared().to_json()["difference_kr"]
    frame = found().to_frame().set_index("line")
    assert frame.difference.sum() == pytest.approx(compared().difference.mean)
    assert frame.difference[frame.marginal].sum() == pytest.approx(found().difference("marginal").mean)
    assert frame.follows["staff_pay"] == "posts"
    assert {one["key"] for one in said["doubts"]} >= {doubt.key for doubt in compared().doubts}


def test_prices_of_another_body_are_told_where_the_volume_is_the_own() -> None:
    """Not where the scenario says them itself, nor where the volume is that of the body they are taken from."""
    other = ks.studies.cost_concepts(tiny(), **FEW)
    (doubt,) = [one for one in other.doubts if one.key == "prices_not_scaled"]
    assert "models.in_house.system.per_year_kr" in doubt.more
    assert "models.outsourced.contract.it_service_per_year_kr" in doubt.more
    assert "do not follow the size" in other.sentence("en")
    own = dict.fromkeys(doubt.more, 1000)
    said = ks.studies.cost_concepts(tiny().with_changes(own), **FEW)
    assert "prices_not_scaled" not in {one.key for one in said.doubts}


def test_a_finished_comparison_keeps_such_prices_and_an_older_one_learns_them_from_its_scenario(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of an earlier version says without the scenario that they are not looked at; another scenario is refused."""
    scenario = tiny()
    finished = ks.compare(scenario, ("in_house", "outsourced"), **FEW)
    told = ks.studies.by_cost_concept(finished, scenario=scenario)
    assert (
        told.doubts == ks.studies.cost_concepts(scenario, **FEW).doubts == ks.studies.by_cost_concept(finished).doubts
    )
    assert [one.key for one in finished.doubts].count("prices_not_scaled") == 1
    monkeypatch.setattr(import_module("kravsim.studies.cost_concepts"), "KEPT_SINCE", "99.0.0")
    told = ks.studies.by_cost_concept(finished, scenario=scenario)
    assert [one.key for one in told.doubts].count("prices_not_scaled") == 1
    assert "prices_not_scaled" in {one.key for one in told.doubts}
    assert "prices_not_looked_at" not in {one.key for one in told.doubts}
    assert "prices_not_looked_at" in {one.key for one in ks.studies.by_cost_concept(finished).doubts}
    assert "is not looked at" in ks.studies.by_cost_concept(finished).sentence("en")
    with pytest.raises(RunError, match="the scenario of the comparison"):
        ks.studies.by_cost_concept(finished, scenario=scenario.with_changes({"invoices.per_year": 3001}))


def test_what_is_no_concept_is_refused() -> None:
    with pytest.raises(RunError, match="one of full, marginal, pay_only"):
        ks.studies.by_cost_concept(compared(), "average")
    with pytest.raises(RunError, match="one of in_house, outsourced"):
        found().net("own_reminders", "full")
    with pytest.raises(KravsimError, match="one of full, marginal, pay_only"):
        ks.studies.cost_concepts(tiny(), concept="variable", **FEW)


def test_the_command_leaves_files_that_are_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, out = tmp_path / "case.toml", tmp_path / "out"
    case.write_text(tiny().text, encoding="utf-8")
    given = ["costs", str(case), "--concept", "pay_only", "--replications", "3", "--seed", "4", "--no-progress"]
    assert cli.main([*given, "--lang", "en", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "By pay only, in-house collection gives" in told
    assert {file.name for file in out.iterdir()} == {"costs.json", "costs.csv", "manifest.json"}
    assert json.loads((out / "costs.json").read_text("utf-8"))["concept"] == "pay_only"
    assert cli.main(["reproduce", str(out / "manifest.json")]) == 0
