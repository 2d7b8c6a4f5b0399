"""The process of one model as a map: who does each step, what it adds to the debt, every answer and where it leads.

Drawn from :mod:`kravsim.figures.process_data`, so from the tables that the engines and the ledger use, with the places
computed by :mod:`kravsim.figures.process_layout`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kravsim.figures.process_data import ProcessTable, process_table
from kravsim.figures.process_grid import Arrow
from kravsim.figures.process_labels import map_words
from kravsim.figures.process_layout import Layout, lay
from kravsim.figures.style import GREY, INK, look
from kravsim.results.notes import doubts_of_scenario
from kravsim.scenario import checked_call, scenario_of
from kravsim.scenario.base_posts import titles_in
from kravsim.scenario.body_kind import kind_of
from kravsim.words.body_words import of_body, party_name
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.figures.labels import Words
    from kravsim.figures.process_cards import Card
    from kravsim.scenario import AnyScenario

MARGIN: Final = 0.3


def data(scenario: AnyScenario, model: str) -> pd.DataFrame:
    """Give what the map shows, one row a way out of a step; see :meth:`ProcessTable.to_frame`.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    model : str
        One of ``scenario.models``.
    """
    return process_table(scenario, model).to_frame()


@checked_call
def draw(scenario: AnyScenario, model: str, *, lang: str = "sv") -> Figure:
    """Draw the process of one model.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    model : str
        One of ``scenario.models``.
    lang : str
        `sv` or `en`.

    Returns
    -------
    matplotlib.figure.Figure
        As large as it needs to be at a readable size of print; it belongs to no pyplot state.

    Raises
    ------
    ScenarioError
        When the scenario has no such model.
    """
    place, scenario = language_index(lang), scenario_of(scenario)
    table = process_table(scenario, model)
    name = titles_in(scenario.data, model)[place]
    doubts = texts(doubts_of_scenario(scenario, model), lang)
    with of_body(kind_of(scenario.data.body.name, scenario.data.body.kind)):
        return draw_table(table, (name[:1].lower() + name[1:], scenario.label), lang, doubts)


def draw_table(table: ProcessTable, titles: tuple[str, str], lang: str, doubts: tuple[str, ...] = ()) -> Figure:
    """Draw any process; ``titles`` are those of the model and the scenario, ``doubts`` are written below the note.

    Parameters
    ----------
    table : ProcessTable
        The process.
    titles : (str, str)
        What the model and the scenario are called in `lang`.
    lang : str
        `sv` or `en`.
    doubts : tuple of str
        Whole sentences in `lang`, a line each.
    """
    with look():
        from kravsim.figures.process_cards import BOX_WIDTH, ENTRY, draw_arrow, draw_card, make_card

        numbers = {box.step: number for number, box in enumerate(table.boxes, 1)}
        cards = {box.step: make_card(box, table, numbers, lang) for box in table.boxes}
        layout = lay(
            [box.step for box in table.boxes],
            _arrows(table, cards),
            {step: card.height for step, card in cards.items()},
            BOX_WIDTH,
            ENTRY,
        )
        figure, ax = _sheet(layout, table, replace(map_words(table, *titles, lang), doubts=doubts), lang)
        loops = _loops(table)
        for laid in layout.arrows:
            draw_arrow(ax, laid, cards, back=(laid.arrow.source, laid.arrow.target) in loops)
        for step, (x, y) in layout.places.items():
            draw_card(ax, cards[step], x, y)
    return figure


def _arrows(table: ProcessTable, cards: dict[str, Card]) -> list[Arrow]:
    """An arrow for each way to another step; the last unconditional one of a step is its main way on."""
    arrows = []
    for box in table.boxes:
        onward = [row for row in cards[box.step].rows if row.way.target not in table.ends]
        plain = [row for row in onward if not row.way.condition and row.way.possible]
        main = plain[-1] if plain else None
        arrows += [Arrow(box.step, row.way.target, row.middle, main=row is main) for row in onward]
    return arrows


def _loops(table: ProcessTable) -> set[tuple[str, str]]:
    """Ways back: to a step that stands no later in the process and leads here again."""
    after = {box.step: {way.target for way in box.ways} - set(table.ends) for box in table.boxes}
    order = {step: number for number, step in enumerate(after)}

    def reaches(start: str) -> set[str]:
        found, waiting = {start}, [start]
        while waiting:
            new = after[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    return {
        (source, target)
        for source, targets in after.items()
        for target in targets
        if order[target] <= order[source] and source in reaches(target)
    }


def _sheet(layout: Layout, table: ProcessTable, words: Words, lang: str) -> tuple[Figure, Axes]:
    """A figure of the map's size with title, key and note, and axes in inches with y downwards."""
    from kravsim.figures.canvas import DPI, Picture, text_width, wrapped

    wide = layout.width + 2 * MARGIN
    heading = wrapped(words.title, layout.width, 17, "bold")
    notes = [line for text in (words.note, *words.doubts) for line in wrapped(text, layout.width, 9)]
    subtitle = wrapped(words.subtitle, layout.width, 11)
    below_heading = 0.3 + 0.31 * len(heading)
    below_subtitle = below_heading + 0.21 * len(subtitle) + 0.05
    head, foot = below_subtitle + 0.42, 0.25 + 0.175 * len(notes) + 0.2
    high = head + layout.height + foot
    figure = Picture(figsize=(wide, high), dpi=DPI)
    left = MARGIN / wide
    top: dict[str, Any] = {"ha": "left", "va": "top"}
    figure.text(left, 1 - 0.25 / high, "\n".join(heading), fontsize=17, fontweight="bold", color=INK, **top)
    figure.text(left, 1 - below_heading / high, "\n".join(subtitle), fontsize=11, color=GREY, **top)
    figure.text(left, 0.2 / high, "\n".join(notes), fontsize=9, color=GREY, ha="left", va="bottom", linespacing=1.25)
    x = MARGIN
    for actor in dict.fromkeys(box.actor for box in table.boxes):
        _key(figure, (x / wide, 1 - (below_subtitle + 0.1) / high), actor, lang)
        x += text_width(capital(party_name(actor, lang)), 11) + 0.6
    ax = figure.add_axes((left, foot / high, layout.width / wide, layout.height / high))
    ax.set_xlim(0, layout.width)
    ax.set_ylim(layout.height, 0)
    ax.axis("off")
    return figure, ax


def _key(figure: Figure, at: tuple[float, float], actor: str, lang: str) -> None:
    """A square of a party's colour with its name."""
    from matplotlib.patches import Rectangle

    from kravsim.figures.process_cards import colour_of

    wide, high = figure.get_size_inches()
    side = (0.16 / wide, 0.16 / high)
    figure.add_artist(
        Rectangle((at[0], at[1] - side[1] / 2), *side, color=colour_of(actor), transform=figure.transFigure)
    )
    words = capital(party_name(actor, lang))
    figure.text(at[0] + 0.24 / wide, at[1], words, fontsize=11, color=INK, ha="left", va="center")
