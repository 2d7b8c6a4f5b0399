"""Indices and paths: 1 everywhere changes nothing, both roads and both engines agree, years by themselves add up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.errors import KravsimError, ScenarioError
from kravsim.expected import numbers
from kravsim.expected.numbers import evaluated
from kravsim.flow import run_model, setting
from kravsim.law import load_law
from kravsim.law.paths import along, bundled_paths
from kravsim.scenario.indexed import SERIES
from kravsim.settling import check_equal, tally_of
from tests.properties.strategies import ASSUMED, tiny

KINDS = st.sampled_from([*SERIES, "contract"])
RUN: dict[str, Any] = {"replications": 2, "seed": 4, "workers": 1, "progress": False}


def at(rate: float, base_year: int = 2017) -> dict[str, object]:
    value = {"value": rate, **ASSUMED}
    return {"base_year": base_year, "growth_after_share_per_year": value, "growth_before_share_per_year": value}


def indexed(rate: float, *names: str, end: int = 2019, **more: object) -> ks.Scenario:
    tables: dict[str, object] = {name: at(rate) for name in names} | {
        "contract": "prices" if "prices" in names else "fixed"
    }
    return tiny(invoices__per_year=2000, debtors__number=200, horizon__end=dt.date(end, 1, 1), indices=tables, **more)


def plain(end: int = 2019, **more: object) -> ks.Scenario:
    return tiny(invoices__per_year=2000, debtors__number=200, horizon__end=dt.date(end, 1, 1), **more)


@settings(max_examples=6, deadline=None)
@given(
    names=st.sets(st.sampled_from(SERIES), min_size=1),
    seed=st.integers(0, 9),
    model=st.sampled_from(["in_house", "outsourced"]),
)
def test_an_index_of_one_changes_nothing(names: set[str], seed: int, model: str) -> None:
    one, other = (
        run_model(setting(scenario, Draws(seed, 0, 0)), model) for scenario in (plain(), indexed(0.0, *sorted(names)))
    )
    assert np.array_equal(one.tally.amounts, other.tally.amounts)
    known, same = (
        {name: one for name, one in found.outcome.numbers.items() if not np.isnan(one)} for found in (one, other)
    )
    assert known == same


@pytest.mark.parametrize("model", ["in_house", "outsourced", "own_reminders"])
def test_both_roads_and_both_engines_agree(model: str) -> None:
    scenario = indexed(0.07, *SERIES)
    met = setting(scenario, Draws(3, 0, 0))
    straight, by_log = (run_model(met, model, engine) for engine in ("compiled", "simpy"))
    check_equal(straight.tally, by_log.tally)
    check_equal(
        tally_of(straight.ledger, straight.log, straight.plan, straight.inputs.stream, straight.inputs.cases),
        straight.tally,
    )


def test_a_change_to_an_identical_phase_differs_by_nothing_at_any_level() -> None:
    sequence = {
        "title": "same",
        "title_sv": "samma",
        "begins_with": "in_house",
        "phases": {"again_the_same": {"since": dt.date(2018, 5, 1), "model": "in_house", "open_cases": "stay"}},
    }
    scenario = indexed(0.09, *SERIES).with_changes({"sequences": {"changed": sequence}})
    found = ks.compare(scenario, models=("changed", "in_house"), **RUN)
    assert found.difference.samples.tolist() == [0.0, 0.0]


def test_more_invoices_add_claims_and_change_nobody_elses_luck() -> None:
    """The debtors' draws are the same: with a rising volume every occasion of the plain stream is there still."""
    few, many = (setting(one, Draws(1, 0, 0)).stream for one in (plain(), indexed(0.3, "volume")))
    was, now = (set(zip(one.claims.run.tolist(), one.claims.number.tolist(), strict=True)) for one in (few, many))
    in_base_year = {(run, number) for run, number in was if 365 <= run < 730}  # day 0 is in 2016
    assert in_base_year <= now
    assert many.runs.invoices.sum() > few.runs.invoices.sum()


def test_years_by_themselves_add_up_to_the_horizon() -> None:
    """Each year as a horizon of its own, with the years before it as history: the same claims, luck and prices.

    But for the system's yearly part, which is of one bought in the first year of each horizon.
    """
    whole = indexed(0.05, *SERIES)
    years = [
        whole.with_changes(
            {
                "horizon.start": dt.date(year, 1, 1),
                "horizon.end": dt.date(year + 1, 1, 1),
                "horizon.history_years": 1 + year - 2017,
            }
        )
        for year in (2017, 2018)
    ]
    for model in ("in_house", "outsourced"):
        parts = [ks.simulate(one, model=model, **RUN) for one in (whole, *years)]
        of_cash = [line for line in parts[0].lines if line != "system_depreciation"]
        for line in of_cash:
            all_in_one, first, second = (one.line_ore(line) for one in parts)
            assert np.abs(2 * all_in_one - first - second).max() <= 2, line  # a mean of two years, to the öre


