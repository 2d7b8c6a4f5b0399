"""Which cases a step does not take, and where they go instead."""

from __future__ import annotations

from typing import Any

import numpy as np

from kravsim.law import Law
from kravsim.models.plan import NO_STEP, NO_TARGET, Ints
from kravsim.models.process import CODE, DETOURS, PROCESS, STEP_CODE
from kravsim.scenario.schema import STEPS, Model, ScenarioData
from kravsim.stream.stream import N_CLASSES, class_parts
from kravsim.units import MILLION, half_up, millionths, ore


def smallest_principals(data: ScenarioData, model: Model, law: Law) -> Ints:
    """Smallest principal of a case that each step takes, in öre (S,).

    Parameters
    ----------
    data : ScenarioData
    model : Model
    law : Law
    """
    floor, policy = np.zeros(len(STEPS), np.int64), data.policy
    floor[CODE["payment_order"]] = ore(model.escalation.min_case_kr.value)
    for step, least in (("reminder", policy.smallest_reminder_kr), ("demand", policy.smallest_demand_kr)):
        floor[CODE[step]] = ore(least.value) if least else 0
    if policy.instalment_plan_fee_share is not None:
        most = millionths(policy.instalment_plan_fee_share.value)
        floor[CODE["instalment_plan"]] = -(-int(plan_fees_ore(data, law)) * MILLION // most)
    return floor


def plan_fees_ore(data: ScenarioData, law: Law) -> Any:
    """Fees of an instalment plan by the law of the horizon's first day; an array where the number of instalments is one.

    Parameters
    ----------
    data : ScenarioData
    law : Law

    Returns
    -------
    int or array, shape (B,)
        Öre.
    """
    policy, day, frozen_at = data.policy, data.horizon.start, data.law.frozen_at
    fees = law.fee_ore("instalment_plan_fee", day, frozen_at=frozen_at)
    if not policy.instalment_notices_charged:
        return fees
    return fees + half_up(policy.instalments.value) * law.fee_ore("instalment_notice_fee", day, frozen_at=frozen_at)


def refused() -> Ints:
    """Where a case goes that a step does not take, by class: shape (S, K).

    A debtor who is offered no plan goes on where one who has declined it does, but not before the demand's time is out
    (:func:`deadlines`).
    """
    follows = np.repeat(otherwise()[:, None], N_CLASSES, axis=1)
    for klass in range(N_CLASSES):
        road = DETOURS.get(class_parts(klass)[0], "solvency_check")
        follows[CODE["instalment_plan"], klass] = CODE[road]
    return follows


def otherwise() -> Ints:
    """Where a case goes that a step does not take; most steps never refuse, and a refusal there is a fault."""
    follows = np.full(len(STEPS), NO_TARGET, np.int64)
    follows[CODE["reminder"]] = follows[CODE["demand"]] = CODE["too_small"]
    follows[CODE["instalment_plan"]] = CODE["solvency_check"]
    follows[CODE["payment_order"]] = CODE["surveillance"]
    follows[CODE["attachment"]] = CODE["surveillance_with_title"]
    for title in ("", "_with_title"):
        follows[CODE[f"surveillance{title}"]] = follows[CODE[f"interruption{title}"]] = CODE["unwatched"]
    follows[CODE["instalment"]] = CODE["paid"]  # the last instalment has been paid
    return follows


def deadlines() -> Ints:
    """Whether a debtor has the time of a step's last answer, whatever is asked for: a demand's (inkassolagen 5, 6 §§)."""
    return np.array([step.name == "demand" for step in PROCESS], np.int64)


def opens() -> Ints:
    """The step that another is carried out for, by step; -1 where it asks for none."""
    return np.array([STEP_CODE[step.opens] if step.opens else NO_STEP for step in PROCESS], np.int64)
