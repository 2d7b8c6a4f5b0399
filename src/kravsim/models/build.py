"""``build_plan``: one world and the name of a model become the table of who does what next."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from kravsim.chance.draws import Draws
from kravsim.errors import Problem, ScenarioError
from kravsim.law import Law, law_of
from kravsim.models.agency_choice import Chosen, chosen
from kravsim.models.agency_terms import agency_steps
from kravsim.models.answers import Tables, delay_arrays, threshold_array
from kravsim.models.endings import unending
from kravsim.models.limitation import A_YEAR_ROW, limitation_arrays
from kravsim.models.plan import (
    BY_SYSTEM,
    LAID_ASIDE,
    NO_TARGET,
    PART_INSTALMENT,
    PART_NOTHING_DRAWN,
    TABLE_SIZE,
    WAITS,
    Ints,
    Plan,
)
from kravsim.models.process import (
    CODE,
    DETOURS,
    ENDS,
    MAX_ANSWERS,
    PROCEEDINGS,
    PROCESS,
    REVIVED,
    STEP_CODE,
    WITH_TITLE,
    answer_code,
    is_titled,
)
from kravsim.models.refusals import deadlines, opens, refused, smallest_principals
from kravsim.models.staffing import staff_pool
from kravsim.phrases import phrase
from kravsim.scenario import World
from kravsim.scenario.base_posts import model_in
from kravsim.scenario.schema import SKILLS, STEPS, Model, ScenarioData
from kravsim.stream.stream import N_CLASSES, class_parts
from kravsim.stream.synthetic import first_day
from kravsim.units import MINUTES_PER_DAY, half_up, ore
from kravsim.workdays import working_day_from

NO_QUEUE = -1
WORTH_AN_APPLICATION = {"solvency_check": "solvent", "surveillance": REVIVED, "last_surveillance": REVIVED}
"""Answers, by step, after which a claim is applied for: it may wait for others of its debtor first."""
WATCHING_STEPS = ("surveillance", "interruption", "last_surveillance")
"""Steps of watching a claim, without and with a title; a case comes to each as often as it is put under surveillance."""


def build_plan(world: World, model_name: str, draws: Draws, law: Law | None = None) -> Plan:
    """Build one model's plan for a world.

    Parameters
    ----------
    world : World
        A scenario whose uncertain values have become numbers.
    model_name : str
        One of the scenario's models.
    draws : Draws
        Used for sick days and turnover only.
    law : Law, optional
        Dated law; by default the tables, and the path of the reference rate that the scenario chooses.

    Raises
    ------
    ScenarioError
        When the model is not in the scenario, or its tables cannot be executed.
    """
    data = world.data
    model = model_named(data, model_name)
    first = first_day(data)
    n_days = (data.horizon.end - first).days
    pools = tuple(
        staff_pool(name, pool, first, n_days, draws, at_ceiling=(model_name, name) in world.short)
        for name, pool in model.staff.items()
    )
    tables = _tables(world, model_name, law or law_of(data))
    plan = Plan(
        model=model_name,
        steps=STEPS,
        ends=ENDS,
        pools=pools,
        margin=half_up(data.timing.interruption_margin_days.value) * MINUTES_PER_DAY,
        lapsed=CODE["lapsed"],
        year=A_YEAR_ROW,
        horizon=n_days * MINUTES_PER_DAY,
        posted_on=working_day_from(first, n_days),
        **tables,  # type: ignore[arg-type]
    )
    endless = unending(plan)
    if endless:
        raise ScenarioError(endless)
    return plan


@lru_cache(maxsize=8)
def _tables(world: World, model_name: str, law: Law) -> dict[str, Ints]:
    """Everything of a plan but its staff, read only: the same in every replication of a world."""
    choice = chosen(world.data, model_named(world.data, model_name), law)
    data, model = choice.data, choice.model
    pool, priority, skill, work_table, work_tables = _work(model)
    delay_table, delay_tables, part, part_tables = _of_world(world)
    if data is not world.data:  # the wait after the demand is the agency's own
        delay_table, delay_tables = delay_arrays(data)
    target = _targets(data, choice, law)
    tables = {
        "pool": pool,
        "priority": priority,
        "skill": skill,
        "work_table": work_table,
        "work_tables": work_tables,
        "n_answers": np.array([len(step.answers) for step in PROCESS], np.int64),
        "threshold": threshold_array(data, model),
        "delay_table": delay_table,
        "delay_tables": delay_tables,
        "part": part,
        "part_tables": part_tables,
        "target": target,
        "gathers": _gathers(data, target),
        "lateness_edges": np.array(data.behaviour.lateness.days, np.int64) * MINUTES_PER_DAY,
        "min_ore": smallest_principals(data, model, law),
        "max_visits": max_visits(data),
        "otherwise": refused(),
        "letters": np.array([step.letter for step in PROCESS], np.int64),
        "opens": opens(),
        **limitation_arrays(data),
        "start": np.full(N_CLASSES, CODE["reminder"], np.int64),
        "relief": _relief(model),
        "strikes": strikes(),
        "deadline": deadlines(),
        "of_debtor": np.array([step.name.removesuffix(WITH_TITLE) in PROCEEDINGS for step in PROCESS], np.int64),
    }
    for table in tables.values():
        table.setflags(write=False)
    return tables


@lru_cache(maxsize=8)
def _of_world(world: World) -> tuple[Ints, Ints, Ints, Ints]:
    """Delays and parts, which every model of a world has alike."""
    return *delay_arrays(world.data), *_parts(world.data)


def model_named(data: ScenarioData, name: str) -> Model:
    """The model of this name.

    Parameters
    ----------
    data : ScenarioData
    name : str
        Name of the model in the scenario, or of one beside it.

    Raises
    ------
    ScenarioError
        When the scenario has no such model.
    """
    return model_in(data, name)


def max_visits(data: ScenarioData) -> Ints:
    """How many times a case may visit each step: shape (S,), the same for every model.

    Parameters
    ----------
    data : ScenarioData
    """
    policy = data.policy
    attempts, spells = half_up(policy.payment_order_attempts.value), half_up(policy.surveillance_spells.value)
    visits = dict.fromkeys(STEPS, 1)
    visits |= dict.fromkeys(("payment_order", "contested", "district_court", "order"), attempts)
    visits |= dict.fromkeys([f"{name}{title}" for name in WATCHING_STEPS for title in ("", "_with_title")], spells)
    visits["attachment"] = half_up(policy.attachment_years.value)
    visits["instalment"] = int(half_up(np.max(policy.instalments.value)))  # in closed form the most of many sets
    return np.array([visits[step] for step in STEPS], np.int64)


def _work(model: Model) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Pool, priority, skill and work table of each step; the agency's own work does not queue at the region."""
    names = list(model.staff)
    by_agency = agency_steps(model)
    tables = Tables()
    nothing = tables.add(np.zeros(TABLE_SIZE, np.int64))
    pool, table = np.full(len(STEPS), NO_QUEUE, np.int64), np.full(len(STEPS), nothing, np.int64)
    priority, skill = np.zeros(len(STEPS), np.int64), np.zeros(len(STEPS), np.int64)
    for step, task in model.work.items():
        code = STEP_CODE[step]
        if by_agency[code]:
            raise ScenarioError(
                Problem(
                    "",
                    f"models.work.{step}",
                    step,
                    phrase("steps before agency_from = {agency_from}", agency_from=model.agency_from),
                    "leave out the work of steps that the agency does",
                )
            )
        pool[code], priority[code] = names.index(task.pool), task.priority
        skill[code] = SKILLS.index(task.skill)
        table[code] = tables.spread(task.minutes, 1)
    return pool, priority, skill, table, tables.array()


