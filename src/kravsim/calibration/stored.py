"""The files that calibrations are kept in, beside the file of their scenario.

A file is a table of parameter sets, with one line above it that says what it was made from (:func:`posterior.basis`). Many
sets are kept compressed.
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

from kravsim.archives.store import slug, write_bytes
from kravsim.calibration.calibration import Calibration, Diagnosis
from kravsim.calibration.older_sets import by_todays_model, has_moved
from kravsim.calibration.posterior import READING, Posterior, basis, chosen, read_as, readings, usual_dimensions
from kravsim.calibration.stored_file import (
    FIRST_VERSION,
    HEAD,
    KIND,
    MOST_PLAIN,
    PACKED,
    PLAIN,
    Odd,
    packed,
    read_head,
    read_slopes,
    read_table,
    unpacked,
)
from kravsim.calibration.tempering import ROUNDS
from kravsim.errors import DataError, KravsimError, Problem, Words, show
from kravsim.files import Unreadable, decoded, path_of, read_whole
from kravsim.phrases import phrase, together
from kravsim.scenario import checked_call, library, load_scenario, scenario_of
from kravsim.scenario.describe import numbers as numbers_of
from kravsim.version import __version__
from kravsim.words.reading_words import choice_titles

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
    head: dict[str, object] = {
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
    if calibration.moves != ROUNDS:
        head["moves"] = calibration.moves
    if calibration.apart:
        head["apart"] = {key: list(bounds) for key, bounds in calibration.apart.items()}
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
        The file, compressed when its name ends in ``.xz``; directories above it are made when missing.
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
    content = calibration_bytes(calibration, str(path))
    return write_bytes(path, content, force=force, follow_symlinks=follow_symlinks)


def calibration_bytes(calibration: Calibration, name: str) -> bytes:
    """Give the content of a calibration's file.

    Parameters
    ----------
    calibration : Calibration
        Of one reading.
    name : str
        Of the file: compressed when it ends in ``.xz``.
    """
    text = calibration_text(calibration)
    return packed(text) if name.endswith(".xz") else text.encode("utf-8")


@checked_call
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
    Sets of an earlier version are read as they are. Where scenario, law or the closed form have changed since, they get the
    figures that today's closed form has for them, and a doubt says so (:mod:`kravsim.calibration.older_sets`).
    """
    scenario, file = scenario_of(scenario), path_of(path, "path", DataError)
    try:
        found = _read(scenario, stored_text(file))
    except Unreadable as wrong:
        remedy = phrase("make it with {command} ({remedy})", command=how_to_make(scenario), remedy=phrase(wrong.remedy))
        raise DataError(Problem(str(file), "", Words(wrong.got), "a file of parameter sets", remedy)) from None
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
    now = basis(calibration)
    other = [what for what in now if made_from.get(what) != now[what]]
    older = replace(calibration, version=version)
    if version != __version__ and not other:
        return by_todays_model(older) if has_moved(older) else older
    if version != __version__ and not _are_of_the_file(scenario, file, made_from):
        return by_todays_model(older)
    if other:
        remedy = phrase("calibrate again: {command}", command=how_to_make(scenario))
        problems = [
            Problem(str(file), what, phrase("made from another {what}", what=what), f"{now[what][:12]}", remedy)
            for what in other
        ]
        raise DataError(problems)
    return calibration


def _are_of_the_file(scenario: Scenario, sets: Path, made_from: Mapping[str, str]) -> bool:
    """Whether the sets are of the scenario as its file says it, so that it is a change since that makes it another."""
    path = _beside(scenario)
    if path is None or not scenario.changes:
        return False
    in_file, _ = _read(load_scenario(path), stored_text(sets))
    return all(made_from.get(what) == value for what, value in basis(in_file).items())


def stored_text(file: Path) -> str:
    """Read the text of a file of parameter sets, compressed or not.

    Parameters
    ----------
    file : path
        Compressed when its name ends in ``.xz``.

    Raises
    ------
    Unreadable
        When there is none, it is too large, or it is no text.
    Odd
        When it is compressed and damaged.
    """
    content = read_whole(file, LARGEST_FILE)
    return decoded(unpacked(content, LARGEST_FILE) if file.name.endswith(".xz") else content)


