"""Two or more models of one scenario side by side: the paired difference, its chance and its causes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.results.bridge import Bridge, bridge
from kravsim.results.run import Run, measures_of
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.paired import Paired
from kravsim.telling.comparison_table import comparison_table
from kravsim.telling.sentence import Gap, sentence
from kravsim.telling.shown import ECONOMIC, NET, ShownYears
from kravsim.units import ORE_PER_KR
from kravsim.words.display import NO_BREAK
from kravsim.words.doubts import doubted
from kravsim.words.table import Table

if TYPE_CHECKING:
    import os
    from pathlib import Path

_SAME: Final = ("version", "stream_version", "scenario_fingerprint", "law_fingerprint")


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Paired, EqualByParts):
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

    @cached_property
    def shown(self) -> ShownYears:
        """The kronor of table, sentence and figures, rounded so that what is printed adds up."""
        return ShownYears.of(self.runs, self.difference)

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
        return doubted(self.answer(lang), self.doubts, lang)

    def answer(self, lang: str = "sv") -> str:
        """Give the sentence without the doubts, which a table writes last.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        kinds = ((NET, self.difference), (ECONOMIC, self.economic_difference))
        fiscal, economic = (Gap(spread, self.shown.difference(name), self.shown.step) for name, spread in kinds)
        names = (self.first.name(lang), self.second.name(lang))
        return sentence(names, fiscal, economic, receiver=self.first.receiver(lang), draws=self.first.draws, lang=lang)

    def to_json(self) -> dict[str, Any]:
        """Give the comparison as one strict JSON object; money in kr a calendar year."""
        return {
            **self.first.heading(),
            **self._answer(),
            "identical": self.identical,
            "correlation": self.correlation,
            "variance_ratio": self.variance_ratio,
        }

    def save(self, path: str | os.PathLike[str], *, force: bool = False, follow_symlinks: bool = False) -> Path:
        """Keep every run in one file that :func:`kravsim.load_comparison` reads; an existing one only with `force`.

        Parameters
        ----------
        path : str or path
            The file; directories above it are made when missing.
        force : bool
            Whether an existing file may be replaced.
        follow_symlinks : bool
            Whether the file may be a symbolic link.

        Returns
        -------
        pathlib.Path
            `path` as it was given.

        Raises
        ------
        OutputError
            When the file exists and `force` is false, or it cannot be written.
        """
        from kravsim.archives.archive import COMPARISON_ARCHIVE, save_runs

        return save_runs(path, self.runs, COMPARISON_ARCHIVE, force=force, follow_symlinks=follow_symlinks)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give models, differences and the answer as one table, in `sv` or `en`; what is printed adds up.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return (comparison_table(self, measures_of(self.runs), lang),)

    def __repr__(self) -> str:
        return f"<Comparison of {self.first.scenario_name}: {self.sentence('en').replace(NO_BREAK, ' ')}>"


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
        where = phrase("comparison of {model} with {model2}", model=one.model, model2=other.model)
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
                problems.append(
                    Problem(
                        where,
                        key,
                        theirs,
                        phrase("the same as {model}: {mine}", model=one.model, mine=str(mine)[:60]),
                        remedy,
                    )
                )
    if problems:
        raise RunError(problems)
