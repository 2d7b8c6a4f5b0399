"""Does a distribution say what its replications know, and refuse what they do not?"""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kravsim.errors import RunError
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.interval import replications_needed

pytestmark = pytest.mark.filterwarnings("error")


def kr(values: object) -> Distribution:
    return Distribution(np.asarray(values, dtype=np.float64), "net_revenue_kr", "kr")


def test_mean_sd_and_se_by_hand() -> None:
    spread = kr([1, 2, 3, 6])
    assert spread.mean == 3
    assert spread.sd == pytest.approx(math.sqrt(14 / 3), rel=1e-15)
    assert spread.se == pytest.approx(spread.sd / 2, rel=1e-15)


def test_the_order_of_replications_changes_no_bit() -> None:
    values = np.random.default_rng(1).lognormal(10, 2, 500)
    one, other = kr(values), kr(values[::-1])
    assert (one.mean, one.sd, one.skewness) == (other.mean, other.sd, other.skewness)


def test_paired_t_interval_of_a_published_example() -> None:
    # Law, Simulation Modeling and Analysis, two inventory policies, 90 % interval of the paired difference.
    first = np.array([126.97, 124.31, 126.68, 122.66, 127.23])
    second = np.array([118.21, 120.22, 122.45, 122.68, 119.40])
    low, high = kr(first - second).mean_interval(0.90)
    assert (low, high) == pytest.approx((1.6491268748354915, 8.306873125164508), rel=1e-9)


@pytest.mark.parametrize(("p", "n"), [(0.05, 72), (0.95, 72), (0.1, 36), (0.9, 36), (0.5, 6)])
def test_replications_needed_for_a_percentile(p: float, n: int) -> None:
    assert replications_needed(p) == n
    assert kr(np.arange(n)).estimable(p)
    assert not kr(np.arange(n - 1)).estimable(p)


@pytest.mark.parametrize(
    ("n", "p", "ranks", "coverage"),
    [
        (100, 0.5, (40, 61), 0.9647997997822952),
        (100, 0.9, (84, 96), 0.955690107191223),
        (1000, 0.95, (936, 964), 0.9580952682226541),
    ],
)
def test_quantile_interval_by_order_statistics(n: int, p: float, ranks: tuple[int, int], coverage: float) -> None:
    values = np.random.default_rng(3).permutation(np.arange(1.0, n + 1))
    found = kr(values).quantile_interval(p)
    assert found == ranks  # the values are their own ranks
    assert found.ranks == ranks
    assert found.coverage == pytest.approx(coverage, rel=1e-12)


def test_ninth_decile_of_thirty_is_refused_with_the_number_needed() -> None:
    spread = kr(np.arange(30))
    with pytest.raises(RunError, match="not estimable with n=30; needs n >= 36"):
        spread.quantile(0.9)
    with pytest.raises(RunError, match="needs n >= 36"):
        spread.quantile_interval(0.9)


