"""The mean difference of two models over worlds, with the closed form as control variate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.statistics.best_spread import BestSpread, best_spread
from kravsim.statistics.control import Controlled, controlled
from kravsim.statistics.control_fit import Further, Known
from kravsim.statistics.distribution import Distribution

if TYPE_CHECKING:
    from kravsim.results.uncertainty import Structures


@dataclass(frozen=True)
class BestWorlds:
    """How as many worlds would best be spread among the alternatives of a dimension.

    Parameters
    ----------
    names : tuple of str
        The alternatives.
    fiscal, economic : BestSpread or None
        For the mean of net revenue, and with recovered principal counted; None where the closed form does not help, or worlds
        are too few.
    """

    names: tuple[str, ...]
    fiscal: BestSpread | None
    economic: BestSpread | None

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        both = (("fiscal", self.fiscal), ("economic", self.economic))
        return {kind: None if one is None else one.to_json(self.names) for kind, one in both}


@dataclass(frozen=True, eq=False)
class ClosedFormWorlds(EqualByParts):
    """The closed form in simulated worlds and in further ones.

    Parameters
    ----------
    further : Further
        Which further worlds there are.
    worlds : mapping of str to float64 array, shape (2, draws)
        By model: net revenue and the economic result in each simulated world, kr a calendar year; NaN without an answer.
    more : mapping of str to float64 array, shape (2, M)
        The same in the further worlds.
    """

    further: Further
    worlds: Mapping[str, NDArray[np.float64]]
    more: Mapping[str, NDArray[np.float64]]


class ByControl:
    """Means of a difference by group of structures.

    Parameters
    ----------
    structures : Structures
        Which readings there are, and their weights.
    closed_form : ClosedFormWorlds
        The closed form.
    models : (str, str)
        The difference is the first less the second.
    simulated : sequence of float64 array, shape (draws, replications)
        The simulated difference, kr: fiscal and economic.
    of_world : int64 array, shape (draws,)
        Number of the structure of every world.
    """

    def __init__(
        self,
        structures: Structures,
        closed_form: ClosedFormWorlds,
        models: tuple[str, str],
        simulated: Sequence[NDArray[np.float64]],
        of_world: NDArray[np.int64],
    ) -> None:
        self._weights, self._choices, self._asked = structures.weights, structures.choices, set(structures.asked)
        first, second = models
        worlds = closed_form.worlds[first] - closed_form.worlds[second]
        more = closed_form.more[first] - closed_form.more[second]
        self._known = [
            Known(values, of_world, worlds[row], more[row], closed_form.further) for row, values in enumerate(simulated)
        ]

    def over(self, members: Sequence[int]) -> Means | None:
        """Both mean differences over some structures.

        Parameters
        ----------
        members : sequence of int
            Numbers of the structures.

        Returns
        -------
        Means or None
            None where there are too few simulated worlds, in all or of a reading that was given a number of them, or no
            further ones.
        """
        weights = [self._weights[member] for member in members]
        fiscal, economic = (controlled(known, members, weights, self._group_of) for known in self._known)
        return None if fiscal is None or economic is None else Means(fiscal, economic)

    def best_worlds(self, means: Means | None) -> dict[str, BestWorlds]:
        """How as many worlds would best be spread among the alternatives of an open dimension.

        Of dimensions whose alternatives have the same names nothing is said, for numbers by name could not be asked for; and
        where numbers were given, of the dimension alone that they were given in: worlds of others do not follow the weights.

        Parameters
        ----------
        means : Means or None
            Over all structures.

        Returns
        -------
        dict of str to BestWorlds
            By dimension; empty without means.
        """
        found: dict[str, BestWorlds] = {}
        for dimension, names in {} if means is None else self._names.items():
            groups = [[place for place, one in enumerate(self._choices) if one[dimension] == name] for name in names]
            alone = [set(other) for other in self._names.values()].count(set(names)) == 1
            if means is not None and len(names) > 1 and alone and (not self._asked or self._asked == set(names)):
                found[dimension] = BestWorlds(
                    names, self._best(means.fiscal, groups), self._best(means.economic, groups)
                )
        return found

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        """The alternatives of each dimension, in order."""
        return {
            dimension: tuple(dict.fromkeys(choice[dimension] for choice in self._choices))
            for dimension in self._choices[0]
        }

    @cached_property
    def _group_of(self) -> list[int] | None:
        """Of each structure, which of the alternatives that were given numbers of worlds it has; None where none were."""
        if not self._asked:
            return None
        dimension = next(dimension for dimension, names in self._names.items() if set(names) == self._asked)
        return [self._names[dimension].index(choice[dimension]) for choice in self._choices]

    def _best(self, one: Controlled, groups: Sequence[Sequence[int]]) -> BestSpread | None:
        if not one.helps:
            return None
        return best_spread(np.array(one.left), self._known[0].structure, groups, self._weights, one.rest)


@dataclass(frozen=True)
class Means:
    """The mean differences with the closed form as control variate, kr a calendar year.

    Parameters
    ----------
    fiscal, economic : Controlled
        Net revenue, and with recovered principal counted.
    """

    fiscal: Controlled
    economic: Controlled


def as_json(means: Means | None, plain: Sequence[Distribution | None]) -> dict[str, Any]:
    """Plain values of both differences, beside those of the simulated worlds alone.

    Parameters
    ----------
    means : Means or None
        With the closed form.
    plain : sequence of Distribution or None
        The fiscal and the economic difference over the same worlds.
    """
    names = ("difference_by_control_kr", "economic_difference_by_control_kr")
    found = (None, None) if means is None else (means.fiscal, means.economic)
    return {
        name: None if one is None else one.to_json() | {"saving": one.saving(spread)}
        for name, one, spread in zip(names, found, plain, strict=True)
    }
