"""``simulate`` and ``compare``: the two questions most users have."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from kravsim.draws import STREAM_VERSION, Draws
from kravsim.engine import DEFAULT_ENGINE
from kravsim.errors import Problem, ScenarioError
from kravsim.law import load_law
from kravsim.results.comparison import Comparison
from kravsim.results.manifest import Record, now
from kravsim.results.run import Run
from kravsim.scenario import Scenario
from kravsim.studies.explain import Retelling
from kravsim.studies.replicate import replicate
from kravsim.studies.run_directory import begun_seed
from kravsim.version import __version__

SEED_BITS = 128
FEWEST_MODELS = 2


def simulate(  # noqa: PLR0913 - keywords of a user's
    scenario: Scenario,
    *,
    model: str,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    engine: str | None = None,
    progress: bool | None = None,
    executor: Executor | None = None,
    run_dir: str | os.PathLike[str] | None = None,
    journal: str | os.PathLike[str] | None = None,
    max_memory_gib: float | None = None,
) -> Run:
    """Simulate one model of a scenario.

    Parameters
    ----------
    scenario : Scenario
    model : str
        One of ``scenario.models``.
    replications : int, optional
        By default what the engine can do in a few minutes (``kravsim.engine.DEFAULT_REPLICATIONS``).
    seed : int, optional
        Any integer from 0 up. Without one that of `run_dir` is taken, if that has begun, else a 128-bit seed is drawn; the
        run carries it, so it can be repeated.
    workers : int, optional
        Processes, as many as there are processors when left out; 1 stays in this one. Results do not depend on it. With an
        executor: how many blocks of replications it can work on at once, 64 when left out.
    engine : str, optional
        One of ``kravsim.engine.ENGINES``.
    progress : bool, optional
        Show a progress bar; by default in terminals and notebooks only.
    executor : concurrent.futures.Executor, optional
        Who carries out the replications instead: threads, processes, ``client.get_executor()`` of Dask. It is left open.
    run_dir : path, optional
        Keep finished blocks in this directory and go on from those that are there: after Ctrl-C, a killed process or a
        reboot, or for more replications than before. The result is the same to the last bit.
    journal : path, optional
        Write the event log and the postings of every replication to this directory, one file each
        (see :func:`kravsim.read_journal`), where the replication is run: a cluster needs a directory that all can reach.
    max_memory_gib : float, optional
        Most memory that the workers may need together by the estimate of ``kravsim.studies.estimate``, in GiB; four fifths
        of the machine's when left out. A run that would need more is refused before it starts; the default number of
        workers is lowered to fit. Not applied with an executor.

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
    how = {"replications": replications, "workers": workers, "engine": engine, "progress": progress}
    kept = {"executor": executor, "run_dir": run_dir, "journal": journal, "max_memory_gib": max_memory_gib}
    return _runs(scenario, (model,), seed, {**how, **kept})[0]


def compare(  # noqa: PLR0913 - keywords of a user's
    scenario: Scenario,
    models: Sequence[str] = ("in_house", "outsourced"),
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    engine: str | None = None,
    progress: bool | None = None,
    executor: Executor | None = None,
    run_dir: str | os.PathLike[str] | None = None,
    journal: str | os.PathLike[str] | None = None,
    max_memory_gib: float | None = None,
) -> Comparison:
    """Put two or more models through the same claims and the same luck, and compare them pair by pair.

    The difference is the first model less the second; further models are reported beside them. The other parameters are
    those of :func:`simulate`.
    """
    if isinstance(models, str) or len(set(models)) != len(models) or len(models) < FEWEST_MODELS:
        raise ScenarioError(
            Problem("", "models", models, "two or more different models", f"choose among {', '.join(scenario.models)}")
        )
    how = {"replications": replications, "workers": workers, "engine": engine, "progress": progress}
    kept = {"executor": executor, "run_dir": run_dir, "journal": journal, "max_memory_gib": max_memory_gib}
    return Comparison(tuple(_runs(scenario, tuple(models), seed, {**how, **kept})))


def _runs(scenario: Scenario, models: tuple[str, ...], seed: int | None, how: Mapping[str, Any]) -> list[Run]:
    """Replicate the models and dress the outcomes with where they came from."""
    if seed is None and how["run_dir"] is not None:
        seed = begun_seed(how["run_dir"])
    root = Draws(secrets.randbits(SEED_BITS) if seed is None else seed, 0, 0).seed
    begun = Record.begin(scenario.text)
    outcomes = replicate(scenario, models, seed=root, **how)
    record = replace(begun, finished=now())
    provenance: dict[str, str | int] = {
        "version": __version__,
        "stream_version": STREAM_VERSION,
        "scenario_fingerprint": scenario.fingerprint,
        "law_fingerprint": load_law().fingerprint,
    }
    return [
        Run(
            scenario_name=scenario.name,
            scenario_title=scenario.title,
            model=model,
            seed=root,
            engine=how["engine"] or DEFAULT_ENGINE,
            replications=len(outcomes[model]),
            provenance=provenance,
            outcomes=outcomes[model],
            titles=(scenario.data.models[model].title_sv, scenario.data.models[model].title),
            record=record,
            again=Retelling(scenario, model, root, how["engine"]),
        )
        for model in models
    ]
