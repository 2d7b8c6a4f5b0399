"""How loops are compiled: one decorator for every file named ``*_compiled``, and when kept machine code is out of date."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final, ParamSpec, TypeVar, cast

from numba import njit
from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator

from kravsim.compile_notice import tell
from kravsim.interrupts import stop_if_requested
from kravsim.phrases import phrase

P = ParamSpec("P")
R = TypeVar("R")

PACKAGE: Final = Path(__file__).parent
BELOW: Final = (
    *("archives", "bundled", "calibration", "checking", "cli", "explaining", "figures", "flow.py", "papers", "results"),
    *("running", "sizing", "statistics", "studies", "telling", "words"),
)
"""Rooms that nothing compiled imports from."""

OPTIONS: Final[dict[str, Any]] = {"cache": True, "nogil": True, "_nrt": False}
"""Compiled code here never allocates (arrays come from Python and grow there), so numba's reference counting is off
(``_nrt``): counting each array of a named tuple at each use took six sevenths of the time. Inlining saves handing the tuples
on, which took half of the rest. It calls nothing of Python's, so it lets go of the interpreter's lock (``nogil``), and other
threads go on meanwhile. All compiled code has these options, and they are part of the stamp: machine code that was kept
without the last would hold the lock and say otherwise."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile with numba at the first call and keep the machine code on disk.

    Parameters
    ----------
    function : callable
        A loop over arrays and numbers that allocates nothing and calls only compiled functions, into which it is inlined.
    """
    return _kept(_jitted(function, forceinline=True))


def apart(function: Callable[P, R]) -> Callable[P, R]:
    """Compile as a function of its own, for one with few arguments that is called from many places.

    Parameters
    ----------
    function : callable
        As for `compiled`; it is not inlined where it is called.
    """
    return _kept(_jitted(function))


@cache
def stamp(package: Path = PACKAGE) -> str:
    """Say by the options and the contents of the files that compiled code may have taken something from which code this is.

    Rates are among them, although compiled code is handed them: one that is written into a loop as a constant counts too.

    Parameters
    ----------
    package : Path
        The folder of the package's files.

    Returns
    -------
    str
        Hexadecimal digest.
    """
    digest = blake2b(repr(sorted(OPTIONS.items())).encode(), digest_size=16)
    for path in sorted(path for kind in ("*.py", "*.toml") for path in package.rglob(kind)):
        place = path.relative_to(package)
        if place.parts[0] not in BELOW:
            digest.update(f"{place.as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


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


class _InPlace(InTreeCacheLocator):
    """Finds machine code beside the file it was made from, where none can be written."""

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> _InPlace:
        return cls(py_func, py_file)


class _InPlaceImpl(CompileResultCacheImpl):
    _locator_classes: list[type[object]] = [_InPlace]  # noqa: RUF012 - numba's own declaration


class _ReadOnly(FunctionCache):
    """Gives what is kept; what has to be compiled is not kept."""

    _impl_class = _InPlaceImpl

    def save_overload(self, _sig: object, _data: object) -> None:
        _tell_unkept("neither beside the code nor in a home directory can it be written")


def _jitted(function: Callable[P, R], **options: Any) -> Any:
    """Compile with numba, and without keeping where neither the installation nor a home directory can be written to."""
    try:
        return njit(**OPTIONS, **options)(function)
    except RuntimeError:  # numba has found no place for it
        found: Any = njit(**{**OPTIONS, "cache": False}, **options)(function)
        found._cache = cast("Any", _ReadOnly)(function)
        return found


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


def _kept(function: Any) -> Callable[P, R]:
    """Let kept machine code be out of date as soon as any of our files has changed.

    numba looks at the file of the outermost function alone, but the functions it calls are compiled into it, and the numbers
    of other modules too: after an edit there, the old code would go on giving the old results. Nor does it expect that what
    an earlier version kept names modules that are no more.
    """
    kept = function._cache._cache_file
    kept._source_stamp = stamp()
    load, save = kept._load_index, function._cache.save_overload

    def save_or_tell(sig: object, data: object) -> None:
        try:
            save(sig, data)
        except OSError as error:  # a full disk, a directory that has been closed since
            _tell_unkept(error.strerror or str(error))
        except (
            RuntimeError
        ):  # a signal came while LLVM handed the machine code over: it runs, but there is nothing to keep
            _tell_unkept("its making was interrupted")

    def load_or_none() -> Any:
        try:
            return load()
        except (ImportError, AttributeError, EOFError, UnpicklingError, ValueError, TypeError, LookupError, OSError):
            return {}  # whatever it was, it is no machine code of these files

    kept._load_index, function._cache.save_overload = load_or_none, save_or_tell
    load_overload = function._cache.load_overload

    def load_or_tell(signature: Any, context: Any) -> Any:
        found = load_overload(signature, context)
        if found is None:  # it is compiled next
            stop_if_requested()
            tell(function.py_func.__module__, function.py_func.__name__)
        return found

    function._cache.load_overload = load_or_tell
    return cast("Callable[P, R]", function)
