"""Does the figure of the three layers show the numbers, all of them, readably and the same every time?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from kravsim.errors import RunError
from kravsim.figures import layers
from kravsim.figures.layers import data
from kravsim.papers.save import figure_bytes
from kravsim.results.uncertainty import UncertainComparison

from .result_makers import make_structures, make_uncertain, renamed

pytestmark = pytest.mark.filterwarnings("error")

LONG = "a_model_with_a_name_that_is_far_longer_than_anybody_would_like_it_to_be"
TITLE = "30 dagars villkor, ålder från fakturadatum, överlämnas när de förfallit och ännu längre än så"


def long_names() -> UncertainComparison:
    found = make_uncertain(80)
    titles = dict.fromkeys(found.structures.titles, (TITLE, TITLE))
    runs = (renamed(found.first, LONG), found.second)
    return replace(found, runs=runs, structures=replace(found.structures, titles=titles))


CASES = {
    "few": make_uncertain(4),
    "many": make_uncertain(240),
    "in favour": make_uncertain(80, gap_kr=2_000_000, kind="posterior"),
    "around zero": make_uncertain(80, gap_kr=0),
    "one reading": make_uncertain(40, structures=make_structures(40, ())),
    "nothing varies": make_uncertain(12, parameters_kr=0, chance_kr=0, step_kr=0),
    "no difference": make_uncertain(12, gap_kr=0, parameters_kr=0, chance_kr=0, step_kr=0),
    "held": replace(CASE := make_uncertain(30), structures=replace(CASE.structures, held={"hand_over": "invoice_age"})),
    "long names": long_names(),
}


def boxes(figure: Figure) -> tuple[FigureCanvasAgg, list[Text]]:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas, [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("case", CASES)
def test_every_text_stands_inside_the_figure_and_none_on_another(case: str, lang: str) -> None:
    canvas, texts = boxes(layers(CASES[case], lang=lang))
    width, height = canvas.get_width_height()
    places = [Text.get_window_extent(text, canvas.get_renderer()) for text in texts]
    for text, box in zip(texts, places, strict=True):
        assert 0 <= box.x0 <= box.x1 <= width, text
        assert 0 <= box.y0 <= box.y1 <= height, text
    if case == "long names":
        return
    tight = [box.padded(-2) for box in places]
    for place, box in enumerate(tight):
        for other in range(place + 1, len(tight)):
            assert not box.overlaps(tight[other]), (texts[place], texts[other])


def test_data_are_the_worlds_the_readings_chance_and_the_shares() -> None:
    found = CASES["many"]
    frame = data(found)
    assert frame.groupby("part").size().to_dict() == {"all": 240, "reading": 240, "chance": 480, "layer": 3}
    assert frame.loc[frame["part"] == "all", "difference_kr"].tolist() == found.difference.samples.tolist()
    chance = frame.loc[frame["part"] == "chance", "difference_kr"].astype(float)
    assert found.layers is not None
    assert chance.mean() == pytest.approx(found.difference.mean)
    assert ((chance - chance.mean()) ** 2).mean() == pytest.approx(found.layers["chance"].variance, rel=1e-9)
    mine = frame.loc[(frame["part"] == "reading") & (frame["name"] == "B"), "difference_kr"].tolist()
    reading = found.readings[1].difference
    assert reading is not None
    assert mine == reading.samples.tolist()
    assert frame.loc[frame["part"] == "layer", "share"].sum() == pytest.approx(1)


def test_the_strip_is_divided_as_the_shares_say() -> None:
    found = CASES["many"]
    strip = layers(found).axes[1]
    assert found.layers is not None
    assert [bar.get_width() for bar in strip.patches] == pytest.approx([one.share for one in found.layers.layers])
    assert len(layers(CASES["few"]).axes) == 1


def test_the_message_is_said_in_words() -> None:
    def words(case: str, lang: str = "sv") -> str:
        found = [text.get_text() for text in layers(CASES[case], lang=lang).findobj(Text)]
        return " ".join(found).replace("\u00a0", " ").replace("\n", " ")

    said = words("many")
    assert "mindre per år än inkassoföretaget, och är bättre i 0 av 240 lägen" in said
    assert "Egen regi bättre i 0 av 240 (0–2 %)" in said
    assert "240 lägen före avstämning mot bokföringen, 2 simuleringar i varje · slumpserie 1" in said
    assert "that agree with the books" in words("in favour", "en")
    assert "is better in 80 of 80 worlds" in words("in favour", "en")
    assert "Lagrens andelar kräver 6 lägen" in words("few")
    assert "Hålls vid grundfallet: invoice_age" in words("held")


def test_axes_of_the_users_own_are_drawn_in_and_the_title_says_the_shares() -> None:
    figure = Figure(figsize=(10, 6))
    ax = figure.subplots()
    before = ax.get_position().bounds
    assert layers(CASES["many"], ax=ax) is figure
    assert ax.get_position().bounds == before
    assert "av variansen kommer" in ax.get_title(loc="left").replace("\n", " ")
    assert len(figure.axes) == 1


def test_the_same_bytes_every_time_and_no_unknown_language() -> None:
    assert figure_bytes(layers(CASES["many"]), "svg") == figure_bytes(layers(CASES["many"]), "svg")
    with pytest.raises(RunError, match="sv or en"):
        layers(CASES["few"], lang="no")
