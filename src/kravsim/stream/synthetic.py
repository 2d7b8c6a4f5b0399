"""Synthetic claims: each potential late payer may be late with a few invoices in each invoice run.

A debtor is late in a run with probability ``1 - exp(-rate * activity)``, activity being gamma distributed around the mean
of the debtor's type; the number of late claims is then geometric. The rate is solved so that the drawn debtors are expected
to be late with exactly ``per_year * late_share`` claims a year. Draws are keyed by (run, debtor), so one more run, debtor or
claim changes nobody else's. The invoices paid on time are counted, never simulated.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
from numpy.typing import NDArray

from kravsim.distributions import at_least_0, inverse, total
from kravsim.draws import Draws
from kravsim.errors import Problem, RunError, ScenarioError
from kravsim.scenario import World
from kravsim.scenario.schema import Debtors as DebtorTraits
from kravsim.scenario.schema import ScenarioData
from kravsim.stream.stream import SEGMENTS, TYPES, Cases, Claims, Debtors, Ints, Runs, Stream, debtor_class

CLAIMS_PER_OCCASION_CAP = 64
"""Room for claims of one debtor in one run in the numbering of claims; more raises."""
HIGHEST_RATE = 1e9
"""A rate beyond which every debtor with any activity is late in every run."""


def generate(world: World, draws: Draws) -> Stream:
    """Make the claims of history and horizon.

    Raises
    ------
    ScenarioError
        When the wanted share of late invoices cannot be reached with the given debtors.
    RunError
        When a run draws more late claims than it has invoices, or a debtor more claims than can be numbered.
    """
    data = world.data
    first = first_day(data)
    n_days = (data.horizon.end - first).days
    debtors = draw_debtors(data, draws)
    chance = late_chance(data, debtors)
    run_days = [day for day in range(n_days) if (first + dt.timedelta(day)).day in data.invoices.run_days]

    parts = [late_in_run(first.toordinal() + day, day, chance, data.debtors, draws) for day in run_days]
    run, debtor, number = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    runs = _count_runs(data, first, run_days, [len(part[0]) for part in parts])
    principal = _amounts(data, debtors.segment[debtor], draws, run + first.toordinal(), number)
    hand_over = hand_over_days(data, first, n_days, run_days)[np.searchsorted(run_days, run)]

    handed = hand_over < n_days
    claims = Claims(
        case=np.zeros(int(handed.sum()), np.int64),
        debtor=debtor[handed],
        run=run[handed],
        number=number[handed],
        principal_ore=principal[handed],
        due_day=run[handed] + round(data.invoices.terms_days.value),
        hand_over_day=hand_over[handed],
    )
    claims, cases = _coordinate(claims, debtors, coordinate=data.debtors.coordinate, first=first)
    return Stream(first, n_days, runs, debtors, claims, cases, int((~handed).sum()))


def first_day(data: ScenarioData) -> dt.date:
    """First day of the model's own history."""
    return dt.date(data.horizon.start.year - round(data.horizon.history_years.value), 1, 1)


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
    uniforms = draws.bulk("debtor", 0, round(data.debtors.number.value))
    shares = type_shares(data)
    segment = _pick(np.cumsum(shares.sum(axis=1)), uniforms[:, 0])
    within = np.cumsum(shares, axis=1) / np.maximum(shares.sum(axis=1, keepdims=True), 1e-300)
    kind = (uniforms[:, 1, None] >= within[segment, :-1]).sum(axis=1).astype(np.int64)
    known_share = np.array([getattr(data.behaviour, name).known_at_kronofogden_share.value for name in TYPES])
    known = (uniforms[:, 3] < known_share[kind]).astype(np.int64)
    spread = inverse("gamma", uniforms[:, 2], shape=data.debtors.activity_shape.value, mean=1.0)
    return Debtors(segment, kind, known, spread * mean_activity(data)[kind])


def late_in_run(
    ordinal: int, day: int, chance: NDArray[np.float64], traits: DebtorTraits, draws: Draws
) -> tuple[Ints, Ints, Ints]:
    """Late claims of one invoice run: arrays of run day, debtor and number within the run."""
    from scipy.special import log1p

    uniforms = draws.bulk("late", ordinal, len(chance))
    debtor = np.flatnonzero(uniforms[:, 0] < chance)
    more = 1.0 - 1.0 / traits.claims_per_occasion.value
    if more > 0:
        extra = np.floor(log1p(uniforms[debtor, 1] - 1.0) / math.log(more)).astype(np.int64)
    else:
        extra = np.zeros(len(debtor), np.int64)
    if len(extra) and extra.max() >= CLAIMS_PER_OCCASION_CAP:
        raise RunError(
            Problem(
                file="",
                key="debtors.claims_per_occasion",
                value=traits.claims_per_occasion.value,
                allowed=f"at most {CLAIMS_PER_OCCASION_CAP} claims of a debtor in one invoice run",
                remedy="lower claims_per_occasion",
            )
        )
    count = 1 + extra
    which = np.repeat(np.arange(len(debtor)), count)
    order = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    number = debtor[which] * CLAIMS_PER_OCCASION_CAP + order
    return np.full(len(which), day, np.int64), debtor[which].astype(np.int64), number.astype(np.int64)


