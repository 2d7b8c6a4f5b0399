"""Along one number: where the answer turns, where it has none in closed form, and what is not known about the place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.figures.break_even_in_worlds import draw as draw_in_worlds
from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREY, INK, PALE, VERMILION
from kravsim.figures.sweep import upright_axis
from kravsim.scenario import checked_call
from kravsim.studies.decision.amounts import amount
from kravsim.studies.decision.swept import plain
from kravsim.studies.decision.turned_in_worlds import TurnsInWorlds
from kravsim.words.display import NO_BREAK
from kravsim.words.doubts import texts
from kravsim.words.key_words import in_words, key_label, quoted_name
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.decision.switched import SwitchingValue

_HEIGHT: Final = 3.4


def data(found: SwitchingValue | TurnsInWorlds) -> pd.DataFrame:
    """Give the numbers of the figure: `found.to_frame()`.

    Parameters
    ----------
    found : SwitchingValue or TurnsInWorlds
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        One row a point of the scan, or a world.
    """
    return found.to_frame()


@checked_call
def draw(found: SwitchingValue | TurnsInWorlds, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the figure along the number, with the value at which it turns and the stretch where it lies in other worlds.

    Of worlds that were drawn, every one by itself, a row a reading: :mod:`kravsim.figures.break_even_in_worlds`.

    Parameters
    ----------
    found : SwitchingValue or TurnsInWorlds
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
    if isinstance(found, TurnsInWorlds):
        return draw_in_worlds(found, ax=ax, lang=lang)
    known = found.y[np.isfinite(found.y)]
    with framed(_HEIGHT, _words(found, lang), ax, upright=True) as ax:
        upright_axis(ax, known if known.size else np.zeros(1), lang)
        ax.set_xlim(found.x[0], found.x[-1])
        ax.xaxis.set_major_formatter(lambda value, _: plain(float(f"{value:.10g}"), lang))
        for low, high, _ in found.missing:
            ax.axvspan(low, high, color=PALE, zorder=0)
        if found.interval is not None:
            ax.plot(found.interval, [0, 0], color=VERMILION, linewidth=6, alpha=0.35, solid_capstyle="butt", zorder=3)
        ax.plot(found.x, found.y, color=BLUE, linewidth=1.8, zorder=4)
        for at in (*found.roots, *found.turns):
            ax.plot([at], [0], "o", color=VERMILION, markersize=7, zorder=5)
            ax.annotate(
                plain(float(f"{at:.4g}"), lang), (at, 0), xytext=(0, 8), textcoords="offset points", ha="center"
            )
        for one in found.confirmed:
            if np.isfinite(one.moved):
                ax.plot(one.span, [0, 0], "|-", color=INK, linewidth=1.4, markersize=7, zorder=6)
        if found.x[0] <= found.today <= found.x[-1]:
            ax.axvline(found.today, color=INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=2)
        ax.set_xlabel(key_label(found.key, lang))
        if found.unit == "kr":
            ax.set_ylabel("kr per år" if lang == "sv" else "kr a year", color=GREY)
    return figure_of(ax)


def _title(found: SwitchingValue, lang: str) -> str:
    """The answer in plain words; where there is none, what the answer itself says."""
    sv, name = language_index(lang) == 0, quoted_name(found.key, lang)
    if found.values:
        places = (" och " if sv else " and ").join(plain(float(f"{at:.3g}"), lang) for at in found.values)
        today = plain(found.today, lang)
        if sv:
            return f"Svaret vänder när {name} är {places}; i dag är det {today}"
        return f"The answer turns where {name} is {places}; today it is {today}"
    if found.status == "no answer":
        return in_words(found.sentence(lang).split(". ")[0].rstrip("."), [found.key], lang)
    low, high = (plain(float(f"{float(end):.6g}"), lang) for end in (found.x[0], found.x[-1]))
    at, left = found.nearest
    near, rest = plain(float(f"{at:.3g}"), lang), amount(left, found.unit, lang)
    if sv:
        return (
            f"Svaret vänder inte, hur {name} än ändras mellan {low} och {high}; som minst, vid {near}, återstår {rest}"
        )
    return (
        f"The answer does not turn, however {name} is changed from {low} to {high}; at least, at {near}, {rest} is left"
    )


def _words(found: SwitchingValue, lang: str) -> Words:
    sv = language_index(lang) == 0
    title = _title(found, lang)
    note = "Streckad linje: i dag. " if sv else "Dashed line: today. "
    if found.interval is not None:
        note += (
            "Rött band: nio av tio lägen där övriga tal dragits ur sina spann. "
            if sv
            else "Red band: nine of ten worlds in which all other numbers are drawn from their ranges. "
        )
    if any(np.isfinite(one.moved) for one in found.confirmed):
        years = found.confirmed[0].years
        note += (
            f"Svart stycke: dit {years} simulerade år pekar, 95{NO_BREAK}%-intervall. "
            if sv
            else f"Black piece: where {years} simulated years point to, 95% interval. "
        )
    if found.missing:
        note += "Grått: inget svar i sluten form. " if sv else "Grey: no answer in closed form. "
    about = f"{found.about} · {found.figure[language_index(lang)]}"
    missing = dict.fromkeys(doubt for _, _, doubt in found.missing)
    return Words(title, about, note, texts((*found.doubts, *missing), lang))
