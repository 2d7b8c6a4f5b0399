"""Shares and delays of a batch: the formulas of :mod:`kravsim.models.answers` with arrays in place of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kravsim.chance.distributions import quantile_table
from kravsim.chance.shares import at_least_0
from kravsim.expected.batch import Batch
from kravsim.expected.clock import Clock
from kravsim.expected.walk_compiled import N_WEIGHTS
from kravsim.expected.weights import REMINDER, Delay
from kravsim.law import law_of
from kravsim.models.agency_choice import chosen
from kravsim.models.answers import DELAYS, answer_shares, fixed_days, groups_alike, spread_of
from kravsim.models.between_letters import Late, late_among, wait_days
from kravsim.models.own_reminder import paid_before_share
from kravsim.models.plan import TABLE_SIZE
from kravsim.models.process import PROCESS, answer_code, step_named
from kravsim.scenario.rules import TOLERANCE
from kravsim.scenario.schema import Model, Task
from kravsim.stream.stream import DEBTOR_TYPES, N_CLASSES, SEGMENTS
from kravsim.units import MILLION, MINUTES_PER_DAY, half_up

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Paying:
    """Who pays after a letter in one of two ways: of all whom it reaches those who pay all, and the invoice alone.

    Attributes
    ----------
    shares : float64 array, shape (2, segments, types, 2, B)
        Of the cases, by answer.
    weight : float64 array, shape (W, B)
        Weights of the day of payment.
    paid_at : float64 array, shape (B,)
        Mean age at payment, days since the hand-over.
    """

    shares: Floats
    weight: Floats
    paid_at: Floats


@dataclass(frozen=True, eq=False)
class Tables:
    """Answers and their times.

    ``retained`` (by step) and ``wait`` (by step, in days) say what a queue costs: both are arrays (B,). ``known`` holds the
    shares that have been worked out.

    Attributes
    ----------
    batch : Batch
        The B sets.
    model : Model
        As the batch views it.
    clock : Clock
        Of ages since the hand-over.
    files, watches, never : bool array, shape (K,) or (K, B)
        By class: whether solvent cases go to Kronofogden at once, whether the others are watched, or given back, and whether
        none goes there later either.
    residue_floor_kr : dict of str to float or float64 array, shape (B,)
        The smallest residue that is asked for, by letter.
    """

    batch: Batch
    model: Model
    clock: Clock
    retained: dict[str, Floats]
    wait: dict[str, Floats]
    files: NDArray[np.bool_]
    watches: NDArray[np.bool_]
    never: NDArray[np.bool_]
    residue_floor_kr: dict[str, Any]
    known: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: Batch, model: str, clock: Clock) -> Tables:
        """Answers and times of a model's cases where nothing waits, its agency having chosen what it does with them.

        Parameters
        ----------
        batch : Batch
            The B sets.
        model : str
            Name of the model.
        clock : Clock
            Of ages since the hand-over.
        """
        choice = chosen(batch.view, batch.view.models[model], law_of(batch.view))
        view = choice.data
        if choice.model is not batch.view.models[model]:
            view = SimpleNamespace(**{**vars(view), "models": {**view.models, model: choice.model}})
        of_classes = choice.files, choice.watches, choice.never
        return cls(replace(batch, view=view), choice.model, clock, {}, {}, *of_classes, choice.residue_floor_kr)

    def shares(self, step: str) -> Floats:
        """Shares of all answers of a step, the last included: (answers, groups of classes that answer alike, B).

        The rest may come out below 0.

        Parameters
        ----------
        step : str
            A name in STEPS.
        """
        if step not in self.known:
            self.known[step] = self._shares(step)
        return self.known[step]

    def _shares(self, step: str) -> Floats:
        given = [answer_shares(self.batch.view, self.model, step, members[0]) for members in groups_alike(step)]
        table = np.empty((len(given[0]) + 1, len(given), len(self.batch.which)))
        for place, shares in enumerate(given):
            for answer, share in enumerate(shares):
                table[answer, place] = share
        payers = table[0].copy()
        if step in self.retained:
            table[0] *= self.retained[step]
        if step == "reminder":  # who has paid before it is not there to answer it
            before = self._paid_before_by_group(payers)
            table[0] = at_least_0(table[0] - before)
            table[:-1] /= np.maximum(1 - before, 1e-300)
        table[-1] = 1 - table[:-1].sum(axis=0)
        return table

    def _paid_before_by_group(self, payers: Floats) -> Floats:
        """Of all cases, those paid before the hand-over: a share of the payers (groups, B) after a reminder in time."""
        return payers * self.batch.array(paid_before_share(self.batch.view, self.model))

    def paid_before(self) -> Floats:
        """Share of the cases that are paid before they would be handed over: (segments, types, 2, B)."""
        view, groups = self.batch.view, groups_alike("reminder")
        payers = np.stack([self.batch.array(answer_shares(view, self.model, "reminder", one[0])[0]) for one in groups])
        return self._paid_before_by_group(payers).take(_group_of("reminder"), axis=0)

    def by_class(self, step: str) -> Floats:
        """Shares of a step as (answers, segments, types, 2, B).

        Parameters
        ----------
        step : str
            A name in STEPS.
        """
        return at_least_0(self.shares(step).take(_group_of(step), axis=1))  # type: ignore[no-any-return]

    def by_type(self, step: str) -> Floats:
        """Shares of a step as (answers, types, B), for private persons unknown at Kronofogden.

        Parameters
        ----------
        step : str
            A name in STEPS.
        """
        return at_least_0(self.shares(step).take(_group_of(step)[0, :, 0], axis=1))  # type: ignore[no-any-return]

    def by_name(self, step: str) -> dict[str, Floats]:
        """Shares of a step's answers by their names, each (segments, types, 2, B).

        Parameters
        ----------
        step : str
            A name in STEPS.
        """
        names = (answer.name for answer in step_named(step).answers)
        return dict(zip(names, self.by_class(step), strict=True))

    def possible(self) -> NDArray[np.bool_]:
        """Whether no step answers more than everybody: (B,)."""
        fine = np.ones(len(self.batch.which), bool)
        for step in PROCESS:
            fine &= (self.shares(step.name)[-1] >= -TOLERANCE).all(axis=0)
        return fine

    def waiting(self, retained: dict[str, Floats], wait: dict[str, Floats]) -> Tables:
        """The same answers where a queue costs something.

        Parameters
        ----------
        retained : dict of str to float64 array, shape (B,)
            Share of a step's voluntary payers who still pay after its wait, by step.
        wait : dict of str to float64 array, shape (B,)
            Days until a step is done after it is due, by step.
        """
        known = {step: shares for step, shares in self.known.items() if step not in retained}
        return replace(self, retained=retained, wait=wait, known=known)

    def delay(self, step: str, answer: str | int) -> Delay | None:
        """Delay of an answer, or None where it is a fixed number of days.

        Parameters
        ----------
        step : str
            A name in STEPS.
        answer : str or int
            Name of one of the step's answers, or its position among them.
        """
        key = _delay_key(step, answer)
        spread = spread_of(self.batch.view.timing, key)
        return _delay(spread.low, spread.mode, spread.high) if spread else None

    def days(self, step: str, answer: str | int) -> Floats:
        """Mean delay of an answer in days (B,).

        Parameters
        ----------
        step : str
            A name in STEPS.
        answer : str or int
            Name of one of the step's answers, or its position among them.
        """
        delay = self.delay(step, answer)
        if delay is not None:
            return self.batch.array(delay.mean_days)
        return half_up(self.batch.array(fixed_days(self.batch.view.timing, _delay_key(step, answer))))

    def weights(self, clock: Clock, step: str, answer: str | int, age: Floats) -> Floats:
        """Weights by a clock of an answer given to a step that was done at an age (B,): shape (W, B).

        Parameters
        ----------
        clock : Clock
            From which the ages count.
        step : str
            A name in STEPS.
        answer : str or int
            Name of one of the step's answers, or its position among them.
        age : float64 array, shape (B,)
            Days since the hand-over.
        """
        delay = self.delay(step, answer)
        return clock.at(age + self.days(step, answer)) if delay is None else clock.after(delay, age)

    @cached_property
    def since_reminder(self) -> Clock:
        """The clock of what follows a reminder: where one's own staff post it when they come to it, that of the hand-over."""
        if "reminder" in self.wait:
            return self.clock
        return self.clock.since(np.full(len(self.batch.which), REMINDER))

    @cached_property
    def since_demand(self) -> Clock:
        """The clock of what follows a demand."""
        return self.since_reminder if self.wait.keys() & {"reminder", "demand"} else self.clock.since(self._grace)

    @property
    def _grace(self) -> Ints:
        """Days from reminder to demand (B,)."""
        return self.days("reminder", "silent").astype(np.int64)

    def covered(self, step: str, points: int) -> Floats:
        """Equally likely shares of the balance that a part payment of a step covers: (points,).

        Parameters
        ----------
        step : str
            A name in STEPS.
        points : int
            How many shares; it divides TABLE_SIZE.
        """
        name = next(option.covers for option in PROCESS if option.name == step)
        spread = getattr(self.batch.view.behaviour, name)
        table = quantile_table("triangular", TABLE_SIZE, MILLION, low=spread.low, mode=spread.mode, high=spread.high)
        return np.asarray(table.reshape(points, -1).mean(axis=1) / MILLION)

    def paying(self, letter: str, clock: Clock, age: Floats) -> list[Paying]:
        """Who pays all or the invoice alone after a letter that was sent at an age (B,): in time, and between letters.

        Parameters
        ----------
        letter : str
            A name in LETTERS.
        clock : Clock
            From which the ages count.
        age : float64 array, shape (B,)
            Days since the hand-over.
        """
        shares = self.by_class(letter)[:2]
        in_time = Paying(shares, self.weights(clock, letter, "paid", age), age + self.days(letter, "paid"))
        view = self.batch.view
        late = [late_among(view, letter, kind) for kind in DEBTOR_TYPES]
        found, wait = [], self.batch.array(wait_days(view, letter)).astype(np.int64)
        most: list[Late] = max(late, key=len)
        for place, part in enumerate(most):  # paid at the same times by every type
            among = np.zeros((2, len(DEBTOR_TYPES), len(self.batch.which)))
            for kind, parts in enumerate(late):
                if place < len(parts):
                    among[:, kind] = [self.batch.array(share) for share in parts[place].shares]
            if among.any():
                between = shares * among[:, None, :, None]
                in_time = replace(in_time, shares=in_time.shares - between)
                found.append(self._between(between, clock, age, (part, wait)))
        return [in_time, *found]

    def _between(self, shares: Floats, clock: Clock, age: Floats, when: tuple[Late, Ints]) -> Paying:
        """Those who pay between letters, in each set before its own wait is over."""
        part, wait = when
        spread = getattr(self.batch.view.timing, part.days)
        after = np.broadcast_to(np.asarray(part.after), wait.shape).astype(np.int64)
        weight, paid_at = np.zeros((N_WEIGHTS, len(wait))), age.copy()
        for days, since in np.unique(np.stack([wait, after]), axis=1).T.tolist():
            delay = _delay_before((spread.low, spread.mode, spread.high), days, since)
            if delay is not None:
                here = (wait == days) & (after == since)
                weight[:, here] = clock.after(delay, age)[:, here]
                paid_at[here] += delay.mean_days
        return Paying(shares, weight, paid_at)

    def waited(self, step: str) -> Floats:
        """Days until a step is done after it is due (B,): in one's own staff's queue, or for a working day to post it.

        Parameters
        ----------
        step : str
            A name in STEPS.
        """
        if step in self.wait or not step_named(step).letter:
            return self.wait.get(step, np.zeros(len(self.batch.which)))
        calendar = self.clock.calendar
        if step == "reminder":
            return self.batch.array(calendar.posted_after(REMINDER))
        if step == "demand" and "reminder" not in self.wait:
            days, of_set = np.unique(self._grace, return_inverse=True)
            return np.array([calendar.posted_after(int(one)) for one in days])[of_set.reshape(-1)]
        return self.batch.array(calendar.posted_any_day)


