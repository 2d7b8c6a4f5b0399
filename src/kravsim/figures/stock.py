"""How the stock of open claims builds up over the years, and how one year's claims run off."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, INK, ORANGE
from kravsim.ledger.accounts import CASH, LINE, WRITE_OFF
from kravsim.results.notes import doubts_of_year
from kravsim.scenario import checked_call
from kravsim.units import ORE_PER_KR
from kravsim.words.display import number, seeded, share
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index, model_name

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.flow import RunParts

_HEIGHT: Final = 3.4
_MILLION: Final = 1_000_000


def data(year: RunParts) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    year : RunParts
        One run of a model, with its own history.

    Returns
    -------
    pandas.DataFrame
        One row a calendar year, at its end: `year`, `open_claims`, `open_principal_kr` (handed over, neither paid nor given
        up), and of the first year's claims `first_year_open_claims` and `first_year_open_principal_kr`.
    """
    import pandas as pd

    stream, ledger = year.inputs.stream, year.ledger
    claims, postings = stream.claims, ledger.postings
    gone = postings.where((postings.line == LINE["principal"]) & np.isin(postings.book, (CASH, WRITE_OFF)))
    gone = gone.where(gone.claim >= 0)
    first_last = ledger.years[0][1]
    oldest = claims.hand_over_day < first_last
    end_day = ledger.debts.end_day[claims.case]
    rows = []
    for first, last in ledger.years:
        here = claims.hand_over_day < last
        still = here & ((ledger.debts.end[claims.case] < 0) | (end_day >= last))
        before = gone.day < last
        left = {}
        for name, of in (("", here), ("first_year_", here & oldest)):
            taken = int(gone.amount_ore[before & of[gone.claim]].sum())
            left[name] = (int(claims.principal_ore[of].sum()) - taken) / ORE_PER_KR
        rows.append(
            {
                "year": (stream.first + dt.timedelta(first)).year,
                "open_claims": int(still.sum()),
                "open_principal_kr": left[""],
                "first_year_open_claims": int((still & oldest).sum()),
                "first_year_open_principal_kr": left["first_year_"],
            }
        )
    return pd.DataFrame(rows)


@checked_call
def draw(year: RunParts, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw open principal at the end of each year, and what is left of the first year's.

    Parameters
    ----------
    year : RunParts
        One run of a model, with its own history.
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
    frame = data(year)
    whole, first = (frame[name].to_numpy() / _MILLION for name in ("open_principal_kr", "first_year_open_principal_kr"))
    with framed(_HEIGHT, _words(year, frame, lang), ax, upright=True) as ax:
        from matplotlib.ticker import FixedLocator

        from kravsim.figures.upright import counts_axis

        at = np.arange(len(frame))
        ax.bar(at, whole, width=0.62, color=BLUE, zorder=3)
        ax.bar(at, first, width=0.62, color=ORANGE, hatch="///", edgecolor="white", linewidth=0.5, zorder=4)
        most = max(float(whole.max()), 1e-6)
        counts_axis(ax, most * 1.2, lang)
        for x, value in zip(at.tolist(), whole.tolist(), strict=True):
            text = number(value, lang, step=0.1)
            ax.annotate(text, (x, value), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8, color=INK)
        ax.xaxis.set_major_locator(FixedLocator(at.tolist()))
        ax.set_xticklabels([str(one) for one in frame["year"]])
        ax.set_ylabel(("öppet kapital, miljoner kr", "open principal, million kr")[place])
    return figure_of(ax)


def _words(year: RunParts, frame: pd.DataFrame, lang: str) -> Words:
    place, model = language_index(lang), model_name(year.plan.model, lang)
    last, first = frame.iloc[-1], frame.iloc[0]
    stock = number(float(last["open_principal_kr"]) / _MILLION, lang, step=0.1)
    claims = number(float(last["open_claims"]), lang)
    begun = float(first["first_year_open_principal_kr"])
    left = share(float(last["first_year_open_principal_kr"]) / begun if begun else 0.0, lang, step=0.01)
    years = number(len(frame), lang)
    if place == 0:
        title = f"{model}: efter {years} år är {stock} miljoner kr i {claims} fordringar öppna"
        note = (
            "Staplar: kapital som lämnats till inkasso och varken är betalt eller uppgivet vid årets slut. "
            "Streckat: det som är "
            f"kvar av det första årets; {left} av vad som var öppet vid det årets slut återstår vid det sista."
        )
    else:
        title = f"{model}: after {years} years {stock} million kr in {claims} claims are open"
        note = (
            "Bars: principal handed over that is neither paid nor given up at the year's end. Hatched: what is left "
            f"of the first year's; {left} of what was open at that year's end is left at the last."
        )
    about = f"{('modellens egen historik', 'the model’s own history')[place]} · {seeded(year.inputs.draws.seed, lang)}"
    return Words(capital(title), about, note, texts(doubts_of_year(year.inputs.world, year.outcome), lang))
