"""Posts as calendars: who is paid, who is present, and during which minutes a post can work.

A post of 8 hours works 08:00-12:00 and 12:30-16:30 on Swedish working days; a fraction of a post works the first part of
each day. Vacation is four weeks in summer, alternating between posts, and the rest in late autumn. Sick days are drawn for
each post and date. Other duties (meetings, training) take the last part of the day: paid, present, not at the queue.

Holders leave at a constant hazard; the post is then vacant and unpaid until somebody is hired. A newcomer is at the queue
for a growing part of the day, so that the same work takes the calendar longer; the rest of the day is learning. Whoever
holds a post as the span begins has learned.

Paid minutes = open minutes + absent minutes, exactly; learning is one of the absences from the queue, and the ledger splits
the open minutes into busy and idle. Paid minutes + vacant minutes = the minutes of the posts.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

import numpy as np

from kravsim.chance.distributions import inverse
from kravsim.chance.draws import Draws
from kravsim.models.plan import NO_RELIEF, OVERTIME, REGULAR, TEMPORARY, Calendar, Ints, PoolPlan
from kravsim.scenario.schema import SKILLS, Pool, Turnover
from kravsim.units import DAYS_A_YEAR, MILLION, MINUTES_PER_DAY, half_up, millionths
from kravsim.workdays import working_days

MORNING = (8 * 60, 12 * 60)
LUNCH_MINUTES = 30
SUMMER_VACATION_DAYS = 20
SUMMER_START = (6, 19)
AUTUMN_START = (10, 27)


def staff_pool(
    name: str, pool: Pool, first: dt.date, n_days: int, draws: Draws, *, at_ceiling: bool = False
) -> PoolPlan:
    """Calendars of a pool's posts over the simulated days.

    ``fte`` 2.5 gives two full posts and one of half days. Sick days are keyed by (pool, date, post), turnover by
    (pool, post, holder).

    Parameters
    ----------
    name : str
        Of the pool in the model; its draws are keyed by it.
    pool : Pool
    first : datetime.date
        Day 0.
    n_days : int
        Days of history and horizon.
    draws : Draws
    at_ceiling : bool
        Whether the posts are the most that their rule allows.

    Returns
    -------
    PoolPlan
    """
    working = working_days(first, n_days)
    paid = np.array([_shortened(pool, size) for size in _posts(pool.fte.value)], np.int64)
    vacant, speed, hire_days = _holders(name, pool.turnover, len(paid), n_days, draws)
    paid_minutes = paid[:, None] * working[None, :].astype(np.int64)
    vacant_minutes = paid_minutes * vacant
    paid_minutes -= vacant_minutes
    away = vacant.copy()
    days = np.flatnonzero(working)
    for post in range(len(paid)):
        away[post] |= days_of_vacation(first, n_days, working, post, half_up(pool.vacation_days.value))
        away[post, days] |= draws.uniforms(f"sick:{name}", first.toordinal() + days, post)[:, 0] < pool.sick_share.value
    at_queue = np.array([math.floor(minutes * (1 - pool.other_duties_share.value)) for minutes in paid], np.int64)
    at_work = np.where(away, 0, at_queue[:, None] * working[None, :])
    present = speed  # in place: these arrays are the largest of a plan with many posts
    present *= at_work
    present //= MILLION
    at_work -= present
    reserve = _reserve(pool, paid, present, working)
    skills = [*(_bits(pool.skills_of(post)) for post in range(len(paid))), *(skills for _, skills, _ in reserve)]
    kinds = [REGULAR] * len(paid) + [kind for kind, _, _ in reserve]
    return PoolPlan(
        name=name,
        servers=(*(_calendar(present[post]) for post in range(len(paid))), *(hours for _, _, hours in reserve)),
        skills=np.array(skills, np.int64),
        paid_minutes=paid_minutes,
        present_minutes=present,
        learning_minutes=at_work,
        vacant_minutes=vacant_minutes,
        hire_days=hire_days,
        fte=float(pool.fte.value),
        at_ceiling=at_ceiling,
        kind=np.array(kinds, np.int64),
        relief_from=_relief_from(pool, at_queue),
    )


def _relief_from(pool: Pool, at_queue: Ints) -> int:
    """Minutes of waiting work from which a pool does what it does when it is behind."""
    if pool.when_behind is None:
        return NO_RELIEF
    return half_up(pool.when_behind.from_backlog_days.value * int(at_queue.sum()))


def _reserve(pool: Pool, paid: Ints, present: Ints, working: np.ndarray) -> list[tuple[int, int, Calendar]]:
    """Kind, skills and hours of whoever works only when the pool is behind: overtime of each post, then temporary staff.

    Overtime follows the paid day of a post's holder, whether or not its end goes to other duties, on the days on which the
    holder is at the queue. Temporary staff are never away.
    """
    behind, found = pool.when_behind, []
    if behind is not None and behind.overtime is not None:
        longer = half_up(behind.overtime.hours_per_day.value * 60)
        for post, minutes in enumerate(paid.tolist()):
            days = np.flatnonzero(present[post]) if longer else np.zeros(0, np.int64)
            opens = days * MINUTES_PER_DAY + MORNING[0] + LUNCH_MINUTES + minutes
            found.append((OVERTIME, _bits(pool.skills_of(post)), Calendar.of(opens, opens + longer)))
    if behind is not None and behind.temporary is not None:
        for size in _posts(behind.temporary.fte.value):
            hours = _calendar(_shortened(pool, size) * working.astype(np.int64))
            found.append((TEMPORARY, _bits(behind.temporary.skills), hours))
    return found


def _bits(skills: Iterable[str]) -> int:
    """Skills of a post, bit k for skill k."""
    return sum(1 << SKILLS.index(skill) for skill in skills)


def _holders(
    name: str, turnover: Turnover | None, posts: int, n_days: int, draws: Draws
) -> tuple[np.ndarray, Ints, Ints]:
    """Which days each post is vacant, its holder's speed in millionths (both posts x days), and the days of hiring."""
    vacant, speed = np.zeros((posts, n_days), bool), np.full((posts, n_days), MILLION, np.int64)
    hires: list[int] = []
    hazard = 0.0 if turnover is None else turnover.leaves_per_year.value / DAYS_A_YEAR
    if turnover is None or hazard == 0:
        return vacant, speed, np.zeros(0, np.int64)
    learning = _learning(turnover)
    begins, holder = np.zeros(posts, np.int64), 0
    present = np.arange(posts)
    while len(present):
        u = draws.uniforms(f"turnover:{name}", present, holder)
        stays = np.minimum(inverse("exponential", u[:, 0], mean=1.0), n_days * hazard) / hazard
        spread = turnover.recruitment_days
        search = inverse("triangular", u[:, 1], low=spread.low, mode=spread.mode, high=spread.high)
        leaves = begins[present] + np.ceil(stays).astype(np.int64)
        begins[present] = leaves + half_up(search).astype(np.int64)
        for post, left, came in zip(present.tolist(), leaves.tolist(), begins[present].tolist(), strict=True):
            vacant[post, left:came] = True
            if came < n_days:
                hires.append(came)
                days = min(len(learning), n_days - came)
                speed[post, came:] = MILLION
                speed[post, came : came + days] = learning[:days]
        present, holder = present[begins[present] < n_days], holder + 1
    return vacant, speed, np.array(sorted(hires), np.int64)


