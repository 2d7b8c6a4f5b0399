"""The command that calibrates a scenario to its published figures, and proves that a stored result can be made again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives.store import check_output_dir, json_text
from kravsim.cli.archive import add_link_option
from kravsim.cli.options import command
from kravsim.cli.running import json_option, out_options, seed_option, show, tell_files, tell_seed
from kravsim.cli.settings import loaded
from kravsim.errors import ABSENT, Problem, RunError, ScenarioError
from kravsim.phrases import phrase

if TYPE_CHECKING:
    from pathlib import Path

    from kravsim.calibration.calibration import Calibration
    from kravsim.calibration.posterior import Posterior
    from kravsim.scenario import Scenario

_WHERE: Final = "command line"


def add_command(commands: Any, common: Callable[..., None]) -> None:
    """Add the command to the command line; `common` adds the options that every command has.

    Parameters
    ----------
    commands : subparsers of argparse
        Where commands are added.
    common : callable
        Called with the command's parser.
    """
    text = "find every parameter set that agrees with the published figures"
    one = command(commands, "calibrate", calibrate, text)
    common(one)
    one.add_argument(
        "--reading",
        metavar="X",
        help="one way to read the case, under each rule of limitation; default: every reading it has",
    )
    one.add_argument("--draws", metavar="N", help="parameter sets to keep of each reading")
    one.add_argument("--particles", metavar="N", help="particles in each of four islands: more are slower and surer")
    one.add_argument(
        "--moves",
        metavar="N",
        help="moves of every particle after each step towards the books: more are slower and surer",
    )
    one.add_argument(
        "--apart",
        metavar="KEY=BOUND",
        action="append",
        default=[],
        help="sample a number's range in parts, below and above a bound at which a figure jumps; may be repeated",
    )
    seed_option(one)
    json_option(one)
    out_options(one, "parameter sets, tables and figures")
    add_link_option(one)
    one.add_argument("--check", action="store_true", help="make the sets stored beside the scenario again and compare")


def calibrate(args: argparse.Namespace) -> None:
    """Calibrate a scenario, in one reading or in each.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.calibration.calibrate import USUAL_SETS
    from kravsim.calibration.posterior import READING, readings, usual_dimensions
    from kravsim.calibration.stored import is_stored, kept_layout, usual_ending, whole

    counts = {name: _count(name, getattr(args, name)) for name in ("draws", "particles", "moves", "seed")}
    how: dict[str, Any] = {name: number for name, number in counts.items() if number is not None}
    how |= {"apart": apart} if (apart := _apart(args.apart)) else {}
    if args.check:
        _check_unused(args)
    scenario = loaded(args)
    if args.reading is not None:
        scenario.with_alternatives({READING: args.reading})
    settled, dimensions = kept_layout(scenario) if args.check else ({}, usual_dimensions(scenario))
    every = [(whole(settled, choice), weight) for choice, weight in readings(scenario, dimensions)]
    asked = [(choice, weight) for choice, weight in every if args.reading in (None, choice.get(READING))]
    if args.check:
        choices = [choice for choice, _ in asked]
        _check(scenario, [choice for choice in choices if is_stored(scenario, choice)] or choices[:1])
        return
    ending = usual_ending(how.get("draws", USUAL_SETS))
    names = [name for choice, _ in asked for name in _files(scenario.name, choice, ending)]
    if args.out is not None:
        check_output_dir(args.out, names, force=args.force, follow_symlinks=args.follow_symlinks)
    elif args.force:
        raise ScenarioError(Problem(_WHERE, "--out", ABSENT, "a directory with --force", "say where with --out DIR"))
    found = _calibrated(scenario, asked, how)
    show(found, args)
    tell_seed(args, found.calibrations[0].seed)
    if args.out is not None:
        tell_files(_save(found, args, ending))


