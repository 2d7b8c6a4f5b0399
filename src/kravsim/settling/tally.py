"""What one run adds up to: every öre that moved, by who paid whom for what, and how often what happened.

A tally is what an outcome is made of. The compiled booking adds to one directly (:mod:`kravsim.settling.settle_compiled`);
:func:`tally_of` reads the same tally off a journal and an event log. Both must be equal in every number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, DONE, LEFT, STARTED
from kravsim.engine.events import CaseInput, EventLog
from kravsim.ledger.accounts import BOOKS, CASH, LINE, LINES, PARTIES, Ints, Postings
from kravsim.ledger.booking import Ledger
from kravsim.models.plan import OVERTIME, REGULAR, TEMPORARY, Plan
from kravsim.models.process import END_CODE, ENDS, MAX_ANSWERS, PROCESS, STEP_CODE, SUCCESSES, step_named
from kravsim.settling.backlog import Left, is_by_system, left_waiting, reserve_rows
from kravsim.settling.curves import APART_SHAPE, CURVES_SHAPE, RECOVERED_SHAPE, add_curves
from kravsim.settling.months import add_months, month_of_day, months_in
from kravsim.stream.stream import Stream
from kravsim.units import DAYS_A_YEAR, MINUTES_PER_DAY

PERIOD_HISTORY, PERIOD_HORIZON = range(2)
"""Whether a posting's day lies before the measured horizon or within it."""
GROUP_OTHERS, GROUP_OLDEST = range(2)
"""Whether a posting's case was handed over in the first simulated calendar year."""
AMOUNTS_SHAPE = (2, 2, len(BOOKS), len(LINES), len(PARTIES), len(PARTIES))

COUNTS = (
    "referred_claims",
    "referred_principal_ore",
    "referred_debtors",
    "new_cases",
    "paid_cases",
    "demanded_claims",
    "demanded_paid_claims",
    "applications_below_200",
    "applications_below_1000",
    "days_late",
    "opening_claims",
    "opening_principal_ore",
    "open_claims",
    "open_principal_ore",
    "open_debtors",
    "watched_claims",
    "watched_principal_ore",
    "kronofogden_principal_ore",
    "joined_applications",
    "started_work",
    "waited_minutes",
    "late_starts",
    "in_queue",
    "queued_minutes",
    "longest_queued_minutes",
    "busy_minutes",
    "oldest_claims",
    "oldest_cases",
    "oldest_paid",
    "oldest_paid_within_a_year",
    "oldest_principal_ore",
    "oldest_principal_paid_ore",
    "oldest_principal_left_ore",
    "oldest_open",
)
"""What is counted: of the horizon's claims and cases, of their state at its opening and close, of staff, and of the first
simulated year's cases. ``joined_applications`` are cases that joined another's; ``days_late`` sums, over claims paid within
the horizon, the days from due date to payment."""
(
    REFERRED_CLAIMS,
    REFERRED_PRINCIPAL_ORE,
    REFERRED_DEBTORS,
    NEW_CASES,
    PAID_CASES,
    DEMANDED_CLAIMS,
    DEMANDED_PAID_CLAIMS,
    APPLICATIONS_BELOW_200,
    APPLICATIONS_BELOW_1000,
    DAYS_LATE,
    OPENING_CLAIMS,
    OPENING_PRINCIPAL_ORE,
    OPEN_CLAIMS,
    OPEN_PRINCIPAL_ORE,
    OPEN_DEBTORS,
    WATCHED_CLAIMS,
    WATCHED_PRINCIPAL_ORE,
    KRONOFOGDEN_PRINCIPAL_ORE,
    JOINED_APPLICATIONS,
    STARTED_WORK,
    WAITED_MINUTES,
    LATE_STARTS,
    IN_QUEUE,
    QUEUED_MINUTES,
    LONGEST_QUEUED_MINUTES,
    BUSY_MINUTES,
    OLDEST_CLAIMS,
    OLDEST_CASES,
    OLDEST_PAID,
    OLDEST_PAID_WITHIN_A_YEAR,
    OLDEST_PRINCIPAL_ORE,
    OLDEST_PRINCIPAL_PAID_ORE,
    OLDEST_PRINCIPAL_LEFT_ORE,
    OLDEST_OPEN,
) = range(len(COUNTS))

