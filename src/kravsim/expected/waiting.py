"""How long the region's own staff keep cases waiting: a fluid queue by day, priorities first.

Cases are handed over once a month, so that work comes in bursts that take weeks to clear; chance between one case and the
next hardly matters beside them. Work is therefore taken as a fluid that each day's staff hours clear, urgent work first:
reminders in bursts, the demands and checks that follow them in bursts that the reminders' clearing has spread out, everything
else evenly over the year. Mean waits follow by Little's law, the lateness of reminders from first-in-first-out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.statement import mean_minutes
from kravsim.expected.tables import Tables
from kravsim.expected.year import Year
from kravsim.models.answers import VOLUNTARY
from kravsim.models.process import STEP_CODE
from kravsim.models.staffing import days_of_vacation
from kravsim.workdays import working_days

Floats = NDArray[np.float64]

WARM_UP_DAYS = 365
AFTER_DAYS = 90
LONGEST_WAIT = 250
"""Days of waiting that are told apart; longer waits count as this."""
HALF_A_DAY = 0.5
"""What is handed over at midnight and done the same day is done at about noon."""
BURST = ("reminder", "demand", "solvency_check")
"""Steps whose cases come together, each after the one before."""


@dataclass(frozen=True, eq=False)
class Waiting:
    """What waiting does, by step (B,), and whether the staff can keep up.

    ``wait``: days; ``retained``: share of the willingness to pay that is left; ``done``: share of a year's cases that are
    done in the horizon, which begins and ends with other queues.
    """

    wait: dict[str, Floats]
    retained: dict[str, Floats]
    done: dict[str, Floats]
    possible: NDArray[np.bool_]
    open_hours: Floats


def waiting(tables: Tables, year: Year) -> Waiting:
    """Let the year's work wait for its staff."""
    n = len(tables.batch.which)
    wait: dict[str, Floats] = {}
    done: dict[str, Floats] = {}
    possible, hours = np.ones(n, bool), np.zeros(n)
    late = np.zeros((n, LONGEST_WAIT + 1))
    late[:, 0] = 1.0
    for name, pool in tables.model.staff.items():
        steps = {step: task for step, task in tables.model.work.items() if task.pool == name}
        capacity = _capacity(tables, pool)
        in_horizon = capacity[WARM_UP_DAYS:-AFTER_DAYS]
        hours += in_horizon.sum(axis=0) / 60 / tables.clock.years
        if not steps:
            continue
        load = sum(year.steps[:, STEP_CODE[step]] * mean_minutes(task) for step, task in steps.items())
        possible &= load * tables.clock.years < in_horizon.sum(axis=0)
        queue = _Queue(tables, year, steps, capacity)
        wait |= queue.waits()
        if "reminder" in steps:
            late = queue.lateness
            for step, cases in queue.done.items():
                done[step] = cases / np.maximum(year.steps[:, STEP_CODE[step]] * tables.clock.years, 1e-300)
    return Waiting(wait, _retained(tables, wait, late), done, possible, hours)


def _retained(tables: Tables, wait: dict[str, Floats], late: Floats) -> dict[str, Floats]:
    """Share of those who would have paid in time who still do, by step: lateness adds up along the way."""
    if not wait:
        return {}
    behaviour = tables.batch.view.behaviour.lateness
    edges, kept = np.array(behaviour.days), np.array([1.0, *behaviour.retained_share])
    zero = np.zeros(len(late))
    found: dict[str, Floats] = {}
    so_far = zero
    for step in ("reminder", "demand", "solvency_check", "payment_order", "order"):
        if step != "reminder":
            so_far = so_far + wait.get(step, zero)
        if step in VOLUNTARY:
            days = np.arange(LONGEST_WAIT + 1) + ("reminder" in wait) * HALF_A_DAY + so_far[:, None]
            found[step] = (late * kept[np.searchsorted(edges, days, side="right")]).sum(axis=1)
    return found


def _capacity(tables: Tables, pool: Any) -> Floats:
    """Minutes at the queue by day, from a year before the horizon to a quarter after it: (days, B)."""
    clock, array = tables.clock, tables.batch.array
    days, window = clock.n_days + AFTER_DAYS, slice(max(clock.start - WARM_UP_DAYS, 0), None)
    first, missing = clock.law.first, max(WARM_UP_DAYS - clock.start, 0)
    working = working_days(first, days)
    fte = array(pool.fte.value)
    vacation = round(float(np.mean(pool.vacation_days.value)))
    at_queue = array(pool.hours_per_day.value) * 60 * (1 - array(pool.other_duties_share.value))
    at_queue = at_queue * (1 - array(pool.sick_share.value))
    posts = np.zeros((days - window.start + missing, len(fte)))
    for post in range(int(np.ceil(fte.max()))):
        present = (working & ~days_of_vacation(first, days, working, post, vacation))[window]
        posts[missing:] += present[:, None] * np.clip(fte - post, 0.0, 1.0)
    return np.asarray(posts * at_queue)


