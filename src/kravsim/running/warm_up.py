"""Compile all loops beforehand: two processes side by side, since one compiles one loop at a time.

Machine code depends on the types of what a loop is given, so it is made by doing what needs it, on a small year.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait
from contextlib import suppress
from typing import Final

from kravsim.chance.draws import Draws
from kravsim.errors import OutputError, Problem
from kravsim.flow import booked, logged, one_run, run_model, setting
from kravsim.interrupts import stop_if_requested
from kravsim.models import build_plan
from kravsim.running.workers import is_daemonic, processes
from kravsim.scenario import Scenario, ScenarioWarning, load_scenario, scenario_names
from kravsim.sizing.machine import available_cpus
from kravsim.speech import language, speaking

CASE: Final = "jamtland-harjedalen-2017"
INVOICES_A_YEAR: Final = 2000
_LOOK: Final = 0.5


def warm_up(cpus: int | None = None) -> None:
    """Compile what any bundled scenario needs, and keep it; what is kept already takes no time.

    Parameters
    ----------
    cpus : int, optional
        Processors to use, of which two are of use; all that the process may use when left out.

    Raises
    ------
    OutputError
        When machine code cannot be kept.
    """
    from kravsim.settling.settle_compiled import is_ready

    if not is_ready() and (cpus or available_cpus()) > 1 and not is_daemonic():
        with suppress(BrokenExecutor):  # a process was ended, for memory say: what it has not compiled is compiled here
            _side_by_side()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)  # of years so small that numbers are no longer plausible
        _follow_and_book()
        _expect_and_audit()
        for name in scenario_names():
            scenario = _small(name)
            inputs = setting(scenario, Draws(1, 0, 0))
            for model in scenario.models:
                stop_if_requested()
                run_model(inputs, model)
    if not is_ready():
        raise OutputError(
            Problem(
                "",
                "NUMBA_CACHE_DIR",
                os.environ.get("NUMBA_CACHE_DIR", ""),
                "a directory that can be written to",
                "compiled code cannot be kept: set NUMBA_CACHE_DIR, or run the command as a user who may write where "
                "kravsim is installed",
            )
        )


def _follow_and_book() -> None:
    """What a simulation needs without staff of its own."""
    one_run(_small(CASE), "outsourced", seed=1)


def _expect_and_audit() -> None:
    """The closed form, staff at work, and the road by log and ledger."""
    from kravsim.expected import numbers

    scenario = _small(CASE)
    for model in scenario.models:
        numbers(scenario, model)
    inputs = setting(scenario, Draws(1, 0, 0))
    plan = build_plan(inputs.world, "in_house", inputs.draws, inputs.law)
    booked(inputs, plan, logged(inputs, plan, "compiled"))


_PARTS: Final[tuple[Callable[[], None], ...]] = (_follow_and_book, _expect_and_audit)
"""As long as each other, and with little in common."""


def _small(name: str) -> Scenario:
    return load_scenario(name).with_changes({"invoices.per_year": INVOICES_A_YEAR})


def _side_by_side() -> None:
    with processes(len(_PARTS)) as executor:
        waiting = {executor.submit(_part, number, language()) for number in range(len(_PARTS))}
        while waiting:
            stop_if_requested()
            done, waiting = wait(waiting, _LOOK, FIRST_COMPLETED)
            for one in done:
                one.result()


def _part(number: int, lang: str) -> None:
    with speaking(lang), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is worth one is met again, and told, by the process that asked
        _PARTS[number]()
