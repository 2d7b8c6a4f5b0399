"""The staff of a model over years: each year is a year, the tables add up, all of it is told in both languages."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.properties.strategies import tiny
from tests.validation.asking import kept, shell

import kravsim as ks
from kravsim import figures
from kravsim.chance.draws import Draws
from kravsim.errors import KravsimError
from kravsim.results.levels_held import LEVELS_HELD, MOST_YEARS
from kravsim.results.people import ECONOMIC, NET, PeopleOverYears
from kravsim.studies.people import _as_asked
from kravsim.studies.people_posts import _years_until_empty
from kravsim.studies.people_worlds import YearOfWorlds
from kravsim.telling.people_tables import answer, step_of
from kravsim.telling.shown import steps

KNOWN = {"source": "assumption", "status": "assumed"}
HANDLERS = "models.in_house.staff.handlers"
ENDS = {
    f"{HANDLERS}.turnover.no_refill_from": dt.date(2018, 1, 1),
    f"{HANDLERS}.turnover.leaves_per_year": 0.9,
}
CASE = tiny().with_changes(ENDS)
MODELS = ("in_house", "outsourced")
ASKED: dict[str, Any] = {"years": 3, "replications": 3, "seed": 5, "workers": 1, "progress": False}
LANGS = pytest.mark.parametrize("lang", ["sv", "en"])


@cache
def found() -> PeopleOverYears:
    return ks.studies.people(CASE, MODELS, **ASKED)


def test_the_first_year_is_the_year_that_is_compared() -> None:
    """The same outcomes as a comparison of the base year; the third is that of two more years of history."""
    compared = ks.compare(CASE, MODELS, replications=3, seed=5, workers=1, progress=False)
    for run, year in zip(compared.runs, found().runs[0], strict=True):
        assert run.outcomes == year.outcomes
    later = CASE.with_changes(
        {
            "horizon.start": dt.date(2019, 1, 1),
            "horizon.end": dt.date(2020, 1, 1),
            "horizon.history_years": int(CASE.data.horizon.history_years.value) + 2,
        }
    )
    one = ks.simulate(later, model="in_house", replications=3, seed=5, workers=1, progress=False)
    assert one.outcomes == found().runs[2][0].outcomes


def test_posts_end_and_are_not_paid() -> None:
    """Nobody comes who was not looked for before; posts held fall from year to year, and pay with them."""
    filled, ended = found().posts("filled"), found().posts("ended")
    assert (np.diff(ended, axis=1) >= 0).all()
    assert filled.max() <= 2
    assert ended[:, -1].max() > 0
    hours = found().measured("paid_hours") + found().measured("vacant_hours")
    np.testing.assert_allclose(filled, 2 * found().measured("paid_hours") / hours)
    pay = np.stack([-run[0].line_ore("staff_pay") / 100 for run in found().runs], axis=1)
    year = CASE.data.models["in_house"].staff["handlers"]
    np.testing.assert_allclose(pay, filled * year.pay_per_fte_kr.value, atol=0.01)
    assert (found().empty > 0).all()


def test_money_of_a_year_is_that_of_its_run() -> None:
    for place, runs in enumerate(found().runs):
        net = found().measured("income_kr")[:, place] - found().measured("cost_kr")[:, place]
        np.testing.assert_allclose(net, runs[0].net_revenue.samples, atol=0.005)
        gap = found().difference(found().years[place]).samples
        np.testing.assert_allclose(gap, runs[0].net_revenue.samples - runs[1].net_revenue.samples)
    whole = found().difference(None, name=ECONOMIC).samples
    each = [found().difference(year, name=ECONOMIC).samples for year in found().years]
    np.testing.assert_allclose(whole, np.sum(each, axis=0))
    with pytest.raises(KravsimError, match="one of filled"):
        found().posts("nobody")


def test_a_skill_is_away_no_less_than_all_skills_are() -> None:
    for share in found().nobody.values():
        assert (share >= found().nobody["general"] - 1e-12).all()
        assert ((share >= 0) & (share <= 1)).all()


@LANGS
def test_tables_add_up_and_all_is_told(lang: str) -> None:
    tables = found().tables(lang)
    money = tables[1]
    amounts = [
        [int(cell.replace("\u00a0", "")) for cell in (row.cells[2], row.cells[3], row.cells[4])] for row in money.rows
    ]
    for cost, income, net in amounts:
        assert net == income - cost
    assert np.sum(amounts[:-1], axis=0).tolist() == amounts[-1]
    text = found().table(lang)
    assert found().sentence(lang).split(". ")[0] in text
    for doubt in found().doubts:
        assert doubt.text(lang) in text
    assert {doubt.key for doubt in found().doubts} >= {"system_every_year"}


@LANGS
def test_the_sentence_says_what_the_table_says(lang: str) -> None:
    """Cost and net revenue of the first and the last year, and the sums against the other model, are those of the tables."""
    told = found().sentence(lang).replace("\u00a0kr", "")
    money, principal, gaps = found().tables(lang)[1:4]
    for year in (money.rows[0], money.rows[2]):
        assert year.cells[2] in told
        assert year.cells[4] in told
    for cell in (gaps.rows[-1].cells[1].lstrip("-\u2212"), gaps.rows[-1].cells[3]):
        assert cell in told
    step = step_of(found())
    for place, row in enumerate(money.rows[:-1]):
        net = found().measured(NET)[:, place].mean()
        assert int(row.cells[4].replace("\u00a0", "").replace("\u2212", "-")) == steps(net, step) * step
    each = [int(row.cells[1].replace("\u00a0", "")) for row in principal.rows]
    assert sum(each[:-1]) == each[-1]
    for place, amount in enumerate(each[:-1]):
        assert amount == steps(found().measured("principal_recovered_kr")[:, place].mean(), step) * step


def test_posts_that_have_ended_are_counted_from_the_day() -> None:
    """Ended by the last day of the last year, by the day from which nobody is replaced; beyond what is followed, more."""
    gone = int((found().posts("ended")[:, -1] == 2).sum())
    assert f"has ended by the end of 2019 in {gone} of 3 runs" in found().sentence("en")
    three = replace(found(), empty=np.array([0.5, 1.5, 3.5]))
    said = "from 2018-01-01 on are not filled again: the last post ends 1.5 years after that day in the median"
    assert said in three.sentence("en")
    assert "in 2 of 3 runs" in three.sentence("en")
    assert "upphör mer än 50 år efter den dagen" in replace(found(), empty=np.full(3, np.inf)).sentence("sv")
    later = replace(found(), no_refill_from=dt.date(2020, 1, 1))
    assert "filled again" not in later.sentence("en")
    assert "filled again" in replace(later, no_refill_from=dt.date(2019, 12, 31)).sentence("en")


@LANGS
def test_on_long_leave_nobody_has_left(lang: str) -> None:
    """All are away all the year, and come back; one year is told as one."""
    away = {"begins_per_year": {"value": 300, **KNOWN}, "days": {"low": 700, "mode": 700, "high": 700, **KNOWN}}
    case = CASE.with_changes({f"{HANDLERS}.turnover.leaves_per_year": 0, f"{HANDLERS}.turnover.leave": away})
    case = case.with_changes({f"{HANDLERS}.turnover.no_refill_from": dt.date(2017, 1, 1)})
    one = ks.studies.people(case, **(ASKED | {"years": 1, "replications": 2}))
    assert one.posts("filled").max() < 0.1
    told = answer(one, lang)
    assert {"sv": "i 0 av 2 simuleringar", "en": "in 0 of 2 runs"}[lang] in told
    assert told.count("2017") == 2 + ("2017-01-01" in told)
    assert not re.search(r"går från|goes from|1 years", told)
    assert "leave" not in one.tables("en")[0].header


@LANGS
def test_the_figure_shows_every_year(lang: str) -> None:
    frame = import_module("kravsim.figures.people").data(found())
    assert frame["year"].tolist() == list(found().years)
    assert (frame[f"low_{NET}"] <= frame[NET]).all()
    assert (frame[NET] <= frame[f"high_{NET}"]).all()
    ticks = [label.get_text() for label in figures.people(found(), lang=lang).axes[0].get_xticklabels()]
    assert [tick.split("\n")[0] for tick in ticks] == [str(year) for year in found().years]


def test_it_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    """Each year has a directory of its own; all bits are the same, and another number of years takes over what there is."""
    first = ks.studies.people(CASE, MODELS, **(ASKED | {"years": 2}), run_dir=tmp_path)
    whole = ks.studies.people(CASE, MODELS, **(ASKED | {"workers": 2}), run_dir=tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["2017", "2018", "2019"]
    assert first.runs[0][0].outcomes == whole.runs[0][0].outcomes == found().runs[0][0].outcomes
    assert whole.to_json() == found().to_json()


def test_drawn_worlds_keep_the_posts_of_their_first_year() -> None:
    """Posts that a rule finds are found once for each world, and stand over the years."""
    settled = {"reading": "D", "hand_over": "invoice_age", "instalments": "short_plans", "limitation": "three_years"}
    asked: dict[str, Any] = {"years": 2, "draws": 2, "structures": settled, "seed": 5, "workers": 1, "progress": False}
    drawn = ks.studies.people(tiny(), **asked)
    assert drawn.n == 4
    assert drawn.kind == "prior"
    posts = [[outcome.numbers["posts"] for outcome in runs[0].outcomes] for runs in drawn.runs]
    assert posts[0] == posts[1]
    compared = ks.compare(
        tiny(),
        MODELS,
        uncertainty="prior",
        draws=2,
        replications=2,
        structures=settled,
        seed=5,
        workers=1,
        progress=False,
        control="none",
    )
    net = compared.first.metric(NET).samples
    np.testing.assert_array_equal(net, drawn.spread(2017, NET).samples)
    assert isinstance(drawn.runs[0][0].replay.worlds, YearOfWorlds)


def test_it_is_asked_kept_and_asked_again(tmp_path: Path) -> None:
    case, out = kept(tmp_path, CASE), tmp_path / "out"
    asked = ("people", case, "--years", "2", "--replications", "2", "--seed", "1", "--workers", "1", "--lang", "en")
    told = shell(*asked, "--out", out, "--no-progress")
    assert told.code == 0, told.err
    assert "posts are held in 2017" in told.out
    said = json.loads((out / "manifest.json").read_text("utf-8"))
    assert said["settings"]["years"] == 2
    assert {"people.png", "people.svg", "people.json", "people.csv"} <= {path.name for path in out.iterdir()}
    again = shell("reproduce", out / "manifest.json", "--no-progress")
    assert again.code == 0, again.err


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"years": 0}, "a whole number from 1 to 40"),
        ({"models": ("outsourced",)}, "a model with work of its own"),
        ({"years": 12}, "law"),
    ],
)
def test_what_is_not_understood_is_refused(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(KravsimError, match=words):
        ks.studies.people(CASE, **({"models": ("in_house",)} | ASKED | asked))


def test_the_last_post_is_no_more_when_the_last_of_all_teams_is() -> None:
    """Whatever the order of the teams: never where one is filled again, else from the earliest day on."""
    data = CASE.realise(Draws(5, 0, 0)).data
    pool = data.models["in_house"].staff["handlers"]
    assert pool.turnover is not None
    later = pool.turnover.model_copy(update={"no_refill_from": dt.date(2019, 1, 1)})
    filled = pool.turnover.model_copy(update={"no_refill_from": None})
    pools = {
        name: pool.model_copy(update={"turnover": turnover})
        for name, turnover in (("soon", pool.turnover), ("later", later), ("filled", filled))
    }
    first, draws = dt.date(2016, 1, 1), Draws(5, 0, 0)

    def years(*names: str) -> float:
        return _years_until_empty([(name, pools[name]) for name in names], first, 3000, draws)

    assert np.isnan(years("soon", "filled"))
    assert np.isnan(years("filled", "soon"))
    one_year = (dt.date(2019, 1, 1) - dt.date(2018, 1, 1)).days / 365
    assert years("soon", "later") == years("later", "soon") == max(years("soon"), years("later") + one_year)


def test_seven_years_at_one_level_say_so_and_two_of_them_do_not() -> None:
    """It is the years followed that count, not those of the scenario's horizon; what a krona is, is said by the indices."""
    held = [
        _as_asked(found().runs[0][0], CASE, range(2017, 2017 + many)).declared for many in (MOST_YEARS, MOST_YEARS + 2)
    ]
    assert [LEVELS_HELD in {doubt.key for doubt in one} for one in held] == [False, True]
    assert "in the scenario's prices" in found().table("en")
    indexed = replace(found(), indexed=True)
    assert "at the levels of the year by the scenario's indices" in " ".join(indexed.table("en").split())
    assert "årets nivåer enligt scenariots index" in " ".join(indexed.table("sv").split())
