"""Misuse that is not about files: settings, surroundings and other programs; and the list itself, every entry of it held.

``misuse.toml`` says which tests hold entries 48 to 94; those of 1 to 47 and 70 to 82 carry their numbers in their names.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim import floors
from kravsim.scenario import Scenario
from tests.properties.strategies import tiny

from .asking import kept, refused, shell

HERE = Path(__file__).parent
TESTS = HERE.parent
SOURCE = Path(ks.__file__).parent
SMALL = tiny(invoices__per_year=1500, debtors__number=150)
NAN = float("nan")
QUICK: dict[str, Any] = {"replications": 1, "seed": 4, "workers": 1, "progress": False}

SETTINGS: list[tuple[int, dict[str, Any], str]] = [
    (65, {"seed": -1}, "seed: got -1; allowed a whole number from 0"),
    (65, {"seed": -(2**200)}, "seed: got -"),
    (67, {"seed": 1.0}, "seed: got 1.0"),
    (67, {"seed": "7"}, "seed: got '7'"),
    (67, {"seed": True}, "seed: got true"),
    (67, {"seed": np.True_}, "seed: got true"),
    (67, {"seed": NAN}, "seed: got nan"),
    (67, {"seed": [1, 2]}, "seed: got [1, 2]"),
    (67, {"seed": np.array([1, 2])}, "seed: got"),
    (67, {"seed": 10**4400}, "of at most 4000 digits"),
    (70, {"replications": 0}, "replications: got 0; allowed a whole number from 1"),
    (70, {"replications": -1}, "replications: got -1"),
    (70, {"replications": 2.0}, "replications: got 2.0"),
    (70, {"replications": NAN}, "replications: got nan"),
    (70, {"replications": np.float64(2)}, "replications: got 2.0"),
    (70, {"replications": 10**9}, "replications: got 1000000000"),
    (73, {"workers": 0}, "workers: got 0"),
    (73, {"workers": "auto"}, "workers: got 'auto'"),
    (73, {"workers": np.False_}, "workers: got false"),
    (24, {"max_memory_gib": True}, "max_memory_gib: got true"),
    (24, {"max_memory_gib": "4"}, "max_memory_gib: got '4'"),
    (90, {"engine": "x"}, "compiled"),
    (90, {"model": 3}, "models: got 3"),
]


@pytest.mark.parametrize(("entry", "how", "words"), SETTINGS, ids=range(len(SETTINGS)))
def test_a_setting_is_refused(entry: int, how: dict[str, Any], words: str) -> None:
    said = refused(lambda: ks.simulate(SMALL, **({"model": "outsourced"} | QUICK | how)))
    assert words in said, entry


@pytest.mark.parametrize("given", ["-1", "1.5", "x", "١٢", "9" * 4001, "true", ""])
def test_65_67_seeds_on_the_command_line(given: str, tmp_path: Path) -> None:
    told = shell("simulate", kept(tmp_path, SMALL), "--model", "outsourced", f"--seed={given}")
    assert (told.code, told.out) == (2, "")
    assert "--seed" in told.err


@pytest.mark.parametrize("seed", [2**200, 10**3999])
def test_66_a_seed_of_any_ordinary_length_is_taken_and_told(seed: int, tmp_path: Path) -> None:
    run = ks.simulate(SMALL, model="outsourced", **{**QUICK, "seed": seed})
    assert run.seed == seed
    assert json.loads(json.dumps(run.to_json()))["seed"] == seed
    assert str(seed)[:50] in run.table("en")
    told = shell(
        "simulate", kept(tmp_path, SMALL), "--model", "outsourced", "--replications", 1, "--seed", seed, "--json"
    )
    assert json.loads(told.out)["seed"] == seed


def test_68_a_seed_that_is_missing_is_drawn_told_and_repeatable(tmp_path: Path) -> None:
    words = ("simulate", kept(tmp_path, SMALL), "--model", "outsourced", "--replications", 1, "--workers", 1, "--json")
    told = shell(*words)
    seed = re.search(r"drawn seed is (\d+)", told.err) or re.search(r"(\d{20,})", told.err)
    assert seed is not None
    assert shell(*words, "--seed", seed[1]).out == told.out
    assert json.loads(told.out)["seed"] == int(seed[1])
    assert ks.simulate(SMALL, model="outsourced", replications=1, workers=1, progress=False).seed.bit_length() > 64


@pytest.mark.parametrize("name", ["nothing late", "one replication", "twins"])
def test_85_figures_of_next_to_nothing_are_drawn(name: str) -> None:
    scenario = SMALL.with_changes({"invoices.per_year": 0}) if name == "nothing late" else SMALL
    models = ("in_house", "outsourced")
    if name == "twins":
        scenario, models = SMALL.with_model("other", copy_of="outsourced"), ("other", "outsourced")
    found = ks.compare(scenario, models, **{**QUICK, "replications": 1 if name == "one replication" else 2})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for draw in (ks.figures.difference, ks.figures.net_revenue, ks.figures.bridge):
            assert draw(found, lang="sv") is not None


@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "sv_SE.UTF-8"}, {"LC_ALL": "tr_TR.UTF-8"}, {"TZ": "America/New_York"}, {"PYTHONHASHSEED": "77"}],
    ids=lambda environment: next(iter(environment.values())),
)
def test_86_87_surroundings_change_no_bit(environment: dict[str, str], tmp_path: Path) -> None:
    words = [
        "simulate",
        str(kept(tmp_path, SMALL)),
        "--model",
        "in_house",
        "--replications",
        "1",
        "--seed",
        "3",
        "--workers",
        "1",
    ]
    plain = shell(*words, "--json", "--no-progress")
    done = subprocess.run(
        [sys.executable, "-m", "kravsim", *words, "--json", "--no-progress"],
        env={**os.environ, **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, plain.out), done.stderr


def test_87_93_the_source_has_no_assert_and_runs_nothing_that_it_reads() -> None:
    """With -O asserts are gone; and nothing that can carry code is read."""
    forbidden = {"eval", "exec", "__import__", "pickle.load", "pickle.loads", "yaml.load", "os.system", "marshal.loads"}
    found = []
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Assert):
                found.append(f"{file.name}:{node.lineno} assert")
            if isinstance(node, ast.Call) and ast.unparse(node.func) in forbidden:
                found.append(f"{file.name}:{node.lineno} {ast.unparse(node.func)}")
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and ast.unparse(node.value) != "False":
                found.append(f"{file.name}:{node.value.lineno} allow_pickle")
    assert found == []


def test_88_libraries_that_are_too_old_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    floors.check_floors()
    old = {"numpy": "1.26.4", "scipy": "1.13.0rc1", "pandas": "2.2.3"}
    monkeypatch.setattr(floors, "version", lambda name: old.get(name, "999.0"))
    with pytest.raises(ImportError) as caught:
        floors.check_floors()
    said = str(caught.value)
    assert "numpy 1.26.4 is too old, 2.1 or newer is needed" in said
    assert "scipy 1.13.0rc1 is too old, 1.14 or newer is needed" in said
    assert 'python -m pip install "numpy>=2.1" "scipy>=1.14"' in said
    assert "pandas" not in said


def test_88_the_floors_are_those_of_the_package() -> None:
    project = TESTS.parent / "pyproject.toml"
    wanted = tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"]
    assert dict(line.split(">=") for line in wanted) == floors.FLOORS


def test_89_a_scenario_serves_any_number_of_runs() -> None:
    mine = Scenario.from_text(SMALL.text)
    before = (mine.fingerprint, mine.text)
    first = ks.simulate(mine, model="outsourced", **QUICK)
    values = {"invoices.late_share": np.array([0.05, 0.06])}
    given = {key: array.copy() for key, array in values.items()}
    ks.expected.numbers(mine, "outsourced", values)
    mine.with_changes({"invoices.late_share": 0.2})
    assert ks.simulate(mine, model="outsourced", **QUICK) == first
    assert (mine.fingerprint, mine.text) == before
    assert all((values[key] == given[key]).all() for key in given)


def test_94_a_hostile_directory_changes_nothing(tmp_path: Path) -> None:
    script = Path(sys.executable).parent / "kravsim"
    for name in ("numpy", "kravsim", "random", "json", "tomllib", "secrets"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('hijacked')\n", encoding="utf-8")
    for name in ("jamtland-harjedalen-2017.toml", "base.toml", "pyproject.toml", "matplotlibrc"):
        (tmp_path / name).write_text("name = 'x'\n", encoding="utf-8")
    words = ("validate", "jamtland-harjedalen-2017", "--lang", "en")
    done = subprocess.run(
        [str(script), *words], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (0, shell(*words).out), done.stderr


def test_every_entry_is_held_by_a_test_or_says_why_not() -> None:
    held = {int(number): tests for number, tests in tomllib.loads((HERE / "misuse.toml").read_text("utf-8")).items()}
    sources = {file: file.read_text("utf-8") for file in TESTS.rglob("test_*.py")}
    names = [name for text in sources.values() for name in re.findall(r"^def test((?:_\d\d)+)_", text, re.MULTILINE)]
    numbered = {int(number) for name in names for number in name.split("_")[1:]}
    files = {int(file.name[:2]) for file in HERE.glob("inputs/**/*.toml") if file.name[:2].isdecimal()}
    assert set(range(1, 95)) - numbered - files - set(held) == {38}  # no file of claims yet
    missing = []
    for tests in held.values():
        for test in [] if isinstance(tests, str) else tests:
            file, name = test.split("::")
            if f"def {name}(" not in sources.get(TESTS / file, ""):
                missing.append(test)
    assert missing == []
    assert all(reason.strip() for reason in held.values() if isinstance(reason, str))
