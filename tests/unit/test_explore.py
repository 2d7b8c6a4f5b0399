"""Does the page that can be asked say what the closed form says, within its stated error, and say so where it cannot?"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
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
from kravsim.errors import ScenarioError
from kravsim.exploring import Explored, explored, page_of
from kravsim.exploring.closed import Asked
from kravsim.exploring.fitting import HeldOut
from kravsim.exploring.page import page_data
from kravsim.exploring.page_words import WORDS
from kravsim.exploring.sliders import MOST, sliders
from kravsim.papers.reproduce import reproduce
from kravsim.scenario import Scenario
from kravsim.studies.decision.progress import Progress
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


def in_node(*asked: str) -> Any:
    """Run the page's own arithmetic on its own data."""
    page = page_of(found(), "sv")
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    script = re.search(r"<script>\n(.*?)</script>", page, re.DOTALL)
    assert data is not None
    assert script is not None
    code = f"{script[1]}\nconst data = {data[1]};\nconsole.log(JSON.stringify([{', '.join(asked)}]));"
    run = subprocess.run([str(NODE), "-e", code], capture_output=True, text=True, check=True, timeout=120)
    return json.loads(run.stdout)


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
    assert "random" not in page.lower()
    assert page == page_of(found(), lang)
    assert f'<html lang="{lang}">' in page
    for at, one in enumerate(found().sliders):
        assert f'<label for="s{at}">' in page
        assert one.text(one.value, lang) in page


def test_the_same_bytes_again() -> None:
    again = explored(body(), models=PAIR, keys=KEYS, progress=False)
    assert page_of(again, "sv") == page_of(found(), "sv")


def test_the_command_leaves_a_page_that_is_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "page.html"
    small = ["--set", "invoices.per_year=4000", "--set", "debtors.number=400", "--set", "horizon.history_years=1"]
    keys = ["--key", "models.in_house.system.per_year_kr", "--key", "invoices.late_share"]
    asked = ["explore", "jamtland-harjedalen-2017", *small, *keys, "--lang", "en", "--out", str(out)]
    assert main(asked) == 0
    assert "Largest error of the page" in capsys.readouterr().out
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


@LANGS
def test_error_and_worlds_stand_in_the_page(lang: str) -> None:
    near = HeldOut(points=1_000, largest=17_654.0, usual=4_321.0, without=9, missed=1, refused=2)
    page = page_of(replace(found(), held_out=near), lang)
    assert {"sv": "18\u00a0000\u00a0kr", "en": "18\u00a0000\u00a0kr"}[lang] in page
    assert {"sv": "i 8, och i 2", "en": "at 8, and at 2"}[lang] in page


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
    asked = f"file://{path}#" + "&".join(f"{key}={value:g}" for key, value in put.items()) + "&nothing=1"
    how = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=5000",
        f"--user-data-dir={tmp_path / 'c'}",
    ]
    run = subprocess.run(
        [str(CHROMIUM), *how, "--dump-dom", asked], capture_output=True, text=True, check=False, timeout=120
    )
    shown = {name: html.unescape(text) for name, text in re.findall(r'id="(\w+)"[^>]*>([^<]*)<', run.stdout)}
    if not shown:
        pytest.skip(f"Chromium does not start here: {run.stderr[-200:]}")
    gap = found().difference_shown(put)
    assert gap == pytest.approx(found().difference(put), abs=found().step)
    assert shown["number"] == kr(gap, "en", step=found().step)
    assert shown["net2"] == shown["number"]
    assert "nothing=1" in shown["beyond"]
    assert "--set invoices.per_year=50000 --set debtors.number=5000" in shown["command"]
    assert "less net revenue a year" in shown["answer"]
