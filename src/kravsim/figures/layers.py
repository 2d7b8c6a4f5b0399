"""The three layers of an uncertain comparison: every world, the worlds of each reading, and chance alone, on one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kravsim.figures.difference import least_side, sides
from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import layer_label, layers_words, short_name
from kravsim.figures.style import BLUE, GREY, INK, ORANGE, PURPLE, SKY, look, span_around_zero
from kravsim.scenario import checked_call
from kravsim.statistics.layers import LAYERS
from kravsim.telling.uncertainty_words import chance_of, share_texts, span_text
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.uncertainty import UncertainComparison
    from kravsim.statistics.layers import Layers

_SPREAD_ROW, _CHANCE_ROW, _READING_ROW, _LINE, _GAP, _STRIP = 1.45, 0.62, 0.42, 0.17, 0.12, 0.62
_WIDEST = 2.75
_COLOURS = {"structure": ORANGE, "parameters": SKY, "chance": PURPLE}
_COLUMNS = ("part", "dimension", "name", "draw", "replication", "difference_kr", "share", "share_se")


def data(found: UncertainComparison) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : UncertainComparison
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        `part`: `all` (one year of each world), `reading` (the same worlds once for each dimension, under the `name` of their
        alternative), `chance` (every replication less the mean of its world, at the common mean) or `layer` (`share` of the
        variance of the layer `name`, and its standard error). `difference_kr` is first model less second, kr a calendar year.
    """
    import pandas as pd

    frame = found.to_frame()
    first = frame[frame["replication"] == 0]
    parts = [first.assign(part="all")]
    parts += [first.assign(part="reading", dimension=one, name=first[one]) for one in found.structures.choices[0]]
    parts.append(frame.assign(part="chance", difference_kr=found.chance_only()))
    if found.layers is not None:
        rows = [
            {"part": "layer", "name": x.name, "share": x.share, "share_se": x.share_se} for x in found.layers.layers
        ]
        parts.append(pd.DataFrame(rows))
    whole = [part.reindex(columns=list(_COLUMNS)).astype(object) for part in parts]
    return pd.concat(whole, ignore_index=True)


