"""Names as TOML writes them: bare where it may, in quotation marks where it must."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_PART: Final = re.compile(r"\"[^\"]*\"|'[^']*'|[^.]+")


def toml_name(name: str) -> str:
    """Write one name.

    Parameters
    ----------
    name : str
        Any text.

    Examples
    --------
    >>> print(toml_name("annual_report"), toml_name("årsredovisning"))
    annual_report "årsredovisning"
    """
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def dotted(path: Iterable[str]) -> str:
    """Write the path of a key or table.

    Parameters
    ----------
    path : iterable of str
        The names from the outermost table inwards.

    Examples
    --------
    >>> print(dotted(("sources", "årsredovisning", "title")))
    sources."årsredovisning".title
    """
    return ".".join(map(toml_name, path))


def parts_of(written: str) -> list[str]:
    """Split a path as somebody wrote it, quotation marks gone, whether TOML takes it or not.

    Parameters
    ----------
    written : str
        A dotted path.

    Examples
    --------
    >>> parts_of('sources.årsredovisning'), parts_of('a."b.c"')
    (['sources', 'årsredovisning'], ['a', 'b.c'])
    """
    return [part.strip().strip("\"'") for part in _PART.findall(written)]
