"""What is different about debtors abroad: fewer of them answer a letter from Sweden, and old claims are paid more seldom.

How many answer belongs to the segment, so that it can be said of any of them. What agents abroad achieve is the model's own
(``models.<name>.foreign``): how many debtors are traced, and how many of the claims are paid. It is stated for claims of one
age; the chance that an older one is paid falls by so much a year, whoever collects. The age is the mean one of the model's
cases without a queue, and beside it what own staff let a case wait, in the bands of lateness.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from kravsim.scenario.schema import ScenarioData
from kravsim.stream.handed_over import mean_age_days
from kravsim.stream.synthetic import first_day
from kravsim.units import half_up

YEAR_DAYS: Final = 365.0


def answering_share(data: ScenarioData, segment: str) -> Any:
    """Of the answers that residents of the same type would give to a letter, the share that a segment gives.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    segment : str
        A name in SEGMENTS.
    """
    spec = data.debtors.segments.get(segment)  # type: ignore[call-overload]
    share = None if spec is None else spec.letters_answered_share
    return 1.0 if share is None else share.value


def paid_abroad(data: ScenarioData, paid: Any, untraceable: Any) -> Any:
    """Share of the claims sent abroad that are paid, at the mean age of those that have waited for nobody.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    paid, untraceable : float or array
        As the zone's table has them; no more than are traced can be paid.
    """
    abroad = data.behaviour.abroad
    if abroad is None:
        return paid
    letters = half_up(data.timing.reminder_grace_days.value) + half_up(data.timing.demand_grace_days.value)
    older = mean_age_days(data, first_day(data)) + letters - abroad.age_days.value
    return np.minimum(paid * cooled(data, older), np.maximum(1 - untraceable, paid))[()]


def cooled(data: ScenarioData, days: Any) -> Any:
    """What is left of the chance of payment abroad when a claim is so many days older.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    days : float or array
        Negative for younger claims.
    """
    abroad = data.behaviour.abroad
    if abroad is None:
        return 1.0
    power = -abroad.cooling_per_year.value * days / YEAR_DAYS
    return math.exp(power) if np.ndim(power) == 0 else np.exp(power)
