"""A ranking as tables: the order, then every pair; what is printed adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.statistics.interval import Interval
from kravsim.statistics.selected import percent
from kravsim.telling.ranking_words import answer, drawn, gap_kr, how_compared, left_out
from kravsim.words.display import kr, number, seeded
from kravsim.words.doubts import texts
from kravsim.words.table import Row, Table
from kravsim.words.wording import capital, language_index, metric_name

if TYPE_CHECKING:
    from kravsim.results.ranking import Ranking

_HEADER: Final = (
    ("plats", "modell", "{measure} per år", "mot dagens modell", "{level}-intervall", "bäst i"),
    ("place", "model", "{measure} a year", "against today's", "{level} interval", "best in"),
)
_PAIRS: Final = (
    ("modell", "mot", "skillnad", "{level}-intervall", "besked"),
    ("model", "against", "difference", "{level} interval", "verdict"),
)
_WIDEST: Final = 32
_VERDICTS: Final = {
    "ahead": ("skilda", "apart"),
    "unclear": ("går inte att skilja åt", "not distinguishable"),
    "same": ("lika i alla", "the same in all"),
}


def tables(found: Ranking, lang: str) -> tuple[Table, ...]:
    """Lay out the order, then every pair; what is printed adds up.

    Parameters
    ----------
    found : Ranking
        The ranking that is told.
    lang : str
        `sv` or `en`.
    """
    index, means = language_index(lang), found.shown[0]
    run, best = found.runs[0], found.order.best_in()
    over = {pair.first: pair for pair in found.over_today}
    rows = []
    for model in found.models:
        first, last = found.order.places[model]
        place = str(first) if first == last else f"{first}\u2013{last}"
        gap = kr(gap_kr(found, model, found.today), lang) if model in over else ("dagens", "today's")[index]
        bounds = _between(found, over[model].interval, lang) if model in over else "\u2013"
        won = f"{number(best[model], lang)} {('av', 'of')[index]} {number(found.n, lang)}"
        rows.append(Row((place, capital(found.run(model).name(lang)), kr(means[model], lang), gap, bounds, won)))
    filled = {"measure": metric_name(found.measure, lang), "level": percent(found.level, lang)}
    header = tuple(text.format(**filled) for text in _HEADER[index])
    caption = f"{run.scenario_title} ({run.scenario_name}): {drawn(found, lang)}, {seeded(run.seed, lang)}"
    order = Table(caption, header, tuple(rows), (answer(found, lang),), left=(0, 1), widest=_WIDEST)
    pairs = [
        Row(
            (
                capital(found.run(pair.first).name(lang)),
                found.run(pair.second).name(lang),
                kr(gap_kr(found, pair.first, pair.second), lang),
                _between(found, pair.interval, lang),
                _VERDICTS[_verdict(found, pair.first, pair.second)][index],
            )
        )
        for pair in found.order.pairs
    ]
    header = tuple(text.format(**filled) for text in _PAIRS[index])
    notes = (*how_compared(found, lang), *left_out(found, lang), *texts(found.doubts, lang))
    every = Table(("Alla par", "Every pair")[index], header, tuple(pairs), notes, left=(0, 1, 4), widest=_WIDEST)
    return order, every


def _between(found: Ranking, interval: Interval, lang: str) -> str:
    step, word = found.shown[1], ("till", "to")[language_index(lang)]
    return f"{number(interval[0], lang, step=step)} {word} {kr(interval[1], lang, step=step)}"


def _verdict(found: Ranking, first: str, second: str) -> str:
    pair = found.order.pair(first, second)
    if pair.spread.identical and pair.spread.mean == 0:
        return "same"
    return "ahead" if pair.ahead else "unclear"
