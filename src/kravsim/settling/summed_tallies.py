"""Tallies of several arrangements become one, and the tallies of a sequence's journal and log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kravsim.settling.tally import (
    LONGEST_QUEUED_MINUTES,
    OPEN_DEBTORS,
    REFERRED_DEBTORS,
    Tally,
    add_postings,
    tally_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kravsim.engine.events import CaseInput
    from kravsim.ledger.arranged import BookedPart
    from kravsim.ledger.booking import Ledger
    from kravsim.stream.stream import Stream


def summed(tallies: Sequence[Tally]) -> Tally:
    """One tally of several; debtors, whom they may have in common, are left to be counted over all.

    Parameters
    ----------
    tallies : sequence of Tally
        Of the cases of each arrangement, at least one.
    """
    total = Tally(*(np.sum(columns, axis=0) for columns in zip(*tallies, strict=True)))
    total.counts[LONGEST_QUEUED_MINUTES] = max(int(one.counts[LONGEST_QUEUED_MINUTES]) for one in tallies)
    return total


def tallies_of_booked(
    ledger: Ledger, booked: Sequence[BookedPart], stream: Stream, cases: Sequence[CaseInput]
) -> tuple[Tally, list[Tally]]:
    """The tally of a sequence off its journal and log, and those of its arrangements.

    Parameters
    ----------
    ledger : Ledger
        Of all.
    booked : sequence of BookedPart
        The cases of each arrangement.
    stream : Stream
        Of all.
    cases : sequence of CaseInput
        Of each arrangement, as an engine would be given them.
    """
    tallies = [
        tally_of(one.ledger, one.log, one.part.plan, one.stream, given)
        for one, given in zip(booked, cases, strict=True)
    ]
    total, claims, start = summed(tallies), stream.claims, ledger.start
    of_no_case = ledger.postings.where(ledger.postings.case < 0)
    add_postings(total, of_no_case, stream, start, np.zeros(0, np.bool_))
    referred, is_open = claims.hand_over_day >= start, ledger.debts.end[claims.case] < 0
    for count, which in ((REFERRED_DEBTORS, referred), (OPEN_DEBTORS, is_open)):
        total.counts[count] = len(np.unique(claims.debtor[which]))
    return total, tallies
