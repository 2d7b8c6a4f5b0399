"""What was believed of each number before the books, and what the worlds hold: those that moved most on top."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.calibration.evaluating import is_of
from kravsim.figures.frame import figure_of, framed, row_height
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, INK, PALE
from kravsim.scenario import checked_call
from kravsim.studies.decision.swept import plain
from kravsim.telling.uncertainty_words import SOURCES
from kravsim.words.display import number, seeded
from kravsim.words.doubts import texts
from kravsim.words.key_words import key_label, quoted_name
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from kravsim.results.uncertainty import UncertainComparison
    from kravsim.scenario import Scenario

MOST: Final = 12
"""Numbers in the picture."""
_BY_CHANCE: Final = 5.0
"""Over the root of the worlds: what the largest of many numbers seems to move by the chance of the draw alone."""
_POINTS: Final = (0.05, 0.5, 0.95)
_ROW: Final = 0.4
_WIDEST: Final = 3.2
_COLUMNS: Final = ("key", "prior_p05", "prior_p50", "prior_p95", "p05", "p50", "p95", "moved")


def data(believed: tuple[Scenario, UncertainComparison]) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    believed : (Scenario, UncertainComparison)
        Whose prior it is, and what was drawn; numbers of other models than were compared are left out.

    Returns
    -------
    pandas.DataFrame
        One row a number, those moved most on top: `key`, its prior's 5, 50 and 95 % points (`prior_p05` ...), those of the
        worlds (`p05` ...), and `moved`: how far the median went and how much narrower it became, in half widths of the prior.
    """
    import pandas as pd

    scenario, found = believed
    rows = []
    for key, values in _of_these(found).items():
        known = scenario.prior.numbers.get(key)
        if known is None:
            continue
        before = known[0].quantiles(np.array(_POINTS), known[1])
        half = float(before[2] - before[0]) / 2
        if half <= 0:
            continue
        after = np.quantile(np.asarray(values, float), _POINTS)
        moved = abs(float(after[1] - before[1])) / half + abs(1 - float(after[2] - after[0]) / 2 / half)
        rows.append((key, *before.tolist(), *after.tolist(), moved))
    rows.sort(key=lambda row: (-round(row[-1], 9), row[0]))
    return pd.DataFrame(rows[:MOST], columns=list(_COLUMNS))


def _of_these(found: UncertainComparison) -> Mapping[str, NDArray[np.float64]]:
    """What was drawn of the world and of the models that were compared."""
    models = [run.model for run in found.runs]
    return {key: values for key, values in found.inputs.items() if is_of(key, *models)}


@checked_call
def draw(believed: tuple[Scenario, UncertainComparison], *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw nine tenths of each number before and after, on the scale of its prior.

    Parameters
    ----------
    believed : (Scenario, UncertainComparison)
        Whose prior it is, and what was drawn.
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
    frame = data(believed)
    labels = [key_label(key, lang) for key in frame["key"]]
    row_of = row_height(labels, _WIDEST, _ROW)
    with framed(row_of * max(len(frame), 1), _words(believed[1], frame, lang), ax) as ax:
        from matplotlib.ticker import FixedLocator

        from kravsim.figures.canvas import row_labels, text_width

        spans = [_span_text(row, lang) for row in frame[["p05", "p50", "p95"]].to_numpy().tolist()]
        room = max((text_width(text, 9) for text in spans), default=0.0) + 0.15
        middle = frame["prior_p50"].to_numpy()
        half = (frame["prior_p95"] - frame["prior_p05"]).to_numpy() / 2
        at = {name: ((frame[name].to_numpy() - middle) / half).tolist() for name in _COLUMNS[1:-1]}
        reach = max([1.3, *(abs(x) for values in at.values() for x in values)])
        ax.set_xlim(-1.05 * reach, 1.05 * reach)
        ax.set_ylim(len(frame) - 0.4, -0.6)
        row_labels(ax, list(range(len(frame))), labels, widest=_WIDEST, right=room)
        for row, text in enumerate(spans):
            low, high = at["prior_p05"][row], at["prior_p95"][row]
            ax.barh(row, high - low, left=low, height=0.62, color=PALE, zorder=2)
            low, high = at["p05"][row], at["p95"][row]
            ax.barh(row, high - low, left=low, height=0.26, color=BLUE, zorder=3)
            ax.plot([at["p50"][row]] * 2, [row - 0.24, row + 0.24], color=INK, linewidth=1.6, zorder=4)
            ax.annotate(
                text,
                (1.0, row),
                xycoords=("axes fraction", "data"),
                xytext=(room * 72, 0),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
                fontsize=9,
                annotation_clip=False,
            )
        ax.xaxis.set_major_locator(FixedLocator([-1, 1]))
        ax.set_xticklabels((("lågt", "högt"), ("low", "high"))[place])
        ax.set_xlabel(("före böckerna", "before the books")[place])
        ax.tick_params(axis="both", length=0)
        for side in ("left", "top", "right"):
            ax.spines[side].set_visible(False)
    return figure_of(ax)


def _span_text(points: list[float], lang: str) -> str:
    low, middle, high = (plain(float(f"{x:.3g}"), lang) for x in points)
    return f"{middle} ({low} – {high})"


def _words(found: UncertainComparison, frame: pd.DataFrame, lang: str) -> Words:
    place, run = language_index(lang), found.first
    n = number(found.draws, lang)
    firm = frame["key"][frame["moved"] > _BY_CHANCE / math.sqrt(found.draws)].tolist()
    top = quoted_name(firm[0], lang) if firm else ""
    if place == 0:
        title = f"böckerna säger mest om {top}" if firm else "böckerna säger lite om varje tal för sig"
        title += "; om de flesta tal säger de lite" if firm else ": inget flyttas mer än en dragning av slump kan göra"
        note = (
            "Grått: vad som antogs före böckerna. Blått: lägena. Båda visar nio av tio; strecket är lägenas median, "
            f"som står till höger med sitt spann. De {number(len(frame), lang)} tal som flyttats eller snävats in "
            f"mest av {number(len(_of_these(found)), lang)}."
        )
    else:
        title = f"the books say most of {top}" if firm else "the books say little of each number by itself"
        title += "; of most numbers they say little" if firm else ": none moves by more than the luck of a draw can"
        note = (
            "Grey: what was believed before the books. Blue: the worlds. Both show nine in ten; the line is the "
            f"worlds' median, written at the right with its span. The {number(len(frame), lang)} numbers that moved "
            f"or narrowed most of {number(len(_of_these(found)), lang)}."
        )
    if found.kind == "prior":
        title = (
            "böckerna har inte rådfrågats: lägena är dragna ur det som antogs",
            "the books have not been consulted: the worlds are drawn from what was believed",
        )[place]
    about = (
        f"{run.scenario_title} ({run.scenario_name}) · {n} {('lägen', 'worlds')[place]} {SOURCES[found.kind][place]} · "
        f"{seeded(run.seed, lang)}"
    )
    return Words(capital(title), about, note, texts(found.doubts, lang))
