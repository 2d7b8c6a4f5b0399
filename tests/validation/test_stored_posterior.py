"""The parameter sets that are kept beside the bundled case: they fit it, and closed form still gives their figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kravsim.calibration.posterior import readings, usual_dimensions
from kravsim.calibration.stored import file_name
from kravsim.calibration.stored_file import PACKED
from kravsim.expected import numbers
from kravsim.scenario import Scenario, library, load_scenario
from kravsim.studies import load_calibration

CASE = "jamtland-harjedalen-2017"
FILES = sorted(library.find(CASE).parent.glob(f"{CASE}.posterior-*.csv*"))
NAMES = [path.name.removeprefix(f"{CASE}.posterior-").removesuffix(PACKED) for path in FILES]
LARGEST_IN_ALL = 8_000_000
LEAST_SETS, LEAST_EFFECTIVE, MOST_R_HAT, MOST_ERROR = 2000, 400, 1.05, 0.3
"""What was wanted before they were found (docs/decisions/2026-11-29-calibrating-six-readings.md)."""
UNSURE_EVIDENCE = {"E-three_years", "E-ten_years"}
"""Where the error wanted of the log evidence was not reached: one prior draw in 10^14 there. No answer uses it."""


@pytest.fixture(scope="module")
def case() -> Scenario:
    return load_scenario(CASE)


def test_every_reading_has_them_under_every_rule_and_they_are_small(case: Scenario) -> None:
    choices = [choice for choice, _ in readings(case, usual_dimensions(case))]
    assert {path.name for path in FILES} == {file_name(CASE, choice, PACKED) for choice in choices}
    assert len(FILES) == 12
    assert sum(path.stat().st_size for path in FILES) < LARGEST_IN_ALL


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_stored_file_is_of_the_scenario_and_the_closed_form_as_they_are(case: Scenario, path: Path) -> None:
    """A change of either that moves a figure by more than a hundredth of its edge asks for a new calibration."""
    found = load_calibration(case, path)
    assert len(found) >= LEAST_SETS
    diagnosis = found.diagnosis
    assert not diagnosis.thin
    assert diagnosis.ess >= LEAST_EFFECTIVE
    assert diagnosis.r_hat < MOST_R_HAT
    assert (diagnosis.log_evidence_error < MOST_ERROR) == (found.name not in UNSURE_EVIDENCE)
    assert diagnosis.power == 1
    assert "claims" not in {ridge.target for ridge in found.ridges}  # as many in every set: nothing is pinned
    few = {key: column[:4] for key, column in zip(found.keys, found.values.T, strict=True)}
    figures = numbers(found.scenario, "outsourced", few)
    for place, target in enumerate(found.targets.values()):
        assert target.edge is not None
        assert np.abs(figures[target.metric] - found.figures[:4, place]).max() < 0.01 * target.edge


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_accuracy_that_was_wanted_is_reached(case: Scenario, path: Path) -> None:
    """On average over the sets; and every target is reached by most of them."""
    found = load_calibration(case, path)
    assert found.conflict == ()
    mean = dict(zip(found.targets, found.figures.mean(axis=0), strict=True))
    assert abs(mean["claims"] / 16_586 - 1) < 0.01
    assert abs(mean["success"] - 0.55) < 0.01
    assert abs(mean["books_net"] - 200_000) < 50_000
    assert abs(mean["interest"] / 250_000 - 1) < 0.2
