"""What the principal of a case does that a mean does not tell: floors, part payments, instalments, reports of interest.

The principal of a case is a sum of a geometric number of lognormal claims. Below a floor it is found by Panjer's recursion on
a lattice; for part payments it is represented by equally likely means of a lognormal with the mean and variance of the sum.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.walk_compiled import PART_KINDS
from kravsim.jit_compiled import apart, compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LATTICE = 24
N_POINTS = 6
"""Equally likely values that stand for the principal of a case."""
N_SHARES = 4
"""Equally likely values that stand for the share of a balance that a part payment covers."""
N_FEES = 6
"""Costs of a case in the order in which they arise: reminder, demand, other early fees, application, own work, outlays."""
COMPONENT_COSTS, COMPONENT_INTEREST, COMPONENT_PRINCIPAL = range(3)


class CaseKr(NamedTuple):
    """Principal of a case.

    ``points`` (B, types, segments, N_POINTS): equally likely values in kr that stand for it; ``weight`` (B, types, segments).
    """

    points: Floats
    weight: Floats


class ClaimKr(NamedTuple):
    """Principal of a claim: of a step of the tariff, else lognormal.

    ``mean`` and ``spread`` (B, segments) of the lognormal ones, and their share ``rest``; ``steps`` (B, segments, steps, 2):
    amount in kr and share of each step.
    """

    mean: Floats
    spread: Floats
    rest: Floats
    steps: Floats


class Instalments(NamedTuple):
    """An instalment plan: ``kept`` (B, types), the chance that one is kept, and how many (B,) there are.

    ``fees`` (N_FEES,) are owed when it begins and a ``notice`` is added by each; ``growth`` (B, 2): interest a krona and day,
    and days of it before the hand-over; ``start``, ``every`` (B,): age at the first notice, and days between.
    """

    kept: Floats
    number: Ints
    fees: Floats
    notice: float
    growth: Floats
    start: Floats
    every: Floats


@apart
def normal_below(z: float) -> float:
    """Probability below ``z``.

    Parameters
    ----------
    z : float
        A standard normal quantile.
    """
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


@apart
def claim_below(x: float, mean: float, spread: float) -> float:
    """Probability that a lognormal claim is below ``x``, from its mean and the standard deviation of its logarithm.

    Parameters
    ----------
    x, mean : float
        Kronor; ``mean`` is above 0.
    spread : float
        Standard deviation of the natural logarithm, 0 for a constant.
    """
    if x <= 0.0:
        return 0.0
    above_median = math.log(x / mean) + 0.5 * spread * spread
    if spread <= 0.0:
        return 1.0 if above_median > 0.0 else 0.0
    return normal_below(above_median / spread)


@compiled
def below_floor(
    floor: Floats, claim: ClaimKr, count: Floats, occasions: Floats, workspace: Floats, found: Floats
) -> None:
    """Cases whose principal is below a floor: their share, claims and principal, of a case.

    Parameters
    ----------
    floor : float64 array, shape (B,)
        Kronor; 0 where there is none.
    claim : ClaimKr
        How large the claims of each segment are.
    count : float64 array, shape (B,)
        Mean claims of an occasion; 1 where every claim is a case of its own.
    occasions : float64 array, shape (B, types, k)
        Chance that a case is of 1, 2 ... k occasions.
    workspace : float64 array, shape (k + 1, 2, LATTICE + 1)
        Working space: of sums over 1, 2, ... occasions, density and density times claims.
    found : float64 array, shape (B, types, segments, 3)
        Filled where there is a floor.
    """
    for b in range(len(floor)):
        if floor[b] <= 0.0:
            continue
        width = floor[b] / LATTICE
        last = 1.0 / count[b]
        for s in range(claim.mean.shape[1]):
            _one_claim(width, claim, b, s, workspace[-1, 0])
            _one_occasion(last, workspace)
            for k in range(1, occasions.shape[2]):
                _one_more(workspace, k)
            for t in range(occasions.shape[1]):
                for k in range(occasions.shape[2]):
                    for j in range(LATTICE + 1):
                        part = occasions[b, t, k] * (0.5 if j == LATTICE else 1.0)
                        found[b, t, s, 0] += part * workspace[k, 0, j]
                        found[b, t, s, 1] += part * workspace[k, 1, j]
                        found[b, t, s, 2] += part * workspace[k, 0, j] * j * width


@compiled
def _one_claim(width: float, claim: ClaimKr, b: int, s: int, single: Floats) -> None:
    """Masses of one claim by cell; a step of the tariff lies between two, its mean kept, and never reaches into the last."""
    below = 0.0
    for j in range(LATTICE + 1):
        above = claim_below((j + 0.5) * width, claim.mean[b, s], claim.spread[b, s])
        single[j] = claim.rest[b, s] * (above - below)
        below = above
    for step in range(claim.steps.shape[2]):
        at, share = claim.steps[b, s, step, 0] / width, claim.steps[b, s, step, 1]
        if at < LATTICE:
            cell = int(at)
            way = at - cell if cell + 1 < LATTICE else 0.0
            single[cell] += share * (1.0 - way)
            if way > 0.0:
                single[cell + 1] += share * way


@compiled
def _one_occasion(last: float, workspace: Floats) -> None:
    """Panjer's recursion for a geometric number of claims, of which each is the last with probability ``last``."""
    single = workspace[-1, 0]  # cell masses of one claim
    more = 1.0 - last
    stay = 1.0 / (1.0 - more * single[0])
    for j in range(LATTICE + 1):
        density, claims = last * single[j], 0.0
        for i in range(1, j + 1):
            density += more * single[i] * workspace[0, 0, j - i]
            claims += more * single[i] * workspace[0, 1, j - i]
        workspace[0, 0, j] = density * stay
        workspace[0, 1, j] = (workspace[0, 0, j] + claims) * stay


