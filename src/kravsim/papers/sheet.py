"""One sheet of a workbook as it is filled: texts, numbers, and formulas that carry the value they have just now.

Formulas are of functions that every program has had for twenty years; none has a criterion as text, a function of dates or a
total that does not say of what. A number is written with the format ``#,##0``, which every country shows in its own way.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

MONEY, PLAIN, SHARE, DATE, TEXT, HEAD, HEAD_RIGHT, TITLE, INPUT, TOTAL = (
    "money",
    "plain",
    "share",
    "date",
    "text",
    "head",
    "head at the right",
    "title",
    "input",
    "total",
)
FORMATS: Final[dict[str, dict[str, Any]]] = {
    MONEY: {"num_format": "#,##0"},
    PLAIN: {"num_format": "#,##0.####"},
    SHARE: {"num_format": "0.0%"},
    DATE: {"num_format": "yyyy-mm-dd"},
    TEXT: {"text_wrap": True, "valign": "top"},
    HEAD: {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    HEAD_RIGHT: {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "align": "right"},
    TITLE: {"bold": True, "font_size": 14},
    INPUT: {"num_format": "#,##0.####", "bg_color": "#FFF2CC", "border": 1, "locked": False},
    TOTAL: {"num_format": "#,##0", "bold": True, "top": 1},
}
_DIGITS: Final = 12
_LINE_PT, _WIDER = 15.0, 1.1
"""Height of a line, and how much wider a letter may be than those that columns are measured in."""


@dataclass(frozen=True)
class Live:
    """A formula and what it comes to.

    Parameters
    ----------
    formula : str
        With its equals sign.
    value : float
        Worked out here by the same rule.
    """

    formula: str
    value: float


class Sheet:
    """A sheet that is filled from the top.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        That it is part of.
    name : str
        Of the sheet.
    formats : dict
        Formats of the workbook by the names above.
    widths : sequence of int
        Of its columns, in letters.
    """

    def __init__(self, book: Any, name: str, formats: dict[str, Any], widths: Sequence[int]) -> None:
        self.name, self._formats, self._widths = name, formats, widths
        self._sheet = book.add_worksheet(name)
        self._sheet.set_paper(9)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.hide_gridlines(2)
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)

    def put(self, row: int, column: int, value: object, look: str = PLAIN) -> None:
        """Write a cell; a number that is missing is left empty.

        Parameters
        ----------
        row, column : int
            From 0.
        value : object
            Text, number, date or Live.
        look : str
            Name of a format.
        """
        style = self._formats[look]
        match value:
            case Live():
                self._sheet.write_formula(row, column, value.formula, style, value.value)
            case str():
                self._sheet.write_string(row, column, value, style)
            case dt.date():
                self._sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), style)
            case bool():
                self._sheet.write_string(row, column, str(value), style)
            case int() | float() if not math.isnan(value):
                self._sheet.write_number(row, column, value, style)

    def line(self, row: int, values: Sequence[object], looks: Sequence[str] | str, column: int = 0) -> None:
        """Write cells beside each other.

        Parameters
        ----------
        row : int
            From 0.
        values : sequence
            One a cell.
        looks : sequence of str, or str
            A format each, or one for all.
        column : int
            Of the first, from 0.
        """
        styles = [looks] * len(values) if isinstance(looks, str) else looks
        for at, (value, look) in enumerate(zip(values, styles, strict=True)):
            self.put(row, column + at, value, look)

    def high(self, row: int, texts: Sequence[str]) -> None:
        """Make a row as high as its texts need where they are broken into lines: not every program does so by itself.

        Parameters
        ----------
        row : int
            From 0.
        texts : sequence of str
            One a column, from the first.
        """
        wraps = (math.ceil(_WIDER * len(text) / width) for text, width in zip(texts, self._widths, strict=False))
        self._sheet.set_row(row, _LINE_PT * max(1, *wraps, 1))

    def head(self, row: int, names: Sequence[str], *, left: int = 1) -> None:
        """Write a header row, which is repeated on every printed page and stays in sight.

        Parameters
        ----------
        row : int
            From 0.
        names : sequence of str
            One a column.
        left : int
            Columns of text, the first ones; the others are numbers, above which their names stand at the right.
        """
        self.line(row, names, [HEAD if at < left else HEAD_RIGHT for at in range(len(names))])
        self.high(row, names)
        self._sheet.freeze_panes(row + 1, 1)
        self._sheet.repeat_rows(row)


def cell(row: int, column: int, *, fixed: bool = False) -> str:
    """Name a cell.

    Parameters
    ----------
    row, column : int
        From 0.
    fixed : bool
        With dollar signs.

    Examples
    --------
    >>> cell(0, 0), cell(4, 27, fixed=True)
    ('A1', '$AB$5')
    """
    letters, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"${letters}${row + 1}" if fixed else f"{letters}{row + 1}"


def span(first: tuple[int, int], last: tuple[int, int]) -> str:
    """Name a range with dollar signs.

    Parameters
    ----------
    first, last : (int, int)
        Row and column of its corners, from 0.

    Examples
    --------
    >>> span((0, 1), (3, 1))
    '$B$1:$B$4'
    """
    return f"{cell(*first, fixed=True)}:{cell(*last, fixed=True)}"


def short(value: float) -> float:
    """Keep twelve digits of a number, which survive every program that writes fifteen.

    Parameters
    ----------
    value : float
        Any.
    """
    return float(f"{value:.{_DIGITS}g}") + 0.0 if math.isfinite(value) else value
