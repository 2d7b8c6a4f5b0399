"""Any total back to its postings, and cases found by what happened to them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kravsim.engine.contract import ANSWERED, DONE, ENDED
from kravsim.engine.events import EventLog
from kravsim.errors import Problem, RunError
from kravsim.explaining.life import OPEN
from kravsim.ledger.accounts import (
    BOOKS,
    BUDGET,
    CASH,
    DEBTOR,
    GROUNDS,
    LINE,
    LINES,
    PARTIES,
    REGION,
    VALUE,
    Ints,
    Postings,
)
from kravsim.ledger.booking import Ledger
from kravsim.models.process import ENDS, PROCESS, STEP_CODE, answer_code
from kravsim.phrases import phrase
from kravsim.stream.stream import DEBTOR_TYPES, SEGMENTS, Stream
from kravsim.units import ORE_PER_KR

if TYPE_CHECKING:
    import pandas as pd

_VALUE_LINES = ("system_depreciation",)
"""Lines that enter the statement by value, not as cash."""


def postings_frame(ledger: Ledger, stream: Stream, line: str | None = None) -> pd.DataFrame:
    """Postings of the measured horizon as a table, to follow a total back to what it is made of.

    Parameters
    ----------
    ledger, stream
        Of one and the same run.
    line : str, optional
        A budget line, such as ``reminder_fees``: the postings that the region's statement sums. Or a line of the ledger
        that is no budget line, such as ``principal`` or ``kronofogden_outlay``: all its postings, in every book. Without
        it, every posting.

    Returns
    -------
    pandas.DataFrame
        ``date``, ``case``, ``claim`` (-1: none), ``step``, ``line``, ``ground``, ``payer``, ``receiver``, ``book``,
        ``amount_kr``, ``budget_line`` (empty: not in the statement), ``region_kr`` and ``region_ore`` (what the posting does
        to the statement: income above 0, cost below). ``region_ore`` sums to the budget line exactly, over all its years.

    Raises
    ------
    RunError
        When there is no such line.
    """
    import pandas as pd

    check_line(line)
    postings = ledger.postings.where(ledger.postings.day >= ledger.start)
    budget, effect = _budget_line(postings), _effect_ore(postings)
    if line is not None:
        kept = budget == _line_number(line) if line in dict(BUDGET) else postings.line == LINE[line]
        postings, budget, effect = postings.where(kept), budget[kept], effect[kept]
    steps = np.array([*(step.name for step in PROCESS), ""])
    names = np.array([*(name for name, _ in BUDGET), ""])
    return pd.DataFrame(
        {
            "date": [stream.first + dt.timedelta(day) for day in postings.day.tolist()],
            "case": postings.case,
            "claim": postings.claim,
            "step": steps[postings.step],
            "line": np.array(LINES)[postings.line],
            "ground": np.array([GROUNDS[name] for name in LINES])[postings.line],
            "payer": np.array(PARTIES)[postings.payer],
            "receiver": np.array(PARTIES)[postings.receiver],
            "book": np.array(BOOKS)[postings.book],
            "amount_kr": postings.amount_ore / ORE_PER_KR,
            "budget_line": names[budget],
            "region_kr": effect / ORE_PER_KR,
            "region_ore": effect,
        }
    )


def _line_number(line: str) -> int:
    return [name for name, _ in BUDGET].index(line)


def _budget_line(postings: Postings) -> Ints:
    """Number of the budget line that each posting counts in, -1 for none."""
    of_line = np.full(len(LINES), -1, np.int64)
    for number, (_, lines) in enumerate(BUDGET):
        of_line[[LINE[line] for line in lines]] = number
    by_value = np.isin(postings.line, [LINE[line] for line in _VALUE_LINES])
    counts = np.where(by_value, postings.book == VALUE, postings.book == CASH)
    counts &= (postings.receiver == REGION) | (postings.payer == REGION)
    return np.where(counts, of_line[postings.line], -1)


def _effect_ore(postings: Postings) -> Ints:
    """What each posting does to the region's statement; a valuation has the region on both sides and is a cost."""
    received = (postings.receiver == REGION) & (postings.book == CASH)
    signed = postings.amount_ore * (received.astype(np.int64) - (postings.payer == REGION))
    return np.where(_budget_line(postings) >= 0, signed, 0)


