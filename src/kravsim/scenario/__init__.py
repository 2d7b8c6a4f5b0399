"""The question: one world, several models, every number with unit, source and status."""

from __future__ import annotations

from kravsim.scenario.given import AnyScenario, checked_models, scenario_of, told_how_to_call
from kravsim.scenario.scenario import Scenario, ScenarioWarning, World, load_scenario, scenario_names

__all__ = [
    "AnyScenario",
    "Scenario",
    "ScenarioWarning",
    "World",
    "checked_models",
    "load_scenario",
    "scenario_names",
    "scenario_of",
    "told_how_to_call",
]
