"""The pools, compiled: who serves which case when.

Between two pools a case needs no clock: it is followed at once to its next release, and only starts, releases, completions
and openings are put in order. Cases are sorted by their starts; releases to come lie in buckets of a fixed number of minutes,
only the current bucket's in order; those waiting stand in a line for each queue. What is kept is one item for each visit to
a server, put in order of the cases at the end; the log is written afterwards, case by case.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.agenda_compiled import KEY_SHIFT, PLACES_BESIDE, agendas, key_of, number_of, pop, push
from kravsim.engine.arrays_compiled import CaseArrays, Ints, PlanArrays, StaffArrays
from kravsim.engine.cases_compiled import (
    ITEM_COLUMNS,
    ITEM_FINISHED,
    ITEM_SERVER,
    ITEM_TAKEN,
    ITEM_TURN,
    MOVED,
    NOBODY,
    Items,
    Served,
    admitted,
    answer_of,
    barred_after,
    barred_from,
    begun_at,
    count_visit,
    counted_from,
    delay_of,
    done_at,
    drawn,
    drawn_together,
    filed_at,
    halted,
    in_time,
    is_applied_with,
    is_sold,
    is_struck,
    moved_over,
    no_visits,
    signed,
    visits_to,
    work_of,
)
from kravsim.engine.contract import NONE
from kravsim.engine.kept import filled, working
from kravsim.engine.lines_compiled import (
    Lines,
    Places,
    enter_line,
    head_of_line,
    is_before,
    is_empty,
    leave_line,
    lines_for,
)
from kravsim.jit_compiled import apart, compiled
from kravsim.models.plan import BY_SYSTEM, NO_RELIEF, REGULAR, WAITS
from kravsim.units import MINUTES_PER_DAY

PLACE = np.dtype(
    [
        *[(name, np.int32) for name in ("release", "behind", "child", "work", "lateness", "limit", "struck")],
        *[(name, np.uint32) for name in ("u_answer", "u_delay")],
        *[(name, np.int16) for name in ("step", "klass")],
        *[(name, np.int64) for name in ("principal_ore", "run", "number")],
    ],
    align=True,
)
"""A case: its place in line, its visit (step, minutes of work, uniforms), its lateness, and what it came with.

