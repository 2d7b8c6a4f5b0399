"""The question: one world, several models, every number with unit, source and status."""

from __future__ import annotations

from kravsim.scenario.scenario import Scenario, ScenarioWarning, World, load_scenario, scenario_names

__all__ = ["Scenario", "ScenarioWarning", "World", "load_scenario", "scenario_names"]
