"""Are counts, functions and files of a calibration that make no sense refused in words, and by their name?"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.statistical import books
from tests.statistical.books import toy
from tests.validation.asking import shell

import kravsim as ks
from kravsim.calibration.calibration import Calibration
from kravsim.calibration.stored import calibration_text, file_name, stored_calibration
from kravsim.errors import DataError, RunError, ScenarioError
from kravsim.scenario import Scenario

QUICK: dict[str, Any] = {"draws": 12, "particles": 16, "forward": toy, "seed": 1, "choice": {"reading": "D"}}
CASE = "jamtland-harjedalen-2017"


@pytest.fixture(scope="module")
def case() -> Scenario:
    return books.case(*books.NUMBERS, *books.BESIDE)


@pytest.fixture(scope="module")
def found(case: Scenario) -> Calibration:
    return ks.studies.calibrate(case, **QUICK)


# ---- counts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["draws", "particles"])
@pytest.mark.parametrize("wrong", [0, -1, 1, 2.5, 12.0, True, "12", None, float("nan"), [12]])
def test_counts_that_are_none_are_refused(case: Scenario, key: str, wrong: object) -> None:
    with pytest.raises(ScenarioError, match=f"{key}: got .*; allowed a whole number from"):
        ks.studies.calibrate(case, **{**QUICK, key: wrong})
    with pytest.raises(ScenarioError, match=f"{key}: got .*; allowed a whole number from"):
        ks.studies.calibrate_all(
            case, **{name: value for name, value in QUICK.items() if name != "choice"} | {key: wrong}
        )


def test_whole_numbers_of_numpy_are_whole_numbers(case: Scenario, found: Calibration) -> None:
    same = ks.studies.calibrate(case, **{**QUICK, "draws": np.int64(12), "particles": np.int32(16)})
    assert calibration_text(same) == calibration_text(found)


def test_particles_that_no_memory_holds_are_refused_with_the_estimate(case: Scenario) -> None:
    said = shell("calibrate", CASE, "--particles", 1_000_000_000)
    assert (said.code, said.out) == (ScenarioError.exit_code, "")
    assert "--particles" in said.err or "particles: got 1000000000; allowed particles within max_memory_gib" in said.err
    assert "sets of 125 numbers at a time need about" in said.err
    assert "GiB of memory and at least" in said.err
    with pytest.raises(ScenarioError, match=r"max_memory_gib = 0\.1"):
        ks.studies.calibrate(case, **{**QUICK, "max_memory_gib": 0.1})
    with pytest.raises(ScenarioError, match="max_memory_gib: got -1"):
        ks.studies.calibrate(case, **{**QUICK, "max_memory_gib": -1})
    for option in ("--draws", "--particles"):
        for wrong in ("0", "2.5", "True", "-1"):
            told = shell("calibrate", CASE, option, wrong)
            assert (told.code, told.out) == (ScenarioError.exit_code, ""), (option, wrong, told.err)


# ---- a function of the user's own ----------------------------------------------------------------------------------


def changed(change: Callable[[Any], Any]) -> Any:
    def mine(scenario: Scenario, model: str, values: dict[str, Any]) -> Any:
        return change({name: np.array(array) for name, array in toy(scenario, model, values).items()})

    return mine


def one(value: float, at: int = 3) -> Callable[[Any], Any]:
    def put(figures: Any) -> Any:
        figures["claims"][at] = value
        return figures

    return put


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        (changed(one(np.nan)), r"forward .*mine.*: outsourced, claims: got nan in 1 of 4096 sets, first in set 3 \("),
        (changed(one(np.inf)), "claims: got inf in 1 of"),
        (changed(lambda _: 1 / 0), "forward .*mine.*: outsourced: got ZeroDivisionError"),
        (changed(lambda _: None), "got a NoneType; allowed a mapping"),
        (
            changed(lambda figures: {**figures, "claims": "many"}),
            "claims: got 'many'; allowed an array of 4096 numbers",
        ),
        (changed(lambda figures: {**figures, "claims": 5.0}), r"shape \(\)"),
        (changed(lambda figures: {**figures, "claims": figures["claims"][:7]}), r"shape \(7,\)"),
        (changed(lambda figures: {**figures, "claims": figures["claims"] * 1j}), "claims"),
        (
            changed(lambda figures: {**figures, "claims": np.full(4096, np.nan)}),
            "no world in 4096 draws.*forward .*mine",
        ),
        (lambda: None, "forward .*lambda.*: .*TypeError"),
    ],
)
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_a_function_that_raises_or_gives_no_numbers_is_named(case: Scenario, forward: Any, words: str) -> None:
    with pytest.raises(RunError, match=words):
        ks.studies.calibrate(case, **{**QUICK, "forward": forward})


def test_what_cannot_be_called_is_refused(case: Scenario) -> None:
    with pytest.raises(ScenarioError, match="forward: got 'toy'"):
        ks.studies.calibrate(case, **{**QUICK, "forward": "toy"})


# ---- files ---------------------------------------------------------------------------------------------------------


def header(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    def made(text: str) -> str:
        lines = text.split("\n")
        lines[1] = ",".join(change(lines[1].split(",")))
        return "\n".join(lines)

    return made


def head(**keys: Any) -> Callable[[str], str]:
    def made(text: str) -> str:
        first, rest = text.split("\n", 1)
        said = json.loads(first.removeprefix("# "))
        return f"# {json.dumps({**said, **keys})}\n{rest}"

    return made


def diagnosis(**keys: Any) -> Callable[[str], str]:
    def made(text: str) -> str:
        said = json.loads(text.split("\n", 1)[0].removeprefix("# "))
        return head(diagnosis={**said["diagnosis"], **keys})(text)

    return made


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (header(lambda names: [names[0], names[0], *names[2:]]), "columns: got .* twice"),
        (header(lambda names: ["x", *names[1:]]), "'x', which is no uncertain number"),
        (header(lambda names: names[:-1]), "not keys and then the targets"),
        (header(lambda names: [*names[:-1], "target:moon"]), "not keys and then the targets"),
        (header(lambda names: names[::-1]), "not keys and then the targets"),
        (lambda text: text.removeprefix("# "), "does not begin with #"),
        (lambda text: text.replace("# {", "# ["), "line 1|JSON"),
        (head(kind="poem"), "kind: got 'poem'"),
        (head(choice={"reading": "Q"}), "one of A, B, C, D, E, DE"),
        (head(choice={"readings": "D"}), "readings"),
        (head(choice={"reading": 4}), "not all texts"),
        (head(choice=[]), "choice"),
        (head(targets=[]), "not names, each once"),
        (head(targets=["claims"] * 4), "not names, each once"),
        (head(seed="1"), "seed"),
        (head(seed=-1), "seed"),
        (head(seed=True), "seed"),
        (head(diagnosis={}), r"diagnosis\."),
        (head(diagnosis="good"), "diagnosis"),
        (diagnosis(ess="many"), r"diagnosis\.ess: got 'many'"),
        (diagnosis(islands=2.5), r"diagnosis\.islands"),
        (diagnosis(islands=0), "counts below 1"),
        (diagnosis(more=1), r"diagnosis\.more"),
        (head(moves=0), "moves"),
        (head(moves=2.5), "moves"),
        (head(apart=[]), "apart"),
        (head(apart={"timing.demand_grace_days": 14}), "not a list of numbers"),
        (head(apart={"timing.demand_grace_days": ["14"]}), "not a list of numbers"),
        (head(slopes=[]), "slopes"),
        (head(slopes=[["a"]]), "slopes"),
        (head(made_from={"scenario": 1}), "made_from"),
        (head(made_from={"version": ks.__version__, "scenario": "x", "law": "y"}), "made from another"),
        (lambda text: text[:-40], "cut off"),
        (lambda text: "\n".join([*text.split("\n")[:-2], ""]), "sets: got 11 of the 12 that the first line names"),
        (lambda text: text + text.split("\n")[-2] + "\n", "sets: got 13 of the 12 that the first line names"),
        (head(sets=True), "sets"),
        (head(sets=-1), "sets"),
        (lambda text: "\n".join([*text.split("\n")[:3], ""]), "1 sets, where two or more"),
        (lambda text: text.replace("\n", "\n\n", 3), "columns|finite numbers"),
        (lambda text: text[:-1] + ",nan\n", "finite numbers"),
        (lambda text: "\n".join([*text.split("\n")[:-2], "inf" + ",1" * 15, ""]), "finite numbers"),
        (lambda _: "", "JSON|does not begin"),
        (lambda text: text + "\0", "binary"),
    ],
)
def test_a_file_that_is_odd_is_refused_in_words(
    case: Scenario, found: Calibration, tmp_path: Path, change: Callable[[str], str], words: str
) -> None:
    path = tmp_path / "d.csv"
    path.write_text(change(calibration_text(found)), "utf-8")
    with pytest.raises(DataError, match=words) as refused:
        ks.studies.load_calibration(case, path)
    assert "kravsim calibrate" in str(refused.value)


def test_a_mark_of_byte_order_and_windows_lines_are_taken(case: Scenario, found: Calibration, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes(b"\xef\xbb\xbf" + calibration_text(found).replace("\n", "\r\n").encode())
    assert calibration_text(ks.studies.load_calibration(case, path)) == calibration_text(found)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_is_not_opened(case: Scenario, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "d.csv")
    for path in (tmp_path / "d.csv", tmp_path, tmp_path / ("x" * 300), tmp_path / "a\0b", Path("/dev/zero")):
        with pytest.raises(DataError, match="a file of parameter sets"):
            ks.studies.load_calibration(case, path)


def test_a_file_put_in_the_place_of_another_reading_is_refused(found: Calibration, tmp_path: Path) -> None:
    file = tmp_path / "few.toml"
    file.write_text(books.case(*books.NUMBERS, *books.BESIDE).text, "utf-8")
    scenario = ks.load_scenario(file)
    text = calibration_text(found)
    for name in "AD":
        (tmp_path / file_name(scenario.name, {"reading": name})).write_text(text, "utf-8")
    assert stored_calibration(scenario, {"reading": "D"}).choice == {"reading": "D"}
    with pytest.raises(DataError, match=r"choice: got sets of \{'reading': 'D'\}; allowed those of"):
        stored_calibration(scenario, {"reading": "A"})


def test_a_scenarios_name_leads_nowhere_else() -> None:
    assert file_name(CASE, {"reading": "D"}) == f"{CASE}.posterior-D.csv"
    for name in ("../../x", "/etc/passwd", "x" * 300):
        assert "/" not in file_name(name, {})
        assert len(file_name(name, {})) < 120


def test_whatever_a_file_holds_it_is_read_or_refused(case: Scenario, found: Calibration, tmp_path: Path) -> None:
    chance = random.Random(4)  # noqa: S311 - places of faults
    text = calibration_text(found)
    path = tmp_path / "d.csv"
    for _ in range(150):
        at = chance.randrange(len(text))
        way = chance.random()
        put = chance.choice([*'\n,x-#"{}[]\u2028é1e.', "nan", "inf", "1e999", "null", "true", "9" * 5000])
        path.write_text(text[:at] if way < 0.3 else text[:at] + put + text[at + 1 :], "utf-8")
        try:
            read = ks.studies.load_calibration(case, path)
        except DataError:
            continue
        assert read.table("en")
