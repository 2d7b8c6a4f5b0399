"""In which language the program itself speaks where no caller says one: notices while a run is under way.

Results are written in the language they are asked for. What nobody asks for, such as that loops are being compiled, is
English in the library; the command line speaks the language of its ``--lang``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SWEDISH: Final = "sv"
_spoken = ["en"]


def language() -> str:
    """Which language is spoken just now: ``sv`` or ``en``."""
    return SWEDISH if _spoken[-1] == SWEDISH else "en"


def spoken(sv: str, en: str) -> str:
    """Choose between two texts by the language of the program.

    Parameters
    ----------
    sv, en : str
        The same text in Swedish and in English.

    Examples
    --------
    >>> with speaking("sv"):
    ...     spoken("slumpserie", "seed")
    'slumpserie'
    """
    return sv if _spoken[-1] == SWEDISH else en


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Let the program speak Swedish (`sv`) or English within a block, in all of its threads.

    Parameters
    ----------
    lang : str
        ``sv``; any other is taken for English.
    """
    _spoken.append(lang)
    try:
        yield
    finally:
        _spoken.pop()
