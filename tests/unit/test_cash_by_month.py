"""Cash by month and its present value: no month is dropped, and the date of valuation is not that of the first flow."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.errors import DataError, ScenarioError
from kravsim.studies.decision.cash import month_times

amounts = st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=60)


def test_each_convention_by_hand() -> None:
    """100 kr in the third month at 12 % a year: 3, 2.5 or 2 twelfths of a year ahead."""
    flows = [0, 0, 100]
    for timing, ahead in (("end", 3), ("middle", 2.5), ("start", 2)):
        assert ks.studies.npv_by_month(flows, 0.12, timing=timing) == pytest.approx(100 / 1.12 ** (ahead / 12))


def test_empty_months_before_the_first_flow_count() -> None:
    """A library that discounts from the first row, or from the earliest date, gives 100 for both."""
    assert ks.studies.npv_by_month([100], 0.12, timing="start") == pytest.approx(100)
    assert ks.studies.npv_by_month([0] * 12 + [100], 0.12, timing="start") == pytest.approx(100 / 1.12)


def test_empty_months_between_flows_count() -> None:
    apart = ks.studies.npv_by_month([-100, *[0] * 11, 112], 0.12, timing="start")
    assert apart == pytest.approx(0)
    assert ks.studies.npv_by_month([-100, 112], 0.12, timing="start") > 10  # as if they had been left out


def test_dated_amounts_get_every_month_whatever_their_order() -> None:
    dated = {dt.date(2018, 7, 31): 5.0, dt.date(2018, 3, 1): -2.0, dt.date(2018, 3, 31): -1.0}
    flows = ks.studies.in_months(dated, dt.date(2018, 1, 1), 8)
    assert flows == [0.0, 0.0, -3.0, 0.0, 0.0, 0.0, 5.0, 0.0]


def test_an_amount_outside_the_months_is_refused_and_none_is_left_out() -> None:
    dated = {dt.date(2017, 12, 31): 1.0, dt.date(2018, 2, 1): 1.0, dt.date(2018, 4, 1): 1.0}
    with pytest.raises(DataError) as caught:
        ks.studies.in_months(dated, dt.date(2018, 1, 1), 3)
    assert [problem.value for problem in caught.value.problems] == [dt.date(2017, 12, 31), dt.date(2018, 4, 1)]
    with pytest.raises(DataError, match="first of a month"):
        ks.studies.in_months({}, dt.date(2018, 1, 2), 3)


@given(amounts)
@settings(deadline=None)
def test_at_rate_0_the_present_value_is_the_sum(flows: list[int]) -> None:
    assert ks.studies.npv_by_month(flows, 0) == sum(flows)


@given(amounts, st.floats(-0.2, 0.5), st.integers(1, 24))
@settings(deadline=None)
def test_months_that_come_before_move_the_value_by_their_time(flows: list[int], rate: float, before: int) -> None:
    later = ks.studies.npv_by_month([0] * before + flows, rate)
    assert later == pytest.approx(
        ks.studies.npv_by_month(flows, rate) / (1 + rate) ** (before / 12), rel=1e-9, abs=1e-6
    )


@given(amounts, st.floats(-0.2, 0.5))
@settings(deadline=None)
def test_a_year_of_months_at_its_start_is_a_period(flows: list[int], rate: float) -> None:
    yearly = [amount for flow in flows for amount in (flow, *[0] * 11)]
    by_month = ks.studies.npv_by_month(yearly, rate, timing="start")
    assert by_month == pytest.approx(ks.studies.npv(flows, rate), rel=1e-9, abs=1e-3)


@given(amounts, st.floats(0, 0.1), st.floats(-0.02, 0.1))
@settings(deadline=None)
def test_nominal_flows_at_the_nominal_rate_are_worth_what_real_ones_are(
    flows: list[int], real: float, inflation: float
) -> None:
    times = month_times(len(flows))
    nominal = (np.array(flows) * (1 + inflation) ** times).tolist()
    worth = ks.studies.npv_by_month(nominal, ks.studies.nominal_rate(real, inflation))
    assert worth == pytest.approx(ks.studies.npv_by_month(flows, real), rel=1e-9, abs=1e-3)


def test_two_internal_rates_where_a_set_up_and_a_wind_down_both_cost() -> None:
    """Four years' gain between two costs: 10 % and 40 %, and neither decides alone."""
    rates = ks.studies.irr([-1_000, 2_500, -1_540])
    assert list(rates) == pytest.approx([0.10, 0.40])
    assert "2 internal rates" in rates.sentence("en")
    assert "jämför nuvärden" in rates.sentence("sv")


def test_payback_is_when_the_sum_is_no_more_below_0() -> None:
    assert ks.studies.payback([-10, 4, 4, 4]) == 4
    assert ks.studies.payback([5, -10, 4, 4]) == 4  # ahead at first, behind, then ahead for good
    assert ks.studies.payback([-10, 12, -5, 1]) is None  # ahead for a time
    assert ks.studies.payback([0, 0]) == 0


@pytest.mark.parametrize("flows", [[], [float("nan")], [[1, 2]]])
def test_flows_that_are_none_are_refused(flows: list[object]) -> None:
    with pytest.raises(DataError):
        ks.studies.npv_by_month(flows, 0.03)


def test_an_unknown_convention_is_refused() -> None:
    with pytest.raises(ScenarioError, match="end, middle, start"):
        ks.studies.npv_by_month([1], 0.03, timing="yearly")  # type: ignore[arg-type]
