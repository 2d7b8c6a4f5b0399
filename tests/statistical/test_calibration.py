"""Is the posterior the posterior? Against conjugate algebra, importance sampling, and truths drawn from the prior.

Sources: Talts et al. 2018 for simulation-based calibration. Case ``cal_04``: prior N(0, 1), one y | t ~ N(t, 1); then
t | y ~ N(y / 2, 1 / 2).
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, chi2

from kravsim.calibration.calibrate import _diagnosis, _prior_of
from kravsim.calibration.calibration import Calibration
from kravsim.calibration.likelihood import facts, log_inside
from kravsim.calibration.parts import parts_of
from kravsim.calibration.tempering import Directions, Island, Stage, temper
from kravsim.scenario import Scenario
from kravsim.studies import calibrate
from tests.statistical.books import MEAN, NUMBERS, PER_OCCASION, WATCHED, case, toy

L, REPLICATES, BINS = 99, 1000, 20
TRUTHS, COVERED = 50, 39
"""P(at least 39 of 50 | 90 %) = 0.9968 a number; P(... | 70 %) = 0.14 and P(... | 60 %) = 0.006."""


# ---- cal_04: ranks of the truth among posterior draws are uniform ------------------------------------------------


def rank_statistic(ranks: np.ndarray) -> float:
    """Chi-square of the histogram of ranks 0..L in equal bins; chi2(BINS - 1) when they are uniform."""
    counts = np.bincount(ranks * BINS // (L + 1), minlength=BINS)
    expected = len(ranks) / BINS
    return float(np.square(counts - expected).sum() / expected)


LIMIT = float(chi2.isf(5.7e-7, BINS - 1))
"""z = 5, two-sided. Posterior variances of 1 or 0.25 for 0.5 give statistics in the hundreds."""


@cache
def truths() -> tuple[np.ndarray, np.ndarray]:
    luck = np.random.default_rng(404)
    truth = luck.standard_normal(REPLICATES)
    return truth, truth + luck.standard_normal(REPLICATES)


def test_ranks_of_tempered_particles_are_uniform() -> None:
    truth, seen = truths()
    ranks = []
    for number, (t, y) in enumerate(zip(truth, seen, strict=True)):

        def height(normals: np.ndarray, y: float = y) -> np.ndarray:
            return -0.5 * np.square(y - normals[:, 0])

        (island,) = temper(height, ["t"], seed=number, islands=1, particles=2 * (L + 1))
        assert island.power == 1
        ranks.append(int((island.normals[::2, 0][:L] < t).sum()))
    assert rank_statistic(np.array(ranks)) < LIMIT


@pytest.mark.parametrize(("variance", "passes"), [(0.5, True), (1.0, False), (0.25, False)])
def test_the_rank_test_accepts_the_conjugate_posterior_and_rejects_two_wrong_ones(
    variance: float, passes: bool
) -> None:
    truth, seen = truths()
    luck = np.random.default_rng(405)
    draws = seen[:, None] / 2 + math.sqrt(variance) * luck.standard_normal((REPLICATES, L))
    assert (rank_statistic((draws < truth[:, None]).sum(axis=1)) < LIMIT) is passes


def test_tempered_particles_have_the_mean_and_variance_of_the_conjugate_posterior() -> None:
    """y / 2 and 1 / 2, for three observations, one of them far out."""
    for y in (-0.4, 1.0, 3.0):

        def height(normals: np.ndarray, y: float = y) -> np.ndarray:
            return -0.5 * np.square(y - normals[:, 0])

        islands = temper(height, ["t"], seed=7, islands=16, particles=256)
        means = np.array([island.normals[:, 0].mean() for island in islands])
        squares = np.array([np.square(island.normals[:, 0] - y / 2).mean() for island in islands])
        assert abs(means.mean() - y / 2) < 5 * means.std(ddof=1) / 4 < 0.1
        assert abs(squares.mean() - 0.5) < 5 * squares.std(ddof=1) / 4 < 0.1


def test_evidence_of_the_conjugate_normal() -> None:
    """The marginal likelihood of y = 1.5 is the density of N(0, 2) at it, here without its 1 / sqrt(2 pi)."""
    islands = temper(lambda z: -0.5 * np.square(1.5 - z[:, 0]), ["t"], seed=1, islands=16, particles=256)
    found = np.exp([island.log_evidence for island in islands])
    exact = math.exp(-0.25 * 1.5**2) / math.sqrt(2)
    assert abs(found.mean() - exact) < 5 * found.std(ddof=1) / 4
    assert found.std(ddof=1) / 4 < 0.02 * exact


# ---- how well it says it knows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("evidence", "equal_would_do"), [((1, 1, 1, 1), True), ((7, 1, 1, 1), False)])
def test_the_effective_sample_counts_islands_as_the_sets_are_drawn_from_them(
    evidence: tuple[int, ...], equal_would_do: bool
) -> None:
    """Islands of 64 particles whose means vary with sd 0.2 about 0: the variance of the weighted mean is known.

    Standard errors are those of 400 populations of 30 numbers; equal weights are rejected where the evidence differs.
    """
    luck = np.random.default_rng(77)
    weight = np.array(evidence) / sum(evidence)
    exact = (0.2**2 + 1 / 64) * float(np.square(weight).sum())

    def population() -> tuple[Island, ...]:
        every = luck.standard_normal((4, 64, 30)) + 0.2 * luck.standard_normal((4, 1, 30))
        stage = (Stage(1.0, 32.0, 0.25, 0.5),)
        return tuple(Island(z, z[:, 0], math.log(w), stage, 64) for z, w in zip(every, evidence, strict=True))

    told = [1 / _diagnosis(population(), 64, 0, 0).ess for _ in range(400)]
    assert abs(np.mean(told) - exact) < 5 * np.std(told) / 20 < 0.1 * exact
    equal = (0.2**2 + 1 / 64) / 4
    assert (abs(np.mean(told) - equal) < 5 * np.std(told) / 20) == equal_would_do


def test_islands_that_did_not_get_as_far_vouch_for_nothing() -> None:
    """One island has all the weight: the others are compared with it as its equals, not left out as agreeing."""
    apart = np.random.default_rng(3).standard_normal((4, 64, 5)) + np.array([0.0, 3.0, 3.0, 3.0])[:, None, None]
    islands = [
        Island(z, z[:, 0], 0.0, (Stage(1.0 if place == 0 else 0.5, 32.0, 0.25, 0.5),), 64)
        for place, z in enumerate(apart)
    ]
    told = _diagnosis(islands, 64, 0, 0)
    assert told.ess < 5
    assert told.thin
    assert told.r_hat > 1.5
    assert told.power == 0.5


# ---- the whole of calibrate, on a model whose truth is known -----------------------------------------------------


@cache
def small() -> Scenario:
    """The case with seven uncertain numbers left."""
    return case(*NUMBERS).with_alternatives({"reading": "D"})


def test_the_posterior_agrees_with_importance_sampling() -> None:
    """Draws of the prior, weighted by the likelihood, against the ensemble: means, and the chance of the books.

    The errors of both are the measure. The same test refuses a posterior that looks away from success.
    """
    wide = {"targets.books_net.high": 600_000, "targets.success.low": 0.53, "targets.success.high": 0.57}
    scenario = small().with_changes(wide)
    books = facts(scenario, toy)
    prior = _prior_of(books)
    values = prior.values(np.random.default_rng(11).standard_normal((200_000, len(prior.columns))))
    weights = np.exp(books.log_likelihood(books.figures(values)))
    effective = weights.sum() ** 2 / np.square(weights).sum()
    assert effective > 2000
    found = calibrate(scenario, seed=5, forward=toy, draws=1024)
    blind = calibrate(scenario, seed=5, forward=toy, draws=1024, targets=["claims", "books_net", "interest"])

    def furthest(calibration: Calibration) -> float:
        off = []
        for key, kept in zip(calibration.keys, calibration.values.T, strict=True):
            exact = float(np.average(values[key], weights=weights))
            sd = math.sqrt(float(np.average(np.square(values[key] - exact), weights=weights)))
            off.append(abs(kept.mean() - exact) / sd / math.sqrt(1 / effective + 1 / calibration.diagnosis.ess))
        return max(off)

    assert furthest(found) < 5 < furthest(blind)
    evidence = math.log(float(weights.mean()))
    error = math.hypot(found.diagnosis.log_evidence_error, 1 / math.sqrt(effective))
    assert abs(found.diagnosis.log_evidence - evidence) < 5 * error < 5 * 0.15


def books_of(truth: int) -> tuple[Scenario, dict[str, float]]:
    """A parameter set drawn from the prior, and the case with the rounded totals it produces as targets."""
    books = facts(small(), toy)
    prior = _prior_of(books)
    luck = np.random.default_rng(1000 + truth)
    values = prior.values(luck.standard_normal((1, len(prior.columns))))
    changes: dict[str, Any] = {}
    for name, figure in books.figures(values).items():
        target = books.targets[name]
        width, edge = target.high - target.low, float(target.edge or 0)
        seen = float(figure[0]) + edge * luck.standard_normal()
        low = math.floor(seen / width) * width  # published rounded, read as the interval it was rounded from
        changes |= {f"targets.{name}.low": low, f"targets.{name}.high": low + width}
    return small().with_changes(changes), {key: float(drawn[0]) for key, drawn in values.items()}


def test_truths_drawn_from_the_prior_are_recovered() -> None:
    """Ninety per cent intervals of every number cover the truth in at least 39 of 50; intervals half as wide do not."""
    covered = dict.fromkeys(NUMBERS, 0)
    too_narrow = dict.fromkeys(NUMBERS, 0)
    for truth in range(TRUTHS):
        scenario, values = books_of(truth)
        found = calibrate(scenario, seed=truth, forward=toy, draws=160, particles=48)
        assert not found.conflict
        for key, drawn in zip(found.keys, found.values.T, strict=True):
            low, high = np.quantile(drawn, (0.05, 0.95))
            middle, half = (low + high) / 2, (high - low) / 2
            covered[key] += abs(values[key] - middle) <= half
            too_narrow[key] += abs(values[key] - middle) <= half / 2
    assert min(covered.values()) >= COVERED, covered
    assert sum(covered.values()) <= binom.ppf(1 - 1e-6, TRUTHS * len(NUMBERS), 0.9)
    assert max(too_narrow.values()) < COVERED, too_narrow


def test_a_ridge_is_told_as_a_ridge() -> None:
    """Interest is principal x time: the product is pinned, the two are tied, and neither is known by itself."""
    found = calibrate(small(), seed=3, forward=toy, draws=1024)
    ridge = next(ridge for ridge in found.ridges if ridge.target == "interest")
    assert {part.key for part in ridge.parts[:2]} == {MEAN, WATCHED}
    assert ridge.sd_ratio < 0.35
    assert max(part.sd_ratio for part in ridge.parts[:2]) > 2 * ridge.sd_ratio
    tied = next(pair for pair in found.pairs if {pair.first, pair.second} == {MEAN, WATCHED})
    assert tied.correlation < -0.5


# ---- parts of a range ---------------------------------------------------------------------------------------------

JUMPS = "timing.reminder_grace_days"
"""A number that the toy's figures do not depend on, so that one at which a figure jumps can be made of it."""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_parts_on_either_side_of_a_jump_count_by_their_chance_and_how_well_they_agree_with_the_books(seed: int) -> None:
    """Below 9 days, 1 in 72 of the prior, success lies in its interval; above it a little outside: odds in closed form."""
    scenario, bound, inside, outside = case(*NUMBERS, JUMPS), 9.0, 0.55, 0.5605

    def jumping(read: Scenario, model: str, values: dict[str, Any]) -> dict[str, Any]:
        at = values[JUMPS]
        figures = toy(read, model, values)
        even = {"success_share": np.where(at < bound, inside, outside), "books_net_kr": np.full(len(at), 2e5)}
        return {**figures, **even, "interest_kr": np.full(len(at), 2.5e5)}

    near, far = np.exp(log_inside(np.array([inside, outside]), scenario.data.targets["success"]))
    below = near / 72 / (near / 72 + far * 71 / 72)
    assert 0.3 < below < 0.7
    how = {"draws": 500, "particles": 128, "forward": jumping, "choice": {"reading": "D"}}
    found = calibrate(scenario, seed=seed, apart={JUMPS: [bound]}, **how)
    at = found.values[:, found.keys.index(JUMPS)]
    assert abs((at < bound).mean() - below) <= 4 / 500  # each island rounds to whole sets
    rest = math.log(near / 72 + far * 71 / 72)
    others = [
        log_inside(np.array([x]), found.targets[name])[0] for name, x in (("books_net", 2e5), ("interest", 2.5e5))
    ]
    assert found.diagnosis.log_evidence - sum(others) == pytest.approx(
        rest + log_inside(np.array([16_586.0]), found.targets["claims"])[0], abs=1e-3
    )
    whole = calibrate(scenario, seed=seed, **how)
    assert whole.diagnosis.r_hat > found.diagnosis.r_hat
    assert abs(whole.diagnosis.log_evidence - found.diagnosis.log_evidence) < 0.7


