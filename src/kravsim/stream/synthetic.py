"""Synthetic claims: each potential late payer may be late with a few invoices in each invoice run.

A debtor is late in a run with probability ``1 - exp(-rate * activity)``, activity being gamma distributed around the mean
of the debtor's type; the number of late claims is then geometric. The rate is solved so that the drawn debtors are expected
to be late with exactly ``per_year * late_share`` claims a year. The invoices paid on time are counted, never simulated.
`kravsim.stream.occasions` says how the draws are keyed.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kravsim.draws import Draws
from kravsim.errors import Problem, ScenarioError
from kravsim.quantiles import gamma_logs, score_tables
from kravsim.scenario import World
from kravsim.scenario.schema import ScenarioData
from kravsim.shares import at_least_0, total
from kravsim.stream.claims import hand_overs, lay_out
from kravsim.stream.occasions import draw_occasions
from kravsim.stream.stream import SEGMENTS, TYPES, Debtors, Stream
from kravsim.units import half_up

DEBTOR: Final = "debtor"
"""Purpose of the draws of a debtor's traits: number = debtor, a column each for segment, type, activity, known."""
HIGHEST_RATE = 1e9
"""A rate beyond which every debtor with any activity is late in every run."""


def generate(world: World, draws: Draws) -> Stream:
    """Make the claims of history and horizon.

    Raises
    ------
    ScenarioError
        When the wanted share of late invoices cannot be reached with the given debtors.
    RunError
        When a run draws more late claims than it has invoices, or a claim is for less than 1 öre.
    """
    data = world.data
    first = first_day(data)
    debtors = draw_debtors(data, draws)
    occasions = draw_occasions(
        late_chance(data, debtors),
        data.debtors.claims_per_occasion.value,
        range(first.year, data.horizon.end.year),
        12 * len(data.invoices.run_days),
        draws,
    )
    return lay_out(occasions, debtors, hand_overs(data, first), data, draws)


def first_day(data: ScenarioData) -> dt.date:
    """First day of the model's own history."""
    return dt.date(data.horizon.start.year - half_up(data.horizon.history_years.value), 1, 1)


def type_shares(data: ScenarioData) -> NDArray[np.float64]:
    """Share of debtors by segment (rows) and type (columns); rows sum to the segment's share.

    Where the scenario's values hold arrays (B,), the shape is (segments, types, B).
    """
    given = [segment.share.value for segment in data.debtors.segments.values() if segment.share is not None]
    remainder = at_least_0(1.0 - total(given))
    flat: list[float] = []
    for name in SEGMENTS:
        segment = data.debtors.segments.get(name)  # type: ignore[call-overload]
        if segment is None:
            flat += [0.0] * len(TYPES)
            continue
        shares = [segment.forgetful_share.value, segment.slow_share.value, segment.strained_share.value]
        shares.append(at_least_0(1.0 - total(shares)))
        whole = remainder if segment.share is None else segment.share.value
        flat += [whole * share for share in shares]
    together = np.array(np.broadcast_arrays(*flat))
    return together.reshape(len(SEGMENTS), len(TYPES), *together.shape[1:])


def mean_activity(data: ScenarioData) -> NDArray[np.float64]:
    """Mean activity of each debtor type, relative to each other."""
    return np.array([getattr(data.behaviour, kind).activity.value for kind in TYPES])


def late_chance(data: ScenarioData, debtors: Debtors) -> NDArray[np.float64]:
    """Chance that each debtor (D,) is late with something in one invoice run."""
    from scipy.special import expm1

    return np.asarray(-expm1(-late_rate(data, debtors.activity) * debtors.activity))


def late_rate(data: ScenarioData, activity: NDArray[np.float64]) -> float:
    """Rate at which a debtor of activity 1 is late with something in one run.

    Solved so that these very debtors are expected to be late with ``per_year * late_share`` claims a year.
    """
    from scipy.optimize import brentq
    from scipy.special import expm1

    runs_a_year = 12 * len(data.invoices.run_days)
    claims = data.invoices.per_year.value * data.invoices.late_share.value / runs_a_year
    occasions = claims / data.debtors.claims_per_occasion.value
    if occasions == 0:
        return 0.0

    def excess(rate: float) -> float:
        return float(-expm1(-rate * activity).sum()) - occasions

    high = 1.0
    while excess(high) < 0 and high < HIGHEST_RATE:
        high *= 4
    if excess(high) < 0:
        raise ScenarioError(
            Problem(
                file=data.name,
                key="debtors.number",
                value=data.debtors.number.value,
                allowed=f"enough debtors for {occasions:.0f} late occasions in each invoice run",
                remedy="raise debtors.number or debtors.activity_shape, or lower invoices.late_share",
            )
        )
    return float(brentq(excess, 0.0, high, xtol=1e-15, rtol=8.9e-16))


def draw_debtors(data: ScenarioData, draws: Draws) -> Debtors:
    """Lasting traits, keyed by debtor number alone."""
    from kravsim.stream.debtors_compiled import Population, draw_traits

    shares = type_shares(data)
    of_segment = shares.sum(axis=1)
    population = Population(
        key=np.array(draws.key(DEBTOR), np.uint64),
        segments=np.cumsum(of_segment),
        last=int(np.flatnonzero(of_segment > 0)[-1]),
        types=np.cumsum(shares, axis=1) / np.maximum(of_segment[:, None], 1e-300),
        known=np.array([getattr(data.behaviour, name).known_at_kronofogden_share.value for name in TYPES]),
        activity=mean_activity(data),
        logs=gamma_logs(data.debtors.activity_shape.value),
        tables=score_tables(),
    )
    n = half_up(data.debtors.number.value)
    segment, kind, known = np.empty((3, n), np.int64)
    activity = np.empty(n)
    draw_traits(population, segment, kind, known, activity)
    return Debtors(segment, kind, known, activity)
