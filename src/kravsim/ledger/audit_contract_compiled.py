"""One case's contract, compiled: what agency and region pay each other for it, by a second route.

Imports nothing from the booking. Prices are held against the rows of the case's life, a commission against all that the
region has received by each day.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import DONE, ENDED
from kravsim.jit_compiled import compiled
from kravsim.ledger.accounts import AGENCY, CASH, DEBTOR, LINE, REGION
from kravsim.ledger.audit_columns import (
    P_AMOUNT,
    P_BOOK,
    P_DAY,
    P_LINE,
    P_PAYER,
    P_RECEIVER,
    ROW_KIND,
    ROW_MINUTE,
    ROW_STEP,
    UNDATED,
)
from kravsim.ledger.legal import Agreement
from kravsim.ledger.rounding_compiled import rounded
from kravsim.models.process import END_CODE, STEP_CODE
from kravsim.units import MILLION, MINUTES_PER_DAY

Ints = NDArray[np.int64]

AGREED = ("contract_payment", "case_price", "paid_case_price", "commission")
"""Ledger lines that a contract sets for a case."""
PAYMENT, PRICE, PAID_PRICE, COMMISSION = range(len(AGREED))
PAYMENT_LINE, PRICE_LINE, PAID_PRICE_LINE, COMMISSION_LINE = (LINE[name] for name in AGREED)
END_PAID, STEP_ABROAD = END_CODE["paid"], STEP_CODE["foreign_collection"]
FINE = -1
"""No line is off."""


@compiled
def audit_contract(  # noqa: C901, PLR0912 - one line of the contract after another
    agreed: Agreement, rows: Ints, n_rows: int, postings: Ints, n_postings: int
) -> tuple[int, int, int]:
    """Hold what a case costs and brings between the two against their contract (§M14, §M15, §M22).

    Parameters
    ----------
    agreed : Agreement
    rows : int64 array, shape (columns, at least n_rows)
        As in :func:`kravsim.ledger.audit_compiled.audit_case`, and so are the postings.
    n_rows : int
    postings : int64 array, shape (at least n_postings, columns)
    n_postings : int

    Returns
    -------
    the first of AGREED that is off (FINE: none is), öre booked, öre agreed
    """
    taken, abroad, ended, paid = UNDATED, UNDATED, UNDATED, UNDATED
    for row in range(n_rows):
        kind, step, day = rows[ROW_KIND, row], rows[ROW_STEP, row], rows[ROW_MINUTE, row] // MINUTES_PER_DAY
        if kind == DONE and agreed.taken_by[step]:
            taken = min(taken, day)
            if step == STEP_ABROAD:
                abroad = min(abroad, day)
        elif kind == ENDED:
            ended = day
            paid = day if step == END_PAID else UNDATED
    if taken == UNDATED:
        ended = paid = UNDATED
    when, prices = (taken, agreed.price_taken) if agreed.when_taken else (ended, agreed.price_closed)
    payment = charged = charged_paid = 0
    payment_astray = charged_astray = charged_paid_astray = commissioned = False
    for n in range(n_postings):
        line, amount = postings[n, P_LINE], postings[n, P_AMOUNT]
        if line == PAYMENT_LINE:
            payment += amount
            payment_astray |= _is_astray(postings, n, AGENCY, REGION, paid)
        elif line == PRICE_LINE:
            charged += amount
            charged_astray |= _is_astray(postings, n, REGION, AGENCY, when)
        elif line == PAID_PRICE_LINE:
            charged_paid += amount
            charged_paid_astray |= _is_astray(postings, n, REGION, AGENCY, paid)
        elif line == COMMISSION_LINE or agreed.counted[line]:
            commissioned = True
    wanted = agreed.payment if paid != UNDATED else 0
    if payment_astray or payment != wanted:
        return PAYMENT, payment, wanted
    wanted = price_of_year(agreed.year_end, prices, when)
    if charged_astray or charged != wanted:
        return PRICE, charged, wanted
    wanted = price_of_year(agreed.year_end, agreed.price_paid, paid)
    if charged_paid_astray or charged_paid != wanted:
        return PAID_PRICE, charged_paid, wanted
    if commissioned:
        return _audit_commission(agreed, postings, n_postings, taken, abroad)
    return FINE, 0, 0


@compiled
def price_of_year(year_end: Ints, prices: Ints, day: int) -> int:
    """The price of the calendar year in which a day lies; nothing where there is no such day.

    Parameters
    ----------
    year_end : int64 array, shape (Y,)
        The day after the last of each calendar year, since day 0.
    prices : int64 array, shape (Y,)
        Öre.
    day : int
        Since day 0, or UNDATED.
    """
    if day == UNDATED:
        return 0
    year = 0
    while year_end[year] <= day:
        year += 1
    return int(prices[year])


@compiled
def _is_astray(postings: Ints, n: int, payer: int, receiver: int, day: int) -> bool:
    """Whether a price is not paid in cash by the one to the other on its day (§M14, §M15)."""
    return bool(
        postings[n, P_PAYER] != payer
        or postings[n, P_RECEIVER] != receiver
        or postings[n, P_DAY] != day
        or postings[n, P_BOOK] != CASH
    )


@compiled
def _audit_commission(
    agreed: Agreement, postings: Ints, n_postings: int, taken: int, abroad: int
) -> tuple[int, int, int]:
    """Hold the commission against what the region has received, on each day on which either is booked (§M22)."""
    for n in range(n_postings):
        line = postings[n, P_LINE]
        if line == COMMISSION_LINE or (agreed.counted[line] and taken <= postings[n, P_DAY] < abroad):
            found, wanted = _commission(agreed, postings, n_postings, taken, abroad, postings[n, P_DAY])
            if found != wanted:
                return COMMISSION, found, wanted
    return FINE, 0, 0


@compiled
def _commission(
    agreed: Agreement, postings: Ints, n_postings: int, taken: int, abroad: int, day: int
) -> tuple[int, int]:
    """Commission booked up to a day, and what it must be on all that the region has received by then (§M22, §M26)."""
    received, found = 0, 0
    for n in range(n_postings):
        if postings[n, P_DAY] > day or postings[n, P_BOOK] != CASH:
            continue
        if postings[n, P_LINE] == COMMISSION_LINE:
            forth = postings[n, P_PAYER] == REGION and postings[n, P_RECEIVER] == AGENCY
            found += postings[n, P_AMOUNT] if forth else -postings[n, P_AMOUNT]
        elif (
            agreed.counted[postings[n, P_LINE]] and postings[n, P_PAYER] == DEBTOR and postings[n, P_RECEIVER] == REGION
        ):
            received += postings[n, P_AMOUNT] if taken <= postings[n, P_DAY] < abroad else 0
    return found, commission_on(agreed, received)


@compiled
def commission_on(agreed: Agreement, received: int) -> int:
    """What a commission comes to on all that has been received of a case under a contract (§M22, §M26).

    Parameters
    ----------
    agreed : Agreement
    received : int
        Öre.
    """
    if received == 0:
        return 0
    wanted = received // MILLION * agreed.share
    wanted += rounded(received % MILLION * agreed.share, MILLION)
    return int(min(max(wanted, agreed.floor), agreed.cap))
