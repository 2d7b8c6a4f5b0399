"""The files that calibrations are kept in, beside the file of their scenario.

A file is a table of parameter sets, with one line above it that says what it was made from (:func:`posterior.basis`).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from kravsim.archives.store import slug, write_text
from kravsim.calibration.calibration import Calibration, Diagnosis
from kravsim.calibration.older_sets import by_todays_model
from kravsim.calibration.posterior import Posterior, basis, read_as, readings
from kravsim.calibration.stored_file import FIRST_VERSION, HEAD, KIND, Odd, read_head, read_slopes, read_table
from kravsim.errors import DataError, KravsimError, Problem, Words, show
from kravsim.files import Unreadable, decoded, path_of, read_whole
from kravsim.phrases import phrase
from kravsim.scenario import library, scenario_of
from kravsim.scenario.describe import numbers as numbers_of
from kravsim.version import __version__

if TYPE_CHECKING:
    import os

    from kravsim.scenario import AnyScenario, Scenario

LARGEST_FILE: Final = 64 * 2**20


def calibration_text(calibration: Calibration) -> str:
    """Write a calibration as the text of its file.

    Parameters
    ----------
    calibration : Calibration
        Of one reading.
    """
    head = {
        "kind": KIND,
        "name": calibration.scenario.name,
        "choice": dict(calibration.choice),
        "seed": calibration.seed,
        "made_from": {**basis(calibration), "version": calibration.version},
        "targets": list(calibration.targets),
        "sets": len(calibration.values),
        "diagnosis": asdict(calibration.diagnosis),
        "slopes": calibration.slopes.tolist(),
    }
    lines = [HEAD + json.dumps(head, ensure_ascii=False, allow_nan=False)]
    lines.append(",".join([*calibration.keys, *(f"target:{name}" for name in calibration.targets)]))
    table = np.hstack((calibration.values, calibration.figures))
    lines += [",".join(f"{number:.10g}" for number in row) for row in table.tolist()]
    return "\n".join(lines) + "\n"


def save_calibration(
    calibration: Calibration, path: str | os.PathLike[str], *, force: bool = False, follow_symlinks: bool = False
) -> Path:
    """Keep a calibration in a file that :func:`load_calibration` reads.

    Parameters
    ----------
    calibration : Calibration
        Of one reading.
    path : str or path
        The file; directories above it are made when missing.
    force : bool
        Whether an existing file may be replaced.
    follow_symlinks : bool
        Whether the file may be a symbolic link.

    Returns
    -------
    pathlib.Path
        `path` as it was given.

    Raises
    ------
    OutputError
        When the file exists and `force` is false, or it cannot be written.
    """
    return write_text(path, calibration_text(calibration), force=force, follow_symlinks=follow_symlinks)


def load_calibration(scenario: AnyScenario, path: str | os.PathLike[str]) -> Calibration:
    """Read a calibration back.

    Parameters
    ----------
    scenario : Scenario, str or path
        What it was made from, with the alternatives of its choice open or settled so.
    path : path
        A file that :func:`save_calibration` wrote.

    Raises
    ------
    DataError
        When there is no such file, it is not whole, or this version made it from another scenario or law.

    Notes
    -----
    Sets of an earlier version are read as they are, with the figures that today's closed form has for them; a doubt says so
    (:mod:`kravsim.calibration.older_sets`).
    """
    scenario, file = scenario_of(scenario), path_of(path, "path", DataError)
    try:
        text = decoded(read_whole(file, LARGEST_FILE))
    except Unreadable as wrong:
        remedy = phrase("make it with {command} ({remedy})", command=how_to_make(scenario), remedy=phrase(wrong.remedy))
        raise DataError(Problem(str(file), "", Words(wrong.got), "a file of parameter sets", remedy)) from None
    try:
        found = _read(scenario, text)
    except (Odd, KravsimError) as wrong:
        remedy = phrase("make it again with {command}", command=how_to_make(scenario))
        said = [
            (one.key, phrase("{value}, where {allowed} is wanted", value=show(one.value), allowed=phrase(one.allowed)))
            for one in getattr(wrong, "problems", ())
        ]
        problems = [
            Problem(str(file), key, Words(got), phrase("{kind}, whole", kind=KIND), remedy)
            for key, got in said or [wrong.args]
        ]
        raise DataError(problems) from None
    calibration, made_from = found
    version = made_from.get("version", FIRST_VERSION)
    if version != __version__:
        return by_todays_model(replace(calibration, version=version))
    now = basis(calibration)
    other = [what for what in now if made_from.get(what) != now[what]]
    if other:
        remedy = phrase("calibrate again: {command}", command=how_to_make(scenario))
        problems = [
            Problem(str(file), what, phrase("made from another {what}", what=what), f"{now[what][:12]}", remedy)
            for what in other
        ]
        raise DataError(problems)
    return calibration


def stored_posterior(scenario: AnyScenario, *, dimensions: Sequence[str] = ("reading",)) -> Posterior:
    """Read the calibrations that are kept beside the file of a scenario.

    A reading that none is kept of is left out: ``without`` names it, and every study that draws from the posterior says so.

    Parameters
    ----------
    scenario : Scenario, str or path
        From a file, or with the name of a bundled one.
    dimensions : sequence of str
        As for :func:`kravsim.studies.calibrate_all`.

    Raises
    ------
    DataError
        When there is none, or one was made from another scenario or law.
    ScenarioError
        When a dimension is not open.
    """
    scenario = scenario_of(scenario)
    every = readings(scenario, dimensions)
    there = [(choice, weight) for choice, weight in every if is_stored(scenario, choice)]
    without = tuple("-".join(choice.values()) for choice, _ in every if not is_stored(scenario, choice))
    if not there:
        without, there = (), every  # the first says what to do
    found = tuple(stored_calibration(scenario, choice) for choice, _ in there)
    total = sum((weight for _, weight in there), start=Fraction(0))
    return Posterior(scenario, found, tuple(weight / total for _, weight in there), without)


def is_stored(scenario: Scenario, choice: Mapping[str, str]) -> bool:
    """Whether a calibration of one reading is kept beside the file of a scenario, whatever is in it.

    Parameters
    ----------
    scenario : Scenario
        From a file, or with the name of a bundled one.
    choice : mapping of dimension to name
        Alternatives of the reading.
    """
    path = _beside(scenario)
    return path is not None and (path.parent / file_name(scenario.name, choice)).exists()


def stored_calibration(scenario: Scenario, choice: Mapping[str, str]) -> Calibration:
    """Read the calibration of one reading that is kept beside the file of a scenario.

    Parameters
    ----------
    scenario : Scenario
        Read from a file, beside which is looked.
    choice : mapping of dimension to name
        The reading; empty for the base.

    Raises
    ------
    DataError
        When there is none, or it was made from another scenario or law.
    """
    path = _beside(scenario)
    if path is None:
        remedy = "load the scenario from its file, or give the result of a calibration"
        raise DataError(
            Problem(scenario.name, "", phrase("a scenario without a file"), "one that sets are kept beside", remedy)
        )
    file = path.parent / file_name(scenario.name, choice)
    if not file.exists():
        got, remedy = Words("no calibration stored"), phrase("make it with {command}", command=how_to_make(scenario))
        raise DataError(Problem(scenario.name, "", got, phrase("parameter sets in {file}", file=file), remedy))
    found = load_calibration(scenario, file)
    if dict(found.choice) != dict(choice):
        got, remedy = (
            Words(phrase("sets of {choice}", choice=show(dict(found.choice)))),
            phrase("make it with {command}", command=how_to_make(scenario)),
        )
        raise DataError(Problem(str(file), "choice", got, phrase("those of {names}", names=show(dict(choice))), remedy))
    return found


def how_to_make(scenario: Scenario) -> str:
    """Give the command that calibrates a scenario and leaves the files where they are looked for.

    Parameters
    ----------
    scenario : Scenario
        For the library's own scenario the name is enough, for any other the file is named.
    """
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
    """What the file of a calibration is called: ``<scenario>.posterior-<alternatives>.csv``.

    Parameters
    ----------
    name : str
        Name of the scenario.
    choice : mapping of dimension to name
        The reading; empty for the base.
    """
    return f"{slug(name)}.posterior-{'-'.join(choice.values()) or 'base'}.csv"


def _read(scenario: Scenario, text: str) -> tuple[Calibration, Mapping[str, str]]:
    first, header, *lines = [*text.split("\n"), ""] if "\n" not in text else text.split("\n")
    head = read_head(first)
    if not lines or lines.pop():
        raise Odd("last line", "a line that is cut off")
    names = head["targets"]
    columns = header.split(",")
    keys = tuple(columns[: max(0, len(columns) - len(names))])
    if columns[len(keys) :] != [f"target:{name}" for name in names] or not keys:
        raise Odd(
            "columns",
            phrase("{value}, which is not keys and then the targets of the first line", value=show(header[:30])),
        )
    twice = next((name for place, name in enumerate(columns) if name in columns[:place]), None)
    if twice is not None:
        raise Odd("columns", phrase("{twice} twice", twice=show(twice)))
    table = read_table(lines, len(columns))
    if len(table) != (head["sets"] or len(table)):
        raise Odd("sets", phrase("{n} of the {sets} that the first line names", n=len(table), sets=head["sets"]))
    read = read_as(scenario, head["choice"])
    unknown = [key for key in keys if key not in read.prior.numbers]
    if unknown:
        known = {key for key, number, _ in numbers_of(read.data)}
        if unknown[0] in known:
            raise Odd("columns", phrase("{key}, whose range was taken away", key=show(unknown[0])))
        raise Odd("columns", phrase("{key}, which is no uncertain number of the scenario", key=show(unknown[0])))
    missing = [name for name in names if name not in read.data.targets]
    if missing:
        raise Odd("targets", phrase("{missing}, which is no target of the scenario", missing=show(missing[0])))
    targets = {name: read.data.targets[name] for name in names}
    slopes = read_slopes(head["slopes"], len(names), len(keys))
    values, figures = table[:, : len(keys)], table[:, len(keys) :]
    calibration = Calibration(
        read, head["choice"], head["seed"], targets, keys, values, figures, slopes, Diagnosis(**head["diagnosis"])
    )
    return calibration, head["made_from"]
