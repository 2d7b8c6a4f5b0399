"""Two models compared over many worlds: structure, parameters and chance, kept apart and put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, RunError
from kravsim.results.by_control import BestWorlds, ByControl, ClosedFormWorlds, Means, as_json
from kravsim.results.comparison import Comparison
from kravsim.results.readings import Combined, Reading
from kravsim.results.run import Run
from kravsim.statistics.convergence import Convergence, convergence
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.layers import Layers, layers_of
from kravsim.statistics.overload import WorldsByLoad
from kravsim.statistics.paired import Paired, Worlds
from kravsim.telling.uncertain_tables import uncertain_tables, worlds_frame
from kravsim.telling.uncertainty_words import sentence
from kravsim.words.display import NO_BREAK
from kravsim.words.doubts import doubted
from kravsim.words.table import Table

if TYPE_CHECKING:
    import pandas as pd

PRIOR, POSTERIOR = "prior", "posterior"
KINDS: Final = (PRIOR, POSTERIOR)
"""What the parameters are drawn from: what was believed before the books, or after."""

FISCAL, ECONOMIC = "fiscal", "economic"


def first_years(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Runs over drawn worlds with the first year of every world alone, which is the one that differences are told from.

    Parameters
    ----------
    runs : sequence of Run
        Of some worlds, with the same years in each.
    """
    return tuple(
        replace(run, replications=1, outcomes=tuple(one for one in run.outcomes if one.replication == 0), replay=None)
        for run in runs
    )


@dataclass(frozen=True, eq=False)
class Structures(EqualByParts):
    """The ways to read the case, and which one each world has.

    Parameters
    ----------
    choices : tuple of mapping
        Dimension -> name of the alternative, one mapping a structure; empty when there are no alternatives.
    weights : tuple of float
        Their probabilities.
    of_world : tuple of int
        Number of the structure of world 1, 2, 3, ...
    titles : mapping of (dimension, name) to (Swedish, English)
        What the scenario calls each alternative.
    draws_needed : int
        How many draws give every structure two worlds.
    held : mapping of dimension to name
        Alternatives that are not drawn: they stay at this base.
    rules : mapping of dimension to name
        Alternatives of the law that are drawn with parameter sets that were found at this base, and are used as they are.
    asked : mapping of str to int
        How many worlds each alternative of a dimension was to have; empty where that was left to the weights.
    """

    choices: tuple[Mapping[str, str], ...]
    weights: tuple[float, ...]
    of_world: tuple[int, ...]
    titles: Mapping[tuple[str, str], tuple[str, str]]
    draws_needed: int
    held: Mapping[str, str]
    rules: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, repr=False)
