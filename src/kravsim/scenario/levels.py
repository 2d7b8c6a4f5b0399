"""Levels by year: what a scenario's indices make of its prices, pay and volume in a calendar year.

A price of a year is the scenario's, times the level of the year, rounded to öre once where it is used. Statutory fees and
interest follow law and never an index; nor do shares, and amounts that a contract sets for the whole life of a case.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kravsim.errors import Problem
from kravsim.phrases import phrase
from kravsim.scenario.indexed import SERIES
from kravsim.scenario.rules import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kravsim.scenario.schema import Model, ScenarioData

FOLLOWS: Final[Mapping[str, str]] = {
    "staff.*.pay_per_fte_kr": "pay",
    "staff.*.when_behind.overtime.kr_per_hour": "pay",
    "staff.*.when_behind.temporary.kr_per_hour": "pay",
    "staff.*.turnover.recruitment_kr": "prices",
    "system.once_kr": "prices",
    "system.per_year_kr": "prices",
    "own_reminder.per_year_kr": "prices",
    "unit_costs.letter_kr": "prices",
    "unit_costs.check_kr": "prices",
    "unit_costs.recheck_kr": "prices",
    "unit_costs.ku25_statement_kr": "prices",
    "foreign.*.fixed_kr": "prices",
    "contract.price_a_case_kr": "contract",
    "contract.price_a_paid_case_kr": "contract",
    "contract.it_service_per_year_kr": "contract",
    "contract.ku25_statement_kr": "contract",
}
"""Key of a model -> the index that it follows; overhead is a share of pay. All other keys are of one level."""
POSTS_BY_NUMBER: Final = (
    "set posts.base_case and posts.drawn_worlds to 'number' (posts are then staff.<team>.fte), or leave the index out"
)
WITH_HISTORY: Final = ("volume", "amounts")
"""Indices that a model's own history feels, too: what it hands on to the horizon is made of its claims."""


def level(data: ScenarioData, name: str, year: int) -> float:
    """The level of an index in a year; 1 where the scenario has no such index.

    Parameters
    ----------
    data : ScenarioData
    name : str
        One of ``SERIES``, or ``contract``.
    year : int
    """
    indices = data.indices
    if indices is None or (name == "contract" and indices.contract == "fixed"):
        return 1.0
    series = indices.prices if name == "contract" else getattr(indices, name)
    return 1.0 if series is None else float(series.level(year))


def model_at(data: ScenarioData, model: Model, year: int) -> Model:
    """A model with the pay and prices of a calendar year.

    Parameters
    ----------
    data : ScenarioData
    model : Model
        With those of the scenario.
    year : int

    Returns
    -------
    Model
        The same where nothing has another level.
    """
    if data.indices is None:
        return model
    for key, name in FOLLOWS.items():
        factor = level(data, name, year)
        if factor != 1.0:
            model = _at(model, key.split("."), factor)
    return model


def models_by_year(data: ScenarioData, model: Model, years: Sequence[int]) -> list[Model]:
    """A model with the pay and prices of each of some calendar years.

    Parameters
    ----------
    data : ScenarioData
    model : Model
    years : sequence of int
    """
    return [model_at(data, model, year) for year in years]


def _at(node: Any, key: list[str], factor: float) -> Any:
    """A table with the number at a key times a factor; the same where there is no such number."""
    part, *rest = key
    if part == "*":
        return {name: _at(inner, rest, factor) for name, inner in node.items()}
    inner = getattr(node, part)
    if not inner:
        return node
    new = _at(inner, rest, factor) if rest else inner.settled(inner.value * factor)
    return node if new is inner else node.model_copy(update={part: new})


def at_volume(data: ScenarioData, year: int) -> ScenarioData:
    """The data with the invoices of a calendar year.

    Parameters
    ----------
    data : ScenarioData
    year : int
    """
    factor = level(data, "volume", year)
    if factor == 1.0:
        return data
    per_year = data.invoices.per_year
    invoices = data.invoices.model_copy(update={"per_year": per_year.settled(per_year.value * factor)})
    return data.model_copy(update={"invoices": invoices})


