"""``stock``: what a given stock of claims costs and brings in, year by year, in several ways of watching it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Unpack

import numpy as np

from kravsim.calibration.designs import LEAST_DRAWS, LEAST_REPLICATIONS, prior_design, within
from kravsim.errors import Problem, ScenarioError
from kravsim.law import check_cover, law_of
from kravsim.measures.stock import StockYears, of_numbers
from kravsim.phrases import phrase
from kravsim.results.notes import doubts_of_question, overloaded_in
from kravsim.results.stock import StockFound, Watched
from kravsim.running.how import HowKept
from kravsim.running.replicate import check_how, checked_count, replicate
from kravsim.scalars import real_number, whole_number
from kravsim.scenario import AnyScenario, Scenario, all_checked, checked_call, checked_models, scenario_of
from kravsim.scenario.base_posts import titles_in
from kravsim.scenario.body_kind import kind_of
from kravsim.statistics.overload import overloaded_worlds
from kravsim.studies.base_and_drawn import BaseAndDrawn
from kravsim.studies.study import Study
from kravsim.studies.uncertainty import doubts_of_worlds
from kravsim.words.display import number
from kravsim.words.doubts import Doubt, merged

REPLICATIONS, DRAWS, RATE = 5, 40, 0.03
"""What is run, and by which later money is worth less a year, when nothing else is said."""
MOST_WORLDS: Final = 10_000


@checked_call
def stock(
    scenario: AnyScenario,
    models: Iterable[str] | None = None,
    *,
    replications: int = REPLICATIONS,
    draws: int = DRAWS,
    structures: Mapping[str, str] | None = None,
    rate: float = RATE,
    price: float | None = None,
    seed: int | None = None,
    **how: Unpack[HowKept],
) -> StockFound:
    """Watch the opening stock of a scenario over its horizon, without new claims, in each of several models.

    Parameters
    ----------
    scenario : Scenario, str or path
        With an opening stock; its horizon says over which years.
    models : iterable of str, optional
        Ways of watching it: models of the scenario, all of them when left out.
    replications : int
        Of the base world, which tell of chance alone.
    draws : int
        Worlds that are drawn from what is uncertain, one replication each: 2 or more, or 0 for none.
    structures : mapping of dimension to name, optional
        Alternatives to settle first.
    rate : float
        By which later money is worth less a year, -0.5 to 1: nominal where the scenario has indices, else real, as its
        cash is then of one level of prices.
    price : float, optional
        What is offered for a krona of principal, kr.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    **how : Unpack[HowKept]
        How to run: see :class:`kravsim.running.how.HowKept`; more replications and worlds go on in the same `run_dir`.

    Returns
    -------
    StockFound

    Raises
    ------
    ScenarioError
        When the scenario has no opening stock, or a number is not understood.

    Examples
    --------
    >>> import kravsim as ks
    >>> number = {"source": "assumption", "status": "assumed"}
    >>> row = {"stage": "watched", "age_from_days": 400, "age_to_days": 900, "claims": {"value": 20, **number}}
    >>> row |= {"amount_median_kr": {"value": 300, **number}, "amount_mean_kr": {"value": 500, **number}}
    >>> case = ks.load_scenario("small-municipality").with_changes({"opening_stock": {"rows": {"old": row}}})
    >>> found = ks.studies.stock(case, replications=2, draws=0, seed=1)
    >>> found.in_year("in_house", "claims_opening", 2017).mean
    20.0
    """
    scenario = within(scenario_of(scenario), structures)
    names = tuple(scenario.data.models) if models is None else tuple(checked_models(scenario, models, fewest=1))
    _, count, _ = all_checked(
        lambda: _check(scenario, rate, price, draws),
        lambda: checked_count("replications", replications, MOST_WORLDS),
        lambda: check_how(how, None),
    )
    horizon = scenario.data.horizon
    check_cover(law_of(scenario.data), horizon.start, horizon.end, scenario.data.law.frozen_at)
    root = Study(scenario, (), seed, how).root
    drawn = prior_design(scenario, draws=draws, replications=LEAST_REPLICATIONS, seed=root) if draws else None
    outcomes = replicate(BaseAndDrawn(scenario, count, drawn), names, seed=root, stock=True, **how)
    watched = {model: _watched([of_numbers(one.numbers) for one in outcomes[model]], count) for model in names}
    titles = {name: titles_in(scenario.data, name) for name in names}
    body = kind_of(scenario.data.body.name, scenario.data.body.kind)
    about = (scenario.name, scenario.data.title, body, titles, watched, horizon.start.year, rate, price, root)
    behind = [overloaded_in(int(overloaded_worlds(of_model).sum()), len(of_model)) for of_model in outcomes.values()]
    nominal = scenario.data.indices is not None
    said = (_given(scenario), _discounted(rate, nominal=nominal), *(doubts_of_worlds(drawn) if drawn else ()))
    doubts = (*doubts_of_question(scenario, names), *(one for one in behind if one is not None), *said)
    each = scenario.data.models
    unstaffed = tuple(name for name in names if each[name].agency_from == "never" and not each[name].work)
    return StockFound(*about, merged(doubts), nominal, unstaffed)


def _watched(kept: list[StockYears], replications: int) -> Watched:
    """What is kept of every run of a way, those of the base world first."""
    years = np.stack([one.years for one in kept])
    ages = np.mean([one.ages for one in kept[:replications]], axis=0)
    besides = np.array([one.besides for one in kept], np.int64)
    return Watched(years[:replications], years[replications:], ages, besides[:replications], besides[replications:])


def _check(scenario: Scenario, rate: object, price: object, draws: object) -> None:
    """Refuse a scenario without a stock, and numbers that are none."""
    problems = []
    if not scenario.data.opening_stock.rows:
        remedy = "give rows by stage and age, or a file of them; vasterbotten-stock has some"
        problems.append(Problem(scenario.name, "opening_stock.rows", 0, "an opening stock", remedy))
    of_rate = real_number(rate)
    if of_rate is None or not -0.5 <= of_rate <= 1:
        problems.append(Problem("", "rate", rate, "a share a year from -0.5 to 1", "give a rate such as 0.03"))
    offered = 0.0 if price is None else real_number(price)
    if offered is None or not 0 <= offered <= 100:
        problems.append(
            Problem("", "price", price, "kronor for a krona of principal, 0 to 100", "give a price such as 0.1")
        )
    many = whole_number(draws)
    if many is None or not (many == 0 or LEAST_DRAWS <= many <= MOST_WORLDS):
        allowed = phrase("0, or a whole number from {least} to {most}", least=LEAST_DRAWS, most=MOST_WORLDS)
        problems.append(Problem("", "draws", draws, allowed, "give a number of worlds"))
    if problems:
        raise ScenarioError(problems)


def _discounted(rate: float, *, nominal: bool) -> Doubt:
    """What kind of rate it is, and that none is the body's own unless it was given."""
    sv, en = (f"{number(rate * 100, lang, step=0.1)} %" for lang in ("sv", "en"))
    if nominal:
        return Doubt(
            "rate_of_present_value",
            f"Kalkylräntan {sv} per år är nominell, eftersom scenariots index ger löpande kronor.",
            f"The rate of {en} a year is nominal, as the scenario's indices give current kronor.",
        )
    return Doubt(
        "rate_of_present_value",
        f"Kalkylräntan {sv} per år är real, eftersom scenariots priser är de samma alla år; belopp som inte följer priserna "
        "urholkas därutöver av inflationen, vilket inte är räknat.",
        f"The rate of {en} a year is real, as the scenario's prices are the same in all years; amounts that do not follow "
        "prices lose by inflation besides, which is not counted.",
    )


def _given(scenario: Scenario) -> Doubt:
    """The stock is given by assumed rows; what has been paid of it, or agreed with debtors, is not known."""
    rows = scenario.data.opening_stock.rows
    assumed = [name for name, row in rows.items() if row.claims.status != "sourced"]
    of_them = f"{len(assumed)} {'antagen' if len(assumed) == 1 else 'antagna'}"
    sv = f"{len(rows)} {'rad' if len(rows) == 1 else 'rader'}, varav {of_them}"
    en = f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}, {len(assumed)} of them assumed"
    return Doubt(
        "stock_by_assumption",
        f"Stocken är given i {sv}: ålder, hur långt fordringarna har kommit och belopp avgör mer än slumpen. Den som har "
        "stocken antas ha haft den hela tiden: tidigare avgifter ägs enligt modellens avtal.",
        f"The stock is given in {en}: age, how far claims have come and amounts decide more than chance. Whoever has the "
        "stock is taken to have had it all along: earlier fees are owned by the model's contract.",
        more=tuple(assumed),
    )
