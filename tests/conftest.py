"""Settings and fixtures shared by all tests: examples are drawn from a fixed seed, so that CI cannot flake."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from kravsim import compile_notice

settings.register_profile("fixed", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("fixed")


@pytest.fixture(scope="session", autouse=True)
def nobody_waits_for_the_compiler() -> None:
    """Keep what the first compilation says out of what tests read, whichever of them comes first."""
    compile_notice._told.update(compile_notice.LOOPS)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Python's own handler of Ctrl-C, here and in programs started, also where a shell started the tests in the background.

    What a shell starts there ignores Ctrl-C, and so do all programs that it starts.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
