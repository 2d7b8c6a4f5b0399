"""Small bodies: no run has more late claims than invoices, the mean is the scenario's, and nothing stops by chance.

Two-sided z = 5 with fixed seeds (false alarm 6e-7 an assertion). Power: a mean that is 6 % off is rejected below where there
are claims enough, and so is the mean of bodies whose full runs are closed without raising the rate.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.scenario import Scenario
from kravsim.stream import Stream, generate
from kravsim.stream.calendar import hand_overs
from kravsim.stream.late import EXACT_UP_TO, Expected, _skewed_normal, first_come
from kravsim.stream.occasions import draw_occasions
from kravsim.stream.synthetic import draw_debtors, first_day, late_chance
from tests.properties.strategies import tiny

LIMIT = 5.0
BODIES = [
    (100, 0.08, 50),
    (400, 0.3, 200),
    (500, 0.15, 100),
    (3_000, 0.5, 1_500),
    (1_000, 1.0, 400),
    (200, 0.9, 60),
    (24, 0.5, 30),
    (30_000, 0.97, 5_000),
]


def body(invoices: int, share: float, debtors: int, **more: object) -> Scenario:
    return tiny(
        invoices__per_year=invoices,
        invoices__late_share=share,
        debtors__number=debtors,
        horizon__history_years=3,
        **more,
    )


def streams(scenario: Scenario, replications: int) -> list[Stream]:
    return [generate(scenario.realise(draws), draws) for draws in (Draws(91, 0, r) for r in range(replications))]


def z(samples: list[float], exact: float) -> float:
    values = np.array(samples)
    spread = values.std(ddof=1) / np.sqrt(len(values))
    return float((values.mean() - exact) / spread) if spread else float(values.mean() != exact) * np.inf


@pytest.mark.parametrize(("invoices", "share", "debtors"), BODIES)
def test_late_claims_are_bounded_and_their_mean_is_kept(invoices: int, share: float, debtors: int) -> None:
    late = []
    for stream in streams(body(invoices, share, debtors), 300 if invoices < 10_000 else 12):
        assert (stream.runs.late <= stream.runs.invoices).all()
        assert stream.runs.invoices[-48:].sum() == invoices
        identities = np.unique(stream.claims.run * 2**40 + stream.claims.number)
        assert len(identities) == len(stream.claims.case)
        late.append(float(stream.runs.late.sum()) / 4)
    if share == 1:
        assert late == [invoices] * len(late)
        return
    assert abs(z(late, invoices * share)) < LIMIT
    if invoices * share > 70:
        assert abs(z(late, invoices * share * 1.06)) > LIMIT


def test_closing_full_runs_without_raising_the_rate_is_rejected() -> None:
    scenario = body(400, 0.3, 200)
    late = []
    for replication in range(60):
        draws = Draws(91, 0, replication)
        data = scenario.realise(draws).data
        activity = draw_debtors(data, draws).activity
        low = 1 - np.exp(
            -0.3 * 400 / 48 / 2.05 / activity.sum() * activity
        )  # so that the mean is right without a bound
        occasions = draw_occasions(low, data.debtors.claims_per_occasion.value, range(2014, 2018), 48, draws)
        per_run = np.bincount(occasions[:, 1], occasions[:, 2], minlength=192)
        late.append(float(np.minimum(per_run, 400 / 48).sum()) / 4)
    assert z(late, 120) < -LIMIT


@pytest.mark.parametrize(("invoices", "share", "debtors"), BODIES[:6])
@pytest.mark.parametrize("model", ["outsourced", "in_house"])
def test_small_bodies_run_in_every_replication(invoices: int, share: float, debtors: int, model: str) -> None:
    run = ks.simulate(body(invoices, share, debtors), model=model, replications=20, seed=3, workers=1)
    assert len(run.outcomes) == 20


def brute_force(chance: list[float], mean: float, invoices: int) -> float:
    """E[min(claims, invoices)] by the distribution of the sum, debtor by debtor."""
    size = 400
    geometric = np.array([0.0, *((1 / mean) * (1 - 1 / mean) ** j for j in range(size - 1))])
    total = np.zeros(size)
    total[0] = 1.0
    for p in chance:
        total = (1 - p) * total + p * np.convolve(total, geometric)[:size]
    return float(total @ np.minimum(np.arange(size), invoices)) + (1 - float(total.sum())) * invoices


@pytest.mark.parametrize(("invoices", "mean"), list(product([1, 2, 9, 60], [1.0, 2.05, 6.0])))
def test_expected_late_claims_are_those_of_the_distribution(invoices: int, mean: float) -> None:
    chance = np.random.default_rng(5).beta(0.5, 3, 40)
    chance[:3] = 0.0, 1.0, 1e-9
    found = Expected(body(48 * invoices, 0.3, 40, debtors__claims_per_occasion=mean).data)
    assert found.late(chance) == pytest.approx(brute_force(chance.tolist(), mean, invoices), rel=1e-9)


@pytest.mark.parametrize("fullness", [0.7, 0.9, 1.0, 1.1, 1.5])
def test_large_runs_are_as_the_exact_formula_has_them(fullness: float) -> None:
    """Beyond EXACT_UP_TO invoices a skewed normal stands for the sum: near the border both are known."""
    chance = np.random.default_rng(6).beta(0.5, 3, 2_000)
    chance *= fullness * EXACT_UP_TO / 2.05 / chance.sum()
    found = Expected(body(48 * EXACT_UP_TO, 0.3, 2_000).data)
    exact = found.late(chance)
    assert _skewed_normal(chance, found.claims, EXACT_UP_TO) == pytest.approx(exact, rel=2e-5)


def test_never_full_is_said_only_where_it_is_so() -> None:
    chance = np.full(60, 0.05)
    for invoices in range(1, 60):
        found = Expected(body(48 * invoices, 0.01, 60).data)
        lost = float(chance.sum()) * found.claims - found.late(chance)
        assert not found.never_full(chance) or lost < 1e-8
    assert found.never_full(np.full(60, 0.005))


def test_a_run_with_room_is_left_as_it_is_and_the_order_of_debtors_does_not_matter() -> None:
    scenario, draws = body(400, 0.3, 200), Draws(92, 0, 0)
    stream = generate(scenario.realise(draws), draws)
    data = scenario.data
    debtors = draw_debtors(data, draws)
    chance = late_chance(data, debtors)
    occasions = draw_occasions(chance, data.debtors.claims_per_occasion.value, range(2014, 2018), 48, draws)
    wanted = np.bincount(occasions[:, 1], occasions[:, 2], minlength=192)
    assert np.array_equal(stream.runs.late, np.minimum(wanted, stream.runs.invoices))
    assert (wanted > stream.runs.invoices).any()
    calendar = hand_overs(data, stream.first)
    roomy = wanted <= stream.runs.invoices
    closed = first_come(occasions, chance, debtors.activity, calendar, stream.runs.invoices, draws)
    keep = roomy[occasions[:, 1]]
    assert np.array_equal(occasions[keep], closed[roomy[closed[:, 1]]])
    backwards = first_come(occasions[::-1].copy(), chance, debtors.activity, calendar, stream.runs.invoices, draws)
    assert np.array_equal(backwards[::-1], closed)


def test_who_comes_first_is_decided_by_activity() -> None:
    """Where every debtor is always late, the first of a full run is each debtor in proportion to activity."""
    scenario = body(48, 1.0, 4, debtors__claims_per_occasion=1.0)
    calendar = hand_overs(scenario.data, first_day(scenario.data))
    activity, first = np.array([4.0, 3, 2, 1]), np.zeros(4)
    runs = len(calendar.run_day)
    every = np.stack([np.repeat(np.arange(4), runs), np.tile(np.arange(runs), 4), np.ones(4 * runs)], axis=1)
    for replication in range(40):
        draws = Draws(93, 0, replication)
        left = first_come(every.astype(np.int32), np.ones(4), activity, calendar, np.ones(runs, np.int64), draws)
        assert len(left) == runs
        first += np.bincount(left[:, 0], minlength=4)
    n, share = first.sum(), activity / activity.sum()
    assert (abs(first - n * share) < LIMIT * np.sqrt(n * share * (1 - share))).all()


def test_too_few_debtors_are_refused_whoever_is_drawn() -> None:
    for seed in range(5):
        draws = Draws(seed, 0, 0)
        with pytest.raises(ScenarioError, match=r"debtors\.number: got 4"):
            generate(body(4_000, 1.0, 4).realise(draws), draws)


def test_the_most_unequal_debtors_still_carry_the_mean() -> None:
    """At the smallest shape allowed, activities are so unequal that most come out as 0 in floating point."""
    late = [float(s.runs.late.sum()) / 4 for s in streams(body(200, 0.5, 12, debtors__activity_shape=0.01), 40)]
    assert abs(z(late, 100)) < LIMIT


def test_no_claim_is_for_less_than_one_ore() -> None:
    segment = "debtors__segments__private__"
    tiny_amounts = {f"{segment}tariff": {}, f"{segment}amount_median_kr": 0.1, f"{segment}amount_mean_kr": 400}
    scenario = body(2_000, 0.3, 200, **tiny_amounts)
    smallest = min(int(stream.claims.principal_ore.min()) for stream in streams(scenario, 3))
    assert smallest == 1
