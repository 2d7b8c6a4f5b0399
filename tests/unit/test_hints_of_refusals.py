"""What is refused in the tables of years, stocks, sequences and transitions: in Swedish too, and with hints that help."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.house.test_swedish import english_in

import kravsim as ks
from kravsim.checking.check import problems_of, warnings_of
from kravsim.errors import ScenarioError
from kravsim.sizing.estimate import estimate
from kravsim.studies.transition import _checked_choices

NUMBER = {"source": "assumption", "status": "assumed"}
LEVEL = {"level": {"value": 1.0, **NUMBER}}
OWN = {"path": "own", **NUMBER}


def row(**more: Any) -> dict[str, Any]:
    numbers = {"claims": 20, "amount_median_kr": 300, "amount_mean_kr": 500}
    given = {"stage": "watched", "age_from_days": 500, "age_to_days": 900}
    return given | {name: {"value": value, **NUMBER} for name, value in numbers.items()} | more


def refusal(changes: dict[str, Any], name: str = "small-municipality") -> ScenarioError:
    with pytest.raises(ScenarioError) as error:
        ks.load_scenario(name).with_changes(changes)
    return error.value


CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "ages": ({"opening_stock": {"rows": {"a": row(age_from_days=901)}}}, "small-municipality", "får inte vara större"),
    "name of a row": ({"opening_stock": {"rows": {"A b": row()}}}, "small-municipality", "en liten bokstav, sedan"),
    "no index": ({"indices": {}}, "small-municipality", "minst en av"),
    "an index of nothing": ({"indices.prices": {}}, "small-municipality", "base_year = 2017"),
    "base year": (
        {"indices.prices": {"base_year": 2030, "by_year": {"2017": LEVEL}}},
        "small-municipality",
        "base_year 2030",
    ),
    "a missing year": (
        {"indices.prices": {"base_year": 2017, "by_year": {"2015": LEVEL, "2017": LEVEL}}},
        "small-municipality",
        "2016",
    ),
    "no year": (
        {"indices.prices": {"base_year": 2017, "by_year": {"20x7": LEVEL}}},
        "small-municipality",
        "ett år från",
    ),
    "no half-year": (
        {"law.reference_rate": OWN | {"by_half_year": {"2027-03-01": {"percent": 2.0}}}},
        "small-municipality",
        "ett halvårs första dag",
    ),
    "decided within a month": (
        {"transitions.hand_over.decided": dt.date(2018, 1, 5)},
        "hand-over-2018",
        "den första i en månad",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_rules_of_the_schema_are_told_in_swedish(case: str) -> None:
    changes, name, words = CASES[case]
    said = refusal(changes, name).text("sv")
    assert english_in(said.replace("with_changes", "")) == [], said
    assert words in said, said
    assert "'none'" not in said
    assert "'nothing'" not in said


def test_an_own_path_that_is_too_short_says_what_to_add_to_it() -> None:
    whole = {"horizon.start": dt.date(2026, 1, 1), "horizon.end": dt.date(2028, 1, 1)}
    path = OWN | {"by_half_year": {"2027-01-01": {"percent": 2.0}}}
    scenario = ks.load_scenario("small-municipality").with_changes(
        whole | {"law.reference_rate": path, "law.frozen_at": dt.date(2026, 6, 1)}
    )
    told = {problem.key: problem for problem in problems_of(scenario)}["law.reference_rate.by_half_year"]
    assert "add 2027-07-01 to law.reference_rate.by_half_year" in told.remedy
    assert "load_law" not in told.remedy


def test_a_split_that_misses_a_rule_is_not_told_that_nothing_is_sold() -> None:
    share = {"value": 0.1, **NUMBER}
    split = {
        "open_cases": "split",
        "split_age_days": 365,
        "younger": "stay",
        "sale_price_share": share,
    }
    where = "sequences.handed_over.phases.agency"
    changes = {f"{where}.{name}": value for name, value in split.items()}
    assert [one.key for one in refusal(changes, "hand-over-2018").problems] == [f"{where}.older"]


def test_a_team_that_gains_nothing_is_not_mistaken_for_itself() -> None:
    months = {name: {"value": 1, **NUMBER} for name in ("recruiting_months", "training_months")}
    joining = {"follow_share": {"value": 0.5, **NUMBER}, "training_kr": {"value": 100, **NUMBER}, **months}
    data = ks.load_scenario("hand-over-2018").data
    pool = next(iter(data.models["in_house"].staff))
    for problem in refusal({f"transitions.hand_over.joining.{pool}": joining}, "hand-over-2018").problems:
        assert f"did you mean {pool}" not in problem.remedy


def test_recruitments_that_all_fail_are_warned_of() -> None:
    scenario = ks.load_scenario("hand-over-2018")
    pools = [(m, p) for m, one in scenario.data.models.items() for p, pool in one.staff.items() if pool.turnover]
    model, pool = pools[0]
    key = f"models.{model}.staff.{pool}.turnover.hiring_fails_share"
    keys = [
        [problem.key for problem in warnings_of(scenario.with_changes({key: {"value": share, **NUMBER}}))]
        for share in (1, 0.5)
    ]
    assert [key in one for one in keys] == [True, False]


def test_the_estimate_knows_that_history_builds_no_claims_beside_a_stock() -> None:
    plain = ks.load_scenario("small-municipality").with_changes({"horizon.history_years": 8})
    stocked = plain.with_changes({"opening_stock": {"rows": {"a": row()}}})
    without, given = (estimate(one.data, ["in_house"]) for one in (plain, stocked))
    assert given.years == without.years - 8
    assert given.late_claims == pytest.approx(without.late_claims * given.years / without.years + 20)
    assert given.memory_bytes > without.memory_bytes  # history's claims are made before the stock takes their place


@pytest.mark.parametrize("rate", [3.5, 2, -0.9, float("nan")])
def test_rates_of_a_transition_have_the_bounds_of_its_file(rate: float) -> None:
    with pytest.raises(ScenarioError) as error:
        _checked_choices("yearly", "fixed", rate, rate)
    assert {"discount_rate", "inflation"} <= {problem.key for problem in error.value.problems}
    assert "write 3.5 per cent as 0.035" in str(error.value)
