"""The walk between any two models and scenarios, in the mean or at a percentile: the waterfall of a bridge."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from kravsim.figures.bridge import waterfall
from kravsim.figures.labels import Words
from kravsim.scenario import checked_call
from kravsim.telling.sentence import more_or_less
from kravsim.telling.walk_words import names, what
from kravsim.telling.walk_words import title as subject
from kravsim.words.display import MINUS, kr, replications, seeded
from kravsim.words.doubts import texts
from kravsim.words.wording import capital, cause_name, language_index

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kravsim.results.walk import Walk

_LONGEST: Final = 90
"""Letters of a name."""


def data(found: Walk) -> pd.DataFrame:
    """Give the numbers of the figure.

    Parameters
    ----------
    found : Walk
        What the figure shows.

    Returns
    -------
    pandas.DataFrame
        One row a bar, downwards: `kind` (start, cause, end), `cause` (empty at the ends), `mean_kr` (the amount, kr a
        calendar year), `from_kr`, `to_kr`, `shown_kr` (as printed) and `moves` (whether it is not 0).
    """
    import pandas as pd

    low, high, shown, _ = found.shown
    rows: list[tuple[str, str, float, float, float, float, bool]] = []
    rows.append(("start", "", found.start_kr, 0.0, found.start_kr, low, True))
    steps = [found.start_kr]
    for cause in found.causes:
        amount, before = found.cause_kr(cause), math.fsum(steps)
        steps.append(amount)
        rows.append(("cause", cause, amount, before, math.fsum(steps), shown[cause], amount != 0))
    rows.append(("end", "", found.end_kr, 0.0, found.end_kr, high, True))
    return pd.DataFrame(rows, columns=["kind", "cause", "mean_kr", "from_kr", "to_kr", "shown_kr", "moves"])


@checked_call
def draw(found: Walk, *, ax: Axes | None = None, lang: str = "sv") -> Figure:
    """Draw what lies between start and end, cause by cause, with its amounts as a column.

    Parameters
    ----------
    found : Walk
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
    full = data(found)
    drawn = full["moves"] | (full["shown_kr"] != 0)
    start, end = (_cut(capital(name)) for name in names(found, lang))
    still = tuple(full.loc[~drawn, "cause"])
    return waterfall(full[drawn].reset_index(drop=True), (start, end), _words(found, lang, still), ax=ax, lang=lang)


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"


def _words(found: Walk, lang: str, still: tuple[str, ...]) -> Words:
    sv, (low, high, causes, step) = language_index(lang) == 0, found.shown
    start, end = (_cut(name) for name in names(found, lang))
    gap = more_or_less(high - low, step, lang, minus=MINUS)
    title = f"{end} ger {gap} per år än {start}" if sv else f"{end} gives {gap} a year than {start}"
    if any(causes.values()):
        top = max(causes, key=lambda cause: abs(causes[cause]))
        amount = kr(causes[top], lang, minus=MINUS, signed=True)
        title += f"; mest betyder {cause_name(top, lang)}: {amount}" if sv else (
            f"; what matters most is {cause_name(top, lang)}: {amount}"
        )  # fmt: skip
    about = f"{subject(found)} · {what(found, lang)} · {replications(found.n, lang)} · {seeded(found.start.seed, lang)}"
    if found.percentile is None:
        note = "Beloppen är medelvärden, avrundade så att de går ihop." if sv else (
            "Amounts are means, rounded so that they add up."
        )  # fmt: skip
    else:
        note = (
            "En orsaks del är vad den väntas vara när summan har det värdet; delarna summerar utan rest."
            if sv
            else "The part of a cause is what it is expected to be where the sum has that value; nothing is left over."
        )
    if still:
        listed = ", ".join(cause_name(cause, lang) for cause in still)
        note += f" Ingen skillnad i: {listed}." if sv else f" No difference in: {listed}."
    return Words(capital(title), capital(about), note, texts(found.doubts, lang))
