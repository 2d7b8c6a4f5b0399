"""Under a frozen law no number stands anywhere without saying so: every command, table, JSON, file, figure and sentence.

Every command is tried or named here with the reason why it shows no number that rests on the law; so is every figure.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import kravsim as ks
from kravsim import figures
from kravsim.flow import RunParts, one_run
from kravsim.results.comparison import Comparison
from kravsim.results.uncertainty import UncertainComparison
from kravsim.scenario import Scenario
from kravsim.studies.decision.line import SwitchingLine
from kravsim.studies.decision.sensitivity import Sensitivity
from tests.house.test_overload_is_told import (
    CLOSED,
    FEWEST,
    QUICK,
    SLIDERS,
    STAFF,
    TWO,
    commands,
    known_commands,
    paper,
    ranked,
    stock_of,
    with_what_is_asked,
    worth,
    years_of,
)
from tests.properties.strategies import tiny, to_itself
from tests.validation.asking import kept, shell

NO_LAW = {
    "list": "names",
    "new": "a scenario",
    "schema": "a JSON Schema",
    "completion": "a script for a shell",
    "warm-up": "how long it took",
    "calibrate": "takes minutes; `Calibration.doubts` is tried in its own tests",
    "validate": "problems and warnings",
    "describe": "what stands in the scenario, law.frozen_at among it",
    "register": "numbers of the scenario and the law, with the day on which it is frozen",
    "map": "a picture; it is among the figures",
}
WORDS = {"sv": "Lagen är fryst: alla dagar efter 2026-06-30", "en": "The law is frozen: every day after 2026-06-30"}
LANGS = pytest.mark.parametrize("lang", ["sv", "en"])
ASKED = {**commands(), **CLOSED}


@cache
def frozen() -> Scenario:
    """A year that no law table covers, under the law of a day that they cover."""
    days = {"horizon.start": dt.date(2030, 1, 1), "horizon.end": dt.date(2031, 1, 1)}
    return tiny().with_changes({**days, "law.frozen_at": dt.date(2026, 6, 30), **to_itself(2030)})


def test_every_command_is_tried_or_has_nothing_of_the_law() -> None:
    assert known_commands() == {
        *(name.split(maxsplit=1)[0] for name in ASKED),
        *NO_LAW,
        "explore",
        "paper",
        "reproduce",
    }


@pytest.mark.parametrize(("asked", "lang"), list(zip(ASKED, itertools.cycle(WORDS), strict=False)))
def test_a_command_tells_it(tmp_path: Path, asked: str, lang: str) -> None:
    """Its text, its JSON, its manifest, and every picture that it leaves."""
    command, out = asked.split(maxsplit=1)[0], tmp_path / "out"
    scenario = kept(tmp_path, with_what_is_asked(command, frozen()))
    files = () if command in {"precision", "reconcile", "waiting", "explain"} else ("--out", out)
    told = shell(command, scenario, *ASKED[asked], "--lang", lang, *files)
    assert told.code == 0, told.err
    assert WORDS[lang] in told.out
    for left in out.glob("*.json"):
        assert "law_frozen" in {doubt["key"] for doubt in json.loads(left.read_text("utf-8"))["doubts"]}, left.name
    for picture in out.glob("*.svg"):
        assert {"sv": "fryst", "en": "frozen"}[lang] in picture.read_text("utf-8"), picture.name
    assert bool(files) == out.exists()
    if command in {"precision", "reconcile", "waiting"}:
        said = json.loads(shell(command, scenario, *ASKED[asked], "--json").out)
        assert "law_frozen" in {doubt["key"] for doubt in said["doubts"]}


@LANGS
def test_a_page_with_sliders_tells_it(tmp_path: Path, lang: str) -> None:
    out = tmp_path / "page.html"
    told = shell("explore", kept(tmp_path, frozen()), *SLIDERS, "--lang", lang, "--out", out)
    assert told.code == 0, told.err
    assert WORDS[lang] in told.out
    assert WORDS[lang] in out.read_text("utf-8")


@cache
def compared() -> Comparison:
    return ks.compare(frozen(), **FEWEST)


@cache
def uncertain() -> UncertainComparison:
    within = {"uncertainty": "prior", "draws": 3, "structures": {"reading": "D"}}
    return ks.compare(frozen(), seed=4, workers=1, **within)  # type: ignore[no-any-return, call-overload]


@cache
def year() -> RunParts:
    return one_run(frozen(), "in_house", seed=4)


@cache
def moved() -> Sensitivity:
    return ks.studies.sensitivity(frozen())


@cache
def turned() -> SwitchingLine:
    return ks.studies.switching_line(frozen(), TWO[1::2], worlds=0)


@cache
def others() -> tuple[Any, ...]:
    """Other studies in closed form."""
    return (
        ks.studies.switching_value(frozen(), f"{STAFF}.fte", 0.5, 1.5, worlds=0, confirm=0),
        ks.sweep(frozen(), {f"{STAFF}.fte": [0.5, 2.0]}),
    )


DRAWN_FIGURES = {
    "net_revenue": lambda lang: figures.net_revenue(compared(), lang=lang),
    "difference": lambda lang: figures.difference(compared(), lang=lang),
    "bridge": lambda lang: figures.bridge(compared(), lang=lang),
    "payment_curves": lambda lang: figures.payment_curves(compared().first, lang=lang),
    "process_map": lambda lang: figures.process_map(frozen(), "in_house", lang=lang),
    "run_off": lambda lang: figures.run_off(stock_of(frozen()), lang=lang),
    "ranking": lambda lang: figures.ranking(ranked(frozen()), lang=lang),
    "years": lambda lang: figures.years(years_of(frozen()), lang=lang),
    "cash": lambda lang: figures.cash(compared(), lang=lang),
    "s_curve": lambda lang: figures.s_curve(uncertain(), lang=lang),
    "burden": lambda lang: figures.burden((year(),), lang=lang),
    "flow_of_invoices": lambda lang: figures.flow_of_invoices(year(), lang=lang),
    "months": lambda lang: figures.months(year(), lang=lang),
    "stock": lambda lang: figures.stock(year(), lang=lang),
    "tornado": lambda lang: figures.tornado(moved(), lang=lang),
    "two_way": lambda lang: figures.two_way(turned(), lang=lang),
    "worth_knowing": lambda lang: figures.worth_knowing(worth(frozen()), lang=lang),
}
BY_COMMANDS = {
    "believed",
    "people",
    "portfolio",
    "stock_years",
    "transition",
    "layers",
    "sweep",
    "walk",
    "break_even",
    "discovery",
    "information",
    "switching_line",
}
NOT_OF_A_RESULT = {
    "published",
    "calibration",
    "save_comparison",
    "save_figures",
    "save_run",
    "save_study",
    "save_uncertain",
}


def test_every_figure_is_tried() -> None:
    """Those of studies are among the files of the commands, but for one that no command leaves here."""
    assert set(figures.__all__) == {*DRAWN_FIGURES, *BY_COMMANDS, *NOT_OF_A_RESULT}


@LANGS
@pytest.mark.parametrize("name", list(DRAWN_FIGURES))
def test_a_figure_tells_it(name: str, lang: str) -> None:
    figure = DRAWN_FIGURES[name](lang)
    assert isinstance(figure, Figure)
    said = " ".join(text.get_text() for text in figure.findobj(Text)).replace("\n", " ")
    assert WORDS[lang] in said


@LANGS
def test_a_drawn_comparison_tells_it(tmp_path: Path, lang: str) -> None:
    words = ("--uncertainty", "prior", "--draws", 3, "--within", "reading=D", "--workers", 1, *QUICK)
    out = tmp_path / "out"
    told = shell("compare", kept(tmp_path, frozen()), *words, "--lang", lang, "--out", out)
    assert told.code == 0, told.err
    assert WORDS[lang] in told.out
    said: dict[str, Any] = json.loads((out / "uncertainty.json").read_text("utf-8"))
    assert "law_frozen" in {doubt["key"] for doubt in said["doubts"]}
    assert {"sv": "fryst", "en": "frozen"}[lang] in (out / "layers.svg").read_text("utf-8")


@LANGS
def test_sentences_tell_it(lang: str) -> None:
    """Also those of studies in closed form, asked for in Python."""
    for found in (compared(), moved(), *others()):
        assert WORDS[lang] in found.sentence(lang)
        assert WORDS[lang] in found.table(lang)


def test_a_paper_tells_it(tmp_path: Path) -> None:
    page, manifest = paper(tmp_path, frozen())
    assert WORDS["sv"] in page
    assert "law_frozen" in {doubt["key"] for doubt in manifest["doubts"]}
