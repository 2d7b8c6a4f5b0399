"""Does it matter who carries out the replications, or whether a worker is lost on the way?"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import kravsim as ks
from kravsim.errors import RunError, ScenarioError
from kravsim.results.comparison import Comparison
from kravsim.running import blocks, replicate, workers
from kravsim.running.workers import MOST_WORKERS
from kravsim.sizing.machine import available_cpus
from tests.properties.strategies import tiny

SCENARIO = tiny(invoices__per_year=1500, debtors__number=150)
MODELS = ("in_house", "outsourced")
BODIES = Path(__file__).parents[1] / "house" / "two_bodies.toml"


def bits(found: Comparison) -> str:
    """Every number of every replication, NaN and kind of number included."""
    return repr([run.outcomes for run in found.runs])


def compared(n: int, **how: Any) -> str:
    return bits(ks.compare(SCENARIO, MODELS, replications=n, seed=7, progress=False, **how))


@pytest.fixture(scope="module")
def plain() -> dict[int, str]:
    """What one process says, one replication after another."""
    return {n: compared(n, workers=1) for n in (5, 20)}


def test_threads_give_the_same_bits(plain: dict[int, str]) -> None:
    with ThreadPoolExecutor(3) as executor:
        assert compared(5, executor=executor) == plain[5]
        assert executor.submit(int, "3").result() == 3, "the executor is left open"


def test_processes_of_the_user_give_the_same_bits(plain: dict[int, str]) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        assert compared(5, executor=executor, workers=2) == plain[5]


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_any_number_of_threads_gives_the_same_bits_and_they_are_gone_afterwards(
    plain: dict[int, str], workers: int
) -> None:
    assert compared(20, workers=workers) == plain[20]
    assert not [one for one in threading.enumerate() if one.name.startswith("kravsim")]


@pytest.mark.parametrize("workers", [1, 2])
def test_processes_give_the_same_bits_and_are_gone_afterwards(plain: dict[int, str], workers: int) -> None:
    assert compared(5, workers=workers, executor="processes") == plain[5]
    assert multiprocessing.active_children() == []


def test_engines_and_block_sizes_give_the_same_bits(plain: dict[int, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert compared(5, workers=2, engine="simpy") == plain[5]
    monkeypatch.setattr(replicate, "block_size", lambda *_: 3)
    with ThreadPoolExecutor(2) as executor:
        assert compared(5, executor=executor) == plain[5]


class Unreliable(Executor):
    """Runs what it is given at once, but loses the worker of one block as often as it is told."""

    def __init__(self, first: int, losses: int) -> None:
        self.first, self.losses, self.asked = first, losses, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        block = args[1]
        if self.first in block.replications and self.losses:
            self.losses -= 1
            future.set_exception(OSError("the worker's machine is gone"))
        else:
            self.asked += 1
            future.set_result(fn(*args))
        return future


def test_a_block_that_is_lost_is_tried_once_more(plain: dict[int, str]) -> None:
    executor = Unreliable(first=3, losses=1)
    assert compared(5, executor=executor, workers=1) == plain[5]
    assert executor.asked == 5


def test_a_block_that_is_lost_twice_is_named_and_the_others_are_kept(plain: dict[int, str], tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"replication 3: got a lost worker, twice \(OSError: .* is gone\)"):
        compared(5, executor=Unreliable(first=3, losses=2), workers=1, run_dir=tmp_path)
    kept = Unreliable(first=3, losses=0)
    assert compared(5, executor=kept, workers=1, run_dir=tmp_path) == plain[5]
    assert 1 <= kept.asked < 5


def test_a_closed_executor_is_an_error_in_words() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(RunError, match="after shutdown"):
        compared(5, executor=executor)


def test_something_that_is_no_executor_is_refused() -> None:
    for wrong in (4, "threads"):
        with pytest.raises(ScenarioError, match=r"concurrent\.futures\.Executor or 'processes'"):
            compared(5, executor=wrong)


class Murderer(threading.Thread):
    """Kills worker processes, as many as it is told, once `ready` says so."""

    def __init__(self, ready: Callable[[], bool], most: int) -> None:
        super().__init__()
        self.ready, self.most, self.killed, self.stop = ready, most, 0, False

    def run(self) -> None:
        while not self.stop and self.killed < self.most:
            time.sleep(0.02)
            for child in multiprocessing.active_children() if self.ready() else []:
                if child.pid and child.is_alive() and self.killed < self.most:
                    os.kill(child.pid, signal.SIGKILL)
                    self.killed += 1


@pytest.fixture
def murderer() -> Iterator[Callable[..., Murderer]]:
    known: list[Murderer] = []

    def start(ready: Callable[[], bool], most: int) -> Murderer:
        known.append(Murderer(ready, most))
        known[-1].start()
        return known[-1]

    yield start
    for one in known:
        one.stop = True
        one.join()


def test_a_killed_worker_changes_nothing(
    plain: dict[int, str], tmp_path: Path, murderer: Callable[..., Murderer]
) -> None:
    one = murderer(lambda: len(list(tmp_path.glob("blocks/*.block"))) > 1, most=1)
    assert compared(20, workers=2, executor="processes", run_dir=tmp_path) == plain[20]
    assert one.killed == 1
    assert multiprocessing.active_children() == []


def test_workers_killed_again_and_again_end_in_an_error_and_finished_blocks_are_kept(
    plain: dict[int, str], tmp_path: Path, murderer: Callable[..., Murderer]
) -> None:
    many = murderer(lambda: len(list(tmp_path.glob("blocks/*.block"))) > 1, most=1000)
    with pytest.raises(RunError, match=r"replications? \d+.*got a lost worker, twice .*TerminatedWorkerError"):
        compared(20, workers=2, executor="processes", run_dir=tmp_path)
    many.stop = True
    many.join()
    assert len(list(tmp_path.glob("blocks/*.block"))) > 1
    assert multiprocessing.active_children() == []
    assert compared(20, workers=1, run_dir=tmp_path) == plain[20]


@pytest.mark.filterwarnings("default")  # a cluster's own warnings are not ours
def test_a_dask_cluster_gives_the_same_bits_although_a_worker_is_killed(plain: dict[int, str], tmp_path: Path) -> None:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=3,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(tmp_path / "d"),
        ) as cluster,
        Client(cluster) as client,
    ):
        before = client.run(os.getpid)
        assert len(set(before.values()) | {os.getpid()}) == 4
        assert compared(5, executor=client.get_executor()) == plain[5]
        run_dir = tmp_path / "run"

        def kill_one() -> None:
            while len(list(run_dir.glob("blocks/*.block"))) < 2:
                time.sleep(0.02)
            os.kill(next(iter(before.values())), signal.SIGKILL)

        killer = threading.Thread(target=kill_one)
        killer.start()
        assert compared(20, executor=client.get_executor(), workers=3, run_dir=run_dir) == plain[20]
        killer.join()
        client.wait_for_workers(3, timeout=30)
        assert set(client.run(os.getpid).values()) != set(before.values()), "a new process has taken the place"


@pytest.mark.filterwarnings("default")  # a cluster's own warnings are not ours
def test_a_portfolio_on_a_dask_cluster_has_the_same_bits_and_goes_on(tmp_path: Path) -> None:
    """Bodies, readings and worlds on two processes; what was begun there is finished here, body by body."""
    from distributed import Client, LocalCluster

    asked: dict[str, Any] = {
        "by": "simulated",
        "structures": {"hand_over": "invoice_age"},
        "seed": 7,
        "progress": False,
    }
    here = ks.studies.portfolio(SCENARIO, BODIES, draws=3, workers=1, **asked)
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(tmp_path / "d"),
        ) as cluster,
        Client(cluster) as client,
    ):
        there = {"executor": client.get_executor(), "run_dir": tmp_path / "run"}
        ks.studies.portfolio(SCENARIO, BODIES, draws=2, **asked, **there)
        found = ks.studies.portfolio(SCENARIO, BODIES, draws=3, **asked, **there)
    assert found == here
    assert len({one.name for one in found.alternatives if one.dimension == "reading"}) == 6
    assert all(len(list((tmp_path / "run" / one.name).glob("blocks/*.block"))) >= 2 for one in found.bodies)


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, "2"])
def test_counts_of_workers_that_make_no_sense_are_refused(wrong: Any) -> None:
    with pytest.raises(ScenarioError, match="workers: got"):
        compared(2, workers=wrong)
    with pytest.raises(ScenarioError, match="workers: got"):
        compared(2, workers=wrong, executor=Unreliable(first=0, losses=0))


@pytest.mark.parametrize(("asked", "replications", "used"), [(10_000, 3, 3), (10_000, 10_000, MOST_WORKERS), (2, 9, 2)])
def test_workers_are_never_more_than_replications_or_sense(asked: int, replications: int, used: int) -> None:
    assert replicate._crew({"workers": asked}, replications) == used


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"}, None),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "100000 100000\n"}, 1),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "10000 100000\n"}, 1),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "nonsense\n"}, None),
        ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/cpu.max": "50000 100000\n"}, 1),
        ({"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/b/cpu.max": "50000 100000\n"}, None),
        (
            {
                "proc/self/cgroup": "4:cpu,cpuacct:/x\n1:name=systemd:/\n",
                "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us": "100000\n",
                "sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us": "100000\n",
            },
            1,
        ),
        (
            {
                "proc/self/cgroup": "4:cpu,cpuacct:/\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            },
            None,
        ),
    ],
)
def test_a_containers_quota_is_respected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], expected: int | None
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert available_cpus(tmp_path) == (8 if expected is None else expected)


def test_a_quota_is_rounded_up_and_the_least_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/a\n")
    (tmp_path / "sys/fs/cgroup/a").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/cpu.max").write_text("450000 100000\n")
    (tmp_path / "sys/fs/cgroup/a/cpu.max").write_text("250000 100000\n")
    assert available_cpus(tmp_path) == 3


def test_blocks_are_consecutive_and_cover_what_is_missing() -> None:
    missing = [9, 0, 1, 2, 4, 5, 6, 7]
    found = blocks.blocks_of(missing, 3)
    assert [block.replications for block in found] == [range(3), range(4, 7), range(7, 8), range(9, 10)]
    assert [blocks.block_size(*case) for case in ((1000, 2, "compiled"), (6, 2, "compiled"), (90, 2, "simpy"))] == [
        8,
        1,
        1,
    ]


TWICE = """
import sys
import kravsim as ks
scenario = ks.load_scenario(sys.argv[1])
for _ in range(2):
    print("---", flush=True)
    ks.compare(scenario, replications=4, seed=7, workers=2, executor="processes", progress=False)
"""


def test_a_second_run_compiles_nothing_in_its_processes(tmp_path: Path, plain: dict[int, str]) -> None:
    """numba says, where it is asked to, what it loads and what it makes."""
    assert plain  # its machine code is on disk
    (tmp_path / "case.toml").write_text(SCENARIO.text, "utf-8")
    words = [sys.executable, "-c", TWICE, str(tmp_path / "case.toml")]
    environment = {**os.environ, "NUMBA_DEBUG_CACHE": "1"}
    found = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert found.returncode == 0, found.stderr
    second = found.stdout.rpartition("---")[2]
    assert "data loaded" in second
    assert "data saved" not in second


def test_our_processes_are_not_ended_for_having_grown() -> None:
    """loky ends one that has grown by 300 MB, where psutil is installed: that is one large replication."""
    with workers.processes(1) as executor:
        allowed = executor.submit(eval, "__import__('loky.process_executor').process_executor._MAX_MEMORY_LEAK_SIZE")
        safe = executor.submit(eval, "__import__('os').environ['PYTHONSAFEPATH']")
        assert (allowed.result() > 2**60, safe.result()) == (True, "1")
