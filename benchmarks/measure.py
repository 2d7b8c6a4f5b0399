"""What is measured: processor time on one core, interleaved; peak memory, each volume in a process of its own; wall time."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import floor_compiled
import heapq_loop
import numpy as np

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.engine import get_engine
from kravsim.engine.events import EventLog
from kravsim.engine.kept import keeping
from kravsim.flow import RunParts, one_run, run_model, setting
from kravsim.models import build_plan
from kravsim.sizing.estimate import estimate
from kravsim.sizing.machine import available_memory

CASE = "jamtland-harjedalen-2017"
MODELS = ("outsourced", "in_house")
FULL, ENGINE = "full run", "engine alone"
DRAWN = ("wall time, two threads", "processor time a draw")
MIB = 2**20
T = TypeVar("T")
OFTEN_UP_TO = 4
"""Volume up to which there are several rounds, and SimPy and the plain loop are also measured alone."""
SHARE_FOR_SIMPY = 0.6
"""SimPy is left out where its estimate says that it would take more of the memory that is free."""


@dataclass(frozen=True)
class Row:
    """One measurement: of what, for which model, at which volume and years of history; the unit says in what."""

    what: str
    subject: str
    model: str
    volume: int
    history: int
    value: float
    unit: str = "s a calendar year"


@cache
def scenario_at(volume: int, *, history: int | None = None, until: int | None = None) -> ks.Scenario:
    """Give the real case at a multiple of its volume: invoices, debtors and posts together; read once, as by a study."""
    base = ks.load_scenario(CASE)
    data = base.data
    changes: dict[str, object] = {
        "invoices.per_year": round(data.invoices.per_year.value * volume),
        "debtors.number": round(data.debtors.number.value * volume),
        **{
            f"models.{model}.staff.{pool}.fte": spec.fte.value * volume
            for model in MODELS
            for pool, spec in data.models[model].staff.items()
        },
    }
    if history is not None:
        changes["horizon.history_years"] = history
    if until is not None:
        changes["horizon.end"] = dt.date(until, 1, 1)
    return base.with_changes(changes)


def years_of(scenario: ks.Scenario) -> int:
    """Calendar years that a run simulates, history included."""
    horizon = scenario.data.horizon
    return horizon.end.year - horizon.start.year + round(horizon.history_years.value)


def timed(action: Callable[[], T]) -> tuple[T, float]:
    """What an action gives, and the processor time of this process that it takes, in seconds."""
    before = time.process_time()
    found = action()
    return found, time.process_time() - before


@dataclass(frozen=True)
class Plan:
    """What a benchmark takes on: ``history`` years (the scenario's by default) before the measured one, or none for SimPy.

    ``paired_rounds`` are those against other builds and of six simple steps.
    """

    volumes: tuple[int, ...]
    simpy_up_to: int
    rounds: int
    history: int | None
    draws: int
    replications: int
    paired_rounds: int = 6

    @property
    def years_of_history(self) -> int:
        """Years of history as a number."""
        return round(scenario_at(1, history=self.history).data.horizon.history_years.value)

    def rounds_at(self, volume: int) -> int:
        """How often something is measured: what takes longest also wavers least."""
        return self.rounds if volume <= OFTEN_UP_TO else 1


def measurements(plan: Plan) -> Iterator[Row]:
    """Take every measurement of a plan: the headline first, then what is cheap, SimPy at large volumes last."""
    with one_core():
        warm_up()
        yield from speed(plan, 1, plan.history, slow=True)
    if plan.draws:
        yield from paired_draws(plan)
    yield from two_cores(plan)
    larger = [volume for volume in plan.volumes if volume > 1]
    with one_core():
        for volume in larger:
            yield from speed(plan, volume, plan.history, slow=False)
    for volume in plan.volumes:
        for model in MODELS:
            yield from peak_memory(plan, volume, model)
    with one_core():
        for volume in plan.volumes:
            yield from speed(plan, volume, 0, slow=volume <= plan.simpy_up_to)


def warm_up() -> None:
    """Compile, and read what is read once."""
    for model in MODELS:
        log = one_run(scenario_at(1, history=0), model, seed=1).log
        table = np.ascontiguousarray(log.rows().T)
        floor_compiled.draw_and_write(1, floor_compiled.KEY, table, floor_compiled.room_for(log))


def speed(plan: Plan, volume: int, history: int | None, *, slow: bool) -> Iterator[Row]:
    """Time every subject once a round, all of them in turn, so that a slower hour of the machine strikes them alike."""
    scenario = scenario_at(volume, history=history)
    for round_ in range(plan.rounds_at(volume)):
        for model in MODELS:
            fits = estimate(scenario.data, (model,), engine="simpy").memory_bytes < SHARE_FOR_SIMPY * available_memory()
            yield from _one_round(scenario, model, volume, round_, slow=slow and fits)


def _one_round(scenario: ks.Scenario, model: str, volume: int, replication: int, *, slow: bool) -> Iterator[Row]:
    years = years_of(scenario)

    def row(what: str, subject: str, seconds: float) -> Row:
        return Row(what, subject, model, volume, round(scenario.data.horizon.history_years.value), seconds / years)

    def full(engine: str) -> tuple[RunParts, float]:
        return timed(lambda: one_run(scenario, model, seed=1, replication=replication, engine=engine))

    yield row(FULL, "compiled", full("compiled")[1])
    if slow:
        ran, seconds = full("simpy")
        yield row(FULL, "simpy", seconds)
        of_simpy = ran.log
        del ran  # its ledger is the largest of all
    inputs = setting(scenario, Draws(1, 0, replication))
    process = build_plan(inputs.world, model, inputs.draws, inputs.law)
    log, seconds = timed(lambda: get_engine("compiled")(process, inputs.cases))
    yield row(ENGINE, "compiled", seconds)
    if slow:
        check_same(log, of_simpy, model, volume)
        del of_simpy
    if slow and volume <= OFTEN_UP_TO:
        np.asarray(inputs.cases.uniforms)  # drawn beforehand: the engines alone are compared
        for subject, engine in (("simpy", get_engine("simpy")), ("heapq", heapq_loop.run)):
            other, seconds = timed(partial(engine, process, inputs.cases))
            yield row(ENGINE, subject, seconds)
            check_same(log, other, model, volume)
    blocks, table = floor_compiled.blocks_of(inputs.stream, log), np.ascontiguousarray(log.rows().T)
    _, seconds = timed(
        lambda: floor_compiled.draw_and_write(blocks, floor_compiled.KEY, table, floor_compiled.room_for(log))
    )
    yield row(FULL, "floor", seconds)


def check_same(log: EventLog, other: EventLog, model: str, volume: int) -> None:
    """Refuse to compare programs that do not do the same."""
    if not log.equals(other):
        message = f"the logs of {model} at x{volume} differ: the ratios would mean nothing"
        raise RuntimeError(message)


def peak_memory(plan: Plan, volume: int, model: str) -> Iterator[Row]:
    """Run once in a fresh process and ask the system for the most memory it held, and what it held before the run."""
    command = [sys.executable, str(Path(__file__).with_name("run.py")), "--one", str(volume), model]
    if plan.history is not None:
        command += ["--history", str(plan.history)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for subject, value, unit in (
        ("peak", found["peak"] / MIB, "MiB"),
        ("estimated", found["estimated"] / MIB, "MiB"),
        ("before the run", found["before"] / MIB, "MiB"),
        ("late claims", found["claims"], "claims"),
        ("peak a late claim", (found["peak"] - found["before"]) / found["claims"], "bytes"),
    ):
        yield Row("memory", subject, model, volume, plan.years_of_history, value, unit)


def one_in_this_process(volume: int, model: str, history: int | None) -> dict[str, float]:
    """Run once, tiny to compile and then as asked; memory in bytes before, at the peak and as estimated, and seconds."""
    scenario = scenario_at(volume, history=history)
    one_run(scenario_at(1, history=0).with_changes({"invoices.per_year": 2000, "debtors.number": 200}), model, seed=1)
    before = peak_of_this_process()
    claims, seconds = timed(lambda: len(one_run(scenario, model, seed=1).inputs.stream.claims.case))
    guess = estimate(scenario.data, (model,)).memory_bytes
    return {
        "before": before,
        "peak": peak_of_this_process(),
        "estimated": guess,
        "claims": claims,
        "seconds": seconds,
    }


def peak_of_this_process() -> int:
    """Give the most resident memory so far, in bytes.

    Linux counts in ``ru_maxrss`` what the parent held when it started this process; ``VmHWM`` is the process's own.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return next(1024 * int(line.split()[1]) for line in status.read_text("utf-8").splitlines() if "VmHWM" in line)
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def two_cores(plan: Plan) -> Iterator[Row]:
    """Wall time of `compare` on one thread and on two, in turn; the threads' start is part of it."""
    scenario = scenario_at(1, history=plan.history)
    for _ in range(plan.rounds):
        for workers in (1, 2):
            before = time.perf_counter()
            ks.compare(scenario, MODELS, replications=plan.replications, seed=1, workers=workers, progress=False)
            wall = time.perf_counter() - before
            unit = f"s of wall time, {plan.replications} replications"
            yield Row("compare", f"{workers} workers", "both", 1, plan.years_of_history, wall, unit)


def paired_draws(plan: Plan) -> Iterator[Row]:
    """Both models of draws 1 to n over the five calendar years 2017-2021, on two threads.

    Five calendar years in all first, then with the history before them.
    """
    with ThreadPoolExecutor(2) as pool:
        for history, years in {0: 0, plan.history: plan.years_of_history}.items():
            list(pool.map(_both_models, [(0, history)] * 4))
            before = time.perf_counter()
            seconds = list(pool.map(_both_models, [(draw, history) for draw in range(1, plan.draws + 1)]))
            wall, each = time.perf_counter() - before, sum(seconds) / len(seconds)
            yield Row("paired draws", DRAWN[0], "both", 1, years, wall, f"s for {plan.draws} draws")
            yield Row("paired draws", DRAWN[1], "both", 1, years, each, "s a draw")


def _both_models(task: tuple[int, int | None]) -> float:
    draw, history = task
    scenario = scenario_at(1, history=history, until=2022)

    before = time.thread_time()
    with keeping():
        inputs = setting(scenario, Draws(1, draw, 0), MODELS)
        for model in MODELS:
            run_model(inputs, model)
    return time.thread_time() - before


@contextmanager
def one_core() -> Iterator[None]:
    """Stay on one core, where the system lets a process choose."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
