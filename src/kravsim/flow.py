"""One run, from a scenario to its outcome: the whole story on one screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

from kravsim.chance.draws import Draws
from kravsim.engine import DEFAULT_ENGINE, checked_engine, get_engine
from kravsim.engine.events import CaseInput, EventLog, Struck, case_input
from kravsim.errors import Problem, ScenarioError
from kravsim.law import Law, LawDays, check_cover, law_of
from kravsim.ledger import Ledger, Legal, LegalCalendar, agreement_of, audit, book, legal_of
from kravsim.ledger.accounts import Ints
from kravsim.measures.outcome import Outcome
from kravsim.measures.summary import summarise
from kravsim.models import Plan, build_plan, max_visits, model_named
from kravsim.models.arranged import Arranged, Part, build_arranged
from kravsim.models.opening_past import composition, past_of
from kravsim.models.own_reminder import STEP_REMINDER, never_handed_over
from kravsim.phrases import together
from kravsim.scenario import Scenario, World
from kravsim.scenario.alike import with_one_of_each
from kravsim.scenario.base_posts import model_itself
from kravsim.scenario.levels import models_by_year
from kravsim.scenario.schema import STEPS, ScenarioData
from kravsim.scenario.sequences import models_of
from kravsim.settling import Tally, audit_lines, check_equal, fits_64_bits, tally_of
from kravsim.settling.arranged_runs import ArrangedBooks, SequenceInputs, books_of, never_handed_over_by, straight
from kravsim.stream import Stream, generate
from kravsim.stream.opening_stock import with_opening_stock
from kravsim.stream.paid_before import PaidBefore, without_cases
from kravsim.stream.synthetic import first_day
from kravsim.units import MINUTES_PER_DAY
from kravsim.workdays import calendar_years, years_of


@dataclass(frozen=True, eq=False)
class Setting:
    """What every model of one replication meets: the world, its law by day, the claims and their luck.

    Attributes
    ----------
    world : World
        The scenario with its values realised.
    draws : Draws
        Seed, parameter draw and replication.
    law : Law
        All tables.
    law_days : LawDays
        The law by day, from day 0 on.
    stream : Stream
        Debtors, claims and cases.
    cases : CaseInput
        The cases with every uniform they may need.
    """

    world: World
    draws: Draws
    law: Law
    law_days: LawDays
    stream: Stream
    cases: CaseInput
    staffed: frozenset[str] | None = None
    """Models whose posts have been found, where a rule finds them; None for all."""

    @property
    def start(self) -> int:
        """Day on which the measured horizon begins."""
        return (self.world.data.horizon.start - self.stream.first).days

    @cached_property
    def legal(self) -> Legal:
        """The law as the audit looks it up."""
        data = self.world.data
        calendar = LegalCalendar(self.law, self.stream.first, data.horizon.start, data.law.frozen_at)
        return legal_of(calendar, data, self.stream.n_days)

    def legal_for(self, model: str) -> Legal:
        """The law, and what a model's contract says, as the audit looks them up.

        Parameters
        ----------
        model : str
        """
        asked, days = model_named(self.world.data, model), calendar_years(self.stream.first, self.stream.n_days)
        priced = models_by_year(self.world.data, asked, years_of(self.stream.first, days))
        by_year = [(end, one) for (_, end), one in zip(days, priced, strict=True)]
        return self.legal._replace(agreed=agreement_of(asked, by_year))


@dataclass(frozen=True, eq=False)
class Books:
    """The log of a run and the ledger booked from it, audited."""

    log: EventLog
    ledger: Ledger


@dataclass(frozen=True, eq=False)
class RunParts:
    """Everything one model made of a setting.

    A run that went straight to its tally has no log and no ledger; these are made when they are first looked at, and must
    then add up to the same.

    Attributes
    ----------
    inputs : Setting
        What the model met.
    plan : Plan
        What the engine was given.
    engine : str
        Name of the engine.
    tally : Tally
        What the run adds up to.
    outcome : Outcome
        What is read off the tally.
    """

    inputs: Setting
    plan: Plan
    engine: str
    tally: Tally
    outcome: Outcome
    books: Books | ArrangedBooks | None = None
    """Log and ledger of a run that went by them."""
    arranged: Arranged | None = None
    """Where the run is of arrangements one after the other: their plans."""

    @cached_property
    def log(self) -> EventLog:
        """Every event."""
        if self.books is not None:
            return self.books.log
        if self.arranged is not None:
            return self._arranged_books.log
        return logged(self.inputs, self.plan, self.engine)

    @property
    def ledger(self) -> Ledger:
        """Every posting, audited.

        Raises
        ------
        RunError
            When it does not add up to the tally.
        """
        ledger = self._booked
        if self.arranged is not None:
            check_equal(self._arranged_books.tally, self.tally)
        else:
            check_equal(tally_of(ledger, self.log, self.plan, self.inputs.stream, self.inputs.cases), self.tally)
        return ledger

    @cached_property
    def _arranged_books(self) -> ArrangedBooks:
        if isinstance(self.books, ArrangedBooks):
            return self.books
        if self.arranged is None:
            raise TypeError("a run of one model has no books of several arrangements")
        return books_of(self.arranged, sequence_inputs(self.inputs, self.arranged), self.engine)

    def arrangement_of(self, case: int) -> Part | None:
        """The arrangement that a case was handed over to, where arrangements follow each other.

        Parameters
        ----------
        case : int
            Number of the case in the run, from 0; of one that there is not, none.
        """
        day = self.inputs.stream.cases.hand_over_day
        if self.arranged is None or not 0 <= case < len(day):
            return None
        return self.arranged.parts[int(self.arranged.number_of(day[case : case + 1])[0])]

    @property
    def arrangement_by_row(self) -> Ints:
        """The arrangement of each row of the log, where arrangements follow each other."""
        return self._arranged_books.number

    def arrangements_met(self, case: int) -> list[tuple[Part, int]]:
        """Where arrangements follow each other, those that a case met, each with the day of its first event under it.

        Parameters
        ----------
        case : int
            Number of the case in the run, from 0; of one that there is not, none.
        """
        begins_with = self.arrangement_of(case)
        if self.arranged is None or begins_with is None:
            return []
        found = [(begins_with, int(self.inputs.stream.cases.hand_over_day[case]))]
        for row in (self.log.case == case).nonzero()[0].tolist():
            part = self.arranged.parts[int(self.arrangement_by_row[row])]
            if part is not found[-1][0]:
                found.append((part, int(self.log.minute[row]) // MINUTES_PER_DAY))
        return found

    @cached_property
    def _booked(self) -> Ledger:
        if self.arranged is not None:
            return self._arranged_books.ledger
        return booked(self.inputs, self.plan, self.log) if self.books is None else self.books.ledger


def one_run(
    scenario: Scenario,
    model: str,
    *,
    seed: int,
    draw: int = 0,
    replication: int = 0,
    engine: str = DEFAULT_ENGINE,
    new_claims: bool = True,
) -> RunParts:
    """Simulate one model once.

    Parameters
    ----------
    scenario : Scenario
    model : str
        Name of one of its models.
    seed, draw, replication : int
        What the random numbers are keyed by; draw 0 keeps the base values of uncertain parameters.
    engine : str
        One of ``kravsim.engine.ENGINES``.
    new_claims : bool
        False for an opening stock by itself.
    """
    return run_model(setting(scenario, Draws(seed, draw, replication), (model,), new_claims=new_claims), model, engine)


def setting(
    scenario: Scenario, draws: Draws, models: Iterable[str] | None = None, *, new_claims: bool = True
) -> Setting:
    """Realise the world and make its claims: the same for every model.

    Parameters
    ----------
    scenario : Scenario
    draws : Draws
        Seed, parameter draw and replication.
    models : iterable of str, optional
        Names of the models that are to meet it; left out, any may. Where a rule finds a model's posts, only those of these
        are found, which takes longer than a run. It changes nothing else.
    new_claims : bool
        False for an opening stock by itself: no invoice of the horizon is late.

    Returns
    -------
    Setting

    Raises
    ------
    ScenarioError
        When the scenario cannot be run as it is: a day that no law covers, or more late invoices than debtors can have.
    """
    if scenario.data.horizon.history_rule != "number":
        scenario = _with_history(scenario)
    ruled = any(pool.posts is not None for model in scenario.data.models.values() for pool in model.staff.values())
    wanted = None if models is None or not ruled else _followed(scenario.data, models)
    world = _staffed(scenario, draws.seed, draws.draw, wanted) if ruled else scenario.realise(draws)
    if not new_claims:
        late = world.data.invoices.late_share.settled(0.0)
        invoices = world.data.invoices.model_copy(update={"late_share": late})
        world = replace(world, data=world.data.model_copy(update={"invoices": invoices}))
    data = world.data
    law = law_of(data)
    law_days = _on_days(law, first_day(data), data.horizon.start, data.horizon.end, data.law.frozen_at)
    stream = generate(world, draws)
    if data.opening_stock.rows:
        stream = with_opening_stock(stream, data, composition(data), draws)
    return Setting(world, draws, law, law_days, stream, _with_luck(stream, world, draws), wanted)


def _followed(data: ScenarioData, models: Iterable[str]) -> frozenset[str]:
    """The models that some follow, those of a sequence each by itself; one that stands beside itself is found with it."""
    return frozenset(model_itself(one) for name in models for one in models_of(data, name))


def _with_luck(stream: Stream, world: World, draws: Draws) -> CaseInput:
    """The cases of a stream with every uniform that they may need."""
    data = world.data
    struck = Struck(stream.struck_day, stream.proceedings, stream.debtor_identity)
    joint = None if data.policy.joint_application_days is None else stream.first.toordinal()
    cases = case_input(stream.cases, stream.arose, STEPS, max_visits(data), draws, MINUTES_PER_DAY, struck, joint)
    if not len(stream.stage):
        return cases
    return replace(cases, **past_of(stream, data, (data.horizon.start - stream.first).days)._asdict())


def _with_history(scenario: Scenario) -> Scenario:
    """The length of history that the scenario's rule finds, the same in every world and replication."""
    from kravsim.expected.history import history_settled  # closed form, which few runs need

    return history_settled(scenario)


