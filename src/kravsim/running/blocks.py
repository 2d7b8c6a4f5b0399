"""Replications in blocks: what a worker is given, and what it does with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kravsim.archives.columns import exact
from kravsim.calibration.base_world import BASE, Worlds
from kravsim.chance.draws import Draws
from kravsim.engine.kept import keeping
from kravsim.errors import KravsimError, Problem, RunError, ScenarioError, memory_trouble
from kravsim.flow import run_model, setting
from kravsim.measures.outcome import Outcome
from kravsim.measures.stock import as_numbers, stock_of
from kravsim.phrases import phrase, together
from kravsim.running.journal import write_journal
from kravsim.scenario import Scenario

LARGEST_BLOCK: Final = {"compiled": 8, "simpy": 1}
"""Most replications in a block: work of seconds, so that little is lost with a worker."""

BLOCKS_A_WORKER: Final = 4
"""At least so many blocks for each worker, so that none waits long for the last one."""

Outcomes = tuple[Outcome, ...]
"""One replication: an outcome for each model, in the order of the task."""


class Stop:
    """Says to whoever works on a block that it is not wanted any more; only threads of this process hear it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __reduce__(self) -> tuple[type[Stop], tuple[()]]:
        return Stop, ()

    def set(self) -> None:
        """Say so."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether it was said."""
        return self._event.is_set()


@dataclass(frozen=True)
class Task:
    """What every replication needs: plain values that travel between processes.

    Parameters
    ----------
    worlds : Worlds
        Which worlds there are.
    models : tuple of str
        In the order of the outcomes.
    seed : int
        From 0 up.
    engine : str
        One of ``kravsim.engine.ENGINES``.
    journal : str or None
        Directory for the event log and the postings of every replication, if they are wanted.
    stock : bool
        Whether the opening stock is run by itself, without new claims, and what becomes of it is among the numbers.
    """

    worlds: Worlds
    models: tuple[str, ...]
    seed: int
    engine: str
    journal: str | None = None
    """Directory for the event log and the postings of every replication, if they are wanted."""
    stock: bool = False
    """Whether the opening stock is run by itself, without new claims, and what becomes of it is among the numbers."""

    @property
    def scenario(self) -> Scenario:
        """What every world is a reading of."""
        return self.worlds.scenario


@dataclass(frozen=True, order=True)
class Block:
    """Consecutive replications that one worker carries out.

    Parameters
    ----------
    first : int
        Number of the first replication in the whole study, from 0.
    count : int
        How many.
    """

    first: int
    count: int

    @property
    def replications(self) -> range:
        """The numbers of its replications."""
        return range(self.first, self.first + self.count)

    def __str__(self) -> str:
        last = self.first + self.count - 1
        return f"replication {self.first}" if self.count == 1 else f"replications {self.first} to {last}"


def block_size(count: int, workers: int, engine: str) -> int:
    """Choose how many replications a block has.

    Parameters
    ----------
    count : int
        Replications in all.
    workers : int
        Who share them.
    engine : str
        One of ``kravsim.engine.ENGINES``: a block of a slow one is small.

    Returns
    -------
    int
        At least 1.
    """
    return max(1, min(LARGEST_BLOCK[engine], count // (workers * BLOCKS_A_WORKER)))


def blocks_of(replications: Iterable[int], size: int) -> list[Block]:
    """Group replications into blocks of consecutive numbers.

    Parameters
    ----------
    replications : iterable of int
        Their numbers in the whole study, in any order, each once.
    size : int
        Most replications of a block.

    Examples
    --------
    >>> blocks_of([0, 1, 2, 5], 2)
    [Block(first=0, count=2), Block(first=2, count=1), Block(first=5, count=1)]
    """
    blocks: list[Block] = []
    for number in sorted(replications):
        last = blocks[-1] if blocks else None
        if last and last.count < size and number == last.first + last.count:
            blocks[-1] = Block(last.first, last.count + 1)
        else:
            blocks.append(Block(number, 1))
    return blocks


Done = Callable[[Block, Sequence[Outcomes]], object]
"""What is told of every block as soon as it is finished, in the thread that asked for it."""


def run_block(
    task: Task,
    block: Block,
    attempt: int = 0,
    stop: Stop | None = None,
    *,
    advance: Callable[[], object] = lambda: None,
) -> Sequence[Outcomes]:
    """Carry out a block's replications in order.

    Parameters
    ----------
    task, block
        What to do.
    attempt : int
        How often the block was lost before. It changes nothing but the call: Dask gives a call that it has seen fail its old
        error again.
    stop : Stop, optional
        Looked at before each replication; those that are left then are not run, and nobody waits for the rest.
    advance : callable
        Called after each replication.
    """
    del attempt
    found = []
    with keeping():
        for replication in block.replications:
            if stop is not None and stop.is_set():
                break
            found.append(run_replication(task, replication))
            advance()
    return found


def run_replication(task: Task, number: int) -> Outcomes:
    """One replication of every model, by its number in the whole study.

    Parameters
    ----------
    task : Task
        What all replications of the study share.
    number : int
        Replication in the whole study, from 0.

    Returns
    -------
    tuple of Outcome
        One a model, in the order of the task.

    Raises
    ------
    RunError
        When anything goes wrong in it; says how to repeat just this one.
    ScenarioError
        When the scenario cannot be run, or the values of an uncertain world break a rule of it; says which world.
    """
    draw, replication = task.worlds.place(number)
    try:
        draws = Draws(task.seed, draw, replication)
        inputs = setting(task.worlds.scenario_of(draw), draws, task.models, new_claims=not task.stock)
        found = []
        for model in task.models:
            parts = run_model(inputs, model, task.engine)
            if task.journal is not None:
                write_journal(task.journal, parts, model, replication)
            outcome = parts.outcome
            if task.stock:
                kept = stock_of(parts.ledger, parts.inputs.stream, parts.inputs.law_days)
                outcome = replace(outcome, numbers={**outcome.numbers, **as_numbers(kept)})
            found.append(exact(outcome))
        return tuple(found)
    except ScenarioError as error:
        if draw == BASE:
            raise  # the fault is the scenario's, whatever the replication
        raise failed(task, draw, replication, error) from error
    except Exception as error:
        raise failed(task, draw, replication, error) from error


def failed(task: Task, draw: int, replication: int, error: Exception) -> KravsimError:
    """Make the error of a replication say which it was, and how to repeat it alone.

    Parameters
    ----------
    task : Task
        What all replications of the study share.
    draw, replication : int
        Number of the world, and of the replication within it.
    error : Exception
        What went wrong.
    """
    kind = type(error) if isinstance(error, KravsimError) else RunError
    known = error.problems if isinstance(error, KravsimError) else ()
    trouble = memory_trouble(error)
    scenario, named = task.worlds.recipe(draw), task.worlds.named
    which = "" if draw == BASE else f"draw={draw}, "
    call = (
        f"kravsim.flow.one_run({scenario}, model, seed={task.seed}, {which}replication={replication}, "
        f"engine={task.engine!r}{', new_claims=False' if task.stock else ''})"
    )
    alone = [phrase("repeat it alone: {call}", call=call), phrase(", where {named}", named=named) if named else ""]
    return kind(
        (
            *known,
            Problem(
                task.scenario.name,
                phrase("draw {draw}, replication {replication}", draw=draw, replication=replication)
                if draw
                else phrase("replication {replication}", replication=replication),
                f"{type(error).__name__}: {error}",
                "a run without errors",
                together(*filter(None, [trouble, together(*alone)]), between="; "),
            ),
        )
    )
