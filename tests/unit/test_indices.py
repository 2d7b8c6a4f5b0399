"""Compiled code takes an index as it is: it reads the same items, and never asks whether one counts from the end."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from numba import njit

from kravsim.indices import Compiler
from kravsim.jit_compiled import OPTIONS

PROGRAM = """
import numpy as np
from numba import njit
from kravsim.indices import Compiler
from kravsim.jit_compiled import OPTIONS

@njit(pipeline_class=Compiler, **OPTIONS)
def read(values, row, column):
    return values[row, column]

values = np.arange(6).reshape(2, 3)
assert read(values, 1, 2) == 5
for row, column in ((-1, 0), (0, -1), (2, 0), (0, 3)):
    try:
        print(read(values, row, column))
    except IndexError:
        print("refused")
"""


def moved(values: np.ndarray, first: int, second: int) -> int:
    """Read and write by single numbers, by several, by a row and by literals of either sign."""
    values[first, second] += 10
    row = values[second]
    row[first] -= values[0, second] + values[-1, first]
    values[first, 0] = values[second][-1]
    return int(values[first, second] * row[first])


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0), (1, 1), (2, 1), (2, 2)])
@pytest.mark.parametrize("kind", [np.int64, np.int32, np.int16, np.uint32])
def test_the_same_items_are_read_and_written(first: int, second: int, kind: type[np.integer]) -> None:
    quick = njit(pipeline_class=Compiler, **OPTIONS)(moved)
    ours, pythons = (np.arange(9, dtype=np.int64).reshape(3, 3) ** 2 for _ in range(2))
    assert quick(ours, kind(first), kind(second)) == moved(pythons, first, second)
    assert (ours == pythons).all()


def test_an_index_is_not_compared_with_0() -> None:
    """The gain is there with this version of numba too: machine code of a plain reading has no comparison in it."""

    def read(values: np.ndarray, row: int, column: int) -> int:
        return values[row, column]

    def code(**options: object) -> str:
        function = njit(**options, **OPTIONS)(read)
        function(np.zeros((2, 2), np.int64), 0, 1)
        return next(text for text in function.inspect_llvm().values()).split("define")[1]

    assert "icmp" in code()
    assert "icmp" not in code(pipeline_class=Compiler)


def test_one_that_would_count_from_the_end_is_refused_where_bounds_are_checked() -> None:
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused"] * 4