@given(n=st.integers(1, 200), p=st.floats(0.01, 0.99), level=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_a_quantile_has_bounds_exactly_from_the_number_needed(n: int, p: float, level: float) -> None:
    spread = kr(np.arange(n))
    if n >= replications_needed(p, level):
        assert spread.quantile_interval(p, level).coverage >= level - 1e-12
    else:
        with pytest.raises(RunError, match="needs n >="):
            spread.quantile_interval(p, level)


def test_quantile_and_interval_of_many_replications() -> None:
    spread = kr(np.arange(101))
    assert spread.quantile(0.25) == 25
    assert spread.interval(0.9) == (5, 95)


@pytest.mark.parametrize("level", [0, 1, -0.1, 1.5, float("nan"), True])
def test_levels_and_shares_outside_nought_to_one_are_refused(level: float) -> None:
    spread = kr(np.arange(100))
    for question in (spread.interval, spread.mean_interval, spread.quantile, spread.quantile_interval):
        with pytest.raises(RunError, match="strictly between 0 and 1"):
            question(level)


def test_one_replication_gives_no_error() -> None:
    spread = kr([7])
    for question in (lambda: spread.sd, lambda: spread.se, spread.mean_interval):
        with pytest.raises(RunError, match="needs n >= 2"):
            question()
    expected = {"mean": 7.0, "sd": None, "p05": None, "p50": None, "p95": None, "n_needed": 72}
    assert spread.to_json() == expected
    assert "1 replication, so no error can be given" in repr(spread)


def test_json_says_how_many_replications_a_missing_percentile_needs() -> None:
    few, enough = kr(np.arange(20)).to_json(), kr(np.arange(72)).to_json()
    assert (few["p05"], few["p50"], few["p95"], few["n_needed"]) == (None, 9.5, None, 72)
    assert list(enough) == ["mean", "sd", "p05", "p50", "p95"]
    assert None not in enough.values()


@pytest.mark.parametrize("value", [0.0, 0.1, -1_050_000.0, 1e-300])
@pytest.mark.parametrize("n", [2, 3, 100])
def test_identical_replications_are_an_answer_of_their_own(value: float, n: int) -> None:
    spread = kr(np.full(n, value))
    assert spread.identical
    assert (spread.mean, spread.sd, spread.se, spread.skewness) == (value, 0, 0, 0)
    assert spread.mean_interval() == (value, value)
    assert spread.mean_interval().method == "identical"
    assert f"identical in all {n} replications" in repr(spread)


def test_minus_zero_becomes_zero_everywhere() -> None:
    spread = kr([-0.0, -0.0])
    said = [spread.mean, spread.samples[0], *spread.mean_interval(), spread.to_json()["mean"]]
    assert [math.copysign(1, x) for x in said] == [1.0] * 5


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e200])
def test_samples_that_are_no_numbers_are_refused_with_their_place(bad: float) -> None:
    with pytest.raises(RunError, match="replication 1 is the first of 1"):
        kr([1.0, bad, 2.0])


@pytest.mark.parametrize("bad", [[], [[1.0, 2.0]], 3.0])
def test_samples_of_another_shape_are_refused(bad: object) -> None:
    with pytest.raises(RunError, match="one value a replication"):
        kr(bad)


