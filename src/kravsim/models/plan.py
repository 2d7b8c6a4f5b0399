"""A plan: who does what next, as plain integer arrays that any engine can execute.

Sizes: S steps, K debtor classes, B lateness bands, A answers at most, T table entries. A target is a step (0 .. S - 1) or
an end state (S ..). Times are minutes; uniforms are 32-bit integers; thresholds are cumulative on 2**32. The semantics are
the numbered paragraphs of :mod:`kravsim.engine.contract`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kravsim.errors import Problem, ScenarioError
from kravsim.phrases import phrase
from kravsim.scenario.schema import SKILLS
from kravsim.units import MINUTES_PER_DAY

Ints = NDArray[np.int64]
FULL = 1 << 32
TABLE_SIZE = 1024
NO_TARGET, NO_STEP, NO_RELIEF = -1, -1, -1
"""``otherwise`` of a step that takes every case, so that a case it would refuse is a fault and raises, and ``strikes`` where
a case stays; ``opens`` of a step that takes a case for no other; ``relief_from`` of a pool that is never relieved."""
LIMITATION_RENEWS, LIMITATION_A_YEAR = 1, 2
"""What an answer does to limitation: a new period begins; a year is left at the least."""
PART_NOTHING_DRAWN, PART_INSTALMENT = -1, -2
"""``part`` of an answer that pays no drawn share of the balance, and of one that pays one of equal instalments."""
TABLE_SHIFT = 22
"""``table[u >> TABLE_SHIFT]`` turns a 32-bit uniform into a table entry."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working hours of one server: half-open intervals [open, close) in minutes, and work done before each (exact).

    Attributes
    ----------
    opens, closes : int64 array, shape (intervals,)
        First minute at work and first minute not any more, since midnight of day 0; in order and apart.
    done_before : int64 array, shape (intervals,)
        Minutes at work before each interval.
    is_given_up : bool
        Whether the server is no more when the last interval closes, and is done then with what it has in hand.
    """

    opens: Ints
    closes: Ints
    done_before: Ints
    is_given_up: bool = False

    @classmethod
    def of(cls, opens: Ints, closes: Ints) -> Calendar:
        """Calendar from its intervals, which must be in order, apart and not empty.

        Parameters
        ----------
        opens, closes : int64 array, shape (intervals,)
            First minute at work and first minute not any more, since midnight of day 0.

        Raises
        ------
        ScenarioError
            When intervals overlap, are out of order or are empty.
        """
        if len(opens) and ((closes <= opens).any() or (opens[1:] < closes[:-1]).any()):
            raise ScenarioError(
                Problem(
                    file="",
                    key="calendar",
                    value="overlapping or empty intervals",
                    allowed="increasing, disjoint working hours",
                    remedy="sort the working hours and remove the empty ones",
                )
            )
        lengths = closes - opens
        return cls(opens, closes, np.cumsum(lengths) - lengths)

    def at_work(self, minutes: Ints) -> NDArray[np.bool_]:
        """Whether the calendar is open in each of these minutes.

        Parameters
        ----------
        minutes : int64 array, shape (n,)
            Since midnight of day 0.

        Returns
        -------
        bool array, shape (n,)
        """
        index = np.searchsorted(self.opens, minutes, side="right") - 1
        return (index >= 0) & (minutes < np.append(self.closes, 0)[index])

    def worked_until(self, minutes: Ints) -> Ints:
        """Minutes open before each of these minutes: W(t) of contract §9.

        Parameters
        ----------
        minutes : int64 array, shape (n,)
            Since midnight of day 0.

        Returns
        -------
        int64 array, shape (n,)
            Minutes open.
        """
        index = np.searchsorted(self.opens, minutes, side="right") - 1
        if not len(self.opens):
            return np.zeros(len(minutes), np.int64)
        within = np.minimum(minutes, self.closes[index]) - self.opens[index]
        return np.where(index >= 0, self.done_before[index] + within, 0)


REGULAR, OVERTIME, TEMPORARY = range(3)
"""Kinds of servers: posts; the hours of a post's holder beyond the day; temporary staff. The last two are a reserve, who
take work only as long as the backlog is as large as the relief begins at."""
WAITS, BY_SYSTEM, LAID_ASIDE = range(3)
"""What is done with work of a step as long as the backlog is so large: it waits, is done without a hand, or never."""


@dataclass(frozen=True, eq=False)
class PoolPlan:
    """Servers who share one queue: who they are, what they can do, and what became of their posts' minutes.

    Attributes
    ----------
    name : str
    servers : tuple of Calendar
        Their minutes at the queue.
    skills : (servers,)
        What each can do, bit k for skill k.
    paid_minutes, present_minutes, learning_minutes, vacant_minutes : (servers, days)
        Paid; at the queue; paid and at work, but spent on learning; those of a post that nobody has, and nobody is paid.
    hire_days, failed_days, substitute_days : (hires,), (failures,), (substitutes,)
        Days on which somebody took up a vacant post, on which a recruitment ended without anybody, and on which a substitute
        came: each was a recruitment.
    left_days : (departures,)
        Days on which holders left.
    ended_from : (posts,)
        Day from which each post is no more, of a post that stays past the last; empty where all stay. Its minutes are vacant.
    fte : float
        Posts, whole ones and a fraction.
    at_ceiling : bool
        Whether the posts are the most that their rule allows, and do not keep the wait of new cases short.
    kind : (servers,)
        REGULAR, OVERTIME or TEMPORARY; empty where all are posts. Minutes by day are those of the posts, which come first.
    relief_from : int
        Minutes of waiting work from which there is relief; NO_RELIEF where there is none.
    """

    name: str
    servers: tuple[Calendar, ...]
    skills: Ints
    paid_minutes: Ints
    present_minutes: Ints
    learning_minutes: Ints
    vacant_minutes: Ints
    hire_days: Ints
    fte: float = 0.0
    at_ceiling: bool = False
    kind: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    relief_from: int = NO_RELIEF
    failed_days: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    substitute_days: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    left_days: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    ended_from: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        """All servers are posts where nothing else is said."""
        if not len(self.kind):
            object.__setattr__(self, "kind", np.zeros(len(self.servers), np.int64))

    @property
    def recruitment_days(self) -> Ints:
        """Days on which a recruitment was over, and is paid: somebody came, for good or to stand in, or nobody (n,)."""
        return np.sort(np.concatenate([self.hire_days, self.failed_days, self.substitute_days]))

    def ended_minutes(self, first: int, end: int) -> int:
        """Minutes, of the days from ``first`` up to ``end``, of posts that are no more.

        Parameters
        ----------
        first, end : int
            Since day 0; the last is not counted.
        """
        of_posts = zip(self.vacant_minutes, self.ended_from.tolist(), strict=False)
        return sum(int(vacant[max(first, ended) : max(end, ended)].sum()) for vacant, ended in of_posts)

    def qualified(self, skill: int) -> NDArray[np.bool_]:
        """Whether each server has this skill: shape (servers,).

        Parameters
        ----------
        skill : int
            Position in ``kravsim.scenario.schema.SKILLS``.
        """
        return np.asarray(self.skills >> skill & 1 == 1)


@dataclass(frozen=True, eq=False)
class Plan:
    """One model's process for one world.

    Attributes
    ----------
    model : str
        Name of the model.
    steps, ends : tuple of str
        Names by code.
    pools : tuple of PoolPlan
        Staff, in the order of the model's.
    pool, priority, skill, work_table : (S,)
        Index of the staff pool (-1: nobody queues), priority (lower first), the skill asked for (a position in
        ``kravsim.scenario.schema.SKILLS``) and row of ``work_tables``.
    work_tables : (W, T)
        Minutes of work by table entry.
    n_answers : (S,)
    threshold : (S, K, B, A)
        Cumulative thresholds: the answer is the number of thresholds at or below the uniform.
    delay_table : (S, K, A)
        Row of ``delay_tables`` for the answer's delay.
    delay_tables : (D, T)
        Minutes from the step to its answer.
    part : (S, A)
        What an answer pays of the balance: PART_NOTHING_DRAWN, PART_INSTALMENT, or a row of ``part_tables``.
    part_tables : (P, T)
        Millionths of the balance by table entry.
    target : (S, K, A)
        What follows an answer.
    lateness_edges : (B - 1,)
        Minutes of accumulated lateness at which the next band begins.
    min_ore, max_visits : (S,)
        A case enters a step only from this principal and for this many visits.
    otherwise : (S, K)
        Where a case goes that a step does not take: a target, or NO_TARGET. May be given as (S,), alike for all classes.
    opens : (S,)
        A step takes a case only as long as the case may visit this other step, too; -1 where it does not ask.
    halts, watched : (S,)
        1 where limitation is halted, and where a step gives its last answer in time for a letter.
    renews : (S, A)
        LIMITATION_RENEWS where an answer begins a new period of limitation, LIMITATION_A_YEAR where limitation is as if it
        had not been halted, but for the first time at the step comes a year after the answer at the earliest; 0 elsewhere.
    period : (K,)
        Row of ``barred`` by class.
    barred : (L, days)
        Minute from which a claim is barred whose period began on a day.
    margin : int
        Minutes before that minute at which a watched step gives its last answer at the latest.
    lapsed : int
        End state of a claim that is barred.
    start : (K,)
        First step by class.
    horizon : int
        Minutes; what would happen at or after it does not.
    letters : (S,) or empty
        Whether a step sends a letter, which without a pool waits for a working day; empty where none waits.
    posted_on : (days,) or empty
        The first working day from each day of the simulated span on.
    relief : (S,)
        WAITS, BY_SYSTEM or LAID_ASIDE; empty where all work waits.
    year : int
        Row of ``barred`` for a period of one year.
    strikes : (S, P)
        The step that a case goes to that proceedings of its debtor strike at a step, by their kind; NO_TARGET where it stays.
        Empty where none strike.
    gathers : (S, K, A)
        Days from one filing day of a debtor to the next, where an answer is acted on on such a day; 0 where at once. Empty
        where all are.
    of_debtor : (S,)
        1 where draws are the debtor's, alike in all that the same proceedings strike, and an answer's delay is from their
        opening; empty where none are.
    sold : (S,)
        1 where a sale takes a case; empty where there is none.
    sale : int
        End state of a case that is sold.
    deadline : (S,)
        1 where an answer that leads to a step which the case is too small for comes when the last answer would; empty where
        none does.
    moves : (Q, 2)
        Minutes in which open cases move over, in order of time, and the first of the steps that they move to; empty where
        none do.
    own_steps : int
        How many steps a case may move from, one by one, to as many others that count visits with them; 0 where none moves.
    """

    model: str
    steps: tuple[str, ...]
    ends: tuple[str, ...]
    pools: tuple[PoolPlan, ...]
    pool: Ints
    priority: Ints
    skill: Ints
    work_table: Ints
    work_tables: Ints
    n_answers: Ints
    threshold: Ints
    delay_table: Ints
    delay_tables: Ints
    part: Ints
    part_tables: Ints
    target: Ints
    lateness_edges: Ints
    min_ore: Ints
    max_visits: Ints
    otherwise: Ints
    opens: Ints
    halts: Ints
    watched: Ints
    renews: Ints
    period: Ints
    barred: Ints
    margin: int
    lapsed: int
    start: Ints
    horizon: int
    letters: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    posted_on: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    relief: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    year: int = 0
    strikes: Ints = field(default_factory=lambda: np.zeros((0, 1), np.int64))
    of_debtor: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    deadline: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    gathers: Ints = field(default_factory=lambda: np.zeros((0, 0, 0), np.int64))
    sold: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    sale: int = NO_TARGET
    moves: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    own_steps: int = 0

    def __post_init__(self) -> None:
        """Fill in what is left out: work waits, classes go one way. Refuse a plan that no engine could execute to the end."""
        if self.otherwise.ndim == 1:
            alike = np.repeat(self.otherwise[:, None], len(self.start), axis=1)
            object.__setattr__(self, "otherwise", alike)
        if not len(self.relief):
            object.__setattr__(self, "relief", np.full(len(self.steps), WAITS, np.int64))
        if not len(self.strikes):
            object.__setattr__(self, "strikes", np.full((len(self.steps), 1), NO_TARGET, np.int64))
        if not len(self.gathers):
            object.__setattr__(self, "gathers", np.zeros_like(self.target))
        for name in ("of_debtor", "deadline"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.zeros(len(self.steps), np.int64))
        problems = [Problem("", f"plan.{key}", value, allowed, remedy) for key, value, allowed, remedy in _faults(self)]
        if problems:
            raise ScenarioError(problems)

    @cached_property
    def shares(self) -> Ints:
        """The share of each answer on 2**32, by step, class and lateness band: shape (S, K, B, A)."""
        shares = np.diff(self.threshold.reshape(-1), prepend=0).reshape(self.threshold.shape)
        shares[..., 0] = self.threshold[..., 0]
        return shares


def _faults(plan: Plan) -> list[tuple[str, object, str, str]]:
    """What is wrong with a plan, as (key, value, allowed, remedy)."""
    faults = [*_staff_faults(plan), *_index_faults(plan), *_move_faults(plan)]
    steps, n_targets = len(plan.steps), len(plan.steps) + len(plan.ends)
    given = np.arange(plan.threshold.shape[-1]) < plan.n_answers[:, None]  # of each step, the answers that it has
    answers = np.clip(plan.n_answers, 1, plan.threshold.shape[-1])
    last = plan.threshold[np.arange(steps), :, :, answers - 1]
    uneven = ((plan.shares < 0) & given[:, None, None]).any(axis=(1, 2, 3)) | (last != FULL).any(axis=(1, 2))
    uneven |= plan.n_answers != answers
    astray = (((plan.target < 0) | (plan.target >= n_targets)) & given[:, None]).any(axis=(1, 2))
    for step in np.flatnonzero(uneven).tolist():
        name = plan.steps[step]
        faults.append(
            (
                f"threshold.{name}",
                phrase("not cumulative"),
                phrase("rising to {full}", full=FULL),
                "give shares that sum to 1",
            )
        )
    for step in np.flatnonzero(astray).tolist():
        name, targets = plan.steps[step], plan.target[step, :, : plan.n_answers[step]]
        faults.append(
            (
                f"target.{name}",
                targets.tolist(),
                phrase("0 to {n}", n=n_targets - 1),
                "name a step or an end",
            )
        )
    for step in np.flatnonzero(plan.max_visits < 0).tolist():
        name = plan.steps[step]
        faults.append((f"max_visits.{name}", int(plan.max_visits[step]), "at least 0", "limit the visits"))
    for name, table in (("work_tables", plan.work_tables), ("delay_tables", plan.delay_tables)):
        if table.size and table.min() < 0:
            faults.append((name, int(table.min()), "at least 0 minutes", "give non-negative durations"))
    if len(plan.lateness_edges) and (np.diff(plan.lateness_edges) <= 0).any():
        faults.append(("lateness_edges", plan.lateness_edges.tolist(), "increasing", "sort the edges"))
    return [*faults, *_refusal_faults(plan)]


def _refusal_faults(plan: Plan) -> list[tuple[str, object, str, str]]:
    """Steps that refuse cases and send them nowhere, or round in a circle."""
    steps, faults = len(plan.steps), []
    if plan.otherwise.shape != (steps, len(plan.start)):
        return [
            (
                "otherwise",
                plan.otherwise.shape,
                phrase("shape ({steps}, {n})", steps=steps, n=len(plan.start)),
                "give each class a target",
            )
        ]
    for otherwise in np.unique(plan.otherwise, axis=1).T.tolist():
        for step in range(steps):
            seen, at = {step}, otherwise[step]
            while 0 <= at < steps and at not in seen:
                seen.add(at)
                at = otherwise[at]
            name = f"otherwise.{plan.steps[step]}"
            if at == NO_TARGET and len(seen) == 1 and plan.min_ore[step] > 0:
                faults.append((name, "never", "a target", "say where refused cases go"))
            if 0 <= at < steps:
                faults.append((name, plan.steps[at], "a chain that reaches an end", "end it"))
    return list(dict.fromkeys(faults))


def _index_faults(plan: Plan) -> Iterator[tuple[str, object, str, str]]:
    """Numbers that point outside the table they point into: compiled code would read past its end without a word."""
    steps, n_targets = len(plan.steps), len(plan.steps) + len(plan.ends)
    for name, numbers, lowest, rows in (
        ("work_table", plan.work_table, 0, len(plan.work_tables)),
        ("delay_table", plan.delay_table, 0, len(plan.delay_tables)),
        ("part", plan.part, PART_INSTALMENT, len(plan.part_tables)),
        ("start", plan.start, 0, n_targets),
        ("otherwise", plan.otherwise, NO_TARGET, n_targets),
        ("opens", plan.opens, NO_STEP, len(plan.steps)),
        ("period", plan.period, 0, len(plan.barred)),
        ("lapsed", np.array([plan.lapsed]), len(plan.steps), n_targets),
        ("strikes", plan.strikes, NO_TARGET, n_targets),
        ("year", np.array([plan.year]), 0, len(plan.barred)),
    ):
        wrong = numbers[(numbers < lowest) | (numbers >= rows)]
        if wrong.size:
            yield (
                name,
                int(wrong.flat[0]),
                phrase("{min} to {max}", min=lowest, max=rows - 1),
                "point into the table",
            )
    for name, table in (("work", plan.work_tables), ("delay", plan.delay_tables), ("part", plan.part_tables)):
        if len(table) and table.shape[1:] != (TABLE_SIZE,):
            yield (
                f"{name}_tables",
                table.shape,
                phrase("shape ({steps}, {n})", steps=len(table), n=TABLE_SIZE),
                "give every table all its entries",
            )
    if plan.strikes.ndim != 2 or len(plan.strikes) != steps or len(plan.of_debtor) != steps:
        yield (
            "strikes",
            plan.strikes.shape,
            phrase("shape ({steps}, kinds), as of_debtor", steps=steps),
            "say of every step where it leads",
        )
    if plan.gathers.shape != plan.target.shape or (plan.gathers < 0).any():
        allowed = phrase("shape {shape}, 0 or more", shape=plan.target.shape)
        yield (
            "gathers",
            plan.gathers.shape,
            allowed,
            "say of every answer from how many to how many days it is acted on",
        )
    if plan.deadline.shape != (steps,):
        yield (
            "deadline",
            plan.deadline.shape,
            phrase("shape ({n},)", n=steps),
            "say of every step whether it has one",
        )
    if plan.letters.any():
        days = -(-plan.horizon // MINUTES_PER_DAY)
        if (
            len(plan.letters) != steps
            or len(plan.posted_on) < days
            or (plan.posted_on < np.arange(len(plan.posted_on))).any()
        ):
            yield (
                "posted_on",
                plan.posted_on.tolist()[:9],
                phrase("{days} days, none before its own", days=days),
                "give a day to every day",
            )
    days = -(-plan.horizon // MINUTES_PER_DAY)
    if plan.barred.ndim != 2 or plan.barred.shape[1] < days:
        yield "barred", plan.barred.shape, phrase("{days} days", days=days), "give every day of the horizon"
    elif (plan.barred <= np.arange(plan.barred.shape[1]) * MINUTES_PER_DAY).any():
        yield "barred", phrase("a period of no days"), "a minute after the day", "give every period some days"
    bands = len(plan.lateness_edges) + 1
    if plan.threshold.shape[2] != bands:
        yield (
            "threshold",
            plan.threshold.shape,
            phrase("{bands} bands of lateness", bands=bands),
            "give one more band than there are edges",
        )


def _move_faults(plan: Plan) -> Iterator[tuple[str, object, str, str]]:
    """Moves to steps that are not as many others in the same places, with as many visits to each."""
    if len(plan.moves) and (
        plan.own_steps <= 0
        or (plan.moves[:, 1] % plan.own_steps).any()
        or plan.moves[:, 1].max() + plan.own_steps > len(plan.steps)
        or (plan.max_visits.reshape(-1, plan.own_steps) != plan.max_visits[: plan.own_steps]).any()
    ):
        allowed = "steps that stand for each other, with as many visits to each"
        yield "moves", plan.moves.tolist(), allowed, "name the first of as many steps as there are"


def _staff_faults(plan: Plan) -> Iterator[tuple[str, object, str, str]]:
    """Steps whose pool or skill is none, or whose work nobody in the pool could ever do.

    A pool of no posts at all is no fault: its work waits, and the run says so.
    """
    if plan.relief.shape != (len(plan.steps),) or not np.isin(plan.relief, (WAITS, BY_SYSTEM, LAID_ASIDE)).all():
        yield (
            "relief",
            plan.relief.tolist(),
            phrase(
                "{waits}, {by_system} or {laid_aside} for every step",
                waits=WAITS,
                by_system=BY_SYSTEM,
                laid_aside=LAID_ASIDE,
            ),
            "name one of these",
        )
    for staff in plan.pools:
        if staff.kind.shape != (len(staff.servers),) or (np.diff(staff.kind) < 0).any():
            yield f"pools.{staff.name}.kind", staff.kind.tolist(), "posts first, then the reserve", "sort the servers"
        if staff.skills.shape != (len(staff.servers),):
            yield (
                f"pools.{staff.name}.skills",
                staff.skills.shape,
                phrase("shape ({n},)", n=len(staff.servers)),
                "give each server's",
            )
    for name, pool, skill in zip(plan.steps, plan.pool.tolist(), plan.skill.tolist(), strict=True):
        if not -1 <= pool < len(plan.pools):
            yield f"pool.{name}", pool, phrase("-1 to {n}", n=len(plan.pools) - 1), "name a staff pool"
        elif not 0 <= skill < len(SKILLS):
            yield f"skill.{name}", skill, phrase("0 to {n}", n=len(SKILLS) - 1), "name a known skill"
        elif pool >= 0 and plan.pools[pool].servers and not plan.pools[pool].qualified(skill).any():
            allowed = phrase("a skill of somebody in {name}", name=plan.pools[pool].name)
            yield f"skill.{name}", SKILLS[skill], allowed, "add the skill to one of its posts"
