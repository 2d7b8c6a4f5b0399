"""Whether what a paper asks can be answered of its scenario: told when the file is read, not when hours have been run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kravsim.errors import Problem, ScenarioError
from kravsim.expected.batch import checked
from kravsim.phrases import phrase
from kravsim.scenario import Scenario
from kravsim.scenario.describe import numbers
from kravsim.scenario.values import Value
from kravsim.studies.decision.axis import axis_of, key_problem, with_number_of
from kravsim.studies.decision.swept_keys import check_swept

if TYPE_CHECKING:
    from kravsim.papers.paper_file import PaperData, Plane, Swept
    from kravsim.scenario.limits import Limits

_FEWEST_POINTS = 5


class Known(NamedTuple):
    """The numbers that a paper can ask about: its models and every number of its scenario, as an axis takes them.

    Attributes
    ----------
    scenario : Scenario
        What the paper is about.
    models : tuple of str
        Those that it compares.
    limits : mapping of str to (Value, Limits or None)
        Every number by its key.
    """

    scenario: Scenario
    models: tuple[str, ...]
    limits: Mapping[str, tuple[Value, Limits | None]]


def question_problems(data: PaperData, scenario: Scenario, file: str) -> Iterator[Problem]:
    """Say what is wrong with the numbers that a paper asks about: keys, ends, values, and models that they are not of.

    Parameters
    ----------
    data : PaperData
        What the paper's file says.
    scenario : Scenario
        What it is about.
    file : str
        What problems call the file.
    """
    limits = {key: (one, limit) for key, one, limit in numbers(scenario.data) if isinstance(one, Value)}
    known = Known(scenario, data.models, limits)
    for place, turn in enumerate(data.turns):
        there = known._replace(scenario=with_number_of(scenario, turn.key))
        names = (f"turns.{place}.key", f"turns.{place}.low", f"turns.{place}.high")
        yield from _span_problems(there, turn.key, turn.low, turn.high, names, file)
    if data.two_way is not None:
        yield from _plane_problems(known, data.two_way, file)
    if data.sweep is not None:
        yield from _sweep_problems(known, data.sweep, file)


def _plane_problems(known: Known, plane: Plane, file: str) -> Iterator[Problem]:
    wrong = False
    for place, (key, low, high) in enumerate(zip(plane.keys, plane.low, plane.high, strict=True)):
        names = (f"two_way.keys.{place}", f"two_way.low.{place}", f"two_way.high.{place}")
        for problem in _span_problems(known, key, low, high, names, file):
            wrong = True
            yield problem
    if plane.keys[0] == plane.keys[1]:
        yield Problem(file, "two_way.keys", plane.keys[0], "two different keys", "name another key")
    elif not wrong:
        corners = [[low, high] for low, high in zip(plane.low, plane.high, strict=True)]
        grid = [each.ravel().tolist() for each in np.meshgrid(*corners)]
        yield from _unlike(known, dict(zip(plane.keys, grid, strict=True)), "two_way", file)


def _span_problems(
    known: Known, key: str, low: float, high: float, names: tuple[str, str, str], file: str
) -> Iterator[Problem]:
    """What is wrong with a number between two ends; `names` are those of its key and ends in the paper's file."""
    where, at_low, at_high = names
    if low >= high:
        yield Problem(file, at_low, low, phrase("less than {lt}", lt=high), "swap the two")
    odd = list(_key_problems(known, key, where, file))
    yield from odd
    if odd:
        return
    outside = [*_unlike(known, {key: [low]}, at_low, file), *_unlike(known, {key: [high]}, at_high, file)]
    yield from outside
    if low < high and not outside:
        try:
            axis_of(known, key, low, high, _FEWEST_POINTS)
        except ScenarioError as error:
            yield from (Problem(file, at_low, low, one.allowed, one.remedy) for one in error.problems)


def _sweep_problems(known: Known, swept: Swept, file: str) -> Iterator[Problem]:
    odd = list(_key_problems(known, swept.key, "sweep.key", file))
    yield from odd
    if odd:
        return
    try:
        check_swept(known.scenario, [swept.key])
    except ScenarioError as error:
        yield from (Problem(file, "sweep.key", swept.key, one.allowed, one.remedy) for one in error.problems)
        return
    for place, value in enumerate(swept.values):
        if value in swept.values[:place]:
            yield Problem(file, f"sweep.values.{place}", value, "a list of different values", "list each once")
        else:
            yield from _unlike(known, {swept.key: [value]}, f"sweep.values.{place}", file, whole=True)


def _key_problems(known: Known, key: str, where: str, file: str) -> Iterator[Problem]:
    odd = key_problem(known, key, where, file)
    if odd is not None and (key not in known.limits or set(known.models) <= set(known.scenario.models)):
        yield odd  # that a model is unknown is told of the models


def _unlike(
    known: Known, values: Mapping[str, Sequence[float]], where: str, file: str, *, whole: bool = False
) -> Iterator[Problem]:
    """Values that the scenario does not take, as the closed form would refuse them."""
    try:
        checked(known.scenario, {key: np.array(each, np.float64) for key, each in values.items()}, whole=whole)
    except ScenarioError as error:
        remedy = "give a number inside the limits"
        yield from (Problem(file, where, one.value, one.allowed, remedy) for one in error.problems)
