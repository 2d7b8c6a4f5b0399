"""A figure of a scenario over the values of one key, a line for each value of a second one."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import GREY, INK, model_colour, span
from kravsim.scenario import checked_call
from kravsim.studies.decision.swept import plain
from kravsim.words.display import MINUS, number
from kravsim.words.doubts import texts
from kravsim.words.key_words import key_label, key_name
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.decision.swept import Sweep

_HEIGHT: Final = 3.6
_MARKERS: Final = "osD^vP"
_MOST_LINES: Final = len(_MARKERS)


def data(found: Sweep) -> pd.DataFrame:
    """Give the numbers of the figure: `found.to_frame()`.

    Parameters
    ----------
    found : Sweep
        What the figure shows.
    """
    return found.to_frame()


@checked_call
def draw(found: Sweep, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the difference, or the net revenue of a single model, against the first key.

    Parameters
    ----------
    found : Sweep
        Values of a second key are lines of their own, up to six; with more, or more keys, points alone are drawn.
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
    values, arms = found.values(), np.nan_to_num(found.arms())
    known = values[np.isfinite(values)]
    with framed(_HEIGHT, _words(found, lang), ax, upright=True) as ax:
        x, ticks = _across(found, lang)
        for place, (label, rows) in enumerate(_lines(found, lang)):
            order = rows[np.argsort(x[rows], kind="stable")]
            style: dict[str, Any] = {
                "color": model_colour(place),
                "marker": _MARKERS[place],
                "markersize": 5,
                "zorder": 3,
            }
            style["label"] = label or "_"
            style["linestyle"] = "-" if label is not None else "none"
            ax.errorbar(x[order], values[order], yerr=arms[order], capsize=2, **style)
        missing = np.flatnonzero(~np.isfinite(values))
        upright_axis(ax, known if known.size else np.zeros(1), lang)
        if missing.size:
            bottom = ax.get_ylim()[0]
            ax.plot(x[missing], np.full(missing.size, bottom), "x", color=GREY, clip_on=False, zorder=4)
        if ticks:
            ax.set_xticks(list(range(len(ticks))), ticks)
        else:
            ax.xaxis.set_major_formatter(lambda value, _: plain(float(f"{value:.10g}"), lang))
        if len(found.keys) > 1 and ax.get_legend_handles_labels()[1]:
            ax.legend(frameon=False, fontsize=9)
        ax.set_xlabel(key_label(found.keys[0], lang))
        ax.set_ylabel("kr per år" if lang == "sv" else "kr a year")
    return figure_of(ax)


def _words(found: Sweep, lang: str) -> Words:
    sv = language_index(lang) == 0
    subject = f"{found.what(lang)} · {found.how(lang)}"
    note = (
        "Kryss: inget svar (överbelastning eller omöjligt). "
        if sv
        else "Crosses: no answer (overload, or not possible). "
    )
    note = note if not np.isfinite(found.values()).all() else ""
    if len(found.keys) > 1:
        rest = "; ".join(key_label(key, lang) for key in found.keys[1:])
        note += f"Linjer: {rest}. " if sv else f"Lines: {rest}. "
    note += ("Staplar: 95 %-intervall. " if sv else "Bars: 95% intervals. ") if found.by == "simulated" else ""
    doubts = tuple(dict.fromkeys(doubt for row in found.rows for doubt in row.doubts))
    about = f"{found.scenario_title} ({found.scenario_name}) · {subject}"
    return Words(found.verdict(lang), about, note, texts(doubts, lang)[:3])


def _across(found: Sweep, lang: str) -> tuple[np.ndarray[Any, np.dtype[np.float64]], list[str]]:
    """Where each point stands: at its value, or at the place of a value that is no number, which is then written."""
    given = [row.point[found.keys[0]] for row in found.rows]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in given):
        return np.array(given, np.float64), []
    known = list(dict.fromkeys(map(str, given)))
    return np.array([known.index(str(value)) for value in given], np.float64), [plain(value, lang) for value in known]


def _lines(found: Sweep, lang: str) -> list[tuple[str | None, np.ndarray[Any, np.dtype[np.int64]]]]:
    """Rows of every line with its label; a label of None joins nothing."""
    every = np.arange(len(found.rows))
    if len(found.keys) == 1:
        return [("", every)]
    named = [str(row.point[found.keys[1]]) for row in found.rows]
    different = list(dict.fromkeys(named))
    if len(found.keys) > 2 or len(different) > _MOST_LINES:
        return [(None, every)]
    shown = {str(row.point[found.keys[1]]): plain(row.point[found.keys[1]], lang) for row in found.rows}
    of = key_name(found.keys[1], lang)
    return [(f"{of}: {shown[name]}", np.flatnonzero([one == name for one in named])) for name in different]


def upright_axis(ax: Axes, values: np.ndarray[Any, np.dtype[np.float64]], lang: str) -> None:
    """Set limits that hold all values and 0, round ticks and a zero line on the vertical axis, in kronor.

    Parameters
    ----------
    ax : Axes
        Its vertical axis is set.
    values : array of float64
        Finite, kr.
    lang : str
        `sv` or `en`.
    """
    from matplotlib.ticker import FixedLocator, MaxNLocator

    low, high = span([*values, 0.0])
    ax.set_ylim(low, high)
    ticks = [float(t) for t in MaxNLocator(nbins=6, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= t <= high]
    gap = min((b - a for a, b in itertools.pairwise(ticks)), default=1.0)
    step = 10.0 ** min(0, math.floor(math.log10(gap) + 1e-9))
    ax.yaxis.set_major_locator(FixedLocator(ticks))
    ax.set_yticklabels([number(tick, lang, step=step, minus=MINUS) for tick in ticks])
    ax.yaxis.grid(visible=True)
    ax.axhline(0, color=INK, linewidth=1.2, zorder=2)
    ax.tick_params(axis="both", length=0)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
