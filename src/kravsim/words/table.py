"""One value for every table of a result: caption, header, rows, notes and alignment, made once and written in many ways.

A result says what stands in its tables (:meth:`Tabled.tables`, in either language); how a table looks as text or HTML is
written here alone, so that a new way of writing them is one more function of a `Table`.
"""

from __future__ import annotations

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kravsim.words.display import text_table
from kravsim.words.html_page import cells_html, page, paragraph

WIDEST: Final = 52


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Parameters
    ----------
    cells : tuple of str
        A text a column; a line break in one is kept.
    ruled : bool
        Whether a line is drawn above it.
    total : bool
        Whether it is a sum of the rows above, and set bold where that can be.
    """

    cells: tuple[str, ...]
    ruled: bool = False
    total: bool = False


@dataclass(frozen=True)
class Table:
    """A table as people read it.

    Parameters
    ----------
    caption : str
        What the table is of; may be empty.
    header : tuple of str
        One name a column.
    rows : tuple of Row
        Without any, only caption, lead and notes are written.
    notes : tuple of str
        What stands below it, a paragraph each: the answer, how to read a sign, what is doubted.
    lead : tuple of str
        What stands before the header: the answer that the table is about.
    left : tuple of int
        Columns of text, set flush left; the others, numbers, flush right.
    widest : int
        Letters of a text in a terminal before it goes on in the next line; words that are longer are kept whole.

    Raises
    ------
    ValueError
        When a row has another number of cells than the header.

    Examples
    --------
    >>> table = Table("Year", ("line", "kr"), (Row(("fees", "12")), Row(("net", "12"), ruled=True, total=True)), ("A note.",))
    >>> print(table.text())
    Year
    <BLANKLINE>
    line  kr
    --------
    fees  12
    --------
    net   12
    <BLANKLINE>
    A note.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    left: tuple[int, ...] = (0,)
    widest: int = WIDEST

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.header):
                message = f"a row has {len(row.cells)} cells, the header {len(self.header)}"
                raise ValueError(message)

    def text(self) -> str:
        """Write it as plain text for a terminal: nothing is cut, long texts go on in the next line."""
        lines: list[list[str]] = []
        for row in self.rows:
            if row.ruled:
                lines.append([])
            lines.append([_broken(cell, self.widest) if at in self.left else cell for at, cell in enumerate(row.cells)])
        grid = text_table(self.header, lines, left=self.left) if lines else ""
        blocks = [self.caption, *self.lead, grid, "\n".join(self.notes)]
        return "\n\n".join(block for block in blocks if block)

    def html(self) -> str:
        """Write it as HTML, every text escaped; only sums are bold."""
        rows = [(row.cells, row.ruled, row.total) for row in self.rows]
        body = cells_html(self.caption, self.header, rows, left=self.left) if rows else paragraph(self.caption)
        body = "".join(paragraph(text) for text in self.lead) + body
        return body + "".join(paragraph(note, small=True) for note in self.notes)

    def _repr_html_(self) -> str:
        return self.html()


class Tabled(ABC):
    """A result that is told as tables, in Swedish and English."""

    @abstractmethod
    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give what the result says as tables, in the order they are read.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """

    def table(self, lang: str = "sv") -> str:
        """Write the tables as plain text for a terminal, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return "\n\n".join(table.text() for table in self.tables(lang))

    def to_html(self, lang: str = "sv", *, whole: bool = False) -> str:
        """Write the tables as HTML.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        whole : bool
            A document of its own, rather than a part for a notebook.
        """
        tables = self.tables(lang)
        body = "".join(table.html() for table in tables)
        title = next((table.caption for table in tables if table.caption), "kravsim")
        return page(title, body, lang) if whole else f"<div>{body}</div>"

    def _repr_html_(self) -> str:
        return self.to_html("en")


def plain_rows(rows: Iterable[Sequence[str]]) -> tuple[Row, ...]:
    """Make rows of cells that are neither sums nor ruled off.

    Parameters
    ----------
    rows : iterable of sequence of str
        The cells of each row, as text.
    """
    return tuple(Row(tuple(cells)) for cells in rows)


def parts(*groups: Iterable[Row]) -> tuple[Row, ...]:
    """Put groups of rows below each other, with a line above the first row of all but the first.

    Parameters
    ----------
    groups : iterable of Row
        One after another; a group without rows is left out.
    """
    return tuple(_ruled(group for group in map(list, groups) if group))


def _ruled(groups: Iterable[list[Row]]) -> Iterator[Row]:
    for number, (first, *others) in enumerate(groups):
        yield Row(first.cells, ruled=number > 0, total=first.total)
        yield from others


def _broken(text: str, widest: int) -> str:
    """Go on in the next line, a little in, where a line is too long; words are kept whole, as keys are one word."""
    kept = []
    for line in text.split("\n"):
        if len(line) <= widest:
            kept.append(line)
        else:
            further = " " * (len(line) - len(line.lstrip(" ")) + 2)
            kept += textwrap.wrap(
                line, widest, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
            )
    return "\n".join(kept)