class UncertainComparison(Paired, EqualByParts):
    """Models of one scenario in many worlds; every difference is the first model less the second.

    `difference` and `economic_difference` are the predictive distributions: the first replication of each world, which is
    an independent draw of structure, parameters and chance together. The further replications of a world serve to tell
    chance from parameters in `layers`.

    Parameters
    ----------
    runs : tuple of Run
        At least two, each with every replication of every world.
    structures : Structures
        What was drawn of readings, world by world.
    kind : str
        ``prior`` or ``posterior``.
    uncertain : int
        How many numbers vary between worlds of one structure.
    parameter_sets : str or None
        Fingerprint of the parameter sets that the worlds were drawn from; None for the prior.
    worlds : Worlds or None
        Gives the uncertain numbers of each world.
    closed_form : ClosedFormWorlds or None
        The closed form in these and in further worlds, the control variate of means; None where it was not asked.
    added : UncertainComparison or None
        Worlds beyond these, which are spread by weight, of readings that were to have more. They count in the means with the
        closed form, whose ``worlds`` have them last, and in the layers, and in nothing else.

    Raises
    ------
    RunError
        When the runs do not fit each other or the structures, or a world has only one replication.
    """

    runs: tuple[Run, ...]
    structures: Structures
    kind: str
    uncertain: int
    parameter_sets: str | None = None
    worlds: Worlds | None = field(default=None, compare=False)
    closed_form: ClosedFormWorlds | None = None
    added: UncertainComparison | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "runs", Comparison(self.runs).runs)
        if self.first.replications < 2:
            remedy = "chance cannot be told from parameters with a single replication in each world"
            raise RunError(Problem("", "replications_per_draw", self.first.replications, "2 or more", remedy))
        if self.first.draws != len(self.structures.of_world):
            remedy = "give the structure of every world"
            raise RunError(Problem("", "structures", len(self.structures.of_world), f"{self.first.draws}", remedy))

    @property
    def draws(self) -> int:
        """Number of worlds."""
        return self.first.draws

    @property
    def replications(self) -> int:
        """Replications in each world."""
        return self.first.replications

    @cached_property
    def all(self) -> dict[str, NDArray[np.float64]]:
        """Every difference, kr a calendar year: `fiscal` and `economic`, each of shape (worlds, replications)."""
        paired = Comparison(self.runs)
        shape = (self.draws, self.replications)
        kinds = ((FISCAL, paired.difference), (ECONOMIC, paired.economic_difference))
        return {kind: spread.samples.reshape(shape) for kind, spread in kinds}

    @cached_property
    def difference(self) -> Distribution:
        """Net revenue, first less second, kr a calendar year: one year of each world."""
        return Distribution(self.all[FISCAL][:, 0], "difference_kr", "kr")

    @cached_property
    def economic_difference(self) -> Distribution:
        """The same with recovered principal counted."""
        return Distribution(self.all[ECONOMIC][:, 0], "economic_difference_kr", "kr")

    @cached_property
    def counted_runs(self) -> tuple[Run, ...]:
        """The runs with the worlds that were added, which means count: what is doubted is told of them all."""
        return self.runs if self.added is None else tuple(map(Run.with_more, self.runs, self.added.runs))

    @cached_property
    def layers(self) -> Layers | None:
        """Variance of the difference by layer; None when some structure has fewer than two worlds."""
        return self._layers(FISCAL)

    @cached_property
    def economic_layers(self) -> Layers | None:
        """The same with recovered principal counted."""
        return self._layers(ECONOMIC)

    @cached_property
    def others(self) -> tuple[UncertainComparison, ...]:
        """Each further model less the second, over the same worlds."""
        added = [None] * len(self.runs[2:]) if self.added is None else self.added.others
        further = zip(self.runs[2:], added, strict=True)
        return tuple(replace(self, runs=(run, self.second), added=more) for run, more in further)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """The difference within each alternative, whatever the other dimensions; empty without alternatives."""
        choices = self.structures.choices
        names = {dimension: dict.fromkeys(choice[dimension] for choice in choices) for dimension in choices[0]}
        return tuple(self._reading(dimension, name) for dimension, known in names.items() for name in known)

    @property
    def control(self) -> str:
        """What means are told with beside the simulated worlds: ``closed_form``, or ``none``."""
        return "none" if self.closed_form is None else "closed_form"

    @cached_property
    def by_control(self) -> Means | None:
        """The mean differences over all worlds with the closed form as control variate; None without it."""
        return self._by_control(range(len(self.structures.choices)))

    @cached_property
    def of_structures_by_control(self) -> tuple[Means | None, ...]:
        """The same of every structure by itself, in their order."""
        return tuple(self._by_control([place]) for place in range(len(self.structures.choices)))

    def _by_control(self, members: Sequence[int]) -> Means | None:
        return None if self._controls is None else self._controls.over(members)

    @cached_property
    def _controls(self) -> ByControl | None:
        if self.closed_form is None:
            return None
        models = (self.first.model, self.second.model)
        simulated = (self._simulated[FISCAL], self._simulated[ECONOMIC])
        return ByControl(self.structures, self.closed_form, models, simulated, self._structure_of_world)

    @cached_property
    def best_worlds(self) -> dict[str, BestWorlds]:
        """How as many worlds would best be spread among the readings, by dimension; empty without the closed form."""
        return {} if self._controls is None else self._controls.best_worlds(self.by_control)

    @cached_property
    def _simulated(self) -> dict[str, NDArray[np.float64]]:
        """Every difference as `all` has it, of these worlds and of those that were added."""
        more = self.added
        return self.all if more is None else {kind: np.vstack([self.all[kind], more.all[kind]]) for kind in self.all}

    @cached_property
    def _structure_of_world(self) -> NDArray[np.int64]:
        more = () if self.added is None else self.added.structures.of_world
        return np.array((*self.structures.of_world, *more), np.int64)

    @cached_property
    def of_structures(self) -> dict[str, tuple[Combined | None, ...]]:
        """Mean difference of every structure by itself, in their order, `fiscal` and `economic`; None without a world."""
        return {
            kind: tuple(Combined.of([rows]) if len(rows) else None for rows in groups)
            for kind, groups in self._by_structure.items()
        }

    @cached_property
    def equal_weights(self) -> dict[str, Combined] | None:
        """The mean difference were every structure as likely as the others, `fiscal` and `economic`.

        None with a single structure, and where one has no world.
        """
        if len(self.structures.choices) < 2 or any(not len(rows) for rows in self._by_structure[FISCAL]):
            return None
        return {kind: Combined.of(groups) for kind, groups in self._by_structure.items()}

    @cached_property
    def _by_structure(self) -> dict[str, list[NDArray[np.float64]]]:
        of_world = np.array(self.structures.of_world, dtype=np.int64)
        spreads = ((FISCAL, self.difference), (ECONOMIC, self.economic_difference))
        places = range(len(self.structures.choices))
        return {kind: [spread.samples[of_world == place] for place in places] for kind, spread in spreads}

    @property
    def with_interval(self) -> tuple[Distribution, ...]:
        """The differences of whose mean an interval is shown: over all worlds, each alternative and each structure."""
        of_readings = (reading.difference for reading in self.readings)
        of_structures = (Distribution(rows, "difference_kr", "kr") for rows in self._by_structure[FISCAL] if len(rows))
        return (self.difference, *(spread for spread in of_readings if spread is not None), *of_structures)

    def _spreads(self, structure: int) -> list[Distribution | None]:
        rows = [self._by_structure[kind][structure] for kind in (FISCAL, ECONOMIC)]
        return [Distribution(one, "difference_kr", "kr") if len(one) else None for one in rows]

    @cached_property
    def by_load(self) -> WorldsByLoad:
        """Which worlds overload a model, and the differences without and with them."""
        return WorldsByLoad.of(self.runs, self.difference, self.economic_difference)

    @cached_property
    def convergence(self) -> Convergence:
        """The difference over growing beginnings of the worlds."""
        return convergence(self.difference)

    @cached_property
    def economic_convergence(self) -> Convergence:
        """The same with recovered principal counted."""
        return convergence(self.economic_difference)

    def chance_only(self) -> NDArray[np.float64]:
        """Give the spread that chance alone makes around the mean, kr, shape (worlds * replications,): for scale."""
        values = self.all[FISCAL]
        stretch = np.sqrt(self.replications / (self.replications - 1))
        away = (values - values.mean(axis=1, keepdims=True)) * stretch
        return np.asarray(self.difference.mean + away.ravel())

    def sentence(self, lang: str = "sv") -> str:
        """Say the answer and its three layers in one sentence, `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(sentence(self, lang), self.doubts, lang)

    def to_frame(self) -> pd.DataFrame:
        """Give every replication of every world, one row each.

        Returns
        -------
        pandas.DataFrame
            `draw`, `replication`, a column for each dimension of the alternatives, `difference_kr`,
            `economic_difference_kr`, of each model `net_revenue_kr_<model>`, `posts_<model>` and `overloaded_<model>`, and by
            its key every uncertain number of the world.
        """
        return worlds_frame(self)

    @cached_property
    def inputs(self) -> dict[str, NDArray[np.float64]]:
        """Every uncertain number of every world, by key, shape (worlds,); empty when it is not known what they were."""
        return {} if self.worlds is None else self.worlds.inputs()

    def to_json(self) -> dict[str, Any]:
        """Give one strict JSON object; money in kr a calendar year, percentiles and chances over worlds."""
        layers = {"fiscal": self.layers, "economic": self.economic_layers}
        return {
            **self.first.heading(),
            "uncertainty": self.kind,
            "uncertain_numbers": self.uncertain,
            "parameter_sets": self.parameter_sets,
            "control": self.control,
            "worlds_by_reading": None
            if self.added is None
            else {"asked": dict(self.structures.asked), "spread_by_weight": self.draws, "added": self.added.draws},
            "best_worlds": {dimension: best.to_json() for dimension, best in self.best_worlds.items()},
            **self._answer(),
            **as_json(self.by_control, (self.difference, self.economic_difference)),
            "layers": {kind: None if found is None else found.to_json() for kind, found in layers.items()},
            "others": [
                {key: value for key, value in other._answer().items() if key not in ("models", "doubts")}
                | as_json(other.by_control, (other.difference, other.economic_difference))
                for other in self.others
            ],
            "overload": self.by_load.to_json(),
            "held_at_base": dict(self.structures.held),
            "sets_found_at": dict(self.structures.rules),
            "layers_need_draws": self.structures.draws_needed,
            "structures": [
                {
                    "choice": dict(choice),
                    "weight": weight,
                    "worlds": self.structures.of_world.count(place),
                    "difference_kr": _plain(self.of_structures[FISCAL][place]),
                    "economic_difference_kr": _plain(self.of_structures[ECONOMIC][place]),
                    **as_json(self.of_structures_by_control[place], self._spreads(place)),
                }
                for place, (choice, weight) in enumerate(
                    zip(self.structures.choices, self.structures.weights, strict=True)
                )
            ],
            "equal_weights": self.equal_weights
            and {
                "difference_kr": self.equal_weights[FISCAL].to_json(),
                "economic_difference_kr": self.equal_weights[ECONOMIC].to_json(),
            },
            "readings": [reading.to_json() for reading in self.readings],
            "convergence": {
                "difference_kr": self.convergence.to_json(),
                "economic_difference_kr": self.economic_convergence.to_json(),
            },
        }

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the readings, the layers and the convergence, in `sv` or `en`, under the answer in one sentence.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return uncertain_tables(self, lang)

    def __repr__(self) -> str:
        return f"<UncertainComparison of {self.first.scenario_name}: {self.sentence('en').replace(NO_BREAK, ' ')}>"

    def _layers(self, kind: str) -> Layers | None:
        of_world, weights = self._structure_of_world, self.structures.weights
        few = self.draws < self.structures.draws_needed
        if few if self.added is None else np.bincount(of_world, minlength=len(weights)).min() < 2:
            return None
        return layers_of(self._simulated[kind], of_world, weights, parameters_vary=self.uncertain > 0)

    def _reading(self, dimension: str, name: str) -> Reading:
        mine = [choice.get(dimension) == name for choice in self.structures.choices]
        weight = sum(weight for weight, yes in zip(self.structures.weights, mine, strict=True) if yes)
        rows = np.array([mine[structure] for structure in self.structures.of_world])
        titles = self.structures.titles.get((dimension, name), (name, name))
        if not rows.any():
            return Reading(dimension, name, titles, weight, None, None)
        by_control = self._by_control([place for place, yes in enumerate(mine) if yes])
        parts = [
            Distribution(spread.samples[rows], spread.label, "kr")
            for spread in (self.difference, self.economic_difference)
        ]
        fiscal, economic = parts
        return Reading(dimension, name, titles, weight, fiscal, economic, by_control)


def _plain(found: Combined | None) -> dict[str, float | None] | None:
    return None if found is None else found.to_json()
