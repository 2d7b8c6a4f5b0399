"""Posts by a rule are as few as suffice, the same whatever is drawn in a run, and nothing but posts."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import kravsim as ks
from kravsim import expected
from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.expected.batch import batch_of_one
from kravsim.expected.posts import expected_work, found_in
from kravsim.expected.staffed import staffed
from kravsim.expected.waiting import PoolQueue
from kravsim.flow import one_run, run_model, setting
from kravsim.results.uncertainty import UncertainComparison
from kravsim.scenario import Scenario
from kravsim.scenario.base_posts import SUFFIX

from .strategies import BASE, tiny

STAFF = "models.in_house.staff.handlers"
POSTS = f"{STAFF}.posts"
SMALL: dict[str, object] = {
    f"{POSTS}.least_fte": 0.05,
    f"{POSTS}.step_fte": 0.05,
    f"{POSTS}.base_case": "rule",
}


def small(**more: object) -> Scenario:
    return tiny(**more).with_changes(SMALL)


def wait(scenario: Scenario, fte: float) -> float:
    tables, year = expected_work(batch_of_one(scenario.data), "in_house")
    queue = PoolQueue(tables, year, "handlers", np.array([fte]))
    return float(queue.wait_of_new_cases[0]) if queue.possible[0] else float("inf")


@pytest.mark.parametrize("limit", [3, 7, 14, 30, 90])
@pytest.mark.parametrize("invoices", [4000, 40_000])
def test_one_step_fewer_would_not_do(limit: int, invoices: int) -> None:
    scenario = small(invoices__per_year=invoices).with_changes({f"{POSTS}.mean_wait_days": limit})
    (found,) = found_in(scenario.data, "in_house", ("handlers",)).values()
    fte = float(found.fte[0])
    assert found.feasible[0]
    assert round(fte / 0.05, 6) == round(fte / 0.05)
    assert wait(scenario, fte) < limit
    assert fte == 0.05 or wait(scenario, fte - 0.05) >= limit


def test_a_longer_wait_never_takes_more_posts_nor_more_work_fewer() -> None:
    def posts(limit: float, invoices: int) -> float:
        changes = {f"{POSTS}.mean_wait_days": limit, f"{POSTS}.most_fte": 40, "invoices.per_year": invoices}
        return float(found_in(small().with_changes(changes).data, "in_house", ("handlers",))["handlers"].fte[0])

    by_limit = [posts(limit, 40_000) for limit in (2, 5, 10, 20, 60)]
    assert by_limit == sorted(by_limit, reverse=True)
    by_work = [posts(14, invoices) for invoices in (4000, 20_000, 100_000, 300_000)]
    assert by_work == sorted(by_work)
    assert by_work[0] < by_work[-1]


@pytest.mark.parametrize("draw", [0, 1])
def test_posts_are_found_for_the_models_that_are_asked_for_and_those_are_the_same(draw: int) -> None:
    """Other models of the setting have no posts of their own, so none of them can be run in it."""
    ruled = {f"models.own_reminders.staff.handlers.posts.{key}": "rule" for key in ("base_case", "drawn_worlds")}
    scenario = small().with_changes(ruled | {f"{POSTS}.drawn_worlds": "rule"})
    draws = Draws(3, draw, 0)
    whole, some = setting(scenario, draws), setting(scenario, draws, ("in_house", "outsourced"))
    beside = ("in_house" + SUFFIX,) if draw else ()
    for model in ("in_house", "outsourced", *beside):
        assert run_model(some, model).outcome == run_model(whole, model).outcome, model
    with pytest.raises(ScenarioError, match=r"model: got 'own_reminders'; allowed in_house, outsourced; name it when"):
        run_model(some, "own_reminders")
    assert run_model(whole, "own_reminders").outcome == one_run(scenario, "own_reminders", seed=3, draw=draw).outcome


@pytest.mark.parametrize("limit", [1, 10, 14, 40])
def test_many_sets_have_the_posts_that_each_has_by_itself_and_by_trying_them_all(limit: int) -> None:
    scenario = small(invoices__per_year=40_000).with_changes({f"{POSTS}.mean_wait_days": limit, f"{POSTS}.most_fte": 1})
    late = np.linspace(0.01, 0.5, 9)
    together = expected.evaluated(scenario, "in_house", {"invoices.late_share": late})
    for share, posts in zip(late, together["posts"], strict=True):
        one = scenario.with_changes({"invoices.late_share": share})
        steps = np.arange(1, 21) * 0.05
        enough = [fte for fte in steps if wait(one, fte) < limit]
        assert posts == pytest.approx(min(enough, default=1.0), abs=1e-9)
        alone = expected.numbers(one, "in_house")
        assert alone["posts"][0] == posts
        np.testing.assert_allclose(alone["net_revenue_kr"][0], together["net_revenue_kr"][list(late).index(share)])


def test_every_replication_of_a_world_has_the_posts_that_the_closed_form_has() -> None:
    scenario = small(invoices__per_year=40_000)
    runs = [one_run(scenario, "in_house", seed=3, replication=replication) for replication in range(3)]
    (posts,) = {run.outcome.numbers["posts"] for run in runs}
    assert posts == float(expected.numbers(scenario, "in_house")["posts"][0])
    assert posts == staffed(scenario, Draws(9, 0, 5)).data.models["in_house"].staff["handlers"].fte.value
    assert len({run.outcome.numbers["claims"] for run in runs}) == 3
    pay = scenario.data.models["in_house"].staff["handlers"].pay_per_fte_kr.value
    paid, vacant = runs[0].outcome.numbers["paid_hours"], runs[0].outcome.numbers["vacant_hours"]
    lines = runs[0].outcome.budget_ore
    assert -lines["staff_pay"] / 100 == pytest.approx(posts * pay * paid / (paid + vacant), abs=1)
    assert -lines["staff_overhead"] / 100 == pytest.approx(posts * pay * 0.25, abs=1)


def test_a_rule_is_the_number_it_finds_and_touches_no_other_model() -> None:
    scenario = small(invoices__per_year=20_000)
    by_rule = one_run(scenario, "in_house", seed=4, draw=2)
    posts = by_rule.outcome.numbers["posts"]
    number = {f"{POSTS}.drawn_worlds": "number", f"{STAFF}.fte": posts}
    stated = one_run(scenario.with_changes(number), "in_house", seed=4, draw=2)
    assert by_rule.outcome.numbers == stated.outcome.numbers
    assert by_rule.outcome.budget_ore == stated.outcome.budget_ore
    assert by_rule.log.equals(stated.log)
    few = scenario.with_changes({f"{POSTS}.mean_wait_days": 1})
    assert one_run(few, "in_house", seed=4, draw=2).outcome.numbers["posts"] > posts
    others = [one_run(one, "outsourced", seed=4, draw=2).outcome for one in (scenario, few)]
    assert others[0].budget_ore == others[1].budget_ore


def test_drawn_worlds_have_their_own_posts_or_those_of_the_base_case() -> None:
    late = {"value": 0.08, "low": 0.04, "high": 0.24, "source": "assumption", "status": "assumed"}
    scenario = small(invoices__per_year=40_000).with_changes({"invoices.late_share": late})

    def posts(how: str, draw: int) -> float:
        ruled = scenario.with_changes({f"{POSTS}.drawn_worlds": how})
        return one_run(ruled, "in_house", seed=1, draw=draw).outcome.numbers["posts"]

    assert len({posts("rule", draw) for draw in range(1, 5)}) > 1
    assert {posts("as_in_the_base_case", draw) for draw in range(1, 5)} == {posts("rule", 0)}
    drawn = [posts("number", draw) for draw in range(1, 5)]
    assert all(2 <= fte <= 3.5 for fte in drawn)
    assert len(set(drawn)) == 4


@cache
def uncertain() -> UncertainComparison:
    scenario = small(invoices__per_year=20_000).with_changes({f"{POSTS}.base_case": "number", f"{STAFF}.fte": 0.05})
    return ks.compare(scenario, uncertainty="prior", draws=6, structures={"reading": "D"}, seed=2, workers=1)


def test_the_posts_of_the_base_case_are_reported_beside() -> None:
    found = uncertain()
    assert [run.model for run in found.runs] == ["in_house", "outsourced", "in_house" + SUFFIX]
    beside = found.runs[2]
    assert {outcome.numbers["posts"] for outcome in beside.outcomes} == {0.05}
    assert min(outcome.numbers["posts"] for outcome in found.first.outcomes) > 0.05
    assert "posts as in the base case" in found.table("en")
    assert "tjänster som i grundfallet" in found.table("sv")
    assert found.others[0].first is beside
    told = found.to_json()
    assert [other["first"] for other in told["others"]] == ["in_house" + SUFFIX]
    frame = found.to_frame()
    assert frame[f"posts_in_house{SUFFIX}"].unique().tolist() == [0.05]


def test_worlds_that_overload_a_model_are_counted_and_told_apart() -> None:
    found = uncertain()
    other = found.others[0]
    assert other.by_load.by_model["in_house" + SUFFIX].all()
    assert other.by_load.able is None
    assert not found.by_load.by_model["in_house"].any()
    assert found.by_load.unable is None
    assert "Överbelastad i 6 av 6 lägen (100,0 %)" in found.table("sv").replace("\u00a0", " ")
    told = found.to_json()["overload"]["share_of_worlds"]
    assert told == {"in_house": 0.0, "outsourced": 0.0, "in_house" + SUFFIX: 1.0}


def test_a_ceiling_that_does_not_do_is_told() -> None:
    scenario = small(invoices__per_year=40_000).with_changes({f"{POSTS}.most_fte": 0.1})
    run = ks.simulate(scenario, model="in_house", replications=2, seed=1, workers=1)
    assert run.metric("posts").mean == 0.1
    doubts = {doubt.key: doubt.text("en") for doubt in run.doubts}
    assert "No number of posts up to the rule's ceiling (0.1" in doubts["posts_at_ceiling"]
    assert "overloaded" in doubts
    numbers = expected.evaluated(scenario, "in_house")
    assert numbers.why("waiting_days") == "overload"
    assert numbers["posts"].tolist() == [0.1]
    assert np.isfinite(numbers["claims"]).all()
    assert np.isfinite(numbers["budget_staff_pay_kr"]).all()
    assert np.isnan(numbers["waiting_days"]).all()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({f"{POSTS}.least_fte": 9}, "posts.least_fte must not exceed posts.most_fte"),
        ({f"{POSTS}.step_fte": 0}, "step_fte"),
        ({f"{POSTS}.mean_wait_days": 0}, "mean_wait_days"),
        ({f"{POSTS}.drawn_worlds": "some"}, "drawn_worlds"),
    ],
)
def test_rules_that_say_nothing_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        BASE.with_changes(changes)
    assert said in str(caught.value)


def test_a_policy_that_the_closed_form_does_not_know_is_refused_by_name() -> None:
    with pytest.raises(ScenarioError, match=r"policy\.surveillance_spells: got 0; allowed at least one spell"):
        one_run(small(policy__surveillance_spells=0), "in_house", seed=1)


def test_without_waiting_there_are_the_same_posts() -> None:
    found = ks.studies.cost_of_waiting(
        small(invoices__per_year=20_000), model="in_house", replications=2, seed=1, workers=1
    )
    assert found.run.metric("posts").mean == found.without.metric("posts").mean > 0.05
    assert found.run.line_ore("staff_overhead").tolist() == found.without.line_ore("staff_overhead").tolist()


def test_a_pool_without_reminders_has_posts_by_the_wait_of_its_work() -> None:
    work = BASE.sheet.tables["models"]["in_house"]["work"]
    ruled = small(invoices__per_year=20_000).with_changes({"models.in_house.work": {"demand": dict(work["demand"])}})
    few, many = (
        one_run(ruled.with_changes({f"{POSTS}.mean_wait_days": days}), "in_house", seed=1).outcome.numbers["posts"]
        for days in (20, 2)
    )
    assert 0.05 <= few < many


def test_sets_that_are_drawn_worlds_have_the_posts_of_drawn_worlds() -> None:
    scenario = small(invoices__per_year=40_000).with_changes({f"{POSTS}.base_case": "number", f"{STAFF}.fte": 1.5})
    fte = {f"{STAFF}.fte": np.array([0.3, 0.4])}
    ruled = float(found_in(scenario.data, "in_house", ("handlers",))["handlers"].fte[0])
    for how, posts in (("rule", [ruled, ruled]), ("number", [0.3, 0.4])):
        changed = scenario.with_changes({f"{POSTS}.drawn_worlds": how})
        assert expected.evaluated(changed, "in_house", fte, drawn=True)["posts"].tolist() == posts
        assert expected.evaluated(changed, "in_house", fte)["posts"].tolist() == [0.3, 0.4]
    base = scenario.with_changes({f"{POSTS}.drawn_worlds": "as_in_the_base_case"})
    assert expected.evaluated(base, "in_house", fte, drawn=True)["posts"].tolist() == [1.5, 1.5]
