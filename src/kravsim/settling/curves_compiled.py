"""When a case's principal is paid after each step, compiled.

The same counts as :mod:`kravsim.settling.curves` reads off a log and a journal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, COLUMNS, DONE, NONE
from kravsim.jit_compiled import apart, compiled
from kravsim.ledger.accounts import CASH, DEBTOR
from kravsim.models.process import STEP_CODE
from kravsim.settling.booking_compiled import (
    CLASSES_A_SEGMENT,
    END_PAID,
    POSTING_AMOUNT,
    POSTING_BOOK,
    POSTING_CLAIM,
    POSTING_DAY,
    POSTING_LINE,
    POSTING_PAYER,
    PRINCIPAL_LINE,
    Claims,
)
from kravsim.settling.curves import (
    AMOUNT_LIMITS_ORE,
    BINS,
    CENSORED,
    DAYS_A_FIFTH,
    ENDED_BY_EVENT,
    ENDED_OTHERWISE,
    FIFTHS,
    FIRST_DAYS,
    LAST_DAYS,
    ORIGIN_STEPS,
    ORIGINS,
)
from kravsim.settling.tally import Tally
from kravsim.settling.terms import Terms
from kravsim.stream.stream import SEGMENTS
from kravsim.units import DAYS_A_YEAR, MINUTES_PER_DAY

Ints = NDArray[np.int64]

KIND, STEP, MINUTE = (COLUMNS.index(name) for name in ("kind", "step", "minute"))
STEP_INSTALMENT = STEP_CODE["instalment"]
N_SEGMENTS, N_LIMITS, N_ORIGINS = len(SEGMENTS), len(AMOUNT_LIMITS_ORE), len(ORIGINS)
N_FIRST, LAST_FIRST, LAST_FIFTH = len(FIRST_DAYS), FIRST_DAYS[-1], FIRST_DAYS[-1] + FIFTHS * DAYS_A_FIFTH
"""Bins of unlike length, the last day of them, and that of the bins of a fifth of a year."""
ALL_PAID, PART_PAID, PLAN_KEPT = range(3)


@apart
def count_curves(  # noqa: PLR0913, PLR0917 - all that a case meets
    terms: Terms,
    claims: Claims,
    tally: Tally,
    since: Ints,
    rows: Ints,
    n_rows: int,
    postings: Ints,
    n_postings: int,
    case: int,
    end: int,
    end_day: int,
) -> None:
    """Count a case of the first simulated year from its hand-over and from every step that it came to.

    Most cases are paid at once or not at all, after every step that they come to: then what was owed and what follows is the
    same for each of them.

    Parameters
    ----------
    terms, claims
        Terms of the model, and the claims of the run.
    tally : Tally
        What is added to: ``curves``, ``apart`` and ``recovered``.
    since : int array (origins,)
        Working space.
    rows, n_rows : int array (columns, most rows), int
        The case's rows.
    postings, n_postings : int array (most postings, POSTING_COLUMNS), int
        The case's postings.
    case : int
        Its number in the stream.
    end, end_day : int
        End state and day from the start, NONE where it is open.
    """
    since[0] = claims.hand_over_day[case]
    for origin in range(1, N_ORIGINS):
        since[origin] = NONE
    for row in range(n_rows):
        if rows[KIND, row] == DONE:
            for origin in range(1, N_ORIGINS):
                if rows[STEP, row] == ORIGIN_STEPS[origin - 1] and since[origin] == NONE:
                    since[origin] = rows[MINUTE, row] // MINUTES_PER_DAY
    by_plan = n_rows > 1 and rows[KIND, n_rows - 2] == ANSWERED and rows[STEP, n_rows - 2] == STEP_INSTALMENT
    kept_day = end_day if end == END_PAID and by_plan else NONE
    ended = NONE if end == NONE else end_day
    begins, part_day, full_day = _of_case(claims, postings, n_postings, case, 0)
    segment, close = 1 + claims.klass[case] // CLASSES_A_SEGMENT, terms.n_days
    for claim in range(claims.first_claim[case], claims.first_claim[case + 1]):
        principal = claims.principal[claim]
        _, in_all, paid_day = _of_claim(postings, n_postings, claim, 0)
        amount = 1 + N_SEGMENTS
        for limit in range(N_LIMITS):
            amount += principal >= AMOUNT_LIMITS_ORE[limit]
        for origin in range(N_ORIGINS):
            day, left, after, part = since[origin], principal, in_all, part_day
            if day == NONE:
                continue
            if begins != NONE and begins < day:
                before, after, _ = _of_claim(postings, n_postings, claim, day)
                left -= before
                _, part, _ = _of_case(claims, postings, n_postings, case, day)
            if left == 0:
                continue
            censored_in = _bin_of(close - day)
            kind, place = _ending(paid_day if after == left else NONE, ended, day, censored_in)
            for stratum in (0, segment, amount):
                tally.curves[origin, stratum, 0, kind, place] += 1
                tally.curves[origin, stratum, 1, kind, place] += left
                tally.recovered[origin, stratum] += after
            kind, place = _ending(end_day if end == END_PAID else NONE, ended, day, censored_in)
            _add_apart(tally, origin, ALL_PAID, kind, place, left)
            kind, place = _ending(part, ended if full_day == NONE else full_day, day, censored_in)
            _add_apart(tally, origin, PART_PAID, kind, place, left)
            kind, place = _ending(kept_day, ended, day, censored_in)
            _add_apart(tally, origin, PLAN_KEPT, kind, place, left)


@compiled
def _of_claim(postings: Ints, n_postings: int, claim: int, day: int) -> tuple[int, int, int]:
    """Principal of a claim paid before a day, and from it on, and the day of the last payment."""
    before, after, last = 0, 0, NONE
    for n in range(n_postings):
        if postings[n, POSTING_CLAIM] == claim and _is_principal_paid(postings, n):
            if postings[n, POSTING_DAY] < day:
                before += postings[n, POSTING_AMOUNT]
            else:
                after += postings[n, POSTING_AMOUNT]
                last = postings[n, POSTING_DAY]
    return before, after, last


@compiled
def _is_principal_paid(postings: Ints, n: int) -> bool:
    """Whether a posting is principal that the debtor paid."""
    by_debtor = postings[n, POSTING_BOOK] == CASH and postings[n, POSTING_PAYER] == DEBTOR
    return bool(by_debtor and postings[n, POSTING_LINE] == PRINCIPAL_LINE)


@compiled
def _of_case(claims: Claims, postings: Ints, n_postings: int, case: int, day: int) -> tuple[int, int, int]:
    """First day of a payment; first from ``day`` on of one that left principal owed; day on which none was. NONE: none is.

    Payments are met in the order of their days.
    """
    left, begins, part_day, full_day, before = claims.case_principal[case], NONE, NONE, NONE, NONE
    for n in range(n_postings):
        if postings[n, POSTING_BOOK] != CASH or postings[n, POSTING_PAYER] != DEBTOR:
            continue
        if postings[n, POSTING_DAY] != before:
            if before >= day and left > 0 and part_day == NONE:
                part_day = before
            before = postings[n, POSTING_DAY]
            if begins == NONE:
                begins = before
        if postings[n, POSTING_LINE] == PRINCIPAL_LINE:
            left -= postings[n, POSTING_AMOUNT]
            if left == 0:
                full_day = before
    if before >= day and left > 0 and part_day == NONE:
        part_day = before
    return begins, part_day, full_day


@compiled
def _ending(happens: int, impossible: int, day: int, censored_in: int) -> tuple[int, int]:
    """How it ends and in which bin: by the event, by what made it impossible, or censored."""
    kind, place = CENSORED, censored_in
    if happens != NONE:
        kind, place = ENDED_BY_EVENT, _bin_of(happens - day)
    elif impossible != NONE:
        kind, place = ENDED_OTHERWISE, _bin_of(impossible - day)
    if place >= censored_in:
        return CENSORED, censored_in
    return kind, place


@compiled
def _bin_of(days: int) -> int:
    """Bin of a number of days."""
    if days > LAST_FIFTH:
        return min(N_FIRST + FIFTHS + (days - LAST_FIFTH - 1) // DAYS_A_YEAR, BINS - 1)
    if days > LAST_FIRST:
        return N_FIRST + (days - LAST_FIRST - 1) // DAYS_A_FIFTH
    place = 0
    while LAST_DAYS[place] < days:
        place += 1
    return place


@compiled
def _add_apart(tally: Tally, origin: int, event: int, kind: int, place: int, left: int) -> None:
    """Count a claim, and its principal."""
    tally.apart[origin, event, 0, kind, place] += 1
    tally.apart[origin, event, 1, kind, place] += left
