"""From late occasions to claims and cases in their canonical order, compiled.

Occasions come debtor by debtor and in order of time, so that `by_hand_over` needs no sort: a place for every hand-over is
counted first, then filled in one pass. `fill_claims` then writes its many columns from first to last, which is several times
as fast as to many places at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.philox_compiled import philox4x64
from kravsim.chance.quantiles import ScoreTables
from kravsim.chance.quantiles_compiled import lognormal, uniform
from kravsim.jit_compiled import compiled
from kravsim.stream.occasions_compiled import OCCASION_CLAIMS, OCCASION_DEBTOR, OCCASION_RUN

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


class Dates(NamedTuple):
    """The calendar that turns runs into days, all counted from day 0.

    Attributes
    ----------
    run_day : int64 array, shape (runs,)
        Day of each run, since day 0.
    """

    run_day: Ints
    due_day: Ints
    """Due day of the invoices of each run."""
    batch_of_run: Ints
    """Index of the hand-over of each run."""
    batch_day: Ints
    """Day of each hand-over within the horizon."""
    ordinal: int
    """Day 0 as a proleptic ordinal."""


class Amounts(NamedTuple):
    """How large claims are: of a step of the segment's tariff, else lognormal within each segment of debtors."""

    segment: Ints
    """Of each debtor."""
    spread: NDArray[np.float64]
    """Of each segment: the standard deviation of the binary logarithm."""
    median_ore: NDArray[np.float64]
    most_ore: float
    """An amount beyond it is taken for the next öre: the sum is checked."""
    tables: ScoreTables
    key: Words
    """Of the purpose of amounts, two words."""
    first_step: Ints
    """Segment s has the steps ``first_step[s]`` up to ``first_step[s + 1]`` of a tariff."""
    below: NDArray[np.float64]
    """Of each step, the share of the segment's claims that are of it or one before."""
    step_ore: Ints


class ClaimColumns(NamedTuple):
    """The claims to be filled, each of length C; see :class:`kravsim.stream.stream.Claims`.

    Attributes
    ----------
    case, debtor, run, number, principal_ore, due_day, hand_over_day : int64 array, shape (C,)
        Days since day 0; öre.
    """

    case: Ints
    debtor: Ints
    run: Ints
    number: Ints
    principal_ore: Ints
    due_day: Ints
    hand_over_day: Ints


class CaseColumns(NamedTuple):
    """The cases to be filled, each of length N, `first_claim` one longer; see :class:`kravsim.stream.stream.Cases`.

    Attributes
    ----------
    debtor, hand_over_day, principal_ore, run, number : int64 array, shape (N,)
        Days since day 0, but ``run``, which is a proleptic ordinal; öre.
    first_claim : int64 array, shape (N + 1,)
        Index of the first claim of each case, then the number of claims.
    """

    debtor: Ints
    hand_over_day: Ints
    principal_ore: Ints
    run: Ints
    number: Ints
    first_claim: Ints


@compiled
def count_places(
    occasions: NDArray[np.int32],
    batch_of_run: Ints,
    coordinate: bool,
    places: Ints,
    claims: Ints,
    cases: Ints,
    late: Ints,
) -> None:
    """Count occasions, claims and cases of each hand-over, and late claims of each run; all four arrays begin at 0.

    Parameters
    ----------
    occasions : int32 array, shape (n, 3)
        In order of debtor and run.
    batch_of_run : int64 array, shape (runs,)
        Index of the hand-over of each run, not decreasing.
    coordinate : bool
        Whether all claims of a debtor in one hand-over make one case.
    places, claims, cases : int64 array, shape (hand-overs,)
        Filled: occasions, claims and cases of each hand-over.
    late : int64 array, shape (runs,)
        Filled: late claims of each run.
    """
    debtor, batch = -1, -1
    for occasion in range(len(occasions)):
        run, count = occasions[occasion, OCCASION_RUN], occasions[occasion, OCCASION_CLAIMS]
        late[run] += count
        opens = occasions[occasion, OCCASION_DEBTOR] != debtor or batch_of_run[run] != batch
        debtor, batch = int(occasions[occasion, OCCASION_DEBTOR]), int(batch_of_run[run])
        places[batch] += 1
        claims[batch] += count
        if not coordinate:
            cases[batch] += count
        elif opens:
            cases[batch] += 1


