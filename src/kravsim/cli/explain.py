"""The command line's part in explaining: one case's life, the register of assumptions, the map of the process."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypedDict

import kravsim
from kravsim.cli.archive import add_link_option
from kravsim.cli.messages import message
from kravsim.cli.options import command, split
from kravsim.cli.running import check_models
from kravsim.cli.settings import loaded
from kravsim.errors import ABSENT, Problem, RunError, ScenarioError
from kravsim.explaining.trace import check_names

_WHERE: Final = "command line"
_LONGEST: Final = 4000
_PICTURES: Final = ("png", "svg")


class HowToWrite(TypedDict):
    """How a single file is written, as its writers take it."""

    force: bool
    follow_symlinks: bool


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the commands of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    one = command(commands, "explain", explain, "walk through one case, krona by krona")
    common(one)
    one.add_argument("--model", required=True, metavar="M", help="name of the model")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--case", metavar="K", help="number of the case, from 0")
    which.add_argument(
        "--find", metavar="A,B", help="the first case that came to all of these steps, step:answers or end states"
    )
    one.add_argument("--replication", default="0", metavar="R", help="number of the replication, from 0")
    one.add_argument("--seed", required=True, metavar="S", help="seed of the run that is explained")
    one.add_argument("--html", metavar="FILE", help="also write it as a page of HTML")
    one.add_argument("--force", action="store_true", help="replace files that are already there")
    add_link_option(one)

    one = command(commands, "register", register, "list every number of a scenario with its source and whom it favours")
    common(one)
    one.add_argument("--html", metavar="FILE", help="write it as a page of HTML, and print only a summary")
    one.add_argument("--csv", metavar="FILE", help="write it as CSV, and print only a summary")
    one.add_argument("--force", action="store_true", help="replace files that are already there")
    add_link_option(one)

    one = command(commands, "map", process_map, "draw the process of one model as a map")
    common(one)
    one.add_argument("--model", required=True, metavar="M", help="name of the model")
    one.add_argument("--out", required=True, metavar="FILE", help="the picture: FILE.png or FILE.svg")
    one.add_argument("--force", action="store_true", help="replace the file if it is already there")
    add_link_option(one)


def explain(args: argparse.Namespace) -> None:
    """Walk through one case's life, krona by krona.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.calibration.base_world import BaseWorld
    from kravsim.explaining.explain import Replay

    how = how_to_write(args)
    problems: list[Problem] = []
    case, replication, seed = (
        _whole(f"--{name}", getattr(args, name), problems) for name in ("case", "replication", "seed")
    )
    if problems:
        raise ScenarioError(problems)
    from kravsim.papers.save_single import save_single

    check_files([args.html], how)
    scenario = loaded(args)
    check_models(scenario, "--model", (args.model,))
    replay = Replay(BaseWorld(scenario), args.model, seed)
    if args.find is not None:
        case = _found(replay, args.find, replication)
    life = replay.explain(case, replication=replication, lang=args.lang)
    sys.stdout.write(life.text + "\n")
    if args.html is not None:
        settings = {"model": args.model, "case": case, "replication": replication, "seed": seed}
        tell_file(save_single(args.html, "explanation", scenario, settings, lang=args.lang, **how))


def register(args: argparse.Namespace) -> None:
    """List every number of a scenario with its source, status and whom it favours.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_single import save_single

    how = how_to_write(args)
    check_files([args.html, args.csv], how)
    scenario = loaded(args)
    found = kravsim.studies.register(scenario)
    if args.html is None and args.csv is None:
        sys.stdout.write(found.table(args.lang) + "\n")
        return
    sys.stdout.write(f"{found.scenario_title}: {found.sentence(args.lang)}\n")
    if args.html is not None:
        tell_file(save_single(args.html, "register page", scenario, {}, lang=args.lang, **how))
    if args.csv is not None:
        tell_file(save_single(args.csv, "register sheet", scenario, {}, lang=args.lang, **how))


def process_map(args: argparse.Namespace) -> None:
    """Draw the process of one model as a map.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    kind = Path(args.out).suffix.lower().removeprefix(".")
    if kind not in _PICTURES:
        raise ScenarioError(Problem(_WHERE, "--out", args.out, "a name ending in .png or .svg", "such as map.png"))
    how = how_to_write(args)
    check_files([args.out], how)
    scenario = loaded(args)
    check_models(scenario, "--model", (args.model,))
    from kravsim.papers.save_single import save_single

    settings = {"model": args.model, "format": kind}
    tell_file(save_single(args.out, "map", scenario, settings, lang=args.lang, **how))


def _whole(option: str, text: str | None, problems: list[Problem]) -> int:
    """Read a whole number from 0, or note what is wrong with it."""
    if text is None:
        return 0
    if text.isascii() and text.isdecimal() and len(text) <= _LONGEST:
        return int(text)
    problems.append(Problem(_WHERE, option, text, "a whole number from 0", "write digits only, such as 200"))
    return 0


def how_to_write(args: argparse.Namespace) -> HowToWrite:
    """Give the options of writing a single file as keywords.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    return {"force": args.force, "follow_symlinks": args.follow_symlinks}


def check_files(names: Sequence[str | None], how: HowToWrite) -> None:
    """Find out before anything runs whether the files can be written, each of them once.

    Parameters
    ----------
    names : sequence of str or None
        The files; None where one is not wanted.
    how : HowToWrite
        As :func:`how_to_write` gives it.

    Raises
    ------
    ScenarioError, OutputError
        When they cannot.
    """
    from kravsim.papers.save_single import check_single

    places = [Path(name).absolute() for name in names if name]
    if len(set(places)) < len(places):
        raise ScenarioError(Problem(_WHERE, "file", str(names[0]), "another name for each file", "name two files"))
    for name in names:
        if name is None:
            continue
        if not Path(name).name:
            raise ScenarioError(Problem(_WHERE, "file", name or ABSENT, "a file", "name the file to write"))
        check_single(name, **how)


def _found(replay: Any, wanted: str, replication: int) -> int:
    """The first case that all of the wanted names are true of; says how many there are."""
    names = split(wanted)
    try:
        check_names(*names)
    except RunError as error:  # a slip in an option
        raise ScenarioError(error.problems) from None
    frame = replay.find_cases(*names, replication=replication, limit=1)
    if frame.empty:
        raise RunError(
            Problem("", "--find", wanted, "a case of which all that is true", "try fewer names, or another replication")
        )
    sys.stderr.write(f"kravsim: {message('one of', n=frame.attrs['found'])}\n")
    return int(frame["case"].iloc[0])


def tell_file(path: Path) -> None:
    """Say which file was written.

    Parameters
    ----------
    path : Path
        As it was given.
    """
    sys.stderr.write(f"kravsim: {message('wrote', path=path)}\n")
