"""The files that calibrations are kept in, beside the file of their scenario.

A file is a table of parameter sets, with one line above it that says what it was made from (:func:`posterior.basis`).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.errors import ABSENT, DataError, Problem, Words
from kravsim.results.store import write_text
from kravsim.scenario import library, scenario_of
from kravsim.studies.calibration import Calibration, Diagnosis
from kravsim.studies.posterior import Posterior, basis, read_as, readings

if TYPE_CHECKING:
    import os

    from kravsim.scenario import AnyScenario, Scenario

KIND: Final = "kravsim parameter sets 1"
_HEAD: Final = "# "


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


def load_calibration(scenario: AnyScenario, path: str | os.PathLike[str]) -> Calibration:
    """Read a calibration back.

    Parameters
    ----------
    scenario : Scenario, str or path
        What it was made from, with the alternatives of its choice open or settled so.
    path : path

    Raises
    ------
    DataError
        When there is no such file, it is not whole, or it was made from another scenario or law.
    """
    scenario, file = scenario_of(scenario), Path(path)
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        remedy = f"make it with {how_to_make(scenario)} ({error})"
        raise DataError(Problem(str(file), "", ABSENT, "a file of parameter sets", remedy)) from None
    try:
        found = _read(scenario, text)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        remedy = f"make it again with {how_to_make(scenario)} ({error})"
        raise DataError(Problem(str(file), "", "a file that cannot be read", f"{KIND}, whole", remedy)) from None
    calibration, made_from = found
    now = basis(calibration)
    other = [what for what in now if made_from.get(what) != now[what]]
    if other:
        remedy = f"calibrate again: {how_to_make(scenario)}"
        problems = [
            Problem(str(file), what, f"made from another {what}", f"{now[what][:12]}", remedy) for what in other
        ]
        raise DataError(problems)
    return calibration


def stored_posterior(scenario: AnyScenario, *, dimensions: Sequence[str] = ("reading",)) -> Posterior:
    """Read the calibrations that are kept beside the file of a scenario.

    Parameters
    ----------
    scenario : Scenario, str or path
        From a file, or with the name of a bundled one.
    dimensions : sequence of str
        As for :func:`kravsim.studies.calibrate_all`.

    Raises
    ------
    DataError
        When one is missing, or was made from another scenario or law.
    ScenarioError
        When a dimension is not open.
    """
    scenario = scenario_of(scenario)
    every = readings(scenario, dimensions)
    found = [stored_calibration(scenario, choice) for choice, _ in every]
    return Posterior(scenario, tuple(found), tuple(weight for _, weight in every))


def stored_calibration(scenario: Scenario, choice: Mapping[str, str]) -> Calibration:
    """Read the calibration of one reading that is kept beside the file of a scenario.

    Raises
    ------
    DataError
        When there is none, or it was made from another scenario or law.
    """
    path = _beside(scenario)
    if path is None:
        remedy = "load the scenario from its file, or give the result of a calibration"
        raise DataError(
            Problem(scenario.name, "", "a scenario without a file", "one that sets are kept beside", remedy)
        )
    file = path.parent / file_name(scenario.name, choice)
    if not file.exists():
        got, remedy = Words("no calibration stored"), f"make it with {how_to_make(scenario)}"
        raise DataError(Problem(scenario.name, "", got, f"parameter sets in {file}", remedy))
    return load_calibration(scenario, file)


def how_to_make(scenario: Scenario) -> str:
    """Give the command that calibrates a scenario and leaves the files where they are looked for."""
    path = _beside(scenario)
    if path is None:
        return f"kravsim calibrate {scenario.name}"
    bundled = scenario.name in library.names() and library.find(scenario.name).resolve() == path
    return f"kravsim calibrate {scenario.name if bundled else shlex.quote(str(path))} --out {shlex.quote(str(path.parent))}"


def _beside(scenario: Scenario) -> Path | None:
    """The file that the calibrations of a scenario are kept beside."""
    if scenario.sheet.path is not None:
        return scenario.sheet.path
    return library.find(scenario.name).resolve() if scenario.name in library.names() else None


def file_name(name: str, choice: Mapping[str, str]) -> str:
    """What the file of a calibration is called: ``<scenario>.posterior-<alternatives>.csv``."""
    return f"{name}.posterior-{'-'.join(choice.values()) or 'base'}.csv"


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
    read = read_as(scenario, head["choice"])
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
