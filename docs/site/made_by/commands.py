"""The command line, a page a command, in English and Swedish: made from its parser, as its help is."""

from __future__ import annotations

import argparse
import os
from unittest.mock import patch

from kravsim import cli
from kravsim.phrases import translated
from kravsim.speech import speaking

from .tables import cell

PAGES = {"en": "made/command-line", "sv": "made/kommandon"}
_HEAD = {
    "en": (
        "Command line",
        "Every command and option, as `kravsim COMMAND --help` tells them. Results are Swedish unless `--lang en` is given.",
    ),
    "sv": (
        "Kommandon",
        (
            "Alla kommandon med sina flaggor, som `kravsim KOMMANDO --help --lang sv` visar dem. Resultat ges på svenska om inte "
            "`--lang en` anges."
        ),
    ),
}


def made() -> dict[str, str]:
    """Text of each page."""
    found: dict[str, str] = {}
    for lang, page in PAGES.items():
        with speaking(lang), patch.dict(os.environ, {"COLUMNS": "100"}):
            found |= _pages(page, lang)
    return found


def _pages(page: str, lang: str) -> dict[str, str]:
    parser = cli._parser()
    title, about = _HEAD[lang]
    found, rows = {}, []
    for name, text, one in _commands(parser):
        found[f"{page}/{name.replace(' ', '-')}"] = f"# kravsim {name}\n\n{_body(one)}"
        rows.append(f"| [`{name}`](/{page}/{name.replace(' ', '-')}.md) | {cell(text)} |")
    header = {"en": "| command | |", "sv": "| kommando | |"}[lang]
    hidden = "\n".join(f"/{other}" for other in found)
    listed = "\n".join([header, "| --- | --- |", *rows])
    toctree = f"```{{toctree}}\n:hidden:\n\n{hidden}\n```"
    return {page: f"# {title}\n\n{about}\n\n{listed}\n\n## kravsim\n\n{_body(parser)}\n{toctree}\n", **found}


def _commands(parser: argparse.ArgumentParser, before: str = "") -> list[tuple[str, str, argparse.ArgumentParser]]:
    """Name, help and parser of every command, those of a command (`paper build`) after it."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            said = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, one in action.choices.items():
                found.append((f"{before}{name}", translated(said.get(name, "")), one))
                found += _commands(one, f"{before}{name} ")
    return found


def _body(parser: argparse.ArgumentParser) -> str:
    formatter = parser.formatter_class(prog=parser.prog)
    parts = [translated(parser.description or ""), f"```text\n{parser.format_usage().rstrip()}\n```"]
    for group in parser._action_groups:
        actions = [
            action
            for action in group._group_actions
            if action.help is not argparse.SUPPRESS and not isinstance(action, argparse._SubParsersAction)
        ]
        if actions:
            parts.append(f"**{cell(translated(group.title or '')).capitalize()}**")
            parts.append("\n".join(_option(formatter, action) for action in actions))
    return "\n\n".join(part for part in parts if part) + "\n"


def _option(formatter: argparse.HelpFormatter, action: argparse.Action) -> str:
    said = formatter._expand_help(action) if action.help else ""
    return f"`{formatter._format_action_invocation(action)}`\n: {cell(said) or '–'}\n"
