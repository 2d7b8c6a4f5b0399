"""When principal is paid after each step: what is counted of the first simulated year's claims, and the counts off a journal.

A claim counts from the day on which its case came to a step for the first time, if any of its principal was owed then. How it
goes on is one of three ways to end (*competing ends*): the event itself; an end that makes the event impossible; or neither
by the close of the horizon, where it is only known for how long nothing had happened (*censored*). Claims are followed from
the first simulated year to the end of the horizon, so that few are censored unless the horizon is short.

Days since the step are counted in bins. A claim counts in a bin if it is followed to the bin's last day, whatever happens to
it; in the first bin of which it is not it is censored. How long a claim is followed is settled by the day of its step alone,
so that this leaves nobody out for what has happened to it, and shares by the last day of a bin have no error of grouping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, DONE, ENDED
from kravsim.ledger.accounts import CASH, DEBTOR, LINE, Ints
from kravsim.ledger.debts import NO_DAY
from kravsim.models.process import END_CODE, STEP_CODE
from kravsim.stream.stream import N_CLASSES, SEGMENTS
from kravsim.units import DAYS_A_YEAR, MINUTES_PER_DAY, ORE_PER_KR

if TYPE_CHECKING:
    from kravsim.engine.events import EventLog
    from kravsim.ledger.booking import Ledger
    from kravsim.stream.stream import Stream

ORIGINS: Final = ("hand_over", "reminder", "demand", "payment_order", "order")
"""What days are counted from: the hand-over of the case, and each of these steps when it was first done."""
ORIGIN_STEPS: Final = np.array([STEP_CODE[name] for name in ORIGINS[1:]], np.int64)

AMOUNT_LIMITS_KR: Final = (200, 500, 1000)
AMOUNT_BANDS: Final = ("below_200_kr", "200_to_499_kr", "500_to_999_kr", "from_1000_kr")
"""Classes of a claim's principal; the limits belong to the class above them."""
AMOUNT_LIMITS_ORE: Final = np.array(AMOUNT_LIMITS_KR, np.int64) * ORE_PER_KR
STRATA: Final = ("all", *SEGMENTS, *AMOUNT_BANDS)
"""Groups of claims: all of them, those of each segment, those of each class of amount."""

COUNTED_IN: Final = ("claims", "kr")
"""What is counted: claims, and the principal owed when the step was done (in öre)."""
EVENTS: Final = ("principal_paid", "all_paid", "part_paid", "plan_kept")
"""What may happen to a claim: its principal is paid in full; its case is paid in full, fees and interest too; something is
paid of its case that leaves principal owed; its case is paid by the last instalment of a plan."""
ENDED_BY_EVENT, ENDED_OTHERWISE, CENSORED = range(3)
"""How it ends for each event: it happens; it has become impossible; neither is known of the bin."""

FIRST_DAYS: Final = (3, 7, 14, 21, 30, 46, 62, 90, 115, 140, 165, 190, 215, 240, 265, 290, 315, 340, 365)
"""Last days of the first bins of days since the step; then come bins of 73 days to twelve years, and of 365 to forty."""
FIFTHS, DAYS_A_FIFTH, YEARS = 55, 73, 28
LAST_DAYS: Final = np.cumsum(
    np.append(np.diff(FIRST_DAYS, prepend=0), np.repeat((DAYS_A_FIFTH, DAYS_A_YEAR), (FIFTHS, YEARS)))
)
"""Last day of each bin; what comes later still is in the last one."""
BINS: Final = len(LAST_DAYS)

CURVES_SHAPE: Final = (len(ORIGINS), len(STRATA), len(COUNTED_IN), 3, BINS)
APART_SHAPE: Final = (len(ORIGINS), len(EVENTS) - 1, len(COUNTED_IN), 3, BINS)
RECOVERED_SHAPE: Final = (len(ORIGINS), len(STRATA))


class _Payments:
    """What debtors of the oldest cases have paid: of each claim's principal, and day by day of each case."""

    def __init__(self, ledger: Ledger, stream: Stream, oldest: NDArray[np.bool_]) -> None:
        posted = ledger.postings
        cash = posted.where((posted.book == CASH) & (posted.payer == DEBTOR))
        mine = cash.where(oldest[cash.case])
        self.principal = mine.where(mine.line == LINE["principal"])
        self.paid = np.zeros(len(stream.claims.case), np.int64)
        np.add.at(self.paid, self.principal.claim, self.principal.amount_ore)
        last = np.full(len(self.paid), -1, np.int64)
        np.maximum.at(last, self.principal.claim, self.principal.day)
        self.full_day = np.where(self.paid == stream.claims.principal_ore, last, NO_DAY)
        self.case_full_day = np.full(len(stream.cases), -1, np.int64)
        np.maximum.at(self.case_full_day, stream.claims.case, self.full_day)
        days = int(stream.n_days) + 1
        keys, place = np.unique(mine.case * days + mine.day, return_inverse=True)
        of_principal = np.zeros(len(keys), np.int64)
        np.add.at(of_principal, place, np.where(mine.line == LINE["principal"], mine.amount_ore, 0))
        self.case, self.day = keys // days, keys % days
        total = np.cumsum(of_principal)
        first = np.searchsorted(self.case, self.case)
        self.left = stream.cases.principal_ore[self.case] - (total - np.append(0, total)[first])

    def before(self, day: Ints) -> Ints:
        """Principal of each claim that was paid before its case's day, in öre."""
        early, found = self.principal.day < day[self.principal.case], np.zeros(len(self.paid), np.int64)
        np.add.at(found, self.principal.claim[early], self.principal.amount_ore[early])
        return found

    def part_day(self, day: Ints) -> Ints:
        """First day from its own on (N,) on which something was paid of a case that left principal owed."""
        after = (self.left > 0) & (self.day >= day[self.case])
        found = np.full(len(day), NO_DAY)
        np.minimum.at(found, self.case[after], self.day[after])
        return found