WORK = (
    "arrived_minutes",
    "opening_minutes",
    "closing_minutes",
    "by_system_minutes",
    "laid_aside_minutes",
    "overtime_minutes",
    "temporary_minutes",
)
"""Minutes of work of a pool: released within the horizon; waiting, not taken up, as it opens and as it closes; and, within
the horizon, done by the system, laid aside, and taken up in overtime and by temporary staff."""
(
    ARRIVED_MINUTES,
    OPENING_MINUTES,
    CLOSING_MINUTES,
    BY_SYSTEM_MINUTES,
    LAID_ASIDE_MINUTES,
    OVERTIME_MINUTES,
    TEMPORARY_MINUTES,
) = range(len(WORK))
RESERVE_MINUTES = {OVERTIME: OVERTIME_MINUTES, TEMPORARY: TEMPORARY_MINUTES}

STEP_DEMAND, STEP_APPLICATION = STEP_CODE["demand"], STEP_CODE["payment_order"]
SMALL_ORE = {"applications_below_200": 20_000, "applications_below_1000": 100_000}
"""Principal below which an application is small, in öre."""
SUCCESS_CODES = tuple(END_CODE[name] for name in SUCCESSES)
IS_WATCHED = np.array(
    [step.watches or (step.opens != "" and step_named(step.opens).watches) for step in PROCESS], np.int64
)
"""1 for steps of an open claim that is watched: under surveillance, or a letter about limitation is on its way."""
IS_AT_KRONOFOGDEN = np.array([step.name in ("payment_order", "attachment") for step in PROCESS], np.int64)
"""1 for steps of an open claim that lies at Kronofogden: an application or an attachment, not an order that may be paid."""


class Tally(NamedTuple):
    """Whole numbers of one run.

    Attributes
    ----------
    amounts : (2, 2, books, lines, parties, parties)
        Öre by period (PERIOD_HISTORY, PERIOD_HORIZON), group (GROUP_OTHERS, GROUP_OLDEST), book, line, payer and receiver;
        of the history those of the oldest cases alone, the others touch no result.
    done : (S,)
        Times each step was carried out within the horizon.
    answered : (S, A)
        Answers given within the horizon.
    ends : (E,)
        Claims that reached each end state within the horizon.
    counts : (len(COUNTS),)
    work : (P, len(WORK))
        Of each staff pool.
    months : (2, M, lines)
        Öre that the region has received less paid, in cash, by kind (ON_ITS_DAY, OF_THE_YEAR), month of the horizon and line:
        what is booked of a whole year stands in its last month.
    curves, apart, recovered : arrays of CURVES_SHAPE, APART_SHAPE and RECOVERED_SHAPE
        Of the first simulated year's claims, from their hand-over and from each step on: how and when they end, in claims and
        öre, and öre of principal paid from then on (:mod:`kravsim.settling.curves`).
    """

    amounts: Ints
    done: Ints
    answered: Ints
    ends: Ints
    counts: Ints
    work: Ints
    months: Ints
    curves: Ints
    apart: Ints
    recovered: Ints


def empty_tally(pools: int, months: int) -> Tally:
    """Nothing has happened, with so many staff pools, in so many months.

    Parameters
    ----------
    pools : int
        How many the plan has.
    months : int
        How many the horizon has.
    """
    steps = len(PROCESS)
    counts = (
        AMOUNTS_SHAPE,
        (steps,),
        (steps, MAX_ANSWERS),
        (len(ENDS),),
        (len(COUNTS),),
        (pools, len(WORK)),
        (2, months, len(LINES)),
    )
    shapes: tuple[tuple[int, ...], ...] = (*counts, CURVES_SHAPE, APART_SHAPE, RECOVERED_SHAPE)
    return Tally(*(np.zeros(shape, np.int64) for shape in shapes))


def add_postings(tally: Tally, postings: Postings, stream: Stream, start: int, oldest: NDArray[np.bool_]) -> None:
    """Add postings to a tally's amounts, those of the horizon and of the oldest cases at any time; and to its months.

    Parameters
    ----------
    tally : Tally
        Added to.
    postings : Postings
        The journal, or a part of it.
    stream : Stream
        Whose days they are of.
    start : int
        Day on which the horizon begins, since day 0.
    oldest : bool array, shape (N,)
        Whether each case was handed over in the first simulated calendar year.
    """
    of_oldest = np.append(oldest, False)  # the last is where postings of no case look
    counted = postings.where((postings.day >= start) | of_oldest[postings.case])
    period = np.where(counted.day >= start, PERIOD_HORIZON, PERIOD_HISTORY)
    group = np.where(of_oldest[counted.case], GROUP_OLDEST, GROUP_OTHERS)
    key = (period, group, counted.book, counted.line, counted.payer, counted.receiver)
    np.add.at(tally.amounts, key, counted.amount_ore)
    add_months(tally.months, postings, stream, start)