def test_the_closed_form_is_at_the_prices_of_its_year() -> None:
    """One year, prices and pay of its level: as if the scenario's own were those."""
    found = numbers(indexed(0.25, "pay", "prices", end=2018).with_changes({"indices.pay.base_year": 2016}), "in_house")
    pay = plain(end=2018).data.models["in_house"].staff["handlers"].pay_per_fte_kr.value
    own = numbers(
        plain(end=2018).with_changes({"models.in_house.staff.handlers.pay_per_fte_kr": pay * 1.25}), "in_house"
    )
    assert found["net_revenue_kr"][0] == own["net_revenue_kr"][0]
    given_pay = {"models.in_house.staff.handlers.pay_per_fte_kr": np.array([pay])}
    at_level = numbers(
        indexed(0.25, "pay", end=2018).with_changes({"indices.pay.base_year": 2016}), "in_house", given_pay
    )
    assert at_level["budget_staff_pay_kr"][0] == own["budget_staff_pay_kr"][0]


@pytest.mark.parametrize(
    ("scenario", "named"),
    [
        (lambda: indexed(0.01, "volume", end=2018), r"indices\.volume"),
        (lambda: indexed(0.01, "amounts", end=2018), r"indices\.amounts"),
        (lambda: indexed(0.01, "pay"), r"indices\.pay"),
        (lambda: indexed(0.01, "prices"), r"indices\.prices"),
    ],
)
def test_the_closed_form_refuses_by_name_what_it_does_not_know(scenario: Any, named: str) -> None:
    with pytest.raises(ScenarioError, match=named):
        numbers(scenario(), "in_house")


def test_worlds_draw_the_rates() -> None:
    wide = {"value": 0.03, "low": 0.0, "high": 0.06, **ASSUMED}
    scenario = plain(indices={"pay": {"base_year": 2016, "growth_after_share_per_year": wide}})
    drawn = {
        scenario.realise(Draws(1, draw, 0)).data.indices.pay.growth_after_share_per_year.value for draw in range(4)
    }  # type: ignore[union-attr]
    assert 0.03 in drawn
    assert len(drawn) == 4


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"indices": {"pay": {"base_year": 2017}}}, r"indices\.pay\.growth_after_share_per_year: got 2018"),
        (
            {"indices": {"volume": {"base_year": 2017, "growth_after_share_per_year": {"value": 0, **ASSUMED}}}},
            r"indices\.volume\.growth_before_share_per_year: got 2016",
        ),
        (
            {"indices": {"prices": {"base_year": 2019, "growth_after_share_per_year": {"value": 0, **ASSUMED}}}},
            r"indices\.prices\.growth_before_share_per_year: got 2017",
        ),
        ({"indices": {}}, "at least one of pay, prices, volume, amounts"),
        ({"indices": {"pay": at(0.0), "contract": "prices"}}, "needs an index of prices"),
        (
            {
                "indices": {
                    "pay": at(0.0) | {"by_year": {y: {"level": {"value": 1, **ASSUMED}} for y in ("2017", "2019")}}
                }
            },
            "2018 is missing",
        ),
        (
            {"indices": {"pay": at(0.0) | {"by_year": {"2018": {"level": {"value": 1, **ASSUMED}}}}}},
            "base_year 2017 must stand in by_year",
        ),
        ({"indices": {"wages": at(0.0)}}, "wages"),
        ({"law.reference_rate": {"path": "higher"}}, "low"),
        ({"law.reference_rate": {"path": "own"}}, "by_half_year belongs to path"),
        (
            {
                "law.reference_rate": {
                    "path": "own",
                    "by_half_year": {"2027-01-01": {"percent": 2.25}},
                    "source": "assumption",
                    "status": "assumed",
                }
            },
            "multiple of 0.5",
        ),
        (
            {
                "law.reference_rate": {
                    "path": "own",
                    "by_half_year": {day: {"percent": 2.0} for day in ("2027-01-01", "2028-01-01")},
                    "source": "assumption",
                    "status": "assumed",
                }
            },
            "gap after 2027-01-01",
        ),
    ],
)
def test_bad_tables_are_refused_by_name(changes: dict[str, object], named: str) -> None:
    with pytest.raises(ScenarioError, match=named):
        plain().with_changes(changes)


