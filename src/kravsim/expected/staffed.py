"""Worlds and scenarios with the posts that their rules find, and the history that its rule finds, in place of the rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from kravsim.chance.draws import Draws
from kravsim.expected.history import history_settled
from kravsim.expected.levels import refuse_growth
from kravsim.expected.posts import Found, found_in
from kravsim.scenario import Scenario, World
from kravsim.scenario.base_posts import SUFFIX
from kravsim.scenario.schema import Model, Pool
from kravsim.scenario.values import Value


def staffed(scenario: Scenario, draws: Draws, models: Collection[str] | None = None) -> World:
    """Realise a world with the posts that are its own: a number, by a rule, or as in the base case.

    Parameters
    ----------
    scenario : Scenario
    draws : Draws
        ``draws.draw`` says which world, as for ``scenario.realise``.
    models : collection of str, optional
        Names of those whose posts are wanted; left out, all. The others keep the stated number, which is not theirs: finding
        posts takes the closed form longer than a replication takes.

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
    base = staffed(scenario, Draws(draws.seed, 0, 0), models) if drawn else world
    settled, short = dict[str, Model](), world.short
    for name, model in world.data.models.items():
        if models is not None and name not in models:
            continue
        ruled = {pool: staff.posts for pool, staff in model.staff.items() if staff.posts is not None}
        by_rule = tuple(pool for pool, rule in ruled.items() if rule.used(drawn=drawn))
        as_before = [pool for pool, rule in ruled.items() if drawn and rule.drawn_worlds == "as_in_the_base_case"]
        posts = {pool: base.data.models[name].staff[pool].fte for pool in as_before}
        short |= base.short & {(name, pool) for pool in as_before}
        if by_rule:
            refuse_growth(world.data)
            found = found_in(world.data, name, by_rule)
            settled[name] = _with_fte(
                model, posts | {pool: _settled(model.staff[pool], found[pool]) for pool in by_rule}
            )
            short |= {(name, pool) for pool in by_rule if not found[pool].feasible[0]}
        elif posts:
            settled[name] = _with_fte(model, posts)
        if by_rule and drawn:
            posts |= {pool: base.data.models[name].staff[pool].fte for pool in by_rule}
            settled[name + SUFFIX] = _with_fte(model, posts)
    if not settled:
        return world
    data = world.data.model_copy(update={"models": {**world.data.models, **settled}})
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
