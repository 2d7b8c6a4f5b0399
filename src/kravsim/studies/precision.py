"""How many replications for a wanted precision in kronor: one after another, with a look ahead before stopping.

The interval of the mean is watched after every replication. Where its half-width first meets the target, a further stretch
is run to see that it stays there; only then the number counts. The number depends on the replications alone and never on
how they were dealt out to workers, and the comparison that comes with it is the one a plain run of that length gives.

Stopping when the interval looks good makes it cover a little less than it says; how much less is measured in the tests.

Sources: Hoad, Robinson and Davies, Automated selection of the number of replications for a discrete-event simulation,
Journal of the Operational Research Society 61 (2010), for the look-ahead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Unpack

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.results.precision import Precision
from kravsim.running.how import HowKept
from kravsim.running.replicate import checked_count
from kravsim.scalars import real_number
from kravsim.scenario import AnyScenario, checked_call, checked_models, scenario_of
from kravsim.statistics.convergence import half_width
from kravsim.statistics.coverage import arms
from kravsim.statistics.distribution import Distribution
from kravsim.studies.study import Study

K_LIMIT: Final = 5
FEWEST: Final = 5
"""Replications before the first look: an sd of fewer says next to nothing."""

PILOT: Final = 30
"""Replications before a relative target is believed in."""

RELATIVE_FROM: Final = 10
"""A relative target needs a mean of at least so many half-widths after the pilot."""

MOST: Final = 1_000
_GROWTH: Final = 2

_WISHES: Final = (
    (
        "half_width",
        "half_width_kr",
        math.inf,
        "a number of kr above 0",
        "give the half-width of the interval in kr, such as 10000",
    ),
    ("relative", "relative", 1.0, "a share above 0 and below 1", "write 1 per cent as 0.01"),
    ("level", "level", 1.0, "a level strictly between 0 and 1", "write 95 per cent as 0.95"),
)
"""What a target is made of: its field, its name among the keywords, what it must lie below, and the words for both."""

Sampler = Callable[[int], NDArray[np.float64]]


def look_ahead(n: int, k_limit: int = K_LIMIT) -> int:
    """Count the replications after the n-th that must also meet the target.

    Parameters
    ----------
    n : int
        Replications so far, 1 or more.
    k_limit : int
        The count up to 100 replications; it grows in proportion beyond.

    Examples
    --------
    >>> [look_ahead(n) for n in (3, 100, 101, 120, 200, 1000)]
    [5, 5, 5, 6, 10, 50]
    """
    return k_limit if n <= 100 else k_limit * n // 100


@dataclass(frozen=True)
class Target:
    """A wanted precision of a mean.

    Parameters
    ----------
    half_width : float or None
        In the unit of the measure.
    relative : float or None
        As a share of the mean, instead.
    level : float
        Level of the interval.

    Raises
    ------
    ScenarioError
        When none or both of the two are given, or one is not allowed.
    """

    half_width: float | None = None
    relative: float | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        given = [name for name in ("half_width", "relative") if getattr(self, name) is not None]
        if len(given) != 1:
            remedy = "give the half-width in kr; a relative one only where the mean is far from 0"
            said = " and ".join(given) or "neither"
            raise ScenarioError(Problem("", "precision", said, "half_width_kr or relative, one of them", remedy))
        problems = []
        for name, key, below, allowed, remedy in _WISHES:
            value = getattr(self, name)
            number = real_number(value)
            if number is not None and 0 < number < below:
                object.__setattr__(self, name, float(number))
            elif value is not None or name == "level":
                problems.append(Problem("", key, value, allowed, remedy))
        if problems:
            raise ScenarioError(problems)

    def wanted(self, mean: float) -> float:
        """The half-width that is wanted, in the unit of the measure.

        Parameters
        ----------
        mean : float
            In the unit of the measure; used by a relative target only.
        """
        return self.half_width if self.half_width is not None else (self.relative or 0.0) * abs(mean)


@checked_call
def precision(
    scenario: AnyScenario,
    models: Iterable[str] = ("in_house", "outsourced"),
    *,
    half_width_kr: float | None = None,
    relative: float | None = None,
    level: float = 0.95,
    economic: bool = False,
    max_replications: int = MOST,
    seed: int | None = None,
    **how: Unpack[HowKept],
) -> Precision:
    """Find out how many replications give the paired difference of two models with a wanted precision.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path, as :func:`kravsim.load_scenario` takes it.
    models : iterable of str
        As for :func:`kravsim.compare`.
    half_width_kr : float, optional
        Wanted half-width of the interval of the mean difference, kr a calendar year.
    relative : float, optional
        Instead: the half-width as a share of the mean. Refused when the mean is not at least 10 half-widths from 0 after 30
        replications: by chance a mean near 0 then looks precise too early or never.
    level : float
        Level of the interval.
    economic : bool
        Watch the difference with recovered principal counted instead of net revenue alone.
    max_replications : int
        Budget. When it is used up the result says so (`reached` is False) with the half-width that was met.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    **how : Unpack[HowKept]
        How to run: see :class:`kravsim.running.how.HowKept`.

    Returns
    -------
    Precision
        `replications`, `half_width`, `reached`, `comparison` and `convergence`.

    Raises
    ------
    ScenarioError
        For a target or a choice that is not allowed.
    """
    scenario = scenario_of(scenario)
    target = Target(half_width_kr, relative, level)
    most = checked_count("max_replications", max_replications)
    study = Study(scenario, checked_models(scenario, models), seed, how)

    def sample(n: int) -> NDArray[np.float64]:
        found = study.comparison(n)
        return (found.economic_difference if economic else found.difference).samples

    n, reached = replications_for(sample, target, most=most)
    comparison = study.comparison(n)
    measure = comparison.economic_difference if economic else comparison.difference
    width, method = half_width(measure, target.level) if n > 1 else (None, "")
    return Precision(
        comparison=comparison,
        measure=measure,
        wanted=target.wanted(measure.mean),
        relative=target.relative,
        level=target.level,
        half_width=width,
        method=method,
        reached=reached,
        budget=most,
    )


def replications_for(sample: Sampler, target: Target, *, most: int = MOST, k_limit: int = K_LIMIT) -> tuple[int, bool]:
    """Find the number of samples at which the interval of their mean meets a target and stays with it.

    Parameters
    ----------
    sample : callable
        Takes n and gives the first n samples; the first ones are the same whatever n is.
    target : Target
        In the unit of the samples, or as a share of their mean.
    most : int
        Budget.
    k_limit : int
        How far to look ahead; see :func:`look_ahead`.

    Returns
    -------
    tuple of int and bool
        How many, and whether the target was met; the budget and False when it was not.

    Raises
    ------
    ScenarioError
        For a relative target and a mean that may be near 0.
    """
    if target.relative is not None:
        _refuse_near_0(Distribution(sample(min(PILOT, most)), "difference", "kr"), target)
    at, have = FEWEST, min(FEWEST + look_ahead(FEWEST, k_limit), most)
    while True:
        values = sample(have)
        widths = _half_widths(values, target)
        while at + look_ahead(at, k_limit) <= have:
            late = np.flatnonzero(widths[at - 1 : at + look_ahead(at, k_limit)] > 1)
            if late.size:
                at += int(late[-1]) + 1
                continue
            # running sums are quick enough for every n; the samples themselves have the last word
            excess = _excess(values[:at], target)
            if excess <= 1:
                return at, True
            at = max(at + 1, math.ceil(at * excess**2))
        if have >= most:
            return _at_the_end(values, target)
        have = min(most, max(at + look_ahead(at, k_limit), min(_GROWTH * have, _forecast(widths[-1], have))))


def _at_the_end(values: NDArray[np.float64], target: Target) -> tuple[int, bool]:
    """With the budget used up there is no more to look ahead to: what all samples say is what is said."""
    return values.size, values.size > 1 and _excess(values, target) <= 1


def _forecast(excess: float, n: int) -> int:
    return math.ceil(min(n * excess**2, 1e9)) if math.isfinite(excess) else n


def _half_widths(values: NDArray[np.float64], target: Target) -> NDArray[np.float64]:
    """How many times too wide the interval is after each sample; infinite after the first."""
    from scipy import stats

    n = np.arange(1, values.size + 1)
    centred = values - values[0]  # running sums of powers lose digits far from 0
    scale = float(np.abs(centred).max()) or 1.0
    first, second, third = (np.cumsum((centred / scale) ** power) / n for power in (1, 2, 3))
    square = np.maximum(second - first**2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        cube = third - 3 * first * second + 2 * first**3
        skewness = np.where((square > 0) & (n > 2), cube / square**1.5, 0.0)
        below, above = arms(skewness, n, stats.t.ppf((1 + target.level) / 2, n - 1))
        widths = np.maximum(below, above) * scale * np.sqrt(square / (n - 1))
        means = values[0] + scale * first
        wanted = np.full(n.size, target.half_width) if target.relative is None else target.relative * np.abs(means)
        return np.where(n > 1, np.where(square == 0, 0.0, widths / wanted), np.inf)


def _excess(values: NDArray[np.float64], target: Target) -> float:
    spread = Distribution(values, "difference", "kr")
    width, _ = half_width(spread, target.level)
    wanted = target.wanted(spread.mean)
    return 0.0 if width == 0 else width / wanted if wanted else math.inf


def _refuse_near_0(pilot: Distribution, target: Target) -> None:
    if pilot.n < 2:
        remedy = "raise max_replications, or give half_width_kr"
        raise ScenarioError(
            Problem("", "relative", target.relative, phrase("a pilot of {n} replications", n=PILOT), remedy)
        )
    width, _ = half_width(pilot, target.level)
    if abs(pilot.mean) > RELATIVE_FROM * width:
        return
    got = phrase(
        "mean {mean:,.0f} kr with half-width {width:,.0f} kr after {n} replications",
        mean=pilot.mean,
        width=width,
        n=pilot.n,
    ).replace(",", " ")
    raise ScenarioError(
        Problem(
            "",
            "relative",
            target.relative,
            phrase("a mean of more than {times} half-widths from 0", times=RELATIVE_FROM),
            phrase(
                "{got}: a share of a mean that may be near 0 says nothing; give half_width_kr, the wanted half-width in kr",
                got=got,
            ),
        )
    )
