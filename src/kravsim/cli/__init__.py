"""The command line: from a scenario's name to an answer, with every refusal in words.

Numbers go to standard output, everything else to standard error. Options are checked before a scenario is read, and the
output directory before a run starts.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import textwrap
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

import kravsim
from kravsim.cli import (
    archive,
    bridge,
    calibrate,
    curves,
    decisions,
    explain,
    inputs,
    ranking,
    settings,
    signals,
    streams,
    uncertainty,
    unknowns,
)
from kravsim.cli.messages import message as told
from kravsim.cli.options import check_out, command, split, whole
from kravsim.cli.settings import loaded
from kravsim.errors import KravsimError, OutputError, Problem, RunError, ScenarioError, memory_trouble
from kravsim.interrupts import forget_requests, requested, stop_if_requested
from kravsim.scenario import ScenarioWarning
from kravsim.scenario.nearest import did_you_mean
from kravsim.speech import speaking
from kravsim.words.table import WIDEST
from kravsim.words.wording import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from kravsim.scenario import Scenario

_WRONG_COMMAND: Final = re.compile(r"argument COMMAND: invalid choice: '(.*)' \(")
BROKEN_PIPE: Final = 141
UNEXPECTED: Final = 1
DEFAULT_MODELS: Final = ("in_house", "outsourced")

_WHERE: Final = "command line"


@dataclass(frozen=True)
class Settings:
    """How to run, as the library takes it; None is the library's own choice.

    Parameters
    ----------
    replications : int or None
        Of each model, 1 or more.
    seed : int or None
        From 0 up.
    workers : int or None
        Threads, 1 or more.
    engine : str or None
        One of ``kravsim.engine.ENGINES``.
    progress : bool
        Whether a progress bar is shown.
    """

    replications: int | None
    seed: int | None
    workers: int | None
    engine: str | None
    progress: bool

    def keywords(self) -> dict[str, Any]:
        """Give the settings as keyword arguments."""
        return dict(vars(self))


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
    with streams.guarded(own=own) as (out, err):
        try:
            args = _parser().parse_args(argv)
        except SystemExit:  # help, version, or an option that is refused
            if _say_lost(out):
                raise SystemExit(OutputError.exit_code) from None
            raise
        with speaking(getattr(args, "lang", "en")):
            code = _carried_out(args, err, own=own)
            lost = _say_lost(out) if code < signals.exit_code(0) else 0
        return code or lost


def _carried_out(args: argparse.Namespace, err: streams.Stream, *, own: bool) -> int:
    """Run the command of the arguments, in a process of its own or in another program's, and say how it ended."""
    farewell = f"kravsim: {told('stopped')}{archive.how_to_go_on(args)}"
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
            _say(f"kravsim: {problem}")
    elif trouble := memory_trouble(error):
        _say(f"kravsim: {trouble} ({type(error).__name__}: {error})")
        code = RunError.exit_code
    else:
        _say(f"kravsim: {told('fault', kind=type(error).__name__, error=error)}")
    if debug:
        traceback.print_exception(error)
    return error.exit_code if isinstance(error, KravsimError) else code


def _say_lost(out: streams.Stream) -> int:
    """Say what standard output has not taken; gives the exit code, 0 where nothing is lost."""
    lost = streams.lost_output(out)
    if lost is None:
        return 0
    for problem in lost.problems:
        _say(f"kravsim: {problem}")
    return lost.exit_code


def compare(args: argparse.Namespace) -> None:
    """Compare models of a scenario.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save import COMPARISON_FILES, UNCERTAIN_FILES, save_comparison, save_uncertain

    settings, models = _settings(args), _models(args.models)
    kept = archive.keywords(args) | inputs.memory_keyword(args)
    worlds = uncertainty.keywords(args)
    check_out(args, UNCERTAIN_FILES if worlds else COMPARISON_FILES)
    scenario = loaded(args)
    _known_models(scenario, "--models", models)
    found: Any = kravsim.compare(scenario, models=models, **settings.keywords(), **kept, **worlds)
    _print(found, args)
    _tell_seed(settings, found.first.seed)
    if args.out is not None:
        save = save_uncertain if worlds else save_comparison
        _tell_files(save(found, args.out, lang=args.lang, **_how_to_write(args)))


def precision(args: argparse.Namespace) -> None:
    """Find out how many replications a wanted precision takes.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    settings, models = _settings(args), _models(args.models)
    target = uncertainty.precision_keywords(args)
    kept = archive.keywords(args) | inputs.memory_keyword(args)
    scenario = loaded(args)
    _known_models(scenario, "--models", models)
    how = {key: value for key, value in settings.keywords().items() if key != "replications"}
    found = kravsim.studies.precision(scenario, models, **target, **how, **kept)
    _print(found, args)
    _tell_seed(settings, found.comparison.first.seed)
    uncertainty.tell_unreached(found)


