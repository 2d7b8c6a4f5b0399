"""Does a run directory take only blocks of its own study, and touch nothing outside it?"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import kravsim as ks
from kravsim.archives.columns import packed, unpacked
from kravsim.errors import KravsimError, OutputError, RunError
from kravsim.running.run_directory import ResumeWarning, RunDirectory
from tests.engines.test_resume import MODELS, SCENARIO, blocks, compared

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
OTHERS = {
    "seed": {"seed": 8},
    "scenario": {"scenario": SCENARIO.with_changes({"debtors.number": 151})},
    "models": {"models": MODELS[::-1]},
}


@pytest.fixture(scope="module")
def plain() -> str:
    return compared(3)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("begun") / "run"
    compared(3, place)
    return place


@pytest.fixture
def run_dir(begun: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(begun, tmp_path / "run"))


@pytest.mark.parametrize("what", OTHERS)
def test_a_block_of_another_study_is_set_aside_told_and_redone(
    run_dir: Path, tmp_path: Path, plain: str, what: str
) -> None:
    compared(3, tmp_path / "other", **OTHERS[what])
    for mine, theirs in zip(blocks(run_dir)[:2], blocks(tmp_path / "other")[:2], strict=True):
        shutil.copy(theirs, mine)
    with pytest.warns(ResumeWarning, match=r"\.block: got a block of another study.*set aside as.*run again") as told:
        assert compared(3, run_dir) == plain
    assert len(told) == 2
    assert len(list((run_dir / "blocks").glob("*.dropped"))) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compared(3, run_dir) == plain


def test_blocks_without_their_run_json_are_taken_by_their_own_study_alone(run_dir: Path, plain: str) -> None:
    (run_dir / "run.json").unlink()
    with pytest.warns(ResumeWarning, match="a block of another study"):
        assert compared(3, run_dir, seed=8) == compared(3, seed=8)
    assert compared(3, run_dir, seed=8) != plain


def test_the_directory_of_another_study_is_refused_and_left_alone(run_dir: Path) -> None:
    before = {path: path.read_bytes() for path in run_dir.rglob("*") if path.is_file()}
    for how in OTHERS.values():
        with pytest.raises(RunError, match="which the run was begun with"):
            compared(3, run_dir, **how)
    assert {path: path.read_bytes() for path in run_dir.rglob("*") if path.is_file()} == before


def test_a_directory_of_an_older_version_is_refused_by_its_version(run_dir: Path) -> None:
    """Blocks of before they were marked never come so far."""
    said = json.loads((run_dir / "run.json").read_text("utf-8"))
    (run_dir / "run.json").write_text(json.dumps(said | {"version": "0.0.1"}), "utf-8")
    for one in blocks(run_dir):
        body = one.read_bytes().partition(b"\n")[2]
        one.write_bytes(b"kravsim block 1 " + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    with pytest.raises(RunError, match=r"version: got .*; allowed '0\.0\.1'"):
        compared(3, run_dir)
    (run_dir / "run.json").write_text(json.dumps(said), "utf-8")
    with pytest.warns(ResumeWarning, match=r"\.block: got content that does not fit its checksum"):
        compared(3, run_dir)


def forged(file: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    """Change the arrays of a block and make its checksum anew."""
    head, _, body = file.read_bytes().partition(b"\n")
    mark = head.split(b" ")[3]
    members = unpacked(body, "x")
    change(members)
    body = packed(members)
    checksum = hashlib.sha256(mark + body).hexdigest().encode()
    file.write_bytes(b"kravsim block 2 " + mark + b" " + checksum + b"\n" + body)


@pytest.mark.parametrize(
    "change",
    [
        lambda members: members.clear(),
        lambda members: members.pop("0/numbers.npy"),
        lambda members: members.update({"0/x.npy": members["0/draw.npy"]}),
        lambda members: members.update({"0/model.npy": members["1/model.npy"]}),
        lambda members: members.update({"0/replication.npy": members["0/numbers.npy"]}),
        lambda members: members.update({"0/replication.npy": b"nonsense"}),
    ],
)
def test_whatever_a_block_holds_it_is_used_or_set_aside(
    run_dir: Path, plain: str, change: Callable[[dict[str, bytes]], object]
) -> None:
    forged(blocks(run_dir)[0], change)
    with pytest.warns(ResumeWarning, match="run again"):
        assert compared(3, run_dir) == plain


# ---- links and other strange things --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lock", "blocks", "run.json", "blocks/00000000-00000000.block", "notes", "blocks/x"])
@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "hard"])
def test_nothing_in_the_directory_is_followed_or_opened_that_is_no_plain_file(
    run_dir: Path, tmp_path: Path, name: str, kind: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    precious = outside / "precious.block"
    precious.write_text("mine")
    target = run_dir / name
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    if kind == "hard" and name != "lock":
        pytest.skip("what is only read may have two names, as backups make them")
    {
        "link": lambda: target.symlink_to(outside if name == "blocks" else precious),
        "dangling": lambda: target.symlink_to(outside / "none"),
        "pipe": lambda: os.mkfifo(target),
        "hard": lambda: os.link(precious, target),
    }[kind]()
    for seed in (7, None):
        with pytest.raises(OutputError, match=r"a symbolic link|a named pipe|a hard link"):
            compared(3, run_dir, seed=seed)
    assert precious.read_text() == "mine"
    assert list(outside.iterdir()) == [precious]


@pytest.mark.parametrize(("name", "is_file"), [("lock", False), ("run.json", False), ("blocks", True)])
def test_names_of_our_own_that_are_something_else_are_refused(run_dir: Path, name: str, *, is_file: bool) -> None:
    target = run_dir / name
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
    target.write_text("mine") if is_file else target.mkdir()
    with pytest.raises(OutputError, match=rf"{name}: got a (file|directory)"):
        compared(3, run_dir)


def test_a_file_called_lock_that_is_none_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "lock").write_text("the combination is 12-34")
    with pytest.raises(OutputError, match="no lock of kravsim's"):
        compared(2, tmp_path / "run")
    assert (tmp_path / "run" / "lock").read_text() == "the combination is 12-34"


def test_the_directory_may_be_a_link_only_when_that_is_asked_for(tmp_path: Path, plain: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for seed in (7, None):
        with pytest.raises(OutputError, match="a symbolic link"):
            compared(3, tmp_path / "link", seed=seed)
    assert list((tmp_path / "real").iterdir()) == []
    assert compared(3, tmp_path / "link" / "below") == plain
    assert compared(3, tmp_path / "link" / "below", seed=None, follow_symlinks=True) == plain
    shutil.rmtree(tmp_path / "real" / "below")
    assert compared(3, tmp_path / "link", follow_symlinks=True) == plain
    assert (tmp_path / "real" / "run.json").exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"seed": "7"}', '{"seed": 7, "scenario_text": [1]}', '{"scenario_text": "= ="}', "\x00", "1e999"],
)
def test_whatever_run_json_holds_it_is_refused_in_words(run_dir: Path, text: str) -> None:
    (run_dir / "run.json").write_text(text)
    for seed in (7, None):
        with pytest.raises(KravsimError) as refused:
            ks.compare(SCENARIO, MODELS, replications=2, seed=seed, run_dir=run_dir, workers=1, progress=False)
        assert refused.value.exit_code in (3, 4)


def test_a_block_that_cannot_be_set_aside_ends_the_run_in_words(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks(run_dir)[0].write_bytes(b"torn")
    identity = json.loads((run_dir / "run.json").read_text("utf-8"))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with RunDirectory(run_dir, identity) as directory, pytest.raises(OutputError, match="dropped: got Permission"):
        directory.finished()


def test_what_was_set_aside_before_stays_and_a_block_may_be_a_directory(run_dir: Path, plain: str) -> None:
    first = blocks(run_dir)[0]
    first.write_bytes(b"torn")
    with pytest.warns(ResumeWarning, match=f"set aside as {first.stem}.dropped and run again"):
        assert compared(3, run_dir) == plain
    first.unlink()
    first.mkdir()
    with pytest.warns(ResumeWarning, match=f"set aside as {first.stem}-1.dropped and run again"):
        assert compared(3, run_dir) == plain
    assert first.with_suffix(".dropped").read_bytes() == b"torn"
    assert first.is_file()
