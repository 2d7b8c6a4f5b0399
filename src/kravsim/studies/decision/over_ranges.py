"""Worlds that fill the declared ranges of a scenario evenly, whatever is believed of them, worked out in closed form."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from kravsim.calibration.evaluating import closed_form, is_of
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.results.notes import doubts_of_question
from kravsim.scenario import Scenario
from kravsim.scenario.describe import numbers as numbers_of
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.scenario.prior import prior
from kravsim.scenario.values import Value
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.checks import number as one_number
from kravsim.words.doubts import Doubt

RANGES: Final = "ranges"
Ranges = Mapping[str, Any]
"""Dotted key -> its two ends."""


class Worlds(NamedTuple):
    """Worlds and what every model gives in them.

    Parameters
    ----------
    inputs : dict of key to (worlds,) array
        In the units of the keys.
    readings : dict of dimension to (worlds,) array of str
        Machine name of the alternative.
    tables : dict of measure to (worlds, models) float64 array
        NaN where there is no answer.
    kind : str
        Where they come from.
    doubts : tuple of Doubt
        What a reader must know first.
    simulated : int
        How many of them were simulated.
    """

    inputs: dict[str, Floats]
    readings: dict[str, Any]
    tables: dict[str, Floats]
    kind: str
    doubts: tuple[Doubt, ...]
    simulated: int


def over_ranges(
    scenario: Scenario, models: Sequence[str], measures: Sequence[str], *, draws: int, ranges: Ranges, seed: int
) -> Worlds:
    """Lay a Latin hypercube over all ranges and readings, each world within the ranges of its own reading.

    Parameters
    ----------
    scenario : Scenario
        As it stands; every combination of open alternatives is laid out.
    models : sequence of str
        Machine names, in the order of a table's columns.
    measures : sequence of str
        Machine names of the figures.
    draws : int
        How many worlds.
    ranges : mapping of key to (float, float)
        Ranges in place of those declared, also of numbers that have none.
    seed : int
        Of the hypercube.

    Raises
    ------
    ScenarioError
        When nothing is uncertain, or a range is not allowed.
    """
    from scipy.stats import qmc

    dimensions = {dimension: list(named) for dimension, named in scenario.alternatives.items()}
    choices = [dict(zip(dimensions, names, strict=True)) for names in itertools.product(*dimensions.values())]
    reads = [scenario.with_alternatives(choice) if choice else scenario for choice in choices]
    _check(scenario, models, ranges)
    declared = [key for read in reads for key in prior(read.data).keys if is_of(key, *models)]
    keys = list(dict.fromkeys([*declared, *ranges]))
    if not keys and not dimensions:
        remedy = "give ranges to its numbers, or alternatives"
        raise ScenarioError(
            Problem(scenario.name, "uncertainty", phrase("nothing uncertain"), "uncertain numbers", remedy)
        )
    unit = qmc.LatinHypercube(len(keys) + len(dimensions), rng=np.random.default_rng(seed)).random(draws)
    picked = {
        dimension: (unit[:, len(keys) + place] * len(named)).astype(int)
        for place, (dimension, named) in enumerate(dimensions.items())
    }
    number = np.zeros(draws, np.int64)
    for dimension, place in picked.items():
        number = number * len(dimensions[dimension]) + place
    values = np.full((draws, len(keys)), np.nan)
    tables = {measure: np.full((draws, len(models)), np.nan) for measure in measures}
    for one in np.unique(number).tolist():
        here = np.flatnonzero(number == one)
        drawn, stands = _spread(reads[one], keys, unit[here], ranges)
        for column, key in enumerate(keys):
            values[here, column] = drawn.get(key, stands.get(key, np.nan))
        can = _possible(reads[one], drawn, len(here))
        for column, model in enumerate(models):
            mine = {key: array[can] for key, array in drawn.items() if is_of(key, model)}
            if can.any():
                found = closed_form(reads[one], model, mine)
                for measure, table in tables.items():
                    table[here[can], column] = found[measure]
    readings = {dimension: np.array(dimensions[dimension])[place] for dimension, place in picked.items()}
    inputs = {key: values[:, k] for k, key in enumerate(keys)}
    return Worlds(inputs, readings, tables, RANGES, doubts_of_question(scenario, models), 0)


def _check(scenario: Scenario, models: Sequence[str], ranges: Ranges) -> None:
    known = {key: limits for key, one, limits in numbers_of(scenario.data) if isinstance(one, Value)}
    for key, ends in ranges.items():
        if key not in known or not is_of(key, *models):
            remedy = did_you_mean(key, list(known)) or "see the keys with kravsim describe"
            allowed = "the dotted key of a number of the world or of the models"
            raise ScenarioError(Problem("", "ranges", key, allowed, remedy))
        if not isinstance(ends, Sequence | np.ndarray) or isinstance(ends, str) or len(ends) != 2:
            raise ScenarioError(Problem("", key, ends, "two ends", "such as (1, 4)"))
        low, high = (one_number(end, key, "finite ends", "give two numbers") for end in ends)
        if low >= high:
            raise ScenarioError(Problem("", key, low, phrase("a low end below {high:g}", high=high), "swap the ends"))
        limits = known[key]
        counted = limits is not None and (limits.integer or limits.whole)
        if counted and math.ceil(low) >= math.floor(high):
            raise ScenarioError(Problem("", key, [low, high], "two whole numbers or more", "choose other ends"))
        for end in (math.ceil(low), math.floor(high)) if counted else (low, high):
            if limits is not None and not limits.fits(end):
                raise ScenarioError(Problem("", key, end, limits.allowed(), "choose other ends"))


def _spread(
    read: Scenario, keys: Sequence[str], unit: Floats, ranges: Ranges
) -> tuple[dict[str, Floats], Mapping[str, float]]:
    """Values of the numbers that have a range in a reading, and those that stand."""
    known = {key: (one, limits) for key, one, limits in numbers_of(read.data) if isinstance(one, Value)}
    uncertain = prior(read.data).numbers
    drawn = {}
    for column, key in enumerate(keys):
        if key not in known or (key not in uncertain and key not in ranges):
            continue
        one, limits = known[key]
        low, high = ranges.get(key, (one.low, one.high))
        low, high = (float(one.value) if end is None else float(end) for end in (low, high))
        if limits is not None and (limits.integer or limits.whole):
            low, high = math.ceil(low), math.floor(high)
            drawn[key] = np.minimum(np.floor(low + unit[:, column] * (high - low + 1)), high)
        else:
            drawn[key] = low + unit[:, column] * (high - low)
    return drawn, {key: float(one.value) for key, (one, _) in known.items() if key not in drawn}


def _possible(read: Scenario, drawn: Mapping[str, Floats], worlds: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which worlds break no rule of the scenario; independent ranges can contradict each other."""
    can = np.ones(worlds, np.bool_)
    if drawn:
        sets = ParameterSets({}, 1.0, tuple(drawn), np.column_stack(list(drawn.values())))
        for row in range(worlds):
            try:
                sets.settled(read, row)
            except ScenarioError:
                can[row] = False
    return can
