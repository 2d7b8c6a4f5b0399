"""Commands that hold models or scenarios against each other: rank."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any, Final

import kravsim
from kravsim.cli.messages import message
from kravsim.cli.options import check_out, command, keep, number, show, split, structures, whole_numbers
from kravsim.cli.settings import loaded
from kravsim.results.ranking import LEAST_KR, MEASURES

_LEVEL: Final = "0.95"


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the commands of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    text = "put the models of a scenario in order, and say which cannot be told apart"
    one = command(commands, "rank", rank, text)
    common(one)
    one.add_argument("--models", metavar="A,B,...", help="two models or more; default: every model of the scenario")
    text = "figure of a year of which more is better; default: %(default)s"
    one.add_argument("--measure", choices=MEASURES, default=MEASURES[0], metavar="M", help=text)
    text = f"gain a year over today's model from which on a switch is recommended; default: {LEAST_KR:.0f}"
    one.add_argument("--least-kr", metavar="KR", help=text)
    one.add_argument("--today", metavar="M", help="the model in force; default: the one that the scenario names first")
    one.add_argument("--level", default=_LEVEL, metavar="P", help="of all intervals together; default: %(default)s")
    text = "run as many years as it takes to select the best model with this level, if it leads by --least-kr"
    one.add_argument("--select", action="store_true", help=text)
    one.add_argument("--most", metavar="N", help="years at most, with --select; default: 2000")
    text = "draw readings of the case and unknown values too, before (prior) or after (posterior) the books are read"
    one.add_argument("--uncertainty", choices=("prior", "posterior"), help=text)
    one.add_argument("--draws", metavar="N", help="how many worlds, with --uncertainty")
    one.add_argument("--structure", metavar="D=NAME", help="settle alternatives first, such as reading=D")
    one.add_argument("--replications", metavar="N", help="years to simulate; with --uncertainty in each world")
    run_options(one)


def rank(args: argparse.Namespace) -> None:
    """Put the models of a scenario in order.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    numbers = whole_numbers(args, {"most": 3, "draws": 2, "replications": 1, "seed": 0, "workers": 1})
    least, level = number("--least-kr", args.least_kr), number("--level", args.level)
    check_out(args, study_files("rank"))
    scenario = loaded(args)
    how: dict[str, Any] = {
        "models": scenario.models if args.models is None else split(args.models),
        "measure": args.measure,
        "least_kr": LEAST_KR if least is None else least,
        "today": args.today,
        "level": level,
        "select": args.select,
        "most": numbers["most"],
        "uncertainty": args.uncertainty,
        "draws": numbers["draws"],
        "structures": structures(args.structure),
        "replications": numbers["replications"],
        "seed": numbers["seed"],
    }
    found = kravsim.studies.rank(scenario, **how, **running(args, numbers))
    show(found, args)
    tell_seed(numbers["seed"], found.runs[0].seed)
    keep(found, "rank", scenario, args, {**how, "seed": found.runs[0].seed})


def run_options(one: argparse.ArgumentParser) -> None:
    """Add how to run, and where files go.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    """
    one.add_argument("--seed", metavar="S", help="whole number that fixes all chance; drawn and shown when left out")
    one.add_argument("--workers", metavar="K", help="threads to use; the numbers are the same for any")
    one.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    one.add_argument("--no-progress", action="store_true", help="show no progress bar")
    one.add_argument("--out", metavar="DIR", help="also leave table, figure, JSON and a manifest in this directory")
    one.add_argument("--force", action="store_true", help="replace files that are already there")


def running(args: argparse.Namespace, numbers: dict[str, int | None]) -> dict[str, Any]:
    """Give the settings that change nothing but how fast it goes and what is shown meanwhile.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    numbers : mapping of str to int or None
        The whole numbers among the options, by name; `workers` is taken.
    """
    return {"workers": numbers["workers"], "progress": not args.no_progress and sys.stderr.isatty()}


def tell_seed(given: int | None, drawn: int) -> None:
    """Say which seed was drawn, where none was given.

    Parameters
    ----------
    given : int or None
        After `--seed`.
    drawn : int
        What the result carries.
    """
    if given is None:
        sys.stderr.write(f"{message('seed', seed=drawn)}\n")
