"""Published figures against the model: what was tuned to, what was not, misses included."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from kravsim.calibration.targets import PAYROLL, target_problems
from kravsim.checking.register_words import cell
from kravsim.equality import EqualByParts
from kravsim.errors import Problem, ScenarioError, Words
from kravsim.measures.measures import unit_of
from kravsim.phrases import phrase
from kravsim.results.run import Run
from kravsim.running.how import How
from kravsim.scenario import AnyScenario, Scenario, ScenarioWarning, checked_call, library, scenario_of
from kravsim.scenario.schema import Target
from kravsim.statistics.distribution import Distribution
from kravsim.studies.compare import simulate
from kravsim.telling.shown import steps
from kravsim.words.display import amount, distance
from kravsim.words.doubts import Doubt, as_json, of_all, texts
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import capital, language_index

if TYPE_CHECKING:
    import pandas as pd

_FINEST = 1e-6
WHOSE = ("body.name", "horizon.start", "invoices.per_year", "invoices.late_share")
"""Whose figures the published ones are, and of which claims."""

_WORDS = {
    "header": (
        ("Uppgift", "Intervall", "Modell", "± fel", "Avvikelse", "Utfall"),
        ("Figure", "Interval", "Model", "± error", "Off by", "Verdict"),
    ),
    "tuned": ("Avstämda: basparametrarna är valda så att dessa nås", "Tuned: base parameters chosen to meet these"),
    "checks": ("Kontroller: inte avstämda, missar visas", "Checks: not tuned, misses shown"),
    "inside": ("inom", "inside"),
    "above": ("över", "above"),
    "below": ("under", "below"),
    "none": ("inga ärenden", "no cases"),
    "untuned": ("förutsägelse, utan mål", "a prediction, without a target"),
    "arithmetic": ("aritmetik", "arithmetic"),
    "readings": ("Publicerat, och hur det läses", "Published, and how it is read"),
    "about": (
        "{n} simuleringar av ett representativt år, slumpserie {seed}; felet är medelvärdets medelfel.",
        "{n} replications of a representative year, seed {seed}; the error is the standard error of the mean.",
    ),
}


@dataclass(frozen=True, eq=False)
class Row(EqualByParts):
    """One published figure, what the model says of it, and how far off that is (0 inside the interval).

    Parameters
    ----------
    name : str
        Of the target.
    target : Target
        What was published: figure, interval and source.
    model_mean : float
        In the unit of the figure; NaN where the model has none.
    standard_error : float or None
        Of that mean; None after a single replication, and where nothing is simulated.
    simulated : bool
        Whether it comes from runs; pay is worked out from the scenario.
    """

    name: str
    target: Target
    model_mean: float
    standard_error: float | None
    simulated: bool

    @property
    def off_by(self) -> float:
        """Signed distance to the interval."""
        if self.model_mean > self.target.high:
            return self.model_mean - self.target.high
        return min(0.0, self.model_mean - self.target.low)

    @property
    def verdict(self) -> str:
        """Whether the model's mean lies inside, above or below the interval, or has no cases to speak of."""
        if math.isnan(self.model_mean):
            return "none"
        return "above" if self.off_by > 0 else "below" if self.off_by < 0 else "inside"

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        target, empty = self.target, self.verdict == "none"
        return {
            "name": self.name,
            "title": target.title,
            "model": target.model,
            "metric": target.metric,
            "published": target.published,
            "low": target.low,
            "high": target.high,
            "mean": None if empty else self.model_mean,
            "standard_error": self.standard_error,
            "off_by": None if empty else self.off_by,
            "verdict": self.verdict,
            "tuned": target.tuned,
            "simulated": self.simulated,
            "reading": target.reading,
            "source": target.source,
            "status": str(target.status),
        }


