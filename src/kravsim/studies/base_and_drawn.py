"""Worlds of which one replication is run each, after some of the base world or none, numbered through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kravsim.calibration.base_world import BASE

if TYPE_CHECKING:
    from kravsim.calibration.worlds import Design
    from kravsim.scenario import Scenario


@dataclass(frozen=True, eq=False)
class BaseAndDrawn:
    """The base world and drawn ones in one study.

    Parameters
    ----------
    scenario : Scenario
        With the alternatives that are settled.
    replications : int
        Of the base world; 0 for none.
    drawn : Design or None
        Worlds that are drawn, of which one replication is run; None for none.
    """

    scenario: Scenario
    replications: int
    drawn: Design | None

    @property
    def draws(self) -> int:
        """How many worlds, the base world included where it is run."""
        return (self.replications > 0) + (0 if self.drawn is None else self.drawn.draws)

    @property
    def count(self) -> int:
        """Replications in all worlds together."""
        return self.replications + (0 if self.drawn is None else self.drawn.draws)

    def place(self, number: int) -> tuple[int, int]:
        """Give world, and replication within it, of a replication's number in the whole study.

        Parameters
        ----------
        number : int
            From 0; those of the base world come first.
        """
        beyond = number - self.replications
        return (BASE, number) if beyond < 0 else (beyond + 1, 0)

    def number(self, draw: int, replication: int) -> int:
        """Count back what :meth:`place` gives; what is of no place here comes after all that is.

        Parameters
        ----------
        draw : int
            Number of the world.
        replication : int
            Within the world, from 0.
        """
        if draw == BASE:
            return replication if replication < self.replications else self.count + replication
        return self.replications + draw - 1 + (self.count if replication else 0)

    def scenario_of(self, draw: int) -> Scenario:
        """Give the scenario of a world.

        Parameters
        ----------
        draw : int
            Number of the world.
        """
        return self.scenario if self.drawn is None or draw == BASE else self.drawn.scenario_of(draw)

    def recipe(self, draw: int) -> str:
        """Python that makes the scenario of a world.

        Parameters
        ----------
        draw : int
            Number of the world.
        """
        return "scenario" if self.drawn is None or draw == BASE else self.drawn.recipe(draw)

    @property
    def named(self) -> str:
        """What the names in :meth:`recipe` stand for."""
        return "" if self.drawn is None else self.drawn.named

    def identity(self) -> Mapping[str, Any]:
        """What makes a study in these worlds another than one in others; more replications or draws keep it the same."""
        return {} if self.drawn is None else self.drawn.identity()
