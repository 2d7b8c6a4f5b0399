"""A stock watched in several ways: what each brings in or costs net, year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import GREY, INK, model_colour, span_around_zero
from kravsim.scenario import checked_call
from kravsim.telling.portfolio_tables import span
from kravsim.telling.stock_tables import headline
from kravsim.words.display import number, replications, seeded
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.stock import StockFound

_ROW: Final = 0.3
_LEAST: Final = 1000.0


def data(found: StockFound) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : StockFound
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        One row a year and way, in the order in which they are drawn: `year`, `model`, `net_kr` (mean of the base world),
        `low_kr` and `high_kr` (where nine of ten lie; the lowest and highest where there are few).
    """
    import pandas as pd

    rows = []
    for year in found.years:
        for model in found.models:
            spread = found.in_year(model, "net", year, found.over)
            rows.append((year, model, found.in_year(model, "net", year).mean, *span(spread)))
    return pd.DataFrame(rows, columns=["year", "model", "net_kr", "low_kr", "high_kr"])


@checked_call
def draw(found: StockFound, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the net of each year and way: a mark for the mean, a bar for where nine worlds of ten lie.

    Parameters
    ----------
    found : StockFound
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
    ways, years = len(found.models), len(found.years)
    height = _ROW * (ways + 0.6) * years + 0.5
    with framed(height, _words(found, lang), ax) as ax:
        from kravsim.figures.canvas import money_axis, row_labels

        rows = [float((years - 1 - at) * (ways + 0.6)) for at in range(years)]
        ax.set_ylim(-0.8, rows[0] + ways + 0.7)
        row_labels(
            ax, [row + (ways - 1) / 2 for row in rows], [str(year) for year in found.years], widest=0.6, right=0.3
        )
        money_axis(ax, span_around_zero([*frame["low_kr"], *frame["high_kr"]], _LEAST), lang)
        ax.axvline(0, color=GREY, linewidth=0.8, zorder=1)
        for nth, model in enumerate(found.models):
            mine = frame[frame["model"] == model]
            at = [row + ways - 1 - nth for row in rows]
            for y, low, high, mean in zip(
                at, *(mine[name].tolist() for name in ("low_kr", "high_kr", "net_kr")), strict=True
            ):
                ax.plot([low, high], [y, y], color=model_colour(nth), linewidth=5, solid_capstyle="butt", zorder=3)
                ax.plot([mean], [y], "|", color=INK, markersize=9, markeredgewidth=1.5, zorder=4)
            label = capital(found.model_name(model, lang))
            ax.plot([], [], color=model_colour(nth), linewidth=5, label=label)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.0), ncol=min(ways, 3), frameon=False, fontsize=8)
        ax.set_xlabel(("netto, kr per år", "net, kr a year")[place])
    return figure_of(ax)


def _words(found: StockFound, lang: str) -> Words:
    place = language_index(lang)
    spread = found.in_year(found.models[0], "net", found.years[0], found.over)
    of = ("läge", "world") if found.draws else ("simulering", "replication")
    nine = (f"där nio {of[0]}{'n' if found.draws else 'ar'} av tio ligger", f"where nine {of[1]}s of ten lie")
    ends = (f"från lägsta till högsta {of[0]}", f"from the lowest to the highest {of[1]}")
    reach = (nine if spread.estimable(0.05) and spread.estimable(0.95) else ends)[place]
    note = (
        f"Netto: kapital, avgifter, ränta och återfådda utlägg minus kostnader. Streck: medel i grundfallet; stapel: {reach}."
        if place == 0
        else f"Net: principal, fees, interest and outlays recovered less costs. Line: mean of the base case; bar: {reach}."
    )
    drawn = f"{number(found.draws, lang)} {('lägen', 'worlds')[place]} · " if found.draws else ""
    about = f"{found.scenario_title} · {drawn}{replications(found.replications, lang)} · {seeded(found.seed, lang)}"
    return Words(headline(found, lang), about, note, texts(found.doubts, lang))
