"""Does a tornado label its ends, mark what turns and bends, and do indices of a scenario find its strongest inputs?"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

import kravsim as ks
from kravsim.cli import main
from kravsim.errors import RunError, ScenarioError
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.grouped_sobol import REST
from kravsim.studies.decision.one_at_a_time import tornado
from kravsim.studies.decision.sensitivity import Sensitivity
from kravsim.studies.decision.tornado import swing_of
from kravsim.words.key_words import key_label

FTE = "models.in_house.staff.handlers.fte"


def test_77_a_tornado_of_ones_own_function() -> None:
    found = tornado(lambda a, b, c: a * a + b - 2 + 0 * c, {"a": (-3, 0, 2), "b": (0, 1, 4), "c": (0, 1, 2)})
    assert [one.name for one in found.swings] == ["a", "b", "c"]
    a, b, c = found.swings
    assert (a.low, a.base, a.high, a.at_low, a.at_high) == (-3, 0, 2, 8.0, 3.0)
    assert (a.least, a.most, a.bends, a.flips) == (-1.0, 8.0, True, True)  # least in the middle: both ends lie above
    assert (b.swing, b.bends, b.flips) == (4.0, False, True)
    assert (c.swing, c.flips) == (0.0, False)
    assert found.flips == ("a", "b")
    assert "Turn the answer by themselves: a, b" in found.sentence("en")


def test_last_bits_of_a_processor_are_no_swing() -> None:
    base = -1_436_320.33
    found = swing_of("x", np.array([base, np.nextafter(base, 0), base]), base, (0.0, 1.0, 2.0))
    assert (found.swing, found.bends, found.flips) == (0.0, False, False)
    assert swing_of("x", np.array([base, base + 0.01]), base, (0.0, 1.0, 2.0)).swing == pytest.approx(0.01)


def test_77_what_acts_only_together_has_no_swing_and_the_sentence_says_so() -> None:
    found = tornado(lambda x: x[0] * x[1], {"a": (-1, 0, 1), "b": (-1, 0, 1)})
    assert [one.swing for one in found.swings] == [0.0, 0.0]
    assert "None of the inputs moves" in found.sentence("en")
    assert "not seen here" in tornado(lambda x: x[0] + x[1], {"a": (-1, 0, 1), "b": (-1, 0, 1)}).sentence("en")


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"a": (3, 2, 1)}, "low below high; swap the ends"),
        ({"a": (1, 0, 2)}, "the base lies outside its range"),
        ({"a": (1, 3, 2)}, "the base lies outside its range"),
        ({"a": (1, 1, 1)}, "ends that differ"),
        ({"a": (1, 2)}, "three numbers"),
        ({"a": (1, math.nan, 2)}, "finite numbers"),
        ({"a": (0, True, 2)}, "finite numbers"),
        ({}, "names with"),
        ({"a": (3, 2, 1), "b": (1, 1, 1)}, "(?s)swap the ends.*ends that differ"),
    ],
)
def test_77_ranges_that_cannot_be(ranges: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        tornado(lambda x: x[0], ranges)


def test_77_an_answer_that_is_missing_is_named() -> None:
    with pytest.raises(RunError, match="nan"):
        tornado(lambda x: np.where(x[0] > 1.5, np.nan, x[1]), {"a": (0, 1, 2), "b": (0, 1, 2)})


@pytest.fixture(scope="module")
def found() -> Sensitivity:
    return ks.studies.sensitivity(ks.load_scenario("jamtland-harjedalen-2017"), structures={"reading": "D"})


def test_a_tornado_of_a_scenario_is_its_closed_form_at_the_ends(found: Sensitivity) -> None:
    scenario = ks.load_scenario("jamtland-harjedalen-2017").with_alternatives({"reading": "D"})
    figure = Figure(scenario, ("in_house", "outsourced"))
    assert found.tornado.base == figure.base
    for key in (FTE, "policy.instalments", "behaviour.contested_share", "models.outsourced.staff.follow_up.fte"):
        one = found.tornado[key]
        row = next(row for row in scenario.rows() if row.key == key)
        assert (one.low, one.base, one.high) == (row.low, row.value, row.high)
        ends = figure.at({key: np.array([row.low, row.high], np.float64)})
        assert [one.at_low, one.at_high] == pytest.approx(list(ends), rel=1e-9)
    names = {one.name for one in found.tornado.swings}
    assert not any(name.startswith("models.own_reminders") for name in names)
    assert "alternatives.instalments" in names
    assert "alternatives.reading" not in names


def test_readings_are_inputs_across_them(found: Sensitivity) -> None:
    across = ks.studies.sensitivity(ks.load_scenario("jamtland-harjedalen-2017"), models="outsourced").tornado
    reading = across["alternatives.reading"]
    assert {reading.low, reading.high} < {"A", "B", "C", "D", "E", "DE"}
    assert reading.base == "D"
    assert reading.at_low == reading.least < reading.most
    assert found.tornado["alternatives.instalments"].base == "short_plans"


def test_overload_at_an_end_is_said(found: Sensitivity) -> None:
    one = found.tornado["debtors.claims_per_occasion"]
    assert math.isnan(one.at_low)
    assert one.doubt is not None
    assert one.doubt.key == "no_closed_form"
    assert "överbelastning" in found.table("sv")
    assert found.to_json()["tornado"]["inputs"][0]["input"] == FTE
    json.dumps(found.to_json(), allow_nan=False)


def test_indices_find_the_strongest_move_groups_together_and_cover_all() -> None:
    scenario = ks.load_scenario("jamtland-harjedalen-2017").with_changes({FTE: 3})
    found = ks.studies.sensitivity(scenario, structures={"reading": "D"}, sobol=64, seed=3)
    assert found.indices is not None
    names = found.indices.names
    assert len(names) == 21
    assert names[-1] == REST
    assert any(" & " in name for name in names)
    assert names[found.indices.order()[0]] in {
        one.name for one in found.tornado.swings[:8]
    }  # so small a design is rough
    assert 0.7 < found.indices.first_order.sum() < 1.3
    assert found.indices.sentence("en") in found.table("en")


def test_chance_is_an_input_of_its_own_and_missing_points_are_simulated() -> None:
    scenario = ks.load_scenario("jamtland-harjedalen-2017").with_changes({f"{FTE}.low": 1.5})
    found = ks.studies.sensitivity(scenario, structures={"reading": "D"}, sobol=8, screened=6, chance=3)
    assert found.indices is not None
    assert "chance" in found.indices.names
    assert found.simulated > 0
    assert f"want of a closed form: {found.simulated}" in found.table("en")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"chance": 3}, "nothing without sobol"),
        ({"sobol": 100}, "a power of two; take 128"),
        ({"models": ("in_house", "nobody")}, "models: got 'nobody'"),
        ({"models": ("in_house", "in_house")}, "all different"),
        ({"measure": "profit"}, "a figure of a year"),
        ({"measure": "paid_hours_of_gods"}, "a figure of a year"),
        ({"structures": {"reading": "Q"}}, "reading"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_sensitivity_that_cannot_be(how: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        ks.studies.sensitivity(ks.load_scenario("jamtland-harjedalen-2017"), **how)


def test_how_many_inputs_are_screened_is_chosen_and_the_time_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kravsim.running.progress.NOTICED", 0.0)
    scenario = ks.load_scenario("jamtland-harjedalen-2017")
    found = ks.studies.sensitivity(scenario, models="outsourced", sobol=2, screened=3, progress=True)
    assert found.indices is not None
    assert len(found.indices.names) == 4
    assert found.indices.names[-1] == REST
    assert "kravsim: 12 samples, about" in capsys.readouterr().err  # two, and one for each of the four, twice


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_tornado_draws(found: Sensitivity, lang: str) -> None:
    figure = ks.figures.tornado(found, lang=lang)
    labels = [label.get_text().replace("\n", " ") for label in figure.axes[0].get_yticklabels()]
    assert labels[0] == key_label(FTE, lang)
    assert not [one for one in figure.findobj(Text) if "models." in one.get_text()]
    assert len(labels) == 15
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "2" in texts  # the low end is labelled
    assert figure.axes[0].get_xlabel().endswith({"sv": "kr per år", "en": "kr a year"}[lang])
    assert ("3,5" if lang == "sv" else "3.5") in texts


def test_the_command(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    name = "jamtland-harjedalen-2017"
    given = ["sensitivity", name, "--structure", "reading=D", "--out", str(tmp_path), "--lang", "en"]
    assert main(given) == 0
    assert f"Move most, one at a time: {FTE}" in capsys.readouterr().out
    assert len(list(tmp_path.iterdir())) == 5
    assert main(["sensitivity", name, "--sobol", "x", "--lang", "en"]) == 2
    assert main(["sensitivity", name, "--structure", "reading", "--lang", "en"]) == 2
    assert "such as --structure reading=D" in capsys.readouterr().err
