"""Do threads share one interpreter without a trace: in the numbers, in what they are given, in memory, at the end?"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim.calibration.base_world import BaseWorld
from kravsim.chance.draws import Draws
from kravsim.running import blocks, replicate, threads
from kravsim.running.blocks import Block, Task, blocks_of, run_block
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.sizing import machine
from tests.properties.strategies import tiny

SCENARIO = tiny(invoices__per_year=1500, debtors__number=150)
MODELS = ("in_house", "outsourced")
TASK = Task(BaseWorld(SCENARIO), MODELS, 7, "compiled")


def outside(code: str, *arguments: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """Run a program in a new process."""
    words = [sys.executable, "-c", code, *arguments]
    return subprocess.run(words, capture_output=True, text=True, timeout=240, check=False, **how)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A scenario as a file, whose machine code is on disk."""
    ks.compare(SCENARIO, MODELS, replications=1, seed=7, progress=False)
    path = tmp_path_factory.mktemp("case") / "case.toml"
    path.write_text(SCENARIO.text, "utf-8")
    return str(path)


TURNS = """
import json, sys, threading
import kravsim as ks
from kravsim.settling import settle_compiled

inside, turns = threading.Event(), [0]
real = settle_compiled._settle_cases

def noted(*given):
    inside.set()
    try:
        return real(*given)
    finally:
        inside.clear()

def turn():
    while True:
        inside.wait()
        turns[0] += 1

noted._cache = real._cache
settle_compiled._settle_cases = noted
threading.Thread(target=turn, daemon=True).start()
ks.compare(ks.load_scenario(sys.argv[1]), replications=4, workers=1, seed=7, progress=False)
stats = real.stats
print(json.dumps([turns[0], sum(stats.cache_hits.values()), sum(stats.cache_misses.values())]))
"""


def test_another_thread_makes_turns_during_a_compiled_run_of_kept_code(case: str) -> None:
    found = outside(TURNS, case)
    assert found.returncode == 0, found.stderr
    turns, kept, compiled = json.loads(found.stdout)
    assert (kept > 0, compiled) == (True, 0)
    assert turns > 1000, "the loop held the interpreter's lock"


def test_nothing_random_is_shared_by_threads_or_met_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of a draw comes from the number of its replication alone."""

    def key(task: Task, number: int) -> Any:
        return (Draws(task.seed, *task.worlds.place(number)).key("any purpose"), threading.get_ident())

    found: dict[int, Any] = {}
    monkeypatch.setattr(threads, "run_replication", key)
    blocks = blocks_of(range(10_000), 8)
    threads.in_threads(TASK, blocks, 4, lambda block, keys: found.update(zip(block.replications, keys)), lambda: None)  # type: ignore[arg-type]  # noqa: B905
    assert len({one for one, _ in found.values()}) == 10_000
    assert [found[number][0] for number in range(10_000)] == [Draws(7, 0, n).key("any purpose") for n in range(10_000)]


class Slow:
    """Replications that last until they are let go."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.go_on = threading.Event()

    def __call__(self, _: Task, number: int) -> Any:
        self.begun.append(number)
        assert self.go_on.wait(30)
        return (number,)


