"""The words of the register of assumptions in Swedish and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kravsim.scenario.values import ASSUMPTION
from kravsim.words.display import NO_BREAK
from kravsim.words.wording import capital, language_index, model_name

HEADER: Final = (
    ("nr", "nyckel", "värde", "spann", "enhet", "status", "gynnar", "källa", "anmärkning"),
    ("no", "key", "value", "range", "unit", "status", "favours", "source", "note"),
)

STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "sourced": ("ur källa", "sourced"),
    "derived": ("härledd", "derived"),
    "assumed": ("antagen", "assumed"),
    "choice": ("val", "choice"),
}

SUMMED: Final[Mapping[str, tuple[str, str]]] = {
    "derived": ("härledda", "derived"),
    "assumed": ("antagna", "assumed"),
}
"""Statuses of several numbers."""

ASSUMPTION_TITLE: Final = ("antagande", "assumption")

_SOURCES: Final[Mapping[str, tuple[str, str]]] = {ASSUMPTION: ASSUMPTION_TITLE}

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "number": ("", ""),
    "chance": ("slump", "chance"),
    "law": ("lag", "law"),
    "published": ("publicerad", "published"),
    "alternative": ("alternativ", "alternative"),
    "correlation": ("rangkorrelation", "rank correlation"),
    "choice": ("", ""),
}
"""What is added to the status where a row is not an ordinary number."""

FAVOURS: Final[Mapping[str, tuple[str, str]]] = {
    "in_house": ("egen regi", "in-house"),
    "outsourced": ("inkassoföretag", "outsourced"),
    "neither": ("ingendera", "neither"),
    "unknown": ("okänt", "unknown"),
}

UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "kr": ("kr", "kr"),
    "öre": ("öre", "öre"),
    "share": ("andel", "share"),
    "days": ("dagar", "days"),
    "minutes": ("minuter", "minutes"),
    "years": ("år", "years"),
    "per_year": ("per år", "a year"),
    "kr_per_year": ("kr per år", "kr a year"),
    "share_per_year": ("andel per år", "share a year"),
    "count": ("antal", "count"),
    "fte": ("årsarbetare", "FTE"),
    "number": ("tal", "number"),
    "percent": ("procent", "per cent"),
}

SECTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "law": ("Lagen", "The law"),
    "body": ("Organisationen", "The public body"),
    "horizon": ("Tiden", "Time"),
    "invoices": ("Fakturor", "Invoices"),
    "debtors": ("Gäldenärer", "Debtors"),
    "behaviour": ("Beteende", "Behaviour"),
    "timing": ("Tider", "Timing"),
    "policy": ("Borgenärens val", "The creditor's policy"),
    "alternatives": ("Andra läsningar, med vikter", "Other readings, with weights"),
    "correlations": ("Samband mellan osäkra tal", "Correlations between uncertain numbers"),
    "targets": ("Publicerade siffror som modellen prövas mot", "Published figures that the model is held against"),
}


def section_name(section: str, lang: str) -> str:
    """Name a section of the register.

    Parameters
    ----------
    section : str
        First part of a key, such as `timing`; of a model with its name.
    lang : str
        `sv` or `en`.

    Examples
    --------
    >>> section_name("timing", "sv"), section_name("models.in_house", "en")
    ('Tider', 'Model: in-house collection')
    """
    place = language_index(lang)
    if section.startswith("models."):
        name = model_name(section.removeprefix("models."), lang)
        return f"{'Modell' if place == 0 else 'Model'}: {name}"
    return SECTIONS[section][place] if section in SECTIONS else capital(section.replace("_", " "))


def cell(name: str, value: object, lang: str) -> str:
    """Write a cell of :class:`kravsim.scenario.describe.Row` for people, by the name of its column; empty for None.

    Parameters
    ----------
    name : str
        Name of the column.
    value : object
        What the row holds in it.
    lang : str
        `sv` or `en`.
    """
    words = {"unit": UNITS, "status": STATUSES, "favours": FAVOURS, "source": _SOURCES}.get(name, {})
    if name == "key" and isinstance(value, str) and language_index(lang) == 0:
        return value.replace(" (history, ", " (historia, ")
    if isinstance(value, str):
        return words.get(value, (value, value))[language_index(lang)]
    return "" if value is None else shown(value, lang)


def shown(value: object, lang: str) -> str:
    """Write a value for people: grouped digits, the language's decimal mark, lists with commas between.

    Parameters
    ----------
    value : object
        A truth value, number, text or date, or a list of them.
    lang : str
        `sv` or `en`.
    """
    if isinstance(value, bool):
        return (("nej", "no"), ("ja", "yes"))[value][language_index(lang)]
    if isinstance(value, int):
        return f"{value:,}".replace(",", NO_BREAK)
    if isinstance(value, float):
        text = f"{value:,.6f}".rstrip("0").rstrip(".").replace(",", NO_BREAK)
        return text.replace(".", ",") if language_index(lang) == 0 else text
    if isinstance(value, tuple | list):
        return ("; " if language_index(lang) == 0 else ", ").join(shown(item, lang) for item in value)
    return str(value)


def summary(counts: Mapping[str, int], favoured: Mapping[str, int], lang: str) -> str:
    """Say how many numbers there are, how well they are founded and whom the assumed ones favour.

    Parameters
    ----------
    counts : mapping of str to int
        How many numbers there are of each status.
    favoured : mapping of str to int
        How many assumed numbers favour each side.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    total = sum(counts.values())
    parts = ", ".join(f"{count} {SUMMED.get(status, STATUSES[status])[place]}" for status, count in counts.items())
    whom = ", ".join(f"{count} {FAVOURS[who][place]}" for who, count in favoured.items() if count)
    if place == 0:
        return f"{total} tal: {parts}. De antagna gynnar, enligt egen bedömning: {whom}."
    return f"{total} numbers: {parts}. By their own account the assumed ones favour: {whom}."