@lru_cache(maxsize=8)
def _staffed(scenario: Scenario, seed: int, draw: int, models: frozenset[str] | None) -> World:
    """The world of a parameter draw with its posts: the same in every replication."""
    from kravsim.expected.staffed import staffed  # closed form, which few runs need

    return staffed(scenario, Draws(seed, draw, 0), models)


@lru_cache(maxsize=8)
def _on_days(law: Law, first: dt.date, start: dt.date, end: dt.date, frozen_at: dt.date | None) -> LawDays:
    """The law of a run by day, which every table covers in the horizon: the same for every replication."""
    check_cover(law, start, end, frozen_at)
    return law.on_days(first, (end - first).days, start=start, frozen_at=frozen_at)


def run_model(inputs: Setting, model: str, engine: str = DEFAULT_ENGINE) -> RunParts:
    """Put one model through a setting: plan, then straight to a tally or by log and ledger, then audit of lines and summary.

    Parameters
    ----------
    inputs : Setting
    model : str
        Name of the model in the scenario.
    engine : str
        Name of the engine, ``compiled`` or ``simpy``.

    Returns
    -------
    RunParts

    Raises
    ------
    RunError
        When the books do not add up.
    ScenarioError
        When the setting was made for other models.
    """
    if inputs.staffed is not None and not _followed(inputs.world.data, (model,)) <= inputs.staffed:
        remedy = "name it when the setting is made"
        raise ScenarioError(Problem("", "model", model, together(*sorted(inputs.staffed), between=", "), remedy))
    if model in inputs.world.data.sequences:
        return _run_sequence(inputs, model, engine)
    plan, books = build_plan(inputs.world, model, inputs.draws, inputs.law), None
    inputs, before = handed_over_in(inputs, plan)
    if goes_straight(inputs, engine):
        tally = settled(inputs, plan)
    else:
        log = logged(inputs, plan, engine)
        books = Books(log, booked(inputs, plan, log))
        tally = tally_of(books.ledger, log, plan, inputs.stream, inputs.cases)
    audit_lines(tally, plan, inputs.world.data, inputs.start)
    draws = inputs.draws
    outcome = summarise(
        tally, plan, inputs.stream, inputs.start, before, draw=draws.draw, replication=draws.replication
    )
    return RunParts(inputs, plan, engine, tally, outcome, books)


