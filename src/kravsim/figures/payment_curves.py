"""When principal is paid after each step: the share of claims by days since the step, one line a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREEN, INK, ORANGE, PALE, VERMILION
from kravsim.measures.incidence import CURVE_DAYS, DAYS
from kravsim.scenario import checked_call
from kravsim.settling.curves import COUNTED_IN, ORIGINS
from kravsim.telling.payment_tables import STEP_NAMES
from kravsim.words.display import replications, seeded, share
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.payment_curves import PaymentCurves
    from kravsim.results.run import Run

_HEIGHT: Final = 3.9
_STEPS: Final = ORIGINS[1:]
_COLOURS: Final = (GREEN, BLUE, ORANGE, VERMILION)
_MARKERS: Final = "osD^"
_LEFT, _NAMES_SIZE, _LEAST_GAP = 0.72, 9.0, 0.19
"""Inches beside the axes, size of the names at the right, and inches between two of them."""
_EVER_FACTOR: Final = 1.55
"""The last point, as long as claims are followed, lies so many times as far out as the last day."""


def data(found: PaymentCurves | Run) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : PaymentCurves or Run
        What the figure shows; of a run its curves.

    Returns
    -------
    pandas.DataFrame
        The rows of `to_frame()` with the event `principal_paid` of all claims.
    """
    frame = _curves(found).to_frame()
    return frame[(frame["event"] == "principal_paid") & (frame["group"] == "all")].reset_index(drop=True)


@checked_call
def draw(found: PaymentCurves | Run, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the share whose principal is paid by days since the step, in claims (full line) and kronor (dotted).

    Parameters
    ----------
    found : PaymentCurves or Run
        What the figure shows; of a run its curves.
    ax : Axes, optional
        Draw in these axes instead of a figure of its own.
    lang : str
        `sv` or `en`.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; it belongs to no pyplot state.
    """
    place, curves = language_index(lang), _curves(found)
    shown = {step: _line(curves, step, COUNTED_IN[0]) for step in _STEPS}
    shown = {step: line for step, line in shown.items() if np.isfinite(line).any()}
    names = {step: f"{STEP_NAMES[step][place]} {_last(shown[step], lang)}" for step in shown}
    with framed(_HEIGHT, _words(curves, lang), ax) as ax:
        from kravsim.figures.canvas import text_width

        widest = max((text_width(name, _NAMES_SIZE) for name in names.values()), default=0.0)
        _leave_room(ax, widest + 0.2)
        x = np.array([*CURVE_DAYS, CURVE_DAYS[-1] * _EVER_FACTOR], np.float64)
        for step in shown:
            style: dict[str, Any] = {"color": _COLOURS[_STEPS.index(step)], "zorder": 3}
            at = np.isin(np.arange(len(x)), [*np.searchsorted(CURVE_DAYS, DAYS), len(x) - 1])
            marked: dict[str, Any] = {
                "marker": _MARKERS[_STEPS.index(step)],
                "markersize": 5,
                "markevery": list(np.flatnonzero(at)),
            }
            ax.plot(x, shown[step], linewidth=1.8, **marked, **style)
            ax.plot(x, _line(curves, step, COUNTED_IN[1]), linewidth=1.1, linestyle=":", **style)
        ax.set_xscale("log")
        ticks = [*DAYS, 1095, x[-1]]
        ax.set_xticks(ticks, [*map(str, DAYS), ("3 år", "3\nyears")[place], ("till\nslutet", "in the\nend")[place]])
        ax.minorticks_off()
        ax.set_xlim(CURVE_DAYS[0], x[-1])
        values = [line[np.isfinite(line)].max() for line in shown.values()]
        ax.set_ylim(0, min(1.0, max([0.1, *values]) * 1.12))
        ax.yaxis.set_major_formatter(lambda value, _: share(value, lang, step=0.01))
        ax.yaxis.grid(visible=True, color=PALE)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_xlabel(("dagar från steget", "days since the step")[place])
        _name_lines(ax, {names[step]: (shown[step][-1], _COLOURS[_STEPS.index(step)]) for step in shown})
    return figure_of(ax)


def _curves(found: PaymentCurves | Run) -> PaymentCurves:
    from kravsim.results.run import Run

    return found.payment_curves() if isinstance(found, Run) else found


def _line(curves: PaymentCurves, step: str, counted_in: str) -> Any:
    """Shares by the days of the main curve, NaN where there are none."""
    found = [curves.share(step, days, counted_in=counted_in) for days in (*CURVE_DAYS, "ever")]
    return np.array([np.nan if one is None else one.mean for one in found])


def _last(line: Any, lang: str) -> str:
    return share(float(line[-1]), lang, step=0.01)


def _leave_room(ax: Axes, right: float) -> None:
    """Make room in a figure of its own for amounts at the left and names at the right."""
    from kravsim.figures.canvas import Picture, figure_of

    if isinstance(figure_of(ax), Picture):
        width, box = figure_of(ax).get_figwidth(), ax.get_position()
        ax.set_position((_LEFT / width, box.y0, box.x1 - (_LEFT + right) / width, box.height))


def _name_lines(ax: Axes, lines: dict[str, tuple[float, str]]) -> None:
    """Write the name of each line at its end, moved up or down until none lies on another."""
    from kravsim.figures.canvas import figure_of

    height = ax.get_window_extent().height / figure_of(ax).dpi
    gap = _LEAST_GAP / height * ax.get_ylim()[1]
    at = -np.inf
    for name, (end, colour) in sorted(lines.items(), key=lambda one: one[1][0]):
        at = max(at + gap, end)
        style: dict[str, Any] = {"va": "center", "fontsize": _NAMES_SIZE, "color": INK, "annotation_clip": False}
        ax.annotate(name, (ax.get_xlim()[1], at), xytext=(10, 0), textcoords="offset points", **style)
        ax.plot(
            [1.008], [at], marker="s", markersize=4, color=colour, clip_on=False, transform=ax.get_yaxis_transform()
        )


def _words(curves: PaymentCurves, lang: str) -> Words:
    place = language_index(lang)
    demand, days = curves.share("demand", 30), 30
    name = curves.names[place]
    if demand is None:
        title = (f"{name}: inga inkassokrav", f"{name}: no demands")[place]
    else:
        paid = share(demand.mean, lang, step=0.01)
        title = (
            f"{name}: {paid} av fordringarna är betalda inom {days} dagar från inkassokravet",
            f"{name}: {paid} of claims are paid within {days} days of the demand",
        )[place]
    n = replications(curves.replications, lang)
    about = f"{curves.scenario_title} ({curves.scenario_name}) · {n} · {seeded(curves.seed, lang)}"
    note = (
        (
            "Hel linje: andel av fordringarna vars kapital är helt betalt; prickad: andel av kapitalet. Övriga är öppna "
            "eller har avslutats på annat sätt (konkurrerande händelser, Aalen–Johansen). Logaritmisk dagsaxel."
        ),
        (
            "Full line: share of claims whose principal is paid in full; dotted: share of principal. The others are open or "
            "have ended otherwise (competing ends, Aalen–Johansen). The axis of days is logarithmic."
        ),
    )[place]
    return Words(capital(title), about, note, texts(curves.doubts, lang))
