"""At which value of one number an answer turns: every root of a function between two ends, or that there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kravsim.equality import EqualByParts
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.studies.decision.checks import Floats, whole
from kravsim.studies.decision.checks import number as one_number
from kravsim.studies.decision.functions import scalar
from kravsim.studies.decision.roots import roots_between
from kravsim.words.display import number, step_for
from kravsim.words.table import Table, Tabled, plain_rows
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd

POINTS: Final = 401
_MOST_POINTS: Final = 1_000_001


@dataclass(frozen=True, eq=False, repr=False)
class BreakEven(Tabled, EqualByParts):
    """Where a function of one number is 0.

    Parameters
    ----------
    low, high : float
        Where it was looked for.
    roots : tuple of float
        Every value at which it is 0, lowest first; empty when there is none.
    touching : tuple of float
        Those at which it keeps its sign: the answer does not turn there.
    jumps : tuple of float
        Where it changes its sign without being 0: the answer turns, but at no value are both sides equal.
    flat : tuple of (float, float)
        Stretches on which it is 0 throughout.
    nearest : (float, float)
        Where it comes nearest to 0 among the points of the scan and the roots, and its value there.
    x, y : float64 arrays
        The scan.
    """

    low: float
    high: float
    roots: tuple[float, ...]
    touching: tuple[float, ...]
    jumps: tuple[float, ...]
    flat: tuple[tuple[float, float], ...]
    nearest: tuple[float, float]
    x: Floats
    y: Floats

    @property
    def at_border(self) -> tuple[float, ...]:
        """The roots that lie at one of the ends: what is beyond is not known."""
        return tuple(root for root in self.roots if root in (self.low, self.high))

    @property
    def count(self) -> int:
        """How many roots there are."""
        return len(self.roots)

    @property
    def status(self) -> str:
        """One of `none`, `one`, `several`; `at the border` when the only root lies there; `stretch` when it is 0 on one."""
        if self.flat:
            return "stretch"
        if self.count == 1 and self.at_border:
            return "at the border"
        return ("none", "one", "several")[min(self.count, 2)]

    def sentence(self, lang: str = "sv") -> str:
        """Say where it breaks even, or that it does not.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        sv = language_index(lang) == 0
        low, high = self._text(self.low, lang), self._text(self.high, lang)
        said = []
        for a, b in self.flat:
            ends = f"{self._text(a, lang)} {'till' if sv else 'to'} {self._text(b, lang)}"
            said.append(f"Noll hela vägen från {ends}." if sv else f"Zero all the way from {ends}.")
        if self.roots:
            shown = ", ".join(self._root_text(root, lang) for root in self.roots)
            said.append(f"Går jämnt ut vid {shown}." if sv else f"Breaks even at {shown}.")
        for jump in self.jumps:
            at = self._text(jump, lang)
            said.append(f"Byter tecken i ett språng vid {at}." if sv else f"Changes sign in a jump at {at}.")
        if not said:
            at, left = self._text(self.nearest[0], lang), number(self.nearest[1], lang, step=_fine(self.nearest[1]))
            said.append(
                f"Ingen brytpunkt i [{low}, {high}]; närmast noll är {left} vid {at}."
                if sv
                else f"No break-even: none in [{low}, {high}]; nearest to zero is {left} at {at}."
            )
        return " ".join(said)

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the roots as one table, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        rows = plain_rows(self._rows(lang))
        return (Table("", tuple(self._header(lang)), rows, (self.sentence(lang),), left=(0, 1)),)

    def to_frame(self) -> pd.DataFrame:
        """One row a root or jump: `x`, `kind` (`crossing`, `touching`, `jump`) and `at_border`."""
        import pandas as pd

        found = [(root, "touching" if root in self.touching else "crossing") for root in self.roots]
        found += [(jump, "jump") for jump in self.jumps]
        found.sort()
        border = [x in self.at_border for x, _ in found]
        return pd.DataFrame({"x": [x for x, _ in found], "kind": [kind for _, kind in found], "at_border": border})

    def to_json(self) -> dict[str, Any]:
        """Plain values, strict JSON."""
        return {
            "low": self.low,
            "high": self.high,
            "status": self.status,
            "roots": list(self.roots),
            "touching": list(self.touching),
            "at_border": list(self.at_border),
            "jumps": list(self.jumps),
            "flat": [list(ends) for ends in self.flat],
            "nearest": list(self.nearest),
        }

    def _text(self, x: float, lang: str) -> str:
        return number(x, lang, step=step_for((self.high - self.low) / 10_000, ""))

    def _root_text(self, root: float, lang: str) -> str:
        place = language_index(lang)
        if root in self.at_border:
            return self._text(root, lang) + (" (vid gränsen)", " (at the border)")[place]
        if root in self.touching:
            return (
                self._text(root, lang)
                + (" (vänder utan att byta tecken)", " (touches without a change of sign)")[place]
            )
        return self._text(root, lang)

    def _header(self, lang: str) -> list[str]:
        return [("vid", "at")[language_index(lang)], ("slag", "kind")[language_index(lang)]]

    def _rows(self, lang: str) -> list[list[str]]:
        words = {"crossing": ("byter tecken", "crosses"), "touching": ("vänder", "touches"), "jump": ("språng", "jump")}
        kinds = [(root, "touching" if root in self.touching else "crossing") for root in self.roots]
        kinds += [(jump, "jump") for jump in self.jumps]
        return [[self._text(x, lang), words[kind][language_index(lang)]] for x, kind in sorted(kinds)]

    def __repr__(self) -> str:
        return f"<BreakEven {self.status}: {self.sentence('en')}>"


