"""A transition: the difference in cash of each calendar year as bars, and its sum so far by month, in a band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREY, INK, ORANGE
from kravsim.figures.sweep import upright_axis
from kravsim.results.transition import DIFFERENCE
from kravsim.scenario import checked_call
from kravsim.telling.transition_answer import about, convention, headline
from kravsim.words.display import MINUS, kr, step_for
from kravsim.words.doubts import texts
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.transition import TransitionFound

_HEIGHT: Final = 3.6


def data(found: TransitionFound) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : TransitionFound
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        One row a month, those without cash too: `month` (its first day), `difference_kr` (changing less staying, mean),
        `so_far_kr` (its sum), `low_kr` and `high_kr` (where nine worlds of ten have that sum; the lowest and the highest
        where there are too few worlds to say), and `year_kr` (of the calendar year it is in).
    """
    import pandas as pd

    so_far = np.cumsum(found.kr(DIFFERENCE), axis=1)
    ends = found.total()
    whole = ends.estimable(0.05) and ends.estimable(0.95)
    low, high = np.quantile(so_far, (0.05, 0.95) if whole else (0, 1), axis=0)
    by_year = dict(zip(found.years, found.by_year(), strict=True))
    return pd.DataFrame(
        {
            "month": list(found.months),
            "difference_kr": found.by_month(),
            "so_far_kr": so_far.mean(axis=0),
            "low_kr": low,
            "high_kr": high,
            "year_kr": [by_year[month.year] for month in found.months],
        }
    )


@checked_call
def draw(found: TransitionFound, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the difference of each year as bars, and its sum so far as a line within a band.

    Parameters
    ----------
    found : TransitionFound
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
    place, frame = language_index(lang), data(found)
    with framed(_HEIGHT, _words(found, lang), ax, upright=True) as ax:
        from matplotlib.ticker import FixedLocator

        first = found.months[0]
        ends = [month.year + month.month / 12 for month in found.months]
        begins = first.year + (first.month - 1) / 12
        at, zero = np.array([begins, *ends]), np.zeros(1)
        line, low, high = (np.append(zero, frame[name].to_numpy()) for name in ("so_far_kr", "low_kr", "high_kr"))
        lefts = [max(float(year), begins) for year in found.years]
        widths = [year + 1 - left for year, left in zip(found.years, lefts, strict=True)]
        bars = np.array(found.by_year())
        inner = [(left + 0.06, width - 0.12) for left, width in zip(lefts, widths, strict=True)]
        ax.bar(
            [left for left, _ in inner], bars, width=[width for _, width in inner], align="edge", color=BLUE, zorder=3
        )
        ax.fill_between(at, low, high, color=ORANGE, alpha=0.25, linewidth=0, zorder=4)
        ax.plot(at, line, color=ORANGE, linewidth=1.8, zorder=5)
        for day in found.changes:
            ax.axvline(
                day.year + (day.month - 1 + (day.day - 1) / 31) / 12,
                color=GREY,
                linewidth=1,
                linestyle=(0, (4, 3)),
                zorder=1,
            )
        upright_axis(ax, np.concatenate([bars, low, high]), lang)
        ax.set_xlim(begins, ends[-1])
        last = (float(at[-1]), float(line[-1]))
        spread = found.total()
        text = kr(last[1], lang, step=step_for(None if spread.n == 1 else spread.se), minus=MINUS)
        ax.annotate(
            text,
            last,
            xytext=(-6, 10 if last[1] >= 0 else -6),
            textcoords="offset points",
            ha="right",
            va="bottom" if last[1] >= 0 else "top",
            fontsize=9,
            color=INK,
            zorder=6,
        )
        ax.xaxis.set_major_locator(FixedLocator([left + width / 2 for left, width in zip(lefts, widths, strict=True)]))
        ax.set_xticklabels([str(year) for year in found.years])
        ax.set_ylabel(("skillnad i kassa, kr", "difference in cash, kr")[place])
    return figure_of(ax)


def _words(found: TransitionFound, lang: str) -> Words:
    place = language_index(lang)
    staying, changing = found.model_names(lang)
    whole = found.total().estimable(0.05) and found.total().estimable(0.95)
    worlds = bool(found.kind)
    band = (
        (
            (("där nio simuleringar av tio ligger", "where nine replications of ten lie")),
            ("där nio lägen av tio ligger", "where nine worlds of ten lie"),
        )[worlds]
        if whole
        else (("från lägsta till högsta", "from the lowest to the highest"))
    )[place]
    note = (
        f"Staplar: {changing} minus {staying}, kassa per kalenderår, utan kapital. Linjen: summan så långt, månad för månad; "
        f"fältet: {band}. Streckat: bytet. {convention(found, lang)}"
        if place == 0
        else f"Bars: {changing} less {staying}, cash by calendar year, without principal. The line: its sum by month; "
        f"the band: {band}. Dashed: the change. {convention(found, lang)}"
    )
    return Words(headline(found, lang), about(found, lang), note, texts(found.doubts, lang))
