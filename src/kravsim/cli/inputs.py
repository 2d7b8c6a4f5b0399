"""Commands about scenario files: list, check and begin one, show all its numbers, and the schema that helps to write them.

They run nothing. What a command was asked for goes to standard output, warnings and hints to standard error.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import textwrap
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import kravsim
from kravsim.archives.store import check_output_file, json_text, slug, write_text
from kravsim.cli.archive import add_link_option
from kravsim.cli.messages import message
from kravsim.cli.options import command
from kravsim.cli.settings import changed, loaded, read_value
from kravsim.errors import Problem, ScenarioError, Words
from kravsim.files import path_of
from kravsim.phrases import phrase, translated
from kravsim.scenario import Scenario, ScenarioWarning, library
from kravsim.scenario.json_schema import editor_schema
from kravsim.scenario.own_body import QUESTIONS, keys_of
from kravsim.scenario.starter import starter
from kravsim.speech import language
from kravsim.words.inherited_words import inherited_table, inherited_text
from kravsim.words.table import WIDEST, Table, plain_rows

if TYPE_CHECKING:
    from kravsim.sizing.estimate import Estimate

DEFAULT_PARENT: Final = "jamtland-harjedalen-2017"
_SUFFIX: Final = ".toml"
_NUMBER: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)


def add_commands(commands: Any, common: Callable[..., None]) -> None:
    """Add the commands of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has; ``name`` says whether a scenario is among them.
    """
    one = command(commands, "list", list_scenarios, "list the bundled scenarios, or those of a directory")
    one.add_argument(
        "directory", nargs="?", metavar="DIR", help="directory with .toml files; default: the bundled ones"
    )
    common(one, name=False)

    one = command(commands, "new", new, "write a starter scenario that extends another one")
    one.add_argument("name", metavar="NAME", help="name of the new scenario")
    one.add_argument(
        "--from", dest="parent", default=DEFAULT_PARENT, metavar="NAME", help="what it extends; default: %(default)s"
    )
    one.add_argument("--body", metavar="BODY", help="name of the body; what another one has published is left out then")
    for question in QUESTIONS:
        one.add_argument(f"--{question.option}", metavar="X", help=question.text)
    one.add_argument("--ask", action="store_true", help="ask for each of these that is not given; no answer: inherited")
    one.add_argument("--full", action="store_true", help="show every key that the extended scenario says")
    one.add_argument("--out", metavar="FILE", help="file to write; default: NAME.toml in the current directory")
    one.add_argument("--force", action="store_true", help="replace the file if it is already there")
    add_link_option(one)
    common(one, name=False)

    one = command(commands, "validate", validate, "check a scenario without running it")
    common(one)
    add_memory_option(one)
    one.add_argument("--strict", action="store_true", help="treat warnings as errors")
    one.add_argument("--inherited", action="store_true", help="list all that is taken over from another case")
    one.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    common(command(commands, "describe", describe, "show every number of a scenario and where it comes from"))
    common(command(commands, "schema", schema, "print the JSON Schema of scenario files"), name=False)


def add_memory_option(one: argparse.ArgumentParser) -> None:
    """Add the limit on what a run may need.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    """
    help_text = "most memory the workers may need together, by the estimate; default: four fifths of the machine's"
    one.add_argument("--max-memory-gib", metavar="G", help=help_text)


def memory_keyword(args: argparse.Namespace) -> dict[str, float]:
    """Give the option of :func:`add_memory_option`, if it was set, as keyword argument of the library.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.

    Returns
    -------
    dict of str to float
        `max_memory_gib` in GiB, or nothing.

    Raises
    ------
    ScenarioError
        When it is no number; which numbers are allowed is the library's business.
    """
    text: str | None = args.max_memory_gib
    if text is None:
        return {}
    if not _NUMBER.fullmatch(text):
        remedy = "write digits and a decimal point, such as 4 or 1.5"
        raise ScenarioError(Problem("command line", "--max-memory-gib", text, "a number of GiB above 0", remedy))
    return {"max_memory_gib": float(text)}


def schema(_: argparse.Namespace) -> None:
    """Print the JSON Schema of scenario files."""
    sys.stdout.write(json_text(editor_schema()))


def new(args: argparse.Namespace) -> None:
    """Write a starter scenario that extends another one.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    name = args.name.removesuffix(_SUFFIX) or args.name
    target = path_of(f"{slug(name)}{_SUFFIX}" if args.out is None else args.out, "--out", ScenarioError)
    check_output_file(target, force=args.force, follow_symlinks=args.follow_symlinks)
    parent = _quietly(args.parent)
    extends = _seen_from(target.parent, args.parent)
    answers = _answers(args, parent)
    text = starter(parent, name=name, extends=extends, full=args.full, body=args.body, answers=answers, lang=language())
    write_text(target, text, force=args.force, follow_symlinks=args.follow_symlinks)
    sys.stdout.write(f"{target}\n")
    taken = _quietly(str(target.absolute())).inherited
    if taken:
        sys.stderr.write(f"kravsim: {message('new as it stands', text=inherited_text(taken, language()))}\n")
    sys.stderr.write(f"kravsim: {message('check it', path=_as_argument(target))}\n")


def _answers(args: argparse.Namespace, parent: Scenario) -> dict[str, Any]:
    """Read what the body answers, as options or, with ``--ask``, on the terminal."""
    given: dict[str, Any] = {}
    for question in QUESTIONS:
        text = getattr(args, question.option.replace("-", "_"))
        if text is None and args.ask and question.option in keys_of(parent):
            sys.stderr.write(f"{translated(phrase(question.text))}: ")
            sys.stderr.flush()
            text = sys.stdin.readline().strip() or None
        if text is not None:
            given[question.option] = read_value(text, f"--{question.option}")
    return given


