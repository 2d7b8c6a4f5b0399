"""Where the figures are drawn: a figure of its own with title, subtitle and note, and one horizontal money axis.

matplotlib is imported here at the top; nothing imports this module until a figure is drawn. Texts are measured before
they are placed, so that none is cut off, however long a model's or a scenario's name is.
"""

from __future__ import annotations

import io
import itertools
import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from kravsim.figures.labels import DOTS_UP_TO, Words
from kravsim.figures.style import GREY, INK, WIDTH, look, page_width
from kravsim.words.display import MINUS, NO_BREAK, number, typeset

DPI: Final = 150
MARGIN: Final = 0.27
_TITLE, _TITLE_IN_PRINT = (14.0, 0.27), (12.0, 0.23)
"""Size of a title, points, and inches that its lines take: on a screen, and below the headings of a page."""
BELOW: Final = 0.72
"""Inches below a picture for a horizontal axis with its name."""
_BAND: Final = 0.50
_GOLDEN: Final = 0.6180339887498949
_SLACK: Final = 1.02
_SMALLEST_SIZE: Final = 4.0
_OF_LETTERS: Final = ("font.family", "font.sans-serif", "text.hinting")
"""Settings on which the width of a text rests."""
_READABLE: Final = 7.0
"""Points below which letters are made smaller only where more lines do not help."""
_MORE_LINES: Final = 2
_TICK_SIZES: Final = (10.0, 9.0, 8.0, 7.0)
"""Sizes of the labels of ticks, the first with which a few have room."""
_FEWEST_TICKS: Final = 3
_TICK_AIR: Final = 0.15
"""Inches between the labels of two ticks."""
MOST_LINES: Final = 3
"""Lines of a text above a row; the bold one comes on top."""
_EDGE: Final = 0.01
"""Share of a picture's width between its edge and the label of the last tick."""
_SIDE_AIR: Final = 0.14
"""Inches between a text and the zero line or the edge."""
_LEAST_SIDE: Final = 1.6
"""Inches that a side of zero needs to be written on."""


class Picture(Figure):
    """A figure that no pyplot state knows of and that shows itself in a notebook."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        with look():
            self.savefig(stream, format="png")
        return stream.getvalue()


def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Measure the widest line of a text, inches.

    Parameters
    ----------
    text : str
        May have several lines.
    size : float
        Of the font, points.
    weight : str
        `normal` or `bold`.
    """
    settings = tuple(str(mpl.rcParams[name]) for name in _OF_LETTERS)
    return _SLACK * max(_line_width(line, size, weight, settings) for line in text.split("\n")) / DPI


@lru_cache(maxsize=16_384)
def _line_width(line: str, size: float, weight: str, _: tuple[str, ...]) -> float:
    """Measure a line, dots; every text of a figure is measured many times."""
    agg: Any = RendererAgg
    renderer = agg(1, 1, DPI)
    return float(
        renderer.get_text_width_height_descent(line, FontProperties(size=size, weight=weight), ismath=False)[0]
    )


