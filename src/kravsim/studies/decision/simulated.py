"""Figures where the closed form has no answer: years of that world, simulated on the same luck."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.sizing.estimate import fitting_workers
from kravsim.studies.decision.checks import Floats
from kravsim.units import ORE_PER_KR

if TYPE_CHECKING:
    from kravsim.measures.outcome import Outcome
    from kravsim.scenario import Scenario


@dataclass(frozen=True)
class Simulation:
    """Simulation as what a study evaluates (:class:`kravsim.measures.evaluate.Evaluate`): means over years of each world.

    Parameters
    ----------
    seed : int
        Of every world, so that they share their luck.
    replications : int
        Years in each world.
    workers : int, optional
        Threads; as many as there are processors when left out.
    """

    seed: int
    replications: int = 1
    workers: int | None = None

    def __call__(self, scenario: Scenario, model: str, values: Mapping[str, Floats]) -> dict[str, Floats]:
        """Give the mean of each figure over the years of each world, as the closed form gives what is expected.

        Parameters
        ----------
        scenario : Scenario
            What stands where nothing is put.
        model : str
            Machine name.
        values : mapping of key to float64 array, shape (B,)
            Numbers that differ between the worlds; all others stand as in the scenario.

        Returns
        -------
        dict of str to float64 array, shape (B,)
            NaN of a world that cannot be: its values break a rule of the scenario.
        """
        return {name: years.mean(axis=1) for name, years in self.years(scenario, model, values).items()}

    def years(self, scenario: Scenario, model: str, values: Mapping[str, Floats]) -> dict[str, Floats]:
        """Give each figure of every year, shape (B, replications).

        Parameters
        ----------
        scenario : Scenario
            What stands where nothing is put.
        model : str
            Machine name.
        values : mapping of key to float64 array, shape (B,)
            As when it is called.
        """
        from kravsim.errors import ScenarioError
        from kravsim.flow import one_run

        n = len(next(iter(values.values()))) if values else 1
        sets = ParameterSets({}, 1.0, tuple(values), np.column_stack(list(values.values()))) if values else None

        def work(row: int) -> list[dict[str, float]]:
            try:
                world = scenario if sets is None else sets.settled(scenario, row)
            except ScenarioError:
                return []
            return [
                figures(one_run(world, model, seed=self.seed, replication=replication).outcome)
                for replication in range(self.replications)
            ]

        crew = fitting_workers(
            scenario,
            (model,),
            workers=self.workers or len(os.sched_getaffinity(0)),
            exactly=self.workers is not None,
            settable=False,
        )
        with ThreadPoolExecutor(crew) as pool:
            worlds = list(pool.map(work, range(n)))
        names = dict.fromkeys(name for years in worlds for year in years for name in year)
        found = {name: np.full((n, self.replications), math.nan) for name in names}
        for row, years in enumerate(worlds):
            for replication, year in enumerate(years):
                for name, array in found.items():
                    array[row, replication] = year.get(name, 0.0 if name.startswith(_COUNTED) else math.nan)
        return found


_COUNTED = ("budget_", "step_", "end_")
"""Begin the names of figures that are 0 where nothing of the kind happened."""


def figures(outcome: Outcome) -> dict[str, float]:
    """Give every figure of a year by the name that the closed form has for it.

    Parameters
    ----------
    outcome : Outcome
        Of one replication.
    """
    return {
        **outcome.numbers,
        **{f"budget_{line}_kr": ore / ORE_PER_KR for line, ore in outcome.budget_ore.items()},
        **{f"step_{step}": count for step, count in outcome.steps.items()},
        **{f"end_{end}": count for end, count in outcome.ends.items()},
    }
