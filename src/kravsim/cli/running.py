"""What most commands have in common: how to run, what is printed, where files go, and how a study begins and ends."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives.store import json_text
from kravsim.cli.messages import message
from kravsim.cli.options import check_out, split, whole_numbers
from kravsim.cli.settings import loaded
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase

if TYPE_CHECKING:
    from kravsim.running.how import How
    from kravsim.scenario import Scenario

_WHERE: Final = "command line"
PAIR: Final = "in_house,outsourced"
"""The models that are compared when none are named."""
_LEAST: Final = {"replications": 1, "seed": 0, "workers": 1}


def models_option(one: argparse.ArgumentParser, text: str) -> None:
    """Add which models, in-house and outsourced when left out.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    text : str
        What its help says of them.
    """
    one.add_argument(
        "--models", default=PAIR, metavar="A,B", help=phrase("{text}; default: %(default)s", text=phrase(text))
    )


def model_option(one: argparse.ArgumentParser) -> None:
    """Add which single model.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    """
    one.add_argument("--model", required=True, metavar="M", help="name of the model")


def run_options(one: argparse.ArgumentParser, *, replications: str = "", engine: bool = False) -> None:
    """Add how to run: replications, seed, workers, engine and what is shown.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    replications : str
        What help says of their number; empty where it is not chosen.
    engine : bool
        Whether the engine is chosen.
    """
    if replications:
        one.add_argument("--replications", metavar="N", help=replications)
    seed_option(one)
    one.add_argument("--workers", metavar="K", help="threads to use; the numbers are the same for any")
    if engine:
        one.add_argument("--engine", metavar="E", help="which engine; the numbers are the same for any")
    json_option(one)
    progress_option(one)


def seed_option(one: argparse.ArgumentParser, fixes: str = "") -> None:
    """Add the seed.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    fixes : str
        What it fixes where it is 1 when left out; empty where one is drawn.
    """
    if fixes:
        one.add_argument(
            "--seed", metavar="S", default="1", help=phrase("fixes {fixes}; default: %(default)s", fixes=phrase(fixes))
        )
        return
    one.add_argument("--seed", metavar="S", help="whole number that fixes all chance; drawn and shown when left out")


def json_option(one: argparse.ArgumentParser) -> None:
    """Add that the answer is printed as JSON.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    """
    one.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def progress_option(one: argparse.ArgumentParser, *, estimate: bool = False) -> None:
    """Add that no progress is shown.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    estimate : bool
        Whether an estimate is shown beforehand, too.
    """
    text = "show no progress bar, and no estimate beforehand" if estimate else "show no progress bar"
    one.add_argument("--no-progress", action="store_true", help=text)


def out_options(one: argparse.ArgumentParser, what: str = "table, figure, JSON and a manifest") -> None:
    """Add where files go.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    what : str
        Which files, as help says it.
    """
    one.add_argument("--out", metavar="DIR", help=phrase("also leave {what} in this directory", what=phrase(what)))
    one.add_argument("--force", action="store_true", help="replace files that are already there")


def run_keywords(args: argparse.Namespace) -> dict[str, Any]:
    """Give the options of :func:`run_options` as keyword arguments of the library; raises with every one that is wrong.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    numbers = whole_numbers(args, {name: least for name, least in _LEAST.items() if hasattr(args, name)})
    chosen = {name: number for name, number in numbers.items() if name != "workers"}
    return {**chosen, **how_to_run(args, numbers)}


def how_to_run(args: argparse.Namespace, numbers: Mapping[str, int | None]) -> How:
    """Give the settings that change nothing but how fast it goes and what is shown meanwhile.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    numbers : mapping of str to int or None
        The whole numbers among the options, by name; `workers` is taken.
    """
    how: How = {"workers": numbers.get("workers"), "progress": is_shown(args)}
    if hasattr(args, "engine"):
        how["engine"] = args.engine
    return how


def is_shown(args: argparse.Namespace) -> bool:
    """Whether progress is shown: somebody looks, and it is wanted.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    return not args.no_progress and sys.stderr.isatty()


def two_models(text: str) -> tuple[str, ...]:
    """Read the names of models that are compared.

    Parameters
    ----------
    text : str
        What stands after `--models`.

    Raises
    ------
    ScenarioError
        When they are fewer than two, or one is named twice.
    """
    models = split(text)
    if len(models) < 2 or len(set(models)) < len(models) or not all(models):
        remedy = phrase("such as {pair}", pair=PAIR)
        raise ScenarioError(
            Problem(_WHERE, "--models", text, "two or more different models with commas between", remedy)
        )
    return models


def check_models(scenario: Scenario, option: str, models: Sequence[str]) -> None:
    """Refuse models that the scenario does not have.

    Parameters
    ----------
    scenario : Scenario
        Whose models they should be.
    option : str
        As it is written, for the error.
    models : sequence of str
        Names.

    Raises
    ------
    ScenarioError
        With every one.
    """
    allowed = phrase("one of {names}", names=", ".join(scenario.models))
    unknown = [one for one in models if one not in scenario.models]
    if unknown:
        raise ScenarioError([Problem(_WHERE, option, one, allowed, "check the spelling") for one in unknown])


def begun(
    args: argparse.Namespace, files: Sequence[str], least: Mapping[str, int]
) -> tuple[dict[str, int | None], Scenario]:
    """Begin a study: read its whole numbers, find out whether files can be written, and load the scenario.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    files : sequence of str
        Names of the files that would be written.
    least : mapping of str to int
        Smallest number that is allowed, by name of the option without its dashes.
    """
    numbers = whole_numbers(args, dict(least))
    check_out(args, files)
    return numbers, loaded(args)


def finished(
    found: Any,
    name: str,
    scenario: Scenario,
    args: argparse.Namespace,
    settings: Mapping[str, Any],
    *,
    seed: int | None = None,
) -> None:
    """End a study: print its answer, tell a seed that was drawn, and write files and manifest if the options say where.

    Parameters
    ----------
    found : the study's answer
        With `to_json`, `to_frame` and `table`.
    name : str
        One of ``kravsim.papers.kept_studies.STUDIES``.
    scenario : Scenario
        What was asked about, changes included.
    args : argparse.Namespace
        The options as they were parsed.
    settings : mapping
        The keywords that the study was asked with; not those that change nothing, such as workers.
    seed : int, optional
        The one that the answer carries, where one may have been drawn.
    """
    show(found, args)
    if seed is not None:
        tell_seed(args, seed)
        settings = {**settings, "seed": seed}
    if args.out is None:
        return
    from kravsim.papers import kept_studies

    tell_files(kept_studies.keep(found, name, scenario, args.out, settings=settings, lang=args.lang, force=args.force))


def show(found: Any, args: argparse.Namespace) -> None:
    """Print an answer as table or as JSON.

    Parameters
    ----------
    found : object
        A study's answer, with `to_json` and `table`.
    args : Namespace
        The options as they were parsed.
    """
    sys.stdout.write(json_text(found.to_json()) if args.json else found.table(args.lang) + "\n")


def tell_seed(args: argparse.Namespace, drawn: int) -> None:
    """Say which seed was drawn, where none was given.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    drawn : int
        What the result carries.
    """
    if args.seed is None:
        sys.stderr.write(f"{message('seed', seed=drawn)}\n")


def tell_files(files: Sequence[Path]) -> None:
    """Say how many files were written, and where.

    Parameters
    ----------
    files : sequence of Path
        At least one, all in one directory.
    """
    sys.stderr.write(f"{message('files', n=len(files), place=files[0].parent)}\n")
