"""The difference of two models by calendar year: at the years' levels, at one level, along paths of the reference rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.statistics.coverage import covers_less
from kravsim.statistics.distribution import Distribution
from kravsim.telling.portfolio_tables import span
from kravsim.telling.year_tables import answer, tables
from kravsim.words.doubts import Doubt, as_json, doubted, merged
from kravsim.words.table import Table, Tabled

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

LEVELLED, HELD = "indexed", "held"
"""Ways in which a year is asked of: at its levels, and at the one level of the scenario's amounts. Others are paths."""
REAL: Final = "real"


@dataclass(frozen=True, eq=False, repr=False)
class YearsCompared(Tabled, EqualByParts):
    """Net revenue of the first model less that of the second in each calendar year, the same claims and luck in all ways.

    Parameters
    ----------
    scenario_title, scenario_name : str
    names : tuple of (str, str)
        Swedish and English names of the two models, as running text.
    seed : int
    years : tuple of int
        Calendar years.
    samples : mapping of str to float64 array, shape (years, replications)
        Way -> kr: ``indexed``, ``held`` where there are indices, and ``low`` and ``high``, paths of the reference rate, where
        days follow one.
    levels : mapping of str to tuple of float
        Index -> the level of each year, that of the base year being 1: the base case's, also over drawn worlds.
    priced : bool
        Whether the scenario has an index of prices, without which there are no constant prices.
    kind : str
        Where drawn worlds come from, ``prior`` or ``posterior``, each of which is a sample; empty where the samples are
        replications of the base world.
    world_prices : float64 array, shape (years, worlds), or None
        The level of prices in each drawn world.
    declared : tuple of Doubt
        What a reader must know before reading the numbers.
    """

    scenario_title: str
    scenario_name: str
    names: tuple[tuple[str, str], tuple[str, str]]
    seed: int
    years: tuple[int, ...]
    samples: Mapping[str, NDArray[np.float64]]
    levels: Mapping[str, tuple[float, ...]]
    priced: bool = True
    kind: str = ""
    world_prices: NDArray[np.float64] | None = None
    declared: tuple[Doubt, ...] = field(default=(), compare=False)

    @property
    def replications(self) -> int:
        """Times each calendar year was simulated: replications of the base world, or drawn worlds."""
        return int(self.samples[LEVELLED].shape[1])

    @property
    def ways(self) -> tuple[str, ...]:
        """Ways in which the years are asked of, nominal ones."""
        return tuple(self.samples)

    @property
    def ways_told(self) -> tuple[str, ...]:
        """The nominal ways, and ``real`` where there is an index of prices."""
        return (*self.ways, REAL) if self.priced else self.ways

    def difference(self, way: str, year: int | None = None) -> Distribution:
        """Net revenue of the first model less the second.

        Parameters
        ----------
        way : str
            One of ``ways_told``; ``real`` is at the levels of the years, in the prices of the first of them.
        year : int, optional
            A calendar year; the sum of all of them when left out.

        Raises
        ------
        RunError
            When it is none of them.
        """
        if way not in self.ways_told:
            allowed = phrase("one of {names}", names=", ".join(self.ways_told))
            raise RunError(Problem("years", "way", way, allowed, "choose one of them"))
        kr = self.samples[LEVELLED] / self._deflators() if way == REAL else self.samples[way]
        found = kr.sum(axis=0) if year is None else kr[self.years.index(year)]
        return Distribution(found, f"difference_{way}_kr", "kr")

    def _deflators(self) -> NDArray[np.float64]:
        """Prices of each year, those of the first being 1: (years, 1), or (years, worlds)."""
        prices = np.array(self.levels["prices"])[:, None] if self.world_prices is None else self.world_prices
        return np.asarray(prices / prices[0])

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers."""
        return merged((*self.declared, *covers_less([self.difference(LEVELLED)])))

    def sentence(self, lang: str = "sv") -> str:
        """Say the sum over the years at their levels, and what holding one level would have said.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(answer(self, lang), self.doubts, lang)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the difference by year and way, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return tables(self, lang)

    def to_frame(self) -> pd.DataFrame:
        """One row a calendar year and way: `year`, `way`, `mean_kr`, `se_kr`, and the level of each index by its name.

        Over drawn worlds also `low_kr` and `high_kr`, where nine of ten lie; the lowest and highest where they are few.
        Levels are the base case's there, too.
        """
        import pandas as pd

        rows = []
        for way in self.ways_told:
            for place, year in enumerate(self.years):
                found = self.difference(way, year)
                level = {name: known[place] for name, known in self.levels.items()}
                error = found.se if found.n > 1 else float("nan")
                ends = dict(zip(("low_kr", "high_kr"), span(found), strict=True)) if self.kind else {}
                rows.append({"year": year, "way": way, "mean_kr": found.mean, "se_kr": error, **ends, **level})
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; money in kr."""
        return {
            "scenario": self.scenario_name,
            "seed": self.seed,
            "replications": 1 if self.kind else self.replications,
            "uncertainty": self.kind or None,
            "draws": self.replications if self.kind else None,
            "years": list(self.years),
            "levels": {name: list(known) for name, known in self.levels.items()},
            "difference_kr": {
                way: {str(year): self.difference(way, year).to_json() for year in self.years}
                | {"sum": self.difference(way).to_json()}
                for way in self.ways_told
            },
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<YearsCompared {self.years[0]}-{self.years[-1]}: {self.sentence('en')}>"
