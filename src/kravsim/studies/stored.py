"""The files that calibrations are kept in, beside the file of their scenario.

A file is a table of parameter sets, with one line above it that says what it was made from (:func:`posterior.basis`).
"""

from __future__ import annotations

import json
import math
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from kravsim.errors import DataError, KravsimError, Problem, Words, show
from kravsim.files import Unreadable, decoded, path_of, read_whole
from kravsim.results.manifest import known_keys, read_json
from kravsim.results.store import slug, write_text
from kravsim.scenario import library, scenario_of
from kravsim.scenario.describe import numbers as numbers_of
from kravsim.studies.calibration import Calibration, Diagnosis
from kravsim.studies.older_sets import by_todays_model
from kravsim.studies.posterior import Posterior, basis, read_as, readings
from kravsim.version import __version__

if TYPE_CHECKING:
    import os

    from kravsim.scenario import AnyScenario, Scenario

KIND: Final = "kravsim parameter sets 1"
FIRST_VERSION: Final = "0.1.0"
"""The version of sets whose file does not say."""
_VERSION: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}")
LARGEST_FILE: Final = 64 * 2**20
_LARGEST: Final = 1e300
_HEAD: Final = "# "
_KINDS: Final[Mapping[str, type]] = {
    "kind": str,
    "name": str,
    "choice": dict,
    "seed": int,
    "made_from": dict,
    "targets": list,
    "sets": int,
    "diagnosis": dict,
    "slopes": list,
}
_LATER: Final[Mapping[str, Any]] = {"sets": 0}
"""What the first line of earlier versions' files has not, and what is read for it: 0 sets are any number."""


def calibration_text(calibration: Calibration) -> str:
    """Write a calibration as the text of its file."""
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
    lines = [_HEAD + json.dumps(head, ensure_ascii=False, allow_nan=False)]
    lines.append(",".join([*calibration.keys, *(f"target:{name}" for name in calibration.targets)]))
    table = np.hstack((calibration.values, calibration.figures))
    lines += [",".join(f"{number:.10g}" for number in row) for row in table.tolist()]
    return "\n".join(lines) + "\n"


def save_calibration(
    calibration: Calibration, path: str | os.PathLike[str], *, force: bool = False, follow_symlinks: bool = False
) -> Path:
    """Keep a calibration in a file that :func:`load_calibration` reads.

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

    Raises
    ------
    DataError
        When there is no such file, it is not whole, or this version made it from another scenario or law.

    Notes
    -----
    Sets of an earlier version are read as they are, with the figures that today's closed form has for them; a doubt says so
    (:mod:`kravsim.studies.older_sets`).
    """
    scenario, file = scenario_of(scenario), path_of(path, "path", DataError)
    try:
        text = decoded(read_whole(file, LARGEST_FILE))
    except Unreadable as wrong:
        remedy = f"make it with {how_to_make(scenario)} ({wrong.remedy})"
        raise DataError(Problem(str(file), "", Words(wrong.got), "a file of parameter sets", remedy)) from None
    try:
        found = _read(scenario, text)
    except (_Odd, KravsimError) as wrong:
        remedy = f"make it again with {how_to_make(scenario)}"
        said = [
            (one.key, f"{show(one.value)}, where {one.allowed} is wanted") for one in getattr(wrong, "problems", ())
        ]
        problems = [Problem(str(file), key, Words(got), f"{KIND}, whole", remedy) for key, got in said or [wrong.args]]
        raise DataError(problems) from None
    calibration, made_from = found
    version = made_from.get("version", FIRST_VERSION)
    if version != __version__:
        return by_todays_model(replace(calibration, version=version))
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
    found = load_calibration(scenario, file)
    if dict(found.choice) != dict(choice):
        got, remedy = Words(f"sets of {show(dict(found.choice))}"), f"make it with {how_to_make(scenario)}"
        raise DataError(Problem(str(file), "choice", got, f"those of {show(dict(choice))}", remedy))
    return found


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
    return f"{slug(name)}.posterior-{'-'.join(choice.values()) or 'base'}.csv"


class _Odd(Exception):  # noqa: N818 - becomes a DataError where the file is known
    """Something in a file that is not as it was written: key, and what is wrong."""


