"""Is a number out of an array or a table taken wherever the same number written by hand is, and a truth value nowhere?"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.properties.strategies import tiny
from tests.unit.result_makers import make_posterior

import kravsim as ks
from kravsim.calibration.designs import prior_design
from kravsim.chance.draws import Draws
from kravsim.engine import serve
from kravsim.errors import KravsimError, ScenarioError, show
from kravsim.running.replicate import checked_count
from kravsim.scalars import real_number, scalar, whole_number
from kravsim.scenario import load_scenario
from kravsim.sizing.estimate import fitting_workers
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.interval import replications_needed
from kravsim.studies.precision import Target
from kravsim.units import millionths, ore, whole

CASE = load_scenario("jamtland-harjedalen-2017")
WHOLE_KINDS = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.intp, np.array]
REAL_KINDS = [np.float32, np.float64, np.longdouble, np.array, Fraction]
TRUTHS = [True, np.True_, np.bool_(False), np.array(True)]
SPREAD = Distribution(np.arange(100.0), "net_revenue_kr", "kr")


@pytest.mark.parametrize("kind", WHOLE_KINDS)
def test_whole_numbers_of_every_kind(kind: Any) -> None:
    given = kind(7)
    assert (whole_number(given), real_number(given)) == (7, 7)
    assert type(whole_number(given)) is int
    assert whole(given, "x", "here") == 7
    assert checked_count("replications", given) == 7
    assert Draws(given, 0, 0).key("a") == Draws(7, 0, 0).key("a")
    assert ore(given) == 700
    design = prior_design(CASE, draws=given, replications=kind(3), seed=1)
    assert (type(design.draws), design.draws, design.replications) == (int, 7, 3)
    start, _ = serve([0, 1, 1], [3, 2, 1], servers=kind(1))
    assert start.tolist() == [0, 3, 5]
    assert fitting_workers(CASE, ("outsourced",), workers=1, max_memory_gib=kind(100)) == 1
    assert CASE.with_changes({"invoices.hand_over_day": given}).data.invoices.hand_over_day == 7
    assert SPREAD.rvs(given, seed=kind(1)).shape == (7,)


@pytest.mark.parametrize("kind", REAL_KINDS)
def test_numbers_of_every_kind(kind: Any) -> None:
    given = kind(0.5)
    assert real_number(given) == 0.5
    assert type(real_number(given)) is float
    assert whole_number(given) is None
    assert SPREAD.quantile(given) == SPREAD.quantile(0.5)
    assert SPREAD.interval(given) == SPREAD.interval(0.5)
    assert SPREAD.mean_interval(given) == SPREAD.mean_interval(0.5)
    assert SPREAD.quantile_interval(given, given) == SPREAD.quantile_interval(0.5, 0.5)
    assert SPREAD.prob_above(given) == SPREAD.prob_above(0.5)
    assert replications_needed(given) == 6
    target = Target(half_width=given, level=given)
    assert (target, type(target.half_width)) == (Target(half_width=0.5, level=0.5), float)
    assert CASE.with_changes({"invoices.late_share": given}).data.invoices.late_share.value == 0.5
    if kind is not Fraction:
        assert (ore(given), millionths(given)) == (50, 500_000)


@pytest.mark.parametrize("given", TRUTHS)
@pytest.mark.parametrize(
    "asked",
    [
        lambda given: checked_count("workers", given),
        lambda given: Draws(given, 0, 0),
        lambda given: whole(given, "x", "here"),
        ore,
        lambda given: Target(half_width=given),
        lambda given: Target(half_width=1, level=given),
        SPREAD.quantile,
        SPREAD.interval,
        SPREAD.prob_above,
        SPREAD.cdf,
        SPREAD.rvs,
        lambda given: SPREAD.rvs(2, seed=given),
        lambda given: prior_design(CASE, draws=given, replications=2, seed=1),
        lambda given: serve([0], [1], servers=given),
        lambda given: fitting_workers(CASE, ("outsourced",), workers=1, max_memory_gib=given),
        lambda given: CASE.with_changes({"invoices.late_share": given}),
        lambda given: CASE.with_changes({"invoices.hand_over_day": given}),
    ],
    ids=range(17),
)
def test_truth_values_of_every_kind_are_no_numbers(asked: Callable[[Any], object], given: Any) -> None:
    with pytest.raises(KravsimError, match=r"got (true|false|a table|something else than numbers)"):
        asked(given)


def test_truth_values_of_every_kind_are_truth_values() -> None:
    for given in (np.True_, np.array(True)):
        assert CASE.with_changes({"debtors.coordinate": given}).data.debtors.coordinate is True


@pytest.mark.parametrize(
    "day",
    [dt.date(2018, 1, 1), np.datetime64("2018-01-01"), pd.Timestamp("2018-01-01"), np.datetime64("2018-01-01", "ns")],
)
def test_days_of_every_kind(day: Any) -> None:
    longer = {"horizon.end": dt.date(2019, 1, 1)}
    assert CASE.with_changes({"horizon.start": day, **longer}).data.horizon.start == dt.date(2018, 1, 1)
    with pytest.raises(ScenarioError, match=r"horizon\.start"):
        CASE.with_changes({"horizon.start": pd.Timestamp("2018-01-01 12:30"), **longer})


def test_arrays_are_lists_and_their_whole_floats_are_counts() -> None:
    for days in (np.array([5, 20]), np.array([5.0, 20.0]), [np.int64(5), np.float32(20)], (5.0, 20)):
        assert CASE.with_changes({"invoices.run_days": days}).data.invoices.run_days == (5, 20)
    with pytest.raises(ScenarioError, match=r"invoices\.run_days\.1: got 20\.5; allowed a whole number"):
        CASE.with_changes({"invoices.run_days": np.array([5.0, 20.5])})


def test_a_row_of_a_parameter_table_is_given_back() -> None:
    """Every number of a table is a float: counts among them too."""
    row = make_posterior()["A"].to_frame().iloc[0]
    assert row["debtors.number"] == 15620.0
    for given in (row, row.to_dict(), {key: np.float64(x) for key, x in row.items()}):
        back = CASE.with_changes(dict(given))
        assert back.data.debtors.number.value == row["debtors.number"]
        assert type(back.data.debtors.number.value) is int
        assert back.data.policy.instalments.value == 6
    assert type(CASE.with_changes({"policy.instalments": 6.0}).data.policy.instalments.value) is int


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("debtors.number", 15620.0),
        ("debtors.number.value", 15620.0),
        (
            "debtors.number",
            {"value": 15620.0, "low": 8000.0, "high": 40000.0, "source": "assumption", "status": "assumed"},
        ),
    ],
)
def test_a_count_is_a_count_wherever_it_stands_in_a_change(key: str, given: Any) -> None:
    changed = CASE.with_changes({key: given})
    number = changed.data.debtors.number
    assert (number.value, type(number.value), type(number.low or 0)) == (15620, int, int)
    assert "15620.0" not in changed.label + changed.text


def test_a_fraction_is_no_count_and_a_file_writes_counts_without_a_point(tmp_path: Any) -> None:
    with pytest.raises(ScenarioError, match=r"debtors\.number\.value: got 15620\.5; allowed a count, a whole number"):
        CASE.with_changes({"debtors.number": 15620.5})
    about = 'title = "x"\ntitle_sv = "x"\nsource = "assumption"\nstatus = "assumed"\nweight = 0.5\n'
    for text in (
        '[debtors]\nnumber = { value = 15620.0, source = "assumption", status = "assumed" }\n',
        "[invoices]\nhand_over_day = 22.0\n",
        f'[alternatives.x.a]\n{about}changes = {{ "debtors.number" = 15620.0 }}\n[alternatives.x.b]\n{about}',
    ):
        file = tmp_path / "floats.toml"
        file.write_text(f'extends = "jamtland-harjedalen-2017"\nname = "x"\n{text}', encoding="utf-8")
        with pytest.raises(ScenarioError, match=r"without a decimal point|whole number"):
            load_scenario(file)


@pytest.mark.parametrize("asked", ["seed", "replications", "workers"])
@pytest.mark.parametrize("given", [2.0, np.float64(2), np.array(2.0), "2"])
def test_how_to_run_is_never_a_float(asked: str, given: Any) -> None:
    with pytest.raises(KravsimError, match=f"{asked}: got .*2.*; allowed a whole number"):
        ks.simulate(tiny(), model="outsourced", **{"replications": 1, "seed": 1, "workers": 1, asked: given})


def test_a_run_by_numpy_numbers_is_the_run() -> None:
    small = tiny(invoices__per_year=1500, debtors__number=150)
    how: dict[str, Any] = {"model": "outsourced", "progress": False}
    plain = ks.simulate(small, replications=2, seed=5, workers=1, **how)
    given = ks.simulate(small, replications=np.uint8(2), seed=np.array(5), workers=np.int64(1), **how)
    assert given == plain
    assert (type(given.seed), type(given.replications)) == (int, int)
    assert given.to_json() == plain.to_json()


def test_times_and_texts_pass_through() -> None:
    assert scalar("3") == "3"
    assert scalar(None) is None
    assert scalar(np.str_("3")) == "3"
    assert scalar(np.datetime64("2017-01-02", "ns")) == dt.datetime(2017, 1, 2)  # noqa: DTZ001 - as numpy has it
    assert isinstance(scalar(np.array([1])), np.ndarray)
    assert whole_number("3") is real_number("3") is whole_number(None) is None
    assert real_number(1j) is None
    assert math.isnan(real_number(np.float32("nan")) or 0)
    assert (show(np.float64(2.5)), show(np.True_), show(np.array(3))) == ("2.5", "true", "3")
