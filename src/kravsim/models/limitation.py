"""Limitation (*preskription*) in a plan: what it does at each step, and when a claim is barred."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np

from kravsim.models.plan import LIMITATION_A_YEAR, LIMITATION_RENEWS, Ints
from kravsim.models.process import MAX_ANSWERS, PROCESS
from kravsim.models.surveillance import limitation_years
from kravsim.scenario.schema import ScenarioData
from kravsim.stream.stream import N_CLASSES, class_parts
from kravsim.stream.synthetic import first_day
from kravsim.units import MINUTES_PER_DAY, half_up

A_YEAR_ROW = 0
"""Row of ``barred`` for a year, the shortest period there is."""


def limitation_arrays(data: ScenarioData) -> dict[str, Ints]:
    """What limitation does at each step, and when it runs out, by segment and by the day on which a period began.

    Parameters
    ----------
    data : ScenarioData

    Returns
    -------
    dict of str to int64 array
        The parts ``halts``, ``watched``, ``renews``, ``period`` and ``barred`` of a :class:`~kravsim.models.plan.Plan`.
    """
    years = [half_up(limitation_years(data, class_parts(klass)[0])) for klass in range(N_CLASSES)]
    known = sorted({1, *years})
    first = first_day(data)
    renews = np.zeros((len(PROCESS), MAX_ANSWERS), np.int64)
    for code, step in enumerate(PROCESS):
        for place, answer in enumerate(step.answers):
            renewed = step.limitation == "halted" or answer.renews
            renews[code, place] = LIMITATION_A_YEAR if answer.unserved else LIMITATION_RENEWS if renewed else 0
    return {
        "halts": np.array([step.limitation == "halted" for step in PROCESS], np.int64),
        "watched": np.array([step.limitation == "watched" for step in PROCESS], np.int64),
        "renews": renews,
        "period": np.array([known.index(each) for each in years], np.int64),
        "barred": np.array([barred_from(first, (data.horizon.end - first).days, each) for each in known], np.int64),
    }


@lru_cache(maxsize=16)
def barred_from(first: dt.date, n_days: int, years: int) -> Ints:
    """Minute from which a claim is barred, by the day since ``first`` on which the period of some years began.

    The last day of a period has the date of that on which it began, or is the last of its month where there is no such date
    (lag 1930:173 1 §); the claim is barred when that day is over.

    Parameters
    ----------
    first : datetime.date
        Day 0.
    n_days : int
        Days of history and horizon.
    years : int
        Length of the period.

    Returns
    -------
    int64 array, shape (n_days,)
        Minutes since midnight of `first`, read-only.
    """
    begun = np.datetime64(first) + np.arange(n_days)
    months = begun.astype("datetime64[M]")
    later = months + 12 * years
    last = (later + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    there = np.minimum(later.astype("datetime64[D]") + (begun - months.astype("datetime64[D]")), last)
    minutes: Ints = ((there - np.datetime64(first)).astype(np.int64) + 1) * MINUTES_PER_DAY
    minutes.setflags(write=False)
    return minutes
