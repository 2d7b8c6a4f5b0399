"""The mean difference of two models over worlds, with the closed form as control variate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.statistics.control import Controlled, controlled
from kravsim.statistics.control_fit import Further, Known
from kravsim.statistics.distribution import Distribution

if TYPE_CHECKING:
    from kravsim.results.uncertainty import Structures


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
        What was drawn of readings, world by world.
    closed_form : ClosedFormWorlds
        The closed form.
    models : (str, str)
        The difference is the first less the second.
    simulated : sequence of float64 array, shape (draws, replications)
        The simulated difference, kr: fiscal and economic.
    """

    def __init__(
        self,
        structures: Structures,
        closed_form: ClosedFormWorlds,
        models: tuple[str, str],
        simulated: Sequence[NDArray[np.float64]],
    ) -> None:
        self._weights = structures.weights
        of_world = np.array(structures.of_world, np.int64)
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
            None where there are too few simulated worlds, or no further ones.
        """
        weights = [self._weights[member] for member in members]
        fiscal, economic = (controlled(known, members, weights) for known in self._known)
        return None if fiscal is None or economic is None else Means(fiscal, economic)


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
