"""Cash by month of one run: what the region receives less pays, line by line, with what a year costs in the months it is for.

The books have pay, premises and prices by the year on the last day of the year. Here each month has its part: of pay by the
minutes that are paid in it, of premises by those of the posts, of prices by the days of the arrangement that has them. What
is booked for a year is the sum of its months, to the öre.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.ledger.accounts import LINE, Ints
from kravsim.ledger.rules import amounts, in_force
from kravsim.settling.months import LINES_OF_THE_YEAR, OF_THE_YEAR, ON_ITS_DAY, month_of_day
from kravsim.settling.tally import Tally
from kravsim.units import ore

if TYPE_CHECKING:
    from kravsim.models.arranged import Arranged
    from kravsim.models.plan import Plan, PoolPlan
    from kravsim.scenario.schema import Model, ScenarioData
    from kravsim.stream.stream import Stream

Weights = list[Fraction]
Share = tuple[int, NDArray[np.float64], NDArray[np.float64]]
ROUNDED_ORE = 10
"""Most öre by which amounts that are each rounded may miss what they come to together."""
PAY, PREMISES = "staff_pay", "staff_overhead"


class Span(NamedTuple):
    """A model that holds from a day up to another, not counted, with its staff."""

    model: Model
    staff: Sequence[PoolPlan]
    first: int
    last: int


def spans_of(data: ScenarioData, plan: Plan, arranged: Arranged | None, n_days: int) -> list[Span]:
    """Which model holds on which days.

    Parameters
    ----------
    data : ScenarioData
        Of the world.
    plan : Plan
        Of the run; looked at where it is of one model.
    arranged : Arranged or None
        Of a sequence.
    n_days : int
        Days in all.
    """
    if arranged is None:
        return [Span(data.models[plan.model], plan.pools, 0, n_days)]
    return [Span(data.models[part.model], part.staff, part.first, part.last) for part in arranged.parts]


def cash_by_month(tally: Tally, spans: Sequence[Span], stream: Stream, start: int) -> Ints:
    """Öre that the region receives less pays by month of the horizon and line.

    Parameters
    ----------
    tally : Tally
        Of the run.
    spans : sequence of Span
        Which model holds when.
    stream : Stream
        Of the run.
    start : int
        Day on which the horizon begins, since day 0.

    Returns
    -------
    int64 array, shape (months, lines)
        Every month, 0 where nothing moves; lines as in ``kravsim.ledger.accounts.LINES``.
    """
    month = month_of_day(stream, start)
    found: Ints = tally.months[ON_ITS_DAY].copy()
    year: Ints = np.arange(len(found), dtype=np.int64) // 12  # the horizon begins in January
    for name in LINES_OF_THE_YEAR:
        booked = tally.months[OF_THE_YEAR, :, LINE[name]]
        if booked.any():
            found[:, LINE[name]] += _in_months(booked, _weights(name, spans, start, month, year), year)
    return found


def _weights(name: str, spans: Sequence[Span], start: int, month: Ints, year: Ints) -> Weights:
    """What a line would come to in each month, unrounded: so a year's amount is shared out."""
    found = [Fraction(0)] * len(year)
    days = np.arange(start, start + len(month))
    for span in spans:
        mine = (days >= span.first) & (days < span.last)
        if not mine.any():
            continue
        for amount, of_day, of_year in _of_span(name, span, start, len(month)):
            whole = np.bincount(year[month], weights=of_year, minlength=int(year[-1]) + 1)
            part = np.bincount(month[mine], weights=of_day[mine], minlength=len(year))
            for number, (piece, of) in enumerate(zip(part.tolist(), whole[year].tolist(), strict=True)):
                if piece:
                    found[number] += Fraction(amount * int(piece), int(of))
    return found


def _of_span(name: str, span: Span, start: int, days: int) -> list[Share]:
    """Amounts by the year of a line, with what each day of the horizon has of it, and a year together."""
    alike = np.ones(days)
    if name in {PAY, PREMISES}:
        return [_of_team(name, span, pool, start) for pool in span.staff]
    return [
        (amount, alike, alike)
        for _, rule in in_force(span.model)
        if rule.line == name and rule.trigger == "year_end"
        for amount in amounts(rule, span.model).values()
    ]


def _of_team(name: str, span: Span, pool: PoolPlan, start: int) -> Share:
    """Pay of a team by the minutes that are paid, premises by those of the posts that it still has."""
    terms = span.model.staff[pool.name]
    share = terms.overhead_share.value if name == PREMISES else 1.0
    amount = ore(terms.fte.value * terms.pay_per_fte_kr.value * share)
    paid, vacant = (
        minutes[:, start:].sum(axis=0).astype(float) for minutes in (pool.paid_minutes, pool.vacant_minutes)
    )
    if not paid.any():
        alike = np.ones(len(paid))
        return amount, alike, alike
    of_posts = paid + vacant
    if name == PAY:
        return amount, paid, of_posts
    there = of_posts.copy()
    for minutes, ended in zip(pool.vacant_minutes, pool.ended_from.tolist(), strict=False):
        there[max(0, ended - start) :] -= minutes[max(start, ended) :]
    return amount, there, of_posts


def _in_months(booked: Ints, weights: Weights, year: Ints) -> Ints:
    """What is booked in the last month of each year, shared out over its months; the year's sum is kept.

    Where the weights are the amounts themselves, a month does not depend on the later ones of its year: what rounding has
    left of the year is in its last month.
    """
    found = np.zeros_like(booked)
    for number in range(int(year[-1]) + 1):
        months = np.flatnonzero(year == number)
        total, sums = int(booked[months].sum()), [Fraction(0)]
        for month in months.tolist():
            sums.append(sums[-1] + weights[month])
        if not sums[-1]:
            sums = [Fraction(place) for place in range(len(months) + 1)]
        scale = Fraction(-1) if abs(sums[-1] + total) <= ROUNDED_ORE else total / sums[-1]
        found[months] = np.diff([*(_nearest(scale * part) for part in sums[:-1]), total])
    return found


def _nearest(amount: Fraction) -> int:
    whole = (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
    return int(whole)
