"""Do the studies of a user's own numbers give the exact answers of cases that have one?"""

from __future__ import annotations

import itertools
import math
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import kravsim as ks

CASES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("decision_cases.toml").read_text(encoding="utf-8"))
Z = 5.0
"""Standard errors that a sampled answer may be from the exact one: false alarm 6e-7 a test, with these seeds none."""


def two(benefit: Sequence[float] | np.ndarray) -> np.ndarray:
    """Net benefit of doing nothing and of doing something."""
    return np.column_stack([np.zeros(len(benefit)), benefit])


def loss(z: float) -> float:
    return float(stats.norm.pdf(z) - z * stats.norm.sf(z))


def integral(gain: Callable[[float], float], law: Any) -> float:
    low, high = law.ppf(1e-13), law.ppf(1 - 1e-13)
    points = np.linspace(low, high, 401)
    return sum(integrate.quad(lambda x: gain(x) * law.pdf(x), a, b)[0] for a, b in itertools.pairwise(points))


# Sobol indices


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


UNIFORM = stats.uniform(-np.pi, 2 * np.pi)


def near(
    found: ks.studies.decision.sobol_indices.SobolIndices, first: Sequence[float], total: Sequence[float], at: float
) -> None:
    """Within the error that is stated, and within an error known beforehand."""
    for exact, got, se in (
        (np.array(first), found.first_order, found.first_se),
        (np.array(total), found.total_order, found.total_se),
    ):
        assert (np.abs(got - exact) <= Z * se + 1e-12).all()
        assert np.abs(got - exact).max() < at


@pytest.mark.parametrize("seed", range(4))
def test_sob_01_ishigami(seed: int) -> None:
    case = CASES["sob_01"]
    found = ks.studies.sobol(ishigami, [UNIFORM] * 3, 4096, seed)
    near(found, case["first"], case["total"], 0.03)
    assert found.mean == pytest.approx(case["mean"], abs=0.02)
    assert found.variance == pytest.approx(case["variance"], rel=0.03)


def g_function(a: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.prod((np.abs(4 * x - 2) + a[:, None]) / (1 + a[:, None]), axis=0)


@pytest.mark.parametrize("a", [CASES["sob_04"]["a"], [0, 0.5, 3, 9, 99], [0, 0, 0]])
def test_sob_04_g_function(a: list[float]) -> None:
    alone = 1 / (3 * (1 + np.array(a)) ** 2)
    variance = float(np.prod(1 + alone) - 1)
    total = alone * np.array([np.prod(1 + np.delete(alone, k)) for k in range(len(a))]) / variance
    found = ks.studies.sobol(g_function(np.array(a)), [stats.uniform()] * len(a), 2**14, 1)
    near(found, list(alone / variance), list(total), 0.03)
    if a == CASES["sob_04"]["a"]:
        assert variance == pytest.approx(CASES["sob_04"]["variance"], rel=1e-12)
        assert found.variance == pytest.approx(variance, rel=0.01)


def test_sob_07_what_acts_only_together_is_seen_in_the_total_alone() -> None:
    case = CASES["sob_07"]
    found = ks.studies.sobol(lambda x: x[0] * x[1], [stats.norm()] * 3, 2**14, 2)
    near(found, case["first"], case["total"], 0.05)
    assert found.total_order[2] == found.first_order[2] == 0.0
    assert "acting together" in found.sentence("en")


@pytest.mark.parametrize(
    "laws",
    [
        [stats.norm(3, 2), stats.gamma(2, scale=3), stats.triang(0.3)],
        [stats.poisson(4), stats.bernoulli(0.3), stats.randint(0, 6)],
        [stats.lognorm(0.4), stats.beta(2, 5), stats.uniform(-1, 4)],
    ],
)
def test_sob_a_sum_has_the_shares_of_its_parts(laws: list[Any]) -> None:
    weights = np.array([2.0, -1.0, 5.0])
    parts = weights**2 * [law.var() for law in laws]
    found = ks.studies.sobol(lambda x: 1e6 + weights @ x, laws, 2**13, 5)
    near(found, list(parts / parts.sum()), list(parts / parts.sum()), 0.05)


def test_sob_is_scipys_method_on_scipys_points() -> None:
    found = ks.studies.sobol(ishigami, [UNIFORM] * 3, 512, 11)
    theirs = stats.sobol_indices(func=ishigami, n=512, dists=[UNIFORM] * 3, rng=np.random.default_rng(11))
    assert found.first_order == pytest.approx(theirs.first_order, abs=1e-9)
    assert found.total_order == pytest.approx(theirs.total_order, abs=1e-9)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[0] + 2 * x[1] * x[2],
        lambda x: x[:, 0] + 2 * x[:, 1] * x[:, 2],
        lambda a, b, c: a + 2 * b * c,
        lambda a, b, c: math.fsum([a, 2 * b * c]),
        lambda point: math.fsum([point[0], 2 * point[1] * point[2]]),
    ],
    ids=["rows", "columns", "arguments", "numbers", "points"],
)
def test_sob_a_function_is_called_as_it_was_written(function: Callable[..., Any]) -> None:
    laws = {"price": stats.norm(), "volume": stats.norm(), "share": stats.norm()}
    wanted = ks.studies.sobol(lambda x: x[0] + 2 * x[1] * x[2], laws, 256, 3)
    found = ks.studies.sobol(function, laws, 256, 3)
    assert found.names == ("price", "volume", "share")
    assert found.total_order == pytest.approx(wanted.total_order, abs=1e-9)


