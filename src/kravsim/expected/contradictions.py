"""Sets of numbers that cannot stand together: rules of a scenario file between its values, for many sets at once.

Where one number must not exceed another, a set in which it does is refused, as in a file; so is a mean claim that the steps
of the tariff do not allow. Shares that sum to more than 1 make a world impossible, like answers that do: its numbers are
missing, and say why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, ScenarioError, Words
from kravsim.phrases import phrase
from kravsim.scenario.rules import TOLERANCE, mean_fits_tariff, of_tariff
from kravsim.scenario.schema import ScenarioData
from kravsim.scenario.values import Value
from kravsim.units import DAYS_A_YEAR

Floats = NDArray[np.float64]


class Order(NamedTuple):
    """A number that another must not exceed.

    Parameters
    ----------
    lesser, greater : (str, float)
        Dotted keys, and what stands there where nothing is put.
    times : float
        How many units of the lesser a unit of the greater is.
    strict : bool
        Whether both must not be the same, either.
    """

    lesser: tuple[str, float]
    greater: tuple[str, float]
    times: float = 1.0
    strict: bool = False


def refuse_contradictions(data: ScenarioData, arrays: Mapping[str, Floats], where: str) -> None:
    """Refuse sets in which a number exceeds one that it must not exceed.

    Parameters
    ----------
    data : ScenarioData
        What stands where nothing is put.
    arrays : mapping of dotted key to float64 array, shape (B,)
        What is put.
    where : str
        What errors call the place.

    Raises
    ------
    ScenarioError
        With the first set of each pair of keys that contradict each other.
    """
    problems = []
    for order in _orders(data):
        (low, below), (high, above) = order.lesser, order.greater
        if low not in arrays and high not in arrays:
            continue
        least, most = np.broadcast_arrays(arrays.get(low, below), arrays.get(high, above))
        most = most * order.times
        wrong = np.flatnonzero(least >= most if order.strict else least > most)
        if wrong.size:
            at = int(wrong[0])
            got = Words(
                phrase(
                    "{least:g} in set {at}, beside {high} = {most:g}",
                    least=least[at],
                    at=at,
                    high=high,
                    most=most[at] / order.times,
                )
            )
            allowed = phrase("must not exceed {key}", key=high)
            if order.strict:
                allowed = phrase("must be shorter than {key}", key=high)
            remedy = "change one of them; a scenario file with both is refused, too"
            problems.append(Problem(where, low, got, allowed, remedy))
    problems += _of_tariffs(data, arrays, where)
    if problems:
        raise ScenarioError(problems)


def _of_tariffs(data: ScenarioData, arrays: Mapping[str, Floats], where: str) -> Iterator[Problem]:
    """The first set of each segment whose mean claim is not what its tariff allows."""
    for kind, segment in data.debtors.segments.items():
        key = f"debtors.segments.{kind}"
        mean = f"{key}.amount_mean_kr"
        put = [one for one in arrays if segment.tariff and (one == mean or one.startswith(f"{key}.tariff."))]
        if not put:
            continue

        def given(name: str, value: Value, within: str = key) -> SimpleNamespace:
            return SimpleNamespace(value=arrays.get(f"{within}.{name}", value.value))

        here: Any = SimpleNamespace(
            amount_mean_kr=given("amount_mean_kr", segment.amount_mean_kr),
            tariff={
                name: SimpleNamespace(
                    amount_kr=given(f"tariff.{name}.amount_kr", step.amount_kr),
                    share=given(f"tariff.{name}.share", step.share),
                )
                for name, step in segment.tariff.items()
            },
        )
        kr, in_steps = of_tariff(here)
        wrong = ~np.asarray(mean_fits_tariff(here)) & (np.asarray(in_steps) <= 1 + TOLERANCE)
        means, brought, shares, wrong = np.broadcast_arrays(here.amount_mean_kr.value, kr, in_steps, wrong)
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            got = Words(
                phrase(
                    "{mean:g} in set {at}, beside {steps} whose steps bring {kr:.10g} kr of the mean claim",
                    mean=means[at],
                    at=at,
                    steps=f"{key}.tariff",
                    kr=brought[at],
                )
            )
            allowed = "must be more than the steps of the tariff bring"
            if 1 - shares[at] <= TOLERANCE:
                allowed = "must be what the steps bring where every claim is of the tariff"
            yield Problem(where, mean, got, allowed, "change one of them; a scenario file with both is refused, too")


def _orders(data: ScenarioData) -> Iterator[Order]:
    def pair(section: str, lesser: tuple[str, Value], greater: tuple[str, Value]) -> Order:
        (low, below), (high, above) = lesser, greater
        return Order((f"{section}.{low}", below.value), (f"{section}.{high}", above.value))

    margin, policy = data.timing.interruption_margin_days.value, data.policy
    for kind, segment in data.debtors.segments.items():
        key = f"debtors.segments.{kind}"
        yield pair(key, ("amount_median_kr", segment.amount_median_kr), ("amount_mean_kr", segment.amount_mean_kr))
        limitation = f"{key}.limitation_years", segment.years_of_limitation()
        yield Order(("timing.interruption_margin_days", margin), limitation, DAYS_A_YEAR, strict=True)
    late = "value_adjustment_days", policy.value_adjustment_days
    yield pair("policy", late, ("write_down_days", policy.write_down_days))
    for name, model in data.models.items():
        commission = None if model.contract is None else model.contract.commission
        if commission is not None and commission.least_kr is not None and commission.most_kr is not None:
            key = f"models.{name}.contract.commission"
            yield pair(key, ("least_kr", commission.least_kr), ("most_kr", commission.most_kr))
        for pool, staff in model.staff.items():
            if staff.posts is not None:
                key = f"models.{name}.staff.{pool}.posts"
                yield pair(key, ("least_fte", staff.posts.least_fte), ("most_fte", staff.posts.most_fte))


def shares_fit(view: ScenarioData, n: int) -> NDArray[np.bool_]:
    """Whether segments, their types of debtors and the steps of their tariffs are no more than all there is: (B,).

    Parameters
    ----------
    view : ScenarioData
        Or the view of a batch.
    n : int
        How many sets there are.
    """
    segments = view.debtors.segments.values()
    sums = [sum(one.share.value for one in segments if one.share is not None)]
    for one in segments:
        sums.append(one.forgetful_share.value + one.slow_share.value + one.strained_share.value)
        sums.append(sum(step.share.value for step in one.tariff.values()))
    fine = np.ones(n, bool)
    for total in sums:
        fine &= np.asarray(total) <= 1 + TOLERANCE
    return fine
