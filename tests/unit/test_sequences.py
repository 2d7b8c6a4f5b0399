"""Sequences of models: what may follow what, where they are refused, and how they are told."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.properties.strategies import BASE, BEHIND, phase, sequence, tiny

import kravsim as ks
from kravsim.checking.check import problems_of
from kravsim.errors import ScenarioError
from kravsim.scenario import Scenario
from kravsim.sizing.estimate import estimate

MAY = dt.date(2017, 5, 1)
TWIN = {"sequences.twin": sequence({"same": phase(MAY, "in_house")})}
NUMBER = {"source": "assumption", "status": "assumed"}
FROM_DAYS = {"from_backlog_days": {"value": 5, "source": "assumption", "status": "assumed"}}


def told(scenario: Scenario, changes: dict[str, object]) -> list[str]:
    """Keys of what is refused."""
    with pytest.raises(ScenarioError) as error:
        scenario.with_changes(changes)
    return [problem.key for problem in error.value.problems]


def with_team(**changes: object) -> Scenario:
    """The base with a model of an agency that keeps the team."""
    handlers = BASE.sheet.tables["models"]["in_house"]["staff"]["handlers"]
    given = {f"staff.handlers.{name}": content for name, content in changes.items()}
    return BASE.with_model("agency", copy_of="outsourced", changes={"staff.handlers": handlers, **given})


def test_everything_that_is_wrong_is_told_at_once() -> None:
    phases = {
        "misspelt": phase(MAY, "in_hous"),
        "same_day": phase(MAY, "in_house"),
        "of_phases": phase(dt.date(2017, 6, 1), "other"),
        "late": phase(dt.date(2018, 1, 1), "in_house"),
        "early": phase(dt.date(2007, 1, 1), "in_house"),
    }
    changes = {
        "sequences.a": sequence(phases),
        "sequences.other": sequence({}),
        "sequences.in_house": sequence({"same": phase(MAY, "in_house")}),
        "policy.joint_application_days": 20,
    }
    assert set(told(BASE, changes)) == {
        "sequences.a.phases.misspelt.model",
        "sequences.a.phases.of_phases.model",
        "sequences.a.phases.same_day.since",
        "sequences.a.phases.late.since",
        "sequences.a.phases.early.since",
        "sequences.other.phases",
        "sequences.in_house",
        "policy.joint_application_days",
    }


@pytest.mark.parametrize("rule", ["move", "sold", "split"])
def test_a_rule_for_open_cases_that_there_is_not_is_not_offered(rule: str) -> None:
    given = {"sequences.a": sequence({"x": phase(MAY, "in_house") | {"open_cases": rule}})}
    assert told(BASE, given) == ["sequences.a.phases.x.open_cases"]


def test_cases_do_not_stay_where_nobody_is_left_for_their_work() -> None:
    assert told(BASE, {"sequences.a": sequence({"agency": phase(MAY, "outsourced")})}) == [
        "sequences.a.phases.agency.model"
    ]
    with_team().with_changes({"sequences.a": sequence({"agency": phase(MAY, "agency")})})


def test_cases_of_every_earlier_arrangement_stay_not_of_the_first_that_had_the_team_alone() -> None:
    """The agency has the team at first, with no work for it; in-house has; the bundled agency has neither."""
    after = {"home": phase(MAY, "in_house"), "away": phase(dt.date(2017, 9, 1), "outsourced")}
    first = with_team()
    assert told(first, {"sequences.a": sequence(after, "agency")}) == ["sequences.a.phases.away.model"]
    skilled = [["general"], ["general", "solvency", "estates_and_restructuring", "court"]]
    known = first.with_changes(
        {
            "models.in_house.staff.handlers.skills": skilled,
            "models.agency.staff.handlers.skills": skilled,
            "models.agency.staff.handlers.fte": {**NUMBER, "value": 1},
        }
    )
    back = {"home": phase(MAY, "in_house"), "away": phase(dt.date(2017, 9, 1), "agency")}
    keys = told(known, {"sequences.a": sequence(back, "agency")})
    assert set(keys) == {"models.agency.staff.handlers.fte"}


def test_a_team_without_posts_is_nobody() -> None:
    nobody = with_team(fte={**NUMBER, "value": 0})
    assert told(nobody, {"sequences.a": sequence({"agency": phase(MAY, "agency")})}) == [
        "models.agency.staff.handlers.fte"
    ]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"skills": [["general"]]}, "models.agency.staff.handlers.skills"),
        ({"when_behind": FROM_DAYS | BEHIND["leave"]}, "models.agency.staff.handlers.when_behind"),
    ],
)
def test_a_team_stays_the_same_team(changes: dict[str, object], key: str) -> None:
    assert told(with_team(**changes), {"sequences.a": sequence({"agency": phase(MAY, "agency")})}) == [key]


def test_a_model_twice_in_a_row_and_dates_in_any_order_are_allowed() -> None:
    phases = {"later": phase(dt.date(2017, 9, 1), "in_house"), "sooner": phase(MAY, "in_house")}
    scenario = BASE.with_changes({"sequences.a": sequence(phases)})
    assert scenario.models[-1] == "a"
    assert problems_of(scenario) == []
    assert Scenario.from_text(scenario.text) == scenario


def test_a_scenario_without_sequences_is_as_it_was() -> None:
    assert "sequences" not in BASE.data.model_dump()
    assert BASE.with_changes(TWIN).fingerprint != BASE.fingerprint


def test_what_rests_on_the_closed_form_refuses_and_names_the_sequence() -> None:
    scenario = BASE.with_changes(TWIN)
    for asked in (
        lambda: ks.studies.sensitivity(scenario, models=("twin", "outsourced")),
        lambda: ks.sweep(scenario, {"invoices.per_year": [1000]}, models=("twin",), by="simulated"),
        lambda: ks.studies.cost_of_waiting(scenario, model="twin", replications=2, seed=1),
        lambda: ks.figures.process_map(scenario, "twin"),
    ):
        with pytest.raises(ScenarioError, match=r"sequences\.twin") as error:
            asked()
        assert "in_house" in str(error.value)


def test_an_explanation_says_under_which_arrangement_a_case_was_worked() -> None:
    scenario = tiny().with_changes({"sequences.twin": sequence({"same": phase(MAY, "in_house")})})
    found = ks.explain_case(scenario, model="twin", case=3, seed=1)
    alone = ks.explain_case(scenario, model="in_house", case=3, seed=1)
    assert "Upplägg: egen regi" in found.table("sv")
    assert "Arrangement: in-house" in found.table("en")
    assert "Upplägg" not in alone.table("sv")
    assert found.life.entries == alone.life.entries


def test_a_run_bears_the_titles_of_the_sequence_and_is_sized_by_its_models() -> None:
    scenario = tiny().with_changes(TWIN)
    run = ks.simulate(scenario, model="twin", replications=2, seed=1, workers=1, progress=False)
    assert run.titles == ("i följd", "in sequence")
    assert estimate(scenario.data, ["twin"]) == estimate(scenario.data, ["in_house"])
    assert ks.studies.rank(scenario, ["in_house", "twin"], replications=2, seed=1).models == ("in_house", "twin")
