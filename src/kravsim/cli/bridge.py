"""The command that walks between two models or scenarios: bridge."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any, Final

import kravsim
from kravsim.cli.options import command, number, split
from kravsim.cli.running import begun, finished, how_to_run, out_options, run_options
from kravsim.cli.settings import changed
from kravsim.errors import ABSENT, Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scenario import Scenario

_WHERE: Final = "command line"
_KINDS: Final = ("each", "difference")
_CASES: Final = "5"


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the command of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    text = "walk from one model or scenario to another, by cause and down to the cases that gain and lose"
    one = command(commands, "bridge", bridge, text)
    common(one)
    one.add_argument("--to", metavar="NAME", help="the scenario walked to; default: the same")
    text = "change a key of the scenario walked to, such as invoices.late_share=0.07; may be given again"
    one.add_argument("--set-to", action="append", default=[], metavar="KEY=VALUE", dest="changes_to", help=text)
    text = "the model walked from and the one walked to, or one name for both ends; default: outsourced,in_house"
    one.add_argument("--models", metavar="A,B", help=text)
    text = "walk between percentiles, such as 0.05 for bad years; default: between means"
    one.add_argument("--percentile", metavar="P", help=text)
    text = "with --percentile: that of each end, or that of the difference in the same year; default: %(default)s"
    one.add_argument("--of", choices=_KINDS, default=_KINDS[0], help=text)
    text = "how many cases to list of those that gain, and of those that lose; default: %(default)s"
    one.add_argument("--cases", default=_CASES, metavar="K", help=text)
    one.add_argument("--replication", default="0", metavar="R", help="in which replication; default: %(default)s")
    run_options(one, replications="years to simulate; default: the engine's own")
    out_options(one)


def bridge(args: argparse.Namespace) -> None:
    """Walk between two models or scenarios.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save_study import study_files

    percentile = number("--percentile", args.percentile)
    if percentile is None and args.of != _KINDS[0]:
        remedy = "say which percentile, such as --percentile 0.05"
        raise ScenarioError(
            Problem(_WHERE, "--percentile", ABSENT, phrase("a percentile with --of {of}", of=args.of), remedy)
        )
    least = {"cases": 0, "replication": 0, "replications": 1, "seed": 0, "workers": 1}
    numbers, start = begun(args, study_files("bridge"), least)
    end = _end(args, start)
    how: dict[str, Any] = {
        "models": None if args.models is None else split(args.models),
        "percentile": percentile,
        "of": args.of,
        "cases": numbers["cases"],
        "replication": numbers["replication"],
        "replications": numbers["replications"],
        "seed": numbers["seed"],
    }
    found = kravsim.studies.bridge(start, end, **how, **how_to_run(args, numbers))
    finished(found, "bridge", start, args, {**how, "end": _said(end)}, seed=found.start.seed)


def _end(args: argparse.Namespace, start: Scenario) -> Scenario | None:
    """The scenario walked to; None for the same."""
    if args.to is None:
        return changed(start, args.changes_to) if args.changes_to else None
    return changed(kravsim.load_scenario(args.to), args.changes_to)


def _said(end: Scenario | None) -> Mapping[str, Any] | None:
    """A scenario as a manifest keeps it, to be read back by ``Scenario.from_text``."""
    if end is None:
        return None
    return {"text": end.text, "changes": end.lineage, "taken": end.taken}
