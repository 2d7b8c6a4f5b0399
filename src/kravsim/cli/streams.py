"""Standard output and standard error as they may be: closed, full, gone with their terminal, or short of letters.

Numbers are never lost: what standard output does not take goes to standard error, and the command fails. What cannot be said
on standard error is left unsaid, since nobody could read why.
"""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Final, TextIO

from kravsim.errors import OutputError, Problem, Words

PLAIN: Final = {
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": ".",
    "±": "+-",
    "×": "x",
    "→": ">",
    "←": "<",
    "≤": "<=",
    "≥": ">=",
    "“": '"',
    "”": '"',
    "’": "'",
    "·": ".",
    "─": "-",
    "│": "|",
}
"""What is written for a character that a stream lacks; letters lose their marks, anything else becomes a question mark."""


class Stream(io.TextIOBase):
    """A text stream in the place of one of the process's own.

    Parameters
    ----------
    stream : text stream or None
        The one underneath; None where the process was started without.
    keeps : bool
        Whether what the stream does not take is kept in `lost`, else it is dropped.
    own : bool
        Whether the stream is this process's, so that what is left in it need not trouble Python's end.
    """

    def __init__(self, stream: TextIO | None, *, keeps: bool, own: bool) -> None:
        self._stream, self._keeps, self._own = stream, keeps, own
        self.failure = ""
        self.lost: list[str] = []

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Encoding of the stream underneath."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Write with the characters that there are.

        Parameters
        ----------
        text : str
            Any; characters that the stream cannot write are replaced.

        Returns
        -------
        int
            Length of the text, whether it was taken or not.

        Raises
        ------
        BrokenPipeError
            When output is not wanted any more.
        """
        if not self.failure:
            self._attempt(text)
        elif self._keeps:
            self.lost.append(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written; it was, at each `write`."""

    def isatty(self) -> bool:
        """Whether somebody looks."""
        with suppress(OSError, ValueError):
            return self._stream is not None and self._stream.isatty()
        return False

    def writable(self) -> bool:
        """Whether it is meant to be written to."""
        return True

    def fileno(self) -> int:
        """Number of the file underneath."""
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def at_once(self, text: str) -> None:
        """Write past what lies in the stream, as a signal's handler may.

        Parameters
        ----------
        text : str
            Any; characters that the stream cannot write are replaced.
        """
        with suppress(OSError, ValueError):
            os.write(self.fileno(), fitted(text, self.encoding).encode(self.encoding))

    def _attempt(self, text: str) -> None:
        try:
            stream = self._stream or _closed()
            stream.write(fitted(text, self.encoding))
            stream.flush()
        except (OSError, ValueError) as error:
            self._drain()
            if self._keeps and isinstance(error, BrokenPipeError):
                raise
            self.failure = getattr(error, "strerror", None) or str(error)
            if self._keeps:
                self.lost.append(text)

    def _drain(self) -> None:
        """Let what is left in the stream go nowhere, or Python would fail over it once more as it ends."""
        if self._own:
            with suppress(OSError, ValueError, AttributeError):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self.fileno())
                os.close(nowhere)


@contextmanager
def guarded(*, own: bool) -> Iterator[tuple[Stream, Stream]]:
    """Put such streams in the place of standard output and standard error; `own` where the process is the command's.

    Parameters
    ----------
    own : bool
        Whether the process is the command's.
    """
    out, err = Stream(sys.stdout, keeps=True, own=own), Stream(sys.stderr, keeps=False, own=own)
    with redirect_stdout(out), redirect_stderr(err):
        yield out, err


def lost_output(out: Stream) -> OutputError | None:
    """What to fail with where standard output has not taken everything; says it on standard error instead.

    Parameters
    ----------
    out : Stream
        What stood in the place of standard output.

    Returns
    -------
    OutputError or None
        None where everything was taken.
    """
    if not out.failure:
        return None
    sys.stderr.write("".join(out.lost))
    remedy = "what was to be there is above; give it a file that has room, or a program that reads"
    return OutputError(Problem("standard output", "", Words(out.failure), "a stream that takes it", remedy))


def _closed() -> TextIO:
    raise ValueError("closed")


def fitted(text: str, encoding: str) -> str:
    """Write a text with the characters of an encoding.

    Parameters
    ----------
    text : str
        Any.
    encoding : str
        As Python names it.

    Examples
    --------
    >>> fitted("Region Jämtland: −1 013 000 kr, 5–95 %", "ascii")
    'Region Jamtland: -1 013 000 kr, 5-95 %'
    >>> fitted("Jämtland", "cp850")
    'Jämtland'
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_plain(one, encoding) for one in text)
    except LookupError:  # an encoding that Python does not know is the stream's own business
        pass
    return text


def _plain(character: str, encoding: str) -> str:
    letters = unicodedata.normalize("NFKD", character)
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    for one in (character, PLAIN.get(character, ""), bare):
        with suppress(UnicodeEncodeError):
            one.encode(encoding)
            if one:
                return one
    return "?"
