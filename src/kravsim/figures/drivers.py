"""What an answer goes with over drawn worlds, by reading: its mean where an input is low and where it is high."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.figures.frame import figure_of, framed, row_height, with_unit
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREY, INK, ORANGE, span
from kravsim.scenario import checked_call
from kravsim.studies.decision.swept import plain
from kravsim.words.display import share
from kravsim.words.doubts import texts
from kravsim.words.key_words import key_name, quoted_name
from kravsim.words.reading_words import coded_title
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.decision.drivers import Drivers, InReading
    from kravsim.studies.decision.driving import Driver

_ROW: Final = 0.42
_WIDEST: Final = 3.8


@checked_call
def draw(found: Drivers, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the three strongest inputs of all worlds and of every reading that has any.

    Parameters
    ----------
    found : Drivers
        What the figure shows.
    ax : Axes, optional
        Draw in these axes instead of a figure of its own.
    lang : str
        `sv` or `en`.
    """
    rows = [(one, driver) for one in found.readings for driver in one.strongest]
    labels = [_label(one, driver, lang) for one, driver in rows]
    with framed(row_height(labels, _WIDEST, _ROW) * max(len(rows), 1) + 0.3, _words(found, lang), ax) as ax:
        from kravsim.figures.canvas import money_axis, row_labels

        values = [x for one, driver in rows for x in (driver.at_low, driver.at_high, one.mean)] or [0.0]
        low, high = span(values)
        air = 0.16 * (high - low)  # for what the ends are called
        ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
        if rows:
            row_labels(ax, list(range(len(rows))), labels, widest=_WIDEST)
        money_axis(ax, (low - air, high + air), lang)
        for at, (one, driver) in enumerate(rows):
            _bar(ax, at, one, driver, lang)
            if at and rows[at - 1][0] is not one:
                ax.axhline(at - 0.5, color=GREY, linewidth=0.6, zorder=1)
        ax.set_xlabel(with_unit(found.figure, found.unit, lang))
    return figure_of(ax)


def _label(one: InReading, driver: Driver, lang: str) -> str:
    name = one.reading.name or ("alla", "all")[language_index(lang)]
    return f"{name}: {key_name(driver.name, lang)} ({share(driver.share, lang, step=0.01)})"


def _bar(ax: Axes, at: int, one: InReading, driver: Driver, lang: str) -> None:
    for value, colour in ((driver.at_low, BLUE), (driver.at_high, ORANGE)):
        ax.barh(at, value - one.mean, left=one.mean, color=colour, height=0.6, zorder=3)
    ax.plot([one.mean, one.mean], [at - 0.42, at + 0.42], color=INK, linewidth=1.2, zorder=4)
    ends = sorted(((driver.at_low, driver.low), (driver.at_high, driver.high)), key=lambda end: end[0])
    for side, (value, label) in zip(("right", "left"), ends, strict=True):
        beyond = min(value, one.mean) if side == "right" else max(value, one.mean)
        ax.annotate(
            plain(label if isinstance(label, str) else float(f"{label:.4g}"), lang),
            (beyond, at),
            xytext=(-4 if side == "right" else 4, 0),
            textcoords="offset points",
            ha=side,
            va="center_baseline",
            fontsize=8.5,
        )


def _words(found: Drivers, lang: str) -> Words:
    sv = language_index(lang) == 0
    top = next((quoted_name(driver.name, lang) for one in found.readings for driver in one.strongest), "")
    title = f"Svaret går mest med {top}" if sv else f"The answer goes most with {top}"
    if not top:
        title = "Svaret följer inga enskilda indata" if sv else "The answer goes with no single input"
    note = (
        "Streck: medel över läsningens lägen. Blått: medel där indata är låga, orange: där de är höga; värdena står vid "
        "staplarna. Inom parentes: andel av variansen."
        if sv
        else "Line: mean over the reading's worlds. Blue: mean where the input is low, orange: where it is high; the values "
        "stand at the bars. In brackets: share of the variance."
    )
    shown = [one.reading for one in found.readings if one.strongest and one.reading.name]
    note = " ".join([note, *(f"{coded_title(one.name, one.titles, lang)}." for one in shown)])
    about = f"{found.about} · {len(found.answers)} {'lägen' if sv else 'worlds'}"
    return Words(title, about, note, texts(found.doubts, lang))
