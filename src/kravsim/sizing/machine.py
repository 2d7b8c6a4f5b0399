"""How many processors and how much memory this process may use, as its affinity and its control groups say."""

from __future__ import annotations

import math
import multiprocessing
import os
import sys
from functools import cache
from pathlib import Path
from typing import Final

from kravsim.errors import address_space

_UNKNOWN_MEMORY: Final = 8 * 2**30


def default_workers() -> int:
    """Say how many threads a study has when nobody says: one a processor.

    One where others are at work beside it and share the processors: inside a task of a Dask worker, and in any process that
    was started by ``multiprocessing`` or an executor.
    """
    return 1 if multiprocessing.parent_process() is not None or _in_dask() else available_cpus()


def _in_dask() -> bool:
    """Whether this thread carries out a task of a Dask worker."""
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return False
    try:
        distributed.get_worker()
    except (ValueError, AttributeError):
        return False
    return True


@cache
def available_cpus(root: Path = Path("/")) -> int:
    """Count the processors this process may use, at least 1.

    The least of the processors it may be scheduled on and the quotas of its control groups (rounded up), so that a
    container with two processors of a large machine starts two workers. They are counted once: a study that is carried on
    keeps its number of workers.

    Parameters
    ----------
    root : pathlib.Path
        Where ``proc`` and ``sys`` lie.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *(math.ceil(quota) for quota in _quotas(root))]))


def available_memory(root: Path = Path("/")) -> int:
    """Tell how much memory this process may use, in bytes.

    The least of the machine's memory, the limits of the process's control groups and its own (``ulimit -v``); 8 GiB where the
    system does not say.

    Parameters
    ----------
    root : pathlib.Path
        Where ``proc`` and ``sys`` lie.
    """
    names = getattr(os, "sysconf_names", {})
    known = "SC_PHYS_PAGES" in names and "SC_PAGE_SIZE" in names
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if known else _UNKNOWN_MEMORY
    own = [] if (limit := address_space()) is None else [limit]
    return min([physical if physical > 0 else _UNKNOWN_MEMORY, *_memory_limits(root), *own])


def _memory_limits(root: Path) -> list[int]:
    """Bytes that each control group from the process's own up to the top may hold."""
    found = []
    for line in _lines(root / "proc/self/cgroup"):
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        unified = number == "0" and not controllers
        if not unified and "memory" not in controllers.split(","):
            continue
        top = root / "sys/fs/cgroup" / ("" if unified else controllers)
        here = top / path.lstrip("/")
        file = "memory.max" if unified else "memory.limit_in_bytes"
        found += [" ".join(_lines(place / file)) for place in (here, *here.parents) if place.is_relative_to(top)]
    return [int(words) for words in found if words.strip().isdecimal() and int(words) > 0]


def _quotas(root: Path) -> list[float]:
    """Processors' worth of time that each control group from the process's own up to the top grants."""
    found = []
    for line in _lines(root / "proc/self/cgroup"):
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        unified = number == "0" and not controllers
        if not unified and "cpu" not in controllers.split(","):
            continue
        top = root / "sys/fs/cgroup" / ("" if unified else controllers)
        here = top / path.lstrip("/")
        read = _unified_quota if unified else _older_quota
        found += [read(place) for place in (here, *here.parents) if place.is_relative_to(top)]
    return [quota for quota in found if quota is not None]


def _unified_quota(place: Path) -> float | None:
    words = " ".join(_lines(place / "cpu.max")).split()
    return _ratio(*words) if len(words) == 2 else None


def _older_quota(place: Path) -> float | None:
    words = [*_lines(place / "cpu.cfs_quota_us"), *_lines(place / "cpu.cfs_period_us")]
    return _ratio(*words) if len(words) == 2 else None


def _ratio(quota: str, period: str) -> float | None:
    """Read quota and period; `max` and -1 are no limit."""
    if not (quota.strip().isdecimal() and period.strip().isdecimal()) or int(period) == 0:
        return None
    return int(quota) / int(period)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except OSError:
        return []
