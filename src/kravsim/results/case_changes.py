"""Which cases give more and which less at one end of a bridge than at the other, in one replication."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.units import ORE_PER_KR

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Sums(EqualByParts):
    """Cases of one kind: how many, and what they give more (or less) together, öre.

    Parameters
    ----------
    count : int
        How many cases.
    ore : int
        What they give more (or less) together, öre.
    """

    count: int
    ore: int

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {"cases": self.count, "kr": self.ore / ORE_PER_KR}


@dataclass(frozen=True, eq=False)
class CaseChanges(EqualByParts):
    """What each case gives the region at either end of a bridge, in one replication, over the measured horizon.

    Parameters
    ----------
    frame : pandas.DataFrame
        The cases that gain and lose most, gains first: `case_start`, `case_end` (numbers for `kravsim explain`; None where it
        is none there), `debtor`, `segment`, `type`, `handed_over`, `claims`, `principal_kr`, `start_kr`, `end_kr`,
        `change_kr`, `outcome_start`, `outcome_end`.
    gain, lose, same, only_start, only_end : Sums
        All cases that give more, less and as much; those that are at one end alone.
    beside : dict of str to int
        Budget line -> what it changes that belongs to no case, öre: pay, systems, yearly services.
    total_ore : int
        What everything sums to: the difference of the replication.
    replication : int
        Its number within the parameter draw, from 0.
    years : int
        Of the horizon, over which everything here is summed.
    commands : pair of str
        How to see the life of a case K at the start and at the end.

    Raises
    ------
    RunError
        When cases and what is beside them do not sum to the difference, to the öre.
    """

    frame: pd.DataFrame
    gain: Sums
    lose: Sums
    same: Sums
    only_start: Sums
    only_end: Sums
    beside: dict[str, int]
    total_ore: int
    replication: int
    years: int
    commands: tuple[str, str]

    def __post_init__(self) -> None:
        left = self.total_ore - sum(one.ore for one in self.kinds.values()) - sum(self.beside.values())
        if left:
            allowed = "cases and lines that sum to the difference of the replication"
            raise RunError(Problem("bridge", "cases", left, allowed, "öre are left over"))

    @property
    def kinds(self) -> dict[str, Sums]:
        """The sums by kind."""
        return {name: getattr(self, name) for name in ("gain", "lose", "same", "only_start", "only_end")}

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        rows = self.frame.to_dict("records")
        plain = [{key: str(value) if key == "handed_over" else value for key, value in row.items()} for row in rows]
        return {
            "replication": self.replication,
            "years": self.years,
            "difference_kr": self.total_ore / ORE_PER_KR,
            **{name: sums.to_json() for name, sums in self.kinds.items()},
            "beside_kr": {line: ore / ORE_PER_KR for line, ore in self.beside.items()},
            "most": plain,
            "explain": {"start": self.commands[0], "end": self.commands[1]},
        }
