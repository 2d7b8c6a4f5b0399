"""The closed form agrees with simulation, and with algebra where that is exact; wrong models are told apart.

*Chains* (``mc_*``): the kernel that walks the unrolled process gives the expected visits and ends of three published
absorbing chains. States have loops; they are unrolled to as many visits as all but 1e-10 of the debts make, which is
the tolerance.

*Worlds*: six worlds (``expected_worlds``) were simulated 16 to 40 times; means and standard errors are stored, and the
first replication of one world is simulated again to see that the store belongs to this program. Every number of the
closed form lies within 5 standard errors of the simulated mean, give or take what ``TOLERANCE`` states for an
approximation. False alarms, were the seeds fresh: 5.7e-7 a number, or up to 1e-4 with 16 replications. Power: an error
of 5 + 3.1 standard errors (``detectable``) is found with probability 0.999; what that is for the numbers that
calibration uses is asserted.

*Wrong models*: a fee that the wrong party keeps, work that is 3 % too short, one more point of success and interest on
360 days are each rejected. For the last, simulated means are too wide in a world of heavy tails; in one where all pay
the same amount half a year late, the interest on a krona is known to 0.1 %.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import numpy as np
import pytest

import kravsim as ks
from kravsim import expected
from kravsim.chance.draws import Draws
from kravsim.errors import ScenarioError
from kravsim.expected.batch import batch_of_one
from kravsim.expected.clock import Clock
from kravsim.expected.graph import unrolled
from kravsim.expected.late import walk_workspace
from kravsim.expected.turnover import Turnover
from kravsim.expected.walk_compiled import (
    HELD_CASES,
    N_HELD,
    N_WEIGHTS,
    PAID_KINDS,
    PART_KINDS,
    STAYS,
    TIME_FIXED,
    WEIGHT_IN_YEAR,
    Ages,
    Flows,
    Process,
    Sets,
    walk,
)
from kravsim.expected.weights import REMINDER
from kravsim.models.plan import NO_TARGET
from kravsim.models.staffing import staff_pool
from kravsim.scenario import Scenario

from .chains import Chain, load_cases
from .expected_worlds import BUNDLED, WORLDS, reference, simulate, world

Z = 5.0
POWER = Z + 3.1
TOLERANCE = {
    "ku25_statements": 0.7,
    "open_claims_per_debtor": 0.1,
    "end_lapsed": 0.02,
    "end_restructured": 0.02,
    "interruption": 0.01,
    "bankrupt": 3.0,
}
"""Relative error allowed for numbers whose name contains the key: approximations, as ``expected.APPROXIMATIONS`` says."""
SHORT_HISTORY = {
    "end_lapsed": 60.0,
    "end_unwatched": 1.0,
    "end_restructured": 1.5,
    "closing_claims": 0.007,
    "end_open": 0.007,
}
"""In the world ``contract``, whose history ends while the first spell of surveillance does: a lump of few hand-overs that
lapses at the close, one case in ten thousand that is found worth another try twice within the spell, and bankruptcies that
the closed form finds at once."""
STRUCK_AT_KRONOFOGDEN = {"step_debt_restructuring_with_title": 0.4}
"""In the world ``own``, whose history of three years leaves few claims with a title watched: others are struck before."""
QUEUE = {"waiting_days": 0.25, "step_solvency_check": 0.06, "step_reminder": 0.03, "": 0.02}
"""In worlds with a staff queue."""


# Chains


@pytest.mark.parametrize("name", ["mc_01", "mc_04", "mc_07"])
def test_chain_through_the_kernel(name: str) -> None:
    chain = Chain.of(load_cases()[name]["given"])
    n, answers = len(chain.states), len(chain.states) + len(chain.ends)
    for start in range(n) if name != "mc_07" else [0]:  # its loops unroll to thousands of nodes
        flows = walked(chain, start)
        assert flows.steps[0] == pytest.approx(chain.visits[start], rel=1e-7)
        assert flows.ends[0, 0] == pytest.approx(chain.absorption[start], rel=1e-7)
        assert flows.answered[0].sum(axis=1) == pytest.approx(flows.steps[0], rel=1e-12)
        assert flows.answered.shape == (1, n, answers)


def test_wrong_chain_through_the_kernel() -> None:
    chain = Chain.of(load_cases()["mc_04"]["given"])
    wrong = chain.wrong(chain.states[0], chain.ends[0], chain.states[1], 0.02)
    assert abs(walked(wrong, 0).ends[0, 0, 0] - chain.absorption[0, 0]) > 1e-3


def walked(chain: Chain, start: int) -> Flows:
    """One debt from a state, through the kernel; whatever happens counts in full."""
    n, answers, ends = len(chain.states), len(chain.states) + len(chain.ends), len(chain.ends)
    graph = unrolled([list(range(answers))] * n, [start], chain.room().tolist(), [n] * n)
    zero, nodes = np.zeros((n, answers), np.int64), len(graph.step)
    process = Process(
        step=graph.step,
        row=graph.step,
        stay=np.zeros(nodes, np.int64),
        profile=np.zeros(nodes, np.int64),
        target=graph.target,
        n_answers=np.full(n, answers),
        charge=np.zeros(n, np.int64),
        tallied=np.ones(n, bool),
        effect=zero,
        timing=zero + TIME_FIXED,
        left_late=np.full(n, -1),
        entry=graph.entry,
        withdrawn_late=-1,
    )
    entry = np.zeros((1, 1, 1, 1, N_HELD))
    entry[..., HELD_CASES] = 1.0
    sets = Sets(
        clock=np.zeros(1, np.int64),
        share=np.hstack([chain.moves, chain.exits])[None, None],
        days=np.zeros((1, 1, n, answers)),
        wait=np.zeros((1, n)),
        leaving=np.zeros((1, STAYS, 1, 1)),
        leaving_days=np.zeros((1, STAYS, 1)),
        fee=np.zeros((1, 1, 4)),
        part=np.zeros((1, 1, 1, PART_KINDS)),
        made_of=np.zeros((1, 1, 3)),
        growth=np.zeros((1, 2)),
        reported=np.zeros((1, 1, 1)),
        watched=np.zeros((1, STAYS, 1, 1)),
        found=np.zeros((1, STAYS, 1, 1)),
        watched_days=np.ones(1),
        entry=entry,
        entry_day=np.zeros((1, 1, 1)),
    )
    flows = Flows(
        steps=np.zeros((1, n)),
        answered=np.zeros((1, n, answers)),
        ends=np.zeros((1, 2, ends)),
        paid=np.zeros((1, PAID_KINDS)),
        gone=np.zeros((1, 1, 3)),
        withdrawn=np.zeros((1, 3, 3)),
        statements=np.zeros(1),
        rechecks=np.zeros(1),
    )
    ages = Ages(np.ones((1, N_WEIGHTS, 1)), np.ones((1, N_WEIGHTS, 1)), np.ones((1, n, answers, N_WEIGHTS, 1)), 1)
    walk(process, ages, sets, flows, walk_workspace(nodes, 1, N_HELD))
    return flows


def test_a_step_that_refuses_must_say_where_to() -> None:
    with pytest.raises(ValueError, match="says not where it goes"):
        unrolled([[0, 1]], [0], [2], [NO_TARGET])


# Worlds


@cache
def closed_form(name: str) -> dict[str, float]:
    scenario, model = world(name)
    return {key: float(number[0]) for key, number in expected.numbers(scenario, model).items()}


def tolerance(name: str, number: str) -> float:
    """Relative error that is not held against a number of a world."""
    allowed = max([part for key, part in TOLERANCE.items() if key in number], default=0.0)
    if name == "contract":
        allowed = max(allowed, SHORT_HISTORY.get(number, 0.0))
    if name == "own":
        allowed = max(allowed, STRUCK_AT_KRONOFOGDEN.get(number, 0.0))
    if name.startswith("queue"):
        allowed = max(allowed, QUEUE.get(number, QUEUE[""]))
    return allowed


@pytest.mark.parametrize("name", WORLDS)
def test_world_agrees_with_simulation(name: str) -> None:
    stored, found = reference()[name], closed_form(name)
    wrong = [
        f"{number}: {value:.6g}, simulated {stored[number][1]:.6g} +- {stored[number][2]:.2g}"
        for number, value in found.items()
        if number in stored and not agrees(name, number, value)
    ]
    assert not wrong
    assert len(set(found) & set(stored)) > 70


def test_letters_of_each_hand_over_wait_for_their_own_working_day() -> None:
    """The hand-over of Saturday 22 December 2018 has its reminders on the 27th: what follows in five days is of next year."""
    changes = {"horizon.start": dt.date(2018, 1, 1), "horizon.end": dt.date(2019, 1, 1)}
    clock = Clock.of(batch_of_one(ks.load_scenario(BUNDLED).with_changes(changes).data))
    posted, christmas = clock.calendar.letters(REMINDER), (dt.date(2018, 12, 27) - clock.calendar.law.first).days
    assert posted[-1] == christmas
    since = clock.since(np.array([REMINDER]))
    counts = [since.at(since.origin + age)[WEIGHT_IN_YEAR, 0] for age in (0.0, 4.0, 5.0, 9.0, 10.0)]
    assert counts == pytest.approx(
        [12, 12, 11, 11, 12]
    )  # from the tenth day on, that of 22 December 2017 is in the year
    assert clock.calendar.posted_after(REMINDER) == pytest.approx(since.origin[0])


def agrees(name: str, number: str, value: float) -> bool:
    """Whether a number lies within 5 standard errors, or the stated tolerance, of the simulated mean."""
    _, mean, error, _ = reference()[name][number]
    allowed = Z * error + tolerance(name, number) * max(abs(mean), 1.0) + 1e-6 * abs(mean)
    return bool(np.isnan(value) and np.isnan(mean)) or abs(value - mean) <= allowed


def detectable(name: str, number: str) -> float:
    """Relative error that the comparison finds with probability 0.999."""
    _, mean, error, _ = reference()[name][number]
    return POWER * error / abs(mean)


def test_power_of_the_comparison() -> None:
    assert detectable("bundled", "success_share") < 0.03
    assert detectable("bundled", "cases") < 0.015
    assert detectable("bundled", "books_net_kr") < 0.10
    assert detectable("bundled", "interest_kr") < 0.08
    assert detectable("contract", "success_share") < 0.025
    assert detectable("own", "budget_reminder_fees_kr") < 0.05


def test_reference_belongs_to_this_program() -> None:
    again = simulate("contract", 1)
    stored = reference()["contract"]
    assert set(again) == set(stored)
    assert {name: samples[0] for name, samples in again.items() if not np.isnan(samples[0])} == {
        name: first for name, (_, _, _, first) in stored.items() if not np.isnan(first)
    }


# Wrong models


def test_a_fee_kept_by_the_wrong_party_is_rejected() -> None:
    scenario, model = world("bundled")
    other = scenario.with_changes({"models.outsourced.contract.demand_fee_kept_by": "agency"})
    assert not agrees("bundled", "books_net_kr", float(expected.numbers(other, model)["books_net_kr"][0]))


def test_work_that_is_too_short_is_rejected() -> None:
    """Minutes of each replication are told by its own reminders: vacancies move both. Power for 3 %: above 0.999."""
    found, samples = closed_form("queue"), simulate("queue", 8)
    minutes = np.array(samples["busy_hours"]) * 60 / np.array(samples["step_reminder"])
    each = found["busy_hours"] * 60 / found["step_reminder"]
    error = minutes.std(ddof=1) / len(minutes) ** 0.5
    assert abs(each - minutes.mean()) < Z * error
    assert abs(0.97 * each - minutes.mean()) > Z * error


def test_one_more_point_of_success_is_rejected() -> None:
    found = closed_form("contract")["success_share"]
    assert agrees("contract", "success_share", found)
    assert not agrees("contract", "success_share", found + 0.01)


def test_interest_on_360_days_is_rejected() -> None:
    scenario = prompt()
    frame = ks.simulate(scenario, model="outsourced", replications=6, seed=5, workers=1).to_frame()
    ratio = frame["interest_kr"] / frame["principal_recovered_kr"]
    error = float(ratio.std() / len(ratio) ** 0.5)
    found = expected.numbers(scenario, "outsourced")
    right = float(found["interest_kr"][0] / found["principal_recovered_kr"][0])
    assert right * (365 / 360 - 1) > POWER * error * 1.6  # six replications: 5 degrees of freedom
    assert abs(right - ratio.mean()) < Z * 1.6 * error
    assert abs(right * 365 / 360 - ratio.mean()) > Z * 1.6 * error


def prompt() -> Scenario:
    """A world where nearly all pay the same amount half a year late, with interest, at the reminder or the demand."""
    segments = {
        f"debtors.segments.{name}.share": 0.0 for name in ("business", "estate", "nordic", "europe", "overseas")
    }
    private = {
        "tariff": {},
        "amount_median_kr": 500,
        "amount_mean_kr": 500,
        "forgetful_share": 1.0,
        "slow_share": 0.0,
        "strained_share": 0.0,
    }
    return ks.load_scenario(BUNDLED).with_changes(
        {
            **segments,
            **{f"debtors.segments.private.{key}": value for key, value in private.items()},
            "horizon.history_years": 1,
            "invoices.hand_over_min_age_days": 180,
            "policy.interest_from": "reminder",
            "behaviour.forgetful.reminder_paid_share": 0.9,
            "behaviour.forgetful.principal_only_share": 0.0,
            "behaviour.forgetful.demand_paid_share": 0.98,
            "behaviour.forgetful.instalment_plan_share": 0.0,
            "behaviour.withdrawn_early_share": 0.0,
        }
    )


# Many sets


def test_sets_do_not_depend_on_each_other() -> None:
    scenario = ks.load_scenario(BUNDLED)
    key = "behaviour.forgetful.reminder_paid_share"
    together = expected.numbers(
        scenario, "outsourced", {key: np.array([0.75, 0.793, 0.9]), "invoices.terms_days": np.array([30.0, 20, 10])}
    )
    for place, (share, terms) in enumerate(((0.75, 30), (0.793, 20), (0.9, 10))):
        alone = expected.numbers(scenario.with_changes({key: share, "invoices.terms_days": terms}), "outsourced")
        for name, number in alone.items():
            assert together[name][place] == pytest.approx(number[0], rel=1e-12, nan_ok=True), name


def test_sets_do_not_depend_on_each_other_where_staff_queue() -> None:
    """Nor on the mean of their times of grace or of their staff's vacations."""
    scenario = ks.load_scenario(BUNDLED)
    each = {
        "timing.demand_grace_days": np.array([10.0, 21, 30]),
        "timing.reminder_grace_days": np.array([20.0, 9, 14]),
        "models.in_house.staff.handlers.vacation_days": np.array([25.0, 40, 31]),
    }
    together = expected.numbers(scenario, "in_house", each)
    for place in range(3):
        alone = expected.numbers(
            scenario.with_changes({key: float(array[place]) for key, array in each.items()}),
            "in_house",
        )
        for name, number in alone.items():
            assert together[name][place] == pytest.approx(number[0], rel=1e-12, nan_ok=True), name


