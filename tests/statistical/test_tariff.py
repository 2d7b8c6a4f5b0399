"""Claims of a tariff: each step has its share, the rest stays lognormal, and nobody else's amount moves.

Two-sided z = 5 with fixed seeds; a share that is a tenth off is rejected.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from kravsim import expected
from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.scenario import Scenario
from kravsim.stream import Stream, generate
from kravsim.stream.amounts import mean_amount_kr
from kravsim.stream.stream import SEGMENTS
from tests.properties.strategies import tiny

LIMIT = 5.0
STEPS = {"visit": (200.0, 0.4), "missed_visit": (350.0, 0.15), "ceiling": (1_100.0, 0.05)}


def number(value: float) -> dict[str, object]:
    return {"value": value, "source": "assumption", "status": "assumed"}


def with_tariff(steps: dict[str, tuple[float, float]], **more: object) -> Scenario:
    tariff = {name: {"amount_kr": number(kr), "share": number(share)} for name, (kr, share) in steps.items()}
    return tiny(debtors__segments__private__tariff=tariff, invoices__late_share=0.3, **more)


def streams(scenario: Scenario, replications: int = 12) -> list[Stream]:
    return [generate(scenario.realise(draws), draws) for draws in (Draws(31, 0, r) for r in range(replications))]


def private(stream: Stream) -> np.ndarray:
    return stream.debtors.segment[stream.claims.debtor] == SEGMENTS.index("private")


def test_each_step_has_its_share_and_the_rest_its_mean() -> None:
    scenario = with_tariff(STEPS)
    ore = np.concatenate([s.claims.principal_ore[private(s)] for s in streams(scenario)])
    for kr, share in STEPS.values():
        found, error = (ore == 100 * kr).mean(), math.sqrt(share * (1 - share) / len(ore))
        assert abs(found - share) < LIMIT * error
        assert abs(found - 1.1 * share) > LIMIT * error or share < 0.1
    exact = mean_amount_kr(scenario.data.debtors.segments["private"])
    assert abs(ore.mean() / 100 - exact) < LIMIT * ore.std() / 100 / math.sqrt(len(ore))
    assert abs(ore.mean() / 100 - 440) > LIMIT * ore.std() / 100 / math.sqrt(len(ore))


def test_a_tariff_moves_no_other_claim() -> None:
    plain, with_steps = streams(with_tariff({}), 1)[0], streams(with_tariff(STEPS), 1)[0]
    before, after = plain.claims.principal_ore, with_steps.claims.principal_ore
    of_step = np.isin(after, [round(100 * kr) for kr, _ in STEPS.values()]) & private(with_steps)
    assert np.array_equal(before[~of_step], after[~of_step])
    assert of_step.mean() > 0.3
    sums = np.bincount(with_steps.claims.case, after).astype(np.int64)
    assert np.array_equal(sums, with_steps.cases.principal_ore)


def test_all_claims_may_be_of_the_tariff() -> None:
    stream = streams(with_tariff({"visit": (200.0, 0.5), "day": (100.0, 0.5)}), 1)[0]
    assert set(stream.claims.principal_ore[private(stream)].tolist()) == {10_000, 20_000}


def test_shares_of_more_than_all_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"shares of tariff must not sum to more than 1; they sum to 1\.2"):
        with_tariff({"a": (100.0, 0.7), "b": (200.0, 0.5)})


@pytest.mark.parametrize("floor", [0, 150, 300])
def test_the_closed_form_knows_the_tariff(floor: float) -> None:
    """Mean claim, and what the floor leaves: held against the stream's own cases, uncoordinated."""
    more = {"debtors__coordinate": False, "models__outsourced__escalation__min_case_kr": floor}
    scenario = with_tariff(STEPS, **more)
    found = expected.numbers(scenario, "outsourced")
    made = streams(scenario, 40)
    means = np.array([s.claims.principal_ore.mean() / 100 for s in made])
    assert abs(means.mean() - found["mean_claim_kr"][0]) < LIMIT * means.std(ddof=1) / math.sqrt(len(means))
    free = expected.numbers(scenario.with_changes({"models.outsourced.escalation.min_case_kr": 0}), "outsourced")
    kept = found["kronofogden_applications"][0] / free["kronofogden_applications"][0]
    shares = np.array([(s.claims.principal_ore[private(s)] >= 100 * floor).mean() for s in made])
    assert kept == pytest.approx(shares.mean(), abs=0.03)
