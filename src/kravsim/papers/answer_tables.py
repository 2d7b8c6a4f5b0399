"""The tables of a paper's text and the sentences before them: the statement, and what the answer rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.checking.register_words import FAVOURS, STATUSES
from kravsim.figures.labels import shown_causes
from kravsim.results.run import measures_of
from kravsim.studies.decision.swept import plain
from kravsim.telling.sentence import percent_range
from kravsim.telling.shown import ECONOMIC, PRICE, PRINCIPAL
from kravsim.words.display import kr, number
from kravsim.words.key_words import key_label
from kravsim.words.table import Row, Table, parts, plain_rows
from kravsim.words.wording import capital, cause_name, language_index, line_name, metric_name

if TYPE_CHECKING:
    from kravsim.papers.asked import Asked
    from kravsim.statistics.distribution import Distribution
    from kravsim.studies.decision.tornado import Swing

_OF: Final = ("av", "of")
_TOP: Final = 7
"""Inputs in the table of what the answer rests on."""


def chance_of(spread: Distribution, lang: str) -> tuple[str, str, str]:
    """In how many worlds the first model is better, of how many, and the interval of its chance.

    Parameters
    ----------
    spread : Distribution
        Of the difference, first less second.
    lang : str
        `sv` or `en`.
    """
    above = round(spread.prob_above(0) * spread.n)
    return number(above, lang), number(spread.n, lang), percent_range(spread.prob_above_interval(0), lang)


def readings_table(found: Asked, lang: str) -> Table:
    """The answer by each way to read the figures; without rows where there is one way alone.

    Parameters
    ----------
    found : Asked
        The answers.
    lang : str
        `sv` or `en`.
    """
    place, first = language_index(lang), found.uncertain.runs[0].name(lang)
    rows = []
    for reading in found.uncertain.readings:
        gap = reading.difference
        if gap is not None and reading.dimension == "reading":
            above, n, percent = chance_of(gap, lang)
            mean = kr(gap.mean, lang, step=gap.step())
            rows.append((reading.titles[place], mean, f"{above} {_OF[place]} {n} ({percent})"))
    caption = ("Svaret vid varje sätt att läsa underlaget", "The answer by each way to read the figures")[place]
    header = (
        ("Läsning", "Skillnad per år, i medeltal", f"Lägen där {first} är bättre"),
        ("Reading", "Difference a year, on average", f"Worlds in which {first} is better"),
    )[place]
    return Table(caption, header, plain_rows(rows))


def money_text(found: Asked, lang: str) -> str:
    """Say what the statement shows, and which causes make the largest differences.

    Parameters
    ----------
    found : Asked
        The answers.
    lang : str
        `sv` or `en`.
    """
    cmp = found.comparison
    moved = sorted(((abs(kr_of), cause, kr_of) for cause, kr_of in shown_causes(cmp).items()), reverse=True)[:3]
    listed = [f"{cause_name(cause, lang)} {kr(amount, lang, signed=True)}" for _, cause, amount in moved if amount]
    n, body = number(cmp.n, lang), cmp.first.receiver(lang)
    if language_index(lang) == 0:
        return (
            f"Tabellen visar ett representativt år i grundfallet, medelvärden av {n} simulerade år sedda från "
            f"{body}: inkomster är positiva, kostnader negativa. Störst skillnad gör {', '.join(listed)}. Raderna "
            "är avrundade så att de summerar."
        )
    return (
        f"The table shows a representative year of the base case, means of {n} simulated years seen from "
        f"{body}: income is positive, cost negative. "
        f"The largest differences: {', '.join(listed)}. Lines are rounded so that they add up."
    )


def money_table(found: Asked, lang: str) -> Table:
    """The statement of a representative year; what is printed adds up.

    Parameters
    ----------
    found : Asked
        The answers.
    lang : str
        `sv` or `en`.
    """
    place, cmp = language_index(lang), found.comparison
    shown = cmp.shown

    def cells(amounts: list[float]) -> list[str]:
        return [kr(amount, lang) for amount in (*amounts, amounts[0] - amounts[1])]

    known = list(dict.fromkeys(line for run in cmp.runs for line in run.lines))
    lines = [Row((capital(line_name(line, lang)), *cells(shown.line(line)))) for line in known if any(shown.line(line))]
    net = Row((capital(metric_name("net_revenue_kr", lang)), *cells(shown.measure("net_revenue_kr"))), total=True)
    rest = [
        Row((capital(metric_name(name, lang)), *cells(shown.measure(name))), total=name == ECONOMIC)
        for name in measures_of(cmp.runs)
        if name in (PRINCIPAL, PRICE, ECONOMIC)
    ]
    header = (("Kr per år", "skillnad"), ("Kr a year", "difference"))[place]
    names = [capital(run.name(lang)) for run in cmp.runs]
    caption = (
        f"Ett representativt år, kr, sett från {cmp.first.receiver('sv')}",
        f"A representative year, kr, seen from {cmp.first.receiver('en')}",
    )[place]
    return Table(caption, (header[0], *names, capital(header[1])), parts(lines, [net], rest))


def top_inputs(found: Asked, most: int = _TOP) -> list[Swing]:
    """The inputs that move the difference most, one at a time; readings of the figures are left out.

    Parameters
    ----------
    found : Asked
        The answers.
    most : int
        How many at most.
    """
    known = {row.key for row in found.scenario.rows()}
    return [one for one in found.sensitivity.tornado.swings if one.swing > 0 and one.name in known][:most]


def rests_text(found: Asked, lang: str) -> str:
    """Say how much of the calculation is known.

    Parameters
    ----------
    found : Asked
        The answers.
    lang : str
        `sv` or `en`.
    """
    counts = found.register.counts()
    total = number(sum(counts.values()), lang)
    shown = {name: number(count, lang) for name, count in counts.items()}
    if language_index(lang) == 0:
        return (
            f"Beräkningen har {total} tal: {shown['sourced']} kommer ur en källa, {shown['derived']} är härledda ur "
            f"källor och {shown['assumed']} är antaganden. Tabellen visar de tal som flyttar svaret mest när ett i "
            "taget går från den ena änden av sitt spann till den andra; samspel syns inte där. Alla tal, med källa "
            "och vem de gynnar, står i bilagans antaganderegister."
        )
    return (
        f"The calculation has {total} numbers: {shown['sourced']} come from a source, {shown['derived']} are derived "
        f"from sources and {shown['assumed']} are assumptions. The table shows those that move the answer most when "
        "one at a time goes from one end of its range to the other; interactions are not seen there. All of them, "
        "with source and whom they favour, stand in the register of assumptions in the appendix."
    )


def rests_table(found: Asked, lang: str) -> Table:
    """The inputs that move the difference most, one at a time.

    Parameters
    ----------
    found : Asked
        The answers.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    rows_of = {row.key: row for row in found.scenario.rows()}
    header = (
        ("Tal", "I dag", "Spann", "Flyttar svaret", "Vänder det?", "Status", "Gynnar"),
        ("Number", "Today", "Range", "Moves the answer", "Turns it?", "Status", "Favours"),
    )[place]
    rows = []
    for one in top_inputs(found):
        row = rows_of[one.name]
        status = STATUSES[row.status][place] if row.status in STATUSES else row.status
        favours = FAVOURS[row.favours][place] if row.favours in FAVOURS else ""
        turns = (("ja", "nej"), ("yes", "no"))[place][0 if one.flips else 1]
        span = f"{plain(one.low, lang)} – {plain(one.high, lang)}"
        moved = kr(one.swing, lang, step=1000)
        rows.append(Row((key_label(one.name, lang), plain(one.base, lang), span, moved, turns, status, favours)))
    caption = (
        "De tal som flyttar skillnaden mest, ett i taget",
        "The numbers that move the difference most, one at a time",
    )[place]
    return Table(caption, header, tuple(rows), left=(0, 4, 5, 6))
