"""``portfolio``: two models compared in many bodies of different sizes, over the same worlds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Unpack, cast

from kravsim.archives.store import slug
from kravsim.errors import Problem, ScenarioError
from kravsim.ledger.rules import YEARLY_KEYS
from kravsim.results.portfolio import OfBody, PortfolioFound
from kravsim.running.how import HowKept
from kravsim.scenario import AnyScenario, Scenario, checked_call, checked_models, scenario_of
from kravsim.scenario.portfolio_file import REGIONS, Portfolio, portfolio_of, portfolio_text
from kravsim.scenario.scaled import scaled
from kravsim.studies.uncertainty import uncertain_comparison
from kravsim.words.doubts import Doubt

if TYPE_CHECKING:
    from kravsim.results.uncertainty import UncertainComparison

WORLDS: Final = 24
"""As many as are drawn when nothing else is said."""


@checked_call
def portfolio(
    scenario: AnyScenario,
    bodies: Portfolio | str | os.PathLike[str] = REGIONS,
    models: Iterable[str] = ("in_house", "outsourced"),
    *,
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
    draws : int
        How many worlds, the same in every body.
    replications : int
        Years of each model in each world, 2 or more.
    structures : mapping of dimension to name, optional
        Alternatives to settle first, such as ``{"reading": "D"}``.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    **how : Unpack[HowKept]
        How to run: see :class:`kravsim.running.how.HowKept`. In `run_dir` each body has a directory of its own; an executor
        carries out the replications of one body after another.

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
    >>> three = ks.studies.read_portfolio(
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
    >>> found = ks.studies.portfolio(case, three, draws=2, structures={"reading": "D"}, seed=1)
    >>> len(found.bodies), found.difference.n
    (2, 2)
    """
    scenario, names = scenario_of(scenario), tuple(checked_models(scenario, models))
    if len(names) != 2:
        raise ScenarioError(Problem("", "models", ", ".join(names), "two models", "name two"))
    which = bodies if isinstance(bodies, Portfolio) else portfolio_of(portfolio_text(bodies), str(bodies))
    found = []
    for member in which.bodies:
        own: HowKept = {**how}
        if how.get("run_dir") is not None:
            own["run_dir"] = Path(cast("str", how["run_dir"])) / slug(member.name)
        one: UncertainComparison = uncertain_comparison(
            scaled(scenario, which, member),
            names,
            uncertainty="prior",
            draws=draws,
            replications_per_draw=replications,
            structures=structures,
            seed=seed,
            how=own,
        )
        seed = one.first.seed
        found.append(OfBody(member.name, member.size, one))
    return PortfolioFound(
        which.name,
        (which.title_sv, which.title),
        (which.unit_sv, which.unit),
        (which.volume.low, which.volume.high),
        tuple(found),
        _prices(scenario, which, names),
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
            "prices_not_scaled",
            f"Årspriser följer inte storleken: alla har {scenario.data.body.name}s ({len(keys)} stycken).",
            f"Prices by the year do not follow size: all have those of {scenario.data.body.name} ({len(keys)} of them).",
            more=tuple(keys),
        ),
    )
