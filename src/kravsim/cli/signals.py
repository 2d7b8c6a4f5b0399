"""Requests to end: Ctrl-C, a request by another process, a terminal that closes.

The first of them raises, so that a run winds up: what is running is finished, finished blocks are kept. A second one leaves
at once. Either way the exit code is the first one's, as a shell would give it.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from kravsim.interrupts import Stopped, forget_requests, note_request, requested

SOON: Final = 0.1
"""Seconds within which a request is taken for the one before: programs and terminals send theirs twice."""

_STOPS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


def exit_code(number: int) -> int:
    """Give the exit code of a process that the signal with this number has ended: 130, 143, 129.

    Parameters
    ----------
    number : int
        Of the signal.
    """
    return 128 + number


@contextmanager
def heard(farewell: Callable[[], object], *, own: bool) -> Iterator[None]:
    """Hear requests to end; what the caller ignores stays ignored, as under nohup.

    Parameters
    ----------
    farewell : callable
        Says that the process ends; called when it leaves at once.
    own : bool
        Whether the process is the command's: then it leaves at once at a second request, and hears no more of them when the
        block has ended after a first.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    first_at = 0.0

    def stop(number: int, _: object) -> None:
        nonlocal first_at
        first, now = requested(), time.monotonic()
        if first is None:
            first_at = now
            note_request(number)
        elif now - first_at < SOON:
            return
        elif own:
            farewell()
            os._exit(exit_code(first))
        raise Stopped(number)

    stops = [getattr(signal, name) for name in _STOPS if hasattr(signal, name)]
    ours = [one for one in stops if signal.getsignal(one) not in (signal.SIG_IGN, None)]
    forget_requests()
    before = {one: signal.signal(one, stop) for one in ours}
    try:
        yield
    finally:
        asked = requested() is not None
        for one, handler in before.items():
            signal.signal(one, signal.SIG_IGN if own and asked else handler)
