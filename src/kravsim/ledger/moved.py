"""Booking where open cases move over: each row by the rules of its own arrangement, what is owed stays owed to whom it was.

Charges and interest are of whoever keeps them by the arrangement of the row that makes them due; letters, checks and outlays
of whoever does the step; what region and agency pay each other of the contract that the case is with (§M29).
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from kravsim.engine.contract import DONE
from kravsim.engine.events import EventLog
from kravsim.law import LawDays
from kravsim.ledger.accounts import AGENCY, CASH, CHARGES, LINE, NO_CASE, Ints, Journal, Postings
from kravsim.ledger.agreed import book_commission
from kravsim.ledger.arranged import reserve_of_log
from kravsim.ledger.arranged_years import book_arranged_years
from kravsim.ledger.booking import Ledger
from kravsim.ledger.by_rule import Happened, Under, book_rules
from kravsim.ledger.costs import book_valuation, interest_by_debtor
from kravsim.ledger.debts import NO_DAY, Debts, book_debts
from kravsim.ledger.ownership import Ownership, ownership
from kravsim.ledger.purses import purses_of
from kravsim.models import model_named
from kravsim.models.arranged import Arranged
from kravsim.models.process import PROCESS, STEP_CODE
from kravsim.scenario import World
from kravsim.scenario.levels import models_by_year
from kravsim.stream.stream import Stream
from kravsim.units import MINUTES_PER_DAY
from kravsim.workdays import calendar_years, years_of

STEPS = len(PROCESS)


class Taken(NamedTuple):
    """When each contract (C) takes a case (N) and sends it abroad: (C, N), NO_DAY where not; and which row takes it.

    ``by`` is the arrangement of that row, -1 where none is.
    """

    day: Ints
    abroad: Ints
    by: Ints


def book_moved(log: EventLog, number: Ints, stream: Stream, world: World, arranged: Arranged, law: LawDays) -> Ledger:
    """Book everything that the log says happened.

    Parameters
    ----------
    log : EventLog
        In canonical order, with the steps of one arrangement.
    number : int64 array, shape (rows,)
        Arrangement of each row.
    stream : Stream
        The claims and cases of the same run.
    world : World
        The scenario with its values realised.
    arranged : Arranged
    law : LawDays
        The law by day over the whole span.
    """
    data = world.data
    models = [model_named(data, part.model) for part in arranged.parts]
    owners, contract = [ownership(model) for model in models], np.array(arranged.contracts, np.int64)
    years = calendar_years(stream.first, stream.n_days)
    purses = purses_of(owners, number, log.step + STEPS * number)
    of_debts, of_rules = Journal(), Journal()
    debts = book_debts(of_debts, log, stream, law, purses, data.policy)
    noted = of_debts.postings()
    whose = np.where(noted.step < 0, NO_CASE, noted.step // STEPS)  # the arrangement of each posting
    posted = replace(noted, step=np.where(noted.step < 0, noted.step, noted.step % STEPS))
    paid = posted.book == CASH
    taken = _taken(log, number, contract, owners, len(stream.cases))
    leave = _leaves(log, contract[number])
    for place, model in enumerate(models):
        mine = number == place
        under = Under(
            place, mine, taken.day[contract[place]], taken.by[contract[place]] == place, leave[mine[leave - 1]], purses
        )
        by_year = tuple(models_by_year(data, model, years_of(stream.first, years)))
        cash = posted.where(paid & (whose == place))
        book_rules(of_rules, Happened(log, stream, law, owners[place], data.policy, by_year, debts, cash, years, under))
    for place in np.unique(contract, return_index=True)[1].tolist():
        terms, which = models[place].contract, contract[place]
        if terms is not None:
            cash = posted.where(paid & (np.append(contract, NO_CASE)[whose] == which))
            book_commission(of_rules, cash, terms.commission, taken.day[which], taken.abroad[which])
    principal, interest = (posted.where(paid & (posted.line == LINE[name])) for name in ("principal", "interest"))
    book_valuation(of_rules, stream, debts, principal, data.policy)
    book_arranged_years(
        of_rules,
        interest_by_debtor(stream, interest, years),
        arranged,
        world,
        years,
        reserve_of_log(log, number, arranged, years),
    )
    both = zip(posted.columns(), of_rules.postings().columns(), strict=True)
    postings = Postings(*map(np.concatenate, both))
    return Ledger(arranged.name, postings, _narrow(debts), owners[0], tuple(years), arranged.start)


def _taken(log: EventLog, number: Ints, contract: Ints, owners: list[Ownership], n_cases: int) -> Taken:
    """The first step of the agency's in each case under each contract, and the first that goes abroad."""
    by_agency = np.array([[actor == AGENCY for actor in one.actor] for one in owners])
    day, n_contracts = log.minute // MINUTES_PER_DAY, int(contract[-1]) + 1
    found = Taken(*(np.full((n_contracts, n_cases), none, np.int64) for none in (NO_DAY, NO_DAY, NO_CASE)))
    done = np.flatnonzero(log.kind == DONE)
    done = done[by_agency[number[done], log.step[done]]]
    abroad = done[log.step[done] == STEP_CODE["foreign_collection"]]
    np.minimum.at(found.day, (contract[number[done]], log.case[done]), day[done])
    np.minimum.at(found.abroad, (contract[number[abroad]], log.case[abroad]), day[abroad])
    first = done[::-1]  # of several assignments the last stays
    found.by[contract[number[first]], log.case[first]] = number[first]
    return found


def _leaves(log: EventLog, contract: Ints) -> Ints:
    """Rows with which a case has come to another contract than that of its row before."""
    same = log.case[1:] == log.case[:-1]
    return (
        np.flatnonzero(np.append(False, same & (contract[1:] != contract[:-1]))) if len(log) else np.zeros(0, np.int64)
    )


def _narrow(debts: Debts) -> Debts:
    """Debts by charge, whoever they are owed to."""
    by_owner = {name: getattr(debts, name) for name in ("charged", "paid", "given_up")}
    return replace(
        debts, **{name: given.reshape(len(given), -1, len(CHARGES)).sum(axis=1) for name, given in by_owner.items()}
    )
