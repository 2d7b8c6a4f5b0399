"""What models have on the same terms, as the scenario states them: a contract that goes on, a system that is bought once.

Terms are values, choices and ranges. Where a number is from, and what is noted of it, is no part of them, and a drawn world
decides as the base world does
([decision](docs/decisions/2026-11-29-arrangements-by-date.md)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from kravsim.scenario.frozen import FrozenDict
from kravsim.scenario.sequences import models_of
from kravsim.scenario.values import terms

if TYPE_CHECKING:
    from kravsim.scenario.scenario import World
    from kravsim.scenario.schema import Model


class Alike(NamedTuple):
    """Of each model the first model of the scenario that has the same terms: of the contract, and of the system."""

    contract: Mapping[str, str]
    system: Mapping[str, str]


def alike(models: Mapping[str, Model]) -> Alike:
    """Find which models have the same terms.

    Parameters
    ----------
    models : mapping of str to Model
        By name, as the scenario states them.
    """
    return Alike(_first(models, lambda model: model.contract), _first(models, lambda model: model.system))


def _first(models: Mapping[str, Model], of: Callable[[Model], object]) -> Mapping[str, str]:
    said = {name: terms(of(model)) for name, model in models.items()}
    first = {name: next(other for other, those in said.items() if those == mine) for name, mine in said.items()}
    return FrozenDict(first)


def numbered(first: Mapping[str, str], models: Sequence[str]) -> tuple[int, ...]:
    """Number what models have one after the other: what goes on from the one before has its number.

    Parameters
    ----------
    first : mapping of str to str
        A part of :class:`Alike`.
    models : sequence of str
        Names in order of time.
    """
    found = [0]
    for before, one in pairwise(models):
        found.append(found[-1] + (first[one] != first[before]))
    return tuple(found)


def with_one_of_each(world: World, sequence: str) -> World:
    """A world as a sequence meets it: a contract that goes on is one contract, whose numbers are drawn once, and so a system.

    Parameters
    ----------
    world : World
    sequence : str
        Name of the sequence: the first of its models that has the terms says the numbers.
    """
    data, models = world.data, dict(world.data.models)
    for part, first in zip(Alike._fields, world.alike, strict=True):
        says = dict[str, str]()
        for name in models_of(data, sequence):
            said = getattr(models[says.setdefault(first[name], name)], part)
            if said is not getattr(models[name], part):
                models[name] = models[name].model_copy(update={part: said})
    if all(models[name] is model for name, model in data.models.items()):
        return world
    return replace(world, data=data.model_copy(update={"models": models}))
