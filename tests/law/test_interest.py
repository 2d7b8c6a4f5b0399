"""Is late-payment interest right to the öre? The worked cases stand in ``interest_cases.toml``."""

from __future__ import annotations

import pickle
import tomllib
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravsim.errors import LawError, RunError
from kravsim.law import (
    INTEREST_DENOMINATOR,
    LawDays,
    interest_ore,
    interest_periods,
    load_law,
    reference_rate_from_policy,
)
from kravsim.units import ore

CASES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "interest_cases.toml").read_text(encoding="utf-8"))
FIRST, LAST = date(2008, 1, 1), date(2026, 12, 31)
N_DAYS = (LAST - FIRST).days + 1

dates = st.dates(FIRST, LAST)
principals = st.integers(0, 10**9)
day_counts = st.sampled_from(["actual/365", "actual/actual"])
DayCount = Literal["actual/365", "actual/actual"]


@pytest.fixture(scope="module")
def days() -> LawDays:
    return load_law().on_days(FIRST, N_DAYS)


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
class TestWorkedCases:
    """Each case by hand against each way to compute it."""

    def test_actual_365(self, case: dict[str, Any]) -> None:
        principal = ore(case["principal_kr"])
        assert interest_ore(principal, case["due"], case["paid"]) == ore(case["actual_365"])

    def test_actual_actual(self, case: dict[str, Any]) -> None:
        principal = ore(case["principal_kr"])
        interest = interest_ore(principal, case["due"], case["paid"], day_count="actual/actual")
        assert interest == ore(case["actual_actual"])

    def test_by_day(self, case: dict[str, Any], days: LawDays) -> None:
        due, paid = ((case[key] - FIRST).days for key in ("due", "paid"))
        assert days.interest_ore(ore(case["principal_kr"]), due, paid) == ore(case["actual_365"])


@pytest.mark.parametrize("case", CASES["rounding"], ids=lambda case: case["policy"])
def test_reference_rate_is_rounded_up_to_a_half_point(case: dict[str, str]) -> None:
    for policy in (case["policy"], Decimal(case["policy"]), float(case["policy"])):
        assert str(reference_rate_from_policy(policy)) == case["reference"]


@pytest.mark.parametrize("policy", [True, None, "", "two", float("nan"), Decimal("Infinity"), 101, "-100.5", [4]])
def test_policy_rate_that_is_no_rate_is_refused(policy: Any) -> None:
    with pytest.raises(RunError, match=r"rate_percent.*a number of per cent from -100 to 100"):
        reference_rate_from_policy(policy)


def test_case_four_splits_into_its_rates() -> None:
    periods = interest_periods(date(2011, 5, 15), date(2012, 10, 15))
    assert [(period.days, period.rate_bp) for period in periods] == [(46, 950), (184, 1000), (182, 1000), (107, 950)]
    assert periods[0].first == date(2011, 5, 16)
    assert periods[-1].last == date(2012, 10, 15)


def test_actual_actual_splits_at_the_new_year() -> None:
    periods = interest_periods(date(2015, 12, 30), date(2016, 1, 1), day_count="actual/actual")
    assert [(period.last, period.days, period.year_days) for period in periods] == [
        (date(2015, 12, 31), 1, 365),
        (date(2016, 1, 1), 1, 366),
    ]


@given(principals, dates, dates, day_counts)
def test_interest_is_the_sum_of_its_days(principal: int, due: date, paid: date, day_count: DayCount) -> None:
    law = load_law()
    exact = Fraction(0)
    for at in range(1, (paid - due).days + 1):
        day = due + timedelta(days=at)
        year = date(day.year + 1, 1, 1) - date(day.year, 1, 1) if day_count == "actual/actual" else timedelta(days=365)
        exact += Fraction(principal * law.late_interest_bp(day), year.days * 10_000)
    computed = interest_ore(principal, due, paid, day_count=day_count)
    assert -Fraction(1, 2) < computed - exact <= Fraction(1, 2)


