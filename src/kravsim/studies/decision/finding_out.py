"""``value_of_information``: what it would be worth to know a scenario's uncertain numbers before choosing a model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from kravsim.errors import Problem, RunError
from kravsim.results.notes import overloaded_in
from kravsim.results.uncertainty import POSTERIOR, PRIOR
from kravsim.results.wording import titled_name
from kravsim.scenario import AnyScenario, Scenario, scenario_of, told_how_to_call
from kravsim.scenario.given import checked_models
from kravsim.studies.decision.cash import annuity_factor
from kravsim.studies.decision.checks import Floats, whole
from kravsim.studies.decision.closed_form import ECONOMIC, FISCAL, is_of
from kravsim.studies.decision.found_out import FindingOut
from kravsim.studies.decision.information import Information
from kravsim.studies.decision.partial_information import Partial
from kravsim.studies.decision.simulated import simulated
from kravsim.studies.decision.voi import evpi, evppi
from kravsim.studies.designs import posterior_design, prior_design, within
from kravsim.studies.older_sets import doubt_of as older_sets
from kravsim.studies.uncertainty import Uncertainty, calibrations_of, stored
from kravsim.studies.worlds import Design

DRAWS: Final = 512
ASKED: Final = 12
"""Inputs whose value is worked out, those that go most with the difference between the best two options."""
MOST_SIMULATED: Final = 2_000


@told_how_to_call
def value_of_information(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    models: Sequence[str] = ("in_house", "outsourced"),
    *,
    uncertainty: Uncertainty = "prior",
    draws: int = DRAWS,
    structures: Mapping[str, str] | None = None,
    economic: bool = False,
    largest_gain: float | None = None,
    asked: int = ASKED,
    years: int = 4,
    rate: float = 0.035,
    seed: int = 1,
) -> FindingOut:
    """Give the value of knowing a scenario's uncertain numbers and readings before choosing between its models.

    The worlds are those of :func:`kravsim.studies.uncertainty` with the same seed. Net benefit is the *expected* figure of
    each world, in closed form; where staff cannot do the work a year of that world is simulated instead, and counted.

    Parameters
    ----------
    scenario : Scenario, str or path
    models : sequence of str
        The options.
    uncertainty, draws, structures
        As for :func:`kravsim.studies.uncertainty`.
    economic : bool
        Count recovered principal as well.
    largest_gain : float, optional
        As for :func:`kravsim.studies.evpi`.
    asked : int
        How many single inputs to value: those that go most with the answer.
    years : int
        How many years a choice binds.
    rate : float
        Real discount rate.
    seed : int

    Returns
    -------
    FindingOut

    Raises
    ------
    ScenarioError
        When a choice is not allowed or nothing is uncertain.
    RunError
        When too many worlds have no closed-form answer, or a world cannot be; with the count.
    """
    scenario = scenario_of(scenario)
    names = checked_models(scenario, models)
    read = within(scenario, structures)
    counts: dict[str, Any] = {"draws": whole(draws, "draws", 2), "replications": 2, "seed": whole(seed, "seed", 0)}
    annuity_factor(rate, years)  # before anything is worked out, so that a wrong rate is refused at once
    ensemble: Any = ()
    if uncertainty == PRIOR:
        design, kind = prior_design(read, **counts), PRIOR
    else:
        ensemble = stored(scenario, structures) if uncertainty == POSTERIOR else uncertainty
        design, kind = posterior_design(scenario, ensemble, structures=structures, **counts), POSTERIOR
    design.check()
    measure = ECONOMIC if economic else FISCAL
    inputs = {key: values for key, values in design.inputs().items() if is_of(key, *names)}
    table, missing, behind = _benefits(design, names, measure, inputs, seed)
    found = evpi(table, options=names, largest_gain=largest_gain)
    everything = Information(float(found), **found.__dict__, titles=_titles(scenario, names))
    parts = _parts(design, inputs, table, whole(asked, "asked", 0)) if float(everything) else ()
    doubts = (overloaded_in(behind, design.draws), older_sets(calibrations_of(ensemble)))
    declared = tuple(doubt for doubt in doubts if doubt is not None)
    return FindingOut(everything, parts, scenario.label, kind, economic, missing, years, rate, declared)


def _titles(scenario: Scenario, models: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Every model as running text, Swedish and English."""
    known = {name: (scenario.data.models[name].title_sv, scenario.data.models[name].title) for name in models}
    return {name: (titled_name(name, both, "sv"), titled_name(name, both, "en")) for name, both in known.items()}


