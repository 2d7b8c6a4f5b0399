"""Lateness as a curve from the due date: a later hand-over is of fewer, and the closed form counts what is simulated."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kravsim as ks
from kravsim.chance.draws import Draws
from kravsim.checking.check import problems_of, warnings_of
from kravsim.errors import ScenarioError
from kravsim.expected import MissingNumbersWarning, numbers
from kravsim.scenario import Scenario
from kravsim.stream import generate
from kravsim.stream.handed_over import ages, handed_over, handed_over_share
from kravsim.stream.synthetic import first_day

BASE = ks.load_scenario("jamtland-harjedalen-2017")
FIXED = {"source": "assumption", "status": "assumed"}


def curved(*, day: float = 20, halving: float = 15, lasting: float = 0.5, **keys: object) -> Scenario:
    curve = {"after_days": day, "halving_days": halving, "lasting_share": lasting}
    table = {key: {"value": value} | FIXED for key, value in curve.items()}
    return BASE.with_changes({"invoices.late_curve": table} | {f"invoices.{key}": value for key, value in keys.items()})


def share(scenario: Scenario) -> float:
    return float(handed_over_share(scenario.data, first_day(scenario.data)))


def test_ages_at_the_hand_over_by_hand() -> None:
    """Run on the 1st, 20 days, handed over on the 22nd once four weeks old, in 2017.

    That of 1 January is due on Monday the 23rd and goes on 22 February, that of 1 February is due on the 21st and goes on
    22 March, that of 1 March is due on the 21st and goes on 22 April. Before them in the year come those of November (due on
    the 21st, handed over on 22 December: not in the horizon) and December 2016 (due on the 21st, 22 January).
    """
    scenario = curved(run_days=[1])
    found = ages(scenario.data, first_day(scenario.data), 20)
    dates = [
        (dt.date(2017, 1, 22), dt.date(2016, 12, 21)),
        (dt.date(2017, 2, 22), dt.date(2017, 1, 23)),
        (dt.date(2017, 3, 22), dt.date(2017, 2, 21)),
        (dt.date(2017, 4, 22), dt.date(2017, 3, 21)),
    ]
    assert found[:4].tolist() == [(over - due).days for over, due in dates] == [32, 30, 29, 32]
    assert len(found) == 12


def test_the_stated_share_is_that_of_the_stated_day() -> None:
    """All ages alike: what is left is halved in so many days, but for those who never pay."""
    scenario = curved(run_days=[1])
    age = ages(scenario.data, first_day(scenario.data), 20)
    late = BASE.data.invoices.late_share.value
    assert share(curved(run_days=[1], lasting=1)) == late
    wanted = late * np.mean(0.5 + 0.5 * 2 ** ((20 - age) / 15))
    assert share(scenario) == pytest.approx(wanted, rel=1e-12)
    assert share(curved(run_days=[1], day=0, lasting=0, halving=1)) < late * 2**-28


IMPOSSIBLE = [(3000, 15, 0), (120, 3, 0.5), (3650, 0.5, 0.999)]
"""Days, halving days and lasting shares by which more than all invoices are unpaid when they are handed over."""


@pytest.mark.parametrize(("day", "halving", "lasting"), IMPOSSIBLE)
def test_a_curve_of_more_than_all_is_refused_wherever_it_is_met(day: float, halving: float, lasting: float) -> None:
    scenario = curved(day=day, halving=halving, lasting=lasting)
    (problem,) = problems_of(scenario)
    assert (problem.key, problem.file) == ("invoices.late_curve.after_days", "with_changes")
    assert "times the invoices of a run" in str(problem)
    for act in (
        lambda: share(scenario),
        lambda: generate(scenario.realise(Draws(1, 0, 0)), Draws(1, 0, 0)),
        lambda: ks.simulate(scenario, model="outsourced", replications=2, workers=1),
    ):
        with pytest.raises(ScenarioError, match="at most all invoices are unpaid"):
            act()


@pytest.mark.parametrize(("day", "halving", "lasting"), IMPOSSIBLE)
def test_a_set_with_a_curve_of_more_than_all_has_no_numbers(day: float, halving: float, lasting: float) -> None:
    keys = {"after_days": day, "halving_days": halving, "lasting_share": lasting}
    base = {"after_days": 20.0, "halving_days": 15.0, "lasting_share": 0.5}
    sets = {f"invoices.late_curve.{key}": np.array([base[key], value]) for key, value in keys.items()}
    with pytest.warns(MissingNumbersWarning, match="more than all invoices are unpaid"):
        found = numbers(curved(), "outsourced", sets)
    assert [found.why("claims", place) for place in (0, 1)] == ["", "more_than_all_late"]
    with pytest.warns(MissingNumbersWarning, match="set 0: a late_curve by which"):
        alone = numbers(curved(day=day, halving=halving, lasting=lasting), "outsourced")
    assert alone.why("net_revenue_kr") == "more_than_all_late"


def test_one_run_of_more_than_all_is_refused_though_the_mean_is_less() -> None:
    """Late are 17 % on day 40: at the youngest hand-over more than all, on average over ages of some weeks less."""
    scenario = curved(day=40, halving=12, lasting=0, late_share=0.17)
    met = handed_over(scenario.data, first_day(scenario.data))
    assert met.mean < 1 < met.highest
    with pytest.raises(ScenarioError, match=rf"so that {met.highest:.4g} times the invoices of a run"):
        share(scenario)


@pytest.mark.parametrize("halving", [0.5, 15])
def test_what_stays_unpaid_is_the_same_on_every_day_however_far(halving: float) -> None:
    scenario = curved(day=3650, halving=halving, lasting=1)
    assert share(scenario) == BASE.data.invoices.late_share.value
    assert problems_of(scenario) == []
    assert share(curved(day=3650, halving=0.5, lasting=0, late_share=0)) == 0
    everybody = curved(day=3650, halving=halving, lasting=1, late_share=1)
    assert handed_over(everybody.data, first_day(everybody.data)).possible


def test_a_late_share_of_a_day_after_the_hand_over_is_warned_of() -> None:
    """All that is said of the days before it is the curve, drawn out backwards."""

    def told(scenario: Scenario) -> list[str]:
        return [str(one) for one in warnings_of(scenario) if one.key == "invoices.late_curve.after_days"]

    scenario = curved(day=60, lasting=0.3)
    assert share(scenario) == pytest.approx(0.39, abs=0.005)
    youngest = ages(scenario.data, first_day(scenario.data), 20).min()
    (said,) = told(scenario)
    assert f"got 60 days after the due date; allowed at most {youngest:g} days" in said
    fixed = {"terms_days": 20, "hand_over_min_age_days": 28}
    assert told(curved(day=youngest, **fixed)) == told(BASE) == []
    assert len(told(curved(day=youngest + 1, **fixed))) == 1
    spread = {"value": 5, "low": 1, "high": 30} | FIXED
    (said,) = told(curved(**fixed).with_changes({"invoices.late_curve.after_days": spread}))
    assert "got 30 days after the due date in worlds drawn from the range" in said


@given(
    halving=st.floats(1, 100),
    lasting=st.floats(0, 1),
    least=st.lists(st.integers(1, 200), min_size=2, max_size=4),
)
def test_a_later_hand_over_hands_over_no_more(halving: float, lasting: float, least: list[int]) -> None:
    met = [curved(halving=halving, lasting=lasting, hand_over_min_age_days=days) for days in sorted(least)]
    found = [handed_over(one.data, first_day(one.data)) for one in met]
    assert (np.diff([one.mean for one in found]) <= 1e-12).all()
    assert [one.possible for one in found] == sorted(one.possible for one in found)


def test_left_out_it_is_the_late_share() -> None:
    assert share(BASE) == BASE.data.invoices.late_share.value


def test_the_closed_form_counts_what_is_simulated() -> None:
    scenario = curved(hand_over_min_age_days=60).with_changes({"horizon.history_years": 1})
    frame = ks.simulate(scenario, model="outsourced", replications=12, seed=2, workers=1).to_frame()
    found = numbers(scenario, "outsourced", {})
    for name in ("late_claims", "claims", "step_demand"):
        mean, error = frame[name].mean(), frame[name].std(ddof=1) / 12**0.5
        assert abs(float(found[name][0]) - mean) < 5 * error + 0.005 * mean, name
    assert frame["late_claims"].mean() < 0.8 * 16_586


def test_each_set_of_a_batch_has_terms_and_a_curve_of_its_own() -> None:
    sets = {
        "invoices.terms_days": np.array([10.0, 20.0, 30.0]),
        "invoices.late_curve.halving_days": np.array([5, 15.0, 40]),
    }
    together = numbers(curved(), "outsourced", sets)["late_claims"]
    for place in range(3):
        alone = numbers(curved(), "outsourced", {key: values[[place]] for key, values in sets.items()})["late_claims"]
        assert together[place] == pytest.approx(alone[0], rel=1e-12)
        one = curved(halving=float(sets["invoices.late_curve.halving_days"][place]), terms_days=float(10 * (place + 1)))
        assert together[place] == pytest.approx(share(one) * 207_506, rel=1e-12)
