"""What each year of a team costs and brings in, with the posts that are held, as lines over calendar years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREEN, INK, ORANGE
from kravsim.figures.sweep import upright_axis
from kravsim.scenario import checked_call
from kravsim.telling.people_tables import answer
from kravsim.telling.portfolio_tables import span
from kravsim.words.display import number, replications, seeded
from kravsim.words.doubts import texts
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.people import PeopleOverYears

_HEIGHT: Final = 3.7
_LINES: Final = (
    ("cost_kr", ORANGE, "s", ("kostnad", "cost")),
    ("income_kr", GREEN, "o", ("intäkt", "income")),
    ("net_revenue_kr", BLUE, "D", ("nettointäkt", "net revenue")),
)


def data(found: PeopleOverYears) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : PeopleOverYears
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        `year`, `posts` (held, the mean of the year), and of `cost_kr`, `income_kr` and `net_revenue_kr` the mean and, under
        `low_` and `high_`, where nine of ten lie, or the lowest and the highest where there are too few to say.
    """
    import pandas as pd

    rows = []
    for at, year in enumerate(found.years):
        row: dict[str, Any] = {"year": year, "posts": float(found.posts("filled")[:, at].mean())}
        for name, *_ in _LINES:
            spread = found.spread(year, name)
            row[name] = spread.mean
            row[f"low_{name}"], row[f"high_{name}"] = span(spread)
        rows.append(row)
    return pd.DataFrame(rows)


@checked_call
def draw(found: PeopleOverYears, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw cost, income and net revenue by year, each with its spread, and the posts held under each year.

    Parameters
    ----------
    found : PeopleOverYears
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
        x = np.arange(len(frame))
        for (name, colour, marker, words), shift in zip(_LINES, (-0.08, 0.0, 0.08), strict=True):
            mean, low, high = (frame[key].to_numpy() for key in (name, f"low_{name}", f"high_{name}"))
            style: dict[str, Any] = {"color": colour, "zorder": 3}
            ax.plot(x + shift, mean, marker=marker, markersize=5, linewidth=1.8, label=words[place], **style)
            ax.vlines(x + shift, low, high, linewidth=2.5, alpha=0.45, **style)
        limits = [frame[f"{end}_{name}"].to_numpy() for end in ("low", "high") for name, *_ in _LINES]
        upright_axis(ax, np.concatenate(limits), lang)
        bottom, top = ax.get_ylim()
        ax.set_ylim(bottom, top + 0.14 * (top - bottom))
        held = [number(posts, lang, step=0.1) for posts in frame["posts"]]
        ax.set_xticks(x, [f"{year}\n{posts}" for year, posts in zip(found.years, held, strict=True)])
        ax.set_xlabel(("år och besatta tjänster", "year and posts held")[place])
        ax.set_ylabel(("kr per år", "kr a year")[place])
        ax.legend(frameon=False, fontsize=9, ncols=3, loc="upper center", labelcolor=INK)
    return figure_of(ax)


def _words(found: PeopleOverYears, lang: str) -> Words:
    place, run = language_index(lang), found.runs[0][0]
    enough = found.spread(found.years[0], "net_revenue_kr").estimable(0.05)
    reach = (
        ("där nio simuleringar av tio ligger", "where nine runs of ten lie"),
        ("från lägsta till högsta simulering", "from the lowest to the highest run"),
    )[not enough][place]
    note = (
        f"Streck på höjden: {reach}. Kostnad är alla rader som betalas, intäkt alla som kommer in. "
        if place == 0
        else f"Upright bars: {reach}. Cost is every line that is paid, income every line that comes in. "
    )
    drawn = f"{number(run.draws, lang)} {('lägen ur priorn', 'worlds from the prior')[place]}, " if found.kind else ""
    about = f"{run.scenario_title} ({run.scenario_name}) · {drawn}{replications(found.n, lang)} · {seeded(found.seed, lang)}"
    first = answer(found, lang).split(". ")[:2]
    return Words(". ".join(first).rstrip(".") + ".", about, note, texts(found.doubts, lang)[:4])