``struck`` is the minute in which proceedings of the debtor strike it, the horizon where none do before, or once they have.
All that a visit needs, in as much as the processor fetches at once: at millions of cases, fetching is what takes the time."""
CACHE_LINE = 64
"""Bytes."""
LATER_RELEASE, LATER_NEXT = range(2)
CASE = ITEM_TURN
"""What the last column of an item holds as long as items are in the order in which they were taken up."""


class Floor(NamedTuple):
    """Where every case and every server stands (N cases, P pools, G groups of servers, Z servers).

    Attributes
    ----------
    in_turn : (N,)
        The cases in the order in which they start.
    visits
        How often each case has been at each step.
    ended : (N,)
        As in :class:`Served`.
    bucket : (buckets,)
        First case of each bucket of releases; the others follow it.
    later : (N, 2)
        Release of each case in a bucket, and the case that follows it there: apart from the places, so that a bucket is gone
        through in the processor's cache.
    shift : int
        A bucket holds ``2 ** shift`` minutes.
    near : agenda
        (release, case) of the current bucket and before.
    busy : agenda
        (minute, server) of the completions to come.
    free, away : agendas, one a group
        (number, server) of the free servers last seen at work, (opening, server) of those seen away.
    hours (Z,), serving (Z, 2)
        A server's interval of working hours, and its case and item.
    waiting, backlog : (P,)
        How many wait for each pool, and their minutes of work.
    moved : (1,)
        How often open cases have moved over.
    lines : Lines
        Those waiting, and the place of every case.
    """

    in_turn: Ints
    visits: Ints
    ended: NDArray[np.int32]
    bucket: NDArray[np.int32]
    later: NDArray[np.int32]
    shift: int
    near: Ints
    busy: Ints
    free: Ints
    away: Ints
    hours: Ints
    serving: Ints
    waiting: Ints
    backlog: Ints
    moved: Ints
    lines: Lines


def _floor(plan: PlanArrays, cases: CaseArrays, staff: StaffArrays) -> Floor:
    """An empty floor: at most about one bucket a case, so that memory does not grow with the horizon."""
    n_cases, n_servers, n_pools = len(cases.start), len(staff.pool_of_server), len(staff.first_server) - 1
    shift = (max(plan.horizon, 1) // (n_cases + 1)).bit_length()
    return Floor(
        in_turn=np.argsort(cases.start, kind="stable"),
        visits=no_visits(plan, n_cases),
        ended=filled("ended", n_cases, np.int32, plan.horizon),
        bucket=filled("bucket", (max(plan.horizon, 1) - 1 >> shift) + 1, np.int32, NONE),
        later=working("later", (n_cases, 2), np.int32),
        shift=shift,
        near=agendas(np.array([0, n_cases + PLACES_BESIDE])),
        busy=agendas(np.array([0, n_servers + PLACES_BESIDE])),
        free=agendas(staff.agenda_of_group),
        away=agendas(staff.agenda_of_group),
        hours=staff.first_hours[:-1] - 1,
        serving=np.full((n_servers, 2), NONE, np.int64),
        waiting=np.zeros(n_pools, np.int64),
        backlog=np.zeros(n_pools, np.int64),
        moved=np.zeros(1, np.int64),
        lines=lines_for(_places(n_cases), len(staff.pool_of_queue)),
    )


def _places(n_cases: int) -> Places:
    """Room for the places of all cases, each in one cache line."""
    room = working("places", n_cases * PLACE.itemsize + CACHE_LINE, np.uint8)
    first = -room.ctypes.data % CACHE_LINE
    return room[first : first + n_cases * PLACE.itemsize].view(PLACE)


def run_pools(plan: PlanArrays, cases: CaseArrays, staff: StaffArrays) -> Served:
    """Run the pools to the horizon.

    Parameters
    ----------
    plan : PlanArrays
    cases : CaseArrays
        N cases, in any order of start.
    staff : StaffArrays
    """
    floor, n_cases, n_servers = _floor(plan, cases, staff), len(cases.start), len(staff.pool_of_server)
    at_once = n_servers + (n_cases if staff.relief_of_queue.any() or len(plan.moves) else 0)
    taken = working("taken", (n_cases + at_once, ITEM_COLUMNS), np.int32)
    _free_all(staff, floor)
    n_started, n_items, bucket = _work_through(plan, cases, staff, floor, taken, at_once, 0, 0, NONE)
    while n_items + at_once > len(taken):
        longer = np.empty((2 * len(taken), ITEM_COLUMNS), np.int32)
        longer[:n_items] = taken[:n_items]
        taken = longer
        n_started, n_items, bucket = _work_through(
            plan, cases, staff, floor, taken, at_once, n_started, n_items, bucket
        )
    ended = floor.ended
    del floor  # its memory is needed
    served = Served(
        working("items", (n_items, ITEM_COLUMNS), np.int32), filled("first item", n_cases + 1, np.int64), ended
    )
    _sort_by_case(taken[:n_items], served)
    return served


@compiled
def _sort_by_case(taken: Items, served: Served) -> None:
    """Put the items in order of the cases; each case's stay in the order in which they were taken up."""
    first = served.first_item
    for turn in range(len(taken)):
        first[taken[turn, CASE]] += 1
    after = 0
    for case in range(len(first)):
        after += first[case]
        first[case] = after
    for turn in range(len(taken) - 1, -1, -1):
        item = first[taken[turn, CASE]] - 1
        first[taken[turn, CASE]] = item
        for column in (ITEM_TAKEN, ITEM_FINISHED, ITEM_SERVER):
            served.items[item, column] = taken[turn, column]
        served.items[item, ITEM_TURN] = turn


