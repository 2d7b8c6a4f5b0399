"""The command that compiles all loops beforehand."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from kravsim.cli.messages import message
from kravsim.cli.options import command


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the command of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has; ``name`` says whether a scenario is among them.
    """
    text = "compile all loops now, once after an install, so that no later command waits for it"
    common(command(commands, "warm-up", warm_up, text), name=False)


def warm_up(_: argparse.Namespace) -> None:
    """Compile all loops, each told as it begins, and say how long it took.

    Parameters
    ----------
    _ : Namespace
        The options as they were parsed.
    """
    from kravsim.running import warm_up as work

    begun = time.monotonic()
    work.warm_up()
    sys.stdout.write(message("warm", seconds=round(time.monotonic() - begun)) + "\n")
