"""What the books could tell: each number before and after, those that they moved most on top."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from kravsim.figures.calibration_words import calibration_words
from kravsim.figures.frame import figure_of, framed
from kravsim.figures.style import BLUE, GREY, INK, PALE
from kravsim.scenario import checked_call
from kravsim.words.key_words import key_label
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.calibration.calibration import Calibration

LEAST: Final = 6
MOST: Final = 20
"""Numbers in the picture: those that moved, but at least and at most so many. The table has them all."""
_ROW: Final = 0.4


def data(calibration: Calibration) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    calibration : Calibration
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        One row a number, downwards: `key`, `unit`, its prior's 5, 50 and 95 % points (`prior_p05` ...), the posterior's
        (`p05` ...), and `sd_ratio`.
    """
    import numpy as np
    import pandas as pd

    rows = []
    moved = sum(known.moved for known in calibration.numbers)
    ranked = sorted(calibration.numbers, key=lambda known: not known.moved)
    for known in ranked[: min(max(moved, LEAST), MOST)]:
        value, limits = calibration.scenario.prior.numbers[known.key]
        before = value.quantiles(np.array([0.05, 0.5, 0.95]), limits)
        after = np.quantile(calibration.values[:, calibration.keys.index(known.key)], [0.05, 0.5, 0.95])
        rows.append((known.key, known.unit, *before.tolist(), *after.tolist(), known.sd_ratio))
    columns = ["key", "unit", "prior_p05", "prior_p50", "prior_p95", "p05", "p50", "p95", "sd_ratio"]
    return pd.DataFrame(rows, columns=columns)


@checked_call
def draw(calibration: Calibration, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw nine tenths of each number's prior and posterior, on the scale of its prior.

    Parameters
    ----------
    calibration : Calibration
        Its numbers that moved most are shown.
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
    frame = data(calibration)
    count = len(frame)
    with framed(_ROW * count, calibration_words(calibration, lang), ax) as ax:
        from matplotlib.ticker import FixedLocator

        from kravsim.figures.canvas import row_labels, text_width

        middle = frame["prior_p50"].to_numpy()
        half = (frame["prior_p95"] - frame["prior_p05"]).to_numpy() / 2
        scaled = {
            name: ((frame[name].to_numpy() - middle) / half).tolist()
            for name in ("prior_p05", "prior_p95", "p05", "p50", "p95")
        }
        reach = max(1.3, *(abs(x) for name in ("p05", "p95", "prior_p05", "prior_p95") for x in scaled[name]))
        ax.set_xlim(-1.05 * reach, 1.05 * reach)
        ax.set_ylim(count - 0.4, -0.6)
        labels = [key_label(key, lang) for key in frame["key"]]
        texts = [_numbers(row, lang) for row in frame[["p05", "p50", "p95"]].to_numpy().tolist()]
        room = max(text_width(text, 9) for text in texts) + 0.15
        row_labels(ax, list(range(count)), labels, widest=3.2, right=room)
        for place in range(count):
            low, high = scaled["prior_p05"][place], scaled["prior_p95"][place]
            ax.barh(place, high - low, left=low, height=0.62, color=PALE, zorder=2)
            low, high = scaled["p05"][place], scaled["p95"][place]
            ax.barh(place, high - low, left=low, height=0.26, color=BLUE, zorder=3)
            ax.plot([scaled["p50"][place]] * 2, [place - 0.24, place + 0.24], color=INK, linewidth=1.6, zorder=4)
            ax.annotate(
                texts[place],
                (1.0, place),
                xycoords=("axes fraction", "data"),
                xytext=(room * 72, 0),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
                fontsize=9,
                annotation_clip=False,
            )
        ax.axvline(0, color=GREY, linewidth=0.8, zorder=1)
        ax.xaxis.set_major_locator(FixedLocator([-1, 0, 1]))
        before = ("lågt", "före böckerna", "högt") if lang == "sv" else ("low", "before the books", "high")
        ax.set_xticklabels(before)
        ax.tick_params(axis="both", length=0)
        for side in ("left", "top", "right"):
            ax.spines[side].set_visible(False)
    return figure_of(ax)


def _numbers(points: list[float], lang: str) -> str:
    """Write the posterior's median and its 5 and 95 % points with the digits that their distance calls for."""
    from kravsim.words.display import number

    low, middle, high = points
    step = 10.0 ** min(0, math.floor(math.log10(max(high - low, 1e-9))) - 1)
    shown = [number(x, lang, step=step) for x in (middle, low, high)]
    return f"{shown[0]} ({shown[1]}–{shown[2]})"
