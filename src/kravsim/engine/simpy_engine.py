"""The reference engine: a plan executed in SimPy, written to be read beside :mod:`kravsim.engine.contract`."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Generator
from functools import partial
from typing import cast

import numpy as np
import simpy

from kravsim.engine.contract import ANSWERED, DONE, ENDED, LEFT, NONE, STARTED, STRUCK
from kravsim.engine.events import CaseInput, EventLog, KeyedUniforms
from kravsim.engine.faults import no_draws_left, refused
from kravsim.engine.staff import NEVER, CalendarHours, Relief, StaffPool
from kravsim.models.plan import (
    LIMITATION_A_YEAR,
    LIMITATION_RENEWS,
    NO_STEP,
    NO_TARGET,
    PART_INSTALMENT,
    PART_NOTHING_DRAWN,
    REGULAR,
    TABLE_SHIFT,
    Plan,
)
from kravsim.stream.stream import NEVER_OPENED
from kravsim.units import MILLION, MINUTES_PER_DAY


def run(plan: Plan, cases: CaseInput) -> EventLog:
    """Execute a plan on the given cases and draws.

    Parameters
    ----------
    plan : Plan
    cases : CaseInput
        Drawn for this plan's steps and visits.

    Raises
    ------
    RunError
        When a case enters a step that refuses it without an alternative, or visits a step more often than it has draws.
    """
    return _Simulation(plan, cases).run()


class _Simulation:
    """One run: the plan's tables as plain Python, a SimPy clock, the staff pools and the rows written so far."""

    def __init__(self, plan: Plan, cases: CaseInput) -> None:
        self.plan, self.cases = plan, cases
        self.env = simpy.Environment(initial_time=0)
        self.pools = [
            StaffPool(
                self.env,
                [CalendarHours(server) for server in pool.servers],
                pool.skills.tolist(),
                Relief(pool.relief_from, [kind != REGULAR for kind in pool.kind.tolist()], plan.horizon),
            )
            for pool in plan.pools
        ]
        self.rows = array("q")
        self.n_steps = len(plan.steps)
        self.pool: list[int] = plan.pool.tolist()
        self.priority: list[int] = plan.priority.tolist()
        self.skill: list[int] = plan.skill.tolist()
        self.relief: list[int] = plan.relief.tolist()
        self.work: list[list[int]] = plan.work_tables[plan.work_table].tolist()
        self.threshold: list[list[list[list[int]]]] = [
            plan.threshold[step, :, :, :answers].tolist() for step, answers in enumerate(plan.n_answers)
        ]
        self.delay_table: list[list[list[int]]] = plan.delay_table.tolist()
        self.delays: list[list[int]] = plan.delay_tables.tolist()
        self.part: list[list[int]] = plan.part.tolist()
        self.part_tables: list[list[int]] = plan.part_tables.tolist()
        self.target: list[list[list[int]]] = plan.target.tolist()
        self.edges: list[int] = plan.lateness_edges.tolist()
        self.min_ore: list[int] = plan.min_ore.tolist()
        self.max_visits: list[int] = plan.max_visits.tolist()
        self.otherwise: list[list[int]] = plan.otherwise.tolist()
        self.letters: list[int] = plan.letters.tolist() or [0] * self.n_steps
        self.posted_on: list[int] = plan.posted_on.tolist()
        self.opens: list[int] = plan.opens.tolist()
        self.halts: list[int] = plan.halts.tolist()
        self.watched: list[int] = plan.watched.tolist()
        self.renews: list[list[int]] = plan.renews.tolist()
        self.in_a_year: list[int] = plan.barred[plan.year].tolist()
        self.strikes: list[list[int]] = plan.strikes.tolist()
        self.of_debtor: list[int] = plan.of_debtor.tolist()
        self.deadline: list[int] = plan.deadline.tolist()
        self.gathers: list[list[list[int]]] = plan.gathers.tolist()
        self.phase: list[int] = cases.phase.tolist()
        self.sold: list[int] = plan.sold.tolist() or [0] * self.n_steps
        self.in_hand: set[int] = set()
        self.moves: list[list[int]] = plan.moves.tolist()
        self.counted = plan.own_steps if self.moves else self.n_steps  # §19: visits to steps in the same place
        self.leaves: list[int] = cases.leaves.tolist() or [NEVER_OPENED] * len(cases)
        self.barred: list[list[int]] = plan.barred[plan.period].tolist()
        self.first_column: list[int] = cases.first_column.tolist()
        self.uniforms = np.asarray(cases.uniforms)
        self.together = cases.uniforms.answered_by if isinstance(cases.uniforms, KeyedUniforms) else None

    def run(self) -> EventLog:
        if len(self.cases):
            self.env.process(self.arrivals())
            self.env.run(until=self.plan.horizon)  # §1: SimPy, too, stops before what happens at the horizon
        return EventLog.of(np.frombuffer(self.rows, np.int64))

    def arrivals(self) -> Generator[simpy.Event, None, None]:
        """Create each case when it begins, not before (§2)."""
        env, start = self.env, self.cases.start
        for case in np.argsort(start, kind="stable").tolist():
            begins = int(start[case])
            if begins > env.now:
                yield env.timeout(begins - int(env.now))
            env.process(self.case(case))

    def case(self, case: int) -> Generator[simpy.Event, int, None]:  # noqa: C901, PLR0912, PLR0915 - in the order of the contract
        """Life of one case, from its first step to its end state or the horizon."""
        env, rows = self.env, self.rows
        klass, principal = int(self.cases.klass[case]), int(self.cases.principal_ore[case])
        visits, barred = [0] * self.n_steps, self.barred[klass]
        limit = barred[int(self.cases.arose[case])]
        opened, theirs = int(self.cases.struck[case]), int(self.cases.proceedings[case])
        struck = opened
        seq = lateness = 0
        now, leaves = int(env.now), self.leaves[case]
        begins = int(self.plan.start[klass])
        if len(self.cases.enters) and self.cases.enters[case] != NONE:  # §17
            begins = int(self.cases.enters[case])
            for kind, of, visit, then, answer in self.cases.past[
                slice(*self.cases.first_past[case : case + 2])
            ].tolist():
                rows.extend((case, seq, kind, of, visit, then, answer, NONE, NONE, 0))
                seq += 1
                visits[of % self.counted] += kind == DONE
                if kind == ANSWERED and self.renews[of][answer] == LIMITATION_RENEWS:
                    limit = barred[then // MINUTES_PER_DAY]
        step = self.admitted(begins, klass, principal, visits)
        while step < self.n_steps:
            leads = self.strikes[step][theirs]
            strikes = struck < limit and leads != NO_TARGET
            if strikes and struck <= now:  # §16: before it is entered
                rows.extend((case, seq, STRUCK, step, NONE, now, NONE, NONE, NONE, 0))
                struck, limit, seq = NEVER_OPENED, NEVER_OPENED, seq + 1
                step = self.admitted(leads, klass, principal, visits)
                continue
            visit = visits[step % self.counted]
            visits[step % self.counted] += 1
            column = self.first_column[step] + visit
            if column >= self.first_column[step + 1]:
                raise no_draws_left(self.plan.steps[step], visit)
            u_answer, u_delay, u_quantity = self.uniforms[case, column].tolist()
            entered = now
            sells = entered < leaves and leaves < self.plan.horizon and self.sold[step]
            server = release = NONE
            unaided, moved = 0, False
            if self.pool[step] != NONE:
                work = self.work[step][u_quantity >> TABLE_SHIFT]
                until = leaves if sells else self.next_move(entered)
                done = self.submitted(case, seq, step, visit, entered, work, until)
                while not sells and until < self.plan.horizon:  # §19: whichever is first, and the move where both are
                    yield done | env.timeout(until - int(env.now))
                    if case in self.in_hand:
                        break
                    step, until = self.moved_over(step, entered, until), self.next_move(until)
                    if self.pool[step] == NONE:
                        moved = True
                        break
                    work = self.work[step][u_quantity >> TABLE_SHIFT]
                    done = self.submitted(case, seq, step, visit, entered, work, until)
                if moved:
                    server = NONE
                elif sells:  # §18: whichever is first, and the sale where both are
                    yield done | env.timeout(leaves - now)
                    if int(env.now) >= leaves:
                        seq += case in self.in_hand
                        step, now = self.plan.sale, leaves
                        break
                    server = int(cast("int", done.value))
                else:
                    server = yield done
                now = int(env.now)
                release = entered
                if moved:
                    pass
                elif server == NONE:
                    unaided = work  # §14
                else:
                    seq += 1
            if server == NONE and self.letters[step]:
                posted = self.posted_on[now // MINUTES_PER_DAY] * MINUTES_PER_DAY
                if strikes and release == NONE:
                    posted = min(posted, struck)
                if sells and posted >= leaves:  # §18: before it is posted
                    step, now = self.plan.sale, leaves
                    break
                if posted > now:
                    yield env.timeout(posted - now)
                    now = posted
            if release != NONE:
                lateness += now - entered
            release = NONE if moved else release
            if strikes and struck <= now:  # §16: when its turn comes
                rows.extend((case, seq, STRUCK, step, visit, now, NONE, NONE, NONE, 0))
                struck, limit, seq = NEVER_OPENED, NEVER_OPENED, seq + 1
                step = self.admitted(self.moved_over(leads, entered, now), klass, principal, visits)
                continue
            if now >= limit:  # §15: found barred when its turn comes
                step = self.plan.lapsed
                break
            rows.extend((case, seq, DONE, step, visit, now, NONE, release, server, unaided))
            applied_with = None if self.together is None else self.together(case, step, visit, now)
            u_answer, u_delay, u_quantity = applied_with or (u_answer, u_delay, u_quantity)
            band = bisect_right(self.edges, lateness)
            answer = bisect_right(self.threshold[step][klass][band], u_answer)
            since = min(now, opened) if self.of_debtor[step] else now
            timed = self.timed_as(step, klass, answer, principal)
            comes = max(now, since + self.delays[self.delay_table[step][klass][timed]][u_delay >> TABLE_SHIFT])
            comes = self.filed_at(case, step, klass, answer, comes)
            answer, comes = self.in_time(step, answer, now, comes, limit)
            comes_first = struck <= comes and leads != NO_TARGET and (struck < limit or self.halts[step] == 1)
            comes = struck if comes_first else comes
            if sells and comes >= leaves:  # §18: before it is answered
                step, now, seq = self.plan.sale, leaves, seq + 1
                break
            if comes > now:
                yield env.timeout(comes - now)
                now = comes
            if comes_first:  # §16: before it is answered
                rows.extend((case, seq + 1, STRUCK, step, visit, now, NONE, NONE, NONE, 0))
                struck, limit, seq = NEVER_OPENED, NEVER_OPENED, seq + 2
                step = self.admitted(self.moved_over(leads, entered, now), klass, principal, visits)
                continue
            if answer == NONE:
                seq += 1
                step = self.plan.lapsed
                break
            quantity = self.share_paid(step, answer, visit, u_quantity)
            rows.extend((case, seq + 1, ANSWERED, step, visit, now, answer, NONE, NONE, quantity))
            seq += 2
            if self.renews[step][answer] == LIMITATION_RENEWS:
                limit = barred[now // MINUTES_PER_DAY]
            elif self.renews[step][answer] == LIMITATION_A_YEAR and visit == 0:
                limit = max(limit, self.in_a_year[now // MINUTES_PER_DAY])
            follows = self.moved_over(self.target[step][klass][answer], entered, now)
            step = self.admitted(follows, klass, principal, visits)
        rows.extend((case, seq, ENDED, step, NONE, now, NONE, NONE, NONE, 0))

    def taken(self, case: int, seq: int, step: int, visit: int, release: int, work: int, server: int) -> None:
        """A server has taken up the work: one STARTED row (§6); or it was laid aside, and nobody has: one LEFT row (§14)."""
        kind = LEFT if server == NONE else STARTED
        self.rows.extend((case, seq, kind, step, visit, int(self.env.now), NONE, release, server, work))
        self.in_hand.add(case)

    def submitted(self, case: int, seq: int, step: int, visit: int, entered: int, work: int, until: int) -> simpy.Event:
        """Let work wait for its pool, up to a minute; the event is that it is done."""
        taken = partial(self.taken, case, seq, step, visit, entered, work)
        self.in_hand.discard(case)
        key = (self.priority[step], entered, case, visit)
        return self.pools[self.pool[step]].submit(key, work, taken, self.skill[step], self.relief[step], until)

    def next_move(self, minute: int) -> int:
        """First minute after this one in which open cases move over (§19)."""
        return next((at for at, _ in self.moves if at > minute), NEVER)

    def moved_over(self, step: int, since: int, now: int) -> int:
        """The step that is entered now by a case that entered where it was in a minute, instead of another (§19)."""
        for at, first in self.moves:
            if since < at <= now and step < self.n_steps:
                step = step % self.counted + first
        return step

    def in_time(self, step: int, answer: int, now: int, comes: int, limit: int) -> tuple[int, int]:
        """The answer and when it comes, as limitation has it; NONE where the case is barred instead (§15)."""
        if self.watched[step] and comes >= limit - self.plan.margin:
            answer, comes = int(self.plan.n_answers[step]) - 1, max(now, limit - self.plan.margin)
        if comes >= limit and not self.halts[step]:
            return NONE, limit
        return answer, comes

    def timed_as(self, step: int, klass: int, answer: int, principal: int) -> int:
        """The answer whose delay an answer has: the last one's where the case is too small for what would follow (§11)."""
        follows = self.target[step][klass][answer]
        too_small = self.deadline[step] and follows < self.n_steps and principal < self.min_ore[follows]
        return int(self.plan.n_answers[step]) - 1 if too_small else answer

    def filed_at(self, case: int, step: int, klass: int, answer: int, comes: int) -> int:
        """When an answer is acted on: where claims are gathered, on the next filing day of the debtor (§11)."""
        every, follows = self.gathers[step][klass][answer], self.target[step][klass][answer]
        too_small = follows < self.n_steps and self.cases.principal_ore[case] < self.min_ore[follows]
        day = comes // MINUTES_PER_DAY + self.phase[case]
        return comes if not every or too_small else comes + (-(-day // every) * every - day) * MINUTES_PER_DAY

    def share_paid(self, step: int, answer: int, visit: int, u_quantity: int) -> int:
        """Millionths of the balance that an answer pays (§11)."""
        part = self.part[step][answer]
        if part == PART_NOTHING_DRAWN:
            return 0
        if part == PART_INSTALMENT:
            return MILLION // (self.max_visits[step] - visit)
        return self.part_tables[part][u_quantity >> TABLE_SHIFT]

    def admitted(self, target: int, klass: int, principal: int, visits: list[int]) -> int:
        """The step that takes the case, following ``otherwise`` where one does not (§3)."""
        while target < self.n_steps and not (
            visits[target % self.counted] < self.max_visits[target]
            and principal >= self.min_ore[target]
            and (
                self.opens[target] == NO_STEP
                or visits[self.opens[target] % self.counted] < self.max_visits[self.opens[target]]
            )
        ):
            if self.otherwise[target][klass] == NO_TARGET:
                raise refused(self.plan.steps[target], visits[target % self.counted])
            target = self.otherwise[target][klass]
        return target
