"""Does a bridge add up between any two models and scenarios, in the mean, at a percentile, and down to the case?"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.properties.strategies import tiny
from tests.unit.result_makers import outcome, run_of

import kravsim as ks
from kravsim.cli import main
from kravsim.cli.settings import changed
from kravsim.errors import KravsimError, RunError
from kravsim.results.walk import DIFFERENCE, EACH, Walk
from kravsim.statistics.allocation import weights_at
from kravsim.studies.case_gains import case_gains

NAME = "jamtland-harjedalen-2017"
HOW: dict[str, Any] = {"workers": 1, "progress": False}
NAMES = (("inkassoföretaget", "outsourced collection"), ("egen regi", "in-house collection"))


def walk(percentile: float | None, of: str = EACH, n: int = 200, seed: int = 1) -> Walk:
    rng = np.random.default_rng(seed)
    luck = rng.normal(size=n)

    def kr(mean: float, of_luck: float, own: float) -> list[int]:
        return [int(x) for x in 100 * (mean + of_luck * luck + own * rng.normal(size=n))]

    start = [{"demand_fees": a, "interest": b} for a, b in zip(kr(5e5, 4e4, 1e4), kr(2e5, 0, 3e4), strict=True)]
    end = [{"demand_fees": a, "staff_pay": b} for a, b in zip(kr(9e5, 5e4, 1e4), kr(-1e6, -2e4, 5e3), strict=True)]
    runs = [
        run_of(model, [outcome(model, place, one) for place, one in enumerate(budgets)])
        for model, budgets in (("outsourced", start), ("in_house", end))
    ]
    return Walk(runs[0], runs[1], percentile=percentile, of=of, names=NAMES)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n", [2, 3, 10, 500])
def test_weights_give_back_the_value_and_any_straight_line(n: int, seed: int) -> None:
    sums = np.random.default_rng(seed).lognormal(size=n) * 1e6
    for p in (0.0, 0.05, 0.5, 0.95, 1.0):
        at = float(np.quantile(sums, p))
        weights = weights_at(sums, at)
        assert weights.sum() == pytest.approx(1, abs=1e-12)
        assert weights @ sums == pytest.approx(at, rel=1e-9)
        assert weights @ (3 * sums - 7) == pytest.approx(3 * at - 7, rel=1e-9)


def test_weights_of_what_never_varies_are_equal() -> None:
    assert weights_at(np.full(4, 7.0), 7.0).tolist() == [0.25] * 4


def test_parts_at_a_percentile_are_what_they_are_expected_to_be() -> None:
    """Normal parts have E[part | sum = q] in closed form: its mean and its regression on the sum."""
    rng = np.random.default_rng(8)
    parts = rng.normal(size=(20_000, 3)) @ np.array([[2.0, 0.5, 0], [0, 1.0, -1.0], [0, 0, 1.0]]) + [1.0, 2.0, 3.0]
    sums = parts.sum(axis=1)
    at = float(np.quantile(sums, 0.05))
    slope = np.cov(np.column_stack([parts, sums]).T)[:3, 3] / sums.var(ddof=1)
    expected = parts.mean(axis=0) + slope * (at - sums.mean())
    assert weights_at(sums, at) @ parts == pytest.approx(expected, abs=0.15)


@pytest.mark.parametrize(
    ("percentile", "of"), [(None, EACH), (0.05, EACH), (0.95, EACH), (0.05, DIFFERENCE), (0.5, DIFFERENCE)]
)
def test_causes_sum_exactly_with_no_residual(percentile: float | None, of: str) -> None:
    found = walk(percentile, of)
    start, end, causes = found.amounts_ore
    assert sum(causes.values()) == end - start
    low, high, shown, _ = found.shown
    assert sum(shown.values()) == pytest.approx(high - low, abs=1e-6)
    nets = [run.net_ore() / 100 for run in (found.start, found.end)]
    if percentile is None:
        assert [start / 100, end / 100] == pytest.approx([net.mean() for net in nets], abs=0.02)
    elif of == EACH:
        assert [start / 100, end / 100] == pytest.approx([np.quantile(net, percentile) for net in nets], abs=0.02)
    else:
        assert (end - start) / 100 == pytest.approx(np.quantile(nets[1] - nets[0], percentile), abs=0.02)
    frame = found.to_frame()
    assert frame.loc[frame["kind"] == "cause", "amount_kr"].sum() == pytest.approx((end - start) / 100)
    for lang in ("sv", "en"):
        assert found.sentence(lang) in found.table(lang)
        assert len(ks.figures.walk(found, lang=lang).axes) == 1
    json.dumps(found.to_json(), allow_nan=False)


def test_the_mean_is_that_of_the_comparisons_bridge() -> None:
    found = walk(None)
    for cause in found.causes:
        assert found.cause_kr(cause) == pytest.approx(found.bridge.mean_kr(cause), abs=0.02)


def test_a_percentile_needs_enough_replications() -> None:
    with pytest.raises(RunError, match="72"):
        walk(0.05, n=50)


def test_down_to_the_case_within_one_scenario() -> None:
    small = tiny()
    found = ks.studies.bridge(small, replications=2, seed=4, cases=3, replication=1, **HOW)
    cases = found.cases
    assert cases is not None
    moved = int(found.end.net_ore()[1] - found.start.net_ore()[1])
    assert cases.total_ore == moved
    assert sum(one.ore for one in cases.kinds.values()) + sum(cases.beside.values()) == moved
    assert cases.only_start.count == cases.only_end.count == 0
    for row in cases.frame.to_dict("records"):
        assert row["case_start"] == row["case_end"]
        for model, side in (("outsourced", "start_kr"), ("in_house", "end_kr")):
            run = found.start if model == "outsourced" else found.end
            postings = run.postings(replication=1)
            mine = postings[(postings["case"] == row["case_start"]) & (postings["budget_line"] != "")]
            assert mine["region_kr"].sum() == pytest.approx(row[side], abs=1e-9)
            assert ks.explain_case(small, model=model, case=row["case_start"], replication=1, seed=4).text
    changes = cases.frame["change_kr"].tolist()
    assert changes[:3] == sorted(changes[:3], reverse=True)
    assert "kravsim explain" in found.table("en")


def test_between_two_scenarios_the_same_invoices_meet_the_same_luck() -> None:
    small = tiny()
    fewer = small.with_changes({"invoices.per_year": 3000})
    found = ks.studies.bridge(small, fewer, models="outsourced", replications=2, seed=4, **HOW)
    cases = found.cases
    assert cases is not None
    assert cases.only_start.count > 0
    assert cases.same.count > 0
    assert cases.total_ore == int(found.end.net_ore()[0] - found.start.net_ore()[0])
    alone = ks.simulate(fewer, model="outsourced", replications=2, seed=4, **HOW)
    assert (found.end.net_ore() == alone.net_ore()).all()
    apart = small.with_changes({"debtors.coordinate": False})
    other = ks.studies.bridge(small, apart, models="outsourced", replications=2, seed=4, **HOW)
    assert other.cases is not None
    assert other.cases.total_ore == int(other.end.net_ore()[0] - other.start.net_ore()[0])


def test_nothing_between_twins() -> None:
    small = tiny()
    twin = small.with_changes({"body.name": "Twin"})
    found = ks.studies.bridge(small, twin, models="outsourced", replications=2, seed=4, **HOW)
    assert set(found.amounts_ore[2].values()) == {0}
    assert found.cases is not None
    assert (found.cases.gain.count, found.cases.lose.count, found.cases.total_ore) == (0, 0, 0)
    assert "nothing sets" in found.sentence("en").lower()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"models": "outsourced"}, "two ends that differ"),
        ({"models": ("outsourced", "nobody")}, "models: got 'nobody'"),
        ({"models": ("a", "b", "c")}, "the model walked from"),
        ({"of": "sum"}, "each, difference"),
        ({"cases": -1}, "cases"),
        ({"replication": 9, "replications": 2, "seed": 1}, "a number from 0 to 1"),
    ],
)
def test_a_bridge_that_cannot_be(given: dict[str, Any], words: str) -> None:
    with pytest.raises(KravsimError, match=words):
        ks.studies.bridge(tiny(), **{**HOW, **given})


def test_two_scenarios_need_models() -> None:
    small = tiny()
    with pytest.raises(KravsimError, match="the model walked from"):
        ks.studies.bridge(small, small.with_changes({"invoices.per_year": 3000}), **HOW)


@pytest.mark.parametrize(
    ("start", "end", "years", "span"), [(2016, 2017, 1, "2016"), (2016, 2018, 2, "2016\u20132017")]
)
def test_years_of_other_times_are_walked_a_calendar_year(start: int, end: int, years: int, span: str) -> None:
    small = tiny()
    other = small.with_changes({"horizon.start": dt.date(start, 1, 1), "horizon.end": dt.date(end, 1, 1)})
    found = ks.studies.bridge(small, other, models="outsourced", replications=2, seed=4, **HOW)
    net = ks.simulate(other, model="outsourced", replications=2, seed=4, **HOW).net_ore()
    assert (found.end.net_ore() == net).all()
    before, after, causes = found.amounts_ore
    assert sum(causes.values()) == after - before
    assert after / 100 == pytest.approx(net.mean() / 100, abs=0.02)
    cases = found.cases
    assert cases is not None
    assert (cases.years, cases.years_shown) == (years, 1)
    assert sum(one.ore for one in cases.kinds.values()) + sum(cases.beside.values()) == cases.total_ore
    assert cases.kr(cases.total_ore) == pytest.approx((found.end.net_ore()[0] - found.start.net_ore()[0]) / 100, abs=1)
    told = found.to_json()
    assert told["years"] == ["2017", span]
    assert told["cases"]["difference_kr"] == pytest.approx(cases.kr(cases.total_ore))
    assert "other_years" in {doubt.key for doubt in found.doubts}
    for lang, word in (("sv", "per kalenderår"), ("en", "a calendar year")):
        assert span in found.sentence(lang)
        assert word in found.table(lang).split("\n\n")[1] or word in found.table(lang)
    assert ks.figures.walk(found, lang="sv").axes
    row = cases.frame.iloc[0]
    assert row["change_kr"] == pytest.approx(row["end_kr"] - row["start_kr"])


def test_the_command_walks_leaves_files_and_makes_them_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = ["--set", "invoices.per_year=4000", "--set", "debtors.number=400", "--set", "horizon.history_years=1"]
    given = ["bridge", NAME, *small, "--replications", "2", "--seed", "3", "--no-progress", "--lang", "en"]
    out = tmp_path / "out"
    assert main([*given, "--set-to", "invoices.late_share=0.07", "--models", "outsourced", "--out", str(out)]) == 0
    assert "Case by case" in capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == {
        *(f"bridge.{kind}" for kind in ("json", "csv", "png", "svg")),
        "manifest.json",
    }
    assert main(["reproduce", str(out / "manifest.json"), "--lang", "en"]) == 0
    assert "All 4 files came out the same" in capsys.readouterr().out
    other = tmp_path / "other"
    years = ["--set-to", "horizon.start=2016-01-01", "--set-to", "horizon.end=2017-01-01"]
    assert main([*given, *years, "--models", "outsourced", "--out", str(other)]) == 0
    assert "2016" in capsys.readouterr().out
    assert main(["reproduce", str(other / "manifest.json"), "--lang", "en"]) == 0
    capsys.readouterr()
    assert main([*given, "--of", "difference", "--lang", "en"]) == 2
    assert "a percentile with --of" in capsys.readouterr().err


def test_the_command_of_a_case_names_the_scenario_it_is_of_or_is_left_out(tmp_path: Path) -> None:
    """A file that has the name of a bundled scenario is named by its path, and texts and tables are never half told."""
    small = tiny()
    path = tmp_path / "min kommun.toml"
    path.write_text(small.text, encoding="utf-8")
    mine = ks.load_scenario(path).with_changes({"debtors.number": 401, "title": "Vår 'by' 1.5"})
    assert mine.name == "jamtland-harjedalen-2017"

    def command(scenario: ks.Scenario) -> str:
        return case_gains((scenario, "outsourced"), (small, "in_house"), seed=4, replication=0, most=1).commands[0]

    said = shlex.split(command(mine))
    assert said[:3] == ["kravsim", "explain", str(path)]
    sets = [text for before, text in itertools.pairwise(said) if before == "--set"]
    assert changed(ks.load_scenario(said[2]), sets).fingerprint == mine.fingerprint
    assert command(small).startswith("kravsim explain jamtland-harjedalen-2017 --set ")
    more = small.with_model("more", copy_of="in_house")
    assert command(more) == ""
    cases = case_gains((more, "outsourced"), (more, "more"), seed=4, replication=0, most=1)
    assert cases.to_json()["explain"] == {"start": None, "end": None}
    found = ks.studies.bridge(more, models=("outsourced", "more"), replications=2, seed=4, cases=1, **HOW)
    assert "kravsim explain" not in found.table("sv")