def _pick(cumulative: NDArray[np.float64], uniforms: NDArray[np.float64]) -> Ints:
    """Category of each uniform; the last category with any share takes what rounding leaves."""
    last = int(np.flatnonzero(np.diff(cumulative, prepend=0.0) > 0)[-1])
    return np.minimum(np.searchsorted(cumulative, uniforms, side="right"), last).astype(np.int64)


def _count_runs(data: ScenarioData, first: dt.date, run_days: list[int], late: list[int]) -> Runs:
    """Spread the year's invoices evenly over its runs, the remainder on the first of them."""
    per_year = round(data.invoices.per_year.value)
    runs_a_year = 12 * len(data.invoices.run_days)
    base, remainder = divmod(per_year, runs_a_year)
    position = np.arange(len(run_days)) % runs_a_year
    invoices = np.where(position < remainder, base + 1, base).astype(np.int64)
    short = [i for i, count in enumerate(late) if count > invoices[i]]
    if short:
        when = first + dt.timedelta(run_days[short[0]])
        raise RunError(
            Problem(
                file=data.name,
                key="invoices.late_share",
                value=late[short[0]],
                allowed=f"at most {invoices[short[0]]} late claims in the run of {when}",
                remedy="lower invoices.late_share or raise invoices.per_year",
            )
        )
    return Runs(np.array(run_days, np.int64), invoices, np.array(late, np.int64))


def _amounts(data: ScenarioData, segment: Ints, draws: Draws, ordinal: Ints, number: Ints) -> Ints:
    """Principal in öre, lognormal within each segment."""
    uniforms = draws.uniforms("amount", ordinal, number)[:, 0]
    amounts = np.zeros(len(segment), np.int64)
    for index, name in enumerate(SEGMENTS):
        mine = segment == index
        if mine.any():
            spec = data.debtors.segments[name]  # type: ignore[index]
            kr = inverse(
                "lognormal", uniforms[mine], median=spec.amount_median_kr.value, mean=spec.amount_mean_kr.value
            )
            amounts[mine] = np.floor(kr * 100 + 0.5).astype(np.int64)
    if len(amounts) and amounts.min() < 1:
        raise RunError(
            Problem(
                file=data.name,
                key="debtors.segments",
                value=int(amounts.min()),
                allowed="claims of at least 1 öre",
                remedy="raise amount_median_kr, or bring it nearer to amount_mean_kr",
            )
        )
    return amounts


def hand_over_days(data: ScenarioData, first: dt.date, n_days: int, run_days: list[int]) -> Ints:
    """Day on which each run's unpaid claims are handed over: the first hand-over day at or past the minimum age."""
    age = round(data.invoices.hand_over_min_age_days.value)
    if data.invoices.age_basis == "due_date":
        age += round(data.invoices.terms_days.value)
    reach = n_days + age + 62
    hand_overs = [d for d in range(reach) if (first + dt.timedelta(d)).day == data.invoices.hand_over_day]
    earliest = np.array(run_days, np.int64) + age
    return np.array(hand_overs, np.int64)[np.searchsorted(hand_overs, earliest)]


def _coordinate(claims: Claims, debtors: Debtors, *, coordinate: bool, first: dt.date) -> tuple[Claims, Cases]:
    """Group claims into cases and put both in their canonical order."""
    order = np.lexsort((claims.number, claims.run, claims.debtor, claims.hand_over_day))
    day, debtor = claims.hand_over_day[order], claims.debtor[order]
    run, number = claims.run[order], claims.number[order]
    starts = np.ones(len(order), bool)
    if coordinate:
        starts[1:] = (day[1:] != day[:-1]) | (debtor[1:] != debtor[:-1])
    case = np.cumsum(starts) - 1
    opening = np.flatnonzero(starts)
    principal = claims.principal_ore[order]
    totals = np.add.reduceat(principal, opening) if len(opening) else np.zeros(0, np.int64)
    ordinal = first.toordinal()
    who = debtor[opening]
    cases = Cases(
        debtor=who,
        klass=debtor_class(debtors.segment[who], debtors.kind[who], debtors.known[who]),
        hand_over_day=day[opening],
        principal_ore=totals,
        run=(day[opening] if coordinate else run[opening]) + ordinal,
        number=who if coordinate else number[opening],
        first_claim=np.append(opening, len(order)).astype(np.int64),
    )
    ordered = Claims(case, debtor, run, number, principal, claims.due_day[order], day)
    return ordered, cases
