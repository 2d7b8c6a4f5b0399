"""What a contract gives the agency of a payment: fees of its own steps, its share of the region's, and a commission."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from kravsim.models.process import PROCESS, STEP_CODE
from kravsim.scenario.schema import STEPS, Commission, Model, fee_shares, keepers

LETTER_FEES: Final = {"reminder": "reminder_fee", "demand": "demand_fee"}
"""What the letters charge."""


def agency_steps(model: Model) -> tuple[bool, ...]:
    """For each step, whether the agency does it (True) or the region (False).

    Parameters
    ----------
    model : Model

    Returns
    -------
    tuple of bool
        In the order of STEPS.
    """
    if model.agency_from == "never":
        return (False,) * len(STEPS)
    return tuple(code >= STEP_CODE[model.agency_from] for code in range(len(STEPS)))


def does(model: Model, step: str) -> bool:
    """Whether the agency does a step.

    Parameters
    ----------
    model : Model
    step : str
        A name in STEPS.
    """
    return agency_steps(model)[STEP_CODE[step]]


def agency_keeps(model: Model, charge: str) -> bool:
    """Whether the agency keeps a fee: where its contract says so, and a step of its own charges it (§M4).

    Parameters
    ----------
    model : Model
    charge : str
        A fee of those in `keepers`.
    """
    if model.contract is None or keepers(model.contract)[charge] == "region":
        return False
    return any(charge in step.charges and does(model, step.name) for step in PROCESS)


def agency_part(model: Model, charge: str) -> float:
    """What the agency has of each krona that is paid of a fee: all, its share of one that the region keeps, or nothing.

    Parameters
    ----------
    model : Model
    charge : str
        A fee of those in `keepers`.
    """
    if agency_keeps(model, charge):
        return 1.0
    share = None if model.contract is None else fee_shares(model.contract).get(charge)
    return 0.0 if share is None else share.value


def commission_ore(commission: Commission | None, principal: Any, costs: Any) -> Any:
    """The commission on a case of which the region has received so much, in öre, without interest: nothing of nothing (§M22).

    Parameters
    ----------
    commission : Commission or None
        None where the contract has none.
    principal, costs : float or array
        What has been received of them, öre.
    """
    if commission is None:
        return 0.0
    received = principal * ("principal" in commission.of) + costs * ("costs" in commission.of)
    least = 0.0 if commission.least_kr is None else commission.least_kr.value * 100
    most = np.inf if commission.most_kr is None else commission.most_kr.value * 100
    return np.where(received > 0, np.minimum(np.maximum(received * commission.share.value, least), most), 0.0)
