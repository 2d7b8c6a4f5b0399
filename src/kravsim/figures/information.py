"""How probable it is that a model is worth so much more than the best other: the curve against the threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREY, INK
from kravsim.scenario import checked_call
from kravsim.studies.decision.found_out import FindingOut
from kravsim.words.display import share
from kravsim.words.doubts import texts
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.decision.chance_curve import ChanceCurve

_HEIGHT: Final = 3.4


def data(found: FindingOut | ChanceCurve) -> pd.DataFrame:
    """Give the numbers of the figure: one row a threshold.

    Parameters
    ----------
    found : FindingOut or ChanceCurve
        What the figure shows; of what is worth finding out its curve.
    """
    return _curve(found).to_frame()


@checked_call
def draw(found: FindingOut | ChanceCurve, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the probability of exceeding each threshold, with its exact binomial band, and mark where it is 0.

    Parameters
    ----------
    found : FindingOut or ChanceCurve
        What the figure shows; of what is worth finding out its curve.
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
    one = _curve(found)
    with framed(_HEIGHT, _words(found, one, lang), ax, upright=True) as ax:
        from kravsim.figures.canvas import money_axis

        ax.fill_between(one.thresholds, one.low, one.high, color=BLUE, alpha=0.2, linewidth=0, step="post", zorder=2)
        ax.plot(one.thresholds, one.chance, color=BLUE, linewidth=2, drawstyle="steps-post", zorder=3)
        money_axis(ax, (float(one.thresholds[0]), float(one.thresholds[-1])), lang)
        ax.set_ylim(-0.02, 1.02)
        ax.set_yticks([0, 0.25, 0.5, 0.75, 1], [share(x, lang, step=0.01) for x in (0, 0.25, 0.5, 0.75, 1)])
        ax.yaxis.grid(visible=True)
        if one.thresholds[0] <= 0 <= one.thresholds[-1]:
            at = one.at(0.0)
            better = share(at, lang, step=0.001)
            ax.plot([0], [at], "o", color=INK, markersize=6, zorder=5)
            side = 1 if one.thresholds[-1] > -one.thresholds[0] else -1
            ax.annotate(
                f"bättre i {better}" if lang == "sv" else f"better in {better}",
                (0, at),
                xytext=(8 * side, 10),
                textcoords="offset points",
                ha="left" if side > 0 else "right",
                fontweight="bold",
                bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
                zorder=6,
            )
        for side_ in ("top", "right"):
            ax.spines[side_].set_visible(False)
        name = one.name(lang)
        ax.set_xlabel(
            f"{name} minus det bästa andra är mer än, kr per år"
            if lang == "sv"
            else f"{name} less the best other exceeds, kr a year"
        )
        ax.set_ylabel("sannolikhet" if lang == "sv" else "probability", color=GREY)
    return figure_of(ax)


def _curve(found: FindingOut | ChanceCurve) -> ChanceCurve:
    return found.curve if isinstance(found, FindingOut) else found


def _words(found: FindingOut | ChanceCurve, one: ChanceCurve, lang: str) -> Words:
    sv = language_index(lang) == 0
    level = f"{share(one.level, lang, step=0.01)}"
    note = (
        f"Skuggat: exakt {level}-intervall av andelen dragningar."
        if sv
        else f"Shaded: exact {level} interval of the share of draws."
    )
    if isinstance(found, FindingOut):
        title = one.sentence(lang).split(";")[0].rstrip(".")
        text = found.sentence(lang)
        return Words(title, found.about, f"{note} {text}", texts(found.doubts, lang))
    return Words(one.sentence(lang).rstrip("."), "", note, ())
