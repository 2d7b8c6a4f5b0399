"""Bodies of different sizes that met the same worlds, body by body and together.

World number n has the same reading, the same unknown values and the same place in the range of volumes in every body: what
is not known does not even out between bodies, and the spread of the sum is the widest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.results.notes import INHERITED
from kravsim.statistics.coverage import covers_less
from kravsim.statistics.distribution import Distribution
from kravsim.telling.portfolio_tables import answer, overload_of, tables
from kravsim.words.doubts import Doubt, as_json, doubted
from kravsim.words.table import Table, Tabled
from kravsim.words.wording import titled_name

if TYPE_CHECKING:
    import pandas as pd

FISCAL, ECONOMIC = "difference_kr", "economic_difference_kr"
EXPECTED, SIMULATED = "expected", "simulated"
_TOLD_OTHERWISE: Final = frozenset({"overloaded", INHERITED})
"""Doubts of a single body's scenario that are told of all together: who is overloaded, and that little is a body's own."""


@dataclass(frozen=True, eq=False)
class OfBody(EqualByParts):
    """What was found for one body.

    Parameters
    ----------
    name : str
        The body's.
    size : float
        In the portfolio's unit.
    difference, economic_difference : Distribution
        Net revenue of the first model less the second, without and with recovered principal, kr a calendar year: one value
        a world.
    claims, posts : float
        Claims referred a year, and posts of the first model, on average over worlds; NaN where it has no staff.
    overloaded : int
        In how many worlds the staff of a model cannot do the work that arrives.
    doubts : tuple of Doubt
        What must be known of its scenario.
    """

    name: str
    size: float
    difference: Distribution
    economic_difference: Distribution
    claims: float
    posts: float
    overloaded: int
    doubts: tuple[Doubt, ...] = field(default=(), compare=False)


class Alternative(NamedTuple):
    """Worlds that are read alike in one dimension: its name, that of the alternative and its titles, and their places."""

    dimension: str
    name: str
    titles: tuple[str, str]
    worlds: tuple[int, ...]


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
    models : tuple of (str, (str, str))
        The two models: machine name, and the scenario's own titles.
    alternatives : tuple of Alternative
        How the worlds are read.
    scenario : str
        Name of the case that was scaled.
    seed : int
        The seed of all of them.
    by : str
        ``expected`` in closed form, or ``simulated``.
    declared : tuple of Doubt
        What must be known beyond what is known of the bodies.

    Raises
    ------
    RunError
        When there is no body, or they have not as many worlds.
    """

    name: str
    titles: tuple[str, str]
    units: tuple[str, str]
    volumes: tuple[float, float]
    bodies: tuple[OfBody, ...]
    models: tuple[tuple[str, tuple[str, str]], ...]
    alternatives: tuple[Alternative, ...]
    scenario: str
    seed: int
    by: str = EXPECTED
    declared: tuple[Doubt, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "bodies", tuple(self.bodies))
        sizes = {one.difference.n for one in self.bodies}
        if len(sizes) != 1:
            remedy = "run them with one seed and as many worlds"
            raise RunError(Problem("portfolio", "bodies", len(sizes), "bodies that met the same worlds", remedy))

    @property
    def draws(self) -> int:
        """Number of worlds."""
        return self.bodies[0].difference.n

    def model_names(self, lang: str) -> tuple[str, str]:
        """The two models as running text.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        first, second = (titled_name(name, titles, lang) for name, titles in self.models)
        return first, second

    @cached_property
    def difference(self) -> Distribution:
        """Net revenue of all bodies together, first less second, kr a calendar year: one value a world."""
        return Distribution(_sum([one.difference for one in self.bodies]), FISCAL, "kr")

    @cached_property
    def economic_difference(self) -> Distribution:
        """The same with recovered principal counted."""
        return Distribution(_sum([one.economic_difference for one in self.bodies]), ECONOMIC, "kr")

    def by_alternative(self) -> list[tuple[Alternative, Distribution | None]]:
        """The difference of all bodies together within each alternative; None without a world."""
        samples = self.difference.samples
        return [
            (one, Distribution(samples[list(one.worlds)], FISCAL, "kr") if one.worlds else None)
            for one in self.alternatives
        ]

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What a reader must know before reading the numbers of any body; what holds for some of them names these."""
        those: dict[Doubt, list[str]] = {}
        for one in self.bodies:
            for doubt in one.doubts:
                if doubt.key not in _TOLD_OTHERWISE:
                    those.setdefault(doubt, []).append(one.name)
        shown = []
        for doubt, names in those.items():
            whose = ", ".join(names)
            everywhere = len(names) == len(self.bodies)
            shown.append(doubt if everywhere else replace(doubt, sv=f"{whose}: {doubt.sv}", en=f"{whose}: {doubt.en}"))
        kinds = {doubt.key for doubt in shown}
        own = [doubt for doubt in covers_less((self.difference,)) if doubt.key not in kinds]
        return (*overload_of(self), *shown, *own, *self.declared)

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
            `body`, `size`, `draw`, `difference_kr`, `economic_difference_kr`, and a column for each dimension of the
            alternatives.
        """
        import pandas as pd

        draws = np.arange(1, self.draws + 1)
        read: dict[str, NDArray[np.object_]] = {}
        for one in self.alternatives:
            read.setdefault(one.dimension, np.full(self.draws, "", dtype=object))[list(one.worlds)] = one.name
        parts = [
            pd.DataFrame(
                {
                    "body": one.name,
                    "size": one.size,
                    "draw": draws,
                    FISCAL: one.difference.samples,
                    ECONOMIC: one.economic_difference.samples,
                    **read,
                }
            )
            for one in self.bodies
        ]
        return pd.concat(parts, ignore_index=True)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; money in kr a calendar year."""
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "by": self.by,
            "portfolio": self.name,
            "first": self.models[0][0],
            "second": self.models[1][0],
            "worlds": self.draws,
            "volume_range": list(self.volumes),
            "difference_kr": self.difference.to_json(),
            "economic_difference_kr": self.economic_difference.to_json(),
            "bodies": [
                {
                    "name": one.name,
                    "size": one.size,
                    "claims": one.claims,
                    "posts": None if math.isnan(one.posts) else one.posts,
                    "difference_kr": one.difference.to_json(),
                    "economic_difference_kr": one.economic_difference.to_json(),
                    "prob_first_better": one.difference.prob_above(0),
                    "overloaded_worlds": one.overloaded,
                }
                for one in self.bodies
            ],
            "by_alternative": [
                {
                    "dimension": one.dimension,
                    "name": one.name,
                    "difference_kr": None if rows is None else rows.to_json(),
                }
                for one, rows in self.by_alternative()
            ],
            "doubts": as_json(self.doubts),
        }

    def __repr__(self) -> str:
        return f"<PortfolioFound {self.name}: {len(self.bodies)} bodies, {self.draws} worlds: {self.sentence('en')}>"


def _sum(parts: list[Distribution]) -> NDArray[np.float64]:
    rows: NDArray[np.float64] = np.array([one.samples for one in parts])
    return np.asarray(rows.sum(axis=0), np.float64)
