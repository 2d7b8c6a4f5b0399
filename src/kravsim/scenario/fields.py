"""What the schema has at a dotted path: the one place that knows how annotations are built.

A key may take several things (a table or nothing, a number or a date), so every question is answered with all
`Place` objects that fit.
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

from kravsim.phrases import phrase
from kravsim.scenario.limits import Limits
from kravsim.scenario.toml_names import dotted
from kravsim.scenario.values import Section, Spread, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic.fields import FieldInfo

ANY_NAME: Final = "<name>"
"""Stands in a path for a name the user chooses, such as that of a model."""

_SUFFIXES: Final = {
    "_kr_per_year": "kr_per_year",
    "_share_per_year": "share_per_year",
    "_per_year": "per_year",
    "_kr": "kr",
    "_ore": "öre",
    "_share": "share",
    "_days": "days",
    "_minutes": "minutes",
    "_years": "years",
}
_NEEDS_NO_SUFFIX: Final = {"count", "fte", "number"}


@dataclass(frozen=True, slots=True)
class Place:
    """One thing a key may take.

    Parameters
    ----------
    kind : type
        A `Section` class, ``dict``, ``tuple`` or a plain type; ``Literal`` choices are of kind ``Literal``.
    arguments : tuple
        Type arguments: key and item of a dict, items of a tuple, choices of a literal.
    limits : Limits or None
        Those of a `Value` or `Spread`.
    """

    kind: Any
    arguments: tuple[Any, ...]
    limits: Limits | None

    @property
    def is_section(self) -> bool:
        """Whether the key takes a table with fixed keys."""
        return isinstance(self.kind, type) and issubclass(self.kind, Section)

    @property
    def is_number(self) -> bool:
        """Whether the key takes a number with its provenance: a `Value` or a `Spread`."""
        return self.is_section and issubclass(self.kind, Value | Spread)

    @property
    def not_here(self) -> Mapping[str, str]:
        """Keys that may be looked for in a table that has none of that name, and what to do instead."""
        return self.kind.not_here if self.is_section else {}

    def step(self, key: str) -> tuple[Place, ...]:
        """Return what stands under `key`, or nothing when there is no such key.

        Parameters
        ----------
        key : str
            One part of a dotted path: a key, a free name, or an index in a list as text.
        """
        if self.is_section:
            field = self.kind.model_fields.get(key)
            return () if field is None else places_of(field)
        if self.kind is dict:
            return places(self.arguments[1])
        if self.kind is tuple and key.isdecimal():
            items = [item for item in self.arguments if item is not Ellipsis]
            return places(items[min(int(key), len(items) - 1)])
        return ()

    def names(self) -> tuple[str, ...]:
        """Return the keys a table may have; for a dict whose names are free, none."""
        if self.is_section:
            return tuple(self.kind.model_fields)
        if self.kind is dict:
            return tuple(str(choice) for place in places(self.arguments[0]) for choice in place.choices())
        return ()

    def choices(self) -> tuple[Any, ...]:
        """Return the values a key must choose among, if it must."""
        if self.kind is Literal:
            return self.arguments
        if isinstance(self.kind, type) and issubclass(self.kind, Enum):
            return tuple(member.value for member in self.kind)
        return ()


def root(model: type[Section]) -> tuple[Place, ...]:
    """Return the place of a whole scenario.

    Parameters
    ----------
    model : type of Section
        The schema's uppermost class.
    """
    return (Place(model, (), None),)


def places_of(field: FieldInfo) -> tuple[Place, ...]:
    """Return what a field takes; its own metadata count for all alternatives.

    Parameters
    ----------
    field : pydantic.fields.FieldInfo
        Of a `Section`.
    """
    return places(field.annotation, _limits_in(field.metadata))


def places(annotation: Any, limits: Limits | None = None) -> tuple[Place, ...]:
    """Return what an annotation takes, ``None`` left out.

    Parameters
    ----------
    annotation : type or annotation
        What stands after a field's colon.
    limits : Limits, optional
        Those of a number, unless the annotation has its own.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return places(arguments[0], _limits_in(arguments[1:]) or limits)
    if origin is Union or isinstance(annotation, types.UnionType):
        return tuple(place for part in arguments if part is not type(None) for place in places(part, limits))
    return (Place(origin or annotation, arguments, limits),)


def find(model: type[Section], path: Sequence[str]) -> tuple[Place, ...]:
    """Return what the schema has at a path, or nothing when it has no such key.

    Parameters
    ----------
    model : type of Section
        The schema.
    path : sequence of str
        The parts of a dotted key; the empty path is the whole scenario.
    """
    here = root(model)
    for key in path:
        here = tuple(after for place in here for after in place.step(key))
    return here


