"""Does Tab complete what the command line takes: commands, options, scenarios, models, keys?"""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
from pathlib import Path

import pytest

from kravsim.cli import main

CASE = "jamtland-harjedalen-2017"
ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_shtab_kravsim
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shells")
    for shell in ("bash", "zsh"):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            assert main(["completion", shell]) == 0
        (folder / shell).write_text(said.getvalue(), encoding="utf-8")
    return folder


def completed(scripts: Path, folder: Path, *words: str) -> list[str]:
    asked = ["bash", "--norc", "-c", ASK, "ask", str(scripts / "bash"), "kravsim", *words]
    return subprocess.run(asked, capture_output=True, text=True, check=True, cwd=folder).stdout.split()


@pytest.mark.parametrize(
    ("words", "there"),
    [
        (("comp",), {"compare", "completion"}),
        (("compare", "ja"), {CASE, "jamtland-ten-years"}),
        (("compare", "m"), {"mine.toml"}),
        (("compare", CASE, "--repl"), {"--replications"}),
        (("compare", CASE, "--models", "in_house,out"), {"in_house,outsourced"}),
        (("explain", CASE, "--model", "own"), {"own_reminders"}),
        (("break-even", CASE, "--key", "invoices.per"), {"invoices.per_year"}),
        (("break-even", CASE, "--measure", "economic"), {"economic_result_kr"}),
        (("simulate", CASE, "--engine", "si"), {"simpy"}),
        (("compare", CASE, "--set", "invoices.late_s"), {"invoices.late_share="}),
        (("calibrate", CASE, "--apart", "timing.reminder_g"), {"timing.reminder_grace_days="}),
        (("paper", "build", "--csv", "s"), {"swedish_excel"}),
        (("compare", CASE, "--lang", "s"), {"sv"}),
        (("new", "ja"), set()),
        (("new", "x", "--from", "four"), {"four-contracts"}),
        (("paper", "b"), {"build"}),
        (("simulate", CASE, "--out", "fo"), {"folder"}),
    ],
)
def test_bash_completes(scripts: Path, tmp_path: Path, words: tuple[str, ...], there: set[str]) -> None:
    (tmp_path / "mine.toml").touch()
    (tmp_path / "mine.txt").touch()
    (tmp_path / "folder").mkdir()
    assert set(completed(scripts, tmp_path, *words)) == there


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_reads_its_script(scripts: Path) -> None:
    subprocess.run(["zsh", "-n", str(scripts / "zsh")], check=True)
    asked = f"autoload -Uz compinit && compinit -u -D && source {scripts / 'zsh'} && whence -w _kravsim_models _shtab_kravsim"
    told = subprocess.run(["zsh", "-f", "-c", asked], capture_output=True, text=True, check=True).stdout
    assert told.count("function") == 2


def test_every_kind_of_argument_is_known(scripts: Path) -> None:
    """No mark is left that words should have taken the place of."""
    for shell in ("bash", "zsh"):
        text = (scripts / shell).read_text(encoding="utf-8")
        assert "@scenarios@" not in text
        assert "@keys@" not in text
        assert CASE in text
