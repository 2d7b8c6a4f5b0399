"""Shares of a whole: summed exactly, and cut into 32-bit integers as the answers of a categorical question."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from numbers import Real
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scalars import real_number

Integers = npt.NDArray[np.int64]

UNIFORM_BITS: Final = 32
UNIFORM_RANGE: Final = 2**UNIFORM_BITS
"""How many values the 32-bit uniform integers have; thresholds are counted on this scale."""

SHARE_TOLERANCE: Final = 1e-9
"""How far a sum of shares may be from 1 and still count as 1."""

_BITS: Final = 1074
"""Binary places of the smallest float above 0."""


def thresholds(shares: Sequence[float], *, key: str = "shares") -> Integers:
    """Cut the 32-bit integers into the answers of a categorical question.

    Answer i has the i-th share, and one more answer, the last, takes the remainder. The answer to a uniform integer is
    the number of thresholds that are not above it: ``np.searchsorted(thresholds, u32, side="right")``. The sums of the
    shares are rounded once, half upwards, on the scale 2**32. A share of 0 is an empty interval and a share of 1 the
    full one; a share below 2**-33 may come out empty.

    A sum within 1e-9 of 1 counts as 1: the last share above 0 then closes at 2**32 and the remainder is empty, so that
    a list meant to be complete never gives the remaining answer. Nothing is renormalised.

    Parameters
    ----------
    shares : sequence of float, length k
        Probabilities of all answers but the last, each from 0 to 1, with a sum of at most 1.
    key : str
        What the shares are called, for the messages.

    Returns
    -------
    int64 array, shape (k + 1,)
        Non-decreasing, from 0 to 2**32; the last is 2**32.

    Raises
    ------
    ScenarioError
        When a share is not a number from 0 to 1 (all of them at once), or the sum is above 1 + 1e-9.

    Examples
    --------
    >>> thresholds([0.25, 0.5]).tolist() == [2**30, 3 * 2**30, 2**32]
    True
    """
    problems = [
        Problem("", f"{key}[{place}]", share, "a share from 0 to 1", _share_remedy(share))
        for place, share in enumerate(shares)
        if not _is_share(share)
    ]
    if problems:
        raise ScenarioError(problems)
    sums = list(accumulate(_exact(float(share)) for share in shares))
    total = sums[-1] if sums else 0
    if total > _MOST:
        allowed = "shares with a sum of at most 1"
        raise ScenarioError(
            Problem("", key, round(total / _exact(1.0), 9), allowed, "lower a share; shares are never renormalised")
        )
    shift = _BITS - UNIFORM_BITS
    closed = [min((part + (1 << (shift - 1))) >> shift, UNIFORM_RANGE) for part in sums]
    if total >= _LEAST:
        last = max(place for place, share in enumerate(shares) if share > 0)
        closed[last:] = [UNIFORM_RANGE] * (len(closed) - last)
    return np.array([*closed, UNIFORM_RANGE], dtype=np.int64)


def _exact(number: float) -> int:
    """A float of 0 or more as a whole number of the smallest steps that floats have, exactly."""
    numerator, denominator = number.as_integer_ratio()
    return numerator << (_BITS + 1 - denominator.bit_length())


_LEAST, _MOST = _exact(1 - SHARE_TOLERANCE), _exact(1 + SHARE_TOLERANCE)


def _is_share(share: object) -> bool:
    """Tell a number from 0 to 1 from everything else."""
    if type(share) is float:  # nearly all are: quickly
        return 0.0 <= share <= 1.0
    return is_finite_number(share) and 0 <= share <= 1  # type: ignore[operator]


def total(parts: Iterable[Any]) -> Any:
    """Sum numbers exactly (rounded once), and arrays in the usual way.

    Parameters
    ----------
    parts : iterable of float or array
        Arrays of shapes that go together.

    Returns
    -------
    float or array
        An array when any of the parts is one.

    Examples
    --------
    >>> total([0.1] * 10), total([np.array([0.5, 1.0]), 0.25])
    (1.0, array([0.75, 1.25]))
    """
    listed = list(parts)
    if all(type(part) is float or isinstance(part, Real) for part in listed):  # nearly all are: quickly
        return math.fsum(listed)
    return sum(listed)


def at_least_0(number: Any) -> Any:
    """Lift what rounding left below 0 to 0: a number, or every number of an array.

    Parameters
    ----------
    number : float or array
        A share, or shares of any shape.

    Examples
    --------
    >>> at_least_0(-1e-17), at_least_0(np.array([-1e-17, 0.5]))
    (0.0, array([0. , 0.5]))
    """
    return max(0.0, number) if type(number) is float or isinstance(number, Real) else np.maximum(number, 0.0)


def is_finite_number(value: object) -> bool:
    """Tell numbers from truth values, text, nan, infinities and integers beyond the floats.

    Parameters
    ----------
    value : object
        Whatever was given.
    """
    number = real_number(value)
    if number is None:
        return False
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def _share_remedy(share: float) -> str:
    """Guess what was meant by an impossible share."""
    if is_finite_number(share) and 1 < share <= 100:
        return phrase("did you mean {share:g}?", share=float(share) / 100)
    return "write a share as a number, 0.55 for 55 per cent"
