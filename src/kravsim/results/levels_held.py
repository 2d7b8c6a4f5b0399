"""Doubts of years to come: levels that are held for many years, and a reference rate that follows a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.words.display import number
from kravsim.words.doubts import Doubt
from kravsim.words.wording import listed

if TYPE_CHECKING:
    from kravsim.scenario import Scenario
    from kravsim.scenario.scenario import World
    from kravsim.scenario.schema import ScenarioData

LEVELS_HELD: Final = "levels_held"
MOST_YEARS: Final = 5
"""A horizon of more years says so where their pay, prices or volume are all of one level."""
_NAMES: Final = {
    "pay": ("löner", "pay"),
    "prices": ("priser", "prices"),
    "volume": ("antal fakturor", "the number of invoices"),
    "amounts": ("fordringarnas belopp", "the amounts of claims"),
}


def levels_held(scenario: Scenario | World, _: str) -> Doubt | None:
    """A horizon of many years in which pay, prices, volume or claims stay at one level.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    """
    from kravsim.scenario.levels import horizon_years

    return held_over(scenario.data, horizon_years(scenario.data))


def held_over(data: ScenarioData, years: range) -> Doubt | None:
    """Many years in which pay, prices, volume or claims stay at one level.

    Parameters
    ----------
    data : ScenarioData
    years : range
        Calendar years that are asked about.
    """
    held = [name for name in _NAMES if data.indices is None or getattr(data.indices, name) is None]
    if len(years) <= MOST_YEARS or not held:
        return None
    sv, en = (listed([_NAMES[name][place] for name in held], lang) for place, lang in enumerate(("sv", "en")))
    return Doubt(
        LEVELS_HELD,
        f"Oförändrad nivå i {len(years)} år: {sv} är scenariots egna i vart och ett av åren {years[0]}–{years[-1]} "
        "(ange annat i en tabell [indices]).",
        f"One level for {len(years)} years: {en} are the scenario's own in every year from {years[0]} to {years[-1]} "
        "(give a table [indices] to say otherwise).",
    )


def reference_path(scenario: Scenario | World, _: str) -> Doubt | None:
    """A reference rate that follows a path in some of the simulated days.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    """
    from kravsim.law import path_of

    path, end = path_of(scenario.data), scenario.data.horizon.end
    rates = [(day, float(rate)) for day, rate in path.rates if day < end] if path is not None else []
    if path is None or not rates:
        return None
    begins, last = rates[0][0], rates[-1][1]
    sv, en = (f"{number(last, lang, step=0.01)} %" for lang in ("sv", "en"))
    return Doubt(
        "reference_path",
        f"Referensräntan från {begins} är antagen: banan {path.name}, som slutar på {sv}.",
        f"The reference rate from {begins} on is assumed: the path {path.name}, which ends at {en}.",
    )
