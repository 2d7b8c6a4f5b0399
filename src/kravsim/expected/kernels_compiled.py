"""How the kernels of this room are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")

OPTIONS: dict[str, Any] = {"cache": True, "_nrt": False}
"""Arrays come from Python, so reference counting is off (see :mod:`kravsim.engine.heap_compiled`)."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile with numba at the first call and keep the machine code on disk.

    For functions that are called from one place and given many arrays: handing those on would cost more than the work.
    """
    return cast("Callable[P, R]", njit(**OPTIONS, forceinline=True)(function))


def apart(function: Callable[P, R]) -> Callable[P, R]:
    """Compile as a function of its own, for one with few arguments that is called from many places."""
    return cast("Callable[P, R]", njit(**OPTIONS)(function))
