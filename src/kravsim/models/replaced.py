"""A scenario's data, or the view of a batch of them, with another number at a key."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from kravsim.scenario.values import Section, Value


def replaced(data: Any, key: str, number: Any) -> Any:
    """Data that are the same but for one number.

    Nothing is checked: for numbers that the program itself has found within their limits.

    Parameters
    ----------
    data : ScenarioData
        Or the view of a batch.
    key : str
        Dotted key of a value.
    number : float or float64 array, shape (B,)
        What stands there instead; an array only in a view.
    """
    name, _, rest = key.partition(".")
    if isinstance(data, Mapping):
        return {**data, name: replaced(data[name], rest, number) if rest else _value(data[name], number)}
    inner = getattr(data, name)
    new = replaced(inner, rest, number) if rest else _value(inner, number)
    if isinstance(data, Section):
        return data.model_copy(update={name: new})
    return SimpleNamespace(**{**vars(data), name: new})


def _value(old: Any, number: Any) -> Any:
    if isinstance(old, Value):
        return old.model_copy(update={"value": number})
    return SimpleNamespace(value=number)