def find_cases(
    ledger: Ledger, log: EventLog, stream: Stream, *what: str, payments: int = 0, limit: int = 20
) -> pd.DataFrame:
    """Find cases by what happened to them.

    Parameters
    ----------
    ledger, log, stream
        Of one and the same run.
    *what : str
        All of these must be true of a case: the name of a step it came to (``"attachment"``), of a step and its answer
        (``"attachment:part"``), of an end state it reached (``"lapsed"``), or ``"open"``.
    payments : int
        Fewest payments that the debtor made.
    limit : int
        How many cases to give at most.

    Returns
    -------
    pandas.DataFrame
        ``case``, ``debtor``, ``segment``, ``type``, ``claims``, ``principal_kr``, ``handed_over``, ``steps`` (how many were
        carried out), ``payments``, ``paid_kr`` and ``end``; cases handed over within the measured horizon first. The
        number of all that were found is in ``attrs["found"]``.

    Raises
    ------
    RunError
        When a name is neither a step nor an end state, or a step has no such answer.
    """
    import pandas as pd

    check_names(*what)
    n = len(stream.cases)
    found = np.ones(n, bool)
    for name in what:
        found &= _true_of(name, log, n)
    cash = ledger.postings
    cash = cash.where((cash.book == CASH) & (cash.payer == DEBTOR))
    paid = np.zeros(n, np.int64)
    np.add.at(paid, cash.case, cash.amount_ore)
    times = np.bincount(log.case[_payment_rows(log)], minlength=n)
    found &= times >= payments
    numbers = np.flatnonzero(found)
    recent = stream.cases.hand_over_day[numbers] >= ledger.start
    chosen = np.concatenate((numbers[recent], numbers[~recent]))[:limit]
    done = np.bincount(log.case[log.kind == DONE], minlength=n)
    ends = np.array([*ENDS, OPEN])
    cases, debtors = stream.cases, stream.debtors
    of_debtor = cases.debtor[chosen]
    reached = np.where(ledger.debts.end[chosen] < 0, -1, ledger.debts.end[chosen] - len(PROCESS))
    frame = pd.DataFrame(
        {
            "case": chosen,
            "debtor": of_debtor,
            "segment": np.array(SEGMENTS)[debtors.segment[of_debtor]],
            "type": np.array(DEBTOR_TYPES)[debtors.kind[of_debtor]],
            "claims": cases.first_claim[chosen + 1] - cases.first_claim[chosen],
            "principal_kr": cases.principal_ore[chosen] / ORE_PER_KR,
            "handed_over": [stream.first + dt.timedelta(day) for day in cases.hand_over_day[chosen].tolist()],
            "steps": done[chosen],
            "payments": times[chosen],
            "paid_kr": paid[chosen] / ORE_PER_KR,
            "end": ends[reached],
        }
    )
    frame.attrs["found"] = len(numbers)
    return frame


def check_names(*what: str) -> None:
    """Refuse what :func:`find_cases` would not know, before anything is run for it.

    Parameters
    ----------
    *what : str
        Names of steps, of steps with an answer (``"attachment:part"``), and of end states.

    Raises
    ------
    RunError
        When a name is neither a step nor an end state, or a step has no such answer.
    """
    for name in what:
        step, colon, answer = name.partition(":")
        if step in STEP_CODE:
            answers = [option.name for option in PROCESS[STEP_CODE[step]].answers]
            if colon and answer not in answers:
                raise RunError(
                    Problem(
                        "", phrase("answer to {step}", step=step), answer, ", ".join(answers), "name one of its answers"
                    )
                )
        elif name not in (*ENDS, OPEN):
            known = ", ".join([*STEP_CODE, *ENDS, OPEN])
            raise RunError(Problem("", "find", name, known, "name steps, step:answer or end states"))


def check_line(line: str | None) -> None:
    """Refuse a line that :func:`postings_frame` would not know, before anything is run for it.

    Parameters
    ----------
    line : str or None
        A line of the budget or of the ledger; None for every posting.

    Raises
    ------
    RunError
        When it is no line of the budget and none of the ledger.
    """
    known = dict.fromkeys([*(name for name, _ in BUDGET), *LINES])
    if line is not None and line not in known:
        raise RunError(Problem("", "line", line, ", ".join(known), "name a line of the budget or of the ledger"))


def _true_of(name: str, log: EventLog, n_cases: int) -> NDArray[np.bool_]:
    """Which cases (N,) came to a step, were answered so, or reached an end."""
    ended = log.kind == ENDED
    if name == OPEN:
        closed = np.zeros(n_cases, bool)
        closed[log.case[ended]] = True
        return ~closed
    step, _, answer = name.partition(":")
    if name in ENDS:
        rows = ended & (log.step == len(PROCESS) + ENDS.index(name))
    else:
        rows = (log.kind == (ANSWERED if answer else DONE)) & (log.step == STEP_CODE[step])
        if answer:
            rows &= log.answer == answer_code(step, answer)
    here = np.zeros(n_cases, bool)
    here[log.case[rows]] = True
    return here


def _payment_rows(log: EventLog) -> NDArray[np.bool_]:
    """Rows at which a debtor pays something."""
    pays = np.zeros((len(PROCESS), max(len(step.answers) for step in PROCESS)), bool)
    for code, step in enumerate(PROCESS):
        pays[code, : len(step.answers)] = [answer.effect != "none" for answer in step.answers]
    answered = log.kind == ANSWERED
    paying = pays[np.where(answered, log.step, 0), np.where(answered, log.answer, 0)]
    return np.asarray(answered & paying)
