"""Who holds the posts of a pool from day to day: departures, recruitments, long leaves, and posts that are not filled again.

Holders leave at a constant hazard; the post is then vacant until a recruitment brings somebody. One that fails is followed
by the next at once. From ``no_refill_from`` on none begins: a post that is left then, or whose recruitment fails then, is
no more, while a recruitment under way goes on. A holder on long leave is away until the leave is over, and a substitute may
stand in. Whoever holds a post as the span begins has learned.

A holder's time and the first recruitment after it are one draw by (pool, post, holder), under the purpose ``turnover``;
further recruitments are drawn under ``hiring`` and leaves under ``leave``, each by (pool, post, holder) and which time it
is. So one more post, or another rate, changes nobody else, and what is not asked for is not drawn.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.distributions import inverse
from kravsim.chance.draws import Draws
from kravsim.models.plan import Ints
from kravsim.scenario.schema import Turnover
from kravsim.scenario.values import DaysSpread
from kravsim.units import DAYS_A_YEAR, MILLION, half_up, millionths


@dataclass(frozen=True, eq=False)
class Holders:
    """What becomes of the posts over a span of days.

    Attributes
    ----------
    vacant : bool array, shape (posts, days)
        Whether nobody is at a post: left and not filled, or on leave without a substitute.
    speed : int64 array, shape (posts, days)
        Of whoever is there, in millionths of full speed.
    hire_days, failed_days, substitute_days, left_days : int64 array, ascending
        Days on which a vacant post was taken up, a recruitment ended without anybody, a substitute came, a holder left.
    ended_from : int64 array, shape (posts,)
        Day from which a post is no more; the number of days where it stays.
    """

    vacant: NDArray[np.bool_]
    speed: Ints
    hire_days: Ints
    failed_days: Ints
    substitute_days: Ints
    left_days: Ints
    ended_from: Ints


def holders(name: str, turnover: Turnover | None, posts: int, first: dt.date, n_days: int, draws: Draws) -> Holders:
    """Draw who holds the posts of a pool.

    Parameters
    ----------
    name : str
        Of the pool; its draws are keyed by it.
    turnover : Turnover or None
        Without it nobody leaves.
    posts : int
        How many.
    first : datetime.date
        Day 0.
    n_days : int
        Days of the span.
    draws : Draws
    """
    span = _Span(name, turnover, posts, first, n_days, draws)
    if turnover is not None and (turnover.leaves_per_year.value > 0 or turnover.leave is not None):
        span.follow(turnover)
    return span.found()


@dataclass(eq=False)
class _Span:
    """The posts of a pool while they are followed."""

    name: str
    turnover: Turnover | None
    posts: int
    first: dt.date
    n_days: int
    draws: Draws
    hired: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    substitutes: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.vacant = np.zeros((self.posts, self.n_days), bool)
        self.speed = np.full((self.posts, self.n_days), MILLION, np.int64)
        self.ended_from = np.full(self.posts, self.n_days, np.int64)
        until = None if self.turnover is None else self.turnover.no_refill_from
        self.closes = self.n_days if until is None else (until - self.first).days
        self.learning = np.zeros(0, np.int64) if self.turnover is None else _learning(self.turnover)

    def found(self) -> Holders:
        hired, failed, came, left = (
            np.array(sorted(days), np.int64) for days in (self.hired, self.failed, self.substitutes, self.left)
        )
        return Holders(self.vacant, self.speed, hired, failed, came, left, self.ended_from)

    def follow(self, turnover: Turnover) -> None:
        """Follow all posts, one holder after the other."""
        hazard = turnover.leaves_per_year.value / DAYS_A_YEAR
        begins, holder = np.zeros(self.posts, np.int64), 0
        present = np.arange(self.posts)
        while len(present):
            u = self.draws.uniforms(f"turnover:{self.name}", present, holder)
            leaves = np.full(len(present), self.n_days, np.int64)
            if hazard > 0:
                stays = np.minimum(inverse("exponential", u[:, 0], mean=1.0), self.n_days * hazard) / hazard
                leaves = begins[present] + np.ceil(stays).astype(np.int64)
            search = _days(turnover.recruitment_days, u[:, 1])
            for post, left, days in zip(present.tolist(), leaves.tolist(), search.tolist(), strict=True):
                self._long_leaves(post, holder, int(begins[post]), left)
                begins[post] = self._departure(post, holder, left, days)
            present, holder = present[begins[present] < self.n_days], holder + 1

    def _departure(self, post: int, holder: int, left: int, days: int) -> int:
        """A holder leaves; the day on which the next one comes, or the number of days where nobody does."""
        if left < self.n_days:
            self.left.append(left)
        came = self._recruited(post, holder, left, days)
        self.vacant[post, left:came] = True
        if came < self.n_days:
            self.hired.append(came)
            self.speed[post, came:] = MILLION
            self._learns(post, came, self.n_days)
        return came

    def _recruited(self, post: int, holder: int, left: int, days: int) -> int:
        """Day on which a recruitment brings somebody, of those that begin while there are any."""
        begins, attempt = left, 0
        while begins < self.closes:
            over = begins + days
            if self.turnover is None or self.turnover.hiring_fails_share is None or over >= self.n_days:
                return over
            u = self.draws.uniforms(f"hiring:{self.name}", post, holder, attempt)[0]
            if u[0] >= self.turnover.hiring_fails_share.value:
                return over
            self.failed.append(over)
            days = max(1, int(_days(self.turnover.recruitment_days, u[1:2])[0]))
            begins, attempt = over, attempt + 1
        self.ended_from[post] = min(begins, self.n_days)
        return self.n_days

    def _long_leaves(self, post: int, holder: int, begins: int, leaves: int) -> None:
        """Leaves of a holder, from the first day in the post to the last; who stands in, from when."""
        leave = None if self.turnover is None else self.turnover.leave
        if leave is None or leave.begins_per_year.value <= 0:
            return
        last, back, spell = min(leaves, self.n_days), begins, 0
        hazard = leave.begins_per_year.value / DAYS_A_YEAR
        while True:
            u = self.draws.uniforms(f"leave:{self.name}", post, holder, spell)[0]
            wait = float(inverse("exponential", u[:1], mean=1.0)[0]) / hazard
            if wait >= last - back:
                return
            away = back + int(np.ceil(wait))
            back = min(away + max(1, int(_days(leave.days, u[1:2])[0])), last)
            covered = back
            if leave.substitute_after_days is not None and away < self.closes:
                covered = min(away + half_up(leave.substitute_after_days.value), back)
            self.vacant[post, away:covered] = True
            if covered < back:
                self.substitutes.append(covered)
                self._learns(post, covered, back)
            spell += 1

    def _learns(self, post: int, came: int, until: int) -> None:
        """Speed of a newcomer up to a day."""
        days = min(len(self.learning), until - came)
        self.speed[post, came : came + days] = self.learning[:days]


def _days(spread: DaysSpread, u: NDArray[np.float64]) -> Ints:
    days = inverse("triangular", u, low=spread.low, mode=spread.mode, high=spread.high)
    return np.asarray(half_up(days)).astype(np.int64)


def _learning(turnover: Turnover) -> Ints:
    """Speed of a newcomer in millionths by day since the hire, from the first day's share evenly up to the whole."""
    days, first = half_up(turnover.learning_days.value), millionths(turnover.learning_start_share.value)
    return first + (MILLION - first) * np.arange(days) // max(days, 1)