@checked_call
def stored_posterior(scenario: AnyScenario, *, dimensions: Sequence[str] | None = None) -> Posterior:
    """Read the calibrations that are kept beside the file of a scenario.

    A reading that none is kept of is left out: ``without`` names it, and every study that draws from the posterior says so.

    Parameters
    ----------
    scenario : Scenario, str or path
        From a file, or with the name of a bundled one.
    dimensions : sequence of str, optional
        As for :func:`kravsim.studies.calibrate_all`. Left out, those of the sets that are kept: readings under each rule of
        limitation where there are any such, otherwise readings alone, as earlier versions kept them.

    Raises
    ------
    DataError
        When there is none, or one was made from another scenario or law.
    ScenarioError
        When a dimension is not open.
    """
    scenario = scenario_of(scenario)
    settled: Mapping[str, str] = {}
    if dimensions is None:
        settled, dimensions = kept_layout(scenario)
    every = [(whole(settled, choice), weight) for choice, weight in readings(scenario, dimensions)]
    there = [(choice, weight) for choice, weight in every if is_stored(scenario, choice)]
    without = tuple("-".join(choice.values()) for choice, _ in every if not is_stored(scenario, choice))
    if not there:
        without, there = (), every  # the first says what to do
    found = tuple(stored_calibration(scenario, choice) for choice, _ in there)
    total = sum((weight for _, weight in there), start=Fraction(0))
    return Posterior(scenario, found, tuple(weight / total for _, weight in there), without)


def kept_layout(scenario: Scenario) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give what sets are kept of: alternatives that have been settled, and the open dimensions of all others.

    Where a rule of limitation has been settled, or is open, sets that were found under it are looked for first, then such as
    were found at its base, which earlier versions kept. Where none is kept, what calibration usually takes is given.

    Parameters
    ----------
    scenario : Scenario
        From a file, or with the name of a bundled one.
    """
    settled, usual = chosen(scenario), usual_dimensions(scenario)
    read = {dimension: name for dimension, name in settled.items() if dimension == READING}
    under = [{**read, dimension: name} for dimension, name in settled.items() if dimension != READING]
    fewer = tuple(dimension for dimension in usual if dimension == READING)
    for given in (*under, read):
        for dimensions in (usual, fewer):
            if any(is_stored(scenario, whole(given, choice)) for choice, _ in readings(scenario, dimensions)):
                return given, dimensions
    return read, usual


def whole(settled: Mapping[str, str], choice: Mapping[str, str]) -> dict[str, str]:
    """Put settled and chosen alternatives together, the reading first, as files name them.

    Parameters
    ----------
    settled, choice : mapping of dimension to name
        Of different dimensions.
    """
    return dict(sorted({**settled, **choice}.items(), key=lambda pair: pair[0] != READING))


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
    return path is not None and bool(_kept_files(scenario, path, choice))


def _kept_files(scenario: Scenario, beside: Path, choice: Mapping[str, str]) -> list[Path]:
    """The files that there are of one reading: one, unless somebody has left it in both forms."""
    every = [beside.parent / file_name(scenario.name, choice, ending) for ending in (PACKED, PLAIN)]
    return [file for file in every if file.exists()]


def stored_file(scenario: Scenario, choice: Mapping[str, str]) -> Path:
    """Find the file that the calibration of one reading is kept in.

    Parameters
    ----------
    scenario : Scenario
        Read from a file, beside which is looked.
    choice : mapping of dimension to name
        The reading; empty for the base.

    Raises
    ------
    DataError
        When there is none, or more than one.
    """
    path = _beside(scenario)
    if path is None:
        remedy = "load the scenario from its file, or give the result of a calibration"
        raise DataError(
            Problem(scenario.name, "", phrase("a scenario without a file"), "one that sets are kept beside", remedy)
        )
    found = _kept_files(scenario, path, choice)
    if len(found) == 1:
        return found[0]
    if found:
        names = together(*(file.name for file in found), between=phrase(" and "))
        raise DataError(
            Problem(str(path.parent), names, Words("two files of the same sets"), "one of them", "remove the other")
        )
    got, remedy = Words("no calibration stored"), phrase("make it with {command}", command=how_to_make(scenario))
    file = path.parent / file_name(scenario.name, choice)
    raise DataError(Problem(scenario.name, "", got, phrase("parameter sets in {file}", file=file), remedy))


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
    file = stored_file(scenario, choice)
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


def file_name(name: str, choice: Mapping[str, str], ending: str = PLAIN) -> str:
    """What the file of a calibration is called: ``<scenario>.posterior-<alternatives>.csv``, or ``.csv.xz``.

    Parameters
    ----------
    name : str
        Name of the scenario.
    choice : mapping of dimension to name
        The reading; empty for the base.
    ending : str
        `PLAIN` or `PACKED`; which one sets are written with depends on how many there are (:func:`usual_ending`).
    """
    return f"{slug(name)}.posterior-{'-'.join(choice.values()) or 'base'}{ending}"


def usual_ending(sets: int) -> str:
    """Give the ending of a file of so many sets.

    Parameters
    ----------
    sets : int
        How many are kept of a reading.
    """
    return PLAIN if sets <= MOST_PLAIN else PACKED


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
        read,
        head["choice"],
        head["seed"],
        targets,
        keys,
        values,
        figures,
        slopes,
        Diagnosis(**head["diagnosis"]),
        moves=head["moves"],
        apart={key: tuple(map(float, bounds)) for key, bounds in head["apart"].items()},
        titles=choice_titles(scenario, head["choice"]),
    )
    return calibration, head["made_from"]
