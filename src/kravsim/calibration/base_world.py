"""Which worlds a study runs through, as one protocol; and the plainest case of it, the base world, in which all is as stated.

Drawn worlds are numbered from 1 (:class:`kravsim.calibration.worlds.Design`); 0 is the base world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from kravsim.scenario import Scenario

BASE: Final = 0
"""Number of the base world."""


class Worlds(Protocol):
    """The worlds of a study, each known by its number, with some replications in each."""

    @property
    def scenario(self) -> Scenario:
        """What every world is a reading of."""
        ...

    @property
    def draws(self) -> int:
        """How many worlds."""
        ...

    @property
    def count(self) -> int | None:
        """Replications in all worlds together; None for what is usual for the engine."""
        ...

    def place(self, number: int) -> tuple[int, int]:
        """Give world, and replication within it, of a replication's number in the whole study.

        Parameters
        ----------
        number : int
            Replication in the whole study, from 0.
        """
        ...

    def number(self, draw: int, replication: int) -> int:
        """Count back what :meth:`place` gives.

        Parameters
        ----------
        draw : int
            Number of the world.
        replication : int
            Within the world, from 0.
        """
        ...

    def scenario_of(self, draw: int) -> Scenario:
        """Give the scenario of a world; ``realise`` with the same draw makes it into numbers.

        Parameters
        ----------
        draw : int
            Number of the world.
        """
        ...

    def recipe(self, draw: int) -> str:
        """Python that makes the scenario of a world.

        Parameters
        ----------
        draw : int
            Number of the world.
        """
        ...

    @property
    def named(self) -> str:
        """What the names in :meth:`recipe` stand for; empty where they say it themselves."""
        ...

    def identity(self) -> Mapping[str, Any]:
        """What makes a study in these worlds another than one in others, as a run directory keeps it."""
        ...


@dataclass(frozen=True, eq=False)
class BaseWorld:
    """The one world in which every number is as stated.

    Parameters
    ----------
    scenario : Scenario
        Without open alternatives.
    count : int, optional
        Replications; what is usual for the engine when left out.
    """

    scenario: Scenario
    count: int | None = None

    @property
    def draws(self) -> int:
        """How many worlds: 1."""
        return 1

    def place(self, number: int) -> tuple[int, int]:
        """Give the base world and the replication itself.

        Parameters
        ----------
        number : int
            Replication in the whole study, from 0.
        """
        return BASE, number

    def number(self, draw: int, replication: int) -> int:  # noqa: ARG002 - there is one world
        """Give the replication itself.

        Parameters
        ----------
        draw : int
            Number of the world: ``BASE``.
        replication : int
            Within the world, from 0.
        """
        return replication

    def scenario_of(self, draw: int) -> Scenario:  # noqa: ARG002 - there is one world
        """Give the scenario itself.

        Parameters
        ----------
        draw : int
            Number of the world: ``BASE``.
        """
        return self.scenario

    def recipe(self, draw: int) -> str:  # noqa: ARG002 - there is one world
        """Give the name that the scenario goes by.

        Parameters
        ----------
        draw : int
            Number of the world: ``BASE``.
        """
        return "scenario"

    @property
    def named(self) -> str:
        """Nothing: the scenario is the one that was asked about."""
        return ""

    def identity(self) -> Mapping[str, Any]:
        """Nothing: the scenario's own fingerprint says it."""
        return {}
