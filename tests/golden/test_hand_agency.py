"""An agency that chooses, by hand: what it does with the invoice of 500 kr of test_hand_cases.py under today's contract.

Demanded on 8 March 2017, checked on the 22nd, filed on the 23rd. Every debtor who is filed pays 40 days later, 380 kr to the
agency for its work, 300 kr that it has laid out and the 60 kr of its reminder; nobody pays under surveillance.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from kravsim.engine.contract import DONE, ENDED
from kravsim.flow import RunParts, Setting
from kravsim.models.process import END_CODE, STEP_CODE
from tests.golden.test_hand_cases import TYPES, everyone, first_january

FIXED = {"source": "assumption", "status": "assumed"}
COSTS = {
    "case_per_year_kr": 0,
    "letter_kr": 9,
    "application_kr": 60,
    "least_margin_kr": 30,
    "interest_share_per_year": 0,
}


def run(
    *, escalation: dict[str, object] | None = None, more: dict[str, object] | None = None, **costs: float
) -> tuple[Setting, RunParts, int]:
    numbers = {key: {"value": value} | FIXED for key, value in (COSTS | costs).items()}
    changes: dict[str, object] = {
        "models.outsourced.agency": numbers,
        "models.outsourced.escalation": {
            "min_case_kr": {"value": 100} | FIXED,
            "rule": "agency_chooses",
            **(escalation or {}),
        },
    }
    changes |= {f"behaviour.{kind}.surveillance_paid_per_year": 0.0 for kind in TYPES}
    changes |= {f"behaviour.{kind}.surveillance_revived_per_year": 0.0 for kind in TYPES}
    scenario = everyone(does="payment_order_paid")
    return first_january(scenario.with_changes(changes | (more or {})), "outsourced")


def day_of(met: Setting, parts: RunParts, case: int, step: int, kind: int) -> dt.date | None:
    log = parts.log
    rows = np.flatnonzero((log.case == case) & (log.kind == kind) & (log.step == step))
    return met.stream.first + dt.timedelta(minutes=int(log.minute[rows[0]])) if len(rows) else None


@pytest.mark.parametrize(("work", "files"), [(409, True), (410, False)])
def test_an_application_is_filed_where_it_brings_more_than_its_work_and_the_margin_required(
    work: float, files: bool
) -> None:
    """All pay: 300 + 380 kr and 60 kr of the reminder come in, 300 kr have gone out, 30 kr must be left: 410 kr are too much.

    Then the case is watched, which costs nothing here.
    """
    met, parts, case = run(application_kr=work)
    day = dt.date(2017, 3, 23)
    assert day_of(met, parts, case, STEP_CODE["payment_order"], DONE) == (day if files else None)
    assert day_of(met, parts, case, STEP_CODE["surveillance"], DONE) == (None if files else day)


def test_what_costs_more_to_watch_than_it_brings_is_given_back() -> None:
    """A krona a year for a case that nobody pays: given back on 23 March, its 500 kr and its fees written off."""
    met, parts, case = run(application_kr=500, case_per_year_kr=1)
    assert day_of(met, parts, case, END_CODE["unwatched"], ENDED) == dt.date(2017, 3, 23)
    claim, debts = int(met.stream.cases.first_claim[case]), parts.ledger.debts
    assert debts.principal_given_up[claim] == 50_000
    assert debts.given_up[case].sum() == 24_000


@pytest.mark.parametrize(
    ("instruction", "filed"),
    [
        ({"min_age_days": {"value": 60} | FIXED}, dt.date(2017, 4, 23)),
        ({"min_age_days": {"value": 20} | FIXED}, dt.date(2017, 3, 23)),
        ({"min_case_kr": {"value": 501} | FIXED}, None),
        ({"min_case_kr": {"value": 500} | FIXED}, dt.date(2017, 3, 23)),
        ({"never": ["private"]}, None),
        ({"never": ["business"]}, dt.date(2017, 3, 23)),
    ],
)
def test_it_files_within_the_buyers_instructions(instruction: dict[str, object], filed: dt.date | None) -> None:
    """Handed over on 22 February: 60 days later it is 23 April, while without instruction the demand's 14 days are enough."""
    met, parts, case = run(escalation=instruction)
    assert day_of(met, parts, case, STEP_CODE["payment_order"], DONE) == filed


OWN_REMINDER: dict[str, object] = {
    "models.outsourced.agency_from": "demand",
    "models.outsourced.unit_costs": {
        name: {"value": 9} | FIXED for name in ("letter_kr", "check_kr", "recheck_kr", "ku25_statement_kr")
    },
}
"""The region sends the reminder itself, keeps its fee, and says which residues of it are asked for."""


@pytest.mark.parametrize(("work", "files"), [(349, True), (350, False)])
def test_the_fee_of_the_regions_own_reminder_is_the_regions(work: float, files: bool) -> None:
    """All pay: 300 + 380 kr come in, 300 kr have gone out, 30 kr must be left: 350 kr are too much, 60 kr less than above."""
    met, parts, case = run(more=OWN_REMINDER, application_kr=work)
    day = dt.date(2017, 3, 23)
    assert day_of(met, parts, case, STEP_CODE["payment_order"], DONE) == (day if files else None)


@pytest.mark.parametrize(("floor", "asked"), [(50, True), (70, False)])
def test_a_residue_of_the_regions_own_reminder_is_the_regions(floor: float, asked: bool) -> None:
    """All pay the invoice alone after the reminder of 22 February; 60 kr are left, which the region asks for from 50 kr on.

    The agency would ask for none: a letter costs it 1 000 kr.
    """
    alone: dict[str, object] = {f"behaviour.{kind}.principal_only_share": 1.0 for kind in TYPES}
    met, parts, case = run(more=OWN_REMINDER | alone | {"policy.residue_floor_kr": floor}, letter_kr=1000)
    assert (day_of(met, parts, case, STEP_CODE["residue"], DONE) is not None) == asked
