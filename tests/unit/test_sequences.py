"""Sequences of models: what may follow what, where they are refused, and how they are told."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.properties.strategies import BASE, BEHIND, moved, phase, sequence, tiny

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.checking.check import problems_of
from kravsim.errors import ScenarioError
from kravsim.flow import run_model, setting
from kravsim.results.notes import doubts_of_scenario
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


def test_a_rule_for_open_cases_that_there_is_not_is_not_offered() -> None:
    given = {"sequences.a": sequence({"x": phase(MAY, "in_house") | {"open_cases": "given_up"}})}
    assert told(BASE, given) == ["sequences.a.phases.x.open_cases"]
    split = {"open_cases": "split", "split_age_days": 3, "younger": "move", "older": "stay"}
    given = {"sequences.a": sequence({"x": phase(MAY, "in_house") | split})}
    assert told(BASE, given) == ["sequences.a.phases.x.younger"]


PRICE = {"sale_price_share": {"value": 0.1, "source": "assumption", "status": "assumed"}}
YOUNG = {"split_age_days": 365, "younger": "stay", "older": "sold"}
RULE = {"mean_wait_days": 14, "step_fte": 0.5, "least_fte": 1, "most_fte": 10}
WATCHED = {"split_steps": ["surveillance"], "at_steps": "sold", "elsewhere": "stay"}


@pytest.mark.parametrize(
    ("rule", "keys"),
    [
        ({"open_cases": "sold"}, ["sale_price_share"]),
        ({"open_cases": "stay"} | PRICE, ["sale_price_share"]),
        ({"open_cases": "sold"} | PRICE | {"split_age_days": 3, "older": "sold"}, ["older", "split_age_days"]),
        ({"open_cases": "split"} | PRICE, ["open_cases"]),
        ({"open_cases": "split", "split_age_days": 3} | PRICE, ["older", "younger"]),
        ({"open_cases": "split"} | YOUNG, ["sale_price_share"]),
        ({"open_cases": "split"} | YOUNG | PRICE | {"younger": "sold"}, ["older"]),
        ({"open_cases": "split"} | YOUNG | WATCHED | PRICE, ["at_steps", "elsewhere", "split_steps"]),
        ({"open_cases": "split"} | WATCHED | PRICE | {"elsewhere": "sold"}, ["elsewhere"]),
        ({"open_cases": "move"} | PRICE, ["sale_price_share"]),
        ({"open_cases": "move", "split_age_days": 3, "older": "stay"}, ["older", "split_age_days"]),
    ],
)
def test_what_is_said_of_open_cases_holds_together(rule: dict[str, object], keys: list[str]) -> None:
    given = {"sequences.a": sequence({"x": phase(MAY, "in_house") | rule})}
    assert sorted(told(BASE, given)) == [f"sequences.a.phases.x.{key}" for key in keys]


def test_a_step_that_is_split_off_twice_is_refused() -> None:
    twice = WATCHED | {"split_steps": ["surveillance", "surveillance"], "open_cases": "split"}
    given = {"sequences.a": sequence({"x": phase(MAY, "in_house") | twice | PRICE})}
    with pytest.raises(ScenarioError, match="split_steps names each step once"):
        BASE.with_changes(given)


def test_the_same_model_before_and_after_a_date_is_said() -> None:
    """Once with every date on which nothing changes for new cases; not where another model follows."""
    sold = {"open_cases": "sold"} | PRICE
    phases = {
        "twice": phase(MAY, "in_house"),
        "away": phase(dt.date(2017, 7, 1), "outsourced") | sold,
        "still_away": phase(dt.date(2017, 9, 1), "outsourced"),
    }
    scenario = BASE.with_changes({"sequences.a": sequence(phases), "sequences.b": sequence({"away": phases["away"]})})
    keys = {doubt.key: doubt for doubt in doubts_of_scenario(scenario, "a")}
    assert "The same model before and after 2017-05-01, 2017-09-01" in keys["same_model_before_and_after"].text("en")
    assert "Samma modell före och efter 2017-05-01, 2017-09-01" in keys["same_model_before_and_after"].text("sv")
    for other in ("b", "in_house"):
        assert "same_model_before_and_after" not in {doubt.key for doubt in doubts_of_scenario(scenario, other)}


def test_a_sale_by_step_is_the_only_sale_and_finds_no_team_that_is_relieved() -> None:
    both = {
        "x": phase(MAY, "in_house") | {"open_cases": "split"} | WATCHED | PRICE,
        "y": phase(dt.date(2017, 9, 1), "in_house") | {"open_cases": "sold"} | PRICE,
    }
    assert told(BASE, {"sequences.a": sequence(both)}) == ["sequences.a.phases.x.split_steps"]
    sold = {"sequences.a": sequence({"x": phase(MAY, "in_house") | {"open_cases": "sold"} | PRICE})}
    behind = {"models.in_house.staff.handlers.when_behind": FROM_DAYS | BEHIND["leave"]}
    assert set(told(BASE, sold | behind)) == {"sequences.a.phases.x.open_cases"}


def test_cases_that_move_are_not_sold_and_find_no_team_that_is_relieved_all_at_once() -> None:
    sells = phase(dt.date(2017, 9, 1), "outsourced") | {"open_cases": "sold"} | PRICE
    both = sequence({"x": moved(MAY, "outsourced"), "y": sells})
    behind = {"models.in_house.staff.handlers.when_behind": FROM_DAYS | BEHIND["leave"]}
    assert set(told(BASE, {"sequences.a": both} | behind | {"policy.joint_application_days": 20})) == {
        "sequences.a.phases.x.open_cases",
        "sequences.a.phases.y.open_cases",
        "policy.joint_application_days",
    }
    assert told(BASE, {"sequences.a": both}) == ["sequences.a.phases.y.open_cases"]


def test_where_cases_move_nobody_needs_to_be_left_and_results_say_who_is_paid() -> None:
    scenario = tiny().with_changes({"sequences.a": sequence({"agency": moved(MAY, "outsourced")})})
    assert problems_of(scenario) == []
    assert Scenario.from_text(scenario.text) == scenario
    run = ks.simulate(scenario, model="a", replications=2, seed=1, workers=1, progress=False)
    keys = {doubt.key: doubt for doubt in run.doubts}
    assert "from 2017-05-01 (open cases move over)" in keys["arrangements"].text("en")
    assert "öppna ärenden flyttas över" in keys["arrangements"].text("sv")
    assert "our assumption" in keys["open_cases_move"].text("en")
    assert keys["open_cases_move"].text("sv") in run.table("sv")
    assert "(no case is taken anew): none. A new contract: outsourced" in keys["open_cases_move"].text("en")
    both = scenario.with_model("more", copy_of="outsourced", changes={"title": "The other", "title_sv": "Den andra"})
    both = both.with_changes({"sequences.a.phases.more": moved(dt.date(2017, 9, 1), "more")})
    (said,) = (doubt for doubt in doubts_of_scenario(both, "a") if doubt.key == "open_cases_move")
    assert " to the other from 2017-09-01. A new contract: outsourced" in said.text("en")
    assert " till den andra från 2017-09-01. Nytt avtal: " in said.text("sv")
    stays = with_team().with_changes({"sequences.a": sequence({"agency": phase(MAY, "agency")})})
    assert "open_cases_move" not in {doubt.key for doubt in doubts_of_scenario(stays, "a")}


def test_where_all_is_sold_nobody_needs_to_be_left_but_where_some_stay() -> None:
    sold = {"open_cases": "sold"} | PRICE
    BASE.with_changes({"sequences.a": sequence({"agency": phase(MAY, "outsourced") | sold})})
    split = {"open_cases": "split"} | YOUNG | PRICE
    assert told(BASE, {"sequences.a": sequence({"agency": phase(MAY, "outsourced") | split})}) == [
        "sequences.a.phases.agency.model"
    ]


def test_a_phase_in_which_all_stay_is_written_as_it_was() -> None:
    written = BASE.with_changes(TWIN).data.model_dump()["sequences"]["twin"]["phases"]["same"]
    assert set(written) == {"since", "model", "open_cases"}
    sold = BASE.with_changes({"sequences.a": sequence({"x": phase(MAY, "in_house") | {"open_cases": "sold"} | PRICE})})
    assert Scenario.from_text(sold.text) == sold


def test_results_name_models_dates_and_what_becomes_of_open_cases() -> None:
    rule = {"open_cases": "split"} | YOUNG | PRICE
    scenario = tiny().with_changes({"sequences.a": sequence({"x": phase(MAY, "in_house") | rule})})
    run = ks.simulate(scenario, model="a", replications=2, seed=1, workers=1, progress=False)
    keys = {doubt.key: doubt for doubt in run.doubts}
    assert (
        "in-house collection from 2017-05-01 (those younger than 365 days stay, those older are sold, for 10"
        in keys["arrangements"].text("en")
    )
    assert "säljs" in keys["arrangements"].text("sv")
    assert "no net revenue" in keys["claims_sold"].text("en")
    assert "system_written_off" not in keys
    assert keys["claims_sold"].text("sv") in run.table("sv")
    alone = ks.simulate(tiny(), model="in_house", replications=2, seed=1, workers=1, progress=False)
    assert not {"arrangements", "claims_sold"} & {doubt.key for doubt in alone.doubts}


def test_a_system_that_goes_and_posts_by_rule_are_told() -> None:
    sold = {"open_cases": "sold"} | PRICE
    scenario = tiny().with_changes({"sequences.a": sequence({"x": phase(MAY, "outsourced") | sold})})
    keys = {doubt.key for doubt in doubts_of_scenario(scenario, "a")}
    assert keys >= {"arrangements", "system_written_off"}
    assert "arrangements" not in {doubt.key for doubt in doubts_of_scenario(scenario, "in_house")}
    posts = "models.in_house.staff.handlers.posts"
    is_ruled = scenario.data.models["in_house"].staff["handlers"].posts
    by_number = scenario if is_ruled is None else scenario.with_changes({f"{posts}.drawn_worlds": "number"})
    assert "posts_of_a_phase_alone" not in {doubt.key for doubt in doubts_of_scenario(by_number, "a")}
    rule = {name: NUMBER | {"value": value} for name, value in RULE.items()}
    rule |= {"base_case": "number", "drawn_worlds": "rule"}
    by_rule = scenario.with_changes({posts: rule})
    assert "posts_of_a_phase_alone" in {doubt.key for doubt in doubts_of_scenario(by_rule, "a")}


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


def test_an_explanation_says_to_which_arrangement_a_case_has_moved_and_when() -> None:
    scenario = tiny().with_changes({"sequences.a": sequence({"agency": moved(MAY, "outsourced")})})
    parts = run_model(setting(scenario, Draws(1, 0, 0)), "a")
    case = next(case for case in range(len(parts.inputs.stream.cases)) if len(parts.arrangements_met(case)) > 1)
    day = parts.inputs.stream.first + dt.timedelta(parts.arrangements_met(case)[1][1])
    assert day >= MAY
    found = ks.explain_case(scenario, model="a", case=case, seed=1)
    assert f"Arrangement: in-house collection; from {day} " in found.table("en")
    assert f"Upplägg: egen regi; från {day} " in found.table("sv")


def test_a_run_bears_the_titles_of_the_sequence_and_is_sized_by_its_models() -> None:
    scenario = tiny().with_changes(TWIN)
    run = ks.simulate(scenario, model="twin", replications=2, seed=1, workers=1, progress=False)
    assert run.titles == ("i följd", "in sequence")
    assert estimate(scenario.data, ["twin"]) == estimate(scenario.data, ["in_house"])
    assert ks.studies.rank(scenario, ["in_house", "twin"], replications=2, seed=1).models == ("in_house", "twin")