def varies(data: ScenarioData, name: str, years: range) -> bool:
    """Whether an index has another level than 1 in any of some years.

    Parameters
    ----------
    data : ScenarioData
    name : str
        One of ``SERIES``, or ``contract``.
    years : range
    """
    return any(level(data, name, year) != 1.0 for year in years)


def rules_that_see_growth(data: ScenarioData, models: Iterable[str], *, drawn: bool) -> list[Problem]:
    """Rules of posts that would be asked in a body that has not always been of one size, which the closed form does not know.

    Parameters
    ----------
    data : ScenarioData
    models : iterable of str
        Those that are run; names of sequences and others that are no model are passed over.
    drawn : bool
        Whether worlds are drawn, so that ranges of an index count, too.
    """
    growing = [name for name in WITH_HISTORY if _may_grow(data, name, drawn=drawn)]
    if not growing:
        return []
    problems, allowed = [], phrase("'number', as {index} changes over the years", index=f"indices.{growing[0]}")
    for name in models:
        staff = data.models[name].staff if name in data.models else {}
        for pool, rule in ((pool, one.posts) for pool, one in staff.items() if one.posts is not None):
            for key, asked in (
                ("base_case", rule.used(drawn=False)),
                ("drawn_worlds", drawn and rule.used(drawn=True)),
            ):
                if asked:
                    place = f"models.{name}.staff.{pool}.posts.{key}"
                    problems.append(Problem(data.name, place, "rule", allowed, POSTS_BY_NUMBER))
    return problems


def _may_grow(data: ScenarioData, name: str, *, drawn: bool) -> bool:
    """Whether an index has another level than 1 in some year, or may have in a drawn world."""
    years, series = span(data), None if data.indices is None else getattr(data.indices, name)
    if series is None:
        return False
    asked = [one.level for one in series.by_year.values()]
    growth = {key for year in years if (key := series.growth_key(year))}
    asked += [one for key in sorted(growth) if (one := getattr(series, key)) is not None]
    return varies(data, name, years) or (drawn and any(one.low is not None for one in asked))


def span(data: ScenarioData) -> range:
    """Calendar years of the longest history there may be, and of the horizon.

    Parameters
    ----------
    data : ScenarioData
    """
    history = data.horizon.history_years
    longest = math.ceil(history.value if history.high is None else history.high)
    return range(data.horizon.start.year - longest, data.horizon.end.year)


def horizon_years(data: ScenarioData) -> range:
    """Calendar years of the horizon.

    Parameters
    ----------
    data : ScenarioData
    """
    return range(data.horizon.start.year, data.horizon.end.year)


def indices_reach(data: ScenarioData) -> None:
    """Refuse years of which an index says nothing.

    Parameters
    ----------
    data : ScenarioData

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the first year of each index.
    """
    refuse([*_silent(data)])


def _silent(data: ScenarioData) -> Iterator[dict[str, Any]]:
    for name in SERIES:
        series = None if data.indices is None else getattr(data.indices, name)
        if series is None:
            continue
        asked = span(data) if name in WITH_HISTORY else horizon_years(data)
        for years in (
            range(asked.start, min(asked.stop, series.known.start)),
            range(max(asked.start, series.known.stop), asked.stop),
        ):
            if years and not series.covers(years[0]):
                allowed = phrase(
                    "a rate a year for {first} to {last}: the index is known from {known} to {until}",
                    first=years[0],
                    last=years[-1],
                    known=series.known.start,
                    until=series.known.stop - 1,
                )
                remedy = "give the rate, with its range and status, or levels in by_year, or ask of fewer years"
                yield {
                    "key": f"indices.{name}.{series.growth_key(years[0])}",
                    "value": years[0],
                    "allowed": allowed,
                    "remedy": remedy,
                }
