"""Are links refused before anything is opened, and paths that no system takes told in words, wherever files are written?"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.properties.strategies import tiny
from tests.unit.result_makers import make_comparison, make_run
from tests.validation.asking import kept, shell

import kravsim as ks
from kravsim import figures
from kravsim.archives import places
from kravsim.archives.store import check_output_dir, write_bytes, write_files
from kravsim.errors import OutputError

CASE = "jamtland-harjedalen-2017"
LINUX = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


def loop(tmp: Path) -> Path:
    (tmp / "loop").symlink_to(tmp / "loop")
    return tmp / "loop"


def in_a_file(tmp: Path) -> Path:
    (tmp / "file").write_bytes(b"mine")
    return tmp / "file" / "a" / "b"


def nowhere(tmp: Path) -> Path:
    (tmp / "dangling").symlink_to(tmp / "none")
    return tmp / "dangling" / "below"


IMPOSSIBLE: dict[str, Callable[[Path], Path]] = {
    "300 letters": lambda tmp: tmp / ("x" * 300),
    "300 letters further down": lambda tmp: tmp / "a" / ("x" * 300) / "b",
    "130 letters of two bytes": lambda tmp: tmp / ("å" * 130),
    "NUL": lambda tmp: tmp / "a\0b",
    "half a pair": lambda tmp: tmp / "\ud800",
    "a link to itself": loop,
    "below a link to itself": lambda tmp: loop(tmp) / "a",
    "below a link to nowhere": nowhere,
    "2 000 levels": lambda tmp: tmp / ("d/" * 2100),
    "too long in all": lambda tmp: tmp.joinpath(*["y" * 200] * 30),
    "below a file": in_a_file,
    "below a device": lambda _: Path("/dev/null/x"),
    "the system's own": lambda _: Path("/proc/1/x"),
}


@LINUX
@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_a_path_that_no_system_takes_is_an_output_error(tmp_path: Path, what: str) -> None:
    path = IMPOSSIBLE[what](tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for follow in (False, True):
        how = {"follow_symlinks": follow}
        for action in (
            lambda how=how: check_output_dir(path, ["a"], **how),
            lambda how=how: write_files(path, {"a": b""}, **how),
            lambda how=how: write_bytes(path / "a", b"", **how),
            lambda how=how: make_run("in_house", 2).save(path / "a.kravsim", **how),
            lambda how=how: make_comparison(2).save(path / "a.kravsim", **how),
            lambda how=how: figures.save_run(make_run("in_house", 2), path, **how),
            lambda how=how: ks.simulate(tiny(), model="in_house", replications=1, seed=1, run_dir=path, **how),
            lambda how=how: ks.simulate(tiny(), model="in_house", replications=1, run_dir=path, **how),
            lambda how=how: ks.simulate(tiny(), model="in_house", replications=1, seed=1, journal=path, **how),
        ):
            with pytest.raises(OutputError) as refused:
                action()
            str(refused.value).encode("utf-8")
    assert sorted(tmp_path.rglob("*")) == before


@LINUX
@pytest.mark.parametrize("what", ["300 letters", "NUL", "a link to itself", "below a file", "2 000 levels"])
def test_the_command_line_ends_with_5(tmp_path: Path, what: str) -> None:
    path = IMPOSSIBLE[what](tmp_path)
    case = kept(tmp_path, tiny())
    run = ("simulate", case, "--model", "in_house", "--replications", 1, "--seed", 1)
    for words in (
        (*run, "--out", path),
        (*run, "--run-dir", path),
        (*run, "--journal", path),
        (*run, "--out", path, "--follow-symlinks"),
        ("calibrate", CASE, "--out", path),
        ("register", CASE, "--csv", path / "a.csv"),
        ("map", CASE, "--model", "in_house", "--out", path / "a.svg"),
        ("new", "mine", "--out", path / "a.toml"),
    ):
        told = shell(*words)
        assert (told.code, told.out) == (OutputError.exit_code, ""), (words, told.err)
        assert "fault in kravsim" not in told.err


def test_a_name_that_is_too_long_for_its_directory_is_refused_before_the_run(tmp_path: Path) -> None:
    for name in ("x" * 300, "a\0b", "\ud800"):
        with pytest.raises(OutputError):
            check_output_dir(tmp_path, [name], force=True)


def test_many_levels_are_made_one_by_one_and_none_is_left_when_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path.joinpath(*["d"] * 1500)
    assert write_bytes(deep / "a", b"1").read_bytes() == b"1"
    (deep / "a").unlink()
    while deep != tmp_path:  # whoever clears the tests away goes down level by level
        deep.rmdir()
        deep = deep.parent
    real, calls = Path.mkdir, 0

    def full(self: Path, *rest: object, **more: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(28, "No space left on device")
        real(self, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(OutputError, match="No space left"):
        write_bytes(tmp_path / "e" / "f" / "g" / "a", b"1")
    assert not (tmp_path / "e").exists()


@LINUX
@pytest.mark.parametrize("kind", ["link", "pipe", "directory", "dangling"])
def test_whatever_stands_at_a_files_name_is_neither_followed_nor_opened(tmp_path: Path, kind: str) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    out = tmp_path / "out"
    out.mkdir()
    target = out / "a.csv"
    {
        "link": lambda: target.symlink_to(outside),
        "pipe": lambda: os.mkfifo(target),
        "directory": target.mkdir,
        "dangling": lambda: target.symlink_to(tmp_path / "none"),
    }[kind]()
    for action in (
        lambda: write_files(out, {"a.csv": b"x"}, force=True),
        lambda: write_files(out, {"a.csv": b"x"}, force=True, follow_symlinks=True),
        lambda: write_bytes(target, b"x", force=True),
    ):
        with pytest.raises(OutputError, match=r"a symbolic link|a named pipe|a directory"):
            action()
    assert outside.read_bytes() == b"mine"
    assert not (tmp_path / "none").exists()


def test_a_directory_that_is_a_link_is_followed_when_that_is_asked_for(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    run = make_run("in_house", 2)
    with pytest.raises(OutputError, match=r"a symbolic link; allowed a directory; .*--follow-symlinks"):
        figures.save_run(run, link)
    assert list(real.iterdir()) == []
    made = figures.save_run(run, link, follow_symlinks=True)
    assert {path.parent for path in made} == {real}
    below = figures.save_run(run, link / "deeper")  # a link above is the user's own
    assert (real / "deeper" / below[0].name).exists()
    assert run.save(link / "a.kravsim") == link / "a.kravsim"
    assert (real / "a.kravsim").exists()


@pytest.mark.parametrize("above", [".", "deep", "deep/../deep"])
def test_a_link_on_the_way_is_refused_below_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, above: str
) -> None:
    """A checkout may hold a link that leads out of it; a link above the working directory is the user's own."""
    here, outside = tmp_path / "real" / "here", tmp_path / "outside"
    (here / "deep").mkdir(parents=True)
    outside.mkdir()
    (tmp_path / "mine").symlink_to(tmp_path / "real")
    (here / above / "out").symlink_to(outside)
    monkeypatch.chdir(tmp_path / "mine" / "here")
    run = make_run("in_house", 2)
    for way in (Path(above, "out"), Path.cwd() / above / "out"):
        for attempt in (
            lambda way=way: figures.save_run(run, way / "figures"),
            lambda way=way: run.save(way / "a.kravsim"),
            lambda way=way: run.save(way / "more" / "a.kravsim"),
        ):
            with pytest.raises(OutputError, match=r"out: got a symbolic link; .*--follow-symlinks"):
                attempt()
    assert list(outside.iterdir()) == []
    figures.save_run(run, Path(above, "out", "figures"), follow_symlinks=True)
    run.save(Path(above, "out", "a.kravsim"), follow_symlinks=True)
    assert {one.name for one in outside.iterdir()} == {"figures", "a.kravsim"}
    assert run.save(tmp_path / "mine" / "here" / "b.kravsim").exists()


