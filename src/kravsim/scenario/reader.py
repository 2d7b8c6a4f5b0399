"""From a scenario's name or path to checked data: files joined, every problem found at once.

A file may say ``extends = "other"``: the other file is read first (from the same directory, else among the bundled
scenarios) and this one laid over it. Tables are merged key by key; a table that is one number with its provenance
is replaced whole, since a new number with an old source would be a false statement. What does not hold here at all is left
out with ``without = ["alternatives.reading.C"]`` (see :mod:`kravsim.scenario.leaving_out`).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import ValidationError

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, ScenarioError, Words
from kravsim.scenario import library
from kravsim.scenario.frozen import frozen
from kravsim.scenario.leaving_out import EXTENDS, keys_left_out, left_out
from kravsim.scenario.misnamed import misnamed_once
from kravsim.scenario.problems import Path, problems_of
from kravsim.scenario.sheet_checks import size_problems, text_problems
from kravsim.scenario.stock_file import STOCK, with_stock_file
from kravsim.scenario.toml_file import read_toml
from kravsim.scenario.values import Section

if TYPE_CHECKING:
    import pathlib


S = TypeVar("S", bound=Section)
Tables = dict[str, Any]
BODY: Final = "body"


@dataclass(frozen=True, eq=False)
class Sheet(EqualByParts):
    """The tables of a scenario as written, and the file each key stands in.

    Parameters
    ----------
    tables : dict
        Nested dicts, lists and scalars; kept frozen: `laid_over` and `kravsim.scenario.changes` copy.
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

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", frozen(self.tables))
        object.__setattr__(self, "files", frozen(dict(self.files)))

    def __deepcopy__(self, _: object) -> Sheet:
        return self

    def file_of(self, path: Path) -> str:
        """Name the file of a key, or of the nearest table above it.

        Parameters
        ----------
        path : tuple of str
            Parts of a dotted key; empty for the scenario as a whole.

        Returns
        -------
        str
            Name of the file; empty when none is known.
        """
        return _file_of(self.files, path)


def _file_of(files: Mapping[Path, str], path: Path) -> str:
    return next((files[path[:end]] for end in range(len(path), -1, -1) if path[:end] in files), "")


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
    whole_stocks: list[str] = []
    following: pathlib.Path | None = path
    while following is not None:
        here = following.resolve()
        if here in seen:
            names = " -> ".join(library.label(file) for file in (*seen, here))
            remedy = "take one of them away"
            raise ScenarioError(Problem(library.label(path), EXTENDS, Words(names), "files in a line", remedy))
        seen.append(here)
        tables, _ = read_toml(following, library.label(following))
        read = with_stock_file(tables, following, library.label(following))
        if read is not tables:
            whole_stocks.append(library.label(following))
        out = keys_left_out(read, library.label(following), extends=EXTENDS in read)
        chain.append((library.label(following), read, out))
        following = _extended(read, following)
    sheet = Sheet({}, {})
    for file, tables, out in reversed(chain):
        below = leaving_out(sheet, out, file)
        if file in whole_stocks:
            below = _without(below, STOCK, file)
        body = _table(tables, BODY)
        if "kind" not in body and body.get("name") not in (None, _table(below.tables, BODY).get("name")):
            below = _without(below, f"{BODY}.kind", file)  # which is of the body that is extended
        sheet = laid_over(below, tables, file)
    return replace(sheet, path=path.resolve())


def _table(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A table by name, empty where there is none."""
    found = tables.get(name)
    return found if isinstance(found, Mapping) else {}


def _without(sheet: Sheet, key: str, file: str) -> Sheet:
    """Take out of what is extended, if it is there, what a file says as a whole."""
    table, _, inner = key.partition(".")
    if table not in sheet.tables or (inner and inner not in _table(sheet.tables, table)):
        return sheet
    remaining, files = left_out(sheet.tables, sheet.files, (key,), file, is_number_table)
    return replace(sheet, tables=remaining, files=files)


def leaving_out(sheet: Sheet, keys: tuple[str, ...], file: str) -> Sheet:
    """Take keys out of a sheet.

    Parameters
    ----------
    sheet : Sheet
        What is extended; it is left as it is.
    keys : tuple of str
        Dotted keys that are left out.
    file : str
        What problems call the file that leaves them out.

    Raises
    ------
    ScenarioError
        With every key that is not there.
    """
    remaining, files = left_out(sheet.tables, sheet.files, keys, file, is_number_table)
    return replace(sheet, tables=remaining, files=files, without=(*sheet.without, *keys))


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
    refused = size_problems(sheet)
    if refused:
        raise ScenarioError(refused)  # the schema would stumble over them
    problems = text_problems(sheet)
    try:
        data = model.model_validate(copy.deepcopy(sheet.tables))
    except ValidationError as error:
        refused = problems_of(error, model, sheet.file_of)
        problems = [*misnamed_once(refused, sheet.tables, model), *problems]
    if problems:
        raise ScenarioError(problems)
    return data


def is_number_table(content: object) -> bool:
    """Tell whether a raw table is one number with its provenance.

    Parameters
    ----------
    content : object
        What a file says at a key.
    """
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
    if files.get(path) == file:
        return  # and so has noted its keys, or set the table whole
    before = _file_of(files, path)
    for key in table:
        files.setdefault((*path, key), before)
    files[path] = file


def forget(files: dict[Path, str], path: Path, content: object) -> None:
    """Take away where a content and everything in it came from, before another stands in its place.

    Parameters
    ----------
    files : dict of path to file name
        Changed in place.
    path : tuple of str
        Parts of the dotted key where the content stands.
    content : object
        What stands there until now.
    """
    files.pop(path, None)
    if isinstance(content, Mapping):
        for key, inner in content.items():
            forget(files, (*path, key), inner)
    elif isinstance(content, list):
        for index, inner in enumerate(content):
            forget(files, (*path, str(index)), inner)


def _merged(below: object, above: object, path: Path, files: dict[Path, str], file: str) -> Any:
    """Merge two contents, noting in `files` where each key now comes from."""
    replaced = is_number_table(below) or is_number_table(above)
    if not isinstance(above, Mapping) or not isinstance(below, Mapping) or replaced:
        forget(files, path, below)
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
