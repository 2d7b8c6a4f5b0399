"""Are arguments of a kind that nobody thought of refused in words, before anything is run or written, and by their names?"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kravsim as ks
from kravsim import cli
from kravsim.errors import DataError, KravsimError, LawError, OutputError, Problem, RunError, ScenarioError
from kravsim.law import load_law
from kravsim.running.run_directory import RunDirectory
from kravsim.scalars import real_number
from tests.validation.asking import shell

CASE = "jamtland-harjedalen-2017"
FTE = "models.in_house.staff.handlers.fte"
SMALL = ks.load_scenario(CASE).with_changes(
    {"invoices.per_year": 2000, "debtors.number": 200, "horizon.history_years": 2}
)
NO_PATHS: tuple[Any, ...] = (3, True, ["a"], b"a", "", "  ", 2.5)


@pytest.fixture(scope="module")
def run() -> Any:
    return ks.simulate(SMALL, model="outsourced", replications=2, seed=1, workers=1, progress=False)


@pytest.fixture(scope="module")
def comparison() -> Any:
    return ks.compare(SMALL, replications=2, seed=1, workers=1, progress=False)


# ---- paths -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [*NO_PATHS, None])
def test_what_is_no_path_is_refused_where_something_is_read(given: Any) -> None:
    for read in (ks.load_run, ks.load_comparison, ks.read_journal, ks.reproduce):
        with pytest.raises(DataError, match=r"allowed a path: text that is not empty"):
            read(given)
    with pytest.raises(DataError, match="allowed a path"):
        ks.studies.load_calibration(SMALL, given)
    with pytest.raises(ScenarioError):
        ks.load_scenario(given)
    if given is not None:
        with pytest.raises(LawError, match=r"directory: got .* allowed a path"):
            load_law(given)


@pytest.mark.parametrize("given", [*NO_PATHS, None])
def test_what_is_no_path_is_refused_where_something_is_written(
    run: Any, given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for write in (run.save, lambda path: ks.figures.save_run(run, path), lambda path: RunDirectory(path, {})):
        with pytest.raises(OutputError, match="allowed a path"):
            write(given)
    if given is not None:
        for key in ("run_dir", "journal"):
            with pytest.raises(OutputError, match=f"{key}: got .* allowed a path"):
                ks.simulate(SMALL, model="outsourced", replications=1, seed=1, progress=False, **{key: given})
    assert not list(tmp_path.iterdir())


def test_a_file_or_device_in_place_of_a_directory_of_law_is_called_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LawError, match="got a file; allowed a directory with law tables"):
        load_law(tmp_path / "file")
    with pytest.raises(LawError, match="got a device; allowed a directory with law tables"):
        load_law("/dev/null")


def test_two_files_of_one_name_are_refused_before_the_first_is_written(tmp_path: Path) -> None:
    one = tmp_path / "a.x"
    said = shell("register", CASE, "--csv", one, "--html", tmp_path / "." / "a.x")
    assert (said.code, one.exists()) == (2, False)
    assert "another name for each file" in said.err


def test_an_empty_directory_is_no_directory() -> None:
    for words in (("list", ""), ("reproduce", "")):
        said = shell(*words)
        assert said.code in {2, 3}
        assert "allowed a path" in said.err


def test_a_new_scenario_named_with_its_ending_has_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shell("new", "my-case.toml").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["my-case.toml"]
    assert 'name = "my-case"' in Path("my-case.toml").read_text("utf-8")


# ---- names and choices ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", [{3: "A"}, {None: "A"}, {"reading": ["A"]}, {"reading": None}, {"readin": "A"}])
def test_odd_alternatives_are_refused_in_words_that_can_be_read(choice: Any) -> None:
    with pytest.raises(ScenarioError) as caught:
        SMALL.with_alternatives(choice)
    assert "allowed one of" in str(caught.value)


def test_a_problem_of_a_key_that_is_no_text_can_be_read() -> None:
    key: Any = 3
    assert str(Problem("a", key, 1, "", "")) == "a: 3: got 1"


@pytest.mark.parametrize(
    "words",
    [
        ("compare", CASE, "--uncertainty", "prior", "--draws", 2, "--within", "reading=A,reading=B"),
        ("sensitivity", CASE, "--structure", "reading=A,reading=B"),
    ],
    ids=["within", "structure"],
)
def test_a_dimension_given_twice_is_refused(words: tuple[Any, ...]) -> None:
    said = shell(*words)
    assert said.code == 2
    assert "each dimension once; give reading one alternative" in said.err


def test_a_misspelt_command_is_told_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["compar", CASE])
    said = capsys.readouterr().err
    assert (ended.value.code, "did you mean compare?" in said, "COMMAND: got 'compar'" in said) == (2, True, True)


@pytest.mark.parametrize("name", ["nope", "", ",,", "reminder:nope"])
def test_an_unknown_thing_to_find_is_a_slip_in_an_option(name: str) -> None:
    said = shell("explain", CASE, "--model", "outsourced", "--seed", 1, "--find", name)
    assert said.code == 2
    assert "got" in said.err


def test_an_engine_without_a_name_is_none() -> None:
    with pytest.raises(ScenarioError, match="engine: got ''"):
        ks.simulate(SMALL, model="outsourced", replications=1, seed=1, engine="", progress=False)


def test_what_a_scenario_extends_is_no_change() -> None:
    with pytest.raises(ScenarioError) as caught:
        SMALL.with_changes({"extends": "base"})
    assert "did you mean" not in str(caught.value)
    assert "load another one" in str(caught.value)


def test_a_place_in_a_list_is_written_in_plain_digits() -> None:
    with pytest.raises(ScenarioError):
        SMALL.with_changes({"invoices.run_days.\u0663": 3})


def test_more_history_than_holidays_are_known_is_refused_by_its_name() -> None:
    with pytest.raises(ScenarioError, match=r"horizon\.history_years.*got 100"):
        SMALL.with_changes({"horizon.history_years": 100})


# ---- numbers -------------------------------------------------------------------------------------------------------


def test_what_is_masked_is_no_number() -> None:
    assert real_number(np.ma.masked) is None
    with pytest.raises(ScenarioError):
        SMALL.with_changes({FTE: np.ma.masked})
    with pytest.raises(ScenarioError, match="allowed an array of numbers"):
        ks.expected.numbers(SMALL, "in_house", {FTE: np.ma.array([2.0, 3.0], mask=[0, 1])})
    whole = ks.expected.numbers(SMALL, "in_house", {FTE: np.ma.array([2.0, 3.0], mask=[0, 0])})
    assert len(whole["claims"]) == 2


@pytest.mark.parametrize("values", [[1], "a", 3, pd.DataFrame({FTE: [2.0, 3.0]}), ((FTE, [2.0]),)])
def test_values_that_are_no_mapping_are_refused(values: Any) -> None:
    with pytest.raises(ScenarioError, match="allowed a mapping of dotted key to array"):
        ks.expected.numbers(SMALL, "in_house", values)


@pytest.mark.parametrize("key", [3, None, ("a",), 2.5])
def test_a_key_that_is_no_text_is_refused(key: Any) -> None:
    with pytest.raises(ScenarioError, match="allowed a value of the scenario"):
        ks.expected.numbers(SMALL, "in_house", {key: [1.0]})


def test_a_fraction_of_a_count_is_refused_and_a_whole_float_is_taken() -> None:
    with pytest.raises(ScenarioError, match=r"debtors\.number: got 2\.5"):
        ks.expected.numbers(SMALL, "outsourced", {"debtors.number": [200.0, 2.5]})
    assert ks.expected.numbers(SMALL, "outsourced", {"debtors.number": [200.0]})["claims"][0] > 0


@pytest.mark.parametrize(
    ("name", "place"), [("success_share", 9), ("success_share", "a"), ("success_share", True), ("nope", 0), (3, 0)]
)
def test_the_reason_of_a_number_that_is_not_there_is_refused(name: Any, place: Any) -> None:
    found = ks.expected.numbers(SMALL, "in_house", {FTE: [2.0, 3.0]})
    with pytest.raises(ScenarioError, match=r"expected\.numbers: (name|position)"):
        found.why(name, place)


def test_expected_numbers_of_several_sets_are_equal_by_what_they_say() -> None:
    def of(fte: float) -> Any:
        return ks.expected.numbers(SMALL, "in_house", {FTE: [2.0, fte]})

    assert of(3.0) == of(3.0)
    assert of(3.0) != of(2.5)
    assert of(3.0) != {}


# ---- results -------------------------------------------------------------------------------------------------------


def test_a_precision_that_nobody_reaches_is_told() -> None:
    found = ks.studies.precision(SMALL, half_width_kr=1e-300, seed=1, max_replications=3, progress=False)
    assert found.forecast is None
    assert "more than anybody can run" in found.sentence("en")
    assert "fler än någon kan köra" in found.sentence("sv")
    assert json.loads(json.dumps(found.to_json()))["replications_needed"] is None


def test_no_case_of_a_year_without_claims() -> None:
    with pytest.raises(RunError, match="allowed nothing: no claim of this run was handed over"):
        ks.explain_case(SMALL.with_changes({"invoices.late_share": 0.0}), model="outsourced", case=0, seed=1)


def _edited(path: Path, out: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            body = old.read(member)
            if member.filename == "manifest.json":
                said = json.loads(body)
                change(said)
                body = json.dumps(said).encode()
            new.writestr(member, body)
    return out


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seed", 99),
        ("replications", 500),
        ("models", ["x"]),
        ("version", "9.9.9"),
        ("stream_version", 99),
        ("scenario_title", "Another"),
        ("engine", None),
        ("law_fingerprint", {}),
    ],
)
def test_a_manifest_that_contradicts_its_runs_is_refused(
    comparison: Any, tmp_path: Path, key: str, value: object
) -> None:
    kept = comparison.save(tmp_path / "one.kravsim")
    odd = _edited(kept, tmp_path / "odd.kravsim", lambda said: said.update({key: value}))
    with pytest.raises(DataError, match=f"manifest.json: {key}: got .*as its runs say"):
        ks.load_comparison(odd)
    assert ks.load_comparison(_edited(kept, tmp_path / "less.kravsim", lambda said: said.pop(key))) == comparison


def test_a_range_that_was_taken_away_is_what_is_wrong_with_stored_sets() -> None:
    with pytest.raises(KravsimError, match=r"'debtors\.number', whose range was taken away"):
        ks.compare(SMALL, uncertainty="posterior", draws=2, seed=1, progress=False)


LATE = "invoices.late_share"


@pytest.mark.parametrize(
    "changes",
    [
        {LATE: 0.1, f"{LATE}.value": 0.2},
        {f"{LATE}.value": 0.2, LATE: 0.1},
        {f"{LATE}.low": 0.05, LATE: 0.1},
        {f"{LATE}.low": 0.05, LATE: {"value": 0.1, "source": "a note", "status": "assumed"}},
    ],
)
def test_a_number_changed_twice_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ScenarioError, match=r"one change of the same number; give invoices\.late_share"):
        SMALL.with_changes(changes)


def test_the_whole_and_then_its_parts_are_one_change() -> None:
    changed = SMALL.with_changes({LATE: 0.1, f"{LATE}.low": 0.05, f"{LATE}.high": 0.2}).data.invoices.late_share
    assert (changed.value, changed.low, changed.high) == (0.1, 0.05, 0.2)
