"""How to run: the keywords that say who carries out replications and what is kept, none of which changes a number.

A study takes one of these sets as ``**how: Unpack[How]`` and hands it on as it came; what is left out is chosen where it is
used. A function that is decorated with ``checked_call`` has them in its signature, its help and its errors.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor
from typing import Literal, TypedDict

from kravsim.engine import DEFAULT_ENGINE

Who = Executor | Literal["processes"]
"""Who carries out replications instead of threads: an executor, or processes of our own."""


class Crew(TypedDict, total=False):
    """Who carries out replications, and what is shown meanwhile.

    Parameters
    ----------
    workers : int, optional
        Threads, as many as there are processors when left out; one inside a task of Dask or a process of a pool, which
        share the processors with others. Results do not depend on it. The engine ``simpy`` holds the interpreter's lock:
        more than one are processes there. With an executor: how many blocks of replications it can work on at once, 64 when
        left out.
    progress : bool, optional
        Show a progress bar; by default in terminals and notebooks only.
    executor : concurrent.futures.Executor or "processes", optional
        Who carries out the replications instead: any executor, such as ``client.get_executor()`` of Dask, which is left open;
        or ``"processes"``, new ones that are ended afterwards and need no guard in a script.
    max_memory_gib : float, optional
        Most memory that the workers may need together by the estimate of ``kravsim.sizing.estimate``, in GiB; four fifths
        of the machine's when left out. A run that would need more is refused before it starts; the default number of
        workers is lowered to fit. Not applied with an executor.
    """

    workers: int | None
    progress: bool | None
    executor: Who | None
    max_memory_gib: float | None


class How(Crew, total=False):
    """And by which engine.

    Parameters
    ----------
    engine : str, optional
        One of ``kravsim.engine.ENGINES``.
    """

    engine: str | None


class HowKept(How, total=False):
    """And where finished blocks are kept.

    Parameters
    ----------
    run_dir : path, optional
        Keep finished blocks in this directory and go on from those that are there: after Ctrl-C, a killed process or a
        reboot, or for more replications than before. The result is the same to the last bit.
    follow_symlinks : bool
        Whether `run_dir` and `journal`, where there is one, may themselves be symbolic links to directories; left out, links
        are refused.
    """

    run_dir: str | os.PathLike[str] | None
    follow_symlinks: bool


class HowWritten(HowKept, total=False):
    """And where the journals of all replications go.

    Parameters
    ----------
    journal : path, optional
        Write the event log and the postings of every replication to this directory, one file each
        (see :func:`kravsim.read_journal`), where the replication is run: a cluster needs a directory that all can reach.
    """

    journal: str | os.PathLike[str] | None


def engine_of(how: How) -> str:
    """Give the engine that is meant, the usual one where none is named.

    Parameters
    ----------
    how : How
        How to run.
    """
    engine = how.get("engine")
    return DEFAULT_ENGINE if engine is None else engine
