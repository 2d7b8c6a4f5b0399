"""The boxes and arrows of the process map as drawn: every text is measured before its box is made.

matplotlib is imported here at the top; nothing imports this module until a map is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from kravsim.figures.canvas import fitting_size, text_width, wrapped
from kravsim.figures.process_data import Box, ProcessTable, Way
from kravsim.figures.process_labels import actor_text, charge_text, end_text, step_title, way_text
from kravsim.figures.process_layout import Laid, Point
from kravsim.figures.style import BLUE, GREEN, GREY, INK, ORANGE, PALE, PURPLE
from kravsim.models.process import SUCCESSES

BOX_WIDTH: Final = 2.62
ENTRY: Final = 0.135
"""How far below its top an arrow enters a box from the side, inches."""

_PAD: Final = 0.09
_HEAD: Final = 0.27
_LINE: Final = 0.148
_ROW_AIR: Final = 0.055
_RADIUS: Final = 0.05
_TITLE, _TEXT, _SMALL = 9.5, 8.2, 7.6
_COLOURS: Final = {"region": (BLUE, "#DCEBF5"), "agency": (ORANGE, "#FBEFD6")}
_OTHER: Final = (PURPLE, "#F5E4EE")
_GOOD_END, _OTHER_END = ("#D5EDE4", GREEN), ("#E7E7E7", GREY)


@dataclass(frozen=True)
class Row:
    """One way out as written: lines of its name, then the end it reaches or the number of the next step.

    ``middle`` is where that stands and where an arrow leaves, ``first`` the middle of the first line, both below the box's
    top. Where a name leaves no room beside it, its last line is empty.

    Parameters
    ----------
    way : Way
        What is written.
    lines : tuple of str
        Of its name.
    after : str
        The end it reaches, or the number of the next step.
    middle : float
        Where that stands, inches below the box's top.
    first : float
        Middle of the first line, inches below the box's top.
    """

    way: Way
    lines: tuple[str, ...]
    after: str
    middle: float
    first: float


@dataclass(frozen=True)
class Card:
    """A box ready to be drawn: its texts broken into lines and its height.

    Parameters
    ----------
    box : Box
        What is drawn.
    title : str
        Heading.
    about, charges : tuple of str
        Lines of who does it, and of what it charges.
    rows : tuple of Row
        One a way out, downwards.
    height : float
        Inches.
    """

    box: Box
    title: str
    about: tuple[str, ...]
    charges: tuple[str, ...]
    rows: tuple[Row, ...]
    height: float


def colour_of(actor: str) -> str:
    """The colour of whoever does a step.

    Parameters
    ----------
    actor : str
        Machine name of a party.

    Returns
    -------
    str
        As matplotlib takes it.
    """
    return _COLOURS.get(actor, _OTHER)[0]


def make_card(box: Box, table: ProcessTable, numbers: dict[str, int], lang: str) -> Card:
    """Break a box's texts into lines and find its height.

    Parameters
    ----------
    box : Box
        The step.
    table : ProcessTable
        The process that it is of, which tells ends from steps.
    numbers : mapping of str to int
        Number of each step as it is written on the map.
    lang : str
        `sv` or `en`.
    """
    inside = BOX_WIDTH - 2 * _PAD
    about = tuple(wrapped(actor_text(box, lang), inside, _SMALL))
    charges = tuple(line for charge in box.charges for line in wrapped(charge_text(charge, lang), inside, _SMALL))
    y = _HEAD + 0.06 + _LINE * (len(about) + len(charges)) + 0.07
    rows = []
    for way in box.ways:
        ends = way.target in table.ends
        after = end_text(way.target, lang) if ends else f"→ {numbers[way.target]}"
        beside = text_width(after, _SMALL) + (0.24 if ends else 0.08)
        name = way_text(box, way, lang)
        longest = max(text_width(word, _TEXT) for word in name.split())
        own_line = longest > inside - beside
        lines = (*wrapped(name, inside, _TEXT), "") if own_line else tuple(wrapped(name, inside - beside, _TEXT))
        height = _LINE * len(lines) + _ROW_AIR
        middle = y + height / 2 + (_LINE * (len(lines) - 1) / 2 if own_line else 0)
        rows.append(Row(way, lines, after, middle, y + (height - _LINE * (len(lines) - 1)) / 2))
        y += height
    title = f"{numbers[box.step]}  {step_title(box.step, lang)}"
    return Card(box, title, about, charges, tuple(rows), y + 0.05)


def draw_card(ax: Axes, card: Card, x: float, y: float) -> None:
    """Draw a box with its left upper corner at (x, y).

    Parameters
    ----------
    ax : Axes
        In inches, y downwards.
    card : Card
        The box.
    x, y : float
        Inches.
    """
    strong, tint = _COLOURS.get(card.box.actor, _OTHER)
    frame = FancyBboxPatch(
        (x, y),
        BOX_WIDTH,
        card.height,
        boxstyle="square,pad=0",
        facecolor="white",
        edgecolor=GREY,
        linewidth=0.8,
        zorder=3,
        clip_on=False,
    )
    ax.add_patch(frame)
    ax.add_patch(Rectangle((x, y), BOX_WIDTH, _HEAD, facecolor=tint, edgecolor="none", zorder=3.1))
    ax.add_patch(Rectangle((x, y), 0.05, card.height, facecolor=strong, edgecolor="none", zorder=3.2))
    style: dict[str, Any] = {"ha": "left", "va": "center", "zorder": 4}
    size = fitting_size(card.title, _TITLE, BOX_WIDTH - 2 * _PAD, "bold")
    ax.text(x + _PAD, y + _HEAD / 2, card.title, fontsize=size, fontweight="bold", color=INK, **style)
    at = y + _HEAD + 0.06
    for number, line in enumerate((*card.about, *card.charges)):
        colour = GREY if number < len(card.about) else INK
        ax.text(x + _PAD, at + _LINE / 2, line, fontsize=_SMALL, color=colour, **style)
        at += _LINE
    ax.plot([x + 0.05, x + BOX_WIDTH], [at + 0.045] * 2, color=PALE, linewidth=0.8, zorder=3.3)
    for row in card.rows:
        _draw_row(ax, row, x, y)


def _draw_row(ax: Axes, row: Row, x: float, y: float) -> None:
    middle, colour = y + row.middle, INK if row.way.possible else GREY
    for number, line in enumerate(row.lines):
        at = (x + _PAD, y + row.first + _LINE * number)
        ax.text(*at, line, fontsize=_TEXT, color=colour, ha="left", va="center", zorder=4)
    right = x + BOX_WIDTH - _PAD
    if row.after.startswith("→"):
        ax.text(right, middle, row.after, fontsize=_SMALL, color=colour, ha="right", va="center", zorder=4)
        return
    size = fitting_size(row.after, _SMALL, BOX_WIDTH - 2 * _PAD - 0.12)
    wide = text_width(row.after, size) + 0.12
    good = row.way.target in SUCCESSES
    fill, edge = _GOOD_END if good else _OTHER_END
    pill = FancyBboxPatch(
        (right - wide, middle - 0.075),
        wide,
        0.15,
        boxstyle="round,pad=0,rounding_size=0.06",
        facecolor=fill,
        edgecolor=edge,
        linewidth=0.6,
        zorder=3.5,
    )
    ax.add_patch(pill)
    ax.text(right - wide / 2, middle, row.after, fontsize=size, color=colour, ha="center", va="center", zorder=4)


def draw_arrow(ax: Axes, laid: Laid, cards: dict[str, Card], *, back: bool) -> None:
    """A line with rounded corners from a row of one box to another box.

    Parameters
    ----------
    ax : Axes
        In inches, y downwards.
    laid : Laid
        The arrow in its place.
    cards : mapping of str to Card
        Boxes by step.
    back : bool
        Whether it leads to an earlier step, and is dashed.
    """
    rows = cards[laid.arrow.source].rows
    possible = any(row.way.possible and row.way.target == laid.arrow.target for row in rows)
    arrow = FancyArrowPatch(
        path=_rounded(laid.points),
        arrowstyle="-|>",
        mutation_scale=9,
        color=GREY if possible else PALE,
        linewidth=1.1,
        linestyle=(0, (4, 2)) if back else "solid",
        shrinkA=0,
        shrinkB=0,
        zorder=2.5,
        capstyle="butt",
        joinstyle="round",
    )
    ax.add_patch(arrow)
    if laid.side != "bottom":
        ax.plot(*laid.points[0], marker="o", markersize=3, color=GREY, zorder=3.6)


def _rounded(points: tuple[Point, ...]) -> Any:
    """A path through the corners, each rounded off."""
    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_towards(corner, before), corner, _towards(corner, after)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])


def _towards(corner: Point, other: Point) -> Point:
    """The point a little way from a corner towards another point, at most half-way."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = abs(dx) + abs(dy)
    share = min(_RADIUS, length / 2) / length if length else 0.0
    return corner[0] + dx * share, corner[1] + dy * share
