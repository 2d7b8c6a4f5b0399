"""What it would be worth to know everything before choosing, against what a model is worth beside the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREY, INK, span
from kravsim.scenario import checked_call
from kravsim.telling.uncertainty_words import SOURCES
from kravsim.words.display import MINUS, kr, number, step_for
from kravsim.words.doubts import texts
from kravsim.words.key_words import quoted_name
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.decision.found_out import FindingOut

_HEIGHT: Final = 3.4
_POINTS: Final = 121
_TITLE: Final[dict[str, Any]] = {"loc": "left", "fontsize": 9.5, "color": GREY, "pad": 5}


def data(found: FindingOut) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : FindingOut
        What the figure shows, of two models.

    Returns
    -------
    pandas.DataFrame
        `extra_kr` (what the first model is worth beside the figure, kr a year), `worth_kr` (of knowing everything before the
        choice, kr a year) and `chance_better` (share of worlds in which the first model is then the better one), rising.

    Raises
    ------
    ValueError
        When there are other than two models: with more, what an option gains on the best other is not what is chosen by.
    """
    import pandas as pd

    gain = _gain(found)
    ends = [-float(gain.max()), -float(gain.min()), 0.0]
    low, high = span(ends)
    extra = np.unique([*np.linspace(low, high, _POINTS), -float(gain.mean()), 0.0])
    return pd.DataFrame(
        {
            "extra_kr": extra,
            "worth_kr": [_worth(gain + one) for one in extra],
            "chance_better": [float((gain + one > 0).mean()) for one in extra],
        }
    )


@checked_call
def draw(found: FindingOut, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the value of knowing everything as a curve, with today's marked.

    Parameters
    ----------
    found : FindingOut
        What the figure shows, of two models.
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
    frame, gain = data(found), _gain(found)
    extra, worth = frame["extra_kr"].to_numpy(), frame["worth_kr"].to_numpy()
    with framed(_HEIGHT, _words(found, gain, lang), ax, upright=True, above=True) as ax:
        from kravsim.figures.canvas import money_axis
        from kravsim.figures.sweep import upright_axis

        upright_axis(ax, worth if worth.any() else np.ones(1), lang)
        money_axis(ax, (float(extra[0]), float(extra[-1])), lang)
        ax.yaxis.grid(visible=True)
        ax.fill_between(extra, 0, worth, color=BLUE, alpha=0.2, linewidth=0, zorder=2)
        ax.plot(extra, worth, color=BLUE, linewidth=2, zorder=3)
        now = _worth(gain)
        ax.plot([0], [now], "o", color=INK, markersize=7, zorder=5)
        aside = 8 if -extra[0] < extra[-1] else -8
        ax.annotate(
            ("i dag: ", "today: ")[place] + kr(now, lang, step=_step(now)),
            (0, now),
            xytext=(aside, 10),
            textcoords="offset points",
            ha="left" if aside > 0 else "right",
            fontweight="bold",
            bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85},
            zorder=6,
        )
        name = found.curve.name(lang)
        ax.set_xlabel((f"{name} värd utöver budgeten, kr per år", f"{name} worth beside the budget, kr a year")[place])
        ax.set_title(("värt att veta allt, kr per år", "worth of knowing all, kr a year")[place], **_TITLE)
    return figure_of(ax)


def _gain(found: FindingOut) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    options = found.everything.options
    if len(options) != 2:
        message = f"{len(options)} models: what knowing is worth is drawn for a choice between two"
        raise ValueError(message)
    return np.asarray(found.curve.gain, np.float64)


def _worth(gain: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """What it is worth to know everything before choosing between a gain and 0: no draw is chosen wrongly."""
    return max(0.0, float(np.maximum(gain, 0).mean()) - max(float(gain.mean()), 0.0))


def _step(value: float) -> float:
    return step_for(abs(value) / 100) if value else 1.0


def _words(found: FindingOut, gain: np.ndarray[tuple[int], np.dtype[np.float64]], lang: str) -> Words:
    place, one = language_index(lang), found.curve
    now, n = _worth(gain), number(len(gain), lang)
    ends = sorted((-float(gain.max()), -float(gain.min())))
    low, high = (number(end, lang, step=_step(ends[1] - ends[0]), minus=MINUS) for end in ends)
    own = one.name(lang)
    name, most = own[:1].lower() + own[1:], kr(_worth(gain - gain.mean()), lang, step=_step(_worth(gain - gain.mean())))
    worth = sorted(found.inputs, key=lambda part: -found.worth(part)[0])[:1]
    first = " & ".join(quoted_name(key, lang) for key in worth[0].inputs.names) if worth else ""
    if place == 0:
        title = (
            f"Att veta allt före valet är värt högst {kr(now, lang, step=_step(now))} per år"
            if now
            else "Mer kunskap ändrar inte valet: alla lägen säger detsamma"
        )
        title += f"; först {first}" if first else ""
        note = (
            f"Kurvan: vad det är värt att veta allt om {name} är värd så mycket per år utöver det som står i budgeten "
            f"(insyn, bemötande, oberoende). Först mellan {low} och {high} kr beror valet på sådant som ingen vet; "
            f"som mest är det då värt {most} per år."
        )
        worlds = f"{n} lägen {SOURCES[found.kind][0]}"
    else:
        title = (
            f"Knowing everything before the choice is worth at most {kr(now, lang, step=_step(now))} a year"
            if now
            else "Knowing more does not change the choice: every world says the same"
        )
        title += f"; first {first}" if first else ""
        note = (
            f"The curve: what knowing everything is worth if {name} is worth so much a year beside what the budget "
            f"shows (insight, how people are met, independence). Only between {low} and {high} kr does the choice "
            f"rest on what nobody knows; at most it is then worth {most} a year."
        )
        worlds = f"{n} worlds {SOURCES[found.kind][1]}"
    return Words(capital(title), f"{found.about} · {worlds}", note, texts(found.doubts, lang))
