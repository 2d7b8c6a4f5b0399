"""A starter scenario: a file that extends a case, says nothing new yet, and shows line by line what it could say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kravsim.errors import Problem, ScenarioError
from kravsim.scenario import library
from kravsim.scenario.fields import find, unit_of
from kravsim.scenario.leaving_out import EXTENDS, WITHOUT
from kravsim.scenario.problems import Path
from kravsim.scenario.reader import Sheet, checked, is_number_table, laid_over
from kravsim.scenario.scenario import Scenario
from kravsim.scenario.schema import ScenarioData
from kravsim.scenario.toml_file import parse_toml
from kravsim.scenario.toml_writer import to_toml

SCHEMA_FILE: Final = "kravsim.schema.json"
"""Where the first line of a starter looks for the schema; `kravsim schema > kravsim.schema.json` puts it there."""

_NOT_SHOWN: Final = ("name", "title", "description", "sources", "targets", "correlations", "alternatives")
_HEAD: Final = """\
#:schema ./{schema}
# {heading}: made by `kravsim new`. As it stands it says the same as {parent}.
#
# - Remove the `# ` of a line to change it. A number stands with its source (the name of a table [sources.*], or
#   "assumption") and its status (sourced, derived or assumed); low and high are the range it may lie in.
# - Whatever is not said here comes from {parent}; `kravsim describe` lists all of it.
# - `kravsim validate` checks the file.
# - An editor that knows TOML schemas helps once `kravsim schema > {schema}` has been run here.

extends = {extends}
name = {name}
title = {name}
{without}
# Sources of your own, to be named by numbers:
# [sources.annual_report]
# title = "Annual report"
# where = "page 12"
{targets}"""
_LEAVE_OUT: Final = """
# What {parent} says that does not hold here is left out;
# the weights of alternatives must then sum to 1 again:
# {without} = ["{key}"]
"""
_TARGETS: Final = """
# The published figures ([targets]) of {parent} are those of {body}:
# replace them before `kravsim reconcile`.
"""


def starter(parent: Scenario, *, name: str, extends: str) -> str:
    """Write the text of a scenario file that extends another one.

    Parameters
    ----------
    parent : Scenario
        What it starts from.
    name : str
        Name and title of the new scenario.
    extends : str
        What the file calls its parent: a bundled name, or a path from where the file will lie.

    Returns
    -------
    str
        TOML. Every key that the parent itself says, rather than the base, stands in it as a comment, with its unit.

    Raises
    ------
    ScenarioError
        When the name will not do; the text has been read and checked before it is returned.
    """
    if name in {*library.names(), library.BASE}:
        remedy = "choose a name of its own"
        raise ScenarioError(Problem("", "name", name, "a name that no bundled scenario has", remedy))
    shown = _own(parent.sheet)
    quoted_name, quoted_parent = (to_toml({"x": text}).removeprefix("x = ").strip() for text in (name, extends))
    out = next(
        (f"alternatives.{d}.{name}" for d, named in parent.alternatives.items() for name in list(named)[1:]), None
    )
    targets = (
        _TARGETS.format(parent=_one_line(parent.name), body=_one_line(parent.data.body.name))
        if parent.data.targets
        else ""
    )
    head = _HEAD.format(
        schema=SCHEMA_FILE,
        heading=_one_line(name),
        parent=_one_line(parent.name),
        extends=quoted_parent,
        name=quoted_name,
        targets=targets,
        without="" if out is None else _LEAVE_OUT.format(parent=_one_line(parent.name), without=WITHOUT, key=out),
    )
    text = head + "\n" + "\n".join(_commented(to_toml(shown).splitlines()))
    tables = parse_toml(text, "the new scenario")
    del tables[EXTENDS]
    checked(laid_over(parent.sheet, tables, "the new scenario"), ScenarioData)
    return text + "\n"


def _own(sheet: Sheet) -> dict[str, Any]:
    """Choose what the scenario's own file says, and not the files it extends."""
    mine = sheet.file_of(())

    def chosen(content: Mapping[str, Any], path: Path) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, inner in content.items():
            here = (*path, key)
            if isinstance(inner, Mapping) and not is_number_table(inner):
                below = chosen(inner, here)
                if below:
                    kept[key] = below
            elif sheet.file_of(here) == mine:
                kept[key] = inner
        return kept

    return chosen({key: inner for key, inner in sheet.tables.items() if key not in _NOT_SHOWN}, ())


def _commented(lines: list[str]) -> list[str]:
    """Turn keys into comments that end in their unit; the tables they stand in stay, and change nothing while empty."""
    path: Path = ()
    written = []
    for line in lines:
        if line.startswith("["):
            path = tuple(_table_name(line))
        elif line:
            key = next(iter(parse_toml(line, "")))
            unit = unit_of(find(ScenarioData, (*path, key)))
            written.append(f"# {line}{f'  # {unit}' if unit else ''}")
            continue
        written.append(line)
    return written


def _table_name(header: str) -> list[str]:
    """Read the dotted name of a table from its header line."""
    here: Any = parse_toml(f"{header}\nx = 1", "")
    path = []
    while "x" not in here or isinstance(here["x"], dict):
        (key,) = here
        path.append(key)
        here = here[key]
    return path


def _one_line(text: str) -> str:
    """Keep a name inside its comment."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