@compiled
def _work_through(  # noqa: PLR0913, PLR0917 - all that a case meets
    plan: PlanArrays,
    cases: CaseArrays,
    staff: StaffArrays,
    floor: Floor,
    items: Items,
    at_once: int,
    n_started: int,
    n_items: int,
    bucket: int,
) -> tuple[int, int, int]:
    """Go on until the horizon, or until a dispatch is not sure of room for its items: ``n_started, n_items, bucket``.

    In one round at most ``at_once`` items are taken up.
    """
    near, busy, waiting = floor.near, floor.busy, floor.waiting
    room, starts = len(items) - at_once, _next_start(plan, cases, floor, n_started)
    while n_items <= room:
        now = _next_minute(staff, floor, _next_move(plan, floor, starts))
        while near[0] == 0 and bucket + 1 < len(floor.bucket) and bucket + 1 << floor.shift <= now:
            bucket += 1
            _load(floor, bucket)
        now = min(now, key_of(near, 0))
        if now >= plan.horizon:
            break
        if _next_move(plan, floor, now + 1) == now:
            n_items = _move_over(plan, cases, staff, floor, items, n_items, now, bucket)
        while key_of(busy, 0) == now:
            _complete(plan, cases, staff, floor, items, now, bucket)
        while starts == now:
            case = floor.in_turn[n_started]
            while near[1] < (now << KEY_SHIFT | case):
                _release(plan, staff, floor, pop(near, 0))
            _start(plan, cases, staff, floor, case, now, bucket)
            n_started += 1
            starts = _next_start(plan, cases, floor, n_started)
        while key_of(near, 0) == now:
            _release(plan, staff, floor, pop(near, 0))
        for pool in range(len(waiting)):
            if waiting[pool]:
                n_items = _relieve(plan, cases, staff, floor, items, n_items, pool, now, bucket)
                n_items = _dispatch(plan, cases, staff, floor, items, n_items, pool, now)
    return n_started, n_items, bucket


@compiled
def _next_move(plan: PlanArrays, floor: Floor, now: int) -> int:
    """First minute up to ``now`` in which open cases move over that have not yet (§19)."""
    return min(now, int(plan.moves[floor.moved[0], 0])) if floor.moved[0] < len(plan.moves) else now


@apart
def _move_over(
    plan: PlanArrays,
    cases: CaseArrays,
    staff: StaffArrays,
    floor: Floor,
    items: Items,
    n_items: int,
    now: int,
    bucket: int,
) -> int:
    """Let all work that waits be that of the arrangement moved to, in its line or done without a pool (§19).

    Returns the number of items. While they move, cases stand one after the other as in a bucket, where none that waits is.
    """
    floor.moved[0] += 1
    first = last = NONE
    for queue in range(len(staff.pool_of_queue)):
        while not is_empty(floor.lines, queue):
            case = leave_line(floor.lines, queue)
            floor.later[case, LATER_NEXT] = NONE
            if first == NONE:
                first = case
            else:
                floor.later[last, LATER_NEXT] = case
            last = case
    for pool in range(len(floor.waiting)):
        floor.waiting[pool] = floor.backlog[pool] = 0
    case = first
    while case != NONE:
        following, place = int(floor.later[case, LATER_NEXT]), floor.lines.place[case]
        step = moved_over(plan, int(place["step"]), int(place["release"]), now)
        if step != place["step"]:
            place["step"] = step
            if plan.queue[step] != NONE:
                visit = visits_to(plan, floor.visits, case, step) - 1
                _, _, u_quantity = drawn(cases, case, int(place["run"]), int(place["number"]), step, visit)
                place["work"] = min(work_of(plan, step, u_quantity), plan.horizon)
        if plan.queue[step] != NONE:
            _release(plan, staff, floor, case)
        else:
            done = done_at(plan, step, now)
            items[n_items, ITEM_TAKEN], items[n_items, ITEM_FINISHED] = now, done if done < plan.horizon else NONE
            items[n_items, ITEM_SERVER], items[n_items, CASE] = MOVED, case
            n_items += 1
            if done < plan.horizon:
                _go_on(plan, cases, floor, case, done, bucket)
        case = following
    return n_items


@compiled
def _free_all(staff: StaffArrays, floor: Floor) -> None:
    """All servers are free to begin with."""
    for server in range(len(staff.pool_of_server)):
        push(floor.free, _agenda(staff, server), server, server)


@compiled
def _agenda(staff: StaffArrays, server: int) -> int:
    """Place at which the agendas of a server's group begin."""
    return int(staff.agenda_of_group[staff.group_of_server[server]])


