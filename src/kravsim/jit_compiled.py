"""How loops are compiled: one decorator for every file named ``*_compiled``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


OPTIONS: dict[str, Any] = {"cache": True, "_nrt": False}
"""Compiled code here never allocates (arrays come from Python and grow there), so numba's reference counting is off
(``_nrt``): counting each array of a named tuple at each use took six sevenths of the time. Inlining saves handing the tuples
on, which took half of the rest."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile with numba at the first call and keep the machine code on disk.

    numba looks at a function's own file to see whether the kept code is out of date, not at the files it calls: after an
    edit here, remove the ``.nbi`` files of the folder.
    """
    return cast("Callable[P, R]", njit(**OPTIONS, forceinline=True)(function))


def apart(function: Callable[P, R]) -> Callable[P, R]:
    """Compile as a function of its own, for one with few arguments that is called from many places."""
    return cast("Callable[P, R]", njit(**OPTIONS)(function))
