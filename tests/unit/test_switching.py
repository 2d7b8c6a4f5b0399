"""Does a break-even say where, how sure by chance and by what is not known, and if nowhere how far off?"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim.cli import main
from kravsim.errors import ScenarioError
from kravsim.studies.decision.axis import Axis, axis_of, others_drawn
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.other_worlds import in_other_worlds, turned
from kravsim.studies.decision.swept import plain

NAME = "jamtland-harjedalen-2017"
FTE = "models.in_house.staff.handlers.fte"
PAY = "models.in_house.staff.handlers.pay_per_fte_kr"
FOLLOW_UP = "models.outsourced.staff.follow_up.fte"


@pytest.fixture(scope="module")
def scenario() -> ks.scenario.Scenario:
    return ks.load_scenario(NAME)


@pytest.fixture(scope="module")
def turning(scenario: ks.scenario.Scenario) -> ks.studies.decision.switched.SwitchingValue:
    return ks.studies.switching_value(scenario, FOLLOW_UP, 0.1, 5, worlds=32, confirm=4)


def test_the_value_found_is_a_root_of_the_closed_form(
    scenario: ks.scenario.Scenario, turning: ks.studies.decision.switched.SwitchingValue
) -> None:
    assert turning.status == "one"
    (root,) = turning.roots
    left = Figure(scenario, ("in_house", "outsourced")).at({FOLLOW_UP: np.array([root])})[0]
    assert abs(left) < 1e-3  # kronor
    assert turning.only == root
    assert turning.today == 0.1


def test_it_is_confirmed_by_simulation_and_has_an_interval_over_worlds(
    turning: ks.studies.decision.switched.SwitchingValue,
) -> None:
    (proof,) = turning.confirmed
    assert proof.years == 4
    assert abs(proof.moved - proof.at) < 5 * proof.moved_se + 0.05
    assert proof.span[0] < proof.moved < proof.span[1]
    assert turning.share_of_worlds == 1.0
    assert turning.interval is not None
    assert turning.interval[0] < turning.interval[1]
    assert turning.intervals == (turning.interval,)
    assert "4 years simulated there point to" in turning.sentence("en")
    assert "i nio av tio av dem inom" in turning.sentence("sv")
    json.dumps(turning.to_json(), allow_nan=False)


def test_a_value_in_other_worlds_is_a_root_of_their_closed_form(scenario: ks.scenario.Scenario) -> None:
    figure = Figure(scenario, ("in_house", "outsourced"))
    axis = axis_of(figure, FOLLOW_UP, 0.1, 5, 61)
    rows = in_other_worlds(figure, [axis], figure.at({FOLLOW_UP: axis.values}), worlds=4, nodes=11, seed=1)
    drawn = others_drawn(figure, [FOLLOW_UP], 4, 1)
    first = turned(axis, rows, 1).first
    assert np.isfinite(first).sum() >= 3
    known = np.isfinite(first)
    left = figure.at({FOLLOW_UP: first[known], **{key: array[known] for key, array in drawn.items()}})
    assert np.abs(left).max() < 2_000  # kronor, of half a million a post: 0.004 posts


def test_every_root_has_intervals_of_its_own() -> None:
    axis = Axis("x", np.linspace(0, 10, 101), whole=False)
    shifts = np.linspace(-0.5, 0.5, 41)
    rows = np.array([(axis.values - 3 - a) * (axis.values - 7 + 2 * a) for a in shifts])
    found = turned(axis, rows, 2)
    assert found.alike == 41
    assert [list(one) for one in found.intervals if one] == [
        pytest.approx([2.55, 3.45], abs=0.01),
        pytest.approx([6.1, 7.9], abs=0.01),
    ]
    assert turned(axis, rows + 1e6, 2).first.tolist() == [math.inf] * 41
    assert turned(Axis("n", np.arange(5.0), whole=True), np.array([[-2, -1, 1, 2, np.nan]]), 1).first.tolist() == [1.5]


def test_unpaid_posts_do_not_break_even_and_the_sentence_says_by_how_much(scenario: ks.scenario.Scenario) -> None:
    found = ks.studies.switching_value(scenario, PAY, 0, 510_000, worlds=0)
    assert found.status == "none"
    at, left = found.nearest
    assert at == 0
    assert -250_000 < left < -100_000
    said = found.sentence("en").replace("\u00a0", " ")
    assert f"No break-even for {PAY} in [0 to 510 000]; nearest, at 0, " in said
    assert "No other input turns it within its range; best is" in said
    assert "By search it takes 2 others at the ends of their ranges" in said
    assert "Ingen brytpunkt" in found.sentence("sv")


def test_what_else_would_have_to_hold_is_named(scenario: ks.scenario.Scenario) -> None:
    cheap = scenario.with_changes({"models.in_house.system.per_year_kr": 0})
    found = ks.studies.switching_value(cheap, PAY, 0, 510_000, worlds=0)
    assert found.status in {"none", "one"}
    if found.status == "none":
        assert found.beside[0][2] > 0
        assert "It turns if one of these holds too: " in found.sentence("en")


def test_where_staff_do_not_cope_the_closed_form_is_not_used(scenario: ks.scenario.Scenario) -> None:
    found = ks.studies.switching_value(scenario, FTE, 0.5, 4, worlds=0, points=15)
    ((low, high, doubt),) = found.missing
    assert low == 0.5
    assert 1 < high < 2
    assert doubt.key == "no_closed_form"
    assert np.isnan(found.y[found.x <= high]).all()
    assert "overload" in found.sentence("en")
    nowhere = ks.studies.switching_value(scenario, FTE, 0.1, 0.5, worlds=0, points=5)
    assert nowhere.status == "no answer"
    assert "No answer for" in nowhere.sentence("en")


def test_whole_numbers_turn_between_two_of_them(scenario: ks.scenario.Scenario) -> None:
    figure = Figure(scenario, ("outsourced",), "net_revenue_excl_interest_kr")
    few = ks.studies.switching_value(scenario, "policy.instalments", 2, 6, models="outsourced", worlds=0)
    assert few.x.tolist() == [2, 3, 4, 5, 6]
    many = ks.studies.switching_value(
        scenario, "invoices.per_year", 20_000, 300_000, models="outsourced", worlds=0, measure=figure.measure, confirm=2
    )
    assert many.status == "one"
    assert math.isfinite(many.confirmed[0].moved)  # so many whole numbers are a scale


@pytest.mark.parametrize(
    ("key", "how", "words"),
    [
        ("nonsense", {}, "the dotted key of a number"),
        ("models.in_house.staff.handlers.ft", {}, "did you mean"),
        ("models.own_reminders.staff.handlers.fte", {}, "can have a part in the figure"),
        ("invoices.late_share", {}, "a number with a range, or low and high"),
        (FTE, {"low": 4, "high": 2}, "swap the ends"),
        (FTE, {"low": math.nan}, "a finite number"),
        (FTE, {"low": -3}, "limits|from 0"),
        (FTE, {"confirm": 1}, "one year has no error"),
        (FTE, {"points": 3}, "points"),
        ("policy.instalments", {"low": 4.2, "high": 4.8}, "two whole numbers"),
    ],
)
def test_a_break_even_that_cannot_be_looked_for(
    scenario: ks.scenario.Scenario, key: str, how: dict[str, Any], words: str
) -> None:
    with pytest.raises(ScenarioError, match=words):
        ks.studies.switching_value(scenario, key, **how)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_break_even_draws(turning: ks.studies.decision.switched.SwitchingValue, lang: str) -> None:
    figure = ks.figures.break_even(turning, lang=lang)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == [plain(float(f"{turning.roots[0]:.4g}"), lang)]
    assert turning.sentence(lang) in turning.table(lang)
    assert "<table" in turning._repr_html_()


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["break-even", NAME, "--key", FOLLOW_UP, "--high", "5", "--lang", "en", "--confirm", "0"]
    assert main([*given, "--out", str(tmp_path)]) == 0
    assert "The answer turns at" in capsys.readouterr().out
    assert len(list(tmp_path.iterdir())) == 5
    assert main(["break-even", NAME, "--low", "3", "--lang", "en"]) == 2
    assert "name the number with --key" in capsys.readouterr().err
    assert main([*given[:4], "--low", "0,1", "--lang", "en"]) == 2
    assert "write 0.1" in capsys.readouterr().err
