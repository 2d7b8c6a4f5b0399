"""Is what must be known before a number is read told wherever the number stands?"""

from __future__ import annotations

import doctest
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import kravsim as ks
from kravsim import figures
from kravsim.archives.manifest import read_json
from kravsim.papers.save import save_comparison
from kravsim.results import notes
from kravsim.results.archive import load_comparison
from kravsim.results.comparison import Comparison
from kravsim.results.precision import Precision
from kravsim.results.run import Run
from kravsim.results.uncertainty import UncertainComparison
from kravsim.scenario import Scenario
from kravsim.studies.waiting import OVERLOAD, WaitingCost
from kravsim.words import doubts as room
from kravsim.words.doubts import Doubt, of_all

from .result_makers import make_comparison, make_run, make_uncertain, renamed

FROZEN = Doubt("law_frozen", "Lagen är fryst vid 2026-11-01.", "The law is frozen at 2026-11-01.")
LANGS = pytest.mark.parametrize("lang", ["sv", "en"])


def with_doubt(run: Run) -> Run:
    return replace(run, declared=(FROZEN,))


def compared() -> Comparison:
    return Comparison(tuple(with_doubt(run) for run in make_comparison(8).runs))


def uncertain() -> UncertainComparison:
    found = make_uncertain(12)
    return replace(found, runs=tuple(with_doubt(run) for run in found.runs))


def precise() -> Precision:
    found = compared()
    return Precision(found, found.difference, 1_000.0, None, 0.95, 2_000.0, "t", reached=False, budget=100)


def waited() -> WaitingCost:
    usual, measured = make_run("in_house", 8), dict.fromkeys(OVERLOAD, 0.0)
    outcomes = tuple(replace(one, numbers=one.numbers | measured) for one in usual.outcomes)
    return WaitingCost(with_doubt(replace(usual, outcomes=outcomes)), usual)


def written(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text)).replace("\n", " ")


@LANGS
@pytest.mark.parametrize("make", [compared, uncertain, precise, waited])
def test_a_table_tells_a_doubt_once_and_a_sentence_and_json_too(make: object, lang: str) -> None:
    found = make()  # type: ignore[operator]
    words = FROZEN.text(lang)
    assert found.table(lang).count(words) == 1
    assert found.sentence(lang).endswith(words)
    assert FROZEN.to_json() in found.to_json()["doubts"]


@LANGS
def test_a_run_tells_a_doubt_in_table_json_and_page_and_names_it_in_short(lang: str) -> None:
    run = with_doubt(make_run("in_house", 8))
    assert run.table(lang).count(FROZEN.text(lang)) == 1
    assert run.to_json()["doubts"][0] == FROZEN.to_json()
    assert FROZEN.en in run._repr_html_()
    assert "; doubts: law_frozen" in repr(run)


@pytest.mark.parametrize("make", [compared, uncertain, precise])
def test_a_page_tells_a_doubt(make: object) -> None:
    assert FROZEN.en in make()._repr_html_()  # type: ignore[operator]


@LANGS
@pytest.mark.parametrize("name", ["net_revenue", "difference", "bridge"])
def test_a_figure_tells_a_doubt_also_in_axes_of_somebody_else(name: str, lang: str) -> None:
    found, draw = compared(), getattr(figures, name)
    assert FROZEN.text(lang) in written(draw(found, lang=lang))
    other = Figure(figsize=(9, 6))
    assert FROZEN.text(lang) in written(draw(found, lang=lang, ax=other.add_subplot()))


@LANGS
def test_the_figure_of_the_layers_tells_a_doubt(lang: str) -> None:
    assert FROZEN.text(lang) in written(figures.layers(uncertain(), lang=lang))


def test_what_one_model_alone_is_doubted_for_stands_under_its_name() -> None:
    own = Doubt("overloaded", "Överbelastad.", "Overloaded.")
    first, second = make_comparison(8).runs
    found = Comparison((replace(first, declared=(FROZEN, own)), with_doubt(second)))
    assert [doubt.text("sv") for doubt in found.doubts] == [FROZEN.sv, "Egen regi: Överbelastad."]
    assert [doubt.model for doubt in found.doubts] == ["", "in_house"]


def test_the_doubts_of_a_single_model_need_no_name() -> None:
    run = with_doubt(make_run("in_house", 8))
    assert of_all([run]) == run.doubts


def test_a_doubt_of_the_scenario_is_kept_in_archive_and_manifest(tmp_path: Path) -> None:
    found = compared()
    loaded = load_comparison(found.save(tmp_path / "one.kravsim"))
    assert loaded.doubts == found.doubts
    save_comparison(found, tmp_path / "out")
    said = read_json((tmp_path / "out" / "manifest.json").read_bytes(), "manifest.json")
    assert FROZEN.to_json() in said["doubts"]


def test_one_line_adds_a_doubt_of_a_scenario_to_all_that_is_made_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs, cases told, registers and the picture of the process take it from the same list."""

    def frozen(scenario: Scenario, model: str) -> Doubt | None:
        return FROZEN if model in scenario.models else None

    monkeypatch.setattr(notes, "OF_SCENARIO", (frozen,))
    scenario = ks.load_scenario("jamtland-harjedalen-2017")
    assert notes.doubts_of_scenario(scenario, "in_house") == (FROZEN,)
    listed = ks.studies.register(scenario)
    assert FROZEN.sv in listed.table("sv")
    assert FROZEN.en in listed.to_html("en")
    assert FROZEN.sv in written(figures.process_map(scenario, "in_house"))


def test_renaming_a_model_keeps_what_it_is_doubted_for() -> None:
    assert renamed(with_doubt(make_run("in_house", 8)), "other").declared == (FROZEN,)


def test_examples_in_docstrings_run() -> None:
    found = doctest.testmod(room)
    assert (found.attempted > 0, found.failed) == (True, 0)
