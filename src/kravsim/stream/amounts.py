"""How large claims are: an amount of the tariff, or a lognormal one.

Care is charged by a tariff: visits, missed visits, days in hospital, what is left to the yearly ceiling. A claim is of one of
its steps with the step's share, and otherwise lognormal within its segment, with the mean that the tariff leaves of all
claims'. Which it is comes from a word of its own of the claim's draw, so that a tariff moves all others in one proportion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kravsim.chance.quantiles import binary_spread, score_tables
from kravsim.chance.shares import SHARE_TOLERANCE, at_least_0
from kravsim.scenario.rules import of_tariff
from kravsim.stream.stream import SEGMENTS, Ints
from kravsim.units import ore

if TYPE_CHECKING:
    from kravsim.scenario.schema import ScenarioData
    from kravsim.stream.claims_compiled import Amounts


def tariffed_kr(segment: Any) -> tuple[Any, Any]:
    """What the steps of a segment's tariff bring of the mean claim, and which share of claims is of none of them.

    Parameters
    ----------
    segment : Segment
        Of the scenario, or anything that reads like it.

    Returns
    -------
    kr, rest : float or array
        Kronor of the mean claim, and a share; arrays where the segment's values hold arrays.
    """
    kr, in_steps = of_tariff(segment)
    return kr, at_least_0(1.0 - in_steps)


def rest_mean_kr(segment: Any) -> Any:
    """Mean of a segment's claims of no step, so that all of its claims have the mean ``amount_mean_kr``.

    Parameters
    ----------
    segment : Segment
        Of the scenario, or anything that reads like it.

    Returns
    -------
    float or array
        Kronor, more than 0 (a mean that the steps alone reach is refused); ``amount_mean_kr`` where there is no tariff, and
        where every claim is of it.
    """
    mean = segment.amount_mean_kr.value
    if not segment.tariff:
        return mean
    kr, rest = tariffed_kr(segment)
    left = (mean - kr) / np.maximum(rest, SHARE_TOLERANCE)
    found = np.where(np.asarray(rest) > SHARE_TOLERANCE, left, mean)
    return found if found.ndim else float(found)


def mean_amount_kr(segment: Any) -> Any:
    """Mean of a claim of a segment, tariff and all; an array where its values hold arrays.

    Parameters
    ----------
    segment : Segment
        Of the scenario, or anything that reads like it.

    Returns
    -------
    float or array
        Kronor.
    """
    kr, rest = tariffed_kr(segment)
    return kr + rest * rest_mean_kr(segment)


def amounts_of(data: ScenarioData, segment: Ints, key: tuple[int, int], most_ore: int) -> Amounts:
    """Lay out the amounts of a scenario for compiled code.

    Parameters
    ----------
    data : ScenarioData
    segment : int64 array, shape (debtors,)
        Index into SEGMENTS of each debtor.
    key : tuple of two int
        Of the purpose of amounts.
    most_ore : int
        An amount beyond it is taken for the next öre.
    """
    from kravsim.stream.claims_compiled import Amounts

    specs = [data.debtors.segments.get(name) for name in SEGMENTS]  # type: ignore[call-overload]
    given = [_of_no_step(spec) if spec else (1.0, 1.0) for spec in specs]
    steps = [list(spec.tariff.values()) if spec else [] for spec in specs]
    return Amounts(
        segment=segment,
        spread=np.array([binary_spread(median, mean) for median, mean in given]),
        median_ore=np.array([100.0 * median for median, _ in given]),
        most_ore=float(most_ore),
        tables=score_tables(),
        key=np.array(key, np.uint64),
        first_step=np.cumsum([0, *map(len, steps)]),
        below=np.array(
            [limit for some in steps for limit in np.cumsum([step.share.value for step in some])], np.float64
        ),
        step_ore=np.array([max(1, ore(step.amount_kr.value)) for some in steps for step in some], np.int64),
    )


def _of_no_step(segment: Any) -> tuple[float, float]:
    """Median and mean, in kronor, of a segment's claims of no step: as far from one another as the segment's own."""
    mean = rest_mean_kr(segment)
    return segment.amount_median_kr.value * (mean / segment.amount_mean_kr.value), mean
