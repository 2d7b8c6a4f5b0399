"""Six simple steps without money, for engines that know nothing of claims: a year's late invoices, each a process of its own.

A case is reminded, sent a demand, looked up, applied for, attached and watched; after each step it is paid with a given
chance, on a day of the weeks after it, or goes on. With staff the last four wait in one queue for somebody's time. It is a
small part of what kravsim simulates, so a ratio to a full run of it is a floor under what the whole would take.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

NAMES = ("reminder", "demand", "solvency check", "payment order", "attachment", "surveillance")
PAID = (0.45, 0.35, 0.0, 0.30, 0.15, 0.10)
"""Chance that a case is paid after a step."""
LEAST_DAYS = (5.0, 5.0, 1.0, 20.0, 30.0, 180.0)
MOST_DAYS = (35.0, 25.0, 3.0, 80.0, 150.0, 720.0)
"""Until it is paid or goes on, any time between."""
WORK_DAYS = (0.0, 0.0, 0.02, 0.04, 0.03, 0.01)
"""Somebody's time, by the clock, where there is staff."""
STAFF = 3
YEAR = 365.0
ENDS = len(NAMES) + 1
"""Paid after one of the steps, or never."""


def with_simpy(cases: int, *, staffed: bool, seed: int) -> list[int]:
    """Run a year's cases to their ends with SimPy; how many ended after each step, and how many never."""
    draw, env = random.Random(seed), simpy.Environment()  # noqa: S311 - no secret
    staff, ended = simpy.Resource(env, STAFF), [0] * ENDS

    def case() -> Generator[Any, Any, None]:
        yield env.timeout(YEAR * draw.random())
        for step in range(len(NAMES)):
            if staffed and WORK_DAYS[step]:
                with staff.request() as turn:
                    yield turn
                    yield env.timeout(WORK_DAYS[step])
            yield env.timeout(LEAST_DAYS[step] + (MOST_DAYS[step] - LEAST_DAYS[step]) * draw.random())
            if draw.random() < PAID[step]:
                ended[step] += 1
                return
        ended[-1] += 1

    for _ in range(cases):
        env.process(case())
    env.run()
    return ended


def check_ends(ended: list[int], cases: int, who: str) -> None:
    """Refuse to compare programs that do not do the same: shares are held against what they must be, within five errors."""
    left, wanted = 1.0, []
    for paid in PAID:
        wanted.append(left * paid)
        left *= 1 - paid
    wanted.append(left)
    off = np.abs(np.array(ended) / cases - wanted)
    allowed = 5 * np.sqrt(np.array(wanted) * (1 - np.array(wanted)) / cases)
    if sum(ended) != cases or np.any(off > allowed):
        message = f"six steps with {who}: {ended} of {cases} cases ended after each step: the ratios would mean nothing"
        raise RuntimeError(message)