def _run_sequence(inputs: Setting, name: str, engine: str) -> RunParts:
    """Put arrangements one after the other through a setting, as one model."""
    world = with_one_of_each(inputs.world, name)
    if world is not inputs.world:
        inputs = replace(inputs, world=world)
    arranged, books = build_arranged(inputs.world, name, inputs.draws, inputs.law), None
    gone, before = never_handed_over_by(arranged, sequence_inputs(inputs, arranged)), PaidBefore()
    if gone.any():
        stream, before = without_cases(inputs.stream, gone, inputs.start)
        inputs = replace(inputs, stream=stream, cases=_with_luck(stream, inputs.world, inputs.draws))
    whole = sequence_inputs(inputs, arranged)
    if goes_straight(inputs, engine):
        tally = straight(arranged, whole)
    else:
        books = books_of(arranged, whole, engine)
        tally = books.tally
    draws, plan = inputs.draws, arranged.outward
    outcome = summarise(
        tally, plan, inputs.stream, inputs.start, before, draw=draws.draw, replication=draws.replication
    )
    return RunParts(inputs, plan, engine, tally, outcome, books, arranged)


def sequence_inputs(inputs: Setting, arranged: Arranged) -> SequenceInputs:
    """What arrangements one after the other meet of a setting.

    Parameters
    ----------
    inputs : Setting
    arranged : Arranged
    """
    rows, steps = arranged.sales
    legal = tuple(inputs.legal_for(part.model)._replace(sales=rows, sold_at=steps) for part in arranged.parts)
    luck = partial(_with_luck, world=inputs.world, draws=inputs.draws)
    return SequenceInputs(inputs.world, inputs.law_days, inputs.stream, inputs.cases, luck, legal)


