"""``book``: the event log becomes a ledger, in integer öre, over all parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kravsim.engine.contract import STARTED
from kravsim.engine.events import EventLog
from kravsim.law import LawDays
from kravsim.ledger.accounts import CASH, LINE, Ints, Journal, Postings
from kravsim.ledger.agreed import book_commission, first_days
from kravsim.ledger.by_rule import Happened, book_rules, book_years
from kravsim.ledger.costs import (
    Reserve,
    book_organisation,
    book_reserve,
    book_sales,
    book_valuation,
    interest_by_debtor,
    reserve_minutes,
    statements_of,
)
from kravsim.ledger.debts import Debts, book_debts
from kravsim.ledger.ownership import Ownership, ownership
from kravsim.ledger.purses import purses_of
from kravsim.ledger.together import STEP_APPLICATION, carried_by_another
from kravsim.models import model_named
from kravsim.models.plan import PoolPlan
from kravsim.models.process import PROCESS
from kravsim.models.sales import NO_SALES, Sales
from kravsim.scenario import World
from kravsim.scenario.levels import models_by_year
from kravsim.scenario.schema import Model, Policy
from kravsim.stream.stream import Stream
from kravsim.units import MINUTES_PER_DAY
from kravsim.workdays import calendar_years, years_of


@dataclass(frozen=True, eq=False)
class Ledger:
    """Every posting of one run, and the state of every debt at the horizon.

    Attributes
    ----------
    model : str
        Name of the model.
    postings : Postings
        In the order in which they were booked.
    debts : Debts
        By case and claim of the stream.
    owners : Ownership
        Who keeps, advances and is paid what.
    """

    model: str
    postings: Postings
    debts: Debts
    owners: Ownership
    years: tuple[tuple[int, int], ...]
    """Calendar years as half-open ranges of days, the model's own history first."""
    start: int
    """Day on which the measured horizon begins."""
    joined: int = 0
    """Cases that within the horizon joined another's application, with no fee of their own."""


def book(
    log: EventLog, stream: Stream, world: World, model_name: str, law: LawDays, pools: Sequence[PoolPlan]
) -> Ledger:
    """Book everything that the log says happened.

    Parameters
    ----------
    log : EventLog
        In canonical order.
    stream : Stream
        The claims and cases of the same run.
    world : World
        The scenario with its values realised.
    model_name : str
        One of the world's models.
    law : LawDays
        The law by day over the whole span.
    pools : sequence of PoolPlan
        The plan's staff, in the order of the model's.
    """
    journal, model = Journal(), model_named(world.data, model_name)
    ledger, paid_interest = book_cases(journal, log, stream, world, model_name, law)
    years = list(ledger.years)
    reserve = _reserve_minutes(log, model, pools, years)
    by_year = models_by_year(world.data, model, years_of(stream.first, years))
    book_whole_years(journal, paid_interest, by_year, pools, world.data.policy, years, ledger.start, reserve)
    return replace(ledger, postings=journal.postings())


def book_cases(
    journal: Journal,
    log: EventLog,
    stream: Stream,
    world: World,
    model_name: str,
    law: LawDays,
    sales: Sales = NO_SALES,
) -> tuple[Ledger, Ints]:
    """Book what belongs to a case; also give the interest that natural persons paid by debtor and calendar year (D, Y).

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    log : EventLog
        In canonical order.
    stream : Stream
        The claims and cases of the log.
    world : World
        The scenario with its values realised.
    model_name : str
        One of the world's models.
    law : LawDays
        The law by day over the whole span.
    sales : Sales
        Of the model's open cases, where another arrangement follows it.
    """
    data, model = world.data, model_named(world.data, model_name)
    owners, years = ownership(model), calendar_years(stream.first, stream.n_days)
    start = (data.horizon.start - stream.first).days
    purses = purses_of((owners,), np.zeros(len(log), np.int64), log.step)
    debts = book_debts(journal, log, stream, law, purses, data.policy)
    so_far = journal.postings()
    cash = so_far.where(so_far.book == CASH)
    principal, interest = (cash.where(cash.line == LINE[name]) for name in ("principal", "interest"))
    by_year = tuple(models_by_year(data, model, years_of(stream.first, years)))
    book_rules(journal, Happened(log, stream, law, owners, data.policy, by_year, debts, cash, years))
    book_sales(journal, stream, debts, sales)
    days = first_days(log, owners, len(stream.cases))
    book_commission(journal, cash, None if model.contract is None else model.contract.commission, *days)
    book_valuation(journal, stream, debts, principal, data.policy)
    joined = (
        carried_by_another(log, stream, data.policy)
        & (log.step == STEP_APPLICATION)
        & (log.minute >= start * MINUTES_PER_DAY)
    )
    ledger = Ledger(model_name, journal.postings(), debts, owners, tuple(years), start, int(joined.sum()))
    return ledger, interest_by_debtor(stream, interest, years)


def _reserve_minutes(log: EventLog, model: Model, pools: Sequence[PoolPlan], years: list[tuple[int, int]]) -> Reserve:
    """Minutes that servers in reserve took up in each year."""
    begun = np.flatnonzero(log.kind == STARTED)
    names = list(model.staff)
    of_step = np.array([names.index(model.work[step.name].pool) if step.name in model.work else -1 for step in PROCESS])
    pool, kind = of_step[log.step[begun]], np.zeros(len(begun), np.int64)
    for number, one in enumerate(pools):
        kind[pool == number] = one.kind[log.server[begun][pool == number]]
    day = log.minute[begun] // MINUTES_PER_DAY
    return reserve_minutes(len(pools), years, pool, kind, day, log.quantity[begun])


def book_whole_years(
    journal: Journal,
    interest_ore: Ints,
    models: Sequence[Model],
    pools: Sequence[PoolPlan],
    policy: Policy,
    years: list[tuple[int, int]],
    start: int,
    reserve: Reserve,
) -> None:
    """Book what belongs to no single case: staff, system, the agency's yearly service, statements of interest.

    §M20, §M21, §M24, §M25.

    ``interest_ore`` (debtors, years) is what natural persons have paid in interest; the horizon begins on day ``start``;
    ``reserve`` (pools, kinds, years) are minutes of overtime and temporary staff.

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    interest_ore : int64 array, shape (debtors, years)
        Öre of interest that natural persons have paid.
    models : sequence of Model
        The model with the pay and prices of each of the years.
    pools : sequence of PoolPlan
        In the order of the model's staff.
    policy : Policy
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    start : int
        Day on which the horizon begins, since day 0.
    reserve : int64 array, shape (pools, kinds, years)
        Minutes of overtime and temporary staff.
    """
    book_organisation(journal, models, pools, years, start)
    book_reserve(journal, models, reserve, years)
    book_years(journal, models, ownership(models[0]), pools, years, start, statements_of(interest_ore, policy))
