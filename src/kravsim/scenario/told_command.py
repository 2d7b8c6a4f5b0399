"""How the command line names a scenario: where it lies and what has been changed since, or nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from kravsim.errors import KravsimError
from kravsim.scenario import library
from kravsim.scenario.reader import read_sheet
from kravsim.scenario.scenario import Scenario, scenario_names
from kravsim.scenario.toml_writer import to_toml

_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*", re.ASCII)
_BEFORE: Final = "value = "


def told_command(scenario: Scenario) -> tuple[str, ...]:
    """Name a scenario as commands take it: its bundled name or path, then what stands after each ``--set``.

    What is given is read back first: it is there only when the file and the changes give the same scenario again.

    Parameters
    ----------
    scenario : Scenario
        With every change that was made.

    Returns
    -------
    tuple of str
        Unquoted; empty where the command line cannot say it: a table was changed, a reading was chosen, the file is
        gone or is another by now, or the scenario came from none.

    Examples
    --------
    >>> from kravsim.scenario import load_scenario
    >>> told_command(load_scenario("jamtland-harjedalen-2017").with_changes({"invoices.late_share": 0.1}))
    ('jamtland-harjedalen-2017', 'invoices.late_share=0.1')
    """
    last: dict[str, object] = {}
    for key, content in scenario.changes:
        last = {other: one for other, one in last.items() if other != key and not other.startswith(f"{key}.")}
        last[key] = content
    words = {key: _words(content) for key, content in last.items()}
    for where in _places(scenario):
        if None not in words.values() and _is_read_back(scenario, where, words):
            return (where, *(f"{key}={text}" for key, text in words.items()))
    return ()


def _places(scenario: Scenario) -> list[str]:
    """Where it may be read: by its bundled name, or where it was read."""
    named = [scenario.name] if scenario.name in scenario_names() else []
    return named if scenario.sheet.path is None else [*named, str(scenario.sheet.path)]


def _words(content: object) -> str | None:
    """The content of a change on one line; None where it takes more."""
    if isinstance(content, str) and (_WORD.fullmatch(content) or _read(content) != content):
        return content  # as it is, or words of a number
    found = to_toml({"value": content})
    return found.removeprefix(_BEFORE).strip() if found.startswith(_BEFORE) else None


def _read(text: str) -> Any:
    """What the command line makes of a value."""
    try:
        found = tomllib.loads(f"{_BEFORE}{text}")
    except ValueError:
        return text
    return found["value"] if list(found) == ["value"] else text


def _is_read_back(scenario: Scenario, where: str, words: Mapping[str, str | None]) -> bool:
    try:
        read = Scenario.from_sheet(read_sheet(library.find(where)))
        rebuilt = read.with_changes({key: _read(str(text)) for key, text in words.items()}) if words else read
    except (KravsimError, OSError):
        return False
    return rebuilt.fingerprint == scenario.fingerprint or _unnoted(rebuilt) == _unnoted(scenario)


def _unnoted(scenario: Scenario) -> Any:
    """Everything but notes: that of a number changed twice says what it was in between."""

    def bare(node: Any) -> Any:
        if isinstance(node, Mapping):
            return {key: bare(one) for key, one in node.items() if key != "note"}
        return [bare(one) for one in node] if isinstance(node, list | tuple) else node

    return bare(scenario.data.model_dump())
