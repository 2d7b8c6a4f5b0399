"""One measure over the replications: its spread, and how well the replications know it.

Two different questions meet here and keep their names apart. `interval` and `quantile` describe how much the measure
varies *from year to year by chance*; `se`, `mean_interval` and `quantile_interval` describe how well *this many
replications* know a mean or a quantile. None of them speaks of uncertain parameters unless the replications cover them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kravsim.errors import Problem, RunError, Words
from kravsim.phrases import phrase
from kravsim.scalars import real_number, whole_number
from kravsim.statistics.coverage import LEVEL, arms, is_skewed, measured
from kravsim.statistics.interval import ESTIMABLE_LEVEL, Interval, between, replications_needed
from kravsim.words.display import NO_BREAK, amount, step_for

if TYPE_CHECKING:
    import pandas as pd

Seed = int | np.integer[Any] | np.random.Generator | np.random.RandomState | None

PERCENTILES: Final = {"p05": 0.05, "p50": 0.5, "p95": 0.95}
"""The percentiles of every summary."""

ABOUT_THE_MEAN: Final = "; for how well these replications know the mean, use mean_interval"
"""What to ask instead where there are too few replications for the tails."""

_LARGEST: Final = 1e150


@dataclass(frozen=True, eq=False, repr=False)
class Distribution:
    """One measure, one value a replication.

    Parameters
    ----------
    samples : array of float64, shape (replications,)
        The values in `unit`; copied and made read-only.
    label : str
        Name of the measure, such as `net_revenue_kr`.
    unit : str
        `kr`, `share`, `days`, `hours` or `count`.

    Raises
    ------
    RunError
        When there is no sample, the array is not one-dimensional, or a sample is not a finite number below 1e150.

    Examples
    --------
    >>> net = Distribution(np.array([1.0, 2.0, 3.0, 4.0]), "net_revenue_kr", "kr")
    >>> net.mean, round(net.sd, 3), net.prob_above(2)
    (2.5, 1.291, 0.5)
    """

    samples: NDArray[np.float64]
    label: str
    unit: str

    def __post_init__(self) -> None:
        values = _checked(self.samples, self.label)
        values.flags.writeable = False
        object.__setattr__(self, "samples", values)

    def __reduce__(self) -> tuple[type[Distribution], tuple[NDArray[np.float64], str, str]]:
        return type(self), (self.samples, self.label, self.unit)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Distribution):
            return NotImplemented
        same_name = (self.label, self.unit) == (other.label, other.unit)
        return same_name and np.array_equal(self.samples, other.samples)

    def __hash__(self) -> int:
        return hash((self.label, self.unit, self.samples.tobytes()))

    def __len__(self) -> int:
        return int(self.samples.size)

    @property
    def n(self) -> int:
        """Number of replications."""
        return int(self.samples.size)

    @property
    def identical(self) -> bool:
        """Whether every replication gave the same value."""
        return bool(np.all(self.samples == self.samples[0]))

    @property
    def mean(self) -> float:
        """Mean over the replications, in `unit`; the same whatever their order."""
        if self.identical:
            return float(self.samples[0])
        return math.fsum(self.samples) / self.n + 0.0

    @property
    def sd(self) -> float:
        """Standard deviation between replications (n - 1 in the denominator), in `unit`.

        Raises
        ------
        RunError
            When there is only one replication.
        """
        self._need(2, "standard deviation")
        return self._moment(2)[0]

    @property
    def se(self) -> float:
        """Standard error of the mean, in `unit`.

        Raises
        ------
        RunError
            When there is only one replication.
        """
        return self.sd / math.sqrt(self.n)

    @property
    def skewness(self) -> float:
        """Third standardised moment; 0 for identical samples, which have no direction.

        Raises
        ------
        RunError
            When there is only one replication.
        """
        self._need(2, "skewness")
        return 0.0 if self.identical else self._moment(3)[1]

    def estimable(self, p: float) -> bool:
        """Say whether this many replications can estimate the quantile `p` (between 0 and 1).

        Parameters
        ----------
        p : float
            The quantile, strictly between 0 and 1.
        """
        return self.n >= replications_needed(p)

    def quantile(self, p: float) -> float:
        """Estimate a quantile by linear interpolation between order statistics.

        Parameters
        ----------
        p : float
            Strictly between 0 and 1.

        Returns
        -------
        float
            The quantile in `unit`.

        Raises
        ------
        RunError
            When `p` is not between 0 and 1, or there are too few replications; says how many are needed.
        """
        p = between("p", p)
        self._need(replications_needed(p), phrase("quantile {p:g}", p=p), ABOUT_THE_MEAN)
        return float(np.quantile(self.samples, p)) + 0.0

    def interval(self, level: float = 0.9) -> Interval:
        """Give the central share `level` of the replications: how far chance moves the measure itself.

        Parameters
        ----------
        level : float
            The share in the middle, strictly between 0 and 1.

        Raises
        ------
        RunError
            When `level` is not between 0 and 1, or there are too few replications for its two quantiles.
        """
        level = between("level", level)
        tail = round((1 - level) / 2, 12)
        return Interval((self.quantile(tail), self.quantile(1 - tail)), level, "quantiles")

    def quantile_interval(self, p: float, level: float = ESTIMABLE_LEVEL) -> Interval:
        """Bound a quantile by two order statistics, whatever the distribution.

        Parameters
        ----------
        p : float
            The quantile, strictly between 0 and 1.
        level : float
            Smallest coverage wanted; `coverage` of the result is the exact one for continuous samples.

        Raises
        ------
        RunError
            When one of the two bounds does not exist with this many replications.

        Sources
        -------
        W. J. Conover, Practical Nonparametric Statistics, the quantile test.
        """
        from scipy import stats

        p, level = between("p", p), between("level", level)
        self._need(replications_needed(p, level), phrase("an interval of quantile {p:g}", p=p), ABOUT_THE_MEAN)
        found: Any = stats.quantile_test(np.arange(1.0, self.n + 1), p=p).confidence_interval(level)
        if math.isnan(found.low) or math.isnan(found.high):
            self._need(self.n + 1, phrase("an interval of quantile {p:g}", p=p), ABOUT_THE_MEAN)
        low, high = int(found.low), int(found.high)
        coverage = float(stats.binom.cdf(high - 1, self.n, p) - stats.binom.cdf(low - 1, self.n, p))
        ordered = np.sort(self.samples)
        bounds = float(ordered[low - 1]), float(ordered[high - 1])
        return Interval(bounds, level, "order statistics", coverage, (low, high))

    def mean_interval(self, level: float = ESTIMABLE_LEVEL) -> Interval:
        """Bound the mean: what more replications with the same parameters would give.

        Student's t, corrected by Hall's transformation where the samples are more skewed than chance makes them. `coverage`
        is how often such an interval of 95 % was measured to cover (docs/coverage.md); None at other levels, and below five
        replications.

        Parameters
        ----------
        level : float
            Level of the interval, strictly between 0 and 1.

        Returns
        -------
        Interval
            In `unit`.

        Raises
        ------
        RunError
            When `level` is not between 0 and 1, or there is only one replication.
        """
        from scipy import stats

        level = between("level", level)
        self._need(2, "an interval of the mean")
        if self.identical:
            return Interval((self.mean, self.mean), level, "identical")
        half = float(stats.t.ppf((1 + level) / 2, self.n - 1))
        below, above = (float(arm) * self.se for arm in arms(self.skewness, self.n, half))
        covered = measured(self.n, self.skewness) if level == LEVEL else None
        method = "t, corrected for skewness" if is_skewed(self.skewness, self.n) else "t"
        return Interval((self.mean - below, self.mean + above), level, method, covered)

    def prob_above(self, x: float) -> float:
        """Give the share of replications strictly above `x` (in `unit`).

        Parameters
        ----------
        x : float
            In `unit`.
        """
        return self._above(x) / self.n

    def prob_above_interval(self, x: float, level: float = ESTIMABLE_LEVEL) -> Interval:
        """Bound the probability of a value strictly above `x`, exactly (Clopper and Pearson).

        Parameters
        ----------
        x : float
            In `unit`.
        level : float
            Level of the interval, strictly between 0 and 1.

        Raises
        ------
        RunError
            When `x` is not a number or `level` is not between 0 and 1.
        """
        from scipy import stats

        found = stats.binomtest(self._above(x), self.n).proportion_ci(between("level", level), "exact")
        return Interval((float(found.low), float(found.high)), level, "exact binomial")

    def cdf(self, x: ArrayLike) -> NDArray[np.float64] | float:
        """Give the share of replications at or below `x`: the empirical distribution function.

        With :meth:`ppf` and :meth:`rvs` it lets another model use the replications as it would a distribution of scipy.

        Parameters
        ----------
        x : float or array
            In `unit`.

        Raises
        ------
        RunError
            When `x` holds something that is not a number.

        Examples
        --------
        >>> net = Distribution(np.array([3.0, 1.0, 2.0, 2.0]), "net_revenue_kr", "kr")
        >>> net.cdf(2), net.cdf([0, 1, 9]).tolist()
        (0.75, [0.0, 0.25, 1.0])
        """
        at = _numbers(x, "x", "numbers", lambda values: ~np.isnan(values))
        share = np.searchsorted(np.sort(self.samples), at, side="right") / self.n
        return np.asarray(share) if share.ndim else float(share)

    def ppf(self, q: ArrayLike) -> NDArray[np.float64] | float:
        """Give the smallest sample with at least the share `q` of the replications at or below it.

        The inverse of :meth:`cdf`: always one of the samples, however few there are. :meth:`quantile` interpolates between
        them, and refuses where the replications are too few.

        Parameters
        ----------
        q : float or array
            From 0 to 1.

        Raises
        ------
        RunError
            When `q` is not from 0 to 1.

        Examples
        --------
        >>> net = Distribution(np.array([3.0, 1.0, 2.0, 2.0]), "net_revenue_kr", "kr")
        >>> net.ppf(0.5), net.ppf([0, 0.76, 1]).tolist()
        (2.0, [1.0, 3.0, 3.0])
        """
        share = _numbers(q, "q", "from 0 to 1", lambda values: (values >= 0) & (values <= 1))
        rank = np.ceil(np.round(share * self.n, 9)).astype(np.int64)
        found = np.sort(self.samples)[np.maximum(rank, 1) - 1]
        return np.asarray(found) if found.ndim else float(found)

    def rvs(
        self,
        size: int | tuple[int, ...] = 1,
        seed: Seed = None,
        *,
        random_state: Seed = None,
        rng: Seed = None,
    ) -> NDArray[np.float64]:
        """Draw from the replications with replacement: samples of the empirical distribution.

        Measures of one run belong together: draw their rows from :meth:`Run.to_frame`, not each by itself.

        Parameters
        ----------
        size : int or tuple of int
            Shape of the answer.
        seed, random_state, rng : int or numpy Generator, optional
            Three names for one thing, of which scipy has the last two. A number gives the same draws every time; a generator
            is drawn from and moves on; nothing draws afresh. No global state is read or changed.

        Returns
        -------
        array of float64
            In `unit`.

        Raises
        ------
        RunError
            When more than one of the three is given, it is no seed, or `size` is no shape.

        Examples
        --------
        >>> net = Distribution(np.array([1.0, 2.0, 3.0]), "net_revenue_kr", "kr")
        >>> bool((net.rvs(5, seed=1) == net.rvs(5, seed=1)).all()), net.rvs((2, 3), seed=1).shape
        (True, (2, 3))
        """
        return _generator(seed, random_state, rng).choice(self.samples, size=_shape(size), replace=True)

    def to_frame(self) -> pd.DataFrame:
        """Give a table with one row a replication; the column is the label."""
        import pandas as pd

        index = pd.RangeIndex(self.n, name="replication")
        return pd.DataFrame({self.label: self.samples.copy()}, index=index)

    def to_json(self) -> dict[str, float | int | None]:
        """Summarise as plain numbers.

        Returns
        -------
        dict
            `mean`, `sd`, `p05`, `p50`, `p95` in `unit`. What this many replications cannot estimate is None, and then
            `n_needed` says how many replications estimate all of them.
        """
        answer: dict[str, float | int | None] = {"mean": self.mean, "sd": self.sd if self.n > 1 else None}
        for name, p in PERCENTILES.items():
            answer[name] = self.quantile(p) if self.estimable(p) else None
        missing = [replications_needed(p) for name, p in PERCENTILES.items() if answer[name] is None]
        if missing:
            answer["n_needed"] = max(missing)
        return answer

    def step(self) -> float:
        """Give the step that the mean should be rounded to when shown, from its standard error."""
        return step_for(self.se if self.n > 1 else None, self.unit)

    def text(self, lang: str = "sv", *, minus: str = "-") -> str:
        """Write the mean in its unit with the digits that its Monte Carlo error supports.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        minus : str
            The minus sign: a hyphen in text, U+2212 in figures.
        """
        return amount(self.mean, self.unit, lang, step=self.step(), minus=minus)

    def __repr__(self) -> str:
        if self.n == 1:
            said = f"{self.text('en')}, 1 replication, so no error can be given"
        elif self.identical:
            said = f"{self.text('en')}, identical in all {self.n} replications"
        else:
            fine = step_for(self.se / 10, self.unit)
            error = amount(self.se, self.unit, "en", step=fine)
            spread = amount(self.sd, self.unit, "en", step=self.step())
            said = f"mean {self.text('en')}, standard error {error}, sd {spread}, {self.n} replications"
        return f"<{self.label}: {said.replace(NO_BREAK, ' ')}>"

    def _above(self, x: float) -> int:
        number = real_number(x)
        if number is None or math.isnan(number):
            raise RunError(Problem("", "x", x, "a number", "give the value to compare with"))
        return int(np.count_nonzero(self.samples > number))

    def _moment(self, order: int) -> tuple[float, float]:
        """Give the standard deviation and the standardised moment, free of overflow and rounding order."""
        mean = self.mean
        away = self.samples - mean
        scale = float(np.max(np.abs(away)))
        if self.identical or scale == 0:
            return 0.0, 0.0
        parts = away / scale
        square = math.fsum(parts * parts)
        central = math.fsum(parts**order) / self.n
        return scale * math.sqrt(square / (self.n - 1)), central / (square / self.n) ** (order / 2)

    def _need(self, n: int, what: str, instead: str = "") -> None:
        if self.n < n:
            allowed = phrase(
                "at least {n} replications for {what} of {label}", n=n, what=phrase(what), label=self.label
            )
            remedy = phrase(
                "not estimable with n={n}; needs n >= {n2}{instead}",
                n=self.n,
                n2=n,
                instead=phrase(instead) if self.n > 1 else "",
            )
            raise RunError(Problem("", "replications", self.n, allowed, remedy))


def _checked(samples: ArrayLike, label: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = np.array(samples, dtype=np.float64, copy=True) + 0.0
    if values.ndim != 1 or values.size == 0:
        raise RunError(Problem("", label, values.shape, "one value a replication, at least one", "give a flat array"))
    bad = np.flatnonzero(~(np.abs(values) < _LARGEST))
    if bad.size:
        found = float(values[bad[0]])
        remedy = phrase("replication {bad} is the first of {size}", bad=int(bad[0]), size=bad.size)
        raise RunError(Problem("", label, found, "a finite number", remedy))
    return values


def _generator(*given: Seed) -> np.random.Generator:
    """What to draw from: the one seed or generator that is given, if any."""
    chosen = [one for one in given if one is not None]
    if len(chosen) > 1:
        raise RunError(
            Problem("", "seed", Words("more than one"), "one of seed, random_state and rng", "leave the others out")
        )
    if not chosen:
        return np.random.default_rng()
    source = chosen[0]
    if isinstance(source, np.random.RandomState):
        return np.random.default_rng(source._bit_generator)
    if isinstance(source, np.random.Generator):
        return source
    number = whole_number(source)
    if number is None or number < 0:
        remedy = "give one, or nothing to draw afresh"
        raise RunError(Problem("", "seed", source, "a whole number from 0 or a numpy Generator", remedy))
    return np.random.default_rng(number)


def _shape(size: object) -> tuple[int, ...]:
    """A shape, of one axis when it is one number."""
    parts = [whole_number(part) for part in (size if isinstance(size, tuple | list) else (size,))]
    shape = tuple(part for part in parts if part is not None and part >= 0)
    if len(shape) < len(parts):
        raise RunError(
            Problem("", "size", size, "a whole number from 0, or several", "say how many draws there are to be")
        )
    return shape


def _numbers(
    given: ArrayLike, name: str, allowed: str, fits: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
) -> NDArray[np.float64]:
    """Read a number or an array of them, and refuse what does not fit."""
    try:
        array = np.asarray(given)
    except ValueError:  # lists of unequal length
        array = np.array(None)
    if array.dtype.kind not in "iuf" and array.size:
        raise RunError(
            Problem(
                "", name, Words("something else than numbers"), allowed, phrase("give {name} as numbers", name=name)
            )
        )
    values = array.astype(np.float64)
    bad = values[~fits(values)]
    if bad.size:
        raise RunError(Problem("", name, float(bad.flat[0]), allowed, phrase("give {name} as numbers", name=name)))
    return values
