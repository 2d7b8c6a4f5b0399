"""Sequences of arrangements: which dates, models and pools can follow each other, and which arrangement there is on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kravsim.phrases import phrase
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.rules import refuse
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.scenario.schema import Model, Pool, ScenarioData, Sequence

AS_BEFORE = ("skills", "when_behind")
"""What the posts of a pool must have alike in every phase: the rest of them may change from one day to the next."""


class Arrangement(NamedTuple):
    """One phase of a sequence: from which date, and which model it follows; the first has no date, nor a phase's name."""

    since: dt.date | None
    model: str
    phase: str


def arrangements_of(sequence: Sequence) -> list[Arrangement]:
    """The phases of a sequence in order of their dates.

    Parameters
    ----------
    sequence : Sequence
    """
    later = [Arrangement(phase.since, phase.model, name) for name, phase in sequence.phases.items()]
    return [Arrangement(None, sequence.begins_with, ""), *sorted(later, key=lambda one: one.since or dt.date.min)]


def models_of(data: ScenarioData, name: str) -> tuple[str, ...]:
    """The models that a model follows: those of a sequence, each once; otherwise itself.

    Parameters
    ----------
    data : ScenarioData
    name : str
        Of a model or a sequence.
    """
    if name not in data.sequences:
        return (name,)
    return tuple(dict.fromkeys(one.model for one in arrangements_of(data.sequences[name])))


def sequences_hold_together(data: ScenarioData) -> None:
    """Refuse sequences whose dates, models or staff cannot follow each other.

    Parameters
    ----------
    data : ScenarioData

    Raises
    ------
    pydantic_core.PydanticCustomError
        With everything that is wrong with any of them.
    """
    problems = []
    for name, sequence in data.sequences.items():
        key = f"sequences.{name}"
        if name in data.models:
            problems.append(_problem(key, name, "a name that no model has", "give the sequence another name"))
        if data.policy.joint_application_days is not None:
            allowed = "scenarios without sequences: who files together when the arrangement changes is not known"
            remedy = "leave out policy.joint_application_days, or the sequence"
            days = data.policy.joint_application_days.value
            problems.append(_problem("policy.joint_application_days", days, allowed, remedy))
        if not sequence.phases:
            allowed, remedy = "a phase or more", "add one, or name the model itself, which nothing follows"
            problems.append(_problem(f"{key}.phases", "none", allowed, remedy))
        unknown = list(_unknown(key, sequence, data))
        problems += [*unknown, *_dates(key, sequence, data)]
        if not unknown:
            problems += _staff(key, sequence, data)
    refuse(problems)


def _problem(key: str, value: Any, allowed: str, remedy: str) -> dict[str, Any]:
    return {"key": key, "value": value, "allowed": allowed, "remedy": remedy}


def _unknown(key: str, sequence: Sequence, data: ScenarioData) -> Iterator[dict[str, Any]]:
    """Phases that follow no model: none has the name, or it is a sequence's."""
    named = {f"{key}.begins_with": sequence.begins_with}
    named |= {f"{key}.phases.{name}.model": phase.model for name, phase in sequence.phases.items()}
    for where, model in named.items():
        if model in data.models:
            continue
        allowed = phrase("one of {names}", names=", ".join(data.models))
        if model in data.sequences:
            remedy: str = phrase("name the models of {sequence} themselves: a phase is one arrangement", sequence=model)
        else:
            remedy = did_you_mean(model, data.models) or "choose one of them"
        yield _problem(where, model, allowed, remedy)


def _dates(key: str, sequence: Sequence, data: ScenarioData) -> Iterator[dict[str, Any]]:
    """Dates on which nothing could begin: before the history or after the horizon, or on which two phases would."""
    horizon, seen = data.horizon, dict[dt.date, str]()
    first = dt.date(horizon.start.year - half_up(horizon.history_years.value), 1, 1)
    for name, phase in sequence.phases.items():
        where = f"{key}.phases.{name}.since"
        if not first < phase.since < horizon.end:
            allowed = phrase(
                "a day after {first}, where history begins, and before {end}", first=first, end=horizon.end
            )
            remedy = "move the date, or horizon.history_years and horizon.end, or leave the phase out"
            yield _problem(where, phase.since, allowed, remedy)
        if phase.since in seen:
            allowed = phrase("another day than that of phases.{other}", other=seen[phase.since])
            yield _problem(where, phase.since, allowed, "one arrangement begins on a day: move one of them")
        seen[phase.since] = name


def _staff(key: str, sequence: Sequence, data: ScenarioData) -> Iterator[dict[str, Any]]:
    """Pools of one name that are not one team, and open cases that stay where nobody is left for their work."""
    before: dict[str, dict[str, Model]] = {}  # pool -> every earlier model that has it
    for one in arrangements_of(sequence):
        model = data.models[one.model]
        for pool, had_it in before.items():
            working = {other: earlier for other, earlier in had_it.items() if _works(earlier, pool)}
            if pool in model.staff:
                yield from _one_team(f"models.{one.model}.staff.{pool}", model.staff[pool], pool, had_it, working)
            elif working:
                allowed = phrase(
                    "a model with staff.{pool}: open cases of {other} stay", pool=pool, other=", ".join(working)
                )
                remedy = phrase(
                    "give {model} a pool of this name, with the posts that are left for them", model=one.model
                )
                yield _problem(f"{key}.phases.{one.phase}.model", one.model, allowed, remedy)
        for pool in model.staff:
            before.setdefault(pool, {})[one.model] = model


def _works(model: Model, pool: str) -> bool:
    return any(task.pool == pool for task in model.work.values())


def _one_team(
    key: str, pool: Pool, name: str, had_it: Mapping[str, Model], working: Mapping[str, Model]
) -> Iterator[dict[str, Any]]:
    """What must not change with the arrangement, and posts or skills that are no longer there for cases that stay."""
    first = next(iter(had_it))
    was = had_it[first].staff[name]
    for part in AS_BEFORE:
        if getattr(pool, part) != getattr(was, part):
            allowed = phrase("what models.{model}.staff.{pool} has: it is the same team", model=first, pool=name)
            remedy = "give both the same, or name the pools differently"
            yield _problem(f"{key}.{part}", str(getattr(pool, part)), allowed, remedy)
            return
    if was.when_behind is not None and pool != was:
        allowed = phrase("all that models.{model}.staff.{pool} has, as when_behind is given", model=first, pool=name)
        yield _problem(key, pool.fte.value, allowed, "leave out when_behind in both, or give both the same")
        return
    if working and not pool.fewest_fte:
        allowed = phrase("more than 0: open cases of {other} stay", other=", ".join(working))
        yield _problem(
            f"{key}.fte", pool.fte.value, allowed, "keep the posts, or a part of one, that are left for them"
        )
        return
    left = {skill for post in range(pool.fewest_posts) for skill in pool.skills_of(post)}
    for model, earlier in working.items():
        for step, task in earlier.work.items():
            if task.pool == name and task.skill not in left:
                allowed = phrase(
                    "posts that can do models.{model}.work.{step}, whose open cases stay: {skill}",
                    model=model,
                    step=step,
                    skill=task.skill,
                )
                yield _problem(
                    f"{key}.fte", pool.fte.value, allowed, "keep more posts, or list that skill for the first"
                )
