"""The study of years: its numbers by another road, its tables, what it keeps, and what it leaves out."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim import figures
from kravsim.calibration.designs import prior_design, within
from kravsim.chance.draws import Draws
from kravsim.cli import main
from kravsim.expected.levels import refuse_unlike_years
from kravsim.flow import run_model, setting
from kravsim.papers.reproduce import reproduce
from kravsim.phrases import translated
from kravsim.results.notes import doubts_of_question
from kravsim.results.years import YearsCompared
from kravsim.scenario.levels import level
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.studies.people_worlds import in_year
from kravsim.studies.uncertainty import doubts_of_worlds
from kravsim.telling.uncertainty_words import held_text
from kravsim.telling.year_tables import shown_step

CASE = "jamtland-ten-years"
SMALL = {
    "invoices.per_year": 2000,
    "debtors.number": 200,
    "horizon.history_years": 1,
    "horizon.end": dt.date(2029, 1, 1),
}
READ = {"reading": "D", "hand_over": "invoice_age", "instalments": "short_plans", "limitation": "three_years"}
ASKED = [
    *("--set", "invoices.per_year=2000", "--set", "debtors.number=200", "--set", "horizon.history_years=1"),
    *("--set", "horizon.end=2029-01-01", "--replications", "2", "--seed", "3", "--no-progress", "--lang", "en"),
]


@cache
def found() -> YearsCompared:
    case = ks.load_scenario(CASE).with_changes(SMALL)
    return ks.studies.years(case, replications=2, seed=3, progress=False)  # type: ignore[no-any-return]


def test_the_years_are_those_of_the_whole_horizon() -> None:
    """Cash by year adds up to a run of both; only the system's yearly part, of one bought each year, differs."""
    whole = ks.compare(ks.load_scenario(CASE).with_changes(SMALL), replications=2, seed=3, progress=False)
    valued = [run.line_ore("system_depreciation") / 100 for run in whole.runs]
    mean = whole.difference.samples - (valued[0] - valued[1])
    by_year = []
    for year in found().years:
        one = ks.load_scenario(CASE).with_changes(
            SMALL
            | {
                "horizon.start": dt.date(year, 1, 1),
                "horizon.end": dt.date(year + 1, 1, 1),
                "horizon.history_years": 1 + year - 2027,
            }
        )
        of_year = ks.compare(one, replications=2, seed=3, progress=False)
        assert found().difference("indexed", year).samples.tolist() == of_year.difference.samples.tolist()
        parts = [run.line_ore("system_depreciation") / 100 for run in of_year.runs]
        by_year.append(of_year.difference.samples - (parts[0] - parts[1]))
    assert np.abs(2 * mean - sum(by_year)).max() < 0.05


def test_constant_prices_by_hand() -> None:
    """2028 in prices of 2027: divided by 1.02, the rate beyond the table; 2027 as it is."""
    nominal, real = (found().difference(way, 2028).samples for way in ("indexed", "real"))
    assert real == pytest.approx(nominal / 1.02, rel=1e-12)
    assert found().difference("real", 2027).samples.tolist() == found().difference("indexed", 2027).samples.tolist()
    assert found().levels["prices"][1] == pytest.approx(415.15 / 322.11 * 1.02**4, rel=1e-12)


def test_what_is_printed_adds_up() -> None:
    table = found().tables("en")[0]
    for column in range(3, len(table.header) - 1):
        amounts = [int(row.cells[column].split("kr")[0].replace("\u00a0", "").replace(" ", "")) for row in table.rows]
        assert sum(amounts[:-1]) == amounts[-1]
    assert {"levels_held"}.isdisjoint({doubt.key for doubt in found().doubts})
    assert {"law_frozen", "reference_path"} <= {doubt.key for doubt in found().doubts}


def test_without_indices_there_is_one_level() -> None:
    plain = ks.load_scenario("jamtland-harjedalen-2017").with_changes(
        {"invoices.per_year": 2000, "debtors.number": 200, "horizon.history_years": 1}
    )
    one = ks.studies.years(plain, replications=1, seed=3, progress=False)
    assert one.ways == ("indexed",)
    assert one.years == (2017,)
    assert "at one level in all years" in one.sentence("en")
    for lang, absent in (("sv", ("En nivå:", "Fast penningvärde:")), ("en", ("One level:", "Constant prices:"))):
        assert not [words for words in absent if words in one.table(lang)]
        assert all(words in found().table(lang) for words in absent)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_figure_and_its_data(lang: str) -> None:
    frame = found().to_frame()
    assert set(frame["way"]) == {"indexed", "held", "low", "high", "real"}
    drawn = figures.years(found(), lang=lang)
    assert {"sv": "en nivå", "en": "one level"}[lang] in [
        text.get_text() for text in drawn.axes[0].get_legend().get_texts()
    ]


