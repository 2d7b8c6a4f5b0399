"""``years``: what two models differ by in each calendar year of a horizon, as pay, prices, volume and claims follow it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple, Unpack

import numpy as np
from numpy.typing import NDArray

from kravsim.calibration.designs import LEAST_REPLICATIONS, within
from kravsim.chance.draws import Draws
from kravsim.errors import Problem, ScenarioError
from kravsim.law import asks_beyond_the_table, path_of
from kravsim.results.comparison import Comparison
from kravsim.results.notes import doubts_of_question
from kravsim.results.years import HELD, LEVELLED, YearsCompared
from kravsim.running.how import How
from kravsim.scenario import AnyScenario, Scenario, all_checked, checked_call, checked_models, scenario_of
from kravsim.scenario.base_posts import titles_in
from kravsim.scenario.given import check_left_out
from kravsim.scenario.indexed import SERIES
from kravsim.scenario.levels import horizon_years, level
from kravsim.studies.base_and_drawn import BaseAndDrawn
from kravsim.studies.compare import compare
from kravsim.studies.people_worlds import YearOfWorlds, in_year, not_of_single_years
from kravsim.studies.study import Study
from kravsim.studies.uncertainty import Uncertainty, design_of, doubts_of_sets, doubts_of_worlds
from kravsim.words.doubts import Doubt, merged
from kravsim.words.wording import running_titles

YEARS_OF_EACH: Final = 20
"""Replications of each calendar year when none are asked for: a horizon has many years."""
WORLDS: Final = 64
"""Worlds when none are asked for."""
_ONCE: Final = "nothing with uncertainty: each year of a world is run once"
_BY_DRAWS: Final = "leave it out, and give draws"
_NOTHING: Final = "nothing without uncertainty"
_DRAW: Final = 'give uncertainty="prior" too, or leave it out'
BESIDE: Final = ("low", "high")
"""Paths of the reference rate that stand beside the scenario's own."""


