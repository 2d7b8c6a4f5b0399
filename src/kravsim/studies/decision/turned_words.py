"""Where an answer turns in drawn worlds, as text: the sentence, and the cells of its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.statistics.convergence import half_width
from kravsim.statistics.distribution import Distribution
from kravsim.studies.decision.amounts import amount
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.drawn import Reading
from kravsim.studies.decision.swept import plain
from kravsim.words.display import number, share
from kravsim.words.table import Row
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.studies.decision.turned_in_worlds import TurnsInWorlds

SOURCES: Final = {
    "prior": ("dragna ur det som antas", "drawn from what is assumed"),
    "posterior": ("som stämmer med böckerna", "that agree with the books"),
}
_FEWEST: Final = 20
"""Worlds that nine of ten are told of, at least."""


def said(found: TurnsInWorlds, lang: str) -> str:
    """Say in how many worlds it turns and where, or how far the best value leaves those that do not.

    Parameters
    ----------
    found : TurnsInWorlds
        The answer.
    lang : str
        `sv` or `en`.
    """
    k, n = found.count(found.readings[0])
    if not n:
        sentences = [_no_answer(found, lang)]
    elif not k:
        sentences = [_none(found, lang), _by_reading(found, lang)]
    else:
        sentences = [_some(found, lang), _by_reading(found, lang)]
    return " ".join(part for part in (*sentences, *_reasons(found, lang), _proof(found, lang)) if part)


def _head(found: TurnsInWorlds, lang: str) -> tuple[str, str, str]:
    """The range that was looked at, the worlds, and how many of them have an answer."""
    ends = (" till ", " to ")[language_index(lang)].join(value_text(float(end), lang) for end in found.turns.x[[0, -1]])
    return ends, SOURCES[found.kind][language_index(lang)], number(found.count(found.readings[0])[1], lang)


def _no_answer(found: TurnsInWorlds, lang: str) -> str:
    ends, worlds, _ = _head(found, lang)
    if language_index(lang) == 0:
        return f"Inget svar för {found.key} i [{ends}] i något läge {worlds}."
    return f"No answer for {found.key} in [{ends}] in any world {worlds}."


def _none(found: TurnsInWorlds, lang: str) -> str:
    ends, worlds, of = _head(found, lang)
    every = found.readings[0]
    most = share(found.chance(every)[1], lang, step=0.001)
    if language_index(lang) == 0:
        none = f"Ingen brytpunkt för {found.key} i [{ends}] i något av {of} lägen {worlds} (sannolikhet högst {most})"
        return f"{none}: {_best(found, every, lang)}."
    none = f"No break-even for {found.key} in [{ends}] in any of {of} worlds {worlds} (probability at most {most})"
    return f"{none}: {_best(found, every, lang)}."


def _some(found: TurnsInWorlds, lang: str) -> str:
    sv = language_index(lang) == 0
    ends, worlds, of = _head(found, lang)
    every = found.readings[0]
    k, n = found.count(every)
    shown, values = number(k, lang), found.values(every)
    part = "–".join(share(end, lang, step=0.01) for end in found.chance(every))
    at, today = value_text(float(np.median(values)), lang), value_text(found.today, lang)
    span = span_text(values, lang)
    inside = (f", i nio av tio inom {span}" if sv else f", in nine of ten within {span}") if span else ""
    text = (
        f"Svaret vänder längs {found.key} i [{ends}] (i dag {today}) i {shown} av {of} lägen {worlds} ({part}), först "
        f"vid {at} i medianläget{inside}."
        if sv
        else f"The answer turns along {found.key} in [{ends}] (today {today}) in {shown} of {of} worlds {worlds} ({part}), "
        f"first at {at} in the median world{inside}."
    )
    if k == n:
        return text
    best = _best(found, every, lang)
    return text + (f" I övriga gäller: {best}." if sv else f" In the others, {best}.")


def _best(found: TurnsInWorlds, reading: Reading, lang: str) -> str:
    """What the best value leaves in worlds that do not turn."""
    at, left = found.left(reading)
    value, place = amount(float(np.median(left)), found.unit, lang), value_text(float(np.median(at)), lang)
    span = money_span(found, left, lang)
    if language_index(lang) == 0:
        inside = f" (nio av tio: {span})" if span else ""
        return f"som bäst, vid {place} i medianläget, återstår {value}{inside}"
    inside = f" (nine of ten: {span})" if span else ""
    return f"at best, at {place} in the median world, {value} is left{inside}"


def _by_reading(found: TurnsInWorlds, lang: str) -> str:
    """In how many worlds of each alternative it turns and where; without any, what is left there."""
    place = language_index(lang)
    sv = place == 0
    parts = []
    for one in found.readings[1:]:
        k, n = found.count(one)
        values, (_, left) = found.values(one), found.left(one)
        if k:
            parts.append(
                f"{one.titles[place]}: {k} {'av' if sv else 'of'} {n} ({value_text(float(np.median(values)), lang)})"
            )
        elif len(left):
            parts.append(f"{one.titles[place]}: {amount(float(np.median(left)), found.unit, lang)}")
        else:
            parts.append(f"{one.titles[place]}: –")
    if not parts:
        return ""
    shown = " · ".join(parts)
    return f"Per läsning, median: {shown}." if sv else f"By reading, median: {shown}."


def _reasons(found: TurnsInWorlds, lang: str) -> list[str]:
    """In how many worlds there is no answer somewhere, and why."""
    sv = language_index(lang) == 0
    return [
        f"På någon sträcka i {number(n, lang)} lägen: {doubt.text(lang)}"
        if sv
        else f"On some stretch in {number(n, lang)} worlds: {doubt.text(lang)}"
        for doubt, n in found.why
    ]


def _proof(found: TurnsInWorlds, lang: str) -> str:
    """What simulated years at the values give."""
    n = len(found.confirmed)
    if n < 2:
        return ""
    spread = Distribution(found.confirmed, "simulated", found.unit)
    mean, arm = (amount(value, found.unit, lang) for value in (spread.mean, half_width(spread)[0]))
    if language_index(lang) == 0:
        return f"Ett simulerat år vid värdet i {n} av dessa lägen ger i medel {mean} ± {arm}."
    return f"A year simulated at the value in {n} of these worlds gives {mean} ± {arm} on average."


def row_of(found: TurnsInWorlds, one: Reading, lang: str) -> Row:
    """One reading as a row of the table.

    Parameters
    ----------
    found : TurnsInWorlds
        The answer.
    one : Reading
        The worlds of the row.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    k, n = found.count(one)
    values, (at, left) = found.values(one), found.left(one)
    cells = [one.titles[place], share(one.weight, lang, step=0.001), number(len(one.worlds), lang)]
    cells.append(f"{number(k, lang)} {('av', 'of')[place]} {number(n, lang)}")
    cells += [value_text(float(np.median(values)), lang), span_text(values, lang) or "–"] if k else ["–", "–"]
    if len(left):
        cells += [amount(float(np.median(left)), found.unit, lang), money_span(found, left, lang) or "–"]
        cells.append(value_text(float(np.median(at)), lang))
    else:
        cells += ["–", "–", "–"]
    return Row(tuple(cells))


def value_text(value: float, lang: str) -> str:
    """A value of the number, four digits of it.

    Parameters
    ----------
    value : float
        As it was found.
    lang : str
        `sv` or `en`.
    """
    return plain(float(f"{value:.4g}"), lang)


def span_text(values: Floats, lang: str) -> str:
    """Where nine of ten values lie; empty for fewer than 20.

    Parameters
    ----------
    values : float64 array
        One a world.
    lang : str
        `sv` or `en`.
    """
    if len(values) < _FEWEST:
        return ""
    to = (" till ", " to ")[language_index(lang)]
    return to.join(value_text(float(end), lang) for end in np.quantile(values, [0.05, 0.95]))


def money_span(found: TurnsInWorlds, values: Floats, lang: str) -> str:
    """Where nine of ten answers lie; empty for fewer than 20.

    Parameters
    ----------
    found : TurnsInWorlds
        The answer.
    values : float64 array
        One a world.
    lang : str
        `sv` or `en`.
    """
    if len(values) < _FEWEST:
        return ""
    to = (" till ", " to ")[language_index(lang)]
    return to.join(amount(float(end), found.unit, lang) for end in np.quantile(values, [0.05, 0.95]))
