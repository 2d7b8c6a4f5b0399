"""A document as one page of HTML that needs nothing else: no network, no script, no random names; it prints on A4."""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from kravsim.papers.document import Document, Heading, NewPage, Paragraph, Part, Picture, Shown, typeset_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

_TEMPLATE: Final = "page.html.j2"


def page_bytes(document: Document) -> bytes:
    """Write a document as a page.

    Parameters
    ----------
    document : Document
        What stands in it.
    """
    said = _template().render(
        lang=document.lang,
        title=document.title,
        subtitle=document.subtitle,
        origin=document.origin,
        landscape=document.landscape,
        sheets=_sheets(document),
    )
    return (said + "\n").encode("utf-8")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    text = files("kravsim.papers").joinpath(_TEMPLATE).read_text("utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)


def _sheets(document: Document) -> list[dict[str, Any]]:
    """Parts that lie the same way, one stretch after another."""
    stretches: list[tuple[bool, list[Part]]] = [(document.landscape, [])]
    for part in document.parts:
        if isinstance(part, NewPage) and part.landscape not in (None, stretches[-1][0]):
            stretches.append((bool(part.landscape), []))
        stretches[-1][1].append(part)
    return [{"landscape": landscape, "parts": _parts(parts)} for landscape, parts in stretches]


def _parts(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The parts as the template takes them: points in a row are one list, and a new page is told of what it begins with."""
    found: list[dict[str, Any]] = []
    fresh = False
    for part in map(typeset_part, parts):
        match part:
            case NewPage():
                fresh = True
                continue
            case Heading():
                found.append({"kind": "heading", "level": part.level, "text": part.text, "new_page": fresh})
            case Paragraph(style="point"):
                if not found or found[-1]["kind"] != "points":
                    found.append({"kind": "points", "texts": []})
                found[-1]["texts"].append(part.text)
            case Paragraph():
                found.append({"kind": "paragraph", "style": part.style, "text": part.text})
            case Picture():
                data = base64.b64encode(part.svg).decode("ascii")
                found.append({"kind": "picture", "data": data, "alt": part.alt, "caption": part.caption})
            case Shown():
                found.append({"kind": "table", "table": part.table, "small": part.small})
        fresh = False
    return found
