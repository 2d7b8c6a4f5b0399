"""What must hold of every run of arrangements one after the other, whatever becomes of open cases."""

from __future__ import annotations

import numpy as np

from kravsim.chance.draws import Draws
from kravsim.engine.contract import ENDED
from kravsim.flow import RunParts, Setting, run_model, setting
from kravsim.ledger import PARTIES
from kravsim.ledger.accounts import BOOKS, CASH, CHARGE, DEBTOR, WRITE_OFF
from kravsim.scenario import Scenario
from kravsim.settling.equal_tallies import check_equal


def check_both_roads(scenario: Scenario, seed: int) -> None:
    """Hold engines and bookings against each other."""
    met = setting(scenario, Draws(seed, 0, 0))
    parts, reference = run_model(met, "over"), run_model(met, "over", "simpy")
    assert parts.log.equals(reference.log)
    assert len(parts.ledger.postings) == len(reference.ledger.postings)  # the first is held against its tally
    check_equal(parts.tally, reference.tally)
    assert repr(parts.outcome) == repr(reference.outcome)


def check_no_change(met: Setting, model: str, twin: str) -> None:
    """Hold a model against the sequence that changes from it to itself: each row, field of the tally, line of the year."""
    one, other = run_model(met, model), run_model(met, twin)
    check_equal(one.tally, other.tally)
    assert repr(one.outcome.numbers) == repr(other.outcome.numbers)
    assert (one.outcome.budget_ore, one.outcome.ends) == (other.outcome.budget_ore, other.outcome.ends)
    assert one.log.equals(other.log)


def check_nothing_lost_or_doubled(parts: RunParts) -> None:
    """Count every claim once, and every öre that is paid as received."""
    stream, log, postings, debts = parts.inputs.stream, parts.log, parts.ledger.postings, parts.ledger.debts
    ends = np.bincount(log.case[log.kind == ENDED], minlength=len(stream.cases))
    assert ends.max(initial=0) <= 1
    ended_before = (debts.end_day[stream.claims.case] < parts.ledger.start).sum()
    assert sum(parts.outcome.ends.values()) + ended_before == len(stream.claims.case)
    for book in range(len(BOOKS)):
        mine, balance = postings.where(postings.book == book), np.zeros(len(PARTIES), np.int64)
        np.add.at(balance, mine.receiver, mine.amount_ore)
        np.subtract.at(balance, mine.payer, mine.amount_ore)
        assert balance.sum() == 0


def check_charged_is_paid_given_up_or_owed(parts: RunParts) -> None:
    """Account for every öre of every case, of which nothing is owed once it has ended."""
    stream, postings, debts = parts.inputs.stream, parts.ledger.postings, parts.ledger.debts
    charged = by_case(parts, postings.book == CHARGE)
    paid = by_case(parts, (postings.book == CASH) & (postings.payer == DEBTOR))
    given_up = by_case(parts, postings.book == WRITE_OFF)
    state = debts.charged.sum(axis=1) - debts.paid.sum(axis=1) - debts.given_up.sum(axis=1)
    by_claim = stream.claims.principal_ore + debts.interest_charged - debts.interest_paid - debts.interest_given_up
    np.add.at(state, stream.claims.case, by_claim - debts.principal_paid - debts.principal_given_up)
    assert (charged == paid + given_up + state).all()
    assert (state[debts.end >= 0] == 0).all()


def by_case(parts: RunParts, mask: np.ndarray) -> np.ndarray:
    """Öre of some postings by case."""
    postings, total = parts.ledger.postings, np.zeros(len(parts.inputs.stream.cases), np.int64)
    np.add.at(total, postings.case[mask], postings.amount_ore[mask])
    return total
