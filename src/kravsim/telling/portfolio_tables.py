"""The words of a portfolio, Swedish and English: a row a body, their sum, and the sum by alternative."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

from kravsim.statistics.convergence import half_width
from kravsim.statistics.distribution import Distribution
from kravsim.telling.uncertainty_words import SOURCES, error_text
from kravsim.words.display import kr, number, seeded, step_for
from kravsim.words.doubts import Doubt, texts
from kravsim.words.table import Row, Table
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.results.portfolio import OfBody, PortfolioFound

_HEADER: Final = (
    ("fordringar", "tjänster", "skillnad", "± 95 %", "{span}", "kr per {unit}", "med kapital", "bättre i", "överbelastad i"),
    ("claims", "posts", "difference", "± 95%", "{span}", "kr each", "with principal", "better in", "overloaded in"),
)  # fmt: skip
_ALL: Final = ("Alla tillsammans", "All together")
_SPAN: Final = (("5–95 %", "lägsta till högsta"), ("5–95%", "lowest to highest"))
_BY_WHAT: Final = {"expected": ("väntevärden", "expectations"), "simulated": ("simulerade år", "simulated years")}
_BY: Final = (("alternativ", "lägen", "skillnad", "± 95 %"), ("alternative", "worlds", "difference", "± 95%"))
_SAME_SV: Final = (
    "Läge nummer n har samma läsning, samma okända värden och samma plats i spannet av volymer i alla: det okända tar inte "
    "ut sig mellan dem, och summans spridning är den vidaste."
)
_SAME_EN: Final = (
    "World number n has the same reading, the same unknown values and the same place in the range of volumes in all: what is "
    "not known does not even out between them, and the spread of the sum is the widest."
)
_NOTES: Final = (
    (
        "Skillnaden är {first} minus {second}, nettointäkt i kr per kalenderår; tjänster är {first}s, i medel.",
        _SAME_SV,
        "Fakturor, gäldenärer och tjänster följer storleken; volymen för den får vara {low} till {high} gånger grundfallets.",
    ),
    (
        "The difference is {first} less {second}, net revenue in kr a calendar year; posts are those of {first}, on average.",
        _SAME_EN,
        "Invoices, debtors and posts follow size; the volume for it may be {low} to {high} times that of the base case.",
    ),
)


def answer(found: PortfolioFound, lang: str) -> str:
    """Say what the first model gives all bodies together, and where it is better.

    Parameters
    ----------
    found : PortfolioFound
        What is told.
    lang : str
        `sv` or `en`.
    """
    first, second = found.model_names(lang)
    total, won = _shown_sum(found), found.difference
    better = round(won.prob_above(0) * won.n)
    each = [one.name for one in found.bodies if one.difference.mean > 0]
    arm = f"±{error_text(won, lang)}"
    if language_index(lang) == 0:
        words = "mer" if total >= 0 else "mindre"
        where = f"i medel bättre i {len(each)} av {len(found.bodies)}{_listed(each)}"
        return (
            f"I {found.titles[0]} tillsammans ger {first} {kr(abs(total), lang)} {words} ({arm}) i nettointäkt per år än "
            f"{second}, bättre i {better} av {won.n} lägen {SOURCES['prior'][0]}; {where}."
        )
    words = "more" if total >= 0 else "less"
    where = f"better on average in {len(each)} of {len(found.bodies)}{_listed(each)}"
    return (
        f"In {found.titles[1]} together, {first} gives {kr(abs(total), lang)} {words} ({arm}) net revenue a year than "
        f"{second}, better in {better} of {won.n} worlds {SOURCES['prior'][1]}; {where}."
    )


def overload_of(found: PortfolioFound) -> tuple[Doubt, ...]:
    """Say in which bodies, and in how many worlds, the staff of a model cannot do the work; nothing where they always can.

    Parameters
    ----------
    found : PortfolioFound
        What is told.
    """
    worlds = {one.name: one.overloaded for one in found.bodies if one.overloaded}
    if not worlds:
        return ()
    where = [", ".join(f"{name} {n} {of} {found.draws}" for name, n in worlds.items()) for of in ("av", "of")]
    return (
        Doubt(
            "overloaded",
            f"Överbelastad i så många lägen: {where[0]}. Där kommer mer arbete än personalen i någon av modellerna hinner "
            "med, och vad det leder till beror på horisonten.",
            f"Overloaded in so many worlds: {where[1]}. More work arrives there than the staff of a model can do, and what "
            "comes of it depends on the horizon.",
            more=tuple(worlds),
        ),
    )


def tables(found: PortfolioFound, lang: str) -> tuple[Table, ...]:
    """Lay out a row a body with their sum, then the sum by alternative; what is printed adds up.

    Parameters
    ----------
    found : PortfolioFound
        What is told.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    spans = _SPAN[place][not found.difference.estimable(0.05)]
    of_one = found.units[place]
    header = [text.format(span=spans, unit=of_one) for text in _HEADER[place]]
    rows = [_row(found, one, lang) for one in found.bodies]
    rows.append(_row(found, None, lang))
    about = f"{number(found.draws, lang)} {('lägen', 'worlds')[place]} {SOURCES['prior'][place]}, {seeded(found.seed, lang)}"
    caption = f"{found.titles[place]} ({found.name}), {found.scenario}, {_BY_WHAT[found.by][place]}: {about}"
    names = dict(zip(("first", "second"), found.model_names(lang), strict=True))
    low, high = (number(bound, lang, step=0.01).rstrip("0").rstrip(".,") for bound in found.volumes)
    notes = [text.format(**names, low=low, high=high) for text in _NOTES[place]]
    what = ("verksamhet", "body")[place]
    first = Table(
        caption, (what, of_one, *header), tuple(rows), (*notes, answer(found, lang), *texts(found.doubts, lang))
    )
    others = _by_alternative(found, lang)
    return (first, others) if others.rows else (first,)


