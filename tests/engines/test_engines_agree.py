"""The reference engine and the compiled engine return the same log, row for row, and raise the same errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from kravsim.chance.draws import Draws
from kravsim.engine import engine_compiled, simpy_engine
from kravsim.engine.arrays_compiled import plan_arrays
from kravsim.engine.contract import ANSWERED, DONE, ENDED, LEFT, NONE, STARTED
from kravsim.engine.events import CaseInput, EventLog
from kravsim.engine.queue import serve
from kravsim.engine.queue_compiled import serve_compiled
from kravsim.errors import RunError, ScenarioError
from kravsim.flow import setting
from kravsim.models import build_plan
from kravsim.models.plan import FULL, NO_TARGET, PART_NOTHING_DRAWN, TABLE_SIZE, Calendar, Plan
from kravsim.scenario import load_scenario
from tests.engines.strategies import (
    Situation,
    bare_pool,
    faulty_situations,
    never_barred,
    relieved_situations,
    situations,
)

BUNDLED = "jamtland-harjedalen-2017"
SMALLER = {"horizon.history_years": 1, "invoices.per_year": 20_000, "debtors.number": 6_000}

ENOUGH = settings(max_examples=1500, phases=[Phase.generate], database=None, derandomize=True)

Engine = Callable[[Plan, CaseInput], EventLog]


def outcome(engine: Engine, plan: Plan, cases: CaseInput) -> EventLog | str:
    """An engine's log, or the words of its error."""
    try:
        return engine(plan, cases)
    except RunError as error:
        return str(error)


def agreed(plan: Plan, cases: CaseInput) -> EventLog | str:
    """What both engines say, once they have been found to say the same."""
    expected, got = outcome(simpy_engine.run, plan, cases), outcome(engine_compiled.run, plan, cases)
    if isinstance(expected, str) or isinstance(got, str):
        assert got == expected
    else:
        np.testing.assert_array_equal(got.rows(), expected.rows())
    return got


@settings(max_examples=1500, deadline=None)
@given(situations())
def test_random_plans(situation: Situation) -> None:
    assert isinstance(agreed(*situation), EventLog)


@settings(max_examples=1500, deadline=None)
@given(relieved_situations())
def test_random_plans_with_relief(situation: Situation) -> None:
    assert isinstance(agreed(*situation), EventLog)


@settings(max_examples=500, deadline=None)
@given(relieved_situations(faulty_situations()))
def test_random_faults_with_relief(situation: Situation) -> None:
    agreed(*situation)


@pytest.mark.parametrize(
    "happens",
    [
        lambda log: ((log.kind == DONE) & (log.release != NONE) & (log.server == NONE)).sum() > 2,
        lambda log: (log.kind == LEFT).sum() > 2,
    ],
)
def test_relief_is_met(happens: Callable[[EventLog], bool]) -> None:
    """The random plans reach what they are there for."""

    def met(situation: Situation) -> bool:
        return bool(happens(engine_compiled.run(*situation)))

    find(relieved_situations(), met, settings=ENOUGH)


@settings(max_examples=500, deadline=None)
@given(faulty_situations())
def test_random_plans_with_one_step_at_fault(situation: Situation) -> None:
    agreed(*situation)


def started(log: EventLog) -> np.ndarray:
    return log.kind == STARTED


def served(log: EventLog) -> np.ndarray:
    return (log.kind == DONE) & (log.release != NONE)


def pools_share_a_minute(plan: Plan, _: CaseInput, log: EventLog) -> bool:
    minutes, pools = log.minute[started(log)], plan.pool[log.step[started(log)]]
    return any(len(set(pools[minutes == minute])) > 1 for minute in minutes)


def work_pauses(_: Plan, __: CaseInput, log: EventLog) -> bool:
    pairs = np.flatnonzero(started(log)[:-1] & served(log)[1:])
    return bool((log.minute[pairs + 1] - log.minute[pairs] > log.quantity[pairs]).any())


