"""Texts that remember how they were made, so that an error can be read in Swedish long after it was raised in English.

A text of the program is its English template and what stands in the template's braces. The template is the key of a
catalogue in the form that translators' tools know, ``locale/sv/LC_MESSAGES/kravsim.po``, which is read when Swedish is first
spoken and never before. What is filled in stays as it is written, unless it is such a text itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final, cast

from kravsim.speech import SWEDISH, language

CATALOGUE: Final = Path(__file__).parent / "locale" / SWEDISH / "LC_MESSAGES" / "kravsim.po"
_KEYWORDS: Final = ("msgid ", "msgstr ")


class Phrase(str):
    """A text in English that knows its template and what was filled in; made by `phrase` and `together`.

    Parameters
    ----------
    template : str
        With names in braces, as ``str.format`` takes them; a text as it stands where nothing is filled in.
    values : mapping of str to object
        What stands in the braces.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, values: dict[str, object]) -> Phrase:
        """Fill the template in, in English."""
        made = super().__new__(cls, template.format(**values) if values else template)
        made.template, made.values = template, values
        return made

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Phrase, (str(self.template), {name: _portable(value) for name, value in self.values.items()})

    def in_swedish(self) -> str:
        """Fill the Swedish template in; an English one that the catalogue does not have."""
        template = swedish().get(self.template, self.template)
        if not self.values:
            return template
        filled = {
            name: translated(value, SWEDISH) if isinstance(value, Phrase) else value
            for name, value in self.values.items()
        }
        return _SWEDISH_NUMBERS.vformat(template, (), filled)


class _Numbers(Formatter):
    """Writes shares in per cent and amounts with grouped digits as Swedish does; other numbers as they stand in a file."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value.

        Parameters
        ----------
        value : object
            What stands in the braces.
        format_spec : str
            How it is written.
        """
        text: str = super().format_field(value, format_spec)
        if not format_spec.endswith("%") and "," not in format_spec:
            return text
        return text.replace(",", "\u00a0").replace(".", ",").replace("%", "\u00a0%")


_SWEDISH_NUMBERS: Final = _Numbers()


class Bilingual(Phrase):
    """A text whose Swedish is known where it is made, such as a time with its unit.

    Parameters
    ----------
    sv, en : str
        The same in both languages.
    """

    __slots__ = ("sv",)
    sv: str

    def __new__(cls, sv: str, en: str) -> Bilingual:
        """Keep both texts."""
        made = cast("Bilingual", super().__new__(cls, en, {}))
        made.sv = sv
        return made

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Bilingual, (self.sv, str(self))

    def in_swedish(self) -> str:
        """Give the text that was given."""
        return self.sv


def phrase(template: str, /, **values: object) -> str:
    """Make a text that can be told in Swedish too.

    Parameters
    ----------
    template : str
        The text in English, written out where it is used, with names in braces; what is a phrase already stays one.
    **values
        What stands in the braces; a value that is a phrase itself is told in the same language.

    Examples
    --------
    >>> text = phrase("a whole number from {least}", least=1)
    >>> print(text, "|", translated(text, "sv"))
    a whole number from 1 | ett heltal från 1
    """
    return template if isinstance(template, Phrase) and not values else Phrase(template, values)


def together(*parts: str, between: str = "") -> str:
    """Put texts one after another, each told in its own language.

    Parameters
    ----------
    *parts : str
        Phrases, texts of the program without anything filled in, and text that is the same in every language.
    between : str
        What stands between two of them, such as a comma and a blank, or a phrase.

    Examples
    --------
    >>> print(translated(together(phrase("a share"), "x", between=", "), "sv"))
    en andel, x
    """
    pieces = [piece for part in parts for piece in (between, part)][1:]
    values: dict[str, object] = {f"part{place}": phrase(piece) for place, piece in enumerate(pieces)}
    return Phrase("".join(f"{{{name}}}" for name in values), values)


def recognised(message: str, sentences: Iterable[str]) -> str:
    """Make a phrase of a message that a library has already put together in English.

    Parameters
    ----------
    message : str
        As the library says it.
    sentences : iterable of str
        Templates of what it says; a part named ``said`` is such a sentence itself, one named ``names`` a list of words.

    Returns
    -------
    str
        A phrase, or the message as it is where it fits none.
    """
    for sentence in sentences:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(sentence))
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return phrase(sentence, **{name: _part(name, part, sentences) for name, part in found.groupdict().items()})
    return message


def _part(name: str, part: str, sentences: Iterable[str]) -> str:
    """What fills a brace: a sentence in ``said``, words of the program one by one in ``names``, else what it is."""
    if name == "said":
        return recognised(part, sentences)
    return together(*part.split(", "), between=", ") if name == "names" else part


def translated(text: str, lang: str | None = None) -> str:
    """Tell a text of the program in a language.

    Parameters
    ----------
    text : str
        A phrase, or a text without anything filled in; what the catalogue does not have stays as it is.
    lang : str, optional
        ``sv``, or any other for English; the language that is spoken just now when left out.
    """
    if (language() if lang is None else lang) != SWEDISH:
        return str(text)
    return text.in_swedish() if isinstance(text, Phrase) else swedish().get(text, text)


@cache
def swedish() -> dict[str, str]:
    """Read the catalogue: Swedish by English template."""
    return dict(entries(CATALOGUE.read_text(encoding="utf-8")))


def entries(text: str) -> list[tuple[str, str]]:
    """Read the entries of a catalogue, its heading apart.

    Parameters
    ----------
    text : str
        Of a file of GNU gettext's form; what it has beside comments, ``msgid`` and ``msgstr`` is not used here.

    Returns
    -------
    list of (str, str)
        Template and translation, in the order of the file.
    """
    found: list[list[str]] = []
    for line in text.splitlines():
        for keyword in _KEYWORDS:
            if line.startswith(keyword):
                if keyword == _KEYWORDS[0]:
                    found.append(["", ""])
                found[-1][_KEYWORDS.index(keyword)] = json.loads(line.removeprefix(keyword))
                place = _KEYWORDS.index(keyword)
        if line.startswith('"'):
            found[-1][place] += json.loads(line)
    return [(english, other) for english, other in found if english]


def names_in(template: str) -> list[str]:
    """What is filled into a template, with how it is written, in order of the alphabet.

    Parameters
    ----------
    template : str
        With names in braces.

    Examples
    --------
    >>> names_in("from {low:g} to {high!r}")
    ['high!r', 'low:g']
    """
    parts = Formatter().parse(template)
    return sorted(
        f"{name}{'!' * bool(kind)}{kind or ''}{':' * bool(spec)}{spec or ''}" for _, name, spec, kind in parts if name
    )


def _portable(value: object) -> object:
    """Keep phrases and plain values; of any other its text will do, which every process can read back."""
    value = value.item() if hasattr(value, "item") else value  # a number of numpy
    return value if isinstance(value, Phrase | int | float | date | None) or type(value) is str else str(value)
