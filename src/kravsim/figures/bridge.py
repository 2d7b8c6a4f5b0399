"""The walk from the second model's net revenue to the first's: a waterfall of causes, read downwards."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kravsim.figures.frame import figure_of, framed, row_height
from kravsim.figures.labels import Words, bridge_words, short_name, shown_causes
from kravsim.figures.style import GREEN, GREY, VERMILION, model_colour, span
from kravsim.scenario import checked_call
from kravsim.telling.shown import NET
from kravsim.words.display import MINUS, kr
from kravsim.words.wording import capital, cause_name, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.comparison import Comparison

_ROW = 0.36
_WIDEST = 2.3


def data(cmp: Comparison) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    cmp : Comparison
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        One row a bar, downwards: `kind` (start, cause, end), `cause` (a model at the ends), `mean_kr` (kr a calendar
        year), `from_kr` and `to_kr` (where the bar begins and ends) and `moves` (whether it differs from 0 in any
        replication).
    """
    import pandas as pd

    walk = cmp.bridge()
    rows: list[tuple[str, str, float, float, float, bool]] = []
    rows.append(("start", walk.start_model, walk.start_kr, 0.0, walk.start_kr, True))
    steps = [walk.start_kr]
    for cause in walk.causes:
        mean, before = walk.mean_kr(cause), math.fsum(steps)
        steps.append(mean)
        rows.append(("cause", cause, mean, before, math.fsum(steps), bool(walk.causes_ore[cause].any())))
    rows.append(("end", walk.end_model, walk.end_kr, 0.0, walk.end_kr, True))
    return pd.DataFrame(rows, columns=["kind", "cause", "mean_kr", "from_kr", "to_kr", "moves"])


@checked_call
def draw(cmp: Comparison, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw what makes the difference, with its amounts as a column.

    Parameters
    ----------
    cmp : Comparison
        Its first two models are compared.
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
    full = data(cmp)
    full["shown_kr"] = [_shown(cmp, kind, cause) for kind, cause in zip(full["kind"], full["cause"], strict=True)]
    drawn = full["moves"] | (full["shown_kr"] != 0)
    frame = full[drawn].reset_index(drop=True)
    still = tuple(full.loc[~drawn, "cause"])
    ends = (capital(short_name(cmp.second, lang)), capital(short_name(cmp.first, lang)))
    return waterfall(frame, ends, bridge_words(cmp, lang, still), ax=ax, lang=lang)


def waterfall(
    frame: pd.DataFrame, ends: tuple[str, str], words: Words, *, ax: Axes | None = None, lang: str = "sv"
) -> Figure:
    """Draw a walk downwards: a bar a row, each from where the one above ended, with its amount at the right.

    Parameters
    ----------
    frame : pandas.DataFrame
        As :func:`data`, and `shown_kr`, the amount as it is printed.
    ends : pair of str
        What start and end are called.
    words : Words
        What is written around it.
    ax : Axes, optional
        Drawn on; a figure of its own when left out.
    lang : str
        `sv` or `en`.
    """
    count = len(frame)
    known = dict(zip(("start", "end"), ends, strict=True))
    names = [
        known.get(kind, capital(cause_name(cause, lang)))
        for kind, cause in zip(frame["kind"], frame["cause"], strict=True)
    ]
    with framed(row_height(names, _WIDEST, _ROW) * count, words, ax) as ax:
        from kravsim.figures.canvas import money_axis, row_labels, text_width

        ax.set_ylim(count - 0.4, -0.6)
        total = frame["kind"] != "cause"
        amounts = [
            kr(amount, lang, minus=MINUS, signed=not is_total)
            for amount, is_total in zip(frame["shown_kr"], total, strict=True)
        ]
        room = max(text_width(text, 10, "bold") for text in amounts) + 0.15
        row_labels(ax, list(range(count)), names, widest=_WIDEST, right=room)
        money_axis(ax, span([*frame["from_kr"], *frame["to_kr"]]), lang)
        _bars(ax, frame)
        for place, (text, is_total) in enumerate(zip(amounts, total, strict=True)):
            ax.annotate(
                text,
                (1.0, place),
                xycoords=("axes fraction", "data"),
                xytext=(room * 72, 0),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
                fontweight="bold" if is_total else "normal",
                annotation_clip=False,
            )
        ax.set_xlabel("nettointäkt, kr per kalenderår" if lang == "sv" else "net revenue, kr a calendar year")
    return figure_of(ax)


def _shown(cmp: Comparison, kind: str, cause: str) -> float:
    """Give the amount of a bar as it is printed, kr: the walk from one end to the other adds up."""
    first, second = cmp.shown.measure(NET)[:2]
    ends = {"start": second, "end": first}
    return ends[kind] if kind in ends else shown_causes(cmp)[cause]


def _bars(ax: Axes, frame: pd.DataFrame) -> None:
    """Draw the bars, each from where the one above ended, and the threads between them."""
    walk = zip(frame["kind"], frame["mean_kr"], frame["from_kr"], frame["to_kr"], strict=True)
    for place, (kind, mean, start, stop) in enumerate(walk):
        moved = GREEN if mean >= 0 else VERMILION
        colour = {"start": model_colour(1), "end": model_colour(0)}.get(kind, moved)
        ax.barh(place, stop - start, left=start, height=0.66, color=colour, zorder=3)
        if place + 1 < len(frame):
            ax.plot([stop] * 2, [place - 0.33, place + 1.33], color=GREY, linewidth=0.8, zorder=2.5)
