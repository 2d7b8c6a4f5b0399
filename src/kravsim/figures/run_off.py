"""How a stock runs off: open principal as each year begins, by years past due, in one way of watching it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import INK, model_colour
from kravsim.measures.stock import AGE_YEARS
from kravsim.scenario import checked_call
from kravsim.units import ORE_PER_KR
from kravsim.words.display import number, replications, seeded, share
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.stock import StockFound

_HEIGHT: Final = 3.4
_THOUSAND: Final = 1000.0


def data(found: StockFound, model: str | None = None) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : StockFound
        What the figure shows.
    model : str, optional
        One of ``found.models``; the first when left out.

    Returns
    -------
    pandas.DataFrame
        One row a year and band of age: `year` (as it begins), `from_years`, `to_years` (NaN for the last), `claims` and
        `principal_kr`, means of the base world.
    """
    import pandas as pd

    ages = found.watched[found.models[0] if model is None else model].ages
    rows = []
    for at, table in enumerate(ages.tolist()):
        for band, (claims, ore) in enumerate(table):
            ends = (0, *AGE_YEARS)[band], AGE_YEARS[band] if band < len(AGE_YEARS) else float("nan")
            rows.append((found.first_year + at, *ends, claims, ore / ORE_PER_KR))
    return pd.DataFrame(rows, columns=["year", "from_years", "to_years", "claims", "principal_kr"])


@checked_call
def draw(found: StockFound, *, model: str | None = None, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw open principal as each year begins, stacked by age, with the number of claims above.

    Parameters
    ----------
    found : StockFound
        What the figure shows.
    model : str, optional
        One of ``found.models``; the first when left out.
    ax : Axes, optional
        Draw in these axes instead of a figure of its own.
    lang : str
        `sv` or `en`.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no pyplot state.
    """
    place, frame = language_index(lang), data(found, model)
    which = found.models[0] if model is None else model
    with framed(_HEIGHT, _words(found, which, frame, lang), ax, upright=True) as ax:
        from matplotlib.ticker import FixedLocator

        from kravsim.figures.upright import counts_axis

        years = sorted(set(frame["year"].tolist()))
        at, base = np.arange(len(years)), np.zeros(len(years))
        for nth, band in enumerate(sorted(set(frame["from_years"].tolist()))):
            mine = frame[frame["from_years"] == band]
            kr, end = mine["principal_kr"].to_numpy() / _THOUSAND, mine["to_years"].iloc[0]
            if not kr.any():
                continue
            reach = f"{band}–{int(end)}" if np.isfinite(end) else f"{band}–"
            label = f"{reach} {('år', 'years')[place]}"
            ax.bar(at, kr, bottom=base, width=0.62, color=model_colour(nth), label=label, zorder=3)
            base = base + kr
        counts_axis(ax, max(float(base.max()), 1e-6) * 1.25, lang)
        claims = frame.groupby("year")["claims"].sum().to_numpy()
        for x, top, many in zip(at.tolist(), base.tolist(), claims.tolist(), strict=True):
            ax.annotate(
                number(many, lang),
                (x, top),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=INK,
            )
        ax.legend(frameon=False, fontsize=8, loc="upper right")
        ax.xaxis.set_major_locator(FixedLocator(at.tolist()))
        ax.set_xticklabels([str(year) for year in years])
        ax.set_ylabel(("öppet kapital, tusen kr", "open principal, thousand kr")[place])
    return figure_of(ax)


def _words(found: StockFound, model: str, frame: pd.DataFrame, lang: str) -> Words:
    place, name = language_index(lang), found.model_name(model, lang)
    claims = frame.groupby("year")["claims"].sum().to_numpy()
    first, last = number(float(claims[0]), lang), number(float(claims[-1]), lang)
    kr = frame.groupby("year")["principal_kr"].sum().to_numpy()
    left = share(float(kr[-1] / kr[0]) if kr[0] else 0.0, lang, step=0.01)
    years = number(len(found.years), lang)
    if place == 0:
        title = f"{name}: av {first} fordringar är {last} öppna efter {years} år, {left} av kapitalet"
        note = "Staplar: öppet kapital när året börjar, efter år sedan förfallodagen; siffran över dem är antalet fordringar."
    else:
        title = f"{name}: of {first} claims {last} are open after {years} years, {left} of the principal"
        note = "Bars: open principal as the year begins, by years past due; the number above them is that of claims."
    about = f"{found.scenario_title} · {replications(found.replications, lang)} · {seeded(found.seed, lang)}"
    return Words(capital(title), about, note, texts(found.doubts, lang))
