"""Boxes of inputs: limits that draws lie within, and how well they tell where something holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.studies.decision.checks import Floats

Truths = NDArray[np.bool_]


class Column(NamedTuple):
    """One input.

    Parameters
    ----------
    name : str
        As it is told.
    values : (draws,) float64 array
        Numbers; codes from 0 of a set.
    levels : tuple of str
        Names of a set's levels; empty for numbers.
    whole : bool
        Whether numbers are whole.
    """

    name: str
    values: Floats
    levels: tuple[str, ...] = ()
    whole: bool = False


class Limit(NamedTuple):
    """One side of a box.

    Parameters
    ----------
    name : str
        Of the input.
    low, high : float
        Ends that belong to it; infinite where there is none.
    levels : tuple of str
        Levels of a set that belong to it; empty for numbers.
    """

    name: str
    low: float = -math.inf
    high: float = math.inf
    levels: tuple[str, ...] = ()

    def holds(self, column: Column) -> Truths:
        """Which draws lie within it.

        Parameters
        ----------
        column : Column
            The input of this name, one value a draw.

        Returns
        -------
        array of bool, shape (draws,)
            Ends belong to it.
        """
        if column.levels:
            kept = [code for code, level in enumerate(column.levels) if level in self.levels]
            return np.asarray(np.isin(column.values, kept))
        return np.asarray((column.values >= self.low) & (column.values <= self.high))


@dataclass(frozen=True)
class Box:
    """Limits, and how well they tell where something holds.

    Parameters
    ----------
    limits : tuple of Limit
        One an input.
    draws, wins : int
        Draws in the box, and of them those in which it holds.
    all_draws, all_wins : int
        The same of all.
    reproducibility : tuple of float
        Of each limit the share of half-samples in which its input is limited again.
    held_out : (float, float) or None
        Coverage and density of the boxes of half-samples in the halves that were left out: what can be hoped for in other
        draws; coverage is of those that no box before it holds.
    """

    limits: tuple[Limit, ...]
    draws: int
    wins: int
    all_draws: int
    all_wins: int
    reproducibility: tuple[float, ...] = ()
    held_out: tuple[float, float] | None = None

    @property
    def coverage(self) -> float:
        """Share of the draws in which it holds that lie in the box."""
        return self.wins / self.all_wins

    @property
    def density(self) -> float:
        """Share of the draws in the box in which it holds."""
        return self.wins / self.draws

    @property
    def score(self) -> float:
        """Harmonic mean of coverage and density."""
        return 2 * self.wins / (self.draws + self.all_wins)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        limits = [
            {
                "input": one.name,
                "low": one.low if math.isfinite(one.low) else None,
                "high": one.high if math.isfinite(one.high) else None,
                "levels": list(one.levels),
            }
            for one in self.limits
        ]
        return {
            "limits": limits,
            "draws": self.draws,
            "wins": self.wins,
            "coverage": self.coverage,
            "density": self.density,
            "limited_again": list(self.reproducibility),
            "held_out": None
            if self.held_out is None
            else dict(zip(("coverage", "density"), self.held_out, strict=True)),
        }


def inside_of(limits: Sequence[Limit], columns: Sequence[Column]) -> Truths:
    """Which draws lie within all limits.

    Parameters
    ----------
    limits : sequence of Limit
        Each of one input; several may be of the same.
    columns : sequence of Column
        Every input that a limit names, one value a draw.

    Returns
    -------
    array of bool, shape (draws,)
        All true without limits.
    """
    by_name = {column.name: column for column in columns}
    inside = np.ones(len(columns[0].values), np.bool_)
    for limit in limits:
        inside &= limit.holds(by_name[limit.name])
    return inside