def test_an_own_path_begins_where_the_table_ends() -> None:
    path = {
        "path": "own",
        "by_half_year": {"2026-07-01": {"percent": 1.0}},
        "source": "assumption",
        "status": "assumed",
    }
    with pytest.raises(KravsimError, match=r"2027-01-01, the first that the table does not cover"):
        run_model(setting(plain().with_changes({"law.reference_rate": path}), Draws(1, 0, 0)), "in_house")


def test_a_path_ends_and_other_law_is_still_silent() -> None:
    far = {"horizon.start": dt.date(2027, 1, 1), "horizon.end": dt.date(2029, 1, 1)}
    path = {
        "path": "own",
        "by_half_year": {"2027-01-01": {"percent": 1.0}},
        "source": "assumption",
        "status": "assumed",
    }
    with pytest.raises(KravsimError, match=r"demand_fee: got 2027-01-01"):
        setting(plain().with_changes(far | {"law.reference_rate": {"path": "low"}}), Draws(1, 0, 0))
    with pytest.raises(KravsimError, match=r"law\.reference_rate\.by_half_year: got 2027-07-01"):
        setting(
            plain().with_changes(far | {"law.reference_rate": path, "law.frozen_at": dt.date(2026, 12, 31)}),
            Draws(1, 0, 0),
        )


def test_paths_leave_the_table_as_it_is_and_are_not_frozen() -> None:
    law = load_law()
    high = along(law, bundled_paths()["high"])
    days = high.on_days(dt.date(2026, 12, 30), 400, frozen_at=dt.date(2025, 6, 30))
    daily = np.diff(days.interest_bp_cum)
    assert daily[:2].tolist() == [1000, 1000]  # 2.00 + 8.00 of its own date, though the law is frozen in 2025
    assert daily[2] == 1050
    assert daily[-1] == 1150
    assert law.fingerprint != high.fingerprint
    assert high.reference_rate_bp(dt.date(2056, 1, 1)) == 400


def test_levels_and_paths_are_told() -> None:
    """A horizon of six years says that levels are held; one of five says nothing; a path says so where days follow it."""

    def keys(scenario: ks.Scenario) -> set[str]:
        from kravsim.results.notes import doubts_of_scenario

        return {doubt.key for doubt in doubts_of_scenario(scenario, "in_house")}

    assert "levels_held" not in keys(plain(end=2022))
    assert "levels_held" in keys(plain(end=2023))
    assert "levels_held" in keys(indexed(0.0, "pay", "prices", end=2023))
    assert "levels_held" not in keys(indexed(0.0, *SERIES, end=2023))
    far = {
        "horizon.start": dt.date(2027, 1, 1),
        "horizon.end": dt.date(2028, 1, 1),
        "law.frozen_at": dt.date(2026, 12, 31),
    }
    assert "reference_path" in keys(plain().with_changes(far | {"law.reference_rate": {"path": "low"}}))
    assert "reference_path" not in keys(plain().with_changes({"law.reference_rate": {"path": "low"}}))


def test_a_scenario_without_them_has_the_fingerprint_of_before() -> None:
    assert "indices" not in plain().data.model_dump()
    assert "reference_rate" not in plain().data.model_dump()["law"]
    assert ks.load_scenario("jamtland-harjedalen-2017").fingerprint == FINGERPRINT_OF_0_6


FINGERPRINT_OF_0_6 = "20a047d55b72173c82d9cf2725713ee7452dfcf79ef9239c1a3ab3eac8d5fd59"


def test_sets_of_numbers_are_each_at_the_level_of_their_own_index() -> None:
    """A rate that sets move gives what a scenario with that rate gives; one that moves claims is refused by its index."""
    rates, changes = np.array([0.0, 0.02, 0.05]), {"horizon.start": dt.date(2018, 1, 1)}
    pay = "models.in_house.staff.handlers.pay_per_fte_kr"
    case = indexed(0.01, "pay", "prices").with_changes(changes)
    for model in ("in_house", "outsourced"):
        found = evaluated(
            case,
            model,
            {
                "indices.prices.growth_after_share_per_year": rates,
                "indices.pay.growth_after_share_per_year": rates,
                pay: 1e5 * (1 + rates),
            },
        )
        for place, rate in enumerate(rates.tolist()):
            one = indexed(rate, "pay", "prices").with_changes(changes | {pay: 1e5 * (1 + rate)})
            alone = evaluated(one, model)
            for name in alone:
                assert found[name][place] == pytest.approx(alone[name][0], rel=1e-9, nan_ok=True), (model, name, rate)
    assert found["net_revenue_kr"][0] != found["net_revenue_kr"][2]
    growing = indexed(0.0, "volume").with_changes(changes)
    with pytest.raises(KravsimError, match=r"indices\.volume: got another level"):
        evaluated(growing, "in_house", {"indices.volume.growth_after_share_per_year": rates})
