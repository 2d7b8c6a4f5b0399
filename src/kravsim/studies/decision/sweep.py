"""``sweep``: a scenario at many values of its keys, in closed form or simulated on the same luck, as one table."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Unpack

import numpy as np

from kravsim.calibration.evaluating import closed_form, is_of
from kravsim.errors import KravsimError, Problem, ScenarioError
from kravsim.files import path_of
from kravsim.phrases import phrase
from kravsim.results.notes import INHERITED, doubts_of_question
from kravsim.results.unscaled_prices import UNSCALED
from kravsim.running.how import How, HowKept
from kravsim.running.replicate import check_how
from kravsim.scalars import scalar, whole_number
from kravsim.scenario import AnyScenario, Scenario, all_checked, checked_call, named_models, scenario_of, truth_of
from kravsim.scenario.base_posts import titles_in
from kravsim.scenario.given import check_left_out
from kravsim.statistics.convergence import half_width
from kravsim.studies.decision.checks import Floats, whole
from kravsim.studies.decision.closed_form import ECONOMIC, FISCAL, reasons
from kravsim.studies.decision.points import Point, points_of
from kravsim.studies.decision.swept import MEASURES, Row, Sweep
from kravsim.studies.decision.swept_keys import check_swept
from kravsim.studies.study import Study
from kravsim.words.doubts import Doubt

if TYPE_CHECKING:
    from kravsim.scenario.limits import Limits

EXPECTED, SIMULATED = "expected", "simulated"
_DEFAULT_REPLICATIONS: Final = 20
_OF_THE_CASE: Final = (INHERITED, UNSCALED)
"""Doubts of what the swept scenario takes over, whatever is swept."""


@checked_call
def sweep(  # noqa: PLR0913 - keywords of a user's
    scenario: AnyScenario,
    values: Mapping[str, Sequence[Any]],
    *,
    models: Sequence[str] = ("in_house", "outsourced"),
    by: Literal["expected", "simulated"] = "expected",
    design: Literal["grid", "latin", "sobol"] = "grid",
    points: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    run_dir: str | os.PathLike[str] | None = None,
    **how: Unpack[How],
) -> Sweep:
    """Put a scenario's keys to many values and gather the figures of its models in one table.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path.
    values : mapping of dotted key to sequence
        Keys as for ``scenario.with_changes``, save those that only describe: the values to visit, at most 100 000 points in
        all, or for ``latin`` and ``sobol`` the two ends of a range.
    models : sequence of str
        One or more models; with two or more the difference is the first less the second.
    by : "expected" or "simulated"
        The closed form answers at once and without chance, but not where staff are overloaded. Simulation meets the same
        claims and the same luck at every point.
    design, points
        As :func:`kravsim.studies.decision.points.points_of`.
    replications : int, optional
        Of every point, for ``simulated``; 20 when left out.
    seed : int, optional
        Fixes the design, and all chance of ``simulated``; there one is drawn when left out.
    run_dir : path, optional
        For ``simulated``: keep finished blocks of every point in a directory of its own in this one, and go on from those
        that are there; more points than before are added to it.
    **how : Unpack[How]
        How to run, for ``simulated``: see :class:`kravsim.running.how.How`. The closed form shows no progress.

    Returns
    -------
    Sweep
        A point that cannot be is a row with its error; one that has no answer a row with the reason.

    Raises
    ------
    ScenarioError
        When a key or an option is not allowed, with everything that is wrong with the call; or no point can be run at all.

    Examples
    --------
    >>> import kravsim as ks
    >>> found = ks.sweep(ks.load_scenario("jamtland-harjedalen-2017"), {"models.in_house.staff.handlers.fte": [1, 3]})
    >>> found.to_frame()["note"].tolist()
    ['no_closed_form', '']
    """
    scenario = scenario_of(scenario)
    given = {**how, "replications": replications, "run_dir": run_dir}
    names, _, _, root_given, visited = all_checked(
        lambda: _models(scenario, models),
        lambda: _check_by(by, how, given),
        lambda: how.get("progress") is None or truth_of("progress", how["progress"]),
        lambda: None if seed is None else whole(seed, "seed", 0),
        lambda: _visited(scenario, values, design, points, seed),
    )
    about = (scenario.name, scenario.label, _titles(scenario, names), tuple(values))
    if by == EXPECTED and _are_plain(scenario, visited):
        arrays = {key: np.array([point[key] for point in visited], np.float64) for key in values}
        return Sweep(*about, tuple(_expected(scenario, names, visited, arrays)), by, None, None)
    made, problems = _scenarios(scenario, visited)
    if by == EXPECTED:
        rows = [
            _failed(point, error) if one is None else _expected(one, names, [point], {})[0]
            for point, one, error in zip(visited, made, problems, strict=True)
        ]
        return Sweep(*about, _of_the_case(rows, scenario, names), by, None, None)
    first = next(one for one in made if one is not None)
    root = Study(first, names, root_given, {}).root
    count = _DEFAULT_REPLICATIONS if replications is None else replications
    rows = []
    for point, one, error in zip(visited, made, problems, strict=True):
        if one is None:
            rows.append(_failed(point, error))
            continue
        place = None if run_dir is None else Path(run_dir) / one.fingerprint[:16]
        rows.append(_simulated(point, one, names, root, count, {**how, "run_dir": place, "follow_symlinks": False}))
    return Sweep(*about, _of_the_case(rows, scenario, names), by, count, root)


def _of_the_case(rows: Sequence[Row], scenario: Scenario, models: Sequence[str]) -> tuple[Row, ...]:
    """Let points say of what is inherited what the swept scenario says: that a key of it varies makes no other case."""
    inherited = tuple(doubt for doubt in doubts_of_question(scenario, models) if doubt.key in _OF_THE_CASE)
    return tuple(
        replace(row, doubts=(*(doubt for doubt in row.doubts if doubt.key not in _OF_THE_CASE), *inherited))
        if row.means
        else row
        for row in rows
    )


def _check_by(by: object, how: How, given: Mapping[str, Any]) -> None:
    """Refuse what the closed form has no use for, and what no point could be simulated with."""
    if not isinstance(by, str) or by not in (EXPECTED, SIMULATED):
        raise ScenarioError(
            Problem(
                "",
                "by",
                by,
                phrase("{expected} or {simulated}", expected=EXPECTED, simulated=SIMULATED),
                "choose one of them",
            )
        )
    if by == SIMULATED:
        place = given["run_dir"]
        all_checked(
            lambda: check_how(how, given["replications"]),
            lambda: place is None or path_of(place, "run_dir", ScenarioError),
        )
        return
    quiet = scalar(given.get("progress")) is False  # there is none to show
    idle = {name: value for name, value in given.items() if not (quiet and name == "progress")}
    check_left_out(idle, "nothing for the closed form", 'give by="simulated" too, or leave it out')


def _visited(scenario: Scenario, values: Any, design: str, points: int | None, seed: object) -> list[Point]:
    fixed = whole_number(seed) or 0  # what is none is refused beside
    visited: list[Point] = all_checked(
        lambda: points_of(values, design, points=points, seed=fixed, whole_keys=_whole_keys(scenario)),
        lambda: check_swept(scenario, values if isinstance(values, Mapping) else ()),
    )[0]
    return visited


def _models(scenario: Scenario, models: Sequence[str]) -> tuple[str, ...]:
    names = named_models(scenario, models)
    if any(name not in scenario.models for name in names):
        allowed = phrase("different models among {names}", names=", ".join(scenario.models))
        raise ScenarioError(Problem("", "models", list(names), allowed, "check the spelling"))
    return names


def _titles(scenario: Scenario, models: Sequence[str]) -> dict[str, tuple[str, str]]:
    return {name: titles_in(scenario.data, name) for name in models}


def _whole_keys(scenario: Scenario) -> tuple[str, ...]:
    from kravsim.scenario.describe import numbers

    return tuple(
        key for key, _, limits in numbers(scenario.data) if limits is not None and (limits.integer or limits.whole)
    )


def _scenarios(scenario: Scenario, visited: Sequence[Point]) -> tuple[list[Scenario | None], list[KravsimError | None]]:
    """The scenario of every point, or why it cannot be; raises when none can."""
    made: list[Scenario | None] = []
    problems: list[KravsimError | None] = []
    for point in visited:
        try:
            made.append(scenario.with_changes(point))
            problems.append(None)
        except ScenarioError as error:
            made.append(None)
            problems.append(error)
    if all(one is None for one in made):
        raise next(error for error in problems if error is not None)
    return made, problems


def _failed(point: Point, error: KravsimError | None) -> Row:
    return Row(point, {}, {}, (), str(error))


def _are_plain(scenario: Scenario, visited: Sequence[Point]) -> bool:
    """Whether all that varies are numbers of the scenario inside their limits, so that no point needs to be read anew."""
    from kravsim.scenario.describe import numbers
    from kravsim.scenario.values import Value

    known = {key: limits for key, one, limits in numbers(scenario.data) if isinstance(one, Value)}
    for point in visited:
        for key, value in point.items():
            if key not in known or isinstance(value, bool) or not isinstance(value, int | float):
                return False
            limits = known[key]
            if not np.isfinite(value) or (limits is not None and not _fits(limits, value)):
                return False
    return True


def _fits(limits: Limits, value: float) -> bool:
    return limits.fits(value) and not (limits.whole and value != round(value))


def _expected(
    scenario: Scenario, models: Sequence[str], visited: Sequence[Point], arrays: Mapping[str, Floats]
) -> list[Row]:
    """Rows of points by one evaluation of the closed form."""
    n = len(visited)
    columns: dict[tuple[str, str], Floats] = {}
    for model in models:
        found = closed_form(scenario, model, {key: array for key, array in arrays.items() if is_of(key, model)})
        columns |= {(model, name): np.broadcast_to(found[name], n) for name in MEASURES if name in found}
    for name in (FISCAL, ECONOMIC) if len(models) > 1 else ():
        columns["difference", name] = columns[models[0], name] - columns[models[1], name]
    missing = any(np.isnan(columns[model, FISCAL]).any() for model in models)
    why = reasons(scenario, models, arrays) if missing else [None] * n
    doubts = doubts_of_question(scenario, models)
    rows = []
    for k, (point, doubt) in enumerate(zip(visited, why, strict=True)):
        means = {what: float(column[k]) for what, column in columns.items()}
        rows.append(Row(point, means, {}, doubts if doubt is None else (doubt, *doubts), ""))
    return rows


def _simulated(
    point: Point, scenario: Scenario, models: tuple[str, ...], seed: int, replications: int, how: HowKept
) -> Row:
    try:
        runs = Study(scenario, models, seed, how).runs(replications)
    except ScenarioError as error:
        return _failed(point, error)
    means: dict[tuple[str, str], float] = {}
    errors: dict[tuple[str, str], float] = {}
    arms: dict[tuple[str, str], float] = {}
    doubts: list[Doubt] = []
    for run in runs:
        doubts += run.doubts
        for name in MEASURES:
            if run.defined(name):
                spread = run.metric(name)
                means[run.model, name] = spread.mean
                errors[run.model, name] = spread.se if spread.n > 1 else np.nan
                arms[run.model, name] = half_width(spread)[0] if spread.n > 1 else np.nan
    if len(runs) > 1:
        from kravsim.results.comparison import Comparison

        cmp = Comparison(tuple(runs))
        for name, spread in ((FISCAL, cmp.difference), (ECONOMIC, cmp.economic_difference)):
            means["difference", name] = spread.mean
            errors["difference", name] = spread.se if spread.n > 1 else np.nan
            arms["difference", name] = half_width(spread)[0] if spread.n > 1 else np.nan
    return Row(point, means, errors, tuple(dict.fromkeys(doubts)), "", arms)
