"""From a scenario's name or path to checked data: files joined, every problem found at once.

A file may say ``extends = "other"``: the other file is read first (from the same directory, else among the bundled
scenarios) and this one laid over it. Tables are merged key by key; a table that is one number with its provenance
is replaced whole, since a new number with an old source would be a false statement. What does not hold here at all is left
out with ``without = ["alternatives.reading.C"]`` (see :mod:`kravsim.scenario.leaving_out`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import ValidationError

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, ScenarioError, Words
from kravsim.provenance import Status
from kravsim.scenario import library
from kravsim.scenario.leaving_out import EXTENDS, keys_left_out, left_out
from kravsim.scenario.misnamed import misnamed_told_once
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.problems import Path, problems_of
from kravsim.scenario.toml_file import read_toml
from kravsim.scenario.toml_names import dotted
from kravsim.scenario.values import ASSUMPTION, Section

if TYPE_CHECKING:
    import pathlib

_LARGEST_BITS: Final = 1024

S = TypeVar("S", bound=Section)
Tables = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Sheet(EqualByParts):
    """The tables of a scenario as written, and the file each key stands in.

    Parameters
    ----------
    tables : dict
        Nested plain dicts, lists and scalars. Not to be changed: `laid_over` and `kravsim.scenario.changes` copy.
    files : mapping of path to file name
        For every key, and for every table in which more than one file has a hand, the last file that set it.
    path : pathlib.Path or None
        The file that was read, where there is one; what belongs to the scenario is kept beside it.
    without : tuple of str
        Keys of an extended file that were left out.
    """

    tables: Tables
    files: Mapping[Path, str]
    path: pathlib.Path | None = None
    without: tuple[str, ...] = ()

    def file_of(self, path: Path) -> str:
        """Name the file of a key, or of the nearest table above it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.files:
                return self.files[path[:end]]
        return ""


def read_sheet(path: pathlib.Path) -> Sheet:
    """Read a scenario file and everything it extends.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.

    Returns
    -------
    Sheet
        The merged tables, without the keys ``extends`` and ``without``.

    Raises
    ------
    ScenarioError
        When a file cannot be read or parsed, when a file to be extended is not found, when files extend each other in a
        circle, or when something is left out that is not there.
    """
    chain: list[tuple[str, Tables, tuple[str, ...]]] = []
    seen: list[pathlib.Path] = []
    following: pathlib.Path | None = path
    while following is not None:
        here = following.resolve()
        if here in seen:
            names = " -> ".join(library.label(file) for file in (*seen, here))
            remedy = "take one of them away"
            raise ScenarioError(Problem(library.label(path), EXTENDS, Words(names), "files in a line", remedy))
        seen.append(here)
        tables, _ = read_toml(following, library.label(following))
        out = keys_left_out(tables, library.label(following), extends=EXTENDS in tables)
        chain.append((library.label(following), tables, out))
        following = _extended(tables, following)
    sheet = Sheet({}, {})
    for file, tables, out in reversed(chain):
        remaining, files = left_out(sheet.tables, sheet.files, out, file, is_number_table)
        sheet = laid_over(replace(sheet, tables=remaining, files=files, without=(*sheet.without, *out)), tables, file)
    return replace(sheet, path=path.resolve())


def laid_over(below: Sheet, tables: Tables, file: str) -> Sheet:
    """Lay the tables of one file over a sheet.

    Parameters
    ----------
    below : Sheet
        What is extended; it is left as it is.
    tables : dict
        What the file says; an empty table changes nothing.
    file : str
        What problems call the file.

    Returns
    -------
    Sheet
        The two together.
    """
    files = dict(below.files)
    merged = _merged(below.tables, tables, (), files, file)
    return Sheet(merged, {**files, (): file}, without=below.without)


def checked(sheet: Sheet, model: type[S]) -> S:
    """Read a sheet into the schema.

    Parameters
    ----------
    sheet : Sheet
        The tables of a scenario.
    model : type of Section
        The schema; if it has a field ``sources``, the sources named by numbers are looked up there.

    Returns
    -------
    Section
        An object of the schema.

    Raises
    ------
    ScenarioError
        With every problem: of the schema, of the rules between values, of sources, and of names.
    """
    problems = list(_size_problems(sheet.tables, (), sheet))
    if problems:
        raise ScenarioError(problems)  # the schema would stumble over them
    problems = [*_name_problems(sheet), *_source_problems(sheet)]
    try:
        data = model.model_validate(copy.deepcopy(sheet.tables))
    except ValidationError as error:
        refused = problems_of(error, model, sheet.file_of)
        problems = [*misnamed_told_once(refused, sheet.tables, model), *problems]
    if problems:
        raise ScenarioError(problems)
    return data


def is_number_table(content: object) -> bool:
    """Tell whether a raw table is one number with its provenance."""
    return isinstance(content, Mapping) and ("value" in content or {"low", "mode", "high"} <= set(content))


