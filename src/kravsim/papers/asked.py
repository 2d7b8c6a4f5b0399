"""Everything that a paper asks of its scenario, asked once and in one order, so that it can be asked again."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Unpack, cast

from kravsim.calibration.posterior import readings
from kravsim.calibration.stored import is_stored, kept_layout, whole
from kravsim.checking.register import register
from kravsim.flow import one_run
from kravsim.ledger.lines import Pair
from kravsim.papers.beside import Beside
from kravsim.papers.linearised import Twin, twin_of
from kravsim.papers.paper_file import PaperData
from kravsim.scenario import ScenarioWarning
from kravsim.sizing.machine import default_workers
from kravsim.studies import (
    compare,
    sensitivity,
    switching_line,
    switching_value,
    uncertainty,
    value_of_information,
)
from kravsim.studies.decision.sweep import sweep
from kravsim.studies.reconcile import reconcile_runs
from kravsim.studies.uncertainty import Uncertainty, stored

if TYPE_CHECKING:
    from kravsim.checking.register import Register
    from kravsim.flow import RunParts
    from kravsim.results.comparison import Comparison
    from kravsim.results.uncertainty import UncertainComparison
    from kravsim.running.how import Crew
    from kravsim.scenario import Scenario
    from kravsim.studies.decision.found_out import FindingOut
    from kravsim.studies.decision.line import SwitchingLine
    from kravsim.studies.decision.sensitivity import Sensitivity
    from kravsim.studies.decision.swept import Sweep
    from kravsim.studies.decision.switched import SwitchingValue
    from kravsim.studies.reconcile import Reconciliation

Tell = Callable[[Pair, int, int], None]
"""Told what is begun, in both languages, the how many-th it is, and of how many."""
PROGRESS: Final[Mapping[str, Pair]] = {
    "comparison": ("grundfallets år", "years of the base case"),
    "uncertain": ("lägena", "the worlds"),
    "reconciliation": ("publicerade uppgifter", "published figures"),
    "sensitivity": ("ett tal i taget", "one number at a time"),
    "turns": ("var svaret vänder", "where the answer turns"),
    "line": ("var svaret vänder längs två tal", "where the answer turns over two numbers"),
    "information": ("vad som är värt att ta reda på", "what is worth finding out"),
    "sweep": ("svepet", "the sweep"),
    "register": ("antaganden", "assumptions"),
    "years": ("ett år, händelse för händelse", "one year, event by event"),
    "twin": ("grundfallet som rät linje", "the base case as a straight line"),
}
"""What is asked, in this order, as progress is told."""


@dataclass(frozen=True)
class Asked:
    """The answers that a paper is written from.

    Parameters
    ----------
    paper : PaperData
        What its file says.
    scenario : Scenario
        What was asked about.
    comparison : Comparison
        Years as everything stands.
    uncertain : UncertainComparison
        Worlds that agree with the books, or that are believed before them.
    reconciliation : Reconciliation or None
        Published figures against the model; None where the scenario has none.
    sensitivity : Sensitivity
        Each input from end to end.
    turns : tuple of SwitchingValue
        Where the answer turns along each number that the paper names.
    line : SwitchingLine or None
        Where the answer turns over two numbers; None where the paper names none.
    information : FindingOut
        What knowing more before the choice would be worth.
    sweep : Sweep or None
        A number at many values; None where the paper names none.
    register : Register
        Every assumption.
    years : tuple of RunParts
        One year of each model, event by event.
    twin : Twin
        The base case, linearised in the inputs that move it most.
    """

    paper: PaperData
    scenario: Scenario
    comparison: Comparison
    uncertain: UncertainComparison
    reconciliation: Reconciliation | None
    sensitivity: Sensitivity
    turns: tuple[SwitchingValue, ...]
    line: SwitchingLine | None
    information: FindingOut
    sweep: Sweep | None
    register: Register
    years: tuple[RunParts, ...]
    twin: Twin


def asked(paper: PaperData, scenario: Scenario, *, tell: Tell | None = None, **how: Unpack[Crew]) -> Asked:
    """Ask everything that a paper asks.

    Parameters
    ----------
    paper : PaperData
        What the paper's file says.
    scenario : Scenario
        What it is about.
    tell : callable, optional
        Told what is begun.
    **how : Unpack[Crew]
        Who runs it; the answers do not depend on it.

    Raises
    ------
    RunError, ScenarioError
        As the studies raise them.
    """
    runs, (one, other) = paper.runs, paper.models
    models, seed = (one, other), runs.seed
    with _quiet():
        if runs.uncertainty == "posterior" and not _has_sets(scenario):
            _drawn_from(scenario)  # says what to do, before anything is run
        worlds: dict[str, Any] = {"draws": runs.worlds, "seed": seed}
        in_closed_form: dict[str, Callable[[], Any]] = {
            "sets": lambda: _drawn_from(scenario) if runs.uncertainty == "posterior" else "prior",
            "sensitivity": lambda: sensitivity(scenario, models=models, seed=seed, progress=False),
            "turns": lambda: tuple(
                switching_value(
                    scenario, turn.key, turn.low, turn.high, models=models, seed=seed, worlds=0, progress=False
                )
                for turn in paper.turns
            ),
            "line": lambda: _line(paper, scenario),
            "information": lambda: value_of_information(
                scenario, models, uncertainty=beside["sets"], progress=False, **worlds
            ),
            "sweep": lambda: (
                None
                if paper.sweep is None
                else sweep(scenario, {paper.sweep.key: list(paper.sweep.values)}, models=models)
            ),
            "register": lambda: register(scenario),
            "twin": lambda: twin_of(scenario, models, beside["sensitivity"].tornado),
        }
        found: dict[str, Any] = {}
        simulated: dict[str, Callable[[], Any]] = {
            "comparison": lambda: compare(scenario, models, replications=runs.replications, seed=seed, **how),
            "uncertain": lambda: uncertainty(
                scenario,
                models,
                uncertainty=beside["sets"],
                replications_per_draw=runs.replications_per_world,
                control="none",  # a paper tells every number of one and the same sample
                **worlds,
                **how,
            ),
            "reconciliation": lambda: _reconciled(scenario, found["comparison"], how),
            "years": lambda: tuple(one_run(scenario, model, seed=seed) for model in models),
        }
        workers = how.get("workers") or default_workers()
        side_by_side = isinstance(workers, int) and workers > 1  # anything else is refused by what is simulated
        with Beside(in_closed_form) if side_by_side else nullcontext(_InTurn(in_closed_form)) as beside:
            for place, name in enumerate(PROGRESS):
                if tell is not None:
                    tell(PROGRESS[name], place + 1, len(PROGRESS))
                beside.raise_what_failed()
                found[name] = simulated[name]() if name in simulated else beside[name]
    return Asked(paper, scenario, **found)


class _InTurn:
    """Answers that are found when they are wanted, where there is one thread for everything."""

    def __init__(self, parts: Mapping[str, Callable[[], Any]]) -> None:
        self._parts, self._found = parts, dict[str, Any]()

    def __getitem__(self, name: str) -> Any:
        if name not in self._found:
            self._found[name] = self._parts[name]()
        return self._found[name]

    def raise_what_failed(self) -> None:
        """Nothing has: it would have been raised where it was wanted."""


def _drawn_from(scenario: Scenario) -> Uncertainty:
    return cast("Uncertainty", stored(scenario))


def _has_sets(scenario: Scenario) -> bool:
    """Whether parameter sets of any reading are kept beside the scenario, whatever is in them."""
    settled, dimensions = kept_layout(scenario)
    return any(is_stored(scenario, whole(settled, choice)) for choice, _ in readings(scenario, dimensions))


def _line(paper: PaperData, scenario: Scenario) -> SwitchingLine | None:
    asked_of = paper.two_way
    if asked_of is None:
        return None
    ends: dict[str, Any] = {"low": list(asked_of.low), "high": list(asked_of.high)}
    seed = paper.runs.seed
    return switching_line(scenario, asked_of.keys, **ends, models=paper.models, seed=seed, progress=False)


def _reconciled(scenario: Scenario, comparison: Comparison, how: Crew) -> Reconciliation | None:
    """Published figures against the years that have been run; other models that they speak of are run now."""
    if not scenario.data.targets:
        return None
    runs = {run.model: run for run in comparison.runs}
    return reconcile_runs(scenario, runs, **how)


@contextmanager
def _quiet() -> Iterator[None]:
    """What a study warns of stands in its result, and so in the paper; it is not also said in between."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)
        yield
