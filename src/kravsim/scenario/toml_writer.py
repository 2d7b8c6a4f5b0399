"""A scenario's tables as TOML text, so that a changed scenario can be kept, read and run again."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any

from kravsim.scenario.reader import is_number_table
from kravsim.scenario.toml_names import dotted, toml_name


def to_toml(tables: Mapping[str, Any]) -> str:
    """Write nested tables as TOML.

    Parameters
    ----------
    tables : mapping
        Nested dicts with text keys; lists, texts, numbers, truth values and dates.

    Returns
    -------
    str
        Text that reads back to the same tables. A number with its provenance stands on one line.

    Raises
    ------
    TypeError
        When something is met that TOML cannot say, such as None.

    Examples
    --------
    >>> print(to_toml({"name": "a", "invoices": {"late_share": {"value": 0.08, "source": "assumption"}}}), end="")
    name = "a"
    <BLANKLINE>
    [invoices]
    late_share = { value = 0.08, source = "assumption" }
    """
    return "\n".join(_lines(tables, ())).lstrip("\n") + "\n"


def _said(table: Mapping[str, Any]) -> dict[str, Any]:
    """What a table says: a key of nothing, which TOML cannot say, is one left out."""
    return {key: content for key, content in table.items() if content is not None}


def _lines(given: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    table = _said(given)
    inner = {
        key: content for key, content in table.items() if isinstance(content, Mapping) and not is_number_table(content)
    }
    if path and (len(inner) < len(table) or not inner):
        yield ""
        yield f"[{dotted(path)}]"
    for key, content in table.items():
        if key not in inner:
            yield f"{toml_name(key)} = {_written(content)}"
    for key, content in inner.items():
        yield from _lines(content, (*path, key))


def _written(content: object) -> str:
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, str):
        return json.dumps(content, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(content, int | float):
        return repr(content + 0)  # minus zero is zero
    if isinstance(content, datetime.date | datetime.time):
        return content.isoformat()
    if isinstance(content, Mapping):
        return "{ " + ", ".join(f"{toml_name(key)} = {_written(inner)}" for key, inner in _said(content).items()) + " }"
    if isinstance(content, list | tuple):
        return "[" + ", ".join(map(_written, content)) + "]"
    message = f"TOML has no {type(content).__name__}"
    raise TypeError(message)
