"""From one model of one scenario to any other, cause by cause and case by case, in the mean or at a percentile."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.results.bridge import Bridge, bridge, groups_of
from kravsim.results.case_changes import CaseChanges
from kravsim.results.run import Run
from kravsim.statistics.allocation import weights_at
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.interval import between
from kravsim.telling.shown import shared, step_of, steps
from kravsim.telling.walk_words import answer, tables
from kravsim.units import ORE_PER_KR
from kravsim.words.display import NO_BREAK
from kravsim.words.doubts import Doubt, as_json, doubted, of_all
from kravsim.words.table import Table, Tabled
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

EACH, DIFFERENCE = "each", "difference"
KINDS: Final = (EACH, DIFFERENCE)
"""What a percentile is of: of the net revenue at each end, or of the paired difference."""

_RESAMPLES: Final = 200
_SAME: Final = ("version", "stream_version")


@dataclass(frozen=True)
class _End:
    """An end as its doubts are told: under the name that it has in the walk."""

    model: str
    names: tuple[str, str]
    doubts: tuple[Doubt, ...]

    def name(self, lang: str = "sv") -> str:
        return self.names[language_index(lang)]


@dataclass(frozen=True, eq=False, repr=False)
class Walk(Tabled, EqualByParts):
    """The walk from one model's net revenue to another's, which may be of another scenario; causes leave no residual.

    Parameters
    ----------
    start, end : Run
        Walked from and to: the same seed and replications, so the same luck.
    percentile : float or None
        A share, such as 0.05 for a year of which nineteen in twenty are better; None for the mean.
    of : str
        ``each``: from the percentile of the start to that of the end. ``difference``: the percentile of the difference of
        the two in one and the same year, with both as they are in such years.
    names : pair of (Swedish, English)
        What start and end are called.
    cases : CaseChanges, optional
        What each case gives more or less, in one replication.
    spans : (str, str), optional
        Calendar years of the start and of the end, where they are not the same ones.

    Raises
    ------
    RunError
        When the runs do not share luck, law or version, or a percentile cannot be estimated by so few replications.
    """

    start: Run
    end: Run
    percentile: float | None
    of: str
    names: tuple[tuple[str, str], tuple[str, str]]
    cases: CaseChanges | None = None
    spans: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        seen: list[tuple[str, object, object]] = [
            (key, self.start.provenance[key], self.end.provenance[key]) for key in (*_SAME, *_law(self.start, self.end))
        ]
        seen += [("seed", self.start.seed, self.end.seed), ("draws", self.start.pairs, self.end.pairs)]
        remedy = "run both with the same seed and replications"
        problems = [
            Problem("bridge", key, str(other)[:60], phrase("the same at both ends: {one}", one=str(one)[:60]), remedy)
            for key, one, other in seen
            if one != other
        ]
        if problems:
            raise RunError(problems)
        if self.cases is not None:
            self._check_cases(self.cases)
        if self.percentile is not None:
            between("percentile", self.percentile)
            for spread in (self.start.net_revenue, self.difference):
                spread.quantile(self.percentile)  # refused where there are too few replications

    def _check_cases(self, cases: CaseChanges) -> None:
        """Case by case it must be the difference of that replication; of several years, whose lines are rounded, nearly."""
        place = self.start.pairs.index((0, cases.replication))
        left = cases.total_ore - cases.years * int(self.end.net_ore()[place] - self.start.net_ore()[place])
        slack = 0 if cases.years == 1 else cases.years * (len(self.start.lines) + len(self.end.lines))
        if abs(left) > slack:
            allowed = "cases that sum to the difference of their replication"
            raise RunError(Problem("bridge", "cases", left, allowed, "öre are left over"))

    @property
    def n(self) -> int:
        """Number of paired replications."""
        return len(self.start.outcomes)

    @cached_property
    def bridge(self) -> Bridge:
        """The causes in every replication, to the öre."""
        return bridge(self.end, self.start)

    @cached_property
    def difference(self) -> Distribution:
        """Net revenue at the end less that at the start, kr a calendar year."""
        return Distribution((self.end.net_ore() - self.start.net_ore()) / ORE_PER_KR, "difference_kr", "kr")

    @cached_property
    def causes(self) -> tuple[str, ...]:
        """Names of the causes in the order they are walked."""
        return self.bridge.causes

    @cached_property
    def _parts(self) -> dict[str, tuple[Floats, Floats]]:
        """Cause -> what its budget lines are at the start and at the end, öre, shape (replications,)."""
        lines = tuple(dict.fromkeys(self.end.lines + self.start.lines))
        return {
            cause: (_sum_of(self.start, group), _sum_of(self.end, group)) for cause, group in groups_of(lines).items()
        }

    def _walked(self, rows: NDArray[np.int64]) -> tuple[float, float, dict[str, float]]:
        """Start, end and causes in öre over some of the replications; the causes sum to the end less the start."""
        one, other = self.start.net_ore()[rows].astype(np.float64), self.end.net_ore()[rows].astype(np.float64)
        if self.percentile is None:
            before = after = np.full(len(rows), 1 / len(rows))
        elif self.of == EACH:
            before = weights_at(one, float(np.quantile(one, self.percentile)))
            after = weights_at(other, float(np.quantile(other, self.percentile)))
        else:
            gap = other - one
            before = after = weights_at(gap, float(np.quantile(gap, self.percentile)))
        causes = {name: float(after @ b[rows] - before @ a[rows]) for name, (a, b) in self._parts.items()}
        return float(before @ one), float(after @ other), causes

    @cached_property
    def amounts_ore(self) -> tuple[int, int, Mapping[str, int]]:
        """Start, end and what each cause adds on the way, in whole öre that add up exactly."""
        start, end, causes = self._walked(np.arange(self.n))
        total = math.fsum(causes.values())
        left = end - start - total
        if abs(left) > 0.5 + 1e-9 * max(1.0, abs(start), abs(end)):
            allowed = "causes that sum to the difference"
            raise RunError(Problem("bridge", "causes", round(left), allowed, "öre are left over"))
        low, whole = steps(start, 1), shared(list(causes.values()), steps(total, 1), 1)
        return low, low + sum(whole), dict(zip(causes, whole, strict=True))

    @property
    def start_kr(self) -> float:
        """Where the walk begins, kr a calendar year."""
        return self.amounts_ore[0] / ORE_PER_KR

    @property
    def end_kr(self) -> float:
        """Where it ends, kr a calendar year."""
        return self.amounts_ore[1] / ORE_PER_KR

    def cause_kr(self, cause: str) -> float:
        """What a cause adds on the way, kr a calendar year.

        Parameters
        ----------
        cause : str
            Machine name of a cause.
        """
        return self.amounts_ore[2][cause] / ORE_PER_KR + 0.0

    @cached_property
    def errors_kr(self) -> Mapping[str, float]:
        """Standard error of each cause by chance between replications, kr: bootstrap; empty of a single replication."""
        if self.n < 2:
            return {}
        rng = np.random.default_rng(self.n)
        resampled = [self._walked(rng.integers(0, self.n, self.n))[2] for _ in range(_RESAMPLES)]
        return {name: float(np.std([one[name] for one in resampled], ddof=1)) / ORE_PER_KR for name in self.causes}

    @cached_property
    def shown(self) -> tuple[float, float, Mapping[str, float], float]:
        """Start, end and causes as they are printed, kr, and the step they are multiples of: what is printed adds up."""
        step = step_of(self.difference, [self.start.net_revenue, self.end.net_revenue])
        exact = [self.cause_kr(cause) for cause in self.causes]
        low, whole = steps(self.start_kr, step), shared(exact, steps(math.fsum(exact), step), step)
        causes = {cause: count * step for cause, count in zip(self.causes, whole, strict=True)}
        return low * step, (low + sum(whole)) * step, causes, step

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers of either end."""
        ends = zip((self.start, self.end), self.names, strict=True)
        doubts = of_all([_End(run.model, called, run.doubts) for run, called in ends])
        return doubts if self.spans is None else (_other_years(*self.spans), *doubts)

    def sentence(self, lang: str = "sv") -> str:
        """Say what makes the difference, with the doubts, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(answer(self, lang), self.doubts, lang)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the walk, then the cases that gain and lose, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return tables(self, lang)

    def to_frame(self) -> pd.DataFrame:
        """Give the walk as a table.

        Returns
        -------
        pandas.DataFrame
            `kind` (start, cause, end), `cause` (empty at the ends), `amount_kr` and `se_kr` (None at the ends). The causes
            sum exactly to the end less the start.
        """
        import pandas as pd

        rows: list[tuple[str, str, float, float | None]] = [("start", "", self.start_kr, None)]
        rows += [("cause", cause, self.cause_kr(cause), self.errors_kr.get(cause)) for cause in self.causes]
        rows.append(("end", "", self.end_kr, None))
        return pd.DataFrame(rows, columns=["kind", "cause", "amount_kr", "se_kr"]).astype({"se_kr": object})

    def to_json(self) -> dict[str, Any]:
        """Give one strict JSON object; money in kr a calendar year."""
        ends = [
            {"scenario": run.scenario_name, "scenario_fingerprint": run.provenance["scenario_fingerprint"]}
            | {"title": run.scenario_title, "model": run.model, "net_revenue_kr": amount}
            for run, amount in ((self.start, self.start_kr), (self.end, self.end_kr))
        ]
        causes = {
            cause: {"amount_kr": self.cause_kr(cause), "se_kr": self.errors_kr.get(cause)} for cause in self.causes
        }
        return {
            **self.start.heading(),
            "years": None if self.spans is None else list(self.spans),
            "percentile": self.percentile,
            "of": self.of if self.percentile is not None else None,
            "start": ends[0],
            "end": ends[1],
            "difference_kr": self.end_kr - self.start_kr,
            "causes": causes,
            "cases": None if self.cases is None else self.cases.to_json(),
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<Walk: {answer(self, 'en').replace(NO_BREAK, ' ')}>"


def _other_years(start: str, end: str) -> Doubt:
    return Doubt(
        "other_years",
        f"Ändarna är kalenderår ur olika tid, {start} och {end}: i varje orsak ingår vad andra års lag, referensränta och "
        "ärenden gör.",
        f"The ends are calendar years of other times, {start} and {end}: each cause has in it what the law, the reference "
        "rate and the cases of other years do.",
    )


def _sum_of(run: Run, lines: tuple[str, ...]) -> Floats:
    """Some budget lines together, öre, shape (replications,)."""
    total = np.zeros(len(run.outcomes), np.float64)
    for line in lines:
        total += run.line_ore(line)
    return total


def _law(start: Run, end: Run) -> tuple[str, ...]:
    """The law too where both are of one scenario; another may choose another path of the reference rate."""
    same = start.provenance["scenario_fingerprint"] == end.provenance["scenario_fingerprint"]
    return ("law_fingerprint",) if same else ()
