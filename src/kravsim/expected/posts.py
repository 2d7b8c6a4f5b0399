"""As few posts as keep the wait of new cases short: what the scenario's rule gives, from the expected work of a world.

The posts are those that a body would plan for: found from the closed form of the year, its hand-overs, holidays, vacations
and turnover, never from what happens to be drawn in a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.draws import Draws
from kravsim.errors import Problem, ScenarioError
from kravsim.expected.arrivals import arrivals
from kravsim.expected.batch import WHERE, Batch, batch_of_one
from kravsim.expected.clock import Clock
from kravsim.expected.early import Early
from kravsim.expected.history import history_settled
from kravsim.expected.late import walk_late
from kravsim.expected.principal import sizes_of_cases
from kravsim.expected.tables import Tables
from kravsim.expected.waiting import PoolQueue
from kravsim.expected.year import Year
from kravsim.scenario import Scenario, World
from kravsim.scenario.base_posts import SUFFIX
from kravsim.scenario.schema import Model, Pool, ScenarioData
from kravsim.scenario.values import Value
from kravsim.units import MILLION, half_up

Floats = NDArray[np.float64]

SPELLS = "policy.surveillance_spells"
ROUNDING = 1e-9


class Found(NamedTuple):
    """Posts by the rule (B,), and whether they keep the wait short: the ceiling does not where no number up to it does."""

    fte: Floats
    met: NDArray[np.bool_]


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
        raise ScenarioError(Problem(WHERE, SPELLS, spells, "at least one spell in closed form", remedy))


def staffed(scenario: Scenario, draws: Draws) -> World:
    """Realise a world with the posts that are its own: a number, by a rule, or as in the base case.

    Parameters
    ----------
    scenario : Scenario
    draws : Draws
        ``draws.draw`` says which world, as for ``scenario.realise``.

    Returns
    -------
    World
        Pools whose rule no number of posts meets are named in ``short``. In a drawn world, a model whose posts are found by
        a rule also stands beside itself with those of the base case.

    Raises
    ------
    ScenarioError
        When the world cannot be realised, or the closed form does not know its policy.
    """
    scenario = history_settled(scenario)
    world, drawn = scenario.realise(draws), draws.draw > 0
    base = staffed(scenario, Draws(draws.seed, 0, 0)) if drawn else world
    models, short = {}, world.short
    for name, model in world.data.models.items():
        ruled = {pool: staff.posts for pool, staff in model.staff.items() if staff.posts is not None}
        by_rule = tuple(pool for pool, rule in ruled.items() if rule.used(drawn=drawn))
        as_before = [pool for pool, rule in ruled.items() if drawn and rule.drawn_worlds == "as_in_the_base_case"]
        posts = {pool: base.data.models[name].staff[pool].fte for pool in as_before}
        short |= base.short & {(name, pool) for pool in as_before}
        if by_rule:
            found = found_in(world.data, name, by_rule)
            models[name] = _with_fte(
                model, posts | {pool: _settled(model.staff[pool], found[pool]) for pool in by_rule}
            )
            short |= {(name, pool) for pool in by_rule if not found[pool].met[0]}
        elif posts:
            models[name] = _with_fte(model, posts)
        if by_rule and drawn:
            posts |= {pool: base.data.models[name].staff[pool].fte for pool in by_rule}
            models[name + SUFFIX] = _with_fte(model, posts)
    if not models:
        return world
    data = world.data.model_copy(update={"models": {**world.data.models, **models}})
    return replace(world, data=data, short=short)


def base_posts_settled(scenario: Scenario, *, only_where_drawn: bool = False) -> Scenario:
    """Put the numbers that rules find in the base case in place of those rules; that of history's length, too.

    A study that changes a scenario, or settles other values in each world, would otherwise find posts of its own.

    Parameters
    ----------
    scenario : Scenario
    only_where_drawn : bool
        Leave rules alone whose number no drawn world has, so that these draw from the range of ``fte``.
    """
    scenario, base = history_settled(scenario), None
    changes: dict[str, object] = {}
    for name, model in scenario.data.models.items():
        for pool, staff in model.staff.items():
            rule = staff.posts
            if rule is None or not rule.used(drawn=False) or (only_where_drawn and rule.drawn_worlds == "number"):
                continue
            base = base or staffed(scenario, Draws(0, 0, 0))
            key = f"models.{name}.staff.{pool}"
            changes[f"{key}.fte"] = base.data.models[name].staff[pool].fte.value
            changes[f"{key}.posts.base_case"] = "number"
    return replace(scenario.with_changes(changes), changes=scenario.changes) if changes else scenario


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
    clock, view = Clock.of(batch), batch.view
    came = arrivals(batch, clock.calendar)
    tables = Tables(batch, view.models[model], clock, {}, {})
    year = Year.empty(len(batch.which))
    early = Early(tables, came, sizes_of_cases(tables, came), year, counting=True)
    walk_late(tables, early, early.walk(), year)
    return tables, year


def used(rule: Any, *, drawn: bool) -> bool:
    """Whether posts are found by a rule of a batch, as :meth:`PostsRule.used` says of one of a scenario.

    Parameters
    ----------
    rule : PostsRule
        Or its view in a batch.
    drawn : bool
        Whether for drawn worlds, or for the base case.
    """
    return bool((rule.drawn_worlds if drawn else rule.base_case) == "rule")


def posts_by_rule(tables: Tables, year: Year, name: str) -> Found:
    """As few posts as keep the mean wait of new cases below the rule's number of days, in its steps, up to its ceiling.

    More posts never keep new cases waiting longer, so that the fewest are found by halving.

    Parameters
    ----------
    tables : Tables
        Shares and delays of B sets.
    year : Year
        From `expected_work`.
    name : str
        Of the pool in the model.
    """
    rule, array = tables.model.staff[name].posts, tables.batch.array
    least, step = array(rule.least_fte.value), array(rule.step_fte.value)
    most = np.floor((array(rule.most_fte.value) - least) / step + ROUNDING)

    def enough(steps: Floats) -> NDArray[np.bool_]:
        queue = PoolQueue(tables, year, name, least + step * steps)
        return np.asarray(queue.possible & (queue.wait_of_new_cases < array(rule.mean_wait_days.value)))

    met = enough(most)
    too_few, suffice = np.full_like(most, -1.0), most.copy()
    while (suffice - too_few > 1).any():
        between = np.maximum(np.floor((too_few + suffice) / 2), 0.0)
        fine = enough(between)
        suffice, too_few = np.where(fine, between, suffice), np.where(fine, too_few, between)
        too_few = np.minimum(too_few, suffice - 1)
    steps = np.where(met, suffice, most)
    return Found(half_up((least + step * steps) * MILLION) / MILLION, met)


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
    return replace(batch, view=SimpleNamespace(**{**vars(view), "models": models}))


def _settled(pool: Pool, found: Found) -> Value:
    """The number of posts that was found, in place of the stated one."""
    return pool.fte.settled(float(found.fte[0]))


def _with_fte(model: Model, posts: Mapping[str, Value]) -> Model:
    """The same model with other numbers of posts."""
    staff = {
        name: pool.model_copy(update={"fte": posts[name]}) if name in posts else pool
        for name, pool in model.staff.items()
    }
    return model.model_copy(update={"staff": staff})