@pytest.mark.parametrize("workers", [1, 3])
def test_interrupted_no_replication_begins_and_what_is_finished_is_handed_on(
    monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    slow, handed, told = Slow(), [], []
    monkeypatch.setattr(threads, "run_replication", slow)
    slow.go_on.set()

    def advance() -> None:
        if len(slow.begun) >= 9 and not told:
            slow.go_on.clear()
            raise KeyboardInterrupt

    def tell(seconds: float, running: int) -> None:
        told.append((seconds, running, len(slow.begun)))
        slow.go_on.set()

    def done(block: Block, found: Sequence[Any]) -> None:
        assert [number for (number,) in found] == list(block.replications)
        handed.extend(block.replications)

    with pytest.raises(KeyboardInterrupt):
        threads.in_threads(TASK, blocks_of(range(1000), 8), workers, done, advance, tell, seconds=60.0)
    (_, running, begun), ended = told[0], len(slow.begun)
    assert running <= workers
    assert ended - begun <= workers, "one replication a thread may have been on its way"
    assert sorted(handed) == sorted(slow.begun), "whole blocks and parts of blocks"
    assert not [one for one in threading.enumerate() if one.name.startswith("kravsim")]


def test_interrupted_while_it_waits_it_leaves_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    monkeypatch.setattr(threads, "run_replication", slow)

    def impatient(_: Any) -> None:
        raise KeyboardInterrupt

    def first(_: Any) -> Any:
        while len(slow.begun) < 2:
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(threads._Crew, "finished", first)
    monkeypatch.setattr(threads._Crew, "wait", impatient)
    with pytest.raises(KeyboardInterrupt):
        threads.in_threads(TASK, blocks_of(range(100), 1), 2, lambda *_: None, lambda: None)
    slow.go_on.set()
    deadline = time.monotonic() + 10
    while any(one.name.startswith("kravsim") for one in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sorted(slow.begun) == [0, 1], "what ran ended by itself, and nothing began after it"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, ""), (40.0, "2 replications that run are done, in about 40 seconds")]
)
def test_a_long_wait_is_told_beforehand(seconds: float, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with replicate._Bar(2, 0, wanted=False) as bar:
        bar.tell_stopping(seconds, 2)
    said = capsys.readouterr().err
    assert (words in said) if words else not said


def test_the_first_failing_replication_is_the_one_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: Task, number: int) -> Any:
        if number >= 5:
            time.sleep(0.05 * (8 - number))
            raise ArithmeticError(number)
        return (number,)

    done: list[int] = []
    monkeypatch.setattr(threads, "run_replication", failing)
    with pytest.raises(ArithmeticError, match="5"):
        threads.in_threads(TASK, blocks_of(range(50), 1), 3, lambda block, _: done.append(block.first), lambda: None)
    assert done == [0, 1, 2, 3, 4]


def test_what_compiles_does_so_in_the_thread_that_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """There Ctrl-C ends it at once, and the other threads need not wait for it."""
    seen: list[tuple[int, str]] = []
    real = blocks.run_replication

    def noted(task: Task, number: int) -> Any:
        seen.append((number, threading.current_thread().name))
        return real(task, number)

    for place in (blocks, threads):
        monkeypatch.setattr(place, "run_replication", noted)
    monkeypatch.setattr(replicate, "_is_ready", lambda: False)
    ks.compare(SCENARIO, MODELS, replications=4, seed=7, workers=2, progress=False)
    assert seen[0] == (0, threading.current_thread().name)
    assert {name for _, name in seen[1:]} <= {"kravsim-0", "kravsim-1"}
    assert sorted(number for number, _ in seen) == [0, 1, 2, 3]


def known_sets() -> ParameterSets:
    return ParameterSets({}, 1.0, ("invoices.late_share",), np.linspace(0.07, 0.09, 6)[:, None])


def in_dask_threads(run: Callable[..., Any]) -> None:
    from distributed import Client, LocalCluster

    how = {"processes": False, "n_workers": 1, "threads_per_worker": 2, "dashboard_address": None}
    with LocalCluster(**how) as cluster, Client(cluster) as client:
        run(executor=client.get_executor(), workers=2)


HANDS = {
    "threads": lambda run: run(workers=3),
    "processes": lambda run: run(workers=2, executor="processes"),
    "dask": in_dask_threads,
}


@pytest.mark.filterwarnings("default")  # a cluster's own warnings are not ours
@pytest.mark.parametrize("hands", HANDS)
def test_what_is_given_is_the_same_afterwards(hands: str) -> None:
    sets = known_sets()
    assert not sets.values.flags.writeable
    before = pickle.dumps((SCENARIO.text, SCENARIO.data, sets))
    found: list[str] = []

    def run(**how: Any) -> None:
        compared = ks.compare(SCENARIO, MODELS, uncertainty=[sets], draws=4, seed=7, progress=False, **how)
        found.append(repr([run.outcomes for run in compared.runs]))

    HANDS[hands](run)
    assert pickle.dumps((SCENARIO.text, SCENARIO.data, sets)) == before
    run(workers=1)
    assert found[0] == found[1]


