"""No number of a model whose staff cannot do the work that arrives stands anywhere without saying so.

Every command of the command line and every public result and figure is either tried on an overloaded model or named here
with the reason why it shows no number of a model. A new one fails until it is one or the other.
"""

from __future__ import annotations

import argparse
import itertools
import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import kravsim as ks
from kravsim import cli, figures
from kravsim.flow import RunParts, one_run
from kravsim.results.comparison import Comparison
from kravsim.results.people import PeopleOverYears
from kravsim.results.portfolio import PortfolioFound
from kravsim.results.ranking import Ranking
from kravsim.results.stock import StockFound
from kravsim.results.transition import TransitionFound
from kravsim.results.uncertainty import UncertainComparison
from kravsim.results.walk import Walk
from kravsim.results.years import YearsCompared
from kravsim.scenario import Scenario, ScenarioWarning
from kravsim.studies.decision.found_out import FindingOut
from kravsim.studies.decision.swept import Sweep
from kravsim.studies.reconcile import Reconciliation
from tests.properties.strategies import tiny, to_itself
from tests.unit.test_opening_stock import row
from tests.validation.asking import kept, shell

STAFF = "models.in_house.staff.handlers"
NO_MODEL = {
    "calibrate": "parameter sets by the closed form, which gives no number that a queue would change",
    "register": "numbers of the scenario",
    "describe": "numbers of the scenario",
    "map": "steps and shares of a process",
    "list": "names",
    "new": "a scenario",
    "validate": "problems and warnings",
    "schema": "a JSON Schema",
    "completion": "a script for a shell",
    "warm-up": "how long it took",
}
WORDS = {"sv": "Överbelastad", "en": "Overloaded"}
FEW: dict[str, object] = {f"{STAFF}.fte": 0.01, f"{STAFF}.posts.drawn_worlds": "as_in_the_base_case"}
LANGS = pytest.mark.parametrize("lang", ["sv", "en"])
QUICK = ("--seed", 4, "--no-progress")
RUNS = ("--replications", 2, "--workers", 1)
SEED = ("--seed", 4)
DRAWN_WORLDS = ("--uncertainty", "prior", "--draws", 8, "--structure", "reading=D", *SEED)
POSTS = ("--key", f"{STAFF}.fte", "--low", 0.005, "--high", 0.02)
BODIES = Path(__file__).with_name("two_bodies.toml")
SETTLED = "reading=D,hand_over=invoice_age,instalments=short_plans,limitation=three_years"
TWO = ("--key", "behaviour.dismissed_share", "--key", "behaviour.contested_share")
CLOSED: dict[str, tuple[object, ...]] = {
    "sweep in closed form": ("--vary", f"{STAFF}.fte=0.01,0.02", *SEED),
    "sensitivity": SEED,
    "sensitivity by variance": ("--sobol", 16, "--screened", 2, *QUICK),
    "sensitivity in worlds": DRAWN_WORLDS,
    "break-even": (*POSTS, "--confirm", 0, *SEED),
    "break-even in worlds": (*POSTS, "--confirm", 0, *DRAWN_WORLDS),
    "break-even line": (*TWO, *SEED),
    "break-even flips": ("--confirm", 0, *SEED),
    "break-even flips in worlds": ("--confirm", 0, *DRAWN_WORLDS),
    "discover": ("--draws", 8, "--structure", "reading=D", *SEED),
    "discover over ranges": ("--draws", 8, "--uncertainty", "ranges", "--structure", "reading=D", *SEED),
}
"""What to ask of studies in closed form; the first word is the command."""


@cache
def overloaded() -> Scenario:
    """A team that never catches up, and a target of it; and a change to itself."""
    return tiny(invoices__per_year=8000).with_changes(FEW).with_changes(to_itself())


def with_what_is_asked(command: str, scenario: Scenario) -> Scenario:
    """The scenario; with more claims than a team can send a demand to, for the command that asks of a stock."""
    old = row("reminded", (80, 90), 600)
    changes = {
        "opening_stock": {"rows": {"old": old}},
        "horizon.history_years": 2,
        "sequences": {},  # a stock is in one arrangement
        "transitions": {},
    }
    return scenario.with_changes(changes) if command == "stock" else scenario