def test_its_files_are_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["years", CASE, *ASKED, "--out", str(out)]) == 0
    assert "levels of the years" in capsys.readouterr().out
    said = json.loads((out / "years.json").read_text("utf-8"))
    assert said["difference_kr"]["indexed"]["sum"]["mean"] == pytest.approx(found().difference("indexed").mean)
    assert reproduce(out / "manifest.json").same


def test_a_third_model_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["years", CASE, *ASKED, "--models", "in_house,outsourced,own_reminders"]) == 2
    assert "two models" in capsys.readouterr().err


def test_a_body_that_grows_is_refused_in_closed_form_with_its_reason_and_the_way_out_is_one(tmp_path: Path) -> None:
    """Reason and way out in one error from each study; the file that it tells of is asked, and moves the rate of pay."""
    one_year = SMALL | {"horizon.end": dt.date(2028, 1, 1)}
    growing = ks.load_scenario(CASE).with_changes(one_year)
    for asked in (
        lambda: ks.studies.sensitivity(growing),
        lambda: ks.studies.sensitivity(growing, uncertainty="prior", draws=64, structures=READ),
        lambda: ks.studies.switching_value(growing, "models.in_house.staff.handlers.fte"),
        lambda: ks.sweep(growing, {"invoices.per_year": [1000, 2000]}, models=("in_house", "outsourced")),
    ):
        with pytest.raises(ks.errors.ScenarioError) as error:
            asked()
        told = {problem.key: problem for problem in error.value.problems}
        assert {"indices.amounts"} <= set(told) <= {"indices.volume", "indices.amounts"}
        for problem in told.values():
            assert "the closed form knows one year and years before it that are alike" in str(problem)
            assert "sweep --simulate" in problem.remedy
            assert "without = ['indices.volume', 'indices.amounts']" in problem.remedy
    path = tmp_path / "alike.toml"
    path.write_text(
        f"extends = '{CASE}'\nname = 'alike'\nwithout = ['indices.volume', 'indices.amounts']\n", encoding="utf-8"
    )
    moved = ks.studies.sensitivity(ks.load_scenario(path).with_changes(one_year), structures=READ)
    assert "indices.pay.growth_after_share_per_year" in set(moved.to_frame()["input"])


_EVERY = ("pay", "prices", "volume", "amounts")
GROWING = [
    names
    for many in range(1, len(_EVERY) + 1)
    for names in itertools.combinations(_EVERY, many)
    if {"volume", "amounts"} & set(names)
]


@pytest.mark.parametrize("names", GROWING, ids="-".join)
def test_the_remedy_of_a_body_that_grows_can_be_followed_to_the_letter(tmp_path: Path, names: tuple[str, ...]) -> None:
    """What it says to leave out is there, and what is left is a scenario that the closed form takes."""
    rate = '{ value = 0.1, source = "assumption", status = "assumed" }'
    series = f"{{ base_year = 2017, growth_after_share_per_year = {rate}, growth_before_share_per_year = {rate} }}"
    body = "".join(f"indices.{name} = {series}\n" for name in names)
    body += 'indices.contract = "prices"\n' * ("prices" in names)
    (tmp_path / "mine.toml").write_text(f"extends = 'small-municipality'\nname = 'mine'\n{body}", encoding="utf-8")
    with pytest.raises(ks.errors.ScenarioError) as error:
        refuse_unlike_years(ks.load_scenario(tmp_path / "mine.toml").data)
    assert [one.key for one in error.value.problems] == [
        f"indices.{name}" for name in ("volume", "amounts") if name in names
    ]
    for problem in error.value.problems:
        advised = re.search(r"without = \[.*\]", problem.remedy)
        assert advised is not None
        assert advised[0] in translated(problem.remedy, "sv")
        path = tmp_path / "alike.toml"
        path.write_text(f"extends = 'mine.toml'\nname = 'alike'\n{advised[0]}\n", encoding="utf-8")
        alike = ks.load_scenario(path).data
        refuse_unlike_years(alike)
        left = () if alike.indices is None else tuple(name for name in _EVERY if getattr(alike.indices, name))
        assert left == tuple(name for name in names if name in ("pay", "prices"))


