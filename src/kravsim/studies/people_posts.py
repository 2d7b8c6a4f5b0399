"""What becomes of the posts of a model in one replication: who is there year by year, without a claim being followed."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.draws import Draws
from kravsim.models.holders import holders
from kravsim.models.plan import Ints, PoolPlan
from kravsim.models.staffing import sizes_of, staff_pool
from kravsim.scenario import Scenario
from kravsim.scenario.schema import SKILLS, Model, Pool
from kravsim.stream.synthetic import first_day
from kravsim.telling.people_tables import FOLLOWED_YEARS
from kravsim.units import DAYS_A_YEAR
from kravsim.workdays import working_days

Floats = NDArray[np.float64]

POSTS: Final = ("filled", "left", "came", "failed", "stood_in", "ended")
"""Posts that are held, the mean of a year; holders who left, came, recruitments that brought nobody, substitutes who came in
it; and posts that are no more at its end."""


class Followed(NamedTuple):
    """What became of the posts.

    Attributes
    ----------
    posts : float64 array, shape (years, len(POSTS))
    nobody : float64 array, shape (years, skills)
        Share of the working days on which nobody who has a skill is at work.
    empty : float
        Years from the day from which nobody is replaced, the first where teams differ, until the last post of all teams is
        no more: infinite where that is later than is followed, NaN where the posts of some team are filled again.
    """

    posts: Floats
    nobody: Floats
    empty: float


def needed(model: Model) -> tuple[str, ...]:
    """The skills that a model's work asks for, in the order of the vocabulary.

    Parameters
    ----------
    model : Model
    """
    asked = {task.skill for task in model.work.values()}
    return tuple(skill for skill in SKILLS if skill in asked)


def followed(scenario: Scenario, draws: Draws, model_name: str, years: int) -> Followed:
    """Follow the posts of one replication: they are those of its runs.

    Parameters
    ----------
    scenario : Scenario
        Of a world, in the last year.
    draws : Draws
        Seed, parameter draw and replication.
    model_name : str
    years : int
        How many, up to the last.
    """
    data = scenario.realise(draws).data
    model, first = data.models[model_name], first_day(data)
    n_days, last = (data.horizon.end - first).days, data.horizon.end.year
    worked = {task.pool for task in model.work.values()}
    pools = [(name, pool) for name, pool in model.staff.items() if name in worked]
    plans = [staff_pool(name, pool, first, n_days, draws) for name, pool in pools]
    marks = [(dt.date(year, 1, 1) - first).days for year in range(last - years, last + 1)]
    working, skills = working_days(first, n_days), [SKILLS.index(skill) for skill in needed(model)]
    at_work = [np.concatenate([_at_work(plan, skill) for plan in plans]) for skill in skills]
    posts, nobody = np.zeros((years, len(POSTS))), np.zeros((years, len(skills)))
    for year, (begin, end) in enumerate(pairwise(marks)):
        posts[year] = sum((_of_year(plan, begin, end) for plan in plans), np.zeros(len(POSTS)))
        days = np.flatnonzero(working[begin:end]) + begin
        nobody[year] = [1 - float(there[:, days].any(axis=0).mean()) for there in at_work]
    return Followed(posts, nobody, _years_until_empty(pools, first, n_days, draws))


def _at_work(plan: PoolPlan, skill: int) -> NDArray[np.bool_]:
    """On which days each post that has a skill is at the queue: (posts, days)."""
    able = plan.qualified(skill)[: len(plan.present_minutes)]
    return np.asarray(plan.present_minutes[able] > 0)


def _of_year(plan: PoolPlan, begin: int, end: int) -> Floats:
    paid, vacant = (int(minutes[:, begin:end].sum()) for minutes in (plan.paid_minutes, plan.vacant_minutes))

    def within(days: Ints) -> int:
        return int(np.count_nonzero((days >= begin) & (days < end)))

    events = [within(days) for days in (plan.left_days, plan.hire_days, plan.failed_days, plan.substitute_days)]
    ended = int(np.count_nonzero(plan.ended_from < end))
    return np.array([plan.fte * paid / (paid + vacant) if paid + vacant else 0.0, *events, ended])


def _years_until_empty(pools: list[tuple[str, Pool]], first: dt.date, n_days: int, draws: Draws) -> float:
    """Years until the last post of all teams is no more; never where one of them is filled again."""
    turnovers = [pool.turnover for _, pool in pools if pool.turnover is not None]
    since = [turnover.no_refill_from for turnover in turnovers if turnover.no_refill_from is not None]
    if not since or len(since) < len(pools):
        return float("nan")
    days = n_days + FOLLOWED_YEARS * DAYS_A_YEAR
    ended = np.concatenate(
        [
            holders(name, pool.turnover, len(sizes_of(pool)), first, days, draws).ended_from
            for name, pool in pools
            if pool.turnover is not None
        ]
    )
    if not len(ended) or ended.max() >= days:
        return float("inf")
    return (int(ended.max()) - (min(since) - first).days) / DAYS_A_YEAR
