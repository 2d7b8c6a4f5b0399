"""The replications of a transition: staying and changing with the same claims and luck, in cash by month."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kravsim.calibration.base_world import BASE
from kravsim.chance.draws import Draws
from kravsim.errors import KravsimError, Problem, RunError, ScenarioError
from kravsim.flow import run_model, setting
from kravsim.measures.cash_months import ROUNDED_ORE, cash_by_month, spans_of
from kravsim.measures.one_off import OneOffRow, one_off_rows
from kravsim.running.blocks import Task, failed
from kravsim.running.in_order import in_order
from kravsim.running.replicate import checked_count
from kravsim.scenario.sequences import arrangements_of
from kravsim.scenario.transitions import changes_of, months_between
from kravsim.sizing.estimate import fitting_workers
from kravsim.sizing.machine import default_workers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kravsim.measures.outcome import Outcome
    from kravsim.models.arranged import Arranged
    from kravsim.scenario.schema import ScenarioData, System

_RUNS: Final = ("simuleringar", "replications")


class Replication(NamedTuple):
    """One replication: cash by month and line of both ways, what is paid once, rates, and both outcomes."""

    staying: NDArray[np.int64]
    changing: NDArray[np.int64]
    once: list[OneOffRow]
    system_years: float
    rates: tuple[float, float | None]
    outcomes: tuple[Outcome, Outcome]


def replications_of(
    task: Task, name: str, count: int, *, workers: int | None = None, progress: bool | None = None
) -> list[Replication]:
    """Carry out every replication, by as many threads as fit.

    Parameters
    ----------
    task : Task
        Staying and changing: its two models.
    name : str
        The transition's.
    count : int
        How many replications.
    workers : int or None
        Threads; as many as there are processors by default.
    progress : bool or None
        Whether a bar is shown; by default in terminals and notebooks only.

    Returns
    -------
    list of Replication
        In order.
    """
    wanted = checked_count("workers", default_workers() if workers is None else workers)
    crew = fitting_workers(task.scenario, task.models, workers=min(wanted, count), exactly=workers is not None)
    return list(
        in_order(lambda number: _carried_out(task, name, number), range(count), crew, progress=progress, what=_RUNS)
    )


def _carried_out(task: Task, name: str, number: int) -> Replication:
    """One replication of staying and of changing."""
    draw, replication = task.worlds.place(number)
    try:
        return _cash_of(task, name, draw, replication)
    except ScenarioError as error:
        if draw == BASE:
            raise
        raise failed(task, draw, replication, error) from error
    except KravsimError as error:
        raise failed(task, draw, replication, error) from error


def _cash_of(task: Task, name: str, draw: int, replication: int) -> Replication:
    inputs = setting(task.worlds.scenario_of(draw), Draws(task.seed, draw, replication), task.models)
    data = inputs.world.data
    terms = data.transitions[name]
    cash, outcomes, differs = [], [], changes_of(data, terms)[0].since
    for model in task.models:
        run = run_model(inputs, model, task.engine)
        spans = spans_of(data, run.plan, run.arranged, inputs.stream.n_days)
        cash.append(cash_by_month(run.tally, spans, inputs.stream, inputs.start))
        outcomes.append(run.outcome)
        if run.arranged is not None:
            differs = min(differs, inputs.stream.first + timedelta(first_left(run.arranged)))
    offset = months_between(data.horizon.start, terms.decided)
    alike = max(months_between(data.horizon.start, differs), 0)
    if np.abs(cash[0][:alike] - cash[1][:alike]).max(initial=0) > ROUNDED_ORE:
        remedy = "report it: before the first change both ways are the same"
        raise RunError(Problem(task.scenario.name, "cash", "differs", "the same cash before the first change", remedy))
    system = _last_system(data, terms.sequence)
    years = 0.0 if system is None else float(system.depreciation_years.value)
    rates = terms.discount_rate.value, None if terms.inflation is None else terms.inflation.value
    return Replication(
        cash[0][offset:],
        cash[1][offset:],
        one_off_rows(data, name),
        years,
        rates,
        (outcomes[0], outcomes[1]),
    )


def first_left(arranged: Arranged) -> int:
    """The first of the days on which a post is at work for the last time that goes on where nothing changes.

    On it the post finishes in its last minute what it has in hand (contract §9), which it goes on with where nothing
    changes. It lies before the change where the post is empty when that comes.

    Parameters
    ----------
    arranged : Arranged
        The changes, of which the first arrangement is the one that stays.

    Returns
    -------
    int
        Since day 0; the day after the last where no post goes.
    """
    first = arranged.parts[-1].last
    for team in arranged.parts[0].staff:
        for post, goes_on in enumerate(team.present_minutes):
            days = _days_of(arranged, team.name, post)
            left = int(days[-1]) if len(days) else 0
            if goes_on[left + 1 :].any():
                first = min(first, left)
    return first


def _days_of(arranged: Arranged, team: str, post: int) -> NDArray[np.int64]:
    """Days on which a post of the first arrangement is at work, up to the first arrangement that has no such post."""
    days = [np.zeros(0, np.int64)]
    for part in arranged.parts:
        present = {pool.name: pool.present_minutes for pool in part.staff}.get(team)
        if present is None or len(present) <= post:
            break
        days.append(part.first + np.flatnonzero(present[post, part.first : part.last]))
    return np.concatenate(days)


def _last_system(data: ScenarioData, sequence: str) -> System | None:
    """The system of the last arrangement that has one."""
    systems = [data.models[one.model].system for one in arrangements_of(data.sequences[sequence])]
    return next((system for system in reversed(systems) if system is not None), None)
