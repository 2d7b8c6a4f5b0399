"""The staff's fluid queue by day, for one parameter set after another (:mod:`kravsim.expected.waiting`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.jit_compiled import compiled

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LONGEST_WAIT = 250
"""Days of waiting that are told apart; longer waits count as this."""
BURSTS = 3
"""Steps whose cases come together, each after the one before: reminders, demands, solvency checks."""
TINY = 1e-300
FOR_GOOD = 1e6
"""Days that are more than any span."""
NEAR = 1e-9
"""Share by which numbers that are added up in another order may differ."""


class Posts(NamedTuple):
    """Who does it: posts with their days off, and lives of their holders (B sets, D days, L lives, T turns of a life).

    ``present`` (V, 2, D), whether even and odd posts work, for each of V vacations, of which a set has ``vacation`` (B,);
    ``fte`` (B,), whole posts first, then the fraction; ``minutes`` (B,) at the queue on a day of a whole post. Posts are
    held, and learned, on day ``begin``, which may lie before the first; holders stay ``stay`` (L, M, T) times the mean stay,
    and their posts stand empty for ``search`` (L, M, T) days, post M as post 0; ``leaves`` (B,) a day; a newcomer does
    ``start_share`` (B,) of a day's work on the first day, and the whole after ``learning`` (B,) days.
    """

    present: NDArray[np.bool_]
    vacation: Ints
    fte: Floats
    minutes: Floats
    begin: int
    stay: Floats
    search: Ints
    leaves: Floats
    start_share: Floats
    learning: Floats


class Work(NamedTuple):
    """What one pool has to do.

    ``steady`` (B, P), work by priority that comes evenly from day ``first`` on, in minutes a day;
    ``onward`` (B, 2), cases that go on to the second and third step of the bursts, of each done before; ``minutes`` (3,)
    each, their ``place`` (3,) among the priorities, or -1 where others do them, and ``later`` (B, 2), days from each of the
    first two to the next; ``hand_over`` (H,), days on which ``size`` (B, H) cases come; ``begin`` and ``end`` of the horizon;
    ``load`` (B,), minutes that all of it takes in the horizon; ``longest`` (B,), mean days of lateness of which no more
    than that it is longer needs to be known, or infinity.
    """

    steady: Floats
    first: int
    onward: Floats
    minutes: Floats
    place: Ints
    later: Ints
    hand_over: Ints
    size: Floats
    begin: int
    end: int
    load: Floats
    longest: Floats


class Cleared(NamedTuple):
    """What is found, summed over the lives of the holders, and of the backlog the most.

    ``whole`` (B,): whether every life was worked through: not where there is more work than hours, of which nothing else is
    known, nor beyond the longest lateness that was asked about.

    ``most`` (B,): minutes of work that wait as a day of the horizon begins, at most; ``capacity`` (B,): minutes at the queue
    in the horizon; ``done`` (B, 3): cases of the bursts in it; ``backlog`` and ``arrived`` (B, P), minutes, summed over its
    days; ``late`` (B, LONGEST_WAIT + 1): hand-overs of it whose reminders wait so many whole days, first in first out.
    """

    most: Floats
    capacity: Floats
    done: Floats
    backlog: Floats
    arrived: Floats
    late: Floats
    whole: NDArray[np.bool_]

    @classmethod
    def nothing(cls, n: int, priorities: int) -> Cleared:
        """Nothing found yet.

        Parameters
        ----------
        n, priorities : int
            How many sets, and priorities of the pool's work.
        """
        by_priority = np.zeros((n, priorities)), np.zeros((n, priorities))
        late, whole = np.zeros((n, LONGEST_WAIT + 1)), np.zeros(n, np.bool_)
        return cls(np.zeros(n), np.zeros(n), np.zeros((n, BURSTS)), *by_priority, late, whole)


class Days(NamedTuple):
    """Working space.

    By day, minutes of ``capacity`` (L, days), cases that are ``coming`` (3, days + 1), minutes ``arrived`` and ``served``
    (days, P); ``left`` (P,); ``recent`` (3, 2): work of a burst's priority, and its own cases, that arrived in the last
    ``LONGEST_WAIT`` days.
    """

    capacity: Floats
    coming: Floats
    arrived: Floats
    served: Floats
    left: Floats
    recent: Floats

    @classmethod
    def of(cls, lives: int, days: int, priorities: int) -> Days:
        """Working space.

        Parameters
        ----------
        lives, days, priorities : int
            How many lives of the holders, days, and priorities of the pool's work.
        """
        by_day = np.zeros((days, priorities)), np.zeros((days, priorities))
        coming = np.zeros((BURSTS, days + 1))
        return cls(np.zeros((lives, days)), coming, *by_day, np.zeros(priorities), np.zeros((BURSTS, 2)))


@compiled
def clear(work: Work, posts: Posts, days: Days, cleared: Cleared) -> None:
    """Clear each day's work, urgent work first; bursts move on when they have been cleared.

    Parameters
    ----------
    work : Work
        What arrives.
    posts : Posts
        Who does it.
    days : Days
        Working space.
    cleared : Cleared
        Added to.
    """
    lives, counted = posts.stay.shape[0], 0
    for h in range(len(work.hand_over)):
        counted += work.begin <= work.hand_over[h] < work.end
    for b in range(len(posts.fte)):
        for life in range(lives):
            _staff(posts, days.capacity[life], b, life)
            for day in range(work.begin, work.end):
                cleared.capacity[b] += days.capacity[life, day]
        if work.load[b] * lives > cleared.capacity[b] * (1 + NEAR):
            continue
        cleared.whole[b] = True
        for life in range(lives):
            _clear_one(work, days, days.capacity[life], cleared, b)
            if _is_longer(cleared.late[b], work.longest[b] * lives * counted):
                cleared.whole[b] = life + 1 == lives
                break


@compiled
def _is_longer(late: Floats, days: float) -> bool:
    """Whether the days of all lateness so far are more than so many."""
    if np.isinf(days):
        return False
    found = 0.0
    for wait in range(len(late)):
        found += wait * late[wait]
    return found > days * (1 + NEAR)


@compiled
def _staff(posts: Posts, capacity: Floats, b: int, life: int) -> None:
    """Fill in the minutes at the queue by day for one life of every post's holders."""
    turns, whole, vacation = posts.stay.shape[2], int(np.ceil(posts.fte[b])), posts.vacation[b]
    capacity[:] = 0.0
    for post in range(whole):
        minutes = min(posts.fte[b] - post, 1.0) * posts.minutes[b]
        like, came, turn = post % posts.stay.shape[1], posts.begin, 0
        while came < len(capacity):
            leaves = len(capacity)
            if posts.leaves[b] > 0:
                stay = np.ceil(min(posts.stay[life, like, turn % turns] / posts.leaves[b], FOR_GOOD))
                leaves = min(came + int(stay), len(capacity))
            full = min(came + int(posts.learning[b]), leaves) if turn else came
            for day in range(max(came, 0), full):
                speed = posts.start_share[b] + (1 - posts.start_share[b]) * (day - came) / posts.learning[b]
                if posts.present[vacation, post % 2, day]:
                    capacity[day] += minutes * speed
            for day in range(max(full, 0), leaves):
                if posts.present[vacation, post % 2, day]:
                    capacity[day] += minutes
            came = leaves + posts.search[life, like, turn % turns]
            turn += 1