@compiled
def by_hand_over(occasions: NDArray[np.int32], batch_of_run: Ints, next_place: Ints, out: NDArray[np.int32]) -> None:
    """Put occasions in order of (hand-over, debtor, run).

    Parameters
    ----------
    occasions : int32 array, shape (n, 3)
        In order of debtor and run.
    batch_of_run : int64 array, shape (runs,)
        Index of the hand-over of each run, not decreasing.
    next_place : int64 array, shape (hand-overs,)
        First place of each hand-over; left at the place after its last.
    out : int32 array, shape (n, 3)
        Filled: the same rows in order of (hand-over, debtor, run).
    """
    for occasion in range(len(occasions)):
        batch = batch_of_run[occasions[occasion, OCCASION_RUN]]
        at = next_place[batch]
        next_place[batch] += 1
        out[at, OCCASION_DEBTOR], out[at, OCCASION_RUN] = (
            occasions[occasion, OCCASION_DEBTOR],
            occasions[occasion, OCCASION_RUN],
        )
        out[at, OCCASION_CLAIMS] = occasions[occasion, OCCASION_CLAIMS]


@compiled
def fill_claims(
    occasions: NDArray[np.int32],
    dates: Dates,
    amounts: Amounts,
    coordinate: bool,
    most: int,
    claims: ClaimColumns,
    cases: CaseColumns,
) -> None:
    """Write claims and cases in order of (hand-over day, debtor, run, number).

    Parameters
    ----------
    occasions : int32 array, shape (n, 3)
        In order of (hand-over, debtor, run), none of a hand-over beyond the horizon.
    dates : Dates
        Run, due and hand-over days.
    amounts : Amounts
        How large claims are, by segment. The bits are those of ``Draws.bits`` with the run as an ordinal and the claim's
        number.
    coordinate : bool
        Whether all claims of a debtor in one hand-over make one case.
    most : int
        Numbers that a debtor has in one run: the claim's number is the debtor's times this, plus its place.
    claims : ClaimColumns
        Filled: the claims, C rows.
    cases : CaseColumns
        Filled: the cases, N rows; ``principal_ore`` is the sum of the case's claims.
    """
    last_debtor, last_batch = -1, -1
    claim = case = 0
    for occasion in range(len(occasions)):
        debtor, run = int(occasions[occasion, OCCASION_DEBTOR]), occasions[occasion, OCCASION_RUN]
        batch = int(dates.batch_of_run[run])
        opens = not coordinate or debtor != last_debtor or batch != last_batch
        last_debtor, last_batch = debtor, batch
        segment = amounts.segment[debtor]
        run_day, due_day, batch_day = dates.run_day[run], dates.due_day[run], dates.batch_day[batch]
        for place in range(occasions[occasion, OCCASION_CLAIMS]):
            number = debtor * most + place
            if opens:
                cases.debtor[case] = debtor
                cases.hand_over_day[case] = batch_day
                cases.principal_ore[case] = 0
                cases.run[case] = (batch_day if coordinate else run_day) + dates.ordinal
                cases.number[case] = debtor if coordinate else number
                cases.first_claim[case] = claim
                case += 1
                opens = not coordinate
            first, second, _, _ = philox4x64(number, run_day + dates.ordinal, 0, 0, amounts.key[0], amounts.key[1])
            principal = _principal_of(amounts, segment, np.uint64(first), np.uint64(second))
            claims.case[claim] = case - 1
            claims.debtor[claim] = debtor
            claims.run[claim] = run_day
            claims.number[claim] = number
            claims.principal_ore[claim] = principal
            claims.due_day[claim] = due_day
            claims.hand_over_day[claim] = batch_day
            cases.principal_ore[case - 1] += principal
            claim += 1


@compiled
def _principal_of(amounts: Amounts, segment: int, first: np.uint64, second: np.uint64) -> int:
    """Öre of a claim, at least 1: the step of the tariff that its second word of bits gives, else lognormal by the first."""
    step, last = amounts.first_step[segment], amounts.first_step[segment + 1]
    if step < last:
        luck = uniform(second)
        while step < last and luck >= amounts.below[step]:
            step += 1
        if step < last:
            return int(amounts.step_ore[step])
    number = lognormal(first, amounts.spread[segment], amounts.tables)
    return int(max(min(number * amounts.median_ore[segment], amounts.most_ore + 1) + 0.5, 1.0))
