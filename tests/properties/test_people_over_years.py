"""Posts whose holders leave and are not replaced, recruitments that fail, long leaves: what must hold whatever is drawn."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kravsim.chance.draws import Draws
from kravsim.expected import Expected, numbers
from kravsim.flow import one_run
from kravsim.ledger.accounts import CHARGE, LINE, LINES
from kravsim.models.plan import PoolPlan
from kravsim.models.staffing import staff_pool
from kravsim.scenario import Scenario
from kravsim.settling.tally import ARRIVED_MINUTES, OPEN_CLAIMS, PERIOD_HORIZON
from kravsim.studies.people_worlds import in_year
from kravsim.units import MINUTES_PER_DAY
from tests.properties.strategies import BASE, small_scenarios, tiny

HANDLERS = "models.in_house.staff.handlers"
TURNOVER = f"{HANDLERS}.turnover"
FIRST, DAYS = dt.date(2015, 1, 1), 4 * 365 + 1
KNOWN = {"source": "assumption", "status": "assumed"}


def leave(rate: float, days: int, after: int | None) -> dict[str, object]:
    stands_in = {} if after is None else {"substitute_after_days": {"value": after, **KNOWN}}
    spread = {"low": days // 2, "mode": days, "high": 2 * days, **KNOWN}
    return {"begins_per_year": {"value": rate, **KNOWN}, "days": spread, **stands_in}


LEAVE = st.builds(leave, st.sampled_from([0.5, 4]), st.sampled_from([0, 20, 300]), st.sampled_from([None, 0, 30]))
PEOPLE = st.fixed_dictionaries(
    {
        f"{HANDLERS}.fte": st.sampled_from([0.3, 1, 2.5, 4]),
        f"{TURNOVER}.leaves_per_year": st.sampled_from([0, 0.5, 3, 40]),
    },
    optional={
        f"{TURNOVER}.hiring_fails_share": st.sampled_from([0, 0.4, 1]),
        f"{TURNOVER}.no_refill_from": st.sampled_from([dt.date(2014, 1, 1), dt.date(2016, 5, 1), dt.date(2030, 1, 1)]),
        f"{TURNOVER}.leave": LEAVE,
    },
)


def staff(changes: Mapping[str, object], seed: int) -> PoolPlan:
    pool = BASE.with_changes(changes).data.models["in_house"].staff["handlers"]
    return staff_pool("handlers", pool, FIRST, DAYS, Draws(seed, 0, 0))


@given(changes=PEOPLE, seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_posts_only_rise_when_somebody_comes_and_nobody_works_unpaid(changes: dict[str, object], seed: int) -> None:
    """And each departure is followed by a hire, a recruitment under way, or the end of the post."""
    found = staff(changes, seed)
    posts = len(found.paid_minutes)
    held = found.paid_minutes > 0
    working = held.any(axis=0) | (found.vacant_minutes > 0).any(axis=0)
    days = np.flatnonzero(working)
    came = {*found.hire_days.tolist(), *found.substitute_days.tolist()}
    away = f"{TURNOVER}.leave" in changes  # whoever comes back is nobody new
    for before, day in pairwise(days.tolist()):
        rises = held[:, day].sum() > held[:, before].sum()
        assert not rises or away or came & set(range(before + 1, day + 1))
    assert not (found.paid_minutes * found.vacant_minutes).any()
    assert not (found.present_minutes[found.vacant_minutes > 0]).any()
    ended = found.ended_from if len(found.ended_from) else np.full(posts, DAYS)
    for post, day in enumerate(ended.tolist()):
        assert not found.paid_minutes[post, day:].any()
        assert found.servers[post].is_given_up == (day < DAYS)
        assert not len(found.servers[post].closes) or found.servers[post].closes[-1] <= day * MINUTES_PER_DAY
    gone = int((ended < DAYS).sum())
    assert 0 <= len(found.left_days) - len(found.hire_days) - gone <= posts
    if f"{TURNOVER}.hiring_fails_share" not in changes:
        assert not len(found.failed_days)


@given(changes=PEOPLE, seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_what_never_comes_about_changes_no_bit(changes: dict[str, object], seed: int) -> None:
    """Always refilled, none of it failing, no leave, all posts as they are: the same as if nothing had been said."""
    plain = {key: value for key, value in changes.items() if key in (f"{HANDLERS}.fte", f"{TURNOVER}.leaves_per_year")}
    said = {
        f"{TURNOVER}.hiring_fails_share": 0,
        f"{TURNOVER}.no_refill_from": FIRST + dt.timedelta(DAYS),
        f"{TURNOVER}.leave": leave(0, 100, 10),
    }
    one, other = staff(plain, seed), staff(plain | said, seed)
    for name in ("paid_minutes", "present_minutes", "vacant_minutes", "learning_minutes", "hire_days", "ended_from"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@given(changes=PEOPLE, seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_until_nobody_is_replaced_all_is_as_before(changes: dict[str, object], seed: int) -> None:
    """Whoever is there, is there on the same days as if the posts were filled again, up to the first departure after it."""
    until = dt.date(2016, 5, 1)
    filled = staff({key: value for key, value in changes.items() if not key.endswith("no_refill_from")}, seed)
    winds_down = staff(changes | {f"{TURNOVER}.no_refill_from": until}, seed)
    day = (until - FIRST).days
    np.testing.assert_array_equal(filled.present_minutes[:, :day], winds_down.present_minutes[:, :day])
    assert (winds_down.paid_minutes <= filled.paid_minutes).all()


@given(scenario=small_scenarios(), changes=PEOPLE, seed=st.integers(0, 2**64))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_both_engines_and_both_books_follow(scenario: Scenario, changes: dict[str, object], seed: int) -> None:
    """Row for row, in every count and to the öre; the audit of each run looks at hours, skills, pay and recruitments."""
    scenario = scenario.with_changes(changes)
    compiled, simpy = (one_run(scenario, "in_house", seed=seed, engine=engine) for engine in ("compiled", "simpy"))
    np.testing.assert_array_equal(compiled.log.rows(), simpy.log.rows())
    assert compiled.ledger.postings is not None
    for one, other in zip(compiled.tally, simpy.tally, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_closed_form_refuses_by_name() -> None:
    """Posts and claims are there; pay, and what waits for staff, is missing, and says why."""
    scenario = BASE.with_changes({f"{TURNOVER}.no_refill_from": dt.date(2016, 5, 1)})
    found = numbers_quietly(scenario)
    assert np.isfinite(found["claims"]).all()
    assert np.isfinite(found["posts"]).all()
    for name in ("net_revenue_kr", "budget_staff_pay_kr", "principal_recovered_kr"):
        assert np.isnan(found[name]).all()
        assert found.why(name, 0) == "people"


def numbers_quietly(scenario: Scenario) -> Expected:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return numbers(scenario, "in_house")


@given(changes=PEOPLE, seed=st.integers(0, 2**64))
@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_years_by_themselves_add_up_to_all_of_them(changes: dict[str, object], seed: int) -> None:
    """To the öre in every line, in every step and answer: each year is entered with the years before as its history.

    But for the system, which each year bears a part of and a longer horizon buys once, and for principal that falls due in a
    year and is handed over in the next, which neither of the two has as a claim of its own.
    """
    scenario = tiny().with_changes(changes)
    start = scenario.data.horizon.start.year
    longer = scenario.with_changes({"horizon.end": dt.date(start + 3, 1, 1)})
    whole = one_run(longer, "in_house", seed=seed).tally
    years = [one_run(in_year(scenario, after), "in_house", seed=seed).tally for after in range(3)]
    of_years = sum(one.amounts[PERIOD_HORIZON].sum(axis=0) for one in years)
    gap = of_years - whole.amounts[PERIOD_HORIZON].sum(axis=0)
    gap[CHARGE, LINE["principal"]] = 0
    gap[:, [line for line, name in enumerate(LINES) if name.startswith("system_")]] = 0
    assert not gap.any()
    for name in ("done", "answered", "ends"):
        np.testing.assert_array_equal(sum(getattr(one, name) for one in years), getattr(whole, name))
    np.testing.assert_array_equal(sum(one.work[:, ARRIVED_MINUTES] for one in years), whole.work[:, ARRIVED_MINUTES])
    assert years[-1].counts[OPEN_CLAIMS] == whole.counts[OPEN_CLAIMS]
