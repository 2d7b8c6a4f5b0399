"""How likely each difference is: the share of worlds that end at or below every amount, with the thresholds that decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.difference import least_side, sides
from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words, short_name
from kravsim.figures.style import BLUE, INK, PURPLE, span_around_zero
from kravsim.scenario import checked_call
from kravsim.telling.uncertainty_words import SOURCES, span_text
from kravsim.words.display import MINUS, kr, number, share
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.uncertainty import UncertainComparison

_HEIGHT: Final = 3.4
_KINDS: Final = ("fiscal", "economic")
_NAMES: Final = {
    "fiscal": ("nettointäkt", "net revenue"),
    "economic": ("med återvunnet kapital", "with recovered principal"),
}
_LINES: Final[dict[str, dict[str, Any]]] = {
    "fiscal": {"color": BLUE, "linewidth": 2.4},
    "economic": {"color": PURPLE, "linewidth": 1.8, "linestyle": (0, (5, 2))},
}


def data(found: UncertainComparison) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : UncertainComparison
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        `kind` (`fiscal` or `economic`), `difference_kr` (first model less second, kr a calendar year, rising) and
        `share_at_or_below`, one row a kind and world.
    """
    import pandas as pd

    spreads = zip(_KINDS, (found.difference, found.economic_difference), strict=True)
    frames = [
        pd.DataFrame(
            {
                "kind": kind,
                "difference_kr": np.sort(spread.samples),
                "share_at_or_below": np.arange(1, spread.n + 1) / spread.n,
            }
        )
        for kind, spread in spreads
    ]
    return pd.concat(frames, ignore_index=True)


@checked_call
def draw(
    found: UncertainComparison, *, thresholds: Sequence[float] = (0.0,), ax: Axes | None = None, lang: str = "sv"
) -> Figure:
    """Draw both curves, and at each threshold the share of worlds beyond it.

    Parameters
    ----------
    found : UncertainComparison
        What the figure shows.
    thresholds : sequence of float
        Differences that decide, kr a year.
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
    frame = data(found)
    with framed(_HEIGHT, _words(found, thresholds, lang), ax, upright=True) as ax:
        from matplotlib.ticker import FixedLocator

        from kravsim.figures.canvas import money_axis

        least = least_side(ax, found.first, found.second, lang)
        money_axis(ax, span_around_zero([*frame["difference_kr"].tolist(), *thresholds], least), lang)
        ax.set_ylim(0.0, 1.09)
        for kind, rows in frame.groupby("kind", sort=False):
            x, y = rows["difference_kr"].to_numpy(), rows["share_at_or_below"].to_numpy()
            ax.step(
                [ax.get_xlim()[0], *x, ax.get_xlim()[1]], [0.0, *y, 1.0], where="post", zorder=3, **_LINES[str(kind)]
            )
        _key(ax, place)
        for at in thresholds:
            if at:
                ax.axvline(at, color=INK, linewidth=1.0, linestyle=(0, (2, 2)), zorder=2)
                share_there = share(float((found.difference.samples <= at).mean()), lang, step=0.01)
                spot = (at, float((found.difference.samples <= at).mean()))
                ax.annotate(share_there, spot, xytext=(5, -12), textcoords="offset points", color=INK, fontsize=9)
        ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
        ax.yaxis.set_major_locator(FixedLocator(ticks))
        ax.set_yticklabels([share(tick, lang, step=0.01) for tick in ticks])
        ax.yaxis.grid(visible=True)
        ax.set_ylabel(("andel av lägena", "share of worlds")[place])
        sides(ax, found.first, found.second, lang)
        ax.set_xlabel(("skillnad, kr per kalenderår", "difference, kr a calendar year")[place])
    return figure_of(ax)


def _key(ax: Axes, place: int) -> None:
    """Say which curve is which, at the top left, where no curve has risen yet."""
    for row, (kind, look) in enumerate(_LINES.items()):
        y = 0.9 - 0.08 * row
        ax.plot([0.02, 0.07], [y, y], transform=ax.transAxes, **look)
        ax.annotate(_NAMES[kind][place], (0.08, y), xycoords="axes fraction", va="center", color=INK, fontsize=9)


def _words(found: UncertainComparison, thresholds: Sequence[float], lang: str) -> Words:
    place, run = language_index(lang), found.first
    first, second = short_name(found.first, lang), short_name(found.second, lang)
    spread, n = found.difference, number(found.draws, lang)
    above = number(round(spread.prob_above(0) * spread.n), lang)
    span = span_text(spread, lang, minus=MINUS)
    said = []
    for at in thresholds:
        beyond, amount = number(round(spread.prob_above(at) * spread.n), lang), kr(at, lang, minus=MINUS)
        said.append((f"över {amount} i {beyond} av {n} lägen", f"above {amount} in {beyond} of {n} worlds")[place])
    if place == 0:
        title = f"{first} är bättre än {second} i {above} av {n} lägen"
        title += "" if span == "–" else f"; nio av tio lägen ligger från {span} per år"
        note = (
            f"Kurvan visar hur stor del av lägena som hamnar på eller under varje belopp: {first} minus {second}, "
            f"{', '.join(said)}. Läs av vid noll för att se hur ofta svaret vänder."
        )
    else:
        title = f"{first} is better than {second} in {above} of {n} worlds"
        title += "" if span == "–" else f"; nine worlds of ten lie from {span} a year"
        note = (
            f"The curve shows how large a part of the worlds ends at or below each amount: {first} less {second}, "
            f"{', '.join(said)}. Read it at zero to see how often the answer turns."
        )
    worlds = f"{n} {('lägen', 'worlds')[place]} {SOURCES[found.kind][place]}"
    about = f"{run.scenario_title} ({run.scenario_name}) · {worlds} · {('slumpserie', 'seed')[place]} {run.seed}"
    return Words(capital(title), about, note, texts(found.doubts, lang))
