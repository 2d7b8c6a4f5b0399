"""Open cases that are sold as arrangements change: the same by both roads, nothing lost, nothing goes on."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kravsim.chance.draws import Draws
from kravsim.engine.contract import DONE, ENDED
from kravsim.flow import run_model, setting
from kravsim.ledger.accounts import BUYER, CASH, CHARGE, DEBTOR, LINE, WRITE_OFF
from kravsim.models.process import END_CODE, STEP_CODE
from kravsim.scenario import Scenario
from kravsim.units import MILLION, MINUTES_PER_DAY, divide_half_up
from tests.properties.arranged import by_case, check_both_roads, check_nothing_lost_or_doubled
from tests.properties.strategies import ASSUMED, phase, scenarios_with_sales, sequence, tiny

quick = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(scenario=scenarios_with_sales(), seed=st.integers(0, 2**64))
@quick
def test_both_engines_and_both_bookings_agree(scenario: Scenario, seed: int) -> None:
    check_both_roads(scenario, seed)


@given(scenario=scenarios_with_sales(), seed=st.integers(0, 2**64))
@quick
def test_no_claim_is_lost_or_doubled_and_every_ore_accounted_for(scenario: Scenario, seed: int) -> None:
    parts = run_model(setting(scenario, Draws(seed, 0, 0)), "over")
    check_nothing_lost_or_doubled(parts)
    postings, debts = parts.ledger.postings, parts.ledger.debts
    charged = by_case(parts, postings.book == CHARGE)
    paid = by_case(parts, (postings.book == CASH) & (postings.payer == DEBTOR))
    of_book = postings.book == WRITE_OFF
    given_up, to_buyer = (by_case(parts, of_book & (postings.receiver == party)) for party in (DEBTOR, BUYER))
    is_sold = debts.end == END_CODE["sold"]
    ended = debts.end >= 0
    assert (charged[ended] == (paid + given_up + to_buyer)[ended]).all()
    assert (to_buyer[~is_sold] == 0).all()
    assert (to_buyer[is_sold] > 0).all()


@given(scenario=scenarios_with_sales(), seed=st.integers(0, 2**64))
@quick
def test_what_is_sold_is_sold_on_the_day_for_its_price_and_goes_on_no_more(scenario: Scenario, seed: int) -> None:
    """By the claims of each case themselves: what the debtor had not paid of them before the day, and its share."""
    parts = run_model(setting(scenario, Draws(seed, 0, 0)), "over")
    sold = scenario.data.sequences["over"].phases["handed_over"]
    day = (sold.since - parts.inputs.stream.first).days
    cases, debts, log, postings = parts.inputs.stream.cases, parts.ledger.debts, parts.log, parts.ledger.postings
    handed, is_sold = cases.hand_over_day, debts.end == END_CODE["sold"]
    assert (debts.end_day[is_sold] == day).all()
    old = handed < day
    takes = old.copy()
    if sold.split_age_days is not None:
        is_young = day - handed < sold.split_age_days
        takes &= is_young if sold.younger == "sold" else ~is_young
    assert not (is_sold & ~takes).any()
    if not sold.split_steps:
        assert (is_sold == (takes & (debts.end_day >= day))).all()
        later = takes[log.case] & (log.minute >= day * MINUTES_PER_DAY)
        assert set(log.step[later]) <= {END_CODE["sold"]}
    else:
        waiting = np.flatnonzero((log.kind == DONE) & (log.minute < day * MINUTES_PER_DAY))
        follows = np.minimum(waiting + 1, len(log) - 1)
        same = (log.case[follows] == log.case[waiting]) & (waiting + 1 < len(log))
        open_then = waiting[~same | (log.minute[follows] >= day * MINUTES_PER_DAY)]
        at = np.isin(log.step[open_then], [STEP_CODE[name] for name in sold.split_steps])
        of_old = old[log.case[open_then]]
        wanted = at if sold.at_steps == "sold" else ~at
        assert (is_sold[log.case[open_then]] == wanted)[of_old].all()
    paid = np.zeros(len(cases), np.int64)
    by_debtor = (postings.line == LINE["principal"]) & (postings.book == CASH) & (postings.day < day)
    np.add.at(paid, postings.case[by_debtor], postings.amount_ore[by_debtor])
    price = np.zeros(len(cases), np.int64)
    of_sale = postings.line == LINE["claims_sold"]
    np.add.at(price, postings.case[of_sale], postings.amount_ore[of_sale])
    share = round(sold.sale_price_share.value * MILLION) if sold.sale_price_share else 0
    assert (price == np.where(is_sold, divide_half_up((cases.principal_ore - paid) * share, MILLION), 0)).all()


def test_cases_in_the_hands_of_a_post_are_sold_and_the_post_finishes_them_in_vain() -> None:
    """Work that is begun leaves a row of its beginning, and none that it is done; what waits leaves none."""
    late = tiny(models__in_house__staff__handlers__fte=0.02)
    late = late.with_model("agency", copy_of="outsourced")
    sold = phase(dt.date(2017, 5, 10), "agency") | {
        "open_cases": "sold",
        "sale_price_share": {"value": 0.1, **ASSUMED},
    }
    parts = run_model(setting(late.with_changes({"sequences.over": sequence({"one": sold})}), Draws(1, 0, 0)), "over")
    log, day = parts.log, (dt.date(2017, 5, 10) - parts.inputs.stream.first).days
    ended = np.flatnonzero((log.kind == ENDED) & (log.step == END_CODE["sold"]))
    assert len(ended) > 20
    assert (log.minute[ended] == day * MINUTES_PER_DAY).all()
    assert (log.server[log.minute >= day * MINUTES_PER_DAY] == -1).all()
    assert parts.outcome.numbers["backlog_cases"] == 0
