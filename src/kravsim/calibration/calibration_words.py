"""The words around a calibration in Swedish and English."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from kravsim.words.display import number
from kravsim.words.doubts import doubted
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.calibration.calibration import Calibration

_LINES: Final[Mapping[str, tuple[str, str]]] = {
    "fit": (
        "Uppgifterna mot de parametermängder som återstår (5, 50 och 95 %)",
        "Figures against the parameter sets that remain (5, 50 and 95%)",
    ),
    "ridges": (
        "Åsar: vad varje uppgift binder, och hur öppna delarna är var för sig (sd efter / före)",
        "Ridges: what each figure pins, and how open its parts are one by one (sd after / before)",
    ),
    "moved": ("Tal som böckerna flyttat", "Numbers that the books moved"),
    "pairs": ("Tal som böckerna binder till varandra", "Numbers that the books tie to each other"),
}
_HEADERS: Final[Mapping[str, tuple[list[str], list[str]]]] = {
    "fit": (
        ["uppgift", "intervall", "5 %", "50 %", "95 %", "inom", "närmast, fel"],
        ["figure", "interval", "5%", "50%", "95%", "inside", "nearest, off by"],
    ),
    "ridges": (
        ["uppgift", "bunden", "del", "vikt", "delen ensam"],
        ["figure", "pinned", "part", "weight", "part alone"],
    ),
    "moved": (
        ["tal", "medel före", "sd före", "medel efter", "sd efter", "sd-kvot", "flytt"],
        ["number", "mean before", "sd before", "mean after", "sd after", "sd ratio", "shift"],
    ),
    "pairs": (["tal", "tal", "samband", "före"], ["number", "number", "correlation", "before"]),
}


def line(name: str, lang: str) -> str:
    """Heading of a table.

    Parameters
    ----------
    name : str
        Machine name of the table.
    lang : str
        `sv` or `en`.
    """
    return _LINES[name][language_index(lang)]


def header(name: str, lang: str) -> list[str]:
    """Columns of a table.

    Parameters
    ----------
    name : str
        Machine name of the table.
    lang : str
        `sv` or `en`.
    """
    return list(_HEADERS[name][language_index(lang)])


def title_of(calibration: Calibration, lang: str) -> str:
    """How many sets, of how many numbers, with which seed.

    Parameters
    ----------
    calibration : Calibration
        The calibration that is told.
    lang : str
        `sv` or `en`.
    """
    n, d, seed = len(calibration), len(calibration.keys), calibration.seed
    if language_index(lang) == 0:
        return f"{n} parametermängder av {d} tal, slumpserie {seed}"
    return f"{n} parameter sets of {d} numbers, seed {seed}"


def shown(x: float, lang: str) -> str:
    """Write a number with three or four digits that count.

    Parameters
    ----------
    x : float
        In the unit of its key, which is not written.
    lang : str
        `sv` or `en`.
    """
    if x == 0:
        return "0"
    digits = 10.0 ** max(math.floor(math.log10(abs(x))) - 2, -6)
    return number(x, lang, step=min(digits, 1.0) if abs(x) < 1000 else 1.0)


def sentence(calibration: Calibration, lang: str) -> str:
    """Say what the books allow and leave open, or which figures do not agree; and whether the sample is thin.

    Parameters
    ----------
    calibration : Calibration
        The calibration that is told.
    lang : str
        `sv` or `en`.
    """
    return doubted(_answer(calibration, lang), calibration.doubts, lang)


def _answer(calibration: Calibration, lang: str) -> str:
    said, diagnosis = _allowed(calibration, lang), calibration.diagnosis
    if not diagnosis.thin:
        return said
    if language_index(lang) == 0:
        few = f"{diagnosis.ess:.0f} mängders värde där {diagnosis.ess_wanted} behövs för säkra percentiler"
        return f"{said} Urvalet är tunt, {few}: fler partiklar (--particles) ger fler."
    few = f"worth {diagnosis.ess:.0f} sets where percentiles want {diagnosis.ess_wanted}"
    return f"{said} The sample is thin, {few}: more particles (--particles) give more."


def _allowed(calibration: Calibration, lang: str) -> str:
    swedish = language_index(lang) == 0
    moved = sum(known.moved for known in calibration.numbers)
    total, diagnosis = len(calibration.keys), calibration.diagnosis
    chance = _one_in(diagnosis.log_evidence, lang)
    if calibration.conflict:
        names = ", ".join(calibration.conflict)
        if swedish:
            return f"Uppgifterna går inte ihop i denna läsning: {names} nås inte tillsammans med de övriga."
        return f"The figures do not agree in this reading: {names} cannot be met along with the rest."
    if swedish:
        return (
            f"Böckerna flyttar {moved} av {total} tal och lämnar resten öppna; {chance} av vad som höll för möjligt före "
            f"böckerna stämmer med dem (effektivt stickprov {diagnosis.ess:.0f})."
        )
    return (
        f"The books move {moved} of {total} numbers and leave the rest open; {chance} of what was held possible before "
        f"them agrees with them (effective sample {diagnosis.ess:.0f})."
    )


def _one_in(log_chance: float, lang: str) -> str:
    many = math.exp(min(-log_chance, 60.0))
    rounded = round(many, 1 - math.floor(math.log10(many)))
    text = number(rounded, lang) if rounded < 1e9 else f"{rounded:.0e}"
    return f"en på {text}" if language_index(lang) == 0 else f"one in {text}"
