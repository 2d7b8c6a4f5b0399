"""``serve`` against answers without chance: traces worked by hand, a recursion, and a simulator that looks every minute.

Nothing here is statistical: start and finish of every single item must be equal. The random traces are short and crowded
(most items share their minute with another, a seventh needs no work), because order only shows where things collide.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravsim.engine.queue import serve
from kravsim.errors import ScenarioError

from .theory import kiefer_wolfowitz, load_cases

CASES = load_cases()
SEARCH = settings(max_examples=300, deadline=None, derandomize=True)

Trace = tuple[list[int], list[int], list[int]]
"""Releases in order, work, priorities."""


@st.composite
def traces(draw: st.DrawFn, longest_gap: int = 3, longest_work: int = 6) -> Trace:
    """A short trace with many ties; half the gaps are 0."""
    gap = st.one_of(st.just(0), st.integers(0, longest_gap))
    items = draw(st.lists(st.tuples(gap, st.integers(0, longest_work), st.integers(-1, 2)), max_size=24))
    gaps, work, priority = ([item[column] for item in items] for column in range(3))
    return [sum(gaps[: item + 1]) for item in range(len(items))], work, priority


def every_minute(release: list[int], work: list[int], priority: list[int], servers: int) -> tuple[list[int], list[int]]:
    """Start and finish of every item, found by looking at everybody in every minute."""
    start, busy_until = [-1] * len(release), [0] * servers
    minute = 0
    while -1 in start:
        waiting = [item for item in range(len(release)) if start[item] == -1 and release[item] <= minute]
        waiting.sort(key=lambda item: (priority[item], release[item], item))
        for item in waiting:
            for server in range(servers):
                if start[item] == -1 and busy_until[server] <= minute:
                    start[item], busy_until[server] = minute, minute + work[item]
        minute += 1
    return start, [begin + length for begin, length in zip(start, work, strict=True)]


def served(*arguments: Any, **options: Any) -> tuple[list[int], list[int]]:
    """Start and finish as lists."""
    start, finish = serve(*arguments, **options, engine="simpy")
    return start.tolist(), finish.tolist()


# Traces worked by hand


def test_a_published_trace_is_met_to_the_tick() -> None:
    case = CASES["trace_c1"]
    release, work, waits = ([int(4 * time) for time in case.fractions(key)] for key in ("release", "work", "waits"))
    start, finish = served(release, work, servers=case.given["servers"])
    assert [begin - at for begin, at in zip(start, release, strict=True)] == waits
    assert Fraction(sum(waits), 4 * len(waits)) == Fraction(case.exact["mean_wait"])
    assert Fraction(max(finish), 4) == Fraction(case.exact["makespan"])


def test_a_year_handed_over_at_once_is_met_to_the_minute() -> None:
    case = CASES["batch_01"]
    items = case.given["items"]
    start, finish = serve([0] * items, [case.given["minutes"]] * items, servers=case.given["servers"], engine="simpy")
    assert start.tolist() == [15 * (item // 2) for item in range(items)]
    assert Fraction(int(start.sum()), 60 * items) == Fraction(case.exact["mean_wait_hours"])
    assert Fraction(int(start.max()), 60) == Fraction(case.exact["max_wait_hours"])
    assert Fraction(int(finish.max()), 60) == Fraction(case.exact["makespan_hours"])
    assert (start == 0).mean() == pytest.approx(case.exact["P_wait_0"], rel=1e-12)


@pytest.mark.parametrize(
    ("release", "work", "priority", "servers", "start"),
    [
        pytest.param([0, 1, 3], [3, 5, 1], [0, 1, 0], 1, [0, 4, 3], id="freed at 3: the urgent newcomer goes first"),
        pytest.param([0, 1, 3], [3, 5, 1], [0, 0, 0], 1, [0, 3, 8], id="freed at 3: the one who has waited goes first"),
        pytest.param([0, 1, 2], [9, 1, 1], [0, 1, 0], 1, [0, 10, 9], id="work in hand is never interrupted"),
        pytest.param([0, 0, 0], [2, 2, 2], [2, 1, 0], 1, [4, 2, 0], id="nobody is taken before the minute is full"),
        pytest.param([5, 5, 5], [0, 0, 1], [1, 0, 2], 1, [5, 5, 5], id="work of no time holds nobody up"),
        pytest.param([0, 2, 2], [2, 0, 3], [0, 1, 0], 1, [0, 5, 2], id="nor does it go first"),
        pytest.param([7], [4], [0], 3, [7], id="one item"),
        pytest.param([], [], [], 2, [], id="no items"),
        pytest.param([-6, -5], [3, 1], [0, 0], 1, [-6, -3], id="the clock may start below zero"),
        pytest.param([0, 10**15], [10**15 + 1, 1], [0, 0], 1, [0, 10**15 + 1], id="ticks may be very fine"),
    ],
)
def test_small_traces_are_served_as_worked_by_hand(
    release: list[int], work: list[int], priority: list[int], servers: int, start: list[int]
) -> None:
    assert served(release, work, servers=servers, priority=priority) == (
        start,
        [begin + length for begin, length in zip(start, work, strict=True)],
    )


# Random traces


@SEARCH
@given(traces(), st.integers(1, 4))
def test_first_come_first_served_is_the_recursion_of_kiefer_and_wolfowitz(trace: Trace, servers: int) -> None:
    release, work, _ = trace
    columns = [np.array(values, np.int64)[:, np.newaxis] for values in (release, work)]
    expected = kiefer_wolfowitz(columns[0], columns[1], servers)[:, 0]
    assert served(release, work, servers=servers) == (expected.tolist(), (expected + np.array(work, np.int64)).tolist())


def test_a_long_trace_is_the_recursion_of_kiefer_and_wolfowitz() -> None:
    generator = np.random.Generator(np.random.PCG64(0x5F0E6B9A1C4D47E28B3390D5A7716C24))
    release = np.cumsum(generator.integers(0, 9, 5_000))
    work = generator.integers(0, 23, 5_000)
    start, _ = serve(release, work, servers=3, engine="simpy")
    assert np.array_equal(start, kiefer_wolfowitz(release[:, np.newaxis], work[:, np.newaxis], 3)[:, 0])
    assert (start > release).mean() > 0.5


@SEARCH
@given(traces(), st.integers(1, 4))
def test_priorities_are_served_as_by_someone_who_looks_every_minute(trace: Trace, servers: int) -> None:
    release, work, priority = trace
    assert served(release, work, servers=servers, priority=priority) == every_minute(release, work, priority, servers)


@SEARCH
@given(traces(longest_gap=1, longest_work=2), st.integers(1, 2))
def test_a_few_crowded_minutes_are_served_in_order(trace: Trace, servers: int) -> None:
    release, work, priority = trace
    assert served(release, work, servers=servers, priority=priority) == every_minute(release, work, priority, servers)


@SEARCH
@given(traces(), st.integers(1, 4))
def test_another_server_never_lengthens_a_wait(trace: Trace, servers: int) -> None:
    release, work, _ = trace
    fewer, _ = serve(release, work, servers=servers, engine="simpy")
    more, _ = serve(release, work, servers=servers + 1, engine="simpy")
    assert (more <= fewer).all()


@SEARCH
@given(traces(), st.integers(1, 3), st.integers(1, 1440), st.integers(-10_000, 10_000))
def test_the_unit_and_the_zero_of_time_are_the_callers(trace: Trace, servers: int, unit: int, zero: int) -> None:
    release, work, priority = (np.array(values, np.int64) for values in trace)
    start, finish = serve(release, work, servers=servers, priority=priority, engine="simpy")
    moved_start, moved_finish = serve(
        release * unit + zero, work * unit, servers=servers, priority=priority, engine="simpy"
    )
    assert np.array_equal(moved_start, start * unit + zero)
    assert np.array_equal(moved_finish, finish * unit + zero)


# What may be given

KINDS_OF_ARRAY = [list, tuple, *(np.dtype(f"{kind}{size}").type for kind in "iu" for size in (1, 2, 4, 8))]


@pytest.mark.parametrize("kind", KINDS_OF_ARRAY, ids=lambda kind: str(kind.__name__))
@pytest.mark.parametrize("servers", [2, np.int64(2), np.uint8(2)], ids=lambda servers: type(servers).__name__)
def test_any_kind_of_integers_is_the_same_queue(kind: Any, servers: Any) -> None:
    """90 + 60 does not fit in eight bits with a sign: the clock is not in the caller's kind."""
    release, work, priority = [0, 3, 3, 90, 90, 90, 91], [120, 0, 80, 60, 5, 60, 1], [1, 0, 0, 2, 1, 0, 0]
    given_as = [
        kind(values) if kind in {list, tuple} else np.array(values, kind) for values in (release, work, priority)
    ]
    start, finish = serve(given_as[0], given_as[1], servers=servers, priority=given_as[2], engine="simpy")
    assert (start.dtype, finish.dtype) == (np.dtype(np.int64), np.dtype(np.int64))
    assert (start.tolist(), finish.tolist()) == every_minute(release, work, priority, 2)


