"""A starter scenario: a file that extends a case, says nothing new yet, and shows line by line what it could say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scenario import library
from kravsim.scenario.fields import find, unit_of
from kravsim.scenario.leaving_out import EXTENDS, WITHOUT, keys_left_out
from kravsim.scenario.own_body import content_at, keys_of, own_body, put
from kravsim.scenario.problems import Path
from kravsim.scenario.reader import Sheet, checked, is_number_table, laid_over, leaving_out
from kravsim.scenario.scenario import Scenario
from kravsim.scenario.schema import BODY_KINDS, ScenarioData
from kravsim.scenario.toml_file import parse_toml
from kravsim.scenario.toml_writer import to_toml
from kravsim.speech import SWEDISH

SCHEMA_FILE: Final = "kravsim.schema.json"
"""Where the first line of a starter looks for the schema; `kravsim schema > kravsim.schema.json` puts it there."""

_NEW: Final = phrase("the new scenario")
_NOT_SHOWN: Final = ("name", "title", "description", "sources", "targets", "correlations", "alternatives")
_UNITS_SV: Final = {
    "count": "antal",
    "days": "dagar",
    "fte": "årsarbetare",
    "minutes": "minuter",
    "number": "tal",
    "per_year": "per år",
    "share": "andel",
    "share_per_year": "andel per år",
    "years": "år",
}
_HEAD: Final = (
    """\
#:schema ./{schema}
# {heading}: skriven av `kravsim new`.
#
# - Ta bort `# ` framför en rad för att ändra den. Ett tal står med sin källa (namnet på en tabell [sources.*], eller
#   "assumption") och sin status (sourced: ur källan, derived: härlett, assumed: antaget); low och high är spannet det
#   kan ligga i.
# - Det som inte sägs här kommer ur {parent}; `kravsim describe` visar allt.
# - `kravsim validate` prövar filen.
# - En editor som förstår TOML-scheman hjälper till när `kravsim schema > {schema}` har körts här.

extends = {extends}
{left_out}name = {name}
title = {title}
{without}
# Egna källor, som talen kan hänvisa till:
# [sources.annual_report]
# title = "Årsredovisning"
# where = "sidan 12"
{targets}""",
    """\
#:schema ./{schema}
# {heading}: made by `kravsim new`.
#
# - Remove the `# ` of a line to change it. A number stands with its source (the name of a table [sources.*], or
#   "assumption") and its status (sourced, derived or assumed); low and high are the range it may lie in.
# - Whatever is not said here comes from {parent}; `kravsim describe` lists all of it.
# - `kravsim validate` checks the file.
# - An editor that knows TOML schemas helps once `kravsim schema > {schema}` has been run here.

extends = {extends}
{left_out}name = {name}
title = {title}
{without}
# Sources of your own, to be named by numbers:
# [sources.annual_report]
# title = "Annual report"
# where = "page 12"
{targets}""",
)
_LEAVE_OUT: Final = (
    """
# Det som {parent} säger men som inte gäller här utelämnas;
# vikterna i alternatives måste sedan åter summera till 1:
# {without} = ["{key}"]
""",
    """
# What {parent} says that does not hold here is left out;
# the weights of alternatives must then sum to 1 again:
# {without} = ["{key}"]
""",
)
_TARGETS: Final = (
    """
# De publicerade siffrorna ([targets]) i {parent} gäller {body}:
# byt ut dem före `kravsim reconcile`.
""",
    """
