"""The schema of scenario files as JSON Schema, by which an editor completes keys, shows units and marks slips.

An editor that knows TOML schemas (Taplo, Even Better TOML) reads the file named on a line ``#:schema FILE``. Only what an
editor can judge from one file alone is in it: keys, types, units, bounds. A file that extends another may leave out whatever
the other says, so tables need not be complete; a number with its provenance must be. ``kravsim validate`` has the last word.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from kravsim.scenario import library
from kravsim.scenario.fields import Place, find, places_of
from kravsim.scenario.leaving_out import EXTENDS, WITHOUT
from kravsim.scenario.limits import Limits, short
from kravsim.scenario.reader import is_number_table, read_sheet
from kravsim.scenario.schema import ScenarioData
from kravsim.scenario.values import Section, Spread, Value

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""The newest dialect that editors of TOML understand."""

_MOST_SHOWN: Final = 6
_EXTENDS: Final = {
    "type": "string",
    "title": "extends",
    "description": "A bundled scenario, one beside this file, or a path: what is not said here comes from there.",
}
_WITHOUT: Final = {
    "type": "array",
    "items": {"type": "string"},
    "uniqueItems": True,
    "title": "without",
    "description": 'Keys of the extended scenario that do not hold here and are left out, such as "alternatives.reading.C".',
}
_NUMBER_PARTS: Final = {
    "value": "the best single number",
    "low": "lower end of the range; with high or not at all",
    "high": "upper end of the range; with low or not at all",
}
_CHANCE_PARTS: Final = {"low": "least", "mode": "most often", "high": "most"}
_ABOUT: Final = {
    "source": 'Name of a table [sources.*], or "assumption".',
    "status": "sourced: a page states it; derived: arithmetic on sourced figures; assumed: a choice.",
    "note": "How it was read or derived, and what speaks against it.",
    "favours": "Whom this choice of value favours, compared with others that could have been defended.",
    "dist": "How the number is drawn between worlds; triangular when low and high are given, else fixed.",
}

Schema = dict[str, Any]
Base = Mapping[tuple[type, str], list[str]]


def editor_schema() -> Schema:
    """Return the JSON Schema of a scenario file.

    Returns
    -------
    dict
        Draft 7. Every table has its fixed keys and no other; every number has its unit in the description, its bounds,
        and what the bundled base assumes with status and source.
    """
    writer = _Writer(_said_in_base())
    top = writer.section(ScenarioData)
    top["properties"] = {EXTENDS: _EXTENDS, WITHOUT: _WITHOUT, **top["properties"]}
    return {"$schema": DIALECT, "title": "kravsim scenario", **top, "definitions": writer.definitions}


class _Writer:
    """Writes places of the schema as JSON Schema, each table once."""

    def __init__(self, base: Base) -> None:
        self.definitions: dict[str, Schema] = {name: self._about(name) for name in _ABOUT}
        self._base = base

    def section(self, kind: type[Section]) -> Schema:
        """Write a table with fixed keys."""
        properties = {name: self._field(kind, name) for name in kind.model_fields}
        about = inspect.cleandoc(kind.__doc__ or "")
        return {"type": "object", "description": about, "properties": properties, "additionalProperties": False}

    def _field(self, kind: type[Section], name: str) -> Schema:
        field = kind.model_fields[name]
        here = places_of(field)
        title = {"title": name.replace("_", " ")}
        if any(place.is_section or place.kind is dict or _holds_sections(place) for place in here):
            written = [self._table(place, self._base.get((kind, name), [])) for place in here]
            return {**title, **(written[0] if len(written) == 1 else {"anyOf": written})}
        kind_of_field: Any = field.annotation if not field.metadata else field.rebuild_annotation()
        plain = TypeAdapter(kind_of_field).json_schema()
        return {**title, **_without_null(plain)}

    def _table(self, place: Place, base: list[str]) -> Schema:
        if place.is_number and place.limits is not None:
            return self._number(place.kind, place.limits, base)
        if place.is_section:
            name = place.kind.__name__
            if name not in self.definitions:
                self.definitions[name] = {}
                self.definitions[name] = self.section(place.kind)
            return {"$ref": f"#/definitions/{name}"}
        if place.kind is tuple:
            return {"type": "array", "items": self._table(place.step("0")[0], [])}
        if place.kind is Any:
            return {}
        inner = [self._table(after, []) for after in place.step("")]
        names = place.names()
        if names:
            return {"type": "object", "properties": dict.fromkeys(names, inner[0]), "additionalProperties": False}
        keys = _without_null(TypeAdapter(place.arguments[0]).json_schema())
        return {"type": "object", "propertyNames": keys, "additionalProperties": inner[0]}

    def _number(self, kind: type[Section], limits: Limits, base: list[str]) -> Schema:
        parts = _CHANCE_PARTS if issubclass(kind, Spread) else _NUMBER_PARTS
        about = f"{limits.allowed().capitalize()}."
        if limits.plausible is not None:
            low, high = limits.plausible
            about += f" Plausible from {short(low)} to {short(high)}."
        if base:
            more = "; ..." if len(base) > _MOST_SHOWN else ""
            about += f" In {library.BASE}: {'; '.join(base[:_MOST_SHOWN])}{more}."
        bounds: Schema = {"type": "integer" if limits.integer or limits.whole else "number"}
        bounds |= {key: bound for key, bound in (("minimum", limits.ge), ("maximum", limits.le)) if bound is not None}
        numbers = {key: {**bounds, "description": f"{limits.unit}: {words}"} for key, words in parts.items()}
        rest = {key: {"$ref": f"#/definitions/{key}"} for key in kind.model_fields if key not in parts}
        return {
            "type": "object",
            "description": about,
            "x-unit": limits.unit,
            "properties": numbers | rest,
            "required": [key for key, field in kind.model_fields.items() if field.is_required()],
            "additionalProperties": False,
        }

    @staticmethod
    def _about(name: str) -> Schema:
        annotation: Any = Value.model_fields[name].annotation
        return {
            **_without_null(TypeAdapter(annotation).json_schema()),
            "description": _ABOUT[name],
        }


def _holds_sections(place: Place) -> bool:
    return place.kind is tuple and any(item.is_section for item in place.step("0"))


def _without_null(schema: Schema) -> Schema:
    """Take out the alternative that TOML cannot write, and the default that stands for it."""
    kept = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    plain = {**schema, **kept[0]} if len(kept) == 1 else dict(schema)
    if len(kept) == 1:
        del plain["anyOf"]
    plain.pop("title", None)
    return plain


def _said_in_base() -> Base:
    """Collect what the bundled base says of each key of each table, in words."""
    found: dict[tuple[type, str], list[str]] = {}

    def visit(content: Mapping[str, Any], path: tuple[str, ...]) -> None:
        for key, inner in content.items():
            if is_number_table(inner):
                kinds = [place.kind for place in find(ScenarioData, path) if place.is_section]
                found.setdefault((kinds[0], key), []).append(_in_words(inner, path))
            elif isinstance(inner, Mapping):
                visit(inner, (*path, key))

    visit(read_sheet(library.find(library.BASE)).tables, ())
    return found


def _in_words(number: Mapping[str, Any], path: tuple[str, ...]) -> str:
    where = f"{path[-1]} " if len(path) > 1 else ""
    if "value" in number:
        span = f" ({number['low']} to {number['high']})" if "low" in number else ""
        text = f"{number['value']}{span}"
    else:
        text = f"{number['low']}, {number['mode']}, {number['high']}"
    return f"{where}{text}, {number['status']}, source {number['source']}"
