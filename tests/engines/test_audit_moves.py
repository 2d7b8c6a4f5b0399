"""Wrong books of claims that move over, and logs in which another did it: the audit finds each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pytest

from kravsim.engine.events import EventLog
from kravsim.errors import RunError
from kravsim.flow import one_run, sequence_inputs
from kravsim.ledger.accounts import AGENCY, CASH, CHARGE, CHARGES, DEBTOR, LINE, REGION, WRITE_OFF, Postings
from kravsim.ledger.audit_compiled import Moved, audit_cases
from kravsim.ledger.audit_moves_compiled import OF_MOVE
from kravsim.ledger.legal import SEVERAL
from kravsim.ledger.legal_moves import moving_of
from kravsim.models.arranged import Arranged
from kravsim.settling.arranged_runs import books_of
from tests.engines.test_audit_sale import changed
from tests.properties.strategies import ASSUMED, moved, sequence, tiny

Checked = Callable[[Postings, np.ndarray], None]
Kept = tuple[EventLog, Postings, np.ndarray, Checked]


@pytest.fixture(scope="module")
def kept() -> Kept:
    """Cases of which many move from the region to an agency that is paid in every way."""
    contract = "models.outsourced.contract."
    kr = {"price_a_case_kr": 100, "price_a_paid_case_kr": 50, "paid_case_kr": 10}
    terms: dict[str, object] = {f"{contract}{name}": {"value": value, **ASSUMED} for name, value in kr.items()}
    terms |= {f"{contract}price_a_case_when": "closed", f"{contract}interest_kept_by": "region"}
    terms[f"{contract}commission"] = {"share": {"value": 0.1, **ASSUMED}, "of": ["principal"]}
    over = {"sequences.over": sequence({"x": moved(dt.date(2017, 6, 1), "outsourced")})}
    parts = one_run(tiny().with_changes(terms | over), "over", seed=2)
    arranged = parts.arranged
    assert isinstance(arranged, Arranged)
    inputs = sequence_inputs(parts.inputs, arranged)
    books = books_of(arranged, inputs, "compiled")
    models = [parts.inputs.world.data.models[part.model] for part in arranged.parts]
    agreed = tuple(one.agreed for one in inputs.legal)

    def checked(postings: Postings, number: np.ndarray) -> None:
        moving = Moved(moving_of(arranged, models), agreed, number)
        problems = audit_cases(books.log, inputs.stream, postings, inputs.legal[0]._replace(agreed=SEVERAL), moving)
        if problems:
            raise RunError(problems)

    return books.log, books.ledger.postings, books.number, checked


def is_line(postings: Postings, line: str, book: int = CASH) -> np.ndarray:
    return (postings.book == book) & (postings.line == LINE[line])


def other(party: int) -> int:
    return AGENCY if party == REGION else REGION


WRONG: dict[str, tuple[Callable[[Postings], Postings], str]] = {
    "a fee is another's": (
        lambda p: changed(p, (p.book == CHARGE) & (p.line < len(CHARGES)), receiver=other),
        "owed to another than the step's arrangement says",
    ),
    "interest is another's": (
        lambda p: changed(p, is_line(p, "interest", CHARGE), receiver=other),
        "owed to another than the step's arrangement says",
    ),
    "a fee is paid to another": (
        lambda p: changed(p, (p.book == CASH) & (p.line < len(CHARGES)) & (p.payer == DEBTOR), receiver=other),
        "paid or given up beyond what was owed to whom it was",
    ),
    "a fee is given up by another": (
        lambda p: changed(p, (p.book == WRITE_OFF) & (p.line < len(CHARGES)), payer=other),
        "paid or given up beyond what was owed to whom it was",
    ),
    "a closed case at another price": (
        lambda p: changed(p, is_line(p, "case_price"), amount_ore=lambda ore: ore + 1),
        "case_price",
    ),
    "a closed case on another day": (
        lambda p: changed(p, is_line(p, "case_price"), day=lambda day: day + 1),
        "case_price",
    ),
    "no price of a paid case": (lambda p: p.where(~is_line(p, "paid_case_price")), "paid_case_price"),
    "the agency is paid its payment": (
        lambda p: changed(p, is_line(p, "contract_payment"), payer=REGION, receiver=AGENCY),
        "contract_payment",
    ),
    "another commission": (
        lambda p: changed(p, is_line(p, "commission"), amount_ore=lambda ore: ore + 1),
        "commission",
    ),
    "no commission": (lambda p: p.where(~is_line(p, "commission")), "commission"),
}


def test_the_books_as_they_are_pass(kept: Kept) -> None:
    log, postings, number, checked = kept
    assert len(np.unique(log.case[1:][(np.diff(number) != 0) & (np.diff(log.case) == 0)])) > 10
    checked(postings, number)


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_books_are_found(kept: Kept, wrong: str) -> None:
    _, postings, number, checked = kept
    make, found = WRONG[wrong]
    with pytest.raises(RunError, match=found):
        checked(make(postings), number)


ANOTHER = "done by another arrangement than the case met"


def test_a_step_of_another_arrangement_is_found(kept: Kept) -> None:
    _, postings, number, checked = kept
    for row in np.flatnonzero(np.diff(number) != 0)[:3].tolist():
        astray = number.copy()
        astray[row] = number[row + 1]
        with pytest.raises(RunError, match=ANOTHER):
            checked(postings, astray)
    assert {*(words for _, words in WRONG.values()), ANOTHER} >= set(OF_MOVE)


def test_a_step_that_stays_with_whom_it_should_not_is_found(kept: Kept) -> None:
    log, postings, number, checked = kept
    moves = np.flatnonzero((np.diff(number) != 0) & (np.diff(log.case) == 0))
    astray = number.copy()
    astray[moves[0] + 1] = number[moves[0]]
    with pytest.raises(RunError, match=ANOTHER):
        checked(postings, astray)
