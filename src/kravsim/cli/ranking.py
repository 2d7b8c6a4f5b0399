"""Commands that hold models of a scenario against each other: rank, costs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any, Final

import kravsim
from kravsim.cli.options import command, number, split, structures
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
from kravsim.phrases import phrase
from kravsim.results.cost_concepts import FULL, NAMES
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
    text = phrase(
        "gain a year over today's model from which on a switch is recommended; default: {least_kr:.0f}",
        least_kr=LEAST_KR,
    )
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
    run_options(one, replications="years to simulate; with --uncertainty in each world")
    out_options(one)

    text = "compare models by full cost, by marginal cost and with pay alone"
    one = command(commands, "costs", costs, text)
    common(one)
    models_option(one, "models")
    text = "the concept of cost that the answer is given by first; default: %(default)s"
    one.add_argument("--concept", choices=NAMES, default=FULL, help=text)
    text = "draw readings of the case and unknown values too, before (prior) or after (posterior) the books are read"
    one.add_argument("--uncertainty", choices=("prior", "posterior"), help=text)
    one.add_argument("--draws", metavar="N", help="how many worlds, with --uncertainty")
    one.add_argument("--structure", metavar="D=NAME", help="settle alternatives first, such as reading=D")
    run_options(one, replications="years to simulate; with --uncertainty in each world")
    out_options(one, "table, JSON and a manifest")


def rank(args: argparse.Namespace) -> None:
    """Put the models of a scenario in order.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    least, level = number("--least-kr", args.least_kr), number("--level", args.level)
    numbers, scenario = begun(
        args, study_files("rank"), {"most": 3, "draws": 2, "replications": 1, "seed": 0, "workers": 1}
    )
    how: dict[str, Any] = {
        "models": scenario.models if args.models is None else split(args.models),
        "measure": args.measure,
        "least_kr": LEAST_KR if least is None else least,
        "today": args.today,
        "level": level,
        "select": args.select,
        "most": numbers["most"],
        **_years_asked(args, numbers),
    }
    found = kravsim.studies.rank(scenario, **how, **how_to_run(args, numbers))
    finished(found, "rank", scenario, args, how, seed=found.runs[0].seed)


def costs(args: argparse.Namespace) -> None:
    """Compare models by each concept of cost.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import table_files

    models = two_models(args.models)
    numbers, scenario = begun(args, table_files("costs"), {"draws": 2, "replications": 1, "seed": 0, "workers": 1})
    check_models(scenario, "--models", models)
    how: dict[str, Any] = {
        "models": models,
        "concept": args.concept,
        **_years_asked(args, numbers),
    }
    found = kravsim.studies.cost_concepts(scenario, **how, **how_to_run(args, numbers))
    finished(found, "costs", scenario, args, how, seed=found.runs[0].seed)


def _years_asked(args: argparse.Namespace, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Which worlds and years are met, as a study takes it."""
    return {
        "uncertainty": args.uncertainty,
        "draws": numbers["draws"],
        "structures": structures(args.structure),
        "replications": numbers["replications"],
        "seed": numbers["seed"],
    }
