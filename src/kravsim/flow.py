"""One run, from a scenario to its outcome: the whole story on one screen."""

from __future__ import annotations

from dataclasses import dataclass

from kravsim.draws import Draws
from kravsim.engine import DEFAULT_ENGINE, get_engine
from kravsim.engine.events import CaseInput, EventLog, case_input
from kravsim.law import Law, LawDays, load_law
from kravsim.ledger import Ledger, LegalCalendar, audit, book
from kravsim.models import Plan, build_plan, max_visits
from kravsim.results.outcome import Outcome
from kravsim.results.summary import summarise
from kravsim.scenario import Scenario, World
from kravsim.scenario.schema import STEPS
from kravsim.stream import Stream, generate
from kravsim.units import MINUTES_PER_DAY


@dataclass(frozen=True, eq=False)
class Setting:
    """What every model of one replication meets: the world, its law by day, the claims and their luck."""

    world: World
    draws: Draws
    law: Law
    law_days: LawDays
    stream: Stream
    cases: CaseInput


@dataclass(frozen=True, eq=False)
class RunParts:
    """Everything one model made of a setting."""

    plan: Plan
    log: EventLog
    ledger: Ledger
    outcome: Outcome


def one_run(
    scenario: Scenario, model: str, *, seed: int, draw: int = 0, replication: int = 0, engine: str = DEFAULT_ENGINE
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
    """
    return run_model(setting(scenario, Draws(seed, draw, replication)), model, engine)


def setting(scenario: Scenario, draws: Draws) -> Setting:
    """Realise the world and make its claims: the same for every model."""
    world = scenario.realise(draws)
    data = world.data
    stream = generate(world, draws)
    law = load_law()
    law_days = law.on_days(stream.first, stream.n_days, start=data.horizon.start, frozen_at=data.law.frozen_at)
    cases = case_input(stream.cases, STEPS, max_visits(data), draws, MINUTES_PER_DAY)
    return Setting(world, draws, law, law_days, stream, cases)


def run_model(met: Setting, model: str, engine: str = DEFAULT_ENGINE) -> RunParts:
    """Put one model through a setting: plan, events, ledger, audit, summary."""
    data, draws = met.world.data, met.draws
    plan = build_plan(met.world, model, draws, met.law)
    log = get_engine(engine)(plan, met.cases)
    ledger = book(log, met.stream, met.world, model, met.law_days, plan.pools)
    calendar = LegalCalendar(met.law, met.stream.first, data.horizon.start, data.law.frozen_at)
    audit(log, plan, met.stream, ledger.postings, calendar, data.policy)
    outcome = summarise(ledger, log, plan, met.stream, draw=draws.draw, replication=draws.replication)
    return RunParts(plan, log, ledger, outcome)
