"""Reading a number as it is written, and the rules between a number and its range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Final, LiteralString

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from kravsim.scenario.values import Dist

LARGEST_INTEGER: Final = 2**63 - 1
"""Whole numbers must fit the arrays of the engines."""

_OFF_CENTRE: Final = 0.01


def read_number(given: object) -> float | int:
    """Take an int or a float, and nothing that merely looks like one.

    Parameters
    ----------
    given : object
        What stands in the file.

    Returns
    -------
    float or int
        Of the type that was written; minus zero becomes zero.

    Raises
    ------
    pydantic_core.PydanticCustomError
        For text, truth values, NaN, and whole numbers beyond 64 bits.
    """
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise refusal("number_type", "a number is needed")
    if isinstance(given, int):
        if abs(given) > LARGEST_INTEGER:
            raise refusal("number_size", "whole numbers go up to 9223372036854775807")
        return int(given)
    if math.isnan(given):
        raise refusal("number_nan", "NaN stands for nothing: write the number")
    return float(given) + 0.0


Real = Annotated[float | int, PlainValidator(read_number)]
"""A number as it is written: 60 stays an int, 60.0 a float."""


def refusal(kind: LiteralString, text: LiteralString, **context: str) -> PydanticCustomError:
    """Make the error by which a validator says what would have been allowed.

    Parameters
    ----------
    kind : str
        pydantic's name for the kind of error.
    text : str
        What is said, with ``{names}`` of the context.
    **context : str
        What the names in the text stand for.
    """
    return PydanticCustomError(kind, text, dict(context) or None)


def check_range(low: float | None, value: float, high: float | None, dist: Dist) -> None:
    """Hold a number against its range and its distribution.

    Parameters
    ----------
    low, high : float or None
        The ends of the range.
    value : float
        The number.
    dist : str
        As in `kravsim.scenario.values.Value`.

    Raises
    ------
    pydantic_core.PydanticCustomError
        When only one end is given, the number lies outside, a distribution lacks a range, or does not fit it.
    """
    if (low is None) != (high is None):
        raise refusal("order", "low and high together, or neither")
    if low is None or high is None:
        if dist != "fixed":
            raise refusal("order", "low and high, which dist = '{dist}' needs", dist=dist)
        return
    if not low <= value <= high:
        raise refusal("order", "low <= value <= high")
    if math.isinf(low) or math.isinf(high):
        raise refusal("order", "a range of finite numbers")
    if dist != "fixed" and low == high:
        raise refusal("order", "low < high, or no range at all")
    if dist == "normal":
        _check_centre(low, value, high)
    elif dist == "lognormal":
        _check_geometric_centre(low, value, high)


def _check_centre(low: float, value: float, high: float) -> None:
    middle = low + (high - low) / 2
    if abs(value - middle) > _OFF_CENTRE * (high - low):
        raise _off_centre(middle)


def _check_geometric_centre(low: float, value: float, high: float) -> None:
    if low <= 0:
        raise refusal("order", "low > 0 for a lognormal distribution")
    middle = math.sqrt(low) * math.sqrt(high)
    if abs(math.log(value / middle)) > _OFF_CENTRE * math.log(high / low):
        raise _off_centre(middle)


def _off_centre(middle: float) -> PydanticCustomError:
    text: LiteralString = (
        "a value in the middle of its 5 and 95 % points ({middle}); for a skewed range use dist = 'triangular'"
    )
    return refusal("order", text, middle=f"{middle:.6g}")
