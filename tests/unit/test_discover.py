"""Are known boxes found again, noise left alone, and does a scenario say under which conditions a model is better?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import kravsim as ks
from kravsim.cli import main
from kravsim.errors import DataError, KravsimError
from kravsim.studies.decision.discovered import Discovered
from kravsim.studies.decision.discovery import Discovery
from kravsim.studies.decision.over_ranges import over_ranges
from kravsim.words.key_words import key_label

NAME = "jamtland-harjedalen-2017"
FOLLOW_UP = "models.outsourced.staff.follow_up.fte"
PAY = "models.in_house.staff.handlers.pay_per_fte_kr"
FTE = "models.in_house.staff.handlers.fte"
SETTLED = {"reading": "D", "hand_over": "invoice_age", "instalments": "short_plans", "limitation": "three_years"}


def draws(n: int = 1_000, seed: int = 1) -> pd.DataFrame:
    """Twenty scales, a whole number, a truth value and a reading; all without effect on each other."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.uniform(0, 1, (n, 20)), columns=[f"x{k}" for k in range(20)])
    table["posts"] = rng.integers(1, 9, n)
    table["own"] = rng.integers(0, 2, n).astype(bool)
    table["reading"] = rng.choice(["A", "B", "C", "D"], n)
    table["same"] = 7
    return table


def limits(found: Discovery) -> dict[str, tuple[Any, ...]]:
    return {one.name: one.levels or (one.low, one.high) for one in (found.boxes[0].limits if found.boxes else ())}


def test_a_box_of_two_scales_is_found() -> None:
    table = draws()
    found = ks.studies.prim(table, (table.x3 > 0.6) & (table.x7 < 0.4))
    (box,) = found.boxes
    assert set(limits(found)) == {"x3", "x7"}
    assert limits(found)["x3"] == pytest.approx((0.6, np.inf), abs=0.02)
    assert limits(found)["x7"] == pytest.approx((-np.inf, 0.4), abs=0.02)
    assert box.coverage > 0.95
    assert box.density > 0.95
    assert box.reproducibility == (1.0, 1.0)
    assert box.held_out is not None
    assert min(box.held_out) > 0.85
    assert found.constant == ("same",)


def test_whole_numbers_stay_whole() -> None:
    """ema_workbench 3.0.0 refuses them under pandas 3 (its paste sets a limit between two)."""
    table = draws()
    found = ks.studies.prim(table, (table.posts >= 4) & (table.posts <= 6) & (table.x0 < 0.5))
    assert limits(found)["posts"] == (4.0, 6.0)
    assert limits(found)["x0"] == pytest.approx((-np.inf, 0.5), abs=0.02)
    assert found.boxes[0].coverage == found.boxes[0].density == 1.0
    big = table.assign(volume=(table.x1 * 300_000).astype(np.int64))
    many = ks.studies.prim(big.drop(columns="x1"), big.volume > 158_036)
    low, high = limits(many)["volume"]
    assert low == round(low)
    assert (low, high) == pytest.approx((158_036, np.inf), rel=0.02)


def test_readings_and_truth_values_are_levels() -> None:
    table = draws()
    found = ks.studies.prim(table, table.reading.isin(["A", "D"]) & (table.posts <= 2))
    assert limits(found) == {"reading": ("A", "D"), "posts": (-np.inf, 2.0)}
    own = ks.studies.prim(table, table.own & (table.x5 > 0.5))
    assert set(limits(own)) == {"own", "x5"}
    assert own.boxes[0].coverage > 0.97
    assert "reading = A or D" in found.sentence("en")
    assert "reading = A eller D" in found.sentence("sv")


def test_three_limits_and_no_fourth() -> None:
    table = draws()
    found = ks.studies.prim(table, (table.x3 > 0.5) & (table.x7 < 0.5) & (table.posts >= 3))
    assert set(limits(found)) == {"x3", "x7", "posts"}
    four = ks.studies.prim(table, (table.x3 > 0.4) & (table.x7 < 0.6) & (table.posts >= 3) & table.own)
    assert len(limits(four)) <= 3
    two = ks.studies.prim(table, (table.x3 > 0.5) & (table.x7 < 0.5) & (table.posts >= 3), limits=2)
    assert len(limits(two)) == 2


