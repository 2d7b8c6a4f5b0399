"""``numbers``: the expected year of a model, for many parameter sets at once."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.batch import HISTORY_KEYS, checked
from kravsim.expected.history import history_settled
from kravsim.expected.missing import NOTHING_TO_SHARE, Expected, MissingNumbersWarning
from kravsim.expected.sets import of_sets
from kravsim.expected.staffed import base_posts_settled
from kravsim.models import model_named
from kravsim.scenario import checked_call, scenario_of

if TYPE_CHECKING:
    from kravsim.scenario import AnyScenario


@checked_call
def numbers(scenario: AnyScenario, model: str, values: Mapping[str, NDArray[np.float64]] | None = None) -> Expected:
    """Give the expected numbers of a calendar year.

    Parameters
    ----------
    scenario : Scenario, str or path
        Its base values stand where no others are given.
    model : str
        One of its models.
    values : mapping of dotted key to array (B,), optional
        Numbers to put in place of values, one for each of B parameter sets; keys as in ``scenario.rows()``.

    Returns
    -------
    Expected
        A dict of str to array (B,). Names are those of a simulated outcome's numbers, ``budget_<line>_kr``, ``step_<step>``
        and ``end_<end>``. A number that there is not is NaN, and its ``missing`` says why: no world is possible (answers of
        a step that sum to more than 1, too few debtors to be late so often), the staff cannot do the work that arrives
        (claims, posts, pay and what else no queue changes are there), or there is nothing to take a share of.
        :data:`kravsim.expected.APPROXIMATIONS` says what is not exact.

    Raises
    ------
    ScenarioError
        When the model is not in the scenario, a key is no value, arrays differ in length, a number lies outside the limits
        of its key, or nobody is ever put under surveillance.

    Warns
    -----
    MissingNumbersWarning
        Where a world is impossible or staff overloaded, with the sets; a share of nothing is told in ``missing`` alone.
    """
    found = evaluated(scenario, model, values, whole=True)
    for one in found.missing:
        if one.reason != NOTHING_TO_SHARE:
            warnings.warn(MissingNumbersWarning(one.text(), (one,)), stacklevel=2)
    return found


@checked_call
def evaluated(
    scenario: AnyScenario,
    model: str,
    values: Mapping[str, NDArray[np.float64]] | None = None,
    *,
    drawn: bool = False,
    whole: bool = False,
) -> Expected:
    """Give the same as :func:`numbers` without a word, for studies that look at ``missing`` themselves.

    Where sets are ``drawn`` worlds, posts are those that the scenario gives to drawn worlds, rather than to the base case.
    With ``whole`` a count with a fraction is refused; studies look at those in between, too.

    Parameters
    ----------
    scenario : Scenario, str or path
        Its base values stand where no others are given.
    model : str
        One of its models.
    values : mapping of dotted key to array (B,), optional
        Numbers to put in place of values, one for each of B parameter sets.
    drawn : bool
        Whether the sets are drawn worlds.
    whole : bool
        Whether a count with a fraction is refused.

    Returns
    -------
    Expected
        As from :func:`numbers`, whose errors are these, too.
    """
    scenario = scenario_of(scenario)
    model_named(scenario.data, model)
    arrays = checked(scenario, {} if values is None else values, whole=whole)
    if HISTORY_KEYS not in arrays:
        scenario = history_settled(scenario)
    if drawn:
        scenario = base_posts_settled(scenario, only_where_drawn=True)
        for name, pool in scenario.data.models[model].staff.items():
            key = f"models.{model}.staff.{name}.fte"
            if key in arrays and pool.posts is not None and pool.posts.drawn_worlds == "as_in_the_base_case":
                arrays[key] = np.full_like(arrays[key], pool.fte.value)
    return of_sets(scenario, model, arrays, drawn=drawn)
