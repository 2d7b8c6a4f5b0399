"""Calibrations of every reading of a scenario together, and what their sets depend on.

Sets belong to a scenario and a law that are the same in everything that they depend on; the numbers of models that no target
speaks of, titles, notes and sources may change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from kravsim.calibration.calibration import Calibration
from kravsim.equality import EqualByParts
from kravsim.errors import Problem, ScenarioError
from kravsim.law import asks_beyond_the_table, law_of, load_law
from kravsim.phrases import phrase
from kravsim.provenance import fingerprint
from kravsim.scalars import whole_number
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.parameter_sets import ParameterSets

if TYPE_CHECKING:
    from kravsim.scenario import Scenario

_WORDS: Final = ("title", "title_sv", "note", "source", "status", "reading", "reading_sv", "published")
READING: Final = "reading"
"""The dimension whose alternatives say what the books are taken to mean."""
LIMITATION: Final = "limitation_years"
"""Last part of the keys whose alternatives are rules of law."""
_NOT_READ: Final = ("alternatives", "body", "targets", "sequences")


@dataclass(frozen=True, eq=False)
class Posterior(EqualByParts):
    """Calibrations of a scenario read in several ways, with the weights of the ways.

    Going through it gives the calibrations; ``posterior["A"]`` is that of reading A.

    Attributes
    ----------
    scenario : Scenario
        With its dimensions open.
    calibrations : tuple of Calibration
        One a reading.
    weights : tuple of Fraction
        They sum to exactly 1.
    without : tuple of str
        Readings of the scenario that no sets are kept of: left out, and the weights are those of the others among themselves.
    """

    scenario: Scenario
    calibrations: tuple[Calibration, ...]
    weights: tuple[Fraction, ...]
    without: tuple[str, ...] = ()

    def __getitem__(self, name: str | int) -> Calibration:
        """Give a calibration by the name of its reading, or by its place.

        Raises
        ------
        KeyError
            When there is no reading of that name; says which there are.
        IndexError
            When there are not so many.
        """
        place = whole_number(name)
        if place is not None:
            return self.calibrations[place]
        for one in self.calibrations:
            if one.name == name:
                return one
        message = f"no reading {name!r}: there are {', '.join(one.name for one in self.calibrations)}"
        raise KeyError(message)

    def __iter__(self) -> Iterator[Calibration]:
        return iter(self.calibrations)

    def __contains__(self, one: object) -> bool:
        return one in self.calibrations or any(known.name == one for known in self.calibrations)

    def __len__(self) -> int:
        return len(self.calibrations)

    def parameter_sets(self) -> tuple[ParameterSets, ...]:
        """One table a combination of alternatives, for studies that draw from them; the weights sum to 1."""
        return tuple(
            ParameterSets(one.choice, float(weight), one.keys, one.values)
            for one, weight in zip(self.calibrations, self.weights, strict=True)
        )

    def table(self, lang: str = "sv") -> str:
        """Write every calibration as plain text.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        rule = "\n\n" + "=" * 100 + "\n\n"
        return rule.join(one.table(lang) for one in self.calibrations)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        named = zip(self.calibrations, self.weights, strict=True)
        return {
            "scenario": self.scenario.name,
            "calibrations": {one.name: {"weight": float(weight), **one.to_json()} for one, weight in named},
        }

    def __repr__(self) -> str:
        return f"<Posterior of {self.scenario.name}: {', '.join(one.name for one in self.calibrations)}>"


def readings(scenario: Scenario, dimensions: Sequence[str]) -> list[tuple[dict[str, str], Fraction]]:
    """Every combination of the open alternatives of some dimensions, with its weight.

    Parameters
    ----------
    scenario : Scenario
        With those dimensions open.
    dimensions : sequence of str
        Names of dimensions; none of them gives the base reading alone, with weight 1.

    Returns
    -------
    list of (dict, Fraction)
        Name of the alternative by dimension, and the product of the weights; they sum to exactly 1.

    Raises
    ------
    ScenarioError
        When a dimension is not open in the scenario.
    """
    if isinstance(dimensions, str):
        remedy = phrase("write dimensions=[{dimensions!r}]", dimensions=dimensions)
        raise ScenarioError(Problem("", "dimensions", dimensions, "a list of dimensions", remedy))
    problems = []
    for dimension in dimensions:
        if dimension not in scenario.alternatives:
            known = list(scenario.alternatives)
            allowed = phrase("one of {names}", names=", ".join(known)) if known else "a scenario with open alternatives"
            remedy = did_you_mean(dimension, known) or "calibrate it without naming a dimension"
            problems.append(Problem("calibrate", "dimensions", dimension, allowed, remedy))
    if problems:
        raise ScenarioError(problems)
    found: list[tuple[dict[str, str], Fraction]] = [({}, Fraction(1))]
    for dimension in dimensions:
        named = scenario.alternatives[dimension].items()
        found = [({**choice, dimension: name}, weight * part) for choice, weight in found for name, part in named]
    return found


