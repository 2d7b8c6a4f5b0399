"""The model against published figures: each interval, and where the model's mean lies, in per cent of what was published."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from kravsim.figures.frame import figure_of, framed, row_height
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, INK, PALE, VERMILION
from kravsim.measures.measures import unit_of
from kravsim.scenario import checked_call
from kravsim.words.display import amount, number, seeded, share
from kravsim.words.doubts import texts
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.reconcile import Reconciliation, Row

_ROW: Final = 0.42
_WIDEST: Final = 2.9
_FARTHEST: Final = 2.0
"""Times the published figure: what lies farther is drawn at the edge, with its number beside it."""


def data(found: Reconciliation) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : Reconciliation
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        `name`, `tuned`, `low`, `high`, `mean` (in the unit of the figure), `low_share`, `high_share` and `mean_share` (of the
        middle of the interval) and `verdict`, one row a published figure; those that the parameters are tuned to first.
    """
    import pandas as pd

    rows = [
        {
            "name": row.name,
            "tuned": row.target.tuned,
            "low": float(row.target.low),
            "high": float(row.target.high),
            "mean": row.model_mean,
            **{f"{part}_share": value / _middle(row) for part, value in _parts(row).items()},
            "verdict": row.verdict,
        }
        for row in sorted(found.rows, key=lambda row: not row.target.tuned)
        if _middle(row) > 0
    ]
    return pd.DataFrame(rows)


@checked_call
def draw(found: Reconciliation, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw a row for each published figure: its interval as a bar, the model as a mark.

    Parameters
    ----------
    found : Reconciliation
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
    place = language_index(lang)
    frame = data(found)
    by_name = {row.name: row for row in found.rows}
    rows = [by_name[name] for name in frame["name"]]
    labels = [(row.target.title_sv, row.target.title)[place] for row in rows]
    with framed(row_height(labels, _WIDEST, _ROW) * len(frame), _words(found, lang), ax) as ax:
        from matplotlib.ticker import FixedLocator

        from kravsim.figures.canvas import row_labels, text_width

        amounts = [_text(row, lang) for row in rows]
        room = max(text_width(text, 9) for text in amounts) + 0.15
        ax.set_ylim(len(frame) - 0.4, -0.6)
        row_labels(ax, list(range(len(frame))), labels, widest=_WIDEST, right=room)
        ax.set_xlim(0, _FARTHEST)
        records: list[Any] = list(frame.itertuples())
        for at, one in enumerate(records):
            ax.barh(at, one.high_share - one.low_share, left=one.low_share, height=0.6, color=PALE, zorder=2)
            if not math.isnan(one.mean_share):
                inside = one.verdict == "inside"
                mark: dict[str, Any] = {"marker": "o" if inside else "D", "color": BLUE if inside else VERMILION}
                ax.plot([min(one.mean_share, _FARTHEST)], [at], markersize=7, clip_on=False, zorder=4, **mark)
            ax.annotate(
                amounts[at],
                (1.0, at),
                xycoords=("axes fraction", "data"),
                xytext=(room * 72, 0),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
                fontsize=9,
                color=INK,
                annotation_clip=False,
            )
        ticks = [0.0, 0.5, 1.0, 1.5, 2.0]
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        ax.set_xticklabels([share(tick, lang, step=0.01) for tick in ticks])
        ax.xaxis.grid(visible=True)
        ax.tick_params(axis="both", length=0)
        for side in ("left", "top", "right"):
            ax.spines[side].set_visible(False)
        ax.set_xlabel(("av det publicerade intervallets mitt", "of the middle of the published interval")[place])
    return figure_of(ax)


def _middle(row: Row) -> float:
    return (row.target.low + row.target.high) / 2


def _parts(row: Row) -> dict[str, float]:
    return {"low": float(row.target.low), "high": float(row.target.high), "mean": row.model_mean}


def _text(row: Row, lang: str) -> str:
    if math.isnan(row.model_mean):
        return "–"
    unit = unit_of(row.target.metric)
    step = 0.001 if unit == "share" else 1000.0 if unit == "kr" and abs(row.model_mean) >= 10_000 else 1.0
    if unit != "share" and abs(row.model_mean) < 100:
        step = 0.1
    return amount(row.model_mean, unit, lang, step=step)


def _words(found: Reconciliation, lang: str) -> Words:
    place = language_index(lang)
    tuned = [row for row in found.rows if row.target.tuned]
    checks = [row for row in found.rows if not row.target.tuned]
    hits, held = (number(sum(row.verdict == "inside" for row in rows), lang) for rows in (tuned, checks))
    of_tuned, of_checks = number(len(tuned), lang), number(len(checks), lang)
    if place == 0:
        title = (
            f"Modellen träffar {hits} av {of_tuned} publicerade uppgifter som den är avstämd mot, "
            f"och {held} av {of_checks} som den inte är avstämd mot"
        )
        note = (
            "Grått: det publicerade intervallet. Rund punkt: modellens medelvärde ligger inom det. Romb: utanför. "
            f"De {of_tuned} översta är avstämda, de andra är kontroller."
        )
    else:
        title = (
            f"The model meets {hits} of {of_tuned} published figures that it is tuned to, "
            f"and {held} of {of_checks} that it is not tuned to"
        )
        note = (
            "Grey: the published interval. Round: the model's mean lies within it. Diamond: outside. "
            f"The first {of_tuned} are tuned, the others are checks."
        )
    years = number(found.replications, lang)
    of_years = (f"{years} simulerade år", f"{years} simulated years")[place]
    about = f"{found.scenario.label} ({found.scenario.name}) · {of_years} · {seeded(found.seed, lang)}"
    return Words(title, about, note, texts(found.doubts, lang))
