"""What is paid once for a change, and when in a month cash moves, as running text: Swedish and English."""

from __future__ import annotations

import datetime as dt
from typing import Final

from kravsim.words.display import NO_BREAK
from kravsim.words.wording import language_index

KIND_WORDS: Final[dict[str, tuple[str, str]]] = {
    "system": ("system, upphandling och integration", "system, procurement and integration"),
    "procurement": ("upphandling", "procurement"),
    "integration": ("integration", "integration"),
    "recruiting": ("rekrytering", "recruiting"),
    "training": ("utbildning före bytet", "training before the change"),
    "running_in": ("inkörning", "running in"),
    "notice": ("lön under uppsägning", "pay during notice"),
    "redundancy": ("avgångsersättning", "redundancy pay"),
    "redeployment": ("lön till omplacering", "pay until redeployed"),
    "overlap": ("dubbla kostnader", "overlap"),
    "contract_years": ("avtalstid som är kvar", "contract years that are left"),
    "stock_run_off": ("avveckling av gamla ärenden", "run-off of old cases"),
    "exit": ("avslut av avtal", "exit from a contract"),
    "other": ("annat", "other"),
}
TIMING_WORDS: Final[dict[str, tuple[str, str]]] = {
    "end": ("i slutet av varje månad", "at the end of each month"),
    "middle": ("mitt i varje månad", "in the middle of each month"),
    "start": ("i början av varje månad", "at the beginning of each month"),
}
_MONTHS: Final = (
    ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"),
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def month_text(month: dt.date, lang: str) -> str:
    """Write a month with its year.

    Parameters
    ----------
    month : date
        Any day of it.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> month_text(dt.date(2018, 5, 1), "sv").split()
    ['maj', '2018']
    """
    return f"{_MONTHS[language_index(lang)][month.month - 1]}{NO_BREAK}{month.year}"


def day_text(day: dt.date, lang: str) -> str:
    """Write a day.

    Parameters
    ----------
    day : date
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> day_text(dt.date(2018, 5, 1), "en").split()
    ['1', 'May', '2018']
    """
    return f"{day.day}{NO_BREAK}{month_text(day, lang)}"
