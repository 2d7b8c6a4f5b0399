"""The parser of the command line: whole names of options only, and everything it says in one language.

Help is English where it is written and told in Swedish as it is shown, out of the same catalogue as errors; so are the few
sentences of argparse itself.
"""

from __future__ import annotations

import argparse
import copy
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from locale import getlocale
from typing import Any, Final, NoReturn

from kravsim.errors import Problem
from kravsim.phrases import phrase, recognised, translated
from kravsim.scenario.nearest import did_you_mean
from kravsim.words.wording import LANGUAGES

LANG: Final = "--lang"
_WRONG_COMMAND: Final = re.compile(r"argument COMMAND: invalid choice: '(.*)' \(")
_NO_COMMAND: Final = "the following arguments are required: COMMAND"
ARGPARSE: Final = (
    "positional arguments",
    "options",
    "show this help message and exit",
    "show program's version number and exit",
)
"""What argparse says in a help page by itself."""
SENTENCES: Final = (
    "argument {name}: {said}",
    "the following arguments are required: {names}",
    "unrecognized arguments: {names}",
    "expected one argument",
    "expected at least one argument",
    "expected {n} arguments",
    "invalid choice: {value} (choose from {names})",
    "not allowed with argument {name}",
    "one of the arguments {names} is required",
    "ignored explicit argument {value}",
)
"""What argparse says of arguments that it refuses."""


class Help(argparse.HelpFormatter):
    """Lays a help page out in the language that is spoken."""

    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Any, prefix: str | None = None
    ) -> None:
        """Begin with how the command is called.

        Parameters
        ----------
        usage, actions, groups, prefix
            As argparse gives them.
        """
        super().add_usage(usage, actions, groups, translated(phrase("usage: ")) if prefix is None else prefix)

    def add_text(self, text: str | None) -> None:
        """Add a paragraph.

        Parameters
        ----------
        text : str or None
            In English.
        """
        super().add_text(text and translated(text))

    def start_section(self, heading: str | None) -> None:
        """Begin a group of options.

        Parameters
        ----------
        heading : str or None
            In English.
        """
        super().start_section(heading and translated(heading))

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return action.help and translated(action.help)

    def _metavar_formatter(self, action: argparse.Action, default_metavar: str) -> Callable[[int], tuple[str, ...]]:
        shown = copy.copy(action)
        if isinstance(shown.metavar, str):
            shown.metavar = translated(shown.metavar)
        return super()._metavar_formatter(shown, default_metavar)


class Parser(argparse.ArgumentParser):
    """Takes options by their whole names: a part of one may come to mean another."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=Help, **settings)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse; a last argument that may be left out is taken after options too, which argparse by itself overlooks.

        Parameters
        ----------
        args, namespace
            As argparse takes them.
        """
        known, left = super().parse_known_args(args, namespace)
        for action in self._actions:
            optional = not action.option_strings and action.nargs == argparse.OPTIONAL
            if optional and left and getattr(known, action.dest) is None and not left[0].startswith("-"):
                setattr(known, action.dest, left.pop(0))
        return known, left

    def error(self, message: str) -> NoReturn:
        """Say what is wrong: without a command which there are, of one that does not exist which was probably meant.

        Parameters
        ----------
        message : str
            What argparse has to say.
        """
        wrong, commands = _WRONG_COMMAND.match(message), self._commands()
        said = retranslated(message)
        if wrong is not None and commands:
            known = ", ".join(commands)
            remedy = did_you_mean(wrong[1], commands) or "kravsim --help says what each does"
            said = str(Problem("", translated("COMMAND"), wrong[1], known, remedy))
        if message == _NO_COMMAND:
            self.print_help(sys.stderr)
        else:
            self.print_usage(sys.stderr)
        self.exit(2, translated(phrase("{prog}: error: {said}", prog=self.prog, said=said)) + "\n")

    def _commands(self) -> list[str]:
        return [name for action in self._actions if isinstance(action.choices, dict) for name in action.choices]


def retranslated(message: str) -> str:
    """Tell a sentence of argparse in the language that is spoken; what is no such sentence stays as it is.

    Parameters
    ----------
    message : str
        As argparse says it, in English.

    Examples
    --------
    >>> from kravsim.speech import speaking
    >>> with speaking("sv"):
    ...     print(retranslated("argument --lang: expected one argument"))
    argumentet --lang: behöver ett värde
    """
    return translated(recognised(message, SENTENCES))


def language_of(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """In which language help, errors and notices are: that of ``--lang``, or else, as of other programs, of its environment.

    Looked for before arguments are parsed, since help and refusals are part of parsing.

    Parameters
    ----------
    argv : sequence of str
        All arguments; the last ``--lang`` holds, and one that is no language is refused later.
    environment : mapping of str to str
        Of the program; the first of ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that says anything holds, and where none does,
        the language that the system says people use.

    Examples
    --------
    >>> language_of(["compare", "x", "--lang", "en"]), language_of(["--help", "--lang=sv"])
    ('en', 'sv')
    >>> language_of(["list"], {"LANG": "sv_SE.UTF-8"}), language_of(["list"], {"LC_ALL": "C", "LANG": "sv_SE.UTF-8"})
    ('sv', 'en')
    """
    asked = [after for before, after in pairwise(argv) if before == LANG]
    asked += [one.removeprefix(f"{LANG}=") for one in argv if one.startswith(f"{LANG}=")]
    said = next((one for one in reversed(asked) if one in LANGUAGES), None)
    if said is not None:
        return said
    around = next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None) or getlocale()[0] or ""
    return "sv" if around.lower().startswith(("sv", "swedish")) else "en"  # Swedish_Sweden is what Windows calls it
