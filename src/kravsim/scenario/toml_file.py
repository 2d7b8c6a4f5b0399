"""From a file on disk to a plain dict, with a useful answer to whatever is wrong with the text itself."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.files import Unreadable, decoded, parsed, read_whole
from kravsim.phrases import phrase, recognised, together
from kravsim.scenario.toml_names import dotted, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_FILE: Final = 1024 * 1024
MINIMAL_EXAMPLE: Final = 'extends = "base"\nname = "my-scenario"\ntitle = "My scenario"'

_UTF8: Final = "a TOML file in UTF-8"
_TOML: Final = "TOML"
_LONGEST_LINE: Final = 200
"""Characters of a line that are shown, and looked at for what its writer may have meant."""
_PLACE: Final = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_KEY: Final = re.compile(r"^\s*(?P<key>[^=#\[\]{}]+?)\s*=")
_TABLE: Final = re.compile(r"^\s*\[(?!\[)\s*(?P<table>[^\]]+?)\s*\]")
_BARE: Final = re.compile(r"[A-Za-z0-9_.\s-]*")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")

PARSER: Final = (
    "Cannot declare {key} twice",
    "Cannot mutate immutable namespace {key}",
    "Cannot overwrite a value",
    "Cannot redefine namespace {key}",
    "Duplicate inline table key {key}",
    "Escaped character is not a Unicode scalar value",
    "Expected '=' after a key in a key/value pair",
    "Expected ']' at the end of a table declaration",
    "Expected ']]' at the end of an array declaration",
    "Expected newline or end of document after a statement",
    "Expected {sign}",
    "Found invalid character {sign}",
    "Illegal character {sign}",
    "Invalid date or datetime",
    "Invalid hex value",
    "Invalid initial character for a key part",
    "Invalid statement",
    "Invalid value",
    "Unclosed array",
    "Unclosed inline table",
    "Unescaped '\\' in a string",
    "Unterminated string",
)
"""What the parser of Python's standard library says of text that is not TOML."""
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
    try:
        text = decoded(read_whole(path, LARGEST_FILE))
    except Unreadable as wrong:
        raise ScenarioError(wrong.problem(file, _UTF8)) from None
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
        tables = parsed(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(_syntax_problem(str(error), text, file)) from None
    except Unreadable as wrong:
        raise ScenarioError(wrong.problem(file, _TOML)) from None
    if not tables:
        remedy = phrase("a minimal example:\n{example}", example=MINIMAL_EXAMPLE)
        raise ScenarioError(Problem(file, "", Words("no settings"), "a scenario", remedy))
    return tables


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
        where = phrase("line {number}, column {column}", number=number, column=column)
    line = lines[number - 1]
    begins = max(0, column - 1 - _LONGEST_LINE // 2) if len(line) > _LONGEST_LINE else 0
    shown = line[begins : begins + _LONGEST_LINE]
    no_day = "the calendar has no such day or time" if said.startswith("Invalid date") else ""
    short = [one[:_LONGEST_LINE] for one in lines]  # guesses look twice at every character, and more than twice at some
    hint = _twice(said, short, number) or no_day or _hint(shown) or "see the marked place"
    caret = " " * len(f"{number} | ") + "".join("\t" if c == "\t" else " " for c in line[begins : column - 1]) + "^"
    remedy = together(hint, f"{number} | {shown}", caret, between="\n")
    return Problem(file, where, Words(phrase("a syntax error ({said})", said=recognised(said, PARSER))), _TOML, remedy)


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
            return phrase(advice, **_parts(found))
    return ""


def _name_needed(written: str, *, is_table: bool) -> str:
    """Say how to write a name with letters that TOML takes in quotation marks alone, where such names are taken at all."""
    path = parts_of(written)
    if is_table and path[:1] in (["models"], ["alternatives"]):
        return phrase("choose a name of the letters a-z, digits and _ under [{table}]", table=path[0])
    return phrase("quote the name ({name}) or use the ASCII name", name=dotted(path))


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
    place = (
        phrase("lines {first} and {number}", first=earlier[0], number=number)
        if earlier
        else phrase("line {number} and earlier", number=number)
    )
    return phrase("{name} stands on {place}: keep one of them", name=name.group(1), place=place)


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
