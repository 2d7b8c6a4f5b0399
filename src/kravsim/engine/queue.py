"""``serve``: the staff pool alone, so that queueing theory can be put to an engine."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
import numpy.typing as npt
import simpy

from kravsim.engine.staff import AlwaysOpen, StaffPool
from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.scalars import whole_number

INT64_MAX = np.iinfo(np.int64).max
Ints = npt.NDArray[np.int64]


def serve(
    release: npt.ArrayLike,
    minutes: npt.ArrayLike,
    *,
    servers: int,
    priority: npt.ArrayLike | None = None,
    engine: str = "compiled",
) -> tuple[Ints, Ints]:
    """Serve items first in first out within a priority, lower priorities first, never preemptively.

    Parameters
    ----------
    release : array of int, shape (n,)
        When each item arrives, in ticks of the caller's choice; non-decreasing.
    minutes : array of int, shape (n,)
        Work of each item in the same ticks, at least 0.
    servers : int
        Number of servers, at least 1, always at work.
    priority : array of int, shape (n,), optional
        Lower is served first; all equal by default.
    engine : str
        ``"compiled"`` or ``"simpy"``; they give the same times.

    Returns
    -------
    start, finish : arrays of int64, shape (n,)

    Raises
    ------
    ScenarioError
        For arrays that are not integers, of unequal length, out of order or negative, or an unknown engine.

    Examples
    --------
    >>> start, finish = serve([0, 1, 1], [3, 2, 1], servers=1)
    >>> start.tolist(), finish.tolist()
    ([0, 3, 5], [3, 5, 6])
    """
    arrays = _checked(release, minutes, priority, servers, engine)
    servers = int(servers)
    if engine == "simpy":
        return _serve_simpy(*arrays, servers)
    from kravsim.engine.queue_compiled import serve_compiled

    return serve_compiled(*arrays, servers)


def _serve_simpy(release: Ints, work: Ints, priority: Ints, servers: int) -> tuple[Ints, Ints]:
    env = simpy.Environment(initial_time=int(release[0]) if len(release) else 0)
    pool = StaffPool(env, [AlwaysOpen()] * servers)
    start, finish = np.empty_like(release), np.empty_like(release)

    def note(item: int) -> Callable[[int], None]:
        def taken(_: int) -> None:
            start[item] = env.now
            finish[item] = env.now + int(work[item])

        return taken

    def arrivals() -> Generator[simpy.Event, None, None]:
        for item, (when, length, rank) in enumerate(
            zip(release.tolist(), work.tolist(), priority.tolist(), strict=True)
        ):
            if when > env.now:
                yield env.timeout(when - env.now)
            pool.submit((rank, when, item, 0), length, note(item))

    env.process(arrivals())
    env.run()
    return start, finish


def _checked(
    release: npt.ArrayLike, minutes: npt.ArrayLike, priority: npt.ArrayLike | None, servers: int, engine: str
) -> tuple[Ints, Ints, Ints]:
    """The arrays as int64, or every problem at once."""
    problems: list[Problem] = []
    arrays: dict[str, Ints] = {}
    for name, given in (("release", release), ("minutes", minutes), ("priority", priority)):
        if given is None and name == "priority":
            continue
        values = _integers(given)
        if values is None:
            wanted = "a one-dimensional array of 64-bit integers"
            problems.append(
                Problem("", name, _kind(given), wanted, "round to whole ticks; choose a coarser or finer tick")
            )
        else:
            arrays[name] = values
    if len({len(values) for values in arrays.values()}) > 1:
        lengths = {name: len(values) for name, values in arrays.items()}
        problems.append(Problem("", "release", str(lengths), "arrays of equal length", "give one entry an item"))
    if "release" in arrays and (np.diff(arrays["release"]) < 0).any():
        problems.append(Problem("", "release", "decreasing", "release times in order", "sort the items by release"))
    if "minutes" in arrays and (arrays["minutes"] < 0).any():
        problems.append(Problem("", "minutes", int(arrays["minutes"].min()), "at least 0", "give non-negative work"))
    if not problems and len(arrays["release"]):
        latest = int(arrays["release"][-1]) + sum(arrays["minutes"].tolist())
        if latest > INT64_MAX:
            problems.append(Problem("", "minutes", latest, "an end before 2**63 ticks", "choose a coarser tick"))
    count = whole_number(servers)
    if count is None or count < 1:
        problems.append(Problem("", "servers", servers, "an integer of at least 1", "give whole servers"))
    if engine not in ("compiled", "simpy"):
        problems.append(Problem("", "engine", engine, "'compiled' or 'simpy'", "choose a known engine"))
    if problems:
        raise ScenarioError(problems)
    return arrays["release"], arrays["minutes"], arrays.get("priority", np.zeros_like(arrays["release"]))


def _integers(given: npt.ArrayLike | None) -> Ints | None:
    """A one-dimensional int64 array, None when the values are anything else."""
    try:
        values = np.asarray(given)
    except ValueError:
        return None
    if values.ndim != 1 or (values.size and values.dtype.kind not in "iu"):
        return None
    if values.dtype.kind == "u" and values.size and int(values.max()) > INT64_MAX:
        return None
    return values.astype(np.int64)


def _kind(given: npt.ArrayLike | None) -> Words:
    """What was given instead, in words."""
    if given is None:
        return Words("nothing")
    try:
        values = np.asarray(given)
    except ValueError:
        return Words("lists of unequal length")
    return Words(phrase("{kind} of shape {shape}", kind=values.dtype, shape=values.shape))
