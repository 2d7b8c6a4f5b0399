"""Do the line over two numbers and the nearest flips answer over worlds that agree with the books, by reading?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim.cli import main
from kravsim.errors import KravsimError
from kravsim.studies.decision.drawn import drawn_worlds
from kravsim.studies.decision.flipped_in_worlds import FlipsInWorlds
from kravsim.studies.decision.line import SwitchingLine

NAME = "jamtland-harjedalen-2017"
FOLLOW_UP = "models.outsourced.staff.follow_up.fte"
PAY = "models.in_house.staff.handlers.pay_per_fte_kr"
SYSTEM = "models.in_house.system.per_year_kr"
POSTS = "models.in_house.staff.handlers.fte"
MODELS = ("in_house", "outsourced")
WITHIN_D = {"reading": "D"}


@pytest.fixture(scope="module", autouse=True)
def _without_what_has_tests_of_its_own() -> Iterator[None]:
    """How far parameter sets of an earlier version are from today's books takes a minute to work out."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("kravsim.studies.decision.drawn.doubts_of_sets", lambda _: ())
        yield


@pytest.fixture(scope="module")
def line() -> SwitchingLine:
    return ks.studies.switching_line(
        NAME,
        (FOLLOW_UP, PAY),
        (0.1, 300_000),
        (8, 600_000),
        uncertainty="posterior",
        structures=WITHIN_D,
        worlds=24,
        points=9,
    )


@pytest.fixture(scope="module")
def flips() -> FlipsInWorlds:
    wide = {"value": 0.1, "low": 0.05, "high": 8, "source": "assumption", "status": "assumed"}
    scenario = ks.load_scenario(NAME).with_changes({FOLLOW_UP: wide})
    found = ks.studies.nearest_flips(
        scenario,
        uncertainty="prior",
        structures=WITHIN_D,
        worlds=8,
        keys=[FOLLOW_UP, PAY, SYSTEM, POSTS],
        confirm=2,
        seed=3,
    )
    assert isinstance(found, FlipsInWorlds)
    return found


def test_the_line_is_where_the_mean_over_the_worlds_turns_and_the_band_is_theirs(line: SwitchingLine) -> None:
    assert (line.kind, line.status) == ("posterior", "line")
    assert line.worlds.shape == (24, 9, 9)
    drawn = drawn_worlds(
        ks.load_scenario(NAME),
        MODELS,
        "net_revenue_kr",
        uncertainty="posterior",
        draws=24,
        structures=WITHIN_D,
        seed=1,
        free=(FOLLOW_UP, PAY),
    )
    which = np.array([0, 7])
    at = {FOLLOW_UP: np.full((2, 1), line.x[4]), PAY: np.full((2, 1), line.y[8])}
    np.testing.assert_allclose(line.worlds[which, 4, 8], drawn.at(at, which)[:, 0], rtol=1e-9)
    np.testing.assert_allclose(line.z, line.worlds.mean(axis=0))
    low, high = line.band
    assert (low <= line.z).all()
    assert (line.z <= high).all()
    for row in line.rows:
        j = int(np.flatnonzero(line.y == row.at)[0])
        for x in row.crossings:
            assert abs(np.interp(x, line.x, line.z[:, j])) < 1e-6 * np.abs(line.z).max()
    assert any(span is not None for span in line.intervals)


def test_the_line_is_told_by_reading(line: SwitchingLine) -> None:
    for reading, n, *parts in line.by_reading():
        assert n == len(reading.worlds)
        assert sum(parts) == n
    said = line.sentence("en")
    assert "The answer is the mean over 24 worlds that agree with the books" in said
    assert "lägen som stämmer med böckerna" in line.sentence("sv")
    readings = line.tables("en")[1]
    assert readings.caption == "Readings"
    told = line.to_json()
    assert told["worlds"] == "posterior"
    assert told["readings"][0]["name"] == ""
    json.dumps(told, allow_nan=False)
    for lang, word in (("sv", "medel över 24"), ("en", "mean over 24")):
        figure = ks.figures.switching_line(line, lang=lang)
        assert any(word in text.get_text() for text in figure.texts)


