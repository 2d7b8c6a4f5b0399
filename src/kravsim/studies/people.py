"""``people``: what becomes of the posts of a model year by year, and what each year costs and brings in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, Unpack

import numpy as np

from kravsim.calibration.base_world import BaseWorld, Worlds
from kravsim.calibration.designs import prior_design, within
from kravsim.chance.draws import Draws
from kravsim.errors import OutputError, Problem, ScenarioError
from kravsim.files import path_of
from kravsim.phrases import phrase
from kravsim.results.levels_held import LEVELS_HELD, held_over
from kravsim.results.notes import INHERITED, doubts_of_scenario
from kravsim.results.people import PeopleOverYears
from kravsim.results.run import Run
from kravsim.results.unscaled_prices import UNSCALED
from kravsim.running.how import HowKept
from kravsim.running.progress import Progress
from kravsim.running.replicate import check_how
from kravsim.scalars import whole_number
from kravsim.scenario import AnyScenario, Scenario, all_checked, checked_call, checked_models, scenario_of
from kravsim.scenario.base_posts import model_itself
from kravsim.scenario.schema import Model
from kravsim.studies.people_posts import POSTS, followed, needed
from kravsim.studies.people_worlds import YearOfWorlds, not_of_single_years
from kravsim.studies.study import Study
from kravsim.studies.uncertainty import doubts_of_worlds
from kravsim.words.doubts import Doubt, merged

YEARS: Final = 8
REPLICATIONS: Final = 20
IN_EACH_WORLD: Final = 2
MOST_YEARS: Final = 40
_WORDS: Final = ("år", "years")


@checked_call
def people(
    scenario: AnyScenario,
    models: Iterable[str] = ("in_house",),
    *,
    years: int = YEARS,
    replications: int | None = None,
    draws: int | None = None,
    structures: Mapping[str, str] | None = None,
    seed: int | None = None,
    **how: Unpack[HowKept],
) -> PeopleOverYears:
    """Follow the staff of a model over several calendar years: posts, work, and what each year costs and brings in.

    Each year is simulated with all years before it as its history, from the first of the scenario's horizon on; the same
    people leave and come on the same days in all of them. Prices are those of the scenario, in each year at the level of its
    indices, and each year bears a year's part of the system.

    Parameters
    ----------
    scenario : Scenario, str or path
        A scenario, or its bundled name or path, as :func:`kravsim.load_scenario` takes it.
    models : iterable of str
        The first is followed; the others meet the same claims, and the first is held against each.
    years : int
        How many calendar years, 1 to 40; the law must be known, or frozen, up to the last.
    replications : int, optional
        How many times all years are run; 20 when left out, and 2 in each drawn world.
    draws : int, optional
        How many worlds to draw from what is assumed before any books are read; when left out every number is as stated.
    structures : mapping of dimension to name, optional
        Alternatives to settle first, such as ``{"cases": "each"}``.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    **how : Unpack[HowKept]
        How to run: see :class:`kravsim.running.how.HowKept`; each year has a directory of its own in `run_dir`.

    Returns
    -------
    PeopleOverYears

    Raises
    ------
    ScenarioError
        When the first model has no staff, or a year or count is not understood.

    Examples
    --------
    >>> import kravsim as ks
    >>> case = ks.load_scenario("jamtland-harjedalen-2017")
    >>> case = case.with_changes({"invoices.per_year": 2000, "debtors.number": 200, "horizon.history_years": 1})
    >>> found = ks.studies.people(case, years=2, replications=2, seed=1)
    >>> found.years, found.posts("filled").shape
    ((2017, 2018), (2, 2))
    """
    from kravsim.expected.staffed import base_posts_settled  # compiled, so imported where it is needed

    scenario, names = scenario_of(scenario), tuple(checked_models(scenario, models, fewest=1))
    count, _ = all_checked(lambda: _checked(scenario, names, years), lambda: check_how(how, replications))
    root = Study(scenario, (), seed, _own(how, scenario.data.horizon.start.year)).root
    read = within(base_posts_settled(scenario, only_where_drawn=True), structures)
    worlds: Worlds
    if draws is None:
        worlds, of_worlds = BaseWorld(read, REPLICATIONS if replications is None else replications), tuple[Doubt, ...]()
    else:
        worlds = prior_design(read, draws=draws, replications=replications or IN_EACH_WORLD, seed=root)
        of_worlds = doubts_of_worlds(worlds)
    asked = within(scenario, structures)
    found = []
    first = scenario.data.horizon.start.year
    with Progress(how.get("progress")) as shown:
        shown.begin(count, _WORDS)
        for after in range(count):
            year = YearOfWorlds(worlds, after, root, names)
            one: HowKept = {**_own(how, first + after), "progress": False}
            runs = Study(year.scenario, names, root, one).runs_in(year)
            found.append(tuple(_as_asked(run, asked, range(first, first + count), of_worlds) for run in runs))
            shown.advance(1)
    last = YearOfWorlds(worlds, count - 1, root, names)
    places = [worlds.place(number) for number in range(len(found[0][0].outcomes))]
    seen = [followed(last.scenario_of(draw), Draws(root, draw, one), names[0], count) for draw, one in places]
    posts, away, empty = (np.array(part) for part in zip(*seen, strict=True))
    model = scenario.data.models[names[0]]
    return PeopleOverYears(
        tuple(range(first, first + count)),
        tuple(found),
        {name: posts[:, :, at] for at, name in enumerate(POSTS)},
        {skill: away[:, :, at] for at, skill in enumerate(needed(model))},
        empty,
        _until(model),
        "" if draws is None else "prior",
        scenario.data.indices is not None,
    )


def _as_asked(run: Run, scenario: Scenario, followed_years: range, of_worlds: tuple[Doubt, ...] = ()) -> Run:
    """A run of a year under the name of what was asked about, with its doubts: that it has moved on is no change of it."""
    own = doubts_of_scenario(scenario, model_itself(run.model))
    of_year = tuple(doubt for doubt in run.declared if doubt.key not in (INHERITED, UNSCALED))
    held = held_over(scenario.data, followed_years)
    known = (doubt for doubt in (*own, *of_year) if doubt.key != LEVELS_HELD)
    declared = merged((*known, *(() if held is None else (held,)), *of_worlds))
    return replace(run, scenario_title=scenario.label, declared=declared)


def _checked(scenario: Scenario, names: tuple[str, ...], years: int) -> int:
    """How many years; refuses a model without staff, what cannot be asked by year, and a count that is none."""
    count, model, problems = whole_number(years) or 0, names[0], not_of_single_years(scenario, names[1:])
    if not 1 <= count <= MOST_YEARS:
        allowed = phrase("a whole number from {least} to {most}", least=1, most=MOST_YEARS)
        problems.append(Problem("", "years", years, allowed, "each year is run with all before it as history"))
    if model not in scenario.data.models:
        allowed = phrase("a model of one arrangement: this is not worked out for {of} one after the other", of=model)
        problems.append(Problem("", "models", model, allowed, "name one of the scenario's models"))
    elif not scenario.data.models[model].work:
        remedy = "follow a model whose steps staff of its own work on"
        problems.append(Problem("", "models", model, "a model with work of its own", remedy))
    if problems:
        raise ScenarioError(problems)
    return count


def _own(how: HowKept, year: int) -> HowKept:
    """How one year is run: finished blocks are kept in a directory of its own."""
    directory = how.get("run_dir")
    return (
        how if directory is None else {**how, "run_dir": Path(path_of(directory, "run_dir", OutputError)) / str(year)}
    )


def _until(model: Model) -> dt.date | None:
    """The day from which posts are not filled again, the first of the teams that work."""
    worked = {task.pool for task in model.work.values()}
    turnovers = [pool.turnover for name, pool in model.staff.items() if name in worked]
    return min((one.no_refill_from for one in turnovers if one is not None and one.no_refill_from), default=None)
