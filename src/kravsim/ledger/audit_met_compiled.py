"""One case that may move from contract to contract, compiled: what agency and region pay each other for it, by another route.

Imports nothing from the booking. Each contract is held against the rows that were done under it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import DONE, ENDED
from kravsim.jit_compiled import apart, compiled
from kravsim.ledger.accounts import AGENCY, CASH, DEBTOR, REGION
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
from kravsim.ledger.audit_contract_compiled import (
    COMMISSION,
    COMMISSION_LINE,
    END_PAID,
    FINE,
    PAID_PRICE,
    PAID_PRICE_LINE,
    PAYMENT,
    PAYMENT_LINE,
    PRICE,
    PRICE_LINE,
    STEP_ABROAD,
    commission_on,
    price_of_year,
)
from kravsim.ledger.audit_moves_compiled import Moving, pays
from kravsim.ledger.legal import Agreement, Legal
from kravsim.units import MINUTES_PER_DAY

Ints = NDArray[np.int64]

NO_CONTRACT, OF_SEVERAL = -1, -2
"""Of a day without a payment, and of one with payments under several contracts."""
ANY_DAY = -1


@apart
def audit_contracts(
    legal: Legal,
    moving: Moving,
    agreed: tuple[Agreement, ...],
    rows: Ints,
    n_rows: int,
    number: Ints,
    postings: Ints,
    n_postings: int,
) -> tuple[int, int, int]:
    """Hold what region and agency pay each other for a case against the contracts that it has met (§M14, §M15, §M22, §M29).

    Parameters
    ----------
    legal : Legal
    moving : Moving
    agreed : tuple of Agreement
        Of each arrangement.
    rows, n_rows, number, postings, n_postings
        As in :func:`kravsim.ledger.audit_moves_compiled.audit_move`.

    Returns
    -------
    the first of AGREED that is off (FINE: none is), öre booked, öre agreed
    """
    commissioned = False
    for which in (PAYMENT, PRICE, PAID_PRICE):
        line = PAYMENT_LINE if which == PAYMENT else (PRICE_LINE if which == PRICE else PAID_PRICE_LINE)
        payer, receiver = (AGENCY, REGION) if which == PAYMENT else (REGION, AGENCY)
        total = 0
        for n in range(n_postings):
            commissioned |= postings[n, P_LINE] == COMMISSION_LINE
            if postings[n, P_LINE] != line:
                continue
            total += postings[n, P_AMOUNT]
            on_day = 0
            for other in range(n_postings):
                same = postings[other, P_LINE] == line and postings[other, P_DAY] == postings[n, P_DAY]
                on_day += postings[other, P_AMOUNT] if same else 0
            wanted = _agreed_on(moving, agreed, rows, n_rows, number, which, postings[n, P_DAY])
            astray = postings[n, P_PAYER] != payer or postings[n, P_RECEIVER] != receiver or postings[n, P_BOOK] != CASH
            if astray or on_day != wanted:
                return which, int(on_day), int(wanted)
        wanted = _agreed_on(moving, agreed, rows, n_rows, number, which, ANY_DAY)
        if total != wanted:
            return which, int(total), int(wanted)
    for arrangement in range(len(moving.contract)):
        commissioned |= agreed[arrangement].share > 0 or agreed[arrangement].floor > 0
    if commissioned:
        for n in range(n_postings):
            from_debtor = postings[n, P_BOOK] == CASH and postings[n, P_PAYER] == DEBTOR
            if from_debtor or postings[n, P_LINE] == COMMISSION_LINE:
                found, wanted = _commissions(
                    legal, moving, agreed, rows, n_rows, number, postings, n_postings, postings[n, P_DAY]
                )
                if found != wanted:
                    return COMMISSION, int(found), int(wanted)
    return FINE, 0, 0


@compiled
def _agreed_on(
    moving: Moving, agreed: tuple[Agreement, ...], rows: Ints, n_rows: int, number: Ints, which: int, day: int
) -> int:
    """What is due of a price on a day (or on ANY_DAY, in all), by every contract that the case has met."""
    total, taken = 0, UNDATED
    for row in range(n_rows):
        kind, step, here = rows[ROW_KIND, row], rows[ROW_STEP, row], rows[ROW_MINUTE, row] // MINUTES_PER_DAY
        counts = day == ANY_DAY or day == here  # noqa: PLR1714 - compiled
        if row and moving.contract[number[row]] != moving.contract[number[row - 1]]:
            if taken != UNDATED and which == PRICE and counts:
                terms = agreed[number[row - 1]]
                total += price_of_year(terms.year_end, terms.price_closed, here)
            taken = UNDATED
        terms = agreed[number[row]]
        if kind == DONE and taken == UNDATED and terms.taken_by[step]:
            taken = here
            if which == PRICE and counts:
                total += price_of_year(terms.year_end, terms.price_taken, here)
        if kind != ENDED or taken == UNDATED or not counts:
            continue
        if which == PRICE:
            total += price_of_year(terms.year_end, terms.price_closed, here)
        elif step == END_PAID:
            total += terms.payment if which == PAYMENT else price_of_year(terms.year_end, terms.price_paid, here)
    return int(total)


@compiled
def _contract_on(legal: Legal, moving: Moving, rows: Ints, n_rows: int, number: Ints, day: int) -> int:
    """Contract under which a case pays on a day: NO_CONTRACT where it does not, OF_SEVERAL where under more than one."""
    found = NO_CONTRACT
    for row in range(n_rows):
        if pays(legal, rows, row) and rows[ROW_MINUTE, row] // MINUTES_PER_DAY == day:
            contract = moving.contract[number[row]]
            found = OF_SEVERAL if found != NO_CONTRACT and found != contract else int(contract)  # noqa: PLR1714 - compiled
    return found


@compiled
def _commissions(  # noqa: PLR0913, PLR0917 - a case and everything it is held against
    legal: Legal,
    moving: Moving,
    agreed: tuple[Agreement, ...],
    rows: Ints,
    n_rows: int,
    number: Ints,
    postings: Ints,
    n_postings: int,
    day: int,
) -> tuple[int, int]:
    """Commission booked up to a day, and what it must be by each contract on what was received under it (§M22, §M29).

    Which contract an amount is of cannot be told of a day with payments under several: then nothing is held against it.
    """
    found = wanted = 0
    for n in range(n_postings):
        if postings[n, P_LINE] == COMMISSION_LINE and postings[n, P_BOOK] == CASH and postings[n, P_DAY] <= day:
            forth = postings[n, P_PAYER] == REGION and postings[n, P_RECEIVER] == AGENCY
            found += postings[n, P_AMOUNT] if forth else -postings[n, P_AMOUNT]
    for arrangement in range(len(moving.contract)):
        if arrangement and moving.contract[arrangement] == moving.contract[arrangement - 1]:
            continue
        contract, terms = moving.contract[arrangement], agreed[arrangement]
        taken, abroad, received = UNDATED, UNDATED, 0
        for row in range(n_rows):
            mine = rows[ROW_KIND, row] == DONE and moving.contract[number[row]] == contract
            if mine and agreed[number[row]].taken_by[rows[ROW_STEP, row]]:
                taken = min(taken, rows[ROW_MINUTE, row] // MINUTES_PER_DAY)
                if rows[ROW_STEP, row] == STEP_ABROAD:
                    abroad = min(abroad, rows[ROW_MINUTE, row] // MINUTES_PER_DAY)
        for n in range(n_postings):
            by_debtor = postings[n, P_BOOK] == CASH and postings[n, P_PAYER] == DEBTOR
            if not by_debtor or postings[n, P_RECEIVER] != REGION or not terms.counted[postings[n, P_LINE]]:
                continue
            if postings[n, P_DAY] <= day and taken <= postings[n, P_DAY] < abroad:
                of = _contract_on(legal, moving, rows, n_rows, number, postings[n, P_DAY])
                if of == OF_SEVERAL:
                    return 0, 0
                received += postings[n, P_AMOUNT] if of == contract else 0
        wanted += commission_on(terms, received)
    return int(found), int(wanted)
