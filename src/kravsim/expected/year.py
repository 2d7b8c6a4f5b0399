"""What a year of a batch comes to: counts and money in expectation, gathered while the process is walked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kravsim.expected.walk_compiled import PAID_KINDS, WEIGHT_BEFORE_CLOSE, WEIGHT_IN_YEAR
from kravsim.models.process import END_CODE, ENDS, MAX_ANSWERS, PROCESS, STEP_CODE
from kravsim.stream.stream import DEBTOR_TYPES

Floats = NDArray[np.float64]

STAGE_REMINDED, STAGE_DEMANDED, STAGE_LATER = range(3)
"""How far a case had come when it was paid: only reminded, to the demand, or further."""
STAGE_UNSENT = -1
"""Of a case that was too small for a reminder."""
(
    PAID_REMINDER_FEE,
    PAID_DEMAND_FEE,
    PAID_OTHER_FEES,
    PAID_APPLICATION,
    PAID_OWN_WORK,
    PAID_OUTLAYS,
    PAID_INTEREST,
    PAID_PRINCIPAL,
    PAID_ENDED_CASES,
) = range(PAID_KINDS)
"""Kinds of payment; the last counts cases that ended as paid."""


@dataclass(eq=False)
class Year:
    """Yearly flows of B sets; see :class:`kravsim.expected.walk_compiled.Flows` for the arrays that the walk adds to.

    ``paid_stage`` (3, B): cases that ended as paid, by how far they had come; ``reminded_claims`` (B,): claims in cases that
    ended in success before any demand; ``abroad_kr`` (B,): fees and commissions of collection abroad; ``rechecks`` (B,):
    checks under surveillance; ``handed_on`` (3, B): how many cases of a mean hand-over are ever reminded, get a demand and
    are checked; ``ended`` (4, B): cases that ended before anything was sent, and by how far they had come; ``commission``
    (B,): on what is recovered, in kr.

    Attributes
    ----------
    steps : float64 array, shape (B, S)
        Cases at each step.
    answered : float64 array, shape (B, S, A)
        Cases by answer.
    ends : float64 array, shape (B, 2, ends)
        Cases, and claims, that reach each end.
    paid : float64 array, shape (B, PAID_KINDS)
        Kronor by kind of payment; of the last kind, cases.
    gone : float64 array, shape (B, types, 3)
        Cases, claims and kronor of principal that have left the stock by the close.
    withdrawn : float64 array, shape (B, 3, 3)
        Applications, own work and outlays lost, by occasion of late withdrawal.
    statements : float64 array, shape (B,)
        Statements of interest.
    """

    steps: Floats
    answered: Floats
    ends: Floats
    paid: Floats
    gone: Floats
    withdrawn: Floats
    statements: Floats
    paid_stage: Floats
    reminded_claims: Floats
    abroad_kr: Floats
    rechecks: Floats
    handed_on: Floats
    ended: Floats
    commission: Floats

    @classmethod
    def empty(cls, n: int) -> Year:
        """Nothing yet, for ``n`` sets.

        Parameters
        ----------
        n : int
            How many sets.
        """
        return cls(
            steps=np.zeros((n, len(PROCESS))),
            answered=np.zeros((n, len(PROCESS), MAX_ANSWERS)),
            ends=np.zeros((n, 2, len(ENDS))),
            paid=np.zeros((n, PAID_KINDS)),
            gone=np.zeros((n, len(DEBTOR_TYPES), 3)),
            withdrawn=np.zeros((n, 3, 3)),
            statements=np.zeros(n),
            paid_stage=np.zeros((3, n)),
            reminded_claims=np.zeros(n),
            abroad_kr=np.zeros(n),
            rechecks=np.zeros(n),
            handed_on=np.zeros((3, n)),
            ended=np.zeros((4, n)),
            commission=np.zeros(n),
        )

    def step(self, name: str, cases: Floats, weight: Floats) -> None:
        """Count cases (any axes, B) at a step.

        Parameters
        ----------
        name : str
            A name in STEPS.
        cases : float64 array, shape (..., B)
            In expectation.
        weight : float64 array, shape (W, B)
            Of the events, by kind of weight.
        """
        self.steps[:, STEP_CODE[name]] += over_classes(cases) * weight[WEIGHT_IN_YEAR]

    def pay(self, kind: int, amount: Floats, weight: Floats) -> None:
        """Add a payment (any axes, B), weighted with one weight (B,).

        Parameters
        ----------
        kind : int
            Kind of the payment: a column of ``paid``.
        amount : float64 array, shape (..., B)
            Cases, kronor, or the kronor that bear interest.
        weight : float64 array, shape (B,)
            What it is multiplied with: the row of the weights (W, B) for this kind.
        """
        self.paid[:, kind] += over_classes(amount) * weight

    def end(self, name: str, cases: Floats, claims: Floats, weight: Floats) -> None:
        """Let cases and their claims (segments, types, 2, B) reach an end.

        Parameters
        ----------
        name : str
            A name in ENDS.
        cases, claims : float64 array, shape (segments, types, 2, B)
            In expectation, by class of debtor.
        weight : float64 array, shape (W, B)
            Of the events, by kind of weight.
        """
        end = END_CODE[name] - len(PROCESS)
        for row, mass in enumerate((cases, claims)):
            self.ends[:, row, end] += over_classes(mass) * weight[WEIGHT_IN_YEAR]
            self.gone[:, :, row] += (mass.sum(axis=(0, 2)) * weight[WEIGHT_BEFORE_CLOSE]).T

    def leave(self, principal: Floats, weight: Floats) -> None:
        """Let principal (segments, types, 2, B) leave the stock: paid or given up.

        Parameters
        ----------
        principal : float64 array, shape (segments, types, 2, B)
            Kronor, by class of debtor.
        weight : float64 array, shape (W, B)
            Of the events, by kind of weight.
        """
        self.gone[:, :, 2] += (principal.sum(axis=(0, 2)) * weight[WEIGHT_BEFORE_CLOSE]).T


def over_classes(mass: Floats) -> Floats:
    """Sum over all axes but the last.

    Parameters
    ----------
    mass : float64 array, shape (..., B)
        Cases or kronor by any classes.

    Returns
    -------
    float64 array, shape (B,)
    """
    return np.asarray(mass.reshape(-1, mass.shape[-1]).sum(axis=0))
