"""The words of a ranking, Swedish and English: the answer, the tables, and what is left out of every model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from kravsim.statistics.interval import Interval
from kravsim.statistics.selected import percent
from kravsim.telling.sentence import more_or_less
from kravsim.telling.uncertainty_words import SOURCES
from kravsim.words.display import kr, number, replications
from kravsim.words.wording import capital, language_index, line_name, listed, metric_name

if TYPE_CHECKING:
    from kravsim.results.ranking import Ranking

SWITCH, STAY, OPEN = "switch", "stay", "open"
"""Verdicts: some model is surely that much better than today's; none can be; or the replications do not tell."""

COMMON_COSTS: Final[Mapping[str, tuple[str, str]]] = {
    "invoicing": ("fakturering och utskick fram till förfallodagen", "invoicing and postage up to the due date"),
    "ledger": (
        "ekonomisystem, kundreskontra och avprickning av betalningar",
        "the finance system, the ledger of receivables and the matching of payments",
    ),
    "principal": (
        "själva fordringarna (räknas bara när återvunnet kapital tas med)",
        "the claims themselves (counted only with recovered principal)",
    ),
    "write_downs": (
        "värdeminskning och nedskrivning i bokföringen (ej kassaflöde)",
        "value adjustments and write-downs in the ledger (non-cash)",
    ),
    "vat": ("moms (ersätts i kommunsektorn)", "VAT (refunded to local government)"),
}
"""What every model would cost alike, and which therefore is no part of any of them."""


def answer(found: Ranking, lang: str) -> str:
    """Say who is ahead, what cannot be told apart and whether to switch: two or three sentences, without the doubts.

    Parameters
    ----------
    found : Ranking
        The ranking that is told.
    lang : str
        `sv` or `en`.
    """
    selected = "" if found.selection is None else f" {_selected(found, lang)}"
    return f"{capital(_order(found, lang))}. {capital(_switch(found, lang))}.{selected}"


def headline(found: Ranking, lang: str) -> str:
    """Say in a few words who is ahead and whether to switch.

    Parameters
    ----------
    found : Ranking
        The ranking that is told.
    lang : str
        `sv` or `en`.
    """
    sv = language_index(lang) == 0
    leaders, best = found.order.leaders, found.run(found.order.leaders[0]).name(lang)
    if len(leaders) == len(found.models):
        head = "modellerna går inte att skilja åt" if sv else "the models are not distinguishable"
    elif len(leaders) == 1:
        head = f"{best} ger högst {metric_name(found.measure, lang)}" if sv else (
            f"{best} gives the highest {metric_name(found.measure, lang)}"
        )  # fmt: skip
    else:
        every = _names(found, leaders, lang)
        head = f"{every} går inte att skilja åt" if sv else f"{every} are not distinguishable"
    if found.verdict == SWITCH:
        to = _names(found, found.candidates, lang)
        tail = f"byte till {to} rekommenderas" if sv else f"a switch to {to} is recommended"
        if len(found.candidates) > 1:
            tail = "byte rekommenderas" if sv else "a switch is recommended"
    elif leaders == (found.today,):
        tail = "dagens modell behålls" if sv else "keep today's model"
    else:
        tail = "byte rekommenderas inte" if sv else "no switch is recommended"
    return capital(f"{head}; {tail}")


def _names(found: Ranking, models: Sequence[str], lang: str) -> str:
    return listed([found.run(model).name(lang) for model in models], lang)


def _order(found: Ranking, lang: str) -> str:
    sv = language_index(lang) == 0
    leaders, (means, _) = found.order.leaders, found.shown
    best = leaders[0]
    top, name = kr(means[best], lang), found.run(best).name(lang)
    what, count = metric_name(found.measure, lang), len(found.models)
    if len(leaders) == count:
        same = all(pair.spread.identical and pair.spread.mean == 0 for pair in found.order.pairs)
        every = _names(found, found.models, lang)
        if same:
            return f"{every} ger lika mycket: {top} per år" if sv else f"{every} give the same: {top} a year"
        if sv:
            return f"{every} går inte att skilja åt i {what}; högst i medel har {name}, {top} per år"
        return f"{every} are not distinguishable in {what}; {name} has the highest mean, {top} a year"
    if len(leaders) == 1:
        others = found.models[1:]
        second = found.order.pair(best, others[0])
        lead = more_or_less(means[best] - means[others[0]], found.shown[1], lang)
        near = found.run(others[0]).name(lang)
        if sv:
            return f"{name} ger högst {what}, {top} per år: {lead} än {near}{_bounds(found, second.interval, lang)}"
        return (
            f"{name} gives the highest {what}, {top} a year: {lead} than {near}{_bounds(found, second.interval, lang)}"
        )
    every = _names(found, leaders, lang)
    if sv:
        return f"{every} ligger främst i {what} och går inte att skilja åt; högst i medel har {name}, {top} per år"
    return f"{every} are ahead in {what} and not distinguishable; {name} has the highest mean, {top} a year"


def _bounds(found: Ranking, interval: Interval, lang: str) -> str:
    """An interval with its level, in brackets."""
    step = found.shown[1]
    low, high = number(interval[0], lang, step=step), kr(interval[1], lang, step=step)
    if low == number(interval[1], lang, step=step):
        return ""
    level = percent(found.level, lang)
    if language_index(lang) == 0:
        return f" ({level}-intervall {low} till {high})"
    return f" ({level} interval {low} to {high})"