def walk(model: type[Section]) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Visit every place of a schema once for each path, with `ANY_NAME` for free names; numbers are not entered.

    Parameters
    ----------
    model : type of Section
        The schema's uppermost class.

    Returns
    -------
    iterator of (path, Place)
        A path is a tuple of str; a section comes before what stands in it.
    """
    stack: list[tuple[tuple[str, ...], Place]] = [((), place) for place in reversed(root(model))]
    while stack:
        path, place = stack.pop()
        yield path, place
        if place.is_number:
            continue
        if place.is_section:
            below = [((*path, key), after) for key in place.names() for after in place.step(key)]
        elif place.kind is dict:
            below = [((*path, ANY_NAME), after) for after in place.step(ANY_NAME)]
        elif place.kind is tuple:
            below = [((*path, ANY_NAME), after) for after in place.step("0")]
        else:
            below = []
        stack += [(there, after) for there, after in reversed(below) if not _is_within_itself(after, there, model)]


def sections_with(model: type[Section], key: str) -> list[str]:
    """Name the tables of a schema that have a key, in the order of the schema.

    Parameters
    ----------
    model : type of Section
        The schema's uppermost class.
    key : str
        One name, not dotted.

    Returns
    -------
    list of str
        Dotted paths, free names as `ANY_NAME`.
    """
    tables = (item for item in walk(model) if item[1].is_section and not item[1].is_number)
    return list(dict.fromkeys(".".join(path) for path, place in tables if key in place.kind.model_fields))


def example_of(places_here: Sequence[Place], path: Sequence[str]) -> str:
    """Write a line of TOML that would do for a missing key.

    Parameters
    ----------
    places_here : sequence of Place
        What the key takes, at least one; the first is shown.
    path : sequence of str
        Path of the missing key.
    """
    place, key = places_here[0], path[-1]
    number = place.limits.example if place.limits and place.limits.example is not None else 1
    tail = 'source = "assumption", status = "assumed" }'
    if place.is_section and issubclass(place.kind, Spread):
        return f"{key} = {{ low = {number}, mode = {number}, high = {number}, {tail}"
    if place.is_number:
        return f"{key} = {{ value = {number}, {tail}"
    if place.is_section or place.kind is dict:
        return phrase("a table [{table}]", table=dotted(path))
    if place.kind is int and key.endswith("year"):
        return f"{key} = 2017"
    return f"{key} = {_plain_example(place)}"


def unit_of(places_here: Sequence[Place]) -> str:
    """Return the unit of a number's key; empty for anything else.

    Parameters
    ----------
    places_here : sequence of Place
        What the key takes.
    """
    return next((place.limits.unit for place in places_here if place.limits is not None), "")


def check_schema_units(model: type[Section]) -> list[str]:
    """List the keys of a schema whose name and unit disagree.

    A key that takes a `Value` or a `Spread` must have limits, and its name must end in its unit (``late_share``,
    ``paid_days``, ``once_kr``) or be its unit (``share``, ``minutes``). Counts, full-time equivalents and plain numbers
    need no suffix, but must not carry another unit's.

    Parameters
    ----------
    model : type of Section
        The schema.

    Returns
    -------
    list of str
        One line a disagreement; empty when the schema is in order.
    """
    found = []
    for path, place in walk(model):
        if not place.is_number:
            continue
        key = ".".join(path)
        name = next(part for part in reversed(path) if part != ANY_NAME)
        if place.limits is None:
            found.append(f"{key}: a number without limits and unit")
            continue
        said, unit = _unit_in(name), place.limits.unit
        if (name == "per_year" and unit in _NEEDS_NO_SUFFIX) or (name, unit) == ("kr_per_hour", "kr"):
            continue
        if said is None and unit not in _NEEDS_NO_SUFFIX:
            found.append(f"{key}: the unit is {unit}, and the name does not say so")
        elif said is not None and said != unit:
            found.append(f"{key}: the name says {said}, the unit is {unit}")
    return found


def _unit_in(name: str) -> str | None:
    return next((unit for suffix, unit in _SUFFIXES.items() if f"_{name}".endswith(suffix)), None)


def _limits_in(metadata: Sequence[object]) -> Limits | None:
    return next((item for item in metadata if isinstance(item, Limits)), None)


def _is_within_itself(place: Place, path: tuple[str, ...], model: type[Section]) -> bool:
    """Stop at a section that contains itself, directly or further down."""
    above = [outer.kind for end in range(len(path)) for outer in find(model, path[:end])]
    return place.is_section and not place.is_number and place.kind in above


def _plain_example(place: Place) -> str:
    if place.kind is tuple and place.arguments and get_origin(place.arguments[0]) is Literal:
        each, *others = place.arguments
        some = get_args(each)[: 1 if Ellipsis in others else len(place.arguments)]
        return "[" + ", ".join(f'"{name}"' for name in some) + "]"
    for kind, text in ((bool, "true"), (date, "2017-01-01"), (int, "1"), (float, "1.0"), (tuple, "[1, 2]")):
        if place.kind is kind:
            return text
    return f'"{next(iter(place.choices()), "...")}"'
