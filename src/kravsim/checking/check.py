"""What would stop a run of a scenario, found without running it, and what deserves a warning.

Reading a scenario checks each number and the rules between numbers. What is checked here needs the law, the debtors or a
whole plan: whether the run would fit in memory, whether the law tables answer for the horizon, whether so many claims can
come from so few debtors, whether the answers of a step have shares of more than 1, whether anybody is at work.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import numpy as np

from kravsim.calibration.targets import target_problems
from kravsim.chance.draws import Draws
from kravsim.checking.history import history_too_short
from kravsim.checking.own_case import unscaled
from kravsim.checking.readings import Readings, ranges_read_otherwise, readings_of
from kravsim.errors import KravsimError, Problem, Words
from kravsim.law import Law, check_cover, frozen_changes, law_of
from kravsim.models import build_plan
from kravsim.models.arranged import build_arranged
from kravsim.models.opening_past import composition
from kravsim.models.own_reminder import paid_before_share
from kravsim.models.plan import PoolPlan
from kravsim.models.staffing import staff_pool
from kravsim.phrases import phrase
from kravsim.scenario import Scenario, World
from kravsim.scenario.base_posts import has_posts_of_its_own
from kravsim.scenario.schema import Pool, ScenarioData
from kravsim.sizing.estimate import fitting_workers
from kravsim.stream.calendar import hand_overs
from kravsim.stream.handed_over import ages, held_back, with_terms
from kravsim.stream.synthetic import draw_debtors, first_day, late_rate
from kravsim.units import half_up

T = TypeVar("T")

_DRAWS: Final = Draws(0, 0, 0)
_HEAVY_TAIL: Final = 50
"""Mean over median of an amount from which one claim can outweigh all others of a year."""


def problems_of(
    scenario: Scenario, *, max_memory_gib: float | None = None, readings: Readings | None = None
) -> list[Problem]:
    """List everything that would stop a run of any of the scenario's models; empty when nothing would.

    Parameters
    ----------
    scenario : Scenario
        Its schema has been checked when it was read.
    max_memory_gib : float, optional
        As in :func:`kravsim.sizing.estimate.fitting_workers`.
    readings : Readings, optional
        As :func:`kravsim.checking.readings.readings_of` gives them; read when left out.
    """
    from kravsim.expected.staffed import staffed  # compiled, so imported where it is needed

    found = target_problems(scenario)
    world = _tried(lambda: scenario.realise(_DRAWS), found)
    fits = _tried(lambda: fitting_workers(scenario, scenario.models, max_memory_gib=max_memory_gib), found)
    if world is not None and fits is not None:
        law = law_of(world.data)
        _tried(lambda: _check_law(world, law), found)
        _tried(lambda: hand_overs(world.data, first_day(world.data)), found)
        _tried(lambda: late_rate(world.data, draw_debtors(world.data, _DRAWS).activity), found)
        _tried(lambda: composition(world.data), found)
        _tried(lambda: staffed(scenario, _DRAWS), found)
        for model in scenario.data.models:
            _tried(lambda model=model: build_plan(world, model, _DRAWS, law), found)  # type: ignore[misc]
        for name in scenario.data.sequences:
            _tried(lambda name=name: build_arranged(world, name, _DRAWS, law), found)  # type: ignore[misc]
    found += (readings_of(scenario) if readings is None else readings).refused
    placed = [_placed(problem, scenario) for problem in found]
    return list({str(problem): problem for problem in placed}.values())


def warnings_of(scenario: Scenario, *, readings: Readings | None = None) -> list[Problem]:
    """List what is allowed but more often a slip than meant.

    Implausible numbers, a law frozen in vain, claims old enough to be handed over but not yet due, or handed over before the
    day that the late share is of, long tails, nobody at work, posts not filled again from a day before the first, a longest
    history that is too short for the wanted precision, prices by the year of a body of another size.

    Parameters
    ----------
    scenario : Scenario
        One in which `problems_of` finds nothing.
    readings : Readings, optional
        As :func:`kravsim.checking.readings.readings_of` gives them; read when left out.
    """
    world = scenario.realise(_DRAWS)
    found = [
        *_frozen_in_vain(world),
        *ranges_read_otherwise(scenario, readings_of(scenario) if readings is None else readings),
        *_not_yet_due(scenario.data),
        *_before_the_stated_day(scenario.data),
        *_reminded_in_vain(scenario.data),
        *_long_tails(world),
        *_absences(world),
        *_unreplaced_before(world),
        *_nobody_is_ever_found(scenario.data),
        *_rules_for_posts(scenario),
        *history_too_short(scenario),
        *unscaled(scenario),
    ]
    return [*scenario.warnings, *(_placed(problem, scenario) for problem in found)]


def _placed(problem: Problem, scenario: Scenario) -> Problem:
    """Name the file in which the key of a problem stands."""
    if problem.file not in {"", scenario.name}:
        return problem
    file = scenario.sheet.file_of(tuple(problem.key.split(".")))
    return Problem(file, problem.key, problem.value, problem.allowed, problem.remedy)


def _tried(action: Callable[[], T], found: list[Problem]) -> T | None:
    """Do something that may be refused, and note why."""
    try:
        return action()
    except KravsimError as error:
        found += error.problems
        return None


def _check_law(world: World, law: Law) -> None:
    """Hold the horizon and the frozen day against what the law tables cover, all of them."""
    horizon = world.data.horizon
    check_cover(law, horizon.start, horizon.end, world.data.law.frozen_at)


def _frozen_in_vain(world: World) -> Iterator[Problem]:
    """A frozen day after which nothing of the law changes up to the end of the horizon."""
    horizon, frozen_at = world.data.horizon, world.data.law.frozen_at
    if frozen_at is not None and not frozen_changes(law_of(world.data), first_day(world.data), horizon.end, frozen_at):
        last = horizon.end - dt.timedelta(days=1)
        allowed = phrase(
            "a day after which a figure of the law changes up to {last}, the horizon's last day", last=last
        )
        remedy = "no effect: the run follows the law by date; leave it out, or freeze at an earlier day"
        yield Problem(world.scenario_name, "law.frozen_at", frozen_at, allowed, remedy)


def _not_yet_due(data: ScenarioData) -> Iterator[Problem]:
    """Terms so long, or a minimum age so low, that claims miss a hand-over for want of being due.

    Asked of the values, and where these are fine of the ends of their ranges that draws may reach.
    """
    terms, age = data.invoices.terms_days, data.invoices.hand_over_min_age_days
    said = "whatever misses a hand-over for it goes with the next: raise hand_over_min_age_days or shorten terms_days"
    longest = terms.value if terms.high is None else terms.high
    for days, least, where in (
        (terms.value, age.value, ""),
        (longest, age.value if age.low is None else age.low, phrase(" in worlds drawn from the range")),
    ):
        share, oldest = held_back(data, days, least)
        if share:
            value = Words(
                phrase(
                    "terms of {days:g} days and a minimum age of {least:g} days{where}",
                    days=days,
                    least=least,
                    where=where,
                )
            )
            allowed = phrase(
                "claims that are due when they are old enough: {share:.0%} of the runs are not, and become {oldest} days old",
                share=share,
                oldest=oldest,
            )
            yield Problem(data.name, "invoices.terms_days", value, allowed, said)
            return


def _before_the_stated_day(data: ScenarioData) -> Iterator[Problem]:
    """A late share of a day to which no hand-over waits, so that the curve is drawn out backwards beyond what is stated.

    Asked of the values, and where these are fine of the ends of their ranges that draws may reach.
    """
    invoices, curve = data.invoices, data.invoices.late_curve
    if curve is None:
        return
    terms, least, day = invoices.terms_days, invoices.hand_over_min_age_days, curve.after_days
    longest = terms.value if terms.high is None else terms.high
    lowest = least.value if least.low is None else least.low
    latest = day.value if day.high is None else day.high
    for days, days_old, stated, where in (
        (terms.value, least.value, day.value, ""),
        (longest, lowest, latest, phrase(" in worlds drawn from the range")),
    ):
        youngest = ages(with_terms(data, days, days_old), first_day(data), days).min()
        if stated > youngest:
            got = Words(phrase("{stated:g} days after the due date{where}", stated=stated, where=where))
            allowed = phrase(
                "at most {youngest:g} days, the least from a due date to its hand-over, since what is unpaid before the day "
                "of late_share is only guessed from the curve",
                youngest=youngest,
            )
            remedy = "give late_share and late_curve.after_days as of an earlier day, or raise hand_over_min_age_days"
            yield Problem(data.name, "invoices.late_curve.after_days", got, allowed, remedy)
            return


def _reminded_in_vain(data: ScenarioData) -> Iterator[Problem]:
    """Reminders of a model's own after which nobody can pay before the hand-over: they move nothing, and cost."""
    for name, model in data.models.items():
        own = model.own_reminder
        if own is None or not own.payers_share.value or paid_before_share(data, model):
            continue
        oldest = ages(data, first_day(data), data.invoices.terms_days.value).max()
        allowed = phrase(
            "a day after which somebody has paid when the claims go: the first pay {first:g} days after a reminder, and the "
            "oldest are handed over {oldest:g} days after the due date",
            first=data.timing.reminder_paid_days.low,
            oldest=oldest,
        )
        remedy = "remind sooner, or hand over later (invoices.hand_over_min_age_days)"
        yield Problem(
            data.name, f"models.{name}.own_reminder.after_due_days", own.after_due_days.value, allowed, remedy
        )