def _delay_key(step: str, answer: str | int) -> str | tuple[str, ...]:
    return DELAYS[step][answer_code(step, answer) if isinstance(answer, str) else answer]


@cache
def _delay(low: float, mode: float, high: float) -> Delay:
    return Delay.of(quantile_table("triangular", TABLE_SIZE, low=low, mode=mode, high=high) * MINUTES_PER_DAY)


@cache
def _delay_before(spread: tuple[float, float, float], wait: int, after: int) -> Delay | None:
    """The delay of those who are through before a wait is over, counted from later days on; None where nobody is."""
    low, mode, high = spread
    days = quantile_table("triangular", TABLE_SIZE, low=low, mode=mode, high=high) + after
    before = days[days < wait]
    return Delay.of(before * MINUTES_PER_DAY) if len(before) else None


@cache
def _group_of(step: str) -> Ints:
    """Which group of :func:`~kravsim.models.answers.groups_alike` a class is in: (segments, types, 2)."""
    group = np.empty(N_CLASSES, np.int64)
    for place, members in enumerate(groups_alike(step)):
        group[list(members)] = place
    return group.reshape(len(SEGMENTS), len(DEBTOR_TYPES), 2)


def mean_minutes(task: Task) -> float:
    """Mean work of a step in minutes.

    Parameters
    ----------
    task : Task
        Of the model's ``work``, or its view in a batch.
    """
    return float(task.minutes.low + task.minutes.mode + task.minutes.high) / 3