def test_parts_make_up_the_prior() -> None:
    scenario = case(*NUMBERS, JUMPS)
    prior = _prior_of(facts(scenario, toy))
    parts = parts_of(prior, {JUMPS: [9, 16.0], PER_OCCASION: [1.5]})
    assert len(parts) == 6
    assert math.fsum(part.chance for part in parts) == pytest.approx(1, abs=1e-12)
    assert parts[0].chance == pytest.approx(
        float((prior_share(scenario, JUMPS, 9)) * prior_share(scenario, PER_OCCASION, 1.5)), rel=1e-3
    )
    here = np.random.default_rng(4).standard_normal((500, len(prior.columns)))
    drawn = parts[2].values(here)
    assert ((drawn[JUMPS] >= 9) & (drawn[JUMPS] <= 16)).all()
    assert (drawn[PER_OCCASION] <= 1.5).all()
    whole = prior.values(here)
    assert all(np.array_equal(drawn[key], whole[key]) for key in whole if key not in {JUMPS, PER_OCCASION})


def prior_share(scenario: Scenario, key: str, bound: float) -> float:
    """How likely a number is to lie below a bound, by counting."""
    value, limits = scenario.prior.numbers[key]
    return float((value.quantiles((np.arange(200_000) + 0.5) / 200_000, limits) < bound).mean())


def test_directions_beside_others_are_both_and_orthonormal() -> None:
    one = Directions(np.array([0, 2]), np.array([[0.6], [0.8]]))
    other = Directions(np.array([2, 3]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    both = one.beside(other)
    assert both.places.tolist() == [0, 2, 3]
    assert both.columns.T @ both.columns == pytest.approx(np.eye(3), abs=1e-12)
    assert one.beside(one).columns.shape == (2, 1)
    here = np.random.default_rng(1).standard_normal((5, 4))
    whole = here[:, both.places]
    assert both.part(here) == pytest.approx(whole, abs=1e-12)
