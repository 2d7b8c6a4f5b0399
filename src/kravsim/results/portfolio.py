"""Bodies of different sizes that met the same worlds, body by body and together.

World number n has the same readings, the same unknown values and the same place in the range of volumes in every body, so that
what is not known does not even out between bodies: the sum is as uncertain as the parts say it is together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.results.run import Run
from kravsim.results.uncertainty import UncertainComparison
from kravsim.statistics.coverage import covers_less
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.overload import overloaded_worlds
from kravsim.telling.portfolio_tables import answer, overload_of, tables
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Table, Tabled

if TYPE_CHECKING:
    import pandas as pd

FISCAL, ECONOMIC = "difference_kr", "economic_difference_kr"


@dataclass(frozen=True, eq=False)
class OfBody(EqualByParts):
    """What was found for one body.

    Parameters
    ----------
    name : str
        The body's.
    size : float
        In the portfolio's unit.
    found : UncertainComparison
        Over the worlds.
    """

    name: str
    size: float
    found: UncertainComparison

    @property
    def overloaded(self) -> dict[str, int]:
        """In how many worlds the staff of each model cannot do the work that arrives."""
        return {run.model: int(overloaded_worlds(run.outcomes).sum()) for run in self.found.runs[:2]}

    def mean(self, place: int, measure: str) -> float:
        """Mean of a measure of one model over worlds and years; NaN where a model has none, such as posts.

        Parameters
        ----------
        place : int
            0 for the first model, 1 for the second.
        measure : str
            Machine name of a figure of a calendar year.
        """
        run: Run = self.found.runs[place]
        return run.metric(measure).mean if run.defined(measure) else float("nan")


@dataclass(frozen=True, eq=False, repr=False)
class PortfolioFound(Tabled, EqualByParts):
    """Two models compared in many bodies; every difference is the first less the second.

    Parameters
    ----------
    name : str
        The portfolio's.
    titles, units : (str, str)
        What it is called, and what sizes are counted in, Swedish and English.
    volumes : (float, float)
        The range of a body's volume for its size.
    bodies : tuple of OfBody
        In the order of the portfolio.
    declared : tuple of Doubt
        What must be known beyond what the runs say.

    Raises
    ------
    RunError
        When there is no body, or they did not meet the same worlds.
    """

    name: str
    titles: tuple[str, str]
    units: tuple[str, str]
    volumes: tuple[float, float]
    bodies: tuple[OfBody, ...]
    declared: tuple[Doubt, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "bodies", tuple(self.bodies))
        met = {(one.found.first.seed, tuple(one.found.structures.of_world)) for one in self.bodies}
        if len(met) != 1:
            remedy = "run them with one seed and as many worlds"
            raise RunError(Problem("portfolio", "bodies", len(met), "bodies that met the same worlds", remedy))

    @property
    def seed(self) -> int:
        """The seed of all of them."""
        return self.bodies[0].found.first.seed

    @property
    def runs(self) -> tuple[Run, ...]:
        """The two runs of the first body, which bear the names of the models."""
        return self.bodies[0].found.runs[:2]

    @property
    def draws(self) -> int:
        """Number of worlds."""
        return self.bodies[0].found.draws

    @cached_property
    def difference(self) -> Distribution:
        """Net revenue of all bodies together, first less second, kr a calendar year: one year of each world."""
        return self._sum(lambda one: one.difference, FISCAL)

    @cached_property
    def economic_difference(self) -> Distribution:
        """The same with recovered principal counted."""
        return self._sum(lambda one: one.economic_difference, ECONOMIC)

    def _sum(self, of: Callable[[UncertainComparison], Distribution], label: str) -> Distribution:
        rows: NDArray[np.float64] = np.array([of(one.found).samples for one in self.bodies])
        return Distribution(rows.sum(axis=0), label, "kr")

    def by_alternative(self) -> list[tuple[str, str, Distribution | None]]:
        """The difference of all bodies together within each alternative: dimension, name, and None without a world."""
        structures = self.bodies[0].found.structures
        found: list[tuple[str, str, Distribution | None]] = []
        for dimension in structures.choices[0]:
            of_world = np.array([structures.choices[place][dimension] for place in structures.of_world])
            for name in dict.fromkeys(choice[dimension] for choice in structures.choices):
                rows = self.difference.samples[of_world == name]
                found.append((dimension, name, Distribution(rows, FISCAL, "kr") if rows.size else None))
        return found

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers of any body; what holds for some of them names these."""
        met: dict[Doubt, list[str]] = {}
        for one in self.bodies:
            for doubt in one.found.doubts:
                if doubt.key != "overloaded":
                    met.setdefault(doubt, []).append(one.name)
        told = []
        for doubt, names in met.items():
            whose = ", ".join(names)
            everywhere = len(names) == len(self.bodies)
            told.append(doubt if everywhere else replace(doubt, sv=f"{whose}: {doubt.sv}", en=f"{whose}: {doubt.en}"))
        kinds = {doubt.key for doubt in told}
        own = [doubt for doubt in covers_less((self.difference,)) if doubt.key not in kinds]
        return (*overload_of(self), *told, *own, *self.declared)

    def sentence(self, lang: str = "sv") -> str:
        """Say what the first model gives all bodies together, and in which it is better.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(answer(self, lang), self.doubts, lang)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give a row a body with their sum, then the sum by alternative, in `sv` or `en`; what is printed adds up.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return tables(self, lang)

    def to_frame(self) -> pd.DataFrame:
        """Give one row a body and world.

        Returns
        -------
        pandas.DataFrame
            `body`, `size`, `draw`, a column for each dimension of the alternatives, and of the world's first year
            `difference_kr`, `economic_difference_kr`, of each model `net_revenue_kr_<model>`, `posts_<model>` and
            `overloaded_<model>`.
        """
        import pandas as pd

        parts = []
        for one in self.bodies:
            frame = one.found.to_frame()
            first = frame[frame["replication"] == frame["replication"].min()]
            dimensions = [name for name in one.found.structures.choices[0] if name in frame.columns]
            models = [
                f"{what}_{run.model}"
                for run in one.found.runs[:2]
                for what in ("net_revenue_kr", "posts", "overloaded")
                if f"{what}_{run.model}" in frame.columns
            ]
            kept = first[["draw", *dimensions, FISCAL, ECONOMIC, *models]].reset_index(drop=True)
            kept.insert(0, "size", one.size)
            kept.insert(0, "body", one.name)
            parts.append(kept)
        return pd.concat(parts, ignore_index=True)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; money in kr a calendar year."""
        first, second = self.runs
        return {
            **first.heading(),
            "portfolio": self.name,
            "first": first.model,
            "second": second.model,
            "worlds": self.draws,
            "volume_range": list(self.volumes),
            "difference_kr": self.difference.to_json(),
            "economic_difference_kr": self.economic_difference.to_json(),
            "bodies": [
                {
                    "name": one.name,
                    "size": one.size,
                    "claims": one.mean(0, "claims"),
                    "difference_kr": one.found.difference.to_json(),
                    "economic_difference_kr": one.found.economic_difference.to_json(),
                    "prob_first_better": one.found.prob_first_better,
                    "overloaded_worlds": one.overloaded,
                }
                for one in self.bodies
            ],
            "by_alternative": [
                {"dimension": dimension, "name": name, "difference_kr": None if rows is None else rows.to_json()}
                for dimension, name, rows in self.by_alternative()
            ],
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<PortfolioFound {self.name}: {len(self.bodies)} bodies, {self.draws} worlds: {self.sentence('en')}>"
