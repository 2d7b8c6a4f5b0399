"""Nothing is handed over before it is late: for any terms, in the simulation and in the closed form.

False alarms: none, these are identities.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravsim import expected
from kravsim.chance.draws import Draws
from kravsim.checking.check import warnings_of
from kravsim.expected.batch import Batch, batches
from kravsim.expected.clock import Clock
from kravsim.scenario import Scenario
from kravsim.stream import generate
from kravsim.stream.calendar import hand_overs
from kravsim.workdays import working_days
from tests.properties.strategies import tiny

DAYS = st.integers(1, 28)
CALENDARS = st.fixed_dictionaries(
    {
        "invoices.terms_days": st.one_of(st.integers(0, 120), st.sampled_from([28, 29, 30, 90, 365])),
        "invoices.hand_over_min_age_days": st.integers(0, 90),
        "invoices.age_basis": st.sampled_from(["invoice_date", "due_date"]),
        "invoices.hand_over_day": DAYS,
        "invoices.run_days": st.lists(DAYS, min_size=1, max_size=8, unique=True).map(sorted),
        "horizon.start": st.sampled_from([dt.date(2015, 1, 1), dt.date(2017, 1, 1), dt.date(2020, 1, 1)]),
    }
)


def changed(given: dict[str, object]) -> Scenario:
    start = given["horizon.start"]
    assert isinstance(start, dt.date)
    return tiny().with_changes(given | {"horizon.end": dt.date(start.year + 1, 1, 1), "invoices.late_share": 0.3})


@given(CALENDARS, st.integers(0, 2**40))
@settings(max_examples=60, deadline=None)
def test_every_claim_goes_with_the_first_hand_over_after_its_due_date(given: dict[str, object], seed: int) -> None:
    """Never on it, nor before its age; and no hand-over day between is left out."""
    scenario, draws = changed(given), Draws(seed, 0, 0)
    data = scenario.data
    stream = generate(scenario.realise(draws), draws)
    claims, terms, age = stream.claims, data.invoices.terms_days.value, data.invoices.hand_over_min_age_days.value
    assert (claims.hand_over_day > claims.due_day).all()
    since = claims.due_day if data.invoices.age_basis == "due_date" else claims.run
    earliest = np.maximum(since + int(age), claims.due_day + 1)
    assert (claims.hand_over_day >= earliest).all()
    working = working_days(stream.first, stream.n_days + 400)
    assert working[claims.due_day].all()
    passed = [not working[run + int(terms) : due].any() for run, due in zip(claims.run, claims.due_day, strict=True)]
    assert all(passed)
    for low, high in np.unique(np.stack([earliest, claims.hand_over_day]), axis=1).T.tolist():
        between = [stream.first + dt.timedelta(day) for day in range(low, high + 1)]
        assert [day.day == data.invoices.hand_over_day for day in between] == [False] * (high - low) + [True]


@given(CALENDARS, st.lists(st.integers(0, 120), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_the_closed_form_has_the_same_calendar(given: dict[str, object], terms: list[int]) -> None:
    """Sets whose terms make another calendar are not worked together with others."""
    scenario = changed(given)
    arrays = {"invoices.terms_days": np.array(terms, np.float64)}
    seen: list[int] = []
    for batch in batches(scenario, arrays, len(terms), 512):
        clock = Clock.of(batch)
        for place in batch.which.tolist():
            alone = scenario.with_changes({"invoices.terms_days": terms[place]}).data
            calendar = hand_overs(alone, clock.calendar.first)
            within = calendar.day < calendar.n_days
            assert [day for day, _ in clock.calendar.runs] == calendar.day[within].tolist()
            runs = np.concatenate([runs for _, runs in clock.calendar.runs] or [np.empty(0)])
            assert np.array_equal(runs, calendar.run_day[within[calendar.of_run]])
            weights = clock.each[clock.of_set[batch.which.tolist().index(place)]]
            due = np.concatenate(weights.due or [np.empty(0)])
            assert np.array_equal(due, calendar.due_day[within[calendar.of_run]])
        seen += batch.which.tolist()
    assert sorted(seen) == list(range(len(terms)))


@pytest.mark.parametrize("terms", [20, 28, 29, 30, 90])
def test_drawn_worlds_and_several_sets_at_once_are_each_like_their_own(terms: int) -> None:
    scenario = tiny()
    many = expected.numbers(scenario, "outsourced", {"invoices.terms_days": np.array([terms, 20.0, 30, 90])})
    alone = expected.numbers(scenario.with_changes({"invoices.terms_days": terms}), "outsourced")
    for name, found in alone.items():
        assert many[name][0] == pytest.approx(found[0], rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"invoices.terms_days": 20}, ""),
        ({"invoices.terms_days": 28}, "terms of 28 days and a minimum age of 28 days"),
        ({"invoices.terms_days": 30}, "become 62 days old"),
        ({"invoices.terms_days": 90}, "100% of the runs are not"),
        ({"invoices.terms_days": 90, "invoices.age_basis": "due_date"}, ""),
        ({"invoices.age_basis": "due_date", "invoices.hand_over_min_age_days": 0}, "a minimum age of 0 days"),
    ],
)
def test_terms_that_hold_claims_back_are_warned_of(changes: dict[str, object], told: str) -> None:
    found = [str(problem) for problem in warnings_of(tiny().with_changes({"invoices.terms_days": 20} | changes))]
    about = [line for line in found if "invoices.terms_days" in line]
    assert len(about) == bool(told)
    assert all(told in line for line in about)


def test_a_range_that_holds_claims_back_in_some_worlds_is_warned_of() -> None:
    spread = {"value": 20, "low": 10, "high": 30, "source": "assumption", "status": "assumed"}
    found = [str(problem) for problem in warnings_of(tiny().with_changes({"invoices.terms_days": spread}))]
    assert any("30 days and a minimum age of 28 days in worlds drawn from the range" in line for line in found)


def test_interest_runs_from_the_day_that_the_due_date_moves_to() -> None:
    """2017-01-01 and 20 days: Saturday 21 January moves to Monday the 23rd."""
    scenario = tiny(horizon__history_years=0, invoices__late_share=0.3)
    stream = generate(scenario.realise(Draws(1, 0, 0)), Draws(1, 0, 0))
    first = stream.claims.run == 0
    assert first.any()
    assert {stream.first + dt.timedelta(day) for day in stream.claims.due_day[first].tolist()} == {dt.date(2017, 1, 23)}


def test_batches_share_a_calendar_only_where_terms_do_not_matter() -> None:
    arrays = {"invoices.terms_days": np.array([10.0, 15, 20, 30, 90])}
    found: list[Batch] = batches(tiny(), arrays, 5, 512)
    assert sorted(batch.which.tolist() for batch in found) == [[0, 1, 2], [3], [4]]
