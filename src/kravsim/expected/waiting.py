"""How long the region's own staff keep cases waiting: a fluid queue by day, priorities first.

Cases are handed over once a month, so that work comes in bursts that take weeks to clear; chance between one case and the
next hardly matters beside them. Work is therefore taken as a fluid that each day's staff hours clear, urgent work first:
reminders in bursts, the demands and checks that follow them in bursts that the reminders' clearing has spread out, everything
else evenly over the year. Mean waits follow by Little's law, the lateness of reminders from first-in-first-out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.statement import mean_minutes
from kravsim.expected.tables import Tables
from kravsim.expected.turnover import Turnover
from kravsim.expected.waiting_compiled import BURSTS, LONGEST_WAIT, Cleared, Days, Work, clear
from kravsim.expected.year import Year
from kravsim.models.answers import VOLUNTARY
from kravsim.models.process import STEP_CODE
from kravsim.models.staffing import days_of_vacation
from kravsim.units import half_up
from kravsim.workdays import working_days

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WARM_UP_DAYS = 365
AFTER_DAYS = 90
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
        hours += in_horizon.sum(axis=0) / 60 / tables.clock.calendar.years
        if not steps:
            continue
        load = sum(year.steps[:, STEP_CODE[step]] * mean_minutes(task) for step, task in steps.items())
        possible &= load * tables.clock.calendar.years < in_horizon.sum(axis=0)
        queue = _Queue(tables, year, steps, capacity)
        wait |= queue.waits()
        if "reminder" in steps:
            late = queue.lateness
            for step, cases in zip(BURST, queue.cleared.done.T, strict=True):
                done[step] = cases / np.maximum(year.steps[:, STEP_CODE[step]] * tables.clock.calendar.years, 1e-300)
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
    clock, array = tables.clock.calendar, tables.batch.array
    days, window = clock.n_days + AFTER_DAYS, slice(max(clock.start - WARM_UP_DAYS, 0), None)
    first, missing = clock.law.first, max(WARM_UP_DAYS - clock.start, 0)
    working = working_days(first, days)
    fte = array(pool.fte.value)
    vacation, of_set = np.unique(half_up(array(pool.vacation_days.value)), return_inverse=True)
    at_queue = array(pool.hours_per_day.value) * 60 * (1 - array(pool.other_duties_share.value))
    at_queue = at_queue * (1 - array(pool.sick_share.value))
    posts = np.zeros((days - window.start + missing, len(fte)))
    for post in range(int(np.ceil(fte.max()))):
        present = np.array([working & ~days_of_vacation(first, days, working, post, int(each)) for each in vacation])
        posts[missing:] += present[:, window].T[:, of_set.reshape(-1)] * np.clip(fte - post, 0.0, 1.0)
    turnover = Turnover.of(pool.turnover, np.arange(clock.start - WARM_UP_DAYS, days), array)
    return np.asarray(posts * at_queue * (1 - turnover.vacant - turnover.learning))


class _Queue:
    """One pool's fluid queue."""

    def __init__(self, tables: Tables, year: Year, steps: dict[str, Any], capacity: Floats) -> None:
        self.steps = steps
        days, n = capacity.shape
        self.priorities = sorted({task.priority for task in steps.values()})
        minutes = {step: mean_minutes(task) for step, task in steps.items()}
        steady = np.zeros((n, len(self.priorities)))
        for step, task in steps.items():
            if step not in BURST:
                steady[:, self.priorities.index(task.priority)] += year.steps[:, STEP_CODE[step]] * minutes[step] / 365
        place = [self.priorities.index(steps[step].priority) if step in steps else -1 for step in BURST]
        hand_over, size = _hand_overs(tables, year.handed_on[0])
        work = Work(
            capacity=np.ascontiguousarray(capacity.T),
            steady=steady,
            first=max(WARM_UP_DAYS - tables.clock.calendar.start, 0),
            onward=np.ascontiguousarray((year.handed_on[1:] / np.maximum(year.handed_on[:-1], 1e-300)).T),
            minutes=np.array([minutes.get(step, 0.0) for step in BURST]),
            place=np.array(place, np.int64),
            later=half_up(np.stack([tables.days("reminder", 3), tables.days("demand", 4)], axis=1)).astype(np.int64),
            hand_over=hand_over,
            size=size,
            begin=WARM_UP_DAYS,
            end=days - AFTER_DAYS,
        )
        by_day = (
            np.zeros((BURSTS, days + 1)),
            np.zeros((days, len(self.priorities))),
            np.zeros((days, len(self.priorities))),
        )
        self.cleared = Cleared(
            np.zeros((n, BURSTS)), np.zeros_like(steady), np.zeros_like(steady), np.zeros((n, LONGEST_WAIT + 1))
        )
        clear(work, Days(*by_day, np.zeros(len(self.priorities)), np.zeros((BURSTS, 2))), self.cleared)

    def waits(self) -> dict[str, Floats]:
        """Mean days from release to completion, by step: Little's law within a priority."""
        days = self.cleared.backlog / np.maximum(self.cleared.arrived, 1e-300)
        found = {step: days[:, self.priorities.index(task.priority)] for step, task in self.steps.items()}
        if "reminder" in found:
            found["reminder"] = (self.lateness * np.arange(LONGEST_WAIT + 1)).sum(axis=1) + HALF_A_DAY
        return found

    @cached_property
    def lateness(self) -> Floats:
        """Distribution of whole days that reminders handed over in the horizon wait, first in first out: (B, days)."""
        late = self.cleared.late
        return np.asarray(late / np.maximum(late.sum(axis=1, keepdims=True), 1e-300))


def _hand_overs(tables: Tables, cases: Floats) -> tuple[Ints, Floats]:
    """Days of hand-over since the queue began, and how many (B, hand-overs) of the cases of a mean one come on each."""
    calendar = tables.clock.calendar
    mean, begin = float(calendar.hand_over_runs.mean()), calendar.start - WARM_UP_DAYS
    known = [(day - begin, len(runs)) for day, runs in calendar.runs if day >= begin]
    size = [cases * runs / mean for _, runs in known]
    return np.array([day for day, _ in known], np.int64), np.stack(size, axis=1)
