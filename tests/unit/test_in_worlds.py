"""Do break-even and drivers answer for the worlds that agree with the books, by reading, from one call and one command?"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim.calibration.evaluating import is_of
from kravsim.cli import main
from kravsim.errors import DataError, ScenarioError
from kravsim.studies.decision.axis import Axis
from kravsim.studies.decision.benefits import benefits_of
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.drawn import drawn_worlds, readings_of
from kravsim.studies.decision.drivers import Drivers
from kravsim.studies.decision.driving import drivers_of
from kravsim.studies.decision.turned_in_worlds import TurnsInWorlds
from kravsim.studies.decision.turning import turns_in_worlds

NAME = "jamtland-harjedalen-2017"
FTE = "models.in_house.staff.handlers.fte"
PAY = "models.in_house.staff.handlers.pay_per_fte_kr"
FOLLOW_UP = "models.outsourced.staff.follow_up.fte"
CEILING = "models.in_house.staff.handlers.posts.most_fte"
MODELS = ("in_house", "outsourced")
Floats = np.ndarray[Any, np.dtype[np.float64]]


@pytest.fixture(scope="module", autouse=True)
def _without_what_has_tests_of_its_own() -> Iterator[None]:
    """How far parameter sets of an earlier version are from today's books takes a minute to work out."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("kravsim.studies.decision.drawn.doubts_of_sets", lambda _: ())
        yield


@pytest.fixture(scope="module")
def scenario() -> ks.scenario.Scenario:
    return ks.load_scenario(NAME)


def looked_for(function: Any, x: Floats, worlds: int = 3, *, whole: bool = False, nodes: int = 17) -> Any:
    def at(values: Floats, which: Any) -> Floats:
        return np.array(
            [[function(value, int(world)) for value in row] for row, world in zip(values, which, strict=True)]
        )

    return turns_in_worlds(at, Axis("x", x, whole=whole), worlds, nodes)


def test_straight_answers_are_solved_exactly_from_five_values() -> None:
    found = looked_for(lambda x, world: (world + 1) * (x - 0.1 - 2 * world), np.linspace(0, 3, 61))
    assert len(found.x) == 5
    assert found.at[:2] == (pytest.approx((0.1,), abs=1e-12), pytest.approx((2.1,), abs=1e-12))
    assert found.at[2] == ()
    at, left = found.nearest
    assert (at[2], left[2]) == (3, pytest.approx(3 * -1.1))


def test_bent_answers_have_every_root_and_jumps_are_closed_in_on() -> None:
    x = np.linspace(0, 4, 161)
    found = looked_for(lambda x, world: (x - 0.7) * (x - 2.9 - world / 10), x)
    assert found.at[1] == pytest.approx((0.7, 3.0), abs=1e-5)
    jump = looked_for(lambda x, world: -1.0 if x < 1.2345 + world else 5.0, x)
    assert jump.first == pytest.approx([1.2345, 2.2345, 3.2345], abs=1e-4)


def test_whole_numbers_turn_half_way_and_a_root_is_itself() -> None:
    found = looked_for(lambda x, world: x - (7.3, 8, 11.9)[world], np.arange(0.0, 21), whole=True, nodes=5)
    assert found.at == ((7.5,), (8.0,) if 8.0 in found.x else (found.at[1][0],), (11.5,))


def test_what_has_no_answer_is_neither_a_turn_nor_nearest() -> None:
    found = looked_for(lambda x, world: math.nan if x < 2 or world == 2 else x - 5.5 + 9 * world, np.linspace(0, 8, 17))
    assert found.at == (pytest.approx((5.5,)), (), ())
    assert found.answered.tolist() == [True, True, False]
    assert found.partly.tolist() == [True, True, False]
    at, left = found.nearest
    assert (at[1], left[1]) == (2, 5.5)
    assert math.isnan(at[2])


def test_an_input_has_the_share_that_it_has() -> None:
    rng = np.random.default_rng(1)
    a, b, c = rng.normal(size=(3, 4_000))
    level = np.where(rng.random(4_000) < 0.5, "low", "high")
    answers = 2 * a + np.abs(b) / np.sqrt(1 - 2 / np.pi) + 2.0 * (level == "high")
    found = {one.name: one for one in drivers_of(answers, {"a": a, "b": b, "c": c, "level": level})}
    exact = {"a": 4 / 6, "b": 1 / 6, "level": 1 / 6, "c": 0.0}
    for name, share in exact.items():
        assert found[name].share == pytest.approx(share, abs=0.05 if name != "c" else 0.01), name
    assert [one for one in found.values() if not one.beyond_chance] == [found["c"]]
    assert (found["level"].low, found["level"].high) == ("low", "high")
    assert found["a"].swing == pytest.approx(2 * (found["a"].high - found["a"].low), abs=0.5)
    assert found["a"].low < -1.3 < 1.3 < found["a"].high