@compiled
def _one_more(workspace: Floats, k: int) -> None:
    """Sums over one more occasion."""
    for j in range(LATTICE + 1):
        density = claims = 0.0
        for i in range(j + 1):
            density += workspace[0, 0, i] * workspace[k - 1, 0, j - i]
            claims += workspace[0, 1, i] * workspace[k - 1, 0, j - i] + workspace[0, 0, i] * workspace[k - 1, 1, j - i]
        workspace[k, 0, j] = density
        workspace[k, 1, j] = claims


@compiled
def points_of(mean: Floats, spread: Floats, edges: Floats, points: Floats) -> None:
    """Means of equally likely parts of lognormals with these means and log spreads (n,), into ``points`` (n, N_POINTS).

    ``edges`` (N_POINTS + 1,) are normal quantiles.

    Parameters
    ----------
    mean : float64 array, shape (n,)
        Kronor.
    spread : float64 array, shape (n,)
        Standard deviations of the natural logarithm.
    edges : float64 array, shape (N_POINTS + 1,)
        Normal quantiles of 0, 1 / N_POINTS ... 1.
    points : float64 array, shape (n, N_POINTS)
        Filled, in kronor.
    """
    for n in range(len(mean)):
        below = 0.0
        for i in range(N_POINTS):
            upto = normal_below(edges[i + 1] - spread[n]) if spread[n] > 0.0 else (i + 1) / N_POINTS
            points[n, i] = mean[n] * (upto - below) * N_POINTS if spread[n] > 0.0 else mean[n]
            below = upto


@apart
def allocate(rest: float, due: Floats, order: Ints, paid: Floats) -> None:
    """Allocate a payment: outlays of enforcement, then fees (in their order), interest and principal in the creditor's order.

    ``due`` and ``paid`` (PART_KINDS,): the fees, interest, principal.

    Parameters
    ----------
    rest : float
        The payment in kronor.
    due : float64 array, shape (PART_KINDS,)
        Kronor owed of each kind.
    order : int64 array, shape (3,)
        COMPONENT_COSTS, COMPONENT_INTEREST and COMPONENT_PRINCIPAL in the creditor's order.
    paid : float64 array, shape (PART_KINDS,)
        Filled: kronor paid of each kind.
    """
    paid[:] = 0.0
    paid[N_FEES - 1] = min(rest, due[N_FEES - 1])
    rest -= paid[N_FEES - 1]
    for place in range(3):
        component = order[place]
        if component == COMPONENT_COSTS:
            for kind in range(N_FEES - 1):
                paid[kind] = min(rest, due[kind])
                rest -= paid[kind]
        else:
            kind = N_FEES if component == COMPONENT_INTEREST else N_FEES + 1
            paid[kind] = min(rest, due[kind])
            rest -= paid[kind]


