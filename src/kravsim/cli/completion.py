"""``kravsim completion SHELL``: the script with which a shell completes commands, options, scenarios, models, keys and files.

The script is made by ``shtab`` from the parser and asks nothing of kravsim when a key is pressed, so that it answers at once.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Final

import kravsim
from kravsim.cli.options import command
from kravsim.scenario import ScenarioWarning

SHELLS: Final = ("bash", "zsh")
_OWN_NAME: Final = "new"
"""The command whose NAME is one that there is not yet."""
_SCENARIOS: Final = "_kravsim_scenario_files"
_KINDS: Final = {
    "NAME": _SCENARIOS,
    "A,B": "_kravsim_models",
    "A,B,...": "_kravsim_models",
    "KEY": "_kravsim_keys",
    "KEY=VALUE": "_kravsim_settings",
    "KEY=VALUES": "_kravsim_settings",
    "KEY=LOW:HIGH": "_kravsim_settings",
    "KEY=BOUND": "_kravsim_settings",
    "E": "_kravsim_engines",
}
"""What an argument is shown as -> the shell's function that completes it."""
_FILES: Final = {"bash": "_shtab_compgen_files", "zsh": "_files"}
_DIRECTORIES: Final = {"bash": "_shtab_compgen_dirs", "zsh": "_files -/"}
"""As ``shtab.FILE`` and ``shtab.DIRECTORY`` have them."""
_MODELS: Final = ("model", "today")
"""Options of the kind ``M`` that take a model; the other is a measure."""
_BASH: Final = r"""
_kravsim_of() {  # $1 the words, $2 what is typed: the last of names with commas between
  local before=""
  [[ "$2" == *,* ]] && before="${2%,*},"
  compgen -P "$before" -W "$1" -- "${2##*,}"
}
_kravsim_scenario_files() {
  compgen -W "@scenarios@" -- "$1"
  compgen -f -X '!*.toml' -- "$1"
  compgen -d -S / -- "$1"
}
_kravsim_models() { _kravsim_of "@models@" "$1"; }
_kravsim_keys() { compgen -W "@keys@" -- "$1"; }
_kravsim_settings() { compgen -S = -W "@keys@" -- "$1"; }
_kravsim_engines() { compgen -W "@engines@" -- "$1"; }
_kravsim_measures() { compgen -W "@measures@" -- "$1"; }
"""
_ZSH: Final = r"""
_kravsim_scenario_files() {
  _alternative 'scenarios:scenario:(@scenarios@)' 'files:file:_files -g "*.toml"'
}
_kravsim_models() { _values -s , model @models@ }
_kravsim_keys() { compadd -- @keys@ }
_kravsim_settings() { compadd -S = -- @keys@ }
_kravsim_engines() { compadd -- @engines@ }
_kravsim_measures() { compadd -- @measures@ }
"""


def add_commands(commands: Any, common: Callable[..., None], parser: argparse.ArgumentParser) -> None:
    """Add the command of this module to the command line.

    Parameters
    ----------
    commands : the special action object of argparse's ``add_subparsers``
    common : callable
        Adds the options that every command has; ``name`` says whether a scenario is among them.
    parser : ArgumentParser
        Of the whole command line, which is looked at when the command is carried out.
    """
    one = command(
        commands,
        "completion",
        lambda args: complete(args, parser),
        "print the script with which a shell completes commands",
    )
    one.add_argument("shell", choices=SHELLS, help="the shell")
    common(one, name=False)


def complete(args: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """Print the script.

    Parameters
    ----------
    args : Namespace
        The options as they were parsed.
    parser : ArgumentParser
        Of the whole command line.
    """
    import shtab

    for one in _parsers(parser):
        for action in one._actions:
            kind = _kind(action, one.prog.split()[-1])
            if kind is not None:
                action.complete = kind  # type: ignore[attr-defined]
    preamble = {"bash": _BASH, "zsh": _ZSH}[args.shell]
    for name, words in _words().items():
        preamble = preamble.replace(f"@{name}@", " ".join(words))
    sys.stdout.write(shtab.complete(parser, args.shell, preamble=preamble) + "\n")


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from _parsers(one)


def _kind(action: argparse.Action, name: str) -> dict[str, str] | None:
    """How the shells complete an argument; None where nothing is known of it."""
    shown = action.metavar if isinstance(action.metavar, str) else ""
    if shown == "DIR":
        return _DIRECTORIES
    if shown in ("FILE", "MANIFEST", "PAPER"):
        return _FILES
    if shown == "M":
        function = "_kravsim_models" if action.dest in _MODELS else "_kravsim_measures"
    elif shown in _KINDS and not (name == _OWN_NAME and action.dest == "name"):
        function = _KINDS[shown]
    else:
        return None
    return dict.fromkeys(SHELLS, function)


def _words() -> dict[str, list[str]]:
    """What is completed of: bundled scenarios, the models and keys that they have, engines, measures."""
    from kravsim.engine import ENGINES
    from kravsim.measures.measures import YEAR

    names = kravsim.scenario_names()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)
        scenarios = [kravsim.load_scenario(name) for name in names]
    return {
        "scenarios": list(names),
        "models": sorted({model for scenario in scenarios for model in scenario.models}),
        "keys": sorted({row.key for scenario in scenarios for row in scenario.rows()}),
        "engines": list(ENGINES),
        "measures": [measure.name for measure in YEAR],
    }
