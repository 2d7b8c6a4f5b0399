"""What one replication of one model says: plain numbers that travel between processes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts


@dataclass(frozen=True, eq=False)
class Outcome(EqualByParts):
    """One replication of one model, summed over a calendar year.

    Parameters
    ----------
    model : str
        Name of the model in its scenario.
    draw : int
        Number of the parameter draw, from 0.
    replication : int
        Number of the replication within the draw, from 0.
    numbers : dict of str to float
        Measures of the year; units, words and how each is added up stand in :mod:`kravsim.measures.measures`.
        A share of nothing is NaN and is reported as "no cases", never as a number.
    budget_ore : dict of str to int
        Budget line -> öre a calendar year seen from the region, income positive; the lines sum exactly to the net
        revenue.
    steps : dict of str to float
        Times each step was carried out, a calendar year.
    ends : dict of str to float
        Claims that reached each end state, a calendar year, and `open` at the close of the horizon.
    cohort : dict of str to float
        The oldest simulated year's invoices followed to the horizon (the cohort clock).
    parts, wholes : dict of str to float
        Of every number that is a ratio (those of the cohort with `cohort_` before their name), what it is a part of what:
        over several years the parts are added up, and the wholes.
    curves : array of float64
        When principal was paid after each step, in claims and öre (:mod:`kravsim.measures.incidence`); empty in results of
        before they were kept.

    Examples
    --------
    >>> one = Outcome("in_house", 0, 0, {"net_revenue_kr": 1.5}, {"interest": 150}, {}, {}, {})
    >>> sum(one.budget_ore.values())
    150
    """

    model: str
    draw: int
    replication: int
    numbers: dict[str, float]
    budget_ore: dict[str, int]
    steps: dict[str, float]
    ends: dict[str, float]
    cohort: dict[str, float]
    parts: dict[str, float] = field(default_factory=dict)
    wholes: dict[str, float] = field(default_factory=dict)
    curves: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
