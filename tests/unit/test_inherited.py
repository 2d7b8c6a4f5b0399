"""Is another body told what it takes over from the case that its file extends, in new, validate and every result?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import kravsim as ks
from kravsim import cli
from kravsim.archives.manifest import Record
from kravsim.results.notes import doubts_of_scenario
from kravsim.scenario import Scenario
from kravsim.words.inherited_words import inherited_table, inherited_text

CASE = "jamtland-harjedalen-2017"
FILE = f"{CASE}.toml"
TEXT = """
extends = "jamtland-harjedalen-2017"
name = "kommun"
title = "Kommunen"

[body]
name = "Kommunen"

[invoices]
per_year = { value = 20000, source = "assumption", status = "assumed" }

[models.in_house.system]
per_year_kr = { value = 90000, source = "assumption", status = "assumed" }
"""


@pytest.fixture
def child(tmp_path: Path) -> Path:
    file = tmp_path / "kommun.toml"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_a_case_takes_over_nothing_and_one_that_extends_the_base_neither(tmp_path: Path) -> None:
    assert ks.load_scenario(CASE).inherited == ()
    bare = tmp_path / "bare.toml"
    case = ks.load_scenario(CASE)
    bare.write_text(case.text, encoding="utf-8")
    assert ks.load_scenario(bare).inherited == ()


def test_what_the_file_does_not_say_is_listed_with_status_and_file(child: Path) -> None:
    taken = {one.key: one for one in ks.load_scenario(child).inherited}
    assert not {"body.name", "invoices.per_year", "models.in_house.system.per_year_kr"} & set(taken)
    assert (taken["models.in_house.staff.handlers.skills"].status, taken["alternatives.reading.A"].file) == (
        "choice",
        FILE,
    )
    assert taken["debtors.number"].status == "assumed"
    assert taken["targets.success"].status == "sourced"
    assert not any(key.endswith((".title", ".note", ".source", ".status")) for key in taken)
    known = {row.key for row in ks.load_scenario(child).rows()}
    assert {key for key in taken if not key.startswith(("targets.", "alternatives.", "correlations."))} <= known


def test_what_is_changed_afterwards_is_no_longer_taken_over(child: Path) -> None:
    before = ks.load_scenario(child)
    after = before.with_changes({"debtors.number": 900})
    gone = {one.key for one in before.inherited} ^ {one.key for one in after.inherited}
    assert gone == {"debtors.number"}
    twice = after.with_changes({"invoices.per_year": 21_000})  # the file's own number, before and after
    assert twice.inherited == after.inherited
    case = ks.load_scenario(CASE).with_changes({"debtors.number": 900})
    assert {one.file for one in case.inherited} == {FILE, "base.toml"}  # a changed case is a child of it


def test_a_grandchild_takes_over_from_both(child: Path) -> None:
    file = child.with_name("bolag.toml")
    file.write_text('extends = "kommun"\nname = "bolag"\ntitle = "B"\n', encoding="utf-8")
    files = {one.key: one.file for one in ks.load_scenario(file).inherited}
    assert files["body.name"] == "kommun.toml"
    assert files["models.in_house.staff.handlers.skills"] == FILE


@pytest.mark.parametrize(("lang", "words"), [("sv", "är inte scenariots egna"), ("en", "are not the scenario's own")])
def test_every_result_says_how_much_and_its_json_says_all(child: Path, lang: str, words: str) -> None:
    scenario = ks.load_scenario(child)
    doubt, prices = doubts_of_scenario(scenario, "in_house")
    assert prices.key == "prices_not_scaled"
    assert ks.studies.register(scenario).sentence(lang).count(prices.text(lang)) == 1
    assert ks.load_scenario(CASE).inherited == ()
    assert words in doubt.text(lang)
    assert FILE in doubt.text(lang)
    assert doubt.to_json()["more"] == [f"{one.key}: {one.status}, {one.file}" for one in scenario.inherited]
    listed = inherited_table(scenario.inherited, lang)
    assert len(listed.rows) == len(scenario.inherited)
    assert listed.lead == (inherited_text(scenario.inherited, lang),)


def test_a_scenario_read_back_from_a_run_knows_what_it_took_over(child: Path) -> None:
    """Else the files of a run could not be made again byte for byte."""
    scenario = ks.load_scenario(child)
    record = Record.begin(scenario.text, scenario.lineage, scenario.taken)
    again = Record.from_json(json.loads(json.dumps(record.to_json())), "manifest.json")
    read = Scenario.from_text(again.scenario_text, "manifest.json", again.changes, again.taken)
    assert sorted(read.inherited, key=str) == sorted(scenario.inherited, key=str)
    assert doubts_of_scenario(read, "in_house") == doubts_of_scenario(scenario, "in_house")


def test_validate_tells_it_shortly_in_full_and_as_json(child: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = len(ks.load_scenario(child).inherited)
    assert cli.main(["validate", str(child), "--lang", "en"]) == 0
    short = capsys.readouterr().out
    assert f"{count} values are not the scenario's own" in short
    assert "debtors.number" not in short
    assert cli.main(["validate", str(child), "--inherited"]) == 0
    assert "debtors.number" in capsys.readouterr().out
    assert cli.main(["validate", str(child), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["inherited"]) == count
    assert {"key": "debtors.number", "status": "assumed", "file": "base.toml"} in said["inherited"]
    assert cli.main(["validate", CASE]) == 0
    assert "är inte" not in capsys.readouterr().out


def test_new_says_whose_numbers_the_starter_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "mine.toml"
    assert cli.main(["new", "mine", "--out", str(target), "--lang", "en"]) == 0
    told = capsys.readouterr().err
    assert "values are not the scenario's own but taken unchanged from" in told
    assert "--inherited lists them" in told
    assert told.endswith(f"kravsim validate {target}\n")