MEMORY = """
import sys
import kravsim as ks
scenario = ks.load_scenario(sys.argv[1]).with_changes({"invoices.per_year": 20000, "debtors.number": 2000})
held = []
for study in range(10):
    ks.compare(scenario, replications=8, workers=4, seed=study, progress=False)
    held.append(int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20)
print(*(round(one, 1) for one in held))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system's table of processes")
def test_ten_studies_on_four_threads_hold_as_much_memory_as_one(case: str) -> None:
    found = outside(MEMORY, case)
    assert found.returncode == 0, found.stderr
    held = [float(one) for one in found.stdout.split()]
    assert max(held[5:]) < held[1] + 16, held


ENDING = """
import sys, threading, time
import kravsim as ks
from kravsim.settling import settle_compiled
scenario = ks.load_scenario(sys.argv[1]).with_changes({"invoices.per_year": 60000, "debtors.number": 6000})
inside, real = threading.Event(), settle_compiled._settle_cases
def noted(*given):
    inside.set()
    return real(*given)
noted._cache = real._cache
settle_compiled._settle_cases = noted
how = dict(replications=500, workers=2, seed=1, progress=False)
threading.Thread(target=lambda: ks.compare(scenario, **how), daemon=True).start()
inside.wait()
time.sleep(float(sys.argv[2]))
"""


@pytest.mark.parametrize(
    ("ending", "code", "delay"),
    [
        ("sys.exit(7)", 7, 0.0),
        ("sys.exit(7)", 7, 0.02),
        ("raise ValueError", 1, 0.05),
        ("", 0, 0.01),
        ("raise KeyboardInterrupt", -2, 0.0),
        ("raise KeyboardInterrupt", -2, 0.03),
    ],
)
def test_a_process_that_ends_while_threads_are_in_compiled_code_ends_cleanly(
    case: str, ending: str, code: int, delay: float
) -> None:
    found = outside(ENDING + ending, case, str(delay))
    assert found.returncode == code, found.stderr
    assert "Fatal" not in found.stderr


def test_processors_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = machine.available_cpus()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(first + 5)))
    assert machine.available_cpus() == first


def test_a_block_that_is_tried_once_more_is_another_call() -> None:
    """Dask gives a call that it has seen fail its old error again."""
    from dask.base import tokenize

    calls = [(TASK, Block(0, 1), attempt, blocks.Stop()) for attempt in (0, 1)]
    assert tokenize(*calls[0]) != tokenize(*calls[1])
    stop = blocks.Stop()
    stop.set()
    assert run_block(TASK, Block(0, 4), 0, stop) == []
    assert not pickle.loads(pickle.dumps(stop)).is_set()


@pytest.mark.filterwarnings("default")  # a cluster's own warnings are not ours
def test_a_block_that_raises_in_dask_is_run_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import Client, LocalCluster

    tries: list[int] = []
    real = blocks.run_replication

    def failing_once(task: Task, number: int) -> Any:
        tries.append(number)
        if tries.count(number) == 1 and number == 1:
            raise OSError("the disk was busy")
        return real(task, number)

    monkeypatch.setattr(blocks, "run_replication", failing_once)
    how = {"processes": False, "n_workers": 1, "threads_per_worker": 2, "dashboard_address": None}
    with LocalCluster(**how) as cluster, Client(cluster) as client:
        found = ks.compare(
            SCENARIO, MODELS, replications=3, seed=7, progress=False, executor=client.get_executor(), workers=2
        )
        assert client.submit(machine.default_workers, pure=False).result() == 1
    assert tries.count(1) == 2
    assert len(found.first.outcomes) == 3
