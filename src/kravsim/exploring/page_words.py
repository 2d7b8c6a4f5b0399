"""The words of the page and the widget, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kravsim.ledger.lines import Pair
from kravsim.studies.decision.closed_form import IMPOSSIBLE, NO_ANSWER
from kravsim.words.wording import language_index

WORDS: Final[Mapping[str, Pair]] = {
    "title": ("Fråga jämförelsen", "Ask the comparison"),
    "about": (
        "Dra i reglagen: vad {first} ger i nettointäkt per år, minus {second}, räknat i sluten form.",
        "Move the sliders: what {first} gives in net revenue a year, less {second}, in closed form.",
    ),
    "difference": ("Skillnad i nettointäkt per år", "Difference in net revenue a year"),
    "less": (
        "{first} ger {size} mindre nettointäkt per år än {second}.",
        "{first} gives {size} less net revenue a year than {second}.",
    ),
    "more": (
        "{first} ger {size} mer nettointäkt per år än {second}.",
        "{first} gives {size} more net revenue a year than {second}.",
    ),
    "near": (
        "Skillnaden är för liten för sidan: sidans största fel, {error}, är mer än en tiondel av den. Simulera här.",
        "The difference is too small for this page: its largest error, {error}, is more than a tenth of it. Simulate here.",
    ),
    "none": (NO_ANSWER.sv, NO_ANSWER.en),
    "impossible": (IMPOSSIBLE.sv, IMPOSSIBLE.en),
    "spread": ("Nio lägen av tio: {low} till {high}.", "Nine worlds of ten: {low} to {high}."),
    "error": (
        "Sidans största fel i {points} punkter utanför anpassningen: {error} (95 av 100 inom {usual}).",
        "The page's largest error at {points} held-out points: {error} (95 of 100 within {usual}).",
    ),
    "error_unknown": (
        (
            "Sluten form har svar ingenstans, eller nästan ingenstans, inom reglagens spann: personalen hinner inte med "
            "arbetet (överbelastning)."
        ),
        (
            "The closed form has an answer nowhere, or almost nowhere, within the sliders' ranges: the staff cannot do "
            "the work (overload)."
        ),
    ),
    "without": (
        "I {without} av de {points} punkterna saknas svar i sluten form; sidan säger det i {said}, och i {refused} med svar.",
        "At {without} of the {points} points there is no answer; the page says so at {said}, and at {refused} that have one.",
    ),
    "worlds": (
        (
            "Lägen: {numbers} osäkra tal utan reglage drogs ur sina spann i {worlds} lägen, före det att böckerna har "
            "tillfrågats; personalen är då så stor som arbetet kräver där fallet säger det. Slumpen mellan år och andra "
            "läsningar av fallet ingår inte."
        ),
        (
            "Worlds: {numbers} uncertain numbers without a slider were drawn from their ranges in {worlds} worlds, before "
            "the books were consulted; the staff are then as many as the work needs where the case says so. Chance between "
            "years and other readings of the case are not in it."
        ),
    ),
    "worlds_without": (
        " {without} lägen saknar svar och ingår inte.",
        " {without} worlds have no answer and are left out.",
    ),
    "no_worlds": (
        "Inget osäkert tal utan reglage flyttar svaret, eller för få lägen har svar: något spann visas inte.",
        "No uncertain number without a slider moves the answer, or too few worlds have one: no range is shown.",
    ),
    "narrowed": (
        "Spannen är indragna: i deras yttersta hörn vore läget omöjligt.",
        "The ranges are drawn in: in their outermost corners the world would be impossible.",
    ),
    "together": (
        "Gäldenärerna följer antalet fakturor, och ett belopps median dess medel.",
        "Debtors follow the number of invoices, and the median of an amount its mean.",
    ),
    "sliders": ("Reglage", "Sliders"),
    "marks": (
        "▲ är där skillnaden vänder om bara det reglaget flyttas; | är där fallet står.",
        "▲ is where the difference turns if that slider alone is moved; | is where the case stands.",
    ),
    "turns": ("Vänder vid ungefär {at}.", "Turns at about {at}."),
    "keeps": ("Vänder inte inom spannet.", "Does not turn within the range."),
    "noneTo": ("Inget svar upp till ungefär {high} (överbelastning).", "No answer up to about {high} (overload)."),
    "noneFrom": ("Inget svar från ungefär {low} (överbelastning).", "No answer from about {low} on (overload)."),
    "noneBetween": (
        "Inget svar från {low} till {high} (överbelastning).",
        "No answer from {low} to {high} (overload).",
    ),
    "reset": ("Tillbaka till fallet", "Back to the case"),
    "budget": ("Årets resultat, rad för rad", "The year's statement, line by line"),
    "line": ("rad", "line"),
    "gap": ("skillnad", "difference"),
    "net": ("Nettointäkt", "Net revenue"),
    "simulate": ("Samma inställning simulerad, med slump:", "The same position simulated, with chance:"),
    "no_command": (
        (
            "Fallet som det står här kan inte skrivas som ett kommando (en hel tabell är ändrad, en "
            "läsning är vald, eller filen är en annan nu). Spara det som en fil för att simulera det."
        ),
        (
            "The case as it stands here cannot be written as a command (a whole table is changed, a "
            "reading is chosen, or the file is another now). Save it as a file to simulate it."
        ),
    ),
    "beyond": (
        "Adressen nämner inställningar som inte finns på sidan, och de lästes inte: {parts}",
        "The address names positions that are not on this page, and they were not read: {parts}",
    ),
    "no_script": (
        "Sidan räknar i webbläsaren och behöver JavaScript. Som fallet står: {answer}",
        "The page works in the browser and needs JavaScript. As the case stands: {answer}",
    ),
    "rounded": (
        "Belopp är avrundade till {step}; raderna är avrundade så att de summerar till nettointäkten.",
        "Amounts are rounded to {step}; lines are rounded so that they sum to net revenue.",
    ),
    "made": (
        "Gjord med kravsim {version}. Sidan hämtar inget från nätet.",
        "Made with kravsim {version}. The page fetches nothing.",
    ),
    "better": ("{name} ger mer", "{name} gives more"),
    "working": ("Räknar ...", "Working ..."),
}
"""Name -> Swedish and English; parts in braces are filled in by the page."""


def word(which: str, lang: str, /, **filled: object) -> str:
    """One of the texts, with its parts filled in.

    Parameters
    ----------
    which : str
        Its name.
    lang : str
        `sv` or `en`.
    **filled
        What stands in the braces.
    """
    text = WORDS[which][language_index(lang)]
    return text.format(**filled) if filled else text
