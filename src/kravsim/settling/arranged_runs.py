"""One run of arrangements one after the other: the plans, then either road, then the audit of lines for each and for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kravsim.engine import get_engine
from kravsim.engine.arranged import cases_of_all, told_of_all, told_of_one
from kravsim.errors import RunError
from kravsim.ledger import audit
from kravsim.ledger.arranged import BookedPart, book_arranged
from kravsim.ledger.audit import purses, staff_faults
from kravsim.ledger.statement import amounts_of
from kravsim.models import model_named
from kravsim.models.arranged import Arranged, parts_of
from kravsim.models.own_reminder import STEP_REMINDER, never_handed_over
from kravsim.settling.audit_arranged_lines import audit_arranged_lines
from kravsim.settling.summed_tallies import tallies_of_booked
from kravsim.settling.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from kravsim.engine.events import CaseInput, EventLog
    from kravsim.law import LawDays
    from kravsim.ledger import Ledger, Legal
    from kravsim.scenario import World
    from kravsim.stream import Stream


class SequenceInputs(NamedTuple):
    """What a sequence meets: the world, its law by day, the claims and cases it is handed, and the law for each audit.

    Attributes
    ----------
    world : World
    law : LawDays
    stream : Stream
    cases : CaseInput
        Of the stream.
    with_luck : callable
        Gives the cases of a part of the stream their draws.
    legal : tuple of Legal
        The law with the contract of each arrangement.
    """

    world: World
    law: LawDays
    stream: Stream
    cases: CaseInput
    with_luck: Callable[[Stream], CaseInput]
    legal: tuple[Legal, ...]


class ArrangedBooks(NamedTuple):
    """The log and ledger of a run, audited: of all, and of each arrangement; and what they add up to.

    Attributes
    ----------
    log : EventLog
    ledger : Ledger
    booked : list of BookedPart
    tally : Tally
    tallies : list of Tally
    """

    log: EventLog
    ledger: Ledger
    booked: list[BookedPart]
    tally: Tally
    tallies: list[Tally]


def never_handed_over_by(arranged: Arranged, inputs: SequenceInputs) -> NDArray[np.bool_]:
    """Which cases are paid after a reminder of the arrangement's own, before their hand-over.

    Parameters
    ----------
    arranged : Arranged
    inputs : SequenceInputs
        With all cases of the world.
    """
    gone, data = np.zeros(len(inputs.cases), np.bool_), inputs.world.data
    for part, is_mine in parts_of(arranged, inputs.stream.cases.hand_over_day):
        model = model_named(data, part.model)
        if model.own_reminder is not None:
            answers = inputs.cases.first_answers(STEP_REMINDER)
            gone |= is_mine & never_handed_over(data, model, part.plan, inputs.cases.klass, answers)
    return gone


def straight(arranged: Arranged, inputs: SequenceInputs) -> Tally:
    """Settle case after case, and hold the lines against what was done.

    Parameters
    ----------
    arranged : Arranged
    inputs : SequenceInputs
    """
    from kravsim.settling.arranged import settle_arranged  # compiled, so imported where it is needed

    total, tallies = settle_arranged(arranged, inputs.cases, inputs.stream, inputs.world, inputs.law, inputs.legal)
    audit_arranged_lines(total, tallies, arranged, inputs.world.data)
    return total


def books_of(arranged: Arranged, inputs: SequenceInputs, engine: str) -> ArrangedBooks:
    """Let an engine play the plan of all, book its log and audit what was booked.

    Parameters
    ----------
    arranged : Arranged
    inputs : SequenceInputs
    engine : str
        Name of the engine, ``compiled`` or ``simpy``.

    Raises
    ------
    RunError
        When the books do not add up.
    """
    played = get_engine(engine)(arranged.whole, cases_of_all(arranged, inputs.cases))
    log = told_of_one(arranged, played)
    ledger, booked = book_arranged(log, inputs.stream, inputs.world, arranged, inputs.law)
    for one, legal in zip(booked, inputs.legal, strict=True):
        audit(one.log, one.part.plan, one.stream, one.ledger.postings, legal)
    whole_log = told_of_all(arranged, log, inputs.stream.cases.hand_over_day)
    problems = [*purses(amounts_of(ledger.postings)), *staff_faults(whole_log, arranged.whole)]
    if problems:
        raise RunError(problems)
    given: Sequence[CaseInput] = [inputs.with_luck(one.stream) for one in booked]
    tally, tallies = tallies_of_booked(ledger, booked, inputs.stream, given)
    audit_arranged_lines(tally, tallies, arranged, inputs.world.data)
    return ArrangedBooks(log, ledger, booked, tally, tallies)
