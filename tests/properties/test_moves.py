"""Open cases that move over as arrangements change: alike by both roads, nothing lost, no change to the same arrangement."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.engine.contract import ANSWERED, DONE, ENDED, STARTED, STRUCK
from kravsim.flow import RunParts, run_model, setting
from kravsim.ledger.accounts import AGENCY, CASH, CHARGE, CHARGES, DEBTOR, LINE, REGION, WRITE_OFF
from kravsim.ledger.ownership import ownership
from kravsim.models.process import PROCESS
from kravsim.scenario import Scenario
from kravsim.units import MINUTES_PER_DAY
from tests.properties.arranged import (
    by_case,
    check_both_roads,
    check_charged_is_paid_given_up_or_owed,
    check_no_change,
    check_nothing_lost_or_doubled,
)
from tests.properties.strategies import moved, scenarios_with_moves, sequence, tiny

quick = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(scenario=scenarios_with_moves(), seed=st.integers(0, 2**64))
@quick
def test_both_engines_and_both_bookings_agree(scenario: Scenario, seed: int) -> None:
    check_both_roads(scenario, seed)


@given(scenario=scenarios_with_moves(), seed=st.integers(0, 2**64))
@quick
def test_a_move_to_the_same_arrangement_changes_nothing(scenario: Scenario, seed: int) -> None:
    met = setting(scenario, Draws(seed, 0, 0))
    for model, twin in (("in_house", "twin"), ("outsourced", "twin_agency")):
        check_no_change(met, model, twin)


@given(scenario=scenarios_with_moves(), seed=st.integers(0, 2**64))
@quick
def test_no_claim_is_lost_or_doubled_and_every_ore_accounted_for(scenario: Scenario, seed: int) -> None:
    """Per case, and per charge and party that it is owed to: charged = paid + given up + outstanding."""
    parts = run_model(setting(scenario, Draws(seed, 0, 0)), "over")
    check_nothing_lost_or_doubled(parts)
    check_charged_is_paid_given_up_or_owed(parts)
    postings, debts = parts.ledger.postings, parts.ledger.debts
    for line in (*(LINE[name] for name in CHARGES), LINE["interest"]):
        for party in (REGION, AGENCY):
            mine = postings.line == line
            owed = by_case(parts, mine & (postings.book == CHARGE) & (postings.receiver == party))
            of_debtor = mine & (postings.book == CASH) & (postings.payer == DEBTOR) & (postings.receiver == party)
            owed -= by_case(parts, of_debtor) + by_case(
                parts, mine & (postings.book == WRITE_OFF) & (postings.payer == party)
            )
            assert (owed >= 0).all()
            assert (owed[debts.end >= 0] == 0).all()


def arrangement_by_dates(scenario: Scenario, parts: RunParts) -> np.ndarray:
    """Of each row but ends, the arrangement: that in which its step was entered or, after a wait for staff, begun."""
    log, stream, given = parts.log, parts.inputs.stream, scenario.data.sequences["over"]
    dates = [(phase.since - stream.first).days for phase in given.phases.values()]
    models = [given.begins_with, *(phase.model for phase in given.phases.values())]
    pooled = [[step.name in scenario.data.models[model].work for step in PROCESS] for model in models]
    found = np.full(len(log), -1, np.int64)
    for row in range(len(log)):
        begins = row == 0 or log.case[row] != log.case[row - 1]
        if begins:
            entered = int(stream.cases.hand_over_day[log.case[row]]) * MINUTES_PER_DAY
            first = row
        elif log.kind[row - 1] in (ANSWERED, STRUCK):
            entered, first = int(log.minute[row - 1]), row
        at = sum(entered >= day * MINUTES_PER_DAY for day in dates)
        waits = log.kind[first] != ENDED
        while waits and at < len(dates) and pooled[at][log.step[first]]:
            waits = log.minute[first] >= dates[at] * MINUTES_PER_DAY
            at += int(waits)
        found[row] = -1 if log.kind[row] == ENDED else at
    return found


@given(scenario=scenarios_with_moves(), seed=st.integers(0, 2**64))
@quick
def test_each_step_is_of_the_arrangement_of_the_day_on_which_it_was_entered(scenario: Scenario, seed: int) -> None:
    """Charges are of whoever keeps them by that arrangement; letters and checks of whoever does the step."""
    parts = run_model(setting(scenario, Draws(seed, 0, 0)), "over")
    number, log, postings = arrangement_by_dates(scenario, parts), parts.log, parts.ledger.postings
    given = scenario.data.sequences["over"]
    owners = [
        ownership(scenario.data.models[model])
        for model in (given.begins_with, *(one.model for one in given.phases.values()))
    ]
    wanted = set()
    for row in np.flatnonzero(log.kind == DONE).tolist():
        for name in PROCESS[log.step[row]].charges:
            key = int(log.case[row]), int(log.minute[row]) // MINUTES_PER_DAY, LINE[name]
            wanted.add((*key, owners[number[row]].charge[name]))
    mine = postings.where((postings.book == CHARGE) & (postings.line < len(CHARGES)))
    found = set(zip(mine.case.tolist(), mine.day.tolist(), mine.line.tolist(), mine.receiver.tolist(), strict=True))
    assert found <= wanted


def test_in_every_replication_and_in_drawn_worlds_a_move_to_the_same_differs_by_nothing() -> None:
    same = tiny(sequences__twin=sequence({"same": moved(dt.date(2017, 5, 10), "in_house")}))
    found = ks.compare(same, models=("in_house", "twin"), replications=3, seed=4, workers=1, progress=False)
    assert (found.difference.samples == 0).all()
    drawn = ks.compare(
        same, models=("in_house", "twin"), uncertainty="prior", draws=4, seed=4, workers=1, progress=False
    )
    nets = {run.model: run.net_ore() for run in drawn.runs}
    assert (nets["in_house"] == nets["twin"]).all()


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_work_that_waits_moves_and_what_a_post_has_in_hand_it_finishes(engine: str) -> None:
    """A team that is far behind hands over on 10 May, a Wednesday: its queue is the agency's, and done, on that day."""
    late = tiny(models__in_house__staff__handlers__fte=0.02)
    day = dt.date(2017, 5, 10)
    late = late.with_changes({"sequences.over": sequence({"one": moved(day, "outsourced")})})
    parts = run_model(setting(late, Draws(1, 0, 0)), "over", engine)
    alone = run_model(setting(late, Draws(1, 0, 0)), "in_house", engine)
    log, change = parts.log, (day - parts.inputs.stream.first).days * MINUTES_PER_DAY
    assert parts.outcome.numbers["backlog_cases"] == 0
    assert alone.outcome.numbers["backlog_cases"] > 20
    assert log.minute[log.kind == STARTED].max() < change
    done = (log.kind == DONE) & (log.minute == change)
    assert done.sum() > 20  # the queue, at once
    assert (log.release[log.minute >= change][log.kind[log.minute >= change] == DONE] == -1).sum() > 20
    begun = np.flatnonzero(log.kind == STARTED)
    assert (log.kind[begun + 1] == DONE).all()
