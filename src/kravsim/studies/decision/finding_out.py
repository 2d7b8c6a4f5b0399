"""``value_of_information``: what it would be worth to know a scenario's uncertain numbers before choosing a model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kravsim.calibration.evaluating import is_of
from kravsim.calibration.worlds import Design
from kravsim.results.notes import doubts_of_question, overloaded_in
from kravsim.running.progress import Clock, Progress
from kravsim.scenario import (
    AnyScenario,
    Scenario,
    all_checked,
    checked_call,
    checked_models,
    scenario_of,
    truth_of,
)
from kravsim.studies.decision.benefits import all_benefits_of, worlds_of
from kravsim.studies.decision.cash import annuity_factor
from kravsim.studies.decision.chance_curve import chance_curve
from kravsim.studies.decision.checks import Floats, whole
from kravsim.studies.decision.closed_form import ECONOMIC, FISCAL
from kravsim.studies.decision.drawn import readings_of
from kravsim.studies.decision.found_out import FindingOut
from kravsim.studies.decision.information import Information
from kravsim.studies.decision.nested import STRATA, WORLDS, Nested, is_known_given_others
from kravsim.studies.decision.nested import nested as nested_value
from kravsim.studies.decision.partial_information import Partial
from kravsim.studies.decision.titles import titles_of
from kravsim.studies.decision.voi import TooFewDrawsError, evpi, evppi, gain_of
from kravsim.studies.uncertainty import Uncertainty, doubts_of_sets
from kravsim.words.display import number
from kravsim.words.doubts import Doubt
from kravsim.words.key_words import key_name

DRAWS: Final = 512
ASKED: Final = 12
"""Inputs whose value is worked out, those that go most with the difference between the best two options."""
NESTED: Final = 3
"""Of these, those whose value is also worked out by nested closed form."""


@checked_call
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
    nested: int = NESTED,
    years: int = 4,
    rate: float = 0.035,
    seed: int = 1,
    progress: bool | None = None,
) -> FindingOut:
    """Give the value of knowing a scenario's uncertain numbers and readings before choosing between its models.

    The worlds are those of :func:`kravsim.studies.uncertainty` with the same seed. Net benefit is the *expected* figure of
    each world, in closed form; where staff cannot do the work a year of that world is simulated instead, and counted.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    models : sequence of str
        The options.
    uncertainty, draws, structures
        As for :func:`kravsim.studies.uncertainty`.
    economic : bool
        Count recovered principal as well. What knowing everything is worth is told of both benefits, apart from each other.
    largest_gain : float, optional
        As for :func:`kravsim.studies.evpi`.
    asked : int
        How many single inputs to value: those that go most with the answer.
    nested : int
        How many of these to value also by nested closed form, the largest first: without regression, where the number is
        independent of the readings and its distribution given all others is known, as in a prior. Some seconds each.
    years : int
        How many years a choice binds.
    rate : float
        Real discount rate.
    seed : int
        Fixes the draws and the simulated years.
    progress : bool, optional
        Say how long the nested closed form will take and show how far it has come; by default at terminals and in notebooks.

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
    names, many, root, economic, largest_gain, single, firmly, bound, *_ = all_checked(  # before anything is worked out
        lambda: checked_models(scenario, models),
        lambda: whole(draws, "draws", 2),
        lambda: whole(seed, "seed", 0),
        lambda: truth_of("economic", economic),
        lambda: gain_of(largest_gain),
        lambda: whole(asked, "asked", 0),
        lambda: whole(nested, "nested", 0),
        lambda: whole(years, "years", 1),
        lambda: annuity_factor(rate, 1),
        lambda: progress is None or truth_of("progress", progress),
    )
    design, kind, ensemble = worlds_of(scenario, uncertainty, draws=many, structures=structures, seed=root)
    measure, other = (ECONOMIC, FISCAL) if economic else (FISCAL, ECONOMIC)
    inputs = {key: values for key, values in design.inputs().items() if is_of(key, *names)}
    clock = Clock()
    tables, missing, behind = all_benefits_of(design, names, (measure, other), inputs, root)
    each, table = clock.seconds / many, tables[measure]
    everything = _everything(table, scenario, names, largest_gain)
    parts, left_out = _parts(design, inputs, table, single) if float(everything) else ((), ())
    firm = _nested(design, names, measure, inputs, parts, firmly, each, progress)
    curve = chance_curve(table, names[0], options=names)
    overloaded = overloaded_in(behind, design.draws)
    known = (*doubts_of_question(scenario, names), *doubts_of_sets(ensemble), *left_out)
    declared = known if overloaded is None else (overloaded, *known)
    return FindingOut(
        everything=everything,
        other=_everything(tables[other], scenario, names, None),
        readings=tuple(
            (one, _everything(table[one.worlds], scenario, names, largest_gain))
            for one in readings_of(design)[1:]
            if len(one.worlds) > 1
        ),
        inputs=parts,
        nested=firm,
        curve=replace(curve, titles=titles_of(scenario, names)),
        about=scenario.label,
        kind=kind,
        economic=economic,
        simulated=missing,
        years=bound,
        rate=rate,
        doubts=declared,
    )


