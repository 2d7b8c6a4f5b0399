"""The second route: what must be true of every ledger, recomputed without the booking.

Runs in every replication. Each case is held against the dated law by :mod:`kravsim.ledger.audit_compiled`, whichever way it
was booked; the region's purse must equal its statement; staff must not work twice at once. Neither file imports anything
from the booking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kravsim.engine.contract import DONE, LEFT, NONE, STARTED
from kravsim.engine.events import EventLog
from kravsim.errors import Problem, RunError
from kravsim.ledger.accounts import CASH, LINE, REGION, VALUE, Ints, Postings
from kravsim.ledger.faults import fault
from kravsim.ledger.legal import Legal
from kravsim.ledger.statement import amounts_of, statement_of
from kravsim.models.plan import BY_SYSTEM, LAID_ASIDE, Plan
from kravsim.phrases import phrase
from kravsim.stream.stream import Stream

if TYPE_CHECKING:
    from kravsim.ledger.audit_compiled import Moved


def audit_moved(
    log: EventLog, stream: Stream, postings: Postings, legal: Legal, moved: Moved, played: EventLog, whole: Plan
) -> None:
    """Check the journal of a run in which cases move from arrangement to arrangement.

    Parameters
    ----------
    log, stream, postings, legal
        As in :func:`audit`, with the steps of one arrangement.
    moved : Moved
        The arrangements and their contracts.
    played, whole
        Log and plan with the steps of all arrangements.

    Raises
    ------
    RunError
        As :func:`audit`.
    """
    from kravsim.ledger.audit_compiled import audit_cases  # compiled, so imported where it is needed

    problems = [
        *audit_cases(log, stream, postings, legal, moved),
        *purses(amounts_of(postings)),
        *staff_faults(played, whole),
    ]
    if problems:
        raise RunError(problems)


def audit(log: EventLog, plan: Plan, stream: Stream, postings: Postings, legal: Legal) -> None:
    """Check one run's journal by a second route.

    Parameters
    ----------
    log : EventLog
        Every case of the stream, in canonical order.
    plan : Plan
        What the engine was given.
    stream : Stream
        The cases of the log.
    postings : Postings
        The journal as booked.
    legal : Legal
        The law as the audit looks it up.

    Raises
    ------
    RunError
        Naming every identity that does not hold, with the first case or line where it fails.
    """
    from kravsim.ledger.audit_compiled import audit_cases  # compiled, so imported where it is needed

    problems = [*audit_cases(log, stream, postings, legal), *purses(amounts_of(postings)), *staff_faults(log, plan)]
    if problems:
        raise RunError(problems)


def purses(amounts: Ints) -> list[Problem]:
    """The region's cash equals its statement, principal and what is paid for it, one-off costs; all cash sums to 0 (§M27).

    ``amounts`` is by book, line, payer and receiver.

    Parameters
    ----------
    amounts : int64 array, shape (books, lines, parties, parties)
        Öre by book, line, payer and receiver.
    """
    cash = amounts[CASH].sum(axis=0)
    balance = cash.sum(axis=0) - cash.sum(axis=1)
    depreciation = int(amounts[VALUE, LINE["system_depreciation"]].sum())
    principal, once = (int(amounts[CASH, LINE[name]].sum()) for name in ("principal", "system_once"))
    sold = int(amounts[CASH, LINE["claims_sold"]].sum())
    expected = sum(statement_of(amounts).values()) + depreciation + principal + sold - once
    problems = []
    if balance[REGION] != expected:
        problems.append(
            fault(
                "purse",
                phrase("region {balance} öre", balance=balance[REGION]),
                phrase("{expected} öre by its statement", expected=expected),
            )
        )
    if balance.sum() != 0:
        problems.append(fault("purse", phrase("{sum} öre over all parties", sum=balance.sum()), "0 öre"))
    return problems


def staff_faults(log: EventLog, plan: Plan) -> list[Problem]:
    """Every server works on one item at a time, only when at work, and only on what the server is qualified for.

    Parameters
    ----------
    log : EventLog
        Every case of the stream, in canonical order.
    plan : Plan
        What the engine was given.
    """
    problems = []
    by_system = (log.kind == DONE) & (log.release != NONE) & (log.server == NONE)
    relieved = {"done by the system": (by_system, BY_SYSTEM), "laid aside": (log.kind == LEFT, LAID_ASIDE)}
    for what, (rows, allowed) in relieved.items():
        if (plan.relief[log.step[rows]] != allowed).any():
            problems.append(
                fault(
                    "staff",
                    phrase("work {what} that is not to be", what=phrase(what)),
                    "what the scenario says of a team behind",
                )
            )
    started = np.flatnonzero(log.kind == STARTED)
    for number, pool in enumerate(plan.pools):
        rows = started[plan.pool[log.step[started]] == number]
        for server, calendar in enumerate(pool.servers):
            mine = rows[log.server[rows] == server]
            mine = mine[np.lexsort((log.quantity[mine], log.minute[mine]))]
            worked = calendar.worked_until(log.minute[mine])
            if (worked[1:] < (worked + log.quantity[mine])[:-1]).any():
                problems.append(
                    fault(
                        "staff",
                        phrase("{name} {server} works twice at once", name=pool.name, server=server),
                        "one item at a time",
                    )
                )
            if not calendar.at_work(log.minute[mine]).all():
                problems.append(
                    fault(
                        "staff",
                        phrase("{name} {server} begins while away", name=pool.name, server=server),
                        "work within hours",
                    )
                )
            if not (pool.skills[server] >> plan.skill[log.step[mine]] & 1).all():
                problems.append(
                    fault(
                        "staff",
                        phrase("{name} {server} lacks a skill", name=pool.name, server=server),
                        "work of qualified posts",
                    )
                )
    return problems
