"""The study of a stock: what adds up, what is told, and that workers, files and a manifest change nothing."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
from kravsim.errors import RunError, ScenarioError
from kravsim.flow import one_run
from kravsim.measures.stock import AGE_YEARS, ITEMS, RECEIVED, SPENT
from kravsim.results.stock import StockFound, Watched
from kravsim.running import blocks, threads
from kravsim.running.blocks import Outcomes, Task, run_replication

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
    price = one.price_of_a_krona("in_house")
    assert price is not None
    assert price.mean == pytest.approx(one.value("in_house").mean / 500)


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


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def test_whoever_runs_it_changes_nothing(pool: ThreadPoolExecutor) -> None:
    for how in ({"workers": 3}, {"executor": pool, "workers": 2}):
        assert ks.studies.stock(years(), replications=3, draws=3, price=0.1, seed=1, **how) == found()


def test_finished_blocks_are_gone_on_with_and_none_is_run_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More replications and worlds go on in the same directory, whose blocks keep every one; new claims are another study."""
    asked: dict[str, Any] = {"price": 0.1, "workers": 1, "run_dir": tmp_path / "kept", "progress": False}
    ks.studies.stock(years(), replications=2, draws=2, seed=1, **asked)
    run: list[tuple[int, int]] = []

    def noted(task: Task, number: int) -> Outcomes:
        run.append(task.worlds.place(number))
        return run_replication(task, number)

    for place in (blocks, threads):
        monkeypatch.setattr(place, "run_replication", noted)
    assert ks.studies.stock(years(), replications=3, draws=3, **asked) == found()
    assert sorted(run) == [(0, 2), (3, 0)]
    assert ks.studies.stock(years(), replications=3, draws=3, **asked) == found()
    assert len(run) == 2
    with pytest.raises(RunError, match="design"):
        ks.compare(years(), replications=3, seed=1, run_dir=tmp_path / "kept", progress=False)


def test_a_failing_run_says_how_it_is_repeated_without_new_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise ArithmeticError("no")

    monkeypatch.setattr(blocks, "stock_of", failing)
    with pytest.raises(RunError, match="new_claims=False") as error:
        ks.studies.stock(years(), ["in_house"], replications=1, draws=0, seed=1, progress=False)
    assert "repeat it alone" in str(error.value)
    parts = one_run(years(), "in_house", seed=1, new_claims=False)
    assert parts.inputs.stream.of_stock.all()


@LANGS
def test_what_is_owed_besides_principal_is_in_the_price_of_the_whole(lang: str) -> None:
    """1 520 kr of charges, and 112 kr of interest: a day less than on the day on which it is paid, 112.10 kr."""
    case = watched("watched_with_title", 1000, paid=1000)
    one = ks.studies.stock(case, ["in_house"], replications=1, draws=0, rate=0.25, seed=1)
    besides = one.watched["in_house"].besides_chance / 100
    assert besides.tolist() == pytest.approx([1520 + 112.10 - 500 * 0.075 / 365], abs=0.011)
    whole, price = one.price_of_the_whole("in_house"), one.price_of_a_krona("in_house")
    assert whole is not None
    assert price is not None
    assert whole.mean == pytest.approx(price.mean * 500 / (500 + besides[0]))
    told = one.to_json()["models"]["in_house"]["chance"]
    assert told["price_of_the_whole_kr"]["mean"] == whole.mean
    words = {"sv": "av allt som är obetalt", "en": "of all that is owed"}[lang]
    assert words in one.sentence(lang)
    assert words in one.table(lang)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--rate", "0,03"], "--rate"),
        (["--rate", "nan"], "rate"),
        (["--rate", "7"], "rate"),
        (["--price", "ten"], "--price"),
        (["--price", "-1"], "price"),
        (["--draws", "1"], "0, or a whole number from 2 to 10000"),
        (["--draws", "-3"], "--draws"),
        (["--replications", "0"], "--replications"),
        (["--workers", "0"], "--workers"),
        (["--engine", "steam"], "engine"),
        (["--seed", "-1"], "--seed"),
        (["--run-dir", " "], "--run-dir"),
        (["--structure", "reading=Z"], "reading"),
    ],
)
def test_an_option_that_is_none_is_one_clear_error(option: list[str], said: str, tmp_path: Path) -> None:
    told = shell("stock", kept(tmp_path, years()), "--lang", "en", "--no-progress", "--out", tmp_path / "out", *option)
    assert (told.code, told.out) == (2, ""), told.err
    assert said in told.err
    assert len(told.err.strip().splitlines()) == 1, told.err
    assert not (tmp_path / "out").exists()


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


