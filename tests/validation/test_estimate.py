"""Does the estimate of memory and time agree with what a run takes now? To a factor; it must refuse powers of ten."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kravsim.chance.draws import Draws
from kravsim.flow import run_model, setting
from kravsim.scenario import Scenario, load_scenario
from kravsim.sizing.estimate import Estimate, estimate
from kravsim.sizing.machine import available_memory
from tests.properties.strategies import tiny

CASE = load_scenario("jamtland-harjedalen-2017")


@contextmanager
def peak() -> Iterator[list[int]]:
    """Most memory allocated inside, in bytes: numpy's arrays are counted."""
    found: list[int] = []
    tracemalloc.start()
    try:
        yield found
        found.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def measured(scenario: Scenario, model: str) -> tuple[int, int, float]:
    """Late claims met, bytes at the peak and seconds of one run."""
    with peak() as memory:
        met = setting(scenario, Draws(1, 0, 0))
        run_model(met, model)
    begun = time.perf_counter()
    run_model(setting(scenario, Draws(1, 0, 0)), model)
    return len(met.stream.claims.case), memory[0], time.perf_counter() - begun


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        ("in_house", {"horizon.history_years": 3}),
        ("outsourced", {"horizon.history_years": 3}),
        ("in_house", {"horizon.history_years": 3, "invoices.per_year": 800_000, "debtors.number": 56_000}),
    ],
)
def test_memory_and_time_are_about_what_was_estimated(model: str, changes: dict[str, object]) -> None:
    """Memory to a factor of 3, and never half of what a run takes; time to a factor of 10: machines differ."""
    run_model(setting(tiny(), Draws(1, 0, 0)), model)  # compiles
    scenario = CASE.with_changes(changes)
    guess = estimate(scenario.data, (model,))
    claims, memory, seconds = measured(scenario, model)
    assert claims == pytest.approx(guess.late_claims, rel=0.05)
    at_rest = estimate(scenario.with_changes({"invoices.per_year": 0}).data, (model,)).memory_bytes
    assert 0.5 < (guess.memory_bytes - at_rest) / memory < 3
    assert 0.1 < guess.seconds / seconds < 10


def test_the_estimate_grows_with_everything_that_takes_room() -> None:
    base = estimate(CASE.data, ("in_house",))
    assert base.driver == "invoices.per_year"
    for key, number in (
        ("invoices.per_year", 10**6),
        ("horizon.history_years", 20),
        ("debtors.number", 10**6),
        ("models.in_house.staff.handlers.fte", 100),
    ):
        more = estimate(CASE.with_changes({key: number}).data, ("in_house",))
        assert more.memory_bytes > base.memory_bytes, key
        assert more.seconds >= base.seconds, key
    assert estimate(CASE.data, CASE.models).seconds > base.seconds
    assert estimate(CASE.data, ("in_house",), journal=True).memory_bytes > base.memory_bytes
    spells = CASE.with_changes({"policy.surveillance_spells": 50}).data
    drawn = [estimate(data, ("in_house",), engine="simpy").memory_bytes for data in (CASE.data, spells)]
    assert drawn[1] > drawn[0]


def test_the_estimate_in_words() -> None:
    assert Estimate(11, 182446.0, 620e6, 2.7, "x").text() == (
        "about 182 000 late claims in 11 years need about 0.58 GiB of memory and 2.7 seconds a replication"
    )
    long = Estimate(1, 3.2e9, 7e12, 400 * 86400.0, "x").text()
    assert long == "about 3 200 000 000 late claims in 1 year need about 6 520 GiB of memory and 400 days a replication"


def test_memory_is_that_of_the_narrowest_control_group(tmp_path: Path) -> None:
    whole = available_memory(tmp_path)
    assert whole > 0
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/user/job\n", "utf-8")
    group = tmp_path / "sys/fs/cgroup/user/job"
    group.mkdir(parents=True)
    (group / "memory.max").write_text("max\n", "utf-8")
    assert available_memory(tmp_path) == whole
    (group.parent / "memory.max").write_text("1048576\n", "utf-8")
    assert available_memory(tmp_path) == 2**20
    (tmp_path / "proc/self/cgroup").write_text("4:memory:/old\n3:cpu,cpuacct:/old\n", "utf-8")
    older = tmp_path / "sys/fs/cgroup/memory/old"
    older.mkdir(parents=True)
    (older / "memory.limit_in_bytes").write_text("2097152\n", "utf-8")
    assert available_memory(tmp_path) == 2**21
