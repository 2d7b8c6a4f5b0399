"""Can a scenario leave out what it inherits and what does not hold for it, and does every other place know?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.validation.asking import ASSUMED, refused, shell

from kravsim.scenario import Scenario, load_scenario
from kravsim.scenario.json_schema import editor_schema
from kravsim.scenario.starter import starter
from kravsim.scenario.toml_file import parse_toml

NAME = "jamtland-harjedalen-2017"
CASE = load_scenario(NAME)
AGENCY_KEEPS = '[models.outsourced.contract]\ndemand_fee_kept_by = "agency"\n'
SHARES = (("A", 0.3), ("B", 0.2), ("D", 0.25), ("E", 0.1), ("DE", 0.15))
WEIGHTS = "".join(f"[alternatives.reading.{name}]\nweight = {weight}\n" for name, weight in SHARES)


def file(folder: Path, text: str, *, without: str = "", extends: str = NAME, name: str = "child") -> Path:
    path = folder / f"{name}.toml"
    line = f"without = {without}\n" if without else ""
    path.write_text(f'extends = "{extends}"\nname = "{name}"\n{line}{text}', encoding="utf-8")
    return path


def test_an_inherited_reading_that_cannot_hold_is_refused_with_how_to_leave_it_out(tmp_path: Path) -> None:
    said = refused(lambda: load_scenario(file(tmp_path, AGENCY_KEEPS)))
    assert "alternatives.reading.C.changes: models.outsourced.contract" in said
    assert 'leave it out with without = ["alternatives.reading.C"] beside extends' in said


def test_a_child_leaves_out_an_inherited_alternative(tmp_path: Path) -> None:
    child = load_scenario(file(tmp_path, AGENCY_KEEPS + WEIGHTS, without='["alternatives.reading.C"]'))
    assert list(child.alternatives["reading"]) == ["A", "B", "D", "E", "DE"]
    assert sum(child.alternatives["reading"].values()) == 1
    assert child.data.models["outsourced"].contract is not None
    assert child.data.models["outsourced"].contract.demand_fee_kept_by == "agency"
    assert child.sheet.without == ("alternatives.reading.C",)
    assert Scenario.from_text(child.text) == child
    assert all(child.with_alternatives(one.choice) for one in child.structures())


def test_the_weights_that_remain_are_held_to_1(tmp_path: Path) -> None:
    said = refused(lambda: load_scenario(file(tmp_path, AGENCY_KEEPS, without='["alternatives.reading.C"]')))
    assert "alternatives.reading: got weights that sum to 0.85; allowed weights that sum to exactly 1" in said


@pytest.mark.parametrize(
    "without",
    ['["alternatives.reading"]', str([f"alternatives.reading.{name}" for name in ("A", "B", "C", "D", "E", "DE")])],
)
def test_a_whole_dimension_is_left_out(tmp_path: Path, without: str) -> None:
    child = load_scenario(file(tmp_path, AGENCY_KEEPS, without=without))
    assert set(CASE.alternatives) - set(child.alternatives) == {"reading"}


def test_anything_inherited_may_go_and_be_said_anew(tmp_path: Path) -> None:
    less = load_scenario(file(tmp_path, "", without='["targets.stock", "correlations.letters"]'))
    assert set(CASE.data.targets) - set(less.data.targets) == {"stock"}
    assert set(CASE.data.correlations) - set(less.data.correlations) == {"letters"}
    costs = "".join(
        f"{key} = {{ value = 1, {ASSUMED} }}\n" for key in ("letter_kr", "check_kr", "recheck_kr", "ku25_statement_kr")
    )
    anew = f"[models.in_house.unit_costs]\n{costs}"
    new = load_scenario(file(tmp_path, anew, without='["models.in_house.unit_costs"]'))
    assert new.data.models["in_house"].unit_costs is not None
    assert new.data.models["in_house"].unit_costs.letter_kr.note == ""


def test_grandchildren_inherit_what_is_left(tmp_path: Path) -> None:
    file(tmp_path, WEIGHTS, without='["alternatives.reading.C"]', name="middle")
    last = load_scenario(file(tmp_path, AGENCY_KEEPS, extends="middle", without='["targets.stock"]'))
    assert "C" not in last.alternatives["reading"]
    assert "stock" not in last.data.targets
    assert last.sheet.without == ("alternatives.reading.C", "targets.stock")
    said = refused(lambda: load_scenario(file(tmp_path, "", extends="middle", without='["alternatives.reading.C"]')))
    assert "child.toml: without: got 'alternatives.reading.C'; allowed a key of what is extended" in said


@pytest.mark.parametrize(
    ("without", "words"),
    [
        (
            '["alternatives.reading.F"]',
            "got 'alternatives.reading.F'; allowed a key of what is extended; did you mean",
        ),
        ('["alternative.reading.C"]', "did you mean alternatives.reading.C?"),
        ('["targets.sucess"]', "did you mean targets.success?"),
        (
            '"alternatives.reading.C"',
            'allowed a list of dotted keys of the extended file; write without = ["alternatives',
        ),
        ("[3]", "allowed a list of dotted keys"),
        ('["targets.stock", "targets.stock"]', "allowed each key once"),
        ('["targets", "targets.stock"]', "without: got 'targets.stock'"),
        (
            '["invoices.late_share"]',
            "invoices.late_share: got nothing; allowed a share from 0 to 1; the key is required",
        ),
        ('["invoices.late_share.low"]', "did you mean invoices.late_share?"),
        (
            '["models.in_house"]',
            "targets.workload.model: got 'in_house'; allowed one of outsourced, own_reminders, foreign_and",
        ),
        ('[""]', "without: got ''"),
    ],
)
def test_what_cannot_be_left_out_is_told(tmp_path: Path, without: str, words: str) -> None:
    assert words in refused(lambda: load_scenario(file(tmp_path, "", without=without)))


def test_nothing_is_left_out_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "alone.toml"
    path.write_text('name = "alone"\nwithout = ["targets"]\n', encoding="utf-8")
    assert "allowed nothing in a file that extends no other" in refused(lambda: load_scenario(path))
    assert "did you mean without?" in refused(lambda: load_scenario(file(tmp_path, 'witout = ["targets"]\n')))
    assert "did you mean extends?" in refused(lambda: load_scenario(file(tmp_path, 'extend = "base"\n')))


def test_schema_starter_and_description_know_it(tmp_path: Path) -> None:
    written: Any = editor_schema()["properties"]["without"]
    assert (written["type"], written["items"]) == ("array", {"type": "string"})
    text = starter(CASE, name="mine", extends=NAME)
    line = next(line for line in text.splitlines() if line.startswith("# without = "))
    head = text.split("[body]", 1)[0]
    assert line in head
    key = parse_toml(line.removeprefix("# "), "")["without"][0]
    assert key in {f"alternatives.{d}.{name}" for d, named in CASE.alternatives.items() for name in named}
    child = file(tmp_path, AGENCY_KEEPS + WEIGHTS, without='["alternatives.reading.C"]')
    assert "left out of what is extended: alternatives.reading.C" in shell("describe", child, "--lang", "en").out
    assert "utelämnat ur det som utvidgas: alternatives.reading.C" in shell("describe", child, "--lang", "sv").out
    assert "left out of what is extended" not in shell("describe", NAME, "--lang", "en").out
    assert shell("validate", child, "--lang", "en").code == 0


def test_a_figure_of_a_model_that_is_left_out_says_how_it_goes_too(tmp_path: Path) -> None:
    said = refused(lambda: load_scenario(file(tmp_path, "", without='["models.in_house"]')))
    assert "targets.workload.model: got 'in_house'; allowed one of outsourced, own_reminders" in said
    assert 'choose one of them, or leave it out: without = ["targets.workload"]' in said


def test_a_child_drops_terms_of_an_inherited_contract(tmp_path: Path) -> None:
    share = "models.outsourced.contract.demand_fee_agency_share"
    line = f'["{share}", "alternatives.reading"]'
    child = load_scenario(file(tmp_path, AGENCY_KEEPS, without=line))
    contract = child.data.models["outsourced"].contract
    assert contract is not None
    assert contract.demand_fee_agency_share is None
    priced = f"[models.outsourced.contract]\nprice_a_case_kr = {{ value = 9, {ASSUMED} }}\n"
    file(tmp_path, f'{priced}price_a_case_when = "closed"\n', name="priced")
    names = '["models.outsourced.contract.price_a_case_kr", "models.outsourced.contract.price_a_case_when"]'
    again = load_scenario(file(tmp_path, "", extends="priced", without=names))
    assert again.data.models["outsourced"] == CASE.data.models["outsourced"]
    said = refused(
        lambda: load_scenario(file(tmp_path, "", extends="priced", without=names.split(",", maxsplit=1)[0] + "]"))
    )
    assert "price_a_case_kr and price_a_case_when go together" in said


def test_a_required_term_that_is_left_out_is_missed(tmp_path: Path) -> None:
    key = "models.outsourced.contract.paid_case_kr"
    said = refused(lambda: load_scenario(file(tmp_path, "", without=f'["{key}"]')))
    assert f"{key}: got nothing" in said
    near = refused(lambda: load_scenario(file(tmp_path, "", without=f'["{key[:-3]}"]')))
    assert f"child.toml: without: got '{key[:-3]}'; allowed a key of what is extended; did you mean {key}?" in near


def test_the_bundled_contracts_are_those_of_the_case_and_nothing_else_of_it() -> None:
    child = load_scenario("four-contracts")
    assert list(child.models) == ["outsourced", "framework_2014", "commission", "fixed_price"]
    for name in ("outsourced", "framework_2014"):
        assert child.data.models[name] == CASE.data.models[name]
    assert (child.data.debtors, child.data.behaviour) == (CASE.data.debtors, CASE.data.behaviour)
    assert set(CASE.data.targets) - set(child.data.targets) == {"workload"}
    framework, commission, fixed = (child.data.models[name].contract for name in list(child.models)[1:])
    assert framework is not None
    assert commission is not None
    assert fixed is not None
    assert framework.paid_case_kr.value == 253.8
    assert commission.commission is not None
    assert commission.commission.least_kr is not None
    assert commission.commission.most_kr is not None
    assert (fixed.price_a_case_when, fixed.outlays_advanced_by) == ("handed_over", "region")