@dataclass(frozen=True, eq=False, repr=False)
class Reconciliation(Tabled, EqualByParts):
    """All published figures of a scenario against its models.

    Parameters
    ----------
    scenario : Scenario
        With published figures.
    runs : mapping of str to Run
        By machine name of the model.
    rows : tuple of Row
        In the order of the scenario.
    replications : int
        Of every model.
    seed : int
        That the runs carry.
    """

    scenario: Scenario
    runs: dict[str, Run]
    rows: tuple[Row, ...]
    replications: int
    seed: int

    @property
    def tuned_inside(self) -> bool:
        """Whether every figure that the parameters were tuned to lies inside its interval."""
        return all(row.verdict == "inside" for row in self.rows if row.target.tuned)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers of the models."""
        return of_all(tuple(self.runs.values())) if self.runs else ()

    def __repr__(self) -> str:
        inside, many = sum(row.verdict == "inside" for row in self.rows), len(self.rows)
        return (
            f"<Reconciliation of {self.scenario.name}: {inside} of {many} published figures inside, seed {self.seed}>"
        )

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the figures that the parameters are tuned to, then the checks, then how each is read, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        place = language_index(lang)
        found = []
        for tuned in (True, False):
            rows = plain_rows(self._cells(row, lang) for row in self.rows if row.target.tuned is tuned)
            if rows:
                heading = str(_WORDS["tuned" if tuned else "checks"][place])
                found.append(Table(heading, tuple(_WORDS["header"][place]), rows))
        readings = [
            f"  {(row.target.title_sv, row.target.title)[place]}: {row.target.published}. "
            f"{capital((row.target.reading_sv, row.target.reading)[place])} "
            f"[{cell('source', row.target.source, lang)}, {cell('status', str(row.target.status), lang)}]"
            for row in self.rows
        ]
        about = str(_WORDS["about"][place]).format(n=self.replications, seed=self.seed)
        first = replace(found[0], caption=f"{self.scenario.label}\n\n{found[0].caption}")
        last = Table(str(_WORDS["readings"][place]), ("",), (), (*readings, about, *texts(self.doubts, lang)))
        return (first, *found[1:], *self._curves(lang), last)

    def _curves(self, lang: str) -> Iterator[Table]:
        """When principal is paid after each step of each model: a prediction, held against no target."""
        for run in self.runs.values():
            table = run.payment_curves().short(lang)
            untuned = str(_WORDS["untuned"][language_index(lang)])
            yield replace(table, caption=f"{capital(run.name(lang))}: {table.caption} ({untuned})")

    def _cells(self, row: Row, lang: str) -> list[str]:
        index, target = language_index(lang), row.target
        verdict = str(_WORDS[row.verdict][index])
        if not row.simulated:
            verdict += f" ({_WORDS['arithmetic'][index]})"
        unit, off_by = unit_of(target.metric), 0.0 if row.verdict == "none" else row.off_by
        step = _step(target, off_by)
        while row.off_by and not _off_steps(row, step) and step > _FINEST:
            step /= 10
        low, high = (amount(end, unit, lang, step=step) for end in (target.low, target.high))
        shown = ["–", "–", "–"]
        if row.verdict != "none":
            error = "–" if row.standard_error is None else distance(row.standard_error, unit, lang, step=step)
            off_by = _off_steps(row, step) * step
            shown = [amount(row.model_mean, unit, lang, step=step), error, distance(off_by, unit, lang, step=step)]
        return [(target.title_sv, target.title)[index], f"{low} – {high}", *shown, verdict]

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "scenario": self.scenario.name,
            "scenario_fingerprint": self.scenario.fingerprint,
            "seed": self.seed,
            "replications": self.replications,
            "tuned_inside": self.tuned_inside,
            "rows": [row.to_json() for row in self.rows],
            "payment_curves": {model: run.payment_curves().summary() for model, run in self.runs.items()},
            "doubts": as_json(self.doubts),
        }


def _off_steps(row: Row, step: float) -> int:
    """How far off a row is, in whole steps, as a reader works it out from the mean and the interval that are shown."""
    if row.verdict not in ("above", "below"):
        return 0
    end = row.target.high if row.verdict == "above" else row.target.low
    return steps(row.model_mean, step) - steps(end, step)


def _step(target: Target, off_by: float) -> float:
    """How finely a row is written, in its unit: as usual, or finer where the distance would read as nothing."""
    unit = unit_of(target.metric)
    if unit == "share":
        step = 0.001
    elif unit == "kr" and target.metric != "mean_claim_kr":
        step = 100.0
    else:
        step = 1.0 if max(abs(target.low), abs(target.high)) >= 1000 else 0.1
    while off_by and abs(off_by) < step / 2 and step > _FINEST:
        step /= 10
    return step


@checked_call
def reconcile(
    scenario: AnyScenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    **how: Unpack[How],
) -> Reconciliation:
    """Hold the models against the published figures in the scenario's ``targets``.

    Parameters
    ----------
    scenario : Scenario, str or path
        With published figures.
    replications : int, optional
        Of every model that has one.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    **how : Unpack[How]
        How to run: see :class:`kravsim.running.how.How`.

    Returns
    -------
    Reconciliation
        One row a published figure.

    Raises
    ------
    ScenarioError
        When the scenario has no targets, or a target names a measure that runs do not have.

    Warns
    -----
    ScenarioWarning
        When the targets are another body's: they are inherited, and who is late with how much has been changed since.
    """
    scenario = scenario_of(scenario)
    _check_targets(scenario)
    runs: dict[str, Run] = {}
    root = seed
    for model in models_of_targets(scenario):
        runs[model] = simulate(
            scenario,
            model=model,
            replications=replications,
            seed=root,
            **how,
        )
        root = runs[model].seed
    return _held(scenario, runs, root)


def reconcile_runs(scenario: Scenario, runs: Mapping[str, Run], **how: Unpack[How]) -> Reconciliation:
    """Hold years that have been run already against the published figures: what :func:`reconcile` gives for their seed.

    Parameters
    ----------
    scenario : Scenario
        That was run, with published figures.
    runs : mapping of str to Run
        By machine name of the model, at least one; models that the figures speak of besides are run as these were.
    **how : Unpack[How]
        How to run them: see :class:`kravsim.running.how.How`.

    Raises
    ------
    ScenarioError
        As :func:`reconcile`.
    """
    _check_targets(scenario)
    first = next(iter(runs.values()))
    asked: dict[str, Any] = {"replications": first.replications, "seed": first.seed}
    every = {
        model: runs[model] if model in runs else simulate(scenario, model=model, **asked, **how)
        for model in models_of_targets(scenario)
    }
    return _held(scenario, every, first.seed)


def models_of_targets(scenario: Scenario) -> tuple[str, ...]:
    """Name the models that published figures of a scenario speak of and that are simulated for it, in their order.

    Parameters
    ----------
    scenario : Scenario
        With published figures.
    """
    targets = scenario.data.targets.values()
    return tuple(dict.fromkeys(target.model for target in targets if target.metric != PAYROLL))


def _check_targets(scenario: Scenario) -> None:
    if not scenario.data.targets:
        raise ScenarioError(
            Problem(scenario.name, "targets", "nothing", "published figures", "add [targets.<name>] tables to the file")
        )
    unknown = target_problems(scenario)
    if unknown:
        raise ScenarioError(unknown)
    for problem in _of_another(scenario):
        warnings.warn(str(problem), ScenarioWarning, stacklevel=3)


def _held(scenario: Scenario, runs: dict[str, Run], root: int | None) -> Reconciliation:
    frames = {model: run.to_frame() for model, run in runs.items()}
    rows = tuple(_row(scenario, name, target, runs, frames) for name, target in scenario.data.targets.items())
    first = next(iter(runs.values()), None)
    return Reconciliation(scenario, runs, rows, first.replications if first else 0, root or 0)


def _of_another(scenario: Scenario) -> Iterator[Problem]:
    """Targets that come from a file whose body, year or volumes another file, or a change, has replaced since."""
    file_of = scenario.sheet.file_of
    files = {file_of(("targets", name)) for name in scenario.data.targets} - {file_of(())}
    for file in sorted(files):
        changed = [key for key in WHOSE if file_of(tuple(key.split("."))) not in {file, f"{library.BASE}.toml"}]
        if changed:
            remedy = phrase("replace [targets]: {names} no longer come from there", names=", ".join(changed))
            yield Problem(
                scenario.name,
                "targets",
                Words(phrase("the figures of {file}", file=file)),
                "figures of this body",
                remedy,
            )


def _row(
    scenario: Scenario, name: str, target: Target, runs: Mapping[str, Run], frames: Mapping[str, pd.DataFrame]
) -> Row:
    if target.metric == PAYROLL:
        pool = next(iter(scenario.data.models[target.model].staff.values()))
        posts = target.posts or 0.0
        payroll = posts * pool.pay_per_fte_kr.value * (1 + pool.overhead_share.value)
        return Row(name, target, payroll, None, simulated=False)
    run = runs[target.model]
    if target.metric not in run.outcomes[0].numbers:
        values = frames[target.model][target.metric].to_numpy(np.float64)
        spread = Distribution(values, target.metric, unit_of(target.metric))
    elif run.defined(target.metric):
        spread = run.metric(target.metric)
    else:
        return Row(name, target, float("nan"), None, simulated=True)
    return Row(name, target, spread.mean, spread.se if spread.n > 1 else None, simulated=True)
