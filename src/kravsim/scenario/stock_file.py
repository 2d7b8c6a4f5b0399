"""An opening stock as a table beside a scenario: ``opening_stock.file = "stock.csv"``, read where the scenario is.

One line a row of the stock. The text of the scenario, and so its fingerprint, has the rows; the file is not looked at again.
"""

from __future__ import annotations

import csv
import io
import pathlib
import re
from typing import Any, Final

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.files import Unreadable, read_whole
from kravsim.phrases import phrase
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.opening_stock import MOST_ROWS, STAGES

STOCK: Final = "opening_stock"
FILE: Final = "file"
NUMBERS: Final = ("claims", "amount_median_kr", "amount_mean_kr")
AGES: Final = ("age_from_days", "age_to_days")
NEEDED: Final = ("name", "stage", *AGES, *NUMBERS)
SPANS: Final = tuple(f"{name}_{end}" for name in NUMBERS for end in ("low", "high"))
SAID: Final = ("source", "status", "note")
_MOST_BYTES: Final = 1_000_000
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_NUMBER: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")

Tables = dict[str, Any]


def with_stock_file(tables: Tables, scenario: pathlib.Path, label: str) -> Tables:
    """Put the rows of the file that an opening stock names in its place.

    Parameters
    ----------
    tables : dict
        Of a scenario's file.
    scenario : pathlib.Path
        The scenario's file; the table lies beside it.
    label : str
        What problems call the scenario's file.

    Returns
    -------
    dict
        The same tables where no file is named.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the file.
    """
    stock = tables.get(STOCK)
    if not isinstance(stock, dict) or FILE not in stock:
        return tables
    named, key = stock[FILE], f"{STOCK}.{FILE}"
    if "rows" in stock:
        raise ScenarioError(Problem(label, key, named, "a file or rows, not both", "leave out one of them"))
    if len(stock) > 1:
        remedy = "take it out: all that is said of the stock stands in the file"
        others = (name for name in stock if name != FILE)
        raise ScenarioError(
            Problem(label, f"{STOCK}.{name}", stock[name], "nothing beside opening_stock.file", remedy)
            for name in others
        )
    if not isinstance(named, str) or not named.endswith(".csv"):
        remedy = 'write file = "stock.csv"'
        raise ScenarioError(Problem(label, key, named, "the name of a CSV file beside the scenario", remedy))
    path = scenario.parent / named
    try:
        content = read_whole(path, _MOST_BYTES).decode("utf-8-sig")
    except Unreadable as trouble:
        got = Words(phrase("{named!r}, {got}", named=named, got=phrase(trouble.got)))
        allowed = trouble.allowed or phrase("a CSV file of at most {most} bytes", most=_MOST_BYTES)
        raise ScenarioError(Problem(label, key, got, allowed, trouble.remedy)) from None
    except UnicodeDecodeError:
        got = Words(phrase("bytes that are no UTF-8"))
        raise ScenarioError(Problem(path.name, "", got, "text in UTF-8", "save the file as UTF-8")) from None
    return {**tables, STOCK: {"rows": rows_of(content, path.name)}}


def rows_of(content: str, file: str) -> Tables:
    """Read the rows of a stock from the text of a table.

    Parameters
    ----------
    content : str
        Comma-separated, or by semicolons; the first line names the columns: NEEDED, and as one likes SPANS and SAID.
    file : str
        What problems call it.

    Returns
    -------
    dict of str to dict
        Rows by name, as a scenario's file has them.

    Raises
    ------
    ScenarioError
        With every line and column that is wrong.
    """
    lines = _lines_of(content, file)
    header = [name.strip() for name in lines[0]] if lines else []
    problems = _of_header(header, file)
    if problems:
        raise ScenarioError(problems)
    found: Tables = {}
    filled = [(at, line) for at, line in enumerate(lines[1:], start=2) if any(cell.strip() for cell in line)]
    if not 0 < len(filled) <= MOST_ROWS:
        allowed = phrase("1 to {most} lines below the first", most=MOST_ROWS)
        problems.append(Problem(file, "", len(filled), allowed, "give a line for each stage and band of age"))
    for at, line in filled:
        if len(line) != len(header):
            allowed = phrase("{n} columns, as in the first line", n=len(header))
            problems.append(Problem(file, phrase("row {row}", row=at), len(line), allowed, "fill in the line"))
            continue
        cells = dict(zip(header, (cell.strip() for cell in line), strict=True))
        wrong = list(_of_line(cells, at, file, found))
        problems += wrong
        if not wrong:
            found[cells["name"]] = _row(cells)
    if problems:
        raise ScenarioError(problems)
    return found