def test_sets_do_not_depend_on_each_other_where_claims_are_too_small() -> None:
    scenario = ks.load_scenario(BUNDLED)
    each = {
        "policy.instalment_plan_fee_share": np.array([0.3, 0.5, 1.0]),
        "policy.instalments": np.array([3.0, 4, 12]),
        "policy.smallest_reminder_kr": np.array([0.0, 50, 200]),
        "policy.smallest_demand_kr": np.array([0.0, 0, 300]),
        "policy.recheck_days": np.array([30.0, 365, 200]),
    }
    together = expected.numbers(scenario, "outsourced", each)
    assert together["end_too_small"][0] == 0
    for place in range(3):
        alone = expected.numbers(
            scenario.with_changes({key: float(array[place]) for key, array in each.items()}), "outsourced"
        )
        for name, number in alone.items():
            assert together[name][place] == pytest.approx(number[0], rel=1e-12, nan_ok=True), name


def test_escalation_answers_each_set() -> None:
    scenario = ks.load_scenario(BUNDLED)
    found = expected.numbers(
        scenario, "outsourced", {"models.outsourced.contract.paid_case_kr": np.array([0.0, 5000.0])}
    )
    assert found["kronofogden_applications"][0] > 500
    assert (
        found["kronofogden_applications"][1] < 300
    )  # who pays for each paid case waits for a later check to find him solvent


