"""A run as a table: its measures, then its budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.measures.measures import unit_of
from kravsim.statistics.distribution import PERCENTILES, Distribution
from kravsim.statistics.interval import replications_needed
from kravsim.telling.shown import ShownYears
from kravsim.units import ORE_PER_KR
from kravsim.words.display import amount, distance, kr, replications, seeded, step_for
from kravsim.words.doubts import texts
from kravsim.words.table import Row, Table, parts
from kravsim.words.wording import capital, language_index, line_name, metric_name

if TYPE_CHECKING:
    from kravsim.results.run import Run

NO_CASES: Final = ("inga ärenden", "no cases")
"""What stands instead of a share of nothing."""
_HEADER: Final = (
    ("per kalenderår", "medel", "medelfel", "5 %", "95 %"),
    ("per calendar year", "mean", "std. error", "5%", "95%"),
)
_TOO_FEW: Final = (
    "– kan inte skattas; 5 % och 95 % kräver minst {n} simuleringar.",
    "– cannot be estimated; 5% and 95% need at least {n} replications.",
)


def run_table(run: Run, measures: tuple[str, ...], lang: str) -> Table:
    """Lay out a run: means that add up, their errors, and where nine replications of ten lie.

    Parameters
    ----------
    run : Run
        What is told.
    measures : tuple of str
        Names of the measures, in order.
    lang : str
        `sv` or `en`.
    """
    place, shown = language_index(lang), ShownYears.of([run], run.net_revenue)
    measured = []
    for name in measures:
        if not run.defined(name):
            cells = [NO_CASES[place], "–", "–", "–"]
        elif unit_of(name) == "kr":
            cells = _money(shown.measure(name)[0], run.metric(name), shown.step, lang)
        else:
            cells = _cells(run.metric(name), lang)
        measured.append(Row((capital(metric_name(name, lang)), *cells)))
    lines = [
        Row((capital(line_name(line, lang)), *_money(shown.line(line)[0], _of_line(run, line), shown.step, lang)))
        for line in run.lines
    ]
    cells = _money(shown.measure("net_revenue_kr")[0], run.net_revenue, shown.step, lang)
    net = Row((capital(line_name("net_revenue", lang)), *cells), total=True)
    needed = replications_needed(PERCENTILES["p05"])
    few = [] if len(run.outcomes) >= needed else [_TOO_FEW[place].format(n=needed)]
    who, n = capital(run.name(lang)), replications(len(run.outcomes), lang)
    caption = f"{who} – {run.scenario_title}: {n}, {seeded(run.seed, lang)}"
    return Table(caption, _HEADER[place], parts(measured, lines, [net]), (*few, *texts(run.doubts, lang)))


def _of_line(run: Run, line: str) -> Distribution:
    return Distribution(run.line_ore(line) / ORE_PER_KR, line, "kr")


def _money(shown: float, spread: Distribution, step: float, lang: str) -> list[str]:
    return [kr(shown, lang), *_beside(spread, step, lang)]


def _cells(spread: Distribution, lang: str) -> list[str]:
    return [spread.text(lang), *_beside(spread, spread.step(), lang)]


def _beside(spread: Distribution, step: float, lang: str) -> list[str]:
    """The error of a mean, and the percentiles."""
    error = "–"
    if spread.n > 1:
        error = distance(spread.se, spread.unit, lang, step=step_for(spread.se / 10, spread.unit))
    tails = [
        amount(spread.quantile(p), spread.unit, lang, step=step) if spread.estimable(p) else "–" for p in (0.05, 0.95)
    ]
    return [error, *tails]
