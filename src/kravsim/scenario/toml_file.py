"""From a file on disk to a plain dict, with a useful answer to whatever is wrong with the text itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.scenario.toml_names import dotted, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_FILE: Final = 1024 * 1024
DEEPEST: Final = 32
"""Levels of tables and lists; a scenario needs about eight."""
MINIMAL_EXAMPLE: Final = 'extends = "base"\nname = "my-scenario"\ntitle = "My scenario"'

_UTF8: Final = "a TOML file in UTF-8"
_TOML: Final = "TOML"
_SHALLOW: Final = f"tables and lists at most {DEEPEST} levels deep"
_BINARY_STARTS: Final = (b"\x89PNG", b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\x7fELF", b"\xd0\xcf\x11\xe0", b"\x80\x04")
_UTF16_STARTS: Final = (b"\xff\xfe", b"\xfe\xff")
_NUL: Final = b"\x00"
_PLACE: Final = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_KEY: Final = re.compile(r"^\s*(?P<key>[^=#\[\]{}]+?)\s*=")
_TABLE: Final = re.compile(r"^\s*\[(?!\[)\s*(?P<table>[^\]]+?)\s*\]")
_BARE: Final = re.compile(r"[A-Za-z0-9_.\s-]*")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")

_HINTS: Final = (
    (re.compile(r"[\u201c\u201d\u201e\u2018\u2019]"), 'write plain quotation marks: "'),
    (re.compile(r"=\s*(?P<a>[+-]?\d[\d.,]*)\s*%"), "write a percentage as a share: {percent}"),
    (re.compile(r"=\s*(?P<a>[+-]?\d+),(?P<b>\d+)"), "write a decimal point: {a}.{b}"),
    (
        re.compile(r"=\s*(?P<a>[+-]?\d{1,3})(?P<b>(?:[ \u00a0\u202f]\d{3})+)\b"),
        "write the number without spaces: {whole}",
    ),
    (re.compile(r"=\s*\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}"), "write a date as year-month-day, such as 2017-12-31"),
    (re.compile(r"=\s*\d{4}-\d"), "there is no such day; write a date as year-month-day, such as 2017-12-31"),
    (re.compile(r"=\s*0+(?P<a>\d+)"), "write the number without leading zeros: {a}"),
    (re.compile(r"=\s*(?P<a>[+-]?)\.(?P<b>\d+)"), "write a digit before the point: {a}0.{b}"),
    (re.compile(r"=\s*(?P<a>[+-]?\d+)\.(?!\d)"), "write a digit after the point: {a}.0"),
    (re.compile(r"=\s*(?P<a>True|TRUE|Ja|ja|yes|Yes)\b"), "write true"),
    (re.compile(r"=\s*(?P<a>False|FALSE|Nej|nej|no|No)\b"), "write false"),
    (re.compile(r"=\s*(?P<a>None|null|nil)\b"), "leave the key out if there is nothing to say"),
    (re.compile(r"^\s*[A-Za-z0-9_.-]+\s*:"), "write key = value, with an equals sign"),
    (re.compile(r"=\s*(?:#.*)?$"), "write a value after the equals sign"),
)


def read_toml(path: Path, file: str) -> tuple[dict[str, Any], str]:
    """Read one TOML file.

    Parameters
    ----------
    path : pathlib.Path
        An existing file (see `kravsim.scenario.library.find`).
    file : str
        What problems call it.

    Returns
    -------
    tuple of dict and str
        The tables as plain dicts and lists, and the text they were read from.

    Raises
    ------
    ScenarioError
        When the file cannot be read, is larger than 1 MiB, binary, not UTF-8, empty, or not TOML. Its problem names
        line and column and shows the line.
    """
    text = _text_of(_bytes_of(path, file), file)
    return parse_toml(text, file), text


def parse_toml(text: str, file: str) -> dict[str, Any]:
    """Parse TOML text.

    Parameters
    ----------
    text : str
        The text of a whole file.
    file : str
        What problems call it.

    Returns
    -------
    dict
        Tables as plain dicts and lists.

    Raises
    ------
    ScenarioError
        When the text is not TOML, says nothing, or defeats the parser by its depth or by the length of a number.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(_syntax_problem(str(error), text, file)) from None
    except RecursionError:
        raise ScenarioError(_no_sense(file, _SHALLOW, "close the brackets")) from None
    except ValueError as error:  # an integer of thousands of digits, or a year outside the calendar
        raise ScenarioError(_no_sense(file, "numbers and dates of ordinary size", str(error))) from None
    if depth_exceeds(tables, DEEPEST):
        raise ScenarioError(_no_sense(file, _SHALLOW, "close the brackets"))
    if not tables:
        remedy = f"a minimal example:\n{MINIMAL_EXAMPLE}"
        raise ScenarioError(Problem(file, "", Words("no settings"), "a scenario", remedy))
    return tables


def depth_exceeds(content: object, levels: int) -> bool:
    """Tell whether tables and lists are nested more deeply than a number of levels, a list inside itself included."""
    inner = content.values() if isinstance(content, Mapping) else content if isinstance(content, list | tuple) else ()
    return levels < 0 or any(depth_exceeds(item, levels - 1) for item in inner)


