"""Over two numbers: the difference at a grid of their values, and in how many worlds the first model is the better one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, INK, ORANGE, PALE
from kravsim.scenario import checked_call
from kravsim.studies.decision.swept import plain
from kravsim.words.display import MINUS, number, share
from kravsim.words.doubts import texts
from kravsim.words.key_words import key_label, quoted_name
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.decision.checks import Floats
    from kravsim.studies.decision.line import SwitchingLine

MOST: Final = 7
"""Values of each number in the picture, spread over those that were looked at."""
_ROW: Final = 0.4
_THOUSAND: Final = 1_000
_STRONGEST, _FAINTEST = 0.55, 0.08
"""How strongly the largest and the smallest difference are coloured."""


def data(found: SwitchingLine) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : SwitchingLine
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        One row a cell: the two numbers under their keys, `difference` (in the unit of the figure; NaN without an answer) and
        `chance_above` (share of worlds in which it is above 0; NaN where too few have an answer).
    """
    import pandas as pd

    columns, rows = _shown(found.x), _shown(found.y)
    return pd.DataFrame(
        [
            {
                found.keys[0]: float(found.x[i]),
                found.keys[1]: float(found.y[j]),
                "difference": float(found.z[i, j]),
                "chance_above": float(found.chance_above[i, j]) if len(found.worlds) else math.nan,
            }
            for j in rows
            for i in columns
        ]
    )


@checked_call
def draw(found: SwitchingLine, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw a map of cells: the difference in each, and below it the share of worlds in which the first model is better.

    Parameters
    ----------
    found : SwitchingLine
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
    columns, rows = _shown(found.x), _shown(found.y)
    known = np.abs(found.z[np.isfinite(found.z)])
    top = max(float(known.max()) if known.size else 0.0, 1e-300)
    with framed(_ROW * len(rows) + 0.1, _words(found, lang), ax, upright=True, above=True) as ax:
        from matplotlib.patches import Rectangle
        from matplotlib.ticker import FixedLocator

        ax.set_xlim(-0.5, len(columns) - 0.5)
        ax.set_ylim(-0.5, len(rows) - 0.5)
        for at, i in enumerate(columns):
            for up, j in enumerate(rows):
                value = float(found.z[i, j])
                style: dict[str, Any] = {"facecolor": PALE, "hatch": "///", "edgecolor": "white", "zorder": 1}
                if math.isfinite(value):
                    style = {"facecolor": BLUE if value > 0 else ORANGE, "edgecolor": "white", "zorder": 1}
                    style["alpha"] = round(_FAINTEST + (_STRONGEST - _FAINTEST) * abs(value) / top, 3)
                ax.add_patch(Rectangle((at - 0.5, up - 0.5), 1, 1, **style))
                _say(ax, (at, up), value, found, (i, j), lang)
        today = _today(found, columns, rows)
        if today is not None:
            box = Rectangle((today[0] - 0.47, today[1] - 0.45), 0.94, 0.9, fill=False, edgecolor=INK, linewidth=1.8)
            box.set_zorder(5)
            ax.add_patch(box)
        ax.xaxis.set_major_locator(FixedLocator(list(range(len(columns)))))
        ax.yaxis.set_major_locator(FixedLocator(list(range(len(rows)))))
        ax.set_xticklabels([plain(float(f"{found.x[i]:.4g}"), lang) for i in columns])
        ax.set_yticklabels([plain(float(f"{found.y[j]:.4g}"), lang) for j in rows])
        ax.tick_params(axis="both", length=0)
        for side in ("top", "right", "left", "bottom"):
            ax.spines[side].set_visible(False)
        ax.set_xlabel(key_label(found.keys[0], lang))
        ax.set_title(key_label(found.keys[1], lang), loc="left", fontsize=9.5, color=INK, pad=5)
    return figure_of(ax)


def _shown(values: Floats) -> list[int]:
    """Places of the values that are drawn: both ends, and others evenly between."""
    return sorted({round(at) for at in np.linspace(0, len(values) - 1, min(MOST, len(values)))})


def _today(found: SwitchingLine, columns: list[int], rows: list[int]) -> tuple[int, int] | None:
    """The cell that today's numbers are nearest to; None where they lie outside of the map."""
    places = []
    for value, axis, shown in zip(found.today, (found.x, found.y), (columns, rows), strict=True):
        if not axis[0] <= value <= axis[-1]:
            return None
        places.append(int(np.argmin(np.abs(axis[shown] - value))))
    return places[0], places[1]


def _say(ax: Axes, at: tuple[int, int], value: float, found: SwitchingLine, place: tuple[int, int], lang: str) -> None:
    style: dict[str, Any] = {"ha": "center", "va": "center", "color": INK, "zorder": 6}
    if not math.isfinite(value):
        ax.annotate("–", at, fontsize=9, **style)
        return
    chance = float(found.chance_above[place]) if len(found.worlds) else math.nan
    lift = 0.16 if math.isfinite(chance) else 0.0
    ax.annotate(_amount(value, found.unit, lang), (at[0], at[1] + lift), fontsize=9, fontweight="bold", **style)
    if lift:
        ax.annotate(share(chance, lang, step=0.01), (at[0], at[1] - 0.24), fontsize=7.5, **style)


def _amount(value: float, unit: str, lang: str) -> str:
    if unit == "share":
        return share(value, lang, minus=MINUS)
    return number(value / _THOUSAND, lang, minus=MINUS, signed=True)


def _words(found: SwitchingLine, lang: str) -> Words:
    place = language_index(lang)
    cells = data(found)["difference"].to_numpy()
    answered = int(np.isfinite(cells).sum())
    k, n = number(int((cells > 0).sum()), lang), number(answered, lang)
    better = found.better[0][place]
    names = [quoted_name(key, lang) for key in found.keys]
    unit = ("tusen kr per år", "thousand kr a year")[place] if found.unit == "kr" else found.unit
    worlds = number(len(found.worlds), lang)
    if place == 0:
        title = f"{better} i {k} av {n} kombinationer av två tal"
        note = f"Fet siffra: skillnad, {unit}. Blått med plus: {better}; orange med minus: {found.better[1][place]}. "
        if len(found.worlds):
            note += (
                f"Under den: i hur stor del av {worlds} lägen, med övriga tal dragna ur sina spann, {better}. "
                if not found.kind
                else f"Under den: i hur stor del av {worlds} lägen {better}. "
            )
        note += "Ram: närmast i dag. " if _framed(found) else ""
        note += "Skrafferat: inget svar i sluten form. " if answered < len(cells) else ""
    else:
        title = f"{better} at {k} of {n} combinations of two numbers"
        note = f"Bold: difference, {unit}. Blue with plus: {better}; orange with minus: {found.better[1][place]}. "
        if len(found.worlds):
            note += (
                f"Below it: in what share of {worlds} worlds, all other numbers drawn from their ranges, {better}. "
                if not found.kind
                else f"Below it: in what share of {worlds} worlds {better}. "
            )
        note += "Framed: nearest to today. " if _framed(found) else ""
        note += "Hatched: no answer in closed form. " if answered < len(cells) else ""
    about = f"{found.about} · {found.figure[place]} · {names[0]} {('och', 'and')[place]} {names[1]}"
    doubts = texts([*(doubt for doubt, _ in found.missing), *found.doubts], lang)
    return Words(capital(title), about, note.rstrip(" "), doubts)


def _framed(found: SwitchingLine) -> bool:
    return _today(found, _shown(found.x), _shown(found.y)) is not None
