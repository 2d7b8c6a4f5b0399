"""One case that may move from arrangement to arrangement, compiled: who did, is owed and is paid what, by a second route.

Imports nothing from the booking. Which arrangement a step is of is looked up by dates; what is owed to region and agency is
held against the law of the steps that each has done.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, DONE, ENDED, STRUCK
from kravsim.jit_compiled import apart, compiled
from kravsim.ledger.accounts import AGENCY, CASH, CHARGE, CHARGES, DEBTOR, LINE, WRITE_OFF
from kravsim.ledger.audit_columns import (
    P_AMOUNT,
    P_BOOK,
    P_DAY,
    P_LINE,
    P_PAYER,
    P_RECEIVER,
    ROW_ANSWER,
    ROW_KIND,
    ROW_MINUTE,
    ROW_STEP,
)
from kravsim.ledger.legal import EMPTY, PAYS_NOTHING, PAYS_WAIVER, TWO_SIZES, Legal
from kravsim.units import MINUTES_PER_DAY

Ints = NDArray[np.int64]

OF_MOVE = (
    "done by another arrangement than the case met",
    "owed to another than the step's arrangement says",
    "paid or given up beyond what was owed to whom it was",
)
"""What may be off of a case that may move."""
OTHER_ARRANGEMENT, OTHER_OWNER, BEYOND = range(len(OF_MOVE))
NOT_AMISS = -1
"""Nothing is."""
N_CHARGES = len(CHARGES)
LARGE = tuple(N_CHARGES + TWO_SIZES.index(name) if name in TWO_SIZES else charge for charge, name in enumerate(CHARGES))
INTEREST_LINE = LINE["interest"]
OWED_DUE, OWED_BOOKED, OWED_SETTLED = range(3)


class Moving(NamedTuple):
    """Arrangements one after the other, as the audit looks them up (P arrangements, S steps, H charges).

    Attributes
    ----------
    first : (P,)
        First day of each, since day 0.
    moves : (Q,)
        Arrangements, by number, that open cases move over to as they begin.
    pooled : (P, S)
        1 where a step waits for staff.
    keeper, of_interest : (P, H), (P,)
        Who keeps each charge, and interest.
    contract : (P,)
        Number of the contract; one with the same terms as the one before goes on.
    owed : (3, 2, H + 1)
        Working space: öre due, booked and settled, of region and agency, by charge and of interest.
    """

    first: Ints
    moves: Ints
    pooled: Ints
    keeper: Ints
    of_interest: Ints
    contract: Ints
    owed: Ints


@apart
def audit_move(  # noqa: PLR0913, PLR0917 - a case and everything it is held against
    legal: Legal,
    moving: Moving,
    rows: Ints,
    n_rows: int,
    number: Ints,
    postings: Ints,
    n_postings: int,
    handed: int,
    principal: int,
) -> tuple[int, int, int]:
    """Hold who did, and is owed, what of a case against dates and arrangements (contract §19, §M29).

    Parameters
    ----------
    legal : Legal
    moving : Moving
    rows : int64 array, shape (columns, at least n_rows)
        As in :func:`kravsim.ledger.audit_compiled.audit_case`, and so are the postings.
    n_rows : int
    number : int64 array, shape (at least n_rows,)
        Arrangement of each row, as it was booked.
    postings : int64 array, shape (at least n_postings, columns)
    n_postings : int
    handed : int
        Day of the hand-over, since day 0.
    principal : int
        Of the case, öre.

    Returns
    -------
    the first of OF_MOVE that is off (NOT_AMISS: none is), what is found, what is wanted
    """
    wrong, wanted = _first_astray(moving, rows, n_rows, number, handed)
    if wrong != NOT_AMISS:
        return OTHER_ARRANGEMENT, wrong, wanted
    _add_up(legal, moving, rows, n_rows, number, postings, n_postings, principal)
    owed = moving.owed
    for n in range(n_postings):
        is_interest = postings[n, P_BOOK] == CHARGE and postings[n, P_LINE] == INTEREST_LINE
        if is_interest and not _is_theirs(legal, moving, rows, n_rows, number, postings, n):
            return OTHER_OWNER, int(postings[n, P_AMOUNT]), 0
    ended = n_rows > 0 and rows[ROW_KIND, n_rows - 1] == ENDED
    for owner in range(owed.shape[1]):
        for line in range(owed.shape[2]):
            due, booked = int(owed[OWED_DUE, owner, line]), int(owed[OWED_BOOKED, owner, line])
            settled = int(owed[OWED_SETTLED, owner, line])
            if line < N_CHARGES and booked != due:
                return OTHER_OWNER, booked, due
            if settled > booked or (ended and settled != booked):
                return BEYOND, settled, booked
    return NOT_AMISS, 0, 0


@compiled
def _add_up(
    legal: Legal,
    moving: Moving,
    rows: Ints,
    n_rows: int,
    number: Ints,
    postings: Ints,
    n_postings: int,
    principal: int,
) -> None:
    """What the law makes due to region and agency by line, what is booked as owed to each, and what of it is settled."""
    owed = moving.owed
    for what in range(owed.shape[0]):
        for owner in range(owed.shape[1]):
            for line in range(owed.shape[2]):
                owed[what, owner, line] = 0
    for row in range(n_rows):
        if rows[ROW_KIND, row] == DONE:
            _owe(legal, moving, rows[ROW_STEP, row], number[row], rows[ROW_MINUTE, row] // MINUTES_PER_DAY, principal)
    for n in range(n_postings):
        line, amount, book = postings[n, P_LINE], postings[n, P_AMOUNT], postings[n, P_BOOK]
        if line >= N_CHARGES and line != INTEREST_LINE:
            continue
        place = line if line < N_CHARGES else N_CHARGES
        if book == CHARGE:
            owed[OWED_BOOKED, int(postings[n, P_RECEIVER] == AGENCY), place] += amount
        elif book == CASH and postings[n, P_PAYER] == DEBTOR:
            owed[OWED_SETTLED, int(postings[n, P_RECEIVER] == AGENCY), place] += amount
        elif book == WRITE_OFF:
            owed[OWED_SETTLED, int(postings[n, P_PAYER] == AGENCY), place] += amount


@compiled
def _first_astray(moving: Moving, rows: Ints, n_rows: int, number: Ints, handed: int) -> tuple[int, int]:
    """Arrangement of the first row that is another's, and whose it is (NOT_AMISS: of none).

    A step is of the arrangement of the minute in which it was entered; one that waits for staff moves until it is begun.
    """
    at = 0
    while at + 1 < len(moving.first) and moving.first[at + 1] <= handed:
        at += 1
    before = since = handed * MINUTES_PER_DAY
    enters = True
    for row in range(n_rows):
        kind, minute, step = rows[ROW_KIND, row], rows[ROW_MINUTE, row], rows[ROW_STEP, row]
        if enters and kind != ENDED:
            for change in range(len(moving.moves)):
                begins = moving.first[moving.moves[change]] * MINUTES_PER_DAY
                waits = since < begins <= minute and moving.pooled[at, step] > 0
                if before < begins <= since or waits:
                    at = moving.moves[change]
        if number[row] != at:
            return int(number[row]), int(at)
        enters = kind in (ANSWERED, STRUCK)
        if enters:
            before, since = since, minute
    return NOT_AMISS, NOT_AMISS


@compiled
def _owe(legal: Legal, moving: Moving, step: int, arrangement: int, day: int, principal: int) -> None:
    """What a step makes due, and to whom, by the law of its day (§M3, §M29)."""
    for place in range(legal.charges.shape[1]):
        charge = legal.charges[step, place]
        if charge == EMPTY:
            break
        owner = int(moving.keeper[arrangement, charge] == AGENCY)
        moving.owed[OWED_DUE, owner, charge] += legal.fee[
            LARGE[charge] if principal > legal.small_limit else charge, day
        ]


@compiled
def pays(legal: Legal, rows: Ints, row: int) -> bool:
    """Whether a row is an answer that pays something.

    Parameters
    ----------
    legal : Legal
    rows : int64 array, shape (columns, rows)
        Of a case.
    row : int
    """
    if rows[ROW_KIND, row] != ANSWERED:
        return False
    what = legal.pays[rows[ROW_STEP, row], rows[ROW_ANSWER, row]]
    return bool(what not in (PAYS_NOTHING, PAYS_WAIVER))


@compiled
def _is_theirs(legal: Legal, moving: Moving, rows: Ints, n_rows: int, number: Ints, postings: Ints, n: int) -> bool:
    """Whether interest is charged by whoever keeps it under the arrangement that the case pays under on its day."""
    for row in range(n_rows):
        on_day = pays(legal, rows, row) and rows[ROW_MINUTE, row] // MINUTES_PER_DAY == postings[n, P_DAY]
        if on_day and moving.of_interest[number[row]] == postings[n, P_RECEIVER]:
            return True
    return False
