"""Do the figures show the numbers, all of them, readably, and the same every time?"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from kravsim import figures
from kravsim.errors import OutputError, RunError
from kravsim.figures.style import span, span_around_zero
from kravsim.papers.save import COMPARISON_FILES, FIGURE_FILES, figure_bytes, run_files, save_run
from kravsim.results.comparison import Comparison

from .result_makers import make_comparison, make_run, outcome, renamed, run_of, twins

pytestmark = pytest.mark.filterwarnings("error")

NAMES = ("net_revenue", "difference", "bridge")
LONG = "a_model_with_a_name_that_is_far_longer_than_anybody_would_like_it_to_be"


def zeros(n: int) -> Comparison:
    runs = [run_of(model, [outcome(model, k, {}, principal_ore=0) for k in range(n)]) for model in ("a", "b")]
    return Comparison(tuple(runs))


def three(n: int) -> Comparison:
    cmp = make_comparison(n)
    return Comparison((*cmp.runs, renamed(make_run("outsourced", n, extra=50_000), LONG)))


def long_names(n: int) -> Comparison:
    cmp = make_comparison(n)
    title = "A title with $x^2$, <tags>, åäö " * 8
    return Comparison(
        (replace(renamed(cmp.first, LONG), scenario_title=title), replace(cmp.second, scenario_title=title))
    )


CASES: dict[str, Comparison] = {
    "one": make_comparison(1),
    "few": make_comparison(8),
    "many": make_comparison(200),
    "thousand": make_comparison(1000),
    "same in every replication": make_comparison(8, spread=0),
    "no difference": twins(20),
    "nothing at all": zeros(30),
    "around zero": make_comparison(100, extra=1_327_000),
    "opposite signs": make_comparison(100, principal_kr=6_400_000),
    "three models": three(100),
    "long names": long_names(100),
}


def draw(name: str, cmp: Comparison, **options: Any) -> Figure:
    figure = getattr(figures, name)(cmp, **options)
    assert isinstance(figure, Figure)
    return figure


def module(name: str) -> Any:
    return import_module(f"kravsim.figures.{name}")


def words(figure: Figure) -> str:
    found = [text.get_text() for text in figure.findobj(Text)]
    return " ".join(found).replace("\u00a0", " ").replace("\n", " ")


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", CASES)
def test_every_text_stands_inside_the_figure(case: str, name: str, lang: str) -> None:
    figure = draw(name, CASES[case], lang=lang)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible():
            box = text.get_window_extent(canvas.get_renderer())
            assert box.x0 >= 0, text
            assert box.x1 <= width, text
            assert box.y0 >= 0, text
            assert box.y1 <= height, text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", ["few", "many", "no difference", "three models"])
def test_texts_do_not_stand_on_each_other(case: str, name: str) -> None:
    figure = draw(name, CASES[case])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    boxes = [Text.get_window_extent(text, canvas.get_renderer()).padded(-2) for text in texts]
    for place, box in enumerate(boxes):
        for other in range(place + 1, len(boxes)):
            assert not box.overlaps(boxes[other]), (texts[place], texts[other])


def test_net_revenue_data_are_the_outcomes() -> None:
    cmp = CASES["many"]
    data = module("net_revenue").data(cmp)
    assert list(data.columns) == ["model", "draw", "replication", "net_revenue_kr"]
    for run in cmp.runs:
        assert data.loc[data["model"] == run.model, "net_revenue_kr"].tolist() == run.net_revenue.samples.tolist()


def test_difference_data_are_both_differences() -> None:
    cmp = CASES["many"]
    data = module("difference").data(cmp)
    kinds = {"fiscal": cmp.difference, "economic": cmp.economic_difference}
    for kind, spread in kinds.items():
        assert data.loc[data["kind"] == kind, "difference_kr"].tolist() == spread.samples.tolist()


@pytest.mark.parametrize("case", CASES)
def test_bridge_data_walk_from_the_second_to_the_first(case: str) -> None:
    cmp = CASES[case]
    data = module("bridge").data(cmp)
    causes = data[data["kind"] == "cause"]
    assert data["mean_kr"].iloc[0] == pytest.approx(cmp.second.net_revenue.mean, abs=1e-6)
    assert data["mean_kr"].iloc[-1] == pytest.approx(cmp.first.net_revenue.mean, abs=1e-6)
    assert causes["mean_kr"].sum() == pytest.approx(cmp.difference.mean, abs=1e-6)
    assert (causes["to_kr"] - causes["from_kr"]).tolist() == pytest.approx(causes["mean_kr"].tolist(), abs=1e-6)
    assert causes["to_kr"].tolist()[:-1] == causes["from_kr"].tolist()[1:]


def test_bars_of_the_bridge_stand_where_the_data_say() -> None:
    cmp = CASES["many"]
    data = module("bridge").data(cmp)
    bars = draw("bridge", cmp).axes[0].patches
    shown = [(bar.get_x() + (bar.get_width() if bar.get_width() < 0 else 0), abs(bar.get_width())) for bar in bars]
    for (left, width), start, stop in zip(shown, data["from_kr"], data["to_kr"], strict=True):
        assert left == pytest.approx(min(start, stop))
        assert width == pytest.approx(abs(stop - start))


def test_titles_state_the_message() -> None:
    def title(case: str, name: str, lang: str = "sv") -> str:
        return words(draw(name, CASES[case], lang=lang))

    assert "Egen regi ger regionen 1 328 000 kr mindre per år än inkassoföretaget" in title("many", "difference")
    assert "In-house collection gives the region 1 328 000 kr less a year" in title("many", "difference", "en")
    assert "Inkassoföretaget ger högst nettointäkt, i medel" in title("many", "net_revenue")
    assert "Störst betydelse har personal: \u22121 30" in title("many", "bridge")
    assert "Ingen skillnad mellan egen regi och inkassoföretaget i någon simulering" in title(
        "no difference", "difference"
    )
    assert "Inget skiljer egen regi från inkassoföretaget" in title("no difference", "bridge")
    assert "ger lika mycket" in title("no difference", "net_revenue")
    assert "Ingen säker skillnad i nettointäkt" in title("around zero", "difference")
    assert "Ingen säker skillnad i nettointäkt" in title("around zero", "net_revenue")
    turned = title("opposite signs", "difference")
    assert re.search(r"1 32\d 000 kr mindre per år än inkassoföretaget, men \d{3} 000 kr mer när", turned)


def test_subtitle_and_note_say_scenario_replications_seed_and_what_is_not_covered() -> None:
    for name in NAMES:
        text = words(draw(name, CASES["many"]))
        assert (
            "Region Jämtland Härjedalen 2017 (jamtland-harjedalen-2017) · 200 simuleringar av ett år · slumpserie 1"
            in text
        )
    text = words(draw("difference", CASES["many"]))
    assert "bara slumpen mellan simuleringar, inte osäkerheten i antagandena" in text
    assert "Egen regi bättre i 0 av 200 simuleringar (sannolikhet 0–2 %)" in text


def test_few_replications_are_dots_and_many_a_histogram() -> None:
    few, many = draw("net_revenue", CASES["few"]).axes[0], draw("net_revenue", CASES["many"]).axes[0]
    assert [len(dots.get_offsets()) for dots in few.collections] == [8, 8]
    assert not many.collections
    assert len(many.patches) == 2
    assert "nio av tio" not in words(draw("net_revenue", CASES["few"]))


def test_drawing_changes_no_setting_and_loads_no_pyplot() -> None:
    mpl.rcParams["font.size"] = 17.5
    try:
        before = dict(mpl.rcParams)
        for name in ("difference", "net_revenue", "bridge"):
            figure = draw(name, CASES["few"])
            assert getattr(figure, "number", None) is None, "it belongs to no registry of figures"
        assert dict(mpl.rcParams) == before
    finally:
        mpl.rcParams["font.size"] = mpl.rcParamsDefault["font.size"]
    code = (
        "import sys; from result_makers import make_comparison; import kravsim.figures as f\n"
        "assert 'matplotlib' not in sys.modules and 'pandas' not in sys.modules\n"
        "cmp = make_comparison(8); [d(cmp) for d in (f.difference, f.net_revenue, f.bridge)]\n"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    assert run_python(code).strip() == "False"


def run_python(code: str, **environment: str) -> str:
    paths = [str(Path(figures.__file__).parents[2]), str(Path(__file__).parent)]
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **environment}
    done = subprocess.run([sys.executable, "-c", code], env=known, capture_output=True, text=True, check=True)
    return done.stdout


def test_axes_of_the_users_own_are_drawn_in() -> None:
    figure = Figure(figsize=(14, 6))
    axes = figure.subplots(1, 3)
    for name, ax in zip(NAMES, axes, strict=True):
        before = ax.get_position().bounds
        assert draw(name, CASES["many"], ax=ax) is figure
        assert ax.get_title(loc="left")
        assert ax.get_position().bounds == before


def test_every_figure_is_drawn_in_the_same_frame() -> None:
    """Axes are made in one place, so that style, title, note and doubts are never left out; a map has a sheet of its own."""
    rooms = Path(figures.__file__).parent
    making = [file.stem for file in sorted(rooms.glob("*.py")) if "make_axes(" in file.read_text(encoding="utf-8")]
    assert making == ["canvas", "frame"]


def test_a_figure_shows_itself_in_a_notebook() -> None:
    assert draw("bridge", CASES["few"])._repr_png_().startswith(b"\x89PNG")


def test_unknown_language_is_refused() -> None:
    for name in NAMES:
        with pytest.raises(RunError, match="sv or en"):
            draw(name, CASES["few"], lang="no")


def test_files_have_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    mine = {path.name: path.read_bytes() for path in figures.save_comparison(CASES["few"], tmp_path / "mine")}
    code = (
        "import sys; from result_makers import make_comparison; from kravsim.figures import save_comparison\n"
        "save_comparison(make_comparison(8), sys.argv[1])"
    )
    there = tmp_path / "there"
    run_python(code.replace("sys.argv[1]", repr(str(there))), PYTHONHASHSEED="7", TZ="Asia/Tokyo", LC_ALL="C")
    assert {path.name: path.read_bytes() for path in there.iterdir()} == mine
    assert sorted(mine) == sorted(COMPARISON_FILES)
    assert b"<dc:date>" not in mine["bridge.svg"]
    assert b"<text" not in mine["bridge.svg"]


def test_manifest_knows_origin_and_every_file(tmp_path: Path) -> None:
    cmp = CASES["few"]
    paths = figures.save_comparison(cmp, tmp_path)
    assert paths[-1].name == "manifest.json"
    manifest = json.loads(paths[-1].read_text("utf-8"))
    assert {path.name for path in paths[:-1]} == set(manifest["files"])
    for name, said in manifest["files"].items():
        body = (tmp_path / name).read_bytes()
        assert said == {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)}
    for key in ("scenario", "seed", "engine", "version", "stream_version", "scenario_fingerprint", "law_fingerprint"):
        assert manifest[key] == cmp.to_json()[key]
    assert json.loads((tmp_path / "comparison.json").read_text("utf-8")) == json.loads(json.dumps(cmp.to_json()))


def test_saved_figures_need_force_to_be_replaced(tmp_path: Path) -> None:
    paths = figures.save_figures(CASES["few"], tmp_path, lang="en")
    assert {path.name for path in paths} == {*FIGURE_FILES, "manifest.json"}
    with pytest.raises(OutputError, match=rf"{len(FIGURE_FILES) + 1} existing files: .*--force"):
        figures.save_figures(CASES["few"], tmp_path)
    figures.save_figures(CASES["many"], tmp_path, force=True)
    assert len((tmp_path / "difference.csv").read_text("utf-8").splitlines()) == 401


def test_saved_tables_hold_every_replication_and_line(tmp_path: Path) -> None:
    cmp = CASES["few"]
    figures.save_comparison(cmp, tmp_path)
    rows = (tmp_path / "replications.csv").read_text("utf-8").splitlines()
    assert len(rows) == 1 + 2 * 8
    assert rows[0].startswith("model,draw,replication,")
    budget = (tmp_path / "budget.csv").read_text("utf-8").splitlines()
    assert budget[0] == "model,line,mean,p05,p50,p95"
    assert len(budget) == 1 + sum(len(run.lines) + 1 for run in cmp.runs)


def test_a_run_is_saved_under_its_models_name(tmp_path: Path) -> None:
    run = make_run("in_house", 3)
    assert [path.name for path in save_run(run, tmp_path)] == list(run_files("in_house"))
    odd = renamed(run, "../=x")
    assert all(path.parent == tmp_path for path in save_run(odd, tmp_path))


def test_png_and_svg_are_what_they_say() -> None:
    figure = draw("difference", CASES["few"])
    assert figure_bytes(figure, "png").startswith(b"\x89PNG")
    assert b"<svg" in figure_bytes(figure, "svg")
    assert figure_bytes(figure, "svg") == figure_bytes(draw("difference", CASES["few"]), "svg")


def test_limits_hold_all_values_with_air() -> None:
    assert span([5.0, 5.0]) == (4.0, 6.0)
    low, high = span_around_zero([-94.0, -90.0], 0.25)
    assert low < -94
    assert high / (high - low) == pytest.approx(0.25)
    assert span_around_zero([0.0, 0.0], 0.25) == (-1, 1)
