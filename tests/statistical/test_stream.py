"""The synthetic stream has the volumes, amounts and mixes that the scenario states.

Two-sided z = 5 (false alarm 6e-7 an assertion). Power: a volume 2 % off, or a mean amount 3 % off, lies more than eight
standard errors away with the numbers used here, and the tests below say so by rejecting exactly such wrong models.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest

from kravsim.draws import Draws
from kravsim.scenario import load_scenario
from kravsim.stream import Stream, generate
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
