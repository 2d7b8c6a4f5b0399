"""Does the page that can be asked say what the closed form says, within its stated error, and say so where it cannot?"""

from __future__ import annotations

import html
import itertools
import json
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.properties.strategies import BASE, tiny

import kravsim as ks
from kravsim.cli import main
from kravsim.cli.settings import changed
from kravsim.errors import ScenarioError
from kravsim.exploring import Explored, explored, page_of
from kravsim.exploring.basis import rounded
from kravsim.exploring.closed import Asked
from kravsim.exploring.explored import two_of
from kravsim.exploring.fitting import HeldOut
from kravsim.exploring.page import page_data
from kravsim.exploring.page_words import WORDS
from kravsim.exploring.sliders import MOST, sliders
from kravsim.exploring.widget import Asking
from kravsim.papers.reproduce import reproduce
from kravsim.running.progress import Progress
from kravsim.scenario import Scenario
from kravsim.scenario.told_command import told_command
from kravsim.studies.decision.closed_form import Figure
from kravsim.telling.shown import shared, steps
from kravsim.words.display import kr

PAIR = ("in_house", "outsourced")
STAFF = "models.in_house.staff.handlers"
KEYS = (
    f"{STAFF}.fte",
    "invoices.per_year",
    "models.outsourced.contract.demand_fee_agency_share",
    "models.in_house.system.per_year_kr",
)
POINTS = 40
WAIT = 300
"""Seconds that another program is given."""
NODE = shutil.which("node")
NO_NODE = "the page's arithmetic is run by Node.js, which is not installed here"
LANGS = pytest.mark.parametrize("lang", ["sv", "en"])


def body() -> Scenario:
    """A small body whose staff can come to be too few, with a dear agency, so that the answer can turn."""
    changes = {"invoices.per_year": 40_000, "debtors.number": 4_000, "horizon.history_years": 1, f"{STAFF}.fte": 0.4}
    return BASE.with_changes({**changes, "models.outsourced.contract.it_service_per_year_kr": 500_000})


@cache
def found() -> Explored:
    return explored(body(), models=PAIR, keys=KEYS, progress=False)


def positions(seed: int, many: int = POINTS) -> np.ndarray[Any, np.dtype[np.float64]]:
    chosen = np.random.default_rng(seed)
    columns = [chosen.choice(one.positions, many) for one in found().sliders]
    return np.column_stack(columns)


