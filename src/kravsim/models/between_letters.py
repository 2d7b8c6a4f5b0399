"""Who pays after the time that a letter gives, before the next step comes.

A letter is answered within the time that it gives by shares of their own. Of those whom it leaves silent a share would pay
of their own accord later, so many days after the letter as a chance distribution says. Whoever is that far before the next
step is due pays, all that is owed or the invoice alone; the others meet the next step like all who are silent. So a longer
wait brings in more. Payers in time and between letters give the same answers (``paid``, ``principal_only``): their shares are
added up, and the answer's table of delays is a mixture of both. Neither engines nor ledger know of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.distributions import quantile_table
from kravsim.chance.shares import at_least_0, total
from kravsim.models.abroad import answering_share
from kravsim.models.plan import TABLE_SIZE, Ints
from kravsim.models.replaced import replaced
from kravsim.scenario.schema import ScenarioData
from kravsim.stream.stream import TYPES
from kravsim.units import MINUTES_PER_DAY, half_up

LETTERS: Final = ("reminder", "demand")
"""Steps after which somebody may pay between letters."""
PAID, PRINCIPAL_ONLY = range(2)
"""The answers that payers between letters give, as positions among those of either letter."""


def letter_shares(data: ScenarioData, letter: str, kind: str, segment: str) -> list[Any]:
    """Shares of a letter's answers but the last: in time, and between letters.

    Where fewer of a segment answer, those who do answer like all others; withdrawals are none of the debtor's.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    letter : str
        A name in LETTERS.
    kind : str
        A type of debtor.
    segment : str
        A name in SEGMENTS.

    Returns
    -------
    list of float or array
        In the order of the step's answers.
    """
    shares, late = _in_time(data, letter, kind), _late(data, letter, kind)
    if late is not None:
        for answer, share in enumerate(late):
            shares[answer] = shares[answer] + share
    return _of_segment(data, shares, segment)


def late_among(data: ScenarioData, letter: str, kind: str) -> tuple[Any, Any] | None:
    """Of those who pay all, and of those who pay the invoice alone, the share that pays between letters.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    letter : str
        A name in LETTERS.
    kind : str
        A type of debtor.

    Returns
    -------
    tuple of two floats or arrays, or None
        None where the scenario has no such payers.
    """
    late = _late(data, letter, kind)
    if late is None:
        return None
    of_paid, of_alone = (
        share / np.maximum(share + early, 1e-300)
        for share, early in zip(late, _in_time(data, letter, kind), strict=False)
    )
    return of_paid, of_alone


def silent_in_time(data: ScenarioData, letter: str, kind: str, segment: str) -> Any:
    """Share that gives no answer within the time of a letter.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    letter : str
        A name in LETTERS.
    kind : str
        A type of debtor.
    segment : str
        A name in SEGMENTS.
    """
    return at_least_0(1 - total(_of_segment(data, _in_time(data, letter, kind), segment)))


def reminded_again(data: ScenarioData, again: Any = True) -> ScenarioData:
    """The data where whoever is silent after the demand is reminded once more: more of them pay before the next step.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    again : bool or array, shape (B,)
        In which sets they are.
    """
    for kind in TYPES:
        behaviour = getattr(data.behaviour, kind)
        more, alone = behaviour.reminded_again_paid_share, behaviour.demand_late_paid_share
        if more is not None and alone is not None:
            share = 1 - (1 - alone.value) * (1 - more.value)
            share = share if np.all(again) else np.where(again, share, alone.value)
            data = replaced(data, f"behaviour.{kind}.demand_late_paid_share", share)
    return data


def wait_days(data: ScenarioData, letter: str) -> Any:
    """Days from a letter to the next step, whole.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    letter : str
        A name in LETTERS.
    """
    return half_up(getattr(data.timing, f"{letter}_grace_days").value)


def minutes_before(data: ScenarioData, letter: str, wait: int) -> Ints:
    """When those pay who pay between letters: minutes after the letter, equally likely, none of them when the wait is over.

    Parameters
    ----------
    data : ScenarioData
        With payers between letters.
    letter : str
        A name in LETTERS.
    wait : int
        Days from the letter to the next step.
    """
    days = _days(data, letter)
    return days[days < wait] * MINUTES_PER_DAY


def mixed(first: Ints, second: Ints, share: float) -> Ints:
    """A table of delays of which a share follows the second one.

    Parameters
    ----------
    first : int64 array, shape (TABLE_SIZE,)
        Rising, equally likely.
    second : int64 array, shape (n,)
        Rising, equally likely; its entries stand for `share` of the whole.
    share : float
        From 0, with which the first table is given as it is, to 1.

    Returns
    -------
    int64 array, shape (TABLE_SIZE,)
        Rising.
    """
    if not share or not len(second):
        return first
    values = np.concatenate([first, second])
    weight = np.repeat([(1 - share) / len(first), share / len(second)], [len(first), len(second)])
    order = np.argsort(values, kind="stable")
    middle = (np.arange(TABLE_SIZE) + 0.5) / TABLE_SIZE
    found = np.searchsorted(np.cumsum(weight[order]), middle)
    return values[order][np.minimum(found, len(values) - 1)]


def _in_time(data: ScenarioData, letter: str, kind: str) -> list[Any]:
    answers, early = getattr(data.behaviour, kind), data.behaviour.withdrawn_early_share.value
    if letter == "reminder":
        return [answers.reminder_paid_share.value, answers.principal_only_share.value, early]
    asked = answers.instalment_plan_share.value
    return [answers.demand_paid_share.value, answers.principal_only_share.value, asked, early]


def _of_segment(data: ScenarioData, shares: list[Any], segment: str) -> list[Any]:
    """What a segment gives of answers, of which the last is the withdrawal."""
    answering = answering_share(data, segment)
    return [*(share * answering for share in shares[:-1]), shares[-1]]


def _late(data: ScenarioData, letter: str, kind: str) -> tuple[Any, Any] | None:
    """Of all whom the letter reaches: who pays all, and who pays the invoice alone, between letters."""
    would = getattr(getattr(data.behaviour, kind), f"{letter}_late_paid_share")
    if would is None:
        return None
    silent = at_least_0(1 - total(_in_time(data, letter, kind)))
    comes = _before(data, letter)[np.minimum(wait_days(data, letter), len(_before(data, letter)) - 1).astype(np.int64)]
    late, alone = silent * would.value * comes, data.behaviour.late_principal_only_share
    share_alone = 0.0 if alone is None else alone.value
    return late * (1 - share_alone), late * share_alone


def _days(data: ScenarioData, letter: str) -> Ints:
    spread = getattr(data.timing, f"{letter}_late_paid_days")
    return _table(spread.low, spread.mode, spread.high)


def _before(data: ScenarioData, letter: str) -> NDArray[np.float64]:
    """Share of the delays below so many days, by days: the last of them 1."""
    spread = getattr(data.timing, f"{letter}_late_paid_days")
    return _cumulative(spread.low, spread.mode, spread.high)


@lru_cache(maxsize=1024)
def _table(low: float, mode: float, high: float) -> Ints:
    table = quantile_table("triangular", TABLE_SIZE, low=low, mode=mode, high=high)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=1024)
def _cumulative(low: float, mode: float, high: float) -> NDArray[np.float64]:
    days = _table(low, mode, high)
    below = np.searchsorted(days, np.arange(int(days[-1]) + 2)) / TABLE_SIZE
    below.setflags(write=False)
    return below
