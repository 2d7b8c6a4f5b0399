"""Does a command end as it is asked to: soon, with its exit code, with nobody left, whatever has become of its streams?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kravsim as ks
from kravsim.cli import main, signals
from kravsim.interrupts import Stopped, forget_requests, note_request, requested, stop_if_requested
from tests.engines.commands import (
    SCENARIO,
    assert_nobody_left,
    begun,
    blocks,
    case_file,
    finished,
    of_session,
    wait_for_block,
)

N = 40
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
TOLD = (
    "kravsim: stopped before it was finished; earlier results are untouched; the same command goes on from the finished"
)

pytestmark = [
    pytest.mark.usefixtures("interruptible"),
    pytest.mark.skipif(sys.platform != "linux", reason="asks the system's table of processes"),
]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return case_file(tmp_path_factory)


@pytest.fixture(scope="module")
def whole(case: Path) -> str:
    """What an uninterrupted run prints."""
    return finished(started(case, None))


def words_for(case: Path, run_dir: Path | None, workers: int = 2, engine: str = "compiled", n: int = N) -> list[str]:
    words = [sys.executable, "-m", "kravsim", "compare", str(case), "--replications", str(n), "--seed", "7", "--json"]
    words += ["--lang", "en"]
    words += ["--engine", engine, "--workers", str(workers)]
    return words + ([] if run_dir is None else ["--run-dir", str(run_dir)])


def started(case: Path, run_dir: Path | None, **how: Any) -> subprocess.Popen[str]:
    return begun(words_for(case, run_dir, **how))


def times(run_dir: Path) -> dict[str, float]:
    """When each finished block was written."""
    return {path.name: path.stat().st_mtime for path in blocks(run_dir)}


def processor_time(process: int) -> float:
    """Seconds that a living process has worked: what else the machine does is none of its business."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def of_children() -> float:
    """Seconds that all processes that were started from here and have ended have worked."""
    used = os.times()
    return used.children_user + used.children_system


@pytest.fixture
def nobody_left() -> Iterator[list[int]]:
    """Sessions that must be empty soon after the test."""
    sessions: list[int] = []
    yield sessions
    assert_nobody_left(sessions, 5)


@pytest.mark.parametrize(
    ("stop", "workers", "group"),
    [
        (signal.SIGINT, 2, True),
        (signal.SIGINT, 1, False),
        (signal.SIGTERM, 2, False),
        (signal.SIGTERM, 1, True),
        (signal.SIGHUP, 2, True),
        (signal.SIGHUP, 1, False),
    ],
    ids=str,
)
def test_a_command_that_is_asked_to_end_ends_soon_and_can_be_resumed(
    case: Path, whole: str, tmp_path: Path, nobody_left: list[int], stop: signal.Signals, workers: int, group: bool
) -> None:
    """Heard by everybody in the session, as from a terminal, or sent by another process."""
    process = started(case, tmp_path / "run", workers=workers)
    nobody_left.append(process.pid)
    wait_for_block(tmp_path / "run", process)
    spent, others = processor_time(process.pid), of_children()
    (os.killpg if group else os.kill)(process.pid, stop)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (CODES[stop], "")
    assert of_children() - others - spent < 2, "processor time from the request to the end"
    assert TOLD in err.splitlines()[-1]
    kept = times(tmp_path / "run")
    time.sleep(0.2)
    assert times(tmp_path / "run") == kept, "nothing is written after the end"
    assert not list(tmp_path.rglob("*.part"))
    assert finished(started(case, tmp_path / "run", workers=3 - workers)) == whole
    assert kept.items() <= times(tmp_path / "run").items(), "finished blocks are not run again"


@pytest.mark.parametrize("stop", CODES, ids=str)
def test_processes_that_simpy_needs_are_ended_too(
    case: Path, tmp_path: Path, nobody_left: list[int], stop: signal.Signals
) -> None:
    process = started(case, tmp_path / "run", engine="simpy", n=60)
    nobody_left.append(process.pid)
    wait_for_block(tmp_path / "run", process)
    os.killpg(process.pid, stop)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (CODES[stop], "")
    assert TOLD in err.splitlines()[-1]
    assert "Traceback" not in err


def test_processes_leave_requests_to_end_to_their_parent(case: Path, tmp_path: Path, nobody_left: list[int]) -> None:
    """One that ended while it hands over a block would leave the parent waiting for the rest of it."""
    process = started(case, tmp_path / "run", engine="simpy", n=20)
    nobody_left.append(process.pid)
    wait_for_block(tmp_path / "run", process)
    others = set(of_session(process.pid)) - {process.pid}
    assert len(others) >= 2
    for stop in CODES:
        for other in others:
            os.kill(other, stop)
    assert finished(process) == finished(started(case, None, engine="simpy", n=20))


