"""The command line's part in what is not known: comparisons over drawn worlds, and the replications a precision takes."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any, Final

from kravsim.cli.messages import message
from kravsim.cli.options import choice, split
from kravsim.errors import ABSENT, Problem, ScenarioError

_WHERE: Final = "command line"
_NUMBER: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


def add_options(one: argparse.ArgumentParser) -> None:
    """Add the options that draw worlds.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    """
    text = "draw readings of the case and unknown values too, before (prior) or after (posterior) the books are read"
    one.add_argument("--uncertainty", choices=("prior", "posterior"), help=text)
    text = "how many worlds, or how many of each reading (A=40,D=24); --replications is then how many in each, by default 2"
    one.add_argument("--draws", metavar="N", help=text)
    one.add_argument(
        "--within", metavar="D=A,...", help="stay within alternatives, such as reading=D,hand_over=due_age"
    )
    text = (
        "tell mean differences also with the closed form in thousands of further worlds as control variate (closed_form, "
        "usual) or by the simulated worlds alone (none)"
    )
    one.add_argument("--control", choices=("closed_form", "none"), help=text)


def keywords(args: argparse.Namespace) -> dict[str, Any]:
    """Give the options of :func:`add_options` as keyword arguments of ``kravsim.compare``; none without --uncertainty.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.

    Raises
    ------
    ScenarioError
        When one of them cannot be read, or is given without --uncertainty.
    """
    problems = []
    if args.uncertainty is None:
        for name in ("draws", "within", "control"):
            if getattr(args, name) is not None:
                remedy = "add --uncertainty prior"
                problems.append(
                    Problem(_WHERE, f"--{name}", getattr(args, name), "nothing without --uncertainty", remedy)
                )
    if args.uncertainty is not None and args.journal is not None:
        problems.append(Problem(_WHERE, "--journal", args.journal, "no journal with --uncertainty", "leave it out"))
    draws = None if args.draws is None else _draws(args.draws, problems)
    structures = choice("--within", args.within, problems)
    if problems:
        raise ScenarioError(problems)
    if args.uncertainty is None:
        return {}
    asked = {} if args.control is None else {"control": args.control}
    return {"uncertainty": args.uncertainty, "draws": draws, "structures": structures, **asked}


def _draws(text: str, problems: list[Problem]) -> int | dict[str, int] | None:
    """Read how many worlds, or how many of each reading, or note what is wrong with them."""
    if "=" not in text:
        if _WHOLE.fullmatch(text):
            return int(text)
        problems.append(Problem(_WHERE, "--draws", text, "a whole number from 2", "write digits only, such as 256"))
        return None
    pairs = [[word.strip() for word in part.split("=")] for part in split(text)]
    once = len({pair[0] for pair in pairs}) == len(pairs)
    if once and all(len(pair) == 2 and pair[0] and _WHOLE.fullmatch(pair[1]) for pair in pairs):
        return {name: int(many) for name, many in pairs}
    allowed = "reading=number, each reading once, with commas between"
    problems.append(Problem(_WHERE, "--draws", text, allowed, "such as A=40,D=24, or one number"))
    return None


def add_precision_options(one: argparse.ArgumentParser) -> None:
    """Add the options of ``precision``, and say what happens when it is not reached.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    """
    one.epilog = (
        "When the precision is not reached within --max the numbers are good all the same: the exit code is 0, a warning "
        "says so on standard error, and in --json `reached` is false."
    )
    one.add_argument(
        "--half-width-kr", metavar="X", help="wanted half-width of the 95%% interval of the difference, kr"
    )
    one.add_argument("--relative", metavar="R", help="instead, as a share of the mean, where that is far from 0")
    one.add_argument("--economic", action="store_true", help="watch the difference with recovered principal counted")
    one.add_argument("--max", metavar="N", help="most replications; default: 1000")


def precision_keywords(args: argparse.Namespace) -> dict[str, Any]:
    """Give the options of :func:`add_precision_options` as keyword arguments of ``kravsim.studies.precision``.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.

    Raises
    ------
    ScenarioError
        When one of them is no number; which numbers are allowed is the library's business.
    """
    problems: list[Problem] = []
    found: dict[str, Any] = {"economic": args.economic}
    for option, key, text in (
        ("--half-width-kr", "half_width_kr", args.half_width_kr),
        ("--relative", "relative", args.relative),
    ):
        if text is None:
            continue
        if _NUMBER.fullmatch(text):
            found[key] = float(text)
        else:
            remedy = "write digits and a decimal point, such as 5000 or 0.01"
            problems.append(Problem(_WHERE, option, text, "a number above 0", remedy))
    if args.max is not None:
        if _WHOLE.fullmatch(args.max):
            found["max_replications"] = int(args.max)
        else:
            problems.append(
                Problem(_WHERE, "--max", args.max, "a whole number from 1", "write digits only, such as 200")
            )
    if args.half_width_kr is None and args.relative is None:
        remedy = "say how well the difference must be known, such as --half-width-kr 5000"
        problems.append(Problem(_WHERE, "--half-width-kr", ABSENT, "a number of kr", remedy))
    if problems:
        raise ScenarioError(problems)
    return found


def tell_unreached(found: Any) -> None:
    """Warn on standard error when a budget did not do; the numbers are good all the same.

    Parameters
    ----------
    found : object
        The answer of ``kravsim.studies.precision``.
    """
    if not found.reached:
        sys.stderr.write(f"kravsim: {message('warning', text=message('unreached'))}\n")
