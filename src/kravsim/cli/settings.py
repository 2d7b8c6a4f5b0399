"""``--set key=value`` on every command: a scenario with some of its keys changed."""

from __future__ import annotations

import argparse
import re
import tomllib
from typing import Any, Final

import kravsim
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scenario import Scenario

_WHERE: Final = "command line"
_OPTION: Final = "--set"
_BARE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?[0-9]+,[0-9]+", re.ASCII)


def add_option(one: argparse.ArgumentParser) -> None:
    """Add the option to a command that takes a scenario.

    Parameters
    ----------
    one : ArgumentParser
        The command's parser.
    """
    text = "change a key of the scenario, such as models.in_house.staff.handlers.fte=3; may be given again"
    one.add_argument(_OPTION, action="append", default=[], metavar="KEY=VALUE", dest="changes", help=text)


def loaded(args: argparse.Namespace) -> Scenario:
    """Load the scenario that a command is about, with its changes.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.

    Raises
    ------
    ScenarioError
        When it cannot be loaded, or a change not be made.
    """
    return changed(kravsim.load_scenario(args.name), args.changes)


def changed(scenario: Scenario, changes: list[str]) -> Scenario:
    """Make the changes of the command line, all at once.

    Parameters
    ----------
    scenario : Scenario
        As it was loaded.
    changes : list of str
        What stands after each `--set`.

    Raises
    ------
    ScenarioError
        When one is not written as key=value, a key is given twice, or the scenario does not take it.
    """
    if not changes:
        return scenario
    given: dict[str, Any] = {}
    problems = []
    for text in changes:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value):
            problems.append(Problem(_WHERE, _OPTION, text, "a change as key=value", "such as invoices.late_share=0.07"))
        elif key in given:
            problems.append(Problem(_WHERE, _OPTION, text, "each key once", "take one of the two away"))
        else:
            given[key] = read_value(value, _OPTION)
    if problems:
        raise ScenarioError(problems)
    return scenario.with_changes(given)


def read_value(text: str, option: str) -> Any:
    """Read a value as a scenario file would: a number, date, truth value, list or table; a bare word is text.

    Parameters
    ----------
    text : str
        The value alone.
    option : str
        As it is written, such as `--seed`, for the error.

    Raises
    ------
    ScenarioError
        When it is none of these.

    Examples
    --------
    >>> read_value("3.5", "--set"), read_value("in_house", "--set"), read_value("[1, 2]", "--set")
    (3.5, 'in_house', [1, 2])
    """
    if _DECIMAL_COMMA.fullmatch(text):
        remedy = phrase("write {value}", value=text.replace(",", "."))
        raise ScenarioError(Problem(_WHERE, option, text, "a number with a decimal point", remedy))
    try:
        found = tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        found = {}
    if list(found) == ["value"]:
        return found["value"]
    if _BARE.fullmatch(text):
        return text
    allowed = 'a number, date, true, false, a word, "text", a list or a table'
    raise ScenarioError(Problem(_WHERE, option, text, allowed, "write it as in a scenario file"))
