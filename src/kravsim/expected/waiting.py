"""How long the region's own staff keep cases waiting: a fluid queue by day, priorities first.

Cases are handed over once a month, so that work comes in bursts that take weeks to clear; chance between one case and the
next hardly matters beside them. Work is therefore taken as a fluid that each day's staff hours clear, urgent work first:
reminders in bursts, the demands and checks that follow them in bursts that the reminders' clearing has spread out, everything
else evenly over the year. Mean waits follow by Little's law, the lateness of reminders from first-in-first-out.

A post that stands empty for months leaves a queue that its mean absence would not: where holders leave, the queue is worked
through for so many lives of all posts (when holders leave, how long their posts stand empty, how newcomers learn), spread
evenly over the probabilities of each, and averaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.distributions import inverse
from kravsim.expected.tables import Tables, mean_minutes
from kravsim.expected.waiting_compiled import LONGEST_WAIT, Cleared, Days, Posts, Work, clear
from kravsim.expected.year import Year
from kravsim.models.abroad import cooled
from kravsim.models.answers import ABROAD, VOLUNTARY
from kravsim.models.process import STEP_CODE
from kravsim.models.staffing import days_of_vacation
from kravsim.scenario.schema import Pool, Task
from kravsim.units import DAYS_A_YEAR, half_up
from kravsim.workdays import working_days

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WARM_UP_DAYS = 3 * 365
"""A queue that an empty post leaves beside a team with little time to spare takes more than a year to clear."""
AFTER_DAYS = 90
HALF_A_DAY = 0.5
"""What is handed over at midnight and done the same day is done at about noon."""
BURST = ("reminder", "demand", "solvency_check")
"""Steps whose cases come together, each after the one before."""
LIVES, POST_LIVES, TURNS = 64, 64, 8
"""Lives of the posts that are worked through; posts whose lives differ; holders of a post whose stays differ."""
SETTLED_AFTER = 365
"""Days before the queue begins from which holders may leave: about as long as a search and a time of learning."""


@dataclass(frozen=True, eq=False)
class Waiting:
    """What waiting does, by step (B,), and whether the staff can keep up.

    ``wait``: days; ``retained``: share of the willingness to pay that is left; ``done``: share of a year's cases that are
    done in the horizon, which begins and ends with other queues; ``possible``: whether no more work arrives than there are
    hours; ``relieved``: whether so much ever waits that a team is relieved of some, which the closed form does not follow.

    Attributes
    ----------
    open_hours : float64 array, shape (B,)
        Hours a year that posts are at the queue.
    """

    wait: dict[str, Floats]
    retained: dict[str, Floats]
    done: dict[str, Floats]
    possible: NDArray[np.bool_]
    relieved: NDArray[np.bool_]
    open_hours: Floats


class Kept(dict[tuple[str, bytes], tuple[Any, ...]]):
    """Queues of a batch that have been worked through: by pool, and what there is to do and who does it."""


def waiting(tables: Tables, year: Year, kept: Kept | None = None) -> Waiting:
    """Let the year's work wait for its staff.

    Parameters
    ----------
    tables : Tables
        Shares and delays of B sets.
    year : Year
        A year in which nothing waits.
    kept : Kept, optional
        Queues of the same batch and year that are known, to which more are added.
    """
    kept = Kept() if kept is None else kept
    n = len(tables.batch.which)
    wait: dict[str, Floats] = {}
    done: dict[str, Floats] = {}
    possible, relieved, hours = np.ones(n, bool), np.zeros(n, bool), np.zeros(n)
    late = np.zeros((n, LONGEST_WAIT + 1))
    late[:, 0] = 1.0
    for name in tables.model.staff:
        queue = PoolQueue(tables, year, name, kept=kept)
        hours += queue.open_hours
        if not queue.steps:
            continue
        possible &= queue.possible
        relieved |= queue.relieved
        wait |= queue.waits()
        if "reminder" in queue.steps:
            late = queue.lateness
            for step, cases in zip(BURST, queue.cleared.done.T / queue.lives, strict=True):
                done[step] = cases / np.maximum(year.steps[:, STEP_CODE[step]] * tables.clock.calendar.years, 1e-300)
    return Waiting(wait, _retained(tables, wait, late), done, possible, relieved, hours)


def _retained(tables: Tables, wait: dict[str, Floats], late: Floats) -> dict[str, Floats]:
    """Share of those who would have paid in time who still do, by step: lateness adds up along the way.

    Abroad it is the age of the claim that counts, in the same bands.
    """
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
    if tables.batch.view.behaviour.abroad is not None:
        so_far = wait.get("demand", zero) + wait.get(ABROAD, zero)
        days = np.arange(LONGEST_WAIT + 1) + ("reminder" in wait) * HALF_A_DAY + so_far[:, None]
        by_band = np.stack([zero + cooled(tables.batch.view, edge) for edge in (0, *edges)], axis=1)
        band = np.searchsorted(edges, days, side="right")
        found[ABROAD] = (late * np.take_along_axis(by_band, band, axis=1)).sum(axis=1)
    return found


class PoolQueue:
    """One pool's fluid queue, with the posts that it has or with others.

    Parameters
    ----------
    tables, year
        The work of a year.
    name : str
        One of the model's pools.
    fte : (B,), optional
        Posts to put in place of those that the pool has.
    kept : Kept, optional
        Queues of the same batch and year that are known, to which more are added.
    longest : (B,), optional
        Mean days of waiting beyond which no more needs to be known than that it is longer.

    Attributes
    ----------
    steps : dict of str to task
        The work that is the pool's.
    lives : int
        How many lives of the posts what was ``cleared`` is summed over.
    possible, relieved : (B,) bool
        Whether no more work arrives than there are hours; whether so much ever waits that the team is relieved of some.
    """

    def __init__(
        self,
        tables: Tables,
        year: Year,
        name: str,
        fte: Floats | None = None,
        kept: Kept | None = None,
        longest: Floats | None = None,
    ) -> None:
        pool, self.years = tables.model.staff[name], tables.clock.calendar.years
        self.steps: dict[str, Task] = {step: task for step, task in tables.model.work.items() if task.pool == name}
        self.priorities = sorted({task.priority for task in self.steps.values()}) or [0]
        self.minutes = {step: mean_minutes(task) for step, task in self.steps.items()}
        posts = _posts(tables, pool, tables.batch.array(pool.fte.value) if fte is None else fte)
        self.lives, days = posts.stay.shape[0], posts.present.shape[2]
        n = len(tables.batch.which)
        load = sum((year.steps[:, STEP_CODE[step]] * self.minutes[step] for step in self.steps), np.zeros(n))
        late = None if longest is None or "reminder" not in self.steps else longest - HALF_A_DAY
        work = self._work(tables, year, days, load * self.years, np.full(n, np.inf) if late is None else late)
        self.cleared = _cleared(work, posts, days, name, Kept() if kept is None else kept)
        self.open_hours = self.cleared.capacity / self.lives / 60 / self.years
        self.possible = load / 60 < self.open_hours
        self.relieved = np.zeros(n, bool)
        if pool.when_behind is not None:
            a_day = posts.fte * tables.batch.array(pool.hours_per_day.value) * 60
            a_day = a_day * (1 - tables.batch.array(pool.other_duties_share.value))
            self.relieved = self.cleared.most >= tables.batch.array(pool.when_behind.from_backlog_days.value) * a_day

    def _work(self, tables: Tables, year: Year, days: int, load: Floats, longest: Floats) -> Work:
        """What there is to do on so many days."""
        steady = np.zeros((len(tables.batch.which), len(self.priorities)))
        for step, task in self.steps.items():
            if step not in BURST:
                each_day = year.steps[:, STEP_CODE[step]] * self.minutes[step] / 365
                steady[:, self.priorities.index(task.priority)] += each_day
        place = [self.priorities.index(self.steps[step].priority) if step in self.steps else -1 for step in BURST]
        hand_over, size = _hand_overs(tables, year.handed_on[0])
        return Work(
            steady=steady,
            first=max(WARM_UP_DAYS - tables.clock.calendar.start, 0),
            onward=np.ascontiguousarray((year.handed_on[1:] / np.maximum(year.handed_on[:-1], 1e-300)).T),
            minutes=np.array([self.minutes.get(step, 0.0) for step in BURST]),
            place=np.array(place, np.int64),
            later=half_up(
                np.stack([tables.days("reminder", "silent"), tables.days("demand", "silent")], axis=1)
            ).astype(np.int64),
            hand_over=hand_over,
            size=size,
            begin=WARM_UP_DAYS,
            end=days - AFTER_DAYS,
            load=load,
            longest=longest,
        )

    def waits(self) -> dict[str, Floats]:
        """Mean days from release to completion, by step: Little's law within a priority."""
        days = self.cleared.backlog / np.maximum(self.cleared.arrived, 1e-300)
        found = {step: days[:, self.priorities.index(task.priority)] for step, task in self.steps.items()}
        if "reminder" in found:
            found["reminder"] = self.wait_of_new_cases
        return found

    @property
    def wait_of_new_cases(self) -> Floats:
        """Mean days from hand-over to reminder (B,); in a pool without reminders, until a minute of its work is done."""
        if "reminder" not in self.steps:
            return np.asarray(self.cleared.backlog.sum(axis=1) / np.maximum(self.cleared.arrived.sum(axis=1), 1e-300))
        return np.asarray((self.lateness * np.arange(LONGEST_WAIT + 1)).sum(axis=1) + HALF_A_DAY)

    @cached_property
    def lateness(self) -> Floats:
        """Distribution of whole days that reminders handed over in the horizon wait, first in first out: (B, days)."""
        late = self.cleared.late
        return np.asarray(late / np.maximum(late.sum(axis=1, keepdims=True), 1e-300))


