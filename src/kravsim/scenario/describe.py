"""Walking a scenario's data: the register of every number and setting, and worlds with other numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from pydantic import ValidationError

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scenario.fields import Place, places_of, walk
from kravsim.scenario.limits import short
from kravsim.scenario.problems import problems_of
from kravsim.scenario.values import Section, Spread, Value

if TYPE_CHECKING:
    from kravsim.scenario.limits import Limits

S = TypeVar("S", bound=Section)
Path = tuple[str, ...]

NO_ASSUMPTIONS: Final = ("name", "title", "description", "sources")
"""Top-level keys that say what a scenario is, not what it assumes."""

CHANCE: Final = "chance"
"""What the register writes as distribution of a `Spread`, which is drawn for each case."""


class Row(NamedTuple):
    """One line of the register of assumptions.

    Parameters
    ----------
    key : str
        Dotted path.
    value : object
        The number (of a chance distribution, its mode), or the setting.
    low, high : float, int or None
        The range, if there is one.
    unit : str
        Empty for a setting.
    status, source, note, favours : str
        As in `Value`; empty for a setting.
    dist : str
        As in `Value`; ``chance`` for a `Spread`; empty for a setting.
    """

    key: str
    value: object
    low: float | int | None
    high: float | int | None
    unit: str
    status: str
    source: str
    note: str
    favours: str
    dist: str


def rows(data: Section, *, leave_out: tuple[str, ...] = NO_ASSUMPTIONS) -> list[Row]:
    """List every number and setting of a scenario, in the order of the schema.

    Parameters
    ----------
    data : Section
        The scenario.
    leave_out : tuple of str
        Top-level keys that are no assumptions.

    Returns
    -------
    list of Row
        Keys that are not set (None) are not listed.
    """
    return [_row(path, leaf, limits) for path, leaf, limits in _leaves(data, ()) if path[0] not in leave_out]


def numbers(data: Section) -> Iterator[tuple[str, Value | Spread, Limits | None]]:
    """Visit every number with provenance: dotted key, number and limits.

    Parameters
    ----------
    data : Section
        A scenario's data, or any table of it: keys begin there.

    Returns
    -------
    iterator of (str, Value or Spread, Limits or None)
        In the order of the schema.
    """
    for path, leaf, limits in _leaves(data, ()):
        if isinstance(leaf, Value | Spread):
            yield ".".join(path), leaf, limits


def number_at(data: Section, key: str) -> Value | Spread | None:
    """Look up the number at a dotted key; None where there is none, or it stands in a list.

    Parameters
    ----------
    data : Section
        A scenario's data, or any table of it.
    key : str
        Dotted, from that table on.
    """
    content: object = data
    for part in key.split("."):
        if isinstance(content, Mapping):
            content = content.get(part)
        elif isinstance(content, Section) and part in type(content).model_fields:
            content = getattr(content, part)
        else:
            return None
    return content if isinstance(content, Value | Spread) else None


def implausible(data: Section, file_of: Callable[[Path], str]) -> list[Problem]:
    """List numbers that are allowed but more often a slip of unit than meant.

    Parameters
    ----------
    data : Section
        The scenario.
    file_of : callable
        Names the file of a path.

    Returns
    -------
    list of Problem
        One for each number outside the plausible range of its key.
    """
    found = []
    for key, number, limits in numbers(data):
        for part in number.number_keys:
            content = getattr(number, part)
            if limits is None or limits.plausible is None or content is None or limits.is_plausible(content):
                continue
            low, high = limits.plausible
            path = (*key.split("."), part)
            allowed = phrase(
                "{allowed}; plausible from {low} to {high}", allowed=limits.allowed(), low=short(low), high=short(high)
            )
            found.append(Problem(file_of(path), ".".join(path), content, allowed, limits.remedy(content)))
    return found


def with_values(data: S, replace: Callable[[str, Value, Limits | None], Value], *, what: str) -> S:
    """Return the data with each `Value` replaced, and every rule between values checked again.

    Parameters
    ----------
    data : Section
        The scenario; it is left as it is.
    replace : callable
        Takes dotted key, value and limits, and returns the value to stand there.
    what : str
        What problems call the new numbers.

    Returns
    -------
    Section
        Of the same type; sections in which nothing changed are shared.

    Raises
    ------
    ScenarioError
        When the new numbers break a rule of the schema, such as shares that must sum to 1.
    """
    return cast("S", _replaced(data, (), replace, what))


def _replaced(node: Any, path: Path, replace: Callable[[str, Value, Limits | None], Value], what: str) -> Any:
    if isinstance(node, Mapping):
        children = {key: _replaced(inner, (*path, str(key)), replace, what) for key, inner in node.items()}
        return children if any(children[key] is not node[key] for key in node) else node
    if isinstance(node, tuple):
        items = tuple(_replaced(inner, (*path, str(index)), replace, what) for index, inner in enumerate(node))
        return items if any(new is not old for new, old in zip(items, node, strict=True)) else node
    if not isinstance(node, Section) or isinstance(node, Value | Spread):
        return node
    changes = {}
    for name, limits in _fields_with_values(type(node)):
        old, there = getattr(node, name), (*path, name)
        if isinstance(old, Value):
            new: object = replace(".".join(there), old, limits)
        else:
            new = _replaced(old, there, replace, what)
        if new is not old:
            changes[name] = new
    if not changes:
        return node
    contents = {name: getattr(node, name) for name in node.model_fields_set} | changes
    try:
        return type(node).model_validate(contents)
    except ValidationError as error:
        found = problems_of(error, type(node), lambda _: what)
        raise ScenarioError(_below(path, problem) for problem in found) from None


@cache
def _places_by_name(kind: type[Section]) -> tuple[tuple[str, tuple[Place, ...]], ...]:
    return tuple((name, places_of(field)) for name, field in kind.model_fields.items())


@cache
def _fields_with_values(kind: type[Section]) -> tuple[tuple[str, Limits | None], ...]:
    """The fields in which there may be a `Value`, at whatever depth, and the limits of those that take a number."""
    holding = {path[0] for path, place in walk(kind) if place.kind is Value}
    return tuple((name, _limits(places)) for name, places in _places_by_name(kind) if name in holding)


def _below(path: Path, problem: Problem) -> Problem:
    key = ".".join(part for part in (*path, problem.key) if part)
    return Problem(problem.file, key, problem.value, problem.allowed, problem.remedy)


def _leaves(node: Section, path: Path) -> Iterator[tuple[Path, object, Limits | None]]:
    """Visit what the tables hold: numbers with provenance, and plain settings."""
    for name, places in _places_by_name(type(node)):
        yield from _inside(getattr(node, name), (*path, name), places)


def _inside(content: object, path: Path, here: tuple[Place, ...]) -> Iterator[tuple[Path, object, Limits | None]]:
    if isinstance(content, Value | Spread):
        yield path, content, _limits(here)
    elif isinstance(content, Section):
        yield from _leaves(content, path)
    elif isinstance(content, Mapping):
        for key, inner in content.items():
            yield from _inside(inner, (*path, str(key)), _steps(here, str(key)))
    elif isinstance(content, tuple) and any(isinstance(inner, Section) for inner in content):
        for index, inner in enumerate(content):
            yield from _inside(inner, (*path, str(index)), _steps(here, str(index)))
    elif content is not None:
        yield path, content, None


def _steps(here: tuple[Place, ...], key: str) -> tuple[Place, ...]:
    return tuple(after for place in here for after in place.step(key))


def _limits(here: tuple[Place, ...]) -> Limits | None:
    return next((place.limits for place in here if place.limits is not None), None)


def _row(path: Path, leaf: object, limits: Limits | None) -> Row:
    key, unit = ".".join(path), "" if limits is None else limits.unit
    if isinstance(leaf, Value):
        provenance = (str(leaf.status), leaf.source, leaf.note, leaf.favours)
        return Row(key, leaf.value, leaf.low, leaf.high, unit, *provenance, leaf.dist)
    if isinstance(leaf, Spread):
        provenance = (str(leaf.status), leaf.source, leaf.note, leaf.favours)
        return Row(key, leaf.mode, leaf.low, leaf.high, unit, *provenance, CHANCE)
    return Row(key, leaf.value if isinstance(leaf, Enum) else leaf, None, None, "", "", "", "", "", "")