def span(spread: Distribution) -> tuple[float, float]:
    """Where nine worlds of ten lie; the lowest and the highest where there are too few worlds to say.

    Parameters
    ----------
    spread : Distribution
        One value a world.
    """
    if spread.estimable(0.05) and spread.estimable(0.95):
        return spread.quantile(0.05), spread.quantile(0.95)
    return float(spread.samples.min()), float(spread.samples.max())


def step_of_all(found: PortfolioFound) -> float:
    """The step that all amounts of a portfolio are rounded to, kr: the digits that a body of middling size has.

    Parameters
    ----------
    found : PortfolioFound
        What is told.
    """
    arms = sorted(half_width(one.difference)[0] for one in found.bodies)
    return max(1000.0, step_for(arms[len(arms) // 2] / 5 or None))


def _row(found: PortfolioFound, one: OfBody | None, lang: str) -> Row:
    """A body's row, or that of all."""
    place, step = language_index(lang), step_of_all(found)
    bodies = found.bodies if one is None else (one,)
    spread = found.difference if one is None else one.difference
    size = math.fsum(each.size for each in bodies)
    shown = math.fsum(_shown(each.difference, step) for each in bodies)
    principal = math.fsum(_shown(each.economic_difference, step) for each in bodies)
    low, high = span(spread)
    word = ("till", "to")[place]
    posts = math.fsum(each.posts for each in bodies)
    of = ("av", "of")[place]
    won = round(spread.prob_above(0) * spread.n)
    cells = (
        _ALL[place] if one is None else one.name,
        number(size, lang),
        number(math.fsum(each.claims for each in bodies), lang, step=100),
        "–" if math.isnan(posts) else number(posts, lang, step=0.1),
        kr(shown, lang),
        error_text(spread, lang),
        f"{number(low, lang, step=step)} {word} {number(high, lang, step=step)}",
        number(spread.mean / size, lang, step=0.1),
        kr(principal, lang),
        f"{won} {of} {spread.n}",
        "" if one is None else f"{one.overloaded} {of} {spread.n}",
    )
    return Row(cells, ruled=one is None, total=one is None)


def _by_alternative(found: PortfolioFound, lang: str) -> Table:
    place, step = language_index(lang), step_of_all(found)
    rows: list[Row] = []
    last: str | None = None
    counts = Counter(one.dimension for one in found.alternatives)
    for one, spread in found.by_alternative():
        if counts[one.dimension] == 1:
            continue
        shown = ("–", "–") if spread is None else (kr(spread.mean, lang, step=step), error_text(spread, lang))
        ruled = last not in (None, one.dimension)
        rows.append(Row((one.titles[place], str(len(one.worlds)), *shown), ruled=ruled))
        last = one.dimension
    caption = ("Alla tillsammans, efter alternativ", "All together, by alternative")[place]
    return Table(caption, _BY[place], tuple(rows))


def _shown(spread: Distribution, step: float) -> float:
    """The mean as it is printed: a whole number of steps."""
    return math.floor(spread.mean / step + 0.5) * step


def _shown_sum(found: PortfolioFound) -> float:
    step = step_of_all(found)
    return math.fsum(_shown(one.difference, step) for one in found.bodies)


def _listed(names: list[str]) -> str:
    return f" ({', '.join(names)})" if names else ""
