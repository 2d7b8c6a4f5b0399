"""What every figure is drawn in: the style held while it is, its title, subtitle and note, and axes of the right height."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from kravsim.figures.style import look
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.figures.labels import Words

LEFT: Final = 1.25
"""Inches for amounts at the left of an upright axis."""
_ABOVE: Final = 0.24
"""Inches for the name of an upright axis above it."""
_BARE: Final = 0.45
"""Inches below a picture without axes."""
_LINE: Final = 0.17
_LINE_AIR: Final = 0.06
"""Inches that a line of a row's name takes, and between two names."""


@contextmanager
def framed(
    height: float,
    words: Words,
    ax: Axes | None,
    *,
    upright: bool = False,
    above: bool = False,
    bare: bool = False,
) -> Iterator[Axes]:
    """Give axes to draw in, of a figure of its own or of the caller's, with the style held meanwhile.

    Parameters
    ----------
    height : float
        Of the picture itself, inches.
    words : Words
        Title, subtitle, note and doubts.
    ax : Axes or None
        Of the caller's own figure.
    upright : bool
        Whether amounts stand at the left: room is made for them in a figure of its own.
    above : bool
        Whether the name of the upright axis stands above it: room is made for it.
    bare : bool
        Whether the picture has no axes: the note stands close below it.
    """
    with look():
        from kravsim.figures.canvas import BELOW, make_axes, typeset_axes
        from kravsim.figures.canvas import figure_of as whole

        room = {"above": _ABOVE if above else 0.0, "below": _BARE if bare else BELOW}
        own, ax = ax is None, make_axes(height, words, ax, **room)
        if upright and own:
            box, width = ax.get_position(), whole(ax).get_figwidth()
            ax.set_position((LEFT / width, box.y0, 1 - (LEFT + 0.3) / width, box.height))
        yield ax
        typeset_axes(ax)


def row_height(labels: Sequence[str], widest: float, least: float) -> float:
    """Give the height of rows that have room for the longest of their names, inches.

    Parameters
    ----------
    labels : sequence of str
        Names at the left.
    widest : float
        As for :func:`kravsim.figures.canvas.row_labels`.
    least : float
        Height of a row whose name is short.
    """
    with look():
        from kravsim.figures.canvas import label_width, wrapped

        lines = max((len(wrapped(label, label_width(widest), 10)) for label in labels), default=1)
    return max(least, _LINE * lines + _LINE_AIR)


def figure_of(ax: Axes) -> Figure:
    """Give the whole figure that axes belong to.

    Parameters
    ----------
    ax : Axes
        Of a figure or of a subfigure.
    """
    from kravsim.figures.canvas import figure_of as whole

    return whole(ax)


def with_unit(figure: tuple[str, str], unit: str, lang: str) -> str:
    """What an axis of kronor shows, a year; of other units what it shows alone.

    Parameters
    ----------
    figure : (str, str)
        What is shown, Swedish and English.
    unit : str
        Its unit, such as ``kr``.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    a_year = (", kr per år", ", kr a year")[place] if unit == "kr" else ""
    return capital(figure[place]) + a_year
