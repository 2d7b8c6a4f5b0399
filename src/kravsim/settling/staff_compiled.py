"""Who did which work when, noted case by case, and whether the staff could: one item at a time, at work, and qualified."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.arrays_compiled import PlanArrays, StaffArrays
from kravsim.engine.cases_compiled import ITEM_SERVER, ITEM_TURN, MOVED, Items, Served
from kravsim.engine.contract import COLUMNS, NONE, STARTED
from kravsim.jit_compiled import compiled
from kravsim.models.plan import REGULAR

Ints = NDArray[np.int64]

KIND, STEP, MINUTE, SERVER, QUANTITY = (
    COLUMNS.index(name) for name in ("kind", "step", "minute", "server", "quantity")
)
WORK_COLUMNS = 4
WORK_SERVER, WORK_BEGAN, WORK_MINUTES, WORK_STEP = range(WORK_COLUMNS)
"""Of an item: server (counted through all pools), minute in which it was taken up, minutes of work, step."""
SERVER_COLUMNS = 5
AT, FREE_FROM, WINDOW_OPENS, WINDOW_CLOSES, SKILLS = range(SERVER_COLUMNS)
"""Of a server: interval of working hours, minutes worked when free again, before the horizon and before its close; skills."""


@compiled
def note_work(
    plan: PlanArrays, staff: StaffArrays, served: Served, work: Items, rows: Ints, n_rows: int, case: int
) -> None:
    """Note who began each item of a case, when, how long it took and what it was: the staff are checked in order of time.

    Parameters
    ----------
    plan : PlanArrays
    staff : StaffArrays
    served : Served
        What the pools did.
    work : int32 array, shape (items, 4)
        Written to, in the order in which items were taken up.
    rows : int64 array, shape (rows, columns)
        The case's rows of the log.
    n_rows : int
        How many there are.
    case : int
        Index of the case.
    """
    item = served.first_item[case]
    for row in range(n_rows):
        if rows[KIND, row] == STARTED:
            pool = staff.pool_of_queue[plan.queue[rows[STEP, row]]]
            while served.items[item, ITEM_SERVER] in (NONE, MOVED):  # done without a hand, or struck before it was
                item += 1
            done = work[served.items[item, ITEM_TURN]]
            done[WORK_SERVER], done[WORK_BEGAN] = staff.first_server[pool] + rows[SERVER, row], rows[MINUTE, row]
            done[WORK_MINUTES], done[WORK_STEP] = rows[QUANTITY, row], rows[STEP, row]
            item += 1


@compiled
def check_staff(staff: StaffArrays, work: Items, at: Ints, needed: Ints) -> tuple[int, int, int, int]:
    """Follow every server through the items.

    Parameters
    ----------
    staff : StaffArrays
        Servers and their working hours.
    work : int32 array, shape (items, 4)
        The items in the order in which they were taken up; NONE where nobody asks.
    at : int64 array, shape (servers, 5)
        Working space; WINDOW_OPENS, WINDOW_CLOSES and SKILLS are filled in.
    needed : int64 array, shape (S,)
        Skill that each step needs.

    Returns
    -------
    minutes of work of posts within the horizon, then the first server to work twice at once, to begin while away, and to lack
    the skill (NONE: nobody)
    """
    busy, twice, away, unable = 0, NONE, NONE, NONE
    for item in range(len(work)):
        server, minutes, now = work[item, WORK_SERVER], work[item, WORK_MINUTES], work[item, WORK_BEGAN]
        if server == NONE:
            continue
        if not at[server, SKILLS] >> needed[work[item, WORK_STEP]] & 1 and unable == NONE:
            unable = server
        interval = at[server, AT]
        while interval + 1 < staff.first_hours[server + 1] and staff.opens[interval + 1] <= now:
            interval += 1
        at[server, AT] = interval
        if interval < staff.first_hours[server] or now >= staff.closes[interval]:
            away = server if away == NONE else away
            continue
        begun = staff.before[interval] + now - staff.opens[interval]
        if begun < at[server, FREE_FROM]:
            twice = server if twice == NONE else twice
        at[server, FREE_FROM] = begun + minutes
        worked = min(begun + minutes, at[server, WINDOW_CLOSES]) - max(begun, at[server, WINDOW_OPENS])
        if staff.kind_of_group[staff.group_of_server[server]] == REGULAR:
            busy += max(worked, 0)
    return busy, twice, away, unable
