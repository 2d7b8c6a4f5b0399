"""Posts as calendars: who is paid, who is present, and during which minutes a post can work.

A post of 8 hours works 08:00-12:00 and 12:30-16:30 on Swedish working days; a fraction of a post works the first part of
each day. Vacation is four weeks in summer, alternating between posts, and the rest in late autumn. Sick days are drawn for
each post and date. Other duties (meetings, training) take the last part of the day: paid, present, not at the queue.

Who holds a post, and when nobody does, is drawn in :mod:`kravsim.models.holders`. A vacant post is unpaid. A newcomer is at
the queue for a growing part of the day, so that the same work takes the calendar longer; the rest of the day is learning.

Paid minutes = open minutes + absent minutes, exactly; learning is one of the absences from the queue, and the ledger splits
the open minutes into busy and idle. Paid minutes + vacant minutes = the minutes of the posts.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from kravsim.chance.draws import Draws
from kravsim.models.holders import holders
from kravsim.models.plan import NO_RELIEF, OVERTIME, REGULAR, TEMPORARY, Calendar, Ints, PoolPlan
from kravsim.scenario.schema import SKILLS, Pool
from kravsim.units import MILLION, MINUTES_PER_DAY, half_up
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

    ``fte`` 2.5 gives two full posts and one of half days, unless ``post_sizes`` says otherwise. Sick days are keyed by (pool,
    date, post), what becomes of the posts as :mod:`kravsim.models.holders` says.

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
    paid = np.array([_shortened(pool, size) for size in sizes_of(pool)], np.int64)
    held = holders(name, pool.turnover, len(paid), first, n_days, draws)
    vacant, speed, gone = held.vacant, held.speed, held.ended_from < n_days
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
    reserve = _reserve(pool, paid, present, working, gone)
    skills = [*(_bits(pool.skills_of(post)) for post in range(len(paid))), *(skills for _, skills, _ in reserve)]
    kinds = [REGULAR] * len(paid) + [kind for kind, _, _ in reserve]
    return PoolPlan(
        name=name,
        servers=(
            *(_calendar(present[post], gone=bool(gone[post])) for post in range(len(paid))),
            *(hours for _, _, hours in reserve),
        ),
        skills=np.array(skills, np.int64),
        paid_minutes=paid_minutes,
        present_minutes=present,
        learning_minutes=at_work,
        vacant_minutes=vacant_minutes,
        hire_days=held.hire_days,
        failed_days=held.failed_days,
        substitute_days=held.substitute_days,
        left_days=held.left_days,
        ended_from=held.ended_from if gone.any() else held.ended_from[:0],
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


def _reserve(
    pool: Pool, paid: Ints, present: Ints, working: np.ndarray, gone: np.ndarray
) -> list[tuple[int, int, Calendar]]:
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
            hours = replace(Calendar.of(opens, opens + longer), is_given_up=bool(gone[post]))
            found.append((OVERTIME, _bits(pool.skills_of(post)), hours))
    if behind is not None and behind.temporary is not None:
        for size in _posts(behind.temporary.fte.value):
            hours = _calendar(_shortened(pool, size) * working.astype(np.int64))
            found.append((TEMPORARY, _bits(behind.temporary.skills), hours))
    return found


def _bits(skills: Iterable[str]) -> int:
    """Skills of a post, bit k for skill k."""
    return sum(1 << SKILLS.index(skill) for skill in skills)


def sizes_of(pool: Pool) -> list[float]:
    """Sizes of a pool's posts: those that it lists, or whole ones and one for what is left.

    Parameters
    ----------
    pool : Pool
    """
    return _posts(pool.fte.value) if pool.post_sizes is None else list(pool.post_sizes)


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


def _calendar(present: Ints, *, gone: bool = False) -> Calendar:
    """Working hours of one post from its minutes at the queue by day: before noon, and what is left after lunch.

    A post that is no more has done what it has in hand as it closes for the last time.
    """
    days = np.flatnonzero(present)
    morning_length = MORNING[1] - MORNING[0]
    begins, minutes = days * MINUTES_PER_DAY + MORNING[0], present[days]
    before_noon = np.minimum(minutes, morning_length)
    opens = np.stack([begins, begins + morning_length + LUNCH_MINUTES], axis=1)
    worked = np.stack([before_noon, minutes - before_noon], axis=1)
    some = worked > 0
    return replace(Calendar.of(opens[some], (opens + worked)[some]), is_given_up=gone)