def simulate(args: argparse.Namespace) -> None:
    """Simulate one model of a scenario.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.papers.save import run_files, save_run

    settings, kept = _settings(args), archive.keywords(args) | inputs.memory_keyword(args)
    check_out(args, run_files(args.model))
    scenario = loaded(args)
    _known_models(scenario, "--model", (args.model,))
    found = kravsim.simulate(scenario, model=args.model, **settings.keywords(), **kept)
    _print(found, args)
    _tell_seed(settings, found.seed)
    if args.out is not None:
        _tell_files(save_run(found, args.out, **_how_to_write(args)))


def reconcile(args: argparse.Namespace) -> None:
    """Hold a scenario against the published totals.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    settings = _settings(args)
    _print(kravsim.reconcile(loaded(args), **settings.keywords()), args)


def waiting(args: argparse.Namespace) -> None:
    """Say what it costs that work waits for the staff of one model.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    settings = _settings(args)
    scenario = loaded(args)
    _known_models(scenario, "--model", (args.model,))
    found = kravsim.studies.cost_of_waiting(scenario, model=args.model, **settings.keywords())
    _print(found, args)
    _tell_seed(settings, found.run.seed)


def _left_out(scenario: Scenario, lang: str) -> list[str]:
    """What the scenario's files leave out of those that they extend, in a line, if anything."""
    words = "utelämnat ur det som utvidgas" if lang == "sv" else "left out of what is extended"
    return [f"{words}: {', '.join(scenario.sheet.without)}"] if scenario.sheet.without else []