# The published figures ([targets]) of {parent} are those of {body}:
# replace them before `kravsim reconcile`.
""",
)


def starter(
    parent: Scenario,
    *,
    name: str,
    extends: str,
    full: bool = False,
    body: str | None = None,
    answers: Mapping[str, Any] | None = None,
    lang: str = "en",
) -> str:
    """Write the text of a scenario file that extends another one.

    Parameters
    ----------
    parent : Scenario
        What it starts from.
    name : str
        Name of the new scenario, and its title where no body is named.
    extends : str
        What the file calls its parent: a bundled name, or a path from where the file will lie.
    full : bool
        Whether every key that the parent itself says, rather than the base, stands in it, and not only those that a body is
        asked for.
    body : str, optional
        Name of another body than the parent's, and the title; what the parent's has published is then left out.
    answers : mapping, optional
        What the body answers, by option (`own_body.QUESTIONS`); what follows is put in proportion.
    lang : str
        `sv` or `en`, of the comments.

    Returns
    -------
    str
        TOML. What was answered stands in it, the other keys as comments with their units.

    Raises
    ------
    ScenarioError
        When the name will not do; the text has been read and checked before it is returned.
    """
    if name in {*library.names(), library.BASE}:
        remedy = "choose a name of its own"
        raise ScenarioError(Problem("", "name", name, "a name that no bundled scenario has", remedy))
    place = ("sv", "en").index(lang)
    own = own_body(parent, answers or {}, body=body, lang=lang)
    shown = _own(parent.sheet) if full else _chosen(parent.sheet, keys_of(parent).values())
    for key in own.without:
        _take_out(shown, key.split("."))
    _lay(shown, own.tables)
    quoted_name, quoted_title, quoted_parent = (
        to_toml({"x": text}).removeprefix("x = ").strip() for text in (name, body or name, extends)
    )
    out = next(
        (f"alternatives.{d}.{name}" for d, named in parent.alternatives.items() for name in list(named)[1:]), None
    )
    targets = (
        _TARGETS[place].format(parent=_one_line(parent.name), body=_one_line(parent.data.body.name))
        if parent.data.targets and body is None
        else ""
    )
    head = _HEAD[place].format(
        schema=SCHEMA_FILE,
        heading=_one_line(name),
        parent=_one_line(parent.name),
        extends=quoted_parent,
        name=quoted_name,
        title=quoted_title,
        targets=targets,
        left_out=to_toml({WITHOUT: list(own.without)}) if own.without else "",
        without=""
        if out is None or own.without
        else _LEAVE_OUT[place].format(parent=_one_line(parent.name), without=WITHOUT, key=out),
    )
    text = head + "\n" + "\n".join(_commented(to_toml(shown).splitlines(), own.tables, lang))
    tables = parse_toml(text, _NEW)
    left = keys_left_out(tables, _NEW, extends=True)
    del tables[EXTENDS]
    below = leaving_out(parent.sheet, left, _NEW)
    checked(laid_over(below, tables, _NEW), ScenarioData)
    return text + "\n"


def _own(sheet: Sheet) -> dict[str, Any]:
    """Choose what the scenario's own file says, and not the files it extends."""
    mine = sheet.file_of(())

    def chosen(content: Mapping[str, Any], path: Path) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, inner in content.items():
            here = (*path, key)
            if isinstance(inner, Mapping) and not is_number_table(inner):
                below = chosen(inner, here)
                if below:
                    kept[key] = below
            elif sheet.file_of(here) == mine:
                kept[key] = inner
        return kept

    return chosen({key: inner for key, inner in sheet.tables.items() if key not in _NOT_SHOWN}, ())


def _chosen(sheet: Sheet, paths: Iterable[Path]) -> dict[str, Any]:
    """Choose what the scenario says at some keys."""
    kept: dict[str, Any] = {}
    for path in paths:
        content = content_at(sheet.tables, path)
        if content is not None:
            put(kept, path, content)
    return kept


def _lay(tables: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Lay tables over others, in place; a number is replaced whole."""
    for key, content in more.items():
        if isinstance(content, Mapping) and not is_number_table(content):
            _lay(tables.setdefault(key, {}), content)
        else:
            tables[key] = content


def _take_out(tables: dict[str, Any], path: Sequence[str]) -> None:
    """Take a key out of tables, if it is there."""
    for key in path[:-1]:
        tables = tables.get(key, {})
    tables.pop(path[-1], None)


def _commented(lines: list[str], said: Mapping[str, Any], lang: str) -> list[str]:
    """Turn keys that are not said into comments; each ends in its unit.

    The tables they stand in stay, and change nothing while empty.
    """
    path: Path = ()
    here: Any = said
    written = []
    for line in lines:
        if line.startswith("["):
            path = tuple(_table_name(line))
            here = content_at(said, path) or {}
        elif line:
            key = next(iter(parse_toml(line, "")))
            unit = _after((*path, key), lang)
            written.append(f"{'' if key in here else '# '}{line}{f'  # {unit}' if unit else ''}")
            continue
        written.append(line)
    return written


def _after(path: Path, lang: str) -> str:
    """What stands after a key: its unit, or what a body can be."""
    if path == ("body", "kind"):
        return ", ".join(BODY_KINDS)
    unit = unit_of(find(ScenarioData, path))
    return _UNITS_SV.get(unit, unit) if lang == SWEDISH else unit


def _table_name(header: str) -> list[str]:
    """Read the dotted name of a table from its header line."""
    here: Any = parse_toml(f"{header}\nx = 1", "")
    path = []
    while "x" not in here or isinstance(here["x"], dict):
        (key,) = here
        path.append(key)
        here = here[key]
    return path


def _one_line(text: str) -> str:
    """Keep a name inside its comment."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
