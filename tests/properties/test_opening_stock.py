"""Opening stocks, whatever the scenario: both engines and bookings agree, no claim is lost or doubled."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kravsim.chance.draws import Draws
from kravsim.engine.contract import ENDED
from kravsim.errors import ScenarioError
from kravsim.flow import run_model, setting
from kravsim.ledger import PARTIES
from kravsim.ledger.accounts import BOOKS
from kravsim.models.opening_past import composition, oldest_alive, way_days
from kravsim.scenario import Scenario
from kravsim.scenario.opening_stock import STAGES
from kravsim.settling.equal_tallies import check_equal
from kravsim.stream.stream import N_CLASSES
from tests.properties.strategies import small_scenarios
from tests.unit.test_opening_stock import row

quick = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

OLDEST = 1700
"""Days from the due date, of claims that letters have kept alive: more than limitation takes, and within the history."""


@st.composite
def with_stocks(draw: st.DrawFn) -> Scenario:
    """A small scenario with a stock of some stages in place of its history: old enough for them, not yet barred.

    Stages that no debtor comes to are left out.
    """
    scenario = draw(small_scenarios())
    assume(scenario.data.policy.joint_application_days is None)
    scenario = scenario.with_changes({"horizon.history_years": 6, "policy.surveillance_spells": 3})
    data, rows = scenario.realise(Draws(0, 0, 0)).data, dict[str, dict[str, Any]]()
    for stage in draw(st.lists(st.sampled_from(STAGES), min_size=1, max_size=4, unique=True)):
        least = 1000 if stage.startswith("watched") else way_days(data, stage) + 1
        most = min(oldest_alive(data, stage, np.ones(N_CLASSES)), OLDEST)
        first = draw(st.integers(least, most))
        rows[stage] = row(stage, (first, draw(st.integers(first, min(first + 300, most)))), draw(st.integers(0, 40)))
    met = scenario.with_changes({"opening_stock": {"rows": rows}})
    try:
        composition(met.realise(Draws(0, 0, 0)).data)
    except ScenarioError as error:
        _, _, nobodys, why = zip(*(problem.key.split(".") for problem in error.problems), strict=True)
        assert set(why) == {"stage"}
        assume(len(nobodys) < len(rows))
        left = {stage: of_stage for stage, of_stage in rows.items() if stage not in nobodys}
        return scenario.with_changes({"opening_stock": {"rows": left}})
    return met


@given(
    scenario=with_stocks(),
    seed=st.integers(0, 2**64),
    model=st.sampled_from(["in_house", "outsourced", "own_reminders"]),
)
@quick
def test_both_engines_and_both_bookings_agree(scenario: Scenario, seed: int, model: str) -> None:
    met = setting(scenario, Draws(seed, 0, 0))
    parts, reference = run_model(met, model), run_model(met, model, "simpy")
    assert parts.log.equals(reference.log)
    assert len(parts.ledger.postings) == len(reference.ledger.postings)  # the first is held against its tally
    check_equal(parts.tally, reference.tally)
    given = sum(one.claims.value for one in scenario.data.opening_stock.rows.values())
    stream, log, postings, debts = parts.inputs.stream, parts.log, parts.ledger.postings, parts.ledger.debts
    assert stream.of_stock.sum() == given
    assert parts.outcome.numbers["opening_claims"] == given
    ends = np.bincount(log.case[log.kind == ENDED], minlength=len(stream.cases))
    assert ends.max(initial=0) <= 1
    assert sum(parts.outcome.ends.values()) == len(stream.claims.case)
    assert (debts.end_day[stream.claims.case] >= parts.ledger.start).all()
    for book in range(len(BOOKS)):
        mine, balance = postings.where(postings.book == book), np.zeros(len(PARTIES), np.int64)
        np.add.at(balance, mine.receiver, mine.amount_ore)
        np.subtract.at(balance, mine.payer, mine.amount_ore)
        assert balance.sum() == 0
