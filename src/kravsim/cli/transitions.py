"""The command that tells staying against changing, in cash by month: transition."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

import kravsim
from kravsim.cli.options import command, number, structure_option, structures
from kravsim.cli.running import begun, finished, is_shown, out_options, run_options

_KINDS: Final = ("prior", "posterior")


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the command of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    text = "tell staying with a model against changing to others: cash by month, what the change costs once, what it is worth"
    one = command(commands, "transition", transition, text)
    common(one)
    one.add_argument(
        "which", nargs="?", metavar="TRANSITION", help="name of the transition; may be left out where there is one"
    )
    one.add_argument("--uncertainty", choices=_KINDS, help="draw the uncertain numbers too, from prior or posterior")
    one.add_argument("--draws", metavar="N", help="with --uncertainty: how many worlds; default: 64")
    structure_option(one, "with --uncertainty: settle alternatives first, such as reading=D")
    one.add_argument(
        "--discount-rate", metavar="R", help="real rate of discount a year, such as 0.035; default: the scenario's"
    )
    one.add_argument("--inflation", metavar="R", help="inflation a year, such as 0.02; default: the scenario's")
    text = "when in each month its cash is taken to move; default: %(default)s"
    one.add_argument("--timing", choices=("end", "middle", "start"), default="end", help=text)
    text = "prices of amounts, of the day of the decision or of their own: as indices of pay or prices make them, or refused"
    one.add_argument("--prices", choices=("fixed", "nominal"), help=text)
    run_options(one, replications="replications; of each world with --uncertainty; default: 100, and 2")
    out_options(one)


def transition(args: argparse.Namespace) -> None:
    """Tell a transition.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    least = {"draws": 2, "replications": 1, "seed": 0, "workers": 1}
    rates = {
        "discount_rate": number("--discount-rate", args.discount_rate),
        "inflation": number("--inflation", args.inflation),
    }
    numbers, scenario = begun(args, study_files("transition"), least)
    asked: dict[str, Any] = {
        "name": args.which,
        "replications": numbers["replications"],
        "seed": numbers["seed"],
        "uncertainty": args.uncertainty,
        "draws": numbers["draws"],
        "structures": structures(args.structure),
        **rates,
        "timing": args.timing,
        "prices": args.prices,
    }
    running: dict[str, Any] = {"workers": numbers["workers"], "progress": is_shown(args)}
    found = kravsim.studies.transition(scenario, **asked, **running)
    finished(found, "transition", scenario, args, {**asked, "name": found.name}, seed=found.seed)