def _switch(found: Ranking, lang: str) -> str:
    sv = language_index(lang) == 0
    today, least = found.run(found.today).name(lang), kr(found.least_kr, lang)
    if found.verdict == SWITCH:
        to = _names(found, found.candidates, lang)
        pair = found.order.pair(found.candidates[0], found.today)
        gap = more_or_less(gap_kr(found, pair.first, pair.second), found.shown[1], lang)
        bounds = _bounds(found, pair.interval, lang)
        if len(found.candidates) > 1:
            if sv:
                return (
                    f"byte från dagens modell ({today}) rekommenderas, men till vilken av {to} går inte att avgöra: alla ger "
                    f"säkert minst {least} mer per år"
                )
            return (
                f"a switch from today's model ({today}) is recommended, but to which of {to} cannot be told: all surely give "
                f"at least {least} more a year"
            )
        if sv:
            return (
                f"byte från dagens modell ({today}) till {to} rekommenderas: {gap} per år{bounds}, säkert minst {least}"
            )
        return f"a switch from today's model ({today}) to {to} is recommended: {gap} a year{bounds}, surely at least {least}"
    if found.verdict == OPEN:
        may = _names(found, found.possible, lang)
        if sv:
            stay = f"byte från dagens modell ({today}) rekommenderas inte"
            return f"{stay}: om {may} ger minst {least} mer per år går inte att avgöra"
        stay = f"no switch from today's model ({today}) is recommended"
        return f"{stay}: whether {may} gives at least {least} more a year cannot be told"
    if found.order.leaders == (found.today,):
        keep = f"dagens modell ({today}) behålls" if sv else f"keep today's model ({today})"
        return f"{keep}: ingen annan ger lika mycket" if sv else f"{keep}: no other gives as much"
    if sv:
        return f"byte från dagens modell ({today}) rekommenderas inte: ingen annan ger {least} mer per år"
    return f"no switch from today's model ({today}) is recommended: no other gives {least} more a year"


def _selected(found: Ranking, lang: str) -> str:
    chosen = found.selection
    if chosen is None:
        return ""
    n, level, zone = number(chosen.replications, lang), percent(chosen.confidence, lang), kr(chosen.least, lang)
    sv = language_index(lang) == 0
    if not chosen.settled:
        left = _names(found, chosen.left, lang)
        return f"Valet är inte avgjort efter {n} simuleringar: {left} återstår." if sv else (
            f"The choice is not settled after {n} replications: {left} are left."
        )  # fmt: skip
    name = found.run(chosen.best).name(lang)
    if sv:
        return (
            f"Urvalet stannade efter {n} simuleringar vid {name}: med minst {level} sannolikhet rätt val, om den bästa leder "
            f"med minst {zone}."
        )
    return (
        f"Selection ended after {n} replications with {name}: the right choice with a probability of at least {level}, if "
        f"the best leads by {zone} or more."
    )


def gap_kr(found: Ranking, first: str, second: str) -> float:
    """Give one model less another as it is printed, kr.

    Parameters
    ----------
    found : Ranking
        The ranking that is told.
    first, second : str
        Machine names of two of its models.
    """
    means = found.shown[0]
    return means[first] - means[second]


def drawn(found: Ranking, lang: str) -> str:
    """Say how many replications there are, or worlds and what they were drawn from.

    Parameters
    ----------
    found : Ranking
        The ranking that is told.
    lang : str
        `sv` or `en`.
    """
    if not found.kind:
        return replications(found.n, lang)
    n, source = number(found.n, lang), SOURCES[found.kind][language_index(lang)]
    return f"{n} lägen {source}" if language_index(lang) == 0 else f"{n} worlds {source}"


def how_compared(found: Ranking, lang: str) -> tuple[str, ...]:
    """Say how the intervals hold together, and what they cover.

    Parameters
    ----------
    found : Ranking
        The ranking that is told.
    lang : str
        `sv` or `en`.
    """
    count, level = len(found.order.pairs), percent(found.level, lang)
    if language_index(lang) == 0:
        covers = "läsning, okända värden och slump" if found.kind else "bara slumpen mellan simuleringar"
        every = "Intervallet gäller" if count == 1 else f"Alla {number(count, lang)} intervall gäller samtidigt"
        how = f"{every} med {level} säkerhet (parvisa skillnader med samma slump, Bonferroni) och täcker {covers}."
        return (f"{how} Platserna är de som intervallen lämnar öppna.",)
    covers = "reading, unknown values and chance" if found.kind else "only chance between replications"
    every = "The interval holds" if count == 1 else f"All {number(count, lang)} intervals hold at once"
    cover = "covers" if count == 1 else "cover"
    how = f"{every} with {level} confidence (paired differences under the same luck, Bonferroni) and {cover} {covers}."
    return (f"{how} Places are those that the intervals leave open.",)


def left_out(found: Ranking, lang: str) -> tuple[str, ...]:
    """Say which lines are alike in all models, and which common costs are no part of any.

    Parameters
    ----------
    found : Ranking
        The ranking that is told.
    lang : str
        `sv` or `en`.
    """
    index = language_index(lang)
    costs = "; ".join(words[index] for words in COMMON_COSTS.values())
    notes = [f"Gemensamma kostnader som inte ingår i någon modell: {costs}." if index == 0 else (
        f"Common costs that are no part of any model: {costs}."
    )]  # fmt: skip
    if found.alike:
        lines = listed([line_name(line, lang) for line in found.alike], lang)
        alike = f"Lika i alla modeller, i varje simulering: {lines}." if index == 0 else (
            f"Alike in all models, in every replication: {lines}."
        )  # fmt: skip
        notes.append(alike)
    return tuple(notes)
