"""Requests to end that a signal has made: noted where they are heard, looked at between replications.

A signal's handler raises, but where Python or a library swallows what is raised (in a finaliser, or in a call-back from C)
the request would be lost. So whoever handles signals notes the request here first, and every loop over replications asks.
"""

from __future__ import annotations

_asked: list[int] = []


class Stopped(KeyboardInterrupt):
    """The process was asked to end by a signal.

    Parameters
    ----------
    number : int
        Which one.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def note_request(number: int) -> None:
    """Note that the signal with this number asks the process to end.

    Parameters
    ----------
    number : int
        The signal's number, as in :mod:`signal`.
    """
    _asked.append(number)


def requested() -> int | None:
    """Give the first signal that asked; None where none has."""
    return _asked[0] if _asked else None


def forget_requests() -> None:
    """Begin anew: whoever was to end has ended."""
    _asked.clear()


def stop_if_requested() -> None:
    """Stop here if that is asked for.

    Raises
    ------
    Stopped
        When a signal was noted.
    """
    if _asked:
        raise Stopped(_asked[0])
