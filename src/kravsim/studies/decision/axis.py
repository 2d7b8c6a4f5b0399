"""One number of a scenario put to values from a low end to a high one, and worlds in which all other numbers differ."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kravsim.calibration.evaluating import is_of
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase, together
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.prior import prior
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.checks import number as one_number
from kravsim.studies.decision.closed_form import Figure

if TYPE_CHECKING:
    from kravsim.scenario import Scenario
    from kravsim.scenario.limits import Limits
    from kravsim.scenario.values import Value

MOST_WHOLE: Final = 400
"""Of more whole numbers between two ends, one more or less is taken for a step of a scale."""


class Numbered(Protocol):
    """What an axis must know of what it is laid out for, such as a :class:`kravsim.studies.decision.closed_form.Figure`."""

    @property
    def models(self) -> tuple[str, ...]:
        """Models that are meant."""
        ...

    @property
    def limits(self) -> Mapping[str, tuple[Value, Limits | None]]:
        """Every number of the scenario by its key, with its limits."""
        ...


class Axis(NamedTuple):
    """A number and the values it is put to.

    Parameters
    ----------
    key : str
        Dotted key of the number.
    values : float64 array
        Rising.
    whole : bool
        Whether every whole number between the ends is among them, and nothing lies between two.
    """

    key: str
    values: Floats
    whole: bool


def key_problem(figure: Numbered, key: object, where: str = "key", file: str = "") -> Problem | None:
    """What is wrong with the key of a number that a question is asked along; None where nothing is.

    Parameters
    ----------
    figure : Figure or other Numbered
        Whose models and scenario are meant.
    key : object
        What was given.
    where, file : str
        What problems call its place.
    """
    if not isinstance(key, str) or key not in figure.limits:
        near = did_you_mean(key, list(figure.limits))
        remedy = near or "see the keys with kravsim describe"
        return Problem(file, where, key, "the dotted key of a number of the scenario", remedy)
    if is_of(key, *figure.models):
        return None
    names = together(*figure.models, between=phrase(" or "))
    remedy = phrase("choose a number of the world, or of {names}", names=names)
    return Problem(file, where, key, "a number that can have a part in the figure", remedy)


def axis_of(figure: Numbered, key: str, low: float | None, high: float | None, points: int) -> Axis:
    """Lay out the values of one number.

    Parameters
    ----------
    figure : Figure or other Numbered
        Whose models and scenario are meant.
    key : str
        Dotted key of the number.
    low, high : float, optional
        The ends; the number's own range when left out.
    points : int
        How many values; of whole numbers every one, up to 400.

    Raises
    ------
    ScenarioError
        When the key is no number of the scenario or can have no part in the figure, or the ends are not allowed.
    """
    odd = key_problem(figure, key)
    if odd is not None:
        raise ScenarioError(odd)
    one, limits = figure.limits[key]
    remedy = "give the ends between which to look"
    ends = [one.low if low is None else low, one.high if high is None else high]
    if None in ends:
        raise ScenarioError(Problem("", key, one.value, "a number with a range, or low and high", remedy))
    a, b = (one_number(end, name, "a finite number", remedy) for end, name in zip(ends, ("low", "high"), strict=True))
    if a >= b:
        raise ScenarioError(Problem("", "low", a, phrase("a number below high = {b:g}", b=b), "swap the ends"))
    if limits is not None and (limits.integer or limits.whole):
        count = int(b) - math.ceil(a) + 1
        if count < 2:
            raise ScenarioError(
                Problem("", key, count, "two whole numbers or more between the ends", "choose other ends")
            )
        if count <= MOST_WHOLE:
            return Axis(key, np.arange(math.ceil(a), int(b) + 1, dtype=np.float64), whole=True)
    return Axis(key, np.linspace(a, b, points), whole=False)


def tied_to(figure: Figure, key: str, others: Sequence[str]) -> tuple[str, ...]:
    """Read the numbers that keep their proportion to another.

    Parameters
    ----------
    figure : Figure
        Of the scenario.
    key : str
        The number that is varied.
    others : sequence of str
        Numbers that go along with it.

    Raises
    ------
    ScenarioError
        When one is no number of the scenario, is the other itself or stands twice, or the other stands at 0.
    """
    given = [others] if isinstance(others, str) else list(others)
    remedy = "such as debtors.number beside invoices.per_year"
    problems = []
    for place, one in enumerate(given):
        if not isinstance(one, str) or one not in figure.limits or one == key or one in given[:place]:
            near = did_you_mean(one, list(figure.limits)) if isinstance(one, str) else ""
            problems.append(
                Problem("", "in_proportion", one, "other numbers of the scenario, each once", near or remedy)
            )
    if given and key in figure.limits and not figure.limits[key][0].value:
        problems.append(Problem("", "in_proportion", given, "nothing beside a number that stands at 0", "leave it out"))
    if problems:
        raise ScenarioError(problems)
    return tuple(given)


def with_number_of(scenario: Scenario, key: object) -> Scenario:
    """Where a key is of posts that a rule finds, let them be a number: along which nothing would happen otherwise.

    Parameters
    ----------
    scenario : Scenario
        As it stands.
    key : object
        What is asked about; anything but the key of posts changes nothing.
    """
    path = key.split(".") if isinstance(key, str) else []
    if len(path) != 5 or path[0] != "models" or path[2] != "staff" or path[4] != "fte":
        return scenario
    model = scenario.data.models.get(path[1])
    pool = None if model is None else model.staff.get(path[3])
    if pool is None or pool.posts is None or pool.posts.base_case == "number":
        return scenario
    return scenario.with_changes({f"{'.'.join(path[:4])}.posts.base_case": "number"})


def others_drawn(figure: Figure, held: Collection[str], worlds: int, seed: int) -> dict[str, Floats]:
    """Draw all uncertain numbers that concern the figure but some, one value a world; empty when there are none.

    Parameters
    ----------
    figure : Figure
        Whose models and scenario are meant.
    held : collection of str
        Dotted keys that are not drawn.
    worlds : int
        How many; none for 0.
    seed : int
        From 0 up.

    Returns
    -------
    dict of str to float64 array, shape (worlds,)
        By dotted key, in the units of the keys.
    """
    believed = prior(figure.scenario.data)
    keys = [one for one in believed.keys if is_of(one, *figure.models) and one not in held]
    if not worlds or not keys:
        return {}
    normals = np.random.default_rng(seed).standard_normal((worlds, len(believed.columns)))
    return {one: array for one, array in believed.values(normals).items() if one in keys}


def stretches(known: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Places where it holds, split where it does not between them.

    Parameters
    ----------
    known : array of bool, shape (points,)
        Along one number.

    Returns
    -------
    list of int64 array
        Places of each stretch, rising.
    """
    places = np.flatnonzero(known)
    if not places.size:
        return []
    return np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)


def settable(figure: Figure, key: str, value: float) -> Any:
    """A value as the scenario takes it: whole numbers as such.

    Parameters
    ----------
    figure : Figure
        Whose models and scenario are meant.
    key : str
        Dotted key of a number.
    value : float
        In the unit of the key.
    """
    limits = figure.limits[key][1]
    return round(value) if limits is not None and (limits.integer or limits.whole) else float(value)
