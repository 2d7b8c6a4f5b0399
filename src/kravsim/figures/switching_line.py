"""Over two numbers: the line along which the answer turns, the band it lies in, and where there is no answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.figures.frame import figure_of, framed
from kravsim.figures.labels import Words
from kravsim.figures.style import BLUE, GREY, INK, ORANGE, PALE, VERMILION
from kravsim.scenario import checked_call
from kravsim.studies.decision.swept import plain
from kravsim.words.display import MINUS, number, share
from kravsim.words.doubts import texts
from kravsim.words.key_words import in_words, key_label, quoted_name
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.studies.decision.line import SwitchingLine

_HEIGHT: Final = 4.4
_LEAST_REGION: Final = 0.04
"""Share of the plane from which a side is named in the picture."""
_LIGHT: Final = 0.16
_EDGE: Final = 0.08
"""Share of the height at the bottom and the top where a name would stand on what is written beside the picture."""
_NAME_SIZE: Final = 10.0
_AWAY: Final = (0.2, 0.1)
"""Shares of width and height that a side's name keeps from what else is written."""


def data(found: SwitchingLine) -> pd.DataFrame:
    """Give the numbers of the figure: `found.to_frame()`.

    Parameters
    ----------
    found : SwitchingLine
        What the figure shows.
    """
    return found.to_frame()


@checked_call
def draw(found: SwitchingLine, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw the plane: which side is better, the line between, its band over worlds, and what has no answer.

    Parameters
    ----------
    found : SwitchingLine
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
    language_index(lang)
    with framed(_HEIGHT, _words(found, lang), ax, upright=True, above=True) as ax:
        ax.set_xlim(found.x[0], found.x[-1])
        ax.set_ylim(found.y[0], found.y[-1])
        _planes(ax, found)
        taken = _levels(ax, found, lang)
        for piece in found.line:
            ax.plot(*zip(*piece, strict=True), color=VERMILION, linewidth=2.2, solid_capstyle="round", zorder=5)
        for y, one in found.confirmed:
            if math.isfinite(one.moved):
                ax.plot(one.span, [y, y], color=INK, linewidth=1.4, zorder=6)
                ax.plot([one.moved], [y], "o", color="white", markeredgecolor=INK, markersize=5, zorder=7)
        x, y = found.today
        if found.x[0] <= x <= found.x[-1] and found.y[0] <= y <= found.y[-1]:
            ax.plot([x], [y], "D", color=INK, markersize=7, zorder=8, clip_on=False)
            away = _beside(found, x, y)
            ax.annotate(
                "i dag" if lang == "sv" else "today",
                (x, y),
                xytext=away,
                textcoords="offset points",
                ha="left" if away[0] > 0 else "right",
                va="center",
                bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
                zorder=8,
            )
        _names(ax, found, [*taken, found.today, *((one.at, y) for y, one in found.confirmed)], lang)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda value, _: plain(float(f"{value:.10g}"), lang))
        ax.tick_params(axis="both", length=0)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        ax.set_xlabel(key_label(found.keys[0], lang))
        ax.set_title(key_label(found.keys[1], lang), loc="left", fontsize=9.5, color=INK, pad=5)
    return figure_of(ax)


def _beside(found: SwitchingLine, x: float, y: float) -> tuple[float, float]:
    """Where today's name stands: on the side with more room, and away from what is written above and below."""
    up = (y - found.y[0]) / (found.y[-1] - found.y[0])
    lift = -9.0 if up > 1 - _EDGE else 9.0 if up < _EDGE else 0.0
    return (9.0 if x < (found.x[0] + found.x[-1]) / 2 else -9.0), lift


def _planes(ax: Axes, found: SwitchingLine) -> None:
    """Colour both sides lightly, hatch what has no answer, and lay the band over it."""
    x, y, z = found.x, found.y, found.z.T
    if np.isnan(z).any():
        ax.contourf(x, y, np.zeros_like(z), levels=[-1, 1], colors=[PALE], hatches=["///"], zorder=0)
    if np.isfinite(z).any():
        finite: Any = np.ma.masked_invalid(z)
        top = max(float(np.nanmax(np.abs(z))), 1e-300) * 1.01
        ax.contourf(x, y, finite, levels=[-top, top], colors=["white"], zorder=0.5)
        ax.contourf(x, y, finite, levels=[-top, 0, top], colors=[ORANGE, BLUE], alpha=_LIGHT, zorder=1)
    low, high = (end.T for end in found.band)
    inside: Any = np.ma.masked_invalid(np.minimum(high, -low))
    if (inside > 0).any():
        ax.contourf(x, y, inside, levels=[0, float(inside.max()) * 1.01], colors=[VERMILION], alpha=0.25, zorder=2)


