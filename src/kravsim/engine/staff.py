"""The staff pool in SimPy: a non-preemptive priority queue before servers with calendars (contract §6-§9)."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, cast

import simpy
from simpy.events import NORMAL, EventPriority

from kravsim.engine.contract import NONE
from kravsim.models.plan import BY_SYSTEM, NO_RELIEF, WAITS, Calendar

LAST_PRIORITY = EventPriority(NORMAL + 1)
"""SimPy priority of the dispatch: after everything else in its minute (§7)."""

Key = tuple[int, int, int, int]
"""Priority, release minute, case, visit (§6)."""

EVERYTHING = -1
NEVER = 1 << 62
"""A minute that does not come."""
"""Skills of a server who can do all work: every bit is set."""


class Hours(Protocol):
    """When a server is at work, and when work begun now is done."""

    def at_work(self, minute: int) -> bool:
        """Whether the server is at work in this minute.

        Parameters
        ----------
        minute : int
            Any minute of the environment's clock.
        """

    def next_open(self, minute: int) -> int | None:
        """First later minute at which the server comes to work, None when never again.

        Parameters
        ----------
        minute : int
            Any minute of the environment's clock.
        """

    def finish(self, minute: int, work: int) -> int | None:
        """Minute at which ``work`` begun in this minute is done, None when never.

        Parameters
        ----------
        minute : int
            A minute in which the server is at work.
        work : int
            Minutes of work.
        """


class CalendarHours:
    """Hours of a calendar: work pauses when it closes (§9)."""

    def __init__(self, calendar: Calendar) -> None:
        self._opens: list[int] = calendar.opens.tolist()
        self._closes: list[int] = calendar.closes.tolist()
        self._before: list[int] = calendar.done_before.tolist()
        self._last = self._closes[-1] if calendar.is_given_up and self._closes else None

    def at_work(self, minute: int) -> bool:
        """Whether the calendar is open in this minute.

        Parameters
        ----------
        minute : int
            Since midnight of day 0.
        """
        index = bisect_right(self._opens, minute) - 1
        return index >= 0 and minute < self._closes[index]

    def next_open(self, minute: int) -> int | None:
        """First minute after this one at which the calendar opens.

        Parameters
        ----------
        minute : int
            Since midnight of day 0.
        """
        index = bisect_right(self._opens, minute)
        return self._opens[index] if index < len(self._opens) else None

    def finish(self, minute: int, work: int) -> int | None:
        """Done in the first minute by which the server has worked ``work`` minutes more.

        Parameters
        ----------
        minute : int
            A minute in which the calendar is open, since midnight of day 0.
        work : int
            Minutes of work.
        """
        if work == 0:
            return minute
        index = bisect_right(self._opens, minute) - 1
        total = self._before[index] + minute - self._opens[index] + work
        last = bisect_left(self._before, total) - 1
        done = self._opens[last] + total - self._before[last]
        return done if done <= self._closes[last] else self._last


class AlwaysOpen:
    """Hours without a calendar, for queues in ticks of the caller's choice."""

    def at_work(self, minute: int) -> bool:  # noqa: ARG002 - the protocol's signature
        """Always.

        Parameters
        ----------
        minute : int
            Any tick of the environment's clock.
        """
        return True

    def next_open(self, minute: int) -> int | None:  # noqa: ARG002 - the protocol's signature
        """Never needed: the server never leaves.

        Parameters
        ----------
        minute : int
            Any tick of the environment's clock.
        """
        return None

    def finish(self, minute: int, work: int) -> int | None:
        """No pauses.

        Parameters
        ----------
        minute : int
            Any tick of the environment's clock.
        work : int
            Work in ticks.
        """
        return minute + work


class Relief(NamedTuple):
    """When a pool is relieved (§14): minutes of waiting work (or NO_RELIEF), who is a reserve, most minutes of an item."""

    begins: int
    reserve: Sequence[bool]
    most: int


class Item:
    """Work that waits, until it is taken."""

    def __init__(
        self, key: Key, work: int, taken: Callable[[int], None], done: simpy.Event, relief: int, until: int
    ) -> None:
        self.key, self.work, self.taken, self.done, self.relief = key, work, taken, done, relief
        self.until = until
        self.waits = True

    def __lt__(self, other: Item) -> bool:
        """Which of two comes first."""
        return self.key < other.key


