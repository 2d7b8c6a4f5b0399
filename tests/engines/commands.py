"""Commands that run beside a test: what they print, what they have finished, and whether anybody of theirs is left."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from kravsim.running.run_directory import BLOCKS, SUFFIX
from tests.properties.strategies import tiny

SCENARIO = tiny(invoices__per_year=1500, debtors__number=150)


def case_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small scenario as a file."""
    path = tmp_path_factory.mktemp("case") / "case.toml"
    path.write_text(SCENARIO.text, "utf-8")
    return path


def begun(words: list[str]) -> subprocess.Popen[str]:
    """A command in a session of its own."""
    pipe = subprocess.PIPE
    return subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    return out


def blocks(run_dir: Path) -> list[Path]:
    return sorted((run_dir / BLOCKS).glob(f"*{SUFFIX}"))


def wait_for_block(run_dir: Path, process: subprocess.Popen[Any]) -> None:
    while not blocks(run_dir):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def of_session(session: int) -> list[int]:
    """Living processes of a session, from the system's own table."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(place.name))
    return found


def assert_nobody_left(sessions: list[int], seconds: float) -> None:
    """Sessions must be empty so soon."""
    deadline = time.monotonic() + seconds
    while (left := [one for session in sessions for one in of_session(session)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []
