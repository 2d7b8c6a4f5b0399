"""The command that compares two models in many bodies of different sizes: portfolio."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

import kravsim
from kravsim.cli import archive
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
from kravsim.results.portfolio import EXPECTED, SIMULATED
from kravsim.scenario.portfolio_file import REGIONS, portfolio_of, portfolio_text
from kravsim.studies.portfolio import WORLDS

_YEARS: Final = 2


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the command of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    text = "compare two models in many bodies of different sizes, in the same worlds"
    one = command(commands, "portfolio", portfolio, text)
    common(one)
    text = "the bodies and their sizes: a bundled name, or a file; default: %(default)s"
    one.add_argument("--bodies", default=REGIONS, metavar="NAME", help=text)
    models_option(one, "models")
    one.add_argument("--draws", metavar="N", help="how many worlds, the same in every body; default: 64")
    structure_option(one, "settle alternatives first, such as reading=D")
    one.add_argument(
        "--simulate", action="store_true", help="simulate each world; default: expectations in closed form"
    )
    run_options(one, replications="with --simulate: years in each world; default: 2")
    archive.add_options(one, journal=False)
    out_options(one)


def portfolio(args: argparse.Namespace) -> None:
    """Compare two models in many bodies.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    models = two_models(args.models)
    numbers, scenario = begun(args, study_files("portfolio"), {"draws": 2, "replications": 2, "seed": 0, "workers": 1})
    check_models(scenario, "--models", models)
    text = portfolio_text(args.bodies)
    how: dict[str, Any] = {
        "models": models,
        "by": SIMULATED if args.simulate else EXPECTED,
        "draws": numbers["draws"] or WORLDS,
        "replications": numbers["replications"] or _YEARS,
        "structures": structures(args.structure),
        "seed": numbers["seed"],
    }
    running = {**how_to_run(args, numbers), **archive.keywords(args)}
    found = kravsim.studies.portfolio(scenario, portfolio_of(text, args.bodies), **how, **running)
    finished(found, "portfolio", scenario, args, {**how, "bodies": text}, seed=found.seed)
