"""Posts as calendars: who is paid, who is present, and during which minutes a post can work.

A post of 8 hours works 08:00-12:00 and 12:30-16:30 on Swedish working days; a fraction of a post works the first part of
each day. Vacation is four weeks in summer, alternating between posts, and the rest in late autumn. Sick days are drawn for
each post and date. Other duties (meetings, training) take the last part of the day: paid, present, not at the queue.
Paid minutes = open minutes + absent minutes, exactly; the ledger splits the open ones into busy and idle.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from kravsim.draws import Draws
from kravsim.models.plan import Calendar, Ints, PoolPlan
from kravsim.scenario.schema import Pool
from kravsim.units import MINUTES_PER_DAY
from kravsim.workdays import working_days

MORNING = (8 * 60, 12 * 60)
LUNCH_MINUTES = 30
SUMMER_VACATION_DAYS = 20
SUMMER_START = (6, 19)
AUTUMN_START = (10, 27)


def staff_pool(name: str, pool: Pool, first: dt.date, n_days: int, draws: Draws) -> PoolPlan:
    """Calendars of a pool's posts over the simulated days.

    ``fte`` 2.5 gives two full posts and one of half days. Sick days are keyed by (pool, date, post).
    """
    working = working_days(first, n_days)
    paid = np.array([_shortened(pool, size) for size in _posts(pool.fte.value)], np.int64)
    paid_minutes = paid[:, None] * working[None, :].astype(np.int64)
    away = np.zeros_like(paid_minutes, dtype=bool)
    ordinals = first.toordinal() + np.arange(n_days)
    for post in range(len(paid)):
        away[post] = days_of_vacation(first, n_days, working, post, round(pool.vacation_days.value))
        sick = draws.uniforms(f"sick:{name}", ordinals, np.full(n_days, post))[:, 0] < pool.sick_share.value
        away[post] |= sick & working
    at_queue = np.array([math.floor(minutes * (1 - pool.other_duties_share.value)) for minutes in paid], np.int64)
    present = np.where(away, 0, at_queue[:, None] * working[None, :])
    servers = tuple(_calendar(present[post]) for post in range(len(paid)))
    return PoolPlan(name, servers, paid_minutes, present)


def _posts(fte: float) -> list[float]:
    """Sizes of the posts that make up ``fte``: whole ones, then the fraction."""
    whole = math.floor(fte)
    rest = fte - whole
    return [1.0] * whole + ([rest] if rest > 0 else [])


def _shortened(pool: Pool, size: float) -> int:
    """Paid minutes a working day of a post of this size."""
    return round(size * pool.hours_per_day.value * 60)


def days_of_vacation(first: dt.date, n_days: int, working: np.ndarray, post: int, days: int) -> np.ndarray:
    """Days of vacation: the summer block of odd posts begins when that of even posts ends."""
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
    """Working hours of one post from its minutes at the queue by day."""
    days = np.flatnonzero(present)
    morning_length = MORNING[1] - MORNING[0]
    opens, closes = [], []
    for day in days.tolist():
        start, minutes = day * MINUTES_PER_DAY + MORNING[0], int(present[day])
        before_noon = min(minutes, morning_length)
        opens.append(start)
        closes.append(start + before_noon)
        if minutes > before_noon:
            afternoon = start + morning_length + LUNCH_MINUTES
            opens.append(afternoon)
            closes.append(afternoon + minutes - before_noon)
    return Calendar.of(np.array(opens, np.int64), np.array(closes, np.int64))
