"""Money in whole öre, time in whole minutes, and the one rule that rounds.

Money is an integer number of öre (100 öre = 1 krona) and time an integer number of minutes everywhere in the model.
Whatever has to be rounded is rounded once, here, half upwards: an amount halfway between two öre becomes the higher.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from numbers import Integral
from typing import Final, overload

import numpy as np
import numpy.typing as npt

from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.scalars import scalar, whole_number

ORE_PER_KR: Final = 100
MINUTES_PER_DAY: Final = 1440
BASIS_POINTS_PER_ONE: Final = 10_000
MILLION: Final = 1_000_000
DAYS_A_YEAR: Final = 365
"""What a yearly rate is spread over, and what counts as a year from a day on."""
INT64_MAX: Final = 2**63 - 1

_DECIMAL_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_SMALLEST_EXPONENT_THAT_COUNTS: Final = -6
_MOST_DIGITS: Final = len(str(INT64_MAX))

Int64Array = npt.NDArray[np.int64]


def whole(value: object, key: str, where: str, *, at_least: int | None = None) -> int:
    """Accept a whole number and nothing that only looks like one.

    Parameters
    ----------
    value : object
        An int, or numpy's of any kind.
    key, where : str
        The argument and the function it was given to, for the message.
    at_least : int, optional
        The lowest value allowed.

    Returns
    -------
    int
        The same number as a Python int.

    Raises
    ------
    RunError
        When `value` is a bool, a float, text or anything else that is not an integer, or is below `at_least`.
    """
    allowed = "a whole number" if at_least is None else phrase("a whole number from {least}", least=at_least)
    number = whole_number(value)
    if number is None:
        raise RunError(Problem(where, key, value, allowed, "give an int, not a float, a bool or text"))
    if at_least is not None and number < at_least:
        raise RunError(Problem(where, key, value, allowed, phrase("give {at_least} or more", at_least=at_least)))
    return number


def int64_array(value: npt.ArrayLike, key: str, where: str) -> Int64Array:
    """Accept an array of integers as int64, without rounding or wrapping any.

    Parameters
    ----------
    value : array_like of int
        Any shape; an empty list counts as integers.
    key, where : str
        The argument and the function it was given to, for the message.

    Returns
    -------
    ndarray of int64
        The same numbers; the array itself when it is int64 already.

    Raises
    ------
    RunError
        When the numbers are not integers (floats, bools, text) or do not fit in 64 bits.
    """
    array = np.asarray(value)
    allowed = "an array of whole numbers that fit in 64 bits"
    if array.size == 0 and not isinstance(value, np.ndarray):
        return array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise RunError(Problem(where, key, str(array.dtype), allowed, "round once with units.ore or divide_half_up"))
    if array.dtype.kind == "u" and array.size and int(array.max()) > INT64_MAX:
        raise RunError(Problem(where, key, int(array.max()), allowed, "use smaller numbers"))
    return array.astype(np.int64, copy=False)


@overload
def divide_half_up(numerator: int, denominator: int) -> int: ...
@overload
def divide_half_up(numerator: Int64Array, denominator: int | Int64Array) -> Int64Array: ...
def divide_half_up(numerator: int | Int64Array, denominator: int | Int64Array) -> int | Int64Array:
    """Divide and round to the nearest whole number, halves upwards: the one rounding rule of kravsim.

    The result is (2n + d) // (2d), so 5/2 gives 3 and -5/2 gives -2.

    Parameters
    ----------
    numerator : int or ndarray of int64
        What is divided.
    denominator : int or ndarray of int64
        What it is divided by, above 0; broadcast against `numerator`.

    Returns
    -------
    int or ndarray of int64
        An int for ints of any size, an array for arrays.

    Raises
    ------
    RunError
        When a number is not whole, a denominator is 0 or below, or 2n + d or 2d of an array does not fit in 64 bits.

    Examples
    --------
    >>> divide_half_up(5, 2), divide_half_up(-5, 2), divide_half_up(7, 3)
    (3, -2, 2)
    """
    where = "units.divide_half_up"
    if not isinstance(numerator, np.ndarray) and not isinstance(denominator, np.ndarray):
        n = whole(numerator, "numerator", where)
        d = whole(denominator, "denominator", where, at_least=1)
        return (2 * n + d) // (2 * d)
    top = int64_array(numerator, "numerator", where)
    bottom = int64_array(denominator, "denominator", where)
    if top.size == 0 or bottom.size == 0:
        return np.zeros(np.broadcast_shapes(top.shape, bottom.shape), np.int64)
    lowest, highest = int(bottom.min()), int(bottom.max())
    if lowest < 1:
        raise RunError(Problem(where, "denominator", lowest, "a whole number from 1", "give 1 or more"))
    furthest = max(abs(int(top.min())), abs(int(top.max())))
    if 2 * furthest + highest > INT64_MAX or 2 * highest > INT64_MAX:
        allowed = phrase("numbers with 2n + d and 2d at most {most}", most=INT64_MAX)
        raise RunError(Problem(where, "numerator", furthest, allowed, "divide Python ints, which have no limit"))
    return (2 * top + bottom) // (2 * bottom)


@overload
def half_up(number: float) -> int: ...
@overload
def half_up(number: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]: ...
def half_up(number: float | npt.NDArray[np.float64]) -> int | npt.NDArray[np.float64]:
    """Round to the nearest whole number, halves upwards, as `divide_half_up` does.

    Parameters
    ----------
    number : float or array of float
        Finite. What was written with decimals is better scaled by `millionths` or `ore`, which read the decimals.

    Returns
    -------
    int or ndarray of float64
        An int for a number; whole floats for an array.

    Examples
    --------
    >>> half_up(2.5), half_up(-2.5), half_up(0.49999999999999994), half_up(np.array([0.5, 1.5, 2.4])).tolist()
    (3, -2, 0, [1.0, 2.0, 2.0])
    """
    if isinstance(number, np.ndarray):
        below = np.floor(number)
        return np.asarray(below + (number - below >= 0.5))
    floor = math.floor(number)
    return floor + (number - floor >= 0.5)


def millionths(share: float) -> int:
    """Write a share in millionths, half a millionth upwards; a float counts as the decimal number it is written as.

    Parameters
    ----------
    share : float
        A share of 1.

    Returns
    -------
    int
        Parts of a million.

    Examples
    --------
    >>> millionths(0.25), millionths(0.0000015), millionths(0.2345675)
    (250000, 2, 234568)
    """
    numerator, denominator = _decimal(share).as_integer_ratio()
    return divide_half_up(numerator * MILLION, denominator)


def ore(kr: int | Decimal | str | float) -> int:
    """Turn an amount in kronor into whole öre, exactly, half an öre upwards.

    Parameters
    ----------
    kr : int, Decimal, str or float
        Amount in kronor. A float counts as the decimal number it is written as (``0.285`` is 28.5 öre).

    Returns
    -------
    int
        Amount in öre.

    Raises
    ------
    RunError
        When `kr` is a bool, nan, infinite, text that is not a plain decimal number with a point, or too large for
        64-bit öre.

    Examples
    --------
    >>> ore(60), ore("253.80"), ore(0.285), ore(-0.005)
    (6000, 25380, 29, 0)
    """
    number = _decimal(kr)
    if number.adjusted() < _SMALLEST_EXPONENT_THAT_COUNTS:
        return 0
    amount = None
    if number.adjusted() < _MOST_DIGITS:
        numerator, denominator = number.as_integer_ratio()
        amount = divide_half_up(numerator * ORE_PER_KR, denominator)
    if amount is None or abs(amount) > INT64_MAX:
        raise RunError(
            Problem("units.ore", "kr", kr, phrase("at most {most} öre", most=INT64_MAX), "check the unit of the amount")
        )
    return amount


def _decimal(kr: object) -> Decimal:
    """Read an amount as an exact, finite decimal number."""
    number: Decimal | None = None
    given = scalar(kr)
    if isinstance(given, Integral) and not isinstance(given, bool):
        number = Decimal(int(given))
    elif isinstance(given, float):
        number = Decimal(str(given))
    elif isinstance(given, Decimal):
        number = given
    elif isinstance(given, str) and _DECIMAL_NUMBER.fullmatch(given):
        number = Decimal(given)
    if number is None or not number.is_finite():
        allowed = "an amount in kronor: int, Decimal, float or text such as '253.80'"
        raise RunError(Problem("units.ore", "kr", kr, allowed, "give a plain, finite number with a decimal point"))
    return number


@overload
def kr(ore: int) -> float: ...
@overload
def kr(ore: Int64Array) -> npt.NDArray[np.float64]: ...
def kr(ore: int | Int64Array) -> float | npt.NDArray[np.float64]:
    """Turn whole öre into kronor as a float, for statistics and display only.

    Parameters
    ----------
    ore : int or ndarray of int64
        Amount in öre.

    Returns
    -------
    float or ndarray of float64
        Amount in kronor.

    Raises
    ------
    RunError
        When `ore` is not whole.

    Examples
    --------
    >>> kr(25380)
    253.8
    """
    if isinstance(ore, np.ndarray):
        return int64_array(ore, "ore", "units.kr") / float(ORE_PER_KR)
    return whole(ore, "ore", "units.kr") / ORE_PER_KR