@given(principals, st.tuples(dates, dates, dates).map(sorted), day_counts)
def test_splitting_the_period_costs_at_most_an_ore(principal: int, three: list[date], day_count: DayCount) -> None:
    due, middle, paid = three
    whole = interest_ore(principal, due, paid, day_count=day_count)
    parts = (interest_ore(principal, a, b, day_count=day_count) for a, b in ((due, middle), (middle, paid)))
    assert abs(whole - sum(parts)) <= 1


@given(principals, dates, st.tuples(dates, dates).map(sorted), day_counts)
def test_later_payment_never_costs_less(principal: int, due: date, paid: list[date], day_count: DayCount) -> None:
    sooner, later = (interest_ore(principal, due, day, day_count=day_count) for day in paid)
    assert 0 <= sooner <= later


@given(st.tuples(principals, principals).map(sorted), dates, dates)
def test_a_larger_claim_never_costs_less(two: list[int], due: date, paid: date) -> None:
    smaller, larger = (interest_ore(principal, due, paid) for principal in two)
    assert smaller <= larger


@given(principals, dates, dates)
def test_a_leap_year_of_366_days_never_costs_more(principal: int, due: date, paid: date) -> None:
    assert interest_ore(principal, due, paid, day_count="actual/actual") <= interest_ore(principal, due, paid)


@given(st.lists(st.tuples(principals, st.integers(0, N_DAYS - 1), st.integers(0, N_DAYS - 1)), max_size=20))
def test_by_day_is_the_same_as_by_date(claims: list[tuple[int, int, int]]) -> None:
    laid_out = load_law().on_days(FIRST, N_DAYS)
    principal, due, paid = np.array(claims, np.int64).reshape(-1, 3).T
    by_date = [interest_ore(p, FIRST + timedelta(days=d), FIRST + timedelta(days=q)) for p, d, q in claims]
    assert laid_out.interest_ore(principal, due, paid).tolist() == by_date


def test_running_sum_is_what_the_engines_rely_on(days: LawDays) -> None:
    due, paid = (date(2017, 8, 15) - FIRST).days, (date(2021, 12, 20) - FIRST).days
    bp_days = int(days.interest_bp_cum[paid + 1] - days.interest_bp_cum[due + 1])
    assert bp_days == 684 * 750 + 904 * 800
    assert (2 * 2_671_200 * bp_days + INTEREST_DENOMINATOR) // (2 * INTEREST_DENOMINATOR) == 904695
    assert days.interest_bp_cum.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        days.interest_bp_cum[0] = 1


def test_history_bears_the_rates_of_its_own_days() -> None:
    laid_out = load_law().on_days(date(2019, 6, 29), 4, start=date(2019, 7, 2))
    assert np.diff(laid_out.interest_bp_cum).tolist() == [750, 750, 800, 800]


def test_claims_are_broadcast(days: LawDays) -> None:
    interest = days.interest_ore(3_650_000, 0, np.array([[0, 1], [2, 3]]))
    assert interest.tolist() == [[0, 1200], [2400, 3600]]
    assert days.interest_ore([], [], []).tolist() == []


def test_the_law_travels_between_processes(days: LawDays) -> None:
    arrived = pickle.loads(pickle.dumps(days))
    assert arrived.fingerprint == days.fingerprint
    assert arrived.interest_bp_cum.tolist() == days.interest_bp_cum.tolist()
    assert pickle.loads(pickle.dumps(load_law())) == load_law()