def _extended(tables: Tables, path: pathlib.Path) -> pathlib.Path | None:
    if EXTENDS not in tables:
        return None
    named = tables.pop(EXTENDS)
    if not isinstance(named, str):
        remedy = 'write extends = "base"'
        raise ScenarioError(Problem(library.label(path), EXTENDS, named, "the name of one scenario", remedy))
    try:
        return library.find_beside(named, path.parent)
    except ScenarioError as error:
        file = library.label(path)
        raise ScenarioError(Problem(file, EXTENDS, p.value, p.allowed, p.remedy) for p in error.problems) from None


def note_hand(files: dict[Path, str], path: Path, table: Mapping[str, Any], file: str) -> None:
    """Note that a file has a hand in a table: it answers for the table, not for the keys that stood there before.

    Parameters
    ----------
    files : dict of path to file name
        Changed in place.
    path : tuple of str
        The table.
    table : mapping
        What stood in it before.
    file : str
        What problems call the file.
    """
    before = Sheet({}, files).file_of(path)
    for key in table:
        files.setdefault((*path, key), before)
    files[path] = file


def _merged(below: object, above: object, path: Path, files: dict[Path, str], file: str) -> Any:
    """Merge two contents, noting in `files` where each key now comes from."""
    replaced = is_number_table(below) or is_number_table(above)
    if not isinstance(above, Mapping) or not isinstance(below, Mapping) or replaced:
        for old in [old for old in files if old[: len(path)] == path]:
            del files[old]
        files[path] = file
        return copy.deepcopy(above)
    if above:
        note_hand(files, path, below, file)
    merged = {key: copy.deepcopy(content) for key, content in below.items() if key not in above}
    order = [*below, *(key for key in above if key not in below)]
    for key, content in above.items():
        if key in below:
            merged[key] = _merged(below[key], content, (*path, key), files, file)
        else:
            merged[key] = copy.deepcopy(content)
            files[(*path, key)] = file
    return {key: merged[key] for key in order}


def _size_problems(content: object, path: Path, sheet: Sheet) -> Iterator[Problem]:
    """Refuse integers of hundreds of digits, which hexadecimal notation lets through."""
    if isinstance(content, int) and content.bit_length() > _LARGEST_BITS:
        allowed = "whole numbers of at most 64 bits"
        yield Problem(sheet.file_of(path), ".".join(path), content, allowed, "write a number of ordinary size")
    elif isinstance(content, Mapping):
        for key, inner in content.items():
            yield from _size_problems(inner, (*path, str(key)), sheet)
    elif isinstance(content, list):
        for index, inner in enumerate(content):
            yield from _size_problems(inner, (*path, str(index)), sheet)


def _name_problems(sheet: Sheet) -> Iterator[Problem]:
    """Refuse names with a dot in them: a dotted key could then mean two things."""
    for path, _ in _tables_in(sheet.tables):
        if path[:1] == ("alternatives",) and path[3:4] == ("changes",):
            continue  # whole dotted keys are what these are
        if path and ("." in path[-1] or not path[-1].strip()):
            allowed = "a name without a dot" if "." in path[-1] else "a name"
            yield Problem(sheet.file_of(path), ".".join(path), path[-1], allowed, "choose another name")


def _source_problems(sheet: Sheet) -> Iterator[Problem]:
    """Hold what numbers say of their source against the table of sources."""
    sources = sheet.tables.get("sources")
    known = list(sources) if isinstance(sources, Mapping) else []
    if ASSUMPTION in known:
        remedy = "it stands for the absence of a source: choose another name"
        allowed = f"any name but {ASSUMPTION}"
        yield Problem(sheet.file_of(("sources", ASSUMPTION)), f"sources.{ASSUMPTION}", ASSUMPTION, allowed, remedy)
    for path, table in _tables_in(sheet.tables):
        source, status = table.get("source"), table.get("status")
        if path[:1] == ("sources",) or not isinstance(source, str) or "status" not in table:
            continue
        file, key = sheet.file_of(path), ".".join(path)
        if source not in {ASSUMPTION, *known}:
            remedy = did_you_mean(source, known) or f"add a table [{dotted(('sources', source))}]"
            allowed = f'the name of a table [sources.*], or "{ASSUMPTION}"'
            yield Problem(file, f"{key}.source", source, allowed, remedy)
        elif source == ASSUMPTION and status in (Status.SOURCED, Status.DERIVED):
            allowed = f'status = "assumed" when the source is "{ASSUMPTION}"'
            yield Problem(file, f"{key}.status", status, allowed, "name the source it has, or say that it is assumed")


def _tables_in(content: object, path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if isinstance(content, Mapping):
        yield path, content
        for key, inner in content.items():
            yield from _tables_in(inner, (*path, str(key)))
    elif isinstance(content, list | tuple):
        for index, inner in enumerate(content):
            yield from _tables_in(inner, (*path, str(index)))
