"""Are files written whole, inside their directory, and never over earlier ones by accident?"""

from __future__ import annotations

import csv
import errno
import io
import math
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravsim.archives import places, store
from kravsim.archives.store import check_output_dir, csv_text, json_text, slug, write_bytes, write_files, write_text
from kravsim.errors import OutputError

FILES = {"a.csv": b"1", "b.csv": b"22", "manifest.json": b"333"}


def contents(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.iterdir()}


def test_files_are_written_in_a_directory_that_is_made(tmp_path: Path) -> None:
    written = write_files(tmp_path / "deep" / "out", FILES)
    assert [path.name for path in written] == list(FILES)
    assert contents(tmp_path / "deep" / "out") == FILES


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")
    made = write_bytes(tmp_path / "made", b"")
    assert made.stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_text_is_utf8(tmp_path: Path) -> None:
    assert write_text(tmp_path / "å.txt", "åäö\n").read_bytes() == "åäö\n".encode()


def test_existing_files_are_refused_all_at_once_and_replaced_with_force(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")
    (tmp_path / "b.csv").write_bytes(b"old")
    with pytest.raises(OutputError, match=r"existing files: a\.csv, b\.csv; .*--force") as caught:
        write_files(tmp_path, FILES)
    assert len(caught.value.problems) == 1
    assert contents(tmp_path) == {"a.csv": b"old", "b.csv": b"old"}
    write_files(tmp_path, FILES, force=True)
    assert contents(tmp_path) == FILES


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_a_full_disk_at_any_file_leaves_the_old_ones_and_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    old = dict.fromkeys(FILES, b"old")
    write_files(tmp_path, old)
    calls = 0
    real = os.fsync

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_files(tmp_path, FILES, force=True)
    assert contents(tmp_path) == old


def test_ctrl_c_while_writing_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store.os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_files(tmp_path, FILES)
    assert contents(tmp_path) == {}


def test_a_failure_to_put_in_place_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError(errno.EIO, f"cannot move {self.suffix} to {target.suffix}")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutputError, match="cannot move"):
        write_files(tmp_path, FILES)
    assert contents(tmp_path) == {}


def test_the_check_before_a_run_leaves_nothing_behind(tmp_path: Path) -> None:
    check_output_dir(tmp_path / "not" / "yet", FILES)
    assert contents(tmp_path) == {}


def test_a_file_in_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="allowed a directory"):
        check_output_dir(tmp_path / "file", FILES)
    with pytest.raises(OutputError, match="is a file"):
        check_output_dir(tmp_path / "file" / "below", FILES)


def test_a_directory_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(places.tempfile, "NamedTemporaryFile", refuse)
    with pytest.raises(OutputError, match="Permission denied"):
        check_output_dir(tmp_path, FILES)


def test_links_and_directories_in_the_way_are_refused_even_with_force(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.csv").symlink_to(outside)
    (out / "b.csv").mkdir()
    with pytest.raises(OutputError) as caught:
        write_files(out, FILES, force=True)
    assert [problem.value for problem in caught.value.problems] == ["a symbolic link", "a directory"]
    assert outside.read_bytes() == b"mine"
    (tmp_path / "link").symlink_to(out)
    with pytest.raises(OutputError, match="a symbolic link"):
        check_output_dir(tmp_path / "link", [])


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/b", "", ".", ".."])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="a plain name inside the directory"):
        check_output_dir(tmp_path, [name])


@pytest.mark.parametrize("name", ["in_house", "jamtland-harjedalen-2017", "a.b", "x" * 80])
def test_a_plain_name_is_its_own_slug(name: str) -> None:
    assert slug(name) == name


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "a/b", "CON", "nul.txt", "", "x" * 300, "a\nb", "a\0b", "😀", ".hidden", "end."]
)
def test_any_other_name_is_cleaned_and_marked(name: str) -> None:
    safe = slug(name)
    assert safe != name
    assert len(safe) <= 80
    assert all(letter.isascii() and (letter.isalnum() or letter in "._-") for letter in safe)


@given(st.lists(st.text(max_size=30), unique=True, max_size=20))
def test_two_names_never_share_a_slug(names: list[str]) -> None:
    assert len({slug(name) for name in names}) == len(names)
    marked = [slug(slug(name)) for name in names if slug(name) != name]
    assert not {slug(name) for name in names} & set(marked)


def test_formulas_are_neutralised_in_text_and_numbers_are_left_alone() -> None:
    text = csv_text(["=h"], [["=1+1"], ["-2+3"], ["@x"], ["\tx"], ["plain"], [-123.45], [-7], [None], [math.nan]])
    assert text.split("\n")[:-1] == ["'=h", "'=1+1", "'-2+3", "'@x", "'\tx", "plain", "-123.45", "-7", '""', '""']


@given(st.lists(st.lists(st.one_of(st.floats(allow_nan=False), st.integers()), min_size=2, max_size=2), max_size=5))
def test_numbers_come_back_exactly(rows: list[list[float]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(["a", "b"], rows))))[1:]
    assert [[float(cell) for cell in row] for row in read] == [[float(cell) for cell in row] for row in rows]


def test_json_refuses_what_json_has_no_word_for() -> None:
    assert json_text({"å": 1}) == '{\n  "\\u00e5": 1\n}\n'
    with pytest.raises(OutputError, match="NaN or infinity"):
        json_text({"x": math.nan})
