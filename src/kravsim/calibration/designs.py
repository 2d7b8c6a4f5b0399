"""How an uncertain study is laid out: worlds from the prior, or from parameter sets that fit the scenario as it stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final, Protocol, runtime_checkable

from kravsim.calibration.calibration import Calibration
from kravsim.calibration.posterior import Posterior, chosen, fits, of_limitation, readings
from kravsim.calibration.worlds import MOST_DRAWS, Choice, Design, draws_needed
from kravsim.calibration.worlds_by_reading import read_asked
from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase, together
from kravsim.scalars import whole_number
from kravsim.scenario import Scenario
from kravsim.scenario.parameter_sets import ParameterSets

LEAST_DRAWS: Final = 2
LEAST_REPLICATIONS: Final = 2
USUAL_DRAWS: Final = 256
MOST_USUAL_DRAWS: Final = 4096
"""As many worlds as are run unasked, however rare a structure is."""
WEIGHT_TOLERANCE: Final = 1e-9


@runtime_checkable
class Ensemble(Protocol):
    """Anything that parameter sets can be taken from: a calibration, or a posterior over readings."""

    def parameter_sets(self) -> Sequence[ParameterSets]:
        """One table for each combination of alternatives; their weights sum to 1."""
        ...


def prior_design(
    scenario: Scenario,
    *,
    draws: int | None,
    replications: int,
    seed: int,
    worlds_by_reading: Mapping[str, int] | None = None,
) -> Design:
    """Draw structures by their weights and values from their distributions.

    Parameters
    ----------
    scenario : Scenario
        What is studied, as it stands: alternatives may be open or settled.
    draws : int or None
        How many worlds; by default a usual number, or as many more as give every structure two.
    replications : int
        In each world.
    seed : int
        From 0 up.
    worlds_by_reading : mapping of str to int, optional
        Worlds of each alternative of one dimension.

    Returns
    -------
    Design
        Without parameter sets.
    """
    structures = scenario.structures()
    choices = tuple(tuple(one.choice.items()) for one in structures)
    weights = tuple(one.weight for one in structures)
    counts = (draws, replications)
    return _design(scenario, choices, weights, counts=counts, seed=seed, worlds_by_reading=worlds_by_reading)


def posterior_design(
    scenario: Scenario,
    ensemble: Ensemble | Iterable[ParameterSets],
    *,
    draws: int | None,
    replications: int,
    seed: int,
    structures: Mapping[str, str] | None = None,
    worlds_by_reading: Mapping[str, int] | None = None,
) -> Design:
    """Draw structures and values from parameter sets; those of alternatives that have been settled otherwise go.

    Dimensions that no table speaks of stay at their base, which the values were found with; but for those of the law of
    limitation (:func:`open_rules`): under each of their alternatives the tables of a calibration are used as they are.

    Parameters
    ----------
    scenario : Scenario
        What is studied, as it stands: alternatives may be open or settled.
    ensemble : calibration, posterior or iterable of ParameterSets
        Where the sets come from; their weights sum to 1.
    draws, replications, seed : int
        As for :class:`Design`.
    structures : mapping of dimension to name, optional
        Alternatives of the scenario to settle first.
    worlds_by_reading : mapping of str to int, optional
        Worlds of each alternative of one dimension that is left open.

    Raises
    ------
    ScenarioError
        When no table fits the scenario, the tables speak of different dimensions, or the weights do not sum to 1; when an
        alternative is settled that the tables were not found with.
    """
    given = _tables(ensemble)
    total = math.fsum(table.weight for table in given)
    if abs(total - 1) > WEIGHT_TOLERANCE:
        remedy = "give the probability of every combination; weights are never renormalised"
        raise ScenarioError(Problem("parameter sets", "weight", total, "weights that sum to 1", remedy))
    read = within(scenario, structures)
    settled = chosen(read)
    tables = tuple(
        table
        for table in given
        if all(settled.get(dimension, name) == name for dimension, name in table.choice.items())
    )
    if not tables:
        remedy = phrase("they are of {names}", names=", ".join(" ".join(table.choice.values()) for table in given))
        raise ScenarioError(Problem("parameter sets", "choice", settled, "sets of the chosen alternatives", remedy))
    choices = tuple(tuple((d, n) for d, n in table.choice.items() if d not in settled) for table in tables)
    _refuse_unlike(choices)
    sure = isinstance(ensemble, Calibration | Posterior)
    rules = open_rules(scenario, tables) if sure else ()
    _refuse_unspoken(scenario, settled, tables, rules, sure=sure)
    _refuse_stale(within(scenario, {d: n for d, n in (structures or {}).items() if d not in rules}), ensemble)
    kept = sum((Fraction(table.weight) for table in tables), start=Fraction(0))
    under = readings(read, [dimension for dimension in rules if dimension not in settled])
    every = [(table, choice, *rule) for table, choice in zip(tables, choices, strict=True) for rule in under]
    return _design(
        read,
        tuple((*choice, *rule.items()) for _, choice, rule, _ in every),
        tuple(Fraction(table.weight) / kept * part for table, _, _, part in every),
        counts=(draws, replications),
        seed=seed,
        sets=tuple(table for table, *_ in every),
        worlds_by_reading=worlds_by_reading,
    )


def open_rules(scenario: Scenario, tables: Iterable[ParameterSets]) -> tuple[str, ...]:
    """Dimensions of the law of limitation that parameter sets can be run under as they are.

    Their alternatives change years of limitation, and nothing that the tables speak of: which of them holds is a question of
    law, on which agreement with the books says nothing.

    Parameters
    ----------
    scenario : Scenario
        What is studied, as it stands: alternatives may be open or settled.
    tables : iterable of ParameterSets
        Those that are drawn from.

    Returns
    -------
    tuple of str
        In the order of the scenario.
    """
    given = tuple(tables)
    spoken = {dimension for table in given for dimension in table.choice}
    keys = {key for table in given for key in table.keys}
    found = []
    for dimension, named in scenario.data.alternatives.items():
        changed = {key for one in named.values() for key in one.changes}
        if (
            any(of_limitation(scenario, dimension, name) for name in named)
            and dimension not in spoken
            and not _touch(changed, keys)
        ):
            found.append(dimension)
    return tuple(found)


def _touch(changed: Iterable[str], keys: Iterable[str]) -> bool:
    """Whether a change is of one of the keys, of a table that holds one, or of something within one."""
    known = tuple(keys)
    return any(key == one or key.startswith(f"{one}.") or one.startswith(f"{key}.") for one in changed for key in known)


def _tables(ensemble: Ensemble | Iterable[ParameterSets]) -> tuple[ParameterSets, ...]:
    """The tables of an ensemble, or those that were given, in whatever holds them."""
    found = ensemble.parameter_sets() if isinstance(ensemble, Ensemble) else ensemble
    given = tuple(found) if isinstance(found, Iterable) else (found,)
    if not given or not all(isinstance(table, ParameterSets) for table in given):
        remedy = "give what a calibration found, or a list of kravsim.studies.ParameterSets"
        got = Words("nothing" if not given else phrase("a {kind}", kind=type(ensemble).__name__))
        raise ScenarioError(Problem("", "uncertainty", got, "prior, posterior, a calibration or its tables", remedy))
    return given


def _design(
    scenario: Scenario,
    choices: tuple[Choice, ...],
    weights: tuple[Fraction, ...],
    *,
    counts: tuple[int | None, int],
    seed: int,
    sets: tuple[ParameterSets, ...] | None = None,
    worlds_by_reading: Mapping[str, int] | None,
) -> Design:
    draws, replications = counts
    problems = [
        Problem("", name, value, phrase("a whole number from {least} to {most}", least=least, most=MOST_DRAWS), remedy)
        for name, value, least, remedy in (
            ("draws", draws, LEAST_DRAWS, "one world shows no spread of parameters"),
            (
                "replications_per_draw",
                replications,
                LEAST_REPLICATIONS,
                "one replication cannot show chance within a world",
            ),
        )
        if value is not None and not least <= (whole_number(value) or 0) <= MOST_DRAWS
    ]
    by_reading = None
    if worlds_by_reading is not None:
        by_reading, wrong = read_asked(worlds_by_reading, choices, weights, MOST_DRAWS)
        problems += wrong
    if problems:
        raise ScenarioError(problems)
    if by_reading is not None:
        draws = by_reading.total
    usual = min(max(USUAL_DRAWS, draws_needed(weights, seed)), MOST_USUAL_DRAWS)
    many = usual if draws is None else int(draws)
    made = Design(scenario, choices, weights, many, int(replications), seed, sets, by_reading)
    made.check()
    return made


def _refuse_unlike(choices: Sequence[Choice]) -> None:
    """With a dimension named by some tables and not by others it would be silent which alternative was meant."""
    dimensions = {tuple(sorted(dimension for dimension, _ in choice)) for choice in choices}
    if len(dimensions) > 1:
        remedy = "name an alternative of the same dimensions in every table"
        named = [", ".join(names) or phrase("none") for names in sorted(dimensions)]
        got = Words(together(*named, between=phrase(" and ")))
        raise ScenarioError(Problem("parameter sets", "choice", got, "the same dimensions in every table", remedy))


def _refuse_unspoken(
    scenario: Scenario,
    settled: Mapping[str, str],
    tables: Sequence[ParameterSets],
    rules: Sequence[str],
    *,
    sure: bool,
) -> None:
    """Values found at the base of a dimension would quietly undo another of its alternatives.

    Of what was settled before the study it is not known whether it was the base: then only a calibration is `sure`, which
    knows the scenario that it fits.
    """
    spoken = set.intersection(*(set(table.choice) for table in tables))
    problems = []
    for dimension, name in settled.items():
        known = scenario.data.alternatives.get(dimension)
        if dimension not in {*spoken, *rules} and (not sure if known is None else known[name].changes):
            remedy = phrase(
                "leave {dimension} open, which keeps it at its base, or calibrate with choice={{{dimension!r}: {name!r}}} "
                "and give the calibration",
                dimension=dimension,
                name=name,
            )
            allowed = phrase("parameter sets that were found with {dimension} {name}", dimension=dimension, name=name)
            problems.append(Problem("parameter sets", dimension, name, allowed, remedy))
    if problems:
        raise ScenarioError(problems)


def _refuse_stale(scenario: Scenario, ensemble: object) -> None:
    """What a calibration found holds for the scenario that it was found with; of bare tables nobody knows which that was."""
    every = ensemble.calibrations if isinstance(ensemble, Posterior) else (ensemble,)
    settled = chosen(scenario)
    problems = []
    for one in every:
        if not isinstance(one, Calibration) or any(settled.get(d, name) != name for d, name in one.choice.items()):
            continue
        if not fits(one, scenario):
            remedy = "calibrate this scenario, or compare the one that was calibrated"
            got, allowed = (
                Words("made from another scenario"),
                phrase("sets found with {name} as it stands", name=scenario.name),
            )
            problems.append(Problem("parameter sets", one.name, got, allowed, remedy))
    if problems:
        raise ScenarioError(problems)


def within(scenario: Scenario, structures: Mapping[str, str] | None) -> Scenario:
    """Settle some of the alternatives, if any are named.

    Parameters
    ----------
    scenario : Scenario
        What is studied, as it stands: alternatives may be open or settled.
    structures : mapping of dimension to name, optional
        Alternatives to settle.
    """
    return scenario if structures is None else scenario.with_alternatives(structures)
