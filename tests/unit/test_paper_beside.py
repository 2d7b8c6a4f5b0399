"""Are a paper's answers the same, found side by side or in turn, and are errors told as soon as there are any?"""

from __future__ import annotations

import threading
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest
from tests.properties.strategies import tiny

import kravsim as ks
from kravsim.errors import DataError
from kravsim.papers.asked import _InTurn, asked
from kravsim.papers.beside import Beside
from kravsim.papers.paper_file import load_paper
from kravsim.studies.reconcile import models_of_targets, reconcile_runs

from .test_paper import PAPER, SCENARIO

HOW: dict[str, Any] = {"workers": 1, "progress": False}


def test_answers_are_found_in_order_in_one_other_thread_with_what_holds_where_they_are_asked() -> None:
    said: ContextVar[str] = ContextVar("said", default="")
    said.set("sv")
    seen: list[tuple[str, str, bool]] = []

    def find(name: str) -> str:
        seen.append((name, said.get(), threading.current_thread() is threading.main_thread()))
        return name.upper()

    with Beside({"b": lambda: find("b"), "a": lambda: find("a")}) as answers:
        assert answers["a"] == "A"
        assert answers["a"] == "A"
        assert answers["b"] == "B"
    assert seen == [("b", "sv", False), ("a", "sv", False)]
    in_turn = _InTurn({"b": lambda: find("b"), "a": lambda: find("a")})
    assert (in_turn["a"], in_turn["b"], in_turn["a"]) == ("A", "B", "A")
    assert seen[2:] == [("a", "sv", True), ("b", "sv", True)]


def test_an_error_is_raised_where_the_answer_is_wanted_and_before_anything_long() -> None:
    begun = []

    def wrong() -> None:
        raise ValueError("no answer")

    with Beside({"one": wrong, "two": lambda: begun.append(2)}) as answers:
        with pytest.raises(ValueError, match="no answer"):
            answers["one"]
        with pytest.raises(ValueError, match="no answer"):
            answers.raise_what_failed()
    assert not begun


def test_after_an_error_nobody_waits_for_what_will_not_come() -> None:
    def wrong() -> None:
        raise ValueError("no answer")

    with Beside({"one": wrong, "two": lambda: 2}) as answers, pytest.raises(ValueError, match="no answer"):
        answers["two"]


def test_who_is_interrupted_does_not_wait_for_what_is_left() -> None:
    go, begun = threading.Event(), threading.Event()
    later = []

    def slow() -> None:
        begun.set()
        go.wait(60)

    answers = Beside({"slow": slow, "later": lambda: later.append(1)})

    def interrupted() -> None:
        with answers:
            begun.wait(60)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    go.set()
    answers._thread.join(60)
    assert not later


@pytest.mark.filterwarnings("ignore::kravsim.scenario.ScenarioWarning")
def test_years_that_have_been_run_are_held_against_what_is_published_as_if_they_were_run_for_it() -> None:
    small = tiny()
    compared = ks.compare(small, replications=3, seed=4, **HOW)
    runs = {run.model: run for run in compared.runs}
    alone = ks.reconcile(small, replications=3, seed=4, **HOW)
    assert set(models_of_targets(small)) == {"outsourced", "in_house"}
    for known in (runs, {"in_house": runs["in_house"]}):  # what is lacking is run as the others were
        found = reconcile_runs(small, known, **HOW)
        assert found.to_json() == alone.to_json()
        assert found.table("sv") == alone.table("sv")


def test_sets_that_are_lacking_are_told_before_anything_is_run(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "little.toml").write_text(PAPER.replace('"prior"', '"posterior"'), encoding="utf-8")
    paper, told = load_paper(tmp_path / "little.toml"), []
    with pytest.raises(DataError, match="kravsim calibrate"):
        asked(paper.data, paper.scenario, tell=lambda *begun: told.append(begun), workers=2)
    assert not told
