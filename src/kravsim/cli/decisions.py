"""Commands about what would change the answer: sweep, sensitivity, break-even."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, Final

import kravsim
from kravsim.cli.options import check_draws, command, number, split, structure_option, structures, varied
from kravsim.cli.running import (
    begun,
    finished,
    is_shown,
    json_option,
    models_option,
    out_options,
    progress_option,
    run_options,
    seed_option,
)
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase

_WHERE: Final = "command line"


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the commands of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    one = command(commands, "sweep", sweep, "put keys of a scenario to many values, as one table and figure")
    common(one)
    text = (
        "what varies: key=2,3,4 or key=2:4:9 (nine values from 2 to 4); for latin and sobol key=2:4; may be given again"
    )
    one.add_argument("--vary", action="append", required=True, metavar="KEY=VALUES", help=text)
    models_option(one, "one model or more")
    one.add_argument("--simulate", action="store_true", help="simulate every point, instead of the closed form")
    one.add_argument("--design", choices=("grid", "latin", "sobol"), default="grid", help="default: %(default)s")
    one.add_argument("--points", metavar="N", help="how many points, for latin and sobol")
    run_options(one, replications="years to simulate")
    one.add_argument("--run-dir", metavar="DIR", help="keep finished points here and go on from them")
    out_options(one)

    one = command(commands, "sensitivity", sensitivity, "find out which inputs move the answer most")
    common(one)
    _figure_options(one)
    text = "also Sobol indices, by a design of this size, a power of two such as 256"
    one.add_argument("--sobol", metavar="N", help=text)
    one.add_argument(
        "--chance", metavar="N", help="with --sobol: years to simulate, whose spread is an input of its own"
    )
    text = "with --sobol: inputs and groups with indices of their own, the strongest; default: %(default)s"
    one.add_argument("--screened", metavar="N", default="20", help=text)
    progress_option(one, estimate=True)
    seed_option(one, "the design")
    json_option(one)
    out_options(one)

    one = command(commands, "break-even", break_even, "find at which value of a number the answer turns, or what would")
    common(one)
    _figure_options(one)
    text = (
        "the number, such as models.in_house.staff.handlers.fte; given twice, the line over both along which the answer "
        "turns; without it the smallest changes that turn the answer"
    )
    one.add_argument("--key", action="append", metavar="KEY", help=text)
    text = "where to look from, once a key; default: the number's own range"
    one.add_argument("--low", action="append", metavar="X", help=text)
    one.add_argument("--high", action="append", metavar="X", help="where to look to, once a key")
    text = "a number that keeps its proportion to that of --key, such as debtors.number; may be given again"
    one.add_argument("--in-proportion", action="append", metavar="KEY", default=[], help=text)
    text = "years to simulate at what is found, 0 for none; default: 20, and none for a line over two numbers"
    one.add_argument("--confirm", metavar="N", help=text)
    progress_option(one, estimate=True)
    seed_option(one, "draws and simulated years")
    json_option(one)
    out_options(one)


def break_even(args: argparse.Namespace) -> None:
    """Find at which value of a number the answer turns, along which line over two, or the smallest changes that turn it.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files, table_files

    keys: list[str] = args.key or []
    low, high = (_ends(f"--{name}", getattr(args, name), keys) for name in ("low", "high"))
    name = ("flips", "break-even", "break-even-line")[len(keys)]
    check_draws(args)
    if len(keys) != 1 and args.in_proportion:
        remedy = "give one --key, or leave it out"
        raise ScenarioError(
            Problem(_WHERE, "--in-proportion", args.in_proportion, "nothing but with one --key", remedy)
        )
    files = study_files(name) if keys else table_files(name)
    numbers, scenario = begun(args, files, {"confirm": 0, "seed": 0, "draws": 2})
    how: dict[str, Any] = {"models": split(args.models), "measure": args.measure, "seed": numbers["seed"]}
    how |= {"structures": structures(args.structure)}
    how |= {} if numbers["confirm"] is None else {"confirm": numbers["confirm"]}
    how |= {"uncertainty": args.uncertainty}
    how |= {} if numbers["draws"] is None else {"worlds": numbers["draws"]}
    if not keys:
        found: Any = kravsim.studies.nearest_flips(scenario, progress=is_shown(args), **how)
    elif len(keys) == 1:
        how |= {"key": keys[0], "low": low[0], "high": high[0], "in_proportion": args.in_proportion}
        found = kravsim.studies.switching_value(scenario, progress=is_shown(args), **how)
    else:
        how |= {"keys": keys, "low": low, "high": high}
        found = kravsim.studies.switching_line(scenario, progress=is_shown(args), **how)
    finished(found, name, scenario, args, how)


