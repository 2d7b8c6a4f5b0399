"""A comparison as a table: measures, budget and differences that add up, then the answer in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.measures.measures import OF_SALES, unit_of
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.ratio import Ratio
from kravsim.telling.run_table import NO_CASES
from kravsim.telling.shown import in_steps
from kravsim.words.display import amount, distance, kr, replications, seeded, share
from kravsim.words.doubts import texts
from kravsim.words.table import Row, Table, parts
from kravsim.words.wording import capital, language_index, line_name, metric_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kravsim.results.comparison import Comparison

_HEADER: Final = (("medel per kalenderår", "skillnad"), ("mean per calendar year", "difference"))


def comparison_table(cmp: Comparison, measures: tuple[str, ...], lang: str) -> Table:
    """Lay out a comparison; what is printed adds up, by the rule of :mod:`kravsim.telling.shown`.

    Parameters
    ----------
    cmp : Comparison
        What is told.
    measures : tuple of str
        Names of the measures, in order.
    lang : str
        `sv` or `en`.
    """
    place, shown = language_index(lang), cmp.shown
    names = [capital(run.name(lang)) for run in cmp.runs]
    measured = [Row((capital(metric_name(name, lang)), *_cells(cmp, name, lang))) for name in measures]
    lines = [
        Row((capital(line_name(line, lang)), *_money(shown.line(line), lang)))
        for line in dict.fromkeys(line for run in cmp.runs for line in run.lines)
    ]
    net = Row((capital(line_name("net_revenue", lang)), *_money(shown.measure("net_revenue_kr"), lang)), total=True)
    what, gap = _HEADER[place]
    run = cmp.first
    caption = f"{run.scenario_title} ({run.scenario_name}): {replications(cmp.n, lang)}, {seeded(run.seed, lang)}"
    notes = (cmp.answer(lang), *_which_two(names, lang), *_pairing(cmp, lang), *texts(cmp.doubts, lang))
    return Table(caption, (what, *names, gap), parts(measured, lines, [net]), notes)


def _money(amounts: Sequence[float], lang: str) -> list[str]:
    return [kr(amount, lang) for amount in (*amounts, amounts[0] - amounts[1])]


def _cells(cmp: Comparison, name: str, lang: str) -> list[str]:
    known = [name in OF_SALES or run.defined(name) for run in cmp.runs]
    if all(known) and unit_of(name) == "kr":
        return _money(cmp.shown.measure(name), lang)
    if not all(known[:2]):
        none = NO_CASES[language_index(lang)]
        texts = [run.metric(name).text(lang) if yes else none for run, yes in zip(cmp.runs, known, strict=True)]
        return [*texts, "–"]
    spreads = [run.metric(name) for run, yes in zip(cmp.runs, known, strict=True) if yes]
    one, other = spreads[:2]
    if isinstance(one, Ratio) and isinstance(other, Ratio):
        gap = one.less(other)
    else:
        gap = Distribution(one.samples - other.samples, name, unit_of(name))
    values, difference, step = in_steps(spreads, gap)
    texts = [amount(value, gap.unit, lang, step=step) for value in values]
    filled = iter(texts)
    cells = [next(filled) if yes else NO_CASES[language_index(lang)] for yes in known]
    return [*cells, distance(difference, gap.unit, lang, step=step)]


def _pairing(cmp: Comparison, lang: str) -> list[str]:
    ratio = cmp.variance_ratio
    if ratio is None or cmp.correlation is None:
        return []
    spread = kr(cmp.difference.sd, lang, step=cmp.difference.step())
    shown = share(ratio, lang, step=0.01)
    if lang == "sv":
        text = f"Skillnaden varierar med {spread} mellan simuleringar. Dess varians är {shown} av vad den vore om "
        return [text + "modellerna inte mötte samma fordringar och samma slump."]
    text = f"The difference varies by {spread} between replications. Its variance is {shown} of what it would be "
    return [text + "if the models did not meet the same claims and the same luck."]


def _which_two(names: list[str], lang: str) -> list[str]:
    """Say, where there are more models than two, which of them the difference is between."""
    if len(names) == 2:
        return []
    one, other = names[:2]
    if lang == "sv":
        return [f"Skillnaden, slutsatsen och figurerna gäller de två första modellerna: {one} minus {other}."]
    return [f"The difference, the conclusion and the figures are of the first two models: {one} minus {other}."]
