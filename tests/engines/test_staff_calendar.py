"""The staff pool with working hours: worked by hand first, then against a simulator that looks every minute.

Paragraphs (§) are those of :mod:`kravsim.engine.contract`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import pytest
import simpy
from hypothesis import event, given, settings
from hypothesis import strategies as st

from kravsim.engine.staff import CalendarHours, Key, StaffPool
from kravsim.models.plan import Calendar

Shifts = list[tuple[int, int]]
"""Working hours of a server: half-open intervals of minutes."""
Errand = tuple[int, int] | tuple[int, int, int]
"""Work in minutes, priority and the skill asked for (0 by default); a case's errands follow each other without delay."""
DAY = 1440
SEARCH = settings(max_examples=500, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Row:
    """What became of one errand: None where it never was."""

    server: int | None = None
    start: int | None = None
    done: int | None = None


def hours(shifts: Shifts) -> CalendarHours:
    """Hours of a calendar with these shifts."""
    table = np.array(shifts, np.int64).reshape(-1, 2)
    return CalendarHours(Calendar.of(table[:, 0], table[:, 1]))


def pooled(
    servers: list[Shifts], cases: list[tuple[int, list[Errand]]], skills: list[int] | None = None
) -> list[list[Row]]:
    """What the staff pool makes of cases, each with its release and its errands."""
    env = simpy.Environment()
    pool = StaffPool(env, [hours(shifts) for shifts in servers], skills)
    rows: list[list[Row]] = [[Row() for _ in errands] for _, errands in cases]

    def life(case: int, release: int, errands: list[Errand]) -> Generator[simpy.Event, None, None]:
        yield env.timeout(release)
        for visit, (work, priority, *asked) in enumerate(errands):

            def taken(server: int, visit: int = visit) -> None:
                rows[case][visit] = Row(server, int(env.now))

            yield pool.submit((priority, int(env.now), case, visit), work, taken, *asked)
            was = rows[case][visit]
            rows[case][visit] = Row(was.server, was.start, int(env.now))

    for case, (release, errands) in enumerate(cases):
        env.process(life(case, release, errands))
    env.run()
    return rows


def every_minute(
    servers: list[Shifts], cases: list[tuple[int, list[Errand]]], skills: list[int] | None = None
) -> list[list[Row]]:
    """Look at everybody in every minute, as §7 to §9 say and as slowly as that is."""

    def qualified(server: int, key: Key) -> bool:
        errand = cases[key[2]][1][key[3]]
        return skills is None or skills[server] >> (errand[2] if len(errand) > 2 else 0) & 1 == 1

    rows: list[list[Row]] = [[Row() for _ in errands] for _, errands in cases]
    queue: list[Key] = []
    desk: list[tuple[Key, int] | None] = [None] * len(servers)
    last = max([release for release, _ in cases] + [closes for shifts in servers for _, closes in shifts], default=0)
    for minute in range(last + 1):
        at_work = [any(opens <= minute < closes for opens, closes in shifts) for shifts in servers]
        queue += [(errands[0][1], minute, case, 0) for case, (at, errands) in enumerate(cases) if at == minute]
        while True:
            for server, item in enumerate(desk):
                if item is not None and item[1] == 0:
                    _, _, case, visit = item[0]
                    was, desk[server] = rows[case][visit], None
                    rows[case][visit] = Row(was.server, was.start, minute)
                    if visit + 1 < len(cases[case][1]):
                        queue.append((cases[case][1][visit + 1][1], minute, case, visit + 1))
            free = [server for server, item in enumerate(desk) if item is None and at_work[server]]
            taken = False
            for key in sorted(queue):
                able = [server for server in free if qualified(server, key)]
                if not able:
                    continue
                server = min(able, key=lambda number: (bin(skills[number]).count("1") if skills else 0, number))
                taken = True
                free.remove(server)
                queue.remove(key)
                desk[server] = (key, cases[key[2]][1][key[3]][0])
                rows[key[2]][key[3]] = Row(server, minute)
            if not taken:
                break
        for server, item in enumerate(desk):
            if item is not None and at_work[server]:
                desk[server] = (item[0], item[1] - 1)
    return rows


# Worked by hand: 8 to 12 and 13 to 17, on the first day and the second

MORNING, AFTERNOON = (480, 720), (780, 1020)
NEXT_MORNING, NEXT_AFTERNOON = (DAY + 480, DAY + 720), (DAY + 780, DAY + 1020)
CLERK: Shifts = [MORNING, AFTERNOON, NEXT_MORNING, NEXT_AFTERNOON]


@pytest.mark.parametrize(
    ("servers", "cases", "expected"),
    [
        pytest.param([CLERK], [(700, [(30, 0)])], [Row(0, 700, 790)], id="over lunch: 20 minutes before, 10 after"),
        pytest.param([CLERK], [(1000, [(60, 0)])], [Row(0, 1000, DAY + 520)], id="over night: 20 minutes and 40"),
        pytest.param([CLERK], [(690, [(300, 0)])], [Row(0, 690, DAY + 510)], id="over lunch and night: 30, 240, 30"),
        pytest.param([CLERK], [(700, [(20, 0)])], [Row(0, 700, 720)], id="done as lunch begins, not after it"),
        pytest.param([CLERK], [(480, [(480, 0)])], [Row(0, 480, 1020)], id="a full day is done as the day closes"),
        pytest.param([CLERK], [(700, [(21, 0)])], [Row(0, 700, 781)], id="a minute more is done a minute after lunch"),
        pytest.param([CLERK], [(500, [(0, 0)])], [Row(0, 500, 500)], id="work of no time in an open minute"),
        pytest.param([CLERK], [(720, [(0, 0)])], [Row(0, 780, 780)], id="but not in the minute of closing"),
        pytest.param([CLERK], [(0, [(15, 0)])], [Row(0, 480, 495)], id="released at midnight, taken at eight"),
        pytest.param([CLERK], [(479, [(1, 0)])], [Row(0, 480, 481)], id="released a minute before opening"),
        pytest.param([CLERK], [(1020, [(5, 0)])], [Row(0, DAY + 480, DAY + 485)], id="released as the day closes"),
        pytest.param([CLERK], [(DAY + 1020, [(5, 0)])], [Row()], id="released when nobody comes again"),
        pytest.param([CLERK], [(DAY + 1000, [(20, 0)])], [Row(0, DAY + 1000, DAY + 1020)], id="done as all ends"),
        pytest.param(
            [CLERK],
            [(DAY + 1000, [(21, 0)]), (DAY + 1001, [(1, 0)])],
            [Row(0, DAY + 1000), Row()],
            id="never done: taken, kept for good, and in the next one's way",
        ),
        pytest.param(
            [CLERK], [(0, [(20, 0), (30, 0)])], [Row(0, 480, 500), Row(0, 500, 530)], id="one thing after another"
        ),
        pytest.param(
            [CLERK],
            [(700, [(20, 0)]), (705, [(5, 0)])],
            [Row(0, 700, 720), Row(0, 780, 785)],
            id="done as lunch begins: the next waits until it ends",
        ),
        pytest.param(
            [[MORNING, NEXT_MORNING], [AFTERNOON]],
            [(710, [(20, 0)]), (715, [(5, 0)])],
            [Row(0, 710, DAY + 490), Row(1, 780, 785)],
            id="work begun is not handed over, not even overnight; the afternoon's clerk takes the next",
        ),
        pytest.param(
            [[(600, 720)], [(480, 720)]],
            [(490, [(200, 0)]), (600, [(5, 0)]), (610, [(5, 0)])],
            [Row(1, 490, 690), Row(0, 600, 605), Row(0, 610, 615)],
            id="early and late shift: the second clerk is alone before ten",
        ),
        pytest.param(
            [CLERK, CLERK, CLERK],
            [(500, [(10, 0)]), (500, [(50, 0)]), (505, [(50, 0)]), (510, [(1, 0)])],
            [Row(0, 500, 510), Row(1, 500, 550), Row(2, 505, 555), Row(0, 510, 511)],
            id="the lowest number that is free",
        ),
        pytest.param(
            [CLERK],
            [(10, [(5, 2)]), (20, [(5, 1)]), (30, [(5, 0)]), (30, [(5, 0)]), (480, [(5, 0)])],
            [Row(0, 500, 505), Row(0, 495, 500), Row(0, 480, 485), Row(0, 485, 490), Row(0, 490, 495)],
            id="at opening by priority, then by release, then by case",
        ),
        pytest.param(
            [CLERK],
            [(470, [(5, 1)]), (480, [(5, 0)])],
            [Row(0, 485, 490), Row(0, 480, 485)],
            id="what arrives in the minute of opening is seen before anything is taken",
        ),
        pytest.param(
            [CLERK],
            [(480, [(0, 1), (5, 0)]), (480, [(5, 1)])],
            [Row(0, 480, 480), Row(0, 480, 485), Row(0, 485, 490)],
            id="what follows on work of no time is seen before the next is taken",
        ),
        pytest.param(
            [CLERK, CLERK],
            [(480, [(0, 0), (5, 0)]), (480, [(5, 1)]), (480, [(5, 2)])],
            [Row(0, 480, 480), Row(0, 480, 485), Row(1, 480, 485), Row(0, 485, 490)],
            id="who works no time is taken up for this round: the next goes to the second clerk",
        ),
        pytest.param(
            [[(100, 120)], [(0, 10), (20, 30)]],
            [(0, [(10, 0)]), (5, [(3, 0)])],
            [Row(1, 0, 10), Row(1, 20, 23)],
            id="who is awaited at a hundred does not hide who, busy until closing, is back at twenty",
        ),
        pytest.param(
            [[(100, 200)], [(0, 200)]],
            [(0, [(50, 0)]), (10, [(5, 1)]), (20, [(50, 0), (5, 0)])],
            [Row(1, 0, 50), Row(1, 100, 105), Row(1, 50, 100), Row(0, 100, 105)],
            id="what is done in a minute of opening is seen before anything is taken",
        ),
        pytest.param([[(480, 500), (500, 520)]], [(490, [(20, 0)])], [Row(0, 490, 510)], id="shifts that touch"),
        pytest.param([[]], [(480, [(1, 0)])], [Row()], id="somebody who never comes"),
        pytest.param([], [(480, [(1, 0)])], [Row()], id="nobody"),
    ],
)
def test_hours_are_kept_as_worked_by_hand(
    servers: list[Shifts], cases: list[tuple[int, list[Errand]]], expected: list[Row]
) -> None:
    """The slow simulator must say the same: it is held against these, before it is trusted with the rest."""
    assert [row for rows in pooled(servers, cases) for row in rows] == expected
    assert every_minute(servers, cases) == pooled(servers, cases)


# By chance


@st.composite
def shift_lists(draw: st.DrawFn) -> Shifts:
    """Up to five short shifts, some of which touch."""
    pairs = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 12)), max_size=5))
    shifts: Shifts = []
    minute = 0
    for closed, opened in pairs:
        shifts.append((minute + closed, minute + closed + opened))
        minute += closed + opened
    return shifts


