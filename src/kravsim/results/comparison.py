"""Two or more models of one scenario side by side: the paired difference, its chance and its causes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, RunError
from kravsim.results.bridge import Bridge, bridge
from kravsim.results.display import NO_BREAK, distance, html_table, kr, replications, share, text_table
from kravsim.results.distribution import Distribution
from kravsim.results.doubts import doubted, texts
from kravsim.results.paired import Paired
from kravsim.results.run import METRICS, Run
from kravsim.results.sentence import sentence
from kravsim.results.wording import capital, language_index, line_name, metric_name, unit_of
from kravsim.units import ORE_PER_KR

if TYPE_CHECKING:
    import os
    from pathlib import Path

_SAME: Final = ("version", "stream_version", "scenario_fingerprint", "law_fingerprint")


@dataclass(frozen=True, repr=False)
class Comparison(Paired):
    """Models of one scenario that met the same debtors and the same luck.

    Every difference is the first run less the second, replication by replication.

    Parameters
    ----------
    runs : iterable of Run
        At least two; the first two are compared, the others are reported beside them.

    Raises
    ------
    RunError
        When there are fewer than two runs, a model comes twice, or the runs differ in scenario, law, version, seed,
        replications or parameter draws; says which and how.
    """

    runs: tuple[Run, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "runs", tuple(self.runs))
        _check_runs(self.runs)

    @property
    def n(self) -> int:
        """Number of paired replications, over all parameter draws."""
        return len(self.first.outcomes)

    @cached_property
    def difference(self) -> Distribution:
        """Net revenue of the first less the second, kr a calendar year: the fiscal difference."""
        ore = self.first.net_ore() - self.second.net_ore()
        return Distribution(ore / ORE_PER_KR, "difference_kr", "kr")

    @cached_property
    def economic_difference(self) -> Distribution:
        """The same with recovered principal counted, kr a calendar year: the economic difference."""
        ore = _ore(self.first.economic_result) - _ore(self.second.economic_result)
        return Distribution(ore / ORE_PER_KR, "economic_difference_kr", "kr")

    @property
    def identical(self) -> bool:
        """Whether both differences are exactly 0 in every replication."""
        return not (np.any(self.difference.samples) or np.any(self.economic_difference.samples))

    @property
    def correlation(self) -> float | None:
        """Correlation of the two net revenues over the pairs; None when one of them does not vary."""
        one, other = self.first.net_revenue, self.second.net_revenue
        if one.identical or other.identical:
            return None
        products = (one.samples - one.mean) * (other.samples - other.mean)
        covariance = math.fsum(products) / (self.n - 1)
        return max(-1.0, min(1.0, covariance / (one.sd * other.sd)))

    @property
    def variance_ratio(self) -> float | None:
        """Variance of the paired difference as a share of what unpaired runs would have; None when none varies."""
        one, other = self.first.net_revenue, self.second.net_revenue
        if one.identical and other.identical:
            return None
        return self.difference.sd**2 / (one.sd**2 + other.sd**2)

    def bridge(self) -> Bridge:
        """Walk from the second's net revenue to the first's by cause, exact to the öre in every replication."""
        return bridge(self.first, self.second)

    def sentence(self, lang: str = "sv") -> str:
        """Answer the question in one sentence, with its chance and what the interval leaves out.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self._answer_text(lang), self.doubts, lang)

    def _answer_text(self, lang: str) -> str:
        return sentence(
            (self.first.name(lang), self.second.name(lang)),
            self.difference,
            self.economic_difference,
            draws=self.first.draws,
            lang=lang,
        )

    def to_json(self) -> dict[str, Any]:
        """Give the comparison as one strict JSON object; money in kr a calendar year."""
        return {
            **self.first.heading(),
            **self._answer(),
            "identical": self.identical,
            "correlation": self.correlation,
            "variance_ratio": self.variance_ratio,
        }

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Keep every run in one file that :func:`kravsim.load_comparison` reads; an existing one only with `force`."""
        from kravsim.results.archive import COMPARISON_ARCHIVE, save_runs

        return save_runs(path, self.runs, COMPARISON_ARCHIVE, force=force)

    def table(self, lang: str = "sv") -> str:
        """Write the models, the differences and the answer as plain text for a terminal."""
        header, rows, notes = self._cells(lang)
        return "\n".join([self._caption(lang), "", text_table(header, rows), "", *notes])

    def __repr__(self) -> str:
        return f"<Comparison of {self.first.scenario_name}: {self.sentence('en').replace(NO_BREAK, ' ')}>"

    def _repr_html_(self) -> str:
        header, rows, notes = self._cells("en")
        return html_table(self._caption("en"), header, rows, " ".join(notes))

    def _caption(self, lang: str) -> str:
        run, seed = self.first, "frö" if language_index(lang) == 0 else "seed"
        return f"{run.scenario_title} ({run.scenario_name}): {replications(self.n, lang)}, {seed} {run.seed}"

    def _cells(self, lang: str) -> tuple[list[str], list[list[str]], list[str]]:
        sv = language_index(lang) == 0
        names = [capital(run.name(lang)) for run in self.runs]
        what, gap = ("medel per kalenderår", "skillnad") if sv else ("mean per calendar year", "difference")
        rows = [[capital(metric_name(name, lang)), *self._measures(name, lang)] for name in METRICS]
        rows.append([])
        moved = {line: self._line(line) for line in dict.fromkeys(line for run in self.runs for line in run.lines)}
        for line, spreads in moved.items():
            rows.append([capital(line_name(line, lang)), *(spread.text(lang) for spread in spreads)])
        rows += [[], [capital(line_name("net_revenue", lang)), *self._measures("net_revenue_kr", lang)]]
        notes = texts(self.doubts, lang)
        return (
            [what, *names, gap],
            rows,
            [self._answer_text(lang), *self._which_two(names, lang), *self._pairing(lang), *notes],
        )

    def _line(self, line: str) -> list[Distribution]:
        ore = [run.line_ore(line) for run in self.runs]
        return [Distribution(column / ORE_PER_KR, line, "kr") for column in (*ore, ore[0] - ore[1])]

    def _measures(self, name: str, lang: str) -> list[str]:
        texts: list[str] = []
        known: list[Distribution] = []
        for run in self.runs:
            if run.defined(name):
                known.append(run.metric(name))
                texts.append(known[-1].text(lang))
            else:
                texts.append("inga ärenden" if lang == "sv" else "no cases")
        if not (self.first.defined(name) and self.second.defined(name)):
            return [*texts, "–"]
        gap = Distribution(known[0].samples - known[1].samples, name, unit_of(name))
        return [*texts, distance(gap.mean, gap.unit, lang, step=gap.step())]

    def _pairing(self, lang: str) -> list[str]:
        ratio = self.variance_ratio
        if ratio is None or self.correlation is None:
            return []
        spread = kr(self.difference.sd, lang, step=self.difference.step())
        shown = share(ratio, lang, step=0.01)
        if lang == "sv":
            text = f"Skillnaden varierar med {spread} mellan körningar. Dess varians är {shown} av vad den vore om "
            text += "modellerna inte mötte samma fordringar och samma slump."
        else:
            text = (
                f"The difference varies by {spread} between replications. Its variance is {shown} of what it would be "
            )
            text += "if the models did not meet the same claims and the same luck."
        return [text]

    def _which_two(self, names: list[str], lang: str) -> list[str]:
        """Say, where there are more models than two, which of them the difference is between."""
        if len(names) == 2:
            return []
        one, other = names[:2]
        if lang == "sv":
            return [f"Skillnaden, slutsatsen och figurerna gäller de två första modellerna: {one} minus {other}."]
        return [f"The difference, the conclusion and the figures are of the first two models: {one} minus {other}."]


def _ore(spread: Distribution) -> NDArray[np.int64]:
    return np.rint(spread.samples * ORE_PER_KR).astype(np.int64)


def _check_runs(runs: tuple[Run, ...]) -> None:
    if len(runs) < 2:
        raise RunError(Problem("comparison", "models", len(runs), "at least two models", "name another model"))
    models = [run.model for run in runs]
    if len(set(models)) < len(models):
        raise RunError(Problem("comparison", "models", ", ".join(models), "each model once", "a model comes twice"))
    problems: list[Problem] = []
    one = runs[0]
    for other in runs[1:]:
        where = f"comparison of {one.model} with {other.model}"
        seen: list[tuple[str, object, object]] = [
            ("scenario", one.scenario_name, other.scenario_name),
            *((key, one.provenance[key], other.provenance[key]) for key in _SAME),
            ("seed", one.seed, other.seed),
            ("replications", one.replications, other.replications),
        ]
        if one.replications == other.replications:
            seen.append(("draws", one.pairs, other.pairs))
        remedy = "paired models share it; compare unpaired runs with scipy.stats.ttest_ind(equal_var=False)"
        for key, mine, theirs in seen:
            if mine != theirs:
                problems.append(Problem(where, key, theirs, f"the same as {one.model}: {str(mine)[:60]}", remedy))
    if problems:
        raise RunError(problems)
