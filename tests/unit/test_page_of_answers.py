"""Is the page of answers of this version, and is it put together from sections as it says?"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from kravsim.version import __version__
from kravsim.words.table import Row, Table

SCRIPT = Path(__file__).parents[2] / "docs/make_answers.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_answers", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_a_page_of_another_version_is_refused(script: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    for version, code in ((__version__, 0), ("0.0.1", 1)):
        page.write_text(f"# What\n\nVersion {version}, `case`, seed 1.\n", encoding="utf-8")
        assert script.version_of(page.read_text(encoding="utf-8")) == version
        assert script.main(["--check", "--out", str(page)]) == code
    page.write_text("nothing", encoding="utf-8")
    assert script.main(["--check", "--out", str(page)]) == 1


def test_finished_sections_are_gone_on_from_and_what_is_lacking_is_named(script: ModuleType, tmp_path: Path) -> None:
    maker = script.Maker(quick=True)
    sizes = [maker.worlds, maker.draws, maker.even]
    for name in script.SECTIONS[1:]:
        kept = {"version": __version__, "worlds": sizes, "minutes": 1.0, "text": f"## {name}"}
        (tmp_path / f"{name}.json").write_text(json.dumps(kept), encoding="utf-8")
    page = maker.page(tmp_path, only_kept=True)
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        f"## {name}" for name in script.SECTIONS[1:]
    ]
    assert "5 processor minutes" in page
    assert "Not made in this run, for want of time: base case." in page
    assert script.version_of(page) == __version__


def test_tables_become_markdown(script: ModuleType) -> None:
    table = Table("About", ("", "kr"), (Row(("all\nof it", "1")),))
    assert script.of_table(table) == "About:\n\n|  | kr |\n| --- | --- |\n| all of it | 1 |"
