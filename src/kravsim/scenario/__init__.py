"""The question: one world, several models, every number with unit, source and status."""

from __future__ import annotations

from kravsim.scenario.given import (
    AnyScenario,
    all_checked,
    checked_call,
    checked_models,
    named_models,
    scenario_of,
    truth_of,
)
from kravsim.scenario.scenario import Scenario, ScenarioWarning, World, load_scenario, scenario_names

__all__ = [
    "AnyScenario",
    "Scenario",
    "ScenarioWarning",
    "World",
    "all_checked",
    "checked_call",
    "checked_models",
    "load_scenario",
    "named_models",
    "scenario_names",
    "scenario_of",
    "truth_of",
]