def urgent_case_overtakes(plan: Plan, _: CaseInput, log: EventLog) -> bool:
    rows = np.flatnonzero(started(log))
    return any(
        plan.pool[log.step[slow]] == plan.pool[log.step[quick]]
        and log.release[slow] < log.release[quick]
        and log.minute[quick] < log.minute[slow]
        for slow in rows
        for quick in rows
    )


def case_comes_back_within_the_minute(_: Plan, __: CaseInput, log: EventLog) -> bool:
    rows = np.flatnonzero(started(log) & (log.seq >= 3))  # after STARTED, DONE and ANSWERED of the visit before
    return bool((log.release[rows] == log.release[rows - 3]).any())


def refused_at_first(plan: Plan, cases: CaseInput, log: EventLog) -> bool:
    rows = np.flatnonzero(log.seq == 0)
    return bool((log.step[rows] != plan.start[cases.klass[log.case[rows]]]).any())


def lateness_changes_answers(plan: Plan, cases: CaseInput, log: EventLog) -> bool:
    punctual = replace(plan, threshold=np.repeat(plan.threshold[:, :, :1], plan.threshold.shape[2], axis=2))
    return not engine_compiled.run(punctual, cases).equals(log)


def item_without_a_server_is_passed(plan: Plan, _: CaseInput, log: EventLog) -> bool:
    """An item of the same pool and a later key is taken first, though both wait and neither is more urgent."""
    rows = np.flatnonzero(started(log))
    return any(
        plan.pool[log.step[slow]] == plan.pool[log.step[quick]]
        and plan.priority[log.step[slow]] <= plan.priority[log.step[quick]]
        and log.release[slow] < log.release[quick]
        and log.minute[quick] < log.minute[slow]
        for slow in rows
        for quick in rows
    )


def servers_differ(plan: Plan, _: CaseInput, log: EventLog) -> bool:
    """One pool takes work up with servers of different skills, and some of it asks for what not all of them can do."""
    for number, pool in enumerate(plan.pools):
        mine = started(log) & (plan.pool[np.minimum(log.step, len(plan.steps) - 1)] == number)
        asked = [pool.qualified(int(skill)).all() for skill in plan.skill[log.step[mine]]]
        if len(set(pool.skills[log.server[mine]])) > 1 and not all(asked):
            return True
    return False


FEATURES: dict[str, Callable[[Plan, CaseInput, EventLog], bool]] = {
    "pools, but no case": lambda plan, cases, _: len(plan.pools) > 0 and len(cases) == 0,
    "cases, but no pool": lambda plan, _, log: len(plan.pools) == 0 and len(log) > 0,
    "a step whose pool has no server": lambda plan, *_: any(
        not plan.pools[pool].servers for pool in plan.pool if pool >= 0
    ),
    "two pools start work in one minute": pools_share_a_minute,
    "a case waits": lambda _, __, log: bool((log.minute > log.release)[started(log)].any()),
    "an urgent case overtakes": urgent_case_overtakes,
    "an item that nobody free can do is passed": item_without_a_server_is_passed,
    "servers of different skills": servers_differ,
    "work of no time": lambda _, __, log: bool((log.quantity[started(log)] == 0).any()),
    "a case comes back within the minute": case_comes_back_within_the_minute,
    "work pauses": work_pauses,
    "work is never done": lambda _, __, log: bool(started(log).sum() > served(log).sum()),
    "a second visit": lambda _, __, log: bool((log.visit == 1).any()),
    "a refused first step": refused_at_first,
    "a case ends": lambda _, __, log: bool((log.kind == ENDED).any()),
    "a share of the balance": lambda _, __, log: bool((log.quantity[log.kind == ANSWERED] > 0).any()),
    "lateness changes answers": lateness_changes_answers,
}


@pytest.mark.parametrize("feature", FEATURES)
def test_random_plans_reach(feature: str) -> None:
    """Did the plans above not meet each of these, their agreement would say little."""

    def meets(situation: Situation) -> bool:
        return FEATURES[feature](*situation, engine_compiled.run(*situation))

    assert meets(find(situations(), meets, settings=ENOUGH))


