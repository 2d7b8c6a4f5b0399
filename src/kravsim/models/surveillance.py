"""What becomes of a claim that is watched: how long, how often it is checked, and what ends it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.scenario.schema import PRUDENT_YEARS, ScenarioData, TypeBehaviour
from kravsim.units import half_up

Floats = NDArray[np.float64]

YEAR_OF_DAYS = 365.25

SURVEILLANCE = ("surveillance", "surveillance_with_title")
LAST_SURVEILLANCE = ("last_surveillance", "last_surveillance_with_title")


def exit_rates(kind: TypeBehaviour, granted: Any = 0.0) -> tuple[float, float, Any]:
    """Yearly hazards of leaving surveillance: paid, revived, debt restructuring of the applications that are ``granted``.

    In an engine a restructuring is the debtor's and no exit of its own: none is granted here.

    Parameters
    ----------
    kind : TypeBehaviour
        Of one type of debtor.
    granted : float or array
        Share of the applications that are granted.

    Returns
    -------
    tuple of float or array
        Exits a year.
    """
    return (
        kind.surveillance_paid_per_year.value,
        kind.surveillance_revived_per_year.value,
        kind.restructuring_per_year.value * granted,
    )


def checks_within(days: Any, every: Any) -> Any:
    """Checks during a spell of surveillance, one ``every`` so many days after its beginning, none on its last day.

    Parameters
    ----------
    days : float or array
        Length of the spell, days.
    every : int or array
        Days from check to check.
    """
    return np.maximum(half_up(days) - 1, 0) // every


def spell_shares(kind: TypeBehaviour, days: Any, every: Any, granted: Any = 0.0) -> list[float]:
    """Chance that a surveillance spell of ``days`` ends in payment, in a revived case or in debt restructuring.

    A case is revived at a check, one ``every`` so many days: who becomes worth another try after the last is not found.
    Like :func:`answer_shares` it takes a scenario whose values hold arrays as well, and then gives arrays.

    Parameters
    ----------
    kind : TypeBehaviour
        Of one type of debtor; its values may hold arrays, shape (B,).
    days : float or array
        Length of the spell, days.
    every : int or array
        Days from check to check.
    granted : float or array
        Share of the applications for debt restructuring that are granted.
    """
    rates = exit_rates(kind, granted)
    within = checks_within(days, every) * every
    if all(isinstance(rate, float | int) for rate in rates) and np.ndim(within) == 0:
        total = math.fsum(rates)
        if total <= 0:
            return [0.0] * len(rates)
        leaves, found = (-math.expm1(-total * float(upto) / 365.0) for upto in (days, within))
        return [leaves * rates[0] / total, found * rates[1] / total, leaves * rates[2] / total]
    both = np.asarray(rates[0] + rates[1] + rates[2])
    share, found = (_leaves(both, upto) / np.where(both > 0, both, 1.0) for upto in (days, within))  # of nobody it is 0
    return [share * rates[0], found * rates[1], share * rates[2]]


def limitation_years(data: ScenarioData, segment: str) -> float:
    """Years of limitation of the claims on a segment; where nobody is of it, those of no claim.

    Parameters
    ----------
    data : ScenarioData
    segment : str
        A name in SEGMENTS.
    """
    spec = data.debtors.segments.get(segment)  # type: ignore[call-overload]
    if spec is None:
        return 1.0
    return PRUDENT_YEARS if spec.limitation_years is None else spec.limitation_years.value


def recheck_days(data: ScenarioData) -> Any:
    """Days from check to check of a stay under surveillance; an array where the scenario has one.

    Parameters
    ----------
    data : ScenarioData
    """
    return half_up(data.policy.recheck_days.value)


def last_stay_days(data: ScenarioData, segment: str) -> Any:
    """Longest time from a letter that does not reach the debtor to limitation, which then ends the stay.

    Parameters
    ----------
    data : ScenarioData
    segment : str
        A name in SEGMENTS.

    Returns
    -------
    float or array
        Days.
    """
    timing, period = data.timing, half_up(limitation_years(data, segment) * YEAR_OF_DAYS) + 2
    left = np.maximum(period - timing.surveillance_spell_days.value, timing.interruption_margin_days.value)
    return float(left) if np.ndim(left) == 0 else left


def _leaves(rate: float | Floats, days: float | Floats) -> Any:
    from scipy.special import expm1

    return -expm1(-rate * days / 365.0)
