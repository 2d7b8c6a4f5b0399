"""What a team does when it cannot do all: met as the scenario says, paid for, and nothing where it is never met."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import kravsim as ks
from kravsim import expected
from kravsim.chance.draws import Draws
from kravsim.engine.contract import DONE, LEFT, NONE, STARTED, STRUCK
from kravsim.errors import ScenarioError
from kravsim.flow import RunParts, one_run, run_model, setting
from kravsim.models import build_plan
from kravsim.models.plan import OVERTIME, REGULAR, TEMPORARY
from kravsim.models.process import PROCESS, STEP_CODE
from kravsim.scenario import Scenario
from kravsim.scenario.schema import LetterName
from kravsim.settling.equal_tallies import check_equal
from kravsim.settling.tally import tally_of

from .strategies import BASE, TYPES, tiny

STAFF = "models.in_house.staff.handlers"
ASSUMED = {"source": "assumption", "status": "assumed"}


def behind(**choices: object) -> dict[str, object]:
    return {"from_backlog_days": {"value": 2, **ASSUMED}, **choices}


def number(value: float) -> dict[str, object]:
    return {"value": value, **ASSUMED}


OVERTIME_CHOICE = {"overtime": {"hours_per_day": number(2), "kr_per_hour": number(460.5)}}
TEMPORARY_CHOICE = {
    "temporary": {"fte": number(0.5), "kr_per_hour": number(450), "skills": ["general", "solvency"]},
}
LETTERS_CHOICE = {"letters_by_system": ["reminder", "demand", "interruption"]}
LEAVE_CHOICE = {"leave_from_priority": 4}
CHOICES = {
    "overtime": OVERTIME_CHOICE,
    "temporary": TEMPORARY_CHOICE,
    "letters": LETTERS_CHOICE,
    "leave": LEAVE_CHOICE,
    "all": OVERTIME_CHOICE | TEMPORARY_CHOICE | {"letters_by_system": ["reminder"], "leave_from_priority": 3},
}


def team(fte: float = 0.03, **choices: object) -> Scenario:
    """A small team that has too much to do, and what it then does."""
    scenario = tiny(invoices__per_year=8000, models__in_house__staff__handlers__fte=fte)
    return scenario.with_changes({f"{STAFF}.when_behind": behind(**choices)}) if choices else scenario


@cache
def parts(choice: str) -> RunParts:
    return one_run(team(**CHOICES[choice]), "in_house", seed=2)


@cache
def without() -> RunParts:
    return one_run(team(), "in_house", seed=2)


@pytest.mark.parametrize("choice", list(CHOICES))
def test_both_engines_and_both_ledgers_agree(choice: str) -> None:
    found = parts(choice)
    slow = run_model(found.inputs, "in_house", "simpy")
    assert slow.log.equals(found.log)
    check_equal(slow.tally, found.tally)
    check_equal(tally_of(found.ledger, found.log, found.plan, found.inputs.stream, found.inputs.cases), found.tally)
    assert slow.outcome.numbers == pytest.approx(found.outcome.numbers, rel=0, abs=0, nan_ok=True)
    assert slow.outcome.budget_ore == found.outcome.budget_ore


def test_overtime_and_temporary_staff_are_paid_by_the_hour_they_work() -> None:
    for choice, kind, hours, line, price in (
        ("overtime", OVERTIME, "overtime_hours", "overtime", 460.5),
        ("temporary", TEMPORARY, "temporary_hours", "temporary_staff", 450),
    ):
        found = parts(choice)
        numbers, log, (pool,) = found.outcome.numbers, found.log, found.plan.pools
        begun = (log.kind == STARTED) & (log.minute >= found.inputs.start * 1440)
        minutes = int(log.quantity[begun][pool.kind[log.server[begun]] == kind].sum())
        assert numbers[hours] == minutes / 60 > 0
        assert -found.outcome.budget_ore[line] == pytest.approx(minutes * price * 100 / 60, abs=0.5)
        assert found.outcome.budget_ore["staff_pay"] == without().outcome.budget_ore["staff_pay"]
        assert numbers["busy_hours"] <= numbers["paid_hours"] - numbers["absent_hours"]
        assert numbers["backlog_hours"] < without().outcome.numbers["backlog_hours"]


def test_overtime_is_after_the_day_of_somebody_who_is_there() -> None:
    plan = build_plan(team(1.5, **OVERTIME_CHOICE).realise(Draws(1, 0, 0)), "in_house", Draws(1, 0, 0))
    (pool,) = plan.pools
    assert pool.kind.tolist() == [REGULAR, REGULAR, OVERTIME, OVERTIME]
    for post in range(2):
        hours, longer = pool.servers[post], pool.servers[post + 2]
        assert set((longer.opens // 1440).tolist()) == set(np.flatnonzero(pool.present_minutes[post]).tolist())
        assert (longer.closes - longer.opens == 120).all()
        assert not hours.at_work(longer.opens).any()
    assert pool.skills[2:].tolist() == pool.skills[:2].tolist()


def test_letters_by_the_system_take_no_hand() -> None:
    found = parts("letters")
    log, numbers = found.log, found.outcome.numbers
    alone = (log.kind == DONE) & (log.release != NONE) & (log.server == NONE)
    named = {STEP_CODE[name] for name in LETTERS_CHOICE["letters_by_system"]}
    assert set(log.step[alone].tolist()) <= named
    assert alone.sum() > 10
    assert numbers["by_system_hours"] > 0
    letters = -found.outcome.budget_ore["letters"] / 900
    assert letters == sum(found.outcome.steps[step.name] for step in PROCESS if step.letter)
    assert numbers["principal_recovered_kr"] > without().outcome.numbers["principal_recovered_kr"]


@pytest.mark.parametrize("seed", [8, 19])
def test_a_letter_that_proceedings_strike_before_it_is_sent_leaves_the_staff_as_they_are(seed: int) -> None:
    """As over a weekend: what is worked on afterwards is still put to whoever began it, when they began it."""
    often = {f"behaviour.{kind}.restructuring_per_year": 0.9 for kind in TYPES}
    found = one_run(
        team(**LETTERS_CHOICE).with_changes({**often, "timing.demand_grace_days": 14}), "in_house", seed=seed
    )
    check_equal(tally_of(found.ledger, found.log, found.plan, found.inputs.stream, found.inputs.cases), found.tally)
    assert (found.log.kind == STRUCK).any()


def test_what_is_laid_aside_stays_open_and_is_never_touched_again() -> None:
    found = parts("leave")
    log = found.log
    aside = np.flatnonzero(log.kind == LEFT)
    assert len(aside) > 10
    last = np.append(log.case[1:] != log.case[:-1], True)
    assert last[aside].all()
    priorities = found.plan.priority[log.step[aside]]
    assert (priorities >= 4).all()
    assert found.outcome.numbers["laid_aside_hours"] > 0
    assert found.ledger.debts.end[log.case[aside]].max() < 0


@pytest.mark.parametrize("choice", list(CHOICES))
def test_a_choice_that_is_never_met_changes_nothing(choice: str) -> None:
    never = {**behind(**CHOICES[choice]), "from_backlog_days": number(3000)}
    scenario = team(1.0).with_model("twin", copy_of="in_house", changes={"staff.handlers.when_behind": never})
    met = setting(scenario, Draws(3, 0, 0))
    mine, twin = (run_model(met, model).outcome for model in ("in_house", "twin"))
    assert mine.budget_ore == twin.budget_ore
    assert mine.numbers == pytest.approx(twin.numbers, rel=0, abs=0, nan_ok=True)


def test_the_closed_form_says_where_it_does_not_follow() -> None:
    scenario = team(1.0)
    far = scenario.with_changes(
        {f"{STAFF}.when_behind": {**behind(**LETTERS_CHOICE), "from_backlog_days": number(300)}}
    )
    plain, same = expected.evaluated(scenario, "in_house"), expected.evaluated(far, "in_house")
    assert all(np.array_equal(plain[name], same[name], equal_nan=True) for name in plain)
    near = scenario.with_changes(
        {f"{STAFF}.when_behind": {**behind(**LETTERS_CHOICE), "from_backlog_days": number(0.01)}}
    )
    relieved = expected.evaluated(near, "in_house")
    assert relieved.why("net_revenue_kr") == "relief"
    assert np.isnan(relieved["net_revenue_kr"]).all()
    assert relieved["claims"].tolist() == plain["claims"].tolist()


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({}, "when_behind says from when, not what"),
        ({"letters_by_system": ["attachment"]}, "letters_by_system"),
        ({"letters_by_system": ["reminder", "reminder"]}, "names each step once"),
        ({"leave_from_priority": -1}, "leave_from_priority"),
        ({"overtime": {"hours_per_day": number(9), "kr_per_hour": number(400)}}, "hours_per_day"),
        (
            {"temporary": {"fte": number(1), "kr_per_hour": number(400), "skills": ["general", "general"]}},
            "each skill once",
        ),
    ],
)
def test_choices_that_say_nothing_are_refused(choices: dict[str, object], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        BASE.with_changes({f"{STAFF}.when_behind": behind(**choices)})
    assert said in str(caught.value)


def test_letters_that_a_system_can_send_are_letters() -> None:
    assert set(LetterName.__args__) <= {step.name for step in PROCESS if step.letter}


@pytest.mark.parametrize(("choice", "words"), [("letters", "sent by the system after"), ("leave", "laid aside after")])
def test_a_case_tells_it(choice: str, words: str) -> None:
    found = parts(choice)
    log = found.log
    rows = (
        (log.kind == LEFT) if choice == "leave" else (log.kind == DONE) & (log.release != NONE) & (log.server == NONE)
    )
    case = int(log.case[np.flatnonzero(rows & (log.minute > log.release))[0]])
    told = ks.explain_case(team(**CHOICES[choice]), model="in_house", case=case, seed=2, lang="en")
    assert words in told.text
