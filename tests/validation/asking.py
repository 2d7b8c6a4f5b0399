"""Asking kravsim something in both ways a user can, and what it said: the library, and the command line in this process."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from kravsim import cli
from kravsim.errors import KravsimError, ScenarioError
from kravsim.scenario import Scenario, ScenarioWarning, load_scenario

INPUTS = Path(__file__).parent / "inputs"
ASSUMED = 'source = "assumption", status = "assumed"'


@dataclass(frozen=True)
class Told:
    """What the command line answered."""

    code: int
    out: str
    err: str


def shell(*words: object) -> Told:
    """Run one command in this process: results in Swedish, errors in English, unless the words say which language."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.main([str(word) for word in words])
    return Told(code, out.getvalue(), err.getvalue())


def refused(action: Callable[[], object], *, exit_code: int = 2) -> str:
    """Do something that must be refused, and return all problems in words; each says what is allowed and what to do."""
    with pytest.raises(KravsimError) as caught:
        action()
    assert caught.value.exit_code == exit_code
    assert all(problem.allowed and problem.remedy for problem in caught.value.problems)
    return str(caught.value)


def refused_everywhere(path: object) -> str:
    """Refuse a scenario through the library and on the command line, in the same words and before anything is printed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)
        said = refused(lambda: load_scenario(path if isinstance(path, Path) else str(path)))
    told = shell("validate", path)
    assert (told.code, told.out) == (ScenarioError.exit_code, "")
    for line in said.splitlines():
        assert line in told.err
    assert "Traceback" not in told.err
    return said


def expected(path: Path) -> list[str]:
    """Read from the head of a file what the answer to it must say."""
    words = re.findall(r"^# says: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert words
    return words


def written(folder: Path, text: str, name: str = "wrong.toml") -> Path:
    """Write a scenario file that extends the bundled case."""
    file = folder / name
    file.write_text(f'extends = "jamtland-harjedalen-2017"\nname = "wrong"\n{text}', encoding="utf-8")
    return file


def kept(folder: Path, scenario: Scenario) -> Path:
    """Keep a changed scenario as a file."""
    file = folder / "kept.toml"
    file.write_text(scenario.text, encoding="utf-8")
    return file
