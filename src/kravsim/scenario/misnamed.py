"""Tables that lack what they need because their name is a slip: one line and the name that was meant, not a line a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kravsim.errors import ABSENT, Problem, Words
from kravsim.phrases import phrase
from kravsim.scenario.fields import find
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.toml_names import dotted
from kravsim.scenario.values import Section

Path = tuple[str, ...]


def misnamed_once(problems: Sequence[Problem], tables: Mapping[str, Any], model: type[Section]) -> list[Problem]:
    """Gather what is missing in a table of a free name, where a table beside it has nearly the same name.

    Parameters
    ----------
    problems : sequence of Problem
        Everything that the schema refused.
    tables : mapping
        What was read.
    model : type of Section
        The schema.

    Returns
    -------
    list of Problem
        In the same order; the first of those that are gathered stands for all of them.
    """
    kept: list[Problem] = []
    listed: set[Path] = set()
    for problem in problems:
        slip = _slip(tuple(problem.key.split("."))[:-1], tables, model) if problem.value is ABSENT else None
        if slip is None:
            kept.append(problem)
            continue
        path, meant = slip
        if path not in listed:
            listed.add(path)
            start = f"{'.'.join(path)}."
            lacking = [other.key for other in problems if other.value is ABSENT and other.key.startswith(start)]
            names = ", ".join(key.removeprefix(start) for key in lacking)
            allowed = phrase(
                "a table that is there already, or a new one with all that it needs ({names})", names=names
            )
            kept.append(
                Problem(
                    problem.file,
                    ".".join(path),
                    Words(phrase("a new table [{path}]", path=dotted(path))),
                    allowed,
                    meant,
                )
            )
    return kept


def _slip(path: Path, tables: Mapping[str, Any], model: type[Section]) -> tuple[Path, str] | None:
    """The outermost table of a free name above a key whose name is nearly that of one beside it, and that name."""
    here: Any = tables
    for end, name in enumerate(path):
        if not isinstance(here, Mapping):
            return None
        above = find(model, path[:end])
        if any(place.kind is dict and not place.names() for place in above):
            meant = did_you_mean(name, [other for other in here if other != name])
            if meant:
                return path[: end + 1], meant
        here = here.get(name)
    return None
