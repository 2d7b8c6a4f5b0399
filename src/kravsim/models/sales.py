"""Sales of open cases as arrangements change: which cases are sold when, and for what share of their principal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kravsim.models.plan import Ints
from kravsim.scenario.schema import Phase
from kravsim.scenario.sequences import is_sold_at, sells
from kravsim.stream.stream import NEVER_OPENED
from kravsim.units import MINUTES_PER_DAY, millionths

SALE_COLUMNS = 4
SALE_DAY, SALE_FROM, SALE_UNTIL, SALE_SHARE = range(SALE_COLUMNS)
"""Of a sale: its day; the hand-over days of the cases that it takes, from the first up to the last, not counted; and
millionths of the principal left of each case."""


class Sales(NamedTuple):
    """The sales of a sequence, in order of time.

    Attributes
    ----------
    rows : int64 array, shape (Q, 4)
        Columns as named above, days since day 0.
    steps : int64 array, shape (S,)
        1 for steps from which a case is sold that is at them; empty where there is no sale.
    """

    rows: Ints
    steps: Ints

    def __bool__(self) -> bool:
        return len(self.rows) > 0


NO_SALES = Sales(np.zeros((0, SALE_COLUMNS), np.int64), np.zeros(0, np.int64))
"""Where all cases stay."""


def sales_of(phases: Sequence[tuple[int, Phase]], steps: Sequence[str]) -> Sales:
    """The sales that phases make as they begin.

    Parameters
    ----------
    phases : sequence of (int, Phase)
        In order of time, with the day on which each begins, since day 0.
    steps : sequence of str
        Names of the plan's steps.
    """
    rows, at = [], np.ones(len(steps), np.int64)
    for day, phase in phases:
        if not sells(phase):
            continue
        first, until = 0, day
        if phase.split_age_days is not None:
            aged = min(max(day - phase.split_age_days + 1, 0), day)  # so old are those handed over before it
            first = 0 if phase.older == "sold" else aged
            until = day if phase.younger == "sold" else aged
        if phase.split_steps:
            at = np.array([is_sold_at(phase, step) for step in steps], np.int64)
        rows.append((day, first, until, millionths(phase.sale_price_share.value if phase.sale_price_share else 0.0)))
    return Sales(np.array(rows, np.int64), at) if rows else NO_SALES


def leaves_of(sales: Sales, hand_over_day: Ints) -> Ints:
    """Minute in which each case is sold unless it has ended: (N,), NEVER_OPENED where in none; empty without sales.

    Parameters
    ----------
    sales : Sales
    hand_over_day : int64 array, shape (N,)
        Of each case, since day 0.

    Returns
    -------
    int64 array, shape (N,) or (0,)
    """
    if not sales:
        return np.zeros(0, np.int64)
    leaves = np.full(len(hand_over_day), NEVER_OPENED, np.int64)
    for day, first, until, _ in sales.rows[::-1].tolist():
        leaves[(hand_over_day >= first) & (hand_over_day < until)] = day * MINUTES_PER_DAY
    return leaves
