"""How many replications were needed for a wanted precision, or how far the budget came."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from kravsim.equality import EqualByParts
from kravsim.results.comparison import Comparison
from kravsim.statistics.convergence import Convergence, convergence
from kravsim.statistics.distribution import Distribution
from kravsim.words.display import NO_BREAK, kr, number, share, step_for
from kravsim.words.doubts import doubted
from kravsim.words.table import Table, Tabled
from kravsim.words.wording import language_index

if TYPE_CHECKING:
    import pandas as pd

MOST_FINER: Final = 1e6
"""A target so many times finer than what was reached takes more replications than anybody could run."""


@dataclass(frozen=True, eq=False, repr=False)
class Precision(Tabled, EqualByParts):
    """The replications that a precision takes.

    Parameters
    ----------
    comparison : Comparison
        The same as a plain comparison with this many replications.
    measure : Distribution
        What was watched: one of its two differences, kr a calendar year.
    wanted : float
        Wanted half-width, kr; of a relative target what it came to.
    relative : float or None
        The relative target, if it was one.
    level : float
        Level of the interval.
    half_width : float or None
        What these replications give, kr; None after a single one.
    method : str
        How the interval was found; see :class:`kravsim.statistics.interval.Interval`.
    reached : bool
        Whether the target is met.
    budget : int
        Most replications that were allowed.
    """

    comparison: Comparison
    measure: Distribution
    wanted: float
    relative: float | None
    level: float
    half_width: float | None
    method: str
    reached: bool
    budget: int

    @property
    def replications(self) -> int:
        """How many replications."""
        return self.measure.n

    @property
    def forecast(self) -> int | None:
        """How many replications the target would take by the spread seen so far.

        None when it is met or unknown, or more than anybody could run.
        """
        if self.reached or self.half_width is None or self.half_width > MOST_FINER * self.wanted:
            return None
        return math.ceil(self.replications * (self.half_width / self.wanted) ** 2)

    @cached_property
    def convergence(self) -> Convergence | None:
        """The difference over growing beginnings of the replications; None after a single one."""
        return convergence(self.measure) if self.replications > 1 else None

    def to_frame(self) -> pd.DataFrame:
        """Give the table of convergence.

        Raises
        ------
        RunError
            When there is only one replication.
        """
        return convergence(self.measure).to_frame()

    def to_json(self) -> dict[str, Any]:
        """Give one strict JSON object: the number, the flag, the convergence and the comparison; kr a calendar year."""
        return {
            "measure": self.measure.label,
            "wanted_half_width_kr": self.wanted,
            "relative": self.relative,
            "level": self.level,
            "reached": self.reached,
            "half_width_kr": self.half_width,
            "method": self.method,
            "replications_needed": self.replications if self.reached else self.forecast,
            "max_replications": self.budget,
            "convergence": None if self.convergence is None else self.convergence.to_json(),
            **self.comparison.to_json(),
        }

    def sentence(self, lang: str = "sv") -> str:
        """Say how many replications it takes, or that the budget did not do.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        return doubted(self._answer_text(lang), self.comparison.doubts, lang)

    def _answer_text(self, lang: str) -> str:
        sv = language_index(lang) == 0
        n, level = number(self.replications, lang), share(self.level, lang, step=0.01)
        wanted = kr(self.wanted, lang, step=step_for(self.wanted / 100))
        if self.half_width is None:
            return (
                "Ej uppnått: en enda simulering har ingen felmarginal."
                if sv
                else "Not reached: one replication has no error."
            )
        got = kr(self.half_width, lang, step=step_for(self.half_width / 100))
        if self.reached:
            if sv:
                return f"{n} simuleringar ger skillnaden på ±{got} när (konfidensnivå {level}); önskat ±{wanted}."
            return f"{n} replications give the difference to within ±{got} (confidence {level}); wanted ±{wanted}."
        ahead = "fler än någon kan köra" if sv else "more than anybody can run"
        if self.forecast is not None:
            ahead = f"{'omkring' if sv else 'about'} {number(self.forecast, lang)}"
        if sv:
            tail = f"med samma spridning krävs {ahead}"
            return f"Ej uppnått: felmarginal ±{got} efter {n} simuleringar, önskat ±{wanted}; {tail}."
        tail = f"with the same spread it takes {ahead}"
        return f"Not reached: half-width ±{got} after {n} replications, wanted ±{wanted}; {tail}."

    def tables(self, lang: str = "sv") -> tuple[Table, ...]:
        """Give the convergence as one table between the two answers, in `sv` or `en`.

        Parameters
        ----------
        lang : str
            `sv` or `en`.
        """
        said, found = self._answer_text(lang), self.comparison.sentence(lang)
        if self.convergence is None:
            return (Table("", ("",), (), (found,), (said,)),)
        (table,) = self.convergence.tables(lang)
        return (replace(table, lead=(said,), notes=(*table.notes, found)),)

    def __repr__(self) -> str:
        return f"<Precision: {self.sentence('en').replace(NO_BREAK, ' ')}>"
