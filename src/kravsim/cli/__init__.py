"""The command line: from a scenario's name to an answer, with every refusal in words.

Numbers go to standard output, everything else to standard error. Options are checked before a scenario is read, and the
output directory before a run starts.
"""

from __future__ import annotations

import argparse
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import kravsim
from kravsim.cli import (
    archive,
    bridge,
    calibrate,
    completion,
    curves,
    decisions,
    explain,
    explore,
    inputs,
    papers,
    people,
    portfolios,
    ranking,
    runs,
    settings,
    signals,
    stocks,
    streams,
    transitions,
    unknowns,
    warm_up,
    years,
)
from kravsim.cli.messages import message as notice
from kravsim.cli.parser import Parser, language_of
from kravsim.errors import KravsimError, OutputError, Problem, RunError, memory_trouble
from kravsim.interrupts import forget_requests, requested, stop_if_requested
from kravsim.phrases import phrase
from kravsim.scenario import ScenarioWarning
from kravsim.scenario.contents import WITH_CHANGES
from kravsim.speech import speaking
from kravsim.words.wording import LANGUAGES

_LANGUAGE: Final = "language; default: sv for results, that of the system for help, errors and notices"
BROKEN_PIPE: Final = 141
UNEXPECTED: Final = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; those of the process when left out.

    Returns
    -------
    int
        0; 2 for a scenario or an option, 3 for data, 4 for a run, 5 for output; 130 when interrupted, 143 when
        terminated, 129 when the terminal has gone; 141 when nobody reads any more; 1 for anything unexpected.
    """
    own = argv is None
    given = sys.argv[1:] if argv is None else argv
    with streams.guarded(own=own) as (out, err), speaking(language_of(given)):
        try:
            args = _parser().parse_args(given)
            args.asked_language, args.lang = args.lang, args.lang or LANGUAGES[0]
        except SystemExit:  # help, version, or an option that is refused
            if _say_lost(out):
                raise SystemExit(OutputError.exit_code) from None
            raise
        code = _carried_out(args, err, own=own)
        lost = _say_lost(out) if code < signals.exit_code(0) else 0
        return code or lost


def _carried_out(args: argparse.Namespace, err: streams.Stream, *, own: bool) -> int:
    """Run the command of the arguments, in a process of its own or in another program's, and say how it ended."""
    farewell = f"kravsim: {notice('stopped')}{archive.how_to_go_on(args)}"
    try:
        with signals.heard(lambda: err.at_once(farewell + "\n"), own=own), _plain_warnings():
            args.command(args)
            stop_if_requested()
    except (Exception, KeyboardInterrupt) as error:
        if requested() is not None or isinstance(error, KeyboardInterrupt):  # whatever else went wrong on the way out
            _say(farewell)
            return signals.exit_code(requested() or signal.SIGINT)
        return _failed(error, debug=args.debug)
    finally:
        forget_requests()
    return 0


def _failed(error: Exception, *, debug: bool) -> int:
    """Say what went wrong; gives the exit code."""
    if isinstance(error, BrokenPipeError):
        return BROKEN_PIPE
    code = UNEXPECTED
    if isinstance(error, KravsimError):
        for problem in error.problems:
            _say(f"kravsim: {_as_written(problem)}")
    elif trouble := memory_trouble(error):
        _say(f"kravsim: {trouble} ({type(error).__name__}: {error})")
        code = RunError.exit_code
    else:
        _say(f"kravsim: {notice('fault', kind=type(error).__name__, error=error)}")
    if debug:
        traceback.print_exception(error)
    return error.exit_code if isinstance(error, KravsimError) else code


def _as_written(problem: Problem) -> Problem:
    """A change came with an option here, and not with a call of the library."""
    return replace(problem, file=phrase("command line")) if problem.file == WITH_CHANGES else problem


def _say_lost(out: streams.Stream) -> int:
    """Say what standard output has not taken; gives the exit code, 0 where nothing is lost."""
    lost = streams.lost_output(out)
    if lost is None:
        return 0
    for problem in lost.problems:
        _say(f"kravsim: {problem}")
    return lost.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="kravsim",
        description="Should a region collect its late invoices itself or through an agency? Simulated, with its error.",
    )
    parser.add_argument("--lang", choices=LANGUAGES, help=_LANGUAGE)
    parser.add_argument("--version", action="version", version=f"kravsim {kravsim.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    runs.add_commands(commands, _common)
    calibrate.add_command(commands, _common)

    _common(archive.add_command(commands), name=False)

    decisions.add_commands(commands, _common)
    unknowns.add_commands(commands, _common)
    ranking.add_commands(commands, _common)
    bridge.add_commands(commands, _common)
    curves.add_commands(commands, _common)
    people.add_commands(commands, _common)
    years.add_commands(commands, _common)
    portfolios.add_commands(commands, _common)
    stocks.add_commands(commands, _common)
    transitions.add_commands(commands, _common)
    explain.add_commands(commands, _common)
    explore.add_commands(commands, _common)
    inputs.add_commands(commands, _common)
    papers.add_commands(commands, _common)
    warm_up.add_commands(commands, _common)
    completion.add_commands(commands, _common, parser)
    return parser


def _common(one: argparse.ArgumentParser, *, name: bool = True) -> None:
    if name:
        one.add_argument("name", metavar="NAME", help="a bundled scenario, or a path to a .toml file")
        settings.add_option(one)
    one.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=_LANGUAGE)
    one.add_argument("--debug", action="store_true", help="show where in the program an error arose")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


@contextmanager
def _plain_warnings() -> Iterator[None]:
    """Write a warning as one line of words, without the place in the program."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        _say(f"kravsim: {notice('warning', text=message)}")

    with warnings.catch_warnings():
        warnings.simplefilter("always", ScenarioWarning)  # whatever -W says: it is addressed to the user
        warnings.showwarning = show
        yield
