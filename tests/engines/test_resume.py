"""Can a study go on after anything that stopped it, and does it end with the same bits?"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim.archives import store
from kravsim.errors import KravsimError, OutputError, RunError, ScenarioError
from kravsim.flow import one_run
from kravsim.running import replicate, run_directory
from kravsim.running.run_directory import ResumeWarning, RunDirectory
from tests.engines.commands import (
    SCENARIO,
    assert_nobody_left,
    blocks,
    case_file,
    finished,
    wait_for_block,
)
from tests.engines.commands import begun as begun_command

MODELS = ("in_house", "outsourced")
LINUX = sys.platform == "linux"


def compared(n: int, run_dir: Path | None = None, **how: Any) -> str:
    """Every number of every replication, NaN and kind of number included."""
    settings = {"seed": 7, "workers": 1, "progress": False} | how
    scenario = settings.pop("scenario", SCENARIO)
    found = ks.compare(scenario, settings.pop("models", MODELS), replications=n, run_dir=run_dir, **settings)
    return repr([run.outcomes for run in found.runs])


@pytest.fixture(scope="module")
def plain() -> str:
    return compared(4)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, plain: str) -> Path:
    """A finished study of four replications, to be copied."""
    place = tmp_path_factory.mktemp("begun") / "run"
    assert compared(4, place) == plain
    return place


@pytest.fixture
def run_dir(begun: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(begun, tmp_path / "run"))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The replications that are really run."""
    seen: list[int] = []
    real = replicate.in_threads

    def counted(task: Any, todo: Any, *rest: Any) -> None:
        seen.extend(number for block in todo for number in block.replications)
        real(task, todo, *rest)

    monkeypatch.setattr(replicate, "in_threads", counted)
    return seen


def test_only_what_is_missing_is_run(run_dir: Path, plain: str, ran: list[int]) -> None:
    assert compared(4, run_dir) == plain
    assert ran == []
    blocks(run_dir)[2].unlink()
    assert compared(4, run_dir) == plain
    assert ran == [2]


def test_more_replications_and_fewer_use_what_is_there(run_dir: Path, ran: list[int]) -> None:
    assert compared(6, run_dir) == compared(6)
    assert ran == [4, 5, *range(6)]
    ran.clear()
    assert compared(2, run_dir) == compared(2)
    assert ran == [0, 1]


def test_the_seed_is_that_of_the_directory_when_none_is_given(run_dir: Path, plain: str) -> None:
    assert compared(4, run_dir, seed=None) == plain
    assert ks.compare(SCENARIO, MODELS, replications=4, run_dir=run_dir, workers=1).first.seed == 7


def cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def flip(body: bytes) -> bytes:
    return body[:-40] + bytes([body[-40] ^ 1]) + body[-39:]


@pytest.mark.parametrize(
    "damage", [cut, flip, lambda _: b"", lambda body: body + b"\n", lambda _: b"kravsim block 1 \n"]
)
def test_a_torn_or_edited_block_is_told_and_run_again(
    run_dir: Path, plain: str, ran: list[int], damage: Callable[[bytes], bytes]
) -> None:
    hurt = blocks(run_dir)[1]
    hurt.write_bytes(damage(hurt.read_bytes()))
    with pytest.warns(ResumeWarning, match=r"00000001-00000001\.block.*does not fit its checksum.*run again"):
        assert compared(4, run_dir) == plain
    assert ran == [1]
    assert hurt.with_suffix(".dropped").exists()
    ran.clear()
    assert compared(4, run_dir) == plain
    assert ran == []


