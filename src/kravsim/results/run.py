"""All replications of one model: its measures, its budget statement and where they came from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import ABSENT, Problem, RunError
from kravsim.measures.measures import unit_of
from kravsim.measures.outcome import Outcome
from kravsim.phrases import phrase
from kravsim.results.notes import doubts_of_outcomes
from kravsim.scenario.body_kind import kind_of
from kravsim.statistics.distribution import PERCENTILES, Distribution
from kravsim.statistics.ratio import Ratio, ratio_of
from kravsim.telling.run_table import run_table
from kravsim.units import ORE_PER_KR
from kravsim.words.body_words import WORDS, BodyWords
from kravsim.words.display import NO_BREAK, kr, replications
from kravsim.words.doubts import Doubt, as_json, keys, texts
from kravsim.words.table import Table, Tabled
from kravsim.words.wording import language_index, titled_name

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from kravsim.archives.manifest import Record
    from kravsim.explaining.explanation import Explanation
    from kravsim.results.payment_curves import PaymentCurves

Summary = dict[str, float | int | None]
"""`mean`, `sd`, `p05`, `p50`, `p95` of a measure; see :meth:`Distribution.to_json`."""

PRINCIPAL, PRICE = "principal_recovered_kr", "sale_price_kr"
METRICS: Final = (
    "claims",
    "success_share",
    "books_net_kr",
    "net_revenue_kr",
    "net_revenue_excl_interest_kr",
    "interest_kr",
    PRINCIPAL,
    "economic_result_kr",
    "kronofogden_applications",
)
"""The measures that every run has and every summary shows."""
EARLY: Final = "early_paid_claims"
"""Shown beside the claims handed over where some were paid before."""

PROVENANCE: Final = ("version", "stream_version", "scenario_fingerprint", "law_fingerprint")
"""What every run says about where it came from."""


class Replay(Protocol):
    """Makes one replication of a run again; :class:`kravsim.explaining.explain.Replay` is one."""

    def outcome(self, *, replication: int = 0, draw: int = 0) -> Outcome:
        """The replication's numbers.

        Parameters
        ----------
        replication : int
            Number of the replication within its parameter draw, from 0.
        draw : int
            Number of the parameter draw, from 1; 0 is the base world.
        """
        ...

    def explain(self, case: int, *, replication: int = 0, draw: int = 0, lang: str = "sv") -> Explanation:
        """One case's life.

        Parameters
        ----------
        case : int
            Number of the case, from 0.
        replication : int
            Number of the replication within its parameter draw, from 0.
        draw : int
            Number of the parameter draw, from 1; 0 is the base world.
        lang : str
            `sv` or `en`.
        """
        ...

    def postings(self, line: str | None = None, *, replication: int = 0, draw: int = 0) -> pd.DataFrame:
        """The postings of a line.

        Parameters
        ----------
        line : str, optional
            A line of the budget or of the ledger; every posting when left out.
        replication : int
            Number of the replication within its parameter draw, from 0.
        draw : int
            Number of the parameter draw, from 1; 0 is the base world.
        """
        ...

    def find_cases(
        self, *what: str, payments: int = 0, limit: int = 20, replication: int = 0, draw: int = 0
    ) -> pd.DataFrame:
        """Cases by what happened to them.

        Parameters
        ----------
        payments : int
            Fewest payments that the debtor made.
        limit : int
            How many cases to give at most.
        replication : int
            Number of the replication within its parameter draw, from 0.
        draw : int
            Number of the parameter draw, from 1; 0 is the base world.
        *what : str
            Names of steps, of steps with an answer, and of end states, all of which must be true of a case.
        """
        ...


def measures_of(runs: Sequence[Run]) -> tuple[str, ...]:
    """Name the measures that runs are shown by.

    Where a model hands over fewer claims, how many were paid before, too; where one sells claims, what it is paid for them.

    Parameters
    ----------
    runs : sequence of Run
    """
    early = any(outcome.numbers.get(EARLY, 0.0) for run in runs for outcome in run.outcomes)
    sold = any(PRICE in outcome.numbers for run in runs for outcome in run.outcomes[:1])
    more = {METRICS[0]: EARLY} if early else {}
    more |= {PRINCIPAL: PRICE} if sold else {}
    return tuple(one for name in METRICS for one in (name, more.get(name)) if one is not None)


@dataclass(frozen=True, eq=False, repr=False)
class Run(Tabled, EqualByParts):
    """The replications of one model of one scenario.

    Parameters
    ----------
    scenario_name, scenario_title : str
        Machine name and title of the scenario.
    model : str
        Name of the model.
    seed : int
        Seed that all random numbers grow from.
    engine : str
        Engine that carried out the plan; engines agree row for row.
    replications : int
        Replications of each parameter draw.
    provenance : dict
        `version`, `stream_version`, `scenario_fingerprint`, `law_fingerprint`.
    outcomes : iterable of Outcome
        One a replication, in any order; kept by draw and replication.
    titles : pair of str
        What the scenario calls the model in Swedish and English; empty when it says nothing.
    record : Record, optional
        When, from which scenario text and with what it was made; runs that differ only in this are equal.
    replay : Replay, optional
        Makes a replication again, so that the run can explain itself; a run read from a file has none.
    declared : tuple of Doubt
        What must be known of the scenario and its law before the numbers are read.
    body : str
        What kind of body collects, for the words; by the scenario's title where it is left out, as an earlier version did.

    Raises
    ------
    RunError
        When outcomes are missing, repeated or of another model, when they measure different things, when a budget does
        not sum to its net revenue to the öre, or when the provenance is incomplete.
    """

    scenario_name: str
    scenario_title: str
    model: str
    seed: int
    engine: str
    replications: int
    provenance: dict[str, str | int]
    outcomes: tuple[Outcome, ...]
    titles: tuple[str, str] = ("", "")
    record: Record | None = field(default=None, compare=False)
    replay: Replay | None = field(default=None, compare=False)
    declared: tuple[Doubt, ...] = field(default=(), compare=False)
    body: str = ""

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.outcomes, key=lambda outcome: (outcome.draw, outcome.replication)))
        object.__setattr__(self, "outcomes", ordered)
        _check_provenance(self.provenance)
        _check_count(self)
        _check_contents(self)

    def name(self, lang: str = "sv") -> str:
        """Name the model as running text: the usual words for usual titles, else the scenario's own title.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return titled_name(self.model, self.titles, lang)

    def receiver(self, lang: str = "sv") -> str:
        """Name whoever gets the net revenue: the region, the municipality.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return self.body_words.the[language_index(lang)]

    @property
    def body_words(self) -> BodyWords:
        """How the body that collects is spoken of."""
        return WORDS[self.body or kind_of(self.scenario_title)]

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Parameter draw and replication of every outcome, in order."""
        return tuple((outcome.draw, outcome.replication) for outcome in self.outcomes)

    @property
    def draws(self) -> int:
        """Number of parameter draws; 1 means that the spread shows chance only."""
        return len({outcome.draw for outcome in self.outcomes})

    @property
    def net_revenue(self) -> Distribution:
        """Net revenue of the region, kr a calendar year."""
        return self.metric("net_revenue_kr")

    @property
    def net_revenue_excl_interest(self) -> Distribution:
        """Net revenue without late-payment interest, kr a calendar year."""
        return self.metric("net_revenue_excl_interest_kr")

    @property
    def books_net(self) -> Distribution:
        """Fees received less the agency's invoices, as the books show it, kr a calendar year."""
        return self.metric("books_net_kr")

    @property
    def interest(self) -> Distribution:
        """Late-payment interest (*dröjsmålsränta*) received, kr a calendar year."""
        return self.metric("interest_kr")

    @property
    def principal_recovered(self) -> Distribution:
        """Principal that debtors paid, kr a calendar year."""
        return self.metric(PRINCIPAL)

    @property
    def economic_result(self) -> Distribution:
        """Net revenue and recovered principal, kr a calendar year."""
        return self.metric("economic_result_kr")

    @property
    def claims(self) -> Distribution:
        """Claims referred in the year."""
        return self.metric("claims")

    @property
    def success_share(self) -> Distribution:
        """Share of the referred claims that were paid, of all years together; not defined when there is no claim."""
        return self.metric("success_share")

    @property
    def kronofogden_applications(self) -> Distribution:
        """Applications for a payment order (*betalningsföreläggande*) in the year."""
        return self.metric("kronofogden_applications")

    def metric(self, name: str) -> Distribution:
        """Give any measure of the outcomes.

        Parameters
        ----------
        name : str
            A key of the outcomes' numbers.

        Raises
        ------
        RunError
            When the outcomes have no such measure, or it is a share of nothing in every replication.
        """
        if name not in self.outcomes[0].numbers:
            known = ", ".join(sorted(self.outcomes[0].numbers))
            raise RunError(
                Problem(
                    phrase("run of {model}", model=self.model),
                    name,
                    ABSENT,
                    phrase("one of {names}", names=known),
                    "check the spelling",
                )
            )
        values = self._values(name)
        ratio = self._ratio(name, name)
        if ratio is not None:
            return ratio
        undefined = int(np.count_nonzero(np.isnan(values)))
        if undefined:
            remedy = phrase(
                "there was nothing to take a share of in {undefined} of {size} replications",
                undefined=undefined,
                size=values.size,
            )
            raise RunError(
                Problem(phrase("run of {model}", model=self.model), name, phrase("no cases"), "a number", remedy)
            )
        return Distribution(values, name, unit_of(name))

    def defined(self, name: str) -> bool:
        """Say whether a measure is a number: a share that of something in some replication, else in every one.

        Parameters
        ----------
        name : str
            Machine name of a measure.
        """
        return self._ratio(name, name) is not None or not bool(np.isnan(self._values(name)).any())

    def net_ore(self) -> NDArray[np.int64]:
        """Give the net revenue in öre, shape (replications,): the exact sum of the budget lines."""
        return np.array([sum(outcome.budget_ore.values()) for outcome in self.outcomes], dtype=np.int64)

    def line_ore(self, line: str) -> NDArray[np.int64]:
        """Give one budget line in öre, shape (replications,); 0 where nothing was booked on it.

        Parameters
        ----------
        line : str
            Machine name of a budget line.
        """
        return np.array([outcome.budget_ore.get(line, 0) for outcome in self.outcomes], dtype=np.int64)

    @property
    def lines(self) -> tuple[str, ...]:
        """Budget lines in the order of the statement."""
        return _keys(outcome.budget_ore for outcome in self.outcomes)

    def budget(self) -> pd.DataFrame:
        """Give the year's statement seen from the region, kr.

        Returns
        -------
        pandas.DataFrame
            `line`, `mean`, `p05`, `p50`, `p95`, one row a line and `net_revenue` last; a percentile that this many
            replications cannot estimate is None.
        """
        return _summary_frame("line", {line: spread.to_json() for line, spread in self._budget().items()})

    def steps(self) -> pd.DataFrame:
        """Give how often each step was carried out in the year: `step`, `mean`, `p05`, `p50`, `p95`."""
        return self._part_frame("step", "step")

    def ends(self) -> pd.DataFrame:
        """Give how many claims reached each end in the year: `end`, `mean`, `p05`, `p50`, `p95`."""
        return self._part_frame("end", "end")

    def cohort(self) -> pd.DataFrame:
        """Give one year's invoices followed to the horizon: `measure`, `mean`, `p05`, `p50`, `p95`."""
        return self._part_frame("cohort", "measure")

    def payment_curves(self) -> PaymentCurves:
        """Give when principal was paid after each step, and how else claims ended, of the first simulated year's claims.

        Raises
        ------
        RunError
            When the run was made before 0.3.0, which did not keep them.
        """
        found = self._curves
        if found is None:
            remedy = "run it again with this version"
            raise RunError(
                Problem(
                    phrase("run of {model}", model=self.model), "payment_curves", ABSENT, "a run that kept them", remedy
                )
            )
        return found

    @property
    def _curves(self) -> PaymentCurves | None:
        from kravsim.results.payment_curves import curves_of

        return curves_of(self)

    def to_frame(self) -> pd.DataFrame:
        """Give every number of every replication, one row a replication.

        Columns are `draw`, `replication`, the measures, then `budget_<line>_kr`, `step_<step>`, `end_<end>` and
        `cohort_<measure>`. A share of nothing is NaN.
        """
        import pandas as pd

        columns: dict[str, Any] = {
            "draw": [outcome.draw for outcome in self.outcomes],
            "replication": [outcome.replication for outcome in self.outcomes],
        }
        columns |= {name: self._values(name) for name in self.outcomes[0].numbers}
        columns |= {f"budget_{line}_kr": self.line_ore(line) / ORE_PER_KR for line in self.lines}
        for prefix, part in _PARTS.items():
            names = _keys(part(outcome) for outcome in self.outcomes)
            columns |= {f"{prefix}_{name}": [part(outcome).get(name, 0) for outcome in self.outcomes] for name in names}
        return pd.DataFrame(columns)

    def summary(self) -> dict[str, Any]:
        """Summarise the model as plain numbers: its measures and its `budget` line by line, kr a calendar year.

        `payment_curves` has when principal was paid after each step; a run of before 0.3.0 has none.
        """
        shown = measures_of((self,))
        answer: dict[str, Any] = {name: self._summary(self._values(name), name, name) for name in shown}
        answer["budget"] = {line: spread.to_json() for line, spread in self._budget().items()}
        curves = self._curves
        if curves is not None:
            answer["payment_curves"] = curves.summary()
        return answer

    def to_json(self) -> dict[str, Any]:
        """Give the run as one strict JSON object: what was run, then `models` with this one model."""
        return {**self.heading(), "models": {self.model: self.summary()}, "doubts": as_json(self.doubts)}

    def heading(self) -> dict[str, Any]:
        """Say what was run: scenario, seed, replications, engine, versions and fingerprints."""
        return {
            "scenario": self.scenario_name,
            "seed": self.seed,
            "replications": self.replications,
            "draws": self.draws,
            "engine": self.engine,
            **{key: self.provenance[key] for key in PROVENANCE},
        }

    def save(self, path: str | os.PathLike[str], *, force: bool = False, follow_symlinks: bool = False) -> Path:
        """Keep the run in one file that :func:`kravsim.load_run` reads; an existing one only with `force`.

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
        from kravsim.archives.archive import RUN_ARCHIVE, save_runs

        return save_runs(path, [self], RUN_ARCHIVE, force=force, follow_symlinks=follow_symlinks)

    def explain(self, case: int, *, replication: int = 0, draw: int = 0, lang: str = "sv") -> Explanation:
        """Tell one case's life krona by krona; the replication is run again.

        Parameters
        ----------
        case : int
            Number of the case, from 0; :meth:`find_cases` finds one worth a look.
        replication, draw : int
            One of :attr:`pairs`.
        lang : str
            `sv` or `en`.

        Returns
        -------
        Explanation
            ``.text``, ``.to_html()`` and ``.to_frame()``.

        Raises
        ------
        RunError
            When there is no such case or replication, the run was read from a file without
            :func:`kravsim.studies.with_scenario`, or this version of kravsim gives other numbers than the run has.
        """
        return self._retelling(draw, replication).explain(case, replication=replication, draw=draw, lang=lang)

    def postings(self, line: str | None = None, *, replication: int = 0, draw: int = 0) -> pd.DataFrame:
        """Follow a line of one replication back to its postings.

        ``region_ore`` of a budget line sums exactly to :meth:`line_ore` of that replication (times the horizon's years).
        Columns, lines and further errors are those of :func:`kravsim.explaining.trace.postings_frame`; the rest is as for
        :meth:`explain`.

        Parameters
        ----------
        line : str, optional
            A line of the budget or of the ledger; every posting when left out.
        replication, draw : int
            One of :attr:`pairs`.
        """
        return self._retelling(draw, replication).postings(line, replication=replication, draw=draw)

    def find_cases(
        self, *what: str, payments: int = 0, limit: int = 20, replication: int = 0, draw: int = 0
    ) -> pd.DataFrame:
        """Find cases by what happened to them: ``run.find_cases("attachment", "paid", payments=2)``.

        Parameters, columns and further errors are those of :func:`kravsim.explaining.trace.find_cases`; the rest is as for
        :meth:`explain`.

        Parameters
        ----------
        payments : int
            Fewest payments that the debtor made.
        limit : int
            How many cases to give at most.
        replication, draw : int
            One of :attr:`pairs`.
        *what : str
            Names of steps, of steps with an answer, and of end states, all of which must be true of a case.
        """
        found = self._retelling(draw, replication)
        return found.find_cases(*what, payments=payments, limit=limit, replication=replication, draw=draw)

    def _retelling(self, draw: int, replication: int) -> Replay:
        """What makes a replication again, once it has been seen to give the numbers that this run has."""
        where = phrase("run of {model}", model=self.model)
        if self.replay is None:
            remedy = "run = kravsim.studies.with_scenario(run) gives it one"
            raise RunError(Problem(where, "scenario", ABSENT, "a run that knows its scenario", remedy))
        if (draw, replication) not in self.pairs:
            allowed = phrase("0 to {n}", n=self.replications - 1) if self.draws == 1 else "a pair of run.pairs"
            raise RunError(Problem(where, "replication", replication, allowed, "name a replication of this run"))
        mine = self.outcomes[self.pairs.index((draw, replication))]
        made = self.replay.outcome(replication=replication, draw=draw)
        if (made.budget_ore, made.steps, made.ends) != (mine.budget_ore, mine.steps, mine.ends):
            remedy = "explain it with the version that made it, or run it again"
            raise RunError(
                Problem(
                    where,
                    phrase("replication {replication}", replication=replication),
                    phrase("other numbers"),
                    "those of the run",
                    remedy,
                )
            )
        return self.replay

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give measures and budget as one table, whose means add up, then payment after each step, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        curves = self._curves
        return (run_table(self, measures_of((self,)), lang), *(() if curves is None else (curves.short(lang),)))

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers, such as staff who never catch up; usually nothing."""
        return (*self.declared, *doubts_of_outcomes(self.outcomes))

    def with_more(self, other: Run) -> Run:
        """The same with the worlds of another run of this model, which have other numbers.

        Parameters
        ----------
        other : Run
            With as many replications of each world.
        """
        return replace(self, outcomes=(*self.outcomes, *other.outcomes))

    def notes(self, lang: str = "sv") -> tuple[str, ...]:
        """Give the doubts as sentences in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return texts(self.doubts, lang)

    def __repr__(self) -> str:
        net = self.net_revenue.text("en").replace(NO_BREAK, " ")
        shown = replications(len(self.outcomes), "en").replace(NO_BREAK, " ")
        return f"<Run of {self.model} in {self.scenario_name}: net revenue {net}, {shown}{keys(self.doubts)}>"

    def _values(self, name: str) -> NDArray[np.float64]:
        return np.array([outcome.numbers[name] for outcome in self.outcomes], dtype=np.float64)

    def _ratio(self, key: str, label: str) -> Ratio | None:
        """The ratio of totals of a number that is a ratio; None for others, and where there is nothing to take it of."""
        if any(key not in outcome.wholes for outcome in self.outcomes):
            return None
        parts, wholes = (np.array([getattr(one, kind)[key] for one in self.outcomes]) for kind in ("parts", "wholes"))
        return ratio_of(parts, wholes, label, unit_of(label)) if wholes.any() else None

    def _summary(self, values: NDArray[np.float64], key: str, label: str) -> Summary:
        ratio = self._ratio(key, label)
        return _summarise(values, label) if ratio is None else ratio.to_json()

    def _budget(self) -> dict[str, Distribution]:
        lines = {line: Distribution(self.line_ore(line) / ORE_PER_KR, line, "kr") for line in self.lines}
        return {**lines, "net_revenue": Distribution(self.net_ore() / ORE_PER_KR, "net_revenue", "kr")}

    def _part_frame(self, part: str, key: str) -> pd.DataFrame:
        counts = [_PARTS[part](outcome) for outcome in self.outcomes]
        columns = {name: np.array([count.get(name, 0) for count in counts], np.float64) for name in _keys(counts)}
        return _summary_frame(
            key, {name: self._summary(values, f"{part}_{name}", name) for name, values in columns.items()}
        )


_PARTS: Final[Mapping[str, Callable[[Outcome], Mapping[str, float]]]] = {
    "step": lambda outcome: outcome.steps,
    "end": lambda outcome: outcome.ends,
    "cohort": lambda outcome: outcome.cohort,
}


def _keys(mappings: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Collect keys in the order they are first met."""
    found: dict[str, None] = {}
    for mapping in mappings:
        found |= dict.fromkeys(mapping)
    return tuple(found)


def _summarise(values: NDArray[np.float64], name: str) -> Summary:
    """Summarise one measure; a share of nothing in any replication is None throughout, with their number."""
    undefined = int(np.count_nonzero(np.isnan(values)))
    if undefined:
        return {"mean": None, "sd": None, **dict.fromkeys(PERCENTILES), "undefined": undefined}
    return Distribution(values, name, unit_of(name)).to_json()


def _summary_frame(key: str, summaries: Mapping[str, Summary]) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {key: list(summaries)}
    for name in ("mean", *PERCENTILES):
        values = [summary[name] for summary in summaries.values()]
        columns[name] = pd.Series(values, dtype=object if None in values else np.float64)
    return pd.DataFrame(columns)


def _check_provenance(provenance: Mapping[str, Any]) -> None:
    missing = [key for key in PROVENANCE if key not in provenance]
    if missing:
        raise RunError([Problem("run", f"provenance.{key}", ABSENT, "a version or fingerprint", "") for key in missing])


def _check_count(run: Run) -> None:
    where, pairs = phrase("run of {model}", model=run.model), run.pairs
    expected = run.replications * max(1, run.draws)
    if not pairs or len(pairs) != expected:
        allowed = phrase("{replications} a parameter draw, at least one", replications=run.replications)
        raise RunError(Problem(where, "outcomes", len(pairs), allowed, "some replications are missing"))
    if len(set(pairs)) != len(pairs):
        twice = next(pair for pair in pairs if pairs.count(pair) > 1)
        raise RunError(Problem(where, "outcomes", twice, "each draw and replication once", "it is there twice"))


def _check_contents(run: Run) -> None:
    where, measures = phrase("run of {model}", model=run.model), run.outcomes[0].numbers.keys()
    missing = [name for name in METRICS if name not in measures]
    if missing:
        raise RunError([Problem(where, name, ABSENT, "a number a replication", "") for name in missing])
    for outcome in run.outcomes:
        if outcome.model != run.model:
            raise RunError(Problem(where, "outcomes.model", outcome.model, run.model, "one run holds one model"))
        at = phrase("draw {draw}, replication {replication}", draw=outcome.draw, replication=outcome.replication)
        if outcome.numbers.keys() != measures:
            odd = min(outcome.numbers.keys() ^ measures)
            raise RunError(Problem(where, odd, at, "the same measures in every replication", ""))
        net = outcome.numbers["net_revenue_kr"]
        booked = sum(outcome.budget_ore.values())
        if not math.isfinite(net) or round(net * ORE_PER_KR) != booked:
            allowed = f"{kr(booked / ORE_PER_KR, 'en', step=0.01)}, the sum of the budget lines"
            raise RunError(Problem(where, "net_revenue_kr", net, allowed.replace(NO_BREAK, " "), at))
