"""Who carries out the blocks where threads do not: this thread, processes, or any executor that is given.

Whoever it is, the blocks are the same and their outcomes are put together in order, so results do not depend on it. A
block whose worker is lost is tried once more, alone; what is finished by then has been handed on and is kept.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final

from kravsim.errors import KravsimError, Problem, RunError, Words
from kravsim.interrupts import stop_if_requested
from kravsim.phrases import phrase
from kravsim.running.blocks import Block, Done, Outcomes, Stop, Task, run_block

PROCESSES: Final = "processes"
"""What is given for an executor to ask for processes of our own."""

MOST_WORKERS: Final = 61 if sys.platform == "win32" else 256
"""Most threads or processes of our own; more asked for are as many as these (61 is the most that Windows waits for)."""

EXECUTOR_WORKERS: Final = 64
"""How many blocks an executor of somebody else's is taken to work on at once, when nobody says."""

SELDOM: Final = 100_000
"""New objects between two searches for cyclic garbage in our own processes; Python's own habit is 700 to 2 000."""

IDLE: Final = 30
"""Seconds after which a process without work ends by itself, so that none outlives a parent that was killed for long."""

SURROUNDINGS: Final = {"PYTHONSAFEPATH": "1", "LOKY_MAX_MEMORY_LEAK_SIZE": str(2**62)}
"""Variables that our processes are started with: nothing is imported from the current directory, and a process that has grown
is not taken for one that leaks (loky would end it at 300 MB, which is one large replication)."""

_BEGIN: Final = "import sys; sys.path[:] = {path!r}; from kravsim.running.workers import begin; begin()"
_AHEAD: Final = 2
_HELD: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Requests to end, which the parent hears for all: a process that ends while it hands over a result leaves the parent waiting
for the rest of it."""
_LOOK: Final = 0.5


def in_this_thread(task: Task, blocks: Sequence[Block], done: Done, advance: Callable[[], object]) -> None:
    """Carry out the blocks one after another here; `advance` is called after each replication.

    Parameters
    ----------
    task : Task
        What all replications of the study share.
    blocks : sequence of Block
        In the order in which they are begun.
    done : callable
        Called with a block and its outcomes, as soon as it is finished.
    advance : callable
        Called without arguments.
    """
    for block in blocks:
        stop_if_requested()
        done(block, run_block(task, block, advance=advance))


def in_processes(task: Task, blocks: Sequence[Block], workers: int, done: Done) -> None:
    """Carry out the blocks in new processes, which are gone when this returns or raises.

    Parameters
    ----------
    task : Task
        What all replications of the study share.
    blocks : sequence of Block
        In the order in which they are begun.
    workers : int
        How many processes.
    done : callable
        Called with a block and its outcomes, as soon as it is finished.

    Raises
    ------
    RunError
        When a replication fails, a block loses its worker twice, or this process may not start others.
    """
    if is_daemonic():
        remedy = "leave the executor out: threads need no processes"
        raise RunError(Problem("", "executor", PROCESSES, "no processes inside a worker of a pool", remedy))
    _work_through(task, blocks, lambda alone: processes(1 if alone else workers), workers, done, leaves_open=False)


def in_executor(task: Task, blocks: Sequence[Block], executor: Executor, workers: int, done: Done) -> None:
    """Carry out the blocks with an executor, which is left open; `workers` is how many it can do at once.

    Parameters
    ----------
    task : Task
        What all replications of the study share.
    blocks : sequence of Block
        In the order in which they are begun.
    executor : concurrent.futures.Executor
        Not shut down.
    workers : int
        Blocks that are handed to it at once.
    done : callable
        Called with a block and its outcomes, as soon as it is finished.

    Raises
    ------
    RunError
        When a replication fails, or a block is lost twice.
    """
    _work_through(task, blocks, lambda _: nullcontext(executor), workers, done, leaves_open=True)


def is_daemonic() -> bool:
    """Whether this process is a pool's worker of the kind that may start no processes."""
    return multiprocessing.current_process().daemon


