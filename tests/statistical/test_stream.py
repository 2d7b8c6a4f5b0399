"""The synthetic stream has the volumes, amounts and mixes that the scenario states.

Two-sided z = 5 (false alarm 6e-7 an assertion). Power: a volume 2 % off, or a mean amount 3 % off, lies more than eight
standard errors away with the numbers used here, and the tests below say so by rejecting exactly such wrong models.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest
from numpy.typing import NDArray

from kravsim.chance.draws import Draws
from kravsim.scenario import load_scenario
from kravsim.stream import Stream, generate
from kravsim.stream.occasions import draw_occasions
from kravsim.stream.stream import SEGMENTS

REPLICATIONS = 24
LIMIT = 5.0


@functools.cache
def streams() -> tuple[Stream, ...]:
    scenario = load_scenario("jamtland-harjedalen-2017").with_changes({"horizon.history_years": 2})
    return tuple(generate(scenario.realise(draws), draws) for draws in (Draws(77, 0, r) for r in range(REPLICATIONS)))


def z(samples: list[float], exact: float) -> float:
    values = np.array(samples)
    return float((values.mean() - exact) / (values.std(ddof=1) / np.sqrt(len(values))))


def volumes() -> list[float]:
    return [float(stream.runs.late.sum()) / 3 for stream in streams()]


@pytest.mark.parametrize(("exact", "accepted"), [(16_586, True), (16_586 * 1.02, False)])
def test_late_claims_a_year(exact: float, *, accepted: bool) -> None:
    assert (abs(z(volumes(), exact)) < LIMIT) is accepted


def test_invoices_on_time_are_counted_exactly() -> None:
    for stream in streams():
        in_year = stream.runs.day >= stream.n_days - 365
        assert stream.runs.invoices[in_year].sum() == 207_506
        assert (stream.runs.late <= stream.runs.invoices).all()


def test_ages_at_hand_over_are_four_to_seven_weeks_and_a_few_days() -> None:
    for stream in streams()[:3]:
        age = stream.claims.hand_over_day - stream.claims.run
        assert age.min() >= 28
        assert age.max() <= 52


@pytest.mark.parametrize(("factor", "accepted"), [(1.0, True), (1.03, False)])
def test_mean_amount_of_private_claims(factor: float, *, accepted: bool) -> None:
    """About 47 000 private claims in each of 24 streams; heavy tail included."""
    data = load_scenario("jamtland-harjedalen-2017").data
    exact = data.debtors.segments["private"].amount_mean_kr.value * factor
    private = SEGMENTS.index("private")
    means = [
        float(s.claims.principal_ore[s.debtors.segment[s.claims.debtor] == private].mean()) / 100 for s in streams()
    ]
    assert (abs(z(means, exact)) < LIMIT) is accepted


def test_claims_of_one_occasion_are_geometric() -> None:
    mean = load_scenario("jamtland-harjedalen-2017").data.debtors.claims_per_occasion.value
    sizes = []
    for stream in streams():
        occasion = stream.claims.run * 1_000_000 + stream.claims.debtor
        _, counts = np.unique(occasion, return_counts=True)
        sizes.append(float(counts.mean()))
    assert abs(z(sizes, mean)) < LIMIT
    assert abs(z(sizes, mean * 1.02)) > LIMIT


def test_debtors_come_back() -> None:
    """Traits last: the same debtors are late again and again, far more often than if each claim had a debtor of its own."""
    for stream in streams()[:3]:
        known_before = np.isin(
            stream.claims.debtor[stream.claims.hand_over_day >= stream.n_days - 365],
            stream.claims.debtor[stream.claims.hand_over_day < stream.n_days - 365],
        )
        assert known_before.mean() > 0.6


# Lateness of a debtor in a run: a law of its own, whatever way it is drawn

Lateness = NDArray[np.bool_]
CHANCES = (0.004, 0.06, 0.3, 0.7, 0.97)
ASKED, YEARS, RUNS = 20_000, 2, 48


@functools.cache
def lateness(chance: float) -> Lateness:
    """Who is late in which run, shape (debtors, runs of two years)."""
    occasions = draw_occasions(np.full(ASKED, chance), 1.0, range(2015, 2015 + YEARS), RUNS, Draws(78, 0, 0))
    late = np.zeros((ASKED, YEARS * RUNS), bool)
    late[occasions[:, 0], occasions[:, 1]] = True
    assert late.sum() == len(occasions)
    return late


def deviations(late: Lateness, chance: float) -> dict[str, float]:
    """How far, in standard errors, from every debtor being late in every run with one chance, independently.

    The runs of a month are four neighbours. Sums over pairs have independent terms under that law, so that their variance
    is exact; so has the squared distance of a binomial number, whose fourth moment is known.
    """
    q, centred = 1.0 - chance, late - chance
    variance = chance * q
    by_run = centred.sum(axis=0) / np.sqrt(ASKED * variance)
    months = centred.reshape(ASKED, -1, 4)
    pairs = (months.sum(axis=2) ** 2 - (months**2).sum(axis=2)) / 2
    years = centred.reshape(ASKED, YEARS, RUNS).sum(axis=2)
    of_year = RUNS * variance
    fourth = of_year * (1.0 + 3.0 * (RUNS - 2) * variance)
    return {
        "mean": float(centred.sum() / np.sqrt(late.size * variance)),
        "a run unlike the others": float((by_run**2).sum() - by_run.size) / np.sqrt(2.0 * by_run.size),
        "runs of a month": float(pairs.sum() / np.sqrt(6 * pairs.size * variance**2)),
        "variance of a year": float(
            ((years**2 - RUNS * variance).sum()) / np.sqrt(years.size * (fourth - (RUNS * variance) ** 2))
        ),
        "two years": float((years[:, 0] * years[:, 1]).sum() / (np.sqrt(ASKED) * of_year)),
    }


@pytest.mark.parametrize("chance", CHANCES)
def test_a_debtor_is_late_in_each_run_with_one_chance_independently(chance: float) -> None:
    assert {name: z for name, z in deviations(lateness(chance), chance).items() if abs(z) > LIMIT} == {}


def clustered(late: Lateness, rng: np.random.Generator) -> Lateness:
    """In one month of five the four runs share one answer, the first's."""
    months = late.reshape(ASKED, -1, 4).copy()
    shared = rng.random(months.shape[1]) < 0.2
    months[:, shared] = months[:, shared, :1]
    return months.reshape(late.shape)


