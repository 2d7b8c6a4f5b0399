"""How long a search will take, said before it begins, and how far it has come: at a terminal or in a notebook only."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from kravsim.notices import bar, is_seen, write
from kravsim.sizing.estimate import duration
from kravsim.speech import spoken

if TYPE_CHECKING:
    from typing import Self

NOTICED: Final = 5.0
"""Seconds from which an estimate is told."""


class Progress:
    """A bar over sets that are worked out, with an estimate beforehand; silence where nobody looks.

    Parameters
    ----------
    wanted : bool or None
        None shows it at terminals and in notebooks.
    """

    def __init__(self, wanted: bool | None) -> None:
        self.shown = is_seen() if wanted is None else wanted
        self._bar: Any = None
        self._each = 0.0

    def timed(self, seconds: float, sets: int) -> None:
        """Learn from sets that have been worked out how long one takes.

        Parameters
        ----------
        seconds : float
            What they took.
        sets : int
            How many were worked out.
        """
        self._each = seconds / max(sets, 1)

    def begin(self, sets: int, what: tuple[str, str]) -> None:
        """Say how many sets are to come and how long they will take, by those timed before, and show a bar.

        Parameters
        ----------
        sets : int
            How many will be worked out.
        what : (str, str)
            What they are, Swedish and English.
        """
        self.end()
        expected = self._each * sets
        if not self.shown or not sets:
            return
        with suppress(OSError, ValueError):
            if expected >= NOTICED:
                text = spoken(
                    f"{sets} {what[0]}, ungefär {duration(expected, 'sv')}",
                    f"{sets} {what[1]}, about {duration(expected, 'en')}",
                )
                write(f"kravsim: {text}")
            self._bar = bar(total=sets, desc="kravsim", unit=f" {spoken(*what)}", leave=False)

    def expect(self, sets: int) -> None:
        """Learn that so many sets more are to come than was said at the beginning.

        Parameters
        ----------
        sets : int
            How many.
        """
        if self._bar is not None:
            with suppress(OSError, ValueError):
                self._bar.total += sets
                self._bar.refresh()

    def advance(self, sets: int) -> None:
        """So many sets more are worked out.

        Parameters
        ----------
        sets : int
            How many.
        """
        if self._bar is not None:
            with suppress(OSError, ValueError):
                self._bar.update(sets)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            with suppress(OSError, ValueError):
                self._bar.close()
            self._bar = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


class Clock:
    """Processor time since it was made, seconds."""

    def __init__(self) -> None:
        self._from = time.process_time()

    @property
    def seconds(self) -> float:
        """What has passed."""
        return time.process_time() - self._from
