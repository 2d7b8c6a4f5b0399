"""Money is exact, and rounded by the one rule."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravsim.errors import RunError
from kravsim.units import (
    INT64_MAX,
    MINUTES_PER_DAY,
    ORE_PER_KR,
    divide_half_up,
    half_up,
    int64_array,
    kr,
    millionths,
    ore,
    whole,
)


def test_the_units() -> None:
    assert (ORE_PER_KR, MINUTES_PER_DAY) == (100, 24 * 60)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [
        (0, 7, 0),
        (7, 2, 4),
        (5, 2, 3),
        (-5, 2, -2),
        (-7, 2, -3),
        (7, 3, 2),
        (8, 3, 3),
        (-8, 3, -3),
        (1, 3, 0),
        (9, 1, 9),
    ],
)
def test_halves_go_up(numerator: int, denominator: int, quotient: int) -> None:
    assert divide_half_up(numerator, denominator) == quotient
    assert divide_half_up(np.array([numerator]), denominator).tolist() == [quotient]
    assert divide_half_up(np.array([numerator]), np.array([denominator])).tolist() == [quotient]


@given(st.integers(-(10**40), 10**40), st.integers(1, 10**20))
def test_no_whole_number_is_nearer(numerator: int, denominator: int) -> None:
    error = divide_half_up(numerator, denominator) - Fraction(numerator, denominator)
    assert -Fraction(1, 2) < error <= Fraction(1, 2)


@given(st.lists(st.integers(-(2**61), 2**61)), st.integers(1, 2**61))
def test_arrays_are_divided_like_single_numbers(numerators: list[int], denominator: int) -> None:
    divided = divide_half_up(np.array(numerators, np.int64), denominator)
    assert divided.dtype == np.int64
    assert divided.tolist() == [divide_half_up(numerator, denominator) for numerator in numerators]


@pytest.mark.parametrize("numerator", [INT64_MAX // 2, -(INT64_MAX // 2)])
def test_overflow_is_refused_from_the_first_number_that_would_wrap(numerator: int) -> None:
    assert divide_half_up(np.array([numerator]), 1).tolist() == [numerator]
    with pytest.raises(RunError, match="numerator"):
        divide_half_up(np.array([numerator]), 2)
    with pytest.raises(RunError, match="numerator"):
        divide_half_up(np.array([-(2**63)]), 1)
    assert divide_half_up(np.array([0]), 2**62 - 1).tolist() == [0]
    with pytest.raises(RunError, match="numerator"):
        divide_half_up(np.array([0]), 2**62)


@pytest.mark.parametrize(
    ("numerator", "denominator", "words"),
    [
        (1, 0, "denominator: got 0; allowed a whole number from 1"),
        (1, -2, "denominator: got -2"),
        (1.0, 2, "numerator: got 1.0; allowed a whole number"),
        (True, 2, "numerator: got true"),
        (1, True, "denominator: got true"),
        ("1", 2, "numerator"),
        (np.array([1]), 0, "denominator: got 0"),
        (np.array([1, 2]), np.array([1, -1]), "denominator: got -1"),
        (np.array([1.5]), 2, "numerator: got 'float64'"),
        (np.array([True]), 2, "numerator: got 'bool'"),
        (np.array([1]), 2.0, "denominator: got 'float64'"),
        (np.array([2**63], np.uint64), 2, "numerator: got 9223372036854775808"),
    ],
)
def test_what_cannot_be_divided_is_refused(numerator: Any, denominator: Any, words: str) -> None:
    with pytest.raises(RunError, match=words):
        divide_half_up(numerator, denominator)


def test_arrays_are_broadcast_and_may_be_empty() -> None:
    assert divide_half_up(np.array([[1], [3]]), np.array([1, 2])).tolist() == [[1, 1], [3, 2]]
    assert divide_half_up(np.zeros((0, 3), np.int64), 2).shape == (0, 3)
    numpy_scalar: Any = np.int64(5)
    assert type(divide_half_up(numpy_scalar, 2)) is int


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (60, 6000),
        (np.int64(60), 6000),
        ("253.80", 25380),
        ("-0.50", -50),
        (253.8, 25380),
        (np.float64(253.8), 25380),
        (Decimal("0.005"), 1),
        (Decimal("-0.005"), 0),
        (Decimal("0.00499999999999999999999999999999999999"), 0),
        (0.285, 29),
        (1.005, 101),
        (Decimal("1E+3"), 100_000),
        (1e-300, 0),
        (Decimal("1E-999999"), 0),
        (Decimal(0), 0),
        (-0.0, 0),
        ("92233720368547758.07", INT64_MAX),
    ],
)
def test_kronor_become_ore_exactly(amount: Any, expected: int) -> None:
    converted = ore(amount)
    assert converted == expected
    assert type(converted) is int


@pytest.mark.parametrize(
    "amount",
    [
        *[True, False, None, "", "1,50", "1 000", "1_000", " 5", "1e3", "nan", "٣", [1], 1j, np.array([1])],
        *[float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")],
    ],
)
def test_what_is_no_amount_is_refused(amount: Any) -> None:
    with pytest.raises(RunError, match=r"kr: got .*; allowed an amount in kronor"):
        ore(amount)


@pytest.mark.parametrize("amount", ["92233720368547758.08", 10**30, 1e300, Decimal("1E+999999"), Decimal("-1E+17")])
def test_an_amount_beyond_64_bits_is_refused(amount: Any) -> None:
    with pytest.raises(RunError, match="check the unit of the amount"):
        ore(amount)


@given(st.decimals(-(10**12), 10**12, places=6))
def test_ore_agree_with_decimal_arithmetic(amount: Decimal) -> None:
    expected = int((amount * 100 + Decimal("0.5")).to_integral_value(ROUND_FLOOR))
    assert ore(amount) == ore(str(amount)) == expected


@given(st.integers(-(2**50), 2**50))
def test_kronor_and_back(amount: int) -> None:
    assert ore(kr(amount)) == amount


def test_kronor_of_arrays() -> None:
    kronor = kr(np.array([25380, -1], np.int64))
    assert kronor.tolist() == [253.8, -0.01]
    assert kronor.dtype == np.float64


@pytest.mark.parametrize("amount", [1.0, True, "1", np.array([1.0]), np.array([True])])
def test_kronor_are_made_of_whole_ore_only(amount: Any) -> None:
    with pytest.raises(RunError, match="ore: got"):
        kr(amount)


def test_whole_numbers() -> None:
    assert type(whole(np.int32(3), "n", "here")) is int
    assert whole(0, "n", "here", at_least=0) == 0
    with pytest.raises(RunError, match="here: n: got -1; allowed a whole number from 0; give 0 or more"):
        whole(-1, "n", "here", at_least=0)


def test_arrays_of_whole_numbers() -> None:
    numbers = np.array([1, 2], np.int64)
    assert int64_array(numbers, "n", "here") is numbers
    assert int64_array([], "n", "here").dtype == np.int64
    assert int64_array(np.array([7], np.uint8), "n", "here").dtype == np.int64
    largest = np.array([INT64_MAX], np.uint64)
    assert int64_array(largest, "n", "here").tolist() == [INT64_MAX]
    with pytest.raises(RunError, match=r"got 9223372036854775808; allowed .* fit in 64 bits"):
        int64_array(largest + np.uint64(1), "n", "here")
    with pytest.raises(RunError, match="here: n: got 'float64'"):
        int64_array(np.zeros(0), "n", "here")


@pytest.mark.parametrize(
    ("number", "nearest"),
    [
        (0.5, 1),
        (1.5, 2),
        (2.5, 3),
        (-0.5, 0),
        (-1.5, -1),
        (-2.5, -2),
        (2.4999999999999996, 2),
        (0.49999999999999994, 0),
        (2.0**53, 2**53),
    ],
)
def test_floats_are_rounded_half_up_one_by_one_and_in_arrays(number: float, nearest: int) -> None:
    assert half_up(number) == nearest
    assert type(half_up(number)) is int
    assert half_up(np.array([number])).tolist() == [nearest]


@given(st.floats(-1e15, 1e15))
def test_no_whole_number_is_nearer_to_a_float(number: float) -> None:
    error = Fraction(half_up(number)) - Fraction(number)
    assert -Fraction(1, 2) < error <= Fraction(1, 2)
    assert half_up(np.array([number])).tolist() == [half_up(number)]


@pytest.mark.parametrize(
    ("share", "parts"), [(5e-7, 1), (0.2345675, 234_568), (0.1234565, 123_457), (1, 1_000_000), (1e-9, 0)]
)
def test_shares_in_millionths_count_as_the_decimals_that_are_written(share: float, parts: int) -> None:
    assert millionths(share) == parts
