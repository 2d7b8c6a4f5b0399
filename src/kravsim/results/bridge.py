"""From one model's net revenue to another's, cause by cause, without a residual.

Every cause is a group of budget lines, counted in whole öre in every replication, so the causes of a replication sum
exactly to its difference. A line that belongs to no group is a cause of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.ledger.lines import CAUSES, STATEMENT
from kravsim.phrases import phrase
from kravsim.results.run import Run
from kravsim.statistics.distribution import PERCENTILES, Distribution
from kravsim.units import ORE_PER_KR

if TYPE_CHECKING:
    import pandas as pd

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    cause.name: tuple(line.name for line in STATEMENT if line.cause == cause.name) for cause in CAUSES
}
"""Cause -> the budget lines it gathers."""


@dataclass(frozen=True, eq=False)
class Bridge(EqualByParts):
    """The walk from one model's net revenue to another's.

    Parameters
    ----------
    start_model, end_model : str
        The model walked from and the model walked to.
    start_ore, end_ore : array of int64, shape (replications,)
        Their net revenue in öre.
    causes_ore : mapping of str to array of int64, shape (replications,)
        What each cause adds on the way, in öre.

    Raises
    ------
    RunError
        When the causes of some replication do not sum to its difference, to the öre.

    Examples
    --------
    >>> walk = Bridge("a", "b", np.array([100]), np.array([250]), {"fees": np.array([150])})
    >>> walk.mean_kr("fees")
    1.5
    """

    start_model: str
    end_model: str
    start_ore: NDArray[np.int64]
    end_ore: NDArray[np.int64]
    causes_ore: Mapping[str, NDArray[np.int64]]

    def __post_init__(self) -> None:
        left = self.end_ore - self.start_ore
        for moved in self.causes_ore.values():
            left = left - moved
        bad = np.flatnonzero(left)
        if bad.size:
            place = int(bad[0])
            allowed = "causes that sum to the difference in every replication"
            raise RunError(
                Problem("bridge", phrase("row {place}", place=place), int(left[place]), allowed, "öre are left over")
            )

    @property
    def causes(self) -> tuple[str, ...]:
        """Names of the causes in the order they are walked."""
        return tuple(self.causes_ore)

    def mean_kr(self, cause: str) -> float:
        """Give what a cause adds on average, kr a calendar year.

        Parameters
        ----------
        cause : str
            Machine name, a key of `causes_ore`.
        """
        moved = self.causes_ore[cause]
        return math.fsum(moved) / moved.size / ORE_PER_KR + 0.0

    @property
    def start_kr(self) -> float:
        """Mean net revenue of the model walked from, kr a calendar year."""
        return math.fsum(self.start_ore) / self.start_ore.size / ORE_PER_KR + 0.0

    @property
    def end_kr(self) -> float:
        """Mean net revenue of the model walked to, kr a calendar year."""
        return math.fsum(self.end_ore) / self.end_ore.size / ORE_PER_KR + 0.0

    def to_frame(self) -> pd.DataFrame:
        """Give the walk as a table.

        Returns
        -------
        pandas.DataFrame
            `kind` (start, cause, end), `cause` (a model's name at the ends) and `mean_kr`, `p05_kr`, `p50_kr`,
            `p95_kr` a calendar year; a percentile that cannot be estimated is None. The cause rows of `mean_kr` sum to
            the end less the start.
        """
        import pandas as pd

        walk = [("start", self.start_model, self.start_ore)]
        walk += [("cause", cause, moved) for cause, moved in self.causes_ore.items()]
        walk.append(("end", self.end_model, self.end_ore))
        summaries = [Distribution(ore / ORE_PER_KR, name, "kr").to_json() for _, name, ore in walk]
        columns: dict[str, object] = {"kind": [row[0] for row in walk], "cause": [row[1] for row in walk]}
        for name in ("mean", *PERCENTILES):
            values = [summary[name] for summary in summaries]
            columns[f"{name}_kr"] = pd.Series(values, dtype=object if None in values else np.float64)
        return pd.DataFrame(columns)


def groups_of(lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Gather budget lines by cause: those of ``GROUPS`` in their usual order, then each line outside them by itself.

    Parameters
    ----------
    lines : sequence of str
        Machine names of budget lines.

    Returns
    -------
    dict of str to tuple of str
        Cause to its lines; every one of `lines` is in exactly one cause.
    """
    grouped = {line for group in GROUPS.values() for line in group}
    groups = {**GROUPS, **{line: (line,) for line in lines if line not in grouped}}
    return {cause: group for cause, group in groups.items() if any(line in lines for line in group)}


def bridge(first: Run, second: Run) -> Bridge:
    """Walk from the second run's net revenue to the first's.

    Parameters
    ----------
    first, second : Run
        Paired runs: the same draws and replications in the same order.

    Returns
    -------
    Bridge
        Known causes in their usual order, then one for each budget line outside them.
    """
    lines = tuple(dict.fromkeys(first.lines + second.lines))
    moved = {line: first.line_ore(line) - second.line_ore(line) for line in lines}
    nothing = np.zeros(len(first.outcomes), dtype=np.int64)
    causes = {
        cause: sum((moved[line] for line in group if line in moved), start=nothing)
        for cause, group in groups_of(lines).items()
    }
    return Bridge(second.model, first.model, second.net_ore(), first.net_ore(), causes)
