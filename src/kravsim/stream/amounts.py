"""How large claims are: an amount of the tariff, or a lognormal one.

Care is charged by a tariff: visits, missed visits, days in hospital, what is left to the yearly ceiling. A claim is of one of
its steps with the step's share, and otherwise lognormal within its segment. Which of them is settled by a word of its own of
the claim's draw, so that a tariff moves no other claim's amount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kravsim.chance.quantiles import binary_spread, score_tables
from kravsim.chance.shares import at_least_0, total
from kravsim.stream.stream import SEGMENTS, Ints
from kravsim.units import ore

if TYPE_CHECKING:
    from kravsim.scenario.schema import ScenarioData
    from kravsim.stream.claims_compiled import Amounts


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
    steps = list(segment.tariff.values())
    rest = at_least_0(1.0 - total(step.share.value for step in steps))
    return total([*(step.share.value * step.amount_kr.value for step in steps), rest * segment.amount_mean_kr.value])


def amounts_of(data: ScenarioData, segment: Ints, key: tuple[int, int], ordinal: int, most_ore: int) -> Amounts:
    """Lay out the amounts of a scenario for compiled code.

    Parameters
    ----------
    data : ScenarioData
    segment : int64 array, shape (debtors,)
        Index into SEGMENTS of each debtor.
    key : tuple of two int
        Of the purpose of amounts.
    ordinal : int
        Day 0 as a proleptic ordinal.
    most_ore : int
        An amount beyond it is taken for the next öre.
    """
    from kravsim.stream.claims_compiled import Amounts

    specs = [data.debtors.segments.get(name) for name in SEGMENTS]  # type: ignore[call-overload]
    given = [(spec.amount_median_kr.value, spec.amount_mean_kr.value) if spec else (1.0, 1.0) for spec in specs]
    steps = [list(spec.tariff.values()) if spec else [] for spec in specs]
    return Amounts(
        segment=segment,
        spread=np.array([binary_spread(median, mean) for median, mean in given]),
        median_ore=np.array([100.0 * median for median, _ in given]),
        most_ore=float(most_ore),
        tables=score_tables(),
        key=np.array(key, np.uint64),
        ordinal=ordinal,
        first_step=np.cumsum([0, *map(len, steps)]),
        below=np.array(
            [limit for some in steps for limit in np.cumsum([step.share.value for step in some])], np.float64
        ),
        step_ore=np.array([max(1, ore(step.amount_kr.value)) for some in steps for step in some], np.int64),
    )
