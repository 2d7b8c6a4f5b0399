"""Who carries out the blocks: this process, processes of its own, or any executor that is given.

Whoever it is, the blocks are the same and their outcomes are put together in order, so results do not depend on it. A
block whose worker is lost is tried once more, alone; what is finished by then has been handed on and is kept.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from multiprocessing.connection import wait as wait_for_connections
from typing import Any, Final

from kravsim.errors import KravsimError, Problem, RunError, Words
from kravsim.studies.blocks import Block, Outcomes, Task, run_block

Done = Callable[[Block, Sequence[Outcomes]], object]
"""What is told of every block as soon as it is finished, in the process that asked for it."""

MOST_WORKERS: Final = 61 if sys.platform == "win32" else 256
"""Most processes of our own; more asked for are as many as these (61 is the most that Windows waits for)."""

EXECUTOR_WORKERS: Final = 64
"""How many blocks an executor of somebody else's is taken to work on at once, when nobody says."""

SELDOM: Final = 100_000
"""New objects between two searches for cyclic garbage in our own processes; Python's own habit is 700 to 2 000."""

KEPT: Final = {"M_TRIM_THRESHOLD": (-1, 2**28), "M_MMAP_THRESHOLD": (-3, 2**25)}
"""What GNU's C library is told in our own processes: number and value (bytes) of an option. Up to 256 MiB of freed memory, in
pieces of up to 32 MiB, is kept for the next replication."""

_AHEAD: Final = 2
_STOPS: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def in_this_process(task: Task, blocks: Sequence[Block], done: Done, advance: Callable[[], object]) -> None:
    """Carry out the blocks one after another here; `advance` is called after each replication."""
    for block in blocks:
        done(block, run_block(task, block, advance))


def in_processes(task: Task, blocks: Sequence[Block], workers: int, done: Done) -> None:
    """Carry out the blocks in new processes, which are gone when this returns or raises.

    Raises
    ------
    RunError
        When a replication fails, or a block loses its worker twice.
    """
    _work_through(task, blocks, lambda alone: _processes(1 if alone else workers), workers, done)


def in_executor(task: Task, blocks: Sequence[Block], executor: Executor, workers: int, done: Done) -> None:
    """Carry out the blocks with an executor, which is left open; `workers` is how many it can do at once.

    Raises
    ------
    RunError
        When a replication fails, or a block is lost twice.
    """
    _work_through(task, blocks, lambda _: nullcontext(executor), workers, done)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back Ctrl-C and requests to end until the block is left, so that no process is started or left half.

    In the main thread handlers are set aside, since only it is interrupted. The signals are also masked, where the system
    can: processes started meanwhile inherit the mask, and do not hear Ctrl-C before they have learned to ignore it.
    """
    heard: list[int] = []
    main = threading.current_thread() is threading.main_thread()
    ours = [stop for stop in _STOPS if main and signal.getsignal(stop) is not None]
    before = {stop: signal.signal(stop, lambda number, _: heard.append(number)) for stop in ours}
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        if masked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        for stop, handler in before.items():
            signal.signal(stop, handler)
        if heard:
            signal.raise_signal(heard[0])


def _work_through(
    task: Task,
    blocks: Sequence[Block],
    opened: Callable[[bool], AbstractContextManager[Executor]],
    workers: int,
    done: Done,
) -> None:
    waiting = deque(blocks)
    while waiting:
        with opened(False) as executor:
            lost = _drain(task, waiting, executor, workers * _AHEAD, done)
        if not lost:
            continue
        suspects = deque(sorted(lost))
        with opened(True) as executor:
            again = _drain(task, suspects, executor, 1, done)
        for block, error in again.items():
            raise _lost(task, block, error) from error


def _drain(task: Task, waiting: deque[Block], executor: Executor, at_once: int, done: Done) -> dict[Block, Exception]:
    """Hand out waiting blocks until all are finished or one has been lost; return the lost ones and why."""
    flying: dict[Future[Sequence[Outcomes]], Block] = {}
    lost: dict[Block, Exception] = {}
    try:
        while flying or (waiting and not lost):
            while waiting and len(flying) < at_once and not lost:
                block = waiting.popleft()
                try:
                    with undisturbed():
                        flying[executor.submit(run_block, task, block)] = block
                except RuntimeError as error:  # the executor is broken or shut down
                    lost[block] = error
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
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
        for future in flying:
            future.cancel()
    return lost


def _lost(task: Task, block: Block, error: Exception) -> RunError:
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    return RunError(
        Problem(
            task.scenario.name,
            str(block),
            Words(f"a lost worker, twice ({said})"),
            "workers that live",
            'a script that starts workers calls kravsim below `if __name__ == "__main__":`; workers=1 runs in this process. '
            "Out of memory? Use fewer workers. With a run directory, finished blocks are kept",
        )
    )


@contextmanager
def _processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Open a pool of new processes; leave none behind."""
    context = multiprocessing.get_context("spawn")
    with undisturbed():  # the system's keeper of shared things starts here too, and must outlive a closed terminal
        executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker)
    try:
        yield executor
    finally:
        with undisturbed():
            _stop(executor)


def _stop(executor: ProcessPoolExecutor) -> None:
    """End every process of a pool, finished or not: what it was doing is of no use to anyone."""
    processes = list((getattr(executor, "_processes", None) or {}).values())
    manager = getattr(executor, "_executor_manager_thread", None)
    pipes = [
        getattr(getattr(executor, queue, None), end, None)
        for queue, end in (("_result_queue", "_writer"), ("_call_queue", "_reader"))
    ]
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()
    if manager is not None:
        manager.join(timeout=1)  # it buries the dead; left alone it would race with the lines below
        if manager.is_alive():
            _hang_up(pipes)
            manager.join(timeout=1)
    for process in processes:
        process.join(timeout=1)


def _hang_up(pipes: Iterable[Any]) -> None:
    """Close the ends of pipes that the dead have left: a worker killed while it sends leaves half a message.

    The manager would wait for the rest of it for ever, because this process itself holds the pipe open, and Python would
    wait for the manager as it ends.
    """
    for pipe in pipes:
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, end on request, and do not outlive the parent however it ends.

    Python's search for cyclic garbage is made seldom: it goes through every open case of a SimPy run again and again, a third
    of the run's time. Freed memory is kept: the arrays of a replication are as large as those of the one before, and getting
    them anew from the system, page by page, takes a twentieth of a short run. Both are matters of the whole process, so they
    are done here, where the process is ours.
    """
    gc.freeze()
    gc.set_threshold(SELDOM, 50, 50)
    _keep_freed_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    threading.Thread(target=_follow_parent, name="kravsim-parent", daemon=True).start()


def _keep_freed_memory() -> None:
    """Tell the C library, where it is GNU's, what to keep; others are left to their own habits."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        for option, value in KEPT.values():
            mallopt(option, value)


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for_connections([parent.sentinel])
        os._exit(1)