def usual_dimensions(scenario: Scenario) -> tuple[str, ...]:
    """Give the open dimensions that calibration usually takes: how the books are read, and the law of limitation.

    Others, such as how claims are handed over, stay at their base.

    Parameters
    ----------
    scenario : Scenario
        Alternatives may be open or settled.
    """
    alternatives = scenario.alternatives
    rules = [one for one, named in alternatives.items() if any(of_limitation(scenario, one, name) for name in named)]
    return (*(one for one in alternatives if one == READING), *(one for one in rules if one != READING))


def of_limitation(scenario: Scenario, dimension: str, name: str) -> bool:
    """Whether an alternative changes years of limitation, and so is a rule of law.

    Parameters
    ----------
    scenario : Scenario
        With the dimension in it.
    dimension, name : str
        Of the alternative.
    """
    changes = scenario.data.alternatives[dimension][name].changes
    return any(key.rpartition(".")[2] == LIMITATION for key in changes)


def fits(calibration: Calibration, scenario: Scenario) -> bool:
    """Tell whether sets agree with a scenario, read as they were, in everything that they depend on.

    Parameters
    ----------
    calibration : Calibration
        Of any scenario.
    scenario : Scenario
        Which the sets are to be used with.
    """
    read = read_as(scenario, calibration.choice)
    known = read.data.targets
    if not known.keys() >= calibration.targets.keys():
        return False
    targets = {name: known[name] for name in calibration.targets}
    return basis(replace(calibration, scenario=read, targets=targets)) == basis(calibration)


def chosen(scenario: Scenario) -> dict[str, str]:
    """Alternatives that have been settled since the scenario was read from its file, by dimension.

    Parameters
    ----------
    scenario : Scenario
        With all its changes.
    """
    parts = ((key.partition("."), name) for key, name in scenario.changes)
    return {
        dimension: name
        for (where, _, dimension), name in parts
        if where == "alternatives" and "." not in dimension and isinstance(name, str)
    }


def basis(calibration: Calibration) -> dict[str, str]:
    """Fingerprints of what the sets depend on: the scenario as it was read, its targets, the law.

    Parameters
    ----------
    calibration : Calibration
        Its own scenario, law and targets are taken.

    Returns
    -------
    dict of str to str
        Fingerprint by name of the part.
    """
    scenario, keys = calibration.scenario, calibration.keys
    models = {target.model for target in calibration.targets.values()}
    others = tuple(f"models.{name}." for name in scenario.models if name not in models)
    rows = [
        [row.key, row.value, row.low, row.high, row.dist]
        for row in scenario.rows()
        if row.key.split(".", 1)[0] not in _NOT_READ
        and row.key.rpartition(".")[2] not in _WORDS
        and (not row.key.startswith(others) or row.key in keys)
    ]
    targets = {
        name: [target.model, target.metric, target.low, target.high, target.edge]
        for name, target in calibration.targets.items()
    }
    # of days that the table covers a path says nothing
    law = law_of(scenario.data) if asks_beyond_the_table(scenario.data) else load_law()
    return {"scenario": fingerprint({"rows": rows, "targets": targets}), "law": law.fingerprint}


def read_as(scenario: Scenario, choice: Mapping[str, str]) -> Scenario:
    """Choose those alternatives that have not been settled already.

    Parameters
    ----------
    scenario : Scenario
        Alternatives may be open or settled.
    choice : mapping of dimension to name
        Alternatives to choose.
    """
    return scenario.with_alternatives({d: name for d, name in choice.items() if d not in chosen(scenario)})
