"""A figure of a scenario for many values of its numbers at once, in closed form or simulated; where it has no answer, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.calibration.evaluating import closed_form, is_of
from kravsim.errors import Problem, ScenarioError
from kravsim.measures.evaluate import Evaluate
from kravsim.measures.measures import unit_of
from kravsim.phrases import phrase
from kravsim.results.notes import doubts_of_question
from kravsim.scenario.base_posts import model_in, titles_in
from kravsim.scenario.describe import numbers as numbers_of
from kravsim.scenario.values import Value
from kravsim.studies.decision.checks import Floats
from kravsim.studies.decision.simulated import Simulation
from kravsim.words.doubts import Doubt
from kravsim.words.wording import METRIC_WORDS, metric_name

if TYPE_CHECKING:
    from kravsim.scenario import Scenario
    from kravsim.scenario.limits import Limits

FISCAL: Final = "net_revenue_kr"
ECONOMIC: Final = "economic_result_kr"

NO_ANSWER: Final = Doubt(
    "no_closed_form",
    "Slutna formen saknar svar: personalen hinner inte med arbetet (överbelastning); simulera där.",
    "No answer in closed form: the staff cannot do the work (overload); simulate there.",
)
"""Said of a point at which the staff of a model never catch up."""
IMPOSSIBLE: Final = Doubt(
    "impossible_world",
    "Omöjligt läge: andelar som hör ihop summerar till mer än 1, eller gäldenärerna är för få.",
    "An impossible world: shares that belong together sum to more than 1, or there are too few debtors.",
)
"""Said of values that cannot hold together."""


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure of one model, or the difference of two, first less second, in expectation.

    Parameters
    ----------
    scenario : Scenario
        What stands where nothing is put.
    models : tuple of str
        One or two of its models.
    measure : str
        A name of ``kravsim.expected.numbers``.
    tied : tuple of (key, tuple of keys)
        Numbers that keep their proportion to another: as many times what they would be as that one is of where it stands.
    by : Evaluate
        What gives the figures: the closed form, or a :class:`kravsim.studies.decision.simulated.Simulation`.

    Raises
    ------
    ScenarioError
        When a model or measure is unknown.
    """

    scenario: Scenario
    models: tuple[str, ...]
    measure: str = FISCAL
    tied: tuple[tuple[str, tuple[str, ...]], ...] = ()
    by: Evaluate = closed_form

    def __post_init__(self) -> None:
        if len(self.models) not in (1, 2) or len(set(self.models)) != len(self.models):
            remedy = "such as ('in_house', 'outsourced')"
            raise ScenarioError(Problem("", "models", list(self.models), "one model, or two different ones", remedy))
        for model in self.models:
            if model not in self.scenario.models:
                allowed = phrase("one of {names}", names=", ".join(self.scenario.models))
                raise ScenarioError(Problem("", "models", model, allowed, "check the spelling"))
            model_in(self.scenario.data, model)  # refuses a sequence
        if not isinstance(self.measure, str) or self.measure not in METRIC_WORDS:
            remedy = phrase("such as {fiscal} or {economic}", fiscal=FISCAL, economic=ECONOMIC)
            raise ScenarioError(Problem("", "measure", self.measure, "a figure of a year", remedy))
        if self.measure not in self.known:
            remedy = phrase(
                "the closed form gives {names}", names=", ".join(name for name in self.known if name in METRIC_WORDS)
            )
            raise ScenarioError(Problem("", "measure", self.measure, "a figure that has a closed form", remedy))

    @property
    def unit(self) -> str:
        """Unit of the figure."""
        return unit_of(self.measure)

    def name(self, lang: str) -> str:
        """The figure as running text, with its models.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        models = " − ".join(self.model_name(model, lang) for model in self.models)
        return f"{metric_name(self.measure, lang)}, {models}"

    def model_name(self, model: str, lang: str) -> str:
        """A model as running text, by the scenario's own title.

        Parameters
        ----------
        model : str
            Machine name of a model of the scenario.
        lang : str
            `sv` or `en`.
        """
        from kravsim.words.wording import titled_name

        return titled_name(model, titles_in(self.scenario.data, model), lang)

    @cached_property
    def known(self) -> tuple[str, ...]:
        """Names of the figures that the first model has."""
        return tuple(self.by(self.scenario, self.models[0], {}))

    @cached_property
    def base(self) -> float:
        """The figure as the scenario stands; NaN where there is no answer."""
        return float(self.at({})[0])

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """What must be known of scenario and law before the figure is read."""
        return doubts_of_question(self.scenario, self.models)

    @cached_property
    def limits(self) -> dict[str, tuple[Value, Limits | None]]:
        """Every number of the scenario by its key, with its limits."""
        return {key: (one, limits) for key, one, limits in numbers_of(self.scenario.data) if isinstance(one, Value)}

    def at(self, values: Mapping[str, Floats]) -> Floats:
        """The figure for each set of values; NaN where there is no answer.

        Parameters
        ----------
        values : mapping of str to float64 array, shape (sets,)
            By dotted key, in the units of the keys; what is not among them stays as it is.

        Returns
        -------
        float64 array, shape (sets,)
            In the unit of the figure; one value when nothing is put.

        Raises
        ------
        ScenarioError
            As ``kravsim.expected.numbers``.
        """
        parts = [self.of(model, values) for model in self.models]
        return parts[0] if len(parts) == 1 else np.asarray(parts[0] - parts[1])

    def beside(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values, and those of the numbers that keep their proportion to one of them.

        Parameters
        ----------
        values : mapping of str to float or float64 array
            Key and what it is put to.
        """
        found = dict(values)
        for key, others in self.tied:
            if key in values:
                times = np.asarray(values[key], np.float64) / float(self.limits[key][0].value)
                found |= {one: found.get(one, float(self.limits[one][0].value)) * times for one in others}
        return found

    def of(self, model: str, values: Mapping[str, Floats]) -> Floats:
        """One model's part of :meth:`at`.

        Parameters
        ----------
        model : str
            Machine name of one of its models.
        values : mapping of str to float64 array, shape (sets,)
            As for :meth:`at`; keys of other models are passed over.
        """
        values = self.beside(values)
        mine = {key: array for key, array in values.items() if is_of(key, model)}
        n = len(next(iter(values.values()))) if values else 1
        if not mine or not n:
            found = self.by(self.scenario, model, {}).get(self.measure, np.full(1, np.nan))
            return np.repeat(found, n)
        # sets that are alike in what this model knows of are worked out once
        different, place = np.unique(np.column_stack(list(mine.values())), axis=0, return_inverse=True)
        once = {key: different[:, column] for column, key in enumerate(mine)}
        array = self.by(self.scenario, model, once).get(self.measure, np.full(len(different), np.nan))
        return np.asarray(array[place.reshape(-1)], np.float64)

    def filled(self, values: Mapping[str, Floats], *, seed: int, replications: int = 1) -> Floats:
        """The figure, with the mean of simulated years for a model that has no closed form there.

        NaN is left where a world cannot be.

        Parameters
        ----------
        values : mapping of str to float64 array, shape (sets,)
            As for :meth:`at`.
        seed : int
            Of the simulated years.
        replications : int
            Simulated years of each set.
        """
        parts, years = [], Simulation(seed, replications)
        for model in self.models:
            known = self.of(model, values).copy()
            missing = np.flatnonzero(np.isnan(known))
            if missing.size:
                some = {key: array[missing] for key, array in self.beside(values).items()}
                known[missing] = years(self.scenario, model, some).get(self.measure, np.nan)
            parts.append(known)
        return parts[0] if len(parts) == 1 else np.asarray(parts[0] - parts[1])

    def scanned(self, scans: Mapping[str, Floats]) -> dict[str, Floats]:
        """The figure along each key's own values while all other keys stay, by one evaluation a model.

        Parameters
        ----------
        scans : mapping of key to array
            Keys of the scenario's numbers, and the values each is put to.
        """
        parts = [
            self._scanned(model, {key: x for key, x in scans.items() if is_of(key, model)}) for model in self.models
        ]
        stays = [float(self.of(model, {})[0]) for model in self.models]
        found = {}
        for key, x in scans.items():
            own = [part.get(key, np.full(len(x), base)) for part, base in zip(parts, stays, strict=True)]
            found[key] = own[0] if len(own) == 1 else np.asarray(own[0] - own[1])
        return found

    def _scanned(self, model: str, scans: Mapping[str, Floats]) -> dict[str, Floats]:
        if not scans:
            return {}
        n = sum(map(len, scans.values()))
        arrays: dict[str, Floats] = {}
        slots: dict[str, slice] = {}
        at = 0
        for key, x in scans.items():
            slots[key] = slice(at, at + len(x))
            arrays[key] = np.full(n, float(self.limits[key][0].value))
            arrays[key][slots[key]] = x
            at += len(x)
        values = self.of(model, arrays)
        return {key: values[slot] for key, slot in slots.items()}

    def reasons(self, values: Mapping[str, Floats] | None = None) -> list[Doubt | None]:
        """Why there is no answer, for each set of values; None where there is one.

        Parameters
        ----------
        values : mapping of str to float64 array, shape (sets,), optional
            As for :meth:`at`.
        """
        return reasons(self.scenario, self.models, self.beside(values or {}), self.by)


