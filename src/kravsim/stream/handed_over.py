"""The share of invoices that is handed over: the late share, or what of it is left where unpaid invoices are paid with time.

Late invoices are not all late for good. Where the scenario has a curve, the late share belongs to a stated day after the due
date, and fewer are left the longer it takes from the due date to the hand-over. So terms, the age at hand-over, what it is
counted from, and the days of runs and hand-overs change how many there are.
"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.stream.calendar import hand_overs

Floats = NDArray[np.float64]


def handed_over_share(data: Any, first: dt.date) -> Any:
    """Share of all invoices that are unpaid when they are handed over, on average over the hand-overs of the horizon.

    Parameters
    ----------
    data : ScenarioData
        Or the view of a batch, whose values may hold arrays (B,).
    first : datetime.date
        Day 0.

    Returns
    -------
    float or float64 array, shape (B,)
        At most 1.
    """
    invoices, curve = data.invoices, data.invoices.late_curve
    if curve is None:
        return invoices.late_share.value
    terms = np.asarray(invoices.terms_days.value, np.float64)
    given = terms, *(np.asarray(one.value, np.float64) for one in (curve.day, curve.halving_days, curve.lasting_share))
    left = np.vectorize(lambda days, *curve: _left(ages(data, first, days), *curve), otypes=[np.float64])(*given)
    share = np.minimum(invoices.late_share.value * left, 1.0)
    return float(share) if np.ndim(share) == 0 else share


def ages(data: Any, first: dt.date, terms: float) -> Floats:
    """Days from the due date to the hand-over of each run that is handed over within the horizon, or at any time in none.

    Parameters
    ----------
    data : ScenarioData
        Or the view of a batch.
    first : datetime.date
        Day 0.
    terms : float
        Days from a run to its due date.
    """
    invoices = SimpleNamespace(
        run_days=data.invoices.run_days,
        hand_over_day=data.invoices.hand_over_day,
        age_basis=data.invoices.age_basis,
        hand_over_min_age_days=data.invoices.hand_over_min_age_days,
        terms_days=SimpleNamespace(value=terms),
    )
    met = hand_overs(SimpleNamespace(horizon=data.horizon, invoices=invoices), first)
    day = met.day[met.of_run]
    within = (day >= (data.horizon.start - first).days) & (day < met.n_days)
    age = day - met.due_day
    return np.asarray(age[within] if within.any() else age, np.float64)


def _left(age: Floats, day: float, halving_days: float, lasting_share: float) -> float:
    """What is left at the hand-over of what is unpaid on the stated day: more than 1 where it comes before that day."""
    return float((lasting_share + (1 - lasting_share) * 2.0 ** ((day - age) / halving_days)).mean())
