"""The reference: every public name of kravsim and of its public rooms, and the classes that these give, from docstrings."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import kravsim

from .tables import cell

ROOMS = {
    "kravsim": "What most programs need: scenarios, runs, comparisons, and what has been kept of them.",
    "kravsim.studies": "The questions: compare, calibrate, what would change the answer, what is worth finding out; of a scenario "
    "or of anybody's own numbers.",
    "kravsim.figures": "Figures, each drawn of one kind of result, and what saves results with their figures.",
    "kravsim.expected": "The closed form: a year in expectation for many parameter sets at once.",
    "kravsim.law": "What the statutes say on a date: fees, rates, interest.",
    "kravsim.engine": "The engines, and the staff queue by itself.",
    "kravsim.errors": "What is raised: every error is a KravsimError, which lists its problems.",
}
"""Public modules, with a line about each."""
FOLDER = "made/reference"
RESULTS = f"{FOLDER}/results"


def names_of(room: str) -> list[str]:
    """Public names of a room, other rooms apart.

    Parameters
    ----------
    room : str
        One of ``ROOMS``.
    """
    module = sys.modules.get(room) or __import__(room, fromlist=["__all__"])
    own = [name for name, one in vars(module).items() if inspect.isclass(one) and one.__module__ == room]
    names = [name for name in getattr(module, "__all__", own) if not inspect.ismodule(getattr(module, name))]
    return sorted((name for name in names if not name.startswith("_") or name == "__version__"), key=str.casefold)


def home_of(name: str) -> str:
    """The room that tells of a public name: the first that has it.

    Parameters
    ----------
    name : str
        Public in one room or several, the same in each.
    """
    return next(room for room in ROOMS if name in names_of(room))


def classes() -> list[type]:
    """Public classes that public names give or take and that no room names: Scenario, Run, Comparison and their like."""
    named = {_value(room, name) for room in ROOMS for name in names_of(room) if inspect.isclass(_value(room, name))}
    seen: dict[type, None] = {}
    todo = [_value(room, name) for room in ROOMS for name in names_of(room)]
    while todo:
        for one in _given(todo.pop(0)):
            if one not in seen and one not in named:
                seen[one] = None
                todo.append(one)
    return sorted(seen, key=lambda one: one.__name__.casefold())


def _value(room: str, name: str) -> Any:
    return getattr(sys.modules[room], name)


def _given(value: Any) -> Iterator[type]:
    """Classes of kravsim that the annotations of a function, or of a class's public methods and properties, name as given."""
    functions = [value]
    if inspect.isclass(value):
        members = [member for name, member in inspect.getmembers_static(value) if not name.startswith("_")]
        functions = [getattr(member, "fget", None) or getattr(member, "func", None) or member for member in members]
    for function in [inspect.unwrap(getattr(one, "__func__", one)) for one in functions]:
        written = getattr(function, "__annotations__", {}).get("return")
        if isinstance(written, type):
            written = f"{written.__name__}"
        if isinstance(written, str):
            yield from _named_in(written, function)


def _named_in(written: str, function: Any) -> Iterator[type]:
    places = [getattr(function, "__globals__", {}), *_modules_beside(function)]
    for word in re.findall(r"[A-Z]\w+", written):
        for place in places:
            one = place.get(word)
            if inspect.isclass(one) and one.__module__.startswith("kravsim.") and not one.__name__.startswith("_"):
                yield one
                break


def _modules_beside(function: Any) -> list[dict[str, Any]]:
    """Modules of kravsim, in which a class is found that is imported for annotations alone."""
    here = getattr(function, "__module__", "") or ""
    if not here.startswith("kravsim"):
        return []
    return [vars(module) for name, module in sorted(sys.modules.items()) if name.startswith("kravsim.")]


def made() -> dict[str, str]:
    """Text of each page."""
    found = {}
    for room, about in ROOMS.items():
        own = [name for name in names_of(room) if home_of(name) == room]
        others = [name for name in names_of(room) if home_of(name) != room]
        parts = [f"# {room}", about, f"```{{eval-rst}}\n.. py:module:: {room}\n```"]
        if others:
            shared = ", ".join(f"{{py:obj}}`~{home_of(name)}.{name}`" for name in others)
            parts.append(f"Also here: {shared}.")
        parts += [f"## {cell(name)}\n\n{_directive(room, name)}" for name in own]
        found[f"{FOLDER}/{room.replace('.', '-')}"] = "\n\n".join(parts) + "\n"
    parts = [
        "# Results",
        (
            "What the functions give: scenarios, runs, comparisons and the results of studies, with their public attributes and "
            "methods. Each comes out of a function; none is made by hand."
        ),
    ]
    for one in classes():
        path = f"{one.__module__}.{one.__qualname__}"
        options = ":members:\n:inherited-members: dict, tuple, BaseModel, Exception\n:exclude-members: count, index"
        body = f".. autoclass:: {path}\n" + "".join(f"   {option}\n" for option in options.splitlines())
        parts.append(f"## {one.__name__}\n\n```{{eval-rst}}\n{body}```")
    found[RESULTS] = "\n\n".join(parts) + "\n"
    listed = "\n".join(f"/{page}" for page in found)
    rows = [f"| [`{room}`](/{FOLDER}/{room.replace('.', '-')}.md) | {about} |" for room, about in ROOMS.items()]
    rows.append(f"| [results](/{RESULTS}.md) | Scenario, Run, Comparison and what studies give. |")
    found[f"{FOLDER}/index"] = (
        f"# Python\n\nVersion {kravsim.__version__}. Every public name, with its docstring.\n\n| | |\n| --- | --- |\n"
        + "\n".join(rows)
        + f"\n\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    )
    return found


def _directive(room: str, name: str) -> str:
    value = _value(room, name)
    if inspect.isclass(value):
        return f"```{{eval-rst}}\n.. autoclass:: {room}.{name}\n   :members:\n```"
    if inspect.isroutine(value) or hasattr(value, "cache_info"):
        return f"```{{eval-rst}}\n.. autofunction:: {room}.{name}\n```"
    size = f", {len(value)} entries" if isinstance(value, dict | Mapping) else f": ``{value!r}``"
    return f"```{{eval-rst}}\n.. py:data:: {room}.{name}\n\n   {type(value).__name__}{size}\n```"
