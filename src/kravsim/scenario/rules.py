"""Rules between keys of different tables: answers of a step leave no more than everybody, and somebody can do each task.

The last answer of a step takes what the others leave, so their shares may sum to less than 1 but not to more. Nothing is
renormalised. (:func:`kravsim.chance.shares.thresholds` refuses the same once more when a plan is made.)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic_core import PydanticCustomError

from kravsim.chance.shares import total
from kravsim.errors import Words
from kravsim.phrases import phrase, together
from kravsim.scenario.leaving_out import WITHOUT
from kravsim.scenario.nearest import did_you_mean

if TYPE_CHECKING:
    from kravsim.scenario.schema import Behaviour, Foreign, Model, ScenarioData, Segment

TOLERANCE: Final = 1e-9
"""How far above 1 a sum of decimal shares may come out and still count as 1."""

DEBTOR_TYPES: Final = ("forgetful", "slow", "strained", "insolvent")

ANSWERS_OF_TYPES: Final = (
    (("reminder_paid_share", "principal_only_share"), ("withdrawn_early_share",)),
    (("demand_paid_share", "principal_only_share", "instalment_plan_share"), ("withdrawn_early_share",)),
    (("payment_order_paid_share",), ("withdrawn_late_share", "contested_share", "dismissed_share")),
    (
        ("attachment_paid_share", "attachment_part_share", "attachment_continued_share"),
        ("withdrawn_late_share",),
    ),
)
"""Answers of one step: shares of each type of debtor, and shares that hold for all."""

ANSWERS_OF_ALL: Final = (
    ("contested_settled_share", "contested_dropped_share"),
    ("court_paid_share", "court_lost_share"),
    ("estate_paid_share", "estate_part_share"),
)


ORE: Final = 0.005 + TOLERANCE
"""Kronor that a mean written to the öre may be from what it stands for."""

FLOORS: Final = frozenset({"amount_mean_kr", "write_down_days"})
"""Numbers that another must not exceed. All other rules between values are sums that must not be too large."""


def answers_leave_no_more_than_all(behaviour: Behaviour) -> Behaviour:
    """Refuse answers of a step whose shares sum to more than 1; for use as a validator of the schema.

    Parameters
    ----------
    behaviour : Behaviour

    Returns
    -------
    Behaviour
        The same.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With every sum that is too large, and the keys that it is made of.
    """
    sums = [
        [(f"{kind}.{name}", getattr(getattr(behaviour, kind), name).value) for name in own]
        + [(name, getattr(behaviour, name).value) for name in common]
        for kind in DEBTOR_TYPES
        for own, common in ANSWERS_OF_TYPES
    ]
    sums += [[(name, getattr(behaviour, name).value) for name in names] for names in ANSWERS_OF_ALL]
    refuse([problem for shares in sums for problem in _too_much(shares, "behaviour.")])
    return behaviour


def untraced_and_paid_leave_no_more_than_all(foreign: Foreign) -> Foreign:
    """Refuse a zone abroad where more cases are paid or untraceable than there are; for use as a validator.

    Parameters
    ----------
    foreign : Foreign
        One zone.

    Returns
    -------
    Foreign
        The same.

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the sum, when it is above 1.
    """
    names = ("paid_share", "untraceable_share")
    refuse(list(_too_much([(name, getattr(foreign, name).value) for name in names], "")))
    return foreign


def somebody_does_each_task(model: Model) -> None:
    """Refuse work that is given to staff that the model does not have.

    Parameters
    ----------
    model : Model

    Raises
    ------
    pydantic_core.PydanticCustomError
        With every such step.
    """
    work = [(step, task.pool) for step, task in model.work.items() if task.pool not in model.staff]
    refuse([_unknown(f"work.{step}.pool", pool, model.staff) for step, pool in work])


def of_tariff(segment: Segment) -> tuple[Any, Any]:
    """Kronor of the mean claim that the steps of a segment's tariff bring, and the share of claims that are of them.

    Parameters
    ----------
    segment : Segment
        Or anything that reads like it, whose values may hold arrays (B,).
    """
    steps = segment.tariff.values()
    return total(step.share.value * step.amount_kr.value for step in steps), total(step.share.value for step in steps)


def mean_fits_tariff(segment: Segment) -> Any:
    """Whether the mean of all claims of a segment leaves something for those of no step; where there are none, is the steps'.

    Parameters
    ----------
    segment : Segment
        Or anything that reads like it, whose values may hold arrays (B,).

    Returns
    -------
    bool or bool array, shape (B,)
        True where there is no tariff.
    """
    if not segment.tariff:
        return True
    mean, (kr, in_steps) = segment.amount_mean_kr.value, of_tariff(segment)
    all_in_steps = 1.0 - in_steps <= TOLERANCE
    return (all_in_steps & (abs(mean - kr) <= ORE)) | (~np.asarray(all_in_steps) & (mean > kr))


def whoever_keeps_an_age_sends_the_demand(model: Model) -> None:
    """Refuse an age before which an agency must not file where it cannot wait longer: the region sends the demand.

    Parameters
    ----------
    model : Model

    Raises
    ------
    pydantic_core.PydanticCustomError
        With the age.
    """
    age = model.escalation.min_age_days
    if age is not None and model.agency_from == "solvency_check":
        problem = {
            "key": "escalation.min_age_days",
            "value": age.value,
            "allowed": "an instruction to an agency that sends the demand and waits after it: agency_from = 'reminder' or "
            "'demand'",
            "remedy": "leave it out and let the region wait longer itself, timing.demand_grace_days",
        }
        refuse([problem])


def targets_meet_models(data: ScenarioData) -> None:
    """Refuse published figures of models that the scenario does not have.

    Parameters
    ----------
    data : ScenarioData

    Raises
    ------
    pydantic_core.PydanticCustomError
        With every such figure.
    """
    targets = [(name, one.model) for name, one in data.targets.items() if one.model not in data.models]
    refuse(
        [
            _unknown(
                f"targets.{name}.model",
                model,
                data.models,
                phrase("or leave it out: {line}", line=f'{WITHOUT} = ["targets.{name}"]'),
            )
            for name, model in targets
        ]
    )


def late_payers_have_their_days(data: ScenarioData) -> None:
    """Refuse payers between letters of whom nothing says when they pay.

    Parameters
    ----------
    data : ScenarioData

    Raises
    ------
    pydantic_core.PydanticCustomError
        With every such share.
    """
    problems = []
    for letter in ("reminder", "demand"):
        share, days = f"{letter}_late_paid_share", f"{letter}_late_paid_days"
        given = [(kind, getattr(getattr(data.behaviour, kind), share)) for kind in DEBTOR_TYPES]
        if getattr(data.timing, days) is None:
            problems += [
                {
                    "key": f"behaviour.{kind}.{share}",
                    "value": value.value,
                    "allowed": phrase("a share with the days after which they pay, timing.{days}", days=days),
                    "remedy": phrase(
                        "give timing.{days} (low, mode, high), or leave the share out: "
                        '{without} = ["behaviour.{kind}.{share}"]',
                        days=days,
                        without=WITHOUT,
                        kind=kind,
                        share=share,
                    ),
                }
                for kind, value in given
                if value is not None
            ]
    refuse(problems)


def _unknown(key: str, given: str, known: Iterable[str], otherwise: str = "") -> dict[str, Any]:
    """Make a problem of a name that nothing has; ``otherwise`` says what else can be done where no name is near."""
    names = list(known)
    allowed = phrase("one of {names}", names=", ".join(names)) if names else "nothing: there are none"
    return {
        "key": key,
        "value": given,
        "allowed": allowed,
        "remedy": did_you_mean(given, names)
        or together(*filter(None, ["choose one of them", otherwise]), between=", "),
    }


def somebody_has_each_skill(model: Model) -> None:
    """Refuse work that nobody in its pool has the skill for, were the pool as small as its range or rule may make it.

    Parameters
    ----------
    model : Model

    Raises
    ------
    pydantic_core.PydanticCustomError
        With every such step.
    """
    problems = []
    for step, task in model.work.items():
        if task.pool not in model.staff:  # refused by its name
            continue
        pool = model.staff[task.pool]
        posts = pool.fewest_posts
        skills = sorted({skill for post in range(posts) for skill in pool.skills_of(post)})
        if task.skill not in skills:
            problems.append(
                {
                    "key": f"work.{step}.skill",
                    "value": task.skill,
                    "allowed": phrase(
                        "what the first {posts} of staff.{pool} can do: {skills}",
                        posts=posts,
                        pool=task.pool,
                        skills=", ".join(skills),
                    ),
                    "remedy": phrase(
                        "add the skill to a post of staff.{pool}.skills, or name another skill or pool", pool=task.pool
                    ),
                }
            )
    refuse(problems)


def _too_much(shares: list[tuple[str, float]], above: str) -> Iterator[dict[str, Any]]:
    """Make a problem of shares that sum to more than 1; its key is the first of them."""
    total = math.fsum(share for _, share in shares)
    if total <= 1 + TOLERANCE:
        return
    first, *others = (key for key, _ in shares)
    yield {
        "key": first,
        "value": Words(
            phrase("a sum of {total:.10g} with {names}", total=total, names=", ".join(above + key for key in others))
        ),
        "allowed": "a sum of at most 1",
        "remedy": "lower one of them; shares are never renormalised",
    }


def refuse(problems: list[dict[str, Any]]) -> None:
    """Raise what makes :mod:`kravsim.scenario.problems` say each of these; for use in a validator of the schema.

    Parameters
    ----------
    problems : list of dict
        Each with ``key``, ``value``, ``allowed`` and ``remedy``; nothing is raised for none.

    Raises
    ------
    pydantic_core.PydanticCustomError
        Of type ``limits``, with all of them in its context.
    """
    if problems:
        said = "; ".join(f"{problem['key']}: {problem['value']}" for problem in problems)
        raise PydanticCustomError("limits", "{said}", {"said": said, "problems": problems, "inner": []})
