"""Calibrations of every reading of a scenario together, and the files they are kept in beside it.

A file is a table of parameter sets, with one line above it that says what it was made from. It is read only for a scenario
and a law that are the same in everything that the sets depend on; the numbers of models that no target speaks of, titles,
notes and sources may change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.errors import ABSENT, DataError, Problem, ScenarioError
from kravsim.law import load_law
from kravsim.provenance import fingerprint
from kravsim.results.store import write_text
from kravsim.scenario import library
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.parameter_sets import ParameterSets
from kravsim.studies.calibration import Calibration, Diagnosis

if TYPE_CHECKING:
    import os

    from kravsim.scenario import Scenario

KIND: Final = "kravsim parameter sets 1"
_HEAD: Final = "# "
_WORDS: Final = ("title", "title_sv", "note", "source", "status", "reading", "reading_sv", "published")
_NOT_READ: Final = ("alternatives", "body", "targets")


@dataclass(frozen=True, eq=False)
class Posterior:
    """Calibrations of a scenario read in several ways, with the weights of the ways.

    Attributes
    ----------
    scenario : Scenario
    calibrations : tuple of Calibration
    weights : tuple of Fraction
        They sum to exactly 1.
    """

    scenario: Scenario
    calibrations: tuple[Calibration, ...]
    weights: tuple[Fraction, ...]

    def __getitem__(self, name: str) -> Calibration:
        for one in self.calibrations:
            if one.name == name:
                return one
        raise KeyError(name)

    def __len__(self) -> int:
        return len(self.calibrations)

    def parameter_sets(self) -> tuple[ParameterSets, ...]:
        """One table a combination of alternatives, for studies that draw from them; the weights sum to 1."""
        return tuple(
            ParameterSets(one.choice, float(weight), one.keys, one.values)
            for one, weight in zip(self.calibrations, self.weights, strict=True)
        )

    def table(self, lang: str = "sv") -> str:
        """Write every calibration as plain text."""
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

    Raises
    ------
    ScenarioError
        When a dimension is not open in the scenario.
    """
    problems = []
    for dimension in dimensions:
        if dimension not in scenario.alternatives:
            known = list(scenario.alternatives)
            allowed = f"one of {', '.join(known)}" if known else "a scenario with open alternatives"
            remedy = did_you_mean(dimension, known) or "calibrate it without naming a dimension"
            problems.append(Problem("calibrate", "dimensions", dimension, allowed, remedy))
    if problems:
        raise ScenarioError(problems)
    found: list[tuple[dict[str, str], Fraction]] = [({}, Fraction(1))]
    for dimension in dimensions:
        named = scenario.alternatives[dimension].items()
        found = [({**choice, dimension: name}, weight * part) for choice, weight in found for name, part in named]
    return found


def fits(calibration: Calibration, scenario: Scenario) -> bool:
    """Tell whether sets agree with a scenario, read as they were, in everything that they depend on."""
    read = _read_as(scenario, calibration.choice)
    known = read.data.targets
    if not known.keys() >= calibration.targets.keys():
        return False
    targets = {name: known[name] for name in calibration.targets}
    return basis(replace(calibration, scenario=read, targets=targets)) == basis(calibration)


def chosen(scenario: Scenario) -> dict[str, str]:
    """Alternatives that have been settled since the scenario was read from its file, by dimension."""
    parts = ((key.partition("."), name) for key, name in scenario.changes)
    return {
        dimension: name
        for (where, _, dimension), name in parts
        if where == "alternatives" and "." not in dimension and isinstance(name, str)
    }


def basis(calibration: Calibration) -> dict[str, str]:
    """Fingerprints of what the sets depend on: the scenario as it was read, its targets, the law."""
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
    return {"scenario": fingerprint({"rows": rows, "targets": targets}), "law": load_law().fingerprint}


def calibration_text(calibration: Calibration) -> str:
    """Write a calibration as the text of its file."""
    head = {
        "kind": KIND,
        "name": calibration.scenario.name,
        "choice": dict(calibration.choice),
        "seed": calibration.seed,
        "made_from": basis(calibration),
        "targets": list(calibration.targets),
        "diagnosis": asdict(calibration.diagnosis),
        "slopes": calibration.slopes.tolist(),
    }
    lines = [_HEAD + json.dumps(head, ensure_ascii=False, allow_nan=False)]
    lines.append(",".join([*calibration.keys, *(f"target:{name}" for name in calibration.targets)]))
    table = np.hstack((calibration.values, calibration.figures))
    lines += [",".join(f"{number:.10g}" for number in row) for row in table.tolist()]
    return "\n".join(lines) + "\n"