def test_what_is_given_is_left_alone() -> None:
    release, work, priority = np.array([0, 0, 1]), np.array([2, 2, 2]), np.array([1, 0, 0])
    kept = [values.copy() for values in (release, work, priority)]
    start, finish = serve(release, work, servers=1, priority=priority, engine="simpy")
    start += 1
    finish += 1
    assert all(np.array_equal(now, then) for now, then in zip((release, work, priority), kept, strict=True))


WHOLE = "allowed a one-dimensional array of 64-bit integers; round to whole ticks"
SERVERS = "allowed an integer of at least 1; give whole servers"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"release": [0.0, 1.0]}, [f"release: got float64 of shape (2,); {WHOLE}"]),
        ({"minutes": np.array([1.5, 2.0])}, [f"minutes: got float64 of shape (2,); {WHOLE}"]),
        ({"priority": [0.0, 1.0]}, [f"priority: got float64 of shape (2,); {WHOLE}"]),
        ({"release": [False, True]}, [f"release: got bool of shape (2,); {WHOLE}"]),
        ({"minutes": ["1", "2"]}, ["minutes: got <U1 of shape (2,)", WHOLE]),
        ({"minutes": [1, None]}, ["minutes: got object of shape (2,)", WHOLE]),
        ({"minutes": [[1, 2]]}, ["minutes: got int64 of shape (1, 2)", WHOLE]),
        ({"minutes": 3}, ["minutes: got int64 of shape ()", WHOLE]),
        ({"release": [1, 0]}, ["release: got 'decreasing'; allowed release times in order; sort the items by release"]),
        ({"minutes": [1, -2]}, ["minutes: got -2; allowed at least 0; give non-negative work"]),
        ({"minutes": [1]}, ["'release': 2, 'minutes': 1", "allowed arrays of equal length; give one entry an item"]),
        ({"priority": [1, 2, 3]}, ["'priority': 3", "allowed arrays of equal length"]),
        ({"servers": 0}, [f"servers: got 0; {SERVERS}"]),
        ({"servers": -1}, [f"servers: got -1; {SERVERS}"]),
        ({"servers": True}, [f"servers: got true; {SERVERS}"]),
        ({"servers": 1.5}, [f"servers: got 1.5; {SERVERS}"]),
        ({"servers": "2"}, [f"servers: got '2'; {SERVERS}"]),
        ({"engine": "simpi"}, ["engine: got 'simpi'; allowed 'compiled' or 'simpy'", "choose a known engine"]),
        ({"minutes": [-1, 2], "servers": 0, "engine": ""}, ["minutes: got -1", "servers: got 0", "engine: got ''"]),
    ],
)
def test_what_is_not_a_queue_is_refused_in_words(change: dict[str, Any], words: list[str]) -> None:
    asked: dict[str, Any] = {"release": [0, 1], "minutes": [1, 2], "priority": [0, 0], "servers": 1, "engine": "simpy"}
    with pytest.raises(ScenarioError) as caught:
        serve(**(asked | change))
    assert [part for part in words if part not in str(caught.value)] == []


def test_options_are_given_by_name() -> None:
    positional: Any = serve
    with pytest.raises(TypeError, match="takes 2 positional arguments but 3 were given"):
        positional([0], [1], 1)


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_an_array_that_is_missing_is_refused_in_words(engine: str) -> None:
    with pytest.raises(ScenarioError, match=r"release: got nothing; .*\n?.*minutes: got nothing"):
        serve(None, None, servers=1, engine=engine)  # type: ignore[arg-type]
