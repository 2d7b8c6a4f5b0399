"""Transitions, whatever the scenario: one to itself changes nothing, months are all there, and sums agree."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.flow import run_model, setting
from kravsim.ledger.accounts import CASH, REGION
from kravsim.measures.cash_months import cash_by_month, spans_of
from kravsim.results.transition import AMOUNTS, TransitionFound
from kravsim.scenario import Scenario
from kravsim.settling.tally import PERIOD_HORIZON
from tests.properties.strategies import scenarios_with_sequences

quick = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
ASSUMED = {"source": "assumption", "status": "assumed"}


def asked(scenario: Scenario, sequence: str, seed: int, rate: float = 0.035) -> TransitionFound | None:
    """The transition to a sequence, decided as the year begins; None where it changes before, or is refused by name."""
    phases = scenario.data.sequences[sequence].phases.values()
    if min(phase.since for phase in phases) < dt.date(2017, 1, 1):
        return None
    terms = {"title": "a change", "title_sv": "ett byte", "staying": "in_house", "sequence": sequence}
    terms |= {"decided": dt.date(2017, 1, 1), "discount_rate": {"value": rate, **ASSUMED}}  # type: ignore[dict-item]
    changed = scenario.with_changes({"transitions.change": terms})
    if by_the_hour(scenario):
        with pytest.raises(ScenarioError, match="when_behind"):
            ks.studies.transition(changed, replications=2, seed=seed, workers=1, progress=False)
        return None
    return ks.studies.transition(changed, replications=2, seed=seed, workers=1, progress=False)


def by_the_hour(scenario: Scenario) -> bool:
    """Whether the team that is changed has overtime or temporary staff, whose hours have no month."""
    behind = [pool.when_behind for pool in scenario.data.models["in_house"].staff.values()]
    return any(one is not None and (one.overtime is not None or one.temporary is not None) for one in behind)


@given(scenario=scenarios_with_sequences(), seed=st.integers(0, 2**64))
@quick
def test_a_transition_to_itself_differs_by_exactly_0_in_every_month(scenario: Scenario, seed: int) -> None:
    found = asked(scenario, "twin", seed)
    if found is None:
        return
    assert len(found.months) == 12
    for what in AMOUNTS:
        assert not found.ore(what).any()
    assert found.npv().mean == 0
    assert found.payback() == 0
    assert found.internal == (None, None)


@given(scenario=scenarios_with_sequences(), seed=st.integers(0, 2**64))
@quick
def test_months_years_and_total_agree_and_at_rate_0_the_value_is_the_sum(scenario: Scenario, seed: int) -> None:
    found = asked(scenario, "over", seed, rate=0)
    if found is None:
        return
    for what in AMOUNTS:
        ore = found.ore(what)
        assert ore.shape == (2, 12)
        assert np.allclose(found.total(what).samples, ore.sum(axis=1) / 100, rtol=0, atol=1e-6)
        assert abs(sum(found.by_year(what)) - sum(found.by_month(what))) < 1e-3
        assert np.allclose(found.npv(what).samples, found.total(what).samples, rtol=1e-12, atol=1e-6)
    assert np.array_equal(found.ore("difference"), found.ore("running") + found.ore("once"))
    first = min(phase.since for phase in scenario.data.sequences["over"].phases.values())
    before = max(first.month - 2, 0)  # posts that end finish in the month before what they have in hand
    assert not found.ore("difference")[:, :before].any()


@given(scenario=scenarios_with_sequences(), seed=st.integers(0, 2**64), model=st.sampled_from(["in_house", "over"]))
@quick
def test_what_is_booked_of_a_horizon_is_the_sum_of_its_months(scenario: Scenario, seed: int, model: str) -> None:
    run = run_model(setting(scenario, Draws(seed, 0, 0)), model)
    stream, start = run.inputs.stream, run.inputs.start
    months = cash_by_month(run.tally, spans_of(scenario.data, run.plan, run.arranged, stream.n_days), stream, start)
    cash = run.tally.amounts[PERIOD_HORIZON].sum(axis=0)[CASH]
    assert np.array_equal(months.sum(axis=0), cash[:, :, REGION].sum(axis=1) - cash[:, REGION, :].sum(axis=1))
    postings = run.ledger.postings  # the other road, which must have the same tally
    dated = postings.where((postings.day >= start) & (postings.book == CASH) & (postings.case >= 0))
    by_case = np.zeros_like(run.tally.months[0])
    month = (np.datetime64(stream.first) + dated.day).astype("datetime64[M]").astype(int)
    month -= int(np.datetime64(stream.first + dt.timedelta(start)).astype("datetime64[M]").astype(int))
    np.add.at(
        by_case, (month, dated.line), dated.amount_ore * ((dated.receiver == REGION) * 1 - (dated.payer == REGION))
    )
    of_no_case = run.tally.months[0] - by_case
    assert set(np.flatnonzero(of_no_case.any(axis=0)).tolist()) <= set(postings.line[postings.case < 0].tolist())


def test_a_hand_over_in_which_open_cases_move_is_told_and_leaves_no_stock_to_run_off() -> None:
    """The months before May 2018 and what is paid once are those of a hand-over in which they stay; a run-off is refused."""
    small = {"invoices.per_year": 2000, "debtors.number": 200, "horizon.history_years": 1}
    stays = ks.load_scenario("hand-over-2018").with_changes(small)
    moves = stays.with_changes({"sequences.handed_over.phases.agency.open_cases": "move"})
    found, other = (
        ks.studies.transition(one, replications=2, seed=1, workers=1, progress=False) for one in (moves, stays)
    )
    before = (2018 - 2017) * 12 + 4 - 8  # months from the decision in September 2017
    assert not found.ore("running")[:, :before].any()
    assert found.ore("running")[:, before:].any()
    assert np.array_equal(found.ore("once"), other.ore("once"))
    assert "open_cases_move" in {doubt.key for doubt in found.doubts}
    assert "open_cases_move" not in {doubt.key for doubt in other.doubts}
    run_off = {"kind": "stock_run_off", "counted_from": "change", "month": 1, "amount_kr": {"value": 10, **ASSUMED}}
    stays.with_changes({"transitions.hand_over.costs.watch": run_off})
    with pytest.raises(ScenarioError, match="no open case stays behind") as error:
        moves.with_changes({"transitions.hand_over.costs.watch": run_off})
    assert [problem.key for problem in error.value.problems] == ["transitions.hand_over.costs.watch.kind"]
