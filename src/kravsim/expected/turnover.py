"""What turnover takes from a pool on average: posts that are vacant, newcomers who learn, and how many are recruited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kravsim.units import DAYS_A_YEAR, half_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from kravsim.scenario.schema import Turnover as TurnoverOfPool

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Turnover:
    """Shares of a pool's posts by day of a span in which every post is held, and learned, at the beginning.

    ``vacant`` and ``learning`` (days, B), the latter in whole posts; ``hired`` (days, B), hires a post and day.
    """

    vacant: Floats
    learning: Floats
    hired: Floats

    @classmethod
    def of(cls, turnover: TurnoverOfPool | None, days: NDArray[np.int64], array: Callable[[float], Floats]) -> Turnover:
        """Work out the shares of some days, counted from the beginning of the span (§M24).

        Holders leave at a constant hazard; a post then waits the mean time for its next holder. Until such a time has passed,
        nobody is hired; from then on as many posts are held as in the long run.

        Parameters
        ----------
        turnover : Turnover of a pool, or None
            As the scenario has it, or its view in a batch.
        days : int64 array, shape (days,)
            Days since the beginning of the span.
        array : callable
            Makes a value an array (B,): :meth:`Batch.array`.
        """
        n = len(array(0.0))
        if turnover is None:
            nothing = np.zeros((len(days), n))
            return cls(nothing, nothing, nothing)
        hazard = array(turnover.leaves_per_year.value) / DAYS_A_YEAR
        search = turnover.recruitment_days
        away, since = max((search.low + search.mode + search.high) / 3, 1e-9), np.maximum(days, 0)[:, None]

        def held(day: Floats) -> Floats:
            """Share of posts held: at first all that nobody has left yet, then as many as in the long run."""
            return np.asarray(np.where(day < away, np.exp(-hazard * day), 1 / (1 + hazard * away)))

        hired = np.where(since < away, 0.0, hazard * held(np.maximum(since - away, 0.0)))
        span = half_up(array(turnover.learning_days.value))
        come = np.clip(since - away, 0.0, span)
        so_far = np.where(span > 0, 1 - (1 - come / np.maximum(span, 1.0)) ** 2, 0.0)
        lost = (1 - array(turnover.learning_start_share.value)) * _triangle(hazard, span)
        return cls(1 - held(since), hazard / (1 + hazard * away) * lost * so_far, hired)


def _triangle(hazard: Floats, span: Floats) -> Floats:
    """Days that newcomers lose, were they of no use on the first day, by a line to 0: of those who have not left again."""
    gone = hazard * span
    small = gone < 1e-4  # then the closed form cancels
    safe = np.where(small, 1.0, gone)
    return np.asarray(span * np.where(small, 0.5 - gone / 6, (safe - 1 + np.exp(-safe)) / safe**2))
