"""Late claims of a run are never more than its invoices, and on average as many as the scenario says.

Debtors are late independently of each other, so that a run could come to more late claims than it has invoices; in a small
body it would, sooner or later. Such a run is full: the debtors come in the order of a race in which each is as fast as its
activity, take their claims while invoices last, and the last of them what is left. Who is late is thereby decided as if each
debtor's time to its first late invoice were exponential and the run were closed when its invoices are used up. The rate at
which debtors are late is raised so that the mean after this is the scenario's (:func:`kravsim.stream.synthetic.late_rate`).
The number of late claims of a run is therefore the smaller of two numbers: its invoices, and a sum over debtors of a
geometric number of claims each, where the debtor is late. Where no run is ever full, nothing differs from independence.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.scenario.levels import at_volume
from kravsim.stream.stream import Ints
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.chance.draws import Draws
    from kravsim.scenario.schema import ScenarioData
    from kravsim.stream.calendar import HandOvers
    from kravsim.stream.occasions import Occasions

Floats = NDArray[np.float64]

DRAW_ORDER: Final = "late:order"
"""Purpose of the draw of a debtor's place in a full run: run = the run's day as an ordinal, number = debtor."""
NEGLIGIBLE: Final = 1e-12
"""A share of a run's invoices too small to count."""
EXACT_UP_TO: Final = 400
"""Invoices of a run up to which the number of late claims is worked out exactly; a skewed normal is used beyond."""


def invoices_of_runs(data: ScenarioData, runs: int) -> Ints:
    """Spread each year's invoices evenly over its runs, the remainder on the first of them.

    Parameters
    ----------
    data : ScenarioData
    runs : int
        How many runs, from the first of a year on.

    Returns
    -------
    int64 array, shape (runs,)
        Invoices of each run.
    """
    runs_a_year = 12 * len(data.invoices.run_days)
    base, remainder = divmod(half_up(data.invoices.per_year.value), runs_a_year)
    return np.where(np.arange(runs) % runs_a_year < remainder, base + 1, base).astype(np.int64)