def test_a_blurred_box_is_found_and_its_worth_elsewhere_is_not_flattered() -> None:
    table, rng = draws(), np.random.default_rng(2)
    inside = (table.x3 > 0.6) & (table.x7 < 0.4)
    found = ks.studies.prim(table, (inside & (rng.random(1_000) < 0.8)) | (rng.random(1_000) < 0.05))
    (box,) = found.boxes[:1]
    assert set(limits(found)) == {"x3", "x7"}
    assert box.held_out is not None
    assert box.held_out[1] < box.density + 0.02
    fresh = draws(20_000, seed=9)
    there = (fresh.x3 > limits(found)["x3"][0]) & (fresh.x7 < limits(found)["x7"][1])
    true = float(np.where((fresh.x3 > 0.6) & (fresh.x7 < 0.4), 0.81, 0.05)[there].mean())
    assert abs(box.held_out[1] - true) < 5 * np.sqrt(true * (1 - true) / box.draws)


def test_two_boxes_are_found_one_after_the_other() -> None:
    table = draws(2_000)
    one, other = (table.x3 > 0.7) & (table.x7 < 0.4), (table.x5 > 0.7) & (table.posts == 1)
    found = ks.studies.prim(table, one | other)
    assert [{limit.name for limit in box.limits} for box in found.boxes] == [{"x3", "x7"}, {"x5", "posts"}]
    assert sum(box.coverage for box in found.boxes) > 0.9
    assert len(found.to_frame()) == 4


@pytest.mark.parametrize("seed", range(6))
def test_noise_has_no_box(seed: int) -> None:
    table = draws(400, seed=seed)
    found = ks.studies.prim(table, np.random.default_rng(50 + seed).random(400) < 0.2)
    assert found.boxes == ()
    assert "No two or three limits" in found.sentence("en")


