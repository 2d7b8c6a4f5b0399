"""The clock of a batch: which weights by age its sets have, and from when their ages count."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np

from kravsim.expected.batch import Batch
from kravsim.expected.weights import REMINDER, Calendar, Delay, Floats, Ints, Weights
from kravsim.law import path_of
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.law.paths import Path
    from kravsim.scenario.schema import ScenarioData

WHOLE = 1e-9
"""Days that an age may miss of a whole number, having been added up."""


@dataclass(frozen=True, eq=False)
class Clock:
    """The calendar of a batch and the weights of its sets.

    Ages count from the hand-over. What follows a letter by days that are known follows it in every hand-over, whose letters
    wait for a working day by different times: :meth:`since` gives the clock of such events.

    Attributes
    ----------
    calendar : Calendar
    each : tuple of Weights
        The weights that differ.
    of_set : (B,)
        Which of them are those of a set.
    terms : (B,)
        Days from run to due date.
    origin : (B,)
        Mean age on the day from which the ages of ``each`` count.
    """

    calendar: Calendar
    each: tuple[Weights, ...]
    of_set: Ints
    terms: Ints
    origin: Floats

    @classmethod
    def of(cls, batch: Batch) -> Clock:
        """The clock of a batch.

        Parameters
        ----------
        batch : Batch
            B sets of numbers.
        """
        invoices, horizon = batch.view.invoices, batch.view.horizon
        terms, of_set = np.unique(half_up(batch.array(invoices.terms_days.value)).astype(np.int64), return_inverse=True)
        calendar = _calendar(
            (horizon.start, horizon.end, horizon.history_years.value, batch.view.law.frozen_at),
            path_of(batch.view),
            (invoices.run_days, invoices.hand_over_day, invoices.age_basis),
            invoices.hand_over_min_age_days.value,
            float(terms[0]),
        )
        of_set = of_set.reshape(-1)
        each = tuple(calendar.weights(int(days)) for days in terms)
        return cls(calendar, each, of_set, terms[of_set], np.zeros(len(of_set)))

    def since(self, letter: Ints) -> Clock:
        """The clock of what follows letters (B,) of :meth:`Calendar.letters`.

        Parameters
        ----------
        letter : int64 array, shape (B,)
            ``REMINDER``, or days from the reminder to the demand.
        """
        pairs, of_set = np.unique(np.stack([self.terms, letter]), axis=1, return_inverse=True)
        each = tuple(self.calendar.weights(terms, since) for terms, since in pairs.T.tolist())
        origin = np.array([self.calendar.posted_after(REMINDER)] * len(pairs.T))
        for place, since in enumerate(pairs[1].tolist()):
            if since != REMINDER:
                origin[place] += since + self.calendar.posted_after(since)
        of_set = of_set.reshape(-1)
        return replace(self, each=each, of_set=of_set, origin=origin[of_set])

    @cached_property
    def lag_days(self) -> Floats:
        """Mean days from due date to hand-over (B,)."""
        return np.array([one.lag_days for one in self.each])[self.of_set]

    def at(self, age: Floats) -> Floats:
        """Weights at ages in days (B,) that need not be whole: shape (W, B).

        Parameters
        ----------
        age : float64 array, shape (B,)
            Days since the hand-over.
        """
        return self._between([one.daily for one in self.each], self._here(age))

    def after(self, delay: Delay, age: Floats) -> Floats:
        """Mean weights of an event that follows ages in days (B,) by a delay: shape (W, B).

        Parameters
        ----------
        delay : Delay
            From the age to the event.
        age : float64 array, shape (B,)
            Days since the hand-over.
        """
        here = self._here(age)
        upto = int(here.max()) + 2
        return self._between([one.after(delay, upto) for one in self.each], here)

    def _here(self, age: Floats) -> Floats:
        """Ages as they are counted here; none is below 0 but that of no cases at all."""
        return np.maximum(age - self.origin, 0.0)

    def _between(self, rows: list[Floats], age: Floats) -> Floats:
        whole = np.floor(age + WHOLE).astype(np.int64)
        low = np.minimum(whole, self.calendar.n_days - 1)
        part = np.clip(age - low, 0.0, 1.0)[:, None]
        first = int(low.min())
        among = np.stack([one[first : int(low.max()) + 2] for one in rows])
        low = low - first
        return np.asarray(((1 - part) * among[self.of_set, low] + part * among[self.of_set, low + 1]).T)


@lru_cache(maxsize=256)
def _calendar(
    calendar: tuple[dt.date, dt.date, float, dt.date | None],
    path: Path | None,
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
    view = SimpleNamespace(
        horizon=horizon, invoices=invoices, law=SimpleNamespace(frozen_at=frozen_at, reference_rate=path)
    )
    return Calendar.of(cast("ScenarioData", view))
