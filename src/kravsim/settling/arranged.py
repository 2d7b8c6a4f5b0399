"""Arrangements one after the other, straight to tallies: the cases of each by its own terms, what they share over all.

Cases stand in order of their hand-over, so those of an arrangement follow each other. ``settle_arranged`` and
``tallies_of_booked`` give the same, by the two bookings: a tally for each arrangement, of its cases, and one of all. Where
open cases move over, a case may be of several: ``settle_moving`` gives the tally of all.
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
from kravsim.ledger.legal import SEVERAL
from kravsim.ledger.legal_moves import moving_of
from kravsim.ledger.ownership import ownership
from kravsim.models import model_named
from kravsim.settling.months import months_in
from kravsim.settling.moving_compiled import MovingSettling, Way
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
    from kravsim.ledger.accounts import Ints
    from kravsim.ledger.legal import Legal
    from kravsim.models.arranged import Arranged
    from kravsim.scenario import World
    from kravsim.stream.stream import Stream


def settle_moving(
    arranged: Arranged, cases: CaseInput, stream: Stream, world: World, law: LawDays, legal: Sequence[Legal]
) -> tuple[Tally, Ints]:
    """Run a sequence in which open cases move over, and book it, straight to its tally.

    Parameters
    ----------
    arranged, cases, stream, world, law, legal
        As in :func:`settle_arranged`.

    Returns
    -------
    Tally
    int64 array, shape (arrangements, steps)
        Times that each step was carried out under each arrangement within the horizon.

    Raises
    ------
    RunError
        As from :func:`kravsim.settling.settle_compiled.settle`.
    """
    whole, parts, data = arranged.whole, arranged.parts, world.data
    models = [model_named(data, part.model) for part in parts]
    owners, moving = [ownership(model) for model in models], moving_of(arranged, models)
    terms = tuple(terms_of(data, model, stream, law, among=(owners, number)) for number, model in enumerate(models))
    prepared_for = prepared(whole, cases_of_all(arranged, cases))
    of_all = legal[0]._replace(agreed=SEVERAL)
    settling = MovingSettling(prepared_for, stream, terms[0], of_all)
    tally = empty_tally(len(whole.pools), months_in(terms[0].month_of_day))
    number = np.empty(settling.space.rows.shape[1], np.int64)
    way = Way(moving.contract, moving.first, number, np.zeros((len(parts), len(parts[0].plan.steps)), np.int64))
    audited = moving, tuple(one.agreed for one in legal)
    settling.go_through_all(whole, prepared_for[0], tally, terms, of_all, audited, way)
    settling.close(whole, tally, terms[0])
    _add_years(tally, settling, arranged, stream, world, terms[0].bygone)
    return tally, way.done


def _add_years(total: Tally, settling: Settling, arranged: Arranged, stream: Stream, world: World, bygone: int) -> None:
    """Book what belongs to no case, and hold the region's purse against its statement."""
    years = [year for year in calendar_years(stream.first, stream.n_days) if year[0] >= bygone]
    journal, interest = Journal(), settling.interest[:, -len(years) :]
    book_arranged_years(journal, interest, arranged, world, years, reserve_of(arranged.whole, settling.work, years))
    add_postings(total, journal.postings(), stream, arranged.start, np.zeros(0, np.bool_))
    problems = purses(total.amounts.sum(axis=(0, 1)))
    if problems:
        raise RunError(problems)


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
    _add_years(total, settling, arranged, stream, world, terms[0].bygone)
    return total, tallies