@checked_call
def years(
    scenario: AnyScenario,
    models: Iterable[str] = ("in_house", "outsourced"),
    *,
    replications: int | None = None,
    seed: int | None = None,
    uncertainty: Uncertainty | None = None,
    draws: int | None = None,
    structures: Mapping[str, str] | None = None,
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
    replications : int, optional
        Of each calendar year, 20 when left out; of a drawn world each year is run once.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    uncertainty : "prior", "posterior", calibration or sequence of ParameterSets, optional
        Draw the uncertain numbers too, rates of the indices among them; as for :func:`kravsim.compare`. All years of a world
        are of the same numbers. Asked at the levels of the years alone, not at one level or along other paths.
    draws : int, optional
        How many worlds, spread by the weights of the readings; 64 when left out. Ways to read the case that none of them is
        of are told.
    structures : mapping of dimension to name, optional
        Alternatives to settle, with `uncertainty`.
    **how : Unpack[How]
        How to run: see :class:`kravsim.running.how.How`.

    Returns
    -------
    YearsCompared

    Raises
    ------
    ScenarioError
        When they are not two, the scenario has them not, or it cannot be asked one year at a time.
    DataError
        With ``"posterior"``, when no calibration is stored beside the scenario.

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

    given = scenario = scenario_of(scenario)
    idle = {"draws": draws, "structures": structures}
    names, *_ = all_checked(
        lambda: _two(given, models),
        lambda: None if uncertainty is None else check_left_out({"replications": replications}, _ONCE, _BY_DRAWS),
        lambda: None if uncertainty is not None else check_left_out(idle, _NOTHING, _DRAW),
    )
    if scenario.data.horizon.history_rule != "number":
        scenario = history_settled(scenario)
    if uncertainty is None:
        asked = _in_base(scenario, names, replications, seed, how)
    else:
        asked = _in_worlds(scenario, names, (uncertainty, WORLDS if draws is None else draws, structures), seed, how)
    read = asked.scenario
    data, known = read.data, (*doubts_of_question(read, names), *asked.of_worlds)
    first, second = (running_titles(name, titles_in(data, name)) for name in names)
    return YearsCompared(
        scenario_title=read.label,
        scenario_name=read.name,
        names=(first, second),
        seed=asked.seed,
        years=tuple(horizon_years(data)),
        samples=asked.samples,
        levels={name: tuple(level(data, name, year) for year in horizon_years(data)) for name in SERIES},
        priced=data.indices is not None and data.indices.prices is not None,
        kind=asked.kind,
        world_prices=asked.prices,
        declared=merged((*known, *_others(asked.doubts, known))),
    )


class _Asked(NamedTuple):
    """What the years came to: of which scenario, the seed, differences by way, doubts, and what is told of drawn worlds."""

    scenario: Scenario
    seed: int
    samples: dict[str, NDArray[np.float64]]
    doubts: list[Doubt]
    of_worlds: tuple[Doubt, ...] = ()
    kind: str = ""
    prices: NDArray[np.float64] | None = None


def _two(scenario: Scenario, models: Iterable[str]) -> tuple[str, ...]:
    """The two models; refuses others, and what cannot be asked one year at a time."""
    names = tuple(checked_models(scenario, models))
    problems = not_of_single_years(scenario, names)
    if len(names) != 2:
        problems.append(Problem("", "models", ", ".join(names), "two models", "name two"))
    if problems:
        raise ScenarioError(problems)
    return names


def _in_base(
    scenario: Scenario, names: tuple[str, ...], replications: int | None, seed: int | None, how: How
) -> _Asked:
    """Every way in the base world, with some replications."""
    data = scenario.data
    asked = {LEVELLED: scenario} if data.indices is None else {LEVELLED: scenario, HELD: scenario}
    if asks_beyond_the_table(data):
        mine = path_of(data)
        beside = (path for path in BESIDE if mine is None or path != mine.name)
        asked |= {path: scenario.with_changes({"law.reference_rate": {"path": path}}) for path in beside}
    samples, doubts, root = dict[str, NDArray[np.float64]](), list[Doubt](), Study(scenario, (), seed, how).root
    count = YEARS_OF_EACH if replications is None else replications
    for way, one in asked.items():
        of_years = []
        for year in horizon_years(data):
            found = compare(_only(one, year, held=way == HELD), names, replications=count, seed=root, **how)
            of_years.append(found.difference.samples)
            doubts += found.doubts if way == LEVELLED else []
        samples[way] = np.array(of_years)
    return _Asked(scenario, root, samples, doubts)


def _in_worlds(
    scenario: Scenario,
    names: tuple[str, ...],
    drawn: tuple[Uncertainty, int, Mapping[str, str] | None],
    seed: int | None,
    how: How,
) -> _Asked:
    """The levels of the years in drawn worlds, each year of a world once."""
    from kravsim.expected.staffed import base_posts_settled  # compiled, so imported where it is needed

    uncertainty, count, structures = drawn
    root = Study(scenario, (), seed, how).root
    settled = base_posts_settled(scenario, only_where_drawn=True)
    read = within(settled, structures)
    design, kind, ensemble = design_of(settled, uncertainty, (count, LEAST_REPLICATIONS), structures, root)
    worlds, years_asked = BaseAndDrawn(read, 0, design), horizon_years(read.data)
    of_years, doubts = [], list[Doubt]()
    for after in range(len(years_asked)):
        year = YearOfWorlds(worlds, after, root, names)
        found = Comparison(tuple(Study(year.scenario, names, root, how).runs_in(year)))
        of_years.append(found.difference.samples)
        doubts += found.doubts
    data = [worlds.scenario_of(draw).realise(Draws(root, draw, 0)).data for draw in range(1, design.draws + 1)]
    prices = np.array([[level(one, "prices", year) for one in data] for year in years_asked])
    of_worlds = (*doubts_of_worlds(design), *doubts_of_sets(ensemble))
    return _Asked(read, root, {LEVELLED: np.array(of_years)}, doubts, of_worlds, kind, prices)


def _others(doubts: list[Doubt], known: tuple[Doubt, ...]) -> list[Doubt]:
    """Doubts of the single years that are not known of the whole, one of a kind and model: that of the first year."""
    said = {doubt.key for doubt in known}
    first = {(doubt.key, doubt.model): doubt for doubt in reversed(doubts) if doubt.key not in said}
    return list(first.values())


def _only(scenario: Scenario, year: int, *, held: bool) -> Scenario:
    """One calendar year of the horizon, with all years before it as history; at the scenario's own level where it is held."""
    one = in_year(scenario, year - scenario.data.horizon.start.year)
    return replace(one, data=one.data.model_copy(update={"indices": None})) if held else one
