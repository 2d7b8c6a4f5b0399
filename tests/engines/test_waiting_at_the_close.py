"""What waits as the horizon closes is the same by both routes: for a server, for the day of a letter, or for nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from kravsim.engine.contract import ANSWERED, NONE
from kravsim.flow import one_run
from kravsim.settling.equal_tallies import check_equal
from kravsim.settling.tally import IN_QUEUE, tally_of
from tests.properties.strategies import tiny

SUNDAY = {"horizon.start": dt.date(2017, 1, 1), "horizon.end": dt.date(2018, 1, 1)}
"""The last day, 31 December 2017, is a Sunday: letters due on it wait until after the close."""


@pytest.mark.parametrize("model", ["outsourced", "own_reminders", "in_house"])
@pytest.mark.parametrize("late", [0.08, 0.5])
def test_letters_that_wait_for_a_working_day_after_the_close_wait_for_nobody(model: str, late: float) -> None:
    scenario = tiny(invoices__per_year=20_000, debtors__number=8000).with_changes(
        {**SUNDAY, "invoices.late_share": late}
    )
    for replication in range(3):
        found = one_run(scenario, model, seed=6, replication=replication)
        read = tally_of(found.ledger, found.log, found.plan, found.inputs.stream, found.inputs.cases)
        check_equal(found.tally, read)
        if model == "outsourced":
            assert found.tally.counts[IN_QUEUE] == 0
            assert not found.tally.work.any()


def test_some_letters_do_wait_for_the_day_after_the_close() -> None:
    scenario = tiny(invoices__per_year=20_000, debtors__number=8000).with_changes(
        {**SUNDAY, "invoices.late_share": 0.5}
    )
    scenario = scenario.with_changes({"models.own_reminders.staff.handlers.fte": 3})
    found = one_run(scenario, "own_reminders", seed=2)
    log, plan, klass = found.log, found.plan, found.inputs.cases.klass
    last = [row for row in range(len(log)) if row + 1 == len(log) or log.case[row + 1] != log.case[row]]
    follows = [
        plan.target[log.step[row], klass[log.case[row]], log.answer[row]] for row in last if log.kind[row] == ANSWERED
    ]
    assert any(plan.pool[step] == NONE for step in follows)
