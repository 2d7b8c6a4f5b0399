"""One case's sale, compiled: whether it was sold when it should be, for its price, and to the buyer, by a second route.

Imports nothing from the booking. The day is looked up by the case's hand-over, the principal left is what the debtor has not
paid of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import DONE, ENDED, NONE, STARTED
from kravsim.jit_compiled import compiled
from kravsim.ledger.accounts import BUYER, CASH, DEBTOR, LINE, REGION, WRITE_OFF
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
)
from kravsim.ledger.legal import Legal
from kravsim.ledger.rounding_compiled import rounded
from kravsim.models.sales import SALE_DAY, SALE_FROM, SALE_SHARE, SALE_UNTIL
from kravsim.units import MILLION, MINUTES_PER_DAY

Ints = NDArray[np.int64]

OF_SALE = (
    "sold at another price than agreed",
    "given up to another than it belongs to",
    "sold though no sale takes it",
    "goes on although sold",
)
"""What may be off."""
OTHER_PRICE, TO_ANOTHER, UNSOLD, GOES_ON_SOLD = range(len(OF_SALE))
NOT_OFF = -1
"""Nothing is."""
SOLD_LINE, PRINCIPAL_LINE = LINE["claims_sold"], LINE["principal"]


@compiled
def audit_sale(
    legal: Legal, rows: Ints, n_rows: int, postings: Ints, n_postings: int, handed: int, principal: int
) -> tuple[int, int, int]:
    """Hold what became of a case against the sales of its sequence (§M28).

    Parameters
    ----------
    legal : Legal
    rows : int64 array, shape (columns, at least n_rows)
        As in :func:`kravsim.ledger.audit_compiled.audit_case`, and so are the postings.
    n_rows : int
    postings : int64 array, shape (at least n_postings, columns)
    n_postings : int
    handed : int
        Day of the hand-over, since day 0.
    principal : int
        Of the case, öre.

    Returns
    -------
    the first of OF_SALE that is off (NOT_OFF: none is), what is found (öre, or a day since day 0), what is wanted
    """
    sold = NONE
    if n_rows and rows[ROW_KIND, n_rows - 1] == ENDED and rows[ROW_STEP, n_rows - 1] == legal.end_sold:
        sold = rows[ROW_MINUTE, n_rows - 1] // MINUTES_PER_DAY
    price, astray, given_up_astray = 0, False, 0
    for n in range(n_postings):
        amount, day, receiver = postings[n, P_AMOUNT], postings[n, P_DAY], postings[n, P_RECEIVER]
        if postings[n, P_BOOK] == WRITE_OFF:
            given_up_astray += amount * (receiver != (BUYER if day == sold else DEBTOR))
        elif postings[n, P_BOOK] == CASH and postings[n, P_LINE] == SOLD_LINE:
            price += amount
            astray |= postings[n, P_PAYER] != BUYER or receiver != REGION or day != sold
        elif postings[n, P_BOOK] == CASH and postings[n, P_LINE] == PRINCIPAL_LINE:
            principal -= amount
    leaves, share = _sale_of(legal, handed)
    wanted = rounded(principal * share, MILLION) if sold != NONE else 0
    if price != wanted or astray:
        return OTHER_PRICE, price, wanted
    if given_up_astray:
        return TO_ANOTHER, given_up_astray, 0
    takes = 0 if leaves == NONE else _is_taken(legal, rows, n_rows, leaves)
    if sold != NONE and (sold != leaves or takes == 0):
        return UNSOLD, sold, leaves
    if sold == NONE and takes == 1:
        return GOES_ON_SOLD, sold, leaves
    return NOT_OFF, 0, 0


@compiled
def _sale_of(legal: Legal, handed: int) -> tuple[int, int]:
    """Day of the first sale that takes a case that was handed over on a day (NONE: none does), and millionths."""
    for sale in range(len(legal.sales)):
        if legal.sales[sale, SALE_FROM] <= handed < legal.sales[sale, SALE_UNTIL]:
            return int(legal.sales[sale, SALE_DAY]), int(legal.sales[sale, SALE_SHARE])
    return NONE, 0


@compiled
def _is_taken(legal: Legal, rows: Ints, n_rows: int, leaves: int) -> int:
    """Whether a sale on a day takes a case (1) or not (0), as far as its rows tell where it was then (NONE)."""
    last = NONE
    for row in range(n_rows):
        if rows[ROW_MINUTE, row] < leaves * MINUTES_PER_DAY:
            last = row
    if last != NONE and rows[ROW_KIND, last] == ENDED:
        return 0
    if legal.sold_at.all():
        return 1
    if last != NONE and (rows[ROW_KIND, last] == DONE or rows[ROW_KIND, last] == STARTED):
        return int(legal.sold_at[rows[ROW_STEP, last]])
    return NONE