def _relief(model: Model) -> Ints:
    """What becomes of the work of each step where its pool has fallen far behind."""
    relief = np.full(len(STEPS), WAITS, np.int64)
    for step, task in model.work.items():
        behind = model.staff[task.pool].when_behind
        if behind is None:
            continue
        if step in behind.letters_by_system:
            relief[STEP_CODE[step]] = BY_SYSTEM
        elif behind.leave_from_priority is not None and task.priority >= behind.leave_from_priority:
            relief[STEP_CODE[step]] = LAID_ASIDE
    return relief


def _targets(data: ScenarioData, choice: Chosen, law: Law) -> Ints:
    """What follows each answer, by class: shape (S, K, A).

    A solvent debtor of a class that does not pay the collector is put under surveillance like an insolvent one, or both are
    given back. Some
    segments leave the common road before the solvency check. A residue below the floor is waived without another letter.
    """
    target = np.full((len(STEPS), N_CLASSES, MAX_ANSWERS), CODE["paid"], np.int64)
    for code, step in enumerate(PROCESS):
        for position, answer in enumerate(step.answers):
            target[code, :, position] = CODE[answer.goes_to]
    for klass in range(N_CLASSES):
        road = target[:, klass]
        road[road == CODE["solvency_check"]] = CODE[DETOURS.get(class_parts(klass)[0], "solvency_check")]
    check, watched = CODE["solvency_check"], np.where(choice.watches, CODE["surveillance"], CODE["unwatched"])
    target[check, :, answer_code("solvency_check", "not_solvent")] = watched
    target[check, ~choice.files, answer_code("solvency_check", "solvent")] = watched[~choice.files]
    for name in ("surveillance", "last_surveillance"):
        target[CODE[name], choice.never, answer_code(name, REVIVED)] = CODE["surveillance"]
    left = law.fee_ore("reminder_fee", data.horizon.start, frozen_at=data.law.frozen_at)
    for name in ("reminder", "demand"):
        if left < ore(choice.residue_floor_kr[name]):
            target[CODE[name], :, answer_code(name, "principal_only")] = CODE["residue_waived"]
        left += law.fee_ore("demand_fee", data.horizon.start, frozen_at=data.law.frozen_at)
    return target


