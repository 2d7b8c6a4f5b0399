"""The prior: one distribution a number, rank correlations between some, and rules that hold in every draw."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import kstest, spearmanr

from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.scenario import Scenario, load_scenario
from kravsim.scenario.prior import Prior

CASE = "jamtland-harjedalen-2017"
DEMANDS = [f"behaviour.{kind}.demand_paid_share" for kind in ("forgetful", "slow", "strained")]
TOLD = {"source": "assumption", "status": "assumed"}
N = 20_000


@pytest.fixture(scope="module")
def case() -> Scenario:
    return load_scenario(CASE)


@pytest.fixture(scope="module")
def drawn(case: Scenario) -> dict[str, Any]:
    normals = np.random.default_rng(7).standard_normal((N, len(case.prior.columns)))
    return dict(case.prior.values(normals))


def pair(rank: float, *keys: str) -> dict[str, Any]:
    return {"keys": list(keys), "rank": rank, **TOLD}


def test_rank_correlations_come_out_as_written_and_no_others(case: Scenario, drawn: dict[str, Any]) -> None:
    # sd of a rank correlation of n pairs is (1 - r^2) sqrt(1 + r^2 / 2) / sqrt(n): 0.0056 at 0.5, 0.0071 at 0
    for one in case.data.correlations.values():
        for other in one.keys[1:]:
            found = spearmanr(drawn[one.keys[0]], drawn[other]).statistic
            assert abs(found - one.rank) < 5 * (1 - one.rank**2) * math.sqrt((1 + one.rank**2 / 2) / N) + 1e-3
            assert abs(found - one.rank * 0.8) > 0.05  # a correlation a fifth too weak would be seen
    assert abs(spearmanr(drawn[DEMANDS[0]], drawn["invoices.terms_days"]).statistic) < 5 / math.sqrt(N)


def test_marginals_are_those_written(case: Scenario, drawn: dict[str, Any]) -> None:
    for key in (*DEMANDS, "invoices.terms_days"):
        value, limits = case.prior.numbers[key]
        low, mode, high = float(value.low or 0), float(value.value), float(value.high or 0)

        def below(x: Any, low: float = low, mode: float = mode, high: float = high) -> Any:
            rising = np.square(np.maximum(x - low, 0)) / ((high - low) * max(mode - low, 1e-300))
            falling = 1 - np.square(high - x) / ((high - low) * max(high - mode, 1e-300))
            return np.where(x < mode, rising, falling)

        assert limits is not None
        assert kstest(drawn[key], below).pvalue > 1e-6
        assert kstest(drawn[key] * 1.05, below).pvalue < 1e-6


def test_a_world_is_one_row_of_the_same_map(case: Scenario) -> None:
    from scipy.special import ndtri

    draws = Draws(3, 5, 0)
    normals = np.array([[ndtri(draws.parameter(name)) for name in case.prior.columns]])
    values = case.prior.values(normals)
    world = case.realise(draws).data
    assert world.behaviour.slow.demand_paid_share.value == values[DEMANDS[1]][0]
    assert world.debtors.number.value == values["debtors.number"][0]
    assert world.invoices.terms_days.value == pytest.approx(values["invoices.terms_days"][0], rel=1e-12)


def test_drawn_together_or_one_by_one_the_numbers_are_the_same(case: Scenario) -> None:
    for draw in (1, 2, 3):
        u = Draws(3, draw, 0).parameters(case.prior.columns)
        world, grouped = case.prior.world(u), {key for group in case.prior.groups for key in group.keys}
        assert list(world) == list(case.prior.keys)
        for key in world.keys() - grouped:
            value, limits = case.prior.numbers[key]
            assert world[key] == value.drawn(u[key], limits).value


def test_numbers_outside_a_group_have_the_luck_of_their_own_name(case: Scenario) -> None:
    draws = Draws(3, 5, 0)
    terms = case.data.invoices.terms_days
    assert case.realise(draws).data.invoices.terms_days == terms.drawn(draws.parameter("invoices.terms_days"))


def test_a_fixed_number_or_one_more_leaves_the_others_their_luck(case: Scenario) -> None:
    draws = Draws(3, 5, 0)
    before = case.realise(draws).data.behaviour
    fixed = case.with_changes({DEMANDS[0]: 0.2}).realise(draws).data.behaviour
    assert fixed.forgetful.demand_paid_share.value == 0.2
    assert fixed.slow.demand_paid_share == before.slow.demand_paid_share
    keys = [*DEMANDS, "behaviour.insolvent.demand_paid_share"]
    more = case.with_changes({"correlations.demands.keys": keys}).realise(draws).data.behaviour
    assert more.strained.demand_paid_share == before.strained.demand_paid_share
    assert more.insolvent.demand_paid_share != before.insolvent.demand_paid_share
    alone = case.with_changes({"correlations.other": pair(0.3, "invoices.terms_days", "debtors.number")})
    assert alone.realise(draws).data.behaviour == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"correlations.x": pair(0.5, "invoices.late", "debtors.number")}, "the dotted key of a number"),
        ({"correlations.x": pair(0.5, "invoices.term_days", "debtors.number")}, "did you mean invoices.terms_days?"),
        ({"correlations.x": pair(0.5, *DEMANDS[:2])}, "correlations.demands gives it too"),
        ({"correlations.x": pair(0.5, DEMANDS[0], DEMANDS[0])}, "it stands twice in the list"),
        ({"correlations.x": pair(1.0, "invoices.terms_days", "debtors.number")}, "correlations.x.rank"),
        ({"correlations.x": pair(0.5, "debtors.number")}, "a list of 2 or more"),
        (
            {
                "correlations.x": pair(0.9, "invoices.terms_days", "debtors.number"),
                "correlations.y": pair(0.9, "invoices.terms_days", "debtors.activity_shape"),
                "correlations.z": pair(-0.9, "debtors.number", "debtors.activity_shape"),
            },
            "debtors.number and debtors.activity_shape -0.9",
        ),
    ],
)
def test_impossible_correlations_are_refused_by_name(case: Scenario, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        case.with_changes(changes)
    assert words in str(refused.value)


def test_the_rules_between_values_hold_at_the_worst_of_the_ranges_in_every_structure(case: Scenario) -> None:
    """So that no draw of any structure can break one: a draw lies within the ends that are tried here."""
    assert {case.with_alternatives(each.choice).range_problems for each in case.structures()} == {()}
    wide = {"value": 0.8, "low": 0.75, "high": 0.95, **TOLD}
    (problem,) = case.with_changes({"behaviour.forgetful.reminder_paid_share": wide}).range_problems
    assert "a sum of 1.0399" in str(problem)
    assert "behaviour.forgetful.reminder_paid_share" in str(problem)


def test_the_prior_of_a_scenario_without_uncertain_numbers_is_empty(case: Scenario) -> None:
    fixed = case.with_changes({key: value.value for key, (value, _) in case.prior.numbers.items()})
    assert isinstance(fixed.prior, Prior)
    assert fixed.prior.columns == ()
    assert fixed.realise(Draws(1, 4, 0)).data == fixed.realise(Draws(1, 0, 0)).data
