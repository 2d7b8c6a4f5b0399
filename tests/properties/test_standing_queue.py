"""A team that never works its queue off is overloaded, also where the queue has stopped growing."""

from __future__ import annotations

import pytest

import kravsim as ks
from kravsim.results.run import Run
from kravsim.statistics.overload import BACKLOG_DAYS, Load
from tests.properties.strategies import tiny

STAFF = "models.in_house.staff.handlers"


def run(fte: float, seed: int, **more: object) -> Run:
    """A history so long that claims are barred in the queue before the year begins."""
    scenario = tiny(horizon__history_years=6, **more).with_changes({f"{STAFF}.fte": fte})
    return ks.simulate(scenario, model="in_house", replications=1, seed=seed, workers=1)


@pytest.mark.parametrize("fte", [0.005, 0.01, 0.015])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_queue_that_has_stopped_growing_is_still_an_overload(fte: float, seed: int) -> None:
    """Work that is barred while it waits brings none of the later steps: no more arrives than the team can do."""
    found = run(fte, seed)
    assert found.metric("idle_hours").mean == 0
    assert found.metric("waiting_days").mean > 200
    assert "overloaded" in {doubt.key for doubt in found.doubts}
    assert found.metric("backlog_standing_days").mean > 4 * BACKLOG_DAYS


def test_it_says_so_in_its_own_words() -> None:
    """Of the runs above, those whose hours suffice for what arrives and whose queue does not grow."""
    told = []
    for seed in range(1, 9):
        found = run(0.01, seed)
        if not Load.of(found.outcomes).falls_behind:
            told += [
                note for note in found.notes("en") if note.startswith("Overloaded: the queue is never worked off.")
            ]
            assert any(note.startswith("Överbelastad: kön arbetas aldrig av.") for note in found.notes("sv"))
    assert told


@pytest.mark.parametrize("fte", [0.05, 0.1, 0.2])
def test_a_team_with_hours_left_has_no_standing_queue(fte: float) -> None:
    found = run(fte, 1)
    assert found.metric("idle_hours").mean > 0
    assert found.metric("backlog_standing_days").mean == 0
    assert "overloaded" not in {doubt.key for doubt in found.doubts}


def test_a_backlog_that_the_team_lets_wait_is_no_overload() -> None:
    """Letters go out by the system from sixty days of waiting work on: the queue stands there by choice."""
    behind = {"from_backlog_days": {"value": 60, "source": "assumption", "status": "assumed"}}
    behind |= {"letters_by_system": ["reminder", "demand"]}
    scenario = tiny(horizon__history_years=6).with_changes({f"{STAFF}.fte": 0.03, f"{STAFF}.when_behind": behind})
    found = ks.simulate(scenario, model="in_house", replications=1, seed=1, workers=1)
    assert found.metric("by_system_hours").mean > 0
    assert found.metric("backlog_standing_days").mean < BACKLOG_DAYS
