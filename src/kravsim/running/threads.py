"""Replications carried out by threads of this process, since compiled loops let go of the interpreter's lock.

Threads take one replication after another, in order; the thread that asked hands on finished blocks and shows progress, so
nothing of the caller's is called from elsewhere. Between two replications a thread looks whether it is to stop.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final, NoReturn

from kravsim.engine.kept import keeping
from kravsim.interrupts import stop_if_requested
from kravsim.running.blocks import Block, Done, Outcomes, Task, blocks_of, run_replication

Tell = Callable[[float, int], object]
"""Is told, when a study is stopped, about how many seconds the replications then running will take, and how many they are."""

LOOK: Final = 0.5
"""Seconds between two looks at requests to end that came without an interruption."""


def in_threads(
    task: Task,
    blocks: Sequence[Block],
    workers: int,
    done: Done,
    advance: Callable[[], object],
    tell: Tell = lambda _seconds, _running: None,
    seconds: float = 0.0,
) -> None:
    """Carry out the blocks in threads, which have ended when this returns or raises.

    Interrupted, it lets no replication begin, waits for those that run and hands on what is finished. Interrupted again
    while it waits, it leaves at once; what runs then ends by itself.

    Parameters
    ----------
    task, blocks
        What to do.
    workers : int
        How many threads.
    done, advance
        Called here, of every finished block and after every replication.
    tell, seconds
        Called when interrupted; about how long a replication takes, until one has shown it.

    Raises
    ------
    RunError
        When a replication fails: the first by number of those that did.
    """
    crew = _Crew(task, blocks, workers, seconds)
    try:
        crew.begin()
        for _ in crew.finished():
            crew.hand_on(done)
            advance()
    except KeyboardInterrupt:
        crew.stop.set()
        tell(*crew.remaining())
        crew.wait()
        crew.hand_on(done, parts=True)
        raise
    except BaseException:
        crew.stop.set()
        crew.wait()
        raise
    crew.hand_on(done, parts=True)
    if crew.failures:
        raise crew.failures[min(crew.failures)]


class _Crew:
    """Threads at work on the same blocks."""

    def __init__(self, task: Task, blocks: Sequence[Block], workers: int, seconds: float) -> None:
        self.stop = threading.Event()
        self.failures: dict[int, BaseException] = {}
        self._task, self._seconds = task, seconds
        self._blocks = {number: block for block in blocks for number in block.replications}
        self._todo = iter(self._blocks)
        self._found: dict[int, Outcomes] = {}
        self._running: dict[int, float] = {}
        self._took: list[float] = []
        self._turn, self._news = threading.Lock(), SimpleQueue[int | None]()
        self._threads = [
            threading.Thread(target=self._work, name=f"kravsim-{number}", daemon=True)
            for number in range(min(workers, len(self._blocks)))
        ]

    def begin(self) -> None:
        _crews.add(self)
        for thread in self._threads:
            thread.start()

    def finished(self) -> Iterator[int]:
        """Give the number of every replication as it is finished, until no thread is at work."""
        left = len(self._threads)
        while left:
            stop_if_requested()
            with suppress(Empty):
                news = self._news.get(timeout=LOOK)
                if news is None:
                    left -= 1
                else:
                    yield news

    def hand_on(self, done: Done, *, parts: bool = False) -> None:
        """Hand on the blocks that are whole; at the end, parts of blocks too.

        Parameters
        ----------
        done : callable
            Called with a block and its outcomes, in the thread that asked.
        parts : bool
            Whether parts of blocks are handed on too, as blocks of their own.
        """
        numbers = sorted(self._found)
        blocks = [block for block in dict.fromkeys(self._blocks[number] for number in numbers) if self._has(block)]
        if parts:
            whole = {number for block in blocks for number in block.replications}
            blocks += blocks_of((number for number in numbers if number not in whole), len(numbers))
        for block in blocks:
            done(block, [self._found[number] for number in block.replications])
            for number in block.replications:
                del self._found[number]

    def remaining(self) -> tuple[float, int]:
        """About how many seconds it takes until no replication runs, and how many run."""
        began = list(self._running.values())
        typical = sum(self._took) / len(self._took) if self._took else self._seconds
        return max([0.0, *(typical - (time.monotonic() - at) for at in began)]), len(began)

    def wait(self) -> None:
        """Wait until no thread is at work."""
        for thread in self._threads:
            while thread.is_alive():
                thread.join(LOOK)

    def is_at_work(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _has(self, block: Block) -> bool:
        return all(number in self._found for number in block.replications)

    def _next(self) -> int | None:
        with self._turn:
            number = None if self.stop.is_set() else next(self._todo, None)
            if number is not None:
                self._running[number] = time.monotonic()
            return number

    def _work(self) -> None:
        try:
            with keeping():
                while (number := self._next()) is not None:
                    self._run(number)
        finally:
            self._news.put(None)

    def _run(self, number: int) -> None:
        try:
            self._found[number] = run_replication(self._task, number)
        except BaseException as error:  # raised again by whoever asked
            self.stop.set()
            self.failures[number] = error
        else:
            self._news.put(number)
        finally:
            self._took.append(time.monotonic() - self._running.pop(number))


_crews: weakref.WeakSet[_Crew] = weakref.WeakSet()


@atexit.register
def _leave() -> None:
    """Let no thread come back from compiled code into an interpreter that is gone, which tears the process down.

    The replications that still run are waited for, unless it is Ctrl-C that ends the process: then it ends as Python would
    end it, without waiting.
    """
    at_work = [crew for crew in _crews if crew.is_at_work()]
    for crew in at_work:
        crew.stop.set()
    if at_work and issubclass(getattr(sys, "last_type", None) or Exception, KeyboardInterrupt):
        _end_by_interrupt()
    try:
        for crew in at_work:
            crew.wait()
    except KeyboardInterrupt:
        _end_by_interrupt()


def _end_by_interrupt() -> NoReturn:
    """End this process here, as one that Ctrl-C has ended."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    if sys.platform != "win32":
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)
    os._exit(128 + signal.SIGINT)