def test_half_written_files_are_cleared_away(run_dir: Path, plain: str) -> None:
    half = run_dir / "blocks" / ".kravsim-0123456789abcdef.part"
    half.write_bytes(b"half")
    assert compared(4, run_dir) == plain
    assert not half.exists()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"seed": 8}, r"seed: got 8; allowed 7, which the run was begun with"),
        ({"models": MODELS[::-1]}, r"models: got \['outsourced', 'in_house'\]"),
        ({"engine": "simpy"}, r"engine: got 'simpy'; allowed 'compiled'"),
        (
            {"scenario": SCENARIO.with_changes({"debtors.number": 151})},
            r"scenario\.debtors\.number\S*: got 151; allowed 150, which the run was begun with",
        ),
    ],
    ids=["seed", "models", "engine", "scenario"],
)
def test_another_study_is_refused_and_the_difference_shown(run_dir: Path, how: dict[str, Any], words: str) -> None:
    before = {path: path.read_bytes() for path in run_dir.rglob("*.*")}
    with pytest.raises(RunError, match=words):
        compared(4, run_dir, **how)
    assert {path: path.read_bytes() for path in run_dir.rglob("*.*")} == before


@pytest.mark.parametrize(
    ("place", "name", "value", "words"),
    [
        (replicate, "STREAM_VERSION", 99, "stream_version: got 99; allowed 2"),
        (replicate, "__version__", "99.0", r"version: got '99\.0'"),
        (run_directory, "environment", lambda: {"code": "0" * 64}, "code: got '000"),
    ],
    ids=["stream version", "version", "code"],
)
def test_another_version_is_refused(
    run_dir: Path, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, value: object, words: str
) -> None:
    monkeypatch.setattr(place, name, value)
    with pytest.raises(RunError, match=words):
        compared(4, run_dir)


def test_other_surroundings_are_told(run_dir: Path, plain: str) -> None:
    said = json.loads((run_dir / "run.json").read_text("utf-8"))
    said["environment"]["packages"]["numpy"] = "1.0"
    (run_dir / "run.json").write_text(json.dumps(said), "utf-8")
    with pytest.warns(ResumeWarning, match=r"packages\.numpy: blocks were made with '1\.0'"):
        assert compared(4, run_dir) == plain


def test_two_cannot_work_in_one_directory(run_dir: Path) -> None:
    identity = json.loads((run_dir / "run.json").read_text("utf-8"))
    with RunDirectory(run_dir, identity), pytest.raises(RunError, match=f"process {os.getpid()} at work in it"):
        compared(4, run_dir)
    assert compared(4, run_dir)


