"""Settings and fixtures shared by all tests: examples are drawn from a fixed seed, so that CI cannot flake."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from kravsim import compile_notice

settings.register_profile("fixed", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("fixed")
os.environ["LC_ALL"] = "C.UTF-8"  # the language of errors and notices is that of the environment


@pytest.fixture(scope="session", autouse=True)
def nobody_waits_for_the_compiler() -> None:
    """Keep what the first compilation says out of what tests read, whichever of them comes first."""
    compile_notice._announced.update(compile_notice.LOOPS)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let programs that a test starts hear Ctrl-C and requests to end, wherever the tests themselves were started.

    What a shell starts in the background ignores Ctrl-C, what nohup starts ignores that the terminal closes, and so do all
    programs that these start. A program begins with the system's own habit for what its parent handles.
    """
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler)}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_IGN:
            before[number] = signal.signal(number, lambda *_: None)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
