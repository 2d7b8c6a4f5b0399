"""The difference by calendar year: at the years' levels, in constant prices, at one level, and between paths of the rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREY, ORANGE, SKY
from kravsim.figures.sweep import upright_axis
from kravsim.scenario import checked_call
from kravsim.statistics.convergence import half_width
from kravsim.telling.portfolio_tables import span
from kravsim.telling.year_tables import WAY_WORDS, headline, many, order, reach
from kravsim.words.display import seeded
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from kravsim.results.years import YearsCompared

_HEIGHT: Final = 3.8
_STYLES: Final[dict[str, dict[str, Any]]] = {
    "indexed": {"color": BLUE, "marker": "o", "linewidth": 1.8},
    "real": {"color": ORANGE, "marker": "s", "linewidth": 1.8},
    "held": {"color": GREY, "marker": "D", "linewidth": 1.4, "linestyle": "--"},
}


def data(found: YearsCompared) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : YearsCompared
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        The rows of `to_frame()`.
    """
    return found.to_frame()


@checked_call
def draw(found: YearsCompared, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the difference of each year as lines, one a way, and what lies between the paths of the reference rate as an area.

    Parameters
    ----------
    found : YearsCompared
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
    place, x = language_index(lang), np.array(found.years)
    mean = {way: np.array([found.difference(way, year).mean for year in found.years]) for way in order(found)}
    with framed(_HEIGHT, _words(found, lang), ax, upright=True) as ax:
        from matplotlib.ticker import FixedLocator

        if "low" in mean and "high" in mean:
            label = ("mellan låg och hög ränta", "between low and high rate")[place]
            low, high = (np.minimum(mean["low"], mean["high"]), np.maximum(mean["low"], mean["high"]))
            ax.fill_between(x, low, high, color=SKY, alpha=0.45, linewidth=0, zorder=2, label=label)
        for way, style in ((way, style) for way, style in _STYLES.items() if way in mean):
            ax.plot(x, mean[way], markersize=5, zorder=3, label=WAY_WORDS[way][place], **style)
        ends = np.zeros(0)
        if found.replications > 1:
            arms = _arms(found, mean["indexed"])
            ends = np.concatenate([mean["indexed"] - arms[0], mean["indexed"] + arms[1]])
            ax.errorbar(x, mean["indexed"], yerr=arms, fmt="none", ecolor=BLUE, elinewidth=1.2, capsize=2.5, zorder=3)
        upright_axis(ax, np.concatenate([*mean.values(), ends]), lang)
        ax.xaxis.set_major_locator(FixedLocator(x.tolist()))
        ax.set_xticklabels([str(year) for year in found.years])
        ax.set_ylabel(("skillnad per år, kr", "difference a year, kr")[place])
        ax.legend(frameon=True, facecolor="white", edgecolor="none", framealpha=1.0, fontsize=8.5, loc="best")
    return figure_of(ax)


def _arms(found: YearsCompared, mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """What bars show below and above the mean: how well replications know it, or where nine worlds of ten lie."""
    spreads = [found.difference("indexed", year) for year in found.years]
    if not found.kind:
        return np.array([[half_width(one)[0] for one in spreads]] * 2)
    low, high = np.array([span(one) for one in spreads]).T
    return np.maximum([mean - low, high - mean], 0.0)


def _words(found: YearsCompared, lang: str) -> Words:
    place = language_index(lang)
    first, second = (name[place] for name in found.names)
    about = f"{found.scenario_title} · {many(found, lang)} · {seeded(found.seed, lang)}"
    bars = ("95 % konfidensintervall för medelvärdet", "95% confidence interval of the mean")[place]
    if found.kind:
        bars = reach(found, lang)
    if place == 0:
        note = f"{capital(first)} minus {second}, nettointäkt per kalenderår. Strecken: {bars}."
    else:
        note = f"{capital(first)} less {second}, net revenue a calendar year. Bars: {bars}."
    return Words(headline(found, lang), about, note, texts(found.doubts, lang))
