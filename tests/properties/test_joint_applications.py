"""Claims of a debtor in one application: never more fees than applications, and nothing changes where nobody has two."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kravsim.chance.draws import Draws
from kravsim.engine import get_engine
from kravsim.engine.contract import ANSWERED, DONE
from kravsim.engine.events import APPLIED_WITH, CaseInput, EventLog, Struck, case_input
from kravsim.errors import RunError
from kravsim.flow import Setting, booked, one_run, run_model, setting
from kravsim.ledger import audit
from kravsim.ledger.accounts import CHARGE, LINE
from kravsim.ledger.together import TOGETHER
from kravsim.models import build_plan, max_visits
from kravsim.models.process import REVIVED, STEP_CODE, answer_code
from kravsim.scenario import Scenario
from kravsim.scenario.schema import STEPS
from kravsim.settling.settle_compiled import settle_cases
from kravsim.settling.terms import terms_of
from kravsim.stream.stream import Cases
from kravsim.units import MINUTES_PER_DAY
from tests.properties.strategies import small_scenarios, tiny

KEY = "policy.joint_application_days"
APART: dict[str, object] = {
    "debtors__coordinate": False,
    "debtors__number": 60,
    "invoices__late_share": 0.05,
    "behaviour__contested_share": 0.3,
}
quick = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@given(scenario=small_scenarios(), wait=st.sampled_from([0, 10, 60]), seed=st.integers(0, 2**64))
@quick
def test_there_are_as_many_application_fees_as_applications(scenario: Scenario, wait: int, seed: int) -> None:
    """An application is what is filed for a debtor on a day."""
    met = setting(scenario.with_changes({KEY: wait}), Draws(seed, 0, 0))
    for model in ("outsourced", "in_house"):
        parts = run_model(met, model)
        log, postings = parts.log, parts.ledger.postings
        filed = (log.kind == DONE) & (log.step == STEP_CODE["payment_order"])
        days = np.stack([parts.inputs.stream.cases.debtor[log.case[filed]], log.minute[filed] // 1440], axis=1)
        applications = np.unique(days, axis=0)
        fees = (postings.book == CHARGE) & (postings.line == LINE["payment_order_application"])
        assert fees.sum() == len(applications) <= filed.sum()
        of_horizon = applications[:, 1] >= met.start
        years = met.world.data.horizon.end.year - met.world.data.horizon.start.year
        assert parts.outcome.numbers["kronofogden_applications"] == of_horizon.sum() / years


@pytest.mark.parametrize("model", ["outsourced", "in_house"])
def test_where_nobody_has_two_claims_at_once_nothing_changes(model: str) -> None:
    one = one_run(tiny(debtors__number=200_000), model, seed=3)
    other = one_run(tiny(debtors__number=200_000).with_changes({KEY: 0}), model, seed=3)
    cases = one.inputs.stream.cases
    assert len(np.unique([cases.debtor, cases.hand_over_day], axis=1).T) == len(cases) > 200
    assert other.ledger.joined == 0
    assert (one.log.step == STEP_CODE["payment_order"]).any()
    assert one.log.equals(other.log)
    assert repr(one.outcome) == repr(other.outcome)


def some_of(met: Setting, keep: np.ndarray) -> CaseInput:
    """The luck of some cases, had the others never been."""
    cases = met.stream.cases
    named = {f.name: getattr(cases, f.name) for f in fields(Cases)}
    fewer = Cases(**{name: column if name == "first_claim" else column[keep] for name, column in named.items()})
    struck = Struck(met.stream.struck_day[keep], met.stream.proceedings[keep])
    visits, joint_from = max_visits(met.world.data), met.stream.first.toordinal()
    return case_input(fewer, met.stream.arose[keep], STEPS, visits, met.draws, MINUTES_PER_DAY, struck, joint_from)


@given(
    scenario=small_scenarios(), wait=st.sampled_from([0, 10, 60]), seed=st.integers(0, 2**64), at=st.floats(0.05, 0.9)
)
@quick
def test_what_is_handed_over_later_changes_nothing_before(scenario: Scenario, wait: int, seed: int, at: float) -> None:
    """Same claims, same luck: until a day, every case lives as if nothing were handed over from that day on."""
    met = setting(scenario.with_changes({KEY: wait, "debtors.coordinate": False}), Draws(seed, 0, 0))
    plan = build_plan(met.world, "outsourced", met.draws)
    day = int(at * met.stream.n_days)
    keep = met.stream.cases.hand_over_day < day
    for engine in ("compiled", "simpy"):
        whole, part = get_engine(engine)(plan, met.cases).rows(), get_engine(engine)(plan, some_of(met, keep)).rows()
        whole[:, 0] = np.append(np.cumsum(keep) - 1, 0)[whole[:, 0]]  # no other case has a row before its hand-over
        before = [rows[rows[:, 5] < day * MINUTES_PER_DAY] for rows in (whole, part)]
        assert np.array_equal(*before)


def test_a_third_hand_over_changes_no_answer_at_all() -> None:
    """From the second on what is answered is the debtor's; and what the first alone was answered was not taken back."""
    met = setting(tiny(**APART).with_changes({KEY: 20}), Draws(3, 0, 0))
    plan = build_plan(met.world, "outsourced", met.draws)
    debtor, day = met.stream.cases.debtor, met.stream.cases.hand_over_day
    nth = np.array(
        [len(np.unique(day[(debtor == its) & (day < its_day)])) for its, its_day in zip(debtor, day, strict=True)]
    )
    steps = [STEP_CODE[name] for name in APPLIED_WITH]
    whole = get_engine("compiled")(plan, met.cases).rows()
    for most in (2, 1):
        keep = nth < most
        part = get_engine("compiled")(plan, some_of(met, keep)).rows()
        its = whole[keep[whole[:, 0]]]
        its[:, 0] = (np.cumsum(keep) - 1)[its[:, 0]]
        assert (nth >= most).sum() > 100
        assert np.isin(its[:, 3], steps).sum() > 30
        assert np.array_equal(its, part) is (most == 2)