def test_impossible_sets_are_nan() -> None:
    scenario = ks.load_scenario(BUNDLED)
    found = expected.evaluated(
        scenario, "outsourced", {"behaviour.forgetful.reminder_paid_share": np.array([0.793, 0.99])}
    )
    assert np.isfinite(found["claims"][0])
    assert all(np.isnan(number[1]) for number in found.values())
    few = expected.evaluated(scenario, "outsourced", {"debtors.number": np.array([20.0])})
    assert np.isnan(few["net_revenue_kr"][0])


def test_staff_that_cannot_keep_up_are_nan() -> None:
    posts = {"models.in_house.staff.handlers.fte": np.array([1.0, 3.0])}
    found = expected.evaluated(ks.load_scenario(BUNDLED), "in_house", posts)
    assert found.why("net_revenue_kr", 0) == "overload"
    assert found.why("claims", 0) == ""
    assert np.isnan(found["net_revenue_kr"][0])
    able = expected.evaluated(ks.load_scenario(BUNDLED), "in_house", {name: posts[name][1:] for name in posts})
    for name in ("claims", "cases", "referred_principal_kr", "budget_system_operation_kr"):
        assert found[name][0] == pytest.approx(able[name][0], rel=1e-12)
    assert 3 * found["budget_staff_pay_kr"][0] == pytest.approx(able["budget_staff_pay_kr"][0])
    assert found["utilisation"][1] == pytest.approx(0.551, abs=0.02)  # simulated: 0.551, with an error of 0.005


