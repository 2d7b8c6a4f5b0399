"""Claims of a tariff: each step has its share, the rest stays lognormal, and the mean of all is the scenario's.

Two-sided z = 5 with fixed seeds; a share that is a tenth off is rejected.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from kravsim import expected
from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.scenario import Scenario, load_scenario
from kravsim.stream import Stream, generate
from kravsim.stream.amounts import mean_amount_kr, rest_mean_kr
from kravsim.stream.stream import SEGMENTS
from tests.properties.strategies import tiny

LIMIT = 5.0
STEPS = {"visit": (200.0, 0.4), "missed_visit": (350.0, 0.15), "ceiling": (1_100.0, 0.05)}

ALL = {"visit": (200.0, 0.5), "day": (100.0, 0.5)}


def number(value: float) -> dict[str, object]:
    return {"value": value, "source": "assumption", "status": "assumed"}


def with_tariff(steps: dict[str, tuple[float, float]], **more: object) -> Scenario:
    tariff = {name: {"amount_kr": number(kr), "share": number(share)} for name, (kr, share) in steps.items()}
    return tiny(debtors__segments__private__tariff=tariff, invoices__late_share=0.3, **more)


def median(kr: float) -> dict[str, object]:
    return {"debtors__segments__private__amount_median_kr": kr}


def mean_of(mean: float, at_half: float) -> dict[str, object]:
    return {"debtors__segments__private__amount_mean_kr": mean, **median(at_half)}


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
    segment = scenario.data.debtors.segments["private"]
    assert mean_amount_kr(segment) == pytest.approx(440)
    assert rest_mean_kr(segment) == pytest.approx((440 - 80 - 52.5 - 55) / 0.4)
    assert abs(ore.mean() / 100 - 440) < LIMIT * ore.std() / 100 / math.sqrt(len(ore))
    assert abs(ore.mean() / 100 - 0.93 * 440) > LIMIT * ore.std() / 100 / math.sqrt(len(ore))


def test_a_tariff_moves_other_private_claims_in_one_proportion_and_nobody_elses() -> None:
    plain, with_steps = streams(with_tariff({}), 1)[0], streams(with_tariff(STEPS), 1)[0]
    before, after = plain.claims.principal_ore, with_steps.claims.principal_ore
    mine = private(with_steps)
    of_step = np.isin(after, [round(100 * kr) for kr, _ in STEPS.values()]) & mine
    assert np.array_equal(before[~mine], after[~mine])
    proportion = rest_mean_kr(with_tariff(STEPS).data.debtors.segments["private"]) / 440
    assert np.abs(after - proportion * before)[mine & ~of_step].max() <= 0.5 * (1 + proportion)
    assert of_step.mean() > 0.3
    sums = np.bincount(with_steps.claims.case, after).astype(np.int64)
    assert np.array_equal(sums, with_steps.cases.principal_ore)


def test_all_claims_may_be_of_the_tariff() -> None:
    stream = streams(with_tariff(ALL, **mean_of(150, 120)), 1)[0]
    assert set(stream.claims.principal_ore[private(stream)].tolist()) == {10_000, 20_000}


@pytest.mark.parametrize("mean", [120.0, 149.99, 150.01, 440.0])
def test_the_mean_of_claims_that_are_all_of_the_tariff_is_what_its_steps_bring(mean: float) -> None:
    with pytest.raises(ScenarioError, match=r"steps bring a mean claim of 150 kr: amount_mean_kr must be that; it is"):
        with_tariff(ALL, **mean_of(mean, 120))
    thirds = {"a": (100.0, 1 / 3), "b": (200.0, 1 / 3), "c": (400.0, 1 / 3)}
    rounded = with_tariff(thirds, **mean_of(233.33, 120))  # to the öre
    assert mean_amount_kr(rounded.data.debtors.segments["private"]) == pytest.approx(700 / 3, abs=1e-9)


@pytest.mark.parametrize(
    ("steps", "mean", "values", "said"),
    [
        (STEPS, 440, {"amount_mean_kr": 187.5}, "must be more than the steps of the tariff bring"),
        (STEPS, 440, {"amount_mean_kr": 150.0}, r"150 in set 1, beside .*\.tariff whose steps bring 187\.5 kr"),
        (STEPS, 440, {"tariff.ceiling.amount_kr": 9000.0}, "whose steps bring 582.5 kr"),
        (STEPS, 440, {"tariff.ceiling.share": 0.4}, "whose steps bring 572.5 kr"),
        (ALL, 150, {"amount_mean_kr": 440.0}, "must be what the steps bring where every claim is of the tariff"),
        (ALL, 150, {"tariff.day.amount_kr": 90.0}, "must be what the steps bring where every claim is of the tariff"),
    ],
)
def test_sets_in_which_the_mean_is_not_what_the_tariff_allows_are_refused_as_in_a_file(
    steps: dict[str, tuple[float, float]], mean: float, values: dict[str, float], said: str
) -> None:
    scenario = with_tariff(steps, **mean_of(mean, 100))
    key = "debtors.segments.private"
    today = {row.key: row.value for row in scenario.rows()}
    for name, value in values.items():
        sets = {f"{key}.{name}": np.array([float(today[f"{key}.{name}"]), value])}
        with pytest.raises(ScenarioError, match=said) as caught:
            expected.numbers(scenario, "outsourced", sets)
        assert f"{key}.amount_mean_kr: got" in str(caught.value)
        assert "in set 1" in str(caught.value)
        with pytest.raises(ScenarioError):
            scenario.with_changes({f"{key}.{name}": value})


def test_sets_that_the_tariff_allows_are_worked_as_in_a_file() -> None:
    scenario, key = with_tariff(STEPS), "debtors.segments.private"
    sets = {f"{key}.amount_mean_kr": np.array([187.51, 300.0]), f"{key}.amount_median_kr": np.array([100.0, 100.0])}
    found = expected.numbers(scenario, "outsourced", sets)["mean_claim_kr"]
    for place in range(2):
        alone = scenario.with_changes({name: float(values[place]) for name, values in sets.items()})
        assert found[place] == pytest.approx(expected.numbers(alone, "outsourced")["mean_claim_kr"][0], rel=1e-12)
        assert mean_amount_kr(alone.data.debtors.segments["private"]) == pytest.approx(
            sets[f"{key}.amount_mean_kr"][place]
        )


def test_drawn_worlds_in_which_the_steps_pass_the_mean_are_refused() -> None:
    """The mean of 440 kr may come out as 150, less than what the steps bring."""
    spread = {"value": 440, "low": 150, "high": 500, "source": "assumption", "status": "assumed"}
    scenario = with_tariff(STEPS, debtors__segments__private__amount_mean_kr=spread, **median(100))
    assert any("must be more than what its steps bring" in str(one) for one in scenario.range_problems)
    with pytest.raises(ScenarioError, match="must be more than what its steps bring"):
        scenario.realise(Draws(1, 1, 0))


def test_a_mean_that_the_steps_alone_pass_is_refused() -> None:
    """Six claims of ten are of the tariff and bring 187.50 kr of the mean claim."""
    with pytest.raises(ScenarioError, match=r"must be more than what its steps bring \(187\.5 kr of the mean claim\)"):
        with_tariff(
            STEPS, debtors__segments__private__amount_mean_kr=150, debtors__segments__private__amount_median_kr=100
        )


def test_the_real_case_has_the_fees_of_its_region() -> None:
    """Visits of 300 kr, days in hospital of 100, the ceiling of 1 100: all sourced, and how many of each assumed."""
    private_claims = load_scenario("jamtland-harjedalen-2017").data.debtors.segments["private"]
    assert {name: step.amount_kr.value for name, step in private_claims.tariff.items()} == {
        "visit": 300,
        "two_visits": 600,
        "missed_visit": 300,
        "hospital_day": 100,
        "ceiling": 1100,
    }
    assert {step.amount_kr.status for step in private_claims.tariff.values()} == {"sourced", "derived"}
    assert {step.share.status for step in private_claims.tariff.values()} == {"assumed"}
    assert mean_amount_kr(private_claims) == pytest.approx(440)


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
