"""Upright axes of counts: round ticks written as people write them, from 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kravsim.words.display import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def counts_axis(ax: Axes, most: float, lang: str) -> None:
    """Set limits from 0, round ticks and a grid on the vertical axis.

    Parameters
    ----------
    ax : Axes
        Its vertical axis is set.
    most : float
        Highest value with the air above it; above 0.
    lang : str
        `sv` or `en`.
    """
    from matplotlib.ticker import FixedLocator, MaxNLocator

    ax.set_ylim(0, most)
    ticks = [float(t) for t in MaxNLocator(nbins=6, steps=[1, 2, 5, 10]).tick_values(0, most) if 0 <= t <= most]
    step = 1.0 if all(tick == int(tick) for tick in ticks) else 0.1
    ax.yaxis.set_major_locator(FixedLocator(ticks))
    ax.set_yticklabels([number(tick, lang, step=step) for tick in ticks])
    ax.yaxis.grid(visible=True)
    ax.tick_params(axis="both", length=0)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
