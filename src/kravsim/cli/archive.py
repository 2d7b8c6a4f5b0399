"""The command line's part in results that last: ``reproduce``, run directories and journals."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from kravsim.cli.messages import message
from kravsim.cli.options import command, whole_numbers
from kravsim.cli.running import is_shown, json_option, progress_option, show
from kravsim.errors import Problem, RunError, ScenarioError
from kravsim.phrases import phrase

if TYPE_CHECKING:
    import argparse

_OPTIONS = {"run_dir": "--run-dir", "journal": "--journal"}


def add_options(one: argparse.ArgumentParser, *, journal: bool = True) -> None:
    """Add the options that keep what a run makes on the way.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    journal : bool
        Whether the command can keep journals.
    """
    one.add_argument("--run-dir", metavar="DIR", help="keep finished blocks here, and go on from those already there")
    if journal:
        one.add_argument(
            "--journal", metavar="DIR", help="write every replication's events and postings here, a file each"
        )
    add_link_option(one)


def add_link_option(one: argparse.ArgumentParser) -> None:
    """Add the option that lets what a command writes to be a symbolic link; once, however many options name such a place.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    """
    one.add_argument(
        "--follow-symlinks",
        action="store_true",
        help="let a directory or file that is written to be a symbolic link itself; links above it always may be",
    )


def keywords(args: argparse.Namespace) -> dict[str, Any]:
    """Give the options of :func:`add_options` that were set, as keyword arguments of the library.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.

    Raises
    ------
    ScenarioError
        When one of them names no directory.
    """
    given: dict[str, Any] = {key: getattr(args, key) for key in _OPTIONS if getattr(args, key, None) is not None}
    empty = [
        Problem("command line", _OPTIONS[key], value, "a directory", "write . for the current one")
        for key, value in given.items()
        if not value.strip()
    ]
    if empty:
        raise ScenarioError(empty)
    return {**given, "follow_symlinks": args.follow_symlinks}


def how_to_go_on(args: argparse.Namespace) -> str:
    """Say how a run that was stopped can be finished, where the command has a way.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.

    Returns
    -------
    str
        Empty where it has none.
    """
    if not hasattr(args, "run_dir") or not getattr(args, "simulate", True):
        return ""  # what is worked out in closed form is not kept
    if args.run_dir is None:
        return message("could go on")
    return message("goes on")


def add_command(commands: Any) -> argparse.ArgumentParser:
    """Add ``reproduce``; gives its parser, for the common options.

    Parameters
    ----------
    commands : subparsers of argparse
        Where commands are added.
    """
    text = "run a manifest again and compare every file byte for byte"
    one = command(commands, "reproduce", reproduce, text)
    one.add_argument("manifest", metavar="MANIFEST", help="a manifest.json, or a file of run.save or comparison.save")
    one.add_argument("--workers", metavar="K", help="threads to use; the answer is the same for any")
    json_option(one)
    progress_option(one)
    return one


def reproduce(args: argparse.Namespace) -> None:
    """Rebuild what a manifest stands for.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.

    Raises
    ------
    RunError
        When a file came out different, after the table that says which.
    """
    from kravsim.papers.reproduce import reproduce as rebuilt

    workers = whole_numbers(args, {"workers": 1})["workers"]
    found = rebuilt(args.manifest, workers=workers, progress=is_shown(args))
    show(found, args)
    if not found.same:
        sys.stdout.flush()
        different = ", ".join(one.name for one in found.files if one.verdict == "different") or "none"
        changed = ", ".join(one.name for one in found.files if one.on_disk == "changed since") or "none"
        differences = phrase(
            "different: {different}; changed on disk since: {changed}", different=different, changed=changed
        )
        raise RunError(Problem(found.manifest, "", differences, "files that come out as the manifest says", ""))
