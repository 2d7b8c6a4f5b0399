"""What a scenario that extends a case is told of the numbers that it takes over from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kravsim.errors import Problem, Words, show
from kravsim.phrases import phrase
from kravsim.results.unscaled_prices import unscaled_prices
from kravsim.words.display import number

if TYPE_CHECKING:
    from kravsim.scenario import Scenario


def advice_of(problem: Problem, scenario: Scenario) -> str:
    """Turn a warning of a number that is taken over into advice to say it itself; empty where the number is its own.

    Parameters
    ----------
    problem : Problem
        As `warnings_of` gives it.
    scenario : Scenario
        In which it was found.
    """
    file = next((one.file for one in scenario.inherited if one.key == problem.key), None)
    if file is None:
        return ""
    return phrase(
        "say {key} of this body itself: it is taken from {file} ({value}; {remedy})",
        key=problem.key,
        file=file,
        value=problem.value if isinstance(problem.value, Words) else show(problem.value),
        remedy=phrase(problem.remedy),
    )


def unscaled(scenario: Scenario) -> Iterator[Problem]:
    """Prices by the year that are taken over from a body of another size, all of them in one warning.

    Parameters
    ----------
    scenario : Scenario
        As it was read.
    """
    found = {key: file for model in scenario.models for key, file in unscaled_prices(scenario, model).items()}
    if not found:
        return
    files = ", ".join(dict.fromkeys(found.values()))
    got = Words(phrase("{n} prices by the year taken from {files}", n=len(found), files=files))
    allowed = phrase(
        "those of a body with {invoices} invoices a year", invoices=number(scenario.data.invoices.per_year.value)
    )
    remedy = phrase("write what they are for this body: {keys}", keys=", ".join(found))
    yield Problem(scenario.name, "invoices.per_year", got, allowed, remedy)
