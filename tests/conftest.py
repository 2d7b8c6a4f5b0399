"""Settings and fixtures shared by all tests: examples are drawn from a fixed seed, so that CI cannot flake."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from kravsim import compile_notice

settings.register_profile("fixed", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("fixed")
os.environ["LC_ALL"] = "C.UTF-8"  # the language of errors and notices is that of the environment

TESTS = Path(__file__).parent
LONGEST = (
    "house/test_notebooks.py",
    "unit/test_paper.py",
    "house/test_site.py",
    "house/test_overload_is_told.py",
    "house/test_frozen_law_is_told.py",
    "unit/test_explore.py",
    "unit/test_figures_of_papers.py",
    "unit/test_finding_out.py",
    "unit/test_in_worlds.py",
    "engines/test_signals.py",
    "engines/test_anywhere.py",
    "engines/test_balances_agree.py",
)
"""Files that take a minute of a processor or more, longest first."""


def pytest_configure(config: pytest.Config) -> None:
    """Have files handed out in the order that they are collected in, where several processes share them."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest files: one that is begun last leaves every other processor idle. Then by number of tests."""
    if not hasattr(config, "workerinput"):
        return
    places = {TESTS / name: place for place, name in enumerate(LONGEST)}
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (places.get(item.path, len(places)), -tests[item.path], item.path))


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