def tally_of(
    ledger: Ledger, log: EventLog, plan: Plan, stream: Stream, cases: CaseInput, played: EventLog | None = None
) -> Tally:
    """Read the tally off a journal and a log.

    Parameters
    ----------
    ledger : Ledger
        Booked from the log.
    log : EventLog
        Every case of the stream, in canonical order.
    plan : Plan
        What the engine was given.
    stream : Stream
    cases : CaseInput
        What the engine was given.
    played : EventLog, optional
        The log in the steps of ``plan``, where those are of several arrangements that cases move between.
    """
    in_steps = log if played is None else played
    first, months = ledger.start * MINUTES_PER_DAY, months_in(month_of_day(stream, ledger.start))
    tally = empty_tally(len(plan.pools), months)
    oldest = stream.cases.hand_over_day < ledger.years[0][1]
    add_postings(tally, ledger.postings, stream, ledger.start, oldest)
    now = log.minute >= first
    done, answered = now & (log.kind == DONE), now & (log.kind == ANSWERED)
    np.add.at(tally.done, log.step[done], 1)
    np.add.at(tally.answered, (log.step[answered], log.answer[answered]), 1)
    counts = _claims(ledger, stream, oldest) | _at_close(ledger, log, stream) | _demanded(ledger, log, stream)
    counts |= _small(ledger, log, stream)
    waiting = left_waiting(in_steps, plan, cases)
    counts |= _staff(in_steps, plan, stream, ledger.start, waiting) | {"joined_applications": ledger.joined}
    _add_work(tally.work, in_steps, plan, waiting, first)
    tally.counts[:] = [counts[name] for name in COUNTS]
    add_curves((tally.curves, tally.apart, tally.recovered), ledger, log, stream, oldest)
    end, day = ledger.debts.end[stream.claims.case], ledger.debts.end_day[stream.claims.case]
    tally.ends[:] = [((end == END_CODE[name]) & (day >= ledger.start)).sum() for name in ENDS]
    return tally


def _claims(ledger: Ledger, stream: Stream, oldest: NDArray[np.bool_]) -> dict[str, int]:
    """Claims and cases of the horizon, of its opening and close, and of the oldest year."""
    claims, cases, debts, start = stream.claims, stream.cases, ledger.debts, ledger.start
    end, end_day = debts.end[claims.case], debts.end_day[claims.case]
    referred = claims.hand_over_day >= start
    success = np.isin(end, SUCCESS_CODES)
    paid_now = success & (end_day >= start)
    opening = ~referred & (end_day >= start)
    closing = end < 0
    left = claims.principal_ore - debts.principal_paid
    old = oldest[claims.case]
    old_paid = old & success
    counts = {
        "referred_claims": referred.sum(),
        "referred_principal_ore": claims.principal_ore[referred].sum(),
        "referred_debtors": len(np.unique(claims.debtor[referred])),
        "new_cases": (cases.hand_over_day >= start).sum(),
        "paid_cases": (np.isin(debts.end, SUCCESS_CODES) & (debts.end_day >= start)).sum(),
        "days_late": (end_day - claims.due_day)[paid_now].sum(),
        "opening_claims": opening.sum(),
        "opening_principal_ore": claims.principal_ore[opening].sum(),
        "open_claims": closing.sum(),
        "open_principal_ore": left[closing].sum(),
        "open_debtors": len(np.unique(claims.debtor[closing])),
        "oldest_claims": old.sum(),
        "oldest_cases": oldest.sum(),
        "oldest_paid": old_paid.sum(),
        "oldest_paid_within_a_year": (old_paid & (end_day - claims.hand_over_day <= DAYS_A_YEAR)).sum(),
        "oldest_principal_ore": claims.principal_ore[old].sum(),
        "oldest_principal_paid_ore": debts.principal_paid[old].sum(),
        "oldest_principal_left_ore": (left - debts.principal_given_up)[old].sum(),
        "oldest_open": (old & closing).sum(),
    }
    return {name: int(count) for name, count in counts.items()}


def _at_close(ledger: Ledger, log: EventLog, stream: Stream) -> dict[str, int]:
    """Open claims that are watched, and that lie at Kronofogden, by the step of their case's last event."""
    case, left = stream.claims.case, stream.claims.principal_ore - ledger.debts.principal_paid
    step = np.full(len(stream.cases), -1, np.int64)
    step[log.case] = log.step  # of each case its last row stays
    open_at = np.where(ledger.debts.end < 0, step, -1)[case]
    watched, there = ((open_at >= 0) & (steps[open_at] > 0) for steps in (IS_WATCHED, IS_AT_KRONOFOGDEN))
    return {
        "watched_claims": int(watched.sum()),
        "watched_principal_ore": int(left[watched].sum()),
        "kronofogden_principal_ore": int(left[there].sum()),
    }