class TestRefusals:
    """What cannot be right is refused in words that say what can."""

    @pytest.mark.parametrize("principal", [True, 100.0, "100", None, Decimal(100), float("nan")])
    def test_principal_that_is_no_whole_number(self, principal: Any) -> None:
        with pytest.raises(RunError, match=r"principal_ore: .*allowed a whole number from 0"):
            interest_ore(principal, date(2017, 1, 1), date(2017, 2, 1))

    def test_negative_principal(self) -> None:
        with pytest.raises(RunError, match="principal_ore: got -1; allowed a whole number from 0"):
            interest_ore(-1, date(2017, 1, 1), date(2017, 2, 1))

    @pytest.mark.parametrize("moment", [datetime(2017, 1, 15), "2017-01-15", 20170115, None])  # noqa: DTZ001
    def test_moment_instead_of_date(self, moment: Any) -> None:
        with pytest.raises(RunError, match=r"due: .*allowed a datetime\.date"):
            interest_ore(100, moment, date(2017, 2, 1))
        with pytest.raises(RunError, match=r"paid: .*allowed a datetime\.date"):
            interest_ore(100, date(2017, 1, 1), moment)

    @pytest.mark.parametrize("day_count", ["30/360", "actual/360", "", None])
    def test_unknown_day_count(self, day_count: Any) -> None:
        with pytest.raises(RunError, match=r"day_count: .*allowed actual/365, actual/actual"):
            interest_ore(100, date(2017, 1, 1), date(2017, 2, 1), day_count=day_count)

    def test_days_beyond_the_table(self) -> None:
        assert interest_ore(100_000, date(2026, 12, 30), date(2026, 12, 31)) == 27
        with pytest.raises(
            LawError, match=r"2027-01-01; allowed a day from 2008-01-01 up to.*ask for days that are covered"
        ):
            interest_ore(100_000, date(2026, 12, 30), date(2027, 1, 1))

    def test_days_before_the_table(self) -> None:
        assert interest_ore(100_000, date(2007, 12, 31), date(2008, 1, 1)) == 33
        with pytest.raises(LawError, match="2007-12-31; allowed a day from 2008-01-01"):
            interest_ore(100_000, date(2007, 12, 30), date(2008, 1, 1))

    @pytest.mark.parametrize(
        ("principal", "due", "paid", "words"),
        [
            (100, -1, 5, "due_day: got -1; allowed a day index from 0 to"),
            (100, 0, N_DAYS, f"paid_day: got {N_DAYS}; allowed a day index from 0 to {N_DAYS - 1}"),
            (100, N_DAYS, 0, "due_day"),
            (100, 5, -1, "paid_day"),
            (-1, 0, 5, "principal_ore: got -1; allowed 0 or more"),
            (100.0, 0, 5, "principal_ore: got 'float64'; allowed an array of whole numbers"),
            (True, 0, 5, "principal_ore: got 'bool'"),
            (100, 0.0, 5, "due_day: got 'float64'"),
            ([1, 10**13], 0, N_DAYS - 1, "principal_ore: got 10000000000000; .*law.interest_ore, which has no limit"),
            (2**63, 0, 5, "principal_ore: got 9223372036854775808"),
        ],
    )
    def test_by_day(self, days: LawDays, principal: Any, due: Any, paid: Any, words: str) -> None:
        with pytest.raises(RunError, match=words):
            days.interest_ore(principal, due, paid)

    def test_largest_claim_by_day_is_still_exact(self, days: LawDays) -> None:
        bp_days = int(days.interest_bp_cum[-1] - days.interest_bp_cum[1])
        largest = (2**63 - 1 - INTEREST_DENOMINATOR) // 2 // bp_days
        assert days.interest_ore(largest, 0, N_DAYS - 1) == interest_ore(largest, FIRST, LAST)
        with pytest.raises(RunError, match="principal_ore"):
            days.interest_ore(largest + 1, 0, N_DAYS - 1)
        assert days.interest_ore(10**13, 0, 100) == interest_ore(10**13, FIRST, FIRST + timedelta(days=100))

    def test_interest_has_no_limit_by_date(self) -> None:
        assert interest_ore(10**30, date(2017, 5, 31), date(2017, 6, 1)) == (10**30 * 750 * 2 + 3650000) // 7300000
