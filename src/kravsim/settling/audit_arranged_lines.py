"""What the region's own lines must come to where arrangements follow each other: each by its own prices and days.

This file imports nothing from the booking. Lines of cases are held against the counts of each arrangement by itself; pay,
premises, systems and prices by the year against the days, the hours and the systems of all.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from kravsim.errors import RunError
from kravsim.models import model_named
from kravsim.scenario.levels import model_at
from kravsim.settling.audit_lines import (
    bounds_of_cases,
    bounds_of_moving,
    bounds_of_reserve,
    outside,
    priced_models,
)
from kravsim.settling.audit_parties import wrong_parties, wrong_statements
from kravsim.settling.tally import PERIOD_HORIZON, Tally
from kravsim.units import ore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kravsim.errors import Problem
    from kravsim.ledger.accounts import Ints
    from kravsim.models.arranged import Arranged, Part
    from kravsim.scenario.schema import Model, ScenarioData

BY_THE_YEAR = ("staff_pay", "staff_overhead", "system_operation", "agency_charge", "letter", "recruitment")


def audit_arranged_lines(total: Tally, tallies: Sequence[Tally], arranged: Arranged, data: ScenarioData) -> None:
    """Hold the lines that no statute sets against counts, hours, days and prices.

    Parameters
    ----------
    total : Tally
        Of all cases, and of what belongs to none.
    tallies : sequence of Tally
        Of the cases of each arrangement.
    arranged : Arranged
        What was run.
    data : ScenarioData
        Of the run's world.

    Raises
    ------
    RunError
        Naming every line that is not what it must be.
    """
    problems, parts = [], arranged.parts
    models = [model_named(data, part.model) for part in parts]
    of_no_case = total.amounts[PERIOD_HORIZON].sum(axis=0)
    for tally, part, model in zip(tallies, parts, models, strict=True):
        booked = tally.amounts[PERIOD_HORIZON].sum(axis=0)
        of_no_case = of_no_case - booked
        problems += [
            *wrong_parties(tally, [model]),
            *outside(bounds_of_cases(tally, part.plan, model, data, by_the_year=False), booked),
        ]
    problems += _of_all(total, of_no_case, _of_no_case(total, arranged, models, data), models, data)
    if problems:
        raise RunError(problems)


def _of_no_case(
    total: Tally, arranged: Arranged, models: list[Model], data: ScenarioData
) -> dict[str, tuple[float, float]]:
    """What belongs to no case: pay, premises, systems, prices by the year, overtime."""
    bounds = _of_the_day(arranged, models, data) | _systems(arranged, models, data)
    return bounds | bounds_of_reserve(total, models, data, [pool.name for pool in arranged.outward.pools])


def _of_all(
    total: Tally, booked: Ints, bounds: dict[str, tuple[float, float]], models: list[Model], data: ScenarioData
) -> list[Problem]:
    """Lines that do not lie between their bounds, and payers, receivers and statements that are not as agreed."""
    priced = [one for model in models for one in priced_models(data, model)]
    return [*wrong_parties(total, models), *wrong_statements(booked, priced), *outside(bounds, booked)]


def audit_moving_lines(total: Tally, done: Ints, arranged: Arranged, data: ScenarioData) -> None:
    """Hold the lines that no statute sets against what was done, where cases move from arrangement to arrangement.

    Parameters
    ----------
    total, arranged, data
        As in :func:`audit_arranged_lines`, and so is what is raised.
    done : int64 array, shape (arrangements, steps)
        Times that each step was carried out under each arrangement within the horizon.
    """
    models = [model_named(data, part.model) for part in arranged.parts]
    booked, bounds = total.amounts[PERIOD_HORIZON].sum(axis=0), _of_no_case(total, arranged, models, data)
    for line, (least, most) in bounds_of_moving(total, list(done), models, data).items():
        before = bounds.get(line, (0.0, 0.0))
        bounds[line] = before[0] + least, before[1] + most
    problems = _of_all(total, booked, bounds, models, data)
    if problems:
        raise RunError(problems)


def _years(data: ScenarioData) -> list[tuple[dt.date, dt.date]]:
    """First day of each year of the horizon, and of the year after."""
    horizon = data.horizon
    return [(dt.date(year, 1, 1), dt.date(year + 1, 1, 1)) for year in range(horizon.start.year, horizon.end.year)]


def _of_the_day(arranged: Arranged, models: list[Model], data: ScenarioData) -> dict[str, tuple[float, float]]:
    """Pay for the hours that are paid, premises of posts, and what is paid by the year, for the days of each arrangement."""
    found: dict[str, float] = defaultdict(float)
    roundings = 0
    for part, model in zip(arranged.parts, models, strict=True):
        for priced, (first, end) in zip(priced_models(data, model), _years(data), strict=True):
            year = [(day - data.horizon.start).days + arranged.start for day in (first, end)]
            days = slice(max(year[0], part.first), min(year[1], part.last))
            if days.start >= days.stop:
                continue
            share = (days.stop - days.start) / (year[1] - year[0])
            found["system_operation"] += share * (priced.system.per_year_kr.value * 100 if priced.system else 0)
            found["agency_charge"] += share * (
                priced.contract.it_service_per_year_kr.value * 100 if priced.contract else 0
            )
            found["letter"] += share * (priced.own_reminder.per_year_kr.value * 100 if priced.own_reminder else 0)
            for line, amount in _pay(part, priced, slice(*year), days, share):
                found[line] += amount
            roundings += 2 * len(model.staff) + 3
    return {line: (found[line] - roundings, found[line] + roundings) for line in BY_THE_YEAR}


def _pay(part: Part, model: Model, year: slice, days: slice, share: float) -> Iterator[tuple[str, float]]:
    """Of a year's pay and premises the share that some days have of its hours; and what was spent on hires of these days."""
    for plan, pool in zip(part.staff, model.staff.values(), strict=True):
        yearly, posts = pool.fte.value * pool.pay_per_fte_kr.value * 100, plan.paid_minutes + plan.vacant_minutes
        whole, is_worked = posts[:, year].sum(), bool(plan.paid_minutes.any())
        yield "staff_pay", yearly * (float(plan.paid_minutes[:, days].sum() / whole) if is_worked else share)
        there = posts.copy()
        for post, ended in enumerate(plan.ended_from.tolist()):
            there[post, ended:] = 0
        premises = float(there[:, days].sum() / whole) if is_worked else share
        yield "staff_overhead", yearly * pool.overhead_share.value * premises
        if pool.turnover is not None:
            over = plan.recruitment_days
            hired = ((over >= days.start) & (over < days.stop)).sum()
            yield "recruitment", int(hired) * ore(pool.turnover.recruitment_kr.value)


def _systems(arranged: Arranged, models: list[Model], data: ScenarioData) -> dict[str, tuple[float, float]]:
    """Each system once, unless the one before is the same; all of it is written off where it goes before the horizon ends."""
    once, written_off, roundings = 0.0, 0.0, 1
    begun = 0
    for number, model in enumerate(models):
        following = number + 1 if number + 1 < len(models) else None
        if number and arranged.systems[number] != arranged.systems[number - 1]:
            begun = number
        if model.system is None or (following is not None and arranged.systems[following] == arranged.systems[number]):
            continue
        first, last = max(arranged.parts[begun].first, arranged.start), arranged.parts[number].last
        if last <= first:
            continue
        bought = data.horizon.start + dt.timedelta(first - arranged.start)
        priced = model_at(data, models[begun], bought.year).system or model.system
        cost = priced.once_kr.value * 100
        years = data.horizon.end.year - bought.year
        once += cost
        written_off += cost * (min(1.0, years / model.system.depreciation_years.value) if following is None else 1.0)
        roundings += years + 1
    return {
        "system_once": (once - roundings, once + roundings),
        "system_depreciation": (written_off - roundings, written_off + roundings),
    }