class _Queue:
    """One pool's fluid queue, by day (days, B) and priority."""

    def __init__(self, tables: Tables, year: Year, steps: dict[str, Any], capacity: Floats) -> None:
        self.tables, self.steps = tables, steps
        n = capacity.shape[1]
        self.priorities = sorted({task.priority for task in steps.values()})
        self.days = len(capacity)
        counts = {name: year.steps[:, code] for name, code in STEP_CODE.items()}
        self.minutes = {step: mean_minutes(task) for step, task in steps.items()}
        steady = np.zeros((len(self.priorities), n))
        for step, task in steps.items():
            if step not in BURST:
                steady[self.priorities.index(task.priority)] += counts[step] * self.minutes[step] / 365
        self.arrived = np.repeat(steady[None], self.days, axis=0)
        self.served, self.backlog = np.zeros_like(self.arrived), np.zeros_like(self.arrived)
        self.bursts = self._hand_overs(counts["reminder"])
        self.burst_place = {step: self.priorities.index(steps[step].priority) for step in BURST if step in steps}
        self.in_horizon = slice(WARM_UP_DAYS, self.days - AFTER_DAYS)
        self.done = {step: np.zeros(n) for step in BURST}
        self.recent: dict[str, tuple[Floats, Floats]] = {}
        self._run(capacity, counts)

    def _hand_overs(self, reminders: Floats) -> dict[int, Floats]:
        """Cases by day of hand-over, counted from the beginning of the queue's days."""
        clock = self.tables.clock
        mean = float(clock.hand_over_runs.mean())
        begin = clock.start - WARM_UP_DAYS
        each = reminders / clock.hand_overs_a_year
        return {day - begin: each * len(runs) / mean for day, runs in clock.runs if day >= begin}

    def _run(self, capacity: Floats, counts: dict[str, Floats]) -> None:
        """Clear each day's work, urgent work first; bursts move on when they have been cleared."""
        n, zero = capacity.shape[1], np.zeros(capacity.shape[1])
        coming = {step: np.zeros((self.days + 1, n)) for step in BURST}
        for day, cases in self.bursts.items():
            coming["reminder"][day] += cases
        left = [zero.copy() for _ in self.priorities]
        grace = {"reminder": self.tables.days("reminder", 3), "demand": self.tables.days("demand", 4)}
        later = {step: round(float(days.mean())) for step, days in grace.items()}
        for day in range(self.days):
            for step in BURST:
                if step in self.burst_place:
                    self.arrived[day, self.burst_place[step]] += coming[step][day] * self.minutes[step]
            free = capacity[day]
            for place in range(len(self.priorities)):
                waiting = left[place] + self.arrived[day, place]
                done = np.minimum(waiting, free)
                free, left[place] = free - done, waiting - done
                self.served[day, place], self.backlog[day, place] = done, left[place]
            for step in BURST:
                done = self._done(coming, step, day)
                if self.in_horizon.start <= day < self.in_horizon.stop:
                    self.done[step] += done
                if step in later and day + later[step] < self.days:
                    after = BURST[BURST.index(step) + 1]
                    coming[after][day + later[step]] += done * counts[after] / np.maximum(counts[step], 1e-300)

    def _done(self, coming: dict[str, Floats], step: str, day: int) -> Floats:
        """Cases of a burst that are done on a day: their share of the work of their priority that is."""
        if step not in self.burst_place:
            return np.asarray(coming[step][day])
        place = self.burst_place[step]
        arrived, mine = self.recent.setdefault(step, (np.zeros_like(coming[step][0]), np.zeros_like(coming[step][0])))
        arrived += self.arrived[day, place]
        mine += coming[step][day]
        if day >= LONGEST_WAIT:
            arrived -= self.arrived[day - LONGEST_WAIT, place]
            mine -= coming[step][day - LONGEST_WAIT]
        return np.asarray(self.served[day, place] * mine / np.maximum(arrived, 1e-300))

    def waits(self) -> dict[str, Floats]:
        """Mean days from release to completion, by step: Little's law within a priority."""
        backlog, arrived = (rows[self.in_horizon].sum(axis=0) for rows in (self.backlog, self.arrived))
        days = backlog / np.maximum(arrived, 1e-300)
        found = {step: days[self.priorities.index(task.priority)] for step, task in self.steps.items()}
        if "reminder" in found:
            found["reminder"] = (self.lateness * np.arange(LONGEST_WAIT + 1)).sum(axis=1) + HALF_A_DAY
        return found

    @property
    def lateness(self) -> Floats:
        """Distribution of whole days that reminders handed over in the horizon wait, first in first out: (B, days)."""
        place = self.burst_place["reminder"]
        served = np.cumsum(self.served[:, place], axis=0)
        before = np.cumsum(self.arrived[:, place], axis=0) - self.arrived[:, place]
        found = np.zeros((served.shape[1], LONGEST_WAIT + 1))
        for day, cases in self.bursts.items():
            if not self.in_horizon.start <= day < self.in_horizon.stop:
                continue
            size = np.maximum(cases * self.minutes["reminder"], 1e-300)
            reach = min(LONGEST_WAIT, self.days - 1 - day)
            done = np.clip((served[day : day + reach + 1] - before[day]) / size, 0.0, 1.0)
            done[-1] = 1.0
            found[:, : reach + 1] += np.diff(done, axis=0, prepend=0.0).T
        return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-300))