def test_years_of_unlike_pay_in_a_body_of_one_size_are_told_of_one_year_alone() -> None:
    rate = {"value": 0.1, "source": "assumption", "status": "assumed"}
    data = (
        ks.load_scenario("small-municipality")
        .with_changes(
            {
                "indices": {"pay": {"base_year": 2017, "growth_after_share_per_year": rate}},
                "horizon.end": dt.date(2019, 1, 1),
            }
        )
        .data
    )
    with pytest.raises(ks.errors.ScenarioError) as error:
        refuse_unlike_years(data)
    assert [problem.remedy.rpartition(", or ")[2] for problem in error.value.problems] == ["ask of one calendar year"]


OLD = {
    "stage": "watched",
    "age_from_days": 400,
    "age_to_days": 900,
    "claims": {"value": 20, "source": "assumption", "status": "assumed"},
    "amount_median_kr": {"value": 300, "source": "assumption", "status": "assumed"},
    "amount_mean_kr": {"value": 500, "source": "assumption", "status": "assumed"},
}


@pytest.mark.parametrize("study", ["years", "people"])
def test_an_opening_stock_would_come_anew_every_year_and_is_refused(study: str) -> None:
    case = ks.load_scenario("small-municipality").with_changes({"opening_stock": {"rows": {"old": OLD}}})
    with pytest.raises(ks.errors.ScenarioError, match=r"opening_stock\.rows: got 'old'.*kravsim stock"):
        getattr(ks.studies, study)(case, models=("in_house", "outsourced"), seed=1)


TWO_YEARS = {
    "invoices.per_year": 2000,
    "debtors.number": 200,
    "horizon.history_years": 1,
}


def test_a_change_after_the_first_year_is_left_out_where_it_is_not_asked() -> None:
    """The same numbers with a transition in the scenario as without; a sequence that is asked is refused by its name."""
    case = ks.load_scenario("take-home-2017").with_changes(TWO_YEARS)
    alone = case.with_changes({"transitions": {}}).with_changes({"sequences": {}})
    pair = ("in_house", "outsourced")
    asked = {"years": 2, "replications": 1, "seed": 3, "workers": 1, "progress": False}
    followed, plain = (ks.studies.people(one, pair, **asked) for one in (case, alone))
    for mine, other in zip(followed.runs, plain.runs, strict=True):
        assert [run.outcomes for run in mine] == [run.outcomes for run in other]
    years = ks.studies.years(case, pair, replications=1, seed=3, progress=False)
    by_people = followed.difference(2018).samples
    assert years.difference("indexed", 2018).samples == pytest.approx(by_people)
    for study in (ks.studies.years, ks.studies.people):
        with pytest.raises(ks.errors.ScenarioError, match="taken_home changes after the first year"):
            study(case, ("in_house", "taken_home"), seed=3)


def test_without_an_index_of_prices_there_are_no_constant_prices() -> None:
    """An index of pay alone: levels of the years and one level, in sentence, table, JSON and frame."""
    rate = {"value": 0.03, "source": "assumption", "status": "assumed"}
    case = ks.load_scenario("small-municipality").with_changes(
        TWO_YEARS | {"indices": {"pay": {"base_year": 2017, "growth_after_share_per_year": rate}}}
    )
    one = ks.studies.years(case, replications=1, seed=3, progress=False)
    assert one.ways_told == ("indexed", "held")
    assert set(one.to_frame()["way"]) == set(one.to_json()["difference_kr"]) == {"indexed", "held"}
    for lang, words in (("sv", ("års priser", "fast penningvärde")), ("en", ("in prices of", "constant prices"))):
        assert not any(word in one.table(lang).lower() for word in words)
        assert {"sv": "Med en nivå", "en": "At one level"}[lang] in one.sentence(lang)
    with pytest.raises(ks.errors.RunError, match="one of indexed, held"):
        one.difference("real")


@cache
def drawn() -> YearsCompared:
    case = ks.load_scenario(CASE).with_changes(SMALL)
    asked = {"uncertainty": "prior", "draws": 4, "structures": READ, "seed": 3, "progress": False}
    return ks.studies.years(case, **asked)  # type: ignore[no-any-return]


def test_years_in_drawn_worlds_are_those_of_each_world_by_itself() -> None:
    """Each world's years by another road: its own scenario, moved on a year, in one comparison with its draws."""
    case = ks.load_scenario(CASE).with_changes(SMALL)
    design = prior_design(within(case, READ), draws=4, replications=2, seed=3)
    assert (drawn().ways, drawn().kind, drawn().replications) == (("indexed",), "prior", 4)
    for draw in (1, 4):
        for after, year in enumerate(drawn().years):
            met = setting(in_year(design.scenario_of(draw), after), Draws(3, draw, 0), ("in_house", "outsourced"))
            first, second = (run_model(met, model).outcome for model in ("in_house", "outsourced"))
            by_hand = sum(first.budget_ore.values()) - sum(second.budget_ore.values())
            assert drawn().samples["indexed"][drawn().years.index(year), draw - 1] == pytest.approx(by_hand / 100)


