"""Amounts of a figure as text: four digits of them, with their unit."""

from __future__ import annotations

from kravsim.words.display import NO_BREAK, number, share, step_for
from kravsim.words.wording import UNITS, language_index


def amount(value: float, unit: str, lang: str) -> str:
    """Write an amount.

    Parameters
    ----------
    value : float
        In `unit`.
    unit : str
        As ``kravsim.measures.measures.unit_of`` gives it.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> amount(-170_512.3, "kr", "sv").replace(NO_BREAK, " "), amount(0.5432, "share", "en"), amount(990.4, "count", "en")
    ('-170 500 kr', '54.32%', '990.4')
    """
    step = step_for(abs(value) / 1_000, unit if unit == "kr" else "") if value else 1.0
    if unit == "share":
        return share(value, lang, step=step)
    word = UNITS.get(unit, ("", ""))[language_index(lang)]
    return number(value, lang, step=step) + (NO_BREAK + word if word else "")
