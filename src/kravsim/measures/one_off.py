"""What a transition costs once, month by month: stated amounts, and what follows from posts, pay and prices of the scenario.

Months are counted from that of the decision. A cost is below 0, as cash that the body pays. Pay, overhead, recruitment and
prices by the year that are read from a model have the level of the year of their month; amounts that the transition states
are those of the day on which they are paid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, RunError
from kravsim.phrases import phrase
from kravsim.scenario.describe import number_at
from kravsim.scenario.levels import model_at
from kravsim.scenario.transition_keys import ONE_OFF_KINDS, OneOffKind
from kravsim.scenario.transitions import NEARLY, changes_of, month_after, months_in_all, paid_months, posts_of
from kravsim.scenario.values import Value
from kravsim.units import ore

if TYPE_CHECKING:
    from kravsim.scenario.schema import Pool, ScenarioData
    from kravsim.scenario.transition_keys import Joining, Leaving, Transition

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MONTHS_A_YEAR: Final = 12
DAYS_A_MONTH: Final = 365.25 / 12


@dataclass(frozen=True, eq=False)
class OneOffRow:
    """One cost that is paid once.

    Attributes
    ----------
    name : str
        Its name under ``costs``, or the team's where it follows from posts.
    kind : str
        One of ``kravsim.scenario.transition_keys.ONE_OFF_KINDS``, or ``system``.
    paid_ore : int64 array, shape (months,)
        What is received less paid in each month from that of the decision, öre.
    over_years : float
        Over how many years it is told from its first month on; 0 where it is told in the months in which it is paid.
    """

    name: str
    kind: str
    paid_ore: Ints
    over_years: float = 0.0

    @property
    def over_time_ore(self) -> Ints:
        """The same in equal parts by month over its years, öre; what lies beyond the last month is not in it."""
        return spread_ore(self.paid_ore, self.over_years)


def spread_ore(paid: Ints, years: float) -> Ints:
    """Each month's amount in equal parts over so many years, from that month on.

    Parameters
    ----------
    paid : int64 array, shape (months,)
        Öre.
    years : float
        0 leaves it in its months.

    Examples
    --------
    >>> spread_ore(np.array([-1200, 0, 0]), 1.0).tolist()
    [-100, -100, -100]
    """
    if not years:
        return paid
    found, span = np.zeros_like(paid), Fraction(years) * MONTHS_A_YEAR
    for month in np.flatnonzero(paid).tolist():
        upto = [
            _half_up(Fraction(int(paid[month])) * min(Fraction(n), span) / span) for n in range(len(paid) - month + 1)
        ]
        found[month:] += np.diff(upto)
    return found


def one_off_rows(data: ScenarioData, name: str) -> list[OneOffRow]:
    """What a transition costs once, in the order of its kinds: stated costs, and those of teams that lose or gain posts.

    Parameters
    ----------
    data : ScenarioData
        Of a world, whose values are numbers.
    name : str
        One of its transitions.

    Returns
    -------
    list of OneOffRow
        The same rows in every world, those of nothing too.
    """
    transition = data.transitions[name]
    most = months_in_all(data, transition)
    usual = 0.0 if transition.over_years is None else float(transition.over_years.value)
    rows = []
    for title, cost in transition.costs.items():
        years = usual if cost.over_years is None else float(cost.over_years.value)
        rows.append(OneOffRow(title, cost.kind, _stated(data, transition, title, most), years))
    for pool, terms in transition.leaving.items():
        rows += [OneOffRow(pool, kind, paid, usual) for kind, paid in _leaving(data, transition, pool, terms, most)]
    for pool, joining in transition.joining.items():
        rows += [OneOffRow(pool, kind, paid, usual) for kind, paid in _joining(data, transition, pool, joining, most)]
    order = list(ONE_OFF_KINDS)
    return sorted(rows, key=lambda row: order.index(row.kind))  # type: ignore[arg-type]


def _stated(data: ScenarioData, transition: Transition, title: str, most: int) -> Ints:
    """An amount in equal parts, or a twelfth of a yearly price each month."""
    cost, paid = transition.costs[title], np.zeros(most, np.int64)
    first, last = paid_months(data, transition, cost)
    if cost.amount_kr is not None:
        amount = ore(cost.amount_kr.value)
        upto = [_half_up(Fraction(amount * n, last - first)) for n in range(last - first + 1)]
        paid[first:last] -= np.diff(upto)
        return paid
    upto = [0]
    for month in range(first, last):
        upto.append(upto[-1] + _price(data, cost.yearly_price or "", _year_of(transition, month)))
    paid[first:last] -= np.diff([_half_up(Fraction(amount, MONTHS_A_YEAR)) for amount in upto])
    return paid


def _price(data: ScenarioData, key: str, year: int) -> int:
    """A price of a model by the year, in a calendar year, öre."""
    name = key.split(".")[1]
    models = {**data.models, name: model_at(data, data.models[name], year)}
    price = number_at(data.model_copy(update={"models": models}), key)
    if not isinstance(price, Value):
        raise TypeError(f"{key} is no price")
    return ore(price.value)


def _leaving(
    data: ScenarioData, transition: Transition, pool: str, terms: Leaving, most: int
) -> Iterator[tuple[OneOffKind, Ints]]:
    """Notice that runs beyond the change, redundancy at the change, and pay of the redeployed until they work elsewhere."""
    notice, redundancy, redeployment = (np.zeros(most, np.int64) for _ in range(3))
    for change in changes_of(data, transition):
        posts = max(0.0, posts_of(data, change.before, pool) - posts_of(data, change.after, pool))
        if not posts:
            continue
        team = _by_month(data, transition, change.before, pool, most)
        pay = np.array([one.pay_per_fte_kr.value for one in team]) / MONTHS_A_YEAR
        left = posts * (1 - terms.follow_share.value)
        redeployed = left * terms.redeployed_share.value
        redundant = left - redeployed
        beyond = max(0.0, terms.notice_months.value - terms.given_before_months.value)
        _add(notice, change.month, -redundant * pay, beyond)
        _add(redundancy, change.month, -redundant * pay * terms.redundancy_months.value, 1)
        _add(redeployment, change.month, -redeployed * pay, terms.redeployment_months.value)
    yield "notice", notice
    yield "redundancy", redundancy
    yield "redeployment", redeployment


def _joining(
    data: ScenarioData, transition: Transition, pool: str, terms: Joining, most: int
) -> Iterator[tuple[OneOffKind, Ints]]:
    """Recruitment and training before the change, and hours lost in running in after it."""
    recruiting, training, running_in = (np.zeros(most, np.int64) for _ in range(3))
    for change in changes_of(data, transition):
        posts = max(0.0, posts_of(data, change.after, pool) - posts_of(data, change.before, pool))
        if not posts:
            continue
        team = _by_month(data, transition, change.after, pool, most)
        cost = np.array([one.pay_per_fte_kr.value * (1 + one.overhead_share.value) / MONTHS_A_YEAR for one in team])
        new = posts * (1 - terms.follow_share.value)
        persons, months = math.ceil(new - NEARLY), terms.training_months.value
        begins = max(0, change.month - math.ceil(months - NEARLY))
        _add(recruiting, begins, np.array([-persons * _recruitment_kr(terms, one) for one in team]), 1)
        _add(training, begins, np.full(most, -persons * terms.training_kr.value), 1)
        _add_before(training, change.month, -new * cost, months)
        lasting, lost = _running_in(terms, team[0])
        _add(running_in, change.month, -new * cost * lost, lasting)
    yield "recruiting", recruiting
    yield "training", training
    yield "running_in", running_in


def _year_of(transition: Transition, month: int) -> int:
    """Calendar year of a month, counted from that of the decision."""
    return month_after(transition.decided, month).year


def _by_month(data: ScenarioData, transition: Transition, model: str, pool: str, most: int) -> list[Pool]:
    """A team with the pay and prices of each month's year."""
    years = [_year_of(transition, month) for month in range(most)]
    of_year = {year: model_at(data, data.models[model], year).staff[pool] for year in dict.fromkeys(years)}
    return [of_year[year] for year in years]


