"""Is the mean with the closed form as control variate unbiased, and does its interval cover? Worlds whose truth is known.

Limits: |z| < 5 for the mean error over many studies (5.7e-7 by chance). Power: over 400 studies a bias of half of one study's
standard error is seen at 10 standard errors; the naive estimators that are negative controls here (the mean of a shifted twin
itself, and a coefficient that was fitted on the worlds it is used in) are rejected at the same limit. Coverage of 95 %
intervals: no more than 5 binomial standard errors below 0.95 where values are normal. A twin that is far from straight and
has a long tail itself has a fitted coefficient that few worlds decide: its error is said an eighth too small (`curved`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.stats import qmc

from kravsim.statistics.control import Controlled, controlled
from kravsim.statistics.control_fit import Further, Known

LIMIT = 5
STUDIES = 400
WEIGHTS = (0.5, 0.3, 0.2)
WORLDS = (20, 12, 8)
MEANS = np.array([-3.0, -2.0, -1.0])
CHANCE = 0.3
STRUCTURE = np.repeat(np.arange(3), WORLDS)
FURTHER = np.repeat(np.arange(3), (320, 192, 128))
TRUTH = float(np.dot(WEIGHTS, MEANS))

Floats = NDArray[np.float64]
Twin = Callable[[Floats, Floats, np.random.Generator], Floats]
"""Takes the values of worlds, the level of each one's structure, and a generator."""


def good(value: Floats, level: Floats, rng: np.random.Generator) -> Floats:
    """A twin that is nearly right: another level in each structure, and a little noise of its own."""
    return value + 0.1 * level + 0.1 * rng.standard_normal(len(value))


def shifted(value: Floats, level: Floats, rng: np.random.Generator) -> Floats:
    return 0.6 * good(value, level, rng) + 40.0


def uncorrelated(value: Floats, level: Floats, rng: np.random.Generator) -> Floats:
    return 7.0 + level + 3.0 * rng.standard_normal(len(value))


def upside_down(value: Floats, level: Floats, rng: np.random.Generator) -> Floats:
    return level - 2.0 * value + 0.5 * rng.standard_normal(len(value))


def silent_above(value: Floats, level: Floats, rng: np.random.Generator) -> Floats:
    """No answer in the upper sixth of the worlds, where the value is far from the others'."""
    return np.where(value > level + 1.0, np.nan, good(value, level, rng))


def curved(value: Floats, level: Floats, rng: np.random.Generator) -> Floats:
    return np.exp(value - level) + 0.1 * rng.standard_normal(len(value))


def study(
    rng: np.random.Generator,
    twin: Twin,
    *,
    draw: Callable[[np.random.Generator, int], Floats] | None = None,
    structure: NDArray[np.int64] = STRUCTURE,
    tables: tuple[tuple[int, int, float], ...] = (),
) -> Known:
    """One study: worlds of three structures, two replications in each, further worlds of the twin alone."""
    own = np.random.Generator.standard_normal if draw is None else draw
    value = MEANS[structure] + own(rng, len(structure))
    more = MEANS[FURTHER] + own(rng, len(FURTHER))
    simulated = value[:, None] + CHANCE * rng.standard_normal((len(structure), 2))
    return Known(
        simulated,
        structure,
        twin(value, MEANS[structure], rng),
        twin(more, MEANS[FURTHER], rng),
        Further(FURTHER, None, tables),
    )


def over(known: Known, members: tuple[int, ...] = (0, 1, 2)) -> Controlled:
    found = controlled(known, members, [WEIGHTS[member] for member in members])
    assert found is not None
    return found


def z(found: Floats, truth: float) -> float:
    return float((found.mean() - truth) / (found.std(ddof=1) / np.sqrt(len(found))))


def covered(found: list[Controlled], truth: float) -> float:
    return float(np.mean([one.interval[0] <= truth <= one.interval[1] for one in found]))


