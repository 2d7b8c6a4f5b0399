"""Tables of data as files: rounded, so that a processor's last bits do not reach them; for programs or Swedish Excel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from kravsim.archives.store import csv_text

if TYPE_CHECKING:
    import pandas as pd

DIGITS: Final = 9
"""Digits that are kept of a number; a result's own files have them all."""
_MARK: Final = "\ufeff"
"""What tells Excel that a file is UTF-8."""
PLAIN: Final = "plain"


def tidy_csv(frame: pd.DataFrame, kind: str = PLAIN) -> bytes:
    r"""Write a data frame.

    Parameters
    ----------
    frame : DataFrame
        Its columns' names become the header.
    kind : "plain" or "swedish_excel"
        Commas and decimal points; or semicolons, decimal commas and a mark of byte order, as a Swedish Excel opens it.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"name": ["=a;b"], "kr": [-2.5]})
    >>> tidy_csv(frame).decode(), tidy_csv(frame, "swedish_excel").decode()
    ("name,kr\n'=a;b,-2.5\n", '\ufeffname;kr\r\n"\'=a;b";-2,5\r\n')
    """
    records: list[Any] = list(frame.itertuples(index=False, name=None))
    rows = [[rounded(cell) for cell in row] for row in records]
    header = [str(name) for name in frame.columns]
    if kind == PLAIN:
        return csv_text(header, rows).encode("utf-8")
    lines: list[Any] = [header, *rows]
    text = "".join(";".join(_excel_cell(cell) for cell in line) + "\r\n" for line in lines)
    return (_MARK + text).encode("utf-8")


def rounded(cell: object) -> object:
    """Keep nine digits of a number; everything else is left as it is.

    Parameters
    ----------
    cell : object
        Of a table; numpy's numbers become Python's.
    """
    item = getattr(cell, "item", None)
    value = item() if callable(item) and getattr(cell, "shape", None) == () else cell
    if not isinstance(value, float) or not math.isfinite(value):
        return value
    short = float(f"{value:.{DIGITS}g}")
    return short if short else 0.0


def _excel_cell(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        return "" if isinstance(cell, float) and math.isnan(cell) else repr(cell).replace(".", ",")
    text = csv_text(["x"], [[cell]]).split("\n", 1)[1].removesuffix("\n")
    if ";" in text and not text.startswith('"'):
        return f'"{text}"'
    return text
