"""What went wrong, where, and how to mend it: one family of errors for the whole package.

An error carries *all* problems that were found, so that a user mends a file once and not once a problem. Every
problem names the file, the key, the value that was met, what would have been allowed and a remedy.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import TYPE_CHECKING, Final, cast

from kravsim.phrases import Phrase, phrase, translated
from kravsim.scalars import scalar
from kravsim.speech import language

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_VALUE: Final = 120
_STEERING: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Kinds of characters that are not seen: control, direction and format, half pairs, separators of lines."""
_LONGEST_PLACE: Final = 1000
_FEW_ADDRESSES: Final = 4 * 2**30
_LONGEST_INTEGER_BITS: Final = 1024
_PLAIN_TYPES: Final = (str, bytes, int, float, bool, type(None), date, time)


JOINS: Final = "\u200c\u200d\u00ad\ufeff"
"""Characters that are not seen and do no harm: joiners within a letter or a picture, a soft hyphen, a mark of byte order."""


class Absent(Enum):
    """The value of a problem about something that is not there."""

    ABSENT = "nothing"

    def __repr__(self) -> str:
        return str(self.value)


ABSENT: Final = Absent.ABSENT


class Words(Phrase):
    """A value that is told in words, as when a whole table is meant; shown without quotes.

    Parameters
    ----------
    text : str
        A phrase, or a text of the program in English.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Words:
        """Take over how a phrase was made."""
        made = super().__new__(cls, text.template if isinstance(text, Phrase) else text, getattr(text, "values", {}))
        return cast("Words", made)

    def __repr__(self) -> str:
        return str(self)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Words, (Phrase(self.template, self.values),)


def escaped(text: str, keep: str = "") -> str:
    r"""Write characters that would steer a terminal instead of being seen as their codes.

    Parameters
    ----------
    text : str
        Anything, such as a name out of somebody's file.
    keep : str
        Characters to leave as they are, such as a line feed.

    Examples
    --------
    >>> print(escaped("red\x1b[31m, turned \u202e"))
    red\x1b[31m, turned \u202e
    """
    if text.isprintable():
        return text
    return "".join(
        one.encode("unicode_escape").decode("ascii")
        if one not in keep and unicodedata.category(one) in _STEERING
        else one
        for one in text
    )


def show(value: object, lang: str | None = None) -> str:
    """Write a value the way an error message shows it, cut to a readable length.

    Parameters
    ----------
    value : object
        Anything; text is quoted, dates are ISO, truth values are written as in TOML.
    lang : str, optional
        ``sv`` or ``en``, of what is told in words; the language that is spoken just now when left out.

    Returns
    -------
    str
        One line of at most about 120 characters.

    Examples
    --------
    >>> show(True), show("60"), show(ABSENT)
    ('true', "'60'", 'nothing')
    """
    value = scalar(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER_BITS:
        return translated(phrase("an integer of {bits} bits", bits=value.bit_length()), lang)
    if isinstance(value, Words | Absent):
        return _shortened(translated(str(value.value) if isinstance(value, Absent) else value, lang), lang)
    value = translated(value, lang) if isinstance(value, Phrase) else value
    try:
        text = value.isoformat() if isinstance(value, date | time) else repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits inside a list, a list inside itself
        return translated(phrase("a value of type {kind} that is too large to show", kind=type(value).__name__), lang)
    return _shortened(text, lang)


def _shortened(text: str, lang: str | None) -> str:
    text = escaped(text)
    if len(text) <= _LONGEST_VALUE:
        return text
    return translated(phrase("{begin}... ({n} characters)", begin=text[: _LONGEST_VALUE - 20], n=len(text)), lang)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    file : str
        The file, argument or data set where it stands; empty when there is none.
    key : str
        Dotted path of the key, column or parameter; empty when the whole file is meant.
    value : object
        What was met; `ABSENT` when something is missing.
    allowed : str
        What would have been allowed, unit included; empty when there is nothing to say.
    remedy : str
        What the reader can do about it.

    Texts are English, and phrases where something is filled in, so that `text` can tell them in Swedish as well.

    Examples
    --------
    >>> print(Problem("a.toml", "debtors.late_share", 55, "a finite number", "write digits only"))
    a.toml: debtors.late_share: got 55; allowed a finite number; write digits only
    """

    file: str
    key: str
    value: object
    allowed: str
    remedy: str

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str | None = None) -> str:
        """Say what is wrong in one line, or a few where an example is shown.

        Parameters
        ----------
        lang : str, optional
            ``sv`` or ``en``; the language that is spoken just now (see `kravsim.speaking`) when left out: English, unless
            another has been chosen.
        """
        lang = language() if lang is None else lang
        place = "".join(f"{_cut(part, lang)}: " for part in (self.file, self.key) if part)
        said = [translated(phrase("got {value}", value=show(self.value, lang)), lang)]
        if self.allowed:
            said.append(translated(phrase("allowed {allowed}", allowed=escaped(translated(self.allowed, lang))), lang))
        if self.remedy:
            said.append(escaped(translated(self.remedy, lang), "\n\t"))
        return place + "; ".join(said)

    def __reduce__(self) -> tuple[type[Problem], tuple[str, str, object, str, str]]:
        return type(self), (self.file, self.key, _portable(self.value), self.allowed, self.remedy)