def _recruitment_kr(terms: Joining, team: Pool) -> float:
    """What recruiting one person costs."""
    if terms.recruitment_kr is not None:
        return float(terms.recruitment_kr.value)
    return 0.0 if team.turnover is None else float(team.turnover.recruitment_kr.value)


def _running_in(terms: Joining, team: Pool) -> tuple[float, float]:
    """Months of running in and the mean share of the work that is lost in them, as for newcomers where it is not stated."""
    if terms.running_in_months is not None and terms.running_in_lost_share is not None:
        return float(terms.running_in_months.value), float(terms.running_in_lost_share.value)
    if team.turnover is None:
        return 0.0, 0.0
    return team.turnover.learning_days.value / DAYS_A_MONTH, (1 - team.turnover.learning_start_share.value) / 2


def _add(paid: Ints, first: int, by_month: Floats, months: float) -> None:
    """Pay each month's amount from a month on, a part of a month in part. What lies beyond the last month is refused."""
    whole = math.ceil(months - NEARLY)
    if whole > 0 and by_month.any() and first + whole > len(paid):
        raise RunError(
            Problem(
                "transition",
                "month",
                first + whole,
                phrase("months up to {last}, where the horizon ends", last=len(paid)),
                "lengthen the horizon (horizon.end), or shorten what is paid after the change",
            )
        )
    for number in range(whole):
        paid[first + number] += ore_of(float(by_month[first + number]) * min(1.0, months - number))


def _add_before(paid: Ints, change: int, by_month: Floats, months: float) -> None:
    """Pay each month's amount in the months before a change, the one just before it first."""
    for number in range(min(math.ceil(months - NEARLY), change)):
        month = change - 1 - number
        paid[month] += ore_of(float(by_month[month]) * min(1.0, months - number))


def ore_of(amount: float) -> int:
    """An amount in kronor as öre, below 0 too.

    Parameters
    ----------
    amount : float
        Kronor.
    """
    return -ore(-amount) if amount < 0 else ore(amount)


def _half_up(amount: Fraction) -> int:
    """The nearest whole number, half away from 0."""
    return -_half_up(-amount) if amount < 0 else math.floor(amount + Fraction(1, 2))
