"""Compiled quantiles are those of a library, to the last digits that matter, from the first probability to the last."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from numpy.typing import NDArray
from scipy import stats
from scipy.special import ndtri

from kravsim.chance.distributions import inverse
from kravsim.chance.philox import unit_interval
from kravsim.chance.quantiles import LARGEST_POWER, ScoreTables, binary_spread, gamma_logs, score_tables
from kravsim.chance.quantiles_compiled import gamma, lognormal, normal_score, power_of_two, uniform

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
LARGEST = 2**64 - 1
ENDS = np.array(
    [0, 1, 2**11, 2**12, 2**13 - 1, 2**62, 2**63 - 1, 2**63, 2**63 + 2**12, LARGEST - 2**12, LARGEST], np.uint64
)
NEAR_0 = np.array([2**bit + more for bit in range(11, 63) for more in (0, 2**bit // 3)], np.uint64)
WORDS = np.unique(
    np.concatenate(
        [ENDS, NEAR_0, ~NEAR_0, np.random.default_rng(8).integers(0, LARGEST, 20_000, np.uint64, endpoint=True)]
    )
)
"""In rising order, and with them the probabilities."""


@njit  # not kept on disk: kept code would not notice a change
def all_of(words: Words, spread: float, logs: Floats, tables: ScoreTables, out: Floats) -> None:
    for i in range(len(words)):
        out[0, i] = uniform(words[i])
        out[1, i] = normal_score(words[i], tables)
        out[2, i] = lognormal(words[i], spread, tables)
        out[3, i] = gamma(words[i], logs, tables)


@njit
def powers(exponents: Floats, tables: ScoreTables, out: Floats) -> None:
    for i in range(len(exponents)):
        out[i] = power_of_two(exponents[i], tables)


def found(words: Words, spread: float = 1.0, shape: float = 0.5) -> Floats:
    out = np.empty((4, len(words)))
    all_of(words, spread, gamma_logs(shape), score_tables(), out)
    return out


def test_the_uniform_numbers_are_those_of_the_generator() -> None:
    assert np.array_equal(found(WORDS)[0], unit_interval(WORDS))


def test_scores_are_scipys_and_rise_with_the_probability() -> None:
    scores = found(WORDS)[1]
    np.testing.assert_allclose(scores, ndtri(unit_interval(WORDS)), rtol=0, atol=2e-13)
    assert np.all(np.diff(scores) >= 0)
    assert np.array_equal(-scores, found(~WORDS)[1])


@given(st.integers(0, LARGEST))
def test_any_bits_have_scipys_score(word: int) -> None:
    one = np.array([word], np.uint64)
    assert abs(found(one)[1, 0] - stats.norm.ppf(unit_interval(one)[0])) < 2e-13


@pytest.mark.parametrize(("median", "mean"), [(230.0, 440.0), (20.0, 20.0), (1.0, 700.0)])
def test_lognormal_amounts_are_those_of_the_inverse(median: float, mean: float) -> None:
    exact = inverse("lognormal", unit_interval(WORDS), median=median, mean=mean)
    np.testing.assert_allclose(found(WORDS, binary_spread(median, mean))[2] * median, exact, rtol=1e-12)


@pytest.mark.parametrize(
    ("shape", "error"), [(0.01, 1e-7), (0.05, 2e-8), (0.2, 4e-9), (0.5, 1e-9), (1.0, 1e-9), (30.0, 1e-12), (1e3, 1e-12)]
)
def test_gamma_numbers_are_near_the_exact_quantiles(shape: float, error: float) -> None:
    numbers = found(WORDS, shape=shape)[3]
    exact = inverse("gamma", unit_interval(WORDS), shape=shape, mean=1.0)
    assert np.all(np.isfinite(numbers))
    np.testing.assert_allclose(numbers, exact, rtol=error, atol=1e-300)
    assert np.all(np.diff(numbers) >= 0)


def test_powers_of_two_are_numpys_and_stop_at_the_ends() -> None:
    exponents = np.concatenate(
        [np.linspace(-990, 990, 9973), [0.0, 0.5, -1 / 512, 1 / 512, LARGEST_POWER, 1e300, -1e300]]
    )
    out = np.empty(len(exponents))
    powers(exponents, score_tables(), out)
    np.testing.assert_allclose(out[:-2], np.exp2(exponents[:-2]), rtol=3e-15)
    assert out[-2:].tolist() == [2.0**LARGEST_POWER, 2.0**-LARGEST_POWER]
