"""An agency that chooses, in closed form: as in simulation, cases that are given back among them."""

from __future__ import annotations

import numpy as np
import pytest

import kravsim as ks
from kravsim.expected import numbers

CASE = ks.load_scenario("agency-chooses").with_changes({"horizon.history_years": 2})
NAMES = (
    "success_share",
    "interest_kr",
    "kronofogden_applications",
    "end_unwatched",
    "step_surveillance",
    "step_residue",
    "closing_principal_kr",
    "agency_margin_kr",
)


@pytest.mark.parametrize("model", ["outsourced", "commission", "framework_2014"])
def test_as_in_simulation(model: str) -> None:
    """Under the framework the region reminds, and asks for residues of its reminders from 50 kr; the agency asks for none."""
    replications = 16
    case = CASE.with_changes({"policy.residue_floor_kr": 50}) if model == "framework_2014" else CASE
    found = numbers(case, model, {})
    frame = ks.simulate(case, model=model, replications=replications, seed=5, workers=1).to_frame()
    for name in NAMES:
        mean, error = frame[name].mean(), frame[name].std(ddof=1) / replications**0.5
        assert abs(float(np.ravel(found[name])[0]) - mean) <= 5 * error + 0.01 * abs(mean), name
    assert frame["end_unwatched"].mean() > 0
    assert (frame["step_residue"].mean() > 0) == (model != "commission")  # which leaves the agency nothing of one