@cache
def stock_of(scenario: Scenario) -> StockFound:
    return ks.studies.stock(with_what_is_asked("stock", scenario), draws=0, **FEWEST)


def commands() -> dict[str, tuple[object, ...]]:
    """What to ask of each command that shows numbers, after its name and the scenario."""
    pair = ("--models", "in_house,outsourced")
    return {
        "simulate": ("--model", "in_house", *RUNS, *QUICK),
        "payment-curves": ("--model", "in_house", *RUNS, *QUICK),
        "compare": (*pair, *RUNS, *QUICK),
        "precision": (*pair, "--half-width-kr", 10**7, "--max", 30, "--workers", 1, *QUICK),
        "reconcile": (*RUNS, *QUICK),
        "waiting": ("--model", "in_house", *RUNS, *QUICK),
        "sweep": ("--vary", f"{STAFF}.fte=0.01,0.02", "--simulate", *RUNS, *QUICK),
        "information": ("--draws", 4, "--structure", "reading=D", "--seed", 4),
        "rank": ("--models", "in_house,outsourced", *RUNS, *QUICK),
        "years": ("--models", "in_house,outsourced", *RUNS, *QUICK),
        "costs": ("--models", "in_house,outsourced", *RUNS, *QUICK),
        "bridge": (*RUNS, "--cases", 0, *QUICK),
        "people": ("--years", 1, *RUNS, *QUICK),
        "transition": (*RUNS, *QUICK),
        "portfolio": ("--bodies", BODIES, "--draws", 3, "--structure", SETTLED, *QUICK),
        "explain": ("--model", "in_house", "--case", 0, "--seed", 4),
        "stock": ("--draws", 0, *RUNS, *QUICK),
    }


def known_commands() -> set[str]:
    parser = cli._parser()
    (choices,) = (part.choices for part in parser._actions if isinstance(part, argparse._SubParsersAction))
    return set(choices)


def test_every_command_is_tried_or_shows_no_model() -> None:
    closed = {asked.split(maxsplit=1)[0] for asked in CLOSED}
    assert known_commands() == {*commands(), *closed, *NO_MODEL, "explore", "paper", "reproduce"}


@LANGS
@pytest.mark.parametrize("command", list(commands()))
def test_a_command_tells_it(tmp_path: Path, command: str, lang: str) -> None:
    told = shell(
        command, kept(tmp_path, with_what_is_asked(command, overloaded())), *commands()[command], "--lang", lang
    )
    assert told.code == 0, told.err
    assert WORDS[lang] in told.out


@pytest.mark.parametrize(("asked", "lang"), list(zip(CLOSED, itertools.cycle(WORDS), strict=False)))
def test_a_study_in_closed_form_tells_it(tmp_path: Path, asked: str, lang: str) -> None:
    """It has no number of a queue that only grows, and says why; or counts the worlds that it has simulated instead."""
    told = shell(asked.split(maxsplit=1)[0], kept(tmp_path, overloaded()), *CLOSED[asked], "--lang", lang)
    assert {"sv": "verbelast", "en": "verload"}[lang] in told.out + told.err


@pytest.mark.parametrize("command", [name for name in commands() if name != "explain"])
def test_json_of_a_command_tells_it(tmp_path: Path, command: str) -> None:
    told = shell(command, kept(tmp_path, with_what_is_asked(command, overloaded())), *commands()[command], "--json")
    assert told.code == 0, told.err
    said = json.loads(told.out)
    if command == "sweep":  # each point has its own
        assert "overloaded" in json.dumps(said)
    else:
        assert "overloaded" in {doubt["key"] for doubt in said["doubts"]}


SLIDERS = ("--key", f"{STAFF}.fte", "--key", "models.in_house.system.per_year_kr", "--no-progress")


