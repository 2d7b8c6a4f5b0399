"""HTML that stands alone: a small page around tables, and the cells they are made of, every text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

_STYLE: Final = (
    "body{font-family:system-ui,sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;line-height:1.4}"
    "@media print{body{margin:0;max-width:none;font-size:9pt}thead{display:table-header-group}tr{break-inside:avoid}"
    "h1,h2,h3{break-after:avoid}}"
)
_WIDE: Final = "\u2003"
_LABEL: Final = 9
"""Least width of the column of names beside columns of numbers, em; less where all of them are shorter, as years are."""
_CELL: Final = "padding:2px 10px;border:none;vertical-align:top;font-variant-numeric:tabular-nums;text-align:"


def page(title: str, body: str, lang: str) -> str:
    """Wrap parts of HTML as a whole document that needs nothing else.

    Parameters
    ----------
    title : str
        Plain text.
    body : str
        HTML, already escaped.
    lang : str
        Language of the text.
    """
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def cells_html(
    caption: str,
    header: Sequence[str],
    rows: Sequence[tuple[Sequence[str], bool, bool]],
    *,
    left: Sequence[int] = (0,),
) -> str:
    """Write a table; :class:`kravsim.words.table.Table` is what makes one.

    Parameters
    ----------
    caption : str
        Heading above the table.
    header : sequence of str
        One name a column.
    rows : sequence of (cells, bool, bool)
        Cells, whether a line is drawn above, and whether it is bold, as a sum is; a line break in a cell is kept.
    left : sequence of int
        Columns of text, set flush left; the others, numbers, flush right.
    """
    aligned = ["left" if column in left else "right" for column in range(len(header))]
    if aligned[:1] == ["left"]:
        longest = max((len(line) for texts, _, _ in rows for line in texts[0].split("\n")), default=0)
        aligned[0] += f";min-width:{min(_LABEL, (longest + 1) // 2)}em"

    def cells(tag: str, texts: Sequence[str]) -> str:
        shown = ("<br>".join(map(_indented, text.split("\n"))) for text in texts)
        return "".join(f'<{tag} style="{_CELL}{way}">{text}</{tag}>' for text, way in zip(shown, aligned, strict=True))

    body = []
    for texts, ruled, total in rows:
        style = "border-top:1px solid #bbb;" * ruled + "font-weight:600" * total
        body.append(f"<tr{f' style={chr(34)}{style}{chr(34)}' if style else ''}>{cells('td', texts)}</tr>")
    heading = "<br>".join(map(escape, caption.split("\n")))
    style = "text-align:left;font-weight:600;padding:4px 10px"
    above = f'<caption style="{style}">{heading}</caption>' if caption else ""
    return (
        f'<table style="border-collapse:collapse;margin:1em 0">{above}<thead>'
        f'<tr style="border-bottom:1px solid currentColor">'
        f"{cells('th', header)}</tr></thead><tbody>\n" + "\n".join(body) + "</tbody></table>"
    )


def _indented(line: str) -> str:
    """Escape a line, and keep its indent as wide spaces, where HTML would drop it."""
    inner = line.lstrip(" ")
    return _WIDE * ((len(line) - len(inner)) // 2) + escape(inner)


def paragraph(text: str, *, small: bool = False) -> str:
    """Write a paragraph; a line break is kept.

    Parameters
    ----------
    text : str
        Plain; it is escaped here.
    small : bool
        Whether it is set smaller and paler, as notes are.
    """
    style = ' style="font-size:85%;opacity:0.8"' if small else ""
    return f"<p{style}>{escape(text)}</p>".replace("\n", "<br>")
