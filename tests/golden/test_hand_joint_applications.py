"""Truth, computed by hand: claims of a debtor that go in one application, with one fee; invoices of 500 kr each.

See ``test_hand_cases.py`` for the dates of one that is handed over on 22 February 2017: applied for on 23 March.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.engine.contract import ANSWERED, DONE
from kravsim.explaining.explanation_words import event_text
from kravsim.explaining.reasons import case_life
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger import LegalCalendar
from kravsim.ledger.accounts import AGENCY, CASH, CHARGE, DEBTOR, KRONOFOGDEN, LINE
from kravsim.models.process import STEP_CODE
from kravsim.scenario import Scenario
from tests.golden.test_hand_cases import TYPES, everyone

DAY = 1440
HANDED_OVER, RIPE = dt.date(2017, 2, 22), dt.date(2017, 3, 23)


def several(**more: object) -> Scenario:
    """Debtors who often have several invoices in a run, each a case of its own, nearly all in one hand-over."""
    changes: dict[str, object] = {"debtors.claims_per_occasion": 2.5, "policy.joint_application_days": 0}
    return everyone(**{"does": "attachment_paid", **changes, **more})  # type: ignore[arg-type]


def runs(scenario: Scenario) -> tuple[Setting, RunParts]:
    met = setting(scenario, Draws(1, 0, 0))
    return met, run_model(met, "outsourced")


def together(met: Setting) -> list[int]:
    """Cases of the first debtor who has several of the invoice run of 1 January, all handed over on 22 February."""
    cases, claims = met.stream.cases, met.stream.claims
    handed_over = (HANDED_OVER - met.stream.first).days
    mine = np.flatnonzero(cases.hand_over_day == handed_over)
    debtors, number = np.unique(cases.debtor[mine], return_counts=True)
    for debtor in debtors[number > 1]:
        found = mine[cases.debtor[mine] == debtor]
        if (claims.run[cases.first_claim[found]] == 0).all():
            return [int(case) for case in found]
    raise AssertionError("nobody has several")


def amounts(parts: RunParts, case: int, book: int, **columns: int) -> dict[str, int]:
    """Öre of a case by line."""
    postings = parts.ledger.postings
    mine = (postings.case == case) & (postings.book == book)
    for name, value in columns.items():
        mine &= getattr(postings, name) == value
    return {name: int(postings.amount_ore[mine & (postings.line == code)].sum()) for name, code in LINE.items()}


def test_two_claims_have_one_application_one_order_and_one_enforcement() -> None:
    """Both applied for on 23 March, ordered on 26 June, attached on 10 August and paid 60 days later, on 9 October 2017.

    Of each 500 + 60 + 180 kr and 259 days of interest, 26.61 kr; of the first 300 + 380 + 600 kr more, which the agency has
    advanced once to Kronofogden: 300 and 600 kr.

    §M5.
    """
    met, parts = runs(several())
    first, *others = together(met)
    paid = [amounts(parts, case, CASH, payer=DEBTOR) for case in (first, *others)]
    assert sum(paid[0].values()) == 50_000 + 6_000 + 18_000 + 2_661 + 30_000 + 38_000 + 60_000
    for other, lines in zip(others, paid[1:], strict=True):
        assert sum(lines.values()) == 50_000 + 6_000 + 18_000 + 2_661
        assert amounts(parts, other, CASH, receiver=KRONOFOGDEN)["kronofogden_outlay"] == 0
        assert amounts(parts, other, CHARGE)["payment_order_application"] == 0
    assert amounts(parts, first, CASH, payer=AGENCY)["kronofogden_outlay"] == 90_000


def test_without_the_policy_each_has_its_own() -> None:
    """The same claims: 300 + 380 + 600 kr of each."""
    met, parts = runs(everyone(does="attachment_paid", **{"debtors.claims_per_occasion": 2.5}))
    for case in together(met):
        assert sum(amounts(parts, case, CASH, payer=DEBTOR).values()) == 50_000 + 6_000 + 18_000 + 2_661 + 128_000


def test_what_is_applied_for_together_is_answered_together() -> None:
    """Half of the applications are dismissed: all claims in one are, on the same day, and nobody owes its costs."""
    met, parts = runs(several(**{"behaviour.dismissed_share": 0.5}))
    log, order = parts.log, STEP_CODE["payment_order"]
    asked = np.flatnonzero((log.kind == ANSWERED) & (log.step == order) & (log.visit == 0))
    by_application: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for row in asked:
        done = int(log.minute[row - 1]) // DAY
        key = int(met.stream.cases.debtor[log.case[row]]), done
        by_application.setdefault(key, set()).add((int(log.answer[row]), int(log.minute[row])))
    assert {len(answers) for answers in by_application.values()} == {1}
    assert len({answer for answers in by_application.values() for answer, _ in answers}) == 2


def together_at(parts: RunParts, step: str) -> dict[tuple[int, int], list[tuple[int, int, int]]]:
    """By debtor and day on which a step is done: hand-over, answer and minute of the answer of each claim."""
    log, cases = parts.log, parts.inputs.stream.cases
    found: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for row in np.flatnonzero((log.kind == ANSWERED) & (log.step == STEP_CODE[step])):
        case, done = log.case[row], int(log.minute[row - 1]) // DAY
        its = int(cases.hand_over_day[case]), int(log.answer[row]), int(log.minute[row])
        found.setdefault((int(cases.debtor[case]), done), []).append(its)
    return found


@pytest.mark.parametrize("step", ["payment_order", "attachment"])
def test_claims_of_several_hand_overs_in_one_application_are_answered_as_one(step: str) -> None:
    """Some applications are dismissed and half of the attachments find nothing; claims wait for sixty days at most."""
    changes: dict[str, object] = {"invoices.per_year": 6_000, "debtors.number": 60, "policy.joint_application_days": 60}
    changes |= {"behaviour.dismissed_share": 0.4, "horizon.end": dt.date(2019, 1, 1)}
    changes |= {f"behaviour.{kind}.attachment_paid_share": 0.5 for kind in TYPES}
    _, parts = runs(several(**changes))
    applications = together_at(parts, step)
    of_several = [claims for claims in applications.values() if len({handed_over for handed_over, _, _ in claims}) > 1]
    assert len(of_several) > 10
    answers = [{(answer, minute) for _, answer, minute in claims} for claims in of_several]
    assert {len(those) for those in answers} == {1}
    assert len({answer for those in answers for answer, _ in those}) == 2


def test_a_second_application_is_answered_anew() -> None:
    """Of debtors whose claims were applied for on two days more than a quarter of a year apart, some have two answers."""
    _, parts = runs(several(**{"behaviour.dismissed_share": 0.5, "invoices.per_year": 6_000, "debtors.number": 60}))
    first, other = {}, {}
    for (debtor, day), claims in sorted(together_at(parts, "payment_order").items()):
        if first.setdefault(debtor, (day, claims[0][1]))[0] < day - 100:
            other.setdefault(debtor, claims[0][1])
    assert {first[debtor][1] == answer for debtor, answer in other.items()} == {True, False}


def test_a_life_tells_which_case_carries_the_fee() -> None:
    """The second claim of two: its application and its enforcement have no fee of their own, and the first carries it."""
    met, parts = runs(several())
    first, other = together(met)[:2]
    data = met.world.data
    calendar = LegalCalendar(met.law, met.stream.first, data.horizon.start, data.law.frozen_at)
    for case, carried_by in ((first, -1), (other, first)):
        life = case_life(parts.ledger, parts.log, parts.plan, met.stream, calendar, data.policy, case)
        done = {entry.step: entry for entry in life.entries if entry.kind == "done"}
        assert {done[step].carried_by for step in ("payment_order", "attachment")} == {carried_by}
        assert {entry.carried_by for step, entry in done.items() if step in {"reminder", "demand", "order"}} == {-1}
    said = {lang: event_text(done["attachment"], lang, first=False) for lang in ("sv", "en")}
    assert said["en"].endswith(f"together with case {first}, which carries the fee")
    assert said["sv"].endswith(f"gemensamt med ärende {first}, som bär avgiften")


@pytest.mark.parametrize("wait", [1, 30, 92])
def test_a_claim_waits_for_the_next_filing_day_of_its_debtor(wait: int) -> None:
    """Ripe on 23 March; filed on the first day whose ordinal plus the debtor's number divides by one day more."""
    met, parts = runs(several(**{"policy.joint_application_days": wait}))
    log, cases = parts.log, met.stream.cases
    first = met.stream.first
    handed_over = (HANDED_OVER - first).days
    seen = set()
    for row in np.flatnonzero((log.kind == DONE) & (log.step == STEP_CODE["payment_order"])):
        case = int(log.case[row])
        if cases.hand_over_day[case] == handed_over:
            filed = first + dt.timedelta(int(log.minute[row]) // DAY)
            days = (RIPE + dt.timedelta(more) for more in range(wait + 1))
            debtor = int(cases.debtor[case])
            assert filed == next(day for day in days if (day.toordinal() + debtor) % (wait + 1) == 0)
            seen.add(filed)
    assert len(seen) > 1
