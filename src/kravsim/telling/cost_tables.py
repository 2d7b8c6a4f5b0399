"""Concepts of cost as text: the answer, the models by each concept, and which lines each counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.ledger.lines import CONCEPTS, STATEMENT
from kravsim.ledger.rules import YEARLY
from kravsim.telling.sentence import chance
from kravsim.telling.shown import ECONOMIC, NET
from kravsim.telling.uncertainty_words import SOURCES, error_text
from kravsim.words.display import kr, number, replications, seeded
from kravsim.words.doubts import texts
from kravsim.words.table import Row, Table
from kravsim.words.wording import capital, language_index, line_name, listed, metric_name

if TYPE_CHECKING:
    from kravsim.results.cost_concepts import CostConcepts

_WORDS: Final = {concept.name: concept.words for concept in CONCEPTS}
_HEADER: Final = (
    ("nettointäkt per år", "skillnad", "± 95 %", "med kapital", "bäst i"),
    ("net revenue a year", "difference", "± 95%", "with principal", "better in"),
)
_LINES: Final = (("vad som räknas", "skillnad", "följer"), ("what is counted", "difference", "follows"))
_YES: Final = (("ja", "–"), ("yes", "–"))
_FOLLOWS: Final = {
    "claims": ("fordringarna", "the claims"),
    "posts": ("tjänsterna", "the posts"),
    "nothing": ("ingetdera", "neither"),
    "": ("–", "–"),
}
_AND_A_PRICE: Final = (" (årspris: ingetdera)", " (a price a year: neither)")
_MEANING: Final = (
    (
        (
            "Full kostnad räknar allt. Marginalkostnad räknar inte omkostnader för personal (lokaler, ledning, it som finns "
            "ändå) och inte avskrivning av ett system som redan är köpt. Bara löner räknar av den egna organisationens "
            "kostnader inget annat än löner, övertid och inhyrd personal. Intäkter, utlägg och vad inkassoföretag och ombud "
            "tar räknas alltid."
        ),
        "Den som måste köpa systemet har avskrivningen kvar också på marginalen.",
        (
            "Det som följer tjänsterna eller fordringarna växer med verksamheten. Årspriser gör det inte: drift och "
            "avskrivning av system, it-tjänst och utskick av en egen påminnelse är belopp som scenariot anger, hur liten "
            "eller stor verksamheten än är."
        ),
    ),
    (
        (
            "Full cost counts everything. Marginal cost leaves out staff overhead (premises, management, IT that are there "
            "anyhow) and the depreciation of a system that is already bought. Pay only counts nothing of what the own "
            "organisation costs but pay, overtime and temporary staff. Income, outlays and what agencies and agents take "
            "always count."
        ),
        "A body that has yet to buy the system keeps the depreciation at the margin, too.",
        (
            "What follows posts or claims grows with the body. Prices by the year do not: operation and depreciation of "
            "systems, IT service and the sending of an own reminder are amounts that the scenario states, however small or "
            "large the body."
        ),
    ),
)


def answer(found: CostConcepts, lang: str) -> str:
    """Say the difference by the chosen concept with its chance, then by the others, and whether the sign turns.

    Parameters
    ----------
    found : CostConcepts
        What is told.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    first, second = (run.name(lang) for run in found.runs[:2])
    by = {name: words[place] for name, words in _WORDS.items()}
    gap = {name: _gap(found, name, lang) for name in found.order}
    chosen, *others = found.order
    spread = found.difference(chosen)
    error = f" (±{error_text(spread, lang)})" if spread.n > 1 else ""
    where = f"{number(round(spread.prob_above(0) * spread.n), lang)} {('av', 'of')[place]} {number(spread.n, lang)}"
    better = chance(spread, lang) if not found.kind else f"{where} {('lägen', 'worlds')[place]}"
    if place == 0:
        rest = listed([f"med {by[name]} {gap[name]}" for name in others], lang)
        turn = "svaret beror på vilka kostnader som räknas" if found.turns else "tecknet är detsamma"
        return capital(
            f"Räknat med {by[chosen]} ger {first} {gap[chosen]}{error} i nettointäkt per år än {second}, bättre i {better}; "
            f"{rest}: {turn}."
        )
    rest = listed([f"by {by[name]} {gap[name]}" for name in others], lang)
    turn = "the answer depends on which costs are counted" if found.turns else "the sign is the same"
    return capital(
        f"By {by[chosen]}, {first} gives {gap[chosen]}{error} net revenue a year than {second}, better in {better}; "
        f"{rest}: {turn}."
    )