def handed_over_in(inputs: Setting, plan: Plan) -> tuple[Setting, PaidBefore]:
    """What a model hands over of the claims that all models meet, and what was paid before, after its own reminder.

    Parameters
    ----------
    inputs : Setting
    plan : Plan
        Of the model.
    """
    data, model = inputs.world.data, model_named(inputs.world.data, plan.model)
    if model.own_reminder is None:
        return inputs, PaidBefore()
    gone = never_handed_over(data, model, plan, inputs.cases.klass, inputs.cases.first_answers(STEP_REMINDER))
    stream, before = without_cases(inputs.stream, gone & ~inputs.stream.of_stock, inputs.start)
    return replace(inputs, stream=stream, cases=_with_luck(stream, inputs.world, inputs.draws)), before


def goes_straight(inputs: Setting, engine: str) -> bool:
    """Which of two roads a run takes: straight to its tally, where engine and amounts allow, or by log and ledger.

    Parameters
    ----------
    inputs : Setting
    engine : str
        Name of the engine, ``compiled`` or ``simpy``.
    """
    return checked_engine(engine) == "compiled" and fits_64_bits(inputs.stream, inputs.law_days)


def settled(inputs: Setting, plan: Plan) -> Tally:
    """Follow, book, audit and count one case after another.

    Parameters
    ----------
    inputs : Setting
    plan : Plan
    """
    from kravsim.settling.settle_compiled import settle

    return settle(plan, inputs.cases, inputs.stream, inputs.world, inputs.law_days, inputs.legal_for(plan.model))


def logged(inputs: Setting, plan: Plan, engine: str) -> EventLog:
    """Let an engine play the plan: every event.

    Parameters
    ----------
    inputs : Setting
    plan : Plan
    engine : str
        Name of the engine, ``compiled`` or ``simpy``.
    """
    return get_engine(engine)(plan, inputs.cases)


def booked(inputs: Setting, plan: Plan, log: EventLog) -> Ledger:
    """Book a log, and audit what was booked.

    Parameters
    ----------
    inputs : Setting
    plan : Plan
    log : EventLog
        What an engine made of the plan.

    Raises
    ------
    RunError
        When the books do not add up.
    """
    ledger = book(log, inputs.stream, inputs.world, plan.model, inputs.law_days, plan.pools)
    audit(log, plan, inputs.stream, ledger.postings, inputs.legal_for(plan.model))
    return ledger
