"""Posts over the years, worked out by hand: nobody replaced, recruitments that fail, long leaves, parts of posts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from kravsim.chance.distributions import inverse
from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.flow import one_run
from kravsim.models.plan import PoolPlan
from kravsim.models.staffing import staff_pool
from kravsim.scenario import Scenario, load_scenario
from kravsim.scenario.schema import SKILLS
from kravsim.units import DAYS_A_YEAR, half_up
from kravsim.workdays import working_days

KNOWN = {"source": "assumption", "status": "assumed"}
HANDLERS = "models.in_house.staff.handlers"
FIRST, DAYS = dt.date(2017, 1, 1), 5 * 365
CASE = load_scenario(Path(__file__).parent / "people.toml")
NEVER_AWAY = {"vacation_days": 0, "sick_share": 0, "other_duties_share": 0}


def always(days: float) -> dict[str, object]:
    return {"low": days, "mode": days, "high": days, **KNOWN}


def people(**changes: object) -> Scenario:
    return CASE.with_changes({f"{HANDLERS}.{key.replace('__', '.')}": value for key, value in changes.items()})


def staff(seed: int = 1, days: int = DAYS, **changes: object) -> PoolPlan:
    pool = people(**(NEVER_AWAY | changes)).data.models["in_house"].staff["handlers"]
    return staff_pool("handlers", pool, FIRST, days, Draws(seed, 0, 0))


def leaves(seed: int, post: int, rate: float) -> int:
    """Day on which the first holder of a post leaves."""
    u = Draws(seed, 0, 0).uniforms("turnover:handlers", post, 0)
    return int(np.ceil(inverse("exponential", u[:, 0], mean=1.0)[0] / (rate / DAYS_A_YEAR)))


def test_nobody_is_replaced_from_a_day_on() -> None:
    """Two posts, nobody replaced from day 0: each is there up to its first holder's last day, and never paid after it."""
    found = staff(3, fte=2, turnover__leaves_per_year=1, turnover__no_refill_from=dt.date(2017, 1, 1))
    working = working_days(FIRST, DAYS)
    last = [leaves(3, post, 1) for post in (0, 1)]
    assert all(0 < day < DAYS for day in last)
    assert found.ended_from.tolist() == last
    assert found.left_days.tolist() == sorted(last)
    assert not len(found.recruitment_days)
    for post, day in enumerate(last):
        np.testing.assert_array_equal(found.paid_minutes[post], 480 * working * (np.arange(DAYS) < day))
        assert found.servers[post].is_given_up
        assert found.servers[post].closes[-1] <= day * 24 * 60
    assert found.ended_minutes(0, DAYS) == sum(480 * int(working[day:].sum()) for day in last)


def test_a_recruitment_under_way_goes_on() -> None:
    """Left on day d, the search takes 60 days: one that has begun before nobody is replaced any more brings somebody."""
    day = leaves(3, 0, 1)
    asked = {"fte": 1, "turnover__leaves_per_year": 1, "turnover__recruitment_days": always(60)}
    after, on_the_day = (FIRST + dt.timedelta(days) for days in (day + 1, day))
    found = staff(3, day + 100, **asked, turnover__no_refill_from=after)
    assert found.hire_days.tolist()[:1] == [day + 60]
    ended = staff(3, day + 100, **asked, turnover__no_refill_from=on_the_day)
    assert (ended.hire_days.tolist(), ended.ended_from.tolist()) == ([], [day])


def test_recruitments_that_fail_begin_anew_and_are_paid_each_time() -> None:
    """Every recruitment of 50 days fails: one ends each 50 days from the departure on, and nobody comes."""
    day = leaves(3, 0, 1)
    found = staff(
        3, fte=1, turnover__leaves_per_year=1, turnover__recruitment_days=always(50), turnover__hiring_fails_share=1
    )
    over = list(range(day + 50, DAYS, 50))
    assert found.failed_days.tolist() == over == found.recruitment_days.tolist()
    assert not len(found.hire_days)
    assert not found.paid_minutes[0, day:].any()
    assert not len(found.ended_from)  # it would be filled, could it be


def test_a_recruitment_fails_by_its_own_draw() -> None:
    """Of one search the first fails where its draw lies below the share; then the next takes 50 days more."""
    day = leaves(3, 0, 1)
    u = [float(Draws(3, 0, 0).uniforms("hiring:handlers", 0, 0, attempt)[0, 0]) for attempt in range(20)]
    share = 0.6
    fails = next(attempt for attempt, one in enumerate(u) if one >= share)
    found = staff(
        3, fte=1, turnover__leaves_per_year=1, turnover__recruitment_days=always(50), turnover__hiring_fails_share=share
    )
    assert found.failed_days.tolist()[:fails] == [day + 50 * (k + 1) for k in range(fails)]
    assert found.hire_days[0] == day + 50 * (fails + 1)


