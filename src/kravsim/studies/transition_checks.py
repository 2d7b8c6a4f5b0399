"""What a transition has no answer to as the scenario stands, found before anything has run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

from kravsim.errors import Problem, ScenarioError
from kravsim.scenario.sequences import arrangements_of

if TYPE_CHECKING:
    from kravsim.scenario import Scenario

Prices = Literal["fixed", "nominal"]
PRICES: Final = ("fixed", "nominal")
_BY_THE_HOUR: Final = ("overtime", "temporary")


def prices_of(scenario: Scenario) -> Prices:
    """In which prices the simulated cash is: nominal where pay or prices have levels by year.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    "fixed" or "nominal"
    """
    indices = scenario.data.indices
    return "fixed" if indices is None or (indices.pay is None and indices.prices is None) else "nominal"


def check_answerable(scenario: Scenario, name: str, prices: str, inflation: float | None) -> None:
    """Refuse prices that the cash is not in, nominal cash without inflation, and staff by the hour.

    Parameters
    ----------
    scenario : Scenario
    name : str
        One of its transitions.
    prices : str
        One of ``PRICES``.
    inflation : float or None
        As it was given in place of the scenario's.

    Raises
    ------
    ScenarioError
        With everything that is wrong.
    """
    problems = [*_of_prices(scenario, name, prices, inflation), *_by_the_hour(scenario, name)]
    if problems:
        raise ScenarioError(problems)


def _of_prices(scenario: Scenario, name: str, prices: str, inflation: float | None) -> Iterator[Problem]:
    """Cash is in the prices that the indices make it, and nominal cash is worth something by an inflation."""
    found = prices_of(scenario)
    if prices != found and found == "nominal":
        allowed = "nominal, as indices.pay or indices.prices gives levels by year"
        yield Problem("", "prices", prices, allowed, "leave prices out, or the indices of pay and prices")
    elif prices != found:
        allowed = "fixed, as neither indices.pay nor indices.prices gives levels by year"
        yield Problem("", "prices", prices, allowed, "leave prices out, or give indices of pay or prices")
    elif prices == "nominal" and inflation is None and scenario.data.transitions[name].inflation is None:
        allowed = "a number above -1, as indices make the cash nominal"
        remedy = "give inflation=, or write transitions.<name>.inflation"
        yield Problem("", "inflation", "none", allowed, remedy)


def _by_the_hour(scenario: Scenario, name: str) -> Iterator[Problem]:
    """Overtime and temporary staff have no month: the books have them by the year."""
    data = scenario.data
    terms = data.transitions[name]
    for model in dict.fromkeys(
        [terms.staying, *(one.model for one in arrangements_of(data.sequences[terms.sequence]))]
    ):
        for pool, team in data.models[model].staff.items():
            for part in _BY_THE_HOUR:
                if team.when_behind is not None and getattr(team.when_behind, part) is not None:
                    allowed = (
                        "none in a transition, as overtime and temporary staff are booked by the year, not by month"
                    )
                    remedy = "leave it out of the models of the transition, or compare years instead"
                    yield Problem(
                        scenario.name, f"models.{model}.staff.{pool}.when_behind.{part}", "given", allowed, remedy
                    )