def wrapped(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Break a text into lines of at most `width` inches at ordinary blanks; a longer word is cut.

    Parameters
    ----------
    text : str
        Its own line breaks count as blanks.
    width : float
        Inches.
    size : float
        Of the font, points.
    weight : str
        `normal` or `bold`.
    """
    out = [""]
    for word in re.split(r"[ \t\r\n\0]+", text):
        longer = f"{out[-1]} {word}" if out[-1] else word
        if text_width(longer, size, weight) <= width:
            out[-1] = longer
            continue
        out += [word] if out[-1] else []
        out[-1] = word
        while len(out[-1]) > 1 and text_width(out[-1], size, weight) > width:
            last = out[-1]
            fits = next(n for n in range(len(last) - 1, 0, -1) if n == 1 or text_width(last[:n], size, weight) <= width)
            out[-1:] = [last[:fits], last[fits:]]
    return out


def make_axes(height: float, words: Words, ax: Axes | None, *, above: float = 0.0, below: float = BELOW) -> Axes:
    """Make a figure of its own for a picture, or prepare the axes that were given.

    Parameters
    ----------
    height : float
        Height of the picture itself, inches.
    words : Words
        Title, subtitle, note and doubts; when `ax` is given, only the title is set and the doubts below it.
    ax : Axes or None
        Axes of the caller's own figure.
    above : float
        Inches between the subtitle and the picture, for what stands above it.
    below : float
        Inches between the picture and the note, for its axis.
    """
    if ax is not None:
        room = max(ax.get_window_extent().width / figure_of(ax).dpi, 1.0)
        lines = [part for text in (words.title, *words.doubts) for part in wrapped(text, room, 11, "bold")]
        ax.set_title("\n".join(lines), loc="left", fontsize=11, fontweight="bold", color=INK)
        return ax
    width = page_width()
    inside = width - 2 * MARGIN
    large, lead = _TITLE if width >= WIDTH else _TITLE_IN_PRINT
    titles = wrapped(words.title, inside, large, "bold")
    subtitles, notes = wrapped(words.subtitle, inside, 9.5), wrapped(words.note, inside, 8.5)
    doubts = [line for doubt in words.doubts for line in wrapped(doubt, inside, 8.5, "bold")]
    below_title = 0.20 + lead * len(titles)
    head = below_title + 0.19 * len(subtitles) + 0.18
    under = 0.17 * len(doubts) + (0.04 if doubts else 0.0)
    foot = below + 0.17 * len(notes) + under
    total = head + above + height + foot
    figure = Picture(figsize=(width, total), dpi=DPI)
    left = MARGIN / width
    top: dict[str, Any] = {"ha": "left", "va": "top", "linespacing": 1.2}
    figure.text(left, 1 - 0.16 / total, "\n".join(titles), fontsize=large, fontweight="bold", color=INK, **top)
    figure.text(left, 1 - below_title / total, "\n".join(subtitles), fontsize=9.5, color=GREY, **top)
    bottom: dict[str, Any] = {"ha": "left", "va": "bottom", "linespacing": 1.25}
    figure.text(left, (0.12 + under) / total, "\n".join(notes), fontsize=8.5, color=GREY, **bottom)
    if doubts:
        figure.text(left, 0.12 / total, "\n".join(doubts), fontsize=8.5, fontweight="bold", color=INK, **bottom)
    return figure.add_axes((left, foot / total, 1 - 2 * left, height / total))


def typeset_axes(ax: Axes) -> None:
    """Write every minus in and around some axes as a minus: results that tell themselves elsewhere use a hyphen.

    Parameters
    ----------
    ax : Axes
        With all that is written in them.
    """
    own = figure_of(ax)
    for text in (own if isinstance(own, Picture) else ax).findobj(Text):
        if "-" in text.get_text():
            text.set_text(typeset(text.get_text()))
    _keep_whole(ax)
    for axis in (ax.xaxis, ax.yaxis):
        given = axis.get_major_formatter()
        if isinstance(given, FixedFormatter):
            axis.set_major_formatter(FixedFormatter([typeset(label) for label in given.seq]))
        elif isinstance(given, FuncFormatter):
            axis.set_major_formatter(FuncFormatter(_typeset_by(given.func)))
    _keep_ticks_whole(ax)


def _keep_whole(ax: Axes) -> None:
    """Move the name of the horizontal axis to the left where it would run out of the picture."""
    own, name = figure_of(ax), ax.xaxis.label
    here, half = ax.get_window_extent(), text_width(name.get_text(), float(name.get_fontsize())) / 2 * own.dpi
    if isinstance(own, Picture) and (here.x0 + here.x1) / 2 + half > own.bbox.x1 - MARGIN * own.dpi:
        ax.set_xlabel(name.get_text(), loc="right")


def _keep_ticks_whole(ax: Axes) -> None:
    """Make the axes narrower where the label of the last tick would run out of the picture."""
    own = figure_of(ax)
    if not isinstance(own, Picture) or not ax.axison:
        return
    agg: Any = RendererAgg
    renderer, (low, high) = agg(1, 1, DPI), sorted(ax.get_xlim())
    air = 1e-9 * (high - low)
    ends = [
        label.get_window_extent(renderer).x1
        for tick, label in zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
        if low - air <= tick <= high + air and label.get_text()
    ]
    beyond = (max(ends, default=0.0) - own.bbox.x1) / own.bbox.width + _EDGE
    if beyond > 0:
        box = ax.get_position()
        ax.set_position((box.x0, box.y0, box.width - beyond, box.height))


def _typeset_by(write: Callable[..., str]) -> Callable[..., str]:
    return lambda value, place: typeset(write(value, place))


def figure_of(ax: Axes) -> Figure:
    """Give the whole figure that axes belong to, also from inside a subfigure.

    Parameters
    ----------
    ax : Axes
        Of a figure or of a subfigure.

    Raises
    ------
    ValueError
        When the axes belong to no figure.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        message = "these axes belong to no figure"
        raise ValueError(message)
    return figure


def label_width(widest: float) -> float:
    """Give where names at the left are broken into lines, inches: sooner on a narrow page.

    Parameters
    ----------
    widest : float
        Where they are on a screen.
    """
    return widest * min(1.0, page_width() / WIDTH)


def row_labels(
    ax: Axes, places: Sequence[float], labels: Sequence[str], *, widest: float = 2.3, right: float = 0.0
) -> None:
    """Write names at the left of the rows, and in a figure of its own make room for them.

    Parameters
    ----------
    ax : Axes
        Where the rows are.
    places, labels : sequences
        Vertical places and names.
    widest : float
        Where names are broken into lines, inches.
    right : float
        Room to keep at the right of the axes, inches.
    """
    widest = label_width(widest)
    shown = ["\n".join(wrapped(label, widest, 10)) for label in labels]
    ax.yaxis.set_major_locator(FixedLocator(list(places)))
    ax.set_yticklabels(shown)
    if isinstance(figure_of(ax), Picture):
        box = ax.get_position()
        left = MARGIN + max(text_width(label, 10) for label in shown) + 0.15
        width = figure_of(ax).get_figwidth()
        ax.set_position((left / width, box.y0, (width - MARGIN - right - left) / width, box.height))


def money_axis(ax: Axes, limits: tuple[float, float], lang: str) -> None:
    """Set limits, round ticks with room for their labels, and an unbroken zero line on the horizontal axis, in kronor.

    Parameters
    ----------
    ax : Axes
        Its horizontal axis is set.
    limits : (float, float)
        Lowest and highest value, kr.
    lang : str
        `sv` or `en`.
    """
    low, high = limits
    here, whole = ax.get_window_extent(), figure_of(ax).bbox
    ticks, labels, size = _ticks(low, high, here.width / figure_of(ax).dpi, lang)
    for place, (tick, label) in enumerate(zip(ticks, labels, strict=True)):
        middle = here.x0 + (tick - low) / (high - low) * here.width
        half = text_width(label, size) / 2 * figure_of(ax).dpi
        if not whole.x0 <= middle - half <= middle + half <= whole.x1:
            labels[place] = ""  # it would be cut off at the edge of the picture
    ax.set_xlim(low, high)
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.set_xticklabels(labels, fontsize=size)
    ax.xaxis.grid(visible=True)
    ax.tick_params(axis="both", length=0)
    ax.tick_params(axis="x", pad=6)
    if low < 0 < high:
        ax.axvline(0, color=INK, linewidth=1.2, zorder=2)
    for side in ("left", "top", "right"):
        ax.spines[side].set_visible(False)


def _ticks(low: float, high: float, width: float, lang: str) -> tuple[list[float], list[str], float]:
    """Choose round ticks and write them: as many as their labels have room for on so many inches, and how large these are."""
    found: list[tuple[list[float], list[str], float]] = []
    for size in _TICK_SIZES:
        for steps in range(7, 0, -1):
            given = MaxNLocator(nbins=steps, steps=[1, 2, 5, 10], min_n_ticks=1).tick_values(low, high)
            ticks = [float(tick) for tick in given if low <= tick <= high]
            gap = min((b - a for a, b in itertools.pairwise(ticks)), default=high - low)
            step = 10.0 ** min(0, math.floor(math.log10(gap) + 1e-9))
            labels = [number(tick, lang, step=step, minus=MINUS) for tick in ticks]
            widest = max((text_width(label, size) for label in labels), default=0.0)
            if widest + _TICK_AIR <= gap / (high - low) * width:
                found.append((ticks, labels, size))
                break
        if found and len(found[-1][0]) >= _FEWEST_TICKS:
            return found[-1]
    return max(found, key=lambda one: len(one[0]), default=([], [], size))


def spread(ax: Axes, values: NDArray[np.float64], base: float, colour: str) -> None:
    """Draw one value a replication in a row: dots when they are few, a histogram when they are many.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    values : array of float64, shape (replications,)
        In the unit of the axis.
    base : float
        Foot of the row; the row is half a unit high.
    colour : str
        Colour of the model or of the difference.
    """
    if np.all(values == values[0]):
        ax.plot([values[0]] * 2, [base, base + _BAND], color=colour, linewidth=7, solid_capstyle="butt", zorder=3)
    elif values.size <= DOTS_UP_TO:
        heights = base + _BAND * (0.1 + 0.8 * ((np.arange(1, values.size + 1) * _GOLDEN) % 1.0))
        ax.scatter(values, heights, s=34, color=colour, alpha=0.75, edgecolors="white", linewidths=0.6, zorder=3)
    else:
        counts, edges = np.histogram(values, bins=int(np.clip(round(math.sqrt(values.size)), 10, 40)))
        ax.stairs(base + _BAND * counts / counts.max(), edges, baseline=base, fill=True, color=colour, alpha=0.85)
    middle = float(np.median(values))
    ax.plot([middle] * 2, [base - 0.04, base + _BAND + 0.04], color=INK, linewidth=1.6, zorder=4)


def above_row(ax: Axes, x: float, base: float, text: str, bold: str = "") -> None:
    """Write above a row, centred on `x` and moved sideways until it stands inside the axes and on one side of zero.

    Parameters
    ----------
    ax : Axes
        Where the row is; its limits and its place in the figure are set.
    x : float
        What the text is about, in the unit of the axis.
    base : float
        Foot of the row.
    text : str
        Broken into lines where its side of the zero line is narrow.
    bold : str
        What stands above it and says the most important thing.
    """
    low, high = ax.get_xlim()
    inches = ax.get_window_extent().width / figure_of(ax).dpi / (high - low)
    left, right = _side(low, high, x, inches)
    room = (right - left) * inches - 2 * _SIDE_AIR
    size, lines = _fitted(((text, "normal"), (bold, "bold")), room, MOST_LINES + bool(bold))
    box = {"boxstyle": "square,pad=0.12", "facecolor": "white", "edgecolor": "none"}
    style: dict[str, Any] = {"ha": "center", "va": "bottom", "color": INK, "zorder": 5, "bbox": box}
    for place, (line, weight) in enumerate(reversed(lines)):
        half = (text_width(line, size, weight) / 2 + _SIDE_AIR) / inches
        centre = max(left + half, min(right - half, x)) if 2 * half <= right - left else (left + right) / 2
        at, lift = (centre, base + _BAND + 0.05), 2 + 1.4 * size * place
        ax.annotate(line, at, xytext=(0, lift), textcoords="offset points", fontsize=size, fontweight=weight, **style)


def _side(low: float, high: float, x: float, inches: float) -> tuple[float, float]:
    """Choose the side of zero to write on: that of `x` where it is wide enough, else the wider one."""
    if not low < 0 < high:
        return low, high
    own, other = ((low, 0.0), (0.0, high)) if x < 0 else ((0.0, high), (low, 0.0))
    wide = (own[1] - own[0]) * inches
    return own if wide >= min(_LEAST_SIDE, (other[1] - other[0]) * inches) else other


def _fitted(texts: Sequence[tuple[str, str]], width: float, most: int) -> tuple[float, list[tuple[str, str]]]:
    """Break texts (the lowest first) into at most so many lines: the font size that takes, and the lines from the top."""
    size = 9.5
    while True:
        lines = [(part, weight) for text, weight in reversed(texts) for part in _broken(text, width, size, weight)]
        room_for = most if size > _READABLE else most + _MORE_LINES
        if len(lines) <= room_for or size <= _SMALLEST_SIZE:
            return size, lines
        size -= 0.5


def _broken(text: str, width: float, size: float, weight: str) -> list[str]:
    """Break a text where it is too wide, at a semicolon first and never between brackets."""
    whole = re.sub(r"\([^)]*\)", lambda found: found[0].replace(" ", NO_BREAK), text)
    if not whole or text_width(whole, size, weight) <= width:
        return [whole] if whole else []
    clauses = re.split(r"(?<=;) ", whole)
    return [line for clause in clauses for line in wrapped(clause, width, size, weight)]


def fitting_size(text: str, size: float, width: float, weight: str = "normal") -> float:
    """Give the font size, at most `size`, at which a text is no wider than `width` inches.

    Parameters
    ----------
    text : str
        May have several lines.
    size : float
        Largest size of the font, points.
    width : float
        Inches.
    weight : str
        `normal` or `bold`.

    Returns
    -------
    float
        Points; never so small that it cannot be read, even where that is too wide.
    """
    return max(_SMALLEST_SIZE, min(size, size * width / max(text_width(text, size, weight), 1e-9)))


def fitting_lines(text: str, size: float, width: float) -> tuple[float, str]:
    """Give the size at which a text is no wider than `width` inches, in several lines where one would be too small to read.

    Parameters
    ----------
    text : str
        One line.
    size : float
        Largest size of the font, points.
    width : float
        Inches.
    """
    alone = fitting_size(text, size, width)
    return (alone, text) if alone >= _READABLE else (_READABLE, "\n".join(wrapped(text, width, _READABLE)))
