"""Indices in the closed form: one calendar year at its prices, of a body that has always been of one size.

The closed form knows one year and a history like it. So it takes the pay and prices of the horizon's one year, and refuses
what would make the years before it unlike it, or one year of the horizon unlike another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.scenario.describe import numbers
from kravsim.scenario.indexed import SERIES, Series
from kravsim.scenario.levels import FOLLOWS, POSTS_BY_NUMBER, WITH_HISTORY, horizon_years, level, model_at, span
from kravsim.scenario.values import Value

if TYPE_CHECKING:
    from kravsim.scenario import Scenario
    from kravsim.scenario.schema import ScenarioData

Floats = NDArray[np.float64]
TABLE: Final = "indices."
_ONE_YEAR: Final = (
    "simulate instead (compare, rank and years, with uncertainty too, or sweep --simulate), or ask of one calendar year"
)


def at_its_level(scenario: Scenario, arrays: Mapping[str, Floats]) -> tuple[Scenario, Mapping[str, Floats]]:
    """A scenario of one year, and sets of numbers for it, at the pay and prices of that year; without indices, the same.

    Parameters
    ----------
    scenario : Scenario
    arrays : mapping of dotted key to float64 array, shape (B,)
        Prices in them are the scenario's, of its base year.

    Raises
    ------
    ScenarioError
        When the closed form does not know what the indices make of these years.
    """
    data = scenario.data
    if data.indices is None:
        return scenario, arrays
    refuse_unlike_years(data, arrays)
    year = data.horizon.start.year
    models = {name: model_at(data, one, year) for name, one in data.models.items()}
    levelled = replace(scenario, data=data.model_copy(update={"models": models, "indices": None}))
    return levelled, {
        **_moved(data, arrays),
        **{key: array * _factor(data, key, arrays) for key, array in arrays.items()},
    }


def _moved(data: ScenarioData, arrays: Mapping[str, Floats]) -> dict[str, Floats]:
    """Numbers that stand in no set, but follow an index that does: those of the scenario at the level of each set."""
    if not any(key.startswith(TABLE) for key in arrays):
        return {}
    factors = (
        (key, number, _factor(data, key, arrays)) for key, number, _ in numbers(data) if isinstance(number, Value)
    )
    return {key: number.value * factor for key, number, factor in factors if isinstance(factor, np.ndarray)}


def refuse_unlike_years(data: ScenarioData, arrays: Mapping[str, Floats] | None = None) -> None:
    """Refuse indices that make one year unlike another where the closed form takes them for alike.

    Parameters
    ----------
    data : ScenarioData
    arrays : mapping of dotted key to float64 array, shape (B,), optional
        Sets of numbers in place of the scenario's: what any of them makes unlike is refused.

    Raises
    ------
    ScenarioError
        With every index that does.
    """
    sets = {} if arrays is None else arrays
    problems = [*_growing(data, sets, _remedy(data)), *_several_levels(data, sets)]
    if problems:
        raise ScenarioError(problems)


def refuse_growth(data: ScenarioData) -> None:
    """Refuse posts by a rule in a body that has not always been of one size, or its claims.

    Parameters
    ----------
    data : ScenarioData

    Raises
    ------
    ScenarioError
        With every index that says so.
    """
    problems = [*_growing(data, {}, POSTS_BY_NUMBER)]
    if problems:
        raise ScenarioError(problems)


def _growing(data: ScenarioData, arrays: Mapping[str, Floats], remedy: str) -> Iterator[Problem]:
    years = span(data)
    for name in WITH_HISTORY:
        if any(np.any(_level(data, name, year, arrays) != 1.0) for year in years):
            allowed = phrase(
                "the level of the base year in all of {first} to {last}: the closed form knows one year and years before it "
                "that are alike",
                first=years[0],
                last=years[-1],
            )
            yield Problem(data.name, f"indices.{name}", Words("another level"), allowed, remedy)


def _several_levels(data: ScenarioData, arrays: Mapping[str, Floats]) -> Iterator[Problem]:
    years = horizon_years(data)
    for name in ("pay", "prices"):
        first = _level(data, name, years[0], arrays)
        if any(np.any(_level(data, name, year, arrays) != first) for year in years):
            allowed = phrase("one level in all of {first} to {last}", first=years[0], last=years[-1])
            yield Problem(data.name, f"indices.{name}", Words("levels that differ"), allowed, _remedy(data))


def _remedy(data: ScenarioData) -> str:
    """What to ask instead: with the series that make the body grow, where there are any, left out by their names."""
    there = [name for name in SERIES if getattr(data.indices, name, None) is not None]
    growing = [name for name in there if name in WITH_HISTORY]
    if not growing:
        return _ONE_YEAR
    left_out = ["indices"] if len(growing) == len(there) else [f"{TABLE}{name}" for name in growing]
    return phrase(
        "{asked} of a body of one size: without = {keys} in a file that extends this one",
        asked=phrase(_ONE_YEAR),
        keys=str(left_out),
    )


def _level(data: ScenarioData, name: str, year: int, arrays: Mapping[str, Floats]) -> float | Floats:
    """The level of a year: one number, or one a set where sets have numbers of the index."""
    of = "prices" if name == "contract" and data.indices is not None and data.indices.contract == "prices" else name
    series, within = getattr(data.indices, of, None), f"{TABLE}{of}."
    drawn = {key.removeprefix(within): array for key, array in arrays.items() if key.startswith(within)}
    if not isinstance(series, Series) or not drawn:
        return level(data, name, year)
    found: float | Floats = series.level_where(year, drawn)
    return found


def _factor(data: ScenarioData, key: str, arrays: Mapping[str, Floats]) -> float | Floats:
    """What the level of the year makes of a number of the scenario."""
    table, _, of_model = key.partition(".")
    place = of_model.partition(".")[2].split(".") if table == "models" else []
    for known, name in FOLLOWS.items():
        parts = known.split(".")
        if len(parts) == len(place) and all(part in ("*", mine) for part, mine in zip(parts, place, strict=True)):
            return _level(data, name, data.horizon.start.year, arrays)
    return 1.0