# value of information


@pytest.mark.parametrize(("z", "exact"), CASES["voi_01"]["loss"].items())
def test_voi_01_normal_loss(z: str, exact: float) -> None:
    assert loss(float(z)) == pytest.approx(exact, rel=1e-9)
    draws = np.random.default_rng(1).normal(float(z), 1, 200_000)
    value = ks.studies.evpi(two(draws))
    assert abs(value - exact) < Z * value.se
    assert value.se < 0.003


def test_voi_04_correlated_inputs() -> None:
    case, rng = CASES["voi_04"], np.random.default_rng(4)
    p1 = rng.normal(1, 1, 20_000)
    benefit = two(p1 + rng.normal(p1, 2))
    value, part = ks.studies.evpi(benefit), ks.studies.evppi(benefit, p1)
    assert abs(value - case["evpi"]) < Z * value.se
    assert abs(part - case["evppi_p1"]) < Z * part.se
    assert part > 5 * case["if_p2_were_independent"]


def test_voi_a_table_of_cases_is_exact() -> None:
    benefit = [[10, 0, 3], [0, 6, 3], [0, 2, 9], [0, 8, 3]]
    assert float(ks.studies.evpi(benefit)) == pytest.approx((10 + 6 + 9 + 8) / 4 - 4.5, rel=1e-12)
    assert float(ks.studies.evppi(benefit, [0, 0, 1, 1])) == pytest.approx(1.0, rel=1e-12)


def test_voi_a_grid_of_two_inputs_is_exact() -> None:
    a, b = (axis.ravel() for axis in np.meshgrid(np.linspace(-2, 3, 41), np.linspace(-1, 1, 30)))
    benefit = two(a + 3 * b - 0.7)
    exact = np.maximum(np.linspace(-2, 3, 41) - 0.7, 0).mean() - max(0.0, (np.linspace(-2, 3, 41) - 0.7).mean())
    assert float(ks.studies.evppi(benefit, a)) == pytest.approx(exact, rel=1e-9)
    assert float(ks.studies.evppi(benefit, np.column_stack([a, b]))) <= float(ks.studies.evpi(benefit))


VOI: dict[str, tuple[Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]], float]] = {}


def voi_case(exact: float) -> Callable[[Any], Any]:
    def keep(function: Any) -> Any:
        VOI[function.__name__] = function, exact
        return function

    return keep


