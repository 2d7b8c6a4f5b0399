"""Replications: the same scenario many times, wherever they are carried out, always with the same result."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack

from kravsim.archives.store import check_output_dir
from kravsim.calibration.base_world import Worlds
from kravsim.chance.draws import STREAM_VERSION, Draws
from kravsim.engine import DEFAULT_REPLICATIONS, checked_engine, get_engine
from kravsim.errors import OutputError, Problem, ScenarioError
from kravsim.files import path_of
from kravsim.law import law_of
from kravsim.measures.outcome import Outcome
from kravsim.notices import bar, is_seen, write
from kravsim.phrases import phrase
from kravsim.running.blocks import Block, Outcomes, Task, block_size, blocks_of
from kravsim.running.how import How, HowWritten, engine_of
from kravsim.running.journal import journal_name
from kravsim.running.run_directory import RunDirectory
from kravsim.running.threads import in_threads
from kravsim.running.workers import (
    EXECUTOR_WORKERS,
    MOST_WORKERS,
    PROCESSES,
    in_executor,
    in_processes,
    in_this_thread,
    is_daemonic,
)
from kravsim.scalars import whole_number
from kravsim.scenario import all_checked, checked_call
from kravsim.scenario.base_posts import titles_in
from kravsim.sizing.estimate import duration, estimate, fitting_workers, memory_limit
from kravsim.sizing.machine import default_workers
from kravsim.speech import spoken
from kravsim.version import __version__

if TYPE_CHECKING:
    from typing import NoReturn, Self

    from tqdm import tqdm

    from kravsim.scenario import Scenario

PathLike = str | os.PathLike[str]

NOTICED: Final = 1.0
"""Seconds of waiting that are told beforehand."""


@checked_call
def replicate(
    worlds: Worlds,
    models: tuple[str, ...],
    *,
    seed: int,
    known: Mapping[int, Outcomes] | None = None,
    stock: bool = False,
    **how: Unpack[HowWritten],
) -> dict[str, tuple[Outcome, ...]]:
    """Run every model in every replication; models of one replication meet the same claims and luck.

    Outcomes that are `known` from before, by number, are not run again.

    Parameters
    ----------
    worlds : Worlds
        Which worlds there are, with how many replications.
    models : tuple of str
        Names of its models, in the order in which they are told.
    seed : int
        Any integer from 0 up.
    known : mapping of int to tuple of Outcome, optional
        By number in the whole study, from 0; an outcome for each of `models`.
    stock : bool
        Whether the opening stock is run by itself, as in :class:`kravsim.running.blocks.Task`.
    **how : Unpack[HowWritten]
        How to run: see :class:`kravsim.running.how.HowWritten`.

    Returns
    -------
    dict of str to tuple of Outcome
        By model, in order of replication, whatever order they finished in.

    Raises
    ------
    ScenarioError
        For an unknown model or engine, or a count that is not allowed; nothing has run then.
    OutputError
        When the run directory or the journals cannot be written.
    RunError
        When a replication fails, a worker is lost twice over the same block, or the run directory is another study's.
    """
    name, scenario = engine_of(how), worlds.scenario
    executor, run_dir, journal = how.get("executor"), how.get("run_dir"), how.get("journal")
    follow_symlinks = how.get("follow_symlinks", False)
    get_engine(name)
    for model in models:
        titles_in(scenario.data, model)  # refuses what there is none of
    count = checked_count("replications", DEFAULT_REPLICATIONS[name] if worlds.count is None else worlds.count)
    crew = _crew(how, count)
    if executor is None or executor == PROCESSES:
        crew = fitting_workers(
            scenario,
            models,
            workers=crew,
            exactly=how.get("workers") is not None,
            max_memory_gib=how.get("max_memory_gib"),
            engine=name,
            journal=stock or journal is not None,
        )
    Draws(seed, 0, 0)
    files = _checked_journal(journal, models, count, resumed=run_dir is not None, follow_symlinks=follow_symlinks)
    task = Task(worlds, models, seed, name, files, stock)
    finished: dict[int, Outcomes] = {number: found for number, found in (known or {}).items() if number < count}
    with ExitStack() as stack:
        directory = None
        if run_dir is not None:
            directory = stack.enter_context(RunDirectory(run_dir, identity(task), follow_symlinks=follow_symlinks))
            kept = {worlds.number(*pair): found for pair, found in directory.finished().items()}
            finished |= {number: found for number, found in kept.items() if _useful(task, number, count)}
        bar = stack.enter_context(_Bar(count, len(finished), how.get("progress")))

        def done(block: Block, found: Sequence[Outcomes]) -> None:
            finished.update(zip(block.replications, found, strict=True))
            if directory is not None:
                directory.keep(block, found)

        def done_elsewhere(block: Block, found: Sequence[Outcomes]) -> None:
            done(block, found)
            bar.advance(block.count)

        missing = [number for number in range(count) if number not in finished]
        if missing and executor is None and name == "compiled" and not _is_ready():
            in_this_thread(task, [Block(missing.pop(0), 1)], done, bar.advance)  # what compiles can be interrupted here
        crew = max(1, min(crew, len(missing)))
        blocks = blocks_of(missing, block_size(len(missing), crew, name))
        if executor is None and name == "compiled":
            seconds = estimate(scenario.data, models, engine=name, journal=stock or journal is not None).seconds
            in_threads(task, blocks, crew, done, bar.advance, bar.tell_stopping, seconds)
        elif executor is None and (crew == 1 or is_daemonic()):
            in_this_thread(task, blocks, done, bar.advance)
        elif executor is None or executor == PROCESSES:
            in_processes(task, blocks, crew, done_elsewhere)
        else:
            in_executor(task, blocks, executor, crew, done_elsewhere)
    ordered = [finished[replication] for replication in range(count)]
    return {model: tuple(outcomes[position] for outcomes in ordered) for position, model in enumerate(models)}


def identity(task: Task) -> dict[str, Any]:
    """What makes a study this one and no other; see :mod:`kravsim.running.run_directory`.

    Parameters
    ----------
    task : Task
        What all replications of the study share.

    Returns
    -------
    dict of str to object
        Plain values, apart from `code`, which the directory adds.
    """
    found = {
        "version": __version__,
        "stream_version": STREAM_VERSION,
        "law_fingerprint": law_of(task.scenario.data).fingerprint,
        "scenario_fingerprint": task.scenario.fingerprint,
        "models": task.models,
        "seed": task.seed,
        "engine": task.engine,
        "scenario_text": task.scenario.text,
        **task.worlds.identity(),
    }
    if task.stock:
        found["design"] = {**found.get("design", {}), "stock": "alone"}
    return found


def check_how(how: How, replications: int | None) -> None:
    """Refuse settings of :func:`replicate` with which nothing could be run, for a study that runs many times.

    Parameters
    ----------
    how : How
        How to run.
    replications : int or None
        Years of each run; None for what is usual.

    Raises
    ------
    ScenarioError
        With all of them.
    """
    all_checked(
        lambda: checked_engine(engine_of(how)),
        lambda: replications is None or checked_count("replications", replications),
        lambda: _crew(how, 1),
        lambda: memory_limit(how.get("max_memory_gib")),
    )


def check_size(scenario: Scenario, models: tuple[str, ...], how: How) -> None:
    """Refuse what does not fit into this machine's memory, before a study looks for what it needs besides.

    Parameters
    ----------
    scenario : Scenario
        Alternatives may be open.
    models : tuple of str
        Names of its models.
    how : How
        How to run; where an executor of the caller's does, nothing is known of its memory.

    Raises
    ------
    ScenarioError
        As :func:`kravsim.sizing.estimate.fitting_workers`.
    """
    if how.get("executor") is None or how.get("executor") == PROCESSES:
        name = checked_engine(engine_of(how))
        fitting_workers(scenario, models, max_memory_gib=how.get("max_memory_gib"), engine=name)


def checked_count(key: str, value: object, most: int = 10_000_000) -> int:
    """A whole number of at least 1.

    Parameters
    ----------
    key : str
        What the number is called in the error.
    value : object
        What a caller gave.
    most : int
        Largest number that is allowed.

    Raises
    ------
    ScenarioError
        For anything else.
    """
    number = whole_number(value)
    if number is None or not 1 <= number <= most:
        raise ScenarioError(
            Problem(
                "",
                key,
                value,
                phrase("a whole number from 1 to {most}", most=most),
                phrase("give {key} as such a number", key=key),
            )
        )
    return number


def _crew(how: How, count: int) -> int:
    """How many replications are worked on at once: never more than there are, or than threads of our own make sense."""
    workers, executor = how.get("workers"), how.get("executor")
    if executor is None or executor == PROCESSES:
        return min(checked_count("workers", default_workers() if workers is None else workers), count, MOST_WORKERS)
    if not callable(getattr(executor, "submit", None)):
        allowed = phrase("a concurrent.futures.Executor or {word!r}", word=PROCESSES)
        remedy = "give one, such as client.get_executor() of Dask; left out, threads do the work"
        raise ScenarioError(Problem("", "executor", executor, allowed, remedy))
    return min(checked_count("workers", EXECUTOR_WORKERS if workers is None else workers), count)


def _checked_journal(
    journal: PathLike | None, models: tuple[str, ...], count: int, *, resumed: bool, follow_symlinks: bool
) -> str | None:
    """Find out before the run whether journals can be written; those of a run that goes on may be there already."""
    if journal is None:
        return None
    names = [journal_name(model, number) for model in models for number in range(count)]
    place = path_of(journal, "journal", OutputError)
    return str(check_output_dir(place, names, force=resumed, follow_symlinks=follow_symlinks).absolute())


def _useful(task: Task, number: int, count: int) -> bool:
    """Whether a finished replication is wanted, and its journals too where they are."""
    written = task.journal is None or all(Path(task.journal, journal_name(one, number)).exists() for one in task.models)
    return number < count and written


class _Bar:
    """A progress bar when it is wanted, silence otherwise.

    A terminal that has gone does not end a run that has not.
    """

    def __init__(self, total: int, initial: int, wanted: bool | None) -> None:
        self._total, self._initial = total, initial
        self._wanted = is_seen() if wanted is None else wanted
        self._tqdm: tqdm[NoReturn] | None = None

    def __enter__(self) -> Self:
        if self._wanted:
            with suppress(OSError, ValueError):
                self._tqdm = bar(
                    total=self._total,
                    initial=self._initial,
                    desc="kravsim",
                    unit=spoken("simulering", "replication"),
                    smoothing=0.1,
                    leave=False,
                )
        return self

    def advance(self, count: int = 1) -> None:
        """So many replications more are finished.

        Parameters
        ----------
        count : int
            How many.
        """
        if self._tqdm is not None:
            with suppress(OSError, ValueError):
                self._tqdm.update(count)

    def tell_stopping(self, seconds: float, running: int) -> None:
        """Say how long it takes to stop, where anybody would notice.

        Parameters
        ----------
        seconds : float
            Until what runs is finished, by its usual time.
        running : int
            Replications that run.
        """
        if seconds < NOTICED:
            return
        lang = spoken("sv", "en")
        if lang == "sv":
            what = "1 simulering som pågår är klar" if running == 1 else f"{running} simuleringar som pågår är klara"
            text = f"avslutar när {what}, om ungefär {duration(seconds, lang)}; en andra gång avbryter genast"
        else:
            what = "1 replication that runs is" if running == 1 else f"{running} replications that run are"
            text = f"stopping when {what} done, in about {duration(seconds, lang)}; a second time leaves at once"
        write(f"kravsim: {text}")

    def __exit__(self, *_: object) -> None:
        if self._tqdm is not None:
            with suppress(OSError, ValueError):
                self._tqdm.close()


def _is_ready() -> bool:
    from kravsim.settling.settle_compiled import is_ready

    return is_ready()
