"""A plain event loop: the same plan executed with Python's heapq and nothing else, as a yardstick between the engines.

It follows `kravsim.engine.contract`, whose paragraphs it cites, and its log must equal the engines' row for row. It has no
processes, no generators and no library: what a careful programmer writes in an afternoon.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np

from kravsim.engine.contract import ANSWERED, DONE, ENDED, NONE, STARTED, STRUCK
from kravsim.engine.events import CaseInput, EventLog
from kravsim.models.plan import (
    LIMITATION_A_YEAR,
    LIMITATION_RENEWS,
    NO_STEP,
    NO_TARGET,
    PART_INSTALMENT,
    PART_NOTHING_DRAWN,
    TABLE_SHIFT,
    Calendar,
    Plan,
)
from kravsim.stream.stream import NEVER_OPENED
from kravsim.units import MILLION, MINUTES_PER_DAY

ARRIVE, FINISH, ANSWER, OPEN, POST = range(5)
"""Kinds of event; within a minute all of them come before its dispatch, in any order (§7)."""
BARRED = -2
"""In place of an answer that does not come because the case is barred first (§15)."""
STRICKEN = -3
"""In place of an answer that does not come because proceedings of the debtor are opened first (§16)."""


class Loop:
    """One run: tables as lists, one heap of events, one queue for each pool and skill."""

    def __init__(self, plan: Plan, cases: CaseInput) -> None:
        self.plan, self.cases = plan, cases
        self.uniforms = np.asarray(cases.uniforms)
        self.together = getattr(cases.uniforms, "answered_by", lambda *_: None)
        self.n_steps = len(plan.steps)
        self.pool = plan.pool.tolist()
        self.priority = plan.priority.tolist()
        self.skill = getattr(plan, "skill", np.zeros_like(plan.pool)).tolist()
        self.work = plan.work_tables[plan.work_table].tolist()
        self.threshold = [plan.threshold[step, :, :, :answers].tolist() for step, answers in enumerate(plan.n_answers)]
        self.delay_table, self.delays = plan.delay_table.tolist(), plan.delay_tables.tolist()
        self.part, self.part_tables = plan.part.tolist(), plan.part_tables.tolist()
        self.target, self.edges = plan.target.tolist(), plan.lateness_edges.tolist()
        self.min_ore, self.max_visits = plan.min_ore.tolist(), plan.max_visits.tolist()
        self.otherwise, self.first_column = plan.otherwise.tolist(), cases.first_column.tolist()
        self.letters, self.posted_on = plan.letters.tolist() or [0] * self.n_steps, plan.posted_on.tolist()
        self.opens, self.halts, self.watched = plan.opens.tolist(), plan.halts.tolist(), plan.watched.tolist()
        self.deadline, self.of_debtor, self.strikes = (
            plan.deadline.tolist(),
            plan.of_debtor.tolist(),
            plan.strikes.tolist(),
        )
        self.gathers, self.phase = plan.gathers.tolist(), cases.phase.tolist()
        self.in_a_year = plan.barred[plan.year].tolist()
        self.opened, self.proceedings = cases.struck.tolist(), cases.proceedings.tolist()
        self.renews, self.barred = plan.renews.tolist(), plan.barred[plan.period].tolist()
        self.arose = cases.arose.tolist()
        self.klass, self.principal = cases.klass.tolist(), cases.principal_ore.tolist()
        self.queues: list[dict[int, list[Any]]] = [{} for _ in plan.pools]
        self.servers = [
            (list(pool.servers), getattr(pool, "skills", np.full(len(pool.servers), -1)).tolist())
            for pool in plan.pools
        ]
        self.hours = [[Hours(server) for server in servers] for servers, _ in self.servers]
        self.free = [list(range(len(servers))) for servers, _ in self.servers]
        self.wakes: set[tuple[int, int]] = set()
        self.life: dict[int, list[Any]] = {}
        self.rows = array("q")

    def run(self) -> EventLog:
        """Execute the plan."""
        heap = [(minute, case, ARRIVE, NONE) for case, minute in enumerate(self.cases.start.tolist())]
        heapify(heap)
        while heap and heap[0][0] < self.plan.horizon:  # §1
            now = heap[0][0]
            due: set[int] = set()
            while heap and heap[0][0] == now:
                _, number, kind, server = heappop(heap)
                if kind == OPEN:
                    self.wakes.discard((now, number))
                    due.add(number)
                elif kind == ARRIVE:
                    # uniforms of the visit, visits by step, rows, lateness, step, visit, release or answer, quantity, limit,
                    # minute in which proceedings of the debtor strike
                    limit = self.barred[self.klass[number]][self.arose[number]]
                    self.life[number] = [(), [0] * self.n_steps, 0, 0, NONE, NONE, NONE, 0, limit, self.opened[number]]
                    self.enter(number, self.plan.start[self.klass[number]], now, heap, due)
                elif kind == FINISH:
                    pool = self.pool[self.life[number][4]]
                    insort(self.free[pool], server)
                    due.add(pool)
                    self.done(number, server, now, heap, due)
                elif kind == POST:
                    self.done(number, NONE, now, heap, due)
                else:
                    self.answered(number, now, heap, due)
            for pool in sorted(due):
                self.dispatch(pool, now, heap)
        return EventLog.of(np.frombuffer(self.rows, np.int64))

    def enter(self, case: int, target: int, now: int, heap: list[Any], due: set[int]) -> None:
        """Enter a step or an end state (§3)."""
        life, principal = self.life[case], self.principal[case]
        visits = life[1]
        while target < self.n_steps and (
            visits[target] >= self.max_visits[target]
            or principal < self.min_ore[target]
            or (self.opens[target] != NO_STEP and visits[self.opens[target]] >= self.max_visits[self.opens[target]])
        ):
            if self.otherwise[target][self.klass[case]] == NO_TARGET:
                message = f"{self.plan.steps[target]} refuses case {case}"
                raise RuntimeError(message)
            target = self.otherwise[target][self.klass[case]]
        step = int(target)
        if step >= self.n_steps:
            self.rows.extend((case, life[2], ENDED, step, NONE, now, NONE, NONE, NONE, 0))
            del self.life[case]
            return
        strikes = life[9] < life[8] and self.strikes[step][self.proceedings[case]] != NO_TARGET
        if strikes and life[9] <= now:  # §16: before it is entered
            self.struck(case, step, NONE, now, heap, due)
            return
        visit = visits[step]
        visits[step] += 1
        column = self.first_column[step] + visit
        if column >= self.first_column[step + 1]:
            message = f"no draws left for visit {visit} of {self.plan.steps[step]}"
            raise RuntimeError(message)
        life[0] = self.uniforms[case, column].tolist()
        life[4], life[5], life[6] = step, visit, now
        posted = self.posted_on[now // MINUTES_PER_DAY] * MINUTES_PER_DAY if self.letters[step] else now
        posted = min(posted, life[9]) if strikes else posted
        if self.pool[step] == NONE and posted > now:
            heappush(heap, (posted, case, POST, NONE))
        elif self.pool[step] == NONE:
            self.done(case, NONE, now, heap, due)
        else:
            queue = self.queues[self.pool[step]].setdefault(self.skill[step], [])
            heappush(queue, (self.priority[step], now, case, visit))
            due.add(self.pool[step])

    def struck(self, case: int, step: int, visit: int, now: int, heap: list[Any], due: set[int]) -> None:
        """Proceedings of the debtor take the case to a step of their own (§16)."""
        life = self.life[case]
        self.rows.extend((case, life[2], STRUCK, step, visit, now, NONE, NONE, NONE, 0))
        life[2], life[8], life[9] = life[2] + 1, NEVER_OPENED, NEVER_OPENED
        self.enter(case, self.strikes[step][self.proceedings[case]], now, heap, due)

    def done(self, case: int, server: int, now: int, heap: list[Any], due: set[int]) -> None:
        """Carry out a step and find its answer (§5, §10, §11)."""
        life = self.life[case]
        (u_answer, u_delay, u_quantity), _, seq, lateness, step, visit, release, _, limit, struck = life
        leads = self.strikes[step][self.proceedings[case]]
        if leads != NO_TARGET and struck < limit and struck <= now:  # §16: when its turn comes
            life[3] = lateness if server == NONE else lateness + now - release
            self.struck(case, step, visit, now, heap, due)
            return
        if now >= limit:  # §15
            self.rows.extend((case, seq, ENDED, self.plan.lapsed, NONE, now, NONE, NONE, NONE, 0))
            del self.life[case]
            return
        if server == NONE:
            release = NONE
        else:
            lateness += now - release
        self.rows.extend((case, seq, DONE, step, visit, now, NONE, release, server, 0))
        u_answer, u_delay, u_quantity = self.together(case, step, visit, now) or (u_answer, u_delay, u_quantity)  # §4
        klass = self.klass[case]
        answer = bisect_right(self.threshold[step][klass][bisect_right(self.edges, lateness)], u_answer)
        timed = self.timed_as(step, klass, answer, self.principal[case])
        since = min(now, self.opened[case]) if self.of_debtor[step] else now
        comes = max(now, since + self.delays[self.delay_table[step][klass][timed]][u_delay >> TABLE_SHIFT])
        every, follows = self.gathers[step][klass][answer], self.target[step][klass][answer]
        if every and not (follows < self.n_steps and self.principal[case] < self.min_ore[follows]):  # §11: a filing day
            while (comes // MINUTES_PER_DAY + self.phase[case]) % every:
                comes += MINUTES_PER_DAY
        if comes >= limit - self.plan.margin and self.watched[step]:
            comes, answer = max(now, limit - self.plan.margin), len(self.threshold[step][klass][0]) - 1
        if comes >= limit and not self.halts[step]:
            comes, answer = limit, BARRED
        if struck <= comes and leads != NO_TARGET and (struck < limit or self.halts[step]):
            comes, answer = struck, STRICKEN
        life[2], life[3], life[6], life[7] = seq + 1, lateness, answer, self.share_paid(step, answer, visit, u_quantity)
        heappush(heap, (comes, case, ANSWER, NONE))

    def timed_as(self, step: int, klass: int, answer: int, principal: int) -> int:
        """The answer whose delay an answer has: the last one's where the case is too small for what would follow (§11)."""
        follows = self.target[step][klass][answer]
        too_small = self.deadline[step] and follows < self.n_steps and principal < self.min_ore[follows]
        return len(self.threshold[step][klass][0]) - 1 if too_small else answer

    def share_paid(self, step: int, answer: int, visit: int, u_quantity: int) -> int:
        """Millionths of the balance that an answer pays (§11)."""
        part = self.part[step][answer] if answer >= 0 else PART_NOTHING_DRAWN
        if part == PART_NOTHING_DRAWN:
            return 0
        if part == PART_INSTALMENT:
            return int(MILLION // (self.max_visits[step] - visit))
        return int(self.part_tables[part][u_quantity >> TABLE_SHIFT])

    def answered(self, case: int, now: int, heap: list[Any], due: set[int]) -> None:
        """Take an answer and go on (§11)."""
        life = self.life[case]
        _, _, seq, _, step, visit, answer, quantity, limit, _ = life
        if answer == STRICKEN:  # §16: before it is answered
            self.struck(case, step, visit, now, heap, due)
            return
        if answer == BARRED:
            self.rows.extend((case, seq, ENDED, self.plan.lapsed, NONE, now, NONE, NONE, NONE, 0))
            del self.life[case]
            return
        if self.renews[step][answer] == LIMITATION_RENEWS:
            life[8] = self.barred[self.klass[case]][now // MINUTES_PER_DAY]
        elif self.renews[step][answer] == LIMITATION_A_YEAR and visit == 0:
            life[8] = max(limit, self.in_a_year[now // MINUTES_PER_DAY])
        self.rows.extend((case, seq, ANSWERED, step, visit, now, answer, NONE, NONE, quantity))
        life[2] = seq + 1
        self.enter(case, self.target[step][self.klass[case]][answer], now, heap, due)

    def dispatch(self, pool: int, now: int, heap: list[Any]) -> None:
        """Give waiting items to free servers, in order of their key (§8)."""
        queues, free, hours, skills = self.queues[pool], self.free[pool], self.hours[pool], self.servers[pool][1]
        if not any(queues.values()):
            return
        here = [server for server in free if hours[server].at_work(now)]
        while here:
            heads = [
                (queue[0], skill)
                for skill, queue in queues.items()
                if queue and any(skills[server] >> skill & 1 for server in here)
            ]
            if not heads:
                break
            skill = min(heads)[1]
            able = [server for server in here if skills[server] >> skill & 1]
            server = min(able, key=lambda number: (skills[number].bit_count(), number))
            here.remove(server)
            free.remove(server)
            _, release, case, visit = heappop(queues[skill])
            life = self.life[case]
            step = life[4]
            work = self.work[step][life[0][2] >> TABLE_SHIFT]
            self.rows.extend((case, life[2], STARTED, step, visit, now, NONE, release, server, work))
            life[2] += 1
            finish = hours[server].finish(now, work)
            if finish is not None:
                heappush(heap, (finish, case, FINISH, server))
        if any(queues.values()):
            openings = [hours[server].next_open(now) for server in free]
            coming = min((minute for minute in openings if minute is not None), default=None)
            if coming is not None and (coming, pool) not in self.wakes:
                self.wakes.add((coming, pool))
                heappush(heap, (coming, pool, OPEN, NONE))


class Hours:
    """A server's calendar as lists (§9)."""

    def __init__(self, calendar: Calendar) -> None:
        self.opens, self.closes = calendar.opens.tolist(), calendar.closes.tolist()
        self.before = calendar.done_before.tolist()
        self.last = self.closes[-1] if calendar.is_given_up and self.closes else None

    def at_work(self, minute: int) -> bool:
        index = bisect_right(self.opens, minute) - 1
        return bool(index >= 0 and minute < self.closes[index])

    def next_open(self, minute: int) -> int | None:
        index = bisect_right(self.opens, minute)
        return self.opens[index] if index < len(self.opens) else None

    def finish(self, minute: int, work: int) -> int | None:
        if work == 0:
            return minute
        index = bisect_right(self.opens, minute) - 1
        total = self.before[index] + minute - self.opens[index] + work
        last = bisect_left(self.before, total) - 1
        done = self.opens[last] + total - self.before[last]
        return done if done <= self.closes[last] else self.last


def run(plan: Plan, cases: CaseInput) -> EventLog:
    """Execute a plan on the given cases and draws; the same log as `kravsim.engine`'s engines."""
    return Loop(plan, cases).run()
