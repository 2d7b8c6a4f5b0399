"""Sobol indices as an answer: shares of variance with their intervals, as sentence, table and frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.studies.decision.checks import Floats
from kravsim.words.display import number, step_for
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class SobolIndices(Tabled, EqualByParts):
    """Shares of an answer's variance.

    Parameters
    ----------
    names : tuple of str
        Inputs, or groups of inputs that move together.
    first_order, total_order : float64 arrays, shape (inputs,)
        Share explained by an input alone, and share in which it has any part. Estimates: nothing is held within 0 and 1.
    first_se, total_se : float64 arrays, shape (inputs,)
        Standard errors by bootstrap.
    first_interval, total_interval : float64 arrays, shape (inputs, 2)
        Intervals by bootstrap.
    level : float
        Level of the intervals.
    mean, variance : float
        Of the answer.
    n : int
        Size of the design; the function was called at n (inputs + 2) points.
    seed : int
        Of the scrambled points.
    """

    names: tuple[str, ...]
    first_order: Floats
    total_order: Floats
    first_se: Floats
    total_se: Floats
    first_interval: Floats
    total_interval: Floats
    level: float
    mean: float
    variance: float
    n: int
    seed: int

    def order(self) -> list[int]:
        """Places of the inputs, the largest total index first."""
        return [int(place) for place in np.argsort(-self.total_order, kind="stable")]

    def sentence(self, lang: str = "sv") -> str:
        """Name the strongest inputs, and say how much comes from inputs acting together.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        strong = self.order()[:3]
        shown = ", ".join(f"{self.names[k]} {_share(self.total_order[k], self.total_se[k], lang)}" for k in strong)
        together = 1 - float(self.first_order.sum())
        rest = _share(max(together, 0.0), float(np.sqrt((self.first_se**2).sum())), lang)
        if sv:
            return f"Störst del i variansen (total): {shown}. Samspel mellan indata: {rest} av variansen."
        return f"Largest part in the variance (total): {shown}. Inputs acting together: {rest} of the variance."

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the indices as one table, the strongest first, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        rows = plain_rows(self._rows(lang))
        return (Table("", tuple(self._header(lang)), rows, (self.sentence(lang),)),)

    def to_frame(self) -> pd.DataFrame:
        """One row an input: `input`, `first`, `first_se`, `first_low`, `first_high`, and the same of `total`."""
        import pandas as pd

        columns: dict[str, Any] = {"input": self.names}
        for name in ("first", "total"):
            columns[name] = getattr(self, f"{name}_order")
            columns[f"{name}_se"] = getattr(self, f"{name}_se")
            columns[f"{name}_low"], columns[f"{name}_high"] = getattr(self, f"{name}_interval").T
        return pd.DataFrame(columns)

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        rows = self.to_frame().to_dict("records")
        return {"n": self.n, "seed": self.seed, "mean": self.mean, "variance": self.variance, "inputs": rows}

    def _header(self, lang: str) -> list[str]:
        level = number(100 * self.level, lang)
        if language_index(lang) == 0:
            return ["indata", "ensam", f"{level} %", "total", f"{level} %"]
        return ["input", "first order", f"{level}%", "total", f"{level}%"]

    def _rows(self, lang: str) -> list[list[str]]:
        to = ("till", "to")[language_index(lang)]
        rows = []
        for k in self.order():
            cells = [self.names[k]]
            for name in ("first", "total"):
                low, high = getattr(self, f"{name}_interval")[k]
                step = step_for(float(getattr(self, f"{name}_se")[k]) or None, "share")
                shown = [number(x, lang, step=step) for x in (getattr(self, f"{name}_order")[k], low, high)]
                cells += [shown[0], f"{shown[1]} {to} {shown[2]}"]
            rows.append(cells)
        return rows

    def __repr__(self) -> str:
        return f"<SobolIndices of {len(self.names)} inputs, n {self.n}: {self.sentence('en')}>"


def _share(value: float, error: float, lang: str) -> str:
    return number(value, lang, step=step_for(error or None, "share"))
