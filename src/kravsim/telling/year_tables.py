"""The difference by calendar year as text: the answer, and one table of years and ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.telling.portfolio_tables import span
from kravsim.telling.sentence import more_or_less
from kravsim.telling.shown import steps
from kravsim.telling.uncertainty_words import SOURCES, error_text
from kravsim.words.display import kr, number, replications, seeded, step_for
from kravsim.words.doubts import texts
from kravsim.words.table import Row, Table
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    from kravsim.results.years import YearsCompared
    from kravsim.statistics.distribution import Distribution

WAY_WORDS: Final = {
    "held": ("en nivå", "one level"),
    "indexed": ("årens nivåer", "levels of the years"),
    "real": ("fast penningvärde", "constant prices"),
    "low": ("låg ränta", "low rate"),
    "base": ("samma ränta", "same rate"),
    "high": ("hög ränta", "high rate"),
}
"""What each way is called."""
_READ: Final = (
    "Varje år för sig, första modellen minus den andra, med samma fordringar och samma slump i alla kolumner.",
    "Each year by itself, the first model less the second, with the same claims and the same luck in all columns.",
)
_HELD: Final = (
    " En nivå: löner, priser, volym och belopp är scenariots egna alla år.",
    " One level: pay, prices, volume and amounts are the scenario's own in all years.",
)
_CONSTANT: Final = (
    " Fast penningvärde: årens nivåer delade med prisernas utveckling sedan första året.",
    " Constant prices: levels of the years divided by the growth of prices since the first year.",
)
_WORLDS: Final = (
    " Lägen är dragna vid årens nivåer: vid en nivå, och längs andra banor för räntan, frågas grundfallet.",
    " Worlds are drawn at the levels of the years: at one level, and along other paths of the rate, the base case is asked.",
)
_OF_BASE: Final = (
    " Löner och priser är grundfallets nivåer; varje läge har sina egna.",
    " Pay and prices are the base case's levels; each world has its own.",
)
_SYSTEM: Final = (
    "Ett systems årliga del är av ett system köpt det året, till årets pris.",
    "The yearly part of a system is of one bought that year, at its price.",
)


def order(found: YearsCompared) -> tuple[str, ...]:
    """Columns of the table, from one level to levels and on.

    Parameters
    ----------
    found : YearsCompared
        What is told.
    """
    return tuple(way for way in WAY_WORDS if way in found.ways_told)


def shown_step(found: YearsCompared) -> float:
    """Kronor of a step: by the error of a year at its levels.

    Parameters
    ----------
    found : YearsCompared
        What is told.
    """
    spreads = [found.difference("indexed", year) for year in found.years]
    errors = [spread.se for spread in spreads if spread.n > 1]
    return step_for(max(errors, default=0.0) or None)


def answer(found: YearsCompared, lang: str) -> str:
    """Say what the years come to at their levels, in constant prices, and at one level.

    Parameters
    ----------
    found : YearsCompared
        What is told.
    lang : str
        `sv` or `en`.
    """
    return _mean(found, lang) + _spread(found, lang)


def headline(found: YearsCompared, lang: str) -> str:
    """Say the same above a figure, in fewer words: of drawn worlds without what constant prices would be.

    Parameters
    ----------
    found : YearsCompared
        What is told.
    lang : str
        `sv` or `en`.
    """
    return _mean(found, lang, in_constant=not found.kind) + _spread(found, lang)


def _spread(found: YearsCompared, lang: str) -> str:
    """Where the sum of the years lies in drawn worlds; nothing of replications."""
    if not found.kind:
        return ""
    total, step = found.difference("indexed"), shown_step(found)
    low, high = (kr(steps(end, step) * step, lang, signed=True) for end in span(total))
    nine = _of_nine(found)
    if language_index(lang) == 0:
        return f" {'I nio lägen av tio' if nine else 'I lägena'} är skillnaden {low} till {high}."
    return f" {'In nine worlds of ten' if nine else 'In the worlds'} the difference is {low} to {high}."


def _mean(found: YearsCompared, lang: str, *, in_constant: bool = True) -> str:
    """The mean of the years, and beside it what another way of asking says."""
    place, step = language_index(lang), shown_step(found)
    first, second = (name[place] for name in found.names)
    total = _sum(found, "indexed", step)
    error = error_text(found.difference("indexed"), lang)
    change = more_or_less(total, step, lang)
    since = f"{found.years[0]}\u2013{found.years[-1]}"
    if found.kind:
        real = f"; i {found.years[0]} års priser {{}}" if place == 0 else f"; in prices of {found.years[0]} {{}}"
        also = real.format(kr(_sum(found, "real", step), lang, signed=True)) if "real" in found.ways_told else ""
        also = also if in_constant else ""
        if place == 0:
            return f"{capital(first)} ger {change} (±{error}) än {second} i nettointäkt {since} i medel av lägen{also}."
        return f"{capital(first)} gives {change} (±{error}) than {second} in net revenue {since}, the mean of worlds{also}."
    if "held" not in found.ways:
        if place == 0:
            return f"{capital(first)} ger {change} (±{error}) än {second} i nettointäkt {since}, med en nivå alla år."
        return f"{capital(first)} gives {change} (±{error}) than {second} in net revenue {since}, at one level in all years."
    held = _sum(found, "held", step)
    real = kr(_sum(found, "real", step), lang, signed=True) if "real" in found.ways_told else ""
    if place == 0:
        text = f"{capital(first)} ger {change} (±{error}) än {second} i nettointäkt {since} med årens nivåer"
        text += f"; i {found.years[0]} års priser {real}." if real else "."
        text += " Med en nivå alla år vore det "
        return text + f"{kr(held, lang, signed=True)}."
    text = f"{capital(first)} gives {change} (±{error}) than {second} in net revenue {since} at the levels of the years"
    text += f"; in prices of {found.years[0]} {real}." if real else "."
    text += " At one level in all years it would be "
    return text + f"{kr(held, lang, signed=True)}."


def _sum(found: YearsCompared, way: str, step: float) -> float:
    """The sum of the years as they are printed."""
    return sum(steps(found.difference(way, year).mean, step) for year in found.years) * step


def tables(found: YearsCompared, lang: str) -> tuple[Table, ...]:
    """Give the difference by year and way.

    Parameters
    ----------
    found : YearsCompared
        What is told.
    lang : str
        `sv` or `en`.
    """
    place, step, columns = language_index(lang), shown_step(found), order(found)
    rows = []
    for at, year in enumerate(found.years):
        cells = [kr(steps(found.difference(way, year).mean, step) * step, lang) for way in columns]
        levels = [number(found.levels[name][at], lang, step=0.01) for name in ("pay", "prices")]
        spread = found.difference("indexed", year)
        rows.append(Row((str(year), *levels, *cells, error_text(spread, lang), *_nine(found, spread, step, lang))))
    sums = [kr(_sum(found, way, step), lang) for way in columns]
    spread = found.difference("indexed")
    ends = (error_text(spread, lang), *_nine(found, spread, step, lang))
    total = Row((("summa", "sum")[place], "", "", *sums, *ends), ruled=True, total=True)
    header = (
        ("år", "year")[place],
        ("löner", "pay")[place],
        ("priser", "prices")[place],
        *(WAY_WORDS[way][place] for way in columns),
        ("± 95 % (årens nivåer)", "± 95% (levels of the years)")[place],
        *((reach(found, lang),) if found.kind else ()),
    )
    about = f"{many(found, lang)}, {seeded(found.seed, lang)}"
    caption = f"{found.scenario_title} ({found.scenario_name}): {about}"
    read = _READ[place] + (_HELD[place] if "held" in columns else "") + (_CONSTANT[place] if "real" in columns else "")
    read += _WORLDS[place] + _OF_BASE[place] if found.kind else ""
    notes = (read, _SYSTEM[place], answer(found, lang), *texts(found.doubts, lang))
    return (Table(caption, header, (*rows, total), notes),)


def many(found: YearsCompared, lang: str) -> str:
    """Say how many replications there are, or how many worlds from where.

    Parameters
    ----------
    found : YearsCompared
        What is told.
    lang : str
        `sv` or `en`.
    """
    if not found.kind:
        return replications(found.replications, lang)
    place = language_index(lang)
    return f"{number(found.replications, lang)} {('lägen', 'worlds')[place]} {SOURCES[found.kind][place]}"


def reach(found: YearsCompared, lang: str) -> str:
    """Say which part of the drawn worlds a span is of: nine of ten, or all where they are too few for that.

    Parameters
    ----------
    found : YearsCompared
        What is told.
    lang : str
        `sv` or `en`.
    """
    words = (
        ("nio lägen av tio", "nine worlds of ten")
        if _of_nine(found)
        else ("från lägsta till högsta läge", "lowest to highest world")
    )
    return words[language_index(lang)]


def _of_nine(found: YearsCompared) -> bool:
    """Whether the drawn worlds are enough for percentiles."""
    total = found.difference("indexed")
    return total.estimable(0.05) and total.estimable(0.95)


def _nine(found: YearsCompared, spread: Distribution, step: float, lang: str) -> tuple[str, ...]:
    """Where nine worlds of ten lie, from the lowest to the highest where they are few; no cell of replications."""
    if not found.kind:
        return ()
    low, high = (number(steps(end, step) * step, lang) for end in span(spread))
    return (f"{low} {('till', 'to')[language_index(lang)]} {high}",)
