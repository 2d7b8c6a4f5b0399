"""``kravsim calibrate``: what it prints, leaves, checks and refuses; and its picture. The twin is a toy, but for the last."""

from __future__ import annotations

import importlib
import json
import lzma
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.statistical import books

import kravsim as ks
from kravsim import cli
from kravsim.errors import DataError, OutputError, RunError, ScenarioError
from kravsim.expected import numbers
from kravsim.figures.calibration import data
from kravsim.scenario import load_scenario
from kravsim.studies import save_calibration, stored_posterior
from kravsim.studies.uncertainty import stored

RULES = ("three_years", "ten_years")
QUICK = ["--reading", "D", "--draws", "12", "--particles", "16", "--seed", "1"]


@pytest.fixture(scope="module", autouse=True)
def _toy_twin() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.import_module("kravsim.calibration.calibrate"), "closed_form", books.toy)
        yield


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case with a dozen uncertain numbers, as a file."""
    path = tmp_path_factory.mktemp("few") / "few.toml"
    path.write_text(books.case(*books.NUMBERS, *books.BESIDE).text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def out(file: Path) -> Path:
    """Calibrated once, with everything left in a directory."""
    where = file.parent / "out"
    assert cli.main(["calibrate", str(file), *QUICK, "--lang", "en", "--out", str(where)]) == 0
    return where


def test_it_leaves_sets_tables_and_a_picture(out: Path) -> None:
    stems = [f"{books.CASE}.posterior-D-{rule}" for rule in RULES]
    endings = (".csv", "-numbers.csv", ".json", ".png", ".svg")
    assert {path.name for path in out.iterdir()} == {f"{stem}{ending}" for stem in stems for ending in endings}
    stem = stems[0]
    told = json.loads((out / f"{stem}.json").read_text("utf-8"))
    assert (told["choice"], told["seed"], told["sets"]) == (
        {"reading": "D", "limitation": "three_years"},
        1,
        12,
    )
    assert {target["name"] for target in told["targets"]} == {"claims", "success", "books_net", "interest"}
    assert (out / f"{stem}.png").read_bytes().startswith(b"\x89PNG")


def test_it_prints_one_json_object_or_a_table(file: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calibrate", str(file), *QUICK, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    for rule in RULES:
        kept = json.loads((out / f"{books.CASE}.posterior-D-{rule}.json").read_text("utf-8"))
        assert told["calibrations"][f"D-{rule}"] == {"weight": 0.5, **kept}


def test_a_stored_file_is_made_again_byte_for_byte(file: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = f"{books.CASE}.posterior-D-three_years.csv"
    stored = file.parent / name
    text = (out / name).read_text("utf-8")
    stored.write_text(text, encoding="utf-8")
    assert cli.main(["calibrate", str(file), "--reading", "D", "--check"]) == 0
    assert capsys.readouterr().out == f"{name}: OK\n"
    lines = text.splitlines()
    lines[2], lines[3] = lines[3], lines[2]
    stored.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert cli.main(["calibrate", str(file), "--reading", "D", "--check", "--lang", "en"]) == RunError.exit_code
    assert "byte for byte" in capsys.readouterr().err
    assert cli.main(["calibrate", str(file), "--reading", "C", "--check", "--lang", "en"]) == DataError.exit_code


def test_many_sets_are_kept_compressed_and_made_again(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The text is what counts: compressed in another way it is the same; damaged, or beside a plain one, it is refused."""
    where = file.parent / "many"
    (copy := where / "few.toml").parent.mkdir()
    copy.write_text(file.read_text("utf-8"), "utf-8")
    many = ["--reading", "D", "--draws", "501", "--particles", "128", "--seed", "1", "--lang", "en"]
    assert cli.main(["calibrate", str(copy), *many, "--out", str(where)]) == 0
    names = [f"{books.CASE}.posterior-D-{rule}.csv.xz" for rule in RULES]
    path = where / names[0]
    text = lzma.decompress(path.read_bytes())
    assert text.count(b"\n") == 503
    path.write_bytes(lzma.compress(text, preset=0))
    capsys.readouterr()
    check = ["calibrate", str(copy), "--reading", "D", "--check", "--lang", "en"]
    assert cli.main(check) == 0
    assert capsys.readouterr().out == "".join(f"{name}: OK\n" for name in names)
    assert len(stored_posterior(ks.load_scenario(copy))) == 2
    for wrong in (b"x", lzma.compress(text)[:-20], lzma.compress(text) + b"x", lzma.compress(text[:5000])):
        path.write_bytes(wrong)
        assert cli.main(check) == DataError.exit_code
        assert names[0] in capsys.readouterr().err
    path.write_bytes(lzma.compress(text))
    (where / names[0].removesuffix(".xz")).write_bytes(text)
    assert cli.main(check) == DataError.exit_code
    assert "two files of the same sets" in capsys.readouterr().err