def _names(ax: Axes, found: SwitchingLine, taken: list[tuple[float, float]], lang: str) -> None:
    """Write what holds on each side where it has most room, away from what is written already."""
    z = found.z.T
    free = np.ones(z.shape, np.bool_)
    width, height = np.ptp(found.x), np.ptp(found.y)
    for x, y in taken:
        near = np.abs(found.x[None, :] - x) / width < _AWAY[0], np.abs(found.y[:, None] - y) / height < _AWAY[1]
        free &= ~(near[0] & near[1])
    nothing = "inget svar i sluten form" if lang == "sv" else "no answer in closed form"
    sides = [capital(side[language_index(lang)]) for side in found.better]
    shown = ((z > 0, sides[0]), (z <= 0, sides[1]), (np.isnan(z), nothing))
    for side, name in shown:
        if side.mean() >= _LEAST_REGION:
            _named(ax, found, (side & free) if (side & free).any() else side, name)


def _named(ax: Axes, found: SwitchingLine, side: np.ndarray[Any, np.dtype[np.bool_]], name: str) -> None:
    from scipy.ndimage import distance_transform_edt

    from kravsim.figures.canvas import figure_of, text_width

    room = np.asarray(distance_transform_edt(np.pad(side, 1), sampling=(1 / side.shape[0], 2 / side.shape[1])))
    i, j = np.unravel_index(int(np.argmax(room[1:-1, 1:-1])), side.shape)
    inches = ax.get_window_extent().width / figure_of(ax).dpi
    half = (text_width(name, _NAME_SIZE, "bold") / 2 + 0.1) / inches * np.ptp(found.x)
    x = min(max(float(found.x[j]), found.x[0] + half), found.x[-1] - half)
    style: dict[str, Any] = {"ha": "center", "va": "center", "fontweight": "bold", "color": INK, "zorder": 6}
    style["bbox"] = {"boxstyle": "square,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.75}
    ax.text(x, float(found.y[i]), name, fontsize=_NAME_SIZE, **style)


def _levels(ax: Axes, found: SwitchingLine, lang: str) -> list[tuple[float, float]]:
    """Thin lines of equal difference, with their amounts; gives where these stand."""
    from matplotlib.ticker import MaxNLocator

    known = found.z[np.isfinite(found.z)]
    if known.size < 4 or np.ptp(known) == 0:
        return []
    levels = [
        float(level)
        for level in MaxNLocator(nbins=5, steps=[1, 2, 5, 10]).tick_values(known.min(), known.max())
        if known.min() < level < known.max() and level
    ]
    if not levels:
        return []
    masked: Any = np.ma.masked_invalid(found.z.T)
    lines = ax.contour(found.x, found.y, masked, levels=levels, colors=[GREY], linewidths=0.7, linestyles="-", zorder=3)
    small = max(map(abs, levels)) < 10

    def shown(level: float) -> str:
        if found.unit == "share":
            return share(level, lang, minus=MINUS)
        return number(level, lang, step=0.01 if small else 1.0, minus=MINUS, signed=True)

    return [text.get_position() for text in ax.clabel(lines, fmt=shown, fontsize=8, inline_spacing=2)]


def _title(found: SwitchingLine, lang: str) -> str:
    """The answer in plain words; where there is none, or no line, what the answer itself says."""
    place = language_index(lang)
    if found.status != "line":
        return in_words(found.sentence(lang).split(". ")[0].rstrip("."), found.keys, lang)
    part, side = share(found.share_above, lang, step=0.01), capital(found.better[0][place])
    if place == 0:
        return f"{side} i den blå delen, {part} av kartan över två tal"
    return f"{side} in the blue part, {part} of the map of two numbers"


def _words(found: SwitchingLine, lang: str) -> Words:
    sv = language_index(lang) == 0
    title = _title(found, lang)
    kind = (" kr per år" if sv else " kr a year") if found.unit == "kr" else ""
    note = f"Grå linjer: skillnad,{kind}. " if sv else f"Grey lines: the figure,{kind}. "
    note = note.replace(",. ", ". ")
    if found.line:
        note += "Röd linje: där svaret vänder. " if sv else "Red line: where the answer turns. "
    if found.kind and found.line:
        note += (
            "Rött band: där linjen ligger i nio av tio lägen. "
            if sv
            else "Red band: where the line lies in nine of ten worlds. "
        )
    elif len(found.worlds) and found.line:
        n = len(found.worlds)
        note += (
            f"Rött band: där linjen ligger i nio av tio av {n} lägen med övriga tal dragna ur sina spann. "
            if sv
            else f"Red band: where the line lies in nine of ten of {n} worlds, all other numbers drawn from their ranges. "
        )
    if found.confirmed:
        years = found.confirmed[0][1].years
        note += (
            f"Ringar: dit {years} simulerade år pekar, med 95{chr(160)}%-intervall. "
            if sv
            else f"Circles: where {years} simulated years point to, with 95% intervals. "
        )
    if found.missing:
        note += "Skrafferat: inget svar i sluten form. " if sv else "Hatched: no answer in closed form. "
    about = f"{found.about} · {found.figure[language_index(lang)]}"
    if found.kind:
        about += f", {'medel över' if sv else 'mean over'} {len(found.worlds)} {'lägen' if sv else 'worlds'}"
    about += f" · {(' och ' if sv else ' and ').join(quoted_name(key, lang) for key in found.keys)}"
    return Words(title, about, note.rstrip(" "), texts([*(doubt for doubt, _ in found.missing), *found.doubts], lang))