def test_samples_are_copied_and_cannot_be_written() -> None:
    mine = np.array([1.0, 2.0])
    spread = kr(mine)
    mine[0] = 99
    assert spread.samples[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        spread.samples[0] = 5
    thawed = pickle.loads(pickle.dumps(spread))
    assert thawed == spread
    assert not thawed.samples.flags.writeable


def test_equality_looks_at_values_label_and_unit() -> None:
    one = kr([1, 2])
    assert one == kr([1, 2])
    assert hash(one) == hash(kr([1, 2]))
    assert one != kr([1, 3])
    assert one != Distribution(np.array([1.0, 2.0]), "interest_kr", "kr")


def test_prob_above_is_strict() -> None:
    spread = kr([-1, 0, 0, 2])
    assert spread.prob_above(0) == 0.25
    assert spread.prob_above(-1) == 0.75
    with pytest.raises(RunError, match="a number"):
        spread.prob_above(math.nan)


def test_probability_interval_is_exact_at_both_ends() -> None:
    never, always = kr(np.full(200, -1.0)), kr(np.full(200, 1.0))
    bound = 1 - 0.025 ** (1 / 200)
    assert never.prob_above_interval(0) == pytest.approx((0, bound), abs=1e-12)
    assert always.prob_above_interval(0) == pytest.approx((1 - bound, 1), abs=1e-12)


def test_skewed_samples_get_an_interval_that_reaches_further_on_the_side_of_the_tail() -> None:
    values = np.random.default_rng(5).lognormal(0, 1.5, 100)
    many, few = kr(values), kr([0.0] * 19 + [1.0])
    for spread in (many, few):
        low, high = spread.mean_interval()
        assert high - spread.mean > 1.2 * (spread.mean - low) > 0
        assert spread.mean_interval().method == "t, corrected for skewness"
    even = kr([-1.0, 0.0, 1.0])
    assert even.mean_interval()[0] == -even.mean_interval()[1]
    assert even.mean_interval().method == "t"


def covered(half_width_of: object, runs: int, n: int) -> int:
    """Count how many intervals of the mean of normal samples hold the true mean 0."""
    rng = np.random.default_rng(2018)
    hits = 0
    for _ in range(runs):
        low, high = half_width_of(kr(rng.normal(0, 1, n)))
        hits += low <= 0 <= high
    return hits


def test_mean_interval_covers_what_it_says_and_a_normal_one_does_not() -> None:
    # 2 000 intervals of 8 samples; 5 standard errors of a 95 % share are 2.4 points: false alarm 6e-7. An interval by
    # the normal distribution covers 91 %, 7.8 standard errors too few, and must be seen.
    runs, n = 2_000, 8
    slack = 5 * math.sqrt(0.95 * 0.05 / runs)

    def by_normal(spread: Distribution) -> tuple[float, float]:
        half = stats.norm.ppf(0.975) * spread.se
        return spread.mean - half, spread.mean + half

    assert abs(covered(lambda spread: spread.mean_interval(), runs, n) / runs - 0.95) < slack
    assert abs(covered(by_normal, runs, n) / runs - 0.95) > slack


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=40), st.floats(0, 1), st.integers(-60, 60))
def test_distribution_function_and_its_inverse_belong_together(values: list[int], q: float, x: int) -> None:
    spread = kr(values)
    assert spread.cdf(x) == sum(value <= x for value in values) / len(values)
    found = spread.ppf(q)
    assert found in spread.samples
    assert spread.cdf(found) >= q - 1e-9
    assert all(spread.cdf(value) < q for value in values if value < found)
    assert spread.cdf(values[0]) == pytest.approx(1 - spread.prob_above(values[0]))


def test_distribution_function_and_inverse_take_arrays() -> None:
    spread = kr([1, 2, 3, 4])
    assert spread.cdf(np.array([[0, 1], [2.5, 9]])).tolist() == [[0, 0.25], [0.5, 1]]  # type: ignore[union-attr]
    assert spread.ppf([0, 0.25, 0.26, 1]).tolist() == [1, 1, 2, 4]  # type: ignore[union-attr]
    assert [spread.ppf(k / 7) for k in range(8)] == [1, 1, 2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize(("name", "value"), [("ppf", -0.1), ("ppf", 1.5), ("ppf", math.nan), ("cdf", math.nan)])
def test_what_is_no_share_or_number_is_refused(name: str, value: float) -> None:
    with pytest.raises(RunError, match="got"):
        getattr(kr([1, 2, 3]), name)([0.5, value])


def test_draws_come_from_the_replications_and_follow_the_seed() -> None:
    spread = kr([1, 2, 2, 5])
    drawn = spread.rvs(40_000, seed=3)
    assert set(drawn) == {1, 2, 5}
    # binomial(40 000, 1/2): 5 standard errors, false alarm 6e-7
    assert abs(np.mean(drawn == 2) - 0.5) < 5 * math.sqrt(0.25 / 40_000)
    assert (spread.rvs(40_000, seed=3) == drawn).all()
    assert spread.rvs((2, 3), seed=1).shape == (2, 3)
    assert spread.rvs(seed=1).shape == (1,)


def test_table_has_one_row_a_replication() -> None:
    frame = kr([1, 2, 3]).to_frame()
    assert list(frame.columns) == ["net_revenue_kr"]
    assert frame["net_revenue_kr"].tolist() == [1, 2, 3]
    assert frame.index.name == "replication"


def test_repr_shows_the_digits_that_the_error_supports() -> None:
    values = 198_412.37 + 17_000 * np.sqrt(199 / 200) * np.repeat([-1.0, 1.0], 100)
    assert repr(kr(values)) == (
        "<net_revenue_kr: mean 198 000 kr, standard error 1 200 kr, sd 17 000 kr, 200 replications>"
    )
