"""What the staff did, off the work as it was taken up: minutes of those in reserve, and of all within the horizon."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.arrays_compiled import StaffArrays
from kravsim.engine.cases_compiled import Items
from kravsim.engine.contract import NONE
from kravsim.errors import Problem
from kravsim.ledger.costs import Reserve, reserve_minutes
from kravsim.ledger.faults import fault
from kravsim.models.plan import REGULAR, Plan
from kravsim.phrases import phrase
from kravsim.settling.staff_compiled import (
    AT,
    SERVER_COLUMNS,
    SKILLS,
    WINDOW_CLOSES,
    WINDOW_OPENS,
    WORK_BEGAN,
    WORK_MINUTES,
    WORK_SERVER,
    check_staff,
)
from kravsim.settling.terms import Terms
from kravsim.units import MINUTES_PER_DAY

Ints = NDArray[np.int64]


def reserve_of(plan: Plan, work: Items, years: list[tuple[int, int]]) -> Reserve:
    """Minutes that servers in reserve took up in each year: (pools, kinds, years).

    Parameters
    ----------
    plan : Plan
        Whose pools they are of.
    work : int32 array, shape (items, 4)
        Work as it was taken up.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    """
    pool = np.repeat(np.arange(len(plan.pools)), [len(one.servers) for one in plan.pools])
    kind = np.concatenate([np.zeros(0, np.int64), *(one.kind for one in plan.pools)])
    if (kind == REGULAR).all():
        work = work[:0]
    begun = work[work[:, WORK_SERVER] != NONE]
    day = begun[:, WORK_BEGAN].astype(np.int64) // MINUTES_PER_DAY
    return reserve_minutes(
        len(plan.pools), years, pool[begun[:, WORK_SERVER]], kind[begun[:, WORK_SERVER]], day, begun[:, WORK_MINUTES]
    )


def checked_staff(plan: Plan, staff: StaffArrays, work: Items, terms: Terms) -> tuple[int, list[Problem]]:
    """Minutes that the staff worked within the horizon; everybody works on one item at a time, at work, and qualified.

    Parameters
    ----------
    plan : Plan
        Whose steps the work is of.
    staff : StaffArrays
        Of the same plan.
    work : int32 array, shape (items, 4)
        Work as it was taken up.
    terms : Terms
        From which the horizon's days are.
    """
    servers = [(pool, server) for pool in plan.pools for server in range(len(pool.servers))]
    at = np.zeros((len(servers), SERVER_COLUMNS), np.int64)
    at[:, AT] = staff.first_hours[:-1] - 1
    window = np.array([terms.start, terms.n_days], np.int64) * MINUTES_PER_DAY
    for number, (pool, server) in enumerate(servers):
        at[number, [WINDOW_OPENS, WINDOW_CLOSES]] = pool.servers[server].worked_until(window)
        at[number, SKILLS] = pool.skills[server]
    needed = np.require(plan.skill, np.int64, ["C", "W"])
    busy, twice, away, unable = check_staff(staff, work, at, needed)
    problems = []
    for number, what, allowed in (
        (twice, "{name} {server} works twice at once", "one item at a time"),
        (away, "{name} {server} begins while away", "work within hours"),
        (unable, "{name} {server} lacks a skill", "work of qualified posts"),
    ):
        if number != NONE:
            pool, server = servers[number]
            problems.append(fault("staff", phrase(what, name=pool.name, server=server), allowed))
    return busy, problems
