"""What every comparison of two models says of itself, whatever its differences were drawn over."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

from kravsim.statistics.coverage import covers_less
from kravsim.words.doubts import Doubt, as_json, of_all, of_more
from kravsim.words.table import Tabled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kravsim.results.run import Run
    from kravsim.statistics.distribution import Distribution


class Worlds(Protocol):
    """What the worlds were drawn from."""

    def inputs(self) -> dict[str, NDArray[np.float64]]:
        """Every uncertain number of every world, by key, shape (worlds,)."""
        ...


class Paired(Tabled):
    """Runs of at least two models; every difference is the first less the second.

    Parameters
    ----------
    runs : tuple of Run
        At least two, with the same replications; the first two are compared.
    """

    runs: tuple[Run, ...]

    @property
    @abstractmethod
    def difference(self) -> Distribution:
        """Net revenue of the first less the second, kr a calendar year: the fiscal difference."""

    @property
    @abstractmethod
    def economic_difference(self) -> Distribution:
        """The same with recovered principal counted, kr a calendar year: the economic difference."""

    @property
    def first(self) -> Run:
        """The run whose advantage is measured."""
        return self.runs[0]

    @property
    def second(self) -> Run:
        """The run that is taken away."""
        return self.runs[1]

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers of any of the models."""
        known = of_all(self.runs)
        if self.counted_runs is not self.runs:
            known = of_more(of_all(self.counted_runs), known)
        return (*known, *covers_less(self.with_interval))

    @property
    def counted_runs(self) -> tuple[Run, ...]:
        """The runs with every replication that counts in some number that is told; usually just the runs."""
        return self.runs

    @property
    def with_interval(self) -> tuple[Distribution, ...]:
        """The differences of whose mean an interval is shown."""
        return (self.difference,)

    @property
    def prob_first_better(self) -> float:
        """Share of the pairs in `difference` in which the first has strictly more net revenue.

        `difference.prob_above_interval(0)` says how well they know it.
        """
        return self.difference.prob_above(0)

    @property
    def prob_first_better_economic(self) -> float:
        """The same share with recovered principal counted."""
        return self.economic_difference.prob_above(0)

    @property
    def opposite_signs(self) -> bool:
        """Whether the mean fiscal and the mean economic difference point in opposite directions."""
        return self.difference.mean * self.economic_difference.mean < 0

    def _answer(self) -> dict[str, Any]:
        """Models and differences as plain values; money in kr a calendar year."""
        return {
            "first": self.first.model,
            "second": self.second.model,
            "models": {run.model: run.summary() for run in self.runs},
            "difference_kr": self.difference.to_json(),
            "economic_difference_kr": self.economic_difference.to_json(),
            "prob_first_better": self.prob_first_better,
            "prob_first_better_economic": self.prob_first_better_economic,
            "prob_first_better_interval": list(self.difference.prob_above_interval(0)),
            "prob_first_better_economic_interval": list(self.economic_difference.prob_above_interval(0)),
            "opposite_signs": self.opposite_signs,
            "doubts": as_json(self.doubts),
        }
