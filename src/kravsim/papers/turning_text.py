"""What would turn a paper's answer: one number alone, two together, and what it would be worth to know more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.figures.two_way import data as two_way_data
from kravsim.studies.decision.swept import plain
from kravsim.words.display import kr, number, step_for
from kravsim.words.key_words import key_label, key_unit, quoted_name
from kravsim.words.table import Row, Table
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.papers.asked import Asked
    from kravsim.studies.decision.switched import SwitchingValue

_EXTRA: Final = 10_000.0
"""What amounts beside the budget are rounded to, kr."""


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
        names = "; ".join(quoted_name(name, lang) for name in alone[:4])
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
        "Var svaret vänder när ett tal ändras, också utanför sitt spann, allt annat lika (grundfallet)",
        "Where the answer turns when one number changes, beyond its range too, all else equal (base case)",
    )[place]
    note = (
        "Där personalen inte hinner med arbetet har den slutna formen inget svar; den sträckan är inte prövad.",
        "Where staff cannot do the work the closed form has no answer; that stretch is not looked at.",
    )[place]
    notes = (note,) if any(one.missing for one in found.turns) else ()
    return Table(caption, header, tuple(rows), notes)


def line_text(found: Asked, lang: str) -> str:
    """Say for which combinations of the paper's two numbers the answer is another.

    Parameters
    ----------
    found : Asked
        The answers; with a line over two numbers.
    lang : str
        `sv` or `en`.
    """
    line, place = found.line, language_index(lang)
    if line is None:
        return ""
    one, other = (quoted_name(key, lang) for key in line.keys)
    better = line.better[0][place]
    cells = two_way_data(line)["difference"].to_numpy()
    known = cells[np.isfinite(cells)]
    k, n = number(int((known > 0).sum()), lang), number(len(known), lang)
    crossed = [(row.at, x) for row in line.rows for x in row.crossings]
    if place == 0:
        text = f"Två tal tillsammans, i grundfallet: {better} i {k} av {n} kombinationer av {one} och {other} (kartan nedan)."
    else:
        text = (
            f"Two numbers together, in the base case: {better} at {k} of {n} combinations of {one} and {other} "
            "(the map below)."
        )
    if crossed:
        at, x = min(crossed)
        far, last = max(crossed)
        a, b, c, d = (
            _with_unit(key, value, lang) for key, value in zip(line.keys * 2, (x, at, last, far), strict=True)
        )
        text += (
            f" Gränsen går från {a} för {one} och {b} för {other} till {c} respektive {d}."
            if place == 0
            else f" The line runs from {a} for {one} and {b} for {other} to {c} and {d} respectively."
        )
    if len(line.worlds):
        text += _worlds_of_the_line(len(line.worlds), lang, posterior=found.uncertain.kind == "posterior")
    return text


def _with_unit(key: str, value: float, lang: str) -> str:
    """A value of a number with its unit, where it has one."""
    return f"{plain(float(f'{value:.2g}'), lang)} {key_unit(key, lang)}".rstrip()


def _worlds_of_the_line(n: int, lang: str, *, posterior: bool) -> str:
    """Say which worlds the band and the shares of the map are of: never those that the rest of a paper is told from."""
    many = number(n, lang)
    if language_index(lang) == 0:
        than = ", inte de lägen som stämmer med bokföringen" if posterior else ""
        return f" Bandet och andelarna i kartan är av {many} lägen med övriga tal dragna ur sina spann{than}."
    than = ", not the worlds that agree with the books" if posterior else ""
    return f" The band and the shares of the map are of {many} worlds with all other numbers drawn from their ranges{than}."


def worth_text(found: Asked, lang: str) -> str:
    """Say what it would be worth to know more before the choice.

    Parameters
    ----------
    found : Asked
        The answers.
    lang : str
        `sv` or `en`.
    """
    known, place = found.information, language_index(lang)
    gain, n = known.curve.gain, number(known.everything.draws, lang)
    value = float(known.everything)
    name, best = known.curve.name(lang), known.everything.option(known.everything.best, lang)
    low, high = (number(end, lang, step=_EXTRA) for end in sorted((-float(gain.max()), -float(gain.min()))))
    if not value:
        if place == 0:
            text = f"Mer kunskap ändrar inte valet: {best} är bäst i alla {n} lägen, så länge bara budgeten räknas."
            if gain.max() < 0:
                text += (
                    f" Först om {name.lower()} är värd mellan {low} och {high} kr per år utöver budgeten beror valet på "
                    "sådant som ingen vet i dag."
                )
        else:
            text = f"Knowing more does not change the choice: {best} is best in all {n} worlds, if the budget alone counts."
            if gain.max() < 0:
                text += (
                    f" Only if {name.lower()} is worth between {low} and {high} kr a year beside the budget does the choice "
                    "rest on what nobody knows today."
                )
        return text
    most = kr(value, lang, step=step_for(value / 100))
    first = max(known.inputs, key=lambda one: known.worth(one)[0], default=None)
    names = (
        "" if first is None else (" och ", " and ")[place].join(quoted_name(key, lang) for key in first.inputs.names)
    )
    if place == 0:
        text = f"Att veta allt före valet är värt högst {most} per år."
        return f"{text} Mest värt att ta reda på är {names}." if names else text
    text = f"Knowing everything before the choice is worth at most {most} a year."
    return f"{text} Most worth finding out is {names}." if names else text


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
