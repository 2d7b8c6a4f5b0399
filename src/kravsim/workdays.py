"""Dates, days and minutes, and which days people work in Sweden.

The clock of a simulation counts whole minutes from midnight of a first date. Time has no zone and no summer time: each
day has 1440 minutes, because fees, deadlines and interest follow the date and not the hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, overload

import numpy as np
import numpy.typing as npt

from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.units import MINUTES_PER_DAY, Int64Array, int64_array, whole

_MONDAY_TO_FRIDAY: Final = "1111100"


def plain_date(value: object, key: str, where: str) -> date:
    """Accept a date and refuse a moment, so that no hour and no time zone is dropped in silence.

    Parameters
    ----------
    value : object
        A `datetime.date`.
    key, where : str
        The argument and the function it was given to, for the message.

    Raises
    ------
    RunError
        When `value` is a `datetime` (also a pandas Timestamp), text or anything else that is not a date.
    """
    if isinstance(value, datetime) or not isinstance(value, date):
        raise RunError(Problem(where, key, value, "a datetime.date", "give date(2017, 1, 31), or .date() of a moment"))
    return value


def day_index(first: date, day: date) -> int:
    """Count the days from `first` to `day`: 0 for the first date itself, negative before it.

    Parameters
    ----------
    first : date
        Day 0.
    day : date
        The day to be counted to.

    Returns
    -------
    int
        Days since `first`.

    Raises
    ------
    RunError
        When either is not a plain date.

    Examples
    --------
    >>> day_index(date(2017, 1, 1), date(2017, 2, 1))
    31
    """
    where = "workdays.day_index"
    return (plain_date(day, "day", where) - plain_date(first, "first", where)).days


def date_of(first: date, minute: int) -> date:
    """Give the date a minute falls on; the last minute of a day belongs to that day.

    Parameters
    ----------
    first : date
        Day 0, whose midnight is minute 0.
    minute : int
        Minutes since midnight of `first`; below 0 before it.

    Raises
    ------
    RunError
        When `first` is not a plain date, `minute` is not whole, or the date lies outside the years 1-9999.

    Examples
    --------
    >>> date_of(date(2017, 1, 1), 1439), date_of(date(2017, 1, 1), 1440)
    (datetime.date(2017, 1, 1), datetime.date(2017, 1, 2))
    """
    where = "workdays.date_of"
    start = plain_date(first, "first", where)
    return day_after(start, whole(minute, "minute", where) // MINUTES_PER_DAY)


def day_after(first: date, n_days: int) -> date:
    """Give the date `n_days` after `first` (before it when negative).

    Parameters
    ----------
    first : date
        Day 0.
    n_days : int
        Days since `first`.

    Raises
    ------
    RunError
        When `first` is not a plain date, `n_days` is not whole, or the date lies outside the years 1-9999.

    Examples
    --------
    >>> day_after(date(2016, 2, 28), 2)
    datetime.date(2016, 3, 1)
    """
    where = "workdays.day_after"
    start, n = plain_date(first, "first", where), whole(n_days, "n_days", where)
    try:
        return start + timedelta(days=n)
    except OverflowError:
        problem = Problem(where, "n_days", n, "a date in the years 1 to 9999", "use a shorter span of days")
        raise RunError(problem) from None


@overload
def day_of_minute(minute: int) -> int: ...
@overload
def day_of_minute(minute: Int64Array) -> Int64Array: ...
def day_of_minute(minute: int | Int64Array) -> int | Int64Array:
    """Give the day index of a minute or of an array of minutes; a minute before 0 belongs to a negative day.

    Parameters
    ----------
    minute : int or int64 array
        Minutes since midnight of day 0.

    Returns
    -------
    int or int64 array
        Days since day 0, in the shape of `minute`.

    Raises
    ------
    RunError
        When the minutes are not whole.

    Examples
    --------
    >>> day_of_minute(np.array([-1, 0, 1439, 1440]))
    array([-1,  0,  0,  1])
    """
    if isinstance(minute, np.ndarray):
        return int64_array(minute, "minute", "workdays.day_of_minute") // MINUTES_PER_DAY
    return whole(minute, "minute", "workdays.day_of_minute") // MINUTES_PER_DAY


@overload
def minute_of_day(day: int) -> int: ...
@overload
def minute_of_day(day: Int64Array) -> Int64Array: ...
def minute_of_day(day: int | Int64Array) -> int | Int64Array:
    """Give the minute at which a day index, or each day index of an array, begins.

    Parameters
    ----------
    day : int or int64 array
        Days since day 0.

    Returns
    -------
    int or int64 array
        Minutes since midnight of day 0, in the shape of `day`.

    Raises
    ------
    RunError
        When the day indexes are not whole.

    Examples
    --------
    >>> minute_of_day(np.array([0, 1, 31]))
    array([    0,  1440, 44640])
    """
    if isinstance(day, np.ndarray):
        return int64_array(day, "day", "workdays.minute_of_day") * MINUTES_PER_DAY
    return whole(day, "day", "workdays.minute_of_day") * MINUTES_PER_DAY


def days_from(first: date, n_days: int) -> npt.NDArray[np.datetime64]:
    """List `n_days` consecutive dates from `first` on as ``datetime64[D]``, position = day index.

    Parameters
    ----------
    first : date
        Day 0.
    n_days : int
        How many days, 0 or more.

    Returns
    -------
    datetime64[D] array, shape (n_days,)

    Raises
    ------
    RunError
        When `first` is not a plain date, `n_days` is not whole or is below 0, or the last date is after year 9999.

    Examples
    --------
    >>> days_from(date(2016, 2, 28), 3)
    array(['2016-02-28', '2016-02-29', '2016-03-01'], dtype='datetime64[D]')
    """
    where = "workdays.days_from"
    start, n = plain_date(first, "first", where), whole(n_days, "n_days", where, at_least=0)
    if n:
        day_after(start, n - 1)
    return np.datetime64(start, "D") + np.arange(n)


def working_days(first: date, n_days: int) -> npt.NDArray[np.bool_]:
    """Tell for each of `n_days` days from `first` on whether it is a Swedish working day (helgfri vardag).

    A working day is a Monday to Friday that is no public holiday (allmän helgdag). Midsummer Eve, Christmas Eve and
    New Year's Eve are no public holidays in law, but nobody collects debts on them: the holiday act (semesterlagen,
    1977:480, 7 §) puts the three eves on a level with Sundays. The `holidays` library keeps them in a category of
    their own, ``de_facto``, which is asked for together with ``public``. Half days before a holiday are working days.

    Parameters
    ----------
    first : date
        The day with index 0.
    n_days : int
        How many days.

    Returns
    -------
    ndarray of bool, shape (n_days,)

    Raises
    ------
    RunError
        When `first` is not a plain date, `n_days` is not whole or is below 0, or a day lies in a year for which the
        `holidays` library has no Swedish calendar.

    Examples
    --------
    >>> working_days(date(2017, 6, 22), 5)
    array([ True, False, False, False,  True])
    """
    days = days_from(first, n_days)
    return _working_days(first, n_days).copy() if days.size else np.zeros(0, np.bool_)


def working_day_from(first: date, n_days: int) -> Int64Array:
    """Tell for each of `n_days` days from `first` on which the first Swedish working day is, that day included.

    Where it lies beyond the last day, the number of days is given, whichever later day it is.

    Parameters
    ----------
    first : date
        Day 0.
    n_days : int
        How many days, 0 or more.

    Returns
    -------
    int64 array, shape (n_days,)
        Days since `first`.

    Raises
    ------
    RunError
        As :func:`working_days`.

    Examples
    --------
    >>> working_day_from(date(2017, 6, 22), 5).tolist()  # from a Thursday on; Midsummer is no working day
    [0, 4, 4, 4, 4]
    """
    working = working_days(first, n_days)
    following = np.where(working, np.arange(n_days), n_days)
    return np.asarray(np.minimum.accumulate(following[::-1])[::-1], dtype=np.int64)


def calendar_years(first: date, n_days: int) -> list[tuple[int, int]]:
    """Give the calendar years of a span of whole years as half-open ranges of its days.

    Parameters
    ----------
    first : date
        Day 0 of the span, the first of a year.
    n_days : int
        Length of the span.

    Returns
    -------
    list of (int, int)
        First day of each year and the day after its last, since day 0.

    Examples
    --------
    >>> calendar_years(date(2016, 1, 1), 731)
    [(0, 366), (366, 731)]
    """
    years, begin = [], 0
    while begin < n_days:
        year = (first + timedelta(begin)).year
        end = begin + (date(year + 1, 1, 1) - date(year, 1, 1)).days
        years.append((begin, end))
        begin = end
    return years


def years_of(first: date, years: Sequence[tuple[int, int]]) -> list[int]:
    """Numbers of calendar years that are given as days.

    Parameters
    ----------
    first : datetime.date
        Day 0.
    years : sequence of (int, int)
        First day of each calendar year and the day after its last, since day 0; as from `calendar_years`.

    Examples
    --------
    >>> years_of(date(2016, 1, 1), [(0, 366), (366, 731)])
    [2016, 2017]
    """
    return [(first + timedelta(end - 1)).year for _, end in years]


@lru_cache(maxsize=64)
def _working_days(first: date, n_days: int) -> npt.NDArray[np.bool_]:
    """The same for all replications of a study."""
    from holidays import country_holidays  # slow to import, needed only here

    days, last = days_from(first, n_days), day_after(first, n_days - 1)
    known = country_holidays("SE")
    if first.year < known.start_year or last.year > known.end_year:
        # The library answers a year it does not know with no holidays at all.
        span = phrase(
            "days in the years {start_year} to {end_year}", start_year=known.start_year, end_year=known.end_year
        )
        remedy = "move the first date or shorten the horizon"
        raise RunError(
            Problem("workdays.working_days", "first", phrase("{first} to {last}", first=first, last=last), span, remedy)
        )
    free = np.concatenate([_free_days(year) for year in range(first.year, last.year + 1)])
    return np.asarray(np.is_busday(days, weekmask=_MONDAY_TO_FRIDAY, holidays=free), dtype=np.bool_)


@lru_cache(maxsize=512)
def _free_days(year: int) -> npt.NDArray[np.datetime64]:
    """Days of a year that are holidays or on a level with them, made once: the library is slow."""
    from holidays import country_holidays

    calendar = country_holidays("SE", years=year, categories=("public", "de_facto"))
    return np.array(sorted(calendar), dtype="datetime64[D]")