@compiled
def part_shares(
    fees: Floats,
    interest: Floats,
    cases: CaseKr,
    covered: Floats,
    order: Ints,
    workspace: Floats,
    found: Floats,
) -> None:
    """Share of each debt that a part payment covers, on average over principal and over the share it covers.

    Parameters
    ----------
    fees : float64 array, shape (B, types, P, N_FEES)
        Owed, by profile.
    interest : float64 array, shape (B, types, P)
        Owed, in kr a krona of principal.
    cases : CaseKr
        Principal of the cases.
    covered : float64 array, shape (P, N_SHARES)
        Shares of the balance that a payment of the profile covers.
    order : int64 array, shape (3,)
        COMPONENT_COSTS, COMPONENT_INTEREST and COMPONENT_PRINCIPAL in the creditor's order.
    workspace : float64 array, shape (3, PART_KINDS)
        Working space.
    found : float64 array, shape (B, types, P, PART_KINDS)
        Filled: shares of each debt.
    """
    due, paid, owed = workspace[0], workspace[1], workspace[2]
    for b in range(fees.shape[0]):
        for t in range(fees.shape[1]):
            for p in range(fees.shape[2]):
                owed[:] = 0.0
                for s in range(cases.weight.shape[2]):
                    weight = cases.weight[b, t, s]
                    if weight <= 0.0:
                        continue
                    for i in range(N_POINTS):
                        balance, principal = 0.0, cases.points[b, t, s, i]
                        for kind in range(N_FEES):
                            due[kind] = fees[b, t, p, kind]
                        due[N_FEES], due[N_FEES + 1] = interest[b, t, p] * principal, principal
                        for kind in range(PART_KINDS):
                            balance += due[kind]
                            owed[kind] += weight * due[kind] * N_SHARES
                        for j in range(N_SHARES):
                            allocate(covered[p, j] * balance, due, order, paid)
                            for kind in range(PART_KINDS):
                                found[b, t, p, kind] += weight * paid[kind]
                for kind in range(PART_KINDS):
                    found[b, t, p, kind] = found[b, t, p, kind] / owed[kind] if owed[kind] > 0.0 else 0.0


@compiled
def follow(plan: Instalments, cases: CaseKr, order: Ints, workspace: Floats, paid_by: Floats, left: Floats) -> None:
    """Follow accepted instalment plans: what each instalment pays, and what is owed when one is missed.

    Parameters
    ----------
    plan : Instalments
        The plans.
    cases : CaseKr
        Principal of the cases.
    order : int64 array, shape (3,)
        COMPONENT_COSTS, COMPONENT_INTEREST and COMPONENT_PRINCIPAL in the creditor's order.
    workspace : float64 array, shape (3, PART_KINDS)
        Working space.
    paid_by : float64 array, shape (B, types, I, PART_KINDS)
        Paid at each instalment, of a plan that was accepted.
    left : float64 array, shape (B, types, I, PART_KINDS)
        Owed when an instalment is missed, times the chance of that; of interest, what differs from that on the principal
        left since its due date.
    """
    due = workspace[0]
    for b in range(plan.kept.shape[0]):
        for t in range(plan.kept.shape[1]):
            for s in range(cases.weight.shape[2]):
                if cases.weight[b, t, s] <= 0.0:
                    continue
                for i in range(N_POINTS):
                    for kind in range(N_FEES):
                        due[kind] = plan.fees[kind]
                    due[N_FEES], due[N_FEES + 1] = 0.0, cases.points[b, t, s, i]
                    _instalments(
                        plan, order, workspace, b, t, cases.weight[b, t, s] / N_POINTS, paid_by[b, t], left[b, t]
                    )


@compiled
def _instalments(
    plan: Instalments, order: Ints, workspace: Floats, b: int, t: int, chance: float, paid_by: Floats, left: Floats
) -> None:
    """Follow one plan from what is ``due`` in ``workspace`` when it begins."""
    due, paid = workspace[0], workspace[1]
    rate, before = plan.growth[b, 0], plan.growth[b, 1]
    since = -before
    for n in range(plan.number[b]):
        due[2] += plan.notice
        missed = chance * (1.0 - plan.kept[b, t])
        for kind in range(PART_KINDS):
            left[n, kind] += missed * due[kind]
        left[n, N_FEES] -= missed * due[N_FEES + 1] * rate * (since + before)
        chance *= plan.kept[b, t]
        now = plan.start[b] + (n + 1) * plan.every[b]
        due[N_FEES] += due[N_FEES + 1] * rate * max(now - since, 0.0)
        since = now
        balance = 0.0
        for kind in range(PART_KINDS):
            balance += due[kind]
        allocate(balance / (plan.number[b] - n), due, order, paid)
        for kind in range(PART_KINDS):
            paid_by[n, kind] += chance * paid[kind]
            due[kind] -= paid[kind]
