"""What the region pays the agency by their contract in an order of its own: a commission on what is recovered."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import DONE
from kravsim.engine.events import EventLog
from kravsim.ledger.accounts import AGENCY, CASH, CHARGES, DEBTOR, LINE, LINES, REGION, Ints, Journal, Postings
from kravsim.ledger.debts import NO_DAY
from kravsim.ledger.ownership import Ownership
from kravsim.models.process import PROCESS, STEP_CODE
from kravsim.scenario.schema import Commission
from kravsim.units import INT64_MAX, MILLION, MINUTES_PER_DAY, divide_half_up, millionths, ore

OF = {"principal": ("principal",), "interest": ("interest",), "costs": CHARGES}
"""Ledger lines of what a commission is of."""


class Tariff(NamedTuple):
    """A commission: millionths of what is received of a case, no less and no more than so many öre; the lines that count."""

    share: int
    least: int
    most: int
    counted: Ints


def tariff_of(commission: Commission | None) -> Tariff:
    """Lay out a contract's commission; where there is none, nothing counts.

    Parameters
    ----------
    commission : Commission or None
    """
    counted = np.zeros(len(LINES), np.int64)
    if commission is None:
        return Tariff(0, 0, INT64_MAX, counted)
    counted[[LINE[line] for component in commission.of for line in OF[component]]] = 1
    least = 0 if commission.least_kr is None else ore(commission.least_kr.value)
    most = INT64_MAX if commission.most_kr is None else ore(commission.most_kr.value)
    return Tariff(millionths(commission.share.value), least, most, counted)


def commission_ore(received_ore: Ints, tariff: Tariff) -> Ints:
    """The commission of cases that so much has been received of: rounded once, half an öre upwards, then floor and cap.

    §M22, §M26.

    Parameters
    ----------
    received_ore : int64 array, shape (n,)
        What the region has received of each, öre.
    tariff : Tariff
    """
    whole, rest = np.divmod(received_ore, MILLION)
    share = whole * tariff.share + divide_half_up(rest * tariff.share, MILLION)
    return np.where(received_ore > 0, np.minimum(np.maximum(share, tariff.least), tariff.most), 0)


def first_days(
    log: EventLog, owners: Ownership, n_cases: int, mine: NDArray[np.bool_] | None = None
) -> tuple[Ints, Ints]:
    """Days on which the agency takes its first step in each case, and sends it abroad (N,); NO_DAY where it does not.

    Parameters
    ----------
    log : EventLog
    owners : Ownership
    n_cases : int
        Cases of the run.
    mine : bool array, shape (rows,), optional
        Which rows are done under these owners; all by default.
    """
    done, day = log.kind == DONE, log.minute // MINUTES_PER_DAY
    done = done if mine is None else done & mine
    by_agency = np.array(owners.actor) == AGENCY
    found = []
    for steps in (by_agency, by_agency & (np.arange(len(PROCESS)) == STEP_CODE["foreign_collection"])):
        rows = np.flatnonzero(done)
        rows = rows[steps[log.step[rows]]]
        first = np.full(n_cases, NO_DAY, np.int64)
        np.minimum.at(first, log.case[rows], day[rows])
        found.append(first)
    return found[0], found[1]


def book_commission(journal: Journal, cash: Postings, commission: Commission | None, taken: Ints, abroad: Ints) -> None:
    """The commission on what the region receives of a case, from the day on which the agency takes it until it goes abroad.

    §M22.

    Each day's is what all that has been received by then comes to, less what it came to before.

    Parameters
    ----------
    journal : Journal
        Is added to.
    cash : Postings
        Of the book of cash, those of debtors at the least.
    commission : Commission or None
        Of the contract; None where there is none.
    taken, abroad : int64 array, shape (N,)
        Days on which the agency takes each case and sends it abroad, as from :func:`first_days`.
    """
    if commission is None:
        return
    tariff = tariff_of(commission)
    received = cash.where((cash.payer == DEBTOR) & (cash.receiver == REGION) & (tariff.counted[cash.line] > 0))
    received = received.where((received.day >= taken[received.case]) & (received.day < abroad[received.case]))
    days = int(received.day.max(initial=0)) + 1
    each, place = np.unique(received.case * days + received.day, return_inverse=True)
    amount = np.zeros(len(each), np.int64)
    np.add.at(amount, place, received.amount_ore)
    case, day = np.divmod(each, days)
    upto = np.cumsum(amount)
    opens = np.flatnonzero(np.diff(case, prepend=-1) != 0)
    before = np.repeat(upto[opens] - amount[opens], np.diff(np.append(opens, len(case))))
    upto -= before
    so_far = commission_ore(upto, tariff)
    due = so_far - commission_ore(upto - amount, tariff)
    journal.post(CASH, "commission", payer=REGION, receiver=AGENCY, day=day, amount=due, case=case)
