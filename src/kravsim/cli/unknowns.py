"""Commands about worlds that nobody knows: under which conditions a model is better, and what is worth finding out first."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import kravsim
from kravsim.cli.options import command, number, ranges, split, structure_option, structures
from kravsim.cli.running import begun, finished, json_option, models_option, out_options, seed_option


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the commands of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    one = command(
        commands, "discover", discover, "say under which conditions the first model is better than the others"
    )
    common(one)
    models_option(one, "the first is asked about")
    kinds = ("prior", "posterior", "ranges")
    text = "which worlds; ranges: evenly over what is declared; default: prior, and ranges with --range"
    one.add_argument("--uncertainty", choices=kinds, help=text)
    text = "another range for a number, such as models.in_house.staff.handlers.fte=2:6; may be given again"
    one.add_argument("--range", action="append", metavar="KEY=LOW:HIGH", dest="ranges", help=text)
    one.add_argument("--draws", metavar="N", default="512", help="how many worlds; default: %(default)s")
    one.add_argument("--limits", metavar="N", default="3", help="limits at most; default: %(default)s")
    structure_option(one, "settle alternatives first, such as reading=D")
    one.add_argument("--economic", action="store_true", help="count recovered principal as well")
    seed_option(one, "the worlds")
    json_option(one)
    out_options(one)

    one = command(commands, "information", information, "say what is worth finding out before choosing a model")
    common(one)
    models_option(one, "the options")
    one.add_argument("--uncertainty", choices=("prior", "posterior"), default="prior", help="default: %(default)s")
    one.add_argument("--draws", metavar="N", default="512", help="how many worlds; default: %(default)s")
    structure_option(one, "settle alternatives first, such as reading=D")
    one.add_argument("--economic", action="store_true", help="count recovered principal as well")
    one.add_argument(
        "--largest-gain", metavar="KR", help="the most another choice could be worth: bounds what was not seen"
    )
    seed_option(one, "the worlds")
    json_option(one)
    out_options(one)


def discover(args: argparse.Namespace) -> None:
    """Say under which conditions the first model is better than the others.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    changed = ranges(args.ranges)
    numbers, scenario = begun(args, study_files("discovery"), {"draws": 2, "limits": 1, "seed": 0})
    how: dict[str, Any] = {
        "models": split(args.models),
        "uncertainty": args.uncertainty,
        "draws": numbers["draws"] or 2,
        "ranges": changed,
        "structures": structures(args.structure),
        "economic": args.economic,
        "limits": numbers["limits"] or 1,
        "seed": numbers["seed"] or 0,
    }
    found = kravsim.studies.discover(scenario, **how)
    finished(found, "discovery", scenario, args, how)


def information(args: argparse.Namespace) -> None:
    """Say what is worth finding out before choosing a model.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    gain = number("--largest-gain", args.largest_gain)
    numbers, scenario = begun(args, study_files("information"), {"draws": 2, "seed": 0})
    how: dict[str, Any] = {
        "models": split(args.models),
        "uncertainty": args.uncertainty,
        "draws": numbers["draws"] or 2,
        "structures": structures(args.structure),
        "economic": args.economic,
        "largest_gain": gain,
        "seed": numbers["seed"] or 0,
    }
    found = kravsim.studies.value_of_information(scenario, **how)
    finished(found, "information", scenario, args, how)
