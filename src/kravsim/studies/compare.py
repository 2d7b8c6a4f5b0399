"""``simulate`` and ``compare``: the two questions most users have."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, overload

from kravsim.errors import Problem, ScenarioError
from kravsim.results.comparison import Comparison
from kravsim.results.run import Run
from kravsim.running.replicate import Who
from kravsim.scenario import AnyScenario, all_checked, checked_models, scenario_of, told_how_to_call
from kravsim.scenario.given import check_left_out
from kravsim.studies.study import Study

if TYPE_CHECKING:
    from kravsim.results.uncertainty import UncertainComparison
    from kravsim.studies.uncertainty import Uncertainty


@told_how_to_call
def simulate(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    *,
    model: str,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    engine: str | None = None,
    progress: bool | None = None,
    executor: Who | None = None,
    run_dir: str | os.PathLike[str] | None = None,
    journal: str | os.PathLike[str] | None = None,
    max_memory_gib: float | None = None,
    follow_symlinks: bool = False,
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
    workers : int, optional
        Threads, as many as there are processors when left out; one inside a task of Dask or a process of a pool, which
        share the processors with others. Results do not depend on it. The engine ``simpy`` holds the interpreter's lock:
        more than one are processes there. With an executor: how many blocks of replications it can work on at once, 64 when
        left out.
    engine : str, optional
        One of ``kravsim.engine.ENGINES``.
    progress : bool, optional
        Show a progress bar; by default in terminals and notebooks only.
    executor : concurrent.futures.Executor or "processes", optional
        Who carries out the replications instead: any executor, such as ``client.get_executor()`` of Dask, which is left open;
        or ``"processes"``, new ones that are ended afterwards and need no guard in a script.
    run_dir : path, optional
        Keep finished blocks in this directory and go on from those that are there: after Ctrl-C, a killed process or a
        reboot, or for more replications than before. The result is the same to the last bit.
    journal : path, optional
        Write the event log and the postings of every replication to this directory, one file each
        (see :func:`kravsim.read_journal`), where the replication is run: a cluster needs a directory that all can reach.
    max_memory_gib : float, optional
        Most memory that the workers may need together by the estimate of ``kravsim.sizing.estimate``, in GiB; four fifths
        of the machine's when left out. A run that would need more is refused before it starts; the default number of
        workers is lowered to fit. Not applied with an executor.
    follow_symlinks : bool
        Whether `run_dir` and `journal` may themselves be symbolic links to directories; left out, links are refused.

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
    how = {"workers": workers, "engine": engine, "progress": progress}
    kept = {"executor": executor, "run_dir": run_dir, "journal": journal, "follow_symlinks": follow_symlinks}
    every = {**how, **kept, "max_memory_gib": max_memory_gib}
    return Study(scenario_of(scenario), (model,), seed, every).runs(replications)[0]


@overload
def compare(
    scenario: AnyScenario,
    models: Iterable[str] = ...,
    *,
    replications: int | None = ...,
    seed: int | None = ...,
    workers: int | None = ...,
    engine: str | None = ...,
    progress: bool | None = ...,
    executor: Who | None = ...,
    run_dir: str | os.PathLike[str] | None = ...,
    journal: str | os.PathLike[str] | None = ...,
    max_memory_gib: float | None = ...,
    follow_symlinks: bool = ...,
    uncertainty: None = ...,
    draws: None = ...,
    structures: None = ...,
) -> Comparison: ...


@overload
def compare(
    scenario: AnyScenario,
    models: Iterable[str] = ...,
    *,
    replications: int | None = ...,
    seed: int | None = ...,
    workers: int | None = ...,
    engine: str | None = ...,
    progress: bool | None = ...,
    executor: Who | None = ...,
    run_dir: str | os.PathLike[str] | None = ...,
    journal: None = ...,
    max_memory_gib: float | None = ...,
    follow_symlinks: bool = ...,
    uncertainty: Uncertainty,
    draws: int | None = ...,
    structures: Mapping[str, str] | None = ...,
) -> UncertainComparison: ...


@told_how_to_call
def compare(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    models: Iterable[str] = ("in_house", "outsourced"),
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    engine: str | None = None,
    progress: bool | None = None,
    executor: Who | None = None,
    run_dir: str | os.PathLike[str] | None = None,
    journal: str | os.PathLike[str] | None = None,
    max_memory_gib: float | None = None,
    follow_symlinks: bool = False,
    uncertainty: Uncertainty | None = None,
    draws: int | None = None,
    structures: Mapping[str, str] | None = None,
) -> Comparison | UncertainComparison:
    """Put two or more models through the same claims and the same luck, and compare them pair by pair.

    The difference is the first model less the second; further models are reported beside them. The other parameters are
    those of :func:`simulate`.

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
    workers : int, optional
        Threads, as many as there are processors when left out; results do not depend on it.
    engine : str, optional
        One of ``kravsim.engine.ENGINES``.
    progress : bool, optional
        Show a progress bar; by default in terminals and notebooks only.
    executor : concurrent.futures.Executor or "processes", optional
        Who carries out the replications instead.
    run_dir : path, optional
        Keep finished blocks in this directory and go on from those that are there.
    journal : path, optional
        Write the event log and the postings of every replication to this directory; not with `uncertainty`.
    max_memory_gib : float, optional
        Most memory that the workers may need together, in GiB; four fifths of the machine's when left out.
    follow_symlinks : bool
        Whether `run_dir` and `journal` may be symbolic links to directories.
    uncertainty : "prior", "posterior", calibration or sequence of ParameterSets, optional
        Draw the uncertain numbers and the readings of the case too; see :func:`kravsim.studies.uncertainty`. Without it every
        number has its stated value and the spread shows chance alone.
    draws : int, optional
        How many worlds; `replications` is then how many in each of them, 2 when left out.
    structures : mapping of dimension to name, optional
        Alternatives to settle, so that the study is within one reading.

    Returns
    -------
    Comparison or UncertainComparison
        The latter with `uncertainty`.
    """
    scenario = scenario_of(scenario)
    how = {"workers": workers, "engine": engine, "progress": progress}
    kept: dict[str, Any] = {"executor": executor, "run_dir": run_dir, "max_memory_gib": max_memory_gib}
    kept["follow_symlinks"] = follow_symlinks
    if uncertainty is not None:
        from kravsim.studies.uncertainty import uncertain_comparison  # calibrations, which few comparisons need

        if journal is not None:
            remedy = "leave the journal out; a world can be run alone with kravsim.flow.one_run"
            raise ScenarioError(Problem("", "journal", str(journal), "no journal with uncertainty", remedy))
        return uncertain_comparison(
            scenario,
            models,
            uncertainty=uncertainty,
            draws=draws,
            replications_per_draw=2 if replications is None else replications,
            structures=structures,
            seed=seed,
            how={**how, **kept},
        )
    idle, remedy = {"draws": draws, "structures": structures}, 'give uncertainty="prior" too, or leave it out'
    _, names = all_checked(
        lambda: check_left_out(idle, "nothing without uncertainty", remedy), lambda: checked_models(scenario, models)
    )
    study = Study(scenario, names, seed, {**how, **kept, "journal": journal})
    return study.comparison(replications)