@LANGS
def test_a_page_with_sliders_tells_it(tmp_path: Path, lang: str) -> None:
    out = tmp_path / "page.html"
    told = shell("explore", kept(tmp_path, overloaded()), *SLIDERS, "--lang", lang, "--out", out)
    assert told.code == 0, told.err
    word = {"sv": "överbelastning", "en": "overload"}[lang]
    assert word in told.out
    assert word in out.read_text("utf-8")


@LANGS
def test_files_and_worlds_tell_it(tmp_path: Path, lang: str) -> None:
    words = ("--uncertainty", "prior", "--draws", 3, "--within", "reading=D", "--workers", 1, *QUICK)
    out = tmp_path / "out"
    told = shell("compare", kept(tmp_path, overloaded()), *words, "--lang", lang, "--out", out)
    assert told.code == 0, told.err
    assert f"{WORDS[lang]} i 3 av 3" in told.out or f"{WORDS[lang]} in 3 of 3" in told.out
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert "overloaded" in {doubt["key"] for doubt in manifest["doubts"]}
    worlds = (out / "worlds.csv").read_text("utf-8").splitlines()
    column = worlds[0].split(",").index("overloaded_in_house")
    assert {line.split(",")[column] for line in worlds[1:]} == {"True"}


@cache
def compared() -> Comparison:
    return ks.compare(overloaded(), replications=2, seed=4, workers=1)


@cache
def uncertain() -> UncertainComparison:
    within = {"uncertainty": "prior", "draws": 3, "structures": {"reading": "D"}}
    return ks.compare(overloaded(), seed=4, workers=1, **within)  # type: ignore[no-any-return, call-overload]


@cache
def reconciled() -> Reconciliation:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)  # the published figures are of more invoices
        return ks.reconcile(overloaded(), **FEWEST)


@cache
def years() -> tuple[RunParts, ...]:
    return tuple(one_run(overloaded(), model, seed=4) for model in PAIR)


@cache
def swept() -> Sweep:
    return ks.sweep(overloaded(), {f"{STAFF}.fte": [0.01, 0.02]}, by="simulated", replications=2, seed=4, workers=1)


@cache
def worth(scenario: Scenario) -> FindingOut:
    return ks.studies.value_of_information(scenario, PAIR, draws=4, structures={"reading": "D"}, seed=4)


@cache
def people_of(scenario: Scenario) -> PeopleOverYears:
    return ks.studies.people(scenario, years=1, replications=2, seed=4, workers=1, progress=False)


@cache
def portfolio_of(scenario: Scenario) -> PortfolioFound:
    settled = dict(pair.split("=") for pair in SETTLED.split(","))
    return ks.studies.portfolio(scenario, BODIES, draws=3, structures=settled, seed=4, progress=False)


@cache
def years_of(scenario: Scenario) -> YearsCompared:
    return ks.studies.years(scenario, PAIR, **FEWEST)


@cache
def transition_of(scenario: Scenario) -> TransitionFound:
    return ks.studies.transition(scenario, **FEWEST)


@cache
def ranked(scenario: Scenario) -> Ranking:
    return ks.studies.rank(scenario, PAIR, **FEWEST)


@cache
def walked(scenario: Scenario) -> Walk:
    return ks.studies.bridge(scenario, cases=0, **FEWEST)