def _ends(option: str, given: list[str] | None, keys: list[str]) -> list[float | None]:
    """Read where to look from or to: as many numbers as keys, or none at all.

    Raises
    ------
    ScenarioError
        When there are more keys than two, or another number of ends than of keys.
    """
    if len(keys) > 2:
        raise ScenarioError(Problem(_WHERE, "--key", keys, "one key or two", "ask about the others by themselves"))
    if given is not None and len(given) != len(keys):
        remedy = "name the number with --key" if not keys else "give one a key, in their order"
        raise ScenarioError(Problem(_WHERE, option, given, phrase("{n} numbers", n=len(keys)), remedy))
    return [None] * len(keys) if given is None else [number(option, text) for text in given]


def sensitivity(args: argparse.Namespace) -> None:
    """Find out which inputs move the answer most.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    check_draws(args)
    least = {"sobol": 2, "screened": 1, "chance": 2, "seed": 0, "draws": 2}
    numbers, scenario = begun(args, study_files("sensitivity"), least)
    how: dict[str, Any] = {
        "models": split(args.models),
        "measure": args.measure,
        "structures": structures(args.structure),
        "uncertainty": args.uncertainty,
        "draws": numbers["draws"],
        "sobol": numbers["sobol"],
        "screened": numbers["screened"] or 1,
        "chance": numbers["chance"],
        "seed": numbers["seed"] or 0,
    }
    found = kravsim.studies.sensitivity(scenario, progress=is_shown(args), **how)
    finished(found, "sensitivity", scenario, args, how)


def sweep(args: argparse.Namespace) -> None:
    """Put keys of a scenario to many values.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    values = varied(args.vary, args.design)
    least = {"points": 2, "replications": 1, "seed": 0, "workers": 1}
    numbers, scenario = begun(args, study_files("sweep"), least)
    running: dict[str, Any] = {"workers": numbers["workers"]} if numbers["workers"] is not None else {}
    if args.simulate:
        running["progress"] = is_shown(args)
    if args.run_dir is not None:
        running["run_dir"] = args.run_dir
    how: dict[str, Any] = {
        "values": values,
        "models": split(args.models),
        "by": "simulated" if args.simulate else "expected",
        "design": args.design,
        "points": numbers["points"],
        "replications": numbers["replications"],
        "seed": numbers["seed"],
    }
    found = kravsim.sweep(scenario, **how, **running)
    finished(found, "sweep", scenario, args, how, seed=found.seed)


def _figure_options(one: argparse.ArgumentParser) -> None:
    """Which figure, of which models, in which reading."""
    models_option(one, "one model, or two to subtract")
    text = (
        "in worlds drawn from what is assumed (prior) or that agree with the books (posterior), by reading of the case"
    )
    one.add_argument("--uncertainty", choices=("prior", "posterior"), help=text)
    one.add_argument("--draws", metavar="N", help="with --uncertainty: how many worlds")
    text = "figure of a year, such as economic_result_kr; default: %(default)s"
    one.add_argument("--measure", default="net_revenue_kr", metavar="M", help=text)
    text = "settle alternatives first, such as reading=D; with commas between"
    structure_option(one, text)