@compiled
def _clear_one(work: Work, days: Days, capacity: Floats, cleared: Cleared, b: int) -> None:
    """Clear the work of one set by the hours that there are."""
    days.coming[:], days.left[:], days.recent[:] = 0.0, 0.0, 0.0
    for h in range(len(work.hand_over)):
        days.coming[0, work.hand_over[h]] += work.size[b, h]
    for day in range(len(capacity)):
        _work_off(work, days, capacity[day], cleared, b, day)
        for burst in range(BURSTS):
            done = _done(work, days, burst, day)
            if work.begin <= day < work.end:
                cleared.done[b, burst] += done
            if burst + 1 < BURSTS and day + work.later[b, burst] < len(capacity):
                days.coming[burst + 1, day + work.later[b, burst]] += done * work.onward[b, burst]
    if work.place[0] >= 0:
        _be_late(work, days, cleared.late[b], b)


@compiled
def _work_off(work: Work, days: Days, free: float, cleared: Cleared, b: int, day: int) -> None:
    """Let a day's work arrive and the staff's hours clear what they can."""
    arrived = days.arrived[day]
    for p in range(len(arrived)):
        arrived[p] = work.steady[b, p] if day >= work.first else 0.0
    for burst in range(BURSTS):
        if work.place[burst] >= 0:
            arrived[work.place[burst]] += days.coming[burst, day] * work.minutes[burst]
    if work.begin <= day < work.end:
        waits = 0.0
        for p in range(len(arrived)):
            waits += days.left[p] + arrived[p]
        cleared.most[b] = max(cleared.most[b], waits)
    for p in range(len(arrived)):
        waiting = days.left[p] + arrived[p]
        done = min(waiting, free)
        free -= done
        days.left[p] = waiting - done
        days.served[day, p] = done
        if work.begin <= day < work.end:
            cleared.backlog[b, p] += days.left[p]
            cleared.arrived[b, p] += arrived[p]


@compiled
def _done(work: Work, days: Days, burst: int, day: int) -> float:
    """Cases of a burst that are done on a day: their share of the work of their priority that is."""
    coming, place, recent = days.coming[burst], work.place[burst], days.recent[burst]
    if place < 0:
        return coming[day]  # type: ignore[no-any-return]
    recent[0] += days.arrived[day, place]
    recent[1] += coming[day]
    if day >= LONGEST_WAIT:
        recent[0] -= days.arrived[day - LONGEST_WAIT, place]
        recent[1] -= coming[day - LONGEST_WAIT]
    return days.served[day, place] * recent[1] / max(recent[0], TINY)  # type: ignore[no-any-return]


@compiled
def _be_late(work: Work, days: Days, late: Floats, b: int) -> None:
    """Count how late the reminders of each hand-over in the horizon are; uses up what was served and had arrived."""
    place, last = work.place[0], days.capacity.shape[1] - 1
    for day in range(1, last + 1):
        days.served[day, place] += days.served[day - 1, place]
    before, upto = 0.0, 0
    for h in range(len(work.hand_over)):
        day = work.hand_over[h]
        while upto <= day:
            before += days.arrived[upto, place]
            upto += 1
        if not work.begin <= day < work.end:
            continue
        size = max(work.size[b, h] * work.minutes[0], TINY)
        ahead, done = before - days.arrived[day, place], 0.0
        reach = min(LONGEST_WAIT, last - day)
        for wait in range(reach + 1):
            now = min(max((days.served[day + wait, place] - ahead) / size, 0.0), 1.0)
            if wait == reach:
                now = 1.0
            late[wait] += now - done
            done = now
            if done == 1.0:
                break
