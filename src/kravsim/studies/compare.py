"""``simulate`` and ``compare``: the two questions most users have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Unpack, overload

from kravsim.errors import Problem, ScenarioError
from kravsim.results.comparison import Comparison
from kravsim.results.run import Run
from kravsim.running.how import HowKept, HowWritten
from kravsim.scenario import AnyScenario, all_checked, checked_call, checked_models, scenario_of
from kravsim.scenario.given import check_left_out
from kravsim.studies.study import Study

if TYPE_CHECKING:
    from kravsim.results.uncertainty import UncertainComparison
    from kravsim.studies.uncertainty import Control, Uncertainty


@checked_call
def simulate(
    scenario: AnyScenario,
    *,
    model: str,
    replications: int | None = None,
    seed: int | None = None,
    **how: Unpack[HowWritten],
) -> Run:
    """Simulate one model of a scenario.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path, as :func:`kravsim.load_scenario` takes it.
    model : str
        One of ``scenario.models``.
    replications : int, optional
        By default what the engine can do in a few minutes (``kravsim.engine.DEFAULT_REPLICATIONS``).
    seed : int, optional
        Any integer from 0 up. Without one that of `run_dir` is taken, if that has begun, else a 128-bit seed is drawn; the
        run carries it, so it can be repeated.
    **how : Unpack[HowWritten]
        How to run: see :class:`kravsim.running.how.HowWritten`.

    Returns
    -------
    Run
        Distributions in kr a calendar year.

    Raises
    ------
    ScenarioError
        Before anything has run, for a choice that is not allowed.
    RunError
        When a replication fails, a worker is lost twice over the same block, or `run_dir` belongs to another study.
    OutputError
        When `run_dir` or `journal` cannot be written; finished blocks stay.
    """
    return Study(scenario_of(scenario), (model,), seed, how).runs(replications)[0]


@overload
def compare(
    scenario: AnyScenario,
    models: Iterable[str] = ...,
    *,
    replications: int | None = ...,
    seed: int | None = ...,
    uncertainty: None = ...,
    draws: None = ...,
    structures: None = ...,
    control: None = ...,
    **how: Unpack[HowWritten],
) -> Comparison: ...


@overload
def compare(
    scenario: AnyScenario,
    models: Iterable[str] = ...,
    *,
    replications: int | None = ...,
    seed: int | None = ...,
    journal: None = ...,
    uncertainty: Uncertainty,
    draws: int | Mapping[str, int] | None = ...,
    structures: Mapping[str, str] | None = ...,
    control: Control | None = ...,
    **how: Unpack[HowKept],
) -> UncertainComparison: ...


@checked_call
def compare(
    scenario: AnyScenario,
    models: Iterable[str] = ("in_house", "outsourced"),
    *,
    replications: int | None = None,
    seed: int | None = None,
    uncertainty: Uncertainty | None = None,
    draws: int | Mapping[str, int] | None = None,
    structures: Mapping[str, str] | None = None,
    control: Control | None = None,
    **how: Unpack[HowWritten],
) -> Comparison | UncertainComparison:
    """Put two or more models through the same claims and the same luck, and compare them pair by pair.

    The difference is the first model less the second; further models are reported beside them.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path, as :func:`kravsim.load_scenario` takes it.
    models : iterable of str
        Two or more of ``scenario.models``.
    replications : int, optional
        Years of each model; of each world with `uncertainty`.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    uncertainty : "prior", "posterior", calibration or sequence of ParameterSets, optional
        Draw the uncertain numbers and the readings of the case too; see :func:`kravsim.studies.uncertainty`. Without it every
        number has its stated value and the spread shows chance alone.
    draws : int or mapping of str to int, optional
        How many worlds, or how many of each reading, such as ``{"A": 40, "D": 24}``: see :func:`kravsim.studies.uncertainty`;
        `replications` is then how many in each world, 2 when left out.
    structures : mapping of dimension to name, optional
        Alternatives to settle, so that the study is within one reading.
    control : "closed_form" or "none", optional
        With `uncertainty`: whether mean differences are also told with the closed form as control variate, which makes them
        surer; ``"closed_form"`` when left out.
    **how : Unpack[HowWritten]
        How to run, as for :func:`simulate`; no `journal` with `uncertainty`.

    Returns
    -------
    Comparison or UncertainComparison
        The latter with `uncertainty`.
    """
    scenario = scenario_of(scenario)
    if uncertainty is not None:
        from kravsim.studies.uncertainty import (  # calibrations, which few comparisons need
            CLOSED_FORM,
            uncertain_comparison,
        )

        journal = how.pop("journal", None)
        if journal is not None:
            remedy = "leave the journal out; a world can be run alone with kravsim.flow.one_run"
            raise ScenarioError(Problem("", "journal", str(journal), "no journal with uncertainty", remedy))
        return uncertain_comparison(
            scenario,
            models,
            uncertainty=uncertainty,
            counts=(draws, 2 if replications is None else replications),
            structures=structures,
            control=CLOSED_FORM if control is None else control,
            seed=seed,
            how=how,
        )
    idle, remedy = (
        {"draws": draws, "structures": structures, "control": control},
        'give uncertainty="prior" too, or leave it out',
    )
    _, names = all_checked(
        lambda: check_left_out(idle, "nothing without uncertainty", remedy), lambda: checked_models(scenario, models)
    )
    return Study(scenario, names, seed, how).comparison(replications)
