"""What is wrong with a scenario in each combination of its alternatives, each of which is read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kravsim.errors import Problem, ScenarioError
from kravsim.scenario import Scenario


class Readings(NamedTuple):
    """What is wrong in each combination.

    Parameters
    ----------
    refused : tuple of Problem
        What stops some combination from being read.
    ranges : tuple of (mapping of dimension to name, tuple of Problem)
        Of those that can be read, the combination, and what its ranges break at their worst.
    """

    refused: tuple[Problem, ...]
    ranges: tuple[tuple[Mapping[str, str], tuple[Problem, ...]], ...]


def readings_of(scenario: Scenario) -> Readings:
    """Read a scenario in each combination of its alternatives, of which there may be a hundred.

    Parameters
    ----------
    scenario : Scenario
        Its schema has been checked when it was read.
    """
    refused, ranges = list[Problem](), []
    for structure in scenario.structures():
        try:
            ranges.append((structure.choice, scenario.with_alternatives(structure.choice).range_problems))
        except ScenarioError as error:
            refused += error.problems
    return Readings(tuple(refused), tuple(ranges))


def ranges_read_otherwise(scenario: Scenario, readings: Readings) -> Iterator[Problem]:
    """Ranges that break a rule at their worst only in some combination of alternatives.

    Parameters
    ----------
    scenario : Scenario
    readings : Readings
        Of the same scenario.
    """
    listed = {(problem.key, str(problem.value)) for problem in scenario.range_problems}
    for choice, broken in readings.ranges:
        for problem in broken:
            if (problem.key, str(problem.value)) not in listed:
                listed.add((problem.key, str(problem.value)))
                where = ", ".join(f"{dimension} {name}" for dimension, name in choice.items())
                yield Problem(f"{problem.file} ({where})", problem.key, problem.value, problem.allowed, problem.remedy)
