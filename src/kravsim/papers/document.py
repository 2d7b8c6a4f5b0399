"""A document before it is Word or HTML: headings, paragraphs, tables and pictures in the order they are read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Literal

from kravsim.words.display import typeset
from kravsim.words.table import Row, Table


@dataclass(frozen=True)
class Heading:
    """A heading.

    Parameters
    ----------
    text : str
        What it says.
    level : int
        From 1, the largest below the title.
    """

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Parameters
    ----------
    text : str
        Plain.
    style : "body", "lead", "point" or "note"
        Running text, the answer in front, a point of a list, or small text below a table.
    """

    text: str
    style: Literal["body", "lead", "point", "note"] = "body"


@dataclass(frozen=True)
class Shown:
    """A table of a result.

    Parameters
    ----------
    table : Table
        What stands in it.
    small : bool
        Whether it is set smaller, as a wide one is.
    """

    table: Table
    small: bool = False


@dataclass(frozen=True)
class Picture:
    """A figure.

    Parameters
    ----------
    name : str
        Of its files, before the dot.
    caption : str
        What stands below it: the sentence that it says.
    alt : str
        What somebody hears who does not see it.
    png, svg : bytes
        The picture itself.
    """

    name: str
    caption: str
    alt: str
    png: bytes
    svg: bytes


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a new page.

    Parameters
    ----------
    landscape : bool or None
        Whether it, and what comes after, lies on its side; None where that stays as it is.
    """

    landscape: bool | None = None


Part = Heading | Paragraph | Shown | Picture | NewPage


@dataclass(frozen=True)
class Document:
    """A document.

    Parameters
    ----------
    title : str
        Its title.
    subtitle : str
        Case number, date and what it rests on.
    lang : str
        `sv` or `en`.
    date : datetime.date
        The paper's own, so that the same paper has the same bytes on any day.
    origin : str
        Scenario, seed and version, in a line.
    parts : tuple of Part
        In the order they are read.
    landscape : bool
        Whether pages lie on their side, as those of a wide register do; a new page may turn them.
    """

    title: str
    subtitle: str
    lang: str
    date: dt.date
    origin: str
    parts: tuple[Part, ...]
    landscape: bool = False


def typeset_part(part: Part) -> Part:
    """Typeset all that a part says.

    Parameters
    ----------
    part : Part
        Of a document.
    """
    match part:
        case Heading() | Paragraph():
            return replace(part, text=typeset(part.text))
        case Picture():
            return replace(part, caption=typeset(part.caption), alt=typeset(part.alt))
        case Shown():
            table = part.table
            rows = tuple(Row(tuple(map(typeset, row.cells)), row.ruled, row.total) for row in table.rows)
            said: dict[str, Any] = {
                name: tuple(map(typeset, getattr(table, name))) for name in ("header", "notes", "lead")
            }
            return replace(part, table=replace(table, caption=typeset(table.caption), rows=rows, **said))
        case _:
            return part