def describe(args: argparse.Namespace) -> None:
    """Show a scenario with every number, its range and where it comes from.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.checking.register_words import cell as words
    from kravsim.words.table import Table, plain_rows

    scenario = loaded(args)
    header = ["key", "value", "low", "high", "unit", "status", "source", "favours"]
    rows = [[getattr(row, name) for name in header] for row in scenario.rows()]
    if args.lang == "sv":
        rows = [[words(name, value, "sv") for name, value in zip(header, row, strict=True)] for row in rows]
        header = ["nyckel", "värde", "lägst", "högst", "enhet", "status", "källa", "gynnar"]
    models = "modeller" if args.lang == "sv" else "models"
    lines = [
        f"{scenario.title} ({scenario.name})",
        f"{models}: {', '.join(scenario.models)}",
        f"{'fingeravtryck' if args.lang == 'sv' else 'fingerprint'}: {scenario.fingerprint}",
        *_left_out(scenario, args.lang),
        "",
        Table(
            "", tuple(header), plain_rows([str(row[0]), *map(_cell, row[1:])] for row in rows), left=tuple(range(8))
        ).text(),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


class _Parser(argparse.ArgumentParser):
    """Takes options by their whole names: a part of one may come to mean another."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """Say of a command that does not exist which one was probably meant.

        Parameters
        ----------
        message : str
            What argparse has to say.
        """
        wrong, commands = _WRONG_COMMAND.match(message), self._commands()
        if wrong is not None and commands:
            known = ", ".join(commands)
            remedy = did_you_mean(wrong[1], commands) or "kravsim --help says what each does"
            message = str(Problem("", "COMMAND", wrong[1], known, remedy))
        super().error(message)

    def _commands(self) -> list[str]:
        return [name for action in self._actions if isinstance(action.choices, dict) for name in action.choices]


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="kravsim",
        description="Should a region collect its late invoices itself or through an agency? Simulated, with its error.",
    )
    parser.add_argument("--version", action="version", version=f"kravsim {kravsim.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    one = command(commands, "compare", compare, "compare models of a scenario")
    _common(one)
    one.add_argument("--models", default=",".join(DEFAULT_MODELS), metavar="A,B", help="models; default: %(default)s")
    _run_options(one)
    uncertainty.add_options(one)
    archive.add_options(one)
    inputs.add_memory_option(one)
    _out_options(one)

    text = "find out how many replications give the difference with a wanted precision"
    one = command(commands, "precision", precision, text)
    _common(one)
    one.add_argument("--models", default=",".join(DEFAULT_MODELS), metavar="A,B", help="models; default: %(default)s")
    uncertainty.add_precision_options(one)
    _run_options(one, replications=False)
    archive.add_options(one, journal=False)
    inputs.add_memory_option(one)

    one = command(commands, "simulate", simulate, "simulate one model")
    _common(one)
    one.add_argument("--model", required=True, metavar="M", help="name of the model")
    _run_options(one)
    archive.add_options(one)
    inputs.add_memory_option(one)
    _out_options(one)

    one = command(commands, "reconcile", reconcile, "hold a scenario against the published totals")
    _common(one)
    _run_options(one)

    one = command(commands, "waiting", waiting, "say what it costs that work waits for the staff")
    _common(one)
    one.add_argument("--model", required=True, metavar="M", help="name of the model")
    _run_options(one)

    calibrate.add_command(commands, _common)

    _common(archive.add_command(commands), name=False)

    decisions.add_commands(commands, _common)
    unknowns.add_commands(commands, _common)
    ranking.add_commands(commands, _common)
    bridge.add_commands(commands, _common)
    curves.add_commands(commands, _common)
    explain.add_commands(commands, _common)
    inputs.add_commands(commands, _common)
    _common(command(commands, "describe", describe, "show every number of a scenario and where it comes from"))
    return parser


def _common(one: argparse.ArgumentParser, *, name: bool = True, lang: bool = True) -> None:
    if name:
        one.add_argument("name", metavar="NAME", help="a bundled scenario, or a path to a .toml file")
        settings.add_option(one)
    if lang:
        one.add_argument("--lang", choices=LANGUAGES, default="sv", help="language; default: %(default)s")
    one.add_argument("--debug", action="store_true", help="show where in the program an error arose")


def _run_options(one: argparse.ArgumentParser, *, replications: bool = True) -> None:
    if replications:
        one.add_argument("--replications", metavar="N", help="how many years to simulate; default: the engine's own")
    one.add_argument("--seed", metavar="S", help="whole number that fixes all chance; drawn and shown when left out")
    one.add_argument("--workers", metavar="K", help="threads to use; the numbers are the same for any")
    one.add_argument("--engine", metavar="E", help="which engine; the numbers are the same for any")
    one.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    one.add_argument("--no-progress", action="store_true", help="show no progress bar")


def _out_options(one: argparse.ArgumentParser) -> None:
    one.add_argument("--out", metavar="DIR", help="also leave tables, figures and a manifest in this directory")
    one.add_argument("--force", action="store_true", help="replace files that are already there")


def _settings(args: argparse.Namespace) -> Settings:
    problems: list[Problem] = []
    replications = whole("--replications", getattr(args, "replications", None), 1, problems)
    seed = whole("--seed", args.seed, 0, problems)
    workers = whole("--workers", args.workers, 1, problems)
    _refuse(problems)
    return Settings(replications, seed, workers, args.engine, not args.no_progress and sys.stderr.isatty())


def _models(text: str) -> tuple[str, ...]:
    models = split(text)
    if len(models) < 2 or len(set(models)) < len(models) or not all(models):
        remedy = f"such as {','.join(DEFAULT_MODELS)}"
        _refuse([Problem(_WHERE, "--models", text, "two or more different models with commas between", remedy)])
    return models


def _known_models(scenario: Scenario, option: str, models: Sequence[str]) -> None:
    unknown = [one for one in models if one not in scenario.models]
    allowed = f"one of {', '.join(scenario.models)}"
    _refuse([Problem(_WHERE, option, one, allowed, "check the spelling") for one in unknown])


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise ScenarioError(problems)


def _how_to_write(args: argparse.Namespace) -> dict[str, bool]:
    return {"force": args.force, "follow_symlinks": args.follow_symlinks}


def _print(found: Any, args: argparse.Namespace) -> None:
    from kravsim.archives.store import json_text

    sys.stdout.write(json_text(found.to_json()) if args.json else found.table(args.lang) + "\n")


def _tell_seed(settings: Settings, seed: int) -> None:
    if settings.seed is None:
        _say(told("seed", seed=seed))


def _tell_files(files: Sequence[Path]) -> None:
    _say(told("files", n=len(files), place=files[0].parent))


def _cell(value: object) -> str:
    return "" if value is None else textwrap.fill(" ".join(str(value).split()), WIDEST)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


@contextmanager
def _plain_warnings() -> Iterator[None]:
    """Write a warning as one line of words, without the place in the program."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        _say(f"kravsim: {told('warning', text=message)}")

    with warnings.catch_warnings():
        warnings.simplefilter("always", ScenarioWarning)  # whatever -W says: it is addressed to the user
        warnings.showwarning = show
        yield