@pytest.mark.parametrize("words", ["a case that the step takes", "a visit that was drawn for"])
def test_random_faults_reach(words: str) -> None:
    def meets(situation: Situation) -> bool:
        return words in str(outcome(engine_compiled.run, *situation))

    assert meets(find(faulty_situations(), meets, settings=ENOUGH))


def simple_plan(
    hours: list[list[Calendar]], pool: list[int], work: list[int], target: list[int], **changes: object
) -> Plan:
    """Steps that answer at once in one way, each with its pool, minutes of work and target; class k begins at step k."""
    steps = len(pool)
    plan = Plan(
        model="simple",
        steps=tuple(f"step_{code}" for code in range(steps)),
        ends=("end",),
        pools=tuple(bare_pool(str(number), servers) for number, servers in enumerate(hours)),
        pool=np.array(pool),
        priority=np.zeros(steps, np.int64),
        skill=np.zeros(steps, np.int64),
        work_table=np.arange(steps),
        work_tables=np.array(work)[:, None].repeat(TABLE_SIZE, axis=1),
        n_answers=np.ones(steps, np.int64),
        threshold=np.full((steps, steps, 1, 1), FULL),
        delay_table=np.zeros((steps, steps, 1), np.int64),
        delay_tables=np.zeros((1, TABLE_SIZE), np.int64),
        part=np.full((steps, 1), PART_NOTHING_DRAWN),
        part_tables=np.zeros((0, TABLE_SIZE), np.int64),
        target=np.array(target)[:, None, None].repeat(steps, axis=1),
        lateness_edges=np.zeros(0, np.int64),
        min_ore=np.zeros(steps, np.int64),
        max_visits=np.ones(steps, np.int64),
        otherwise=np.full(steps, steps),
        **never_barred(steps, 1, steps, 10_000_000, steps),  # type: ignore[arg-type]
        start=np.arange(steps),
        horizon=1000,
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def simple_cases(plan: Plan, start: list[int], klass: list[int]) -> CaseInput:
    """Cases whose uniforms are all 0."""
    first_column = np.append(0, np.cumsum(plan.max_visits))
    uniforms = np.zeros((len(start), first_column[-1], 3), np.uint32)
    nothing = np.zeros(len(start), np.int64)
    return CaseInput(np.array(start), nothing, np.array(klass), np.full(len(start), 100), uniforms, first_column)


def log_of(plan: Plan, cases: CaseInput) -> EventLog:
    log = agreed(plan, cases)
    assert isinstance(log, EventLog)
    return log


def always(servers: int) -> list[Calendar]:
    return [Calendar.of(np.array([0]), np.array([1_000_000]))] * servers


def test_visits_that_fill_more_than_one_integer_are_counted() -> None:
    """Eight steps in a ring, 200 visits to each but 1 000 to the last: 66 bits. By hand: 200 rounds, then `otherwise`."""
    limits = np.array([200] * 7 + [1000])
    ring = [1, 2, 3, 4, 5, 6, 7, 0]
    plan = simple_plan([always(2)], pool=[0] * 8, work=[1] * 8, target=ring, max_visits=limits, horizon=4000)
    assert plan_arrays(plan)[0].counter[:, 0].tolist() == [0] * 7 + [1]
    log = log_of(plan, simple_cases(plan, start=[3, 0], klass=[0, 7]))
    ended = log.kind == ENDED
    assert dict(zip(log.case[ended].tolist(), log.minute[ended].tolist(), strict=True)) == {0: 3 + 1600, 1: 1601}


def test_cases_may_start_in_any_order() -> None:
    """The server is free for each: cases are served as they start, the lower number first where two start together."""
    plan = simple_plan([always(1)], pool=[0], work=[5], target=[1])
    log = log_of(plan, simple_cases(plan, start=[40, 10, 2000, 40, 0], klass=[0] * 5))
    taken = started(log)
    found = dict(zip(log.case[taken].tolist(), log.minute[taken].tolist(), strict=True))
    assert found == {4: 0, 1: 10, 0: 40, 3: 45}


def test_all_pools_are_dispatched_before_work_of_no_time_completes() -> None:
    """Contract §7: case 0 comes to the second pool in the minute, but case 1 was there for that minute's first dispatch."""
    plan = simple_plan([always(1), always(1)], pool=[0, 1], work=[0, 5], target=[1, 2])
    log = log_of(plan, simple_cases(plan, start=[3, 3], klass=[0, 1]))
    taken = started(log) & (log.step == 1)
    assert dict(zip(log.case[taken].tolist(), log.minute[taken].tolist(), strict=True)) == {0: 8, 1: 3}


def test_a_server_takes_only_what_it_is_qualified_for() -> None:
    """Contract §8: the court's work waits for server 1 and does not block the general work behind it.

    By hand: at 0 server 0 (general) cannot take case 0 (court), server 1 (court) does, until 10. Case 1 (court) waits for
    server 1 until 10; case 2 (general), behind it, goes to server 0 at once. At 10 server 1 takes case 1, although server 0
    has been free since 4.
    """
    pools = (bare_pool("pool", always(2), [1, 8]),)
    plan = simple_plan([always(2)], pool=[0, 0], work=[10, 4], target=[2, 2], pools=pools, skill=np.array([3, 0]))
    log = log_of(plan, simple_cases(plan, start=[0, 0, 0], klass=[0, 0, 1]))
    rows = np.flatnonzero(started(log))
    found = list(zip(log.case[rows], log.server[rows], log.minute[rows], strict=True))
    assert found == [(0, 1, 0), (1, 1, 10), (2, 0, 0)]


def test_who_can_do_least_takes_it_and_then_the_lowest_number() -> None:
    """Contract §8: server 3 has one skill, servers 1 and 2 have two, server 0 cannot."""
    pools = (bare_pool("pool", always(4), [8, 9, 3, 1]),)
    plan = simple_plan([always(4)], pool=[0], work=[5], target=[1], pools=pools)
    log = log_of(plan, simple_cases(plan, start=[0, 1, 2], klass=[0, 0, 0]))
    assert log.server[started(log)].tolist() == [3, 1, 2]


@pytest.mark.parametrize(
    ("skills", "skill", "words"),
    [
        ([1, 7], 3, "plan.skill.step_0: got 'court'; allowed a skill of somebody in pool"),
        ([1], 0, "plan.pools.pool.skills: got (1,); allowed shape (2,)"),
        ([15, 15], 4, "plan.skill.step_0: got 4; allowed 0 to 3"),
        ([15, 15], -1, "plan.skill.step_0: got -1; allowed 0 to 3"),
    ],
)
def test_a_plan_with_work_that_nobody_could_ever_do_is_refused(skills: list[int], skill: int, words: str) -> None:
    plan = simple_plan([always(2)], pool=[0], work=[5], target=[1])
    with pytest.raises(ScenarioError) as caught:
        replace(plan, pools=(bare_pool("pool", always(2), skills),), skill=np.array([skill]))
    assert words in str(caught.value)


def test_a_pool_of_no_posts_is_a_question_of_capacity() -> None:
    plan = simple_plan([[]], pool=[0], work=[5], target=[1], skill=np.array([3]))
    assert len(log_of(plan, simple_cases(plan, start=[0], klass=[0]))) == 0


def test_hundreds_return_to_one_queue_within_the_minute() -> None:
    """Work of no time sends cases back before those of a higher number: each takes all its steps in turn (§6, §7)."""
    visits = 3
    plan = simple_plan([always(2)], pool=[0, 0], work=[0, 0], target=[1, 0], max_visits=np.full(2, visits))
    log = log_of(plan, simple_cases(plan, start=[5] * 400, klass=[0, 1] * 200))
    assert started(log).sum() == 2 * visits * 400
    assert set(log.minute) == {5}


def test_more_visits_and_rows_than_there_was_room_for_at_first() -> None:
    plan = simple_plan(
        [always(1)], pool=[0, -1], work=[1, 0], target=[1, 0], max_visits=np.full(2, 40), horizon=100_000
    )
    log = log_of(plan, simple_cases(plan, start=list(range(60)), klass=[0] * 60))
    assert len(log) == 60 * (40 * 5 + 1)


def test_the_fault_that_happens_first_is_raised() -> None:
    """Also when a case of a lower number meets another fault later."""
    plan = simple_plan([], pool=[-1, -1], work=[0, 0], target=[0, 1], otherwise=np.full(2, NO_TARGET))
    assert "step_1" in str(agreed(plan, simple_cases(plan, start=[9, 4], klass=[0, 1])))
    assert "step_0" in str(agreed(plan, simple_cases(plan, start=[4, 9], klass=[0, 1])))


def test_a_fault_at_the_horizon_does_not_happen() -> None:
    plan = simple_plan([], pool=[-1], work=[0], target=[0], otherwise=np.array([NO_TARGET]), horizon=9)
    assert len(log_of(plan, simple_cases(plan, start=[9], klass=[0]))) == 0
    assert "1 visits so far" in str(agreed(plan, simple_cases(plan, start=[8], klass=[0])))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"klass": np.array([0, 2])}, "cases.klass: got '0 to 2'; allowed 0 to 1"),
        ({"start": np.array([3, -1])}, "cases.start: got -1; allowed at least 0"),
        ({"start": np.array([0])}, "cases.klass: got 'shape (2,)'; allowed shape (1,)"),
        (
            {"uniforms": np.zeros((2, 1, 3), np.uint32)},
            "cases.uniforms: got 'shape (2, 1, 3)'; allowed shape (2, 2, 3)",
        ),
        ({"first_column": np.array([0, 3, 2])}, "cases.first_column: got [0, 3, 2]; allowed rising from 0"),
    ],
)
def test_compiled_refuses_cases_that_do_not_fit_the_plan(change: dict[str, np.ndarray], words: str) -> None:
    """Compiled code would read past the end of an array without a word."""
    plan = simple_plan([], pool=[-1, -1], work=[0, 0], target=[1, 2])
    with pytest.raises(RunError) as caught:
        engine_compiled.run(plan, replace(simple_cases(plan, [0, 0], [0, 1]), **change))
    assert words in str(caught.value)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("model", load_scenario(BUNDLED).models)