def invoices_by_year(data: ScenarioData, first_year: int, runs: int) -> Ints:
    """Invoices of each run where their number follows the calendar year.

    Parameters
    ----------
    data : ScenarioData
    first_year : int
        In which the first run lies.
    runs : int
        How many, from the first of that year on.

    Returns
    -------
    int64 array, shape (runs,)
        As :func:`invoices_of_runs` has them where no year has another number than the scenario's.
    """
    runs_a_year = 12 * len(data.invoices.run_days)
    years = range(first_year, first_year + runs // runs_a_year)
    return np.concatenate([invoices_of_runs(at_volume(data, year), runs_a_year) for year in years])


class Expected:
    """How many claims of a year's runs are late on average, given each debtor's chance of being late in a run.

    Parameters
    ----------
    data : ScenarioData
        Its invoices and claims an occasion.
    """

    def __init__(self, data: ScenarioData) -> None:
        runs_a_year = 12 * len(data.invoices.run_days)
        self.claims = float(data.debtors.claims_per_occasion.value)
        sizes, self.runs = np.unique(invoices_of_runs(data, runs_a_year), return_counts=True)
        self.sizes = [int(size) for size in sizes]
        self.runs_a_year = runs_a_year

    @property
    def invoices(self) -> float:
        """Of a mean run."""
        return float((self.runs * np.array(self.sizes)).sum()) / self.runs_a_year

    def never_full(self, chance: Floats) -> bool:
        """Whether no run comes to as many late claims as it has invoices, but for a negligible chance.

        By Chernoff's bound of the larger claims, at four points.

        Parameters
        ----------
        chance : float64 array, shape (debtors,)
            Of being late with something in one run.
        """
        most = self.sizes[0]
        mean = float(chance.sum()) * self.claims
        if most == 0 or mean > most:
            return mean == 0
        continues = 1 - 1 / self.claims  # chance that an occasion has one claim more
        for far in (0.1, 0.3, 0.6, 0.8):
            growth = far * ((1 / continues if continues > 0 else 8.0) - 1)
            of_claims = (
                (1 + growth) / self.claims / (1 - continues * (1 + growth))
            )  # generating function of one occasion
            bound = float(np.log1p(chance * (of_claims - 1)).sum()) - most * math.log1p(growth)
            if bound < math.log(NEGLIGIBLE):
                return True
        return False

    def late(self, chance: Floats) -> float:
        """Late claims of a mean run (R is a year's runs): the mean over them of E[min(claims, invoices)].

        Parameters
        ----------
        chance : float64 array, shape (debtors,)
            Of being late with something in one run.
        """
        found = 0.0
        for size, runs in zip(self.sizes, self.runs, strict=True):
            found += float(runs) * self._of_run(chance, size)
        return found / self.runs_a_year

    def _of_run(self, chance: Floats, invoices: int) -> float:
        if invoices == 0:
            return 0.0
        if invoices > EXACT_UP_TO:
            return _skewed_normal(chance, self.claims, invoices)
        from kravsim.stream.late_compiled import count_occasions

        number = np.zeros(invoices + 1)
        count_occasions(np.ascontiguousarray(chance), number)
        return float(number[:-1] @ _claims_of(self.claims, invoices)) + float(number[-1]) * invoices


@lru_cache(maxsize=64)
def _claims_of(mean: float, invoices: int) -> Floats:
    """E[min(claims, invoices)] of 0, 1, ... occasions, fewer than the invoices, each a geometric number of claims."""
    from scipy.special import betainc

    occasions, claims = np.arange(invoices)[:, None], np.arange(1, invoices + 1)[None, :]
    beyond = claims - occasions  # as many claims beyond the first of each occasion, or more
    more = (
        betainc(np.maximum(beyond, 1), np.maximum(occasions, 1), 1 - 1 / mean) if mean > 1 else np.zeros(beyond.shape)
    )
    at_least = np.where(beyond <= 0, 1.0, np.where(occasions == 0, 0.0, more))
    return np.asarray(at_least.sum(axis=1))


def _skewed_normal(chance: Floats, mean: float, invoices: int) -> float:
    """E[min(claims, invoices)] by the first three moments of the claims, for runs of many invoices."""
    from scipy.special import ndtr

    second, third = mean * (2 * mean - 1), mean * (6 * mean * (mean - 1) + 1)  # of a geometric number
    one, two, three = chance * mean, chance * second, chance * third
    middle, variance = float(one.sum()), float((two - one**2).sum())
    cubic = float((three - 3 * one * two + 2 * one**3).sum())
    if variance <= 0:
        return min(middle, float(invoices))
    spread = math.sqrt(variance)
    away = (invoices - middle) / spread
    density = math.exp(-away * away / 2) / math.sqrt(2 * math.pi)
    above = density - away * float(ndtr(-away)) + cubic / spread**3 / 6 * away * density
    return middle - spread * max(above, 0.0)


def first_come(
    occasions: Occasions, chance: Floats, activity: Floats, calendar: HandOvers, invoices: Ints, draws: Draws
) -> Occasions:
    """Close the runs that are full: leave out the late claims of those who come when no invoice is left.

    Parameters
    ----------
    occasions : int32 array, shape (n, 3)
        In order of debtor and run.
    chance, activity : float64 array, shape (debtors,)
        Of being late in one run, and how fast a debtor is.
    calendar : HandOvers
    invoices : int64 array, shape (R,)
        Of each run.
    draws : Draws

    Returns
    -------
    int32 array, shape (m, 3)
        The same array where no run is full.
    """
    from kravsim.stream.occasions_compiled import OCCASION_CLAIMS, OCCASION_DEBTOR, OCCASION_RUN

    late = np.bincount(occasions[:, OCCASION_RUN], weights=occasions[:, OCCASION_CLAIMS], minlength=len(invoices))
    full = late > invoices
    if not full.any():
        return occasions
    here = np.flatnonzero(full[occasions[:, OCCASION_RUN]])
    debtor, run, claims = (
        occasions[here, column].astype(np.int64) for column in (OCCASION_DEBTOR, OCCASION_RUN, OCCASION_CLAIMS)
    )
    day = calendar.run_day[run] + calendar.first.toordinal()
    luck = draws.uniforms(DRAW_ORDER, day, debtor)[:, 0]
    when = (
        -np.log1p(-luck * chance[debtor]) / activity[debtor]
    )  # exponential, given that it comes before the run closes
    order = np.lexsort((debtor, when, run))
    ordered = claims[order]
    before = np.cumsum(ordered) - ordered
    opens = np.append(True, run[order][1:] != run[order][:-1])
    before -= np.maximum.accumulate(np.where(opens, before, 0))
    kept = np.empty_like(claims)
    kept[order] = np.clip(invoices[run[order]] - before, 0, ordered)
    closed: Any = occasions.copy()
    closed[here, OCCASION_CLAIMS] = kept
    return closed[closed[:, OCCASION_CLAIMS] > 0]  # type: ignore[no-any-return]
