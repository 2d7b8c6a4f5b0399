"""What the command line answers when it is asked over drawn worlds: the headline, its files, and refusals in words."""

from __future__ import annotations

import json
import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from kravsim.papers.save import UNCERTAIN_FILES
from tests.properties.strategies import tiny
from tests.statistical.books import toy
from tests.validation.asking import kept, shell

SCENARIO = tiny(invoices__per_year=1500, debtors__number=150)
WITHIN = "reading=D,hand_over=invoice_age,instalments=short_plans,limitation=three_years"


def test_one_command_prints_the_headline_and_leaves_figure_data_and_json(tmp_path: Path) -> None:
    file, out = kept(tmp_path, SCENARIO), tmp_path / "out"
    words = ("compare", file, "--uncertainty", "prior", "--draws", "3", "--seed", "4", "--workers", "1")
    told = shell(*words, "--within", WITHIN, "--out", out)
    assert told.code == 0, told.err
    text = told.out.replace("\u00a0", " ")
    assert "över 3 dragna lägen före avstämning mot bokföringen" in text
    assert re.search(r"sannolikhet att egen regi är bättre: \d av 3 \(\d+–\d+ %\)", text)
    assert "Okända värden" in text
    assert re.search(r"\n3 +-?[\d ]+ kr", text)  # the last row of the convergence
    assert {path.name for path in out.iterdir()} == set(UNCERTAIN_FILES)
    english = shell(*words, "--within", WITHIN, "--lang", "en", "--json")
    said = json.loads(english.out)
    assert said == json.loads((out / "uncertainty.json").read_text("utf-8"))
    assert (said["draws"], said["replications"], said["uncertainty"]) == (3, 2, "prior")
    again = shell(*words, "--within", WITHIN, "--out", out)
    assert again.code == 5
    assert "--force" in again.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--draws", "5"], "nothing without --uncertainty"),
        (["--within", "reading=D"], "nothing without --uncertainty"),
        (["--uncertainty", "prior", "--draws", "x"], "a whole number from 2"),
        (["--uncertainty", "prior", "--draws", "A=4,A=5"], "each reading once"),
        (["--uncertainty", "prior", "--draws", "A=4,D=x"], "reading=number"),
        (["--uncertainty", "prior", "--draws", "A=4,D=9"], "a number for every alternative of one open dimension"),
        (["--uncertainty", "prior", "--draws", "A=4,B=0,C=4,D=4,E=4,DE=4"], "draws.B: got 0"),
        (["--uncertainty", "prior", "--draws", "1"], "one world shows no spread"),
        (["--uncertainty", "prior", "--draws", "4", "--replications", "1"], "one replication cannot show chance"),
        (["--uncertainty", "prior", "--within", "reading"], "dimension=alternative"),
        (["--uncertainty", "prior", "--within", "reading=Q"], "one of A, B, C, D"),
        (["--uncertainty", "prior", "--journal", "x"], "no journal with --uncertainty"),
    ],
)
def test_wrong_options_are_refused_in_words_before_anything_runs(words: list[str], said: str, tmp_path: Path) -> None:
    told = shell("compare", kept(tmp_path, SCENARIO), "--seed", "1", *words)
    assert (told.code, told.out) == (2, "")
    assert said in told.err


def test_without_a_stored_calibration_the_posterior_says_how_to_make_one(tmp_path: Path) -> None:
    text = kept(tmp_path, SCENARIO).read_text("utf-8").replace('name = "jamtland-harjedalen-2017"', 'name = "base"', 1)
    file = tmp_path / "base.toml"
    file.write_text(text, "utf-8")
    told = shell("compare", file, "--uncertainty", "posterior", "--draws", "4", "--seed", "1")
    assert told.code == 3
    assert "base: got no calibration stored" in told.err
    assert f"kravsim calibrate {file.resolve()} --out {tmp_path.resolve()}" in told.err


def test_a_scenario_of_ones_own_is_calibrated_and_compared_by_the_commands_that_are_told(tmp_path: Path) -> None:
    """Everything in a directory with a space; the sets are found beside the file, and refused when it has changed."""
    folder = tmp_path / "my cases"
    folder.mkdir()
    file = folder / "county.toml"
    text = kept(tmp_path, SCENARIO).read_text("utf-8")
    file.write_text(text.replace('name = "jamtland-harjedalen-2017"', 'name = "county"', 1), "utf-8")
    compare = ("compare", file, "--uncertainty", "posterior", "--draws", "2", "--seed", "1", "--workers", "1")
    within = ("--within", "reading=D")
    refused = shell(*compare, *within)
    assert refused.code == 3
    command = refused.err.partition("make it with kravsim ")[2].strip()
    words = shlex.split(command)
    assert words == ["calibrate", str(file.resolve()), "--out", str(folder.resolve())]
    few = ("--reading", "D", "--particles", "16", "--draws", "8", "--moves", "2", "--seed", "1")
    made = shell(*words, *few)
    assert made.code == 0, made.err
    told = shell(*compare, *within, "--lang", "en")
    assert told.code == 0, told.err
    assert "2 drawn worlds that agree with the books" in told.out
    others = shell(*compare)
    assert others.code == 0, others.err
    assert "Bara dessa, med sina inbördes vikter: D: en gäldenärs fordringar" in others.out
    assert shell("calibrate", file, "--reading", "D", "--check").out == "".join(
        f"county.posterior-D-{rule}.csv: OK\n" for rule in ("three_years", "ten_years")
    )
    changed = file.read_text("utf-8").replace("value = 4, low = 3, high = 12", "value = 4, low = 2, high = 12", 1)
    file.write_text(changed, "utf-8")
    stale = shell(*compare, *within)
    assert stale.code == 3
    assert re.search(r"county\.posterior-D-three_years\.csv: scenario: got .?made from another scenario", stale.err)
    checked = shell("calibrate", file, "--reading", "D", "--check")
    assert checked.code == 3
    assert "county.posterior-D-three_years.csv" in checked.err


def test_a_stored_file_that_the_program_does_not_give_again_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("kravsim.calibration.calibrate"), "closed_form", toy)
    file = tmp_path / "county.toml"
    text = kept(tmp_path, SCENARIO).read_text("utf-8")
    file.write_text(text.replace('name = "jamtland-harjedalen-2017"', 'name = "county"', 1), "utf-8")
    few = ("--reading", "D", "--particles", "16", "--draws", "8", "--moves", "2", "--seed", "1")
    assert shell("calibrate", file, *few, "--out", tmp_path).code == 0
    path = tmp_path / "county.posterior-D-three_years.csv"
    head, columns, first, *rest = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([head, columns, *rest, first]) + "\n", "utf-8")  # the same sets, in another order
    told = shell("calibrate", file, "--reading", "D", "--check")
    assert (told.code, told.out) == (4, "county.posterior-D-ten_years.csv: OK\n")
    assert "county.posterior-D-three_years.csv: got 'other parameter sets'" in told.err
