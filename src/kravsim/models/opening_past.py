"""What claims of an opening stock have behind them: steps before the horizon, on which days, and that nobody paid.

A claim has gone through the steps of its stage one after the other, each answered after the scenario's own time (where that
is drawn, the most likely one), from its hand-over on. Under surveillance letters have interrupted limitation in time. So
charges, outlays, interest and limitation are those of the law of these days; nothing is drawn, and nobody's time is taken
(contract §17). The case enters its next step in the first minute of the horizon.

Who still owes is not who owed: a class counts by how likely its debtors are to have been silent so long.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from kravsim.errors import Problem, ScenarioError
from kravsim.models.answers import DELAYS, answer_shares, fixed_days, spread_of
from kravsim.models.limitation import limitation_arrays
from kravsim.models.plan import LIMITATION_RENEWS
from kravsim.models.process import DETOURS, STEP_CODE, answer_code, step_named
from kravsim.models.surveillance import exit_rates, limitation_years
from kravsim.phrases import phrase, together
from kravsim.scenario.opening_stock import MOST_AGE_DAYS, STAGES
from kravsim.stream.opening_stock import handed_over_after
from kravsim.stream.stream import N_CLASSES, class_parts
from kravsim.stream.synthetic import first_day, mean_activity, type_shares
from kravsim.units import DAYS_A_YEAR, MINUTES_PER_DAY, half_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kravsim.models.plan import Ints
    from kravsim.scenario.opening_stock import StockRow
    from kravsim.scenario.schema import ScenarioData
    from kravsim.stream.stream import Stream

_LETTERS: Final = (("reminder", "silent"), ("demand", "silent"))
_ORDERED: Final = (*_LETTERS, ("solvency_check", "solvent"), ("payment_order", "order"), ("order", "unpaid"))
STAGE_STEPS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "reminded": _LETTERS[:1],
    "demanded": _LETTERS,
    "ordered": _ORDERED,
    "attached": (*_ORDERED, ("attachment", "continued")),
    "watched": (*_LETTERS, ("solvency_check", "not_solvent")),
    "watched_with_title": (*_ORDERED, ("attachment", "no_assets")),
}
"""Steps of each stage in order, and how they were answered."""
NEXT: Final = {
    "reminded": "demand",
    "demanded": "solvency_check",
    "ordered": "attachment",
    "attached": "attachment",
    "watched": "surveillance",
    "watched_with_title": "surveillance_with_title",
}
"""The step that a claim of each stage enters as the horizon begins."""
DONE, ANSWERED = 1, 2
"""Kinds of rows, as numbered in the contract of engines."""
NONE: Final = -1


class Past(NamedTuple):
    """When cases begin, and the rows that they have behind them, as in :class:`kravsim.engine.events.CaseInput`."""

    start: Ints
    enters: Ints
    first_past: Ints
    past: Ints


def days_of(data: ScenarioData, step: str, answer: str) -> int:
    """Days from a step of the past to its answer.

    Parameters
    ----------
    data : ScenarioData
    step, answer : str
        Names in the process table.
    """
    key = DELAYS[step][answer_code(step, answer)]
    spread = spread_of(data.timing, key)
    return half_up(float(fixed_days(data.timing, key)) if spread is None else spread.mode)


def way_days(data: ScenarioData, stage: str) -> int:
    """Days from the due date to the last answer of a stage, letters of surveillance apart.

    Parameters
    ----------
    data : ScenarioData
    stage : str
        One of STAGES.
    """
    return handed_over_after(data) + sum(days_of(data, *one) for one in STAGE_STEPS[stage])


def composition(data: ScenarioData) -> dict[str, NDArray[np.float64]]:
    """Of each row of the opening stock, by name: the weight of each class among those who have not paid, (N_CLASSES,).

    Debtors of estates and abroad take other ways and are of no stock.

    Parameters
    ----------
    data : ScenarioData
        Realised.

    Raises
    ------
    ScenarioError
        With every row whose youngest claims are too young for their stage, or whose oldest would have been barred, and every
        stage that nobody comes to.
    """
    found, problems = {}, []
    for name, row in data.opening_stock.rows.items():
        needed = way_days(data, row.stage)
        if row.age_from_days <= needed:
            allowed = phrase(
                "at least {least} days for {stage}: so long do its steps take", least=needed + 1, stage=row.stage
            )
            key, remedy = (
                f"opening_stock.rows.{name}.age_from_days",
                "make the claims older, or their stage an earlier one",
            )
            problems.append(Problem(data.name, key, row.age_from_days, allowed, remedy))
        found[name] = _weights(data, row, needed)
        if not found[name].any():
            allowed, remedy = "a stage that some debtor comes to", "look at the shares of answers in behaviour"
            problems.append(Problem(data.name, f"opening_stock.rows.{name}.stage", row.stage, allowed, remedy))
        elif (most := oldest_alive(data, row.stage, found[name])) < row.age_to_days:
            allowed = phrase(
                "at most {most} days for {stage}: older claims are barred before the horizon",
                most=most,
                stage=row.stage,
            )
            key = f"opening_stock.rows.{name}.age_to_days"
            problems.append(Problem(data.name, key, row.age_to_days, allowed, _alive(data, found[name])))
    if problems:
        raise ScenarioError(problems)
    return found


def oldest_alive(data: ScenarioData, stage: str, weights: NDArray[np.float64]) -> int:
    """Days from the due date at which a claim of a stage is not yet barred as the horizon begins, whoever owes it.

    Parameters
    ----------
    data : ScenarioData
        Realised.
    stage : str
        One of STAGES. Under surveillance letters interrupt limitation, so there any age of the schema will do.
    weights : float64 array, shape (N_CLASSES,)
        Above 0 for the classes that may owe it.
    """
    if step_named(NEXT[stage]).watches:
        return MOST_AGE_DAYS
    law, start = limitation_arrays(data), (data.horizon.start - first_day(data)).days
    begins, after = -half_up(data.invoices.terms_days.value), handed_over_after(data)
    for step, answer in STAGE_STEPS[stage]:
        after += days_of(data, step, answer)
        if law["renews"][STEP_CODE[step], answer_code(step, answer)] == LIMITATION_RENEWS:
            begins = after
    barred = law["barred"][law["period"][weights > 0]].min(axis=0)
    return start + begins - int(np.flatnonzero(barred > start * MINUTES_PER_DAY)[0])


def _alive(data: ScenarioData, weights: NDArray[np.float64]) -> str:
    """What keeps claims from having been barred, with whose limitation it is: its shortest period, and as it is read."""
    segments = {class_parts(klass)[0] for klass in np.flatnonzero(weights)}
    years = min(half_up(limitation_years(data, segment)) for segment in segments)
    remedy = phrase(
        "lower it, or let the older ones be watched: letters have kept those alive; limitation is after {years} years here",
        years=years,
    )
    keys = {f"debtors.segments.{segment}.limitation_years" for segment in segments}
    for dimension, named in data.alternatives.items():
        base = next((name for name, one in named.items() if not one.changes), "")
        others = [name for name, one in named.items() if any(_longer(one.changes.get(key), years) for key in keys)]
        if base and others:
            remedy = phrase(
                "{remedy}, as {dimension} is read as {base}: settle it as {others}, if that is what holds",
                remedy=remedy,
                dimension=dimension,
                base=base,
                others=together(*others, between=phrase(" or ")),
            )
    return remedy


def _longer(content: object, years: int) -> bool:
    """Whether a change is to a period of more than some years."""
    period = content.get("value") if isinstance(content, Mapping) else content
    return isinstance(period, int | float) and period > years


def _weights(data: ScenarioData, row: StockRow, way: int) -> NDArray[np.float64]:
    """Who owes after so long: claims that come in, by class, times the chance of the answers that they have given."""
    came = type_shares(data) * mean_activity(data)
    model = next(iter(data.models.values()))
    watched = max((row.age_from_days + row.age_to_days) / 2 - way, 0) / DAYS_A_YEAR * row.stage.startswith("watched")
    weights, gone = np.zeros((2, N_CLASSES))
    for klass in range(N_CLASSES):
        segment, kind, known = class_parts(klass)
        behaviour: Any = getattr(data.behaviour, kind)
        share = behaviour.known_at_kronofogden_share.value
        weight = came[klass // 2 // came.shape[1], klass // 2 % came.shape[1]] * (share if known else 1 - share)
        if segment in DETOURS or not weight:
            continue
        for step, answer in STAGE_STEPS[row.stage]:
            shares = answer_shares(data, model, step, klass, proceedings=False)
            place = answer_code(step, answer)
            weight *= shares[place] if place < len(shares) else max(1.0 - math.fsum(shares), 0.0)
        weights[klass], gone[klass] = weight, math.fsum(exit_rates(behaviour)[:2]) * watched
    some = weights > 0
    weights[some] *= np.exp(
        gone[some].min(initial=np.inf) - gone[some]
    )  # the slowest to go stays 1 whatever its hazard
    return weights


def past_of(stream: Stream, data: ScenarioData, start: int) -> Past:
    """What the cases of an opening stock have behind them; they begin as the horizon does.

    Parameters
    ----------
    stream : Stream
    data : ScenarioData
        Realised.
    start : int
        First day of the horizon, since day 0.

    Raises
    ------
    ScenarioError
        When claims are so old that the policy would have ceased to watch them.
    """
    n_cases = len(stream.cases)
    enters = np.full(n_cases, NONE, np.int64)
    parts = [np.zeros((_ROW, 0), np.int64)]
    for code, stage in enumerate(STAGES):
        mine = np.flatnonzero(stream.stage == code)
        if len(mine):
            enters[mine] = STEP_CODE[NEXT[stage]]
            parts += _rows(stream, data, start, stage, mine)
    rows = np.concatenate(parts, axis=1)
    rows = rows[:, np.lexsort((rows[1], rows[0]))]
    first = np.searchsorted(rows[0], np.arange(n_cases + 1)).astype(np.int64)
    begins = np.where(stream.of_stock, start, stream.cases.hand_over_day) * MINUTES_PER_DAY
    return Past(begins, enters, first, np.ascontiguousarray(rows[2:].T))


_ROW: Final = 7
"""Case, order within it, and the columns of a past."""


def _rows(stream: Stream, data: ScenarioData, start: int, stage: str, mine: Ints) -> Iterator[Ints]:
    """The rows of the cases of one stage: of the steps of its way, then of letters under surveillance."""
    at, order = stream.cases.hand_over_day[mine] * MINUTES_PER_DAY, 0
    for step, answer in STAGE_STEPS[stage]:
        yield _row(mine, order, DONE, step, 0, at)
        at = at + days_of(data, step, answer) * MINUTES_PER_DAY
        yield _row(mine, order + 1, ANSWERED, step, 0, at, answer)
        order += 2
    if step_named(NEXT[stage]).watches:
        since = at // MINUTES_PER_DAY if stage == "watched_with_title" else stream.arose[mine]
        yield from _watched(stream, data, start, stage, (mine, at, since, order))


def _watched(
    stream: Stream, data: ScenarioData, start: int, stage: str, place: tuple[Ints, Ints, Ints, int]
) -> Iterator[Ints]:
    """Rows of letters that interrupted limitation, as late as the margin allows, up to the horizon."""
    mine, at, since, order = place
    law, most = limitation_arrays(data), half_up(data.policy.surveillance_spells.value)
    margin, answer = (
        half_up(days.value) * MINUTES_PER_DAY
        for days in (data.timing.interruption_margin_days, data.timing.interruption_answer_days)
    )
    step, letter = NEXT[stage], NEXT[stage].replace("surveillance", "interruption")
    for visit in range(most + 1):
        limit = law["barred"][law["period"][stream.cases.klass[mine]], since]
        sent = np.maximum(limit - margin, at)
        there = sent + answer < start * MINUTES_PER_DAY
        mine, at, sent = mine[there], at[there], sent[there]
        if not len(mine):
            return
        if visit == most:
            allowed = phrase(
                "claims that letters under surveillance have kept alive, at most {most} of them", most=most
            )
            remedy = "raise policy.surveillance_spells, or lower age_to_days"
            value = phrase("{n} claims that are too old for {stage}", n=len(mine), stage=stage)
            raise ScenarioError(Problem(data.name, "opening_stock.rows", value, allowed, remedy))
        yield _row(mine, order, DONE, step, visit, at)
        yield _row(mine, order + 1, ANSWERED, step, visit, sent, "silent")
        yield _row(mine, order + 2, DONE, letter, visit, sent)
        at = sent + answer
        yield _row(mine, order + 3, ANSWERED, letter, visit, at, "reached")
        since, order = at // MINUTES_PER_DAY, order + 4


def _row(mine: Ints, order: int, kind: int, step: str, visit: int, minute: Ints, answer: str = "") -> Ints:
    said = answer_code(step, answer) if answer else NONE
    alike = (np.full(len(mine), value, np.int64) for value in (order, kind, STEP_CODE[step], visit, said))
    place, kinds, steps, visits, answers = alike
    return np.stack([mine, place, kinds, steps, visits, minute, answers])
