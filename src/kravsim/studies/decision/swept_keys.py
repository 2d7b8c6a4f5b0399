"""Which keys a sweep may vary: those that exist, that can move the year, and that do not stand in each other's way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.scenario.changes import check_keys
from kravsim.scenario.describe import NO_ASSUMPTIONS
from kravsim.scenario.fields import find
from kravsim.scenario.given import all_checked
from kravsim.scenario.schema import ScenarioData
from kravsim.scenario.values import Value

if TYPE_CHECKING:
    from kravsim.scenario import Scenario

_DESCRIPTIVE: Final = ("title", "title_sv", "description", "source", "status", "note", "favours")
"""Last parts of keys that say something about a scenario, and nothing in it."""
_RANGE: Final = ("low", "high", "dist")
"""Parts of a number that say how well it is known."""

Path = tuple[str, ...]


def check_swept(scenario: Scenario, keys: Iterable[str]) -> None:
    """Refuse keys that cannot be swept over.

    Parameters
    ----------
    scenario : Scenario
        What would be swept.
    keys : iterable of str
        Dotted keys.

    Raises
    ------
    ScenarioError
        With every key that does not exist, has no part in the year, or says with another what one number is.
    """
    given = list(keys)
    all_checked(
        lambda: check_keys(scenario.sheet, given, ScenarioData),
        lambda: _check_parts([key for key in given if isinstance(key, str)]),
    )


def _check_parts(given: Sequence[str]) -> None:
    problems = [problem for key in given for problem in _idle(key)]
    places: dict[Path, str] = {}
    for key in sorted(given, key=lambda one: len(_place(one))):
        path = _place(key)
        above = [places[path[:end]] for end in range(1, len(path) + 1) if path[:end] in places]
        if above:
            got, allowed = Words(phrase("a part of {above}, which varies too", above=above[0])), "every number once"
            problems.append(Problem("", key, got, allowed, "leave out one of the two keys"))
        places.setdefault(path, key)
    if problems:
        raise ScenarioError(problems)


def _idle(key: str) -> list[Problem]:
    """What is wrong with a key that moves nothing."""
    path = tuple(key.split("."))
    of_value = any(place.is_number and issubclass(place.kind, Value) for place in find(ScenarioData, path[:-1]))
    allowed = "a key that can have a part in the year"
    if of_value and path[-1] in _RANGE:
        remedy = phrase("the year is worked out with the number itself: vary {names}", names=".".join(path[:-1]))
        return [Problem("", key, Words("a part of a range"), allowed, remedy)]
    if path[0] in NO_ASSUMPTIONS or path[-1] in _DESCRIPTIVE:
        return [Problem("", key, Words("a description"), allowed, "see the keys with kravsim describe")]
    return []


def _place(key: str) -> Path:
    """The path of a key; of the value of a number that of the number."""
    path = tuple(key.split("."))
    of_number = any(place.is_number for place in find(ScenarioData, path[:-1]))
    return path[:-1] if of_number and path[-1] == "value" else path
