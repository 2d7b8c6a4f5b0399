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


class Work(NamedTuple):
    """What one pool has to do.

    ``capacity`` (B, days) and ``steady`` (B, P), work by priority that comes evenly from day ``first`` on, in minutes a day;
    ``onward`` (B, 2), cases that go on to the second and third step of the bursts, of each done before; ``minutes`` (3,)
    each, their ``place`` (3,) among the priorities, or -1 where others do them, and ``later`` (B, 2), days from each of the
    first two to the next; ``hand_over`` (H,), days on which ``size`` (B, H) cases come; ``begin`` and ``end`` of the horizon.
    """

    capacity: Floats
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


class Cleared(NamedTuple):
    """What is found.

    ``done`` (B, 3): cases of the bursts in the horizon; ``backlog`` and ``arrived`` (B, P), minutes, summed over its days;
    ``late`` (B, LONGEST_WAIT + 1): hand-overs of it whose reminders wait so many whole days, first in first out.
    """

    done: Floats
    backlog: Floats
    arrived: Floats
    late: Floats


class Days(NamedTuple):
    """Working space.

    By day, cases that are ``coming`` (3, days + 1), minutes ``arrived`` and ``served`` (days, P); ``left`` (P,); ``recent``
    (3, 2): work of a burst's priority, and its own cases, that arrived in the last ``LONGEST_WAIT`` days.
    """

    coming: Floats
    arrived: Floats
    served: Floats
    left: Floats
    recent: Floats


@compiled
def clear(work: Work, days: Days, cleared: Cleared) -> None:
    """Clear each day's work, urgent work first; bursts move on when they have been cleared."""
    for b in range(work.capacity.shape[0]):
        days.coming[:], days.left[:], days.recent[:] = 0.0, 0.0, 0.0
        for h in range(len(work.hand_over)):
            days.coming[0, work.hand_over[h]] += work.size[b, h]
        for day in range(work.capacity.shape[1]):
            _work_off(work, days, cleared, b, day)
            for burst in range(BURSTS):
                done = _done(work, days, burst, day)
                if work.begin <= day < work.end:
                    cleared.done[b, burst] += done
                if burst + 1 < BURSTS and day + work.later[b, burst] < work.capacity.shape[1]:
                    days.coming[burst + 1, day + work.later[b, burst]] += done * work.onward[b, burst]
        if work.place[0] >= 0:
            _be_late(work, days, cleared.late[b], b)


@compiled
def _work_off(work: Work, days: Days, cleared: Cleared, b: int, day: int) -> None:
    """Let a day's work arrive and the staff's hours clear what they can."""
    arrived, free = days.arrived[day], work.capacity[b, day]
    for p in range(len(arrived)):
        arrived[p] = work.steady[b, p] if day >= work.first else 0.0
    for burst in range(BURSTS):
        if work.place[burst] >= 0:
            arrived[work.place[burst]] += days.coming[burst, day] * work.minutes[burst]
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
    place, last = work.place[0], work.capacity.shape[1] - 1
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