def _demanded(ledger: Ledger, log: EventLog, stream: Stream) -> dict[str, int]:
    """Claims whose case gets a demand within the horizon, and those paid within it after a demand at any time."""
    demanded = (log.kind == DONE) & (log.step == STEP_DEMAND)
    ever, now = np.zeros((2, len(stream.cases)), np.bool_)
    ever[log.case[demanded]] = True
    now[log.case[demanded & (log.minute >= ledger.start * MINUTES_PER_DAY)]] = True
    case, debts = stream.claims.case, ledger.debts
    paid = np.isin(debts.end[case], SUCCESS_CODES) & (debts.end_day[case] >= ledger.start)
    return {"demanded_claims": int(now[case].sum()), "demanded_paid_claims": int((paid & ever[case]).sum())}


def _small(ledger: Ledger, log: EventLog, stream: Stream) -> dict[str, int]:
    """Applications of the horizon for little principal: what had not been paid before their day."""
    rows = np.flatnonzero(
        (log.kind == DONE) & (log.step == STEP_APPLICATION) & (log.minute >= ledger.start * MINUTES_PER_DAY)
    )
    case, day = log.case[rows], log.minute[rows] // MINUTES_PER_DAY
    paid = ledger.postings.where((ledger.postings.book == CASH) & (ledger.postings.line == LINE["principal"]))
    order = np.argsort(paid.case * stream.n_days + paid.day)
    keys = (paid.case * stream.n_days + paid.day)[order]
    upto = np.append(0, np.cumsum(paid.amount_ore[order]))
    begin, end = (np.searchsorted(keys, case * stream.n_days + since) for since in (0, day))
    left = stream.cases.principal_ore[case] - (upto[end] - upto[begin])
    return {name: int((left < most).sum()) for name, most in SMALL_ORE.items()}


def _staff(log: EventLog, plan: Plan, stream: Stream, start: int, waiting: Left) -> dict[str, int]:
    """Work, waiting and backlog. Busy includes work in progress at the close."""
    first, last = start * MINUTES_PER_DAY, stream.n_days * MINUTES_PER_DAY
    started, busy = log.kind == STARTED, 0
    for number, pool in enumerate(plan.pools):
        rows = np.flatnonzero(started & (plan.pool[np.minimum(log.step, len(plan.pool) - 1)] == number))
        for server, calendar in enumerate(pool.servers[: int((pool.kind == REGULAR).sum())]):
            mine = rows[log.server[rows] == server]
            begun = calendar.worked_until(log.minute[mine])
            window = calendar.worked_until(np.array([first, last], np.int64))
            worked = np.minimum(begun + log.quantity[mine], window[1]) - np.maximum(begun, window[0])
            busy += int(np.maximum(worked, 0).sum())
    now = (started | is_by_system(log)) & (log.minute >= first)
    waited = (log.minute - log.release)[now]
    ages = last - waiting.release
    return {
        "started_work": len(waited),
        "waited_minutes": int(waited.sum()),
        "late_starts": int((waited >= plan.lateness_edges[:1].min(initial=last)).sum()),
        "in_queue": len(ages),
        "queued_minutes": int(ages.sum()),
        "longest_queued_minutes": int(ages.max(initial=0)),
        "busy_minutes": busy,
    }


def _add_work(work: Ints, log: EventLog, plan: Plan, waiting: Left, first: int) -> None:
    """Add what was released within the horizon, and what waits as it opens and closes, to each pool's minutes."""
    by_system, aside, now = is_by_system(log), log.kind == LEFT, log.minute >= first
    rows = np.flatnonzero(((log.kind == STARTED) | by_system | aside) & now)
    for which, column in ((by_system, BY_SYSTEM_MINUTES), (aside, LAID_ASIDE_MINUTES)):
        mine = np.flatnonzero(which & now)
        np.add.at(work[:, column], plan.pool[log.step[mine]], log.quantity[mine])
    for number, kind, mine in reserve_rows(log, plan):
        work[number, RESERVE_MINUTES[kind]] += int(log.quantity[mine[log.minute[mine] >= first]].sum())
    pool = np.append(plan.pool[log.step[rows]], plan.pool[waiting.step])
    minutes = np.append(log.quantity[rows], waiting.minutes)
    within = np.append(log.release[rows], waiting.release) >= first
    np.add.at(work, (pool, np.where(within, ARRIVED_MINUTES, OPENING_MINUTES)), minutes)
    np.add.at(work[:, CLOSING_MINUTES], plan.pool[waiting.step], waiting.minutes)
