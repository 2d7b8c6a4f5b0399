"""Published figures are those of one body: a scenario of another that inherits them is told so."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.properties.strategies import BASE, tiny

import kravsim as ks
from kravsim.scenario import Scenario, ScenarioWarning, load_scenario

ANOTHER = """extends = "jamtland-harjedalen-2017"
name = "another"

[body]
name = "Another region"
"""


def reconciled(scenario: Scenario) -> None:
    less = scenario.with_changes({"horizon.history_years": 0})
    ks.reconcile(less, replications=1, seed=1, workers=1, progress=False)


def test_a_body_that_has_its_own_targets_is_not_warned() -> None:
    reconciled(BASE)  # a warning is an error here


def test_targets_of_another_body_are_warned_of(tmp_path: Path) -> None:
    (tmp_path / "another.toml").write_text(ANOTHER, encoding="utf-8")
    said = (
        r"targets: got the figures of jamtland-harjedalen-2017\.toml; allowed figures of this body; replace \[targets\]"
    )
    with pytest.warns(ScenarioWarning, match=rf"{said}: body\.name no longer come from there"):
        reconciled(load_scenario(tmp_path / "another.toml"))


def test_so_are_targets_of_other_volumes() -> None:
    with pytest.warns(ScenarioWarning, match=r"\[targets\]: invoices\.per_year no longer come from there"):
        reconciled(tiny())
