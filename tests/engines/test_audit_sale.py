"""Wrong books of claims that are sold, and logs in which they go on: the audit finds each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from kravsim.engine.contract import ENDED
from kravsim.engine.events import EventLog
from kravsim.errors import RunError
from kravsim.flow import one_run, sequence_inputs
from kravsim.ledger import audit
from kravsim.ledger.accounts import AGENCY, BUYER, CASH, DEBTOR, LINE, WRITE_OFF, Postings
from kravsim.ledger.audit_sale_compiled import OF_SALE
from kravsim.ledger.legal import Legal
from kravsim.models.arranged import Arranged
from kravsim.models.process import END_CODE
from kravsim.settling.arranged_runs import books_of
from tests.properties.strategies import ASSUMED, phase, sequence, tiny

Book = tuple[EventLog, Postings]
Kept = tuple[EventLog, Postings, Callable[[EventLog, Postings], None]]


@pytest.fixture(scope="module")
def kept() -> Kept:
    """Cases of the first arrangement of a sequence, most of them sold on its last day."""
    sold = {"open_cases": "sold", "sale_price_share": {"value": 0.1, **ASSUMED}}
    scenario = tiny().with_changes({"sequences.over": sequence({"x": phase(dt.date(2017, 6, 1), "outsourced") | sold})})
    parts = one_run(scenario, "over", seed=2)
    arranged = parts.arranged
    assert isinstance(arranged, Arranged)
    inputs = sequence_inputs(parts.inputs, arranged)
    one, legal = books_of(arranged, inputs, "compiled").booked[0], inputs.legal[0]

    def checked(log: EventLog, postings: Postings, legal: Legal = legal) -> None:
        audit(log, one.part.plan, one.stream, postings, legal)

    return one.log, one.ledger.postings, checked


def changed(postings: Postings, mask: np.ndarray, **columns: object) -> Postings:
    """The first posting of a kind with other columns."""
    found, at = {}, int(np.flatnonzero(mask)[0])
    for name, content in columns.items():
        found[name] = getattr(postings, name).copy()
        found[name][at] = content(found[name][at]) if callable(content) else content
    return replace(postings, **found)


def is_price(postings: Postings) -> np.ndarray:
    return (postings.book == CASH) & (postings.line == LINE["claims_sold"])


def to_buyer(postings: Postings) -> np.ndarray:
    return (postings.book == WRITE_OFF) & (postings.receiver == BUYER)


def to_debtor(postings: Postings) -> np.ndarray:
    return (postings.book == WRITE_OFF) & (postings.receiver == DEBTOR)


WRONG: dict[str, tuple[Callable[[EventLog, Postings], Book], str]] = {
    "an ore too little": (
        lambda log, p: (log, changed(p, is_price(p), amount_ore=lambda ore: ore - 1)),
        "sold at another price than agreed",
    ),
    "paid to the agency": (
        lambda log, p: (log, changed(p, is_price(p), receiver=AGENCY)),
        "sold at another price than agreed",
    ),
    "paid by the debtor": (
        lambda log, p: (log, changed(p, is_price(p), payer=DEBTOR)),
        "sold at another price than agreed",
    ),
    "a day late": (
        lambda log, p: (log, changed(p, is_price(p), day=lambda day: day + 1)),
        "sold at another price than agreed",
    ),
    "not paid": (lambda log, p: (log, p.where(~is_price(p))), "sold at another price than agreed"),
    "given up to the debtor": (
        lambda log, p: (log, changed(p, to_buyer(p), receiver=DEBTOR)),
        "given up to another than it belongs to",
    ),
    "given up to the buyer": (
        lambda log, p: (log, changed(p, to_debtor(p), receiver=BUYER)),
        "given up to another than it belongs to",
    ),
}


def test_the_books_as_they_are_pass(kept: Kept) -> None:
    log, postings, checked = kept
    assert (log.step[log.kind == ENDED] == END_CODE["sold"]).sum() > 20
    checked(log, postings)


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_books_are_found(kept: Kept, wrong: str) -> None:
    log, postings, checked = kept
    make, found = WRONG[wrong]
    with pytest.raises(RunError, match=found):
        checked(*make(log, postings))


GOES_ON, NO_SALE = "goes on although sold", "sold though no sale takes it"


def test_each_check_of_a_sale_is_seen_to_fail() -> None:
    assert {*(words for _, words in WRONG.values()), GOES_ON, NO_SALE} == set(OF_SALE)


def test_a_case_that_goes_on_is_found_and_one_sold_on_another_day(kept: Kept) -> None:
    log, postings, checked = kept
    sold = np.flatnonzero((log.kind == ENDED) & (log.step == END_CODE["sold"]))
    kept_on = np.ones(len(log.case), np.bool_)
    kept_on[sold[0]] = False
    case = log.case[sold[0]]
    theirs = (postings.case == case) & (is_price(postings) | to_buyer(postings))
    goes_on = EventLog(*(getattr(log, name)[kept_on] for name in EventLog.__dataclass_fields__))
    with pytest.raises(RunError, match=GOES_ON):
        checked(goes_on, postings.where(~theirs))
    minute, day = log.minute.copy(), postings.day.copy()
    minute[sold[0]] += 24 * 60
    day[theirs] += 1
    with pytest.raises(RunError, match=NO_SALE):
        checked(replace(log, minute=minute), replace(postings, day=day))
