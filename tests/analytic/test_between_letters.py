"""Who pays between letters, in closed form: as in simulation, and the same in a batch as alone."""

from __future__ import annotations

import numpy as np
import pytest

import kravsim as ks
from kravsim.expected import numbers

SHARES = {"forgetful": 0.5, "slow": 0.4, "strained": 0.2, "insolvent": 0.1}
LATE: dict[str, object] = {
    f"behaviour.{kind}.{letter}_late_paid_share": share
    for kind, share in SHARES.items()
    for letter in ("reminder", "demand")
}
CASE = ks.load_scenario("jamtland-harjedalen-2017").with_changes(LATE).with_changes({"horizon.history_years": 2})
WAITS: dict[str, object] = {"timing.reminder_grace_days": 25, "timing.demand_grace_days": 40}
NAMES = (
    "success_share",
    "success_share_kr",
    "interest_kr",
    "budget_demand_fees_kr",
    "agency_margin_kr",
    "kronofogden_applications",
    "step_demand",
    "step_residue",
    "closing_principal_kr",
)


@pytest.mark.parametrize("changes", [{}, {"policy.residue_floor_kr": 40, "policy.interest_from": "reminder"}])
def test_as_in_simulation(changes: dict[str, object]) -> None:
    scenario, replications = CASE.with_changes(WAITS | changes), 16
    found = numbers(scenario, "outsourced", {})
    frame = ks.simulate(scenario, model="outsourced", replications=replications, seed=5, workers=1).to_frame()
    for name in NAMES:
        mean, error = frame[name].mean(), frame[name].std(ddof=1) / replications**0.5
        assert abs(float(np.ravel(found[name])[0]) - mean) < 5 * error + 0.004 * abs(mean), name


def test_each_set_of_a_batch_has_its_own_wait() -> None:
    key = "timing.demand_grace_days"
    waits = [10.0, 14.0, 20.0, 60.0]
    together = numbers(CASE, "outsourced", {key: np.array(waits)})
    for place, wait in enumerate(waits):
        alone = numbers(CASE, "outsourced", {key: np.array([wait])})
        for name in NAMES:
            assert together[name][place] == pytest.approx(alone[name][0], rel=1e-12), name
    assert (np.diff(together["kronofogden_applications"]) < 0).all()