def tables(found: CostConcepts, lang: str) -> tuple[Table, ...]:
    """Lay out the models by each concept, then each line with the concepts that count it; what is printed adds up.

    Parameters
    ----------
    found : CostConcepts
        What is told.
    lang : str
        `sv` or `en`.
    """
    place, run = language_index(lang), found.runs[0]
    names = [capital(one.name(lang)) for one in found.runs]
    rows = []
    for name in _WORDS:
        nets, spread = found.shown_net(name), found.difference(name)
        beside = found.shown.difference(ECONOMIC) - found.shown.difference(NET)
        gap = nets[0] - nets[1]
        won = f"{number(round(spread.prob_above(0) * spread.n), lang)} {('av', 'of')[place]} {number(spread.n, lang)}"
        words = capital(_WORDS[name][place])
        amounts = [kr(amount, lang) for amount in (*nets, gap)]
        rows.append(Row((words, *amounts, error_text(spread, lang), kr(gap + beside, lang), won)))
    what, *others = _HEADER[place]
    drawn = f"{number(found.n, lang)} {('lägen', 'worlds')[place]} {SOURCES[found.kind][place]}" if found.kind else ""
    about = f"{drawn or replications(found.n, lang)}, {seeded(run.seed, lang)}"
    caption = f"{run.scenario_title} ({run.scenario_name}): {about}"
    first = Table(caption, (what, *names, *others), tuple(rows), (answer(found, lang),), widest=32)
    notes = (*_MEANING[place], *_once(found, lang), *texts(found.doubts, lang))
    return first, _lines(found, names, notes, lang)


def _lines(found: CostConcepts, names: list[str], notes: tuple[str, ...], lang: str) -> Table:
    place = language_index(lang)
    known = {line.name: line for line in STATEMENT}
    rows = []
    for line in dict.fromkeys(line for run in found.years for line in run.lines):
        amounts = found.shown.line(line)
        counts = [line not in known or known[line].nature in concept.natures for concept in CONCEPTS]
        marks = [_YES[place][not yes] for yes in counts]
        grows = known[line].follows if line in known else ""
        text = _FOLLOWS[grows][place] + (_AND_A_PRICE[place] if line in YEARLY and grows == "claims" else "")
        cells = [kr(amount, lang) for amount in (*amounts, amounts[0] - amounts[1])]
        rows.append(Row((capital(line_name(line, lang)), *cells, *marks, text)))
    what, gap, follows = _LINES[place]
    concepts = [words[place] for words in _WORDS.values()]
    left = (0, len(names) + len(concepts) + 2)
    return Table("", (what, *names, gap, *concepts, follows), tuple(rows), notes, left=left)


def _once(found: CostConcepts, lang: str) -> list[str]:
    """One-off costs, which no concept counts but by their depreciation."""
    place = language_index(lang)
    paid = [(run.name(lang), run.metric("once_cash_kr").mean) for run in found.years if run.defined("once_cash_kr")]
    said = [f"{name} {kr(amount, lang, step=found.shown.step)}" for name, amount in paid if amount]
    if not said:
        return []
    words = metric_name("once_cash_kr", lang)
    if place == 0:
        return [f"{capital(words)}, räknas bara genom avskrivningen: {'; '.join(said)}."]
    return [f"{capital(words)}, counted through their depreciation alone: {'; '.join(said)}."]


def _gap(found: CostConcepts, name: str, lang: str) -> str:
    one, other = found.shown_net(name)[:2]
    gap = one - other
    words = (("mer", "mindre"), ("more", "less"))[language_index(lang)]
    return f"{kr(abs(gap), lang)} {words[gap < 0]}"