PAIR = ("in_house", "outsourced")
FEWEST: dict[str, Any] = {"replications": 2, "seed": 4, "workers": 1}
DRAWN = {
    "net_revenue": lambda lang: figures.net_revenue(compared(), lang=lang),
    "difference": lambda lang: figures.difference(compared(), lang=lang),
    "bridge": lambda lang: figures.bridge(compared(), lang=lang),
    "layers": lambda lang: figures.layers(uncertain(), lang=lang),
    "payment_curves": lambda lang: figures.payment_curves(compared().first, lang=lang),
    "sweep": lambda lang: figures.sweep(swept(), lang=lang),
    "run_off": lambda lang: figures.run_off(stock_of(overloaded()), lang=lang),
    "stock_years": lambda lang: figures.stock_years(stock_of(overloaded()), lang=lang),
    "people": lambda lang: figures.people(people_of(overloaded()), lang=lang),
    "years": lambda lang: figures.years(years_of(overloaded()), lang=lang),
    "portfolio": lambda lang: figures.portfolio(portfolio_of(overloaded()), lang=lang),
    "transition": lambda lang: figures.transition(transition_of(overloaded()), lang=lang),
    "ranking": lambda lang: figures.ranking(ranked(overloaded()), lang=lang),
    "walk": lambda lang: figures.walk(walked(overloaded()), lang=lang),
    "s_curve": lambda lang: figures.s_curve(uncertain(), lang=lang),
    "cash": lambda lang: figures.cash(compared(), lang=lang),
    "burden": lambda lang: figures.burden(years(), lang=lang),
    "flow_of_invoices": lambda lang: figures.flow_of_invoices(years()[0], lang=lang),
    "months": lambda lang: figures.months(years()[0], lang=lang),
    "stock": lambda lang: figures.stock(years()[0], lang=lang),
    "believed": lambda lang: figures.believed((overloaded(), uncertain()), lang=lang),
    "published": lambda lang: figures.published(reconciled(), lang=lang),
    "worth_knowing": lambda lang: figures.worth_knowing(worth(overloaded()), lang=lang),
}
NO_MODEL_DRAWN = {
    "break_even",
    "calibration",
    "discovery",
    "information",
    "switching_line",
    "process_map",
    "tornado",
    "two_way",
    "save_comparison",
    "save_figures",
    "save_run",
    "save_study",
    "save_uncertain",
}


def test_every_figure_is_tried_or_shows_no_model() -> None:
    assert set(figures.__all__) == {*DRAWN, *NO_MODEL_DRAWN}


@LANGS
@pytest.mark.parametrize("name", list(DRAWN))
def test_a_figure_tells_it(name: str, lang: str) -> None:
    figure = DRAWN[name](lang)
    assert isinstance(figure, Figure)
    said = " ".join(text.get_text() for text in figure.findobj(Text)).replace("\n", " ")
    assert WORDS[lang] in said


@LANGS
def test_results_tell_it_in_sentence_table_page_and_short(lang: str) -> None:
    for found in (compared(), uncertain()):
        assert WORDS[lang] in found.sentence(lang)
        assert WORDS[lang] in found.table(lang)
        assert "Overloaded" in found._repr_html_()
        assert "overloaded" in {doubt["key"] for doubt in found.to_json()["doubts"]}
    run = compared().first
    assert WORDS[lang] in run.table(lang)
    assert "overloaded" in repr(run)
    explained = run.explain(0, lang=lang)
    assert WORDS[lang] in explained.text


PAPER = """
name = "little"
title = "Lönar det sig?"
case_number = "RS/1/2026"
question = "Lönar det sig?"
date = 2026-11-29
scenario = "./{scenario}"

[runs]
replications = 2
uncertainty = "prior"
worlds = 32

[figures]
formats = ["svg"]

[documents]
formats = ["html"]

[[turns]]
key = "models.outsourced.staff.follow_up.fte"
low = 0
high = 8

[two_way]
keys = ["models.outsourced.staff.follow_up.fte", "models.in_house.system.per_year_kr"]
low = [0, 0]
high = [8, 200000]

[sweep]
key = "models.in_house.system.per_year_kr"
values = [0, 200000]
"""
"""As little as a paper may have."""


def paper(folder: Path, scenario: Scenario) -> tuple[str, dict[str, Any]]:
    """Build a paper of a scenario; give its page and its manifest."""
    file = folder / "little.toml"
    file.write_text(PAPER.format(scenario=kept(folder, scenario).name), encoding="utf-8")
    told = shell("paper", "build", file, "--out", folder / "out", "--no-progress")
    assert told.code == 0, told.err
    pages = [path.read_text("utf-8") for path in sorted((folder / "out").glob("*.html"))]
    manifest: dict[str, Any] = json.loads((folder / "out" / "manifest.json").read_text("utf-8"))
    return "\n".join(pages), manifest


def test_a_paper_tells_it(tmp_path: Path) -> None:
    page, manifest = paper(tmp_path, overloaded())
    assert WORDS["sv"] in page
    assert "overloaded" in {doubt["key"] for doubt in manifest["doubts"]}
