"""``portfolio``: two models compared in many bodies of different sizes, over the same worlds."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, Literal, Unpack, cast

import numpy as np

from kravsim.archives.store import slug
from kravsim.calibration.worlds import Design
from kravsim.errors import OutputError, Problem, ScenarioError
from kravsim.files import path_of
from kravsim.ledger.rules import YEARLY_KEYS
from kravsim.results.notes import doubts_of_question
from kravsim.results.portfolio import ECONOMIC, EXPECTED, FISCAL, SIMULATED, Alternative, OfBody, PortfolioFound
from kravsim.results.uncertainty import PRIOR
from kravsim.results.unscaled_prices import UNSCALED
from kravsim.running.how import HowKept
from kravsim.running.progress import Progress
from kravsim.scenario import AnyScenario, Scenario, checked_call, checked_models, scenario_of
from kravsim.scenario.base_posts import titles_in
from kravsim.scenario.given import check_one_number
from kravsim.scenario.portfolio_file import REGIONS, Member, Portfolio, portfolio_of, portfolio_text
from kravsim.scenario.scaled import scaled
from kravsim.statistics.distribution import Distribution
from kravsim.statistics.overload import overloaded_worlds
from kravsim.studies.decision.benefits import all_benefits_of, worlds_of
from kravsim.studies.decision.drawn import readings_of
from kravsim.studies.study import Study
from kravsim.studies.uncertainty import uncertain_comparison
from kravsim.words.doubts import Doubt

NET, WHOLE, CLAIMS, POSTS = "net_revenue_kr", "economic_result_kr", "claims", "posts"
WORLDS: Final = 64
"""As many as are drawn when nothing else is said."""
_BODIES: Final = ("verksamheter", "bodies")
_OF_YEARS: Final = ("executor", "run_dir", "engine")
"""Settings of how to run that say something of simulated years alone."""


@checked_call
def portfolio(
    scenario: AnyScenario,
    bodies: Portfolio | str | os.PathLike[str] = REGIONS,
    models: Iterable[str] = ("in_house", "outsourced"),
    *,
    by: Literal["expected", "simulated"] = "expected",
    draws: int = WORLDS,
    replications: int = 2,
    structures: Mapping[str, str] | None = None,
    seed: int | None = None,
    **how: Unpack[HowKept],
) -> PortfolioFound:
    """Compare two models in bodies of different sizes, each in the same worlds before its books are read.

    What is known of a body is its size: it has the scenario's invoices for that size, within a stated range, and debtors and
    posts in proportion (:mod:`kravsim.scenario.scaled`). Prices by the year are the scenario's. Posts that a rule finds in
    drawn worlds are found for each body and world.

    Parameters
    ----------
    scenario : Scenario, str or path
        The case of the body whose size the portfolio names.
    bodies : Portfolio, str or path
        A bundled portfolio's name, a path to a file, or a portfolio that has been read.
    models : iterable of str
        Two; the difference is the first less the second.
    by : "expected" or "simulated"
        In closed form, with a simulated year where that has no answer; or each world simulated.
    draws : int
        How many worlds, the same in every body.
    replications : int
        When simulated, years of each model in each world, 2 or more.
    structures : mapping of dimension to name, optional
        Alternatives to settle first, such as ``{"reading": "D"}``.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    **how : Unpack[HowKept]
        How to run: see :class:`kravsim.running.how.HowKept`. When simulated, each body has a directory of its own in
        `run_dir`, and an executor carries out the replications of one body after another; in closed form both are refused.

    Returns
    -------
    PortfolioFound

    Raises
    ------
    ScenarioError
        When the portfolio, a body's scenario or a count is not understood.

    Examples
    --------
    >>> import kravsim as ks
    >>> case = ks.load_scenario("jamtland-harjedalen-2017")
    >>> case = case.with_changes({"invoices.per_year": 2000, "debtors.number": 200, "horizon.history_years": 1})
    >>> two = ks.studies.read_portfolio(
    ...     '''
    ... name = "two-towns"
    ... title = "Two towns"
    ... title_sv = "Två orter"
    ... unit = "inhabitants"
    ... unit_sv = "invånare"
    ... size_of_the_scenario = 1000
    ... bodies = [
    ...     {name = "A", size = 500, source = "assumption", status = "assumed"},
    ...     {name = "B", size = 1500, source = "assumption", status = "assumed"},
    ... ]
    ... [volume]
    ... low = 0.8
    ... high = 1.25
    ... source = "assumption"
    ... status = "assumed"
    ... '''
    ... )
    >>> settled = {"reading": "D", "hand_over": "invoice_age", "instalments": "short_plans", "limitation": "three_years"}
    >>> found = ks.studies.portfolio(case, two, draws=2, structures=settled, seed=1)
    >>> len(found.bodies), found.difference.n
    (2, 2)
    """
    scenario, names = scenario_of(scenario), tuple(checked_models(scenario, models))
    if len(names) != 2:
        raise ScenarioError(Problem("", "models", ", ".join(names), "two models", "name two"))
    which = bodies if isinstance(bodies, Portfolio) else portfolio_of(portfolio_text(bodies), str(bodies))
    if by not in (EXPECTED, SIMULATED):
        raise ScenarioError(Problem("", "by", by, "expected or simulated", "choose one of them"))
    if by == EXPECTED and (idle := [key for key in _OF_YEARS if how.get(key) is not None]):
        remedy = "simulate, or leave it out"
        raise ScenarioError(
            Problem("", key, how.get(key), "nothing of the kind in closed form", remedy) for key in idle
        )
    check_one_number(draws)
    root = Study(scenario, (), seed, _own(how, which.bodies[0])).root
    asked: dict[str, Any] = {"draws": draws, "structures": structures, "seed": root}
    found: list[OfBody] = []
    read: list[Alternative] = []
    with Progress(how.get("progress") if by == EXPECTED else False) as shown:
        shown.begin(len(which.bodies), _BODIES)
        for member in which.bodies:
            own = scaled(scenario, which, member)
            if by == EXPECTED:
                one, design = _expected(own, member, names, **asked)
            else:
                one, design = _simulated(own, member, names, replications, _own(how, member), **asked)
            found.append(one)
            read = read or [Alternative(*row[:3], tuple(row.worlds.tolist())) for row in readings_of(design)[1:]]
            shown.advance(1)
    prices = _prices(scenario, which, names)
    if prices:  # told once, of all bodies
        found = [replace(one, doubts=tuple(doubt for doubt in one.doubts if doubt.key != UNSCALED)) for one in found]
    return PortfolioFound(
        which.name,
        (which.title_sv, which.title),
        (which.unit_sv, which.unit),
        (which.volume.low, which.volume.high),
        tuple(found),
        tuple((name, titles_in(scenario.data, name)) for name in names),
        tuple(read),
        scenario.name,
        root,
        by,
        (_not_their_own(scenario, which), *prices),
    )


def _expected(
    scenario: Scenario,
    member: Member,
    models: tuple[str, ...],
    *,
    draws: int,
    structures: Mapping[str, str] | None,
    seed: int,
) -> tuple[OfBody, Design]:
    """Work a body out in closed form; a year is simulated where that has no answer."""
    design, _, _ = worlds_of(scenario, PRIOR, draws=draws, structures=structures, seed=seed)
    tables, simulated, behind = all_benefits_of(design, models, (NET, WHOLE, CLAIMS, POSTS), design.inputs(), seed)
    fiscal, economic = (tables[name][:, 0] - tables[name][:, 1] for name in (NET, WHOLE))
    doubts = doubts_of_question(scenario, models)
    if simulated:
        doubts = (
            *doubts,
            Doubt(
                "years_simulated",
                f"I {simulated} av {draws} lägen saknas väntevärden, och ett år är simulerat.",
                f"In {simulated} of {draws} worlds there is no expectation, and a year is simulated.",
            ),
        )
    claims, posts = (float(tables[name][:, 0].mean()) for name in (CLAIMS, POSTS))
    spreads = Distribution(fiscal, FISCAL, "kr"), Distribution(economic, ECONOMIC, "kr")
    return OfBody(member.name, member.size, *spreads, claims, posts, behind, doubts), design


def _simulated(
    scenario: Scenario,
    member: Member,
    models: tuple[str, ...],
    replications: int,
    how: HowKept,
    *,
    draws: int,
    structures: Mapping[str, str] | None,
    seed: int,
) -> tuple[OfBody, Design]:
    """Simulate a body: the first year of each world counts."""
    one = uncertain_comparison(
        scenario,
        models,
        uncertainty="prior",
        counts=(draws, replications),
        structures=structures,
        control="none",  # bodies are added up world by world
        seed=seed,
        how=how,
    )
    run = one.first
    behind = np.logical_or(*(overloaded_worlds(each.outcomes) for each in one.runs[:2]))
    posts = run.metric(POSTS).mean if run.defined(POSTS) else math.nan
    body = OfBody(
        member.name,
        member.size,
        one.difference,
        one.economic_difference,
        run.metric(CLAIMS).mean,
        posts,
        int(behind.sum()),
        one.doubts,
    )
    return body, cast("Design", one.worlds)


def _own(how: HowKept, member: Member) -> HowKept:
    """How one body is run: finished blocks are kept in a directory of its own."""
    directory = how.get("run_dir")
    return (
        how if directory is None else {**how, "run_dir": path_of(directory, "run_dir", OutputError) / slug(member.name)}
    )


def read_portfolio(text: str) -> Portfolio:
    """Read a portfolio from its text, as a file has it.

    Parameters
    ----------
    text : str
        TOML: name, titles, unit, the scenario's own size, the range of volumes, and the bodies.

    Raises
    ------
    ScenarioError
        With everything that is wrong in it.
    """
    return portfolio_of(text)


def _not_their_own(scenario: Scenario, which: Portfolio) -> Doubt:
    """Nothing but its size is a body's own; the volume and how it follows size are assumed."""
    case = scenario.data.body.name
    return Doubt(
        "only_size_is_their_own",
        f"Bara storleken ({which.unit_sv}) är verksamheternas egen: allt annat är {case}s, volymen i proportion till den.",
        f"Nothing but size ({which.unit}) is the bodies' own: all else is that of {case}, the volume in proportion to it.",
    )


def _prices(scenario: Scenario, which: Portfolio, models: tuple[str, ...]) -> tuple[Doubt, ...]:
    """Prices by the year are the scenario's in every body, however large it is."""
    if all(one.size == which.size_of_the_scenario for one in which.bodies):
        return ()
    rows = {row.key for row in scenario.rows()}
    keys = [key for model in models for yearly in YEARLY_KEYS if (key := f"models.{model}.{yearly}") in rows]
    if not keys:
        return ()
    return (
        Doubt(
            UNSCALED,
            f"Årspriser följer inte storleken: alla har {scenario.data.body.name}s ({len(keys)} stycken).",
            f"Prices by the year do not follow size: all have those of {scenario.data.body.name} ({len(keys)} of them).",
            more=tuple(keys),
        ),
    )