LARGE = """
import sys, time
from kravsim.cli import main
from kravsim.running import threads

case, begun = sys.argv[1:]

def slowly(task, number):
    open(begun, "w").close()
    time.sleep(30)

threads.run_replication = slowly
sys.argv = ["kravsim", "compare", case, "--replications", "9", "--seed", "7", "--workers", "2", "--lang", "en"]
sys.exit(main())
"""


@pytest.mark.parametrize("stop", CODES, ids=str)
def test_a_second_request_leaves_at_once_with_the_code_of_the_first(
    case: Path, tmp_path: Path, stop: signal.Signals
) -> None:
    ks.compare(SCENARIO, replications=1, seed=7, progress=False)  # its machine code is on disk
    words = [sys.executable, "-c", LARGE, str(case), str(tmp_path / "begun")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "begun").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(stop)
    time.sleep(1)
    assert process.poll() is None, "the replications that run are waited for"
    moment = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)
    assert time.monotonic() - moment < 1
    assert process.returncode == CODES[stop]
    assert "stopped before it was finished" in err


@pytest.mark.parametrize("own_terminal", [True, False])
@pytest.mark.parametrize("stop", CODES, ids=str)
def test_a_terminal_that_has_gone_changes_no_exit_code(
    case: Path, tmp_path: Path, nobody_left: list[int], stop: signal.Signals, own_terminal: bool
) -> None:
    """All three streams are a pseudo-terminal that closes; its own closing is a request to end where it is the process's."""
    import fcntl
    import pty
    import termios

    if own_terminal and stop != signal.SIGHUP:
        pytest.skip("a terminal that closes sends SIGHUP")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        words_for(case, tmp_path / "run", n=4000),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if own_terminal else None,  # noqa: PLW1509
    )
    nobody_left.append(process.pid)
    os.close(theirs)
    os.set_blocking(ours, False)
    while not blocks(tmp_path / "run"):
        assert process.poll() is None
        try:
            os.read(ours, 65536)  # somebody looks
        except BlockingIOError:
            time.sleep(0.01)
    os.close(ours)
    if not own_terminal:
        time.sleep(0.3)
        assert process.poll() is None, "a progress bar that nobody sees ends no run"
        process.send_signal(stop)
    assert process.wait(20) == CODES[stop]


def test_what_the_caller_ignores_stays_ignored(case: Path, tmp_path: Path, whole: str) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = started(case, tmp_path / "run")
    finally:
        signal.signal(signal.SIGHUP, before)
    wait_for_block(tmp_path / "run", process)
    process.send_signal(signal.SIGHUP)
    assert finished(process) == whole


class Finaliser:
    def __del__(self) -> None:
        signal.raise_signal(signal.SIGHUP)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_request_that_python_swallowed_is_heard_between_replications() -> None:
    with signals.heard(lambda: None, own=False):
        doomed = Finaliser()
        del doomed  # what is raised in a finaliser is printed and forgotten
        assert requested() == signal.SIGHUP
        with pytest.raises(Stopped) as stopped:
            ks.compare(SCENARIO, replications=4, seed=7, workers=2, progress=False)
        assert stopped.value.number == signal.SIGHUP
    forget_requests()
    stop_if_requested()


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_request_noted_before_anything_has_run_is_heard(engine: str, workers: int) -> None:
    note_request(signal.SIGTERM)
    try:
        with pytest.raises(Stopped):
            ks.compare(SCENARIO, replications=4, seed=7, engine=engine, workers=workers, progress=False)
    finally:
        forget_requests()


def test_handlers_are_the_callers_again_afterwards(capsys: pytest.CaptureFixture[str]) -> None:
    before = [signal.getsignal(one) for one in CODES]
    assert main(["list"]) == 0
    assert capsys.readouterr().out
    assert [signal.getsignal(one) for one in CODES] == before


STARTING = """
import sys, time
sys.argv = ["kravsim", "describe", "jamtland-harjedalen-2017"]
import kravsim.cli
from kravsim import scenario
def slowly(name):
    print("here", flush=True, file=sys.stderr)
    time.sleep(30)
kravsim.load_scenario = slowly
sys.exit(kravsim.cli.main())
"""


@pytest.mark.parametrize("stop", CODES, ids=str)
def test_a_request_early_in_the_start_is_not_lost(stop: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "here\n"
    process.send_signal(stop)
    process.communicate(timeout=20)
    assert process.returncode == CODES[stop]
