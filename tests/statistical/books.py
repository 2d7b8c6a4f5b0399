"""A small forward model for calibration tests: the case's four targets from a dozen of its numbers, in closed form.

Not the case's physics, but its difficulty: many numbers, few figures, a product that only fixes a product.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt

from kravsim.scenario import Scenario, load_scenario

Floats = npt.NDArray[np.float64]
CASE = "jamtland-harjedalen-2017"
CLAIMS = 16_586.0
MEAN = "debtors.segments.private.amount_mean_kr"
WATCHED = "behaviour.strained.surveillance_paid_per_year"
REMINDED = "behaviour.forgetful.reminder_paid_share"
DEMANDED = "behaviour.forgetful.demand_paid_share"
PER_OCCASION = "debtors.claims_per_occasion"
SERVICE = "models.outsourced.contract.it_service_per_year_kr"


def toy(scenario: Scenario, model: str, values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Figures of the outsourced model: success, fees by cases, interest as principal x time."""
    assert model == "outsourced"
    reminded, demanded = values[REMINDED], values[DEMANDED]
    success = 0.62 * reminded + 0.1 * demanded + 0.1 * values["behaviour.slow.reminder_paid_share"]
    fees = (
        180
        * CLAIMS
        * 0.485
        * (1 - reminded)
        * demanded
        / (values[PER_OCCASION] if scenario.data.debtors.coordinate else 1)
    )
    return {
        "claims": np.full(len(reminded), CLAIMS),
        "success_share": success,
        "success_share_kr": success + 0.01,
        "success_share_of_demands": success - 0.01,
        "books_net_kr": fees + 130_000 - values[SERVICE],
        "interest_kr": CLAIMS * 0.6 * values[MEAN] * values[WATCHED],
    }


NUMBERS = (REMINDED, DEMANDED, "behaviour.slow.reminder_paid_share", PER_OCCASION, SERVICE, MEAN, WATCHED)
"""All that `toy` looks at."""
BESIDE = (
    "timing.demand_grace_days",
    "behaviour.slow.demand_paid_share",
    "debtors.segments.private.amount_median_kr",
    "models.own_reminders.contract.it_service_per_year_kr",
    "models.in_house.staff.handlers.fte",
)
"""Numbers that it does not look at, some of which hang with those that it does."""


@cache
def case(*uncertain: str) -> Scenario:
    """The case with these numbers uncertain and no others."""
    whole = load_scenario(CASE)
    return whole.with_changes(
        {key: value.value for key, (value, _) in whole.prior.numbers.items() if key not in uncertain}
    )
