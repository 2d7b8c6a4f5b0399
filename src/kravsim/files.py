"""Reading a user's files: ordinary ones only, no more of them than makes sense, UTF-8, and TOML of ordinary depth."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kravsim.errors import KravsimError, Problem, Words
from kravsim.phrases import phrase

DEEPEST: Final = 32
"""Levels of tables and lists in a TOML file; a scenario needs about eight."""
SHALLOW: Final = phrase("tables and lists at most {most} levels deep", most=DEEPEST)

_BINARY_STARTS: Final = (b"\x89PNG", b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"\x7fELF", b"\xd0\xcf\x11\xe0", b"\x80\x04")
_UTF16_STARTS: Final = (b"\xff\xfe", b"\xfe\xff")
_LONG_KEY: Final = re.compile(
    rf"(?:(?:[A-Za-z0-9_-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{DEEPEST + 1}}}", re.ASCII
)
_KINDS: Final = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Unreadable(Exception):  # noqa: N818 - becomes an error of the package where it is known which
    """A file that cannot be read: what it is, and what to do about it.

    Attributes
    ----------
    got : str
        What was found in place of a file that can be read.
    remedy : str
        What to do.
    allowed : str
        What would do; empty where whoever asks knows better.
    """

    def __init__(self, got: str, remedy: str, allowed: str = "") -> None:
        super().__init__(f"{got}: {allowed}{', ' * bool(allowed)}{remedy}")
        self.got, self.remedy, self.allowed = got, remedy, allowed

    def problem(self, file: str, allowed: str) -> Problem:
        """Say it of a file; what is allowed may be known better here than by who asks.

        Parameters
        ----------
        file : str
            What messages call the file.
        allowed : str
            What a file may hold, where this trouble does not say it itself.
        """
        return Problem(file, "", Words(self.got), self.allowed or allowed, self.remedy)


def path_of(given: object, key: str, error: type[KravsimError]) -> Path:
    """Take what somebody gives for a path.

    Parameters
    ----------
    given : object
        Text that is not empty, or anything that stands for a path in text.
    key : str
        The argument, for the message.
    error : type of KravsimError
        What is raised for anything else.
    """
    text = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    if not isinstance(text, str) or not text.strip():
        raise error(Problem("", key, given, "a path: text that is not empty, or a pathlib.Path", "give such a path"))
    return Path(text)


def kind_of(mode: int) -> str:
    """Name what lies at a path by its mode; ``a file`` is an ordinary one.

    Parameters
    ----------
    mode : int
        ``st_mode`` of the path.
    """
    return phrase(next((words for test, words in _KINDS if test(mode)), "a file"))


def read_whole(path: str | os.PathLike[str], most: int) -> bytes:
    """Read an ordinary file.

    Parameters
    ----------
    path : path
        Links are followed; pipes, devices and the like are never opened.
    most : int
        Bytes that it may have.

    Raises
    ------
    Unreadable
        When there is no such file, the system cannot take the path or refuses, it is none of the ordinary kind, or it is
        larger or more than there is memory for.
    """
    try:
        _refuse_odd(Path(path).stat(), most)  # before it is opened: whoever opens a pipe waits for its other end
        with Path(path).open("rb") as stream:
            _refuse_odd(os.fstat(stream.fileno()), most)
            content = stream.read(most + 1)
    except OSError as error:
        got = "no file" if isinstance(error, FileNotFoundError) else "a file that cannot be read"
        raise Unreadable(got, phrase("the system says: {reason}", reason=error.strerror or error)) from None
    except ValueError as error:
        raise Unreadable("a path that no system takes", str(error)) from None
    except MemoryError:
        raise Unreadable("a file larger than the memory that is left", "free memory, or raise its limit") from None
    if len(content) > most:
        raise _too_large(most)
    return content


def decoded(content: bytes) -> str:
    """Read bytes as UTF-8 text, with or without a byte-order mark; lines end with a line feed.

    Parameters
    ----------
    content : bytes
        All of the file.

    Raises
    ------
    Unreadable
        When they are binary or in another encoding.
    """
    if content.startswith(_UTF16_STARTS):
        raise Unreadable("a UTF-16 file, not UTF-8", "save it as UTF-8")
    if content.startswith(_BINARY_STARTS) or b"\0" in content:
        raise Unreadable("a binary file", "give a text file")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = phrase(
            "not UTF-8: byte 0x{content:02x} at position {start} (line {value})",
            content=content[error.start],
            start=error.start,
            value=line,
        )
        guess = content[error.start : error.start + 1].decode("latin-1")
        remedy = phrase("the file looks like Latin-1 ({guess!r}): save it again as UTF-8", guess=guess)
        raise Unreadable(found, remedy) from None


def parsed(text: str) -> dict[str, Any]:
    """Parse TOML that a person may have written.

    Parameters
    ----------
    text : str
        All of the file, decoded.

    Returns
    -------
    dict
        Plain tables, lists, numbers, texts and dates.

    Raises
    ------
    tomllib.TOMLDecodeError
        When it is not TOML.
    Unreadable
        When it defeats the parser by its depth, by the length of a key or of a number.
    """
    got = "text the parser cannot take"
    # the parser's time grows with the square of a key's parts
    if any(_LONG_KEY.search(line) for line in text.split("\n") if line.count(".") > DEEPEST):
        raise Unreadable(
            got, phrase("write keys of at most {most} parts, since each is a level", most=DEEPEST), SHALLOW
        )
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise Unreadable(got, "close the brackets", SHALLOW) from None
    except ValueError as error:  # an integer of thousands of digits, or a year outside the calendar
        raise Unreadable(got, str(error), "numbers and dates of ordinary size") from None
    if depth_exceeds(tables, DEEPEST):
        raise Unreadable(got, "close the brackets", SHALLOW)
    return tables


def depth_exceeds(content: object, levels: int) -> bool:
    """Tell whether tables and lists are nested more deeply than a number of levels, a list inside itself included.

    Parameters
    ----------
    content : object
        What TOML or JSON may hold; a number or text has no depth.
    levels : int
        How many levels of tables and lists there may be.
    """
    inner = content.values() if isinstance(content, Mapping) else content if isinstance(content, list | tuple) else ()
    return levels < 0 or any(depth_exceeds(item, levels - 1) for item in inner)


def _refuse_odd(found: os.stat_result, most: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable(phrase("{kind}, not a file", kind=kind_of(found.st_mode)), "give an ordinary file")
    if found.st_size > most:
        raise _too_large(most)


def _too_large(most: int) -> Unreadable:
    return Unreadable(
        phrase("a file of more than {most} bytes", most=most),
        phrase("give one of at most {most} bytes ({most2:g} MiB)", most=most, most2=most / 2**20),
    )
