"""When invoices are sent, fall due and are handed over.

A due date that is no working day moves to the next one, as the last day of a statutory period does (lag 1930:173, 2 §); that
terms of payment follow the same rule is general knowledge, not looked up. An unpaid invoice goes with the first hand-over
that has both passed the minimum age and lies after the due date: on the due date itself it can still be paid in time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from kravsim.stream.stream import Ints
from kravsim.units import half_up
from kravsim.workdays import working_day_from

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_CLOSURE_DAYS = 14
"""More days than ever pass without a working day among them."""


@dataclass(frozen=True, eq=False)
class HandOvers:
    """Which runs there are, and when what they leave unpaid is handed over; days since the first day.

    Parameters
    ----------
    first : datetime.date
        Day 0.
    n_days : int
        Days of history and horizon.
    run_day, due_day : int64 array, shape (R,)
        Day of each run, rising, and that on which its invoices fall due: always a working day.
    day : int64 array, shape (H,)
        Hand-over days that any of the runs needs, rising; some may lie beyond the horizon.
    of_run : int64 array, shape (R,)
        Index of the hand-over of each run, not falling; its day lies after the due day.
    held_back : bool array, shape (R,)
        Whether the run was old enough for an earlier hand-over, but not yet due on it.
    """

    first: dt.date
    n_days: int
    run_day: Ints
    due_day: Ints
    day: Ints
    of_run: Ints
    held_back: NDArray[np.bool_]


def hand_overs(data: Any, first: dt.date, terms: float | None = None) -> HandOvers:
    """Lay out the calendar of a scenario's data: each run goes with the first hand-over past its minimum age and due date.

    Parameters
    ----------
    data : ScenarioData
        The scenario's data, or anything that reads like it.
    first : datetime.date
        Day 0.
    terms : float, optional
        Days from a run to its due date, where others than the data's are asked about.

    Raises
    ------
    RunError
        When a due date lies in a year for which no Swedish calendar is known.
    """
    invoices = data.invoices
    return _laid_out(
        first,
        data.horizon.end,
        (tuple(invoices.run_days), invoices.hand_over_day),
        invoices.age_basis == "due_date",
        half_up(float(invoices.hand_over_min_age_days.value)),
        half_up(float(invoices.terms_days.value if terms is None else terms)),
    )


@lru_cache(maxsize=256)
def _laid_out(
    first: dt.date,
    end: dt.date,
    days_of_month: tuple[tuple[int, ...], int],
    age_from_due_date: bool,
    age: int,
    terms: int,
) -> HandOvers:
    run_days, hand_over_day = days_of_month
    run_day = _days_of_months(first, end.year, run_days)
    due_day = on_working_days(first, run_day + terms)
    old_enough = (due_day if age_from_due_date else run_day) + age
    after = (end + dt.timedelta(int(max(age + terms, 0)) + LONGEST_CLOSURE_DAYS + 31)).year + 1
    day = _days_of_months(first, after, (hand_over_day,))
    by_age = np.searchsorted(day, old_enough)
    position = np.searchsorted(day, np.maximum(old_enough, due_day + 1))
    used, of_run = np.unique(position, return_inverse=True)
    return HandOvers(
        first, (end - first).days, run_day, due_day, day[used], of_run.astype(np.int64), held_back=position > by_age
    )


def on_working_days(first: dt.date, days: Ints) -> Ints:
    """Move days that are no Swedish working days to the next one.

    Parameters
    ----------
    first : datetime.date
        Day 0.
    days : int64 array
        Days from 0.

    Raises
    ------
    RunError
        When a day lies in a year for which no Swedish calendar is known.

    Examples
    --------
    >>> on_working_days(dt.date(2017, 1, 1), np.array([0, 1, 6, 12])).tolist()  # a Sunday, Monday, Saturday and Friday
    [1, 1, 8, 12]
    """
    if not len(days):
        return days
    return working_day_from(first, int(days.max()) + LONGEST_CLOSURE_DAYS)[days]


@lru_cache(maxsize=64)
def _days_of_months(first: dt.date, until_year: int, days: tuple[int, ...]) -> Ints:
    """Give certain days of every month from the year of `first` up to a year, since `first`, rising."""
    dates = product(range(first.year, until_year), range(1, 13), days)
    return np.array([dt.date(*date).toordinal() for date in dates], np.int64) - first.toordinal()
