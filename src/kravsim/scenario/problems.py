"""From what the schema refuses to problems a reader can mend: key, value, what is allowed, and a remedy."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import PydanticCustomError

from kravsim.errors import ABSENT, Problem, Words
from kravsim.phrases import phrase
from kravsim.scenario.fields import Place, example_of, find, root, sections_with, walk
from kravsim.scenario.leaving_out import EXTENDS, WITHOUT
from kravsim.scenario.nearest import MOST_ADVISED, did_you_mean
from kravsim.scenario.toml_names import dotted
from kravsim.scenario.values import Section, Spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import ValidationError

    from kravsim.scenario.limits import Limits

Path = tuple[str, ...]
FileOf = Callable[[Path], str]
"""Names the file in which the key at a path stands."""

_MOST_KEYS_SHOWN: Final = 14
_FORMS: Final = {
    r"^(19[5-9]|20[0-9])[0-9]$": "a year from 1950 to 2099",
    r"^20[0-9]{2}-0[17]-01$": "the first day of a half-year, such as 2027-07-01",
    r"^[a-z][a-z0-9_]{0,59}$": "a small letter, then small letters, digits and _, at most 60 in all",
    r"^[A-Za-z][A-Za-z0-9_]{0,59}$": "a letter, then letters, digits and _, at most 60 in all",
    r"^[a-z0-9][a-z0-9-]{0,59}$": "a small letter or a digit, then small letters, digits and -, at most 60 in all",
}
"""What the patterns of names mean, in words."""
_KEYS, _NAMES, _OTHERS = "unknown keys", "names that are not allowed", "problems"
_MOST_LISTED: Final = {_KEYS: MOST_ADVISED, _NAMES: MOST_ADVISED, _OTHERS: 1000}
"""How many refusals of a kind are told one by one."""
_LOOKS_LIKE_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER_TYPES: Final = {"number_type", "number_nan", "number_size", "int_type", "float_type", "int_from_float"}
_TABLE_TYPES: Final = {"model_type", "dict_type", "model_attributes_type"}
_UNITS_IN_TEXT: Final = {"tkr": 1000, "kkr": 1000, "mkr": 1000000, "kr": 1}
_ALLOWED: Final = {
    "string_type": "a text in quotation marks",
    "string_unicode": "a text of characters that UTF-8 has",
    "bool_type": "true or false",
    "date_type": "a date such as 2017-01-31, without quotation marks",
    "tuple_type": "a list, in square brackets",
    "list_type": "a list, in square brackets",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "number_type": "a number",
    "number_nan": "a number",
    "number_size": "a number",
}
_BOUNDS: Final = {
    "too_short": "a list of {min_length} or more",
    "too_long": "a list of at most {max_length}",
    "string_too_short": "a text of {min_length} or more letters",
    "string_too_long": "a text of at most {max_length} letters",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
}


def problems_of(error: ValidationError, model: type[Section], file_of: FileOf) -> list[Problem]:
    """Translate everything a schema refused.

    Parameters
    ----------
    error : pydantic.ValidationError
        What reading a scenario into `model` raised.
    model : type of Section
        The schema.
    file_of : callable
        Names the file of a path.

    Returns
    -------
    list of Problem
        In the order of the schema, each problem once. Of unknown keys, and of names that are not allowed, the first dozen
        each has its line, of other problems the first thousand; what is left is counted.
    """
    found: dict[str, Problem] = {}
    counts: dict[str, int] = {}
    for entry in error.errors(include_url=False):
        if _is_untrue(entry):
            continue
        kind = _kind(entry)
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= _MOST_LISTED[kind]:
            found |= {str(problem): problem for problem in _translated(entry, (), model, file_of)}
    for kind, count in counts.items():
        if count > _MOST_LISTED[kind]:
            found[kind] = counted(file_of(()), count - _MOST_LISTED[kind], kind)
    return list(found.values())


def counted(file: str, more: int, what: str) -> Problem:
    """Tell how many more of a kind there are than have been told one by one.

    Parameters
    ----------
    file : str
        What messages call the file.
    more : int
        How many are not told.
    what : str
        The kind, in place of a key.
    """
    return Problem(
        file,
        what,
        Words(phrase("{unknown_names} more", unknown_names=more)),
        "none, when those named one by one are mended",
        "mend those first",
    )


def describe_unknown(key: str, value: object, path: Path, model: type[Section]) -> tuple[object, str, str]:
    """Say what is wrong with a key that the schema does not have.

    Parameters
    ----------
    key : str
        The unknown key.
    value : object
        What stands there.
    path : tuple of str
        The table it stands in.
    model : type of Section
        The schema.

    Returns
    -------
    tuple of object, str and str
        The value as shown, what is allowed, and the remedy.
    """
    known = [name for place in find(model, path) for name in place.names()]
    known += [] if path else [EXTENDS, WITHOUT]
    table = f"[{dotted(path)}]" if path else phrase("the top level")
    shown = ", ".join(known[:_MOST_KEYS_SHOWN]) + (", ..." if len(known) > _MOST_KEYS_SHOWN else "")
    got = Words("a table") if isinstance(value, Mapping) else value
    elsewhere = [section for section in sections_with(model, key) if section != ".".join(path)]
    advice = next((place.not_here[key] for place in find(model, path) if key in place.not_here), "")
    if advice or did_you_mean(key, known):
        remedy = advice or did_you_mean(key, known)
    elif elsewhere:
        tables = [_with_purpose(model, name) for name in elsewhere[:3]]
        remedy = phrase("that key belongs in {names}", names=" or ".join(tables))
    else:
        everywhere = {name for _, place in walk(model) if place.is_section for name in place.names()}
        remedy = did_you_mean(key, everywhere) or "remove it"
    return (
        got,
        phrase("the keys of {table}: {shown}", table=table, shown=shown)
        if known
        else phrase("nothing inside {table}", table=table),
        remedy,
    )


def _with_purpose(model: type[Section], table: str) -> str:
    """Name a table and what it is for, since a key of the same name may stand for something else there."""
    if not table:
        return "the top level"
    kinds = [place.kind for place in find(model, table.split(".")) if place.is_section]
    purpose = (kinds[0].__doc__ or "").split("\n")[0].rstrip(".") if kinds else ""
    return f"[{table}]" + (f" ({purpose[:1].lower()}{purpose[1:]})" if purpose else "")


def number_in_text(text: str, limits: Limits | None = None) -> str:
    """Guess which number a text was meant to be, and say how to write it.

    Parameters
    ----------
    text : str
        What stands in quotation marks where a number is needed.
    limits : Limits, optional
        Those of the key.

    Examples
    --------
    >>> number_in_text("1,5"), number_in_text("5 %"), number_in_text("18 tkr")
    ('write 1.5', 'write 0.05', 'write 18000')
    """
    plain = re.sub(r"[\s\u00a0\u202f_]", "", text).replace(",", ".")
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)(%|[a-z]+)?", plain.casefold())
    if found is None:
        return "write a number, without quotation marks"
    number, unit = found[1], found[2]
    if unit is None:
        return (
            phrase("remove the quotation marks: {text}", text=number)
            if number == text.strip()
            else phrase("write {value}", value=number)
        )
    if unit == "%":
        return phrase("write {number:.10g}", number=float(number) / 100)
    if unit in _UNITS_IN_TEXT:
        return phrase("write {number:.15g}", number=float(number) * _UNITS_IN_TEXT[unit])
    if limits is None:
        return phrase("write the number alone: {number}", number=number)
    return phrase("write the number alone: {number}; the key's unit is {unit}", number=number, unit=limits.unit)


def _is_untrue(entry: Mapping[str, Any]) -> bool:
    """Tell whether a list is called too short only because some of its items have been refused already."""
    given = entry["input"]
    return entry["type"] == "too_short" and isinstance(given, list | tuple) and len(given) >= entry["ctx"]["min_length"]


def _kind(entry: Mapping[str, Any]) -> str:
    """Say whether a refusal is of a key or name, for which advice is sought, or of anything else."""
    if entry["loc"] and entry["loc"][-1] == "[key]":
        return _NAMES
    return _KEYS if entry["type"] == "extra_forbidden" else _OTHERS


def _translated(entry: Mapping[str, Any], above: Path, model: type[Section], file_of: FileOf) -> Iterator[Problem]:
    kind, given = str(entry["type"]), entry["input"]
    path = _path_in_schema((*above, *entry["loc"]), model, keep_last=kind in {"extra_forbidden", "missing"})
    if kind == "limits":
        context = entry["ctx"]
        for misfit in context["problems"]:
            there = (*path, misfit["key"])
            yield Problem(file_of(there), ".".join(there), misfit["value"], misfit["allowed"], misfit["remedy"])
        for inner in context["inner"]:
            yield from _translated(inner, path, model, file_of)
        return
    if kind == "several":
        for error in entry["ctx"]["errors"]:
            yield from _translated({**entry, **_entry_of(error)}, above, model, file_of)
        return
    got, allowed, remedy = _said(kind, given, path, entry, model)
    shown = Words("a table") if isinstance(got, Mapping) else got
    yield Problem(file_of(path), ".".join(path), shown, allowed, remedy)


def _entry_of(error: ValueError) -> dict[str, Any]:
    """What pydantic would say of an error, had it been raised alone."""
    if isinstance(error, PydanticCustomError):
        return {"type": error.type, "ctx": error.context or {}, "msg": error.message()}
    return {"type": "value_error", "ctx": {"error": error}, "msg": str(error)}


def _said(
    kind: str, given: object, path: Path, entry: Mapping[str, Any], model: type[Section]
) -> tuple[object, str, str]:
    """Choose the three texts of a problem by the kind of refusal."""
    here = find(model, path)
    if entry["loc"] and entry["loc"][-1] == "[key]":
        said = _name_needed(given, find(model, path[:-1]), entry)
    elif kind == "extra_forbidden":
        said = describe_unknown(path[-1], given, path[:-1], model)
    elif kind == "missing":
        said = ABSENT, _needed(here), phrase("for example: {example}", example=example_of(here, path))
    elif kind == "order":
        said = _numbers_of(given), str(entry["msg"]), "change one of them"
    elif kind == "value_error":
        said = Words("values that contradict each other"), _told_by(entry["ctx"]["error"]), "change one of them"
    elif kind in _TABLE_TYPES:
        said = _table_needed(given, here, path)
    elif kind in _NUMBER_TYPES:
        said = _number_needed(kind, given, path, entry, model)
    else:
        said = _plain_needed(kind, given, here, entry)
    return said


def _needed(here: Sequence[Place]) -> str:
    place = here[0]
    if place.limits is not None:
        return phrase("{allowed}; the key is required", allowed=place.limits.allowed())
    if place.is_section or place.kind is dict:
        return "a table; it is required"
    return "a value; the key is required"


def _table_needed(given: object, here: Sequence[Place], path: Path) -> tuple[object, str, str]:
    place = next((place for place in here if place.is_number), None)
    if place is None or place.limits is None:
        return given, "a table", phrase("write the settings under [{path}]", path=dotted(path))
    parts = "low, mode, high" if issubclass(place.kind, Spread) else "value"
    allowed = phrase("a table with {parts}, source and status ({allowed})", parts=parts, allowed=place.limits.allowed())
    if isinstance(given, str):
        return given, allowed, number_in_text(given, place.limits)
    line = example_of(here, path)
    if isinstance(given, int | float) and not isinstance(given, bool) and parts == "value":
        fitting = given if place.limits.fits(given) else place.limits.example
        line = f'{path[-1]} = {{ value = {fitting}, source = "assumption", status = "assumed" }}'
    return given, allowed, phrase("write {value}", value=line)


def _number_needed(
    kind: str, given: object, path: Path, entry: Mapping[str, Any], model: type[Section]
) -> tuple[object, str, str]:
    above = find(model, path[:-1])
    limits = next((place.limits for place in above if place.is_number and place.limits is not None), None)
    allowed = limits.allowed() if limits is not None else _ALLOWED[kind]
    if isinstance(given, str):
        return given, allowed, number_in_text(given, limits)
    if isinstance(given, bool):
        return given, allowed, "true and false are not numbers: write 1 or 0 if that is meant"
    if kind == "int_from_float":
        return given, allowed, "write a whole number"
    if kind in {"number_nan", "number_size"}:
        return given, allowed, str(entry["msg"])
    return given, allowed, "write a number"


def _name_needed(given: object, tables: Sequence[Place], entry: Mapping[str, Any]) -> tuple[object, str, str]:
    known = [key for place in tables for key in place.names()]
    if known:
        return (
            given,
            phrase("the names {names}", names=", ".join(known)),
            did_you_mean(str(given), known) or "use one of them",
        )
    kind, context = str(entry["type"]), entry.get("ctx", {})
    form = phrase(_BOUNDS[kind], **context) if kind in _BOUNDS else phrase(str(entry["msg"]))
    if "pattern" in context:
        form = _form(context["pattern"])
    return given, phrase("a name of another form ({msg})", msg=form), "choose another name"


def _told_by(error: Exception) -> str:
    """What a rule of the schema says: its phrase, which the text of an exception would have forgotten."""
    said = error.args[0] if error.args else ""
    return said if isinstance(said, str) else str(error)


def _form(pattern: object) -> str:
    """A form of names in words; one that nobody has put into words as it is written."""
    words = _FORMS.get(str(pattern))
    return phrase("of the form {pattern}", pattern=pattern) if words is None else phrase(words)


def _date_in_text(text: str) -> str:
    """What to write instead of a date in quotation marks."""
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return "there is no such day; write one without quotation marks, such as 2017-12-31"
    return phrase("remove the quotation marks: {text}", text=text)


def _plain_needed(kind: str, given: object, here: Sequence[Place], entry: Mapping[str, Any]) -> tuple[object, str, str]:
    choices = [str(choice) for place in here for choice in place.choices()]
    if choices:
        remedy = did_you_mean(given, choices) if isinstance(given, str) else ""
        return given, phrase("one of {names}", names=", ".join(choices)), remedy or "choose one of them"
    if kind == "date_type" and isinstance(given, str) and _LOOKS_LIKE_DATE.fullmatch(given.strip()):
        return given, _ALLOWED[kind], _date_in_text(given.strip())
    if kind in _ALLOWED:
        return given, _ALLOWED[kind], "write it so"
    if kind == "string_pattern_mismatch":
        return given, phrase("a text of another form ({msg})", msg=_form(entry["ctx"]["pattern"])), "change it"
    if kind in _BOUNDS:
        shown = list(given) if isinstance(given, tuple) else given
        return shown, phrase(_BOUNDS[kind], **entry["ctx"]), "change it"
    message = re.sub(r"^(Input|Value|String|Tuple|List|Dictionary) should (be|have|match) ", "", str(entry["msg"]))
    return given, message, "change it"


def _numbers_of(given: object) -> Words:
    """Write the numbers of a table whose order is wrong."""
    if not isinstance(given, Mapping):
        return Words("numbers that contradict each other")
    parts = [f"{key} = {given[key]}" for key in ("value", "low", "mode", "high", "dist") if key in given]
    return Words(", ".join(parts))


def _path_in_schema(loc: Sequence[int | str], model: type[Section], *, keep_last: bool) -> Path:
    """Drop from a location what is no key: the mark of a wrong name, the tag of an alternative."""
    here, path = root(model), []
    for index, part in enumerate(map(str, loc)):
        below = tuple(after for place in here for after in place.step(part))
        if below:
            here = below
            path.append(part)
        elif keep_last and index == len(loc) - 1:
            path.append(part)
    return tuple(path)
