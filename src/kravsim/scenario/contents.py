"""What a change may hold, reduced to what a file could say: numpy's kinds and arrays, dates and tables of any library."""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final

import numpy as np

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.scalars import scalar
from kravsim.scenario.fields import Place, find
from kravsim.scenario.values import NUMBER_KEYS, Section

WITH_CHANGES: Final = "with_changes"
"""What problems call the place of a change."""


def plain(content: object, key: str = "") -> Any:
    """Reduce a content to what a TOML file could say.

    Parameters
    ----------
    content : object
        Scalars (also numpy's), dates, texts, enumerations, mappings, sequences, arrays and sections. A moment at midnight
        is the date it begins.
    key : str
        What problems call it.

    Returns
    -------
    object
        Fresh dicts and lists, int, float, bool, str, dates.

    Raises
    ------
    ScenarioError
        When there is no way to write the content in TOML.
    """
    content = scalar(content)
    if isinstance(content, Section):
        return plain(content.model_dump(exclude_none=True, exclude_unset=True), key)
    if isinstance(content, Enum):
        return plain(content.value, key)
    if isinstance(content, datetime.datetime):
        begins_a_day = content.time() == datetime.time() and content.tzinfo is None
        return content.date() if begins_a_day else content
    if isinstance(content, bool | str | datetime.date | datetime.time):
        return content
    if isinstance(content, numbers.Integral):
        return int(content)
    if isinstance(content, numbers.Real):
        return float(content)
    if isinstance(content, Mapping):
        return {_text(name, key): plain(inner, f"{key}.{name}") for name, inner in content.items()}
    if isinstance(content, np.ndarray):
        return plain(content.tolist(), key)
    if isinstance(content, Sequence) and not isinstance(content, bytes | bytearray):
        return [plain(inner, f"{key}.{index}") for index, inner in enumerate(content)]
    got = content if content is None else Words(phrase("a {kind}", kind=type(content).__name__))
    allowed = "a number, text, date, truth value, list or table"
    raise ScenarioError(Problem(WITH_CHANGES, key, got, allowed, "give one of these"))


def as_written(content: object, key: str, model: type[Section]) -> Any:
    """Reduce the content of a change to what a file could say, with counts that come as whole floats written as counts.

    Numbers out of a table of parameter sets are floats, whatever they count; a float with a fraction stays one, and is
    refused where a count is needed.

    Parameters
    ----------
    content : object
        As for :func:`plain`.
    key : str
        The dotted key it is for.
    model : type of Section
        The schema, which knows what is counted.
    """
    *above, last = key.split(".")
    number = find(model, above)
    is_part = last in NUMBER_KEYS and any(place.is_number for place in number)
    return _counted(plain(content, key), number if is_part else find(model, [*above, last]))


def _counted(content: Any, here: Sequence[Place]) -> Any:
    counts = {place.kind for place in here} & {int, float} == {int} or any(
        place.limits is not None and place.limits.integer for place in here
    )
    if isinstance(content, float):
        return int(content) if counts and content.is_integer() else content
    if isinstance(content, dict):
        number = any(place.is_number for place in here)
        return {
            name: _counted(inner, here if number and name in NUMBER_KEYS else _below(here, name))
            for name, inner in content.items()
        }
    if isinstance(content, list):
        return [_counted(inner, _below(here, str(index))) for index, inner in enumerate(content)]
    return content


def _below(here: Sequence[Place], name: str) -> tuple[Place, ...]:
    return tuple(after for place in here for after in place.step(name))


def _text(name: object, key: str) -> str:
    if isinstance(name, str):
        return str(name.value) if isinstance(name, Enum) else name
    raise ScenarioError(Problem(WITH_CHANGES, key, name, "names that are text", "write the name in quotation marks"))
