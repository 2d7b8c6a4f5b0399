"""The parameter sets that are kept beside the bundled case: they fit it, and closed form still gives their figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kravsim.calibration.stored import file_name
from kravsim.expected import numbers
from kravsim.scenario import Scenario, library, load_scenario
from kravsim.studies import load_calibration
from kravsim.version import __version__

CASE = "jamtland-harjedalen-2017"
FILES = sorted(library.find(CASE).parent.glob(f"{CASE}.posterior-*.csv"))
LARGEST_IN_ALL = 1_000_000


@pytest.fixture(scope="module")
def case() -> Scenario:
    return load_scenario(CASE)


def test_they_are_small() -> None:
    assert FILES
    assert sum(path.stat().st_size for path in FILES) < LARGEST_IN_ALL


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem.rpartition("-")[2])
def test_a_stored_file_is_of_the_scenario_and_the_closed_form_as_they_are(case: Scenario, path: Path) -> None:
    """A change of either that moves a figure by more than a hundredth of its edge asks for a new calibration."""
    found = load_calibration(case, path)
    assert path.name == file_name(CASE, found.choice)
    assert len(found) == 200
    assert found.diagnosis.r_hat < 1.1
    assert found.diagnosis.power == 1
    assert "claims" not in {ridge.target for ridge in found.ridges}  # as many in every set: nothing is pinned
    few = {key: column[:4] for key, column in zip(found.keys, found.values.T, strict=True)}
    figures = numbers(found.scenario, "outsourced", few)
    for place, target in enumerate(found.targets.values()):
        assert target.edge is not None
        assert np.abs(figures[target.metric] - found.figures[:4, place]).max() < 0.01 * target.edge


@pytest.mark.parametrize("path", [path for path in FILES if path.stem[-1] in "CD"], ids=lambda path: path.stem[-1])
def test_readings_that_the_books_allow_meet_every_target(case: Scenario, path: Path) -> None:
    found = load_calibration(case, path)
    if found.version != __version__:
        pytest.skip(f"sets of {found.version}, which are told as such: the case is to be calibrated anew")
    assert found.conflict == ()
    assert all(fit.low <= fit.p50 <= fit.high for fit in found.fit)
    assert all(fit.inside_share > 0.7 for fit in found.fit)