def _lines_of(content: str, file: str) -> list[list[str]]:
    """The cells of each line; what the library cannot divide into cells is refused with its row."""
    first = content.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(content), delimiter=";" if ";" in first else ",")
    lines = []
    try:
        for line in reader:
            lines.append(line)  # noqa: PERF402 - the row is told where it fails
    except csv.Error:
        where = phrase("row {row}", row=len(lines) + 1)
        got = Words("text that cannot be divided into cells")
        allowed = phrase(
            "lines that end in a line feed, of cells of at most {most} letters", most=csv.field_size_limit()
        )
        remedy = "save the table as CSV (UTF-8) with ordinary line ends, and close every quotation mark"
        raise ScenarioError(Problem(file, where, got, allowed, remedy)) from None
    return lines


def _of_header(header: list[str], file: str) -> list[Problem]:
    known = (*NEEDED, *SPANS, *SAID)
    where = phrase("row {row}", row=1)
    problems = [
        Problem(
            file,
            where,
            name,
            phrase("one of {names}", names=", ".join(known)),
            did_you_mean(name, known) or "take it out",
        )
        for name in dict.fromkeys(header)
        if name not in known
    ]
    problems += [
        Problem(file, where, name, "each column once", "take the repetition out")
        for name in dict.fromkeys(name for name in header if header.count(name) > 1)
    ]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        names = ", ".join(missing)
        problems.append(Problem(file, where, Words(phrase("no {names}", names=names)), "all columns", "add them"))
    return problems


def _of_line(cells: dict[str, str], at: int, file: str, found: Tables) -> list[Problem]:
    """What is wrong in one line, by column."""
    problems = []

    def wrong(column: str, allowed: str, remedy: str) -> None:
        where = phrase("row {row}, column {column}", row=at, column=column)
        problems.append(Problem(file, where, cells[column], allowed, remedy))

    if not _NAME.fullmatch(cells["name"]):
        wrong("name", "a small letter, then small letters, digits and _", "name the row so")
    elif cells["name"] in found:
        wrong("name", "each name once", "give the rows different names")
    if cells["stage"] not in STAGES:
        allowed = phrase("one of {names}", names=", ".join(STAGES))
        wrong("stage", allowed, did_you_mean(cells["stage"], STAGES) or "choose one of them")
    for column in AGES:
        if not _WHOLE.fullmatch(cells[column]):
            wrong(column, "a whole number of days", "write digits alone")
    for column in (*NUMBERS, *SPANS):
        found_wrong = _of_number(column, cells.get(column, ""))
        if found_wrong is not None:
            wrong(column, *found_wrong)
    for name in NUMBERS:
        low, high = (cells.get(f"{name}_{end}", "") for end in ("low", "high"))
        if bool(low) != bool(high):
            wrong(f"{name}_{'low' if low else 'high'}", "both ends of a range, or neither", "give the other end too")
    return problems


def _of_number(column: str, cell: str) -> tuple[str, str] | None:
    """What is allowed, and the remedy, where a cell is no number of its column."""
    may_be_empty, whole = column in SPANS, column.startswith("claims")
    if (may_be_empty and not cell) or (_WHOLE if whole else _NUMBER).fullmatch(cell):
        return None
    remedy = "write digits alone, such as 350 or 349.50"
    if whole:
        remedy = "write digits alone"
    if may_be_empty:
        remedy = "write digits alone, or leave it empty"
    allowed = "a whole number of claims, without spaces" if whole else "a number with a decimal point, without spaces"
    return phrase(allowed), phrase(remedy)


def _row(cells: dict[str, str]) -> Tables:
    """A line as the table that a scenario's file would have."""
    about = {name: cells[name] for name in SAID if cells.get(name)}
    about = {"source": "assumption", "status": "assumed"} | about
    row: Tables = {"stage": cells["stage"], **{name: int(cells[name]) for name in AGES}}
    for name in NUMBERS:
        ends = {end: _number(cells[f"{name}_{end}"]) for end in ("low", "high") if cells.get(f"{name}_{end}")}
        row[name] = {"value": _number(cells[name]), **ends, **about}
    return row


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)