def test_noise_stands_out_once_in_twenty_cases_at_most_and_few_worlds_tell_nothing() -> None:
    rng, hits = np.random.default_rng(2), 0
    for _ in range(60):
        found = drivers_of(rng.normal(size=48), {f"x{k}": rng.normal(size=48) for k in range(30)})
        hits += any(one.beyond_chance for one in found)
    assert hits <= 9  # of 60 at 5 %: more in three cases of a thousand
    assert drivers_of(np.arange(29.0), {"x": np.arange(29.0)}) == ()
    assert drivers_of(np.ones(40), {"x": np.arange(40.0)}) == ()


@pytest.fixture(scope="module")
def within_d(scenario: ks.scenario.Scenario) -> TurnsInWorlds:
    found = ks.studies.switching_value(
        scenario, FOLLOW_UP, 0.1, 6, uncertainty="posterior", structures={"reading": "D"}, worlds=24, confirm=4
    )
    assert isinstance(found, TurnsInWorlds)
    return found


def test_a_value_in_a_world_is_a_root_of_that_worlds_closed_form(
    scenario: ks.scenario.Scenario, within_d: TurnsInWorlds
) -> None:
    drawn = drawn_worlds(
        scenario,
        MODELS,
        "net_revenue_kr",
        uncertainty="posterior",
        draws=24,
        structures={"reading": "D"},
        seed=1,
        free=(FOLLOW_UP,),
    )
    assert within_d.status == "all"
    left = drawn.at({FOLLOW_UP: within_d.turns.first[:, None]})
    assert np.abs(left).max() < 0.01  # kronor
    assert [one.name for one in within_d.readings] == ["", "three_years", "ten_years"]
    assert sum(len(one.worlds) for one in within_d.readings[1:]) == 24
    assert len(within_d.confirmed) == 4
    assert abs(within_d.confirmed.mean()) < 250_000
    for lang, words in (("en", "The answer turns along"), ("sv", "Svaret vänder längs")):
        assert words in within_d.sentence(lang)
        assert within_d.sentence(lang) in within_d.table(lang)
    json.dumps(within_d.to_json(), allow_nan=False)


def test_inputs_stand_beside_outputs_in_the_table_of_worlds(within_d: TurnsInWorlds) -> None:
    frame = within_d.to_frame()
    assert len(frame) == 24
    assert list(frame.columns[:2]) == ["world", "limitation"]
    assert {
        "turns",
        "first_value",
        "nearest_at",
        "nearest_value",
        PAY,
        "behaviour.forgetful.reminder_paid_share",
    } <= set(frame.columns)


def test_worlds_are_those_that_other_studies_draw(scenario: ks.scenario.Scenario) -> None:
    """With posts by the rule of drawn worlds, not by the number of the base case; each world in its own reading."""
    drawn = drawn_worlds(scenario, MODELS, "net_revenue_kr", uncertainty="posterior", draws=10, structures=None, seed=3)
    inputs = {key: x for key, x in drawn.inputs.items() if is_of(key, *MODELS)}
    table, missing, _ = benefits_of(drawn.design, MODELS, "net_revenue_kr", inputs, 3)
    assert missing == 0
    assert drawn.at()[:, 0] == pytest.approx(table[:, 0] - table[:, 1], abs=1e-6)
    assert {one.name for one in readings_of(drawn.design)} == {
        "",
        "A",
        "B",
        "C",
        "D",
        "E",
        "DE",
        "three_years",
        "ten_years",
    }


def test_posts_are_free_where_they_are_asked_about(scenario: ks.scenario.Scenario) -> None:
    found = ks.studies.switching_value(
        scenario, FTE, 1, 8, uncertainty="posterior", structures={"reading": "A"}, worlds=4, points=8
    )
    assert isinstance(found, TurnsInWorlds)
    assert found.status == "none"
    assert found.turns.partly.all()  # one post cannot do the work of four
    pay = np.diff(found.turns.y, axis=1)[:, -1]
    assert (pay < -400_000).all()  # a post more costs a post
    assert "overload" in found.sentence("en")
    assert {doubt.key: n for doubt, n in found.why} == {"no_closed_form": 4}
    ruled = scenario.with_changes({"models.in_house.staff.handlers.posts.base_case": "rule"})
    base = ks.studies.switching_value(ruled, FTE, 3, 5, worlds=0, points=5)
    assert (np.diff(base.y) < 0).all()


