"""An own reminder that the body sends before anything is handed over: what a model never hands over.

Every model of a world meets the same late claims: those that would be unpaid at their hand-over, did nobody remind. Where a
model reminds before, some of them are paid in time for it and never handed over there. They are of those who would pay after
the reminder that follows the hand-over, by the same draw, so that the same debtors pay, earlier; the others answer that
reminder as they would. How many is the model's own: the share of these payers whom an own reminder moves
(``payers_share``), and how many of them have paid when the claims go, as many days after a reminder as
``timing.reminder_paid_days`` says. The share is the mean over the hand-overs of the horizon, the same for all.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.distributions import quantile_table
from kravsim.models.plan import TABLE_SIZE, Ints, Plan
from kravsim.models.process import STEP_CODE, answer_code
from kravsim.scenario.schema import Model, ScenarioData
from kravsim.stream.handed_over import ages
from kravsim.stream.synthetic import first_day
from kravsim.units import half_up

STEP_REMINDER, ANSWER_PAID = STEP_CODE["reminder"], answer_code("reminder", "paid")


def paid_before_share(data: ScenarioData, model: Model) -> Any:
    """Of the cases that would be paid after a reminder, the share that is paid before they are handed over.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    model : Model

    Returns
    -------
    float or float64 array, shape (B,)
        0 where the model sends no reminder of its own before the hand-over.
    """
    own = model.own_reminder
    if own is None:
        return 0.0
    terms, day = (half_up(np.asarray(one.value, np.float64)) for one in (data.invoices.terms_days, own.after_due_days))
    pairs = np.stack(np.broadcast_arrays(terms, day)).reshape(2, -1)
    found, of_set = np.unique(pairs, axis=1, return_inverse=True)
    in_time = np.array([_in_time(data, *pair) for pair in found.T.tolist()])[of_set.reshape(-1)]
    share = own.payers_share.value * (in_time if np.ndim(terms) or np.ndim(day) else float(in_time[0]))
    return share if np.ndim(share) else float(share)


def never_handed_over(data: ScenarioData, model: Model, plan: Plan, klass: Ints, answer: NDArray[np.uint32]) -> Any:
    """Which cases are paid before they are handed over: of those who would pay after the reminder, by the same draw.

    Parameters
    ----------
    data : ScenarioData
    model : Model
    plan : Plan
        Of the same model.
    klass : int64 array, shape (N,)
        Class of each case's debtor.
    answer : uint32 array, shape (N,)
        By which its first reminder would be answered.

    Returns
    -------
    bool array, shape (N,)
    """
    payers = plan.threshold[STEP_REMINDER, :, 0, ANSWER_PAID]
    below = np.array([half_up(paid_before_share(data, model) * int(most)) for most in payers], np.int64)
    return answer.astype(np.int64) < below[klass]


def _in_time(data: ScenarioData, terms: int, day: int) -> float:
    """Of those who pay after a reminder sent ``day`` days after the due date, the share that has paid by the hand-over."""
    spread = data.timing.reminder_paid_days
    left = ages(data, first_day(data), float(terms)) - day
    return float((np.searchsorted(_days(spread.low, spread.mode, spread.high), left) / TABLE_SIZE).mean())


@lru_cache(maxsize=64)
def _days(low: float, mode: float, high: float) -> Ints:
    table = quantile_table("triangular", TABLE_SIZE, low=low, mode=mode, high=high)
    table.setflags(write=False)
    return table
