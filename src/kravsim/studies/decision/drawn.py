"""A figure in the worlds that a design draws, some numbers put to chosen values in each; and the readings they belong to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.calibration.worlds import Design
from kravsim.results.notes import doubts_of_question
from kravsim.running.progress import Progress
from kravsim.scenario import Scenario
from kravsim.studies.decision.benefits import as_drawn, read_in, worlds_of
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.closed_form import Figure
from kravsim.studies.decision.simulated import Simulation
from kravsim.studies.uncertainty import Uncertainty, doubts_of_sets
from kravsim.words.doubts import Doubt
from kravsim.words.reading_words import alternative_titles

_CHUNK: Final = 256
_ALL: Final = ("Alla lägen", "All worlds")


class Reading(NamedTuple):
    """Worlds that are read alike in one dimension.

    Parameters
    ----------
    dimension, name : str
        Empty for all worlds.
    titles : (str, str)
        Swedish and English.
    weight : float
        Probability of the alternative; 1 for all worlds.
    worlds : int64 array
        Their places in the design, from 0.
    """

    dimension: str
    name: str
    titles: tuple[str, str]
    weight: float
    worlds: NDArray[np.int64]


def readings_of(design: Design) -> tuple[Reading, ...]:
    """All worlds together, then those of every alternative that the design chooses.

    Parameters
    ----------
    design : Design
        The worlds.
    """
    structure = np.array(design.structure)
    found = [Reading("", "", _ALL, 1.0, np.arange(design.draws))]
    alternatives = design.scenario.data.alternatives
    for dimension in dict(design.choices[0]):
        for name in alternatives[dimension]:
            mine = [place for place, choice in enumerate(design.choices) if dict(choice)[dimension] == name]
            if not mine:
                continue
            weight = float(sum(design.weights[place] for place in mine))
            here = np.flatnonzero(np.isin(structure, mine))
            found.append(Reading(dimension, name, alternative_titles(design.scenario, dimension, name), weight, here))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class DrawnWorlds:
    """A figure in every world of a design.

    Parameters
    ----------
    design : Design
        The worlds.
    kind : str
        ``prior`` or ``posterior``.
    doubts : tuple of Doubt
        What a reader must know first.
    models : tuple of str
        One model, or two whose difference is the first less the second.
    measure : str
        Machine name of the figure.
    free : tuple of str
        Numbers that are put to chosen values: posts among them are those, whatever the scenario's rule would find.
    """

    design: Design
    kind: str
    doubts: tuple[Doubt, ...]
    models: tuple[str, ...]
    measure: str
    free: tuple[str, ...] = ()

    @cached_property
    def inputs(self) -> dict[str, Floats]:
        """Every uncertain number of every world."""
        return self.design.inputs()

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The figure in each structure, its staff as many as in drawn worlds."""
        return tuple(figure for figure, _ in self._read)

    @cached_property
    def _read(self) -> list[tuple[Figure, frozenset[str]]]:
        found = []
        for structure in range(len(self.design.choices)):
            read, stands = as_drawn(read_in(self.design, structure), self.free)
            found.append((Figure(read, self.models, self.measure), stands))
        return found

    @cached_property
    def structure(self) -> NDArray[np.int64]:
        """Number of the structure of every world."""
        return np.array(self.design.structure, np.int64)

    @cached_property
    def moved(self) -> frozenset[str]:
        """Numbers that can be put to other values in every world: each reading has them, and no rule finds them."""
        known = [set(figure.limits) - stands - _by_rule(figure.scenario) for figure, stands in self._read]
        return frozenset(set.intersection(*known))

    def today(self, key: str) -> Floats:
        """A number in every world, shape (worlds,).

        Parameters
        ----------
        key : str
            Dotted key of the number.
        """
        if key in self.inputs:
            return self.inputs[key]
        values = [float(figure.limits[key][0].value) for figure in self.figures]
        return np.array(values)[self.structure]

    def at(
        self,
        values: Mapping[str, Floats] | None = None,
        which: NDArray[np.int64] | None = None,
        shown: Progress | None = None,
    ) -> Floats:
        """The figure in some worlds at chosen values.

        Parameters
        ----------
        values : mapping of key to array (worlds, m), optional
            By dotted key, in the units of the keys; a row a world.
        which : int64 array, optional
            Places of the worlds; all of them when left out.
        shown : Progress, optional
            Told of every set that is worked out.

        Returns
        -------
        float64 array, shape (worlds, m)
            NaN where there is no answer in closed form.
        """
        asked = np.arange(self.design.draws) if which is None else which
        given = values or {}
        many = next(iter(given.values())).shape[1] if given else 1
        found = np.full((len(asked), many), np.nan)
        of_world = self.structure[asked]
        for structure in np.unique(of_world).tolist():
            every = np.flatnonzero(of_world == structure)
            for here in np.array_split(every, -(-len(every) * many // _CHUNK)):
                sets = {key: np.repeat(x, many) for key, x in self.numbers(structure, asked[here], given).items()}
                sets |= {key: array[here].ravel() for key, array in given.items()}
                found[here] = self.figures[structure].at(sets).reshape(-1, many)
                if shown is not None:
                    shown.advance(len(here) * many)
        return found

    def numbers(self, structure: int, worlds: NDArray[np.int64], but: Collection[str] = ()) -> dict[str, Floats]:
        """The drawn numbers of some worlds of a structure, without those that are chosen or stand.

        Parameters
        ----------
        structure : int
            Number of the structure.
        worlds : int64 array
            Their places in the design.
        but : collection of str
            Keys to leave out.
        """
        figure, stands = self._read[structure]
        known = (key for key in self.inputs if key in figure.limits and key not in stands and key not in but)
        return {key: self.inputs[key][worlds] for key in known}

    def doubts_at(self, values: Mapping[str, Floats], which: NDArray[np.int64]) -> list[Doubt | None]:
        """Why each of some worlds has no answer at a chosen value; None where it has one.

        Parameters
        ----------
        values : mapping of key to float64 array, shape (worlds, 1)
            The chosen values.
        which : int64 array
            Places of the worlds in the design.
        """
        found: list[Doubt | None] = [None] * len(which)
        for figure, here, sets in self._by_structure(values, which):
            for place, doubt in zip(here.tolist(), figure.reasons(sets), strict=True):
                found[place] = doubt
        return found

    def a_year(self, values: Mapping[str, Floats], which: NDArray[np.int64], seed: int) -> Floats:
        """The figure of one simulated year of each of some worlds at a chosen value; NaN of a world that cannot be.

        Parameters
        ----------
        values : mapping of key to float64 array, shape (worlds, 1)
            The chosen values.
        which : int64 array
            Places of the worlds in the design.
        seed : int
            Of every world, so that they share their luck.
        """
        found = np.full(len(which), np.nan)
        for figure, here, sets in self._by_structure(values, which):
            years = [Simulation(seed)(figure.scenario, model, sets) for model in figure.models]
            parts = [year.get(figure.measure, found[here]) for year in years]
            found[here] = parts[0] if len(parts) == 1 else parts[0] - parts[1]
        return found

    def _by_structure(
        self, values: Mapping[str, Floats], which: NDArray[np.int64]
    ) -> Iterator[tuple[Figure, NDArray[np.int64], dict[str, Floats]]]:
        """The figure, places among the worlds asked about, and numbers of those of each structure."""
        for structure in np.unique(self.structure[which]).tolist():
            here = np.flatnonzero(self.structure[which] == structure)
            sets = self.numbers(structure, which[here], values) | {key: x[here, 0] for key, x in values.items()}
            yield self.figures[structure], here, sets

    def columns(self) -> dict[str, Any]:
        """World number, readings and every uncertain number, one a world, for a table of samples."""
        choices = [dict(choice) for choice in self.design.choices]
        found: dict[str, Any] = {"world": np.arange(1, self.design.draws + 1)}
        found |= {one: [choices[k][one] for k in self.structure] for one in choices[0]}
        return found | dict(self.inputs)


def _by_rule(scenario: Scenario) -> set[str]:
    """Keys of posts that a rule finds."""
    return {
        f"models.{name}.staff.{pool}.fte"
        for name, model in scenario.data.models.items()
        for pool, staff in model.staff.items()
        if staff.posts is not None and staff.posts.base_case == "rule"
    }


def drawn_worlds(
    scenario: Scenario,
    models: Sequence[str],
    measure: str,
    *,
    uncertainty: Uncertainty,
    draws: int,
    structures: Mapping[str, str] | None,
    seed: int,
    free: Sequence[str] = (),
) -> DrawnWorlds:
    """Lay out worlds as :func:`kravsim.studies.uncertainty` does with the same seed.

    Parameters
    ----------
    scenario : Scenario
        The question.
    models : sequence of str
        Of the figure.
    measure : str
        The figure.
    uncertainty, draws, structures, seed : see there
        Which worlds, as there.
    free : sequence of str
        Numbers that will be put to chosen values.

    Raises
    ------
    ScenarioError
        When nothing is uncertain, a choice is not allowed or parameter sets do not fit.
    """
    design, kind, ensemble = worlds_of(scenario, uncertainty, draws=draws, structures=structures, seed=seed)
    doubts = (*doubts_of_question(scenario, models), *doubts_of_sets(ensemble))
    return DrawnWorlds(design, kind, doubts, tuple(models), measure, tuple(free))