def break_even(function: object, low: float, high: float, *, points: int = POINTS) -> BreakEven:
    """Find every value between two ends at which a function is 0.

    Parameters
    ----------
    function : callable
        Takes a float and gives one, such as the difference between two options at a price; without chance, or on the same
        luck at every value.
    low, high : float
        The ends; both are looked at.
    points : int
        Points of the scan, at least 3. Roots nearer to each other than two of them are found where the function dips
        towards 0 between its neighbours.

    Returns
    -------
    BreakEven
        With `.roots`.

    Raises
    ------
    ScenarioError
        When the ends are not numbers, or low is not below high.
    RunError
        When the function raises or gives anything but a finite number; says where.

    Examples
    --------
    >>> found = break_even(lambda x: (x - 1) * (x - 3), 0, 5)
    >>> [round(root, 9) for root in found.roots], break_even(lambda x: x * x + 1, -1, 1).status
    ([1.0, 3.0], 'none')
    """
    a = one_number(low, "low", "a finite number", "say where to look")
    b = one_number(high, "high", "a finite number", "say where to look")
    if a >= b:
        raise ScenarioError(Problem("", "low", a, phrase("a number below high = {b:g}", b=b), "swap the ends"))
    value = scalar(function)
    x = np.linspace(a, b, whole(points, "points", 3, _MOST_POINTS))
    return found_on(value, x, np.array([value(float(at)) for at in x]))


def found_on(value: Callable[[float], float], x: Floats, y: Floats) -> BreakEven:
    """Find the roots from a scan that has been made.

    Parameters
    ----------
    value : callable
        The function, of a number in the unit of `x`.
    x : float64 array, shape (points,)
        Rising.
    y : float64 array, shape (points,)
        The function there; finite.
    """
    found = roots_between(value, x, y)
    roots = tuple(sorted({*found.crossing, *found.touching}))
    at = int(np.argmin(np.abs(y)))
    nearest = (roots[0], 0.0) if roots else (float(x[at]), float(y[at]))
    return BreakEven(float(x[0]), float(x[-1]), roots, found.touching, found.jumps, found.flat, nearest, x, y)


def _fine(value: float) -> float:
    return step_for(abs(value) / 1_000, "") if value else 1.0
