"""The study of a stock: what adds up, what is told, and that workers, files and a manifest change nothing."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.golden.test_hand_opening_stock import watched
from tests.unit.test_opening_stock import ROWS, SMALL, with_stock
from tests.validation.asking import kept, shell

import kravsim as ks
from kravsim import figures
from kravsim.errors import ScenarioError
from kravsim.measures.stock import ITEMS, RECEIVED, SPENT
from kravsim.results.stock import StockFound

LANGS = pytest.mark.parametrize("lang", ["sv", "en"])


def years() -> ks.Scenario:
    return with_stock(ROWS, **{"horizon.end": dt.date(2020, 1, 1)})


@cache
def found() -> StockFound:
    return ks.studies.stock(years(), replications=3, draws=3, price=0.1, seed=1, workers=1)


def item(name: str, over: str = "chance", model: str = "in_house") -> Any:
    return getattr(found().watched[model], over)[:, :, ITEMS.index(name)]


@pytest.mark.parametrize("over", ["chance", "worlds"])
@pytest.mark.parametrize("model", ["in_house", "outsourced"])
def test_claims_principal_and_allowance_add_up_to_the_ore(over: str, model: str) -> None:
    def of(name: str) -> Any:
        return item(name, over, model)

    assert np.array_equal(of("claims_opening") - of("claims_paid") - of("claims_ended"), of("claims_closing"))
    gone = of("principal_paid") + of("principal_given_up")
    assert np.array_equal(of("principal_opening") - gone, of("principal_closing"))
    added = of("value_adjustment") + of("write_down")
    assert np.array_equal(of("allowance_opening") + added - of("allowance_released"), of("allowance_closing"))
    for what in ("claims", "principal", "allowance"):
        assert np.array_equal(of(f"{what}_closing")[:, :-1], of(f"{what}_opening")[:, 1:])
    assert (of("allowance_closing") <= of("principal_closing")).all()
    assert (of("allowance_released") >= 0).all()
    assert (of("claims_opening")[:, 0] == 70).all()


def test_by_age_is_all_that_is_open() -> None:
    one = found().watched["in_house"]
    for place, name in enumerate(("claims", "principal")):
        of_years = one.ages[:-1, :, place].sum(axis=1)
        assert of_years == pytest.approx(item(f"{name}_opening").mean(axis=0))
        assert one.ages[-1, :, place].sum() == pytest.approx(item(f"{name}_closing").mean(axis=0)[-1])


def test_a_claim_paid_in_the_first_year_is_worth_what_it_pays_a_year_later() -> None:
    """1 520 kr of charges, 112.10 kr of interest, 500 kr, less the pay and system of the year."""
    case = watched("watched_with_title", 1000, paid=1000)
    one = ks.studies.stock(case, ["in_house"], replications=1, draws=0, rate=0.25, seed=1)
    received = [one.in_year("in_house", name, 2017).mean for name in RECEIVED]
    assert received == [500.0, 60.0 + 180.0 + 380.0, 112.10, 300.0 + 600.0]
    spent = sum(one.in_year("in_house", name, 2017).mean for name in SPENT)
    assert one.value("in_house").mean == pytest.approx((2132.10 + spent) / 1.25)
    assert one.price_of_a_krona("in_house").mean == pytest.approx(one.value("in_house").mean / 500)


@LANGS
def test_what_is_printed_adds_up(lang: str) -> None:
    def whole(cell: str) -> int:
        return int("".join(sign for sign in cell.replace("−", "-") if sign in "-0123456789"))

    for table in found().tables(lang)[1:-1]:
        rows = [[whole(cell) for cell in row.cells[1:5]] for row in table.rows if not row.total]
        for row, following in itertools.pairwise(rows):
            assert row[0] - row[1] - row[2] == row[3] == following[0]
    for row in found().tables(lang)[-1].rows:
        *bands, whole_stock = (whole(cell) for cell in row.cells[1:-1])
        assert sum(bands) == whole_stock
    assert found().table(lang)
    assert "10" in found().sentence(lang)


@LANGS
def test_figures_have_their_numbers(lang: str) -> None:
    net = found().samples("in_house", "net").mean(axis=0)
    frame = figures.stock_years(found(), lang=lang) and __import__(
        "kravsim.figures.stock_years", fromlist=["data"]
    ).data(found())
    assert frame[frame["model"] == "in_house"]["net_kr"].tolist() == net.tolist()
    assert figures.run_off(found(), model="outsourced", lang=lang).axes


def test_threads_change_nothing() -> None:
    other = ks.studies.stock(years(), replications=3, draws=3, price=0.1, seed=1, workers=3)
    assert other == found()


def test_files_are_made_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ("--models", "in_house", "--draws", 0, "--replications", 1, "--seed", 3, "--no-progress")
    first = shell("stock", kept(tmp_path, years()), *asked, "--out", out)
    assert first.code == 0, first.err
    assert {"stock.json", "stock.csv", "stock.png", "stock.svg"} < {path.name for path in out.iterdir()}
    assert json.loads((out / "stock.json").read_text("utf-8"))["models"]["in_house"]["ages"]
    assert shell("reproduce", out / "manifest.json").code == 0


def test_a_municipality_is_called_one() -> None:
    region = replace(found(), body="region")
    for lang, usual, its in (("sv", "regionen", "kommunen"), ("en", "the region", "the municipality")):
        words = {"sv": "Mellan {} och inkassoföretaget", "en": "Between {} and the agency"}[lang]
        assert words.format(its) in found().table(lang)
        assert words.format(usual) in region.table(lang)


def test_what_is_no_stock_or_no_number_is_told_at_once() -> None:
    with pytest.raises(ScenarioError) as error:
        ks.studies.stock(SMALL, rate=3, price=-1, draws=-1)
    assert [problem.key for problem in error.value.problems] == ["opening_stock.rows", "rate", "price", "draws"]


@LANGS
def test_the_kind_of_rate_and_whose_time_is_not_counted_are_said(lang: str) -> None:
    """Real where prices are the same in all years, nominal with indices; own watch without work says that nobody works."""
    rate = {"value": 0.02, "source": "assumption", "status": "assumed"}
    case = watched("watched_with_title", 1000, paid=1000).with_changes(
        {"indices": {"prices": {"base_year": 2017, "beyond": rate}}}
    )
    nominal = ks.studies.stock(case, ["in_house"], replications=1, draws=0, seed=1)
    words = {"sv": ("är real", "är nominell", "inte ta någons tid"), "en": ("is real", "is nominal", "nobody's time")}[
        lang
    ]
    said, other = (" ".join(one.table(lang).split()) for one in (found(), nominal))
    assert words[0] in said
    assert words[1] not in said
    assert words[1] in other
    assert (found().to_json()["rate_is"], nominal.to_json()["rate_is"]) == ("real", "nominal")
    assert found().unstaffed == ()
    assert words[2] not in said
    assert words[2] in " ".join(replace(found(), unstaffed=("in_house",)).table(lang).split())
