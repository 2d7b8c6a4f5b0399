"""What machine code is made from: the function, those that it calls, and the numbers that they take from their modules.

numba compiles all of them into the outermost one, but looks at that one alone when it judges what it has kept: after a change
of a function within or of a number, it would go on with the old code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import numpy as np

_PLAIN: Final = (bool, int, float, complex, str, bytes, type(None), np.generic)


def made_from(function: Callable[..., object]) -> str:
    """Say by a digest from what machine code of this function is made.

    Comments and places in a file do not count, nor do functions beside it that it does not call. Types of arguments are not
    part of it: they are part of what kept code is found by.

    Parameters
    ----------
    function : callable
        Compiled by numba, whose options count.

    Returns
    -------
    str
        Hexadecimal.
    """
    digest = blake2b(digest_size=16)
    for part in _of(function, (), set()):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _of(value: Any, attributes: Iterable[str], seen: set[int]) -> Iterator[str]:
    """Name what a value is as far as compiled code can take it in; of our modules that which may be asked of them."""
    if isinstance(value, _PLAIN):
        yield f"{type(value).__name__} {value!r}"
    elif isinstance(value, tuple):
        yield f"{type(value).__name__} of {len(value)}"
        for one in value:
            yield from _of(one, attributes, seen)
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype} {value.shape} {value.tobytes().hex()}"
    elif hasattr(value, "py_func"):
        yield repr(sorted(value.targetoptions.items()))
        if id(value) not in seen:
            seen.add(id(value))
            yield from _of_function(value.py_func, seen)
    elif isinstance(value, ModuleType):
        yield value.__name__
        for name in attributes:
            if value.__name__.partition(".")[0] == __package__ and name in vars(value):
                yield from _of(vars(value)[name], attributes, seen)
    else:  # a class, or what numba knows by its name; it refuses to compile anything else
        yield f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__qualname__)}"
        yield repr(getattr(value, "_fields", ()))
        yield repr([(name, one.value) for name, one in getattr(value, "__members__", {}).items()])


def _of_function(function: FunctionType, seen: set[int]) -> Iterator[str]:
    """Name the code of a function and all that it takes from outside."""
    yield f"{function.__module__}.{function.__qualname__}"
    names: set[str] = set()
    for code in _codes(function.__code__):
        yield code.co_code.hex()
        yield repr((code.co_varnames, code.co_freevars, code.co_names))
        yield repr([one for one in code.co_consts if not isinstance(one, CodeType)])
        names.update(code.co_names)
    asked = sorted(names)
    yield from _of(function.__defaults__, asked, seen)
    for name in asked:
        if name in function.__globals__:
            yield from _of(function.__globals__[name], asked, seen)
    for cell in function.__closure__ or ():
        yield from _of(cell.cell_contents, asked, seen)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code and those within it."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)
