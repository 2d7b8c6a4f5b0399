"""The command that writes a page that can be asked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from kravsim.cli.archive import add_link_option
from kravsim.cli.explain import check_files, how_to_write, tell_file
from kravsim.cli.options import command, split
from kravsim.cli.running import is_shown, models_option, progress_option
from kravsim.cli.settings import loaded


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the command of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has.
    """
    one = command(commands, "explore", explore, "write a page with sliders that answers for any position of them")
    common(one)
    models_option(one, "two models to subtract")
    text = "a number to move, such as invoices.per_year; may be given again; default: a dozen that matter most"
    one.add_argument("--key", action="append", metavar="KEY", help=text)
    one.add_argument("--out", required=True, metavar="FILE", help="the page, such as page.html")
    one.add_argument("--force", action="store_true", help="replace files that are already there")
    progress_option(one)
    add_link_option(one)


def explore(args: argparse.Namespace) -> None:
    """Write a page that can be asked, and say what it answers as the scenario stands.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.exploring import explored, page_of
    from kravsim.papers.save_single import save_single

    how = how_to_write(args)
    check_files([args.out], how)
    scenario = loaded(args)
    settings = {"models": split(args.models), "keys": args.key or []}
    found = explored(scenario, models=settings["models"], keys=args.key, progress=is_shown(args))
    settings["command"] = list(found.command)
    sys.stdout.write(found.table(args.lang) + "\n")
    body = page_of(found, args.lang).encode("utf-8")
    tell_file(save_single(args.out, "page to ask", scenario, settings, lang=args.lang, body=body, **how))