def closed_form(values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The library's own difference, by the way that everybody asks it."""
    keys = [one.key for one in found().sliders]
    given = {key: values[:, place] for place, key in enumerate(keys)}
    given["debtors.number"] = 4_000 * given["invoices.per_year"] / 40_000
    parts = []
    for model in PAIR:
        mine = {k: v for k, v in given.items() if not k.startswith("models.") or k.split(".")[1] == model}
        parts.append(ks.expected.evaluated(body(), model, mine)["net_revenue_kr"])
    return np.asarray(parts[0] - parts[1])


def in_node(*asked: str, page: str | None = None) -> Any:
    """Run the page's own arithmetic on its own data."""
    page = page_of(found(), "sv") if page is None else page
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    script = re.search(r"<script>\n(.*?)</script>", page, re.DOTALL)
    assert data is not None
    assert script is not None
    code = f"{script[1]}\nconst data = {data[1]};\nconsole.log(JSON.stringify([{', '.join(asked)}]));"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "asked.js"
        path.write_text(code, encoding="utf-8")
        run = started([str(NODE), str(path)])
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def started(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run another program; where the machine is too slow for it, nothing is shown either way."""
    try:
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=WAIT)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{command[0]} took more than {WAIT} s on this machine")


def test_the_surface_is_the_closed_form_within_the_stated_error() -> None:
    """At points that neither the fit nor the stated error has seen, with room for the largest of other points."""
    values = positions(11)
    known = closed_form(values)
    said = np.array([found().difference(dict(zip(KEYS, row, strict=True))) for row in values])
    assert np.isfinite(known).sum() > POINTS // 3
    assert not (np.isnan(known) & np.isfinite(said)).any()
    both = np.isfinite(known) & np.isfinite(said)
    assert np.abs(said - known)[both].max() <= 1.5 * found().held_out.largest
    assert np.quantile(np.abs(said - known)[both], 0.8) <= found().held_out.usual
    assert found().held_out.largest < 0.02 * np.nanmax(np.abs(known))


def test_lines_that_are_linear_are_exact() -> None:
    """Pay is posts times pay, the system its yearly cost: no fit, no error."""
    surface = {one.line: one for one in found().surfaces[0].lines}
    for line in ("staff_pay", "staff_overhead", "system_operation", "system_depreciation"):
        assert surface[line].bent is None
    values = positions(12, 5)
    asked = Asked(body(), PAIR, found().sliders, Progress(False))
    x = np.column_stack([one.scaled(values[:, place]) for place, one in enumerate(found().sliders)])
    known = asked.at("in_house", x).lines
    for line in ("staff_pay", "system_operation"):
        right = np.isfinite(known[line])
        np.testing.assert_allclose(found().surfaces[0].at(x)[line][right], known[line][right], rtol=1e-6, atol=0.01)


@pytest.mark.skipif(NODE is None, reason=NO_NODE)
def test_the_page_says_what_its_twin_in_python_says() -> None:
    values = positions(13)
    asked = [f"evaluate(data, {json.dumps(row.tolist())})" for row in values]
    for row, said in zip(values, in_node(*asked), strict=True):
        here = dict(zip(KEYS, row.tolist(), strict=True))
        known = found().difference(here)
        if said["difference"] is None:
            assert np.isnan(known)
            continue
        assert said["difference"] == pytest.approx(known, abs=0.01)
        assert said["told"] == found().is_told(known)
        lines = [found().surfaces[k].at(found().scaled(here)) for k in (0, 1)]
        for model, ours in zip(said["models"], lines, strict=True):
            assert model["lines"] == pytest.approx({line: float(y[0]) for line, y in ours.items()}, abs=0.01)
            assert model["net"] == pytest.approx(sum(model["lines"].values()), abs=0.01)
        spread = found().spread
        assert spread is not None
        ends = known + spread.at(found().scaled(here))[0]
        assert said["ends"] == pytest.approx(ends.tolist(), abs=0.01)


@pytest.mark.skipif(NODE is None, reason=NO_NODE)
def test_shown_lines_add_up_and_are_written_as_the_library_writes_them() -> None:
    amounts = [[1499.0, -2500.4, 800.0, 0.0], [10_000.2, 20_000.3, 30_000.4], [-1.0, -1.0, -1.0]]
    asked = [f"shared({one}, steps({sum(one)}, 1000), 1000)" for one in amounts]
    for one, said in zip(amounts, in_node(*asked), strict=True):
        assert sum(said) == steps(sum(one), 1000)
        assert said == shared(one, steps(sum(one), 1000), 1000)
    texts = in_node(*(f"written(data, data.sliders[{k}], data.sliders[{k}].value)" for k in range(len(KEYS))))
    assert texts == [one.text(one.value, "sv") for one in found().sliders]
    assert in_node("grouped(data, 207506, 0)", "grouped(data, -0.4, 0)") == ["207\u00a0506", "0"]


@pytest.mark.skipif(NODE is None, reason=NO_NODE)
def test_marks_stand_where_the_difference_turns() -> None:
    values = [one.value for one in found().sliders]
    marks = in_node(*(f"along(data, {json.dumps(values)}, {k})" for k in range(len(KEYS))))
    assert any(mark["turns"] for mark in marks)
    for one, mark in zip(found().sliders, marks, strict=True):
        for value in mark["turns"]:
            there = found().difference({one.key: value})
            assert abs(there) < 1.0
    assert marks[0]["missing"], "fewer posts than the work needs have no answer"


def test_no_number_where_the_error_is_more_than_a_tenth_of_it() -> None:
    one = found()
    assert one.is_told(11 * one.held_out.largest)
    assert not one.is_told(9 * one.held_out.largest)
    assert not one.is_told(float("nan"))


def test_a_team_that_never_catches_up_has_no_number() -> None:
    """Anywhere within the sliders: the page says so, and has nothing to pretend with."""
    one = explored(body().with_changes({f"{STAFF}.fte": 0.02}), models=PAIR, keys=KEYS[:2], progress=False)
    assert np.isnan(one.difference())
    assert "verbelast" in one.sentence("sv")
    assert page_data(one, "sv")["largest"] is None
    assert WORDS["error_unknown"][0] in page_of(one, "sv")


@LANGS
def test_the_page_stands_alone(lang: str) -> None:
    page = page_of(found(), lang)
    assert not re.search(r"(?:src|href|url|import)\s*[=(]?\s*[\"']?(?:https?:)?//", page)
    assert "http://" not in page
    assert "https://" not in page
    assert "default-src 'none'" in page
    assert "fetch(" not in page
    assert "Math.random" not in page
    assert page == page_of(found(), lang)
    assert f'<html lang="{lang}">' in page
    for at, one in enumerate(found().sliders):
        assert f'<label for="s{at}">' in page
        assert one.text(one.value, lang) in page


def test_no_weight_is_minus_zero() -> None:
    """Its sign hangs on the machine, and the bytes would."""
    assert not re.search(r"-0\.0\b(?!\d)", json.dumps(page_data(found(), "sv")))
    assert str(rounded(np.array([-0.01]), 1)[0]) == "0.0"


def test_the_same_bytes_again() -> None:
    again = explored(body(), models=PAIR, keys=KEYS, progress=False)
    assert page_of(again, "sv") == page_of(found(), "sv")


def test_the_command_leaves_a_page_that_is_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "page.html"
    small = ["--set", "invoices.per_year=4000", "--set", "debtors.number=400", "--set", "horizon.history_years=1"]
    keys = ["--key", "models.in_house.system.per_year_kr", "--key", "invoices.late_share"]
    asked = ["explore", "jamtland-harjedalen-2017", *small, *keys, "--lang", "en", "--out", str(out)]
    assert main(asked) == 0
    assert "its error is" in capsys.readouterr().out
    assert reproduce(tmp_path / "page.html.manifest.json").same


def test_sliders_are_those_that_people_ask_about_then_those_that_move_most() -> None:
    chosen = sliders(tiny(), PAIR)
    keys = [one.key for one in chosen]
    assert len(keys) == MOST
    assert {f"{STAFF}.fte", "invoices.per_year", "invoices.late_share", f"{STAFF}.pay_per_fte_kr"} <= set(keys)
    assert "debtors.number" not in keys
    for one in chosen:
        assert one.low <= one.value <= one.high
        assert one.value in one.positions
        assert list(one.positions) == sorted(set(one.positions))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (["invoices.per_yaer"], "invoices.per_year"),
        (["policy.attachment_years"], "policy.attachment_years"),
        (["invoices.per_year", "invoices.per_year"], "different keys"),
        ([], "different keys"),
        ("invoices.per_year", "different keys"),
        (["models.outsourced.contract.paid_case_kr"], "other than 0"),
    ],
)
def test_a_wrong_key_is_refused(keys: Sequence[str], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        explored(tiny(), models=PAIR, keys=keys, progress=False)


def test_one_model_is_refused() -> None:
    with pytest.raises(ScenarioError, match="two different models"):
        explored(tiny(), models=["in_house"], progress=False)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (["debtors.number", "invoices.per_year"], "keeps its proportion to invoices.per_year"),
        (5, "different keys"),
        ([["x"]], "different keys"),
    ],
)
def test_keys_that_follow_another_or_are_none_are_refused(keys: Any, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        sliders(tiny(), PAIR, keys)
    mean = next(key for key in Figure(tiny(), PAIR).limits if key.endswith(".amount_mean_kr"))
    with pytest.raises(ScenarioError, match="does not follow another"):
        sliders(tiny(), PAIR, [mean, mean.replace("_mean_", "_median_")])


def test_a_small_whole_number_can_be_moved_a_step_each_way() -> None:
    figure = Figure(tiny(), PAIR)
    some = [key for key in figure.limits if key.endswith("limitation_years") or key == "timing.solvency_check_days"]
    assert len(some) >= 2
    for one in sliders(tiny(), PAIR, some):
        assert one.low <= one.value - 1 or one.low == figure.limits[one.key][1].ge
        assert one.high >= one.value + 1
        assert np.isfinite(one.scaled(np.array(one.positions))).all()


def test_every_number_is_a_slider_with_positions_or_is_refused() -> None:
    """Whatever the key, none stands still and none is silently left out."""
    keys = list(Figure(tiny(), PAIR).limits)
    with pytest.raises(ScenarioError) as error:
        sliders(tiny(), PAIR, keys)
    refused = {str(problem.value) for problem in error.value.problems}
    rest = [key for key in keys if key not in refused]
    chosen = sliders(tiny(), PAIR, rest)
    assert [one.key for one in chosen] == rest
    assert len(rest) > 50
    for one in chosen:
        assert one.low < one.high
        assert one.low <= one.value <= one.high


def test_values_beyond_the_sliders_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"did you mean invoices\.per_year\?") as error:
        found().difference(
            {"invoices.per_yaer": 40_000, STAFF + ".fte": 50, "models.in_house.system.per_year_kr": True}
        )
    assert len(error.value.problems) == 3
    assert "a number from 100000 to 400000" in str(error.value)
    for wrong in (float("nan"), "1"):
        with pytest.raises(ScenarioError, match="a number from"):
            found().scaled({"invoices.per_year": wrong})
    with pytest.raises(ScenarioError, match="mapping"):
        found().difference([1])


@LANGS
def test_where_the_error_is_too_large_no_text_has_the_number(lang: str) -> None:
    """Neither the sentence, the page without a script, the table, the repr nor JSON."""
    gap = found().difference()
    for largest in (abs(gap) / 5, float("nan")):
        one = replace(found(), held_out=replace(found().held_out, largest=largest))
        number = kr(one.difference_shown(), lang, step=one.step)
        quiet = re.search("<noscript>.*?</noscript>", page_of(one, lang), re.DOTALL)
        assert quiet is not None
        for text in (one.sentence(lang), one.table(lang), quiet[0], repr(one)):
            assert number not in html.unescape(text)
        assert one.to_json()["difference_kr"] is None
        assert one.to_json()["told"] is False
    too_near = replace(found(), held_out=replace(found().held_out, largest=abs(gap) / 5)).sentence(lang)
    assert WORDS["near"][("sv", "en").index(lang)].split("{")[0] in too_near
    assert found().to_json()["told"] is True
    assert found().to_json()["difference_kr"] == gap


def read_back(command: Sequence[str]) -> Scenario:
    return changed(ks.load_scenario(command[0]), list(command[1:]))


def test_the_command_rebuilds_the_scenario_or_is_left_out(tmp_path: Path) -> None:
    """Changes of every kind, once and twice, by name and by path; others have none."""
    case = ks.load_scenario("jamtland-harjedalen-2017")
    once = case.with_changes({"invoices.late_share": 0.1, "debtors.number": 9_000, "title": "Åre, 'vår' \"by\" 1.5"})
    by_name = [case, once, once.with_changes({"horizon.history_years": 1})]
    for one in by_name:
        command = told_command(one)
        assert command[0] == "jamtland-harjedalen-2017"
        assert read_back(command).fingerprint == one.fingerprint
    twice = case.with_changes({"invoices.late_share": 0.1}).with_changes({"invoices.late_share": 0.2})
    assert told_command(twice) == ("jamtland-harjedalen-2017", "invoices.late_share=0.2")
    path = tmp_path / "min kommun.toml"
    path.write_text(case.text.replace(case.title, "Min kommun"), encoding="utf-8")
    mine = ks.load_scenario(path).with_changes({"invoices.per_year": 90_000})
    assert mine.name == case.name
    assert told_command(mine)[0] == str(path)
    assert read_back(told_command(mine)).fingerprint == mine.fingerprint
    others = [case.with_model("more", copy_of="in_house"), case.with_alternatives({"reading": "A"})]
    path.write_text(case.text, encoding="utf-8")
    for one in (*others, mine):
        assert told_command(one) == ()


def shown_command(one: Explored, values: Sequence[float]) -> list[str]:
    """What a reader copies, as a shell splits it: the options behind `kravsim compare`."""
    (said,) = in_node(f"commandAt(data, {json.dumps(list(values))})", page=page_of(one, "sv"))
    assert said.startswith("kravsim compare ")
    return shlex.split(said)[2:]


@pytest.mark.skipif(NODE is None, reason=NO_NODE)
def test_the_page_names_the_scenario_with_its_changes_and_what_is_moved() -> None:
    case = ks.load_scenario("jamtland-harjedalen-2017")
    own = case.with_changes({"invoices.per_year": 40_000, "debtors.number": 4_000, "title": "Vår 'by'"})
    one = replace(found(), command=told_command(own))
    still = shown_command(one, [slider.value for slider in found().sliders])
    sets = [text for before, text in itertools.pairwise(still) if before == "--set"]
    assert read_back([still[0], *sets]).fingerprint == own.fingerprint
    moved = [0.5, 50_000, *(slider.value for slider in found().sliders[2:])]
    sets = [text for before, text in itertools.pairwise(shown_command(one, moved)) if before == "--set"]
    there = read_back([still[0], *sets])
    assert there.data.invoices.per_year.value == 50_000
    assert there.data.debtors.number.value == 5_000
    assert there.title == "Vår 'by'"
    assert there.data.models["in_house"].staff["handlers"].fte.value == 0.5


@pytest.mark.skipif(NODE is None, reason=NO_NODE)
def test_an_amount_that_follows_another_is_not_rounded_in_the_command() -> None:
    key = next(key for key in Figure(tiny(), PAIR).limits if key.endswith(".amount_mean_kr"))
    (one,) = sliders(tiny(), PAIR, [key])
    ((beside, median),) = one.along
    assert one.whole == ()
    page = replace(found(), sliders=(one, *found().sliders[1:]), command=("jamtland-harjedalen-2017",))
    values = [one.positions[0], *(other.value for other in page.sliders[1:])]
    sets = shown_command(page, values)
    put = dict(text.split("=") for before, text in itertools.pairwise(sets) if before == "--set")
    assert float(put[beside]) == pytest.approx(median * one.positions[0] / one.value, rel=1e-11)


@LANGS
def test_a_scenario_that_no_command_names_says_so(lang: str) -> None:
    page = page_of(replace(found(), command=()), lang)
    assert html.escape(WORDS["no_command"][("sv", "en").index(lang)]) in page
    assert 'id="command"' not in page


@LANGS
def test_error_and_worlds_stand_in_the_page(lang: str) -> None:
    near = HeldOut(points=1_000, largest=17_654.0, usual=4_321.0, without=9, missed=1, refused=2)
    page = page_of(replace(found(), held_out=near), lang)
    assert {"sv": "18\u00a0000\u00a0kr", "en": "18\u00a0000\u00a0kr"}[lang] in page
    assert {"sv": "i 8 av dem, och ger inte heller svar i 2", "en": "at 8 of them, and gives none at 2"}[lang] in page


@LANGS
def test_in_a_notebook_the_closed_form_itself_answers(lang: str) -> None:
    widgets = pytest.importorskip("ipywidgets", reason="the sliders of a notebook are ipywidgets")
    shown = ks.explore(body(), keys=KEYS[:2], lang=lang)
    inputs = [one.children[0] for one in shown.children if isinstance(one, widgets.VBox)]
    assert len(inputs) == 2
    answer = shown.children[0]
    values = np.array([[one.value for one in found().sliders]])
    gap = closed_form(values)[0]
    assert kr(abs(gap), lang) in answer.value
    before = answer.value
    inputs[0].value = inputs[0].options[0][1]
    assert WORDS["none"][("sv", "en").index(lang)] in answer.value
    shown.children[2].click()
    assert answer.value == before


@LANGS
def test_a_position_that_cannot_be_is_no_overload(lang: str) -> None:
    """Two shares that together pass 1: the staff have nothing to do with it."""
    paid, alone = (f"behaviour.forgetful.{name}_share" for name in ("reminder_paid", "principal_only"))
    scenario = tiny().with_changes({paid: 0.9, alone: 0.07})
    chosen, _ = two_of(scenario, ("in_house", "outsourced"))
    moved = sliders(scenario, chosen, [paid, alone])
    asking = Asking(Asked(scenario, chosen, moved, Progress(False)), lang)
    told, _ = asking.answer([one.high for one in moved])
    place = ("sv", "en").index(lang)
    assert WORDS["impossible"][place] in told
    assert WORDS["none"][place] not in told
    for words in asking.turns([one.value for one in moved]):
        assert WORDS["impossible"][place] in words
        assert WORDS["none"][place] not in words


def test_without_ipywidgets_it_is_said_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kravsim.exploring.widget.find_spec", lambda _: None)
    with pytest.raises(ScenarioError, match="kravsim explore"):
        ks.explore(body(), keys=KEYS[:2])


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here, which opens the page as a reader would")
def test_a_real_browser_shows_what_the_address_says(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_of(found(), "en"), encoding="utf-8")
    put = {"models.in_house.system.per_year_kr": 400_000.0, "invoices.per_year": 50_000.0}
    asked = f"file://{path}#" + "&".join(f"{key}={value:g}" for key, value in put.items()) + f"&nothing=1&{KEYS[0]}=99"
    how = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--virtual-time-budget=5000",
        f"--user-data-dir={tmp_path / 'c'}",
    ]
    run = started([str(CHROMIUM), *how, "--dump-dom", asked])
    shown = {name: html.unescape(text) for name, text in re.findall(r'id="(\w+)"[^>]*>([^<]*)<', run.stdout)}
    if not shown:
        pytest.skip(f"Chromium does not start here: {run.stderr[-200:]}")
    gap = found().difference_shown(put)
    assert gap == pytest.approx(found().difference(put), abs=found().step)
    assert shown["number"] == kr(gap, "en", step=found().step)
    assert shown["net2"] == shown["number"]
    assert "not on this page, and they were not read: nothing=1." in shown["beyond"]
    high = found().sliders[0].text(found().sliders[0].high, "en")
    assert f"says {KEYS[0]}=99, but that slider goes from" in shown["beyond"]
    assert f"to {high};" in shown["beyond"]
    assert "--set invoices.per_year=50000 --set debtors.number=5000" in shown["command"]
    assert "less net revenue a year" in shown["answer"]