@compiled
def _start(
    plan: PlanArrays, cases: CaseArrays, staff: StaffArrays, floor: Floor, case: int, now: int, bucket: int
) -> None:
    """Give a case its place and follow it to its first release, which may be now."""
    place = floor.lines.place[case]
    place["klass"], place["principal_ore"] = cases.klass[case], cases.principal_ore[case]
    place["run"], place["number"], place["lateness"] = cases.run[case], cases.number[case], 0
    place["struck"] = min(cases.struck[case], plan.horizon)
    klass = cases.klass[case]
    limit = barred_from(plan, klass, cases.arose[case] * MINUTES_PER_DAY)
    begins, limit = begun_at(plan, cases, floor.visits, case, case, klass, limit)
    place["limit"] = limit
    release = _follow(plan, cases, floor, case, begins, now)
    if release == now:
        _release(plan, staff, floor, case)
    elif release != NONE:
        _put_off(floor, case, release, bucket)


@compiled
def _release(plan: PlanArrays, staff: StaffArrays, floor: Floor, case: int) -> None:
    """Let a case enter the line for its step."""
    queue = plan.queue[floor.lines.place[case]["step"]]
    enter_line(floor.lines, queue, case)
    floor.waiting[staff.pool_of_queue[queue]] += 1
    floor.backlog[staff.pool_of_queue[queue]] += floor.lines.place[case]["work"]


@compiled
def _follow(plan: PlanArrays, cases: CaseArrays, floor: Floor, case: int, target: int, minute: int) -> int:
    """Follow a case from entering ``target`` to its next release, whose minute it returns; NONE where there is none."""
    place = floor.lines.place[case]
    klass, principal, run, number = int(place["klass"]), place["principal_ore"], place["run"], place["number"]
    while True:
        step = admitted(plan, target, klass, principal, floor.visits, case)
        if step >= len(plan.queue):
            floor.ended[case] = minute
            return NONE
        if step < 0:
            return NONE
        if _is_struck(plan, cases, floor, case, step, minute, False):
            target = _strike(plan, cases, floor, case, step)
            continue
        visit = visits_to(plan, floor.visits, case, step)
        if cases.first_column[step] + visit >= cases.first_column[step + 1]:
            return NONE
        count_visit(plan, floor.visits, case, step)
        u_answer, u_delay, u_quantity = drawn(cases, case, run, number, step, visit)
        if plan.queue[step] != NONE:
            break
        done = done_at(plan, step, minute)
        if _is_struck(plan, cases, floor, case, step, done, False):
            if is_sold(plan, cases, case, step, minute, int(place["struck"])):
                floor.ended[case] = cases.leaves[case]
                return NONE
            entered, minute = minute, int(place["struck"])
            target = moved_over(plan, _strike(plan, cases, floor, case, step), entered, minute)
            continue
        if is_applied_with(cases, step):
            u_answer, u_delay, _ = drawn_together(cases, case, step, visit, done)
        answer = answer_of(plan, step, klass, int(place["lateness"]), u_answer)
        target, minute = _next_target(plan, cases, floor, case, step, answer, minute, done, u_delay)
        if target == NONE:
            return NONE
    place["release"], place["step"] = minute, step
    place["u_answer"], place["u_delay"] = u_answer, u_delay
    place["work"] = min(work_of(plan, step, u_quantity), plan.horizon)  # more is not done within it either
    return minute


@compiled
def _is_struck(
    plan: PlanArrays, cases: CaseArrays, floor: Floor, case: int, step: int, minute: int, done: bool
) -> bool:
    """Whether proceedings of the debtor take a case from a step, ``done`` or not, by a minute before the horizon (§16)."""
    struck, limit = int(floor.lines.place[case]["struck"]), int(floor.lines.place[case]["limit"])
    if done and plan.halts[step]:
        limit = halted(plan)
    return struck < plan.horizon and is_struck(plan, step, cases.proceedings[case], struck, limit, minute)