def _cleared(work: Work, posts: Posts, days: int, name: str, kept: Kept) -> Cleared:
    """Clear the work of every set; sets that are alike in it and in who does it are worked through once.

    What was not worked through to the end is known for the longest wait that was asked about, and no other.
    """
    each: tuple[Any, ...] = work.steady, work.onward, work.later, work.size, work.load
    held: tuple[Any, ...] = posts.vacation, posts.fte, posts.minutes, posts.leaves, posts.start_share, posts.learning
    rows = np.column_stack([*each, *held, work.longest]).astype(np.float64)
    _, first, place = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    keys = [((name, rows[at, :-1].tobytes()), (name, rows[at].tobytes())) for at in first]
    new = [k for k, (whole, part) in enumerate(keys) if whole not in kept and part not in kept]
    if new:
        some = first[new]
        found = Cleared.nothing(len(some), work.steady.shape[1])
        steady, onward, later, size, load = (np.ascontiguousarray(part[some]) for part in each)
        vacation, fte, minutes, leaves, start_share, learning = (part[some] for part in held)
        clear(
            work._replace(steady=steady, onward=onward, later=later, size=size, load=load, longest=work.longest[some]),
            posts._replace(
                vacation=vacation, fte=fte, minutes=minutes, leaves=leaves, start_share=start_share, learning=learning
            ),
            Days.of(len(posts.stay), days, work.steady.shape[1]),
            found,
        )
        for k, row in zip(new, zip(*found, strict=True), strict=True):
            kept[keys[k][0 if row[-1] else 1]] = row
    parts = zip(*(kept[whole] if whole in kept else kept[part] for whole, part in keys), strict=True)
    return Cleared(*(np.array(part)[place.reshape(-1)] for part in parts))


