"""Whose debts are restructured, who goes bankrupt, and when: the debtor's own fate, drawn before anything is collected.

A natural person applies for debt restructuring at a constant hazard, that of the debtor's type. A refused application leaves
things as they were, and another may follow; one that is granted is opened, once in a lifetime. A business goes bankrupt at a
hazard that makes the scenario's share of businesses bankrupt within its number of years; what is invoiced later is owed by
another, who has the same place and goes bankrupt at the same hazard. Draws are keyed by the debtor's number alone: no claim,
case, model or engine changes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.chance.distributions import quantile_table
from kravsim.scenario.schema import BANKRUPT_WITHIN_YEARS
from kravsim.stream.stream import BANKRUPTCY, DEBTOR_TYPES, RESTRUCTURING, SEGMENTS, Debtors, Ints, Openings
from kravsim.units import DAYS_A_YEAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kravsim.chance.draws import Draws
    from kravsim.scenario.schema import ScenarioData

DRAW_PROCEEDINGS: Final = "proceedings"
"""Purpose of the draws: number = debtor, visit = which application or bankruptcy of the debtor's; a column each for the time
since the one before, whether it is granted, and how long a refusal takes."""
PRIVATE, BUSINESS = SEGMENTS.index("private"), SEGMENTS.index("business")
_NEARLY_ALL: Final = 1 - 1e-9
"""The largest share that goes bankrupt: all of them would, at once."""
_ENTRIES: Final = 1024


def draw_openings(
    data: ScenarioData,
    debtors: Debtors,
    n_days: int,
    draws: Draws,
    purpose: str = DRAW_PROCEEDINGS,
    identity: tuple[Ints, Ints] | None = None,
) -> Openings:
    """Draw every opening within the simulated days.

    Parameters
    ----------
    data : ScenarioData
    debtors : Debtors
        The population.
    n_days : int
        Days of history and horizon.
    draws : Draws
    purpose : str
        Of the draws.
    identity : pair of int64 array, shape (debtors,), optional
        Run and number that identify each debtor; run 0 and the debtor's number by default.
    """
    from scipy.special import log1p

    run, number = identity or (np.zeros(len(debtors.kind), np.int64), np.arange(len(debtors.kind)))
    common = data.behaviour
    a_day = hazards(data)[debtors.segment, debtors.kind]
    granted = common.restructuring_granted_share.value
    days = data.timing.restructuring_refused_days
    refusal = quantile_table("triangular", _ENTRIES, low=days.low, mode=days.mode, high=days.high)
    who = np.flatnonzero(a_day > 0)
    since, visit = np.zeros(len(who)), 0
    found: list[tuple[Ints, Ints]] = []
    while len(who):
        luck = draws.uniforms(purpose, run[who], number[who], visit)
        since = since + np.maximum(np.ceil(-log1p(-luck[:, 0]) / a_day[who]), 1.0)
        within = since < n_days
        who, since, luck = who[within], since[within], luck[within]
        person = debtors.segment[who] == PRIVATE
        opened = ~person | (luck[:, 1] < granted)
        found.append((who[opened], since[opened].astype(np.int64)))
        repeated = ~(person & opened)
        since = np.where(person, since + refusal[(luck[:, 2] * _ENTRIES).astype(np.int64)], since)[repeated]
        who, visit = who[repeated], visit + 1
    debtor, day = (
        (np.concatenate([np.zeros(0, np.int64), *parts]) for parts in zip(*found, strict=True))
        if found
        else (np.zeros((2, 0), np.int64))
    )
    order = np.lexsort((day, debtor))
    kind = np.where(debtors.segment[debtor] == PRIVATE, RESTRUCTURING, BANKRUPTCY)
    return Openings(debtor[order], day[order], kind[order])


def hazards(data: ScenarioData) -> NDArray[np.float64]:
    """Applications for restructuring, or bankruptcies, a day, by segment and type of debtor.

    Parameters
    ----------
    data : ScenarioData

    Returns
    -------
    float64 array, shape (segments, types)
        Applications a day, in the order of SEGMENTS and DEBTOR_TYPES; bankruptcies in the rows of businesses.
    """
    from scipy.special import log1p

    common, table = data.behaviour, np.zeros((len(SEGMENTS), len(DEBTOR_TYPES)))
    table[PRIVATE] = [getattr(common, kind).restructuring_per_year.value / DAYS_A_YEAR for kind in DEBTOR_TYPES]
    within = BANKRUPT_WITHIN_YEARS if common.bankrupt_within_years is None else common.bankrupt_within_years.value
    table[BUSINESS] = -log1p(-min(common.bankrupt_business_share.value, _NEARLY_ALL)) / (within * DAYS_A_YEAR)
    return table
