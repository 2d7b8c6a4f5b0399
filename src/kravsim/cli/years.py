"""The command that compares two models year by year of a horizon, at the levels of the years: years."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import kravsim
from kravsim.cli.options import command
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
from kravsim.studies.years import YEARS_OF_EACH


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
    run_options(one, replications="how many times to simulate each calendar year; default: 20", engine=True)
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
    numbers, scenario = begun(args, study_files("years"), {"replications": 1, "seed": 0, "workers": 1})
    check_models(scenario, "--models", models)
    how: dict[str, Any] = {
        "models": models,
        "replications": numbers["replications"] or YEARS_OF_EACH,
        "seed": numbers["seed"],
    }
    found = kravsim.studies.years(scenario, **how, **how_to_run(args, numbers))
    finished(found, "years", scenario, args, how, seed=found.seed)
