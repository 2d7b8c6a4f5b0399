"""The command that watches a given stock of claims in several ways, year by year: stock."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import kravsim
from kravsim.cli import archive
from kravsim.cli.options import command, number, split, structure_option, structures
from kravsim.cli.running import begun, check_models, finished, how_to_run, out_options, run_options
from kravsim.studies.stock import DRAWS, RATE, REPLICATIONS


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the command of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    text = "show what a given stock of old claims costs and brings in by year, in several ways of watching it"
    one = command(commands, "stock", stock, text)
    common(one)
    one.add_argument(
        "--models", metavar="A,B", help="ways of watching it: models of the scenario; default: all of them"
    )
    one.add_argument("--draws", metavar="N", help="how many worlds are drawn, 0 for none; default: 40")
    structure_option(one, "settle alternatives first, such as limitation=ten_years")
    one.add_argument("--rate", metavar="R", default=str(RATE), help="discount rate a year; default: %(default)s")
    one.add_argument("--price", metavar="KR", help="what is offered for a krona of principal, kr")
    run_options(one, replications="replications of the base case; default: 5", engine=True)
    archive.add_options(one, journal=False)
    out_options(one)


def stock(args: argparse.Namespace) -> None:
    """Watch a stock in several ways.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    rate, price = number("--rate", args.rate), number("--price", args.price)
    numbers, scenario = begun(args, study_files("stock"), {"draws": 0, "replications": 1, "seed": 0, "workers": 1})
    models = tuple(scenario.data.models) if args.models is None else split(args.models)
    check_models(scenario, "--models", models)
    how: dict[str, Any] = {
        "models": list(models),
        "draws": DRAWS if numbers["draws"] is None else numbers["draws"],
        "replications": numbers["replications"] or REPLICATIONS,
        "structures": structures(args.structure),
        "rate": rate,
        "price": price,
        "seed": numbers["seed"],
    }
    found = kravsim.studies.stock(scenario, **how, **how_to_run(args, numbers), **archive.keywords(args))
    finished(found, "stock", scenario, args, how, seed=found.seed)
