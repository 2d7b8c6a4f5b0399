"""The appendix of a paper: every table of its answers, the reconciliation, the register of assumptions, and STRESS-DES."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kravsim.papers.answer_text import origin_of
from kravsim.papers.document import Document, Heading, NewPage, Paragraph, Part, Picture, Shown
from kravsim.papers.stress import stress_table
from kravsim.studies.decision.swept import short
from kravsim.words.key_words import key_label, quoted_name
from kravsim.words.table import Row, Table
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    from kravsim.papers.asked import Asked
    from kravsim.words.table import Tabled

_KEY: Final = re.compile(r"(?<![\w.])[a-z]\w*(?:\.\w+)+(?!\w|\.\w)")
_TITLE: Final = ("Bilaga", "Appendix")
_HEADINGS: Final = {
    "figures": ("Figurer", "Figures"),
    "comparison": ("Grundfallet", "The base case"),
    "uncertain": ("Lägena", "The worlds"),
    "sensitivity": ("Ett tal i taget", "One number at a time"),
    "turns": ("Var svaret vänder", "Where the answer turns"),
    "line": ("Var svaret vänder längs två tal", "Where the answer turns over two numbers"),
    "information": ("Vad som är värt att ta reda på", "What is worth finding out"),
    "sweep": ("Svep", "Sweep"),
    "reconciliation": ("Avstämning mot publicerade uppgifter", "Reconciliation with published figures"),
    "stress": ("Beskrivning enligt STRESS-DES", "Description by STRESS-DES"),
    "register": ("Antaganderegister", "Register of assumptions"),
}


def appendix_document(found: Asked, pictures: Mapping[str, Picture]) -> Document:
    """Write the appendix.

    Parameters
    ----------
    found : Asked
        The answers.
    pictures : mapping of str to Picture
        By name; all are shown.
    """
    data = found.paper
    place = language_index(data.language)
    title = f"{_TITLE[place]}: {data.title}"
    subtitle = " · ".join(part for part in (data.case_number, data.date.isoformat(), found.scenario.label) if part)
    body = tuple(_parts(found, pictures, place))
    return Document(title, subtitle, data.language, data.date, origin_of(found), body, landscape=True)


def _parts(found: Asked, pictures: Mapping[str, Picture], place: int) -> Iterator[Part]:
    lang = found.paper.language
    keys = {row.key: row.key for row in found.scenario.rows()}
    swept = {} if found.sweep is None else {short(key): key for key in found.sweep.keys}
    yield Heading(_HEADINGS["stress"][place])
    yield Shown(stress_table(found), small=True)
    yield NewPage(landscape=False)
    yield Heading(_HEADINGS["figures"][place])
    yield from pictures.values()
    answers: list[tuple[str, list[Tabled]]] = [
        ("comparison", [found.comparison]),
        ("uncertain", [found.uncertain]),
        ("reconciliation", [] if found.reconciliation is None else [found.reconciliation]),
        ("sensitivity", [found.sensitivity]),
        ("turns", list(found.turns)),
        ("line", [] if found.line is None else [found.line]),
        ("information", [found.information]),
        ("sweep", [] if found.sweep is None else [found.sweep]),
    ]
    for name, answered in answers:
        if answered:
            yield NewPage(landscape=True)
            yield Heading(_HEADINGS[name][place])
        for one in answered:
            yield from (Shown(in_names(table, keys | swept, lang), small=True) for table in one.tables(lang))
    yield NewPage()
    yield Heading(_HEADINGS["register"][place])
    yield Paragraph(found.register.sentence(lang))
    for table in found.register.tables(lang, notes=True)[1:]:
        yield Shown(in_names(table, keys, lang, beside=True), small=True)


def in_names(table: Table, keys: Mapping[str, str], lang: str, *, beside: bool = False) -> Table:
    """Put the names of keys where a table has the keys of a scenario.

    Parameters
    ----------
    table : Table
        As a result tells it.
    keys : mapping of str to str
        How they may stand in it -> the key.
    lang : str
        `sv` or `en`.
    beside : bool
        Whether a key that is a cell of its own stays, below its name.

    Examples
    --------
    >>> from kravsim.words.table import plain_rows
    >>> told = Table("", ("input", ""), plain_rows([("timing.court_days", "at timing.court_days = 3")]))
    >>> in_names(told, {"timing.court_days": "timing.court_days"}, "en").rows[0].cells
    ('Time in court, days', 'at “time in court” = 3')
    """

    def name(text: str) -> str:
        if text in keys:
            label = key_label(keys[text], lang)
            return f"{label}\n{text}" if beside and label != text else label
        return _KEY.sub(lambda one: quoted_name(keys[one[0]], lang) if one[0] in keys else one[0], text)

    rows = tuple(Row(tuple(map(name, row.cells)), row.ruled, row.total) for row in table.rows)
    said: dict[str, Any] = {part: tuple(map(name, getattr(table, part))) for part in ("header", "notes", "lead")}
    return replace(table, caption=name(table.caption), rows=rows, **said)


__all__ = ["appendix_document"]
