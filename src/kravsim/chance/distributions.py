"""From uniform numbers to uncertain values: inverses and quantile tables.

Everything goes by inverse, a non-decreasing function of one uniform number, so that the same luck is the same quantile
whatever the parameters are: `inverse` gives floats, for parameters and amounts, which the caller rounds once, and
`quantile_table` integers for the engines, looked up by the leading bits of a 32-bit integer.

Logarithms and powers of arrays come from scipy.special and not from numpy, whose vectorised versions may differ in the
last bit from one processor to the next; a rounded öre could follow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from numbers import Real
from typing import Final

import numpy as np
import numpy.typing as npt

from kravsim.chance.quantiles import binary_spread
from kravsim.chance.shares import is_finite_number
from kravsim.errors import ABSENT, Problem, RunError, ScenarioError
from kravsim.phrases import phrase
from kravsim.units import divide_half_up, whole

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LARGEST_TABLE: Final = 2**20
"""The most entries of a quantile table."""

_FRACTION_STEPS: Final = 2**32
_LARGEST_ENTRY: Final = 2.0**52


def inverse(kind: str, u: npt.ArrayLike, **parameters: object) -> Floats:
    """Give the quantiles of a distribution.

    Parameters
    ----------
    kind : str
        ``fixed`` (value), ``uniform`` (low, high), ``triangular`` (low, mode, high), ``normal`` (mean, sd),
        ``lognormal`` (median, mean), ``gamma`` (shape, mean) or ``exponential`` (mean).
    u : float or array of float
        Probabilities in the open interval (0, 1).
    **parameters : float
        The parameters of the kind, in the unit wanted. A distribution without spread (equal bounds, an sd of 0, a
        mean equal to the median) is allowed and gives the same value everywhere.

    Returns
    -------
    float64 array, shape of `u`
        The values below which the distribution lies with probability `u`.

    Raises
    ------
    ScenarioError
        When the kind is unknown, a parameter is missing, unknown or impossible (all problems at once), or a quantile
        is too large for a float.
    ValueError
        When a probability is not inside (0, 1).

    Examples
    --------
    >>> inverse("triangular", [0.125, 0.5], low=0.0, mode=2.0, high=4.0)
    array([1., 2.])
    """
    if not _is_sound(kind, parameters):
        raise ScenarioError(distribution_problems(kind, parameters))
    probability = np.asarray(u, dtype=np.float64)
    if not ((probability > 0.0) & (probability < 1.0)).all():
        message = "probabilities must lie inside the open interval (0, 1)"
        raise ValueError(message)
    with np.errstate(over="ignore", invalid="ignore"):
        values = _INVERSES[kind](probability, **_numbers(parameters))
    if not np.isfinite(values).all():
        allowed = "parameters whose quantiles are finite numbers"
        raise ScenarioError(Problem("", kind, dict(parameters), allowed, "check the unit of the parameters"))
    return values


def _is_sound(kind: str, parameters: Mapping[str, object]) -> bool:
    """Tell whether a distribution has no problem; for plain floats it is found out once, as draws ask again and again."""
    if all(type(value) is float for value in parameters.values()):
        return _is_sound_in_floats(kind, tuple(parameters.items()))
    return not distribution_problems(kind, parameters)


@lru_cache(maxsize=4096)
def _is_sound_in_floats(kind: str, parameters: tuple[tuple[str, object], ...]) -> bool:
    return not distribution_problems(kind, dict(parameters))


def distribution_problems(
    kind: str, parameters: Mapping[str, object], *, file: str = "", key: str = ""
) -> tuple[Problem, ...]:
    """List everything that makes a distribution impossible.

    Parameters
    ----------
    kind : str
        As in `inverse`.
    parameters : mapping of str to object
        The parameters as they were read.
    file, key : str
        Where the distribution stands, for the messages; by default the kind stands for the key.

    Returns
    -------
    tuple of Problem
        Empty when `inverse` accepts the distribution.

    Examples
    --------
    >>> print(*distribution_problems("normal", {"mean": 3.0, "sd": -1.0}, file="a.toml", key="days"))
    a.toml: days.sd: got -1.0; allowed 0 or more; give the spread as a positive number
    """
    if kind not in PARAMETERS:
        allowed = phrase("one of {names}", names=", ".join(PARAMETERS))
        return (Problem(file, key or "kind", kind, allowed, "choose a kind from the list"),)
    place = key or kind
    names = PARAMETERS[kind]
    needs = phrase("{kind} takes {names}", kind=kind, names=", ".join(names))
    problems = [Problem(file, f"{place}.{name}", ABSENT, "a number", needs) for name in names if name not in parameters]
    for name, value in parameters.items():
        if name not in names:
            problems.append(
                Problem(file, f"{place}.{name}", value, ", ".join(names), phrase("remove it: {needs}", needs=needs))
            )
        elif not is_finite_number(value):
            problems.append(Problem(file, f"{place}.{name}", value, "a finite number", "write it without quotes"))
    if problems:
        return tuple(problems)
    numbers = _numbers(parameters)
    return tuple(
        Problem(file, f"{place}.{name}", parameters[name], phrase(allowed, **numbers), remedy)
        for name, holds, allowed, remedy in _RULES.get(kind, ())
        if not holds(numbers)
    )


def quantile_table(kind: str, size: int = 1024, scale: float = 1, **parameters: object) -> Integers:
    """Write a distribution as a table of integers, to be looked up by 32-bit uniform integers.

    With a size of 2**k, ``table[u32 >> (32 - k)]`` is one draw: every entry has probability 1/size. Entry i stands for
    the mid-point quantile at ``(i + 0.5) / size``, times the scale. Fractions are passed on from entry to entry (error
    diffusion) and the result is sorted, so that every entry is less than 1 away from its quantile and the mean of the
    table is that of the quantiles to within 1/size.

    What is lost: nothing beyond the quantiles at 0.5/size and 1 - 0.5/size can be drawn, so a long tail is cut. With
    1024 entries the mean (and the standard deviation) fall short by 0.03 % (0.3 %) for an exponential, 0.02 % (0.4 %)
    for a lognormal whose mean is 1.13 times its median, 0.2 % (3 %) at 1.65 times, 1.1 % (15 %) at 3.1 times and 4 %
    at 7.4 times. A normal loses 0.06 % of its standard deviation. With 4096 entries the shortfalls of the mean are
    0.01, 0.01, 0.07, 0.4 and 1.8 %. Where a long tail carries the money, use `inverse`.

    Parameters
    ----------
    kind : str
        As in `inverse`.
    size : int
        Number of entries, a power of two from 1 to 2**20.
    scale : float
        What one unit of the distribution is in units of the table, above 0; 1440 from days to minutes.
    **parameters : float
        As in `inverse`.

    Returns
    -------
    int64 array, shape (size,)
        Non-decreasing; negative where the quantiles are.

    Raises
    ------
    ScenarioError
        As `inverse`; also when the scale is not a positive number or an entry would be beyond 2**52.
    RunError
        When the size is not allowed.

    Examples
    --------
    >>> quantile_table("uniform", size=8, low=0.0, high=4.0).tolist()
    [0, 1, 1, 2, 2, 3, 3, 4]
    """
    entries = whole(size, "size", "distributions.quantile_table", at_least=1)
    if entries > LARGEST_TABLE or entries & (entries - 1):
        allowed = phrase("a power of two from 1 to {most}", most=LARGEST_TABLE)
        raise RunError(Problem("distributions.quantile_table", "size", size, allowed, "use 1024 unless tails matter"))
    if not is_finite_number(scale) or scale <= 0:
        raise ScenarioError(Problem("", "scale", scale, "a finite number above 0", "give units of the table per unit"))
    quantiles = inverse(kind, (np.arange(entries) + 0.5) / entries, **parameters)
    with np.errstate(over="ignore"):
        quantiles *= scale
    if not bool(np.all(np.abs(quantiles) <= _LARGEST_ENTRY)):
        allowed = phrase("a distribution that stays within {most:.0f} after scaling", most=_LARGEST_ENTRY)
        raise ScenarioError(Problem("", kind, dict(parameters), allowed, "check the units of parameters and scale"))
    floor = np.floor(quantiles)
    fraction = np.rint((quantiles - floor) * _FRACTION_STEPS).astype(np.int64)
    passed_on = divide_half_up(np.cumsum(fraction), _FRACTION_STEPS)
    return np.sort(floor.astype(np.int64) + np.diff(passed_on, prepend=0))


def _numbers(parameters: Mapping[str, object]) -> dict[str, float]:
    """Read checked parameters as floats."""
    return {name: float(value) for name, value in parameters.items() if isinstance(value, Real)}


def _fixed(u: Floats, value: float) -> Floats:
    return np.full(u.shape, value)


def _uniform(u: Floats, low: float, high: float) -> Floats:
    return low + (high - low) * u


def _triangular(u: Floats, low: float, mode: float, high: float) -> Floats:
    return _fixed(u, low) if high == low else triangulars(u, low, mode, high)


def triangulars(u: Floats, low: float | Floats, mode: float | Floats, high: float | Floats) -> Floats:
    """Give triangular quantiles in bulk, each of its own bounds, which must differ; unchecked, unlike `inverse`.

    Parameters
    ----------
    u : float64 array, shape (n,)
        Uniform numbers of the open interval (0, 1).
    low, mode, high : float or float64 array, shape (n,)
        Bounds and mode in the number's own unit, ``low <= mode <= high`` and ``low < high``.

    Returns
    -------
    float64 array, shape (n,)
        In the number's own unit.
    """
    width = high - low
    # Rounding must not carry a quantile past the mode or a bound.
    rising = np.minimum(low + width * np.sqrt(u * ((mode - low) / width)), mode)
    falling = np.maximum(high - width * np.sqrt((1.0 - u) * ((high - mode) / width)), mode)
    return np.where(u * width < mode - low, rising, falling)


def _normal(u: Floats, mean: float, sd: float) -> Floats:
    from scipy.special import ndtri

    return np.asarray(mean + sd * ndtri(u), dtype=np.float64)


def _lognormal(u: Floats, median: float, mean: float) -> Floats:
    from scipy.special import exp2, ndtri

    return np.asarray(exp2(ndtri(u) * binary_spread(median, mean)) * median, dtype=np.float64)


def _gamma(u: Floats, shape: float, mean: float) -> Floats:
    from scipy.special import gammaincinv

    return np.asarray(mean / shape * gammaincinv(shape, u), dtype=np.float64)


def _exponential(u: Floats, mean: float) -> Floats:
    from scipy.special import log1p

    return np.asarray(-mean * log1p(-u), dtype=np.float64)


_INVERSES: Final[Mapping[str, Callable[..., Floats]]] = {
    "fixed": _fixed,
    "uniform": _uniform,
    "triangular": _triangular,
    "normal": _normal,
    "lognormal": _lognormal,
    "gamma": _gamma,
    "exponential": _exponential,
}

PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "fixed": ("value",),
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "mean"),
    "gamma": ("shape", "mean"),
    "exponential": ("mean",),
}
"""The kinds of distribution and the parameters each of them takes."""

_POSITIVE: Final = "above 0"
_NO_SPREAD: Final = "use the kind fixed for a value without spread"

_Rule = tuple[str, Callable[[dict[str, float]], bool], str, str]
_ORDERED: Final[_Rule] = (
    "high",
    lambda p: 0 <= p["high"] - p["low"] < math.inf,
    "{low} (low) or more, with a finite distance",
    "check the order and the unit of the bounds",
)
_RULES: Final[Mapping[str, tuple[_Rule, ...]]] = {
    "uniform": (_ORDERED,),
    "triangular": (
        ("mode", lambda p: p["low"] <= p["mode"] <= p["high"], "{low} (low) to {high} (high)", "order low, mode, high"),
        _ORDERED,
    ),
    "normal": (("sd", lambda p: p["sd"] >= 0, "0 or more", "give the spread as a positive number"),),
    "lognormal": (
        ("median", lambda p: p["median"] > 0, _POSITIVE, _NO_SPREAD),
        ("mean", lambda p: p["mean"] >= p["median"], "{median} (median) or more", "swap mean and median"),
    ),
    "gamma": (
        ("shape", lambda p: p["shape"] > 0, _POSITIVE, "1 is an exponential, higher is narrower"),
        ("mean", lambda p: p["mean"] > 0, _POSITIVE, _NO_SPREAD),
    ),
    "exponential": (("mean", lambda p: p["mean"] > 0, _POSITIVE, _NO_SPREAD),),
}
