"""Arrangements one after the other, straight to tallies: the cases of each by its own terms, what they share over all.

Cases stand in order of their hand-over, so those of an arrangement follow each other. ``settle_arranged`` and
``tallies_of_arranged`` give the same, by the two bookings: a tally for each arrangement, of its cases, and one of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kravsim.engine.arranged import cases_of_all, leaving
from kravsim.engine.arrays_compiled import case_arrays, plan_arrays
from kravsim.engine.cases_compiled import ITEM_TURN
from kravsim.engine.engine_compiled import prepared
from kravsim.errors import RunError
from kravsim.ledger.accounts import Journal
from kravsim.ledger.arranged_years import book_arranged_years
from kravsim.ledger.audit import purses
from kravsim.models import model_named
from kravsim.settling.months import months_in
from kravsim.settling.settle_compiled import Settling
from kravsim.settling.staff_compiled import WORK_STEP
from kravsim.settling.summed_tallies import summed
from kravsim.settling.tally import Tally, add_postings, empty_tally
from kravsim.settling.terms import terms_of
from kravsim.settling.work_done import reserve_of
from kravsim.workdays import calendar_years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kravsim.engine.events import CaseInput
    from kravsim.law import LawDays
    from kravsim.ledger.legal import Legal
    from kravsim.models.arranged import Arranged
    from kravsim.scenario import World
    from kravsim.stream.stream import Stream


def settle_arranged(
    arranged: Arranged, cases: CaseInput, stream: Stream, world: World, law: LawDays, legal: Sequence[Legal]
) -> tuple[Tally, list[Tally]]:
    """Run a sequence and book it, straight to its tally and those of its arrangements.

    Parameters
    ----------
    arranged : Arranged
    cases : CaseInput
        Drawn for the steps and visits of one arrangement.
    stream : Stream
        What the cases were made of.
    world : World
        The scenario with its values realised.
    law : LawDays
        The law by day, for the booking.
    legal : sequence of Legal
        The law as the audit reads it, with the contract of each arrangement.

    Raises
    ------
    RunError
        As from :func:`kravsim.settling.settle_compiled.settle`.
    """
    data, whole, parts = world.data, arranged.whole, arranged.parts
    every, _, staff, served = prepared(whole, cases_of_all(arranged, cases))
    plans = [plan_arrays(part.plan)[0] for part in parts]
    steps = len(parts[0].plan.steps)
    plans = [
        plan._replace(queue=every.queue[steps * number : steps * (number + 1)]) for number, plan in enumerate(plans)
    ]
    terms = [terms_of(data, model_named(data, part.model), stream, law, arranged.sales) for part in parts]
    settling = Settling(
        (plans[0], case_arrays(parts[0].plan, leaving(arranged, cases)), staff, served), stream, terms[0], legal[0]
    )
    first = np.searchsorted(stream.cases.hand_over_day, [part.first for part in parts]).tolist()
    tallies = [empty_tally(len(whole.pools), months_in(terms[0].month_of_day)) for _ in parts]
    for number, (begin, last) in enumerate(zip(first, [*first[1:], len(cases)], strict=True)):
        settling.go_through(
            parts[number].plan, plans[number], tallies[number], terms[number], legal[number], begin, last
        )
        turns = served.items[served.first_item[begin] : served.first_item[last], ITEM_TURN]
        of_work = settling.work[turns, WORK_STEP]
        settling.work[turns, WORK_STEP] = np.where(of_work < 0, of_work, of_work + steps * number)
    total = summed(tallies)
    settling.close(whole, total, terms[0])
    years = [year for year in calendar_years(stream.first, stream.n_days) if year[0] >= terms[0].bygone]
    journal, interest = Journal(), settling.interest[:, -len(years) :]
    book_arranged_years(journal, interest, arranged, world, years, reserve_of(whole, settling.work, years))
    add_postings(total, journal.postings(), stream, arranged.start, np.zeros(0, np.bool_))
    problems = purses(total.amounts.sum(axis=(0, 1)))
    if problems:
        raise RunError(problems)
    return total, tallies
