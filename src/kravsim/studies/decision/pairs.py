"""Two samples of a user's own held against each other, and a mean made sharper by what is known beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.errors import DataError, Problem, Words
from kravsim.phrases import phrase
from kravsim.statistics.interval import Interval
from kravsim.studies.decision.checks import Floats, check_finite, floats, level_of
from kravsim.words.display import number, step_for
from kravsim.words.wording import language_index


@dataclass(frozen=True, eq=False)
class Mean(EqualByParts):
    """A mean, or a difference of means, with its interval.

    Parameters
    ----------
    mean, se : float
        In the unit of the samples.
    df : float
        Degrees of freedom of Student's t; infinite when nothing varies.
    interval : Interval
        `identical` is its method when nothing varies: there is then no doubt to express.
    method : str
        `paired`, `Welch` or `control variates`.
    correlation : float or None
        Of the pairs; None when unpaired, or when one side never varies.
    variance_ratio : float
        Variance of the mean beside that without pairing, or without controls; below 1 is a gain.
    """

    mean: float
    se: float
    df: float
    interval: Interval
    method: str
    correlation: float | None
    variance_ratio: float

    def sentence(self, lang: str = "sv") -> str:
        """State the mean and its interval.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        if self.interval.method == "identical":
            shown = number(self.mean, lang, step=step_for(abs(self.mean) / 1_000 or None, ""))
            return f"{shown}, lika i varje par." if sv else f"{shown}, the same in every pair."
        step = step_for(self.se / 10, "")
        low, mean, high = (number(x, lang, step=step) for x in (self.interval[0], self.mean, self.interval[1]))
        level = number(100 * self.interval.level, lang)
        if sv:
            return f"{mean}, {level} %-intervall {low} till {high} ({self.method})."
        return f"{mean}, {level}% interval {low} to {high} ({self.method})."

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        df = self.df if math.isfinite(self.df) else None
        known = {"mean": self.mean, "se": self.se, "df": df, "interval": list(self.interval), "method": self.method}
        return {**known, "correlation": self.correlation, "variance_ratio": self.variance_ratio}


def mean_difference(first: object, second: object, *, paired: bool = True, level: float = 0.95) -> Mean:
    """Compare the means of two samples, first less second.

    Parameters
    ----------
    first, second : array-like, shape (n,)
        Two values or more each; equally many when paired.
    paired : bool
        Whether value k of both met the same luck. Otherwise Welch's interval for samples of unlike variance.
    level : float
        Level of the interval.

    Raises
    ------
    DataError
        When a sample is too short, holds something that is no finite number, or pairs are missing.
    ScenarioError
        When the level is not between 0 and 1.

    Examples
    --------
    >>> found = mean_difference([3.0, 5.0, 4.0], [1.0, 2.0, 3.0])
    >>> found.mean, found.df, mean_difference([1, 2], [1, 2]).interval.method
    (2.0, 2, 'identical')
    """
    at = level_of(level)
    a, b = _sample(first, "first"), _sample(second, "second")
    if paired and len(a) != len(b):
        got = Words(phrase("{n} and {n2} values", n=len(a), n2=len(b)))
        raise DataError(
            Problem("", "second", got, "equally many, in pairs", "give paired=False for independent samples")
        )
    apart = a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)
    if paired:
        differences = a - b
        mean, variance, df = math.fsum(differences) / len(a), differences.var(ddof=1) / len(a), float(len(a) - 1)
        both = bool(a.std() and b.std())
        correlation = float(np.corrcoef(a, b)[0, 1]) if both else None
        variance = 0.0 if np.all(differences == differences[0]) else float(variance)
        return _mean(mean, variance, len(a) - 1, at, "paired", correlation, float(apart))
    parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    df = float(parts.sum() ** 2 / (parts**2 / [len(a) - 1, len(b) - 1]).sum()) if apart else math.inf
    mean = math.fsum(a) / len(a) - math.fsum(b) / len(b)
    return _mean(mean, float(apart), df, at, "Welch", None, float(apart))


def control_variates(values: object, controls: object, known_means: object, *, level: float = 0.95) -> Mean:
    """Sharpen a mean by controls of known mean.

    Parameters
    ----------
    values : array-like, shape (n,)
        In any unit.
    controls : array-like, shape (n,) or (n, q)
        Measured beside the values; at most one for every ten values.
    known_means : float or array-like, shape (q,)
        Their true means.
    level : float
        Level of the interval, by Student's t with n - q - 1 degrees of freedom.

    Raises
    ------
    DataError
        When a shape does not fit, there are too many controls, they never vary or repeat each other.
    ScenarioError
        When the level is not between 0 and 1.

    Examples
    --------
    >>> u = (np.arange(100) + 0.5) / 100
    >>> found = control_variates(np.exp(u), u, 0.5)
    >>> round(found.mean, 3), round(1 - found.variance_ratio, 2)
    (1.718, 0.98)
    """
    at = level_of(level)
    y = _sample(values, "values")
    x = floats(controls, "controls", "one row a value, one column a control")
    x = x.reshape(len(x), -1)
    if len(x) != len(y):
        raise DataError(Problem("", "controls", len(x), phrase("{n} rows", n=len(y)), "give every value its controls"))
    check_finite(x, "controls", "value")
    q = x.shape[1]
    known = floats(known_means, "known_means", "one mean a control").reshape(-1)
    if len(known) != q or not np.isfinite(known).all():
        raise DataError(
            Problem(
                "", "known_means", known_means, phrase("{q} finite means", q=q), "give the true mean of each control"
            )
        )
    if 10 * q > len(y):
        remedy = phrase(
            "{q} controls need {q2} values: with fewer the estimate is biased and its error too small", q=q, q2=10 * q
        )
        raise DataError(
            Problem("", "controls", Words(phrase("{q} controls of {n} values", q=q, n=len(y))), "at most n/10", remedy)
        )
    design = np.column_stack([np.ones(len(y)), x - known])
    scaled = design / np.maximum(np.abs(design).max(axis=0), 1e-300)
    if np.linalg.matrix_rank(scaled) <= q:
        remedy = "leave out what never varies or follows from the others"
        raise DataError(
            Problem("", "controls", Words("controls that repeat each other"), "independent controls", remedy)
        )
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    left = y - design @ beta
    df = len(y) - q - 1
    inverse = np.linalg.inv(design.T @ design)
    variance = float(left @ left) / df * float(inverse[0, 0])
    plain = float(y.var(ddof=1)) / len(y)
    return _mean(float(beta[0]), variance, df, at, "control variates", None, plain)


def _mean(
    mean: float, variance: float, df: float, level: float, method: str, correlation: float | None, plain: float
) -> Mean:
    from scipy import stats

    if variance == 0:
        bounds = Interval((mean, mean), level, "identical")
        return Mean(mean + 0.0, 0.0, math.inf, bounds, method, correlation, 0.0 if plain else 1.0)
    se = math.sqrt(variance)
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return Mean(
        mean + 0.0, se, df, Interval((mean - half, mean + half), level, "t"), method, correlation, variance / plain
    )


def _sample(given: object, name: str) -> Floats:
    array = floats(given, name, "one value a replication")
    if array.ndim != 1 or len(array) < 2:
        raise DataError(Problem("", name, array.shape, "two values or more, in one dimension", "give a flat array"))
    check_finite(array, name, "value")
    return array
