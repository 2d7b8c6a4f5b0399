"""The register of assumptions as a frame that is shown whole, with nothing where there is no range."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from kravsim.scenario.describe import Row

_NOTHING = "–"
_STYLE = (
    "<style>table.kravsim-register td, table.kravsim-register th {text-align: left !important; vertical-align: top; "
    "max-width: 30em} table.kravsim-register td:first-child {overflow-wrap: anywhere; min-width: 14em}</style>"
)


class Described(pd.DataFrame):
    """One row a key, or a part of that.

    Numbers and texts stand in it as they are; a range that there is not is None. At a prompt and in a notebook every row is
    shown with the whole of its texts, in a box that scrolls.
    """

    @property
    def _constructor(self) -> Any:
        return Described

    def _whole(self) -> pd.DataFrame:
        return pd.DataFrame(self).where(self.notna(), _NOTHING)

    @property
    def _named(self) -> bool:
        """Whether the rows have names of their own, rather than places in the register."""
        return not pd.api.types.is_integer_dtype(self.index.dtype)

    def __repr__(self) -> str:
        return self._whole().to_string(index=self._named, max_colwidth=None, justify="left")

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            table = self._whole().to_html(index=self._named, border=0, classes="kravsim-register", justify="left")
        return f'{_STYLE}<div style="max-height:40em;max-width:100%;overflow:auto">{table}</div>'


def described(rows: Iterable[Row]) -> Described:
    """Make the frame.

    Parameters
    ----------
    rows : iterable of Row
        As ``Scenario.rows`` gives them.
    """
    return Described(list(rows), columns=list(Row._fields), dtype=object)
