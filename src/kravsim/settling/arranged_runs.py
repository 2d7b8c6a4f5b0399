"""One run of arrangements one after the other: the plans, then either road, then the audit of lines for each and for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kravsim.engine import get_engine
from kravsim.engine.arranged import arrangement_of_rows, cases_of_all, told_of_all, told_of_one
from kravsim.engine.contract import DONE
from kravsim.errors import RunError
from kravsim.ledger import audit
from kravsim.ledger.arranged import BookedPart, book_arranged
from kravsim.ledger.audit import audit_moved, purses, staff_faults
from kravsim.ledger.legal import SEVERAL
from kravsim.ledger.legal_moves import moving_of
from kravsim.ledger.moved import book_moved
from kravsim.ledger.statement import amounts_of
from kravsim.models import model_named
from kravsim.models.arranged import Arranged, parts_of
from kravsim.models.own_reminder import STEP_REMINDER, never_handed_over
from kravsim.models.process import PROCESS
from kravsim.settling.audit_arranged_lines import audit_arranged_lines, audit_moving_lines
from kravsim.settling.summed_tallies import tallies_of_booked
from kravsim.settling.tally import Tally, tally_of
from kravsim.units import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from kravsim.engine.events import CaseInput, EventLog
    from kravsim.law import LawDays
    from kravsim.ledger import Ledger, Legal
    from kravsim.ledger.accounts import Ints
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
    """The log and ledger of a run, audited, and what they add up to.

    Attributes
    ----------
    log : EventLog
    ledger : Ledger
    tally : Tally
    number : int64 array, shape (rows,)
        Arrangement of each row of the log.
    booked : tuple of BookedPart
        The cases of each arrangement; empty where they move between them.
    """

    log: EventLog
    ledger: Ledger
    tally: Tally
    number: Ints
    booked: tuple[BookedPart, ...] = ()


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
    from kravsim.settling.arranged import settle_arranged, settle_moving  # compiled, so imported where needed

    if arranged.moves:
        total, done = settle_moving(arranged, inputs.cases, inputs.stream, inputs.world, inputs.law, inputs.legal)
        audit_moving_lines(total, done, arranged, inputs.world.data)
        return total
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
    if arranged.moves:
        return _books_of_moving(arranged, inputs, engine)
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
    number = arranged.number_of(inputs.stream.cases.hand_over_day)[log.case]
    return ArrangedBooks(log, ledger, tally, number, tuple(booked))


def _books_of_moving(arranged: Arranged, inputs: SequenceInputs, engine: str) -> ArrangedBooks:
    """As :func:`books_of`, where open cases move over: each row is of its own arrangement."""
    from kravsim.ledger.audit_compiled import Moved  # compiled, so imported where it is needed

    whole, stream, data = arranged.whole, inputs.stream, inputs.world.data
    cases = cases_of_all(arranged, inputs.cases)
    played = get_engine(engine)(whole, cases)
    log, number = told_of_one(arranged, played), arrangement_of_rows(arranged, played, stream.cases.hand_over_day)
    ledger = book_moved(log, number, stream, inputs.world, arranged, inputs.law)
    models = [model_named(data, part.model) for part in arranged.parts]
    moved = Moved(moving_of(arranged, models), tuple(one.agreed for one in inputs.legal), number)
    audit_moved(log, stream, ledger.postings, inputs.legal[0]._replace(agreed=SEVERAL), moved, played, whole)
    tally = tally_of(ledger, log, whole, stream, cases, played)
    now = (log.kind == DONE) & (log.minute >= arranged.start * MINUTES_PER_DAY)
    done = np.zeros((len(models), len(PROCESS)), np.int64)
    np.add.at(done, (number[now], log.step[now]), 1)
    audit_moving_lines(tally, done, arranged, data)
    return ArrangedBooks(log, ledger, tally, number)
