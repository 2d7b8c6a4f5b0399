"""A figure where the closed form has no answer: years of that world, simulated on the same luck."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.studies.decision.checks import Floats

if TYPE_CHECKING:
    from kravsim.scenario import Scenario


def simulated(
    scenario: Scenario,
    models: Sequence[str],
    measures: Sequence[str],
    values: Mapping[str, Floats],
    *,
    seed: int,
    replications: int = 1,
    workers: int | None = None,
) -> dict[tuple[str, str], Floats]:
    """Simulate worlds of a scenario.

    Parameters
    ----------
    scenario : Scenario
        What stands where nothing is put.
    models, measures : sequences of str
        Machine names.
    values : mapping of key to array (B,)
        Numbers that differ between the worlds; all others stand as in the scenario.
    seed : int
        Of every world, so that they share their luck.
    replications : int
        Years in each world.
    workers : int, optional
        Threads; as many as there are processors when left out.

    Returns
    -------
    dict of (model, measure) to float64 array, shape (B, replications)
        NaN throughout a world that cannot be: its values break a rule of the scenario.
    """
    from kravsim.errors import ScenarioError
    from kravsim.flow import one_run

    n = len(next(iter(values.values())))
    found = {(model, name): np.full((n, replications), math.nan) for model in models for name in measures}
    table = np.column_stack(list(values.values()))
    sets = ParameterSets({}, 1.0, tuple(values), table)

    def work(row: int) -> None:
        try:
            world = sets.settled(scenario, row)
        except ScenarioError:
            return
        for model in models:
            for replication in range(replications):
                numbers: Any = one_run(world, model, seed=seed, replication=replication).outcome.numbers
                for name in measures:
                    found[model, name][row, replication] = numbers.get(name, math.nan)

    with ThreadPoolExecutor(workers or len(os.sched_getaffinity(0))) as pool:
        for _ in pool.map(work, range(n)):
            pass
    return found
