"""The command that compares two models year by year of a horizon, at the levels of the years: years."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

import kravsim
from kravsim.cli.options import command, structure_option, structures
from kravsim.cli.running import (
    begun,
    check_models,
    finished,
    how_to_run,
    models_option,
    out_options,
    run_options,
    two_models,
)

_KINDS: Final = ("prior", "posterior")


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the command of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    text = "compare two models year by year, as pay, prices, volume and claims follow the years"
    one = command(commands, "years", years, text)
    common(one)
    models_option(one, "two models")
    one.add_argument("--uncertainty", choices=_KINDS, help="draw the uncertain numbers too, from prior or posterior")
    one.add_argument("--draws", metavar="N", help="with --uncertainty: how many worlds; default: 64")
    structure_option(one, "with --uncertainty: settle alternatives first, such as reading=D")
    text = "how many times to simulate each calendar year, once in each drawn world; default: 20"
    run_options(one, replications=text, engine=True)
    out_options(one)


def years(args: argparse.Namespace) -> None:
    """Compare two models year by year of the horizon.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    models = two_models(args.models)
    least = {"draws": 2, "replications": 1, "seed": 0, "workers": 1}
    numbers, scenario = begun(args, study_files("years"), least)
    check_models(scenario, "--models", models)
    how: dict[str, Any] = {
        "models": models,
        "replications": numbers["replications"],
        "seed": numbers["seed"],
        "uncertainty": args.uncertainty,
        "draws": numbers["draws"],
        "structures": structures(args.structure),
    }
    found = kravsim.studies.years(scenario, **how, **how_to_run(args, numbers))
    finished(found, "years", scenario, args, how, seed=found.seed)
