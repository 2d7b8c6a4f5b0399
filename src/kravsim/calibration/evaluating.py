"""The closed form as what a study evaluates (:class:`kravsim.measures.evaluate.Evaluate`), imported when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from kravsim.expected import Expected
    from kravsim.scenario import Scenario

Floats = NDArray[np.float64]


def closed_form(scenario: Scenario, model: str, values: Mapping[str, Floats]) -> Expected:
    """Give the expected figures of a year; a model as it stands is worked out once.

    Parameters
    ----------
    scenario : Scenario
        What stands where nothing is put.
    model : str
        One of its models.
    values : mapping of dotted key to float64 array, shape (B,)
        In the units of the keys.
    """
    from kravsim.expected import evaluated

    return evaluated(scenario, model, values) if values else _as_it_stands(scenario, model)


def closed_form_of_drawn(scenario: Scenario, model: str, values: Mapping[str, Floats]) -> Expected:
    """Give the expected figures of drawn worlds, whose posts may be by another rule than those of the base case.

    Parameters
    ----------
    scenario : Scenario
        What stands where nothing is put.
    model : str
        One of its models.
    values : mapping of dotted key to float64 array, shape (B,)
        In the units of the keys.
    """
    from kravsim.expected import evaluated

    return evaluated(scenario, model, values, drawn=True)


@lru_cache(maxsize=64)
def _as_it_stands(scenario: Scenario, model: str) -> Expected:
    from kravsim.expected import evaluated

    return evaluated(scenario, model)


def is_of(key: str, *models: str) -> bool:
    """Whether a key can matter to some models: it is the world's, or one of theirs, and not of a transition between them.

    Parameters
    ----------
    key : str
        Dotted key of the scenario.
    *models : str
        Machine names.
    """
    part, *rest = key.split(".")
    return part != "transitions" and (part != "models" or rest[0] in models)
