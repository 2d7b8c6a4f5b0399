"""Dates, days and minutes agree, and the right days are working days."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravsim.errors import RunError
from kravsim.workdays import (
    date_of,
    day_after,
    day_index,
    day_of_minute,
    days_from,
    minute_of_day,
    plain_date,
    working_days,
)

FIRST = date(2017, 1, 1)
dates = st.dates(date(1900, 1, 1), date(2200, 1, 1))


@pytest.mark.parametrize(
    ("day", "index"),
    [(FIRST, 0), (date(2017, 1, 2), 1), (date(2016, 12, 31), -1), (date(2018, 1, 1), 365), (date(2021, 1, 1), 1461)],
)
def test_days_and_minutes_from_the_first_date(day: date, index: int) -> None:
    assert day_index(FIRST, day) == index
    assert date_of(FIRST, index * 1440) == date_of(FIRST, index * 1440 + 1439) == day
    assert day_after(FIRST, index) == day


@given(dates, dates, st.integers(0, 1439))
def test_every_minute_of_a_day_is_on_its_date(first: date, day: date, minute: int) -> None:
    assert date_of(first, day_index(first, day) * 1440 + minute) == day


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_arrays_of_minutes_are_like_single_minutes(minutes: list[int]) -> None:
    days = day_of_minute(np.array(minutes, np.int64))
    assert days.tolist() == [day_of_minute(minute) for minute in minutes]
    assert minute_of_day(days).tolist() == [minute_of_day(day) for day in days.tolist()]
    assert all(day * 1440 <= minute < (day + 1) * 1440 for day, minute in zip(days.tolist(), minutes, strict=True))


def test_a_clock_change_is_no_event() -> None:
    assert day_index(date(2017, 3, 25), date(2017, 3, 27)) == 2
    assert day_index(date(2017, 10, 28), date(2017, 10, 30)) == 2


def test_dates_in_a_row() -> None:
    assert days_from(date(2016, 2, 28), 3).astype(object).tolist() == [
        date(2016, 2, 28),
        date(2016, 2, 29),
        date(2016, 3, 1),
    ]
    assert days_from(FIRST, 0).size == 0
    assert days_from(date(9999, 12, 31), 1).astype(object).tolist() == [date(9999, 12, 31)]


@pytest.mark.parametrize("value", [datetime(2017, 1, 1), np.datetime64("2017-01-01"), "2017-01-01", 0, None])  # noqa: DTZ001
def test_what_is_no_plain_date_is_refused(value: Any) -> None:
    with pytest.raises(RunError, match=r"allowed a datetime\.date"):
        plain_date(value, "first", "here")
    for ask in (lambda: day_index(value, FIRST), lambda: day_index(FIRST, value), lambda: date_of(value, 0)):
        with pytest.raises(RunError, match=r"allowed a datetime\.date"):
            ask()
    with pytest.raises(RunError, match=r"allowed a datetime\.date"):
        working_days(value, 1)


@pytest.mark.parametrize("number", [1.0, True, "1", None])
def test_what_is_no_whole_number_is_refused(number: Any) -> None:
    for ask in (
        lambda: date_of(FIRST, number),
        lambda: day_of_minute(number),
        lambda: minute_of_day(number),
        lambda: working_days(FIRST, number),
    ):
        with pytest.raises(RunError, match="allowed a whole number"):
            ask()
    for ask in (lambda: day_of_minute(np.array([1.0])), lambda: minute_of_day(np.array([1.0]))):
        with pytest.raises(RunError, match="allowed an array of whole numbers"):
            ask()


def test_spans_outside_the_calendar_are_refused() -> None:
    for ask in (
        lambda: date_of(FIRST, -(10**12)),
        lambda: day_after(FIRST, 10**20),
        lambda: days_from(date(9999, 12, 31), 2),
    ):
        with pytest.raises(RunError, match="years 1 to 9999"):
            ask()
    with pytest.raises(RunError, match="allowed a whole number from 0"):
        days_from(FIRST, -1)


@pytest.mark.parametrize(
    ("day", "works", "why"),
    [
        (date(2017, 1, 5), True, "Twelfth Night is at most a half day"),
        (date(2017, 1, 6), False, "Epiphany"),
        (date(2017, 4, 13), True, "Maundy Thursday"),
        (date(2017, 4, 14), False, "Good Friday"),
        (date(2017, 4, 17), False, "Easter Monday"),
        (date(2017, 5, 1), False, "May Day"),
        (date(2017, 5, 25), False, "Ascension Day"),
        (date(2017, 5, 26), True, "a squeeze day is a working day"),
        (date(2017, 6, 5), True, "a squeeze day is a working day"),
        (date(2017, 6, 6), False, "National Day"),
        (date(2017, 6, 23), False, "Midsummer Eve"),
        (date(2017, 11, 3), True, "All Saints' Eve"),
        (date(2017, 12, 25), False, "Christmas Day"),
        (date(2018, 12, 24), False, "Christmas Eve"),
        (date(2018, 12, 31), False, "New Year's Eve"),
        (date(2017, 7, 1), False, "Saturday"),
        (date(2017, 7, 2), False, "Sunday"),
        (date(2017, 7, 3), True, "Monday"),
        (date(2004, 5, 31), False, "Whit Monday was a holiday to 2004"),
        (date(2005, 5, 16), True, "Whit Monday is none from 2005"),
        (date(2003, 6, 6), True, "National Day is a holiday from 2005"),
    ],
)
def test_swedish_working_days(day: date, works: bool, why: str) -> None:
    assert working_days(day, 1).tolist() == [works], why


def test_2017_has_251_working_days() -> None:
    # 260 weekdays less Epiphany, Good Friday, Easter Monday, May Day, Ascension Day, National Day, Midsummer Eve and
    # the two days of Christmas; both other eves are Sundays.
    year = working_days(FIRST, 365)
    assert year.sum() == 251
    assert year.dtype == np.bool_


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 400), st.integers(0, 400))
def test_a_day_works_whatever_the_first_date(first: date, offset: int, n_days: int) -> None:
    later = working_days(first + timedelta(days=offset), n_days)
    assert later.tolist() == working_days(first, offset + n_days)[offset:].tolist()


def test_years_without_a_calendar_are_refused() -> None:
    assert working_days(date(1953, 1, 1), 1).tolist() == [False]
    assert working_days(date(2100, 12, 31), 1).tolist() == [False]
    for first, n_days in ((date(1952, 12, 31), 2), (date(2100, 12, 31), 2)):
        with pytest.raises(RunError, match="allowed days in the years 1953 to 2100"):
            working_days(first, n_days)


def test_no_days() -> None:
    assert working_days(date(1900, 1, 1), 0).tolist() == []


def test_importing_workdays_does_not_load_holidays() -> None:
    code = "import sys, kravsim.workdays; print('holidays' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