TWINS = [good, shifted, uncorrelated, upside_down, silent_above, curved]


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.__name__)
def test_no_twin_moves_the_mean_and_the_interval_covers(twin: Twin) -> None:
    rng = np.random.default_rng([20_261_129, TWINS.index(twin)])
    every = [study(rng, twin) for _ in range(STUDIES)]
    found = [over(known) for known in every]
    means = np.array([one.mean for one in found])
    assert abs(z(means, TRUTH)) < LIMIT
    spread, said = means.std(ddof=1), np.sqrt(np.mean([one.error**2 for one in found]))
    assert (0.8 if twin is curved else 0.88) < said / spread < 1.13  # its own chance is about 3.5 %
    assert covered(found, TRUTH) > 0.95 - LIMIT * np.sqrt(0.95 * 0.05 / STUDIES)
    plain = np.array([np.dot(WEIGHTS, [k.simulated[k.structure == s].mean() for s in range(3)]) for k in every])
    wrong = [one.helps for one in found]
    if twin is good:
        assert all(wrong)
        assert spread < 0.45 * plain.std(ddof=1)
        assert np.mean([one.correlation for one in found]) > 0.95
    if twin is uncorrelated:
        assert np.mean(wrong) < 0.5
        assert spread < 1.1 * plain.std(ddof=1)  # what a wrong twin costs at most
        naive = np.array([np.nanmean(k.more) for k in every])
        assert abs(z(naive, TRUTH)) > LIMIT
    if twin is shifted:
        assert spread < 0.45 * plain.std(ddof=1)
        assert abs(z(np.array([np.nanmean(k.more) for k in every]), TRUTH)) > LIMIT
    if twin is silent_above:
        share = float(1 - stats.norm.cdf(1.0))
        assert abs(z(np.array([one.no_answer for one in found]), share)) < LIMIT


def test_what_is_told_in_the_end_plain_where_the_twin_does_not_help_is_unbiased_too() -> None:
    """The user is told the plain mean where the twin is no help: the choice looks at spreads, not at means."""
    rng = np.random.default_rng(4)
    told = []
    for _ in range(STUDIES):
        known = study(rng, uncorrelated)
        one = over(known)
        plain = float(np.dot(WEIGHTS, [known.simulated[known.structure == s].mean() for s in range(3)]))
        told.append(one.mean if one.helps else plain)
    assert abs(z(np.array(told), TRUTH)) < LIMIT


def test_each_structure_by_itself_and_any_two_together() -> None:
    rng = np.random.default_rng(5)
    every = [study(rng, good) for _ in range(STUDIES)]
    for members in ((0,), (1,), (2,), (0, 2)):
        found = [over(known, members) for known in every]
        shares = np.array([WEIGHTS[member] for member in members])
        truth = float(shares @ MEANS[list(members)] / shares.sum())
        assert abs(z(np.array([one.mean for one in found]), truth)) < LIMIT, members
        assert covered(found, truth) > 0.95 - LIMIT * np.sqrt(0.95 * 0.05 / STUDIES), members


def test_skewed_worlds_and_structures_with_a_world_or_none() -> None:
    """Lognormal worlds; the third structure has one world in every other study, none in the rest: as often as it weighs."""

    def lognormal(rng: np.random.Generator, n: int) -> Floats:
        return rng.lognormal(0, 0.8, n) - np.exp(0.32)

    rng = np.random.default_rng(6)
    found = []
    for _ in range(STUDIES):
        draws = np.sort((rng.random() + np.arange(24)) % 24 / 24)
        structure = np.searchsorted(np.cumsum([0.55, 0.43]), draws, side="right").astype(np.int64)
        known = study(rng, good, draw=lognormal, structure=structure)
        one = controlled(known, (0, 1, 2), (0.55, 0.43, 0.02))
        assert one is not None
        found.append(one)
    truth = float(np.dot((0.55, 0.43, 0.02), MEANS))
    assert abs(z(np.array([one.mean for one in found]), truth)) < LIMIT
    assert covered(found, truth) > 0.90


def test_a_coefficient_fitted_where_it_is_used_is_biased_and_this_one_is_not() -> None:
    """Negative control of cross-fitting: few, skewed worlds and a curved twin; least squares on the same worlds leans."""
    rng = np.random.default_rng(7)
    structure = np.zeros(10, np.int64)
    naive, crossed = [], []
    for _ in range(2_000):
        value, more = rng.exponential(1, 10), rng.exponential(1, 640)
        known = Known(
            (value**2)[:, None] + np.zeros((10, 2)), structure, value, more, Further(np.zeros(640, np.int64), None)
        )
        slope = float(np.cov(value**2, value)[0, 1] / value.var(ddof=1))
        naive.append(float((value**2).mean() + slope * (more.mean() - value.mean())))
        one = controlled(known, (0,), (1.0,))
        assert one is not None
        crossed.append(one.mean)
    assert abs(z(np.array(naive), 2.0)) > LIMIT
    assert abs(z(np.array(crossed), 2.0)) < LIMIT


