"""One rounding for all that is printed of a result, so that what a reader adds up comes out.

**The rule.** All kronor of a table, its sentence and its figures are multiples of one step: the largest power of ten that is
not above the standard error of what is asked (the difference, or the net revenue of a single model), one power finer
where a line that is not 0 would else read 0, and never below 1 kr. What is not uncertain at all is shown in whole kronor.

The net revenue of each model is rounded; its lines are rounded so that they sum to it (by largest remainders: whole steps
downwards, then one more to the lines that lost most; lines that two models have alike are rounded alike). Every other amount
is worked out from these as a reader would: a difference is the first less the second *as shown*, net revenue without interest
is net revenue less interest, and a cause of the difference is the sum of its lines. What is printed may so lie a step, seldom
two, from the unrounded value, which is less than chance moves it. Unrounded numbers are in JSON, CSV and data frames.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kravsim.measures.measures import OF_SALES, unit_of
from kravsim.statistics.distribution import Distribution
from kravsim.units import ORE_PER_KR
from kravsim.words.display import step_for

if TYPE_CHECKING:
    from kravsim.results.run import Run

NET, EXCL, INTEREST = "net_revenue_kr", "net_revenue_excl_interest_kr", "interest_kr"
PRINCIPAL, PRICE, ECONOMIC = "principal_recovered_kr", "sale_price_kr", "economic_result_kr"
_HALF_AN_ORE: Final = 0.005


def steps(amount: float, step: float) -> int:
    """Count whole steps in an amount, halves away from zero.

    Parameters
    ----------
    amount : float
        In any unit.
    step : float
        In the same unit, above 0.

    Examples
    --------
    >>> steps(-2_500, 1000), steps(1_499, 1000)
    (-3, 1)
    """
    return int(math.copysign(math.floor(abs(amount) / step + 0.5), amount))


def shared(amounts: Sequence[float], total: int, step: float) -> list[int]:
    """Round amounts to whole steps that sum to a total, by largest remainders.

    Parameters
    ----------
    amounts : sequence of float
        What is rounded.
    total : int
        What their whole steps must sum to; the rounded sum of the amounts.
    step : float
        Size of a step.

    Returns
    -------
    list of int
        Each within a step of its amount; a whole number of steps stays what it is, as 0 does, while any other can give way.

    Examples
    --------
    >>> shared([1.4, 1.4, 1.2, 0.0], 4, 1.0)
    [2, 1, 1, 0]
    """
    down = [math.floor(amount / step + 1e-9) for amount in amounts]
    left = [amount / step - whole for amount, whole in zip(amounts, down, strict=True)]
    most = sorted(range(len(down)), key=lambda place: -left[place])[: total - sum(down)]
    return [whole + (place in most) for place, whole in enumerate(down)]


def percents(shares: Sequence[float], step: float) -> list[float]:
    """Round shares of a whole to a step so that they sum to 1, as shares.

    Parameters
    ----------
    shares : sequence of float
        They sum to 1.
    step : float
        As a share: 0.01 is one per cent.

    Examples
    --------
    >>> percents([1 / 3, 1 / 3, 1 / 3], 0.01)
    [0.34, 0.33, 0.33]
    """
    whole = steps(math.fsum(shares), step)
    return [round(count * step, 12) for count in shared(shares, whole, step)]


@dataclass(frozen=True, eq=False)
class ShownYears:
    """The kronor of some models as they are printed, all multiples of one step.

    Parameters
    ----------
    runs : tuple of Run
        Of one model or of several.
    step : float
        Kronor of a step.
    """

    runs: tuple[Run, ...]
    step: float

    @classmethod
    def of(cls, runs: Sequence[Run], asked: Distribution) -> ShownYears:
        """Choose the step from what is asked and from the smallest line, and round.

        Parameters
        ----------
        runs : sequence of Run
            Of one model or of several; the first two are compared.
        asked : Distribution
            The difference, or the net revenue of a single run, kr.
        """
        lines = [abs(_mean_kr(run, line)) for run in runs for line in run.lines]
        smallest = min((amount for amount in lines if amount >= 1), default=math.inf)
        step = step_of(asked, [run.net_revenue for run in runs])
        return cls(tuple(runs), max(1.0, step / 10) if smallest < step / 2 else step)

    @cached_property
    def lines(self) -> tuple[Mapping[str, float], ...]:
        """Budget line -> kr as printed, for each run; they sum to its `net_revenue_kr`."""
        alike = self._alike
        return tuple(
            self._rounded({line: _mean_kr(run, line) for line in run.lines}, alike if place < 2 else frozenset())
            for place, run in enumerate(self.runs)
        )

    @cached_property
    def measures(self) -> tuple[Mapping[str, float], ...]:
        """Measure in kr -> kr as printed, for each run, worked out as a reader would from the lines."""
        return tuple(self._measures(run, lines) for run, lines in zip(self.runs, self.lines, strict=True))

    def line(self, name: str) -> list[float]:
        """Give a budget line of every run, 0 where it has none.

        Parameters
        ----------
        name : str
            Machine name of a budget line.

        Returns
        -------
        list of float
            Kr, one a run.
        """
        return [lines.get(name, 0.0) for lines in self.lines]

    def measure(self, name: str) -> list[float]:
        """Give a measure in kronor of every run; one of sales is 0 where a run has none.

        Parameters
        ----------
        name : str
            Machine name of a measure in kronor.

        Returns
        -------
        list of float
            Kr, one a run.
        """
        return [measures.get(name, 0.0) if name in OF_SALES else measures[name] for measures in self.measures]

    def difference(self, name: str) -> float:
        """Give the first less the second of a measure in kronor, as a reader works it out.

        Parameters
        ----------
        name : str
            Machine name of a measure in kronor.
        """
        one, other = self.measure(name)[:2]
        return one - other

    @property
    def _alike(self) -> frozenset[str]:
        """Lines that are the same in every replication of the two models that are compared: their difference reads 0."""
        if len(self.runs) < 2:
            return frozenset()
        one, other = self.runs[:2]
        return frozenset(line for line in one.lines if (one.line_ore(line) == other.line_ore(line)).all())

    def _rounded(self, amounts: Mapping[str, float], alike: frozenset[str]) -> Mapping[str, float]:
        """Round lines by largest remainders: those that both models have alike among themselves, then the others."""
        shown: dict[str, float] = {}
        for group in ([name for name in amounts if name in alike], [name for name in amounts if name not in alike]):
            mine = [amounts[name] for name in group]
            whole = shared(mine, steps(math.fsum(mine), self.step), self.step)
            shown |= {name: count * self.step for name, count in zip(group, whole, strict=True)}
        return {name: shown[name] for name in amounts}

    def _measures(self, run: Run, lines: Mapping[str, float]) -> Mapping[str, float]:
        names = [name for name in run.outcomes[0].numbers if unit_of(name) == "kr" and run.defined(name)]
        means = {name: run.metric(name).mean for name in names}
        shown = {name: steps(mean, self.step) * self.step for name, mean in means.items()}
        shown[NET] = math.fsum(lines.values())
        if "interest" in lines and _same(means[INTEREST], _mean_kr(run, "interest")):
            shown[INTEREST] = lines["interest"]
        if _same(means[EXCL], means[NET] - means[INTEREST]):
            shown[EXCL] = shown[NET] - shown[INTEREST]
        counted = [name for name in (NET, PRINCIPAL, PRICE) if name in means]
        if _same(means[ECONOMIC], math.fsum(means[name] for name in counted)):
            shown[ECONOMIC] = math.fsum(shown[name] for name in counted)
        return shown


def in_steps(spreads: Sequence[Distribution], gap: Distribution) -> tuple[list[float], float, float]:
    """Round a measure that is no money: each model's mean, the difference of these, and their step.

    Parameters
    ----------
    spreads : sequence of Distribution
        The measure of each model; the difference is of the first two.
    gap : Distribution
        Their paired difference, whose error gives the step.
    """
    step = gap.step() if not gap.identical else min(spread.step() for spread in spreads)
    shown = [round(steps(spread.mean, step) * step, 12) for spread in spreads]
    return shown, round(shown[0] - shown[1], 12), step


def step_of(asked: Distribution, nets: Sequence[Distribution]) -> float:
    """Choose the step by the rule above.

    Parameters
    ----------
    asked : Distribution
        What is asked, kr.
    nets : sequence of Distribution
        What it is the difference of: their errors give the step where it is 0 in every replication.
    """
    errors = [spread.se for spread in (asked, *nets) if spread.n > 1 and not spread.identical]
    known = asked.n == 1 or (asked.identical and asked.mean != 0) or not errors
    return 1.0 if known else step_for(errors[0] if not asked.identical else min(errors))


def _mean_kr(run: Run, line: str) -> float:
    ore = run.line_ore(line)
    return math.fsum(ore) / ore.size / ORE_PER_KR


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _HALF_AN_ORE
