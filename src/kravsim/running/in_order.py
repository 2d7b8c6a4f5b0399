"""Runs of a study that are no blocks of replications, carried out by threads and given in the order they were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kravsim.engine.kept import keeping
from kravsim.interrupts import stop_if_requested
from kravsim.running.progress import Clock, Progress

Place = TypeVar("Place")
Found = TypeVar("Found")


def in_order(
    work: Callable[[Place], Found],
    places: Sequence[Place],
    crew: int,
    *,
    progress: bool | None,
    what: tuple[str, str],
) -> Iterator[Found]:
    """Carry out one piece of work for each place, several at a time; an interruption lets no further one begin.

    The first is carried out alone: what compiles, compiles once, and how long the others take is known.

    Parameters
    ----------
    work : callable
        Of a place; it draws by identity, so that its order does not matter.
    places : sequence
        One or more.
    crew : int
        How many threads.
    progress : bool or None
        Whether a bar is shown; by default in terminals and notebooks only.
    what : pair of str
        What is counted, Swedish and English.

    Yields
    ------
    object
        What ``work`` gives of each place.
    """

    def kept(place: Place) -> Found:
        with keeping():
            return work(place)

    first, *others = places
    with Progress(progress) as shown, ThreadPoolExecutor(crew) as threads:
        clock = Clock()
        yield kept(first)
        shown.timed(clock.seconds / crew, 1)
        shown.begin(len(others), what)
        waiting = [threads.submit(kept, place) for place in others]
        try:
            for one in waiting:
                stop_if_requested()
                yield one.result()
                shown.advance(1)
        finally:
            threads.shutdown(cancel_futures=True)
