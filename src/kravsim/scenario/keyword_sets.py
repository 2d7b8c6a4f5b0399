"""``**how: Unpack[How]``: keywords that several functions share, told to users as if each function had typed them out."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, Final, get_args, get_type_hints, is_typeddict

_SECTION: Final = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
_ENTRY: Final = re.compile(r"^(?=\S)", re.MULTILINE)


def keyword_set(function: Callable[..., Any]) -> tuple[str, Any] | None:
    """Give the name of a function's ``**`` and the typed dictionary that it unpacks; None where there is none.

    Parameters
    ----------
    function : callable
        Annotated with ``Unpack[...]``, or not.
    """
    starred = next(
        (one for one in inspect.signature(function).parameters.values() if one.kind is one.VAR_KEYWORD), None
    )
    if starred is None:
        return None
    written = SimpleNamespace(__annotations__={starred.name: starred.annotation})
    found = get_args(get_type_hints(written, globalns=function.__globals__)[starred.name])
    return (starred.name, found[0]) if found and is_typeddict(found[0]) else None


def typed_out(function: Callable[..., Any]) -> inspect.Signature:
    """Give a function's signature with each keyword of its set in place of the ``**``.

    Parameters
    ----------
    function : callable
        Annotated with ``Unpack[...]``, or not.
    """
    signature = inspect.signature(function)
    found = keyword_set(function)
    if found is None:
        return signature
    name, kind = found
    kept = [one for one in signature.parameters.values() if one.name != name]
    shared = [
        inspect.Parameter(
            key,
            inspect.Parameter.KEYWORD_ONLY,
            default=False if written == "bool" else None,
            annotation=written,
        )
        for key, written in _written(kind).items()
    ]
    return signature.replace(parameters=[*kept, *shared])


def expanded_docstring(function: Callable[..., Any]) -> str | None:
    """Give a function's docstring with an entry for each keyword of its set in place of that of the ``**``.

    Parameters
    ----------
    function : callable
        Annotated with ``Unpack[...]``, or not.
    """
    found, text = keyword_set(function), function.__doc__
    if found is None or text is None:  # without docstrings under -OO
        return text
    name, kind = found
    own = dict(_entries(text))
    starred = own.pop(f"**{name}", None)
    if starred is None:
        return text
    entries = {key: entry for one in _sets_beside(kind) for key, entry in _entries(one.__doc__ or "")}
    shared = [entries[key] for key in kind.__annotations__ if key in entries and key not in own]
    return inspect.cleandoc(text).replace(starred, "\n".join(shared))


def _written(kind: Any) -> dict[str, str]:
    """The annotations of a typed dictionary as they are written."""
    return {key: getattr(one, "__forward_arg__", str(one)) for key, one in kind.__annotations__.items()}


def _sets_beside(kind: Any) -> list[Any]:
    """All keyword sets of the file that one is of: each tells of what it adds to those below."""
    return [one for one in vars(sys.modules[kind.__module__]).values() if is_typeddict(one)]


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Names and entries of a docstring's section of parameters, as they stand there; ``a, b : int`` is one entry."""
    pieces = _SECTION.split(inspect.cleandoc(text))
    sections: Mapping[str, str] = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    for entry in _ENTRY.split(sections.get("Parameters", "").strip("\n")):
        if entry.strip():
            for name in entry.split(" : ")[0].split(","):
                yield name.strip().splitlines()[0], entry.rstrip("\n")
