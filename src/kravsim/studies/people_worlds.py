"""The worlds of a study, one calendar year at a time: each year is entered with all years before it as history.

Day 0 stays where it is, and draws are keyed by identity and date, so that what happens in a year is the same whether it is
the year that is measured, a part of a longer horizon, or history. Posts that a rule finds are found once, for the first year.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from kravsim.calibration.base_world import Worlds
from kravsim.chance.draws import Draws
from kravsim.errors import Problem
from kravsim.phrases import phrase
from kravsim.scenario import Scenario
from kravsim.scenario.base_posts import model_itself
from kravsim.scenario.sequences import models_of
from kravsim.units import half_up

WORLDS_KEPT: Final = 64
"""Scenarios of worlds and years that a process keeps: threads run the replications of some at a time."""
_NOTE: Final = "found by the rule for the first year of a study of several"


def in_year(scenario: Scenario, after: int) -> Scenario:
    """A scenario some years later, with the years between in its history.

    Parameters
    ----------
    scenario : Scenario
        Whose length of history is a number.
    after : int
        Years after the first of its horizon, from 0.
    """
    horizon = scenario.data.horizon
    year = horizon.start.year + after
    changes: dict[str, object] = {"horizon.start": dt.date(year, 1, 1), "horizon.end": dt.date(year + 1, 1, 1)}
    if after:
        changes["horizon.history_years"] = half_up(horizon.history_years.value) + after
    return scenario.with_changes(_without_what_spans_years(scenario, year) | changes)


def _without_what_spans_years(scenario: Scenario, year: int) -> dict[str, object]:
    """Transitions, which are told by the month over years, and sequences that change after the year, are not of one year."""
    changes: dict[str, object] = {}
    if scenario.data.transitions:
        changes["transitions"] = {}
    if late := _changing_after(scenario, year):
        written = scenario.sheet.tables["sequences"]
        changes["sequences"] = {name: table for name, table in written.items() if name not in late}
    return changes


def _changing_after(scenario: Scenario, year: int) -> tuple[str, ...]:
    """Sequences with a phase that begins after a calendar year."""
    found = scenario.data.sequences.items()
    return tuple(name for name, one in found if any(phase.since.year > year for phase in one.phases.values()))


def not_of_single_years(scenario: Scenario, models: Iterable[str]) -> list[Problem]:
    """What cannot be asked one calendar year at a time: an opening stock, and sequences that change after the first year.

    Parameters
    ----------
    scenario : Scenario
    models : iterable of str
        Those that are asked.
    """
    data, problems = scenario.data, list[Problem]()
    if data.opening_stock.rows:
        allowed = "no opening stock: its ages count from the first day of each year, so it would come anew in every one"
        remedy = "watch the stock by year with kravsim stock, or simulate the whole horizon (simulate, compare, rank)"
        problems.append(Problem(data.name, "opening_stock.rows", ", ".join(data.opening_stock.rows), allowed, remedy))
    late = _changing_after(scenario, data.horizon.start.year)
    for name in models:
        if name in late:
            allowed = phrase("models of one arrangement: {sequence} changes after the first year", sequence=name)
            remedy = "compare it over the whole horizon (compare, rank), or name the models that it follows"
            problems.append(Problem(data.name, "models", name, allowed, remedy))
    return problems


def with_its_posts(scenario: Scenario, seed: int, draw: int, models: tuple[str, ...] | None = None) -> Scenario:
    """A world's scenario with the posts that rules find for it as numbers.

    Parameters
    ----------
    scenario : Scenario
        Of the world.
    seed : int
        From 0 up.
    draw : int
        Number of the world; 0 is the base world.
    models : tuple of str, optional
        Those whose posts are wanted, all when left out.
    """
    from kravsim.expected.staffed import staffed  # compiled, so imported where it is needed

    wanted = tuple(scenario.data.models) if models is None else _parts_of(scenario, models)
    pools = [(name, pool) for name in wanted for pool in scenario.data.models[name].staff]
    ruled = [
        (name, pool)
        for name, pool in pools
        if (rule := scenario.data.models[name].staff[pool].posts) and _found(rule, draw)
    ]
    if not ruled:
        return scenario
    world, changes = staffed(scenario, Draws(seed, draw, 0), wanted), dict[str, object]()
    for name, pool in ruled:
        key = f"models.{name}.staff.{pool}"
        fte = world.data.models[name].staff[pool].fte.value
        changes[f"{key}.fte"] = {"value": fte, "source": "assumption", "status": "assumed", "note": _NOTE}
        changes[f"{key}.posts.base_case"] = changes[f"{key}.posts.drawn_worlds"] = "number"
    return scenario.with_changes(changes)


def _parts_of(scenario: Scenario, models: Iterable[str]) -> tuple[str, ...]:
    """The models themselves: those that a sequence follows, and that whose posts of the base case a name stands for."""
    each = (models_of(scenario.data, model_itself(name)) for name in models)
    return tuple(dict.fromkeys(part for parts in each for part in parts))


def _found(rule: Any, draw: int) -> bool:
    """Whether posts are found by a rule in a world, or are those that it finds in the base case."""
    return (rule.drawn_worlds if draw else rule.base_case) in ("rule", "as_in_the_base_case")


@dataclass(frozen=True, eq=False)
class YearOfWorlds:
    """Some worlds, in a year after the first.

    Parameters
    ----------
    worlds : Worlds
        As they are in the first year.
    after : int
        Years after the first, from 0.
    seed : int
        From 0 up: by it posts are found.
    models : tuple of str, optional
        Those that are run, whose posts are found; all when left out.
    """

    worlds: Worlds
    after: int
    seed: int
    models: tuple[str, ...] | None = None

    @property
    def scenario(self) -> Scenario:
        """What every world is a reading of, in that year."""
        return in_year(self.worlds.scenario, self.after)

    @property
    def draws(self) -> int:
        """How many worlds."""
        return self.worlds.draws

    @property
    def count(self) -> int | None:
        """Replications in all worlds together."""
        return self.worlds.count

    def place(self, number: int) -> tuple[int, int]:
        """Give world and replication, as in the first year.

        Parameters
        ----------
        number : int
            Replication in the whole study, from 0.
        """
        return self.worlds.place(number)

    def number(self, draw: int, replication: int) -> int:
        """Count back what :meth:`place` gives.

        Parameters
        ----------
        draw : int
            Number of the world.
        replication : int
            Within the world, from 0.
        """
        return self.worlds.number(draw, replication)

    def scenario_of(self, draw: int) -> Scenario:
        """Give the scenario of a world in that year.

        Parameters
        ----------
        draw : int
            Number of the world.
        """
        return _scenario_of(self, draw)

    def recipe(self, draw: int) -> str:
        """Python that makes the scenario of a world in that year.

        Parameters
        ----------
        draw : int
            Number of the world.
        """
        made = f"with_its_posts({self.worlds.recipe(draw)}, {self.seed}, {draw}, {self.models})"
        return f"in_year({made}, {self.after})"

    @property
    def named(self) -> str:
        """What the names in :meth:`recipe` stand for."""
        ours = "in_year and with_its_posts are of kravsim.studies.people_worlds"
        return f"{self.worlds.named}, {ours}" if self.worlds.named else ours

    def identity(self) -> Mapping[str, Any]:
        """What makes a study in these worlds another than one in others: the years after the first, too."""
        return {**self.worlds.identity(), "years_after_the_first": self.after}


@lru_cache(maxsize=WORLDS_KEPT)
def _scenario_of(year: YearOfWorlds, draw: int) -> Scenario:
    return in_year(with_its_posts(year.worlds.scenario_of(draw), year.seed, draw, year.models), year.after)