def test_sets_that_were_sampled_in_parts_are_made_again(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = file.parent / "parts"
    (copy := where / "few.toml").parent.mkdir()
    copy.write_text(file.read_text("utf-8"), "utf-8")
    how = ["--apart", "timing.demand_grace_days=13.5", "--moves", "4"]
    assert cli.main(["calibrate", str(copy), *QUICK, *how, "--out", str(where)]) == 0
    capsys.readouterr()
    assert cli.main(["calibrate", str(copy), "--reading", "D", "--check"]) == 0
    assert capsys.readouterr().out.count("OK") == len(RULES)


def test_sets_that_an_earlier_version_kept_of_readings_alone_are_found(file: Path) -> None:
    where = file.parent / "earlier"
    where.mkdir()
    copy = where / "few.toml"
    copy.write_text(file.read_text("utf-8"), "utf-8")
    scenario = ks.load_scenario(copy)
    found = ks.studies.calibrate(scenario, choice={"reading": "D"}, seed=1, draws=12, particles=16)
    save_calibration(found, where / f"{books.CASE}.posterior-D.csv")
    posterior = stored_posterior(scenario)
    assert [one.choice for one in posterior] == [{"reading": "D"}]
    assert posterior.without == ("A", "B", "C", "E", "DE")
    within = scenario.with_alternatives({"reading": "D"})
    assert [one.choice for one in stored_posterior(within)] == [{"reading": "D"}]
    used = stored(scenario, {"reading": "D", "limitation": "ten_years"})
    assert [one.choice for one in used.parameter_sets()] == [{"reading": "D"}]


@pytest.mark.parametrize(
    ("options", "words", "code"),
    [
        (["--reading", "Q"], "one of A, B, C, D, E, DE", ScenarioError.exit_code),
        (["--draws", "many"], "--draws", ScenarioError.exit_code),
        (["--seed", "-1"], "--seed", ScenarioError.exit_code),
        (["--moves", "1"], "moves", ScenarioError.exit_code),
        (["--apart", "timing.reminder_grace_days"], "KEY=BOUND", ScenarioError.exit_code),
        (["--apart", "timing.demand_grace_days=400"], "apart.timing.demand_grace_days", ScenarioError.exit_code),
        (["--particles", "4"], "particles", ScenarioError.exit_code),
        (["--force"], "--out", ScenarioError.exit_code),
        (["--check", "--apart", "timing.demand_grace_days=13.5"], "--apart: got", ScenarioError.exit_code),
        (["--check", "--moves", "4"], "nothing with --check", ScenarioError.exit_code),
        (["--check", "--draws", "4"], "--draws", ScenarioError.exit_code),
        (["--check", "--particles", "64"], "--particles", ScenarioError.exit_code),
        (["--check", "--seed", "1"], "--seed", ScenarioError.exit_code),
        (["--check", "--out", "there"], "--out", ScenarioError.exit_code),
        (["--check", "--json"], "--json", ScenarioError.exit_code),
    ],
)
def test_it_refuses_in_words(
    file: Path, options: list[str], words: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["calibrate", str(file), *options, "--lang", "en"]) == code
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""


def test_existing_files_are_found_before_anything_is_run(
    file: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["calibrate", str(file), *QUICK, "--out", str(out), "--lang", "en"]) == OutputError.exit_code
    assert "--force" in capsys.readouterr().err


def test_the_numbers_of_the_picture_are_those_of_the_calibration() -> None:
    found = ks.studies.calibrate(
        books.case(*books.NUMBERS, *books.BESIDE), seed=1, draws=40, particles=24, forward=books.toy
    )
    frame = data(found)
    assert len(frame) == max(6, sum(known.moved for known in found.numbers))
    row = frame[frame["key"] == books.REMINDED].iloc[0]
    column = found.values[:, found.keys.index(books.REMINDED)]
    assert (row["p05"], row["p95"]) == tuple(np.quantile(column, (0.05, 0.95)))
    assert row["prior_p05"] < row["p50"] < row["prior_p95"]
    for lang, words in (("sv", "Böckerna flyttar"), ("en", "The books move")):
        figure = ks.figures.calibration(found, lang=lang)
        assert any(words in text.get_text() for text in figure.texts)


def test_closed_form_passes_the_agencys_share_on() -> None:
    """Half of the fees received go; nothing else of the year does."""
    case = load_scenario(books.CASE).with_alternatives({"reading": "C"})
    key = "models.outsourced.contract.demand_fee_agency_share"
    found = numbers(case, "outsourced", {key: np.array([0.0, 0.5])})
    fees = found["budget_demand_fees_kr"]
    assert fees[1] == pytest.approx(fees[0] / 2)
    for name in ("books_net_kr", "net_revenue_kr"):
        assert found[name][0] - found[name][1] == pytest.approx(fees[0] / 2)
    assert found["interest_kr"][0] == found["interest_kr"][1]
    assert found["agency_invoices_kr"][0] == found["agency_invoices_kr"][1]