def _long_tails(world: World) -> Iterator[Problem]:
    for name, segment in world.data.debtors.segments.items():
        ratio = segment.amount_mean_kr.value / segment.amount_median_kr.value
        if ratio > _HEAVY_TAIL:
            yield Problem(
                world.scenario_name,
                f"debtors.segments.{name}.amount_mean_kr",
                segment.amount_mean_kr.value,
                phrase("at most {times} times amount_median_kr for a mean that can be estimated", times=_HEAVY_TAIL),
                "a few claims outweigh all others: intervals that rest on the standard error cover too little",
            )


def _nobody_is_ever_found(data: ScenarioData) -> Iterator[Problem]:
    """Recruitments that all fail: each post that is left stays empty for good."""
    for model, one in data.models.items():
        for pool, staff in one.staff.items():
            fails = None if staff.turnover is None else staff.turnover.hiring_fails_share
            if fails is not None and fails.value >= 1:
                key = f"models.{model}.staff.{pool}.turnover.hiring_fails_share"
                allowed = "less than 1: no post that is left is ever filled again"
                remedy = "lower it; no_refill_from is for posts that are not to be filled"
                yield Problem("", key, fails.value, allowed, remedy)


def _rules_for_posts(scenario: Scenario) -> Iterator[Problem]:
    """Rules for posts that no number meets in the base case, or that drawn worlds cannot be put to."""
    from kravsim.expected.posts import SPELLS  # compiled, so imported where it is needed
    from kravsim.expected.staffed import staffed  # compiled, so imported where it is needed

    base = staffed(scenario, _DRAWS)
    for model, pool in sorted(base.short):
        key = f"models.{model}.staff.{pool}.posts"
        rule = base.data.models[model].staff[pool].posts
        got = Words(
            phrase("a mean wait of {value:g} days or more at the ceiling", value=rule.mean_wait_days.value)
            if rule
            else ""
        )
        remedy = "every result says so: raise most_fte, or mean_wait_days"
        yield Problem(scenario.name, f"{key}.most_fte", got, "posts that keep new cases from waiting so long", remedy)
    if half_up(scenario.data.policy.surveillance_spells.value) < 1 and any(
        has_posts_of_its_own(model) for model in scenario.data.models.values()
    ):
        remedy = "set drawn_worlds = 'number', or leave worlds undrawn: without a spell the rule cannot be worked out"
        yield Problem(scenario.name, SPELLS, 0, "at least one spell where drawn worlds have posts by a rule", remedy)


