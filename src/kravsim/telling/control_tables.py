"""Mean differences with the closed form as control variate: a table, beside those of the simulated worlds alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from kravsim.statistics.control import Controlled
from kravsim.telling.uncertainty_words import against, error_text
from kravsim.words.display import NO_BREAK, kr, number, share, step_for
from kravsim.words.table import Row, Table, parts
from kravsim.words.wording import language_index, listed

if TYPE_CHECKING:
    from kravsim.results.by_control import Means
    from kravsim.results.uncertainty import UncertainComparison
    from kravsim.statistics.distribution import Distribution

_HEADERS: Final = (
    (
        "skillnad, medelvärde",
        "simulerat",
        "± 95 %",
        "med sluten form",
        "± 95 %",
        "motsvarar lägen",
        "korrelation",
        "utan svar",
        "med kapital",
        "± 95 %",
    ),
    (
        "mean difference",
        "simulated",
        "± 95%",
        "with closed form",
        "± 95%",
        "counts as worlds",
        "correlation",
        "no answer",
        "with principal",
        "± 95%",
    ),
)
_ALL: Final = ("Alla lägen", "All worlds")
_EXPLAINED: Final = (
    (
        "Med sluten form: medelvärdet med den slutna formen som kontrollvariat, uträknad i de simulerade lägena och i {more} "
        "till. Simuleringen säger hur mycket den slutna formen skiljer sig, så att felet hos den inte flyttar medelvärdet. "
        "Läsningar vägs med sina vikter, vilket också gör intervallet smalare. Motsvarar lägen: så många skulle simulering "
        "utan båda behöva för samma intervall. Percentiler, sannolikheter och lagrens andelar är de simulerade lägenas."
    ),
    (
        "With closed form: the mean with the closed form as control variate, worked out in the simulated worlds and {more} "
        "more. Simulation says how far the closed form is off, so that no error of it moves the mean. Readings count by "
        "their weights, which narrows the interval too. Counts as worlds: so many would simulation without either need for "
        "the same interval. Percentiles, chances and the shares of the layers are those of the simulated worlds."
    ),
)
_NO_HELP: Final = (
    "– = den slutna formen hjälper inte; de simulerade lägenas medelvärde gäller.",
    "– = the closed form does not help; the mean of the simulated worlds holds.",
)
_TOO_FEW: Final = (
    "Bara streck: för få simulerade lägen, eller inga fler lägen i sluten form.",
    "Dashes alone: too few simulated worlds, or no further worlds of the closed form.",
)
_LEFT: Final = (
    "Av felet (i kvadrat) för alla lägen kommer {parts}. Minst fel för samma arbete ger {best} i varje läge.",
    "Of the error (squared) of all worlds, {parts}. The least error for the same work takes {best} in each world.",
)
_BEST: Final = (
    (
        "Lika många lägen fördelade med --draws {asked} skulle göra intervallet för alla lägen {narrower} smalare; "
        "percentiler och sannolikheter skulle då vila på omkring {by_weight} av dem."
    ),
    (
        "As many worlds spread by --draws {asked} would make the interval of all worlds {narrower} narrower; percentiles and "
        "chances would then rest on about {by_weight} of them."
    ),
)
_PARTS: Final = (
    (
        "{} från slumpen i de simulerade lägena",
        "{} från det som den slutna formen inte fångar",
        "{} från den slutna formens antal lägen",
        "{} från att parametervärdena själva är ett urval",
    ),
    (
        "{} comes from chance in the simulated worlds",
        "{} from what the closed form does not catch",
        "{} from how many worlds the closed form has",
        "{} from the parameter sets being a sample themselves",
    ),
)


def control_tables(found: UncertainComparison, lang: str) -> list[Table]:
    """Lay out the means with the closed form beside those without; nothing where it was not asked.

    Parameters
    ----------
    found : UncertainComparison
        The uncertain comparison that is told.
    lang : str
        `sv` or `en`.
    """
    whole = found.by_control
    if whole is None:
        return []
    place = language_index(lang)
    groups = [[_row(_ALL[place], whole, found.difference, lang)]]
    by_dimension: dict[str, list[Row]] = {}
    for one in found.readings:
        row = _row(one.titles[place], one.by_control, one.difference, lang)
        by_dimension.setdefault(one.dimension, []).append(row)
    groups += by_dimension.values()
    groups += [[_row(against(other, lang), other.by_control, other.difference, lang)] for other in found.others]
    means = [whole, *(one.by_control for one in found.readings), *(other.by_control for other in found.others)]
    no_help = any(not (one.fiscal.helps and one.economic.helps) for one in means if one is not None)
    notes = [_EXPLAINED[place].format(more=number(whole.fiscal.further_worlds, lang))]
    notes += [_NO_HELP[place]] if no_help else []
    notes += [_TOO_FEW[place]] if None in means else []
    notes += [_left(whole.fiscal, lang)] if whole.fiscal.helps and whole.fiscal.error > 0 else []
    notes += _best(found, lang)
    return [Table("", _HEADERS[place], parts(*groups), tuple(notes))]


def mean_cells(one: Controlled, lang: str) -> tuple[str, str]:
    """Write a mean and the half-width of its interval.

    Parameters
    ----------
    one : Controlled
        With the closed form.
    lang : str
        `sv` or `en`.
    """
    mean = kr(one.mean, lang, step=step_for(one.error or None))
    return mean, kr(one.arm, lang, step=step_for(one.arm / 20 or None))


def _row(name: str, means: Means | None, plain: Distribution | None, lang: str) -> Row:
    cells = [name, *(("–", "–") if plain is None else (plain.text(lang), error_text(plain, lang)))]
    if means is None:
        return Row((*cells, "–", "–", "–", "–", "–", "–", "–"))
    one, other = means.fiscal, means.economic
    times = one.saving(plain)
    cells += [*(mean_cells(one, lang) if one.helps else ("–", "–"))]
    cells += ["–" if times is None else number(times * one.worlds, lang, step=_whole(times * one.worlds))]
    cells += ["–" if one.correlation is None else number(_down(one.correlation), lang, step=0.001)]
    cells += [share(one.no_answer, lang)]
    return Row((*cells, *(mean_cells(other, lang) if other.helps else ("–", "–"))))


def _down(correlation: float) -> float:
    """Towards 0, so that nothing short of it reads 1."""
    return math.trunc(correlation * 1000) / 1000


def _whole(count: float) -> float:
    return 10.0 ** max(0, math.floor(math.log10(max(count, 1))) - 1)


def _best(found: UncertainComparison, lang: str) -> list[str]:
    """How as many worlds would be better spread, where that helps; among the readings that it helps most to spread over."""
    worth = [(one.names, one.fiscal) for one in found.best_worlds.values() if one.fiscal and one.fiscal.worth_saying]
    if not worth:
        return []
    names, best = max(worth, key=lambda one: one[1].narrower)
    said = _BEST[language_index(lang)].format(
        narrower=share(best.narrower, lang, step=0.01),
        asked=",".join(f"{name}={many}" for name, many in zip(names, best.worlds, strict=True)),
        by_weight=number(best.by_weight, lang),
    )
    return [said]


def _left(one: Controlled, lang: str) -> str:
    place = language_index(lang)
    said = [words.format(share(part, lang, step=0.01)) for words, part in zip(_PARTS[place], one.parts, strict=True)]
    best = one.best_replications
    times = (
        (f"{number(best, lang)}{NO_BREAK}simulering" + "ar" * (best > 1))
        if place == 0
        else (f"{number(best, lang)} replication" + "s" * (best > 1))
    )
    return _LEFT[place].format(parts=listed(said, lang), best=times)