@pytest.mark.parametrize("start", [0, 730])
def test_turnover_takes_what_simulated_posts_lose(start: int) -> None:
    changes = {"leaves_per_year": 0.5, "learning_days": 120, "learning_start_share": 0.3}
    changes = {f"models.in_house.staff.handlers.turnover.{key}": value for key, value in changes.items()}
    pool = ks.load_scenario(BUNDLED).with_changes(changes).data.models["in_house"].staff["handlers"]
    n_days, runs = start + 730, 600
    days = np.arange(start, n_days)
    plans = [staff_pool("handlers", pool, dt.date(2015, 1, 1), n_days, Draws(5, 0, run)) for run in range(runs)]
    posts = len(plans[0].paid_minutes)
    hired = np.array([(plan.hire_days >= start).sum() for plan in plans]) / posts
    minutes = [part[:, days].sum() for plan in plans for part in (plan.paid_minutes, plan.vacant_minutes)]
    paid, vacant = np.array(minutes).reshape(runs, 2).T
    learning = np.array([plan.learning_minutes[:, days].sum() for plan in plans])
    at_queue = np.array([plan.present_minutes[:, days].sum() for plan in plans]) + learning
    found = Turnover.of(pool.turnover, days, lambda value: np.array([float(value)]))
    for simulated, expected_ in (
        (hired, found.hired.sum()),
        (vacant / (paid + vacant), found.vacant.mean()),
        (learning / at_queue, (found.learning / (1 - found.vacant)).mean()),
    ):
        error = simulated.std(ddof=1) / runs**0.5
        assert abs(simulated.mean() - expected_) < Z * error + 0.02 * expected_
        assert error < 0.1 * expected_


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"behaviour.forgetful.reminder_payd_share": [0.5]}, "reminder_paid_share"),
        ({"behaviour.forgetful.reminder_paid_share": [55.0]}, "a share"),
        ({"behaviour.forgetful.reminder_paid_share": [[0.5]]}, "one dimension"),
        ({"behaviour.forgetful.reminder_paid_share": ["0.5"]}, "an array of numbers"),
        ({"behaviour.forgetful.reminder_paid_share": [True]}, "an array of numbers"),
        ({"behaviour.forgetful.reminder_paid_share": [[0.5], [0.5, 0.6]]}, "an array of numbers"),
        ({"debtors.number": [9000.0, 9000.0], "invoices.late_share": [0.08]}, "one length"),
        ({"policy.surveillance_spells": [0.0]}, "at least one spell"),
        ({"behaviour.forgetful.reminder_paid_share": [float("nan")]}, "a share"),
    ],
)
def test_values_that_say_nothing_are_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        expected.numbers(ks.load_scenario(BUNDLED), "outsourced", values)


def test_budget_lines_add_up() -> None:
    for name in WORLDS:
        found = closed_form(name)
        lines = sum(value for key, value in found.items() if key.startswith("budget_"))
        assert lines == pytest.approx(found["net_revenue_kr"], rel=1e-9)
