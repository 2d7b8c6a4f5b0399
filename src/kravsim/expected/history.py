"""How long a history a scenario needs: by a rule, worked out in closed form before anything is run.

A year's net feels the claims of years long gone, less and less. Where ``horizon.history_rule`` is ``by_precision``, history
is as short as it may be so that the years left out, up to ``history_years``, would move the year's net of no model by more
than ``history_precision_kr``. It is found once, from the base values: every world and replication of a scenario has the same
history, and no draw has a part in it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.expected.batch import ERROR_PLACE, HISTORY_KEYS
from kravsim.expected.sets import of_sets
from kravsim.phrases import phrase

if TYPE_CHECKING:
    from kravsim.scenario import Scenario


class HistoryLength(NamedTuple):
    """A length of history, and what longer ones would change.

    Attributes
    ----------
    years : int
        The fewest that leave no more than the wanted precision.
    left_kr : dict of str to float
        By model, by how much the years left out, up to the longest history, would move the year's net; at most, were all to
        move it the same way.
    oldest_kr : dict of str to float
        By model, by how much the oldest year of the longest history moves the net: what is not known of still older ones.
    precision_kr : float
    """

    years: int
    left_kr: dict[str, float]
    oldest_kr: dict[str, float]
    precision_kr: float

    @property
    def enough(self) -> bool:
        """Whether the oldest year of the longest history moves the net by no more than the precision."""
        return max(self.oldest_kr.values()) <= self.precision_kr


@lru_cache(maxsize=8)
def history_length(scenario: Scenario) -> HistoryLength:
    """Find the length of history by the precision that a scenario asks for, ``history_years`` at most.

    Parameters
    ----------
    scenario : Scenario
        With ``history_precision_kr`` and the most years in ``history_years``.

    Raises
    ------
    ScenarioError
        When the closed form does not know the net of a model: nobody is ever put under surveillance, or its staff cannot do
        the work.
    """
    horizon = scenario.data.horizon
    plain, most = _by_number(scenario), int(horizon.history_years.value)
    left = np.zeros(most + 1)
    left_of, oldest = {}, {}
    for model in scenario.models:
        net = of_sets(plain, model, {HISTORY_KEYS: np.arange(most + 1, dtype=np.float64)})["net_revenue_kr"]
        if not np.isfinite(net[-1]):
            got = Words(phrase("no expected net of {model} with a history of {most} years", model=model, most=most))
            remedy = 'give posts that can do the work, or history_rule = "number"'
            raise ScenarioError(
                Problem(ERROR_PLACE, "horizon.history_rule", got, "models whose net has a closed form", remedy)
            )
        moved = np.nan_to_num(np.abs(np.diff(net)), nan=np.inf)
        left_of[model] = np.append(np.cumsum(moved[::-1])[::-1], 0.0)
        oldest[model] = float(moved[-1]) if most else np.inf
        left = np.maximum(left, left_of[model])
    years = int(np.flatnonzero(left <= horizon.history_precision_kr.value)[0])
    kept = {model: float(each[years]) for model, each in left_of.items()}
    return HistoryLength(years, kept, oldest, horizon.history_precision_kr.value)


def history_settled(scenario: Scenario) -> Scenario:
    """The same scenario with the number of years that its rule finds in place of the rule.

    Parameters
    ----------
    scenario : Scenario
    """
    if scenario.data.horizon.history_rule == "number":
        return scenario
    return _with_length(scenario)


@lru_cache(maxsize=8)
def _with_length(scenario: Scenario) -> Scenario:
    changes = {HISTORY_KEYS: history_length(scenario).years, "horizon.history_rule": "number"}
    return replace(scenario.with_changes(changes), changes=scenario.changes)


def _by_number(scenario: Scenario) -> Scenario:
    """With numbers in place of rules: the longest history, and posts at the ceiling of their rule."""
    changes: dict[str, object] = {"horizon.history_rule": "number"}
    for name, model in scenario.data.models.items():
        for pool, staff in model.staff.items():
            if staff.posts is not None and staff.posts.base_case != "number":
                changes[f"models.{name}.staff.{pool}.posts.base_case"] = "number"
                changes[f"models.{name}.staff.{pool}.fte"] = staff.posts.most_fte.value
    return scenario.with_changes(changes)