@pytest.mark.parametrize("models", ["in_house,in_house", "", "in_house,nobody"])
def test_ways_named_twice_or_not_at_all_are_refused(models: str, tmp_path: Path) -> None:
    told = shell("stock", kept(tmp_path, years()), "--models", models, "--draws", 0, "--no-progress")
    assert (told.code, "models" in told.err) == (2, True), told.err
    with pytest.raises(ScenarioError, match="models"):
        ks.studies.stock(years(), models.split(",") if models else [])


def worth(net_kr: float, principal_kr: float, claims: int = 1, years: int = 1) -> StockFound:
    """A stock in one way, whose first of two replications costs a tenth less."""
    table = np.zeros((2, years, len(ITEMS)), np.int64)
    table[:, 0, ITEMS.index("letters")] = np.array([0.9, 1.1]) * net_kr * 100
    table[:, 0, ITEMS.index("principal_opening")] = principal_kr * 100
    table[:, 0, ITEMS.index("claims_opening")] = claims
    ages = np.zeros((years + 1, len(AGE_YEARS) + 1, 2))
    ways = {"in_house": Watched(table, table[:0], ages, np.zeros(2, np.int64), np.zeros(0, np.int64))}
    return StockFound("mine", "Mine", "region", {"in_house": ("egen", "own")}, ways, 2017, 0.0, 0.1, 1)


@LANGS
def test_without_principal_there_is_no_price(lang: str) -> None:
    one = worth(-20_000, 0, claims=0)
    assert one.price_of_a_krona("in_house") is None
    assert {"sv": "utan kapital finns inget pris", "en": "without principal there is no price"}[lang] in one.sentence(
        lang
    )
    assert [row.cells[-2:] for row in one.tables(lang)[0].rows[-2:]] == [("–", "–")] * 2
    told = json.loads(json.dumps(one.to_json(), allow_nan=False))
    assert told["models"]["in_house"]["chance"]["price_of_a_krona_kr"] is None


def test_a_stock_that_costs_is_got_rid_of_up_to_a_payment() -> None:
    one = worth(-1_000, 10_000)
    assert "1 claim, 10 000 kr of principal, over 1 year." in plain(one.sentence("en"))
    assert "rid of it, even at a payment of up to 0.10 kr a krona of principal (0.09 to 0.11)" in plain(
        one.sentence("en")
    )
    assert "1 fordran, 10 000 kr i kapital, över 1 år." in plain(one.sentence("sv"))
    assert "betala upp till 0,10 kr per krona kapital (0,09 till 0,11)" in plain(one.sentence("sv"))
    assert "2 claims, 10 000 kr of principal, over 2 years." in plain(worth(-1_000, 10_000, 2, 2).sentence("en"))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_what_is_no_stock_or_no_number_is_told_at_once() -> None:
    with pytest.raises(ScenarioError) as error:
        ks.studies.stock(SMALL, rate=3, price=-1, draws=-1)
    assert [problem.key for problem in error.value.problems] == ["opening_stock.rows", "rate", "price", "draws"]


@LANGS
def test_the_kind_of_rate_and_whose_time_is_not_counted_are_said(lang: str) -> None:
    """Real where prices are the same in all years, nominal with indices; own watch without work says that nobody works."""
    rate = {"value": 0.02, "source": "assumption", "status": "assumed"}
    case = watched("watched_with_title", 1000, paid=1000).with_changes(
        {"indices": {"prices": {"base_year": 2017, "growth_after_share_per_year": rate}}}
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
