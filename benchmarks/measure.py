"""What is measured: processor time on one core, interleaved; peak memory, each volume in a process of its own; wall time."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import floor_compiled
import heapq_loop
import numpy as np

import kravsim as ks
from kravsim.draws import Draws
from kravsim.engine import get_engine
from kravsim.flow import one_run, run_model, setting
from kravsim.models import build_plan

CASE = "jamtland-harjedalen-2017"
MODELS = ("outsourced", "in_house")
FULL, ENGINE = "full run", "engine alone"
MIB = 2**20


@dataclass(frozen=True)
class Row:
    """One measurement: of what, for which model, at which volume; seconds a calendar year unless the unit says otherwise."""

    what: str
    subject: str
    model: str
    volume: int
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


def timed(action: Callable[[], object]) -> float:
    """Processor time of this process, in seconds."""
    before = time.process_time()
    action()
    return time.process_time() - before


@dataclass(frozen=True)
class Plan:
    """What a benchmark takes on."""

    volumes: tuple[int, ...]
    simpy_up_to: int
    rounds: int
    history: int | None
    draws: int
    replications: int


def speed(plan: Plan, advance: Callable[[str], None]) -> Iterator[Row]:
    """Time every subject once a round, all of them in turn, so that a slower hour of the machine strikes them alike."""
    for model in MODELS:  # compile, and read what is read once
        log = one_run(scenario_at(1, history=0), model, seed=1).log
        floor_compiled.draw_and_write(
            1, floor_compiled.KEY, np.ascontiguousarray(log.rows().T), floor_compiled.room_for(log)
        )
    for round_ in range(plan.rounds):
        for volume in plan.volumes:
            scenario = scenario_at(volume, history=plan.history)
            for model in MODELS:
                for row in _one_round(scenario, model, volume, round_, slow=volume <= plan.simpy_up_to):
                    advance(f"x{volume} {model}")
                    yield row


def subjects(plan: Plan) -> int:
    """How many rows `speed` gives."""
    each = [6 if volume <= plan.simpy_up_to else 3 for volume in plan.volumes]
    return plan.rounds * len(MODELS) * sum(each)


def _one_round(scenario: ks.Scenario, model: str, volume: int, replication: int, *, slow: bool) -> Iterator[Row]:
    years = years_of(scenario)

    def row(what: str, subject: str, seconds: float) -> Row:
        return Row(what, subject, model, volume, seconds / years)

    def full(engine: str) -> Callable[[], object]:
        return lambda: one_run(scenario, model, seed=1, replication=replication, engine=engine)

    yield row(FULL, "compiled", timed(full("compiled")))
    if slow:
        yield row(FULL, "simpy", timed(full("simpy")))
    met = setting(scenario, Draws(1, 0, replication))
    process = build_plan(met.world, model, met.draws, met.law)
    log = get_engine("compiled")(process, met.cases)
    yield row(ENGINE, "compiled", timed(lambda: get_engine("compiled")(process, met.cases)))
    if slow:
        np.asarray(met.cases.uniforms)  # drawn beforehand: the engines alone are compared
        logs = []
        for subject, engine in (("simpy", get_engine("simpy")), ("heapq", heapq_loop.run)):
            yield row(ENGINE, subject, timed(lambda engine=engine: logs.append(engine(process, met.cases))))  # type: ignore[misc]
        if not all(log.equals(other) for other in logs):
            message = f"the logs of {model} at x{volume} differ: the ratios would mean nothing"
            raise RuntimeError(message)
    blocks, table = floor_compiled.blocks_of(met.stream, log), np.ascontiguousarray(log.rows().T)
    floor = timed(
        lambda: floor_compiled.draw_and_write(blocks, floor_compiled.KEY, table, floor_compiled.room_for(log))
    )
    yield row(FULL, "floor", floor)


def peak_memory(plan: Plan, volume: int, model: str) -> Iterator[Row]:
    """Run once in a fresh process and ask the system for the most memory it held, and what it held before the run."""
    command = [sys.executable, str(Path(__file__).with_name("run.py")), "--one", str(volume), model]
    if plan.history is not None:
        command += ["--history", str(plan.history)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    yield Row("memory", "peak", model, volume, found["peak"] / MIB, "MiB")
    yield Row("memory", "before the run", model, volume, found["before"] / MIB, "MiB")
    yield Row("memory", "late claims", model, volume, found["claims"], "claims")
    yield Row(
        "memory", "peak a late claim", model, volume, (found["peak"] - found["before"]) / found["claims"], "bytes"
    )


def one_in_this_process(volume: int, model: str, history: int | None) -> dict[str, int]:
    """Run once, tiny to compile and then as asked, and give peak memory in bytes before and after."""
    tiny = scenario_at(1, history=0).with_changes({"invoices.per_year": 2000, "debtors.number": 200})
    one_run(tiny, model, seed=1)
    before = peak_of_this_process()
    one_run(scenario_at(volume, history=history), model, seed=1)
    peak = peak_of_this_process()
    claims = len(setting(scenario_at(volume, history=history), Draws(1, 0, 0)).stream.claims.case)
    return {"before": before, "peak": peak, "claims": claims}


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
    """Wall time of `compare` with one worker and with two, in turn; the workers' start is part of it."""
    scenario = scenario_at(1, history=plan.history)
    for _ in range(plan.rounds):
        for workers in (1, 2):
            before = time.perf_counter()
            ks.compare(scenario, MODELS, replications=plan.replications, seed=1, workers=workers, progress=False)
            wall = time.perf_counter() - before
            yield Row(
                "compare", f"{workers} workers", "both", 1, wall, f"s of wall time, {plan.replications} replications"
            )


def paired_draws(plan: Plan) -> Iterator[Row]:
    """Both models of parameter draws 1 to n over the five calendar years 2017-2021, on two processes; start apart."""
    history = 0 if plan.history == 0 else None
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_both_models, [(0, history)] * 4))
        before = time.perf_counter()
        seconds = list(pool.map(_both_models, [(draw, history) for draw in range(1, plan.draws + 1)]))
        wall = time.perf_counter() - before
    yield Row("paired draws", "wall time, two processes", "both", 1, wall, f"s for {plan.draws} draws")
    yield Row("paired draws", "processor time a draw", "both", 1, sum(seconds) / len(seconds), "s a draw")


def _both_models(task: tuple[int, int | None]) -> float:
    draw, history = task
    scenario = scenario_at(1, history=history, until=2022)

    def action() -> None:
        met = setting(scenario, Draws(1, draw, 0))
        for model in MODELS:
            run_model(met, model)

    return timed(action)


def keep_to_one_core() -> None:
    """Stay on one core, where the system lets a process choose."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
