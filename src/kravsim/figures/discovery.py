"""Under which conditions a model is better: worlds over the two inputs that tell most, with the box; or by how much."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREY, INK, ORANGE, VERMILION, span
from kravsim.scenario import checked_call
from kravsim.studies.decision.swept import plain
from kravsim.words.doubts import texts
from kravsim.words.key_words import in_words, key_label, quoted_name
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.decision.box import Column, Limit
    from kravsim.studies.decision.discovered import Discovered

_HEIGHT: Final = 4.0
_JITTER: Final = 0.6


def data(found: Discovered) -> pd.DataFrame:
    """Give the numbers of the figure: `found.to_frame()`, one row a world.

    Parameters
    ----------
    found : Discovered
        What the figure shows.
    """
    return found.to_frame()


@checked_call
def draw(found: Discovered, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw every world over the first two inputs of the best box; without a box, by how much the model is better in each.

    Parameters
    ----------
    found : Discovered
        What the figure shows.
    ax : Axes, optional
        Draw in these axes instead of a figure of its own.
    lang : str
        `sv` or `en`.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no pyplot state.
    """
    language_index(lang)
    with framed(_HEIGHT, _words(found, lang), ax, upright=True) as ax:
        if found.boxes:
            _worlds(ax, found, lang)
        else:
            _gains(ax, found, lang)
        ax.tick_params(axis="both", length=0)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
    return figure_of(ax)


def _worlds(ax: Axes, found: Discovered, lang: str) -> None:
    by_name = {column.name: column for column in found.found.columns}
    limits = found.boxes[0].limits
    x, low_x, high_x = _along(by_name[limits[0].name], limits[0], 0)
    if len(limits) > 1:
        y, low_y, high_y = _along(by_name[limits[1].name], limits[1], 1)
    else:  # spread evenly, so that dots do not hide each other
        y, low_y, high_y = np.random.default_rng(1).random(len(x)), -math.inf, math.inf
    better = found.gain > 0
    style: dict[str, Any] = {"s": 22, "linewidths": 0.9, "zorder": 3}
    ax.scatter(x[~better], y[~better], facecolors="none", edgecolors=ORANGE, marker="o", **style)
    ax.scatter(x[better], y[better], color=BLUE, marker="s", **{**style, "zorder": 4})
    ends = [span(list(values)) for values in (x, y)]
    ax.set_xlim(*ends[0])
    ax.set_ylim(*ends[1])
    box = [
        (max(low, edge[0]), min(high, edge[1]))
        for (low, high), edge in zip(((low_x, high_x), (low_y, high_y)), ends, strict=True)
    ]
    corner = [a for a, _ in box]
    width, height = (b - a for a, b in box)
    from matplotlib.patches import Rectangle

    ax.add_patch(
        Rectangle((corner[0], corner[1]), width, height, fill=False, edgecolor=VERMILION, linewidth=2.2, zorder=5)
    )
    _ticks(ax, by_name[limits[0].name], limits[0], lang, across=True)
    ax.set_xlabel(key_label(limits[0].name, lang))
    if len(limits) > 1:
        _ticks(ax, by_name[limits[1].name], limits[1], lang, across=False)
        ax.set_title(key_label(limits[1].name, lang), loc="left", fontsize=9.5, color=INK, pad=5)
    else:
        ax.set_yticks([])


def _along(column: Column, limit: Limit, place: int) -> tuple[np.ndarray[Any, Any], float, float]:
    """Where every world stands along one input, spread a little where values are few, and the ends of the limit there."""
    values = column.values
    few = bool(column.levels) or (column.whole and np.ptp(values) <= 30)
    spread = (np.random.default_rng(place).random(len(values)) - 0.5) * _JITTER if few else 0.0
    if not column.levels:
        half = 0.5 if few else 0.0
        return values + spread, limit.low - half, limit.high + half
    where = np.argsort([column.levels.index(level) for level in _ordered(column, limit)])
    return where[values.astype(int)] + spread, -0.5, len(limit.levels) - 0.5


def _ordered(column: Column, limit: Limit) -> list[str]:
    """Levels, those of the box beside each other."""
    return [*limit.levels, *(level for level in column.levels if level not in limit.levels)]


def _ticks(ax: Axes, column: Column, limit: Limit, lang: str, *, across: bool) -> None:
    if column.levels:
        set_ticks = ax.set_xticks if across else ax.set_yticks
        set_ticks(list(range(len(column.levels))), _ordered(column, limit))
    else:
        (ax.xaxis if across else ax.yaxis).set_major_formatter(lambda value, _: plain(float(f"{value:.10g}"), lang))


def _gains(ax: Axes, found: Discovered, lang: str) -> None:
    """A histogram of what the model gives more, with 0 marked."""
    from kravsim.figures.canvas import money_axis

    gain = found.gain if len(found.gain) else np.zeros(1)
    low, high = span([*gain, 0.0])
    bins = int(np.clip(round(math.sqrt(len(gain))), 8, 40))
    if len(found.gain) and np.ptp(gain) > 0:
        counts, edges = np.histogram(gain, bins=bins)
        ax.stairs(counts, edges, fill=True, color=BLUE, alpha=0.85, zorder=3)
    elif len(found.gain):
        ax.bar([gain[0]], [len(gain)], width=0.01 * (high - low), color=BLUE, zorder=3)
    money_axis(ax, (low, high), lang)
    ax.set_ylim(bottom=0)
    name = capital(found.titles[found.models[0]][language_index(lang)])
    ax.set_xlabel(
        f"{name} minus det bästa andra, kr per år" if lang == "sv" else f"{name} less the best other, kr a year"
    )
    ax.set_ylabel("lägen" if lang == "sv" else "worlds", color=GREY)


def _words(found: Discovered, lang: str) -> Words:
    sv = language_index(lang) == 0
    said = found.answer(lang).split(". ")
    title = said[1] if found.boxes and len(said) > 1 else said[0]
    title = in_words(title.rstrip("."), [column.name for column in found.found.columns], lang)
    note = ""
    if found.boxes:
        name = found.titles[found.models[0]][language_index(lang)]
        note = (
            f"Varje märke är ett läge: blå fyrkant där {name} är bättre, orange ring där inte. Röd ram: villkoren. "
            if sv
            else f"Every mark is a world: a blue square where {name} is better, else an orange ring. Red frame: the limits. "
        )
        more = [quoted_name(limit.name, lang) for limit in found.boxes[0].limits[2:]]
        if more:
            note += (
                f"Lådan har också en gräns för {', '.join(more)}. "
                if sv
                else f"The box has a limit on {', '.join(more)}, too. "
            )
    first, *rest = (part.rstrip(".") for part in said)
    note += ". ".join([first, *rest[1:]] if found.boxes else rest)
    if found.beside is not None:
        note = f"{note.rstrip(' .')}. {found.beside.answer(lang).split('. ')[0]}"
    return Words(title, found.about, f"{note.rstrip(' .')}." if note.strip() else "", texts(found.doubts, lang))
