"""Is the least that turns an answer at the edge of turning, confirmed by simulated years, and said to be what it is?"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim.cli import main
from kravsim.errors import ScenarioError
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.flipped import CONFIRMED, NOT_SIMULATED, REFUTED, UNDECIDED, Flip, Flips

NAME = "jamtland-harjedalen-2017"
FOLLOW_UP = "models.outsourced.staff.follow_up.fte"
PAY = "models.in_house.staff.handlers.pay_per_fte_kr"
EXCL = "net_revenue_excl_interest_kr"
KEYS = (
    FOLLOW_UP,
    "debtors.segments.private.forgetful_share",
    "debtors.segments.private.slow_share",
    "models.outsourced.contract.it_service_per_year_kr",
    "policy.instalments",
)


@pytest.fixture(scope="module")
def scenario() -> ks.scenario.Scenario:
    return ks.load_scenario(NAME)


def test_the_least_that_turns_the_answer_is_at_the_edge_of_turning(scenario: ks.scenario.Scenario) -> None:
    figure = Figure(scenario, ("outsourced",), EXCL)
    wide = scenario.with_changes({f"{FOLLOW_UP}.high": 0.5})
    found = ks.studies.nearest_flips(wide, models="outsourced", measure=EXCL, pairs=False, confirm=2)
    (one,) = found.singles
    assert list(one.values) == [FOLLOW_UP]
    (value,) = one.values.values()
    assert one.distance == pytest.approx((value - 0.1) / (0.5 - 0.1), rel=1e-9)
    sides = figure.at({FOLLOW_UP: np.array([value - 1e-4, value + 1e-4])})
    assert sides[0] > 0 > sides[1]
    assert one.simulated is not None
    assert abs(one.simulated[0]) < 60_000
    assert one.status != NOT_SIMULATED
    assert "no pair" not in found.sentence("en")


@pytest.fixture(scope="module")
def narrow(scenario: ks.scenario.Scenario) -> ks.scenario.Scenario:
    """With so short a range no input turns the answer alone."""
    return scenario.with_changes({f"{FOLLOW_UP}.high": 0.285})


@pytest.fixture(scope="module")
def found(narrow: ks.scenario.Scenario) -> Flips:
    return ks.studies.nearest_flips(narrow, models="outsourced", measure=EXCL, keys=KEYS, most=3, confirm=3)


def test_pairs_are_gone_through_and_more_are_searched(narrow: ks.scenario.Scenario, found: Flips) -> None:
    assert found.singles == ()
    assert found.pairs
    nearest = found.pairs[0]
    assert len(nearest.values) == 2
    assert [one.distance for one in found.nearest] == sorted(one.distance for one in found.nearest)
    values = {key: np.array([value]) for key, value in nearest.values.items()}
    assert abs(Figure(narrow, ("outsourced",), EXCL).at(values)[0]) < 100
    assert found.needed is not None
    assert found.needed <= 2
    ends = 2 * len(KEYS)
    assert found.searched[1].tried == ends
    assert found.searched[2].tried == ends * (ends - 2) // 2  # every pair of inputs, both ends of each
    json.dumps(found.to_json(), allow_nan=False)
    assert "Nearest, the answer turns at" in found.table("en")
    assert len(found.to_frame()) == len(found.nearest)


def test_every_flip_that_is_reported_is_simulated(found: Flips) -> None:
    assert len(found.nearest) <= 3
    assert all(one.simulated is not None and one.status != NOT_SIMULATED for one in found.nearest)
    assert f"Of the {len(found.nearest)} nearest, {len(found.confirmed)} are confirmed by 3 years" in found.sentence(
        "en"
    )


@pytest.mark.parametrize(
    ("mean", "arm", "span", "base", "status"),
    [
        (50.0, 10.0, None, -100.0, CONFIRMED),  # whole numbers: the sign has turned beyond doubt
        (-50.0, 10.0, None, -100.0, REFUTED),
        (-5.0, 10.0, None, -100.0, UNDECIDED),
        (-5.0, 10.0, (0.4, 0.7), -100.0, CONFIRMED),  # a little further along the way it turns
        (-5.0, 10.0, (0.8, 1.2), -100.0, UNDECIDED),
        (-50.0, 10.0, (1.1, 1.4), -100.0, REFUTED),
        (-50.0, 10.0, (0.4, 0.7), 100.0, CONFIRMED),
    ],
)
def test_what_simulated_years_say_of_a_flip(
    mean: float, arm: float, span: tuple[float, float] | None, base: float, status: str
) -> None:
    assert Flip({"a": 1.0}, 0.6).simulated_as(mean, arm, span, base).status == status


def test_threes_are_searched_from_pairs_that_do_not_turn(scenario: ks.scenario.Scenario) -> None:
    keys = [key for key in KEYS if key != FOLLOW_UP]
    higher = scenario.with_changes({FOLLOW_UP: 0.19})
    alone = ks.studies.nearest_flips(higher, models="outsourced", measure=EXCL, keys=keys, pairs=False, confirm=0)
    assert 2 not in alone.searched
    found = ks.studies.nearest_flips(higher, models="outsourced", measure=EXCL, keys=keys, confirm=0)
    assert found.searched[3].tried > 0
    assert all(one.status == NOT_SIMULATED for one in found.nearest)


def test_ways_whose_end_has_no_answer_are_counted_and_not_judged(scenario: ks.scenario.Scenario) -> None:
    fte = "models.in_house.staff.handlers.fte"
    few = scenario.with_changes({f"{fte}.low": 0.5})
    found = ks.studies.nearest_flips(few, keys=[fte, PAY], confirm=0)
    assert found.searched[1].missing == 1
    assert found.searched[2].missing == 2
    assert "not judged: 1 singles, 2 pairs" in found.sentence("en").replace("\u00a0", " ")
    assert "inte bedömda" in found.sentence("sv")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"keys": ["nonsense"]}, "uncertain numbers that concern the figure"),
        ({"keys": ["models.in_house.staff.handlers.ft"]}, "did you mean"),
        ({"most": 0}, "most"),
        ({"confirm": 1}, "one year has no error"),
    ],
)
def test_a_search_that_cannot_be(scenario: ks.scenario.Scenario, how: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        ks.studies.nearest_flips(scenario, **how)


def test_how_long_it_takes_is_said_beforehand(
    scenario: ks.scenario.Scenario, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kravsim.running.progress.NOTICED", 0.0)
    ks.studies.nearest_flips(scenario, models="outsourced", keys=KEYS[:2], confirm=0, progress=True)
    assert "kravsim: 4 pairs of inputs, about" in capsys.readouterr().err
    ks.studies.nearest_flips(scenario, models="outsourced", keys=KEYS[:2], confirm=0, progress=False)
    assert capsys.readouterr().err == ""


def test_the_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ks.studies.nearest_flips
    monkeypatch.setattr(ks.studies, "nearest_flips", lambda *a, **k: whole(*a, **k, keys=KEYS[1:3]))
    given = ["break-even", NAME, "--models", "outsourced", "--measure", EXCL, "--confirm", "2", "--json"]
    assert main(given) == 0
    assert json.loads(capsys.readouterr().out)["searched"]["2"]["tried"] == 4