def test_what_never_or_always_holds_has_bounds_and_no_box() -> None:
    table = draws(200)
    never, always = ks.studies.prim(table, np.zeros(200, bool)), ks.studies.prim(table, np.ones(200, int))
    assert never.boxes == always.boxes == ()
    assert never.interval() == pytest.approx((0, 1 - 0.05 ** (1 / 200)))
    assert always.interval() == pytest.approx((0.05 ** (1 / 200), 1))
    json.dumps(never.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("inputs", "holds", "words"),
    [
        ({"a": [1, 2, np.nan]}, [1, 0, 1], "draw 2 of 3"),
        ({"a": [1, 2]}, [1, 0, 1], "a: got 2; allowed 3 draws"),
        ({}, [1, 0, 1], "no input"),
        ({"a": [1, 2, 3]}, [1, 0, 2], "holds: got 2.*draw 2 of 3"),
        ({"a": [1, 2, 3]}, [1, 0, np.nan], "holds: got nan"),
        ({"a": [1, 2, 3]}, [[1, 0, 1]], "give one a draw"),
        ({"a": [1]}, [1], "two draws or more"),
        ({"a": [1, 2, 3]}, ["a", "b", "c"], "not made of numbers"),
    ],
)
def test_draws_that_cannot_be_asked_about(inputs: Any, holds: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        ks.studies.prim(inputs, holds)


@pytest.fixture(scope="module")
def scenario() -> ks.scenario.Scenario:
    return ks.load_scenario(NAME)


@pytest.fixture(scope="module")
def found(scenario: ks.scenario.Scenario) -> Discovered:
    ranges = {FOLLOW_UP: (0.1, 5), PAY: (300_000, 600_000)}
    return ks.studies.discover(scenario, ranges=ranges, structures=SETTLED, draws=128)


def test_where_in_house_wins_over_ranges_that_were_asked_for(found: Discovered) -> None:
    assert found.status == "conditions"
    first = found.boxes[0]
    (limit,) = [one for one in first.limits if one.name == FOLLOW_UP]
    assert 1.5 < limit.low < 3.5
    said = found.sentence("en")
    assert said.startswith("Net revenue: In-house collection is better in")
    assert found.beside is not None
    assert found.beside.economic
    assert "Net revenue with recovered principal: In-house" in said
    assert found.to_json()["beside"]["benefit"] == "economic"
    assert "evenly over the declared ranges, changed for 2 numbers" in said
    assert f"{FOLLOW_UP} ≥" in said
    assert "in-house collection is better in" in said
    assert "är egen regi bättre i" in found.sentence("sv")
    frame = found.to_frame()
    assert len(frame) + found.unanswered == 128
    assert (frame.better == (frame.gain_kr > 0)).all()
    assert frame[frame.box == 1].better.mean() == pytest.approx(first.density)
    json.dumps(found.to_json(), allow_nan=False)


def test_no_world_in_favour_has_a_bound_and_no_conditions(scenario: ks.scenario.Scenario) -> None:
    none = ks.studies.discover(scenario, structures=SETTLED, draws=32)
    assert (none.status, none.boxes) == ("never", ())
    assert none.found.interval()[1] == pytest.approx(1 - 0.05 ** (1 / 32))
    said = none.sentence("en").replace("\u00a0", " ")
    assert "better in none of 32 worlds drawn from what is assumed (probability at most 8.94%): no conditions" in said
    assert "The nearest leaves -" in said
    assert none.gain.max() < 0
    with_principal = ks.studies.discover(scenario, structures=SETTLED, draws=32, economic=True)
    assert none.beside is not None
    assert with_principal.beside is not None
    assert (with_principal.gain == none.beside.gain).all()
    assert (with_principal.beside.gain == none.gain).all()
    assert (with_principal.gain != none.gain).all()
    other = ks.studies.discover(scenario, ("outsourced", "in_house"), structures=SETTLED, draws=16)
    assert other.status == "always"
    for lang in ("sv", "en"):
        assert ks.figures.discovery(none, lang=lang).axes[0].get_xlabel()


def test_worlds_over_ranges_fill_them_and_what_cannot_be_is_left_out(scenario: ks.scenario.Scenario) -> None:
    worlds = over_ranges(
        scenario,
        ("in_house", "outsourced"),
        ["net_revenue_kr"],
        draws=16,
        ranges={"policy.instalments": (2, 9)},
        seed=1,
    )
    assert set(worlds.readings) == set(scenario.alternatives)
    assert set(worlds.readings["reading"].tolist()) == {"A", "B", "C", "D", "E", "DE"}
    plans = worlds.inputs["policy.instalments"]
    assert set(plans.tolist()) <= set(range(2, 10))
    assert np.ptp(plans) >= 6
    wide = ks.studies.discover(
        scenario,
        ranges={"debtors.segments.private.forgetful_share": (0, 1), "debtors.segments.private.slow_share": (0, 1)},
        structures=SETTLED,
        draws=32,
    )
    assert wide.unanswered > 8  # shares that sum to more than 1
    assert "left out:" in wide.sentence("en")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"models": ("in_house",)}, "models"),
        ({"uncertainty": "guess"}, "allowed prior, posterior"),
        ({"uncertainty": "prior", "ranges": {FTE: (1, 2)}}, "nothing without uncertainty ranges"),
        ({"ranges": {"nonsense": (1, 2)}}, "the dotted key of a number"),
        ({"ranges": {FTE: (3, 2)}}, "swap the ends"),
        ({"ranges": {FTE: (-1, 2)}}, "from 0"),
        ({"ranges": {FTE: 3}}, "two ends"),
        ({"ranges": {"policy.instalments": (2.2, 2.8)}}, "two whole numbers or more"),
        ({"ranges": {"models.own_reminders.staff.handlers.fte": (1, 2)}}, "of the world or of the models"),
        ({"draws": 1}, "draws"),
    ],
)
def test_conditions_that_cannot_be_asked_for(scenario: ks.scenario.Scenario, how: dict[str, Any], words: str) -> None:
    with pytest.raises(KravsimError, match=words):
        ks.studies.discover(scenario, **{"structures": SETTLED, "draws": 4, **how})


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_conditions_draw(found: Discovered, lang: str) -> None:
    figure = ks.figures.discovery(found, lang=lang)
    assert figure.axes[0].get_xlabel() == key_label(found.boxes[0].limits[0].name, lang)
    assert not [one for one in figure.findobj(Text) if "models." in one.get_text() or "behaviour." in one.get_text()]
    assert len(figure.axes[0].patches) == 1


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settled = ",".join(f"{dimension}={name}" for dimension, name in SETTLED.items())
    given = ["discover", NAME, "--structure", settled, "--draws", "16"]
    assert main([*given, "--range", f"{FOLLOW_UP}=0.1:5", "--out", str(tmp_path), "--lang", "sv"]) == 0
    assert "ändrade för 1 tal" in capsys.readouterr().out
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        *(f"discovery.{kind}" for kind in ("csv", "json", "png", "svg")),
        "manifest.json",
    ]
    for wrong in (f"{FOLLOW_UP}=0.1", f"{FOLLOW_UP}=1:2:3", "=1:2"):
        assert main([*given, "--range", wrong, "--lang", "en"]) == 2
        assert "key=low:high" in capsys.readouterr().err
