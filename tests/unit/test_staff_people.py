"""Posts as people: who holds them, when they are vacant, how a newcomer learns, and what scenarios may say of it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.models.plan import PoolPlan
from kravsim.models.staffing import staff_pool
from kravsim.scenario import Scenario, load_scenario
from kravsim.scenario.schema import SKILLS, Pool
from kravsim.units import MINUTES_PER_DAY, half_up
from kravsim.workdays import working_days

CASE = load_scenario("jamtland-harjedalen-2017")
HANDLERS = "models.in_house.staff.handlers"
FIRST, DAYS = dt.date(2017, 1, 1), 730
KNOWN = {"source": "assumption", "status": "assumed"}


def people(**changes: object) -> Scenario:
    """The real case with some keys of its handlers changed (two underscores for a dot)."""
    return CASE.with_changes({f"{HANDLERS}.{key.replace('__', '.')}": value for key, value in changes.items()})


def pool_of(scenario: Scenario) -> Pool:
    return scenario.data.models["in_house"].staff["handlers"]


def staff(seed: int = 1, **changes: object) -> PoolPlan:
    return staff_pool("handlers", pool_of(people(**changes)), FIRST, DAYS, Draws(seed, 0, 0))


def days(count: float) -> dict[str, object]:
    return {"low": count, "mode": count, "high": count, **KNOWN}


NEVER_AWAY = {"vacation_days": 0, "sick_share": 0, "other_duties_share": 0}


def test_nobody_leaves_without_turnover() -> None:
    """A hazard of 0 and no turnover at all are the same to the minute; leaving changes nobody's sick days."""
    without = staff(turnover__leaves_per_year=0)
    none = pool_of(CASE).model_copy(update={"turnover": None})
    same = staff_pool("handlers", none, FIRST, DAYS, Draws(1, 0, 0))
    assert not without.vacant_minutes.any()
    assert not without.learning_minutes.any()
    assert len(without.hire_days) == 0
    np.testing.assert_array_equal(without.present_minutes, same.present_minutes)
    left = staff(turnover__leaves_per_year=3)
    learned = (left.vacant_minutes == 0) & (left.learning_minutes == 0) & (left.present_minutes > 0)
    assert learned.any()
    np.testing.assert_array_equal(left.present_minutes[learned], without.present_minutes[learned])


def test_a_newcomer_learns_as_worked_by_hand() -> None:
    """On day d since the hire the speed is 0.5 + 0.5 * d / 20, so 240 + 12 * d minutes of 480: 240, 252 ... 480."""
    found = staff(
        seed=3,
        fte=1,
        **NEVER_AWAY,
        turnover__leaves_per_year=1,
        turnover__recruitment_days=days(60),
        turnover__learning_days=20,
        turnover__learning_start_share=0.5,
    )
    hired = int(found.hire_days[0])
    working = working_days(FIRST, DAYS)
    assert not found.vacant_minutes[0, : hired - 60].any()
    np.testing.assert_array_equal(found.vacant_minutes[0, hired - 60 : hired], 480 * working[hired - 60 : hired])
    assert not found.paid_minutes[0, hired - 60 : hired].any()
    expected, first_weeks = np.array([240 + 12 * day for day in range(20)] + [480] * 6), slice(hired, hired + 26)
    np.testing.assert_array_equal(found.present_minutes[0, first_weeks], expected * working[first_weeks])
    np.testing.assert_array_equal(found.learning_minutes[0, first_weeks], (480 - expected) * working[first_weeks])


def test_learning_stretches_the_same_work_over_the_calendar() -> None:
    """At half speed for a very long time a day's minutes at the queue are half, so that work takes twice the calendar."""
    found = staff(
        seed=3,
        fte=1,
        **NEVER_AWAY,
        turnover__leaves_per_year=1,
        turnover__recruitment_days=days(60),
        turnover__learning_days=3650,
        turnover__learning_start_share=0.5,
    )
    calendar = found.servers[0]
    opens = calendar.opens[calendar.opens >= found.hire_days[0] * MINUTES_PER_DAY]
    worked = calendar.worked_until(np.array([opens[0], opens[0] + MINUTES_PER_DAY, opens[0] + 2 * MINUTES_PER_DAY]))
    assert set(np.diff(worked).tolist()) <= {0, 240}