def test_a_directory_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"thesis\.txt"):
        compared(2, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(OutputError, match="a file"):
        compared(2, tmp_path / "thesis.txt")


@pytest.mark.parametrize("failing", range(2, 8))
def test_a_full_disk_ends_the_run_in_words_and_keeps_what_is_finished(
    tmp_path: Path, plain: str, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    calls, real = 0, os.fsync

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(store.os, "fsync", full)
        # syncing the directory itself is a courtesy; only a file that cannot be written ends the run
        outcome: str | None = None
        try:
            outcome = compared(4, tmp_path / "run")
        except OutputError as error:
            assert "No space left on device" in str(error)  # noqa: PT017 - either end is right, this one in words
    assert outcome in (None, plain)
    assert not list(tmp_path.rglob("*.part"))
    assert compared(4, tmp_path / "run") == plain


def test_a_failing_replication_keeps_the_blocks_before_it(
    tmp_path: Path, plain: str, monkeypatch: pytest.MonkeyPatch, ran: list[int]
) -> None:
    from kravsim.running import blocks as studied

    real = studied.setting

    def failing(scenario: Any, draws: Any, models: Any, **more: Any) -> Any:
        if draws.replication == 2:
            raise ZeroDivisionError("by design")
        return real(scenario, draws, models, **more)

    with monkeypatch.context() as patch:
        patch.setattr(studied, "setting", failing)
        with pytest.raises(
            RunError, match=r"replication 2: got 'ZeroDivisionError.*one_run\(scenario, model, seed=7, repl"
        ):
            compared(4, tmp_path / "run")
    assert len(blocks(tmp_path / "run")) == 2
    ran.clear()
    assert compared(4, tmp_path / "run") == plain
    assert ran == [2, 3]


def test_journals_hold_every_event_and_posting_of_every_replication(tmp_path: Path) -> None:
    ks.compare(SCENARIO, MODELS, replications=3, seed=7, workers=2, journal=tmp_path / "j", progress=False)
    expected = {f"{model}-{number:06d}.npz" for model in MODELS for number in range(3)}
    assert {path.name for path in (tmp_path / "j").iterdir()} == expected
    parts = one_run(SCENARIO, "in_house", seed=7, replication=2)
    with np.load(tmp_path / "j" / "in_house-000002.npz", allow_pickle=False) as raw:
        assert np.array_equal(raw["events_minute"], parts.log.minute)
        assert np.array_equal(raw["postings_amount_ore"], parts.ledger.postings.amount_ore)
    read = ks.read_journal(tmp_path / "j" / "in_house-000002.npz")
    assert len(read["events"]) == len(parts.log)
    assert int(read["postings"]["amount_ore"].sum()) == int(parts.ledger.postings.amount_ore.sum())
    answered = read["events"][read["events"]["kind"] == "answered"]
    assert set(answered.loc[answered["step"] == "solvency_check", "answer"]) == {"solvent", "not_solvent"}
    assert read["events"].loc[read["events"]["kind"] != "answered", "answer"].isna().all()
    assert set(read["events"].loc[read["events"]["kind"] == "ended", "step"]) >= {"paid"}
    with pytest.raises(OutputError, match="2 existing files: in_house-000000"):
        compared(1, journal=tmp_path / "j")


def test_journals_are_made_again_where_they_are_missing(tmp_path: Path, run_dir: Path, ran: list[int]) -> None:
    compared(2, run_dir, journal=tmp_path / "j")
    assert ran == [0, 1]
    ran.clear()
    (tmp_path / "j" / "outsourced-000001.npz").unlink()
    compared(2, run_dir, journal=tmp_path / "j")
    assert ran == [1]


# --- a command of its own, stopped from outside

N = 12


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return case_file(tmp_path_factory)


@pytest.fixture(scope="module")
def whole(case: Path) -> str:
    """What an uninterrupted run prints."""
    return finished(started(case, None))


def started(case: Path, run_dir: Path | None, *, workers: int = 2) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "kravsim", "compare", str(case), "--replications", str(N), "--seed", "7", "--json"]
    words += ["--workers", str(workers), *([] if run_dir is None else ["--run-dir", str(run_dir)])]
    return begun_command(words)


@pytest.fixture
def nobody_left() -> Iterator[list[int]]:
    """Sessions that must be empty soon after the test."""
    sessions: list[int] = []
    yield sessions
    assert_nobody_left(sessions, 3)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(not LINUX, reason="asks the system's table of processes")
def test_killed_at_random_points_the_result_is_the_same_in_the_end(
    case: Path, whole: str, tmp_path: Path, nobody_left: list[int]
) -> None:
    chance = random.Random(20_181)  # noqa: S311 - points in time
    kills = 0
    for round_ in range(5):
        process = started(case, tmp_path / "run", workers=1 + round_ % 2)
        nobody_left.append(process.pid)
        if round_ == 0:
            wait_for_block(tmp_path / "run", process)
        else:
            time.sleep(chance.uniform(0.2, 1.8))
        if process.poll() is None:
            kills += 1
        if round_ % 3 == 2:
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.kill()  # only the parent: its workers must notice
        process.communicate(timeout=20)
    assert kills >= 2
    assert finished(started(case, tmp_path / "run")) == whole


def test_the_command_line_refuses_in_words(case: Path, run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from kravsim.cli import main

    words = ["compare", str(case), "--replications", "2", "--workers", "1"]
    assert main([*words, "--run-dir", str(run_dir), "--seed", "8", "--lang", "en"]) == RunError.exit_code
    assert "seed: got 8; allowed 7" in capsys.readouterr().err
    assert main([*words, "--run-dir", " ", "--lang", "en"]) == ScenarioError.exit_code
    assert "--run-dir: got ' '; allowed a directory" in capsys.readouterr().err
    assert issubclass(RunError, KravsimError)