class StaffPool:
    """Servers with one queue, on a SimPy environment.

    Parameters
    ----------
    env : simpy.Environment
        Its clock is integer minutes (or ticks).
    servers : sequence of Hours
        In order of their number.
    skills : sequence of int, optional
        What each can do, bit k for skill k; everybody everything by default.
    relief : Relief, optional
        When the reserve comes in, and work is done by the system or laid aside; never by default.
    """

    def __init__(
        self,
        env: simpy.Environment,
        servers: Sequence[Hours],
        skills: Sequence[int] | None = None,
        relief: Relief | None = None,
    ) -> None:
        self._env = env
        self._relief = Relief(NO_RELIEF, [False] * len(servers), 0) if relief is None else relief
        self._backlog = 0
        self._movable: list[tuple[int, Item]] = []
        self._hours = list(servers)
        self._skills = [EVERYTHING] * len(servers) if skills is None else list(skills)
        self._free = list(range(len(servers)))
        self._able: dict[int, list[int]] = {}
        self._queues: dict[int, list[Item]] = {}
        self._dispatching = False
        self._wakes: set[int] = set()

    def submit(
        self,
        key: Key,
        work: int,
        taken: Callable[[int], None],
        skill: int = 0,
        relief: int = WAITS,
        until: int = NEVER,
    ) -> simpy.Event:
        """Queue an item that asks for a skill; ``taken(server)`` is called when a server takes it, or it is laid aside.

        Parameters
        ----------
        key : tuple of int
            Priority, release minute, case and visit (§6): what comes first is least.
        work : int
            Minutes of work, or ticks.
        taken : callable
            Takes the number of the server, NONE where the work is laid aside.
        skill : int
            Number of the skill, from 0.
        relief : int
            WAITS, BY_SYSTEM or LAID_ASIDE: what is done with it in a backlog (§14).
        until : int
            Minute from which it does not wait any more, and is not taken (§18).

        Returns
        -------
        simpy.Event
            Triggered in the minute in which the work is done; its value is the server, NONE where there was none.
        """
        if skill not in self._queues:
            self._queues[skill], self._able[skill] = [], self._qualified(skill)
        done = self._env.event()
        done.callbacks.append(self._release)  # before the case, which waits for it later
        item = Item(key, work, taken, done, relief, until)
        heapq.heappush(self._queues[skill], item)
        self._backlog += self._counted(item)
        if relief != WAITS:
            heapq.heappush(self._movable, (-key[0], item))
        if self._free or self._movable:
            self._call_dispatch()
        return done

    def _counted(self, item: Item) -> int:
        return min(item.work, self._relief.most)

    def _is_far_behind(self) -> bool:
        return self._relief.begins != NO_RELIEF and self._backlog >= self._relief.begins

    def _take(self, item: Item) -> None:
        item.waits = False
        self._backlog -= self._counted(item)

    def _qualified(self, skill: int) -> list[int]:
        """Servers who can do the work, the one it should go to first (§8)."""
        able = (number for number, skills in enumerate(self._skills) if skills >> skill & 1)
        return sorted(able, key=lambda number: (self._skills[number].bit_count(), number))

    def _call_dispatch(self) -> None:
        if not self._dispatching:
            self._dispatching = True
            self._at(0, self._dispatch)

    def _at(self, delay: int, action: Callable[[simpy.Event], None]) -> None:
        event = self._env.event()
        event._ok, event._value = True, None
        event.callbacks.append(action)
        self._env.schedule(event, LAST_PRIORITY, delay)

    def _dispatch(self, _: simpy.Event) -> None:
        self._dispatching = False
        now = int(self._env.now)
        self._relieve()
        here = [number for number in self._free if self._hours[number].at_work(now)]
        while here:
            able = here if self._is_far_behind() else [number for number in here if not self._relief.reserve[number]]
            heads = [
                (queue[0].key, skill)
                for skill, queue in self._queues.items()
                if self._first(queue) and not set(able).isdisjoint(self._able[skill])
            ]
            if not heads:
                break
            skill = min(heads)[1]
            server = next(number for number in self._able[skill] if number in able)
            here.remove(server)
            self._free.remove(server)
            item = heapq.heappop(self._queues[skill])
            self._take(item)
            item.taken(server)
            finish = self._hours[server].finish(now, item.work)
            if finish is None:
                continue  # the calendar ends first: the server keeps the item for good
            item.done._ok, item.done._value = True, server
            # Work of no time is done after this round of dispatches, of every pool, not in the midst of it (§7).
            self._env.schedule(item.done, NORMAL if item.work else LAST_PRIORITY, finish - now)
        if self._free and self._waiting():
            self._wake_at_opening(now)

    def _relieve(self) -> None:
        """Send by the system, or lay aside, what may be, the least urgent first, while the pool is far behind (§14)."""
        while self._movable and self._is_far_behind():
            item = heapq.heappop(self._movable)[1]
            if not item.waits:
                continue
            self._take(item)
            if item.relief == BY_SYSTEM:
                item.done._ok, item.done._value = True, NONE
                self._env.schedule(item.done, LAST_PRIORITY, 0)
            else:
                item.taken(NONE)

    def _first(self, queue: list[Item]) -> bool:
        """Whether anything waits here; what has been relieved or sold leaves the queue when it would have been its turn."""
        while queue and (not queue[0].waits or queue[0].until <= self._env.now):
            item = heapq.heappop(queue)
            if item.waits:
                self._take(item)
        return bool(queue)

    def _waiting(self) -> bool:
        return any(self._first(queue) for queue in self._queues.values())

    def _release(self, done: simpy.Event) -> None:
        """A server's work is done; this comes before the case goes on."""
        if done.value == NONE:
            return
        insort(self._free, cast("int", done.value))
        if self._waiting():
            self._call_dispatch()

    def _wake_at_opening(self, now: int) -> None:
        """Look at the queue again when the next free server comes to work."""
        openings = [self._hours[number].next_open(now) for number in self._free]
        coming = min((minute for minute in openings if minute is not None), default=None)
        if coming is not None and coming not in self._wakes:
            self._wakes.add(coming)
            self._at(coming - now, self._woken)

    def _woken(self, event: simpy.Event) -> None:
        """Servers have come to work: dispatch, unless this minute's dispatch is already due."""
        self._wakes.discard(int(self._env.now))
        if self._waiting() and not self._dispatching:
            self._dispatch(event)
