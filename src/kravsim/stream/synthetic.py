"""Synthetic claims: each potential late payer may be late with a few invoices in each invoice run.

A debtor is late in a run with probability ``1 - exp(-rate * activity)``, activity being gamma distributed around the mean
of the debtor's type; the number of late claims is then geometric, and a run has no more of them than invoices
(`kravsim.stream.late`). The rate is solved so that the drawn debtors are expected to be late with exactly
``per_year * late_share`` claims a year. The invoices paid on time are counted, never simulated.
`kravsim.stream.occasions` says how the draws are keyed.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.draws import Draws
from kravsim.chance.quantiles import gamma_logs, score_tables
from kravsim.chance.shares import at_least_0, total
from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scenario import World
from kravsim.scenario.levels import at_volume, varies
from kravsim.scenario.schema import ScenarioData
from kravsim.stream.calendar import HandOvers, hand_overs
from kravsim.stream.claims import lay_out
from kravsim.stream.estates import estates_once
from kravsim.stream.handed_over import handed_over_share
from kravsim.stream.late import NEGLIGIBLE, Expected, first_come, invoices_of_runs
from kravsim.stream.occasions import Occasions, draw_occasions
from kravsim.stream.proceedings import draw_openings
from kravsim.stream.stream import DEBTOR_TYPES, SEGMENTS, Debtors, Stream
from kravsim.units import half_up

DRAW_DEBTOR: Final = "debtor"
"""Purpose of the draws of a debtor's traits: number = debtor, a column each for segment, type, activity, known."""
FAST: Final = 1e9
"""A rate beyond which it is looked for by its logarithm."""
HIGHEST_RATE: Final = 1e290
"""A rate at which every debtor with any activity is late in every run."""
LEAST_ACTIVITY: Final = 1e-280
"""Of a debtor whose type has any: gamma numbers of a small shape come out as 0 where they are smaller still."""
SHORT: Final = 1e-6
"""How much of the wanted claims may be missing where every debtor is late in every run."""


def generate(world: World, draws: Draws) -> Stream:
    """Make the claims of history and horizon.

    Parameters
    ----------
    world : World
        A realised scenario.
    draws : Draws

    Returns
    -------
    Stream
        Its day 0 is that of `first_day`.

    Raises
    ------
    ScenarioError
        When the wanted share of late invoices cannot be reached with the given debtors.
    RunError
        When a case is for more than ``claims.LARGEST_CASE_ORE``.
    """
    data = world.data
    first = first_day(data)
    debtors = draw_debtors(data, draws)
    calendar = hand_overs(data, first)
    years = range(first.year, data.horizon.end.year)
    if varies(data, "volume", years):
        occasions = _by_year(data, debtors, calendar, years, draws)
    else:
        occasions = _late_in(data, debtors, calendar, years, draws)
    stream = estates_once(lay_out(occasions, debtors, calendar, data, draws))
    return replace(stream, openings=draw_openings(data, debtors, stream.n_days, draws))


def _late_in(data: ScenarioData, debtors: Debtors, calendar: HandOvers, years: range, draws: Draws) -> Occasions:
    """Occasions of late claims in some years with the same number of invoices, their runs counted from the first of these."""
    chance, runs_a_year = late_chance(data, debtors), 12 * len(data.invoices.run_days)
    occasions = draw_occasions(chance, data.debtors.claims_per_occasion.value, years, runs_a_year, draws)
    return first_come(
        occasions,
        chance,
        debtors.activity,
        _runs_of(calendar, years, runs_a_year),
        invoices_of_runs(data, runs_a_year * len(years)),
        draws,
    )


def _runs_of(calendar: HandOvers, years: range, runs_a_year: int) -> HandOvers:
    """The calendar with the runs of these years alone."""
    start = (years.start - calendar.first.year) * runs_a_year
    return replace(calendar, run_day=calendar.run_day[start : start + runs_a_year * len(years)])


def _by_year(data: ScenarioData, debtors: Debtors, calendar: HandOvers, years: range, draws: Draws) -> Occasions:
    """The same where the number of invoices follows the calendar year: a debtor's chance of being late follows with it."""
    runs_a_year, found = 12 * len(data.invoices.run_days), []
    for number, year in enumerate(years):
        of_year = _late_in(at_volume(data, year), debtors, calendar, range(year, year + 1), draws)
        found.append(of_year + np.array([0, number * runs_a_year, 0], np.int32))
    together = np.concatenate(found)
    return np.asarray(together[np.lexsort((together[:, 1], together[:, 0]))])


def first_day(data: Any) -> dt.date:
    """First day of the model's own history, of anything that reads like :class:`~kravsim.scenario.schema.ScenarioData`.

    Parameters
    ----------
    data : ScenarioData
        Or anything that reads like it; ``horizon.history_years`` are rounded to whole years.

    Returns
    -------
    datetime.date
        Day 0 of everything that is counted in days or minutes.
    """
    return dt.date(data.horizon.start.year - half_up(data.horizon.history_years.value), 1, 1)


def type_shares(data: ScenarioData) -> NDArray[np.float64]:
    """Share of debtors by segment (rows) and type (columns); rows sum to the segment's share.

    Where the scenario's values hold arrays (B,), the shape is (segments, types, B).

    Parameters
    ----------
    data : ScenarioData

    Returns
    -------
    float64 array, shape (segments, types)
        In the order of SEGMENTS and DEBTOR_TYPES.
    """
    given = [segment.share.value for segment in data.debtors.segments.values() if segment.share is not None]
    remainder = at_least_0(1.0 - total(given))
    flat: list[float] = []
    for name in SEGMENTS:
        segment = data.debtors.segments.get(name)  # type: ignore[call-overload]
        if segment is None:
            flat += [0.0] * len(DEBTOR_TYPES)
            continue
        shares = [segment.forgetful_share.value, segment.slow_share.value, segment.strained_share.value]
        shares.append(at_least_0(1.0 - total(shares)))
        whole = remainder if segment.share is None else segment.share.value
        flat += [whole * share for share in shares]
    together = np.array(np.broadcast_arrays(*flat))
    return together.reshape(len(SEGMENTS), len(DEBTOR_TYPES), *together.shape[1:])


