"""Whatever the scenario: every öre is accounted for, every case has one end, every paid hour is somewhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kravsim.chance.draws import Draws
from kravsim.engine.contract import ENDED
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger import PARTIES, statement_ore
from kravsim.ledger.accounts import BOOKS, CASH, CHARGE, DEBTOR, LINE, REGION, VALUE, WRITE_OFF
from kravsim.scenario import Scenario
from tests.properties.strategies import small_scenarios

MODELS = ("outsourced", "in_house", "own_reminders")
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def _run(scenario: Scenario, model: str, seed: int) -> tuple[Setting, RunParts]:
    parts = run_model(setting(scenario, Draws(seed, 0, 0)), model)
    return parts.inputs, parts  # a model that reminds by itself hands over fewer of the claims


@given(scenario=small_scenarios(), model=st.sampled_from(MODELS), seed=st.integers(0, 2**64))
@quick
def test_every_ore_is_accounted_for(scenario: Scenario, model: str, seed: int) -> None:
    met, parts = _run(scenario, model, seed)
    postings, debts = parts.ledger.postings, parts.ledger.debts
    assert (postings.amount_ore > 0).all()
    for book in range(len(BOOKS)):
        mine = postings.where(postings.book == book)
        balance = np.zeros(len(PARTIES), np.int64)
        np.add.at(balance, mine.receiver, mine.amount_ore)
        np.subtract.at(balance, mine.payer, mine.amount_ore)
        assert balance.sum() == 0
    n = len(met.stream.cases)
    charged, paid, given_up = (np.zeros(n, np.int64) for _ in range(3))
    for total, mask in (
        (charged, postings.book == CHARGE),
        (paid, (postings.book == CASH) & (postings.payer == DEBTOR)),
        (given_up, postings.book == WRITE_OFF),
    ):
        np.add.at(total, postings.case[mask], postings.amount_ore[mask])
    state = debts.charged.sum(axis=1) - debts.paid.sum(axis=1) - debts.given_up.sum(axis=1)
    by_claim = (
        met.stream.claims.principal_ore
        + debts.interest_charged
        - debts.interest_paid
        - debts.interest_given_up
        - debts.principal_paid
        - debts.principal_given_up
    )
    np.add.at(state, met.stream.claims.case, by_claim)
    assert (charged == paid + given_up + state).all()
    assert (state >= 0).all()
    assert (state[debts.end >= 0] == 0).all()


@given(scenario=small_scenarios(), model=st.sampled_from(MODELS), seed=st.integers(0, 2**64))
@quick
def test_the_statement_is_the_regions_purse(scenario: Scenario, model: str, seed: int) -> None:
    _, parts = _run(scenario, model, seed)
    postings, outcome = parts.ledger.postings, parts.outcome
    year = postings.where(postings.day >= parts.ledger.start)
    assert outcome.budget_ore == statement_ore(year)
    cash = year.where(year.book == CASH)
    purse = int(cash.amount_ore[cash.receiver == REGION].sum() - cash.amount_ore[cash.payer == REGION].sum())
    other = {LINE["principal"]: 1, LINE["system_once"]: -1}
    outside = sum(sign * int(cash.amount_ore[cash.line == line].sum()) for line, sign in other.items())
    depreciation = int(year.amount_ore[(year.book == VALUE) & (year.line == LINE["system_depreciation"])].sum())
    assert sum(outcome.budget_ore.values()) == purse - outside - depreciation
    assert outcome.numbers["net_revenue_kr"] == pytest.approx(sum(outcome.budget_ore.values()) / 100, abs=1e-6)


@given(scenario=small_scenarios(), model=st.sampled_from(MODELS), seed=st.integers(0, 2**64))
@quick
def test_every_case_has_one_end_or_is_open(scenario: Scenario, model: str, seed: int) -> None:
    met, parts = _run(scenario, model, seed)
    log, stream = parts.log, met.stream
    ends = np.bincount(log.case[log.kind == ENDED], minlength=len(stream.cases))
    assert ends.max(initial=0) <= 1
    counted = sum(parts.outcome.ends.values())
    ended_before = (parts.ledger.debts.end_day[stream.claims.case] < parts.ledger.start).sum()
    assert counted + ended_before == len(stream.claims.case)
    assert parts.outcome.numbers["opening_claims"] + parts.outcome.numbers["claims"] == counted
    everybodys = setting(scenario, Draws(seed, 0, 0)).stream
    assert everybodys.runs.late.sum() == len(everybodys.claims.case) + everybodys.waiting_claims
    assert len(stream.cases) <= len(everybodys.cases)
    if met.world.data.models[model].own_reminder is None:
        assert len(stream.cases) == len(everybodys.cases)


@given(scenario=small_scenarios(), seed=st.integers(0, 2**64))
@quick
def test_paid_hours_are_busy_idle_or_absent(scenario: Scenario, seed: int) -> None:
    _, parts = _run(scenario, "in_house", seed)
    numbers = parts.outcome.numbers
    parts_of_pay = [numbers[name] for name in ("busy_hours", "idle_hours", "absent_hours")]
    assert min(parts_of_pay) >= 0
    assert sum(round(hours * 60) for hours in parts_of_pay) == round(numbers["paid_hours"] * 60)
    pool = parts.plan.pools[0]
    for post, minutes in enumerate(pool.present_minutes):  # those in reserve come after the posts
        calendar = pool.servers[post]
        assert (calendar.closes - calendar.opens).sum() == minutes.sum()
