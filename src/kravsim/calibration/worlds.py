"""The worlds of an uncertain study: which reading of the case, which values, and how many years of chance in each.

World d is draw d, from 1. Its structure comes from a low-discrepancy sequence over the weights: any beginning of the
worlds holds every structure very nearly as often as it weighs, and with the random start that the seed gives, each world
by itself is an exact draw. Its values are drawn from the prior (``Scenario.realise`` by draw) or are the next of the
structure's parameter sets, in an order shuffled by the seed. Asking for more worlds leaves the earlier ones as they were.

Sources: Kuipers and Niederreiter, Uniform Distribution of Sequences, 1974, for the golden-ratio sequence.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.calibration.posterior import chosen
from kravsim.calibration.worlds_by_reading import ByReading
from kravsim.chance.draws import Draws
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scenario import Scenario
from kravsim.scenario.describe import numbers as numbers_of
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.scenario.prior import Prior
from kravsim.scenario.values import Value

MOST_DRAWS: Final = 1_000_000
WORLDS_KEPT: Final = 64
"""Scenarios of worlds that a process keeps: threads run the replications of some worlds at a time."""

_GOLDEN: Final = 0x9E3779B97F4A7C15
_WORD: Final = 2**64
_ORDER: Final = "order of parameter sets"


Choice = tuple[tuple[str, str], ...]
"""Dimension and name of every alternative of a structure."""


@dataclass(frozen=True, eq=False)
class Design:
    """All worlds of a study, each known by its number, from 1.

    Parameters
    ----------
    scenario : Scenario
        What every structure is a reading of.
    choices : tuple of Choice
        The structures.
    weights : tuple of Fraction
        Their probabilities, which sum to 1.
    draws, replications : int
        How many worlds, and replications in each.
    seed : int
        From 0 up: it decides which world is of which structure, and its values.
    sets : tuple of ParameterSets or None
        One table a structure; None draws from the prior.
    by_reading : ByReading or None
        How many of the worlds each alternative of a dimension is to have; None leaves that to the weights.
    """

    scenario: Scenario
    choices: tuple[Choice, ...]
    weights: tuple[Fraction, ...]
    draws: int
    replications: int
    seed: int
    sets: tuple[ParameterSets, ...] | None = None
    by_reading: ByReading | None = None

    @property
    def count(self) -> int:
        """Replications in all worlds together."""
        return self.draws * self.replications

    @property
    def structure(self) -> tuple[int, ...]:
        """Number of the structure of every world, in order."""
        return self._structured[0]

    @property
    def by_weight(self) -> int:
        """How many worlds, from the first, are spread by weight: all of them, unless readings were given numbers."""
        return self._structured[1]

    @cached_property
    def _structured(self) -> tuple[tuple[int, ...], int]:
        sequence = _structures(self.weights, self.seed)
        if self.by_reading is None:
            return tuple(itertools.islice(sequence, self.draws)), self.draws
        return self.by_reading.structures(self.choices, sequence)

    @property
    def added_to(self) -> dict[str, int]:
        """How many worlds each reading was to have; empty where all worlds are spread by weight."""
        return {} if self.by_reading is None or self.by_weight == self.draws else dict(self.by_reading.worlds)

    def spread_by_weight(self) -> Design:
        """The worlds that are spread by weight, as a design of their own: these very worlds."""
        return self if self.by_weight == self.draws else replace(self, draws=self.by_weight, by_reading=None)

    @cached_property
    def uncertain(self) -> int:
        """How many numbers have values in the parameter sets or are drawn from the prior, in any structure."""
        drawn = {row.key for choice in self.choices for row in _read(self.scenario, choice).rows() if _drawn(row)}
        return len(drawn.union(*(table.keys for table in self.sets or ())))

    @property
    def held(self) -> dict[str, str]:
        """Open alternatives that no structure chooses, and the base that they stay at."""
        known = dict(self.choices[0])
        return {
            dimension: next(name for name, one in named.items() if not one.changes)
            for dimension, named in self.scenario.data.alternatives.items()
            if dimension not in known
        }

    @property
    def rules(self) -> dict[str, str]:
        """Dimensions that structures choose in and the parameter sets do not speak of, and the base they were found at."""
        spoken = set() if self.sets is None else set(self.sets[0].choice)
        alternatives = self.scenario.data.alternatives
        return {
            dimension: next(name for name, one in alternatives[dimension].items() if not one.changes)
            for dimension, _ in (() if self.sets is None else self.choices[0])
            if dimension not in spoken
        }

    @cached_property
    def draws_needed(self) -> int:
        """How many draws give every structure two worlds, from which its layers of variance can be told apart."""
        return draws_needed(self.weights, self.seed)

    def place(self, number: int) -> tuple[int, int]:
        """Give world and replication of a replication's number in the whole study.

        Parameters
        ----------
        number : int
            Replication in the whole study, from 0.

        Returns
        -------
        (int, int)
            World from 1, and replication within it from 0.
        """
        world, replication = divmod(number, self.replications)
        return world + 1, replication

    def number(self, draw: int, replication: int) -> int:
        """Count back what :meth:`place` gives.

        Parameters
        ----------
        draw : int
            Number of the world, from 1.
        replication : int
            Within the world, from 0.
        """
        return (draw - 1) * self.replications + replication

    def scenario_of(self, draw: int) -> Scenario:
        """Give the scenario of a world; ``realise`` with the same draw makes it into numbers.

        Parameters
        ----------
        draw : int
            Number of the world, from 1.

        Raises
        ------
        ScenarioError
            When its values break a rule of the scenario.
        """
        return _scenario_of(self, draw)

    def made(self, draw: int) -> Scenario:
        """Make the scenario of a world anew.

        Parameters
        ----------
        draw : int
            Number of the world, from 1.
        """
        structure = self.structure[draw - 1]
        scenario = _read(self.scenario, self.choices[structure])
        return scenario if self.sets is None else self.sets[structure].settled(scenario, self.rows[draw - 1])

    def read(self, structure: int) -> Scenario:
        """The scenario as a structure reads it.

        Parameters
        ----------
        structure : int
            Its number.
        """
        return _read(self.scenario, self.choices[structure])

    def inputs(self) -> dict[str, NDArray[np.float64]]:
        """Every uncertain number of every world, by key, shape (draws,); what a structure settles stands at its value."""
        keys: dict[str, int] = {}
        rows: list[dict[str, float]] = []
        for draw, structure in enumerate(self.structure, 1):
            base, believed, whole_keys = self.drawn_from[structure]
            found = dict(base)
            if self.sets is not None:
                table = self.sets[structure]
                given = table.values[self.rows[draw - 1]].tolist()
                found |= {
                    key: float(np.floor(number + 0.5)) if key in whole_keys else number
                    for key, number in zip(table.keys, given, strict=True)
                }
            found |= believed.world(Draws(self.seed, draw, 0).parameters(believed.columns))
            rows.append(found)
            keys |= dict.fromkeys(found, 0)
        return {key: np.array([row.get(key, np.nan) for row in rows]) for key in keys}

    @cached_property
    def drawn_from(self) -> list[tuple[dict[str, float], Prior, set[str]]]:
        """Of each structure: numbers uncertain in any, at their values; what is drawn; keys of whole numbers."""
        read = [_read(self.scenario, choice) for choice in self.choices]
        named = {row.key for one in read for row in one.rows() if _drawn(row)}
        found = []
        for number, one in enumerate(read):
            known = [(key, value, limits) for key, value, limits in numbers_of(one.data) if isinstance(value, Value)]
            base = {key: float(value.value) for key, value, _ in known if key in named}
            whole_keys = {key for key, _, limits in known if limits is not None and limits.integer}
            left = one if self.sets is None else self.sets[number].settled(one, 0)
            found.append((base, left.prior, whole_keys))
        return found

    def recipe(self, draw: int) -> str:
        """Python that makes the scenario of a world from ``scenario`` and, with parameter sets, ``sets``.

        Parameters
        ----------
        draw : int
            Number of the world, from 1.
        """
        structure = self.structure[draw - 1]
        choice = dict(self.choices[structure])
        read = f"scenario.with_alternatives({choice})" if choice else "scenario"
        return read if self.sets is None else f"sets[{structure}].settled({read}, {self.rows[draw - 1]})"

    @property
    def named(self) -> str:
        """What the names in :meth:`recipe` stand for."""
        settled = chosen(self.scenario)
        name = f"{self.scenario.name}{f' with_alternatives({settled})' if settled else ''}"
        scenario = phrase("scenario is {name}", name=name)
        if self.sets is None:
            return scenario
        choices = [dict(table.choice) for table in self.sets]
        return phrase("{scenario}, sets are the ParameterSets of {choices}", scenario=scenario, choices=choices)

    @cached_property
    def sets_fingerprint(self) -> str | None:
        """Sha256 of the parameter sets; None when values are drawn from the prior."""
        if self.sets is None:
            return None
        digest = hashlib.sha256()
        for table in self.sets:
            digest.update("\0".join(table.keys).encode() + table.values.tobytes())
        return digest.hexdigest()

    def identity(self) -> dict[str, Any]:
        """What makes this design another than others; more draws than before keep it the same."""
        design = {
            "replications_per_draw": self.replications,
            "structures": [[dict(choice), str(weight)] for choice, weight in self._weighed],
            "parameter_sets": self.sets_fingerprint,
        }
        if self.added_to:
            design["worlds_by_reading"] = self.added_to
        return {"design": design}

    @property
    def _weighed(self) -> Iterator[tuple[Choice, Fraction]]:
        return zip(self.choices, self.weights, strict=True)

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """Which of its structure's sets each world has: the next in the structure's own shuffled order."""
        orders = [iter(shuffled(len(table), number, self.seed)) for number, table in enumerate(self.sets or ())]
        return tuple(next(orders[structure]) for structure in self.structure)

    def check(self) -> None:
        """Refuse a study that has nothing to draw, or more worlds than there are parameter sets.

        Raises
        ------
        ScenarioError
            With the reason.
        """
        if len(self.choices) == 1 and not self.uncertain:
            remedy = "give ranges to its numbers or alternatives to its readings, or compare without uncertainty"
            raise ScenarioError(
                Problem(
                    self.scenario.name,
                    "uncertainty",
                    phrase("nothing uncertain"),
                    "a scenario with something to draw",
                    remedy,
                )
            )
        taken = Counter(self.structure)
        short = {number: len(table) for number, table in enumerate(self.sets or ()) if taken[number] > len(table)}
        if short:
            number, there = min(short.items(), key=lambda item: item[1] / taken[item[0]])
            what = ", ".join(name for _, name in self.choices[number]) or self.scenario.name
            remedy = phrase(
                "{what} has {there} parameter sets and would need {needed}: ask for fewer draws, or calibrate more",
                what=what,
                there=there,
                needed=taken[number],
            )
            raise ScenarioError(Problem("", "draws", self.draws, "draws that the parameter sets suffice for", remedy))


def _structures(weights: Sequence[Fraction], seed: int) -> Iterator[int]:
    """Number of the structure of world 1, 2, 3, ... without end."""
    ends = [int(end * _WORD) for end in itertools.accumulate(weights)]
    at = int(Draws(seed, 0, 0).parameter("alternatives") * _WORD)
    last = len(ends) - 1
    while True:
        at = (at + _GOLDEN) % _WORD
        yield next((number for number, end in enumerate(ends) if at < end), last)


def draws_needed(weights: Sequence[Fraction], seed: int) -> int:
    """How many worlds give every structure two; ``MOST_DRAWS`` where even so many do not.

    Parameters
    ----------
    weights : sequence of Fraction
        Probabilities of the structures, which sum to 1.
    seed : int
        Of the study: it decides which world is of which structure.
    """
    seen: Counter[int] = Counter()
    for draw, structure in enumerate(_structures(weights, seed), 1):
        seen[structure] += 1
        if seen[structure] == 2 and len(seen) == len(weights) and min(seen.values()) == 2:
            return draw
        if draw >= MOST_DRAWS:
            break
    return MOST_DRAWS


def shuffled(count: int, structure: int, seed: int) -> list[int]:
    """The order in which the sets of a structure are used.

    Parameters
    ----------
    count : int
        How many sets.
    structure : int
        Number of the structure.
    seed : int
        Of the study.
    """
    order = Draws(seed, 0, 0).uniforms(_ORDER, run=structure, number=np.arange(count))[:, 0]
    return [int(place) for place in np.argsort(order, kind="stable")]


@lru_cache(maxsize=128)
def _read(scenario: Scenario, choice: Choice) -> Scenario:
    """Read a scenario in one way; each worker does it once a structure."""
    return scenario.with_alternatives(dict(choice)) if choice else scenario


@lru_cache(maxsize=WORLDS_KEPT)
def _scenario_of(design: Design, draw: int) -> Scenario:
    """The scenario of a world; its replications follow one another, and it is made once for them all."""
    return design.made(draw)


def _drawn(row: Any) -> bool:
    return row.dist not in ("", "fixed", "chance")
