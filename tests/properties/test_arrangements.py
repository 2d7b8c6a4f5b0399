"""Arrangements one after the other, whatever the scenario: the same by both roads, nothing lost, a twin is no change."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.engine.contract import DONE
from kravsim.flow import RunParts, run_model, setting
from kravsim.ledger.accounts import AGENCY, CHARGE
from kravsim.ledger.ownership import ownership
from kravsim.scenario import Scenario
from tests.properties.arranged import (
    check_both_roads,
    check_charged_is_paid_given_up_or_owed,
    check_no_change,
    check_nothing_lost_or_doubled,
)
from tests.properties.strategies import phase, scenarios_with_sequences, sequence, tiny

quick = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(scenario=scenarios_with_sequences(), seed=st.integers(0, 2**64))
@quick
def test_a_change_to_the_same_arrangement_changes_nothing(scenario: Scenario, seed: int) -> None:
    check_no_change(setting(scenario, Draws(seed, 0, 0)), "in_house", "twin")


@given(scenario=scenarios_with_sequences(), seed=st.integers(0, 2**64))
@quick
def test_both_engines_and_both_bookings_agree(scenario: Scenario, seed: int) -> None:
    check_both_roads(scenario, seed)


@given(scenario=scenarios_with_sequences(), seed=st.integers(0, 2**64))
@quick
def test_no_claim_is_lost_or_doubled_and_every_ore_accounted_for(scenario: Scenario, seed: int) -> None:
    parts = run_model(setting(scenario, Draws(seed, 0, 0)), "over")
    check_nothing_lost_or_doubled(parts)
    check_charged_is_paid_given_up_or_owed(parts)


@given(scenario=scenarios_with_sequences(), seed=st.integers(0, 2**64))
@quick
def test_a_case_keeps_the_arrangement_that_it_met(scenario: Scenario, seed: int) -> None:
    """Charges are of whoever does a step by the arrangement of the hand-over, and no later agency has a share in them."""
    parts = run_model(setting(scenario, Draws(seed, 0, 0)), "over")
    owners = {name: ownership(scenario.data.models[name]) for name in ("in_house", "agency")}
    postings = parts.ledger.postings
    for case in range(0, len(parts.inputs.stream.cases), 7):
        met = parts.arrangement_of(case)
        assert met is not None
        assert met.first <= parts.inputs.stream.cases.hand_over_day[case] < met.last
        charged = postings.where((postings.case == case) & (postings.book == CHARGE) & (postings.step >= 0))
        assert set(charged.receiver.tolist()) <= {owners[met.model].interest, *owners[met.model].charge.values()}
        if met.model == "in_house":
            theirs = postings.where(postings.case == case)
            assert AGENCY not in {*theirs.payer.tolist(), *theirs.receiver.tolist()}


def _hours(parts: RunParts) -> dict[str, float]:
    return {name: parts.outcome.numbers[f"{name}_hours"] for name in ("paid", "busy", "idle", "absent")}


@given(scenario=scenarios_with_sequences(), seed=st.integers(0, 2**64))
@quick
def test_paid_hours_are_busy_idle_or_absent(scenario: Scenario, seed: int) -> None:
    hours = _hours(run_model(setting(scenario, Draws(seed, 0, 0)), "over"))
    assert min(hours.values()) >= 0
    assert round(60 * hours["paid"]) == sum(round(60 * hours[name]) for name in ("busy", "idle", "absent"))


def test_in_every_replication_and_in_drawn_worlds_a_twin_differs_by_nothing() -> None:
    same = tiny(sequences__twin=sequence({"same": phase(dt.date(2017, 5, 10), "in_house")}))
    found = ks.compare(same, models=("in_house", "twin"), replications=3, seed=4, workers=1, progress=False)
    assert (found.difference.samples == 0).all()
    drawn = ks.compare(
        same, models=("in_house", "twin"), uncertainty="prior", draws=4, seed=4, workers=1, progress=False
    )
    nets = {run.model: run.net_ore() for run in drawn.runs}
    assert (nets["in_house"] == nets["twin"]).all()


def test_a_post_that_is_no_more_finishes_what_it_has_in_hand() -> None:
    """Contract §9: no case is left in the hands of nobody, and none is done later than the last minute of the post."""
    few = tiny(models__in_house__staff__handlers__fte=2.0)
    posts = few.sheet.tables["models"]["in_house"]["staff"]["handlers"]
    few = few.with_model("fewer", copy_of="in_house", changes={"staff.handlers": posts, "staff.handlers.fte": 1.0})
    few = few.with_changes({"sequences.shrinks": sequence({"one": phase(dt.date(2017, 5, 10), "fewer")})})
    parts = run_model(setting(few, Draws(1, 0, 0)), "shrinks")
    pool = parts.plan.pools[0]
    assert [server.is_given_up for server in pool.servers] == [False, True]
    assert pool.fte == (2 * 129 + 1 * 236) / 365
    log, last = parts.log, int(pool.servers[1].closes[-1])
    mine = (log.kind == DONE) & (log.server == 1)
    assert 0 < log.minute[mine].max() <= last
    begun = np.flatnonzero((log.server == 1) & (log.kind != DONE))
    assert (log.kind[begun + 1] == DONE).all()
