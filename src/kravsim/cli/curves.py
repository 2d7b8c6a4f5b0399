"""The command that shows when principal is paid after each step: payment-curves."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import kravsim
from kravsim.cli.options import command
from kravsim.cli.running import begun, check_models, finished, how_to_run, model_option, out_options, run_options


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the command of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    text = "show when principal is paid after each reminder, demand, application and order"
    one = command(commands, "payment-curves", payment_curves, text)
    common(one)
    model_option(one)
    run_options(one, replications="how many years to simulate; default: the engine's own", engine=True)
    out_options(one)


def payment_curves(args: argparse.Namespace) -> None:
    """Show when principal is paid after each step of one model.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    numbers, scenario = begun(args, study_files("payment-curves"), {"replications": 1, "seed": 0, "workers": 1})
    check_models(scenario, "--model", (args.model,))
    how: dict[str, Any] = {"model": args.model, "replications": numbers["replications"], "seed": numbers["seed"]}
    found = kravsim.studies.payment_curves(scenario, **how, **how_to_run(args, numbers))
    finished(found, "payment-curves", scenario, args, {**how, "replications": found.replications}, seed=found.seed)