def _benefits(
    design: Design, models: Sequence[str], measure: str, inputs: Mapping[str, Floats], seed: int
) -> tuple[Floats, int, int]:
    """The figure of every model in every world, shape (worlds, models); in how many one was simulated, and one overloaded."""
    from kravsim.expected import evaluated
    from kravsim.expected.missing import OVERLOAD

    behind: set[int] = set()
    of_world = np.array(design.structure)
    table = np.full((design.draws, len(models)), np.nan)
    for structure in range(len(design.choices)):
        here = np.flatnonzero(of_world == structure)
        if not here.size:
            continue
        read = _read(design, structure)
        for column, model in enumerate(models):
            mine = {key: values[here] for key, values in inputs.items() if is_of(key, model)}
            found = evaluated(read, model, mine, drawn=True)
            table[here, column] = found[measure]
            late = np.zeros(len(found[measure]), np.bool_)
            for one in found.missing:
                late[one.sets] |= one.reason == OVERLOAD
            behind |= set(here[np.broadcast_to(late, len(here))].tolist())
    missing = np.flatnonzero(np.isnan(table).any(axis=1))
    if len(missing) > MOST_SIMULATED:
        remedy = "settle the staff at a number that copes, or draw fewer"
        got = f"{len(missing)} of {design.draws} worlds without a closed form"
        raise RunError(Problem("", "draws", got, f"at most {MOST_SIMULATED}", remedy))
    for structure in sorted(set(of_world[missing].tolist())):
        read = _read(design, structure)
        for column, model in enumerate(models):
            here = missing[(of_world[missing] == structure) & np.isnan(table[missing, column])]
            if here.size:
                mine = {key: values[here] for key, values in inputs.items() if is_of(key, model)}
                table[here, column] = simulated(read, [model], [measure], mine, seed=seed)[model, measure][:, 0]
    left = np.flatnonzero(np.isnan(table).any(axis=1))
    if left.size:
        got = f"{left.size} worlds that cannot be, first world {left[0] + 1}"
        raise RunError(
            Problem("", "draws", got, "worlds that are possible", "narrow the ranges that exclude each other")
        )
    return table, len(missing), len(behind)


def _read(design: Design, structure: int) -> Scenario:
    choice = dict(design.choices[structure])
    return design.scenario.with_alternatives(choice) if choice else design.scenario


def _parts(design: Design, inputs: Mapping[str, Floats], table: Floats, asked: int) -> tuple[Partial, ...]:
    """The value of single inputs that go most with the answer, of every reading, and of groups correlated with them."""
    means = table.mean(axis=0)
    first, second = np.argsort(-means)[:2]
    gap = table[:, first] - table[:, second]
    strength = {key: _strength(values, gap) for key, values in inputs.items()}
    chosen = sorted((key for key in strength if strength[key] > 0), key=lambda key: -strength[key])[:asked]
    found = [evppi(table, inputs[key], names=[key]) for key in chosen]
    for group in design.scenario.prior.groups:
        inside = [key for key in group.keys if key in inputs]
        if len(inside) > 1 and set(inside) & set(chosen):
            found.append(evppi(table, np.column_stack([inputs[key] for key in inside]), names=inside))
    for dimension in dict(design.choices[0]):
        values = np.array([dict(design.choices[structure])[dimension] for structure in design.structure])
        if len(set(values.tolist())) > 1:
            found.append(evppi(table, values, names=[dimension]))
    return tuple(sorted(found, key=lambda one: -one.value))


def _strength(values: Floats, gap: Floats) -> float:
    """How much of the gap's variance goes with an input, by means of ten groups of equal size; sees what bends, too."""
    if np.ptp(values) == 0 or np.ptp(gap) == 0:
        return 0.0
    groups = np.array_split(gap[np.argsort(values, kind="stable")], 10)
    between = math.fsum(len(part) * float(part.mean() - gap.mean()) ** 2 for part in groups if len(part))
    return between / (len(gap) * float(gap.var()))
