"""Sequences of arrangements: which dates, models and pools can follow each other, and which arrangement there is on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kravsim.errors import ABSENT
from kravsim.phrases import phrase
from kravsim.scenario.nearest import did_you_mean
from kravsim.scenario.rules import refuse
from kravsim.scenario.values import terms
from kravsim.units import half_up

if TYPE_CHECKING:
    from kravsim.scenario.schema import Model, Phase, Pool, ScenarioData, Sequence

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


def sells(phase: Phase) -> bool:
    """Whether some open cases are sold as a phase begins.

    Parameters
    ----------
    phase : Phase
    """
    rules = (phase.younger, phase.older, phase.at_steps, phase.elsewhere)
    return phase.open_cases == "sold" or (phase.open_cases == "split" and "sold" in rules)


def moves(phase: Phase) -> bool:
    """Whether open cases move over as a phase begins.

    Parameters
    ----------
    phase : Phase
    """
    return phase.open_cases == "move"


def leaves_a_stock(sequence: Sequence) -> bool:
    """Whether some open cases stay with an arrangement that is followed by another.

    Parameters
    ----------
    sequence : Sequence
    """
    return any(phase.open_cases not in ("sold", "move") for phase in sequence.phases.values())


def is_sold_at(phase: Phase, step: str) -> bool:
    """Whether a case at a step is sold as a phase begins that splits open cases by their step.

    Parameters
    ----------
    phase : Phase
    step : str
        A name in STEPS.
    """
    return (phase.at_steps if step in phase.split_steps else phase.elsewhere) == "sold"


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
            problems.append(_problem(f"{key}.phases", ABSENT, allowed, remedy))
        unknown = list(_unknown(key, sequence, data))
        problems += [*unknown, *_dates(key, sequence, data), *_open_cases(key, sequence)]
        if not unknown:
            problems += [*_staff(key, sequence, data), *_relief(key, sequence, data)]
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


_OF_AGE, _OF_STEP = ("split_age_days", "younger", "older"), ("split_steps", "at_steps", "elsewhere")
"""Keys of a phase by which its open cases are split."""


def _open_cases(key: str, sequence: Sequence) -> Iterator[dict[str, Any]]:
    """Keys about open cases that their rule does not read, or that it misses."""
    selling = [name for name, phase in sequence.phases.items() if sells(phase)]
    moving = [name for name, phase in sequence.phases.items() if moves(phase)]
    if selling and moving:
        allowed = phrase("no phase that sells, as open cases move over in {names}", names=", ".join(moving))
        for name in selling:
            remedy = "let open cases move over or stay, or sell them in a sequence of its own"
            yield _problem(f"{key}.phases.{name}.open_cases", sequence.phases[name].open_cases, allowed, remedy)
    for name, phase in sequence.phases.items():
        where = f"{key}.phases.{name}"
        split: tuple[str, ...] = ()
        if phase.open_cases == "split":
            split = _OF_AGE if phase.split_age_days is not None else _OF_STEP
            if phase.split_age_days is None and not phase.split_steps:
                allowed, remedy = "split_age_days, or split_steps", "say by what open cases are split"
                yield _problem(f"{where}.open_cases", "split", allowed, remedy)
                continue
        for part in (*_OF_AGE, *_OF_STEP):
            given = getattr(phase, part) or None
            if given is not None and part not in split:
                allowed = phrase("nothing, as open cases are {rule}", rule=phase.open_cases)
                remedy = "leave it out: open_cases = 'split' reads it, by age or by step"
                yield _problem(f"{where}.{part}", _shown(given), allowed, remedy)
            if given is None and part in split:
                yield _problem(f"{where}.{part}", ABSENT, "stay or sold", "say what becomes of these cases")
        if split and getattr(phase, split[1]) is not None and getattr(phase, split[1]) == getattr(phase, split[2]):
            allowed = phrase("another rule than that of {other}", other=split[1])
            remedy = phrase("say open_cases = '{rule}' of all of them", rule=getattr(phase, split[2]))
            yield _problem(f"{where}.{split[2]}", getattr(phase, split[2]), allowed, remedy)
        if sells(phase) and phase.sale_price_share is None:
            remedy = "say what a buyer pays of the principal left, with its source"
            yield _problem(f"{where}.sale_price_share", ABSENT, "0 to 1", remedy)
        unsaid = any(getattr(phase, part) is None for part in split)  # what is not said may be sold
        if phase.sale_price_share is not None and not sells(phase) and not unsaid:
            yield _problem(
                f"{where}.sale_price_share", phase.sale_price_share.value, "nothing, as nothing is sold", "leave it out"
            )
        if phase.open_cases == "split" and phase.split_steps and sells(phase) and len(selling) > 1:
            others = ", ".join(other for other in selling if other != name)
            allowed = phrase(
                "the only phase of the sequence that sells, as it does so by step; {others} do too", others=others
            )
            yield _problem(f"{where}.split_steps", _shown(phase.split_steps), allowed, "split by age, or sell once")


def _shown(given: Any) -> Any:
    """A value as it is told."""
    return ", ".join(given) if isinstance(given, tuple) else given


def _relief(key: str, sequence: Sequence, data: ScenarioData) -> Iterator[dict[str, Any]]:
    """Teams that are relieved when they fall behind, where cases are sold or move: what waits for them is gone at once."""
    for selling, one in (
        (name, one)
        for name, phase in sequence.phases.items()
        if sells(phase) or moves(phase)
        for one in arrangements_of(sequence)
    ):
        for pool, staff in data.models[one.model].staff.items():
            if staff.when_behind is not None:
                allowed = phrase("staff without when_behind, where models.{model} is run", model=one.model)
                remedy = phrase(
                    "leave out models.{model}.staff.{pool}.when_behind, or let open cases stay",
                    model=one.model,
                    pool=pool,
                )
                yield _problem(
                    f"{key}.phases.{selling}.open_cases", sequence.phases[selling].open_cases, allowed, remedy
                )


def _staff(key: str, sequence: Sequence, data: ScenarioData) -> Iterator[dict[str, Any]]:
    """Pools of one name that are not one team, and open cases that stay where nobody is left for their work."""
    before: dict[str, dict[str, Model]] = {}  # pool -> every earlier model that has it
    has_open = set[str]()  # models of which cases are open
    for one in arrangements_of(sequence):
        model = data.models[one.model]
        if one.phase and sequence.phases[one.phase].open_cases in ("sold", "move"):
            has_open.clear()
        for pool, had_it in before.items():
            working = {
                other: earlier for other, earlier in had_it.items() if other in has_open and _works(earlier, pool)
            }
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
        has_open.add(one.model)
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
    differing = [part for part in AS_BEFORE if terms(getattr(pool, part)) != terms(getattr(was, part))]
    for part in differing:
        allowed = phrase("what models.{model}.staff.{pool} has: it is the same team", model=first, pool=name)
        remedy = "give both the same, or name the pools differently"
        yield _problem(f"{key}.{part}", str(getattr(pool, part)), allowed, remedy)
    if differing:
        return
    if was.when_behind is not None and terms(pool) != terms(was):
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