def test_bundled_scenario(model: str, seed: int) -> None:
    met = setting(load_scenario(BUNDLED).with_changes(SMALLER), Draws(seed, 0, 0))
    log = log_of(build_plan(met.world, model, met.draws, met.law), met.cases)
    assert (log.kind == ENDED).sum() > len(met.cases) // 4


@st.composite
def queues(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Releases, work and priorities with many ties."""
    size, rng = (
        draw(st.sampled_from([20, 60, 3, 1, 0])),
        np.random.default_rng(list(draw(st.binary(min_size=8, max_size=8)))),
    )
    steps, works = (
        draw(st.sampled_from([(0, 1), (0, 0, 0, 5), (0,), (3, 7)])),
        draw(st.sampled_from([(0, 1, 2), (0, 9), (4,)])),
    )
    release = np.cumsum(rng.choice(steps, size)) + draw(st.sampled_from([0, -5, 10**12]))
    return release, rng.choice(works, size), rng.choice([-3, 0, 0, 8], size), draw(st.sampled_from([1, 2, 3, 50]))


@settings(max_examples=500, deadline=None)
@given(queues())
def test_serve(queue: tuple[np.ndarray, np.ndarray, np.ndarray, int]) -> None:
    release, work, priority, servers = queue
    expected = serve(release, work, servers=servers, priority=priority, engine="simpy")
    for got, wanted in zip(serve_compiled(release, work, priority, servers), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)
