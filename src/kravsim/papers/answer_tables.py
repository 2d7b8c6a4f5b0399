"""The tables of a paper's text and the sentences before them: the statement, what the answer rests on, where it turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.checking.register_words import FAVOURS, STATUSES
from kravsim.figures.labels import shown_causes
from kravsim.studies.decision.swept import plain
from kravsim.words.display import kr, number
from kravsim.words.key_words import key_label, key_name
from kravsim.words.table import Row, Table, parts
from kravsim.words.wording import capital, cause_name, language_index, line_name, metric_name

if TYPE_CHECKING:
    from kravsim.papers.asked import Asked
    from kravsim.studies.decision.switched import SwitchingValue
    from kravsim.studies.decision.tornado import Swing

_TOP: Final = 8
"""Inputs in the table of what the answer rests on."""


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
    n = number(cmp.n, lang)
    if language_index(lang) == 0:
        return (
            f"Tabellen visar ett representativt år i grundfallet, medelvärden av {n} simulerade år sedda från "
            f"regionen: inkomster är positiva, kostnader negativa. Störst skillnad gör {', '.join(listed)}. Raderna "
            "är avrundade så att de summerar."
        )
    return (
        f"The table shows a representative year of the base case, means of {n} simulated years seen from the "
        "region: income is "
        f"positive, cost negative. The largest differences: {', '.join(listed)}. Lines are rounded so that they add up."
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
        Row((capital(metric_name(name, lang)), *cells(shown.measure(name))), total=name == "economic_result_kr")
        for name in ("principal_recovered_kr", "economic_result_kr")
    ]
    header = (("Kr per år", "skillnad"), ("Kr a year", "difference"))[place]
    names = [capital(run.name(lang)) for run in cmp.runs]
    caption = (
        "Ett representativt år, kr, sett från regionen",
        "A representative year, kr, seen from the region",
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


def turns_text(found: Asked, lang: str) -> str:
    """Say which inputs turn the answer by themselves.

    Parameters
    ----------
    found : Asked
        The answers.
    lang : str
        `sv` or `en`.
    """
    sv = language_index(lang) == 0
    alone = [one.name for one in found.sensitivity.tornado.swings if one.flips]
    moved = [one for one in found.sensitivity.tornado.swings if one.swing > 0]
    n = number(len(moved), lang)
    if alone:
        names = "; ".join(key_name(name, lang) for name in alone[:4])
        more = len(alone) - 4
        rest = "" if more <= 0 else (f" och {more} till" if sv else f" and {more} more")
        return (
            f"Av {n} osäkra tal, flyttade ett i taget till ändarna av sina spann, vänder {number(len(alone), lang)} "
            f"svaret ensamma i grundfallet: {names}{rest}."
            if sv
            else f"Of {n} uncertain numbers, moved one at a time to the ends of their ranges, "
            f"{number(len(alone), lang)} turn the answer of the base case by themselves: {names}{rest}."
        )
    return (
        f"Inget av {n} osäkra tal vänder svaret ensamt i grundfallet, när det flyttas till ändarna av sitt spann."
        if sv
        else (
            f"None of {n} uncertain numbers turns the answer of the base case by itself, moved to the ends of its "
            "range."
        )
    )


def turns_table(found: Asked, lang: str) -> Table:
    """Where the answer turns along each number that the paper names.

    Parameters
    ----------
    found : Asked
        The answers.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    header = (
        ("Tal", "I dag", "Prövat", "Svaret vänder vid", "Annars återstår som minst"),
        ("Number", "Today", "Looked at", "The answer turns at", "Else left at least"),
    )[place]
    rows = [Row(_turn_cells(one, lang)) for one in found.turns]
    caption = (
        "Var svaret vänder när ett tal ändras, allt annat lika (grundfallet)",
        "Where the answer turns when one number changes, all else equal (base case)",
    )[place]
    note = (
        "Där personalen inte hinner med arbetet har den slutna formen inget svar; den sträckan är inte prövad.",
        "Where staff cannot do the work the closed form has no answer; that stretch is not looked at.",
    )[place]
    notes = (note,) if any(one.missing for one in found.turns) else ()
    return Table(caption, header, tuple(rows), notes)


def _turn_cells(one: SwitchingValue, lang: str) -> tuple[str, ...]:
    span = f"{plain(float(one.x[0]), lang)} – {plain(float(one.x[-1]), lang)}"
    none, never = (("inget svar", "vänder inte"), ("no answer", "does not turn"))[language_index(lang)]
    turns, left = never, "–"
    if one.status == "no answer":
        turns = none
    elif one.values:
        turns = ", ".join(plain(float(f"{value:.3g}"), lang) for value in one.values)
    else:
        at, amount = one.nearest
        word = "vid" if lang == "sv" else "at"
        left = f"{kr(amount, lang, step=1000)} ({word} {plain(float(f'{at:.3g}'), lang)})"
    return key_label(one.key, lang), plain(one.today, lang), span, turns, left
