"""The command that follows the staff of a model over years: people."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

import kravsim
from kravsim.cli import archive
from kravsim.cli.options import command, split, structure_option, structures
from kravsim.cli.running import begun, check_models, finished, how_to_run, out_options, run_options

_LEAST: Final = {"years": 1, "draws": 2, "replications": 1, "seed": 0, "workers": 1}


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the command of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    text = "follow the staff of a model over years: posts, work, and what each year costs and brings in"
    one = command(commands, "people", people, text)
    common(one)
    text = "the model that is followed, then any that it is held against; default: %(default)s"
    one.add_argument("--models", default="in_house", metavar="A,B", help=text)
    one.add_argument("--years", metavar="N", help="how many calendar years; default: 8")
    one.add_argument(
        "--draws", metavar="N", help="how many worlds to draw from the prior; default: every number as stated"
    )
    structure_option(one, "settle alternatives first, such as reading=D")
    run_options(
        one, replications="how many times all years are run; default: 20, and 2 in each drawn world", engine=True
    )
    archive.add_options(one, journal=False)
    out_options(one)


def people(args: argparse.Namespace) -> None:
    """Follow the staff of a model over years.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files
    from kravsim.studies.people import YEARS

    numbers, scenario = begun(args, study_files("people"), _LEAST)
    models = split(args.models)
    check_models(scenario, "--models", models)
    how: dict[str, Any] = {
        "models": models,
        "years": numbers["years"] or YEARS,
        "replications": numbers["replications"],
        "draws": numbers["draws"],
        "structures": structures(args.structure),
        "seed": numbers["seed"],
    }
    found = kravsim.studies.people(scenario, **how, **how_to_run(args, numbers), **archive.keywords(args))
    finished(found, "people", scenario, args, how, seed=found.seed)
