"""Published figures that a scenario names: whether there is such a figure, found before anything is simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kravsim.errors import Problem, Words
from kravsim.measures.measures import unit_of
from kravsim.measures.summary import figure_names
from kravsim.phrases import phrase
from kravsim.scenario.limits import short
from kravsim.scenario.nearest import did_you_mean

if TYPE_CHECKING:
    from kravsim.scenario import Scenario

PAYROLL: Final = "payroll_kr"
"""Arithmetic, not simulation: see :class:`kravsim.scenario.schema.Target`."""


def target_problems(scenario: Scenario) -> list[Problem]:
    """List the targets whose figure no run has, or cannot lie where it is said to.

    Parameters
    ----------
    scenario : Scenario
        Its ``targets`` are looked at; nothing is simulated.

    Returns
    -------
    list of Problem
        Empty when all is well.
    """
    known = figure_names()
    found: list[Problem] = []
    for name, target in scenario.data.targets.items():
        key = f"targets.{name}.metric"
        if target.metric == PAYROLL:
            if not scenario.data.models[target.model].staff:
                allowed = phrase("a model with staff, which {model} has not", model=target.model)
                found.append(Problem(scenario.name, key, target.metric, allowed, "name another model or figure"))
        elif target.metric not in known:
            remedy = did_you_mean(target.metric, known) or phrase(
                "such as {names}; all: {known}", names=", ".join(known[:3]), known=", ".join(known)
            )
            allowed = "a figure of a calendar year, by its name in run.to_frame()"
            found.append(Problem(scenario.name, key, target.metric, allowed, remedy))
        if unit_of(target.metric) == "share" and max(abs(target.low), abs(target.high)) > 1:
            interval = Words(phrase("{min} to {max}", min=short(target.low), max=short(target.high)))
            remedy = phrase("did you mean {low} to {high}?", low=short(target.low / 100), high=short(target.high / 100))
            found.append(Problem(scenario.name, f"targets.{name}", interval, "an interval of a share, 0 to 1", remedy))
    return found