def _cut(place: str, lang: str) -> str:
    """Write a file or key; of one that is longer than any the system takes the beginning says enough."""
    is_name = isinstance(place, str) and " " not in place and not isinstance(place, Phrase)
    text = escaped(place if is_name else translated(place, lang)) if isinstance(place, str) else show(place, lang)
    if len(text) <= _LONGEST_PLACE:
        return text
    return translated(phrase("{begin}... ({n} characters)", begin=text[:_LONGEST_VALUE], n=len(text)), lang)


def _portable(value: object) -> object:
    """Keep plain values; replace any other by its text, which every process can read back."""
    if isinstance(value, Absent | Phrase) or type(value) in _PLAIN_TYPES:
        return value
    return Words(show(value))


class KravsimError(Exception):
    """The parent of every error that kravsim raises on purpose.

    Parameters
    ----------
    problems : Problem or iterable of Problem
        Everything that was found, in the order it should be read.

    Raises
    ------
    TypeError
        When something else than a `Problem` is given.
    ValueError
        When no problem is given: an error must say what is wrong.

    Examples
    --------
    >>> error = RunError(Problem("", "replications", 0, "a whole number from 1", "ask for at least one"))
    >>> error.exit_code, error.problems[0].key
    (4, 'replications')
    """

    exit_code: int = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        found = (problems,) if isinstance(problems, Problem) else tuple(problems)
        if not found:
            message = f"{type(self).__name__} needs at least one Problem"
            raise ValueError(message)
        for problem in found:
            if not isinstance(problem, Problem):
                message = f"{type(self).__name__} takes Problem objects, got {type(problem).__name__}"
                raise TypeError(message)
        super().__init__(found)
        self.problems: tuple[Problem, ...] = found

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str | None = None) -> str:
        """Say everything that is wrong, a line a problem.

        Parameters
        ----------
        lang : str, optional
            As for `Problem.text`.
        """
        return "\n".join(problem.text(lang) for problem in self.problems)


class ScenarioError(KravsimError):
    """The scenario, or a setting given with it, cannot be used as it stands."""

    exit_code = 2


class LawError(ScenarioError):
    """The law tables do not answer for the date or the matter asked about."""


class DataError(KravsimError):
    """A data file or array of the user's own cannot be used as it stands."""

    exit_code = 3


class RunError(KravsimError):
    """A run could not be carried out, or broke one of its own checks."""

    exit_code = 4


class OutputError(KravsimError):
    """A result could not be written."""

    exit_code = 5


def address_space() -> int | None:
    """Tell how many bytes of addresses this process may have (``ulimit -v``); None when there is no limit.

    Libraries and the stacks of threads reserve more of it than they use.
    """
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else int(soft)


def memory_trouble(error: BaseException) -> str:
    """Say that memory is what was missing when an error arose, and what to do; empty when it was not.

    Where addresses are few, libraries fail before Python does, with errors of their own that say nothing of memory.

    Parameters
    ----------
    error : BaseException
        What was met; its causes and contexts are looked at too.
    """
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, MemoryError):
        cause = cause.__cause__ or cause.__context__
    limit = address_space()
    scarce = limit is not None and limit < _FEW_ADDRESSES
    if cause is None and not (scarce and isinstance(error, OSError | ImportError | RuntimeError | SystemError)):
        return ""
    if limit is not None and scarce:
        return phrase(
            "too little memory: this process may have {gib:.2g} GiB of addresses (ulimit -v), of which libraries and threads "
            "reserve more than they use; raise the limit",
            gib=limit / 2**30,
        )
    return phrase("too little memory: free some, raise the limit on this process, or use fewer workers")
