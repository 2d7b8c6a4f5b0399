"""Who is handed over: cases and claims a hand-over by class of debtor, and what the principal of a case is.

Debtors are late with something in a run with probability 1 - exp(-rate x activity), the activity gamma distributed, so that
every chance of being late is a Laplace transform of the gamma distribution: closed form. Claims of an occasion are
geometric.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.batch import Batch
from kravsim.expected.weights import Calendar
from kravsim.stream.amounts import rest_mean_kr
from kravsim.stream.handed_over import handed_over
from kravsim.stream.stream import DEBTOR_TYPES, SEGMENTS
from kravsim.stream.synthetic import type_shares

Floats = NDArray[np.float64]

MOST_OCCASIONS = 4
"""Occasions of a debtor in one hand-over that are told apart in the distribution of a case's principal."""
BISECTIONS = 60


@dataclass(frozen=True, eq=False)
class Arrivals:
    """What a mean hand-over brings; sets are the last axis.

    Attributes
    ----------
    cases : (segments, types, 2, B)
        By segment, type and known at Kronofogden.
    claims_per_case : (types, B)
    occasions : (types, MOST_OCCASIONS, B)
        Chance of 1, 2, ... occasions in a case; the last takes those of more.
    count_var : (types, B)
        Variance of the claims of a case.
    debtors : (types, B)
        Debtors of a type, late or not.
    activity_shape : (B,)
    late_a_year : (B,)
        Late claims a year.
    possible : (B,) bool
        Whether there are debtors enough to be late so often.
    no_more_than_all : (B,) bool
        Whether no run hands over more invoices than it has.
    paid_before : (segments, types, 2, B)
        Cases beside these that are paid before they would be handed over, after a reminder of the model's own.
    """

    cases: Floats
    claims_per_case: Floats
    occasions: Floats
    count_var: Floats
    debtors: Floats
    activity_shape: Floats
    late_a_year: Floats
    possible: NDArray[np.bool_]
    no_more_than_all: NDArray[np.bool_]
    paid_before: Floats

    def without(self, paid: Floats) -> Arrivals:
        """What is handed over where a share of the cases (segments, types, 2, B) is paid before.

        Parameters
        ----------
        paid : float64 array, shape (segments, types, 2, B)
            Of 1, by class.
        """
        return replace(self, cases=self.cases * (1 - paid), paid_before=self.cases * paid)


def arrivals(batch: Batch, calendar: Calendar) -> Arrivals:
    """Work out what is handed over.

    Parameters
    ----------
    batch : Batch
        B sets of numbers.
    calendar : Calendar
        Hand-overs in time, shared by the sets.
    """
    view, array = batch.view, batch.array
    shape, mean_count = array(view.debtors.activity_shape.value), array(view.debtors.claims_per_occasion.value)
    number = array(view.debtors.number.value)
    activity = np.array([array(getattr(view.behaviour, kind).activity.value) for kind in DEBTOR_TYPES])
    known = np.array([array(getattr(view.behaviour, kind).known_at_kronofogden_share.value) for kind in DEBTOR_TYPES])
    population = type_shares(view)
    population = np.broadcast_to(population.reshape(*population.shape[:2], -1), (*population.shape[:2], len(number)))
    of_type = population.sum(axis=0)
    share = handed_over(view, calendar.first)
    a_year = array(view.invoices.per_year.value) * array(share.mean)
    wanted = a_year / (12 * len(view.invoices.run_days)) / mean_count / number
    rate, possible = _rate(wanted, of_type, activity, shape)

    def laplace(times: float) -> Floats:
        """Chance (types, B) that nothing happens in so many runs."""
        return np.asarray((1 + times * rate * activity / shape) ** -shape)

    runs, how_often = np.unique(calendar.hand_over_runs, return_counts=True)
    weight = how_often / how_often.sum()
    late = 1 - laplace(1)
    occasions_each = float((weight * runs).sum()) * late
    both = 1 - 2 * laplace(1) + laplace(2)
    pairs = float((weight * runs * (runs - 1)).sum()) * both
    chance = np.array(
        [sum(w * _chance(int(r), k, laplace) for r, w in zip(runs, weight, strict=True)) for k in range(MOST_OCCASIONS)]
    )
    any_occasion = 1 - chance[0]
    more = any_occasion - chance[1:].sum(axis=0)
    if view.debtors.coordinate:
        cases_each, per_case = any_occasion, mean_count * occasions_each / np.maximum(any_occasion, 1e-300)
        mix = np.array([*chance[1:], np.maximum(more, 0.0)]) / np.maximum(any_occasion, 1e-300)
        mean_occasions = occasions_each / np.maximum(any_occasion, 1e-300)
        occasion_var = (pairs + occasions_each) / np.maximum(any_occasion, 1e-300) - mean_occasions**2
        count_var = mean_occasions * mean_count * (mean_count - 1) + np.maximum(occasion_var, 0.0) * mean_count**2
    else:
        cases_each, per_case = mean_count * occasions_each, np.ones_like(occasions_each)
        mix = np.zeros((MOST_OCCASIONS, *occasions_each.shape))
        mix[0] = 1.0
        count_var = np.zeros_like(occasions_each)
    share_known = np.array([1 - known, known])
    by_class = np.einsum("stb,ktb->stkb", number * population * cases_each, share_known)
    return Arrivals(
        cases=by_class,
        claims_per_case=per_case,
        occasions=np.ascontiguousarray(mix.transpose(1, 0, 2)),
        count_var=count_var,
        debtors=number * of_type,
        activity_shape=shape,
        late_a_year=a_year,
        possible=possible,
        no_more_than_all=np.broadcast_to(share.possible, possible.shape),
        paid_before=np.zeros_like(by_class),
    )


