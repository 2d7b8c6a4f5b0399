"""``years``: what two models differ by in each calendar year of a horizon, as pay, prices, volume and claims follow it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Unpack

import numpy as np

from kravsim.errors import Problem, ScenarioError
from kravsim.law import asks_beyond_the_table, path_of
from kravsim.results.notes import doubts_of_question
from kravsim.results.years import HELD, LEVELLED, YearsCompared
from kravsim.running.how import How
from kravsim.scenario import AnyScenario, Scenario, checked_call, checked_models, scenario_of
from kravsim.scenario.base_posts import titles_in
from kravsim.scenario.indexed import SERIES
from kravsim.scenario.levels import horizon_years, level
from kravsim.studies.compare import compare
from kravsim.studies.people_worlds import in_year, not_of_single_years
from kravsim.words.doubts import Doubt, merged
from kravsim.words.wording import running_titles

YEARS_OF_EACH: Final = 20
"""Replications of each calendar year when none are asked for: a horizon has many years."""
BESIDE: Final = ("low", "high")
"""Paths of the reference rate that stand beside the scenario's own."""


@checked_call
def years(
    scenario: AnyScenario,
    models: Iterable[str] = ("in_house", "outsourced"),
    *,
    replications: int = YEARS_OF_EACH,
    seed: int | None = None,
    **how: Unpack[How],
) -> YearsCompared:
    """Compare two models year by year of the horizon, at the levels of the years and at one level.

    Each calendar year is a horizon of its own, whose history are the years before it: the same claims and luck as in a run of
    the whole horizon.

    Parameters
    ----------
    scenario : Scenario, str or path
        One with ``[indices]``, as a rule: without, all years are of one level.
    models : iterable of str
        Two of its models; the difference is the first less the second.
    replications : int
        Of each calendar year.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    **how : Unpack[How]
        How to run: see :class:`kravsim.running.how.How`.

    Returns
    -------
    YearsCompared

    Raises
    ------
    ScenarioError
        When they are not two, the scenario has them not, or it cannot be asked one year at a time.

    Examples
    --------
    >>> import kravsim as ks
    >>> small = {"invoices.per_year": 2000, "debtors.number": 200, "horizon.history_years": 1}
    >>> import datetime as dt
    >>> case = ks.load_scenario("jamtland-ten-years").with_changes(small | {"horizon.end": dt.date(2029, 1, 1)})
    >>> found = ks.studies.years(case, replications=2, seed=1)
    >>> found.years, found.ways
    ((2027, 2028), ('indexed', 'held', 'low', 'high'))
    """
    from kravsim.expected.history import history_settled  # compiled, so imported where it is needed

    scenario = scenario_of(scenario)
    names = checked_models(scenario, models)
    problems = not_of_single_years(scenario, names)
    if len(names) != 2:
        problems.append(Problem("", "models", ", ".join(names), "two models", "name two"))
    if problems:
        raise ScenarioError(problems)
    data = scenario.data
    if data.horizon.history_rule != "number":
        scenario = history_settled(scenario)
    asked = {LEVELLED: scenario} if data.indices is None else {LEVELLED: scenario, HELD: scenario}
    if asks_beyond_the_table(data):
        mine = path_of(data)
        beside = (path for path in BESIDE if mine is None or path != mine.name)
        asked |= {path: scenario.with_changes({"law.reference_rate": {"path": path}}) for path in beside}
    samples, doubts = {}, list[Doubt]()
    for way, one in asked.items():
        of_years = []
        for year in horizon_years(data):
            found = compare(_only(one, year, held=way == HELD), names, replications=replications, seed=seed, **how)
            seed = found.runs[0].seed
            of_years.append(found.difference.samples)
            doubts += found.doubts if way == LEVELLED else []
        samples[way] = np.array(of_years)
    known = doubts_of_question(scenario, names)
    first, second = (running_titles(name, titles_in(data, name)) for name in names)
    return YearsCompared(
        scenario_title=scenario.label,
        scenario_name=scenario.name,
        names=(first, second),
        seed=0 if seed is None else seed,
        years=tuple(horizon_years(data)),
        samples=samples,
        levels={name: tuple(level(data, name, year) for year in horizon_years(data)) for name in SERIES},
        priced=data.indices is not None and data.indices.prices is not None,
        declared=merged((*known, *_others(doubts, known))),
    )


def _others(doubts: list[Doubt], known: tuple[Doubt, ...]) -> list[Doubt]:
    """Doubts of the single years that are not known of the whole, one of a kind and model: that of the first year."""
    said = {doubt.key for doubt in known}
    first = {(doubt.key, doubt.model): doubt for doubt in reversed(doubts) if doubt.key not in said}
    return list(first.values())


def _only(scenario: Scenario, year: int, *, held: bool) -> Scenario:
    """One calendar year of the horizon, with all years before it as history; at the scenario's own level where it is held."""
    one = in_year(scenario, year - scenario.data.horizon.start.year)
    return replace(one, data=one.data.model_copy(update={"indices": None})) if held else one