@compiled
def _strike(plan: PlanArrays, cases: CaseArrays, floor: Floor, case: int, step: int) -> int:
    """Where a case goes that is struck at a step: once, and limitation is halted."""
    floor.lines.place[case]["struck"], floor.lines.place[case]["limit"] = plan.horizon, halted(plan)
    return int(plan.strikes[step, cases.proceedings[case]])


@compiled
def _next_target(  # noqa: PLR0913, PLR0917 - all that a case meets
    plan: PlanArrays,
    cases: CaseArrays,
    floor: Floor,
    case: int,
    step: int,
    answer: int,
    entered: int,
    minute: int,
    u_delay: int,
) -> tuple[int, int]:
    """Where a case goes that has been answered at a step done in a minute, and when; NONE where it is not before the horizon.

    A case that is barred (§15) or sold (§18) first has ended.
    """
    place = floor.lines.place[case]
    klass, limit = int(place["klass"]), int(place["limit"])
    if is_sold(plan, cases, case, step, entered, minute):
        floor.ended[case] = cases.leaves[case]
        return NONE, minute
    if _is_struck(plan, cases, floor, case, step, minute, False):
        return moved_over(plan, _strike(plan, cases, floor, case, step), entered, minute), minute
    if minute >= limit:
        floor.ended[case] = minute
        return NONE, minute
    since = counted_from(plan, cases, case, step, minute)
    comes = max(minute, since + delay_of(plan, step, klass, answer, place["principal_ore"], u_delay))
    comes = filed_at(plan, cases, case, step, klass, answer, comes)
    answer, comes = in_time(plan, step, answer, minute, comes, limit)
    strikes = _is_struck(plan, cases, floor, case, step, comes, True)
    if strikes:
        comes = int(place["struck"])
    if is_sold(plan, cases, case, step, entered, comes):
        floor.ended[case] = cases.leaves[case]
        return NONE, comes
    if strikes:
        return moved_over(plan, _strike(plan, cases, floor, case, step), entered, comes), comes
    if comes >= plan.horizon:
        return NONE, comes
    if answer == NONE:
        floor.ended[case] = comes
        return NONE, comes
    visit = visits_to(plan, floor.visits, case, step) - 1
    place["limit"] = barred_after(plan, klass, step, answer, visit, comes, limit)
    return moved_over(plan, plan.target[step, klass, answer], entered, comes), comes


@compiled
def _put_off(floor: Floor, case: int, release: int, bucket: int) -> None:
    """Keep a case until its release."""
    at = release >> floor.shift
    if at <= bucket:
        push(floor.near, 0, release, case)
    else:
        floor.later[case, LATER_RELEASE], floor.later[case, LATER_NEXT] = release, floor.bucket[at]
        floor.bucket[at] = case


@compiled
def _load(floor: Floor, bucket: int) -> None:
    """Put the releases of a bucket in order."""
    case = floor.bucket[bucket]
    while case != NONE:
        push(floor.near, 0, floor.later[case, LATER_RELEASE], case)
        case = floor.later[case, LATER_NEXT]


@compiled
def _next_start(plan: PlanArrays, cases: CaseArrays, floor: Floor, n_started: int) -> int:
    """Minute in which the next case starts, the horizon where none is left before it."""
    if n_started == len(floor.in_turn):
        return plan.horizon
    return min(plan.horizon, int(cases.start[floor.in_turn[n_started]]))


@compiled
def _next_minute(staff: StaffArrays, floor: Floor, now: int) -> int:
    """First minute up to ``now`` in which a server is done, or one comes to work that somebody waits for."""
    now = min(now, key_of(floor.busy, 0))
    for pool in range(len(floor.waiting)):
        if floor.waiting[pool]:
            for group in range(staff.first_group[pool], staff.first_group[pool + 1]):
                if staff.kind_of_group[group] == REGULAR or _is_far_behind(staff, floor, pool):
                    now = min(now, key_of(floor.away, staff.agenda_of_group[group]))
    return now


@compiled
def _complete(
    plan: PlanArrays, cases: CaseArrays, staff: StaffArrays, floor: Floor, items: Items, now: int, bucket: int
) -> None:
    """A server is done (§8: free for this minute's dispatch), and its case goes on."""
    server = pop(floor.busy, 0)
    push(floor.free, _agenda(staff, server), server, server)
    items[floor.serving[server, 1], ITEM_FINISHED] = now
    _go_on(plan, cases, floor, floor.serving[server, 0], now, bucket)