def _check_unused(args: argparse.Namespace) -> None:
    """Refuse beside ``--check`` what it takes from the stored sets, or leaves nowhere."""
    counted = [name for name in ("draws", "particles", "moves", "seed") if getattr(args, name) is not None]
    given = {f"--{name}": getattr(args, name) for name in counted}
    given |= {"--apart": ", ".join(args.apart)} if args.apart else {}
    given |= {"--out": args.out} if args.out is not None else {}
    given |= {
        f"--{name.replace('_', '-')}": True for name in ("force", "follow_symlinks", "json") if getattr(args, name)
    }
    remedy = "leave it out: the stored sets say how they were made, and are only compared"
    if given:
        raise ScenarioError(
            [Problem(_WHERE, option, value, "nothing with --check", remedy) for option, value in given.items()]
        )


def _calibrated(scenario: Scenario, asked: list[tuple[dict[str, str], Fraction]], how: dict[str, Any]) -> Posterior:
    """Calibrate each of some combinations of alternatives, all with one seed; their weights are those among themselves."""
    from kravsim.calibration.posterior import Posterior
    from kravsim.studies import calibrate

    found: list[Calibration] = []
    for choice, _ in asked:
        seed = {"seed": found[0].seed} if found else {}
        found.append(calibrate(scenario, choice=choice, **{**how, **seed}))
    total = sum((weight for _, weight in asked), start=Fraction(0))
    return Posterior(scenario, tuple(found), tuple(weight / total for _, weight in asked))


def _check(scenario: Scenario, choices: list[dict[str, str]]) -> None:
    """Make each stored calibration again with the seed and counts it was made with, and compare byte for byte."""
    from kravsim.calibration.stored import calibration_text, stored_file, stored_text
    from kravsim.studies import calibrate, load_calibration

    problems = []
    for choice in choices:
        path = stored_file(scenario, choice)
        name = path.name
        stored = load_calibration(scenario, path)
        repeated = calibrate(
            scenario,
            choice=stored.choice,
            draws=len(stored),
            seed=stored.seed,
            targets=list(stored.targets),
            particles=stored.diagnosis.particles,
            moves=stored.moves,
            apart=stored.apart,
        )
        if calibration_text(replace(repeated, version=stored.version)) == stored_text(path):
            sys.stdout.write(f"{name}: OK\n")
            continue
        remedy = "the program has changed since: calibrate again and say so in the changelog"
        problems.append(Problem(name, "", phrase("other parameter sets"), "the same, byte for byte", remedy))
    if problems:
        raise RunError(problems)


def _files(name: str, choice: Mapping[str, str], ending: str) -> list[str]:
    """Files of one calibration: its sets, its tables, its picture."""
    from kravsim.calibration.stored import file_name

    stem = file_name(name, choice, ending="")
    return [f"{stem}{ending}", f"{stem}-numbers.csv", f"{stem}.json", f"{stem}.png", f"{stem}.svg"]


def _save(found: Posterior, args: argparse.Namespace, ending: str) -> list[Path]:
    from kravsim.archives.store import frame_csv, write_files
    from kravsim.calibration.stored import calibration_bytes
    from kravsim.figures import calibration as figure
    from kravsim.papers.save import figure_bytes

    files: dict[str, bytes] = {}
    for one in found.calibrations:
        drawn = figure(one, lang=args.lang)
        contents = [
            calibration_bytes(one, ending),
            frame_csv(one.identifiability()).encode("utf-8"),
            json_text(one.to_json()).encode("utf-8"),
            figure_bytes(drawn, "png"),
            figure_bytes(drawn, "svg"),
        ]
        files |= dict(zip(_files(found.scenario.name, one.choice, ending), contents, strict=True))
    return write_files(args.out, files, force=args.force, follow_symlinks=args.follow_symlinks)


def _apart(given: list[str]) -> dict[str, list[float]]:
    """Bounds by key of ``--apart``, as written: whether they fit is the calibration's to say."""
    found: dict[str, list[float]] = {}
    for text in given:
        key, _, bound = text.partition("=")
        try:
            found.setdefault(key, []).append(float(bound))
        except ValueError:
            allowed, remedy = "a key and a number, as KEY=BOUND", "such as timing.reminder_grace_days=8.5"
            raise ScenarioError(Problem(_WHERE, "--apart", text, allowed, remedy)) from None
    return found


def _count(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) < 100:
        return int(text)
    raise ScenarioError(Problem(_WHERE, f"--{name}", text, "a whole number", "write digits only, such as 200"))