def begin() -> None:
    """Make a new process of ours ready: it leaves requests to end to its parent, and looks for cyclic garbage seldom.

    Python's search for it goes through every open case of a SimPy run again and again, a third of the run's time. It is a
    matter of the whole process, so it is done here, where the process is ours.
    """
    for one in _HELD:
        signal.signal(one, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)
    gc.freeze()
    gc.set_threshold(SELDOM, 50, 50)


def _work_through(
    task: Task,
    blocks: Sequence[Block],
    opened: Callable[[bool], AbstractContextManager[Executor]],
    workers: int,
    done: Done,
    *,
    leaves_open: bool,
) -> None:
    waiting = deque(blocks)
    while waiting:
        with opened(False) as executor:
            lost = _drain(task, waiting, executor, workers * _AHEAD, done, leaves_open=leaves_open)
        if not lost:
            continue
        suspects = deque(sorted(lost))
        with opened(True) as executor:
            retried = _drain(task, suspects, executor, 1, done, attempt=1, leaves_open=leaves_open)
        for block, error in retried.items():
            raise _lost(task, block, error) from error


def _drain(
    task: Task,
    waiting: deque[Block],
    executor: Executor,
    at_once: int,
    done: Done,
    attempt: int = 0,
    *,
    leaves_open: bool,
) -> dict[Block, Exception]:
    """Hand out waiting blocks until all are finished or one has been lost; return the lost ones and why."""
    flying: dict[Future[Sequence[Outcomes]], Block] = {}
    lost: dict[Block, Exception] = {}
    stop = Stop()
    try:
        while flying or (waiting and not lost):
            stop_if_requested()
            while waiting and len(flying) < at_once and not lost:
                block = waiting.popleft()
                try:
                    flying[executor.submit(run_block, task, block, attempt, stop)] = block
                except RuntimeError as error:  # the executor is broken or shut down
                    lost[block] = error
            for future in wait(flying, _LOOK, FIRST_COMPLETED).done:
                block = flying.pop(future)
                try:
                    found = future.result()
                except KravsimError:
                    raise
                except Exception as error:  # a worker killed, a cluster gone, a result that cannot travel
                    lost[block] = error
                else:
                    done(block, found)
    finally:
        stop.set()
        for future in (
            flying if leaves_open else ()
        ):  # our own processes are ended; loky stumbles over what was cancelled
            future.cancel()
    return lost


def _lost(task: Task, block: Block, error: Exception) -> RunError:
    said = " ".join(f"{type(error).__name__}: {error}".rstrip(": ").split())
    return RunError(
        Problem(
            task.scenario.name,
            str(block),
            Words(phrase("a lost worker, twice ({said})", said=said)),
            "workers that live",
            "workers=1 runs one replication at a time. Out of memory? Use fewer workers. With a run directory, finished "
            "blocks are kept",
        )
    )


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Open a pool of new processes; leave none behind."""
    from loky import ProcessPoolExecutor

    code = _BEGIN.format(path=_import_path())
    with _starting():
        executor = ProcessPoolExecutor(workers, timeout=IDLE, initializer=exec, initargs=(code,), env=SURROUNDINGS)
        executor.submit(abs, 0)
    try:
        yield executor
    except BaseException:
        executor.shutdown(kill_workers=True)
        raise
    executor.shutdown()


def _import_path() -> list[str]:
    """Where our processes import from: as this one, the current directory apart, and kravsim's own place last."""
    here = Path.cwd()
    path = [place for place in sys.path if place and Path(place).absolute() != here]
    home = str(Path(__file__).absolute().parents[2])
    return path if home in path else [*path, home]


@contextmanager
def _starting() -> Iterator[None]:
    """While processes are started: they import nothing from here, and hear no request to end before `begin`.

    What is held back here is held back in them, and in the keepers of what processes share, which start here too and must
    outlive a terminal that closes.
    """
    before = os.environ.get("PYTHONSAFEPATH")
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD) if hasattr(signal, "pthread_sigmask") else None
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before
        if masked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