@voi_case(integral(lambda x: max(0.0, 30 * (x * x - 0.5)), stats.uniform(-1, 2)))
def both_ends_favour_one_option(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.uniform(-1, 1, n)
    return two(30 * (x**2 - 0.5) + rng.normal(0, 5, n)), x


@voi_case(1 / np.pi)
def a_pair_that_acts_only_together(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.normal(size=(n, 2))
    return two(x[:, 0] * x[:, 1] + rng.normal(0, 0.5, n)), x


@voi_case(0.0)
def one_of_a_pair_that_acts_only_together(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.normal(size=(n, 2))
    return two(x[:, 0] * x[:, 1] + rng.normal(0, 0.5, n)), x[:, 0]


@voi_case(0.0)
def noise(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    return two(rng.normal(0, 1, n)), rng.normal(size=(n, 2))


@voi_case(math.sqrt(5) * loss(0.5 / math.sqrt(5)))
def five_of_six_that_add_up(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.normal(size=(n, 6))
    return two(x.sum(axis=1) - 0.5), x[:, :5]


@voi_case(float(sum(max(k - 2, 0) * stats.poisson.pmf(k, 2) for k in range(60))))
def a_count(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.poisson(2, n)
    return two(x - 2.0 + rng.normal(0, 3, n)), x


@voi_case(0.25 * 4 + 0.0)
def a_reading_of_the_case(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.choice(["a", "b", "c", "d"], n)
    return two(np.select([x == "a", x == "b"], [4.0, -1.0], -3.0) + rng.normal(0, 2, n)), x


@voi_case(integral(lambda x: max(0.0, x - 3), stats.lognorm(1.2)) - max(0.0, stats.lognorm(1.2).mean() - 3))
def a_long_tail(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.lognormal(0, 1.2, n)
    return two(x - 3 + rng.normal(0, 3, n)), x


@voi_case(1.5 / math.sqrt(math.pi))
def the_best_of_three(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The largest of three standard normals is worth 1.5/sqrt(pi) in the mean."""
    x = rng.normal(size=(n, 3))
    return x + rng.normal(size=(n, 1)), x


@pytest.mark.parametrize("name", VOI)
def test_voi_of_inputs_of_every_kind(name: str) -> None:
    make, exact = VOI[name]
    benefit, inputs = make(np.random.default_rng(7), 4_000)
    found = ks.studies.evppi(benefit, inputs)
    assert abs(found - exact) < Z * found.se
    assert 0 <= found <= ks.studies.evpi(benefit)
    assert found.se < 0.15 * max(exact, 0.2)


def test_voi_the_error_is_neither_too_small_nor_too_large() -> None:
    make, exact = VOI["five_of_six_that_add_up"]
    scores = []
    for seed in range(20):
        benefit, inputs = make(np.random.default_rng(100 + seed), 800)
        found = ks.studies.evppi(benefit, inputs[:, 0])
        scores.append((found - loss(0.5)) / found.se)
    # 20 scores of standard normals: mean within 5/sqrt(20), standard deviation between 0.4 and 1.9 at 1e-6
    assert exact > loss(0.5)
    assert abs(np.mean(scores)) < Z / math.sqrt(20)
    assert 0.4 < np.std(scores, ddof=1) < 1.9


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_voi_the_chance_curve_has_the_shares_and_the_exact_intervals(level: float) -> None:
    rng = np.random.default_rng(3)
    table = rng.normal([0.3, 0.0, -0.4], 1, (200, 3))
    curve = ks.studies.chance_curve(table, "option 2", thresholds=[-2, 0, 0.5, 9], level=level)
    gain = table[:, 1] - np.maximum(table[:, 0], table[:, 2])
    assert curve.gain == pytest.approx(gain)
    for x, chance, low, high in zip(curve.thresholds, curve.chance, curve.low, curve.high, strict=True):
        many = int((gain > x).sum())
        exact = stats.binomtest(many, 200).proportion_ci(level, "exact")
        assert (chance, low, high) == pytest.approx((many / 200, exact.low, exact.high), abs=1e-12)
    assert curve.at(0.0) == curve.chance[1]


def test_voi_a_normal_chance_curve_is_the_normal_law() -> None:
    draws = np.random.default_rng(5).normal(1, 2, 40_000)
    curve = ks.studies.chance_curve(two(draws), "option 2")
    assert 0.0 in curve.thresholds
    exact = stats.norm.sf(curve.thresholds, 1, 2)
    assert np.abs(curve.chance - exact).max() < Z * 0.5 / math.sqrt(40_000)
    assert (np.diff(curve.chance) <= 0).all()
    assert "option 2 is better in" in curve.sentence("en")
    assert "i en av två" in curve.sentence("sv")
    assert len(curve.to_frame()) == len(curve.thresholds)
    assert "sannolikhet" in curve.table("sv")


# money over time


def test_npv_01() -> None:
    assert ks.studies.npv([-40_000, 5_000, 8_000, 12_000, 30_000], 0.08) == pytest.approx(
        CASES["npv_01"]["value"], rel=1e-12
    )


@pytest.mark.parametrize(("rate", "periods", "factor"), CASES["npv_04"]["factors"])
def test_npv_04_annuities(rate: float, periods: int, factor: float) -> None:
    assert ks.studies.annuity_factor(rate, periods) == pytest.approx(factor, rel=1e-12)
    assert ks.studies.npv([0, *[1] * periods], rate) == pytest.approx(factor, rel=1e-12)


def test_npv_07_real_flows_at_real_rates_are_nominal_flows_at_nominal_rates() -> None:
    nominal = ks.studies.nominal_rate(0.035, 0.02)
    assert nominal == pytest.approx(CASES["npv_07"]["nominal"], rel=1e-12)
    assert ks.studies.real_rate(nominal, 0.02) == pytest.approx(0.035, rel=1e-12)
    real = [-100.0, 30.0, 40.0, 50.0]
    swollen = [flow * 1.02**year for year, flow in enumerate(real)]
    assert ks.studies.npv(swollen, nominal) == pytest.approx(ks.studies.npv(real, 0.035), rel=1e-12)


@pytest.mark.parametrize("rate", [-0.5, 0.0, 0.1, 9.0, 1e6])
def test_npv_of_any_rate(rate: float) -> None:
    assert ks.studies.npv([3.0, -2.0, 5.0], rate) == pytest.approx(3 - 2 / (1 + rate) + 5 / (1 + rate) ** 2, rel=1e-12)
    assert ks.studies.npv([7.5], rate) == 7.5
    assert ks.studies.npv(pd.Series([3.0, -2.0], index=[2019, 2020]), rate) == pytest.approx(3 - 2 / (1 + rate))


@pytest.mark.parametrize(
    ("flows", "rates", "touching"),
    [
        ([-100, 110], [0.1], []),
        ([-1_000, 2_500, -1_540], [0.1, 0.4], []),
        ([-1, 2.2, -1.21], [0.1], [0.1]),
        ([-1, 3.3, -3.63, 1.331], [0.1], []),
        ([1, 2, 3], [], []),
        ([-3, 1, 1], [-0.2324081207560018], []),
        ([100, -100, 100], [], []),
        ([0, 0, -1, 1.5, 0], [0.5], []),
        ([5], [], []),
        ([-1, 6, -11, 6], [0.0, 1.0, 2.0], []),
        ([-1, 0, 0, 1.331], [0.1], []),
        ([-1e9, 1], [1e-9 - 1], []),
        ([-100, *[0] * 999, 300], [3 ** (1 / 1000) - 1], []),
    ],
)
def test_npv_every_internal_rate_or_none(flows: list[float], rates: list[float], touching: list[float]) -> None:
    found = ks.studies.irr(flows)
    assert list(found) == pytest.approx(rates, rel=1e-9, abs=1e-9)
    assert list(found.touching) == pytest.approx(touching, abs=1e-9)


def test_npv_internal_rates_of_flows_made_from_their_rates() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        rates = np.sort(rng.uniform(-0.8, 3, rng.integers(1, 6)))
        flows = np.array([1.0])
        for rate in rates:
            flows = np.convolve(flows, [-1, 1 + rate])
        found = ks.studies.irr(np.convolve(flows, [1, 0.7, 1.3]) * 10 ** rng.uniform(-3, 8))  # a factor without roots
        assert np.abs(np.array(found) - rates).max() < 1e-5


# roots


@pytest.mark.parametrize(
    ("function", "low", "high", "roots", "status"),
    [
        (lambda x: x * x - 2, 0, 2, [math.sqrt(2)], "one"),
        (lambda x: x * x - 2, -2, 2, [-math.sqrt(2), math.sqrt(2)], "several"),
        (lambda x: x * x + 1, -2, 2, [], "none"),
        (lambda x: x * x + 1e-5, -1, 1, [], "none"),
        (math.sin, 1, 10, [math.pi, 2 * math.pi, 3 * math.pi], "several"),
        (lambda x: x - 1, 0, 1, [1.0], "at the border"),
        (lambda x: x * x - 2, math.sqrt(2), 3, [math.sqrt(2)], "at the border"),
        (lambda x: (x - 0.31234) ** 2, 0, 1, [0.31234], "one"),
        (lambda x: -1e6 * abs(x - 0.31234), 0, 1, [0.31234], "one"),
        (lambda x: (x - 0.3) ** 2 * (x - 0.7), 0, 1, [0.3, 0.7], "several"),
        (lambda x: (x - 0.50001) * (x - 0.50002), 0, 1, [0.50001, 0.50002], "several"),
        (lambda x: x**3, -1, 2, [0.0], "one"),
        (lambda x: math.exp(50 * x) - math.exp(10), 0, 1, [0.2], "one"),
        (lambda x: 1e9 * (x - 1e-7), 0, 1, [1e-7], "one"),
        (lambda rate: ks.studies.npv([-1_000, 2_500, -1_540], rate), 0, 1, [0.1, 0.4], "several"),
    ],
)
def test_npv_09_break_even_finds_every_root(
    function: Callable[[float], float], low: float, high: float, roots: list[float], status: str
) -> None:
    found = ks.studies.break_even(function, low, high)
    assert list(found.roots) == pytest.approx(roots, abs=1e-9)
    assert found.status == status


def test_a_jump_a_pole_and_a_stretch_are_no_roots() -> None:
    jump = ks.studies.break_even(lambda x: -1.0 if x < 0.5003 else 1.0, 0, 1)
    pole = ks.studies.break_even(lambda x: 1 / (x - 0.5003), 0, 1)
    stretch = ks.studies.break_even(lambda x: max(0.0, x - 1), 0, 3)
    assert jump.roots == pole.roots == stretch.roots == ()
    assert jump.jumps == pytest.approx((0.5003,))
    assert pole.jumps == pytest.approx((0.5003,))
    assert stretch.flat[0] == pytest.approx((0.0, 1.0))
    assert "jump" in jump.sentence("en")
    assert "all the way" in stretch.sentence("en")


# comparisons


def test_cmp_01_paired_and_welch() -> None:
    case = CASES["cmp_01"]
    paired = ks.studies.mean_difference(case["first"], case["second"], level=0.9)
    welch = ks.studies.mean_difference(case["first"], case["second"], level=0.9, paired=False)
    assert paired.mean == pytest.approx(case["mean"], rel=1e-9)
    assert paired.se**2 == pytest.approx(case["variance_of_mean"], rel=1e-9)
    assert list(paired.interval) == pytest.approx(case["paired"], rel=1e-9)
    assert welch.df == pytest.approx(case["welch_df"], rel=1e-9)
    assert list(welch.interval) == pytest.approx(case["welch"], rel=1e-9)


def test_vr_02_identical_samples_have_an_answer_of_their_own() -> None:
    found = ks.studies.mean_difference([3, 4, 5], [1, 2, 3])
    assert (found.mean, found.se, found.interval.method, found.variance_ratio) == (2.0, 0.0, "identical", 0.0)
    assert "the same in every pair" in found.sentence("en")


def test_vr_01_control_and_antithetic_pairs() -> None:
    case = CASES["vr_01"]
    u = np.random.default_rng(2).random(20_000)
    found = ks.studies.control_variates(np.exp(u), u, 0.5)
    assert abs(found.mean - case["mean"]) < Z * found.se
    assert found.se == pytest.approx(math.sqrt(case["variance_with_control"] / len(u)), rel=0.05)
    assert 1 - found.variance_ratio == pytest.approx(case["reduction_control"], abs=0.002)
    pairs = (np.exp(u) + np.exp(1 - u)) / 2
    assert pairs.var() == pytest.approx(case["variance_of_pair"], rel=0.1)
