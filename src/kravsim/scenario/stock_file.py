"""An opening stock as a table beside a scenario: ``opening_stock.file = "stock.csv"``, read where the scenario is.

One line a row of the stock. The text of the scenario, and so its fingerprint, has the rows; the file is not looked at again.
"""

from __future__ import annotations

import csv
import io
import pathlib
import re
from collections.abc import Iterator
from typing import Any, Final

from pydantic import ValidationError

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.files import Unreadable, read_whole
from kravsim.phrases import phrase
from kravsim.provenance import Status
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.opening_stock import MOST_ROWS, STAGES, StockRow
from kravsim.scenario.problems import problems_of

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
    problems = []
    if "rows" in stock:
        problems.append(Problem(label, key, named, "a file or rows, not both", "leave out one of them"))
    remedy = "take it out: all that is said of the stock stands in the file"
    problems += [
        Problem(label, f"{STOCK}.{name}", stock[name], "nothing beside opening_stock.file", remedy)
        for name in stock
        if name not in (FILE, "rows")
    ]
    rows: Tables = {}
    if isinstance(named, str) and named.endswith(".csv"):
        try:
            rows = rows_of(_content(scenario.parent / named, named, label, key), pathlib.Path(named).name)
        except ScenarioError as error:
            problems += error.problems
    else:
        remedy = 'write file = "stock.csv"'
        problems.append(Problem(label, key, named, "the name of a CSV file beside the scenario", remedy))
    if problems:
        raise ScenarioError(problems)
    return {**tables, STOCK: {"rows": rows}}


def _content(path: pathlib.Path, named: str, label: str, key: str) -> str:
    """The text of the file that is named."""
    try:
        return read_whole(path, _MOST_BYTES).decode("utf-8-sig")
    except Unreadable as trouble:
        got = Words(phrase("{named!r}, {got}", named=named, got=phrase(trouble.got)))
        allowed = trouble.allowed or phrase("a CSV file of at most {most} bytes", most=_MOST_BYTES)
        raise ScenarioError(Problem(label, key, got, allowed, trouble.remedy)) from None
    except UnicodeDecodeError:
        got = Words(phrase("bytes that are no UTF-8"))
        raise ScenarioError(Problem(path.name, "", got, "text in UTF-8", "save the file as UTF-8")) from None


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
    found: Tables = {}
    seen = set[str]()
    filled = [(at, line) for at, line in enumerate(lines[1:], start=2) if any(cell.strip() for cell in line)]
    if not 0 < len(filled) <= MOST_ROWS:
        allowed = phrase("1 to {most} lines below the first", most=MOST_ROWS)
        problems.append(Problem(file, "", len(filled), allowed, "give a line for each stage and band of age"))
    for at, line in filled[:MOST_ROWS]:
        if len(line) != len(header):
            allowed = phrase("{n} columns, as in the first line", n=len(header))
            problems.append(Problem(file, phrase("row {row}", row=at), len(line), allowed, "fill in the line"))
            continue
        cells = dict(zip(header, (cell.strip() for cell in line), strict=True))
        wrong = _of_line(cells, seen)
        row = _row(cells, {column for column, *_ in wrong} | set(NEEDED) - set(header))
        for column, value, allowed, remedy in (*wrong, *_together(row, {column for column, *_ in wrong}, header)):
            where = (
                phrase("row {row}, column {column}", row=at, column=column) if column else phrase("row {row}", row=at)
            )
            problems.append(Problem(file, where, value, allowed, remedy))
        seen.add(cells.get("name", ""))
        found[cells.get("name", "")] = row
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


Wrong = tuple[str, object, str, str]
"""What is wrong in a line: column, value, what is allowed, and the remedy."""


def _of_line(cells: dict[str, str], seen: set[str]) -> list[Wrong]:
    """Cells that are not of their column, as far as the line has it."""
    found: list[Wrong] = []

    def wrong(column: str, allowed: str, remedy: str) -> None:
        found.append((column, cells[column], phrase(allowed), phrase(remedy)))

    if "name" in cells and not _NAME.fullmatch(cells["name"]):
        wrong("name", "a small letter, then small letters, digits and _", "name the row so")
    elif cells.get("name") in seen:
        wrong("name", "each name once", "give the rows different names")
    if "stage" in cells and cells["stage"] not in STAGES:
        allowed = phrase("one of {names}", names=", ".join(STAGES))
        wrong("stage", allowed, did_you_mean(cells["stage"], STAGES) or "choose one of them")
    statuses = [one.value for one in Status]
    if cells.get("status") and cells["status"] not in statuses:
        allowed = phrase("one of {names}", names=", ".join(statuses))
        wrong("status", allowed, did_you_mean(cells["status"], statuses) or "choose one of them")
    for column in AGES:
        if column in cells and not _WHOLE.fullmatch(cells[column]):
            wrong(column, "a whole number of days", "write digits alone")
    for column in (*NUMBERS, *SPANS):
        found_wrong = _of_number(column, cells[column]) if column in cells else None
        if found_wrong is not None:
            wrong(column, *found_wrong)
    for name in NUMBERS:
        low, high = (cells.get(f"{name}_{end}", "") for end in ("low", "high"))
        if bool(low) != bool(high):
            wrong(f"{name}_{'low' if low else 'high'}", "both ends of a range, or neither", "give the other end too")
    return found


def _together(row: Tables, known: set[str], header: list[str]) -> Iterator[Wrong]:
    """What a row may not be by its numbers, limits and ranges, apart from cells that are `known` to be wrong."""
    try:
        StockRow.model_validate(row)
    except ValidationError as error:
        for column, value, allowed, remedy in dict.fromkeys(
            (_column(one.key), one.value, one.allowed, one.remedy) for one in problems_of(error, StockRow, str)
        ):
            if not column or (column in header and column not in known):
                yield column, value, allowed, remedy


def _column(key: str) -> str:
    """The column of a key of a row: ``claims.low`` stands in ``claims_low``, ``claims.source`` in ``source``."""
    name, _, part = key.partition(".")
    if part in ("low", "high"):
        return f"{name}_{part}"
    return part if part in SAID else name


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


def _row(cells: dict[str, str], wrong: set[str]) -> Tables:
    """A line as the table that a scenario's file would have; what is wrong has a stand-in, of which nothing is told.

    Of two that are held against each other the one that is wrong is taken to be as the other.
    """
    good = {column: cell for column, cell in cells.items() if column not in wrong and cell}
    about = {"source": "assumption", "status": "assumed"} | {name: good[name] for name in SAID if name in good}
    for one, other in (AGES, AGES[::-1], NUMBERS[1:], NUMBERS[:0:-1]):
        good.setdefault(one, good.get(other, "1"))
    row: Tables = {"stage": good.get("stage", STAGES[0]), **{name: int(good[name]) for name in AGES}}
    for name in NUMBERS:
        ends = {end: _number(good[f"{name}_{end}"]) for end in ("low", "high") if f"{name}_{end}" in good}
        row[name] = {"value": _number(good.get(name, "1")), **(ends if len(ends) > 1 else {}), **about}
    return row


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)
