"""How loops are compiled: one decorator for every file named ``*_compiled``, and when kept machine code is out of date."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final, ParamSpec, TypeVar, cast

import numba
from numba import config, njit
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile, InTreeCacheLocator

from kravsim.compile_notice import tell
from kravsim.indices import VERSION, Compiler
from kravsim.interrupts import stop_if_requested
from kravsim.made_from import made_from
from kravsim.phrases import phrase

P = ParamSpec("P")
R = TypeVar("R")

PACKAGE: Final = Path(__file__).parent
OPTIONS: Final[dict[str, Any]] = {"nogil": True, "_nrt": False}
"""Compiled code here never allocates (arrays come from Python and grow there), so numba's reference counting is off
(``_nrt``): counting each array of a named tuple at each use took six sevenths of the time. Inlining saves handing the tuples
on, which took half of the rest. It calls nothing of Python's, so it lets go of the interpreter's lock (``nogil``), and other
threads go on meanwhile. All compiled code has these options, and they are part of the stamp: machine code that was kept
without the last would hold the lock and say otherwise."""

KNOWN: Final = ("0.68.",)
"""Versions of numba whose inner parts `kravsim.jit_within` was written for; under any other it is left alone, and the first
call takes two and a half times as long."""

_UNREADABLE: Final = (
    ImportError, AttributeError, EOFError, UnpicklingError, ValueError, TypeError, LookupError, OSError
)  # fmt: skip
"""What reading a file raises that was cut short, or written by a version with other modules."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile with numba at the first call and keep the machine code on disk.

    Parameters
    ----------
    function : callable
        A loop over arrays and numbers that allocates nothing and calls only compiled functions, which are inlined into it.
        What only compiled functions call is kept with them: no machine code of its own is made (`kravsim.jit_within`).
    """
    return _kept(function, forceinline=True)


def apart(function: Callable[P, R]) -> Callable[P, R]:
    """Compile as a function of its own, for one with few arguments that is called from many places.

    Parameters
    ----------
    function : callable
        As for `compiled`; it is not inlined where it is called.
    """
    return _kept(function)


def is_compiled(function: Callable[..., object]) -> bool:
    """Whether machine code of the present files is on disk; where it is not, the first call takes long.

    Parameters
    ----------
    function : callable
        Made by `compiled` or `apart`.
    """
    return bool(cast("Any", function)._cache._cache_file._load_index())


class NotKeptWarning(UserWarning):
    """Machine code could not be written to the disk, and is compiled again at the next start."""


class _File(IndexDataCacheFile):
    """Machine code of one function, out of date as soon as that has changed which it is made from (`kravsim.made_from`).

    Nor does numba expect that what an earlier version kept names modules that are no more.
    """

    def __init__(self, function: Callable[..., object], **places: str) -> None:
        self._function, self._stamp = function, ""
        super().__init__(**places, source_stamp=None)

    @property
    def _source_stamp(self) -> str:
        if not self._stamp:  # not before it is called first: only then all that it calls has been defined
            self._stamp = f"{VERSION} {int(getattr(config, 'BOUNDSCHECK', None) or 0)} {made_from(self._function)}"
        return self._stamp

    @_source_stamp.setter
    def _source_stamp(self, stamp: str | None) -> None:
        self._stamp = stamp or ""

    def _load_index(self) -> Any:
        try:
            return super()._load_index()
        except _UNREADABLE:
            return {}  # whatever it was, it is no machine code of this function

    def _load_data(self, name: str) -> Any:
        try:
            return super()._load_data(name)
        except _UNREADABLE as error:
            raise FileNotFoundError(name) from error  # numba compiles anew what it does not find


class _Kept(FunctionCache):
    """Machine code on disk, under the name of its function (not its line, as is numba's way), and the telling of it."""

    def __init__(self, function: Any) -> None:
        super().__init__(function.py_func)
        name = re.sub(r"-\d+(?=\.py)", "", self._impl.filename_base)
        self._cache_file = _File(function, cache_path=self._cache_path, filename_base=name)

    def _index_key(self, signature: Any, codegen: object) -> tuple[object, ...]:
        """Find code by the fields of named tuples too, which it takes by their places."""
        return (*super()._index_key(signature, codegen), tuple(map(_fields, signature)))

    def load_overload(self, signature: Any, context: Any) -> Any:
        found = super().load_overload(signature, context)
        if found is None:  # it is compiled next
            stop_if_requested()
            tell(self._py_func.__module__, self._py_func.__name__)
        return found

    def save_overload(self, signature: Any, data: Any) -> None:
        try:
            super().save_overload(signature, data)
        except OSError as error:  # a full disk, a directory that has been closed since
            _tell_unkept(error.strerror or str(error))
        except RuntimeError:
            # A signal came while LLVM handed the machine code over: it runs, but there is nothing to keep.
            _tell_unkept("its making was interrupted")


class _InPlace(InTreeCacheLocator):
    """Finds machine code beside the file it was made from, where none can be written."""

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> _InPlace:
        return cls(py_func, py_file)


class _InPlaceImpl(CompileResultCacheImpl):
    _locator_classes: list[type[object]] = [_InPlace]  # noqa: RUF012 - numba's own declaration


class _ReadOnly(_Kept):
    """Gives what is kept; what has to be compiled is not kept."""

    _impl_class: Any = _InPlaceImpl

    def save_overload(self, _signature: object, _data: object) -> None:
        _tell_unkept("neither beside the code nor in a home directory can it be written")


def _kept(function: Callable[P, R], **options: Any) -> Callable[P, R]:
    """Compile with numba, and keep the machine code if the installation or a home directory can be written to."""
    found: Any
    if not numba.__version__.startswith(KNOWN):
        found = njit(pipeline_class=Compiler, **OPTIONS, **options)(function)
    else:
        from kravsim.jit_within import Outermost, within

        found = njit(pipeline_class=Outermost, **OPTIONS, **options)(function)
        inner = within(function, **OPTIONS, **options)
        found.get_call_template, found.get_overload = inner.get_call_template, inner.get_overload
    try:
        found._cache = _Kept(found)
    except RuntimeError:  # numba has found no place for it
        found._cache = _ReadOnly(found)
    return cast("Callable[P, R]", found)


def _fields(kind: Any) -> object:
    """Name the fields of a named tuple, and of those within it."""
    within = getattr(kind, "types", ())
    return (getattr(kind, "fields", ()), tuple(map(_fields, within))) if within else ()


@cache
def _tell_unkept(why: str) -> None:
    """Warn once that every start will have to compile, and say how to mend it."""
    message = phrase(
        "compiled code cannot be kept ({why}), so every start compiles it anew, for a minute or two: set NUMBA_CACHE_DIR "
        "to a directory that can be written to, or run kravsim once where {package} can be",
        why=why,
        package=PACKAGE,
    )
    warnings.warn(message, NotKeptWarning, stacklevel=2)