def reasons(
    scenario: Scenario, models: Sequence[str], values: Mapping[str, Floats], by: Evaluate = closed_form
) -> list[Doubt | None]:
    """Why there is no answer, for each set of values; None where every model has one.

    Parameters
    ----------
    scenario : Scenario
        What stands where nothing is put.
    models : sequence of str
        Machine names; the first that has no answer says why.
    values : mapping of str to float64 array, shape (sets,)
        By dotted key, in the units of the keys.
    by : Evaluate
        What gives the figures. Only the closed form has no answer where staff never catch up.

    Returns
    -------
    list of Doubt or None
        One a set; a single one when nothing is put.
    """
    from kravsim.expected.missing import OVERLOAD, PEOPLE, RELIEF, Expected

    n = len(next(iter(values.values()))) if values else 1
    found: list[Doubt | None] = [None] * n
    for model in models:
        answer = by(scenario, model, {key: array for key, array in values.items() if is_of(key, model)})
        many = len(answer[FISCAL])  # 1 where nothing of this model's is varied
        for place in np.flatnonzero(np.broadcast_to(np.isnan(answer[FISCAL]), n)):
            behind = isinstance(answer, Expected) and answer.why(FISCAL, int(place) % many) in (
                OVERLOAD,
                PEOPLE,
                RELIEF,
            )
            found[place] = found[place] or (NO_ANSWER if behind else IMPOSSIBLE)
    return found
