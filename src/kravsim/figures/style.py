"""The look of every figure: one palette, one set of settings, units and limits.

The palette is that of Okabe and Ito, which people with any of the common colour deficiencies can tell apart; no figure
says anything by colour alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

BLUE: Final = "#0072B2"
ORANGE: Final = "#E69F00"
GREEN: Final = "#009E73"
VERMILION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
SKY: Final = "#56B4E9"
INK: Final = "#1A1A1A"
GREY: Final = "#5F5F5F"
PALE: Final = "#D9D9D9"

WIDTH: Final = 9.0
"""Inches that a figure is wide on a screen."""
NARROWEST: Final = 6.0
"""Inches that a figure is laid out on at least; what is printed narrower is made smaller, letters and all."""
_MM_PER_INCH: Final = 25.4
_width: ContextVar[float] = ContextVar("width of figures", default=WIDTH)

MODEL_COLOURS: Final = (BLUE, ORANGE, PURPLE, SKY, GREEN, VERMILION)
"""Colours of the models, in the order of the comparison."""

RC: Final[Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 10.0,
    "text.usetex": False,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "xtick.color": GREY,
    "ytick.color": INK,
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "svg.fonttype": "path",
    "svg.hashsalt": "kravsim",
}
"""Settings that hold while a figure is drawn or saved, and never outside."""


@contextmanager
def look() -> Iterator[None]:
    """Hold the style while drawing or saving; what the user has set is untouched before and after."""
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(RC)
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


@contextmanager
def printed(width_mm: float) -> Iterator[None]:
    """Lay figures out for a width on paper, so that letters have their size there.

    Parameters
    ----------
    width_mm : float
        How wide they are printed.
    """
    before = _width.set(max(width_mm / _MM_PER_INCH, NARROWEST))
    try:
        yield
    finally:
        _width.reset(before)


def page_width() -> float:
    """Give how wide a figure is laid out, inches.

    Examples
    --------
    >>> page_width()
    9.0
    >>> with printed(170):
    ...     round(page_width(), 2)
    6.69
    """
    return _width.get()


def model_colour(place: int) -> str:
    """Give the colour of the model at a place in the comparison.

    Parameters
    ----------
    place : int
        From 0; the colours begin again after the last.

    Returns
    -------
    str
        As matplotlib takes it.
    """
    return MODEL_COLOURS[place % len(MODEL_COLOURS)]


def span(values: Sequence[float]) -> tuple[float, float]:
    """Give limits that hold all values with air around them, also when they are all the same.

    Parameters
    ----------
    values : sequence of float
        At least one; finite.

    Examples
    --------
    >>> span([0.0, 0.0]), span([0.0, 100.0])
    ((-1.0, 1.0), (-6.0, 106.0))
    """
    low, high = min(values), max(values)
    wide = high - low
    air = 0.06 * wide if wide > 0 else max(1.0, 0.05 * abs(high))
    return low - air, high + air


def span_around_zero(values: Sequence[float], least: float) -> tuple[float, float]:
    """Give limits around 0 with at least the share `least` of the width on either side of it.

    Parameters
    ----------
    values : sequence of float
        Finite.
    least : float
        Above 0 and below a half.

    Examples
    --------
    >>> [round(x, 2) for x in span_around_zero([-94.0, -90.0], 0.25)]
    [-99.64, 33.21]
    """
    low, high = span([*values, 0.0])
    beside = least / (1 - least)
    return min(low, -beside * high), max(high, -beside * low)