def test_constant_prices_of_a_world_are_by_its_own_prices() -> None:
    case = ks.load_scenario(CASE).with_changes(SMALL)
    design = prior_design(within(case, READ), draws=4, replications=2, seed=3)
    real = drawn().difference("real", 2028).samples / drawn().difference("indexed", 2028).samples
    for draw in (1, 2, 3, 4):
        data = design.scenario_of(draw).realise(Draws(3, draw, 0)).data
        assert real[draw - 1] == pytest.approx(level(data, "prices", 2027) / level(data, "prices", 2028))
    assert len(set(real.tolist())) == 4  # the rate of prices is drawn


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_intervals_by_year_are_told(lang: str) -> None:
    table = drawn().tables(lang)[0]
    few = {"sv": "från lägsta till högsta läge", "en": "lowest to highest world"}[lang]
    assert table.header[-1] == few
    many = replace(drawn(), samples={"indexed": np.tile(drawn().samples["indexed"], 20)}, world_prices=None)
    assert many.tables(lang)[0].header[-1] == {"sv": "nio lägen av tio", "en": "nine worlds of ten"}[lang]
    assert {"sv": "I nio lägen av tio är", "en": "In nine worlds of ten the"}[lang] in many.sentence(lang)
    for row, year in zip(table.rows, (*drawn().years, None), strict=True):
        spread = drawn().difference("indexed", year).samples
        ends = [
            float(one.replace("\u00a0", "").replace("−", "-"))
            for one in row.cells[-1].split({"sv": " till ", "en": " to "}[lang])
        ]
        assert ends == pytest.approx([spread.min(), spread.max()], abs=shown_step(drawn()))
    assert {"sv": "I lägena är skillnaden", "en": "In the worlds the difference is"}[lang] in drawn().sentence(lang)
    assert "4" in table.caption
    assert {"sv": "4 lägen före avstämning", "en": "4 worlds before the books are read"}[lang] in table.caption.replace(
        "\u00a0", " "
    )
    assert not any(word in table.text() for word in ("(prior)", "(posterior)"))
    assert {"sv": "är grundfallets nivåer", "en": "are the base case's levels"}[lang] in table.text()
    assert {"sv": "är grundfallets nivåer", "en": "are the base case's levels"}[lang] not in found().table(lang)
    shown = figures.years(drawn(), lang=lang)
    assert few in " ".join(text.get_text() for text in shown.texts).replace("\n", " ")
    assert {"low_kr", "high_kr"} < set(drawn().to_frame().columns)
    assert "low_kr" not in found().to_frame().columns
    told = drawn().to_json()
    assert (told["uncertainty"], told["draws"], told["replications"]) == ("prior", 4, 1)


def test_drawn_years_are_of_the_readings_that_are_settled() -> None:
    """Title and doubts of the scenario as it was read, as of the same worlds compared; they are not those of all readings."""
    case = ks.load_scenario(CASE).with_changes(SMALL)
    read, pair = within(case, READ), ("in_house", "outsourced")
    assert drawn().scenario_title == read.label != case.label
    mine, others = set(doubts_of_question(read, pair)), set(doubts_of_question(case, pair))
    assert others != mine <= set(drawn().doubts)
    assert not (others - mine) & set(drawn().doubts)
    assert not {"held_at_base", "readings_without_worlds"} & {doubt.key for doubt in drawn().doubts}


def test_readings_that_no_world_is_of_are_told_with_the_worlds_that_meet_them() -> None:
    """A number of worlds that is too small for all ways to read the case is taken, and said."""
    case = ks.load_scenario(CASE).with_changes(SMALL)
    design = prior_design(case, draws=4, replications=2, seed=3)
    assert (len(design.choices), len(set(design.structure))) == (108, 4)
    (told,) = doubts_of_worlds(design)
    assert told.en == (
        "Without a world among the 4, which are spread by weight: 104 of 108 ways to read the case. "
        f"{design.draws_needed} worlds give each of them two."
    )
    assert told.sv.startswith("Utan läge bland de 4, som är fördelade efter vikt: 104 av 108 sätt")
    assert doubts_of_worlds(prior_design(case, draws=design.draws_needed, replications=2, seed=3)) == ()


