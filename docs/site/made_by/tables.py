"""Small helpers of pages that are made: a cell, a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def cell(text: object) -> str:
    """Write a value so that it stands in one cell of a table, as it is.

    Parameters
    ----------
    text : object
        Plain text, in which nothing is markup.
    """
    flat = " ".join(str(text).split())
    return "".join(f"\\{letter}" if letter in "\\|*_<>[]`$^~#{}" else letter for letter in flat)


def code(text: object) -> str:
    """Write a name as code, empty where there is none.

    Parameters
    ----------
    text : object
        Without a backtick.
    """
    return f"`{text}`" if str(text) else ""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table of cells that are markup already.

    Parameters
    ----------
    header : sequence of str
        One a column.
    rows : iterable of sequence of str
        As many cells each.
    """
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
