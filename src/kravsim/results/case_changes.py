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


@dataclass(frozen=True, eq=False)
class CaseChanges(EqualByParts):
    """What each case gives the region at either end of a bridge, in one replication, over the measured horizon.

    Where the ends have other horizons, each is met as often as makes them equally long: sums are over all those years, and
    kronor are told a calendar year.

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
        Of the horizon, over which everything here is summed; where the ends have other horizons, the least number of years
        that is a multiple of both.
    years_shown : int
        Over how many of them kronor are told: all of them, or 1, a calendar year, where the ends have other horizons.
    commands : pair of str
        How to see the life of a case K at the start and at the end; empty where the command line cannot name the scenario.

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
    years_shown: int

    def __post_init__(self) -> None:
        left = self.total_ore - sum(one.ore for one in self.kinds.values()) - sum(self.beside.values())
        if left:
            allowed = "cases and lines that sum to the difference of the replication"
            raise RunError(Problem("bridge", "cases", left, allowed, "öre are left over"))

    @property
    def kinds(self) -> dict[str, Sums]:
        """The sums by kind."""
        return {name: getattr(self, name) for name in ("gain", "lose", "same", "only_start", "only_end")}

    def kr(self, ore: int) -> float:
        """Öre summed over `years` as kronor over `years_shown`.

        Parameters
        ----------
        ore : int
            Of a sum here.
        """
        return ore * self.years_shown / self.years / ORE_PER_KR

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON; kronor over `years` of it."""
        rows = self.frame.to_dict("records")
        plain = [{key: str(value) if key == "handed_over" else value for key, value in row.items()} for row in rows]
        return {
            "replication": self.replication,
            "years": self.years_shown,
            "difference_kr": self.kr(self.total_ore),
            **{name: {"cases": sums.count, "kr": self.kr(sums.ore)} for name, sums in self.kinds.items()},
            "beside_kr": {line: self.kr(ore) for line, ore in self.beside.items()},
            "most": plain,
            "explain": {"start": self.commands[0] or None, "end": self.commands[1] or None},
        }
