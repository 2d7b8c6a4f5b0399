"""How often posts fall vacant and for how long, against what the scenario says.

Tolerance z = 5 (a false alarm in 1.7 million). Power: over 100 000 post-years at 0.12 a year the standard error is 0.9 % of
the rate, so that one read as the chance of leaving within a year (1 - exp(-0.12), 5.8 % lower) is refused for sure.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from kravsim.chance.draws import Draws
from kravsim.models.holders import Holders, holders
from kravsim.scenario import load_scenario
from kravsim.scenario.schema import Turnover
from kravsim.units import DAYS_A_YEAR

Z = 5
RATE = 0.12
POSTS, DAYS, RUNS = 2000, 3650, 5
KNOWN = {"source": "assumption", "status": "assumed"}


def turnover(low: float, mode: float, high: float) -> Turnover:
    found = (
        load_scenario("jamtland-harjedalen-2017")
        .with_changes(
            {
                "models.in_house.staff.handlers.turnover.leaves_per_year": RATE,
                "models.in_house.staff.handlers.turnover.recruitment_days": {
                    "low": low,
                    "mode": mode,
                    "high": high,
                    **KNOWN,
                },
            }
        )
        .data.models["in_house"]
        .staff["handlers"]
        .turnover
    )
    assert found is not None
    return found


def drawn(one: Turnover, draw: int, run: int) -> Holders:
    return holders("p", one, POSTS, dt.date(2017, 1, 1), DAYS, Draws(7, draw, run))


@pytest.fixture(scope="module")
def hires_at_once() -> int:
    """Hires where the next holder comes the day the last one leaves: as many as leave, a Poisson number."""
    at_once = turnover(0, 0, 0)
    return sum(len(drawn(at_once, 0, run).hire_days) for run in range(RUNS))


def far_off(found: int, rate: float) -> float:
    """Standard errors between the number found and what a yearly hazard expects."""
    expected = rate * POSTS * RUNS * DAYS / DAYS_A_YEAR
    return abs(found - expected) / math.sqrt(expected)


def test_posts_fall_vacant_at_the_stated_hazard(hires_at_once: int) -> None:
    assert far_off(hires_at_once, RATE) < Z


def test_the_chance_of_leaving_within_a_year_would_be_refused(hires_at_once: int) -> None:
    assert far_off(hires_at_once, -math.expm1(-RATE)) > Z


def test_posts_are_vacant_for_the_stated_time() -> None:
    """A triangle from 60 over 90 to 150 days has mean 100 and variance 350; whole days add 1/12."""
    lengths: list[int] = []
    for run in range(RUNS):
        vacant = drawn(turnover(60, 90, 150), 1, run).vacant
        edges = np.diff(vacant.astype(np.int8), axis=1, prepend=0, append=0)
        begins, ends = np.nonzero(edges == 1)[1], np.nonzero(edges == -1)[1]
        lengths += (ends - begins)[begins < DAYS - 151].tolist()
    assert abs(np.mean(lengths) - 100) < Z * math.sqrt((350 + 1 / 12) / len(lengths))
    assert min(lengths) >= 60
    assert max(lengths) <= 150