def mean_activity(data: ScenarioData) -> NDArray[np.float64]:
    """Mean activity of each debtor type, relative to each other.

    Parameters
    ----------
    data : ScenarioData

    Returns
    -------
    float64 array, shape (types,)
        In the order of DEBTOR_TYPES.
    """
    return np.array([getattr(data.behaviour, kind).activity.value for kind in DEBTOR_TYPES])


def late_chance(data: ScenarioData, debtors: Debtors) -> NDArray[np.float64]:
    """Chance that each debtor (D,) is late with something in one invoice run.

    Parameters
    ----------
    data : ScenarioData
    debtors : Debtors
    """
    from scipy.special import expm1

    return np.asarray(-expm1(-late_rate(data, debtors.activity) * debtors.activity))


def late_rate(data: ScenarioData, activity: NDArray[np.float64]) -> float:
    """Rate at which a debtor of activity 1 is late with something in one run.

    Solved so that these very debtors are expected to be late with ``per_year * late_share`` claims a year, full runs and all
    (where lateness is a curve, with what is left of them at the hand-over).

    Parameters
    ----------
    data : ScenarioData
    activity : float64 array, shape (debtors,)
        How prone each debtor is to be late, without unit.

    Returns
    -------
    float
        Occasions a run for a debtor of activity 1.

    Raises
    ------
    ScenarioError
        When so many claims cannot come from so many debtors, whoever is drawn, or more invoices would be late than there are.
    """
    from scipy.special import expm1

    expected = Expected(data)
    wanted = data.invoices.per_year.value * handed_over_share(data, first_day(data)) / expected.runs_a_year
    if wanted == 0 or expected.invoices == 0:
        return 0.0
    _check_enough(data, wanted, expected)

    def chance(rate: float) -> NDArray[np.float64]:
        return np.asarray(-expm1(-rate * activity))

    occasions = wanted / expected.claims
    alone = _solved(lambda rate: float(chance(rate).sum()) - occasions)
    if alone < HIGHEST_RATE and expected.never_full(chance(alone)):
        return alone
    reachable = min(wanted, expected.invoices * (1 - NEGLIGIBLE))
    return _solved(lambda rate: expected.late(chance(rate)) - reachable)


def _solved(excess: Callable[[float], float]) -> float:
    """Where a rising function of the rate is 0; the highest rate where it never is."""
    from scipy.optimize import brentq

    high = 1.0
    while excess(high) < 0:
        if high == HIGHEST_RATE:
            return HIGHEST_RATE
        high = high * 4 if high < FAST else min(high * high, HIGHEST_RATE)
    if high < FAST:
        return float(brentq(excess, 0.0, high, xtol=1e-15, rtol=8.9e-16))
    return math.exp(brentq(lambda power: excess(math.exp(power)), 0.0, math.log(high), xtol=1e-12))


def _check_enough(data: ScenarioData, wanted: float, expected: Expected) -> None:
    """Refuse more claims than the debtors could be late with if each were late in every run.

    Judged on how many of them are expected to have any activity, not on who is drawn.
    """
    active = float(type_shares(data)[:, mean_activity(data) > 0].sum()) * half_up(data.debtors.number.value)
    if active >= expected.sizes[-1]:
        return
    every = np.append(np.ones(int(active)), active % 1)
    if active * expected.claims < wanted or expected.late(every) < wanted * (1 - SHORT):
        raise ScenarioError(
            Problem(
                file=data.name,
                key="debtors.number",
                value=data.debtors.number.value,
                allowed=phrase(
                    "enough debtors for {wanted:.0f} late occasions in each invoice run",
                    wanted=wanted / expected.claims,
                ),
                remedy="raise debtors.number or debtors.claims_per_occasion, or lower invoices.late_share",
            )
        )


def draw_debtors(data: ScenarioData, draws: Draws) -> Debtors:
    """Lasting traits, keyed by debtor number alone.

    Parameters
    ----------
    data : ScenarioData
    draws : Draws
        Only its seed, parameter draw and replication matter: a debtor keeps its traits when others are added.
    """
    from kravsim.stream.debtors_compiled import Population, draw_traits

    shares = type_shares(data)
    of_segment = shares.sum(axis=1)
    population = Population(
        key=np.array(draws.key(DRAW_DEBTOR), np.uint64),
        segments=np.cumsum(of_segment),
        last=int(np.flatnonzero(of_segment > 0)[-1]),
        types=np.cumsum(shares, axis=1) / np.maximum(of_segment[:, None], 1e-300),
        known=np.array([getattr(data.behaviour, name).known_at_kronofogden_share.value for name in DEBTOR_TYPES]),
        activity=mean_activity(data),
        logs=gamma_logs(data.debtors.activity_shape.value),
        tables=score_tables(),
    )
    n = half_up(data.debtors.number.value)
    segment, kind, known = np.empty((3, n), np.int64)
    activity = np.empty(n)
    draw_traits(population, segment, kind, known, activity)
    np.maximum(activity, LEAST_ACTIVITY * (population.activity > 0)[kind], out=activity)
    return Debtors(segment, kind, known, activity)
