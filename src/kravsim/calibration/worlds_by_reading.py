"""How many worlds each reading is to have, where that is not left to its weight.

The worlds come in the same order as ever, that of a low-discrepancy sequence over the weights, until a reading has as many as
it is to have; from then on worlds of such readings are passed over. So a beginning of the worlds is spread by weight, and is
what it would be if no more had been asked for: percentiles and probabilities are plain counts over it. The worlds after it
are more of the readings that were to have more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from kravsim.errors import Problem
from kravsim.phrases import phrase, together
from kravsim.scalars import whole_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kravsim.calibration.worlds import Design

LEAST_WORLDS: Final = 2
"""Of each reading: of a single world no error is known."""


@dataclass(frozen=True)
class ByReading:
    """Worlds of each alternative of one dimension.

    Parameters
    ----------
    dimension : str
        Machine name.
    worlds : tuple of (str, int)
        Name of each alternative and how many worlds it is to have, in the order of the scenario.
    """

    dimension: str
    worlds: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """Worlds in all."""
        return sum(many for _, many in self.worlds)

    def structures(
        self, choices: Sequence[Sequence[tuple[str, str]]], sequence: Iterator[int]
    ) -> tuple[tuple[int, ...], int]:
        """Pass over worlds of readings that have theirs.

        Parameters
        ----------
        choices : sequence of (dimension, name) pairs
            The structures.
        sequence : iterator of int
            Number of the structure of one world after the other, without end.

        Returns
        -------
        tuple of int
            Number of the structure of every world.
        int
            How many worlds, from the first, come before one is passed over.
        """
        name_of = [dict(choice)[self.dimension] for choice in choices]
        left, by_weight = dict(self.worlds), self.total
        found: list[int] = []
        while len(found) < self.total:
            structure = next(sequence)
            if left[name_of[structure]]:
                left[name_of[structure]] -= 1
                found.append(structure)
            else:
                by_weight = min(by_weight, len(found))
        return tuple(found), by_weight


@dataclass(frozen=True)
class WorldsFrom:
    """The worlds of a design from some number on.

    Parameters
    ----------
    design : Design
        All of them.
    first : int
        How many come before.
    """

    design: Design
    first: int

    def inputs(self) -> dict[str, NDArray[np.float64]]:
        """Every uncertain number of these worlds, by key, shape (worlds,)."""
        return {key: values[self.first :] for key, values in self.design.inputs().items()}


def read_asked(
    asked: object,
    choices: Sequence[Sequence[tuple[str, str]]],
    weights: Sequence[Fraction],
    most: int,
) -> tuple[ByReading | None, list[Problem]]:
    """Read how many worlds each reading is to have.

    Parameters
    ----------
    asked : object
        What a caller gave: a mapping of every alternative of a dimension to a number.
    choices : sequence of (dimension, name) pairs
        The structures.
    weights : sequence of Fraction
        Their probabilities, which sum to 1.
    most : int
        Worlds at most, spread by weight.

    Returns
    -------
    ByReading or None
        None where something is wrong.
    list of Problem
        All that is wrong.
    """
    names: dict[str, dict[str, Fraction]] = {}
    for choice, weight in zip(choices, weights, strict=True):
        for dimension, name in choice:
            known = names.setdefault(dimension, {})
            known[name] = known.get(name, Fraction(0)) + weight
    open_ones = {dimension: known for dimension, known in names.items() if len(known) > 1}
    given = dict(asked) if isinstance(asked, Mapping) else {}
    fitting = [dimension for dimension, known in open_ones.items() if set(known) == set(given)]
    every = [set(known) for known in open_ones.values()]
    if len(fitting) > 1:
        allowed = phrase(
            "names of the alternatives of one open dimension, but {dimensions} have the same",
            dimensions=together(*fitting, between=phrase(" and ")),
        )
        remedy = "settle all but one of these dimensions, or give one number, which is spread by weight"
        return None, [Problem("", "draws", given, allowed, remedy)]
    if not fitting:
        shown = [
            phrase("{dimension} ({names})", dimension=dimension, names=", ".join(known))
            for dimension, known in open_ones.items()
            if every.count(set(known)) == 1
        ]
        allowed = phrase(
            "a number for every alternative of one open dimension: {open_ones}",
            open_ones=together(*shown, between=phrase(" or ")) if shown else phrase("none"),
        )
        remedy = "name each of them once, or give one number, which is spread by weight"
        return None, [Problem("", "draws", dict(asked) if isinstance(asked, Mapping) else asked, allowed, remedy)]
    (dimension,) = fitting
    problems, worlds = [], []
    for name, weight in open_ones[dimension].items():
        many, bound = whole_number(given[name]), round(most * weight)
        if many is None or not LEAST_WORLDS <= many <= bound:
            allowed = phrase("a whole number from {least} to {most}", least=LEAST_WORLDS, most=bound)
            remedy = "every reading has a weight and counts in the mean; of a single world no error is known"
            problems.append(Problem("", f"draws.{name}", given[name], allowed, remedy))
        else:
            worlds.append((name, many))
    return (None if problems else ByReading(dimension, tuple(worlds))), problems
