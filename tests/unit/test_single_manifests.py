"""Has a single file, of a map, a register or an explanation, a manifest from which it is made again?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kravsim.cli import main
from kravsim.errors import DataError
from kravsim.papers.reproduce import reproduce

NAME = "jamtland-harjedalen-2017"
SMALL = ["--set", "invoices.per_year=4000", "--set", "debtors.number=400", "--set", "horizon.history_years=1"]
ASKED = {
    "map.svg": ["map", NAME, "--model", "in_house", "--out"],
    "map.png": ["map", NAME, "--model", "outsourced", "--lang", "en", "--out"],
    "register.html": ["register", NAME, "--html"],
    "register.csv": ["register", NAME, "--csv"],
    "life.html": ["explain", NAME, "--model", "in_house", "--case", "3", "--seed", "1", *SMALL, "--html"],
}


@pytest.mark.parametrize("name", ASKED)
def test_a_single_file_is_made_again(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASKED[name], str(tmp_path / name)]) == 0
    manifest = tmp_path / f"{name}.manifest.json"
    assert set(json.loads(manifest.read_text("utf-8"))["files"]) == {name}
    found = reproduce(manifest)
    assert found.same, found.table("en")
    capsys.readouterr()
    (tmp_path / name).unlink()  # the manifest alone lies in the way, too
    assert main([*ASKED[name], str(tmp_path / name)]) == 5
    assert main([*ASKED[name], str(tmp_path / name), "--force"]) == 0


def test_a_manifest_that_was_edited_is_refused(tmp_path: Path) -> None:
    assert main([*ASKED["map.svg"], str(tmp_path / "map.svg")]) == 0
    path = tmp_path / "map.svg.manifest.json"
    said = json.loads(path.read_text("utf-8"))
    for change in ({"what": "atlas"}, {"settings": {"model": 3, "format": "svg"}}, {"settings": {"x": 1}}):
        path.write_text(json.dumps({**said, **change}), "utf-8")
        with pytest.raises(DataError):
            reproduce(path)