@compiled
def _go_on(plan: PlanArrays, cases: CaseArrays, floor: Floor, case: int, now: int, bucket: int) -> None:
    """A case whose step is done is answered, and followed to its next release."""
    place = floor.lines.place[case]
    step, klass = int(place["step"]), int(place["klass"])
    lateness = int(place["lateness"]) + now - int(place["release"])
    place["lateness"] = lateness
    u_answer, u_delay = signed(place["u_answer"]), signed(place["u_delay"])
    if is_applied_with(cases, step):
        visit = visits_to(plan, floor.visits, case, step) - 1
        u_answer, u_delay, _ = drawn_together(cases, case, step, visit, now)
    answer = answer_of(plan, step, klass, lateness, u_answer)
    target, minute = _next_target(plan, cases, floor, case, step, answer, int(place["release"]), now, u_delay)
    if target != NONE:
        release = _follow(plan, cases, floor, case, target, minute)
        if release != NONE:
            _put_off(floor, case, release, bucket)


@compiled
def _is_far_behind(staff: StaffArrays, floor: Floor, pool: int) -> bool:
    """Whether so much work waits for a pool that there is relief (§14)."""
    return bool(staff.relief_from[pool] != NO_RELIEF and floor.backlog[pool] >= staff.relief_from[pool])


@compiled
def _relieve(  # noqa: PLR0913, PLR0917 - all that a case meets
    plan: PlanArrays,
    cases: CaseArrays,
    staff: StaffArrays,
    floor: Floor,
    items: Items,
    n_items: int,
    pool: int,
    now: int,
    bucket: int,
) -> int:
    """Let the system do, or lay aside, what may be, the least urgent first (§14); returns the number of items."""
    while floor.waiting[pool] and _is_far_behind(staff, floor, pool):
        queue = _least_urgent(staff, floor, pool)
        if queue == NONE:
            break
        case, by_system = leave_line(floor.lines, queue), staff.relief_of_queue[queue] == BY_SYSTEM
        done = done_at(plan, int(floor.lines.place[case]["step"]), now) if by_system else plan.horizon
        floor.waiting[pool] -= 1
        floor.backlog[pool] -= floor.lines.place[case]["work"]
        items[n_items, ITEM_TAKEN], items[n_items, ITEM_FINISHED] = now, done if done < plan.horizon else NONE
        items[n_items, ITEM_SERVER], items[n_items, CASE] = NONE if by_system else NOBODY, case
        n_items += 1
        if done < plan.horizon:
            _go_on(plan, cases, floor, case, done, bucket)
    return n_items


@compiled
def _least_urgent(staff: StaffArrays, floor: Floor, pool: int) -> int:
    """Queue of what is relieved first: of the highest priority number, of these the first in turn; NONE where nothing is."""
    best = NONE
    for queue in range(staff.first_queue[pool + 1] - 1, staff.first_queue[pool] - 1, -1):
        if staff.relief_of_queue[queue] == WAITS or is_empty(floor.lines, queue):
            continue
        if best == NONE:
            best = queue
        elif staff.priority_of_queue[queue] < staff.priority_of_queue[best]:
            break
        elif is_before(floor.lines, head_of_line(floor.lines, queue), head_of_line(floor.lines, best)):
            best = queue
    return best


