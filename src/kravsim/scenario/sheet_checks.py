"""What is wrong with the tables of a scenario whatever its schema: their size, their names and texts, their sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kravsim.errors import JOINS, Problem, Words, escaped
from kravsim.phrases import phrase
from kravsim.provenance import Status
from kravsim.scenario.nearest import MOST_ADVISED, did_you_mean
from kravsim.scenario.problems import Path, counted
from kravsim.scenario.toml_names import dotted
from kravsim.scenario.values import ASSUMPTION

if TYPE_CHECKING:
    from kravsim.scenario.reader import Sheet

Container = dict[Any, Any] | list[Any] | tuple[Any, ...]
Tables = list[tuple[Path, Mapping[str, Any]]]

MOST_ENTRIES: Final = 50_000
"""Keys of tables and items of lists; the bundled case has some three thousand."""
_LARGEST_BITS: Final = 1024
_IN_ONE_LINE: Final = ("name", "title", "title_sv")
"""Texts that stand in the middle of a line wherever a scenario is told of."""


def size_problems(sheet: Sheet) -> list[Problem]:
    """List what is too much or too large for the schema to look at.

    Parameters
    ----------
    sheet : Sheet
    """
    entries = _entries(sheet.tables)
    if entries > MOST_ENTRIES:
        got, remedy = Words(phrase("{entries} keys and items", entries=entries)), "keep lists of claims in a data file"
        return [Problem(sheet.file_of(()), "", got, phrase("at most {most} in a scenario", most=MOST_ENTRIES), remedy)]
    return list(_size_problems(sheet.tables, (), sheet))


def text_problems(sheet: Sheet) -> list[Problem]:
    """List names and texts that cannot stay, and sources that there are not.

    Parameters
    ----------
    sheet : Sheet
    """
    every = _tables_in(sheet.tables)
    return [*_name_problems(sheet, every), *_text_problems(sheet, every), *_source_problems(sheet, every)]


def _entries(content: Container) -> int:
    inner = content.values() if isinstance(content, dict) else content
    return len(inner) + sum(_entries(one) for one in inner if isinstance(one, dict | list))


def _size_problems(content: Container, path: Path, sheet: Sheet) -> Iterator[Problem]:
    """Refuse integers of hundreds of digits, which hexadecimal notation lets through."""
    for key, inner in content.items() if isinstance(content, dict) else enumerate(content):
        if isinstance(inner, dict | list):
            yield from _size_problems(inner, (*path, str(key)), sheet)
        elif isinstance(inner, int) and inner.bit_length() > _LARGEST_BITS:
            there, allowed = (*path, str(key)), "whole numbers of at most 64 bits"
            yield Problem(sheet.file_of(there), ".".join(there), inner, allowed, "write a number of ordinary size")


def _name_problems(sheet: Sheet, every: Tables) -> Iterator[Problem]:
    """Refuse names with a dot in them, since a dotted key could then mean two things, and those that steer a terminal."""
    for path, table in every:
        for key in table:
            if escaped(key) != key:
                there, allowed = (*path, key), "a name of characters that can be seen"
                yield Problem(sheet.file_of(there), ".".join(there), key, allowed, "choose another name")
        if path[:1] == ("alternatives",) and path[3:4] == ("changes",):
            continue  # whole dotted keys are what these are
        if path and ("." in path[-1] or not path[-1].strip()):
            allowed = "a name without a dot" if "." in path[-1] else "a name"
            yield Problem(sheet.file_of(path), ".".join(path), path[-1], allowed, "choose another name")


def _text_problems(sheet: Sheet, every: Tables) -> Iterator[Problem]:
    """Refuse texts with characters that steer a terminal or turn the direction of writing; titles stay on one line."""
    for path, table in every:
        for key, content in table.items():
            for text in (content,) if isinstance(content, str) else content if isinstance(content, list) else ():
                if isinstance(text, str) and escaped(text, JOINS if key in _IN_ONE_LINE else f"{JOINS}\n\t") != text:
                    there = (*path, key)
                    allowed = "text of characters that can be seen"
                    if key in _IN_ONE_LINE:
                        allowed = "text of characters that can be seen, on one line"
                    remedy = "remove the characters that are written as codes here"
                    yield Problem(sheet.file_of(there), ".".join(there), text, allowed, remedy)


def _source_problems(sheet: Sheet, every: Tables) -> Iterator[Problem]:
    """Hold what numbers say of their source against the table of sources."""
    sources = sheet.tables.get("sources")
    known = dict.fromkeys(sources) if isinstance(sources, Mapping) else {}
    if ASSUMPTION in known:
        remedy = "it stands for the absence of a source: choose another name"
        allowed = phrase("any name but {assumption}", assumption=ASSUMPTION)
        yield Problem(sheet.file_of(("sources", ASSUMPTION)), f"sources.{ASSUMPTION}", ASSUMPTION, allowed, remedy)
    advice: dict[str, str] = {}
    left_out = 0
    for path, table in every:
        source, status = table.get("source"), table.get("status")
        if path[:1] == ("sources",) or not isinstance(source, str) or "status" not in table:
            continue
        file, key = sheet.file_of(path), ".".join(path)
        if source != ASSUMPTION and source not in known:
            if source not in advice and len(advice) < MOST_ADVISED:
                advice[source] = did_you_mean(source, known) or phrase(
                    "add a table [{table}]", table=dotted(("sources", source))
                )
            if source not in advice:
                left_out += 1
                continue
            allowed = phrase('the name of a table [sources.*], or "{assumption}"', assumption=ASSUMPTION)
            yield Problem(file, f"{key}.source", source, allowed, advice[source])
        elif source == ASSUMPTION and status in (Status.SOURCED, Status.DERIVED):
            allowed = phrase('status = "assumed" when the source is "{assumption}"', assumption=ASSUMPTION)
            yield Problem(file, f"{key}.status", status, allowed, "name the source it has, or say that it is assumed")
    if left_out:
        yield counted(sheet.file_of(()), left_out, "numbers with other unknown sources")


def _tables_in(content: Container) -> Tables:
    """Every table with its path, outer ones first."""
    found: Tables = []

    def look(content: Container, path: Path) -> None:
        if isinstance(content, dict):
            found.append((path, content))
        for key, inner in content.items() if isinstance(content, dict) else enumerate(content):
            if isinstance(inner, dict | list | tuple):
                look(inner, (*path, str(key)))

    look(content, ())
    return found