def _posts(tables: Tables, pool: Pool, fte: Floats) -> Posts:
    """A pool's posts from a year before the horizon to a quarter after it, with the lives of their holders."""
    clock, array = tables.clock.calendar, tables.batch.array
    days, window = clock.n_days + AFTER_DAYS, slice(max(clock.start - WARM_UP_DAYS, 0), None)
    first, missing = clock.law.first, max(WARM_UP_DAYS - clock.start, 0)
    working = working_days(first, days)
    vacation, of_set = np.unique(half_up(array(pool.vacation_days.value)), return_inverse=True)
    present = np.zeros((len(vacation), 2, days - window.start + missing), np.bool_)
    for place, each in enumerate(vacation):
        for post in range(2):
            off = days_of_vacation(first, days, working, post, int(each))
            present[place, post, missing:] = (working & ~off)[window]
    at_queue = array(pool.hours_per_day.value) * 60 * (1 - array(pool.other_duties_share.value))
    turnover, zero = pool.turnover, array(0.0)
    spread = None if turnover is None else turnover.recruitment_days
    stay, search = _lives(*((0, 0, 0) if spread is None else (spread.low, spread.mode, spread.high)))
    lives = slice(None) if turnover is not None else slice(1)
    return Posts(
        present=present,
        vacation=of_set.reshape(-1).astype(np.int64),
        fte=np.ascontiguousarray(fte, np.float64),
        minutes=np.ascontiguousarray(at_queue * (1 - array(pool.sick_share.value))),
        begin=max(WARM_UP_DAYS - clock.start, -SETTLED_AFTER),
        stay=stay[lives],
        search=search[lives],
        leaves=np.ascontiguousarray(zero if turnover is None else array(turnover.leaves_per_year.value) / DAYS_A_YEAR),
        start_share=np.ascontiguousarray(zero if turnover is None else array(turnover.learning_start_share.value)),
        learning=np.ascontiguousarray(zero if turnover is None else half_up(array(turnover.learning_days.value))),
    )


@lru_cache(maxsize=16)
def _lives(low: float, mode: float, high: float) -> tuple[Floats, Ints]:
    """Stays in units of their mean, and days until the next holder comes: (lives, posts, turns), a Latin hypercube."""
    rng = np.random.default_rng(LIVES)
    rows = np.broadcast_to(np.arange(LIVES)[:, None, None, None], (LIVES, POST_LIVES, TURNS, 2))
    u = (rng.permuted(rows, axis=0) + 0.5) / LIVES
    days = inverse("triangular", u[..., 1], low=low, mode=mode, high=high)
    stay, search = inverse("exponential", u[..., 0], mean=1.0), half_up(days).astype(np.int64)
    return np.ascontiguousarray(stay), np.ascontiguousarray(search)


def _hand_overs(tables: Tables, cases: Floats) -> tuple[Ints, Floats]:
    """Days of hand-over since the queue began, and how many (B, hand-overs) of the cases of a mean one come on each."""
    calendar = tables.clock.calendar
    mean, begin = float(calendar.hand_over_runs.mean()), calendar.start - WARM_UP_DAYS
    known = [(day - begin, len(runs)) for day, runs in calendar.runs if day >= begin]
    size = [cases * runs / mean for _, runs in known]
    return np.array([day for day, _ in known], np.int64), np.stack(size, axis=1)
