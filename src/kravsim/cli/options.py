"""Options as they are written: numbers, lists of values, ranges, alternatives, and where files go."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from kravsim.archives.store import check_output_dir
from kravsim.cli.settings import read_value
from kravsim.errors import ABSENT, Problem, ScenarioError
from kravsim.phrases import phrase, translated
from kravsim.speech import SWEDISH, language
from kravsim.words.wording import capital

_WHERE: Final = "command line"
_WHOLE: Final = re.compile(r"[0-9]{1,4000}", re.ASCII)
_RANGE: Final = re.compile(r"([^:\[\]{}\"]+):([^:\[\]{}\"]+)(?::([0-9]{1,4000}))?")


def command(
    commands: Any, word: str, function: Callable[[argparse.Namespace], None], text: str
) -> argparse.ArgumentParser:
    """Add a command that carries out a function.

    Parameters
    ----------
    commands : subparsers of argparse
        Where commands are added.
    word : str
        What it is called on the command line.
    function : callable
        Called with the options as they were parsed.
    text : str
        What `--help` says of it, without a capital and a full stop.
    """
    said = translated(text).capitalize() if language() != SWEDISH else capital(translated(text))
    one: argparse.ArgumentParser = commands.add_parser(word, help=text, description=f"{said}.")
    one.set_defaults(command=function)
    return one


def structure_option(one: argparse.ArgumentParser, text: str) -> None:
    """Add the option that settles alternatives, under the name that it has in ``compare`` too.

    Parameters
    ----------
    one : ArgumentParser
        The command that gets the option.
    text : str
        What its help says of it.
    """
    one.add_argument("--structure", "--within", metavar="D=NAME", help=text)


def check_draws(args: argparse.Namespace) -> None:
    """Refuse a number of worlds where no worlds are drawn.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.

    Raises
    ------
    ScenarioError
        When --draws is given without --uncertainty.
    """
    if args.draws is not None and args.uncertainty is None:
        remedy = "add --uncertainty posterior"
        raise ScenarioError(Problem(_WHERE, "--draws", args.draws, "nothing without --uncertainty", remedy))


def check_out(args: argparse.Namespace, names: Sequence[str]) -> None:
    """Find out before anything runs whether files can be written.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    names : sequence of str
        Of the files that would be written in `--out`.

    Raises
    ------
    ScenarioError, OutputError
        When they cannot.
    """
    if args.out is None:
        if args.force:
            raise ScenarioError(
                Problem(_WHERE, "--out", ABSENT, "a directory with --force", "say where with --out DIR")
            )
        return
    if not args.out.strip():
        raise ScenarioError(Problem(_WHERE, "--out", args.out, "a directory", "write . for the current one"))
    check_output_dir(args.out, names, force=args.force, follow_symlinks=getattr(args, "follow_symlinks", False))


def varied(given: Sequence[str], design: str) -> dict[str, list[Any]]:
    """Read what varies: key=values, one text a key.

    Parameters
    ----------
    given : sequence of str
        What stands after each `--vary`.
    design : str
        Name of the design, which decides how values are written.

    Returns
    -------
    dict of str to list
        Values by dotted key, in the order given.

    Raises
    ------
    ScenarioError
        When it is written otherwise.
    """
    found: dict[str, list[Any]] = {}
    for text in given:
        key, equals, values = (part.strip() for part in text.partition("="))
        if not (key and equals and values) or key in found:
            remedy = "such as models.in_house.staff.handlers.fte=2,3,4"
            raise ScenarioError(Problem(_WHERE, "--vary", text, "key=values, each key once", remedy))
        found[key] = _values(values, text, design)
    return found


def _values(values: str, text: str, design: str) -> list[Any]:
    spanned = _RANGE.fullmatch(values)
    if spanned is None:
        return (
            list(read_value(f"[{values}]", "--vary"))
            if _is_list(values)
            else [read_value(part.strip(), "--vary") for part in values.split(",")]
        )
    ends = [read_value(part.strip(), "--vary") for part in spanned.groups()[:2]]
    if not all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends):
        raise ScenarioError(Problem(_WHERE, "--vary", text, "two numbers, low:high:count", "such as 2:4:9"))
    if design != "grid":
        if spanned.group(3) is not None:
            raise ScenarioError(
                Problem(
                    _WHERE, "--vary", text, phrase("low:high for {design}", design=design), "say how many with --points"
                )
            )
        return ends
    if spanned.group(3) is None or int(spanned.group(3)) < 2:
        raise ScenarioError(Problem(_WHERE, "--vary", text, "low:high:count, two values or more", "such as 2:4:9"))
    from kravsim.studies.decision.points import MOST

    count = int(spanned.group(3))
    if count > MOST:
        raise ScenarioError(
            Problem(
                _WHERE, "--vary", text, phrase("at most {most} values, as of all points", most=MOST), "ask for fewer"
            )
        )
    low, high = ends
    steps = [low + (high - low) * k / (count - 1) for k in range(count)]
    return [
        round(step) if isinstance(low, int) and isinstance(high, int) and step == round(step) else step
        for step in steps
    ]


def _is_list(values: str) -> bool:
    return '"' in values or "[" in values or "{" in values


def ranges(given: Sequence[str] | None) -> dict[str, tuple[float, float]] | None:
    """Read ranges, if there are any: key=low:high, one text a key.

    Parameters
    ----------
    given : sequence of str or None
        What stands after each `--range`.

    Returns
    -------
    dict of str to (float, float), or None
        Low and high end by dotted key, in the unit of the key.

    Raises
    ------
    ScenarioError
        When one is written otherwise.
    """
    if given is None:
        return None
    found: dict[str, tuple[float, float]] = {}
    for text in given:
        key, _, values = (part.strip() for part in text.partition("="))
        spanned = _RANGE.fullmatch(values)
        if not key or spanned is None or spanned.group(3) is not None or key in found:
            remedy = "such as models.in_house.staff.handlers.fte=2:6"
            raise ScenarioError(Problem(_WHERE, "--range", text, "key=low:high, each key once", remedy))
        low, high = (number("--range", part.strip()) for part in spanned.groups()[:2])
        found[key] = (float(low or 0), float(high or 0))
    return found


def whole(option: str, text: str | None, least: int, problems: list[Problem]) -> int | None:
    """Read a whole number, if there is one, or note what is wrong with it.

    Parameters
    ----------
    option : str
        As it is written, such as `--seed`, for the error.
    text : str or None
        What stands after it; None when it was not given.
    least : int
        Smallest number that is allowed.
    problems : list of Problem
        What is wrong is appended to it.
    """
    if text is None:
        return None
    if _WHOLE.fullmatch(text) and int(text) >= least:
        return int(text)
    problems.append(
        Problem(_WHERE, option, text, phrase("a whole number from {least}", least=least), "write digits only")
    )
    return None


def whole_numbers(args: argparse.Namespace, least: dict[str, int]) -> dict[str, int | None]:
    """Read the options that are whole numbers; raises with every one that is none.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    least : mapping of str to int
        Smallest number that is allowed, by name of the option without its dashes.

    Returns
    -------
    dict of str to int or None
        By the same names; None where the option was not given.

    Raises
    ------
    ScenarioError
        With every one that is none.
    """
    problems: list[Problem] = []
    found = {name: whole(f"--{name}", getattr(args, name), from_, problems) for name, from_ in least.items()}
    if problems:
        raise ScenarioError(problems)
    return found


def number(option: str, text: str | None) -> float | None:
    """Read a number, if there is one.

    Parameters
    ----------
    option : str
        As it is written, such as `--seed`, for the error.
    text : str or None
        What stands after it; None when it was not given.

    Raises
    ------
    ScenarioError
        When it is written otherwise.
    """
    if text is None:
        return None
    value = read_value(text, option)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ScenarioError(Problem(_WHERE, option, text, "a number", "write it with a decimal point"))
    return value


def split(text: str) -> tuple[str, ...]:
    """Split names at their commas.

    Parameters
    ----------
    text : str
        With or without blanks beside the commas.
    """
    return tuple(part.strip() for part in text.split(","))


def choice(option: str, text: str | None, problems: list[Problem]) -> dict[str, str] | None:
    """Read dimension=alternative, with commas between, if there are any, or note what is wrong with them.

    Parameters
    ----------
    option : str
        As it is written, such as `--seed`, for the error.
    text : str or None
        What stands after it; None when it was not given.
    problems : list of Problem
        What is wrong is appended to it.

    Returns
    -------
    dict of str to str, or None
        Alternative by dimension.
    """
    if text is None:
        return None
    pairs = [part.partition("=") for part in split(text)]
    if not all(dimension.strip() and equals and name.strip() for dimension, equals, name in pairs):
        allowed, remedy = (
            "dimension=alternative, with commas between",
            phrase("such as {option} reading=D", option=option),
        )
        problems.append(Problem(_WHERE, option, text, allowed, remedy))
        return None
    names = [dimension.strip() for dimension, _, _ in pairs]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        problems.append(
            Problem(_WHERE, option, text, "each dimension once", phrase("give {twice} one alternative", twice=twice))
        )
    return dict(zip(names, [name.strip() for _, _, name in pairs], strict=True))


def structures(text: str | None) -> dict[str, str] | None:
    """Read the alternatives to settle, if there are any.

    Parameters
    ----------
    text : str or None
        What stands after `--structure`; None when it was not given.

    Returns
    -------
    dict of str to str, or None
        Alternative by dimension.

    Raises
    ------
    ScenarioError
        When they are written otherwise.
    """
    problems: list[Problem] = []
    found = choice("--structure", text, problems)
    if problems:
        raise ScenarioError(problems)
    return found