def test_what_keeps_its_proportion_goes_along(scenario: ks.scenario.Scenario) -> None:
    key, others = "invoices.per_year", ["debtors.number"]
    found = ks.studies.switching_value(scenario, key, 150_000, 210_000, in_proportion=others, worlds=8, points=5)
    figure = Figure(scenario, MODELS)
    today = {name: float(figure.limits[name][0].value) for name in (key, *others)}
    times = found.x / today[key]
    exact = figure.at({key: found.x, "debtors.number": today["debtors.number"] * times})
    assert found.y == pytest.approx(exact, nan_ok=True)
    alone = ks.studies.switching_value(scenario, key, 150_000, 210_000, worlds=0, points=5)
    assert not np.allclose(found.y, alone.y, equal_nan=True)
    many = ks.studies.switching_value(
        scenario,
        key,
        100_000,
        800_000,
        uncertainty="posterior",
        in_proportion=[*others, CEILING],
        structures={"reading": "D"},
        worlds=3,
        points=5,
    )
    assert isinstance(many, TurnsInWorlds)
    assert np.isfinite(many.turns.y).all()  # posts may be as many as so much work needs
    assert "Changed in proportion: debtors.number" in many.table("en")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"in_proportion": ["debtors.nmber"]}, "debtors.number"),
        ({"in_proportion": [PAY]}, "other numbers of the scenario, each once"),
        ({"in_proportion": ["debtors.number"] * 2}, "each once"),
        ({"uncertainty": "posterior", "worlds": 1}, "a whole number from 2"),
        ({"uncertainty": "postirior"}, "posterior"),
        ({"uncertainty": "posterior", "progress": 2}, "progress"),
    ],
)
def test_a_question_that_cannot_be(scenario: ks.scenario.Scenario, how: dict[str, Any], words: str) -> None:
    with pytest.raises((ScenarioError, DataError), match=words):
        ks.studies.switching_value(scenario, PAY, 0, 500_000, **how)


def test_nothing_keeps_its_proportion_to_0(scenario: ks.scenario.Scenario) -> None:
    key = "models.outsourced.contract.paid_case_kr"
    with pytest.raises(ScenarioError, match="stands at 0"):
        ks.studies.switching_value(scenario, key, 0, 300, in_proportion=["debtors.number"])


@pytest.fixture(scope="module")
def drivers(scenario: ks.scenario.Scenario) -> Drivers:
    found = ks.studies.sensitivity(scenario, uncertainty="posterior", draws=64)
    assert isinstance(found, Drivers)
    return found


def test_drivers_are_told_by_reading_and_readings_are_inputs(drivers: Drivers) -> None:
    first, *others = drivers.readings
    assert first.strongest[0].name == "alternatives.reading"
    assert first.strongest[0].share > 0.6
    assert [one.reading.name for one in others] == ["A", "B", "C", "D", "E", "DE", "three_years", "ten_years"]
    assert drivers["B"].drivers == ()  # ten worlds tell nothing, and the sentence says so
    assert "30 are needed" in drivers.sentence("en")
    assert "minst 30 behövs" in drivers.sentence("sv")
    assert first.mean == pytest.approx(drivers.answers.mean())
    frame = drivers.worlds()
    assert list(frame.columns[:4]) == ["world", "reading", "limitation", "answer"]
    assert drivers.to_frame()["input"].iloc[0] == "alternatives.reading"
    json.dumps(drivers.to_json(), allow_nan=False)


def test_indices_of_correlated_sets_are_refused(scenario: ks.scenario.Scenario) -> None:
    with pytest.raises(ScenarioError, match="correlated"):
        ks.studies.sensitivity(scenario, uncertainty="posterior", sobol=8)
    with pytest.raises(ScenarioError, match="nothing without uncertainty"):
        ks.studies.sensitivity(scenario, draws=8)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_pictures_of_worlds(within_d: TurnsInWorlds, drivers: Drivers, lang: str) -> None:
    for figure in (ks.figures.break_even(within_d, lang=lang), ks.figures.tornado(drivers, lang=lang)):
        assert figure.axes
    every = within_d.turns
    never = replace(within_d, turns=replace(every, y=every.y - 1e8, at=((),) * len(every.at)))
    assert never.status == "none"
    assert ks.figures.break_even(never, lang=lang).axes
    nothing = replace(within_d, turns=replace(every, y=every.y * np.nan, at=((),) * len(every.at)))
    assert nothing.status == "no answer"
    assert ks.figures.break_even(nothing, lang=lang).axes
    assert ("Inget svar" if lang == "sv" else "No answer") in nothing.table(lang)


def test_the_commands_answer_and_are_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "out"
    asked = [NAME, "--uncertainty", "posterior", "--draws", "4", "--within", "reading=D", "--lang", "en"]
    code = main(
        ["break-even", *asked, "--key", PAY, "--low", "0", "--high", "500000", "--confirm", "0", "--out", str(place)]
    )
    assert code == 0
    assert "No break-even" in capsys.readouterr().out
    assert main(["reproduce", str(place / "manifest.json")]) == 0
    assert main(["sensitivity", *asked, "--json"]) == 0
    capsys.readouterr()
    for wrong, words in (
        (["break-even", NAME, "--key", PAY, "--draws", "4"], "--uncertainty"),
        (["sensitivity", NAME, "--draws", "4"], "--uncertainty"),
        (["break-even", NAME, "--key", PAY, "--key", FTE, "--in-proportion", "debtors.number"], "one --key"),
    ):
        assert main([*wrong, "--lang", "en"]) == 2
        assert words in capsys.readouterr().err
