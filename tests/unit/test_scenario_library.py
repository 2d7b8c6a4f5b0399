"""Finding scenarios: bundled names whatever the current directory holds, and paths with a useful answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kravsim.errors import ScenarioError
from kravsim.scenario import library, load_scenario, scenario_names
from kravsim.scenario.nearest import did_you_mean, nearest

CASE = "jamtland-harjedalen-2017"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(name: str | os.PathLike[str]) -> str:
    with pytest.raises(ScenarioError) as caught:
        library.find(name)
    return str(caught.value)


def test_bundled_scenarios_are_listed_without_their_base() -> None:
    assert CASE in scenario_names()
    assert library.BASE not in scenario_names()
    assert list(scenario_names()) == sorted(scenario_names())
    assert library.find(library.BASE).is_file()


def test_a_bare_name_is_bundled_whatever_the_current_directory_holds(here: Path) -> None:
    wanted = library.find(CASE)
    for name in (CASE, f"{CASE}.toml", "base.toml", "scenarios/base.toml"):
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text("this is [not TOML", encoding="utf-8")
    (here / CASE).unlink()
    (here / CASE).mkdir()
    (here / CASE / "scenario.toml").write_text("nor is = = this", encoding="utf-8")
    assert library.find(CASE) == wanted
    assert load_scenario(CASE).name == CASE


@pytest.mark.parametrize("form", ["./case.toml", "case.toml", "sub/../case.toml"])
def test_a_path_has_a_separator_or_the_ending(here: Path, form: str) -> None:
    (here / "sub").mkdir()
    (here / "case.toml").write_text("a = 1", encoding="utf-8")
    assert library.find(form).read_text(encoding="utf-8") == "a = 1"


def test_a_path_object_is_a_path_even_without_ending(here: Path) -> None:
    (here / "case").write_text("a = 1", encoding="utf-8")
    assert library.find(Path("case")) == Path("case")
    assert "bundled scenario" in refusal("case")


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    assert f"did you mean {CASE}?" in refusal("jamtland-harjedalen-2016")
    assert f"did you mean jamtland-ten-years or {CASE}?" in refusal("jamtland")
    assert CASE in refusal("zzz")


def test_a_missing_file_is_answered_with_the_resolved_path_and_the_nearest(here: Path) -> None:
    (here / "region.toml").write_text("a = 1", encoding="utf-8")
    said = refusal("regoin.toml")
    assert said.startswith("regoin.toml: got no file")
    assert str((here / "regoin.toml").resolve()) in said
    assert "did you mean region.toml?" in said


def test_a_directory_is_answered_with_what_it_holds(here: Path) -> None:
    (here / "cases").mkdir()
    assert "is a directory; it holds no .toml file" in refusal("cases/")
    for name in ("one.toml", "two.toml", "other.txt"):
        (here / "cases" / name).write_text("a = 1", encoding="utf-8")
    assert "is a directory; it holds one.toml, two.toml" in refusal(here / "cases")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes exist on POSIX only")
def test_a_pipe_is_no_file_and_does_not_hang(here: Path) -> None:
    os.mkfifo(here / "pipe.toml")
    assert "neither file nor directory" in refusal("pipe.toml")


def test_a_link_to_itself_is_refused_in_words(here: Path) -> None:
    (here / "loop.toml").symlink_to("loop.toml")
    assert "loop.toml" in refusal("loop.toml")


@pytest.mark.parametrize(
    "name", ["", " ", "a\0b", "a\0b.toml", "x" * 5000, "x" * 5000 + ".toml", "../" * 3000 + "a", "CON", "😀"]
)
def test_strange_names_are_refused(name: str) -> None:
    assert refusal(name)


def test_an_unreadable_file_is_a_scenario_error(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = here / "case.toml"
    file.write_text("a = 1", encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ScenarioError, match="a file that cannot be read"):
        load_scenario(file)


def test_scenarios_may_be_folders(here: Path) -> None:
    (here / "north").mkdir()
    (here / "north" / "scenario.toml").write_text("a = 1", encoding="utf-8")
    assert library.find_beside("north", here) == here / "north" / "scenario.toml"
    assert library.label(here / "north" / "scenario.toml") == "north/scenario.toml"


def test_what_lies_beside_comes_before_what_is_bundled(here: Path) -> None:
    assert library.find_beside("base", here) == library.find("base")
    (here / "base.toml").write_text("a = 1", encoding="utf-8")
    assert library.find_beside("base", here) == here / "base.toml"


def test_nearest_names() -> None:
    assert nearest("Late-Share", ["late_share", "per_year"]) == ["late_share"]
    assert nearest("zzz", ["late_share"]) == []
    assert did_you_mean("zzz", ["late_share"]) == ""
