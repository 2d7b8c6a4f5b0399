"""Where an answer turns in drawn worlds, by reading: each world's value, or what is left at best where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed, row_height, with_unit
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, INK, VERMILION, span
from kravsim.scenario import checked_call
from kravsim.studies.decision.swept import plain
from kravsim.words.doubts import texts
from kravsim.words.key_words import key_label, key_name, quoted_name
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.decision.checks import Floats
    from kravsim.studies.decision.drawn import Reading
    from kravsim.studies.decision.turned_in_worlds import TurnsInWorlds

_ROW: Final = 0.5
_WIDEST: Final = 3.6
_JITTER: Final = 0.5


@checked_call
def draw(found: TurnsInWorlds, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw every world, a row for all of them and for every reading.

    Parameters
    ----------
    found : TurnsInWorlds
        What the figure shows.
    ax : Axes, optional
        Draw in these axes instead of a figure of its own.
    lang : str
        `sv` or `en`.
    """
    turning = found.status in ("some", "all")
    rows = [one for one in found.readings if len(_values(found, one, turning=turning))]
    labels = [_label(found, one, lang) for one in rows]
    with framed(
        row_height(labels, _WIDEST, _ROW) * max(len(rows), 1) + 0.4, _words(found, lang, turning=turning), ax
    ) as ax:
        from kravsim.figures.canvas import money_axis, row_labels

        every = np.concatenate([_values(found, one, turning=turning) for one in rows]) if rows else np.zeros(1)
        ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
        if rows:
            row_labels(ax, list(range(len(rows))), labels, widest=_WIDEST)
        if turning:
            ax.set_xlim(*span([*every.tolist(), found.today]))
            ax.xaxis.set_major_formatter(lambda value, _: plain(float(f"{value:.10g}"), lang))
            ax.axvline(found.today, color=INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=2)
            ax.set_xlabel(key_label(found.key, lang))
        else:
            money_axis(ax, span([*every.tolist(), 0.0]), lang)
            ax.axvline(0, color=INK, linewidth=1.0, zorder=2)
            ax.set_xlabel(with_unit(found.figure, found.unit, lang))
        for at, one in enumerate(rows):
            _dots(ax, at, _values(found, one, turning=turning))
        ax.tick_params(axis="both", length=0)
    return figure_of(ax)


def _values(found: TurnsInWorlds, one: Reading, *, turning: bool) -> Floats:
    return found.values(one) if turning else found.left(one)[1]


def _label(found: TurnsInWorlds, one: Reading, lang: str) -> str:
    k, n = found.count(one)
    return f"{one.titles[language_index(lang)]}: {k} {('av', 'of')[language_index(lang)]} {n}"


def _dots(ax: Axes, at: int, values: Floats) -> None:
    up = (np.random.default_rng(at).random(len(values)) - 0.5) * _JITTER
    style: dict[str, Any] = {"s": 14, "linewidths": 0.7, "zorder": 3}
    ax.scatter(values, at + up, facecolors="none", edgecolors=BLUE, **style)
    low, high = np.quantile(values, [0.05, 0.95])
    ax.plot([low, high], [at, at], color=VERMILION, linewidth=2.0, zorder=4)
    ax.plot([np.median(values)], [at], "|", color=VERMILION, markersize=14, markeredgewidth=2.0, zorder=5)


def _words(found: TurnsInWorlds, lang: str, *, turning: bool) -> Words:
    sv = language_index(lang) == 0
    k, n = found.count(found.readings[0])
    if turning:
        title = f"Svaret vänder i {k} av {n} lägen" if sv else f"The answer turns in {k} of {n} worlds"
        note = (
            "En ring ett läge: det lägsta värdet där svaret vänder. Streckad linje: i dag."
            if sv
            else "A ring a world: the lowest value at which its answer turns. Dashed line: today."
        )
    elif n:
        title = f"Ingen brytpunkt i något av {n} lägen" if sv else f"No break-even in any of {n} worlds"
        note = (
            f"En ring ett läge: det som återstår vid det bästa värdet av {quoted_name(found.key, lang)}."
            if sv
            else f"A ring a world: what is left at the best value of {quoted_name(found.key, lang)}."
        )
    else:
        title, note = ("Inget svar i något läge" if sv else "No answer in any world"), ""
    note += " Rött: mittersta läget och nio av tio." if sv else " Red: the median world and nine of ten."
    doubts = (*(doubt for doubt, _ in found.why), *found.doubts)
    about = f"{found.about} · {found.figure[language_index(lang)]} · {key_name(found.key, lang)}"
    return Words(title, about, note, texts(dict.fromkeys(doubts), lang))
