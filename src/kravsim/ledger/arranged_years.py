"""What belongs to no case where arrangements follow each other: pay, premises, systems, prices by the year, statements.

Each is that of the arrangement of the day. A year's amount is cumulated over the days of the year and rounded there, so that
what two arrangements have of a year adds up to the whole where both have the same amount (§M20, §M21, §M24, §M25).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from kravsim.ledger.accounts import CASH, NO_CASE, REGION, STAFF, SUPPLIER, VALUE, Ints, Journal
from kravsim.ledger.by_rule import OF_NO_CASE, Due, post_due
from kravsim.ledger.costs import Reserve, book_reserve_of, statements_of
from kravsim.ledger.ownership import ownership
from kravsim.ledger.rules import Rule, amounts, in_force
from kravsim.models.arranged import Arranged, Part
from kravsim.models.plan import PoolPlan
from kravsim.scenario import World
from kravsim.scenario.levels import models_by_year
from kravsim.scenario.schema import Model, Pool, System
from kravsim.units import divide_half_up, ore
from kravsim.workdays import years_of

Years = list[tuple[int, int]]


class Held(NamedTuple):
    """A system of a model, and the days on which it is had: from ``first`` up to ``last``, not counted."""

    system: System
    first: int
    last: int
    model: str


def book_arranged_years(
    journal: Journal, interest_ore: Ints, arranged: Arranged, world: World, years: Years, reserve: Reserve
) -> None:
    """Book what belongs to no single case.

    Parameters
    ----------
    journal : Journal
        To which postings are added.
    interest_ore : int64 array, shape (debtors, years)
        Öre of interest that natural persons have paid.
    arranged : Arranged
    world : World
        The scenario with its values realised.
    years : list of (int, int)
        First day of each calendar year and the day after its last, since day 0.
    reserve : int64 array, shape (pools, kinds, years)
        Minutes of overtime and temporary staff, of the pools of all arrangements.
    """
    data, statements = world.data, statements_of(interest_ore, world.data.policy)
    numbers = years_of(data.horizon.start - dt.timedelta(arranged.start), years)
    by_year = {part.model: models_by_year(data, data.models[part.model], numbers) for part in arranged.parts}
    for part in arranged.parts:
        _book_staff(journal, part, by_year[part.model], years)
        for _, rule in in_force(data.models[part.model]):
            if rule.trigger in OF_NO_CASE and rule.line != "system_once":
                _book_rule(journal, part, by_year[part.model], rule, years, statements)
    for held in systems_held(arranged, data.models):
        _book_system(journal, held, by_year[held.model], years, arranged.start)
    for pool, of_pool in zip(arranged.outward.pools, reserve, strict=True):
        book_reserve_of(journal, pools_of(arranged, by_year, pool.name), of_pool, years)


def pools_of(arranged: Arranged, by_year: Mapping[str, Sequence[Model]], name: str) -> list[Pool]:
    """Terms of a pool that is behind in each year, which are alike under every arrangement that has it.

    Parameters
    ----------
    arranged : Arranged
    by_year : mapping of str to sequence of Model
        Each model of the world with the pay of each year.
    name : str
        Of the pool.
    """
    models = next(by_year[part.model] for part in arranged.parts if name in by_year[part.model][0].staff)
    return [model.staff[name] for model in models]


def systems_held(arranged: Arranged, models: dict[str, Model]) -> list[Held]:
    """Systems in order of time; one that the next arrangement has alike is not bought again.

    Parameters
    ----------
    arranged : Arranged
    models : dict of str to Model
        Those of the world.
    """
    held: list[Held] = []
    for number, part in enumerate(arranged.parts):
        system = models[part.model].system
        if system is not None and number and arranged.systems[number] == arranged.systems[number - 1]:
            held[-1] = held[-1]._replace(last=part.last)
        elif system is not None:
            held.append(Held(system, part.first, part.last, part.model))
    return held


def _within(part: Part, models: Sequence[Model], years: Years) -> list[tuple[Model, int, int, int, int]]:
    """Of each year that has days of an arrangement: model, first day, the day after the last, and the same of those days."""
    spans = [
        (model, first, end, max(first, part.first), min(end, part.last))
        for model, (first, end) in zip(models, years, strict=True)
    ]
    return [span for span in spans if span[3] < span[4]]


def _share(amount: int, before: int, upto: int, whole: int) -> int:
    """What lies between two marks of an amount that is spread evenly over a whole."""
    return divide_half_up(amount * upto, whole) - divide_half_up(amount * before, whole)


def _book_staff(journal: Journal, part: Part, models: Sequence[Model], years: Years) -> None:
    """Pay by the minutes that are paid, premises and management by those of the posts, vacant ones too."""
    for name, plan in zip(models[0].staff, part.staff, strict=True):
        for model, first, end, begin, last in _within(part, models, years):
            pool = model.staff[name]
            pay = ore(pool.fte.value * pool.pay_per_fte_kr.value)
            overhead = ore(pool.fte.value * pool.pay_per_fte_kr.value * pool.overhead_share.value)
            (paid_before, before, _), (paid, upto, _), (_, _, whole) = (
                _minutes(plan, first, day, by_days=not plan.paid_minutes.any()) for day in (begin, last, end)
            )
            amount = _share(pay, paid_before, paid, whole)
            journal.post(CASH, "staff_pay", payer=REGION, receiver=STAFF, day=end - 1, amount=amount)
            amount = _share(overhead, before, upto, whole)
            journal.post(CASH, "staff_overhead", payer=REGION, receiver=SUPPLIER, day=end - 1, amount=amount)


def _minutes(plan: PoolPlan, first: int, end: int, *, by_days: bool) -> tuple[int, int, int]:
    """Minutes paid, of the posts that there are, and of all that there were, of the days from ``first`` up to ``end``.

    Of posts without hours they are the days.
    """
    if by_days:
        return end - first, end - first, end - first
    paid, vacant = (int(minutes[:, first:end].sum()) for minutes in (plan.paid_minutes, plan.vacant_minutes))
    return paid, paid + vacant - plan.ended_minutes(first, end), paid + vacant


def _book_rule(
    journal: Journal, part: Part, models: Sequence[Model], rule: Rule, years: Years, statements: Ints
) -> None:
    """A price by the year by its days, one of a statement as it is made, one of a hire as a post is taken up."""
    owners, staff = ownership(models[0]), dict(zip(models[0].staff, part.staff, strict=True))
    ends = [end for _, end in years]
    for name in amounts(rule, models[0]):
        price = np.array([amounts(rule, model)[name] for model in models], np.int64)
        if rule.trigger == "hire":
            hired = staff[name].recruitment_days
            day = hired[(hired >= max(part.first, years[0][0])) & (hired < part.last)]
            post_due(journal, rule, Due(NO_CASE, day, price[np.searchsorted(ends, day, side="right")]), owners)
        elif rule.trigger == "statement":
            made = [(end - 1, count) for (_, end), count in zip(years[:-1], statements.tolist(), strict=True)]
            mine = [(day, count) for day, count in made if part.first <= day + rule.days < part.last]
            days, counts = (np.array([one[at] for one in mine], np.int64) for at in (0, 1))
            of_day = price[np.searchsorted(ends, days + rule.days, side="right")]
            post_due(journal, rule, Due(NO_CASE, days, counts * of_day), owners)
        else:
            for model, first, end, begin, last in _within(part, models, years):
                due = _share(amounts(rule, model)[name], begin - first, last - first, end - first)
                post_due(journal, rule, Due(NO_CASE, np.array([end - 1]), np.array([due])), owners)


def _book_system(journal: Journal, held: Held, models: Sequence[Model], years: Years, start: int) -> None:
    """A system once in cash, as it comes or the horizon begins, then in yearly parts; what is left goes with it."""
    bought, left = max(held.first, start), 1.0
    if held.last <= bought:
        return
    year = next(number for number, (_, end) in enumerate(years) if bought < end)
    once = (models[year].system or held.system).once_kr.value
    journal.post(CASH, "system_once", payer=REGION, receiver=SUPPLIER, day=bought, amount=ore(once))
    for first, end in years:
        if first < start or end <= bought or first >= held.last:
            continue
        is_last = held.last < years[-1][1] and held.last <= end
        part = left if is_last else min(left, 1.0 / held.system.depreciation_years.value)
        left = max(0.0, left - part)
        amount = ore(once * part)
        journal.post(VALUE, "system_depreciation", payer=REGION, receiver=REGION, day=end - 1, amount=amount)
