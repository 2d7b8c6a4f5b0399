"""The straight pass and the journal come to the same öre, and an audit that is lied to says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kravsim import flow
from kravsim.chance.draws import Draws
from kravsim.engine import engine_compiled
from kravsim.engine.contract import NONE
from kravsim.errors import RunError
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger.accounts import CASH, DEBTOR, LINE
from kravsim.scenario import Scenario, load_scenario
from kravsim.settling.equal_tallies import check_equal
from kravsim.settling.settle_compiled import settle_cases
from kravsim.settling.staff_compiled import AT, SERVER_COLUMNS, SKILLS, WINDOW_CLOSES, check_staff
from kravsim.settling.tally import tally_of
from kravsim.settling.terms import Terms, fits_64_bits, terms_of
from tests.properties.strategies import small_scenarios, tiny

BUNDLED = "jamtland-harjedalen-2017"
SMALLER = {"horizon.history_years": 2, "invoices.per_year": 20_000, "debtors.number": 3_000}
MODELS = ("outsourced", "in_house", "own_reminders")
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def agreed(met: Setting, model: str) -> RunParts:
    """A run whose straight tally is that of its journal, and whose reference engine comes to the same outcome."""
    parts, reference = run_model(met, model), run_model(met, model, "simpy")
    mine = parts.inputs  # a model that reminds by itself hands over fewer of the claims
    check_equal(parts.tally, tally_of(parts.ledger, parts.log, parts.plan, mine.stream, mine.cases))
    check_equal(parts.tally, reference.tally)
    assert repr(parts.outcome) == repr(reference.outcome)  # NaN: no cases
    return parts


@given(scenario=small_scenarios(), model=st.sampled_from(MODELS), seed=st.integers(0, 2**64))
@quick
def test_random_scenarios(scenario: Scenario, model: str, seed: int) -> None:
    agreed(setting(scenario, Draws(seed, 0, 0)), model)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("model", load_scenario(BUNDLED).models)
def test_bundled_scenario(model: str, seed: int) -> None:
    parts = agreed(setting(load_scenario(BUNDLED).with_changes(SMALLER), Draws(seed, 0, 0)), model)
    assert (parts.tally.amounts.sum(axis=(0, 1, 3, 4, 5)) > 0).all()  # every book has been written in


def test_what_differs_is_named_with_the_paragraphs_of_its_rules(met: Setting) -> None:
    tally = run_model(met, "outsourced").tally
    for line, named in (
        ("agency_charge", r"amounts of agency_charge §M21 §M16 differs"),
        ("interest", "of interest differs"),
    ):
        amounts = tally.amounts.copy()
        amounts[1, 0, CASH, LINE[line], 0, 1] += 1
        with pytest.raises(RunError, match=named) as error:
            check_equal(tally, tally._replace(amounts=amounts))
        assert len(error.value.problems) == 1


@pytest.fixture(scope="module")
def met() -> Setting:
    return setting(load_scenario(BUNDLED).with_changes(SMALLER), Draws(3, 0, 0))


def test_drawn_by_key_or_from_the_array_the_log_is_the_same(met: Setting) -> None:
    parts = run_model(met, "in_house")
    given_all = replace(met.cases, uniforms=np.asarray(met.cases.uniforms))
    assert engine_compiled.run(parts.plan, given_all).equals(parts.log)


def test_one_ore_in_another_place_is_another_tally(met: Setting) -> None:
    parts = run_model(met, "outsourced")
    amounts = parts.tally.amounts.copy()
    amounts[1, 0, CASH, 0, DEBTOR, 0] += 1
    with pytest.raises(RunError, match=r"ledger\.tally: got 'amounts of reminder_fee differs'"):
        check_equal(parts.tally, parts.tally._replace(amounts=amounts))


def test_amounts_too_large_for_one_product_go_through_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    met = setting(tiny(), Draws(1, 0, 0))
    assert fits_64_bits(met.stream, met.law_days)
    straight = run_model(met, "outsourced").outcome
    case = met.stream.cases.principal_ore
    large = replace(met.stream, cases=replace(met.stream.cases, principal_ore=case + 5 * 10**12))
    assert not fits_64_bits(large, met.law_days)
    monkeypatch.setattr(flow, "fits_64_bits", lambda *_: False)
    assert repr(run_model(met, "outsourced").outcome) == repr(straight)


def a_fee_of_one_ore_more(terms: Terms) -> Terms:
    fee = terms.fee.copy()
    fee[1, fee.shape[1] // 2 :] += 1
    return terms._replace(fee=fee)


def a_day_without_interest(terms: Terms) -> Terms:
    rates, day = terms.rates.copy(), len(terms.rates) // 2
    rates[day:] -= rates[day] - rates[day - 1]
    return terms._replace(rates=rates)


def interest_of_a_basis_point_more(terms: Terms) -> Terms:
    return terms._replace(rates=terms.rates + np.arange(len(terms.rates)))


def interest_from_the_demand(terms: Terms) -> Terms:
    return terms._replace(interest_from=terms.interest_from + 2)


def a_payment_less_than_all(terms: Terms) -> Terms:
    return terms._replace(effect=np.where(terms.effect == 1, 2, terms.effect))


def an_outlay_not_advanced(terms: Terms) -> Terms:
    return terms._replace(on_charged=np.full_like(terms.on_charged, NONE))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (a_fee_of_one_ore_more, r"ledger\.demand_fee: got 'case \d+: 18001 öre"),
        (a_day_without_interest, r"ledger\.interest: got 'claim"),
        (interest_of_a_basis_point_more, r"ledger\.interest: got 'claim"),
        (interest_from_the_demand, r"ledger\.interest: got 'claim"),
        (a_payment_less_than_all, r"paid not as answered"),
        (an_outlay_not_advanced, r"outlays not as by the law"),
    ],
)
def test_an_audit_that_is_lied_to_says_so(met: Setting, wrong: Callable[[Terms], Terms], words: str) -> None:
    parts, data = run_model(met, "outsourced"), met.world.data
    terms = terms_of(data, data.models["outsourced"], met.stream, met.law_days)
    settle_cases(parts.plan, met.cases, met.stream, terms, met.legal_for(parts.plan.model))
    with pytest.raises(RunError, match=words):
        settle_cases(parts.plan, met.cases, met.stream, wrong(terms), met.legal_for(parts.plan.model))


@pytest.mark.parametrize(
    ("starts", "minutes", "skill", "expected"),
    [
        ([600, 610], [10, 5], 0, (15, NONE, NONE, NONE)),
        ([600, 609], [10, 5], 0, (15, 0, NONE, NONE)),
        ([600, 1300], [10, 5], 0, (10, NONE, 0, NONE)),
        ([600, 610], [10, 5], 1, (15, NONE, NONE, 0)),
    ],
    ids=["in order", "twice at once", "while away", "without the skill"],
)
def test_staff_who_cannot_have_worked_so_are_found(
    met: Setting, starts: list[int], minutes: list[int], skill: int, expected: tuple[int, int, int, int]
) -> None:
    """One server at work from 08:00 to 16:00."""
    _, _, staff, _ = engine_compiled.prepared(run_model(met, "in_house").plan, met.cases)
    day = np.array([480]), np.array([960]), np.array([0])
    alone = staff._replace(
        first_hours=np.array([0, 1]), opens=day[0], closes=day[1], before=day[2], first_server=np.array([0, 1])
    )
    work = np.array([[0, start, long, 0] for start, long in zip(starts, minutes, strict=True)], np.int32)
    at = np.zeros((1, SERVER_COLUMNS), np.int64)
    at[0, AT], at[0, WINDOW_CLOSES], at[0, SKILLS] = -1, 10_000, 1
    assert check_staff(alone, work, at, np.array([skill])) == expected
