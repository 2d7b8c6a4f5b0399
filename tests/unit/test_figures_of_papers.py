"""Can every figure of a paper be read as it is printed: letters of their size, whole, apart, in one language, in grey?"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from kravsim.figures.style import MODEL_COLOURS, NARROWEST, WIDTH, page_width, printed
from kravsim.papers.asked import Asked, asked
from kravsim.papers.paper_figures import FIGURES
from kravsim.papers.paper_file import load_paper
from kravsim.papers.pictures import Told, picture_bytes, texts_of

from .test_paper import PAPER, SCENARIO

LANGS = pytest.mark.parametrize("lang", ["sv", "en"])
NAMES = pytest.mark.parametrize("name", [name for name, _, _ in FIGURES])
PAGE_MM = 170
SMALLEST_PT = 7.0
"""Letters on paper."""
MACHINE = re.compile(r"[a-z]+_[a-z]+|\bnan\b|\binf\b|[a-z]+\.[a-z]+\.[a-z]+")
"""Names of keys and what a program writes for no number."""
ENGLISH = re.compile(r"\b(outsourced|in-house|surveillance|the|and|worlds?|years?|claims)\b")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    folder = tmp_path_factory.mktemp("figures")
    (folder / "small.toml").write_text(SCENARIO, encoding="utf-8")
    (folder / "little.toml").write_text(PAPER, encoding="utf-8")
    paper = load_paper(folder / "little.toml")
    return asked(paper.data, paper.scenario, workers=1)


def consulted(found: Asked) -> Asked:
    """The same worlds, as if they were drawn from those that agree with the books."""
    return replace(found, uncertain=replace(found.uncertain, kind="posterior"))


def drawn(found: Asked, name: str, lang: str, width_mm: float = PAGE_MM) -> Figure:
    module, subject = next((module, subject) for known, module, subject in FIGURES if known == name)
    about = subject(consulted(found) if name == "believed" else found)
    assert about is not None, name
    with printed(width_mm):
        figure = import_module(f"kravsim.figures.{module}").draw(about, lang=lang)
    assert isinstance(figure, Figure)
    return figure


def shown(figure: Figure) -> tuple[FigureCanvasAgg, list[Text]]:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    unseen = {label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for label in beyond(axis)}
    texts = [one for one in figure.findobj(Text) if isinstance(one, Text) and one.get_text().strip()]
    return canvas, [one for one in texts if one.get_visible() and one not in unseen]


def beyond(axis: Axis) -> list[Text]:
    """Labels of ticks that lie beyond the ends of an axis, and so are not drawn."""
    low, high = sorted(axis.get_view_interval())
    air = 1e-9 * (high - low)
    return [tick.label1 for tick in axis.get_major_ticks() if not low - air <= tick.get_loc() <= high + air]


@LANGS
@NAMES
def test_every_text_is_whole_of_its_size_and_stands_apart(found: Asked, name: str, lang: str) -> None:
    figure = drawn(found, name, lang)
    assert figure.get_figwidth() == pytest.approx(PAGE_MM / 25.4)  # so that a point is a point on paper
    canvas, texts = shown(figure)
    renderer: Any = canvas.get_renderer()
    width, height = canvas.get_width_height()
    seen = []
    for text in texts:
        box = Text.get_window_extent(text, renderer)
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= width, text
        assert box.y1 <= height, text
        assert text.get_fontsize() >= SMALLEST_PT, text
        seen.append((text, box.padded(-2)))
    for place, (one, box) in enumerate(seen):
        for other, beside in seen[place + 1 :]:
            assert not box.overlaps(beside), (one, other)


@pytest.mark.parametrize("name", ["break_even", "switching_line", "sweep", "s_curve", "net_revenue", "layers"])
def test_long_labels_at_the_right_edge_are_whole(found: Asked, name: str) -> None:
    """A range that ends at a large round number has its label under the corner of the axes."""
    wide = 1e4
    sweep, line, turns = found.sweep, found.line, found.turns
    assert sweep is not None
    assert line is not None
    far = replace(
        found,
        turns=tuple(replace(one, x=np.linspace(0, 3e6, len(one.x)), roots=(), turns=(), today=0.0) for one in turns),
        line=replace(line, x=np.linspace(0, 3e6, len(line.x)), line=(), confirmed=()),
        sweep=replace(
            sweep, rows=tuple(replace(row, point={sweep.keys[0]: wide * 300 * i}) for i, row in enumerate(sweep.rows))
        ),
    )
    canvas, texts = shown(drawn(far, name, "sv"))
    renderer: Any = canvas.get_renderer()
    width, _ = canvas.get_width_height()
    for text in texts:
        box = Text.get_window_extent(text, renderer)
        assert box.x0 >= 0, text
        assert box.x1 <= width, text


def test_what_was_believed_is_held_against_the_books_only_where_they_were_consulted(found: Asked) -> None:
    subject = next(subject for name, _, subject in FIGURES if name == "believed")
    assert subject(found) is None
    assert subject(consulted(found)) is not None
    figure = import_module("kravsim.figures.believed").draw((found.scenario, found.uncertain), lang="sv")
    assert "inte rådfrågats" in texts_of(figure)[0]


@LANGS
@NAMES
def test_it_speaks_to_people_in_one_language(found: Asked, name: str, lang: str) -> None:
    _, texts = shown(drawn(found, name, lang))
    said = [" ".join(one.get_text().split()) for one in texts]
    title = texts_of(drawn(found, name, lang))[0]
    assert len(title) > 20
    assert title[0] == title[0].upper()
    for text in (one for one in said if "(small)" not in one):  # a scenario is told by its name, too
        assert not MACHINE.search(text), text
        assert not re.search(r"(?<![\w.\-–])-\d", text), text  # a minus is a minus
        assert lang == "en" or not ENGLISH.search(text), text


@NAMES
def test_it_can_be_read_in_grey(found: Asked, name: str) -> None:
    """Something is drawn, and it is dark enough on white to be seen in a copy."""
    body = picture_bytes(drawn(found, name, "sv"), "png", Told("t", "a", "o"), width_mm=PAGE_MM, dpi=60)
    with Image.open(io.BytesIO(body)) as image:
        grey = np.asarray(image.convert("L"), float)
    assert grey[0].min() == 255  # a white edge: nothing runs out of the picture
    assert (grey < 128).mean() > 0.005
    assert (grey < 245).mean() > 0.03


def test_models_can_be_told_apart_in_grey() -> None:
    light = [float(np.dot(to_rgb(colour), (0.2126, 0.7152, 0.0722))) for colour in MODEL_COLOURS[:2]]
    assert abs(light[0] - light[1]) > 0.2


@NAMES
def test_data_are_numbers_apart_from_the_drawing(found: Asked, name: str) -> None:
    module, subject = next((module, subject) for known, module, subject in FIGURES if known == name)
    frame = import_module(f"kravsim.figures.{module}").data(subject(consulted(found) if name == "believed" else found))
    assert len(frame) > 0
    assert frame.select_dtypes("number").shape[1] > 0 or frame.drop(columns=frame.columns[0]).notna().to_numpy().any()


def test_letters_have_their_size_on_paper_and_a_narrow_one_is_made_smaller() -> None:
    assert page_width() == WIDTH
    for width_mm, inches in ((170, 170 / 25.4), (250, 250 / 25.4), (80, NARROWEST)):
        with printed(width_mm):
            assert page_width() == pytest.approx(inches)
    assert page_width() == WIDTH


def test_a_value_of_information_is_drawn_for_a_choice_between_two(found: Asked) -> None:
    from kravsim.figures import worth_knowing
    from kravsim.studies.decision.information import Information

    frame = import_module("kravsim.figures.worth_knowing").data(found.information)
    gain = found.information.curve.gain
    at = frame.set_index("extra_kr")["worth_kr"]
    assert at[0.0] == pytest.approx(float(found.information.everything), abs=1e-6)
    assert at.max() == pytest.approx(np.maximum(gain - gain.mean(), 0).mean())
    assert at.iloc[0] == at.iloc[-1] == 0  # where every world says the same, knowing is worth nothing
    known = found.information.everything
    three = Information(float(known), **{**known.__dict__, "options": ("a", "b", "c")})
    with pytest.raises(ValueError, match="two"):
        worth_knowing(replace(found.information, everything=three))


def test_the_last_bits_of_a_number_do_not_reach_a_picture(found: Asked) -> None:
    """A processor without wide instructions adds up in another order; pictures are the same pixel for pixel."""
    one = found.information
    moved = replace(one, curve=replace(one.curve, gain=np.nextafter(one.curve.gain, np.inf) * (1 + 4e-16)))
    assert (moved.curve.gain != one.curve.gain).any()
    for kind in ("svg", "pdf", "png"):
        bodies = set()
        for known in (one, moved):
            with printed(PAGE_MM):
                figure = import_module("kravsim.figures.worth_knowing").draw(known)
            bodies.add(picture_bytes(figure, kind, Told("t", "a", "o"), width_mm=PAGE_MM, dpi=300))
        assert len(bodies) == 1, kind


def test_a_map_of_two_numbers_has_its_cells_from_end_to_end(found: Asked) -> None:
    line = found.line
    assert line is not None
    frame = import_module("kravsim.figures.two_way").data(line)
    assert len(frame) == 49
    for key, values in zip(line.keys, (line.x, line.y), strict=True):
        assert (frame[key].min(), frame[key].max()) == (values[0], values[-1])
    row = frame[(frame[line.keys[0]] == line.x[0]) & (frame[line.keys[1]] == line.y[-1])].iloc[0]
    assert row["difference"] == line.z[0, -1]
