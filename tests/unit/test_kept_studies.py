"""Do the files of every study have a manifest, from which they are made again byte for byte?"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import kravsim as ks
from kravsim.cli import main
from kravsim.errors import DataError, RunError
from kravsim.papers.kept_studies import STUDIES, keep
from kravsim.papers.reproduce import reproduce
from kravsim.papers.save_study import plain_settings, save_table, study_files, table_files

NAME = "jamtland-harjedalen-2017"
FTE = "models.in_house.staff.handlers.fte"
SMALL = ["--set", "invoices.per_year=4000", "--set", "debtors.number=400", "--set", "horizon.history_years=1"]
ASKED = {
    "sweep": ["sweep", NAME, "--vary", f"{FTE}=2,3", "--vary", "invoices.age_basis=invoice_date,due_date"],
    "simulated sweep": ["sweep", NAME, "--vary", f"{FTE}=2,3", "--simulate", "--replications", "2", "--no-progress"],
    "sensitivity": ["sensitivity", NAME, "--structure", "reading=D"],
    "break-even": ["break-even", NAME, "--key", "models.outsourced.staff.follow_up.fte", "--high", "5"],
    "flips": ["break-even", NAME, "--models", "own_reminders,outsourced"],
    "information": ["information", NAME, "--draws", "16", "--structure", "reading=D,limitation=three_years"],
}


@pytest.mark.parametrize("asked", ASKED)
def test_what_a_command_leaves_is_made_again(asked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = SMALL if "simulate" in asked or asked == "information" else []
    out = tmp_path / "out"
    assert main([*ASKED[asked], *small, "--lang", "en", "--out", str(out)]) == 0
    said = json.loads((out / "manifest.json").read_text("utf-8"))
    assert said["kind"] == "study"
    assert said["study"] in STUDIES
    assert set(said["files"]) == {path.name for path in out.iterdir()} - {"manifest.json"}
    assert said["scenario_fingerprint"]
    assert said["run"]["argv"]
    capsys.readouterr()
    found = reproduce(out / "manifest.json")
    assert found.same, found.table("en")
    assert main([*ASKED[asked], *small, "--lang", "en", "--out", str(out)]) == 5  # they are there already


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("kept")
    case = ks.load_scenario(NAME)
    settings: dict[str, Any] = {"values": {FTE: [2, 3]}, "models": ("in_house", "outsourced")}
    keep(ks.sweep(case, **settings), "sweep", case, out, settings=settings, lang="sv")
    return out / "manifest.json"


def edited(kept: Path, tmp_path: Path, **changes: Any) -> Path:
    said = json.loads(kept.read_text("utf-8"))
    said.update(changes)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(said), "utf-8")
    return path


def test_a_library_call_keeps_the_same(kept: Path) -> None:
    assert reproduce(kept).same


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"study": "weather"}, RunError, "got a study weather; allowed one of sweep"),
        ({"settings": None}, RunError, "without its settings; .*run the command again and compare: "),
        ({"settings": {"colour": "red"}}, DataError, "settings.colour: got 'red'; allowed settings of sweep: values"),
        ({"study": 3}, DataError, "study"),
        ({"language": "de"}, DataError, "language"),
        ({"version": "0.0.1"}, RunError, "made with"),
        ({"scenario_fingerprint": "a" * 64}, DataError, "the manifest was edited"),
        ({"files": []}, DataError, "files"),
    ],
)
def test_a_manifest_that_cannot_be_asked_again(
    changes: dict[str, Any], error: type[Exception], words: str, kept: Path, tmp_path: Path
) -> None:
    with pytest.raises(error, match=words):
        reproduce(edited(kept, tmp_path, **changes))


def test_other_settings_give_other_files(kept: Path, tmp_path: Path) -> None:
    found = reproduce(edited(kept, tmp_path, settings={"values": {FTE: [2, 4]}, "models": ["in_house", "outsourced"]}))
    assert not found.same
    assert {one.verdict for one in found.files} == {"different"}


def test_settings_are_what_json_gives_back() -> None:
    assert plain_settings({"a": (1, 2), "b": None}) == {"a": [1, 2], "b": None}
    assert plain_settings({"a": dt.date(2017, 1, 1)}) is None
    assert plain_settings({"a": float("nan")}) is None
    assert plain_settings(None) is None
    assert study_files("rank")[-1] == table_files("flips")[-1] == "manifest.json"


def test_a_study_without_settings_says_how_it_was_asked(tmp_path: Path) -> None:
    case = ks.load_scenario(NAME)
    found = ks.studies.nearest_flips(case, models=("own_reminders", "outsourced"))
    paths = save_table(found, "flips", case, tmp_path)
    assert [path.name for path in paths] == ["flips.json", "flips.csv", "manifest.json"]
    with pytest.raises(RunError, match="without its settings"):
        reproduce(paths[-1])
