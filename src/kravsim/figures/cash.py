"""Cash by year and its present value: the first model less the second, purchases first, then years in operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words, short_name, subtitle
from kravsim.figures.style import BLUE, INK, ORANGE
from kravsim.figures.sweep import upright_axis
from kravsim.scenario import checked_call
from kravsim.units import ORE_PER_KR
from kravsim.words.display import MINUS, kr, number, share
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.comparison import Comparison

YEARS: Final = 10
RATE: Final = 0.035
_HEIGHT: Final = 3.4
_VALUED: Final = "system_depreciation"
"""The line of the statement that is no cash: it stands for the purchase, which is paid at once."""


def data(cmp: Comparison, *, years: int = YEARS, rate: float = RATE) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    cmp : Comparison
        Whose first two models are compared.
    years : int
        Years in operation, each of them like the representative year; 1 or more.
    rate : float
        Real rate of discount a year, as a share.

    Returns
    -------
    pandas.DataFrame
        `year` (0: the purchase), `first_kr`, `second_kr` (cash of the region), `difference_kr`, `discount_factor`,
        `present_value_kr` and `npv_so_far_kr`, one row a year.

    Raises
    ------
    ValueError
        When there are no years, or the rate is -1 or below.
    """
    import pandas as pd

    if years < 1 or rate <= -1:
        message = f"{years} years at a rate of {rate}: one year or more, a rate above -1"
        raise ValueError(message)
    flows = []
    for run in cmp.runs[:2]:
        valued = float(run.line_ore(_VALUED).mean()) / ORE_PER_KR if _VALUED in run.lines else 0.0
        yearly = round(run.net_revenue.mean - valued, 2)
        flows.append(np.array([-round(_once(run), 2), *[yearly] * years]))
    factors = (1 + rate) ** -np.arange(years + 1, dtype=float)
    gap = flows[0] - flows[1]
    return pd.DataFrame(
        {
            "year": np.arange(years + 1),
            "first_kr": flows[0],
            "second_kr": flows[1],
            "difference_kr": gap,
            "discount_factor": factors,
            "present_value_kr": gap * factors,
            "npv_so_far_kr": np.cumsum(gap * factors),
        }
    )


def _once(run: object) -> float:
    return float(run.metric("once_cash_kr").mean)  # type: ignore[attr-defined]


@checked_call
def draw(
    cmp: Comparison, *, years: int = YEARS, rate: float = RATE, ax: Axes | None = None, lang: str = "sv"
) -> Figure:
    """Draw the difference in cash by year as bars, and its present value so far as a line.

    Parameters
    ----------
    cmp : Comparison
        Whose first two models are compared.
    years : int
        Years in operation.
    rate : float
        Real rate of discount a year, as a share.
    ax : Axes, optional
        Draw in these axes instead of a figure of its own.
    lang : str
        `sv` or `en`.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no pyplot state.
    """
    place = language_index(lang)
    frame = data(cmp, years=years, rate=rate)
    with framed(_HEIGHT, _words(cmp, frame, rate, lang), ax, upright=True) as ax:
        from matplotlib.ticker import FixedLocator

        at = frame["year"].to_numpy()
        flows, worth = (frame[name].to_numpy() for name in ("difference_kr", "npv_so_far_kr"))
        ax.bar(at, flows, width=0.6, color=BLUE, zorder=3)
        ax.plot(at, worth, color=ORANGE, marker="o", markersize=5, linewidth=1.8, zorder=4)
        upright_axis(ax, np.concatenate([flows, worth]), lang)
        last = (float(at[-1]), float(worth[-1]))
        text = kr(last[1], lang, step=1000, minus=MINUS)
        falls = worth[-1] < worth[0]  # the line comes from above: write below it
        style: dict[str, Any] = {"ha": "right", "va": "top" if falls else "bottom", "fontsize": 9, "color": INK}
        ax.annotate(text, last, xytext=(-10, -1 if falls else 1), textcoords="offset points", **style)
        ax.xaxis.set_major_locator(FixedLocator(at.tolist()))
        ax.set_xticklabels([number(float(one), lang) for one in at])
        ax.set_xlabel(("år i drift (0: anskaffning)", "year in operation (0: purchase)")[place])
        ax.set_ylabel(("skillnad, kr", "difference, kr")[place])
    return figure_of(ax)


def _words(cmp: Comparison, frame: pd.DataFrame, rate: float, lang: str) -> Words:
    place = language_index(lang)
    first, second = short_name(cmp.first, lang), short_name(cmp.second, lang)
    years, percent = number(float(frame["year"].iloc[-1]), lang), share(rate, lang)
    worth = float(frame["npv_so_far_kr"].iloc[-1])
    amount = kr(abs(worth), lang, step=1000)
    if place == 0:
        word = "mer" if worth >= 0 else "mindre"
        title = f"{first} ger {amount} {word} än {second} över {years} år, i dagens värde"
        note = (
            f"Staplar: {first} minus {second}, kassa per år; år 0 är det som köps på en gång, därefter är varje år det "
            f"representativa året. Linjen: nuvärde så långt, kalkylränta {percent}. Övergångsår ingår inte."
        )
    else:
        word = "more" if worth >= 0 else "less"
        title = f"{first} gives {amount} {word} than {second} over {years} years, in today's value"
        note = (
            f"Bars: {first} less {second}, cash by year; year 0 is what is bought at once, after it each year is the "
            f"representative one. The line: present value so far at {percent} a year. Years of transition are not "
            "in it."
        )
    return Words(capital(title), subtitle(cmp, lang), note, texts(cmp.doubts, lang))
