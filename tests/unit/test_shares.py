"""Thresholds keep the shares, and shares that are none are refused."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kravsim.chance.shares import SHARE_TOLERANCE, UNIFORM_RANGE, thresholds
from kravsim.errors import ScenarioError


@given(weights=st.lists(st.integers(0, 1000), min_size=1, max_size=8), spare=st.integers(0, 1000))
def test_every_answer_gets_its_share(weights: list[int], spare: int) -> None:
    total = sum(weights) + spare
    assume(total > 0)
    shares = [weight / total for weight in weights]
    cuts = thresholds(shares)
    assert cuts.shape == (len(shares) + 1,)
    assert cuts[-1] == UNIFORM_RANGE
    widths = np.diff(cuts, prepend=0)
    assert np.all(widths >= 0)
    for width, weight in zip(widths, [*weights, spare], strict=True):
        assert abs(int(width) - Fraction(weight, total) * UNIFORM_RANGE) <= 1 + 1e-5
        assert (width == 0) == (weight == 0)


def test_the_answer_is_the_number_of_thresholds_not_above() -> None:
    cuts = thresholds([0.25, 0.0, 0.5])
    u32 = np.array([0, 2**30 - 1, 2**30, 3 * 2**30 - 1, 3 * 2**30, 2**32 - 1], dtype=np.uint32)
    assert cuts.tolist() == [2**30, 2**30, 3 * 2**30, 2**32]
    assert np.searchsorted(cuts, u32, side="right").tolist() == [0, 0, 2, 2, 3, 3]
    assert (cuts[:, np.newaxis] <= u32).sum(axis=0).tolist() == [0, 0, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([], [2**32]),
        ([0.0], [0, 2**32]),
        ([1.0], [2**32, 2**32]),
        ([1.0, 0.0], [2**32, 2**32, 2**32]),
        ([0.0, 1.0], [0, 2**32, 2**32]),
        ([0.1] * 10, None),
        ([0.9999999999], [2**32, 2**32]),
        ([0.5, 0.4999999995, 0.0], [2**31, 2**32, 2**32, 2**32]),
        ([0.5, 0.5000000005], [2**31, 2**32, 2**32]),
        ([0.5, 0.5000000003, 1e-10], [2**31, 2**32, 2**32, 2**32]),
        ([2.0**-32], [1, 2**32]),
        ([2.0**-34], [0, 2**32]),
        ([np.float32(0.5), 0], [2**31, 2**31, 2**32]),
    ],
)
def test_a_list_meant_to_be_complete_leaves_no_remainder(shares: list[float], expected: list[int] | None) -> None:
    found = thresholds(shares).tolist()
    if expected is None:
        assert found[-2:] == [2**32, 2**32]
        assert np.ptp(np.diff(found[:-1], prepend=0)) <= 1
    else:
        assert found == expected


def test_a_remainder_beyond_the_tolerance_is_kept() -> None:
    assert UNIFORM_RANGE - thresholds([1 - 10 * SHARE_TOLERANCE])[0] == round(10 * SHARE_TOLERANCE * UNIFORM_RANGE)


def test_an_answer_with_share_0_changes_nobody_elses_interval() -> None:
    without = thresholds([0.3, 0.2]).tolist()
    assert thresholds([0.3, 0.0, 0.2]).tolist() == [without[0], without[0], *without[1:]]


def test_a_sum_above_1_is_refused_with_the_sum() -> None:
    with pytest.raises(ScenarioError, match=r"^debtors\.answers: got 1\.02; allowed shares with a sum of at most 1; "):
        thresholds([0.5, 0.52], key="debtors.answers")
    with pytest.raises(ScenarioError, match=r"got 1\.00000000[12]"):
        thresholds([0.5, 0.5 + 2 * SHARE_TOLERANCE])


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (-0.1, "got -0.1; allowed a share from 0 to 1; write a share as a number"),
        (55, "got 55; allowed a share from 0 to 1; did you mean 0.55?"),
        (1.2, "got 1.2; allowed a share from 0 to 1; did you mean 0.012?"),
        (5000.0, "got 5000.0; allowed a share from 0 to 1; write a share as a number"),
        (math.nan, "got nan; allowed a share from 0 to 1; write"),
        (math.inf, "got inf; allowed a share from 0 to 1; write"),
        (True, "got true; allowed a share from 0 to 1; write"),
        ("0.5", "got '0.5'; allowed a share from 0 to 1; write"),
    ],
)
def test_a_share_that_is_none_is_refused_by_place(share: Any, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        thresholds([0.1, share, share])
    assert str(caught.value.problems[0]).startswith(f"shares[1]: {words}")
    assert [problem.key for problem in caught.value.problems] == ["shares[1]", "shares[2]"]
