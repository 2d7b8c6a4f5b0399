"""An uncertain comparison as tables: readings of the case, layers of the variance, and how the mean settles."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.statistics.distribution import Distribution
from kravsim.statistics.layers import LAYERS
from kravsim.statistics.overload import posts_of
from kravsim.telling.control_tables import control_tables
from kravsim.telling.shown import percents
from kravsim.telling.uncertainty_words import (
    added_text,
    against,
    chance_of,
    error_text,
    held_text,
    layer_name,
    raw_text,
    sentence,
    share_texts,
    span_text,
)
from kravsim.words.display import kr, number, share
from kravsim.words.doubts import texts
from kravsim.words.table import Row, Table, parts, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

    from kravsim.results.readings import Combined, Reading
    from kravsim.results.uncertainty import UncertainComparison

_HEADERS: Final = (
    ("", "vikt", "lägen", "skillnad", "± 95 %", "5–95 %", "sannolikhet", "med kapital", "sannolikhet"),
    ("", "weight", "worlds", "difference", "± 95%", "5–95%", "chance", "with principal", "chance"),
)
_ALL: Final = ("Alla lägen", "All worlds")
_LOADS: Final = (
    ("Lägen där personalen hinner", "Lägen där personalen inte hinner"),
    ("Worlds whose staff can do the work", "Worlds whose staff cannot"),
)
_EQUAL: Final = ("De {} kombinationerna lika vägda", "The {} combinations weighed alike")
_CROSSED: Final = ("skillnad ± 95 %, medelvärden", "difference ± 95%, means")
_LAYERS: Final = (
    ("andel av variansen, ± medelfel", "nettointäkt", "med kapital"),
    ("share of variance, ± standard error", "net revenue", "with principal"),
)


def uncertain_tables(found: UncertainComparison, lang: str) -> tuple[Table, ...]:
    """Lay out the answer.

    Parameters
    ----------
    found : UncertainComparison
        The uncertain comparison that is told.
    lang : str
        `sv` or `en`.
    """
    place = language_index(lang)
    by_dimension: dict[str, list[Reading]] = {}
    for reading in found.readings:
        by_dimension.setdefault(reading.dimension, []).append(reading)
    whole = [_row(_ALL[place], 1.0, found.difference, found.economic_difference, lang), *_equal(found, lang)]
    groups = [[*whole, *_by_load(found, lang)]]
    groups += [_readings(readings, place, lang) for readings in by_dimension.values()]
    groups += [
        [_row(against(other, lang), 1.0, other.difference, other.economic_difference, lang)] for other in found.others
    ]
    notes = (*_posts(found, lang), *added_text(found, lang))
    main = Table(_caption(found, lang), _HEADERS[place], parts(*groups), notes, lead=(sentence(found, lang),))
    (settling,) = found.convergence.tables(lang)
    doubts = texts(found.doubts, lang)
    last = replace(settling, notes=(*settling.notes, *doubts))
    return main, *_crossed(found, lang), *control_tables(found, lang), _layers(found, lang), last


def _caption(found: UncertainComparison, lang: str) -> str:
    run, worlds, each = found.first, number(found.draws, lang), number(found.replications, lang)
    note = (
        f"{worlds} lägen, {each} simuleringar i varje, slumpserie"
        if language_index(lang) == 0
        else f"{worlds} worlds, {each} replications in each, seed"
    )
    return f"{run.scenario_title} ({run.scenario_name}): {note} {run.seed}"


def _by_load(found: UncertainComparison, lang: str) -> list[Row]:
    """Worlds whose staff can do the work that arrives and those whose staff cannot, where there are any of the latter."""
    able, unable = found.by_load.able or (None, None), found.by_load.unable
    if unable is None:
        return []
    shares = percents([0.0 if one is None else one.n / found.draws for one in (able[0], unable[0])], 0.001)
    named = zip(_LOADS[language_index(lang)], shares, (able, unable), strict=True)
    return [_row(name, part, fiscal, economic, lang) for name, part, (fiscal, economic) in named]


def _posts(found: UncertainComparison, lang: str) -> tuple[str, ...]:
    """How many posts a model has, where worlds differ in it."""
    place, said = language_index(lang), []
    for run in found.runs:
        posts = posts_of(run)
        if posts.min() < posts.max():
            low, mean, high = (number(each, lang, step=0.1) for each in (posts.min(), posts.mean(), posts.max()))
            said.append(f"{run.name(lang)} {low}–{high}, {('i medel', 'mean')[place]} {mean}")
    return (f"{('Tjänster', 'Posts')[place]}: {'; '.join(said)}.",) if said else ()


def _equal(found: UncertainComparison, lang: str) -> list[Row]:
    """The mean were every combination of alternatives as likely as the others, unless they are."""
    equal, weights = found.equal_weights, found.structures.weights
    if equal is None or max(weights) == min(weights):
        return []
    named = _EQUAL[language_index(lang)].format(number(len(weights), lang))
    fiscal, economic = (kr(equal[kind].mean, lang, step=1000.0) for kind in ("fiscal", "economic"))
    return [Row((named, "–", number(found.draws, lang), fiscal, _arm(equal["fiscal"], lang), "–", "–", economic, "–"))]


def _arm(combined: Combined, lang: str) -> str:
    return "–" if math.isnan(combined.error) else kr(combined.arm, lang, step=1000.0)


def _crossed(found: UncertainComparison, lang: str) -> list[Table]:
    """The difference in each combination of two dimensions, where there are two: one in rows and one in columns."""
    place, structures = language_index(lang), found.structures
    names = {
        dimension: list(dict.fromkeys(one[dimension] for one in structures.choices))
        for dimension in structures.choices[0]
    }
    several = [dimension for dimension, known in names.items() if len(known) > 1]
    if len(several) != 2 or len(several) != len(names):
        return []
    down, over = several
    at = {(one[down], one[over]): number for number, one in enumerate(structures.choices)}
    means = found.of_structures["fiscal"]

    def title(dimension: str, name: str) -> str:
        return structures.titles.get((dimension, name), (name, name))[place]

    def cell(pair: tuple[str, str]) -> str:
        one = means[at[pair]] if pair in at else None
        return "–" if one is None else f"{kr(one.mean, lang, step=1000.0)} ± {_arm(one, lang)}"

    rows = [[title(down, name), *(cell((name, other)) for other in names[over])] for name in names[down]]
    return [Table("", (_CROSSED[place], *(title(over, other) for other in names[over])), plain_rows(rows))]


def _readings(readings: list[Reading], place: int, lang: str) -> list[Row]:
    weights = percents([reading.weight for reading in readings], 0.001)
    return [
        _row(reading.titles[place], weight, reading.difference, reading.economic_difference, lang)
        for reading, weight in zip(readings, weights, strict=True)
    ]


def _row(name: str, weight: float, fiscal: Distribution | None, economic: Distribution | None, lang: str) -> Row:
    cells = [name, share(weight, lang, step=0.001), number(0 if fiscal is None else fiscal.n, lang)]
    if fiscal is None or economic is None:
        return Row((*cells, "–", "–", "–", "–", "–", "–"))
    cells += [fiscal.text(lang), error_text(fiscal, lang), span_text(fiscal, lang), chance_of(fiscal, lang)]
    return Row((*cells, kr(economic.mean, lang, step=economic.step()), chance_of(economic, lang)))


def _layers(found: UncertainComparison, lang: str) -> Table:
    """The shares of the variance; what is known of them too when there are too few worlds for them."""
    place, held = language_index(lang), held_text(found, lang)
    if found.layers is None or found.economic_layers is None:
        needed = number(found.structures.draws_needed, lang)
        few = (
            f"Lagrens andelar kräver minst {needed} lägen, så att varje läsning har två."
            if place == 0
            else f"The shares of the layers need at least {needed} worlds, so that every structure has two."
        )
        return Table("", ("",), (), (few, *held))
    header = _LAYERS[place]
    measured = dict(zip(header[1:], (found.layers, found.economic_layers), strict=True))
    columns = [share_texts(one, lang) for one in measured.values()]
    rows = [[capital(layer_name(name, lang)), *(column[name] for column in columns)] for name in LAYERS]
    return Table("", header, plain_rows(rows), (*raw_text(measured, lang), *held))


def worlds_frame(found: UncertainComparison) -> pd.DataFrame:
    """Give every replication of every world, one row each, with what went into the world beside what came out.

    Parameters
    ----------
    found : UncertainComparison
        The uncertain comparison that is told.

    Returns
    -------
    pandas.DataFrame
        Rows in order of world, then replication.
    """
    import pandas as pd

    columns: dict[str, Any] = dict(zip(("draw", "replication"), np.array(found.first.pairs).T, strict=True))
    of_row = np.repeat(found.structures.of_world, found.replications).tolist()
    for dimension in found.structures.choices[0]:
        columns[dimension] = [found.structures.choices[structure][dimension] for structure in of_row]
    columns |= {"difference_kr": found.all["fiscal"].ravel(), "economic_difference_kr": found.all["economic"].ravel()}
    columns |= {f"net_revenue_kr_{run.model}": run.net_revenue.samples for run in found.runs}
    columns |= found.by_load.columns(found.runs)
    columns |= {key: np.repeat(values, found.replications) for key, values in found.inputs.items()}
    return pd.DataFrame(columns)
