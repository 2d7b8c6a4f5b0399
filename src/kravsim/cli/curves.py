"""The command that shows when principal is paid after each step: payment-curves."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import kravsim
from kravsim.cli.options import check_out, command, keep, show, whole_numbers
from kravsim.cli.ranking import run_options, running, tell_seed
from kravsim.cli.settings import loaded
from kravsim.errors import Problem, ScenarioError


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
    one.add_argument("--model", required=True, metavar="M", help="name of the model")
    one.add_argument("--replications", metavar="N", help="how many years to simulate; default: the engine's own")
    one.add_argument("--engine", metavar="E", help="which engine; the numbers are the same for any")
    run_options(one)


def payment_curves(args: argparse.Namespace) -> None:
    """Show when principal is paid after each step of one model.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    numbers = whole_numbers(args, {"replications": 1, "seed": 0, "workers": 1})
    check_out(args, study_files("payment-curves"))
    scenario = loaded(args)
    if args.model not in scenario.models:
        allowed = f"one of {', '.join(scenario.models)}"
        raise ScenarioError(Problem("command line", "--model", args.model, allowed, "check the spelling"))
    how: dict[str, Any] = {"model": args.model, "replications": numbers["replications"], "seed": numbers["seed"]}
    found = kravsim.studies.payment_curves(scenario, **how, engine=args.engine, **running(args, numbers))
    show(found, args)
    tell_seed(numbers["seed"], found.seed)
    keep(found, "payment-curves", scenario, args, {**how, "replications": found.replications, "seed": found.seed})
