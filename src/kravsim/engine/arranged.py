"""Cases of a sequence of arrangements as its engine plan knows them, and what an engine returns told of one arrangement."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kravsim.engine.events import CaseInput, EventLog, Ints, KeyedUniforms
from kravsim.models.arranged import Arranged
from kravsim.models.sales import leaves_of
from kravsim.units import MINUTES_PER_DAY


def cases_of_all(arranged: Arranged, cases: CaseInput) -> CaseInput:
    """The cases for the plan of all arrangements: each of a class of its own arrangement, with the draws that it has anyway.

    Parameters
    ----------
    arranged : Arranged
    cases : CaseInput
        Drawn for the plan of one arrangement.
    """
    count, classes = len(arranged.parts), len(arranged.parts[0].plan.start)
    number = arranged.number_of(cases.start // MINUTES_PER_DAY)
    column, columns = cases.first_column[:-1], int(cases.first_column[-1])
    first_column = np.append(np.concatenate([column + columns * nth for nth in range(count)]), columns * count)
    drawn = cases.uniforms
    if isinstance(drawn, KeyedUniforms):
        uniforms: KeyedUniforms | np.ndarray = KeyedUniforms(
            drawn.run,
            drawn.number,
            np.tile(drawn.keys, (count, 1)),
            first_column,
            drawn.shared,
            np.tile(drawn.whose, count),
            drawn.phase,
        )
    else:
        uniforms = np.tile(drawn, (1, count, 1))
    cases = leaving(arranged, cases)
    return replace(cases, klass=cases.klass + classes * number, first_column=first_column, uniforms=uniforms)


def leaving(arranged: Arranged, cases: CaseInput) -> CaseInput:
    """The cases with the minute in which each is sold, where any is.

    Parameters
    ----------
    arranged : Arranged
    cases : CaseInput
    """
    return replace(cases, leaves=leaves_of(arranged.sales, cases.start // MINUTES_PER_DAY))


def told_of_one(arranged: Arranged, log: EventLog) -> EventLog:
    """A log of the plan of all arrangements with the steps and ends of one.

    Parameters
    ----------
    arranged : Arranged
    log : EventLog
        What an engine made of the plan of all.
    """
    steps, count = len(arranged.parts[0].plan.steps), len(arranged.parts)
    is_end = log.step >= steps * count
    return replace(log, step=np.where(is_end, log.step - steps * (count - 1), log.step % steps))


def arrangement_of_rows(arranged: Arranged, log: EventLog, day: Ints) -> Ints:
    """The arrangement of each row of a log of the plan of all: that of its step; of an end, that which it was come to under.

    Parameters
    ----------
    arranged : Arranged
    log : EventLog
        What an engine made of the plan of all.
    day : int64 array, shape (N,)
        On which each case was handed over, since day 0.

    Returns
    -------
    int64 array, shape (rows,)
    """
    steps, count = len(arranged.parts[0].plan.steps), len(arranged.parts)
    number = np.minimum(log.step // steps, count - 1)
    ends = np.flatnonzero(log.step >= steps * count)
    at_once = ends[(ends == 0) | (log.case[ends - 1] != log.case[ends])]
    number[ends] = number[ends - 1]
    number[at_once] = arranged.number_of(day)[log.case[at_once]]
    return number


def told_of_all(arranged: Arranged, log: EventLog, day: Ints) -> EventLog:
    """The way back: a log with the steps and ends of the plan of all arrangements.

    Parameters
    ----------
    arranged : Arranged
    log : EventLog
        With the steps of one arrangement.
    day : int64 array, shape (N,)
        On which each case was handed over, since day 0.
    """
    steps, count = len(arranged.parts[0].plan.steps), len(arranged.parts)
    number = np.where(log.step < steps, arranged.number_of(day)[log.case], count - 1)
    return replace(log, step=log.step + steps * number)