def save_calibration(calibration: Calibration, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Keep a calibration in a file that :func:`load_calibration` reads.

    Raises
    ------
    OutputError
        When the file exists and `force` is false, or it cannot be written.
    """
    return write_text(path, calibration_text(calibration), force=force)


def load_calibration(scenario: Scenario, path: str | os.PathLike[str]) -> Calibration:
    """Read a calibration back.

    Parameters
    ----------
    scenario : Scenario
        What it was made from, with the alternatives of its choice open or settled so.
    path : path

    Raises
    ------
    DataError
        When there is no such file, it is not whole, or it was made from another scenario or law.
    """
    file = Path(path)
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        remedy = f"make it with kravsim calibrate {scenario.name} ({error})"
        raise DataError(Problem(str(file), "", ABSENT, "a file of parameter sets", remedy)) from None
    try:
        found = _read(scenario, text)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        remedy = f"make it again with kravsim calibrate {scenario.name} ({error})"
        raise DataError(Problem(str(file), "", "a file that cannot be read", f"{KIND}, whole", remedy)) from None
    calibration, made_from = found
    now = basis(calibration)
    other = [what for what in now if made_from.get(what) != now[what]]
    if other:
        remedy = f"calibrate again: kravsim calibrate {scenario.name}"
        problems = [
            Problem(str(file), what, f"made from another {what}", f"{now[what][:12]}", remedy) for what in other
        ]
        raise DataError(problems)
    return calibration


def stored_posterior(scenario: Scenario, *, dimensions: Sequence[str] = ("reading",)) -> Posterior:
    """Read the calibrations that are kept beside a bundled scenario.

    Parameters
    ----------
    scenario : Scenario
        Whose name is that of a bundled scenario.
    dimensions : sequence of str
        As for :func:`kravsim.studies.calibrate_all`.

    Raises
    ------
    DataError
        When one is missing, or was made from another scenario or law.
    ScenarioError
        When a dimension is not open, or there is no such bundled scenario.
    """
    every = readings(scenario, dimensions)
    found = [load_calibration(scenario, stored_path(scenario.name, choice)) for choice, _ in every]
    return Posterior(scenario, tuple(found), tuple(weight for _, weight in every))


def stored_path(name: str, choice: Mapping[str, str]) -> Path:
    """Where the calibration of a bundled scenario is kept."""
    return library.find(name).parent / file_name(name, choice)


def file_name(name: str, choice: Mapping[str, str]) -> str:
    """What the file of a calibration is called: ``<scenario>.posterior-<alternatives>.csv``."""
    return f"{name}.posterior-{'-'.join(choice.values()) or 'base'}.csv"


def _read_as(scenario: Scenario, choice: Mapping[str, str]) -> Scenario:
    """Choose those alternatives that have not been settled already."""
    return scenario.with_alternatives({d: name for d, name in choice.items() if d not in chosen(scenario)})


def _read(scenario: Scenario, text: str) -> tuple[Calibration, Mapping[str, str]]:
    first, header, *lines = text.splitlines()
    head = json.loads(first.removeprefix(_HEAD))
    if head["kind"] != KIND:
        raise ValueError(f"kind {head['kind']!r}")
    names = head["targets"]
    columns = header.split(",")
    keys = tuple(columns[: len(columns) - len(names)])
    table = np.array([[float(cell) for cell in row.split(",")] for row in lines], np.float64)
    if table.ndim != 2 or table.shape[1] != len(columns) or not np.isfinite(table).all():
        raise ValueError(f"{len(columns)} finite numbers a line are needed")
    read = _read_as(scenario, head["choice"])
    unknown = [key for key in keys if key not in read.prior.numbers]
    if unknown:
        raise ValueError(f"{unknown[0]} is no uncertain number of the scenario")
    targets = {name: read.data.targets[name] for name in names}
    slopes = np.array(head["slopes"], np.float64)
    if slopes.shape != (len(names), len(keys)):
        raise ValueError("slopes of another shape")
    values, figures = table[:, : len(keys)], table[:, len(keys) :]
    calibration = Calibration(
        read, head["choice"], head["seed"], targets, keys, values, figures, slopes, Diagnosis(**head["diagnosis"])
    )
    return calibration, head["made_from"]