def add_curves(
    tables: tuple[Ints, Ints, Ints], ledger: Ledger, log: EventLog, stream: Stream, oldest: NDArray[np.bool_]
) -> None:
    """Count the oldest cases (N,) off a journal and a log.

    Parameters
    ----------
    tables : three int arrays
        Of CURVES_SHAPE, APART_SHAPE and RECOVERED_SHAPE; added to.
    ledger, log, stream
        Of one run.
    oldest : bool array (cases,)
        Which were handed over in the first simulated year.
    """
    curves, apart, recovered = tables
    claims, debts, case = stream.claims, ledger.debts, stream.claims.case
    payments, end_day = _Payments(ledger, stream, oldest), debts.end_day[case]
    segment = stream.cases.klass[case] // (N_CLASSES // len(SEGMENTS))
    amount = np.searchsorted(AMOUNT_LIMITS_ORE, claims.principal_ore, side="right")
    strata = np.stack([np.zeros_like(case), 1 + segment, 1 + len(SEGMENTS) + amount])
    all_paid = np.where(debts.end[case] == END_CODE["paid"], end_day, NO_DAY)
    kept = np.where(_plan_kept(log, len(stream.cases))[case], end_day, NO_DAY)
    for origin in range(len(ORIGINS)):
        day = stream.cases.hand_over_day if origin == 0 else _first_done(log, ORIGIN_STEPS[origin - 1], len(oldest))
        left = claims.principal_ore - payments.before(day)
        there = np.flatnonzero(oldest[case] & (day[case] < NO_DAY) & (left > 0))
        since, weight = day[case][there], np.stack([np.ones_like(there), left[there]])
        after = (payments.paid - (claims.principal_ore - left))[there]
        for stratum in strata:
            np.add.at(recovered[origin], stratum[there], after)
        gone = np.where(payments.case_full_day < NO_DAY, payments.case_full_day, debts.end_day)
        ways = (
            (payments.full_day, end_day),
            (all_paid, end_day),
            (payments.part_day(day)[case], gone[case]),
            (kept, end_day),
        )
        for number, (happens, impossible) in enumerate(ways):
            kind, bin_of = _ending(happens[there], impossible[there], since, stream.n_days - 1)
            for measure in range(len(COUNTED_IN)):
                if number == 0:
                    for stratum in strata:
                        np.add.at(curves[origin, :, measure], (stratum[there], kind, bin_of), weight[measure])
                else:
                    np.add.at(apart[origin, number - 1, measure], (kind, bin_of), weight[measure])


def _ending(happens: Ints, impossible: Ints, since: Ints, close: int) -> tuple[Ints, Ints]:
    """How each ends and in which bin: by the event, by what made it impossible before, or censored."""
    day = np.where(happens < NO_DAY, happens, np.minimum(impossible, close + 1))
    ended_in, censored_in = _bin_of(day - since), _bin_of(close + 1 - since)
    kind = np.where(happens < NO_DAY, ENDED_BY_EVENT, ENDED_OTHERWISE)
    return np.where(ended_in < censored_in, kind, CENSORED), np.minimum(ended_in, censored_in)


def _bin_of(days: Ints) -> Ints:
    """Bin of each number of days."""
    return np.minimum(np.searchsorted(LAST_DAYS, days), BINS - 1)


def _first_done(log: EventLog, step: int, n: int) -> Ints:
    """Day on which each case (N,) came to a step for the first time, NO_DAY where it has not."""
    rows = np.flatnonzero((log.kind == DONE) & (log.step == step))
    found = np.full(n, NO_DAY)
    np.minimum.at(found, log.case[rows], log.minute[rows] // MINUTES_PER_DAY)
    return found


def _plan_kept(log: EventLog, n: int) -> NDArray[np.bool_]:
    """Whether each case (N,) was paid by the last instalment of a plan."""
    rows = np.flatnonzero((log.kind == ENDED) & (log.step == END_CODE["paid"]))
    kept = (log.kind[rows - 1] == ANSWERED) & (log.step[rows - 1] == STEP_CODE["instalment"])
    found = np.zeros(n, np.bool_)
    found[log.case[rows[kept & (log.case[rows - 1] == log.case[rows])]]] = True
    return found