def test_sets_that_are_worth_few_draws_widen_the_interval() -> None:
    """Tables of 400 rows that repeat 20 draws: their mean is off by as much as that of 20, which no simulation can see."""
    rng = np.random.default_rng(8)
    structure, further = np.zeros(40, np.int64), np.zeros(360, np.int64)
    found: dict[str, list[Controlled]] = {"said": [], "unsaid": []}
    for _ in range(STUDIES):
        rows = rng.permutation(np.repeat(rng.standard_normal(20), 20))
        twin = rows + 0.05 * rng.standard_normal(400)
        simulated = rows[:40, None] + CHANCE * rng.standard_normal((40, 2))
        for name, tables in (("said", ((0, 400, 20.0),)), ("unsaid", ())):
            known = Known(simulated, structure, twin[:40], twin[40:], Further(further, None, tables))
            one = controlled(known, (0,), (1.0,))
            assert one is not None
            found[name].append(one)
    assert abs(z(np.array([one.mean for one in found["said"]]), 0.0)) < LIMIT
    assert covered(found["said"], 0.0) > 0.95 - LIMIT * np.sqrt(0.95 * 0.05 / STUDIES)
    assert covered(found["unsaid"], 0.0) < 0.7
    assert np.mean([one.parts[3] for one in found["said"]]) > 0.5


def test_scrambled_points_have_an_error_of_their_own() -> None:
    """16 scrambles of 32 points in six dimensions: a smaller error than 512 independent draws, and the interval covers it."""
    rng = np.random.default_rng(9)
    structure, further = np.zeros(12, np.int64), np.zeros(512, np.int64)
    scramble = np.repeat(np.arange(16), 32)
    slope = np.array([1.0, 0.7, 0.5, 0.3, 0.2, 0.1])
    found: dict[str, list[Controlled]] = {"scrambled": [], "as_if_independent": [], "independent": []}

    def value(uniforms: Floats) -> Floats:
        return np.asarray(stats.norm.ppf(uniforms) @ slope)

    for _ in range(300):
        own = value(rng.random((12, 6)))
        simulated = own[:, None] + 0.01 * rng.standard_normal((12, 2))
        points = np.concatenate([qmc.Sobol(6, rng=rng).random(32) for _ in range(16)])
        cases: list[tuple[str, Any, Any]] = [
            ("scrambled", value(points), scramble),
            ("as_if_independent", value(points), None),
            ("independent", value(rng.random((512, 6))), None),
        ]
        for name, more, which in cases:
            one = controlled(Known(simulated, structure, own, more, Further(further, which)), (0,), (1.0,))
            assert one is not None
            found[name].append(one)
    spread = {name: float(np.std([one.mean for one in ones], ddof=1)) for name, ones in found.items()}
    error = {name: float(np.sqrt(np.mean([one.error**2 for one in ones]))) for name, ones in found.items()}
    assert abs(z(np.array([one.mean for one in found["scrambled"]]), 0.0)) < LIMIT
    assert spread["scrambled"] < 0.6 * spread["independent"]
    assert 0.8 < error["scrambled"] / spread["scrambled"] < 1.25
    assert error["as_if_independent"] > 1.6 * spread["scrambled"]  # what the spread between points would have said
    assert covered(found["scrambled"], 0.0) > 0.95 - LIMIT * np.sqrt(0.95 * 0.05 / 300)


def test_few_worlds_are_told_without_the_twin() -> None:
    rng = np.random.default_rng(10)
    structure = np.array([0, 1, 2])
    known = study(rng, good, structure=structure)
    one = over(known)
    assert (one.helps, one.coefficient) == (False, 0.0)
    assert one.mean == pytest.approx(known.simulated.mean())
    assert controlled(study(rng, good, structure=structure[:1]), (0, 1, 2), WEIGHTS) is None


def test_more_replications_are_advised_where_chance_is_what_is_left() -> None:
    rng = np.random.default_rng(11)
    exact = over(study(rng, lambda value, level, rng: value + 1e-3 * (level + rng.standard_normal(len(value)))))
    assert exact.between < 0.05 * exact.chance
    assert exact.parts[0] > 0.3
    assert exact.parts[1] < 0.1
    noisy = over(study(rng, lambda value, level, rng: value + level + 2 * rng.standard_normal(len(value))))
    assert noisy.best_replications <= 2 < exact.best_replications
    assert sum(exact.parts) == pytest.approx(1)
