"""When what happens to a case falls: weights by age, for a calendar year of a model with its own history.

Cases of every hand-over go the same way, so a year's flow is the flow by age times a weight: how many hand-overs have that
age within the horizon, in units of a mean one, a year. More weights of the same event: the interest that a krona of the
claims then bears, how many hand-overs have had it by the close, and how many had it in the years before those of the horizon
(statements of interest are sent in the year after).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.walk_compiled import BEFORE_CLOSE, IN_YEAR, INTEREST, WEIGHTS, YEAR_BEFORE
from kravsim.law import LawDays, load_law
from kravsim.law.days import INTEREST_DENOMINATOR
from kravsim.models.plan import TABLE_SIZE
from kravsim.stream.synthetic import first_day, hand_over_days
from kravsim.units import MINUTES_PER_DAY, ORE_PER_KR

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEAR_DAYS = 365
MONTH_DAYS = 31
"""Days over which the weights of dispersed events are smoothed: hand-overs are a month apart."""


@dataclass(frozen=True, eq=False)
class Clock:
    """Hand-overs of a scenario on its calendar.

    Attributes
    ----------
    law : LawDays
    start, n_days : int
        First day of the horizon and number of days, history included.
    years : int
        Calendar years of the horizon.
    runs : tuple of (hand-over day, run days)
        Of each hand-over before the close.
    terms : int
        Days from run to due date.
    """

    law: LawDays
    start: int
    n_days: int
    years: int
    runs: tuple[tuple[int, Ints], ...]
    terms: int

    @classmethod
    def of(cls, view: Any) -> Clock:
        """The clock of a batch."""
        invoices, horizon = view.invoices, view.horizon
        return _clock(
            (horizon.start, horizon.end, horizon.history_years.value, view.law.frozen_at),
            (invoices.run_days, invoices.hand_over_day, invoices.age_basis),
            invoices.hand_over_min_age_days.value,
            invoices.terms_days.value,
        )

    @classmethod
    def _of(cls, view: Any) -> Clock:
        first, horizon = first_day(view), view.horizon
        n_days = (horizon.end - first).days
        run_days = [day for day in range(n_days) if (first + dt.timedelta(day)).day in view.invoices.run_days]
        handed = hand_over_days(view, first, n_days, run_days)
        runs = tuple((int(day), np.array(run_days)[handed == day]) for day in np.unique(handed) if day < n_days)
        law = load_law().on_days(first, n_days, start=horizon.start, frozen_at=view.law.frozen_at)
        start = (horizon.start - first).days
        years = horizon.end.year - horizon.start.year
        return cls(law, start, n_days, years, runs, round(view.invoices.terms_days.value))

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
    def lag_days(self) -> float:
        """Mean days from due date to hand-over."""
        return float(np.mean([day - run - self.terms for day, runs in self.runs for run in runs]))

    @cached_property
    def rate_a_day(self) -> float:
        """Interest a krona and day in the horizon, on average."""
        cum = self.law.interest_bp_cum
        return float((cum[self.n_days] - cum[self.start]) / INTEREST_DENOMINATOR / (self.n_days - self.start))

    @cached_property
    def daily(self) -> Floats:
        """Weights by age in days: shape (n_days + 1, W)."""
        weight = np.zeros((self.n_days + 1, WEIGHTS))
        mean_runs = float(self.hand_over_runs.mean())
        cum = self.law.interest_bp_cum / INTEREST_DENOMINATOR
        for day, runs in self.runs:
            within = max(self.start - day, 0)
            size = len(runs) / mean_runs
            weight[within : self.n_days - day, IN_YEAR] += size / self.years
            weight[: self.n_days - day, BEFORE_CLOSE] += size
            earlier = slice(max(self.start - YEAR_DAYS - day, 0), max(self.n_days - YEAR_DAYS - day, 0))
            weight[earlier, YEAR_BEFORE] += size / self.years
            for run in runs:
                due = min(int(run) + self.terms, self.n_days - 1)
                grown = np.maximum(cum[day + within + 1 : self.n_days + 1] - cum[due + 1], 0.0)
                weight[within : self.n_days - day, INTEREST] += grown / mean_runs / self.years
        return weight

    @cached_property
    def smooth(self) -> Floats:
        """Weights by age smoothed over a month, for events that are dispersed over days: shape (n_days + 1, W)."""
        half = MONTH_DAYS // 2
        padded = np.concatenate([np.repeat(self.daily[:1], half, axis=0), self.daily, np.zeros((half + 1, WEIGHTS))])
        running = np.concatenate([np.zeros((1, WEIGHTS)), np.cumsum(padded, axis=0)])
        return np.ascontiguousarray((running[MONTH_DAYS:] - running[:-MONTH_DAYS])[: self.n_days + 1] / MONTH_DAYS)

    def after(self, table: Ints, ages: Ints, *, smooth: bool) -> Floats:
        """Mean weights of an event that follows each age by a time of the table, in minutes: shape (ages, W)."""
        days, count = np.unique(table // MINUTES_PER_DAY, return_counts=True)
        weight = self.smooth if smooth else self.daily
        at = np.minimum(ages[:, None] + days[None, :], self.n_days)
        return np.asarray(np.einsum("d,adw->aw", count / TABLE_SIZE, weight[at]))

    def at(self, age: Floats) -> Floats:
        """Weights at ages in days that need not be whole: shape (W, ages)."""
        low = np.minimum(np.floor(age).astype(np.int64), self.n_days - 1)
        part = np.minimum(age - low, 1.0)
        return np.asarray(((1 - part)[:, None] * self.daily[low] + part[:, None] * self.daily[low + 1]).T)

    @cached_property
    def _fees(self) -> dict[str, float]:
        return {}

    def fee_kr(self, name: str) -> float:
        """A statutory amount, on average over the horizon, in kr."""
        if name not in self._fees:
            self._fees[name] = float(self.law.fee_ore(name)[self.start :].mean()) / ORE_PER_KR
        return self._fees[name]

    def first_fee_ore(self, name: str) -> int:
        """A statutory amount on the first day of the horizon, in öre."""
        return int(self.law.fee_ore(name)[self.start])


@lru_cache(maxsize=256)
def _clock(
    calendar: tuple[dt.date, dt.date, float, dt.date | None],
    handing_over: tuple[tuple[int, ...], int, str],
    min_age_days: float,
    terms_days: float,
) -> Clock:
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
    return Clock._of(SimpleNamespace(horizon=horizon, invoices=invoices, law=SimpleNamespace(frozen_at=frozen_at)))
