"""The paired difference between the first two models: without and with recovered principal, around a zero line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import ROWS, chance_text, difference_words, of_worlds, short_name, spread_text
from kravsim.figures.style import GREY, PURPLE, SKY, span_around_zero
from kravsim.scenario import checked_call
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.comparison import Comparison
    from kravsim.results.run import Run

_ROW = 1.65
_SIDE_SIZE = 9
"""Size of the words on either side of zero, where there is room for them."""
_SIDE_MARGIN = 0.1
"""Inches beside these words."""
_MOST_OF_A_SIDE = 0.4
"""Share of the width that one side of zero is given for its words alone, at most."""
_COLOURS = {"fiscal": SKY, "economic": PURPLE}


def data(cmp: Comparison) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    cmp : Comparison
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        `kind` (`fiscal`: net revenue; `economic`: with recovered principal), `draw`, `replication`, `difference_kr`
        (first model less second, kr a calendar year), one row a kind and replication.
    """
    import pandas as pd

    frames = [
        pd.DataFrame(
            {
                "kind": kind,
                "draw": [draw for draw, _ in cmp.first.pairs],
                "replication": [replication for _, replication in cmp.first.pairs],
                "difference_kr": spread.samples,
            }
        )
        for kind, spread in (("fiscal", cmp.difference), ("economic", cmp.economic_difference))
    ]
    return pd.concat(frames, ignore_index=True)


@checked_call
def draw(cmp: Comparison, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw by how much the first model is better or worse, and how often it is better, in words.

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
    place = language_index(lang)
    frame = data(cmp)
    with framed(2 * _ROW + 0.35, difference_words(cmp, lang), ax) as ax:
        from kravsim.figures.canvas import above_row, money_axis, row_labels, spread

        ax.set_ylim(-0.15, 2.3)
        shown = {"fiscal": cmp.difference, "economic": cmp.economic_difference}
        bases = [1.05, 0.0]
        row_labels(ax, [base + 0.25 for base in bases], [ROWS[kind][place] for kind in shown], widest=1.6)
        least = least_side(ax, cmp.first, cmp.second, lang)
        money_axis(ax, span_around_zero(frame["difference_kr"].tolist(), least), lang)
        for base, (kind, known) in zip(bases, shown.items(), strict=True):
            values = frame.loc[frame["kind"] == kind, "difference_kr"].to_numpy()
            spread(ax, values, base, _COLOURS[kind])
            above_row(
                ax,
                known.mean,
                base,
                spread_text(known, lang, cmp.shown.step, worlds=of_worlds(cmp)),
                chance_text(cmp, known, lang),
            )
        sides(ax, cmp.first, cmp.second, lang)
        ax.set_xlabel("skillnad, kr per kalenderår" if lang == "sv" else "difference, kr a calendar year")
    return figure_of(ax)


def least_side(ax: Axes, one: Run, other: Run, lang: str) -> float:
    """Give the share of the width that either side of zero needs for the words of `sides`.

    Parameters
    ----------
    ax : Axes
        Drawn on; it belongs to a figure whose size is known.
    one, other : Run
        The first model and the second.
    lang : str
        `sv` or `en`.
    """
    from kravsim.figures.canvas import text_width

    widest = max(text_width(text, _SIDE_SIZE) for text in _side_words(one, other, lang))
    return min((widest + _SIDE_MARGIN) / _inches(ax), _MOST_OF_A_SIDE)


def sides(ax: Axes, one: Run, other: Run, lang: str) -> None:
    """Say which model is better on which side of the zero line.

    Parameters
    ----------
    ax : Axes
        Drawn on; it belongs to a figure whose size is known.
    one, other : Run
        The first model and the second.
    lang : str
        `sv` or `en`.
    """
    from kravsim.figures.canvas import fitting_lines

    low, high = ax.get_xlim()
    style: dict[str, Any] = {"color": GREY, "va": "top", "textcoords": "offset points"}
    top = (0, ax.get_ylim()[1])
    left, right = _side_words(one, other, lang)
    for text, room, way, align in ((left, -low, -6, "right"), (right, high, 6, "left")):
        size, lines = fitting_lines(text, _SIDE_SIZE, room / (high - low) * _inches(ax) - _SIDE_MARGIN)
        ax.annotate(lines, top, xytext=(way, 0), ha=align, fontsize=size, **style)


def _side_words(one: Run, other: Run, lang: str) -> tuple[str, str]:
    better = "bättre" if lang == "sv" else "better"
    return f"← {short_name(other, lang)} {better}", f"{short_name(one, lang)} {better} →"


def _inches(ax: Axes) -> float:
    """Width of axes."""
    from kravsim.figures.canvas import figure_of

    return float(ax.get_window_extent().width / figure_of(ax).dpi)