def _absences(world: World) -> Iterator[Problem]:
    """Pools without anybody, and calendar months in which everybody of a pool is away."""
    horizon = world.data.horizon
    for model_name, model in world.data.models.items():
        worked = {task.pool for task in model.work.values()}
        for name, pool in model.staff.items():
            if name not in worked:
                continue
            staff = staff_pool(name, _refilled(pool), horizon.start, (horizon.end - horizon.start).days, _DRAWS)
            month = _empty_month(staff, horizon.start)
            if month:
                yield _nobody(world, f"models.{model_name}.staff.{name}", pool, staff, month)


def _unreplaced_before(world: World) -> Iterator[Problem]:
    """A day from which nobody is replaced that lies before the first: all posts are held then, whatever came before."""
    first = first_day(world.data)
    for model_name, model in world.data.models.items():
        for name, pool in model.staff.items():
            until = None if pool.turnover is None else pool.turnover.no_refill_from
            if until is not None and until < first:
                key = f"models.{model_name}.staff.{name}.turnover.no_refill_from"
                allowed = phrase("{first} or later, the first day of the history", first=first)
                remedy = (
                    "all posts are held on that day, so nobody has left before it: give a later day, or fewer posts"
                )
                yield Problem(world.scenario_name, key, until, allowed, remedy)


def _refilled(pool: Pool) -> Pool:
    """The same posts, were they filled again: that a wind-down leaves nobody is meant."""
    if pool.turnover is None or pool.turnover.no_refill_from is None:
        return pool
    return pool.model_copy(update={"turnover": pool.turnover.model_copy(update={"no_refill_from": None})})


def _nobody(world: World, key: str, pool: Pool, staff: PoolPlan, month: str) -> Problem:
    if not staff.present_minutes.any():
        got = Words(
            phrase(
                "fte = {value}, hours_per_day = {value2}: nobody at work on any day",
                value=pool.fte.value,
                value2=pool.hours_per_day.value,
            )
        )
        remedy = "no capacity: every case that needs this pool stays open"
    else:
        got, remedy = (
            Words(phrase("nobody at work in {month}", month=month)),
            "the queue grows meanwhile; check vacation_days and sick_share",
        )
    return Problem(world.scenario_name, key, got, "somebody at work in every month", remedy)


def _empty_month(staff: PoolPlan, first: dt.date) -> str:
    """Find the first calendar month in which nobody of a pool is present; empty when there is none."""
    days = np.datetime64(first) + np.arange(staff.present_minutes.shape[1])
    months, position = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    present = np.bincount(position, weights=staff.present_minutes.sum(axis=0), minlength=len(months))
    empty = np.flatnonzero(present == 0)
    return str(months[empty[0]]) if len(empty) else ""
