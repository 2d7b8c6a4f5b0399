"""When what happens to a case falls: weights by age, for a calendar year of a model with its own history.

Cases of every hand-over go the same way, so a year's flow is the flow by age times a weight: how many hand-overs have that
age within the horizon, in units of a mean one, a year. More weights of the same event: the interest that a krona of the
claims then bears, how many hand-overs have had it by the close, how many had it in the years before those of the horizon
(statements of interest are sent in the year after), and the flow times what a demand cost when the claims were handed over.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.walk_compiled import (
    N_WEIGHTS,
    WEIGHT_BEFORE_CLOSE,
    WEIGHT_EARLY_FEE,
    WEIGHT_IN_YEAR,
    WEIGHT_INTEREST,
    WEIGHT_YEAR_BEFORE,
)
from kravsim.law import LawDays, check_cover, law_of
from kravsim.law.days import INTEREST_DENOMINATOR
from kravsim.scenario.schema import ScenarioData
from kravsim.stream.calendar import hand_overs, on_working_days
from kravsim.stream.synthetic import first_day
from kravsim.units import DAYS_A_YEAR, MINUTES_PER_DAY, ORE_PER_KR
from kravsim.workdays import working_day_from

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MONTH_DAYS = 31
"""Days over which the weights of dispersed events are smoothed: hand-overs are a month apart."""
CELL_DAYS, CELLS = 150, 26
"""Days of age in a cell of the walk of late steps, at most, and how many cells there are at least."""
AGES_KEPT = 32
"""Ages are worked out so many at a time."""
REMINDER = -1
"""Stands for the reminder where a demand is told by the days from reminder to demand."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """Hand-overs of a scenario in time.

    Attributes
    ----------
    law : LawDays
    first : datetime.date
        Day 0.
    start, n_days : int
        First day of the horizon and number of days, history included.
    years : int
        Calendar years of the horizon.
    runs : tuple of (hand-over day, run days)
        Of each hand-over before the close.
    """

    law: LawDays
    first: dt.date
    start: int
    n_days: int
    years: int
    runs: tuple[tuple[int, Ints], ...]

    @classmethod
    def of(cls, view: ScenarioData) -> Calendar:
        """Lay out the calendar of a scenario.

        Parameters
        ----------
        view : ScenarioData
            Or the view of a batch.
        """
        first, horizon = first_day(view), view.horizon
        n_days = (horizon.end - first).days
        schedule = hand_overs(view, first)
        runs = tuple(
            (int(day), schedule.run_day[schedule.of_run == which])
            for which, day in enumerate(schedule.day)
            if day < n_days
        )
        law = law_of(view)
        check_cover(law, horizon.start, horizon.end, view.law.frozen_at)
        by_day = law.on_days(first, n_days, start=horizon.start, frozen_at=view.law.frozen_at)
        return cls(by_day, first, (horizon.start - first).days, n_days, horizon.end.year - horizon.start.year, runs)

    @cached_property
    def hand_over_runs(self) -> Ints:
        """Invoice runs of each hand-over within the horizon."""
        return np.array([len(runs) for day, runs in self.runs if day >= self.start], np.int64)

    @cached_property
    def handed_over(self) -> float:
        """Hand-overs before the close, in units of a mean one."""
        return float(sum(len(runs) for _, runs in self.runs) / self.hand_over_runs.mean())

    @cached_property
    def hand_overs_a_year(self) -> float:
        """Hand-overs in a year of the horizon."""
        return len(self.hand_over_runs) / self.years

    @property
    def cell_days(self) -> int:
        """Days of age in a cell: fewer in a short history, in which a lump of claims of one age weighs more."""
        return min(CELL_DAYS, -(-self.n_days // CELLS))

    @cached_property
    def rate_a_day(self) -> float:
        """Interest a krona and day in the horizon, on average."""
        cum = self.law.interest_bp_cum
        return float((cum[self.n_days] - cum[self.start]) / INTEREST_DENOMINATOR / (self.n_days - self.start))

    @cached_property
    def _fees(self) -> dict[str, float]:
        return {}

    @cached_property
    def _weights(self) -> dict[tuple[int, int | None], Weights]:
        return {}

    @cached_property
    def _posted_on(self) -> Ints:
        return working_day_from(self.first, self.n_days)

    @cached_property
    def posted_any_day(self) -> float:
        """Mean days that a letter waits for a working day, whichever day of the horizon it is ready on."""
        until = self._posted_on[self.start :]
        return float((until - np.arange(self.start, self.n_days))[until < self.n_days].mean())

    def letters(self, since: int) -> Ints:
        """Days on which each hand-over's letters are posted: ``REMINDER``, or the demand that follows by so many days.

        A reminder is ready when its claims are handed over.

        Parameters
        ----------
        since : int
            ``REMINDER``, or days from the reminder to the demand.

        Returns
        -------
        int64 array, shape (hand-overs,)
            Since day 0.
        """
        return self._ready_and_posted(since)[1]

    def posted_after(self, since: int) -> float:
        """Mean days that a letter of :meth:`letters` waits for a working day.

        Parameters
        ----------
        since : int
            ``REMINDER``, or days from the reminder to the demand.
        """
        ready, posted = self._ready_and_posted(since)
        within = (self._handed_over >= self.start) & (ready < self.n_days)
        return float((posted - ready)[within].mean()) if within.any() else 0.0

    def _ready_and_posted(self, since: int) -> tuple[Ints, Ints]:
        ready = self._handed_over if since == REMINDER else self.letters(REMINDER) + since
        return ready, np.where(ready < self.n_days, self._posted_on[np.minimum(ready, self.n_days - 1)], ready)

    @cached_property
    def _handed_over(self) -> Ints:
        return np.array([day for day, _ in self.runs], np.int64)

    def fee_kr(self, name: str) -> float:
        """A statutory amount, on average over the horizon, in kr.

        Parameters
        ----------
        name : str
            Name of a table of the law in kronor.
        """
        if name not in self._fees:
            self._fees[name] = float(self.law.fee_ore(name)[self.start :].mean()) / ORE_PER_KR
        return self._fees[name]

    def first_fee_ore(self, name: str) -> int:
        """A statutory amount on the first day of the horizon, in öre.

        Parameters
        ----------
        name : str
            Name of a table of the law in kronor.
        """
        return int(self.law.fee_ore(name)[self.start])

    def weights(self, terms: int, since: int | None = None) -> Weights:
        """Weights where invoices are due so many days after their run, or on the next working day; kept.

        Ages count from the hand-over, or from the day on which letters of :meth:`letters` are posted.

        Parameters
        ----------
        terms : int
            Days from run to due date.
        since : int, optional
            ``REMINDER``, or days from the reminder to the demand; the hand-over by default.
        """
        if (terms, since) not in self._weights:
            origin = self._handed_over if since is None else self.letters(since)
            self._weights[terms, since] = Weights(self, terms, origin)
        return self._weights[terms, since]


@dataclass(frozen=True, eq=False)
class Delay:
    """How long an answer takes: days that differ, the share (days,) of the answers that takes each, and their mean.

    Attributes
    ----------
    days : int64 array, shape (days,)
        Whole days, rising.
    share : float64 array, shape (days,)
        Of 1.
    mean_days : float
        Mean, to the minute.
    """

    days: Ints
    share: Floats
    mean_days: float

    @classmethod
    def of(cls, minutes: Ints) -> Delay:
        """The delay of a table of minutes, each entry as likely as the others.

        Parameters
        ----------
        minutes : int64 array, shape (n,)
            Table entries.
        """
        days, count = np.unique(minutes // MINUTES_PER_DAY, return_counts=True)
        return cls(days, count / len(minutes), float(minutes.mean()) / MINUTES_PER_DAY)


class Weights:
    """Weights by age in days where invoices are due ``terms`` days after their run; what has been worked out is kept.

    Ages of a hand-over's cases count from its day in ``origin``.
    """

    def __init__(self, calendar: Calendar, terms: int, origin: Ints) -> None:
        self.calendar, self.terms, self.origin = calendar, terms, origin
        self._after: dict[Delay, Floats] = {}
        self._by_cell: dict[tuple[Delay, int], Floats] = {}

    @cached_property
    def due(self) -> list[Ints]:
        """Due days of the runs of each hand-over before the close."""
        runs = [runs for _, runs in self.calendar.runs]
        due = on_working_days(self.calendar.first, np.concatenate(runs) + self.terms)
        return np.split(due, np.cumsum([len(some) for some in runs])[:-1])

    @cached_property
    def lag_days(self) -> float:
        """Mean days from due date to hand-over."""
        return float(
            np.concatenate([day - due for (day, _), due in zip(self.calendar.runs, self.due, strict=True)]).mean()
        )

    @cached_property
    def daily(self) -> Floats:
        """Weights by age in days: shape (n_days + 1, W)."""
        at = self.calendar
        weight = np.zeros((at.n_days + 1, N_WEIGHTS))
        mean_runs = float(at.hand_over_runs.mean())
        cum = at.law.interest_bp_cum / INTEREST_DENOMINATOR
        demand = at.law.fee_ore("demand_fee") / (at.fee_kr("demand_fee") * ORE_PER_KR or 1.0)
        for (handed_over, runs), due_days, day in zip(at.runs, self.due, self.origin.tolist(), strict=True):
            if day >= at.n_days:
                continue
            within = max(at.start - day, 0)
            size = len(runs) / mean_runs
            weight[within : at.n_days - day, WEIGHT_IN_YEAR] += size / at.years
            weight[within : at.n_days - day, WEIGHT_EARLY_FEE] += size / at.years * demand[handed_over]
            weight[: at.n_days - day, WEIGHT_BEFORE_CLOSE] += size
            earlier = slice(max(at.start - DAYS_A_YEAR - day, 0), max(at.n_days - DAYS_A_YEAR - day, 0))
            weight[earlier, WEIGHT_YEAR_BEFORE] += size / at.years
            for due_day in due_days.tolist():
                due = min(due_day, at.n_days - 1)
                grown = np.maximum(cum[day + within + 1 : at.n_days + 1] - cum[due + 1], 0.0)
                weight[within : at.n_days - day, WEIGHT_INTEREST] += grown / mean_runs / at.years
        return weight

    @cached_property
    def smooth(self) -> Floats:
        """Weights by age smoothed over a month, for events that are dispersed over days: shape (n_days + 1, W)."""
        half = MONTH_DAYS // 2
        padded = np.concatenate([np.repeat(self.daily[:1], half, axis=0), self.daily, np.zeros((half + 1, N_WEIGHTS))])
        running = np.concatenate([np.zeros((1, N_WEIGHTS)), np.cumsum(padded, axis=0)])
        return np.ascontiguousarray((running[MONTH_DAYS:] - running[:-MONTH_DAYS])[: len(self.daily)] / MONTH_DAYS)

    def after(self, delay: Delay, upto: int) -> Floats:
        """Mean weights of an event that follows each age by a delay: shape (ages, W), of ``upto`` ages and more.

        Parameters
        ----------
        delay : Delay
            From the age to the event.
        upto : int
            Ages wanted, in days.
        """
        known = self._after.get(delay)
        if known is None or len(known) < upto:
            known = _mean_after(self.daily, delay, np.arange(min(-(-upto // AGES_KEPT) * AGES_KEPT, len(self.daily))))
            self._after[delay] = known
        return known

    def by_cell(self, delay: Delay, n_cells: int) -> Floats:
        """Smoothed mean weights of an event that follows each cell of ages by a delay: shape (W, n_cells).

        Parameters
        ----------
        delay : Delay
            From the age to the event.
        n_cells : int
            Cells of ages wanted, of ``calendar.cell_days`` days each.
        """
        if (delay, n_cells) not in self._by_cell:
            self._by_cell[delay, n_cells] = _mean_after(
                self.smooth, delay, np.arange(n_cells) * self.calendar.cell_days
            ).T
        return self._by_cell[delay, n_cells]


def _mean_after(weight: Floats, delay: Delay, ages: Ints) -> Floats:
    at = np.minimum(ages[:, None] + delay.days[None, :], len(weight) - 1)
    return np.asarray(np.einsum("d,adw->aw", delay.share, weight[at]))
