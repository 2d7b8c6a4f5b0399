"""Is nothing lost, and no fault claimed, whatever standard output is?"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kravsim as ks
from kravsim.cli import main, streams
from kravsim.errors import OutputError

LINUX = sys.platform == "linux"


def listed(shell: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``kravsim list`` with its streams redirected by a shell."""
    words = ["sh", "-c", f'"{sys.executable}" -m kravsim list --lang en {shell}']
    return subprocess.run(words, env={**os.environ, **environment}, capture_output=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def plain() -> str:
    found = listed("", PYTHONIOENCODING="utf-8")
    assert found.returncode == 0
    return found.stdout.decode("utf-8")


@pytest.mark.skipif(not LINUX, reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("shell", "why"),
    [(">&-", "closed"), ("> /dev/full", "No space left on device"), ("<&- >&-", "closed")],
)
def test_what_standard_output_does_not_take_goes_to_standard_error(plain: str, shell: str, why: str) -> None:
    found = listed(shell, PYTHONIOENCODING="utf-8")
    told = found.stderr.decode("utf-8")
    assert found.returncode == OutputError.exit_code
    assert plain in told
    assert f"kravsim: standard output: got {why}" in told
    assert "fault in kravsim" not in told


@pytest.mark.skipif(not LINUX, reason="needs a device that is always full")
@pytest.mark.parametrize("shell", ["> /dev/full 2> /dev/full", ">&- 2>&-", "> /dev/full 2>&-"])
def test_nobody_to_tell_changes_no_exit_code(shell: str) -> None:
    assert listed(shell).returncode == OutputError.exit_code


@pytest.mark.parametrize("shell", ["2> /dev/full", "2>&-", "<&-"])
@pytest.mark.skipif(not LINUX, reason="needs a device that is always full")
def test_standard_error_and_input_are_not_needed(plain: str, shell: str) -> None:
    found = listed(shell, PYTHONIOENCODING="utf-8")
    assert (found.returncode, found.stdout.decode("utf-8")) == (0, plain)


@pytest.mark.skipif(not LINUX, reason="needs a device that is always full")
def test_help_that_cannot_be_written_is_told() -> None:
    words = ["sh", "-c", f'"{sys.executable}" -m kravsim --lang en --help > /dev/full']
    found = subprocess.run(words, capture_output=True, timeout=60, check=False, text=True)
    assert found.returncode == OutputError.exit_code
    assert "usage: kravsim" in found.stderr


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("ascii", "Region Jamtland Harjedalen 2017"),
        ("cp850", "Region Jämtland Härjedalen 2017"),
        ("latin-1", "Region Jämtland Härjedalen 2017"),
        ("utf-8", "Region Jämtland Härjedalen 2017"),
        ("ascii:strict", "Region Jamtland Harjedalen 2017"),
    ],
)
def test_characters_that_a_stream_lacks_are_replaced(encoding: str, name: str) -> None:
    found = listed("", PYTHONIOENCODING=encoding)
    assert found.returncode == 0, found.stderr
    assert name in found.stdout.decode(encoding.partition(":")[0])


def test_a_table_in_a_poor_encoding_keeps_its_columns() -> None:
    line = "Net\u00a0revenue  −1\u00a0013\u00a0000 kr  5–95 %…"
    assert streams.fitted(line, "ascii") == "Net revenue  -1 013 000 kr  5-95 %."
    assert streams.fitted(line, "utf-8") == line
    assert streams.fitted("\udcff 収", "cp850") == "? ?"
    assert streams.fitted("å", "no-such-encoding") == "å"


class Failing(io.StringIO):
    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


def test_files_are_left_although_the_table_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = ks.load_scenario("jamtland-harjedalen-2017").with_changes(
        {"invoices.per_year": 1500, "debtors.number": 150, "horizon.history_years": 1}
    )
    case = tmp_path / "case.toml"
    case.write_text(scenario.text, "utf-8")
    monkeypatch.setattr(sys, "stdout", Failing())
    words = ["simulate", str(case), "--model", "in_house", "--replications", "2", "--seed", "1", "--lang", "en"]
    assert main([*words, "--out", str(tmp_path / "out"), "--lang", "en"]) == OutputError.exit_code
    assert list((tmp_path / "out").iterdir())
    told = capsys.readouterr().err
    assert "No space left on device" in told
    assert "Net revenue" in told


def test_a_reader_that_has_enough_ends_it_without_a_word() -> None:
    words = ["sh", "-c", f'"{sys.executable}" -m kravsim schema | head -c 10']
    found = subprocess.run(words, capture_output=True, timeout=60, check=False)
    assert found.stderr == b""
