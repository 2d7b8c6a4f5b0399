"""Numbers with their provenance: what they take, how they are drawn, and what the limits of a key say."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kravsim.provenance import Status
from kravsim.scenario.fields import ANY_NAME, check_schema_units, find, sections_with, unit_of, walk
from kravsim.scenario.limits import UNIT_WORDS, Limits
from kravsim.scenario.values import (
    Count,
    Days,
    DaysSpread,
    Fte,
    Kr,
    KrSpread,
    Minutes,
    MinutesSpread,
    Number,
    Ore,
    PerYear,
    Section,
    Share,
    ShareSpread,
    Spread,
    Value,
    WholeDays,
    WholeYears,
    Years,
    limited,
)

UNIFORM = st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True)


def value(number: float, low: float | None = None, high: float | None = None, **more: Any) -> Value:
    return Value(value=number, low=low, high=high, **{"source": "assumption", "status": Status.ASSUMED, **more})


# ---- what a number takes -----------------------------------------------------------------------------------------


def test_a_range_makes_it_triangular_and_no_range_fixed() -> None:
    assert value(5).dist == "fixed"
    assert value(5, 4, 7).dist == "triangular"
    assert value(5, 4, 7, dist="fixed").dist == "fixed"


def test_int_and_float_stay_what_they_are() -> None:
    assert type(value(60).value) is int
    assert type(value(60.0).value) is float
    assert value(5, 4, 7.5).low == 4


@pytest.mark.parametrize("wrong", ["60", True, None, float("nan"), 2**63, [1], 1j])
def test_what_merely_looks_like_a_number_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        value(wrong)


def test_the_text_of_a_status_is_taken_and_no_other() -> None:
    assert value(1, status="derived").status is Status.DERIVED
    with pytest.raises(ValidationError, match="status"):
        value(1, status="Derived")


def test_a_value_is_frozen_and_has_no_other_keys() -> None:
    number = value(1)
    with pytest.raises(ValidationError, match="frozen"):
        number.value = 2
    with pytest.raises(ValidationError, match="unit"):
        value(1, unit="kr")


@pytest.mark.parametrize("dist", ["uniform", "triangular", "normal", "lognormal"])
def test_a_distribution_needs_a_range_of_some_width(dist: str) -> None:
    with pytest.raises(ValidationError, match="low and high"):
        value(5, dist=dist)
    with pytest.raises(ValidationError, match="low < high"):
        value(5, 5, 5, dist=dist)


@pytest.mark.parametrize(("low", "high"), [(4, None), (None, 6), (6, 7), (3, 4), (4, math.inf), (-math.inf, 6)])
def test_a_range_that_does_not_hold_the_value_is_refused(low: float | None, high: float | None) -> None:
    with pytest.raises(ValidationError):
        value(5, low, high)


# ---- drawing -----------------------------------------------------------------------------------------------------


@given(UNIFORM)
def test_a_fixed_value_is_not_drawn(u: float) -> None:
    number = value(5, 4, 7, dist="fixed")
    assert number.drawn(u) == number.fixed() == value(5, dist="fixed")


@given(UNIFORM)
def test_a_drawn_number_lies_in_its_range_and_keeps_its_provenance(u: float) -> None:
    for dist in ("uniform", "triangular"):
        number = value(5, 4, 7, dist=dist, source="answer", status="derived", note="n", favours="in_house")
        drawn = number.drawn(u)
        assert 4 <= drawn.value <= 7
        assert (drawn.low, drawn.high, drawn.dist) == (None, None, "fixed")
        assert (drawn.source, drawn.status, drawn.note, drawn.favours) == ("answer", Status.DERIVED, "n", "in_house")


def test_uniform_and_triangular_quantiles_by_hand() -> None:
    assert value(5, 4, 8, dist="uniform").drawn(0.25).value == pytest.approx(5, rel=1e-12)
    # triangular(4, 5, 8): F(5) = 1/4, and F(8 - x) = 1 - x^2/12
    assert value(5, 4, 8).drawn(0.25).value == pytest.approx(5, rel=1e-12)
    assert value(5, 4, 8).drawn(1 - 1 / 12).value == pytest.approx(7, rel=1e-12)


def test_low_and_high_are_the_5_and_95_per_cent_points_of_a_normal() -> None:
    number = value(50, 40, 60, dist="normal")
    assert number.drawn(0.05).value == pytest.approx(40, abs=1e-9)
    assert number.drawn(0.5).value == pytest.approx(50, abs=1e-9)
    assert number.drawn(0.95).value == pytest.approx(60, abs=1e-9)


def test_low_and_high_are_the_5_and_95_per_cent_points_of_a_lognormal() -> None:
    number = value(20, 10, 40, dist="lognormal")
    assert number.drawn(0.05).value == pytest.approx(10, rel=1e-9)
    assert number.drawn(0.5).value == pytest.approx(20, rel=1e-9)
    assert number.drawn(0.95).value == pytest.approx(40, rel=1e-9)


def test_the_middle_may_be_off_by_one_per_cent_of_the_range_and_no_more() -> None:
    assert value(50.19, 40, 60, dist="normal").dist == "normal"
    with pytest.raises(ValidationError, match=r"\(50\)"):
        value(50.21, 40, 60, dist="normal")
    assert value(20.2, 10, 40, dist="lognormal").dist == "lognormal"
    with pytest.raises(ValidationError, match=r"\(20\)"):
        value(20.4, 10, 40, dist="lognormal")


@given(UNIFORM)
def test_a_normal_is_drawn_inside_the_limits_of_its_key(u: float) -> None:
    limits = limited("share")
    drawn = value(0.08, 0.04, 0.12, dist="normal").drawn(u, limits).value
    assert 0 <= drawn <= 1


def test_a_normal_cut_at_the_limits_is_the_conditional_distribution() -> None:
    number, limits = value(0.08, 0.03, 0.13, dist="normal"), limited("share")
    whole = NormalDist(0.08, 0.05 / 1.6448536269514722)
    below = whole.cdf(0)
    assert 0.001 < below < 0.01
    for u in (0.001, 0.3, 0.9):
        assert number.drawn(u, limits).value == pytest.approx(whole.inv_cdf(below + u * (1 - below)), rel=1e-9)


def test_whole_numbers_stay_whole_rounded_half_up() -> None:
    limits = limited("count")
    number = value(2, 1, 4, dist="uniform")
    assert [number.drawn(u, limits).value for u in (0.1, 1 / 6, 0.17, 0.5, 0.99)] == [1, 2, 2, 3, 4]
    assert type(number.drawn(0.3, limits).value) is int


@pytest.mark.parametrize("u", [0.0, 1.0, -0.1, math.nan])
def test_a_probability_outside_the_open_interval_is_refused(u: float) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        value(5, 4, 7).drawn(u)


def test_a_fixed_value_has_no_distribution() -> None:
    with pytest.raises(ValueError, match="no distribution"):
        value(5).distribution()


# ---- chance ------------------------------------------------------------------------------------------------------


def test_a_spread_may_be_a_constant_and_must_be_in_order() -> None:
    provenance: dict[str, Any] = {"source": "assumption", "status": "assumed"}
    assert Spread(low=3, mode=3, high=3, **provenance).mode == 3
    for low, mode, high in ((3, 2, 4), (1, 5, 4), (0, 1, math.inf)):
        with pytest.raises(ValidationError):
            Spread(low=low, mode=mode, high=high, **provenance)


# ---- limits ------------------------------------------------------------------------------------------------------


class Limited(Section):
    late_share: Share
    once_kr: Annotated[Value, limited("kr", ge=-1000, plausible=(100, 200))] = value(150)
    open_years: Annotated[Value, limited("years", no_limit=True)] = value(1)
    wait_days: DaysSpread | None = None


def test_the_limits_hold_for_value_low_and_high() -> None:
    assert Limited(late_share=value(1, 0, 1)).late_share.high == 1
    for number, low, high in ((0.5, -0.1, 0.6), (0.5, 0.4, 1.1), (1.1, None, None)):
        with pytest.raises(ValidationError, match="a share from 0 to 1"):
            Limited.model_validate(
                {"late_share": {"value": number, "low": low, "high": high, "source": "assumption", "status": "assumed"}}
            )


def test_the_limits_hold_for_objects_too() -> None:
    with pytest.raises(ValidationError, match=r"did you mean 0\.55\?"):
        Limited(late_share=value(55))
    with pytest.raises(ValidationError, match="a number of days"):
        Limited(late_share=value(0.5), wait_days=Spread(low=-1, mode=2, high=3, source="x", status=Status.ASSUMED))


def test_infinity_is_a_number_only_where_there_is_no_limit() -> None:
    assert Limited(late_share=value(0.5), open_years=value(math.inf)).open_years.value == math.inf
    with pytest.raises(ValidationError, match="an amount in kr"):
        Limited(late_share=value(0.5), once_kr=value(math.inf))


@pytest.mark.parametrize(
    ("limits", "text"),
    [
        (limited("share"), "a share from 0 to 1"),
        (limited("count"), "a count, a whole number from 0 to 10000000000"),
        (limited("kr", le=None), "an amount in kr from 0 up"),
        (limited("number", ge=None, le=3.5), "a number up to 3.5"),
        (limited("years", no_limit=True), "a number of years from 0 to 100, or inf for no limit"),
    ],
)
def test_what_is_allowed_is_said_in_words(limits: Limits, text: str) -> None:
    assert limits.allowed() == text


@pytest.mark.parametrize(
    ("limits", "number", "remedy"),
    [
        (limited("share"), 55, "did you mean 0.55?"),
        (limited("share"), 0.55 * 100, "did you mean 0.55?"),
        (limited("share"), -3, "give a number inside the limits"),
        (limited("kr", plausible=(100, 300)), 18000, "if the amount is in öre, write 180"),
        (limited("kr", plausible=(100, 300)), 0.18, "if the amount is in tkr, write 180"),
        (limited("days", plausible=(100, 4000)), 3, "if it is in years, write 1095"),
        (limited("minutes", plausible=(5, 120)), 0.5, "if it is in hours, write 30"),
        (limited("years", plausible=(1, 20)), 3650, "if it is in days, write 10"),
        (limited("fte", plausible=(0.1, 20)), 250, "if it is in percent, write 2.5"),
        (limited("fte", plausible=(0.1, 20)), 0.05, "check the number and its unit"),
        (limited("count"), 2.5, "write a whole number; part-time staff is given in a key named fte"),
        (limited("count"), 2.0, "write 2, without a decimal point"),
        (limited("count"), 16**5000, "write a number of ordinary size"),
        (limited("kr"), math.nan, "NaN stands for nothing: write the number"),
    ],
    ids=lambda item: item.unit if isinstance(item, Limits) else "",
)
def test_a_remedy_names_the_number_that_was_meant(limits: Limits, number: float, remedy: str) -> None:
    assert limits.remedy(number) == remedy


def test_limits_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown unit 'weeks'"):
        Limits("weeks")
    with pytest.raises(ValueError, match="outside the limits"):
        Limits("share", ge=0, le=1, example=55)


def test_every_unit_has_usual_limits_and_an_example_that_fits() -> None:
    for unit in UNIT_WORDS:
        limits = limited(unit)
        assert limits.example is not None
        assert limits.fits(limits.example)


def test_an_example_that_no_longer_fits_is_dropped() -> None:
    assert limited("kr", le=100).example is None
    assert limited("kr", le=1000).example == 180


# ---- the schema's own test ---------------------------------------------------------------------------------------


def test_days_are_whole_where_they_are_written_and_may_have_a_fraction_where_they_are_drawn() -> None:
    class Waits(Section):
        wait_days: Days

    given = {"source": "assumption", "status": "assumed"}
    for days in (20, 20.0):
        assert Waits.model_validate({"wait_days": {"value": days, **given}}).wait_days.value == 20
    with pytest.raises(
        ValidationError,
        match=r"value = 20\.5: allowed a number of days from 0 to 36525, without a fraction; write 20 or 21",
    ):
        Waits.model_validate({"wait_days": {"value": 20.5, **given}})
    with pytest.raises(ValidationError, match=r"high = 30\.5"):
        Waits.model_validate({"wait_days": {"value": 20, "low": 10, "high": 30.5, **given}})
    middle = {"value": 14.1421, "low": 10, "high": 20, "dist": "lognormal", **given}
    assert Waits.model_validate({"wait_days": middle}).wait_days.value == 14.1421
    drawn = Waits.model_validate({"wait_days": {"value": 20, "low": 10, "high": 30, **given}}).wait_days.drawn(0.3)
    assert Waits.model_validate({"wait_days": drawn}).wait_days.value == pytest.approx(17.746, abs=1e-3)


class GoodUnits(Section):
    late_share: Share
    fee_kr: Kr
    fee_ore: Ore
    wait_days: Days
    keep_days: WholeDays
    work_minutes: Minutes
    write_off_years: Years
    depreciation_years: WholeYears
    paid_per_year: PerYear
    posts: Count
    fte: Fte
    shape: Number
    per_year: Count
    share: Share
    paid_days: DaysSpread | None
    minutes: dict[str, MinutesSpread]
    loss_share: ShareSpread
    amount_kr: KrSpread
    name: str
    days: tuple[int, ...]


class BadUnits(Section):
    late: Share
    fee_kr: Days
    wait_days: dict[str, Minutes]
    posts_share: Count
    bare_kr: Value
    inner: tuple[GoodUnits, ...]
    itself: BadUnits | None = None


def test_a_schema_whose_names_say_their_units_passes() -> None:
    assert check_schema_units(GoodUnits) == []


def test_disagreements_between_name_and_unit_are_listed() -> None:
    assert check_schema_units(BadUnits) == [
        "late: the unit is share, and the name does not say so",
        "fee_kr: the name says kr, the unit is days",
        f"wait_days.{ANY_NAME}: the name says days, the unit is minutes",
        "posts_share: the name says share, the unit is count",
        "bare_kr: a number without limits and unit",
    ]


def test_places_are_found_through_tuples_dicts_and_optional_fields() -> None:
    assert unit_of(find(BadUnits, ("inner", "0", "minutes", "x"))) == "minutes"
    assert unit_of(find(BadUnits, ("inner", "3", "paid_days"))) == "days"
    assert find(BadUnits, ("inner", "x", "paid_days")) == ()
    assert find(BadUnits, ("itself", "itself", "late"))
    assert sections_with(BadUnits, "late_share") == [f"inner.{ANY_NAME}"]
    assert len(list(walk(BadUnits))) < 100
