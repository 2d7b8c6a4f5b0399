"""Does the command line check first, run once, print one answer, and refuse in words?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import types
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import kravsim
from kravsim import cli
from kravsim.errors import DataError, KravsimError, OutputError, Problem, RunError, ScenarioError
from kravsim.papers.save import COMPARISON_FILES, run_files
from kravsim.results.comparison import Comparison

from .result_makers import make_comparison, make_run


class Scenario:
    name = "case"
    title = "A case"
    models = ("in_house", "outsourced", "own_reminders")
    fingerprint = "f" * 64
    sheet = types.SimpleNamespace(without=())

    def rows(self) -> list[Any]:
        row = types.SimpleNamespace(
            key="invoices.late_share", value=0.08, low=None, high=None, unit="share", status="sourced", source="x" * 500,
            favours="",
        )  # fmt: skip
        return [row]


class Library:
    """Stands in for the package: remembers what it was asked, and answers with synthetic runs."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.during: Callable[[], None] = lambda: None

    def load_scenario(self, name: str) -> Scenario:
        if name == "missing":
            raise ScenarioError(Problem(name, "", name, "a scenario", "see kravsim list"))
        return Scenario()

    def _seeded(self, seed: int | None) -> int:
        return 987_654_321 if seed is None else seed

    def compare(self, scenario: Scenario, *, models: tuple[str, ...], seed: int | None, **options: Any) -> Comparison:
        self.asked.append({"models": models, "seed": seed, **options})
        self.during()
        runs = make_comparison(options["replications"] or 8).runs
        assert scenario.models
        return Comparison(tuple(replace(run, seed=self._seeded(seed)) for run in runs))

    def simulate(self, scenario: Scenario, *, model: str, seed: int | None, **options: Any) -> Any:
        self.asked.append({"model": model, "seed": seed, **options})
        assert scenario.models
        return replace(make_run("in_house", options["replications"] or 8), seed=self._seeded(seed))


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    fake = Library()
    for name in ("load_scenario", "compare", "simulate"):
        monkeypatch.setattr(kravsim, name, getattr(fake, name), raising=False)
    return fake


def test_compare_prints_a_table_and_the_seed_that_was_drawn(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["compare", "case", "--lang", "sv"]) == 0
    told = capsys.readouterr()
    assert "Egen regi ger regionen" in told.out
    assert "slumpserie 987654321" in told.out
    assert told.err == "den dragna slumpserien är 987654321; --seed med den ger samma tal igen\n"
    expected = {"models": ("in_house", "outsourced"), "seed": None, "replications": None, "workers": None}
    assert library.asked == [expected | {"engine": None, "progress": False, "follow_symlinks": False}]


def test_options_reach_the_library_as_numbers(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    seed = 2**200
    words = ["compare", "case", "--models", "outsourced, own_reminders", "--replications", "12", "--seed", str(seed)]
    assert cli.main([*words, "--workers", "2", "--engine", "simpy", "--lang", "en", "--no-progress"]) == 0
    asked = {"models": ("outsourced", "own_reminders"), "seed": seed, "replications": 12, "workers": 2}
    assert library.asked == [asked | {"engine": "simpy", "progress": False, "follow_symlinks": False}]
    told = capsys.readouterr()
    assert f"seed {seed}" in told.out
    assert told.err == ""


@pytest.mark.parametrize(
    "words", [["compare", "case", "--json"], ["simulate", "case", "--model", "in_house", "--json"]], ids=" ".join
)
def test_json_is_one_object_alone_on_standard_output(
    words: list[str], library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*words, "--replications", "80"]) == 0

    def no_constant(name: str) -> float:
        raise AssertionError(name)

    found = json.loads(capsys.readouterr().out, parse_constant=no_constant)
    assert found["seed"] == 987_654_321
    assert found["replications"] == 80
    assert list(found["models"]["in_house"]["net_revenue_kr"]) == ["mean", "sd", "p05", "p50", "p95"]
    assert len(library.asked) == 1