def _bytes_of(path: Path, file: str) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        remedy = f"the system says: {error.strerror or error}"
        raise ScenarioError(Problem(file, "", Words("a file that cannot be read"), _UTF8, remedy)) from None
    if len(content) > LARGEST_FILE:
        got = Words(f"a file of more than {LARGEST_FILE} bytes")
        remedy = "a scenario holds settings; keep lists of claims in a data file"
        raise ScenarioError(Problem(file, "", got, f"at most {LARGEST_FILE} bytes (1 MiB)", remedy))
    return content


def _text_of(content: bytes, file: str) -> str:
    if content.startswith(_UTF16_STARTS):
        raise ScenarioError(Problem(file, "", Words("a UTF-16 file, not UTF-8"), _UTF8, "save it as UTF-8"))
    if content.startswith(_BINARY_STARTS) or _NUL in content:
        remedy = "give the scenario's .toml file"
        raise ScenarioError(Problem(file, "", Words("a binary file"), _UTF8, remedy))
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"not UTF-8: byte 0x{content[error.start]:02x} at position {error.start} (line {line})"
        guess = content[error.start : error.start + 1].decode("latin-1")
        remedy = f"the file looks like Latin-1 ({guess!r}): save it again as UTF-8"
        raise ScenarioError(Problem(file, "", Words(found), _UTF8, remedy)) from None


def _no_sense(file: str, allowed: str, remedy: str) -> Problem:
    return Problem(file, "", Words("text the parser cannot take"), allowed, remedy)


def _syntax_problem(message: str, text: str, file: str) -> Problem:
    place = _PLACE.search(message)
    said = _PLACE.sub("", message)
    lines = text.split("\n")
    if place is None or place["line"] is None:
        number = len(text.rstrip().split("\n"))
        where = "the end of the file"
        column = len(lines[number - 1]) + 1
    else:
        number, column = int(place["line"]), int(place["column"])
        where = f"line {number}, column {column}"
    line = lines[number - 1]
    no_day = "the calendar has no such day or time" if said.startswith("Invalid date") else ""
    hint = _twice(said, lines, number) or no_day or _hint(line) or "see the marked place"
    caret = " " * len(f"{number} | ") + "".join("\t" if c == "\t" else " " for c in line[: column - 1]) + "^"
    remedy = f"{hint}\n{number} | {line}\n{caret}"
    return Problem(file, where, Words(f"a syntax error ({said})"), _TOML, remedy)


def _hint(line: str) -> str:
    """Guess what the writer of a line meant; empty when nothing comes to mind."""
    name = _KEY.match(line) or _TABLE.match(line)
    bare = _QUOTED.sub("", name.group(1)) if name else ""
    if name and not _BARE.fullmatch(bare):
        return _name_needed(name.group(1), is_table=name.re is _TABLE)
    outside_quotes = _QUOTED.sub('""', line)
    for pattern, advice in _HINTS:
        found = pattern.search(line if "quotation" in advice else outside_quotes)
        if found:
            return advice.format(**_parts(found))
    return ""


def _name_needed(written: str, *, is_table: bool) -> str:
    """Say how to write a name with letters that TOML takes in quotation marks alone, where such names are taken at all."""
    path = parts_of(written)
    if is_table and path[:1] in (["models"], ["alternatives"]):
        return f"choose a name of the letters a-z, digits and _ under [{path[0]}]"
    return f"quote the name ({dotted(path)}) or use the ASCII name"


def _parts(found: re.Match[str]) -> dict[str, str]:
    groups = {key: content or "" for key, content in found.groupdict().items()}
    first, second = groups.get("a", ""), groups.get("b", "")
    percent = first.replace(",", ".")
    share = f"{float(percent) / 100:.10g}" if re.fullmatch(r"[+-]?\d+(?:\.\d+)?", percent) else "0.05 for 5 %"
    return {"a": first, "b": second, "percent": share, "whole": first + re.sub(r"\D", "", second)}


def _twice(said: str, lines: list[str], number: int) -> str:
    """Name both lines of a key or table that is given twice; the parser tells only the second."""
    line = lines[number - 1]
    name = _TABLE.match(line) or _KEY.match(line)
    if name is None or not said.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate")):
        return ""
    earlier = list(_earlier(name, lines, number))
    place = f"lines {earlier[0]} and {number}" if earlier else f"line {number} and earlier"
    return f"{name.group(1)} stands on {place}: keep one of them"


def _earlier(name: re.Match[str], lines: list[str], number: int) -> Iterator[int]:
    here = ""
    tables = []
    for line in lines[:number]:
        header = _TABLE.match(line)
        here = header["table"] if header else here
        tables.append(here)
    for index, line in enumerate(lines[: number - 1]):
        other = name.re.match(line)
        if other and other.group(1) == name.group(1) and (name.re is _TABLE or tables[index] == tables[number - 1]):
            yield index + 1