def poisson(late: Lateness, rng: np.random.Generator) -> Lateness:
    """The number of a year is Poisson, in runs chosen at random: right in the mean, too wide."""
    number = np.minimum(rng.poisson(late.mean() * RUNS, (ASKED * YEARS, 1)), RUNS)
    return (rng.random((ASKED * YEARS, RUNS)).argsort(axis=1) < number).reshape(late.shape)


def early(late: Lateness, rng: np.random.Generator) -> Lateness:
    """A tenth of the lateness of each second run is moved to the run before it."""
    moved = late.copy()
    move = late[:, 1::2] & ~late[:, ::2] & (rng.random(late[:, 1::2].shape) < 0.1)
    moved[:, 1::2] &= ~move
    moved[:, ::2] |= move
    return moved


def one_answer(late: Lateness, _: np.random.Generator) -> Lateness:
    """Both years have the draws of the first."""
    return np.tile(late[:, :RUNS], YEARS)


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (clustered, "runs of a month"),
        (poisson, "variance of a year"),
        (early, "a run unlike the others"),
        (one_answer, "two years"),
    ],
)
@pytest.mark.parametrize("chance", [0.06, 0.3])
def test_another_law_of_lateness_is_rejected(wrong: object, found: str, chance: float) -> None:
    changed = wrong(lateness(chance), np.random.default_rng(79))  # type: ignore[operator]
    assert abs(deviations(changed, chance)[found]) > LIMIT


@pytest.mark.parametrize("chance", CHANCES)
def test_the_law_accepts_each_debtor_asked_in_each_run(chance: float) -> None:
    """What the draws stand for: one uniform number for every debtor and run."""
    late = np.random.default_rng(80).random((ASKED, YEARS * RUNS)) < chance
    assert max(map(abs, deviations(late, chance).values())) < LIMIT


@pytest.mark.parametrize("chance", [0.06, 0.3, 0.7])
def test_a_chance_two_per_cent_off_is_rejected(chance: float) -> None:
    assert abs(deviations(lateness(chance), chance * 1.02)["mean"]) > LIMIT
