"""Whole worlds as rows of a table: one value for each uncertain number, for one way to read the case.

What a calibration leaves behind, and what a study draws from instead of the prior.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.scalars import real_number
from kravsim.scenario.describe import with_values
from kravsim.scenario.frozen import frozen
from kravsim.scenario.scenario import Scenario
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.scenario.limits import Limits
    from kravsim.scenario.values import Value

_WHERE = "parameter sets"


@dataclass(frozen=True, eq=False)
class ParameterSets(EqualByParts):
    """Equally likely sets of values for one combination of alternatives.

    Parameters
    ----------
    choice : mapping of dimension to name
        The alternatives they belong to, as ``scenario.with_alternatives`` takes them.
    weight : float
        Probability of this combination among all that are given, above 0 and at most 1.
    keys : tuple of str
        Dotted keys of the numbers that have a value; others are drawn from their prior.
    values : float64 array, shape (sets, len(keys))
        One set a row, in the units of the keys; copied and made read-only.

    Raises
    ------
    ScenarioError
        When the table is empty, does not fit the keys, or holds something that is not a finite number.
    """

    choice: Mapping[str, str]
    weight: float
    keys: tuple[str, ...]
    values: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        table = _table(self.values)
        weight = real_number(self.weight)
        problems = []
        if table.ndim != 2 or table.shape[0] == 0 or table.shape[1] != len(set(self.keys)):
            wanted = phrase("at least one row of {n} values, one a key, no key twice", n=len(self.keys))
            problems.append(Problem(_WHERE, "values", table.shape, wanted, "give an array (sets, keys)"))
        elif not np.isfinite(table).all():
            key = self.keys[int(np.flatnonzero(~np.isfinite(table).all(axis=0))[0])]
            problems.append(Problem(_WHERE, key, phrase("nan or infinity"), "finite numbers", "leave such a set out"))
        if weight is None or not 0 < weight <= 1:
            problems.append(Problem(_WHERE, "weight", self.weight, "above 0 and at most 1", "leave the choice out"))
        if problems:
            raise ScenarioError(problems)
        table.flags.writeable = False
        object.__setattr__(self, "weight", float(weight or 0.0))
        object.__setattr__(self, "values", table)
        object.__setattr__(self, "choice", frozen(dict(self.choice)))
        object.__setattr__(self, "keys", tuple(self.keys))

    def __reduce__(self) -> tuple[type[ParameterSets], tuple[Any, ...]]:
        return ParameterSets, (dict(self.choice), self.weight, self.keys, self.values)

    def __len__(self) -> int:
        return int(self.values.shape[0])

    def settled(self, scenario: Scenario, row: int) -> Scenario:
        """Return a scenario in which the numbers of one set are settled, and have no range any more.

        Parameters
        ----------
        scenario : Scenario
            Already read according to `choice`.
        row : int
            Which set, from 0.

        Raises
        ------
        ScenarioError
            When the scenario has no such number, or the values break a rule of it.
        """
        left = dict(zip(self.keys, self.values[row].tolist(), strict=True))

        def put(key: str, value: Value, limits: Limits | None) -> Value:
            if key not in left:
                return value
            number = left.pop(key)
            whole = limits is not None and limits.integer
            return value.settled(half_up(number) if whole else number)

        data = with_values(scenario.data, put, what=phrase("set {row} of the parameter sets", row=row))
        if left:
            remedy = "the sets belong to another scenario, or to another choice of alternatives"
            raise ScenarioError(
                Problem(_WHERE, key, phrase("a value"), "a number of the scenario", remedy) for key in left
            )
        return Scenario(data, scenario.sheet, scenario.changes)


def _table(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The values as floats; what is no table of numbers is refused."""
    try:
        given = np.asarray(values)
    except ValueError:  # rows of unequal length
        given = np.array(None)
    if given.dtype.kind not in "iuf":
        remedy = "give an array (sets, keys) of numbers"
        raise ScenarioError(Problem(_WHERE, "values", Words("something else than numbers"), "numbers", remedy))
    return np.array(given, dtype=np.float64)
