"""Commands that simulate: compare, precision, simulate, reconcile, waiting."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import kravsim
from kravsim.cli import archive, inputs, uncertainty
from kravsim.cli.options import check_out, command
from kravsim.cli.running import (
    check_models,
    model_option,
    models_option,
    out_options,
    run_keywords,
    run_options,
    show,
    tell_files,
    tell_seed,
    two_models,
)
from kravsim.cli.settings import loaded

_YEARS = "how many years to simulate; default: the engine's own"
_FILES = "tables, figures and a manifest"


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the commands of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    one = command(commands, "compare", compare, "compare models of a scenario")
    common(one)
    models_option(one, "models")
    run_options(one, replications=_YEARS, engine=True)
    uncertainty.add_options(one)
    archive.add_options(one)
    inputs.add_memory_option(one)
    out_options(one, _FILES)

    text = "find out how many replications give the difference with a wanted precision"
    one = command(commands, "precision", precision, text)
    common(one)
    models_option(one, "models")
    uncertainty.add_precision_options(one)
    run_options(one, engine=True)
    archive.add_options(one, journal=False)
    inputs.add_memory_option(one)

    one = command(commands, "simulate", simulate, "simulate one model")
    common(one)
    model_option(one)
    run_options(one, replications=_YEARS, engine=True)
    archive.add_options(one)
    inputs.add_memory_option(one)
    out_options(one, _FILES)

    one = command(commands, "reconcile", reconcile, "hold a scenario against the published totals")
    common(one)
    run_options(one, replications=_YEARS, engine=True)

    one = command(commands, "waiting", waiting, "say what it costs that work waits for the staff")
    common(one)
    model_option(one)
    run_options(one, replications=_YEARS, engine=True)


def compare(args: argparse.Namespace) -> None:
    """Compare models of a scenario.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save import COMPARISON_FILES, UNCERTAIN_FILES, save_comparison, save_uncertain

    settings, models = run_keywords(args), two_models(args.models)
    kept = archive.keywords(args) | inputs.memory_keyword(args)
    worlds = uncertainty.keywords(args)
    check_out(args, UNCERTAIN_FILES if worlds else COMPARISON_FILES)
    scenario = loaded(args)
    check_models(scenario, "--models", models)
    found: Any = kravsim.compare(scenario, models=models, **settings, **kept, **worlds)
    show(found, args)
    tell_seed(args, found.first.seed)
    if args.out is not None:
        save = save_uncertain if worlds else save_comparison
        tell_files(save(found, args.out, lang=args.lang, **_how_to_write(args)))


def precision(args: argparse.Namespace) -> None:
    """Find out how many replications a wanted precision takes.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    settings, models = run_keywords(args), two_models(args.models)
    target = uncertainty.precision_keywords(args)
    kept = archive.keywords(args) | inputs.memory_keyword(args)
    scenario = loaded(args)
    check_models(scenario, "--models", models)
    found = kravsim.studies.precision(scenario, models, **target, **settings, **kept)
    show(found, args)
    tell_seed(args, found.comparison.first.seed)
    uncertainty.tell_unreached(found)


def simulate(args: argparse.Namespace) -> None:
    """Simulate one model of a scenario.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save import run_files, save_run

    settings, kept = run_keywords(args), archive.keywords(args) | inputs.memory_keyword(args)
    check_out(args, run_files(args.model))
    scenario = loaded(args)
    check_models(scenario, "--model", (args.model,))
    found = kravsim.simulate(scenario, model=args.model, **settings, **kept)
    show(found, args)
    tell_seed(args, found.seed)
    if args.out is not None:
        tell_files(save_run(found, args.out, **_how_to_write(args)))


def reconcile(args: argparse.Namespace) -> None:
    """Hold a scenario against the published totals.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    settings = run_keywords(args)
    show(kravsim.reconcile(loaded(args), **settings), args)


def waiting(args: argparse.Namespace) -> None:
    """Say what it costs that work waits for the staff of one model.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    settings = run_keywords(args)
    scenario = loaded(args)
    check_models(scenario, "--model", (args.model,))
    found = kravsim.studies.cost_of_waiting(scenario, model=args.model, **settings)
    show(found, args)
    tell_seed(args, found.run.seed)


def _how_to_write(args: argparse.Namespace) -> dict[str, bool]:
    return {"force": args.force, "follow_symlinks": args.follow_symlinks}
