"""The share of invoices that is handed over: the late share, or what of it is left where unpaid invoices are paid with time.

Late invoices are not all late for good. Where the scenario has a curve, the late share belongs to a stated day after the due
date, and fewer are left the longer it takes from the due date to the hand-over. So terms, the age at hand-over, what it is
counted from, and the days of runs and hand-overs change how many there are. A hand-over before the stated day is of more than
the late share; of more than all invoices it cannot be, and such a curve is refused.
"""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.shares import SHARE_TOLERANCE
from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.stream.calendar import hand_overs
from kravsim.units import half_up

Floats = NDArray[np.float64]

MOST_HALVINGS: Final = 900.0
"""Beyond it 2 to their power, summed over hand-overs, comes near the largest float."""

_REMEDY: Final = (
    "give late_share as of an earlier day, or a longer halving_days or a larger lasting_share, or lower late_share"
)


class HandedOver(NamedTuple):
    """Shares of invoices that are unpaid when they are handed over; floats, or arrays (B,) of a batch.

    Parameters
    ----------
    mean : float or float64 array, shape (B,)
        On average over the hand-overs of the horizon, at most 1.
    highest : float or float64 array, shape (B,)
        Of the run that has most left: more than 1 where late share and curve contradict each other.
    """

    mean: Any
    highest: Any

    @property
    def possible(self) -> Any:
        """Whether no run hands over more invoices than it has."""
        return self.highest <= 1 + SHARE_TOLERANCE


def handed_over(data: Any, first: dt.date) -> HandedOver:
    """Shares of the invoices that are unpaid when they are handed over, whether or not they are possible.

    Parameters
    ----------
    data : ScenarioData
        Or the view of a batch, whose values may hold arrays (B,).
    first : datetime.date
        Day 0.
    """
    invoices, curve = data.invoices, data.invoices.late_curve
    late = invoices.late_share.value
    if curve is None:
        return HandedOver(late, late)
    terms = np.asarray(invoices.terms_days.value, np.float64)
    given = (
        terms,
        *(np.asarray(one.value, np.float64) for one in (curve.after_days, curve.halving_days, curve.lasting_share)),
    )
    left = np.vectorize(lambda days, *curve: _left(ages(data, first, days), *curve), otypes=[np.float64, np.float64])
    mean, highest = (late * one for one in left(*given))
    mean = np.minimum(mean, 1.0)
    return HandedOver(mean, highest) if np.ndim(mean) else HandedOver(float(mean), float(highest))


def handed_over_share(data: Any, first: dt.date) -> float:
    """Share of all invoices that are unpaid when they are handed over, on average over the hand-overs of the horizon.

    Parameters
    ----------
    data : ScenarioData
    first : datetime.date
        Day 0.

    Raises
    ------
    ScenarioError
        When a run would hand over more invoices than it has.
    """
    share = handed_over(data, first)
    if not share.possible:
        youngest = ages(data, first, data.invoices.terms_days.value).min()
        got = Words(
            phrase(
                "{day:g}, so that {share:.4g} times the invoices of a run are unpaid {age:g} days after the due date",
                day=data.invoices.late_curve.after_days.value,
                share=share.highest,
                age=youngest,
            )
        )
        allowed = "a curve by which at most all invoices are unpaid when they are handed over"
        raise ScenarioError(Problem(data.name, "invoices.late_curve.after_days", got, allowed, _REMEDY))
    return float(share.mean)


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
    schedule = hand_overs(data, first, terms)
    day = schedule.day[schedule.of_run]
    within = (day >= (data.horizon.start - first).days) & (day < schedule.n_days)
    age = day - schedule.due_day
    return np.asarray(age[within] if within.any() else age, np.float64)


def held_back(data: Any, terms: float, age: float) -> tuple[float, int]:
    """Share of the horizon's runs that miss a hand-over for want of being due, and the highest age that these come to.

    Parameters
    ----------
    data : ScenarioData
    terms, age : float
        Days to the due date, and least age at hand-over, in place of the data's own.
    """
    schedule = hand_overs(with_terms(data, terms, age), data.horizon.start)
    days = schedule.day[schedule.of_run] - schedule.run_day
    return float(schedule.held_back.mean()), int(days[schedule.held_back].max(initial=0))


def with_terms(data: Any, terms: float, age: float) -> SimpleNamespace:
    """The calendar of invoices with other terms and another minimum age, as :func:`hand_overs` and :func:`ages` read it.

    Parameters
    ----------
    data : ScenarioData
    terms, age : float
        Days to the due date, and least age at hand-over.
    """
    invoices = SimpleNamespace(
        run_days=data.invoices.run_days,
        hand_over_day=data.invoices.hand_over_day,
        age_basis=data.invoices.age_basis,
        hand_over_min_age_days=SimpleNamespace(value=age),
        terms_days=SimpleNamespace(value=terms),
    )
    return SimpleNamespace(horizon=data.horizon, invoices=invoices)


def mean_age_days(data: Any, first: dt.date) -> Any:
    """Days from due date to hand-over, on average over the hand-overs of the horizon.

    Parameters
    ----------
    data : ScenarioData
        Or the view of a batch, whose terms may hold an array (B,).
    first : datetime.date
        Day 0.
    """
    terms = data.invoices.terms_days.value
    days, of_set = np.unique(half_up(np.asarray(terms, np.float64)), return_inverse=True)
    mean = np.array([ages(data, first, float(one)).mean() for one in days])
    return mean[of_set.reshape(-1)] if np.ndim(terms) else float(mean[0])


def _left(age: Floats, day: float, halving_days: float, lasting_share: float) -> tuple[float, float]:
    """What is left at the hand-over of what is unpaid on the stated day, on average and at most.

    More than 1 where it comes before that day. So many halvings before it that no float says it count as fewer.
    """
    left = lasting_share + (1 - lasting_share) * 2.0 ** np.minimum((day - age) / halving_days, MOST_HALVINGS)
    return float(left.mean()), float(left.max())