def _everything(table: Floats, scenario: Scenario, names: Sequence[str], largest_gain: float | None) -> Information:
    """The value of knowing everything, with the models' own titles."""
    found = evpi(table, options=names, largest_gain=largest_gain)
    return Information(float(found), **found.__dict__, titles=titles_of(scenario, names))


def _nested(
    design: Design,
    names: Sequence[str],
    measure: str,
    inputs: Mapping[str, Floats],
    parts: Sequence[Partial],
    many: int,
    each: float,
    progress: bool | None,
) -> tuple[Nested, ...]:
    """The single numbers that are worth most, by nested closed form, where their distribution given all others is known."""
    single = [one.inputs.names[0] for one in parts if len(one.inputs.names) == 1 and one.value > 0]
    keys = [key for key in single if key in inputs and is_known_given_others(design, key)][:many]
    found = []
    with Progress(progress) as shown:
        shown.timed(each, 1)
        shown.begin(len(keys) * STRATA * min(WORLDS, design.draws), ("lägen i nästlad form", "worlds, nested"))
        for key in keys:
            one = nested_value(design, names, measure, inputs, key)
            shown.advance(STRATA * min(WORLDS, design.draws))
            if one is not None:
                found.append(one)
    return tuple(sorted(found, key=lambda one: -one.value))


def _parts(
    design: Design, inputs: Mapping[str, Floats], table: Floats, asked: int
) -> tuple[tuple[Partial, ...], tuple[Doubt, ...]]:
    """The value of single inputs that go most with the answer, of every reading, and of groups correlated with them.

    What there are too few worlds for is left out, and said.
    """
    means = table.mean(axis=0)
    first, second = np.argsort(-means)[:2]
    gap = table[:, first] - table[:, second]
    strength = {key: _strength(values, gap) for key, values in inputs.items()}
    chosen = sorted((key for key in strength if strength[key] > 0), key=lambda key: -strength[key])[:asked]
    questions: list[tuple[tuple[str, ...], np.ndarray]] = [((key,), inputs[key]) for key in chosen]
    for group in design.scenario.prior.groups:
        inside = tuple(key for key in group.keys if key in inputs)
        if len(inside) > 1 and set(inside) & set(chosen):
            questions.append((inside, np.column_stack([inputs[key] for key in inside])))
    for dimension in dict(design.choices[0]):
        values = np.array([dict(design.choices[structure])[dimension] for structure in design.structure])
        if len(set(values.tolist())) > 1:
            questions.append(((dimension,), values))
    found: list[Partial] = []
    left: dict[tuple[str, ...], int] = {}
    for names, values in questions:
        try:
            found.append(evppi(table, values, names=list(names)))
        except TooFewDrawsError as few:
            left[names] = few.needed
    return tuple(sorted(found, key=lambda one: -one.value)), _left_out(left, len(table))


def _left_out(left: Mapping[tuple[str, ...], int], draws: int) -> tuple[Doubt, ...]:
    """Say of which inputs the value is not given, because there are too few worlds for so many numbers together."""
    if not left:
        return ()
    said = {
        lang: "; ".join(" + ".join(key_name(key, lang) for key in names) for names in left) for lang in ("sv", "en")
    }
    many = {lang: (number(draws, lang), number(max(left.values()), lang)) for lang in ("sv", "en")}
    return (
        Doubt(
            "too_few_draws",
            f"{many['sv'][0]} lägen är för få för att säga vad det är värt att ta reda på följande, som kräver "
            f"{many['sv'][1]} lägen: {said['sv']}.",
            f"{many['en'][0]} worlds are too few to say what finding out the following is worth, which needs "
            f"{many['en'][1]} worlds: {said['en']}.",
            more=tuple(", ".join(names) for names in left),
        ),
    )


def _strength(values: Floats, gap: Floats) -> float:
    """How much of the gap's variance goes with an input, by means of ten groups of equal size; sees what bends, too."""
    if np.ptp(values) == 0 or np.ptp(gap) == 0:
        return 0.0
    groups = np.array_split(gap[np.argsort(values, kind="stable")], 10)
    between = math.fsum(len(part) * float(part.mean() - gap.mean()) ** 2 for part in groups if len(part))
    return between / (len(gap) * float(gap.var()))