def validate(args: argparse.Namespace) -> None:
    """Check a scenario as far as that goes without running it.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    from kravsim.checking.check import problems_of, warnings_of
    from kravsim.checking.history import history_note
    from kravsim.checking.own_case import advice_of
    from kravsim.checking.readings import readings_of
    from kravsim.sizing.estimate import estimate

    scenario = _quietly(args.name, args.changes)
    readings = readings_of(scenario)  # of which there may be a hundred, and both ask
    problems = problems_of(scenario, **memory_keyword(args), readings=readings)
    found = [] if problems else warnings_of(scenario, readings=readings)
    advice = [text for doubt in found if (text := advice_of(doubt, scenario))]
    doubts = [doubt for doubt in found if not advice_of(doubt, scenario)]
    if problems or (args.strict and doubts):
        raise ScenarioError([*problems, *doubts])
    for doubt in doubts:
        sys.stderr.write(f"kravsim: {message('warning', text=doubt)}\n")
    for text in advice:
        sys.stderr.write(f"kravsim: {message('advice', text=text)}\n")
    needed = estimate(scenario.data, scenario.models)
    if args.json:
        sys.stdout.write(json_text(_as_json(scenario, doubts, advice, needed)))
        return
    words = {"sv": ("modeller", "fingeravtryck"), "en": ("models", "fingerprint")}[args.lang]
    lines = [
        f"{scenario.name}: OK",
        f"{words[0]}: {', '.join(scenario.models)}",
        f"{words[1]}: {scenario.fingerprint}",
        needed.text(args.lang),
        *filter(None, [history_note(scenario, args.lang)]),
    ]
    if scenario.inherited and args.inherited:
        lines += ["", inherited_table(scenario.inherited, args.lang).text()]
    elif scenario.inherited:
        more = {"sv": "--inherited visar vilka", "en": "--inherited lists them"}[args.lang]
        lines.append(f"{inherited_text(scenario.inherited, args.lang)} {more}")
    sys.stdout.write("\n".join(lines) + "\n")


def _as_json(scenario: Scenario, doubts: Sequence[Problem], advice: Sequence[str], needed: Estimate) -> dict[str, Any]:
    """What a check found as plain values, with the full list of what is taken over."""
    from kravsim.checking.history import history_as_json

    return {
        "scenario": scenario.name,
        "fingerprint": scenario.fingerprint,
        "models": list(scenario.models),
        "warnings": [str(doubt) for doubt in doubts],
        "advice": [translated(text) for text in advice],
        "late_claims": needed.late_claims,
        "memory_bytes": needed.memory_bytes,
        "seconds_a_replication": needed.seconds,
        "history": history_as_json(scenario),
        "inherited": [one.to_json() for one in scenario.inherited],
    }


def list_scenarios(args: argparse.Namespace) -> None:
    """List the bundled scenarios, or the scenario files of a directory.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    """
    header = ["namn", "titel", "modeller"] if args.lang == "sv" else ["name", "title", "models"]
    names = kravsim.scenario_names() if args.directory is None else _files_of(args.directory)
    rows = [_row(name, args.lang) for name in names]
    sys.stdout.write(Table("", tuple(header), plain_rows(rows), left=(0, 1, 2)).text() + "\n")


def _files_of(directory: str) -> list[str]:
    place = path_of(directory, "directory", ScenarioError)
    if not place.is_dir():
        got = Words("a file" if place.exists() else "no directory")
        raise ScenarioError(
            Problem(directory, "", got, "an existing directory", "leave it out for the bundled scenarios")
        )
    return sorted(str(file) for file in place.glob("*.toml"))


def _row(name: str, lang: str) -> list[str]:
    """Describe one scenario in the list; a file that cannot be used is listed too."""
    try:
        scenario = _quietly(name)
    except ScenarioError as error:
        many = len(error.problems)
        return [
            name,
            f"kan inte användas, antal fel: {many}" if lang == "sv" else f"cannot be used, faults: {many}",
            "",
        ]
    return [name, scenario.title, ", ".join(scenario.models)]


def _quietly(name: str, changes: list[str] | None = None) -> Scenario:
    """Read a scenario and leave its warnings for later."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)
        return changed(kravsim.load_scenario(name), changes or [])


def _seen_from(directory: Path, parent: str) -> str:
    """Say how a file in a directory names its parent: a bundled one by name, any other by its path from there."""
    found = library.find(parent)
    if not library.is_path(parent):
        if library.find_beside(parent, directory) == found:
            return parent
        beside = library.label(library.find_beside(parent, directory))
        remedy = "choose another directory: the file would extend its neighbour and not the bundled scenario"
        raise ScenarioError(
            Problem(str(directory), "--from", parent, phrase("a directory without {beside}", beside=beside), remedy)
        )
    try:
        path = Path(os.path.relpath(found.resolve(), directory.resolve())).as_posix()
    except ValueError:  # another drive
        path = found.resolve().as_posix()
    return path if "/" in path else f"./{path}"


def _as_argument(path: Path) -> str:
    """Write a path so that a shell takes it as one word and kravsim as a path."""
    text = path.as_posix()
    text = text if library.is_path(text) else f"./{text}"
    return text if all(letter.isalnum() or letter in "-_./" for letter in text) else f"'{text}'"


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


def _cell(value: object) -> str:
    return "" if value is None else textwrap.fill(" ".join(str(value).split()), WIDEST)
