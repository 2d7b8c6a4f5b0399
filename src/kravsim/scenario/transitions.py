"""Transitions that hold together: dates that leave time for what must come first, teams and prices that there are.

Posts are those of the models of the sequence: at each change a team loses what it had more before, or gains what it has more
after.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from kravsim.errors import ABSENT
from kravsim.phrases import phrase
from kravsim.scenario.describe import number_at
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.rules import refuse
from kravsim.scenario.sequences import arrangements_of, leaves_a_stock
from kravsim.scenario.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kravsim.scenario.schema import ScenarioData
    from kravsim.scenario.transition_keys import OneOff, Transition

NEARLY = 1e-9


class Change(NamedTuple):
    """One change of a sequence: in which month after the decision, from which model to which."""

    month: int
    since: dt.date
    before: str
    after: str


def months_between(first: dt.date, day: dt.date) -> int:
    """Whole months from the month of one day to that of another.

    Parameters
    ----------
    first, day : date

    Examples
    --------
    >>> months_between(dt.date(2017, 11, 1), dt.date(2018, 2, 14))
    3
    """
    return 12 * (day.year - first.year) + day.month - first.month


def month_after(first: dt.date, months: int) -> dt.date:
    """The first of the month that comes so many months after that of a day.

    Parameters
    ----------
    first : date
    months : int
        Below 0 for months before it.

    Examples
    --------
    >>> month_after(dt.date(2017, 11, 1), 3), month_after(dt.date(2017, 1, 1), -1)
    (datetime.date(2018, 2, 1), datetime.date(2016, 12, 1))
    """
    month = 12 * first.year + first.month - 1 + months
    return dt.date(month // 12, month % 12 + 1, 1)


def changes_of(data: ScenarioData, transition: Transition) -> list[Change]:
    """The changes of a transition's sequence, in order of time.

    Parameters
    ----------
    data : ScenarioData
        Which has the sequence.
    transition : Transition
    """
    given = arrangements_of(data.sequences[transition.sequence])
    return [
        Change(months_between(transition.decided, after.since), after.since, before.model, after.model)
        for before, after in itertools.pairwise(given)
        if after.since is not None
    ]


def months_in_all(data: ScenarioData, transition: Transition) -> int:
    """Months from the decision to the end of the horizon.

    Parameters
    ----------
    data : ScenarioData
    transition : Transition
    """
    return months_between(transition.decided, data.horizon.end)


def posts_of(data: ScenarioData, model: str, pool: str) -> float:
    """Posts of a team in a model; none where it has no such team.

    Parameters
    ----------
    data : ScenarioData
    model, pool : str
    """
    staff = data.models[model].staff
    return float(staff[pool].fte.value) if pool in staff else 0.0


def paid_months(data: ScenarioData, transition: Transition, cost: OneOff) -> tuple[int, int]:
    """First month in which a cost is paid, from that of the decision, and the month after the last.

    Parameters
    ----------
    data : ScenarioData
    transition : Transition
    cost : OneOff
        One of its costs.
    """
    change = changes_of(data, transition)[0].month
    first = cost.month + (change if cost.counted_from == "change" else 0)
    if cost.until is not None:
        return first, months_between(transition.decided, cost.until)
    return first, first + (1 if cost.months is None else cost.months)


def transitions_hold_together(data: ScenarioData) -> None:
    """Refuse transitions whose models, dates, teams or costs cannot be.

    Parameters
    ----------
    data : ScenarioData

    Raises
    ------
    pydantic_core.PydanticCustomError
        With everything that is wrong with any of them.
    """
    problems: list[dict[str, Any]] = []
    for name, transition in data.transitions.items():
        key = f"transitions.{name}"
        named = list(_names(key, transition, data))
        problems += named
        if not named:
            problems += [*_dates(key, transition, data), *_teams(key, transition, data)]
            for cost in transition.costs:
                problems += _cost(f"{key}.costs.{cost}", transition.costs[cost], transition, data)
    refuse(problems)


def _problem(key: str, value: Any, allowed: str, remedy: str) -> dict[str, Any]:
    return {"key": key, "value": value, "allowed": allowed, "remedy": remedy}


def _names(key: str, transition: Transition, data: ScenarioData) -> Iterator[dict[str, Any]]:
    """A model that is kept, and a sequence that begins with it."""
    for part, known in (("staying", data.models), ("sequence", data.sequences)):
        name = getattr(transition, part)
        if name not in known:
            allowed = phrase("one of {names}", names=", ".join(known) or phrase("no sequence there is"))
            remedy = did_you_mean(name, known) or "write the table it names, or choose another"
            yield _problem(f"{key}.{part}", name, allowed, remedy)
    if transition.sequence in data.sequences and transition.staying in data.models:
        begins = data.sequences[transition.sequence].begins_with
        if begins != transition.staying:
            allowed = phrase("{model}, with which {sequence} begins", model=begins, sequence=transition.sequence)
            remedy = "the change is from the model that would be kept: name it in both"
            yield _problem(f"{key}.staying", transition.staying, allowed, remedy)


def _dates(key: str, transition: Transition, data: ScenarioData) -> Iterator[dict[str, Any]]:
    """A decision within the horizon, changes after it, and time for what must come before the first of them."""
    start, end = data.horizon.start, data.horizon.end
    if not start <= transition.decided < end:
        allowed = phrase("a month of the horizon, from {start} and before {end}", start=start, end=end)
        remedy = "move the decision, or horizon.start and horizon.end"
        yield _problem(f"{key}.decided", transition.decided, allowed, remedy)
    changes = changes_of(data, transition)
    early = [change.since for change in changes if change.since < transition.decided]
    if early:
        allowed = phrase("no later than the first change of {name}", name=transition.sequence)
        remedy = phrase("{day} comes before the decision: move one of them", day=min(early))
        yield _problem(f"{key}.decided", transition.decided, allowed, remedy)
    elif changes:
        yield from _time_before(key, transition, changes[0].since)


def _time_before(key: str, transition: Transition, change: dt.date) -> Iterator[dict[str, Any]]:
    """What takes longer, at its longest, than there is from the decision to the first change."""
    there = months_between(transition.decided, change) + (change.day - 1) / 31
    longest = {
        "procurement_months": _most(transition.procurement_months) + _most(transition.integration_months),
        "contract_notice_months": _most(transition.contract_notice_months),
    } | {
        f"joining.{pool}.recruiting_months": _most(one.recruiting_months) + _most(one.training_months)
        for pool, one in transition.joining.items()
    }
    for part, months in longest.items():
        if months > there + NEARLY:
            first = month_after(transition.decided, math.ceil(months - NEARLY))
            allowed = phrase(
                "at most the {there:.3g} months from {decided} to {change}, with what follows on it",
                there=there,
                decided=transition.decided,
                change=change,
            )
            remedy = phrase(
                "let {sequence} change on {first} at the earliest", sequence=transition.sequence, first=first
            )
            yield _problem(f"{key}.{part}", round(months, 6), allowed, remedy)
    for pool, one in transition.leaving.items():
        months = _most(one.given_before_months)
        if months > there + NEARLY:
            allowed = phrase("at most the {there:.3g} months from the decision to the change", there=there)
            remedy = "notice is not given before the decision: lower it, or move the change"
            yield _problem(f"{key}.leaving.{pool}.given_before_months", months, allowed, remedy)


def _most(value: Value | None) -> float:
    if value is None:
        return 0.0
    return float(value.value if value.high is None else max(value.value, value.high))


def _least(value: Value) -> float:
    return float(value.value if value.low is None else min(value.value, value.low))


def _teams(key: str, transition: Transition, data: ScenarioData) -> Iterator[dict[str, Any]]:
    """Teams of which some change takes posts away, or to which it brings some."""
    changes = changes_of(data, transition)
    for part, sign in (("leaving", -1), ("joining", 1)):
        for pool in getattr(transition, part):
            moved = [
                sign * (posts_of(data, change.after, pool) - posts_of(data, change.before, pool)) for change in changes
            ]
            if not any(posts > NEARLY for posts in moved):
                names = sorted({name for change in changes for name in data.models[change.after].staff})
                names += sorted(set(data.models[transition.staying].staff) - set(names))
                allowed = (
                    phrase("a team that loses posts as {name} changes", name=transition.sequence)
                    if sign < 0
                    else phrase("a team that gains posts as {name} changes", name=transition.sequence)
                )
                known = did_you_mean(pool, names) if pool not in names else ""
                remedy = known or "leave the table out, or change the posts (staff.<team>.fte)"
                yield _problem(f"{key}.{part}.{pool}", pool, allowed, remedy)
    yield from _paid_after(key, transition, data, changes[-1].month)
    for pool, one in transition.joining.items():
        teams = [data.models[change.after].staff.get(pool) for change in changes]
        if one.recruitment_kr is None and all(team is None or team.turnover is None for team in teams):
            allowed = "what recruiting one person costs: the team has no turnover that says it"
            yield _problem(f"{key}.joining.{pool}.recruitment_kr", ABSENT, allowed, "give recruitment_kr")


def _paid_after(key: str, transition: Transition, data: ScenarioData, change: int) -> Iterator[dict[str, Any]]:
    """What is paid month by month after the last change, and would go on when the horizon ends."""
    left = months_in_all(data, transition) - change
    lasting = {
        f"joining.{pool}.running_in_months": _most(one.running_in_months) for pool, one in transition.joining.items()
    }
    for pool, one in transition.leaving.items():
        lasting[f"leaving.{pool}.notice_months"] = _most(one.notice_months) - _least(one.given_before_months)
        lasting[f"leaving.{pool}.redeployment_months"] = _most(one.redeployment_months)
    for part, months in lasting.items():
        if months > left + NEARLY:
            allowed = phrase("at most the {left} months that are left of the horizon after the change", left=left)
            yield _problem(f"{key}.{part}", months, allowed, "lengthen the horizon (horizon.end), or change earlier")


def _cost(key: str, cost: OneOff, transition: Transition, data: ScenarioData) -> Iterator[dict[str, Any]]:
    """A cost that is paid within the months that are told, at a price that there is."""
    first, last = paid_months(data, transition, cost)
    most = months_in_all(data, transition)
    if first < 0 or last > most or first >= last:
        allowed = phrase(
            "months from the decision ({first}) and before the end of the horizon ({end})",
            first=transition.decided,
            end=data.horizon.end,
        )
        got = f"{month_after(transition.decided, first)} - {month_after(transition.decided, last)}"
        remedy = "pay it within them, or lengthen the horizon: nothing is left out in silence"
        yield _problem(f"{key}.{'until' if cost.until is not None else 'month'}", got, allowed, remedy)
    if cost.kind == "stock_run_off" and not leaves_a_stock(data.sequences[transition.sequence]):
        allowed = phrase("another kind, as no open case stays behind in {sequence}", sequence=transition.sequence)
        yield _problem(f"{key}.kind", cost.kind, allowed, "let open cases stay, or call it integration or other")
    if cost.yearly_price is not None:
        found = number_at(data, cost.yearly_price)
        is_price = cost.yearly_price.startswith("models.") and cost.yearly_price.endswith("per_year_kr")
        if not isinstance(found, Value) or not is_price:
            allowed = "a price by the year in a model, such as models.in_house.system.per_year_kr"
            yield _problem(f"{key}.yearly_price", cost.yearly_price, allowed, "check the spelling, or give amount_kr")
