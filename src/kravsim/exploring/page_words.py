"""The words of the page and the widget, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kravsim.ledger.lines import Pair
from kravsim.words.wording import language_index

WORDS: Final[Mapping[str, Pair]] = {
    "title": ("Fråga jämförelsen", "Ask the comparison"),
    "about": (
        (
            "Dra i reglagen och se hur mycket mer eller mindre {first} ger i nettointäkt per år än {second}. Beloppen "
            "är de väntade under ett vanligt år och räknas ut direkt; slumpen mellan åren är inte med."
        ),
        (
            "Move the sliders and see how much more or less net revenue a year {first} gives than {second}. Amounts "
            "are those to be expected of an ordinary year, worked out at once; chance between years is left out."
        ),
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
        (
            "Skillnaden är för liten för att anges här: sidan kan visa fel med {error}, vilket är mer än en tiondel av "
            "den. Simulera för ett säkrare svar."
        ),
        (
            "The difference is too small to be given here: this page may be wrong by {error}, which is more than a "
            "tenth of it. Simulate for a surer answer."
        ),
    ),
    "none": (
        (
            "Inget svar här: personalen hinner inte med arbetet, så kön växer år efter år (överbelastning). Simulera "
            "för att se vad det leder till."
        ),
        (
            "No answer here: the staff cannot do the work, so that the queue grows year after year (overload). "
            "Simulate to see what comes of it."
        ),
    ),
    "impossible": (
        "Inget svar här: talen går inte ihop. Andelar som hör samman blir mer än 100 %, eller så är gäldenärerna för få.",
        (
            "No answer here: the numbers do not fit together. Shares of the same whole come to more than 100%, or "
            "there are too few debtors."
        ),
    ),
    "spread": (
        "Det som är osäkert utöver reglagen kan flytta den: i nio fall av tio ligger den mellan {low} och {high}.",
        "What is uncertain beside the sliders can move it: in nine cases out of ten it lies between {low} and {high}.",
    ),
    "error": (
        (
            "Sidan räknar ungefärligt. Jämförd med den noggranna beräkningen i {points} slumpvis valda lägen är felet "
            "som mest {error}, och i 95 av 100 lägen högst {usual}."
        ),
        (
            "This page works approximately. Held against the exact calculation at {points} positions chosen at random, "
            "its error is {error} at most, and no more than {usual} at 95 of 100."
        ),
    ),
    "error_unknown": (
        (
            "Sidan har inget svar någonstans, eller nästan ingenstans, där reglagen kan stå: personalen hinner inte "
            "med arbetet (överbelastning)."
        ),
        (
            "This page has an answer nowhere, or almost nowhere, that the sliders can stand: the staff cannot do the "
            "work (overload)."
        ),
    ),
    "without": (
        (
            "I {without} av de {points} lägena finns inget svar. Sidan säger det i {said} av dem, och ger inte heller "
            "svar i {refused} där det finns."
        ),
        (
            "At {without} of the {points} positions there is no answer. The page says so at {said} of them, and gives "
            "none at {refused} that have one either."
        ),
    ),
    "worlds": (
        (
            "De nio fallen av tio: {numbers} osäkra tal utan reglage har dragits ur sina spann {worlds} gånger, utan "
            "att stämmas av mot publicerade siffror; personalen är då så stor som arbetet kräver där fallet säger det. "
            "Slumpen mellan år ingår inte, och inte heller andra sätt att läsa fallet."
        ),
        (
            "The nine cases out of ten: {numbers} uncertain numbers without a slider were drawn from their ranges "
            "{worlds} times, before published figures were consulted; the staff are then as many as the work needs "
            "where the case says so. Chance between years is not in it, nor are other ways to read the case."
        ),
    ),
    "worlds_without": (
        " {without} av gångerna fanns inget svar, och de ingår inte.",
        " {without} of them had no answer and are left out.",
    ),
    "no_worlds": (
        "Inget osäkert tal utan reglage flyttar svaret, eller så finns svar för sällan: därför visas inget spann.",
        "No uncertain number without a slider moves the answer, or answers are too few: no range is shown.",
    ),
    "narrowed": (
        "Reglagen är kortade: längst ut skulle talen inte gå ihop.",
        "The sliders are shortened: at their outermost ends the numbers would not fit together.",
    ),
    "together": (
        "Antalet gäldenärer följer antalet fakturor, och medianen av ett belopp följer dess medelvärde.",
        "The number of debtors follows that of invoices, and the median of an amount its mean.",
    ),
    "sliders": ("Reglage", "Sliders"),
    "marks": (
        "▲ visar var skillnaden byter tecken om bara det reglaget flyttas; | visar var fallet står.",
        "▲ is where the difference changes its sign if that slider alone is moved; | is where the case stands.",
    ),
    "turns": ("Byter tecken vid ungefär {at}.", "Changes its sign at about {at}."),
    "keeps": ("Byter inte tecken inom reglaget.", "Does not change its sign within the slider."),
    "noneTo": ("Inget svar upp till ungefär {high}.", "No answer up to about {high}."),
    "noneFrom": ("Inget svar från ungefär {low}.", "No answer from about {low} on."),
    "noneBetween": ("Inget svar från {low} till {high}.", "No answer from {low} to {high}."),
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
    "unknown": (
        "Adressen nämner reglage som inte finns på sidan, och de lästes inte: {parts}.",
        "The address names sliders that are not on this page, and they were not read: {parts}.",
    ),
    "outside": (
        "Adressen anger {part}, men reglaget går från {low} till {high}; det står kvar där fallet står.",
        "The address says {part}, but that slider goes from {low} to {high}; it stays where the case stands.",
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