@st.composite
def pools(draw: st.DrawFn) -> tuple[Scenario, int]:
    spread = sorted(draw(st.tuples(*[st.integers(0, 200)] * 3)))
    changes: dict[str, object] = {
        "fte": draw(st.sampled_from([0.01, 0.5, 1, 2.3, 4])),
        "hours_per_day": draw(st.sampled_from([8, 7.75, 3])),
        "vacation_days": draw(st.sampled_from([0, 28, 40])),
        "sick_share": draw(st.sampled_from([0, 0.04, 0.5])),
        "other_duties_share": draw(st.sampled_from([0, 0.05, 0.333])),
        "turnover__leaves_per_year": draw(st.sampled_from([0.1, 1, 10, 1000])),
        "turnover__recruitment_days": {"low": spread[0], "mode": spread[1], "high": spread[2], **KNOWN},
        "turnover__learning_days": draw(st.sampled_from([0, 1, 182, 400])),
        "turnover__learning_start_share": draw(st.sampled_from([0, 0.5, 1])),
    }
    return people(**changes), draw(st.integers(0, 2**32))


@settings(max_examples=60, deadline=None)
@given(pools())
def test_every_minute_of_a_post_is_accounted_for(asked: tuple[Scenario, int]) -> None:
    """Nobody works while vacant, away or on holiday; paid and vacant minutes are the post's; the calendar says the same."""
    scenario, seed = asked
    pool = pool_of(scenario)
    found = staff_pool("handlers", pool, FIRST, DAYS, Draws(seed, 0, 0))
    working = working_days(FIRST, DAYS)
    of_posts = found.paid_minutes + found.vacant_minutes
    sizes = [1.0] * int(pool.fte.value) + ([pool.fte.value % 1] if pool.fte.value % 1 else [])
    minutes = np.array([half_up(size * pool.hours_per_day.value * 60) for size in sizes])
    np.testing.assert_array_equal(of_posts, minutes[:, None] * working)
    assert not (found.paid_minutes * found.vacant_minutes).any()
    for part in (found.present_minutes, found.learning_minutes):
        assert part.min() >= 0
    assert (found.present_minutes + found.learning_minutes <= found.paid_minutes).all()
    assert ((found.hire_days >= 0) & (found.hire_days < DAYS)).all()
    for server, calendar in enumerate(found.servers):
        by_day = np.zeros(DAYS, np.int64)
        np.add.at(by_day, calendar.opens // MINUTES_PER_DAY, calendar.closes - calendar.opens)
        np.testing.assert_array_equal(by_day, found.present_minutes[server])


def test_one_more_post_changes_nobody_else() -> None:
    two, three = (staff(fte=fte, turnover__leaves_per_year=2) for fte in (2, 3))
    np.testing.assert_array_equal(two.present_minutes, three.present_minutes[:2])
    np.testing.assert_array_equal(two.vacant_minutes, three.vacant_minutes[:2])


def test_skills_of_posts_and_of_those_not_listed() -> None:
    found = staff(fte=3.5, skills=[["court"], ["general", "solvency", "estates_and_restructuring"]])
    assert found.skills.tolist() == [8, 7, 7, 7]
    assert staff(fte=2, skills=[list(SKILLS)]).skills.tolist() == [15, 15]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({f"{HANDLERS}.skills": [["general", "judging"]]}, "judging"),
        ({f"{HANDLERS}.skills": []}, "a list of 1 or more"),
        ({f"{HANDLERS}.skills": [[]]}, "a list of 1 or more"),
        ({f"{HANDLERS}.skills": [["general", "general"]]}, "each skill of a post once"),
        ({"models.in_house.work.contested.skill": "judging"}, "judging"),
        (
            {f"{HANDLERS}.skills": [["general", "solvency"]]},
            "work.contested.skill: got 'court'; allowed what the first 2",
        ),
        ({f"{HANDLERS}.turnover.learning_start_share": 1.2}, "a share from 0 to 1"),
        ({f"{HANDLERS}.turnover.learning_start_share": -0.1}, "a share from 0 to 1"),
        ({f"{HANDLERS}.turnover.leaves_per_year": -1}, "from 0"),
        (
            {f"{HANDLERS}.turnover.recruitment_days": {"low": 90, "mode": 60, "high": 150, **KNOWN}},
            "low <= mode <= high",
        ),
        ({f"{HANDLERS}.turnover.pay": 1}, "turnover.pay"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        CASE.with_changes(change)
    assert words in str(caught.value)


def test_the_smallest_pool_of_a_range_must_have_every_skill() -> None:
    """Two posts have the court's skill between them, but the range goes down to one post, which has not."""
    fte = {"value": 2, "low": 1, "high": 3, **KNOWN}
    skills = [["general", "solvency", "estates_and_restructuring"], ["court"]]
    assert people(fte=2, skills=skills)
    with pytest.raises(ScenarioError, match="allowed what the first 1 of staff"):
        people(fte=fte, skills=skills)
