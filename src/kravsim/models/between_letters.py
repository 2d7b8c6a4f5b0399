"""Who pays after the time that a letter gives, before the next step comes.

A letter is answered within the time that it gives by shares of their own. Of those whom it leaves silent a share would pay
of their own accord later, so many days after the letter as a chance distribution says. Whoever is that far before the next
step is due pays, all that is owed or the invoice alone; the others meet the next step like all who are silent. So a longer
wait brings in more. Of those who would not, some do when an agency reminds them once more: their days are counted from that
reminder, and are those after which a demand is paid in time. Payers in time and between letters give the same answers
(``paid``, ``principal_only``): their shares are added up, and the answer's table of delays is a mixture. Neither engines nor
ledger know of them.
"""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.distributions import quantile_table
from kravsim.chance.shares import at_least_0, total
from kravsim.models.abroad import answering_share
from kravsim.models.plan import TABLE_SIZE, Ints
from kravsim.scenario.schema import ScenarioData
from kravsim.scenario.values import Section
from kravsim.units import MINUTES_PER_DAY, half_up

ANSWERED_LETTERS: Final = ("reminder", "demand")
"""Steps after which somebody may pay between letters."""
ANSWER_PAID, ANSWER_PRINCIPAL_ONLY = range(2)
"""The answers that payers between letters give, as positions among those of either letter."""


SECOND_REMINDER: Final = "reminded_again"
"""Where behaviour has what an agency has chosen, which no scenario says: a `SecondReminder`."""


class SecondReminder(NamedTuple):
    """A second reminder after the demand: whether there is one (1 or 0; (B,)), and how many days after it."""

    holds: Any
    days: Any


class Late(NamedTuple):
    """Payers between letters: their shares of the two answers that they give, and when they pay.

    That is as many days as the spread of this name in ``timing`` says, counted from ``after`` days after the letter.
    """

    shares: tuple[Any, ...]
    days: str
    after: Any


def letter_shares(data: ScenarioData, letter: str, kind: str, segment: str) -> list[Any]:
    """Shares of a letter's answers but the last: in time, and between letters.

    Where fewer of a segment answer, those who do answer like all others; withdrawals are none of the debtor's.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    letter : str
        A name in ANSWERED_LETTERS.
    kind : str
        A type of debtor.
    segment : str
        A name in SEGMENTS.

    Returns
    -------
    list of float or array
        In the order of the step's answers.
    """
    shares = _in_time(data, letter, kind)
    for part in _late(data, letter, kind):
        for answer, share in enumerate(part.shares):
            shares[answer] = shares[answer] + share
    return _of_segment(data, shares, segment)


def late_among(data: ScenarioData, letter: str, kind: str) -> list[Late]:
    """Of those who pay all, and of those who pay the invoice alone, the shares that pay between letters.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    letter : str
        A name in ANSWERED_LETTERS.
    kind : str
        A type of debtor.

    Returns
    -------
    list of Late
        Of their own accord, and because they were reminded again; empty where the scenario has no such payers.
    """
    parts = _late(data, letter, kind)
    in_time = _in_time(data, letter, kind)
    every = [early + total(part.shares[answer] for part in parts) for answer, early in enumerate(in_time[:2])]
    return [
        part._replace(
            shares=tuple(one / np.maximum(all_, 1e-300) for one, all_ in zip(part.shares, every, strict=True))
        )
        for part in parts
    ]


def silent_in_time(data: ScenarioData, letter: str, kind: str, segment: str) -> Any:
    """Share that gives no answer within the time of a letter.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    letter : str
        A name in ANSWERED_LETTERS.
    kind : str
        A type of debtor.
    segment : str
        A name in SEGMENTS.
    """
    return at_least_0(1 - total(_of_segment(data, _in_time(data, letter, kind), segment)))


def with_second_reminder(data: ScenarioData, where: Any, days: Any) -> ScenarioData:
    """The data where whoever is silent after the demand is reminded once more: more of them pay before the next step.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    where : bool or array, shape (B,)
        In which sets they are.
    days : float or array, shape (B,)
        How many days after the demand.
    """
    reminder = SecondReminder(np.asarray(where, np.float64)[()], days)
    if isinstance(data, Section):
        return data.model_copy(update={"behaviour": data.behaviour.model_copy(update={SECOND_REMINDER: reminder})})
    behaviour: Any = SimpleNamespace(**{**vars(data.behaviour), SECOND_REMINDER: reminder})
    return cast("ScenarioData", SimpleNamespace(**{**vars(data), "behaviour": behaviour}))


def wait_days(data: ScenarioData, letter: str) -> Any:
    """Days from a letter to the next step, whole.

    Parameters
    ----------
    data : ScenarioData
        Its values may hold arrays, shape (B,).
    letter : str
        A name in ANSWERED_LETTERS.
    """
    return half_up(getattr(data.timing, f"{letter}_grace_days").value)


def minutes_before(data: ScenarioData, late: Late, wait: int, after: int = 0) -> Ints:
    """When those pay who pay between letters: minutes after the letter, equally likely, none of them when the wait is over.

    Parameters
    ----------
    data : ScenarioData
        With payers between letters.
    late : Late
        Which of them.
    wait : int
        Days from the letter to the next step.
    after : int
        Days after the letter from which theirs are counted.
    """
    days = _days(data, late.days) + after
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


def _late(data: ScenarioData, letter: str, kind: str) -> list[Late]:
    """Of all whom the letter reaches: who pays all, and who pays the invoice alone, between letters."""
    behaviour = getattr(data.behaviour, kind)
    would = getattr(behaviour, f"{letter}_late_paid_share")
    if would is None:
        return []
    silent, wait = at_least_0(1 - total(_in_time(data, letter, kind))), wait_days(data, letter)
    own = f"{letter}_late_paid_days"
    found = [(silent * would.value * _share_before(data, own, wait), own, 0)]
    second, more = getattr(data.behaviour, SECOND_REMINDER, None), behaviour.reminded_again_paid_share
    if letter == "demand" and second is not None and more is not None:
        comes = _share_before(data, "demand_paid_days", wait - second.days)
        found.append((silent * (1 - would.value) * more.value * second.holds * comes, "demand_paid_days", second.days))
    alone = data.behaviour.late_principal_only_share
    share_alone = 0.0 if alone is None else alone.value
    return [Late((many * (1 - share_alone), many * share_alone), days, after) for many, days, after in found]


def _days(data: ScenarioData, name: str) -> Ints:
    spread = getattr(data.timing, name)
    return _table(spread.low, spread.mode, spread.high)


def _share_before(data: ScenarioData, name: str, days: Any) -> Any:
    """Share of the delays of this name that are shorter than so many days."""
    spread = getattr(data.timing, name)
    below = _cumulative(spread.low, spread.mode, spread.high)
    return below[np.clip(days, 0, len(below) - 1).astype(np.int64)]


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