@pytest.mark.parametrize("study", ["years", "transition", "stock", "people"])
def test_every_study_of_drawn_worlds_says_what_is_held_and_which_readings_no_world_is_of(study: str) -> None:
    """Sets that speak of one dimension hold the others at the base, as an uncertain comparison says; in the same words."""
    asked: dict[str, Any] = {"seed": 3, "progress": False, "draws": 2}
    case = ks.load_scenario("jamtland-harjedalen-2017").with_changes(TWO_YEARS)
    sets = [ParameterSets({}, 1.0, ("invoices.late_share",), np.array([[0.08], [0.09]]))]
    pair = ("in_house", "outsourced")
    if study == "years":
        held = ks.studies.years(case, pair, uncertainty=sets, **asked)
        compared = ks.compare(case, pair, uncertainty=sets, replications=2, **asked)
        said = {doubt.key: doubt for doubt in held.doubts}
        for lang in ("sv", "en"):
            assert [said["held_at_base"].text(lang)] == held_text(compared, lang)
            assert said["held_at_base"].text(lang) in held.table(lang)
        doubts = ks.studies.years(case, pair, uncertainty="prior", **asked).doubts
    elif study == "transition":
        longer = ks.load_scenario("take-home-2017").with_changes(TWO_YEARS)
        known = ks.studies.transition(longer, uncertainty=sets, replications=2, **asked).doubts
        assert "held_at_base" in {doubt.key for doubt in known}
        doubts = ks.studies.transition(longer, uncertainty="prior", replications=2, **asked).doubts
    elif study == "stock":
        small = ks.load_scenario("small-municipality")
        stocked = small.with_changes({"opening_stock": {"rows": {"old": OLD}}, "horizon.history_years": 4})
        doubts = ks.studies.stock(stocked, pair, replications=1, **asked).doubts
    else:
        doubts = ks.studies.people(case, pair, years=1, replications=2, **asked).runs[0][0].doubts
    assert "readings_without_worlds" in {doubt.key for doubt in doubts}


def test_drawn_years_are_kept_and_made_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    reading = ",".join(f"{name}={choice}" for name, choice in READ.items())
    options = ["--uncertainty", "prior", "--draws", "4", "--structure", reading, "--out", str(out)]
    asked = [*ASKED[:8], "--seed", "3", "--no-progress", "--lang", "en"]
    assert main(["years", CASE, *asked, *options]) == 0
    said = json.loads((out / "years.json").read_text("utf-8"))
    assert said["difference_kr"]["indexed"]["sum"]["mean"] == pytest.approx(drawn().difference("indexed").mean)
    assert reproduce(out / "manifest.json").same


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ({"draws": 4, "structures": READ}, ["draws", "structures"]),
        ({"uncertainty": "prior", "replications": 4, "models": ("in_house",)}, ["models", "replications"]),
        ({"uncertainty": "guess"}, ["uncertainty"]),
        ({"uncertainty": "prior", "draws": 1}, ["draws"]),
        ({"replications": 0}, ["replications"]),
        ({"seed": -1}, ["seed"]),
        ({"engine": "steam"}, ["engine"]),
    ],
)
def test_what_cannot_be_asked_of_years_is_one_clear_error(given: dict[str, object], keys: list[str]) -> None:
    case = ks.load_scenario(CASE).with_changes(SMALL)
    with pytest.raises(ks.errors.ScenarioError) as error:
        ks.studies.years(case, **{"seed": 3, "progress": False} | given)
    assert [problem.key for problem in error.value.problems] == keys


def test_worlds_of_a_body_that_grows_have_posts_by_number() -> None:
    """The bundled case is asked in drawn worlds; a rule of posts is refused by its key before anything is run."""
    case = ks.load_scenario(CASE).with_changes(SMALL)
    asked = {"draws": 2, "replications": 2, "seed": 3, "structures": READ, "progress": False, "workers": 1}
    worlds = ks.compare(case, uncertainty="prior", **asked)
    followed = ks.studies.people(case.with_changes({"horizon.end": dt.date(2028, 1, 1)}), years=2, **asked)
    assert (len(worlds.first.outcomes), followed.n) == (4, 4)
    rule = {"models.in_house.staff.handlers.posts.drawn_worlds": "rule"}
    ruled = case.with_changes(rule)
    words = r"handlers\.posts\.drawn_worlds: got 'rule'; allowed 'number', as indices\.(volume|amounts) changes.*to 'number'"
    with pytest.raises(ks.errors.ScenarioError, match=words):
        ks.compare(ruled, uncertainty="prior", **asked)
    with pytest.raises(ks.errors.ScenarioError, match=words):
        ks.studies.people(ruled, years=2, **asked)
    base = [ks.compare(one, replications=1, seed=3, progress=False).difference.samples for one in (case, ruled)]
    assert base[0].tolist() == base[1].tolist()
