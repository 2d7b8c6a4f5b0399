"""Is there one rounding rule: halves upwards, by ``kravsim.units``, wherever the model rounds an amount, a day or a share?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kravsim

PACKAGE = Path(kravsim.__file__).parent
ROOMS = ("engine", "expected", "explaining", "ledger", "measures", "models", "settling", "stream")
ONE_BY_ONE = ("scenario/parameter_sets.py", "scenario/values.py")
TO_EVEN = re.compile(r"(?<![\w.])round\(|np\.(rint|round|around)\(|\.round\(")
"""Python's and numpy's own, which round halves to even."""


@pytest.mark.parametrize("room", ROOMS)
def test_the_model_rounds_by_the_one_rule(room: str) -> None:
    found = [
        f"{file.name}:{number} {line.strip()}"
        for file in (PACKAGE / room).rglob("*.py")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if TO_EVEN.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_what_a_year_comes_to_is_rounded_by_it_too(name: str) -> None:
    assert not [line for line in (PACKAGE / name).read_text("utf-8").splitlines() if TO_EVEN.search(line)]
