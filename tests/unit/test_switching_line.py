"""Does a line over two numbers run where the answer turns, with a band, and say where there is no answer?"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

import kravsim as ks
from kravsim.cli import main
from kravsim.errors import ScenarioError
from kravsim.papers.turning_text import line_text
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.line import SwitchingLine
from kravsim.studies.decision.on_line import OnLine, nine_of_ten_along, span_text
from kravsim.studies.decision.plane import crossings, segments
from kravsim.words.key_words import key_label

NAME = "jamtland-harjedalen-2017"
FTE = "models.in_house.staff.handlers.fte"
FOLLOW_UP = "models.outsourced.staff.follow_up.fte"
PAY = "models.in_house.staff.handlers.pay_per_fte_kr"


@pytest.fixture(scope="module")
def scenario() -> ks.scenario.Scenario:
    return ks.load_scenario(NAME)


def in_paper(line: SwitchingLine, kind: str, lang: str) -> str:
    """What a paper says of a line beside worlds of its own."""
    return line_text(SimpleNamespace(line=line, uncertain=SimpleNamespace(kind=kind)), lang).replace("\xa0", " ")


def test_a_paper_says_which_number_is_which_and_of_which_worlds(scenario: ks.scenario.Scenario) -> None:
    line = ks.studies.switching_line(scenario, (FTE, FOLLOW_UP), (2, 0), (5, 6), points=5, worlds=4)
    said = in_paper(line, "posterior", "sv")
    assert said.startswith("Två tal tillsammans, i grundfallet: egen regi ger mer i ")
    assert re.search(
        r"Gränsen går från [\d,]+ årsarbetare för ”tjänster, handläggare \(egen regi\)” och [\d,]+ årsarbetare för "
        r"”tjänster, uppföljning \(inkassoföretaget\)” till [\d,]+ årsarbetare respektive [\d,]+ årsarbetare\.",
        said,
    )
    assert "är av 4 lägen med övriga tal dragna ur sina spann, inte de lägen som stämmer med bokföringen." in said
    assert in_paper(line, "prior", "sv").endswith("övriga tal dragna ur sina spann.")
    english = in_paper(line, "posterior", "en")
    assert "in the base case: in-house" in english
    assert re.search(r"from [\d.]+ FTE for “posts, handlers .*” to [\d.]+ FTE and [\d.]+ FTE respectively\.", english)
    assert (
        "of 4 worlds with all other numbers drawn from their ranges, not the worlds that agree with the books."
        in english
    )
    alone = ks.studies.switching_line(scenario, (PAY, FOLLOW_UP), (300_000, 0), (600_000, 6), points=5, worlds=0)
    assert "lägen" not in in_paper(alone, "posterior", "sv")


def circle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return x**2 + y**2 - 1


def test_crossings_of_a_circle_lie_on_it_and_join_to_its_length() -> None:
    x = np.linspace(-1.6, 1.5, 32)
    z = circle(x[:, None], x[None, :])
    found = crossings(circle, x, x, z)
    assert all(abs(a**2 + b**2 - 1) < 1e-8 for a, b in found.values())
    pieces = segments(z, found)
    assert sum(math.dist(*piece) for piece in pieces) == pytest.approx(2 * math.pi, rel=0.01)


def test_two_lines_that_cross_in_one_cell_are_kept_apart() -> None:
    x = np.array([-1.0, 1.0])
    z = x[:, None] * x[None, :] + 0.5
    pieces = segments(z, crossings(lambda a, b: a * b + 0.5, x, x, z))
    assert sorted(tuple(sorted(piece)) for piece in pieces) == [((-1, 0.5), (-0.5, 1)), ((0.5, -1), (1, -0.5))]
    other = segments(z - 1, crossings(lambda a, b: a * b - 0.5, x, x, z - 1))
    assert sorted(tuple(sorted(piece)) for piece in other) == [((-1, -0.5), (-0.5, -1)), ((0.5, 1), (1, 0.5))]


def test_where_there_is_no_answer_there_is_no_line() -> None:
    x = np.linspace(-1.5, 1.5, 31)
    z = circle(x[:, None], x[None, :])
    z[x < 0] = np.nan
    found = crossings(circle, x, x, z)
    pieces = segments(z, found)
    assert min(a for piece in pieces for a, _ in piece) >= 0
    assert sum(math.dist(*piece) for piece in pieces) == pytest.approx(math.pi, rel=0.01)


def test_whole_numbers_turn_half_way_and_jumps_are_brought_home() -> None:
    n, y = np.arange(4.0), np.linspace(0, 1, 5)
    z = np.array([[-1.0] * 5, [-1.0] * 5, [1.0] * 5, [1.0] * 5])
    found = crossings(lambda a, _: np.sign(a - 1.2), n, y, z, (True, False))
    assert {a for a, _ in found.values()} == {1.5}
    jump = crossings(lambda a, _: np.sign(a - 1.2), n, y, z)
    assert [a for a, _ in jump.values()] == pytest.approx([1.2] * 5, abs=1e-6)


def test_intervals_along_a_row_count_worlds_that_turn_beyond_its_end() -> None:
    x = np.linspace(0, 3, 31)
    rows = x[None, :] - np.linspace(1, 4, 61)[:, None]
    span = nine_of_ten_along(x, rows, OnLine(7.0, (2.0,), whole=False), rising=True)
    assert span is not None
    assert span[0] == pytest.approx(1.15, abs=0.01)
    assert span[1] == math.inf
    assert span_text(span, x, "en") == "1.15 to beyond 3"
    assert span_text((math.inf, math.inf), x, "sv") == "bortom 3"
    assert nine_of_ten_along(x, rows[:19], OnLine(7.0, (2.0,), whole=False), rising=True) is None
    falling = nine_of_ten_along(x, -rows, OnLine(7.0, (2.0,), whole=False), rising=False)
    assert falling == span


@pytest.fixture(scope="module")
def line(scenario: ks.scenario.Scenario) -> SwitchingLine:
    ends = {"low": (0.1, 400_000), "high": (4, 600_000)}
    return ks.studies.switching_line(scenario, (FOLLOW_UP, PAY), **ends, points=9, worlds=24, confirm=2)


def test_the_line_is_where_the_closed_form_is_0(scenario: ks.scenario.Scenario, line: SwitchingLine) -> None:
    assert line.status == "line"
    points = np.array([point for piece in line.line for point in piece])
    left = Figure(scenario, ("in_house", "outsourced")).at({FOLLOW_UP: points[:, 0], PAY: points[:, 1]})
    assert np.abs(left).max() < 1  # krona
    assert line.rows[0].at == 400_000
    (turn,) = line.rows[0].crossings
    alone = ks.studies.switching_value(scenario.with_changes({PAY: 400_000}), FOLLOW_UP, 0.1, 4, worlds=0, confirm=0)
    assert turn == pytest.approx(alone.roots[0], abs=1e-4)


def test_it_has_a_band_over_worlds_and_simulated_places(line: SwitchingLine) -> None:
    low, high = line.band
    assert (low < high)[np.isfinite(low)].all()
    assert np.isfinite(low).all()
    assert line.share_of_worlds == 1.0
    span = line.intervals[0]
    assert span is not None
    assert span[0] < span[1]
    assert len(line.confirmed) == 3
    for _, one in line.confirmed:
        assert abs(one.moved - one.at) < 5 * one.moved_se + 0.1
    said = line.sentence("en")
    assert "The answer turns along a line over" in said
    assert "Today: outsourced collection gives more." in said
    assert "2 years simulated on the line point to follow_up.fte =" in said
    assert "I dag: inkassoföretaget ger mer." in line.sentence("sv")
    json.dumps(line.to_json(), allow_nan=False)
    assert len(line.to_frame()) == 81
    assert line.sentence("sv") in line.table("sv")


def test_overload_is_marked_and_no_combination_is_said_with_how_far_off(scenario: ks.scenario.Scenario) -> None:
    found = ks.studies.switching_line(
        scenario, (FTE, "invoices.per_year"), (1, 150_000), (4, 250_000), points=5, worlds=0
    )
    assert found.status == "none"
    assert np.isnan(found.z[0]).any()
    said = found.sentence("en").replace("\u00a0", " ")
    assert f"No combination of {FTE} and invoices.per_year turns the answer; nearest, at" in said
    assert "of the plane: No answer in closed form: the staff cannot do the work (overload)" in said
    place, left = found.nearest
    assert left < 0
    assert np.isfinite(left)
    assert not np.isnan(found.z).all()
    nowhere = ks.studies.switching_line(
        scenario, (FTE, "invoices.per_year"), (0.1, 150_000), (0.5, 250_000), points=5, worlds=0
    )
    assert nowhere.status == "no answer"
    assert "No answer for" in nowhere.sentence("en")
    assert place[0] >= 1


@pytest.mark.parametrize(
    ("keys", "how", "words"),
    [
        ((FTE,), {}, "two different keys"),
        (FTE, {}, "two different keys"),
        ((FTE, FTE), {}, "two different keys"),
        ((FTE, "nonsense"), {}, "the dotted key of a number"),
        ((FTE, PAY), {"low": (1,)}, "two numbers, one a key"),
        ((FTE, PAY), {"low": (4, None), "high": (2, None)}, "swap the ends"),
        ((FTE, "invoices.late_share"), {}, "a number with a range, or low and high"),
        ((FTE, PAY), {"points": 3}, "points"),
        ((FTE, PAY), {"confirm": 1}, "one year has no error"),
    ],
)
def test_a_line_that_cannot_be_looked_for(
    scenario: ks.scenario.Scenario, keys: Any, how: dict[str, Any], words: str
) -> None:
    with pytest.raises(ScenarioError, match=words):
        ks.studies.switching_line(scenario, keys, **how)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_line_draws(line: SwitchingLine, lang: str) -> None:
    figure = ks.figures.switching_line(line, lang=lang)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert ("i dag" if lang == "sv" else "today") in texts
    assert ("Egen regi ger mer" if lang == "sv" else "In-house collection gives more") in texts
    assert figure.axes[0].get_xlabel() == key_label(FOLLOW_UP, lang)
    assert not [one for one in figure.findobj(Text) if "models." in one.get_text()]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ks.studies.switching_line
    monkeypatch.setattr(ks.studies, "switching_line", lambda *a, **k: whole(*a, **k, points=5, worlds=0))
    given = ["break-even", NAME, "--key", FOLLOW_UP, "--key", PAY, "--low", "0.1", "--low", "300000"]
    ends = ["--high", "4", "--high", "600000", "--lang", "sv"]
    assert main([*given, *ends, "--out", str(tmp_path)]) == 0
    assert "Svaret vänder längs en linje" in capsys.readouterr().out
    assert len(list(tmp_path.iterdir())) == 5
    assert main([*given, "--high", "4", "--lang", "en"]) == 2
    assert "give one a key" in capsys.readouterr().err
    assert main([*given, "--key", FTE, "--lang", "en"]) == 2
    assert "one key or two" in capsys.readouterr().err
