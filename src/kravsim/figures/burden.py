"""What collection costs those who owe, and how much goes to Kronofogden, by the size of the claim."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.engine.contract import DONE
from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import INK, model_colour
from kravsim.ledger.accounts import CHARGE, DEBTOR, LINE
from kravsim.models.process import STEP_CODE
from kravsim.results.notes import doubts_of_year
from kravsim.scenario import checked_call
from kravsim.units import ORE_PER_KR
from kravsim.words.display import kr, number, seeded
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index, model_name

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.flow import RunParts

CLASSES_KR: Final = (0, 200, 500, 1000, 2000, 5000)
"""Lower ends of the classes of principal, kr; the last has no upper end."""
_HEIGHT: Final = 3.4


def data(years: Sequence[RunParts]) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    years : sequence of RunParts
        One run of each model, of the same claims. Their first simulated year's cases are followed to the close.

    Returns
    -------
    pandas.DataFrame
        One row a model and class of principal: `model`, `from_kr`, `to_kr` (NaN: no upper end), `cases`, `principal_kr`,
        `charged_kr` (fees, outlays and interest that debtors come to owe beside the principal), `charged_a_case_kr` and
        `applied_for` (cases with an application at Kronofogden).
    """
    import pandas as pd

    rows = []
    for year in years:
        stream, ledger, log = year.inputs.stream, year.ledger, year.log
        cases, postings = stream.cases, ledger.postings
        oldest = cases.hand_over_day < ledger.years[0][1]
        beside = (postings.book == CHARGE) & (postings.payer == DEBTOR) & (postings.line != LINE["principal"])
        beside &= postings.case >= 0
        charged = np.bincount(postings.case[beside], postings.amount_ore[beside], minlength=len(cases))
        applied = np.zeros(len(cases), bool)
        applied[log.case[(log.kind == DONE) & (log.step == STEP_CODE["payment_order"])]] = True
        edges = [*(low * ORE_PER_KR for low in CLASSES_KR), np.inf]
        for low, high in pairwise(edges):
            here = oldest & (cases.principal_ore >= low) & (cases.principal_ore < high)
            n, owed = int(here.sum()), float(charged[here].sum()) / ORE_PER_KR
            rows.append(
                {
                    "model": year.plan.model,
                    "from_kr": int(low / ORE_PER_KR),
                    "to_kr": float(high) / ORE_PER_KR if np.isfinite(high) else float("nan"),
                    "cases": n,
                    "principal_kr": int(cases.principal_ore[here].sum()) / ORE_PER_KR,
                    "charged_kr": owed,
                    "charged_a_case_kr": owed / n if n else 0.0,
                    "applied_for": int((here & applied).sum()),
                }
            )
    return pd.DataFrame(rows)


@checked_call
def draw(years: Sequence[RunParts], *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw what a case costs its debtor beside the principal, with the applications written above each bar.

    Parameters
    ----------
    years : sequence of RunParts
        One run of each model, of the same claims.
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
    frame = data(years)
    models = list(dict.fromkeys(frame["model"]))
    with framed(_HEIGHT, _words(years, frame, lang), ax, upright=True) as ax:
        from matplotlib.ticker import FixedLocator

        from kravsim.figures.upright import counts_axis

        width = 0.8 / len(models)
        most = max(float(frame["charged_a_case_kr"].max()), 1.0)
        for number_of, model in enumerate(models):
            rows = frame[frame["model"] == model]
            at = np.arange(len(rows)) - 0.4 + width * (number_of + 0.5)
            heights = rows["charged_a_case_kr"].to_numpy()
            hatch = "" if not number_of else "///"
            ax.bar(
                at, heights, width=width * 0.94, color=model_colour(number_of), hatch=hatch, edgecolor="white", zorder=3
            )
            for x, high, n in zip(at.tolist(), heights.tolist(), rows["applied_for"].tolist(), strict=True):
                text, where = number(n, lang), (x, high)
                ax.annotate(text, where, xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8, color=INK)
            name = capital(model_name(model, lang))
            spot = (0.01, 0.97 - 0.08 * number_of)
            ax.annotate("■", spot, xycoords="axes fraction", color=model_colour(number_of), va="top", fontsize=9)
            key = f"{name}{(' (streckad)', ' (hatched)')[place] if hatch else ''}"
            ax.annotate(key, (spot[0] + 0.025, spot[1]), xycoords="axes fraction", va="top", fontsize=9, color=INK)
        counts_axis(ax, most * 1.35, lang)
        ax.xaxis.set_major_locator(FixedLocator(list(range(len(CLASSES_KR)))))
        ax.set_xticklabels(_class_names(lang))
        ax.set_xlabel(("ärendets kapital, kr", "principal of the case, kr")[place])
        ax.set_ylabel(("avgifter och ränta per ärende, kr", "fees and interest a case, kr")[place])
    return figure_of(ax)


def _class_names(lang: str) -> list[str]:
    names = []
    for low, high in zip(CLASSES_KR, (*CLASSES_KR[1:], None), strict=True):
        if high is None:
            over = "och mer" if lang == "sv" else "and more"
            names.append(f"{number(low, lang)}\n{over}")
        else:
            names.append(f"{number(low, lang)}–\n{number(high, lang)}")
    return names


def _words(years: Sequence[RunParts], frame: pd.DataFrame, lang: str) -> Words:
    place = language_index(lang)
    small = frame[frame["from_kr"] < CLASSES_KR[3]]
    said, applied = [], []
    for model, rows in frame.groupby("model", sort=False):
        cases = int(rows["cases"].sum())
        mean = float(rows["charged_kr"].sum()) / cases if cases else 0.0
        of = int(small.loc[small["model"] == model, "applied_for"].sum())
        said.append(f"{model_name(str(model), lang)} {kr(mean, lang)}")
        applied.append(f"{model_name(str(model), lang)} {number(of, lang)}")
    listed, small_listed, limit = ", ".join(said), ", ".join(applied), kr(CLASSES_KR[3], lang)
    if place == 0:
        title = f"Ett ärende kostar den som är skyldig i medel, utöver fakturan: {listed}"
        note = (
            "Staplar: avgifter, utlägg och ränta som påförs per ärende, efter ärendets storlek, ett års ärenden "
            f"följda till slutet. Siffran ovanför: ärenden hos Kronofogden. Under {limit} kapital: {small_listed}."
        )
    else:
        title = f"A case costs those who owe, on average, beside the invoice: {listed}"
        note = (
            "Bars: fees, outlays and interest charged a case, by its size, one year's cases followed to the close. "
            f"The number above: cases at Kronofogden. Below {limit} of principal: {small_listed}."
        )
    about = f"{('ett simulerat år', 'one simulated year')[place]} · {seeded(years[0].inputs.draws.seed, lang)}"
    doubts = dict.fromkeys(one for year in years for one in doubts_of_year(year.inputs.world, year.outcome))
    return Words(title, about, note, texts(doubts, lang))
