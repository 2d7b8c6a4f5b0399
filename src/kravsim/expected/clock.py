"""When what happens to a case falls: weights by age, for a calendar year of a model with its own history.

Cases of every hand-over go the same way, so a year's flow is the flow by age times a weight: how many hand-overs have that
age within the horizon, in units of a mean one, a year. More weights of the same event: the interest that a krona of the
claims then bears, how many hand-overs have had it by the close, how many had it in the years before those of the horizon
(statements of interest are sent in the year after), and the flow times what a demand cost when the claims were handed over.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.batch import Batch
from kravsim.expected.walk_compiled import BEFORE_CLOSE, EARLY_FEE, IN_YEAR, INTEREST, WEIGHTS, YEAR_BEFORE
from kravsim.law import LawDays, check_cover, load_law
from kravsim.law.days import INTEREST_DENOMINATOR
from kravsim.stream.calendar import hand_overs, on_working_days
from kravsim.stream.synthetic import first_day
from kravsim.units import MINUTES_PER_DAY, ORE_PER_KR, half_up
from kravsim.workdays import working_day_from

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEAR_DAYS = 365
MONTH_DAYS = 31
"""Days over which the weights of dispersed events are smoothed: hand-overs are a month apart."""
AGES_KEPT = 256
"""Ages are worked out so many at a time."""


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
    def of(cls, view: Any) -> Calendar:
        """Lay out the calendar of a scenario."""
        first, horizon = first_day(view), view.horizon
        n_days = (horizon.end - first).days
        met = hand_overs(view, first)
        runs = tuple((int(day), met.run_day[met.of_run == which]) for which, day in enumerate(met.day) if day < n_days)
        check_cover(load_law(), horizon.start, horizon.end, view.law.frozen_at)
        law = load_law().on_days(first, n_days, start=horizon.start, frozen_at=view.law.frozen_at)
        return cls(law, first, (horizon.start - first).days, n_days, horizon.end.year - horizon.start.year, runs)

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

    @cached_property
    def rate_a_day(self) -> float:
        """Interest a krona and day in the horizon, on average."""
        cum = self.law.interest_bp_cum
        return float((cum[self.n_days] - cum[self.start]) / INTEREST_DENOMINATOR / (self.n_days - self.start))

    @cached_property
    def _fees(self) -> dict[str, float]:
        return {}

    @cached_property
    def _weights(self) -> dict[int, Weights]:
        return {}

    @cached_property
    def _posted_on(self) -> Ints:
        return working_day_from(self.first, self.n_days)

    @cached_property
    def posted_any_day(self) -> float:
        """Mean days that a letter waits for a working day, whichever day of the horizon it is ready on."""
        until = self._posted_on[self.start :]
        return float((until - np.arange(self.start, self.n_days))[until < self.n_days].mean())

    def posted_after(self, days: int) -> float:
        """Mean days that the letter waits that follows a reminder by so many days; with 0 the reminder itself.

        A reminder is ready when its claims are handed over.
        """
        handed_over = np.array([day for day, _ in self.runs if self.start <= day], np.int64)
        ready = self._posted_on[handed_over] + (days if days else 0)
        waits = self._posted_on[np.minimum(ready, self.n_days - 1)] - ready if days else ready - handed_over
        within = ready < self.n_days
        return float(waits[within].mean()) if within.any() else 0.0

    def fee_kr(self, name: str) -> float:
        """A statutory amount, on average over the horizon, in kr."""
        if name not in self._fees:
            self._fees[name] = float(self.law.fee_ore(name)[self.start :].mean()) / ORE_PER_KR
        return self._fees[name]

    def first_fee_ore(self, name: str) -> int:
        """A statutory amount on the first day of the horizon, in öre."""
        return int(self.law.fee_ore(name)[self.start])

    def due_after(self, terms: int) -> Weights:
        """Weights where invoices are due so many days after their run, or on the next working day; kept."""
        if terms not in self._weights:
            self._weights[terms] = Weights(self, terms)
        return self._weights[terms]


@dataclass(frozen=True, eq=False)
class Delay:
    """How long an answer takes: days that differ, the share (days,) of the answers that takes each, and their mean."""

    days: Ints
    share: Floats
    mean_days: float

    @classmethod
    def of(cls, minutes: Ints) -> Delay:
        """The delay of a table of minutes, each entry as likely as the others."""
        days, count = np.unique(minutes // MINUTES_PER_DAY, return_counts=True)
        return cls(days, count / len(minutes), float(minutes.mean()) / MINUTES_PER_DAY)


class Weights:
    """Weights by age in days where invoices are due ``terms`` days after their run; what has been worked out is kept."""

    def __init__(self, calendar: Calendar, terms: int) -> None:
        self.calendar, self.terms = calendar, terms
        self._after: dict[Delay, Floats] = {}
        self._by_cell: dict[tuple[Delay, int], Floats] = {}

    @cached_property
    def due(self) -> list[Ints]:
        """Due days of the runs of each hand-over before the close."""
        return [on_working_days(self.calendar.first, runs + self.terms) for _, runs in self.calendar.runs]

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
        weight = np.zeros((at.n_days + 1, WEIGHTS))
        mean_runs = float(at.hand_over_runs.mean())
        cum = at.law.interest_bp_cum / INTEREST_DENOMINATOR
        demand = at.law.fee_ore("demand_fee") / (at.fee_kr("demand_fee") * ORE_PER_KR or 1.0)
        for (day, runs), due_days in zip(at.runs, self.due, strict=True):
            within = max(at.start - day, 0)
            size = len(runs) / mean_runs
            weight[within : at.n_days - day, IN_YEAR] += size / at.years
            weight[within : at.n_days - day, EARLY_FEE] += size / at.years * demand[day]
            weight[: at.n_days - day, BEFORE_CLOSE] += size
            earlier = slice(max(at.start - YEAR_DAYS - day, 0), max(at.n_days - YEAR_DAYS - day, 0))
            weight[earlier, YEAR_BEFORE] += size / at.years
            for due_day in due_days.tolist():
                due = min(due_day, at.n_days - 1)
                grown = np.maximum(cum[day + within + 1 : at.n_days + 1] - cum[due + 1], 0.0)
                weight[within : at.n_days - day, INTEREST] += grown / mean_runs / at.years
        return weight

    @cached_property
    def smooth(self) -> Floats:
        """Weights by age smoothed over a month, for events that are dispersed over days: shape (n_days + 1, W)."""
        half = MONTH_DAYS // 2
        padded = np.concatenate([np.repeat(self.daily[:1], half, axis=0), self.daily, np.zeros((half + 1, WEIGHTS))])
        running = np.concatenate([np.zeros((1, WEIGHTS)), np.cumsum(padded, axis=0)])
        return np.ascontiguousarray((running[MONTH_DAYS:] - running[:-MONTH_DAYS])[: len(self.daily)] / MONTH_DAYS)

    def after(self, delay: Delay, upto: int) -> Floats:
        """Mean weights of an event that follows each age by a delay: shape (ages, W), of ``upto`` ages and more."""
        known = self._after.get(delay)
        if known is None or len(known) < upto:
            known = _mean_after(self.daily, delay, np.arange(min(-(-upto // AGES_KEPT) * AGES_KEPT, len(self.daily))))
            self._after[delay] = known
        return known

    def by_cell(self, delay: Delay, cell_days: int, n_cells: int) -> Floats:
        """Smoothed mean weights of an event that follows each cell of ages by a delay: shape (W, n_cells)."""
        if (delay, n_cells) not in self._by_cell:
            self._by_cell[delay, n_cells] = _mean_after(self.smooth, delay, np.arange(n_cells) * cell_days).T
        return self._by_cell[delay, n_cells]


def _mean_after(weight: Floats, delay: Delay, ages: Ints) -> Floats:
    at = np.minimum(ages[:, None] + delay.days[None, :], len(weight) - 1)
    return np.asarray(np.einsum("d,adw->aw", delay.share, weight[at]))


@dataclass(frozen=True, eq=False)
class Clock:
    """The calendar of a batch and the weights of its sets, which differ in the days from run to due date alone.

    Attributes
    ----------
    calendar : Calendar
    each : tuple of Weights
        The weights that differ.
    of_set : (B,)
        Which of them are those of a set.
    """

    calendar: Calendar
    each: tuple[Weights, ...]
    of_set: Ints

    @classmethod
    def of(cls, batch: Batch) -> Clock:
        """The clock of a batch."""
        invoices, horizon = batch.view.invoices, batch.view.horizon
        terms, of_set = np.unique(half_up(batch.array(invoices.terms_days.value)), return_inverse=True)
        calendar = _calendar(
            (horizon.start, horizon.end, horizon.history_years.value, batch.view.law.frozen_at),
            (invoices.run_days, invoices.hand_over_day, invoices.age_basis),
            invoices.hand_over_min_age_days.value,
            float(terms[0]),
        )
        return cls(calendar, tuple(calendar.due_after(int(days)) for days in terms), of_set.reshape(-1))

    @cached_property
    def lag_days(self) -> Floats:
        """Mean days from due date to hand-over (B,)."""
        return np.array([one.lag_days for one in self.each])[self.of_set]

    def at(self, age: Floats) -> Floats:
        """Weights at ages in days (B,) that need not be whole: shape (W, B)."""
        return self._between([one.daily for one in self.each], age)

    def after(self, delay: Delay, age: Floats) -> Floats:
        """Mean weights of an event that follows ages in days (B,) by a delay: shape (W, B)."""
        upto = int(age.max()) + 2
        return self._between([one.after(delay, upto) for one in self.each], age)

    def _between(self, rows: list[Floats], age: Floats) -> Floats:
        low = np.minimum(np.floor(age).astype(np.int64), self.calendar.n_days - 1)
        part = np.minimum(age - low, 1.0)[:, None]
        first = int(low.min())
        among = np.stack([one[first : int(low.max()) + 2] for one in rows])
        low = low - first
        return np.asarray(((1 - part) * among[self.of_set, low] + part * among[self.of_set, low + 1]).T)


@lru_cache(maxsize=256)
def _calendar(
    calendar: tuple[dt.date, dt.date, float, dt.date | None],
    handing_over: tuple[tuple[int, ...], int, str],
    min_age_days: float,
    terms_days: float,
) -> Calendar:
    start, end, history, frozen_at = calendar
    run_days, hand_over_day, age_basis = handing_over
    invoices = SimpleNamespace(
        run_days=run_days,
        hand_over_day=hand_over_day,
        age_basis=age_basis,
        hand_over_min_age_days=SimpleNamespace(value=min_age_days),
        terms_days=SimpleNamespace(value=terms_days),
    )
    horizon = SimpleNamespace(start=start, end=end, history_years=SimpleNamespace(value=history))
    return Calendar.of(SimpleNamespace(horizon=horizon, invoices=invoices, law=SimpleNamespace(frozen_at=frozen_at)))
