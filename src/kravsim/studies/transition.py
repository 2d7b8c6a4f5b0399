"""``transition``: staying with a model against changing to a sequence of them, in cash by month, with what is paid once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import numpy as np

from kravsim.calibration.base_world import BaseWorld, Worlds
from kravsim.calibration.designs import LEAST_REPLICATIONS, within
from kravsim.engine import DEFAULT_ENGINE
from kravsim.errors import ABSENT, Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.results.notes import doubts_of_outcomes, doubts_of_question
from kravsim.results.transition import DIFFERENCE, ECONOMIC, TransitionFound
from kravsim.results.transition_parts import CashOf, Once, Valued
from kravsim.running.blocks import Task
from kravsim.running.replicate import checked_count
from kravsim.scenario import AnyScenario, Scenario, all_checked, checked_call, scenario_of
from kravsim.scenario.base_posts import titles_in
from kravsim.scenario.given import check_left_out
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.transitions import changes_of
from kravsim.studies.decision.cash import TIMINGS, Timing, month_times
from kravsim.studies.decision.checks import number
from kravsim.studies.decision.internal_rates import InternalRates, irr
from kravsim.studies.study import Study
from kravsim.studies.transition_checks import PRICES, Prices, check_answerable, prices_of
from kravsim.studies.transition_runs import replications_of
from kravsim.studies.uncertainty import Uncertainty, design_of, doubts_of_sets, doubts_of_worlds
from kravsim.words.doubts import Doubt, merged
from kravsim.words.wording import capital, titled_name

if TYPE_CHECKING:
    from kravsim.measures.outcome import Outcome

REPLICATIONS: Final = 100
"""As many as are run in the base world when nothing else is said."""
WORLDS: Final = 64


class HowValued(TypedDict, total=False):
    """How cash is valued, and who carries out replications.

    Parameters
    ----------
    discount_rate : float, optional
        Real rate of discount a year as a share, in place of the scenario's.
    inflation : float, optional
        A year, as a share, in place of the scenario's. Where neither says it, nominal amounts are not told.
    timing : "end", "middle" or "start", optional
        When in each month its cash is taken to move, for the present value on the day of the decision; ``"end"`` when left
        out.
    prices : "fixed" or "nominal", optional
        Whether simulated and stated amounts are in the prices of the day of the decision, or of their own day. Left out,
        nominal where the scenario has levels of pay or prices by year (``indices.pay``, ``indices.prices``), else fixed;
        the other is refused. Stated amounts are then those of the day on which they are paid.
    workers : int, optional
        Threads; as many as there are processors when left out. Results do not depend on it.
    progress : bool, optional
        Show a progress bar; by default in terminals and notebooks only.
    """

    discount_rate: float | None
    inflation: float | None
    timing: Timing | None
    prices: Prices | None
    workers: int | None
    progress: bool | None


@checked_call
def transition(
    scenario: AnyScenario,
    name: str | None = None,
    *,
    replications: int | None = None,
    seed: int | None = None,
    uncertainty: Uncertainty | None = None,
    draws: int | None = None,
    structures: Mapping[str, str] | None = None,
    **how: Unpack[HowValued],
) -> TransitionFound:
    """Simulate staying and changing with the same claims and luck, and tell the difference in cash from the decision on.

    Parameters
    ----------
    scenario : Scenario, str or path
        With a table ``[transitions.<name>]``; its horizon is as long as is looked ahead.
    name : str, optional
        Of the transition; may be left out where there is one.
    replications : int, optional
        In the base world, 100 when left out; of each drawn world, 2 or more.
    seed : int, optional
        Any integer from 0 up; drawn, and carried by the result, when left out.
    uncertainty : "prior", "posterior", calibration or sequence of ParameterSets, optional
        Draw the uncertain numbers too, those of the transition among them; as for :func:`kravsim.compare`.
    draws : int, optional
        How many worlds; 64 when left out.
    structures : mapping of dimension to name, optional
        Alternatives to settle, with `uncertainty`.
    **how : Unpack[HowValued]
        How cash is valued, and how to run: see :class:`kravsim.studies.transition.HowValued`.

    Returns
    -------
    TransitionFound

    Raises
    ------
    ScenarioError
        Before anything has run, for a choice that is not allowed.
    RunError
        When a replication fails.
    DataError
        With ``"posterior"``, when no calibration is stored beside the scenario.

    Examples
    --------
    >>> import kravsim as ks
    >>> case = ks.load_scenario("take-home-2017")
    >>> small = case.with_changes({"invoices.per_year": 2000, "debtors.number": 200, "horizon.history_years": 1})
    >>> found = ks.studies.transition(small, replications=2, seed=1, progress=False)
    >>> len(found.months), abs(sum(found.by_year("difference")) - sum(found.by_month("difference"))) < 0.01
    (72, True)
    """
    scenario, idle = scenario_of(scenario), {"draws": draws, "structures": structures}
    timing, prices = how.get("timing") or "end", how.get("prices") or prices_of(scenario)
    discount_rate, inflation = how.get("discount_rate"), how.get("inflation")
    remedy = 'give uncertainty="prior" too, or leave it out'
    key, _, _ = all_checked(
        lambda: named_transition(scenario, name),
        lambda: None if uncertainty is not None else check_left_out(idle, "nothing without uncertainty", remedy),
        lambda: _checked_choices(timing, prices, discount_rate, inflation),
    )
    root = Study(scenario, (), seed, {}).root
    worlds, kind, declared = _worlds(scenario, uncertainty, (draws, replications), structures, root)
    read = within(scenario, structures)
    data, terms = read.data, read.data.transitions[key]
    check_answerable(read, key, prices, inflation)
    task = Task(worlds, (terms.staying, terms.sequence), root, DEFAULT_ENGINE)
    count = worlds.count or REPLICATIONS
    runs = replications_of(task, key, count, workers=how.get("workers"), progress=how.get("progress"))
    cash = CashOf(np.stack([one.staying for one in runs]), np.stack([one.changing for one in runs]))
    rates = [_or(discount_rate, one.rates[0]) for one in runs]
    inflations = [_or(inflation, one.rates[1]) for one in runs]
    outcomes = [tuple(one.outcomes[place] for one in runs) for place in (0, 1)]
    question = doubts_of_question(
        read, (terms.staying, terms.sequence, *(one.after for one in changes_of(data, terms)))
    )
    titles = [titles_in(data, model) for model in task.models]
    doubts = merged((*_named(zip(outcomes, task.models, titles, strict=True)), *question, *declared))
    valued = Valued(
        np.array(rates, np.float64),
        None if inflations[0] is None else np.array(inflations, np.float64),
        timing,
        prices,
        month_times(cash.staying.shape[1], timing),
    )
    found = TransitionFound(
        scenario=scenario.name,
        name=key,
        titles=(terms.title_sv, terms.title),
        models=tuple(zip(task.models, titles, strict=True)),
        decided=terms.decided,
        changes=tuple(change.since for change in changes_of(data, terms)),
        seed=root,
        kind=kind,
        draws=np.array([worlds.place(number)[0] for number in range(len(runs))], np.int64),
        cash=cash,
        once=(Once.of_system(cash, [one.system_years for one in runs]), *Once.of_rows([one.once for one in runs])),
        valued=valued,
        declared=(*doubts, *_paid_before(outcomes), *_untold(scenario, key)),
    )
    return replace(found, internal=(_internal(found, DIFFERENCE), _internal(found, ECONOMIC)))


def _internal(found: TransitionFound, what: str) -> InternalRates | None:
    """Every internal rate of the mean by calendar year; None where nothing differs."""
    flows = found.by_year(what)
    return irr(flows) if any(flows) else None


def named_transition(scenario: Scenario, name: str | None) -> str:
    """The transition that is meant: the one named, or the only one.

    Parameters
    ----------
    scenario : Scenario
    name : str or None
        As it was given.

    Raises
    ------
    ScenarioError
        When there is none of that name, or none is named and there are several.
    """
    known = tuple(scenario.data.transitions)
    if name is None and len(known) == 1:
        return known[0]
    if name in known:
        return str(name)
    allowed = (
        phrase("one of {names}", names=", ".join(known)) if known else phrase("a scenario with [transitions.<name>]")
    )
    remedy = did_you_mean(name, known) or ("name one of them" if known else "write the table in the scenario's file")
    raise ScenarioError(Problem(scenario.name, "transition", ABSENT if name is None else name, allowed, remedy))


def _checked_choices(timing: str, prices: str, discount_rate: float | None, inflation: float | None) -> None:
    """Refuse an unknown convention, and a rate that is none."""
    problems = []
    for key, given, known in (("timing", timing, tuple(TIMINGS)), ("prices", prices, PRICES)):
        if given not in known:
            allowed = phrase("one of {names}", names=", ".join(known))
            problems.append(Problem("", key, given, allowed, "choose one of them"))
    for key, rate in (("discount_rate", discount_rate), ("inflation", inflation)):
        allowed, remedy = "a share a year from -0.5 to 1", "write 3.5 per cent as 0.035"
        try:
            if rate is not None and not -0.5 <= number(rate, key, allowed, remedy) <= 1:
                problems.append(Problem("", key, rate, allowed, remedy))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)


def _or(given: float | None, stated: float | None) -> float | None:
    return stated if given is None else float(given)


def _worlds(
    scenario: Scenario,
    uncertainty: Uncertainty | None,
    counts: tuple[int | None, int | None],
    structures: Mapping[str, str] | None,
    seed: int,
) -> tuple[Worlds, str, tuple[Doubt, ...]]:
    """The base world, or drawn ones; where they come from, and what must be known of it."""
    draws, replications = counts
    if uncertainty is None:
        count = REPLICATIONS if replications is None else checked_count("replications", replications)
        return BaseWorld(scenario, count), "", ()
    from kravsim.expected.staffed import base_posts_settled  # compiled, so imported where it is needed

    settled = base_posts_settled(scenario, only_where_drawn=True)
    many = (WORLDS if draws is None else draws, LEAST_REPLICATIONS if replications is None else replications)
    design, kind, ensemble = design_of(settled, uncertainty, many, structures, seed)
    return design, kind, (*doubts_of_worlds(design), *doubts_of_sets(ensemble))


def _named(found: Iterable[tuple[tuple[Outcome, ...], str, tuple[str, str]]]) -> Iterator[Doubt]:
    """What is out of the ordinary in the outcomes of each way, with its name."""
    for outcomes, model, titles in found:
        sv, en = (capital(titled_name(model, titles, lang)) for lang in ("sv", "en"))
        for doubt in doubts_of_outcomes(outcomes):
            yield replace(doubt, sv=f"{sv}: {doubt.sv}", en=f"{en}: {doubt.en}", model=model)


def _paid_before(outcomes: Iterable[Iterable[Outcome]]) -> tuple[Doubt, ...]:
    """Principal paid before a hand-over, after a reminder of the body's own, which has no month."""
    early = [sum(one.numbers.get("early_paid_principal_kr", 0.0) for one in of_model) for of_model in outcomes]
    if early[0] == early[1]:
        return ()
    return (
        Doubt(
            "paid_before_has_no_month",
            "Kapital som betalas efter en egen påminnelse före överlämningen är inte med i månadernas kapital: dag saknas.",
            "Principal paid after an own reminder before the hand-over is not in the months' principal: it has no day.",
        ),
    )


def _untold(scenario: Scenario, name: str) -> tuple[Doubt, ...]:
    """Teams that lose or gain posts, of which the transition says nothing: what that costs is not counted."""
    data = scenario.data
    terms = data.transitions[name]
    lost: set[str] = set()
    won: set[str] = set()
    for change in changes_of(data, terms):
        before, after = data.models[change.before].staff, data.models[change.after].staff
        for pool in {*before, *after}:
            posts = [0.0 if pool not in staff else staff[pool].fte.value for staff in (before, after)]
            (lost if posts[0] > posts[1] else won if posts[1] > posts[0] else set()).add(pool)
    untold = sorted((lost - set(terms.leaving)) | (won - set(terms.joining)))
    if not untold:
        return ()
    names = ", ".join(untold)
    return (
        Doubt(
            "posts_without_cost",
            f"Tjänster ändras utan att övergången säger vad det kostar, och inget är räknat för det: {names}.",
            f"Posts change without the transition saying what that costs, and nothing is counted for it: {names}.",
            more=tuple(untold),
        ),
    )
