"""Prices by the year that are taken over from a body of another size: what makes the answer of a small body doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.ledger.rules import YEARLY_KEYS
from kravsim.scenario.describe import number_at
from kravsim.scenario.sequences import models_of
from kravsim.scenario.values import Value
from kravsim.words.doubts import Doubt

if TYPE_CHECKING:
    from kravsim.scenario import Scenario

UNSCALED: Final = "prices_not_scaled"
"""Key of the doubt."""
_VOLUME: Final = "invoices.per_year"


def unscaled_prices(scenario: Scenario, model: str) -> dict[str, str]:
    """Name the prices by the year that a model has from a case whose number of invoices is another.

    Parameters
    ----------
    scenario : Scenario
        As it was asked about.
    model : str
        One of its models.

    Returns
    -------
    dict of str to str
        Key -> the file that says it; empty where the prices are the scenario's own, are nothing, or its number of invoices is
        taken over with them.
    """
    taken = {one.key: one.file for one in scenario.inherited}
    if not taken or _VOLUME in taken:
        return {}
    followed = models_of(scenario.data, model)
    keys = (f"models.{one}.{yearly}" for one in followed for yearly in YEARLY_KEYS)
    return {key: taken[key] for key in keys if key in taken and _is_something(scenario, key)}


def _is_something(scenario: Scenario, key: str) -> bool:
    """Whether a price is more than nothing, or may be within its range."""
    number = number_at(scenario.data, key)
    return isinstance(number, Value) and bool(number.value or number.high)


def prices_not_scaled(scenario: Scenario, model: str) -> Doubt | None:
    """Prices by the year of a body of another size; worded alike for every model, so that it is told once.

    Parameters
    ----------
    scenario : Scenario
        As it was run, changes included.
    model : str
        One of its models.
    """
    keys = unscaled_prices(scenario, model)
    if not keys:
        return None
    files = ", ".join(dict.fromkeys(keys.values()))
    return Doubt(
        UNSCALED,
        f"Årspriser följer inte verksamhetens storlek: de är tagna oförändrade ur {files}, fast antalet fakturor är "
        "scenariots eget (kravsim validate räknar upp dem).",
        f"Prices by the year do not follow the size of the body: they are taken unchanged from {files}, though the number of "
        "invoices is the scenario's own (kravsim validate lists them).",
        more=tuple(keys),
    )
