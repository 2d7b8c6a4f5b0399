"""What a scenario file leaves out of the file it extends: ``without = ["alternatives.reading.C"]``.

Laying one file over another can only add and replace. A body for which an inherited reading, target or model makes no sense
leaves it out by name, before its own tables are laid over what remains.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scenario.nearest import did_you_mean

EXTENDS: Final = "extends"
WITHOUT: Final = "without"
"""Keys of a file that are about other files; they are no keys of a scenario."""

Path = tuple[str, ...]
Tables = dict[str, Any]

_EXAMPLE: Final = 'write without = ["alternatives.reading.C"]'


def keys_left_out(tables: Tables, file: str, *, extends: bool) -> tuple[str, ...]:
    """Take the key ``without`` from the tables of a file.

    Parameters
    ----------
    tables : dict
        As written; the key is removed from it.
    file : str
        What problems call the file.
    extends : bool
        Whether the file extends another one, of which something could be left out.

    Raises
    ------
    ScenarioError
        When it is no list of texts, names a key twice, or stands in a file that extends nothing.
    """
    if WITHOUT not in tables:
        return ()
    given = tables.pop(WITHOUT)
    if not extends:
        remedy = 'remove it, or write extends = "base" too'
        raise ScenarioError(Problem(file, WITHOUT, given, "nothing in a file that extends no other", remedy))
    if not isinstance(given, list) or not all(isinstance(key, str) for key in given):
        raise ScenarioError(Problem(file, WITHOUT, given, "a list of dotted keys of the extended file", _EXAMPLE))
    twice = next((key for key in given if given.count(key) > 1), None)
    if twice is not None:
        raise ScenarioError(Problem(file, WITHOUT, twice, "each key once", "remove one of them"))
    return tuple(given)


def left_out(
    tables: Tables, files: Mapping[Path, str], keys: tuple[str, ...], file: str, is_number: Callable[[object], bool]
) -> tuple[Tables, dict[Path, str]]:
    """Return what remains of the tables of an extended file.

    Parameters
    ----------
    tables : dict
        All that is inherited; left as it is.
    files : mapping of path to file name
        Where each key comes from.
    keys : tuple of str
        What is left out. A table of free names that is emptied by it goes too.
    file : str
        The file that leaves them out, for problems.
    is_number : callable
        Tells whether a raw table is one number, which is replaced and never taken apart.

    Raises
    ------
    ScenarioError
        With every key that is not there.
    """
    remaining = copy.deepcopy(tables)
    problems = []
    for key in keys:
        path = tuple(key.split("."))
        above, known = _table_above(remaining, path, is_number)
        if above is None or path[-1] not in above:
            remedy = (
                did_you_mean(key, [*known, *_dotted(tables, (), is_number)]) or "name what stands in the extended file"
            )
            problems.append(Problem(file, WITHOUT, key, "a key of what is extended", remedy))
        else:
            del above[path[-1]]
            _prune(remaining, path[:-1])
    if problems:
        raise ScenarioError(problems)
    gone = [tuple(key.split(".")) for key in keys]
    return remaining, {path: name for path, name in files.items() if not any(path[: len(out)] == out for out in gone)}


def remedy_for(dimension: str, name: str) -> str:
    """Say how to leave an inherited alternative out.

    Parameters
    ----------
    dimension, name : str
        Of the alternative.
    """
    line = f'{WITHOUT} = ["alternatives.{dimension}.{name}"]'
    return phrase(
        "if it does not hold here, leave it out with {line} beside extends, and let the other weights sum to 1",
        line=line,
    )


def _table_above(tables: Tables, path: Path, is_number: Callable[[object], bool]) -> tuple[Tables | None, list[str]]:
    """The table that a key stands in, and the dotted keys beside it; None where there is no such table."""
    here: Any = tables
    for part in path[:-1]:
        if not isinstance(here, dict) or part not in here or is_number(here[part]):
            return None, []
        here = here[part]
    if not isinstance(here, dict):
        return None, []
    return here, [".".join((*path[:-1], name)) for name in here]


def _prune(tables: Tables, path: Path) -> None:
    """Remove a table that is empty now; what is left of ``[alternatives]`` has no dimension without a reading."""
    for end in range(len(path), 0, -1):
        above: Any = tables
        for part in path[: end - 1]:
            above = above[part]
        if above[path[end - 1]]:
            return
        del above[path[end - 1]]


def _dotted(tables: Mapping[str, Any], path: Path, is_number: Callable[[object], bool]) -> list[str]:
    found = []
    for name, content in tables.items():
        found.append(".".join((*path, name)))
        if isinstance(content, Mapping) and not is_number(content):
            found += _dotted(content, (*path, name), is_number)
    return found
