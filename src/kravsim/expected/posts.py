"""As few posts as keep the wait of new cases short: what the scenario's rule gives, from the expected work of a world.

The posts are those that a body would plan for: found from the closed form of the year, its hand-overs, holidays, vacations
and turnover, never from what happens to be drawn in a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, ScenarioError
from kravsim.expected.arrivals import arrivals
from kravsim.expected.batch import ERROR_PLACE, Batch, batch_of_one
from kravsim.expected.clock import Clock
from kravsim.expected.early import Early
from kravsim.expected.late import walk_late
from kravsim.expected.principal import sizes_of_cases
from kravsim.expected.tables import Tables, mean_minutes
from kravsim.expected.waiting import Kept, PoolQueue
from kravsim.expected.year import Year
from kravsim.models.process import STEP_CODE
from kravsim.scenario.schema import PostsRule, ScenarioData
from kravsim.units import MILLION, half_up

Floats = NDArray[np.float64]

SPELLS = "policy.surveillance_spells"
ROUNDING = 1e-9
WORKING_DAYS_A_YEAR, USUAL_LOAD = 250.0, 0.9
"""Near enough to begin a search with."""


class Found(NamedTuple):
    """Posts by the rule (B,), and whether they keep the wait short: the ceiling does not where no number up to it does.

    Attributes
    ----------
    fte : float64 array, shape (B,)
        Full-time posts.
    feasible : bool array, shape (B,)
        Whether they keep the wait short.
    """

    fte: Floats
    feasible: NDArray[np.bool_]


def needs_a_spell(spells: float) -> None:
    """Refuse a policy that the closed form does not know.

    Parameters
    ----------
    spells : float
        Spells under surveillance that the policy has.

    Raises
    ------
    ScenarioError
        When nobody is ever put under surveillance.
    """
    if half_up(spells) < 1:
        remedy = "simulate such a policy, with posts that are a number"
        raise ScenarioError(Problem(ERROR_PLACE, SPELLS, spells, "at least one spell in closed form", remedy))


def needs_no_stock(data: ScenarioData) -> None:
    """Refuse a scenario whose stock is given: the closed form follows claims from their hand-over on.

    Parameters
    ----------
    data : ScenarioData

    Raises
    ------
    ScenarioError
        When it has an opening stock.
    """
    if data.opening_stock.rows:
        remedy = "simulate (simulate, compare, stock), with posts that are a number; or leave the opening stock out"
        rows = ", ".join(data.opening_stock.rows)
        allowed = "scenarios whose stock their own history builds up, in closed form"
        raise ScenarioError(Problem(ERROR_PLACE, "opening_stock.rows", rows, allowed, remedy))


def found_in(data: ScenarioData, model: str, pools: tuple[str, ...]) -> dict[str, Found]:
    """What the rules of a model's pools find in one world.

    Parameters
    ----------
    data : ScenarioData
        The numbers of the world.
    model : str
        Name of the model.
    pools : tuple of str
        Names of its pools whose posts are by rule.

    Raises
    ------
    ScenarioError
        When the closed form does not know the world's policy.
    """
    needs_a_spell(data.policy.surveillance_spells.value)
    needs_no_stock(data)
    batch = batch_of_one(data)
    tables, year = expected_work(batch, model)
    return {pool: posts_by_rule(tables, year, pool) for pool in pools}


def expected_work(batch: Batch, model: str) -> tuple[Tables, Year]:
    """The cases at each step of a year in which nothing waits.

    Parameters
    ----------
    batch : Batch
        B sets of numbers.
    model : str
        Name of the model.
    """
    clock = Clock.of(batch)
    came = arrivals(batch, clock.calendar)
    tables = Tables.of(batch, model, clock)
    year = Year.empty(len(batch.which))
    early = Early(tables, came, sizes_of_cases(tables, came), year, counting=True)
    walk_late(tables, early, early.walk(), year)
    return tables, year


def used(rule: PostsRule, *, drawn: bool) -> bool:
    """Whether posts are found by a rule of a batch, as :meth:`PostsRule.used` says of one of a scenario.

    Parameters
    ----------
    rule : PostsRule
        Or its view in a batch.
    drawn : bool
        Whether for drawn worlds, or for the base case.
    """
    return bool((rule.drawn_worlds if drawn else rule.base_case) == "rule")


def rule_of(tables: Tables, name: str) -> PostsRule:
    """The rule by which a pool's posts are found.

    Parameters
    ----------
    tables : Tables
        Shares and delays of B sets.
    name : str
        Of a pool in the model that has one.
    """
    rule = tables.model.staff[name].posts
    if rule is None:
        raise KeyError(name)
    return rule


def posts_by_rule(tables: Tables, year: Year, name: str, kept: Kept | None = None) -> Found:
    """As few posts as keep the mean wait of new cases below the rule's number of days, in its steps, up to its ceiling.

    More posts never keep new cases waiting longer. The search begins at the posts that the work would keep busy, steps from
    there by 1, 2, 4, ... and halves what lies between; sets whose posts are known cost nothing more.

    Parameters
    ----------
    tables : Tables
        Shares and delays of B sets.
    year : Year
        From `expected_work`.
    name : str
        Of the pool in the model.
    kept : Kept, optional
        Queues of the same batch and year that are known, to which more are added.
    """
    rule, array = rule_of(tables, name), tables.batch.array
    least, step = array(rule.least_fte.value), array(rule.step_fte.value)
    most = np.floor((array(rule.most_fte.value) - least) / step + ROUNDING)
    kept, longest = Kept() if kept is None else kept, array(rule.mean_wait_days.value)

    def fte(steps: Floats) -> Floats:
        return np.asarray(half_up((least + step * steps) * MILLION) / MILLION)

    def enough(steps: Floats) -> NDArray[np.bool_]:
        queue = PoolQueue(tables, year, name, fte(steps), kept, longest)
        return np.asarray(queue.possible & (queue.wait_of_new_cases < longest))

    too_few, suffice, stride = np.full_like(most, -1.0), most + 1, 1.0
    steps = np.clip(np.ceil(np.nan_to_num((_busy(tables, year, name) - least) / step)), 0.0, most)
    while (suffice - too_few > 1).any():
        fine = enough(steps)
        suffice, too_few = np.where(fine, np.minimum(steps, suffice), suffice), np.where(fine, too_few, steps)
        up, down = np.minimum(too_few + stride, most), np.maximum(suffice - stride, 0.0)
        between = np.floor((too_few + suffice) / 2)
        steps = np.where(suffice > most, up, np.where(too_few < 0, down, between))
        steps = np.where(suffice - too_few > 1, steps, np.clip(suffice, 0.0, most))
        stride *= 2
    feasible = suffice <= most
    return Found(fte(np.where(feasible, suffice, most)), feasible)


def _busy(tables: Tables, year: Year, name: str) -> Floats:
    """Posts (B,) that a year's work would keep busy, and a little more: where to begin to look for how many it takes."""
    pool, array = tables.model.staff[name], tables.batch.array
    tasks = [(step, task) for step, task in tables.model.work.items() if task.pool == name]
    load = np.zeros(len(tables.batch.which))
    for step, task in tasks:
        load += year.steps[:, STEP_CODE[step]] * mean_minutes(task)
    days = WORKING_DAYS_A_YEAR - array(pool.vacation_days.value)
    share = (1 - array(pool.other_duties_share.value)) * (1 - array(pool.sick_share.value))
    a_post = array(pool.hours_per_day.value) * 60 * share * np.maximum(days, 1.0)
    return np.asarray(load / np.maximum(a_post, 1e-9) / USUAL_LOAD)


def with_posts(batch: Batch, model: str, posts: Mapping[str, Floats]) -> Batch:
    """The same batch with other posts in some pools of a model.

    Parameters
    ----------
    batch : Batch
        B sets of numbers.
    model : str
        Name of the model.
    posts : mapping of str to float64 array, shape (B,)
        Full-time posts by name of the pool.
    """
    view = batch.view
    inside = view.models[model]
    staff = {
        name: SimpleNamespace(**{**vars(pool), "fte": SimpleNamespace(value=posts[name])}) if name in posts else pool
        for name, pool in inside.staff.items()
    }
    models = {**view.models, model: SimpleNamespace(**{**vars(inside), "staff": staff})}
    return replace(batch, view=cast("ScenarioData", SimpleNamespace(**{**vars(view), "models": models})))
