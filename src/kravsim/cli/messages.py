"""What the command line says of its own beside results and errors: one table, told in the language of the command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kravsim.phrases import phrase, translated

_TEXTS: Final[Mapping[str, str]] = {
    "stopped": "stopped before it was finished; earlier results are untouched",
    "could go on": "; with --run-dir DIR, finished blocks are kept and a stopped run can go on",
    "goes on": "; the same command goes on from the finished blocks",
    "seed": "the drawn seed is {seed}; --seed with it gives the same numbers again",
    "files": "{n} files in {place}",
    "wrote": "wrote {path}",
    "one of": "{n} cases of that kind; this is one of them",
    "fault": "unexpected {kind}: {error}; this is a fault in kravsim, see it with --debug",
    "warning": "warning: {text}",
    "advice": "advice: {text}",
    "unreached": "the wanted precision was not reached within --max",
    "new as it stands": "as it stands, {text} The next command with --inherited lists them",
    "warm": "all loops are compiled and kept: {seconds} s",
    "paper language": "{name} stays in its own language ({own}): it has no texts in the other, [texts.{asked}] in its file",
    "check it": "check it with: kravsim validate {path}",
}


def message(key: str, **filled: object) -> str:
    """Give a message in the language of the command.

    Parameters
    ----------
    key : str
        One of the table.
    **filled
        What stands in its braces.

    Examples
    --------
    >>> message("files", n=3, place="out")
    '3 files in out'
    """
    return translated(phrase(_TEXTS[key], **filled))