def test_a_file_that_is_a_link_is_followed_when_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "a.kravsim"
    link.symlink_to(tmp_path / "there" / "b.kravsim")
    run = make_run("in_house", 2)
    with pytest.raises(OutputError, match="a symbolic link"):
        run.save(link, force=True)
    run.save(link, follow_symlinks=True)
    assert link.is_symlink()
    assert ks.load_run(tmp_path / "there" / "b.kravsim") == run
    with pytest.raises(OutputError, match="an existing file"):
        run.save(link, follow_symlinks=True)


def test_on_the_command_line_links_are_followed_only_when_asked(tmp_path: Path) -> None:
    for name in ("out", "run", "journal"):
        (tmp_path / f"real-{name}").mkdir()
        (tmp_path / name).symlink_to(tmp_path / f"real-{name}")
    run = ("simulate", kept(tmp_path, tiny()), "--model", "in_house", "--replications", 1, "--seed", 1, "--no-progress")
    for option, name in (("--out", "out"), ("--run-dir", "run"), ("--journal", "journal")):
        told = shell(*run, option, tmp_path / name)
        assert told.code == OutputError.exit_code
        assert "a symbolic link" in told.err
        assert list((tmp_path / f"real-{name}").iterdir()) == []
    every = ("--out", tmp_path / "out", "--run-dir", tmp_path / "run", "--journal", tmp_path / "journal")
    told = shell(*run, *every, "--follow-symlinks")
    assert told.code == 0, told.err
    assert (tmp_path / "real-run" / "run.json").exists()
    assert (tmp_path / "real-journal" / "in_house-000000.npz").exists()
    assert len(list((tmp_path / "real-out").iterdir())) == 4
    csv = tmp_path / "a.csv"
    csv.symlink_to(tmp_path / "b.csv")
    assert shell("register", CASE, "--csv", csv).code == OutputError.exit_code
    assert shell("register", CASE, "--csv", csv, "--follow-symlinks").code == 0
    assert (tmp_path / "b.csv").exists()


def test_a_system_that_refuses_to_say_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "lstat", refuse)
    with pytest.raises(OutputError, match="Permission denied"):
        check_output_dir(tmp_path / "a", [])
    monkeypatch.undo()
    monkeypatch.setattr(places.os, "scandir", refuse)
    with pytest.raises(OutputError, match="Permission denied"):
        places.odd_ones(tmp_path)