def test_a_flip_over_worlds_is_the_share_that_turns(flips: FlipsInWorlds) -> None:
    assert flips.singles == 6  # posts are by rule in drawn worlds: no input
    best = flips.best[0]
    assert list(best.values) == [FOLLOW_UP]
    assert best.values[FOLLOW_UP] == 8
    assert best.turning == int(np.isfinite(flips.base).sum()) == 8
    assert all(POSTS not in one.values for one in flips.best)
    single = next(one for one in flips.best if list(one.values) == [SYSTEM] and one.gain > 0)
    assert single.turning == 0
    assert (single.answers - flips.base).mean() == pytest.approx(single.gain)
    pair = next(one for one in flips.best if set(one.values) == {SYSTEM, PAY})
    assert pair.gain > single.gain
    assert flips.needed == 1
    assert flips.simulated == (2, 2)


def test_flips_over_worlds_are_told(flips: FlipsInWorlds) -> None:
    said = flips.sentence("en").replace("\u00a0", " ")
    assert f"{FOLLOW_UP} = 8 turns the answer in 8 of 8 worlds drawn from what is assumed." in said
    assert "A simulated year of each of 2 such worlds has turned in 2." in said
    assert "vänder svaret i 8 av 8" in flips.sentence("sv").replace("\u00a0", " ")
    frame = flips.to_frame()
    assert frame["share"].iloc[0] == 1.0
    json.dumps(flips.to_json(), allow_nan=False)
    assert all(flips.table(lang) for lang in ("sv", "en"))


def test_no_input_turns_any_world_that_agrees_with_the_books() -> None:
    found = ks.studies.nearest_flips(
        NAME, uncertainty="posterior", structures=WITHIN_D, worlds=4, keys=[PAY, SYSTEM], seed=3
    )
    assert isinstance(found, FlipsInWorlds)
    assert found.simulated == (0, 0)
    said = found.sentence("en")
    assert "No input, and no pair that was tried, turns the answer in any of 4 worlds" in said
    assert "By search: with all" in said


@pytest.mark.parametrize(
    ("study", "how", "words"),
    [
        ("switching_line", {"keys": (FOLLOW_UP, PAY), "confirm": 2, "uncertainty": "posterior"}, "nothing with unc"),
        ("switching_line", {"keys": (FOLLOW_UP, PAY), "worlds": 1, "uncertainty": "posterior"}, "worlds"),
        ("switching_line", {"keys": (FOLLOW_UP, PAY), "uncertainty": "guess"}, "posterior"),
        ("nearest_flips", {"worlds": 4}, "nothing without uncertainty"),
        ("nearest_flips", {"uncertainty": "posterior", "worlds": 1}, "worlds"),
    ],
)
def test_what_cannot_be_asked(study: str, how: dict[str, Any], words: str) -> None:
    with pytest.raises(KravsimError, match=words):
        getattr(ks.studies, study)(NAME, **how)


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["break-even", NAME, "--structure", "reading=D", "--uncertainty", "prior", "--draws", "2", "--lang", "en"]
    both = ["--key", FOLLOW_UP, "--key", PAY, "--low", "0.1", "--low", "300000", "--high", "8", "--high", "600000"]
    assert main([*given, *both, "--no-progress", "--out", str(tmp_path)]) == 0
    assert "mean over 2 worlds drawn from what is assumed" in capsys.readouterr().out
    assert main(["reproduce", str(tmp_path / "manifest.json"), "--lang", "en"]) == 0
    capsys.readouterr()
    assert main([*given, *both, "--in-proportion", "debtors.number"]) == 2
    assert "nothing but with one --key" in capsys.readouterr().err
    assert main(["break-even", NAME, "--draws", "2"]) == 2
    assert "nothing without --uncertainty" in capsys.readouterr().err
