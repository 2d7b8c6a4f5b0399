"""Many bodies of different sizes: do they follow their size, meet the same worlds, and add up?"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.properties.strategies import tiny
from tests.validation.asking import kept, refused, shell

import kravsim as ks
from kravsim import figures
from kravsim.results.portfolio import PortfolioFound
from kravsim.scenario.portfolio_file import REGIONS, Portfolio, portfolio_names, portfolio_of, portfolio_text
from kravsim.scenario.scaled import scaled
from kravsim.statistics.distribution import Distribution
from kravsim.studies.decision.benefits import worlds_of
from kravsim.telling.portfolio_tables import span

TEXT = """
name = "three-towns"
title = "Three towns"
title_sv = "Tre orter"
unit = "inhabitants"
unit_sv = "invånare"
size_of_the_scenario = 1000

[volume]
low = 0.5
high = 2
source = "assumption"
status = "assumed"

[sources.counted]
title = "As counted"

[[bodies]]
name = "Åby"
size = 500
source = "counted"
status = "derived"

[[bodies]]
name = "Mellan"
size = 1000
source = "counted"
status = "derived"
as_it_stands = true

[[bodies]]
name = "Storstad"
size = 3000
source = "counted"
status = "derived"
"""
CASE = tiny()
SETTLED = {"hand_over": "invoice_age", "instalments": "short_plans", "limitation": "three_years"}
ASKED: dict[str, Any] = {
    "draws": 4,
    "structures": SETTLED | {"reading": "D"},
    "seed": 7,
    "workers": 1,
    "progress": False,
}
YEARS: dict[str, Any] = {**ASKED, "by": "simulated"}
WITHIN = ",".join(f"{dimension}={name}" for dimension, name in ASKED["structures"].items())
_FOUR: dict[str, Any] = {key: ASKED[key] for key in ("draws", "structures", "seed")}
LANGS = pytest.mark.parametrize("lang", ["sv", "en"])


def towns() -> Portfolio:
    return portfolio_of(TEXT)


@cache
def found() -> PortfolioFound:
    return ks.studies.portfolio(CASE, towns(), **ASKED)


@cache
def simulated() -> PortfolioFound:
    return ks.studies.portfolio(CASE, towns(), **YEARS)


def test_the_bundled_regions_are_the_whole_country() -> None:
    assert REGIONS in portfolio_names()
    regions = portfolio_of(portfolio_text(REGIONS))
    assert len(regions.bodies) == 21
    assert sum(one.size for one in regions.bodies) == 10_120_242
    own = [one for one in regions.bodies if one.as_it_stands]
    assert [one.size for one in own] == [regions.size_of_the_scenario]
    assert regions.volume.status == "assumed"
    assert regions.volume.high >= 2 * regions.volume.low
    case = ks.load_scenario("jamtland-harjedalen-2017")
    for one in regions.bodies:  # each is a scenario that can be asked
        assert scaled(case, regions, one).data.body.name == one.name


def test_what_follows_size_does_and_prices_do_not() -> None:
    small, same, large = (scaled(CASE, towns(), one).data for one in towns().bodies)
    per_year = small.invoices.per_year
    assert (per_year.value, per_year.low, per_year.high) == (2000, 1000, 4000)
    assert (same.invoices.per_year, same.debtors.number) == (CASE.data.invoices.per_year, CASE.data.debtors.number)
    assert large.debtors.number.value == 1200
    for model in ("in_house", "outsourced"):
        for name, pool in CASE.data.models[model].staff.items():
            assert large.models[model].staff[name].fte.value == pytest.approx(3 * pool.fte.value)
        assert large.models[model].system == CASE.data.models[model].system
    posts = large.models["in_house"].staff["handlers"].posts
    assert posts is not None
    assert (posts.base_case, posts.least_fte.value, posts.most_fte.value) == ("rule", 3, 48)
    skills = large.models["in_house"].staff["handlers"].skills
    assert [len(post) for post in skills] == [4, 4, 4, 2]
    assert any({"invoices.per_year", "debtors.number"} <= set(one.keys) for one in large.correlations.values())


def test_each_body_is_what_its_scenario_gives_by_itself() -> None:
    member = towns().bodies[2]
    alone = ks.compare(
        scaled(CASE, towns(), member),
        uncertainty="prior",
        draws=4,
        replications=2,
        structures=ASKED["structures"],
        seed=7,
        workers=1,
        progress=False,
    )
    assert np.array_equal(alone.difference.samples, simulated().bodies[2].difference.samples)


def test_bodies_meet_the_same_worlds() -> None:
    """Whatever is not known of debtors and prices is the same in all, and volumes have the same place in their range."""
    small, _, large = (worlds_of(scaled(CASE, towns(), one), "prior", **_FOUR)[0].inputs() for one in towns().bodies)
    fixed = {key for key in small if not key.startswith(("invoices.per_year", "debtors.number", "models."))}
    assert len(fixed) > 100
    for key in fixed:
        assert np.array_equal(small[key], large[key]), key
    assert large["invoices.per_year"] / small["invoices.per_year"] == pytest.approx(6, rel=0.01)


def test_expectations_and_simulated_years_say_much_the_same() -> None:
    expected, years = found().difference, simulated().difference
    assert found().draws == simulated().draws == 4
    assert expected.mean == pytest.approx(years.mean, rel=0.1)
    assert np.corrcoef(expected.samples, years.samples)[0, 1] > 0.8


def test_the_whole_is_the_sum_of_its_bodies() -> None:
    parts = sum(one.difference.samples for one in found().bodies)
    assert np.allclose(found().difference.samples, parts)
    whole = sum(one.economic_difference.mean for one in found().bodies)
    assert found().economic_difference.mean == pytest.approx(whole)
    assert span(found().difference) == (found().difference.samples.min(), found().difference.samples.max())


def test_worlds_are_told_by_alternative() -> None:
    rows = ks.studies.portfolio(CASE, towns(), **{**ASKED, "structures": SETTLED, "draws": 12}).by_alternative()
    readings = [(one, spread) for one, spread in rows if one.dimension == "reading"]
    assert [one.name for one, _ in readings] == ["A", "B", "C", "D", "E", "DE"]
    assert sum(len(one.worlds) for one, _ in readings) == 12


@LANGS
def test_printed_amounts_add_up_and_words_are_there(lang: str) -> None:
    (first,) = found().tables(lang)
    amounts = [float(row.cells[4].replace("\N{NO-BREAK SPACE}", "").removesuffix("kr")) for row in first.rows]
    assert amounts[-1] == sum(amounts[:-1])
    assert first.rows[-1].total
    assert {"sv": "Alla tillsammans", "en": "All together"}[lang] == first.rows[-1].cells[0]
    said = found().sentence(lang)
    assert {"sv": "Tre orter", "en": "Three towns"}[lang] in said
    assert {"sv": "Årspriser följer inte storleken", "en": "Prices by the year do not follow size"}[lang] in said
    assert {"sv": "Bara storleken", "en": "Nothing but size"}[lang] in said
    assert "Infinity" not in json.dumps(found().to_json(), allow_nan=False)


def test_rows_of_worlds() -> None:
    frame = found().to_frame()
    assert list(frame["body"].unique()) == ["Åby", "Mellan", "Storstad"]
    assert len(frame) == 3 * 4
    assert sorted(frame["draw"].unique()) == [1, 2, 3, 4]
    assert frame.groupby("draw")["difference_kr"].sum().to_numpy() == pytest.approx(found().difference.samples)


def test_a_portfolio_may_say_that_volume_follows_size_exactly() -> None:
    exact = portfolio_of(TEXT.replace("low = 0.5", "low = 1").replace("high = 2", "high = 1"))
    invoices = scaled(CASE, exact, exact.bodies[2]).data.invoices.per_year
    assert (invoices.low, invoices.high) == (None, None)


@LANGS
def test_the_figure_has_every_body(lang: str) -> None:
    drawn = figures.portfolio(found(), lang=lang)
    names = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert [name.partition(",")[0] for name in names] == ["Storstad", "Mellan", "Åby"]


def test_a_stopped_run_goes_on_from_what_is_there(tmp_path: Path) -> None:
    first = ks.studies.portfolio(CASE, towns(), **{**YEARS, "draws": 2}, run_dir=tmp_path)
    assert {folder.name for folder in tmp_path.iterdir() if folder.is_dir()} >= {"Mellan", "Storstad"}
    more = ks.studies.portfolio(CASE, towns(), **YEARS, run_dir=tmp_path)
    assert np.array_equal(more.difference.samples, simulated().difference.samples)
    assert np.array_equal(first.difference.samples, more.difference.samples[:2])


class Interrupted(ThreadPoolExecutor):
    """An executor under which somebody presses Ctrl-C when so many blocks have been handed over."""

    left = 6

    def submit(self, *args: Any, **keywords: Any) -> Any:  # type: ignore[override]
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return super().submit(*args, **keywords)


def test_a_run_that_is_interrupted_within_a_body_goes_on_there(tmp_path: Path) -> None:
    """Three bodies of four blocks each: stopped in the second, nothing of the third, and the same bits in the end."""
    with Interrupted(1) as stopping, pytest.raises(KeyboardInterrupt):
        ks.studies.portfolio(CASE, towns(), **{**YEARS, "workers": 1}, run_dir=tmp_path, executor=stopping)
    begun = {folder.name for folder in tmp_path.iterdir() if folder.is_dir()}
    assert "Mellan" in begun
    assert "Storstad" not in begun
    whole = ks.studies.portfolio(CASE, towns(), **YEARS, run_dir=tmp_path)
    assert whole == simulated()


@LANGS
def test_the_command_leaves_files_that_can_be_made_again(tmp_path: Path, lang: str) -> None:
    (tmp_path / "towns.toml").write_text(TEXT, "utf-8")
    out = tmp_path / "out"
    words = ("--bodies", tmp_path / "towns.toml", "--draws", 4, "--structure", WITHIN, "--seed", 7, "--workers", 1)
    told = shell("portfolio", kept(tmp_path, CASE), *words, "--no-progress", "--lang", lang, "--out", out)
    assert told.code == 0, told.err
    assert "Storstad" in told.out
    assert {file.name for file in out.iterdir()} == {f"portfolio.{end}" for end in ("json", "csv", "png", "svg")} | {
        "manifest.json"
    }
    again = shell("reproduce", out / "manifest.json", "--no-progress")
    assert again.code == 0, again.err + again.out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("size = 3000", "size = -3"), "bodies"),
        (('name = "Storstad"', 'name = "Mellan"'), "each body once"),
        (("size = 500", 'size = "many"'), "size"),
        (('[sources.counted]\ntitle = "As counted"', ""), "name a table"),
        (("size_of_the_scenario = 1000", "size_of_the_scenario = 900"), "as_it_stands"),
        (("low = 0.5", "low = 1.5"), "volume.low"),
        (('unit = "inhabitants"', 'unit = "inhabitants"\npeople = 3'), "people"),
        (("size_of_the_scenario = 1000", ""), "size_of_the_scenario"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_words(change: tuple[str, str], said: str) -> None:
    assert said in refused(lambda: portfolio_of(TEXT.replace(*change), "towns.toml"))


def test_what_is_no_portfolio_is_refused(tmp_path: Path) -> None:
    assert "did you mean swedish-regions-2017?" in refused(lambda: portfolio_text("swedish-regions-2018"))
    assert "an existing file of bodies" in refused(lambda: portfolio_text(tmp_path / "none.toml"))
    three = ["in_house", "outsourced", "own_reminders"]
    assert "two models" in refused(lambda: ks.studies.portfolio(CASE, towns(), three, seed=1))
    assert "by: got 'guess'" in refused(lambda: ks.studies.portfolio(CASE, towns(), by="guess", seed=1))  # type: ignore[arg-type]
    kept_in = refused(lambda: ks.studies.portfolio(CASE, towns(), seed=1, run_dir=tmp_path))
    assert "run_dir" in kept_in
    told = shell("portfolio", "jamtland-harjedalen-2017", "--bodies", "nowhere", "--no-progress")
    assert told.code == 2
    assert "nowhere" in told.err


def test_bodies_of_other_worlds_do_not_make_a_portfolio() -> None:
    one = found()
    fewer = replace(one.bodies[0], difference=Distribution(one.bodies[0].difference.samples[:2], "difference_kr", "kr"))
    assert "the same worlds" in refused(lambda: replace(one, bodies=(fewer, *one.bodies[1:])), exit_code=4)