@compiled
def _dispatch(
    plan: PlanArrays,
    cases: CaseArrays,
    staff: StaffArrays,
    floor: Floor,
    items: Items,
    n_items: int,
    pool: int,
    now: int,
) -> int:
    """Give waiting items to free servers at work and qualified (§8); returns the number of items.

    Those of cases that have been sold meanwhile leave when it would have been their turn (§18).
    """
    while floor.waiting[pool]:
        here = _groups_here(staff, floor, pool, now)
        queue = _first_in_turn(staff, floor, pool, here) if here else NONE
        if queue == NONE:
            return n_items
        case = leave_line(floor.lines, queue)
        place = floor.lines.place[case]
        floor.waiting[pool] -= 1
        floor.backlog[pool] -= place["work"]
        if is_sold(plan, cases, case, int(place["step"]), int(place["release"]), now):
            floor.ended[case] = cases.leaves[case]
            continue
        server = _server_for(staff, floor, pool, here & staff.takers_of_queue[queue])
        pop(floor.free, _agenda(staff, server))
        finish = _finish(staff, floor.hours, server, now, int(floor.lines.place[case]["work"]))
        items[n_items, ITEM_TAKEN], items[n_items, ITEM_FINISHED] = now, NONE
        items[n_items, ITEM_SERVER], items[n_items, CASE] = server - staff.first_server[pool], case
        if finish < plan.horizon:
            floor.serving[server, 0], floor.serving[server, 1] = case, n_items
            push(floor.busy, 0, finish, server)
        n_items += 1
    return n_items


@compiled
def _groups_here(staff: StaffArrays, floor: Floor, pool: int, now: int) -> int:
    """Groups of a pool with a free server at work (bit k for group k), who then stands first in the group's agenda.

    A reserve is here only as long as the pool is far behind (§14).
    """
    free, away, here = floor.free, floor.away, 0
    first, far_behind = staff.first_group[pool], _is_far_behind(staff, floor, pool)
    for group in range(first, staff.first_group[pool + 1]):
        if staff.kind_of_group[group] != REGULAR and not far_behind:
            continue
        at = staff.agenda_of_group[group]
        while key_of(away, at) <= now:
            server = pop(away, at)
            push(free, at, server, server)
        while free[at] and not _at_work(staff, floor.hours, number_of(free, at), now):
            server = pop(free, at)
            if floor.hours[server] + 1 < staff.first_hours[server + 1]:
                push(away, at, staff.opens[floor.hours[server] + 1], server)
        if free[at]:
            here |= 1 << (group - first)
    return here


@compiled
def _first_in_turn(staff: StaffArrays, floor: Floor, pool: int, here: int) -> int:
    """Queue whose first item has the lowest key among those that somebody here can do, NONE where there is none."""
    best = NONE
    for queue in range(staff.first_queue[pool], staff.first_queue[pool + 1]):
        if not staff.takers_of_queue[queue] & here or is_empty(floor.lines, queue):
            continue
        if best == NONE:
            best = queue
        elif staff.priority_of_queue[queue] > staff.priority_of_queue[best]:
            break
        elif is_before(floor.lines, head_of_line(floor.lines, queue), head_of_line(floor.lines, best)):
            best = queue
    return best


@compiled
def _server_for(staff: StaffArrays, floor: Floor, pool: int, groups: int) -> int:
    """The server that these groups of a pool give: fewest skills, then lowest number; each has one first in its agenda."""
    best, breadth = NONE, 0
    for group in range(staff.first_group[pool], staff.first_group[pool + 1]):
        if groups >> (group - staff.first_group[pool]) & 1:
            server, skills = number_of(floor.free, staff.agenda_of_group[group]), staff.breadth_of_group[group]
            if best == NONE or skills < breadth or (skills == breadth and server < best):
                best, breadth = server, skills
    return best


@compiled
def _at_work(staff: StaffArrays, hours: Ints, server: int, now: int) -> bool:
    """Whether the server's calendar is open; time does not go back, so its place in the calendar only advances."""
    at = hours[server]
    while at + 1 < staff.first_hours[server + 1] and staff.opens[at + 1] <= now:
        at += 1
    hours[server] = at
    return bool(at >= staff.first_hours[server] and now < staff.closes[at])


@compiled
def _finish(staff: StaffArrays, hours: Ints, server: int, now: int, work: int) -> int:
    """Minute at which work begun now is done (§9); the horizon where the calendar ends first and is not given up."""
    at = hours[server]
    total = staff.before[at] + now - staff.opens[at] + work
    while at + 1 < staff.first_hours[server + 1] and staff.before[at + 1] < total:
        at += 1
    hours[server] = at
    done = staff.opens[at] + total - staff.before[at]
    return int(done) if done <= staff.closes[at] else int(staff.given_up[server])
