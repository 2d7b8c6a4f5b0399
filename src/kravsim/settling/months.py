"""Months of the measured horizon: which there are, and which one a day belongs to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from kravsim.ledger.accounts import CASH, LINE, REGION, Ints
from kravsim.ledger.rules import YEAR_END_LINES
from kravsim.workdays import calendar_years

if TYPE_CHECKING:
    from kravsim.ledger.accounts import Postings
    from kravsim.stream.stream import Stream

ON_ITS_DAY, OF_THE_YEAR = range(2)
"""Whether money moves on a day of its own, or is what a whole year costs, booked on its last day."""
LINES_OF_THE_YEAR = ("staff_pay", "staff_overhead", "overtime", "temporary_staff", *YEAR_END_LINES)
"""Lines that no case has, of which a year's amount is booked on its last day (§M21, §M24)."""


def month_of_day(stream: Stream, start: int) -> Ints:
    """Number of the month, from 0, of each day of the horizon.

    Parameters
    ----------
    stream : Stream
        Which begins on the first of January of some year.
    start : int
        Day on which the horizon begins, since day 0: the first of a month.

    Returns
    -------
    int64 array, shape (days of the horizon,)
    """
    begin = np.datetime64(stream.first + dt.timedelta(start))
    months = (begin + np.arange(stream.n_days - start)).astype("datetime64[M]").astype(np.int64)
    found: Ints = months - months[0]
    return found


def months_in(month: Ints) -> int:
    """How many months there are.

    Parameters
    ----------
    month : int64 array, shape (days,)
        Number of the month of each day, as :func:`month_of_day` gives it.
    """
    return int(month[-1]) + 1


def add_months(months: Ints, postings: Postings, stream: Stream, start: int) -> None:
    """Add what the region receives less pays in the horizon, in cash, to its months.

    Parameters
    ----------
    months : int64 array, shape (2, months, lines)
        Öre by kind (ON_ITS_DAY, OF_THE_YEAR), month and line; added to.
    postings : Postings
        The journal, or a part of it.
    stream : Stream
        Whose days they are of.
    start : int
        Day on which the horizon begins, since day 0.
    """
    cash = postings.where((postings.day >= start) & (postings.book == CASH))
    month, ends = month_of_day(stream, start), [end - 1 for _, end in calendar_years(stream.first, stream.n_days)]
    of_year = np.isin(cash.line, [LINE[name] for name in LINES_OF_THE_YEAR]) & np.isin(cash.day, ends) & (cash.case < 0)
    kind = np.where(of_year, OF_THE_YEAR, ON_ITS_DAY)
    for side, sign in ((cash.receiver, 1), (cash.payer, -1)):
        mine = side == REGION
        place = (kind[mine], month[cash.day[mine] - start], cash.line[mine])
        np.add.at(months, place, sign * cash.amount_ore[mine])