ERRANDS = st.lists(st.tuples(st.one_of(st.just(0), st.integers(0, 14)), st.integers(0, 2)), min_size=1, max_size=3)
CASES = st.lists(st.tuples(st.integers(0, 60), ERRANDS), max_size=10)


@SEARCH
@given(st.lists(shift_lists(), min_size=1, max_size=3), CASES)
def test_hours_are_kept_as_by_someone_who_looks_every_minute(
    servers: list[Shifts], cases: list[tuple[int, list[Errand]]]
) -> None:
    rows = pooled(servers, cases)
    flat = [row for case in rows for row in case]
    event(f"some never done: {any(row.start is not None and row.done is None for row in flat)}")
    assert rows == every_minute(servers, cases)


SKILLED_ERRANDS = st.lists(
    st.tuples(st.one_of(st.just(0), st.integers(0, 14)), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=3
)
SKILLED_CASES = st.lists(st.tuples(st.integers(0, 60), SKILLED_ERRANDS), max_size=10)


@SEARCH
@given(st.lists(st.tuples(shift_lists(), st.integers(0, 7)), min_size=1, max_size=4), SKILLED_CASES)
def test_skills_are_kept_as_by_someone_who_looks_every_minute(
    staff: list[tuple[Shifts, int]], cases: list[tuple[int, list[Errand]]]
) -> None:
    """§8: nobody does what they are not qualified for, and who is skipped does not block."""
    servers, skills = [shifts for shifts, _ in staff], [able for _, able in staff]
    rows = pooled(servers, cases, skills)
    event(f"skills matter: {rows != pooled(servers, cases)}")
    assert rows == every_minute(servers, cases, skills)
    for (_, errands), done in zip(cases, rows, strict=True):
        for errand, row in zip(errands, done, strict=True):
            assert row.server is None or skills[row.server] >> errand[-1] & 1


@SEARCH
@given(shift_lists(), st.integers(0, 90), st.integers(0, 40))
def test_finish_and_opening_are_found_by_counting_minutes(shifts: Shifts, minute: int, work: int) -> None:
    """§9: done in the first minute by which the server has worked the minutes more; none where the calendar ends first."""
    calendar = hours(shifts)
    worked = [now for opens, closes in shifts for now in range(opens, closes)]
    openings = [opens for opens, _ in shifts if opens > minute]
    assert calendar.at_work(minute) == (minute in worked)
    assert calendar.next_open(minute) == min(openings, default=None)
    if minute in worked:
        ahead = [now for now in worked if now >= minute]
        last_worked = [minute - 1, *ahead]
        assert calendar.finish(minute, work) == (last_worked[work] + 1 if work <= len(ahead) else None)


@SEARCH
@given(st.lists(shift_lists(), min_size=1, max_size=3), CASES)
def test_nobody_works_when_closed_nor_twice_at_a_time(
    servers: list[Shifts], cases: list[tuple[int, list[Errand]]]
) -> None:
    """VE5: from start to done, a server's open minutes are exactly the work, and no other work falls among them."""
    spoken_for: set[tuple[int, int]] = set()
    for rows, (_, errands) in zip(pooled(servers, cases), cases, strict=True):
        for row, (work, _) in zip(rows, errands, strict=True):
            if row.server is not None and row.start is not None and row.done is not None:
                shifts = servers[row.server]
                worked = {
                    (row.server, now)
                    for opens, closes in shifts
                    for now in range(max(opens, row.start), min(closes, row.done))
                }
                assert len(worked) == work
                assert not worked & spoken_for
                spoken_for |= worked


@pytest.mark.parametrize("first", ["letters", "calls"])
def test_every_pool_is_dispatched_before_what_work_of_no_time_brings(first: str) -> None:
    """§7: once per round and pool; the urgent call that a letter leads to comes after the dispatch that sends the letter."""
    env = simpy.Environment()
    pools = {name: StaffPool(env, [hours([(0, 100)])]) for name in ("letters", "calls")}
    calls: list[tuple[str, int]] = []

    def urgent(_: simpy.Event) -> None:
        pools["calls"].submit((0, 0, 0, 1), 5, lambda _: calls.append(("urgent", int(env.now))))

    def letter() -> None:
        pools["letters"].submit((0, 0, 0, 0), 0, lambda _: None).callbacks.append(urgent)

    def call() -> None:
        pools["calls"].submit((1, 0, 1, 0), 5, lambda _: calls.append(("waiting", int(env.now))))

    for enter in (letter, call) if first == "letters" else (call, letter):
        enter()
    env.run()
    assert calls == [("waiting", 0), ("urgent", 5)]