def test_out_leaves_every_file_and_says_where(
    tmp_path: Path, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.main(["compare", "case", "--seed", "1", "--json", "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert {path.name for path in out.iterdir()} == set(COMPARISON_FILES)
    assert f"{len(COMPARISON_FILES)} files in {out}" in told.err
    assert json.loads(told.out) == json.loads((out / "comparison.json").read_text("utf-8"))
    assert cli.main(["simulate", "case", "--model", "in_house", "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {*COMPARISON_FILES, *run_files("in_house")}
    assert len(library.asked) == 2


def test_the_directory_is_checked_before_the_run(
    tmp_path: Path, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bridge.csv").write_text("mine")
    assert cli.main(["compare", "case", "--out", str(tmp_path), "--lang", "en"]) == OutputError.exit_code
    assert "bridge.csv: got 'an existing file'" in capsys.readouterr().err
    assert cli.main(["compare", "case", "--out", str(tmp_path / "bridge.csv"), "--lang", "en"]) == OutputError.exit_code
    assert (
        cli.main(["simulate", "case", "--model", "in_house", "--out", " ", "--lang", "en"]) == ScenarioError.exit_code
    )
    assert library.asked == []
    assert cli.main(["compare", "case", "--out", str(tmp_path), "--force"]) == 0
    assert (tmp_path / "bridge.csv").read_text("utf-8").startswith("kind,cause,mean_kr")


def test_force_without_a_directory_is_refused(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", "case", "--force", "--lang", "en"]) == ScenarioError.exit_code
    assert "--out: got nothing; allowed a directory with --force" in capsys.readouterr().err
    assert library.asked == []


@pytest.mark.parametrize("value", ["0", "-1", "2.5", "1e3", "ten", "", " 5", "+5", "1_000", "٣", "nan", "True"])
@pytest.mark.parametrize("option", ["--replications", "--workers"])
def test_counts_that_are_no_counts_are_refused(
    option: str, value: str, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["compare", "case", f"{option}={value}", "--lang", "en"]) == ScenarioError.exit_code
    assert f"{option}: got {value!r}; allowed a whole number from 1" in capsys.readouterr().err
    assert library.asked == []


@pytest.mark.parametrize("value", ["-1", "1.0", "0x10", "9" * 5000])
def test_seeds_that_are_no_seeds_are_refused(value: str, library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.main(["simulate", "case", "--model", "in_house", f"--seed={value}", "--lang", "en"])
        == ScenarioError.exit_code
    )
    assert "--seed: got" in capsys.readouterr().err
    assert library.asked == []


def test_every_wrong_option_is_said_at_once(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cli.main(["compare", "case", "--seed=-1", "--workers=0", "--replications=x", "--lang", "en"])
        == ScenarioError.exit_code
    )
    assert capsys.readouterr().err.count("kravsim: command line:") == 3
    assert library.asked == []


@pytest.mark.parametrize("models", ["", "in_house", "in_house,in_house", "in_house,,outsourced", ","])
def test_models_must_be_two_different_ones(models: str, library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", "case", f"--models={models}", "--lang", "en"]) == ScenarioError.exit_code
    assert "two or more different models" in capsys.readouterr().err
    assert library.asked == []


def test_models_the_scenario_lacks_are_refused(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", "case", "--models", "in_house,agency", "--lang", "en"]) == ScenarioError.exit_code
    assert cli.main(["simulate", "case", "--model", "agency", "--lang", "en"]) == ScenarioError.exit_code
    said = capsys.readouterr().err
    assert said.count("got 'agency'; allowed one of in_house, outsourced, own_reminders") == 2
    assert library.asked == []


@pytest.mark.parametrize("kind", [ScenarioError, DataError, RunError, OutputError])
def test_a_refusal_is_words_and_its_own_exit_code(
    kind: type[KravsimError], library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise kind([Problem("a.toml", "x.y", 1, "2", "do this"), Problem("a.toml", "z", 3, "4", "do that")])

    library.during = refuse
    assert cli.main(["compare", "case", "--lang", "en"]) == kind.exit_code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "kravsim: a.toml: x.y: got 1; allowed 2; do this",
        "kravsim: a.toml: z: got 3; allowed 4; do that",
    ]
    assert cli.main(["compare", "case", "--debug", "--lang", "en"]) == kind.exit_code
    assert "Traceback" in capsys.readouterr().err


def test_an_unexpected_fault_is_named_and_shown_only_on_request(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("by nothing")

    library.during = fail
    assert cli.main(["compare", "case"]) == cli.UNEXPECTED
    said = capsys.readouterr().err
    assert "unexpected ZeroDivisionError: by nothing" in said
    assert "Traceback" not in said
    assert cli.main(["compare", "case", "--debug"]) == cli.UNEXPECTED
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_is_one_line_and_130(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    library.during = stop
    assert cli.main(["compare", "case", "--debug", "--lang", "en"]) == 130
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1


def test_a_request_to_end_is_143_and_the_old_handler_returns(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    library.during = lambda: os.kill(os.getpid(), signal.SIGTERM)
    assert cli.main(["compare", "case", "--lang", "en"]) == 143
    assert signal.getsignal(signal.SIGTERM) is before
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_warnings_are_plain_lines_on_standard_error(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    library.during = lambda: warnings.warn("5 kr looks like 5 tkr", UserWarning, stacklevel=1)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert cli.main(["compare", "case", "--seed", "1"]) == 0
    assert capsys.readouterr().err.splitlines() == ["kravsim: warning: 5 kr looks like 5 tkr"]


def test_reconcile_prints_its_own_table_or_json(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Study:
        def table(self, lang: str) -> str:
            return f"table {lang}"

        def to_json(self) -> dict[str, Any]:
            return {"rows": []}

    def study(scenario: Scenario, **options: Any) -> Study:
        library.asked.append({"name": scenario.name, **options})
        return Study()

    monkeypatch.setattr(kravsim, "reconcile", study, raising=False)
    assert cli.main(["reconcile", "case", "--lang", "en", "--seed", "3"]) == 0
    assert capsys.readouterr().out == "table en\n"
    assert cli.main(["reconcile", "case", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rows": []}
    expected = {"name": "case", "replications": None, "seed": 3, "workers": None, "engine": None, "progress": False}
    assert library.asked[0] == expected


def test_list_and_describe_are_tables(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert library.asked == []
    monkeypatch.setattr(kravsim, "scenario_names", lambda: ("case", "other"), raising=False)
    assert cli.main(["list", "--lang", "en"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[0].split() == ["name", "title", "models"]
    assert len(listed) == 4
    assert cli.main(["describe", "case"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("A case (case)\nmodeller: in_house, outsourced, own_reminders\n")
    assert "invoices.late_share  0,08" in told
    assert "andel" in told
    assert "ur källa" in told
    assert " sourced " not in told
    assert max(map(len, told.splitlines())) < 200


def test_a_missing_scenario_is_refused_in_words(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compare", "missing", "--lang", "en"]) == ScenarioError.exit_code
    assert "see kravsim list" in capsys.readouterr().err
    assert library.asked == []


@pytest.mark.parametrize(
    "words", [[], ["compare"], ["simulate", "case"], ["dance"], ["compare", "case", "--lang", "no"]]
)
def test_a_wrong_command_shows_how_it_is_used(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["--lang", "en", *words])
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert "usage: kravsim" in told


def test_help_and_version_from_the_shell() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])}
    call = [sys.executable, "-m", "kravsim"]
    helped = subprocess.run([*call, "compare", "--help"], env=environment, capture_output=True, text=True, check=True)
    assert "--replications N" in helped.stdout
    told = subprocess.run([*call, "--version"], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.startswith("kravsim ")


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])}
    call = [sys.executable, "-m", "kravsim", "describe", "jamtland-harjedalen-2017"]
    with subprocess.Popen(call, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
    assert running.returncode == cli.BROKEN_PIPE
    assert said == b""


def test_importing_the_command_line_and_results_loads_nothing_slow() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])}
    code = (
        "import sys, kravsim.cli, kravsim.figures, kravsim.results.comparison\n"
        "print([name for name in ('matplotlib', 'numba', 'pandas', 'scipy.stats') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
