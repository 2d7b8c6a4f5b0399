"""Time passes: the same plan, the same draws, the same event log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase, together

if TYPE_CHECKING:
    from kravsim.engine.events import CaseInput, EventLog
    from kravsim.models.plan import Plan

ENGINES = ("compiled", "simpy")
DEFAULT_ENGINE = "compiled"
DEFAULT_REPLICATIONS = {"compiled": 200, "simpy": 6}
"""Replications run when the caller does not say: what each engine can do in a minute or two on the real case."""


def get_engine(name: str) -> Callable[[Plan, CaseInput], EventLog]:
    """The engine of this name.

    Parameters
    ----------
    name : str
        One of ENGINES.

    Raises
    ------
    ScenarioError
        When there is no such engine.
    """
    if checked_engine(name) == "compiled":
        from kravsim.engine import engine_compiled

        return engine_compiled.run
    from kravsim.engine import simpy_engine

    return simpy_engine.run


def checked_engine(name: str) -> str:
    """The name itself, when there is such an engine.

    Parameters
    ----------
    name : str
        As the user gave it.

    Raises
    ------
    ScenarioError
        When there is none.
    """
    if name not in ENGINES:
        raise ScenarioError(
            Problem("", "engine", name, together(*ENGINES, between=phrase(" or ")), "choose a known engine")
        )
    return name


def __getattr__(name: str) -> object:
    """Load ``serve`` when asked for, so that importing kravsim does not load SimPy."""
    if name == "serve":
        from kravsim.engine.queue import serve

        return serve
    raise AttributeError(name)


__all__ = ["DEFAULT_ENGINE", "DEFAULT_REPLICATIONS", "ENGINES", "checked_engine", "get_engine", "serve"]


def __dir__() -> list[str]:
    return sorted(__all__)
