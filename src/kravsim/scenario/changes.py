"""Dotted-path editing of a scenario's tables: ``{"models.in_house.staff.handlers.fte": 3.5}``.

Tables are edited as they were written, and read again afterwards, so that a change meets the same checks as a file.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.files import DEEPEST, SHALLOW, depth_exceeds
from kravsim.phrases import phrase
from kravsim.provenance import Status
from kravsim.scenario.contents import WITH_CHANGES, as_written, plain
from kravsim.scenario.fields import Place, example_of, find
from kravsim.scenario.leaving_out import EXTENDS
from kravsim.scenario.nearest import MOST_ADVISED, did_you_mean, one_of_these
from kravsim.scenario.problems import counted, describe_unknown
from kravsim.scenario.reader import BODY, Sheet, forget, note_hand
from kravsim.scenario.values import ASSUMPTION, PROVENANCE, Section, Value

if TYPE_CHECKING:
    from kravsim.scenario.problems import Path

_LONGEST_PLACE: Final = 9
"""Digits of a place in a list."""


def changed(
    sheet: Sheet, changes: Mapping[str, object], model: type[Section], *, written_in_file: bool = False
) -> Sheet:
    """Return a sheet with some keys changed, in the order given.

    Parameters
    ----------
    sheet : Sheet
        It is left as it is.
    changes : mapping of dotted key to content
        A number for a `Value` leaves nothing of the old one: no range, status assumed, and a note of what it was. A
        table replaces what stood there. A single part of a number (``....fte.low``) is changed in place; unless source
        or status is given along with it, the number counts as assumed from then on.
    model : type of Section
        The schema, which decides what keys there are.
    written_in_file : bool
        Whether the changes stand in a file, where a count is written without a decimal point, as everywhere in it.

    Returns
    -------
    Sheet
        Not yet checked against the schema.

    Raises
    ------
    ScenarioError
        With every change whose key does not exist or whose content is of no use; of the former the first dozen, then a count.
    """
    editor = _Editor(sheet, changes, model, written_in_file=written_in_file)
    _carried_out(editor, (partial(editor.change, key, content) for key, content in changes.items()))
    editor.note_parts()
    editor.forget_kind(sheet)
    return replace(sheet, tables=editor.tables, files=editor.files)


def check_keys(sheet: Sheet, keys: Iterable[str], model: type[Section]) -> None:
    """Refuse keys that cannot be changed, whatever would be written there.

    Parameters
    ----------
    sheet : Sheet
    keys : iterable of str
        Dotted keys.
    model : type of Section
        The schema.

    Raises
    ------
    ScenarioError
        As :func:`changed`.
    """
    editor = _Editor(sheet, {}, model, written_in_file=False)
    _carried_out(editor, (partial(editor.path, key) for key in keys))


def _carried_out(editor: _Editor, steps: Iterable[Callable[[], object]]) -> None:
    """Take every step, and raise what went wrong in all of them together."""
    problems: list[Problem] = []
    for step in steps:
        try:
            step()
        except ScenarioError as error:
            problems += error.problems
        except _OneMore:
            pass
    if editor.unknown > MOST_ADVISED:
        problems.append(counted(WITH_CHANGES, editor.unknown - MOST_ADVISED, "unknown keys"))
    if problems:
        raise ScenarioError(problems)


class _OneMore(Exception):  # noqa: N818 - a signal between two functions
    """One more key that does not exist, after so many that no advice is sought for it."""


class _Editor:
    """The tables while they are being changed."""

    def __init__(
        self, sheet: Sheet, changes: Mapping[str, object], model: type[Section], *, written_in_file: bool
    ) -> None:
        self.tables: dict[str, Any] = copy.deepcopy(sheet.tables)
        self.files: dict[Path, str] = dict(sheet.files)
        self._changes = changes
        self._model = model
        self._written_in_file = written_in_file
        self._parts: dict[Path, list[str]] = {}
        self._made: dict[Path, object] = {}
        self.unknown = 0

    def change(self, key: str, given: object) -> None:
        """Make one change."""
        path = self.path(key)
        if depth_exceeds(given, DEEPEST - len(path)):
            raise ScenarioError(Problem(WITH_CHANGES, key, Words("a deep table"), SHALLOW, "write fewer levels"))
        content: Any = plain(given, key) if self._written_in_file else as_written(given, key, self._model)
        here, above = find(self._model, path), find(self._model, path[:-1])
        if any(place.is_number for place in (*here, *above)):
            self._refuse_twice(key, path, content)
        if (
            any(place.is_number for place in here)
            and isinstance(content, int | float)
            and not isinstance(content, bool)
        ):
            content = self._as_value(key, path, content, here)
        elif any(place.is_number for place in above):
            self._remember_part(key, path)
        self._write(path, content)

    def _refuse_twice(self, key: str, path: Path, content: object) -> None:
        """Refuse a change of a number that leaves nothing of another change of it; tables follow the order given."""
        lost = next((made for made in self._made if len(made) > len(path) and made[: len(path)] == path), None)
        if path[-1] == "value" and isinstance(self._made.get(path[:-1]), int | float):
            lost = path[:-1]
        if lost is not None:
            remedy = phrase(
                "give {key} or {lost}, or first the whole and then the parts that differ", key=key, lost=".".join(lost)
            )
            raise ScenarioError(Problem(WITH_CHANGES, key, content, "one change of the same number", remedy))
        self._made[path] = content

    def note_parts(self) -> None:
        """Take the old source from numbers of which a part was changed without naming a new one."""
        for path, parts in self._parts.items():
            number, key = self._at(path), ".".join(path)
            if not isinstance(number, dict) or {f"{key}.source", f"{key}.status"} & set(self._changes):
                continue
            number.update(source=ASSUMPTION, status=str(Status.ASSUMED), favours="unknown")
            if f"{key}.note" not in self._changes:
                number["note"] = ", ".join(parts)

    def forget_kind(self, before: Sheet) -> None:
        """Take the kind of the body that was from one that is named anew, unless it is said along with the name."""
        name, kind = (BODY, "name"), (BODY, "kind")
        if self._at(name) == _at(before.tables, name) or {BODY, ".".join(kind)} & set(self._changes):
            return
        forget(self.files, kind, self._at(kind))
        self.tables[BODY].pop("kind", None)

    def path(self, key: str) -> Path:
        """Split a dotted key, and refuse it unless it exists or adds one name to a table of free names."""
        if not isinstance(key, str) or not all(part.strip() for part in key.split(".")):
            raise ScenarioError(Problem(WITH_CHANGES, "", key, "a dotted key", "write section.key"))
        path = tuple(key.split("."))
        for end in range(1, len(path) + 1):
            table, name = self._at(path[: end - 1]), path[end - 1]
            if not find(self._model, path[:end]):
                self._count_unknown()
                remedy = self._similar(path) or describe_unknown(name, "", path[: end - 1], self._model)[2]
                allowed = describe_unknown(name, "", path[: end - 1], self._model)[1]
                raise ScenarioError(Problem(WITH_CHANGES, key, Words("an unknown key"), allowed, remedy))
            is_free = any(place.kind is dict for place in find(self._model, path[: end - 1]))
            if is_free and end < len(path) and (not isinstance(table, Mapping) or name not in table):
                self._count_unknown()
                known = list(table) if isinstance(table, Mapping) else []
                allowed = (
                    phrase("one of {names}", names=", ".join(known))
                    if known
                    else phrase("a table [{names}] first", names=".".join(path[: end - 1]))
                )
                remedy = did_you_mean(name, known) or phrase(
                    "add {names} as a whole table first", names=".".join(path[:end])
                )
                raise ScenarioError(
                    Problem(WITH_CHANGES, key, Words(phrase("the unknown name {name}", name=name)), allowed, remedy)
                )
        return path

    def _count_unknown(self) -> None:
        self.unknown += 1
        if self.unknown > MOST_ADVISED:
            raise _OneMore

    def _similar(self, path: Path) -> str:
        """Suggest a whole dotted key: the same last part elsewhere under names that exist."""
        if path == (EXTENDS,):
            return "what a scenario extends is settled when its file is read; load another one"
        ends = [".".join(found) for found in _paths_in(self.tables) if found[-1] == path[-1]]
        return did_you_mean(".".join(path), ends) or (one_of_these(*ends[:3]) if ends else "")

    def _as_value(self, key: str, path: Path, number: float, here: Sequence[Place]) -> dict[str, Any]:
        if not any(issubclass(place.kind, Value) for place in here if place.is_number):
            allowed = "a table with low, mode, high, source and status (a chance distribution)"
            remedy = phrase("write {example}, or change {key}.mode", example=example_of(here, path), key=key)
            raise ScenarioError(Problem(WITH_CHANGES, key, number, allowed, remedy))
        before = self._at(path)
        said = f"changed from {before['value']}" if isinstance(before, Mapping) and "value" in before else "added"
        return {
            "value": number,
            "source": ASSUMPTION,
            "status": str(Status.ASSUMED),
            "note": said,
            "favours": "unknown",
        }

    def _remember_part(self, key: str, path: Path) -> None:
        number, part = self._at(path[:-1]), path[-1]
        if not isinstance(number, Mapping):
            allowed = phrase("a number at {names} first", names=".".join(path[:-1]))
            remedy = "give the whole number"
            raise ScenarioError(Problem(WITH_CHANGES, key, Words("a part of nothing"), allowed, remedy))
        if part not in PROVENANCE:
            said = f"{part} changed from {number[part]}" if part in number else f"{part} added"
            self._parts.setdefault(path[:-1], []).append(said)

    def _at(self, path: Path) -> object:
        return _at(self.tables, path)

    def _write(self, path: Path, content: object) -> None:
        forget(self.files, path, self._at(path))
        table: Any = self.tables
        for end, part in enumerate(path[:-1], start=1):
            if isinstance(table, list):
                table = table[self._index(part, table, path[:end])]
            else:
                if not isinstance(table.get(part), dict | list):
                    table[part] = {}
                table = table[part]
        if isinstance(table, list):
            table[self._index(path[-1], table, path)] = content
        else:
            table[path[-1]] = content
        for end in range(len(path)):
            above = self._at(path[:end])
            if isinstance(above, Mapping):
                note_hand(self.files, path[:end], above, WITH_CHANGES)
        self.files[path] = WITH_CHANGES

    def _index(self, part: str, items: list[Any], path: Path) -> int:
        if _is_place(part) and int(part) < len(items):
            return int(part)
        allowed = phrase("a place from 0 to {n}", n=len(items) - 1)
        remedy = "give the whole list to make it longer"
        raise ScenarioError(Problem(WITH_CHANGES, ".".join(path), part, allowed, remedy))


def _at(tables: Mapping[str, Any], path: Path) -> object:
    """What stands at a path; None where nothing does."""
    here: object = tables
    for part in path:
        if isinstance(here, Mapping):
            here = here.get(part)
        elif isinstance(here, list) and _is_place(part) and int(part) < len(here):
            here = here[int(part)]
        else:
            return None
    return here


def _is_place(part: str) -> bool:
    """Whether a part of a key is a place in a list, written in plain digits."""
    return part.isascii() and part.isdecimal() and len(part) <= _LONGEST_PLACE


def _paths_in(tables: Mapping[str, Any], path: Path = ()) -> list[Path]:
    found: list[Path] = []
    for key, content in tables.items():
        found.append((*path, key))
        if isinstance(content, Mapping):
            found += _paths_in(content, (*path, key))
    return found