@checked_call
def draw(found: UncertainComparison, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw how the difference spreads over worlds, over readings and by chance alone, and each layer's share.

    Parameters
    ----------
    found : UncertainComparison
        What the figure shows.
    ax : Axes, optional
        Draw in these axes instead of a figure of its own; the strip of shares is left out, and the title says them.
    lang : str
        `sv` or `en`.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no pyplot state.
    """
    place = language_index(lang)
    frame = data(found)
    values = {part: rows["difference_kr"].to_numpy(float) for part, rows in frame.groupby("part")}
    shown = [reading for reading in found.readings if reading.difference is not None]
    dimensions = list(dict.fromkeys(reading.dimension for reading in shown))
    with look():
        heights = {title: _row_height(title) for title in (reading.titles[place] for reading in shown)}
    rows = sum(heights[reading.titles[place]] for reading in shown)
    height = _SPREAD_ROW + _CHANCE_ROW + rows + _GAP * (len(dimensions) + 1) + 0.2
    own, strip = ax is None, _STRIP if found.layers is not None else 0.0
    with framed(height + (strip if own else 0.0), layers_words(found, lang, whole=own), ax) as ax:
        from kravsim.figures.canvas import above_row, money_axis, row_labels, spread, text_width

        if own:
            _lower(ax, height / (height + strip))
        ax.set_ylim(-0.1, height)
        places, labels, chances = [], [], []
        base = height - _SPREAD_ROW
        top, at = base, base - _GAP
        for dimension in dimensions:
            for reading in (one for one in shown if one.dimension == dimension):
                row = heights[reading.titles[place]]
                at -= row
                places.append(at + row / 2)
                labels.append(reading.titles[place])
                chances.append(chance_of(reading.difference, lang) if reading.difference is not None else "")
                mine = (
                    (frame["part"] == "reading") & (frame["dimension"] == dimension) & (frame["name"] == reading.name)
                )
                _ticks(ax, frame.loc[mine, "difference_kr"].to_numpy(float), places[-1])
            at -= _GAP
        room = max([text_width(text, 9) for text in chances], default=0.0) + 0.12
        names = [("Alla lägen", "All worlds")[place], *labels, ("Bara slumpen", "Chance alone")[place]]
        row_labels(ax, [top + 0.25, *places, 0.25], names, widest=_WIDEST, right=room)
        least = least_side(ax, found.first, found.second, lang)
        money_axis(ax, span_around_zero(values["all"].tolist(), least), lang)
        spread(ax, values["all"], top, BLUE)
        spread(ax, values["chance"], 0.0, PURPLE)
        chance = chance_of(found.difference, lang)
        bold = f"{capital(short_name(found.first, lang))} {'bättre i' if place == 0 else 'better in'} {chance}"
        range_text = span_text(found.difference, lang, minus="\u2212")
        below = (
            "" if range_text == "–" else f"{'nio av tio lägen' if place == 0 else 'nine worlds of ten'}: {range_text}"
        )
        above_row(ax, found.difference.mean, top, below or bold, bold if below else "")
        if chances:
            _column(ax, [*places, top], [*chances, "bättre i" if place == 0 else "better in"], room)
        sides(ax, found.first, found.second, lang)
        if own and found.layers is not None:
            _strip(ax, found.layers, strip, lang)
        ax.set_xlabel("skillnad, kr per kalenderår" if place == 0 else "difference, kr a calendar year")
    return figure_of(ax)


def _lower(ax: Axes, part: float) -> None:
    """Keep the lower part of the axes, to make room above them."""
    box = ax.get_position()
    ax.set_position((box.x0, box.y0, box.width, box.height * part))


def _row_height(title: str) -> float:
    """Give the height of a row whose name is broken into lines, inches."""
    from kravsim.figures.canvas import label_width, wrapped

    return max(_READING_ROW, _LINE * len(wrapped(title, label_width(_WIDEST), 10)) + 0.06)


def _ticks(ax: Axes, values: Any, at: float) -> None:
    """Draw one thin line a world, and their median."""
    import numpy as np

    ax.vlines(values, at - 0.09, at + 0.09, color=ORANGE, linewidth=1.1, alpha=0.55, zorder=3)
    ax.plot([float(np.median(values))] * 2, [at - 0.15, at + 0.15], color=INK, linewidth=1.6, zorder=4)


def _column(ax: Axes, places: list[float], texts: list[str], room: float) -> None:
    """Write the chance of each reading at the right of its row."""
    style: dict[str, Any] = {"ha": "right", "va": "center_baseline", "fontsize": 9, "annotation_clip": False}
    for at, text in zip(places, texts, strict=True):
        where: Any = ("axes fraction", "data")
        ax.annotate(text, (1.0, at), xycoords=where, xytext=(room * 72, 0), textcoords="offset points", **style)


def _strip(ax: Axes, layers: Layers, height: float, lang: str) -> None:
    """Draw the shares of the variance as one divided bar above the axes, with their names under it; one below 0 has none."""
    from kravsim.figures.canvas import MARGIN, figure_of, fitting_size, text_width

    figure = figure_of(ax)
    total, top = figure.get_figheight(), ax.get_position().y1
    width = figure.get_figwidth()
    left = MARGIN / width
    bar = figure.add_axes((left, top + (height - 0.24) / total, 1 - 2 * left, 0.2 / total))
    bar.set_axis_off()
    bar.set_xlim(0, 1)
    bar.set_ylim(0, 1)
    done, whole = 0.0, sum(max(layer.share or 0.0, 0.0) for layer in layers.layers) or 1.0
    lead = "Av variansen:" if language_index(lang) == 0 else "Of the variance:"
    shares = share_texts(layers, lang)
    words = [f"{layer_label(name, lang)} {shares[name]}" for name in LAYERS]
    inside = width - 2 * MARGIN
    size = fitting_size("     ".join([lead, *words]) + "MMMM", 9, inside)
    bar.annotate(lead, (0, 0), xytext=(0, -3), color=GREY, **_key(size))
    x = text_width(lead, size) + 0.12
    for name, text in zip(LAYERS, words, strict=True):
        part = max(layers[name].share or 0.0, 0.0) / whole
        bar.barh(0.5, part, left=done, height=1.0, color=_COLOURS[name])
        done += part
        bar.annotate("■", (x / inside, 0.0), xytext=(0, -3), color=_COLOURS[name], **_key(size))
        bar.annotate(text, (x / inside, 0.0), xytext=(12, -3), color=GREY, **_key(size))
        x += text_width(text, size) + 0.36


def _key(size: float) -> dict[str, Any]:
    return {"xycoords": "axes fraction", "textcoords": "offset points", "va": "top", "fontsize": size}
