"""How far each input moves an answer, one at a time: bars around today's answer, the low end's and the high end's apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from kravsim.figures.drivers import draw as draw_drivers
from kravsim.figures.frame import figure_of, framed, row_height, with_unit
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, INK, ORANGE, span
from kravsim.scenario import checked_call
from kravsim.studies.decision.drivers import Drivers
from kravsim.studies.decision.sensitivity import Sensitivity
from kravsim.studies.decision.swept import plain
from kravsim.words.doubts import texts
from kravsim.words.key_words import key_label, quoted_name
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.decision.tornado import Swing, Tornado

SHOWN: Final = 15
"""Inputs that are drawn, the widest first."""
_ROW: Final = 0.36
_WIDEST: Final = 3.8


def data(found: Sensitivity | Tornado | Drivers) -> pd.DataFrame:
    """Give the numbers of the figure: the inputs that are drawn, one a row, as in `found.to_frame()`.

    Parameters
    ----------
    found : Sensitivity, Tornado or Drivers
        What the figure shows.
    """
    return found.to_frame().head(SHOWN)


@checked_call
def draw(found: Sensitivity | Tornado | Drivers, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the swings of the inputs that move the answer most.

    Of worlds that were drawn, the inputs that the answer goes most with: :mod:`kravsim.figures.drivers`.

    Parameters
    ----------
    found : Sensitivity, Tornado or Drivers
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
    if isinstance(found, Drivers):
        return draw_drivers(found, ax=ax, lang=lang)
    one = found.tornado if isinstance(found, Sensitivity) else found
    shown = one.swings[:SHOWN]
    labels = [key_label(swing.name, lang) for swing in shown]
    with framed(row_height(labels, _WIDEST, _ROW) * len(shown) + 0.2, _words(one, lang), ax) as ax:
        from kravsim.figures.canvas import money_axis, row_labels

        values = [x for swing in shown for x in (swing.least, swing.most, one.base) if math.isfinite(x)] or [0.0]
        low, high = span(values)
        air = 0.16 * (high - low)  # for what the ends are called
        ax.set_ylim(len(shown) - 0.4, -0.6)
        row_labels(ax, list(range(len(shown))), labels, widest=_WIDEST)
        money_axis(ax, (low - air, high + air), lang)
        for place, swing in enumerate(shown):
            _bar(ax, place, swing, one.base, lang)
        if math.isfinite(one.base):
            ax.axvline(one.base, color=INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=4)
        ax.set_xlabel(with_unit(one.figure, one.unit, lang))
    return figure_of(ax)


def _bar(ax: Axes, place: int, swing: Swing, base: float, lang: str) -> None:
    style: dict[str, Any] = {"height": 0.62, "zorder": 3}
    ends = sorted((x, colour, end) for x, colour, end in _ends(swing) if math.isfinite(x))
    middle = base if math.isfinite(base) else (swing.least + swing.most) / 2
    if math.isfinite(swing.least):  # what lies beyond the ends is reached between them
        ax.barh(place, swing.most - swing.least, left=swing.least, color="none", edgecolor=INK, linewidth=0.8, **style)
    for x, colour, _ in ends:
        ax.barh(place, x - middle, left=middle, color=colour, **style)
    for side, (x, _, end) in zip(("right", "left"), (ends[0], ends[-1]), strict=True) if len(ends) > 1 else ():
        at = min(x, swing.least, middle) if side == "right" else max(x, swing.most, middle)
        ax.annotate(
            plain(end, lang),
            (at, place),
            xytext=(-4 if side == "right" else 4, 0),
            textcoords="offset points",
            ha=side,
            va="center_baseline",
            fontsize=8.5,
        )
    if swing.flips:
        ax.annotate("◆", (0, place), ha="center", va="center_baseline", fontsize=9, color=INK, zorder=6)


def _ends(swing: Swing) -> list[tuple[float, str, Any]]:
    return [(swing.at_low, BLUE, swing.low), (swing.at_high, ORANGE, swing.high)]


def _words(one: Tornado, lang: str) -> Words:
    sv = language_index(lang) == 0
    top = next((quoted_name(swing.name, lang) for swing in one.swings if swing.swing > 0), "")
    title = f"Svaret flyttas mest av {top}" if sv else f"The answer is moved most by {top}"
    if not top:
        title = "Inget flyttar svaret" if sv else "Nothing moves the answer"
    flips = one.flips
    if sv:
        title += "; inga indata vänder det ensamma" if not flips else f"; {len(flips)} vänder det ensamma"
        note = (
            "Blå: vid det låga värdet, orange: vid det höga; värdena står vid staplarna. Streckad linje: som det är. "
            "◆ vänder tecken. Samspel mellan indata syns inte här."
        )
    else:
        title += "; no input turns it by itself" if not flips else f"; {len(flips)} turn it by themselves"
        note = (
            "Blue: at the low value, orange: at the high one; the values stand at the bars. Dashed line: as it stands. "
            "◆ turns the sign. Inputs acting together are not seen here."
        )
    missing = dict.fromkeys(swing.doubt for swing in one.swings[:SHOWN] if swing.doubt is not None)
    return Words(title, one.about, note, texts((*one.doubts, *missing), lang))
