"""Inverses agree with textbook quantiles, tables keep the mean, and nonsense is refused."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from kravsim.chance.distributions import (
    LARGEST_TABLE,
    PARAMETERS,
    distribution_problems,
    inverse,
    quantile_table,
)
from kravsim.chance.draws import Draws
from kravsim.errors import RunError, ScenarioError

TINY = 2.0**-53
GRID = np.concatenate([[TINY], (np.arange(999) + 0.5) / 999, [1 - TINY]])

EXAMPLES: dict[str, dict[str, float]] = {
    "fixed": {"value": 2.5},
    "uniform": {"low": -1.5, "high": 4.0},
    "triangular": {"low": 1.0, "mode": 2.0, "high": 7.0},
    "normal": {"mean": 50.0, "sd": 4.0},
    "lognormal": {"median": 300.0, "mean": 500.0},
    "gamma": {"shape": 2.5, "mean": 12.0},
    "exponential": {"mean": 30.0},
}


# The same distributions in scipy.stats, which the package itself does not use.
TEXTBOOK: dict[str, Any] = {
    "uniform": stats.uniform(-1.5, 5.5),
    "triangular": stats.triang(1 / 6, 1.0, 6.0),
    "normal": stats.norm(50.0, 4.0),
    "lognormal": stats.lognorm(math.sqrt(2 * math.log(500 / 300)), scale=300.0),
    "gamma": stats.gamma(2.5, scale=12.0 / 2.5),
    "exponential": stats.expon(scale=30.0),
}


# Inverses


@pytest.mark.parametrize("kind", list(TEXTBOOK))
def test_quantiles_are_the_textbooks(kind: str) -> None:
    np.testing.assert_allclose(inverse(kind, GRID, **EXAMPLES[kind]), TEXTBOOK[kind].ppf(GRID), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("kind", ["lognormal", "gamma", "exponential"])
def test_the_mean_asked_for_is_the_mean_of_the_distribution(kind: str) -> None:
    assert TEXTBOOK[kind].mean() == pytest.approx(EXAMPLES[kind]["mean"], rel=1e-12)


def test_the_median_asked_for_is_the_median() -> None:
    assert inverse("lognormal", 0.5, median=300.0, mean=500.0) == 300.0


@pytest.mark.parametrize("kind", list(EXAMPLES))
def test_quantiles_never_fall_and_keep_the_shape_of_the_probabilities(kind: str) -> None:
    assert np.all(np.diff(inverse(kind, GRID, **EXAMPLES[kind])) >= 0)
    assert inverse(kind, GRID[:6].reshape(2, 3), **EXAMPLES[kind]).shape == (2, 3)
    assert inverse(kind, 0.25, **EXAMPLES[kind]).shape == ()


@pytest.mark.parametrize(
    ("kind", "parameters", "value"),
    [
        ("fixed", {"value": -3}, -3.0),
        ("uniform", {"low": 2, "high": 2}, 2.0),
        ("triangular", {"low": 2, "mode": 2, "high": 2}, 2.0),
        ("normal", {"mean": -7.5, "sd": 0}, -7.5),
        ("lognormal", {"median": 40, "mean": 40}, 40.0),
    ],
)
def test_a_distribution_without_spread_is_its_value(kind: str, parameters: dict[str, float], value: float) -> None:
    assert inverse(kind, GRID, **parameters).tolist() == [value] * len(GRID)


@pytest.mark.parametrize("mode", [1.0, 7.0])
def test_a_triangle_may_have_its_mode_at_a_bound(mode: float) -> None:
    expected = stats.triang((mode - 1) / 6, 1.0, 6.0).ppf(GRID)
    np.testing.assert_allclose(inverse("triangular", GRID, low=1, mode=mode, high=7), expected, rtol=1e-12)


@given(low=st.floats(-1e9, 1e9), width=st.floats(0, 1e9), mode=st.floats(0, 1))
def test_bounded_distributions_stay_within_their_bounds(low: float, width: float, mode: float) -> None:
    high = low + width
    middle = min(max(low + mode * width, low), high)
    for values in (
        inverse("uniform", GRID, low=low, high=high),
        inverse("triangular", GRID, low=low, mode=middle, high=high),
    ):
        assert values.min() >= low
        assert values.max() <= high


@given(low=st.integers(-100, 100), left=st.integers(0, 100), right=st.integers(1, 100))
@example(low=-15, left=50, right=33)
def test_a_triangle_does_not_fall_where_its_sides_meet(low: int, left: int, right: int) -> None:
    meeting = left / (left + right)
    u = np.array([meeting * (1 - 1e-15), np.nextafter(meeting, 0), meeting, np.nextafter(meeting, 1)])
    mode = (low + left) / 100
    found = inverse("triangular", u[u > 0], low=low / 100, mode=mode, high=(low + left + right) / 100)
    assert np.all(np.diff(found) >= 0)


def test_a_rising_side_ends_at_the_mode() -> None:
    u, low, mode, high = 0.5977934189157543, -0.15, 0.34616853770007616, 0.68
    assert inverse("triangular", u, low=low, mode=mode, high=high) <= mode


@pytest.mark.parametrize("u", [0.0, 1.0, -0.1, 1.1, math.nan, [0.5, math.nan]])
def test_a_probability_outside_the_open_interval_is_refused(u: Any) -> None:
    with pytest.raises(ValueError, match="inside the open interval"):
        inverse("normal", u, mean=0.0, sd=1.0)


def test_bits_do_not_depend_on_the_vector_units_of_the_processor() -> None:
    vector_units = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    if not vector_units:
        pytest.skip("numpy uses no optional vector units on this machine")
    code = (
        "import hashlib, numpy as np; from kravsim.chance.distributions import inverse\n"
        "u = (np.arange(20_000) + 0.5) / 20_000\n"
        f"for kind, parameters in {EXAMPLES!r}.items():\n"
        "    print(kind, hashlib.sha256(inverse(kind, u, **parameters).tobytes()).hexdigest())\n"
        "from kravsim.chance.quantiles import gamma_logs, score_tables\n"
        "print('tables', [hashlib.sha256(table.tobytes()).hexdigest() for table in (*score_tables(), gamma_logs(0.5))])\n"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "NPY_DISABLE_CPU_FEATURES": disabled},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for disabled in ("", " ".join(vector_units))
    ]
    assert len(outputs[0].splitlines()) == len(EXAMPLES) + 1
    assert outputs[0] == outputs[1]


# Impossible distributions


@pytest.mark.parametrize(
    ("kind", "parameters", "words"),
    [
        (
            "uniform",
            {"low": 2.0, "high": 1.0},
            "uniform.high: got 1.0; allowed 2.0 (low) or more, with a finite distance; check",
        ),
        ("triangular", {"low": 1, "mode": 9, "high": 5}, "triangular.mode: got 9; allowed 1.0 (low) to 5.0 (high); "),
        ("triangular", {"low": 1, "mode": 0, "high": 5}, "triangular.mode: got 0; allowed 1.0 (low) to 5.0 (high); "),
        (
            "triangular",
            {"low": 5, "mode": 3, "high": 1},
            "triangular.high: got 1; allowed 5.0 (low) or more, with a finite distance; ",
        ),
        ("normal", {"mean": 1.0, "sd": -0.5}, "normal.sd: got -0.5; allowed 0 or more; give the spread"),
        ("lognormal", {"median": 5.0, "mean": 4.0}, "lognormal.mean: got 4.0; allowed 5.0 (median) or more; "),
        ("lognormal", {"median": 0.0, "mean": 4.0}, "lognormal.median: got 0.0; allowed above 0; "),
        ("lognormal", {"median": -2.0, "mean": -2.0}, "lognormal.median: got -2.0; allowed above 0; "),
        ("gamma", {"shape": 0, "mean": 4.0}, "gamma.shape: got 0; allowed above 0; "),
        ("gamma", {"shape": 1, "mean": 0.0}, "gamma.mean: got 0.0; allowed above 0; use the kind fixed"),
        ("exponential", {"mean": 0.0}, "exponential.mean: got 0.0; allowed above 0; use the kind fixed"),
        ("exponential", {"mean": -1.0}, "exponential.mean: got -1.0; allowed above 0; "),
        ("normal", {"mean": math.nan, "sd": 1.0}, "normal.mean: got nan; allowed a finite number; "),
        ("normal", {"mean": 1.0, "sd": math.inf}, "normal.sd: got inf; allowed a finite number; "),
        (
            "normal",
            {"mean": "60", "sd": 1.0},
            "normal.mean: got '60'; allowed a finite number; write it without quotes",
        ),
        ("normal", {"mean": True, "sd": 1.0}, "normal.mean: got true; allowed a finite number; "),
        ("normal", {"mean": None, "sd": 1.0}, "normal.mean: got None; allowed a finite number; "),
        ("fixed", {"value": 10**400}, "fixed.value: got an integer of 1329 bits; allowed a finite number; "),
        ("fixed", {}, "fixed.value: got nothing; allowed a number; fixed takes value"),
        ("fixed", {"value": 1, "sd": 2}, "fixed.sd: got 2; allowed value; remove it: fixed takes value"),
        (
            "gauss",
            {"mean": 1},
            "kind: got 'gauss'; allowed one of fixed, uniform, triangular, normal, lognormal, gamma,",
        ),
        (
            "lognormal",
            {"median": 1e-300, "mean": 1e300},
            "lognormal: got {'median': 1e-300, 'mean': 1e+300}; allowed parameters whose quantiles are finite",
        ),
        ("uniform", {"low": -1.7e308, "high": 1.7e308}, "uniform.high: got 1.7e+308; allowed -1.7e+308 (low)"),
    ],
)
def test_an_impossible_distribution_is_refused_in_words(kind: str, parameters: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        inverse(kind, GRID, **parameters)
    assert words in str(caught.value)
    with pytest.raises(ScenarioError):
        quantile_table(kind, **parameters)


def test_all_problems_of_a_distribution_are_told_at_once_with_their_place() -> None:
    found = distribution_problems(
        "triangular", {"low": "a", "mode": math.nan, "top": 3}, file="a.toml", key="work.days"
    )
    assert [(problem.file, problem.key) for problem in found] == [
        ("a.toml", "work.days.high"),
        ("a.toml", "work.days.low"),
        ("a.toml", "work.days.mode"),
        ("a.toml", "work.days.top"),
    ]
    both = distribution_problems("gamma", {"shape": -1, "mean": -1})
    assert [problem.key for problem in both] == ["gamma.shape", "gamma.mean"]


@pytest.mark.parametrize("kind", list(EXAMPLES))
def test_a_possible_distribution_has_no_problems(kind: str) -> None:
    assert distribution_problems(kind, EXAMPLES[kind]) == ()
    assert tuple(EXAMPLES[kind]) == PARAMETERS[kind]


# Quantile tables


@settings(deadline=None)
@given(
    kind=st.sampled_from(list(EXAMPLES)),
    size=st.sampled_from([1, 2, 64, 1024, 4096]),
    scale=st.sampled_from([1, 0.01, 0.3, 60, 1440.0]),
)
def test_a_table_rises_keeps_the_mean_and_stays_near_its_quantiles(kind: str, size: int, scale: float) -> None:
    table = quantile_table(kind, size, scale, **EXAMPLES[kind])
    quantiles = inverse(kind, (np.arange(size) + 0.5) / size, **EXAMPLES[kind]) * scale
    assert table.dtype == np.int64
    assert table.shape == (size,)
    assert np.all(np.diff(table) >= 0)
    assert np.all(np.abs(table - quantiles) <= 1)
    assert abs(int(table.sum()) - math.fsum(quantiles)) <= 0.5 + 1e-5


def test_a_fraction_is_spread_over_the_table() -> None:
    assert quantile_table("fixed", 8, value=2.25).tolist() == [2, 2, 2, 2, 2, 2, 3, 3]
    assert quantile_table("fixed", 8, value=-2.25).tolist() == [-3, -3, -2, -2, -2, -2, -2, -2]
    assert quantile_table("fixed", 2, scale=100, value=0.29).tolist() == [29, 29]
    assert quantile_table("uniform", 4, scale=4, low=0, high=1).tolist() == [1, 1, 3, 3]


def test_a_table_is_looked_up_by_the_leading_bits() -> None:
    table = quantile_table("exponential", scale=1440, mean=30.0)
    u32 = Draws(1, 0, 0).uniforms32("delay", 0, np.arange(2**16)).ravel()
    found = table[u32 >> 22]
    assert found.min() >= table[0]
    standard_error = table.std() / math.sqrt(found.size)
    assert abs(found.mean() - table.mean()) < 5 * standard_error
    assert abs(table[::-1][u32 >> 22].mean() - table.mean()) < 5 * standard_error
    assert abs(table[u32 >> 23].mean() - table.mean()) > 5 * standard_error


@pytest.mark.parametrize(
    ("kind", "ratio", "shortfall_1024", "shortfall_4096", "of_the_sd"),
    [
        ("exponential", 1.0, 0.0003, 0.0001, 0.003),
        ("lognormal", math.exp(0.125), 0.0002, 0.0001, 0.004),
        ("lognormal", math.exp(0.5), 0.002, 0.0007, 0.03),
        ("lognormal", math.exp(1.125), 0.011, 0.004, 0.15),
        ("lognormal", math.exp(2.0), 0.04, 0.018, None),
    ],
)
def test_tables_fall_short_by_what_the_documentation_says(
    kind: str, ratio: float, shortfall_1024: float, shortfall_4096: float, of_the_sd: float | None
) -> None:
    parameters = {"mean": ratio} if kind == "exponential" else {"median": 1.0, "mean": ratio}
    for size, shortfall in ((1024, shortfall_1024), (4096, shortfall_4096)):
        table = quantile_table(kind, size, 1e6, **parameters)
        assert 1 - table.mean() / (ratio * 1e6) == pytest.approx(shortfall, rel=0.4)
    if of_the_sd is not None:
        sd = 1.0 if kind == "exponential" else ratio * math.sqrt(ratio**2 - 1)
        assert 1 - quantile_table(kind, 1024, 1e6, **parameters).std() / (sd * 1e6) == pytest.approx(of_the_sd, rel=0.4)


@pytest.mark.parametrize("size", [0, -1, 1000, 2 * LARGEST_TABLE, True, 8.0])
def test_a_size_that_no_bits_can_look_up_is_refused(size: Any) -> None:
    with pytest.raises(RunError, match="size: got"):
        quantile_table("fixed", size, value=1.0)


@pytest.mark.parametrize("scale", [0, -1.0, math.nan, math.inf, True, "60"])
def test_a_scale_that_is_none_is_refused(scale: Any) -> None:
    with pytest.raises(ScenarioError, match=r"scale: got .* above 0"):
        quantile_table("fixed", 8, scale, value=1.0)


@pytest.mark.parametrize("scale", [1e16, 1e308])
def test_entries_that_do_not_fit_are_refused(scale: float) -> None:
    with pytest.raises(ScenarioError, match=r"exponential: got .* check the units"):
        quantile_table("exponential", 8, scale, mean=3.0)
