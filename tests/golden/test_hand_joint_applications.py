"""Truth, computed by hand: claims of a debtor that go in one application, with one fee; invoices of 500 kr each.

See ``test_hand_cases.py`` for the dates of one that is handed over on 22 February 2017: applied for on 23 March.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.engine.contract import ANSWERED, DONE
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger.accounts import AGENCY, CASH, CHARGE, DEBTOR, KRONOFOGDEN, LINE
from kravsim.models.process import STEP_CODE
from kravsim.scenario import Scenario
from tests.golden.test_hand_cases import everyone

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
