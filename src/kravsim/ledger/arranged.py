"""Booking where arrangements follow each other: each case by the rules of the arrangement that it met, by the code of one.

The cases of an arrangement are booked as a stream of their own, by :func:`kravsim.ledger.booking.book_cases`, and audited so;
then all of it is put together, with what belongs to no case.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import STARTED
from kravsim.engine.events import EventLog
from kravsim.law import LawDays
from kravsim.ledger.accounts import NO_CASE, Ints, Journal, Postings
from kravsim.ledger.arranged_years import book_arranged_years
from kravsim.ledger.booking import Ledger, book_cases
from kravsim.ledger.costs import Reserve, reserve_minutes
from kravsim.ledger.debts import Debts
from kravsim.models.arranged import Arranged, Part, parts_of
from kravsim.scenario import World
from kravsim.stream.paid_before import without_cases
from kravsim.stream.stream import Stream
from kravsim.units import MINUTES_PER_DAY

OF_A_CLAIM = (
    "interest_charged",
    "interest_paid",
    "interest_given_up",
    "principal_paid",
    "principal_given_up",
)
"""Debts by claim; the others are by case."""


class BookedPart(NamedTuple):
    """The cases of one arrangement, by themselves.

    Attributes
    ----------
    part : Part
    is_mine : bool array, shape (N,)
        Which cases of all they are.
    stream : Stream
    log : EventLog
    ledger : Ledger
        Without what belongs to no case.
    """

    part: Part
    is_mine: NDArray[np.bool_]
    stream: Stream
    log: EventLog
    ledger: Ledger


def book_arranged(
    log: EventLog, stream: Stream, world: World, arranged: Arranged, law: LawDays
) -> tuple[Ledger, list[BookedPart]]:
    """Book everything that the log says happened, in all and by arrangement.

    Parameters
    ----------
    log : EventLog
        In canonical order, with the steps of one arrangement.
    stream : Stream
        The claims and cases of the same run.
    world : World
        The scenario with its values realised.
    arranged : Arranged
    law : LawDays
        The law by day over the whole span.
    """
    booked, interest = [], np.zeros(0, np.int64)
    for part, is_mine in parts_of(arranged, stream.cases.hand_over_day):
        mine, _ = without_cases(stream, ~is_mine, arranged.start)
        of_mine = _log_of(log, is_mine)
        ledger, paid = book_cases(Journal(), of_mine, mine, world, part.model, law, arranged.sales)
        booked.append(BookedPart(part, is_mine, mine, of_mine, ledger))
        interest = interest + paid if interest.size else paid
    first, journal = booked[0].ledger, Journal()
    years = list(first.years)
    number = arranged.number_of(stream.cases.hand_over_day)[log.case]
    book_arranged_years(journal, interest, arranged, world, years, reserve_of_log(log, number, arranged, years))
    postings = [_among_all(one, stream) for one in booked] + [journal.postings()]
    whole = replace(
        first,
        model=arranged.name,
        postings=Postings(*map(np.concatenate, zip(*(one.columns() for one in postings), strict=True))),
        debts=_debts(booked, stream),
    )
    return whole, booked


def _log_of(log: EventLog, is_mine: NDArray[np.bool_]) -> EventLog:
    """The rows of some cases, which are numbered anew."""
    rows, number = is_mine[log.case], np.cumsum(is_mine) - 1
    picked = EventLog(*(getattr(log, column.name)[rows] for column in fields(log)))
    return replace(picked, case=number[picked.case])


def _among_all(one: BookedPart, stream: Stream) -> Postings:
    """The postings of an arrangement with the numbers that its cases and claims have among all."""
    case, claim = np.flatnonzero(one.is_mine), np.flatnonzero(one.is_mine[stream.claims.case])
    given = one.ledger.postings
    return replace(
        given,
        case=np.where(given.case == NO_CASE, NO_CASE, np.append(case, NO_CASE)[given.case]),
        claim=np.where(given.claim == NO_CASE, NO_CASE, np.append(claim, NO_CASE)[given.claim]),
    )


def _debts(booked: list[BookedPart], stream: Stream) -> Debts:
    """The state of every debt, from those of each arrangement."""
    found = {}
    for column in fields(Debts):
        parts = [getattr(one.ledger.debts, column.name) for one in booked]
        n_all = len(stream.claims.case) if column.name in OF_A_CLAIM else len(stream.cases)
        found[column.name] = np.zeros((n_all, *parts[0].shape[1:]), np.int64)
        for one, part in zip(booked, parts, strict=True):
            mine = one.is_mine[stream.claims.case] if column.name in OF_A_CLAIM else one.is_mine
            found[column.name][mine] = part
    return Debts(**found)


def reserve_of_log(log: EventLog, number: Ints, arranged: Arranged, years: list[tuple[int, int]]) -> Reserve:
    """Minutes that servers in reserve took up in each year, of the pools of all arrangements.

    Parameters
    ----------
    log : EventLog
        With the steps of one arrangement.
    number : int64 array, shape (rows,)
        Arrangement of each row.
    arranged : Arranged
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    """
    begun = np.flatnonzero(log.kind == STARTED)
    pool = np.array([part.plan.pool for part in arranged.parts])[number[begun], log.step[begun]]
    kind: Ints = np.zeros(len(begun), np.int64)
    for place, one in enumerate(arranged.outward.pools):
        kind[pool == place] = one.kind[log.server[begun][pool == place]]
    day = log.minute[begun] // MINUTES_PER_DAY
    return reserve_minutes(len(arranged.outward.pools), years, pool, kind, day, log.quantity[begun])
