"""Bodies of different sizes: by how much the first model is above or below the second in each, by size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREY, INK, span_around_zero
from kravsim.scenario import checked_call
from kravsim.telling.portfolio_tables import answer, span
from kravsim.telling.uncertainty_words import SOURCES
from kravsim.words.display import number, seeded
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.portfolio import PortfolioFound

_ROW: Final = 0.27
_LEAST: Final = 0.12


def data(found: PortfolioFound) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : PortfolioFound
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        One row a body, the largest first: `body`, `size`, `mean_each_kr`, `low_each_kr`, `high_each_kr`, `better` (share
        of the worlds in which the first model is better) and `overloaded` (worlds in which a model's staff cannot do the
        work).
    """
    import pandas as pd

    rows = []
    for one in sorted(found.bodies, key=lambda each: (-each.size, each.name)):
        spread = one.difference
        low, high = (bound / one.size for bound in span(spread))
        rows.append((one.name, one.size, spread.mean / one.size, low, high, spread.prob_above(0), one.overloaded))
    return pd.DataFrame(
        rows, columns=["body", "size", "mean_each_kr", "low_each_kr", "high_each_kr", "better", "overloaded"]
    )


@checked_call
def draw(found: PortfolioFound, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the difference a unit of size in each body, the largest at the top, so that small and large can be compared.

    Parameters
    ----------
    found : PortfolioFound
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
    count = len(frame)
    with framed(_ROW * count + 0.3, _words(found, lang), ax) as ax:
        from kravsim.figures.canvas import money_axis, row_labels

        places = [float(count - 1 - at) for at in range(count)]
        ax.set_ylim(-0.6, count - 0.4)
        names = [
            f"{body}, {number(size, lang)}" for body, size in zip(frame["body"], frame["size"].tolist(), strict=True)
        ]
        row_labels(ax, places, names, widest=2.7, right=0.3)
        money_axis(ax, span_around_zero([*frame["low_each_kr"], *frame["high_each_kr"]], _LEAST), lang)
        columns = ("mean_each_kr", "low_each_kr", "high_each_kr", "overloaded")
        for at, mean, low, high, behind in zip(places, *(frame[name].tolist() for name in columns), strict=True):
            colour = GREY if behind else BLUE
            ax.plot([low, high], [at, at], color=colour, linewidth=6, solid_capstyle="butt", zorder=3)
            ax.plot([mean], [at], "|", color=INK, markersize=11, markeredgewidth=1.6, zorder=4)
        unit = found.units[place]
        ax.set_xlabel(
            f"nettointäkt, {_pair(found, lang)}: kr per år delat med antal {unit}"
            if place == 0
            else f"net revenue, {_pair(found, lang)}: kr a year divided by the number of {unit}"
        )
    return figure_of(ax)


def _pair(found: PortfolioFound, lang: str) -> str:
    first, second = found.model_names(lang)
    return f"{first} minus {second}" if language_index(lang) == 0 else f"{first} less {second}"


def _words(found: PortfolioFound, lang: str) -> Words:
    place = language_index(lang)
    whole = found.difference.estimable(0.05) and found.difference.estimable(0.95)
    reach = (
        ("där nio lägen av tio ligger", "where nine worlds of ten lie"),
        ("från lägsta till högsta läge", "from the lowest to the highest world"),
    )[not whole][place]
    note = (
        f"Stapel: {reach}; streck: medelvärde. Störst överst. "
        if place == 0
        else f"Bar: {reach}; line: mean. The largest at the top. "
    )
    if any(one.overloaded for one in found.bodies):
        note += (
            "Grå: i något läge hinner personalen inte med. "
            if place == 0
            else "Grey: in some world the staff cannot do the work. "
        )
    drawn = f"{number(found.draws, lang)} {('lägen', 'worlds')[place]} {SOURCES['prior'][place]}"
    about = f"{capital(found.titles[place])} · {found.scenario} · {drawn} · {seeded(found.seed, lang)}"
    return Words(answer(found, lang), about, note, texts(found.doubts, lang))