def _learning(turnover: Turnover) -> Ints:
    """Speed of a newcomer in millionths by day since the hire, from the first day's share evenly up to the whole."""
    days, first = half_up(turnover.learning_days.value), millionths(turnover.learning_start_share.value)
    return first + (MILLION - first) * np.arange(days) // max(days, 1)


def _posts(fte: float) -> list[float]:
    """Sizes of the posts that make up ``fte``: whole ones, then the fraction."""
    whole = math.floor(fte)
    rest = fte - whole
    return [1.0] * whole + ([rest] if rest > 0 else [])


def _shortened(pool: Pool, size: float) -> int:
    """Paid minutes a working day of a post of this size."""
    return half_up(size * pool.hours_per_day.value * 60)


def days_of_vacation(first: dt.date, n_days: int, working: np.ndarray, post: int, days: int) -> np.ndarray:
    """Days of vacation: the summer block of odd posts begins when that of even posts ends.

    Parameters
    ----------
    first : datetime.date
        Day 0.
    n_days : int
        Days of history and horizon.
    working : bool array, shape (n_days,)
        Which days are working days.
    post : int
        Number of the post in the pool, from 0.
    days : int
        Working days of vacation a year.

    Returns
    -------
    bool array, shape (n_days,)
        The days away.
    """
    away = np.zeros(n_days, bool)
    summer = min(days, SUMMER_VACATION_DAYS)
    for year in range(first.year, first.year + n_days // 365 + 2):
        for (month, day), shift, count in (
            (SUMMER_START, 28 * (post % 2), summer),
            (AUTUMN_START, 14 * (post % 2), days - summer),
        ):
            begins = (dt.date(year, month, day) - first).days + shift
            if begins < n_days:
                candidates = np.flatnonzero(working[max(begins, 0) :])[:count] + max(begins, 0)
                away[candidates] = True
    return away


def _calendar(present: Ints) -> Calendar:
    """Working hours of one post from its minutes at the queue by day: before noon, and what is left after lunch."""
    days = np.flatnonzero(present)
    morning_length = MORNING[1] - MORNING[0]
    begins, minutes = days * MINUTES_PER_DAY + MORNING[0], present[days]
    before_noon = np.minimum(minutes, morning_length)
    opens = np.stack([begins, begins + morning_length + LUNCH_MINUTES], axis=1)
    worked = np.stack([before_noon, minutes - before_noon], axis=1)
    some = worked > 0
    return Calendar.of(opens[some], (opens + worked)[some])