def _chance(runs: int, occasions: int, laplace: Callable[[int], Floats]) -> Floats:
    """Chance (types, B) of exactly so many occasions in so many runs of one debtor."""
    if occasions > runs:
        return np.zeros_like(laplace(0))
    terms = [
        math.comb(runs, occasions) * math.comb(occasions, i) * (-1) ** i * laplace(runs - occasions + i)
        for i in range(occasions + 1)
    ]
    return np.asarray(sum(terms))


def _rate(wanted: Floats, of_type: Floats, activity: Floats, shape: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Rate at which a debtor of activity 1 is late in a run, so that ``wanted`` of all debtors are (B,).

    The share that is late rises with the rate towards that of the debtors with any activity: bisection of its logarithm.
    """
    most = (of_type * (activity > 0)).sum(axis=0)
    possible = wanted < most
    low, high = np.full(len(wanted), -30.0), np.full(len(wanted), 30.0)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        late = (of_type * (1 - (1 + np.exp(middle) * activity / shape) ** -shape)).sum(axis=0)
        low, high = np.where(late < wanted, middle, low), np.where(late < wanted, high, middle)
    rate = np.where(wanted > 0, np.exp((low + high) / 2), 0.0)
    return rate, possible


@dataclass(frozen=True, eq=False)
class ClaimAmounts:
    """The principal of a claim by segment.

    Attributes
    ----------
    mean, cv2 : (segments, B)
        Mean in kr and squared coefficient of variation, tariff and all.
    rest_mean, rest_spread, rest : (segments, B)
        Of the claims of no step: mean in kr, standard deviation of the logarithm, and share.
    steps : (segments, steps, 2, B)
        Amount in kr and share of each step of a tariff; as many to each segment, of share 0 where it has fewer.
    """

    mean: Floats
    cv2: Floats
    rest_mean: Floats
    rest_spread: Floats
    rest: Floats
    steps: Floats


def amounts(batch: Batch) -> ClaimAmounts:
    """Work out how large the claims of each segment are.

    Parameters
    ----------
    batch : Batch
        B sets of numbers.
    """
    shape = (len(SEGMENTS), len(batch.which))
    known = [batch.view.debtors.segments.get(name) for name in SEGMENTS]  # type: ignore[call-overload]
    most = max((len(segment.tariff) for segment in known if segment is not None), default=0)
    mean, spread, steps = np.ones(shape), np.zeros(shape), np.zeros((len(SEGMENTS), most, 2, len(batch.which)))
    for index, segment in enumerate(known):
        if segment is not None:
            mean[index] = rest_mean_kr(segment)
            ratio = batch.array(segment.amount_mean_kr.value) / batch.array(segment.amount_median_kr.value)
            spread[index] = np.sqrt(2 * np.log(ratio))
            for place, step in enumerate(segment.tariff.values()):
                steps[index, place, 0], steps[index, place, 1] = step.amount_kr.value, step.share.value
    kr, share = steps[:, :, 0], steps[:, :, 1]
    rest = np.maximum(1.0 - share.sum(axis=1), 0.0)
    whole = (share * kr).sum(axis=1) + rest * mean
    square = (share * kr**2).sum(axis=1) + rest * mean**2 * np.exp(spread**2)
    return ClaimAmounts(whole, np.maximum(square / whole**2 - 1.0, 0.0), mean, spread, rest, steps)