@pytest.mark.parametrize("model", ["outsourced", "in_house"])
def test_claims_apart_save_fees_where_they_go_together(model: str) -> None:
    """Negative control of the test above; the engines, and the two ways of keeping books, agree."""
    apart, joint = tiny(**APART), tiny(**APART).with_changes({KEY: 20})
    fees = {}
    for name, scenario in (("apart", apart), ("joint", joint)):
        parts, reference = (one_run(scenario, model, seed=3, engine=engine) for engine in ("compiled", "simpy"))
        assert parts.log.equals(reference.log)
        assert repr(parts.outcome) == repr(reference.outcome)
        filed = ((parts.log.kind == DONE) & (parts.log.step == STEP_CODE["payment_order"])).sum()
        fees[name] = (parts.ledger.postings.line == LINE["payment_order_application"]).sum() / filed
    assert fees["joint"] < 0.9 * fees["apart"]


def test_a_claim_that_a_check_finds_waits_for_others_too() -> None:
    """It is applied for on a filing day of its debtor, at most 20 days after the check, and the audit holds it there."""
    more = {
        "behaviour__strained__surveillance_revived_per_year": 3.0,
        "behaviour__slow__surveillance_revived_per_year": 3.0,
    }
    scenario = tiny(**APART, **more, policy__recheck_days=50, horizon__history_years=1).with_changes({KEY: 20})
    parts, reference = (one_run(scenario, "outsourced", seed=3, engine=engine) for engine in ("compiled", "simpy"))
    assert parts.log.equals(reference.log)
    log, stream = parts.log, parts.inputs.stream
    code = STEP_CODE["surveillance"]
    rows = np.flatnonzero(
        (log.kind == ANSWERED) & (log.step == code) & (log.answer == answer_code("surveillance", REVIVED))
    )
    rows = rows[log.step[np.minimum(rows + 1, len(log) - 1)] == STEP_CODE["payment_order"]]  # the others are too small
    day = log.minute[rows] // 1440
    waited = (day - log.minute[rows - 1] // 1440) % 50
    assert len(rows) > 10
    assert set(waited.tolist()) <= set(range(21))
    assert len(set(waited.tolist())) > 4
    assert not ((day + stream.first.toordinal() + stream.cases.debtor[log.case[rows]]) % 21).any()
    with pytest.raises(RunError, match="revived between checks"):
        audit(
            _later(log, rows[waited < 20][0], 21),
            parts.plan,
            stream,
            parts.ledger.postings,
            parts.inputs.legal_for("outsourced"),
        )


def _later(log: EventLog, row: int, days: int) -> EventLog:
    minute = log.minute.copy()
    minute[row] += days * 1440
    return replace(log, minute=minute)


@pytest.mark.parametrize(("carries", "found"), [(False, "[2-9]"), (True, "0")])
def test_a_journal_with_more_or_fewer_fees_is_found_out(
    monkeypatch: pytest.MonkeyPatch, carries: bool, found: str
) -> None:
    """Each is charged, or nobody is."""
    parts = one_run(tiny(**APART).with_changes({KEY: 0}), "outsourced", seed=3)
    assert parts.ledger.joined > 0
    shared = [STEP_CODE[name] for name in TOGETHER]
    for room in ("debts", "by_rule"):
        monkeypatch.setattr(
            f"kravsim.ledger.{room}.carried_by_another", lambda log, *_: carries & np.isin(log.step, shared)
        )
    with pytest.raises(RunError, match=rf"ledger\.together: got 'debtor \d+: {found} fees at "):
        booked(parts.inputs, parts.plan, parts.log)


def test_a_straight_pass_that_charges_each_is_found_out() -> None:
    met = setting(tiny(**APART).with_changes({KEY: 0}), Draws(3, 0, 0))
    parts, data = run_model(met, "outsourced"), met.world.data
    terms = terms_of(data, data.models["outsourced"], met.stream, met.law_days)
    each = terms._replace(together=np.zeros_like(terms.together))
    settle_cases(parts.plan, met.cases, met.stream, terms, met.legal_for("outsourced"))
    with pytest.raises(RunError, match=r"ledger\.together: got 'debtor \d+: [2-9] fees at "):
        settle_cases(parts.plan, met.cases, met.stream, each, met.legal_for("outsourced"))


def test_more_applications_than_there_was_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room grows while cases are settled."""
    scenario = tiny(**APART, horizon__history_years=2).with_changes({KEY: 0})
    before = one_run(scenario, "outsourced", seed=3)
    monkeypatch.setattr("kravsim.settling.settle_compiled.FIRST_POSTINGS", 40)
    again = one_run(scenario, "outsourced", seed=3)
    assert repr(again.outcome) == repr(before.outcome)