def _read(scenario: Scenario, text: str) -> tuple[Calibration, Mapping[str, str]]:
    first, header, *lines = [*text.split("\n"), ""] if "\n" not in text else text.split("\n")
    head = _head(first)
    if not lines or lines.pop():
        raise _Odd("last line", "a line that is cut off")
    names = head["targets"]
    columns = header.split(",")
    keys = tuple(columns[: max(0, len(columns) - len(names))])
    if columns[len(keys) :] != [f"target:{name}" for name in names] or not keys:
        raise _Odd("columns", f"{show(header[:30])}, which is not keys and then the targets of the first line")
    twice = next((name for place, name in enumerate(columns) if name in columns[:place]), None)
    if twice is not None:
        raise _Odd("columns", f"{show(twice)} twice")
    table = _table(lines, len(columns))
    if len(table) != (head["sets"] or len(table)):
        raise _Odd("sets", f"{len(table)} of the {head['sets']} that the first line names")
    read = read_as(scenario, head["choice"])
    unknown = [key for key in keys if key not in read.prior.numbers]
    if unknown:
        known = {key for key, number, _ in numbers_of(read.data)}
        why = "whose range was taken away" if unknown[0] in known else "which is no uncertain number of the scenario"
        raise _Odd("columns", f"{show(unknown[0])}, {why}")
    missing = [name for name in names if name not in read.data.targets]
    if missing:
        raise _Odd("targets", f"{show(missing[0])}, which is no target of the scenario")
    targets = {name: read.data.targets[name] for name in names}
    slopes = _slopes(head["slopes"], len(names), len(keys))
    values, figures = table[:, : len(keys)], table[:, len(keys) :]
    calibration = Calibration(
        read, head["choice"], head["seed"], targets, keys, values, figures, slopes, Diagnosis(**head["diagnosis"])
    )
    return calibration, head["made_from"]


def _head(line: str) -> dict[str, Any]:
    """Read the line that says what the sets were made from."""
    if not line.startswith(_HEAD):
        raise _Odd("line 1", f"{show(line[:40])}, which does not begin with {_HEAD.strip()}")
    said = read_json(line.removeprefix(_HEAD).encode("utf-8"), "line 1")
    known = known_keys({**_LATER, **said}, _KINDS, "line 1")
    if known["kind"] != KIND:
        raise _Odd("kind", show(known["kind"]))
    for key in ("choice", "made_from"):
        if not all(isinstance(text, str) for text in known[key].values()):
            raise _Odd(key, f"{show(known[key])}, which is not all texts")
    version = known["made_from"].get("version", FIRST_VERSION)
    if not _VERSION.fullmatch(version):
        raise _Odd("made_from.version", f"{show(version)}, which is no version")
    names = known["targets"]
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise _Odd("targets", f"{show(names)}, which is not names, each once")
    if known["seed"] < 0:
        raise _Odd("seed", show(known["seed"]))
    diagnosis, wanted = known["diagnosis"], {one.name: one.type for one in fields(Diagnosis)}
    if set(diagnosis) != set(wanted):
        odd = sorted(set(diagnosis) ^ set(wanted))[0]
        raise _Odd(f"diagnosis.{odd}", "a name too many" if odd in diagnosis else "nothing")
    for name, number in diagnosis.items():
        kinds = (int,) if wanted[name] == "int" else (int, float)
        if isinstance(number, bool) or not isinstance(number, kinds) or abs(number) > _LARGEST:
            raise _Odd(f"diagnosis.{name}", show(number))
    if min(diagnosis["islands"], diagnosis["particles"], diagnosis["prior_draws"]) < 1:
        raise _Odd("diagnosis", "counts below 1")
    return known


def _table(lines: Sequence[str], width: int) -> npt.NDArray[np.float64]:
    rows = []
    for place, line in enumerate(lines, 3):
        cells = line.split(",")
        try:
            row = [float(cell) for cell in cells]
        except ValueError:
            row = []
        if len(row) != width or not all(map(math.isfinite, row)):
            raise _Odd(f"line {place}", f"{show(line[:40])}, which is not {width} finite numbers")
        rows.append(row)
    if len(rows) < 2:
        raise _Odd("", f"{len(rows)} sets, where two or more are wanted")
    return np.array(rows, np.float64)


def _slopes(said: list[Any], rows: int, columns: int) -> npt.NDArray[np.float64]:
    plain = all(
        isinstance(row, list)
        and len(row) == columns
        and all(isinstance(one, int | float) and not isinstance(one, bool) and abs(one) < _LARGEST for one in row)
        for row in said
    )
    if len(said) != rows or not plain:
        raise _Odd("slopes", f"what is not {rows} rows of {columns} finite numbers")
    return np.array(said, np.float64)
