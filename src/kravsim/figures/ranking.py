"""Models in order: by how much each is above or below today's model, with intervals that hold for all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREY, INK, PALE, span_around_zero
from kravsim.scenario import checked_call
from kravsim.statistics.selected import percent
from kravsim.telling.ranking_words import drawn, headline, how_compared
from kravsim.telling.sentence import more_or_less
from kravsim.words.display import MINUS, kr, number, seeded
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index, metric_name

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.ranking import Ranking

_ROW: Final = 0.78
_LEAST: Final = 0.22
_LONGEST: Final = 90
"""Letters of a name."""


def data(found: Ranking) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : Ranking
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        One row a model, the best first: `model`, `place_from`, `place_to`, `mean_kr`, and `over_today_kr`, `low_kr`,
        `high_kr` (0 for today's model).
    """
    import pandas as pd

    over = {pair.first: pair for pair in found.over_today}
    rows = []
    for spread in found.order.spreads:
        low, high = over[spread.label].interval if spread.label in over else (0.0, 0.0)
        gap = over[spread.label].spread.mean if spread.label in over else 0.0
        rows.append((spread.label, *found.order.places[spread.label], spread.mean, gap, low, high))
    return pd.DataFrame(
        rows, columns=["model", "place_from", "place_to", "mean_kr", "over_today_kr", "low_kr", "high_kr"]
    )


@checked_call
def draw(found: Ranking, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw each model's distance to today's, best at the top, beside the gain from which on a switch is recommended.

    Parameters
    ----------
    found : Ranking
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
    frame = data(found)
    count = len(frame)
    with framed(_ROW * count + 0.15, _words(found, lang), ax) as ax:
        from kravsim.figures.canvas import above_row, money_axis, row_labels

        ax.set_ylim(-0.25, count * 1.0)
        bases = [float(count - 1 - place) for place in range(count)]
        names = [f"{_place(found, model)}  {capital(_name(found, model, lang))}" for model in frame["model"]]
        row_labels(ax, [base + 0.1 for base in bases], names, widest=2.7, right=0.3)
        values = [*frame["low_kr"], *frame["high_kr"], found.least_kr]
        money_axis(ax, span_around_zero(values, _LEAST), lang)
        if found.least_kr:
            ax.axvline(found.least_kr, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2)
        rows = zip(
            bases, *(frame[name].tolist() for name in ("model", "over_today_kr", "low_kr", "high_kr")), strict=True
        )
        for base, model, mean, low, high in rows:
            _mark(ax, base + 0.1, mean, low, high, today=model == found.today)
            bold, text = _amounts(found, model, lang)
            above_row(ax, mean, base - 0.27, text, bold)
        what = metric_name(found.measure, lang)
        ax.set_xlabel(
            f"skillnad mot dagens modell i {what}, kr per kalenderår"
            if lang == "sv"
            else f"difference to today's model in {what}, kr a calendar year"
        )
    return figure_of(ax)


def _mark(ax: Axes, at: float, mean: float, low: float, high: float, *, today: bool) -> None:
    colour = INK if today else BLUE
    ax.axhline(at, color=PALE, linewidth=0.8, zorder=1)
    if today:
        ax.plot([mean], [at], "D", color=colour, markersize=8, zorder=4)
        return
    ax.plot([low, high], [at, at], color=colour, linewidth=9, solid_capstyle="butt", zorder=3)
    ax.plot([mean], [at], "|", color=INK, markersize=16, markeredgewidth=1.6, zorder=4)


def _name(found: Ranking, model: str, lang: str) -> str:
    name = found.run(model).name(lang)
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"


def _place(found: Ranking, model: str) -> str:
    first, last = found.order.places[model]
    return f"{first}." if first == last else f"{first}\u2013{last}."


def _amounts(found: Ranking, model: str, lang: str) -> tuple[str, str]:
    """What stands above a row: the distance to today's model, and the model's own mean."""
    means, step = found.shown
    sv = language_index(lang) == 0
    own = kr(means[model], lang, minus=MINUS)
    if model == found.today:
        return ("dagens modell" if sv else "today's model"), f"{own} per år" if sv else f"{own} a year"
    pair = found.order.pair(model, found.today)
    gap = more_or_less(means[model] - means[found.today], step, lang, minus=MINUS)
    low, high = (number(bound, lang, step=step, minus=MINUS) for bound in pair.interval)
    word = "till" if sv else "to"
    between = f"{gap} ({low} {word} {high})" if low != high else gap
    return between, f"{own} per år" if sv else f"{own} a year"


def _words(found: Ranking, lang: str) -> Words:
    run, level = found.runs[0], percent(found.level, lang)
    note = (
        f"Blå stapel: {level}-intervall, svart streck: medelvärde; talet före namnet är platsen. "
        if lang == "sv"
        else f"Blue bar: {level} interval, black line: mean; the number before a name is its place. "
    )
    if found.least_kr:
        least = kr(found.least_kr, lang)
        note += (
            f"Streckad linje: {least} mer per år, från vilket byte rekommenderas. "
            if lang == "sv"
            else f"Dashed line: {least} more a year, from which a switch is recommended. "
        )
    note += " ".join(how_compared(found, lang))
    about = f"{run.scenario_title} ({run.scenario_name}) · {drawn(found, lang)} · {seeded(run.seed, lang)}"
    return Words(headline(found, lang), about, note, texts(found.doubts, lang))
