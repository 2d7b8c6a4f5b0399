"""A document as Word: A4, real headings, header rows that repeat, a language, alternative texts, no computed field.

Totals are written as text: a sum field is computed anew by every program, in its own country's way. Bytes are the same on any
day: the only date is the paper's own.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any, Final

from kravsim.errors import Problem, ScenarioError
from kravsim.papers.document import Document, Heading, NewPage, Paragraph, Picture, Shown, typeset_part
from kravsim.papers.same_bytes import stored_again

if TYPE_CHECKING:
    from kravsim.words.table import Table

_LANGUAGE: Final = {"sv": "sv-SE", "en": "en-GB"}
_FIGURE: Final = {"sv": "Figur", "en": "Figure"}
_A4_MM: Final = (210, 297)
_MARGIN_MM, _MARGIN_ABOVE_MM = 20, 18
_CAPTION_MM: Final = 22
_FONT: Final = "Arial"
_SIZE, _SMALL, _SMALLEST = 10.5, 9, 7.5
_STYLES: Final = {"body": "Normal", "lead": "Intense Quote", "point": "List Bullet", "note": "Caption"}
_NEEDED: Final = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", *dict.fromkeys(_STYLES.values()))
_GRID: Final = "Table Grid"
_EMU_A_POINT: Final = 12_700
_LETTER: Final = 0.56
"""Mean width of a letter, of the size of its font."""
_BELOW_TABLE: Final = 6
_CELL_LETTERS: Final = 4
"""Letters that the margins of a cell take."""
_LONGEST_LINE, _LONGEST_WORD = 60, 36


def word_bytes(document: Document, template: bytes | None, *, width_mm: float) -> bytes:
    """Write a document as a Word file.

    Parameters
    ----------
    document : Document
        What stands in it.
    template : bytes or None
        A Word document whose styles, margins, header and footer are used and whose text is left out; None for kravsim's own.
    width_mm : float
        How wide its pictures are printed; no wider than its page has room for.

    Raises
    ------
    ScenarioError
        When the template is no Word document or lacks a style that is needed; says which.
    """
    from docx.shared import Pt

    made = _opened(template)
    if template is None:
        _own_look(made)
    for section in made.sections:
        _turn(section, landscape=document.landscape)
    _language(made, _LANGUAGE[document.lang])
    _properties(made, document)
    room, tall = _room(made)
    made.add_paragraph(document.title, style="Title")
    made.add_paragraph(document.subtitle, style="Subtitle")
    number = 0
    below_table = False
    for part in map(typeset_part, document.parts):
        match part:
            case Heading():
                made.add_heading(part.text, level=part.level)
            case Paragraph():
                written = made.add_paragraph(part.text, style=_STYLES[part.style])
                if below_table:
                    written.paragraph_format.space_before = Pt(_BELOW_TABLE)
            case NewPage():
                _new_page(made, part.landscape)
                room, tall = _room(made)
            case Picture():
                number += 1
                _picture(made, part, (min(int(width_mm * 36_000), room), tall), number, document.lang)
            case Shown():
                _table(made, part.table, room, small=part.small)
        below_table = isinstance(part, Shown) and not part.table.notes
    stream = io.BytesIO()
    made.save(stream)
    return stored_again(stream.getvalue())


def check_template(template: bytes) -> None:
    """Find out whether a document can be laid in a template, before anything is run.

    Parameters
    ----------
    template : bytes
        A Word document.

    Raises
    ------
    ScenarioError
        When it is none, or lacks a style that is needed; says which.
    """
    _opened(template)


def _opened(template: bytes | None) -> Any:
    import docx

    if template is None:
        return docx.Document()
    where = "documents.template"
    try:
        made = docx.Document(io.BytesIO(template))
    except Exception as error:  # whatever a zip or XML reader stumbles over
        got = f"{type(error).__name__}: {error}"
        raise ScenarioError(Problem("", where, got, "a Word document (.docx)", "save it anew in Word")) from error
    known = {style.name for style in made.styles}
    lacking = [name for name in (*_NEEDED, _GRID) if name not in known]
    if lacking:
        allowed = ", ".join((*_NEEDED, _GRID))
        raise ScenarioError(Problem("", where, ", ".join(lacking), allowed, "add these styles to the template"))
    body = made.element.body
    for child in list(body):
        if not child.tag.endswith("}sectPr"):
            body.remove(child)
    return made


def _turn(section: Any, *, landscape: bool) -> None:
    """Lay pages on their side, or upright, whatever the template has; its margins turn with it."""
    from docx.enum.section import WD_ORIENT

    if landscape == (section.page_width > section.page_height):
        return
    section.page_width, section.page_height = section.page_height, section.page_width
    top, right, bottom, left = section.top_margin, section.right_margin, section.bottom_margin, section.left_margin
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = top, bottom, left, right
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT


def _new_page(made: Any, landscape: bool | None) -> None:
    from docx.enum.section import WD_SECTION

    last = made.sections[-1]
    if landscape is None or landscape == (last.page_width > last.page_height):
        made.add_page_break()
    else:
        _turn(made.add_section(WD_SECTION.NEW_PAGE), landscape=landscape)


def _room(made: Any) -> tuple[int, int]:
    """How wide and how tall a picture may be on the page that is being written; its caption stands below it."""
    from docx.shared import Mm

    last = made.sections[-1]
    wide = int(last.page_width - last.left_margin - last.right_margin)
    return wide, int(last.page_height - last.top_margin - last.bottom_margin - Mm(_CAPTION_MM))


def _own_look(made: Any) -> None:
    from docx.shared import Mm, Pt, RGBColor

    section = made.sections[0]
    wide, high = _A4_MM
    section.page_width, section.page_height = Mm(wide), Mm(high)
    section.left_margin = section.right_margin = Mm(_MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(_MARGIN_ABOVE_MM)
    sizes = {"Normal": _SIZE, "Title": 20, "Subtitle": 11, "Heading 1": 14, "Heading 2": 12, "Caption": _SMALL}
    sizes |= {"Intense Quote": 12, "List Bullet": _SIZE}
    for name, size in sizes.items():
        style = made.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(_w(script), _FONT)
        for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
            fonts.attrib.pop(_w(theme), None)
        style.paragraph_format.space_after = Pt(6)
    made.styles["Caption"].font.bold = False
    made.styles["Intense Quote"].font.italic = False
    made.styles["Intense Quote"].paragraph_format.left_indent = Mm(4)
    made.styles["Heading 1"].paragraph_format.space_before = Pt(12)


def _w(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))


def _language(made: Any, tag: str) -> None:
    """Say the language once for the whole document, and nowhere else."""
    from docx.oxml import OxmlElement

    styles = made.styles.element
    defaults = styles.find(_w("docDefaults"))
    runs = defaults.find(_w("rPrDefault")).find(_w("rPr"))
    for old in styles.iter(_w("lang")):
        old.set(_w("val"), tag)
    if runs.find(_w("lang")) is None:
        new = OxmlElement("w:lang")
        new.set(_w("val"), tag)
        runs.append(new)
    settings = made.settings.element
    theme = settings.find(_w("themeFontLang"))
    if theme is not None:
        theme.set(_w("val"), tag)


def _properties(made: Any, document: Document) -> None:
    said = made.core_properties
    moment = dt.datetime(document.date.year, document.date.month, document.date.day, tzinfo=dt.UTC).replace(tzinfo=None)
    said.title, said.subject, said.comments = document.title, document.subtitle[:255], document.origin[:255]
    said.author = said.last_modified_by = "kravsim"
    said.created = said.modified = moment
    said.language, said.revision, said.keywords = _LANGUAGE[document.lang], 1, ""
    said.last_printed = moment
    said.category = said.content_status = said.identifier = said.version = ""


def _picture(made: Any, part: Picture, room: tuple[int, int], number: int, lang: str) -> None:
    """Show a picture as wide as it is printed; smaller only where the page is too short for it."""
    from docx.shared import Emu, Pt
    from PIL import Image

    with Image.open(io.BytesIO(part.png)) as image:
        width = min(room[0], room[1] * image.width // image.height)

    shown = made.add_paragraph(style="Normal")
    shown.paragraph_format.keep_with_next = True
    shown.paragraph_format.space_after = Pt(2)
    inline = shown.add_run().add_picture(io.BytesIO(part.png), width=Emu(width))
    properties = inline._inline.docPr
    properties.set("id", str(number))
    properties.set("name", part.name)
    properties.set("descr", part.alt)
    file = inline._inline.graphic.graphicData.pic.nvPicPr.cNvPr
    file.set("name", part.name)
    file.set("descr", part.alt)
    made.add_paragraph(f"{_FIGURE[lang]} {number}. {part.caption}", style="Caption")


def _table(made: Any, table: Table, room: int, *, small: bool) -> None:
    from docx.shared import Pt

    for text in (table.caption, *table.lead):
        if text:
            above = made.add_paragraph(style="Normal")
            above.add_run(text).bold = text is table.caption
            above.paragraph_format.keep_with_next = True
            above.paragraph_format.space_after = Pt(2)
    if table.rows:
        _grid(made, table, room, _SMALLEST if small else _SMALL)
    for place, note in enumerate(table.notes):
        below = made.add_paragraph(note, style="Caption")
        if not place:
            below.paragraph_format.space_before = Pt(3)


def _grid(made: Any, table: Table, room: int, size: float) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Emu, Pt

    grid = made.add_table(rows=0, cols=len(table.header), style=_GRID)
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    grid.autofit = False
    wide = widths(table, room, int(size * _EMU_A_POINT * _LETTER))
    for place, cells in enumerate([table.header, *(row.cells for row in table.rows)]):
        row = grid.add_row()
        row_said = row._tr.get_or_add_trPr()
        whole = OxmlElement("w:cantSplit")
        row_said.append(whole)
        if not place:
            row_said.append(OxmlElement("w:tblHeader"))
        bold = not place or table.rows[place - 1].total
        for at, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = Emu(wide[at])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            run = paragraph.add_run(text)
            run.bold, run.font.size = bold, Pt(size)
            if at not in table.left:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for at, column in enumerate(grid.columns):
        column.width = Emu(wide[at])


def widths(table: Table, room: int, letter: int) -> list[int]:
    """Share out a page's width: each column what its longest word needs, the rest by how much more its longest line is.

    Parameters
    ----------
    table : Table
        With at least one row.
    room : int
        In any unit.
    letter : int
        Width of a letter, in the same.

    Examples
    --------
    >>> from kravsim.words.table import Table, plain_rows
    >>> widths(Table("", ("a", "kr"), plain_rows([("a long line of words", "12")])), 400, 10)
    [325, 74]
    """
    columns = list(zip(table.header, *(row.cells for row in table.rows), strict=True))
    words = [
        min(max(len(word) for cell in column for word in re.split("[ \\n]", cell)), _LONGEST_WORD) for column in columns
    ]
    lines = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    least = [(word + _CELL_LETTERS) * letter for word in words]
    if sum(least) >= room:
        return [room * one // sum(least) for one in least]
    wanted = [max(min(line, _LONGEST_LINE) - word, 0) + 1 for word, line in zip(words, lines, strict=True)]
    spare = room - sum(least)
    return [one + spare * more // sum(wanted) for one, more in zip(least, wanted, strict=True)]


__all__ = ["check_template", "widths", "word_bytes"]