def _gathers(data: ScenarioData, target: Ints) -> Ints:
    """Days from one filing day of a debtor to the next for a claim found worth an application: shape (S, K, A).

    It is found so by the solvency check, or by one under surveillance.
    """
    gathers, wait = np.zeros_like(target), data.policy.joint_application_days
    if wait is not None and wait.value:
        for name, answer in WORTH_AN_APPLICATION.items():
            step, position = CODE[name], answer_code(name, answer)
            gathers[step, :, position] = (half_up(wait.value) + 1) * (
                target[step, :, position] == CODE["payment_order"]
            )
    return gathers


def _parts(data: ScenarioData) -> tuple[Ints, Ints]:
    """What each answer pays of the balance (S, A), and the tables of drawn shares in millionths (P, T)."""
    part, tables = np.full((len(STEPS), MAX_ANSWERS), PART_NOTHING_DRAWN, np.int64), Tables()
    for code, step in enumerate(PROCESS):
        for position, answer in enumerate(step.answers):
            if answer.effect == "instalment":
                part[code, position] = PART_INSTALMENT
            elif answer.effect in ("part", "dividend", "dividend_owing"):
                part[code, position] = tables.share(getattr(data.behaviour, step.covers))
    return part, tables.array()


def strikes() -> Ints:
    """Where proceedings of the debtor take a case that is at a step: (S, P); NO_TARGET from one that is theirs already."""
    found = np.full((len(STEPS), len(PROCEEDINGS)), NO_TARGET, np.int64)
    for code, step in enumerate(STEPS):
        if step.removesuffix(WITH_TITLE) not in PROCEEDINGS:
            found[code] = [CODE[f"{name}{WITH_TITLE * is_titled(step)}"] for name in PROCEEDINGS]
    return found