@pytest.mark.parametrize("after", [None, 40])
def test_a_long_leave_and_who_stands_in(after: int | None) -> None:
    """Away for 100 days from a drawn day on: nobody is paid until a substitute comes, who learns; then the holder is back."""
    u = Draws(3, 0, 0).uniforms("leave:handlers", 0, 0, 0)[0]
    away = int(np.ceil(inverse("exponential", u[:1], mean=1.0)[0] / (2 / DAYS_A_YEAR)))
    leave = {"begins_per_year": {"value": 2, **KNOWN}, "days": always(100)}
    if after is not None:
        leave["substitute_after_days"] = {"value": after, **KNOWN}
    days = away + 130
    again = Draws(3, 0, 0).uniforms("leave:handlers", 0, 0, 1)[0]
    assert np.ceil(inverse("exponential", again[:1], mean=1.0)[0] / (2 / DAYS_A_YEAR)) > 30
    found = staff(
        3,
        days,
        fte=1,
        turnover__leaves_per_year=0,
        turnover__leave=leave,
        turnover__learning_days=20,
        turnover__learning_start_share=0.5,
    )
    working, covered = working_days(FIRST, days), away + (100 if after is None else after)
    there = np.ones(days, bool)
    there[away:covered] = False
    np.testing.assert_array_equal(found.paid_minutes[0], 480 * working * there)
    assert found.substitute_days.tolist() == ([] if after is None else [covered])
    assert found.recruitment_days.tolist() == found.substitute_days.tolist()
    if after is not None:
        by_hand = np.array([240 + 12 * day for day in range(20)]) * working[covered : covered + 20]
        np.testing.assert_array_equal(found.present_minutes[0, covered : covered + 20], by_hand)
    np.testing.assert_array_equal(found.present_minutes[0, away + 100 :], 480 * working[away + 100 :])


def test_parts_of_posts_are_people_of_their_own() -> None:
    """2 posts as 1, 1/2 and 1/2: three people, 480, 240 and 240 minutes a day; only the first can do it all."""
    found = staff(1, 365, fte=2, post_sizes=[1.0, 0.5, 0.5], skills=[list(SKILLS), ["general"]])
    assert found.paid_minutes[:, working_days(FIRST, 365)].max(axis=1).tolist() == [480, 240, 240]
    assert found.skills.tolist() == [15, 1, 1]
    with pytest.raises(ScenarioError, match="post_sizes must sum to fte"):
        people(fte=2, post_sizes=[1.0, 0.5])
    with pytest.raises(ScenarioError, match="leave out posts and the range of fte"):
        people(fte={"value": 2, "low": 1, "high": 3, **KNOWN}, post_sizes=[1.0, 1.0])


def test_pay_premises_and_recruitments_of_posts_that_end() -> None:
    """Pay up to the last paid minute; premises up to the departure; of the year's 40 kr and 10 kr a post."""
    day = leaves(1, 0, 1)
    first = dt.date(2015, 1, 1)
    scenario = people(
        fte=1,
        **NEVER_AWAY,
        skills=[["general", "solvency", "estates_and_restructuring", "court"]],
        turnover__leaves_per_year=1,
        turnover__no_refill_from=dt.date(2015, 1, 1),
    )
    ends = first + dt.timedelta(day)
    scenario = scenario.with_changes(
        {"horizon.start": dt.date(ends.year, 1, 1), "horizon.end": dt.date(ends.year + 1, 1, 1)}
    )
    scenario = scenario.with_changes({"horizon.history_years": ends.year - 2015})
    parts = one_run(scenario, "in_house", seed=1)
    start, days = (
        (dt.date(ends.year, 1, 1) - first).days,
        (dt.date(ends.year + 1, 1, 1) - dt.date(ends.year, 1, 1)).days,
    )
    working = working_days(first, start + days)[start:]
    share = working[: day - start].sum() / working.sum()
    pool = scenario.data.models["in_house"].staff["handlers"]
    pay = pool.pay_per_fte_kr.value
    assert parts.outcome.budget_ore["staff_pay"] == -half_up(pay * 100 * share)
    assert parts.outcome.budget_ore["staff_overhead"] == -half_up(pay * pool.overhead_share.value * 100 * share)
    assert parts.outcome.budget_ore["recruitment"] == 0
    parts.ledger.postings  # noqa: B018 - the books by the other road add up to the same
